#!/usr/bin/env python3
"""Each man page against the program it describes: every option, command and configuration key of the
program stands in its page, and the page names none that is not there.  Prints TAP.

The programs' own --help is the reference, and daemon/config_keys.def for the keys; a page is read from
its mdoc source, so that nothing needs to be installed.  With mandoc there, its lint must be silent."""
import os, pathlib, re, shutil, subprocess, sys

TOP = pathlib.Path(os.environ.get("abs_top_srcdir", "."))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", "."))
MAN = TOP / "docs/man"
PAGES = ["qwend.8", "qwend.conf.5", "qwenctl.1", "qwen-run.1"]
HELP = {"-h", "--help", "-V", "--version"}

MACROS = {"Ar", "Cm", "Ev", "Pa", "Fl", "Op", "Oo", "Oc", "No", "Ns", "Ql", "Xr", "Nm", "Em", "Dv", "Pq", "It"}
# Sections (.Ss) of a page that describe each command besides one of its own name.
ALSO = {
    "qwenctl": {"ask": ["Answers"], "chat": ["Answers"], "equiv": ["verify"],
                **{c: ["status, doctor, version"] for c in ("status", "doctor", "version")},
                **{f"model {c}": ["model"] for c in ("ls", "pull", "show", "rm")}, **{f"plugin {c}": ["plugin"] for c in ("ls", "reload", "new", "test")},
                 **{f"tool {c}": ["tool"] for c in ("list", "call")},
                **{f"session {c}": ["session"] for c in ("list", "show", "search", "resume", "regenerate", "edit", "rename", "pin", "tag",
                                                         "rewind", "fork", "export", "import", "delete")},
                **{f"store {c}": ["store"] for c in ("check", "gc", "stats", "path")},
                **{f"daemon {c}": ["daemon"] for c in ("start", "stop", "restart", "log")}},
    "qwen-run": {"detokenize": ["tokenize"], **{c: ["DESCRIPTION"] for c in ("generate", "logits", "bench")}},
}


# Commands below a command that take, besides their item's options, those of a section.
WITH = {"session regenerate": "Answers", "session edit": "Answers"}


def sections(page):
    """{heading: its lines}; .Sh and .Ss alike."""
    out, here = {}, ""
    for line in (MAN / page).read_text(encoding="utf-8").splitlines():
        m = re.match(r"\.(Sh|Ss) (.*)", line)
        if m:
            here = m.group(2).replace("\\(dq", '"')
        else:
            out.setdefault(here, []).append(line)
    return out


def words_of(lines, macro):
    """What stands behind a macro, up to the next one: .Fl -socket , -data Ar X -> -socket, -data."""
    found = set()
    for line in lines:
        if not line.startswith("."):
            continue
        on = False
        for word in line[1:].split():
            if word in MACROS:
                on = word == macro
            elif on and word not in (",", "|", "=", ".", ":"):
                found.add(word)
    return found


def flags(lines):
    return {"-" + w for w in words_of(lines, "Fl")} - HELP - {"--"}


def run(program, *args):
    r = subprocess.run([program, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20)
    return r.stdout


def help_flags(text):
    """Options at the start of a line of --help, `-x, --long ARG`, also several long ones on a line."""
    found = set()
    for line in text.splitlines():
        if re.match(r" {2,8}-", line):
            left = re.split(r"  +", line.strip(), maxsplit=1)[0]
            found |= set(re.findall(r"(?:^|[ ,])(--?[A-Za-z][\w-]*)", left))
        found |= set(re.findall(r"\((--[\w-]+) is the same", line))
    return found - HELP


def help_commands(text):
    """The list under `Commands:`."""
    found, on = [], False
    for line in text.splitlines():
        m = re.match(r"  ([a-z][\w-]*)  *\S", line)
        if line.rstrip().endswith("Commands:"):
            on = True
        elif on and m:
            found.append(m.group(1))
        elif on and found and not line.startswith("  "):
            break
    return found


def both_ways(what, program, page):
    return [f"{what}: {x} is not in the page" for x in sorted(program - page)] + \
           [f"{what}: the page has {x}, the program has not" for x in sorted(page - program)]


def check_qwend():
    help_text = run(BUILD / "daemon/qwend", "--help")
    if not help_text:
        return ["qwend --help says nothing"]
    page = sections("qwend.8")
    return both_ways("qwend", help_flags(help_text), flags(page["DESCRIPTION"]))


def check_conf():
    text = (TOP / "daemon/config_keys.def").read_text(encoding="utf-8")
    keys = re.findall(r'^X\(\w+, "(\w+)", "(\w+)", \w+, "([^"]*)".*?CFG_(LIVE|NEXT_MODEL|RESTART)', text, re.M | re.S)
    c = (TOP / "daemon/config.c").read_text(encoding="utf-8")
    table = c[c.index("plugin_keys[PK__COUNT]"):]
    keys += [('plugin "NAME"', name, default, effect) for name, default, effect in
             re.findall(r'\{ "plugin", "(\w+)", \w+, "([^"]*)".*?CFG_(LIVE|NEXT_MODEL|RESTART)', table[:table.index("};")], re.S)]
    page, bad = sections("qwend.conf.5"), []
    if len(keys) < 20:
        return [f"only {len(keys)} keys were found in the sources"]
    mark = {"LIVE": ", live", "NEXT_MODEL": ", next model", "RESTART": ""}
    want = {f"[{s}] {k} ({d}){mark[e]}" for s, k, d, e in keys}
    have = set()
    for heading, lines in page.items():
        for line in lines if heading.startswith("[") else []:
            m = re.match(r"\.It Cm (\w+) No = .*No (\([^)]*\).*)$", line)
            if m:
                have.add(f"{heading} {m.group(1)} {m.group(2)}")
            elif line.startswith(".It"):
                bad.append(f"{heading}: {line} is not of the form `.It Cm key No = ... No (default)`")
    return bad + both_ways("qwend.conf", want, have)


def check_commands(name, program, page_file, slash=()):
    """Commands and their options against a page."""
    page, bad, commands = sections(page_file), [], {}
    for c in help_commands(run(program, "--help")):
        text = run(program, c, "--help")
        below = help_commands(text)
        for s in below:
            commands[f"{c} {s}"] = run(program, c, s, "--help")
        if not below:
            commands[c] = text
    if len(commands) < 5:
        return [f"{name} --help lists only {sorted(commands)}"]
    described, told = {}, {}
    for c, text in commands.items():
        where = [s for s in [c, *ALSO[name].get(c, [])] if s in page]
        if not where:
            bad.append(f"{name} {c}: the page has no section about it")
            continue
        lines = [l for s in where for l in page[s]]
        told[c] = help_flags(text)
        # of `model ls` only its own item counts
        if " " in c:
            lines = [l for l in lines if l.startswith(f".It Cm {c.split()[1]}")]
            if not lines:
                bad.append(f"{name} {c}: no .It Cm {c.split()[1]}")
            more = flags(page[WITH[c]]) if name == "qwenctl" and c in WITH else set()
            bad += both_ways(f"{name} {c}", told[c], flags(lines) | more)
            told[c] = told[c] - more
        else:
            bad += [f"{name} {c}: {x} is not in the page" for x in sorted(told[c] - flags(lines))]
        for s in where:
            described.setdefault(s, set()).update(told[c])
    for s, options in described.items():
        bad += [f"{name}: section {s} has {x}, which no command of it takes" for x in sorted(flags(page[s]) - options)]
    known = set(commands) | {c.split()[0] for c in commands} | {s for l in ALSO[name].values() for s in l}
    bad += [f"{name}: the page has a section {s}, the program no such command" for s in page
            if s and s not in known and not s.isupper() and s != "EXIT STATUS"]
    return bad


def check_slash():
    source = (TOP / "client/ctl/chat/chat_slash.c").read_text(encoding="utf-8")
    table = source[source.index("slash[] = {"):]
    want = set(re.findall(r'\{ "(\w+)", "', table[:table.index("};")]))
    have = {w[1:] for w in words_of(sections("qwenctl.1")["chat"], "Cm") if w.startswith("/")}
    return both_ways("qwenctl chat", want, have) if len(want) > 5 else ["no slash commands were found in the source"]


def check_lint():
    r = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *[MAN / p for p in PAGES]], capture_output=True, text=True)
    return r.stdout.splitlines() if r.returncode or r.stdout else []


def main():
    checks = [
        ("qwend(8) and qwend --help", check_qwend),
        ("qwend.conf(5) and the table of keys", check_conf),
        ("qwenctl(1) and the help of each command", lambda: check_commands("qwenctl", BUILD / "client/qwenctl", "qwenctl.1")),
        ("qwenctl(1) and the commands of chat", check_slash),
        ("qwen-run(1) and the help of each command", lambda: check_commands("qwen-run", BUILD / "engine/run/qwen-run", "qwen-run.1")),
        ("mandoc finds nothing", check_lint),
    ]
    failed = 0
    print(f"1..{len(checks)}")
    for number, (name, check) in enumerate(checks, 1):
        if check is check_lint and shutil.which("mandoc") is None:
            print(f"ok {number} - {name} # SKIP mandoc is not installed")
            continue
        bad = check()
        for line in bad:
            print(f"# {line}")
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        failed += bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
