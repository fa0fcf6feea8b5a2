#!/usr/bin/env python3
"""A clause that no reader knows, put into a question that is read: then it must not be decided any more.

A reading consumes every word; a capture that swallows a clause ("half of them leave") would still give a verdict.  The
questions are those of the hand-written files that are verified; the clause goes before the first word and behind each
punctuation mark that stands in no formula.  The same for single words, in Chinese: behind a number one that makes
another of it (打, 左右), elsewhere one that makes it uncertain (差点, 偶尔).  `inserted.py -v` prints the questions.
"""
import random, sys
from qwenctl import DATA, lines, verify

FILES = "paraphrases", "counterparts", "wordings", "stories", "flipped2", "families_b"
ZH = "其中一个数加倍，", "若甲中途离开，", "但有一个不算，", "且结果减半，", "另有两个坏了，"
NUMBER = "余 左右 来 几 以上 以下 平方 分之一 个百分点 折 番 出头".split()
VERB = "差点 限速 偶尔 可能 大约 打算 几乎 假如 一百辆".split()
EN = "one of them is doubled, ", "but half of them leave, ", "not counting the last one, ", "which then changes by 3, ", "two of them excluded, "


def places(text):
    """0, and the positions behind punctuation: in no formula, and before no number (2, 4, 8)."""
    found, formula = [0], False
    for k, sign in enumerate(text[:-1]):
        formula ^= sign == "$"
        rest = text[k + 1:].lstrip()
        if not formula and sign in "，。；,;." and not (sign in ",." and rest[:1].isdigit()):
            found.append(k + 1)
    return found


WORDS = 8                                # in each question


def words(text, r):
    """Questions with one word more: behind a number that stands in no formula, and between two characters."""
    formula = False
    for k in range(1, len(text)):
        before, sign = text[k - 1:k + 1]
        formula ^= before == "$"
        if formula or sign in "$\\^_}" or before in "\\^_{":
            continue
        if before.isdigit() and not (sign.isdigit() or sign in "./:"):
            yield k, r.choice(NUMBER)
        elif is_han(before) and is_han(sign):
            yield k, r.choice(VERB)


def is_han(sign):
    return "\u4e00" <= sign <= "\u9fff"


def cases():
    r = random.Random(1)
    for name in FILES:
        seen = set()
        for c in lines(DATA / f"verify/{name}.jsonl"):
            q = c["question"]
            if c["verdict"] != "verified" or q in seen:
                continue
            seen.add(q)
            zh = any(is_han(sign) for sign in q)
            for k in places(q):
                more = r.choice(ZH) if zh else (" " if k else "") + r.choice(EN)
                yield {"id": f"{name}-{len(seen)}-{k}", "question": q[:k] + more + q[k:].lstrip(), "response": c["response"], "was": q}
            inside = list(words(q, r)) if zh else []
            for k, more in r.sample(inside, min(WORDS, len(inside))):
                yield {"id": f"{name}-{len(seen)}-{k}-{more}", "question": q[:k] + more + q[k:], "response": c["response"], "was": q}


def main():
    all_of_them = list(cases())
    plain = [{**c, "question": c["was"]} for c in all_of_them]
    read, _ = verify(plain)
    used = [c for c, g in zip(all_of_them, read) if g["verdict"] == "verified"]
    got, seconds = verify(used)
    bad = [c for c, g in zip(used, got) if g["verdict"] != "undecided"]
    for c in bad:
        print("not ok - decided all the same:", c["question"])
    if "-v" in sys.argv:
        for c in used:
            print(c["question"])
    print(f"{len(used)} clauses and words put into {len({c['was'] for c in used})} questions: {len(bad)} of them decided all the same, {1000 * seconds / max(1, len(used)):.1f} ms each")
    return 1 if bad or len(used) < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
