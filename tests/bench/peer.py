#!/usr/bin/env python3
"""llama.cpp's prefill and decode rate, for comparison with `qwen-run bench`.

usage: peer.py -m FILE [-p 512] [-n 64] [-t 2] [-b 1] [-d 0] [-r 3] [--plain] [--lines | --restore FILE]

Needs llama-cpp-python.  Drives the low-level API (one llama_decode per step), so that Python
costs nothing: each test by itself from a context of -d tokens, one warm-up, the median of -r
repetitions, the tokens of all sequences counted.  Prints one JSON object.

--lines: load once, then answer each line "P N DEPTH SEQS" of standard input with one run's
JSON, as `qwen-run bench --lines` does; -p, -n, -d and -b say the most.
--plain leaves out its repacked weights.
--restore FILE: what its slot restore costs.  The state after -d tokens is saved to FILE once; then each line is
answered with reading it into an empty context, and one decode step.
"""
import argparse, ctypes, json, os, statistics, sys, time

import llama_cpp as L

UBATCH = 512


class Peer:
    def __init__(self, a):
        self.quiet = L.llama_log_callback(lambda level, text, data: None)
        L.llama_log_set(self.quiet, None)
        L.llama_backend_init()
        mp = L.llama_model_default_params()
        mp.n_gpu_layers = 0
        mp.use_extra_bufts = not a.plain
        self.model = L.llama_model_load_from_file(a.m.encode(), mp)
        if not self.model:
            raise SystemExit(f"{a.m}: cannot load")
        cp = L.llama_context_default_params()
        cp.n_ctx = (a.d + max(a.p, a.n) + 64) * a.b
        cp.n_batch = max(UBATCH, a.b)
        cp.n_ubatch = UBATCH
        cp.n_seq_max = a.b
        cp.n_threads = cp.n_threads_batch = a.t
        self.ctx = L.llama_init_from_model(self.model, cp)
        if not self.ctx:
            raise SystemExit("cannot make a context")
        self.vocab = L.llama_vocab_n_tokens(L.llama_model_get_vocab(self.model))
        self.memory = L.llama_get_memory(self.ctx)
        self.batch = L.llama_batch_init(max(UBATCH, a.b), 0, 1)
        self.seqs, self.filled, self.x = a.b, 0, 1

    def token(self):
        self.x = (self.x * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.x >> 33) % self.vocab

    def run(self, rows):
        """rows: (position, sequence, wants logits)"""
        b = self.batch
        b.n_tokens = len(rows)
        for i, (pos, seq, want) in enumerate(rows):
            b.token[i] = self.token()
            b.pos[i] = pos
            b.n_seq_id[i] = 1
            b.seq_id[i][0] = seq
            b.logits[i] = want
        if L.llama_decode(self.ctx, b) != 0:
            raise SystemExit("llama_decode failed")
        L.llama_synchronize(self.ctx)

    def prefill(self, start, n, seqs):
        for s in range(seqs):
            for t in range(0, n, UBATCH):
                k = min(UBATCH, n - t)
                self.run([(start + t + i, s, 1 if t + i + 1 == n else 0) for i in range(k)])

    def decode(self, start, n, seqs):
        for t in range(n):
            self.run([(start + t, s, 1) for s in range(seqs)])

    def fill(self, depth):
        """All sequences hold exactly `depth` tokens, or more before that were right."""
        if depth > self.filled:
            self.back(self.filled)
            self.prefill(self.filled, depth - self.filled, self.seqs)
        self.back(depth)
        self.filled = depth

    def back(self, depth):
        for s in range(self.seqs):
            L.llama_memory_seq_rm(self.memory, s, depth, -1)

    def rate(self, fn, depth, n, seqs):
        if n == 0:
            return 0
        self.fill(depth)
        t = time.perf_counter()
        fn(depth, n, seqs)
        return n * seqs / (time.perf_counter() - t)


    def save(self, path, depth):
        self.fill(depth)
        self.tokens = (L.llama_token * (depth + 64))()
        if not L.llama_state_seq_save_file(self.ctx, path.encode(), 0, self.tokens, depth):
            raise SystemExit(f"{path}: cannot save")

    def restore(self, path, depth):
        """ms to read it, and to the end of the step that gives the next token."""
        L.llama_memory_clear(self.memory, True)
        n = ctypes.c_size_t()
        t = time.perf_counter()
        got = L.llama_state_seq_load_file(self.ctx, path.encode(), 0, self.tokens, len(self.tokens), ctypes.byref(n))
        read = time.perf_counter()
        if not got or n.value != depth:
            raise SystemExit(f"{path}: cannot restore")
        self.decode(depth, 1, 1)
        end = time.perf_counter()
        return {"read_ms": round((read - t) * 1e3, 3), "first_ms": round((end - t) * 1e3, 3), "bytes": os.path.getsize(path)}


def answer(a, p, n, pre, dec, depth, seqs):
    print(json.dumps({"prefill_tok_s": round(pre, 3), "decode_tok_s": round(dec, 3), "model": os.path.basename(a.m),
                      "backend": "llama.cpp", "threads": a.t, "p": p, "n": n, "batch": seqs, "depth": depth}), flush=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-m", required=True)
    for name, value in (("-p", 512), ("-n", 64), ("-t", 2), ("-b", 1), ("-d", 0), ("-r", 3)):
        ap.add_argument(name, type=int, default=value)
    ap.add_argument("--plain", action="store_true")
    ap.add_argument("--lines", action="store_true")
    ap.add_argument("--restore", metavar="FILE")
    a = ap.parse_args()
    peer = Peer(a)
    if a.restore:
        peer.save(a.restore, a.d)
        for _ in sys.stdin:
            print(json.dumps(peer.restore(a.restore, a.d)), flush=True)
        return
    if a.lines:
        for line in sys.stdin:
            p, n, depth, seqs = map(int, line.split())
            answer(a, p, n, peer.rate(peer.prefill, depth, p, seqs), peer.rate(peer.decode, depth, n, seqs), depth, seqs)
        return
    rates = [[peer.rate(fn, a.d, n, a.b) for _ in range(a.r + 1)][1:]
             for fn, n in ((peer.prefill, a.p), (peer.decode, a.n))]
    answer(a, a.p, a.n, *map(statistics.median, rates), a.d, a.b)


main()
