#!/bin/bash
# Cases by someone who had not read the parser: wordings that differ in one element that
# carries meaning, answers that are hedged, taken back or in another form.  Any hard error
# fails (verified on a case that is not, refuted on one that is not, a false "equal" or
# "different"); a case left undecided never does.
set -u
d=${abs_top_builddir:-.}/tests/plugin/calc_driver
data=${abs_top_srcdir:-.}/tests/data/verify
failed=0
run() { echo "# $*"; "$@" || { echo "FAILED: $*"; failed=1; }; }
run "$d" verify "$data/adversary.jsonl"
run "$d" equiv "$data/adversary_equiv.jsonl"
CALC_FLOOR=86 run "$d" equiv "$data/structure_equiv.jsonl"
run "$d" canon "$data/structure_equiv.jsonl"
CALC_DECIDED=99 run "$d" verify "$data/structure.jsonl"
exit $failed
