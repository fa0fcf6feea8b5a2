#!/usr/bin/env python3
"""The program jail: results, isolation, and every abuse that abuse.py lists, in four ways of layers.

Runs as an ordinary user: root becomes nobody first.  Says what this system has; what it lacks is said, not passed over.
JAIL_SOAK=yes (make soak-jail): a thousand programs in each way instead of a few dozen.
"""
import concurrent.futures, ctypes, errno, os, re, select, shutil, socket, struct, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
import abuse, lib

BUILD = os.environ.get("abs_top_builddir", ".")
SOAK = os.environ.get("JAIL_SOAK") == "yes"
PYTHON = next((p for p in ("/usr/bin/python3", "/usr/local/bin/python3") if os.access(p, os.X_OK)), None)
WAYS = {
    "all layers": [],
    "no namespaces": ["--without", "namespaces"],
    "no Landlock": ["--without", "landlock"],
    "neither": ["--without", "namespaces", "--without", "landlock"],
}
LIMIT_MS = 300          # for what may run out of time


def as_user():
    """What turns the child of subprocess into an ordinary user."""
    return dict(user=65534, group=65534, extra_groups=[]) if os.geteuid() == 0 else {}


class Place:
    """A folder that the ordinary user owns: the programs, a home with a secret, sockets that answer."""
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="qwend-jail-", dir="/tmp")
        self.home = os.path.join(self.dir, "home")
        os.chmod(self.dir, 0o755)
        for name in ("plugins/program/qwend-program", "tests/plugin/prog_driver"):
            shutil.copy(os.path.join(BUILD, name), self.dir)
        os.mkdir(self.home)
        names = dict(secret=self.home + "/secret", link=self.home + "/link", folder=self.home, socket=self.home + "/qwend.sock",
                     abstract="qwend-jail-%d" % os.getpid())
        with open(names["secret"], "w") as f: f.write("a secret")
        os.symlink(names["secret"], names["link"])
        self.listeners = [socket.create_server(("127.0.0.1", 0), backlog=64)]
        for path in (names["socket"], "\0" + names["abstract"]):
            s = socket.socket(socket.AF_UNIX)
            s.bind(path)
            s.listen(64)
            self.listeners.append(s)
        self.names = dict(names, port=self.listeners[0].getsockname()[1])
        if os.geteuid() == 0:
            for path in (self.home, names["secret"], names["socket"]): os.chown(path, 65534, 65534)

    def fill(self, source):
        return source.format(**self.names)

    def end(self):
        for s in self.listeners: s.close()
        shutil.rmtree(self.dir, ignore_errors=True)


place = Place()


class Jail:
    """A driver, as an ordinary user; before: what its process does first, and becomes that user by itself."""
    def __init__(self, *options, user=True, before=None):
        self.p = subprocess.Popen([place.dir + "/prog_driver", place.dir + "/qwend-program", *options], cwd="/", env={"HOME": place.home},
                                  preexec_fn=before, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  **(as_user() if user and before is None else {}))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.p.stdin.close()
        said = self.p.stderr.read()
        if self.p.wait() != 0 and exc[0] is None: raise AssertionError("the driver ended with %d: %s" % (self.p.returncode, said.decode()))
        if exc[0] is not None: print(said.decode(errors="replace"))
        for f in (self.p.stdout, self.p.stderr): f.close()

    def ask(self, *words, code=None, more=b""):
        source = code if isinstance(code, bytes) else (code or "").encode()
        line = " ".join(map(str, words)) + (" %d" % len(source) if code is not None else "")
        self.p.stdin.write(line.encode() + b"\n" + source + more)
        self.p.stdin.flush()
        answer = self.p.stdout.readline().decode().rstrip("\n")
        assert answer, "the driver is gone after: " + line
        return answer

    def run(self, code, budget=0, word="run", more=b""):
        """(end, output, error text, ms, cpu ms, status), or ("error", name, message)."""
        kind, rest = self.ask(word, budget, code=code, more=more).split(" ", 1)
        if kind == "error": return (kind, *rest.split(" ", 1))
        end, ms, cpu, status, n_out, n_err = rest.split(" ")
        text = self.p.stdout.read(int(n_out) + int(n_err) + 1)
        return end, text[:int(n_out)], text[int(n_out):-1].decode(), float(ms), float(cpu), int(status)

    def feed(self, code, data):
        return self.run(code, len(data), "feed", data)

    def info(self):
        names = "level state python sympy missing last_error runs starts pid".split()
        return dict(zip(names, self.ask("info")[5:].split("|")))

    def own(self):
        fds, kib, children = self.ask("own").split(" ")[1:]
        return int(fds), int(kib), children


def outside(source):
    """The same program without the jail, as the same user."""
    return subprocess.run([PYTHON, "-ISB", "-c", source], capture_output=True, env={"HOME": place.home}, cwd=place.home, timeout=lib.WAIT, **as_user()).stdout


# --- what the system has -----------------------------------------------------------------------------------------

def has_namespaces():
    """By another way than the jail's own."""
    if shutil.which("bwrap", path="/usr/bin:/usr/local/bin") is None: return "bubblewrap is not installed"
    p = subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True, text=True, env={"PATH": "/usr/bin:/usr/local/bin"}, **as_user())
    return "" if p.returncode == 0 else p.stderr.strip()


def has_landlock():
    version = ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)
    return "" if version >= 1 else os.strerror(ctypes.get_errno())


NO_NAMESPACES, NO_LANDLOCK = has_namespaces(), has_landlock()


def expected(way):
    namespaces, landlock = NO_NAMESPACES == "" and "namespaces" not in WAYS[way], NO_LANDLOCK == "" and "landlock" not in WAYS[way]
    return "+".join(["namespaces"] * namespaces + ["landlock"] * landlock + ["seccomp"]) if namespaces or landlock else "none"


def ways():
    """Those in which programs run here."""
    return [w for w in WAYS if expected(w) != "none"]


shared = {}


def jail_in(way):
    """One for all tests that need no options of their own: it outlives everything that they do."""
    # Only what is given a budget runs out of time, on however slow a machine.
    if way not in shared: shared[way] = Jail(*WAYS[way], "--wall", "120000", "--cpu", "60000").__enter__()
    return shared[way]


def best():
    return jail_in(ways()[0])


# --- tests ------------------------------------------------------------------------------------------------------

def test_levels():
    """Each way is at the level that the system allows, says what is missing, and the one without walls refuses."""
    print("# namespaces: %s; Landlock: %s" % (NO_NAMESPACES or "work", NO_LANDLOCK or "works"))
    for way in WAYS:
        jail = jail_in(way)
        end = jail.run("print(6 * 7)")
        info = jail.info()
        print("# %-14s %s%s" % (way, info["level"], "; missing: " + info["missing"] if info["missing"] else ""))
        assert info["level"] == expected(way), info
        if info["level"] == "none":
            assert end[:2] == ("error", "unsupported") and "namespaces" in end[2] and "Landlock" in end[2] and "install" in end[2], end
            assert info["state"] == "refused" and info["last_error"] == end[2], info
            assert jail.run("print(1)")[:2] == ("error", "unsupported")
            assert jail.info()["starts"] == info["starts"], "refused, yet it was tried again at once"
        else:
            assert end[:2] == ("ok", b"42\n") and info["state"] == "ready" and re.fullmatch(r"3\.\d+\.\d+", info["python"]), (end, info)
            assert ("namespaces" in info["missing"]) != ("namespaces" in info["level"]), info
            assert ("Landlock" in info["missing"]) != ("landlock" in info["level"]), info


def deny(*rules):
    """A filter under which the kernel itself says no: (call, flag in its first argument or None, errno)."""
    load, equal, some, give = 0x20, 0x15, 0x45, 0x06
    code = b"".join(struct.pack("<HBBI", load, 0, 0, 0) + struct.pack("<HBBI", equal, 0, 3 if flag else 1, call) +
                    (struct.pack("<HBBIHBBI", load, 0, 0, 16, some, 0, 1, flag) if flag else b"") + struct.pack("<HBBI", give, 0, 0, 0x50000 | error)
                    for call, flag, error in rules) + struct.pack("<HBBI", give, 0, 0, 0x7fff0000)
    text = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(text)))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4

    def install():
        if os.geteuid() == 0:
            os.setgroups([]), os.setgid(65534), os.setuid(65534)
        assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, ctypes.addressof(program), 0, 0) == 0
    install.text = text                 # must live as long
    return install


def test_kernel_says_no():
    """The same four ways, where it is the kernel that refuses: what works is found out by trying."""
    if os.uname().machine != "x86_64": return print("# skipped: the numbers of system calls are x86-64's")
    new_user = 0x10000000
    namespaces = [(56, new_user, errno.EPERM), (272, new_user, errno.EPERM), (435, None, errno.ENOSYS)]      # clone, unshare, clone3
    landlock = [(444, None, errno.ENOSYS)]
    for way, rules in (("no namespaces", namespaces), ("no Landlock", landlock), ("neither", namespaces + landlock)):
        with Jail(before=deny(*rules)) as jail:
            end, info = jail.run("print(6 * 7)"), jail.info()
            print("# %-14s %s" % (way, info["missing"] or info["last_error"]))
            assert info["level"] == expected(way), (end, info)
            if info["level"] == "none": assert end[:2] == ("error", "unsupported") and "bwrap: " in end[2] and "Landlock is not in this kernel" in end[2], end
            else:
                assert end[:2] == ("ok", b"42\n") and jail.run("open('/etc/passwd')")[0] == "exception", (end, info)
                assert ("bwrap: " if way == "no namespaces" and NO_NAMESPACES == "" else "") in info["missing"], info


def test_minimum():
    """A jail weaker than the configuration wants is refused, and says what it is."""
    if NO_LANDLOCK: return print("# skipped: " + NO_LANDLOCK)
    with Jail("--without", "namespaces", "--minimum", "3") as jail:
        end = jail.run("print(1)")
        assert end[:2] == ("error", "unsupported") and "landlock+seccomp" in end[2] and "left out" in end[2], end


def test_results():
    jail = best()
    assert jail.run("print('说明', 1/4)")[:3] == ("ok", "说明 0.25\n".encode(), "")
    assert jail.run("")[:3] == ("ok", b"", "")
    assert jail.run("import sys; sys.stdout.write('no newline')")[:2] == ("ok", b"no newline")
    assert jail.run("import sys, io; print('kept', end=''); sys.stdout = io.StringIO(); print('lost')")[:2] == ("ok", b"kept")
    assert jail.run("if __name__ == '__main__': print(__name__)")[:2] == ("ok", b"__main__\n")
    assert jail.run("import sys; sys.exit()")[0] == "ok"
    assert jail.run("import fractions, decimal, itertools, statistics; print(fractions.Fraction(1, 3) + 1)")[:2] == ("ok", b"4/3\n")
    # bytes that are no text, and characters that no encoding has
    assert jail.run("print('a\\0b')")[:2] == ("ok", b"a\0b\n")
    assert jail.run("import os; os.write(1, bytes(range(128, 256)))")[:2] == ("ok", bytes(range(128, 256)))
    assert jail.run("print('\\ud800')")[:2] == ("ok", b"\\ud800\n")
    # standard input: none, some, more than a pipe holds, more than anybody reads
    assert jail.feed("print(input() + input())", "一\n二".encode())[:2] == ("ok", "一二\n".encode())
    assert jail.feed("import sys\nprint(len(sys.stdin.read()))", b"x" * 262144)[:2] == ("ok", b"262144\n")
    assert jail.feed("import sys\nprint(len(sys.stdin.buffer.read(10)))", b"x" * 262144)[:2] == ("ok", b"10\n")
    assert jail.feed("import os\nos.close(0)\nprint(1)", b"x" * 262144)[:2] == ("ok", b"1\n")
    assert jail.feed("print(1)", b"x" * 262145)[:2] == ("error", "too_large")
    for source, status in (("", 0), ("import sys\nsys.exit(3)", 3), ("1 / 0", 1), ("import os\nos._exit(7)", 7), ("x = bytearray(1 << 34)", 1),
                           ("import ctypes\nctypes.string_at(0)", 128 + 11), ("while True: print('x' * 1000)", 128 + 9)):
        assert jail.run(source)[5] == status, (source, jail.run(source))
    end, out, err, *_ = jail.run("print('before')\ndef f(x):\n    return 1 / x\nf(0)\n")
    assert end == "exception" and out == b"before\n" and err.endswith("ZeroDivisionError: division by zero\n"), err
    assert 'File "program.py", line 3, in f\n    return 1 / x' in err and "zygote" not in err and "<string>" not in err, err
    for source, said in ((b"print(1", "SyntaxError"), (b"print(1)\0print('REACHED')", "null byte"), (b"print('\xff')", "UnicodeDecodeError"),
                         (b"raise SystemExit(3)", "exit: 3"), (b"raise SystemExit('\xe9\x94\x99')", "exit: 错"), (b"input()", "EOFError"),
                         (b"raise Exception('\x1b[2J\xe2\x80\xae')", "\\x1b[2J\\u{202E}"), (b"import no_such_module", "ModuleNotFoundError")):
        end, out, err, *_ = jail.run(source)
        assert end == "exception" and said in err and out == b"", (source, end, out, err)
    assert jail.run("x" * (256 * 1024 + 1))[:2] == ("error", "too_large")


def test_sympy():
    jail = best()
    jail.ask("ready")
    version = jail.info()["sympy"]
    if not version:
        assert jail.run("import sympy")[0] == "exception"
        return print("# skipped: sympy is not installed for " + PYTHON)
    end = jail.run("from sympy import *\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x), integrate(sin(x)**2, (x, 0, pi)))")
    assert end[:2] == ("ok", b"[2, 3] pi/2\n"), end
    print("# sympy %s, %.0f ms" % (version, end[3]))


def test_isolation():
    """Nothing of one program is seen by the next."""
    stain = ("import builtins, math, sys, os, random\nmath.sin = None\nbuiltins.mark = 1\nsys.mark = 1\nx = 5\ndel sys.modules['re']\nos.environ['MARK'] = '1'\n"
             "sys.path.clear()\nsys.setrecursionlimit(50)\nbuiltins.print = None\nrandom.seed(1)\n")
    look = ("import builtins, math, sys, os, re\nprint(math.sin(0), hasattr(builtins, 'mark'), hasattr(sys, 'mark'), 'x' in globals(), 'MARK' in os.environ, "
            "len(sys.path) > 2, sys.getrecursionlimit())")
    draw = "import random\nprint(random.random())"
    for way in ways():
        jail = jail_in(way)
        clean = jail.run(look)[:3]
        assert clean[:2] == ("ok", b"0.0 False False False False True 1000\n"), clean
        assert jail.run(stain)[0] == "ok"
        assert jail.run(look)[:3] == clean
        assert jail.run(draw)[1] != jail.run(draw)[1], "two programs drew the same random number"


def test_limits():
    with Jail(*WAYS[ways()[0]], "--cpu", "300", "--wall", "600000", "--output", "1000") as jail:
        end, out, _, ms, cpu, _ = jail.run("print('so far')\nwhile True: pass")
        assert end == "time" and out == b"so far\n" and cpu >= 290, (end, out, cpu)
        print("# 300 ms of CPU: ended after %.0f ms, %.0f of CPU" % (ms, cpu))
        assert jail.run("print('x' * 999)")[:2] == ("ok", b"x" * 999 + b"\n")
        assert jail.run("print('x' * 1000)")[:2] == ("output", b"x" * 1000)
        assert jail.run("import time\ntime.sleep(1000)", budget=200)[0] == "time"
    with Jail(*WAYS[ways()[0]], "--memory", "160") as jail:
        assert jail.run("x = bytearray(20 << 20)\nprint(len(x))")[0] == "ok"
        end = jail.run("x = bytearray(200 << 20)")
        assert end[0] == "memory" and "memory" in end[2], end


def test_cancel():
    jail = best()
    jail.ask("ready")
    assert jail.run("import time\ntime.sleep(1000)", budget=50, word="cancel")[:2] == ("error", "cancelled")
    assert jail.run("print(1)", budget=0, word="cancel")[:2] == ("error", "cancelled")
    assert jail.run("print(2)")[:2] == ("ok", b"2\n")
    assert jail.ask("crowd", 20, code="print(3)").startswith("many 20 ")
    assert jail.info()["starts"] == "1", jail.info()


def contain(jail, way, name, source, ends):
    began = time.monotonic()
    end = jail.run(place.fill(source), LIMIT_MS if abuse.TIME in ends else 0)
    assert end[0] in ends and b"REACHED" not in end[1], (way, name, end)
    assert jail.run("print(6 * 7)")[:2] == ("ok", b"42\n"), (way, name, "the next program does not run")
    return "# %-14s %-32s %-10s %7.0f ms" % (way, name, end[0], 1000 * (time.monotonic() - began))


def abuse_in(way, cases):
    jail = jail_in(way)
    jail.ask("ready")
    lines = [contain(jail, way, *case[:3]) for case in cases]
    info = jail.info()
    assert info["starts"] == "1", "the zygote did not outlive: %s" % info
    left = [f for f in os.listdir(place.home) if f not in ("secret", "link", "qwend.sock")]
    assert not left, left
    return lines


def in_each_way(cases):
    # Outside each has to succeed: else its being contained says nothing.
    for name, source, _, reaches in cases:
        if reaches and b"REACHED" not in outside(place.fill(source)): raise AssertionError("outside the jail this should succeed: " + name)
    for name in os.listdir(place.home):
        # 1,000 folders are too deep for shutil.
        if name not in ("secret", "link", "qwend.sock"): subprocess.run(["rm", "-rf", os.path.join(place.home, name)], check=True)
    # Side by side: most of it waits.
    with concurrent.futures.ThreadPoolExecutor(len(WAYS)) as pool:
        for lines in pool.map(lambda way: abuse_in(way, cases), ways()): print("\n".join(lines))


def test_abuse_files():     in_each_way(abuse.FILES)
def test_abuse_processes(): in_each_way(abuse.PROCESSES)
def test_abuse_network():   in_each_way(abuse.NETWORK)
def test_abuse_resources(): in_each_way(abuse.RESOURCES)


def descendants(pid):
    """(pid, name) of every process below."""
    tree = {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % p) as f: head, _, tail = f.read().rpartition(")")
            tree.setdefault(int(tail.split()[1]), []).append((int(p), head.partition("(")[2]))
        except OSError: pass
    todo, found = [pid], []
    while todo:
        below = tree.get(todo.pop(), [])
        found += below
        todo += [p for p, _ in below]
    return found


def gone(pids):
    """Waits for their end."""
    for pid, name in pids:
        try: fd = os.pidfd_open(pid)
        except ProcessLookupError: continue
        assert select.select([fd], [], [], lib.WAIT)[0], "still there: %d %s" % (pid, name)
        os.close(fd)


def test_nothing_left():
    """Many programs, good and bad: no process, descriptor or memory stays, neither here nor in the zygote; at the end all go."""
    rounds = 1000 if SOAK else 40
    for way in ways():
        jail = jail_in(way)
        jail.ask("many", 20, code="print('x' * 50000)")
        before, tree = jail.own(), descendants(jail.p.pid)
        zygote = tree[-1][0]
        fds = len(os.listdir("/proc/%d/fd" % zygote)) if os.geteuid() == 0 else None
        answer = jail.ask("many", rounds, code="print('x' * 50000)")
        assert answer.startswith("many %d " % rounds), answer
        print("# %-14s %d programs, %.1f ms each" % (way, rounds, int(answer.split()[2]) / rounds))
        for code in ("1 / 0", "while True: print('x' * 1000)", "import ctypes; ctypes.string_at(0)"):
            jail.ask("many", rounds // 10, code=code)
        if int(jail.info()["starts"]) == 1:
            assert descendants(jail.p.pid) == tree, (tree, descendants(jail.p.pid))
            if fds is not None: assert len(os.listdir("/proc/%d/fd" % zygote)) == fds
        else:
            assert SOAK and len(descendants(jail.p.pid)) == len(tree)
        after = jail.own()
        assert after[0] == before[0] and after[1] - before[1] < 2048, (before, after)
        tree = descendants(jail.p.pid)
        shared.pop(way).__exit__(None, None, None)
        gone(tree)


def test_zygote_killed():
    """Somebody kills it: the program that runs fails, the next one has a new zygote."""
    with Jail(*WAYS[ways()[0]]) as jail:
        jail.ask("ready")
        os.kill(int(jail.info()["pid"]), 9)
        answers = [jail.run("print(1)") for _ in range(2)]
        assert answers[1][:2] == ("ok", b"1\n"), answers
        assert jail.info()["starts"] == "2", jail.info()
        tree = descendants(jail.p.pid)
        jail.p.kill()
        jail.p.wait()
        gone(tree)
        jail.p.returncode = 0


def test_wrong_configuration():
    """What cannot be is said, with the file and the way out."""
    for options, said in ((["--python", "/nowhere/python3"], "/nowhere/python3"), (["--python", "python3"], "absolute"), (["--memory", "1"], "MiB"),
                          (["--python", place.home + "/script"], "script"), (["--python", "/usr/bin/env"], "did not start")):
        with open(place.home + "/script", "w") as f: f.write("#!/bin/sh\nexec python3\n")
        os.chmod(place.home + "/script", 0o755)
        with subprocess.Popen([place.dir + "/prog_driver", place.dir + "/qwend-program", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, **as_user()) as p:
            answer = p.communicate(b"run 0 8\nprint(1)")[0].decode()
        assert answer.startswith("error ") and said in answer, (options, answer)
    os.unlink(place.home + "/script")
    with Jail("--bwrap", "/usr/bin/false") as jail:
        end, info = jail.run("print(1)"), jail.info()
        if NO_LANDLOCK: assert end[:2] == ("error", "unsupported"), end
        else: assert end[0] == "ok" and info["level"] == "landlock+seccomp" and "exit 1" in info["missing"], (end, info)


def test_as_root():
    """Root itself: it becomes nobody before anything else."""
    if os.geteuid() != 0: return print("# skipped: not root")
    for way in ways():
        with Jail(*WAYS[way], user=False) as jail:
            assert jail.run("import os\nprint(os.getuid(), os.getgid())")[1].split() == [b"65534", b"65534"]
            assert jail.run("print(open('/etc/shadow').read())")[0] == "exception"
            zygote = descendants(jail.p.pid)[-1][0]
            with open("/proc/%d/status" % zygote) as f: status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
            assert status["Uid"].split() == ["65534"] * 4 and status["Gid"].split() == ["65534"] * 4 and status["Groups"].strip() in ("", "65534"), status
            assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1" and int(status["CapEff"], 16) == 0, status


if __name__ == "__main__":
    try:
        if PYTHON is None or not ways():
            print("skipped: %s" % ("no python3 in /usr/bin" if PYTHON is None else "no jail can be built here: namespaces: %s; Landlock: %s" % (NO_NAMESPACES, NO_LANDLOCK)))
            if PYTHON is not None: test_levels()        # that it refuses
            sys.exit(77)
        lib.run_tests(globals())
    finally:
        for jail in shared.values(): jail.__exit__(None, None, None)
        place.end()
