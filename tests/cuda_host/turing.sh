#!/usr/bin/env bash
# Compute capability 7.5, which has neither BF16 instructions nor cp.async: BF16 weights and keys and values give the CPU's
# logits there, byte for byte; gpu_numerics fast runs there, too, and gives others.
set -eu
export QW_CUDA_HOST_CLASS=75
run=$abs_top_builddir/engine/run/qwen-run models=$abs_top_srcdir/tests/data/models
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
echo "[$(seq -s, 1 70)]" >"$work/ids"

logits() {      # FILE MODEL OPTION...
    out=$1 model=$2; shift 2
    "$run" logits -m "$models/$model.gguf" --kv-cache-dtype bf16 --tokens "$work/ids" -o "$work/$out" "$@" 2>"$work/err" || { cat "$work/err"; exit 1; }
}
for model in qwen3-small-bf16 qwen3-small-q4_k_m; do
    logits cpu $model
    logits gpu $model --backend cuda-host
    logits fast $model --backend cuda-host --gpu-numerics fast
    cmp "$work/cpu" "$work/gpu" || { echo "$model: other bits than the CPU's"; exit 1; }
    ! cmp -s "$work/cpu" "$work/fast" || { echo "$model: fast is not used"; exit 1; }
    echo "ok $model"
done
