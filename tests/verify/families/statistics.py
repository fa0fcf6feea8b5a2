"""Mean, median, range, variance."""
from .core import F, Question, family, root, surd


def data(r, n=None):
    n = n or r.randint(4, 8)
    return [r.randint(1, 20) for _ in range(n)]


def listed(xs):
    return ", ".join(map(str, xs))


@family("mean, median, range")
def middle(r):
    xs = data(r)
    s = sorted(xs)
    n = len(xs)
    mean, med, span = F(sum(xs), n), F(s[(n - 1) // 2] + s[n // 2], 2), F(s[-1] - s[0])
    zh_w, en_w, right = r.choice([("平均数", "mean", mean), ("中位数", "median", med), ("极差", "range", span)])
    near = [mean, med, span, F(xs[(n - 1) // 2] + xs[n // 2], 2), right + 1, F(sum(xs), n - 1), F(s[-1])]
    return Question((f"数据 {listed(xs)} 的{zh_w}是多少？", f"求一组数据 {listed(xs)} 的{zh_w}。"),
                    (f"Find the {en_w} of the data {listed(xs)}.", f"What is the {en_w} of {listed(xs)}?"), right, near)


def squares(xs):
    m = F(sum(xs), len(xs))
    return sum((x - m) ** 2 for x in xs)


@family("variance: of a population, of a sample, not said")
def variance(r):
    xs = data(r, r.randint(3, 6))
    if len(set(xs)) == 1:
        xs[0] += 1
    n, q = len(xs), squares(xs)
    pop, sample = q / n, q / (n - 1)
    near = [q, F(sum(xs), n), pop + 1, sample + F(1, 2), pop * 2]
    way = r.randrange(3)
    if way == 2:
        return Question((f"数据 {listed(xs)} 的方差是多少？",), (f"Find the variance of the data {listed(xs)}.",), pop,
                        [v for v in near if v not in (pop, sample)], open=True, also=[sample])
    zh_w, en_w, right = [("总体方差", "population variance", pop), ("样本方差", "sample variance", sample)][way]
    if way == 1:                                        # a school book divides by n even there
        zh_w += "（除以 [[n-1]]）"
    return Question((f"求数据 {listed(xs)} 的{zh_w}。", f"计算 {listed(xs)} 的{zh_w}。"),
                    (f"Find the {en_w} of the data {listed(xs)}.", f"What is the {en_w} of {listed(xs)}?"), right, near + [pop, sample])


@family("a missing value from the mean")
def missing(r):
    n = r.randint(3, 6)
    xs = data(r, n)
    x = r.randint(1, 25)
    while (sum(xs) + x) % (n + 1):
        x += 1
    m = (sum(xs) + x) // (n + 1)
    return Question((f"数据 {listed(xs)}, [[x]] 的平均数是 {m}，求 [[x]] 的值。",), (f"The mean of {listed(xs)} and [[x]] is {m}. Find [[x]].",),
                    F(x), [F(v) for v in (m, m * n - sum(xs), x + 1, x - 1, -x)])
