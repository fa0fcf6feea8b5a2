/* Rates of the kernels, best of several runs, on 1 or more threads:
 *
 *   kern_bench [--level ref|avx2|avx512|amx] [--threads N] [--n N] [--k K] [--type NAME|attn] [--t T] [--rows R] [--ms MS]
 *
 * Products: G multiply-adds per second for T = 1, 2, 4, 8, 16, 64, 128, 512 (--t: any one), and the GB/s of
 * weights that T = 1 reads (from a set of matrices larger than the caches).  Attention at
 * depth 4096: decode (one token's group of 8 rows) and prefill (16 tokens). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "engine/cpu/kern.h"

static const struct kern *kern;
static int      n_threads = 1;
static size_t   N = 9728, K = 2560;
static double   budget = 0.3;
static const char *only;
static size_t   only_T, only_R;

/* One thread: its processor time, so that a busy machine disturbs less. */
static double now(void)
{
    struct timespec t;

    clock_gettime(n_threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- every thread runs fn(arg, thread); returns the best time of a round ---------------- */

struct team { void (*fn)(void *arg, int thread); void *arg; pthread_barrier_t bar; int stop; };
struct worker { struct team *t; int i; };

static void *work(void *p)
{
    struct worker *w = p;

    kern_thread_init();
    for (;;) {
        pthread_barrier_wait(&w->t->bar);
        if (w->t->stop)
            return NULL;
        w->t->fn(w->t->arg, w->i);
        pthread_barrier_wait(&w->t->bar);
    }
}

static double best(void (*fn)(void *, int), void *arg)
{
    struct team t = { .fn = fn, .arg = arg };
    struct worker w[64];
    pthread_t id[64];
    const double start = now();
    double b = 1e9;
    int rounds = 0;

    pthread_barrier_init(&t.bar, NULL, (unsigned)n_threads);
    for (int i = 1; i < n_threads; i++) {
        w[i] = (struct worker){ &t, i };
        pthread_create(&id[i], NULL, work, &w[i]);
    }
    while (rounds < 3 || (now() - start < budget && rounds < 1000)) {
        pthread_barrier_wait(&t.bar);
        const double t0 = now();

        fn(arg, 0);
        pthread_barrier_wait(&t.bar);
        const double d = now() - t0;

        b = d < b ? d : b;
        rounds++;
    }
    t.stop = 1;
    pthread_barrier_wait(&t.bar);
    for (int i = 1; i < n_threads; i++)
        pthread_join(id[i], NULL);
    pthread_barrier_destroy(&t.bar);
    return b;
}

/* ---- products ------------------------------------------------------------------------------ */

struct product { struct wmat w[64]; int n_mats; struct kern_act a; float *x, *y; };

static void run_product(void *arg, int thread)
{
    struct product *p = arg;

    for (int m = 0; m < p->n_mats; m++) {
        const size_t g = wmat_groups(&p->w[m]);

        kern->gemm(p->y, N, &p->a, &p->w[m], g * (size_t)thread / (size_t)n_threads,
                   g * ((size_t)thread + 1) / (size_t)n_threads);
    }
}

static void run_quantize(void *arg, int thread)
{
    struct product *p = arg;

    kern->quantize(&p->a, p->x, K, p->a.T * (size_t)thread / (size_t)n_threads,
                   p->a.T * ((size_t)thread + 1) / (size_t)n_threads);
}

static const size_t widths[] = { 1, 2, 4, 8, 16, 64, 128, 512 };

static void bench_type(const char *name, uint32_t type)
{
    const size_t *Ts = only_T != 0 ? &only_T : widths, n_T = only_T != 0 ? 1 : sizeof widths / sizeof widths[0];
    const size_t most = only_T > 512 ? only_T : 512;
    struct product p = { .n_mats = 1 };
    size_t bytes, act = kern_act_bytes(most, K), copies;
    uint8_t *mem, *buf;
    double stream = 0;

    if (wmat_bytes(type, N, K, &bytes, NULL) != QW_OK)
        return;                 /* rows that are not whole blocks of this type */
    copies = 600000000 / bytes;
    copies = copies < 1 ? 1 : copies > 64 ? 64 : copies;
    buf = qw_map(act);
    mem = qw_map(bytes * copies);
    memset(mem, type == GGUF_F32 || type == GGUF_BF16 ? 0x3d : 1, bytes * copies);   /* real pages, small positive scales */
    for (size_t i = 0; i < copies; i++)
        wmat_init(&p.w[i], type, N, K, mem + i * bytes, NULL);
    p.x = qw_map(most * K * sizeof(float));
    p.y = qw_map(most * N * sizeof(float));
    for (size_t i = 0; i < most * K; i++)
        p.x[i] = (float)((int)(i * 7919 % 2001) - 1000) * 1e-3f;
    printf("%-5s", name);
    for (size_t i = 0; i < n_T; i++) {
        kern_act_bind(&p.a, buf, Ts[i], K);
        p.a.x = p.x;
        if (K % 32 == 0)
            kern->quantize(&p.a, p.x, K, 0, Ts[i]);
        p.n_mats = Ts[i] <= 64 ? (int)copies : copies < 4 ? (int)copies : 4;
        const double t = best(run_product, &p) / p.n_mats;

        if (Ts[i] == 1)
            stream = (double)bytes / t * 1e-9;
        printf(" %8.1f", (double)(N * K * Ts[i]) / t * 1e-9);
    }
    printf("  %6.1f", stream);
    if (K % 32 == 0)
        printf("  %6.2f", (double)(p.a.T * K) / best(run_quantize, &p) * 1e-9);
    printf("\n");
    fflush(stdout);
    qw_unmap(mem, bytes * copies);
    qw_unmap(buf, act);
    qw_unmap(p.x, most * K * sizeof(float));
    qw_unmap(p.y, most * N * sizeof(float));
}

/* ---- attention ------------------------------------------------------------------------------- */

enum { DEPTH = 4096, HEADS = 32 };     /* of KV: more than the second-level cache */

struct attention {
    struct kv_layout l;
    struct kern_attn j;
    const uint8_t *pages[DEPTH / KV_PAGE_TOKENS];
    float *o, *scratch[64];
    struct kern_span *part;
};

static void run_attention(void *arg, int thread)
{
    struct attention *a = arg;
    struct kern_attn j = a->j;
    const size_t spans = DEPTH / KERN_ATTN_SPAN;

    for (size_t i = (size_t)thread; i < HEADS * spans; i += (size_t)n_threads) {
        j.k_at = kv_offset(&a->l, 0, (uint32_t)(i / spans));
        j.v_at = j.k_at + a->l.k_bytes;
        kern->attn_span(&j, i % spans, a->part + i * j.R, a->o + i * j.R * j.D, a->scratch[thread]);
    }
}

static void bench_attention(enum kv_type type, uint32_t D)
{
    static const size_t Rs[] = { 1, 3, 4, 7, 8, 48, 112, 448 };
    struct attention a = { .j = { .kv_type = type, .D = D } };
    const size_t n_pages = DEPTH / KV_PAGE_TOKENS, units = HEADS * DEPTH / KERN_ATTN_SPAN;
    uint8_t *mem;

    kv_layout_init(&a.l, type, 1, HEADS, D, NULL);
    mem = qw_map(n_pages * a.l.page_bytes);
    memset(mem, 0, n_pages * a.l.page_bytes);       /* real pages */
    for (size_t p = 0; p < n_pages; p++)
        a.pages[p] = mem + p * a.l.page_bytes;
    printf("%-5s D=%-4u", kv_type_name(type), D);
    for (size_t i = 0; i < sizeof Rs / sizeof Rs[0]; i++) {
        if (only_R != 0 && only_R != Rs[i])
            continue;
        const size_t R = Rs[i], bytes = units * R * D * sizeof(float);
        float *q = qw_map(R * D * sizeof *q);
        size_t *at = qw_calloc(R, sizeof *at);
        uint32_t *vis = qw_calloc(R, sizeof *vis);
        double t;

        for (size_t r = 0; r < R; r++) {
            at[r] = r * D;
            vis[r] = DEPTH;
        }
        for (int w = 0; w < n_threads; w++)
            a.scratch[w] = qw_map(kern_attn_scratch(D, R));
        a.o = qw_map(bytes);
        a.part = qw_calloc(units * R, sizeof *a.part);
        a.j.R = R;
        a.j.q = q;
        a.j.q_at = at;
        a.j.n_vis = vis;
        a.j.pages = a.pages;
        a.j.scale = 0.1f;
        t = best(run_attention, &a);
        printf(" %8.1f", 2.0 * (double)(HEADS * R * DEPTH * D) / t * 1e-9);
        qw_unmap(q, R * D * sizeof *q);
        qw_free(at);
        qw_free(vis);
        for (int w = 0; w < n_threads; w++)
            qw_unmap(a.scratch[w], kern_attn_scratch(D, R));
        qw_unmap(a.o, bytes);
        qw_free(a.part);
    }
    printf("\n");
    fflush(stdout);
    qw_unmap(mem, n_pages * a.l.page_bytes);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; uint32_t type; } types[] = {
        { "Q4_0", GGUF_Q4_0 }, { "Q4_1", GGUF_Q4_1 }, { "Q5_0", GGUF_Q5_0 }, { "Q5_1", GGUF_Q5_1 },
        { "Q8_0", GGUF_Q8_0 }, { "Q4_K", GGUF_Q4_K }, { "Q5_K", GGUF_Q5_K }, { "Q6_K", GGUF_Q6_K },
        { "F16", GGUF_F16 },   { "BF16", GGUF_BF16 }, { "F32", GGUF_F32 },
    };
    enum cpu_level level = cpu_level_max();

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--level") == 0)
            level = (enum cpu_level)cpu_level_parse(argv[i + 1]);
        else if (strcmp(argv[i], "--threads") == 0)
            n_threads = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--n") == 0)
            N = (size_t)atol(argv[i + 1]);
        else if (strcmp(argv[i], "--k") == 0)
            K = (size_t)atol(argv[i + 1]);
        else if (strcmp(argv[i], "--type") == 0)
            only = argv[i + 1];
        else if (strcmp(argv[i], "--t") == 0)
            only_T = (size_t)atol(argv[i + 1]);
        else if (strcmp(argv[i], "--rows") == 0)
            only_R = (size_t)atol(argv[i + 1]);
        else if (strcmp(argv[i], "--ms") == 0)
            budget = atof(argv[i + 1]) * 1e-3;
    }
    kern = kern_get(level);
    if (kern == NULL || n_threads < 1 || n_threads > 64 || N < 1 || K < 32 || K % 32 != 0) {
        fprintf(stderr, "kern_bench: level, threads (1..64), n or k (a multiple of 32) not possible\n");
        return 2;
    }
    kern_thread_init();
    printf("%s, %d thread(s), %zu x %zu; G multiply-adds/s\n", kern->name, n_threads, N, K);
    printf("type       T=1      T=2      T=4      T=8     T=16     T=64    T=128    T=512  GB/s T=1  quantize G/s\n");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (only == NULL || strcmp(only, types[i].name) == 0)
            bench_type(types[i].name, types[i].type);
    if (only_T != 0 || (only != NULL && strcmp(only, "attn") != 0))
        return 0;
    printf("attention at depth %d; G multiply-adds/s for rows\n                1        3        4        7        8       48      112      448\n", DEPTH);
    for (enum kv_type t = KV_F32; t <= KV_Q8_0; t++)
        for (uint32_t D = 64; D <= 128; D += 64)
            bench_attention(t, D);
    return 0;
}
