"""The verifier as its users call it: `qwenctl verify --json`, lines in and lines out."""
import json, os, pathlib, subprocess, time

ROOT = pathlib.Path(os.environ.get("abs_top_srcdir") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("abs_top_builddir") or ROOT / "build")
DATA = ROOT / "tests/data"


def verify(cases, build=BUILD):
    """Verdict lines in the order of cases (dicts with id, question, response), and the seconds that it took."""
    text = "".join(json.dumps({k: c[k] for k in ("id", "question", "response")}) + "\n" for c in cases)
    began = time.monotonic()
    p = subprocess.run([str(build / "client/qwenctl"), "verify", "--json"], input=text, text=True, capture_output=True)
    seconds = time.monotonic() - began
    out = [json.loads(line) for line in p.stdout.splitlines()]
    if p.returncode or [o["id"] for o in out] != [c["id"] for c in cases]:
        raise SystemExit(f"qwenctl verify: exit {p.returncode}, {len(out)} lines for {len(cases)} cases\n{p.stderr}")
    return out, seconds


def is_hard_error(label, verdict):
    """What tests/data/verify/README.md never allows; undecided is always allowed."""
    return verdict == "verified" and label != "verified" or verdict == "refuted" and label != "refuted"


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_between(path, marks, text):
    """text between the marks of a page that has them, else as the whole file."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if all(m in old for m in marks):
        head, rest = old.split(marks[0])
        text = head + marks[0] + text + marks[1] + rest.split(marks[1])[1]
    path.write_text(text, encoding="utf-8")
