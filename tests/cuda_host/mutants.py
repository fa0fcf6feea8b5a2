#!/usr/bin/env python3
"""Whether the tests of the CUDA kernels notice mistakes: mutants.txt lists some, each is made and has to be caught.

    make check-cuda-mutants                         all of them, on a tree that was built with --enable-cuda-host
    make check-cuda-mutants MUTANTS=--sample        the fixed sample of CI
    make check-cuda-mutants MUTANTS='--only few-barrier,many-barrier'
    tests/cuda_host/mutants.py --list

A mutant is compiled from a changed copy of one file, in a folder of its own below tests/cuda_host/mutants of the
build, as the Makefile would (it is asked), and linked with the objects that are there.  It is caught if a test that
it names ends with a failure, a report of the emulation or not at all.  To compile sooner, the copy keeps only the
types that the test is about; each test must first pass on such a copy that has no mistake.

Fails if a mutant cannot be made, one survives without a reason in mutants.txt or is caught in spite of one, or if
fewer than 95 of 100 are caught."""
import argparse, collections, concurrent.futures, os, pathlib, re, shlex, shutil, signal, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
KERNELS = pathlib.Path("engine/cuda")
WANTED = 95                     # of 100 mutants
KINDS = ("barrier", "warp-sync", "stream-wait", "copy-wait", "ring", "tail", "lane", "shuffle", "page", "fragment", "span")

# A test by the first part of its name: which source it is about, how that is compiled.
KERNEL_TESTS = {
    "gemm": ("test_cu_gemm", "watch"),
    "rows": ("test_cu_rows", "watch"),
    "heads": ("test_cu_heads", "watch"),
    "head": ("test_cu_head", "watch"),
    "fast": ("test_cu_fast", "watch"),
    "attention": ("test_cu_attention", "watch"),
    "attention_plain": ("test_cu_attention_plain", "plain"),
}
SUFFIX = {"watch": ".cuwatch", "plain": ".cuhost"}
MODULE_TESTS = ("bits", "module")       # one test of test_bits; test_module


class Wrong(Exception):
    """A mistake of the table or of the build, not a mutant's."""


class Mutant:
    def __init__(self, words, line):
        if len(words) < 4 or words[1] not in KINDS or (words[4:] not in ([], ["sample"])):
            raise Wrong(f"mutants.txt:{line}: not 'name kind file tests [sample]' with a kind of {', '.join(KINDS)}")
        self.name, self.kind, file, tests = words[:4]
        self.file, self.tests, self.sample = KERNELS / file, tests.split(","), len(words) > 4
        self.old, self.new, self.reason = [], [], []

    def apply(self):
        """The file's text with the mistake.  Blanks and line ends count as one blank each."""
        text = (TOP / self.file).read_text()
        words = " ".join(self.old).split()
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), text)) if words else []
        if len(found) != 1:
            raise Wrong(f"{self.name}: its text is in {self.file} {len(found)} times, not once")
        changed = text[:found[0].start()] + "\n".join(self.new) + text[found[0].end():]
        if changed.split() == text.split():
            raise Wrong(f"{self.name}: changes nothing")
        return changed


def read_table():
    mutants, now = [], None
    for i, line in enumerate((HERE / "mutants.txt").read_text().splitlines(), 1):
        mark, rest = line[:2].strip(), line[2:]
        if not line.strip() or line.startswith("#"):
            continue
        if mark in ("-", "+", "=") and line[:2] in (mark, mark + " ") and now is not None:
            {"-": now.old, "+": now.new, "=": now.reason}[mark].append(rest)
        else:
            now = Mutant(line.split(), i)
            mutants.append(now)
    twice = [n for n, c in collections.Counter(m.name for m in mutants).items() if c > 1]
    if twice:
        raise Wrong(f"mutants.txt: {', '.join(twice)} stands there twice")
    return mutants


def makefile_says(build):
    """What the Makefile compiles and links with, by name."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-s", "--no-print-directory", "cuda-mutants-settings"], cwd=build, env=env, text=True,
                          capture_output=True)
    says = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    if done.returncode != 0 or "plain" not in says:
        raise Wrong(f"{build}: not built with --enable-cuda-host? {done.stderr.strip()}")
    return {name: shlex.split(text) for name, text in says.items()}


def keep_types(text, types):
    """Without the kernels of other types: lines `case GGUF_X:` or `case KV_X:` that start one."""
    return re.sub(r"^ *case (?:GGUF|KV)_(\w+): *(?:start|attend)<.*\n", lambda m: m.group(0) if m.group(1) in types else "", text,
                  flags=re.M)


class Result:
    def __init__(self, test, how, seconds):
        self.test, self.how, self.seconds = test, how, seconds      # how: None, or what caught it


class Bench:
    def __init__(self, build):
        self.build, self.says = build, makefile_says(build)
        self.root = pathlib.Path("tests/cuda_host/mutants")         # below the build
        self.limit = {}                                             # seconds of a test, by its name

    def run(self, argv, limit, env=None):
        """rc (None: it did not end), output."""
        p = subprocess.Popen(argv, cwd=self.build, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            out, _ = p.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, _ = p.communicate()
            return None, out.decode(errors="replace")
        return p.returncode, out.decode(errors="replace")

    def must(self, argv, what):
        rc, out = self.run(argv, 900)
        if rc != 0:
            raise Wrong(f"{what}\n  {shlex.join(map(str, argv))}\n" + "\n".join(out.splitlines()[-30:]))

    def object(self, folder, unit, how, types, what):
        """unit (engine/cuda/X.cu) compiled from what lies in folder, and from the tree where that lacks it."""
        source = folder / unit
        if not (self.build / source).exists():
            (self.build / source).write_text((TOP / unit).read_text())
        if types:
            text = (self.build / source).read_text()
            (self.build / source).write_text(keep_types(text, types))
        words = list(self.says[how])
        words.insert(next(i for i, w in enumerate(words) if w.startswith("-I")), f"-I{folder}")
        out = folder / (unit.stem + SUFFIX[how])
        self.must(words + ["-w", "-x", "c++", "-c", "-o", str(out), str(source)], what)
        return str(out)

    def put(self, words, unit, how, built, what):
        at = f"{unit.with_suffix(SUFFIX[how])}"
        if words.count(at) != 1:
            raise Wrong(f"{what}: {at} is linked {words.count(at)} times")
        return [built if w == at else w for w in words]

    def kernel_test(self, folder, test, what):
        name, _, type_ = test.partition(":")
        program, how = KERNEL_TESTS[name]
        unit, types = KERNELS / f"{name.split('_')[0]}.cu", []
        if name == "gemm":
            floats = type_ in ("F32", "F16", "BF16")
            unit = KERNELS / ("gemm_float.cu" if floats else "gemm_quant.cu")
            types = [type_] if floats else [type_, "Q4_K" if type_ == "Q6_K" else "Q6_K"]   # with what it is mixed
        elif type_:
            types = [type_.upper()]
        built = self.object(folder, unit, how, types, what)
        out = str(folder / program)
        self.must(self.says["link"] + ["-o", out] + self.put(self.says[program], unit, how, built, what), what)
        return [out] + ([type_] if type_ else []), {"CU_TEST_STOP": "1"}

    def module_test(self, folder, test, unit, what):
        name, _, one = test.partition(":")
        built = self.object(folder, unit, "plain", [], what)
        where = folder / "tests/cuda_host"
        (self.build / where).mkdir(parents=True)
        self.must(self.says["module"] + ["-o", str(where / "qwend-cuda-host.so")] +
                  self.put(self.says["module_objects"], unit, "plain", built, what), what)
        env = {"QWEND_TEST_BACKEND": "cuda-host", "abs_top_builddir": str(self.build / folder), "abs_top_srcdir": str(TOP)}
        if name == "bits":
            return ["tests/golden/test_bits"], {**env, "CMOCKA_TEST_FILTER": one}
        return ["tests/cuda_host/test_module"], env

    def try_one(self, name, file, text, test, limit):
        """A test on the tree with file's text replaced (None: as it is)."""
        start, folder = time.monotonic(), self.root / name / test.replace(":", "-")
        shutil.rmtree(self.build / folder, ignore_errors=True)
        (self.build / folder / KERNELS).mkdir(parents=True)
        if text is not None:
            (self.build / folder / file).write_text(text)
        if test.split(":")[0] in KERNEL_TESTS:
            argv, env = self.kernel_test(folder, test, name)
        elif test.split(":")[0] in MODULE_TESTS:
            argv, env = self.module_test(folder, test, file if text is not None else KERNELS / "module.cu", name)
        else:
            raise Wrong(f"{name}: there is no test {test}")
        began = time.monotonic()
        rc, out = self.run(argv, limit, env)
        ran = time.monotonic() - began
        (self.build / folder / "output").write_text(out)
        for file_ in (self.build / folder).rglob("*"):              # objects and programs
            if file_.is_file() and file_.stat().st_size > 1 << 18:
                file_.unlink()
        return Result(test, how_it_ended(rc, out), time.monotonic() - start), ran

    def original(self, test):
        result, ran = self.try_one("original", None, None, test, 900)
        if result.how is not None:
            raise Wrong(f"{test} fails without any mistake ({result.how}): {self.root}/original/{test.replace(':', '-')}/output")
        self.limit[test] = 60 + 6 * ran
        return result

    def mutant(self, m):
        text, results = m.apply(), []
        for test in m.tests:
            results.append(self.try_one(m.name, m.file, text, test, self.limit[test])[0])
            if results[-1].how is not None:
                break
        return results


def how_it_ended(rc, out):
    """None: it passed."""
    report = re.search(r"^cuda_host: (\w[\w ]*?)(?: in kernel| launching kernel|:)", out, re.M)
    if rc == 0:
        return None
    if rc is None:
        return "it hangs"
    if report and report.group(1) != "leak":        # which a failed test may leave
        return report.group(1)
    if re.search(r"^FAILED |\[  FAILED  \]|\d+ passed, [1-9]\d* failed", out, re.M):
        return "wrong values"
    if report:
        return report.group(1)
    return f"signal {signal.Signals(-rc).name}" if rc < 0 else f"exit code {rc}"


def verdict(m, results):
    how = results[-1].how
    if how is None:
        return "survives, equivalent: " + " ".join(m.reason) if m.reason else "SURVIVES"
    return f"{how} ({results[-1].test})" + (", BUT IS SAID TO BE EQUIVALENT" if m.reason else "")


def chosen(table, a):
    names = a.only.split(",") if a.only else ["*"]
    return [m for m in table if (m.sample or not a.sample) and
            any(m.name == n or (n[-1:] == "*" and m.name.startswith(n[:-1])) for n in names)]


def each(pool, fn, things, start, errors):
    """Of each thing that was done without an error: it, what fn gave, how far that is."""
    todo = {pool.submit(fn, t): t for t in things}
    for n, f in enumerate(concurrent.futures.as_completed(todo), 1):
        try:
            yield todo[f], f.result(), f"{n:3}/{len(todo)} after {time.monotonic() - start:4.0f} s "
        except Wrong as e:
            errors.append(str(e))
            print(f"ERROR {e}", flush=True)


def try_all(bench, mutants, jobs):
    """Results by name; errors."""
    errors, ended, start = [], {}, time.monotonic()
    tests = sorted({t for m in mutants for t in m.tests})
    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        for test, result, at in each(pool, bench.original, tests, start, errors):
            print(f"{at} {test} passes on the original ({result.seconds:.0f} s)", flush=True)
        if not errors:
            for m, results, at in each(pool, bench.mutant, mutants, start, errors):
                ended[m.name] = results
                print(f"{at} {m.name:26} {verdict(m, results)} ({sum(r.seconds for r in results):.0f} s)", flush=True)
    return ended, errors


def report(mutants, ended, errors, seconds):
    """Prints what came out; whether it is as it has to be."""
    mutants = [m for m in mutants if m.name in ended]
    caught = {m.name for m in mutants if ended[m.name][-1].how is not None}
    print()
    for m in mutants:
        print(f"{m.name:26} {m.kind:12} {m.file.name:18} {verdict(m, ended[m.name])}")
    print()
    for kind in KINDS:
        of = [m.name for m in mutants if m.kind == kind]
        by = collections.Counter(ended[name][-1].how for name in of if name in caught)
        if of:
            print(f"{kind:12} {sum(by.values())} of {len(of)}: " + ", ".join(f"{n} {how}" for how, n in by.most_common()))
    bad = [m for m in mutants if (m.name in caught) == bool(m.reason)]
    for m in bad:
        print(f"NOT OK {m.name}: {verdict(m, ended[m.name])}")
    print(f"{len(caught)} of {len(mutants)} mutants caught in {seconds:.0f} s, {len(mutants) - len(caught)} survived, {len(errors)} errors")
    return not errors and not bad and len(caught) * 100 >= WANTED * len(mutants)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--build", default=os.environ.get("abs_top_builddir", "."), help="the built tree")
    p.add_argument("--sample", action="store_true", help="only the fixed sample")
    p.add_argument("--only", help="names, with commas; NAME* for all that begin so")
    p.add_argument("--list", action="store_true", help="name the mutants and end")
    p.add_argument("-j", type=int, default=os.cpu_count(), help="how many at once")
    a = p.parse_args()
    table = read_table()
    for m in table:
        m.apply()                       # also of those that are not wanted now: the table stays true
    mutants = chosen(table, a)
    if not mutants:
        raise Wrong("no mutant is meant by these arguments")
    if a.list:
        for m in mutants:
            print(f"{m.name:26} {m.kind:12} {m.file.name:18} {','.join(m.tests)}{'  sample' if m.sample else ''}")
        print(f"{len(mutants)} mutants, {sum(bool(m.reason) for m in mutants)} of them equivalent")
        return 0
    bench, start = Bench(pathlib.Path(a.build).resolve()), time.monotonic()
    shutil.rmtree(bench.build / bench.root, ignore_errors=True)
    ended, errors = try_all(bench, mutants, a.j)
    if report(mutants, ended, errors, time.monotonic() - start):
        shutil.rmtree(bench.build / bench.root, ignore_errors=True)
        return 0
    print(f"what tests said lies in {bench.build / bench.root}")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit(f"mutants.py: {e}")
