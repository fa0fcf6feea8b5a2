/* Products of a few tokens, bound by reading the weights: a block has one group of 16 rows and up to 16
 * tokens, and cuts K among its warps.
 *
 * The sum over K is a chain, one fma a block of 32 in K order, but what is summed is not: FEW_WARPS
 * warps make the factors of each link (an exact integer and its scale) for a chunk of blocks, while the
 * warps behind them, a thread an output, run the chain over the chunk before.  Weights, scales and
 * activations of the chunks to come are under way in a ring of stages meanwhile.  One barrier a chunk. */
#ifndef QW_ENGINE_CUDA_GEMM_FEW_H
#define QW_ENGINE_CUDA_GEMM_FEW_H

#include "engine/cuda/gemm.h"
#include "engine/cuda/gemm_types.h"

enum { FEW_WARPS = 8, FEW_STAGES = 4, FEW_TOKENS = 16, FEW_MOST_THREADS = 32 * (FEW_WARPS + FEW_TOKENS / 2) };

/* tokens: of a block, 1, 2, 4, 8 or 16; a chunk is 2^shift blocks (8 or more); tokens << shift is at
 * most 128, so that one pass of the threads loads a chunk's activation scales. */
struct few_shape { uint32_t tokens, shift; };

/* Where parts are in shared memory: in a stage, and behind the stages.
 *   q     [tokens][32 * blocks + 16]: the 16 keep tokens in different banks
 *   d, m  [blocks][tokens]
 *   pair  2 x [blocks][tokens][16 rows] of float2: fma(x, y, acc)
 *   min   2 x [blocks][16 rows], sum 2 x [blocks][tokens]: fma(min, sum, acc) */
struct few_layout { uint32_t q, d, m, stage, pair, min, sum, total; };
template <class W> static inline __host__ __device__ few_layout few_layout_of(few_shape f)
{
    const uint32_t blocks = 1u << f.shift, scales = 4 * f.tokens * blocks;
    few_layout l;

    l.q = blocks / W::BLOCKS * W::UNIT;
    l.d = l.q + f.tokens * (32 * blocks + 16);
    l.m = l.d + scales;
    l.stage = l.m + (W::MIN ? scales : 0);
    l.pair = FEW_STAGES * l.stage;
    l.min = l.pair + 2 * 32 * scales;
    l.sum = l.min + (W::MIN ? 2 * 64 * blocks : 0);
    l.total = l.sum + (W::MIN ? 2 * scales : 0);
    return l;
}

/* A block's view. */
struct few_view {
    few_shape f;
    few_layout at;
    uint8_t *shared;
    const uint8_t *group;
    uint32_t token, tokens;             /* first of the block; how many are there */
    uint32_t blocks;                    /* of K */
};

DEV uint32_t few_chunk_blocks(const few_view &v, uint32_t c)
{
    const uint32_t left = v.blocks - (c << v.f.shift), most = 1u << v.f.shift;

    return left < most ? left : most;
}

/* Sets out for chunk c: weights and q. */
template <class W> DEV void few_fetch(const gemm_args &a, const few_view &v, uint32_t c)
{
    const uint32_t first = c << v.f.shift, n = few_chunk_blocks(v, c), part = n % W::BLOCKS;
    const uint32_t bytes = n / W::BLOCKS * W::UNIT + (part != 0 ? W::UNIT - (W::BLOCKS - part) * W::VALUE : 0);
    const uint8_t *from = v.group + (size_t)(first / W::BLOCKS) * W::UNIT;
    uint8_t *const stage = v.shared + c % FEW_STAGES * v.at.stage;

    for (uint32_t i = 16 * threadIdx.x; i < bytes; i += 16 * blockDim.x)
        ptx_cp_async16(stage + i, from + i);
    for (uint32_t i = threadIdx.x; i < v.f.tokens << (v.f.shift + 1); i += blockDim.x) {
        const uint32_t token = i >> (v.f.shift + 1), piece = i & ((2u << v.f.shift) - 1);
        const bool here = token < v.tokens;

        if (piece < 2 * n)
            ptx_cp_async16(stage + v.at.q + token * ((32u << v.f.shift) + 16) + 16 * piece,
                           a.q + (size_t)(v.token + (here ? token : 0)) * a.K + 32 * first + 16 * piece,
                           here ? 16 : 0);
    }
}

/* Activation scales of chunk c: from memory into a register, and later into the stage. */
struct few_scales { float d, m; };
template <class W> DEV few_scales few_scales_get(const gemm_args &a, const few_view &v, uint32_t c)
{
    const uint32_t token = threadIdx.x >> v.f.shift, b = (c << v.f.shift) + (threadIdx.x & ((1u << v.f.shift) - 1));
    const bool here = token < v.tokens && b < v.blocks;
    const size_t at = here ? (size_t)(v.token + token) * v.blocks + b : 0;

    return { here ? a.d[at] : 0.0f, W::MIN && here ? a.m[at] : 0.0f };
}
template <class W> DEV void few_scales_put(const few_view &v, uint32_t c, few_scales s)
{
    const uint32_t token = threadIdx.x >> v.f.shift, i = threadIdx.x & ((1u << v.f.shift) - 1);
    uint8_t *const stage = v.shared + c % FEW_STAGES * v.at.stage;

    if (token >= v.f.tokens)
        return;
    ((float *)(stage + v.at.d))[i * v.f.tokens + token] = s.d;
    if (W::MIN)
        ((float *)(stage + v.at.m))[i * v.f.tokens + token] = s.m;
}

/* The first chunks: all set out for before the first is waited for. */
template <class W> DEV void few_begin(const gemm_args &a, const few_view &v, uint32_t chunks)
{
    few_scales s[FEW_STAGES - 1];

    DEV_UNROLL
    for (uint32_t c = 0; c < FEW_STAGES - 1; c++) {
        s[c] = few_scales_get<W>(a, v, c);
        if (c < chunks)
            few_fetch<W>(a, v, c);
        ptx_cp_async_commit();
    }
    DEV_UNROLL
    for (uint32_t c = 0; c < FEW_STAGES - 1; c++)
        few_scales_put<W>(v, c, s[c]);
}

/* The factors of block i of chunk c, by one warp. */
template <class W, int NT> DEV void few_block(const few_view &v, uint32_t c, uint32_t i)
{
    const unsigned g = dev_lane() / 4, t = dev_lane() % 4;
    const uint32_t tokens = v.f.tokens, at = (c & 1) << v.f.shift;
    const uint8_t *const stage = v.shared + c % FEW_STAGES * v.at.stage;
    const uint8_t *const unit = stage + i / W::BLOCKS * W::UNIT;
    const float *const d = (const float *)(stage + v.at.d) + i * tokens;
    float2 *const pair = (float2 *)(v.shared + v.at.pair) + (at + i) * tokens * 16;
    const gemm_scale s = gemm_scales<W, W::BLOCKS>(unit, i % W::BLOCKS, g);
    uint32_t a[4];

    gemm_load<W>(a, unit + gemm_head<W, W::BLOCKS> + i % W::BLOCKS * W::VALUE, g, t);
    DEV_UNROLL
    for (int n = 0; n < NT; n++) {
        const uint32_t mine = 8 * n + g, out = 8 * n + 2 * t;   /* tokens of b, of c */
        uint32_t b[2] = { 0, 0 };
        int I[2][4];

        if (mine < tokens) {
            const uint8_t *q = stage + v.at.q + mine * ((32u << v.f.shift) + 16) + 32 * i + 4 * t;

            b[0] = *(const uint32_t *)q;
            b[1] = *(const uint32_t *)(q + 16);
        }
        gemm_dot<W>(I, a, b);
        DEV_UNROLL
        for (unsigned j = 0; j < 2; j++)
            if (out + j < tokens) {
                const float da = d[out + j];
                const float2 x = gemm_factors<W>(I, j, s, da), y = gemm_factors<W>(I, 2 + j, s, da);

                *(float4 *)(pair + (out + j) * 16 + 2 * g) = make_float4(x.x, x.y, y.x, y.y);
            }
    }
    if constexpr (W::MIN) {
        if (t == 0)
            *(float2 *)((float *)(v.shared + v.at.min) + (at + i) * 16 + 2 * g) = make_float2(s.m[0], s.m[1]);
        if (dev_lane() < tokens)
            ((float *)(v.shared + v.at.sum))[(at + i) * tokens + dev_lane()] =
                ((const float *)(stage + v.at.m))[i * tokens + dev_lane()];
    }
}

/* The chain of output `out` = token * 16 + row over chunk c. */
template <class W> DEV float few_chain(float acc, const few_view &v, uint32_t c, uint32_t out)
{
    const uint32_t n = few_chunk_blocks(v, c), at = (c & 1) << v.f.shift, tokens = v.f.tokens;
    const float2 *pair = (const float2 *)(v.shared + v.at.pair) + at * tokens * 16 + out;
    const float *min = (const float *)(v.shared + v.at.min) + at * 16 + out % 16;
    const float *sum = (const float *)(v.shared + v.at.sum) + at * tokens + out / 16;

    DEV_UNROLL_BY(8)
    for (uint32_t i = 0; i < n; i++) {
        const float2 f = pair[i * tokens * 16];

        acc = __fmaf_rn(f.x, f.y, acc);
        if constexpr (W::MIN)
            acc = __fmaf_rn(min[i * 16], sum[i * tokens], acc);
    }
    return acc;
}

template <class W, int NT>
static __global__ void __launch_bounds__(FEW_MOST_THREADS) gemm_few(const gemm_args a, const few_shape f)
{
    DEV_SHARED(uint8_t, shared);
    const gemm_part p = gemm_part_of(a, blockIdx.x);
    const uint32_t group = blockIdx.x - p.first, left = a.T - blockIdx.y * f.tokens;
    const few_view v = { f, few_layout_of<W>(f), shared, p.data + group * p.group_bytes, blockIdx.y * f.tokens,
                         left < f.tokens ? left : f.tokens, a.K / 32 };
    const uint32_t chunks = (v.blocks + (1u << f.shift) - 1) >> f.shift;
    const uint32_t out = threadIdx.x - 32 * FEW_WARPS;  /* of the chain's threads */
    const bool chain = threadIdx.x >= 32 * FEW_WARPS && out < 16 * f.tokens;
    float acc = 0;

    few_begin<W>(a, v, chunks);
    for (uint32_t c = 0; c <= chunks; c++) {
        const uint32_t next = c + FEW_STAGES - 1;
        few_scales s = { 0, 0 };

        ptx_cp_async_wait<FEW_STAGES - 2>();
        __syncthreads();
        if (next < chunks) {
            few_fetch<W>(a, v, next);
            s = few_scales_get<W>(a, v, next);
        }
        ptx_cp_async_commit();
        if (c < chunks && dev_warp() < FEW_WARPS) {
            DEV_UNROLL_BY(2)
            for (uint32_t i = dev_warp(), n = few_chunk_blocks(v, c); i < n; i += FEW_WARPS)
                few_block<W, NT>(v, c, i);
        }
        if (c > 0 && chain)
            acc = few_chain<W>(acc, v, c - 1, out);
        if (next < chunks)
            few_scales_put<W>(v, next, s);
    }
    const uint32_t row = group * 16 + out % 16, token = out / 16;

    if (chain && row < p.N && token < v.tokens)
        p.y[(size_t)(v.token + token) * p.ldy + row] = acc;
}

template <class W> static void few_start(gemm_args a, cudaStream_t s)
{
    int device = 0;
    const size_t limit = gemm_shared_limit(&device);
    few_shape f = { 1, 5 };

    while (f.tokens < a.T && f.tokens < FEW_TOKENS)
        f.tokens *= 2;
    while (f.tokens << f.shift > 128)
        f.shift--;
    while (few_layout_of<W>(f).total > limit && f.shift > 3)
        f.shift--;
    while (few_layout_of<W>(f).total > limit && f.tokens > 1)
        f.tokens /= 2;
    const dim3 grid(gemm_deal(&a, 1), (a.T + f.tokens - 1) / f.tokens);
    const unsigned threads = 32 * (FEW_WARPS + (f.tokens + 1) / 2);
    const size_t bytes = few_layout_of<W>(f).total;

    if (f.tokens <= 8)
        gemm_start<gemm_few<W, 1>>(grid, threads, bytes, s, a, f);
    else
        gemm_start<gemm_few<W, 2>>(grid, threads, bytes, s, a, f);
}

#endif
