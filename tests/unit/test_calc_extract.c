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
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_extract) };
    return cmocka_run_group_tests_name("calc_extract", tests, NULL, NULL);
}
