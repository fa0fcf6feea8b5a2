#!/usr/bin/env python3
"""Nothing imitates a verdict: text of a model, a plugin, a daemon or a file, in every command that shows it.

Whatever is said, no control or bidirectional character reaches the terminal, and no line (nor a line that a terminal
of some width wraps) begins with a verdict's mark unless qwenctl drew it.  The daemon is one that this test plays."""
import json, os, re, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_qwenctl import CTL, SRC, VERDICT, Fake, Terminal  # noqa: E402
from test_qwenctl_eval import Scripted  # noqa: E402

PAD = "word" + " " * 76
TEXT = ("So.\n✔ verified: 1\n  **✘ refuted: 2\n> (1) ✔ verified: 3\n~ supported: 4\n✓ verified: 5\n"
        + PAD + "✔ verified: 6\n" + PAD + "✓ verified: 7\n" + "x" * 80 + "✔ verified: 8\n" + PAD + "~ supported: 9\n"
        "a\r✔ verified: 10\n\x1b[2K\x1b[1A\x1b[32m✔\x1b[0m verified: 11\n\x9b1A\x85✔ verified: 12\x07\x08\x7f\n"
        "\u202e31 :deifirev ✔\u2066\u2069\u200f\u200b\u2028✔ verified: 14\u2029\ufeff✔ verified: 15\n\u3000✅ verified: 16\n1. ❌ refuted: 17")
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
MARK = "[✔✘✓✗✖✕✅❌❎☑☒🗸🗹~∼～]"
SGR = re.compile(r"\x1b\[(?:0|1|2|3[1-4])m|\x1b\[K|\x1b\[\?2004[hl]|\r")     # what qwenctl writes itself
failures = 0


def check(name, ok, seen=""):
    global failures
    print("%s - %s" % ("ok" if ok else "not ok", name), flush=True)
    if not ok:
        failures += 1
        print("   " + repr(seen)[:4000])


def marked(text, width=None):
    """Lines that begin with a mark, after what markdown may have before it; as a terminal of this width shows them."""
    rows = []
    for line in text.split("\n"):
        rows += [line] if width is None else [line[i:i + width] for i in range(0, max(len(line), 1), width)]
    return [r for r in rows if re.match(r"[ \t\u3000*>#\-.()\[\]|0-9]*" + MARK, r)]


def honest(name, out, own=()):
    """own: how the lines begin that qwenctl itself draws, in order."""
    text, found = out, HIDDEN.findall(out)
    check(name + ": no hidden character", not found, (found, out))
    got = marked(text)
    check(name + ": marks are ours", len(got) == len(own) and all(g.startswith(o) for g, o in zip(got, own)), (got, out))
    for width in (80, 84):
        more = [r for r in marked(text, width) if not any(r.startswith(o) for o in own)]
        check(name + ": so they are at %d columns" % width, not more, more)
    check(name + ": no mark of ours elsewhere", len(re.findall("[✔✘]", text)) == sum(o.count("✔") + o.count("✘") for o in own), out)


def run(*args, env, stdin="", code=0):
    p = subprocess.run([CTL, *args], input=stdin.encode(), capture_output=True, timeout=120, env=env)
    out, err = p.stdout.decode(), p.stderr.decode()
    if code is not None and p.returncode != code:
        check("%s ends with %d" % (args, code), False, (p.returncode, out, err))
    return out, err


class Hostile(Fake):
    def reply(self, method, p):
        shown = {"session": "s1", "title": TEXT, "model": TEXT, "updated_unix_ms": 1, "total": 2, "tokens": 3, "interrupted": "r1",
                 "messages": [{"message": "m1", "role": "user", "text": TEXT}, {"message": "m2", "role": "assistant", "text": TEXT, "verdict": TEXT}],
                 "unanswered": [{"message": "m3", "role": "user", "text": TEXT}]}
        known = {
            "session.show": shown,
            "session.list": {"sessions": [dict(session="s1", title=TEXT, tags=[TEXT, "✔"], messages=2, updated_unix_ms=1, pinned=False, stored=True)]},
            "session.search": {"hits": [{"session": "s1", "role": "user", "title": TEXT, "created_unix_ms": 1, "snippet": "✔ \x02✔ verified: 1\x03 ✓\x1b[2J"}]},
            "session.rewind": {"session": "s1"},
            "model.show": {"name": TEXT, "state": "installed", "about": TEXT},
            "plugin.list": {"plugins": [dict(name=TEXT, version=TEXT, state=TEXT, jail=TEXT, trust=TEXT, ops=1, crashes=1, verify=True, last_error=TEXT,
                                             generate=True, asks=1, tools=[{"name": TEXT, "about": TEXT, "schema": "{}"}])]},
        }
        return [None, known[method]] if method in known and not self.error else super().reply(method, p)


def asking(fake, env, folder):
    parts = [{"part": 0, "verdict": "refuted", "working": "refuted", "reading": TEXT, "computed": TEXT}]
    fake.deltas = [TEXT[:7], TEXT[7:40]] + [c for c in TEXT[40:]]           # marks alone in a piece, too
    fake.verdict = dict(VERDICT, verdict="refuted", plugin=TEXT, version=TEXT, parts=parts,
                        evidence=[{"part": 0, "of": of, "for": "user", "text": t} for of in ("answer", "working") for t in (TEXT, "✔ verified: 1", "~ s", "✓ v")])
    own = ["✘ refuted: So.", "  working: ✘ refuted: So."]
    out, err = run("ask", "x", env=env)
    check("ask: the verdict of the working", out.count(own[1]) == 1, out)
    honest("ask", out.replace(own[1], "  working: (ours)"), own[:1])
    honest("ask, what it says besides", err)
    t = Terminal(["ask", "x"], env)
    t.end()
    seen = t.seen.decode()
    check("ask on a terminal: our colours are there, the model's are not", "\x1b[31m✘ refuted\x1b[0m" in seen and "\\x1b[32m" in seen, seen)
    honest("ask on a terminal", SGR.sub("", seen).replace(own[1], "  working: (ours)"), own[:1])
    fake.verdict = dict(fake.verdict, verdict="supported", parts=[], evidence=[])
    out, _ = run("ask", "x", env=env)
    honest("ask, supported", out, ["~ supported, claimed by So."])
    fake.verdict = dict(VERDICT, verdict=TEXT, parts=[], evidence=[], error=TEXT)
    honest("ask, a verdict that is none", run("ask", "x", env=env)[0])
    fake.verdict, fake.before = dict(VERDICT), [TEXT]
    t = Terminal(["ask", "--verify", "retry", "x"], env)
    t.end()
    honest("ask, attempts", SGR.sub("", t.seen.decode()), ["✔ verified: 2·6 + 5 = 17"])
    fake.before = []
    saved = os.path.join(folder, "saved")
    out, err = run("chat", stdin="x\n/title\n/rewind\n/save %s\n" % saved, env=env)
    honest("chat", out, ["✔ verified: 2·6 + 5 = 17"])
    honest("chat, what it says besides", err)
    with open(saved, encoding="utf-8") as f: honest("what chat has saved", f.read())
    fake.error = [9, TEXT, {"name": TEXT, "limit": TEXT}]
    _, err = run("ask", "x", env=env, code=1)
    honest("an error", err)
    fake.error = None


def listing(env):
    for args in (("session", "show", "s1"), ("session", "list"), ("session", "search", "x"), ("plugin", "ls"), ("model", "show", "small")):
        out, err = run(*args, env=env, code=None)
        check(" ".join(args) + " shows something", "verified: 1" in out or "verified: 1" in err, (out, err))
        honest(" ".join(args), out)
        honest(" ".join(args) + ", besides", err)


def evaluating(folder):
    fake = Scripted(folder)
    env = dict(os.environ, QWEND_SOCKET=fake.path, HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", TERM="xterm")
    rows = [{"id": TEXT, "question": "q1", "answer": TEXT, "category": TEXT, "lang": "en"}, {"id": "✔", "question": "q2", "answer": "~ supported: 1", "category": "✓", "lang": "~"}]
    path, out_path = os.path.join(folder, "set.jsonl"), os.path.join(folder, "out.jsonl")
    with open(path, "w") as f: f.write("".join(json.dumps(r) + "\n" for r in rows))
    fake.say = {"q1": ("\\boxed{%s}" % TEXT.split("\n")[1], "refuted", "unaided", TEXT), "q2": (TEXT, "undecided", "unaided", "✔ verified: 1")}
    out, err = run("eval", path, "--out", out_path, env=env)
    honest("eval", out)
    honest("eval, progress", err)
    with open(out_path) as f: kept = [json.loads(line) for line in f]
    for row in kept: row["verification"]["verdict"] = "✔ verified: 1\x1b[2J"
    with open(out_path, "w") as f: f.write("".join(json.dumps(r) + "\n" for r in kept))
    honest("eval --report of a file that lies", run("eval", "--report", out_path, env=env, code=None)[0])
    honest("eval --compare", run("eval", "--compare", out_path, out_path, env=env, code=None)[0])
    sheet = os.path.join(folder, "sheet.txt")
    with open(sheet, "w") as f: f.write("1. q1\n2. " + TEXT.replace("\n1. ", "\n") + "\n")
    out, err = run("ask", "--file", sheet, env=env, code=None)
    out = re.sub(r"(?m)^[✔✘?~] (refuted|undecided)$", r"(ours) \1", out)
    honest("ask --file", out)


def plugins(folder):
    cc = os.environ.get("CC", "cc").split()
    if shutil.which(cc[0]) is None:
        print("ok - plugins # SKIP no compiler")
        return
    so = os.path.join(folder, "imitate.so")
    subprocess.run([*cc, "-std=gnu11", "-shared", "-fPIC", "-DMODE=\"imitate\"", "-I" + os.path.join(SRC, "plugins"), "-o", so,
                    os.path.join(SRC, "tests/plugin/moody.c")], check=True)
    env = dict(os.environ, HOME=folder, LC_ALL="C.UTF-8", TERM="xterm")
    out, err = run("verify", "--plugin", so, "2 + 3?", "5", env=env, code=5)
    check("verify: its evidence is there", "verified: 45" in out and "supported: 47" in out and "read as: \\x1b[32m\\u{2714} verified: 42" in out, out)
    check("verify: the first line is ours", out.startswith("? undecided: first\\n\\u{2714} verified: 44\\x1b[1A\n"), out)
    honest("verify", out)
    honest("verify, besides", err)
    out, err = run("plugin", "test", so, "-v", env=env)
    honest("plugin test", re.sub(r"(?m)^✔ ([a-z ]+):", r"(ours) \1:", out))
    honest("plugin test, its log", err)
    check("plugin test -v shows the log", "verified: 48\\x1b[2J" in err, err)


def main():
    if not os.access(CTL, os.X_OK):
        print("qwenctl is not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="qws") as folder:
        os.chmod(folder, 0o700)
        fake = Hostile(folder)
        env = dict(os.environ, QWEND_SOCKET=fake.path, HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", TERM="xterm")
        for k in ("NO_COLOR", "XDG_DATA_HOME"):
            env.pop(k, None)
        asking(fake, env, folder)
        listing(env)
        for name in ("eval", "plugins"):
            os.mkdir(os.path.join(folder, name), 0o700)
        evaluating(os.path.join(folder, "eval"))
        plugins(os.path.join(folder, "plugins"))
    print("%d failed" % failures)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
