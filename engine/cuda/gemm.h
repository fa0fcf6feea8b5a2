/* What gemm_quant.cu and gemm_float.cu share: how a launch is described and started.
 * Internal to engine/cuda; rules of kernels.h. */
#ifndef QW_ENGINE_CUDA_GEMM_H
#define QW_ENGINE_CUDA_GEMM_H

#include "engine/cuda/dev.h"
#include "engine/cuda/kernels.h"

/* x, such that what follows from it is worked out where it stands: kept in registers across a long loop, it
 * would push sums out of them. */
DEV unsigned gemm_again(unsigned x)
{
#ifdef __CUDACC__
    asm volatile("" : "+r"(x));
#endif
    return x;
}

/* Products of one type as their kernel sees them: row tiles of all are numbered through. */
struct gemm_part {
    const uint8_t *data;
    size_t   group_bytes;
    float   *y;
    uint32_t N, ldy, groups;
    uint32_t first;                     /* its first row tile */
};
struct gemm_args {
    const float  *x;
    const int8_t *q;
    const float  *d, *m;
    uint32_t T, K, n;
    struct gemm_part part[CU_PRODUCTS];
};

/* The part of row tile `tile`; no index that varies, which would put a copy into local memory. */
DEV gemm_part gemm_part_of(const gemm_args &a, uint32_t tile)
{
    if (a.n > 2 && tile >= a.part[2].first)
        return a.part[2];
    if (a.n > 1 && tile >= a.part[1].first)
        return a.part[1];
    return a.part[0];
}

/* Deals tiles of `groups` groups over the parts; returns how many there are. */
static inline uint32_t gemm_deal(gemm_args *a, uint32_t groups)
{
    uint32_t tiles = 0;

    for (uint32_t i = 0; i < a->n; i++) {
        a->part[i].first = tiles;
        tiles += (a->part[i].groups + groups - 1) / groups;
    }
    return tiles;
}

/* Shared memory that a block may have on the current device. */
enum { GEMM_SHARED_PLAIN = 48 * 1024 };
static inline size_t gemm_shared_limit(int *device)
{
    int bytes = 0;

    if (cudaGetDevice(device) != cudaSuccess ||
        cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, *device) != cudaSuccess ||
        bytes < GEMM_SHARED_PLAIN)
        return GEMM_SHARED_PLAIN;
    return (size_t)bytes;
}

/* Launches, having asked once a device for all of the shared memory that it can give: the kernels
 * have no use for the first-level cache, which is the rest of it. */
template <auto Kernel, class... A>
static void gemm_start(dim3 grid, unsigned threads, size_t bytes, cudaStream_t s, const A &...args)
{
    static uint64_t asked;
    int device = 0;
    const size_t limit = gemm_shared_limit(&device);
    const uint64_t bit = 1ull << (device & 63);

    if ((asked & bit) == 0) {
        cudaFuncSetAttribute(Kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)limit);
        cudaFuncSetAttribute(Kernel, cudaFuncAttributePreferredSharedMemoryCarveout, 100);
        asked |= bit;
    }
    LAUNCH(Kernel, grid, threads, bytes, s, args...);
}

/* Which kernel; any gives the same bits.  Floats have their own of each. */
enum gemm_kind { GEMM_FEW, GEMM_SMALL, GEMM_MEDIUM, GEMM_LARGE, GEMM_KINDS, GEMM_CHOOSE };
/* cu_gemm with a kernel of the caller's choice (tests, measurements). */
void gemm_run(const struct cu_input *in, const struct cu_product *p, int n, int kind, cudaStream_t s);

void gemm_float(const gemm_args *a, uint32_t type, int kind, cudaStream_t s);

#endif
