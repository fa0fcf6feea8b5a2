#!/bin/sh
# Builds the kernel tests and timings for a real GPU, without configure: nvcc, gcc and the headers of libsodium,
# utf8proc and xxhash are needed.
#   tests/cuda_host/gpu.sh FOLDER [ARCH]      from the project's root; ARCH: 90 (default), 75, 80, ...
# FOLDER then holds test_cu_gemm, test_cu_rows, test_cu_head, test_cu_heads, test_cu_attention, test_cu_fast, bench_cu and bench_attn.
set -eu
out=${1:?folder}
arch=${2:-90}
programs="test_cu_gemm test_cu_rows test_cu_head test_cu_heads test_cu_attention test_cu_fast bench_cu bench_attn"
mkdir -p "$out/o"
c="gcc -std=gnu11 -D_GNU_SOURCE -O2 -ffp-contract=off -fno-strict-aliasing -ffunction-sections -fdata-sections -I."
cuda="nvcc -I. -O3 -fmad=false --std=c++17 -gencode arch=compute_$arch,code=sm_$arch"
echo "$cuda -c engine/cuda/attention.cu" >"$out/list"        # the longest first
for f in engine/gguf/gguf engine/gguf/gguf_file engine/layout/wmat engine/layout/kv_layout \
    engine/cpu/kern engine/cpu/ref engine/cpu/ref_attn \
    base/error base/mem base/cpu base/cgroup base/fs base/io base/buf base/utf8; do
    echo "$c -c $f.c"
done >>"$out/list"
for f in avx2 avx2_gemm avx2_attn; do
    echo "$c -mavx2 -mfma -mf16c -c engine/cpu/$f.c"
done >>"$out/list"
for f in avx512 avx512_gemm avx512_attn; do
    echo "$c -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -c engine/cpu/$f.c"
done >>"$out/list"
for f in engine/cuda/gemm_quant engine/cuda/gemm_float engine/cuda/head engine/cuda/heads engine/cuda/rows \
    engine/cuda/fast engine/cuda/cublas \
    tests/cuda_host/bench_cu tests/cuda_host/bench_attn; do
    echo "$cuda -c $f.cu"
done >>"$out/list"
for f in gemm rows head heads attention fast; do
    echo "$cuda -x cu -c tests/cuda_host/test_cu_$f.cpp"
done >>"$out/list"
while read -r line; do
    name=$(basename "${line##* }")
    echo "$line -o $out/o/${name%.*}.o"
done <"$out/list" | xargs -P "${JOBS:-$(nproc)}" -I@ sh -c @
for p in $programs; do
    nvcc -Xlinker --gc-sections -o "$out/$p" "$out/o/$p.o" $(ls "$out"/o/*.o | grep -v -e /test_cu -e /bench_)
done
