/* Clause by clause: what is read, what is left over; images of functions; plainer words;
 * the first false step of a working, with and without formula marks. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/values/waves.h"
#include "plugins/calculator/worlds/world.h"
#include "plugins/calculator/verdicts/working.h"

static const struct read_case cases[] = {
    { "已知 $a+b=5$，$ab=6$，且 $a>b$，求 $a-b$ 的值。", "a + b = 5, ab = 6, a > b, find a − b" },
    { "已知函数 $f(x)=x^2-2x$，$x\\in[0,3]$，求 $f(x)$ 的最大值。", "f(x) = x^2 − 2x, x ∈ [0, 3], find the largest value of f(x)" },
    { "在等差数列 $\\{a_n\\}$ 中，$a_3=7$，$a_7=19$，求 $a_{10}$。", "arithmetic sequence, a_3 = 7, a_7 = 19, find a_10" },
    { "Question: Compute 9 + 17 + 25 + … + 65. Please reason step by step, and put your final answer within \\boxed{}.", "9 + 17 + 25 + … + 65 (arithmetic progression, 8 terms), find the sum" },
    { "已知 $a+b=5$ 或 $ab=6$，求 $a^2+b^2$ 的值。", NULL },
    { "已知 $xy=x$，求 $y$ 的值。", NULL },
    { "已知 $\\sin\\alpha=\\frac35$，且 $\\alpha$ 不是第一象限角，求 $\\cos\\alpha$ 的值。", NULL },
    { "等差数列 $\\{a_n\\}$ 中，$a_1=2$，$q=3$，求 $a_{10}$。", NULL },
    { "已知 $x>0$，求 $x+\\frac{m}{x}$ 的最小值。", NULL },
    { "求函数 $f(x)=x^2-4x+1$ 在 $(0,3]$ 上的最大值。", NULL },
    { "How many divisors does $84$ have?", NULL },
};

static void test_clauses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(read_case, &cases[i]);
}

static int images(struct calc *c, void *arg)
{
    static const struct { const char *f, *image; } t[] = {
        { "x^2-2x+3", "[2, +∞)" }, { "x+4/x", "(-∞, -4] ∪ [4, +∞)" }, { "1/(x-1)", "(-∞, 0) ∪ (0, +∞)" }, { "\\sqrt{x-2}", NULL }, { "x^3-3x", "(-∞, +∞)" }, { "x^{2/3}", NULL }, { "\\sin x", NULL },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct shape s;
        struct rset im;
        struct ex *e = parse_s(c, t[i].f, 0);
        int ok = e != NULL && shape_of(c, e, "x", NULL, &s) && shape_image(c, &s, &im);
        const char *text = ok ? rset_text(c, &im, 0) : NULL;
        if ((text == NULL) != (t[i].image == NULL) || (text != NULL && strcmp(text, t[i].image) != 0))
            fail_msg("%s: %s", t[i].f, ok ? text : "not known");
    }
    return 0;
}

static void test_images(void **state) { (void)state; IN_CALC(images, NULL); }

static int waves(struct calc *c, void *arg)
{
    static const struct { const char *f, *period, *image; } t[] = {
        { "3\\sin x+4\\cos x", "2π", "[-5, 5]" }, { "\\sin^2x", "π", "[0, 1]" }, { "\\sin x\\cos x", "π", "[-1/2, 1/2]" }, { "2-\\cos(3x+1)", "(2/3)π", "[1, 3]" }, { "\\sin 2x+\\cos 3x", "2π", NULL },
        { "\\sin x+\\sin(-x)", NULL, NULL }, { "\\sin^2x+\\cos^2x", NULL, NULL }, { "\\sin x+\\sin(\\sqrt2x)", NULL, NULL }, { "\\sin(x^2)", NULL, NULL }, { "x\\sin x", NULL, NULL }, { "\\sin^{13}x", NULL, NULL },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct wave w;
        val period, middle, reach, lo = val_new(c), hi = val_new(c);
        struct ex *e = parse_s(c, t[i].f, 0);
        int ok = e != NULL && wave_of(c, e, "x", &w), image = ok && wave_image(c, &w, &middle, &reach);
        const char *p = ok && wave_period(c, &w, &period) ? value_text(c, period, 0) : NULL, *im = NULL;
        if (image) {
            ca_sub(lo, middle, reach, c->ca);
            ca_add(hi, middle, reach, c->ca);
            im = calc_printf(c, "[%s, %s]", value_text(c, lo, 0), value_text(c, hi, 0));
        }
        if ((p == NULL) != (t[i].period == NULL) || (p != NULL && strcmp(p, t[i].period) != 0) || (im == NULL) != (t[i].image == NULL) || (im != NULL && strcmp(im, t[i].image) != 0))
            fail_msg("%s: period %s, image %s", t[i].f, p != NULL ? p : "not known", im != NULL ? im : "not known");
    }
    return 0;
}

static void test_waves(void **state) { (void)state; IN_CALC(waves, NULL); }

static int words(struct calc *c, void *arg)
{
    static const struct { const char *from, *to; } t[] = {
        { "试求它的值", "求它的值" }, { "Calculate it", "find it" }, { "recalculate it", NULL }, { "Use the Euclidean algorithm to find it", "find it" }, { "find it, using the trapezoidal rule", NULL }, { "利用平方差公式计算它", "计算它" }, { "用估算的方法求", NULL }, { "非零实数", NULL }, { "over the reals", NULL },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        const char *p = words_plain(c, t[i].from);
        if ((p == NULL) != (t[i].to == NULL) || (p != NULL && strcmp(p, t[i].to) != 0))
            fail_msg("%s: %s", t[i].from, p != NULL ? p : "unchanged");
    }
    return 0;
}

static void test_words(void **state) { (void)state; IN_CALC(words, NULL); }

static int steps(struct calc *c, void *arg)
{
    static const struct { const char *text, *left; } t[] = {
        { "29 × 16 = 454.", "464" }, { "Total = 30 * 16 - 16 = 454", "464" }, { "$2+3+4=8$", "9" },
        { "29 × 16 = 464.", NULL }, { "2. 3 + 4 = 7", NULL }, { "(2) 3 + 4 = 7", NULL }, { "100 mod 7 = 2", NULL }, { "17 / 5 = 3 remainder 2", NULL }, { "$10/3 = 3.33$", NULL }, { "3 - 2x = 7", NULL }, { "5 + 3 = 8 cm", NULL }, { "17 ÷ 5 = 3……2", NULL },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct step s;
        working_check(c, norm_text(c, t[i].text, strlen(t[i].text)), &s);
        if ((s.text == NULL) != (t[i].left == NULL) || (s.text != NULL && strcmp(s.left, t[i].left) != 0))
            fail_msg("%s: %s", t[i].text, s.text != NULL ? s.left : "no false step");
    }
    return 0;
}

static void test_steps(void **state) { (void)state; IN_CALC(steps, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_clauses), cmocka_unit_test(test_images), cmocka_unit_test(test_waves), cmocka_unit_test(test_words), cmocka_unit_test(test_steps) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
