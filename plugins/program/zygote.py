"""The zygote of the program jail: python3 with sympy loaded, which forks a fresh child for each program.

qwend-program (main.c) puts this text on the interpreter's command line, once limits, Landlock and the zygote's
system call filter are in force.  Arguments: the program's own filter in hexadecimal; why Landlock is not in
force ("" if it is).  Descriptor 3 is the channel to the supervisor (program.c), MessagePack-RPC:

    hello {python, sympy, landlock}                                    once, when programs may come
    run {code, input, cpu_ms, wall_ms, memory_bytes, output_bytes}  ->  {end, status, out, err, ms, cpu_ms}
    cancel {}                                                          the program that runs is killed

Nothing of a program runs in the zygote.  The child has no channel: it can only print, into pipes that the zygote
reads, and its way of ending is what the kernel says.
"""
import ctypes
import gc
import io
import linecache
import os
import resource
import select
import signal
import struct
import sys
import time
import traceback
import types

CHANNEL = 3
OPEN_FILES = 32             # main.c's limit
TAIL = 4096                 # bytes kept of standard error
END_OK, END_EXCEPTION, END_TIME, END_MEMORY, END_OUTPUT, END_KILLED, END_CANCELLED = range(7)
EXIT_EXCEPTION, EXIT_MEMORY = 1, 97
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2


# --- MessagePack: what the channel needs of it ----------------------------------------------------------------

class Truncated(Exception):
    pass


def unpack(data, at=0):
    """One value at data[at:] -> (value, where it ends); Truncated if there is more to come."""
    def take(n):
        nonlocal at
        if at + n > len(data):
            raise Truncated
        at += n
        return data[at - n:at]

    def number(fmt):
        return struct.unpack(">" + fmt, take(struct.calcsize(fmt)))[0]

    def some(n):
        nonlocal at
        values = []
        for _ in range(n):
            value, at = unpack(data, at)
            values.append(value)
        return values

    def pairs(n):
        flat = some(2 * n)
        return dict(zip(flat[::2], flat[1::2]))

    head = take(1)[0]
    if head < 0x80:
        return head, at
    if head >= 0xe0:
        return head - 0x100, at
    if head < 0x90:
        return pairs(head & 15), at
    if head < 0xa0:
        return some(head & 15), at
    if head < 0xc0:
        return take(head & 31).decode(), at
    if head in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[head], at
    if head in (0xc4, 0xc5, 0xc6):
        return take(number("BHI"[head - 0xc4])), at
    if 0xca <= head <= 0xd3:
        return number("fdBHIQbhiq"[head - 0xca]), at
    if head in (0xd9, 0xda, 0xdb):
        return take(number("BHI"[head - 0xd9])).decode(), at
    if head in (0xdc, 0xdd):
        return some(number("HI"[head - 0xdc])), at
    if head in (0xde, 0xdf):
        return pairs(number("HI"[head - 0xde])), at
    raise ValueError(head)


def pack(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, str):
        text = value.encode("utf-8", "replace")
        return b"\xdb" + struct.pack(">I", len(text)) + text
    if isinstance(value, list):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    return b"\xdf" + struct.pack(">I", len(value)) + b"".join(pack(k) + pack(v) for k, v in value.items())


class Channel:
    def __init__(self):
        self.data = b""

    def fill(self):
        more = os.read(CHANNEL, 1 << 16)
        if not more:
            os._exit(0)                 # no supervisor, no zygote; its child dies with it
        self.data += more

    def next(self):
        """The next message, or None if it is not there as a whole."""
        try:
            message, end = unpack(self.data)
        except Truncated:
            return None
        self.data = self.data[end:]
        return message

    def send(self, message):
        data = pack(message)
        while data:
            data = data[os.write(CHANNEL, data):]


# --- the program's side ---------------------------------------------------------------------------------------

class Filter:
    """The program's system call filter, ready to be installed by whoever calls seal()."""

    class Program(ctypes.Structure):    # struct sock_fprog
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    def __init__(self, hexadecimal):
        code = bytes.fromhex(hexadecimal)
        self.code = ctypes.create_string_buffer(code, len(code))
        self.program = self.Program(len(code) // 8, ctypes.addressof(self.code))
        self.prctl = ctypes.CDLL(None).prctl
        self.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4

    def seal(self):
        return self.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(self.program), 0, 0) == 0


def confine(seal, zygote, limits, ends):
    """Limits, then the filter.  From here on there is no way to a process, a descriptor or a limit."""
    seal.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != zygote:
        os._exit(EXIT_EXCEPTION)
    for to, fd in enumerate(ends):                  # input, output, error, and whether it is sealed
        os.dup2(fd, to)
    os.closerange(4, OPEN_FILES)
    seconds = limits["cpu_ms"] // 1000 + 2          # the zygote counts finer; this holds should it not
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    if not seal.seal():
        os._exit(EXIT_EXCEPTION)
    os.write(3, b"1")                               # no result counts without it
    os.close(3)


def open_streams():
    """Standard output and error, as text that no character breaks."""
    streams = [io.TextIOWrapper(open(fd, "wb", closefd=False), "utf-8", "backslashreplace", line_buffering=True) for fd in (1, 2)]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = streams
    return streams


def execute(code, err):
    """Runs the program; the status to exit with."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["program.py"]
    try:
        text = code.decode("utf-8")
        linecache.cache["program.py"] = len(text), None, text.splitlines(True), "program.py"
        exec(compile(text, "program.py", "exec", dont_inherit=True), main.__dict__)
        return 0
    except SystemExit as end:
        if end.code is None or end.code == 0:
            return 0
        print("exit:", end.code, file=err)
        if isinstance(end.code, int):
            return end.code & 255
    except MemoryError:
        os.write(2, b"MemoryError: the program wanted more memory than it may have\n")
        return EXIT_MEMORY
    except BaseException as error:
        # The first frame is ours.  A long line, or a long message, is no reason to lose the end.
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__.tb_next))
        err.write(text if len(text) <= TAIL else text[:TAIL // 4] + " ... " + text[-TAIL // 2:])
    return EXIT_EXCEPTION


def program(seal, zygote, limits, ends):
    status, streams, leave = EXIT_EXCEPTION, [], os._exit       # names that no program can change
    try:
        try:
            confine(seal, zygote, limits, ends)
            streams = open_streams()
            status = execute(limits["code"], streams[1])
        except MemoryError:
            status = EXIT_MEMORY
        except BaseException:           # it broke what its error was to be shown with
            pass
        for stream in streams:
            try:
                stream.flush()
            except BaseException:       # it closed them
                pass
    finally:
        leave(status)


# --- the zygote's side ----------------------------------------------------------------------------------------

class Run:
    """One child, from fork to its reaping."""

    def __init__(self, seal, limits):
        self.limits = limits
        self.end = None                 # why it was killed
        self.out, self.err, self.err_bytes = bytearray(), bytearray(), 0
        self.input = limits["input"]
        inp, out, err, sealed = os.pipe(), os.pipe(), os.pipe(), os.pipe()
        zygote = os.getpid()
        self.begin = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            program(seal, zygote, limits, (inp[0], out[1], err[1], sealed[1]))
        for fd in (inp[0], out[1], err[1], sealed[1]):
            os.close(fd)
        self.in_fd, self.out_fd, self.err_fd, self.sealed_fd = inp[1], out[0], err[0], sealed[0]
        for fd in (self.in_fd, self.out_fd, self.err_fd):
            os.set_blocking(fd, False)
        self.pidfd = os.pidfd_open(self.pid)
        self.clock = (~self.pid << 3) | 2           # its CPU time (clock_getcpuclockid)

    def kill(self, end):
        if self.end is None:
            self.end = end
            if self.pid is not None:
                os.kill(self.pid, signal.SIGKILL)   # not reaped yet: the number is still its own

    def read(self, fd):
        """What is there; False at the end."""
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return self.pid is not None
        if fd == self.out_fd:
            self.out += data[:self.limits["output_bytes"] - len(self.out) + 1]
        else:
            self.err_bytes += len(data)
            self.err = (self.err + data)[-TAIL:]
        if max(len(self.out), self.err_bytes) > self.limits["output_bytes"]:
            self.kill(END_OUTPUT)
        return bool(data)

    def feed(self):
        """What its input takes; False once that is all, or once nobody reads."""
        try:
            self.input = self.input[os.write(self.in_fd, self.input):] if self.input else b""
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self.input = b""
        if not self.input:
            os.close(self.in_fd)
            self.in_fd = None
        return bool(self.input)

    def time_left(self):
        """Milliseconds until it can have used up its time at the earliest; it has one thread."""
        wall = self.limits["wall_ms"] / 1000 - (time.monotonic() - self.begin)
        try:
            cpu = self.limits["cpu_ms"] / 1000 - time.clock_gettime(self.clock)
        except OSError:                             # it has ended
            cpu = wall
        return 1000 * min(wall, cpu)

    def watch(self, channel):
        poll = select.poll()
        for fd in (self.out_fd, self.err_fd, self.pidfd, CHANNEL):
            poll.register(fd, select.POLLIN)
        if self.feed():
            poll.register(self.in_fd, select.POLLOUT)
        while True:
            left = self.time_left()
            if left <= 0:
                self.kill(END_TIME)
            events = poll.poll(None if self.end is not None else left + 1)
            for fd, _ in events:
                if fd in (self.out_fd, self.err_fd):
                    if not self.read(fd):
                        poll.unregister(fd)
                elif fd == self.in_fd:
                    if not self.feed():
                        poll.unregister(fd)
                elif fd == CHANNEL:
                    channel.fill()
                    while (message := channel.next()) is not None:
                        if message[:2] == [2, "cancel"]:
                            self.kill(END_CANCELLED)
            if any(fd == self.pidfd for fd, _ in events):
                return

    def reap(self):
        """Everything of it goes; what it was, as a result."""
        _, status, usage = os.wait4(self.pid, 0)
        self.pid = None
        spent = time.monotonic() - self.begin
        for fd in (self.out_fd, self.err_fd):       # at most what a pipe holds; nobody writes any more
            while self.read(fd):
                pass
            os.close(fd)
        if self.in_fd is not None:
            os.close(self.in_fd)
        sealed = os.read(self.sealed_fd, 1)
        os.close(self.sealed_fd)
        os.close(self.pidfd)
        end, cpu = self.end, usage.ru_utime + usage.ru_stime
        if end is None and os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            end = END_TIME if number == signal.SIGXCPU else END_KILLED
            self.err += ("signal %d (%s)\n" % (number, signal.strsignal(number))).encode()
        elif end is None:
            end = {0: END_OK, EXIT_MEMORY: END_MEMORY}.get(os.WEXITSTATUS(status), END_EXCEPTION)
        if not sealed and end not in (END_TIME, END_CANCELLED):
            return None
        code = EXIT_EXCEPTION if end == END_MEMORY else 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        return {"end": end, "status": code, "out": bytes(self.out[:self.limits["output_bytes"]]), "err": bytes(self.err),
                "ms": 1000 * spent, "cpu_ms": 1000 * cpu}


def load_sympy():
    """Its version, or "": then programs have the standard library only."""
    import site
    # What site would add, less the user's folder and the .pth files that it would execute.
    sys.path += [path for path in site.getsitepackages() if path not in sys.path]
    os.putenv("OPENBLAS_NUM_THREADS", "1")          # a program may not start threads
    try:
        import sympy
        x = sympy.Symbol("x")
        # Loads what is loaded late, so that no program waits for it.
        sympy.solve(x ** 2 - 5 * x + 6, x)
        sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2)
        sympy.integrate(x * sympy.exp(x), x)
        return sympy.__version__
    except Exception as error:
        if not isinstance(error, ImportError):
            print("sympy: %s: %s" % (type(error).__name__, error), file=sys.stderr)
        return ""


def serve():
    seal, landlock = Filter(sys.argv[1]), sys.argv[2]
    os.environ.clear()                              # bubblewrap and the interpreter put words of their own there
    if sys.version_info < (3, 9):
        sys.exit("python %d.%d is too old: 3.9 or later is needed" % sys.version_info[:2])
    sympy = load_sympy()
    gc.collect()
    gc.freeze()                                     # children share these pages
    channel = Channel()
    channel.send([2, "hello", [{"python": "%d.%d.%d" % sys.version_info[:3], "sympy": sympy, "landlock": landlock}]])
    while True:
        message = channel.next()
        if message is None:
            channel.fill()
        elif message[0] == 0:                       # a cancel that comes late finds nothing to do
            run = Run(seal, message[3][0])
            run.watch(channel)
            result = run.reap()
            error = None if result is not None else [16, "the program's system call filter could not be installed", {}]
            channel.send([1, message[1], error, result])


serve()
