/* The sampler against an independent one (full sort, long double sums), known answers of
 * Philox, and hand-computed penalties. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/gen/sampler.h"
#include "tests/unit/head_ref.h"

static uint64_t rng_state = 88172645463325252u;
static uint64_t rng(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}
static double unit(void) { return (double)(rng() >> 11) / 9007199254740992.0; }
static float normal(void) { return (float)(sqrt(-2 * log(unit() + 1e-300)) * cos(6.283185307179586 * unit())); }

static void test_philox(void **state)
{
    /* Random123's kat_vectors, philox4x32 10. */
    static const struct { uint32_t ctr[4], key[2], out[4]; } kat[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof kat / sizeof *kat; i++) {
        uint32_t out[4];
        sampler_philox(kat[i].ctr, kat[i].key, out);
        assert_memory_equal(out, kat[i].out, sizeof out);
    }
}

struct ref { int id; double l, p; };
static int by_logit(const void *a, const void *b)
{
    const struct ref *x = a, *y = b;
    return x->l != y->l ? (x->l < y->l ? 1 : -1) : x->id - y->id;
}

/* The rules of sampler.h, done the long way.  *margin: how near u was to another answer. */
static int reference(const float *logits, size_t n, size_t position, const struct sample_params *p, double *margin)
{
    struct ref *r = malloc(n * sizeof *r);
    for (size_t i = 0; i < n; i++)
        r[i] = (struct ref){ (int)i, logits[i], 0 };
    qsort(r, n, sizeof *r, by_logit);
    *margin = 1;
    if (p->temperature == 0) {
        int id = r[0].id;
        free(r);
        return id;
    }
    size_t m = p->top_k > 0 && (size_t)p->top_k < n ? (size_t)p->top_k : n;
    long double sum = 0, acc = 0;
    for (size_t i = 0; i < m; i++)
        sum += r[i].p = expl(((long double)r[i].l - r[0].l) / p->temperature);
    size_t kept = m;
    if (p->top_p < 1)
        for (kept = 0; kept < m && acc < sum * p->top_p; kept++) {
            double d = fabs((double)((acc - sum * p->top_p) / sum));
            *margin = d < *margin ? d : *margin;
            acc += r[kept].p;
        }
    if (p->top_p < 1) {
        double d = fabs((double)((acc - sum * p->top_p) / sum));
        *margin = d < *margin ? d : *margin;
    }
    size_t k2 = 0;
    for (; k2 < kept && r[k2].p >= p->min_p; k2++)
        ;
    for (size_t i = 0; i < kept && p->min_p > 0; i++) {
        double d = fabs(r[i].p - p->min_p);
        *margin = d < *margin && d > 0 ? d : *margin;   /* the greatest is exactly 1 in both */
    }
    kept = k2;
    sum = 0;
    for (size_t i = 0; i < kept; i++)
        sum += r[i].p;
    uint32_t ctr[4] = { (uint32_t)position, 0, 0, 0 }, key[2] = { (uint32_t)p->seed, (uint32_t)(p->seed >> 32) }, out[4];
    sampler_philox(ctr, key, out);
    long double u = ((long double)out[1] * 4294967296.0L + out[0]) / 18446744073709551616.0L;
    acc = 0;
    size_t at = 0;
    for (; at + 1 < kept && acc + r[at].p <= u * sum; at++)
        acc += r[at].p;
    double d1 = fabs((double)((u * sum - acc) / sum)), d2 = fabs((double)((acc + r[at].p - u * sum) / sum));
    if (at > 0 && d1 < *margin) *margin = d1;
    if (at + 1 < kept && d2 < *margin) *margin = d2;
    int id = r[at].id;
    free(r);
    return id;
}

static void test_reference(void **state)
{
    static const struct { const char *name; float temperature; int k; float p, min_p; } cases[] = {
        { "greedy", 0, 0, 1, 0 },          { "plain", 1, 0, 1, 0 },       { "hot", 3, 0, 1, 0 },
        { "cold", 0.05f, 0, 1, 0 },        { "top-k 1", 1, 1, 1, 0 },     { "top-k 7", 1, 7, 1, 0 },
        { "top-k past the end", 1, 5000, 1, 0 }, { "top-p", 1, 0, 0.9f, 0 }, { "tiny top-p", 1, 0, 1e-4f, 0 },
        { "top-p 0.999", 2, 0, 0.999f, 0 }, { "min-p", 1, 0, 1, 0.05f },  { "min-p 1", 1, 0, 1, 1 },
        { "all", 0.8f, 40, 0.95f, 0.02f },
    };
    static const size_t sizes[] = { 1, 2, 17, 259, 3001 };
    size_t close_calls = 0, draws = 0;
    (void)state;
    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
        size_t n = sizes[z];
        struct sampler *s;
        assert_int_equal(sampler_new(&s, n, NULL), QW_OK);
        float *logits = malloc(n * sizeof *logits), *work = malloc(n * sizeof *work);
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
            for (int round = 0; round < 60; round++) {
                float scale = round % 3 == 0 ? 0.5f : round % 3 == 1 ? 3 : 10;
                for (size_t i = 0; i < n; i++)
                    /* every fifth round: coarse values, so that many tie */
                    logits[i] = round % 5 == 4 ? floorf(normal()) : scale * normal();
                struct sample_params p;
                sample_params_default(&p);
                p.temperature = cases[c].temperature;
                p.top_k = cases[c].k;
                p.top_p = cases[c].p;
                p.min_p = cases[c].min_p;
                p.seed = rng();
                size_t position = rng() % 100000;
                double margin;
                int32_t *ids = calloc(position + 1, sizeof *ids);
                int want = reference(logits, n, position, &p, &margin);
                memcpy(work, logits, n * sizeof *work);
                uint64_t before = qw_mem_count();
                int got = sampler_draw(s, work, ids, position, position, &p, NULL, NULL);
                assert_int_equal(qw_mem_count(), before);
                memcpy(work, logits, n * sizeof *work);
                assert_int_equal(sampler_draw(s, work, ids, position, position, &p, NULL, NULL), got);
                free(ids);
                draws++;
                if (margin < 2e-6) {
                    close_calls++;                      /* float exp may differ from the exact one here */
                    continue;
                }
                if (got != want)
                    fail_msg("%s, n = %zu, round %d: %d, expected %d", cases[c].name, n, round, got, want);
            }
        free(logits);
        free(work);
        sampler_free(s);
    }
    assert_true(close_calls * 20 < draws);
}

static void test_ties_and_nan(void **state)
{
    struct sampler *s;
    struct sample_params p;
    (void)state;
    assert_int_equal(sampler_new(&s, 40, NULL), QW_OK);
    float x[40];
    for (int i = 0; i < 40; i++)
        x[i] = 1;
    x[0] = NAN;
    x[1] = -INFINITY;
    x[7] = x[33] = 2;
    sample_params_default(&p);
    assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, NULL, NULL), 7);
    p.temperature = 1;
    p.top_k = 1;                                        /* a tie at the cut goes to the lower id */
    for (uint64_t seed = 0; seed < 50; seed++) {
        p.seed = seed;
        assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, NULL, NULL), 7);
    }
    p.top_k = 3;
    for (uint64_t seed = 0; seed < 200; seed++) {
        p.seed = seed;
        int id = sampler_draw(s, x, NULL, 0, 0, &p, NULL, NULL);
        assert_true(id == 7 || id == 33 || id == 2);
    }
    x[3] = -0.0f;
    x[2] = 0.0f;
    for (int i = 4; i < 40; i++)
        x[i] = -5;
    p.top_k = 1;                                        /* 0 and -0 tie */
    assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, NULL, NULL), 2);
    for (int i = 0; i < 40; i++)
        x[i] = NAN;
    assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, NULL, NULL), -1);
    p.temperature = 0;
    p.n_logprobs = 2;
    struct token_logprob lp, alts[2];
    assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, &lp, alts), -1);
    sampler_free(s);
}

static void test_penalties(void **state)
{
    struct sampler *s;
    struct sample_params p;
    static const int32_t ids[] = { 1, 2, 2, /* answer: */ 3, 3, 3, 4, 99, -1 };
    (void)state;
    assert_int_equal(sampler_new(&s, 8, NULL), QW_OK);
    for (int twice = 0; twice < 2; twice++) {           /* counts are zero again */
        float x[8] = { 1, 2, -2, 8, 4, 1, 1, 1 };
        static const struct logit_bias bias[] = { { 5, 2.5f }, { 6, -1 }, { 100, 7 } };
        sample_params_default(&p);
        p.repetition_penalty = 2;
        p.presence_penalty = 0.5f;
        p.frequency_penalty = 0.25f;
        p.bias = bias;
        p.n_bias = 3;
        assert_int_equal(sampler_draw(s, x, ids, 9, 3, &p, NULL, NULL), 5);
        const float want[8] = { 1, 1, -4, 4 - 0.5f - 0.75f, 2 - 0.5f - 0.25f, 3.5f, 0, 1 };
        for (int i = 0; i < 8; i++)
            assert_true(x[i] == want[i]);
    }
    sampler_free(s);
}

static void test_logprobs(void **state)
{
    enum { N = 1000, K = 5 };
    struct sampler *s;
    struct sample_params p;
    float x[N], raw[N];
    (void)state;
    assert_int_equal(sampler_new(&s, N, NULL), QW_OK);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < N; i++)
            raw[i] = x[i] = round % 4 == 3 ? floorf(4 * normal()) : 4 * normal();
        struct logit_bias bias = { 17, 50 };
        sample_params_default(&p);
        p.n_logprobs = K;
        p.bias = &bias;
        p.n_bias = 1;
        struct token_logprob chosen, alts[K];
        assert_int_equal(sampler_draw(s, x, NULL, 0, 0, &p, &chosen, alts), 17);
        struct ref r[N];
        long double sum = 0;
        for (int i = 0; i < N; i++) {
            r[i] = (struct ref){ i, raw[i], 0 };
            sum += expl(raw[i]);
        }
        qsort(r, N, sizeof *r, by_logit);
        assert_int_equal(chosen.id, 17);                /* the model's own, not the biased one */
        assert_true(fabs(chosen.logprob - (raw[17] - (double)logl(sum))) < 2e-6);
        for (int k = 0; k < K; k++) {
            assert_int_equal(alts[k].id, r[k].id);
            assert_true(fabs(alts[k].logprob - (r[k].l - (double)logl(sum))) < 2e-6);
        }
    }
    sampler_free(s);
    assert_int_equal(sampler_new(&s, 2, NULL), QW_OK);
    struct token_logprob alts[3], chosen;
    float two[2] = { 0, 1 };
    p.n_logprobs = 3;
    p.n_bias = 0;
    assert_int_equal(sampler_draw(s, two, NULL, 0, 0, &p, &chosen, alts), 1);
    assert_int_equal(alts[0].id, 1);
    assert_int_equal(alts[1].id, 0);
    assert_int_equal(alts[2].id, -1);
    sampler_free(s);
}

/* ---- from heads ----------------------------------------------------------------------- */

static float any(const float *from, size_t n) { return from[rng() % n]; }

/* What a request may ask for, often at the edge of what a head has. */
static struct sample_params any_params(float temperature)
{
    static const int ks[] = { 0, 0, 0, 1, 20, 255, 256, 257, 1000 };
    static const float ps[] = { 1, 1, 0.8f, 0.95f, 0.999f, 0.9999999f, 1e-6f }, mins[] = { 0, 0, 0, 0.05f, 1e-3f, 1e-7f, 1 };
    static const uint32_t logprobs[] = { UINT32_MAX, 0, 1, 20 };
    static const struct logit_bias bias[] = { { 1, 5 } };
    struct sample_params p;
    sample_params_default(&p);
    p.temperature = temperature;
    p.top_k = ks[rng() % (sizeof ks / sizeof *ks)];
    p.top_p = any(ps, sizeof ps / sizeof *ps);
    p.min_p = any(mins, sizeof mins / sizeof *mins);
    p.n_logprobs = logprobs[rng() % 4];
    p.seed = rng();
    switch (rng() % 32) {
    case 0: p.repetition_penalty = 1.1f; break;
    case 1: p.presence_penalty = 0.5f; break;
    case 2: p.frequency_penalty = -0.5f; break;
    case 3: p.bias = bias, p.n_bias = 1; break;
    default: break;
    }
    return p;
}

/* The rules of sampler.h with the sampler's own integers, over everything, sorted. */
struct weighed { struct logit l; uint64_t w; };
static int by_order(const void *a, const void *b)
{
    return head_ref_order(&((const struct weighed *)a)->l, &((const struct weighed *)b)->l);
}

static uint64_t sum_weights(const struct weighed *c, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += c[i].w;
    return sum;
}

/* The first whose weight, added to those before it, passes target. */
static size_t walk(const struct weighed *c, uint64_t target)
{
    size_t i = 0;
    for (; target >= c[i].w; i++)
        target -= c[i].w;
    return i;
}

static int32_t by_integers(struct weighed *c, size_t n, size_t position, const struct sample_params *p)
{
    uint32_t ctr[4] = { (uint32_t)position, 0, 0, 0 }, key[2] = { (uint32_t)p->seed, (uint32_t)(p->seed >> 32) }, u[4];
    if (p->top_k > 0 && (size_t)p->top_k < n)
        n = (size_t)p->top_k;
    uint64_t sum = sum_weights(c, n), target = (uint64_t)((double)sum * (double)p->top_p);
    if (p->top_p < 1 && target < sum)
        n = walk(c, target - (target > 0)) + 1;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)              /* exp is not monotonic in its last bits */
        if (p->min_p == 0 || c[i].w >= (uint64_t)(p->min_p * LOGIT_WEIGHT_ONE))
            c[kept++] = c[i];
    sampler_philox(ctr, key, u);
    return c[walk(c, (uint64_t)((unsigned __int128)((uint64_t)u[1] << 32 | u[0]) * sum_weights(c, kept) >> 64))].l.id;
}

/* Every bit of every draw, from the vocabulary's size down: where the likely few decide, where they do not, and where
 * logits are equal, missing or cut off at a run's border. */
static void test_integers(void **state)
{
    static const size_t sizes[] = { 1, 63, 64, 65, 511, 512, 513, 5000, 151936 };
    static const float scales[] = { 0.1f, 1, 2.5f, 6, 20 }, temperatures[] = { 0.05f, 0.7f, 1, 1.5f, 5, 100 };
    enum { N_SCALES = sizeof scales / sizeof *scales, N_TEMPERATURES = sizeof temperatures / sizeof *temperatures };
    (void)state;
    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
        size_t V = sizes[z], rounds = V > 10000 ? 2 * N_SCALES : 12 * N_SCALES, position = 1000;
        struct sampler *s;
        float *row = malloc(V * sizeof *row), *work = malloc(V * sizeof *work);
        struct weighed *all = malloc(V * sizeof *all), *c = malloc(V * sizeof *c);
        int32_t *ids = calloc(position, sizeof *ids);
        assert_int_equal(sampler_new(&s, V, NULL), QW_OK);
        for (size_t round = 0; round < rounds; round++) {
            size_t n = 0;
            for (size_t i = 0; i < V; i++) {
                float x = scales[round % N_SCALES] * normal();
                bool missing = round % 7 == 5 && i > 0 && rng() % 3 == 0;
                row[i] = missing ? (rng() & 1 ? NAN : -INFINITY) : round % 7 == 3 ? floorf(x) : x;
                if (row[i] > -INFINITY)
                    all[n++].l = (struct logit){ (int32_t)i, row[i] };
            }
            qsort(all, n, sizeof *all, by_order);
            float temperature = temperatures[round % N_TEMPERATURES];
            for (size_t i = 0; i < n; i++)
                all[i].w = head_ref_weight(all[i].l.value, all[0].l.value, temperature);
            for (int i = 0; i < 24; i++) {
                struct sample_params p = any_params(temperature);
                p.n_bias = 0;
                p.repetition_penalty = 1;
                p.presence_penalty = p.frequency_penalty = 0;
                memcpy(c, all, n * sizeof *c);
                memcpy(work, row, V * sizeof *work);
                int32_t want = by_integers(c, n, position, &p);
                int32_t got = sampler_draw(s, work, ids, position, position, &p, NULL, NULL);
                if (got != want)
                    fail_msg("%zu ids, round %zu, draw %d: %d, expected %d", V, round, i, got, want);
            }
        }
        sampler_free(s);
        free(row), free(work), free(all), free(c), free(ids);
    }
}

struct head_count { size_t drawn, refused, row; };

static void draw_both(struct sampler *s, const float *row, float *work, size_t V, const struct logit_head *h,
                      const struct sample_params *p, struct head_count *count)
{
    static const int32_t ids[] = { 0, 1, 1 };
    struct token_logprob chosen[2], alts[2][20], before[20];
    size_t position = sizeof ids / sizeof *ids;
    memset(chosen, 0x5a, sizeof chosen);
    memset(alts, 0x5a, sizeof alts);
    memset(before, 0x5a, sizeof before);
    bool plain = p->n_bias == 0 && p->repetition_penalty == 1 && p->presence_penalty == 0 && p->frequency_penalty == 0;
    assert_int_equal(sampler_takes_head(p), plain && p->top_k <= 256);
    if (!sampler_takes_head(p)) {
        count->refused++;
        return;
    }
    memcpy(work, row, V * sizeof *work);
    int32_t want = sampler_draw(s, work, ids, position, position, p, &chosen[0], alts[0]);
    int32_t got = sampler_draw_head(s, h, position, p, &chosen[1], alts[1]);
    if (got == SAMPLER_NEEDS_ROW) {
        assert_true(V > LOGIT_HEAD && p->temperature > 0 && p->top_k == 0);
        assert_memory_equal(&chosen[1], before, sizeof *chosen);
        assert_memory_equal(alts[1], before, sizeof alts[1]);
        count->row++;
        return;
    }
    assert_int_equal(got, want);
    assert_memory_equal(&chosen[0], &chosen[1], sizeof *chosen);
    assert_memory_equal(alts[0], alts[1], sizeof alts[0]);
    count->drawn++;
}

/* Whatever is drawn from a head is what is drawn from its row, log-probabilities included. */
static void test_heads(void **state)
{
    static const size_t sizes[] = { 1, 2, 30, 255, 256, 257, 1000, 5000 };
    static const float temperatures[] = { 0, 0.05f, 0.7f, 1, 1.5f, 5, 100 };
    struct head_count count = { 0 };
    (void)state;
    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
        size_t V = sizes[z];
        struct sampler *s;
        float *row = malloc(V * sizeof *row), *work = malloc(V * sizeof *work);
        assert_int_equal(sampler_new(&s, V, NULL), QW_OK);
        for (int round = 0; round < 48; round++) {
            float scale = round % 4 == 0 ? 0.5f : round % 4 == 1 ? 2 : round % 4 == 2 ? 5 : 15;
            for (size_t i = 0; i < V; i++) {
                float x = scale * normal();
                row[i] = round % 5 == 4 ? floorf(x) : round % 16 == 11 && rng() % 3 == 0 ? (rng() & 1 ? NAN : -INFINITY) : x;
            }
            if (round == 47)
                row[rng() % V] = INFINITY;
            for (size_t t = 0; t < sizeof temperatures / sizeof *temperatures; t++) {
                struct logit_head h;
                head_ref(&h, row, V, temperatures[t], NULL, LOGIT_HEAD);
                for (int i = 0; i < 24; i++) {
                    struct sample_params p = any_params(temperatures[t]);
                    draw_both(s, row, work, V, &h, &p, &count);
                }
            }
        }
        free(row);
        free(work);
        sampler_free(s);
    }
    print_message("%zu drawn from heads, %zu need the row, %zu take none\n", count.drawn, count.row, count.refused);
    assert_true(count.drawn > 40000 && count.row > 1000 && count.row < count.drawn / 4);
}

/* A head that leaves nothing out proves everything; one whose cut lies at its last candidate, too. */
static void test_head_edges(void **state)
{
    enum { V = 1024, SEEDS = 50 };
    struct sampler *s;
    struct sample_params p;
    struct logit_head h;
    float row[V];
    (void)state;
    assert_int_equal(sampler_new(&s, V, NULL), QW_OK);
    sample_params_default(&p);
    p.temperature = 1;
    for (size_t i = 0; i < V; i++)
        row[i] = 0;                                     /* equal: the head has a quarter of the mass */
    head_ref(&h, row, V, 1, NULL, LOGIT_HEAD);
    struct { float top_p, min_p; bool proved; } cases[] = {
        { 0.25f, 0, true }, { 0.2500001f, 0, false }, { 0.9f, 0, false }, { 1, 0.9f, false }, { 1, 1, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        p.top_p = cases[i].top_p;
        p.min_p = cases[i].min_p;
        size_t proved = 0;
        for (p.seed = 0; p.seed < SEEDS; p.seed++)
            proved += sampler_draw_head(s, &h, 7, &p, NULL, NULL) != SAMPLER_NEEDS_ROW;
        assert_int_equal(proved, cases[i].proved ? SEEDS : 0);
    }
    for (size_t i = 0; i < V; i++)
        row[i] = i < 200 ? 0 : -40;                     /* what it leaves out weighs nothing */
    head_ref(&h, row, V, 1, NULL, LOGIT_HEAD);
    p.top_p = 1;
    p.min_p = 0;
    for (p.seed = 0; p.seed < 10 * SEEDS; p.seed++)
        assert_true(sampler_draw_head(s, &h, 7, &p, NULL, NULL) >= 0);
    for (size_t i = 0; i < V; i++)
        row[i] = NAN;
    head_ref(&h, row, V, 1, NULL, LOGIT_HEAD);
    assert_int_equal(sampler_draw_head(s, &h, 7, &p, NULL, NULL), -1);
    sampler_free(s);
}

static void test_frequencies(void **state)
{
    struct sampler *s;
    struct sample_params p;
    const double want[4] = { 0.5, 0.25, 0.2, 0.05 };
    int seen[4] = { 0 };
    (void)state;
    assert_int_equal(sampler_new(&s, 4, NULL), QW_OK);
    sample_params_default(&p);
    p.temperature = 1;
    int32_t ids[20000] = { 0 };
    for (size_t n = 0; n < 20000; n++) {                /* positions give independent draws */
        float x[4];
        for (int i = 0; i < 4; i++)
            x[i] = logf((float)want[i]);
        seen[sampler_draw(s, x, ids, n, n, &p, NULL, NULL)]++;
    }
    for (int i = 0; i < 4; i++)
        assert_true(fabs(seen[i] / 20000.0 - want[i]) < 0.015);
    sampler_free(s);
}

static void test_check(void **state)
{
    static const struct logit_bias bad_id = { -1, 0 }, bad_bias = { 1, 101 };
    struct sample_params base;
    sample_params_default(&base);
    (void)state;
    static const struct { const char *name; size_t at; float v; bool ok; } cases[] = {
        { "temperature", offsetof(struct sample_params, temperature), 0.7f, true },
        { "temperature", offsetof(struct sample_params, temperature), -0.1f, false },
        { "temperature", offsetof(struct sample_params, temperature), NAN, false },
        { "top_p", offsetof(struct sample_params, top_p), 0, false },
        { "top_p", offsetof(struct sample_params, top_p), 1, true },
        { "min_p", offsetof(struct sample_params, min_p), 1.5f, false },
        { "min_p", offsetof(struct sample_params, min_p), 1, true },
        { "repetition_penalty", offsetof(struct sample_params, repetition_penalty), 0, false },
        { "presence_penalty", offsetof(struct sample_params, presence_penalty), 2.5f, false },
        { "frequency_penalty", offsetof(struct sample_params, frequency_penalty), -2, true },
        { "frequency_penalty", offsetof(struct sample_params, frequency_penalty), INFINITY, false },
    };
    struct sample_params p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qw_error err = { 0 };
        p = base;
        *(float *)((char *)&p + cases[i].at) = cases[i].v;
        assert_int_equal(sample_params_check(&p, &err), cases[i].ok ? QW_OK : QW_EPARAMS);
        if (!cases[i].ok)
            assert_non_null(strstr(err.msg, cases[i].name));
    }
    p = base;
    p.top_k = -1;
    assert_int_equal(sample_params_check(&p, NULL), QW_EPARAMS);
    p = base;
    p.n_logprobs = 21;
    assert_int_equal(sample_params_check(&p, NULL), QW_EPARAMS);
    p = base;
    p.n_bias = 1;
    p.bias = &bad_id;
    assert_int_equal(sample_params_check(&p, NULL), QW_EPARAMS);
    p.bias = &bad_bias;
    assert_int_equal(sample_params_check(&p, NULL), QW_EPARAMS);
}

static void test_seeds(void **state)
{
    (void)state;
    assert_true(sample_seed(42, 0) == 42);
    for (uint32_t i = 0; i < 64; i++)
        for (uint32_t j = 0; j < i; j++)
            assert_true(sample_seed(42, i) != sample_seed(42, j));
    /* splitmix64's published first output for state 0, its lowest 53 bits. */
    assert_true(sample_seed(0, 1) == (UINT64_C(0xe220a8397b1dcdaf) & ((UINT64_C(1) << 53) - 1)));
    for (uint32_t i = 1; i < 64; i++)
        assert_true(sample_seed(UINT64_MAX, i) < UINT64_C(1) << 53);
}

static void test_memory(void **state)
{
    struct sampler *s = NULL;
    long n = 0;
    (void)state;
    for (;; n++) {
        qw_mem_fail_after(n);
        int rc = sampler_new(&s, 100, NULL);
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            break;
        assert_int_equal(rc, QW_ENOMEM);
        assert_null(s);
    }
    assert_true(n >= 5);
    sampler_free(s);
    assert_int_equal(sampler_new(&s, 0, NULL), QW_EUNSUPPORTED);
    assert_int_equal(sampler_new(&s, (size_t)1 << 40, NULL), QW_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox), cmocka_unit_test(test_reference), cmocka_unit_test(test_ties_and_nan),
        cmocka_unit_test(test_penalties), cmocka_unit_test(test_logprobs), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_head_edges), cmocka_unit_test(test_frequencies),
        cmocka_unit_test(test_check), cmocka_unit_test(test_seeds), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
