"""Expressions: simplify, expand, factor, evaluate, also under a condition."""
from .core import Complex, F, Question, Raw, Surd, family, frac, plus, poly, root, scaled, surd, tex, times, value
from .equations import fill, nonzero


def product(*factors):
    """Coefficients of a product of polynomials."""
    out = [F(1)]
    for f in factors:
        new = [F(0)] * (len(out) + len(f) - 1)
        for i, a in enumerate(out):
            for j, b in enumerate(f):
                new[i + j] += a * b
        out = new
    return out


def polynomial(coefs, text=None, var="x"):
    """A polynomial as an answer: two are equal if their coefficients are."""
    c = [F(v) for v in coefs]
    while len(c) > 1 and not c[0]:
        c = c[1:]
    return Raw(text or poly(c, var), tuple(c))


EXPAND = ("展开 [[{}]]。", "展开并合并同类项：[[{}]]"), ("Expand [[{}]].", "Expand and simplify [[{}]].")
FACTOR = ("因式分解：[[{}]]。", "把 [[{}]] 分解因式。", "在整数范围内分解因式 [[{}]]。"), \
    ("Factor [[{}]].", "Factor [[{}]] completely.", "Factor [[{}]] over the integers.")
SIMPLIFY = ("化简 [[{}]]。", "化简：[[{}]]"), ("Simplify [[{}]].", "Simplify the expression [[{}]].")
COMPUTE = ("计算 [[{}]]。", "计算：[[{}]]", "求 [[{}]] 的值。", "[[{}]] 等于多少？"), \
    ("Compute [[{}]].", "Evaluate [[{}]].", "What is [[{}]]?", "Calculate [[{}]].", "Find the value of [[{}]].")


@family("expand a product")
def expand(r):
    a, b, c, d = r.choice([1, 2, 3, 4]), nonzero(r, -7, 7), r.choice([1, 1, 2, 3]), nonzero(r, -7, 7)
    if r.random() < .4:
        text, right, forms = f"({poly([a, b])})^2", product([a, b], [a, b]), []
        near = [[a * a, a * b, b * b], [a * a, 0, b * b], [a * a, -2 * a * b, b * b], [a, 2 * a * b, b * b], [a * a, 2 * a * b, -b * b]]
    else:
        text, right = f"({poly([a, b])})({poly([c, d])})", product([a, b], [c, d])
        forms = [f"({poly([c, d])})({poly([a, b])})"]
        near = [[a * c, a * d - b * c, b * d], [a * c, a * d + b * c, -b * d], [a * c, 0, b * d], [a * c, a * d + b * c + 1, b * d]]
    return Question(*fill(EXPAND, text), polynomial(right), [polynomial(n) for n in near], forms)


@family("factor a polynomial")
def factor(r):
    way = r.randrange(4)
    f = lambda *c: "(" + poly(c) + ")"
    if way == 0:                                        # k (x - p)(x + p)
        k, p = r.choice([1, 2, 3, 5]), r.randint(2, 9)
        coefs, lead = [k, 0, -k * p * p], "" if k == 1 else str(k)
        right = lead + f(1, -p) + f(1, p)
        near = [([1, -p], [1, -p]), ([1, p], [1, p]), ([1, -p * p], [1, 1])]
        forms = [f"{k}(x^2 - {p * p})"] if k > 1 else [poly(coefs)]
    elif way == 1:                                      # (x - p)(x - q)
        k = 1
        p, q = r.sample([v for v in range(-8, 9) if v], 2)
        while p == -q:
            p, q = r.sample([v for v in range(-8, 9) if v], 2)
        coefs, lead = product([1, -p], [1, -q]), ""
        right, forms = f(1, -p) + f(1, -q), [poly(coefs)]
        near = [([1, p], [1, q]), ([1, -p], [1, q]), ([1, -p], [1, -q + 1])]
    elif way == 2:                                      # (ax - p)^2
        k, a, p = 1, r.choice([1, 2, 3]), r.choice([1, -1, 5, -5, 7, -7])
        coefs, lead = product([a, -p], [a, -p]), ""
        right, forms = f(a, -p) + "^2", [poly(coefs)]
        near = [([a, p], [a, p]), ([a, -p], [a, p]), ([a, -p], [a, -p - 1])]
    else:                                               # x^3 - p^3
        k, p = 1, r.choice([1, 2, 3, 4, 5, -1, -2, -3, -4, -5])
        coefs, lead = [1, 0, 0, -p ** 3], ""
        right, forms = f(1, -p) + f(1, p, p * p), [poly(coefs)]
        near = [([1, -p], [1, -p, p * p]), ([1, p], [1, -p, p * p]), ([1, -p], [1, 2 * p, p * p])]
    wrong = [polynomial([k * c for c in product(*n)], lead + "".join(f(*x) for x in n)) for n in near]
    return Question(*fill(FACTOR, poly(coefs)), polynomial(coefs, right), wrong, forms)


@family("sums of square roots")
def surds(r):
    n = r.choice([2, 3, 5, 6, 7])
    ks = r.sample(range(1, 7), 3)
    signs = [1, r.choice([1, -1]), r.choice([1, -1])]
    total = sum(s * k for s, k in zip(signs, ks))
    text = f"\\sqrt{{{ks[0] ** 2 * n}}}"
    for s, k in zip(signs[1:], ks[1:]):
        text += (" + " if s > 0 else " - ") + f"\\sqrt{{{k * k * n}}}"
    under = sum(s * k * k * n for s, k in zip(signs, ks))
    near = [surd(0, total + 1, n), surd(0, -total, n), surd(0, total, n + 1), surd(0, sum(ks), n)] + ([root(under)] if under > 0 else [])
    return Question(*fill(SIMPLIFY, text), surd(0, total, n), near, [text])


@family("rationalise a denominator")
def rationalise(r):
    if r.random() < .5:
        a, n = r.randint(1, 12), r.choice([2, 3, 5, 6, 7, 10])
        text, right = f"\\frac{{{a}}}{{\\sqrt{{{n}}}}}", surd(0, F(a, n), n)
        near = [surd(0, a, n), surd(0, F(a, n * n), n), surd(0, F(1, n), n), surd(0, F(a + 1, n), n)]
    else:
        a, n, m = r.randint(1, 9), r.choice([2, 3, 5, 6, 7]), r.randint(1, 4)
        while m * m == n or m * m - n == 0:
            m = r.randint(1, 4)
        d = F(a, n - m * m)
        sign = r.choice((1, -1))
        text, right = f"\\frac{{{a}}}{{\\sqrt{{{n}}} {'-' if sign > 0 else '+'} {m}}}", surd(sign * d * m, d, n)
        near = [surd(-sign * d * m, d, n), surd(a * m, a, n), surd(sign * d * m, -d, n), surd(sign * d * m + 1, d, n)]
    return Question(("化简 [[%s]]，使分母不含根号。" % text, "将 [[%s]] 分母有理化。" % text),
                    ("Rationalize the denominator of [[%s]]." % text, "Rationalise the denominator: [[%s]]" % text), right, near, [text])


@family("simplify a rational expression")
def cancel(r):
    p, q = r.sample([v for v in range(-8, 9) if v], 2)
    if r.random() < .5:
        q = -p
    text = f"\\frac{{{poly(product([1, -p], [1, -q]))}}}{{{poly([1, -p])}}}"
    return Question(*fill(SIMPLIFY, text), polynomial([1, -q]),
                    [polynomial(c) for c in ([1, q], [1, -p], [1, p], [1, 0, -q], [1, 1 - q])], [text])


@family("value under a condition: x + 1/x")
def reciprocal(r):
    minus = r.random() < .35
    k = r.choice([3, 4, 5, 6, 7, 8, 9, 10, 12]) if not minus else r.randint(1, 12)
    given = f"x {'-' if minus else '+'} \\frac{{1}}{{x}} = {k}"
    square = k * k + 2 if minus else k * k - 2
    power = r.choice([2, 2, 3, 4])
    if power == 3:
        sign = "-" if minus else "+"
        right = k ** 3 + 3 * k if minus else k ** 3 - 3 * k
        near = [k ** 3, k ** 3 - 3 * k if minus else k ** 3 + 3 * k, right + 1, -right, k ** 3 - k]
    else:
        sign = "+"
        right = square if power == 2 else square * square - 2
        near = [k * k, k * k - 2 if minus else k * k + 2, right + 1, -right, k ** power, right - 2] if power == 2 else \
            [k ** 4, square * square, square * square + 2, k ** 4 - 2, right + 1]
    asked = f"x^{power} {sign} \\frac{{1}}{{x^{power}}}"
    zh = (f"已知 [[{given}]]，求 [[{asked}]] 的值。", f"若 [[{given}]]，则 [[{asked}]] 等于多少？", f"已知 [[{given}]]，计算 [[{asked}]]。")
    en = (f"Given that [[{given}]], find the value of [[{asked}]].", f"If [[{given}]], compute [[{asked}]].",
          f"Suppose [[{given}]]. What is [[{asked}]]?")
    return Question(zh, en, F(right), [F(v) for v in near], steps=[f"{k}^2 = {k * k}"])


@family("value under a condition: a + b and ab")
def symmetric(r):
    x, y = r.randint(-6, 9), r.randint(-6, 9)
    s, p = x + y, x * y
    asked, right, near = r.choice([
        ("a^2 + b^2", s * s - 2 * p, [s * s + 2 * p, s * s, s * s - p, s * s - 2 * p + 1]),
        ("(a - b)^2", s * s - 4 * p, [s * s + 4 * p, s * s - 2 * p, s * s, x - y]),
        ("a^3 + b^3", s ** 3 - 3 * p * s, [s ** 3, s ** 3 + 3 * p * s, s ** 3 - p * s]),
        ("a^2 b + a b^2", p * s, [p + s, p * p * s, p * s + 1, -p * s])])
    one, two = f"a + b = {s}", f"ab = {p}"
    return Question((f"已知 [[{one}]]，[[{two}]]，求 [[{asked}]] 的值。", f"若 [[{one}]]，[[{two}]]，则 [[{asked}]] 的值是多少？"),
                    (f"Given that [[{one}]] and [[{two}]], find [[{asked}]].", f"If [[{one}]] and [[{two}]], what is the value of [[{asked}]]?"),
                    F(right), [F(v) for v in near])


@family("sums over the roots of a quadratic")
def vieta(r):
    s, p = nonzero(r, -9, 9), nonzero(r, -9, 9)
    while s * s - 4 * p <= 0:
        s, p = nonzero(r, -9, 9), nonzero(r, -9, 9)
    asked, right, near = r.choice([
        ("x_1^2 + x_2^2", F(s * s - 2 * p), [s * s + 2 * p, s * s, s * s - p]),
        ("\\frac{1}{x_1} + \\frac{1}{x_2}", F(s, p), [F(-s, p), F(p, s), F(1, s)]),
        ("(x_1 - x_2)^2", F(s * s - 4 * p), [s * s + 4 * p, s * s - 2 * p, s * s]),
        ("x_1 + x_2", F(s), [-s, p, s + 1]), ("x_1 x_2", F(p), [-p, s, p + 1]),
        ("(x_1 + 1)(x_2 + 1)", F(p + s + 1), [p - s + 1, p + 1, p + s])])
    text = f"{poly([1, -s, p])} = 0"
    return Question((f"设 [[x_1]], [[x_2]] 是方程 [[{text}]] 的两个根，求 [[{asked}]] 的值。",
                     f"已知 [[x_1]]、[[x_2]] 是一元二次方程 [[{text}]] 的两根，求 [[{asked}]]。"),
                    (f"Let [[x_1]] and [[x_2]] be the roots of [[{text}]]. Find [[{asked}]].",
                     f"If [[x_1]], [[x_2]] are the two roots of [[{text}]], compute [[{asked}]]."), right, [F(v) for v in near])


@family("value of a function, composition")
def composition(r):
    a, b, c, k = nonzero(r, -5, 5), nonzero(r, -9, 9), nonzero(r, -6, 6), r.randint(-4, 5)
    f, g = (lambda x: a * x + b), (lambda x: x * x + c)
    fx, gx = poly([a, b]), poly([1, 0, c])
    if r.random() < .5:
        asked, right, near = f"f(g({k}))", f(g(k)), [g(f(k)), f(k) * g(k), f(k), g(k), f(g(k)) + 1]
    else:
        asked, right, near = f"g(f({k}))", g(f(k)), [f(g(k)), f(k) * g(k), g(k), g(f(k)) - 1, -g(f(k))]
    return Question((f"已知 [[f(x) = {fx}]]，[[g(x) = {gx}]]，求 [[{asked}]]。", f"设 [[f(x) = {fx}]]，[[g(x) = {gx}]]，求 [[{asked}]] 的值。"),
                    (f"Let [[f(x) = {fx}]] and [[g(x) = {gx}]]. Find [[{asked}]].", f"If [[f(x) = {fx}]] and [[g(x) = {gx}]], what is [[{asked}]]?"),
                    F(right), [F(v) for v in near])


@family("complex numbers")
def complex_numbers(r):
    a, b, c, d = (nonzero(r, -6, 6) for _ in range(4))
    one, two = plus(str(a), times(b, "i")), plus(str(c), times(d, "i"))
    mul = Complex(F(a * c - b * d), F(a * d + b * c))
    if r.random() < .5:
        text, right = f"({one})({two})", mul
        near = [Complex(F(a * c + b * d), F(a * d + b * c)), Complex(mul.re, -mul.im), Complex(F(a * c), F(b * d))]
    else:
        n = c * c + d * d
        text, right = f"\\frac{{{one}}}{{{two}}}", Complex(F(a * c + b * d, n), F(b * c - a * d, n))
        near = [Complex(F(a * c - b * d, n), F(b * c + a * d, n)), Complex(right.re, -right.im), Complex(right.re * n, right.im * n)]
    zh, en = fill((("计算 [[{}]]，其中 [[i]] 为虚数单位。", "计算复数 [[{}]]。"),
                   ("Compute the complex number [[{}]].", "Compute [[{}]], where [[i]] is the imaginary unit.")), text)
    return Question(zh, en, right, near + [Complex(right.re + 1, right.im)])


@family("arithmetic with integers")
def arithmetic(r):
    a, b, c, d = r.randint(11, 99), r.randint(3, 60), r.randint(11, 99), r.randint(3, 30)
    way = r.randrange(3)
    if way == 0:
        text, right, near = f"{a} \\times {b} - {c} \\times {d}", a * b - c * d, [(a * b - c) * d, a * b + c * d, a * b - c * d + 10]
    elif way == 1:
        text, right, near = f"{a} + {b} \\times {c}", a + b * c, [(a + b) * c, a + b + c, a + b * c + 1]
    else:
        text, right, near = f"({a} - {b})^2 + {d}", (a - b) ** 2 + d, [a * a - b * b + d, (a - b) * 2 + d, (a - b) ** 2 - d]
    return Question(*fill(COMPUTE, text), F(right), [F(v) for v in near] + [F(-right)], [text])


@family("sums of fractions")
def fractions(r):
    while True:
        fs = [F(r.randint(1, 11), r.choice([2, 3, 4, 5, 6, 8, 9, 12])) for _ in range(3)]
        if all(f.denominator > 1 for f in fs):
            break
    signs = [1, r.choice([1, -1]), r.choice([1, -1])]
    text = frac(fs[0]) + "".join((" + " if s > 0 else " - ") + frac(f) for s, f in zip(signs[1:], fs[1:]))
    right = sum((s * f for s, f in zip(signs, fs)), F(0))
    den = sum(f.denominator for f in fs)
    near = [F(sum(s * f.numerator for s, f in zip(signs, fs)), den), -right, right + 1, right + F(1, 12), 1 / right if right else F(1)]
    simplest = (("计算 [[{}]]，结果写成最简分数。",), ("Compute [[{}]]. Give your answer as a fraction in lowest terms.",))
    if right.denominator > 1 and r.random() < .4:
        k = r.choice([2, 3, 5])
        return Question(*fill(simplest, text), right, near,
                        [f"\\frac{{{right.numerator * k}}}{{{right.denominator * k}}}".replace("\\frac{-", "-\\frac{")])
    return Question(*fill(COMPUTE, text), right, near, [text])


@family("a value rounded to decimals")
def rounding(r):
    from .core import rounded
    while True:
        q, places = F(r.randint(10, 999), r.choice([7, 9, 11, 13, 17, 19, 23])), r.choice([1, 2, 3])
        if q.denominator > 1:
            break
    right = rounded(q, places)
    step = F(1, 10 ** places)
    near = [Raw(rounded(F(right) + step, places), F(right) + step), Raw(rounded(F(right) - step, places), F(right) - step),
            Raw(rounded(q * 10, places), q * 10)]
    more = rounded(q, places + 2)
    zh = (f"计算 [[{q.numerator} \\div {q.denominator}]]，结果保留{'零一二三'[places] if places != 2 else '两'}位小数。",
          f"计算 [[{frac(q)}]]，四舍五入保留 {places} 位小数。")
    en = (f"Compute [[{q.numerator} \\div {q.denominator}]], rounded to {places} decimal place{'s' if places > 1 else ''}.",
          f"Evaluate [[{frac(q)}]]. Round your answer to {['', 'one', 'two', 'three'][places]} decimal place{'s' if places > 1 else ''}.")
    return Question(zh, en, Raw(right, F(right)), near, [frac(q)] + ([more] if F(more) != F(right) else []))


@family("logarithms")
def logarithms(r):
    b = r.choice([2, 3, 5])
    k, m = r.randint(1, 5 if b == 2 else 3), r.choice([3, 5, 6, 7, 10])
    if r.random() < .5:
        text, right = f"\\log_{b} {b ** k * m} - \\log_{b} {m}", k
    else:
        i, j = r.randint(1, 4), r.randint(1, 3)
        text, right = f"\\log_{b} {b ** i} + \\log_{b} {b ** j}", i + j
    return Question(*fill(COMPUTE, text), F(right), [F(v) for v in (right + 1, -right, b ** right, right - 1, F(1, right))], [text])


@family("determinant of a 2 × 2 matrix")
def determinant(r):
    a, b, c, d = (r.randint(-7, 9) for _ in range(4))
    rows = f"{a} & {b} \\\\ {c} & {d}"
    right = a * d - b * c
    return Question((f"求行列式 [[\\begin{{vmatrix}} {rows} \\end{{vmatrix}}]] 的值。",),
                    (f"Find the determinant of the matrix [[\\begin{{pmatrix}} {rows} \\end{{pmatrix}}]].", f"Compute [[\\begin{{vmatrix}} {rows} \\end{{vmatrix}}]]."),
                    F(right), [F(v) for v in (a * d + b * c, b * c - a * d, a * c - b * d, right + 1)])
