#!/usr/bin/env python3
"""Generated questions with answers and verdicts, as lines of JSON: generate.py [--family TEXT] [--count N] [--seed S]"""
import argparse, dataclasses, json
from families import FAMILIES, draw


def cases(family, count, seed, first=0, most=None):
    """The first `count`, or of them `most` from number `first` on: the same on every machine."""
    last = count if most is None else min(count, first + most)
    return [dataclasses.asdict(draw(family, seed, k)) for k in range(first, last)]


def main():
    p = argparse.ArgumentParser(description="Generated questions with an answer and its right verdict, as lines of JSON.")
    p.add_argument("--family", default="", help="only families whose name contains this")
    p.add_argument("--count", type=int, default=3, help="cases of each (3)")
    p.add_argument("--seed", default="1", help="another seed, other cases (1)")
    args = p.parse_args()
    for name in FAMILIES:
        if args.family in name:
            for case in cases(name, args.count, args.seed):
                print(json.dumps(case, ensure_ascii=False))


if __name__ == "__main__":
    main()
