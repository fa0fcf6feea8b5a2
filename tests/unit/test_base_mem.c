#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"

static void test_sizes(void **state)
{
    static const struct { const char *name; size_t a, b; bool mul, add; } rows[] = {
        { "zero",         0, SIZE_MAX, true, true },
        { "one over",     1, SIZE_MAX, true, false },
        { "square root",  (size_t)1 << 32, (size_t)1 << 32, false, true },
        { "just fits",    ((size_t)1 << 32) - 1, ((size_t)1 << 32) + 1, true, true },
        { "both huge",    SIZE_MAX, SIZE_MAX, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t out = 77;

        print_message("  %s\n", rows[i].name);
        assert_int_equal(qw_mul(rows[i].a, rows[i].b, &out), rows[i].mul);
        assert_true(rows[i].mul ? out == rows[i].a * rows[i].b : out == 77);
        out = 77;
        assert_int_equal(qw_add(rows[i].a, rows[i].b, &out), rows[i].add);
        assert_true(rows[i].add ? out == rows[i].a + rows[i].b : out == 77);
    }
    assert_null(qw_calloc(SIZE_MAX / 2, 3));
    assert_null(qw_realloc_array(NULL, SIZE_MAX / 2, 3));
    assert_null(qw_strndup("x", SIZE_MAX));
}

static void test_copies(void **state)
{
    char *s = qw_strdup("abc"), *t = qw_strndup("abcdef", 2), *f = qw_asprintf("%d-%s", 5, "x");
    char *z = qw_calloc(3, 5), *m = qw_memdup("\0\1\2", 3);
    void *a = qw_alloc(0), *b = qw_alloc(0);

    (void)state;
    assert_string_equal(s, "abc");
    assert_string_equal(t, "ab");
    assert_string_equal(f, "5-x");
    assert_memory_equal(m, "\0\1\2", 3);
    for (int i = 0; i < 15; i++)
        assert_int_equal(z[i], 0);
    assert_non_null(a);
    assert_ptr_not_equal(a, b);
    qw_free(s), qw_free(t), qw_free(f), qw_free(z), qw_free(m), qw_free(a), qw_free(b);
    qw_free(NULL);
}

static void test_aligned_and_mapped(void **state)
{
    static const size_t sizes[] = { 1, 4096, 5000, (2 << 20) - 1, 2 << 20, (5 << 20) + 3 };

    (void)state;
    for (size_t align = 8; align <= 4096; align *= 2) {
        void *p = qw_alloc_aligned(align, 100);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % align, 0);
        qw_free_aligned(p);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *p = qw_map(sizes[i]);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 4096, 0);
        if (sizes[i] >= 2 << 20)
            assert_int_equal((uintptr_t)p % (2 << 20), 0);
        assert_int_equal(p[0] | p[sizes[i] - 1], 0);
        memset(p, 1, sizes[i]);
        qw_unmap(p, sizes[i]);
    }
    assert_null(qw_map(SIZE_MAX));
    assert_null(qw_map(SIZE_MAX - 8192));
    qw_unmap(NULL, 4096);
}

static void test_nth_fails_once(void **state)
{
    (void)state;
    for (long n = 0; n < 4; n++) {
        qw_mem_fail_after(n);
        for (long i = 0; i < 6; i++) {
            void *p = qw_alloc(8);

            assert_int_equal(p == NULL, i == n);
            qw_free(p);
        }
    }
    qw_mem_fail_after(0);
    qw_mem_fail_after(-1);
    void *p = qw_alloc(8);
    assert_non_null(p);
    qw_free(p);
}

static void test_every_kind_can_fail(void **state)
{
    char *old = qw_strdup("stay");

    (void)state;
#define FAILS(call) (qw_mem_fail_after(0), assert_null(call))
    FAILS(qw_alloc(1));
    FAILS(qw_calloc(1, 1));
    FAILS(qw_realloc(old, 100));
    FAILS(qw_realloc_array(old, 10, 10));
    FAILS(qw_strdup("a"));
    FAILS(qw_strndup("a", 1));
    FAILS(qw_memdup("a", 1));
    FAILS(qw_asprintf("a"));
    FAILS(qw_alloc_aligned(64, 1));
    FAILS(qw_map(1));
    FAILS(qw_arena_new(0));
#undef FAILS
    qw_mem_fail_after(-1);
    assert_string_equal(old, "stay");
    qw_free(old);
}

enum { THREADS = 4, EACH = 20000 };
static atomic_int failures;

static void *hammer(void *arg)
{
    (void)arg;
    for (int i = 0; i < EACH; i++) {
        void *p = qw_alloc(16);

        if (p == NULL)
            atomic_fetch_add(&failures, 1);
        qw_free(p);
    }
    return NULL;
}

static void test_one_failure_among_threads(void **state)
{
    pthread_t t[THREADS];
    uint64_t before = qw_mem_count();

    (void)state;
    atomic_store(&failures, 0);
    qw_mem_fail_after(THREADS * EACH / 2);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, hammer, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(atomic_load(&failures), 1);
    assert_int_equal(qw_mem_count() - before, THREADS * EACH);
}

static void test_arena(void **state)
{
    struct qw_arena *a = qw_arena_new(0);
    unsigned char *seen[300];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 300; i++) {
            seen[i] = qw_arena_alloc(a, i * 37 + 1);
            assert_non_null(seen[i]);
            assert_int_equal((uintptr_t)seen[i] % 16, 0);
            memset(seen[i], (int)(i & 0xFF), i * 37 + 1);
        }
        for (size_t i = 0; i < 300; i++)        /* nobody wrote over a neighbour */
            for (size_t k = 0; k < i * 37 + 1; k++)
                assert_int_equal(seen[i][k], i & 0xFF);
        qw_arena_reset(a);
    }
    assert_string_equal(qw_arena_strndup(a, "hello", 3), "hel");
    assert_null(qw_arena_alloc(a, SIZE_MAX));
    assert_null(qw_arena_alloc(a, SIZE_MAX - 16));
    assert_null(qw_arena_strndup(a, "x", SIZE_MAX));
    qw_arena_free(a);
    qw_arena_free(NULL);
}

static void test_arena_limit(void **state)
{
    struct qw_arena *a = qw_arena_new(10000);
    size_t total = 0;

    (void)state;
    while (qw_arena_alloc(a, 100) != NULL)
        total += 100;
    assert_in_range(total, 8000, 10000);
    qw_arena_reset(a);
    assert_null(qw_arena_alloc(a, 10001));
    assert_non_null(qw_arena_alloc(a, 4000));   /* the first block is still there */
    qw_arena_free(a);
}

static void test_arena_reset_allocates_nothing(void **state)
{
    struct qw_arena *a = qw_arena_new(0);
    uint64_t before;

    (void)state;
    qw_arena_alloc(a, 100);
    before = qw_mem_count();
    for (int i = 0; i < 100; i++) {
        qw_arena_reset(a);
        assert_non_null(qw_arena_alloc(a, 1000));
    }
    assert_int_equal(qw_mem_count(), before);
    qw_mem_fail_after(0);
    assert_null(qw_arena_alloc(a, 100000));
    qw_mem_fail_after(-1);
    assert_non_null(qw_arena_alloc(a, 100000));
    qw_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_aligned_and_mapped),
        cmocka_unit_test(test_nth_fails_once),
        cmocka_unit_test(test_every_kind_can_fail),
        cmocka_unit_test(test_one_failure_among_threads),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_limit),
        cmocka_unit_test(test_arena_reset_allocates_nothing),
    };
    return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
