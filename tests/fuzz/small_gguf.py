#!/usr/bin/env python3
"""Writes a GGUF file of a few KB with each kind of metadata, a byte-level vocabulary and
tensors of several types: what the mutations start from.  usage: small_gguf.py OUT"""
import struct
import sys

U32, F32, BOOL, STRING, ARRAY, U64 = 4, 6, 7, 8, 9, 10


def string(s):
    b = s.encode()
    return struct.pack("<Q", len(b)) + b


def key(name, kind, value):
    return string(name) + struct.pack("<I", kind) + value


def strings(name, items):
    return key(name, ARRAY, struct.pack("<IQ", STRING, len(items)) + b"".join(map(string, items)))


def spelling():     # GPT-2's names of the bytes
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in own]
    return [chr(b) for b in own] + [chr(256 + i) for i in range(len(rest))]


tokens = spelling() + ["ab", "Ġab", "12", "<|im_start|>", "<|im_end|>", "<tool_call>", "[PAD]"]
types = [1] * 259 + [3, 3, 4, 5]
keys = [
    key("general.architecture", STRING, string("qwen3")),
    key("general.alignment", U32, struct.pack("<I", 32)),
    key("qwen3.block_count", U32, struct.pack("<I", 1)),
    key("qwen3.rope.freq_base", F32, struct.pack("<f", 1e6)),
    key("general.size", U64, struct.pack("<Q", 123)),
    key("tokenizer.ggml.model", STRING, string("gpt2")),
    key("tokenizer.ggml.pre", STRING, string("qwen2")),
    key("tokenizer.ggml.add_bos_token", BOOL, b"\0"),
    key("tokenizer.ggml.eos_token_id", U32, struct.pack("<I", 260)),
    strings("tokenizer.ggml.tokens", tokens),
    key("tokenizer.ggml.token_type", ARRAY, struct.pack("<IQ", 5, len(types)) + struct.pack(f"<{len(types)}i", *types)),
    strings("tokenizer.ggml.merges", ["a b", "Ġ ab", "1 2"]),
    key("tokenizer.chat_template", STRING, string("{{ '<|im_start|>' }}")),
]
shapes = [("token_embd.weight", 8, (32, 4), 4 * 34), ("blk.0.w", 0, (4, 4), 64), ("blk.0.q", 2, (64, 2), 72),
          ("blk.0.k", 12, (256, 1), 144), ("blk.0.n", 1, (16,), 32), ("blk.0.x", 99, (16,), 0)]
infos, at = b"", 0
for name, kind, dims, size in shapes:
    infos += string(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, at)
    at += -(-size // 32) * 32
head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(keys)) + b"".join(keys) + infos
head += bytes(-len(head) % 32)
with open(sys.argv[1], "wb") as f:
    f.write(head + bytes(i & 255 for i in range(at)))
