#!/usr/bin/env python3
"""The evaluation's questions with other numbers and other words: whoever learned them by heart is found out.

Each question of tests/data/eval/seed20.jsonl is recognised by its pattern (never its id), and a rule for that pattern makes
10 variants with numbers and wording drawn anew, the answer computed by the generator.  Asked of each: the right answer and
a wrong one.  No hard error, and the share decided is that of the originals, with other numbers alone and with other words too.
`-v` prints what stays undecided; `--seed` and `--variants` draw others, `--seeds N` asks those of N seeds.
"""
import argparse, math, random, re, sys
from fractions import Fraction as F
from families import core
from families.core import Pi, Roots, Tuple, poly, root, scaled, surd, tex
from families.counting import arrangements
from families.equations import region
from families.sequences import power, terms
from qwenctl import DATA, is_hard_error, lines, verify

VARIANTS, SEED = 10, 1
RULES = []


def rule(pattern):
    """pattern: what the original looks like, numbers aside."""
    def add(f):
        RULES.append((re.compile(pattern), f))
        return f
    return add


def one(x):
    return Roots(frozenset([F(x)]))


# Each rule: a random generator -> (questions, right, wrong); the first question is worded like the original.

@rule(r"x \+ \\frac\{1\}\{x\} = \d+.*x\^2 \+ \\frac\{1\}\{x\^2\}")
def reciprocal(r):
    k = r.randint(3, 15)
    v = r.choice("xyta")
    a, b = f"{v} + \\frac{{1}}{{{v}}} = {k}", f"{v}^2 + \\frac{{1}}{{{v}^2}}"
    return [f"已知 ${a}$，求 ${b}$ 的值。", f"若 ${a}$，则 ${b}$ 等于多少？", f"If ${a}$, find ${b}$."], F(k * k - 2), [F(k * k), F(k * k + 2)]


@rule(r"解方程：\d+x \+ \d+ = \d+")
def linear(r):
    a, x, b = r.randint(2, 9), r.randint(-9, 12), r.randint(1, 20)
    text = f"{poly([a, b])} = {a * x + b}"
    return [f"请解方程：{text}", f"解方程 ${text}$。", f"Solve {text}."], one(x), [one(x + 1), one(-x - 1)]


@rule(r"Solve \$x\^2 - \d+x \+ \d+ = 0\$ and give all real roots")
def quadratic(r):
    p, q = r.sample([k for k in range(-9, 10) if k], 2)
    text = f"{poly([1, -p - q, p * q])} = 0"
    both = Roots(frozenset([F(p), F(q)]))
    return [f"Solve ${text}$ and give all real roots.", f"Find all real solutions of ${text}$.", f"求方程 ${text}$ 的所有实数根。"], both, [one(p), Roots(frozenset([F(p), F(q + 1)]))]


@rule(r"解方程组 .*cases")
def system(r):
    while True:
        x, y, a, b, c, d = (r.choice([k for k in range(-7, 8) if k]) for _ in range(6))
        if a * d != b * c and x != y:
            break
    side = lambda m, n: f"{core.plus(core.times(m, 'x'), core.times(n, 'y'))} = {m * x + n * y}"
    text = f"\\begin{{cases}} {side(a, b)} \\\\ {side(c, d)} \\end{{cases}}"
    t = lambda *v: Tuple(tuple(F(k) for k in v))
    return [f"解方程组 ${text}$，求 $(x, y)$。", f"求方程组 ${text}$ 的解 $(x, y)$。", f"Solve the system ${text}$ for $(x, y)$."], t(x, y), [t(y, x), t(x + 1, y)]


@rule(r"Simplify \$\\sqrt\{\d+\} \+ \\sqrt\{\d+\} - \\sqrt\{\d+\}\$")
def surds(r):
    n, (a, b, c) = r.choice([2, 3, 5, 7]), r.sample(range(2, 8), 3)
    text = f"\\sqrt{{{a * a * n}}} + \\sqrt{{{b * b * n}}} - \\sqrt{{{c * c * n}}}"
    return [f"Simplify ${text}$.", f"化简 ${text}$。", f"Simplify the expression ${text}$."], surd(0, a + b - c, n), [surd(0, a + b + c, n), surd(0, a + b - c + 1, n)]


@rule(r"解不等式 \$\d+\(x-\d+\) < \d+x \+ \d+\$")
def inequality(r):
    a, b, c, d = r.randint(3, 8), r.randint(1, 6), r.randint(1, 2), r.randint(1, 12)
    bound = F(d + a * b, a - c)
    text = f"{a}(x-{b}) < {poly([c, d])}"
    return [f"解不等式 ${text}$。", f"求不等式 ${text}$ 的解集。", f"Solve ${text}$."], region((None, False, bound, False)), \
        [region((bound, False, None, False)), region((None, False, bound, True))]


@rule(r"一个圆内接于边长为 \d+ 的正方形")
def circle_in_square(r):
    a = r.randint(3, 20)
    return [f"一个圆内接于边长为 {a} 的正方形。求圆与正方形之间的阴影区域面积。", f"正方形的边长为 {a}，其内有一个内切圆，求正方形内、圆外的阴影部分面积。",
            f"A circle is inscribed in a square with side length {a}. Find the area of the shaded region between the circle and the square."], \
        Pi(F(a * a), -F(a * a, 4)), [Pi(F(a * a), -F(a * a)), Pi(-F(a * a), F(a * a, 4))]


@rule(r"right triangle has legs of length \d+ and \d+.*inscribed circle")
def incircle(r):
    a, b, c = r.choice([(3, 4, 5), (8, 15, 17), (7, 24, 25), (6, 8, 10), (9, 12, 15), (20, 21, 29), (12, 16, 20), (9, 40, 41)])
    if r.random() < .5:
        a, b = b, a
    return [f"A right triangle has legs of length {a} and {b}. Find the radius of its inscribed circle.", f"直角三角形的两条直角边长分别为 {a} 和 {b}，求它的内切圆的半径。",
            f"The legs of a right triangle are {a} and {b}. What is the radius of the inscribed circle?"], F(a + b - c, 2), [F(c, 2), F(a + b - c)]


@rule(r"正六边形的边长为 \d+，求它的面积")
def hexagon(r):
    a = r.randint(3, 20)
    return [f"正六边形的边长为 {a}，求它的面积。", f"求边长为 {a} 的正六边形的面积。", f"Find the area of a regular hexagon with side length {a}."], surd(0, F(3 * a * a, 2), 3), [surd(0, F(3 * a * a, 4), 3), F(6 * a)]


@rule(r"distance from the point \(.*\) to the line")
def point_line(r):
    a, b = r.choice([(3, -4), (4, 3), (5, 12), (12, -5), (8, 15), (6, -8)])
    c, x, y = r.randint(1, 15), r.randint(-6, 9), r.randint(-6, 9)
    line = f"{core.plus(core.times(a, 'x'), core.times(b, 'y'))} + {c} = 0"
    d = scaled(root(F(1, a * a + b * b)), abs(a * x + b * y + c))
    return [f"Find the distance from the point ({x}, {y}) to the line {line}.", f"求点 $({x}, {y})$ 到直线 ${line}$ 的距离。", f"What is the distance from $({x}, {y})$ to the line ${line}$?"], \
        d, [d + 1, F(abs(a * x + b * y + c) or 1)]


@rule(r"圆锥的底面半径为 \d+，高为 \d+，求它的侧面积")
def cone(r):
    a, b, c = r.choice([(4, 3, 5), (5, 12, 13), (12, 5, 13), (8, 15, 17), (15, 8, 17), (6, 8, 10), (8, 6, 10), (7, 24, 25), (9, 12, 15)])
    return [f"圆锥的底面半径为 {a}，高为 {b}，求它的侧面积。", f"一个圆锥底面半径是 {a}，高是 {b}，它的侧面积是多少？", f"A cone has base radius {a} and height {b}. Find its lateral surface area."], \
        Pi(F(0), F(a * c)), [Pi(F(0), F(a * b)), Pi(F(0), F(a * c + a * a))]


@rule(r"从 \d+ 名男生和 \d+ 名女生中选出 \d+ 人组成小组，要求至少有 \d+ 名女生")
def team(r):
    m, w, k, t = r.randint(4, 9), r.randint(3, 7), r.randint(3, 5), r.choice([1, 1, 1, 2])
    f = lambda j: math.comb(w, j) * math.comb(m, k - j)
    right = sum(f(j) for j in range(t, k + 1))
    return [f"从 {m} 名男生和 {w} 名女生中选出 {k} 人组成小组，要求至少有 {t} 名女生。有多少种选法？", f"从 {m} 名男生、{w} 名女生中选 {k} 人组成小组，至少有 {t} 名女生，共有多少种不同的选法？",
            f"From {m} boys and {w} girls, {k} students are chosen for a team. In how many ways can this be done if at least {t} girl{'s' if t > 1 else ''} must be chosen?"], \
        F(right), [F(math.comb(m + w, k)), F(f(t) if f(t) != right else right + 1)]


@rule(r"Two fair six-sided dice are rolled.*the sum is \d+")
def dice(r):
    s = r.randint(3, 12)
    right = F(6 - abs(s - 7), 36)
    return [f"Two fair six-sided dice are rolled. What is the probability that the sum is {s}?", f"Two fair dice are rolled. Find the probability that the sum is {s}.", f"掷两枚均匀的骰子，点数之和为 {s} 的概率是多少？"], \
        right, [F(1, 11), right + F(1, 36)]


@rule(r"数据 .* 的方差（总体方差）是多少")
def variance(r):
    xs = [r.randint(1, 15) for _ in range(r.choice([4, 5, 5, 6]))]
    if len(set(xs)) == 1:
        xs[0] += 2
    n, m = len(xs), F(sum(xs), len(xs))
    q = sum((x - m) ** 2 for x in xs)
    text = ", ".join(map(str, xs))
    return [f"数据 {text} 的方差（总体方差）是多少？", f"求数据 {text} 的总体方差。", f"Find the population variance of {text}."], q / n, [q / (n - 1), q]


@rule(r"arrangements are there of the letters of the word [A-Z]+")
def letters(r):
    pool = r.sample("ABCDEGHLMNOPRSTV", r.randint(3, 4))
    word = "".join(r.choice(pool) for _ in range(r.randint(5, 7)))
    right = arrangements(word)
    return [f"How many different arrangements are there of the letters of the word {word}?", f"How many different arrangements are there of the letters of {word}?", f"单词 {word} 的字母共有多少种不同的排列？"], \
        F(right), [F(right * 2), F(right + 1)]


@rule(r"等差数列的首项为 \d+，公差为 \d+，求前 \d+ 项的和")
def arithmetic(r):
    a, d, n = r.randint(-5, 15), r.randint(2, 9), r.randint(8, 50)
    s = n * (2 * a + (n - 1) * d) // 2
    return [f"等差数列的首项为 {a}，公差为 {d}，求前 {n} 项的和。", f"已知等差数列的首项是 ${a}$，公差是 ${d}$，求它的前 ${n}$ 项和。", f"An arithmetic sequence has first term {a} and common difference {d}. Find the sum of the first {n} terms."], \
        F(s), [F(s - a - (n - 1) * d), F(s + n)]


@rule(r"a_\{n\+1\} = \d+a_n \+ \d+\$，求通项公式")
def recurrence(r):
    p, q, a = r.randint(2, 5), r.randint(1, 8), r.randint(1, 5)
    k = F(q, p - 1)
    form = lambda c, shift, rest: terms(core.plus(power(c, p, shift), tex(rest)), lambda n: c * F(p) ** (n + shift) + rest)
    return [f"数列 $\\{{a_n\\}}$ 满足 $a_1 = {a}$，$a_{{n+1}} = {p}a_n + {q}$，求通项公式 $a_n$。", f"已知 $a_1 = {a}$，$a_{{n+1}} = {p}a_n + {q}$，求 $a_n$。",
            f"The sequence $\\{{a_n\\}}$ satisfies $a_1 = {a}$ and $a_{{n+1}} = {p}a_n + {q}$. Find the general term $a_n$."], form(a + k, -1, -k), [form(a + k, 0, -k), form(a + k, -1, k)]


@rule(r"maximum value of \$f\(x\) = -\d+x\^2 \+ \d+x - \d+\$")
def maximum(r):
    a, h, k = r.randint(1, 4), r.randint(-5, 6), r.randint(-9, 12)
    f = poly([-a, 2 * a * h, k - a * h * h])
    return [f"Find the maximum value of $f(x) = {f}$ over the real numbers.", f"What is the maximum value of $f(x) = {f}$?", f"求函数 $f(x) = {f}$ 的最大值。"], F(k), [F(k + 1), F(k - 2)]


@rule(r"相距 \d+ 千米.*去时每小时行 \d+ 千米，返回时每小时行 \d+ 千米")
def round_trip(r):
    u, v = r.sample([30, 36, 40, 45, 48, 50, 60, 72, 75, 80, 90, 100, 120], 2)
    d = r.choice([120, 180, 240, 300, 360, 480, 600])
    right = F(2 * u * v, u + v)
    return [f"甲、乙两地相距 {d} 千米。一辆汽车去时每小时行 {u} 千米，返回时每小时行 {v} 千米。求往返的平均速度（千米/时）。", f"A、B 两地相距 {d} 千米，一辆汽车以每小时 {u} 千米的速度从 A 地到 B 地，再以每小时 {v} 千米的速度返回，求往返的平均速度（千米/时）。",
            f"Two towns are {d} km apart. A car drives there at {u} km/h and returns at {v} km/h. Find the average speed in km/h for the round trip."], right, [F(u + v, 2), right + 1]


@rule(r"filled by pipe A alone in \d+ hours and by pipe B alone in \d+ hours")
def pipes(r):
    a, b = r.sample(range(2, 25), 2)
    return [f"A tank is filled by pipe A alone in {a} hours and by pipe B alone in {b} hours. How many hours do both pipes together need to fill it?",
            f"Pipe A alone fills a tank in {a} hours, pipe B alone in {b} hours. How many hours do they need together?", f"单开甲管 {a} 小时注满水池，单开乙管 {b} 小时注满水池，两管齐开几小时可以注满？"], \
        F(a * b, a + b), [F(a + b, 2), F(a * b, a + b) + 1]


def pair(name, question, lang, right, wrong, r):
    """The right answer and a wrong one."""
    say = (lambda a: f"所以答案是 $\\boxed{{{a}}}$。") if lang == "zh" else (lambda a: f"So the answer is $\\boxed{{{a}}}$.")
    wrong = [w for w in wrong if core.key(w) != core.key(right)]
    yield {"id": name + "/right", "question": question, "response": say(tex(right, r, lang)), "verdict": "verified"}
    yield {"id": name + "/wrong", "question": question, "response": say(tex(r.choice(wrong), r, lang)), "verdict": "refuted"}


def digits(text):
    return sorted(re.findall(r"\d+", text))


def ask(questions, seed, count, bad):
    """The originals, with other numbers, with other words too: three lists of cases."""
    originals, numbers, variants = [], [], []
    for q in questions:
        found = [f for p, f in RULES if p.search(q["question"])]
        if len(found) != 1:
            bad.append(f"{len(found)} rules for {q['question']}")
            continue
        r = random.Random(f"{found[0].__name__}/{seed}")
        _, right, wrong = found[0](r)
        # An original's wrong answer is one of another variant's: it must differ from the reference, however it is written.
        other = next(v for v in (tex(found[0](r)[1], r, q["lang"]) for _ in range(50)) if digits(v) != digits(q["answer"]))
        name = found[0].__name__
        originals += [{"id": f"{name}/{seed}/0/right", "question": q["question"], "response": f"$\\boxed{{{q['answer']}}}$", "verdict": "verified"},
                      {"id": f"{name}/{seed}/0/wrong", "question": q["question"], "response": f"$\\boxed{{{other}}}$", "verdict": "refuted"}]
        for k in range(1, count + 1):
            texts, right, wrong = found[0](r)
            text = texts[k % len(texts)]
            lang = "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
            (variants if k % len(texts) else numbers).extend(pair(f"{name}/{seed}/{k}", text, lang, right, wrong, r))
    return originals, numbers, variants


def main():
    p = argparse.ArgumentParser(description="The evaluation's questions with other numbers and in other words.")
    p.add_argument("--seed", type=int, default=SEED)
    p.add_argument("--seeds", type=int, default=1, help="so many, from --seed on")
    p.add_argument("--variants", type=int, default=VARIANTS)
    p.add_argument("-v", action="store_true", help="print what stayed undecided")
    args = p.parse_args()
    bad, questions = [], lines(DATA / "eval/seed20.jsonl")
    lists = [sum(those, []) for those in zip(*(ask(questions, seed, args.variants, bad) for seed in range(args.seed, args.seed + args.seeds)))]
    shares = []
    for cases in lists:
        got, _ = verify(cases)
        for c, g in zip(cases, got):
            c["got"] = g["verdict"]
            if is_hard_error(c["verdict"], g["verdict"]):
                bad.append(f"hard error: {c}")
        shares.append(sum(c["got"] == c["verdict"] for c in cases) / max(1, len(cases)))
    originals, numbers, variants = lists
    for name in {c["id"].split("/")[0]: 0 for c in originals}:
        rows = [[c for c in cases if c["id"].startswith(name + "/")] for cases in lists]
        print(f"{name}: " + ", ".join(f"{what} {sum(c['got'] == c['verdict'] for c in row)} of {len(row)}"
                                      for what, row in zip(("original", "other numbers", "other words"), rows)))
        for c in rows[1] + rows[2]:
            if args.v and c["got"] == "undecided":
                print("   ", c["verdict"], c["question"], c["response"])
    print(f"{len(questions)} originals: {100 * shares[0]:.1f} % decided; {len(numbers)} answers to them with other numbers: {100 * shares[1]:.1f} %; "
          f"{len(variants)} with other words too: {100 * shares[2]:.2f} %")
    for what, share in zip(("with other numbers", "in other words"), shares[1:]):
        if share < shares[0]:
            bad.append(f"{what} less is decided than of the originals")
    for line in bad:
        print("not ok -", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
