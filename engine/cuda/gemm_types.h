/* The quantized types as the products see them, straight from engine/layout/wmat_layout.h: where parts lie,
 * how a block becomes an mma operand, what its scales are.
 *
 * Rows.  Row 2g of a group is row g of the mma, row 2g+1 its row g+8: a lane's two rows are neighbours,
 * so eight bytes at 64 * register + 8g are both, and a warp reads a register set as one piece.
 * K.  As the registers: lane t holds registers t (a[0], a[1]; b[0]) and t + 4 (a[2], a[3]; b[1]).
 *
 * Values are read in the upper bits of their byte, u = q << up, as the reference does: u - 128 as a signed
 * byte is then one exclusive or, and 2^-up goes into the scale. */
#ifndef QW_ENGINE_CUDA_GEMM_TYPES_H
#define QW_ENGINE_CUDA_GEMM_TYPES_H

#include "engine/cuda/dev.h"
#include "engine/cuda/ptx.h"
#include "engine/layout/wmat_layout.h"

/* An mma that starts from this adds up to the bits of 12582912 + I, for |I| < 2^22: I as a float is
 * one exact subtraction away.  32 * 255 * 127 is less than a quarter of that. */
#define GEMM_MAGIC 0x4b400000
DEV float gemm_int(int c)
{
    return __int_as_float(c) - 12582912.0f;
}

/* Scales of a lane's two rows: d of rows 2g, 2g+1 with 2^-up (Q6_K: of each half); m as the last
 * step adds it, fma(m, sum, acc). */
struct gemm_scale { float d[2][2], m[2]; };

DEV float2 gemm_halves(const uint8_t *p)        /* 4-byte aligned */
{
    const uint32_t u = *(const uint32_t *)p;

    return make_float2(ptx_half_to_float((uint16_t)u), ptx_half_to_float((uint16_t)(u >> 16)));
}

/* SUB: blocks of a unit as it is staged in shared memory; that of memory, or two of the eight of a K type.
 * A staged unit: HEAD bytes of scales, then SUB times VALUE. */
template <unsigned BITS_, unsigned BLOCKS_, unsigned HEAD_, unsigned VALUE_, bool MIN_> struct gemm_layout {
    static constexpr unsigned BITS = BITS_, BLOCKS = BLOCKS_, VALUE = VALUE_, UP = 8 - BITS_;
    static constexpr unsigned UNIT = HEAD_ + BLOCKS_ * VALUE_;  /* in memory */
    static constexpr bool MIN = MIN_, HALVES = false;
    static constexpr float DOWN = 1.0f / (float)(1u << UP);
};

struct gemm_q4_0 : gemm_layout<4, 2, LAY_HEAD_2, LAY_V4, false> {};
struct gemm_q5_0 : gemm_layout<5, 2, LAY_HEAD_2, LAY_V5, false> {};
struct gemm_q8_0 : gemm_layout<8, 2, LAY_HEAD_2, LAY_V8, false> {};
struct gemm_q4_1 : gemm_layout<4, 1, LAY_HEAD_1, LAY_V4, true> {};
struct gemm_q5_1 : gemm_layout<5, 1, LAY_HEAD_1, LAY_V5, true> {};
struct gemm_q4_k : gemm_layout<4, 8, LAY_HEAD_K, LAY_V4, true> {};
struct gemm_q5_k : gemm_layout<5, 8, LAY_HEAD_K, LAY_V5, true> {};
struct gemm_q6_k : gemm_layout<6, 8, LAY_HEAD_6K, LAY_V6, false> { static constexpr bool HALVES = true; };

/* Bytes before the values of a staged unit of SUB blocks (K types: 2 * 16 a block beside d), and of all of it. */
template <class W, unsigned SUB> constexpr unsigned gemm_head = W::BLOCKS < 8 ? 64 : 64 + 32 * SUB;
template <class W, unsigned SUB> constexpr unsigned gemm_unit = gemm_head<W, SUB> + SUB * W::VALUE;
/* K types: where 16-byte piece i of the head of a staged unit lies in its unit in memory, from block s0 on. */
template <class W, unsigned SUB> DEV unsigned gemm_head_piece(unsigned i, unsigned s0)
{
    if (i < 4)
        return 16 * i;
    if (W::HALVES)
        return 64 + 32 * s0 + 16 * (i - 4);
    return (i < 4 + SUB ? 64 + 16 * (i - 4) : 64 + 128 + 16 * (i - 4 - SUB)) + 16 * s0;
}

/* Scales of block `sub` of a staged unit. */
template <class W, unsigned SUB> DEV gemm_scale gemm_scales(const uint8_t *unit, unsigned sub, unsigned g)
{
    gemm_scale s;

    if constexpr (W::BLOCKS == 8) {
        const float2 d = gemm_halves(unit + 4 * g);

        if constexpr (W::HALVES) {
            for (unsigned h = 0; h < 2; h++) {
                const uint32_t sc = *(const uint16_t *)(unit + 64 + 32 * sub + 16 * h + 2 * g);

                s.d[h][0] = d.x * W::DOWN * (float)(int8_t)sc;
                s.d[h][1] = d.y * W::DOWN * (float)(int8_t)(sc >> 8);
            }
        } else {
            const uint32_t sc = *(const uint16_t *)(unit + 64 + 16 * sub + 2 * g);
            const uint32_t mn = *(const uint16_t *)(unit + 64 + 16 * SUB + 16 * sub + 2 * g);
            const float2 m = gemm_halves(unit + 32 + 4 * g);

            s.d[0][0] = d.x * W::DOWN * (float)(sc & 255);
            s.d[0][1] = d.y * W::DOWN * (float)(sc >> 8);
            s.m[0] = -(m.x * (float)(mn & 255));
            s.m[1] = -(m.y * (float)(mn >> 8));
        }
    } else {
        const float2 d = gemm_halves(unit + 32 * sub + 4 * g);

        s.d[0][0] = d.x * W::DOWN;
        s.d[0][1] = d.y * W::DOWN;
        if constexpr (W::MIN) {
            const float2 m = gemm_halves(unit + 32 + 4 * g);

            s.m[0] = m.x;
            s.m[1] = m.y;
        }
    }
    return s;
}

/* Bits `mask` of u; with an offset, minus 128 in every byte. */
template <class W> DEV uint32_t gemm_signed(uint32_t u)
{
    return W::MIN ? u : u ^ 0x80808080u;
}

/* The low bits of one row's registers t (lo) and t + 4 (hi), where they go in u. */
template <class W> DEV void gemm_planes(uint32_t lo_plane, uint32_t hi_plane, unsigned t, uint32_t *lo, uint32_t *hi)
{
    if constexpr (W::BITS == 5) {
        *lo |= lo_plane << (3 - t) & 0x08080808u;
        *hi |= lo_plane >> (1 + t) & 0x08080808u;
    } else if constexpr (W::BITS == 6) {
        *lo |= (lo_plane >> 2 * t & 0x03030303u) << 2;
        *hi |= (hi_plane >> 2 * t & 0x03030303u) << 2;
    }
}

/* The A operand of a block from its values in shared memory. */
template <class W> DEV void gemm_load(uint32_t a[4], const uint8_t *v, unsigned g, unsigned t)
{
    if constexpr (W::BITS == 8) {
        const uint2 lo = *(const uint2 *)(v + 64 * t + 8 * g), hi = *(const uint2 *)(v + 256 + 64 * t + 8 * g);

        a[0] = lo.x, a[1] = lo.y, a[2] = hi.x, a[3] = hi.y;
    } else {
        constexpr unsigned nib = W::VALUE - LAY_V4;
        const uint2 w = *(const uint2 *)(v + nib + 64 * t + 8 * g);

        a[0] = w.x << 4 & 0xf0f0f0f0u;
        a[1] = w.y << 4 & 0xf0f0f0f0u;
        a[2] = w.x & 0xf0f0f0f0u;
        a[3] = w.y & 0xf0f0f0f0u;
        if constexpr (W::BITS > 4) {
            const uint2 p = *(const uint2 *)(v + 8 * g);
            const uint2 p1 = W::BITS == 6 ? *(const uint2 *)(v + 64 + 8 * g) : p;

            gemm_planes<W>(p.x, p1.x, t, &a[0], &a[2]);
            gemm_planes<W>(p.y, p1.y, t, &a[1], &a[3]);
        }
    }
    for (unsigned i = 0; i < 4; i++)
        a[i] = gemm_signed<W>(a[i]);
}

/* One block's exact integers, before gemm_int: c[h] of the halves for Q6_K, otherwise c[0].
 * [0], [1]: row 2g, columns 2t, 2t+1; [2], [3]: row 2g+1. */
template <class W> DEV void gemm_dot(int c[2][4], const uint32_t a[4], const uint32_t b[2])
{
    for (unsigned h = 0; h < (W::HALVES ? 2 : 1); h++)
        for (unsigned i = 0; i < 4; i++)
            c[h][i] = GEMM_MAGIC;
    if constexpr (W::HALVES) {
        ptx_mma_k16_s8(c[0], a, b);
        ptx_mma_k16_s8(c[1], a + 2, b + 1);
    } else if constexpr (W::MIN) {
        ptx_mma_k32_u8(c[0], a, b);
    } else {
        ptx_mma_k32_s8(c[0], a, b);
    }
}

/* What is added to output i (as c's) as a product of two factors: fma(f.x, f.y, acc). */
template <class W> DEV float2 gemm_factors(const int c[2][4], unsigned i, const gemm_scale &s, float da)
{
    const float I = gemm_int(c[0][i]);

    if constexpr (W::HALVES) {
        const float g = I * s.d[0][i / 2];

        return make_float2(__fmaf_rn(gemm_int(c[1][i]), s.d[1][i / 2], g), da);
    }
    return make_float2(I, s.d[0][i / 2] * da);
}

#endif
