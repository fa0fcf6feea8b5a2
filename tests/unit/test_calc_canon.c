/* Canonical names: the same for what surely is the same, different or none for anything else. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/verdicts/canon.h"

static const struct { const char *a, *b; int same; } cases[] = {
    { "\\frac{1}{2}", "0.5", 1 }, { "x=5", "5", 1 }, { "50\\%", "\\frac12", 1 }, { "12", "13", 0 }, { "1/3", "0.333", 0 },
    { "2\\sqrt{2}", "\\sqrt{8}", 1 }, { "\\sqrt{2}", "-\\sqrt{2}", 0 }, { "\\frac{1+\\sqrt5}{2}", "\\frac{2}{\\sqrt5-1}", 1 },
    { "\\frac{1+\\sqrt5}{2}", "\\frac{1-\\sqrt5}{2}", 0 }, { "\\sin 30^\\circ", "0.5", 1 }, { "\\sqrt[3]{2}", "2^{1/3}", 1 },
    { "16-4\\pi", "4(4-\\pi)", 1 }, { "2\\pi", "6.28", 0 }, { "\\pi", "2\\pi", 0 }, { "2\\sqrt3\\pi", "\\sqrt{12}\\pi", 1 },
    { "5\\text{ cm}", "0.05\\text{ m}", 1 }, { "5\\text{ cm}", "5", 0 }, { "5\\text{ cm}", "5\\text{ cm}^2", 0 },
    { "5\\text{ cm}", "5\\text{ kg}", 0 }, { "30^\\circ", "30", 0 }, { "30^\\circ", "30^\\circ", 1 },
    { "x=2,\\ x=3", "x=3,\\ x=2", 1 }, { "\\{2,3\\}", "\\{3,2,2\\}", 1 }, { "\\{2,3\\}", "\\{2,4\\}", 0 },
    { "(1,2)", "(2,1)", 0 }, { "(1,2)", "(1,2)", 1 }, { "[1,2)", "1\\le x<2", 1 }, { "[1,2)", "[1,2]", 0 },
    { "x>3", "(3,\\infty)", 1 }, { "x=1,\\ y=2", "y=2,\\ x=1", 1 }, { "x=1,\\ y=2", "x=2,\\ y=1", 0 },
    { "2x+1", "1+2x", 1 }, { "(x+1)^2", "x^2+2x+1", 1 }, { "x+1", "y+1", 0 }, { "\\frac{n}{n+1}", "1-\\frac{1}{n+1}", 1 },
    { "\\frac{n}{n+1}", "\\frac{n+1}{n}", 0 }, { "\\infty", "-\\infty", 0 }, { "3+4i", "4i+3", 1 }, { "3+4i", "3-4i", 0 },
    { "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", 1 },
    { "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2&3&4\\end{pmatrix}", 0 },
    { "\\ln 2", "\\ln 2", 0 }, { "\\approx 3.14", "\\approx 3.14", 0 }, { "\\frac{1}{0}", "\\frac{1}{0}", 0 },
    { "B", "B", 1 }, { "B", "C", 0 }, { "3.0", "3", 1 }, { "1,000", "1000", 1 }, { "12 apples", "12", 1 },
};

static int one(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    const char *s[2] = { cases[i].a, cases[i].b }, *name[2];
    for (int k = 0; k < 2; k++) {
        struct ex *e = parse_s(c, s[k], PARSE_UNITS | PARSE_WORDS);
        name[k] = e != NULL ? canon_ex(c, e, "") : NULL;
    }
    int same = name[0] != NULL && name[1] != NULL && strcmp(name[0], name[1]) == 0;
    if (same != cases[i].same)
        fail_msg("%s: %s / %s: %s", s[0], name[0] != NULL ? name[0] : "none", s[1], name[1] != NULL ? name[1] : "none");
    return 0;
}

static void test_canon(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(one, (uintptr_t)i);
}

/* x = 5 is 5 only where nothing but x can be meant. */
static int names(struct calc *c, void *arg)
{
    static const struct { const char *only, *x, *y; } t[] = { { "", "5", "5" }, { "x", "5", "y=5" }, { NULL, "x=5", "y=5" } };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        assert_string_equal(canon_ex(c, parse_s(c, "x=5", PARSE_UNITS | PARSE_WORDS), t[i].only), t[i].x);
        assert_string_equal(canon_ex(c, parse_s(c, "y=5", PARSE_UNITS | PARSE_WORDS), t[i].only), t[i].y);
    }
    return 0;
}

static void test_names(void **state) { (void)state; IN_CALC(names, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_canon), cmocka_unit_test(test_names) };
    return cmocka_run_group_tests_name("calc_canon", tests, NULL, NULL);
}
