#!/usr/bin/env python3
"""What guessing from the conversation gives: the time of decoding with it, beside without.

usage: speculate_bench.py -m FILE [--tokens N] [--repeat N] [--threads N] [--qwen-run PROGRAM] [--json]

Five questions of tests/data/eval/seed20.jsonl, greedy, in turns (without, with).  The ids of both
answers must be the same; where they are not, this ends with an error.
"""
import argparse, json, os, pathlib, statistics, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
QUESTIONS = HERE.parent / "data/eval/seed20.jsonl"
EVERY = 4                               # of the 20 questions: five, of all kinds


# ---- arithmetic -----------------------------------------------------------------------------

def summary(runs):
    """runs: [(question's id, tokens, seconds without, seconds with, guesses, of them right)], any number of
    each question.  The speedup is of the sums, so that a long answer counts for more."""
    by = {}
    for q, *rest in runs:
        by.setdefault(q, []).append(rest)
    rows = []
    for q, all_of_it in by.items():
        off, on = (statistics.median(r[i] for r in all_of_it) for i in (1, 2))
        rows.append({"question": q, "tokens": all_of_it[0][0], "off_s": off, "on_s": on, "speedup": off / on,
                     "guesses": all_of_it[0][3], "right": all_of_it[0][4]})
    return {"rows": rows, "speedup": sum(r["off_s"] for r in rows) / sum(r["on_s"] for r in rows)}


def markdown(result):
    out = ["| guessing, answer to | tokens | without, s | with, s | without / with | guesses | right |",
           "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for r in result["rows"]:
        out.append(f"| {r['question']} | {r['tokens']} | {r['off_s']:.2f} | {r['on_s']:.2f} | {r['speedup']:.2f} | "
                   f"{r['guesses']} | {r['right']} |")
    off, on = (sum(r[k] for r in result["rows"]) for k in ("off_s", "on_s"))
    out.append(f"| all | {sum(r['tokens'] for r in result['rows'])} | {off:.2f} | {on:.2f} | {result['speedup']:.2f} | "
               f"{sum(r['guesses'] for r in result['rows'])} | {sum(r['right'] for r in result['rows'])} |")
    return "\n".join(out) + "\n"


# ---- running --------------------------------------------------------------------------------

def ask(command, line):
    p = subprocess.run(list(map(str, command)), input=json.dumps(line) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(p.stdout)


def ids_of(qwen_run, model, question):
    text = ask([qwen_run, "prompt", "-m", model], {"messages": [{"role": "user", "content": question}], "add_generation_prompt": True})["text"]
    return ask([qwen_run, "tokenize", "-m", model], {"text": text})["ids"]


def answer(qwen_run, model, threads, path, tokens, speculate):
    command = [qwen_run, "generate", "-m", model, "-t", threads, "--tokens", path, "-n", tokens, "--json"]
    p = subprocess.run(list(map(str, command + ["--speculate"] * speculate)), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(p.stdout)


def can(qwen_run):
    return "--speculate" in subprocess.run([qwen_run, "generate", "--help"], capture_output=True, text=True).stdout


def run(model, qwen_run, tokens=300, repeat=1, threads=2, say=print):
    questions = [json.loads(line) for line in QUESTIONS.read_text().splitlines()][::EVERY]
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for q in questions:
            path = os.path.join(folder, q["id"] + ".json")
            with open(path, "w") as f:
                json.dump(ids_of(qwen_run, model, q["question"]), f)
            for _ in range(repeat):
                off, on = (answer(qwen_run, model, threads, path, tokens, s) for s in (False, True))
                if off["ids"] != on["ids"]:
                    raise SystemExit(f"{q['id']}: guessing has changed the answer")
                s = on["speculation"]
                runs.append((q["id"], len(on["ids"]), off["decode_ms"] / 1000, on["decode_ms"] / 1000, s["guesses"], s["held"]))
            say(f"  guessing, {q['id']}: {runs[-1][2]:.2f} s without, {runs[-1][3]:.2f} s with")
    return summary(runs)


def main():
    top = os.environ.get("abs_top_builddir", ".")
    ap = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0], description="What guessing gives.")
    ap.add_argument("-m", required=True)
    for name, value in (("--tokens", 300), ("--repeat", 1), ("--threads", 2)):
        ap.add_argument(name, type=int, default=value)
    ap.add_argument("--qwen-run", default=f"{top}/engine/run/qwen-run")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    result = run(a.m, a.qwen_run, a.tokens, a.repeat, a.threads, lambda text: print(text, file=sys.stderr, flush=True))
    print(json.dumps(result, indent=1) if a.json else markdown(result))


if __name__ == "__main__":
    main()
