#!/usr/bin/env python3
"""What the author of a plugin meets: `qwenctl plugin new`, its folder's make and make check, `qwenctl plugin test` on a
good plugin and on ones that go wrong in each way (tests/plugin/moody.c), and docs/writing-plugins.md.

Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run.  Needs a C compiler and make."""
import atexit, json, os, re, shutil, stat, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, TOP, run_tests  # noqa: E402

CTL = os.path.join(os.path.abspath(BUILD), "client/qwenctl")
EXAMPLE = os.path.join(TOP, "plugins/example")
CC = os.environ.get("CC", "cc").split()
FOLDER = tempfile.mkdtemp(prefix="qwend-author-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.chmod(FOLDER, 0o755)
with open(os.path.join(BUILD, "config.status"), errors="replace") as f:
    SANITIZED = "-fsanitize=" in f.read()
CASES = [{"id": "right", "question": "2 + 3?", "response": "5", "expect": "verified"},
         {"id": "wrong", "question": "2 + 3?", "response": "7", "expect": "refuted"},
         {"question": "2 + 3 = ?", "response": "5", "expect": "undecided"},
         {"id": "same", "gold": "1/2", "answer": "1/2", "equal": True},
         {"id": "not known", "gold": "1/2", "answer": "0.5", "expect": "unknown"}]
CHECKS = ["loads", "cases", "nothing for the model to copy", "hostile input", "stops in time", "the same twice",
          "nothing is proved without trust", "leaves nothing behind", "prints nothing"]


def run(*args, code=0, cwd=FOLDER, env=None):
    p = subprocess.run([str(a) for a in args], cwd=cwd, capture_output=True, timeout=120, env=env, stdin=subprocess.DEVNULL)
    out, err = p.stdout.decode(), p.stderr.decode()
    assert p.returncode == code, (args, p.returncode, out, err)
    return out, err


def compiled(name, *flags, source=os.path.join(TOP, "tests/plugin/moody.c")):
    so = os.path.join(FOLDER, name + ".so")
    if not os.path.exists(so):
        run(*CC, "-std=gnu11", "-O1", "-shared", "-fPIC", "-I" + os.path.join(TOP, "plugins"), *flags, "-o", so, source)
    return so


def written(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def lines(rows):
    return "".join(json.dumps(r) + "\n" for r in rows)


# ---- plugin new ---------------------------------------------------------------------------
def test_new_builds_and_passes_as_it_is():
    out, _ = run(CTL, "plugin", "new", "my-sums_2")
    assert out.startswith("my-sums_2: my-sums_2.c, ") and "make check" in out, out
    folder = os.path.join(FOLDER, "my-sums_2")
    assert sorted(os.listdir(folder)) == [".gitignore", "Makefile", "README.md", "cases.jsonl", "config.mk", "my-sums_2.c"]
    assert stat.S_IMODE(os.stat(folder).st_mode) & 0o022 == 0
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "CFLAGS", "CPPFLAGS", "LDFLAGS", "QWEN"))}
    env["CC"] = " ".join(CC)
    run("make", "CFLAGS=-O1 -Werror", cwd=folder, env=env)
    out, _ = run("make", "check", cwd=folder, env=env)
    assert "cases: 9 of 9 as expected" in out and "9 checks, all passed" in out, out
    run("make", "install", "PLUGINS=" + os.path.join(folder, "to"), cwd=folder, env=env)
    assert os.listdir(os.path.join(folder, "to")) == ["my-sums_2.so"]


def test_new_is_the_tested_example_with_another_name():
    run(CTL, "plugin", "new", "zyx", "--in", FOLDER, cwd="/")
    for name in ("example.c", "Makefile", "cases.jsonl", "README.md", ".gitignore"):
        with open(os.path.join(EXAMPLE, name), encoding="utf-8") as f: want = f.read()
        with open(os.path.join(FOLDER, "zyx", name.replace("example", "zyx")), encoding="utf-8") as f: got = f.read()
        assert got == want.replace("example", "zyx"), name


def test_new_refuses_what_it_must():
    with_file = written("taken", "mine")
    os.mkdir(os.path.join(FOLDER, "empty"))
    before = sorted(os.listdir(FOLDER))
    for name in ("../up", "a/b", "", ".hidden", "-x", "a b", "ünï", "x" * 49, "a\nb", "a;b"):
        _, err = run(CTL, "plugin", "new", "--", name, code=2)
        assert "letters, digits" in err, err
    for name in ("taken", "empty"):
        _, err = run(CTL, "plugin", "new", name, code=1)
        assert "is there already" in err and "--in" in err, err
    _, err = run(CTL, "plugin", "new", "x", "--in", "/nowhere/at/all", code=1)
    assert "no folder" in err, err
    run(CTL, "plugin", "new", code=2)
    assert sorted(os.listdir(FOLDER)) == before and os.listdir(os.path.join(FOLDER, "empty")) == []
    with open(with_file) as f: assert f.read() == "mine"


def test_new_leaves_nothing_half_written():
    # No file may grow: the first write fails, with everything begun already.
    folder = os.path.join(FOLDER, "full")
    os.mkdir(folder)
    p = subprocess.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "bash", CTL, "plugin", "new", "x", "--in", folder],
                       capture_output=True, timeout=60)
    assert p.returncode == 1 and b"x.c" in p.stderr, p
    assert os.listdir(folder) == []


def test_new_as_json():
    out, _ = run(CTL, "plugin", "new", "j", "--json")
    assert json.loads(out) == {"folder": "j", "files": ["j.c", "Makefile", "cases.jsonl", "README.md", ".gitignore", "config.mk"]}, out


# ---- plugin test ---------------------------------------------------------------------------
def tried(so, *args, cases=CASES, code=0):
    path = written("cases.jsonl", lines(cases))
    out, err = run(CTL, "plugin", "test", so, "--cases", path, "--json", "--timeout", "1000", *args, code=code)
    got = json.loads(out)
    return got, {c["name"]: c for c in got["checks"]}, err


def test_a_good_plugin_passes_every_check():
    got, checks, err = tried(compiled("moody"))
    assert got["ok"] and [c["name"] for c in got["checks"]] == CHECKS and all(c["ok"] for c in got["checks"]), got
    assert checks["cases"]["text"] == "5 of 5 as expected" and got["version"].startswith("1"), got
    out, _ = run(CTL, "plugin", "test", "./moody.so", "-c", written("c.jsonl", lines(CASES)))
    assert out.count("✔ ") == 9 and out.endswith("9 checks, all passed\n") and "✘" not in out and "\x1b" not in out, out


def test_the_plugins_that_come_along_pass():
    """What is asked of others holds for ours; a sum of 50,000 terms as a working once kept the calculator for minutes."""
    cases = [{"question": "Solve $2x + 5 = 17$.", "response": "2x = 12, so $x = \\boxed{6}$.", "expect": "verified"},
             {"question": "解方程：$2x + 5 = 17$。", "response": "\\boxed{7}", "expect": "refuted"},
             {"gold": "1/2", "answer": "0.5", "expect": "equal"}]
    ours = {"calculator": cases, "python": [{"question": "What is 2 + 3?", "response": "5", "expect": "undecided"}],
            "example": [{"question": "What is 2 + 3?", "response": "\\boxed{5}", "expect": "verified"}]}
    for name, c in ours.items():
        so = os.path.join(BUILD, "plugins", name, ".libs", name + ".so")
        if not os.path.exists(so):
            print("     (%s is not built)" % name)
            continue
        path = written("ours.jsonl", lines(c))
        out, err = run(CTL, "plugin", "test", so, "--cases", path, "--json")
        assert json.loads(out)["ok"], (name, out)


def expect_bad(mode, name, says, *args, others=()):
    """The plugin that goes wrong in this way fails this check, saying why, and no other."""
    got, checks, _ = tried(compiled("moody"), "-o", "mode=" + mode, *args, code=1)
    bad = [c["name"] for c in got["checks"] if not c["ok"]]
    assert bad == sorted([name, *others], key=CHECKS.index), (mode, bad, got)
    assert any(re.search(says, f) for f in checks[name]["failures"]), (mode, checks[name])
    return checks[name]["failures"]


def test_a_crash_names_its_input():
    # A sanitizer turns the signal into a report and an exit.
    found = expect_bad("braces", "hostile input", r"^a megabyte of \{, as question: crashed \(" + ("exit 1" if SANITIZED else "signal 11"),
                       others=["prints nothing"] if SANITIZED else [])
    assert len(found) == 5, found                           # then it is enough


def test_a_loop_is_killed_and_named():
    expect_bad("loop", "hostile input", r"^a megabyte of \{, as question: ran past its limit of 300 ms, did not stop.* killed", "--timeout", "300")


def test_a_leak_of_memory_is_found():
    if SANITIZED:
        print("     (a sanitizer keeps what was freed)")
        return
    expect_bad("leak", "leaves nothing behind", r"memory grew by \d+ KiB over 799 calls")


def test_a_leak_of_descriptors_is_found():
    if os.geteuid() != 0:
        print("     (needs root: another's descriptors cannot be counted)")
        return
    expect_bad("holds", "leaves nothing behind", r"holds \d+ more descriptors")


def test_printing_is_found():
    expect_bad("print", "prints nothing", r"host->log is the way.*garbage in the middle")


def test_chance_is_found():
    got, checks, _ = tried(compiled("moody"), "-o", "mode=chance", code=1)
    assert any("another verdict the second time" in f for f in checks["the same twice"]["failures"]), checks


def test_other_words_are_found():
    expect_bad("words", "the same twice", r"^right: the same verdict with other words")


def test_a_value_told_to_the_model_is_found():
    for mode in ("tell", "hint"):
        expect_bad(mode, "nothing for the model to copy", r'^wrong: .*names the value 5: "the sum should be 5"')


def test_proofs_of_nonsense_are_found():
    got, checks, _ = tried(compiled("moody"), "-o", "mode=gullible", code=1)
    assert any(f.startswith("nothing, as question: was verified") for f in checks["hostile input"]["failures"]), checks
    assert any(f.startswith("wrong: verified, expected refuted") for f in checks["cases"]["failures"]), checks
    assert checks["nothing is proved without trust"]["ok"], checks


def test_a_tool_without_a_schema_is_found():
    got, checks, _ = tried(compiled("moody"), "-o", "mode=schema", code=1)
    assert [c["name"] for c in got["checks"]] == ["loads"] and "tool echo: its schema" in checks["loads"]["failures"][0], got


def test_verdicts_as_expected_or_not():
    wrong = [dict(CASES[0], expect="refuted"), dict(CASES[0], id="of the working", of="working", expect="verified"),
             {"id": "eq", "gold": "1", "answer": "1", "expect": "different"}, {"question": "x", "response": "y", "verdict": "undecided"}]
    got, checks, _ = tried(compiled("moody"), cases=wrong, code=1)
    assert checks["cases"]["text"] == "1 of 4 as expected", checks
    assert checks["cases"]["failures"] == ["right: verified, expected refuted: it was computed",
                                           "of the working: undecided, expected verified: it was computed",
                                           "eq: equal, expected different"], checks


def test_without_trust_it_says_why():
    """A file that others can write proves nothing, and the way out is said."""
    so = compiled("moody-open")
    os.chmod(so, 0o777)
    got, checks, _ = tried(so, code=1)
    assert "chmod go-w" in checks["cases"]["failures"][0] and checks["cases"]["text"] == "4 of 5 as expected", checks


def test_files_that_are_no_plugins():
    source = written("nothing.c", "int nothing;\n")
    run(*CC, "-c", "-o", "nothing.o", source)
    run(*CC, "-shared", "-fPIC", "-o", "nothing.so", source)
    written("text.so", "not a library\n")
    written("empty.so", "")
    os.mkdir(os.path.join(FOLDER, "folder.so"))
    os.mkfifo(os.path.join(FOLDER, "fifo.so"))
    with open(os.path.join(FOLDER, "nothing.so"), "rb") as f: good = f.read()
    for name, at, byte in (("arm", 18, 0xb7), ("bits", 4, 1), ("order", 5, 2), ("short", None, None)):
        b = bytearray(good[:17] if at is None else good)
        if at is not None: b[at] = byte if good[at] != byte else 0x3e
        with open(os.path.join(FOLDER, name + ".so"), "wb") as f: f.write(b)
    machine = r"was built for (arm64|x86-64), this machine is" if os.uname().machine in ("x86_64", "aarch64") else "."
    for name, says in (("absent.so", "cannot be read"), ("text.so", "no shared object.*cc -shared"), ("empty.so", "no shared object"),
                       ("folder.so", "no regular file"), ("fifo.so", "no regular file"), ("nothing.o", r"an object file \(.o\).*-shared"),
                       ("arm.so", machine), ("bits.so", "32-bit programs"), ("order.so", "another byte order"), ("short.so", "cut off")):
        out, err = run(CTL, "plugin", "test", name, code=1)
        assert re.search(says, err) and name in err and out == "", (name, out, err)
    run(*CC, "-shared", "-fPIC", "-o", "undefined.so", written("undefined.c", "int f(void); int qwen_plugin_v1(void) { return f(); }\n"))
    for so, says in (("nothing.so", "has no symbol qwen_plugin_v1: define it"), ("undefined.so", "undefined symbol: f"),
                     (compiled("abi", "-DABI=7"), "says ABI major 7, this host runs 1")):
        out, _ = run(CTL, "plugin", "test", so, code=1)
        assert "✘ loads" in out and says in out and "Killed" not in out and out.endswith("1 of 1 checks failed\n"), out


def test_usage_and_bad_cases():
    so = compiled("moody")
    for args in ((), ("a", "b"), (so, "-o", "novalue"), (so, "--timeout", "1"), (so, "--case", "x")):
        run(CTL, "plugin", "test", *args, code=2)
    for text, says in (("", "has no cases"), ("{}\n", ":1: .*question"), ('{"question": "a", "response": "b"}\n', ':1: "expect" must be'),
                       ('\n{"gold": "1", "answer": "1", "expect": "verified"}\n', ":2: .*equal, different, unknown"), ("[1]\n", "not a JSON object"),
                       ('{"question": "a", "response": "b", "expect": "verified"}\n{"question":\n', ":2: "),
                       ('{"question": "a", "response": "b", "expect": "undecided", "of": "all"}\n', '"of" must be')):
        out, err = run(CTL, "plugin", "test", so, "--cases", written("bad.jsonl", text), code=1)
        assert re.search(says, err) and "bad.jsonl" in err and out == "", (text, err)
    _, err = run(CTL, "plugin", "test", so, "--cases", "/nowhere.jsonl", code=1)
    assert "/nowhere.jsonl" in err, err


# ---- the document ---------------------------------------------------------------------------
def test_the_document_shows_the_tested_file():
    with open(os.path.join(TOP, "docs/writing-plugins.md"), encoding="utf-8") as f: text = f.read()
    with open(os.path.join(EXAMPLE, "example.c"), encoding="utf-8") as f: source = f.read()
    blocks = re.findall(r"^```c\n(.*?)^```$", text, re.M | re.S)
    assert source in blocks, "the example in the document is not plugins/example/example.c"
    assert "in 60 lines" in text and len(source.splitlines()) <= 60, len(source.splitlines())
    with open(os.path.join(EXAMPLE, "cases.jsonl"), encoding="utf-8") as f: cases = f.read().splitlines()
    shown = re.findall(r'^\{"id".*\}$', text, re.M)
    assert shown and all(line in cases for line in shown), shown
    # Every piece of C compiles: whole files as they are, pieces as what stands in a function.
    for i, b in enumerate(blocks):
        body = b if "#include" in b else ('#include <qwen_plugin.h>\n#include <string.h>\nextern const struct qwen_host *host;\n'
                                          'int piece(struct qwen_call *call, const struct qwen_problem *p);\n'
                                          'int piece(struct qwen_call *call, const struct qwen_problem *p)\n{\n(void)call; (void)p;\n%s\nreturn 0;\n}\n' % b)
        run(*CC, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-fsyntax-only",
            "-I" + os.path.join(TOP, "plugins"), written("piece-%d.c" % i, body))


def test_the_document_is_linked():
    for page in ("README.md", "docs/README.md", "plugins/README.md", "docs/man/qwenctl.1"):
        with open(os.path.join(TOP, page), encoding="utf-8") as f:
            assert "writing-plugins.md" in f.read(), page


if __name__ == "__main__":
    if shutil.which(CC[0]) is None or shutil.which("make") is None or not os.access(CTL, os.X_OK):
        print("a compiler, make or qwenctl is not there")
        sys.exit(77)
    run_tests(globals())
