"""Problems in words: speeds, work, mixtures, prices, ages."""
from .core import F, Question, family, frac, scaled


def num(q):
    return frac(q)


@family("average speed there and back")
def round_trip(r):
    u, v = r.sample([12, 15, 20, 24, 30, 36, 40, 45, 48, 50, 60, 72, 80, 90, 100, 120], 2)
    right = F(2 * u * v, u + v)
    near = [F(u + v, 2), right + 1, F(u * v, u + v), F(u), right * 2]
    d = r.choice([None, 2 * u * v // 60 or 60, 120, 240, 360, 480])
    if d is None:
        zh = (f"一辆汽车以每小时 {u} 千米的速度去某地，再以每小时 {v} 千米的速度原路返回，求往返的平均速度是每小时多少千米。",)
        en = (f"A car drives to a town at {u} km/h and returns along the same road at {v} km/h. What is its average speed in km/h for the round trip?",)
    else:
        zh = (f"甲、乙两地相距 {d} 千米。一辆汽车去时每小时行 {u} 千米，返回时每小时行 {v} 千米。求往返的平均速度（千米/时）。",)
        en = (f"Two towns are {d} km apart. A car drives there at {u} km/h and returns at {v} km/h. Find the average speed for the round trip in km/h.",)
    return Question(zh, en, right, near, unit=(("", "千米/时", "km/h"), ("", "km/h")), wrong_units=("m", "kg"))


@family("working together")
def work(r):
    a, b = r.sample(range(2, 31), 2)
    together = F(a * b, a + b)
    way = r.randrange(3)
    if way == 0:
        return Question((f"甲单独完成一项工程需 {a} 天，乙单独完成需 {b} 天，两人合作需要多少天？", f"一项工程，甲单独做 {a} 天完成，乙单独做 {b} 天完成。甲、乙合作多少天可以完成？"),
                        (f"Alice alone finishes a job in {a} days and Bob alone in {b} days. How many days do both together need?",), together,
                        [F(a + b, 2), F(a + b), together + 1, F(abs(a - b)), 1 / together], unit=(("", "天"), ("", "days")), wrong_units=("kg",))
    if way == 1:
        return Question((f"单开甲管 {a} 小时可注满水池，单开乙管 {b} 小时可注满水池，两管同时打开，几小时可以注满水池？",),
                        (f"A tank is filled by pipe A alone in {a} hours and by pipe B alone in {b} hours. How many hours do both pipes together need to fill it?",
                         f"Pipe A fills a tank in {a} hours and pipe B in {b} hours. How many hours do both together need?"), together,
                        [F(a + b, 2), F(a + b), together + 1, F(abs(a - b)), 1 / together], unit=(("", "小时"), ("", "hours")), wrong_units=("kg",))
    a, b = min(a, b), max(a, b)
    return Question((f"单开进水管 {a} 小时可注满空水池，单开出水管 {b} 小时可放完满池水。两管同时打开，几小时可以注满空水池？",),
                    (f"Pipe A fills an empty tank in {a} hours, and pipe B empties the full tank in {b} hours. If both are open, how many hours does it take to fill the empty tank?",),
                    F(a * b, b - a), [together, F(a + b, 2), F(b - a), F(a * b, b - a) + 1], unit=(("", "小时"), ("", "hours")))


@family("diluting a solution")
def mixture(r):
    p, q = sorted(r.sample([5, 8, 10, 12, 15, 16, 20, 24, 25, 30, 32, 36, 40, 45, 50, 60], 2), reverse=True)
    m = r.choice([4, 5, 8, 10, 12, 15, 20, 24, 30, 40, 50, 60, 100])
    right = F(m * p, q) - m
    near = [F(m * (p - q), 100), F(m * p, q), F(m * (p - q), p), right + 1, F(m * p, 100)]
    return Question((f"在 {m} 千克浓度为 [[{p}\\%]] 的盐水中加多少千克水，浓度变为 [[{q}\\%]]？", f"有浓度为 [[{p}\\%]] 的盐水 {m} 千克，要使浓度降为 [[{q}\\%]]，需要加水多少千克？"),
                    (f"How many litres of pure water must be added to {m} litres of a [[{p}\\%]] salt solution to obtain a [[{q}\\%]] solution?",), right, near,
                    unit=(("", "千克"), ("", "litres")), wrong_units=("m",))


@family("discounts and original prices")
def discount(r):
    p = r.choice([5, 10, 12, 15, 20, 25, 30, 35, 40])
    whole = r.randint(2, 40) * 20
    low = F(whole * (100 - p), 100)
    fold = num(F(100 - p, 10)) if (100 - p) % 10 == 0 else None
    yuan, dollars = ("", "元"), ("", "dollars")
    if r.random() < .5:
        zh = [f"一件商品原价 {whole} 元，降价 [[{p}\\%]] 后的价格是多少元？"] + ([f"一件商品原价 {whole} 元，打{'零一二三四五六七八九'[int(fold)]}折出售，售价是多少元？"] if fold else [])
        en = (f"A jacket costs {whole} dollars. What does it cost in dollars after a [[{p}\\%]] discount?",)
        return Question(tuple(zh), en, low, [F(whole * p, 100), F(whole - p), F(whole * (100 + p), 100), low + 1], unit=(yuan, dollars), wrong_units=("kg",))
    while low.denominator > 1:
        whole = r.randint(2, 40) * 20
        low = F(whole * (100 - p), 100)
    zh = [f"一件商品降价 [[{p}\\%]] 后的售价是 {num(low)} 元，原价是多少元？"] + ([f"一件商品打{'零一二三四五六七八九'[int(fold)]}折后的售价是 {num(low)} 元，原价是多少元？"] if fold else [])
    en = (f"A jacket costs {num(low)} dollars after a [[{p}\\%]] discount. What was the original price in dollars?",)
    return Question(tuple(zh), en, F(whole), [low * (100 + p) / 100, low * (100 - p) / 100, low + p, F(whole + 10)], unit=(yuan, dollars))


@family("a price up and down by percent")
def up_down(r):
    a, p, q = r.choice([50, 80, 100, 120, 200, 250, 300, 400, 500, 800]), r.choice([10, 15, 20, 25, 30, 50]), r.choice([10, 15, 20, 25, 30, 40])
    right = F(a * (100 + p) * (100 - q), 10000)
    near = [F(a), F(a * (100 + p - q), 100), F(a * (100 + p), 100), right + 1, F(a * (100 - p) * (100 + q), 10000)]
    return Question((f"一件商品原价 {a} 元，先涨价 [[{p}\\%]]，再降价 [[{q}\\%]]，最后的价格是多少元？",),
                    (f"A price of {a} yuan is raised by [[{p}\\%]] and then lowered by [[{q}\\%]]. What is the final price in yuan?",), right, near, unit=(("", "元"), ("", "yuan")))


@family("simple and compound interest")
def interest(r):
    a, p, n = r.choice([500, 800, 1000, 2000, 5000, 10000]), r.choice([2, 3, 4, 5, 6, 8, 10]), r.randint(2, 3)
    compound, simple = a * (1 + F(p, 100)) ** n, a * (1 + F(p * n, 100))
    units = (("", "元"), ("", "dollars"))
    way = r.randrange(3)
    near = [simple, compound, F(a * (100 + p), 100), compound - a, simple - a, compound + 1]
    if way == 0:
        return Question((f"本金 {a} 元，年利率 [[{p}\\%]]，按复利计算，{n} 年后本利和是多少元？",), (f"You invest {a} dollars at [[{p}\\%]] annual interest compounded yearly. How many dollars do you have after {n} years?",), compound, near, unit=units)
    if way == 1:
        return Question((f"本金 {a} 元，年利率 [[{p}\\%]]，按单利计算，{n} 年后本利和是多少元？",), (f"You invest {a} dollars at [[{p}\\%]] simple annual interest. How many dollars do you have after {n} years?",), simple, near, unit=units)
    return Question((f"本金 {a} 元，年利率 [[{p}\\%]]，{n} 年后本利和是多少元？",), (f"You invest {a} dollars at [[{p}\\%]] annual interest. How many dollars do you have after {n} years?",), compound,
                    [F(a * p), F(a) - 1], open=True, also=[simple], unit=units)


@family("ages")
def ages(r):
    while True:
        child, t, k = r.randint(4, 20), r.randint(1, 15), r.choice([2, 3, 4, 5])
        parent = k * (child + t) - t
        if 22 <= parent - child <= 45:
            break
    zh_k = {2: "2 倍", 3: "3 倍", 4: "4 倍", 5: "5 倍"}[k]
    en_k = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}[k]
    near = [t + 1, t - 1, -t, t + 2, parent - child]
    return Question((f"父亲今年 {parent} 岁，儿子 {child} 岁，几年后父亲的年龄是儿子的 {zh_k}？",),
                    (f"A father is {parent} and his son is {child}. In how many years will the father be {en_k} as old as the son?",), F(t), [F(v) for v in near],
                    unit=(("", "年"), ("", "years")))


@family("trains and bridges")
def train(r):
    v = r.choice([10, 12, 15, 16, 20, 24, 25, 30])
    t = r.randint(12, 60)
    l = r.randint(5, 40) * 10
    while v * t - l <= 40:
        t += 5
    b = v * t - l
    near = [F(b, v), F(b - l, v), t + 1, F(b + 2 * l, v), F(l, v)]
    units = (("", "秒"), ("", "seconds", "s"))
    if r.random() < .7:
        return Question((f"一列长 {l} 米的火车以每秒 {v} 米的速度通过一座长 {b} 米的大桥，完全通过需要多少秒？",),
                        (f"A train {l} m long crosses a bridge {b} m long at {v} m/s. How many seconds does it take to cross completely?",), F(t), [F(x) for x in near], unit=units, wrong_units=("m",))
    return Question((f"一列长 {l} 米的火车完全通过一座长 {b} 米的大桥用了 {t} 秒，火车的速度是每秒多少米？",),
                    (f"A train {l} m long takes {t} seconds to cross a bridge {b} m long completely. What is its speed in m/s?",), F(v),
                    [F(b, t), F(b - l, t), F(v + 1), F(l, t)], unit=(("", "米/秒"), ("", "m/s")))


@family("sharing in a ratio")
def ratio(r):
    parts = r.sample(range(1, 10), 3)
    k = r.randint(3, 60)
    s = sum(parts) * k
    zh_w, en_w, m = r.choice([("最大", "largest", max(parts)), ("最小", "smallest", min(parts))])
    text = ":".join(map(str, parts))
    near = [F(max(parts) * k), F(min(parts) * k), F(s, 3), F(k), F(s * m, sum(parts) + 1), F(sorted(parts)[1] * k)]
    return Question((f"把 {s} 按 {text} 分成三份，{zh_w}的一份是多少？",), (f"A sum of {s} is divided in the ratio {text}. What is the {en_w} share?",), F(m * k), near)


@family("consecutive numbers")
def consecutive(r):
    kind = r.choice([("整数", "integers", 1), ("偶数", "even numbers", 2), ("奇数", "odd numbers", 2)])
    mid = r.randint(5, 60)
    if kind[0] == "偶数":
        mid += mid % 2
    elif kind[0] == "奇数":
        mid += 1 - mid % 2
    d = kind[2]
    zh_w, en_w, x = r.choice([("最大", "largest", mid + d), ("最小", "smallest", mid - d), ("中间", "middle", mid)])
    zh = f"三个连续{kind[0]}的和是 {3 * mid}，求{'其中最大的数' if zh_w == '最大' else '其中最小的数' if zh_w == '最小' else '中间的数'}。"
    en = f"The sum of three consecutive {kind[1]} is {3 * mid}. Find the {en_w} " + ("one." if en_w == "middle" else "of them.")
    return Question((zh,), (en,), F(x), [F(v) for v in (mid, mid + d, mid - d, mid + d + 1, 3 * mid)])


@family("heads and legs")
def heads_legs(r):
    c, k = r.randint(3, 40), r.randint(3, 40)
    zh_w, en_w, right = r.choice([("鸡", "chickens", c), ("兔", "rabbits", k)])
    return Question((f"鸡兔同笼，共有 {c + k} 个头，{2 * c + 4 * k} 只脚，{zh_w}有多少只？",), (f"A farm has chickens and rabbits, {c + k} heads and {2 * c + 4 * k} legs in all. How many {en_w} are there?",),
                    F(right), [F(v) for v in (c, k, right + 1, right - 1, c + k, 2 * c + 4 * k)], unit=(("", "只"), ("",)))


@family("times as many, increased to or by")
def increased(r):
    a, k = r.randint(6, 60), r.randint(2, 6)
    way = r.randrange(5)
    if way == 0:
        return Question((f"甲数是 {a}，乙数是甲数的 {k} 倍，乙数是多少？",), (f"Tom has {a} marbles. Ann has {k} times as many marbles as Tom. How many marbles does Ann have?",), F(a * k), [F(v) for v in (a * (k + 1), a + k, a, F(a, k))])
    if way == 1:
        return Question((f"某厂原来每天生产 {a} 台机器，现在增加到 {a * k} 台，增加了多少台？",), (f"A factory made {a} machines a day; the number increased to {a * k}. By how many machines a day did it increase?",), F(a * k - a), [F(v) for v in (a * k, a * k + a, k, a)])
    if way == 2:
        return Question((f"某厂原来每天生产 {a} 台机器，现在增加了 {k} 台，现在每天生产多少台？",), (f"A factory made {a} machines a day; the number increased by {k}. How many machines a day does it make now?",), F(a + k), [F(v) for v in (a * k, a - k, k, a + k + 1)])
    if way == 3:
        return Question((f"甲数是 {a}，乙数比甲数多 {k} 倍，乙数是多少？",), (f"Tom has {a} marbles. Ann has {k} times more marbles than Tom. How many marbles does Ann have?",), F(a * k), [F(a * k + 1), F(a + k) if a + k not in (a * k, a * (k + 1)) else F(a)],
                        open=True, also=[F(a * (k + 1))])
    p = r.choice([10, 20, 25, 50])
    a = a * 20
    return Question((f"某校原有学生 {a} 人，现在增加了 [[{p}\\%]]，现有学生多少人？",), (f"A school had {a} students; the number increased by [[{p}\\%]]. How many students are there now?",), F(a * (100 + p), 100),
                    [F(a * p, 100), F(a * (100 - p), 100), F(a + p), F(a)])


@family("meeting and catching up")
def meeting(r):
    u, v, t = r.randint(30, 60), r.randint(61, 100), r.randint(2, 8)
    if r.random() < .5:
        d = (u + v) * t
        return Question((f"甲、乙两地相距 {d} 千米，两车同时从两地相向而行，速度分别为每小时 {u} 千米和每小时 {v} 千米，几小时后相遇？",),
                        (f"Two towns are {d} km apart. Two cars start at the same time towards each other at {u} km/h and {v} km/h. After how many hours do they meet?",), F(t),
                        [F(d, v - u), F(t + 1), F(d, v), F(d, 2 * v)], unit=(("", "小时"), ("", "hours")))
    d = (v - u) * t
    return Question((f"甲车在乙车前方 {d} 千米处，两车同时同向行驶，甲车每小时行 {u} 千米，乙车每小时行 {v} 千米，几小时后乙车追上甲车？",),
                    (f"Car A is {d} km ahead of car B. Both start at the same time in the same direction, A at {u} km/h and B at {v} km/h. After how many hours does B catch up with A?",), F(t),
                    [F(d, v + u), F(t + 1), F(d, v), F(d, u)], unit=(("", "小时"), ("", "hours")))
