"""End-to-end tests: a daemon of one's own, and a naive MessagePack-RPC client.

The client is on purpose what anybody would write in an afternoon (no library of ours).  Each
daemon has a private folder; tests wait for events and never sleep."""
import os, select, shutil, signal, socket, struct, subprocess, tempfile, time

TOP = os.environ.get("abs_top_srcdir", os.path.abspath(os.path.join(os.path.dirname(__file__), "../..")))
BUILD = os.environ.get("abs_top_builddir", TOP)
MODELS = os.path.join(TOP, "tests/data/models")
WAIT = 60                                   # seconds; a test that waits longer has failed


# ---- MessagePack, the part that is needed -------------------------------------------------
def pack(v):
    if v is None: return b"\xc0"
    if v is True: return b"\xc3"
    if v is False: return b"\xc2"
    if isinstance(v, int):
        if 0 <= v < 128: return bytes([v])
        if -32 <= v < 0: return struct.pack("b", v)
        return b"\xcf" + struct.pack(">Q", v) if v > 0 else b"\xd3" + struct.pack(">q", v)
    if isinstance(v, float): return b"\xcb" + struct.pack(">d", v)
    if isinstance(v, str):
        b = v.encode()
        return (bytes([0xa0 | len(b)]) if len(b) < 32 else b"\xdb" + struct.pack(">I", len(b))) + b
    if isinstance(v, bytes): return b"\xc6" + struct.pack(">I", len(v)) + v
    if isinstance(v, (list, tuple)):
        return (bytes([0x90 | len(v)]) if len(v) < 16 else b"\xdd" + struct.pack(">I", len(v))) + b"".join(map(pack, v))
    if isinstance(v, dict):
        return b"\xdf" + struct.pack(">I", len(v)) + b"".join(pack(k) + pack(x) for k, x in v.items())
    raise TypeError(type(v))


class Short(Exception):
    pass


def unpack(b, i=0):
    """One value of b at i: (value, next i); Short if it is not all there."""
    def take(n):
        nonlocal i
        if i + n > len(b): raise Short
        i += n
        return b[i - n:i]
    def num(fmt): return struct.unpack(">" + fmt, take(struct.calcsize(fmt)))[0]
    def seq(n):
        nonlocal i
        out = []
        for _ in range(n):
            v, i = unpack(b, i)
            out.append(v)
        return out
    def pairs(n):
        flat = seq(2 * n)
        return dict(zip(flat[::2], flat[1::2]))
    t = num("B")
    if t < 0x80: return t, i
    if t >= 0xe0: return t - 256, i
    if t < 0x90: v = pairs(t & 15); return v, i
    if t < 0xa0: v = seq(t & 15); return v, i
    if t < 0xc0: return take(t & 31).decode(), i
    simple = {0xc0: None, 0xc2: False, 0xc3: True}
    if t in simple: return simple[t], i
    nums = {0xca: "f", 0xcb: "d", 0xcc: "B", 0xcd: "H", 0xce: "I", 0xcf: "Q", 0xd0: "b", 0xd1: "h", 0xd2: "i", 0xd3: "q"}
    if t in nums: v = num(nums[t]); return v, i
    sizes = {0xc4: "B", 0xc5: "H", 0xc6: "I", 0xd9: "B", 0xda: "H", 0xdb: "I", 0xdc: "H", 0xdd: "I", 0xde: "H", 0xdf: "I"}
    n = num(sizes[t])
    if t <= 0xc6: return bytes(take(n)), i
    if t <= 0xdb: return take(n).decode(), i
    v = seq(n) if t <= 0xdd else pairs(n)
    return v, i


# ---- client ------------------------------------------------------------------------------
class RpcError(Exception):
    def __init__(self, e):
        super().__init__(e[1])
        self.code, self.text, self.info = e[0], e[1], e[2]
        self.name = e[2]["name"]


def fails(name, f, *a, **k):
    """Calls f, which must be refused with this error; returns it."""
    try:
        f(*a, **k)
    except RpcError as e:
        assert e.name == name, "%s instead of %s: %s" % (e.name, name, e)
        return e
    raise AssertionError("no error; wanted " + name)


class Client:
    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.connect(path)
        self.buf, self.events, self.replies, self.next = b"", [], {}, 0

    def send(self, method, **params):
        self.next += 1
        self.s.sendall(pack([0, self.next, method, [params]]))
        return self.next

    def pump(self, timeout=WAIT):
        """Takes one more read; False: the daemon has closed."""
        if not select.select([self.s], [], [], timeout)[0]:
            raise TimeoutError("nothing came from the daemon")
        try:
            b = self.s.recv(1 << 20)
        except ConnectionResetError:
            return False
        self.buf += b
        at = 0
        while at < len(self.buf):
            try:
                m, at = unpack(self.buf, at)
            except Short:
                break
            if m[0] == 1: self.replies[m[1]] = m
            else: self.events.append((m[1], m[2][0]))
        self.buf = self.buf[at:]
        return len(b) > 0

    def wait(self, id):
        while id not in self.replies:
            if not self.pump(): raise EOFError("closed")
        _, _, err, result = self.replies.pop(id)
        if err is not None: raise RpcError(err)
        return result

    def wait_event(self, name, n=1):
        """Waits until n events of this name have come; returns the last of them."""
        while True:
            found = [p for e, p in self.events if e == name]
            if len(found) >= n: return found[-1]
            if not self.pump(): raise EOFError("closed")

    def wait_closed(self):
        while self.pump(): pass
        return True

    def call(self, method, **params):
        return self.wait(self.send(method, **params))

    def close(self):
        self.s.close()


# ---- daemon --------------------------------------------------------------------------------
def model(name):
    return os.path.join(MODELS, name + ".gguf")


# QWEND_TEST_BACKEND=cuda or cuda-host: every daemon of a test computes on it.
ON_BACKEND = ("-o", "engine.backend=" + os.environ["QWEND_TEST_BACKEND"]) if "QWEND_TEST_BACKEND" in os.environ else ()


class Daemon:
    """qwend in a private folder; `models` are linked into its models/.  qwend: another than the build's."""
    def __init__(self, *options, models=(), dir=None, ready=True, env=None, conf=None, qwend=None):
        self.own = dir is None
        self.dir = dir or tempfile.mkdtemp(prefix="qwend-e2e-")
        self.socket = os.path.join(self.dir, "s")
        self.log = os.path.join(self.dir, "log")
        self.conf = os.path.join(self.dir, "qwend.conf")
        data = os.path.join(self.dir, "data")
        os.makedirs(os.path.join(data, "models"), mode=0o700, exist_ok=True)
        os.chmod(data, 0o700)
        for m in models:
            link = os.path.join(data, "models", m + ".gguf")
            if not os.path.exists(link): os.symlink(model(m), link)
        if conf is not None or not os.path.exists(self.conf):
            with open(self.conf, "w") as f: f.write(conf or "")
        r, w = os.pipe()
        os.set_inheritable(w, True)
        self.clients = []
        self.p = subprocess.Popen(
            [qwend or os.path.join(BUILD, "daemon/qwend"), "--config", self.conf, "--socket", self.socket, "--data", data,
             "--log", self.log, "--foreground", "--ready-fd", str(w), "-o", "engine.n_threads=1", *ON_BACKEND, *options],
            pass_fds=[w], env=dict(os.environ, XDG_CACHE_HOME=os.path.join(self.dir, "xdg-cache"), **(env or {})), stderr=subprocess.PIPE)
        os.close(w)
        self.ready = b""
        while not self.ready.endswith(b"\n"):
            if not select.select([r], [], [], WAIT)[0]: raise TimeoutError("qwend is not ready")
            b = os.read(r, 16)
            if not b: break
            self.ready += b
        os.close(r)
        if ready and self.ready != b"READY\n":
            self.p.wait(WAIT)
            raise RuntimeError("qwend ended: " + self.p.stderr.read().decode())

    def client(self):
        c = Client(self.socket)
        self.clients.append(c)
        return c

    def logged(self):
        with open(self.log) as f: return f.read()

    def end(self):
        """SIGTERM, and its exit status."""
        if self.p.poll() is None: self.p.send_signal(signal.SIGTERM)
        return self.p.wait(WAIT)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for c in self.clients: c.close()
        try:
            killed = self.p.poll() == -signal.SIGKILL           # by the test
            status = self.end()
            if exc[0] is None and not killed:                   # a sanitizer's report is a failure, too
                assert status == 0, "exit status %d: %s" % (status, self.p.stderr.read().decode()[-4000:])
        finally:
            if self.p.poll() is None:
                self.p.kill()
                self.p.wait()
            self.p.stderr.close()
            if exc[0] is not None and os.path.exists(self.log): print(self.logged()[-4000:])
            if self.own: shutil.rmtree(self.dir, ignore_errors=True)


def run_tests(names):
    """Runs the test_* functions of a module's globals, or those that are named; TAP-like lines."""
    import sys, traceback
    tests = {k: f for k, f in names.items() if k.startswith("test_") and callable(f)}
    chosen = [k for k in tests if not sys.argv[1:] or any(a in k for a in sys.argv[1:])]
    bad = 0
    for k in chosen:
        t = time.monotonic()
        try:
            tests[k]()
            print("ok   %-50s %5.2f s" % (k, time.monotonic() - t), flush=True)
        except Exception:
            bad += 1
            print("FAIL %-50s %5.2f s" % (k, time.monotonic() - t), flush=True)
            traceback.print_exc(file=sys.stdout)
    print("%d of %d good" % (len(chosen) - bad, len(chosen)))
    sys.exit(1 if bad else 0)
