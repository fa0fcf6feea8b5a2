#!/usr/bin/env python3
"""Writes tokens-wide.jsonl: what Hugging Face's `tokenizers` makes of texts from all over
Unicode (marks out of order, Hangul jamo, every kind of white space, long runs), with the
vocabulary of qwen3-fullvocab-q4_0 and the splits of Qwen2 and Llama 3.

usage: make_tokens_wide.py QWEN3_FULLVOCAB.gguf OUT.jsonl   (needs gguf, tokenizers)
Lines: {"text", "qwen2": [ids], "llama-bpe": [ids]}.  Characters newer than Unicode 13 are left
out: there the versions of Unicode differ between libraries."""
import json
import random
import sys
import unicodedata

from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
UNICODE_14 = {*range(0x870, 0x89f), *range(0x8c8, 0x8d3), 0x61d, 0xc5d, 0xcdd, 0x1df2, 0x2c2f, 0x2c5f}

reader = GGUFReader(sys.argv[1])
tokens, types, merges = (reader.fields[f"tokenizer.ggml.{k}"].contents() for k in ("tokens", "token_type", "merges"))


def build(regex, nfc):
    t = Tokenizer(models.BPE(vocab={x: i for i, x in enumerate(tokens)}, merges=[tuple(m.split(" ")) for m in merges]))
    if nfc:
        t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"),
                                               pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.add_special_tokens([AddedToken(x, special=True, normalized=False) for x, y in zip(tokens, types) if y in (3, 4)])
    return t


rnd = random.Random(9)
SPACES = [0x85, 0xa0, 0x180e, 0x2028, 0x2029, 0x3000, 0x200b, 0x1680, 0x202f, 0x205f, 0xb, 0xc, 0x1c, 0x1f]
WORDS = ["'s", "'S", "'\u017f", "'LL", "'Re", "<|im_end|>", "<tool_call>", "<|im_", "the", " and", "\\frac{", "1234",
         " 5", "\n\n", "    ", "\r\n", "你好", " ", " "]
RANGES = [(0x300, 0x370), (0xa0, 0x600), (0x600, 0x3100), (0x4e00, 0xa000), (0xac00, 0xd7a4), (0x1100, 0x1200),
          (0xf900, 0xfffe), (0x1f300, 0x1f600), (0x1d15e, 0x1d166), (0x2f800, 0x2fa1e)]


def piece():
    k = rnd.random()
    if k < 0.3:
        return rnd.choice(WORDS)
    if k < 0.4:
        return chr(rnd.choice(SPACES))
    while True:
        c = rnd.randrange(*rnd.choice(RANGES))
        if c not in UNICODE_14 and unicodedata.category(chr(c)) != "Cn":
            return chr(c)


texts = ["".join(piece() for _ in range(rnd.randrange(1, 50))) for _ in range(150)]
texts += ["abcdefghij" * 300, "ab" * 1000 + "c", " " * 2000 + "x", "x" + " " * 2000, "\n" * 700, "a" + "\u0301\u0327" * 300,
          "\u1100\u1161\u11a8" * 100, "!?" * 900, "1" * 700]
qwen2, llama = build(QWEN2, True), build(LLAMA, False)
with open(sys.argv[2], "w") as f:
    for s in texts:
        f.write(json.dumps({"text": s, "qwen2": qwen2.encode(s, add_special_tokens=False).ids,
                            "llama-bpe": llama.encode(s, add_special_tokens=False).ids}) + "\n")
