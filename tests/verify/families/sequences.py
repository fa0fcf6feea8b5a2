"""Sequences and sums."""
from .algebra import polynomial
from .core import F, Question, Raw, family, frac, plus, poly, times
from .equations import fill, nonzero


def terms(tex_, f):
    """A formula in n: two are equal if their first terms are."""
    return Raw(tex_, tuple(F(f(n)) for n in range(1, 13)))


def either(r, v, name="a_n"):
    """With or without "a_n ="."""
    return Raw(f"{name} = {v.tex}", v.key) if r.random() < .5 else v


@family("arithmetic sequence: a term, a sum")
def arithmetic(r):
    a, d, n = r.randint(-9, 20), nonzero(r, -6, 9), r.randint(8, 40)
    last, total = a + (n - 1) * d, n * (2 * a + (n - 1) * d) // 2
    if r.random() < .5:
        zh = (f"等差数列的首项为 [[{a}]]，公差为 [[{d}]]，求前 {n} 项的和。", f"已知等差数列 [[\\{{a_n\\}}]] 的首项 [[a_1 = {a}]]，公差 [[d = {d}]]，求前 {n} 项和 [[S_{{{n}}}]]。")
        en = (f"An arithmetic sequence has first term [[{a}]] and common difference [[{d}]]. Find the sum of the first {n} terms.",
              f"Find the sum of the first {n} terms of the arithmetic sequence with first term [[{a}]] and common difference [[{d}]].")
        right, near = total, [total - last, total + last + d, total + n, n * (a + last), last, -total]
    else:
        zh = (f"等差数列的首项为 [[{a}]]，公差为 [[{d}]]，求第 {n} 项。", f"等差数列 [[\\{{a_n\\}}]] 中，[[a_1 = {a}]]，公差 [[d = {d}]]，求 [[a_{{{n}}}]]。")
        en = (f"An arithmetic sequence has first term [[{a}]] and common difference [[{d}]]. Find its {n}th term." if n % 10 > 3 else
              f"An arithmetic sequence has first term [[{a}]] and common difference [[{d}]]. Find term number {n}.",
              f"In an arithmetic sequence, [[a_1 = {a}]] and [[d = {d}]]. Find [[a_{{{n}}}]].")
        right, near = last, [last + d, last - d, a * d ** 2, -last, total]
    return Question(zh, en, F(right), [F(v) for v in near])


@family("geometric sequence: a term, a sum")
def geometric(r):
    a, q, n = nonzero(r, -5, 8), F(r.choice([2, 2, 3, -2, 4, F(1, 2), F(1, 3)])), r.randint(3, 8)
    last, total = a * q ** (n - 1), sum(a * q ** k for k in range(n))
    if r.random() < .5:
        zh = (f"等比数列的首项为 [[{a}]]，公比为 [[{frac(q)}]]，求前 {n} 项的和。",)
        en = (f"A geometric sequence has first term [[{a}]] and common ratio [[{frac(q)}]]. Find the sum of the first {n} terms.",)
        right, near = total, [total - last, total + last * q, last, -total, a * (1 - q ** (n - 1)) / (1 - q)]
    else:
        zh = (f"等比数列 [[\\{{a_n\\}}]] 中，[[a_1 = {a}]]，公比 [[q = {frac(q)}]]，求 [[a_{n}]]。", f"等比数列的首项为 [[{a}]]，公比为 [[{frac(q)}]]，求第 {n} 项。")
        en = (f"In a geometric sequence, [[a_1 = {a}]] and the common ratio is [[{frac(q)}]]. Find [[a_{n}]].",)
        right, near = last, [last * q, last / q, a + (n - 1) * q, -last]
    return Question(zh, en, F(right), [F(v) for v in near])


def power(c, p, shift):
    """c * p^(n + shift)"""
    e = "n" if not shift else f"{{n{shift:+d}}}"
    if c in (1, -1):
        return f"{'-' if c < 0 else ''}{p}^{e}"
    return f"{frac(c)} \\cdot {p}^{e}"


@family("recurrence: general term")
def recurrence(r):
    p, q, a = r.choice([2, 2, 3, 4, 5]), nonzero(r, -6, 6), r.randint(-3, 6)
    k = F(q, p - 1)                                     # a_n + k is geometric
    c = a + k
    while not c:
        a += 1
        c = a + k
    rest = frac(-k)
    def write(c, shift, rest):
        return plus(power(c, p, shift), rest)
    right = terms(write(c, -1, rest), lambda n: c * p ** (n - 1) - k)
    if c.denominator == 1 and c.numerator % p == 0:
        e = c.numerator // p
        right = r.choice([right, terms(write(F(e), 0, rest), lambda n: e * p ** n - k)])
    elif c == 1 and r.random() < .5:
        right = terms(plus(f"{p}^{{n-1}}", rest), lambda n: p ** (n - 1) - k)
    near = [terms(write(c, 0, rest), lambda n: c * p ** n - k), terms(write(c, -1, frac(k)), lambda n: c * p ** (n - 1) + k),
            terms(write(F(1), -1, "0"), lambda n: p ** (n - 1)), terms(write(c + 1, -1, frac(-k - 1)), lambda n: (c + 1) * p ** (n - 1) - k - 1),
            terms(poly([p, a - p], "n"), lambda n: p * n + a - p)]
    rule = f"a_{{n+1}} = {plus(f'{p}a_n', str(q))}"
    zh = (f"已知数列 [[\\{{a_n\\}}]] 满足 [[a_1 = {a}]]，[[{rule}]]，求数列的通项公式。", f"设 [[a_1 = {a}]]，[[{rule}]]，求通项 [[a_n]]。",
          f"数列 [[\\{{a_n\\}}]] 满足 [[a_1 = {a}]]，[[{rule}]]（[[n \\ge 1]]），求 [[a_n]]。")
    en = (f"The sequence [[\\{{a_n\\}}]] satisfies [[a_1 = {a}]] and [[{rule}]]. Find the general term [[a_n]].",
          f"Let [[a_1 = {a}]] and [[{rule}]]. Determine [[a_n]].")
    return Question(zh, en, either(r, right), [either(r, v) for v in near])


@family("recurrence: one term")
def recurrence_term(r):
    n = r.randint(4, 8)
    if r.random() < .4:
        a, b = r.randint(1, 4), r.randint(1, 5)
        seq = [a, b]
        while len(seq) < n + 2:
            seq.append(seq[-1] + seq[-2])
        rule = "a_{n+2} = a_{n+1} + a_n"
        start = f"[[a_1 = {a}]], [[a_2 = {b}]]"
    else:
        p, q, a = r.choice([2, 3, -1, -2]), nonzero(r, -5, 5), r.randint(-2, 5)
        seq = [a]
        while len(seq) < n + 2:
            seq.append(p * seq[-1] + q)
        rule, start = f"a_{{n+1}} = {plus(times(p, 'a_n'), str(q))}", f"[[a_1 = {a}]]"
    right = seq[n - 1]
    return Question((f"已知数列 [[\\{{a_n\\}}]] 满足 {start}，[[{rule}]]，求 [[a_{n}]]。",),
                    (f"A sequence satisfies {start} and [[{rule}]]. Find [[a_{n}]].",), F(right),
                    [F(v) for v in (seq[n], seq[n - 2], right + 1, -right)])


@family("general term from the sum of the first n")
def from_sum(r):
    a, b = r.choice([1, 1, 2, 3]), r.randint(-5, 6)
    c = r.choice([0, 0, 0, nonzero(r, -4, 4)])
    s = poly([a, b, c], "n")
    f = lambda n: 2 * a * n - a + b                     # from n = 2 on
    simple = terms(poly([2 * a, b - a], "n"), f)
    wrong = [terms(poly(v, "n"), lambda n, v=v: v[0] * n + v[1]) for v in ([2 * a, b], [2 * a, a + b], [a, b], [2 * a, b - a + 1])]
    if c:
        pw = "a_n = \\begin{cases} %d, & n = 1 \\\\ %s, & n \\ge 2 \\end{cases}"
        first = a + b + c
        right = Raw(pw % (first, poly([2 * a, b - a], "n")), ("pw", first))
        near = [either(r, simple), Raw(pw % (first + 1, poly([2 * a, b - a], "n")), ("pw", first + 1))]
    else:
        right, near = either(r, simple), [either(r, v) for v in wrong]
    return Question((f"已知数列 [[\\{{a_n\\}}]] 的前 [[n]] 项和 [[S_n = {s}]]，求 [[a_n]]。", f"数列 [[\\{{a_n\\}}]] 的前 [[n]] 项和为 [[S_n = {s}]]，求通项公式。"),
                    (f"The sum of the first [[n]] terms of a sequence is [[S_n = {s}]]. Find [[a_n]].",), right, near)


@family("a sum with dots")
def dots(r):
    if r.random() < .6:
        a, d, n = r.randint(1, 12), r.randint(2, 9), r.randint(8, 30)
        xs = [a + k * d for k in range(n)]
    else:
        a, q, n = r.choice([1, 1, 2, 3]), r.choice([2, 3]), r.randint(6, 9)
        xs = [a * q ** k for k in range(n)]
    text = f"{xs[0]} + {xs[1]} + {xs[2]} + \\cdots + {xs[-1]}"
    total = sum(xs)
    return Question((f"计算 [[{text}]]。", f"求 [[{text}]] 的值。"), (f"Find the sum [[{text}]].", f"Compute [[{text}]]."),
                    F(total), [F(v) for v in (total - xs[-1], total - xs[0], total + 1, total + xs[-1] + xs[1] - xs[0], sum(xs[:3]) + xs[-1])], [text])


@family("a sum in sigma notation")
def sigma(r):
    if r.random() < .4:
        n = r.choice([9, 10, 19, 20, 49, 50, 99, 100])
        text, total = f"\\sum_{{k=1}}^{{{n}}} \\frac{{1}}{{k(k+1)}}", F(n, n + 1)
        near = [F(n - 1, n), F(1, n + 1), F(n + 1, n + 2), F(n, n + 2), F(1)]
    else:
        a, b, n = r.randint(1, 5), r.randint(-4, 6), r.randint(5, 30)
        f = lambda k: a * k + b
        body = poly([a, b], "k")
        if r.random() < .3:
            f, body = (lambda k: k * k + b), poly([1, 0, b], "k")
        text = f"\\sum_{{k=1}}^{{{n}}} ({body})"
        total = F(sum(f(k) for k in range(1, n + 1)))
        near = [total - f(n), total + f(n + 1), total + f(0), total + 1] + ([total - b * n + b] if b else [])
    zh, en = fill((("计算 [[{}]]。", "求 [[{}]] 的值。"), ("Compute [[{}]].", "Evaluate [[{}]].")), text)
    return Question(zh, en, total, [F(v) for v in near], [text])
