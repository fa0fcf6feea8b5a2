#!/usr/bin/env python3
"""Writes flipped2.jsonl: pairs of questions that differ in one element that carries meaning; and clauses.jsonl: more of
them, nearly all to be decided, whose clauses bind otherwise than their words seem to.

Wordings by hand, from the families' names and the label policy alone; numbers are filled in.  In each pair an answer that
is right for one question stands under the other too.  V: verified, R: refuted, U: undecided (the text does not determine
the answer, conventions differ, or the value stands in a form that was not asked).
"""
import json, pathlib
from fractions import Fraction as F
from math import comb, factorial, gcd, perm

OUT = []


def q(x):
    """A rational as an answer."""
    x = F(x)
    return str(x.numerator) if x.denominator == 1 else ("-" if x < 0 else "") + f"\\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"


ENDS = {"en": ["So the answer is $\\boxed{%s}$.", "The answer is $\\boxed{%s}$.", "Therefore, $\\boxed{%s}$.", "We work it out from what is given.\n\n$$\\boxed{%s}$$"],
        "zh": ["所以答案是 $\\boxed{%s}$。", "答案：$\\boxed{%s}$", "由题意计算，得 $\\boxed{%s}$。", "综上，答案为\n\n$$\\boxed{%s}$$"]}


def ask(kind, lang, question, *answers):
    """answers: (text, "V" | "R" | "U"); numbers may make a wrong answer right, then it is left out."""
    answers = [(text if isinstance(text, str) else q(text), verdict) for text, verdict in answers]
    right = {text for text, verdict in answers if verdict == "V"}
    for text, verdict in answers:
        if verdict != "V" and text in right:
            continue
        OUT.append({"id": "", "question": question, "response": ENDS[lang][len(OUT) % 4] % text,
                    "verdict": {"V": "verified", "R": "refuted", "U": "undecided"}[verdict], "kind": kind, "lang": lang})


def each(*rows):
    """The numbers of a template."""
    def run(f):
        for row in rows:
            f(*(row if isinstance(row, tuple) else (row,)))
    return run


def var(xs):
    m = F(sum(xs), len(xs))
    return sum((x - m) ** 2 for x in xs)


# --- how many: at least, at most, exactly; both, neither, not both ---------------------------------------

@each((6, 4, 3, 1), (5, 5, 4, 2), (7, 3, 3, 1))
def groups(m, w, k, t):
    ways = [comb(w, j) * comb(m, k - j) for j in range(k + 1)]
    least, most, exact, none = sum(ways[t:]), sum(ways[:t + 1]), ways[t], comb(m + w, k)
    zh = f"一个小组有 {m} 名男同学和 {w} 名女同学，从中选 {k} 人，"
    en = f"A club has {m} men and {w} women. A committee of {k} is chosen. "
    ask("at least", "zh", zh + f"至少有 {t} 名女同学的选法有多少种？", (least, "V"), (most, "R"), (exact, "R"))
    ask("at least", "zh", zh + f"至多有 {t} 名女同学的选法有多少种？", (most, "V"), (least, "R"))
    ask("at least", "zh", zh + f"恰有 {t} 名女同学的选法有多少种？", (exact, "V"), (least, "R"))
    ask("at least", "zh", zh + "有若干名女同学的选法有多少种？", (none, "U"), (least, "U"))
    ask("at least", "en", en + f"How many committees have at least {t} women?", (least, "V"), (exact, "R"))
    ask("at least", "en", en + f"How many committees have no more than {t} women?", (most, "V"), (least, "R"))
    ask("at least", "en", en + f"How many committees have about {t} women?", (exact, "U"), (least, "U"))
    ask("at least", "en", en + "How many committees have a suitable number of women?", (none, "U"))


@each((F(3, 5), F(1, 2)), (F(2, 3), F(3, 4)), (F(4, 5), F(1, 3)))
def shooters(a, b):
    zh = f"甲、乙两人独立射击，命中目标的概率分别为 ${q(a)}$ 和 ${q(b)}$，各射击一次，"
    ask("both or not", "zh", zh + "求两人都没有命中的概率。", ((1 - a) * (1 - b), "V"), (1 - a * b, "R"))
    ask("both or not", "zh", zh + "求两人没有都命中的概率。", (1 - a * b, "V"), ((1 - a) * (1 - b), "R"))
    zh = zh.replace("两人独立射击", "两人射击")
    ask("both or not", "zh", zh + "求两人都命中的概率。", (a * b, "U"))
    ask("both or not", "zh", f"甲、乙两人射击，甲命中目标的概率为 ${q(a)}$，各射击一次，求两人都命中的概率。", (a * b, "U"), (a * a, "U"))
    en = f"A and B are independent events with $P(A) = {q(a)}$ and $P(B) = {q(b)}$. "
    ask("both or not", "en", en + "Find the probability that neither A nor B occurs.", ((1 - a) * (1 - b), "V"), (1 - a * b, "R"))
    ask("both or not", "en", en + "Find the probability that A and B do not both occur.", (1 - a * b, "V"), ((1 - a) * (1 - b), "R"))
    en = en.replace("are independent events", "are events")
    ask("both or not", "en", en + "Find the probability that both A and B occur.", (a * b, "U"))
    ask("both or not", "en", en + "Find the probability that A or B occurs.", (a + b - a * b, "U"), (a + b, "U") if a + b <= 1 else (a, "U"))


# --- increase, times, percent --------------------------------------------------------------------------------

@each((40, 60), (25, 75), (120, 300))
def to_or_by(a, b):
    ask("to or by", "zh", f"某班图书由 {a} 本增加到 {b} 本，增加了多少本？", (b - a, "V"), (b, "R"))
    ask("to or by", "zh", f"某班有图书 {a} 本，又增加了 {b} 本，现在有多少本？", (a + b, "V"), (b, "R"))
    ask("to or by", "zh", f"某班有图书 {a} 本，增加后是原来的 {b // a + 1} 倍，增加了多少本？", (a * (b // a), "V"), (a * (b // a + 1), "R"))
    ask("to or by", "zh", f"某班有图书 {a} 本，增加 {b // a + 1} 倍后有多少本？", (a * (b // a + 2), "U"), (a * (b // a + 1), "U"))
    ask("to or by", "en", f"A price rises from {a} euros to {b} euros. By how many euros does it rise?", (b - a, "V"), (b, "R"))
    ask("to or by", "en", f"A price of {a} euros rises by {b} euros. What is the new price in euros?", (a + b, "V"), (b - a, "R"))
    ask("to or by", "en", f"A price rises to {b} euros. What was it before, in euros?", (b - a, "U"), (a, "U"))
    ask("to or by", "en", f"A price rises by {b // a + 1} times from {a} euros. What is it now, in euros?", (a * (b // a + 1), "U"), (a * (b // a + 2), "U"))


@each((12, 3), (15, 4), (8, 5))
def more_times(a, k):
    ask("more or times", "zh", f"小红有 {a} 张邮票，小明的邮票数是小红的 {k} 倍，小明有多少张邮票？", (a * k, "V"), (a * (k + 1), "R"))
    ask("more or times", "zh", f"小红有 {a} 张邮票，小明的邮票数比小红多 {k} 倍，小明有多少张邮票？", (a * (k + 1), "U"), (a * k, "U"))
    ask("more or times", "zh", f"小红有 {a} 张邮票，小明的邮票数比小红多 {k} 张，小明有多少张邮票？", (a + k, "V"), (a * k, "R"))
    ask("more or times", "zh", f"小红有 {a} 张邮票，小明的邮票数比小红的 {k} 倍还多，小明有多少张邮票？", (a * k + 1, "U"), (a * k, "U"))
    ask("more or times", "en", f"Rope A is {a} m long. Rope B is {k} times as long as rope A. How many metres long is rope B?", (a * k, "V"), (a + k, "R"))
    ask("more or times", "en", f"Rope A is {a} m long. Rope B is {k} times longer than rope A. How many metres long is rope B?", (a * k, "U"), (a * (k + 1), "U"))
    ask("more or times", "zh", f"把 {a} 扩大到原来的 {k} 倍，结果是多少？", (a * k, "V"), (a * (k + 1), "R"))
    ask("more or times", "zh", f"把 {a} 扩大 {k} 倍，结果是多少？", (a * k, "U"), (a * (k + 1), "U"))


@each((30, 20, 50), (40, 10, 50), (20, 25, 45))
def points(p, d, s):
    ask("percent points", "zh", f"某校近视率原为 ${p}\\%$，现在上升了 {d} 个百分点，现在的近视率是百分之几？", (f"{s}\\%", "V"), (f"{q(F(p * (100 + d), 100))}\\%", "R"))
    ask("percent points", "zh", f"某校近视率原为 ${p}\\%$，现在上升了 ${d}\\%$，现在的近视率是百分之几？", (f"{s}\\%", "U"), (f"{q(F(p * (100 + d), 100))}\\%", "U"))
    ask("percent points", "en", f"The unemployment rate was ${p}\\%$ and rose by {d} percentage points. What is the rate now?", (f"{s}\\%", "V"))
    ask("percent points", "en", f"The unemployment rate was ${p}\\%$ and rose by ${d}\\%$. What is the rate now?", (f"{s}\\%", "U"))


@each((200, 8), (350, 6), (480, 7))
def fold(a, k):
    ask("discount", "zh", f"一双鞋标价 {a} 元，打{'零一二三四五六七八九'[k]}折出售，售价是多少元？", (F(a * k, 10), "V"), (F(a * (10 - k), 10), "R"))
    ask("discount", "zh", f"一双鞋标价 {a} 元，打{'零一二三四五六七八九'[k]}折出售，便宜了多少元？", (F(a * (10 - k), 10), "V"), (F(a * k, 10), "R"))
    ask("discount", "zh", f"一双鞋标价 {a} 元，打折出售，售价是多少元？", (F(a * k, 10), "U"))
    ask("discount", "zh", f"一双鞋打{'零一二三四五六七八九'[k]}折出售，售价是多少元？", (F(a * k, 10), "U"))
    ask("discount", "en", f"Shoes marked {a} dollars are sold at a ${100 - 10 * k}\\%$ discount. What is the sale price in dollars?", (F(a * k, 10), "V"), (F(a * (10 - k), 10), "R"))
    ask("discount", "en", f"Shoes marked {a} dollars are sold at ${100 - 10 * k}\\%$ of the marked price. What is the sale price in dollars?", (F(a * (10 - k), 10), "V"), (F(a * k, 10), "R"))
    ask("discount", "en", f"Shoes marked {a} dollars are sold at a discount. What is the sale price in dollars?", (F(a * k, 10), "U"))
    ask("discount", "en", f"Shoes are sold at a ${100 - 10 * k}\\%$ discount. What is the sale price in dollars?", (F(a * k, 10), "U"))


@each((50, 25), (80, 60), (100, 25))
def relative(a, p):
    b = F(a * (100 + p), 100)
    ask("of which", "zh", f"甲数是 {a}，乙数比甲数多 ${p}\\%$，乙数是多少？", (b, "V"), (F(a * 100, 100 + p), "R"))
    ask("of which", "zh", f"甲数是 {a}，甲数比乙数多 ${p}\\%$，乙数是多少？", (F(a * 100, 100 + p), "V"), (b, "R"))
    ask("of which", "zh", f"甲数是 {a}，甲、乙两数相差 ${p}\\%$，乙数是多少？", (b, "U"), (F(a * (100 - p), 100), "U"))
    ask("of which", "zh", f"甲数是 {a}，乙数约比甲数多 ${p}\\%$，乙数是多少？", (b, "U"))


@each((1000, 5, 2), (2000, 10, 3), (400, 10, 2))
def interest(a, p, n):
    c, s = a * (1 + F(p, 100)) ** n, a * (1 + F(p * n, 100))
    zh = f"某人存入 {a} 元，年利率为 ${p}\\%$，"
    ask("interest", "zh", zh + f"按年复利计算，{n} 年后本息共多少元？", (c, "V"), (s, "R"))
    ask("interest", "zh", zh + f"按单利计算，{n} 年后本息共多少元？", (s, "V"), (c, "R"))
    ask("interest", "zh", zh + f"{n} 年后本息共多少元？", (c, "U"), (s, "U"))
    ask("interest", "zh", zh + "按复利计算，若干年后本息共多少元？", (c, "U"))
    en = f"{a} dollars are deposited at ${p}\\%$ a year "
    ask("interest", "en", en + f"compounded annually. What is the balance in dollars after {n} years?", (c, "V"), (s, "R"))
    ask("interest", "en", en + f"simple interest. What is the balance in dollars after {n} years?", (s, "V"), (c, "R"))
    ask("interest", "en", en + f". What is the balance in dollars after {n} years?".replace(" .", "."), (c, "U"), (s, "U"))
    ask("interest", "en", en + f"compounded continuously or annually. What is the balance in dollars after {n} years?", (c, "U"))


# --- draws, dice, digits, objects ----------------------------------------------------------------------------

@each((3, 5), (4, 2), (5, 4))
def draws(r, w):
    n = r + w
    back, off = F(r * r, n * n), F(r * (r - 1), n * (n - 1))
    zh = f"盒中有 {r} 个红球和 {w} 个白球，"
    ask("replacement", "zh", zh + "每次摸出一个球后放回，连摸两次，求两次都摸到红球的概率。", (back, "V"), (off, "R"))
    ask("replacement", "zh", zh + "每次摸出一个球后不放回，连摸两次，求两次都摸到红球的概率。", (off, "V"), (back, "R"))
    ask("replacement", "zh", zh + "每次摸出一个球，连摸两次，求两次都摸到红球的概率。", (off, "U"), (back, "U"))
    ask("replacement", "zh", zh + "每次摸出一个球后可能放回，连摸两次，求两次都摸到红球的概率。", (off, "U"), (back, "U"))
    en = f"An urn holds {r} red and {w} white balls. "
    ask("replacement", "en", en + "A ball is drawn, put back, and a second ball is drawn. Find the probability that both are red.", (back, "V"), (off, "R"))
    ask("replacement", "en", en + "A ball is drawn, set aside, and a second ball is drawn. Find the probability that both are red.", (off, "V"), (back, "R"))
    ask("replacement", "en", en + "A ball is drawn, then a second ball is drawn. The person may or may not put back the first. Find the probability that both are red.", (back, "U"), (off, "U"))
    ask("replacement", "en", f"An urn holds {r} red balls and some white balls. A ball is drawn, put back, and a second ball is drawn. Find the probability that both are red.", (back, "U"))


@each((4, 3), (5, 3), (6, 2))
def digits(n, k):
    ds = "、".join(map(str, range(1, n + 1)))
    name = {2: "两", 3: "三"}[k]
    en_name = {2: "two", 3: "three"}[k]
    ask("repeat", "zh", f"从数字 {ds} 中组成{name}位数，各位数字不能重复，可以组成多少个？", (perm(n, k), "V"), (n ** k, "R"))
    ask("repeat", "zh", f"从数字 {ds} 中组成{name}位数，各位数字可以重复，可以组成多少个？", (n ** k, "V"), (perm(n, k), "R"))
    ask("repeat", "zh", f"从数字 {ds} 中组成{name}位数，可以组成多少个？", (perm(n, k), "U"), (n ** k, "U"))
    ask("repeat", "zh", f"从一些数字中组成{name}位数，各位数字不能重复，可以组成多少个？", (perm(n, k), "U"))
    ask("repeat", "en", f"How many {en_name}-digit codes use only the digits 1 to {n}, no digit twice?", (perm(n, k), "V"), (n ** k, "R"))
    ask("repeat", "en", f"How many {en_name}-digit codes use only the digits 1 to {n}, repetition allowed?", (n ** k, "V"), (perm(n, k), "R"))
    ask("repeat", "en", f"How many {en_name}-digit codes use only the digits 1 to {n}?", (perm(n, k), "U"), (n ** k, "U"))
    ask("repeat", "en", f"How many codes use only the digits 1 to {n}, no digit twice?", (perm(n, k), "U"))


@each((4, 3), (5, 2), (6, 3))
def boxes(n, k):
    ask("same or different", "zh", f"将 {n} 个不同的小球放入 {k} 个不同的盒子，允许有空盒，有多少种放法？", (k ** n, "V"), (comb(n + k - 1, k - 1), "R"))
    ask("same or different", "zh", f"将 {n} 个相同的小球放入 {k} 个不同的盒子，允许有空盒，有多少种放法？", (comb(n + k - 1, k - 1), "V"), (k ** n, "R"))
    ask("same or different", "zh", f"将 {n} 个小球放入 {k} 个盒子，允许有空盒，有多少种放法？", (k ** n, "U"), (comb(n + k - 1, k - 1), "U"))
    ask("same or different", "zh", f"将 {n} 个相同的小球放入 {k} 个不同的盒子，有多少种放法？", (comb(n + k - 1, k - 1), "U"), (comb(n - 1, k - 1), "U"))
    ask("ordered or not", "en", f"In how many ways can {k} of {n + 2} runners be chosen for a team?", (comb(n + 2, k), "V"), (perm(n + 2, k), "R"))
    ask("ordered or not", "en", f"{n + 2} runners compete. In how many ways can the first {k} places be taken, if there are no ties?", (perm(n + 2, k), "V"), (comb(n + 2, k), "R"))
    ask("ordered or not", "en", f"In how many ways can some of {n + 2} runners be chosen for a team?", (2 ** (n + 2) - 1, "U"), (2 ** (n + 2), "U"))
    ask("ordered or not", "en", f"{n + 2} runners compete. In how many ways can the race end?", (factorial(n + 2), "U"))


@each(7, 9, 5)
def dice(s):
    p = F(6 - abs(s - 7), 36)
    ask("dice", "en", f"Two fair dice are rolled. Find the probability that the sum is {s}.", (p, "V"), (F(1, 11), "R"))
    ask("dice", "en", f"Two biased dice are rolled. Find the probability that the sum is {s}.", (p, "U"))
    ask("dice", "en", f"Two dice are loaded so that even faces are likelier. Find the probability that the sum is {s}.", (p, "U"))
    ask("dice", "zh", f"掷两枚质地均匀的骰子，求点数之差的绝对值为 {s - 4} 的概率。", (F(2 * (6 - (s - 4)), 36), "V"), (F(6 - (s - 4), 36), "R"))
    ask("dice", "zh", f"掷两枚质地不均匀的骰子，求点数之和为 {s} 的概率。", (p, "U"))
    ask("dice", "zh", f"掷若干枚均匀的骰子，求点数之和为 {s} 的概率。", (p, "U"))


@each((5, 3), (6, 2), (4, 2))
def coins(n, k):
    c = F(comb(n, k), 2 ** n)
    ask("coins", "zh", f"一枚均匀的硬币连续抛 {n} 次，恰有 {k} 次正面朝上的概率是多少？", (c, "V"), (F(1, 2 ** n), "R"))
    ask("coins", "zh", f"一枚均匀的硬币连续抛 {n} 次，前 {k} 次正面朝上、其余反面朝上的概率是多少？", (F(1, 2 ** n), "V"), (c, "R"))
    ask("coins", "zh", f"一枚不均匀的硬币连续抛 {n} 次，恰有 {k} 次正面朝上的概率是多少？", (c, "U"))
    ask("coins", "en", f"A bent coin is tossed {n} times. Find the probability of exactly {k} heads.", (c, "U"))
    ask("coins", "en", f"A coin with $P(\\text{{heads}}) = \\frac{{1}}{{3}}$ is tossed {n} times. Find the probability of exactly {k} heads.", (F(comb(n, k) * 2 ** (n - k), 3 ** n), "V"), (c, "R"))
    ask("coins", "en", f"A family has {n} children. At least one is a boy whose name begins with J. Find the probability that exactly {k} are boys.", (c, "U"))


# --- statistics ------------------------------------------------------------------------------------------------

@each((2, 4, 6, 8), (1, 3, 8), (5, 7, 7, 9, 12))
def variance(*xs):
    n, s, text = len(xs), var(xs), ", ".join(map(str, xs))
    ask("variance", "en", f"The values {text} are a whole population. Find their variance.", (s / n, "V"), (s / (n - 1), "R"))
    ask("variance", "en", f"The values {text} are a random sample from a large population. Find the unbiased sample variance.", (s / (n - 1), "V"), (s / n, "R"))
    ask("variance", "en", f"Find the variance of the values {text}.", (s / n, "U"), (s / (n - 1), "U"))
    ask("variance", "zh", f"求数据 {text} 的方差。", (s / n, "U"), (s / (n - 1), "U"))
    ask("variance", "zh", f"求数据 {text} 的方差（除以 $n$）。".replace("（除以 $n$）", "，按总体方差计算"), (s / n, "V"), (s / (n - 1), "R"))
    ask("variance", "en", f"Find the standard deviation of {text}.", (f"\\sqrt{{{q(s / n)}}}", "U"), (f"\\sqrt{{{q(s / (n - 1))}}}", "U"))


@each((80, 90, 20, 30), (70, 85, 10, 20), (60, 75, 40, 10))
def averages(a, b, m, n):
    mean = F(a * m + b * n, m + n)
    ask("weights", "zh", f"甲班 {m} 人，平均分 {a}；乙班 {n} 人，平均分 {b}。求两班全体学生的平均分。", (mean, "V"), (F(a + b, 2), "R"))
    ask("weights", "zh", f"甲班平均分 {a}；乙班平均分 {b}。求两班全体学生的平均分。", (F(a + b, 2), "U"))
    ask("weights", "en", f"{m} boys average {a} points and {n} girls average {b} points. What is the average of all?", (mean, "V"), (F(a + b, 2), "R"))
    ask("weights", "en", f"The boys average {a} points and the girls average {b} points. What is the average of all?", (F(a + b, 2), "U"))
    ask("weights", "en", f"Find the first quartile of {a - 9}, {a - 4}, {a - 3}, {a}, {a + 2}, {a + 8}.", (a - 4, "U"), (F(4 * a - 15, 4), "U"))
    ask("weights", "en", f"Find the median of {a - 9}, {a - 4}, {a - 3}, {a}, {a + 2}, {a + 8}.", (F(2 * a - 3, 2), "V"), (a - 3, "R"))


# --- ends: inclusive, exclusive, both ends ---------------------------------------------------------------------

@each((3, 12), (10, 25), (7, 19))
def between(a, b):
    ask("ends", "en", f"How many integers are there from {a} to {b} inclusive?", (b - a + 1, "V"), (b - a - 1, "R"))
    ask("ends", "en", f"How many integers lie strictly between {a} and {b}?", (b - a - 1, "V"), (b - a + 1, "R"))
    ask("ends", "en", f"How many integers are there between {a} and {b}?", (b - a + 1, "U"), (b - a - 1, "U"))
    ask("ends", "zh", f"{a} 和 {b} 之间有多少个整数？", (b - a + 1, "U"), (b - a - 1, "U"))
    ask("ends", "zh", f"大于 {a} 且小于 {b} 的整数有多少个？", (b - a - 1, "V"), (b - a, "R"))
    ask("ends", "zh", f"不小于 {a} 且不大于 {b} 的整数有多少个？", (b - a + 1, "V"), (b - a - 1, "R"))
    ask("ends", "zh", f"小于 {a} 的自然数有多少个？", (a, "U"), (a - 1, "U"))
    ask("ends", "en", f"How many natural numbers are less than {b}?", (b, "U"), (b - 1, "U"))
    ask("ends", "en", f"The shop was closed from {a} May to {b} May. For how many days was it closed?", (b - a + 1, "U"), (b - a, "U"))


@each((100, 5), (120, 6), (60, 4))
def trees(l, d):
    zh = f"在一条长 {l} 米的小路一侧每隔 {d} 米种一棵树，"
    ask("trees", "zh", zh + "两端都种，一共要种多少棵？", (l // d + 1, "V"), (l // d - 1, "R"))
    ask("trees", "zh", zh + "两端都不种，一共要种多少棵？", (l // d - 1, "V"), (l // d + 1, "R"))
    ask("trees", "zh", zh + "一共要种多少棵？", (l // d + 1, "U"), (l // d, "U"))
    ask("trees", "zh", f"在一条小路一侧每隔 {d} 米种一棵树，两端都种，一共要种多少棵？", (l // d + 1, "U"))
    en = f"Lamps stand every {d} m along a straight road {l} m long"
    ask("trees", "en", en + ", at both ends too. How many lamps are there?", (l // d + 1, "V"), (l // d, "R"))
    ask("trees", "en", en + ". How many lamps are there?", (l // d + 1, "U"), (l // d, "U"))


# --- equations: domain, one or all, what is asked ---------------------------------------------------------------

@each((2, 3), (1, 6), (4, 5))
def domain(p, m):
    eq = f"x^2 {'-' if p > m else '+'} {abs(m - p)}x - {p * m} = 0" if m - p != 1 else f"x^2 + x - {p * m} = 0"
    ask("domain", "en", f"Find all real solutions of ${eq}$.", (f"{p}, {-m}", "V"), (p, "R"))
    ask("domain", "en", f"Find all positive solutions of ${eq}$.", (p, "V"), (f"{p}, {-m}", "R"))
    ask("domain", "en", f"Find all negative solutions of ${eq}$.", (-m, "V"), (p, "R"))
    ask("domain", "en", f"Find all interesting solutions of ${eq}$.", (p, "U"), (f"{p}, {-m}", "U"))
    ask("domain", "zh", f"求方程 ${eq}$ 的正数解。", (p, "V"), (f"{p}, {-m}", "R"))
    ask("domain", "zh", f"求方程 ${eq}$ 的较大的根。", (p, "V"), (-m, "R"))
    ask("domain", "zh", f"求方程 ${eq}$ 的合适的根。", (p, "U"), (f"{p}, {-m}", "U"))
    ask("domain", "zh", f"求方程 ${eq}$ 满足题意的根。", (p, "U"), (-m, "U"))


@each((3, 10), (5, 7), (2, 9))
def unknowns(a, s):
    ask("one equation", "en", f"If $x + y = {s}$ and $x - y = {a}$, find $x$.", (F(s + a, 2), "V"), (F(s - a, 2), "R"))
    ask("one equation", "en", f"If $x + y = {s}$ and $x - y = {a}$, find $y$.", (F(s - a, 2), "V"), (F(s + a, 2), "R"))
    ask("one equation", "en", f"If $x + y = {s}$, find $x$.", (F(s + a, 2), "U"))
    ask("one equation", "en", f"If $x + y = {s}$ and $2x + 2y = {2 * s}$, find $x$.", (F(s + a, 2), "U"))
    ask("one equation", "zh", f"已知 $a - b = {a}$，求 $3a - 3b + 1$ 的值。", (3 * a + 1, "V"), (a + 1, "R"))
    ask("one equation", "zh", f"已知 $a - b = {a}$，求 $3a + 3b + 1$ 的值。", (3 * a + 1, "U"))
    ask("one equation", "zh", f"已知 $a + b = {s}$，求 $ab$ 的值。", (s - 1, "U"))
    ask("one equation", "zh", f"已知 $a + b$ 是定值，求 $ab$ 的最大值。（$a = {a}$ 时 $b$ 未知）", (F(s * s, 4), "U"))


@each((100, 2), (1000, 3), (10000, 4))
def log_base(n, k):
    ask("base", "en", f"Compute $\\log_{{10}} {n}$.", (k, "V"), (k + 1, "R"))
    ask("base", "en", f"Compute $\\log {n}$.", (k, "U"))
    ask("base", "zh", f"计算 $\\lg {n}$。", (k, "V"), (k - 1, "R"))
    ask("base", "en", f"Solve $\\log x = {k}$.", (n, "U"), (f"e^{k}", "U"))
    ask("base", "en", f"Solve $\\ln x = {k}$.", (f"e^{k}", "V"), (n, "R"))
    ask("base", "en", f"Solve $\\log_{{10}} x = {k}$.", (n, "V"), (f"e^{k}", "R"))


@each((12, 3, 2), (20, 5, 4), (18, 3, 1))
def notation(a, b, c):
    ask("notation", "en", f"Compute ${a} \\div ({b}({c} + {c}))$.", (F(a, b * 2 * c), "V"), (F(a, b) * 2 * c, "R"))
    ask("notation", "en", f"Compute ${a} \\div {b}({c} + {c})$.", (F(a, b * 2 * c), "U"), (F(a, b) * 2 * c, "U"))
    ask("notation", "en", f"Find the value of 1/({b}x) at $x = {a}$.", (F(1, a * b), "V"), (F(a, b), "R"))
    ask("notation", "en", f"Find the value of 1/{b}x at $x = {a}$.", (F(1, a * b), "U"), (F(a, b), "U"))
    ask("notation", "en", f"Find the remainder when {a} is divided by {a - 5}.", (5 % (a - 5), "V"), (a - 5, "R"))
    ask("notation", "en", f"Find the remainder when $-{a}$ is divided by {a - 5}.", ((-a) % (a - 5), "U"), (-(a % (a - 5)), "U"))


# --- geometry ------------------------------------------------------------------------------------------------------

@each(4, 6, 10)
def inscribed(a):
    ask("inscribed", "zh", f"圆内切于边长为 {a} 的正方形，求圆的面积。", (f"{q(F(a * a, 4))}\\pi" if a > 2 else "\\pi", "V"), (f"{q(F(a * a, 2))}\\pi", "R"))
    ask("inscribed", "zh", f"边长为 {a} 的正方形内接于圆，求圆的面积。", (f"{q(F(a * a, 2))}\\pi", "V"), (f"{q(F(a * a, 4))}\\pi", "R"))
    ask("inscribed", "zh", f"一个圆和一个边长为 {a} 的正方形有公共点，求圆的面积。", (f"{q(F(a * a, 4))}\\pi", "U"))
    ask("inscribed", "zh", f"一个圆在边长为 {a} 的正方形内，求圆的面积。", (f"{q(F(a * a, 4))}\\pi", "U"))
    ask("inscribed", "en", f"A square is inscribed in a circle of radius {a}. Find the area of the square.", (2 * a * a, "V"), (4 * a * a, "R"))
    ask("inscribed", "en", f"A square is circumscribed about a circle of radius {a}. Find the area of the square.", (4 * a * a, "V"), (2 * a * a, "R"))
    ask("inscribed", "en", f"A square lies inside a circle of radius {a}. Find the area of the square.", (2 * a * a, "U"))
    ask("inscribed", "en", f"A rectangle is inscribed in a circle of radius {a}. Find the area of the rectangle.", (2 * a * a, "U"))


@each((6, 5), (10, 7), (8, 3))
def radius(d, h):
    r = F(d, 2)
    ask("radius", "en", f"A cylinder has radius {d} and height {h}. Find its volume.", (f"{d * d * h}\\pi", "V"), (f"{q(r * r * h)}\\pi", "R"))
    ask("radius", "en", f"A cylinder has diameter {d} and height {h}. Find its volume.", (f"{q(r * r * h)}\\pi", "V"), (f"{d * d * h}\\pi", "R"))
    ask("radius", "en", f"A cylinder has height {h}. Find its volume.", (f"{d * d * h}\\pi", "U"))
    ask("radius", "en", f"A cylinder has radius {d} and height {h}. Find its weight.", (f"{d * d * h}\\pi", "U"))
    ask("radius", "zh", f"圆柱的底面半径是 {d}，高是 {h}，求它的侧面积。", (f"{2 * d * h}\\pi", "V"), (f"{d * h}\\pi", "R"))
    ask("radius", "zh", f"圆柱的底面直径是 {d}，高是 {h}，求它的侧面积。", (f"{d * h}\\pi", "V"), (f"{2 * d * h}\\pi", "R"))
    ask("radius", "zh", f"圆柱的底面直径是 {d}，求它的侧面积。", (f"{d * h}\\pi", "U"))
    ask("radius", "zh", f"如图，圆柱形容器中水深 {h}，求水的体积。", (f"{d * h}\\pi", "U"))


@each((5, 6), (3, 8), (7, 4))
def shapes(a, b):
    ask("shape", "en", f"A rectangle has sides {a} and {b}. Find its area.", (a * b, "V"), (2 * (a + b), "R"))
    ask("shape", "en", f"A parallelogram has sides {a} and {b}. Find its area.", (a * b, "U"))
    ask("shape", "zh", f"正方形的边长为 {a}，求它的面积。", (a * a, "V"), (4 * a, "R"))
    ask("shape", "zh", f"菱形的边长为 {a}，求它的面积。", (a * a, "U"))
    ask("shape", "zh", f"长方形的周长为 {2 * (a + b)}，长为 {max(a, b)}，求它的面积。", (a * b, "V"), (2 * (a + b) * a, "R"))
    ask("shape", "zh", f"长方形的周长为 {2 * (a + b)}，求它的面积。", (a * b, "U"))
    ask("shape", "en", f"The two legs of a right triangle are {a} and {b}. Find its area.", (F(a * b, 2), "V"), (a * b, "R"))
    ask("shape", "en", f"Two sides of a triangle are {a} and {b}. Find its area.", (F(a * b, 2), "U"))
    ask("shape", "en", f"Two sides of a right triangle are {a} and {b}. Find its area.", (F(a * b, 2), "U"))
    ask("shape", "en", f"A triangle has sides {a}, {b} and {a + b + 3}. Find its area.", (F(a * b, 2), "U"))


# --- motion, work, ages, each and total ----------------------------------------------------------------------------

@each((60, 40, 2), (80, 50, 3), (70, 45, 4))
def motion(u, v, t):
    en = f"Two cars leave the same town at the same time at {u} km/h and {v} km/h "
    ask("direction", "en", en + f"in opposite directions. How many kilometres apart are they after {t} hours?", ((u + v) * t, "V"), ((u - v) * t, "R"))
    ask("direction", "en", en + f"in the same direction. How many kilometres apart are they after {t} hours?", ((u - v) * t, "V"), ((u + v) * t, "R"))
    ask("direction", "en", en.rstrip() + f". How many kilometres apart are they after {t} hours?", ((u + v) * t, "U"), ((u - v) * t, "U"))
    ask("direction", "en", f"A car drives the first half of the time at {u} km/h and the second half of the time at {v} km/h. Find its average speed in km/h.", (F(u + v, 2), "V"), (F(2 * u * v, u + v), "R"))
    ask("direction", "en", f"A car drives the first half of the distance at {u} km/h and the second half of the distance at {v} km/h. Find its average speed in km/h.", (F(2 * u * v, u + v), "V"), (F(u + v, 2), "R"))
    ask("direction", "en", f"A car drives half the trip at {u} km/h and the rest at {v} km/h. Find its average speed in km/h.", (F(u + v, 2), "U"))
    ask("direction", "zh", f"甲、乙两车从相距 {(u + v) * t} 千米的两地先后出发相向而行，速度分别是每小时 {u} 千米和 {v} 千米，几小时后相遇？", (t, "U"), (F((u + v) * t, u - v), "U"))
    ask("direction", "zh", f"甲、乙两车从相距 {(u + v) * t} 千米的两地同时出发相向而行，速度分别是每小时 {u} 千米和 {v} 千米，几小时后相遇？", (t, "V"), (F((u + v) * t, u - v), "R"))
    ask("direction", "zh", f"一辆车去时每小时行 {u} 千米，返回时较慢，求往返的平均速度（千米/时）。", (F(u + v, 2), "U"))


@each((6, 12), (4, 12), (10, 15))
def work(a, b):
    both = F(a * b, a + b)
    ask("work", "zh", f"一件工作，甲单独做要 {a} 小时，乙单独做要 {b} 小时，两人一起做要多少小时？", (both, "V"), (F(a + b, 2), "R"))
    ask("work", "zh", f"一件工作，甲单独做要 {a} 小时，甲、乙一起做要 {q(both)} 小时，乙单独做要多少小时？", (b, "V"), (both, "R"))
    ask("work", "zh", f"一件工作，甲单独做要 {a} 小时，两人一起做要多少小时？", (both, "U"), (F(a, 2), "U"))
    ask("work", "zh", f"一件工作，甲、乙一起做要 {a} 小时，乙单独做要多少小时？", (2 * a, "U"))
    ask("work", "en", f"Ann paints a wall in {a} hours. Ben works twice as fast. How many hours does Ben need alone?", (F(a, 2), "V"), (2 * a, "R"))
    ask("work", "en", f"Ann paints a wall in {a} hours. Ben needs twice as long. How many hours does Ben need alone?", (2 * a, "V"), (F(a, 2), "R"))
    ask("work", "en", f"Ann paints a wall in {a} hours. Ben is slower. How many hours does Ben need alone?", (2 * a, "U"))
    ask("work", "en", f"Ann and Ben paint a wall in {a} hours together. How many hours does Ben need alone?", (2 * a, "U"))


@each((30, 6, 4), (36, 8, 6), (40, 10, 5))
def ages(p, c, t):
    ask("before or after", "zh", f"妈妈今年 {p} 岁，女儿今年 {c} 岁，{t} 年后两人年龄之和是多少岁？", (p + c + 2 * t, "V"), (p + c - 2 * t, "R"))
    ask("before or after", "zh", f"妈妈今年 {p} 岁，女儿今年 {c} 岁，{t} 年前两人年龄之和是多少岁？", (p + c - 2 * t, "V"), (p + c + 2 * t, "R"))
    ask("before or after", "zh", f"妈妈今年 {p} 岁，女儿今年 {c} 岁，几年后两人年龄之和会更大？", (t, "U"))
    ask("before or after", "zh", f"妈妈今年 {p} 岁，{t} 年后两人年龄之和是多少岁？", (p + c + 2 * t, "U"))
    ask("each or all", "zh", f"{c} 个小朋友每人分到 {t} 颗糖，一共有多少颗糖？", (c * t, "V"), (c + t, "R"))
    ask("each or all", "zh", f"{c * t} 颗糖平均分给 {c} 个小朋友，每人分到多少颗糖？", (t, "V"), (c * t, "R"))
    ask("each or all", "zh", f"{c} 个小朋友分到一些糖，每人 {t} 颗或 {t + 1} 颗，一共有多少颗糖？", (c * t, "U"))
    ask("each or all", "zh", f"{c * t} 颗糖分给几个小朋友，每人分到多少颗糖？", (t, "U"))
    ask("each or all", "en", f"{c} tickets cost {t} dollars each. How many dollars do they cost in total?", (c * t, "V"), (t, "R"))
    ask("each or all", "en", f"{c} tickets cost {c * t} dollars in total, all at the same price. How many dollars does each cost?", (t, "V"), (c * t, "R"))
    ask("each or all", "en", f"{c} tickets cost {c * t} dollars in total. How many dollars does the dearest cost?", (t, "U"))


# --- sequences, functions ------------------------------------------------------------------------------------------

@each((2, 3), (1, 5), (4, 2))
def sequences(a, d):
    text = f"{a}, {a + d}, {a + 2 * d}"
    ask("sequence", "en", f"The arithmetic sequence ${text}, \\ldots$ is given. Find its 10th term.", (a + 9 * d, "V"), (a + 10 * d, "R"))
    ask("sequence", "en", f"The sequence ${text}, \\ldots$ is given. Find its 10th term.", (a + 9 * d, "U"))
    ask("sequence", "zh", f"等差数列 $\\{{a_n\\}}$ 中，$a_1 = {a}$，$a_2 = {a + d}$，求 $a_6$。", (a + 5 * d, "V"), (a + 6 * d, "R"))
    ask("sequence", "zh", f"数列 $\\{{a_n\\}}$ 中，$a_1 = {a}$，$a_2 = {a + d}$，求 $a_6$。", (a + 5 * d, "U"))
    ask("sequence", "zh", f"等比数列的首项为 {a}，公比为 {d}，求第 4 项。", (a * d ** 3, "V"), (a + 3 * d, "R"))
    ask("sequence", "zh", f"数列的首项为 {a}，公比或公差为 {d}，求第 4 项。", (a * d ** 3, "U"), (a + 3 * d, "U"))
    ask("function", "en", f"A linear function satisfies $f(1) = {a}$ and $f(2) = {a + d}$. Find $f(5)$.", (a + 4 * d, "V"), (a + 5 * d, "R"))
    ask("function", "en", f"A function satisfies $f(1) = {a}$ and $f(2) = {a + d}$. Find $f(5)$.", (a + 4 * d, "U"))
    ask("function", "en", f"Find the maximum value of $f(x) = -x^2 + {2 * a}x + {d}$.", (a * a + d, "V"), (a, "R"))
    ask("function", "en", f"Find the value of $x$ for which $f(x) = -x^2 + {2 * a}x + {d}$ is greatest.", (a, "V"), (a * a + d, "R"))
    ask("function", "en", f"Find a large value of $f(x) = -x^2 + {2 * a}x + {d}$.", (a * a + d, "U"))


# --- the form that was asked, the answer that was not given -----------------------------------------------------------

@each((6, 8), (9, 12), (10, 25))
def forms(a, b):
    g = gcd(a, b)
    ask("form", "en", f"Write $\\frac{{{a}}}{{{b}}}$ in lowest terms.", (F(a, b), "V"), (f"\\frac{{{a}}}{{{b}}}", "U"))
    ask("form", "en", f"Write $\\frac{{{a // g}}}{{{b // g}}}$ as a fraction with denominator {b}.", (f"\\frac{{{a}}}{{{b}}}", "V"), (F(a, b), "U"))
    ask("form", "zh", f"因式分解：$x^2 - {a * a}$。", (f"(x+{a})(x-{a})", "V"), (f"x^2-{a * a}", "U"))
    ask("form", "zh", f"展开：$(x+{a})(x-{a})$。", (f"x^2-{a * a}", "V"), (f"(x-{a})(x+{a})", "U"))
    ask("form", "zh", f"证明：$x^2 + {a * a} \\ge {2 * a}x$。", ("(x-%d)^2 \\ge 0" % a, "U"))
    ask("form", "en", f"Compute $\\sqrt{{{a}}}$ rounded to two decimal places.", (f"\\sqrt{{{a}}}", "U"))
    ask("form", "en", f"Estimate $\\sqrt{{{a}}}$.", ({6: "2.45", 9: "3", 10: "3.16"}[a], "U"))
    ask("form", "zh", f"在上题的条件下，求 $x + {a}$ 的值。", (a + b, "U"))
    ask("form", "en", f"And for $n = {a}$?", (b, "U"))
    ask("form", "en", f"Convert {a} gallons to litres.", (q(F(a * 3785, 1000)), "U"))
    ask("form", "en", f"Convert {a} m to cm.", (a * 100, "V"), (F(a, 100), "R"))


# --- a condition more, or one that cannot be reckoned with ---------------------------------------------------------

@each((5, 3, 6), (8, 4, 12), (10, 6, 3))
def extra(a, b, h):
    ask("extra condition", "en", f"A wall is {a} m long and {b} m high. What is its area in square metres?", (a * b, "V"), (2 * (a + b), "R"))
    ask("extra condition", "en", f"A wall is {a} m long and {b} m high and has a door. What area in square metres is to be painted?", (a * b, "U"))
    ask("extra condition", "en", f"Pipe A fills a tank in {a} hours and pipe B in {h + 1} hours. There is also a leak. How many hours do both pipes need together?", (F(a * (h + 1), a + h + 1), "U"))
    ask("extra condition", "en", f"Pipe A fills a tank in {a} hours and pipe B in {h + 1} hours. Pipe B is opened later. How many hours does it take in all to fill the tank?", (F(a * (h + 1), a + h + 1), "U"))
    ask("extra condition", "en", f"A book costs {10 * a} dollars before tax. What does it cost in dollars with ${b}\\%$ tax?", (10 * a * (1 + F(b, 100)), "V"), (10 * a, "R"))
    ask("extra condition", "en", f"A book costs {10 * a} dollars before tax. What does it cost in dollars with tax?", (10 * a, "U"))
    ask("extra condition", "zh", f"一列长 {10 * a} 米的火车以每秒 {b} 米的速度完全通过一座长 {50 * b - 10 * a} 米的桥，需要多少秒？", (50, "V"), (F(50 * b - 10 * a, b), "R"))
    ask("extra condition", "zh", f"一列火车以每秒 {b} 米的速度完全通过一座长 {50 * b - 10 * a} 米的桥，需要多少秒？", (F(50 * b - 10 * a, b), "U"))
    ask("extra condition", "zh", f"一列长 {10 * a} 米的火车完全通过一座长 {50 * b - 10 * a} 米的桥，需要多少秒？", (50, "U"))
    ask("extra condition", "zh", f"在 {a} 千克浓度为 $30\\%$ 的盐水中加入 {b} 千克水，浓度变为多少？", (f"{q(F(30 * a, a + b))}\\%", "V"), ("30\\%", "R"))
    ask("extra condition", "zh", f"在 {a} 千克浓度为 $30\\%$ 的盐水中加入 {b} 千克盐水，浓度变为多少？", (f"{q(F(30 * a, a + b))}\\%", "U"))
    ask("extra condition", "zh", f"在 {a} 千克盐水中加入 {b} 千克水，浓度变为多少？", (f"{q(F(30 * a, a + b))}\\%", "U"))


# --- clauses that bind otherwise than they seem to --------------------------------------------------------------------

@each((3, 40, 2), (2, 50, 4), (5, 20, 6))
def mixed_units(a, b, c):
    ask("clause", "en", f"A rectangle is {a} m long and {b} cm wide. Find its area in square centimetres.", (a * b * 100, "V"), (a * b, "R"))
    ask("clause", "en", f"A rectangle is {a} m long and {b} cm wide. Find its area in square metres.", (F(a * b, 100), "V"), (a * b, "R"))
    ask("clause", "en", f"A rectangle is {a} m long and {b} wide. Find its area.", (a * b, "U"), (F(a * b, 100), "U"))
    ask("clause", "zh", f"一个长方体的长是 {a} 米，宽是 {b} 厘米，高是 {c} 分米，求它的体积是多少立方分米。", (F(a * 10 * b * c, 10), "V"), (a * b * c, "R"))
    ask("clause", "zh", f"一辆车 {c} 小时行了 {a * 60} 千米，照这样计算，{b} 分钟行多少千米？", (F(a * b, c), "V"), (F(a * 60 * b, c), "R"))
    ask("clause", "en", f"A cone has base diameter {2 * a} and height equal to twice its base radius. Find its volume.", (f"{q(F(2 * a ** 3, 3))}\\pi", "V"), (f"{q(F(4 * a ** 3, 3))}\\pi", "R"))
    ask("clause", "en", f"A cone has base radius {a} and height equal to half its diameter. Find its volume.", (f"{q(F(a ** 3, 3))}\\pi", "V"), (f"{q(F(a ** 3, 6))}\\pi", "R"))
    ask("clause", "en", f"A cylinder of radius {a} is {b} high. Half of it is filled with water. Find the volume of the water.", (f"{q(F(a * a * b, 2))}\\pi", "V"), (f"{a * a * b}\\pi", "R"))
    ask("clause", "en", f"A cylinder of radius {a} is {b} high. It is partly filled with water. Find the volume of the water.", (f"{a * a * b}\\pi", "U"))
    ask("clause", "zh", f"一个圆柱的底面半径是 {a}，高比底面直径多 {c}，求它的体积。", (f"{a * a * (2 * a + c)}\\pi", "V"), (f"{a * a * (a + c)}\\pi", "R"))
    ask("clause", "zh", f"一个无盖的圆柱形水桶，底面半径是 {a}，高是 {b}，求它的表面积。", (f"{a * a + 2 * a * b}\\pi", "V"), (f"{2 * a * a + 2 * a * b}\\pi", "R"))
    ask("clause", "zh", f"一个正方体的棱长扩大到原来的 {c} 倍，体积扩大到原来的多少倍？", (c ** 3, "V"), (c ** 2, "R"))
    ask("clause", "zh", f"一个正方体的棱长扩大 {c} 倍，体积是原来的多少倍？", (c ** 3, "U"), ((c + 1) ** 3, "U"))


@each((6, 5, 3), (7, 4, 3), (5, 5, 2))
def people(m, w, k):
    n = m + w
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，其中男生甲必须入选，有多少种选法？", (comb(n - 1, k - 1), "V"), (comb(n, k), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，其中男生甲不能入选，有多少种选法？", (comb(n - 1, k), "V"), (comb(n, k), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，男生甲和女生乙不能同时入选，有多少种选法？", (comb(n, k) - comb(n - 2, k - 2), "V"), (comb(n - 2, k), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，男生甲和女生乙都不能入选，有多少种选法？", (comb(n - 2, k), "V"), (comb(n, k) - comb(n - 2, k - 2), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，男生人数多于女生人数，有多少种选法？", (sum(comb(m, j) * comb(w, k - j) for j in range(k + 1) if 2 * j > k), "V"), (comb(n, k), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人担任 {k} 种不同的职务，有多少种选法？", (perm(n, k), "V"), (comb(n, k), "R"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，男生甲希望入选，有多少种选法？", (comb(n - 1, k - 1), "U"))
    ask("clause", "zh", f"从 {m} 名男生和 {w} 名女生中选出 {k} 人，如果男生甲入选那么女生乙也入选，有多少种选法？", (comb(n - 2, k - 2) + comb(n - 1, k), "V"), (comb(n - 2, k - 2), "R"))
    ask("clause", "en", f"From {m} boys and {w} girls, {k} are chosen. The oldest boy must be among them. How many choices are there?", (comb(n - 1, k - 1), "V"), (comb(n, k), "R"))
    ask("clause", "en", f"From {m} boys and {w} girls, {k} are chosen, all of the same sex. How many choices are there?", (comb(m, k) + comb(w, k), "V"), (comb(n, k), "R"))
    ask("clause", "en", f"From {m} boys and {w} girls, {k} are chosen. Two of the boys are ill. How many choices are there?", (comb(n - 2, k), "U"), (comb(n, k), "U"))
    ask("clause", "en", f"From {m} boys and {w} girls, {k} are chosen, at least one boy and at least one girl. How many choices are there?", (comb(n, k) - comb(m, k) - comb(w, k), "V"), (comb(n, k) - comb(m, k), "R"))
    ask("clause", "en", f"{m} boys and {w} girls stand in a row. In how many ways can they stand so that no two girls are adjacent?", (factorial(m) * perm(m + 1, w), "V"), (factorial(n) - factorial(w) * factorial(m + 1), "R"))
    ask("clause", "en", f"{m} boys and {w} girls stand in a row. In how many ways can they stand so that the girls are not all together?", (factorial(n) - factorial(w) * factorial(m + 1), "V"), (factorial(m) * perm(m + 1, w), "R"))
    ask("clause", "zh", f"{m} 名男生和 {w} 名女生站成一排，女生都站在一起，有多少种站法？", (factorial(w) * factorial(m + 1), "V"), (factorial(w) * factorial(m), "R"))
    ask("clause", "zh", f"{m} 名男生和 {w} 名女生站成一排，男女相间，有多少种站法？", (2 * factorial(m) * factorial(w) if m == w else factorial(m) * factorial(w) if abs(m - w) == 1 else 0, "V"), (factorial(n), "R"))


@each((4, 3, 2), (5, 2, 3), (3, 3, 4))
def balls3(r, w, b):
    n = r + w + b
    zh = f"袋中有 {r} 个红球、{w} 个白球和 {b} 个黑球，"
    ask("clause", "zh", zh + "一次摸出两个球，求两个球都不是黑球的概率。", (F((n - b) * (n - b - 1), n * (n - 1)), "V"), (1 - F(b * (b - 1), n * (n - 1)), "R"))
    ask("clause", "zh", zh + "一次摸出两个球，求两个球不都是黑球的概率。", (1 - F(b * (b - 1), n * (n - 1)), "V"), (F((n - b) * (n - b - 1), n * (n - 1)), "R"))
    ask("clause", "zh", zh + "一次摸出两个球，求第二个是红球的概率。", (F(r, n), "U"), (F(r - 1, n - 1), "U"))
    ask("clause", "zh", zh + "不放回地依次摸出两个球，求第二个是红球的概率。", (F(r, n), "V"), (F(r - 1, n - 1), "R"))
    ask("clause", "zh", zh + "不放回地依次摸出两个球，已知第一个是红球，求第二个也是红球的概率。", (F(r - 1, n - 1), "V"), (F(r * (r - 1), n * (n - 1)), "R"))
    ask("clause", "zh", zh + "不放回地依次摸出两个球，求第一个是红球且第二个是白球的概率。", (F(r * w, n * (n - 1)), "V"), (F(2 * r * w, n * (n - 1)), "R"))
    ask("clause", "zh", zh + "不放回地摸出两个球，求一个是红球一个是白球的概率。", (F(2 * r * w, n * (n - 1)), "V"), (F(r * w, n * (n - 1)), "R"))
    ask("clause", "zh", zh + "摸出一个球后放回并再放入一个同色的球，再摸一个球，求两次都是红球的概率。", (F(r * (r + 1), n * (n + 1)), "V"), (F(r * r, n * n), "R"))
    ask("clause", "zh", zh + "有的球上写着数字，不放回地摸出两个球，求两个球上数字相同的概率。", (F(r, n), "U"))
    en = f"A bag holds {r} red, {w} white and {b} black balls. "
    ask("clause", "en", en + "Two are drawn without replacement. Find the probability that neither is black.", (F((n - b) * (n - b - 1), n * (n - 1)), "V"), (1 - F(b * (b - 1), n * (n - 1)), "R"))
    ask("clause", "en", en + "Two are drawn without replacement. Find the probability that they are not both black.", (1 - F(b * (b - 1), n * (n - 1)), "V"), (F((n - b) * (n - b - 1), n * (n - 1)), "R"))
    ask("clause", "en", en + "Two are drawn without replacement. Given that the first is red, find the probability that the second is red.", (F(r - 1, n - 1), "V"), (F(r * (r - 1), n * (n - 1)), "R"))
    ask("clause", "en", en + "Balls are drawn without replacement until a red one appears. Find the probability that exactly two draws are needed.", (F((n - r) * r, n * (n - 1)), "V"), (F(r, n), "R"))
    ask("clause", "en", en + "Balls are drawn with replacement until a red one appears. Find the probability that exactly two draws are needed.", (F((n - r) * r, n * n), "V"), (F((n - r) * r, n * (n - 1)), "R"))


@each((5, 8, 3), (6, 10, 4), (9, 12, 6))
def words(a, b, c):
    ask("clause", "en", f"Tom has {a} apples more than Ann, and together they have {a + 2 * b}. How many apples does Ann have?", (b, "V"), (a + b, "R"))
    ask("clause", "en", f"Tom has {a} apples more than Ann, and together they have {a + 2 * b}. How many apples does Tom have?", (a + b, "V"), (b, "R"))
    ask("clause", "en", f"Tom has {a} apples more than Ann. How many apples do they have together?", (a + 2 * b, "U"))
    ask("clause", "en", f"Tom is {a + b} years old, {a} years older than Ann. How old is Ann?", (b, "V"), (2 * a + b, "R"))
    ask("clause", "en", f"Tom is {a + b} years old, {a} years younger than Ann. How old is Ann?", (2 * a + b, "V"), (b, "R"))
    ask("clause", "en", f"Tom will be {a + b} years old in {c} years. How old was he {c} years ago?", (a + b - 2 * c, "V"), (a + b - c, "R"))
    ask("clause", "zh", f"甲数比乙数的 {c} 倍多 {a}，乙数是 {b}，甲数是多少？", (b * c + a, "V"), (b * c - a, "R"))
    ask("clause", "zh", f"甲数比乙数的 {c} 倍少 {a}，乙数是 {b}，甲数是多少？", (b * c - a, "V"), (b * c + a, "R"))
    ask("clause", "zh", f"甲数是 {b * c + a}，比乙数的 {c} 倍多 {a}，乙数是多少？", (b, "V"), ((b * c + a) * c + a, "R"))
    ask("clause", "zh", f"甲数是 {b * c}，是乙数的 {c} 倍，乙数是多少？", (b, "V"), (b * c * c, "R"))
    ask("clause", "zh", f"一本书有 {a * b * 10} 页，第一天看了全书的 $\\frac{{1}}{{{a}}}$，第二天看了余下的 $\\frac{{1}}{{{b}}}$，第二天看了多少页？", (F(a * b * 10) * F(a - 1, a) / b, "V"), (a * 10, "R"))
    ask("clause", "zh", f"一本书有 {a * b * 10} 页，第一天看了全书的 $\\frac{{1}}{{{a}}}$，第二天看了全书的 $\\frac{{1}}{{{b}}}$，第二天看了多少页？", (a * 10, "V"), (F(a * b * 10) * F(a - 1, a) / b, "R"))
    ask("clause", "zh", f"一本书有 {a * b * 10} 页，第一天看了 $\\frac{{1}}{{{a}}}$，第二天看了一些，还剩多少页？", (a * b * 10 - b * 10, "U"))
    ask("clause", "zh", f"一根绳子长 {b} 米，用去 $\\frac{{1}}{{{c}}}$ 米，还剩多少米？", (b - F(1, c), "V"), (b - F(b, c), "R"))
    ask("clause", "zh", f"一根绳子长 {b} 米，用去它的 $\\frac{{1}}{{{c}}}$，还剩多少米？", (b - F(b, c), "V"), (b - F(1, c), "R"))
    ask("clause", "zh", f"一列火车长 {20 * a} 米，以每秒 {a} 米的速度经过路边一根电线杆，需要多少秒？", (20, "V"), (F(20 * a + b, a), "R"))
    ask("clause", "zh", f"一列火车长 {20 * a} 米，以每秒 {a} 米的速度在长 {60 * a} 米的隧道内行驶，火车完全在隧道内的时间是多少秒？", (40, "V"), (80, "R"))
    ask("clause", "zh", f"一列火车长 {20 * a} 米，以每秒 {a} 米的速度通过长 {60 * a} 米的隧道，从车头进入到车尾离开共需多少秒？", (80, "V"), (40, "R"))
    ask("clause", "en", f"A shop buys a coat for {100 * a} euros and sells it with a profit of ${10 * c}\\%$ of the cost. What is the selling price in euros?", (100 * a * (1 + F(c, 10)), "V"), (100 * a * F(c, 10), "R"))
    ask("clause", "en", f"A shop sells a coat for {100 * a} euros, with a profit of ${10 * c}\\%$ of the selling price. What did it cost the shop in euros?", (100 * a * (1 - F(c, 10)), "V"), (100 * a / (1 + F(c, 10)), "R"))
    ask("clause", "en", f"A shop sells a coat for {100 * a} euros, with a profit of ${10 * c}\\%$. What did it cost the shop in euros?", (100 * a * (1 - F(c, 10)), "U"))


@each((2, 5, 3), (3, 7, 4), (4, 9, 2))
def relations(a, b, c):
    ask("clause", "en", f"Find all $x$ with $x^2 = {a * a}$ and $x < 0$.", (-a, "V"), (a, "R"))
    ask("clause", "en", f"Find all $x$ with $x^2 = {a * a}$ or $x = {b}$.", (f"{-a}, {a}, {b}", "V"), (f"{-a}, {a}", "R"))
    ask("clause", "en", f"Find all real $x$ that do not satisfy $x^2 = {a * a}$.", (f"{-a}, {a}", "R"))
    ask("clause", "en", f"For which values of $k$ does $x^2 + {2 * a}x + k = 0$ have exactly one real root?", (a * a, "V"), (-a, "R"))
    ask("clause", "en", f"For which values of $k$ does $x^2 + {2 * a}x + k = 0$ have two different real roots?", (f"k < {a * a}", "V"), (f"k \\le {a * a}", "R"))
    ask("clause", "en", f"For which values of $k$ does $x^2 + {2 * a}x + k = 0$ have real roots?", (f"k \\le {a * a}", "V"), (f"k < {a * a}", "R"))
    ask("clause", "zh", f"若关于 $x$ 的方程 ${a}x + k = {b}$ 的解是 $x = {c}$，求 $k$ 的值。", (b - a * c, "V"), (F(b - c, a), "R"))
    ask("clause", "zh", f"若关于 $x$ 的方程 ${a}x + k = {b}$ 的解是正数，求 $k$ 的取值范围。", (f"k < {b}", "V"), (f"k > {b}", "R"))
    ask("clause", "zh", f"若关于 $x$ 的方程 ${a}x + k = {b}$ 有解，求 $k$ 的值。", (b, "U"))
    ask("clause", "zh", f"求不等式 $x^2 < {b * b}$ 的正整数解的个数。", (b - 1, "V"), (2 * b - 1, "R"))
    ask("clause", "zh", f"求不等式 $x^2 < {b * b}$ 的整数解的个数。", (2 * b - 1, "V"), (b - 1, "R"))
    ask("clause", "zh", f"求不等式 $x^2 \\le {b * b}$ 的整数解的个数。", (2 * b + 1, "V"), (2 * b - 1, "R"))
    ask("clause", "en", f"Find the smallest integer $n$ with ${a}n > {a * b}$.", (b + 1, "V"), (b, "R"))
    ask("clause", "en", f"Find the smallest integer $n$ with ${a}n \\ge {a * b}$.", (b, "V"), (b + 1, "R"))
    ask("clause", "en", f"Find the smallest real $x$ with ${a}x > {a * b}$.", (b, "R"))
    ask("clause", "en", f"Find the maximum of $f(x) = x^2 - {2 * a}x$ for $0 \\le x \\le {3 * a}$.", (3 * a * a, "V"), (-a * a, "R"))
    ask("clause", "en", f"Find the minimum of $f(x) = x^2 - {2 * a}x$ for $0 \\le x \\le {3 * a}$.", (-a * a, "V"), (3 * a * a, "R"))
    ask("clause", "en", f"Find the minimum of $f(x) = x^2 - {2 * a}x$ for ${2 * a} \\le x \\le {3 * a}$.", (0, "V"), (-a * a, "R"))
    ask("clause", "zh", f"已知 $f(x) = {a}x + {b}$，求 $f(x + 1) - f(x)$。", (a, "V"), (a + b, "R"))
    ask("clause", "zh", f"已知 $f(x + 1) = {a}x + {b}$，求 $f(x)$。", (f"{a}x + {b - a}", "V"), (f"{a}x + {b + a}", "R"))


def write(name, prefix, cases):
    path = pathlib.Path(__file__).with_name(name)
    cases = [{**c, "id": f"{prefix}-{k:04}"} for k, c in enumerate(cases, 1)]
    path.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases), encoding="utf-8")
    questions = {}
    for c in cases:
        questions.setdefault(c["question"], set()).add(c["verdict"])
    open_ones = sum(v == {"undecided"} for v in questions.values())
    print(f"{name}: {len(questions)} questions, {open_ones} of them undecided; {len(cases)} cases")


def main():
    write("flipped2.jsonl", "flip2", [c for c in OUT if c["kind"] != "clause"])
    write("clauses.jsonl", "clause", [c for c in OUT if c["kind"] == "clause"])


if __name__ == "__main__":
    main()
