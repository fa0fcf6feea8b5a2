/* Solution sets, compared with sets written by hand. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/values/equal.h"
#include "plugins/calculator/values/solve.h"

static const struct { const char *cond, *set; } sets[] = {
    { "x^2-5x+6<0", "(2,3)" }, { "x^2-5x+6\\ge0", "(-\\infty,2]\\cup[3,+\\infty)" }, { "3-2x\\ge11", "(-\\infty,-4]" }, { "|2x-3|\\le7", "[-2,5]" }, { "\\frac{x-1}{x+2}>0", "(-\\infty,-2)\\cup(1,+\\infty)" },
    { "\\frac1x\\le1", "(-\\infty,0)\\cup[1,+\\infty)" }, { "x^2+1>0", "\\mathbb{R}" }, { "x^2+1<0", "\\emptyset" }, { "x\\ne1", "\\mathbb{R}\\setminus\\{1\\}" }, { "\\sqrt{x-1}<2", "[1,5)" }, { "x^2=4", "\\{-2,2\\}" },
    { "\\sqrt{x+3}=x-3", "\\{6\\}" }, { "\\log_2x+\\log_2(x-2)=3", "\\{4\\}" }, { "2^{x+1}=32", "\\{4\\}" }, { "4^x-5\\cdot2^x+4=0", "\\{0,2\\}" }, { "\\frac{x}{x-2}=\\frac2{x-2}", "\\emptyset" }, { "|x-1|+|x+1|=2", NULL }, { "x^2-2x-7=0", "\\{1+2\\sqrt2,1-2\\sqrt2\\}" },
    { "1<2x+3<7", "(-1,2)" }, { "\\sqrt[3]{x+1}=2", "\\{7\\}" }, { "x^3-6x^2+11x-6=0", "\\{1,2,3\\}" },
};

static int one(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    struct rset got, want;
    struct ex *e = parse_s(c, sets[i].cond, 0), *s = sets[i].set != NULL ? parse_s(c, sets[i].set, PARSE_WORDS) : NULL;
    assert_non_null(e);
    int ok = rset_solve(c, e, "x", &got);
    if (sets[i].set == NULL) {
        if (ok && got.n == 0)
            fail_msg("%s has solutions", sets[i].cond);
        return 0;
    }
    if (s->k == E_SET && s->n == 0)
        want.n = 0;
    else
        assert_true(rset_of(c, s, &want));
    if (!ok || rset_equal(c, &got, &want) != YES)
        fail_msg("%s: %s", sets[i].cond, ok ? rset_text(c, &got, 0) : "failed");
    return 0;
}

static void test_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        IN_CALC(one, (uintptr_t)i);
}

static int systems(struct calc *c, void *arg)
{
    static const struct { const char *s; int n; long x, y; } t[] = {
        { "\\begin{cases}3x+2y=16\\\\x-y=2\\end{cases}", 1, 4, 2 }, { "\\begin{cases}x+y=5\\\\xy=6\\end{cases}", 2, 2, 3 }, { "\\begin{cases}x+y=1\\\\x+y=2\\end{cases}", 0, 0, 0 },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        static const char *vars[] = { "x", "y" };
        struct tuples r;
        struct ex *e = parse_s(c, t[i].s, 0);
        assert_non_null(e);
        if (t[i].n == 0) {                            /* contradiction: either no solution or not decided */
            assert_true(!solve_system(c, e->a, e->n, vars, 2, &r) || r.n == 0);
            continue;
        }
        assert_int_equal(solve_system(c, e->a, e->n, vars, 2, &r), 1);
        assert_int_equal(r.n, t[i].n);
        int found = 0;
        for (int k = 0; k < r.n; k++)
            found |= value_equal(c, r.v[k][0], val_si(c, t[i].x)) == YES && value_equal(c, r.v[k][1], val_si(c, t[i].y)) == YES;
        assert_true(found);
    }
    return 0;
}

static void test_systems(void **state) { (void)state; IN_CALC(systems, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_sets), cmocka_unit_test(test_systems) };
    return cmocka_run_group_tests_name("calc_solve", tests, NULL, NULL);
}
