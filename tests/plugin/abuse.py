"""Programs that mean harm, for test_jail.py: (name, source, how it may end, does it succeed outside the jail?).

A source prints REACHED where it got at something; in the jail none may.  The last field: True, and the test runs it
without the jail, where it has to print REACHED (so that its being contained says something); False, for what would
harm the machine or needs root.  Names in braces are filled in: a secret file in the user's home, a link to it, the
port of a listener, the path and the abstract name of two sockets.
"""
OK, EXCEPTION, TIME, MEMORY, OUTPUT, KILLED = "ok", "exception", "time", "memory", "output", "killed"
CTYPES = "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n"

FILES = [
    ("/etc/passwd", "print('REACHED' if 'root' in open('/etc/passwd').read() else '')", [EXCEPTION], True),
    ("/etc/passwd by a detour", "print('REACHED' if 'root' in open('/usr/lib/../../etc/passwd').read() else '')", [EXCEPTION], True),
    ("/proc/self", "print('REACHED', open('/proc/self/status').read())", [EXCEPTION], True),
    ("/proc of the supervisor", "import os\nprint('REACHED', open('/proc/%d/cmdline' % os.getppid()).read())", [EXCEPTION], True),
    ("list /proc", "import os\nprint('REACHED', len(os.listdir('/proc')))", [EXCEPTION], True),
    ("list /", "import os\nprint('REACHED' if {{'home', 'proc', 'root', 'tmp'}} & set(os.listdir('/')) else '')", [OK, EXCEPTION], True),
    ("/dev/null", "print('REACHED', open('/dev/null').read())", [EXCEPTION], True),
    ("the user's home", "print('REACHED', open({secret!r}).read())", [EXCEPTION], True),
    ("a link to the home", "print('REACHED', open({link!r}).read())", [EXCEPTION], True),
    ("a link of its own", "import os\nos.symlink({secret!r}, {folder!r} + '/own-link')\nprint('REACHED', open({folder!r} + '/own-link').read())",
     [EXCEPTION], True),
    ("a hard link", "import os\nos.link({secret!r}, {folder!r} + '/hard-link')\nprint('REACHED')", [EXCEPTION], True),
    ("write", "open({folder!r} + '/written', 'w').write('x')\nprint('REACHED')", [EXCEPTION], True),
    ("write to /tmp", "import os\nopen('/tmp/qwend-jail-%d' % os.getpid(), 'x')\nos.unlink('/tmp/qwend-jail-%d' % os.getpid())\nprint('REACHED')",
     [EXCEPTION], True),
    ("write beside its library", "import os\nopen(os.path.dirname(os.__file__) + '/evil.py', 'w')\nprint('REACHED')", [EXCEPTION], False),
    ("200,000 files", "for i in range(200000):\n    try: open({folder!r} + '/%d' % i, 'x'); print('REACHED')\n    except OSError: pass", [OK], False),
    ("200,000 open files", "keep = []\nfor i in range(200000): keep.append(open(__import__('os').__file__))\nprint('REACHED')", [EXCEPTION], False),
    ("a sparse file", "f = open({folder!r} + '/sparse', 'wb')\nf.truncate(1 << 40)\nprint('REACHED')", [EXCEPTION], True),
    ("a file in memory", "import os\nos.memfd_create('x')\nprint('REACHED')", [EXCEPTION], True),
    ("1,000 folders deep", "import os\nat = {folder!r}\nfor i in range(1000):\n    at += '/d'\n    os.mkdir(at)\nprint('REACHED')", [EXCEPTION], True),
    ("1,000 folders in a name", "print(open('/x' * 1000).read())\nprint('REACHED')", [EXCEPTION], False),
    ("change the mode of a file", "import os\nos.chmod({secret!r}, 0o644)\nprint('REACHED')", [EXCEPTION], True),
    ("remove a file", "import os\nopen({folder!r} + '/{{}}'.format(os.getpid()), 'w')\nos.unlink({folder!r} + '/{{}}'.format(os.getpid()))\nprint('REACHED')",
     [EXCEPTION], True),
    ("descriptors that were left open", "import os\nfor fd in range(3, 1024):\n    try: os.fstat(fd); print('REACHED', fd)\n    except OSError: pass",
     [OK], False),
    ("the environment", "import os\nprint('REACHED' if os.environ else '')", [OK], True),
]

PROCESSES = [
    ("fork", "import os\nif os.fork(): os.wait(); print('REACHED')", [EXCEPTION], True),
    ("fork bomb", "import os\nwhile True: os.fork()", [EXCEPTION], False),
    ("fork bomb that goes on", "import os\nfor i in range(100000):\n    try: os.fork(); print('REACHED')\n    except OSError: pass", [OK], False),
    ("fork by its number", CTYPES + "r = c.syscall(57)\nif r == 0: c.syscall(231, 0)\nprint('REACHED' if r > 0 else '')", [OK], True),
    ("clone3", CTYPES + "a = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)\nr = c.syscall(435, a, 88)\nif r == 0: c.syscall(231, 0)\nprint('REACHED' if r > 0 else '')",
     [OK], True),
    ("a thread", "import threading\nt = threading.Thread(target=print, args=('REACHED',))\nt.start(); t.join()", [EXCEPTION], True),
    ("threads without end", "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(100,)).start()", [EXCEPTION], False),
    ("a shell", "import os\nos.execv('/bin/sh', ['sh', '-c', 'echo REACHED'])", [EXCEPTION], True),
    ("a shell by system", "import os\nos.system('echo REACHED')", [OK], True),
    ("a shell by subprocess", "import subprocess\nprint(subprocess.run(['/bin/sh', '-c', 'echo REACHED'], capture_output=True).stdout)", [EXCEPTION], True),
    ("a shell by posix_spawn", "import os\nos.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', 'echo REACHED'], {{}}), 0)", [EXCEPTION], True),
    ("the interpreter again", "import os, sys\nos.execv(sys.executable or '/usr/bin/python3', ['python3', '-c', 'print(\"REACHED\")'])", [EXCEPTION], True),
    ("ptrace", CTYPES + "print('REACHED' if c.ptrace(0, 0, None, None) == 0 else '')", [OK], True),
    ("another's memory", CTYPES + "import os\nb = ctypes.create_string_buffer(8)\nv = (ctypes.c_void_p * 2)(ctypes.addressof(b), 8)\n"
     "r = c.process_vm_readv(os.getpid(), v, 1, v, 1, 0)\nprint('REACHED' if r == 8 else '')", [OK], True),
    ("new namespaces", CTYPES + "print('REACHED' if c.unshare(0x10000000) == 0 else '')", [OK], False),
    ("signal the supervisor", "import os\nos.kill(os.getppid(), 0)\nprint('REACHED')", [EXCEPTION], False),
    ("signal itself", "import os\nos.kill(os.getpid(), 0)\nprint('REACHED')", [EXCEPTION], True),
    ("signal everybody", "import os\nos.kill(-1, 0)\nprint('REACHED')", [EXCEPTION], False),
    ("signal by a pipe's owner", "import fcntl, os\nfcntl.fcntl(1, 10, 9)\nfcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())\nprint('REACHED')", [EXCEPTION], True),
    ("become root", "import os\nos.setuid(0)\nprint('REACHED')", [EXCEPTION], False),
    ("a higher limit", "import resource\nr = resource.getrlimit(resource.RLIMIT_CPU)\nresource.setrlimit(resource.RLIMIT_CPU, r)\nprint('REACHED')", [EXCEPTION], True),
    ("another filter", CTYPES + "print('REACHED' if c.prctl(22, 1, 0, 0, 0) == 0 else '')\nimport os\nos._exit(0)", [OK], False),
    ("mount", CTYPES + "print('REACHED' if c.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0 else '')", [OK], False),
    ("shared memory", CTYPES + "n = c.shmget(0, 4096, 0o1600)\nif n >= 0: c.shmctl(n, 0, None)\nprint('REACHED' if n >= 0 else '')", [OK], True),
    ("calls of 32 bits' numbers", CTYPES + "print('REACHED' if c.syscall(0x40000000 + 39) > 0 else '')", [OK, KILLED], False),
]

NETWORK = [
    ("internet", "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.connect(('192.0.2.1', 9))\nprint('REACHED')", [EXCEPTION], False),
    ("a socket", "import socket\nsocket.socket()\nprint('REACHED')", [EXCEPTION], True),
    ("loopback", "import socket\nsocket.create_connection(('127.0.0.1', {port}))\nprint('REACHED')", [EXCEPTION], True),
    ("listen", "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0)); s.listen()\nprint('REACHED')", [EXCEPTION], True),
    ("the daemon's socket", "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect({socket!r})\nprint('REACHED')", [EXCEPTION], True),
    ("an abstract socket", "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(chr(0) + {abstract!r})\nprint('REACHED')", [EXCEPTION], True),
    ("a pair of sockets", "import socket\nsocket.socketpair()\nprint('REACHED')", [EXCEPTION], True),
    ("netlink", "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\nprint('REACHED')", [EXCEPTION], True),
]

# What limits are for.
RESOURCES = [
    ("memory at once", "x = bytearray(1 << 34)\nprint('REACHED')", [MEMORY], False),
    ("memory bit by bit", "keep = []\nwhile True: keep.append(bytearray(1 << 22))", [MEMORY], False),
    ("memory by ctypes", CTYPES + "c.malloc.restype = ctypes.c_void_p\nprint('REACHED' if c.malloc(ctypes.c_size_t(1 << 34)) else '')", [OK], False),
    ("sleep", "import time\ntime.sleep(1000)", [TIME], False),
    ("a loop", "while True: pass", [TIME], False),
    ("a loop that catches everything", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", [TIME], False),
    ("a loop without output", "import os\nos.close(1); os.close(2)\nwhile True: pass", [TIME], False),
    ("a wait for input", "input()", [EXCEPTION], False),
    ("10**10**10", "print(10**10**10)", [TIME, MEMORY], False),
    ("a tower of factorials", "import math\nprint(math.factorial(math.factorial(math.factorial(5))))", [TIME, MEMORY, EXCEPTION], False),
    ("output without end", "while True: print('x' * 1000)", [OUTPUT], False),
    ("errors without end", "import sys\nwhile True: print('x' * 1000, file=sys.stderr)", [OUTPUT], False),
    ("recursion without end", "def f(): return f() + 1\nf()", [EXCEPTION], False),
    ("recursion without a limit", "import sys\nsys.setrecursionlimit(1 << 30)\ndef f(): return f() + 1\nf()", [EXCEPTION, KILLED, MEMORY, TIME], False),
    ("recursion in C", "import sys\nsys.setrecursionlimit(1 << 30)\nx = []\nfor i in range(1 << 20): x = [x]\nrepr(x)", [EXCEPTION, KILLED, MEMORY, TIME], False),
    ("SIGSEGV", "import ctypes\nctypes.string_at(0)", [KILLED], False),
    ("abort", "import os\nos.abort()", [KILLED], False),
    ("signals ignored", "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass",
     [TIME], False),
    ("a pattern that never matches", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')", [TIME], False),
    ("NUL bytes", "print('a' + chr(0) * 1000)", [OK], False),
    ("NUL bytes in the source", "print('REACHED')" + chr(0), [EXCEPTION], False),
    ("surrogates", "print(chr(0xd800) * 1000, file=open(2, 'w', closefd=False))\nprint('REACHED')", [EXCEPTION], False),
    ("100,000 brackets", "print(eval('(' * 100000))", [EXCEPTION, KILLED, MEMORY], False),
]
