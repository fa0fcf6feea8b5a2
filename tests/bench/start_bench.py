#!/usr/bin/env python3
"""Start and memory of the daemon: exec of qwend to the first token of a prompt of 20 tokens, from the
model's file and from the repack cache, the file in the page cache each time; and the resident memory.

  start_bench.py [--runs N] [--cache DIR] [--json] FILE...

Writing the cache is not measured, and takes what the disk takes; --cache keeps it for the next time.

run() returns one row for each file, markdown() a table of them."""
import argparse, json, os, pathlib, shutil, statistics, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import lib

TOKENS = 20
TEXT = "one two three four five six seven eight nine ten eleven twelve red blue green black white grey pink gold"
FLOORS = {"4b-q4_0": (2.5, 1.5), "SmolLM2": (0.15, 0.15)}      # seconds: first, with the cache
KV_TOKENS = 4096                # what the pool holds: its pages count as used up to the prompt only


def warm(path):
    """Into the page cache."""
    with open(path, "rb", buffering=0) as f:
        buf = bytearray(1 << 22)
        while f.readinto(buf): pass


def memory(pid):
    out = {}
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            k, _, v = line.partition(":")
            if k in ("VmRSS", "VmHWM", "RssFile"): out[k] = int(v.split()[0]) * 1024
    return out


def prompt_of(c):
    """A text of exactly TOKENS tokens for the loaded model."""
    words = TEXT.split()
    for n in range(len(words), 0, -1):
        text = " ".join(words[:n])
        if len(c.call("tokenize", text=text)["ids"]) == TOKENS: return text
    raise RuntimeError(f"no prompt of {TOKENS} tokens")


def one_start(path, folder, prompt, cache, threads):
    """Seconds from exec to the first token, and facts.  The request is sent as soon as the socket is there."""
    began = time.monotonic()
    with lib.Daemon("--model", path, "-o", f"engine.n_threads={threads}", "-o", f"cache.repack_cache={cache}",
                    "-o", f"model.max_model_len={KV_TOKENS}", dir=folder) as d:
        c = d.client()
        if prompt is None:
            return prompt_of_loaded(c)
        call = c.send("generate", prompt=prompt, max_tokens=1, temperature=0, stream=True)
        reply = c.wait(call)
        seconds = time.monotonic() - began
        if reply["usage"]["prompt"] not in (TOKENS, TOKENS + 1):        # and a BOS
            raise RuntimeError(f"{path}: a prompt of {reply['usage']['prompt']} tokens")
        facts = dict(memory(d.p.pid), **c.call("status")["memory"])
        while cache != "off":
            r = c.call("status")["repack_cache"]
            if r["state"] == "failed": raise RuntimeError(f"{path}: the cache: {r['why']}")
            if r["state"] != "writing": break
            time.sleep(0.1)
        facts["from"] = c.call("status")["repack_cache"]["state"]
        return seconds, facts


def prompt_of_loaded(c):
    while c.call("status")["model"]["state"] == "loading": time.sleep(0.05)
    return prompt_of(c)


def bound(f):
    """What may be resident: the repacked weights and the pages in use, 10 % more, and 100 MiB."""
    return 1.1 * (f["weight_bytes"] + (f["pages_used"] + f["pages_cached"]) * f["page_bytes"]) + (100 << 20)


def one_file(path, runs, threads, say, cache):
    folder = tempfile.mkdtemp(prefix="qwend-start-")
    try:
        cache = cache or os.path.join(folder, "repack")
        prompt = one_start(path, folder, None, "off", threads)
        first, second, facts = [], [], None
        for i in range(runs):
            warm(path)
            s, f = one_start(path, folder, prompt, "off", threads)
            first.append(s)
            facts = f if facts is None or f["VmHWM"] - bound(f) > facts["VmHWM"] - bound(facts) else facts
            say(f"{os.path.basename(path)}: {s:.3f} s from the file")
        one_start(path, folder, prompt, cache, threads)                # writes it
        warm_all(cache)
        for i in range(runs):
            s, f = one_start(path, folder, prompt, cache, threads)
            if f["from"] != "read": raise RuntimeError(f"{path}: the cache was not used ({f['from']})")
            second.append(s)
            facts = f if f["VmHWM"] - bound(f) > facts["VmHWM"] - bound(facts) else facts
            say(f"{os.path.basename(path)}: {s:.3f} s from the cache")
        return {"file": os.path.basename(path), "first_s": first, "cached_s": second, "resident": facts["VmRSS"],
                "peak": facts["VmHWM"], "mapped": facts.get("RssFile", 0), "weights": facts["weight_bytes"], "bound": bound(facts)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def warm_all(folder):
    for f in os.listdir(folder):
        if f.endswith(".qwr"): warm(os.path.join(folder, f))


def run(files, runs=3, threads=None, say=lambda s: None, cache=None):
    lib.WAIT = 300
    return [one_file(os.path.abspath(f), runs, threads or len(os.sched_getaffinity(0)), say, cache) for f in files]


def floors(row):
    for part, f in FLOORS.items():
        if part.lower() in row["file"].lower(): return f
    return None, None


def markdown(rows):
    out = ["| file | first start, s | ≤ | with the cache, s | ≤ | resident (peak), MiB | bound | |",
           "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    for r in rows:
        a, b, (fa, fb) = statistics.median(r["first_s"]), statistics.median(r["cached_s"]), floors(r)
        good = (fa is None or a <= fa) and (fb is None or b <= fb) and r["peak"] <= r["bound"]
        out.append(f"| {r['file']} | {a:.2f} ({min(r['first_s']):.2f}–{max(r['first_s']):.2f}) | {fa or ''} | "
                   f"{b:.2f} ({min(r['cached_s']):.2f}–{max(r['cached_s']):.2f}) | {fb or ''} | "
                   f"{r['resident'] >> 20} ({r['peak'] >> 20}) | {int(r['bound']) >> 20} | {'✔' if good else '✘'} |")
    return "\n".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("files", nargs="+")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--threads", type=int)
    p.add_argument("--cache", type=os.path.abspath, help="folder of the repack cache, kept")
    p.add_argument("--json", action="store_true")
    a = p.parse_args()
    rows = run(a.files, a.runs, a.threads, lambda s: print(s, file=sys.stderr, flush=True), a.cache)
    print(json.dumps(rows) if a.json else markdown(rows))


if __name__ == "__main__":
    main()
