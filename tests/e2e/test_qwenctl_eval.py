#!/usr/bin/env python3
"""qwenctl eval and ask --file: sets, judging, tables, resuming, comparing.

A daemon that this test plays gives chosen answers, so that each count of the tables is known; a real
one with a tiny model answers nonsense, which is wrong and must be counted so."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib  # noqa: E402
from qwmsgpack import pack  # noqa: E402
from test_qwenctl import CTL, SRC, Fake, Terminal  # noqa: E402

failures = 0


def check(name, ok, seen=""):
    global failures
    print("%s - %s" % ("ok" if ok else "not ok", name), flush=True)
    if not ok:
        failures += 1
        print("   " + repr(seen)[:3000])


class Scripted(Fake):
    """Answers by question: a text, or (text, verdict, origin, computed_answer), or an error [code, text, map].
    Requests wait until `width` of them are there; `stop_after`: how many are answered."""

    def __init__(self, folder):
        self.say, self.width, self.stop_after, self.waiting, self.most = {}, 1, None, [], 0
        self.told = 0
        self.gate = threading.Condition()
        super().__init__(folder)

    def asked(self):
        with self.lock:
            return [p["messages"][0]["content"] for m, p in self.requests if m == "chat"]

    def stream(self, c, p):
        pass

    def finish_run(self, c, i, p, finish):
        if finish == "cancelled":
            return
        with self.gate:
            self.waiting.append((c, i, p))
            self.most = max(self.most, len(self.waiting))
            if len(self.waiting) < self.width:
                return
            batch, self.waiting = self.waiting, []
            for x in reversed(batch):                       # the last one first: order is the client's business
                self.one(*x)
            self.gate.notify_all()

    def one(self, c, i, p):
        if self.stop_after is not None and self.told >= self.stop_after:
            self.started.set()
            return
        self.told += 1
        a = self.say.get(p["messages"][0]["content"], "nonsense")
        if isinstance(a, list):
            c.sendall(pack([1, i, a, None]))
            if a[0] == 7:                                   # busy: once
                self.say[p["messages"][0]["content"]] = "\\boxed{1}"
            return
        text, verdict, origin, computed = a if isinstance(a, tuple) else (a, "undecided", "unaided", None)
        out = {"run": "r%d" % i, "state": "done", "model": "toy", "choices": [{"index": 0, "text": text, "finish_reason": "stop"}],
               "usage": {"prompt": 40, "from_memory": 30, "from_disk": 0, "prefilled": 10, "completion": 10},
               "timing_ms": {"queued": 0.0, "prefill": 10.0, "decode": 500.0, "verify": 1.0, "total": 1000.0 * len(text)}, "seed": p.get("seed", 0)}
        if p.get("verify", {}).get("mode", "off") != "off":
            out["verification"] = {"verdict": verdict, "working": "undecided", "origin": origin, "parts": [], "evidence": [], "ms": 1.0}
            if p["verify"]["mode"] == "vote":               # a seed may be any 64-bit number
                out["attempts"] = [{"attempt": k, "seed": 2**64 - 1 - k, "text": text, "verdict": verdict} for k in range(p["verify"]["samples"])]
            if computed:
                out["verification"]["computed_answer"] = computed
        c.sendall(pack([1, i, None, out]))


def run(*args, env, code=0, stdin=""):
    p = subprocess.run([CTL] + list(args), input=stdin.encode(), capture_output=True, timeout=120, env=env)
    out, err = p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")
    if p.returncode != code:
        check("%s ends with %d" % (args, code), False, (p.returncode, out, err))
    return out, err


def write(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join((x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)) + "\n" for x in lines))
    return path


def question(id, answer, category="algebra", text=None, **more):
    return dict({"id": id, "question": text or "question " + id, "answer": answer, "category": category}, **more)


SET = [question("a", "6", text="请解方程：2x + 5 = 17"), question("b", "\\frac{1}{2}"), question("c", "7"), question("d", "8", "geometry"),
       question("e", "9", "geometry"), question("f", "10", "geometry"), question("g", "f(x)", "geometry"), question("h", "3", "word")]
SAY = {SET[0]["question"]: ("So \\boxed{6}.", "verified", "unaided", None), "question b": ("\\boxed{0.5}", "supported", "program", None),
       "question c": ("The answer is 8.", "refuted", "after_check", "7"), "question d": ("\\boxed{8}", "undecided", "after_check", None),
       "question e": ("\\boxed{1}", "supported", "unaided", None), "question f": ("\\boxed{10}", "refuted", "unaided", "11"),
       "question g": ("\\boxed{1}", "undecided", "unaided", None)}


def asking(fake, folder, env):
    path = write(folder, "set.jsonl", SET)
    fake.say = dict(SAY)
    out, err = run("eval", path, "--seed", "7", "--max-tokens", "50", "--timeout", "9", "--verify", "retry", "--attempts", "3", env=env)
    p = fake.last("chat")
    check("eval asks as ask does, with its parameters", p["seed"] == 7 and p["max_tokens"] == 50 and "deadline_ms" not in p and p["model"] == "toy"
          and p["verify"] == {"mode": "retry", "attempts": 3, "loop_ms": 9000} and "step by step" in p["system"] and "temperature" not in p, p)
    check("eval asks in order", fake.asked() == [q["question"] for q in SET], fake.asked())
    lines = [line.split() for line in out.splitlines()]
    run("eval", path, "--limit", "1", "--timeout", "0.5", "--verify", "off", "-q", env=env)
    check("--timeout without attempts is a deadline", fake.last("chat")["deadline_ms"] == 500 and fake.last("chat")["verify"] == {"mode": "off"}, fake.last("chat"))
    got = json.loads(run("eval", path, "--limit", "2", "--verify", "vote", "--samples", "3", "--json", "-q", env=env)[0])
    check("attempts are kept and counted", got["sums"]["all"]["attempts"] == 6 and [a["text"] for a in got["rows"][0]["attempts"]] == ["So \\boxed{6}."] * 3, got)
    check("sums: all", ["all", "8", "4", "50", "%", "5", "62", "%", "1", "0"] in lines, out)
    check("sums: by category and language", ["geometry", "4", "2", "50", "%", "2", "50", "%", "1", "0"] in lines and ["zh", "1", "1", "100", "%", "1", "100", "%", "0", "0"] in lines, out)
    check("verdicts", ["all", "1", "0", "2", "1", "2", "1", "3"] in lines, out)
    check("origins", ["all", "2/5", "1/2", "1/1", "0/0", "8", "80", "9.5", "16.0"] in lines, out)
    check("what is not right", "not right\n  c           wrong      refuted    The answer is 8.  expected 7  computed 7\n" in out and "VERIFIED" not in out, out)
    check("progress: a line a question", "1/8 a: right, verified; answer 6, expected 6; 10 tokens, 13.0 s" in err and "8/8 h: wrong" in err, err)
    out, _ = run("eval", path, "--json", "-q", env=env)
    got = json.loads(out)
    s = got["sums"]["all"]
    check("--json: sums", {k: s[k] for k in ("n", "right", "right_with_computed", "not_known", "errors", "verified", "supported", "refuted", "undecided",
                                             "wrong_verified", "wrong_supported", "wrong_refuted")}
          == {"n": 8, "right": 4, "right_with_computed": 5, "not_known": 1, "errors": 0, "verified": 1, "supported": 2, "refuted": 2, "undecided": 3,
              "wrong_verified": 0, "wrong_supported": 1, "wrong_refuted": 1}, s)
    check("--json: origins", s["origin"] == {"unaided": {"n": 5, "right": 2}, "after_check": {"n": 2, "right": 1}, "program": {"n": 1, "right": 1},
                                             "calculator": {"n": 0, "right": 0}}, s["origin"])
    check("--json: groups", got["sums"]["category"]["geometry"]["n"] == 4 and got["sums"]["lang"]["zh"]["right"] == 1 and got["sums"]["lang"]["en"]["n"] == 7
          and s["tokens"] == 80, got["sums"])
    check("--json: rows", [r["id"] for r in got["rows"]] == list("abcdefgh") and got["rows"][2]["computed_equal"] is True and got["rows"][6]["equal"] is None
          and got["params"] == {"model": "toy", "seed": 1, "verify": {"mode": "check"}}, got["rows"])
    out, _ = run("eval", path, "--category", "word", "--category", "algebra", "--limit", "3", "--verify", "off", "--json", "-q", env=env)
    got = json.loads(out)
    check("--category and --limit", [r["id"] for r in got["rows"]] == ["a", "b", "c"] and got["sums"]["all"]["undecided"] == 0, got)
    _, err = run("eval", path, "--category", "wrod", env=env, code=1)
    check("a category that is not there", "wrod" in err, err)
    fake.say[SET[0]["question"]] = ("\\boxed{5}", "verified", "unaided", None)
    out, _ = run("eval", path, env=env, code=4)
    check("something wrong is verified: said, and exit 4", "WRONG AND VERIFIED\n  a " in out, out)
    fake.say["question c"] = [9, "prompt too long", {"name": "context_exceeded", "limit": 100, "actual": 120}]
    fake.say[SET[0]["question"]] = [7, "too many", {"name": "busy", "retry_after_ms": 1}]
    out, _ = run("eval", path, "--json", "-q", env=env, code=1)
    got = json.loads(out)
    check("an error of one question is counted", got["sums"]["all"]["errors"] == 1 and got["rows"][2]["error"] == "prompt too long" and got["sums"]["all"]["n"] == 8, got["sums"]["all"])
    check("a busy daemon is asked again", got["rows"][0]["text"] == "\\boxed{1}", got["rows"][0])
    fake.say["question c"] = [11, "no such model", {"name": "model"}]
    n = len(fake.asked())
    _, err = run("eval", path, env=env, code=1)
    check("an error of all ends it", "no such model" in err and len(fake.asked()) == n + 3, (err, fake.asked()[n:]))
    fake.say, fake.width, fake.most = dict(SAY), 4, 0
    out, _ = run("eval", path, "-j", "4", "--json", "-q", env=env)
    got = json.loads(out)
    check("-j 4: four at once, rows in the set's order", fake.most == 4 and [r["id"] for r in got["rows"]] == list("abcdefgh") and got["sums"]["all"]["right"] == 4, fake.most)
    fake.width = 1


def resuming(fake, folder, env):
    path, out_file = write(folder, "set.jsonl", SET), os.path.join(folder, "out.jsonl")
    fake.say, fake.stop_after, fake.told = dict(SAY), 3, 0
    fake.started.clear()
    p = subprocess.Popen([CTL, "eval", path, "--out", out_file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    check("three are answered", fake.started.wait(60))
    _, err = run("eval", path, "--out", out_file, env=env, code=1)
    check("one file, one writer", "another eval" in err, err)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    check("Ctrl-C: 130, what there is, and how to go on", p.returncode == 130 and b"3 of 8" in err and out.splitlines()[-1], (p.returncode, out, err))
    rows = [json.loads(line) for line in open(out_file)]
    check("--out: three whole lines", [r["id"] for r in rows] == ["a", "b", "c"] and rows[0]["params"]["verify"] == {"mode": "check"}, rows)
    with open(out_file, "a") as f:
        f.write('{"id": "d", "cat')                         # killed while it wrote
    fake.stop_after = None
    n = len(fake.asked())
    out, err = run("eval", path, "--out", out_file, "--json", env=env)
    got = json.loads(out)
    check("the others are asked, and those only", fake.asked()[n:] == [q["question"] for q in SET[3:]] and "3 of them" in err, fake.asked()[n:])
    check("the sums are of all", got["sums"]["all"]["n"] == 8 and got["sums"]["all"]["right"] == 4 and [r["id"] for r in got["rows"]] == list("abcdefgh"), got["sums"]["all"])
    check("the line that was cut off is gone", [json.loads(line)["id"] for line in open(out_file)] == list("abcdefgh"))
    n = len(fake.asked())
    run("eval", path, "--out", out_file, "-q", env=env)
    check("nothing is left to ask", len(fake.asked()) == n)
    _, err = run("eval", path, "--out", out_file, "--seed", "2", env=env, code=1)
    check("other parameters, another file", '"seed":1' in err and '"seed":2' in err and len(fake.asked()) == n, err)
    changed = write(folder, "changed.jsonl", [dict(SET[0], question="another"), dict(SET[1], answer="4")] + SET[2:])
    out, _ = run("eval", changed, "--out", out_file, "--json", "-q", env=env)
    check("a question that was changed is asked again, an answer that was is judged again", fake.asked()[n:] == ["another"] and json.loads(out)["rows"][1]["equal"] is False, out)
    before = open(out_file).read()
    _, err = run("eval", path, "--out", path, env=env, code=1)
    check("a set is no --out file", "set.jsonl:1" in err and len(open(path).readlines()) == 8, err)
    report, _ = run("eval", "--report", out_file, "--json", env=dict(env, QWEND_SOCKET="/none"))
    check("--report asks nobody, and the later line counts", json.loads(report)["rows"][0]["question"] == "another" and len(json.loads(report)["rows"]) == 8, report)
    check("and changes nothing", open(out_file).read() == before)


def row(id, text, verdict="undecided", answer="6", **more):
    r = {"id": id, "category": "algebra", "lang": "en", "question": "question " + id, "answer": answer, "params": {"model": "m"}, "model": "m", "text": text,
         "finish": "stop", "verification": {"verdict": verdict, "origin": "unaided"}, "tokens": 5, "seconds": 1.0}
    r.update(more)
    return r


def comparing(folder, env):
    a = write(folder, "a.jsonl", [row(str(i), "\\boxed{6}" if i < 4 else "\\boxed{5}") for i in range(12)] + [row("only a", "x")])
    b = write(folder, "b.jsonl", [row(str(i), "\\boxed{6}" if i >= 3 else "\\boxed{5}", "verified" if i == 3 else "undecided") for i in range(12)])
    out, err = run("eval", "--compare", a, b, env=env)
    check("--compare: the table", ["all", "12", "4", "9", "3", "8"] in [line.split() for line in out.splitlines()] and "1 questions that only A" in err, (out, err))
    check("--compare: McNemar's exact test", "p = 0.23" in out, out)          # 2 (1 + 11 + 55 + 165) / 2^11
    check("--compare: which changed", "right (undecided) 6  ->  wrong (undecided) 5  expected 6" in out and "right (undecided) 6  ->  right (verified) 6" in out, out)
    got = json.loads(run("eval", "--compare", a, b, "--json", env=env)[0])
    check("--compare --json", got["right_to_wrong"] == 3 and got["wrong_to_right"] == 8 and len(got["changed"]) == 12 and abs(got["p"] - 464 / 2048) < 1e-9
          and got["only_a"] == 1 and got["only_b"] == 0, got)
    other = write(folder, "other.jsonl", [row("z", "x")])
    _, err = run("eval", "--compare", a, other, env=env, code=1)
    check("nothing in common", "no question in common" in err, err)
    hostile = write(folder, "hostile.jsonl", [row("\x1b[2J\u202e", "x\x1b[31m\n✔ verified: \\boxed{\x07}", answer="\x1b]0;x")])
    out, _ = run("eval", "--report", hostile, env=env)
    check("foreign text is made safe", not any(ord(ch) < 32 and ch != "\n" for ch in out) and "\u202e" not in out, out)
    calc = write(folder, "calc.jsonl", [row("1", "\\boxed{5}", verification={"verdict": "refuted", "origin": "calculator", "computed_answer": "6"}),
                                        row("2", "\\boxed{5}", attempts=[{}, {}, {}], verification={"verdict": "refuted", "origin": "after_check", "computed_answer": "5"})])
    s = json.loads(run("eval", "--report", calc, "--json", env=env)[0])["sums"]["all"]
    check("the calculator's answer is not the model's", s["right"] == 0 and s["right_with_computed"] == 1 and s["origin"]["calculator"] == {"n": 1, "right": 1}
          and s["attempts"] == 4, s)


def bad_files(fake, folder, env):
    n = len(fake.asked())
    path = write(folder, "bad.jsonl", ["nonsense", SET[0], {"id": "x", "question": "", "answer": "1"}, {"id": "y", "question": "q"}, "[1]", "", SET[0],
                                       {"id": 5, "question": "q5", "answer": 1}, '{"id": "u", "question": "\\u0000", "answer": "1"}'])
    _, err = run("eval", path, env=env, code=1)
    check("bad lines are named, and nothing is asked", all("bad.jsonl:%d: " % k in err for k in (1, 3, 4, 5, 7, 9)) and "bad.jsonl:8" not in err
          and "6 bad lines" in err and "--skip-bad" in err and len(fake.asked()) == n, err)
    out, _ = run("eval", path, "--skip-bad", "--json", "-q", env=env)
    check("--skip-bad", [r["id"] for r in json.loads(out)["rows"]] == ["a", "5"], out)
    for name, data, says in (("empty", b"", "no questions"), ("latin", b'{"id":"a","question":"\xe4","answer":"1"}\n', "latin:1"), ("cut", b'{"id":"a"', "cut:1"),
                             ("deep", b"[" * 100000 + b"\n", "deep:1")):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
        _, err = run("eval", os.path.join(folder, name), env=env, code=1)
        check("a set that is %s" % name, says in err, err)
    _, err = run("eval", os.path.join(folder, "missing"), env=env, code=1)
    check("a set that is not there", "missing" in err, err)
    for args, says in ((["--verify", "maybe"], "'maybe'"), (["a", "b"], "one file"), (["--compare", "a"], "two files"), (["--report"], "one file"),
                       (["--report", "--compare", "a", "b"], "not both"), (["--report", "a", "--out", "b"], "--out"), (["-j", "0"], "from 1"), (["--timeout", "0"], "from 0.001")):
        _, err = run("eval", *args, env=env, code=2)
        check("eval %s: usage error that helps" % args, says in err, err)


def terminal(fake, folder, env):
    path = write(folder, "set.jsonl", SET)
    fake.say = dict(SAY)
    t = Terminal(["eval", path, "--limit", "2"], env)
    check("on a terminal: one line that changes", t.wait("1 of 2: 1 right, 1 verified, 0 refuted") and t.wait("questions") and b"1/2 a" not in t.seen, t.seen)
    check("and its end", t.end() == 0)


SHEET = """# 练习 / Exercises
以下 π 取 3.14。

1. 求半径为 2 的圆的面积，
   单位：平方厘米。
   (1) first part
   (2) second part
2、Solve 1.5x = 3
1.5 is not a number of a question.
３．Third.
## Part B: more
For these, n is a positive integer.
4. Fourth?
"""


def worksheets(fake, folder, env):
    path = write(folder, "sheet.txt", [SHEET])
    n = len(fake.asked())
    shared = "以下 π 取 3.14。\n"
    want = [shared + "求半径为 2 的圆的面积，\n   单位：平方厘米。\n   (1) first part\n   (2) second part", shared + "Solve 1.5x = 3\n1.5 is not a number of a question.",
            shared + "Third.", shared + "For these, n is a positive integer.\nFourth?"]
    fake.say = {want[0]: ("\\boxed{12.56}", "verified", "unaided", None), want[1]: ("\\boxed{3}", "refuted", "unaided", "2"),
                want[2]: [9, "prompt too long", {"name": "context_exceeded", "limit": 1, "actual": 2}], want[3]: ("it is\n\\boxed{\\frac{1}{2}}", "undecided", "unaided", None)}
    out, err = run("ask", "--file", path, "--seed", "3", env=env, code=1)
    check("--file: each question with what is shared", fake.asked()[n:] == want, fake.asked()[n:])
    check("--file: asked as ask asks", fake.last("chat")["seed"] == 3 and fake.last("chat")["verify"] == {"mode": "check"} and "一步" in fake.last("chat")["system"], fake.last("chat"))
    check("--file: each verdict", "✔ verified" in out and "✘ refuted" in out and "? undecided" in out and "prompt too long" in err, (out, err))
    tail = out[out.index("verdict  "):]
    check("--file: the table", [line.split()[:2] for line in tail.splitlines()[1:5]] == [["1.", "verified"], ["2.", "refuted"], ["3.", "no"], ["4.", "undecided"]]
          and "12.56" in tail and "\\frac{1}{2}" in tail and tail.endswith("4 questions: 1 verified, 1 refuted, 1 undecided, 1 no answer\n"), tail)
    out, _ = run("ask", "--file", path, "--json", env=env, code=1)
    got = json.loads(out)
    check("--file --json", [q["number"] for q in got["questions"]] == list("1234") and got["questions"][1]["verdict"] == "refuted" and "too long" in got["questions"][2]["error"]
          and got["questions"][0]["outcome"]["choices"][0]["text"] == "\\boxed{12.56}", got)
    fake.say = {}
    forms = {"(1) a\n(3) b\n": ["a", "b"], "（１）甲\n（２）乙\n": ["甲", "乙"], "第1题 甲\n第二题：乙\n": ["甲", "乙"], "Question 1: a\nproblem 2. b\n": ["a", "b"],
             "**1.** a\n**2.** b": ["a", "b"], "### 1. a\n### 2. b\n": ["a", "b"], "一、甲\n二、乙\n": ["甲", "乙"], "1) a\n2) b\n 3) in b\n": ["a", "b\n 3) in b"],
             "一、选择题\n1. a\n二、填空题\n1. b\n2. c": ["a", "b", "c"], "5. a\n4. in a\n6.\n\nb\n": ["a\n4. in a", "b"], "1. a\n  1. in a\n2. b\r\n": ["a\n  1. in a", "b"],
             "\ufeff1. a\n": ["a"], "1. a\n99. in a": ["a\n99. in a"], "二、每题保留两位小数\n1. a": ["每题保留两位小数\na"]}
    for text, questions in forms.items():
        n = len(fake.asked())
        run("ask", "--file", write(folder, "form.txt", [text.rstrip("\n")]), "--json", env=env)
        check("numbers like %r" % text, fake.asked()[n:] == questions, fake.asked()[n:])
    n = len(fake.asked())
    for data, says, code in ((b"no numbers here\n", "no numbered question", 2), (b"", "no numbered question", 2), (b"1. a\n2.\n3. c\n", "question 2 is empty", 2),
                             (b"1. a\n\xff\n", "line 2", 2), (b"1. a\0\n", "NUL", 2), (b"x" * (2 << 20), "sheet.bin", 1),
                             (b"".join(b"%d. a\n" % k for k in range(1, 502)), "more than 500", 1), (b"a" * 70000 + b"\n1. a\n", "belong to every", 1)):
        with open(os.path.join(folder, "sheet.bin"), "wb") as f:
            f.write(data)
        _, err = run("ask", "--file", os.path.join(folder, "sheet.bin"), env=env, code=code)
        check("a worksheet with %r" % data[:12], says in err, err)
    for args, says in ((["--file", path, "x"], "no others"), (["--file", path, "--store"], "--store"), (["--file", path, "--example"], "no others")):
        _, err = run("ask", *args, env=env, code=2)
        check("ask %s: usage error that helps" % args[2:], says in err, err)
    check("nothing was asked", len(fake.asked()) == n)


def real(folder, env):
    """A real daemon with random weights: every answer is wrong, and none of them is verified."""
    if not os.path.exists(os.path.join(SRC, "tests/data/eval/seed20.jsonl")):
        return
    with lib.Daemon("--model", lib.model("qwen3-tiny-f32"), "--chat-template", "qwen2.5") as d:
        e = dict(env, QWEND_SOCKET=d.socket)
        out, err = run("eval", "--limit", "4", "--max-tokens", "8", "-j", "2", "--json", env=e)
        got = json.loads(out)
        s = got["sums"]["all"]
        check("real: the shipped set", s["n"] == 4 and s["errors"] == 0 and s["wrong_verified"] == 0 and s["right"] == 0 and got["rows"][0]["id"] == "alg-1"
              and got["rows"][0]["verification"]["verdict"] and 4 <= s["tokens"] <= 32 and s["seconds_max"] > 0, (got, err))
        out, _ = run("ask", "--file", write(folder, "two.txt", ["1. 1+1?", "2. 请解方程：2x + 5 = 17"]), "--max-tokens", "8", "--json", env=e)
        check("real: a worksheet", [q["verdict"] for q in json.loads(out)["questions"]] != [] and len(json.loads(out)["questions"]) == 2, out)


def main():
    if not os.access(CTL, os.X_OK):
        print("qwenctl is not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="qwe") as folder:
        os.chmod(folder, 0o700)
        fake = Scripted(folder)
        env = dict(os.environ, QWEND_SOCKET=fake.path, HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", TERM="xterm")
        for k in ("NO_COLOR", "XDG_DATA_HOME"):
            env.pop(k, None)
        asking(fake, folder, env)
        resuming(fake, folder, env)
        comparing(folder, env)
        bad_files(fake, folder, env)
        terminal(fake, folder, env)
        worksheets(fake, folder, env)
        real(folder, env)
    print("%d failed" % failures)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
