#!/usr/bin/env python3
"""Memory of the daemon: four conversations on the default model, then a pool that is full.

At every moment: resident <= 1.15 * (file size + bytes of the pages in use, cached ones included) + 100 MiB.
Once the pool has been filled, resident stays within 2 % over --requests further requests (500; the short
form in tests/all.sh takes 60).  The peak that the kernel has kept (VmHWM) is held against the same bound, so
that loading, which nothing samples, counts too.  Prints TAP; wants QWEN_TEST_DEFAULT."""
import os, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib

MIB = 1 << 20
POOL = 112 * MIB                # 9,000 tokens of this model in F16: four conversations and little more
TURNS, SENTENCES = 4, 18        # about 500 tokens a turn
SENTENCE = "Number {} of this story: the train leaves at {} and comes to the town of {} after {} hours. "


def proc(pid, key):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0                    # VmHWM is not everywhere


class Watch:
    """Samples the daemon; remembers the worst moment against the bound."""
    def __init__(self, d, client, file_bytes):
        self.pid, self.c, self.file = d.p.pid, client, file_bytes
        self.worst, self.at, self.samples = -1e18, None, 0

    def bound(self, m):
        return 1.15 * (self.file + (m["pages_used"] + m["pages_cached"]) * m["page_bytes"]) + 100 * MIB

    def sample(self):
        # Pages are counted before and after: the bound takes the fewer, so that it is never too kind.
        rss = proc(self.pid, "VmRSS")
        m = self.c.call("status")["memory"]
        over = rss - self.bound(m)
        self.samples += 1
        if over > self.worst:
            self.worst, self.at = over, (rss, m["pages_used"] + m["pages_cached"], self.bound(m))
        return rss, m


def turn(conn, watch, session, k, i):
    """One turn of a conversation, the memory sampled at each piece of its text."""
    text = "".join(SENTENCE.format(j, (7 * j + k) % 24, "ABCDEFGH"[(j + i) % 8], (j * j + k + i) % 97) for j in range(SENTENCES))
    conn.events.clear()
    call = conn.send("session.chat", session=session, messages=[{"role": "user", "content": text + "Which number came last?"}],
                     max_tokens=24, stream=True)
    while call not in conn.replies:
        conn.pump(180)
        watch.sample()
    return conn.wait(call)["usage"]


def conversations(d, watch):
    totals = []
    for k in range(4):
        conn = d.client()
        session = conn.call("session.create", system="You are brief.")["session"]
        tokens = 0
        for i in range(TURNS):
            u = turn(conn, watch, session, k, i)
            tokens = u["prompt"] + u["completion"]
        totals.append(tokens)
    return totals


def one_request(conn, watch, n, words):
    conn.send("chat", messages=[{"role": "user", "content": f"Request {n}: " + f"{n * 7919 % 100003} and " * words}], max_tokens=4, stream=False)
    conn.wait(conn.next)
    return watch.sample()


def main():
    model = os.environ.get("QWEN_TEST_DEFAULT")
    requests = int(sys.argv[sys.argv.index("--requests") + 1]) if "--requests" in sys.argv else 500
    if not model:
        print("1..0 # SKIP QWEN_TEST_DEFAULT is not set")
        return 77
    results, began = [], time.monotonic()

    def result(name, good, facts):
        results.append(good)
        print(f"{'ok' if good else 'not ok'} {len(results)} - {name} # {facts}", flush=True)
    lib.WAIT = 180
    with lib.Daemon("--model", model, "-o", f"engine.n_threads={os.cpu_count()}", "-o", f"cache.kv_cache_bytes={POOL}",
                    "-o", "model.max_model_len=4096") as d:
        status = d.client()
        watch = Watch(d, status, os.path.getsize(model))
        while status.call("status")["model"]["state"] != "loaded":
            watch.sample()
        m = watch.sample()[1]
        peak = proc(d.p.pid, "VmHWM")
        result("the peak of loading keeps the bound", peak <= watch.bound(m), f"{peak / MIB:.0f} of {watch.bound(m) / MIB:.0f} MiB")
        totals = conversations(d, watch)
        result("four conversations have about 2,000 tokens each", min(totals) >= 1800, totals)
        result("resident keeps the bound at every moment of them", watch.worst <= 0,
                        f"closest: {watch.at[0] / MIB:.0f} of {watch.at[2] / MIB:.0f} MiB with {watch.at[1]} pages, {watch.samples} samples")
        conn, n = d.client(), 0
        m = watch.sample()[1]
        while m["pages_used"] + m["pages_cached"] < m["pages_total"] - 8 and n < 200:
            n += 1
            m = one_request(conn, watch, n, 60)[1]
        filled = m["pages_used"] + m["pages_cached"]
        result("the pool was filled", filled >= m["pages_total"] - 8, f"{filled} of {m['pages_total']} pages")
        # A few more, so that every buffer has had its largest request.
        base = max(one_request(conn, watch, n + i, 60)[0] for i in range(1, 6))
        seen = [one_request(conn, watch, 1000 + i, 4 if i % 10 else 60)[0] for i in range(requests)]
        low, high = min(seen), max(seen)
        result(f"flat within 2 % over {requests} further requests", 0.98 * base <= low and high <= 1.02 * base,
                        f"{base / MIB:.1f} MiB, then {low / MIB:.1f} to {high / MIB:.1f}")
        peak, m = proc(d.p.pid, "VmHWM"), watch.sample()[1]
        result("resident and its peak keep the bound to the end", watch.worst <= 0 and peak <= watch.bound(m),
                        f"closest: {watch.at[0] / MIB:.0f} of {watch.at[2] / MIB:.0f} MiB; peak {peak / MIB:.0f} of {watch.bound(m) / MIB:.0f}")
    print(f"1..{len(results)}\n# {time.monotonic() - began:.0f} s")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
