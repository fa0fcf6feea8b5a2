"""Equations, systems and inequalities: what holds for which x, and all of it."""
from .core import F, Question, Region, Roots, Surd, Tuple, family, frac, plus, poly, surd, times

SOLVE = ("解方程：[[{}]]。", "请解方程 [[{}]]", "解方程 [[{}]]，求 [[x]] 的值。"), \
        ("Solve the equation [[{}]].", "Solve for x: [[{}]]", "Find the value of [[x]] such that [[{}]].")
REAL = ("求方程 [[{}]] 的所有实数根。", "解方程 [[{}]]，写出所有实数解。", "在实数范围内解方程 [[{}]]。"), \
       ("Find all real solutions of [[{}]].", "Solve [[{}]] and give all real roots.", "Find all real roots of the equation [[{}]].")


def fill(wordings, *args):
    return tuple(w.format(*args) for w in wordings[0]), tuple(w.format(*args) for w in wordings[1])


def roots(*xs):
    return Roots(frozenset(F(x) if isinstance(x, int) else x for x in xs))


def nonzero(r, lo, hi):
    return r.choice([k for k in range(lo, hi + 1) if k])


@family("linear equation")
def linear(r):
    a, b, c = r.choice([2, 3, 4, 5, 6, 7, 8, 9, 12, -2, -3, -5]), nonzero(r, -15, 15), r.randint(-30, 40)
    if r.random() < .5:
        x = nonzero(r, -12, 12)
        c = a * x + b
    x = F(c - b, a)
    way = r.randrange(3)
    text = f"{poly([a, b])} = {c}"
    if way == 1 and a > 0:
        text = f"{a}({poly([1, b])}) = {c}"
        x = F(c, a) - b
    elif way == 2:
        d = r.choice([k for k in (1, 2, 3, 4, -1, -2) if k != a])
        text = f"{poly([a, b])} = {poly([d, c])}"
        x = F(c - b, a - d)
    zh, en = fill(SOLVE, text)
    forms = [f"{a}x = {c - b}"] if way == 0 else []
    if way == 0 and x.denominator == 1 and a > 1:
        forms.append(f"x = \\frac{{{c - b}}}{{{a}}}")
    return Question(zh, en, roots(x), [roots(v) for v in (-x, x + 1, x - 1, F(c + b, a), x * 2, 1 / x if x else 1)], forms,
                    steps=[f"{a}x = {c - b}"] if way == 0 else [])


@family("quadratic equation, real roots")
def quadratic(r):
    way = r.randrange(5)
    a = r.choice([1, 1, 1, 2, 3])
    if way < 2:                                         # two rational roots
        p, q = r.sample([k for k in range(-9, 10) if k], 2)
        coefs, right, forms = [a, -a * (p + q), a * p * q], roots(p, q), [f"({poly([1, -p])})({poly([1, -q])}) = 0"]
        near = [roots(p), roots(q), roots(-p, -q), roots(p, q + 1), roots(p - 1, q), roots(p, -q), roots(p, q, 0)]
    elif way == 2:                                      # a double root
        p = nonzero(r, -8, 8)
        coefs, right, forms = [a, -2 * a * p, a * p * p], roots(p), []
        near = [roots(-p), roots(p, -p), roots(p + 1), roots()]
    elif way == 3:                                      # irrational roots
        h, n = r.randint(-5, 5), r.choice([2, 3, 5, 6, 7, 8, 12])
        coefs = [1, -2 * h, h * h - n]
        right, forms = roots(surd(h, 1, n), surd(h, -1, n)), []
        near = [roots(surd(h, 1, n)), roots(surd(-h, 1, n), surd(-h, -1, n)), roots(surd(h, 1, n + 3), surd(h, -1, n + 3)),
                roots(h + n, h - n)]
    else:                                               # none
        h, n = r.randint(-4, 4), r.randint(1, 9)
        coefs, right, forms = [1, 2 * h, h * h + n], roots(), []
        near = [roots(-h), roots(h + 1, h - 1), roots(-h + n, -h - n)]
    zh, en = fill(REAL, f"{poly(coefs)} = 0")
    return Question(zh, en, right, near, forms)


@family("the positive root of a quadratic")
def positive_root(r):
    p, q = r.randint(1, 9), -r.randint(1, 9)
    while p == -q:
        p = r.randint(1, 12)
    want, other, zh_word, en_word = (p, q, "正", "positive") if r.random() < .5 else (q, p, "负", "negative")
    text = f"{poly([1, -(p + q), p * q])} = 0"
    return Question((f"求方程 [[{text}]] 的{zh_word}根。", f"求方程 [[{text}]] 的{zh_word}数解。"),
                    (f"Find the {en_word} root of [[{text}]].", f"What is the {en_word} solution of [[{text}]]?"),
                    roots(want), [roots(other), roots(p, q), roots(want + 1), roots(-want), roots(-other)])


@family("system of two linear equations")
def system(r):
    while True:
        x, y = nonzero(r, -9, 9), nonzero(r, -9, 9)
        a, b, c, d = (nonzero(r, -5, 5) for _ in range(4))
        if a * d != b * c and x != y:
            break
    one, two = f"{plus(times(a, 'x'), times(b, 'y'))} = {a * x + b * y}", f"{plus(times(c, 'x'), times(d, 'y'))} = {c * x + d * y}"
    both = f"\\begin{{cases}} {one} \\\\ {two} \\end{{cases}}"
    t = lambda u, v: Tuple((F(u), F(v)), ("x", "y"))
    return Question((f"解方程组 [[{both}]]。", f"解方程组：[[{one}]]，[[{two}]]。", f"解方程组 [[{both}]]，求 [[(x, y)]]。"),
                    (f"Solve the system [[{both}]].", f"Solve the system of equations [[{one}]] and [[{two}]].",
                     f"Solve the system [[{one}]], [[{two}]] for [[(x, y)]]."),
                    t(x, y), [t(y, x), t(-x, y), t(x, -y), t(x + 1, y), t(x, y - 1), t(-x, -y)])


@family("equation with x in a denominator")
def rational(r):
    if r.random() < .5:
        a = nonzero(r, -7, 7)
        b = a if r.random() < .5 else nonzero(r, -9, 9)
        den = poly([1, -a])
        text, right, near = f"\\frac{{x}}{{{den}}} = \\frac{{{b}}}{{{den}}}", roots() if a == b else roots(b), \
            [roots(a), roots(a, b), roots(b + 1), roots(-b)] + ([] if a == b else [roots()])
    else:
        while True:
            a, c = r.randint(1, 9), r.randint(1, 9)
            b, d = nonzero(r, -6, 6), nonzero(r, -6, 6)
            if a != c and b != d:
                x = F(a * d - b * c, a - c)             # a (x - d) = c (x - b)
                if x not in (b, d):
                    break
        text = f"\\frac{{{a}}}{{{poly([1, -b])}}} = \\frac{{{c}}}{{{poly([1, -d])}}}"
        right, near = roots(x), [roots(-x), roots(x + 1), roots(b), roots(d), roots(x, b)]
    zh, en = fill((("解分式方程 [[{}]]。", "解方程：[[{}]]。"), ("Solve [[{}]].", "Solve the equation [[{}]].")), text)
    return Question(zh, en, right, near)


@family("equation with an absolute value")
def absolute(r):
    a, b, c = r.choice([1, 1, 2, 3]), nonzero(r, -9, 9), r.choice([0, -2, -5] + list(range(1, 12)) * 2)
    p, q = F(c - b, a), F(-c - b, a)
    right = roots() if c < 0 else roots(p, q)
    near = [roots(p), roots(q), roots(-p, -q), roots(p + 1, q), roots(p, -p), roots()] if c > 0 else \
        [roots(-p), roots(p + 1)] if c == 0 else [roots(p, q), roots(p)]
    zh, en = fill((("解方程 [[{}]]。", "求方程 [[{}]] 的所有实数解。"), ("Solve [[{}]].", "Find all real solutions of [[{}]].")),
                  f"|{poly([a, b])}| = {c}")
    return Question(zh, en, right, [n for n in near if n != right or c > 0])


@family("equation with a square root")
def radical(r):
    t = r.choice([1, 2, 3, 4, 5])
    a = r.randint(-6, 8)
    x = t * t - a                                       # sqrt(x + a) = t = x - b
    b, other = x - t, (1 - t) ** 2 - a
    right = roots(x, other) if 1 - t >= 0 else roots(x)
    left = f"\\sqrt{{{poly([1, a])}}}"
    zh, en = fill(REAL if t == 1 or r.random() < .5 else SOLVE, f"{left} = {poly([1, -b])}")
    return Question(zh, en, right, [roots(x, other), roots(other), roots(x + 1), roots(-x), roots()])


@family("exponential equation")
def exponential(r):
    base, k, c, a = r.choice([2, 2, 3, 5, 10]), r.randint(-2, 6), nonzero(r, -4, 4), r.choice([1, 1, 2, 3])
    value = F(base) ** k
    x = F(k - c, a)
    zh, en = fill(SOLVE, f"{base}^{{{poly([a, c])}}} = {frac(value)}")
    return Question(zh, en, roots(x), [roots(v) for v in (k, k + c, x + 1, -x, x - 1)], [f"{poly([a, c])} = {k}"] if k > 0 else [])


@family("logarithmic equation")
def logarithmic(r):
    base = r.choice([2, 2, 3, 5])
    if r.random() < .5:
        i = r.randint(1, 4 if base == 2 else 2)
        j = r.randint(0, i - 1)
        x, a = base ** i, base ** i - base ** j         # x (x - a) = base^(i + j)
        text = f"\\log_{base} x + \\log_{base} ({poly([1, -a])}) = {i + j}"
        right, near = roots(x), [roots(x, -base ** j), roots(-base ** j), roots(x + 1), roots(base ** j)]
    else:
        k, a = r.randint(0, 3), nonzero(r, -9, 9)
        x = base ** k - a
        text = f"\\log_{base} ({poly([1, a])}) = {k}"
        right, near = roots(x), [roots(base ** k + a), roots(base * k - a), roots(x + 1), roots(k ** base - a)]
    zh, en = fill(SOLVE, text)
    return Question(zh, en, right, near)


SIGNS = {"<": "<", ">": ">", "≤": "\\le", "≥": "\\ge"}
IN_ZH, IN_EN = ("解不等式 [[{}]]。", "求不等式 [[{}]] 的解集。", "解不等式：[[{}]]"), \
    ("Solve the inequality [[{}]].", "Solve [[{}]].", "Find all real [[x]] with [[{}]].")
AS_ZH, AS_EN = ("解不等式 [[{}]]，并用区间表示解集。",), ("Solve [[{}]]. Give your answer in interval notation.",
                                                "Solve the inequality [[{}]] and write the solution in interval notation.")


def region(*parts, only=""):
    return Region(tuple(tuple(F(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in p) for p in parts), only=only)


def asked_region(r, text, right, near):
    """The question in words; asked as an interval, an inequality is another form."""
    if r.random() < .25:
        as_interval = [Region(v.parts, v.var, "interval") for v in near]
        one = right.parts[0] if len(right.parts) == 1 else None
        forms = []
        if one and one[0] is None:
            forms = [f"x {'≤' if one[3] else '<'} {frac(one[2])}"]
        elif one and one[2] is None:
            forms = [f"x {'≥' if one[1] else '>'} {frac(one[0])}"]
        return Question(*fill((AS_ZH, AS_EN), text), Region(right.parts, right.var, "interval"), as_interval, forms)
    return Question(*fill((IN_ZH, IN_EN), text), right, near)


@family("linear inequality")
def linear_inequality(r):
    while True:
        a, c = nonzero(r, -6, 6), r.choice([0, 0, nonzero(r, -6, 6)])
        b, d = r.randint(-15, 15), r.randint(-20, 20)
        if a != c:
            break
    sign = r.choice(list(SIGNS))
    text = f"{poly([a, b])} {SIGNS[sign]} {poly([c, d])}"
    if r.random() < .25 and a not in (1, -1):
        text = f"{a}({poly([1, b])}) {SIGNS[sign]} {poly([c, d])}"
        b = a * b
    x, closed = F(d - b, a - c), sign in "≤≥"
    less = (sign in "<≤") == (a > c)
    below = lambda v, cl: region((None, False, v, cl))
    above = lambda v, cl: region((v, cl, None, False))
    same, flip = (below, above) if less else (above, below)
    return asked_region(r, text, same(x, closed), [flip(x, closed), flip(x, not closed), same(x, not closed), same(-x, closed),
                                                   same(x + 1, closed), same(x - 1, closed)])


@family("quadratic inequality")
def quadratic_inequality(r):
    p, q = sorted(r.sample(range(-8, 9), 2))
    a = r.choice([1, 1, 1, 2, -1])
    sign = r.choice(list(SIGNS))
    closed = sign in "≤≥"
    inside = (sign in "<≤") == (a > 0)
    mid = lambda u, v, cl: region((u, cl, v, cl))
    out = lambda u, v, cl: region((None, False, u, cl), (v, cl, None, False))
    same, flip = (mid, out) if inside else (out, mid)
    near = [flip(p, q, closed), same(p, q, not closed), same(-q, -p, closed), same(p, q + 1, closed), region((None, False, p, closed))]
    return asked_region(r, f"{poly([a, -a * (p + q), a * p * q])} {SIGNS[sign]} 0", same(p, q, closed), near)


@family("inequality with an absolute value")
def absolute_inequality(r):
    a, b, c = r.choice([1, 1, 2]), nonzero(r, -7, 7), r.randint(1, 11)
    p, q = F(-c - b, a), F(c - b, a)
    sign = r.choice(list(SIGNS))
    closed = sign in "≤≥"
    mid = lambda u, v, cl: region((u, cl, v, cl))
    out = lambda u, v, cl: region((None, False, u, cl), (v, cl, None, False))
    same, flip = (mid, out) if sign in "<≤" else (out, mid)
    near = [flip(p, q, closed), same(p, q, not closed), same(-q, -p, closed), same(p - 1, q, closed), region((None, False, q, closed))]
    return asked_region(r, f"|{poly([a, b])}| {SIGNS[sign]} {c}", same(p, q, closed), near)


@family("equation, integer solutions only")
def integer_roots(r):
    """A root that is no integer falls away."""
    p = nonzero(r, -7, 7)
    n, d = r.choice([(1, 2), (3, 2), (5, 2), (-1, 2), (-3, 2), (1, 3), (2, 3), (-4, 3)])
    q = F(n, d)
    text = f"{poly([d, -n - d * p, n * p])} = 0"
    return Question((f"求方程 [[{text}]] 的整数解。", f"求方程 [[{text}]] 的所有整数根。"),
                    (f"Find all integer solutions of [[{text}]].", f"Find the integer roots of [[{text}]]."),
                    roots(p), [roots(p, q), roots(q), roots(-p), roots(p + 1), roots()])
