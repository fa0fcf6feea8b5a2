#!/usr/bin/env python3
"""Seeds for fuzz_frame and fuzz_table: the requests of PROTOCOL.md's examples, one file each for
generate/chat and the rest, and all of them in one stream.  Run from the repository's root."""
import json
import sys

sys.path.insert(0, "tests/e2e")
from qwmsgpack import pack              # noqa: E402
from test_protocol import examples      # noqa: E402

stream, seen = b"", set()
for no, steps in examples(open("proto/PROTOCOL.md", encoding="utf-8").read()):
    for line in steps:
        if line.startswith("--> "):
            method, params = line[4:].split(" ", 1)
            m = pack([0, no, method, [json.loads(params)]])
            stream += m
            if method not in seen:
                seen.add(method)
                open("tests/data/wire/%s.bin" % method, "wb").write(m)
everything = {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "\u4f60\u597d"}], "temperature": 0.5,
              "top_p": 0.9, "top_k": 40, "min_p": 0.1, "repetition_penalty": 1.1, "presence_penalty": 0.5, "frequency_penalty": -0.5,
              "seed": 7, "max_tokens": 10, "stop": ["a", "bc"], "n": 2, "logprobs": 3, "logit_bias": {"12": -5.0, "99": 1},
              "stop_on_repetition": True, "verify": {"mode": "check", "budget_ms": 100}, "stream": True, "tag": "t",
              "deadline_ms": 1000, "priority": "batch", "on_disconnect": "cancel", "model": "m", "x_other": [None, {"a": b"\0"}]}
open("tests/data/wire/everything.bin", "wb").write(pack([0, 1, "chat", [everything]]))
open("tests/data/wire/stream.bin", "wb").write(stream)
