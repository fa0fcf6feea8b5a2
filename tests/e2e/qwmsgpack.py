"""A small MessagePack codec and RPC client for the tests, independent of proto/."""
import os
import select
import socket
import struct
import time


class More(Exception):
    pass


def pack(v):
    if v is None:
        return b"\xc0"
    if v is True or v is False:
        return b"\xc3" if v else b"\xc2"
    if isinstance(v, int):
        if 0 <= v < 128:
            return bytes([v])
        if -32 <= v < 0:
            return struct.pack("b", v)
        if v >= 0:
            return b"\xcf" + struct.pack(">Q", v)
        return b"\xd3" + struct.pack(">q", v)
    if isinstance(v, float):
        return b"\xcb" + struct.pack(">d", v)
    if isinstance(v, str):
        b = v.encode()
        n = len(b)
        head = bytes([0xA0 | n]) if n < 32 else b"\xd9" + bytes([n]) if n < 256 else b"\xdb" + struct.pack(">I", n)
        return head + b
    if isinstance(v, (bytes, bytearray)):
        return b"\xc6" + struct.pack(">I", len(v)) + bytes(v)
    if isinstance(v, (list, tuple)):
        head = bytes([0x90 | len(v)]) if len(v) < 16 else b"\xdd" + struct.pack(">I", len(v))
        return head + b"".join(map(pack, v))
    if isinstance(v, dict):
        head = bytes([0x80 | len(v)]) if len(v) < 16 else b"\xdf" + struct.pack(">I", len(v))
        return head + b"".join(pack(k) + pack(x) for k, x in v.items())
    raise TypeError(type(v))


def _take(b, at, n):
    if at + n > len(b):
        raise More
    return b[at:at + n], at + n


def unpack(b, at=0):
    """(value, next offset); More when bytes are missing, ValueError when they are wrong."""
    c, at = _take(b, at, 1)
    c = c[0]
    if c < 0x80:
        return c, at
    if c >= 0xE0:
        return c - 256, at
    kind, n = None, 0
    if c < 0x90:
        kind, n = "map", c & 15
    elif c < 0xA0:
        kind, n = "array", c & 15
    elif c < 0xC0:
        kind, n = "str", c & 31
    elif c == 0xC0:
        return None, at
    elif c in (0xC2, 0xC3):
        return c == 0xC3, at
    else:
        scalars = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
                   0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
        counted = {0xC4: ("bin", ">B"), 0xC5: ("bin", ">H"), 0xC6: ("bin", ">I"),
                   0xD9: ("str", ">B"), 0xDA: ("str", ">H"), 0xDB: ("str", ">I"),
                   0xDC: ("array", ">H"), 0xDD: ("array", ">I"), 0xDE: ("map", ">H"), 0xDF: ("map", ">I")}
        if c in scalars:
            f = scalars[c]
            raw, at = _take(b, at, struct.calcsize(f))
            return struct.unpack(f, raw)[0], at
        if c not in counted:
            raise ValueError("type byte 0x%02x" % c)
        kind, f = counted[c]
        raw, at = _take(b, at, struct.calcsize(f))
        n = struct.unpack(f, raw)[0]
    if kind == "str":
        raw, at = _take(b, at, n)
        return bytes(raw).decode(), at
    if kind == "bin":
        raw, at = _take(b, at, n)
        return bytes(raw), at
    if kind == "array":
        out = []
        for _ in range(n):
            v, at = unpack(b, at)
            out.append(v)
        return out, at
    out = {}
    for _ in range(n):
        k, at = unpack(b, at)
        out[k], at = unpack(b, at)
    return out, at


class RpcError(Exception):
    def __init__(self, code, message, info):
        super().__init__("%s: %s" % (info.get("name", code), message))
        self.code, self.message, self.info = code, message, info


class Client:
    """One connection.  recv() gives the next message, None when the daemon has closed."""

    def __init__(self, path, timeout=60):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(timeout)
        self.s.connect(path)
        self.timeout = timeout
        self.buf = b""
        self.next_id = 1

    def close(self):
        self.s.close()

    def send_raw(self, b):
        self.s.sendall(b)

    def send(self, method, params=None):
        i = self.next_id
        self.next_id += 1
        self.send_raw(pack([0, i, method, [params or {}]]))
        return i

    def recv(self, timeout=None):
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            if self.buf:
                try:
                    v, at = unpack(self.buf)
                    self.buf = self.buf[at:]
                    return v
                except More:
                    pass
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.s], [], [], left)[0]:
                raise TimeoutError("nothing from the daemon")
            try:
                got = self.s.recv(1 << 16)
            except ConnectionResetError:
                return None
            if not got:
                return None
            self.buf += got

    def call(self, method, params=None, events=None):
        i = self.send(method, params)
        while True:
            m = self.recv()
            if m is None:
                raise EOFError("closed")
            if m[0] == 2:
                if events is not None:
                    events.append((m[1], m[2][0]))
                continue
            if m[0] == 1 and m[1] == i:
                if m[2] is not None:
                    raise RpcError(*m[2])
                return m[3]
