#!/usr/bin/env python3
"""qwenctl against a daemon that this test plays: what it sends, what it shows, how it ends.

The answers are chosen here, so that streams, verdicts, errors, hostile text and Ctrl-C can be
checked exactly; tests with a real qwend are in test_protocol.py and others."""
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from qwmsgpack import More, pack, unpack  # noqa: E402

SRC = os.environ.get("abs_top_srcdir") or "."
BUILD = os.environ.get("abs_top_builddir") or "."
CTL = os.path.join(BUILD, "client", "qwenctl")
failures = 0


def check(name, ok, seen=""):
    global failures
    print("%s - %s" % ("ok" if ok else "not ok", name))
    if not ok:
        failures += 1
        print("   " + repr(seen)[:3000])


VERDICT = {"verdict": "verified", "working": "undecided", "plugin": "calculator", "version": "0.1", "ms": 1.0,
           "parts": [{"part": 0, "verdict": "verified", "working": "undecided", "reading": "x real, 2x + 5 = 17, find x"}],
           "evidence": [{"part": 0, "of": "answer", "for": "model", "text": "do not show this"},
                        {"part": 0, "of": "answer", "for": "user", "text": "2·6 + 5 = 17"}]}


class Fake:
    """A daemon for any number of connections; requests are kept, `script` decides what chat says."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "s")
        self.requests, self.lock = [], threading.Lock()
        self.deltas, self.verdict, self.error, self.hang = ["The answer ", "is 6."], VERDICT, None, False
        self.finish, self.started = "stop", threading.Event()
        self.before = []                                # texts of attempts that came before `deltas`, and were refuted
        self.l = socket.socket(socket.AF_UNIX)
        self.l.bind(self.path)
        self.l.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            c, _ = self.l.accept()
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        buf, running = b"", None
        while True:
            try:
                m, at = unpack(buf)
                buf = buf[at:]
            except More:
                got = c.recv(65536)
                if not got:
                    return
                buf += got
                continue
            _, i, method, params = m
            p = params[0] if params else {}
            with self.lock:
                self.requests.append((method, p))
            if method in ("chat", "session.chat", "session.regenerate", "session.edit", "session.resume") and not self.error:
                running = (i, p)
                self.stream(c, p)
                if self.hang:
                    self.started.set()
                    continue
                self.finish_run(c, i, p, self.finish)
            elif method == "run.cancel":
                c.sendall(pack([1, i, None, {"cancelled": 1}]))
                self.finish_run(c, running[0], running[1], "cancelled")
            else:
                c.sendall(pack([1, i] + self.reply(method, p)))

    def stream(self, c, p):
        tell = lambda name, **more: c.sendall(pack([2, name, [dict({"run": "r1", "tag": p.get("tag")}, **more)]]))
        tell("stream.start", seed=0)
        for k, deltas in enumerate([[t] for t in self.before] + [self.deltas]):
            at = 0
            if k > 0:
                evidence = [{"part": 0, "of": "answer", "for": "user", "text": "2·7 + 5 ≠ 17\x1b[32m"}]
                tell("stream.verdict", attempt=k - 1, index=0, verification=dict(VERDICT, verdict="refuted", evidence=evidence))
                tell("stream.attempt", attempt=k, index=0, of=3, why="refuted")
            for d in deltas:
                tell("stream.delta", attempt=k, index=0, at=at, text=d)
                at += len(d.encode())

    def finish_run(self, c, i, p, finish):
        out = {"run": "r1", "state": "done", "model": "toy", "choices": [{"index": 0, "text": "".join(self.deltas), "finish_reason": finish}],
               "usage": {"prompt": 40, "from_memory": 30, "from_disk": 0, "prefilled": 10, "completion": 5},
               "timing_ms": {"queued": 0.0, "prefill": 10.0, "decode": 500.0, "verify": 1.0, "total": 511.0}, "seed": 7, "session": "s1", "message": "m2"}
        if self.verdict and p.get("verify") and finish != "cancelled":
            out["verification"] = self.verdict
        c.sendall(pack([2, "stream.done", [{"run": "r1", "tag": p.get("tag"), "outcome": out}]]) + pack([1, i, None, out]))

    def reply(self, method, p):
        if self.error and method in ("chat", "session.chat"):
            return [self.error, None]
        known = {
            "model.show": {"name": "smollm2-135m", "state": "installed", "about": "small demonstration model, 135M"},
            "status": {"version": "9.9", "state": "ready", "pid": 1, "uptime_ms": 1000, "data": "/nonexistent", "model": {"name": "other", "state": "loaded", "context": 100}, "default_model": "toy"},
            "model.list": {"models": [{"name": "toy", "aliases": [], "state": "loaded", "bytes": 5}]},
            "session.create": {"session": "s1", "created_unix_ms": 1},
            "session.delete": {"session": "s1"},
            "session.show": {"session": "s1", "messages": [{"message": "m1", "role": "user", "text": "q"}, {"message": "m2", "role": "assistant", "text": "a", "verdict": "verified"}]},
            "plugin.list": {"plugins": [{"name": "calc\x1b[2Jx", "version": "1", "state": "idle", "jail": "landlock", "trust": "proof", "ops": 1, "crashes": 0,
                                         "verify": True, "equal": True, "read": False, "canon": True, "generate": True, "run_program": False, "asks": 3,
                                         "tools": [{"name": "py\x1bthon", "about": "runs a program", "schema": "{}"}]}]},
            "api.info": {"version": "9.9", "level": 1},
        }
        return [None, known[method]] if method in known else [[2, "no method", {"name": "unknown_method"}], None]

    def last(self, method):
        with self.lock:
            return [p for m, p in self.requests if m == method][-1]

    def count(self, method):
        with self.lock:
            return sum(1 for m, _ in self.requests if m == method)


def run(*args, stdin="", env=None, code=0):
    p = subprocess.run([CTL] + list(args), input=stdin.encode(), capture_output=True, timeout=300, env=env)
    out, err = p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")
    if p.returncode != code:
        check("%s ends with %d" % (args, code), False, (p.returncode, out, err))
    return out, err


def usage(env):
    run(code=2)
    out, _ = run("--help")
    check("help lists the exit codes and commands", "4 refuted" in out and "doctor" in out and "__" not in out, out)
    for c in ("ask", "chat", "eval", "verify", "equiv", "status", "doctor", "version", "model ls", "model pull", "model show", "model rm", "plugin ls", "plugin reload", "plugin new", "plugin test",
              "daemon start", "daemon stop", "daemon restart", "daemon log", "session list", "session show", "session search", "session resume",
              "session regenerate", "session edit", "session rename", "session pin", "session tag", "session rewind", "session fork", "session export",
              "session import", "session delete", "store check", "store gc", "store stats", "store path"):
        out, _ = run(*c.split(), "--help")
        check("%s --help has a usage line and an example" % c, out.startswith("Usage: qwenctl %s" % c) and "Examples:" in out, out)
    for args, says in ((["chta"], "'chat'"), (["model", "lst"], "'ls'"), (["ask", "--temprature", "1", "x"], "--temperature"), (["ask", "-Z"], "-Z"),
                       (["ask", "--seed"], "needs a value"), (["ask", "--seed", "1.5", "x"], "whole number"), (["ask", "--seed=-1", "x"], "from 0"),
                       (["ask", "--top-p", "2", "x"], "from 0 to 1"), (["ask", "--json=1", "x"], "takes no value"), (["status", "x"], "no arguments"),
                       (["verify", "x"], "--help"), (["equiv", "--json", "x"], "standard input"), (["model", "show"], "which model"), (["session", "lsit"], "'list'"), (["session", "rewind", "last"], "--help"),
                       (["session", "tag", "last"], "--help"), (["chat", "--private", "--last"], "--private"), (["chat", "s1"], "qwenctl ask"),
                       (["store", "gc", "x"], "no arguments")):
        _, err = run(*args, env=env, code=2)
        check("%s: usage error that helps" % args, says in err, err)


def ask(fake, env):
    out, err = run("ask", "请解方程：2x + 5 = 17", "--stats", "--seed", "7", "--stop", "END", env=env)
    check("ask shows the answer and the verdict", out == "The answer is 6.\n✔ verified: 2·6 + 5 = 17\n  read as: x real, 2x + 5 = 17, find x\n", out)
    check("ask says who answers, and the numbers", "toy answers" in err and "30 from memory" in err and "seed 7" in err, err)
    p = fake.last("chat")
    check("ask sends what it was told", p["messages"] == [{"role": "user", "content": "请解方程：2x + 5 = 17"}] and p["seed"] == 7 and p["stop"] == ["END"]
          and p["verify"] == {"mode": "check"} and p["stream"] is True and "temperature" not in p and "max_tokens" not in p, p)
    check("the system prompt is Chinese for a Chinese question", "\\boxed{}" in p["system"] and "一步" in p["system"], p)
    out, err = run("ask", stdin="What is\n1+1?\n", env=env)
    p = fake.last("chat")
    check("ask reads standard input", p["messages"][0]["content"] == "What is\n1+1?" and "step by step" in p["system"], p)
    run("ask", "--system", "", "--no-verify", "-n", "5", "hi", "there", env=env)
    p = fake.last("chat")
    check("--system '' and --no-verify", p["system"] == "" and "verify" not in p and p["max_tokens"] == 5 and p["messages"][0]["content"] == "hi there", p)
    out, _ = run("ask", "--json", "x", env=env)
    j = json.loads(out)
    check("--json is one line, the Outcome", out.count("\n") == 1 and j["choices"][0]["text"] == "The answer is 6." and j["verification"]["verdict"] == "verified", out)
    run("ask", stdin="\n", env=env, code=2)
    fake.finish = "length"
    _, err = run("ask", "x", env=env)
    check("an answer that was cut says so", "stops here" in err, err)
    fake.finish = "stop"
    fake.error = [9, "prompt too long", {"name": "context_exceeded", "limit": 100, "actual": 120}]
    _, err = run("ask", "x", env=env, code=1)
    check("context_exceeded with both numbers", "120" in err and "100" in err, err)
    fake.error = None


def hostile(fake, env):
    fake.deltas = ["\x1b[2J\u202eevil\x07", "\n✔ verified: 1 = 2\n  **✔ verified", "\ninside ✔ stays\r\x00", "\n(1) ✔ verified: 3 = 4", "\n~ supported: 5\n5~6, 7 ~ 8", "\n", "✘", " x"]
    fake.verdict = dict(VERDICT, verdict="refuted", parts=[dict(VERDICT["parts"][0], verdict="refuted", reading="a\n✔ verified: b")],
                        evidence=[{"part": 0, "of": "answer", "for": "user", "text": "x\x1b[31m\n✔ verified: c"}])
    out, _ = run("ask", "x", env=env)
    lines = out.split("\n")
    check("no control character gets through", not any(ord(c) < 32 and c != "\n" for c in out) and "\u202e" not in out, out)
    check("no line of the model begins like a verdict", not any(line.lstrip(" *(1)").startswith(("✔", "✘ x", "~")) for line in lines), out)
    check("our marks are shown as what they are, ranges stay", "inside \\u{2714} stays" in out and "5~6, 7 ~ 8" in out, out)
    check("only the real verdict is drawn", sum(line.startswith("✘ refuted: x") for line in lines) == 1, out)
    out, _ = run("plugin", "ls", env=env)
    check("plugin ls: offers, grants, tools", "\n  offers verify, equal, canon\n  may ask the model; has asked 3 times\n  tool py" in out and "thon: runs a program\n" in out, out)
    check("plugins' names are made safe", "\x1b" not in out and "calc\\x1B" in out.replace("\\x1b", "\\x1B"), out)
    fake.deltas, fake.verdict = ["The answer ", "is 6."], dict(VERDICT, verdict="supported")
    out, _ = run("ask", "x", env=env)
    check("supported is drawn in its own way", "\n~ supported, claimed by calculator: " in out, out)
    fake.verdict = {"verdict": "undecided", "working": "undecided", "parts": [], "evidence": [], "error": "the plugin crashed", "ms": 0.0}
    out, _ = run("ask", "x", env=env)
    check("undecided says why", out.endswith("? undecided: the plugin crashed\n"), out)
    two = [{"part": 1, "verdict": "verified", "working": "undecided", "reading": "r1"}, {"part": 2, "verdict": "refuted", "working": "refuted"}]
    fake.verdict = dict(VERDICT, verdict="refuted", parts=two, evidence=[{"part": 1, "of": "answer", "for": "user", "text": "e1"}])
    out, _ = run("ask", "x", env=env)
    check("parts have a line each", "✘ refuted\n(1) ✔ verified: e1\n  read as: r1\n(2) ✘ refuted\n  working: ✘ refuted\n" in out, out)
    fake.verdict = dict(VERDICT, verdict="supported", basis="vote", agree=3, of=5)
    out, _ = run("ask", "--verify", "vote", "--samples", "5", "x", env=env)
    check("a vote: how many agree", "\n~ supported (3 of 5 samples agree): " in out and fake.last("chat")["verify"] == {"mode": "vote", "samples": 5}, out)
    fake.verdict = dict(VERDICT, verdict="supported", basis="program", agree=2, of=3, vote={"agree": 4, "of": 5})
    out, _ = run("ask", "--verify", "vote", "x", env=env)
    check("programs and samples: how many of each", "\n~ supported (2 of 3 programs and 4 of 5 samples agree): " in out, out)
    fake.verdict = dict(VERDICT, verdict="refuted", parts=[{"part": 0, "verdict": "refuted", "working": "refuted", "computed": "6"}])
    out, _ = run("ask", "x", env=env)
    check("who computed it", "\n  computed by calculator: 6\n" in out and "\n  working: ✘ refuted" in out and "✔" not in out, out)
    fake.verdict, fake.before = VERDICT, ["So it is 7."]
    out, _ = run("ask", "--verify", "retry", "--attempts", "3", "x", env=env)
    check("into a pipe goes the last attempt", out.startswith("The answer is 6.\n✔ verified") and fake.last("chat")["verify"] == {"mode": "retry", "attempts": 3}, out)
    t = Terminal(["ask", "-q", "--verify", "retry", "x"], env)
    t.wait("verified")
    t.end()
    seen = t.seen.decode().replace("\r", "")
    check("attempts on a terminal", "So it is 7.\n" in seen and "[attempt 2 of 3; refuted: 2·7 + 5 ≠ 17\\x1b[32m]" in seen
          and seen.index("So it is 7.") < seen.index("[attempt 2") < seen.index("The answer is 6."), seen)
    fake.before = []


def interrupt(fake, env):
    fake.hang = True
    fake.started.clear()
    p = subprocess.Popen([CTL, "ask", "x"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    fake.started.wait(30)
    out = b""
    while b"is 6." not in out:
        out += os.read(p.stdout.fileno(), 100)
    p.send_signal(signal.SIGINT)
    rest, err = p.communicate(timeout=30)
    out += rest
    check("Ctrl-C cancels and ends with 130", p.returncode == 130 and fake.last("run.cancel")["tag"] == fake.last("chat")["tag"], (p.returncode, err))
    check("and what there was stays", out == b"The answer is 6.\n", out)
    fake.hang = False


def chat_piped(fake, env, folder):
    saved = os.path.join(folder, "saved.md")
    n = fake.count("session.create")
    _, err = run("chat", stdin="/help\none\\\ntwo\n/set temperature 0.7\n/set temprature 1\n/set top_p 7\n\"\"\"\na\n\nb\n\"\"\"\n/retry\n/stats\n/verify retry\n/verify nonsense\n/retry\n/verify off\nthree\n"
                 "/save %s\n/clear\n/system Be brief.\nfour\n/model small\nfive\n/nonsense\n/hlep\n/set\n/quit\nnever\n" % saved, env=env)
    with fake.lock:
        texts = [p["messages"][0]["content"] for m, p in fake.requests if m == "session.chat"]
    check("lines, continued lines, blocks", texts == ["one\ntwo", "a\n\nb", "three", "four", "five"], texts)
    check("/set is checked and sent", fake.last("session.regenerate")["temperature"] == 0.7 and "did you mean 'temperature'" in err and "from 0 to 1" in err, err)
    check("/verify retry", fake.last("session.regenerate")["verify"] == {"mode": "retry"} and "/verify off, check, retry or vote" in err, err)
    check("/verify off", "verify" not in fake.last("session.chat"), fake.last("session.chat"))
    check("/clear and /system begin a new conversation", fake.count("session.create") == n + 2 and fake.last("session.create")["system"] == "Be brief.", fake.last("session.create"))
    check("/model", fake.last("session.chat")["model"] == "small", fake.last("session.chat"))
    check("/help, and wrong commands", "/retry" in err and "no command /nonsense" in err and "did you mean /help" in err, err)
    check("/save writes a private file", "## assistant, verified" in open(saved).read() and os.stat(saved).st_mode & 0o77 == 0)
    fake.error = [9, "prompt too long", {"name": "context_exceeded", "limit": 100, "actual": 120}]
    _, err = run("chat", stdin="x\n", env=env)
    check("a full context: both numbers, and /clear", "120" in err and "100" in err and "/clear" in err, err)
    fake.error = None


class Terminal:
    def __init__(self, args, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(CTL, [CTL] + args, dict(env, TERM="xterm"))
        self.seen = b""

    def wait(self, text, seconds=20, after=""):
        """text is seen; with after, behind the first of those (the echo of what was typed has a prompt, too)."""
        end = time.monotonic() + seconds
        while text.encode() not in (self.seen.partition(after.encode())[2] if after else self.seen):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return False
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                return False
            if not got:
                return False
            self.seen += got
        return True

    def type(self, text):
        self.seen = b""
        os.write(self.fd, text.encode())

    def end(self):
        while self.wait("\0never", 5):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def chat_terminal(fake, env):
    t = Terminal(["chat"], env)
    check("a prompt", t.wait("> "), t.seen)
    t.type("你好，x²\n")
    check("an answer in colours", t.wait("> ", after="\x1b[32m✔ verified\x1b[0m"), t.seen)
    check("wide characters arrive whole", fake.last("session.chat")["messages"][0]["content"] == "你好，x²", fake.last("session.chat"))
    t.type("half a li")
    time.sleep(0.1)
    t.type("\x03")
    check("Ctrl-C at the prompt gives a fresh one", t.wait("> "), t.seen)
    fake.hang = True
    fake.started.clear()
    t.type("second\n")
    fake.started.wait(20)
    t.wait("is 6.")
    check("the half-typed line is gone", fake.last("session.chat")["messages"][0]["content"] == "second", fake.last("session.chat"))
    n = fake.count("run.cancel")
    t.type("\x03")
    check("Ctrl-C stops the answer and not the program", t.wait("> ") and fake.count("run.cancel") == n + 1, t.seen)
    fake.hang = False
    t.type("third\n")
    check("and it goes on", t.wait("> ", after="verified"), t.seen)
    t.type("\x1b[A\n")                      # the line above
    check("history", t.wait("> ", after="verified") and fake.last("session.chat")["messages"][0]["content"] == "third", fake.last("session.chat"))
    t.type("/edit\n")
    check("$EDITOR", t.wait("> ", after="verified") and fake.last("session.chat")["messages"][0]["content"] == "third\nedited", fake.last("session.chat"))
    t.type("\x04")
    check("Ctrl-D leaves", t.end() == 0)


def colours(env):
    t = Terminal(["ask", "x"], dict(env, NO_COLOR="1"))
    t.wait("read as")
    check("NO_COLOR", b"\x1b[" not in t.seen.replace(b"\x1b[K", b""), t.seen)
    t.end()


def checking(folder):
    """The real calculator, in a process of qwenctl's own; no daemon, no model."""
    if not os.path.exists(os.path.join(BUILD, "plugins/calculator/.libs/calculator.so")):
        print("ok - checking # SKIP the calculator is not built")
        return
    env = dict(os.environ, HOME=folder, QWEND_SOCKET=os.path.join(folder, "none"), LC_ALL="C.UTF-8")
    q = "Solve 2x + 5 = 17."
    out, _ = run("verify", q, "So \\boxed{6}.", env=env)
    check("verify: verified, with its reading", out.startswith("✔ verified: 2·6 + 5 = 17") and "\n  read as: x real, 2x + 5 = 17, find x\n" in out, out)
    out, _ = run("verify", q, "So \\boxed{7}.", env=env, code=4)
    check("verify: refuted", out.startswith("✘ refuted: "), out)
    out, _ = run("verify", "Why is the sky blue?", "\\boxed{6}", env=env, code=5)
    check("verify: undecided, and why", out.startswith("? undecided: the question was not read\n"), out)
    out, _ = run("verify", "Find the variance of 3, 7, 8.", "\\boxed{7}", env=env, code=5)
    check("verify: undecided, and both conventions", out == "? undecided: variance: of a sample (divided by n − 1) or of a population (divided by n)? The question does not say\n", out)
    out, _ = run("verify", "求数据 3、7、8 的方差。", "\\boxed{7}", env=env, code=5)
    check("verify: undecided, and both conventions, in Chinese", out == "? undecided: 方差：样本方差（除以 n − 1），还是总体方差（除以 n）？题目没有说明\n", out)
    out, _ = run("verify", q, "I do not know.\nI am sorry.", env=env, code=5)
    check("verify: undecided, and there is no answer", out.startswith("? undecided: the response does not say what its final answer is\n"), out)
    out, _ = run("verify", q, "6", env=env)
    check("verify: the bare result", out.startswith("✔ verified: "), out)
    lines = [{"id": "a", "question": q, "response": "\\boxed{6}"}, {"id": 2, "question": q, "response": "\\boxed{5}"}, {"id": None, "question": "?", "response": "\x00"}]
    out, _ = run("verify", "--json", stdin="\n".join(map(json.dumps, lines)) + "\n\n", env=env)
    got = [json.loads(line) for line in out.splitlines()]
    check("verify --json", [(g["id"], g["verdict"]) for g in got] == [("a", "verified"), (2, "refuted"), (None, "undecided")], got)
    check("verify --json: evidence", got[0]["evidence"][0].keys() == {"part", "of", "for", "text", "data"} and got[0]["reading"] and got[0]["plugin"] == "calculator", got[0])
    check("verify --json: evidence as data", got[0]["evidence"][0]["data"] == {"check": "substitution", "family": "equation", "unknown": "x", "given": "2x + 5 = 17", "said": "6", "found": "6"}, got[0])
    out, _ = run("verify", "--json", stdin=json.dumps({"id": 1, "question": "Compute log 70.", "response": "7"}) + "\n", env=env)
    got = [e.get("data") for e in json.loads(out)["evidence"]]
    check("verify --json: both conventions", got == [{"check": "convention", "about": "log without a base", "conventions": ["to base 10", "to base e"]}], out)
    out, _ = run("verify", "--json", stdin='nonsense\n{"id": 1}\n[]\n', env=env, code=1)
    got = [json.loads(line) for line in out.splitlines()]
    check("verify --json: a line for each line, whatever it is", len(got) == 3 and all(g["error"] for g in got) and got[1]["id"] == 1, got)
    out, _ = run("verify", "--explain", q, env=env)
    check("verify --explain", out == "read as: x real, 2x + 5 = 17, find x\n  family     equation\n  unknown    x real\n"
          "  given      2x + 5 = 17\n  asked      x\n", out)
    out, _ = run("verify", "--explain", "Solve 2x + 5 = 17 and explain why x is prime.", env=env, code=5)
    check("verify --explain: what is left over", out.startswith("not read\n") and "left over  explain why x is prime." in out, out)
    out, _ = run("verify", "--explain", "--json", stdin=json.dumps({"id": 1, "question": "解方程 2x+5=17"}) + '\n{"id": 2}\n', env=env, code=1)
    got = [json.loads(line) for line in out.splitlines()]
    check("verify --explain --json", got[0]["reading"] == "x real, 2x + 5 = 17, find x" and got[1]["error"] and got[1]["reading"] is None
          and {"part": 0, "what": "unknown", "text": "x real"} in got[0]["lines"], got)
    out, _ = run("verify", "--explain", "Compute log 70.", env=env, code=5)
    check("verify --explain: both conventions", "  note       log without a base: to base 10 or to base e? The question does not say\n" in out, out)
    _, err = run("verify", "--explain", q, "6", env=env, code=2)
    check("verify --explain takes no response", "no response" in err, err)
    check("equiv", run("equiv", "\\frac{1}{2}", "0.5", env=env)[0] == "equal\n" and run("equiv", "1", "2", env=env, code=4)[0] == "different\n")
    check("equiv: not known", run("equiv", "f(x)", "1", env=env, code=5)[0] == "not known\n")
    out, _ = run("equiv", "--json", stdin='{"id":1,"gold":"\\\\sqrt{8}","answer":"2\\\\sqrt{2}"}\n{"id":2,"gold":"1","answer":"2"}\n{"id":3,"gold":"f(x)","answer":"1"}\n', env=env)
    check("equiv --json", [json.loads(line)["equal"] for line in out.splitlines()] == [True, False, None], out)


def bench(env):
    """What it prints, not how fast it is."""
    path = os.path.join(SRC, "tests/data/models/qwen3-small-q4_0.gguf")
    out, err = run("bench", path, "--quick", "--json", "--threads", "1", env=env)
    got = json.loads(out or "{}")
    test = got.get("tests", [{}])[0]
    check("bench: one test, and its shares of the machine's limits",
          len(got.get("tests", [])) == 1 and test.get("batch") == 1 and test.get("depth") == 0 and got["machine"]["threads"] == 1
          and all(test.get(k, 0) > 0 for k in ("prefill_tok_s", "decode_tok_s", "prefill_share", "decode_share")), (out, err))
    out, err = run("bench", "./no-such.gguf", "--quick", env=env, code=1)
    check("bench: a file that is not there", "no-such.gguf" in err and out == "", (out, err))


def completion(env):
    def words(*typed):
        script = 'source "$1"; shift; COMP_WORDS=(qwenctl "$@"); COMP_CWORD=$#; _qwenctl; printf "%s\\n" "${COMPREPLY[@]}"'
        e = dict(env, PATH=os.path.dirname(os.path.abspath(CTL)) + ":" + env.get("PATH", ""))
        p = subprocess.run(["bash", "-c", script, "bash", os.path.join(SRC, "client/completion/qwenctl")] + list(typed), capture_output=True, env=e, timeout=30)
        return p.stdout.decode().split()
    check("completion: commands", words("d") == ["daemon", "doctor"], words("d"))
    check("completion: commands below", set(words("model", "")) >= {"ls", "pull", "show", "rm"}, words("model", ""))
    check("completion: options", "--temperature" in words("ask", "--te"), words("ask", "--te"))
    check("completion: models", "smollm2-135m" in words("ask", "--model", "s") and "smollm2-135m" in words("model", "pull", "sm"), words("ask", "--model", "s"))
    check("completion: hidden ones stay hidden", "__words" not in words(""), words(""))


def finding(folder):
    env = dict(os.environ, HOME=folder, XDG_RUNTIME_DIR=folder, QWEND_SOCKET=os.path.join(folder, "none"))
    _, err = run("status", env=env, code=1)
    check("QWEND_SOCKET has no fallback", "none" in err and "daemon start" not in err, err)
    _, err = run("ask", "x", env=env, code=1)
    env["QWEND_SOCKET"] = "/" + "x" * 120
    _, err = run("status", env=env, code=1)
    check("a socket path that is too long says so", "107" in err, err)
    del env["QWEND_SOCKET"]
    _, err = run("ask", "x", stdin="", env=env, code=3)
    check("no model: what to do, exit 3", "model pull default" in err, err)
    _, err = run("model", "rm", "small", env=env, code=1)
    _, err = run("model", "pull", "nonsense", env=env, code=2)
    check("unknown models: the catalogue", "smollm2-135m" in err, err)
    out, _ = run("model", "ls", "--json", env=env)
    check("model ls without a daemon", {m["state"] for m in json.loads(out)} == {"absent"}, out)


def main():
    if not os.access(CTL, os.X_OK):
        print("qwenctl is not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="qwc") as folder:
        editor = os.path.join(folder, "editor")
        with open(editor, "w") as f:
            f.write("#!/bin/sh\nprintf '\\nedited\\n' >> \"$1\"\n")
        os.chmod(editor, 0o700)
        os.chmod(folder, 0o700)
        fake = Fake(folder)
        env = dict(os.environ, QWEND_SOCKET=fake.path, HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", EDITOR=editor, TERM="xterm")
        for k in ("VISUAL", "NO_COLOR", "XDG_DATA_HOME"):
            env.pop(k, None)
            os.environ.pop(k, None)
        usage(env)
        out, _ = run("version", "--json", env=env)
        check("version", json.loads(out)["qwend"] == "9.9", out)
        out, _ = run("status", env=env)
        check("status", "daemon       ready, version 9.9" in out and "other, loaded, context of 100" in out and "default      toy" in out, out)
        ask(fake, env)
        hostile(fake, env)
        interrupt(fake, env)
        chat_piped(fake, env, folder)
        chat_terminal(fake, env)
        colours(env)
        completion(env)
        bench(env)
        checking(folder)
        finding(os.path.join(folder, "f") if os.mkdir(os.path.join(folder, "f"), 0o700) is None else folder)
    print("%d failed" % failures)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
