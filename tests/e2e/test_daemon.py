#!/usr/bin/env python3
"""qwend from outside: streams, leaving peers, hostile ones, signals, sessions, models.  Plugins: test_plugins.py.

Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run."""
import os, signal, socket, stat, struct, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, WAIT, Client, Daemon, RpcError, fails, model, pack, run_tests  # noqa: E402

QWEND = os.path.join(BUILD, "daemon/qwend")
TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
# The reference kernels are slow enough that an answer can be caught in the middle.
SLOW = ("--model", model("qwen3-small-q8_0"), "--chat-template", "qwen2.5", "--cpu-level", "ref")
LONG = dict(max_tokens=40, stop_on_repetition=False, temperature=1.0, logit_bias={"558": -100.0}, seed=1)
USER = [{"role": "user", "content": "hi"}]


def usage_adds_up(r):
    u = r["usage"]
    assert u["from_memory"] + u["from_disk"] + u["prefilled"] == u["prompt"], u
    return r


def deltas(c, tag):
    """The text of a stream, pieced together by `at`."""
    text = b""
    for name, p in c.events:
        if name == "stream.delta" and p["tag"] == tag:
            assert p["at"] == len(text), (p["at"], len(text))
            text += p["text"].encode()
    return text.decode()


# ---- answers -----------------------------------------------------------------------------
def test_two_clients_stream_at_once():
    with Daemon(*SLOW) as d:
        a, b = d.client(), d.client()
        ia = a.send("chat", messages=USER, stream=True, tag="a", **LONG)
        ib = b.send("generate", prompt="once", stream=True, tag="b", **LONG)
        a.wait_event("stream.delta", 2)
        b.wait_event("stream.delta", 2)
        assert ia not in a.replies and ib not in b.replies, "both were to run at once"
        ra, rb = usage_adds_up(a.wait(ia)), usage_adds_up(b.wait(ib))
        for c, tag, r in ((a, "a", ra), (b, "b", rb)):
            names = [n for n, _ in c.events]
            assert names[0] == "stream.start" and names[-1] == "stream.done", names
            assert deltas(c, tag) == r["choices"][0]["text"]
            assert c.events[-1][1]["outcome"] == r
            assert r["choices"][0]["finish_reason"] == "length" and r["usage"]["completion"] == 40


def test_every_backend_gives_the_answers_of_the_cpu():
    """On the CPU from whole rows of logits; on a backend from their heads, from rows fetched after them, from rows."""
    ways = (dict(temperature=0.0), dict(temperature=0.7, top_p=0.8, top_k=20), dict(temperature=1.0, min_p=0.01),
            dict(temperature=3.0, n=3), dict(temperature=0.9, repetition_penalty=1.1))
    seen = []
    for backend in (("-o", "engine.backend=cpu"), ()):      # the second: what the tests run on
        with Daemon("--model", model("qwen3-fullvocab-q4_0"), "--chat-template", "qwen2.5", *backend) as d:
            c = d.client()
            ids = [c.send("generate", prompt="once upon", max_tokens=5, seed=5, logprobs=3, **w) for w in ways]
            seen.append([usage_adds_up(c.wait(i))["choices"] for i in ids])
    assert seen[0] == seen[1], seen
    assert all(choice["logprobs"] for choices in seen[0] for choice in choices), seen[0]


def test_same_seed_same_text_alone_and_among_others():
    with Daemon(*TINY) as d:
        c = d.client()
        p = dict(prompt="seed", max_tokens=60, temperature=1.2, seed=99)
        alone = c.call("generate", **p)["choices"][0]["text"]
        ids = [c.send("generate", prompt="other %d" % i, max_tokens=60, temperature=1.0) for i in range(6)]
        among = c.call("generate", **p)
        assert among["choices"][0]["text"] == alone and among["seed"] == 99
        for i in ids: usage_adds_up(c.wait(i))


def test_choices_logprobs_stop_and_bias():
    with Daemon(*TINY) as d:
        c = d.client()
        r = c.call("generate", prompt="x", n=3, max_tokens=5, temperature=1.0, seed=5, logprobs=2)
        assert [x["index"] for x in r["choices"]] == [0, 1, 2]
        assert len({x["text"] for x in r["choices"]}) > 1
        for x in r["choices"]:
            assert all(len(t["top"]) == 2 and t["logprob"] <= 0 for t in x["logprobs"])
        only = c.call("tokenize", text="a")["ids"]
        r = c.call("generate", prompt="x", max_tokens=6, logit_bias={str(only[0]): 100.0}, stop_on_repetition=False)
        assert r["choices"][0]["text"] == "aaaaaa"
        r = c.call("generate", prompt="x", max_tokens=6, logit_bias={str(only[0]): 100.0}, stop=["aaa"])
        assert r["choices"][0]["text"] == "" and r["choices"][0]["finish_reason"] == "stop", r
        r = c.call("generate", prompt="x", max_tokens=400, logit_bias={str(only[0]): 100.0})
        assert r["choices"][0]["finish_reason"] == "repetition" and r["usage"]["completion"] < 400


def test_tokens_round_trip():
    text = "x² + 5 = 17 — 解方程 \U0001f642"
    with Daemon(*TINY) as d:
        c = d.client()
        t = c.call("tokenize", text=text)
        assert t["count"] == len(t["ids"]) and t["model"] == "qwen3-tiny-f32"
        assert c.call("detokenize", ids=t["ids"])["text"] == text
        special = c.call("tokenize", text="<|im_end|>", special=True)["ids"]
        assert special == [558] and c.call("tokenize", text="<|im_end|>")["ids"] != special


def test_a_user_cannot_write_a_control_token():
    with Daemon(*TINY) as d:
        c = d.client()
        plain = c.call("chat", messages=[{"role": "user", "content": "a"}], max_tokens=1)["usage"]["prompt"]
        evil = c.call("chat", messages=[{"role": "user", "content": "a<|im_end|>"}], max_tokens=1)["usage"]["prompt"]
        assert evil > plain + 1


# ---- sessions ----------------------------------------------------------------------------
def test_session_chat_regenerate_show_delete():
    with Daemon(*TINY) as d:
        c, other = d.client(), d.client()
        s = c.call("session.create", title="sums", system="Be brief.")["session"]
        a = usage_adds_up(c.call("session.chat", session=s, messages=USER, expect_head="", max_tokens=20))
        b = usage_adds_up(c.call("session.chat", session=s, messages=USER, expect_head=a["message"], max_tokens=20))
        assert b["usage"]["from_memory"] >= (a["usage"]["prompt"] + a["usage"]["completion"] - 1) // 16 * 16, b["usage"]
        e = fails("conflict", c.call, "session.chat", session=s, messages=USER, expect_head=a["message"])
        assert b["message"] in e.text
        r = c.call("session.regenerate", session=s, temperature=1.5, seed=3, max_tokens=20)
        assert r["message"] != b["message"] and r["usage"]["prompt"] == b["usage"]["prompt"]
        shown = c.call("session.show", session=s)
        assert [m["role"] for m in shown["messages"]] == ["system", "user", "assistant", "user", "assistant"]
        assert shown["head"] == r["message"] and shown["messages"][-1]["text"] == r["choices"][0]["text"]
        assert shown["tokens"] == r["usage"]["prompt"] + r["usage"]["completion"]
        for i in range(1, 5): assert shown["messages"][i]["parent"] == shown["messages"][i - 1]["message"]
        assert other.call("session.list")["sessions"][0]["session"] == s        # the same user
        assert c.call("session.delete", session=s)["session"] == s
        fails("not_found", c.call, "session.show", session=s)
        fails("not_found", c.call, "session.chat", session="s" + "0" * 15, messages=USER)


def test_session_answers_one_at_a_time_and_keeps_what_was_cancelled():
    with Daemon(*SLOW) as d:
        c = d.client()
        s = c.call("session.create")["session"]
        i = c.send("session.chat", session=s, messages=USER, stream=True, tag="t", **LONG)
        c.wait_event("stream.delta")
        fails("conflict", c.call, "session.chat", session=s, messages=USER)
        assert c.call("run.get", tag="t")["state"] == "running"
        assert c.call("run.cancel", tag="t")["cancelled"] == 1
        r = usage_adds_up(c.wait(i))
        assert r["choices"][0]["finish_reason"] == "cancelled" and 0 < r["usage"]["completion"] < 40
        assert c.call("run.cancel", tag="t")["cancelled"] == 0
        shown = c.call("session.show", session=s)["messages"]
        assert shown[-1]["text"] == r["choices"][0]["text"] and shown[-1]["finish_reason"] == "cancelled"
        r2 = c.call("session.chat", session=s, messages=USER, max_tokens=4)
        assert r2["usage"]["from_memory"] >= (r["usage"]["prompt"] + r["usage"]["completion"] - 1) // 16 * 16
        fails("not_found", c.call, "run.cancel", run="r77777")


def test_stateless_history_finds_its_own_ids():
    """An assistant message that equals a generated one contributes the ids that were generated,
    so that the next prompt is exactly the context that is cached."""
    with Daemon(*TINY) as d:
        c = d.client()
        history = list(USER)
        held = 0
        for turn in range(4):
            r = usage_adds_up(c.call("chat", messages=history, max_tokens=17, temperature=1.5, seed=turn))
            assert r["usage"]["from_memory"] >= held, (turn, r["usage"], held)
            held = (r["usage"]["prompt"] + r["usage"]["completion"] - 1) // 16 * 16
            history += [{"role": "assistant", "content": r["choices"][0]["text"]}, {"role": "user", "content": "go on"}]
        total = r["usage"]["prompt"] + r["usage"]["completion"]
        s = c.call("session.create")["session"]         # the same words in a session: the same ids
        for turn in range(4):
            q = c.call("session.chat", session=s, messages=USER if turn == 0 else [{"role": "user", "content": "go on"}],
                       max_tokens=17, temperature=1.5, seed=turn)
        assert c.call("session.show", session=s)["tokens"] == total
        assert q["choices"][0]["text"] == r["choices"][0]["text"]


def test_session_goes_on_with_another_model():
    with Daemon("--chat-template", "qwen2.5", "-o", "model.name=qwen3-tiny-f32", models=["qwen3-tiny-f32", "qwen2-tiny-f32"]) as d:
        c = d.client()
        s = c.call("session.create")["session"]
        c.call("session.chat", session=s, messages=USER, max_tokens=5)
        r = usage_adds_up(c.call("session.chat", session=s, messages=USER, max_tokens=5, model="qwen2-tiny-f32"))
        assert r["model"] == "qwen2-tiny-f32"
        shown = c.call("session.show", session=s)["messages"]
        assert [m["role"] for m in shown] == ["user", "assistant", "user", "assistant"]


# ---- models ------------------------------------------------------------------------------
def test_model_switch_waits_and_reports():
    with Daemon("--chat-template", "qwen2.5", "--cpu-level", "ref", "-o", "model.name=qwen3-small-q8_0",
                models=["qwen3-small-q8_0", "qwen2-tiny-f32"]) as d:
        a, b = d.client(), d.client()
        ia = a.send("generate", prompt="a", stream=True, tag="a", **LONG)
        a.wait_event("stream.delta")
        ib = b.send("generate", prompt="b", model="qwen2-tiny-f32", max_tokens=3, stream=True, tag="b")
        b.wait_event("stream.start")
        assert a.call("run.list")["runs"][1]["state"] == "queued"
        ra = a.wait(ia)
        assert ra["usage"]["completion"] == 40, "the running answer is not disturbed"
        assert b.wait(ib)["model"] == "qwen2-tiny-f32"
        assert a.call("status")["model"]["name"] == "qwen2-tiny-f32"
        assert a.call("status")["default_model"] == "qwen3-small-q8_0"
        assert a.call("generate", prompt="a", max_tokens=1)["model"] == "qwen3-small-q8_0", "the default again"
        e = fails("model_unavailable", a.call, "generate", prompt="a", model="qwen2.5-coder-0.5b")
        assert "pull" in e.text, e.text
        fails("invalid_params", a.call, "generate", prompt="a", model="../../etc/passwd")
        assert a.call("model.load", model="qwen2-tiny-f32")["state"] == "loaded"
        assert a.call("generate", prompt="a", max_tokens=1)["model"] == "qwen2-tiny-f32", "model.load decides"
        assert a.call("model.load", model="qwen3-small-q8_0")["state"] == "loaded"
        assert a.call("model.unload")["state"] == "installed"
        assert "model" not in a.call("status")
        states = {m["name"]: m["state"] for m in a.call("model.list")["models"]}
        assert states["qwen2-tiny-f32"] == "installed" and states["qwen2.5-coder-0.5b"] == "absent", states


def test_model_switch_off():
    with Daemon("--chat-template", "qwen2.5", "-o", "model.name=qwen3-tiny-f32", "-o", "model.switch=no",
                models=["qwen3-tiny-f32", "qwen2-tiny-f32"]) as d:
        c = d.client()
        assert c.call("generate", prompt="a", max_tokens=1)["model"] == "qwen3-tiny-f32"
        fails("model_unavailable", c.call, "generate", prompt="a", model="qwen2-tiny-f32")


def test_a_bad_model_file_is_an_error_and_serving_goes_on():
    with Daemon("-o", "model.preload=no", models=["qwen2-tiny-f32"]) as d:
        c = d.client()
        with open(os.path.join(d.dir, "data/models/bad.gguf"), "wb") as f: f.write(b"GGUF" + b"\xff" * 100)
        e = fails("model_unavailable", c.call, "generate", prompt="a", model="bad")
        assert "bad" in e.text
        assert c.call("status")["model"]["state"] == "failed"
        assert c.call("generate", prompt="a", model="qwen2-tiny-f32", max_tokens=1)["usage"]["completion"] == 1


# ---- peers that leave or misbehave ---------------------------------------------------------
def wait_idle(c):
    until = time.monotonic() + WAIT
    while c.call("status")["runs"] != {"running": 0, "waiting": 0}:
        assert time.monotonic() < until, "work goes on"


def decoded(c):
    return int(float(c.call("metrics")["text"].split("\nqwend_tokens_decoded_total ")[1].split("\n")[0]))


def test_leaving_in_the_middle_frees_the_work():
    with Daemon(*SLOW) as d:
        a, b = d.client(), d.client()
        a.send("generate", prompt="x", n=4, stream=True, tag="t", **LONG)
        a.wait_event("stream.delta", 2)
        a.close()
        wait_idle(b)
        done = decoded(b)
        assert done < 120, "of 160 tokens %d were made for nobody" % done
        assert b.call("status")["memory"]["pages_used"] == 0


def test_half_closed_peer_gets_its_answer():
    with Daemon(*TINY) as d:
        c = d.client()
        i = c.send("generate", prompt="x", max_tokens=50)
        c.s.shutdown(socket.SHUT_WR)
        assert c.wait(i)["usage"]["completion"] > 0
        assert c.wait_closed()
    with Daemon(*SLOW) as d:                        # ... unless it leaves altogether
        c, other = d.client(), d.client()
        c.send("generate", prompt="x", n=4, stream=True, tag="t", **LONG)
        c.wait_event("stream.delta")
        c.s.shutdown(socket.SHUT_WR)
        other.call("conn.ping")
        c.close()
        wait_idle(other)
        assert decoded(other) < 160


def test_garbage():
    cases = [
        ("http", b"GET / HTTP/1.1\r\n\r\n", "invalid_request"),
        ("never used byte", b"\x94\x00\x07\xa6status\x91\xc1", "invalid_request"),
        ("a claim of 4 billion", b"\x94\x00\x07\xa6status\xdd\xff\xff\xff\xff", "too_large"),
        ("a string of 4 GiB", b"\x94\x00\x07\xdb\xff\xff\xff\xff", "too_large"),
        ("nested", b"\x94\x00\x07\xa6status\x91\x81\xa3x_a" + b"\x91" * 40 + b"\x01", "too_large"),
        ("not a request", pack([0, 7, "status"]), "invalid_request"),
        ("params no array", pack([0, 7, "status", {}]), "invalid_request"),
        ("a response", pack([1, 7, None, None]), "invalid_request"),
        ("bad utf-8", b"\x94\x00\x07\xa6status\x91\x81\xa3x_a\xa2\xff\xfe", "invalid_request"),
        ("duplicate key", b"\x94\x00\x07\xa6status\x91\x82\xa1a\x01\xa1a\x02", "invalid_request"),
        ("nan", b"\x94\x00\x07\xa8generate\x91\x81\xa5top_p\xcb\x7f\xf8\0\0\0\0\0\0", "invalid_request"),
    ]
    with Daemon(*TINY) as d:
        for name, sent, want in cases:
            c = d.client()
            c.s.sendall(sent)
            assert c.wait_closed()
            assert len(c.replies) == 1, (name, c.replies)
            (id, m), = c.replies.items()
            assert m[2][2]["name"] == want, (name, m)
            assert id == (0 if name == "http" else 7), (name, id)
        assert d.client().call("status")["state"] in ("ready", "loading")
        assert d.logged().count("bad message") == len(cases)


def test_many_random_mutations():
    import random
    rnd = random.Random(4)
    base = [pack([0, 1, m, [p]]) for m, p in (
        ("generate", dict(prompt="x", max_tokens=2, stop=["a"], logit_bias={"5": 1.0}, stream=True)),
        ("chat", dict(messages=USER, max_tokens=2, verify={"mode": "check"})), ("status", {}), ("session.create", {"title": "x"}))]
    with Daemon(*TINY) as d:
        for _ in range(3000):
            b = bytearray(rnd.choice(base))
            for _ in range(rnd.randint(1, 4)):
                at = rnd.randrange(len(b))
                kind = rnd.randrange(3)
                if kind == 0: b[at] = rnd.randrange(256)
                elif kind == 1: del b[at:at + rnd.randint(1, 5)]
                else: b[at:at] = bytes(rnd.randrange(256) for _ in range(rnd.randint(1, 5)))
                if not b: b = bytearray(b"\x00")
            c = Client(d.socket)
            c.s.sendall(b)
            c.s.shutdown(socket.SHUT_WR)
            while c.pump(): pass
            c.close()
        wait_idle(d.client())


def test_the_bytes_of_pynvim():
    """Recorded from pynvim 0.6: it begins with a notification of its own, and may write names as bin."""
    hello = (b"\x93\x02\xc4\x14nvim_set_client_info\x95\xaepython3-client\x84\xa5major\x00\xa5minor\x06\xa5patch\x00\xaaprerelease"
             b"\xa0\xa6remote\x80\x82\xa7license\xa9Apache v2\xa7website\xb8github.com/neovim/pynvim")
    with Daemon(*TINY) as d:
        c = d.client()
        c.s.sendall(hello + b"\x94\x00\x01\xa6status\x91\x80" + b"\x94\x00\x02\xc4\x06status\x90")
        assert c.wait(1)["state"] and c.wait(2)["state"]


def test_byte_by_byte_and_pipelined():
    with Daemon(*TINY) as d:
        c = d.client()
        for b in b"\x94\x00\x05\xa6status\x90": c.s.sendall(bytes([b]))
        assert c.wait(5)["state"]
        c.s.sendall(b"".join(pack([0, i, "conn.ping", []]) for i in range(10, 60)))
        for i in range(10, 60): assert c.wait(i)["unix_ms"] > 0
        c.s.sendall(b"\xdc\x00\x04\xcc\x00\xce\x00\x00\x01\x00\xd9\x09conn.ping\xdc\x00\x00")   # long forms
        assert c.wait(256)["unix_ms"] > 0
        c.s.sendall(pack([2, "whatever", [{}]]))                            # notifications mean nothing to it
        assert c.call("conn.ping")["unix_ms"] > 0


def test_a_peer_that_never_ends_its_message():
    with Daemon(*TINY, "-o", "limits.io_timeout=200ms") as d:
        c, other = d.client(), d.client()
        c.s.sendall(pack([0, 1, "status", []])[:-1])
        assert c.wait_closed() and not c.replies
        assert other.call("status")["connections"] == 1
        assert "does not end the message" in d.logged()


def test_a_peer_that_does_not_read():
    with Daemon(*TINY, "-o", "limits.io_timeout=400ms") as d:
        c, other = d.client(), d.client()
        for i in range(1, 200):                     # replies of about 20 kB each
            try:
                c.s.setblocking(False)
                c.s.sendall(pack([0, i, "api.info", []]))
            except BlockingIOError:
                break
        t = time.monotonic()
        while other.call("status")["connections"] > 1: assert time.monotonic() - t < WAIT
        assert "does not take" in d.logged()


def test_too_many_requests_are_busy():
    with Daemon(*SLOW, "-o", "limits.max_queue=70", "-o", "engine.max_num_seqs=1") as d:
        c = d.client()
        ids = [c.send("generate", prompt="x", stream=True, tag="t%d" % i, **LONG) for i in range(64)]
        e = fails("busy", c.call, "conn.ping")
        assert e.info["retry_after_ms"] > 0
        d.client().call("conn.ping")
        again = c.send("generate", prompt="x")
        fails("busy", c.wait, again)
        c.next = ids[5] - 1                         # an id that is still being answered
        fails("invalid_request", c.call, "conn.ping")
        c.close()
        wait_idle(d.client())


def test_queue_is_bounded():
    with Daemon(*SLOW, "-o", "limits.max_queue=2", "-o", "engine.max_num_seqs=1") as d:
        c = d.client()
        first = c.send("generate", prompt="x", stream=True, tag="first", **LONG)
        c.wait_event("stream.delta")
        ids = [c.send("generate", prompt="x", max_tokens=1) for _ in range(6)]
        busy = 0
        for i in ids:
            try:
                c.wait(i)
            except RpcError as e:
                assert e.name == "busy" and e.info["retry_after_ms"] > 0
                busy += 1
        assert busy == 4, busy
        c.wait(first)


def test_status_stays_quick_under_load():
    with Daemon(*SLOW, "-o", "engine.max_num_seqs=4") as d:
        many = [d.client() for _ in range(64)]
        for i, c in enumerate(many): c.send("generate", prompt="load %d" % i, stream=True, tag="t", **LONG)
        c, rounds = d.client(), []
        t = time.monotonic()
        while c.call("status")["runs"]["running"] < 4: assert time.monotonic() - t < WAIT
        while len(rounds) < 5 and not (rounds and rounds[-1] < 0.05):    # other programs' load comes and goes; ours stays
            worst = 0
            for _ in range(20):
                t = time.monotonic()
                s = c.call("status")
                worst = max(worst, time.monotonic() - t)
            rounds.append(worst)
            assert s["connections"] == 65 and s["runs"]["running"] == 4 and s["runs"]["waiting"] >= 40, s["runs"]
        assert rounds[-1] < 0.05, "slowest of each round: %s ms" % [round(1000 * t) for t in rounds]
        for x in many: x.close()
        wait_idle(c)


# ---- parameters --------------------------------------------------------------------------
def test_parameters():
    with Daemon(*TINY) as d:
        c = d.client()
        e = fails("invalid_params", c.call, "generate", prompt="x", temprature=1)
        assert "temperature" in e.text and e.info["param"] == "temprature"
        assert "generate" in fails("unknown_method", c.call, "genrate").text
        fails("invalid_params", c.call, "generate", prompt="x", temperature=-1)
        fails("invalid_params", c.call, "generate", prompt="x", max_tokens="5")
        fails("invalid_params", c.call, "generate")
        fails("invalid_params", c.call, "generate", prompt="x", ids=[1])
        fails("invalid_params", c.call, "generate", ids=[1 << 20])
        fails("invalid_params", c.call, "generate", prompt="a\0b")
        fails("invalid_params", c.call, "generate", prompt=b"\xff\xfe")
        fails("invalid_params", c.call, "chat", messages=[])
        fails("invalid_params", c.call, "chat", messages=[{"role": "assistant", "content": "x"}])
        fails("invalid_params", c.call, "chat", messages=[{"role": "robot", "content": "x"}])
        fails("invalid_params", c.call, "chat", messages=USER + [{"role": "system", "content": "x"}] + USER)
        fails("invalid_params", c.call, "generate", prompt="x", logit_bias={"many": 1.0})
        fails("unsupported", c.call, "generate", prompt="x", grammar="k")
        fails("unsupported", c.call, "events.subscribe")
        assert c.call("generate", prompt=b"bytes that are text", max_tokens=1, x_mine=1, seed=None)["usage"]["prompt"] > 0
        e = fails("context_exceeded", c.call, "generate", prompt="hello world " * 400)
        assert e.info["limit"] == 512 and e.info["actual"] > 512 and "512" in e.text and str(e.info["actual"]) in e.text, e.text
        r = c.call("generate", ids=[5] * 500, max_tokens=100, logit_bias={"558": -100.0}, stop_on_repetition=False)
        assert r["choices"][0]["finish_reason"] == "length" and r["usage"]["prompt"] + r["usage"]["completion"] <= 513, r["usage"]
        big = c.call("generate", prompt="x", max_tokens=1)
        assert big["seed"] >= 0


def test_deadline():
    with Daemon(*SLOW, "-o", "engine.max_num_seqs=1") as d:
        a, b = d.client(), d.client()
        i = a.send("generate", prompt="x", stream=True, tag="t", deadline_ms=400, **dict(LONG, n=16))
        a.wait_event("stream.delta")
        r = usage_adds_up(a.wait(i))
        assert r["choices"][-1]["finish_reason"] == "deadline" and r["timing_ms"]["total"] < 3000, r["timing_ms"]
    with Daemon("--chat-template", "qwen2.5", "--cpu-level", "ref", "-o", "model.name=qwen3-small-q8_0",
                models=["qwen3-small-q8_0", "qwen2-tiny-f32"]) as d:
        a, b = d.client(), d.client()
        i = a.send("generate", prompt="x", stream=True, tag="t", **LONG)
        a.wait_event("stream.delta")
        fails("deadline", b.call, "generate", prompt="y", model="qwen2-tiny-f32", deadline_ms=100)   # not even begun
        assert a.wait(i)["usage"]["completion"] == 40


def test_progress_while_waiting():
    with Daemon(*SLOW, "-o", "engine.max_num_seqs=1") as d:
        c = d.client()
        i = c.send("generate", prompt="x", stream=True, tag="a", **LONG)
        c.wait_event("stream.delta")
        j = c.send("generate", prompt="y", stream=True, tag="b", max_tokens=2)
        p = c.wait_event("stream.progress", 1 + len([1 for n, _ in c.events if n == "stream.progress"]))
        assert p["tag"] == "b" and p["phase"] == "queued" and p["ahead"] == 0, p
        c.wait(i)
        c.wait(j)


# ---- life --------------------------------------------------------------------------------
def test_second_daemon_refuses_and_a_stale_socket_is_replaced():
    with Daemon(*TINY) as d:
        again = Daemon(*TINY, dir=d.dir, ready=False)
        assert again.p.wait(WAIT) == 3 and again.ready == b""
        assert "another qwend" in again.p.stderr.read().decode()
        again.p.stderr.close()
        assert d.client().call("conn.ping")
        d.p.kill()
        d.p.wait()
        assert os.path.exists(d.socket)
        with Daemon(*TINY, dir=d.dir) as fresh:
            assert fresh.client().call("conn.ping")
            assert stat.S_IMODE(os.stat(d.socket).st_mode) == 0o600
            assert fresh.end() == 0
            assert not os.path.exists(d.socket)


def test_the_next_daemon_waits_for_the_one_that_leaves():
    with Daemon(*SLOW, "-o", "daemon.drain_timeout=60s") as d:
        c = d.client()
        i = c.send("generate", prompt="x", stream=True, tag="t", **dict(LONG, max_tokens=12))
        c.wait_event("stream.delta")
        d.p.send_signal(signal.SIGTERM)
        while os.path.exists(d.socket): time.sleep(0)
        with Daemon(*TINY, dir=d.dir) as fresh:             # started while the first still answers
            assert c.wait(i)["usage"]["completion"] == 12
            assert d.p.wait(WAIT) == 0
            assert fresh.client().call("conn.ping")


def as_user(uid, f):
    """f in a child process of another user; what it returns."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(uid)
            os.write(w, f().encode())
        except BaseException as e:
            os.write(w, repr(e).encode())
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as said: text = said.read()
    os.waitpid(pid, 0)
    return text


def test_other_users():
    """What belongs to one user does not exist for another; uid 65534 may be anybody."""
    if os.geteuid() != 0:
        print("     (needs root)")
        return
    import grp
    with Daemon(*SLOW, "-o", "daemon.socket_group=" + grp.getgrgid(65534).gr_name, "-o", "daemon.admin_users=2") as d:
        os.chmod(d.dir, 0o711)
        assert stat.S_IMODE(os.stat(d.socket).st_mode) == 0o660 and os.stat(d.socket).st_gid == 65534
        c = d.client()
        s = c.call("session.create")["session"]
        i = c.send("session.chat", session=s, messages=USER, stream=True, tag="t", **LONG)
        run = c.wait_event("stream.start")["run"]

        def tries():
            o = Client(d.socket)
            said = [o.call("conn.hello")["role"]]
            for method, p in (("admin.reload", {}), ("session.create", {}), ("session.show", {"session": s}),
                              ("run.cancel", {"run": run}), ("chat", {"messages": USER, "max_tokens": 1}), ("session.list", {})):
                try:
                    o.call(method, **p)
                    said.append("ok")
                except RpcError as e:
                    said.append(e.name)
            return " ".join(said)
        for uid, want in ((1, "user denied ok not_found not_found ok ok"), (2, "admin ok ok not_found not_found ok ok"),
                          (65534, "stateless denied denied denied not_found ok denied")):
            got = as_user(uid, tries)
            assert got == want, (uid, got)
        assert c.wait(i)["usage"]["completion"] == 40
        assert len(c.call("session.list")["sessions"]) == 1


def test_a_file_in_the_way_is_not_removed():
    with Daemon(*TINY) as d:
        d.end()
        with open(d.socket, "w") as f: f.write("mine")
        again = Daemon(*TINY, dir=d.dir, ready=False)
        assert again.p.wait(WAIT) == 1 and "not a socket" in again.p.stderr.read().decode()
        again.p.stderr.close()
        assert open(d.socket).read() == "mine"


def test_socket_path_too_long():
    p = subprocess.run([QWEND, "--foreground", "--socket", "/tmp/" + "x" * 120], stderr=subprocess.PIPE, timeout=WAIT)
    assert p.returncode == 1 and b"107" in p.stderr, p.stderr


def test_sigterm_lets_answers_end():
    with Daemon(*SLOW, "-o", "daemon.drain_timeout=60s") as d:
        c, idle = d.client(), d.client()
        i = c.send("generate", prompt="x", stream=True, tag="t", **LONG)
        c.wait_event("stream.delta")
        d.p.send_signal(signal.SIGTERM)
        while os.path.exists(d.socket): idle.call("conn.ping")
        fails("draining", idle.call, "generate", prompt="y")
        r = c.wait(i)
        assert r["choices"][0]["finish_reason"] == "length" and r["usage"]["completion"] == 40
        assert c.wait_closed() and d.p.wait(WAIT) == 0


def test_sigterm_cancels_after_the_grace_time():
    with Daemon(*SLOW, "-o", "daemon.drain_timeout=100ms") as d:
        c = d.client()
        i = c.send("generate", prompt="x", stream=True, tag="t", **dict(LONG, n=8))
        c.wait_event("stream.delta")
        d.p.send_signal(signal.SIGTERM)
        r = usage_adds_up(c.wait(i))
        assert r["choices"][0]["finish_reason"] == "cancelled" and r["usage"]["completion"] > 0
        assert d.p.wait(WAIT) == 0


def test_reload():
    with Daemon(*TINY, conf="[engine]\nmax_num_seqs = 3\n") as d:
        c = d.client()
        assert c.call("status")["limits"]["max_num_seqs"] == 3
        with open(d.conf, "w") as f: f.write("[engine]\nmax_num_seq = 5\n")
        d.p.send_signal(signal.SIGHUP)
        while True:
            s = c.call("status")
            if "config_error" in s: break
        assert "qwend.conf:2" in s["config_error"] and "max_num_seqs" in s["config_error"], s["config_error"]
        assert s["limits"]["max_num_seqs"] == 3
        fails("invalid_params", c.call, "admin.reload")
        with open(d.conf, "w") as f: f.write("[engine]\nmax_num_seqs = 5\n[cache]\nkv_cache_bytes = 64MiB\n")
        r = c.call("admin.reload")
        assert r == {"changed": ["engine.max_num_seqs"], "restart": ["cache.kv_cache_bytes"]}, r
        s = c.call("status")
        assert s["limits"]["max_num_seqs"] == 5 and "config_error" not in s


def test_idle_exit():
    with Daemon(*TINY, "--idle-exit", "300ms") as d:
        c = d.client()
        c.call("generate", prompt="x", max_tokens=1)
        c.close()
        assert d.p.wait(WAIT) == 0
        assert "idle" in d.logged() and not os.path.exists(d.socket)


def test_admin_drain_and_log_level():
    with Daemon(*TINY) as d:
        c = d.client()
        assert c.call("conn.hello", client="test")["role"] == "admin"
        assert c.call("admin.log", level="debug")["previous"] == "info"
        assert c.call("admin.drain", grace_ms=0) == {"running": 0, "waiting": 0}
        assert c.wait_closed() and d.p.wait(WAIT) == 0


def test_inherited_socket_is_never_unlinked():
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as f:
        if "#define HAVE_SYSTEMD 1" not in f.read():
            print("     (built without libsystemd: sockets are not inherited)")
            return
    with Daemon(*TINY) as d:
        d.end()
        path = os.path.join(d.dir, "act")
        l = socket.socket(socket.AF_UNIX)
        l.bind(path)
        l.listen(8)
        script = 'exec 3<&%d; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"' % l.fileno()
        p = subprocess.Popen(["sh", "-c", script, "sh", QWEND, "--log", d.log, "--data", os.path.join(d.dir, "data"), "--config", d.conf, *TINY],
                             pass_fds=[l.fileno()])
        try:
            c = Client(path)
            assert c.call("conn.ping")
            c.close()
        finally:
            p.terminate()
            assert p.wait(WAIT) == 0
        assert os.path.exists(path)
        l.close()


def test_into_the_background():
    with Daemon(*TINY) as d:
        d.end()
        p = subprocess.run([QWEND, "--socket", d.socket, "--log", d.log, "--data", os.path.join(d.dir, "data"), "--config", d.conf, *TINY],
                           stdout=subprocess.PIPE, timeout=WAIT)
        assert p.returncode == 0 and b"serving" in p.stdout
        c = d.client()
        pid = c.call("status")["pid"]
        assert str(pid).encode() in p.stdout
        os.kill(pid, signal.SIGTERM)
        assert c.wait_closed()
        while os.path.exists(d.socket): time.sleep(0)


def test_log_is_private_and_holds_no_contents():
    with Daemon(*TINY, "-o", "log.level=debug") as d:
        c = d.client()
        s = c.call("session.create", title="confidential-title")["session"]
        r = c.call("session.chat", session=s, messages=[{"role": "user", "content": "confidential-words"}], max_tokens=8)
        assert "confidential" not in d.logged()
        assert len(r["choices"][0]["text"]) < 4 or r["choices"][0]["text"] not in d.logged()
        assert stat.S_IMODE(os.stat(d.log).st_mode) == 0o600


def test_options_and_configuration():
    def run(*a, conf=None):
        if conf is not None:
            with open(os.path.join(d.dir, "c.conf"), "w") as f: f.write(conf)
            a = a + ("--config", os.path.join(d.dir, "c.conf"))
        p = subprocess.run([QWEND, *a], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT)
        return p.returncode, p.stdout.decode(), p.stderr.decode()
    with Daemon(*TINY) as d:
        d.end()
        assert run("--version")[1].startswith("qwend ")
        assert "Examples" in run("--help")[1]
        rc, out, err = run("--sokcet", "x")
        assert rc == 2 and "--socket" in err
        rc, out, err = run("--check-config", conf="[limits]\nmax_queue = 5\n")
        assert rc == 0 and "good" in out
        rc, out, err = run("--check-config", conf="[limits]\nmax_queu = 5\n")
        assert rc == 2 and "c.conf:2" in err and "max_queue" in err, err
        rc, out, err = run("--dump-config", "-o", "limits.max_queue=7", conf="[cache]\n# comment\nkv_cache_bytes = 2GiB\n")
        assert rc == 0 and "max_queue = 7    ; -o" in out and "kv_cache_bytes = 2GiB    ; %s/c.conf:3" % d.dir in out, out
        rc, out, err = run("--dump-config", conf=out)                       # what is dumped can be read again
        assert rc == 0 and "max_queue = 7 " in out, err
        assert run("-o", "limits.max_queue=x", "--check-config")[0] == 2
        assert "max_queue" in run("--help-config")[1]


if __name__ == "__main__":
    run_tests(globals())
