#!/bin/sh
# The calculator on damaged questions and answers: one fixed sample; fuzz longer with --enable-fuzzing.
set -eu
fuzz=$abs_top_builddir/tests/fuzz/fuzz_calc
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"${PYTHON3:-python3}" "$abs_top_srcdir/tests/fuzz/small_calc.py" "$dir"
"$fuzz" "$dir"/*.calc
"$fuzz" --mutate 600 --seed 1 "$dir"/*.calc
for f in "$abs_top_srcdir"/tests/data/fuzz/calc-*; do
    [ ! -e "$f" ] || "$fuzz" "$f"
done
