#!/usr/bin/env python3
"""Runs every example of proto/PROTOCOL.md against a live qwend with a tiny model.

Environment: abs_top_srcdir, abs_top_builddir.  QWEND_EXAMPLE_SOCKET: use this daemon instead
of starting one (its model's name in QWEND_EXAMPLE_MODEL).  Arguments: numbers of examples to run."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from qwmsgpack import Client, pack  # noqa: E402

SRC = os.environ.get("abs_top_srcdir") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("abs_top_builddir") or SRC
MODEL = os.path.join(SRC, "tests/data/models/qwen3-fullvocab-q4_0.gguf")


class Mismatch(Exception):
    pass


def examples(text):
    """[(line number, [step])] of the fenced blocks; a step is its line."""
    out, steps, start = [], None, 0
    for no, line in enumerate(text.split("\n"), 1):
        if line == "```example":
            steps, start = [], no
        elif line == "```" and steps is not None:
            out.append((start, steps))
            steps = None
        elif steps is not None and line.strip():
            steps.append(line)
    return out


def fill(v, names):
    """A request's $names replaced, and its 0x by bytes."""
    if isinstance(v, str) and v.startswith("0x"):
        return bytes.fromhex(v[2:])
    if isinstance(v, str) and v.startswith("$"):
        if v not in names:
            raise Mismatch("%s is not known yet" % v)
        return names[v]
    if isinstance(v, list):
        return [fill(x, names) for x in v]
    if isinstance(v, dict):
        return {k: fill(x, names) for k, x in v.items()}
    return v


TYPES = {"*str": str, "*int": int, "*float": (int, float), "*bool": bool, "*list": list, "*map": dict}


def match(pattern, v, names, where=""):
    if isinstance(pattern, str) and pattern == "*":
        return
    if isinstance(pattern, str) and pattern in TYPES:
        if not isinstance(v, TYPES[pattern]) or (isinstance(v, bool) and pattern != "*bool"):
            raise Mismatch("%s: %r is no %s" % (where, v, pattern[1:]))
        return
    if isinstance(pattern, str) and pattern.startswith("0x"):
        if v != bytes.fromhex(pattern[2:]):
            raise Mismatch("%s: %r is not %s" % (where, v, pattern))
        return
    if isinstance(pattern, str) and pattern.startswith("$"):
        if not isinstance(v, str):
            raise Mismatch("%s: %r is no string" % (where, v))
        if names.setdefault(pattern, v) != v:
            raise Mismatch("%s: %r, but %s is %r" % (where, v, pattern, names[pattern]))
        return
    if isinstance(pattern, dict):
        if not isinstance(v, dict):
            raise Mismatch("%s: %r is no map" % (where, v))
        for k, p in pattern.items():
            if k not in v:
                raise Mismatch("%s.%s is missing; there are %s" % (where, k, ", ".join(sorted(v))))
            match(p, v[k], names, where + "." + k)
        return
    if isinstance(pattern, list):
        if not isinstance(v, list) or len(v) != len(pattern):
            raise Mismatch("%s: %r is no list of %d" % (where, v, len(pattern)))
        for i, p in enumerate(pattern):
            match(p, v[i], names, "%s.%d" % (where, i))
        return
    if pattern != v or isinstance(pattern, bool) != isinstance(v, bool):
        raise Mismatch("%s: %r instead of %r" % (where, v, pattern))


class Example:
    def __init__(self, path, names):
        self.c = Client(path)
        self.names = names
        self.ahead = None               # a message that is read but not yet used

    def next(self):
        m, self.ahead = (self.ahead, None) if self.ahead is not None else (self.c.recv(), None)
        if m is None:
            raise Mismatch("the daemon closed")
        return m

    def notification(self, name, pattern):
        many = name[-1] if name[-1] in "*+" else ""
        name = name.rstrip("*+")
        got = 0
        while True:
            m = self.next()
            if m[0] != 2 or m[1] != name:
                self.ahead = m
                break
            match(pattern, m[2][0], self.names, name)
            got += 1
            if not many:
                break
        if got == 0 and many != "*":
            raise Mismatch("expected %s, got %r" % (name, self.ahead))

    def response(self, rest):
        m = self.next()
        if m[0] != 1 or len(m) != 4:
            raise Mismatch("expected a response, got %r" % (m,))
        e = re.match(r"error (\d+) (.*)", rest)
        if e:
            if m[2] is None:
                raise Mismatch("expected an error, got %r" % (m[3],))
            code, message, info = m[2]
            if code != int(e.group(1)):
                raise Mismatch("error %r instead of %s" % (m[2], e.group(1)))
            if not isinstance(message, str) or not message or m[3] is not None:
                raise Mismatch("an error of the wrong shape: %r" % (m,))
            match(json.loads(e.group(2)), info, self.names, "error")
        else:
            if m[2] is not None:
                raise Mismatch("error %r" % (m[2],))
            match(json.loads(rest), m[3], self.names, "result")

    def step(self, line):
        if line.startswith("--> "):
            method, params = line[4:].split(" ", 1)
            self.c.send(method, fill(json.loads(params), self.names))
        elif line.startswith("==> "):
            self.c.send_raw(bytes.fromhex(line[4:]))
        elif line.startswith("<~~ "):
            name, pattern = line[4:].split(" ", 1)
            self.notification(name, json.loads(pattern))
        elif line == "<== closed":
            m = self.ahead if self.ahead is not None else self.c.recv(10)
            if m is not None:
                raise Mismatch("expected the end, got %r" % (m,))
        elif line.startswith("<-- "):
            self.response(line[4:])
        else:
            raise Mismatch("cannot read this step")


def start_daemon(folder):
    sock = os.path.join(folder, "s")
    r, w = os.pipe()
    os.set_inheritable(w, True)
    env = dict(os.environ, HOME=folder, XDG_RUNTIME_DIR=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder, XDG_CACHE_HOME=folder)
    p = subprocess.Popen([os.path.join(BUILD, "daemon", "qwend"), "--foreground", "--socket", sock, "--data", os.path.join(folder, "data"),
                          "--model", MODEL, "--ready-fd", str(w), "-o", "model.chat_template=qwen2.5",
                          "-o", "plugin.python.enabled=no", "-o", "plugin.toolbox.path=" + os.path.join(BUILD, "tests/plugin/.libs/toolbox.so")],
                         pass_fds=[w], env=env, stderr=open(os.path.join(folder, "log"), "w"))
    os.close(w)
    os.read(r, 1)
    os.close(r)
    return p, sock


def main():
    with open(os.path.join(SRC, "proto", "PROTOCOL.md"), encoding="utf-8") as f:
        ex = examples(f.read())
    if len(ex) < 25:
        sys.exit("only %d examples found" % len(ex))
    only = [int(a) for a in sys.argv[1:]]
    daemon, folder = None, tempfile.mkdtemp(prefix="qwp")
    sock = os.environ.get("QWEND_EXAMPLE_SOCKET")
    failed = 0
    try:
        if not sock:
            if not os.access(os.path.join(BUILD, "daemon", "qwend"), os.X_OK):
                print("qwend is not built")
                sys.exit(77)
            daemon, sock = start_daemon(folder)
        c = Client(sock)
        name = os.environ.get("QWEND_EXAMPLE_MODEL") or os.path.basename(MODEL)[:-len(".gguf")]
        c.call("model.load", {"model": name})           # waits until it is there
        c.close()
        for i, (no, steps) in enumerate(ex, 1):
            if only and i not in only:
                continue
            e = Example(sock, {"$model": name, "$long": "x y " * 100000})
            try:
                for line in steps:
                    e.step(line)
                print("ok %d - PROTOCOL.md:%d" % (i, no))
            except (Mismatch, TimeoutError, OSError, ValueError) as x:
                failed += 1
                print("not ok %d - PROTOCOL.md:%d\n  %s\n  %s" % (i, no, line[:300], str(x)[:600]))
            e.c.close()
        if daemon:
            daemon.send_signal(signal.SIGTERM)
            if daemon.wait(30) != 0:
                failed += 1
                print("not ok - the daemon ended with %d" % daemon.returncode)
            daemon = None
    finally:
        if daemon:
            daemon.kill()
            daemon.wait()
        if failed and os.path.exists(os.path.join(folder, "log")):
            print(open(os.path.join(folder, "log"), errors="replace").read()[-3000:])
        shutil.rmtree(folder, ignore_errors=True)
    print("%d examples, %d failed" % (len(ex), failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
