#!/usr/bin/env python3
"""qwenctl session, store, and chat --resume: first against a daemon that this test plays, where every
name, width and hostile title can be chosen; then with a real qwend, over restarts and kill -9.

Environment: abs_top_srcdir, abs_top_builddir."""
import json
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_qwenctl as t  # noqa: E402
from lib import WAIT, Daemon, model  # noqa: E402
from test_qwenctl import BUILD, CTL, Fake, Terminal, check, run  # noqa: E402


def sid(c):
    return "s" + (c * 15)[:15]


SESSIONS = [
    {"session": sid("a"), "title": "pinned one", "messages": 2, "pinned": True, "tags": ["algebra", "todo"], "stored": True, "updated_unix_ms": 1000},
    {"session": "sb1" + "0" * 13, "title": "二次方程怎么解", "messages": 4, "pinned": False, "tags": [], "stored": True, "interrupted": "r1", "updated_unix_ms": 9000},
    {"session": "sb2" + "0" * 13, "title": "x\x1b[2Jy\nz", "messages": 2, "pinned": False, "tags": [], "stored": False, "updated_unix_ms": 8000},
    {"session": sid("c"), "messages": 0, "pinned": False, "tags": [], "stored": True, "updated_unix_ms": 7000},
]
MESSAGES = [{"message": "m" + "%015x" % (i + 0x1111), "role": "user" if i % 2 == 0 else "assistant", "text": "text %d" % i} for i in range(4)]


class Sessions(Fake):
    """Lists two at a time, keeps a blob, and answers what each method would."""
    blob = b""
    interrupted = None
    runs = []
    fail = {}

    def reply(self, method, p):
        if method in self.fail:
            return [self.fail[method], None]
        if method == "session.list":
            at = int(p.get("cursor", "0"))
            out = {"sessions": SESSIONS[at:at + 2]}
            if at + 2 < len(SESSIONS):
                out["cursor"] = str(at + 2)
            return [None, out]
        if method == "session.show":
            m = MESSAGES[-p["last"]:] if "last" in p else MESSAGES
            out = {"session": p["session"], "title": "a title", "model": "toy", "tokens": 77, "total": len(MESSAGES), "messages": m, "tags": ["algebra", "todo"], "stored": True}
            question = {"message": "m" + "%015x" % 0x2222, "role": "user", "text": "not answered"}
            return [None, dict(out, interrupted=self.interrupted, unanswered=[question]) if self.interrupted else out]
        if method == "session.search":
            return [None, {"hits": [{"session": sid("a"), "message": "m1", "title": "t", "role": "user", "snippet": "one \x02two\x03\x1b[31m three", "created_unix_ms": 1000}]}]
        if method in ("session.rename", "session.rewind", "session.fork"):
            return [None, {"session": p["session"] if method != "session.fork" else sid("f"), "title": p.get("title", "a title"), "pinned": p.get("pinned", False), "tags": p.get("tags", [])}]
        if method == "session.export":
            return [None, {"blob": "b1", "bytes": len(self.blob), "messages": 4, "pages": 0}]
        if method == "session.import":
            return [None, {"session": sid("e"), "title": p.get("title", "imported"), "messages": 4, "pages": 1}]
        if method == "blob.create":
            self.blob = b""
            return [None, {"blob": "b2"}]
        if method == "blob.write":
            assert p["at"] == len(self.blob)
            self.blob += p["data"]
            return [None, {"blob": "b2", "bytes": len(self.blob)}]
        if method == "blob.read":
            return [None, {"at": p["at"], "bytes": len(self.blob), "data": self.blob[p["at"]:p["at"] + p["bytes"]]}]
        if method == "run.list":
            return [None, {"runs": self.runs}]
        if method == "run.attach":
            return [None, {"run": "r1", "state": "done", "choices": [{"index": 0, "text": "x", "finish_reason": "stop"}]}]
        if method == "store.check":
            return [None, {"faults": 2 if p.get("deep") else 0, "report": "first\nsecond \x1b[2J\n"}]
        if method == "store.gc":
            return [None, {"report": "", "bytes_before": 3 << 20, "bytes_after": 1 << 20}]
        if method == "store.stats":
            return [None, {"state": "off", "why": "disk full", "dir": "/d", "sessions": 3, "pages": 12, "page_bytes": 1 << 20}]
        return super().reply(method, p)


def naming(fake, env):
    out, _ = run("session", "show", "last", "--json", env=env)
    check("last is the one that was used last, not the pinned one", json.loads(out)["session"] == SESSIONS[1]["session"], out)
    run("session", "show", "sa", env=env)
    check("a beginning of an id", fake.last("session.show")["session"] == sid("a"), fake.last("session.show"))
    run("session", "show", "cccc", env=env)
    check("without its letter", fake.last("session.show")["session"] == sid("c"), fake.last("session.show"))
    n = fake.count("session.list")
    run("session", "show", "s0123456789abcde", env=env)
    check("a whole id is not looked up", fake.count("session.list") == n and fake.last("session.show")["session"] == "s0123456789abcde")
    _, err = run("session", "show", "sb", env=env, code=1)
    check("several", "sb1" in err and "sb2" in err, err)
    _, err = run("session", "show", "s999", env=env, code=1)
    check("none", "session list" in err, err)
    _, err = run("session", "show", "../x", env=env, code=1)
    check("what is no id", "`last`" in err, err)
    run("session", "rewind", "last", "2", env=env)
    check("a message by its number", fake.last("session.rewind")["message"] == MESSAGES[1]["message"], fake.last("session.rewind"))
    run("session", "rewind", "last", "0", env=env)
    check("before the first", fake.last("session.rewind")["message"] == "", fake.last("session.rewind"))
    run("session", "fork", "last", "m000000000001113", "--title", "T", env=env)
    check("a message by a beginning of its id", fake.last("session.fork") == {"session": SESSIONS[1]["session"], "message": MESSAGES[2]["message"], "title": "T"}, fake.last("session.fork"))
    _, err = run("session", "rewind", "last", "5", env=env, code=1)
    check("a message that is not there", "has 4" in err, err)
    _, err = run("session", "rewind", "last", "m00", env=env, code=1)
    check("several messages", "several" in err, err)


def lists(fake, env):
    out, _ = run("session", "list", env=env)
    lines = out.split("\n")
    check("list: a header and a line each, over pages", len(lines) == 6 and lines[0].startswith("ID ") and fake.last("session.list").get("cursor") == "2", out)
    check("list: pin, tags, state", "* pinned one  [algebra todo]" in lines[1] and "(interrupted)" in lines[2] and "(not stored)" in lines[3] and "(no title)" in lines[4], out)
    check("list: hostile titles stay in their line", "\x1b" not in out and "y z" in lines[3], out)
    check("list: ids are cut, as far as they differ", lines[1].split()[0] == "saaaaaa" and lines[2].split()[0] == "sb10000", out)
    out, _ = run("session", "list", "--limit", "1", env=env)
    check("list --limit", out.count("\n") == 2, out)
    run("session", "list", "algebra", env=env)
    check("list WORD", fake.last("session.list")["query"] == "algebra")
    out, _ = run("session", "list", "--json", env=env)
    check("list --json: all of them, one line", out.count("\n") == 1 and [s["session"] for s in json.loads(out)] == [s["session"] for s in SESSIONS], out)
    term = Terminal(["session", "list"], dict(env, NO_COLOR="1"))
    term.wait("(no title)")
    rows = term.seen.decode().replace("\r", "").split("\n")
    check("list on a terminal: no line is wider than it", all(wide(r) <= 80 for r in rows), rows)
    term.end()
    out, err = run("session", "show", "last", env=env)
    check("show: numbered messages", "1 user  m000000000001111\ntext 0\n" in out and "4 assistant" in out and "77 tokens" in err, (out, err))
    out, err = run("session", "show", "last", "--last", "2", env=env)
    check("show --last keeps the numbers", "3 user" in out and "1 user" not in out and "2 earlier" in err, (out, err))
    fake.fail = {"session.show": [8, "the result has more than 8388608 bytes", {"name": "too_large"}]}
    _, err = run("session", "show", "last", env=env, code=1)
    check("show of a huge one: the way out", "--last 20" in err, err)
    fake.fail = {}
    out, _ = run("session", "search", "two", "three", env=env)
    check("search", fake.last("session.search")["query"] == "two three" and "one two" in out and "\x1b" not in out and "\x02" not in out, out)


def wide(s):
    import unicodedata
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)


def changes(fake, env):
    run("session", "rename", "last", "a", "new", "title", env=env)
    check("rename", fake.last("session.rename") == {"session": SESSIONS[1]["session"], "title": "a new title"}, fake.last("session.rename"))
    run("session", "pin", "last", env=env)
    check("pin", fake.last("session.rename")["pinned"] is True)
    run("session", "pin", "--off", "last", env=env)
    check("unpin", fake.last("session.rename")["pinned"] is False)
    run("session", "tag", "last", "new", "algebra", "new", "--remove", "todo", env=env)
    check("tag: what was there, without what leaves, and what is new", fake.last("session.rename")["tags"] == ["new", "algebra"], fake.last("session.rename"))
    n = fake.count("session.delete")
    _, err = run("session", "delete", "last", env=env, code=1)
    check("delete asks, and without a terminal keeps", "--yes" in err and fake.count("session.delete") == n, err)
    run("session", "delete", "last", "sa", "--yes", env=env)
    check("delete --yes, several", fake.count("session.delete") == n + 2 and fake.last("session.delete")["session"] == sid("a"))
    run("session", "edit", "last", "1", "what", "instead", "--seed", "5", env=env)
    p = fake.last("session.edit")
    check("edit", p["message"] == MESSAGES[0]["message"] and p["text"] == "what instead" and p["seed"] == 5 and p["stream"] is True and "key" in p, p)
    out, err = run("session", "regenerate", "last", "-t", "0.5", env=env)
    check("regenerate", fake.last("session.regenerate")["temperature"] == 0.5 and "The answer is 6." in out, (out, err))


def resuming(fake, env):
    fake.interrupted = "r1"
    out, _ = run("session", "resume", "last", env=env)
    p = fake.last("session.resume")
    check("resume names the run", p["run"] == "r1" and p["session"] == SESSIONS[1]["session"] and p["stream"] is True and "temperature" not in p and "key" not in p, p)
    check("resume shows the answer", "The answer is 6." in out, out)
    out, _ = run("session", "show", "last", env=env)
    check("show: the question of an interrupted answer", out.endswith("5 user  m000000000002222\nnot answered\n"), out)
    fake.interrupted = None
    fake.fail = {"session.resume": [6, "nothing was interrupted", {"name": "conflict"}]}
    fake.error = [1, "", {}]                     # then fail says
    _, err = run("session", "resume", env=env, code=1)
    check("nothing to resume", "nothing was interrupted" in err, err)
    fake.error, fake.fail = None, {}
    fake.runs = [{"run": "r9", "tag": "call-1-2", "session": SESSIONS[1]["session"]}]
    run("session", "resume", env=env)
    check("an answer that somebody else gets is followed", fake.last("run.attach") == {"tag": "call-1-2", "stream": True}, fake.last("run.attach"))
    fake.runs, fake.interrupted = [], "r1"
    n = fake.count("session.create")
    out, err = run("chat", "--resume", stdin="next\n", env=env)
    check("chat --resume: the end, the answer, and on", "text 3" in out and out.index("text 3") < out.index("user\nnot answered\n") < out.index("The answer is 6.") and out.count("The answer is 6.") == 2 and fake.last("session.chat")["session"] == SESSIONS[1]["session"]
          and fake.count("session.create") == n, (out, err))
    fake.interrupted = None
    run("chat", "--last", stdin="/rewind\n/title new\n/fork copy\nagain\n", env=env)
    check("/rewind goes before the last question", fake.last("session.rewind")["message"] == MESSAGES[1]["message"], fake.last("session.rewind"))
    check("/title, /fork: it goes on in the copy", fake.last("session.rename")["title"] == "new" and fake.last("session.fork")["title"] == "copy" and fake.last("session.chat")["session"] == sid("f"))
    run("chat", "--resume=sc", stdin="", env=env)
    check("chat --resume=ID", fake.last("session.show")["session"] == sid("c"))
    run("chat", "--resume", "sa", stdin="", env=env)
    check("chat --resume ID", fake.last("session.show")["session"] == sid("a"))
    n = fake.count("session.delete")
    run("chat", stdin="x\n", env=env)
    check("chat keeps its conversation", fake.count("session.delete") == n and "durability" not in fake.last("session.create"))
    run("chat", "--private", stdin="x\n", env=env)
    check("chat --private: durability none, and deleted", fake.count("session.delete") == n + 1 and fake.last("session.create")["durability"] == "none")
    run("ask", "--store", "x", env=env)
    check("ask --store", fake.last("session.chat")["messages"][0]["content"] == "x" and "boxed" in fake.last("session.create")["system"])


def files(fake, env, folder):
    name = os.path.join(folder, "x.qwsession")
    fake.blob = bytes(range(256)) * 9000                     # 2.3 MB: three pieces
    want = fake.blob
    _, err = run("session", "export", "last", name, env=env)
    check("export", open(name, "rb").read() == want and fake.last("blob.close")["blob"] == "b1", err)
    check("export: no pages, unless it is told to", "pages" not in fake.last("session.export"), fake.last("session.export"))
    check("export leaves nothing else, and a private file", sorted(n for n in os.listdir(folder) if n.startswith("x.")) == ["x.qwsession"] and os.stat(name).st_mode & 0o77 == 0)
    _, err = run("session", "export", "last", name, env=env, code=1)
    check("export does not replace", "--force" in err, err)
    fake.blob = b"short"
    run("session", "export", "last", name, "--force", "--pages", env=env)
    check("export --pages", fake.last("session.export")["pages"] is True, fake.last("session.export"))
    check("export --force", open(name, "rb").read() == b"short")
    fake.fail = {"blob.read": [12, "the blob's file: no", {"name": "storage"}]}
    _, err = run("session", "export", "last", name, "--force", env=env, code=1)
    check("a failed export leaves the old file", open(name, "rb").read() == b"short" and len([n for n in os.listdir(folder) if n.startswith("x.")]) == 1, err)
    fake.fail = {}
    with open(name, "wb") as f:
        f.write(want)
    out, err = run("session", "import", name, "--title", "T", env=env)
    check("import", fake.blob == want and fake.last("session.import") == {"blob": "b2", "title": "T"} and sid("e") in out and "--resume" in err, (out, err))
    fake.fail = {"session.import": [3, "the file is damaged: its checksum", {"name": "invalid_params"}]}
    n = fake.count("blob.close")
    _, err = run("session", "import", name, env=env, code=1)
    check("a refused import says why, and closes its blob", "checksum" in err and fake.count("blob.close") == n + 1, err)
    fake.fail = {}
    run("session", "import", os.path.join(folder, "nothing"), env=env, code=1)
    run("session", "import", folder, env=env, code=1)


def store(fake, env):
    out, _ = run("store", "check", env=env)
    check("store check", out.startswith("first\nsecond ") and "\x1b" not in out, out)
    _, err = run("store", "check", "--deep", env=env, code=1)
    check("store check: faults", "2 faults" in err, err)
    out, _ = run("store", "gc", env=env)
    check("store gc", "before" in out and "now" in out, out)
    out, _ = run("store", "stats", env=env)
    check("store stats", "off: disk full" in out and "conversations  3" in out, out)


# ---- with a real qwend -------------------------------------------------------------------
# Slow enough that an answer can be caught in the middle; random weights, so what it says means nothing.
SLOW = ("--model", model("qwen3-small-q8_0"), "--chat-template", "qwen2.5", "--cpu-level", "ref")
PLAIN = ("--no-verify", "--no-stop-on-repetition", "-t", "1", "--system", "")


def kill(d):
    d.p.send_signal(signal.SIGKILL)
    d.p.wait(WAIT)


def shown(env, name="last"):
    return json.loads(run("session", "show", name, "--json", env=env)[0])


def texts(s):
    return [(m["role"], m["text"]) for m in s["messages"]]


def over_restarts(env, dir):
    with Daemon(*SLOW, dir=dir):
        run("ask", "--store", "--quiet", *PLAIN, "-n", "12", "--seed", "3", "What is 1 + 1?", env=env)
        run("chat", "--private", *PLAIN, "-n", "4", stdin="secret\n", env=env)
        out, _ = run("session", "list", "--json", env=env)
        before = shown(env)
        check("a stored question is in the list, a private one is not", [x["title"] for x in json.loads(out)] == ["What is 1 + 1?"] and before["total"] == 2, out)
    with Daemon(*SLOW, dir=dir):
        after = shown(env)
        check("it is there after a restart", after == before, (before, after))
        _, err = run("chat", "--last", *PLAIN, "-n", "12", "--seed", "4", "--stats", stdin="解方程 x\n", env=env)
        after = shown(env)
        check("chat --last goes on, and nothing is read twice", after["total"] == 4 and after["session"] == before["session"] and "from disk" in err and "+ 0 from disk" not in err, err)
        out, _ = run("session", "search", "程", "--json", env=env)
        check("search: one Chinese character", [h["session"] for h in json.loads(out)] == [before["session"]], out)
        run("session", "fork", "last", "2", "--title", "copy", env=env)
        copy = [x for x in json.loads(run("session", "list", "--json", env=env)[0]) if x.get("title") == "copy"][0]
        check("fork", texts(shown(env, copy["session"])) == texts(before), copy)
        run("session", "regenerate", copy["session"], *PLAIN, "-n", "5", "--seed", "9", env=env)
        other = shown(env, copy["session"])
        check("regenerate: another answer, and the first conversation keeps its own", texts(other)[1] != texts(before)[1] and texts(shown(env, before["session"])) == texts(after), other)
        run("session", "edit", copy["session"], "1", "And", "2 + 2?", *PLAIN, "-n", "5", env=env)
        check("edit", texts(shown(env, copy["session"]))[0] == ("user", "And 2 + 2?"))
        run("session", "rewind", before["session"], "2", env=env)
        check("rewind", texts(shown(env, before["session"])) == texts(before))
        run("session", "tag", copy["session"], "sums", env=env)
        run("session", "pin", copy["session"], env=env)
    with Daemon(*SLOW, dir=dir):
        rows = json.loads(run("session", "list", "--json", env=env)[0])
        check("tags, pin, title and heads are stored", [(x.get("title"), x["pinned"], x["tags"], x["messages"]) for x in rows]
              == [("copy", True, ["sums"], 2), ("What is 1 + 1?", False, [], 2)], rows)
        out, _ = run("store", "stats", "--json", env=env)
        check("store stats", json.loads(out)["sessions"] == 2 and json.loads(out)["dir"] == run("store", "path", env=env)[0].strip(), out)
        run("store", "check", "--deep", env=env)
        run("store", "gc", env=env)
        run("session", "delete", copy["session"], before["session"], "--yes", env=env)
        check("delete", json.loads(run("session", "list", "--json", env=env)[0]) == [])


def exported(env, folder, dir):
    name, full, other = (os.path.join(folder, n) for n in ("x.qwsession", "full.qwsession", "other"))
    there = dict(env, QWEND_SOCKET=os.path.join(other, "s"))
    with Daemon(*SLOW, dir=dir):
        run("ask", "--store", "--quiet", *PLAIN, "-n", "12", "--seed", "3", "What is 1 + 1?", env=env)
        run("session", "tag", "last", "sums", env=env)
        run("session", "export", "last", name, env=env)
        run("session", "export", "last", full, "--pages", env=env)
        check("pages make it larger", os.path.getsize(full) > os.path.getsize(name) + 100000, (os.path.getsize(full), os.path.getsize(name)))
        before = shown(env)
        run("chat", "--last", *PLAIN, "-n", "12", "--seed", "4", stdin="And 2 + 2?\n", env=env)
        after = shown(env)
        out, _ = run("session", "import", name, "--title", "again", "--json", env=env)
        check("import beside the original", texts(shown(env, json.loads(out)["session"])) == texts(before) and json.loads(out)["messages"] == 2, out)
    with Daemon(*SLOW, dir=other):
        run("session", "import", name, env=there)
        check("import on another machine: title, tags, messages", [(x["title"], x["tags"], x["messages"]) for x in
              json.loads(run("session", "list", "--json", env=there)[0])] == [("What is 1 + 1?", ["sums"], 2)])
    with Daemon(*SLOW, dir=other):
        _, err = run("chat", "--last", "--stats", *PLAIN, "-n", "12", "--seed", "4", stdin="And 2 + 2?\n", env=there)
        check("it is stored there, and goes on with the same answer", texts(shown(there)) == texts(after), (shown(there), after))
        check("without pages everything is prefilled", "+ 0 from disk" in err, err)
        damaged(there, folder, open(name, "rb").read())
    third = os.path.join(folder, "third")
    there = dict(env, QWEND_SOCKET=os.path.join(third, "s"))
    with Daemon(*SLOW, dir=third):
        run("session", "import", full, env=there)
        _, err = run("chat", "--last", "--stats", *PLAIN, "-n", "12", "--seed", "4", stdin="And 2 + 2?\n", env=there)
        check("with pages: from disk, and the same answer", "from disk" in err and "+ 0 from disk" not in err and texts(shown(there)) == texts(after), (err, shown(there), after))


def damaged(env, folder, good):
    """Files that are not what they should be: refused, each with its reason, and nothing is begun."""
    name = os.path.join(folder, "bad.qwsession")
    n = len(json.loads(run("session", "list", "--json", env=env)[0]))
    for what, data, says in (("empty", b"", "no conversation that qwend exported"), ("text", b"hello, world\n" * 20, "no conversation that qwend exported"),
                             ("a later version", good[:23] + b"\2" + good[24:], "version 2"), ("cut off", good[:-7], "cut off"),
                             ("one bit", good[:200] + bytes([good[200] ^ 1]) + good[201:], "checksum"), ("one bit of a length", good[:8] + b"\x11" + good[9:], "checksum"),
                             ("something behind it", good + b"x", "checksum"), ("the checksum", good[:-4] + b"0000", "checksum")):
        with open(name, "wb") as f:
            f.write(data)
        _, err = run("session", "import", name, env=env, code=1)
        check("import of a bad file: " + what, says in err, err)
    check("nothing is left of them", len(json.loads(run("session", "list", "--json", env=env)[0])) == n)


def uninterrupted(folder, n, seed):
    """What qwenctl shows of the same question where nothing happens."""
    env = dict(ENV, QWEND_SOCKET=os.path.join(folder, "s"))
    with Daemon(*SLOW, dir=folder):
        out, _ = run("ask", "--store", "--quiet", *PLAIN, "-n", str(n), "--seed", str(seed), "Go on.", env=env)
        return out, texts(shown(env))


def begin(env, n, seed):
    """An answer in the middle: the process, and what it has shown."""
    p = subprocess.Popen([CTL, "ask", "--store", "--quiet", *PLAIN, "-n", str(n), "--seed", str(seed), "Go on."],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    seen = b""
    while len(seen) < 30:
        b = os.read(p.stdout.fileno(), 4096)
        if not b:
            break
        seen += b
    return p, seen


def crashes(env, folder):
    n, seed = 48, 11
    want, said = uninterrupted(os.path.join(folder, "whole"), n, seed)
    dir = os.path.join(folder, "killed")
    env = dict(env, QWEND_SOCKET=os.path.join(dir, "s"))
    with Daemon(*SLOW, dir=dir) as d:
        p, seen = begin(env, n, seed)
        kill(d)
    with Daemon(*SLOW, dir=dir):
        rest, err = p.communicate(timeout=300)
        check("kill -9 in an answer: qwenctl waits for the next daemon and shows one whole answer", p.returncode == 0 and (seen + rest).decode() == want,
              (p.returncode, want, (seen + rest).decode(), err))
        check("and it is stored once", texts(shown(env)) == said, shown(env))
    with Daemon(*SLOW, dir=dir) as d:
        p, seen = begin(env, n, seed)
        kill(d)
        p.kill()
        p.communicate()
    with Daemon(*SLOW, dir=dir):
        s = shown(env)
        check("both killed: the answer is interrupted", s.get("interrupted") and s["total"] == 0, s)
        out, _ = run("session", "show", "last", env=env)[1], None
        check("session show says how to finish it", "session resume" in out, out)
        out, _ = run("session", "resume", env=env)
        check("session resume: the text that it would have had", out == want, (want, out))
        check("and then it is a whole conversation", texts(shown(env)) == said and "interrupted" not in shown(env), shown(env))
        _, err = run("session", "resume", env=env, code=1)
        check("only once", "nothing" in err, err)
    with Daemon(*SLOW, dir=dir) as d:
        p, seen = begin(env, n, seed)
        p.kill()                                                # only the client: the run ends, resumable
        p.communicate()
        out, err = run("chat", "--resume", *PLAIN, "-n", "3", stdin="more\n", env=env)
        check("chat --resume finishes the answer of a client that left, and goes on", want in out and shown(env)["total"] == 4, (want, out, err))


def without_a_store(env, folder):
    dir = os.path.join(folder, "none")
    env = dict(env, QWEND_SOCKET=os.path.join(dir, "s"))
    with Daemon(*SLOW, "-o", "store.enabled=no", dir=dir):
        _, err = run("ask", "--store", "--quiet", *PLAIN, "-n", "3", "x", env=env)
        check("an answer that could not be stored says so", "not stored: [store] enabled = no" in err, err)
        _, err = run("chat", "--private", *PLAIN, "-n", "3", stdin="x\n", env=env)
        check("a private one does not", "not stored" not in err, err)
        out, _ = run("status", env=env)
        check("status says so", "conversations are not stored: [store] enabled = no" in out, out)
        _, err = run("store", "check", env=env, code=1)
        check("store check says so", "enabled = no" in err, err)
        out, _ = run("session", "list", env=env)
        check("it is in the daemon's memory", "(not stored)" in out, out)
        _, err = run("session", "export", "last", os.path.join(dir, "x"), env=env, code=1)
        check("and cannot be exported, says why", "in memory only: [store] enabled = no" in err and not os.path.exists(os.path.join(dir, "x")), err)
        _, err = run("session", "import", os.path.join(folder, "x.qwsession"), env=env, code=1)
        check("nor imported", "what is imported is stored, and nothing is" in err, err)


ENV = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm")


def real():
    if not os.access(os.path.join(BUILD, "daemon", "qwend"), os.X_OK):
        print("ok - with a real qwend # SKIP it is not built")
        return
    with tempfile.TemporaryDirectory(prefix="qws") as folder:
        os.chmod(folder, 0o700)
        ENV.update(HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder)
        dir = os.path.join(folder, "d")
        over_restarts(dict(ENV, QWEND_SOCKET=os.path.join(dir, "s")), dir)
        exported(dict(ENV, QWEND_SOCKET=os.path.join(dir, "s")), folder, dir)
        crashes(ENV, folder)
        without_a_store(ENV, folder)


def main():
    if not os.access(CTL, os.X_OK):
        print("qwenctl is not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="qws") as folder:
        os.chmod(folder, 0o700)
        fake = Sessions(folder)
        env = dict(os.environ, QWEND_SOCKET=fake.path, HOME=folder, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", TERM="xterm")
        for k in ("VISUAL", "NO_COLOR", "XDG_DATA_HOME"):
            env.pop(k, None)
        naming(fake, env)
        lists(fake, env)
        changes(fake, env)
        resuming(fake, env)
        files(fake, env, folder)
        store(fake, env)
    real()
    print("%d failed" % t.failures)
    sys.exit(1 if t.failures else 0)


if __name__ == "__main__":
    main()
