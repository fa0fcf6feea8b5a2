#!/usr/bin/env python3
"""qwenctl with a qwend of its own: start, two at once, restart, log, models, stop; and, where
QWEN_TEST_SMALL names the small model's file, a real question."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

SRC = os.environ.get("abs_top_srcdir") or "."
BUILD = os.environ.get("abs_top_builddir") or "."
CTL = os.path.join(BUILD, "client", "qwenctl")
TINY = "qwen3-tiny-f32"
failures = 0


def check(name, ok, seen=""):
    global failures
    print("%s - %s" % ("ok" if ok else "not ok", name))
    if not ok:
        failures += 1
        print("   " + repr(seen)[:3000])


def run(env, *args, stdin=""):
    p = subprocess.run([CTL] + list(args), input=stdin.encode(), capture_output=True, timeout=120, env=env)
    return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")


def lifetime(env, data):
    rc, out, err = run(env, "status")
    check("no daemon yet", rc == 1 and "daemon start" in err, (rc, err))
    ps = [subprocess.Popen([CTL, "daemon", "start"], stderr=subprocess.PIPE, env=env) for _ in range(6)]
    said = [p.communicate(timeout=60)[1].decode() for p in ps]
    check("six first calls at once start one daemon", all(p.returncode == 0 for p in ps) and sum("started" in s for s in said) == 1, said)
    rc, out, err = run(env, "status", "--json")
    st = json.loads(out) if rc == 0 else {}
    check("it serves", st.get("data") == data and st.get("idle_exit_ms") == 900000, (rc, out, err))
    rc, out, err = run(env, "model", "ls")
    check("model ls names the file", TINY in out and "smollm2-135m" in out, out)
    rc, out, err = run(env, "model", "show", TINY, "--json")
    check("model show", rc == 0 and json.loads(out)["name"] == TINY, (out, err))
    rc, out, err = run(env, "model", "show", "nonsense")
    check("model show of nothing", rc == 1 and "nonsense" in err, err)
    rc, out, err = run(env, "ask", "--quiet", "1+1?")
    check("a model without a known template says what to do", rc == 1 and "template" in err, (rc, out, err))
    rc, out, err = run(env, "daemon", "restart")
    rc2, out, _ = run(env, "status", "--json")
    check("restart", rc == 0 and rc2 == 0 and json.loads(out)["pid"] != st.get("pid"), err)
    while '"loading"' in run(env, "status", "--json")[1]:       # so that the log does not grow meanwhile
        pass
    rc, out, err = run(env, "daemon", "log", "-n", "3")
    check("daemon log: the last lines", rc == 0 and out.count("\n") == 3 and "info" in out, (out, err))
    rc, out, err = run(env, "model", "rm", TINY)
    check("rm asks, and without a terminal keeps", rc == 1 and "--yes" in err and os.path.exists(os.path.join(data, "models", TINY + ".gguf")), err)
    rc, out, err = run(env, "model", "rm", TINY, "--yes")
    rc2, out, _ = run(env, "model", "ls")
    check("rm --yes", rc == 0 and not os.path.exists(os.path.join(data, "models", TINY + ".gguf")), err)


def real(env, data, small):
    os.symlink(small, os.path.join(data, "models", "SmolLM2-135M-Instruct.Q4_1.gguf"))
    rc, out, err = run(env, "ask", "--model", "small", "--stats", "-n", "40", "What is 2 + 2?")
    check("a real answer", rc == 0 and len(out) > 10 and "smollm2-135m answers" in err and "seed" in err, (rc, out, err))
    rc, one, _ = run(env, "ask", "--model", "small", "--json", "--temperature", "1", "--seed", "5", "-n", "20", "Count to ten.")
    rc2, two, _ = run(env, "ask", "--model", "small", "--json", "--temperature", "1", "--seed", "5", "-n", "20", "Count to ten.")
    one, two = json.loads(one or "{}"), json.loads(two or "{}")
    check("the same seed, the same text", rc == 0 and rc2 == 0 and one["choices"] == two["choices"], (one, two))
    check("the second time from memory", two.get("usage", {}).get("from_memory", 0) > 0, two)
    rc, out, err = run(env, "chat", "--model", "small", "-n", "20", stdin="My name is Ada.\nWhat is my name?\n/retry\n")
    check("a conversation", rc == 0 and len(out) > 20, (rc, out, err))


def main():
    if not os.access(CTL, os.X_OK) or not os.access(os.path.join(BUILD, "daemon", "qwend"), os.X_OK):
        print("qwenctl or qwend is not built")
        sys.exit(77)
    small = os.environ.get("QWEN_TEST_SMALL")
    with tempfile.TemporaryDirectory(prefix="qwd") as folder:
        env = dict(os.environ, HOME=folder, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8", NO_COLOR="1")
        for k in ("QWEND_SOCKET", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            env.pop(k, None)
        data = os.path.join(folder, ".local", "share", "qwend")
        os.makedirs(os.path.join(data, "models"), 0o700)
        shutil.copy(os.path.join(SRC, "tests/data/models", TINY + ".gguf"), os.path.join(data, "models"))
        try:
            lifetime(env, data)
            if small:
                real(env, data, small)
        finally:
            rc, out, err = run(env, "daemon", "stop")
            check("daemon stop", rc == 0, err)
            rc, out, err = run(env, "status")
            check("and then none answers", rc == 1 and "no qwend" in err, err)
    print("%d failed" % failures)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
