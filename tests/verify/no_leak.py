#!/usr/bin/env python3
"""No question of the evaluation sets stands in the program: not its text, not its numbers, not its id.

A program that knew the questions would prove nothing by answering them.  Looked for in every source file of ROOMS:
  text     the question without blanks, punctuation and mark-up: 12 characters in a row that hold a digit or Chinese,
           or 30 of English, where 12 are two words
  numbers  all its numbers in order, at least 3 different ones, one after the other and close together
  id       as a word
The same search over a file with a planted question must find it: that runs first, so that this test can fail.
`no_leak.py DIR` looks at another tree.
"""
import json, pathlib, re, sys, tempfile
from qwenctl import DATA, ROOT, lines

ROOMS = ("plugins", "daemon", "engine", "client")
SHINGLE, ENGLISH = 12, 30
NEAR = 120          # characters from the first to the last number of a pattern, beyond the question's own length
HAN = re.compile(r"[\u4e00-\u9fff]")


def normal(text):
    """Letters, digits and Chinese only; a LaTeX command is mark-up."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"\\[a-zA-Z]+", "", text)
    return "".join(c for c in text.lower() if c.isalnum())


def numbers(text):
    return [(m[0], m.start()) for m in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?|(?<=[\^_{])\d+|\d+(?=[a-z(\\])", text)]


def is_telling(pattern):
    """Not 1, 2, 3 or 0, 2, 4, 8, which stand in every program; 0, 1 and 2 alone tell nothing, being powers and bounds."""
    values = [float(v) for v in pattern]
    if len(set(values)) < 3 or len(set(values) - {0, 1, 2}) < 2 or max(values) < 10 and len(values) < 5:
        return False
    steps = {b - a for a, b in zip(values, values[1:])}
    return len(steps) > 1 and not all(v == 0 or v.is_integer() and int(v) & (int(v) - 1) == 0 for v in values)


class Leaks:
    """What must not occur, indexed once."""

    def __init__(self, questions):
        self.ids = {q["id"] for q in questions if "id" in q}
        self.shingles, self.patterns = {}, {}
        for q in questions:
            text = q.get("question", "")
            n = normal(text)
            for k in range(len(n) - SHINGLE + 1):
                s = n[k:k + SHINGLE]
                mixed = HAN.search(s) or (re.search(r"\d", s) and re.search(r"[a-z]", s))
                if mixed:
                    self.shingles.setdefault(s, q["id"])
            for k in range(len(n) - ENGLISH + 1):
                self.shingles.setdefault(n[k:k + ENGLISH], q["id"])
            pattern = tuple(v for v, _ in numbers(text))
            if is_telling(pattern):
                self.patterns.setdefault(pattern, (q["id"], len(text)))

    def in_text(self, text):
        """[(kind, id, what)] of one file."""
        found = [("id", i, i) for i in self.ids if i in text and re.search(rf"(?<![\w-]){re.escape(i)}(?![\w-])", text)]
        n = normal(text)
        for length in (SHINGLE, ENGLISH):
            for k in range(len(n) - length + 1):
                q = self.shingles.get(n[k:k + length])
                if q:
                    found.append(("text", q, n[k:k + length]))
        tokens = numbers(text)
        by_first = {}
        for pattern, q in self.patterns.items():
            by_first.setdefault(pattern[0], []).append((pattern, q))
        for k, (v, at) in enumerate(tokens):
            for pattern, (q, size) in by_first.get(v, ()):
                if tuple(t for t, _ in tokens[k:k + len(pattern)]) == pattern and tokens[k + len(pattern) - 1][1] - at <= size + NEAR:
                    found.append(("numbers", q, ", ".join(pattern)))
        return found


def sources(root):
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and path.suffix in (".c", ".h", ".inc", ".def", ".py", ".sh", ".in", ".conf", ".map", ".mk"):
                yield path


def search(leaks, root):
    return [(path.relative_to(root), *hit) for path in sources(root) for hit in leaks.in_text(path.read_text(encoding="utf-8", errors="replace"))]


def evaluation_sets():
    paths = [DATA / "eval/seed20.jsonl", *sorted((DATA / "verify").glob("*dev*.jsonl"))]
    return [q for path in paths for q in lines(path)]


def self_test(leaks, questions):
    """Each way of leaking is found in a planted file, and an honest file is clean."""
    bad = []
    zh = next(q for q in questions if q.get("lang") == "zh" and len(normal(q["question"])) > 40)
    en = next(q for q in questions if q.get("lang") == "en" and len(normal(q["question"])) > 60)
    pattern = next(iter(leaks.patterns))
    planted = {
        "a Chinese question": ("text", "static const char *q = \"" + zh["question"].replace("\\", "\\\\") + "\";"),
        "its half, spaced out": ("text", "// " + "  ".join(zh["question"][:len(zh["question"]) // 2])),
        "an English question": ("text", "/* " + en["question"].upper() + " */"),
        "escaped Chinese": ("text", "\"" + "".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in zh["question"]) + "\""),
        "numbers in a table": ("numbers", "static const int t[] = { " + ", ".join(pattern) + " };"),
        "an id": ("id", f"if (strcmp(id, \"{zh['id']}\") == 0)"),
        "honest code": (None, "/* at least, at most, exactly: count the ways by enumeration */ for (i = 0; i < 16; i++) f(i, 2, 4); /* 至少 至多 恰好 */"),
    }
    with tempfile.TemporaryDirectory() as d:
        root = pathlib.Path(d)
        (root / "plugins").mkdir()
        for name, (kind, text) in planted.items():
            (root / "plugins/x.c").write_text(text, encoding="utf-8")
            kinds = {hit[1] for hit in search(leaks, root)}
            if (kind in kinds) != (kind is not None) or (kind is None and kinds):
                bad.append(f"self-test: {name}: looked for {kind}, found {sorted(kinds)}")
    return bad


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    questions = evaluation_sets()
    leaks = Leaks(questions)
    bad = self_test(leaks, questions)
    hits = search(leaks, root)
    found = {}
    for path, kind, q, what in hits:
        found.setdefault(str(path), {}).setdefault(q, f"{path}: {kind} of question {q}: {what}")
    bad += [line for those in found.values() for line in those.values()]
    for line in bad:
        print("not ok -", line)
    print(f"{len(questions)} questions ({len(leaks.shingles):,} shingles, {len(leaks.patterns)} number patterns) in {sum(1 for _ in sources(root))} files: {len(bad)} findings")
    return 1 if bad or not questions else 0


if __name__ == "__main__":
    sys.exit(main())
