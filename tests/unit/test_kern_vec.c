/* Norms, elementwise work, rotary tables and exp: every level against the reference, bit
 * for bit; the reference against long double. */
#include "tests/unit/kern_util.h"

#include <math.h>
#include <stdlib.h>

#include "engine/layout/half.h"

static const size_t Ks[] = { 1, 7, 8, 15, 16, 17, 31, 64, 100, 576, 2561 };
enum { N_KS = sizeof Ks / sizeof Ks[0] };

enum op { RMSNORM, ADD, SWIGLU, EXP };

static void apply(const struct kern *k, enum op op, float *x, const float *y, size_t n)
{
    if (op == RMSNORM)
        k->rmsnorm(x, x, y, n, 1e-6f);
    else if (op == ADD)
        k->add(x, y, n);
    else if (op == SWIGLU)
        k->swiglu(x, x, y, n);
    else
        k->exp(x, x, n);
}

static void test_levels_equal(void **state)
{
    static const char *const names[] = { "rmsnorm", "add", "swiglu", "exp" };

    (void)state;
    for (enum op op = RMSNORM; op <= EXP; op++)
        for (enum fill f = 0; f < FILL_COUNT; f++)
            for (int i = 0; i < N_KS; i++)
                for (int l = 0; l < N_LEVELS && level_at(l) != NULL; l++) {
                    const size_t bytes = Ks[i] * sizeof(float);
                    struct guarded a = guarded_new(bytes, 4), b = guarded_new(bytes, 4), y = guarded_new(bytes, 4);
                    uint64_t seed = 40 + Ks[i];
                    char what[96];

                    fill_floats(a.p, Ks[i], f, &seed);
                    memcpy(b.p, a.p, bytes);
                    fill_floats(y.p, Ks[i], FILL_NORMAL, &seed);
                    apply(kern_get(CPU_LEVEL_REF), op, a.p, y.p, Ks[i]);
                    apply(level_at(l), op, b.p, y.p, Ks[i]);
                    snprintf(what, sizeof what, "%s %s K=%zu %s", level_at(l)->name, names[op], Ks[i], fill_name(f));
                    assert_true(same_bits(what, a.p, b.p, bytes));
                    guarded_free(&a);
                    guarded_free(&b);
                    guarded_free(&y);
                }
}

/* The angles of one position, as the forward pass makes them. */
static void rope_table(float *cs, uint32_t pos, size_t n_rot, double base, const float *factors)
{
    double freq[128];

    assert_true(n_rot / 2 <= sizeof freq / sizeof freq[0]);
    kern_rope_freqs(freq, n_rot, base, factors);
    kern_rope_angles(cs, pos, n_rot, freq);
}

static void test_rope_equal(void **state)
{
    static const size_t rots[] = { 2, 16, 20, 32, 64, 80, 128, 256 };

    (void)state;
    for (size_t i = 0; i < sizeof rots / sizeof rots[0]; i++)
        for (int neox = 0; neox < 2; neox++)
            for (int l = 0; l < N_LEVELS && level_at(l) != NULL; l++) {
                const size_t n = rots[i];
                struct guarded a = guarded_new(n * 4, 4), b = guarded_new(n * 4, 4), cs = guarded_new(n * 4, 4);
                uint64_t seed = 5;

                fill_floats(a.p, n, FILL_NORMAL, &seed);
                memcpy(b.p, a.p, n * 4);
                rope_table(cs.p, 1234, n, 1e6, NULL);
                kern_get(CPU_LEVEL_REF)->rope(a.p, cs.p, n, neox);
                level_at(l)->rope(b.p, cs.p, n, neox);
                assert_true(same_bits("rope", a.p, b.p, n * 4));
                guarded_free(&a);
                guarded_free(&b);
                guarded_free(&cs);
            }
}

/* A quarter turn exchanges the pair; which elements are a pair. */
static void test_rope_pairs(void **state)
{
    const float cs[4] = { 0, 1, 1, 0 };
    float x[4] = { 1, 2, 3, 4 }, y[4] = { 1, 2, 3, 4 };

    (void)state;
    kern_get(CPU_LEVEL_REF)->rope(x, cs, 4, 0);
    assert_true(x[0] == -2 && x[1] == 1 && x[2] == 3 && x[3] == 4);
    kern_get(CPU_LEVEL_REF)->rope(y, cs, 4, 1);
    assert_true(y[0] == -3 && y[1] == 2 && y[2] == 1 && y[3] == 4);
}

static void test_rope_table(void **state)
{
    static const struct { double base; size_t n; } cases[] = { { 1e4, 64 }, { 1e6, 64 }, { 5e6, 128 }, { 10000.5, 80 } };
    static const uint32_t positions[] = { 0, 1, 2, 511, 4096, 32767, 262143 };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (size_t p = 0; p < sizeof positions / sizeof positions[0]; p++) {
            float cs[128], two[128], factors[64];

            for (int i = 0; i < 64; i++)
                factors[i] = 2;
            rope_table(cs, positions[p], cases[c].n, cases[c].base, NULL);
            rope_table(two, 2 * positions[p], cases[c].n, cases[c].base, factors);
            assert_true(same_bits("factors", cs, two, cases[c].n * sizeof(float)));
            for (size_t i = 0; i < cases[c].n / 2; i++) {
                const long double a = positions[p] * powl(cases[c].base, -2.0L * (long double)i / (long double)cases[c].n);

                /* half a float32 place, and what 2^-52 of 262143 radians moves */
                assert_true(fabsl(cosl(a) - (long double)cs[2 * i]) < 3.1e-8L);
                assert_true(fabsl(sinl(a) - (long double)cs[2 * i + 1]) < 3.1e-8L);
            }
        }
}

static void test_exp(void **state)
{
    (void)state;
    for (double x = -86; x < 88; x += 0.01037) {
        const float f = (float)x;
        const long double want = expl((long double)f);

        assert_true(fabsl((long double)kern_expf(f) - want) < 2.2e-7L * want);
    }
    for (float x = -90; x < 90; x += 0.37f) {
        float y;
        kern_get(CPU_LEVEL_REF)->exp(&y, &x, 1);
        assert_true(y == kern_expf(x));
    }
    assert_true(kern_expf(0.0f) == 1.0f && kern_expf(-0.0f) == 1.0f);
    assert_true(kern_expf(-100.0f) == 0.0f && kern_expf(-INFINITY) == 0.0f);
    assert_true(kern_expf(1000.0f) == kern_expf(88.0f) && kern_expf(INFINITY) == kern_expf(88.0f));
}

static void test_values(void **state)
{
    const struct kern *ref = kern_get(CPU_LEVEL_REF);
    float x[100], y[100], w[100];
    uint64_t seed = 2;
    long double sum = 0;

    (void)state;
    fill_floats(x, 100, FILL_NORMAL, &seed);
    fill_floats(w, 100, FILL_NORMAL, &seed);
    for (int i = 0; i < 100; i++)
        sum += (long double)x[i] * x[i];
    ref->rmsnorm(y, x, w, 100, 1e-5f);
    for (int i = 0; i < 100; i++)
        assert_true(fabsl((long double)y[i] - x[i] / sqrtl(sum / 100 + 1e-5L) * w[i]) < 1e-6L);
    ref->swiglu(y, x, w, 100);
    for (int i = 0; i < 100; i++)
        assert_true(fabsl((long double)y[i] - x[i] / (1 + expl(-(long double)x[i])) * w[i]) < 1e-6L);
}

/* Every float16 and back; the roundings that are easy to get wrong. */
static void test_half(void **state)
{
    static const struct { float f; uint16_t h, b; } cases[] = {
        { 0x1p-25f, 0x0000, 0x3300 },          { 0x1.8p-25f, 0x0001, 0x3340 },  { 0x1.8p-24f, 0x0002, 0x33c0 },
        { 65519.0f, 0x7bff, 0x4780 },          { 65520.0f, 0x7c00, 0x4780 },    { 0x1.ffep-15f, 0x0400, 0x3880 },
        { 1.0f + 0x1p-11f, 0x3c00, 0x3f80 },   { 1.0f + 0x3p-11f, 0x3c02, 0x3f80 }, { 1.0f + 0x3p-8f, 0x3c0c, 0x3f82 },
        { -INFINITY, 0xfc00, 0xff80 },         { -0.0f, 0x8000, 0x8000 },       { 1e-45f, 0x0000, 0x0000 },
    };

    (void)state;
    for (uint32_t h = 0; h < 0x10000; h++)
        if ((h & 0x7c00) != 0x7c00 || (h & 0x3ff) == 0)
            assert_int_equal(float_to_half(half_to_float((uint16_t)h)), h);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(float_to_half(cases[i].f), cases[i].h);
        assert_int_equal(float_to_bf16(cases[i].f), cases[i].b);
    }
    assert_true(isnan(half_to_float(float_to_half(NAN))) && isnan(bf16_to_float(float_to_bf16(NAN))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half),       cmocka_unit_test(test_exp),        cmocka_unit_test(test_values),
        cmocka_unit_test(test_rope_pairs), cmocka_unit_test(test_rope_table), cmocka_unit_test(test_rope_equal),
        cmocka_unit_test(test_levels_equal),
    };

    kern_thread_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
