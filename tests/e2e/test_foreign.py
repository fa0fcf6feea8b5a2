#!/usr/bin/env python3
"""Other people's MessagePack-RPC clients against a live qwend: a naive one made of Python's `msgpack`
and a socket, and pynvim's session.  Skipped where those modules are not installed."""
import os
import shutil
import signal
import socket
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_protocol import BUILD, MODEL, start_daemon  # noqa: E402


def naive(path, method, params):
    """The whole client."""
    import msgpack
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.sendall(msgpack.packb([0, 1, method, [params]]))
    unpacker, events = msgpack.Unpacker(), []
    while True:
        data = s.recv(65536)
        if not data:
            raise EOFError
        unpacker.feed(data)
        for m in unpacker:
            if m[0] == 2:
                events.append((m[1], m[2][0]))
            elif m[2] is not None:
                raise RuntimeError(m[2])
            else:
                return m[3], events


def with_msgpack(path, model):
    naive(path, "model.load", {"model": model})
    out, events = naive(path, "generate", {"prompt": "1 + 1 =", "max_tokens": 8, "stream": True, "tag": "t", "stop_on_repetition": False})
    text = "".join(p["text"] for n, p in events if n == "stream.delta")
    assert text == out["choices"][0]["text"] and events[0][0] == "stream.start" and events[-1][0] == "stream.done", (out, events)
    assert events[-1][1]["outcome"]["usage"] == out["usage"]
    try:
        naive(path, "generat", {})
        assert False
    except RuntimeError as e:
        assert e.args[0][0] == 2 and "generate" in e.args[0][1], e


def with_pynvim(path, model):
    from pynvim.msgpack_rpc import socket_session
    s = socket_session(path)
    assert s.request("conn.ping")["unix_ms"] > 0                # params []
    assert s.request("status", {})["model"]["name"] == model    # params [{}]
    r = s.request("generate", {"prompt": "x", "max_tokens": 2})
    assert r["state"] == "done", r
    s.close()


def main():
    try:
        import msgpack  # noqa: F401
    except ImportError:
        print("Python's msgpack is not installed")
        sys.exit(77)
    if not os.access(os.path.join(BUILD, "daemon", "qwend"), os.X_OK):
        print("qwend is not built")
        sys.exit(77)
    folder = tempfile.mkdtemp(prefix="qwf")
    daemon, sock = start_daemon(folder)
    model = os.path.basename(MODEL)[:-len(".gguf")]
    try:
        with_msgpack(sock, model)
        print("ok - a naive client with msgpack")
        try:
            import pynvim  # noqa: F401
        except ImportError:
            print("ok - pynvim # SKIP not installed")
        else:
            with_pynvim(sock, model)
            print("ok - pynvim's session")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
