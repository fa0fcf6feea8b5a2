#!/usr/bin/env python3
"""sass.py MODULE.so [CUOBJDUMP]: what the hot kernels became, for each architecture in the module.

Products of quantized weights have IMMA and read weights 16 bytes at a time (LDGSTS .128 from sm_80 on, LDG .128 before);
products of float weights and attention read theirs so, too; no kernel uses local memory.  Exit status 77: there is no
cuobjdump (CUDA Toolkit, or the package nvidia-cuda-cuobjdump)."""
import collections, glob, os, re, shutil, subprocess, sys, sysconfig

# sm_75 has no cp.async; addresses of pages come from memory, so that its loads of them are generic ones (LD).
WIDE = ("loads of 16 bytes", lambda n, sm: n["LDGSTS.128"] if sm >= 80 else n["LDG.128"] + n["LD.128"])
IMMA = ("IMMA", lambda n, sm: n["IMMA"])
LOCAL = ("LDL", "STL")
HOT = {                                     # by a part of the mangled name
    "8gemm_fewI": (WIDE, IMMA), "9gemm_manyI": (WIDE, IMMA), "14gemm_float_fewI": (WIDE,), "15gemm_float_manyI": (WIDE,),
    "10attend_fewI": (WIDE,), "11attend_manyI": (WIDE,), "merge_spans": (), "norm_rows": (), "quantize_rows": (),
    "swiglu_rows": (), "finish_heads": (),
}


def find():
    places = [os.path.join(sysconfig.get_paths()["purelib"], "nvidia/*/bin/cuobjdump"), "/usr/local/cuda/bin/cuobjdump"]
    return shutil.which("cuobjdump") or next((p for g in places for p in glob.glob(g)), None)


def counts(cuobjdump, so):
    """{(sm, function): Counter of what matters}."""
    out, sm, now = {}, 0, None
    code = re.compile(r"/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_]*)((?:\.\w+)*)")
    p = subprocess.Popen([cuobjdump, "-sass", so], stdout=subprocess.PIPE, text=True)
    for line in p.stdout:
        m = code.search(line)
        if m and now is not None:
            now[m[1]] += 1
            if ".128" in m[2]: now[m[1] + ".128"] += 1
        elif line.lstrip().startswith("Function :"):
            now = out.setdefault((sm, line.split(":")[1].strip()), collections.Counter())
        elif (m := re.search(r"arch = sm_(\d+)", line)):
            sm = int(m[1])
    if p.wait() != 0: sys.exit("%s failed" % cuobjdump)
    return out


def main():
    cuobjdump = sys.argv[2] if len(sys.argv) > 2 else find()
    if cuobjdump is None:
        print("cuobjdump is not installed")
        sys.exit(77)
    seen, bad = collections.Counter(), []
    for (sm, name), n in sorted(counts(cuobjdump, sys.argv[1]).items()):
        for what in LOCAL:
            if n[what]: bad.append("sm_%d %s: %d %s: local memory" % (sm, name, n[what], what))
        for part, rules in HOT.items():
            if part not in name: continue
            seen[sm, part] += 1
            for what, of in rules:
                if not of(n, sm): bad.append("sm_%d %s: no %s" % (sm, name, what))
    archs = sorted({sm for sm, _ in seen})
    for sm in archs:
        bad += ["sm_%d: no kernel %s" % (sm, part) for part in HOT if not seen[sm, part]]
        print("sm_%d: %d hot kernels" % (sm, sum(n for (s, _), n in seen.items() if s == sm)))
    if not archs: bad.append("%s holds no machine code" % sys.argv[1])
    for b in bad: print(b)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
