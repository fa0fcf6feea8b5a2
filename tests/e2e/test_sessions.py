#!/usr/bin/env python3
"""Conversations that survive: restarts, kill -9, forks and edits, keys, attaching, faults of the store.

What a restart must not change is compared with a daemon that never restarted.  Environment:
abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run."""
import contextlib, functools, os, random, signal, sqlite3, struct, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import WAIT, Client, Daemon  # noqa: E402
from lib import fails, model, run_tests  # noqa: E402
from test_daemon import as_user, usage_adds_up  # noqa: E402

TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
SLOW = ("--model", model("qwen3-small-q8_0"), "--chat-template", "qwen2.5", "--cpu-level", "ref")
NONE = ("-o", "store.enabled=no")
# No answer ends by itself; each text is its own seed's.
LONG = dict(stop_on_repetition=False, temperature=1.0, logit_bias={"558": -100.0})


def says(text):
    return [{"role": "user", "content": text}]


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="qwend-e2e-") as d:
        os.chmod(d, 0o711)
        yield d


def kill(d):
    d.p.send_signal(signal.SIGKILL)
    d.p.wait(WAIT)


def texts(c, s):
    return [(m["role"], m["text"]) for m in c.call("session.show", session=s)["messages"]]


def joined(events, tag=None, have=b""):
    """`have` with the deltas behind it; bytes that come again must be the same."""
    text = have
    for name, p in events:
        if name != "stream.delta" or (tag is not None and p.get("tag") != tag):
            continue
        b = p["text"].encode()
        assert p["at"] <= len(text), ("a gap", p["at"], len(text))
        old = text[p["at"]:p["at"] + len(b)]
        assert b.startswith(old) or old.startswith(b), "other bytes at %d" % p["at"]
        text = text[:p["at"]] + b + text[p["at"] + len(b):] if len(b) >= len(old) else text
    return text


@functools.lru_cache(None)
def answer(seed, n=24, options=TINY, turns=1):
    """What the seed's session says when nothing comes between."""
    with Daemon(*options, *NONE) as d:
        c = d.client()
        s = c.call("session.create")["session"]
        for t in range(turns):
            r = c.call("session.chat", session=s, messages=says("turn %d" % t), max_tokens=n, seed=seed, **LONG)
        return r["choices"][0]["text"]


# ---- restarts ----------------------------------------------------------------------------
def test_a_conversation_goes_on_after_a_restart():
    want = answer(7, turns=3)
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            assert c.call("status")["store"]["state"] == "running"
            s = c.call("session.create", system=None)
            assert s["stored"] is True
            s = s["session"]
            for t in range(2):
                r = usage_adds_up(c.call("session.chat", session=s, messages=says("turn %d" % t), max_tokens=24, seed=7, **LONG))
                assert r["durable"] == "turn" and "storage" not in r
            before, run = c.call("session.show", session=s), r["run"]
            assert before["title"] == "turn 0" and before["total"] == 4
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            after = c.call("session.show", session=s)
            assert after == before, (before, after)
            got = c.call("run.get", run=run)
            assert got["choices"] == r["choices"] and got["state"] == "done" and got["message"] == before["head"]
            r = usage_adds_up(c.call("session.chat", session=s, messages=says("turn 2"), max_tokens=24, seed=7, **LONG))
            assert r["choices"][0]["text"] == want
            assert c.call("session.list")["sessions"][0]["messages"] == 6
            c.call("session.delete", session=s)
            fails("not_found", c.call, "session.show", session=s)
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            fails("not_found", c.call, "session.show", session=s)
            fails("not_found", c.call, "run.get", run=run)
            assert c.call("session.list") == {"sessions": []}


def script(seed, restart):
    """Random turns, forks, edits, rewinds and regenerations; restart(step) gives the client of each step.
    Messages are known by number, since their ids are random."""
    rnd = random.Random(seed)
    said, heads, n = [], [], rnd.randint(2, 4)
    c = restart(0)
    sessions = [c.call("session.create", system=rnd.choice([None, "be brief"]))["session"] for _ in range(2)]
    path = {s: [] for s in sessions}
    for step in range(1, 9):
        c = restart(step)
        s = rnd.choice(sessions)
        what = rnd.choice(["chat", "chat", "chat", "edit", "regenerate", "rewind", "fork"])
        p = dict(max_tokens=rnd.randint(1, 20), seed=rnd.randrange(1000), **LONG)
        if rnd.random() < 0.3: p["temperature"] = 0.0
        shown = c.call("session.show", session=s)["messages"]
        at = rnd.randrange(len(shown)) if shown else 0
        if what == "chat" or not shown:
            said.append(c.call("session.chat", session=s, messages=says("step %d" % step), **p))
        elif what == "edit":
            users = [m for m in shown if m["role"] == "user"]
            said.append(c.call("session.edit", session=s, message=rnd.choice(users)["message"], text="other %d" % step, **p))
        elif what == "regenerate":
            said.append(c.call("session.regenerate", session=s, **p))
        elif what == "rewind":
            answers = [m for m in shown if m["role"] == "assistant"]
            c.call("session.rewind", session=s, message=rnd.choice(answers)["message"] if answers else "")
        else:
            sessions.append(c.call("session.fork", session=s, message=shown[at]["message"])["session"])
    c = restart(9)
    return [r["choices"][0]["text"] for r in said], [texts(c, s) for s in sessions], \
        [c.call("session.show", session=s)["tokens"] for s in sessions]


def test_restarts_change_nothing():
    for seed in range(4):
        with Daemon(*TINY, *NONE) as d:
            c = d.client()
            want = script(seed, lambda step: c)
        with folder() as dir, contextlib.ExitStack() as stack:
            rnd, now = random.Random(seed + 100), [None]

            def restart(step):
                if now[0] is not None and rnd.random() < 0.4:
                    if rnd.random() < 0.5: kill(now[0])
                    else: assert now[0].end() == 0
                    now[0] = None
                if now[0] is None: now[0] = stack.enter_context(Daemon(*TINY, dir=dir))
                return now[0].client()
            got = script(seed, restart)
        assert got == want, (seed, got, want)


def test_names_lists_and_search():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            ids = []
            for q in ("Solve x + 1 = 2\nnow", "解方程 x = 3，请写出过程", "a" * 80, "the last"):
                s = c.call("session.create")["session"]
                c.call("session.chat", session=s, messages=says(q), max_tokens=1, seed=1)
                ids.append(s)
            r = c.call("session.rename", session=ids[0], pinned=True, tags=["math", "home"])
            assert r["tags"] == ["math", "home"] and r["pinned"] and r["title"] == "Solve x + 1 = 2", r
            c.call("session.rename", session=ids[3], title="named")
            fails("invalid_params", c.call, "session.rename", session=ids[3], tags=["a b"])
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            rows = c.call("session.list")["sessions"]
            assert [r["session"] for r in rows] == [ids[0], ids[3], ids[2], ids[1]], rows
            assert rows[0]["tags"] == ["math", "home"] and rows[0]["pinned"] and rows[1]["title"] == "named"
            assert rows[2]["title"] == "a" * 60 + "…" and rows[3]["title"] == "解方程 x = 3，请写出过程"
            assert [r["session"] for r in c.call("session.list", query="math")["sessions"]] == [ids[0]]
            assert [r["session"] for r in c.call("session.list", query="解方程")["sessions"]] == [ids[1]]
            page = c.call("session.list", limit=3)
            rest = c.call("session.list", limit=3, cursor=page["cursor"])
            assert [r["session"] for r in page["sessions"] + rest["sessions"]] == [r["session"] for r in rows]
            assert "cursor" not in rest
            for query in ("程", "方程", "Solve", "过程"):
                hits = c.call("session.search", query=query)["hits"]
                assert len(hits) == 1 and hits[0]["session"] == ids[0 if query == "Solve" else 1], (query, hits)
                assert "\x02" in hits[0]["snippet"] and hits[0]["role"] == "user", hits
            assert c.call("session.search", query="nothing of this")["hits"] == []
            r = c.call("session.rename", session=ids[0], pinned=False, tags=[], title="")
            assert r["tags"] == [] and "title" not in r


def test_what_others_need_outlives_a_deleted_session():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            p = dict(messages=says("turn 0"), max_tokens=5, seed=1, **LONG)
            c.call("session.chat", session=s, **p)
            f = c.call("session.fork", session=s)["session"]
            c.call("session.chat", session=f, **p)
            kept = texts(c, f)
            c.call("session.rewind", session=s, message="")
            c.call("session.chat", session=s, **dict(p, messages=says("another")))
            c.call("session.delete", session=s)
            n = c.call("session.create")["session"]     # the same words again: their nodes may be in memory still
            for text in ("another", "turn 0"):
                m = c.call("session.create")["session"]
                r = c.call("session.chat", session=m, **dict(p, messages=says(text)))
                assert r["durable"] == "turn", r
            r = c.call("session.chat", session=n, **dict(p, messages=says("another")))
            r = c.call("session.chat", session=n, **p)
            assert r["durable"] == "turn", r
            new = texts(c, n)
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            assert texts(c, f) == kept and texts(c, n) == new


def test_forks_after_kill():
    """A fork in the middle of what a killed daemon left: both go on, and share what they have in common."""
    p = dict(max_tokens=24, seed=7, **LONG)

    def before(c):
        s = c.call("session.create")["session"]
        return s, [c.call("session.chat", session=s, messages=says("turn %d, and some more words" % t), **p) for t in range(2)]

    def after(c, s, first):
        f = c.call("session.fork", session=s, message=first["message"])["session"]
        a = usage_adds_up(c.call("session.chat", session=f, messages=says("another way"), **p))
        b = usage_adds_up(c.call("session.chat", session=s, messages=says("turn 2"), **p))
        return [texts(c, f), texts(c, s)], a["usage"], b["usage"]

    with Daemon(*TINY, *NONE) as d:
        c = d.client()
        s, r = before(c)
        want, _, _ = after(c, s, r[0])
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            s, r = before(d.client())
            kill(d)
        with Daemon(*TINY, dir=dir) as d:
            got, fork, own = after(d.client(), s, r[0])
            assert got == want, (got, want)
            assert fork["from_disk"] >= 16 and own["from_memory"] + own["from_disk"] > fork["from_disk"], (fork, own)


# ---- interrupted ---------------------------------------------------------------------------
def interrupted(dir, s, n_deltas, how, options=SLOW, **more):
    """A turn of s that is cut off after so many deltas: its run and what was seen of it."""
    with Daemon(*options, dir=dir) as d:
        c = d.client()
        if s is None: s = c.call("session.create")["session"]
        c.send("session.chat", session=s, messages=says("turn 0"), max_tokens=24, seed=7, stream=True, tag="t",
               **dict(LONG, **more))
        c.wait_event("stream.delta", n_deltas)
        run = c.wait_event("stream.start")["run"]
        if how == "kill": kill(d)
        elif how == "term": assert d.end() == 0
        elif how == "leave": c.close()
        return s, run, joined(c.events)


def check_resume(dir, s, run, seen, want, how="kill"):
    with Daemon(*SLOW, dir=dir) as d:
        c = d.client()
        assert [x.get("interrupted") for x in c.call("session.list")["sessions"]] == [run]    # not in memory yet
        shown = c.call("session.show", session=s)
        assert shown["interrupted"] == run and shown["messages"] == [], shown
        assert [(m["role"], m["text"]) for m in shown["unanswered"]] == [("user", "turn 0")], shown
        now = c.call("run.attach", run=run)
        assert now["state"] == "interrupted" and want.startswith(now["choices"][0]["text"]), now
        fails("not_found", c.call, "session.resume", session=s, run="r" + "0" * 14 + "1")
        i = c.send("session.resume", session=s, stream=True, tag="t")
        r = usage_adds_up(c.wait(i))
        assert r["run"] == run and r["state"] == "done" and r["seed"] == 7 and r["durable"] == "turn", r
        assert r["choices"][0]["text"] == want and joined(c.events, have=seen).decode() == want
        if how != "kill":                       # what was generated is not generated again
            assert r["usage"]["completion"] <= 24 - 4, r["usage"]
        assert c.call("session.show", session=s)["head"] == r["message"]
        shown = c.call("session.show", session=s)
        assert "interrupted" not in shown and "unanswered" not in shown, shown
        assert "interrupted" not in c.call("session.list")["sessions"][0]
        fails("conflict", c.call, "session.resume", session=s)
        return r


def test_resume_after_kill():
    want = answer(7, options=SLOW)
    for n in (1, 12):
        with folder() as dir:
            s, run, seen = interrupted(dir, None, n, "kill")
            check_resume(dir, s, run, seen, want)


def test_resume_after_a_stop():
    want = answer(7, options=SLOW)
    with folder() as dir:
        s, run, seen = interrupted(dir, None, 4, "term", options=SLOW + ("-o", "daemon.drain_timeout=0"))
        check_resume(dir, s, run, seen, want, how="term")


def test_resume_after_leaving():
    want = answer(7, options=SLOW)
    with folder() as dir, Daemon(*SLOW, dir=dir) as d:
        c, other = d.client(), d.client()
        s = c.call("session.create")["session"]
        c.send("session.chat", session=s, messages=says("turn 0"), max_tokens=24, seed=7, stream=True, tag="t", **LONG)
        c.wait_event("stream.delta", 5)
        seen = joined(c.events)
        c.close()
        i = other.send("session.resume", session=s, stream=True, tag="t")     # at once
        try:
            r = other.wait(i)
        except Exception as e:                  # the daemon had not seen yet that c left
            assert getattr(e, "name", "") == "conflict", e
            while "interrupted" not in other.call("session.show", session=s): pass
            other.events.clear()
            r = other.wait(other.send("session.resume", session=s, stream=True, tag="t"))
        assert r["choices"][0]["text"] == want and joined(other.events, have=seen).decode() == want


def test_an_interrupted_answer_is_given_up():
    with folder() as dir:
        s, run, _ = interrupted(dir, None, 4, "kill")
        with Daemon(*SLOW, dir=dir) as d:
            c = d.client()
            r = c.call("session.chat", session=s, messages=says("turn 0"), max_tokens=3, seed=7, **LONG)
            assert answer(7, options=SLOW).startswith(r["choices"][0]["text"])
            shown = c.call("session.show", session=s)
            assert "interrupted" not in shown and len(shown["messages"]) == 2
            fails("not_found", c.call, "run.get", run=run)
            fails("conflict", c.call, "session.resume", session=s)


def test_show_an_interrupted_edit_or_regeneration():
    """The conversation is shown as it was; what was asked anew stands beside it."""
    with folder() as dir:
        with Daemon(*SLOW, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            c.call("session.chat", session=s, messages=says("turn 0"), max_tokens=3, seed=7, **LONG)
            before = c.call("session.show", session=s)
        for method, p, asked in (("session.regenerate", {}, None),
                                 ("session.edit", {"message": before["messages"][0]["message"], "text": "other words"}, "other words")):
            with Daemon(*SLOW, dir=dir) as d:
                c = d.client()
                c.send(method, session=s, max_tokens=24, seed=8, stream=True, **p, **LONG)
                c.wait_event("stream.delta", 3)
                run = c.wait_event("stream.start")["run"]
                kill(d)
            with Daemon(*SLOW, dir=dir) as d:
                shown = d.client().call("session.show", session=s)
                assert shown["interrupted"] == run and shown["messages"] == before["messages"], (method, shown)
                assert shown["head"] == before["head"]
                assert [m["text"] for m in shown.get("unanswered", [])] == ([asked] if asked else []), (method, shown)


def test_nothing_is_left_of_a_deleted_answer():
    """... that was running, in its first turn and in a later one."""
    for turns in (0, 1):
        with folder() as dir:
            with Daemon(*SLOW, dir=dir) as d:
                c, other = d.client(), d.client()
                s = c.call("session.create")["session"]
                for t in range(turns):
                    c.call("session.chat", session=s, messages=says("turn %d" % t), max_tokens=3, seed=7, **LONG)
                i = c.send("session.chat", session=s, messages=says("tell me all"), max_tokens=100, seed=7, stream=True, **LONG)
                c.wait_event("stream.delta", 20)
                other.call("session.delete", session=s)
                assert c.wait(i)["choices"][0]["finish_reason"] == "cancelled"
            db = sqlite3.connect(os.path.join(dir, "data/store/conversations.db"))
            for table in ("sessions", "messages", "runs", "run_ids", "pages"):
                n = db.execute("SELECT count(*) FROM " + table).fetchone()[0]
                assert n == 0, (turns, table, n)
            db.close()


def test_resume_needs_the_same_model():
    with folder() as dir:
        s, run, _ = interrupted(dir, None, 2, "kill")
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            fails("model_unavailable", c.call, "session.resume", session=s)
            assert c.call("session.show", session=s)["interrupted"] == run


# ---- export, import ----
def exported(c, s, **p):
    r = c.call("session.export", session=s, **p)
    out = b""
    while len(out) < r["bytes"]:
        out += c.call("blob.read", blob=r["blob"], at=len(out), bytes=1 << 20)["data"]
    c.call("blob.close", blob=r["blob"])
    return out, r


def imported(c, data, **p):
    b = c.call("blob.create", bytes=len(data))["blob"]
    try:
        for at in range(0, len(data), 1 << 20):
            c.call("blob.write", blob=b, at=at, data=data[at:at + (1 << 20)])
        return c.call("session.import", blob=b, **p)
    finally:
        c.call("blob.close", blob=b)


def records(data):
    out, at = [], 0
    while at < len(data):
        kind, _, n = struct.unpack_from("<IIQ", data, at)
        out.append((kind, data[at + 16:at + 16 + n]))
        at += 16 + n
    return out


def goes_on(c, s):
    return usage_adds_up(c.call("session.chat", session=s, messages=says("turn 2"), max_tokens=24, seed=7, **LONG))


def test_export_and_import():
    want = answer(7, turns=3)
    with folder() as here, folder() as there, folder() as empty:
        with Daemon(*TINY, dir=here) as d:
            c = d.client()
            s = c.call("session.create", title="mine", system=None)["session"]
            for t in range(2):
                c.call("session.chat", session=s, messages=says("turn %d" % t), max_tokens=24, seed=7, **LONG)
            small, r = exported(c, s)
            assert r["pages"] == 0 and r["messages"] == 4, r
            data, r = exported(c, s, pages=True)
            assert r["pages"] >= 3, r
            kinds = [k for k, _ in records(data)]
            assert kinds == [1, 2] + [3] * 4 + [4] * 2 + [5] + [6] * r["pages"] + [7], kinds
            assert all(b"seed" in p for k, p in records(data) if k == 4)
            copy = imported(c, data, title="copy")                  # beside the original
            assert copy["title"] == "copy" and copy["session"] != s and texts(c, copy["session"]) == texts(c, s), copy
            assert goes_on(c, copy["session"])["choices"][0]["text"] == want
            new = c.call("session.create", title="nothing said yet")["session"]
            assert exported(c, new)[1]["messages"] == 0
            private = c.call("session.create", durability="none")["session"]
            c.call("session.chat", session=private, messages=says("x"), max_tokens=2)
            e = fails("storage", c.call, "session.export", session=private)
            assert "private" in str(e), e
        with Daemon(*TINY, dir=there) as d:
            c = d.client()
            got = imported(c, data)
            assert got["title"] == "mine" and got["messages"] == 4 and got["pages"] == r["pages"], got
            u = goes_on(c, got["session"])
            assert u["choices"][0]["text"] == want and u["usage"]["from_disk"] == 16 * r["pages"], u
        with Daemon(*TINY, dir=empty) as d:
            c = d.client()
            got = imported(c, small)
            u = goes_on(c, got["session"])
            assert got["pages"] == 0 and u["choices"][0]["text"] == want and u["usage"]["from_disk"] == 0, u
        with Daemon(*SLOW, dir=empty) as d:                         # another model: its text is rendered anew
            c = d.client()
            got = imported(c, data)
            u = goes_on(c, got["session"])
            assert [x[1] for x in texts(c, got["session"])][:4:2] == ["turn 0", "turn 1"] and u["usage"]["from_disk"] == 0, u
        with Daemon(*TINY, *NONE) as d:
            c = d.client()
            e = fails("storage", imported, c, data)
            assert "enabled = no" in str(e), e
            s = c.call("session.create")["session"]
            e = fails("storage", c.call, "session.export", session=s)
            assert "in memory only" in str(e), e


# ---- attach, keys ----------------------------------------------------------------------------
def test_attach_at_every_event():
    want = answer(7, options=SLOW)
    with folder() as dir, Daemon(*SLOW, dir=dir) as d:
        for n in (1, 4, 9):
            c = d.client()
            s = c.call("session.create")["session"]
            p = dict(session=s, messages=says("turn 0"), max_tokens=24, seed=7, **LONG)
            c.send("session.chat", stream=True, tag="t", key="k%d" % n, on_disconnect="detach", **p)
            c.wait_event("stream.delta", n)
            run, seen = c.wait_event("stream.start")["run"], joined(c.events)
            c.close()
            o = d.client()
            ref = {1: {"run": run}, 4: {"key": "k%d" % n}, 9: {"tag": "t"}}[n]
            r = o.call("run.attach", **{"from": {"index": 0, "at": len(seen)}}, **ref)
            assert all(p["at"] >= len(seen) for e, p in o.events if e == "stream.delta")
            names = [e for e, _ in o.events]
            assert names[0] == "stream.start" and names[-1] == "stream.done" and o.events[-1][1]["outcome"] == r
            assert joined(o.events, have=seen).decode() == want == r["choices"][0]["text"]
            o.events.clear()                    # again, of the finished one, from somewhere
            at = min(n, len(want.encode()))
            while at < len(want.encode()) and want.encode()[at] & 0xc0 == 0x80: at += 1
            r2 = o.call("run.attach", run=run, **{"from": {"at": at}})
            assert r2 == r and joined(o.events, have=want.encode()[:at]).decode() == want
            o.events.clear()
            assert o.call("run.attach", run=run, stream=False) == r and o.events == []
            o.events.clear()
            assert o.call("session.chat", stream=True, key="k%d" % n, **p) == r     # the same again
            assert joined(o.events).decode() == want
            e = fails("conflict", o.call, "session.chat", key="k%d" % n, **dict(p, seed=8))
            assert e.info["run"] == run
            assert len(o.call("session.show", session=s)["messages"]) == 2


def test_a_cut_at_every_event():
    """The same answer, cut after its first event, after the second, ... and after stream.done."""
    want, cut, k, done = answer(7, n=12, options=SLOW), set(), 1, False
    p = dict(messages=says("turn 0"), max_tokens=12, seed=7, **LONG)
    with folder() as dir, Daemon(*SLOW, dir=dir) as d:
        while not done:
            c, o, key = d.client(), d.client(), "cut %d" % k
            s = o.call("session.create")["session"]
            c.send("session.chat", session=s, stream=True, tag="t", key=key, on_disconnect="detach", **p)
            while len(c.events) < k and "stream.done" not in [e for e, _ in c.events]: assert c.pump()     # a busy machine merges some
            seen, done = joined(c.events[:k]), "stream.done" in [e for e, _ in c.events[:k]]
            c.close()
            cut.add(len(seen))
            r = o.call("run.attach", key=key, **{"from": {"index": 0, "at": len(seen)}})
            assert all(q["at"] >= len(seen) for e, q in o.events if e == "stream.delta"), (k, o.events)
            assert joined(o.events, have=seen) == want.encode() == r["choices"][0]["text"].encode(), k
            names = [e for e, _ in o.events]
            assert names[0] == "stream.start" and names.index("stream.done") == len(names) - 1, names
            assert texts(o, s) == [("user", "turn 0"), ("assistant", want)]
            k += 1
        assert len(cut) >= 3 and 0 in cut and len(want.encode()) in cut, cut


def test_several_listen():
    with folder() as dir, Daemon(*SLOW, dir=dir) as d:
        a, b = d.client(), d.client()
        s = a.call("session.create")["session"]
        p = dict(session=s, messages=says("turn 0"), max_tokens=24, seed=7, key="k", **LONG)
        ia = a.send("session.chat", stream=True, tag="t", **p)
        a.wait_event("stream.delta", 2)
        ib, ic = b.send("session.chat", stream=True, **p), b.send("run.attach", key="k", stream=False)
        b.wait_event("stream.delta")
        assert a.call("run.detach", key="k") == {"detached": 1}
        assert a.wait(ia)["state"] == "running"
        r = b.wait(ib)
        assert b.wait(ic) == r and joined(b.events).decode() == r["choices"][0]["text"] == answer(7, options=SLOW)
        assert fails("not_found", b.call, "run.attach", key="other")
        assert fails("invalid_params", b.call, "session.chat", on_disconnect="detach", **{k: v for k, v in p.items() if k != "key"})


def test_keys_outlive_the_daemon():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            p = dict(session=s, messages=says("turn 0"), max_tokens=9, temperature=1.0, key="k")
            r = c.call("session.chat", **p)
            g = c.call("generate", prompt="x", max_tokens=5, temperature=1.0, durability="turn", key="g")
            assert g["durable"] == "turn"
        for _ in range(2):
            with Daemon(*TINY, dir=dir) as d:
                c = d.client()
                again = c.call("session.chat", **p)
                assert again["choices"] == r["choices"] and again["seed"] == r["seed"] and again["run"] == r["run"]
                assert c.call("generate", prompt="x", max_tokens=5, temperature=1.0, durability="turn", key="g")["choices"] == g["choices"]
                fails("conflict", c.call, "session.chat", **dict(p, max_tokens=8))
                fails("conflict", c.call, "chat", messages=says("x"), key="g")
                assert len(c.call("session.show", session=s)["messages"]) == 2
            kill(d)
        s2, run, seen = interrupted(dir, None, 3, "kill", key="cut")
        with Daemon(*SLOW, dir=dir) as d:
            c = d.client()
            r = c.call("session.chat", session=s2, messages=says("turn 0"), max_tokens=24, seed=7, key="cut", **LONG)
            assert r["state"] == "interrupted" and r["run"] == run, r


# ---- durability ---------------------------------------------------------------------------------
def test_what_durability_promises():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            said = {}
            for want in ("turn", "async", "none"):
                r = c.call("session.chat", session=s, messages=says(want), max_tokens=3, seed=1, durability=want)
                assert r["durable"] == want, r
                assert c.call("chat", messages=says(want), max_tokens=3, seed=1, durability=want)["durable"] == want
                said[want] = r["message"]
            assert c.call("chat", messages=says("x"), max_tokens=3)["durable"] == "none"
            private = c.call("session.create", durability="none")
            assert private["stored"] is False
            r = c.call("session.chat", session=private["session"], messages=says("hidden words"), max_tokens=3)
            assert r["durable"] == "none"
            r = c.call("session.chat", session=private["session"], messages=says("hidden words"), max_tokens=3, durability="turn")
            assert r["durable"] == "none" and "memory only" in r["storage"], r
            assert private["session"] in [x["session"] for x in c.call("session.list")["sessions"]]
            c.call("session.rename", session=private["session"], title="still hidden")
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            shown = c.call("session.show", session=s)
            assert shown["head"] == said["async"] and len(shown["messages"]) == 4
            fails("not_found", c.call, "session.show", session=private["session"])
            assert [x["session"] for x in c.call("session.list")["sessions"]] == [s]
        for name in os.listdir(os.path.join(dir, "data/store")):
            path = os.path.join(dir, "data/store", name)
            if os.path.isfile(path): assert b"hidden" not in open(path, "rb").read(), name


def test_a_sessions_own_durability_outlives_the_daemon():
    """... and a fork of it has it, too; one without follows the configuration."""
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            own, plain = (c.call("session.create", **p)["session"] for p in ({"durability": "async"}, {}))
            for s in (own, plain): c.call("session.chat", session=s, messages=says("one"), max_tokens=3, seed=1)
            fork = c.call("session.fork", session=own)["session"]
        for configured in ("turn", "async"):
            with Daemon(*TINY, "-o", "store.durability=" + configured, dir=dir) as d:
                c = d.client()
                for s, want in ((own, "async"), (fork, "async"), (plain, configured)):
                    r = c.call("session.chat", session=s, messages=says("two"), max_tokens=3, seed=1)
                    assert r["durable"] == want, (configured, want, r["durable"])


def test_stateless_history_is_found_in_the_store():
    """The second turn of a client that sends its history as text goes on from the ids that were generated."""
    p = dict(max_tokens=17, temperature=1.5)
    def turn(c, history, seed, **more):
        r = usage_adds_up(c.call("chat", messages=history, seed=seed, **p, **more))
        history += [{"role": "assistant", "content": r["choices"][0]["text"]}] + says("go on")
        return r
    with Daemon(*TINY, *NONE) as d:
        c, h = d.client(), says("hi")
        want = [turn(c, h, n) for n in range(4)]
    with folder() as dir:
        h = says("hi")
        for n in range(4):
            with Daemon(*TINY, dir=dir) as d:
                r = turn(d.client(), h, n, durability="turn")
            assert r["choices"] == want[n]["choices"] and r["usage"]["prompt"] == want[n]["usage"]["prompt"], n


def test_memory_is_a_cache():
    """More conversations than memory holds: all of them stay."""
    with folder() as dir, Daemon(*TINY, "-o", "cache.session_bytes=1MiB", "-o", "limits.max_sessions=4", dir=dir) as d:
        c = d.client()
        ids = []
        for n in range(12):
            s = c.call("session.create")["session"]
            m = [{"role": "user", "content": "%d " % n * 30000}, {"role": "assistant", "content": "y" * 100}] + says("and?")
            fails("context_exceeded", c.call, "session.chat", session=s, messages=m, max_tokens=1)
            c.call("session.chat", session=s, messages=says("number %d" % n), max_tokens=2, seed=n)
            ids.append(s)
        for n, s in enumerate(ids):
            assert texts(c, s)[0] == ("user", "number %d" % n)
            f = c.call("session.fork", session=s)["session"]
            assert texts(c, f) == texts(c, s)
        assert len(c.call("session.list")["sessions"]) == 24
        assert c.call("status")["memory"]["session_bytes"] <= 1 << 20


# ---- faults --------------------------------------------------------------------------------------
def serves_without(c, why):
    st = c.call("status")["store"]
    assert st["state"] == "off" and why in st["why"], st
    s = c.call("session.create")
    assert s["stored"] is False
    r = c.call("session.chat", session=s["session"], messages=says("x"), max_tokens=2)
    assert r["durable"] == "none" and r["storage"], r
    assert len(c.call("session.show", session=s["session"])["messages"]) == 2


def cannot_be_read(c, why):
    """What the folder holds is not known: nobody says that a conversation is not there."""
    for method, p in (("session.show", {}), ("session.delete", {}), ("session.chat", {"messages": says("x")})):
        e = fails("storage", c.call, method, session="s" + 14 * "0" + "1", **p)
        assert why in e.text and e.info["param"] == "session", (e.text, e.info)


def test_without_a_store_it_serves():
    with folder() as dir:
        os.makedirs(os.path.join(dir, "data"))
        with open(os.path.join(dir, "data/store"), "w") as f: f.write("in the way")
        with Daemon(*TINY, dir=dir) as d:
            serves_without(d.client(), "store")
            cannot_be_read(d.client(), "store")
            assert "in memory only" in d.logged()
        d = Daemon(*TINY, "-o", "store.required=yes", dir=dir, ready=False)
        assert d.p.wait(WAIT) == 1 and "store" in d.p.stderr.read().decode()
        d.p.stderr.close()
        assert open(os.path.join(dir, "data/store")).read() == "in the way"
    with Daemon(*TINY, *NONE) as d:
        c = d.client()
        st = c.call("status")["store"]
        assert st["state"] == "off" and "enabled" in st["why"], st
        fails("not_found", c.call, "session.show", session="s" + 14 * "0" + "1")


def test_two_daemons_one_store():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            s = d.client().call("session.create", title="first")["session"]
            with Daemon(*TINY, "-o", "store.path=" + os.path.join(dir, "data/store")) as e:
                serves_without(e.client(), "store")
            assert d.client().call("session.show", session=s)["title"] == "first"
        with Daemon(*TINY, dir=dir) as d:
            assert d.client().call("session.show", session=s)["title"] == "first"


def test_a_deleted_database_is_begun_anew():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            c.call("session.chat", session=s, messages=says("x"), max_tokens=2)
        for name in os.listdir(os.path.join(dir, "data/store")):
            if name.startswith("conversations.db"): os.remove(os.path.join(dir, "data/store", name))
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            fails("not_found", c.call, "session.show", session=s)
            s = c.call("session.create")["session"]
            assert c.call("session.chat", session=s, messages=says("x"), max_tokens=2)["durable"] == "turn"


def test_a_damaged_database_is_set_aside():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            s = d.client().call("session.create")["session"]
        path = os.path.join(dir, "data/store/conversations.db")
        with open(path, "r+b") as f: f.truncate(1000)
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            assert "set aside" in d.logged() and c.call("status")["store"]["state"] == "running"
            fails("not_found", c.call, "session.show", session=s)
            s = c.call("session.create")["session"]
            assert c.call("session.chat", session=s, messages=says("x"), max_tokens=2)["durable"] == "turn"


def test_clock_goes_back():
    """Times that lie in the future do not disturb the order of what comes now."""
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            old = c.call("session.create", title="old")["session"]
            c.call("session.chat", session=old, messages=says("x"), max_tokens=2, seed=1)
        db = sqlite3.connect(os.path.join(dir, "data/store/conversations.db"))
        for table in ("sessions", "messages", "runs"):
            for col in [r[1] for r in db.execute("PRAGMA table_info(%s)" % table) if r[1].endswith("unix_ms") or r[1] in ("created", "updated")]:
                db.execute("UPDATE %s SET %s = %s + 10000000000" % (table, col, col))
        db.commit()
        db.close()
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            r = c.call("session.chat", session=old, messages=says("y"), max_tokens=2, seed=1)
            assert r["durable"] == "turn" and len(texts(c, old)) == 4
            new = c.call("session.create", title="new")["session"]
            assert {x["session"] for x in c.call("session.list")["sessions"]} == {old, new}


# ---- owners ---------------------------------------------------------------------------------------
def test_others_see_nothing():
    if os.geteuid() != 0:
        print("     (needs root)")
        return
    import grp
    group = ("-o", "daemon.socket_group=" + grp.getgrgid(65534).gr_name)
    with folder() as dir:
        with Daemon(*TINY, *group, dir=dir) as d:
            c = d.client()
            s = c.call("session.create", title="mine")["session"]
            r = c.call("session.chat", session=s, messages=says("a secret"), max_tokens=3, key="k")
        with Daemon(*TINY, *group, dir=dir) as d:

            def tries():
                o, said = Client(d.socket), []
                for method, p in (("session.show", {"session": s}), ("session.chat", {"session": s, "messages": says("x")}),
                                  ("session.fork", {"session": s}), ("session.rename", {"session": s, "title": "x"}),
                                  ("session.resume", {"session": s}), ("session.delete", {"session": s}),
                                  ("run.get", {"run": r["run"]}), ("run.attach", {"key": "k"}), ("run.cancel", {"key": "k"})):
                    try:
                        o.call(method, **p)
                        said.append("ok")
                    except Exception as e:
                        said.append(getattr(e, "name", str(e)))
                said.append(str(len(o.call("session.list")["sessions"]) + len(o.call("session.search", query="secret")["hits"])))
                n = o.call("session.create")["session"]
                o.call("session.chat", session=n, messages=says("mine"), max_tokens=1)
                try:
                    o.call("session.rewind", session=n, message=r["message"])
                except Exception as e:
                    said.append(getattr(e, "name", str(e)))
                mine = o.call("chat", messages=says("hello"), max_tokens=2, key="k")     # keys are one's own
                said.append(mine["state"])
                return " ".join(said)
            got = as_user(1, tries)
            assert got == "not_found " * 9 + "0 not_found done", got
            assert d.client().call("session.show", session=s)["title"] == "mine"


if __name__ == "__main__":
    run_tests(globals())
