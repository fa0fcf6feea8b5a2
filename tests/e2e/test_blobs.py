#!/usr/bin/env python3
"""blob.*: pieces, limits, owners' connections, and that nothing of it is left on the disk.

Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the names of tests to run."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import Daemon, RpcError, fails, model, run_tests  # noqa: E402

TINY = ("--model", model("qwen3-tiny-f32"), "--chat-template", "qwen2.5")
MIB = 1 << 20


def files(d):
    return sorted(os.path.join(p, n) for p, _, names in os.walk(os.path.join(d.dir, "data")) for n in names if n.startswith("blob"))


def test_pieces():
    data = os.urandom(3 * MIB + 17)
    with Daemon(*TINY) as d:
        a, b = d.client(), d.client()
        blob = a.call("blob.create", bytes=len(data))["blob"]
        for at in range(0, len(data), MIB):
            assert a.call("blob.write", blob=blob, at=at, data=data[at:at + MIB])["bytes"] == min(at + MIB, len(data))
        got = b""                                   # another connection of the same user
        while True:
            r = b.call("blob.read", blob=blob, at=len(got), bytes=700000)
            assert r["bytes"] == len(data) and r["at"] == len(got)
            if not r["data"]:
                break
            got += r["data"]
        assert got == data
        assert b.call("blob.read", blob=blob, at=1 << 50)["data"] == b""
        assert files(d) == []
        e = fails("conflict", a.call, "blob.write", blob=blob, at=5, data=b"x")
        assert e.info["actual"] == len(data), e.info
        fails("invalid_params", a.call, "blob.write", blob=blob, at=len(data), data=bytes(MIB + 1))
        fails("invalid_params", a.call, "blob.write", blob=blob, at=len(data), data="text")
        fails("invalid_params", a.call, "blob.read", blob=blob, at=-1)
        b.call("blob.close", blob=blob)
        fails("not_found", a.call, "blob.write", blob=blob, at=len(data), data=b"x")


def test_limits():
    with Daemon(*TINY) as d:
        c = d.client()
        fails("too_large", c.call, "blob.create", bytes=1 << 40)
        for name in ("", "b", "b000000000000001", "s000000000000001", "../x", "b" + "f" * 60):
            fails("invalid_params" if name == "" else "not_found", c.call, "blob.read", blob=name, at=0)
        blobs = []
        while True:
            try:
                blobs.append(c.call("blob.create")["blob"])
            except RpcError as e:
                assert e.name == "busy" and e.info["retry_after_ms"] > 0, e
                break
            assert len(blobs) < 100
        c.call("blob.close", blob=blobs[0])
        assert c.call("blob.create")["blob"] not in blobs


def test_many_at_once():
    """More than may be on its way is `busy`; whoever leaves meanwhile costs nothing."""
    with Daemon(*TINY) as d:
        c = d.client()
        blob = c.call("blob.create")["blob"]
        c.call("blob.write", blob=blob, at=0, data=b"z" * MIB)
        ids = [c.send("blob.read", blob=blob, at=0, bytes=1000) for _ in range(60)]
        for i in ids:
            assert len(c.wait(i)["data"]) == 1000
        w = [c.send("blob.write", blob=blob, at=MIB, data=b"y" * MIB) for _ in range(3)]
        good = 0
        for i in w:
            try:
                c.wait(i)
                good += 1
            except RpcError as e:
                assert e.name == "conflict", e
        assert good == 1                             # the same place is not written twice
        for _ in range(8):
            gone = d.client()
            gone.send("blob.read", blob=blob, at=0)
            gone.close()
        assert c.call("blob.read", blob=blob, at=MIB, bytes=1)["data"] == b"y"


if __name__ == "__main__":
    run_tests(globals())
