#!/bin/sh
# The GGUF reader on damaged files: a fixture cut at every 4 KiB, and 10,000 mutations of a
# small file and of the fixture's head.  One fixed sample; fuzz longer with --enable-fuzzing.
set -eu
fuzz=$abs_top_builddir/tests/fuzz/fuzz_gguf
tiny=$abs_top_srcdir/tests/data/models/qwen3-tiny-f32.gguf
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"${PYTHON3:-python3}" "$abs_top_srcdir/tests/fuzz/small_gguf.py" "$dir/small.gguf"
"$fuzz" "$dir/small.gguf"
"$fuzz" --truncate 1 "$dir/small.gguf"
"$fuzz" --truncate 4096 "$tiny"
"$fuzz" --mutate 9500 --seed 1 "$dir/small.gguf"
"$fuzz" --mutate 500 --seed 2 --head 16384 "$tiny"
