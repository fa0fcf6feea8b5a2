#!/usr/bin/env python3
"""qwen-run generate: the published greedy continuations, seeds, stop strings, wrong use."""
import json
import os
import subprocess
import sys
import tempfile

top, build = os.environ["abs_top_srcdir"], os.environ["abs_top_builddir"]
models = os.path.join(top, "tests/data/models")
failed = 0


def run(model, ids, *args):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(ids, f)
        f.flush()
        p = subprocess.run([os.path.join(build, "engine/run/qwen-run"), "generate", "-m",
                            os.path.join(models, model + ".gguf"), "--tokens", f.name, *args], capture_output=True)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def answer(model, ids, *args):
    code, out, err = run(model, ids, *args, "--json")
    return json.loads(out) if code == 0 else {"error": err}


def check(name, ok, seen=""):
    global failed
    failed += not ok
    print(("ok: " if ok else "NOT ok: ") + name, "" if ok else seen)


for model in ("qwen3-tiny-f32", "qwen2-tiny-f32", "llama-tiny-f32", "mistral-tiny-f32"):
    with open(os.path.join(models, model + ".json")) as f:
        want = json.load(f)
    a = answer(model, want["greedy_prompt"], "-n", "24", "--ignore-end", "-t", "2")
    check(f"greedy {model}", a.get("ids") == want["greedy_next_24"] and a["finish_reason"] == "length", a)

full = "qwen3-fullvocab-q4_0"
prompt = [9707, 11, 1879, 0] * 40
seeded = ("-n", "20", "--seed", "7", "--temperature", "1.2", "--top-p", "0.95", "--logprobs", "--ignore-end")
one = answer(full, prompt, *seeded, "-t", "1")
check("twenty ids, each with its log-probability", len(one.get("ids", [])) == 20 == len(one["logprobs"]), one)
two = answer(full, prompt, *seeded, "-t", "2", "--cpu-level", "ref")
check("the same with other threads and kernels",
      all(one[k] == two[k] for k in ("ids", "text", "logprobs", "finish_reason")), two)
three = answer(full, prompt, *seeded[:2], "--seed", "8", *seeded[4:])
check("another seed, another answer", three["ids"] != one["ids"])
check("prompt and answer are counted", (one["prompt_tokens"], one["completion_tokens"]) == (160, 20), one)

text = one["text"]
cut = next((i for i in range(3, len(text)) if text.find(text[i:i + 4]) == i and len(text[i:i + 4].encode()) < 12), None)
stopped = answer(full, prompt, *seeded, "--stop", text[cut:cut + 4])
check("a stop string cuts the text", stopped["text"] == text[:cut] and stopped["finish_reason"] == "stop", stopped)
check("and keeps the ids up to it", stopped["ids"] == one["ids"][:len(stopped["ids"])])

for name, ids, args in (("greedy", prompt, ("-n", "60", "--ignore-end", "--no-stop-on-repetition", "--logprobs")),
                        ("seeded", prompt, seeded),
                        ("with a stop string", prompt, (*seeded, "--stop", text[cut:cut + 4])),
                        ("with penalties", prompt, (*seeded, "--repetition-penalty", "1.2", "--presence-penalty", "0.5"))):
    plain, guessed = answer(full, ids, *args), answer(full, ids, *args, "--speculate")
    check(f"guesses change nothing, {name}", all(plain.get(k, "") == guessed.get(k) for k in
                                                 ("ids", "text", "logprobs", "finish_reason") if k in plain), guessed)
    if name == "greedy":
        s = guessed["speculation"]
        check("some held", 0 < s["held"] <= s["guesses"] and s["steps"] + s["held"] == 59, s)

code, out, err = run(full, prompt, "-n", "3")
check("plain text and a line of numbers", code == 0 and "160 + 3 tokens" in err, err)

for name, ids, args, rc, says in (
        ("no ids", [], (), 1, "list of token ids"),
        ("an id outside", [999999], (), 1, ""),
        ("a bad temperature", [1], ("--temperature", "-1"), 1, "temperature"),
        ("not a number", [1], ("--top-p", "x"), 2, "not a number"),
        ("-n 0", [1], ("-n", "0"), 2, "-n"),
        ("a longer prompt than the context", [1] * 300000, (), 1, "300000 tokens"),
):
    code, out, err = run(full, ids, *args)
    check(name, code == rc and says in err and out == "", (code, out, err))
sys.exit(failed > 0)
