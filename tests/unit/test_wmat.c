/* Repacking: every row comes back as the gguf package dequantizes it (tests/data/kern),
 * wherever it lies in its group; sizes; what is refused. */
#include "tests/unit/kern_util.h"

#include <stdlib.h>

static uint8_t *read_vectors(size_t *n)
{
    const char *top = getenv("abs_top_srcdir");
    char path[4096];
    uint8_t *p = malloc(1 << 20);
    FILE *f;

    snprintf(path, sizeof path, "%s/tests/data/kern/wmat.bin", top != NULL ? top : ".");
    f = fopen(path, "rb");
    assert_non_null(f);
    *n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return p;
}

static void one_type(uint32_t type, size_t rows, size_t K, const uint8_t *raw, size_t row_bytes, const uint8_t *want)
{
    const size_t N = 35;
    struct guarded file = guarded_new(N * row_bytes, 1), out = guarded_new(K * sizeof(float), 4), mem;
    struct wmat w;
    size_t n;

    for (size_t i = 0; i < N; i++)
        memcpy((uint8_t *)file.p + i * row_bytes, raw + i % rows * row_bytes, row_bytes);
    assert_int_equal(wmat_bytes(type, N, K, &n, NULL), QW_OK);
    mem = guarded_new(n, 64);
    assert_int_equal(wmat_init(&w, type, N, K, mem.p, NULL), QW_OK);
    assert_int_equal(wmat_groups(&w), 3);
    for (size_t g = 3; g-- > 0;)
        wmat_repack(&w, (const uint8_t *)file.p + g * WMAT_GROUP * row_bytes, g, g + 1);
    for (size_t i = 0; i < N; i++) {
        wmat_row(&w, i, out.p);
        assert_true(same_bits(gguf_type_name(type), want + i % rows * K * sizeof(float), out.p, K * sizeof(float)));
    }
    guarded_free(&file);
    guarded_free(&out);
    guarded_free(&mem);
}

static void test_rows(void **state)
{
    size_t n, at = 0;
    uint8_t *p = read_vectors(&n);
    int types = 0;

    (void)state;
    while (at + 12 <= n) {
        uint32_t h[3];
        size_t row_bytes = 0;

        memcpy(h, p + at, 12);
        for (int i = 0; i < N_QUANT_TYPES; i++)
            if (quant_types[i].type == h[0])
                row_bytes = file_bytes(&quant_types[i], 1, h[2]);
        assert_true(row_bytes > 0);
        at += 12;
        one_type(h[0], h[1], h[2], p + at, row_bytes, p + at + h[1] * row_bytes);
        at += h[1] * (row_bytes + h[2] * sizeof(float));
        types++;
    }
    assert_int_equal(at, n);
    assert_int_equal(types, N_QUANT_TYPES);
    free(p);
}

/* At most 1.03 x the file's size, from five blocks of 32 on. */
static void test_sizes(void **state)
{
    static const size_t Ks[] = { 160, 256, 288, 576, 768, 896, 2560, 4864, 9728 };

    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++)
        for (size_t k = 0; k < sizeof Ks / sizeof Ks[0]; k++) {
            const struct quant_type *q = &quant_types[i];
            size_t n, file;

            if (Ks[k] % q->values != 0)
                continue;
            file = file_bytes(q, 64, Ks[k]);
            assert_int_equal(wmat_bytes(q->type, 64, Ks[k], &n, NULL), QW_OK);
            assert_true(n >= file && (double)n <= 1.03 * (double)file);
            assert_int_equal(n / 4 % 64, 0);
        }
}

/* Repacking fills every byte, the same each time: caches on disk are compared. */
static void test_every_byte(void **state)
{
    (void)state;
    for (int i = 0; i < N_QUANT_TYPES; i++) {
        const struct quant_type *q = &quant_types[i];
        const size_t N = 21, K = q->values * 3;
        uint64_t seed = 4;
        uint8_t *file = malloc(file_bytes(q, N, K)), *a, *b;
        struct wmat w;
        size_t n;

        fill_weights(file, q, N, K, false, &seed);
        assert_int_equal(wmat_bytes(q->type, N, K, &n, NULL), QW_OK);
        a = aligned_alloc(64, n);
        b = aligned_alloc(64, n);
        memset(a, 0x00, n);
        memset(b, 0xff, n);
        assert_int_equal(wmat_init(&w, q->type, N, K, a, NULL), QW_OK);
        wmat_repack(&w, file, 0, 2);
        assert_int_equal(wmat_init(&w, q->type, N, K, b, NULL), QW_OK);
        wmat_repack(&w, file, 0, 2);
        assert_memory_equal(a, b, n);
        free(file);
        free(a);
        free(b);
    }
}

static void test_refused(void **state)
{
    static const struct { const char *name; uint32_t type; size_t N, K; int code; } cases[] = {
        { "unknown type", 10, 16, 256, QW_EUNSUPPORTED },   { "far type", 4000000000u, 16, 256, QW_EUNSUPPORTED },
        { "half a block", GGUF_Q4_0, 16, 48, QW_EFORMAT },  { "K type of 128", GGUF_Q4_K, 16, 128, QW_EFORMAT },
        { "no rows", GGUF_F32, 0, 32, QW_EFORMAT },         { "no values", GGUF_F32, 16, 0, QW_EFORMAT },
        { "rows overflow", GGUF_F32, SIZE_MAX, 32, QW_ETOOLARGE },
        { "bytes overflow", GGUF_F32, SIZE_MAX / 64, 64, QW_ETOOLARGE },
        { "K overflow", GGUF_F32, 1, SIZE_MAX / 2, QW_ETOOLARGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_error err;
        size_t n = 77;

        if (wmat_bytes(cases[i].type, cases[i].N, cases[i].K, &n, &err) != cases[i].code)
            fail_msg("%s", cases[i].name);
        assert_int_equal(n, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_sizes), cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
