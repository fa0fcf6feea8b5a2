"""Counting and probability: the model is the text's, the answer by enumeration where that is small."""
from itertools import permutations, product as tuples
from math import comb, factorial
from .core import F, Question, family, frac


@family("selection from two groups: at least, at most, exactly")
def selection(r):
    m, w = r.randint(3, 8), r.randint(3, 7)
    k = r.randint(2, 5)
    t = r.randint(1, max(1, min(k - 1, w, 3)))
    ways = lambda j: comb(w, j) * comb(m, k - j)
    least, most, exact = sum(ways(j) for j in range(t, k + 1)), sum(ways(j) for j in range(t + 1)), ways(t)
    zh_word, en_word, right = r.choice([("至少有", "at least", least), ("至多有", "at most", most), ("恰好有", "exactly", exact)])
    zh_g, zh_b, en_g, en_b, zh_unit, zh_who, en_who = r.choice([
        ("女生", "男生", "girls", "boys", "名", "人", "students"), ("女生", "男生", "girls", "boys", "名", "名学生", "students"),
        ("女老师", "男老师", "women", "men", "位", "人", "people")])
    one = {"girls": "girl", "women": "woman"}[en_g] if t == 1 else en_g
    zh = (f"从 {m} {zh_unit}{zh_b}和 {w} {zh_unit}{zh_g}中选出 {k} {zh_who}，要求{zh_word} {t} {zh_unit}{zh_g}，有多少种选法？",
          f"从 {m} {zh_unit}{zh_b}、{w} {zh_unit}{zh_g}中选 {k} {zh_who}组成小组，其中{zh_word} {t} {zh_unit}{zh_g}，共有多少种不同的选法？")
    en = (f"From {m} {en_b} and {w} {en_g}, {k} {en_who} are chosen. In how many ways can this be done if {en_word} {t} {one} must be chosen?",
          f"A group of {k} {en_who} is chosen from {m} {en_b} and {w} {en_g}. How many different groups contain {en_word} {t} {one}?")
    near = [least, most, exact, comb(m + w, k), comb(w, t) * comb(m + w - t, k - t), right + 1, right - 1]
    return Question(zh, en, F(right), [F(v) for v in near if v >= 0])


WORDS = ["BANANA", "LETTER", "BALLOON", "SCHOOL", "COFFEE", "SUCCESS", "PEPPER", "APPLE", "TABLE", "GEESE", "RIVER", "SEVEN", "MAMMAL", "GREEN", "COMMA"]


def arrangements(word):
    n = factorial(len(word))
    for c in set(word):
        n //= factorial(word.count(c))
    return n


@family("arrangements of the letters of a word")
def letters(r):
    word = r.choice(WORDS)
    if r.random() < .4:                                 # any letters, as long as some repeat
        pool = r.sample("ABCDEGHKLMNOPRST", r.randint(2, 4))
        word = "".join(r.choice(pool) for _ in range(r.randint(4, 7)))
    n, right = len(word), arrangements(word)
    near = [factorial(n), factorial(n) // 2, right * 2, right + 1, factorial(n - 1)]
    return Question((f"单词 {word} 的字母共有多少种不同的排列？", f"把 {word} 的所有字母排成一行，有多少种不同的排法？"),
                    (f"How many different arrangements are there of the letters of the word {word}?", f"In how many distinct ways can the letters of {word} be arranged in a row?"),
                    F(right), [F(v) for v in near], [f"{n}! / 1" if right == factorial(n) else f"\\frac{{{right * 2}}}{{2}}"])


@family("people in a row: adjacent or apart")
def row(r):
    n = r.randint(4, 8)
    together, apart = 2 * factorial(n - 1), factorial(n) - 2 * factorial(n - 1)
    fixed = factorial(n - 1)
    way = r.randrange(3)
    near = [together, apart, fixed, factorial(n), factorial(n - 2), together * 2]
    if way == 0:
        zh = (f"{n} 人站成一排，其中甲、乙两人必须相邻，共有多少种站法？", f"甲、乙等 {n} 人站成一排照相，甲、乙两人相邻的排法有多少种？")
        en = (f"In how many ways can {n} people stand in a row if two particular people must be adjacent?", f"{n} people, including Ann and Bob, stand in a row. How many arrangements have Ann and Bob next to each other?")
        right = together
    elif way == 1:
        zh = (f"{n} 人站成一排，其中甲、乙两人不能相邻，共有多少种不同的站法？", f"甲、乙等 {n} 人排成一排，甲、乙不相邻，有多少种排法？")
        en = (f"In how many ways can {n} people stand in a row if two particular people must not be adjacent?", f"{n} people, including Ann and Bob, stand in a row. In how many ways can they stand so that Ann and Bob are not next to each other?")
        right = apart
    else:
        zh, en = (f"{n} 人站成一排，其中甲必须站在最左端，共有多少种站法？",), (f"In how many ways can {n} people stand in a row if one particular person must stand at the left end?",)
        right = fixed
    return Question(zh, en, F(right), [F(v) for v in near])


@family("numbers with given digits")
def digits(r):
    n = r.choice([3, 3, 4])
    zh_n, en_n = {3: "三", 4: "四"}[n], {3: "three", 4: "four"}[n]
    lo, hi = 10 ** (n - 1), 10 ** n
    way = r.randrange(4)
    if way == 0:
        cond = r.choice([("各位数字互不相同", "all digits different", lambda d: len(set(d)) == n), ("各位数字都是奇数", "all digits odd", lambda d: all(int(c) % 2 for c in d))])
        right = sum(cond[2](str(k)) for k in range(lo, hi))
        zh, en = (f"{cond[0]}的{zh_n}位数共有多少个？",), (f"How many {en_n}-digit numbers have {cond[1]}?",)
        near = [10 * 9 * 8 if n == 3 else 5040, 9 * 8 * 7 if n == 3 else 9 * 8 * 7 * 6, right + 1, hi - lo, 5 ** n + 1]
        return Question(zh, en, F(right), [F(v) for v in near])
    ds = sorted(r.sample(range(0 if r.random() < .4 else 1, 10), r.randint(n, n + 2)))
    listed = ", ".join(map(str, ds))
    use = [p for p in permutations(ds, n) if p[0]]
    rep = [p for p in tuples(ds, repeat=n) if p[0]]
    zh_list = "、".join(map(str, ds))
    if way == 3:
        return Question((f"用数字 {zh_list} 可以组成多少个{zh_n}位数？",), (f"How many {en_n}-digit numbers can be formed from the digits {listed}?",),
                        F(len(use)), [F(len(rep) + 7)], open=True, also=[F(len(rep))])
    if way == 1:
        zh, en = (f"用数字 {zh_list} 可以组成多少个没有重复数字的{zh_n}位数？", f"由 {zh_list} 组成没有重复数字的{zh_n}位数，共有多少个？"), \
            (f"How many {en_n}-digit numbers without repeated digits can be formed from the digits {listed}?",)
        right = len(use)
    else:
        zh, en = (f"用数字 {zh_list} 可以组成多少个{zh_n}位数（数字可以重复）？",), (f"How many {en_n}-digit numbers can be formed from the digits {listed} if digits may be repeated?",)
        right = len(rep)
    near = [len(use), len(rep), len(list(permutations(ds, n))), len(ds) ** n, right + 1, factorial(n)]
    return Question(zh, en, F(right), [F(v) for v in near])


@family("two dice")
def dice(r):
    s = r.randint(2, 12)
    names = [("为", "is", lambda x: x == s), ("大于", "is greater than", lambda x: x > s), ("小于", "is less than", lambda x: x < s),
             ("不小于", "is at least", lambda x: x >= s), ("不大于", "is at most", lambda x: x <= s)]
    zh_w, en_w, f = r.choice(names[:1] * 3 + names[1:])
    hits = [a + b for a in range(1, 7) for b in range(1, 7)]
    right = F(sum(f(x) for x in hits), 36)
    pairs = sum(f(a + b) for a in range(1, 7) for b in range(a, 7))
    near = [F(pairs, 36), F(pairs, 21), F(1, 11), right + F(1, 36), 1 - right] + [F(sum(g[2](x) for x in hits), 36) for g in names]
    verb = zh_w + " " if zh_w != "为" else "为 "
    return Question((f"掷两枚均匀的骰子，点数之和{verb}{s} 的概率是多少？", f"同时抛掷两枚质地均匀的骰子，求点数之和{verb}{s} 的概率。"),
                    (f"Two fair six-sided dice are rolled. What is the probability that the sum {en_w} {s}?", f"Two fair dice are rolled. Find the probability that the sum {en_w} {s}."),
                    right, [v for v in near if 0 <= v <= 1])


@family("tosses of a coin")
def coins(r):
    n = r.randint(3, 8)
    k = r.randint(1, n - 1)
    p = lambda js: F(sum(comb(n, j) for j in js), 2 ** n)
    names = [("恰好", "exactly", [k]), ("至少", "at least", range(k, n + 1)), ("至多", "at most", range(k + 1))]
    zh_w, en_w, js = r.choice(names)
    heads = "head" if k == 1 else "heads"
    zh_s, en_s = r.choice([("正面", heads), ("反面", heads.replace("head", "tail"))])
    right = p(js)
    near = [p(v[2]) for v in names] + [F(1, 2 ** n), F(k, n), right + F(1, 2 ** n), 1 - right]
    return Question((f"一枚均匀硬币抛掷 {n} 次，{zh_w}出现 {k} 次{zh_s}的概率是多少？", f"将一枚质地均匀的硬币连续抛掷 {n} 次，求{zh_w}有 {k} 次{zh_s}朝上的概率。"),
                    (f"A fair coin is tossed {n} times. Find the probability of {en_w} {k} {en_s}.", f"A fair coin is flipped {n} times. What is the probability of getting {en_w} {k} {en_s}?"),
                    right, [v for v in near if 0 <= v <= 1])


@family("draws with and without replacement")
def balls(r):
    a, b = r.randint(2, 8), r.randint(2, 8)
    n = a + b
    back = r.random() < .5
    d = n * n if back else n * (n - 1)
    both = F(a * a, n * n) if back else F(a * (a - 1), d)
    other = F(a * (a - 1), n * (n - 1)) if back else F(a * a, n * n)
    none = F(b * b, n * n) if back else F(b * (b - 1), d)
    mixed = 1 - both - none
    zh_e, en_e, right = r.choice([("两个都是红球", "both are red", both), ("两个球颜色不同", "they have different colours", mixed),
                                  ("两个球颜色相同", "they have the same colour", both + none), ("至少有一个红球", "at least one is red", 1 - none)])
    near = [both, other, none, mixed, both + none, 1 - none, F(a, n), F(a * a, n * n), F(a * (a - 1), n * (n - 1)), mixed / 2]
    zh_d = "有放回地依次摸出两个球" if back else r.choice(["不放回地摸出两个球", "不放回地依次摸出两个球"])
    en_d = "Two balls are drawn with replacement" if back else "Two balls are drawn without replacement"
    return Question((f"袋中有 {a} 个红球和 {b} 个蓝球，{zh_d}，求{zh_e}的概率。", f"一个袋子里装有 {a} 个红球、{b} 个蓝球，这些球除颜色外完全相同，{zh_d}，{zh_e}的概率是多少？"),
                    (f"A bag holds {a} red and {b} blue balls. {en_d}. Find the probability that {en_e}.",
                     f"A bag contains {a} red balls and {b} blue balls. {en_d} at random. What is the probability that {en_e}?"), right, near)


@family("letters in the wrong envelopes")
def derangement(r):
    n = r.randint(3, 7)
    d = [1, 0]
    while len(d) <= n:
        d.append((len(d) - 1) * (d[-1] + d[-2]))
    way = r.random()
    if way < .6:
        zh, en = (f"将 {n} 封信装入 {n} 个写好地址的信封，每个信封一封，全部装错的装法有多少种？",), \
            (f"{n} letters are put into {n} addressed envelopes, one in each. In how many ways can every letter be in a wrong envelope?",)
        right = d[n]
    else:
        zh, en = (f"将 {n} 封信装入 {n} 个写好地址的信封，每个信封一封，恰好有一封装对的装法有多少种？",), \
            (f"{n} letters are put into {n} addressed envelopes, one in each. In how many ways is exactly one letter in the right envelope?",)
        right = n * d[n - 1]
    near = [d[n], n * d[n - 1], factorial(n), factorial(n) - 1, factorial(n - 1), right + 1]
    return Question(zh, en, F(right), [F(v) for v in near])


@family("choosing a committee")
def committee(r):
    n, k = r.randint(5, 14), r.randint(2, 5)
    k = min(k, n - 1)
    if r.random() < .5:
        zh = (f"从 {n} 名同学中选出 {k} 人参加比赛，有多少种选法？", f"从 {n} 人中任选 {k} 人，共有多少种不同的选法？")
        en = (f"In how many ways can a committee of {k} people be chosen from {n} people?", f"How many ways are there to choose {k} students from {n} students?")
        right, near = comb(n, k), [comb(n, k) * factorial(k), comb(n, k - 1), comb(n - 1, k), comb(n, k) + 1]
    else:
        zh = (f"从 {n} 名同学中选出两人，分别担任班长和副班长，有多少种选法？",)
        en = (f"In how many ways can a president and a vice-president be chosen from {n} people, if no one can hold both offices?",)
        right, near = n * (n - 1), [comb(n, 2), n * n, n * (n - 1) + 1, n * (n + 1)]
    return Question(zh, en, F(right), [F(v) for v in near])


@family("two independent events: both, neither, not both, one")
def independent(r):
    def chance():
        d = r.choice([2, 3, 4, 5, 6, 10])
        return F(r.randint(1, d - 1), d)
    a, b = chance(), chance()
    both, neither = a * b, (1 - a) * (1 - b)
    zh_e, en_e, right = r.choice([("两人都命中", "both hit", both), ("两人都没有命中", "neither hits", neither), ("至少有一人命中", "at least one hits", 1 - neither),
                                  ("恰有一人命中", "exactly one hits", 1 - both - neither), ("两人不都命中", "they do not both hit", 1 - both)])
    near = [both, neither, 1 - neither, 1 - both - neither, 1 - both] + ([a + b] if a + b <= 1 else [])
    return Question((f"甲、乙两人独立地射击同一目标，命中的概率分别为 [[{frac(a)}]] 和 [[{frac(b)}]]，两人各射击一次，求{zh_e}的概率。",),
                    (f"Ann and Bob shoot independently at a target and hit it with probability [[{frac(a)}]] and [[{frac(b)}]]. Each shoots once. Find the probability that {en_e}.",),
                    right, near)


@family("expected value of a die game")
def expectation(r):
    sides = r.choice([6, 6, 6, 4, 8])
    low = r.randint(2, sides - 1)
    way = r.randrange(3)
    cond_zh, cond_en, f = [("偶数", "even", lambda x: x % 2 == 0), ("奇数", "odd", lambda x: x % 2 == 1), (f"大于 {low}", f"greater than {low}", lambda x: x > low)][way]
    hits = [x for x in range(1, sides + 1) if f(x)]
    right = F(sum(hits), sides)
    die_zh, die_en = ("骰子", "die") if sides == 6 else (f"正{'零一二三四五六七八'[sides]}面体骰子（各面标有 1 到 {sides}）", f"{sides}-sided die numbered 1 to {sides}")
    return Question((f"掷一枚均匀的{die_zh}，若点数为{cond_zh}则得到与点数相同的分数，否则得 0 分，求得分的期望。" if way < 2 else f"掷一枚均匀的{die_zh}，若点数{cond_zh}则得到与点数相同的分数，否则得 0 分，求得分的期望。",),
                    (f"A fair {die_en} is rolled once. If the result is {cond_en} you score that many points, otherwise 0 points. Find the expected score.",), right,
                    [F(sum(hits), len(hits)), F(sides + 1, 2), right + 1, F(sum(hits)), F(sum(range(1, sides + 1)) - sum(hits), sides)])
