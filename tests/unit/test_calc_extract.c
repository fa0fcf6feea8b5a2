/* Which part of a response is its answer. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/text/extract.h"

static const struct { const char *name, *text; enum how how; int n; const char *first, *last; int doubtful; } cases[] = {
    { "last box", "First \\boxed{5}. Then \\boxed{6}.", HOW_BOX, 1, "6", "6", 0 },
    { "nested braces", "\\boxed{\\frac{a}{b+c}}", HOW_BOX, 1, "\\frac{a}{b+c}", "\\frac{a}{b+c}", 0 },
    { "empty box last", "It is \\boxed{42}. (as \\boxed{})", HOW_BOX, 1, "42", "42", 0 },
    { "two boxes", "$x=\\boxed{1}$ and $x=\\boxed{2}$.", HOW_BOX, 2, "1", "2", 0 },
    { "two boxes, one value", "so it is \\(\\boxed{\\frac{8}{64}} = \\boxed{\\frac{1}{8}}\\).", HOW_BOX, 1, "\\frac{8}{64} = \\frac{1}{8}", "\\frac{8}{64} = \\frac{1}{8}", 0 },
    { "two boxes, two equations", "$x_1=\\boxed{1}$, $x_2=\\boxed{2}$.", HOW_BOX, 2, "1", "2", 0 },
    { "two boxes, other words between", "It is not $\\boxed{1}$ but rather $\\boxed{2}$.", HOW_BOX, 1, "2", "2", 1 },
    { "minus before the box", "$x=-\\boxed{3}$", HOW_BOX, 1, "3", "3", 1 },
    { "more behind the box", "so $\\boxed{3}+1$", HOW_BOX, 1, "3", "3", 1 },
    { "unit behind the box", "$\\boxed{2}$ hours", HOW_BOX, 1, "2\\text{ hours}", "2\\text{ hours}", 0 },
    { "percent behind the box", "$\\boxed{20}\\%$", HOW_BOX, 1, "20\\%", "20\\%", 0 },
    { "thought", "<think>\\boxed{1}</think>\\boxed{2}", HOW_BOX, 1, "2", "2", 0 },
    { "unclosed thought", "<think>\\boxed{1}", HOW_NONE, 0, NULL, NULL, 0 },
    { "cut inside a box", "so \\boxed{\\frac{1", HOW_NONE, 0, NULL, NULL, 0 },
    { "phrase", "The answer is 8.5.", HOW_PHRASE, 1, "8.5", "8.5", 0 },
    { "Chinese phrase", "答案是 $9$ ，不是 $8$ 。", HOW_PHRASE, 1, "9", "9", 0 },
    { "hashes", "#### 7", HOW_PHRASE, 1, "7", "7", 0 },
    { "box without braces", "so $\\boxed 2$.", HOW_BOX, 1, "2", "2", 0 },
};

/* What stands around the answer, where the question is known: 1 is doubtful. */
#define SOLVE "Solve the equation $4x - 9 = 23$ for $x$."
#define RABBITS "A farm has chickens and rabbits, 13 heads and 36 legs in total. How many rabbits are there?"
#define PERIMETER "A rectangle has length 11 cm and width 6 cm. What is its perimeter?"
#define ZHOU "一个长方形的长是 11 厘米，宽是 6 厘米，求它的周长。"
#define WORK "甲单独做一项工作需要 12 天，乙单独做需要 4 天，两人合作需要几天完成？"
#define CUBE "Find the derivative of $f(x) = x^3$."
#define EVENTS "A and B are independent, $P(A) = 0.3$ and $P(B) = 0.6$. Find the probability $P(A \\cap B)$."
#define DICE "Two fair dice are rolled. What is the probability that the sum is 9?"
static const struct { const char *question, *text; int doubtful; } around[] = {
    { SOLVE, "$x = \\boxed{8}$", 0 }, { SOLVE, "So, the solution to the equation \\(4x - 9 = 23\\) is \\(\\boxed{8}\\).", 0 }, { SOLVE, "$\\boxed{8}$\n\nThe answer is $8$.", 0 },
    { SOLVE, "A program that I wrote gives \\boxed{8}.", 0 }, { SOLVE, "用程序计算得到 \\boxed{8}。", 0 }, { SOLVE, "$\\boxed{8}$ ✓", 0 }, { SOLVE, "The answer is $8$.", 0 },
    /* another answer, or the same one taken back */
    { SOLVE, "$\\boxed{8}$\n\nThe answer is 6.", 1 }, { SOLVE, "$\\boxed{8}$\n\n#### 6", 1 }, { SOLVE, "$\\boxed{8}$\n\nEdit: $6$", 1 }, { SOLVE, "The answer is $8$. On second thought, $6$.", 1 },
    { SOLVE, "$\\boxed{8}$\n\nCheck: this does not satisfy the equation.", 1 }, { SOLVE, "The answer is 8. Hmm, no.", 1 }, { SOLVE, "$\\boxed{8}$\n\nNow we solve the equation.", 1 }, { SOLVE, "Old answer: $\\boxed{8}$. New answer: $6$.", 1 },
    { SOLVE, "【答案】6\n\n【解析】$\\boxed{8}$", 1 }, { SOLVE, "$\\boxed{8} \\to 6$", 1 },
    /* another name */
    { SOLVE, "So $2x$ is equal to $\\boxed{8}$.", 1 }, { SOLVE, "$y=\\boxed{8}$", 1 }, { SOLVE, "$15=\\boxed{8}$", 1 }, { SOLVE, "$\\Delta=\\boxed{8}$", 1 }, { SOLVE, "The answer is $x^2=8$.", 1 },
    { "Let $a_1 = 2$ and $a_{n+1} = 2a_n + 1$. Find $a_4$.", "$a_1=\\boxed{23}$", 1 }, { "Let $a_1 = 2$ and $a_{n+1} = 2a_n + 1$. Find $a_4$.", "Hence $a_4=\\boxed{23}$.", 0 },
    { CUBE, "$f'(x)=\\boxed{3x^2}$", 0 }, { CUBE, "$g'(x)=\\boxed{3x^2}$", 1 }, { EVENTS, "$P(A)=\\boxed{0.18}$", 1 }, { EVENTS, "$P(A \\cap B)=\\boxed{0.18}$", 0 },
    { DICE, "\\boxed{P(X=9)=\\frac{1}{9}}", 0 }, { DICE, "\\boxed{P(X=8)=\\frac{1}{9}}", 1 }, { DICE, "\\boxed{P(X>9)=\\frac{1}{9}}", 1 }, { DICE, "\\boxed{P(A)=\\frac{1}{9}}", 0 },
    /* another thing counted, another quantity or case */
    { RABBITS, "$\\boxed{5}$ rabbits", 0 }, { RABBITS, "There are $\\boxed{5}$ chickens.", 1 }, { RABBITS, "Chickens: $\\boxed{5}$", 1 }, { RABBITS, "So $\\boxed{5\\text{ apples}}$.", 1 },
    { PERIMETER, "The perimeter is $\\boxed{34}$ cm.", 0 }, { PERIMETER, "The area is $\\boxed{34}$.", 1 }, { PERIMETER, "$\\boxed{34}$ square units", 1 }, { PERIMETER, "$\\text{width}=\\boxed{34}$", 1 },
    { "How far does a car go in 3 hours at 60 km/h?", "The distance is $\\boxed{180}$ km.", 0 }, { "How far does a car go in 3 hours at 60 km/h?", "The speed is $\\boxed{180}$.", 1 },
    { ZHOU, "因此，这个长方形的周长是 \\boxed{34} 厘米。", 0 }, { ZHOU, "面积是 $\\boxed{34}$。", 1 }, { ZHOU, "长是 $\\boxed{34}$。", 1 }, { ZHOU, "$\\boxed{34}$\n\n或者 $66$。", 1 }, { ZHOU, "$\\boxed{34}$\n\n答：它的周长是 34 厘米。", 0 },
    { WORK, "因此，甲、乙两人合作需要 \\(\\boxed{3}\\) 天完成。", 0 }, { WORK, "乙单独做需要 $\\boxed{3}$ 天。", 1 },
    /* denied, supposed, not seen */
    { SOLVE, "It cannot be determined. $\\boxed{8}$", 1 }, { SOLVE, "Guess: $\\boxed{8}$", 1 }, { SOLVE, "If we ignore the condition, we get $\\boxed{8}$.", 1 }, { SOLVE, "Is the answer $\\boxed{8}$", 1 }, { ZHOU, "条件不足，$\\boxed{34}$", 1 }, { ZHOU, "若不计条件，则 $\\boxed{34}$", 1 },
    { SOLVE, "$\\boxed{\\phantom{8}}$", 1 }, { SOLVE, "~~$\\boxed{8}$~~", 1 }, { SOLVE, "$\\boxed{8}'$", 1 }, { SOLVE, "```\n\\boxed{8}\n```\nThe answer is $6$.", 1 },
};

static int one_around(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    struct answer a;
    c->question = norm_text(c, around[i].question, strlen(around[i].question));
    extract_answer(c, norm_text(c, around[i].text, strlen(around[i].text)), &a);
    if (a.how == HOW_NONE || a.doubtful != around[i].doubtful)
        fail_msg("%s: how %d, doubtful %d", around[i].text, a.how, a.doubtful);
    return 0;
}

static void test_around(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        IN_CALC(one_around, (uintptr_t)i);
}

static int one(struct calc *c, void *arg)
{
    size_t i = (size_t)(uintptr_t)arg;
    struct answer a;
    extract_answer(c, norm_text(c, cases[i].text, strlen(cases[i].text)), &a);
    if (a.how != cases[i].how || a.n != cases[i].n || a.doubtful != cases[i].doubtful ||
        (a.n > 0 && (strcmp(a.part[0], cases[i].first) != 0 || strcmp(a.part[a.n - 1], cases[i].last) != 0)))
        fail_msg("%s: how %d, n %d, doubtful %d, %s", cases[i].name, a.how, a.n, a.doubtful, a.n ? a.part[0] : "");
    return 0;
}

static void test_extract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(one, (uintptr_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_extract), cmocka_unit_test(test_around) };
    return cmocka_run_group_tests_name("calc_extract", tests, NULL, NULL);
}
