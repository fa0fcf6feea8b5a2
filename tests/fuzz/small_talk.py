#!/usr/bin/env python3
"""Writes a small exported conversation (daemon/store/transfer.h) without its checksum: small_talk.py FILE."""
import struct, sys


def string(s):
    return struct.pack("<I", 0xFFFFFFFF) if s is None else struct.pack("<I", len(s.encode())) + s.encode()


def blob(b):
    return struct.pack("<I", len(b)) + b


def ids(v):
    return struct.pack(f"<I{len(v)}i", len(v), *v)


def record(kind, payload):
    return struct.pack("<IIQ", kind, 0, len(payload)) + payload


def message(role, flags, text, v):
    return record(3, struct.pack("<BBqQ", role, flags, 5, 77) + string("tiny/chatml") + string(text) +
                  string("stop" if role == 2 else None) + blob(b"\x80") + ids(v))


def main():
    # namespace: F32 of 1 layer, 1 head of 16: 2048 bytes a page
    key = bytes(16) + struct.pack("<QIIIIIIQQ", 7, 1, 1, 1, 16, 3, 1, 2048, 0)
    out = record(1, b"QWTALK\0\x01" + struct.pack("<Q", 1))
    out += record(2, struct.pack("<qqBB", 1, 2, 1, 0) + string("title 标题") + string(None) + string("m") + string("a b"))
    out += message(1, 1, "问 question", list(range(20))) + message(2, 7, "答 answer", list(range(20, 40)))
    out += record(4, struct.pack("<IIBqQ", 0, 1, 2, 3, 9) + blob(b"params") + blob(b"") + ids([1, 2, 3]))
    out += record(5, key) + record(6, bytes(2048)) + record(6, bytes(2048)) + record(7, bytes(16))
    with open(sys.argv[1], "wb") as f:
        f.write(out)


if __name__ == "__main__":
    main()
