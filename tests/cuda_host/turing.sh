#!/usr/bin/env bash
# Compute capability 7.5, which has neither BF16 instructions nor cp.async: BF16 weights give the CPU's logits there, byte for
# byte; gpu_numerics fast runs there, too, and gives others; BF16 keys and values are refused, and what to use is said.
set -eu
export QW_CUDA_HOST_CLASS=75
run=$abs_top_builddir/engine/run/qwen-run models=$abs_top_srcdir/tests/data/models
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
echo "[$(seq -s, 1 70)]" >"$work/ids"

logits() {      # FILE MODEL OPTION...
    out=$1 model=$2; shift 2
    "$run" logits -m "$models/$model.gguf" --tokens "$work/ids" -o "$work/$out" "$@" 2>"$work/err"
}
must() { logits "$@" || { cat "$work/err"; exit 1; }; }
for model in qwen3-small-bf16 qwen3-small-q4_k_m; do
    must cpu $model
    must gpu $model --backend cuda-host
    must fast $model --backend cuda-host --gpu-numerics fast
    cmp "$work/cpu" "$work/gpu" || { echo "$model: other bits than the CPU's"; exit 1; }
    ! cmp -s "$work/cpu" "$work/fast" || { echo "$model: fast is not used"; exit 1; }
    echo "ok $model"
done
! logits refused qwen3-small-bf16 --backend cuda-host --kv-cache-dtype bf16 || { echo "bf16 keys and values are taken"; exit 1; }
grep -q 'kv_cache_dtype = bf16 needs compute capability 8.0 (Ampere), this GPU has 7.5: use f16' "$work/err" || { cat "$work/err"; exit 1; }
QW_CUDA_HOST_CLASS=80 must ampere qwen3-small-bf16 --backend cuda-host --kv-cache-dtype bf16
must cpu qwen3-small-bf16 --kv-cache-dtype bf16
cmp "$work/cpu" "$work/ampere" || { echo "bf16 keys and values on 8.0: other bits than the CPU's"; exit 1; }
echo "ok kv_cache_dtype bf16"
