/* The one rule: logits and KV bits do not depend on chunks, threads, the batch or where the
 * pages lie.  Everything is compared with memcmp against one plain run, which is the CPU's whatever QWEND_TEST_BACKEND
 * says.  CMOCKA_TEST_FILTER=NAME runs one test (* and ? as in a shell). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tests/golden/rig.h"
#include "tests/unit/head_ref.h"

/* XXH3-64 over the logits of every fixture below, token by token.  When this changes, bits of
 * stored conversations change: give KERN_NUMERICS_ID a new number together with the new hash. */
#define PINNED_ID   1u
#define PINNED_HASH 0x04757761dfc58b4aull

static const char *const files[] = {
    "qwen3-tiny-f32", "qwen2-tiny-f32", "llama-tiny-f32", "mistral-tiny-f32", "qwen3-small-f16",
    "qwen3-small-bf16", "qwen3-small-q8_0", "qwen3-small-q4_0", "qwen3-small-q4_1", "qwen3-small-q5_0",
    "qwen3-small-q5_1", "qwen3-small-q4_k_m", "qwen3-small-q5_k_m", "qwen3-small-q6_k",
};
#define N_FILES (sizeof files / sizeof *files)
static const enum kv_type kv_types[] = { KV_F32, KV_F16, KV_BF16, KV_Q8_0 };

static bool takes(const struct model *m, enum kv_type t)
{
    return t != KV_Q8_0 || model_hparams(m)->head_dim % 32 == 0;    /* its blocks */
}

/* What must come out: logits of n ids, and the pages. */
struct truth {
    const struct model *m;
    const int32_t *ids;
    size_t   n, context;        /* up to 64 positions in runs of at most 64 tokens, else 512 */
    enum kv_type kv;
    struct rig rig;
    float   *logits;
};

static float *logits_for(const struct truth *t)
{
    float *l = malloc(t->n * t->rig.n_vocab * sizeof *l);
    assert_non_null(l);
    return l;
}

static size_t rows_of(const struct truth *t) { return t->context <= 64 ? 64 : 512; }

static void truth_make(struct truth *t)
{
    rig_open(&t->rig, t->m, &(struct rig_options){ .kv_type = t->kv, .context = t->context, .max_rows = rows_of(t), .cpu = 1 });
    t->logits = logits_for(t);
    rig_feed(&t->rig, t->ids, t->n, 0, rows_of(t), t->logits);
}

static void truth_free(struct truth *t)
{
    rig_close(&t->rig);
    free(t->logits);
}

static void expect_logits(const struct truth *t, const struct rig *r, const float *l, const char *what)
{
    for (size_t i = 0; i < t->n; i++)
        if (memcmp(t->logits + i * r->n_vocab, l + i * r->n_vocab, r->n_vocab * sizeof *l) != 0)
            fail_msg("%s %s KV, %s: logits of token %zu differ", model_path(t->m), kv_type_name(t->kv), what, i);
}

static void expect_same(struct truth *t, struct rig *r, const float *l, const char *what)
{
    expect_logits(t, r, l, what);
    for (size_t p = 0; p < r->n_pages; p++)
        if (memcmp(rig_page(&t->rig, p), rig_page(r, p), r->page_bytes) != 0)
            fail_msg("%s %s KV, %s: page %zu differs", model_path(t->m), kv_type_name(t->kv), what, p);
}

struct way { const char *name; int threads; size_t chunk; int scramble, threads_only; };

static void expect_way(struct truth *t, const struct way *w)
{
    struct rig r;
    rig_open(&r, t->m, &(struct rig_options){ .kv_type = t->kv, .context = t->context, .max_rows = rows_of(t),
                                              .threads = w->threads, .scramble = w->scramble });
    float *l = logits_for(t);
    rig_feed(&r, t->ids, t->n, 0, w->chunk, l);
    expect_same(t, &r, l, w->name);
    free(l);
    rig_close(&r);
}

static const struct way ways[] = {
    { "again",                    1, 64, 0, 0 }, { "chunks of 1",              1, 1,  0, 0 },
    { "chunks of 7",              1, 7,  0, 0 }, { "chunks of 16",             1, 16, 0, 0 },
    { "2 threads",                2, 64, 0, 1 },
    { "5 threads",                5, 64, 0, 1 }, { "chunks of 1, 2 threads",   2, 1,  0, 1 },
    { "chunks of 7, 5 threads",   5, 7,  0, 1 }, { "chunks of 2, 5 threads",   5, 2,  0, 0 },
    { "other page addresses",     2, 16, 1, 0 },
};

/* Of one of the files, which *state names.  A device has no threads: ways that differ by those only are one. */
static void every_way_same(void **state)
{
    struct fixture f;
    fixture_load(&f, *state);
    struct model *m = rig_model(f.path, cpu_level_max());
    for (size_t k = 0; k < 4; k++) {
        struct truth t = { .m = m, .ids = f.tokens, .n = f.n_tokens, .context = 64, .kv = kv_types[k] };
        if (!takes(m, t.kv))
            continue;
        truth_make(&t);
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            if (!rig_remote() || !ways[w].threads_only)
                expect_way(&t, &ways[w]);
        truth_free(&t);
    }
    model_free(m);
    fixture_free(&f);
}

/* Pages that were another's: 0xff is NaN in every type, until a token's K and V are written over it. */
static void stale_pages_same(void **state)
{
    (void)state;
    struct fixture f;
    fixture_load(&f, "qwen3-tiny-f32");
    struct model *m = rig_model(f.path, cpu_level_max());
    for (size_t k = 0; k < 4; k++) {
        struct truth t = { .m = m, .ids = f.tokens, .n = f.n_tokens, .context = 64, .kv = kv_types[k] };
        truth_make(&t);
        for (size_t chunk = 1; chunk <= 64; chunk *= 4) {
            struct rig r;
            rig_open(&r, m, &(struct rig_options){ .kv_type = t.kv, .context = t.context, .max_rows = rows_of(&t) });
            rig_fill(&r, 0xff);
            float *l = logits_for(&t);
            rig_feed(&r, t.ids, t.n, 0, chunk, l);
            expect_logits(&t, &r, l, "pages full of NaNs");
            free(l);
            rig_close(&r);
        }
        truth_free(&t);
    }
    model_free(m);
    fixture_free(&f);
}

/* Three sequences of different lengths share runs: one decodes while others prefill; each must
 * be what it is alone.  Logits pointers are apart, so they go through the scatter path. */
static void batch_is_invisible(void **state)
{
    (void)state;
    static const struct { const char *file; enum kv_type kv; } some[] = {
        { "qwen3-tiny-f32", KV_Q8_0 },    { "llama-tiny-f32", KV_F32 },
        { "qwen3-small-q4_0", KV_BF16 },  { "qwen3-small-q4_k_m", KV_F16 },
    };
    enum { SEQS = 3 };
    static const size_t steps[][SEQS] = {       /* tokens of each sequence in each run */
        { 16, 0, 9 }, { 1, 20, 1 }, { 1, 1, 30 }, { 1, 1, 1 }, { 0, 2, 7 }, { 29, 24, 0 },
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        struct fixture f;
        struct qw_error err;
        int32_t ids[SEQS][48];
        struct truth t[SEQS];
        struct rig r[SEQS];
        float *l[SEQS];
        size_t at[SEQS] = { 0 };
        fixture_load(&f, some[i].file);
        struct model *m = rig_model(f.path, cpu_level_max());
        for (size_t s = 0; s < SEQS; s++) {
            for (size_t j = 0; j < 48; j++)
                ids[s][j] = f.tokens[(j * (s + 1) + 5 * s) % f.n_tokens];
            t[s] = (struct truth){ .m = m, .ids = ids[s], .n = 48, .context = 64, .kv = some[i].kv };
            truth_make(&t[s]);
            rig_open(&r[s], m, &(struct rig_options){ .kv_type = t[s].kv, .context = 64, .threads = 2, .max_rows = 128 });
            l[s] = logits_for(&t[s]);
        }
        for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
            struct forward_seq q[SEQS];
            size_t n = 0;
            for (size_t s = 0; s < SEQS; s++) {
                size_t T = steps[step][s];
                if (T == 0)
                    continue;
                q[n++] = (struct forward_seq){ .ids = ids[s] + at[s], .T = T, .pos0 = at[s], .pages = r[s].pages,
                                               .n_logits = T, .logits = l[s] + at[s] * r[s].n_vocab };
                at[s] += T;
            }
            assert_int_equal(forward_run(r[0].f, q, n, NULL, &err), QW_OK);
        }
        for (size_t s = 0; s < SEQS; s++) {
            assert_int_equal(at[s], 48);
            expect_same(&t[s], &r[s], l[s], "in a batch");
            truth_free(&t[s]);
            rig_close(&r[s]);
            free(l[s]);
        }
        model_free(m);
        fixture_free(&f);
    }
}

/* Contexts that cross attention spans of 512 (and page and block borders at odd places). */
static void long_context(void **state)
{
    (void)state;
    enum { N = 1200 };
    static const struct { const char *file; enum kv_type kv; } cases[] = {
        { "qwen2-tiny-f32", KV_F32 }, { "llama-tiny-f32", KV_F16 }, { "qwen3-tiny-f32", KV_Q8_0 },
        { "qwen3-small-q4_0", KV_BF16 },
    };
    static const struct way far[] = {
        { "chunks of 1", 1, 1, 0, 0 },            { "chunks of 9, 2 threads", 2, 9, 0, 0 },
        { "chunks of 100, 5 threads", 5, 100, 0, 0 },
        { "chunks of 511, 2 threads", 2, 511, 1, 0 },
    };
    static int32_t ids[N];
    uint32_t x = 12345;
    for (size_t i = 0; i < N; i++) {
        x = x * 1664525u + 1013904223u;
        ids[i] = (int32_t)(x >> 16) % 500;
    }
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s.gguf", fixture_dir(), cases[c].file);
        struct model *m = rig_model(path, cpu_level_max());
        struct truth t = { .m = m, .ids = ids, .n = N, .context = 1216, .kv = cases[c].kv };
        truth_make(&t);
        for (size_t w = 0; w < sizeof far / sizeof *far; w++)
            expect_way(&t, &far[w]);
        truth_free(&t);
        model_free(m);
    }
}

/* The reference kernels over span borders, against the best level. */
static void long_context_levels(void **state)
{
    (void)state;
    enum { N = 540 };
    static int32_t ids[N];
    for (size_t i = 0; i < N; i++)
        ids[i] = (int32_t)(i * i * 31 + i) % 500;
    for (size_t k = 0; k < 4; k++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s.gguf", fixture_dir(), k % 2 ? "qwen3-tiny-f32" : "llama-tiny-f32");
        struct model *ref = rig_model(path, CPU_LEVEL_REF);
        struct truth t = { .m = ref, .ids = ids, .n = N, .context = 544, .kv = kv_types[k] };
        truth_make(&t);
        for (int level = CPU_LEVEL_AVX2; level <= (int)cpu_level_max(); level++) {
            struct truth other = t;
            other.m = rig_model(path, (enum cpu_level)level);
            expect_way(&other, &(struct way){ cpu_level_name((enum cpu_level)level), 2, 512, 0, 0 });
            model_free((struct model *)other.m);
        }
        truth_free(&t);
        model_free(ref);
    }
}

/* Only the last rows' logits: the last layer then leaves the other rows out. */
static void fewer_logits_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FILES; i += 3) {
        struct fixture f;
        struct qw_error err;
        fixture_load(&f, files[i]);
        struct model *m = rig_model(f.path, cpu_level_max());
        struct truth t = { .m = m, .ids = f.tokens, .n = f.n_tokens, .context = 64, .kv = model_kv_type(m, KV_AUTO) };
        truth_make(&t);
        for (size_t keep = 0; keep <= 5; keep++) {
            struct rig r;
            rig_open(&r, m, &(struct rig_options){ .context = 64, .threads = 1 + (int)(keep % 3) });
            float *l = logits_for(&t);
            memcpy(l, t.logits, t.n * r.n_vocab * sizeof *l);
            memset(l + (t.n - keep) * r.n_vocab, 0, keep * r.n_vocab * sizeof *l);
            struct forward_seq q = { .ids = t.ids, .T = t.n, .pages = r.pages, .n_logits = keep,
                                     .logits = l + (t.n - keep) * r.n_vocab };
            assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_OK);
            expect_same(&t, &r, l, "only the last logits");
            free(l);
            rig_close(&r);
        }
        truth_free(&t);
        model_free(m);
        fixture_free(&f);
    }
}

static void expect_head(const struct logit_head *h, const float *row, size_t V, float temperature, size_t at)
{
    struct logit_head want;
    head_ref(&want, row, V, temperature, NULL, LOGIT_HEAD);
    if (h->n != want.n || h->mass_plain != want.mass_plain || h->mass != want.mass ||
        memcmp(h->top, want.top, sizeof want.top) != 0)
        fail_msg("the head of row %zu differs", at);
}

/* Rows in one run that give logits, beside others that give heads; and the rows of these, fetched afterwards in any order. */
static void heads_are_of_the_rows(void **state)
{
    enum { APART = 5 };                                 /* the last rows: a sequence that gives logits */
    static const char *const models[] = { "qwen3-tiny-f32", "qwen3-small-q4_k_m" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        struct rig r;
        struct qw_error err;
        fixture_load(&f, models[i]);
        struct model *m = rig_model(f.path, cpu_level_max());
        struct truth t = { .m = m, .ids = f.tokens, .n = f.n_tokens, .context = 64, .kv = model_kv_type(m, KV_AUTO) };
        truth_make(&t);
        rig_open(&r, m, &(struct rig_options){ .context = 128 });
        size_t V = r.n_vocab;
        float *l = logits_for(&t);
        struct logit_head *heads = malloc(t.n * sizeof *heads);
        assert_true(t.n > 32 && t.n <= 64);             /* more than a device makes at once */
        struct forward_seq q[2] = {
            { .ids = t.ids, .T = t.n, .pages = r.pages, .n_logits = t.n, .heads = heads, .temperature = 0.7f },
            { .ids = t.ids, .T = APART, .pages = r.pages + 4, .n_logits = APART, .logits = l },
        };
        if (!forward_gives_heads(r.f)) {
            assert_int_equal(forward_run(r.f, q, 2, NULL, &err), QW_EUNSUPPORTED);
        } else {
            assert_int_equal(forward_run(r.f, q, 2, NULL, &err), QW_OK);
            assert_memory_equal(l, t.logits, APART * V * sizeof *l);
            for (size_t k = 0; k < t.n; k++) {
                size_t row = k * 7 % t.n;               /* there and back between what is held and what is not */
                expect_head(&heads[row], t.logits + row * V, V, 0.7f, row);
                assert_int_equal(forward_row(r.f, row, l, &err), QW_OK);
                assert_memory_equal(l, t.logits + row * V, V * sizeof *l);
            }
        }
        free(heads);
        free(l);
        rig_close(&r);
        truth_free(&t);
        model_free(m);
        fixture_free(&f);
    }
}

/* A run that was cancelled, and one that gives no logits, are over when they return: the next has its own tokens. */
static void one_run_after_another(void **state)
{
    (void)state;
    static const char *const some[] = { "llama-tiny-f32", "qwen3-small-q4_0" };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        struct fixture f;
        struct qw_error err;
        struct rig r;
        atomic_int cancel = 1;
        int32_t other[256];
        fixture_load(&f, some[i]);
        struct model *m = rig_model(f.path, cpu_level_max());
        struct truth t = { .m = m, .ids = f.tokens, .n = f.n_tokens, .context = 64, .kv = model_kv_type(m, KV_AUTO) };
        size_t half = t.n / 2;
        truth_make(&t);
        rig_open(&r, m, &(struct rig_options){ .context = 64, .max_rows = 64 });
        float *l = logits_for(&t);
        memcpy(l, t.logits, half * r.n_vocab * sizeof *l);
        for (size_t j = 0; j < t.n; j++)
            other[j] = t.ids[t.n - 1 - j];
        struct forward_seq q = { .ids = other, .T = t.n, .pages = r.pages, .n_logits = t.n, .logits = l };
        assert_int_equal(forward_run(r.f, &q, 1, &cancel, &err), QW_ECANCELLED);
        rig_feed(&r, t.ids, half, 0, 64, NULL);
        rig_feed(&r, t.ids + half, t.n - half, half, 64, l + half * r.n_vocab);
        expect_same(&t, &r, l, "one run after another");
        free(l);
        rig_close(&r);
        truth_free(&t);
        model_free(m);
        fixture_free(&f);
    }
}

static void pinned_hash(void **state)
{
    (void)state;
    XXH3_state_t *h = XXH3_createState();
    assert_non_null(h);
    XXH3_64bits_reset(h);
    for (size_t i = 0; i < N_FILES; i++) {
        struct fixture f;
        struct rig r;
        fixture_load(&f, files[i]);
        struct model *m = rig_model(f.path, cpu_level_max());
        rig_open(&r, m, &(struct rig_options){ .context = 64, .max_rows = 64 });
        float *l = malloc(f.n_tokens * r.n_vocab * sizeof *l);
        assert_non_null(l);
        rig_feed(&r, f.tokens, f.n_tokens, 0, 64, l);
        XXH3_64bits_update(h, l, f.n_tokens * r.n_vocab * sizeof *l);
        free(l);
        rig_close(&r);
        model_free(m);
        fixture_free(&f);
    }
    uint64_t got = XXH3_64bits_digest(h);
    XXH3_freeState(h);
    assert_int_equal(KERN_NUMERICS_ID, PINNED_ID);
    if (got != PINNED_HASH)
        fail_msg("the fixtures' logits hash to 0x%016llx, pinned is 0x%016llx for numerics id %u",
                 (unsigned long long)got, (unsigned long long)PINNED_HASH, PINNED_ID);
}

int main(void)
{
    static char names[N_FILES][64];
    struct CMUnitTest tests[N_FILES + 8] = {
        cmocka_unit_test(batch_is_invisible),  cmocka_unit_test(fewer_logits_same),
        cmocka_unit_test(long_context),        cmocka_unit_test(long_context_levels),
        cmocka_unit_test(heads_are_of_the_rows), cmocka_unit_test(one_run_after_another),
        cmocka_unit_test(stale_pages_same),
        cmocka_unit_test(pinned_hash),
    };
    for (size_t i = 0; i < N_FILES; i++) {
        snprintf(names[i], sizeof names[i], "every_way_same_%s", files[i]);
        tests[8 + i] = (struct CMUnitTest){ names[i], every_way_same, NULL, NULL, (void *)files[i] };
    }
    cmocka_set_test_filter(getenv("CMOCKA_TEST_FILTER"));
    return cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
