#!/usr/bin/env python3
"""What qwend does where a GPU cannot be used, or fails: one line, then the CPU, and every conversation goes on.

The daemon is run from a build tree of the test's own, whose CUDA module is what the test puts there: a backend whose
device is the host (tests/unit/backend_host.c) and, where they are built, the emulation and the real module.
Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run."""
import contextlib, json, os, random, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib  # noqa: E402
from lib import BUILD, Daemon, fails, model, run_tests  # noqa: E402

lib.ON_BACKEND = ()                         # each test says its own
TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
LONG = dict(stop_on_repetition=False, temperature=1.0, logit_bias={"558": -100.0}, max_tokens=24, seed=7)
MODULES = os.path.join(BUILD, "tests/unit/.libs")
EMULATED = os.path.join(BUILD, "tests/cuda_host/qwend-cuda-host.so")
REAL = os.path.join(BUILD, "engine/cuda/qwend-cuda.so")
PROMPT = "a text of some length, so that there are pages of it "


@contextlib.contextmanager
def tree(module=None):
    """A build tree with this file as its CUDA module; gives the path of qwend in it."""
    with tempfile.TemporaryDirectory(prefix="qwend-e2e-") as d:
        os.chmod(d, 0o711)
        for folder in ("daemon", "engine/cuda", "engine/run", "client"): os.makedirs(os.path.join(d, folder))
        for name in ("config.status", "Makefile"): shutil.copy(os.path.join(BUILD, name), d)
        os.symlink(os.path.join(BUILD, "plugins"), os.path.join(d, "plugins"))
        for name in ("daemon/qwend", "engine/run/qwen-run", "client/qwenctl"): shutil.copy(os.path.join(BUILD, name), os.path.join(d, name))
        if module is not None: shutil.copy(module, os.path.join(d, "engine/cuda/qwend-cuda.so"))
        yield os.path.join(d, "daemon/qwend")


def turn(c, s, t):
    r = c.call("session.chat", session=s, messages=[{"role": "user", "content": "%s%d" % (PROMPT * 2, t)}], **LONG)
    return r["choices"][0]["text"]


def talk(d, turns, s=None):
    c = d.client()
    s = s or c.call("session.create")["session"]
    return s, [turn(c, s, t) for t in turns], c.call("status")["engine"]


WANT = []


def want():
    """The three turns on the CPU."""
    if not WANT:
        with Daemon(*TINY, "--backend", "cpu") as d: WANT.extend(talk(d, range(3))[1])
    return WANT


def lines(d, *parts):
    return [x for x in d.logged().splitlines() if all(p in x for p in parts)]


def on_cpu_with(qwend, says, env=None, logged="backend: the CPU, since no GPU can be used", backend="auto"):
    """A conversation under auto, which the CPU computes; one line says why."""
    with Daemon(*TINY, "--backend", backend, qwend=qwend, env=env) as d:
        _, texts, engine = talk(d, range(3))
        assert texts == want(), texts
        assert engine["backend"] == "cpu" and "device" not in engine, engine
        told = lines(d, logged)
        assert len(told) == 1 and says in told[0], (says, told, d.logged())
        assert says in engine["why"] and says in shown(d, qwend, "backend"), (says, engine)


def ctl(qwend, *words, env=None):
    p = subprocess.run([os.path.join(os.path.dirname(qwend), "../client/qwenctl"), *words], env=dict(os.environ, **(env or {})),
                       stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return p.stdout


def shown(d, qwend, row):
    """A row of `qwenctl status`, "" if there is none."""
    rows = ctl(qwend, "status", env={"QWEND_SOCKET": d.socket}).splitlines()
    return "".join(x for x in rows if x.startswith(row + " "))


def doctor(qwend, env=None):
    """What `qwenctl doctor` says of the GPU."""
    found = json.loads(ctl(qwend, "doctor", "--json", env=dict({"QWEND_SOCKET": "/nowhere/s"}, **(env or {}))))
    return next(x for x in found if x["name"] == "gpu")


def refused(qwend, says, env=None):
    """The same module asked for by name: no answer, and an error that says why; the daemon serves on."""
    with Daemon(*TINY, "--backend", "cuda", qwend=qwend, env=env) as d:
        c = d.client()
        e = fails("model_unavailable", c.call, "generate", prompt="x", max_tokens=1)
        assert says in e.text, e.text
        assert c.call("status")["state"] == "ready"
    top = os.path.dirname(os.path.dirname(qwend))
    with open(os.path.join(top, "ids"), "w") as f: f.write("[1, 2, 3]")
    p = subprocess.run([os.path.join(top, "engine/run/qwen-run"), "generate", "--backend", "cuda", "-m", model("qwen3-tiny-f32"),
                        "--tokens", os.path.join(top, "ids"), "-n", "1"],
                       env=dict(os.environ, **(env or {})), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert p.returncode != 0 and says in p.stderr and len(p.stderr.splitlines()) == 1, (p.returncode, p.stderr)


# ---- it cannot be opened -------------------------------------------------------------------
def test_no_module():
    with tree() as qwend:
        on_cpu_with(qwend, "this build has no module")
        refused(qwend, "this build has no module")


def test_a_library_of_it_is_missing():
    with tree(os.path.join(MODULES, "backend_host.so")) as qwend:
        so = os.path.join(os.path.dirname(qwend), "../engine/cuda/qwend-cuda.so")
        with open(so, "rb") as f: elf = f.read()
        with open(so, "wb") as f: f.write(elf.replace(b"libc.so.6", b"libx.so.6"))
        on_cpu_with(qwend, "libx.so.6: cannot open shared object file")
        refused(qwend, "libx.so.6")


def test_it_is_no_library():
    with tree(__file__) as qwend:
        on_cpu_with(qwend, "cannot be opened")


def test_it_is_from_another_build():
    with tree(os.path.join(MODULES, "backend_other.so")) as qwend:
        on_cpu_with(qwend, "built from other sources")
        refused(qwend, "build and install both together")


def driver_535(qwend):
    """The environment of a driver that says its number, as Linux shows it."""
    path = os.path.join(os.path.dirname(qwend), "version")
    with open(path, "w") as f: f.write("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\n")
    return {"QW_CUDA_HOST_DRIVER_FILE": path}


def emulated_without(qwend):
    """Environments in which there is no device, and what is said of each."""
    old = "is made for CUDA 12.2 and this module needs 13.0: install driver 580 or newer"
    return (({"QW_CUDA_HOST_DRIVER": "0"}, "no NVIDIA driver is loaded: install driver 580 or newer"),
            ({"QW_CUDA_HOST_DRIVER": "12020"}, "the NVIDIA driver " + old),
            (dict(driver_535(qwend), QW_CUDA_HOST_DRIVER="12020"), "the NVIDIA driver 535.183.01 " + old),
            ({"QW_CUDA_HOST_DEVICES": "0"}, "the driver finds no NVIDIA GPU (is it hidden by CUDA_VISIBLE_DEVICES"),
            ({"QW_CUDA_HOST_CLASS": "70"}, "has compute capability 7.0, 7.5 (Turing) is the least that runs: choose another GPU"))


def test_no_driver():
    with tree(os.path.join(MODULES, "backend_fake.so")) as qwend:
        env = {"FAKE_BACKEND_REFUSES": "no NVIDIA driver is loaded"}
        on_cpu_with(qwend, "no NVIDIA driver is loaded", env)
        refused(qwend, "no NVIDIA driver is loaded", env)
    if os.path.exists(EMULATED):
        with tree(EMULATED) as qwend:
            for env, says in emulated_without(qwend):
                on_cpu_with(qwend, says, env)
                refused(qwend, says, env)
                assert says in doctor(qwend, env)["found"], doctor(qwend, env)
    if os.path.exists(REAL) and not os.path.exists("/dev/nvidiactl"):
        with tree(REAL) as qwend:
            on_cpu_with(qwend, "no NVIDIA driver is loaded")
            refused(qwend, "no NVIDIA driver is loaded")


# ---- it has no memory ------------------------------------------------------------------------
HOST = os.path.join(MODULES, "backend_host.so")
TAKES_OVER = "is computed on the CPU, not on "
GOES_ON = "the CPU goes on"


def test_a_device_that_works():
    with tree(HOST) as qwend, Daemon(*TINY, "--backend", "auto", qwend=qwend) as d:
        _, texts, engine = talk(d, range(3))
        assert texts == want() and engine["backend"] == "cuda" and engine["device"] == "the host", (texts, engine)
        assert engine["runtime"] == "no runtime" and engine["device_bytes"] == 64 << 20 and "why" not in engine, engine
        assert "cuda: the host, no runtime, 67 MB" in shown(d, qwend, "backend"), shown(d, qwend, "backend")
        assert doctor(qwend)["found"].startswith("the host, no runtime; 67 MB free of 67 MB"), doctor(qwend)


def test_the_driver_is_named():
    if not os.path.exists(EMULATED): return print("#  not built: --enable-cuda-host")
    with tree(EMULATED) as qwend:
        for env, says in (({}, "compute capability 8.0, driver for CUDA 13.0;"),
                          (driver_535(qwend), "compute capability 8.0, driver 535.183.01 (CUDA 13.0);")):
            assert says in doctor(qwend, dict(SMALL, **env))["found"], doctor(qwend, env)


def test_no_memory_for_weights_or_pages():
    with tree(HOST) as qwend:
        for call in ("forward", "block"):
            env = {"FAKE_DEVICE_FAILS": call + ":every"}
            on_cpu_with(qwend, "the device has no memory left", env, TAKES_OVER)
            refused_by_memory(qwend, env)


def refused_by_memory(qwend, env):
    with Daemon(*TINY, "--backend", "cuda", qwend=qwend, env=env) as d:
        c = d.client()
        e = fails("model_unavailable", c.call, "generate", prompt="x", max_tokens=1)
        assert "backend cuda (with `auto` the CPU would compute)" in e.text, e.text


# ---- it fails while it computes ----------------------------------------------------------------
def moved(qwend, env, says, gone=True):
    """Two turns under auto, during which the device fails; then kill -9, and the third on the CPU alone."""
    with tempfile.TemporaryDirectory(prefix="qwend-e2e-") as dir:
        os.chmod(dir, 0o711)
        with Daemon(*TINY, "--backend", "auto", qwend=qwend, env=env, dir=dir) as d:
            s, texts, engine = talk(d, range(2))
            assert texts == want()[:2], texts
            assert engine["backend"] == "cpu" and "device" not in engine and says in engine["why"], engine
            told = lines(d, GOES_ON)
            assert len(told) == 1 and says in told[0] and ("until qwend is restarted" in told[0]) == gone, d.logged()
            d.p.kill()
            d.p.wait()
        with Daemon(*TINY, "--backend", "cpu", dir=dir) as d:
            assert talk(d, [2], s)[1] == want()[2:]


def test_a_run_fails():
    with tree(HOST) as qwend:
        for n in (1, 2, 9, 30):             # a prompt, the next token, in the middle, in the second turn
            moved(qwend, {"FAKE_DEVICE_FAILS": "run:%d" % n}, "run: the device is broken")
        moved(qwend, {"FAKE_DEVICE_FAILS": "run:5:once"}, "run 5: the device has no memory left", gone=False)


def test_a_copy_of_pages_fails():
    with tree(HOST) as qwend:
        moved(qwend, {"FAKE_DEVICE_FAILS": "out:1"}, "the device is broken")
        moved(qwend, {"FAKE_DEVICE_FAILS": "out:3:once"}, "the device has no memory left", gone=False)


def test_pages_cannot_be_brought_in():
    with tree(HOST) as qwend, tempfile.TemporaryDirectory(prefix="qwend-e2e-") as dir:
        os.chmod(dir, 0o711)
        with Daemon(*TINY, "--backend", "auto", qwend=qwend, dir=dir) as d:
            s, texts, engine = talk(d, range(2))
            assert texts == want()[:2] and engine["backend"] == "cuda"
        with Daemon(*TINY, "--backend", "auto", qwend=qwend, dir=dir, env={"FAKE_DEVICE_FAILS": "in:2"}) as d:
            _, texts, engine = talk(d, [2], s)
            assert texts == want()[2:] and engine["backend"] == "cpu", (texts, engine)
            assert len(lines(d, GOES_ON)) == 1


def test_heads_of_logits():
    """Tokens are drawn from a device's heads, or from rows that are fetched; where a row cannot be, the CPU goes on."""
    def ask(d, **more):
        c = d.client()
        rs = [c.call("generate", prompt="p %d" % i, max_tokens=16, seed=i, temperature=1.2, stop_on_repetition=False,
                     logprobs=2, **more) for i in range(3)]
        return [r["choices"] for r in rs], c.call("status")["engine"]["backend"]
    with Daemon(*TINY, "--backend", "cpu") as d: want, few = ask(d)[0], ask(d, top_p=0.5, top_k=9)[0]
    with tree(HOST) as qwend:
        for ids in ("256", "3"):
            with Daemon(*TINY, "--backend", "auto", qwend=qwend, env={"FAKE_HEAD_IDS": ids}) as d:
                assert ask(d) == (want, "cuda") and ask(d, top_p=0.5, top_k=9) == (few, "cuda")
        for row in ("row:1", "row:7"):
            with Daemon(*TINY, "--backend", "auto", qwend=qwend, env={"FAKE_HEAD_IDS": "3", "FAKE_DEVICE_FAILS": row}) as d:
                assert ask(d) == (want, "cpu")
                told = lines(d, GOES_ON)
                assert len(told) == 1 and "row: the device is broken" in told[0], d.logged()
        with Daemon(*TINY, "--backend", "cuda", qwend=qwend, env={"FAKE_HEAD_IDS": "3", "FAKE_DEVICE_FAILS": "row:1"}) as d:
            e = fails("internal", ask, d)
            assert "row: the device is broken" in e.text, e.text


def test_many_at_once_go_on():
    """Streams of several clients, of choices and of a conversation, over the failure: as if nothing had been."""
    def ask(d):
        c = d.client()
        ids = [c.send("generate", prompt="other %d" % i, stream=True, tag=str(i), n=1 + i % 2, **dict(LONG, seed=i)) for i in range(5)]
        rs = [c.wait(i) for i in ids]
        for i, r in enumerate(rs):
            got = {}
            for name, p in c.events:
                if name == "stream.delta" and p["tag"] == str(i):
                    k = p.get("index", 0)
                    assert p["at"] == len(got.get(k, b"")), "a gap, or text twice"
                    got[k] = got.get(k, b"") + p["text"].encode()
            assert [got[x["index"]].decode() for x in r["choices"]] == [x["text"] for x in r["choices"]]
        return [x["text"] for r in rs for x in r["choices"]], c.call("status")["engine"]["backend"]
    with Daemon(*TINY, "--backend", "cpu") as d: alone, _ = ask(d)
    with tree(HOST) as qwend:
        for n in (2, 12):
            with Daemon(*TINY, "--backend", "auto", qwend=qwend, env={"FAKE_DEVICE_FAILS": "run:%d" % n}) as d:
                assert ask(d) == (alone, "cpu")


def test_asked_for_by_name_it_is_an_error():
    """No silent change of what was asked for: the request fails, the conversation has what was committed."""
    with tree(HOST) as qwend, tempfile.TemporaryDirectory(prefix="qwend-e2e-") as dir:
        os.chmod(dir, 0o711)
        with Daemon(*TINY, "--backend", "cuda", qwend=qwend, dir=dir, env={"FAKE_DEVICE_FAILS": "run:35"}) as d:
            c = d.client()
            s, texts, _ = talk(d, [0])
            assert texts == want()[:1]
            for _ in range(2):              # and it stays so, without an end of the daemon
                e = fails("internal", turn, c, s, 1)
                assert "backend cuda, until qwend is restarted: run: the device is broken" in e.text, e.text
            assert c.call("status")["state"] == "ready"
            assert [m["role"] for m in c.call("session.show", session=s)["messages"]][:2] == ["user", "assistant"]
        with Daemon(*TINY, "--backend", "auto", dir=dir) as d:
            assert talk(d, [1, 2], s)[1] == want()[1:]


# ---- the module itself, over the emulation -----------------------------------------------------
SMALL = {"QW_CUDA_HOST_BYTES": str(256 << 20)}              # less of it to zero


def test_emulated_allocations():
    """The Nth allocation finds no memory, for every N of a load; then those of runs."""
    if not os.path.exists(EMULATED): return print("#  not built: --enable-cuda-host")
    with tree(EMULATED) as qwend:
        n, more = 0, True
        while more:
            n += 1
            with Daemon(*TINY, "--backend", "auto", qwend=qwend, env=dict(SMALL, QW_CUDA_HOST_FAIL="alloc:%d" % n)) as d:
                _, texts, engine = talk(d, range(1))
                assert texts == want()[:1], (n, texts)
                more = engine["backend"] == "cpu"
                assert len(lines(d, TAKES_OVER, "out of memory")) == more, (n, d.logged())
        assert n > 5, n


def test_emulated_small_memory():
    if not os.path.exists(EMULATED): return
    with tree(EMULATED) as qwend:
        on_cpu_with(qwend, "there is room for 0 tokens", {"QW_CUDA_HOST_BYTES": str(4 << 20)}, TAKES_OVER)


def test_emulated_failures():
    """A kernel or a copy fails anywhere, and with it the device."""
    if not os.path.exists(EMULATED): return
    rnd = random.Random(5)
    with tree(EMULATED) as qwend:
        for what, most in (("kernel", 1500), ("kernel", 100), ("copy", 60), ("copy", 20)):
            moved(qwend, dict(SMALL, QW_CUDA_HOST_FAIL="%s:%d" % (what, rnd.randint(10, most))), "unspecified launch failure")


if __name__ == "__main__":
    run_tests(globals())
