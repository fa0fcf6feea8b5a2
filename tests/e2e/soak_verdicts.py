#!/usr/bin/env python3
"""Verdicts in a row through one daemon: nothing stays behind.

SOAK_VERDICTS of them (200), 1,000 with `make soak-verdicts`: most by `verify`, every tenth an answer of the tiny model that
is checked, and among them checks that crash, hang, are cancelled with their connection, and plugins that are reloaded.  In the end
the daemon has the processes, descriptors and threads that it had after the first ones, and memory that stays within a
bound.  Prints what was measured.

Environment: abs_top_srcdir, abs_top_builddir."""
import os, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, WAIT, Daemon, RpcError, model  # noqa: E402

N = int(os.environ.get("SOAK_VERDICTS") or 200)
WARM = max(N // 2, 50)
MIB = 1 << 20
BOUND = MIB                                 # of the daemon and its plugins together, from WARM to the end: 1 KiB for each of 1,000
POOL = MIB                                  # of keys and values, full before anything is compared
BAD = os.path.join(BUILD, "tests/plugin/.libs/bad.so")
CALC = os.path.join(BUILD, "plugins/calculator/.libs/calculator.so")


def sanitized():
    with open(os.path.join(BUILD, "config.status"), errors="replace") as f:
        return "-fsanitize=" in f.read()


def children(pid):
    """Processes below pid, zombies too: {pid: (name, state)}."""
    found, parents = {}, {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % p) as f: text = f.read()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        parents[int(p)] = (int(rest[1]), name, rest[0])
    below = {pid}
    while True:
        more = {p for p, (parent, _, _) in parents.items() if parent in below} - below
        if not more: break
        below |= more
    for p in below - {pid}: found[p] = parents[p][1:]
    return found


def anonymous(pid):
    """Bytes that are the process's own."""
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("RssAnon:"))


def fill_pool(c):
    n = 0
    while True:
        m = c.call("status")["memory"]
        if m["pages_used"] + m["pages_cached"] >= m["pages_total"] - 4: return
        n += 1
        assert n < 200, m
        c.call("chat", messages=[{"role": "user", "content": "Fill %d with it." % n}], max_tokens=8)


class Seen:
    """What there is at one moment, once nothing runs."""
    def __init__(self, d, c):
        until = time.monotonic() + WAIT
        while True:                                         # connections that were closed end when the loop comes to them
            s = c.call("status")
            kids = children(d.p.pid)
            if s["connections"] == 1 and s["runs"] == {"running": 0, "waiting": 0} and not any(k[1] == "Z" for k in kids.values()): break
            assert time.monotonic() < until, (s, kids)
        self.processes = sorted(k[0] for k in kids.values())
        self.fds = len(os.listdir("/proc/%d/fd" % d.p.pid))
        self.threads = len(os.listdir("/proc/%d/task" % d.p.pid))
        self.bytes = anonymous(d.p.pid) + sum(anonymous(p) for p in kids)


def one(d, c, i):
    """One verdict; returns what it was."""
    if i % 10 == 3:
        r = c.call("chat", messages=[{"role": "user", "content": "Solve x + %d = %d." % (i, 3 * i)}], max_tokens=4, verify={"mode": "check"},
                   temperature=1.0, seed=i)
        return r["verification"]["verdict"]
    if i % 50 == 7:                                         # its asker leaves in the middle
        leaving = d.client()
        leaving.send("verify", question="wait", response="r%d" % i)
        leaving.call("conn.ping")
        leaving.close()
        d.clients.remove(leaving)
        return "left"
    if i % 50 == 20:
        try:
            return c.call("verify", question=("crash", "exit", "garbage")[i // 50 % 3], response="r%d" % i)["verdict"]
        except RpcError as e:
            return e.name
    if i % 50 == 40:                                        # hung, and killed
        try:
            return c.call("verify", question="loop", response="r%d" % i, budget_ms=20)["verdict"]
        except RpcError as e:
            return e.name
    if i % 50 == 45:
        for name in ("bad", "calculator"): c.call("plugin.reload", plugin=name)
    right = i % 2 == 0
    v = c.call("verify", question="Solve %dx + 5 = %d." % (i % 7 + 2, (i % 7 + 2) * i + 5), response="\\boxed{%d}" % (i if right else i + 1))
    assert v["verdict"] == ("verified" if right else "refuted"), (i, v)
    return v["verdict"]


def main():
    if not os.path.exists(BAD) or not os.path.exists(CALC):
        print("bad.so or the calculator is not built")
        return 77
    kinds, began = {}, time.monotonic()
    with Daemon("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5", "-o", "plugin.bad.path=" + BAD, "-o", "plugin.bad.timeout=100ms",
                "-o", "cache.kv_cache_bytes=%d" % POOL) as d:
        c = d.client()
        fill_pool(c)
        first = None
        for i in range(WARM + N):
            if i == WARM:
                for q in ("Solve x + 1 = 2.", "nothing"): c.call("verify", question=q, response="\\boxed{1}")
                first = Seen(d, c)
            kind = one(d, c, i)
            kinds[kind] = kinds.get(kind, 0) + 1
        for q in ("Solve x + 1 = 2.", "nothing"): c.call("verify", question=q, response="\\boxed{1}")
        last = Seen(d, c)
        took, crashes = time.monotonic() - began, c.call("plugin.show", plugin="bad")["crashes"]
        for name in ("processes", "fds", "threads", "bytes"):
            print("%-10s after %d: %s; after %d more: %s" % (name, WARM, getattr(first, name), N, getattr(last, name)))
        print("%s; %d crashes; %.1f s" % (kinds, crashes, took))
        assert crashes >= (WARM + N) // 50 * 2 - 1, "only %d" % crashes     # else this is about nothing
        assert last.processes == first.processes, (first.processes, last.processes)
        assert last.fds == first.fds, "%d descriptors, then %d" % (first.fds, last.fds)
        assert last.threads == first.threads
        if sanitized():
            print("     (a sanitizer keeps what was freed: memory is not compared)")
        else:
            assert last.bytes <= first.bytes + BOUND, "grew by %.2f MiB" % ((last.bytes - first.bytes) / MIB)
        pid = d.p.pid
        d.end()
        assert not children(pid), "processes are left"
    return 0


if __name__ == "__main__":
    sys.exit(main())
