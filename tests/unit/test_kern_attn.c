/* Pages and attention: every level against the reference, bit for bit; rows whatever
 * rows are together; the reference against double arithmetic. */
#include "tests/unit/kern_util.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_PAGES = 80 };

struct cache {
    struct kv_layout l;
    struct guarded   page[MAX_PAGES];
    const uint8_t   *base[MAX_PAGES];
    size_t           n_pages, n;
};

/* K and V of position t. */
static void cache_put(struct cache *c, const struct kern *k, size_t t, const float *key, const float *value)
{
    uint8_t *b = (uint8_t *)c->page[t / 16].p + kv_offset(&c->l, 0, 1);

    k->kv_put(c->l.type, c->l.head_dim, b, b + c->l.k_bytes, t % 16, key, value);
}

/* n positions of one layer and two heads; head 1 is read.  What is left of the last page holds `rest`. */
static void cache_fill_over(struct cache *c, const struct kern *k, enum kv_type type, uint32_t D, size_t n,
                            enum fill f, uint32_t rest)
{
    float *kv = calloc(2 * D, sizeof *kv);
    uint64_t seed = 17;

    assert_int_equal(kv_layout_init(&c->l, type, 1, 2, D, NULL), QW_OK);
    c->n = n;
    c->n_pages = (n + 15) / 16;
    for (size_t p = 0; p < c->n_pages; p++) {
        c->page[p] = guarded_new(c->l.page_bytes, 64);
        for (size_t i = 0; i < c->l.page_bytes; i += sizeof rest)
            memcpy((uint8_t *)c->page[p].p + i, &rest, sizeof rest);
        c->base[p] = c->page[p].p;
    }
    for (size_t t = 0; t < n; t++) {
        fill_floats(kv, 2 * D, f, &seed);
        cache_put(c, k, t, kv, kv + D);
    }
    free(kv);
}

static void cache_fill(struct cache *c, const struct kern *k, enum kv_type type, uint32_t D, size_t n, enum fill f)
{
    cache_fill_over(c, k, type, D, n, f, 0);
}

static void cache_free(struct cache *c)
{
    for (size_t p = 0; p < c->n_pages; p++)
        guarded_free(&c->page[p]);
}

struct rows { size_t R, D; float *q; size_t *at; uint32_t *vis; struct kern_span *part; float *o, *out; };

static struct rows rows_new(size_t R, size_t D)
{
    struct rows r = { .R = R, .D = D };
    uint64_t seed = 23;

    r.q = calloc(R * D, sizeof(float));
    r.at = calloc(R, sizeof *r.at);
    r.vis = calloc(R, sizeof *r.vis);
    r.out = calloc(R * D, sizeof(float));
    fill_floats(r.q, R * D, FILL_NORMAL, &seed);
    for (size_t i = 0; i < R; i++)
        r.at[i] = (R - 1 - i) * D;
    return r;
}

static void rows_free(struct rows *r)
{
    free(r->q);
    free(r->at);
    free(r->vis);
    free(r->out);
}

/* All spans of rows [r0, r0+n), merged, into out[n][D].  NaNs become alike: their payload is not fixed. */
static void attend(const struct kern *k, const struct cache *c, const struct rows *r, size_t r0, size_t n, float *out)
{
    const size_t D = r->D, spans = (c->n + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN;
    struct guarded scratch = guarded_new(kern_attn_scratch(D, n), 64);
    struct guarded o = guarded_new(spans * n * D * sizeof(float), 64);
    struct kern_span *part = calloc(spans * n, sizeof *part);
    const struct kern_attn j = {
        .kv_type = c->l.type, .D = D, .R = n, .q = r->q, .q_at = r->at + r0, .n_vis = r->vis + r0, .pages = c->base,
        .k_at = kv_offset(&c->l, 0, 1), .v_at = kv_offset(&c->l, 0, 1) + c->l.k_bytes, .scale = 1 / sqrtf((float)D),
    };

    for (size_t s = spans; s-- > 0;)
        k->attn_span(&j, s, part + s * n, (float *)o.p + s * n * D, scratch.p);
    for (size_t i = 0; i < n; i++)
        k->attn_merge(out + i * D, D, spans, part + i, n, (float *)o.p + i * D, n * D);
    for (size_t i = 0; i < n * D; i++)
        out[i] = isnan(out[i]) ? NAN : out[i];
    free(part);
    guarded_free(&o);
    guarded_free(&scratch);
}

/* As prefill sees it: groups of `group` rows a token, tokens ending at n. */
static void see_causal(struct rows *r, size_t group, size_t n)
{
    const size_t tokens = (r->R + group - 1) / group;

    for (size_t i = 0; i < r->R; i++)
        r->vis[i] = (uint32_t)(n - tokens + i / group + 1);
}

/* All rows together, some alone, and in two parts: r->out each time. */
static void expect_rows(const char *what, const struct kern *k, const struct cache *c, const struct rows *r)
{
    const size_t R = r->R, D = r->D;
    float *out = calloc(R * D, sizeof *out);

    attend(k, c, r, 0, R, out);
    assert_true(same_bits(what, r->out, out, R * D * sizeof *out));
    for (size_t i = 0; i < R; i += R / 3 + 1)
        attend(k, c, r, i, 1, out + i * D);
    assert_true(same_bits(what, r->out, out, R * D * sizeof *out));
    attend(k, c, r, 0, R / 2, out);
    attend(k, c, r, R / 2, R - R / 2, out + R / 2 * D);
    assert_true(same_bits(what, r->out, out, R * D * sizeof *out));
    free(out);
}

static void one_case(enum kv_type type, uint32_t D, size_t n, size_t R, size_t group, enum fill f)
{
    const struct kern *ref = kern_get(CPU_LEVEL_REF);
    struct rows r = rows_new(R, D);
    struct cache c;

    see_causal(&r, group, n);
    cache_fill(&c, ref, type, D, n, f);
    attend(ref, &c, &r, 0, R, r.out);
    for (int l = 0; l < N_LEVELS; l++) {
        const struct kern *k = level_at(l);
        struct cache d;
        char what[128];

        if (k == NULL)
            break;
        snprintf(what, sizeof what, "%s %s D=%u n=%zu R=%zu %s", k->name, kv_type_name(type), D, n, R, fill_name(f));
        cache_fill(&d, k, type, D, n, f);
        for (size_t p = 0; p < c.n_pages; p++)
            assert_true(same_bits(what, c.base[p], d.base[p], c.l.page_bytes));
        expect_rows(what, k, &d, &r);
        cache_free(&d);
    }
    cache_free(&c);
    rows_free(&r);
}

static const enum kv_type kv_types[] = { KV_F32, KV_F16, KV_BF16, KV_Q8_0 };

static void test_levels_equal(void **state)
{
    static const struct { uint32_t D; size_t n, R, group; } cases[] = {
        { 32, 1, 1, 1 },  { 64, 17, 3, 3 },   { 128, 64, 4, 4 }, { 64, 65, 7, 7 },     { 96, 130, 12, 2 },
        { 64, 513, 2, 1 }, { 160, 48, 13, 1 }, { 64, 577, 40, 7 }, { 128, 1100, 24, 8 }, { 256, 30, 5, 5 },
    };

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
            one_case(kv_types[t], cases[c].D, cases[c].n, cases[c].R, cases[c].group, FILL_NORMAL);
    for (size_t t = 0; t < 3; t++)
        one_case(kv_types[t], 80, 100, 9, 3, FILL_NORMAL);
}

/* A tile of each height, whose last rows alone see the second block; dimensions that no tile
 * takes in equal parts. */
static void test_levels_equal_tiles(void **state)
{
    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t R = 1; R <= 13; R++)
            one_case(kv_types[t], kv_types[t] == KV_Q8_0 ? 96 : 112, 64 + R / 2, R, 1, FILL_NORMAL);
}

static void test_levels_equal_extreme(void **state)
{
    static const enum fill fills[] = { FILL_ZERO, FILL_DENORMAL, FILL_TIES };

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t f = 0; f < 3; f++)
            one_case(kv_types[t], 64, 70, 14, 7, fills[f]);
}

/* One tile and many, with and without positions that only some rows of it see; the first and a
 * later block of a span; rows that see nothing of the last block. */
static const struct { uint32_t D; size_t n, R, group; } masked_cases[] = {
    { 32, 1, 1, 1 }, { 96, 70, 7, 7 }, { 64, 13, 13, 1 }, { 64, 66, 10, 2 }, { 160, 130, 26, 2 }, { 64, 519, 40, 3 },
};
enum { N_MASKED = sizeof masked_cases / sizeof masked_cases[0] };

/* The reference (-1), then the levels above it. */
static const struct kern *any_level(int i)
{
    return i < 0 ? kern_get(CPU_LEVEL_REF) : level_at(i);
}

/* What is left of the last page, from a time when it was another's: no row sees it. */
static void test_rest_of_page(void **state)
{
    static const uint32_t rests[] = {
        0xffffffff,     /* NaN in every type */
        0x7c00fc00,     /* infinities of F16 */
        0xff807f80,     /* of BF16 */
        0x7f800000,     /* of F32, and of Q8_0's scales */
    };

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t i = 0; i < N_MASKED; i++) {
            const uint32_t D = masked_cases[i].D;
            const size_t n = masked_cases[i].n, R = masked_cases[i].R;
            struct rows r = rows_new(R, D);
            struct cache c;

            see_causal(&r, masked_cases[i].group, n);
            cache_fill(&c, kern_get(CPU_LEVEL_REF), kv_types[t], D, n, FILL_NORMAL);
            attend(kern_get(CPU_LEVEL_REF), &c, &r, 0, R, r.out);
            cache_free(&c);
            for (size_t x = 0; x < sizeof rests / sizeof rests[0]; x++) {
                cache_fill_over(&c, kern_get(CPU_LEVEL_REF), kv_types[t], D, n, FILL_NORMAL, rests[x]);
                for (int l = -1; l < N_LEVELS && any_level(l) != NULL; l++) {
                    char what[128];

                    snprintf(what, sizeof what, "%s %s D=%u n=%zu R=%zu over %08x", any_level(l)->name,
                             kv_type_name(kv_types[t]), D, n, R, rests[x]);
                    expect_rows(what, any_level(l), &c, &r);
                }
                cache_free(&c);
            }
            rows_free(&r);
        }
}

/* A value of K and one of V; 0: as it was. */
struct bad { const char *name; float k, v; };

static void put_bad(struct cache *c, size_t at, const struct bad *b)
{
    const uint32_t D = c->l.head_dim;
    float *kv = calloc(2 * D, sizeof *kv);
    uint64_t seed = 5 + at;

    fill_floats(kv, 2 * D, FILL_NORMAL, &seed);
    if (b->k != 0)
        kv[at * 7 % D] = b->k;
    if (b->v != 0)
        kv[D + at * 7 % D] = b->v;
    cache_put(c, kern_get(CPU_LEVEL_REF), at, kv, kv + D);
    free(kv);
}

/* The rows that do not see the position are what they were; the others are the reference's. */
static void one_bad(const struct cache *c, struct rows *r, const float *clean, size_t at, const char *name)
{
    const size_t D = r->D;
    char what[128];

    attend(kern_get(CPU_LEVEL_REF), c, r, 0, r->R, r->out);
    for (size_t i = 0; i < r->R && r->vis[i] <= at; i++)
        assert_true(same_bits(name, clean + i * D, r->out + i * D, D * sizeof(float)));
    for (int l = 0; l < N_LEVELS && level_at(l) != NULL; l++) {
        snprintf(what, sizeof what, "%s %s D=%zu n=%zu R=%zu, %s at %zu", level_at(l)->name, kv_type_name(c->l.type), D,
                 c->n, r->R, name, at);
        expect_rows(what, level_at(l), c, r);
    }
}

/* Positions that hold infinities and NaNs, each of which some rows see and others do not. */
static void test_bad_positions(void **state)
{
    static const struct bad bads[] = {
        { "infinite V", 0, INFINITY },  { "V beyond F16", 0, -1e5f }, { "NaN V", 0, NAN },
        { "infinite K", -INFINITY, 0 }, { "NaN K", NAN, 0 },
    };

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t i = 0; i < N_MASKED; i++) {
            const uint32_t D = masked_cases[i].D;
            const size_t n = masked_cases[i].n, R = masked_cases[i].R;
            struct rows r = rows_new(R, D);
            float *clean = calloc(R * D, sizeof *clean);
            struct cache c;

            see_causal(&r, masked_cases[i].group, n);
            cache_fill(&c, kern_get(CPU_LEVEL_REF), kv_types[t], D, n, FILL_NORMAL);
            attend(kern_get(CPU_LEVEL_REF), &c, &r, 0, R, clean);
            cache_free(&c);
            for (size_t b = 0; b < sizeof bads / sizeof bads[0]; b++)
                for (size_t at = 0; at < n; at += n - at > 16 ? n / 8 + 1 : 1) {    /* each one where rows differ */
                    cache_fill(&c, kern_get(CPU_LEVEL_REF), kv_types[t], D, n, FILL_NORMAL);
                    put_bad(&c, at, &bads[b]);
                    one_bad(&c, &r, clean, at, bads[b].name);
                    cache_free(&c);
                }
            rows_free(&r);
            free(clean);
        }
}

/* Softmax attention in double over the values that the page holds. */
static void test_reference_value(void **state)
{
    const struct kern *ref = kern_get(CPU_LEVEL_REF);
    const size_t D = 64, n = 600, R = 2;
    struct rows r = rows_new(R, D);
    struct cache c;
    double w[600];

    (void)state;
    see_causal(&r, 1, n);
    cache_fill(&c, ref, KV_F32, D, n, FILL_NORMAL);
    attend(ref, &c, &r, 0, R, r.out);
    for (size_t i = 0; i < R; i++) {
        double top = -1e300, sum = 0;

        for (size_t p = 0; p < r.vis[i]; p++) {
            const float *k = (const float *)(c.base[p / 16] + kv_offset(&c.l, 0, 1));

            w[p] = 0;
            for (size_t d = 0; d < D; d++)
                w[p] += (double)r.q[r.at[i] + d] * k[d * 16 + p % 16];
            w[p] /= sqrt((double)D);
            top = w[p] > top ? w[p] : top;
        }
        for (size_t p = 0; p < r.vis[i]; p++)
            sum += w[p] = exp(w[p] - top);
        for (size_t d = 0; d < D; d++) {
            double o = 0;

            for (size_t p = 0; p < r.vis[i]; p++) {
                const float *v = (const float *)(c.base[p / 16] + kv_offset(&c.l, 0, 1) + c.l.k_bytes);
                o += w[p] / sum * v[p % 16 * D + d];
            }
            assert_true(fabs(o - (double)r.out[i * D + d]) < 2e-6);
        }
    }
    cache_free(&c);
    rows_free(&r);
}

static void test_layout(void **state)
{
    struct kv_layout l;
    struct qw_error err;

    (void)state;
    assert_int_equal(kv_layout_init(&l, KV_F16, 3, 2, 64, &err), QW_OK);
    assert_int_equal(l.page_bytes, 3 * 2 * 2 * 64 * 16 * 2);
    assert_int_equal(kv_offset(&l, 1, 1), 3 * (l.k_bytes + l.v_bytes));
    assert_int_equal(kv_layout_init(&l, KV_Q8_0, 3, 2, 64, &err), QW_OK);
    assert_int_equal(l.k_bytes, 64 * 16 + 2 * 16 * 4);
    assert_int_equal(kv_layout_init(&l, KV_Q8_0, 3, 2, 80, &err), QW_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "f16"));
    assert_int_equal(kv_layout_init(&l, KV_F16, 3, 2, 72, &err), QW_EUNSUPPORTED);
    assert_int_equal(kv_layout_init(&l, KV_F16, 3, 2, 0, &err), QW_EUNSUPPORTED);
    assert_int_equal(kv_layout_init(&l, KV_F32, UINT32_MAX, UINT32_MAX, 1u << 20, &err), QW_ETOOLARGE);
    assert_int_equal(kv_type_parse("bf16"), KV_BF16);
    assert_int_equal(kv_type_parse("int4"), -1);
    assert_string_equal(kv_type_name(KV_Q8_0), "q8_0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout), cmocka_unit_test(test_reference_value), cmocka_unit_test(test_levels_equal),
        cmocka_unit_test(test_levels_equal_tiles),
        cmocka_unit_test(test_levels_equal_extreme), cmocka_unit_test(test_rest_of_page),
        cmocka_unit_test(test_bad_positions),
    };

    kern_thread_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
