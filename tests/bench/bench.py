#!/usr/bin/env python3
"""The bench: our engine beside llama.cpp and beside what the machine can do.

usage: bench.py [--quick] [--rows TEXT]... [--skip TEXT]... [--pairs N] [--no-peer] [--peer-python PYTHON]
                [--parts daemon,speculation,start] [--qwen-run PROGRAM] [--qwend PROGRAM] [--work FOLDER]
                [--small FILE] [--default FILE]
       bench.py --merge FILE.json...

Sets up the peer in a virtual environment of its own, makes the files of the 4B shape, and runs
each row on both sides in turns (A B A B, one warm-up each): two processes that stay loaded and
measure one run for each line that they are given, so that only one works at a time.  The limits
of the machine are measured before every group of rows and after the last; the highest counts.

After the rows come the parts that have no peer: what the daemon costs, what guessing gives, and how
long a start takes (--parts '' leaves them out; --rows none keeps only them).  --peer-python takes a
Python that has the peer already, and numpy and gguf.

Prints the tables and writes bench.md, bench.json and bench.svg into the work folder.  Rates move
with what else the machine does: measure on a quiet one.  --rows keeps the rows whose name holds
TEXT, --skip leaves them out; --merge makes one table of several runs.  The models are found through
QWEN_TEST_SMALL and QWEN_TEST_DEFAULT, or in the models folder of a user's own daemon, or fetched
there by the build's qwenctl.
"""
import argparse, datetime, json, os, pathlib, shutil, subprocess, sys, time, venv

import daemon_bench, figures, plot, speculate_bench
from rows import DEFAULT, ROWS, SHAPE, SMALL
from side import Side
try:
    import start_bench
except ImportError:                 # not there yet
    start_bench = None

HERE = pathlib.Path(__file__).resolve().parent
PEER = "llama-cpp-python==0.3.36"
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
SLOW_PAIR_S = 30                    # of such pairs three are enough
QUICK_ROW_S = 10


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---- what must be there before ------------------------------------------------------------

def pip_install(python, flags, log):
    env = {**os.environ, "CMAKE_ARGS": "-DGGML_NATIVE=ON"}
    for name in ("CFLAGS", "CXXFLAGS"):             # CMake begins with these
        env[name] = " ".join(filter(None, (env.get(name), flags)))
    with open(log, "a") as f:
        subprocess.run([python, "-m", "pip", "install", "-q", "--no-cache-dir", "--force-reinstall",
                        "--no-binary", "llama-cpp-python", PEER, "numpy", "gguf"],
                       env=env, stdout=f, stderr=f, check=True)


def peer_version(python):
    """What a peer's Python has, in words."""
    r = subprocess.run([python, "-c", "import llama_cpp; print(llama_cpp.__version__)"], capture_output=True, text=True)
    if r.returncode != 0:
        raise SystemExit(f"--peer-python {python}: it has no llama_cpp: {r.stderr.strip().splitlines()[-1:]}")
    return f"llama-cpp-python {r.stdout.strip()}, built before"


def peer_runs(python, model):
    r = subprocess.run([python, HERE / "peer.py", "-m", model, "-p", "32", "-n", "2", "-r", "1"], capture_output=True)
    return r.returncode == 0


def peer_setup(work, model):
    """The peer's Python and what to say of it.  Built natively; without AMX where that build dies,
    as it does from compilers that lose stores before ldtilecfg (GCC 12)."""
    home, done = work / "peer", work / "peer" / "bench-ready"
    python = home / "bin" / "python"
    if done.exists():
        return python, done.read_text()
    say(f"setting up {PEER} in {home}: it is built from source, which takes minutes (log: {work / 'peer.log'})")
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    what = f"{PEER}, built natively"
    pip_install(python, "", work / "peer.log")
    if not peer_runs(python, model):
        say("the native build does not run here; building it again without AMX")
        pip_install(python, NO_AMX, work / "peer.log")
        what += " without AMX (with it, it does not run here)"
        if not peer_runs(python, model):
            raise SystemExit(f"{PEER} does not run on this machine")
    done.write_text(what)
    return python, what


def shape_file(work, kind, python):
    """Random weights of the 4B shape; made once."""
    path = work / f"4b-{kind.lower()}.gguf"
    if not path.exists():
        say(f"making {path}")
        part = path.with_suffix(".part")
        subprocess.run([python, HERE / "make_4b_shape.py", HERE.parent / "data/models/qwen3-fullvocab-q4_0.gguf", part, kind],
                       check=True)
        part.rename(path)
    return path


def catalogue_file(path, name, file, qwenctl):
    if path:
        return pathlib.Path(path)
    data = pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share")
    found = data / "qwend/models" / file
    if not found.exists():
        subprocess.run([qwenctl, "model", "pull", name], check=True)
    if not found.exists():
        raise SystemExit(f"{found} is not there; name the file with --{name}")
    return found


# ---- running --------------------------------------------------------------------------------

def sides(rows, model, qwen_run, peer_python):
    """Both sides of rows of one group, loaded one after the other."""
    most = ["-m", model, "-t", rows[0].threads, "-p", max(r.p for r in rows), "-n", max(r.n for r in rows),
            "-d", max(r.depth for r in rows), "-b", max(r.batch for r in rows)]
    level = ["--cpu-level", rows[0].level] if rows[0].level else []
    ours = Side([qwen_run, "bench", *most, *level, "--lines"])
    peer = Side([peer_python, HERE / "peer.py", *most, "--lines"]) if peer_python and rows[0].peer else None
    return ours, peer


def measure(row, ours, peer, pairs, quick):
    """Runs of both sides in turns; the first of each warms up and fills the context."""
    what = row.p, row.n, row.depth, row.batch
    ours.run(*what)
    if peer:
        peer.run(*what)
    a, b = [], []
    start = time.monotonic()
    for i in range(pairs):
        a.append(ours.run(*what))
        if peer:
            b.append(peer.run(*what))
        spent = time.monotonic() - start
        if i >= 2 and spent / (i + 1) > SLOW_PAIR_S or quick and spent > QUICK_ROW_S:
            break
    return a, b


def vendor():
    """The processor's maker, as the kernel tells it; "" where it does not."""
    try:
        with open("/proc/cpuinfo") as f:
            return next((line.split(":")[1].strip() for line in f if line.startswith("vendor_id")), "")
    except OSError:
        return ""


def probe(qwen_run, threads, level):
    command = [qwen_run, "probe", "--json", "-t", str(threads)] + (["--cpu-level", level] if level else [])
    return {**json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout), "vendor": vendor()}


def groups(rows):
    out = {}
    for r in rows:
        out.setdefault(r.process, []).append(r)
    return list(out.values())


def machine_name(row):
    return f"{row.threads} thread{'s' if row.threads > 1 else ''}" + (f", {row.level}" if row.level else "")


def measure_all(rows, a, files, peer_python):
    """(row, ours, peer) of every row, the limits of each kind of machine, and memory of our processes."""
    runs, machines, memory = [], {}, []

    def look(row):
        name = machine_name(row)
        machines[name] = figures.best(machines.get(name, {}), probe(a.qwen_run, row.threads, row.level))

    for group in groups(rows):
        look(group[0])
        ours, peer = sides(group, files(group[0].model), a.qwen_run, peer_python)
        for row in sorted(group, key=lambda r: r.depth):
            x, y = measure(row, ours, peer, a.pairs or (min(3, row.pairs) if a.quick else row.pairs), a.quick)
            runs.append((row, x, y))
            say(f"  {row.name}: " + "; ".join(
                f"{w} {x[-1][w + '_tok_s']:.1f}" + (f" beside {y[-1][w + '_tok_s']:.1f}" if y else "")
                for w in ("prefill", "decode") if x[-1][w + "_tok_s"]))
        if group[0].level is None and group[0].threads > 1:
            tokens = max(r.depth for r in group) + max(max(r.p, r.n) for r in group)
            memory.append(figures.memory(group[0].model, tokens, max(r.batch for r in group), runs[-1][1][-1]))
        ours.close()
        if peer:
            peer.close()
        look(group[0])
    return runs, machines, memory


# ---- what is not beside the peer ------------------------------------------------------------

def part_daemon(a, files):
    if not pathlib.Path(a.qwend).exists():
        return None
    pairs = a.pairs or (3 if a.quick else 7)
    out = []
    for model in (DEFAULT,) if a.quick else (DEFAULT, SMALL):
        out += daemon_bench.run(os.path.abspath(files(model)), model, a.qwen_run, pairs,
                                rows=("one",) if a.quick else ("one", "many"), say=say)
    return out


def part_speculation(a, files):
    if a.quick or not speculate_bench.can(a.qwen_run):
        return None
    return speculate_bench.run(files(DEFAULT), a.qwen_run, say=say)


def part_start(a, files):
    if a.quick or start_bench is None:
        return None
    out = start_bench.run([files(SHAPE + "Q4_0"), files(SMALL)], say=say)
    for r in out:
        r["unmet"] = figures.start_unmet(r, *start_bench.floors(r))
    return out


PARTS = {"daemon": part_daemon, "speculation": part_speculation, "start": part_start}


# ---- the whole --------------------------------------------------------------------------------

def options():
    top = os.environ.get("abs_top_builddir", ".")
    ap = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0], description="Our engine beside llama.cpp.")
    ap.add_argument("--quick", action="store_true")
    ap.add_argument("--merge", nargs="+")
    ap.add_argument("--parts", default=",".join(PARTS))
    ap.add_argument("--rows", action="append")
    ap.add_argument("--skip", action="append", default=[])
    ap.add_argument("--pairs", type=int)
    ap.add_argument("--no-peer", action="store_true")
    ap.add_argument("--peer-python")
    ap.add_argument("--qwen-run", default=f"{top}/engine/run/qwen-run")
    ap.add_argument("--qwend", default=f"{top}/daemon/qwend")
    ap.add_argument("--qwenctl", default=f"{top}/client/qwenctl")
    ap.add_argument("--work", type=pathlib.Path, default=pathlib.Path(top) / "tests/bench/work")
    ap.add_argument("--small", default=os.environ.get("QWEN_TEST_SMALL"))
    ap.add_argument("--default", default=os.environ.get("QWEN_TEST_DEFAULT"))
    return ap.parse_args()


def write(doc, work):
    """Prints the tables; leaves bench.md, bench.json, bench.svg in the work folder."""
    modules = {"daemon": daemon_bench, "speculation": speculate_bench, "start": start_bench}
    tables = [m.markdown(doc[part]).rstrip("\n") + "\n" for part, m in modules.items() if doc.get(part) and m]
    text, svg = figures.markdown(doc, tables), plot.svg(doc["rows"], DEFAULT)
    (work / "bench.md").write_text(text)
    (work / "bench.json").write_text(json.dumps(doc, indent=1) + "\n")
    if svg:
        (work / "bench.svg").write_text(svg)
    print(text)
    say(f"{doc['seconds']} s; written: {work}/bench.md, bench.json" + (", bench.svg" if svg else ""))


def main():
    a = options()
    rows = [r for r in ROWS if (r.quick or not a.quick) and (not a.rows or any(t in r.name for t in a.rows))
            and not any(t in r.name for t in a.skip)]
    a.work.mkdir(parents=True, exist_ok=True)
    if a.merge:
        doc, names = figures.merge([json.loads(pathlib.Path(f).read_text()) for f in a.merge]), [r.name for r in ROWS]
        doc["rows"].sort(key=lambda r: names.index(r["row"]) if r["row"] in names else len(names))
        return write(doc, a.work)
    parts = [p for p in a.parts.split(",") if p]
    if set(parts) - set(PARTS):
        raise SystemExit(f"--parts {a.parts}: there are {', '.join(PARTS)}")
    if not rows and not parts:
        raise SystemExit("no such rows; there are:\n  " + "\n  ".join(r.name for r in ROWS))

    def files(model):
        if model == SMALL:
            return catalogue_file(a.small, "small", "SmolLM2-135M-Instruct.Q4_1.gguf", a.qwenctl)
        if model == DEFAULT:
            return catalogue_file(a.default, "default", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", a.qwenctl)
        return shape_file(a.work, model.removeprefix(SHAPE), python)

    needs_python = rows and not a.no_peer or any(r.model.startswith(SHAPE) for r in rows) or "start" in parts and not a.quick
    python, what = a.peer_python, ""
    if python is not None:
        what = peer_version(python)
    elif needs_python:
        python, what = peer_setup(a.work, files(SMALL))
    for model in dict.fromkeys(r.model for r in rows):
        files(model)

    doc = {"date": datetime.date.today().isoformat(), "quick": a.quick, "load": os.getloadavg()[0],
           "peer": None if a.no_peer else what}
    start = time.monotonic()
    runs, doc["machines"], doc["memory"] = measure_all(rows, a, files, None if a.no_peer else python)
    doc["machines"] = doc["machines"] or {"2 threads": probe(a.qwen_run, 2, None)}
    doc["rows"] = []
    for row, x, y in runs:
        r = figures.summary(row, x, y, doc["machines"][machine_name(row)])
        r["full"], r["machine"] = row.level is None, machine_name(row)
        doc["rows"].append(r)
    for part in parts:
        result = PARTS[part](a, files)
        if result is not None:
            doc[part] = result
    doc["seconds"] = round(time.monotonic() - start)
    write(doc, a.work)


if __name__ == "__main__":
    main()
