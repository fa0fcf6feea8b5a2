#!/usr/bin/env python3
"""gpu_numerics: where fast is refused and what then to do; what status and replies say; that pages of one are never taken
for the other's, and conversations go on with either.

Without QWEND_TEST_BACKEND what needs no GPU.  Environment: abs_top_srcdir, abs_top_builddir.  Arguments: parts of the
names of tests to run."""
import os, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import BUILD, ON_BACKEND, Daemon, fails, model, run_tests  # noqa: E402
from test_daemon import usage_adds_up  # noqa: E402
from test_sessions import folder  # noqa: E402

SMALL = ("--model", model("qwen3-small-q8_0"), "--chat-template", "qwen2.5", "--max-model-len", "512", "-o", "cache.kv_cache_bytes=32MiB")
FAST = ("--gpu-numerics", "fast")


def says(text):
    return [{"role": "user", "content": text}]


def test_fast_is_for_a_gpu():
    with Daemon(*SMALL, "--backend", "cpu", *FAST) as d:
        c = d.client()
        e = fails("model_unavailable", c.call, "generate", prompt="a", max_tokens=1)
        assert "gpu_numerics fast is for a GPU" in str(e) and "backend auto or cuda" in str(e), e
    with Daemon(*SMALL, "--backend", "cpu", "--gpu-numerics", "exact") as d:
        c = d.client()
        r = c.call("generate", prompt="a", max_tokens=1)
        assert "numerics" not in r and c.call("status")["engine"]["numerics"] == "exact"


def test_another_word_is_refused():
    p = subprocess.run([os.path.join(BUILD, "daemon/qwend"), "--check-config", "--gpu-numerics", "quick"], capture_output=True)
    assert p.returncode == 2 and b"exact" in p.stderr and b"fast" in p.stderr, (p.returncode, p.stderr)
    p = subprocess.run([os.path.join(BUILD, "engine/run/qwen-run"), "generate", "--gpu-numerics", "quick", "-m", model("qwen3-tiny-f32"), "a"],
                       capture_output=True)
    assert p.returncode == 2 and b"exact or fast" in p.stderr, (p.returncode, p.stderr)


def test_without_cublas_exact_still_runs():
    if not ON_BACKEND: return
    none = {"QW_CUDA_HOST_CUBLAS": "none"}
    with Daemon(*SMALL, *FAST, env=none) as d:
        c = d.client()
        e = fails("model_unavailable", c.call, "generate", prompt="a", max_tokens=1)
        assert "libcublas" in str(e) and "gpu_numerics exact" in str(e), e
        assert c.call("status")["model"]["state"] == "failed"
    with Daemon(*SMALL, env=none) as d:
        c = d.client()
        assert c.call("generate", prompt="a", max_tokens=1)["usage"]["completion"] == 1
        assert c.call("status")["engine"]["numerics"] == "exact"


def test_a_conversation_goes_on_with_either():
    if not ON_BACKEND: return
    turn = dict(max_tokens=4, temperature=0.0, stop_on_repetition=False)
    with folder() as dir:
        def chat(*options, text, session=None):
            with Daemon(*SMALL, *options, dir=dir) as d:
                c = d.client()
                s = session or c.call("session.create", system=None)["session"]
                r = usage_adds_up(c.call("session.chat", session=s, messages=says(text), **turn))
                assert r["durable"] == "turn", r
                return s, r, c.call("status")["engine"]
        s, r, e = chat(text="one " * 40)                        # over 64 tokens: the products are cuBLAS's where fast is
        assert e["numerics"] == "exact" and "numerics" not in r and r["usage"]["prompt"] > 100, r
        s, r, e = chat(*FAST, text="two", session=s)
        assert e["numerics"] == "fast" and r["numerics"] == "fast" and r["usage"]["from_disk"] == 0, (e, r)
        s, r, e = chat(*FAST, text="three", session=s)
        assert r["numerics"] == "fast" and r["usage"]["from_disk"] > 96, r
        s, r, e = chat(text="four", session=s)                  # exact again: what it wrote itself is there
        assert "numerics" not in r and 96 < r["usage"]["from_disk"] < r["usage"]["prompt"] - 16, r


if __name__ == "__main__":
    run_tests(globals())
