#!/usr/bin/env python3
"""What the daemon costs: streaming through the socket, and 16 conversations, beside `qwen-run bench`.

usage: daemon_bench.py [-m FILE]... [--pairs N] [--threads N] [--qwen-run PROGRAM] [--json]

Both sides stay loaded and take turns (A B A B).  The daemon's side is conversations of its own kind
(session.chat once, then session.regenerate, whose prompt is in memory, so that no prefill is timed),
greedy, each on its connection, streamed, checked by the calculator.  The client takes what comes with
the time and reads it afterwards.  A rate is the tokens after the first delta, over the time from it
to the last delta, of all conversations together.  The other side decodes as many tokens from the
same depth with as many sequences.
"""
import argparse, json, os, pathlib, select, socket, statistics, struct, sys, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import lib
from side import Side

MAX_OVERHEAD, MIN_SHARE = 3, 90         # percent
SEQS = 16
PAGE = 16
WORDS = ("apples bridge candle dollar engine forest garden harbor island jacket kettle ladder market "
         "needle orange pencil").split()
ONE_TOKENS, MANY_TOKENS = 128, 64       # of each answer, after its first


# ---- arithmetic -----------------------------------------------------------------------------

def rate(streams, tokens):
    """tok/s of streams [[time of a delta, ...], ...], each with `tokens` after its first one."""
    return len(streams) * tokens / (max(s[-1] for s in streams) - min(s[0] for s in streams))


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summary(name, daemon, bench, floor):
    """floor: percent of bench's rate that the daemon must reach."""
    share = spread([100 * a / b for a, b in zip(daemon, bench)])
    return {"row": name, "pairs": len(daemon), "daemon": spread(daemon), "bench": spread(bench), "share": share,
            "floor": floor, "met": share["median"] >= floor}


def markdown(results):
    out = ["| through the daemon | pairs | daemon, tok/s | qwen-run bench, tok/s | daemon / bench (min–max) | floor |  |",
           "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for r in results:
        out.append(f"| {r['row']} | {r['pairs']} | {r['daemon']['median']:.1f} | {r['bench']['median']:.1f} | "
                   f"{r['share']['median']:.1f} % ({r['share']['min']:.1f}–{r['share']['max']:.1f}) | {r['floor']} % | "
                   f"{'✔' if r['met'] else '✘'} |")
    return "\n".join(out) + "\n"


# ---- a client ---------------------------------------------------------------------------------

class Talk:
    """One conversation on a connection of its own.  Its prompt is whole pages and one token, so that
    an answer begins with a step like any other."""

    def __init__(self, daemon, number, depth, end_ids, words=None):
        """words: how many the prompt of another one took; so many are tried first."""
        self.c = daemon.client()
        self.c.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", lib.WAIT, 0))
        system = f"You are helper number {number:02}."
        text = self.fit(system, number, words or depth // 2, depth - depth // 8)
        self.session = self.c.call("session.create", system=system)["session"]
        self.c.call("session.chat", session=self.session, messages=[{"role": "user", "content": text}], max_tokens=1)
        self.end_ids = end_ids

    def fit(self, system, number, words, least):
        """The same words for all, each in an order of its own."""
        for self.words in range(words, 4 * least):
            order = [WORDS[i * i % len(WORDS)] for i in range(self.words)]
            text = " ".join(order[number:] + order[:number])
            self.depth = self.c.call("chat", system=system, messages=[{"role": "user", "content": text}], max_tokens=1)["usage"]["prompt"]
            if self.depth >= least and self.depth % PAGE == 1:
                return text
        raise SystemExit(f"no prompt of {least} tokens or more ends one token after a page's end")

    def begin(self, tokens):
        self.arrived = []
        self.id = self.c.send("session.regenerate", session=self.session, stream=True, max_tokens=tokens + 1,
                              stop_on_repetition=False, logit_bias={str(i): -100.0 for i in self.end_ids},
                              verify={"mode": "check"})

    def receive(self):
        """What has come, with its time; not read yet."""
        b = self.c.s.recv(1 << 16)
        if not b:
            raise SystemExit("the daemon has closed the connection")
        self.arrived.append((time.perf_counter(), b))

    def done(self):
        return bool(self.arrived) and b"timing_ms" in self.arrived[-1][1]

    def read(self, tokens):
        """The times of the deltas, after all has come."""
        times = []
        for t, b in self.arrived:
            self.c.events.clear()
            self.feed(b)
            times += [t] * any(name == "stream.delta" for name, _ in self.c.events)
        out = self.c.wait(self.id)
        got = out["usage"]["completion"]
        if got != tokens + 1 or "verification" not in out:
            raise SystemExit(f"an answer of {got} tokens in place of {tokens + 1}, or not checked: {out}")
        return times

    def feed(self, b):
        c = self.c
        c.buf += b
        at = 0
        while at < len(c.buf):
            try:
                m, at = lib.unpack(c.buf, at)
            except lib.Short:
                break
            if m[0] == 1: c.replies[m[1]] = m
            else: c.events.append((m[1], m[2][0]))
        c.buf = c.buf[at:]


def receive_all(talks):
    """Takes what comes until every reply is there.  One talk needs no poll; a reader must not cost what it measures."""
    if len(talks) == 1:
        while not talks[0].done():
            talks[0].receive()
        return
    poll = select.epoll()
    by_fd = {t.c.s.fileno(): t for t in talks}
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    while by_fd:
        ready = poll.poll(lib.WAIT)
        if not ready:
            raise SystemExit("nothing came from the daemon")
        for fd, _ in ready:
            by_fd[fd].receive()
            if by_fd[fd].done():
                poll.unregister(fd)
                del by_fd[fd]
    poll.close()


def answers(talks, tokens):
    """All talks answer at once; tok/s."""
    for t in talks:
        t.begin(tokens)
    receive_all(talks)
    return rate([t.read(tokens) for t in talks], tokens)


# ---- both sides ---------------------------------------------------------------------------------

def end_ids(daemon):
    """The ids that end an answer, so that they can be forbidden."""
    c = daemon.client()
    all_ids = [c.call("tokenize", text=t, special=True)["ids"] for t in ("<|im_end|>", "<|endoftext|>", "<|im_start|>")]
    return [ids[0] for ids in all_ids if len(ids) == 1]


def row(name, daemon, bench, seqs, depth, tokens, pairs, floor, say):
    talks, ids = [], end_ids(daemon)
    for i in range(seqs):
        talks.append(Talk(daemon, i, depth, ids, talks[-1].words if talks else None))
    depth = round(statistics.mean(t.depth for t in talks))
    a, b = [], []
    for i in range(pairs + 1):                          # the first pair warms up
        x, y = answers(talks, tokens), bench.run(0, tokens, depth, seqs)["decode_tok_s"]
        if i > 0:
            a.append(x)
            b.append(y)
        time.sleep(0.05)
    r = summary(name, a, b, floor)
    say(f"  {name}: {r['daemon']['median']:.1f} beside {r['bench']['median']:.1f}, {r['share']['median']:.1f} %")
    return r


def calculator_runs(daemon):
    p = daemon.client().call("plugin.show", plugin="calculator")
    return p["state"] == "running"


def run(path, name, qwen_run, pairs=7, threads=2, depth=256, rows=("one", "many"), say=print):
    """Rows of one model's file."""
    results = []
    with lib.Daemon("-o", f"model.path={path}", "-o", f"engine.n_threads={threads}",
                    "-o", f"engine.max_num_seqs={SEQS}", "-o", "engine.speculation=no",
                    "-o", "cache.repack_cache=off") as daemon:
        daemon.client().call("model.load", model=pathlib.Path(path).stem)
        bench = Side([qwen_run, "bench", "-m", path, "-t", threads, "-p", 0, "-n", ONE_TOKENS, "-d", 2 * depth, "-b", SEQS, "--lines"])
        if "one" in rows:
            results.append(row(f"{name}, streamed", daemon, bench, 1, depth, ONE_TOKENS, pairs, 100 - MAX_OVERHEAD, say))
        if "many" in rows:
            results.append(row(f"{name}, {SEQS} conversations", daemon, bench, SEQS, depth, MANY_TOKENS, pairs, MIN_SHARE, say))
        if not calculator_runs(daemon):
            raise SystemExit("the calculator is not running")
        bench.close()
    return results


def main():
    top = os.environ.get("abs_top_builddir", ".")
    ap = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0], description="What the daemon costs.")
    ap.add_argument("-m", action="append", required=True)
    ap.add_argument("--pairs", type=int, default=7)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--qwen-run", default=f"{top}/engine/run/qwen-run")
    ap.add_argument("--rows", action="append")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    results = []
    for path in a.m:
        results += run(os.path.abspath(path), pathlib.Path(path).stem, a.qwen_run, a.pairs, a.threads, rows=a.rows or ("one", "many"),
                       say=lambda text: print(text, file=sys.stderr, flush=True))
    print(json.dumps(results, indent=1) if a.json else markdown(results))


if __name__ == "__main__":
    main()
