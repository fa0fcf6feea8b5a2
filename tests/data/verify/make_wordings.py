#!/usr/bin/env python3
"""Writes wordings.jsonl: the same kinds of question in many words, by the calculator's author.

A row is (kind, question, right, wrong): asked with the right and with the wrong answer.  Right answers are computed
here, not by the calculator.  A row whose right is None does not determine its answer: it must stay undecided.
"""
import json, pathlib
from fractions import Fraction as F
from math import comb, factorial, gcd, perm


def tex(v):
    if isinstance(v, str):
        return v
    v = F(v)
    return str(v.numerator) if v.denominator == 1 else f"\\frac{{{v.numerator}}}{{{v.denominator}}}"


def upto(n, f, lo=1):
    return sum(1 for t in range(lo, n + 1) if f(t))


h = F(2, 3), F(3, 5)
both, none = h[0] * h[1], (1 - h[0]) * (1 - h[1])
three = F(1, 2), F(1, 3), F(1, 4)
all3, no3 = F(1, 24), F(1, 4)
ROWS = [
    # ---- independent events
    ("chances", "甲、乙两人各自独立地破译同一份密码，他们能破译的概率分别为 $\\frac{2}{3}$ 和 $\\frac{3}{5}$，求密码被破译的概率。", 1 - none, both),
    ("chances", "甲、乙两人独立地解同一道题，甲解出的概率为 2/3，乙解出的概率为 3/5，求两人都没有解出的概率。", none, both),
    ("chances", "甲、乙两名射手向同一目标射击，甲命中的概率是 2/3，乙命中的概率是 3/5，两人射击互不影响，求恰有一人命中的概率是多少？", 1 - both - none, both),
    ("chances", "甲、乙、丙三人独立地射击同一目标，命中的概率分别是 1/2、1/3、1/4，求至少有一人命中的概率。", 1 - no3, all3),
    ("chances", "甲、乙、丙三人独立地射击同一目标，命中的概率分别是 1/2、1/3、1/4，求恰好有两人命中的概率。", F(1, 2) * F(1, 3) * F(3, 4) + F(1, 2) * F(2, 3) * F(1, 4) + F(1, 2) * F(1, 3) * F(1, 4), all3),
    ("chances", "甲、乙两人独立地射击，甲击中目标的概率为 0.8，乙击中目标的概率为 0.7，各射击一次，求只有甲击中的概率。", F(24, 100), F(14, 100)),
    ("chances", "甲、乙两人独立地射击，命中的概率分别为 80% 和 70%，求两人不都命中的概率。", F(44, 100), F(6, 100)),
    ("chances", "已知甲、乙两人通过考试的概率分别为 2/3 和 3/5，且两人是否通过考试相互独立，求至多有一人通过的概率。", 1 - both, both),
    ("chances", "Two archers shoot independently at a target. The first hits it with probability 2/3 and the second hits it with probability 3/5. What is the probability that neither hits it?", none, both),
    ("chances", "Alice and Bob independently try to solve a problem. The probabilities that they solve it are 2/3 and 3/5 respectively. Find the probability that the problem is solved.", 1 - none, both),
    ("chances", "The probability that Tom hits the target is 2/3, and the probability that Ben hits it is 3/5. Their shots are independent. Each shoots once. What is the probability that exactly one of them hits the target?", 1 - both - none, both),
    ("chances", "Ann and Ben each shoot independently at the same target and hit it with probabilities 2/3 and 3/5. Find the probability that at most one of them hits.", 1 - both, none),
    ("chances", "Three students work independently on the same problem. The probabilities of solving it are 1/2, 1/3 and 1/4. What is the probability that none of them solves it?", no3, all3),
    ("chances", "Ann passes the test with probability 2/3 and Ben passes it with probability 3/5, independently of each other. Find the probability that only Ann passes.", h[0] * (1 - h[1]), both),
    ("chances", "Ann and Ben independently take a test. Ann passes with probability 2/3 and Ben passes with probability 3/5. Find the probability that only Ann passes.", h[0] * (1 - h[1]), both),
    ("chances", "甲命中目标的概率为 2/3，乙命中目标的概率为 3/5，求两人都命中的概率。", None, "7"),
    # ---- a game of one throw
    ("games", "掷一枚质地均匀的骰子，若掷出的点数是奇数，则获得与点数相同的分数，否则不得分，求得分的数学期望。", F(9, 6), F(12, 6)),
    ("games", "抛掷一颗均匀的骰子，如果点数大于 4 就得 12 元，否则输 3 元，求收益的期望值。", F(2 * 12 - 4 * 3, 6), F(36, 6)),
    ("games", "掷一枚均匀的骰子一次，点数为 6 得 10 分，点数为 5 得 4 分，其他情况不得分，求得分的期望。", F(14, 6), F(14, 2)),
    ("games", "抛一枚均匀的硬币，出现正面得 5 元，出现反面输 2 元，求收益的期望。", F(3, 2), F(7, 2)),
    ("games", "从标有数字 1 到 9 的 9 张卡片中任意抽取一张，求抽到的数字的期望。", 5, 4),
    ("games", "A fair die is rolled. If it shows a number greater than 4, you win 9 dollars; otherwise you lose 3 dollars. What is the expected gain?", 1, 3),
    ("games", "You roll a fair die. If the number is even you get that many points, otherwise you get 1 point. What is the expected number of points?", F(12 + 3, 6), 2),
    ("games", "A fair six-sided die is rolled once. If you roll a 6 you win 30 dollars, and nothing otherwise. Find the expected win.", 5, 30),
    ("games", "A fair 8-sided die numbered 1 to 8 is rolled once. You score the number shown if the result is at least 5, otherwise 0 points. Find the expected score.", F(26, 8), F(26, 4)),
    ("games", "You flip a fair coin. If it lands heads you win 8 dollars; if it lands tails you lose 3 dollars. What is your expected profit?", F(5, 2), 5),
    ("games", "掷一枚均匀的骰子，若点数为偶数得 4 分，求得分的期望。", None, "7"),
    # ---- one inscribed in the other
    ("inscribed", "在边长为 10 厘米的正方形纸片中剪下一个最大的圆，求剩余部分的面积。", "100-25\\pi", "25\\pi"),
    ("inscribed", "半径为 6 的圆内接正方形的面积是多少？", 72, 144),
    ("inscribed", "求边长为 6 的正方形的内切圆的面积。", "9\\pi", "18\\pi"),
    ("inscribed", "求边长为 6 的正方形的外接圆的面积。", "18\\pi", "9\\pi"),
    ("inscribed", "圆的半径为 5，求它的内接正六边形的周长。", 30, 60),
    ("inscribed", "正方形内接于半径为 3 的圆，求圆内、正方形外部分的面积。", "9\\pi-18", "18-9\\pi"),
    ("inscribed", "A square is inscribed in a circle of radius 5. Find the area of the square.", 50, 100),
    ("inscribed", "A circle is inscribed in a square of side 12. What is the area of the circle?", "36\\pi", "144\\pi"),
    ("inscribed", "The largest possible circle is cut from a square with side 20 cm. What is the area of the part that is left?", "400-100\\pi\\text{ cm}^2", "100\\pi\\text{ cm}^2"),
    ("inscribed", "A circle is inscribed in an equilateral triangle with side 6. Find the area of the circle.", "3\\pi", "9\\pi"),
    ("inscribed", "A square with perimeter 24 is circumscribed about a circle. Find the radius of the circle.", 3, 6),
    ("inscribed", "A regular hexagon is inscribed in a circle of radius 4. Find the area of the region inside the circle but outside the hexagon.", "16\\pi-24\\sqrt{3}", "24\\sqrt{3}-16\\pi"),
    ("inscribed", "What is the area of a circle inscribed in a square with side 8?", "16\\pi", "64\\pi"),
    ("inscribed", "A square is inscribed in a circle. Find the area of the region between them if the radius of the circle is 4.", "16\\pi-32", "32-16\\pi"),
    # ---- whole numbers of a range
    ("ranges", "1 到 200 的整数中，能被 3 整除但不能被 5 整除的有多少个？", upto(200, lambda t: t % 3 == 0 and t % 5), 66),
    ("ranges", "100 以内的正整数中，7 的倍数有多少个？", 14, 15),
    ("ranges", "不超过 150 的正整数中，既是 4 的倍数又是 6 的倍数的数有多少个？", 12, 37),
    ("ranges", "从 10 到 60（包括 10 和 60）有多少个整数？", 51, 50),
    ("ranges", "求小于 40 的正奇数的和。", 400, 420),
    ("ranges", "两位数中能被 9 整除的数有多少个？", 10, 11),
    ("ranges", "能被 7 整除的三位数有多少个？", 128, 129),
    ("ranges", "大于 20 且小于 90 的偶数有多少个？", 34, 35),
    ("ranges", "1 到 100 的自然数中，除以 7 余 3 的数有多少个？", 14, 15),
    ("ranges", "How many multiples of 6 are there between 20 and 100?", 13, 14),
    ("ranges", "How many positive integers less than 200 are divisible by 7?", 28, 29),
    ("ranges", "How many integers between 1 and 100 inclusive are divisible by 4 or 6?", 33, 41),
    ("ranges", "How many positive integers not exceeding 120 are divisible by 5 but not by 3?", 16, 24),
    ("ranges", "How many two-digit multiples of 8 are there?", 11, 12),
    ("ranges", "How many perfect squares are there between 10 and 200?", 11, 12),
    ("ranges", "Find the number of integers from 15 to 75 inclusive.", 61, 60),
    ("ranges", "How many integers lie strictly between 15 and 75?", 59, 60),
    ("ranges", "How many odd numbers are there from 13 to 77?", 33, 32),
    ("ranges", "How many integers are there between 5 and 25?", None, "7"),
    ("ranges", "How many multiples of 5 are between 20 and 100?", None, "7"),
    # ---- another unit
    ("convert", "把 3.5 小时换算成分钟。", 210, 35), ("convert", "2.4 公顷等于多少平方米？", 24000, 2400), ("convert", "360 分钟是几小时？", 6, 21600), ("convert", "3 米 25 厘米等于多少厘米？", 325, 55),
    ("convert", "将 72 千米/时化为米/秒。", 20, F(1296, 5)), ("convert", "0.75 千克是多少克？", 750, 75), ("convert", "Convert 2.5 km to metres.", 2500, 250), ("convert", "How many minutes are there in 2 hours and 15 minutes?", 135, 215),
    ("convert", "Express 90 km/h in m/s.", 25, 324), ("convert", "How many millilitres does 0.6 litres equal?", 600, 60), ("convert", "What is 4500 g in kg?", F(9, 2), 45), ("convert", "3 weeks is how many days?", 21, 15), ("convert", "How many cubic centimetres are 2 cubic decimetres?", 2000, 200),
    ("convert", "How many kilograms are 3 tons?", None, "7"),
    # ---- to and by
    ("changes", "某工厂去年生产机器 240 台，今年增加到 300 台，增加了百分之几？", "25\\%", "20\\%"), ("changes", "某校原有学生 640 人，今年减少了 5%，现有学生多少人？", 608, 635), ("changes", "某厂原来每天用电 80 千瓦，现在每天减少到 60 千瓦，减少了百分之几？", "25\\%", "20\\%"),
    ("changes", "某果园原来有果树 120 棵，现在增加到原来的 3 倍，现在有果树多少棵？", 360, 480), ("changes", "某厂原来每月生产零件 450 个，现在每月增加了 90 个，现在每月生产零件多少个？", 540, 360),
    ("changes", "A club had 120 members; the number rose by 15%. How many members are there now?", 138, 135), ("changes", "A factory produced 240 toys a day. The number increased to 300. By how many toys a day did it increase?", 60, 540), ("changes", "A school had 500 pupils. The number decreased by 40. How many pupils are there now?", 460, 540),
    ("changes", "A town had 800 inhabitants; the number tripled. How many inhabitants are there now?", 2400, 3200), ("changes", "某校原有学生 300 人，现在增加了 2 倍，现有学生多少人？", None, "7"),
    # ---- two on one road
    ("meetings", "甲、乙两车同时从相距 420 千米的两地相向而行，甲车每小时行 80 千米，乙车每小时行 60 千米，几小时后两车相遇？", 3, 21), ("meetings", "甲、乙两地相距 360 千米，客车和货车同时从两地相对开出，3 小时后相遇，客车每小时行 70 千米，货车的速度是每小时多少千米？", 50, 120),
    ("meetings", "小明和小红同时从两地相向而行，小明每分钟走 60 米，小红每分钟走 50 米，8 分钟后相遇，两地相距多少米？", 880, 80), ("meetings", "乙车在甲车后面 60 千米处，两车同时同向行驶，甲车的速度是每小时 50 千米，乙车的速度是每小时 65 千米，几小时后乙车追上甲车？", 4, F(60, 115)),
    ("meetings", "甲每小时行 5 千米，乙每小时行 8 千米，甲先走 3 小时后乙从同一地点出发去追甲，乙几小时能追上甲？", 5, 3), ("meetings", "甲、乙两人同时从同一地点出发背向而行，甲每分钟走 70 米，乙每分钟走 60 米，5 分钟后两人相距多少米？", 650, 50),
    ("meetings", "Two trains are 450 km apart. They start at the same time and move towards each other at 80 km/h and 70 km/h. After how many hours do they meet?", 3, 45), ("meetings", "Two cyclists leave the same place at the same time in opposite directions at 18 km/h and 22 km/h. How far apart will they be after 3 hours?", "120\\text{ km}", "12\\text{ km}"),
    ("meetings", "Two cyclists leave the same place at the same time in opposite directions at 18 km/h and 22 km/h. How many km apart will they be after 3 hours?", 120, 12), ("meetings", "Car P is 45 km ahead of car Q. They travel in the same direction, P at 60 km/h and Q at 75 km/h. After how many hours does Q catch up with P?", 3, F(1, 3)),
    ("meetings", "Ann starts walking at 4 km/h. 2 hours later Ben starts from the same place in the same direction at 6 km/h. How many hours does it take Ben to catch up with Ann?", 4, 2), ("meetings", "甲、乙两车从两地相向而行，甲车先出发 1 小时，甲车每小时行 80 千米，乙车每小时行 60 千米，两地相距 360 千米，几小时后两车相遇？", None, "77"),
    # ---- prices
    ("prices", "商店将一件标价 400 元的衣服打七折出售，售价是多少元？", 280, 120), ("prices", "一台电视机先提价 20%，再打八折出售，原价 2000 元，现价是多少元？", 1920, 2000), ("prices", "一件外套降价 25% 后卖 180 元，原价是多少元？", 240, 225), ("prices", "一双运动鞋打八五折后的价格是 340 元，原价是多少元？", 400, 289), ("prices", "一部手机原价 3000 元，先降价 10%，后又降价 20%，最后的售价是多少元？", 2160, 2100), ("prices", "一件上衣原价 300 元，打九折后又便宜了 20 元，现价多少元？", 250, 280),
    ("prices", "A coat costs 150 dollars. How much does it cost after a 30% discount?", 105, 45), ("prices", "After a 15% discount a watch costs 170 dollars. What was the original price in dollars?", 200, F(391, 2)), ("prices", "The price of a bike is 400 dollars. It is reduced by 25% and then reduced again by 10%. What is the final price?", 270, 260), ("prices", "A laptop was sold for 720 dollars after a discount of 10%. What was the original price?", 800, 792), ("prices", "A lamp sells for 60 dollars. It is on sale for 20% off. How much does it cost now?", 48, 12), ("prices", "A dress with an original price of 90 dollars is marked down by 40%. How much do you have to pay for it?", 54, 36),
    # ---- one of the data
    ("missing", "数据 4, 7, x, 9 的平均数是 8，则 x 的值是多少？", 12, 8), ("missing", "已知一组数据 3、8、5、x、6 的平均数为 6，求 x。", 8, 6), ("missing", "五个数的平均数是 12，其中四个数是 9、10、14、15，求另一个数。", 12, 13), ("missing", "The average of 11, x and 7 is 10. What is x?", 12, 10), ("missing", "The numbers 4, 9, y and 12 have a mean of 8. Find y.", 7, 8), ("missing", "If the mean of the numbers 2, 5, 8, 11 and k is 7, find the value of k.", 9, 7),
    # ---- work
    ("works", "Alice can paint a fence in 6 hours and Bob can paint it in 3 hours. How many hours do they need working together?", 2, 9), ("works", "Pump A alone can fill a pool in 10 hours, and pump B alone in 15 hours. How many hours does it take both pumps together to fill it?", 6, F(25, 2)), ("works", "It takes Tom 4 hours to mow the lawn and it takes Ben 12 hours. How many hours do they need together?", 3, 8), ("works", "Pipe A fills a tank in 4 hours, and pipe B empties it in 6 hours. If both pipes are open, how many hours does it take to fill the empty tank?", 12, F(12, 5)), ("works", "单开甲管 12 小时可以注满水池，单开乙管 6 小时可以注满水池，两管同时打开，几小时可以注满水池？", 4, 18), ("works", "一个水池，单开进水管 8 小时可以把空池注满，单开出水管 12 小时可以把满池水放完，两管同时打开，几小时可以把空池注满？", 24, F(24, 5)),
    # ---- interest
    ("interest", "小王把 2000 元存入银行，年利率为 3%，按单利计算，4 年后的本利和是多少元？", 2240, 2060), ("interest", "本金为 1000 元，年利率为 10%，按复利计算，3 年后的利息是多少元？", 331, 300), ("interest", "Ann deposits 5000 dollars in a bank at 4% simple interest per year. How many dollars of interest does she earn in 3 years?", 600, F(5000 * (104 ** 3 - 100 ** 3), 100 ** 3)), ("interest", "1000 dollars is invested at 10% per year, compounded annually. What is the amount after 2 years?", 1210, 1200), ("interest", "本金 5000 元，年利率 4%，3 年后的利息是多少元？", None, "7"),
    # ---- rows, digits, letters, offices
    ("orders", "6 people, including Ann and Ben, stand in a row. In how many ways can they stand so that Ann and Ben are not next to each other?", factorial(6) - 2 * factorial(5), 2 * factorial(5)), ("orders", "In how many ways can 6 people stand in a row if one particular person must stand at the left end?", 120, 240), ("orders", "How many four-digit numbers have all digits even?", 4 * 5 ** 3, 5 ** 4), ("orders", "各位数字都是偶数的三位数有多少个？", 100, 125), ("orders", "How many three-digit numbers with no repeated digits can be formed from the digits 1, 2, 3, 4, 5?", 60, 125), ("orders", "In how many different ways can the letters of PEPPER be arranged in a row?", 60, 720),
    ("orders", "从 9 名同学中选出两人，分别担任班长和学习委员，有多少种不同的选法？", 72, 36), ("orders", "In how many ways can a captain and a vice-captain be chosen from 9 players if no one can hold both positions?", 72, 36), ("orders", "将 5 封信装入 5 个写好地址的信封，每个信封一封，恰好有两封装对的装法有多少种？", 20, 44), ("orders", "5 letters are put into 5 addressed envelopes, one in each. In how many ways is exactly one letter in the right envelope?", 45, 44), ("orders", "In how many ways can a captain and a vice-captain be chosen from 9 players?", None, "7"),
    # ---- others
    ("consecutive", "五个连续奇数的和是 85，中间的数是多少？", 17, 21), ("consecutive", "The sum of four consecutive integers is 90. Find the smallest of them.", 21, 24), ("consecutive", "Three consecutive odd numbers add up to 63. What is the largest?", 23, 21),
    ("legs", "A farmer has hens and cows, 30 heads and 84 legs in total. How many cows are there?", 12, 18), ("legs", "笼子里有鸡和兔，一共有 25 个头，70 只脚，兔有多少只？", 10, 15),
    ("figures", "A rectangular prism measures 2 by 5 by 6. Find its surface area.", 104, 60), ("figures", "A right triangle has legs 6 and 8. Find the area of its circumscribed circle.", "25\\pi", "4\\pi"), ("figures", "A sector has radius 9 and central angle $40^\\circ$. Find the length of its arc.", "2\\pi", "9\\pi"),
    ("figures", "正九边形的每个内角是多少度？", 140, 40), ("plane", "求点 P(1, 3) 到直线 l: 3x + 4y - 5 = 0 的距离。", 2, 10), ("plane", "在 △ABC 中，AB = 3，AC = 8，∠A = 60°，求 BC 的长。", 7, "\\sqrt{73}"), ("plane", "In triangle ABC, AB = 7, AC = 8 and ∠A = 120°. Find BC.", 13, "\\sqrt{57}"),
    ("units", "A rectangle is 6 cm long and 4 cm wide. What is its area in square centimetres?", 24, 20), ("units", "A car drives to a town at 30 km/h and returns along the same road at 60 km/h. What is its average speed in km/h for the round trip?", 40, 45), ("units", "一辆汽车以每小时 30 千米的速度去某地，再以每小时 60 千米的速度原路返回，求往返的平均速度是每小时多少千米。", 40, 45),
    ("mixture", "有浓度为 30% 的盐水 20 千克，要使浓度降为 12%，需要加水多少千克？", 30, 50), ("mixture", "How many litres of water must be added to 8 litres of a 45% acid solution to reduce it to a 20% solution?", 10, 18), ("variance", "求数据 2, 4, 9 的样本方差（除以 n-1）。", 13, F(26, 3)), ("variance", "计算 2, 4, 9 的总体方差。", F(26, 3), 13), ("variance", "数据 2, 4, 9 的方差是多少？", None, "7"),
    ("train", "一列长 150 米的火车完全通过一座长 450 米的大桥用了 30 秒，火车的速度是每秒多少米？", 20, 15), ("train", "A train 150 m long takes 30 seconds to cross a bridge 450 m long completely. What is its speed in m/s?", 20, 15), ("base", "Write the decimal number 29 in binary.", "11101", "11011"), ("base", "把十进制数 50 化为八进制数。", "62", "52"),
]


def cases():
    for k, (kind, question, right, wrong) in enumerate(ROWS):
        zh = any("\u4e00" <= c <= "\u9fff" for c in question)
        for name, value, verdict in (("right", right, "verified"), ("wrong", wrong, "refuted")):
            if right is None:                     # both stay open; the "wrong" one may be refuted by nobody
                value, verdict = (wrong, "undecided") if name == "wrong" else (None, None)
            if value is not None:
                text = f"所以答案是 $\\boxed{{{tex(value)}}}$。" if zh else f"So the answer is $\\boxed{{{tex(value)}}}$."
                yield {"id": f"wordings-{k}-{name}", "kind": kind, "lang": "zh" if zh else "en", "question": question, "response": text, "verdict": verdict}


if __name__ == "__main__":
    out = pathlib.Path(__file__).with_name("wordings.jsonl")
    out.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases()), encoding="utf-8")
