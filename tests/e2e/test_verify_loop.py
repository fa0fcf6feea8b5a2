#!/usr/bin/env python3
"""The verification loop: retry and vote, with a verifier that says what the question tells it
(tests/plugin/scripted.c).  Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names
of tests to run."""
import contextlib, os, re, signal, sqlite3, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, Daemon, model, run_tests  # noqa: E402
from test_daemon import fails, usage_adds_up  # noqa: E402
from test_sessions import folder, kill, texts  # noqa: E402

SCRIPTED = os.path.join(BUILD, "tests/plugin/.libs/scripted.so")
NONE = ("-o", "plugin.calculator.enabled=no", "-o", "plugin.python.enabled=no")
PLUGINS = (*NONE, "-o", "plugin.scripted.path=" + SCRIPTED, "-o", "plugin.scripted.trust=proof")
TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5", *PLUGINS)
SLOW = ("--model", model("qwen3-small-q8_0"), "--chat-template", "qwen2.5", "--cpu-level", "ref", *PLUGINS)
HURRY = ("-o", "plugin.scripted.hurry=yes")       # its checks never hang
# No answer ends by itself, so that its length is known; each text is its own seed's.
LONG = dict(stop_on_repetition=False, temperature=1.0, max_tokens=12, logit_bias={"558": -100.0})


def ask(*lines):
    return [{"role": "user", "content": "\n".join(("What is it?",) + lines)}]


def retry(c, lines, seed=1, attempts=3, feedback=True, **more):
    p = dict(LONG, messages=ask(*lines), seed=seed, verify=dict({"mode": "retry", "attempts": attempts, "feedback": feedback}, **more.pop("verify", {})))
    return c.call(more.pop("method", "chat"), **dict(p, **more))


def verdicts(r):
    return [a["verdict"] for a in r["attempts"]]


def adds_up(r, whole=True):
    if whole: usage_adds_up(r)                  # not of a prompt that was cut off
    for key in ("prompt", "completion"):
        assert r["usage"][key] == sum(a[key] for a in r["attempts"]), (key, r["usage"], r["attempts"])
    won = [a for a in r["attempts"] if a["chosen"]]
    assert all(0 <= a["seed"] < 2 ** 53 for a in r["attempts"]), r["attempts"]
    assert len(won) == 1 and won[0]["text"] == r["choices"][0]["text"] and won[0]["finish_reason"] == r["choices"][0]["finish_reason"]
    return r


def streamed(events, tag):
    """The text of each attempt, as one who follows `attempt` and `at` has it."""
    text = {}
    for name, p in events:
        if name == "stream.delta" and p["tag"] == tag:
            have = text.get(p["attempt"], "")
            assert p["attempt"] == max(list(text) + [p["attempt"]]) and p["at"] == len(have.encode()), p
            text[p["attempt"]] = have + p["text"]
    return text


HALF = ("0 refuted no root", "1 refuted no root", "2 verified", "3 verified")


def seed_with(c, want, lines=HALF, **more):
    """A seed whose attempts have these verdicts, and the reply."""
    for seed in range(1, 200):
        r = retry(c, lines, seed=seed, attempts=max(3, len(want)), **more)
        if verdicts(r) == want: return seed, r
    raise AssertionError("no seed gives " + str(want))


# ---- retry -------------------------------------------------------------------------------
def test_refuted_then_verified():
    with Daemon(*TINY) as d:
        c = d.client()
        seed, r = seed_with(c, ["refuted", "verified"])
        adds_up(r)
        v = r["verification"]
        assert v["mode"] == "retry" and v["verdict"] == "verified" and v["origin"] == "after_check" and v["ended"] == "decided", v
        assert r["attempt"] == 1 and len(r["choices"]) == 1
        first, second = r["attempts"]
        assert first["seed"] == seed and second["seed"] != seed and "feedback" not in first
        assert "- no root\n" in second["feedback"] and "\\boxed{}" in second["feedback"], second
        assert second["asked"] == "again" and first["finish_reason"] == "length"
        # The same request again is the same answer, alone and streamed; every attempt's text came under its number.
        c.events.clear()
        again = retry(c, HALF, seed=seed, stream=True, tag="t")
        assert [(a["text"], a["seed"], a["verdict"]) for a in again["attempts"]] == [(a["text"], a["seed"], a["verdict"]) for a in r["attempts"]]
        assert streamed(c.events, "t") == {i: a["text"] for i, a in enumerate(r["attempts"])}
        names = [(n, p.get("attempt")) for n, p in c.events if n in ("stream.attempt", "stream.verdict", "stream.done")]
        assert names == [("stream.verdict", 0), ("stream.attempt", 1), ("stream.verdict", 1), ("stream.done", None)], names
        news = [p for n, p in c.events if n == "stream.attempt"][0]
        assert news["why"] == "refuted" and news["feedback"] == second["feedback"]
        late = d.client()                       # who attaches afterwards has the text under the same number
        late.call("run.attach", run=again["run"])
        assert [(p["attempt"], p["text"]) for n, p in late.events if n == "stream.delta"] == [(1, again["choices"][0]["text"])]


def test_one_that_is_good_at_once():
    with Daemon(*TINY) as d:
        r = adds_up(retry(d.client(), ("else verified",)))
        assert verdicts(r) == ["verified"] and r["verification"]["origin"] == "unaided" and "attempt" not in r, r
        r = adds_up(retry(d.client(), ("else supported",)))
        assert verdicts(r) == ["supported"]


def test_asked_afresh():
    """Without feedback each attempt is a sample of the question itself, with a seed of its own."""
    with Daemon(*TINY) as d:
        c = d.client()
        seed, r = seed_with(c, ["refuted", "refuted", "verified"], feedback=False)
        adds_up(r)
        v = r["verification"]
        assert v["verdict"] == "verified" and v["origin"] == "after_check" and v["ended"] == "decided" and r["attempt"] == 2, v
        assert [a["asked"] for a in r["attempts"]] == ["question"] * 3 and not any("feedback" in a for a in r["attempts"])
        assert len(set(a["prompt"] for a in r["attempts"])) == 1, r["attempts"]
        for a in r["attempts"]:                 # asked for alone it is the same
            assert c.call("chat", **dict(LONG, messages=ask(*HALF), seed=a["seed"]))["choices"][0]["text"] == a["text"]
        c.events.clear()
        again = retry(c, HALF, seed=seed, feedback=False, stream=True, tag="t")
        assert [(a["text"], a["seed"]) for a in again["attempts"]] == [(a["text"], a["seed"]) for a in r["attempts"]]
        assert streamed(c.events, "t") == {i: a["text"] for i, a in enumerate(r["attempts"])}
        news = [p for n, p in c.events if n == "stream.attempt"]
        assert [(p["attempt"], p["why"]) for p in news] == [(1, "refuted"), (2, "refuted")] and "feedback" not in news[0], news
        # No answer: the same; nothing is asked for alone.  By default, and as the configuration says.
        r = adds_up(retry(c, ("else undecided", "reading"), feedback=False))
        assert [a["asked"] for a in r["attempts"]] == ["question"] * 3 and r["verification"]["ended"] == "attempts"
        p = dict(LONG, messages=ask("else refuted x"), seed=1, verify={"mode": "retry", "attempts": 2})
        assert "feedback" not in c.call("chat", **p)["attempts"][1]
    with Daemon(*TINY, "-o", "verify.feedback=yes") as d:
        c = d.client()
        assert "feedback" in c.call("chat", **p)["attempts"][1]
        s = c.call("session.create", verify={"mode": "retry", "attempts": 2, "feedback": False})["session"]
        assert c.call("session.show", session=s)["verify"] == {"mode": "retry", "attempts": 2, "feedback": False}
        assert "feedback" not in c.call("session.chat", **dict(p, session=s, verify=None))["attempts"][1]


def test_attempts_are_exhausted():
    with Daemon(*TINY) as d:
        c = d.client()
        r = adds_up(retry(c, ("else refuted wrong", "computed 42")))
        v = r["verification"]
        assert verdicts(r) == ["refuted"] * 3 and v["verdict"] == "refuted" and v["ended"] == "attempts", v
        assert v["computed_answer"] == "42" and v["origin"] == "calculator" and v["computed_by"] == "scripted", v
        assert len(set(a["seed"] for a in r["attempts"])) == 3
        r = adds_up(retry(c, ("else refuted wrong",), attempts=1))
        assert verdicts(r) == ["refuted"] and r["verification"]["origin"] == "unaided"
        # A refuted answer never wins while another is not refuted: the text streamed last is the chosen one's.
        seed, r = seed_with(c, ["refuted", "undecided"], lines=("0 refuted x", "1 refuted x", "2 undecided", "3 undecided"))
        adds_up(r)
        assert r["attempts"][1]["chosen"] and r["verification"]["verdict"] == "undecided"


def test_feedback_holds_no_value():
    with Daemon(*TINY) as d:
        c = d.client()
        for value, text, kept in (("42", "it should be 42", False), ("42", "it should be $4 2$", False), ("x = 42", "not 42", False),
                                  ("\\frac{1}{2}", "the half \\dfrac12 is right", False), ("42", "421 is no root", True), ("42", "2·7 + 5 ≠ 17", True)):
            fed = retry(c, ("else refuted " + text, "computed " + value), attempts=2)["attempts"][1]["feedback"]
            assert (text in fed) == kept, (value, fed)
            assert kept or "check" in fed, fed
        fed = retry(c, ("else refuted 这一步不成立",), attempts=2, messages=[{"role": "user", "content": "几何题\nelse refuted 这一步不成立"}])
        fed = fed["attempts"][1]["feedback"]
        assert "- 这一步不成立\n" in fed and "最终答案" in fed, fed


def test_no_answer_is_asked_for_once():
    with Daemon(*TINY) as d:
        c = d.client()
        r = adds_up(retry(c, ("else undecided", "reading")))
        assert [a["asked"] for a in r["attempts"]] == ["question", "final"] and verdicts(r) == ["undecided"] * 2, r
        assert "\\boxed{}" in r["attempts"][1]["feedback"] and r["attempts"][1]["chosen"]
        r = adds_up(retry(c, ("else undecided",)))      # prose: nothing shows that there is one value
        assert len(r["attempts"]) == 1 and r["verification"]["ended"] == "undecided"
        r = adds_up(retry(c, ("else undecided",), system="Use \\boxed{}."))
        assert [a["asked"] for a in r["attempts"]] == ["question", "final"]


def test_time_is_over():
    with Daemon(*TINY) as d:
        c = d.client()
        r = adds_up(retry(c, ("else refuted x",), verify={"loop_ms": 1}, max_tokens=300))
        assert verdicts(r) == ["refuted"] and r["verification"]["ended"] == "budget"
    with Daemon(*SLOW) as d:                    # cut off in the second attempt: the first is the answer
        c = d.client()
        r = c.call("chat", **dict(LONG, messages=ask("else refuted x"), seed=1, verify={"mode": "retry", "loop_ms": 300}, max_tokens=6, system=""))
        assert r["verification"]["ended"] in ("budget", "attempts") and r["choices"][0]["finish_reason"] == "length", r


def test_cancel_in_the_middle():
    with Daemon(*SLOW) as d:
        c = d.client()
        for at in (0, 1):
            p = dict(LONG, messages=ask("else refuted x"), seed=1, max_tokens=(300, 2)[at], system="", stream=True, tag="t%d" % at)
            i = c.send("chat", verify={"mode": "retry", "attempts": 16}, **p)
            if at == 0:
                c.wait_event("stream.delta")
            else:
                c.wait_event("stream.attempt")
            assert c.call("run.cancel", tag="t%d" % at)["cancelled"] == 1
            r = adds_up(c.wait(i), whole=False)
            assert r["state"] == "done" and r["verification"]["ended"] == "stopped", r["verification"]
            if at == 0:
                assert r["choices"][0]["finish_reason"] == "cancelled" and len(r["attempts"]) == 1
            else:
                assert r["verification"]["verdict"] == "refuted" and r["choices"][0]["finish_reason"] == "length"
        i = c.send("chat", **dict(LONG, messages=ask("else refuted x", "slow"), seed=1, verify={"mode": "retry"}, max_tokens=2, system="", stream=True, tag="s"))
        while not any(p.get("phase") == "verify" and p["tag"] == "s" for n, p in c.events): c.pump()
        c.call("run.cancel", tag="s")
        r = adds_up(c.wait(i))
        assert r["verification"]["verdict"] == "undecided" and r["verification"]["ended"] == "stopped"


def test_leaving_in_the_middle():
    with Daemon(*SLOW) as d:
        c, other = d.client(), d.client()
        c.send("chat", **dict(LONG, messages=ask("else refuted x"), seed=1, verify={"mode": "retry", "attempts": 16}, max_tokens=4, system="", stream=True, tag="t"))
        c.wait_event("stream.attempt")
        c.close()
        while other.call("run.list")["runs"]: pass
        assert other.call("status")["runs"] == {"running": 0, "waiting": 0}


def test_parameters():
    with Daemon(*TINY) as d:
        c = d.client()
        fails("invalid_params", c.call, "generate", prompt="x", verify={"mode": "retry"})
        fails("invalid_params", c.call, "chat", messages=ask(), n=2, verify={"mode": "retry"})
        fails("invalid_params", c.call, "chat", messages=ask(), n=2, verify={"mode": "vote"})
        fails("invalid_params", c.call, "chat", messages=ask(), verify={"mode": "retry", "attempts": 17})
        fails("invalid_params", c.call, "chat", messages=ask(), verify={"mode": "vote", "samples": 0})
        fails("invalid_params", c.call, "chat", messages=ask(), verify={"mode": "retry", "attempt": 2})
        r = c.call("chat", **dict(LONG, messages=ask("else refuted x", "computed 7"), seed=1, verify={"mode": "check"}))
        assert r["verification"]["origin"] == "calculator" and "attempts" not in r


# ---- vote ----------------------------------------------------------------------------------
def vote(c, lines, seed=1, samples=5, **more):
    p = dict(LONG, messages=ask(*lines), seed=seed, temperature=0.0, verify={"mode": "vote", "samples": samples, "temperature": 1.0})
    return adds_up(c.call("chat", **dict(p, **more)))


def samples_of(r):
    return [a for a in r["attempts"] if a["asked"] != "program"]


def hashes(r):
    return [int(a["verification"]["evidence"][0]["text"].split()[1]) if a["verdict"] != "supported" else fnv(a["text"]) for a in samples_of(r)]


def seed_voting(c, want, lines):
    """A question with these lines whose samples have hashes for which want holds, and the reply to it."""
    for seed in range(1, 400):
        asked = lines + ("question %d" % seed,)
        r = vote(c, asked, seed=seed)
        if want(hashes(r)): return asked, r
    raise AssertionError("no such seed")


def count(h):
    return sorted((h.count(x) for x in set(h)), reverse=True) + [0]


CANON = ("else undecided", "canon a b c d")


def test_vote_by_majority():
    with Daemon(*TINY) as d:
        c = d.client()
        asked, r = seed_voting(c, lambda h: count(h)[0] == 3 and h.count(h[0]) == 1, CANON)
        v, h = r["verification"], hashes(r)
        top = max(set(h), key=h.count)
        assert v["verdict"] == "supported" and v["basis"] == "vote" and (v["agree"], v["of"]) == (3, 5) and v["origin"] == "unaided", v
        assert r["attempts"][h.index(top)]["chosen"] and r["attempt"] == 5 and len(r["choices"]) == 1
        greedy = c.call("chat", **dict(LONG, messages=ask(*asked), temperature=0.0, seed=77))["choices"][0]["text"]
        assert r["attempts"][0]["text"] == greedy and len(set(a["text"] for a in r["attempts"])) > 1
        again = vote(c, asked, seed=r["seed"], stream=True, tag="t")
        assert [a["text"] for a in again["attempts"]] == [a["text"] for a in r["attempts"]]
        assert streamed(c.events, "t") == {0: greedy, 5: r["choices"][0]["text"]}
        assert [p["attempt"] for n, p in c.events if n == "stream.verdict"] == [0, 1, 2, 3, 4]
        assert [(p["why"], p["from"]) for n, p in c.events if n == "stream.attempt"] == [("chosen", h.index(top))]
        # One value for all, and none for any.
        v = vote(c, ("else undecided", "canon a a a a"))["verification"]
        assert v["verdict"] == "supported" and (v["agree"], v["of"]) == (5, 5)
        r = vote(c, ("else undecided", "canon - - - -"))
        assert r["verification"]["verdict"] == "undecided" and "agree" not in r["verification"] and r["attempts"][0]["chosen"]


def test_a_tie_is_undecided():
    with Daemon(*TINY) as d:
        c = d.client()
        _, r = seed_voting(c, lambda h: count(h)[0] == count(h)[1] == 2, CANON)
        v = r["verification"]
        assert v["verdict"] == "undecided" and "basis" not in v and (v["agree"], v["of"]) == (2, 5), v
        assert r["attempts"][0]["chosen"] and v["ended"] == "undecided"


def test_what_is_proved_wins():
    with Daemon(*TINY) as d:
        c = d.client()
        lines = ("0 verified", "else undecided", "canon a b c d")
        _, r = seed_voting(c, lambda h: h.count(0) == 1 and h[0] != 0 and count(h)[0] >= 2, lines)
        v, h = r["verification"], hashes(r)
        assert v["verdict"] == "verified" and v["origin"] == "after_check" and "basis" not in v and r["attempts"][h.index(0)]["chosen"], v
        # Refuted ones neither count nor win while another is not refuted.
        lines = ("0 refuted x", "else undecided", "canon a b b b")
        _, r = seed_voting(c, lambda h: h.count(0) == 3 and h[0] == 0, lines)
        v, h = r["verification"], hashes(r)
        assert v["verdict"] == "supported" and (v["agree"], v["of"]) == (2, 5) and not r["attempts"][0]["chosen"], v
        r = vote(c, ("else refuted x", "computed 9"))
        assert r["verification"]["verdict"] == "refuted" and r["verification"]["origin"] == "calculator" and r["attempts"][0]["chosen"]
        p = c.call("generate", prompt="x", max_tokens=4, verify={"mode": "vote", "samples": 2}, seed=1)
        assert len(p["attempts"]) == 2 and p["choices"][0]["text"] == p["attempts"][0]["text"]


def test_the_shortest_proof_wins():
    """Samples are cut off once a shorter one is proved; which one is the answer does not depend on when, or on how many
    run at once."""
    answers, cut = {}, 0
    for seqs in ("16", "1", "3"):
        with Daemon(*TINY, "-o", "engine.max_num_seqs=" + seqs) as d:
            c = d.client()
            for seed in range(1, 9):
                r = vote(c, ("0 verified", "1 verified", "else refuted x"), seed=seed, samples=8, max_tokens=150, logit_bias={"558": 3.0})
                won = [a for a in r["attempts"] if a["chosen"]][0]
                got = won["attempt"], won["text"], r["verification"]["verdict"], r["verification"]["ended"]
                assert answers.setdefault(seed, got) == got, (seqs, seed, got, answers[seed])
                if got[2] != "verified": continue
                for a in r["attempts"]:
                    if a["finish_reason"] == "cancelled":
                        cut += 1
                        assert a["completion"] >= won["completion"] and a["verdict"] == "undecided" and "verification" not in a, a
                    elif a["verdict"] == "verified":
                        assert (won["completion"], won["attempt"]) <= (a["completion"], a["attempt"]), (won, a)
    assert cut > 10 and sum(a[2] == "verified" for a in answers.values()) > 4, (cut, answers)


def test_a_check_beside_the_engine():
    """A check that hangs while other samples run ends with the run, however that ends."""
    want = dict(LONG, messages=ask("else refuted x", "slow"), seed=1, max_tokens=400, temperature=0.0, logit_bias={"558": 9.0}, system="",
                stream=True, verify={"mode": "vote", "samples": 8, "temperature": 1.0})

    def begun(c, tag):
        """Sample 0 goes on for long; when it has come so far others have ended, and the check of the first of them hangs."""
        i = c.send("chat", **dict(want, tag=tag))
        while len(streamed(c.events, tag).get(0, "")) < 50: c.pump()
        return i
    with Daemon(*SLOW) as d:
        c = d.client()
        for tag in ("a", "b"):
            i = begun(c, tag) if tag == "a" else c.send("chat", **dict(want, tag=tag, deadline_ms=3000))
            if tag == "a": c.call("run.cancel", tag=tag)
            r = adds_up(c.wait(i), whole=False)
            assert r["verification"]["ended"] == "stopped", r["verification"]   # what the plugin says when it is cancelled may count
            ends = [a["finish_reason"] for a in r["attempts"]]
            if tag == "a": assert "stop" in ends and ends[0] == "cancelled" and r["attempts"][ends.index("stop")]["chosen"], ends
        begun(c, "c")
        c.close()
        other = d.client()
        while other.call("run.list")["runs"]: pass
        assert other.call("generate", prompt="x", max_tokens=1)["usage"]["completion"] == 1
        begun(other, "d")                       # and the daemon ends beside it


def test_the_time_of_a_vote():
    """What has not ended in time is cut off; sample 0 is not while it is the only one."""
    with Daemon(*SLOW) as d:
        c = d.client()
        p = dict(LONG, messages=ask("else refuted x"), seed=1, max_tokens=40, system="", verify={"mode": "vote", "samples": 3, "loop_ms": 1})
        r = c.call("chat", **p)
        assert [a["finish_reason"] for a in r["attempts"]] == ["length", "deadline", "deadline"], r["attempts"]
        assert r["attempts"][0]["chosen"] and r["verification"]["verdict"] == "refuted" and r["verification"]["ended"] == "budget", r["verification"]


def kill_stored(d, dir):
    """Kills the daemon once its one run is in the database: the first text may come before."""
    with contextlib.closing(sqlite3.connect(os.path.join(dir, "data/store/conversations.db"))) as db:
        while db.execute("SELECT count(*) FROM runs").fetchone() == (0,): pass
    kill(d)


def test_vote_is_cancelled_and_resumed():
    with Daemon(*SLOW) as d:
        c = d.client()
        i = c.send("chat", **dict(LONG, messages=ask(*CANON), seed=1, max_tokens=300, system="", stream=True, tag="t", verify={"mode": "vote"}))
        c.wait_event("stream.delta")
        c.call("run.cancel", tag="t")
        r = c.wait(i)
        assert r["choices"][0]["finish_reason"] == "cancelled" and r["verification"]["verdict"] == "undecided", r["verification"]
        assert r["verification"]["ended"] == "stopped"
    request = dict(LONG, messages=ask("else undecided", "canon a a a a", "slow"), seed=3, verify={"mode": "vote", "samples": 3})
    with Daemon(*TINY, *HURRY, "-o", "store.enabled=no") as d:
        want = d.client().call("chat", **request)
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            c.send("session.chat", session=s, stream=True, tag="t", **request)
            c.wait_event("stream.delta")
            kill_stored(d, dir)
        with Daemon(*TINY, *HURRY, dir=dir) as d:
            r = adds_up(d.client().call("session.resume", session=s))
            assert [a["text"] for a in r["attempts"]] == [a["text"] for a in want["attempts"]]
            assert r["choices"][0]["text"] == want["choices"][0]["text"] and r["verification"]["agree"] == 3


# ---- separate workings ---------------------------------------------------------------------
WORKER = ("-o", "plugin.worker.path=" + SCRIPTED, "-o", "plugin.worker.generate=yes", "-o", "plugin.worker.worker=yes")


def fnv(text):
    h = 1469598103934665603
    for b in text.encode(): h = (h ^ b) * 1099511628211 % 2 ** 64
    return h % 4


def test_programs():
    with Daemon(*TINY, *WORKER) as d:
        c = d.client()
        # They come to the answer: two of three.
        for seed in range(1, 100):
            r = retry(c, ("else undecided", "reading", "works 2 2 1"), seed=seed, attempts=1)
            if fnv(r["choices"][0]["text"]) == 2: break
        v = adds_up(r)["verification"]
        assert v["verdict"] == "supported" and v["basis"] == "program" and (v["agree"], v["of"]) == (2, 3) and v["origin"] == "unaided", v
        assert v["ended"] == "decided" and v["programs"]["of"] == v["programs"]["values"] == 3, v
        # The answer is refuted, and theirs is proved.
        text = "A program that I wrote gives \\boxed{3}."
        lines = ("%d verified" % fnv(text), "else refuted x", "works 3 1 3")
        for seed in range(1, 100):
            r = retry(c, lines, seed=seed, attempts=2, stream=True, tag="t%d" % seed)
            if r["choices"][0]["text"] == text: break
        v = adds_up(r)["verification"]
        assert v["verdict"] == "verified" and v["origin"] == "program" and r["attempts"][-1]["asked"] == "program", v
        got = streamed(c.events, "t%d" % seed)
        assert got[max(got)] == text and r["attempt"] == max(got)
        # Theirs is no better: the model's own stays.  What they do not come to is not refuted by that.
        r = adds_up(retry(c, ("else refuted x", "computed 9", "works 3 3 3"), attempts=1))
        assert r["verification"]["origin"] == "calculator" and r["attempts"][0]["chosen"] and len(r["attempts"]) == 2
        r = adds_up(retry(c, ("else undecided", "reading", "works 9 9 9"), attempts=1))
        assert r["attempts"][0]["chosen"] and r["verification"]["verdict"] == "undecided"
        # Nothing is asked where nothing shows that there is one value, or in mode check.
        assert len(retry(c, ("else undecided", "works 3 3 3"))["attempts"]) == 1
        p = c.call("plugin.show", plugin="worker")
        r = c.call("chat", **dict(LONG, messages=ask("else refuted x", "works 3 3 3"), seed=1, verify={"mode": "check"}))
        assert "attempts" not in r and c.call("plugin.show", plugin="worker")["ops"] == p["ops"]


def test_what_became_of_programs():
    """Whatever they came to is told, to the reply's reader and to a person."""
    with Daemon(*TINY, *WORKER) as d:
        c = d.client()
        told = lambda *a, **k: adds_up(retry(c, *a, attempts=1, **k))["verification"].get("programs")
        got = told(("else refuted x", "works - - -"))
        assert got.pop("ms") >= 0 and got == {"plugin": "scripted", "of": 3, "values": 0, "said": [
            "working 1: nothing", "working 2: nothing", "working 3: nothing", "0 of 3 separate programs come to this answer"]}, got
        got = told(("else undecided", "reading", "works 9 - 9"))
        assert (got["of"], got["values"], got["said"][:3]) == (3, 2, ["working 1: 9", "working 2: nothing", "working 3: 9"]), got
        assert told(("else verified", "works 1 2 3")) is None and told(("else undecided", "works 1 2 3")) is None
        late = told(("else refuted x", "works 1 2 3"), verify={"loop_ms": 1}, max_tokens=300)     # more than a millisecond
        assert late["of"] == 0 and "time" in late["error"], late
        hung = told(("else refuted x", "works 1", "stuck"), verify={"loop_ms": 600})
        assert (hung["of"], hung["said"][0]) == (1, "working 1: 1") and hung["ms"] < 60000, hung       # what it had said
        shown = subprocess.run([os.path.join(BUILD, "client/qwenctl"), "ask", "-q", "--verify", "retry", "--attempts", "1", "-n", "4", "What?\nelse refuted no root\nworks - 9 -"],
                               env=dict(os.environ, QWEND_SOCKET=d.socket), capture_output=True, text=True, timeout=60)
        assert shown.returncode == 0 and "programs: 3, of which 1 came to a value\n" in shown.stdout and "working 2: 9\n" in shown.stdout, shown
    with Daemon(*TINY) as d:                                            # nobody could write any
        assert "programs" not in retry(d.client(), ("else refuted x", "works 1 2 3"), attempts=1)["verification"]


def test_programs_of_a_vote():
    """What is proved, then what programs support, then what most samples say."""
    read = ("reading",) + CANON
    with Daemon(*TINY, *WORKER) as d:
        c = d.client()
        # Both agree, and both are told.
        asked, r = seed_voting(c, lambda h: count(h)[0] == 3 and h.count(2) == 3, read + ("works 2 1 2",))
        v, won = r["verification"], [a for a in r["attempts"] if a["chosen"]][0]
        assert (v["verdict"], v["basis"], v["agree"], v["of"], v["vote"]) == ("supported", "program", 2, 3, {"agree": 3, "of": 5}), v
        assert v["origin"] == "unaided" and v["ended"] == "decided" and fnv(won["text"]) == 2 and len(r["attempts"]) == 5, r
        assert "2 of 3 separate programs come to this answer" in [e["text"] for e in v["evidence"]], v
        again = vote(c, asked, seed=r["seed"])
        assert [(a["text"], a["verdict"], a["chosen"]) for a in again["attempts"]] == [(a["text"], a["verdict"], a["chosen"]) for a in r["attempts"]]
        # They support what fewer samples say: it wins.
        want = lambda h: count(h)[0] == 3 and h.count(2) == 1 and h[0] != 2
        _, r = seed_voting(c, want, read + ("works 2 2 9",))
        v, h = r["verification"], hashes(r)
        assert (v["verdict"], v["basis"], v["agree"], v["of"], v["vote"]) == ("supported", "program", 2, 3, {"agree": 1, "of": 5}), v
        assert r["attempts"][h.index(2)]["chosen"] and v["origin"] == "after_check" and len(r["attempts"]) == 5, r
        assert v["programs"]["said"][-1] == "2 of 3 separate programs come to this answer", v
        # They support none: one of three is too few, and what no sample says wins over nothing.
        for works in ("works 2 9 8", "works 9 9 9", "works - - -"):
            _, r = seed_voting(c, want, read + (works,))
            v, h = r["verification"], hashes(r)
            assert (v["verdict"], v["basis"], v["agree"], v["of"]) == ("supported", "vote", 3, 5) and "vote" not in v, v
            assert r["attempts"][h.index(max(set(h), key=h.count))]["chosen"] and v["origin"] == "unaided", r
            assert v["programs"]["of"] == 3 and v["programs"]["said"][-1] == "0 of 3 separate programs come to this answer", v
        # Samples that do not agree: any of them may be supported, not the first one only.
        _, r = seed_voting(c, lambda h: count(h)[0] == count(h)[1] == 2 and h[0] != 2 and 2 in h, read + ("works 2 - -",))
        v = r["verification"]
        assert (v["verdict"], v["basis"], v["agree"], v["of"], v["vote"]["of"]) == ("supported", "program", 1, 3, 5), v
        assert r["attempts"][hashes(r).index(2)]["chosen"], r
        # What programs came to is proved: that is before all.
        text = "A program that I wrote gives \\boxed{9}."
        _, r = seed_voting(c, lambda h: h.count(fnv(text)) == 0 and count(h)[0] >= 3, ("%d verified" % fnv(text),) + read + ("works 9 9 9",))
        assert r["verification"]["verdict"] == "verified" and r["verification"]["origin"] == "program" and r["choices"][0]["text"] == text, r
        # No time is left: the majority stands.
        r = vote(c, ("reading", "else undecided", "canon a a a a", "stuck"), verify={"mode": "vote", "samples": 5, "temperature": 1.0, "loop_ms": 5000})
        v = r["verification"]
        assert (v["verdict"], v["basis"], v["agree"], v["of"], v["ended"]) == ("supported", "vote", 5, 5, "decided") and v["programs"]["of"] == 0, v
        # Nobody is asked where an answer is proved, or nothing shows that there is one value.
        before = c.call("plugin.show", plugin="worker")["ops"]
        for lines in (("else verified", "reading"), CANON):
            assert "programs" not in vote(c, lines + ("works 2 2 2",))["verification"]
        assert c.call("plugin.show", plugin="worker")["ops"] == before


def test_programs_without_a_configuration():
    """`python` is there, with what it needs and without trust; an operator switches it off."""
    model_only = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
    with Daemon(*model_only) as d:
        c = d.client()
        p = {p["name"]: p for p in c.call("plugin.list")["plugins"]}
        assert set(p) == {"calculator", "python"}, p
        assert p["python"]["generate"] and p["python"]["run_program"] and p["python"]["trust"] == "none" and "pid" not in p["python"], p
        assert not p["calculator"]["generate"] and not p["calculator"]["run_program"], p
        assert c.call("status")["programs"] == {"state": "idle", "runs": 0}
        # It is asked where a question was read and nothing is proved; what a tiny model writes is no program, and that is told.
        r = c.call("chat", messages=[{"role": "user", "content": "Solve 2x + 6 = 18."}], seed=1, max_tokens=8, stop_on_repetition=False,
                   verify={"mode": "retry", "attempts": 1})
        got = r["verification"]["programs"]
        assert got["plugin"] == "python" and got["of"] == 3 and got["values"] == 0 and len(got["said"]) >= 3, got
        assert r["verification"]["verdict"] != "verified" and "pid" in c.call("plugin.show", plugin="python")
        ran = c.call("status")["programs"]
        assert ran["state"] in ("starting", "ready", "refused") and ("why" in ran) == (ran["state"] == "refused"), ran
        if ran["state"] == "refused":           # the next question does not wait for programs that cannot be run
            r = c.call("chat", messages=[{"role": "user", "content": "Solve 2x + 6 = 18."}], seed=1, max_tokens=8, verify={"mode": "retry", "attempts": 1})
            assert r["verification"]["programs"]["error"] == ran["why"], r["verification"]
        said = subprocess.run([os.path.join(BUILD, "client/qwenctl"), "status"], env=dict(os.environ, QWEND_SOCKET=d.socket), capture_output=True, text=True, timeout=60)
        assert re.search("^programs  ", said.stdout, re.M), said
    with Daemon(*model_only, "-o", "plugin.python.enabled=no") as d:
        c = d.client()
        assert [p["name"] for p in c.call("plugin.list")["plugins"]] == ["calculator"]
        assert c.call("status")["programs"] == {"state": "off", "runs": 0}
        r = c.call("chat", messages=[{"role": "user", "content": "Solve 2x + 6 = 18."}], seed=1, max_tokens=8, verify={"mode": "retry", "attempts": 1})
        assert "programs" not in r["verification"], r["verification"]


def test_a_plugin_asks_the_model():
    with folder() as dir, Daemon(*TINY, *WORKER, dir=dir) as d:
        c = d.client()
        r = retry(c, ("else refuted x", "asks 3"), attempts=1)
        usage_adds_up(r)
        assert r["usage"]["completion"] == 12 + 3 * 4, r["usage"]       # the request pays
        assert r["attempts"][-1]["asked"] == "program" and "generate 0: 3 texts" in d.logged()
        assert c.call("plugin.show", plugin="worker")["asks"] == 1
        again = retry(c, ("else refuted x", "asks 3"), attempts=1)
        assert [a["text"] for a in again["attempts"]] == [a["text"] for a in r["attempts"]]
        lines = ("%d verified" % fnv("A program that I wrote gives \\boxed{3}."), "else refuted x", "works 3")
        for seed in range(1, 100):                                      # a program's answer is kept like any other
            s = c.call("session.create")["session"]
            r = retry(c, lines, seed=seed, attempts=1, method="session.chat", session=s)
            if r["verification"]["origin"] == "program": break
        assert texts(c, s)[-1][1] == r["choices"][0]["text"] and "boxed" in r["choices"][0]["text"]
        assert c.call("session.chat", **dict(LONG, session=s, messages=ask("else verified"), seed=1))["choices"][0]["text"]
    with Daemon(*SLOW, *WORKER) as d:                                   # cancelled with the run
        c = d.client()
        i = c.send("chat", **dict(LONG, messages=ask("else refuted x", "asks 3 long"), seed=1, verify={"mode": "retry", "attempts": 1},
                                  max_tokens=4, stream=True, tag="t"))
        c.wait_event("stream.verdict")
        while c.call("status")["runs"]["running"] == 0: pass            # what the plugin asked for
        c.call("run.cancel", tag="t")
        r = c.wait(i)
        assert r["verification"]["ended"] == "stopped" and r["verification"]["verdict"] == "refuted", r["verification"]
        while c.call("status")["runs"] != {"running": 0, "waiting": 0}: pass
        assert c.call("generate", prompt="x", max_tokens=1)["usage"]["completion"] == 1


def test_a_plugin_runs_a_program():
    """In the jail, through the daemon: input, output and status come through; without the grant nothing does."""
    for grant in ("yes", "no"):
        with folder() as dir, Daemon(*TINY, *WORKER, "-o", "plugin.worker.run_program=" + grant, "-o", "plugin.worker.timeout=600s", dir=dir) as d:
            c = d.client()
            for _ in range(2): retry(c, ("else refuted x", "runs 6"), attempts=1, verify={"budget_ms": 600000, "loop_ms": 600000})
            said = re.findall(r"program (-?\d+): (.*)", d.logged())
            assert len(said) == 2, d.logged()[-2000:]
            if grant == "no": assert all(rc != "0" and "42" not in what for rc, what in said), said
            elif "no jail for programs" in d.logged(): print("     skipped: " + said[0][1])
            else: assert all(rc == "0" and what.startswith("status 3, flags 0, 42") for rc, what in said), said


# ---- retry in a conversation -------------------------------------------------------------
def test_a_session_keeps_one_answer():
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            seed, r = seed_with(c, ["refuted", "verified"])
            r = adds_up(retry(c, HALF, seed=seed, method="session.chat", session=s))
            assert verdicts(r) == ["refuted", "verified"], r["attempts"]
            shown = c.call("session.show", session=s)["messages"]
            assert [(m["role"], m["text"]) for m in shown] == [("user", ask(*HALF)[0]["content"]), ("assistant", r["choices"][0]["text"])]
            assert shown[1]["verdict"] == "verified" and shown[1]["message"] == r["message"]
            after = c.call("session.chat", **dict(LONG, session=s, messages=ask("else verified"), seed=5))
            # What follows sees the question and the answer, as if the answer had come at once.
            told = [{"role": m["role"], "content": m["text"]} for m in shown] + ask("else verified")
            plain = c.call("chat", **dict(LONG, messages=told, seed=5))
            assert after["choices"][0]["text"] == plain["choices"][0]["text"]
            assert len(c.call("session.show", session=s)["messages"]) == 4
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            assert c.call("session.show", session=s)["messages"][1]["verdict"] == "verified"
            kept = c.call("run.get", run=r["run"])
            assert kept["attempts"] == r["attempts"] and kept["verification"] == r["verification"] and kept["attempt"] == 1


def test_a_session_has_its_own_way():
    with folder() as dir:
        plain = dict(LONG, seed=1, messages=ask("else refuted x"))
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            fails("invalid_params", c.call, "session.create", verify={"mode": "retry", "attempts": 99})
            s = c.call("session.create", verify={"mode": "retry", "attempts": 2, "temperature": 0.5})["session"]
            none = c.call("session.create")["session"]
            assert "verify" not in c.call("session.show", session=none)
            assert len(c.call("session.chat", session=s, **plain)["attempts"]) == 2
            assert "attempts" not in c.call("session.chat", session=none, **plain)
            assert "attempts" not in c.call("session.chat", session=s, verify={"mode": "check"}, **plain)   # the request's own
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            assert c.call("session.show", session=s)["verify"] == {"mode": "retry", "attempts": 2, "temperature": 0.5}
            assert len(c.call("session.regenerate", session=s, **{k: v for k, v in plain.items() if k != "messages"})["attempts"]) == 2
            f = c.call("session.fork", session=s)["session"]
            assert c.call("session.show", session=f)["verify"]["mode"] == "retry"
            assert c.call("session.rename", session=s, verify={"mode": "off"})["verify"] == {"mode": "off"}
            assert "verification" not in c.call("session.chat", session=s, **plain)
            assert c.call("session.show", session=f)["verify"]["mode"] == "retry"


def cut_off(dir, request, how):
    """A turn that is left while its second attempt is checked: its session and run."""
    with Daemon(*TINY, dir=dir) as d:
        c, other = d.client(), d.client()
        s = c.call("session.create")["session"]
        c.send("session.chat", session=s, stream=True, tag="t", **request)
        while streamed(c.events, "t").get(1) is None: c.pump()
        run = c.wait_event("stream.start")["run"]
        if how == "kill":
            kill_stored(d, dir)
        else:
            c.close()
            while other.call("run.list")["runs"]: pass
        return s, run


def test_resume_in_the_second_attempt():
    def hangs(c, feedback):
        """A request whose second attempt's check hangs, and no other's."""
        for seed in range(1, 200):
            for n in range(4):
                p = dict(LONG, messages=ask("else refuted x", "slow %d" % n), seed=seed, verify={"mode": "retry", "attempts": 3, "feedback": feedback})
                r = c.call("chat", **p)
                if [h == n for h in hashes(r)] == [False, True, False]: return p, r
        raise AssertionError("no such request")
    with Daemon(*TINY, *HURRY, "-o", "store.enabled=no") as d:
        both = [hangs(d.client(), feedback) for feedback in (True, False)]
    for how, (request, want) in zip(("kill", "leave", "leave"), (both[0], *both)):
        with folder() as dir:
            s, run = cut_off(dir, request, how)
            with Daemon(*TINY, *HURRY, dir=dir) as d:
                c = d.client()
                assert c.call("run.get", run=run)["state"] == "interrupted"
                r = adds_up(c.wait(c.send("session.resume", session=s, stream=True, tag="u")))
                assert r["run"] == run and r["state"] == "done" and r["choices"][0]["text"] == want["choices"][0]["text"]
                strip = lambda r: [(a["text"], a["seed"], a["verdict"], a.get("feedback"), a["chosen"]) for a in r["attempts"]]
                assert strip(r) == strip(want), (strip(r), strip(want))
                if how == "leave":              # recorded: the first is not made again; a kill may come before that
                    assert min(p["attempt"] for n, p in c.events if n == "stream.delta") == 1
                assert texts(c, s) == [("user", request["messages"][0]["content"]), ("assistant", want["choices"][0]["text"])]


if __name__ == "__main__":
    if not os.path.exists(SCRIPTED):
        print("1..0 # SKIP tests/plugin/scripted.so is not built")
        sys.exit(0)
    run_tests(globals())
