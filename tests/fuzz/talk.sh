#!/bin/sh
# The reader of exported conversations on damaged files: one cut at every byte, and 10,000 mutations of it.
# One fixed sample; fuzz longer with --enable-fuzzing.
set -eu
fuzz=$abs_top_builddir/tests/fuzz/fuzz_talk
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"${PYTHON3:-python3}" "$abs_top_srcdir/tests/fuzz/small_talk.py" "$dir/small.talk"
"$fuzz" "$dir/small.talk"
"$fuzz" --truncate 1 "$dir/small.talk"
"$fuzz" --mutate 10000 --seed 1 --head 600 "$dir/small.talk"
