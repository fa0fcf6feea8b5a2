#!/bin/sh
# Builds test_cu_rows, test_cu_heads, test_cu_attention and bench_attn for a real GPU, without configure: only
# nvcc and gcc are needed.
#   tests/cuda_host/gpu_attn.sh FOLDER [ARCH]      from the project's root; ARCH: 90 (default), 75, 80, ...
set -eu
out=${1:?folder}
arch=${2:-90}
mkdir -p "$out/o"
c="gcc -std=gnu11 -D_GNU_SOURCE -O2 -ffp-contract=off -fno-strict-aliasing -ffunction-sections -fdata-sections -I."
cuda="nvcc -I. -O3 -fmad=false --std=c++17 -gencode arch=compute_$arch,code=sm_$arch"
echo "$cuda -c engine/cuda/attention.cu" >"$out/list"
for f in engine/wmat engine/kern engine/kv_layout engine/gguf engine/gguf_file \
    base/error base/mem base/cpu base/cgroup base/fs base/io base/buf base/utf8; do
    echo "$c -c $f.c"
done >>"$out/list"
for f in ref ref_attn avx2 avx2_gemm avx2_attn; do
    echo "$c -mavx2 -mfma -mf16c -c engine/cpu/$f.c"
done >>"$out/list"
for f in avx512 avx512_gemm avx512_attn; do
    echo "$c -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -c engine/cpu/$f.c"
done >>"$out/list"
for f in engine/cuda/heads.cu engine/cuda/rows.cu tests/cuda_host/bench_attn.cu; do
    echo "$cuda -c $f"
done >>"$out/list"
for f in rows heads attention; do
    echo "$cuda -x cu -c tests/cuda_host/test_cu_$f.cpp"
done >>"$out/list"
while read -r line; do
    name=$(basename "${line##* }")
    echo "$line -o $out/o/${name%.*}.o"
done <"$out/list" | xargs -P "${JOBS:-$(nproc)}" -I@ sh -c @
for p in test_cu_rows test_cu_heads test_cu_attention bench_attn; do
    nvcc -Xlinker --gc-sections -o "$out/$p" "$out/o/$p.o" $(ls "$out"/o/*.o | grep -v -e /test_cu -e /bench_attn)
done
