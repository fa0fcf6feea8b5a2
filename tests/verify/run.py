#!/usr/bin/env python3
"""Generated questions through `qwenctl verify`: no hard error, and each family's share decided is held.

Without arguments the short sample of `make check`: 12 cases a family, seed 1, against floors.json.
`make check-verify-families N=2000` runs N of each and writes the table of docs/verification.md.
"""
import argparse, json, pathlib, sys, time
from families import FAMILIES
from families.about import ABOUT
from generate import cases
from qwenctl import BUILD, DATA, is_hard_error, lines, verify, write_between

FLOORS = pathlib.Path(__file__).with_name("floors.json")
SAMPLE, SEED = 12, "1"
BATCH = 100


def score(name, asked, got, seconds):
    """One family's row."""
    row = {"family": name, "cases": len(asked), "labelled": 0, "decided": 0, "seconds": seconds, "hard": [], "open": []}
    for case, g in zip(asked, got):
        case["got"] = g["verdict"]
        if is_hard_error(case["verdict"], g["verdict"]):
            row["hard"].append({**case, "reading": g.get("reading"), "computed": g.get("computed"), "evidence": [e["text"] for e in g["evidence"]]})
        if case["verdict"] != "undecided" and not case["soft"]:
            row["labelled"] += 1
            row["decided"] += case["verdict"] == g["verdict"]
            if g["verdict"] == "undecided":
                row["open"].append({**case, "evidence": [e["text"] for e in g["evidence"]]})
    return row


def runs(names, count, seed, build, seconds):
    """A row of each family.  A hundred of each go through one qwenctl, in turns: a run that time ends has as many of each."""
    rows, began = {}, time.monotonic()
    for first in range(0, count, BATCH):
        asked = {name: cases(name, count, seed, first, BATCH) for name in names}
        got, spent = verify([c for name in names for c in asked[name]], build)
        for name in names:
            row = score(name, asked[name], got[:len(asked[name])], spent / len(names))
            got = got[len(asked[name]):]
            rows[name] = {k: v if k == "family" else rows[name][k] + v for k, v in row.items()} if name in rows else row
        if count > BATCH:
            print(f"{min(count, first + BATCH)} of each after {time.monotonic() - began:.0f} s, {sum(len(r['hard']) for r in rows.values())} hard errors", flush=True)
        if seconds and time.monotonic() - began > seconds:
            break
    return list(rows.values())


def percent(row):
    return 100 * row["decided"] / row["labelled"] if row["labelled"] else 0.0


def by_hand():
    """How many hand-written cases there are of each kind."""
    kinds = {}
    for name in ("noref_cases_dev", "flipped", "flipped2"):
        for c in lines(DATA / f"verify/{name}.jsonl"):
            kinds[c["kind"]] = kinds.get(c["kind"], 0) + 1
    return kinds


def table(rows):
    kinds = by_hand()
    out = ["| family | an example | what a verdict has checked | generated | by hand | decided as labelled | share | hard errors |",
           "| --- | --- | --- | --: | --: | --: | --: | --: |"]
    for row in sorted(rows, key=lambda r: list(ABOUT).index(r["family"])):
        checked, mine = ABOUT[row["family"]]
        out.append(f"| {row['family']} | {example(row['family'])} | {checked} | {row['cases']:,} | {sum(kinds[k] for k in mine) or ''} | "
                   f"{row['decided']:,} of {row['labelled']:,} | {percent(row):.0f} % | {len(row['hard'])} |")
    total = {k: sum(r[k] for r in rows) for k in ("cases", "decided", "labelled", "seconds")}
    hand = sum(kinds[k] for r in rows for k in ABOUT[r["family"]][1])
    hard = sum(len(r["hard"]) for r in rows)
    out.append(f"| **all {len(rows)}** | | {1000 * total['seconds'] / max(1, total['cases']):.1f} ms each | {total['cases']:,} | {hand:,} | "
               f"{total['decided']:,} of {total['labelled']:,} | {percent(total):.0f} % | {hard} |")
    return "\n".join(out) + "\n"


MARKS = "<!-- families: written by tests/verify/run.py --table -->\n", "<!-- families end -->\n"


def example(name):
    """The shortest of a few questions, safe in a cell."""
    text = min((c["question"] for c in cases(name, 12, "example") if c["lang"] == "en"), key=len)
    return text.replace("|", "\\|").replace("\\(", "$").replace("\\)", "$")


def can_fail(names):
    """Verdicts that are always the same must be seen as the hard errors that they are."""
    asked = [c for name in names for c in cases(name, SAMPLE, SEED)]
    for verdict in ("verified", "refuted"):
        row = score("", [dict(c) for c in asked], [{"verdict": verdict, "evidence": []} for _ in asked], 0)
        if len(row["hard"]) != sum(c["verdict"] != verdict for c in asked) or not row["hard"]:
            raise SystemExit(f"{len(row['hard'])} hard errors found where each of {len(asked)} cases is said to be {verdict}")


def main():
    p = argparse.ArgumentParser(description="Generated questions through qwenctl verify.")
    p.add_argument("--build", type=pathlib.Path, default=BUILD, help="the folder that was built")
    p.add_argument("--family", default="", help="only families whose name contains this")
    p.add_argument("--count", type=int, default=SAMPLE, help=f"cases of each family ({SAMPLE})")
    p.add_argument("--seconds", type=float, default=0, help="begin no further hundred of each after so long; 0: no limit (0)")
    p.add_argument("--seed", default=SEED, help=f"another seed, other cases ({SEED})")
    p.add_argument("--table", type=pathlib.Path, help="write the table here, as Markdown; into a page that has its marks, between them")
    p.add_argument("--hard", type=pathlib.Path, help="add hard errors here, as lines of JSON")
    p.add_argument("--open", type=pathlib.Path, help="write the cases that stayed undecided here, as lines of JSON")
    p.add_argument("--pin", action="store_true", help="write floors.json from this run")
    args = p.parse_args()
    sample = args.count == SAMPLE and args.seed == SEED
    floors = json.loads(FLOORS.read_text()) if sample and FLOORS.exists() and not args.pin else {}
    can_fail(list(FAMILIES)[:10])
    rows, failed = [], 0
    for row in runs([n for n in FAMILIES if args.family in n], args.count, args.seed, args.build, args.seconds):
        name = row["family"]
        rows.append(row)
        low = row["decided"] < floors.get(name, 0) or (sample and not args.pin and name not in floors)
        failed += low + len(row["hard"])
        print(f"{'FAILED' if low or row['hard'] else 'ok':6} {name}: {row['decided']} of {row['labelled']} decided ({percent(row):.0f} %), "
              f"{len(row['hard'])} hard errors" + (f", the floor is {floors.get(name)}" if low else ""), flush=True)
        for h in row["hard"]:
            print("       hard:", json.dumps(h, ensure_ascii=False), flush=True)
        for path, which in ((args.hard, "hard"), (args.open, "open")):
            if path and row[which]:
                with path.open("a", encoding="utf-8") as f:
                    f.writelines(json.dumps(h, ensure_ascii=False) + "\n" for h in row[which])
    if args.pin:
        FLOORS.write_text(json.dumps({r["family"]: r["decided"] for r in rows}, indent=1) + "\n")
    if args.table:
        write_between(args.table, MARKS, table(rows))
    print(table(rows).splitlines()[-1])
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
