#!/usr/bin/env python3
"""Writes paraphrases.jsonl: the evaluation's 20 kinds of question as other teachers, textbooks and students word them.

Written before its author had read the calculator, with other numbers and names.  A row of ROWS is (question, right, wrong).
A row of TWINS differs in one element that carries meaning (a condition more or less, another asked quantity): (question,
right, wrong), or (question, None, what one would say), where the text does not determine its answer.
"""
import json, pathlib
from fractions import Fraction as F
from math import comb, factorial as fac


def tex(v):
    if isinstance(v, str):
        return v
    v = F(v)
    return str(v.numerator) if v.denominator == 1 else f"\\frac{{{v.numerator}}}{{{v.denominator}}}"


def mean(*xs):
    return F(sum(xs), len(xs))


def squares(*xs):
    """The sum of the squared deviations."""
    return sum((x - mean(*xs)) ** 2 for x in xs)


def dice(wanted, n=2):
    rolls = [()]
    for _ in range(n):
        rolls = [r + (k,) for r in rolls for k in range(1, 7)]
    return F(sum(wanted(*r) for r in rolls), len(rolls))


def progression(first, step, n):
    return sum(first + k * step for k in range(n))


ROWS = {
"reciprocals": [
    (r"若实数 $x$ 满足 $x+\frac1x=3$，则 $x^2+\frac{1}{x^2}$ 的值为多少？", 3 ** 2 - 2, 9),
    (r"设 $a+\dfrac{1}{a}=4$，试求 $a^2+\dfrac{1}{a^2}$．", 4 ** 2 - 2, 16),
    (r"已知 m + 1/m = 6，那么 m² + 1/m² 等于多少？", 6 ** 2 - 2, 36),
    (r"如果 $t-\frac{1}{t}=3$，求 $t^{2}+t^{-2}$ 的值。", 3 ** 2 + 2, 7),
    (r"已知非零实数 $y$ 与它的倒数之和为 7，求 $y$ 的平方与其倒数的平方之和。", 7 ** 2 - 2, 49),
    (r"If $x + \frac{1}{x} = 3$, what is $x^2 + \frac{1}{x^2}$?", 7, 9),
    (r"Given that $a + a^{-1} = 4$, evaluate $a^2 + a^{-2}$.", 14, 16),
    (r"Suppose y is a nonzero number with y + 1/y = 6. Determine the value of y^2 + 1/y^2.", 34, 36),
    (r"The sum of a number and its reciprocal is 8. What is the sum of the squares of the number and its reciprocal?", 8 ** 2 - 2, 64),
    (r"Knowing $z-\frac1z=2$, work out $z^2+\frac1{z^2}$.", 2 ** 2 + 2, 2),
],
"linear": [
    ("求 x：3x + 7 = 22。", 5, F(29, 3)),
    ("解一元一次方程 4x - 9 = 15，x 等于几？", 6, F(3, 2)),
    ("方程 $7x+2=30$ 的解是什么？", "x=4", "x=3"),
    ("一个数的 3 倍加上 8 等于 29，这个数是多少？", 7, F(37, 3)),
    ("若 $5x-4=26$，则 $x=$____．", 6, F(22, 5)),
    ("Find x if 3x + 7 = 22.", 5, F(29, 3)),
    ("What value of x makes 4x - 9 = 15 true?", 6, F(3, 2)),
    ("Solve for $y$: $7y+2=30$.", "y=4", "y=3"),
    ("Three times a number plus 8 is 29. What is the number?", 7, F(37, 3)),
    ("I think of a number, multiply it by 5 and subtract 4. The result is 26. What number did I think of?", 6, F(22, 5)),
    ("Determine the solution of the equation $6 + 2w = 20$.", "w=7", "w=13"),
],
"quadratic": [
    ("解一元二次方程 $x^2-7x+10=0$。", "x_1=2, x_2=5", "x_1=-2, x_2=-5"),
    ("方程 x² + 2x − 15 = 0 的两个根分别是多少？", "3, -5", "-3, 5"),
    ("用因式分解法解方程：$x^2-9x+20=0$", "x=4 \\text{ 或 } x=5", "x=4"),
    ("求满足 $t^2=3t+10$ 的所有实数 $t$。", "-2, 5", "2, -5"),
    ("已知关于 x 的方程 $2x^2-7x+3=0$，求它的实数根。", "\\frac12, 3", "\\frac12, -3"),
    ("Find all real solutions of $x^2 - 7x + 10 = 0$.", "2, 5", "-2, -5"),
    ("What are the roots of the quadratic equation x² + 2x - 15 = 0?", "3, -5", "-3, 5"),
    ("Solve by factoring: $x^2 - 9x + 20 = 0$.", "x=4 \\text{ or } x=5", "x=4"),
    ("Determine every real number t such that t^2 = 3t + 10.", "-2, 5", "2, -5"),
    ("For which values of x is $2x^2 - 7x + 3 = 0$?", "\\frac12, 3", "\\frac12, -3"),
],
"system": [
    ("已知 $x+y=7$，$x-y=1$，求 $x$、$y$ 的值。", "x=4, y=3", "x=3, y=4"),
    (r"二元一次方程组 $\left\{\begin{array}{l}2x+y=11\\x-3y=2\end{array}\right.$ 的解为______．", "x=5, y=1", "x=1, y=5"),
    ("若 x, y 满足 3x - y = 7 且 x + 2y = 7，求有序数对 (x, y)。", "(3, 2)", "(2, 3)"),
    (r"用加减消元法解方程组：$\begin{cases}4x+3y=17\\2x-3y=-5\end{cases}$", "x=2, y=3", "x=3, y=2"),
    ("联立 $y=2x-3$ 与 $x+y=9$，求方程组的解 $(x,y)$。", "(4, 5)", "(5, 4)"),
    ("Solve the simultaneous equations $x + y = 7$ and $x - y = 1$.", "x=4, y=3", "x=3, y=4"),
    ("Find the ordered pair (x, y) that satisfies both 2x + y = 11 and x - 3y = 2.", "(5, 1)", "(1, 5)"),
    (r"Solve the system of equations \begin{align*} 3x - y &= 7 \\ x + 2y &= 7 \end{align*} for x and y.", "x=3, y=2", "x=2, y=3"),
    ("If $4x+3y=17$ and $2x-3y=-5$, what are x and y?", "x=2, y=3", "x=3, y=2"),
    ("At what point do the lines y = 2x - 3 and x + y = 9 intersect?", "(4, 5)", "(5, 4)"),
],
"surds": [
    (r"计算：$\sqrt{72}-\sqrt{32}+\sqrt{2}$。", r"3\sqrt2", r"2\sqrt2"),
    ("化简 √12 + √75 − √27 的结果是多少？", r"4\sqrt3", r"2\sqrt{15}"),
    (r"将 $\sqrt{45}+\sqrt{20}$ 化成最简二次根式。", r"5\sqrt5", r"\sqrt{65}"),
    (r"求 $3\sqrt{8}-\sqrt{18}$ 的值（结果保留根号）。", r"3\sqrt2", r"2\sqrt2"),
    (r"合并同类二次根式：$\sqrt{80}-\sqrt{5}$", r"3\sqrt5", r"5\sqrt3"),
    (r"Write $\sqrt{72} - \sqrt{32} + \sqrt{2}$ in simplest radical form.", r"3\sqrt2", r"2\sqrt2"),
    ("Simplify completely: √12 + √75 − √27.", r"4\sqrt3", r"2\sqrt{15}"),
    (r"Express $\sqrt{45}+\sqrt{20}$ as a single surd in its simplest form.", r"5\sqrt5", r"\sqrt{65}"),
    (r"Combine like radicals: $3\sqrt{8}-\sqrt{18}$.", r"3\sqrt2", r"2\sqrt2"),
    ("What is sqrt(80) - sqrt(5) simplified?", r"3\sqrt5", r"5\sqrt3"),
],
"inequality": [
    (r"求不等式 $2(x+3) \ge 5x - 9$ 的解集。", r"\{x \mid x \le 5\}", r"\{x \mid x \ge 5\}"),
    ("当 x 取何值时，4x − 7 > 2x + 5？", "x > 6", "x > -1"),
    (r"不等式 $5-3x\le 2x+20$ 的解集是什么？", r"x \ge -3", r"x \le -3"),
    (r"解关于 $x$ 的一元一次不等式：$\frac{x-1}{2}<\frac{x+4}{3}$．", "x < 11", "x < 5"),
    ("x 满足什么条件时，代数式 $6(x-2)$ 的值小于 $4x+10$ 的值？", "x < 11", "x > 11"),
    (r"Find the solution set of $2(x+3) \ge 5x - 9$.", r"x \le 5", r"x \ge 5"),
    ("For what values of x is 4x − 7 greater than 2x + 5?", "x > 6", "x > -1"),
    ("Solve for x: 5 - 3x <= 2x + 20.", r"x \ge -3", r"x \le -3"),
    (r"Determine all real numbers $x$ such that $\frac{x-1}{2} < \frac{x+4}{3}$.", "x < 11", "x < 5"),
    ("Solve the inequality and give your answer in interval notation: $6(x-2) < 4x + 10$.", r"(-\infty, 11)", r"(11, \infty)"),
],
"circle in a square": [
    ("边长为 6 的正方形内有一个内切圆，求正方形内、圆外部分的面积。", r"36-9\pi", r"36-36\pi"),
    ("在一个边长 10 厘米的正方形纸片中剪去一个最大的圆，剩下部分的面积是多少平方厘米？（结果保留 π）", r"100-25\pi", r"100-10\pi"),
    ("如图，正方形 ABCD 的边长为 8，圆 O 与正方形的四条边都相切，则阴影部分（正方形去掉圆）的面积是多少？", r"64-16\pi", r"16\pi"),
    ("正方形的边长是 2，它的内切圆与正方形之间空隙的面积为多少？", r"4-\pi", r"4-4\pi"),
    ("从边长为 12 cm 的正方形铁皮上裁下一个尽可能大的圆形，求余下铁皮的面积（用 π 表示）。", r"(144-36\pi)\text{ cm}^2", r"(144-144\pi)\text{ cm}^2"),
    ("A circle is inscribed in a square of side 6. Find the area inside the square but outside the circle.", r"36-9\pi", r"36-36\pi"),
    ("The largest possible circle is cut from a square piece of cardboard with side 10 cm. How many square centimetres of cardboard are left? Leave your answer in terms of π.", r"100-25\pi", r"100-10\pi"),
    ("A square has side length 8. A circle touches all four of its sides. What is the area of the region between the square and the circle?", r"64-16\pi", r"16\pi"),
    ("Find the exact area of the shaded part if a circle is inscribed in a 2 by 2 square and everything outside the circle is shaded.", r"4-\pi", r"4-4\pi"),
    ("A circular pond just fits inside a square garden 12 m on a side. The rest of the garden is grass. What area, in square metres, is covered by grass?", r"144-36\pi", r"144-144\pi"),
],
"inscribed circle": [
    ("直角三角形的两条直角边分别为 8 和 15，求其内切圆的半径。", 3, F(17, 2)),
    ("在 Rt△ABC 中，∠C=90°，AC=6，BC=8，则△ABC 的内切圆半径 r 为多少？", 2, 5),
    ("一个直角三角形两直角边长为 9 cm、12 cm，它的内切圆半径是多少厘米？", 3, F(15, 2)),
    ("三角形三边长分别为 20、21、29，求该三角形内切圆的半径。", 6, 12),
    ("已知直角三角形的斜边长 25，一条直角边长 7，求内切圆半径。", 3, F(25, 2)),
    ("The legs of a right triangle are 8 and 15. What is the inradius?", 3, F(17, 2)),
    ("Compute the radius of the incircle of a right-angled triangle whose two shorter sides measure 6 cm and 8 cm.", r"2\text{ cm}", r"5\text{ cm}"),
    ("Triangle ABC has a right angle at C, with AC = 9 and BC = 12. Find the radius of the inscribed circle.", 3, F(15, 2)),
    ("A circle is inscribed in a triangle with sides 20, 21 and 29. How long is its radius?", 6, 12),
    ("A right triangle has one leg 7 and hypotenuse 25. Determine its inradius.", 3, F(25, 2)),
],
"hexagon": [
    ("求边长为 4 的正六边形的面积。", r"24\sqrt3", r"16\sqrt3"),
    ("一个正六边形每条边长 6 cm，它的面积是多少平方厘米？", r"54\sqrt3", r"36\sqrt3"),
    ("正六边形的周长为 18，则它的面积为？", r"\frac{27\sqrt3}{2}", r"27\sqrt3"),
    ("已知正六边形的外接圆半径为 8，求这个正六边形的面积。", r"96\sqrt3", r"128\sqrt3"),
    ("圆内接正六边形，圆的半径是 1，求正六边形的面积。", r"\frac{3\sqrt3}{2}", r"2\sqrt3"),
    ("What is the area of a regular hexagon with side length 4?", r"24\sqrt3", r"16\sqrt3"),
    ("Each side of a regular hexagon measures 6 cm. Calculate its area in square centimetres.", r"54\sqrt3", r"36\sqrt3"),
    ("A regular hexagon has perimeter 18. Find its area.", r"\frac{27\sqrt3}{2}", r"27\sqrt3"),
    ("Find the exact area of a regular hexagon inscribed in a circle of radius 8.", r"96\sqrt3", r"128\sqrt3"),
    ("A floor tile has the shape of a regular hexagon with sides of 10 cm. What is the exact area of the tile?", r"150\sqrt3\text{ cm}^2", r"100\sqrt3\text{ cm}^2"),
],
"point and line": [
    ("点 (2, 3) 到直线 $4x+3y-7=0$ 的距离是多少？", 2, 10),
    ("求点 $P(-1,4)$ 到直线 $l:5x-12y+1=0$ 的距离 $d$。", 4, F(42, 13)),
    ("坐标原点到直线 3x + 4y = 20 的距离等于多少？", 4, 20),
    ("已知点 A(1, 5) 和直线 y = 2x − 2，求点 A 到该直线的距离。", r"\sqrt5", 5),
    ("过点 (6, -2) 作直线 8x - 6y + 10 = 0 的垂线，求垂线段的长。", 7, F(23, 5)),
    ("How far is the point (2, 3) from the line 4x + 3y - 7 = 0?", 2, 10),
    ("Calculate the perpendicular distance between the point P(-1, 4) and the line 5x - 12y + 1 = 0.", 4, F(42, 13)),
    ("What is the shortest distance from the origin to the line 3x + 4y = 20?", 4, 20),
    ("Point A has coordinates (1, 5). Find its distance to the line y = 2x - 2.", r"\sqrt5", 5),
    ("Find the length of the perpendicular dropped from (6, -2) onto the line 8x - 6y + 10 = 0.", 7, F(23, 5)),
],
"cone": [
    ("一个圆锥底面半径是 6，高是 8，它的侧面积是多少？", r"60\pi", r"48\pi"),
    ("已知圆锥的高为 12 cm，底面半径为 5 cm，求圆锥侧面展开图的面积。", r"65\pi\text{ cm}^2", r"60\pi\text{ cm}^2"),
    ("圆锥的底面直径为 10，高为 12，则它的侧面积为多少？", r"65\pi", r"130\pi"),
    ("某圆锥形帐篷，底面半径 3 米，母线长 5 米，求它的侧面积是多少平方米（结果用 π 表示）。", r"15\pi", r"24\pi"),
    ("圆锥的母线长为 10，底面半径为 4，求其侧面积。", r"40\pi", r"56\pi"),
    ("Find the lateral surface area of a right circular cone with base radius 6 and height 8.", r"60\pi", r"48\pi"),
    ("A cone is 12 cm high and its base has a radius of 5 cm. What is the area of its curved surface in square centimetres?", r"65\pi", r"60\pi"),
    ("The diameter of the base of a cone is 10 and its height is 12. Compute its lateral area.", r"65\pi", r"130\pi"),
    ("A paper party hat has the shape of a cone with base radius 7 cm and height 24 cm. How many square centimetres of paper does its curved surface take?", r"175\pi", r"168\pi"),
    ("A cone has slant height 10 and base radius 4. Find its lateral surface area.", r"40\pi", r"56\pi"),
],
"selection": [
    ("某班有 6 名男生、5 名女生报名，现选 4 人参赛，其中女生不少于 1 人，有几种不同的选法？", comb(11, 4) - comb(6, 4), 5 * comb(6, 3)),
    ("从 7 名男教师和 3 名女教师中选派 3 人支教，至少有 1 名女教师的选派方法共有多少种？", comb(10, 3) - comb(7, 3), 3 * comb(9, 2)),
    ("医院有 4 名男医生和 6 名女医生，抽调 4 人组成医疗队，男、女医生都要有，共有多少种组队方案？", comb(10, 4) - 1 - comb(6, 4), comb(10, 4)),
    ("一个口袋里有 5 个红球和 6 个白球（球各不相同），从中取出 3 个，其中最多有 1 个红球，有多少种取法？", comb(6, 3) + 5 * comb(6, 2), 5 * comb(6, 2)),
    ("要从 8 名男同学、2 名女同学里挑 3 名代表，女同学至少要有 1 名，有多少种挑法？", comb(10, 3) - comb(8, 3), comb(10, 3)),
    ("A committee of 4 is chosen from 6 men and 5 women. How many committees contain at least one woman?", comb(11, 4) - comb(6, 4), 5 * comb(6, 3)),
    ("In how many ways can a team of 3 be selected from 7 boys and 3 girls if the team must include at least 1 girl?", comb(10, 3) - comb(7, 3), 3 * comb(9, 2)),
    ("From 4 male and 6 female doctors, 4 are to be picked for a medical team with both sexes represented. How many teams are possible?", comb(10, 4) - 1 - comb(6, 4), comb(10, 4)),
    ("How many 3-person groups with no more than one senior can be formed from 5 seniors and 6 juniors?", comb(6, 3) + 5 * comb(6, 2), 5 * comb(6, 2)),
    ("There are 8 boys and 2 girls in a club. Three of them go to a contest and not all of the three are boys. How many choices are there?", comb(10, 3) - comb(8, 3), comb(10, 3)),
],
"dice": [
    ("同时掷两枚质地均匀的骰子，点数之和为 9 的概率是多少？", dice(lambda a, b: a + b == 9), F(1, 6)),
    ("将一枚骰子先后抛掷两次，求两次朝上的点数之和等于 6 的概率。", dice(lambda a, b: a + b == 6), F(1, 6)),
    ("随机投掷两颗正方体骰子（六个面分别标有 1～6），点数和不小于 10 的概率为多少？", dice(lambda a, b: a + b >= 10), F(1, 12)),
    ("一红一蓝两个骰子同时掷出，求向上一面的点数之和是 5 的概率。", dice(lambda a, b: a + b == 5), F(1, 18)),
    ("小明掷两次骰子，两次点数相加恰好为 11 的概率是？", dice(lambda a, b: a + b == 11), F(1, 36)),
    ("A pair of fair dice is thrown. Find the probability of getting a total of 9.", F(1, 9), F(1, 6)),
    ("If you roll two standard dice, what are the chances that the numbers add up to 6?", F(5, 36), F(1, 6)),
    ("Two dice are tossed once. What is the probability that the sum of the numbers shown is at least 10?", F(1, 6), F(1, 12)),
    ("A red die and a blue die are rolled together. Calculate the probability that the sum of the two faces equals 5.", F(1, 9), F(1, 18)),
    ("Someone rolls a fair die twice. What is the probability that the two results add up to 11?", F(1, 18), F(1, 36)),
],
"variance": [
    ("求一组数据 2, 4, 6, 8, 10 的总体方差。", squares(2, 4, 6, 8, 10) / 5, 10),
    ("某同学五次测验的成绩为 85, 90, 80, 95, 100，把它们看作总体，求这组数据的方差。", squares(85, 90, 80, 95, 100) / 5, 60),
    ("数据 3、5、7、9 的方差（除以 n）等于多少？", squares(3, 5, 7, 9) / 4, 6),
    ("计算总体 1, 2, 3, 4, 5, 6 的方差。", squares(*range(1, 7)) / 6, F(7, 2)),
    ("已知样本数据 6, 8, 10, 12，求样本方差（分母为 n-1）。", squares(6, 8, 10, 12) / 3, 5),
    ("What is the population variance of 2, 4, 6, 8, 10?", 8, 10),
    ("Find the variance of the data set 3, 5, 7, 9, treating it as the whole population.", 5, 6),
    ("Calculate the sample variance of the values 6, 8, 10, 12.", F(20, 3), 5),
    ("The entire population consists of the numbers 1, 2, 3, 4, 5, 6. Determine its variance.", F(35, 12), F(7, 2)),
    ("Compute the population standard deviation of 2, 4, 4, 4, 5, 5, 7, 9.", 2, 4),
],
"letters": [
    ("单词 BANANA 的字母可以排成多少种不同的排列？", fac(6) // fac(3) // 2, 720),
    ("用 APPLE 这五个字母（全部使用）能组成多少个不同的字母串？", fac(5) // 2, 120),
    ("将单词 COFFEE 的六个字母重新排列，不同的排法有多少种（包括原来的排法）？", fac(6) // 4, 360),
    ("把 MISSISSIPPI 的所有字母排成一行，共有几种不同的排法？", fac(11) // fac(4) ** 2 // 2, fac(11)),
    ("英文单词 TEETH 中的字母全部排成一列，可得到多少个不同的排列？", fac(5) // 4, 60),
    ("In how many distinct ways can the letters of BANANA be arranged?", 60, 720),
    ("How many different words, with or without meaning, can be formed using all the letters of the word APPLE?", 60, 120),
    ('Find the number of distinguishable permutations of the letters in "COFFEE".', 180, 360),
    ("How many unique anagrams, counting the word itself, does the word MISSISSIPPI have?", 34650, fac(11)),
    ("All the letters of the word TEETH are rearranged. How many different orderings are possible (including the original)?", 30, 60),
],
"arithmetic sum": [
    (r"已知等差数列 $\{a_n\}$ 中，$a_1=5$，$d=3$，求 $S_{15}$。", progression(5, 3, 15), 435),
    ("一个等差数列首项是 2，公差是 6，它的前 10 项之和是多少？", progression(2, 6, 10), 320),
    ("等差数列的第一项为 100，公差为 −4，前 25 项的和等于多少？", progression(100, -4, 25), 1250),
    ("在等差数列中，首项 $a_1=-7$，公差 $d=2$，求前 12 项和 $S_{12}$。", progression(-7, 2, 12), 60),
    ("求以 1 为首项、5 为公差的等差数列的前 30 项和。", progression(1, 5, 30), 2280),
    ("An arithmetic sequence has first term 5 and common difference 3. What is the sum of its first 15 terms?", 390, 435),
    ("Find the sum of the first 10 terms of the arithmetic progression 2, 8, 14, ...", 290, 320),
    ("The first term of an AP is 100 and each term is 4 less than the one before it. Find the total of the first 25 terms.", 1300, 1250),
    ("For an arithmetic series with a_1 = -7 and d = 2, compute S_12.", 48, 60),
    ("In an arithmetic sequence the first term is 1 and the difference between consecutive terms is 5. Add up the first 30 terms.", 2205, 2280),
],
"recurrence": [
    (r"已知数列 $\{a_n\}$ 中，$a_1=2$，$a_{n+1}=3a_n+2$，求 $a_n$ 的通项公式。", "3^n-1", "3^n+1"),
    (r"若 $a_1=1$，且 $a_{n+1}=2a_n+1$（$n\in\mathbf{N}^*$），则 $a_n=$______．", "2^n-1", "2^{n-1}"),
    (r"数列 $\{b_n\}$ 的首项 $b_1=3$，对任意正整数 $n$ 都有 $b_{n+1}=4b_n-6$，求数列 $\{b_n\}$ 的通项．", "4^{n-1}+2", "4^n-1"),
    ("设数列 {a_n} 满足 a_1 = 5，a_n = 2a_{n-1} - 3 (n ≥ 2)，求 a_n。", "2^n+3", "2^{n-1}+3"),
    ("已知 $a_1=4$，$a_{n+1}=a_n+2n$，求通项 $a_n$。", "n^2-n+4", "n^2+n+2"),
    (r"A sequence is defined by $a_1 = 2$ and $a_{n+1} = 3a_n + 2$ for $n \ge 1$. Find a closed form for $a_n$.", "3^n-1", "3^n+1"),
    ("Let a_1 = 1 and a_{n+1} = 2a_n + 1. Give an explicit formula for a_n.", "2^n-1", "2^{n-1}"),
    ("The sequence $(b_n)$ satisfies $b_1=3$ and $b_{n+1}=4b_n-6$ for every positive integer $n$. Determine the general term.", "4^{n-1}+2", "4^n-1"),
    ("Solve the recurrence $a_n = 2a_{n-1} - 3$ with $a_1 = 5$.", "a_n=2^n+3", "a_n=2^{n-1}+3"),
    ("Given $u_1=4$ and $u_{n+1}=u_n+2n$, express $u_n$ in terms of $n$.", "n^2-n+4", "n^2+n+2"),
],
"extremum": [
    ("求二次函数 $y=-x^2+6x-4$ 的最大值。", 5, 3),
    ("当 $t$ 取任意实数时，$12t-3t^2+1$ 的最大值是多少？", 13, 2),
    ("函数 y = 7 − 2(x+1)² 的最大值为？", 7, -1),
    (r"已知函数 $f(x)=x^2-10x+30$，$x\in\mathbf{R}$，求 $f(x)$ 的最小值。", 5, 30),
    ("抛物线 $y=-x^2+4x+1$ 的最高点的纵坐标是多少？", 5, 2),
    ("What is the largest value that $-x^2 + 6x - 4$ can take for real x?", 5, 3),
    ("Determine the maximum of the quadratic function $g(t) = 12t - 3t^2 + 1$.", 13, 2),
    ("At most how large can $y = 7 - 2(x+1)^2$ be?", 7, -1),
    ("The function $h(x) = x^2 - 10x + 30$ has a minimum. What is its minimum value?", 5, 30),
    ("Find the y-coordinate of the vertex (the highest point) of the parabola y = -x^2 + 4x + 1.", 5, 2),
],
"there and back": [
    ("A、B 两城相距 240 公里，小李开车从 A 城到 B 城，时速 80 公里，原路返回时时速 120 公里，他往返全程的平均速度是每小时多少公里？", 96, 100),
    ("一辆货车从工厂到仓库的速度是 40 千米/时，返回的速度是 60 千米/时，求这辆货车往返一次的平均速度。", r"48\text{ 千米/时}", r"50\text{ 千米/时}"),
    ("小华骑车上山每小时行 6 千米，沿原路下山每小时行 12 千米，他上、下山的平均速度是多少千米/时？", 8, 9),
    ("某人从甲地步行到乙地，每小时走 4 公里，又从乙地骑车返回甲地，每小时行 12 公里，求他来回的平均速度是每小时多少公里。", 6, 8),
    ("一艘船在两个码头之间往返，两码头相距 120 千米，去时用 4 小时，返回用 6 小时，求往返的平均速度是每小时多少千米。", 24, 25),
    ("Two cities are 240 miles apart. Maria drives from one to the other at 80 mph and comes back at 120 mph. What is her average speed for the whole trip?", r"96\text{ mph}", r"100\text{ mph}"),
    ("A truck travels from the factory to the warehouse at 40 km/h and returns along the same route at 60 km/h. Find its average speed for the round trip.", r"48\text{ km/h}", r"50\text{ km/h}"),
    ("Tom cycles up a hill at 6 km/h and rides back down the same way at 12 km/h. What is his average speed in km/h over the entire journey?", 8, 9),
    ("I walked to school at 4 km/h and ran home along the same path at 12 km/h. What was my average speed in km/h?", 6, 8),
    ("A ferry crosses a lake 120 km wide in 4 hours and makes the return crossing in 6 hours. What is its average speed in km/h for the two crossings together?", 24, 25),
],
"together": [
    ("一个水池，单开甲管 4 小时注满，单开乙管 12 小时注满。两管齐开，几小时可以注满水池？", 3, 8),
    ("一项工程，甲队单独做 10 天完成，乙队单独做 15 天完成，两队合作需要多少天完成？", 6, F(25, 2)),
    ("打印一份稿件，小张要 20 分钟，小王要 30 分钟，两人同时打印，多少分钟可以打完？", 12, 25),
    ("加工一批零件，师傅单独加工要 8 小时，徒弟单独加工要 24 小时。师徒二人合作，几小时能加工完？", 6, 16),
    ("某浴缸有两个水龙头，单独打开分别需要 9 分钟和 18 分钟放满水，两个一起打开需几分钟放满？", 6, 27),
    ("Pipe A can fill a pool in 4 hours, while pipe B takes 12 hours. If both are opened at the same time, how long will it take to fill the pool?", r"3\text{ hours}", r"8\text{ hours}"),
    ("Anna can paint a room in 10 hours, and Boris needs 15 hours for the same room. How many hours will the job take if they work together?", 6, F(25, 2)),
    ("One printer finishes a job in 20 minutes and another finishes the same job in 30 minutes. Working together, how many minutes do they need?", 12, 25),
    ("It takes machine X 8 days to complete an order; machine Y needs 24 days. In how many days can the two machines complete it together?", 6, 16),
    ("Two taps fill a bath in 9 and 18 minutes respectively. How many minutes does it take when both taps are turned on?", 6, 27),
],
}

TWINS = {
"reciprocals": [
    (r"若实数 $x$ 满足 $x+\frac1x=3$，则 $x^3+\frac{1}{x^3}$ 的值为多少？", 3 ** 3 - 3 * 3, 7),
    (r"若实数 $x$ 满足 $x^2+\frac{1}{x^2}=7$，则 $x+\frac1x$ 的值为多少？", "3, -3", 3),
    (r"If $x < 0$ and $x^2 + \frac{1}{x^2} = 7$, what is $x + \frac{1}{x}$?", -3, 3),
    (r"If $x + \frac{1}{y} = 3$, what is $x^2 + \frac{1}{y^2}$?", None, 7),
    (r"已知 m + 1/m = 6，那么 (m + 1/m)² 等于多少？", 36, 34),
],
"linear": [
    ("一个数的 3 倍减去 8 等于 29，这个数是多少？", F(37, 3), 7),
    ("Three times the sum of a number and 8 is 29. What is the number?", F(5, 3), 7),
    ("Find x if 3x + 7y = 22.", None, 5),
    ("I think of a number, subtract 4 and multiply the result by 5. I get 26. What number did I think of?", F(46, 5), 6),
    ("若 $5x-4=26$，则 $5x=$____．", 30, 6),
],
"quadratic": [
    ("What are the positive roots of the quadratic equation x² + 2x - 15 = 0?", 3, "3, -5"),
    ("方程 x² + 2x − 15 = 0 的较小的根是多少？", -5, 3),
    ("方程 x² + 2x − 15 = 0 的两个根的和是多少？", -2, 2),
    ("已知关于 x 的方程 $2x^2-7x+a=0$，求它的实数根。", None, "\\frac12, 3"),
],
"system": [
    ("已知 $x+y=7$，求 $x$、$y$ 的值。", None, "x=4, y=3"),
    ("已知 $x+y=7$，$x-y=1$，求 $xy$ 的值。", 12, 7),
    ("若 x, y 满足 3x - y = 7 且 x + 2y = 7，求有序数对 (y, x)。", "(2, 3)", "(3, 2)"),
    ("At what x do the lines y = 2x - 3 and x + y = 9 intersect?", 4, 5),
],
"surds": [
    (r"计算：$\sqrt{72}\times\sqrt{32}+\sqrt{2}$。", r"48+\sqrt2", r"3\sqrt2"),
    (r"Write $\sqrt{72} - \sqrt{32} + \sqrt{2}$ as a decimal, rounded to two decimal places.", "4.24", "4.23"),
    (r"Express $\sqrt{45x}+\sqrt{20}$ as a single surd in its simplest form.", None, r"5\sqrt5"),
],
"inequality": [
    (r"求不等式 $2(x+3) \ge 5x - 9$ 的正整数解。", "1, 2, 3, 4, 5", "1, 2, 3, 4"),
    ("For what values of x is 4x − 7 not greater than 2x + 5?", r"x \le 6", "x > 6"),
    ("当 x 取何值时，4x − 7 = 2x + 5？", 6, "x > 6"),
    ("不等式 $5-3x<2x+20$ 的最小整数解是什么？", -2, -3),
    ("当 x 取何值时，4x − 7 > ax + 5？", None, "x > 6"),
],
"circle in a square": [
    ("边长为 6 的正方形内有一个圆，求正方形内、圆外部分的面积。", None, r"36-9\pi"),
    ("A circle is circumscribed about a square of side 6. Find the area inside the circle but outside the square.", r"18\pi-36", r"36-9\pi"),
    ("在一个边长 10 厘米的正方形纸片中剪去一个直径为 6 厘米的圆，剩下部分的面积是多少平方厘米？（结果保留 π）", r"100-9\pi", r"100-25\pi"),
    ("The largest possible circle is cut from a square piece of cardboard with side 10 cm. What is its area in square centimetres, in terms of π?", r"25\pi", r"100-25\pi"),
],
"inscribed circle": [
    ("直角三角形的两条直角边分别为 8 和 15，求其外接圆的半径。", F(17, 2), 3),
    ("直角三角形的两条边分别为 8 和 15，求其内切圆的半径。", None, 3),
    ("Two sides of a triangle are 8 and 15. What is the inradius?", None, 3),
    ("A circle is inscribed in a triangle with sides 20, 21 and 29. What is its diameter?", 12, 6),
    ("A circle is inscribed in a triangle with sides 20, 21 and 29. What is its area?", r"36\pi", 6),
],
"hexagon": [
    ("求边长为 4 的六边形的面积。", None, r"24\sqrt3"),
    ("What is the perimeter of a regular hexagon with side length 4?", 24, r"24\sqrt3"),
    ("What is the area of a regular octagon with side length 4?", r"32+32\sqrt2", r"24\sqrt3"),
    ("已知正六边形的内切圆半径为 6，求这个正六边形的面积。", r"72\sqrt3", r"54\sqrt3"),
],
"point and line": [
    ("How far is the point (2, 3) from the x-axis?", 3, 2),
    ("点 (2, 3) 到直线 $4x+3y-m=0$ 的距离是多少？", None, 2),
    ("What is the distance between the parallel lines 3x + 4y = 20 and 3x + 4y = 5?", 3, 4),
    ("过点 (6, -2) 作直线 8x - 6y + 10 = 0 的垂线，求垂线的斜率。", F(-3, 4), 7),
],
"cone": [
    ("一个圆锥底面半径是 6，高是 8，它的表面积是多少？", r"96\pi", r"60\pi"),
    ("一个圆柱底面半径是 6，高是 8，它的侧面积是多少？", r"96\pi", r"60\pi"),
    ("一个圆锥的高是 8，它的侧面积是多少？", None, r"60\pi"),
    ("A cone has slant height 10 and base diameter 4. Find its lateral surface area.", r"20\pi", r"40\pi"),
    ("A cone has slant height 10 and base radius 6. Find its volume.", r"96\pi", r"60\pi"),
],
"selection": [
    ("A committee of 4 is chosen from 6 men and 5 women. How many committees contain at most one woman?", comb(6, 4) + 5 * comb(6, 3), comb(11, 4) - comb(6, 4)),
    ("从 7 名男教师和 3 名女教师中选派 3 人支教，恰有 1 名女教师的选派方法共有多少种？", 3 * comb(7, 2), comb(10, 3) - comb(7, 3)),
    ("从 7 名男教师和 3 名女教师中选派 3 人支教，女教师甲必须参加的选派方法共有多少种？", comb(9, 2), comb(10, 3) - comb(7, 3)),
    ("从 10 名教师中选派 3 人支教，至少有 1 名女教师的选派方法共有多少种？", None, comb(10, 3) - comb(7, 3)),
    ("In how many ways can a team of 3 be selected from 7 boys and 3 girls if the team must not include a girl?", comb(7, 3), comb(10, 3) - comb(7, 3)),
],
"dice": [
    ("A pair of fair dice is thrown. Find the probability of getting a product of 9.", dice(lambda a, b: a * b == 9), F(1, 9)),
    ("A pair of loaded dice is thrown. Find the probability of getting a total of 9.", None, F(1, 9)),
    ("同时掷三枚质地均匀的骰子，点数之和为 9 的概率是多少？", dice(lambda a, b, c: a + b + c == 9, 3), F(1, 9)),
    ("同时掷两枚质地均匀的骰子，点数之和不为 9 的概率是多少？", F(8, 9), F(1, 9)),
    ("A fair die is rolled twice and the first roll is a 4. What is the probability that the two results add up to 9?", F(1, 6), F(1, 9)),
],
"variance": [
    ("求一组数据 2, 4, 6, 8, 10 的方差。", None, 8),
    ("What is the sample variance of 2, 4, 6, 8, 10?", 10, 8),
    ("求总体 2, 4, 6, 8, 10 的标准差。", r"2\sqrt2", 8),
    ("What is the mean of 2, 4, 6, 8, 10?", 6, 8),
],
"letters": [
    ("In how many distinct ways can the letters of BANANA be arranged if the three A's stay together?", fac(4) // 2, 60),
    ("将单词 APPLE 的五个字母排成一行，两个 P 不相邻的排法有多少种？", fac(5) // 2 - fac(4), 60),
    ("How many of the distinguishable arrangements of the letters in COFFEE begin with C?", fac(5) // 4, 180),
    ("从单词 BANANA 中取 3 个字母排成一行，有多少种不同的排法？", 19, 120),
],
"arithmetic sum": [
    ("An arithmetic sequence has first term 5. What is the sum of its first 15 terms?", None, 390),
    ("A geometric sequence has first term 5 and common ratio 3. What is the sum of its first 5 terms?", 605, 55),
    (r"已知等差数列 $\{a_n\}$ 中，$a_1=5$，$d=3$，求 $a_{15}$。", 47, 390),
    ("一个等差数列首项是 2，公差是 6，它的第 6 项到第 10 项之和是多少？", progression(2, 6, 10) - progression(2, 6, 5), 290),
],
"recurrence": [
    (r"已知数列 $\{a_n\}$ 中，$a_{n+1}=3a_n+2$，求 $a_n$ 的通项公式。", None, "3^n-1"),
    ("Let a_1 = 1 and a_{n+1} = 2a_n + 1. Find a_6.", 63, 31),
    (r"已知数列 $\{a_n\}$ 中，$a_1=1$，$a_{n+1}=2a_n+1$，求数列 $\{a_n\}$ 的前 $n$ 项和 $S_n$。", "2^{n+1}-n-2", "2^n-1"),
    (r"A sequence is defined by $a_0 = 2$ and $a_{n+1} = 3a_n + 2$ for $n \ge 0$. Find a closed form for $a_n$.", "3^{n+1}-1", "3^n-1"),
],
"extremum": [
    (r"What is the largest value that $-x^2 + 6x - 4$ can take for $4 \le x \le 5$?", 4, 5),
    ("当 $x$ 取何值时，二次函数 $y=-x^2+6x-4$ 取得最大值？", 3, 5),
    ("求二次函数 $y=ax^2+6x-4$ 的最大值。", None, 5),
    ("Determine the minimum of the quadratic function $g(t) = 12t - 3t^2 + 1$ on [0, 3].", 1, 13),
],
"there and back": [
    ("一辆货车从工厂到仓库的速度是 40 千米/时，返回时速度更快，求这辆货车往返一次的平均速度。", None, r"48\text{ 千米/时}"),
    ("A truck travels for 2 hours at 40 km/h and then for 3 hours at 60 km/h. Find its average speed in km/h.", 52, 48),
    ("A truck travels from the factory to the warehouse at 40 km/h. Its average speed for the round trip is 48 km/h. At what speed in km/h does it return?", 60, 56),
    ("小华骑车上山每小时行 6 千米，沿原路下山每小时行 12 千米，共用 3 小时，上山的路长多少千米？", 12, 24),
],
"together": [
    ("一个水池，单开甲管 4 小时注满，单开乙管 12 小时放完。两管齐开，几小时可以注满水池？", 6, 3),
    ("一项工程，甲队单独做 10 天完成，乙队做得更快，两队合作需要多少天完成？", None, 6),
    ("一项工程，甲队单独做 10 天完成，乙队单独做 15 天完成，甲队先做 2 天，余下的两队合作，还需要多少天完成？", F(24, 5), 6),
    ("Working together, Anna and Boris paint a room in 6 hours. Anna alone needs 10 hours. How many hours does Boris alone need?", 15, 4),
],
}


def cases():
    for prefix, table in (("", ROWS), ("not ", TWINS)):
        for kind, rows in table.items():
            for question, right, wrong in rows:
                zh = any("\u4e00" <= c <= "\u9fff" for c in question)
                for value, verdict in ((right, "verified"), (wrong, "undecided" if right is None else "refuted")):
                    if value is not None:
                        text = f"所以答案是 $\\boxed{{{tex(value)}}}$。" if zh else f"So the answer is $\\boxed{{{tex(value)}}}$."
                        yield {"question": question, "response": text, "verdict": verdict, "kind": prefix + kind, "lang": "zh" if zh else "en"}


if __name__ == "__main__":
    out = pathlib.Path(__file__).with_name("paraphrases.jsonl")
    out.write_text("".join(json.dumps({"id": f"para-{k:03}", **c}, ensure_ascii=False) + "\n" for k, c in enumerate(cases(), 1)), encoding="utf-8")
