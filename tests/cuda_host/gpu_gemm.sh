#!/bin/sh
# Builds test_cu_gemm and bench_cu for a real GPU, without configure: only nvcc and gcc are needed.
#   tests/cuda_host/gpu_gemm.sh FOLDER [ARCH]      from the project's root; ARCH: 90 (default), 75, 80, ...
set -eu
out=${1:?folder}
arch=${2:-90}
mkdir -p "$out/o"
c="gcc -std=gnu11 -D_GNU_SOURCE -O2 -ffp-contract=off -fno-strict-aliasing -ffunction-sections -fdata-sections -I."
cuda="nvcc -I. -O3 -fmad=false --std=c++17 -gencode arch=compute_$arch,code=sm_$arch"
for f in engine/wmat engine/kern engine/kv_layout engine/gguf engine/gguf_file engine/cpu/ref engine/cpu/ref_attn \
    base/error base/mem base/cpu base/cgroup base/fs base/io base/buf base/utf8; do
    echo "$c -c $f.c"
done >"$out/list"
for f in avx2 avx2_gemm avx2_attn; do
    echo "$c -mavx2 -mfma -mf16c -c engine/cpu/$f.c"
done >>"$out/list"
for f in avx512 avx512_gemm avx512_attn; do
    echo "$c -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -c engine/cpu/$f.c"
done >>"$out/list"
for f in engine/cuda/gemm_quant.cu engine/cuda/gemm_float.cu tests/cuda_host/bench_cu.cu; do
    echo "$cuda -c $f"
done >>"$out/list"
echo "$cuda -x cu -c tests/cuda_host/test_cu_gemm.cpp" >>"$out/list"
while read -r line; do
    name=$(basename "${line##* }")
    echo "$line -o $out/o/${name%.*}.o"
done <"$out/list" | xargs -P "${JOBS:-$(nproc)}" -I@ sh -c @
for p in test_cu_gemm bench_cu; do
    other=$([ $p = bench_cu ] && echo test_cu_gemm || echo bench_cu)
    nvcc -Xlinker --gc-sections -o "$out/$p" $(ls "$out"/o/*.o | grep -v "/$other.o")
done
