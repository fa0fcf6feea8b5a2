/* calc.c - the memory and the limits of one call. */
#include "plugins/calculator/calc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK_BYTES = 1 << 16, MAX_BYTES = 96 << 20, MAX_STEPS = 4000000, MAX_CPU_MS = 150, VALS = 256 };

struct calc_chunk {
    struct calc_chunk *next;
    size_t used, size;
    max_align_t data[];
};
struct calc_vals {
    struct calc_vals *next;
    int n;
    ca_struct v[VALS];
};

static struct calc *current;           /* the call that a FLINT abort ends */

void calc_bail(struct calc *c) { longjmp(c->bail, 1); }

static void __attribute__((noreturn)) on_flint_abort(void)
{
    if (current != NULL)
        longjmp(current->bail, 2);
    abort();
}

void calc_no_memory(void) { on_flint_abort(); }

static long cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void calc_step(struct calc *c, unsigned n)
{
    uint64_t before = c->steps;
    c->steps += n;
    if (c->steps > MAX_STEPS)
        calc_bail(c);
    if ((before >> 9) == (c->steps >> 9))
        return;
    if (cpu_ms() - c->started_ms > MAX_CPU_MS)
        calc_bail(c);
    if (c->host != NULL && c->host->cancelled != NULL &&
        c->host->cancelled(c->call))
        calc_bail(c);
}

void *calc_alloc(struct calc *c, size_t n)
{
    if (n > MAX_BYTES)
        calc_bail(c);
    n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct calc_chunk *k = c->chunks;
    if (k == NULL || k->size - k->used < n) {
        size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
        if (c->used_bytes + size > MAX_BYTES || (k = malloc(sizeof *k + size)) == NULL)
            calc_bail(c);
        k->used = 0;
        k->size = size;
        k->next = c->chunks;
        c->chunks = k;
        c->used_bytes += size;
    }
    void *p = (char *)k->data + k->used;
    k->used += n;
    return memset(p, 0, n);
}

char *calc_strn(struct calc *c, const char *p, size_t n)
{
    char *s = calc_alloc(c, n + 1);
    if (n > 0)
        memcpy(s, p, n);
    return s;
}

char *calc_printf(struct calc *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        calc_bail(c);
    char *s = calc_alloc(c, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

val val_new(struct calc *c)
{
    if (c->vals == NULL || c->vals->n == VALS) {
        if (c->n_vals >= CALC_MAX_VALUES)
            calc_bail(c);
        struct calc_vals *v = calc_alloc(c, sizeof *v);
        v->next = c->vals;
        c->vals = v;
    }
    val x = &c->vals->v[c->vals->n];
    ca_init(x, c->ca);
    c->vals->n++;
    c->n_vals++;
    return x;
}

val val_si(struct calc *c, long v)
{
    val x = val_new(c);
    ca_set_si(x, v, c->ca);
    return x;
}

val val_q(struct calc *c, long p, long q)
{
    val x = val_si(c, p);
    ca_div_si(x, x, q, c->ca);
    return x;
}

int calc_run(const struct qwen_host *host, struct qwen_call *call, int (*fn)(struct calc *, void *), void *arg)
{
    struct calc *c = calloc(1, sizeof *c);
    if (c == NULL)
        return -1;
    calc_mem_begin();
    c->host = host;
    c->call = call;
    c->started_ms = cpu_ms();
    ca_ctx_init(c->ca);
    c->ca->options[CA_OPT_PREC_LIMIT] = 1024;
    c->ca->options[CA_OPT_QQBAR_DEG_LIMIT] = 48;
    c->ca->options[CA_OPT_GROEBNER_LENGTH_LIMIT] = 30;
    c->ca->options[CA_OPT_GROEBNER_POLY_LENGTH_LIMIT] = 200;
    c->ca->options[CA_OPT_GROEBNER_POLY_BITS_LIMIT] = 2000;
    flint_set_abort(on_flint_abort);
    struct calc *outer = current;
    current = c;
    volatile int rc = -1;
    int how = setjmp(c->bail);
    if (how == 0)
        rc = fn(c, arg);
    current = outer;
    if (how != 2) {                     /* after an abort Calcium's state is not to be touched */
        for (struct calc_vals *v = c->vals; v != NULL; v = v->next)
            for (int i = 0; i < v->n; i++)
                ca_clear(&v->v[i], c->ca);
        ca_ctx_clear(c->ca);
    }
    for (struct calc_chunk *k = c->chunks, *next; k != NULL; k = next) {
        next = k->next;
        free(k);
    }
    free(c);
    flint_cleanup();
    if (how != 0 && outer == NULL)      /* ended in the middle: what its functions held */
        calc_mem_drop();
    return rc;
}
