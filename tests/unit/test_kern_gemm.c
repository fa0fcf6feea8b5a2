/* Products and quantization: every level against the reference, bit for bit; a row's
 * result whatever T and the groups; the reference against double arithmetic. */
#include "tests/unit/kern_util.h"

#include <math.h>
#include <stdlib.h>

#include "engine/cpu/levels.h"

static const size_t Ts[] = { 1, 2, 3, 7, 12, 13, 17, 30, 47, 64 };
enum { N_TS = sizeof Ts / sizeof Ts[0] };

struct matrix { struct wmat w; struct guarded file, mem; };

static struct matrix matrix_new(const struct quant_type *q, size_t N, size_t K, bool extreme, uint64_t *seed)
{
    struct matrix m;
    size_t n;

    m.file = guarded_new(file_bytes(q, N, K), 1);
    fill_weights(m.file.p, q, N, K, extreme, seed);
    assert_int_equal(wmat_bytes(q->type, N, K, &n, NULL), QW_OK);
    m.mem = guarded_new(n, 64);
    assert_int_equal(wmat_init(&m.w, q->type, N, K, m.mem.p, NULL), QW_OK);
    wmat_repack(&m.w, m.file.p, 0, wmat_groups(&m.w));
    return m;
}

static void matrix_free(struct matrix *m)
{
    guarded_free(&m->file);
    guarded_free(&m->mem);
}

struct acts { struct kern_act a; struct guarded mem, x; };

static struct acts acts_new(const struct kern *k, size_t T, size_t K, enum fill f, bool floats, uint64_t seed)
{
    struct acts a;

    a.mem = guarded_new(kern_act_bytes(T, K), 64);
    memset(a.mem.p, 0, a.mem.n);
    a.x = guarded_new(T * K * sizeof(float), 4);
    fill_floats(a.x.p, T * K, f, &seed);
    kern_act_bind(&a.a, a.mem.p, T, K);
    a.a.x = a.x.p;
    if (!floats) {
        k->quantize(&a.a, a.x.p, K, 0, T / 2);
        k->quantize(&a.a, a.x.p, K, T / 2, T);
    }
    return a;
}

static void acts_free(struct acts *a)
{
    guarded_free(&a->mem);
    guarded_free(&a->x);
}

static void one_shape(const struct quant_type *q, size_t N, size_t K, bool extreme, enum fill f)
{
    const struct kern *ref = kern_get(CPU_LEVEL_REF);
    const size_t ldy = N + 3;
    uint64_t seed = 7 + q->type + N * 31 + K;
    struct matrix m = matrix_new(q, N, K, extreme, &seed);

    for (int t = 0; t < N_TS; t++) {
        const size_t T = Ts[t], bytes = ((T - 1) * ldy + N) * sizeof(float);
        struct acts a = acts_new(ref, T, K, f, q->values == 1, 99);
        struct guarded y0 = guarded_new(bytes, 4);

        ref->gemm(y0.p, ldy, &a.a, &m.w, 0, wmat_groups(&m.w));
        for (int l = 0; l < N_LEVELS; l++) {
            const struct kern *k = level_at(l);
            struct guarded y = guarded_new(bytes, 4);
            struct acts b;
            char what[128];

            if (k == NULL)
                break;
            snprintf(what, sizeof what, "%s %s N=%zu K=%zu T=%zu %s", k->name, q->name, N, K, T, fill_name(f));
            b = acts_new(k, T, K, f, q->values == 1, 99);
            assert_true(same_bits(what, a.mem.p, b.mem.p, a.mem.n));
            /* in two parts, so that group borders are crossed */
            k->gemm(y.p, ldy, &b.a, &m.w, 0, wmat_groups(&m.w) / 2);
            k->gemm(y.p, ldy, &b.a, &m.w, wmat_groups(&m.w) / 2, wmat_groups(&m.w));
            assert_true(same_bits(what, y0.p, y.p, bytes));
            guarded_free(&y);
            acts_free(&b);
        }
        guarded_free(&y0);
        acts_free(&a);
    }
    matrix_free(&m);
}

static void test_levels_equal(void **state)
{
    static const struct { size_t N, units; } shapes[] = { { 1, 1 }, { 16, 1 }, { 33, 2 }, { 57, 3 }, { 80, 5 } };

    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++)
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            const struct quant_type *q = &quant_types[i];
            const size_t K = q->values == 1 ? 29 * shapes[s].units : q->values * shapes[s].units;

            one_shape(q, shapes[s].N, K, false, (enum fill)(s % FILL_COUNT));
        }
}

static void test_levels_equal_extreme(void **state)
{
    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++)
        for (enum fill f = 0; f < FILL_COUNT; f++) {
            const struct quant_type *q = &quant_types[i];

            one_shape(q, 19, q->values == 1 ? 64 : q->values * 3, true, f);
        }
}

/* Long K: more than one chunk of tokens in the second-level cache. */
static void test_chunks(void **state)
{
    (void)state;
    one_shape(&quant_types[4], 17, 17408, false, FILL_NORMAL);
    one_shape(&quant_types[8], 17, 17408, false, FILL_NORMAL);
    one_shape(&quant_types[0], 35, 9999, false, FILL_NORMAL);
}

/* A row's result is that of the row alone, at every level. */
static void test_rows_alone(void **state)
{
    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++) {
        const struct quant_type *q = &quant_types[i];
        const size_t N = 50, K = q->values == 1 ? 96 : q->values * 2, T = 33;
        uint64_t seed = 3;
        struct matrix m = matrix_new(q, N, K, false, &seed);

        for (int l = -1; l < N_LEVELS; l++) {
            const struct kern *k = l < 0 ? kern_get(CPU_LEVEL_REF) : level_at(l);
            float *y = calloc(T * N, sizeof *y), *one = calloc(N, sizeof *one);
            struct acts all;

            if (k == NULL) {
                free(y);
                free(one);
                break;
            }
            all = acts_new(k, T, K, FILL_NORMAL, q->values == 1, 5);
            k->gemm(y, N, &all.a, &m.w, 0, wmat_groups(&m.w));
            for (size_t t = 0; t < T; t++) {
                struct acts a = acts_new(k, 1, K, FILL_NORMAL, true, 1);

                memcpy(a.x.p, (float *)all.x.p + t * K, K * sizeof(float));
                if (q->values != 1)
                    k->quantize(&a.a, a.x.p, K, 0, 1);
                k->gemm(one, N, &a.a, &m.w, 0, wmat_groups(&m.w));
                assert_true(same_bits(q->name, y + t * N, one, N * sizeof(float)));
                acts_free(&a);
            }
            acts_free(&all);
            free(y);
            free(one);
        }
        matrix_free(&m);
    }
}

/* The reference is the product of the dequantized weights and the quantized activations. */
static void test_reference_value(void **state)
{
    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++) {
        const struct quant_type *q = &quant_types[i];
        const bool floats = q->values == 1;
        const size_t N = 21, K = 512, T = 3;
        const struct kern *ref = kern_get(CPU_LEVEL_REF);
        uint64_t seed = 11;
        struct matrix m = matrix_new(q, N, K, false, &seed);
        struct acts a = acts_new(ref, T, K, FILL_NORMAL, floats, 6);
        float y[3 * 21], cut[3 * 21], row[512];

        ref->gemm(y, N, &a.a, &m.w, 0, wmat_groups(&m.w));
        kern_ref_gemm(cut, N, &a.a, &m.w, 0, wmat_groups(&m.w), 4);
        for (size_t n = 0; n < N; n++) {
            wmat_row(&m.w, n, row);
            for (size_t t = 0; t < T; t++) {
                double sum = 0, size = 0;

                for (size_t k = 0; k < K; k++) {
                    const struct act_row r = act_row(&a.a, t);
                    const size_t e = r.at + k / 32 * r.width;
                    const double x = floats ? (double)a.a.x[t * K + k]
                                            : (double)a.a.d[e] * a.a.q[32 * e + k % 32];

                    sum += row[k] * x;
                    size += fabs(row[k] * x);
                }
                assert_true(fabs(sum - (double)y[t * N + n]) <= size * 2e-6);
                assert_true(fabs(sum - (double)cut[t * N + n]) <= size * 2e-6);
            }
        }
        acts_free(&a);
        matrix_free(&m);
    }
}

/* d = amax/127; q to nearest even; values that are not finite; values that are too small. */
static void test_quantize_values(void **state)
{
    static const struct { const char *name; float first, rest, d; int q0, q1; } cases[] = {
        { "plain", 127.0f, 1.0f, 1.0f, 127, 1 },       { "negative", -254.0f, 2.0f, 2.0f, -127, 1 },
        { "tie to even", 127.0f, 2.5f, 1.0f, 127, 2 }, { "tie up", 127.0f, 3.5f, 1.0f, 127, 4 },
        { "zero", 0.0f, 0.0f, 0.0f, 0, 0 },            { "too small", 1e-38f, 1e-38f, 0.0f, 0, 0 },
        { "infinite", INFINITY, 1.0f, NAN, 0, 0 },     { "not a number", NAN, INFINITY, NAN, 0, 0 },
    };

    enum { N_CASES = sizeof cases / sizeof cases[0], ROWS = 7 };     /* rows are taken by fours, and the rest alone */

    (void)state;
    for (int shift = 0; shift < N_CASES; shift++)
        for (int l = -1; l < N_LEVELS; l++) {
            const struct kern *k = l < 0 ? kern_get(CPU_LEVEL_REF) : level_at(l);
            _Alignas(64) uint8_t buf[1024];
            struct kern_act a;
            float x[ROWS][32];

            if (k == NULL)
                break;
            assert_true(kern_act_bytes(ROWS, 32) <= sizeof buf);
            for (int i = 0; i < 32 * ROWS; i++)
                x[i / 32][i % 32] = i % 32 == 0 ? cases[(shift + i / 32) % N_CASES].first
                                                : cases[(shift + i / 32) % N_CASES].rest;
            kern_act_bind(&a, buf, ROWS, 32);
            k->quantize(&a, x[0], 32, 0, ROWS);
            for (int r = 0; r < ROWS; r++) {
                const int c = (shift + r) % N_CASES, sum = cases[c].q0 + 31 * cases[c].q1;

                if (isnan(cases[c].d))
                    assert_true(isnan(a.d[r]) && isnan(a.m[r]));
                else
                    assert_true(a.d[r] == cases[c].d && a.m[r] == cases[c].d * (float)sum);
                for (int i = 0; i < 32; i++)
                    assert_int_equal(a.q[32 * r + i], i == 0 ? cases[c].q0 : cases[c].q1);
                assert_int_equal(a.s[r], -128 * sum);
                assert_int_equal(a.h[r] + a.h[ROWS + r], a.s[r]);
                assert_int_equal(a.h[ROWS + r], -128 * 16 * cases[c].q1);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantize_values),      cmocka_unit_test(test_reference_value),
        cmocka_unit_test(test_levels_equal),         cmocka_unit_test(test_levels_equal_extreme),
        cmocka_unit_test(test_rows_alone),           cmocka_unit_test(test_chunks),
    };

    kern_thread_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
