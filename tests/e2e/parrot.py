"""A model that says what a test tells it: a tiny file whose next token is a function of the last one alone.

Attention and feed-forward add nothing (their last matrices are zero), so the hidden state is the last token's embedding:
one unit vector for each token that has followers, and the output matrix maps it to those.  Several followers are equally
likely, so that a seed or logit_bias chooses.  Whole pieces of text are single tokens (the fixture's unused ones), so that a
few followers make a call of a tool or an answer.  The rest (tokenizer, shapes) is tests/data/models/llama-tiny-f32.gguf."""
import struct

FREE = range(562, 576)                      # unused tokens of the fixture
SURE = 40.0                                 # a follower's logit; others have 0
NORMAL, UNUSED, USER_DEFINED = 1, 5, 4


def read_string(b, i):
    n = struct.unpack_from("<Q", b, i)[0]
    return b[i + 8:i + 8 + n], i + 8 + n


SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def skip_value(b, i, t):
    if t == 8: return read_string(b, i)[1]
    if t != 9: return i + SIZES[t]
    inner, n = struct.unpack_from("<IQ", b, i)
    i += 12
    for _ in range(n): i = skip_value(b, i, inner)
    return i


def string(s):
    return struct.pack("<Q", len(s)) + s


class File:
    """A GGUF file in memory: metadata as bytes by key, tensors as lists of floats."""
    def __init__(self, path):
        with open(path, "rb") as f: b = f.read()
        n_tensors, n_keys = struct.unpack_from("<QQ", b, 8)
        i, self.head, self.meta, self.tensors = 24, b[:8], [], {}
        for _ in range(n_keys):
            key, i = read_string(b, i)
            t = struct.unpack_from("<I", b, i)[0]
            end = skip_value(b, i + 4, t)
            self.meta.append([key, t, b[i + 4:end]])
            i = end
        infos = []
        for _ in range(n_tensors):
            name, i = read_string(b, i)
            n = struct.unpack_from("<I", b, i)[0]
            dims = struct.unpack_from("<%dQ" % n, b, i + 4)
            t, at = struct.unpack_from("<IQ", b, i + 4 + 8 * n)
            assert t == 0, "the fixture is float32"
            i += 16 + 8 * n
            infos.append((name, dims, at))
        base = (i + 31) // 32 * 32
        for name, dims, at in infos:
            count = 1
            for d in dims: count *= d
            self.tensors[name] = (dims, list(struct.unpack_from("<%df" % count, b, base + at)))

    def strings(self, key):
        for k, _, v in self.meta:
            if k == key:
                i, out = 12, []
                for _ in range(struct.unpack_from("<Q", v, 4)[0]):
                    s, i = read_string(v, i)
                    out.append(s)
                return out

    def set_value(self, key, value):
        for m in self.meta:
            if m[0] == key: m[2] = value

    def write(self, path):
        out = [self.head, struct.pack("<QQ", len(self.tensors), len(self.meta))]
        for key, t, v in self.meta: out += [string(key), struct.pack("<I", t), v]
        at, data = 0, []
        for name, (dims, v) in self.tensors.items():
            raw = struct.pack("<%df" % len(v), *v)
            out += [string(name), struct.pack("<I", len(dims)), struct.pack("<%dQ" % len(dims), *dims), struct.pack("<IQ", 0, at)]
            pad = -len(raw) % 32
            data.append(raw + b"\0" * pad)
            at += len(raw) + pad
        head = b"".join(out)
        with open(path, "wb") as f: f.write(head + b"\0" * (-len(head) % 32) + b"".join(data))


def make(source, path, pieces, followers):
    """pieces: texts that become tokens.  followers: {text: [text, ...]}, where a text is a piece or a token of the
    vocabulary as GGUF spells it (b"\\xc4\\x8a" is a newline).  Returns {piece: token id}."""
    f = File(source)
    tokens, types = f.strings(b"tokenizer.ggml.tokens"), None
    for k, _, v in f.meta:
        if k == b"tokenizer.ggml.token_type": types = list(struct.unpack_from("<%di" % len(tokens), v, 12))
    ids = {}
    assert len(pieces) <= len(FREE)
    for id, piece in zip(FREE, pieces):
        tokens[id], types[id], ids[piece] = piece.encode(), USER_DEFINED, id
    f.set_value(b"tokenizer.ggml.tokens", struct.pack("<IQ", 8, len(tokens)) + b"".join(map(string, tokens)))
    f.set_value(b"tokenizer.ggml.token_type", struct.pack("<IQ%di" % len(types), 5, len(types), *types))
    f.set_value(b"llama.context_length", struct.pack("<I", 16384))
    where = {t: i for i, t in enumerate(tokens)}
    of = lambda text: where[text if isinstance(text, bytes) else text.encode()]
    for name, (dims, v) in f.tensors.items():
        if name.endswith((b"attn_output.weight", b"ffn_down.weight", b"token_embd.weight")) or name == b"output.weight":
            v[:] = [0.0] * len(v)
        elif name.endswith(b"norm.weight"):
            v[:] = [1.0] * len(v)
    width = f.tensors[b"token_embd.weight"][0][0]
    embd, out = f.tensors[b"token_embd.weight"][1], f.tensors[b"output.weight"][1]
    assert len(followers) < width
    for i in range(len(tokens)): embd[i * width + width - 1] = 1.0          # nothing is known of what follows
    for unit, (text, after) in enumerate(followers.items()):
        row = of(text) * width
        embd[row + width - 1], embd[row + unit] = 0.0, 1.0
        for a in after: out[of(a) * width + unit] = SURE / width ** 0.5     # the norm makes the unit vector sqrt(width) long
    f.write(path)
    return ids
