#!/usr/bin/env python3
"""Writes questions and responses for fuzz_calc, one file each: small_calc.py DIR [EVERY]; every 50th case by default."""
import json, pathlib, sys

out, every = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50
data = pathlib.Path(__file__).parent.parent / "data/verify"
out.mkdir(parents=True, exist_ok=True)
for name in ("noref_cases_dev", "wordings", "flipped", "families_a"):
    with open(data / f"{name}.jsonl", encoding="utf-8") as f:
        for k, line in enumerate(f):
            if k % every == 0:
                case = json.loads(line)
                (out / f"{name}-{k}.calc").write_bytes(case["question"].encode() + b"\0" + case["response"].encode())
