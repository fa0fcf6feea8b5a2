/* Notation to tree, compared with the tree's plain text; NULL where two readers would differ. */
#include "tests/unit/calc_test.h"

static const struct { const char *name, *in, *out; } cases[] = {
    { "fraction without braces", "\\frac12", "1/2" },
    { "mixed number", "-1\\frac{1}{2}", "−(1 + 1/2)" },
    { "mixed number, plain", "7 3/4", "7 + 3/4" },
    { "mixed number, Chinese", "3又1/3", "3 + 1/3" },
    { "coefficient before a surd fraction", "5\\frac{\\sqrt{3}}{3}", "5(√3/3)" },
    { "surd without braces", "\\sqrt2x", "√2x" },
    { "Unicode", "2√3 − π²", "2√3 − π^2" },
    { "full width", "（２，－１）", "(2, −1)" },
    { "thousands", "10,000", "10000" },
    { "thousands, thin space", "21\\!,\\!000", "21000" },
    { "pair, not thousands", "(1,234)", "(1, 234)" },
    { "recurring", "0.1\\dot{2}\\dot{3}", "0.123…" },
    { "unbraced exponent", "2^10", "2^10" },
    { "combination", "C_{9}^{3}", "C(9, 3)" },
    { "arrangement", "\\mathrm{A}_5^2", "A(5, 2)" },
    { "interval", "[1, 2)", "[1, 2)" },
    { "union", "(-\\infty,1)\\cup(3,+\\infty)", "(−∞, 1) ∪ (3, ∞)" },
    { "chain", "1\\leq x\\leq 2", "1 ≤ x ≤ 2" },
    { "or", "x<1 或 x>3", "x < 1 or x > 3" },
    { "function scope", "\\sin 2x\\cos x", "sin(2x)cos(x)" },
    { "function power", "\\sin^2 x", "sin(x)^2" },
    { "power inside", "\\sin x^2", "sin(x^2)" },
    { "percent", "48%", "48%" },
    { "degrees", "60°", "60°" },
    { "base", "1011_2", "1011_2" },
    { "set builder", "\\{x\\mid x^2=4\\}", "{x | x^2 = 4}" },
    { "sequence", "a_{n+1}=2a_n+1", "a_(n + 1) = 2a_(n) + 1" },
    { "Chinese fraction", "四分之三", "3/4" },
    { "number word", "twelve", "12" },
    { "two readings of 1/2x", "1/2x", NULL },
    { "two readings of sin x/2", "\\sin x/2", NULL },
    { "tower without braces", "2^3^4", NULL },
    { "open brace", "\\frac{1}{2", NULL },
    { "two numbers", "2 3", NULL },
    { "a double factorial", "7!!", NULL },
    { "factorial of a factorial", "(3!)!", "(3!)!" },
    { "power and factorial", "2^4!", NULL },
    { "factorial above", "2^{4!}", "2^(4!)" },
    { "product of a decimal and a bracket", "0.5(2 + 3)", "0.5(2 + 3)" },
    { "a recurring decimal or a product", "0.2(7)", NULL },
    { "the same behind a factor", "3\\cdot0.2(7)", NULL },
    { "square brackets around brackets", "[3 - (1 - x)] + 2", "3 − (1 − x) + 2" },
    { "whole part or brackets", "[x/3]", NULL },
    { "whole part of a number", "[2.9]", NULL },
    { "an operator", "\\frac{d}{dx}x^2", NULL },
    { "an operator, upright", "\\frac{\\mathrm{d}}{\\mathrm{d}t}(t^2)", NULL },
    { "a second derivative", "\\frac{d^2y}{dx^2}", NULL },
    { "a derivative of a bracket", "\\frac{d(x^5)}{dx}", NULL },
    { "a fraction of letters with d", "\\frac{2d}{dx}", "(2d)/(dx)" },
    { "an argument i", "\\frac1i + \\frac12", "1/i + 1/2" },
    { "two primes", "y''", "y''" },
    { "primes in TeX", "f^{\\prime\\prime}(x)", "f′′(x)" },
    { "a fourth derivative", "y^{(4)}", NULL },
    { "a prime and a power", "y'^2", NULL },
    { "a transpose", "(A^T)^T", NULL },
    { "a complement", "A^c", NULL },
    { "an inverse", "A^{-1}", "A^(−1)" },
    { "a function of Euler's", "\\varphi(14)", NULL },
    { "a function behind a coefficient", "3\\sigma(14)", NULL },
    { "a number of divisors", "d(14)", NULL },
    { "a letter and a number", "k(14)", NULL },
    { "primes up to", "\\pi(50)", NULL },
    { "a product with pi", "2\\pi(5)", "2π·5" },
    { "a product with a letter", "a(1 + \\sqrt{2})", "a(1 + √2)" },
    { "a discriminant", "\\Delta(x^2 - 3x + 1)", NULL },
    { "an inverse sine", "\\sin^{-1}x", "arcsin(x)" },
    { "an inverse function or a reciprocal", "\\cot^{-1}x", NULL },
    { "a real part", "\\operatorname{Re}(3 + 4i)", "Re(3 + 4i)" },
    { "an unknown function", "\\operatorname{tr}(3)", NULL },
    { "dots in a sum", "1 + 2 + \\dots + 9", "1 + 2 + … + 9" },
    { "dots beside a letter", "x\\dots y", NULL },
    { "dots and a letter b", "1 + \\dots b", NULL },
    { "a byte that is no UTF-8 is no half", "\xbd", NULL },
    { "empty", "", NULL },
};

static int one(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    struct ex *e = parse_s(c, cases[i].in, 0);
    const char *got = e != NULL ? ex_text(c, e) : NULL;
    if ((got == NULL) != (cases[i].out == NULL) || (got != NULL && strcmp(got, cases[i].out) != 0))
        fail_msg("%s: \"%s\" gave \"%s\"", cases[i].name, cases[i].in, got ? got : "(null)");
    return 0;
}

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(one, (uintptr_t)i);
}

static int units(struct calc *c, void *arg)
{
    static const struct { const char *in; long p, q; int length, time; } t[] = {
        { "5\\text{ cm}", 1, 100, 1, 0 }, { "60千米/时", 1000, 3600, 1, -1 }, { "20\\text{ m/s}", 1, 1, 1, -1 }, { "3小时", 3600, 1, 0, 1 }, { "5\\text{ cm}^2", 1, 10000, 2, 0 },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct ex *e = parse_s(c, t[i].in, PARSE_UNITS);
        assert_non_null(e);
        assert_int_equal(e->k, E_UNIT);
        assert_true(e->u->p * t[i].q == e->u->q * t[i].p);
        assert_int_equal(e->u->dim[0], t[i].length);
        assert_int_equal(e->u->dim[2], t[i].time);
    }
    return 0;
}

static void test_units(void **state) { (void)state; IN_CALC(units, NULL); }

static int numerals(struct calc *c, void *arg)
{
    long v;
    (void)c;
    (void)arg;
    assert_true(norm_zh_num("三千零五十个", &v) > 0 && v == 3050);
    assert_true(norm_zh_num("两万", &v) > 0 && v == 20000);
    assert_true(norm_zh_num("十二", &v) > 0 && v == 12);
    assert_true(norm_zh_num("五百八", &v) > 0 && v == 580);
    assert_true(norm_zh_num("五百零八", &v) > 0 && v == 508);
    assert_true(norm_zh_num("一万三", &v) > 0 && v == 13000);
    assert_true(norm_zh_num("一百二十五", &v) > 0 && v == 125);
    assert_int_equal(norm_zh_num("个", &v), 0);
    assert_true(norm_en_num("twenty-one", &v) > 0 && v == 21);
    assert_int_equal(norm_en_num("often", &v), 0);
    return 0;
}

static void test_numerals(void **state) { (void)state; IN_CALC(numerals, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse), cmocka_unit_test(test_units), cmocka_unit_test(test_numerals) };
    return cmocka_run_group_tests_name("calc_parse", tests, NULL, NULL);
}
