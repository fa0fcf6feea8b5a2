/* Instructions that C has no name for, one function each: inline PTX under nvcc, the emulation's
 * functions of the same name otherwise (tests/cuda_host).  All mma are collectives of a whole warp.
 *
 * Fragments (PTX ISA, "Matrix fragments for mma.m16n8k32"), g = lane / 4, t = lane % 4, four bytes a register:
 *   A 16x32  a[0] row g,   k 4t..4t+3      a[1] row g+8, the same k
 *            a[2] row g,   k 16+4t..       a[3] row g+8, k 16+4t..
 *   B 32x8   b[0] column g, k 4t..4t+3     b[1] column g, k 16+4t..
 *   C 16x8   c[0], c[1] row g, columns 2t, 2t+1;  c[2], c[3] row g+8
 * m16n8k16: a[0], a[1], b[0] of the same.  sm_75 has m8n8k16 only, of which these are made. */
#ifndef QW_ENGINE_CUDA_PTX_H
#define QW_ENGINE_CUDA_PTX_H

#include "engine/cuda/dev.h"

#ifdef __CUDACC__

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define PTX_MMA8(name, A)                                                                                          \
    DEV void name(int &c0, int &c1, uint32_t a, uint32_t b)                                                        \
    {                                                                                                              \
        asm("mma.sync.aligned.m8n8k16.row.col.s32." A ".s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"                    \
            : "+r"(c0), "+r"(c1) : "r"(a), "r"(b));                                                                \
    }
PTX_MMA8(ptx_mma8_s8, "s8")
PTX_MMA8(ptx_mma8_u8, "u8")
#undef PTX_MMA8
#define PTX_MMA(suffix, A, mma8)                                                                                   \
    DEV void ptx_mma_k16_##suffix(int c[4], const uint32_t a[2], const uint32_t b[1])                              \
    {                                                                                                              \
        mma8(c[0], c[1], a[0], b[0]);                                                                              \
        mma8(c[2], c[3], a[1], b[0]);                                                                              \
    }                                                                                                              \
    DEV void ptx_mma_k32_##suffix(int c[4], const uint32_t a[4], const uint32_t b[2])                              \
    {                                                                                                              \
        ptx_mma_k16_##suffix(c, a, b);                                                                             \
        ptx_mma_k16_##suffix(c, a + 2, b + 1);                                                                     \
    }
#else
#define PTX_MMA(suffix, A, mma8)                                                                                   \
    DEV void ptx_mma_k16_##suffix(int c[4], const uint32_t a[2], const uint32_t b[1])                              \
    {                                                                                                              \
        asm("mma.sync.aligned.m16n8k16.row.col.s32." A ".s8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, "                \
            "{%0, %1, %2, %3};"                                                                                    \
            : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(b[0]));                   \
    }                                                                                                              \
    DEV void ptx_mma_k32_##suffix(int c[4], const uint32_t a[4], const uint32_t b[2])                              \
    {                                                                                                              \
        asm("mma.sync.aligned.m16n8k32.row.col.s32." A ".s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "    \
            "{%0, %1, %2, %3};"                                                                                    \
            : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])                                                       \
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                                   \
    }
#endif
PTX_MMA(s8, "s8", ptx_mma8_s8)      /* A signed   */
PTX_MMA(u8, "u8", ptx_mma8_u8)      /* A unsigned; B is signed in both */
#undef PTX_MMA

DEV float ptx_half_to_float(uint16_t h)
{
    float f;
    asm("{ .reg .f16 h; mov.b16 h, %1; cvt.f32.f16 %0, h; }" : "=f"(f) : "h"(h));
    return f;
}
DEV uint16_t ptx_float_to_half(float f)
{
    uint16_t h;
    asm("{ .reg .f16 h; cvt.rn.f16.f32 h, %1; mov.b16 %0, h; }" : "=h"(h) : "f"(f));
    return h;
}

/* 16 bytes from global into shared memory, both 16-byte aligned; until ptx_cp_async_wait they may not be
 * read.  bytes: 16, or 0 for zeros.  sm_75: a plain copy. */
DEV void ptx_cp_async16(void *shared, const void *global, unsigned bytes = 16)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
    uint4 v = make_uint4(0, 0, 0, 0);
    if (bytes == 16)
        v = *(const uint4 *)global;
    *(uint4 *)shared = v;
#else
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :: "r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(global), "r"(bytes) : "memory");
#endif
}
DEV void ptx_cp_async_commit(void)
{
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}
/* All but the newest `left` groups of this thread have arrived (others' need a barrier, too). */
template <int left> DEV void ptx_cp_async_wait(void)
{
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" :: "n"(left) : "memory");
#endif
}

#else
#include <cuda_host_ptx.h>          /* the emulation's: the same names */
#endif
#endif
