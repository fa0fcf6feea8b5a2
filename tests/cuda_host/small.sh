#!/usr/bin/env bash
# SmolLM2-135M (QWEN_TEST_SMALL), 64 ids and 16 more: the module over the emulation gives the CPU's logits, byte for byte.
# 77: there is no such model here.
set -e
[ -s "${QWEN_TEST_SMALL:-}" ] || { echo "QWEN_TEST_SMALL names no model file"; exit 77; }
folder=$(mktemp -d "${TMPDIR:-/tmp}/qwend-small-XXXXXX")
trap 'rm -rf "$folder"' EXIT
logits=$abs_top_builddir/tests/golden/logits
env -u QWEND_TEST_BACKEND "$logits" "$QWEN_TEST_SMALL" "$folder/cpu"
start=$SECONDS
QWEND_TEST_BACKEND=${QWEND_TEST_BACKEND:-cuda-host} "$logits" "$QWEN_TEST_SMALL" "$folder/cuda"
cmp "$folder/cpu" "$folder/cuda"
echo "$(wc -c <"$folder/cuda") bytes of logits are the same; $((SECONDS - start)) s"
