/* Text to reading: what was read, and what must not be read because something is left over. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/questions/read.h"

static const struct read_case cases[] = {
    { "Solve the equation $2x + 5 = 17$ for $x$.", "x real, 2x + 5 = 17, find x" },
    { "请解方程：2x + 5 = 17", "x real, 2x + 5 = 17, find x" },
    { "求方程 $x^2-5x+6=0$ 的所有实数根。", "x real, x^2 − 5x + 6 = 0, find all x" },
    { "Find the positive root of $x^2-x-12=0$.", "x positive, x^2 − x − 12 = 0, find x" },
    { "Compute $8\\cdot7$.", "evaluate 8·7" },
    { "Solve $2x+5=17$ for $y$.", NULL },
    { "Solve $2x+a=17$ for $x$.", NULL },
    { "Solve $2x+5=17$ and explain why $x$ is prime.", NULL },
    { "Solve $2x+5=17$ where $x$ is negative.", NULL },
    { "已知 $x>0$，求 $x+\\frac{a}{x}$ 的最小值。", NULL },
    /* what stands behind a system is read or nothing is */
    { "Solve the system $a+b=9$ and $a-b=5$ for $(a,b)$.", "a, b real, a + b = 9, a − b = 5, find (a, b)" },
    { "Solve the system $a+b=9$ and $a-b=5$ for $a, b$.", "a, b real, a + b = 9, a − b = 5, find (a, b)" },
    { "Solve the system $a+b=9$ and $a-b=5$ for $(b,a)$.", NULL },
    { "Solve the system $a+b=9$ and $a-b=5$ for $b, a$.", NULL },
    { "Solve the system $a+b=9$ and $a-b=5$ for $[a,b]$.", NULL },
    { "Solve the system $a+b=9$ and $a-b=5$ for $a>8$.", NULL },
    { "Solve the system $a+b=9$ and $a-b=5$ for $c$.", NULL },
    { "Solve the simultaneous equations $a+b=9$, $a-b=5$ for $a+b$.", NULL },
    { "Solve $\\begin{cases}a+b=9\\\\a-b=5\\end{cases}$ and $a>8$.", NULL },
    { "解方程组 $\\begin{cases}a+b=9\\\\a-b=5\\end{cases}$，$a>8$。", NULL },
    { "解方程组 $\\begin{cases}a+b=9\\\\a-b=5\\end{cases}$，$ab=15$。", NULL },
    { "Solve $\\begin{cases}a>2\\\\a<8\\end{cases}$ and $a\\ne3$.", NULL },
    { "Solve $a^2-7a+12=0$ and $a+b$.", NULL },
    { "Solve $a^2-7a+12=0$ for $a$ and $b$.", NULL },
    { "已知直线l经过点$(2,1)$，且斜率为$5$，求直线m的方程。", NULL },
    { "已知直线l经过点$(2,1)$，且斜率为$5$，求直线l的方程。", "line through (2,1) with slope 5" },
    { "如图，求阴影部分的面积。", NULL },
    { "And for $n=5$?", NULL },
    { "按规律填空：1, 4, 9, 16, ( )", NULL },
    { "A price of 400 yuan is raised by 20 and then lowered by 20%. What is the final price?", NULL },
    { "求数据 $2, 4, 6$ 的方差。", NULL },
    { "A father is 38 and his son is 8. In how many years will the son be three times as old as the father?", NULL },
    /* clause by clause: the order is free, the sum of what is stated must fit */
    { "圆锥的底面半径为 3，母线长为 5，求它的体积。", "cone, r = 3, l = 5, find v" },
    { "圆锥的母线长为 5，底面半径为 3，求它的体积。", "cone, l = 5, r = 3, find v" },
    { "圆锥的底面半径为 3，求它的体积。", NULL },
    { "圆锥的底面半径为 3，底面半径为 5，高为 4，求它的体积。", NULL },
    { "袋中有 4 个红球和 3 个深红球，从中任意摸出两个球，求两个都是红球的概率。", NULL },
    { "袋中有 4 个红球和 3 个蓝球，先后摸出两个球，求两个球都是红球的概率。", NULL },
    { "用数字 0、1、2、3、4 可以组成多少个四位数？", NULL },
    { "3 千克苹果 24 元，买 5 千克香蕉需要多少元？", NULL },
    { "A pen costs 3 dollars and a notebook costs 5 dollars. How much do 4 pencils and 2 pens cost in total?", NULL },
    { "一件商品又打八折后的价格是 160 元，求原价。", NULL },
    { "一个数加上 20% 等于 36，求这个数。", NULL },
    /* every capture is looked at */
    { "一辆汽车前2小时每小时行60千米，后3小时每小时行80千米，求这5小时的平均速度。", "2 at 60 千米/h, then 3 at 80 千米/h, find the average speed" },
    { "一辆汽车前2小时每小时行60千米，后3小时每小时行80千米，求这6小时的平均速度。", NULL },
    { "从1到80这80个数中有多少个数能被7整除？", "integers from 1 to 80, multiples of 7, find their number" },
    { "从1到80这70个数中有多少个数能被7整除？", NULL },
    { "若复数$z$满足$z+4=3i$，其中$i$为虚数单位，求$|z|$。", "z complex, z + 4 = 3i, find |z|" },
    { "若复数$z$满足$z+4=3i$，其中$j$为虚数单位，求$|z|$。", NULL },
    { "若复数$z$满足$z+4=3i$，则复数$w$的模是多少？", NULL },
    { "Let $a_1=4$, $a_{n+1}=a_n+6$, find $a_n$ in terms of $k$.", NULL },
    { "Let $a_1=4$, $a_{n+1}=a_n+6$, find $a_n$ in terms of $n$.", "a_1 = 4, a_(n + 1) = a_(n) + 6, find a_(n)" },
    { "Solve $y'=6$.", NULL },
    /* dots: an arithmetic or geometric progression, or terms of one shape; any four numbers are two pairs */
    { "Compute $2-4+6-8+\\cdots+18-20$.", "2 − 4 + 6 − 8 + … + 18 − 20, 10 terms of one shape, find the sum" },
    { "Compute $2+5+8+\\cdots+29$.", "2 + 5 + 8 + … + 29 (arithmetic progression, 10 terms), find the sum" },
    { "Compute $2+3+6+11+\\cdots+83$.", NULL },
    { "Compute $3+6+10+15+\\cdots+66$.", NULL },
    { "计算 $3+5+7+11+\\cdots+31$。", NULL },
    { "Compute $4+5+7+11+\\cdots+67$.", NULL },
    { "Compute $1+2+6+24+\\cdots+5040$.", NULL },
    /* a letter that is meant to be whole, and is not said to be */
    { "Simplify $i^{8n}$.", NULL },
    { "Simplify $\\cos(2n\\pi)$.", NULL },
    { "化简 $(-1)^{4k}$。", NULL },
    { "化简 $\\sin(x+2\\pi)$。", "simplify sin(x + 2π)" },
    /* f and g are functions: a product or a composition? */
    { "Let $f(x)=3x$ and $g(x)=x+2$. Find $f(g(4))$.", "f(x) = 3x, g(x) = x + 2, find f(g(4))" },
    { "Let $f(x)=3x$ and $g(x)=x+2$. Find $fg(4)$.", NULL },
    { "已知 $f(x)=3x$，$g(x)=x+2$，求 $gf(4)$。", NULL },
    { "Let $f(x)=3x$. Find $ff(4)$.", NULL },
    /* is 0 the first even number? */
    { "Find the sum of the first 8 even positive integers.", "the first 8 positive even numbers, find their sum" },
    { "Find the sum of the first 8 even integers starting with 2.", "the first 8 positive even numbers, find their sum" },
    { "Find the sum of the first 8 even integers starting with 4.", NULL },
    { "Find the sum of the first 8 even integers.", NULL },
    { "", NULL },
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(read_case, &cases[i]);
}

static int patterns(struct calc *c, void *arg)
{
    static const struct { const char *text, *pattern; int match; } t[] = {
        { "from 5 boys", "from {i:a} boys", 1 }, { "from five boys", "from {i:a} boys", 1 }, { "from 5 boys and more", "from {i:a} boys", 0 }, { "at 40 km/h", "at {q:v}", 1 }, { "at 40", "at {q:v}", 0 },
        { "the cats sat", "the cat sat", 0 }, { "there", "the {w:x}", 0 }, { "red and red", "{w:a} and {w:a}", 1 }, { "red and blue", "{w:a} and {w:a}", 0 }, { "求其值。", "求(其|它的)值.", 1 }, { "mean of 3, 7 and 8", "mean of {l:d}", 1 }, { "(千米/时)", "\\(千米/时\\)", 1 },
        { "每小时行 60 千米", "{z:v}", 1 }, { "60 km/h", "{z:v}", 1 }, { "60 km", "{z:v}", 0 }, { "七五折", "{o:z}", 1 }, { "两折", "{o:z}", 0 }, { "area 54 cm^2", "area {s:a}", 1 }, { "area 54 cm", "area {s:a}", 0 },
        { "小明带了", "{w:x}带了", 1 }, { "小明没带了", "{w:x}带了", 0 }, { "the other pen", "the {w:x} pen", 0 },
        { "小明差点带了", "{w:x}带了", 0 }, { "一百辆车带了", "{w:x}带了", 0 }, { "第一组带了", "{w:x}带了", 1 }, { "近视带了", "{w:x}带了", 1 }, { "近带了", "{w:x}带了", 0 }, { "nearly ten pens", "{w:x} {n:a} pens", 0 },
        { "22 颗糖", "{n:a}{c:m}糖", 1 }, { "22 万糖", "{n:a}{c:m}糖", 0 }, { "22 打糖", "{n:a}{c:m}糖", 0 }, { "3 千克糖和 4 千克糖", "{n:a}{c:m}糖和{n:b}{c:m}糖", 1 }, { "3 千克糖和 4 斤糖", "{n:a}{c:m}糖和{n:b}{c:m}糖", 0 },
        { "小红行", "{p:x}行", 1 }, { "王师傅行", "{p:x}行", 1 }, { "三班行", "{p:x}行", 1 }, { "客车行", "{p:x}行", 1 }, { "小红偶尔行", "{p:x}行", 0 }, { "三人行", "{p:x}行", 0 }, { "小心行", "{p:x}行", 0 },
        { "糖水和糖水", "{a:s:盐|糖}水和{a:s:盐|糖}水", 1 }, { "糖水和盐水", "{a:s:盐|糖}水和{a:s:盐|糖}水", 0 }, { "红糖水", "{a:s:盐|糖}水", 0 }, { "糖水", "(茶|{a:s:盐|糖})水", 1 },
        { "三成五", "{t:a}", 1 }, { "3 成 5", "{t:a}", 1 }, { "30%", "{t:a}", 1 }, { "三成", "{n:a}", 0 }, { "十一成", "{t:a}", 0 }, { "5 万个", "{n:a}个", 1 }, { "2 亿个", "{i:a}个", 1 }, { "5 万 3 千个", "{n:a}{w:b}个", 0 }, { "5 千个", "{n:a}个", 0 }, { "5 万元", "{q:a}", 1 },
        { "x = 3 and x = 3", "{e:f} and {e:f}", 1 }, { "x = 3 and x = 4", "{e:f} and {e:f}", 0 },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct question q;
        struct match m;
        assert_true(pattern_question(c, t[i].text, &q));
        if (pattern_match(c, &q, q.text, t[i].pattern, &m) != t[i].match)
            fail_msg("%s / %s", t[i].text, t[i].pattern);
    }
    return 0;
}

static void test_patterns(void **state) { (void)state; IN_CALC(patterns, NULL); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_read), cmocka_unit_test(test_patterns) };
    return cmocka_run_group_tests_name("calc_read", tests, NULL, NULL);
}
