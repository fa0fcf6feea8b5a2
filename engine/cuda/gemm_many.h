/* Products of many tokens: a block has a tile of rows and tokens, each warp a part of it with the sums in
 * registers, in the fragments of its mma.  K goes by two blocks of 32 a stage, in order; three stages
 * of weights, as they lie, and activations are in shared memory. */
#ifndef QW_ENGINE_CUDA_GEMM_MANY_H
#define QW_ENGINE_CUDA_GEMM_MANY_H

#include "engine/cuda/gemm.h"
#include "engine/cuda/gemm_types.h"

/* WR x WT warps, each with G groups of 16 rows and C columns of 8 tokens. */
template <int WR_, int WT_, int G_, int C_, int RESIDENT_> struct many_tile {
    static constexpr unsigned WR = WR_, WT = WT_, G = G_, C = C_;
    static constexpr unsigned GROUPS = WR * G, TOKENS = 8 * WT * C, THREADS = 32 * WR * WT, RESIDENT = RESIDENT_;
};
using many_large  = many_tile<4, 2, 2, 8, 2>;   /* 128 rows x 128 tokens */
using many_medium = many_tile<2, 2, 2, 4, 4>;   /*  64 rows x  64 tokens */
using many_small  = many_tile<2, 2, 1, 2, 4>;   /*  32 rows x  32 tokens */

enum { MANY_STAGES = 3, MANY_BLOCKS = 2, MANY_STEP = 32 * MANY_BLOCKS, MANY_Q = MANY_STEP + 16 };

/* A stage: weights [GROUPS] of SLOT bytes; q [TOKENS] of MANY_Q bytes (16 of them keep tokens in different
 * banks); d, m [MANY_BLOCKS][TOKENS]. */
template <class W, class S> struct many_stage {
    static constexpr unsigned SUB = W::BLOCKS < MANY_BLOCKS ? W::BLOCKS : MANY_BLOCKS;  /* blocks of a staged unit */
    static constexpr unsigned UNIT = gemm_unit<W, SUB>, SLOT = MANY_BLOCKS / SUB * UNIT;
    static constexpr unsigned ONE = gemm_head<W, SUB> + W::VALUE;     /* bytes of the slot if there is one block */
    static constexpr unsigned Q = S::GROUPS * SLOT, D = Q + S::TOKENS * MANY_Q;
    static constexpr unsigned M = D + 4 * MANY_BLOCKS * S::TOKENS;
    static constexpr unsigned BYTES = M + (W::MIN ? 4 * MANY_BLOCKS * S::TOKENS : 0);
    /* Activation scales a thread. */
    static constexpr unsigned SCALES = (MANY_BLOCKS * S::TOKENS + S::THREADS - 1) / S::THREADS;
};

/* A block's view. */
struct many_view {
    const uint8_t *data;                /* of its first group */
    uint32_t group_bytes;               /* eight times that is far below 2^32 */
    uint32_t groups;                    /* that are there, at most the tile's */
};

/* The tile's tokens, worked out where they are needed: the first, the last that is there; blocks of K. */
struct many_tokens { uint32_t first, last, blocks; };
template <class S> DEV many_tokens many_tokens_of(const gemm_args &a)
{
    const uint32_t first = gemm_again(blockIdx.x) * S::TOKENS, left = a.T - first;

    return { first, (left < S::TOKENS ? left : S::TOKENS) - 1, gemm_again(a.K) / 32 };
}

/* Weights of step c: one or more warps a group.  Past the last group it is fetched again: what becomes of it is
 * not written. */
template <class W, class S>
DEV void many_fetch_weights(const gemm_args &a, const many_view &v, uint8_t *stage, uint32_t c)
{
    using L = many_stage<W, S>;
    constexpr unsigned warps = S::THREADS / 32 / S::GROUPS, lanes = 32 * warps;
    const unsigned thread = gemm_again(threadIdx.x), slot = thread / lanes, lane = thread % lanes;
    const uint32_t s0 = c * MANY_BLOCKS % W::BLOCKS, g = slot < v.groups ? slot : v.groups - 1;
    uint8_t *const to = stage + slot * L::SLOT + 16 * lane;

    if constexpr (W::BLOCKS == 8) {
        constexpr unsigned head = gemm_head<W, L::SUB>, values = L::SLOT - head;
        const uint8_t *const from = v.data + (g * v.group_bytes + c * MANY_BLOCKS / 8 * W::UNIT);

        if (lane < head / 16)
            ptx_cp_async16(to, from + gemm_head_piece<W, L::SUB>(lane, s0));
        DEV_UNROLL
        for (unsigned i = 0; i < values; i += 16 * lanes)
            if (i + 16 * lane < values)
                ptx_cp_async16(to + head + i, from + gemm_head<W, 8> + s0 * W::VALUE + i + 16 * lane);
    } else {
        const uint8_t *const from = v.data + (g * v.group_bytes + c * L::SLOT + 16 * lane);
        const unsigned bytes = gemm_again(a.K) / 32 - c * MANY_BLOCKS >= MANY_BLOCKS ? L::SLOT : L::ONE;

        DEV_UNROLL
        for (unsigned i = 0; i < L::SLOT; i += 16 * lanes)
            if (i + 16 * lane < bytes)
                ptx_cp_async16(to + i, from + i);
    }
}

/* q of step c; past the last token, that again. */
template <class W, class S> DEV void many_fetch_q(const gemm_args &a, uint8_t *stage, uint32_t c)
{
    using L = many_stage<W, S>;
    constexpr unsigned pieces = 2 * MANY_BLOCKS, at_once = S::THREADS / pieces;
    const unsigned thread = gemm_again(threadIdx.x), first = thread / pieces, j = thread % pieces;
    const many_tokens v = many_tokens_of<S>(a);
    const int8_t *const q = a.q + (size_t)v.first * a.K;

    if (W::BLOCKS < 8 && j >= 2 * (v.blocks - c * MANY_BLOCKS))
        return;
    DEV_UNROLL
    for (unsigned i = 0; i < S::TOKENS; i += at_once) {
        const uint32_t token = first + i < v.last ? first + i : v.last;

        ptx_cp_async16(stage + L::Q + (first + i) * MANY_Q + 16 * j, q + token * a.K + 32 * MANY_BLOCKS * c + 16 * j);
    }
}

/* Activation scales of step c: from memory into registers, and later into the stage.  Thread x has
 * block x % 2 of token x / 2; past the borders, the last there is. */
template <class W, class S>
DEV void many_scales_get(const gemm_args &a, uint32_t c, float *d, float *m)
{
    const many_tokens v = many_tokens_of<S>(a);
    const size_t base = (size_t)v.first * v.blocks;
    const unsigned thread = gemm_again(threadIdx.x);

    DEV_UNROLL
    for (unsigned k = 0; k < many_stage<W, S>::SCALES; k++) {
        const unsigned i = thread + k * S::THREADS;
        const uint32_t token = i / MANY_BLOCKS < v.last ? i / MANY_BLOCKS : v.last;
        const uint32_t b = c * MANY_BLOCKS + i % MANY_BLOCKS, at = token * v.blocks + (b < v.blocks ? b : v.blocks - 1);

        d[k] = a.d[base + at];
        m[k] = W::MIN ? a.m[base + at] : 0.0f;
    }
}
template <class W, class S> DEV void many_scales_put(uint8_t *stage, const float *d, const float *m)
{
    using L = many_stage<W, S>;
    const unsigned thread = gemm_again(threadIdx.x);

    DEV_UNROLL
    for (unsigned k = 0; k < L::SCALES; k++) {
        const unsigned i = thread + k * S::THREADS, at = i % MANY_BLOCKS * S::TOKENS + i / MANY_BLOCKS;

        if (i >= MANY_BLOCKS * S::TOKENS)
            break;
        ((float *)(stage + L::D))[at] = d[k];
        if (W::MIN)
            ((float *)(stage + L::M))[at] = m[k];
    }
}

/* The first steps: all set out for before the first is waited for. */
template <class W, class S> DEV void many_begin(const gemm_args &a, const many_view &v, uint8_t *shared)
{
    using L = many_stage<W, S>;
    float d[MANY_STAGES - 1][L::SCALES], m[MANY_STAGES - 1][L::SCALES];

    DEV_UNROLL
    for (uint32_t c = 0; c < MANY_STAGES - 1; c++) {
        many_scales_get<W, S>(a, c, d[c], m[c]);
        if (c * MANY_STEP < a.K) {
            many_fetch_weights<W, S>(a, v, shared + c * L::BYTES, c);
            many_fetch_q<W, S>(a, shared + c * L::BYTES, c);
        }
        ptx_cp_async_commit();
    }
    DEV_UNROLL
    for (uint32_t c = 0; c < MANY_STAGES - 1; c++)
        many_scales_put<W, S>(shared + c * L::BYTES, d[c], m[c]);
}

/* One warp's part of block i of a stage. */
template <class W, class S>
DEV void many_block(float (&acc)[S::G][S::C][4], const uint8_t *stage, unsigned i, unsigned thread)
{
    using L = many_stage<W, S>;
    const unsigned g = thread % 32 / 4, t = thread % 4;
    const unsigned row_warp = thread / 32 % S::WR, token = thread / 32 / S::WR * 8 * S::C;
    uint32_t a[S::G][4];
    gemm_scale s[S::G];

    DEV_UNROLL
    for (unsigned j = 0; j < S::G; j++) {
        const uint8_t *unit = stage + (row_warp * S::G + j) * L::SLOT + i / L::SUB * L::UNIT;

        gemm_load<W>(a[j], unit + gemm_head<W, L::SUB> + i % L::SUB * W::VALUE, g, t);
        s[j] = gemm_scales<W, L::SUB>(unit, i % L::SUB, g);
    }
    DEV_UNROLL
    for (unsigned n = 0; n < S::C; n++) {
        const unsigned mine = token + 8 * n + g, out = token + 8 * n + 2 * t;   /* tokens of b, of c */
        const uint8_t *const q = stage + L::Q + mine * MANY_Q + 32 * i + 4 * t;
        const uint32_t b[2] = { *(const uint32_t *)q, *(const uint32_t *)(q + 16) };
        const float2 d = *(const float2 *)(stage + L::D + 4 * (i * S::TOKENS + out));
        float2 m = make_float2(0, 0);

        if constexpr (W::MIN)
            m = *(const float2 *)(stage + L::M + 4 * (i * S::TOKENS + out));
        DEV_UNROLL
        for (unsigned j = 0; j < S::G; j++) {
            int I[2][4];

            gemm_dot<W>(I, a[j], b);
            DEV_UNROLL
            for (unsigned k = 0; k < 4; k++) {
                const float2 f = gemm_factors<W>(I, k, s[j], k % 2 == 0 ? d.x : d.y);

                acc[j][n][k] = __fmaf_rn(f.x, f.y, acc[j][n][k]);
                if constexpr (W::MIN)
                    acc[j][n][k] = __fmaf_rn(s[j].m[k / 2], k % 2 == 0 ? m.x : m.y, acc[j][n][k]);
            }
        }
    }
}

template <class S> DEV void many_write(const float (&acc)[S::G][S::C][4], const gemm_args &a)
{
    const uint32_t tile = gemm_again(blockIdx.y), thread = gemm_again(threadIdx.x);
    const gemm_part p = gemm_part_of(a, tile);
    const unsigned lane = thread % 32, row_warp = thread / 32 % S::WR, token_warp = thread / 32 / S::WR;
    const uint32_t row0 = ((tile - p.first) * S::GROUPS + row_warp * S::G) * 16 + lane / 4 * 2;
    const uint32_t token0 = blockIdx.x * S::TOKENS + token_warp * 8 * S::C + lane % 4 * 2;

    DEV_UNROLL
    for (unsigned n = 0; n < S::C; n++)
        DEV_UNROLL
        for (unsigned k = 0; k < 2; k++) {
            const uint32_t token = token0 + 8 * n + k;
            float *const y = p.y + (size_t)token * p.ldy;

            DEV_UNROLL
            for (unsigned j = 0; j < 2 * S::G; j++) {
                const uint32_t row = row0 + j / 2 * 16 + j % 2;

                if (token < a.T && row < p.N)
                    y[row] = acc[j / 2][n][k + j % 2 * 2];
            }
        }
}

/* Blocks of a multiprocessor that registers are kept for.  Of Q6_K's large tile sm_120 has shared memory for one only; two
 * would spill there. */
template <class W, class S> constexpr unsigned many_resident()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1200
    if (W::HALVES && S::RESIDENT == 2)
        return 1;
#endif
    return S::RESIDENT;
}

template <class W, class S>
static __global__ void __launch_bounds__(S::THREADS, (many_resident<W, S>())) gemm_many(const gemm_args a)
{
    DEV_SHARED(uint8_t, shared);
    using L = many_stage<W, S>;
    const gemm_part p = gemm_part_of(a, blockIdx.y);
    const uint32_t group = (blockIdx.y - p.first) * S::GROUPS, groups = p.groups - group;
    const many_view v = { p.data + group * p.group_bytes, (uint32_t)p.group_bytes,
                          groups < S::GROUPS ? groups : S::GROUPS };
    /* A warp past the border only helps to fetch. */
    const bool works = dev_warp() % S::WR * S::G < v.groups &&
                       blockIdx.x * S::TOKENS + dev_warp() / S::WR * 8 * S::C < a.T;
    float acc[S::G][S::C][4] = {}, d[L::SCALES], m[L::SCALES];

    many_begin<W, S>(a, v, shared);
    for (uint32_t c = 0; c * MANY_STEP < a.K; c++) {
        const uint32_t next = c + MANY_STAGES - 1;
        const uint8_t *const stage = shared + c % MANY_STAGES * L::BYTES;
        uint8_t *const fresh = shared + next % MANY_STAGES * L::BYTES;

        ptx_cp_async_wait<MANY_STAGES - 2>();
        __syncthreads();
        if (next * MANY_STEP < a.K) {
            many_fetch_weights<W, S>(a, v, fresh, next);
            many_fetch_q<W, S>(a, fresh, next);
            many_scales_get<W, S>(a, next, d, m);
        }
        ptx_cp_async_commit();
        if (works) {
            const unsigned thread = threadIdx.x;

            DEV_UNROLL_BY(1)
            for (unsigned i = 0; i < MANY_BLOCKS; i++)
                if (W::BLOCKS == 8 || c * MANY_BLOCKS + i < a.K / 32)
                    many_block<W, S>(acc, stage, i, thread);
        }
        if (next * MANY_STEP < a.K)
            many_scales_put<W, S>(fresh, d, m);
    }
    if (works)
        many_write<S>(acc, a);
}

template <class W, class S> static void many_start_as(gemm_args a, cudaStream_t s)
{
    const dim3 grid((a.T + S::TOKENS - 1) / S::TOKENS, gemm_deal(&a, S::GROUPS));

    gemm_start<gemm_many<W, S>>(grid, S::THREADS, MANY_STAGES * many_stage<W, S>::BYTES, s, a);
}

/* Larger tiles read less; smaller ones keep more of the machine busy. */
enum { MANY_ENOUGH = 200 };             /* tiles */
template <class S> static bool many_enough(gemm_args a)
{
    return (uint64_t)gemm_deal(&a, S::GROUPS) * ((a.T + S::TOKENS - 1) / S::TOKENS) >= MANY_ENOUGH;
}
/* Two blocks of Q5_K would leave a thread too few registers: some would be spilled. */
template <class W> struct many_large_of { using tile = many_large; };
template <> struct many_large_of<gemm_q5_k> { using tile = many_tile<4, 2, 2, 8, 1>; };
template <class W> static void many_start(const gemm_args &a, int kind, cudaStream_t s)
{
    using large = typename many_large_of<W>::tile;
    int device = 0;
    const bool fits = MANY_STAGES * many_stage<W, large>::BYTES <= gemm_shared_limit(&device);

    if (kind == GEMM_CHOOSE)
        kind = many_enough<large>(a) ? GEMM_LARGE : many_enough<many_medium>(a) ? GEMM_MEDIUM : GEMM_SMALL;
    if (kind == GEMM_LARGE && fits)
        many_start_as<W, large>(a, s);
    else if (kind != GEMM_SMALL)
        many_start_as<W, many_medium>(a, s);
    else
        many_start_as<W, many_small>(a, s);
}

#endif
