/* Stories read clause by clause: what each says, and the same with one word changed so that it says
 * nothing certain any more: who is independent, before or after, to or by, who is ahead. */
#include "tests/unit/calc_test.h"

static const struct read_case cases[] = {
    { "甲、乙两人独立地射击，命中的概率分别为 1/2 和 1/3，求两人不都命中的概率。", "independent events of probability 1/2, 1/3, P(not all of them)" },
    { "甲、乙两人射击，命中的概率分别为 1/2 和 1/3，求两人都命中的概率。", NULL },
    { "甲、乙两人独立地射击，甲命中的概率为 1/2，乙未命中的概率为 1/3，求两人都命中的概率。", NULL },
    { "Ann and Ben independently take a test. Ann passes with probability 1/2 and Ben passes with probability 1/3. Find the probability that exactly one of them passes.", "independent events of probability 1/2, 1/3, P(exactly 1 of them)" },
    { "Ann and Ben independently take a test. Ann passes with probability 1/2 and Ben misses with probability 1/3. Find the probability that both pass.", NULL },
    { "掷一枚均匀的骰子，点数大于 4 得 6 分，否则输 3 分，求得分的期望。", "outcomes 1 to 6, equally likely, pay -3, -3, -3, -3, 6, 6; find the mean" },
    { "掷一枚均匀的骰子，点数大于 4 得 6 分，求得分的期望。", NULL },
    { "掷一枚均匀的骰子，点数大于 3 得 6 分，点数为偶数得 2 分，否则不得分，求得分的期望。", NULL },
    { "掷两枚均匀的骰子，点数大于 4 得 6 分，否则不得分，求得分的期望。", NULL },
    { "求边长为 6 的正三角形的内切圆的面积。", "equilateral, a = 6, find z" },
    { "A square is inscribed in a semicircle of radius 5. Find the area of the square.", NULL },
    { "A circle is inscribed in a square with side 4 and the radius of the circle is 2. Find the area of the square.", NULL },
    { "A square is inscribed in a circle of radius 5. Find the area of the region inside the square but outside the circle.", NULL },
    { "1 到 60 的整数中，除以 7 余 3 的数有多少个？", "whole numbers from 1 to 60, with remainder 3 on division by 7, find their number" },
    { "How many integers are there between 5 and 25?", NULL },
    { "How many multiples of 7 are there between 5 and 25?", "whole numbers from 5 to 25, divisible by 7, find their number" },
    { "How many numbers are greater than 3 and less than 9?", NULL },
    { "小于 40 的奇数有多少个？", NULL },
    { "3 米 25 厘米等于多少厘米？", "3 米 25 厘米, find it in 厘米" },
    { "How many kilograms are 3 tons?", NULL },
    { "How many kilograms are 3 metres?", NULL },
    { "某厂去年有工人 300 人，今年增加了 20%，增加了多少人？", "300 before, 360 after, find the difference" },
    { "某厂有工人 300 人，比去年增加了 20%，增加了多少人？", NULL },
    { "某厂去年有工人 300 人，今年增加了 2 倍，今年有工人多少人？", NULL },
    { "There are 300 workers in a factory. The number has increased by 20%. How many workers are there now?", NULL },
    { "甲、乙两车同时从相距 300 千米的两地相向而行，甲车每小时行 80 千米，乙车每小时行 70 千米，几小时后两车相遇？", "300 千米 apart, towards each other at 80 千米/h and 70 千米/h, find the time to the meeting" },
    { "甲、乙两车从相距 300 千米的两地相向而行，甲车先出发 1 小时，甲车每小时行 80 千米，乙车每小时行 70 千米，几小时后两车相遇？", NULL },
    { "甲、乙两车同时从相距 300 千米的两地同向而行，甲车每小时行 80 千米，乙车每小时行 70 千米，几小时后甲车追上乙车？", NULL },
    { "Car P is 45 km ahead of car Q. They travel in the same direction, P at 60 km/h and Q at 75 km/h. After how many hours does P catch up with Q?", NULL },
    { "Pipe A fills a tank in 4 hours, and pipe B empties it in 6 hours. How many hours do they need together?", NULL },
    { "Ann finishes a job in 4 hours and Ben in 6 days. How many hours do they need together?", NULL },
    { "一件商品打八折后又降价 10%，原价 500 元，现价是多少元？", "price, z 8/10, down 10%, p 500元, find final" },
    { "一件商品又打八折后的价格是 160 元，原价是多少元？", NULL },
    { "一件商品原价 500 元，降价到原价的 80%，现价是多少元？", "price, p 500元, part 80%, find final" },
    { "A coat costs 150 dollars. It is reduced by 20 euros. What is the final price?", NULL },
    { "本金 5000 元，年利率 4%，1 年后的利息是多少元？", "5000 元 at 4% a year, simple or compounded, 1 year, find the interest" },
    { "本金 5000 元，年利率 4%，3 年后的利息是多少元？", NULL },
    { "一件商品原价 200 元，降价 10% 后再按原价的 80% 出售，现价是多少元？", NULL },
    { "一件商品原价 500 元，先打八折，再按原价的九折出售，现价是多少元？", NULL },
    { "After a 20% discount the saving is 20 dollars. What was the original price?", NULL },
    { "Ann finishes a job in 6 hours and Ben in 3 hours. They work together for 1 hour. How many hours do they need?", NULL },
    { "求数据 2, 4, 9 的方差（除以 n-1）。", "data 2, 4, 9, find the sample variance" },
    { "计算 2, 4, 9 的样本方差（除以 n）。", NULL },
    { "解方程 $6^x = 36$。", "x real, 6^x = 36, find x" },
    { "A rectangle is 6 cm long and 40 mm wide. What is its area in square centimetres?", "rectangle, a = 6 cm, b = 40 mm, find s, in square centimetres" },
    { "A rectangle is 6 cm long and 4 wide. What is its area in square centimetres?", NULL },
    { "Six people stand in a row.", NULL },
    { "已知 $X\\sim B(20,0.4)$，求 $D(X)$。", "X binomial, 20 trials of probability 2/5, find D(X)" },
    { "设随机变量 $X\\sim B(4,\\frac13)$，求 $P(Y=3)$。", NULL },
    { "妈妈的年龄是女儿的 4 倍，妈妈比女儿大 24 岁，女儿今年多少岁？", "two ages, difference 24, the first 4 times the second, find the second" },
    { "妈妈的年龄是女儿的 4 倍，爸爸比女儿大 24 岁，女儿今年多少岁？", NULL },
    { "某班男、女生人数比为 3:2，全班共有 45 人，男生有多少人？", "in the ratio 3:2, sum 45, find 男生" },
    { "在 △ABC 中，a=2，b=3，cos C=1/3，求 c。", "triangle ABC, a = 2, b = 3, cos C = 1/3, find c" },
    { "在 △ABC 中，a=2，b=3，cos A=1/3，求 c。", NULL },
    { "How many litres of a 10% solution must be mixed with 30 litres of a 50% solution to get a 20% solution?", "1 solution of 30 litres in all with 15 litres dissolved, to reach 1/5, find how much of strength 1/10 to add" },
    { "Working together, Lucy and Mark paint a room in 6 hours. Lucy alone would need 10 hours. How many hours would Mark alone need?", "together 6 hours, one alone 10 hours, find the other alone" },
    { "Working together, Lucy and Mark paint a room in 6 hours. Lucy alone would need 10 hours. How many hours would Paul alone need?", NULL },
    { "小红今年 12 岁，妈妈今年 40 岁，几年前妈妈的年龄是小红的 5 倍？", "ages 40 and 12, how many years ago was the first 5 times the second" },
    { "小红今年 12 岁，妈妈今年 40 岁，几年前爸爸的年龄是小红的 5 倍？", NULL },
    { "一列长 240 米的动车以 60 米/秒的速度穿过一条隧道，共用了 35 秒，求隧道的长度。", "a train over a way, from its front's entry to its rear's exit, train 240 米, speed 60 米/秒, time 35 秒, find the way's length" },
    { "一列长 240 米的动车以 60 米/秒的速度穿过一条隧道，共用了 35 秒，求动车的长度。", NULL },
    { "A train 200 m long takes 30 seconds to pass completely through a tunnel 700 m long. Find the speed of the train in m/s.", "a train over a way, from its front's entry to its rear's exit, train 200 m, way 700 m, time 30 seconds, find the speed, in m/s" },
    { "在 200 克浓度为 15% 的盐水中加入 50 克盐，此时盐水的浓度是百分之几？", "1 solution of 250 克 in all with 80 克 dissolved, find the strength" },
    { "在 200 克浓度为 15% 的盐水中加入 50 克糖，此时盐水的浓度是百分之几？", NULL },
    { "A pharmacist has 40 mL of a 30% alcohol solution. How much water should he add to dilute it to 42%?", NULL },
    { "甲、乙两数的比是 5:3，甲比乙多 14，求乙数。", "in the ratio 5:3, difference 14, find 乙" },
    { "甲、乙两数的比是 5:3，甲比乙多 14，求丙数。", NULL },
    { "The mean of five numbers is 18. When one of the numbers is removed, the mean of the remaining four numbers is 16. What number was removed?", "5 numbers with mean 18, one less, then mean 16, find that number" },
    { "The mean of five numbers is 18. When one of the numbers is removed, the mean of the remaining three numbers is 16. What number was removed?", NULL },
    { "Events A and B are independent with P(A) = 0.3 and P(B) = 0.6. Find P(A ∪ B).", "independent events, P(A) = 0.3, P(B) = 0.6, find P(A \\cup  B)" },
    { "Events A and B have P(A) = 0.3 and P(B) = 0.6. Find P(A ∪ B).", NULL },
    { "A card is drawn at random from a standard deck of 52 cards. What is the probability that it is a queen or a spade?", "1 of 52 cards, 16 of them meant, P(a meant card)" },
    { "A card is drawn at random from a deck of 54 cards. What is the probability that it is a queen or a spade?", NULL },
    { "Six guests check their hats. In how many ways can the hats be returned so that no guest receives his own hat?", "permutations of 6 without a fixed point, find their number" },
    { "Six guests check their hats. In how many ways can the hats be returned so that no guest receives his own coat?", NULL },
    { "在△ABC中，AB=4，AC=6，∠A=60°，求BC的长。", "triangle ABC, AB=4, AC=6, \\angle A=60^{\\circ}, find BC" },
    { "在△ABC中，AB=4，AC=6，∠B=60°，求BC的长。", NULL },
    { "In a right triangle ABC with ∠C = 90°, AC = 8 and BC = 15. Find sin B.", "triangle ABC, a = 15, b = 8, angle C = (1/2)π, find sin B" },
    { "In triangle ABC, AB = 3, AC = 7 and angle A = 60°. Find the length of AC.", NULL },
    { "In how many ways can 6 people stand in a row if one particular person must stand at the left end?", "6 in a row, one of them first, find the number of arrangements" },
    { "数据 4, 7, x, 9 的平均数是 8，则 y 的值是多少？", NULL },
    { "数据 4, 7, x, 9 的平均数是 8，则 x 的值是多少？", "4 numbers with mean 8, one of them unknown, find it" },
    { "一辆汽车以每小时 30 千米的速度去某地，再以每小时 60 千米的速度原路返回，求往返的平均速度是每小时多少千米。", "there at 30 km/h, back at 60 km/h by the same road, find the average speed, in 千米/h" },
    { "一辆汽车以每小时 30 千米的速度去某地，再以每小时 60 千米的速度原路返回，求往返的平均速度是多少千克。", NULL },
    { "甲数是 64，乙数比甲数少 8 分之一，乙数是多少？", NULL },
    { "甲数是 64，乙数比甲数少 1/8，乙数是多少？", NULL },
    { "甲数是 64，乙数比甲数少 0.5，乙数是多少？", "two quantities, known 64, less 0.5, find 乙 (甲, 乙): ask" },
    { "甲数是 64，乙数比甲数少四成，乙数是多少？", "40% less than 64" },
    { "甲数是 64，乙数比甲数少四成五，乙数是多少？", "45% less than 64" },
    { "甲数是 64 打，乙数是甲数的 2 倍，乙数是多少？", NULL },
    { "甲数是 64 张，乙数是甲数的 2 倍，乙数是多少？", NULL },
    { "甲数是 64 左右，乙数是甲数的 2 倍，乙数是多少？", NULL },
    { "甲数是 6 万，乙数是甲数的 2 倍，乙数是多少？", "two quantities, known 60000, times 2, find 乙 (甲, 乙): ask" },
    { "甲班有 35 人，乙班人数是甲班的 2 倍，两班共有多少人？", "two quantities, known 35, times 2 (甲班, 乙班): asksum" },
    { "甲班有 35 人，乙班女生人数是甲班的 2 倍，两班共有多少人？", NULL },
    { "甲班有 35 人，乙班的图书是甲班的 2 倍，两班共有多少人？", NULL },
    { "甲班有 35 张桌子，乙班椅子数是甲班的 2 倍，两班共有多少张桌子？", NULL },
    { "小红有 35 颗，小华的书是小红的 2 倍，小华有多少颗？", NULL },
    { "小红有 35 颗糖，小华的糖是小红的 2 倍，小华有多少颗糖？", "two quantities, known 35, times 2, find 小华 (小红, 小华): ask" },
    { "小红有 35 颗糖，小华的糖是小红的 2 倍，两班共有多少颗糖？", NULL },
    { "小红的体重是 35 千克，小华比小红重 4 千克，小华的体重是多少千克？", "two quantities, known 35, more 4, find 小华 (小红, 小华): ask" },
    { "小红的体重是 35 千克，小华比小红大 4 岁，小华的体重是多少千克？", NULL },
    { "白兔有 35 只，黑兔是白兔的 2 倍，黑兔有多少只？", "two quantities, known 35, times 2, find 黑兔 (白兔, 黑兔): ask" },
    { "某厂去年产量为 64 吨，今年增加了 1/8，今年产量为多少吨？", NULL },
    { "某厂去年产量近 64 吨，今年增加了 8 吨，今年产量为多少吨？", NULL },
    { "一辆汽车限速每小时行 64 千米，3 小时行多少千米？", NULL },
    { "一辆货车从工厂绕道到仓库的速度是 40 千米/时，返回的速度是 60 千米/时，求这辆货车往返的平均速度。", NULL },
};

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        IN_CALC(read_case, &cases[i]);
}

/* Ten rounds of work that the time limit ends: nothing is kept. */
static int endless(struct calc *c, void *arg)
{
    fmpz_t held;
    (void)arg;
    fmpz_init_set_ui(held, 3);
    fmpz_pow_ui(held, held, 100000);                  /* what a function holds when it is ended */
    for (int i = 0; i < 1000000; i++)
        calc_step(c, 1000);
    return 0;
}

static void test_ended(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(calc_run(NULL, NULL, endless, NULL), -1);
        IN_CALC(read_case, &cases[0]);                /* and the next call finds everything in order */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_stories), cmocka_unit_test(test_ended) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
