/* Exact values: pairs that are equal, pairs that are not however close, what is undefined
 * and what is refused before it is computed; symbolic identities and non-identities. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/values/sym.h"

static const struct { const char *a, *b; enum tri equal; } pairs[] = {
    { "\\sqrt{5+2\\sqrt6}", "\\sqrt2+\\sqrt3", YES }, { "\\sqrt{10^{70}+1}", "10^{35}", NO }, { "e^\\pi-\\pi", "20", NO }, { "\\sqrt[3]{-8}", "-2", YES }, { "8^{2/3}", "4", YES },
    { "\\cos\\frac{2\\pi}{7}+\\cos\\frac{4\\pi}{7}+\\cos\\frac{6\\pi}{7}", "-\\frac12", YES }, { "\\arctan\\frac12+\\arctan\\frac13", "\\frac\\pi4", YES }, { "0.\\overline{9}", "1", YES },
    { "\\log_2 48-\\log_2 3", "4", YES }, { "\\ln 6", "\\ln2\\cdot\\ln3", NO }, { "\\sin30^\\circ", "0.5", YES }, { "\\frac13", "0.333", NO }, { "C_9^3", "84", YES }, { "\\sum_{k=1}^{99}\\frac1{k(k+1)}", "\\frac{99}{100}", YES },
    { "\\int_0^2(3x^2-2x)\\,dx", "4", YES }, { "\\int_0^\\pi\\sin x\\,dx", "2", YES }, { "\\int_1^e\\frac1x\\,dx", "1", YES }, { "\\lim_{x\\to0}\\frac{1-\\cos x}{x^2}", "\\frac12", YES }, { "\\lim_{x\\to\\infty}\\frac{2x^2+1}{x^2-x}", "2", YES },
    { "\\sin 2x", "2\\sin x\\cos x", YES }, { "\\sin^2x+\\cos^2x", "1", YES }, { "\\sin^2x", "\\sin x^2", NO }, { "\\sqrt{x^2}", "|x|", YES }, { "\\sqrt{x^2}", "x", NO }, { "\\frac1x+\\frac1y", "\\frac{x+y}{xy}", YES },
    { "2^{n+1}", "2\\cdot2^n", YES }, { "4^n", "(2^n)^2", YES }, { "3\\cdot2^{n-1}", "6^{n-1}", NO }, { "\\sum_{k=1}^nk^2", "\\frac{n(n+1)(2n+1)}6", YES }, { "(x+y)^3", "x^3+y^3", NO },
};

static int equalities(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    struct ex *a = parse_s(c, pairs[i].a, 0), *b = parse_s(c, pairs[i].b, 0);
    if (a == NULL || b == NULL || sym_equal(c, a, b, SYM_NATURAL) != pairs[i].equal)
        fail_msg("%s and %s", pairs[i].a, pairs[i].b);
    return 0;
}

static void test_equalities(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        IN_CALC(equalities, (uintptr_t)i);
}

static int refused(struct calc *c, void *arg)
{
    static const struct { const char *s; enum ev r; } t[] = {
        { "\\frac10", EV_UNDEF }, { "\\frac00", EV_UNDEF }, { "\\ln(-1)", EV_UNDEF }, { "\\tan90^\\circ", EV_UNDEF }, { "10^{10^{10}}", EV_UNKNOWN }, { "(10^9)!", EV_UNKNOWN }, { "\\sin(10^{1000})", EV_UNKNOWN },
        { "\\int_{-1}^1\\frac1x\\,dx", EV_UNKNOWN }, { "\\log 100", EV_UNKNOWN }, { "\\lim_{x\\to0}\\frac1x", EV_UNDEF }, { "\\lim_{x\\to0}\\frac{|x|}x", EV_UNKNOWN }, { "\\sum_{k=1}^{10^9}k", EV_UNKNOWN },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        val v;
        struct ex *e = parse_s(c, t[i].s, 0);
        assert_non_null(e);
        if (value_eval(c, e, NULL, &v) != t[i].r)
            fail_msg("%s", t[i].s);
    }
    return 0;
}

static void test_refused(void **state) { (void)state; IN_CALC(refused, NULL); }

static int texts(struct calc *c, void *arg)
{
    static const struct { const char *s, *plain, *latex; } t[] = {
        { "\\frac{-6}{8}", "-3/4", "-\\frac{3}{4}" }, { "1+2\\sqrt2", "1 + 2√2", "1 + 2\\sqrt{2}" }, { "16-4\\pi", "16 - 4π", "16 - 4\\pi" }, { "\\frac{\\pi}{3}", "(1/3)π", "\\frac{1}{3}\\pi" }, { "\\frac{1-\\sqrt5}{2}", "1/2 - (1/2)√5", "\\frac{1}{2} - \\frac{1}{2}\\sqrt{5}" },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        val v = value_const(c, parse_s(c, t[i].s, 0));
        assert_non_null(v);
        assert_string_equal(value_text(c, v, 0), t[i].plain);
        assert_string_equal(value_text(c, v, 1), t[i].latex);
    }
    return 0;
}

static void test_texts(void **state) { (void)state; IN_CALC(texts, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_equalities), cmocka_unit_test(test_refused), cmocka_unit_test(test_texts) };
    return cmocka_run_group_tests_name("calc_value", tests, NULL, NULL);
}
