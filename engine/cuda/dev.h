/* What kernels are written with: CUDA under nvcc, the emulation of tests/cuda_host under a host
 * compiler (its cuda_runtime.h is then found first).  Kernels use nothing else of CUDA:
 *
 *   threadIdx, blockIdx, blockDim, gridDim (x, y, z)      __syncthreads(), __syncwarp()
 *   __shfl_sync, __shfl_xor_sync over whole warps         atomicAdd, atomicMax on 32-bit integers
 *   __fmaf_rn __fadd_rn __fmul_rn __fdiv_rn __fsqrt_rn __fma_rn (double) __ddiv_rn
 *   __float2int_rn, __int_as_float, __float_as_int, int4/uint4/float4/float2 loads
 *   what ptx.h has: mma, cp.async
 *   dynamic shared memory only, through DEV_SHARED, so that each launch says how much
 *
 * Bits.  Compiled with -fmad=false and without fast-math: a product and a sum are fused where fmaf
 * is written, and nowhere else.  Every kernel gives the bits of engine/cpu/ref*.c, so that a GPU and
 * a CPU have one numerics id and share conversations; but fast.cu, which has its own. */
#ifndef QW_ENGINE_CUDA_DEV_H
#define QW_ENGINE_CUDA_DEV_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __CUDACC__
#define DEV static __device__ __forceinline__
#define LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
    kernel<<<(grid), (block), (shared_bytes), (stream)>>>(__VA_ARGS__)
/* The block's dynamic shared memory, 16-byte aligned, as T *name. */
#define DEV_SHARED(T, name) \
    extern __shared__ __align__(16) unsigned char dev_shared_bytes[]; \
    T *name = (T *)dev_shared_bytes
#else
#define DEV static inline
/* The emulation defines LAUNCH and DEV_SHARED. */
#endif

/* Before a loop: unrolled whole, so that what it indexes can be registers; n times. */
#ifdef __CUDACC__
#define DEV_UNROLL _Pragma("unroll")
#define DEV_UNROLL_BY(n) _Pragma(DEV_TEXT(unroll n))
#define DEV_TEXT(x) #x
#else
#define DEV_UNROLL
#define DEV_UNROLL_BY(n)
#endif

#define DEV_WARP 32
#define DEV_FULL 0xffffffffu

DEV unsigned dev_lane(void) { return threadIdx.x % DEV_WARP; }
DEV unsigned dev_warp(void) { return threadIdx.x / DEV_WARP; }

#endif
