#!/usr/bin/env python3
"""The repack cache through the daemon: first start writes, second reads, damage is noticed, off is off."""
import json, os, shutil, signal, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib

MODEL = "qwen3-small-q4_k_m"
PROMPT = "The train leaves at seven and comes to town at nine. "


class Place:
    """A folder that outlives its daemons, with a model file of its own."""
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="qwend-e2e-")
        self.model = os.path.join(self.dir, "model.gguf")
        shutil.copy(lib.model(MODEL), self.model)
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.dir, ignore_errors=True)

    def daemon(self, *options, **kw):
        return lib.Daemon("--model", self.model, *options, dir=self.dir, **kw)


def cache_state(c, *until):
    """The cache of `status`, once the model is loaded and it has come to one of these states."""
    while True:
        s = c.call("status")
        if s["model"]["state"] == "failed": raise AssertionError(s)
        if s["model"]["state"] == "loaded" and s["repack_cache"]["state"] in until: return s["repack_cache"]


def answer(c):
    return c.call("generate", prompt=PROMPT, max_tokens=8, temperature=0, stream=False)


def blocks(cache):
    return sorted(f for f in os.listdir(cache["dir"]) if f.endswith(".qwr"))


def first_and_second(place):
    with place.daemon() as d:
        c = d.client()
        first = cache_state(c, "written", "failed")
        assert first["state"] == "written", first
        assert first["dir"] == os.path.join(place.dir, "xdg-cache/qwend/repack"), first
        assert os.path.dirname(first["file"]) == first["dir"] and os.path.getsize(first["file"]) == first["bytes"]
        said = answer(c)
    with place.daemon() as d:
        c = d.client()
        second = cache_state(c, "read", "written", "failed")
        assert second["state"] == "read" and second["file"] == first["file"] and second["bytes"] == first["bytes"], second
        same(said, answer(c))
        assert "from=file" in d.logged() and "from=cache" in d.logged()
        ctl(d)
    return first, said


def same(a, b):
    assert a["choices"][0]["text"] == b["choices"][0]["text"] and len(a["choices"][0]["text"]) > 0, (a, b)


def ctl(d):
    """What qwenctl says of it."""
    env = dict(os.environ, QWEND_SOCKET=d.socket)
    program = os.path.join(lib.BUILD, "client/qwenctl")
    out = subprocess.run([program, "status"], env=env, capture_output=True, text=True, timeout=lib.WAIT).stdout
    line = [l for l in out.splitlines() if l.startswith("cache ")]
    assert len(line) == 1 and "weights came from it" in line[0] and "/qwend/repack" in line[0], out
    out = subprocess.run([program, "doctor", "--json"], env=env, capture_output=True, text=True, timeout=lib.WAIT).stdout
    item = [i for i in json.loads(out) if i["name"] == "cache"]
    assert len(item) == 1 and item[0]["state"] == "ok" and "the loaded model came from there" in item[0]["found"], item


def test_first_and_second_start():
    with Place() as place:
        first_and_second(place)


def test_damage_is_noticed():
    with Place() as place:
        first, said = first_and_second(place)
        with open(first["file"], "r+b") as f:
            f.seek(first["bytes"] * 2 // 3)
            byte = f.read(1)[0]
            f.seek(-1, os.SEEK_CUR)
            f.write(bytes([byte ^ 16]))
        with place.daemon() as d:
            c = d.client()
            now = cache_state(c, "written", "failed", "read")
            assert now["state"] == "written" and "damaged between bytes" in now["why"], now
            same(said, answer(c))
            assert "is damaged between bytes" in d.logged()
        with place.daemon() as d:
            assert cache_state(d.client(), "read", "written", "failed")["state"] == "read"


def test_deleted_while_in_use():
    with Place() as place:
        first, said = first_and_second(place)
        with place.daemon() as d:
            c = d.client()
            assert cache_state(c, "read", "written", "failed")["state"] == "read"
            shutil.rmtree(first["dir"])
            same(said, answer(c))
        with place.daemon() as d:
            assert cache_state(d.client(), "written", "read", "failed")["state"] == "written"


def test_off_writes_nothing():
    with Place() as place:
        with place.daemon("-o", "cache.repack_cache=off") as d:
            c = d.client()
            assert cache_state(c, "off", "read", "writing", "written", "failed") == {"state": "off"}
            answer(c)
        assert not os.path.exists(os.path.join(place.dir, "xdg-cache"))


def test_folder_that_cannot_be_written():
    with Place() as place:
        with place.daemon("-o", "cache.repack_cache=/proc/qwend-repack") as d:
            c = d.client()
            now = cache_state(c, "failed", "written", "read")
            assert now["state"] == "failed" and "/proc/qwend-repack" in now["why"], now
            answer(c)


def test_killed_while_writing():
    """SIGKILL at whatever moment: the next start has the right weights and leaves the folder whole."""
    with Place() as place:
        with lib.Daemon("--model", place.model, "-o", "cache.repack_cache=off", dir=place.dir) as d:
            said = answer(d.client())
        for wait in ("loading", "writing", "answer"):
            with place.daemon() as d:
                c = d.client()
                if wait == "writing": cache_state(c, "writing", "written")
                if wait == "answer": answer(c)
                d.p.send_signal(signal.SIGKILL)
                d.p.wait(lib.WAIT)
            with place.daemon() as d:
                c = d.client()
                now = cache_state(c, "read", "written", "failed")
                assert now["state"] != "failed", now
                same(said, answer(c))
                assert blocks(now) == [os.path.basename(now["file"])]
                assert not [f for f in os.listdir(now["dir"]) if f.startswith("tmp-")]
            shutil.rmtree(now["dir"])


if __name__ == "__main__":
    lib.run_tests(globals())
