/* Words that are in use for two things: what is said of them, where a word settles it, and where nothing is said. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/questions/conventions.h"

/* An open question with what is said of it, and its twin in which a word settles it. */
static const struct { const char *about, *open, *settled; } pairs[] = {
    { "variance", "Find the variance of 3, 7, 8, 14.", "Find the sample variance of 3, 7, 8, 14." },
    { "variance", "The data are 3 cm, 7 cm and 8 cm. What is their standard deviation?",
      "The data are 3 cm, 7 cm and 8 cm. What is their population standard deviation?" },
    { "方差", "求数据 3、7、8、14 的方差。", "求数据 3、7、8、14 的总体方差。" },
    { "\"N times more\"", "Ben has 7 coins. Eva has four times more coins than Ben. How many has she?",
      "Ben has 7 coins. Eva has four times as many coins as Ben. How many has she?" },
    { "\"N times more\"", "The price increased by $3$ times from 7 dollars. What is it?",
      "The price increased to $3$ times of 7 dollars. What is it?" },
    { "“增加 N 倍”“多 N 倍”", "某厂原有 7 人，增加了两倍，现有多少人？",
      "某厂原有 7 人，增加到原来的两倍，现有多少人？" },
    { "“增加 N 倍”“多 N 倍”", "甲有 7 本书，乙比甲多 $3$ 倍，乙有几本？",
      "甲有 7 本书，乙的书是甲的 $3$ 倍，乙有几本？" },
    { "\"N times less\"", "A rod weighs 24 kg. Another is 3 times lighter. How heavy is it?",
      "A rod weighs 24 kg. Another is a third as heavy. How heavy is it?" },
    { "“减少 N 倍”“少 N 倍”", "把 24 缩小 3 倍是多少？", "把 24 缩小到原来的三分之一是多少？" },
    { "a rate that changes by N %", "The pass rate was 40% and fell by 10%. What is it now?",
      "The pass rate was 40% and fell by 10 percentage points. What is it now?" },
    { "百分率变化 N%", "合格率为 40%，后来提高了 10%，现在是多少？",
      "合格率为 40%，后来提高了 10 个百分点，现在是多少？" },
    { "interest", "Eva invests 700 euros at 6% interest a year. How much is there after 4 years?",
      "Eva invests 700 euros at 6% compound interest a year. How much is there after 4 years?" },
    { "利息", "本金 700 元，年利率 6%，四年后的本利和是多少元？",
      "本金 700 元，年利率 6%，按单利计算，四年后的本利和是多少元？" },
    { "log without a base", "Solve $\\log x = 7$.", "Solve $\\log_{10} x = 7$." },
    { "log without a base", "What is the logarithm of 70?", "What is the logarithm of 70 to base 7?" },
    { "没有写底数的 log", "已知 $\\log x=7$，求 $x$。", "已知 $\\log x=7$，底数为 7，求 $x$。" },
    { "\"between a and b\"", "What is the sum of all integers between $7$ and $15$?",
      "What is the sum of all integers between $7$ and $15$ inclusive?" },
    { "“a 和 b 之间”", "7 和 15 之间有几个整数？", "7 和 15 之间（包括两端）有几个整数？" },
    { "from one day to another", "How many days is it from March 7 to March 15?",
      "How many days is it from March 7 to March 15, both days included?" },
    { "从某日到某日", "从 3 月 7 日到 3 月 15 日一共多少天？", "从 3 月 7 日到 3 月 15 日一共多少天？首尾两天都算。" },
    { "things at equal distances along a line",
      "Posts stand every 7 m along a fence of 70 m. How many posts are there?",
      "Posts stand every 7 m along a fence of 70 m, one at each end. How many posts are there?" },
    { "沿一条线等距放置", "路长 70 米，每隔 7 米装一盏路灯，要装几盏？",
      "路长 70 米，每隔 7 米装一盏路灯，两端都装，要装几盏？" },
    { "digits or letters that are chosen", "How many two-digit numbers can be made from the digits 3, 7 and 8?",
      "How many two-digit numbers can be made from the digits 3, 7 and 8 without repetition?" },
    { "所选的数字或字母", "由数字 3、7、8 能组成几个两位数？", "由数字 3、7、8 能组成几个没有重复数字的两位数？" },
    { "draws one after another",
      "Two cards are drawn one after another from 7 red and 3 black cards. Find the probability of two red ones.",
      "Two cards are drawn one after another, without replacement, from 7 red and 3 black cards. Find the "
        "probability of two red ones." },
    { "先后抽取", "盒中有 7 个红球和 3 个黑球，依次取出两个球，求都是红球的概率。",
      "盒中有 7 个红球和 3 个黑球，依次不放回地取出两个球，求都是红球的概率。" },
    { "natural numbers", "How many natural numbers are less than 7?",
      "How many natural numbers, including 0, are less than 7?" },
    { "自然数", "不大于 7 的自然数有几个？", "不大于 7 的自然数（包括 0）有几个？" },
    { "a division before a product without a sign (1/2x)", "Compute $14 \\div 7(3 - 2)$.",
      "Compute $14 \\div (7(3 - 2))$." },
    { "a division before a product without a sign (1/2x)", "Find 1/7x at x = 14.", "Find (1/7)x at x = 14." },
    { "除号后面省略乘号的写法（1/2x）", "求 1/7x 在 x=14 时的值。", "求 (1/7)x 在 x=14 时的值。" },
    { "the average speed for a return trip",
      "A van goes out at 70 km/h and comes back at 30 km/h. What is the average speed for the return trip?",
      "A van goes out at 70 km/h and comes back at 30 km/h. What is the average speed there and back?" },
    { "return trip 的平均速度", "一辆车去时 70 km/h，回来时 30 km/h，求 average speed for the return trip。",
      "一辆车去时 70 km/h，回来时 30 km/h，求 average speed for the whole return trip。" },
    { "the n-th term where a_0 is given", "A sequence has $a_0 = 7$ and $a_{n+1} = a_n + 3$. Find the fifth term.",
      "A sequence has $a_0 = 7$ and $a_{n+1} = a_n + 3$. Find $a_5$." },
    { "给出 a_0 时的第 n 项", "数列满足 $a_0=7$，$a_{n+1}=a_n+3$，求第 5 项。",
      "数列满足 $a_0=7$，$a_{n+1}=a_n+3$，求 $a_5$。" },
    { "quartiles", "Find the upper quartile of 3, 7, 8, 14, 15, 20.",
      "Find the upper quartile of 3, 7, 8, 14, 15, 20 by interpolation." },
    { "四分位数", "求数据 3、7、8、14、15、20 的上四分位数。", "求数据 3、7、8、14、15、20 的上四分位数，用插值法。" },
    { "tons", "How many kilograms are 7 tons?", "How many kilograms are 7 metric tons?" },
    { "ton", "7 tons 是多少千克？", "7 metric tons 是多少千克？" },
    { "gallons, quarts and pints", "How many litres are 7 gallons?", "How many litres are 7 imperial gallons?" },
    { "加仑、品脱和夸脱", "7 加仑是多少升？", "7 英制加仑是多少升？" },
    { "an angle without a unit", "Compute $\\sin 60$.", "Compute $\\sin 60^\\circ$." },
    { "没有单位的角", "求 $\\cos(60)$ 的值。", "求 $\\cos(60)$ 的值，角的单位是度。" },
    { "0^0", "What is $0^0$?", "We agree that $0^0 = 1$. What is $7 - 0^0$?" },
    { "0^0", "$0^{0}$ 等于多少？", "约定 $0^{0}=1$，求 $7-0^{0}$。" },
};

/* Nothing is to be said of these: the words mean another thing, or both conventions come to the same. */
static const char *const ordinary[] = {
    "Solve the equation $3x - 7 = 8$.", "甲有 7 本书，乙比甲多 3 本，乙有几本？", "某厂原有 7 人，增加了 3 人，现有多少人？",
    "What does the logic of this argument rest on?", "Compute $\\log_2 8$.", "Find $\\frac{\\log 8}{\\log 2}$.",
    "The variance of X is 4. Find the variance of 3X + 7.", "已知一组数据的方差为 4，每个数都乘以 3，求新数据的方差。",
    "Find the distance between 7 and 15.", "How many primes lie between 7 and 15?",
    "An angle between 7 and 15 degrees", "这批货至多 3 倍于原来。", "本金 700 元，年利率 6%，一年后的利息是多少元？",
    "Eva invests 700 euros at 6% interest. How much is there after one year?",
    "The price was 40 dollars and fell by 10%.", "Compute $\\sin 2x$.", "Compute $\\sin 2\\theta$ and $10^0$.",
    "How many natural numbers divide 60?", "Find $\\frac{1}{2}x$ at x = 14.", "A road is 1/2 km long.",
    "She ran the trip 3 times.", "3 times 7 is more than 20.", "How many days are there from seven weeks?",
    "Two dice are thrown one after another.", "Find the limit of $\\sin 2$ and of the form $0^0$.", "", "方",
    "#", "|", "between", "between 7 and", "increased by", "增加", "\xe5\xa2", "$$$$",
};

struct look { const char *text; int zh; struct convention v[CONVENTIONS_SAID]; int n, read; };

static int look(struct calc *c, void *arg)
{
    struct look *l = arg;
    struct reading *r = calc_alloc(c, sizeof *r);
    char *text = norm_text(c, l->text, strlen(l->text));
    c->lang_zh = l->zh;
    l->read = read_question(c, text, r);
    l->n = conventions_find(c, text, l->v, CONVENTIONS_SAID);
    return 0;
}

static int is_zh(const char *s)
{
    for (int len; *s != '\0'; s += len)
        if (norm_han(norm_cp(s, &len)))
            return 1;
    return 0;
}

static void test_open_and_settled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct look open = { .text = pairs[i].open, .zh = is_zh(pairs[i].open) };
        struct look settled = { .text = pairs[i].settled, .zh = open.zh };
        IN_CALC(look, &open);
        IN_CALC(look, &settled);
        if (open.n != 1 || strcmp(open.v[0].about, pairs[i].about) != 0)
            fail_msg("%s: %d, %s", pairs[i].open, open.n, open.n > 0 ? open.v[0].about : "nothing");
        if (open.read)
            fail_msg("%s: it is read", pairs[i].open);
        if (settled.n != 0)
            fail_msg("%s: %s", pairs[i].settled, settled.v[0].about);
    }
}

static void test_ordinary(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ordinary / sizeof *ordinary; i++) {
        struct look l = { .text = ordinary[i], .zh = is_zh(ordinary[i]) };
        IN_CALC(look, &l);
        if (l.n != 0)
            fail_msg("%s: %s", ordinary[i], l.v[0].about);
    }
}

/* The names are in the language of the call: nothing of the other one's words. */
static int words(struct calc *c, void *arg)
{
    const struct look *l = arg;
    struct convention v[CONVENTIONS_SAID];
    const char *text = norm_text(c, l->text, strlen(l->text));
    c->lang_zh = l->zh;
    assert_int_equal(conventions_find(c, text, v, CONVENTIONS_SAID), 2);
    assert_int_equal(conventions_find(c, text, v, 1), 1);
    assert_string_equal(conventions_say(c, &v[0]), l->zh ?
        "方差：样本方差（除以 n − 1），还是总体方差（除以 n）？题目没有说明" :
        "variance: of a sample (divided by n − 1) or of a population (divided by n)? The question does not say");
    return 0;
}

static void test_words(void **state)
{
    (void)state;
    struct look en = { .text = "Find the variance of 3, 7 and of $\\log 7, \\log 8$." };
    struct look zh = { .text = en.text, .zh = 1 };
    IN_CALC(words, &en);
    IN_CALC(words, &zh);
}

/* As long as a question may be, and nothing but beginnings of phrases. */
static void test_long(void **state)
{
    static char text[CALC_MAX_QUESTION + 1];
    static const char *const units[] = { "1", "增", "between 1 and ", "率", "l", "3 ", "rate rate ", "a_0 ", "方差 1, 1 ",
                                         "from the digits " };
    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = 0, u = strlen(units[i]);
        for (; n + u < sizeof text; n += u)
            memcpy(text + n, units[i], u);
        text[n] = '\0';
        struct look l = { .text = text, .zh = 0 };
        IN_CALC(look, &l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_and_settled), cmocka_unit_test(test_ordinary), cmocka_unit_test(test_words),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests_name("calc_conventions", tests, NULL, NULL);
}
