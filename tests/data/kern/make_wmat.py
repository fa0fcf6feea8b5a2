#!/usr/bin/env python3
"""Writes wmat.bin: rows of every weight type and what they dequantize to, by the `gguf`
package (numpy).  For each type: u32 type, rows, K; the rows in the file's form; float32
values.  Random bits, F16 scales kept finite.  Needs: pip install gguf."""
import os
import struct

import gguf
import numpy as np
from gguf.constants import GGML_QUANT_SIZES
from gguf.constants import GGMLQuantizationType as Q

SCALES = {Q.Q6_K: [208], Q.Q8_0: [0], Q.Q4_0: [0], Q.Q5_0: [0]}
ROWS, K = 2, 256
rng = np.random.default_rng(20)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "wmat.bin"), "wb") as out:
    for t in (Q.F32, Q.F16, Q.BF16, Q.Q8_0, Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q4_K, Q.Q5_K, Q.Q6_K):
        values, size = GGML_QUANT_SIZES[t]
        if values == 1:
            f = rng.standard_normal((ROWS, K)).astype(np.float32)
            raw = {Q.F32: f, Q.F16: f.astype(np.float16), Q.BF16: (f.view(np.uint32) >> 16).astype(np.uint16)}[t]
            raw = raw.view(np.uint8).reshape(ROWS, -1)
        else:
            raw = rng.integers(0, 256, (ROWS, K // values * size), dtype=np.uint8)
            for at in SCALES.get(t, [0, 2]):
                raw.reshape(ROWS, -1, size)[..., at + 1] &= 0xBB
        w = gguf.dequantize(raw, t).reshape(ROWS, K).astype("<f4")
        out.write(struct.pack("<III", t.value, ROWS, K) + raw.tobytes() + w.tobytes())
