#!/usr/bin/env python3
"""The house rules that a machine can check: include arrows, layers, one page per folder, file sizes, what a backend is built from.

The arrows are those of docs/architecture.md: a folder may include what stands behind it, and some
libraries' headers belong to one folder only.  Prints TAP; `check_tree.py DIR` checks another tree.
"""
import graphlib, os, pathlib, re, sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("abs_top_srcdir", "."))

# room -> rooms whose headers it may include ("plugin" is the ABI header alone)
MAY = {
    "base": set(),
    "proto": {"base"},
    # engine's rooms are layers: each may include some of those above it
    "engine/gguf": {"base"},
    "engine/text": {"engine/gguf", "base"},
    "engine/layout": {"engine/gguf", "base"},
    "engine/cpu": {"engine/layout", "base"},
    "engine/model": {"engine/gguf", "engine/text", "engine/layout", "engine/cpu", "base"},
    "engine/forward": {"engine/layout", "engine/cpu", "engine/model", "base"},
    "engine/gen": {"engine/text", "engine/cpu", "engine/forward", "base"},
    "engine/cuda": {"engine/layout", "engine/cpu", "engine/model", "engine/forward", "base"},
    "engine/run": {"engine/gguf", "engine/text", "engine/cpu", "engine/model", "engine/forward", "engine/gen", "base"},
    "plugins/host": {"proto", "base", "plugin"},
    "plugins/program": {"plugins/host", "proto", "base"},
    "plugins/calculator": {"plugin", "plugins/calculator/text", "plugins/calculator/values", "plugins/calculator/verdicts"},
    "plugins/calculator/text": {"plugins/calculator"},
    "plugins/calculator/values": {"plugins/calculator/text"},
    "plugins/calculator/questions": {"plugins/calculator/text", "plugins/calculator/values"},
    "plugins/calculator/stories": {"plugins/calculator/text", "plugins/calculator/questions"},
    "plugins/calculator/worlds": {"plugins/calculator/text", "plugins/calculator/values", "plugins/calculator/questions"},
    "plugins/calculator/verdicts": {"plugin", "plugins/calculator/text", "plugins/calculator/values",
                                    "plugins/calculator/questions"},
    "plugins/example": {"plugin"},
    "plugins/python": {"plugin"},
    "daemon": {"proto", "base", "plugins/host", "plugins/program", "plugin", "daemon/store",
               "daemon/api", "daemon/run", "daemon/session", "daemon/sched"},
    "daemon/api": {"engine/cpu", "engine/forward", "proto", "base", "daemon", "daemon/run", "daemon/session", "daemon/store"},
    "daemon/run": {"engine/text", "engine/gen", "proto", "base", "plugins/host", "plugins/program", "plugin", "daemon",
                   "daemon/session", "daemon/sched"},
    "daemon/session": {"engine/text", "engine/gen", "base", "daemon", "daemon/api", "daemon/store"},
    "daemon/sched": {"base", "engine/text", "engine/cpu", "engine/model", "engine/forward", "engine/gen", "daemon/store"},
    "daemon/store": {"base", "engine/text", "engine/layout"},
    "client": {"proto", "base"},
    "client/ctl/ui": {"proto", "base"},
    "client/ctl/call": {"client", "base", "client/ctl/ui"},
    "client/ctl/model": {"client", "proto", "base", "client/ctl/call", "client/ctl/ui"},
    "client/ctl/daemon": {"client", "proto", "base", "plugins/host", "plugins/program", "client/ctl/model",
                          "client/ctl/call", "client/ctl/ui"},
    "client/ctl/answer": {"client", "base", "plugins/host", "client/ctl/call", "client/ctl/ui"},
    "client/ctl/verify": {"base", "plugins/host", "client/ctl/answer", "client/ctl/ui"},
    "client/ctl/plugin": {"base", "plugins/host", "client/ctl/answer", "client/ctl/daemon", "client/ctl/call", "client/ctl/ui"},
    "client/ctl/ask": {"client", "base", "client/ctl/answer", "client/ctl/daemon", "client/ctl/call", "client/ctl/ui"},
    "client/ctl/session": {"client", "base", "client/ctl/answer", "client/ctl/daemon", "client/ctl/call", "client/ctl/ui"},
    "client/ctl/chat": {"client", "proto", "base", "client/ctl/session", "client/ctl/answer", "client/ctl/daemon",
                        "client/ctl/call", "client/ctl/ui"},
    "client/ctl/eval": {"client", "base", "plugins/host", "client/ctl/ask", "client/ctl/verify", "client/ctl/answer",
                        "client/ctl/daemon", "client/ctl/call", "client/ctl/ui"},
    "client/ctl": {"client", "base", "client/ctl/eval", "client/ctl/chat", "client/ctl/session", "client/ctl/ask",
                   "client/ctl/plugin", "client/ctl/verify", "client/ctl/daemon", "client/ctl/model", "client/ctl/call",
                   "client/ctl/ui"},
}
# room -> the only headers of another room that it may include
FEW = {
    ("plugins/calculator/text", "plugins/calculator"): {"plugins/calculator/calc.h"},
    ("engine/gen", "engine/forward"): {"engine/forward/logit_head.h"},
    ("daemon/store", "engine/text"): {"engine/text/ids.h"},
    ("daemon/store", "engine/layout"): {"engine/layout/kv_layout.h"},
    ("plugins/program", "plugins/host"): {"plugins/host/confine.h", "plugins/host/spawn.h"},
} | {(room, "client"): {"client/qwenclient.h"} for room in MAY if room.startswith("client/ctl")}
# Rooms within these know each other; all others are layers.
KNOW_EACH_OTHER = ("daemon", "plugins/calculator")
# header -> the only rooms that may include it
ONLY = {
    r"uv\.h": {"daemon"},
    r"sqlite3\.h": {"daemon/store"},
    r"cuda.*\.h|cublas.*\.h": {"engine/cuda"},
    r"msgpack.*": {"proto"},
    r"pcre2\.h": {"engine/text"},
    r"(flint|calcium|arb|acb|ca|qqbar|fmpz|fmpq)[\w/]*\.h|(flint|calcium)/.*": {"plugins/calculator"},
    r"immintrin\.h": {"engine/cpu", "engine/run"},
    r"seccomp\.h|linux/landlock\.h": {"plugins/host", "plugins/program"},
    r"curl/curl\.h": {"client/ctl/model"},
    r"histedit\.h|editline/.*": {"client/ctl/chat"},
}
# Past 800 lines a file's header must say why it is one.
MAX_LINES = 800


def room_of(path):
    best = ""
    for room in MAY:
        if str(path).startswith(room + "/") and len(room) > len(best):
            best = room
    return best


def target_room(include):
    return "plugin" if include == "plugins/qwen_plugin.h" else room_of(include)


def sources():
    for room in MAY:
        for path in sorted(p for kind in ("*.[ch]", "*.cu") for p in (ROOT / room).rglob(kind)):
            rel = path.relative_to(ROOT)
            # the nearest room wins: plugins/host is not plugins
            if max((r for r in MAY if str(rel).startswith(r + "/")), key=len) == room:
                yield rel, path


def check_arrows():
    bad = []
    for rel, path in sources():
        room = room_of(rel)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            include = m.group(2)
            if m.group(1) == '"' and include != "config.h":
                to = target_room(include)
                if not to:
                    bad.append(f"{rel}:{number}: {include} is not written from the root")
                elif to != room and to not in MAY[room]:
                    bad.append(f"{rel}:{number}: {room} may not include {to} ({include})")
                elif include not in FEW.get((room, to), {include}):
                    bad.append(f"{rel}:{number}: {room} may not include {include}")
            for pattern, rooms in ONLY.items():
                if m.group(1) == "<" and re.fullmatch(pattern, include):
                    if not any(room == r or room.startswith(r + "/") for r in rooms):
                        bad.append(f"{rel}:{number}: <{include}> belongs to {', '.join(sorted(rooms))}")
    return bad


def check_layers():
    above = {room: to for room, to in MAY.items() if not room.startswith(KNOW_EACH_OTHER)}
    try:
        graphlib.TopologicalSorter(above).prepare()
    except graphlib.CycleError as error:
        return ["a circle of rooms: " + ", ".join(error.args[1])]
    return []


def check_pages():
    bad = []
    folders = {p.parent for room in MAY for p in (ROOT / room).rglob("*.c")}
    folders |= {ROOT / "tests", ROOT / "docs", ROOT / "systemd", ROOT / "proto"}
    for folder in sorted(folders):
        page = folder / "README.md"
        if not page.exists():
            bad.append(f"{folder.relative_to(ROOT)}: no README.md")
        elif len(page.read_text(encoding="utf-8").splitlines()) > 80:
            bad.append(f"{page.relative_to(ROOT)}: longer than one page")
    return bad


def check_sizes():
    bad = []
    for rel, path in sources():
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAX_LINES and not re.search(r"one file|in one place", "\n".join(lines[:30])):
            bad.append(f"{rel}: {len(lines)} lines, and its header does not say why it is one file")
    return bad


def check_build_id():
    """A module is made anew, and refused, when a header of ours changes that its sources read."""
    makefile = (ROOT / "engine/forward/local.mk").read_text(encoding="utf-8")
    listed = set(re.search(r"build_id_files = ((?:.*\\\n)*.*)", makefile).group(1).replace("\\\n", " ").split())
    bad = []
    for path in sorted((ROOT / "engine/cuda").iterdir()):
        for include in re.findall(r'#include "((?:base|engine)/[^"]+)"', path.read_text(encoding="utf-8")):
            if not include.startswith("engine/cuda/") and include not in listed | {"engine/forward/build_id.h"}:
                bad.append(f"{path.relative_to(ROOT)}: {include} is not among build_id_files")
    return bad


def main():
    checks = [("include arrows", check_arrows), ("rooms in layers", check_layers), ("a page in each folder", check_pages),
              ("file sizes", check_sizes), ("the build id of backends", check_build_id)]
    failed = 0
    print(f"1..{len(checks)}")
    for number, (name, check) in enumerate(checks, 1):
        bad = check()
        for line in bad:
            print(f"# {line}")
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        failed += bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
