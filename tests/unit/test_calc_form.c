/* Finished numbers, expanded and factored polynomials; and the first false step of a working. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/values/form.h"
#include "plugins/calculator/verdicts/working.h"

static const struct { const char *s; int finished; } numbers[] = {
    { "5", 1 }, { "-\\frac74", 1 }, { "\\frac68", 0 }, { "\\frac{12}2", 0 }, { "1102.50", 1 }, { "2\\sqrt2", 1 }, { "\\sqrt8", 0 }, { "\\sqrt9", 0 }, { "16-4\\pi", 1 }, { "\\frac{1+\\sqrt5}2", 1 }, { "\\frac{2+2\\sqrt5}4", 0 },
    { "36-8", 0 }, { "2\\sqrt2+\\sqrt2", 0 }, { "5!", 0 }, { "\\binom93", 0 }, { "\\sin30^\\circ", 0 }, { "2^{10}", 0 }, { "\\log_28", 0 }, { "1\\frac12", 1 }, { "3\\pi", 1 }, { "4\\cdot5", 0 }, { "-\\frac12+\\frac32i", 1 }, { "\\frac{\\sqrt6-\\sqrt2}4", 1 }, { "20\\%", 1 }, { "\\frac5{\\sqrt3}", 0 }, { "\\frac01", 0 }, { "e^2", 1 }, { "1\\sqrt2", 0 },
};
static const struct { const char *s; int expanded, factored; } polys[] = {
    { "x^2-3x-10", 1, 0 }, { "x^2-5x+2x-10", 0, 0 }, { "(x+2)(x-5)", 0, 1 }, { "2(x-2)(x+2)", 0, 1 }, { "2(x^2-4)", 0, 0 }, { "(2x-4)(x+2)", 0, 0 }, { "(x-2)(x^2+2x+4)", 0, 1 }, { "(x-1)^2", 0, 1 }, { "(x-1)(x-1)", 0, 0 }, { "a^2+2ab+b^2", 1, 0 }, { "x\\cdot x", 0, 0 },
};

static const struct { const char *s; int n; } places[] = { { "0.25", 2 }, { "-3", 0 }, { "\\frac14", -1 }, { "25\\%", FORM_PERCENT }, { "-25\\%", FORM_PERCENT } };

static int forms(struct calc *c, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (form_decimals(parse_s(c, places[i].s, 0)) != places[i].n)
            fail_msg("decimals of %s", places[i].s);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (form_finished(c, parse_s(c, numbers[i].s, 0)) != numbers[i].finished)
            fail_msg("%s", numbers[i].s);
    for (size_t i = 0; i < sizeof polys / sizeof *polys; i++) {
        struct ex *e = parse_s(c, polys[i].s, 0);
        if (form_expanded(c, e) != polys[i].expanded || form_factored(c, e) != polys[i].factored)
            fail_msg("%s", polys[i].s);
    }
    return 0;
}

/* An antiderivative, its integrand, and whether every logarithm has a value there. */
static int logs(struct calc *c, void *arg)
{
    static const struct { const char *anti, *integrand; int ok; } t[] = {
        { "\\ln(x-5)+C", "\\frac{1}{x-5}", 0 }, { "\\ln|x-5|+C", "\\frac{1}{x-5}", 1 }, { "\\ln x", "\\frac1x", 0 }, { "2\\ln|x|", "\\frac2x", 1 }, { "\\ln(x^2)", "\\frac2x", 1 }, { "x\\ln x-x", "\\ln x", 1 },
        { "\\ln(x^2+x+1)", "\\frac{2x+1}{x^2+x+1}", 1 }, { "\\ln(x^2+x-1)", "\\frac{2x+1}{x^2+x-1}", 0 }, { "\\ln(e^x+1)", "\\frac{e^x}{e^x+1}", 1 }, { "\\ln(e^x-1)", "\\frac{e^x}{e^x-1}", 0 }, { "-\\ln(\\cos x)", "\\tan x", 0 }, { "-\\ln|\\cos x|", "\\tan x", 1 },
        { "\\frac{2^x}{\\ln2}", "2^x", 1 }, { "\\ln(\\ln x)", "\\frac{1}{x\\ln x}", 0 }, { "\\frac12\\ln\\frac{x-1}{x+1}", "\\frac{1}{x^2-1}", 0 },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (form_antiderivative(c, parse_s(c, t[i].anti, 0), parse_s(c, t[i].integrand, 0), "x") != t[i].ok)
            fail_msg("%s for %s", t[i].anti, t[i].integrand);
    return 0;
}

static void test_logs(void **state) { (void)state; IN_CALC(logs, NULL); }

static void test_forms(void **state) { (void)state; IN_CALC(forms, NULL); }

static int steps(struct calc *c, void *arg)
{
    static const struct { const char *s, *text; } t[] = {
        { "$\\sqrt{16+9}=4+3=5$", "√(16 + 9) = 4 + 3" }, { "$8\\cdot7=56$ and $x=3$", NULL }, { "so $10\\cdot21=220$... $10\\cdot21=210$", "10·21 = 220" }, { "$2x=22$, $x=11$", NULL }, { "\\(2+3+4=8\\)", "2 + 3 + 4 = 8" }, { "$x=4+1=6$", "4 + 1 = 6" }, { "$1/3\\approx0.33$", NULL }, { "$2+2=\\boxed{5}$", "2 + 2 = 5" },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct step s;
        working_check(c, norm_text(c, t[i].s, strlen(t[i].s)), &s);
        if ((s.text == NULL) != (t[i].text == NULL) || (s.text != NULL && strcmp(s.text, t[i].text) != 0))
            fail_msg("%s: %s", t[i].s, s.text ? s.text : "(none)");
    }
    return 0;
}

static void test_steps(void **state) { (void)state; IN_CALC(steps, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_forms), cmocka_unit_test(test_logs), cmocka_unit_test(test_steps) };
    return cmocka_run_group_tests_name("calc_form", tests, NULL, NULL);
}
