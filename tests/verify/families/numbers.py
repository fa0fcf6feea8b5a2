"""Whole numbers: divisors, remainders, bases."""
from math import gcd
from .core import F, Question, Raw, decimal, family, frac


def factors(n):
    out, p = {}, 2
    while p * p <= n:
        while n % p == 0:
            out[p] = out.get(p, 0) + 1
            n //= p
        p += 1
    if n > 1:
        out[n] = out.get(n, 0) + 1
    return out


@family("greatest common divisor, least common multiple")
def gcd_lcm(r):
    g = r.choice([1, 2, 3, 4, 6, 7, 12, 15, 21])
    a, b = g * r.randint(2, 12), g * r.randint(2, 15)
    while a == b:
        b = g * r.randint(2, 15)
    d = gcd(a, b)
    m = a * b // d
    if r.random() < .5:
        zh, en = (f"求 {a} 和 {b} 的最大公约数。", f"{a} 与 {b} 的最大公因数是多少？"), (f"Find the greatest common divisor of {a} and {b}.", f"What is the GCD of {a} and {b}?")
        right, near = d, [m, d * 2, 1, d + 1, min(a, b)]
    else:
        zh, en = (f"求 {a} 和 {b} 的最小公倍数。", f"{a} 与 {b} 的最小公倍数是多少？"), (f"Find the least common multiple of {a} and {b}.", f"What is the LCM of {a} and {b}?")
        right, near = m, [a * b, d, m * 2, m // 2, m + 1]
    return Question(zh, en, F(right), [F(v) for v in near])


@family("remainder of a power")
def remainder(r):
    m, a, n = r.randint(3, 13), r.randint(2, 19), r.choice([r.randint(5, 60), r.randint(100, 2030)])
    if r.random() < .3:
        a, m = r.randint(1000, 99999), r.randint(3, 29)
        right, name = a % m, str(a)
        near = [right + 1, m - right, a // m, right + m]
    else:
        right, name = pow(a, n, m), f"{a}^{{{n}}}"
        near = [right + 1, pow(a, n + 1, m), a % m, right + m, m - right]
    return Question((f"[[{name}]] 除以 {m} 的余数是多少？", f"求 [[{name}]] 除以 {m} 所得的余数。"),
                    (f"What is the remainder when [[{name}]] is divided by {m}?", f"Find the remainder of [[{name}]] upon division by {m}."),
                    F(right), [F(v) for v in near])


@family("count and sum of divisors")
def divisors(r):
    n = r.randint(12, 720)
    ds = [d for d in range(1, n + 1) if n % d == 0]
    if r.random() < .65:
        zh, en = (f"{n} 共有多少个正因数？", f"{n} 有多少个正约数？"), (f"How many positive divisors does {n} have?", f"Find the number of positive divisors of {n}.")
        right, near = len(ds), [len(ds) - 1, len(ds) - 2, len(factors(n)), 2 * len(ds), len(ds) + 1]
    else:
        zh, en = (f"求 {n} 的所有正因数的和。",), (f"Find the sum of all positive divisors of {n}.",)
        right, near = sum(ds), [sum(ds) - n, sum(ds) - 1, sum(ds) + 1, len(ds)]
    return Question(zh, en, F(right), [F(v) for v in near])


def in_base(n, b):
    s = ""
    while n:
        s, n = str(n % b) + s, n // b
    return s


@family("number bases")
def bases(r):
    b, zh_b, en_b = r.choice([(2, "二", "binary"), (2, "二", "binary"), (8, "八", "octal"), (3, "三", "base 3"), (5, "五", "base 5")])
    n = r.randint(9, 120)
    s = in_base(n, b)
    if r.random() < .6:
        return Question((f"将{zh_b}进制数 [[{s}_{b}]] 化为十进制数。",), (f"Write the {en_b} number [[{s}_{b}]] in decimal.", f"Convert [[{s}_{b}]] from {en_b} to decimal."),
                        F(n), [F(v) for v in (n + 1, n - 1, n * b, n - b, n + b)])
    text = lambda m: Raw(r.choice([in_base(m, b), f"{in_base(m, b)}_{b}"]), ("base", m))
    return Question((f"把十进制数 {n} 化为{zh_b}进制数。",), (f"Write the decimal number {n} in {en_b}.",), text(n), [text(n + 1), text(n - 1), text(n + b), text(2 * n)])


@family("prime factorisation")
def prime(r):
    n = 1
    while n < 12 or n > 3000 or len(factors(n)) < 2:
        n = 1
        for _ in range(r.randint(2, 5)):
            n *= r.choice([2, 2, 2, 3, 3, 5, 7, 11])
    fs = factors(n)
    def write(d):
        return r.choice([" \\times ", " \\cdot "]).join(f"{p}^{e}" if e > 1 else str(p) for p, e in sorted(d.items()))
    near = []
    for p in fs:
        d = dict(fs)
        d[p] += 1
        near.append(Raw(write(d), tuple(sorted(d.items()))))
        d = dict(fs)
        del d[p]
        near.append(Raw(write(d), tuple(sorted(d.items()))))
    p, e = next(iter(fs.items()))
    forms = [f"{n}"]
    small = min(fs)
    if sum(fs.values()) > 2:
        forms.append(f"{small} \\times {n // small}")
    return Question((f"将 {n} 分解质因数。", f"把 {n} 分解成质因数的乘积。"), (f"Find the prime factorization of {n}.", f"Write {n} as a product of primes."),
                    Raw(write(fs), tuple(sorted(fs.items()))), near, forms)


@family("percentages of a number")
def percent(r):
    p, n = r.choice([5, 8, 10, 12, 15, 20, 25, 30, 35, 40, 60, 75, 120]), r.choice([r.randint(2, 40) * 20, r.randint(11, 300)])
    if r.random() < .6:
        return Question((f"{n} 的 [[{p}\\%]] 是多少？", f"求 {n} 的 [[{p}\\%]]。"), (f"What is [[{p}\\%]] of {n}?", f"Find [[{p}\\%]] of {n}."),
                        F(n * p, 100), [F(v) for v in (F(n * 100, p), F(n * (100 - p), 100), F(n * p), F(n * p, 10), F(n * p, 100) + 1)])
    whole = r.randint(2, 30) * 20
    part = F(whole * p, 100)
    return Question((f"一个数的 [[{p}\\%]] 是 {frac(part)}，求这个数。",), (f"[[{p}\\%]] of a number is {frac(part)}. Find the number.",), F(whole),
                    [part * p / 100, F(whole + 10), part * (100 - p) / 100, part + p, F(whole, 2)])


@family("integers in a range: with its ends, without, not said")
def in_range(r):
    a = r.randint(-5, 40)
    b = a + r.randint(3, 60)
    n = b - a
    way = r.randrange(3)
    if way == 0:
        return Question((f"不小于 {a} 且不大于 {b} 的整数有多少个？",), (f"How many integers are there from {a} to {b} inclusive?",), F(n + 1), [F(n), F(n - 1), F(n + 2)])
    if way == 1:
        return Question((f"大于 {a} 且小于 {b} 的整数有多少个？",), (f"How many integers are greater than {a} and less than {b}?",), F(n - 1), [F(n), F(n + 1), F(b)])
    return Question((f"{a} 和 {b} 之间有多少个整数？",), (f"How many integers are between {a} and {b}?",), F(n - 1), [F(n + 7)], open=True, also=[F(n + 1)])


UNITS = [("米", "m", "厘米", "cm", 100), ("千米", "km", "米", "m", 1000), ("千克", "kg", "克", "g", 1000), ("小时", "hours", "分钟", "minutes", 60),
         ("平方米", "square metres", "平方厘米", "square centimetres", 10000), ("升", "litres", "毫升", "millilitres", 1000)]


@family("units")
def units(r):
    zh_a, en_a, zh_b, en_b, k = r.choice(UNITS)
    n = F(r.randint(2, 60), r.choice([1, 1, 2, 4, 5]))
    text = frac(n) if n.denominator == 1 else decimal(n)
    if r.random() < .5:
        return Question((f"{text} {zh_a}等于多少{zh_b}？",), (f"How many {en_b} are {text} {en_a}?",), n * k, [n / k, n * k * 10, n * k / 10, n], unit=(("", zh_b), ("", en_b)), wrong_units=("s",) if "h" not in en_a else ("kg",))
    m = r.randint(1, 40) * k // r.choice([1, 2, 4])
    return Question((f"{m} {zh_b}等于多少{zh_a}？",), (f"How many {en_a} are {m} {en_b}?",), F(m, k), [F(m * k), F(m, k) * 10, F(m, k) / 10, F(m)], unit=(("", zh_a), ("", en_a)), wrong_units=("s",) if "h" not in en_a else ("kg",))
