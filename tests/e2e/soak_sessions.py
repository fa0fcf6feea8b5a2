#!/usr/bin/env python3
"""kill -9 at random moments under load: what was promised is kept.

Eight clients talk to sessions of their own, with turns of random lengths and seeds, while the daemon is
killed SOAK_KILLS times (20; 300 by hand).  After each restart every turn whose stream.done came is there,
whole and exact, and interrupted ones are resumed now and then: the text is the one that the same
seed gives in a daemon that nobody kills.  At the end the database is checked.

Environment: abs_top_srcdir, abs_top_builddir, SOAK_KILLS, SOAK_SEED."""
import os, random, signal, socket, sqlite3, sys, tempfile, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import WAIT, Client, Daemon, RpcError, model  # noqa: E402

CLIENTS = 8
KILLS = int(os.environ.get("SOAK_KILLS", "20"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
LONG = dict(stop_on_repetition=False, temperature=1.0, logit_bias={"558": -100.0})
TURNS = 6                       # of one session; then the client begins another


def shown_as(text):
    return text.replace("\0", "\ufffd")         # a message's text holds no NUL character


class Talker:
    """One client's session: what was promised, and what it does next."""
    seen, events = threading.Condition(), 0     # of all of them since the daemon's start

    def __init__(self, number):
        self.rnd = random.Random(SEED * 1000 + number)
        self.number, self.turns, self.session, self.pending, self.done = number, [], None, None, []
        self.resumed = 0

    def next_turn(self):
        n = self.rnd.choice([3, 10, 40])
        return dict(messages=[{"role": "user", "content": "client %d turn %d" % (self.number, len(self.turns))}],
                    max_tokens=n, seed=self.rnd.randrange(10000), **LONG)

    def check(self, c):
        """After a restart: everything that was promised is there."""
        if self.session is None: return
        shown = c.call("session.show", session=self.session)
        got = [(m["role"], m["text"]) for m in shown["messages"]]
        want = [x for p, text in self.turns for x in (("user", p["messages"][0]["content"]), ("assistant", shown_as(text)))]
        assert got[:len(want)] == want, (self.number, "lost or changed", got, want)
        if len(got) > len(want):                # it was durable, but we were not told any more
            assert len(got) == len(want) + 2 and self.pending is not None, (self.number, got, want)
            self.turns.append((self.pending, got[-1][1]))   # as it is shown
            self.pending = None
        elif self.pending is not None and "interrupted" in shown and self.rnd.random() < 0.7:
            r = c.call("session.resume", session=self.session)
            self.turns.append((self.pending, r["choices"][0]["text"]))
            self.pending, self.resumed = None, self.resumed + 1

    def talk(self, path):
        """Until the daemon is gone."""
        try:
            c = Client(path)
            self.check(c)
            while True:
                if self.session is None or len(self.turns) == TURNS:
                    if self.session is not None: self.done.append(self.turns)
                    self.turns, self.session, self.pending = [], None, None
                    self.session = c.call("session.create")["session"]
                if self.pending is None: self.pending = self.next_turn()
                c.events.clear()
                i = c.send("session.chat", session=self.session, stream=True, tag="t", **self.pending)
                while i not in c.replies and not any(n == "stream.done" for n, _ in c.events):
                    before = len(c.events)
                    if not c.pump(): raise EOFError
                    with Talker.seen:
                        Talker.events += len(c.events) - before
                        Talker.seen.notify_all()
                done = [p["outcome"] for n, p in c.events if n == "stream.done"]
                r = done[0] if done else c.wait(i)
                assert r["durable"] == "turn", r
                self.turns.append((self.pending, r["choices"][0]["text"]))
                self.pending = None
                if i not in c.replies: c.wait(i)
                c.replies.clear()
        except (EOFError, ConnectionError, BrokenPipeError, FileNotFoundError, socket.error):
            pass


def main():
    rnd = random.Random(SEED)
    talkers, slowest = [Talker(n) for n in range(CLIENTS)], 0
    with tempfile.TemporaryDirectory(prefix="qwend-soak-") as dir:
        for k in range(KILLS + 1):
            d = Daemon(*TINY, dir=dir)
            errors, Talker.events = [], 0

            def run(t):
                try:
                    t.talk(d.socket)
                except BaseException as e:
                    if getattr(e, "name", "") != "draining": errors.append((t.number, e))
                    with Talker.seen: Talker.seen.notify_all()
            threads = [threading.Thread(target=run, args=(t,)) for t in talkers]
            for t in threads: t.start()
            target = rnd.randint(0, 400)        # events, so that the load of the machine does not matter
            with Talker.seen:
                Talker.seen.wait_for(lambda: Talker.events >= target or errors, WAIT)
            if k < KILLS:
                d.p.send_signal(signal.SIGKILL)
            else:
                d.end()
            d.p.wait(WAIT)
            for t in threads: t.join(WAIT)
            for number, e in errors:
                print("client %d: %r" % (number, e))
                print(d.logged()[-3000:])
            d.p.stderr.close()
            if errors: return 1
        print("%d kills, %d turns, %d resumed" % (KILLS, sum(len(t.turns) + sum(map(len, t.done)) for t in talkers),
                                                  sum(t.resumed for t in talkers)))
        db = sqlite3.connect(os.path.join(dir, "data/store/conversations.db"))
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()
        with Daemon(*TINY, dir=dir) as d:
            r = d.client().call("store.check", deep=True)
            assert r["faults"] == 0, r
    with Daemon(*TINY, "-o", "store.enabled=no", "-o", "limits.max_sessions=100000") as d:     # the same, undisturbed
        c, n = d.client(), 0
        for t in talkers:
            for turns in t.done + [t.turns]:
                s = c.call("session.create")["session"]
                for p, text in turns:
                    r = c.call("session.chat", session=s, **p)
                    assert shown_as(r["choices"][0]["text"]) == shown_as(text), (t.number, p, text, r)
                    n += 1
        print("%d answers equal those of a daemon that was not killed" % n)
    return 0


if __name__ == "__main__":
    sys.exit(main())
