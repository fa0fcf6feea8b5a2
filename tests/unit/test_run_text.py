#!/usr/bin/env python3
"""qwen-run tokenize, detokenize and prompt, as a caller sees them."""
import json
import os
import subprocess
import sys

top, build = os.environ["abs_top_srcdir"], os.environ["abs_top_builddir"]
data = os.path.join(top, "tests/data")
vocab = os.path.join(data, "models/qwen3-fullvocab-q4_0.gguf")
failed = 0


def run(args, text):
    p = subprocess.run([os.path.join(build, "engine/run/qwen-run"), *args], input=text, capture_output=True)
    return p.returncode, [json.loads(line) for line in p.stdout.decode().split("\n") if line], p.stderr.decode()


def check(name, ok, seen=""):
    global failed
    failed += not ok
    print(("ok: " if ok else "NOT ok: ") + name, "" if ok else seen)


def rows(name):
    with open(os.path.join(data, "text", name)) as f:
        return [json.loads(line) for line in f]


def lines(values):
    return "".join(json.dumps(v) + "\n" for v in values).encode()


for pre in ("qwen2", "llama-bpe"):
    want = rows(f"tokens-{pre}.jsonl")
    code, out, _ = run(["tokenize", "-m", vocab, "--pre", pre], lines({"text": r["text"]} for r in want))
    check(f"tokenize {pre}", code == 0 and out == [{"ids": r["ids"]} for r in want])
    code, out, _ = run(["detokenize", "-m", vocab, "--pre", pre], lines({"ids": r["ids"]} for r in want))
    if pre == "llama-bpe":
        check("detokenize gives the text back", code == 0 and out == [{"text": r["text"]} for r in want])

code, out, _ = run(["tokenize", "-m", vocab, "--no-special"], lines([{"text": "<|im_end|>"}]))
check("--no-special", code == 0 and 151645 not in out[0]["ids"] and len(out[0]["ids"]) > 1, out)
code, out, _ = run(["detokenize", "-m", vocab, "--no-special"], lines([{"ids": [151644, 0, 151645]}]))
check("detokenize --no-special", out == [{"text": "!"}], out)

bad = b'{"text":"a"}\n{"text":1}\nnot json\n\n{"text":"\xff"}\n{"text":"b"}'
code, out, _ = run(["tokenize", "-m", vocab], bad)
check("an error for each bad line", code == 1 and [list(o) for o in out] == [["ids"], ["error"], ["error"], ["error"], ["ids"]], out)
code, out, _ = run(["detokenize", "-m", vocab], lines([{"ids": [-1]}, {"ids": [151936]}, {"ids": 3}, {"ids": ["a"]}, {}]))
check("ids outside the vocabulary", code == 1 and [list(o) for o in out] == [["error"]] * 5, out)

chats = rows("chat-prompts.jsonl")
for family, count in (("qwen3-instruct-2507", 12), ("qwen2.5", 12), ("smollm2", 10)):
    want = [c for c in chats if c["template"] == family]
    code, out, _ = run(["prompt", "--template", family], lines({k: v for k, v in c.items() if k != "text"} for c in want))
    check(f"prompt {family}", len(want) == count and code == 0 and out == [{"text": c["text"]} for c in want], out)

# Numbers keep their text; a call may stand without its "function".
line = (b'{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":'
        b'[{"name":"f","arguments":{"a":1.50,"b":123456789012345678901234567890}}]}],"tools":[{"d":0.10}]}')
code, out, _ = run(["prompt", "--template", "qwen2.5"], line)
check("numbers", code == 0 and '{"a": 1.50, "b": 123456789012345678901234567890}' in out[0]["text"]
      and '\n{"d": 0.10}\n' in out[0]["text"], out)
bad = [{}, {"messages": 1}, {"messages": []}, {"messages": [{"role": 1}]}, {"messages": [{"role": "user", "content": []}]},
       {"messages": [{"role": "root", "content": ""}]}, {"messages": [{"role": "user", "content": ""}], "tools": 3},
       {"messages": [{"role": "assistant", "content": "", "tool_calls": [{"name": "f"}]}]}]
code, out, _ = run(["prompt", "--template", "qwen2.5"], lines(bad))
check("bad chats", code == 1 and [list(o) for o in out] == [["error"]] * len(bad), out)

for name, args, want_code, says in (
        ("template not recognised", ["prompt", "-m", vocab], 1, "--chat-template"),
        ("unknown family", ["prompt", "--template", "gpt"], 1, "qwen3-instruct-2507, qwen2.5, smollm2"),
        ("unknown pre-tokenizer", ["tokenize", "-m", vocab, "--pre", "x"], 1, "qwen2, smollm, llama-bpe"),
        ("no such file", ["tokenize", "-m", "/nowhere"], 1, "/nowhere"),
        ("no model", ["tokenize"], 2, "-m FILE"),
        ("no command", [], 2, "usage:"),
        ("unknown command", ["frobnicate"], 2, "frobnicate")):
    code, out, err = run(args, b"")
    check(name, code == want_code and says in err and out == [], (code, err))
for command in ("tokenize", "detokenize", "prompt"):
    p = subprocess.run([os.path.join(build, "engine/run/qwen-run"), command, "--help"], capture_output=True)
    check(f"{command} --help", p.returncode == 0 and b"Examples:" in p.stdout)
sys.exit(1 if failed else 0)
