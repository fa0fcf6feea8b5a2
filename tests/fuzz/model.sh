#!/bin/sh
# Whole models from damaged files: metadata, tensor tables and weights of two architectures
# and of quantized types.  One fixed sample; fuzz longer with --enable-fuzzing.
set -eu
fuzz=$abs_top_builddir/tests/fuzz/fuzz_model
models=$abs_top_srcdir/tests/data/models
"$fuzz" --truncate 65536 "$models/qwen2-tiny-f32.gguf"
"$fuzz" --mutate 600 --seed 1 --head 24000 "$models/qwen2-tiny-f32.gguf" "$models/llama-tiny-f32.gguf" \
	"$models/qwen3-small-q4_k_m.gguf"
"$fuzz" --mutate 100 --seed 2 "$models/qwen3-small-q6_k.gguf" "$models/qwen3-small-q5_1.gguf"
