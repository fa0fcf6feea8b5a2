/* Answers against references, beyond the labelled cases: our own pairs. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/values/equal.h"

static const struct { const char *gold, *answer; enum tri equal; } cases[] = {
    { "7", "\\boxed{x=7}", YES }, { "x=7", "\\boxed{y=7}", NO }, { "\\{1,4\\}", "\\boxed{4, 1}", YES }, { "\\{1,4\\}", "\\boxed{1}", NO }, { "(1,4)", "\\boxed{(4,1)}", NO }, { "(1,4)", "\\boxed{[1,4)}", NO },
    { "[0,+\\infty)", "\\boxed{x\\ge0}", YES }, { "[0,+\\infty)", "\\boxed{x>0}", NO }, { "0.25", "\\boxed{25\\%}", YES }, { "25\\%", "\\boxed{2.5}", NO }, { "3\\text{ m}", "\\boxed{300\\text{ cm}}", YES }, { "3\\text{ m}", "\\boxed{3\\text{ kg}}", NO },
    { "\\sqrt2", "\\boxed{1.41421356}", NO }, { "\\approx 1.41", "\\boxed{\\sqrt2}", YES }, { "\\approx 1.41", "\\boxed{1.42}", NO }, { "y=3x-1", "\\boxed{3x-y-1=0}", YES }, { "y=3x-1", "\\boxed{3x-y+1=0}", NO },
    { "x^2+y^2=9", "\\boxed{4x^2+4y^2=36}", YES }, { "2:3", "\\boxed{4:6}", YES }, { "2:3", "\\boxed{3:2}", NO }, { "10:30", "\\boxed{1:3}", UNSURE }, { "\\pm3", "\\boxed{3}", NO }, { "\\pm3", "\\boxed{-3, 3}", YES },
    { "a_n=2n", "\\boxed{2n}", YES }, { "a_n=2n", "\\boxed{2n+1}", NO }, { "5", "<think>\\boxed{5}</think> It is \\boxed{6}.", NO }, { "5", "<think> maybe \\boxed{5}", NO }, { "5", "not \\boxed{5}", UNSURE },
    { "5", "Therefore, the maximum value of $f$ over the real numbers is $\\boxed{5}$.", YES }, { "5", "The probability of at least one head is $\\boxed{5}$.", YES },
    { "5", "至少有一个红球的概率是 $\\boxed{5}$。", YES }, { "5", "The answer is less than $\\boxed{5}$.", UNSURE }, { "5", "答案大于 $\\boxed{5}$。", UNSURE },
    { "B", "The answer is C.", NO }, { "AC", "\\boxed{A, C}", YES }, { "\\infty", "\\boxed{+\\infty}", YES }, { "1", "\\boxed{10^{10^{10}}}", NO }, { "0", "\\boxed{\\frac{1}{0}}", NO }, { "3+4i", "\\boxed{4i+3}", YES }, { "3+4i", "\\boxed{3-4i}", NO },
    { "x=1,y=2", "\\boxed{(1,2)}", YES }, { "x=1,y=2", "\\boxed{(2,1)}", NO }, { "5", "-\\boxed{5}", UNSURE }, { "\\emptyset", "\\boxed{\\text{无解}}", YES }, { "2x+C", "\\boxed{2x+c}", YES }, { "2x+C", "\\boxed{2x}", NO },
    { "x=4", "\\boxed{2x=4}", NO }, { "2x=6", "\\boxed{x=3}", UNSURE }, { "2x=6", "\\boxed{4x=12}", YES }, { "6", "\\boxed{2x=6}", UNSURE }, { "5", "\\boxed{2x=6}", NO }, { "x+\\frac1x=5", "\\boxed{5}", YES },
    { "x+y=5", "\\boxed{5}", UNSURE }, { "a+b=5", "\\boxed{5}", YES }, { "f(4)=7", "\\boxed{f(5)=7}", NO }, { "f(4)=7", "\\boxed{f(3+1)=7}", YES }, { "f(x+2)=x", "\\boxed{x}", UNSURE }, { "g(x)=3x^2", "\\boxed{g(u)=3u^2}", YES },
    { "\\sin A=\\frac13", "\\boxed{\\cos A=\\frac13}", UNSURE }, { "\\sin A=\\frac13", "\\boxed{\\frac13}", YES }, { "x=5", "$y=\\boxed{5}$", NO }, { "5", "$2x=\\boxed{5}$", UNSURE }, { "x=1,y=2", "$x=\\boxed{1}$ and $y=\\boxed{2}$", YES },
    { "\\{3,4\\}", "$\\boxed{x>3}$ and $\\boxed{x<4}$", UNSURE }, { "21_4", "\\boxed{21_5}", NO }, { "21_4", "\\boxed{9}", YES }, { "21_4", "\\boxed{21}", UNSURE }, { "21_4", "\\boxed{21_{10}}", NO },
    { "5\\text{ apples}", "\\boxed{5\\text{ people}}", UNSURE }, { "5\\text{ people}", "\\boxed{5}", YES },
    { "P(4,-3)", "\\boxed{Q(4,-3)}", NO }, { "M(4,-3)", "\\boxed{M(4,-3)}", YES }, { "B(2,2)", "\\boxed{D(2,2)}", NO }, { "C(2,1)", "\\boxed{B(2,1)}", NO }, { "(4,-3)", "\\boxed{Q(4,-3)}", YES },
    { "\\angle B=40^\\circ", "\\boxed{B=40^\\circ}", YES }, { "\\angle B=40^\\circ", "\\boxed{\\angle C=40^\\circ}", NO }, { "\\angle ABC=40^\\circ", "\\boxed{\\angle CBA=40^\\circ}", YES },
    { "\\angle ABC=40^\\circ", "\\boxed{\\angle BAC=40^\\circ}", NO }, { "\\angle ABC=40^\\circ", "\\boxed{\\angle B=40^\\circ}", UNSURE },
    { "x^3+C_1", "\\boxed{x^3+C_2}", UNSURE }, { "x^3+C", "\\boxed{x^3-C}", UNSURE }, { "x^3+C", "\\boxed{x^2+C}", NO }, { "A+B+C", "\\boxed{A+B-C}", NO },
    { "r\\lor s", "\\boxed{r\\land s}", NO }, { "\\{\\{3\\}\\}", "\\boxed{\\{3\\}}", NO }, { "b_1=3,b_2=4", "\\boxed{b_2=3,b_1=4}", UNSURE }, { "x_1=3,x_2=4", "\\boxed{x_2=3,x_1=4}", YES },
    { "2", "\\boxed{4/2}", YES }, { "12元", "\\boxed{12\\text{ dollars}}", NO }, { "3万", "\\boxed{30000}", YES },
};

static int one(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    enum tri t = equal_texts(c, norm_text(c, cases[i].gold, strlen(cases[i].gold)), norm_text(c, cases[i].answer, strlen(cases[i].answer)));
    if (t != cases[i].equal)
        fail_msg("%s and %s: %d", cases[i].gold, cases[i].answer, t);
    return 0;
}

static void test_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(one, (uintptr_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_equal) };
    return cmocka_run_group_tests_name("calc_equal", tests, NULL, NULL);
}
