#!/usr/bin/env python3
"""Conversations when their folder fails: read-only, full, deleted, of a newer schema, damaged.

Each time the daemon says why, answers rightly, keeps what it promised, and says in `status` what it no longer
promises.  Parts need root (mounts); without it they say so.  Environment as test_sessions.py."""
import contextlib, glob, os, resource, sqlite3, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import Daemon, RpcError, fails, run_tests  # noqa: E402
from test_daemon import usage_adds_up  # noqa: E402
from test_sessions import LONG, TINY, answer, cannot_be_read, folder, says, serves_without, texts  # noqa: E402


def chat(c, s, turn, seed=7, n=24, **more):
    return usage_adds_up(c.call("session.chat", session=s, messages=says("turn %d" % turn), max_tokens=n, seed=seed, **LONG, **more))


def two_turns(dir):
    """A stored conversation, and the daemon gone."""
    with Daemon(*TINY, dir=dir) as d:
        c = d.client()
        s = c.call("session.create")["session"]
        for t in range(2): assert chat(c, s, t)["durable"] == "turn"
        return s, texts(c, s)


@contextlib.contextmanager
def mounted(where, *args):
    """None: this cannot be had here."""
    os.makedirs(where, mode=0o700, exist_ok=True)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", *args, "qwend-e2e", where], stderr=subprocess.DEVNULL).returncode != 0:
        print("     (needs root, and mounts)")
        yield None
        return
    try:
        os.chmod(where, 0o700)
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def test_a_read_only_folder():
    with folder() as dir, mounted(os.path.join(dir, "data/store")) as store:
        if store is None: return
        s, said = two_turns(dir)
        subprocess.run(["mount", "-o", "remount,ro", store], check=True)
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            why = c.call("status")["store"]["why"]
            assert store in why and "ead-only" in why, why
            assert "ead-only" in d.logged() and "in memory only" in d.logged()
            serves_without(c, store)
            cannot_be_read(c, store)
        subprocess.run(["mount", "-o", "remount,rw", store], check=True)
        with Daemon(*TINY, dir=dir) as d:
            assert texts(d.client(), s) == said


def test_as_many_files_as_the_system_gives():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        with Daemon(*TINY) as d, open("/proc/%d/limits" % d.p.pid) as f:
            line = next(x for x in f if x.startswith("Max open files")).split()
            assert int(line[3]) == (65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)), line
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_full_disk():
    """It fills while conversations go on: what was promised is there afterwards, what could not be is said."""
    with folder() as dir, mounted(os.path.join(dir, "data/store"), "-o", "size=3m") as store:
        if store is None: return
        free, said, promised = ("-o", "store.keep_free=0"), [], 0
        with Daemon(*TINY, *free, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            with open(os.path.join(store, "ballast"), "wb") as f:
                for turn in range(12):
                    r = chat(c, s, turn)
                    assert r["durable"] in ("turn", "none") and (r["durable"] == "turn") == ("storage" not in r), r
                    if r["durable"] == "turn": promised += 1
                    said.append(r["choices"][0]["text"])
                    if turn == 3:               # to the last byte
                        with contextlib.suppress(OSError):
                            while True: os.write(f.fileno(), b"x" * 4096)
            assert len(texts(c, s)) == 24 and c.call("conn.ping")
            st = c.call("status")["store"]
            assert promised >= 4
            if promised < 12:
                assert st["state"] == "off" and st["why"], st
                assert "space" in st["why"].lower() or "full" in st["why"].lower(), st
        os.remove(os.path.join(store, "ballast"))
        with Daemon(*TINY, *free, dir=dir) as d:
            c = d.client()
            got = texts(c, s)
            assert len(got) >= 2 * promised and [t for role, t in got if role == "assistant"] == [x.replace("\0", "\ufffd") for x in said[:len(got) // 2]]
            assert c.call("store.check", deep=True)["faults"] == 0
            assert chat(c, s, 99)["durable"] == "turn"


def test_a_disk_that_is_full_at_the_next_start():
    with folder() as dir, mounted(os.path.join(dir, "data/store"), "-o", "size=1m") as m:
        if m is None: return
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create", title="x" * 200)["session"]
            first = c.call("session.chat", session=s, messages=says("x"), max_tokens=2)
            assert first["durable"] == "turn" and "storage" not in first, first
            try:
                for n in range(40):             # far more than there is room for
                    c.call("session.create", system="%d " % n + "y" * 60000)
                assert False, "the disk is not full"
            except RpcError as e:
                assert e.name == "storage" and "full" in e.text, e
            r = c.call("session.chat", session=s, messages=says("z"), max_tokens=2)
            assert r["durable"] == "none" and r["storage"], r
            assert len(c.call("session.show", session=s)["messages"]) == 4
            serves_without(c, "full")
        with Daemon(*TINY, dir=dir) as d:       # still full: nothing is taken for damaged
            assert "set aside" not in d.logged()
        subprocess.run(["mount", "-o", "remount,size=8m", m], check=True)
        with Daemon(*TINY, dir=dir) as d:       # there is room again, and what was promised is there
            c = d.client()
            assert [m["message"] for m in c.call("session.show", session=s)["messages"]][1] == first["message"]
            assert c.call("session.chat", session=s, messages=says("z"), max_tokens=2)["durable"] == "turn"


def test_the_database_is_deleted_meanwhile():
    """SQLite goes on with the file that it has open; what no name stands for any more is not promised."""
    with folder() as dir:
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            s = c.call("session.create")["session"]
            chat(c, s, 0)
            for name in glob.glob(os.path.join(dir, "data/store/conversations.db*")): os.remove(name)
            said = [chat(c, s, t) for t in (1, 2)]
            assert said[-1]["choices"][0]["text"] == answer(7, turns=3)
            assert len(texts(c, s)) == 6
            st = c.call("status")["store"]
            assert said[-1]["durable"] == "none" and said[-1]["storage"], said[-1]
            assert st["state"] == "off" and "conversations.db" in st["why"], st
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            fails("not_found", c.call, "session.show", session=s)
            assert chat(c, c.call("session.create")["session"], 0)["durable"] == "turn"


def test_a_newer_schema():
    with folder() as dir:
        s, said = two_turns(dir)
        path = os.path.join(dir, "data/store/conversations.db")
        db = sqlite3.connect(path)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("PRAGMA user_version = %d" % (version + 1))
        db.close()
        with Daemon(*TINY, dir=dir) as d:
            c = d.client()
            why = c.call("status")["store"]["why"]
            assert str(version + 1) in why and str(version) in why and "newer" in why, why
            serves_without(c, "newer")
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = %d" % version)
        db.close()
        with Daemon(*TINY, dir=dir) as d:
            assert texts(d.client(), s) == said


def test_page_files_are_deleted():
    for when in ("before the start", "meanwhile"):
        with folder() as dir:
            s, said = two_turns(dir)
            def remove():
                files = glob.glob(os.path.join(dir, "data/store/pages/*.kv"))
                assert files
                for f in files: os.remove(f)
            if when == "before the start": remove()
            with Daemon(*TINY, dir=dir) as d:
                c = d.client()
                if when == "meanwhile": remove()
                assert texts(c, s) == said
                r = chat(c, s, 2)
                assert r["choices"][0]["text"] == answer(7, turns=3) and r["durable"] == "turn", r
                if when == "before the start":
                    assert r["usage"]["from_disk"] == 0 and ".kv" in d.logged(), r["usage"]
                after = texts(c, s)
            with Daemon(*TINY, dir=dir) as d:
                c = d.client()
                assert texts(c, s) == after
                r = c.call("session.regenerate", session=s, max_tokens=24, seed=7, **LONG)
                usage_adds_up(r)
                assert r["choices"][0]["text"] == answer(7, turns=3), (when, r)


def test_flipped_bits():
    """In every part of every slot: never a wrong answer."""
    with folder() as dir:
        s, said = two_turns(dir)
        path = glob.glob(os.path.join(dir, "data/store/pages/*.kv"))[0]
        with open(path, "rb") as f: good = f.read()
        places = [0, 9, 17, 33, 100, 200, 255, 256, 300, len(good) // 2, len(good) - 5000, 4096]
        for at in places:
            with open(path, "r+b") as f:
                f.seek(at)
                f.write(bytes([good[at] ^ 0x10]))
            with Daemon(*TINY, dir=dir) as d:
                c = d.client()
                p = c.call("session.fork", session=s)["session"]
                r = chat(c, p, 2)
                assert r["choices"][0]["text"] == answer(7, turns=3), at
            with open(path, "r+b") as f:
                f.seek(at)
                f.write(good[at:at + 1])


if __name__ == "__main__":
    run_tests(globals())
