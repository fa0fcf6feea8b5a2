/* Guesses by prompt lookup, and what decides how many are made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/gen/draft.h"

static size_t guess(const int32_t *ids, size_t n, double cost, size_t max, int32_t *out)
{
    struct draft *d;
    assert_int_equal(draft_new(&d, 64, NULL), 0);
    size_t k = draft_guess(d, ids, n, cost, out, max);
    draft_free(d);
    return k;
}

static const struct {
    const char *name;
    int32_t ids[24];            /* ends with 0 */
    double  cost;
    size_t  max;
    int32_t want[DRAFT_MAX + 1];/* ends with 0 */
} cases[] = {
    { "nothing yet", { 1 }, 0, 8, { 0 } },
    { "a pair seen for the first time", { 1, 2, 3, 4 }, 0, 8, { 0 } },
    { "one id is no match", { 1, 2, 3, 2 }, 0, 8, { 0 } },
    { "what followed the pair", { 1, 2, 3, 4, 5, 1, 2 }, 0, 8, { 3, 4, 5, 1, 2 } },
    { "at most max", { 1, 2, 3, 4, 5, 1, 2 }, 0, 2, { 3, 4 } },
    { "the newest of equal matches", { 1, 2, 8, 1, 2, 9, 1, 2 }, 0, 1, { 9 } },
    { "a longer match before a newer one", { 7, 1, 2, 8, 6, 1, 2, 9, 7, 1, 2 }, 0, 1, { 8 } },
    { "never more than it has", { 5, 5, 5 }, 0, 8, { 5 } },
    { "a match of two is not worth half a step", { 1, 2, 3, 4, 5, 1, 2 }, 0.5, 8, { 0 } },
    { "as many as are likely enough", { 1, 2, 3, 4, 5, 1, 2 }, 0.1, 8, { 3, 4 } },
    { "cost 1: never", { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 1, 8, { 0 } },
};

static void test_guesses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t out[DRAFT_MAX];
        size_t n = 0, want = 0;
        while (n < 24 && cases[i].ids[n] != 0)
            n++;
        while (cases[i].want[want] != 0)
            want++;
        size_t k = guess(cases[i].ids, n, cases[i].cost, cases[i].max, out);
        if (k != want || memcmp(out, cases[i].want, k * sizeof *out) != 0)
            fail_msg("%s: %zu guesses, the first %d", cases[i].name, k, k > 0 ? out[0] : -1);
    }
}

/* A sequence that grows id by id finds the same as one that is looked at once. */
static void test_index_grows(void **state)
{
    (void)state;
    int32_t ids[600], once[DRAFT_MAX], grown[DRAFT_MAX];
    struct draft *d;
    uint32_t x = 1;
    assert_int_equal(draft_new(&d, 600, NULL), 0);
    for (size_t n = 0; n < 600; n++) {
        x = x * 1664525 + 1013904223;
        ids[n] = (int32_t)(x >> 28) % 5;
        if (n < 3)
            continue;
        struct draft *fresh;
        assert_int_equal(draft_new(&fresh, 600, NULL), 0);
        size_t a = draft_guess(d, ids, n, 0, grown, DRAFT_MAX), b = draft_guess(fresh, ids, n, 0, once, DRAFT_MAX);
        assert_int_equal(a, b);
        assert_memory_equal(grown, once, a * sizeof *once);
        draft_free(fresh);
    }
    draft_free(d);
}

/* Guesses that never hold are soon not made; ones that do come back. */
static void test_learns(void **state)
{
    (void)state;
    static const int32_t ids[] = { 1, 2, 3, 4, 5, 1, 2 };
    int32_t out[DRAFT_MAX];
    struct draft *d;
    assert_int_equal(draft_new(&d, 64, NULL), 0);
    size_t k = draft_guess(d, ids, 7, 0.1, out, 8);
    assert_true(k > 0);
    for (int i = 0; i < 100 && (k = draft_guess(d, ids, 7, 0.1, out, 8)) > 0; i++)
        draft_result(d, 0, 1);
    assert_int_equal(k, 0);
    for (int i = 0; i < 100; i++) {             /* another conversation's luck, as it were */
        assert_true(draft_guess(d, ids, 7, 0, out, 8) >= 4);
        draft_result(d, 4, 4);
    }
    assert_true(draft_guess(d, ids, 7, 0.1, out, 8) >= 4);
    draft_free(d);
}

static void test_cost(void **state)
{
    (void)state;
    struct draft_cost c = { 0 };
    assert_true(draft_cost(&c, 1) == 1);        /* first a plain step */
    draft_cost_step(&c, 1, 0, 10);
    assert_true(draft_cost(&c, 1) < 1);
    for (int i = 0; i < 20; i++)
        draft_cost_step(&c, 1, 4, 12);          /* 5 % a row */
    assert_true(draft_cost(&c, 1) > 0.049 && draft_cost(&c, 1) < 0.051);
    for (int i = 0; i < 20; i++)
        draft_cost_step(&c, 1, 4, 12);
    assert_true(draft_cost(&c, 1) == 1);        /* time to look again */
    draft_cost_step(&c, 1, 0, 10);
    assert_true(draft_cost(&c, 1) < 1 && draft_cost(&c, 2) == 1);
    draft_cost_step(&c, 8, 0, 20);
    for (int i = 0; i < 20; i++)
        draft_cost_step(&c, 8, 8, 40);          /* a row costs what it may give */
    assert_true(draft_cost(&c, 8) > 0.99);
}

static void test_memory(void **state)
{
    (void)state;
    struct draft *d = NULL;
    int n = 0;
    for (;; n++) {
        qw_mem_fail_after(n);
        int rc = draft_new(&d, 100, NULL);
        qw_mem_fail_after(-1);
        if (rc == 0)
            break;
        assert_int_equal(rc, QW_ENOMEM);
        assert_null(d);
    }
    assert_int_equal(n, 3);
    draft_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guesses), cmocka_unit_test(test_index_grows), cmocka_unit_test(test_learns),
        cmocka_unit_test(test_cost), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
