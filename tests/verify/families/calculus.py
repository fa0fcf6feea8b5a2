"""Extrema, derivatives, integrals, limits, tangents."""
from .algebra import polynomial
from .core import F, Question, Raw, Roots, Tuple, family, frac, plus, poly, surd, times, value
from .equations import fill, nonzero


def derive(c):
    n = len(c) - 1
    return [a * (n - k) for k, a in enumerate(c[:-1])]


def any_poly(r, degree):
    return [nonzero(r, -4, 5)] + [r.randint(-6, 6) for _ in range(degree)]


@family("extremum of a quadratic function")
def vertex(r):
    a, h, k = r.choice([1, 1, 2, 3, -1, -1, -2, -3]), r.randint(-6, 6), r.randint(-12, 15)
    if r.random() < .3:
        h = F(h * 2 + 1, 2)
    f = poly([a, -2 * a * h, a * h * h + k])
    word = ("最小", "minimum") if a > 0 else ("最大", "maximum")
    if r.random() < .75:
        zh = (f"求函数 [[f(x) = {f}]] 的{word[0]}值。", f"函数 [[y = {f}]] 的{word[0]}值是多少？", f"求二次函数 [[y = {f}]] 在实数范围内的{word[0]}值。")
        en = (f"Find the {word[1]} value of [[f(x) = {f}]].", f"What is the {word[1]} value of [[y = {f}]] over the real numbers?")
        right, near = F(k), [h, -h, k + 1, -k, a * h * h + k, k - 1]
    else:
        zh = (f"当 [[x]] 取何值时，函数 [[f(x) = {f}]] 取得{word[0]}值？", f"函数 [[y = {f}]] 在 [[x]] 等于多少时取得{word[0]}值？")
        en = (f"For which value of [[x]] does [[f(x) = {f}]] attain its {word[1]}?", f"At what value of [[x]] is [[f(x) = {f}]] at its {word[1]}?")
        right, near = Roots(frozenset([F(h)])), [Roots(frozenset([F(v)])) for v in (-h, k, h + 1, 2 * h)]
    return Question(zh, en, right, [v if isinstance(v, Roots) else F(v) for v in near])


@family("extremum on a closed interval")
def on_interval(r):
    if r.random() < .5:
        p = r.randint(1, 3)
        c = [1, 0, -3 * p * p, r.randint(-5, 5)]        # stationary at -p and p
        stationary = [-p, p]
    else:
        h = r.randint(-3, 4)
        c = [r.choice([1, -1, 2]), 0, r.randint(-4, 4)]
        c = [c[0], -2 * c[0] * h, c[0] * h * h + c[2]]
        stationary = [h]
    lo = r.randint(-4, 1)
    hi = lo + r.randint(2, 6)
    inside = [lo, hi] + [s for s in stationary if lo < s < hi]
    ys = [value(c, x) for x in inside]
    top = r.random() < .5
    right = max(ys) if top else min(ys)
    word = ("最大", "maximum") if top else ("最小", "minimum")
    f = poly(c)
    near = ys + [value(c, s) for s in stationary] + [right + 1, right - 1]
    return Question((f"求函数 [[f(x) = {f}]] 在区间 [[[{lo}, {hi}]]] 上的{word[0]}值。",),
                    (f"Find the {word[1]} value of [[f(x) = {f}]] for [[{lo} \\le x \\le {hi}]].",
                     f"Find the {word[1]} of [[f(x) = {f}]] on the interval [[[{lo}, {hi}]]]."), right, near)


@family("derivative of a polynomial")
def derivative(r):
    c = any_poly(r, r.choice([2, 3, 3, 4]))
    d = derive(c)
    if r.random() < .6:
        near = [d[:-1] + [d[-1] + 1], c[:-1], [-v for v in d], d + [c[-1]], [a * (len(c) - k) for k, a in enumerate(c[:-1])]]
        form = (lambda t: t) if r.random() < .5 else (lambda t: "f'(x) = " + t)
        return Question((f"求函数 [[f(x) = {poly(c)}]] 的导数。", f"设 [[f(x) = {poly(c)}]]，求 [[f'(x)]]。"),
                        (f"Differentiate [[f(x) = {poly(c)}]].", f"Find the derivative of [[f(x) = {poly(c)}]].", f"Let [[f(x) = {poly(c)}]]. Find [[f'(x)]]."),
                        polynomial(d, form(poly(d))), [polynomial(n, form(poly(n))) for n in near])
    x = r.randint(-3, 3)
    right = value(d, x)
    return Question((f"设 [[f(x) = {poly(c)}]]，求 [[f'({x})]]。", f"已知 [[f(x) = {poly(c)}]]，求 [[f'({x})]] 的值。"),
                    (f"Let [[f(x) = {poly(c)}]]. Find [[f'({x})]].", f"If [[f(x) = {poly(c)}]], what is [[f'({x})]]?"), right,
                    [value(c, x), -right, right + 1, value(derive(d), x)])


@family("derivative of a product")
def derivative_product(r):
    n = r.randint(2, 5)
    lower = "x" if n == 2 else f"x^{n - 1}"
    up, k = f"x^{n}", r.randint(2, 4)
    text, right, near = r.choice([
        (f"x^{n} \\ln x", r.choice([f"{n}{lower} \\ln x + {lower}", f"{lower}({n}\\ln x + 1)"]),
         [f"{n}{lower} \\ln x", f"{lower}", f"{n}{lower} \\ln x - {lower}", f"{n}{lower} \\ln x + {up}"]),
        (f"x^{n} e^x", r.choice([f"{n}{lower} e^x + {up} e^x", f"({up} + {n}{lower})e^x"]),
         [f"{n}{lower} e^x", f"{up} e^x", f"({up} - {n}{lower})e^x"]),
        (f"e^{{{k}x}}", f"{k}e^{{{k}x}}", [f"e^{{{k}x}}", f"{k}xe^{{{k}x}}", f"\\frac{{1}}{{{k}}}e^{{{k}x}}"]),
        (f"\\sin {k}x", f"{k}\\cos {k}x", [f"\\cos {k}x", f"-{k}\\cos {k}x", f"{k}\\sin {k}x"]),
        (f"x^{n} \\sin x", f"{n}{lower} \\sin x + {up} \\cos x", [f"{n}{lower} \\cos x", f"{n}{lower} \\sin x - {up} \\cos x", f"{up} \\cos x"])])
    return Question((f"求函数 [[f(x) = {text}]] 的导数。", f"设 [[f(x) = {text}]]，求 [[f'(x)]]。"),
                    (f"Differentiate [[f(x) = {text}]].", f"Find the derivative of [[f(x) = {text}]]."), Raw(right, right), [Raw(v, v) for v in near])


@family("definite integral")
def integral(r):
    c = any_poly(r, r.choice([1, 2, 2, 3]))
    n = len(c) - 1
    prim = [F(a, n - k + 1) for k, a in enumerate(c)] + [0]
    lo = r.randint(-2, 1)
    hi = lo + r.randint(1, 3)
    right = value(prim, hi) - value(prim, lo)
    text = f"\\int_{{{lo}}}^{{{hi}}} ({poly(c)})\\,dx" if lo < 0 else f"\\int_{lo}^{hi} ({poly(c)})\\,dx"
    zh, en = fill((("计算 [[{}]]。", "求定积分 [[{}]]。"), ("Evaluate [[{}]].", "Compute the definite integral [[{}]].")), text)
    return Question(zh, en, right, [value(prim, hi) + value(prim, lo), -right, right + 1, value(c, hi) - value(c, lo), value(prim, hi)])


@family("tangent line")
def tangent(r):
    c = any_poly(r, r.choice([2, 2, 3]))
    x = r.randint(-3, 3)
    m, y = value(derive(c), x), value(c, x)
    line = lambda m, b: polynomial([m, b], "y = " + poly([m, b]))
    f = poly(c)
    return Question((f"求曲线 [[y = {f}]] 在 [[x = {x}]] 处的切线方程。", f"求曲线 [[y = {f}]] 在点 [[({x}, {y})]] 处的切线方程。"),
                    (f"Find the equation of the tangent line to [[y = {f}]] at [[x = {x}]].", f"Find the tangent to the curve [[y = {f}]] at the point [[({x}, {y})]]."),
                    line(m, y - m * x), [line(m, y + m * x), line(m, y - m * x + 1), line(-m, y + m * x), line(m + 1, y - m * x), line(m, y)])


@family("limit")
def limit(r):
    a = nonzero(r, -6, 6)
    way = r.randrange(3)
    if way == 0:
        b = nonzero(r, -6, 6)
        text, right = f"\\lim_{{x \\to {a}}} \\frac{{{poly([1, -(a + b), a * b])}}}{{{poly([1, -a])}}}", F(a - b)
        near = [F(a + b), F(b - a), F(0), F(a)]
    elif way == 1:
        p, q, s, t = (nonzero(r, -9, 9) for _ in range(4))
        text, right = f"\\lim_{{x \\to \\infty}} \\frac{{{poly([p, q, 1])}}}{{{poly([s, 0, t])}}}", F(p, s)
        near = [F(s, p), F(0), F(-p, s), F(1, t)]
    else:
        k, m = r.sample(range(2, 10), 2)
        text, right = f"\\lim_{{x \\to 0}} \\frac{{\\sin {k}x}}{{{m}x}}", F(k, m)
        near = [F(m, k), F(1), F(0), F(k * m), F(1, m)]
    zh, en = fill((("求 [[{}]]。", "计算极限 [[{}]]。"), ("Find [[{}]].", "Evaluate the limit [[{}]].")), text)
    return Question(zh, en, right, near)


@family("period of a trigonometric function")
def period(r):
    from .core import Pi
    k, c = r.choice([2, 3, 4, 5, 6, F(1, 2), F(1, 3)]), r.choice([1, 2, 3])
    name, p = r.choice([("\\sin", 2), ("\\cos", 2), ("\\tan", 1)])
    arg = times(k, "x") if k >= 1 else f"\\frac{{x}}{{{k.denominator}}}"
    shift = r.choice(["", " + 1", " - 2"])
    text = f"y = {'' if c == 1 else c}{name} {arg}{shift}"
    right = Pi(F(0), F(p) / k)
    return Question((f"求函数 [[{text}]] 的最小正周期。",), (f"Find the smallest positive period of [[{text}]].",), right,
                    [Pi(F(0), v) for v in (F(p) * k, F(2), F(p) / k * 2, F(p) / k / 2)])
