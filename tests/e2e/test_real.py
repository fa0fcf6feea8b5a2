#!/usr/bin/env python3
"""The whole program as a person uses it, on the real models: qwenctl, a daemon that it starts, checks.

QWEN_TEST_SMALL and QWEN_TEST_DEFAULT name the model files; a case whose file is not named is skipped.
Every case runs in private HOME and XDG folders; nothing sleeps, each wait is for an event or an answer.
Prints TAP.  `test_real.py WORD...` runs the cases whose names hold a word.  Standard library only."""
import json, os, pty, re, select, shutil, signal, subprocess, sys, tempfile, time

TOP = os.environ.get("abs_top_srcdir", os.path.abspath(os.path.join(os.path.dirname(__file__), "../..")))
BUILD = os.environ.get("abs_top_builddir", TOP)
QWENCTL = os.path.join(BUILD, "client/qwenctl")
SMALL, DEFAULT = os.environ.get("QWEN_TEST_SMALL"), os.environ.get("QWEN_TEST_DEFAULT")
LIMIT = 180                                 # seconds; a command that takes longer has failed
LINEAR = "请解方程：2x + 5 = 17"


class Home:
    """A user of one's own: HOME, the XDG folders, models linked in, and the daemon that qwenctl starts."""
    def __init__(self, *models):
        self.dir = tempfile.mkdtemp(prefix="qwr-")          # short: a socket's path has 107 bytes
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("QWEND_", "XDG_"))}
        self.env.update(HOME=self.dir, TERM="xterm", LANG="C.UTF-8", LC_ALL="C.UTF-8", NO_COLOR="1")
        for name, folder in (("RUNTIME_DIR", "run"), ("DATA_HOME", "data"), ("CACHE_HOME", "cache"),
                             ("CONFIG_HOME", "conf"), ("STATE_HOME", "state")):
            self.env["XDG_" + name] = os.path.join(self.dir, folder)
            os.mkdir(self.env["XDG_" + name], 0o700)
        os.makedirs(os.path.join(self.dir, "data/qwend/models"), 0o700)
        os.chmod(os.path.join(self.dir, "data/qwend"), 0o700)
        self.models = os.path.join(self.dir, "data/qwend/models")
        self.log = os.path.join(self.dir, "state/qwend/qwend.log")
        for m in models:
            os.symlink(os.path.abspath(m), os.path.join(self.models, os.path.basename(m)))

    def start(self, *args, **kw):
        return subprocess.Popen([QWENCTL, *args], env=self.env, stdin=kw.pop("stdin", subprocess.DEVNULL),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw)

    def ctl(self, *args, input=None, want=0):
        """qwenctl ARGS: (stdout, stderr); want: the exit code, None for any."""
        r = subprocess.run([QWENCTL, *args], env=self.env, text=True, input=input or "", capture_output=True, timeout=LIMIT)
        if want is not None and r.returncode != want:
            raise AssertionError(f"qwenctl {' '.join(args)[:80]}: exit code {r.returncode}, not {want}\n{r.stdout[-800:]}\n{r.stderr[-800:]}")
        self.code = r.returncode
        return r.stdout, r.stderr

    def json(self, *args, input=None):
        return json.loads(self.ctl(*args, input=input)[0])

    def ask(self, question, *args):
        return self.json("ask", "--json", *args, question)

    def status(self):
        return self.json("status", "--json")

    def wait_status(self, what, seconds=60):
        """Asks until what(status) holds; every question waits for its answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            s = self.status()
            if what(s):
                return s
        raise AssertionError(f"status did not become what was waited for: {s['runs']}")

    def logged(self):
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def close(self):
        subprocess.run([QWENCTL, "daemon", "stop"], env=self.env, capture_output=True, timeout=LIMIT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if exc[0] is not None and os.path.exists(self.log):
            for line in self.logged().splitlines()[-8:]:
                print("#   log:", line)
        self.close()


class Terminal:
    """qwenctl on a pseudo terminal."""
    def __init__(self, home, *args):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(QWENCTL, [QWENCTL, *args], home.env)
        self.all, self.at = "", 0

    def expect(self, pattern, seconds=LIMIT):
        """Waits for the pattern in what comes after the last match; returns the match."""
        end = time.monotonic() + seconds
        while True:
            m = re.compile(pattern).search(self.all, self.at)
            if m:
                self.at = m.end()
                return m
            if time.monotonic() > end or not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {pattern!r} came; the screen's end: {self.all[self.at:][-600:]!r}")
            try:
                b = os.read(self.fd, 65536)
            except OSError:
                b = b""
            if not b:
                raise AssertionError(f"it ended before {pattern!r} came: {self.all[self.at:][-600:]!r}")
            text = self.raw(b)
            self.all += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][0-9A-B]?", "", text)

    rest = b""

    def raw(self, b):
        """Bytes as text; a character cut in two waits for its rest."""
        b = self.rest + b
        for cut in range(0, 4):
            try:
                text = b[:len(b) - cut].decode()
                self.rest = b[len(b) - cut:] if cut else b""
                return text
            except UnicodeDecodeError:
                continue
        self.rest = b""
        return b.decode(errors="replace")

    def line(self, text):
        os.write(self.fd, text.encode() + b"\r")

    def key(self, b):
        os.write(self.fd, b)

    def alive(self):
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)

    def end(self):
        """Reads to the end; the exit code."""
        try:
            while select.select([self.fd], [], [], 30)[0] and os.read(self.fd, 65536):
                pass
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


# ---- cases -------------------------------------------------------------------------------
CASES = []


def case(name, *needs):
    def add(f):
        CASES.append((name, needs, f))
        return f
    return add


def check(what, got):
    if not what:
        raise AssertionError(str(got)[-1500:])


def usage_adds_up(u):
    check(u["prompt"] == u["from_memory"] + u["from_disk"] + u["prefilled"], u)


@case("without a model: doctor, model ls and ask say what to do")
def no_model():
    with Home() as h:
        out, _ = h.ctl("doctor", want=1)
        check("qwenctl model pull" in out, out)
        names = {m["name"]: m["state"] for m in h.json("model", "ls", "--json")}
        check(names.get("smollm2-135m") == "absent", names)
        _, err = h.ctl("ask", "1+1=?", want=3)
        check("qwenctl model pull" in err, err)
        _, err = h.ctl("status", want=1)
        check("qwenctl daemon start" in err, err)


@case("version and doctor without a daemon", "small")
def version_doctor():
    with Home(SMALL) as h:
        out, _ = h.ctl("version")
        check(re.match(r"qwenctl \d+\.\d+", out) and "none answers" in out, out)
        found = {i["name"]: i for i in h.json("doctor", "--json")}
        check(found["checking"]["state"] == "ok" and found["model"]["state"] == "ok", found)
        check({"processor", "memory", "gpu", "daemon", "jail", "programs", "python"} <= set(found), found)
        # Nothing is missing where programs do not run, but it says why.
        check(found["python"]["state"] == "ok" or found["python"]["found"], found)


@case("a socket path over 107 bytes is an error that says so", "small")
def long_socket():
    with Home(SMALL) as h:
        deep = os.path.join(h.dir, "x" * 110)
        os.mkdir(deep, 0o700)
        h.env["XDG_RUNTIME_DIR"] = deep
        _, err = h.ctl("ask", "1+1=?", want=None)
        check(h.code != 0 and "107" in err and err.count("\n") <= 2, err)


@case("verify --json: no hard error on the labelled cases, without model or daemon")
def verify_cases():
    path = os.path.join(TOP, "tests/data/verify/noref_cases_dev.jsonl")
    with Home() as h:
        rows = [json.loads(l) for l in open(path, encoding="utf-8")]
        out, _ = h.ctl("verify", "--json", input="".join(json.dumps({k: r[k] for k in ("id", "question", "response")}) + "\n" for r in rows))
        got = {v["id"]: v for v in map(json.loads, out.splitlines())}
        check(set(got) == {r["id"] for r in rows}, sorted({r["id"] for r in rows} - set(got)))
        hard = [(r["id"], r["verdict"], got[r["id"]]["verdict"]) for r in rows
                if got[r["id"]]["verdict"] in ("verified", "refuted") and got[r["id"]]["verdict"] != r["verdict"]]
        check(not hard, hard)
        decided = sum(got[r["id"]]["verdict"] == r["verdict"] for r in rows if r["verdict"] != "undecided")
        linear = [r for r in rows if "linear" in r["kind"] and r["verdict"] != "undecided"]
        print(f"# {decided} of {sum(r['verdict'] != 'undecided' for r in rows)} decided as labelled")
        check(linear and all(got[r["id"]]["verdict"] == r["verdict"] for r in linear),
              [(r["id"], got[r["id"]]["verdict"]) for r in linear])
        check(not os.path.exists(h.log), "a daemon was started")


@case("equiv --json: no hard error on the labelled cases, without model or daemon")
def equiv_cases():
    path = os.path.join(TOP, "tests/data/verify/equiv_cases_dev.jsonl")
    with Home() as h:
        rows = [json.loads(l) for l in open(path, encoding="utf-8")]
        out, _ = h.ctl("equiv", "--json", input="".join(json.dumps({k: r[k] for k in ("id", "gold", "answer")}) + "\n" for r in rows))
        got = {v["id"]: v["equal"] for v in map(json.loads, out.splitlines())}
        hard = [(r["id"], r["equal"], got[r["id"]]) for r in rows if got[r["id"]] is not None and got[r["id"]] != r["equal"]]
        check(not hard, hard)
        decided = sum(got[r["id"]] is not None for r in rows)
        print(f"# {decided} of {len(rows)} decided")
        check(decided > len(rows) // 2, decided)


@case("verify and equiv on the command line, with their exit codes")
def verify_one():
    with Home() as h:
        out, _ = h.ctl("verify", "Solve 2x + 5 = 17", "x = 6", want=0)
        check("✔ verified" in out and "2·6 + 5 = 17" in out, out)
        out, _ = h.ctl("verify", "Solve 2x + 5 = 17", "x = 7", want=4)
        check("✘ refuted" in out, out)
        out, _ = h.ctl("verify", "Why is the sky blue?", "It is scattered light.", want=5)
        check("? undecided" in out, out)
        h.ctl("equiv", "\\frac{1}{2}", "0.5", want=0)
        h.ctl("equiv", "\\frac{1}{3}", "0.333", want=4)
        h.ctl("verify", "only one", want=2)


@case("ask on the default model: a checked answer in the question's language, then reuse of daemon and prefix", "default")
def ask_default():
    with Home(DEFAULT) as h:
        out, err = h.ctl("ask", "--stats", LINEAR)
        check(re.search(r"^✔ verified.*2·6 \+ 5 = 17", out, re.M), out)
        check("read as:" in out, out)
        check(re.search(r"demonstration model, 0\.5B", err), err)
        check(re.search(r"[\u4e00-\u9fff]", out), out)
        m = re.search(r"prompt: (\d+) tokens = (\d+) from memory \+ (\d+) from disk \+ (\d+) prefilled", err)
        check(m and int(m[1]) == int(m[2]) + int(m[3]) + int(m[4]), err)
        pid = h.status()["pid"]
        r = h.ask(LINEAR)
        usage_adds_up(r["usage"])
        check(h.status()["pid"] == pid and h.logged().count("daemon: serving") == 1, h.logged())
        # The same prompt again: whole pages come from memory.
        check(r["usage"]["from_memory"] >= (r["usage"]["prompt"] - 1) // 16 * 16 - 16 > 0, r["usage"])
        check(r["verification"]["verdict"] == "verified", r["verification"])
        check(out.startswith(r["choices"][0]["text"][:40]), "at temperature 0 the text differs")
        check(LINEAR[5:] not in h.logged(), "the question is in the log")
        # An example, with its reference answer.
        out, _ = h.ctl("ask", "--example", "-n", "8", "--no-verify")
        check("reference answer: " in out, out)


@case("ask --tool: the default model calls python by itself, and goes on with what that says", "default")
def ask_tool():
    with Home(DEFAULT) as h:
        os.mkdir(os.path.join(h.env["XDG_CONFIG_HOME"], "qwend"), 0o700)
        with open(os.path.join(h.env["XDG_CONFIG_HOME"], "qwend/qwend.conf"), "w") as f:
            f.write('[plugin "python"]\nrun_program = yes\n')
        question, product = "Use the python tool to compute 123456789 * 987654321.", "121932631112635269"
        r = h.ask(question, "--tool", "python", "-n", "400")
        k = r["tool_calls"]
        check(k and k[0]["name"] == "python" and k[0]["output"] == product + "\n" and "error" not in k[0], k)
        check(product in r["choices"][0]["text"] and '"name"' not in r["choices"][0]["text"], r["choices"])
        again = h.ask(question, "--tool", "python", "-n", "400")
        check((again["choices"], [c["output"] for c in again["tool_calls"]]) == (r["choices"], [c["output"] for c in k]), again)
        out, err = h.ctl("ask", "-q", "--tool", "python", "-n", "400", question)
        check("python: 123456789 * 987654321\n" in err and "→ " + product in err and product in out and product not in out.split("\n")[0], out + err)


@case("ask on the small model: plain, piped, as JSON; wrong usage", "small")
def ask_small():
    with Home(SMALL) as h:
        out, err = h.ctl("ask", "--no-verify", "-n", "24", "What is 2+3?")
        check(len(out.strip()) > 5 and "smollm2-135m" in err, out + err)
        a = h.json("ask", "--json", "--no-verify", "-n", "24", input="What is 2+3?\n")
        b = h.json("ask", "--json", "--no-verify", "-n", "24", "-", input="What is 2+3?")
        check(a["choices"][0]["text"] == b["choices"][0]["text"] and out.startswith(a["choices"][0]["text"].strip()[:20]), (a, b, out))
        check(a["model"] == "smollm2-135m" and a["choices"][0]["finish_reason"] == "length", a)
        h.ctl("ask", "--temperatur", "1", "x", want=2)
        h.ctl("ask", "--temperature", "hot", "x", want=2)
        _, err = h.ctl("ask", input="", want=None)
        check(h.code in (1, 2) and "question" in err, err)
        # Over the context: an error with both numbers, and nothing is cut.
        _, err = h.ctl("ask", input="number " * 20000, want=1)
        check(re.search(r"\d{5} tokens.*\d{4}", err), err)


def same_seed(model):
    with Home(model) as h:
        how = ("--no-verify", "--temperature", "0.9", "--seed", "7", "-n", "48")
        alone = h.ask(LINEAR, *how)["choices"][0]["text"]
        others = ["What is 12 * 12?", "List five primes.", "Tell me about triangles."]
        ps = [h.start("ask", "--json", *how, LINEAR)] + \
             [h.start("ask", "--json", "--no-verify", "--temperature", "1", "--seed", str(i), "-n", "64", q) for i, q in enumerate(others)]
        outs = [p.communicate(timeout=LIMIT) for p in ps]
        check(all(p.returncode == 0 for p in ps), outs)
        check(json.loads(outs[0][0])["choices"][0]["text"] == alone, (alone, outs[0][0]))
        other = h.ask(LINEAR, "--no-verify", "--temperature", "0.9", "--seed", "8", "-n", "48")["choices"][0]["text"]
        check(other != alone, "another seed gave the same text")


@case("the same seed gives the same text alone and among four, small model", "small")
def same_seed_small():
    same_seed(SMALL)


@case("the same seed gives the same text alone and among four, default model", "default")
def same_seed_default():
    same_seed(DEFAULT)


@case("two first calls at once start one daemon", "small")
def two_first():
    with Home(SMALL) as h:
        ps = [h.start("ask", "--json", "--no-verify", "-n", "8", "What is 2+3?") for _ in range(3)]
        outs = [p.communicate(timeout=LIMIT) for p in ps]
        check(all(p.returncode == 0 for p in ps), outs)
        check(h.logged().count("daemon: serving") == 1, h.logged())
        check(len({json.loads(o)["choices"][0]["text"] for o, _ in outs}) == 1, outs)


@case("daemon start, restart, log, stop", "small")
def daemon_commands():
    with Home(SMALL) as h:
        _, err = h.ctl("daemon", "start")
        check("started" in err, err)
        _, err = h.ctl("daemon", "start")
        check("already" in err, err)
        s = h.wait_status(lambda s: s["model"]["state"] == "loaded")
        check(s["idle_exit_ms"] == 15 * 60 * 1000, s)
        h.ctl("daemon", "restart")
        check(h.status()["pid"] != s["pid"], s)
        out, _ = h.ctl("daemon", "log", "-n", "3")
        check(len(out.splitlines()) == 3 and re.match(r"\d{4}-\d\d-\d\dT", out), out)
        out, _ = h.ctl("version")
        check(re.search(r"^qwend \d", out, re.M), out)
        out, _ = h.ctl("plugin", "ls")
        check("calculator" in out, out)
        h.ctl("daemon", "stop")
        h.ctl("status", want=1)
        h.ctl("daemon", "stop", want=1)


@case("model ls, show, rm", "small")
def model_commands():
    with Home(SMALL) as h:
        path = os.path.join(h.models, os.path.basename(SMALL))
        out, _ = h.ctl("model", "show", "small")
        check(path in out and "installed" in out, out)
        for running in (False, True):
            if running:
                h.ctl("daemon", "start")
            names = {m["name"]: m["state"] for m in h.json("model", "ls", "--json")}
            check(names["smollm2-135m"] in ("installed", "loaded", "loading") and names["qwen2.5-coder-0.5b"] == "absent", names)
            h.ctl("model", "show", "small", "--json")
            h.ctl("model", "show", "no-such-model", want=1)
        h.ctl("model", "rm", "small", want=None)                # not a terminal: not without --yes
        check(h.code != 0 and os.path.lexists(path), h.code)
        h.ctl("model", "rm", "small", "--yes")
        check(not os.path.lexists(path) and os.path.exists(SMALL), path)
        h.ctl("model", "rm", "small", "--yes", want=1)
        h.ctl("model", "pull", "no-such-model", want=2)


@case("a client that is killed mid-answer frees its work; Ctrl-C of ask exits 130", "small")
def killed():
    with Home(SMALL) as h:
        h.ask("1+1=?", "-n", "1", "--no-verify")
        long = ("ask", "-q", "--no-verify", "--temperature", "1", "--seed", "3", "-n", "4000", "--no-stop-on-repetition", "Tell a very long story.")
        for sig, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
            p = h.start(*long)
            check(p.stdout.read(1), "no text came")
            h.wait_status(lambda s: s["runs"]["running"] == 1)
            p.send_signal(sig)
            p.communicate(timeout=30)
            check(p.returncode == code, p.returncode)
            began = time.monotonic()
            s = h.wait_status(lambda s: s["runs"]["running"] == 0, 10)
            check(s["memory"]["pages_used"] == 0 and time.monotonic() - began < 5, s["memory"])


@case("a truncated and a missing model file: one clear error each, and serving goes on", "small")
def broken_files():
    with Home(SMALL) as h:
        with open(SMALL, "rb") as f, open(os.path.join(h.models, "cut.gguf"), "wb") as g:
            g.write(f.read(3 << 20))
        with open(os.path.join(h.models, "text.gguf"), "w") as g:
            g.write("this is no model\n")
        gone = os.path.join(h.models, "gone.gguf")
        shutil.copyfile(os.path.join(h.models, "cut.gguf"), gone)
        h.ask("1+1=?", "-n", "1", "--no-verify", "--model", "small")
        os.unlink(gone)
        for name in ("cut", "text", "gone", "never-there"):
            _, err = h.ctl("ask", "-q", "--model", name, "1+1=?", want=1)
            check(err.startswith("qwenctl: ") and err.count("\n") == 1 and len(err) > 20, err)
            r = h.ask("1+1=?", "-n", "2", "--no-verify", "--model", "small")
            check(r["usage"]["completion"] == 2, r)
        check(h.logged().count("daemon: serving") == 1, "the daemon was started again")


@case("another model is asked for: the daemon switches", "small", "default")
def switching():
    with Home(SMALL, DEFAULT) as h:
        for name, is_ in (("default", "qwen2.5-coder-0.5b"), ("small", "smollm2-135m"), ("default", "qwen2.5-coder-0.5b")):
            r = h.ask("1+1=?", "-n", "4", "--no-verify", "--model", name)
            check(r["model"] == is_, r)
        check(h.logged().count("daemon: serving") == 1, h.logged())


STATS = r"prompt: (\d+) tokens = (\d+) from memory \+ (\d+) from disk \+ (\d+) prefilled[^\n]*\n[^\n]*seed \d+"


@case("chat on a terminal: two turns in Chinese, the commands, Ctrl-C stops the answer and not the program", "default")
def chat():
    with Home(DEFAULT) as h:
        t = Terminal(h, "chat")
        t.expect("/help lists commands")
        t.expect("> ")
        for line, answer in (("/help", r"/save FILE"), ("/set temperature 0", "temperature: 0"), ("/set max_tokens 120", "max_tokens: 120"),
                             ("/set tempratur 1", "did you mean 'temperature'"), ("/set seed x", "whole number"), ("/hlep", "did you mean /help"),
                             ("/verify off", "not checked"), ("/verify on", "are checked"), ("/retry", "nothing to try again"),
                             ("/save", "where"), ("/stats", "on"), ("/model", "demonstration model")):
            t.line(line)
            t.expect(answer, 30)
            t.expect("> ")
        t.line("解方程：3x = 9")
        one = t.expect(STATS)
        check(re.search(r"[✔✘?] (verified|refuted|undecided)", t.all), t.all[-800:])
        t.expect("> ")
        t.line("再解：x + 1 = 5")
        two = t.expect(STATS)
        check(int(two[2]) >= int(one[1]) // 16 * 16 > 0, (one[0], two[0]))      # the first turn was not read again
        t.expect("> ")
        t.line("/retry")
        again = t.expect(STATS)
        check(int(again[2]) >= (int(two[1]) - 1) // 16 * 16 > 0, (two[0], again[0]))
        t.expect("> ")
        saved = os.path.join(h.dir, "saved.md")
        t.line("/save " + saved)
        t.expect("saved to")
        with open(saved, encoding="utf-8") as f:
            text = f.read()
        check("解方程：3x = 9" in text and "再解：x + 1 = 5" in text and text.count("## assistant") == 2, text)
        check(os.stat(saved).st_mode & 0o777 == 0o600, oct(os.stat(saved).st_mode))
        t.expect("> ")
        t.line("/set max_tokens 3000")
        t.expect("> ")
        t.line("/system 你是一个讲故事的人。")
        t.expect("new conversation")
        t.expect("> ")
        t.line("请讲一个很长很长的故事")
        t.expect(r"\n[^\n]*[\u4e00-\u9fff]{6,}")
        h.wait_status(lambda s: s["runs"]["running"] == 1)
        t.key(b"\x03")
        t.expect("> ")
        h.wait_status(lambda s: s["runs"]["running"] == 0, 10)
        check(t.alive(), "Ctrl-C ended the program")
        t.key(b"half a line\x03")                                # Ctrl-C drops a line that is being typed
        t.expect("> ")
        t.line("/clear")
        t.expect("a new conversation")
        t.expect("> ")
        t.line('"""')
        t.line("第一行")
        t.line("1 + 1 = ?")
        t.line('"""')
        t.expect(STATS)
        t.expect("> ")
        t.line("/quit")
        check(t.end() == 0, "exit code")
        t = Terminal(h, "chat")
        t.expect("> ")
        t.key(b"\x10")                                           # Ctrl-P: the history is kept
        t.expect("/quit")
        t.key(b"\x15\x04")                                       # kill the line, Ctrl-D
        check(t.end() == 0, "exit code after Ctrl-D")
        check("故事" not in h.logged(), "a conversation is in the log")


def main():
    number = failed = 0
    have = {"small": SMALL, "default": DEFAULT}
    began = time.monotonic()
    for name, needs, f in CASES:
        if sys.argv[1:] and not any(w in name or w == f.__name__ for w in sys.argv[1:]):
            continue
        number += 1
        missing = [n for n in needs if not have[n]]
        if missing:
            print(f"ok {number} - {name} # SKIP QWEN_TEST_{missing[0].upper()} is not set", flush=True)
            continue
        start = time.monotonic()
        try:
            f()
            print(f"ok {number} - {name} # {time.monotonic() - start:.1f} s", flush=True)
        except (AssertionError, subprocess.TimeoutExpired, OSError, KeyError, ValueError, IndexError) as e:
            failed += 1
            for line in f"{type(e).__name__}: {e}".splitlines()[:30]:
                print("#", line)
            print(f"not ok {number} - {name}", flush=True)
    print(f"1..{number}\n# {number - failed} good, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
