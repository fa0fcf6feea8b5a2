#!/usr/bin/env python3
"""What keeping conversations costs, and how soon they go on: through the daemon, beside llama.cpp's slot restore.

usage: session_bench.py [--rows ROW,...] [-m FILE] [--big FILE] [--dir DIR] [--pairs N] [--threads N]
                        [--qwen-run PROGRAM] [--qwenctl PROGRAM] [--peer-python PROGRAM] [--fill S] [--json]

rows (all but big by default; --rows big needs --big):
  resume      a conversation of 2,000 tokens after a restart, page cache warm: the rest of an answer that kill -9
              cut off, a new turn, the answer again; beside prefilling as many, and beside the limit
              60 ms + a prefill of 16 tokens + a decode step
  peer        the same conversation's answer again, in turns with llama.cpp reading its saved state (--peer-python)
  durability  16 conversations, durability=turn and none in turns
  shared      16 requests that arrive together with one system prompt; 100 conversations that share it; 1,000 forks
  pool        20 conversations of 1,000 tokens in memory for 4,000
  scale       10,000 sessions and 200,000 messages (imported once into --dir, minutes): start, list, search, open
  big         6,000 tokens of a large model, page cache dropped, beside dd of the same files.  --fill S first
              makes the conversation longer for S seconds, again and again until it is long enough

Times are those of a client: from before the request is sent to the arrival of what is named.
"""
import argparse, hashlib, itertools, json, os, pathlib, re, signal, socket, statistics, struct, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import daemon_bench, lib
from side import Side

TOKENS, BIG_TOKENS, SYSTEM_TOKENS = 2000, 6000, 1000
SEQS, ANSWER = 16, 64
SESSIONS, MESSAGES = 10_000, 20
RESUME_MS, TIMES_SOONER, KEEPS, READS, COMMIT_MS, ASK_MS, START_MS = 60, 50, 90, 60, 20, 50, 1000
WORDS = daemon_bench.WORDS


# ---- arithmetic -----------------------------------------------------------------------------

def spread(v):
    return {"median": statistics.median(v), "min": min(v), "max": max(v)}


def shown(s, digits=1):
    return f"{s['median']:.{digits}f} ({s['min']:.{digits}f}–{s['max']:.{digits}f})"


def limit_ms(prefill_tok_s, decode_tok_s):
    """For the next token of a stored conversation."""
    return RESUME_MS + 16e3 / prefill_tok_s + 1e3 / decode_tok_s


def result(name, value, floor="", met=None):
    return {"row": name, "value": value, "floor": floor, "met": met}


def markdown(results):
    out = ["| conversations | measured | must be |  |", "| --- | ---: | ---: | --- |"]
    for r in results:
        out.append(f"| {r['row']} | {r['value']} | {r['floor']} | {'' if r['met'] is None else '✔' if r['met'] else '✘'} |")
    return "\n".join(out) + "\n"


# ---- a daemon and a client ------------------------------------------------------------------------

class Bench:
    def __init__(self, a):
        self.a, self.results = a, []

    def daemon(self, dir, *options, model=None, **more):
        """Ready, with its model loaded."""
        d = lib.Daemon("-o", f"model.path={model or self.a.m}", "-o", f"engine.n_threads={self.a.threads}",
                       "-o", "engine.speculation=no", *options, dir=dir, **more)
        d.client().call("model.load", model=pathlib.Path(model or self.a.m).stem)
        return d

    def add(self, *row):
        self.results.append(result(*row))
        print("  %(row)s: %(value)s" % self.results[-1], file=sys.stderr, flush=True)


def says(text):
    return [{"role": "user", "content": text}]


def text_of(c, tokens, number=0):
    """Words that are about so many tokens; another number, another beginning."""
    words = [f"case {number}:"] + [WORDS[(i * i + i // 7 + number) % len(WORDS)] for i in range(tokens)]
    have = c.call("tokenize", text=" ".join(words))["count"]
    return " ".join(words[:len(words) * tokens // have])


def forbidden(d):
    return {str(i): -100.0 for i in daemon_bench.end_ids(d)}


class Stream:
    """One streamed request: when it was sent, and what came when."""

    def __init__(self, c, method, **p):
        self.c, self.deltas = c, []
        c.events.clear()
        self.t0 = time.perf_counter()
        self.id = c.send(method, stream=True, tag="t", **p)

    def until(self, done):
        """Takes what comes until done(bytes so far, deltas) or the end; ms since it was sent."""
        while True:
            got = [p for n, p in self.c.events if n == "stream.delta"]
            if got and done(max(p["at"] + len(p["text"].encode()) for p in got), len(got)):
                return (time.perf_counter() - self.t0) * 1e3
            if self.id in self.c.replies or not self.c.pump():
                raise SystemExit(f"the answer ended too soon: {self.c.replies.get(self.id)}")

    def first(self, have=0):
        return self.until(lambda end, n: end > have)

    def cut(self):
        self.c.call("run.cancel", tag="t")
        return self.c.wait(self.id)


def kill(d):
    d.p.send_signal(signal.SIGKILL)
    d.p.wait()


# ---- resume ---------------------------------------------------------------------------------------

class Conversation:
    """A stored conversation whose question has about so many tokens; what its answers must not end with."""

    def __init__(self, b, dir, tokens, model=None, **more):
        self.b, self.dir, self.model, self.more = b, dir, model, more
        with self.open() as d:
            c = d.client()
            self.p = dict(logit_bias=forbidden(d), stop_on_repetition=False, max_tokens=400)
            self.s = c.call("session.create", system="You are brief.")["session"]
            r = c.call("session.chat", session=self.s, messages=says(text_of(c, tokens - 30)), **dict(self.p, max_tokens=1))
            self.head, self.tokens = r["message"], r["usage"]["prompt"]

    def open(self, *options):
        return self.b.daemon(self.dir, *options, model=self.model, **self.more)


def again(t):
    """The answer again after a restart: ms to its first token, and where its prompt came from."""
    with t.open() as d:
        c = d.client()
        x = Stream(c, "session.regenerate", session=t.s, **t.p)
        ms = x.first()
        return ms, x.cut()["usage"]


def cut_off(t):
    """ms to the first token that was not there yet, after kill -9 in an answer and a restart."""
    with t.open() as d:
        c = d.client()
        x = Stream(c, "session.regenerate", session=t.s, **t.p)
        x.until(lambda end, n: n >= 40)
        run = c.wait_event("stream.start")["run"]
        kill(d)
    with t.open() as d:
        have = d.client().call("run.get", run=run)["choices"][0]["text"]
    with t.open() as d:
        x = Stream(d.client(), "session.resume", session=t.s)
        ms = x.first(len(have.encode()))
        return ms, x.cut()["usage"]


def new_turn(t, number=itertools.count(10)):
    with t.open() as d:
        c = d.client()
        head = c.call("session.show", session=t.s, last=1)["head"]
        x = Stream(c, "session.chat", session=t.s, messages=says(f"And now {next(number)}?"), **t.p)
        ms, r = x.first(), x.cut()
        c.call("session.rewind", session=t.s, message=head)
        return ms, r["usage"]


def prefilled(t, number):
    """Another conversation of as many tokens, which nobody has seen."""
    with t.open() as d:
        c = d.client()
        s = c.call("session.create", system="You are brief.")["session"]
        x = Stream(c, "session.chat", session=s, messages=says(text_of(c, t.tokens - 30, number)), **t.p)
        ms, r = x.first(), x.cut()
        c.call("session.delete", session=s)
        return ms * t.tokens / r["usage"]["prompt"], r["usage"]


def row_resume(b, dir):
    t = Conversation(b, dir, TOKENS)
    side = Side([b.a.qwen_run, "bench", "-m", b.a.m, "-t", b.a.threads, "-p", 16, "-n", 16, "-d", t.tokens, "-b", 1, "--lines"])
    kinds = {"the rest of an answer that kill -9 cut off": cut_off, "the answer again": again, "a new turn (a question of 2 words)": new_turn}
    ms, usage, least, full = {k: [] for k in kinds}, {}, [], []
    side.run(16, 16, t.tokens, 1)
    for i in range(b.a.pairs):
        for k, f in kinds.items():
            v, usage[k] = f(t)
            ms[k].append(v)
        full.append(prefilled(t, 1 + i)[0])
        x = side.run(16, 16, t.tokens, 1)
        least.append(limit_ms(x["prefill_tok_s"], x["decode_tok_s"]))
    side.close()
    limit, whole = statistics.median(least), statistics.median(full)
    b.add(f"prefilling {t.tokens} tokens, first token, ms", shown(spread(full), 0))
    for k in kinds:
        u, s = usage[k], spread(ms[k])
        b.add(f"{k}: first token, ms ({u['from_disk']} from disk, {u['prefilled']} prefilled)", shown(s), f"≤ {limit:.1f}", s["median"] <= limit)
        if kinds[k] is not new_turn:
            b.add(f"{k}: times sooner than prefilling", f"{whole / s['median']:.1f}", f"≥ {TIMES_SOONER}", whole / s["median"] >= TIMES_SOONER)


# ---- llama.cpp's slot restore ------------------------------------------------------------------------

def row_peer(b, dir):
    t = Conversation(b, dir, TOKENS)
    peer = Side([b.a.peer_python, HERE / "peer.py", "-m", b.a.m, "-t", b.a.threads, "-p", 1, "-d", t.tokens, "--restore", os.path.join(dir, "slot")])
    ours, theirs = [], []
    for i in range(b.a.pairs + 1):                          # the first pair warms up
        x, y = again(t)[0], peer.run(0, 1, t.tokens, 1)
        if i > 0:
            ours.append(x)
            theirs.append(y["first_ms"])
    peer.close()
    ratio = spread([x / y for x, y in zip(ours, theirs)])
    b.add(f"the answer again, {t.tokens} tokens: first token after a restart, ms", shown(spread(ours)))
    b.add(f"llama.cpp: llama_state_seq_load_file and a decode step, ms ({y['bytes'] >> 20} MiB)", shown(spread(theirs)))
    b.add("ours / llama.cpp, of pairs", shown(ratio, 2), "≤ 1", ratio["median"] <= 1)


# ---- 16 conversations ------------------------------------------------------------------------------------

class Talk(daemon_bench.Talk):
    """One of several conversations, each on its connection."""
    def __init__(self, d, number, bias):
        self.c, self.bias = d.client(), bias
        self.c.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", lib.WAIT, 0))
        self.session = self.c.call("session.create")["session"]
        self.c.call("session.chat", session=self.session, messages=says(text_of(self.c, 240, number)), max_tokens=1)

    def begin(self, durability):
        self.arrived = []
        self.id = self.c.send("session.regenerate", session=self.session, stream=True, max_tokens=ANSWER + 1,
                              stop_on_repetition=False, logit_bias=self.bias, durability=durability)


def together(talks, durability):
    """All answer at once: tok/s from the first delta to the last one, and from request to response."""
    t0 = time.perf_counter()
    for t in talks:
        t.begin(durability)
    daemon_bench.receive_all(talks)
    t1 = time.perf_counter()
    for t in talks:
        t.c.events.clear()
        for _, b in t.arrived:
            t.feed(b)
        r = t.c.wait(t.id)
        assert r["durable"] == durability and r["usage"]["completion"] == ANSWER + 1, r
    return daemon_bench.rate([[x for x, _ in t.arrived][1:] for t in talks], ANSWER), len(talks) * ANSWER / (t1 - t0)


def row_durability(b, dir):
    with b.daemon(dir, "-o", f"engine.max_num_seqs={SEQS}") as d:
        bias = forbidden(d)
        talks = [Talk(d, i, bias) for i in range(SEQS)]
        for which in ("turn", "none"):
            together(talks, which)
        pairs = [(together(talks, "turn"), together(talks, "none")) for _ in range(b.a.pairs)]
    for k, what in enumerate(("while they decode", "from request to response")):
        share = spread([100 * x[k] / y[k] for x, y in pairs])
        b.add(f"{SEQS} conversations, {ANSWER} tokens each, {what}: durability=turn, tok/s", shown(spread([x[k] for x, _ in pairs])))
        b.add(f"{SEQS} conversations, {what}: durability=turn / none, %", shown(share), f"≥ {KEEPS}", share["median"] >= KEEPS)


# ---- what is shared ----------------------------------------------------------------------------------------

def row_shared(b, dir):
    with b.daemon(dir, "-o", f"engine.max_num_seqs={SEQS}") as d:
        c = d.client()
        system = text_of(c, SYSTEM_TOKENS)
        some = [d.client() for _ in range(SEQS)]
        ids = [x.send("chat", system=system, messages=says(f"What is {i} + {i}?"), max_tokens=2) for i, x in enumerate(some)]
        used = [x.wait(i)["usage"] for i, x in zip(ids, some)]
        assert all(u["prompt"] == u["from_memory"] + u["from_disk"] + u["prefilled"] for u in used), used
        whole, own = max(u["prefilled"] for u in used), sorted(u["prefilled"] for u in used)[:-1]
        b.add(f"{SEQS} requests with one system prompt that arrive together: prefilled by one, by each other one at most", f"{whole}, {max(own)}",
              "once", whole >= SYSTEM_TOKENS and max(own) < 64)
        before = store_idle(c)
        first = None
        for i in range(100):
            s = c.call("session.create", system=system)["session"]
            c.call("session.chat", session=s, messages=says(f"What is {i} times 3?"), max_tokens=8)
            first = first or store_idle(c)
        after = store_idle(c)
        one, more = first["pages"] - before["pages"], after["pages"] - first["pages"]
        b.add("pages on disk of one conversation, and what 99 more with its system prompt add", f"{one}, {more}",
              "≤ 3 for each", one >= SYSTEM_TOKENS // 16 and more <= 3 * 99)
        disk = disk_use(dir)
        for _ in range(1000):
            c.call("session.fork", session=s)
        forked = store_idle(c)
        b.add("1,000 forks: pages written; growth of the page files, bytes; of the folder, KiB for each fork",
              f"{forked['pages'] - after['pages']}; {forked['file_bytes'] - after['file_bytes']}; {(disk_use(dir) - disk) / 1024 / 1000:.1f}", "0; 0",
              forked["pages"] == after["pages"] and forked["file_bytes"] == after["file_bytes"])


def store_idle(c):
    """store.stats, once all is written."""
    while True:
        st = c.call("store.stats")
        if st["pages_dirty"] == 0 and st["queued"] == 0: return st


def page_bytes(c):
    return c.call("status")["memory"]["page_bytes"]


def disk_use(dir):
    return sum(x.stat().st_blocks * 512 for x in pathlib.Path(dir, "data/store").rglob("*") if x.is_file())


# ---- a small pool -------------------------------------------------------------------------------------------

def row_pool(b, dir, n=20):
    def talk(d, rounds, after=lambda c: None):
        c = d.client()
        texts = [text_of(c, SYSTEM_TOKENS - 40, i) for i in range(n)]
        ss, said = [c.call("session.create")["session"] for _ in range(n)], []
        for turn in range(rounds):
            for s, text in zip(ss, texts):
                r = c.call("session.chat", session=s, messages=says(text if turn == 0 else f"turn {turn}"), max_tokens=8, seed=turn, temperature=0.7)
                u = r["usage"]
                assert u["prompt"] == u["from_memory"] + u["from_disk"] + u["prefilled"], u
                said.append((r["choices"][0]["text"], u))
                after(c)
        return said
    pages = []
    with b.daemon(dir) as d:
        small = page_bytes(d.client()) * (4000 // 16)
    with b.daemon(dir, "-o", f"cache.kv_cache_bytes={small}", "-o", "model.max_model_len=2048") as d:
        got = talk(d, 3, lambda c: pages.append(c.call("status")["memory"]))
    with b.daemon(dir + "/none", "-o", "store.enabled=no", "-o", "model.max_model_len=2048") as d:
        want = talk(d, 3)
    later = [u for _, u in got[n:]]
    b.add(f"{n} conversations of 1,000 tokens in pages for 4,000: texts that differ from those with room for all", str(sum(x[0] != y[0] for x, y in zip(got, want))),
          "0", all(x[0] == y[0] for x, y in zip(got, want)))
    b.add("their later turns: from memory, from disk, prefilled at most (tokens)",
          f"{spread([u['from_memory'] for u in later])['median']:.0f}, {spread([u['from_disk'] for u in later])['median']:.0f}, {max(u['prefilled'] for u in later)}",
          "prefilled ≤ 48", max(u["prefilled"] for u in later) <= 48)
    most = max((p["pages_used"] + p["pages_cached"]) * p["page_bytes"] for p in pages)
    b.add("pages in memory at most, MiB", f"{most / 2**20:.1f}", f"≤ {small / 2**20:.1f}", most <= small)
    most, bound = max(p["resident_bytes"] for p in pages), 1.1 * (pages[0]["weight_bytes"] + small) + (100 << 20)
    b.add("resident at most, MiB", f"{most / 2**20:.0f}", f"≤ {bound / 2**20:.0f}", most <= bound)


# ---- 10,000 sessions ------------------------------------------------------------------------------------------

def session_file(number):
    """An exported conversation, as docs/sessions.md has it."""
    ms = 1_700_000_000_000 + number * 1000
    def message(k):
        text = " ".join(f"w{(number * 7919 + k * 104729 + i * i * 31) % 50000}" if i % 3 else ("the", "证明")[i % 2] for i in range(40))
        if number % 1000 == 7: text += " 矩阵 eigenvalue"
        return {"role": ("user", "assistant")[k % 2], "text": f"{number} {k} {text}", "ids": struct.pack("<80i", *[(number + k * 80 + i) % 1000 for i in range(80)]),
                "cut": False, "closed": True, "generated": k % 2 == 1, "created_unix_ms": ms}
    body = lib.pack({"title": f"conversation {number}", "tags": [], "created_unix_ms": ms, "updated_unix_ms": ms, "space": "",
                     "messages": [message(k) for k in range(MESSAGES)]})
    head = b"QWSESSN\n" + struct.pack("<IIQ", 1, 0, len(body))
    return head + hashlib.sha256(head + body).digest() + body


def fill(c, sessions):
    ids = {}
    for n in range(0, sessions, 8):                         # 8 at a time, so that commits are shared
        files = {i: session_file(i) for i in range(n, min(n + 8, sessions))}
        blobs = {i: c.send("blob.create", bytes=len(f)) for i, f in files.items()}
        blobs = {i: c.wait(x)["blob"] for i, x in blobs.items()}
        for x in [c.send("blob.write", blob=blobs[i], at=0, data=f) for i, f in files.items()]: c.wait(x)
        sent = {i: c.send("session.import", blob=blobs[i]) for i in files}
        ids.update({i: c.wait(x)["session"] for i, x in sent.items()})
        for x in [c.send("blob.close", blob=blobs[i]) for i in files]: c.wait(x)
    return ids


def timed(f, n):
    v = []
    for _ in range(n):
        t = time.perf_counter()
        r = f()
        v.append((time.perf_counter() - t) * 1e3)
    return spread(v), r


def row_scale(b, dir):
    keep = os.path.join(b.a.dir or dir, "scale")
    tiny = lib.model("qwen3-tiny-f32")
    daemon = lambda: lib.Daemon("--model", tiny, "--chat-template", "qwen2.5", dir=keep)
    os.makedirs(keep, exist_ok=True)
    with daemon() as d:
        c = d.client()
        have = c.call("store.stats")["sessions"]
        if have < SESSIONS: fill(c, SESSIONS - have)
        st = c.call("store.stats")
    b.add("sessions, messages, MB of the database", f"{st['sessions']}, {st['messages']}, {st['db_bytes'] / 1e6:.0f}")
    starts, said = [], []
    for crash in (False, True) * 3:
        t = time.perf_counter()
        with daemon() as d:
            starts.append((time.perf_counter() - t) * 1e3)
            said = [line for line in d.logged().splitlines() if "sessions=" in line or "recover" in line][-1:]
            if crash:
                d.client().call("session.create")
                kill(d)
    s = spread(starts)
    b.add("start of the daemon to READY, every second time after kill -9, ms", shown(s, 0), f"< {START_MS}", s["max"] < START_MS)
    print("   ", *said, file=sys.stderr)
    with daemon() as d:
        c = d.client()
        rows = c.call("session.list", limit=100)["sessions"]
        one = iter(rows)
        asks = {"session.list": lambda: c.call("session.list"), "session.list, a title that is not there": lambda: c.call("session.list", query="nothing of it"),
                "session.search, a rare word": lambda: c.call("session.search", query="w4711"),
                "session.search, a word of most messages": lambda: c.call("session.search", query="the"),
                "session.search, a Chinese character of most": lambda: c.call("session.search", query="证"),
                "session.search, a rare Chinese character": lambda: c.call("session.search", query="矩"),
                "session.search, nothing": lambda: c.call("session.search", query="absent"),
                "session.show, another one each time": lambda: c.call("session.show", session=next(one)["session"])}
        for what, f in asks.items():
            s, r = timed(f, 15)
            n = len(r.get("sessions", r.get("hits", r.get("messages"))))
            b.add(f"{what}, ms ({n} rows)", shown(s), f"< {ASK_MS}", s["median"] < ASK_MS)
        env = dict(os.environ, LC_ALL="C.UTF-8", QWEND_SOCKET=d.socket)
        for args in (["session", "list"], ["session", "search", "eigenvalue"], ["session", "search", "证"], ["session", "show", rows[50]["session"]]):
            s, r = timed(lambda: subprocess.run([b.a.qwenctl, *args], env=env, capture_output=True), 7)
            assert r.returncode == 0 and r.stdout, (args, r)
            b.add(f"qwenctl {' '.join(args[:2])}, the whole command, ms", shown(s), f"< {ASK_MS}", s["median"] < ASK_MS)


# ---- a large one, from a cold disk ---------------------------------------------------------------------------------

def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as f: f.write("3")


def row_big(b, dir):
    keep = os.path.join(b.a.dir or dir, "big")
    os.makedirs(keep, exist_ok=True)
    note = os.path.join(keep, "session")
    open_ = lambda *o: b.daemon(keep, *o, "-o", "cache.repack_cache=off", "-o", "engine.kv_cache_dtype=f16", "-o", "model.max_model_len=8192", "-o",
                             "model.chat_template=qwen3-instruct-2507", model=b.a.big)
    with open_() as d:
        c, t0 = d.client(), time.perf_counter()
        bias = forbidden(d)
        if os.path.exists(note):
            with open(note) as f: s = f.read()
        else:
            s = c.call("session.create", title="long")["session"]
            with open(note, "w") as f: f.write(s)
        tokens, number = c.call("session.show", session=s, last=1)["tokens"], int(time.time())
        while tokens < BIG_TOKENS and time.perf_counter() - t0 < b.a.fill:
            c.call("session.chat", session=s, messages=says(text_of(c, 500, number)), max_tokens=1)
            tokens, number = c.call("session.show", session=s, last=1)["tokens"], number + 1
        store_idle(c)
    if tokens < BIG_TOKENS:
        print(f"  {tokens} tokens so far", file=sys.stderr)
        return
    share, first, ours, raw = [], [], [], []
    for _ in range(b.a.pairs):
        with open_("-o", "log.level=debug") as d:
            c = d.client()
            bytes = page_bytes(c)
            drop_caches()
            x = Stream(c, "session.regenerate", session=s, max_tokens=8, stop_on_repetition=False, logit_bias=bias)
            first.append(x.first())
            u = x.cut()["usage"]
            read_ms = sum(map(float, re.findall(r"found in ([0-9.]+) ms, read in ([0-9.]+)", d.logged())[-1]))
        files = sorted(pathlib.Path(keep, "data/store/pages").glob("*.kv"))
        drop_caches()
        t = time.perf_counter()
        for f in files:
            subprocess.run(["dd", f"if={f}", "of=/dev/null", "bs=1M", "status=none"], check=True)
        raw.append(sum(f.stat().st_size for f in files) / 1e6 / (time.perf_counter() - t))
        ours.append(u["from_disk"] / 16 * bytes / 1e6 / (read_ms / 1e3))
        share.append(100 * ours[-1] / raw[-1])
    b.add(f"large model, {u['from_disk']} tokens ({u['from_disk'] // 16 * bytes >> 20} MiB) from a cold disk: first token, ms", shown(spread(first), 0))
    b.add("found, read and checked, MB/s", shown(spread(ours), 0))
    b.add("dd of the page files, MB/s", shown(spread(raw), 0))
    s = spread(share)
    b.add("share of dd, %", shown(s, 0), f"≥ {READS}", s["median"] >= READS)


ROWS = {"resume": row_resume, "peer": row_peer, "durability": row_durability, "shared": row_shared, "pool": row_pool,
        "scale": row_scale, "big": row_big}


def main():
    top = os.environ.get("abs_top_builddir", ".")
    ap = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0], description="What keeping conversations costs.")
    ap.add_argument("--rows", default=",".join(k for k in ROWS if k != "big"))
    ap.add_argument("-m")
    ap.add_argument("--big")
    ap.add_argument("--dir")
    ap.add_argument("--pairs", type=int, default=5)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--fill", type=float, default=0)
    ap.add_argument("--qwen-run", default=f"{top}/engine/run/qwen-run")
    ap.add_argument("--qwenctl", default=f"{top}/client/qwenctl")
    ap.add_argument("--peer-python", default=sys.executable)
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    b = Bench(a)
    for row in a.rows.split(","):
        if row not in ROWS: ap.error(f"no such row: {row}")
        with tempfile.TemporaryDirectory(prefix="session-bench-", dir=a.dir) as dir:
            ROWS[row](b, dir)
    print(json.dumps(b.results, indent=1) if a.json else markdown(b.results))


if __name__ == "__main__":
    main()
