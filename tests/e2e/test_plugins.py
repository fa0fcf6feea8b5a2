#!/usr/bin/env python3
"""qwend and its plugins from outside: verdicts, trust, reload, plugins that die, separate workings, readings.

Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run."""
import json, os, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, WAIT, Daemon, fails, model, run_tests  # noqa: E402

TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
EXAMPLE = os.path.join(BUILD, "plugins/example/.libs/example.so")
BAD = os.path.join(BUILD, "tests/plugin/.libs/bad.so")
CALC = ("-o", "plugin.calculator.enabled=no", "-o", "plugin.python.enabled=no")
QUESTION = [{"role": "user", "content": "What is 2 + 3?"}]


def with_example(trust):
    return CALC + ("-o", "plugin.example.path=" + EXAMPLE, "-o", "plugin.example.trust=" + trust)


def test_verify_method_and_trust():
    for trust, good in (("proof", "verified"), ("none", "supported")):
        with Daemon(*TINY, *with_example(trust)) as d:
            c = d.client()
            v = c.call("verify", question="What is 2 + 3?", response="It is \\boxed{5}.")
            assert v["verdict"] == good and v["evidence"][0]["text"] == "2 + 3 = 5", v
            assert v["parts"][0]["reading"] == "find 2 + 3" and v["plugin"] == "example"
            assert c.call("verify", question="What is 2 + 3?", response="\\boxed{6}")["verdict"] == "refuted"
            assert c.call("verify", question="Why?", response="\\boxed{6}")["verdict"] == "undecided"
            p = c.call("plugin.show", plugin="example")
            assert p["trust"] == trust and p["ops"] == 3 and p["verify"], p
            assert c.call("plugin.list")["plugins"] == [p]
            assert c.call("plugin.reload", plugin="example")["name"] == "example"
            fails("not_found", c.call, "plugin.show", plugin="calculator")


def test_a_rebuilt_plugin_is_taken_without_a_restart():
    if not os.path.exists(BAD):
        print("     (tests/plugin/bad.so is not built)")
        return
    with tempfile.TemporaryDirectory(prefix="qwend-plug") as folder:
        so = os.path.join(folder, "mine.so")

        def put(which):                                     # as `make install` of a plugin does: by rename
            shutil.copy(which, so + ".new")
            os.rename(so + ".new", so)
        put(EXAMPLE)
        with Daemon(*TINY, *CALC, "-o", "plugin.mine.path=" + so, "-o", "plugin.mine.colour=blue") as d:
            c, pid = d.client(), d.p.pid
            q = dict(question="option", response="\\boxed{5}")
            assert c.call("verify", **q)["plugin"] == "example"
            before = c.call("plugin.show", plugin="mine")["pid"]
            put(BAD)
            assert c.call("verify", **q)["plugin"] == "example", "the old process goes on until it is told"
            ctl = [os.path.join(BUILD, "client/qwenctl"), "plugin", "reload"]
            env = dict(os.environ, QWEND_SOCKET=d.socket)
            r = subprocess.run([*ctl, "mine"], env=env, capture_output=True, timeout=WAIT)
            assert r.returncode == 0 and b"mine" in r.stderr, r
            v = c.call("verify", **q)
            assert v["plugin"] == "bad" and v["evidence"][0]["text"] == "blue", v      # with the section's keys
            assert json.loads(v["evidence"][0]["json"]) == {"given": [1, 2]}, v
            assert c.call("plugin.show", plugin="mine")["pid"] != before and c.call("status")["pid"] == pid
            r = subprocess.run([*ctl, "yours"], env=env, capture_output=True, timeout=WAIT)
            assert r.returncode == 1 and b"yours" in r.stderr, r
            assert subprocess.run(ctl, env=env, capture_output=True, timeout=WAIT).returncode == 2


def test_evidence_as_data():
    if not os.path.exists(BAD): return print("     (tests/plugin/bad.so is not built)")
    with tempfile.TemporaryDirectory(prefix="qwend-plug") as home:
        r = subprocess.run([os.path.join(BUILD, "client/qwenctl"), "verify", "--plugin", BAD, "--json"], env=dict(os.environ, HOME=home),
                           input='{"question": "many", "response": "5"}\n', capture_output=True, text=True, timeout=WAIT)
        assert json.loads(r.stdout)["evidence"][0]["data"] == {"given": [1, 2]}, r


def test_answers_are_checked():
    with Daemon(*TINY, *with_example("proof")) as d:
        c = d.client()
        ids = {x: c.call("tokenize", text=x)["ids"] for x in ("\\boxed{5}",)}
        r = c.call("chat", messages=QUESTION, max_tokens=8, verify={"mode": "check"}, stream=True, tag="t")
        v = r["verification"]
        assert v["mode"] == "check" and v["origin"] == "unaided" and v["verdict"] == "undecided" and v["plugin"] == "example", v
        names = [n for n, _ in c.events]
        assert names.index("stream.verdict") > max(i for i, n in enumerate(names) if n == "stream.delta")
        assert names[-1] == "stream.done" and c.events[-1][1]["outcome"] == r
        s = c.call("session.create")["session"]
        c.call("session.chat", session=s, messages=QUESTION, max_tokens=4, verify={"mode": "check"})
        assert c.call("session.show", session=s)["messages"][-1]["verdict"] == "undecided"
        assert "verification" not in c.call("chat", messages=QUESTION, max_tokens=2)
        assert len(ids["\\boxed{5}"]) > 1
        two = c.call("chat", messages=QUESTION, max_tokens=4, n=2, temperature=1.0, verify={"mode": "check"}, stream=True, tag="u")
        assert [p["index"] for n, p in c.events if n == "stream.verdict" and p["tag"] == "u"] == [0, 1] and len(two["choices"]) == 2


def test_a_plugin_that_dies_costs_only_its_verdict():
    if not os.path.exists(BAD):
        print("     (tests/plugin/bad.so is not built)")
        return
    with Daemon(*TINY, *CALC, "-o", "plugin.bad.path=" + BAD) as d:
        c = d.client()
        v = c.call("verify", question="crash", response="x")
        assert v["verdict"] == "undecided" and v.get("error"), v
        assert c.call("plugin.show", plugin="bad")["crashes"] >= 1
        assert c.call("generate", prompt="x", max_tokens=1)["usage"]["completion"] == 1


def test_separate_workings_are_counted():
    """What a plugin's separate programs came to is compared by another plugin: it supports, and never refutes."""
    if not os.path.exists(BAD):
        print("     (tests/plugin/bad.so is not built)")
        return
    with Daemon(*TINY, "-o", "plugin.bad.path=" + BAD) as d:
        c = d.client()
        v = c.call("verify", question="candidates", response="So \\boxed{\\frac{84}{2}}.")
        assert (v["verdict"], v["basis"], v["agree"], v["of"], v["plugin"]) == ("supported", "program", 31, 32, "bad"), v
        assert any(e["text"] == "31 of 32 separate programs come to this answer" for e in v["evidence"]), v
        v = c.call("verify", question="candidates", response="\\boxed{41}")
        assert (v["verdict"], v["agree"], v["of"]) == ("undecided", 0, 32) and "basis" not in v, v
        p = c.call("plugin.show", plugin="bad")
        assert p["read"] and p["canon"] and not p["generate"] and p["tools"] == [
            {"name": "echo", "about": "says its arguments", "schema": '{"type": "object"}'}], p
    # A plugin that was granted the model is not asked by a plain check, and without the grant gets nothing.
    with Daemon(*TINY, *CALC, "-o", "plugin.bad.path=" + BAD, "-o", "plugin.bad.generate=yes") as d:
        fails("plugin", d.client().call, "verify", question="generate", response="r")
    with Daemon(*TINY, *CALC, "-o", "plugin.bad.path=" + BAD) as d:
        v = d.client().call("verify", question="generate", response="r")
        assert v["verdict"] == "undecided" and v["evidence"][0]["text"] == "-1 0 ", v


def test_reading_without_an_answer():
    if not os.path.exists(os.path.join(BUILD, "plugins/calculator/.libs/calculator.so")):
        print("     (the calculator is not built)")
        return
    with Daemon(*TINY) as d:
        c = d.client()
        r = c.call("verify.read", question="解方程 2x+5=17")
        assert r["reading"] == "x real, 2x + 5 = 17, find x" and r["plugin"] == "calculator", r
        r = c.call("verify.read", question="Solve 2x + 5 = 17 and tell me a joke.")
        assert r["reading"] is None and {"part": 0, "what": "left", "text": "tell me a joke."} in r["lines"], r
        fails("invalid_params", c.call, "verify.read", question="q", response="r")
        fails("invalid_params", c.call, "verify.read")
    with Daemon(*TINY, *CALC) as d:
        fails("plugin", d.client().call, "verify.read", question="q")


def test_without_any_plugin():
    with Daemon(*TINY, *CALC) as d:
        c = d.client()
        fails("plugin", c.call, "verify", question="q", response="r")
        v = c.call("chat", messages=QUESTION, max_tokens=2, verify={"mode": "check"})["verification"]
        assert v["verdict"] == "undecided" and v["error"], v


def test_calculator_is_there_by_default():
    if not os.path.exists(os.path.join(BUILD, "plugins/calculator/.libs/calculator.so")):
        print("     (the calculator is not built)")
        return
    with Daemon(*TINY) as d:
        c = d.client()
        v = c.call("verify", question="Solve 2x + 5 = 17.", response="x = 6, so \\boxed{6}")
        assert v["verdict"] == "verified" and v["plugin"] == "calculator", v
        assert c.call("equiv", gold="1/2", answer="0.5")["equal"] is True
        assert c.call("equiv", gold="1/2", answer="2/3")["equal"] is False


if __name__ == "__main__":
    run_tests(globals())
