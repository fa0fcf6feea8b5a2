"""What is measured: the rows of the table, and the floors that each is held to."""
from dataclasses import dataclass, field

SMALL, DEFAULT = "SmolLM2-135M Q4_1", "Qwen2.5-Coder-0.5B Q4_K_M"
SHAPE = "Qwen3-4B shape "        # + the type: random weights, made here


@dataclass(frozen=True)
class Floor:
    """Shares of the machine's limits in percent, and ratios to the peer by kind of machine."""
    prefill_share: float = None
    decode_share: float = None
    intel: tuple = (None, None)     # prefill, decode
    amd: tuple = (None, None)


@dataclass(frozen=True)
class Row:
    model: str
    p: int                          # tokens to prefill; 0: no such test
    n: int                          # tokens to decode, of each sequence
    depth: int = 0
    batch: int = 1
    threads: int = 2
    level: str = None               # of our kernels; None: the best
    peer: bool = True
    quick: bool = False
    pairs: int = 7
    floor: Floor = field(default_factory=Floor)

    @property
    def name(self):
        more = [f"depth {self.depth}"] if self.depth else []
        more += [f"{self.batch} sequences"] if self.batch > 1 else []
        more += ["1 thread"] if self.threads == 1 else []
        more += [{"avx2": "AVX2 only", "ref": "reference kernels"}.get(self.level, self.level)] if self.level else []
        return ", ".join([self.model] + more)

    @property
    def process(self):
        """Rows that may share one process on each side."""
        return self.model, self.threads, self.level, self.peer, self.batch > 1


ROWS = [
    Row(SMALL, 512, 64, quick=True, floor=Floor(28, 65, (5, 1.4), (4.5, 2))),
    Row(DEFAULT, 512, 64, quick=True, floor=Floor(40, 70, (3.5, 1.8), (2.5, 1.5))),
    Row(DEFAULT, 256, 32, depth=1024),
    Row(DEFAULT, 256, 32, depth=4096, quick=True, floor=Floor(45, 65, (2.5, 4), (2.3, 1.6))),
    Row(SHAPE + "Q4_0", 128, 16, quick=True, pairs=5, floor=Floor(43, 72, (2.5, 1.6), (1.7, 1.15))),
    Row(SHAPE + "Q4_K_M", 128, 16, pairs=5, floor=Floor(43, 72, (2, 1.6), (1.5, 1.15))),
    Row(SHAPE + "Q8_0", 128, 16, pairs=5, floor=Floor(43, 72, (2.5, 1.5), (1.5, 1.15))),
    Row(DEFAULT, 0, 32, batch=4),
    Row(DEFAULT, 0, 32, batch=8, quick=True, floor=Floor(None, None, (None, 2.5), (None, 2))),
    Row(DEFAULT, 0, 32, batch=16, quick=True, floor=Floor(None, None, (None, 2.5), (None, 2))),
    Row(SMALL, 512, 64, threads=1, quick=True),
    Row(DEFAULT, 512, 64, threads=1),
    Row(SMALL, 512, 64, level="avx2", peer=False, quick=True),
    Row(DEFAULT, 512, 64, level="avx2", peer=False),
    Row(SMALL, 32, 8, level="ref", peer=False, quick=True, pairs=3),
    Row(DEFAULT, 16, 4, level="ref", peer=False, pairs=3),
    Row(DEFAULT, 512, 16, depth=8192, peer=False, pairs=3),
    Row(DEFAULT, 512, 16, depth=16384, peer=False, pairs=3),
    Row(DEFAULT, 512, 16, depth=32256, peer=False, pairs=3),
]
