#!/usr/bin/env python3
"""Cases written by hand through `qwenctl verify`: flipped meanings, and questions of competition level.  No hard error.

`written.py FILE.jsonl...` takes other files; `-v` prints what is decided wrongly or not at all, `--hard FILE` adds hard errors there.
"""
import argparse, json, pathlib, sys
from qwenctl import BUILD, DATA, is_hard_error, lines, verify, write_between

MARKS = "<!-- written: by tests/verify/written.py --table -->\n", "<!-- written end -->\n"


def main():
    p = argparse.ArgumentParser(description="Cases written by hand through qwenctl verify.")
    p.add_argument("files", nargs="*", type=pathlib.Path, default=[DATA / "verify/flipped2.jsonl", DATA / "verify/clauses.jsonl", DATA / "verify/competition.jsonl"])
    p.add_argument("--build", type=pathlib.Path, default=BUILD)
    p.add_argument("--hard", type=pathlib.Path)
    p.add_argument("--table", type=pathlib.Path, help="write the table here, as Markdown; into a page that has its marks, between them")
    p.add_argument("-v", action="store_true", help="print what stayed undecided")
    args = p.parse_args()
    failed, rows = 0, []
    for path in args.files:
        cases = lines(path)
        got, seconds = verify(cases, args.build)
        labelled = decided = hard = 0
        for c, g in zip(cases, got):
            labelled += c["verdict"] != "undecided"
            decided += c["verdict"] != "undecided" and c["verdict"] == g["verdict"]
            if is_hard_error(c["verdict"], g["verdict"]):
                hard += 1
                text = json.dumps({**c, "got": g["verdict"], "reading": g.get("reading"), "computed": g.get("computed"), "evidence": [e["text"] for e in g["evidence"]]}, ensure_ascii=False)
                print("hard:", text)
                if args.hard:
                    with args.hard.open("a", encoding="utf-8") as f:
                        f.write(text + "\n")
            elif args.v and c["verdict"] != g["verdict"]:
                print(f"undecided, {c['verdict']}: {c['question']} | {c['response']}")
        failed += hard
        rows.append(f"| `{path.name}` | {len(cases):,} | {len({c['question'] for c in cases}):,} | {decided:,} of {labelled:,} | "
                    f"{100 * decided / max(1, labelled):.0f} % | {len(cases) - labelled:,} | {hard} |")
        print(f"{path.name}: {len(cases)} cases on {len({c['question'] for c in cases})} questions, {labelled} to be decided: {decided} are "
              f"({100 * decided / max(1, labelled):.0f} %), {hard} hard errors, {1000 * seconds / max(1, len(cases)):.1f} ms each")
    if args.table:
        write_between(args.table, MARKS, "\n".join(["| cases | all | questions | decided as labelled | share | rightly undecided | hard errors |",
                                                    "| --- | --: | --: | --: | --: | --: | --: |", *rows]) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
