/* Products with F32, F16 and BF16 weights: acc = fma(w, x, acc) in K order, as the reference does
 * (engine/cpu/ref.c, float_tile).  There is nothing to share in such a chain, so a thread has whole outputs;
 * weights and activations come through a ring of stages in shared memory.
 *
 *   few tokens   a block is one warp with a group of 16 rows: lane = row + 16 * token slot, a slot has
 *                SLOT tokens.  The chain's latency is hidden by other blocks.
 *   many         a block has 64 rows, a thread 4 of them and SLOT tokens. */
#include "engine/cuda/gemm.h"
#include "engine/cuda/ptx.h"
#include "engine/layout/wmat_layout.h"

enum { FLOAT_STAGES = 4 };

struct float_f32  { using word = uint32_t; };
struct float_f16  { using word = uint16_t; };
struct float_bf16 { using word = uint16_t; };
DEV float float_value(float_f32, uint32_t u) { return __int_as_float((int)u); }
DEV float float_value(float_f16, uint32_t u) { return ptx_half_to_float((uint16_t)u); }
DEV float float_value(float_bf16, uint32_t u) { return __int_as_float((int)(u << 16)); }

/* W's weights of one k and 4 rows, aligned to their size. */
template <class W> DEV void float_rows(float w[4], const uint8_t *p)
{
    if constexpr (sizeof(typename W::word) == 4) {
        const uint4 u = *(const uint4 *)p;

        w[0] = float_value(W(), u.x), w[1] = float_value(W(), u.y);
        w[2] = float_value(W(), u.z), w[3] = float_value(W(), u.w);
    } else {
        const uint2 u = *(const uint2 *)p;

        w[0] = float_value(W(), u.x & 0xffff), w[1] = float_value(W(), u.x >> 16);
        w[2] = float_value(W(), u.y & 0xffff), w[3] = float_value(W(), u.y >> 16);
    }
}

/* A stage, STEP of K: weights of GROUPS groups, [STEP][16] and a row of 16 more, which keeps groups in different
 * banks; x [TOKENS][X_ROW], with 4 more for the same reason. */
template <class W_, unsigned GROUPS_, unsigned TOKENS_, unsigned STEP_, unsigned THREADS_> struct float_stage {
    using W = W_;
    static constexpr unsigned GROUPS = GROUPS_, TOKENS = TOKENS_, STEP = STEP_, THREADS = THREADS_;
    static constexpr unsigned ROW = 16 * sizeof(typename W::word), GROUP = (STEP + 1) * ROW, X_ROW = STEP + 4;
    static constexpr unsigned X = GROUPS * GROUP, BYTES = X + TOKENS * X_ROW * 4;
};
template <class W, unsigned SLOT> using float_few_stage = float_stage<W, 1, 2 * SLOT, 64, 32>;
template <class W, unsigned SLOT> using float_many_stage = float_stage<W, 4, 16 * SLOT, 16, 256>;

/* What a block reads: groups and tokens that are there. */
struct float_view {
    const uint8_t *data;
    size_t   group_bytes;
    uint32_t groups, token, tokens;
};

/* Sets out for stage c.  Rows of x are 16-byte aligned only where K allows it. */
template <class L> DEV void float_fetch(const gemm_args &a, const float_view &v, uint8_t *shared, uint32_t c)
{
    constexpr unsigned pieces = L::STEP * L::ROW / 16;
    uint8_t *const stage = shared + c % FLOAT_STAGES * L::BYTES;
    float *const x = (float *)(stage + L::X);
    const uint32_t k0 = c * L::STEP, left = a.K - k0, n = left < L::STEP ? left : L::STEP;

    for (unsigned i = threadIdx.x; i < L::GROUPS * pieces; i += L::THREADS) {
        const unsigned g = i / pieces, j = i % pieces;

        if (g < v.groups && 16 * j < n * L::ROW)
            ptx_cp_async16(stage + g * L::GROUP + 16 * j, v.data + g * v.group_bytes + (size_t)k0 * L::ROW + 16 * j);
    }
    if (a.K % 4 == 0) {
        for (unsigned i = threadIdx.x; i < L::TOKENS * L::STEP / 4; i += L::THREADS) {
            const unsigned token = i / (L::STEP / 4), k = i % (L::STEP / 4) * 4;
            const bool here = token < v.tokens;

            if (k < n)
                ptx_cp_async16(x + token * L::X_ROW + k, a.x + (size_t)(v.token + (here ? token : 0)) * a.K + k0 + k,
                               here ? 16 : 0);
        }
        return;
    }
    for (unsigned i = threadIdx.x; i < L::TOKENS * L::STEP; i += L::THREADS) {
        const unsigned token = i / L::STEP, k = i % L::STEP;

        if (k < n)
            x[token * L::X_ROW + k] = token < v.tokens ? a.x[(size_t)(v.token + token) * a.K + k0 + k] : 0.0f;
    }
}

/* ---- few tokens ------------------------------------------------------------------ */

template <class W, unsigned SLOT>
static __global__ void __launch_bounds__(32) gemm_float_few(const gemm_args a)
{
    DEV_SHARED(uint8_t, shared);
    using L = float_few_stage<W, SLOT>;
    using word = typename W::word;
    const gemm_part p = gemm_part_of(a, blockIdx.x);
    const uint32_t group = blockIdx.x - p.first, token = blockIdx.y * L::TOKENS, left = a.T - token;
    const float_view v = { p.data + group * p.group_bytes, p.group_bytes, 1, token,
                           left < L::TOKENS ? left : L::TOKENS };
    const unsigned r = dev_lane() % 16, slot = dev_lane() / 16;         /* tokens slot, slot + 2, ... */
    const uint32_t steps = (a.K + L::STEP - 1) / L::STEP;
    float acc[SLOT] = {};

    for (uint32_t c = 0; c < FLOAT_STAGES - 1; c++) {
        if (c < steps)
            float_fetch<L>(a, v, shared, c);
        ptx_cp_async_commit();
    }
    for (uint32_t c = 0; c < steps; c++) {
        const uint8_t *const stage = shared + c % FLOAT_STAGES * L::BYTES;
        const word *w = (const word *)stage + r;
        const float *x = (const float *)(stage + L::X) + slot * L::X_ROW;
        const uint32_t rest = a.K - c * L::STEP, n = rest < L::STEP ? rest : L::STEP;

        ptx_cp_async_wait<FLOAT_STAGES - 2>();
        __syncthreads();
        if (c + FLOAT_STAGES - 1 < steps)
            float_fetch<L>(a, v, shared, c + FLOAT_STAGES - 1);
        ptx_cp_async_commit();
        uint32_t k = 0;

        DEV_UNROLL_BY(4)
        for (; k + 4 <= n; k += 4) {
            alignas(16) float q[SLOT][4];

            DEV_UNROLL
            for (unsigned i = 0; i < SLOT; i++)
                *(float4 *)q[i] = *(const float4 *)(x + 2 * i * L::X_ROW + k);
            DEV_UNROLL
            for (unsigned j = 0; j < 4; j++) {
                const float f = float_value(W(), w[16 * (k + j)]);

                DEV_UNROLL
                for (unsigned i = 0; i < SLOT; i++)
                    acc[i] = __fmaf_rn(f, q[i][j], acc[i]);
            }
        }
        for (; k < n; k++)
            DEV_UNROLL
            for (unsigned i = 0; i < SLOT; i++)
                acc[i] = __fmaf_rn(float_value(W(), w[16 * k]), x[2 * i * L::X_ROW + k], acc[i]);
    }
    DEV_UNROLL
    for (unsigned i = 0; i < SLOT; i++)
        if (group * 16 + r < p.N && slot + 2 * i < v.tokens)
            p.y[(size_t)(token + slot + 2 * i) * p.ldy + group * 16 + r] = acc[i];
}

/* ---- many tokens ----------------------------------------------------------------- */

/* One k of a thread's outputs. */
template <class W, unsigned SLOT> DEV void float_step(float (&acc)[SLOT][4], const uint8_t *w, const float x[SLOT])
{
    float f[4];

    float_rows<W>(f, w);
    DEV_UNROLL
    for (unsigned i = 0; i < SLOT; i++)
        DEV_UNROLL
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = __fmaf_rn(f[j], x[i], acc[i][j]);
}

/* Thread x: rows 4 * (x % 16) .. + 3 of the block, tokens x / 16, + 16, ... */
template <class W, unsigned SLOT>
static __global__ void __launch_bounds__(256) gemm_float_many(const gemm_args a)
{
    DEV_SHARED(uint8_t, shared);
    using L = float_many_stage<W, SLOT>;
    const gemm_part p = gemm_part_of(a, blockIdx.y);
    const uint32_t group = (blockIdx.y - p.first) * L::GROUPS, groups = p.groups - group;
    const uint32_t token = blockIdx.x * L::TOKENS, left = a.T - token;
    const float_view v = { p.data + group * p.group_bytes, p.group_bytes, groups < L::GROUPS ? groups : L::GROUPS,
                           token, left < L::TOKENS ? left : L::TOKENS };
    const unsigned g = threadIdx.x % 16 / 4, r = threadIdx.x % 4 * 4, slot = threadIdx.x / 16;
    const bool works = g < v.groups;
    const uint32_t steps = (a.K + L::STEP - 1) / L::STEP;
    float acc[SLOT][4] = {};

    for (uint32_t c = 0; c < FLOAT_STAGES - 1; c++) {
        if (c < steps)
            float_fetch<L>(a, v, shared, c);
        ptx_cp_async_commit();
    }
    for (uint32_t c = 0; c < steps; c++) {
        const uint8_t *const stage = shared + c % FLOAT_STAGES * L::BYTES;
        const uint8_t *const w = stage + g * L::GROUP + r * (L::ROW / 16);
        const float *const x = (const float *)(stage + L::X) + slot * L::X_ROW;
        const uint32_t rest = a.K - c * L::STEP, n = rest < L::STEP ? rest : L::STEP;

        ptx_cp_async_wait<FLOAT_STAGES - 2>();
        __syncthreads();
        if (c + FLOAT_STAGES - 1 < steps)
            float_fetch<L>(a, v, shared, c + FLOAT_STAGES - 1);
        ptx_cp_async_commit();
        if (!works)
            continue;
        uint32_t k = 0;

        for (; k + 4 <= n; k += 4) {
            alignas(16) float q[SLOT][4];

            DEV_UNROLL
            for (unsigned i = 0; i < SLOT; i++)
                *(float4 *)q[i] = *(const float4 *)(x + 16 * i * L::X_ROW + k);
            DEV_UNROLL
            for (unsigned j = 0; j < 4; j++) {
                float one[SLOT];

                DEV_UNROLL
                for (unsigned i = 0; i < SLOT; i++)
                    one[i] = q[i][j];
                float_step<W, SLOT>(acc, w + (k + j) * L::ROW, one);
            }
        }
        for (; k < n; k++) {
            float one[SLOT];

            DEV_UNROLL
            for (unsigned i = 0; i < SLOT; i++)
                one[i] = x[16 * i * L::X_ROW + k];
            float_step<W, SLOT>(acc, w + k * L::ROW, one);
        }
    }
    DEV_UNROLL
    for (unsigned i = 0; i < SLOT; i++)
        DEV_UNROLL
        for (unsigned j = 0; j < 4; j++) {
            const uint32_t row = (group + g) * 16 + r + j;

            if (works && row < p.N && slot + 16 * i < v.tokens)
                p.y[(size_t)(token + slot + 16 * i) * p.ldy + row] = acc[i][j];
        }
}

/* ---- launches -------------------------------------------------------------------- */

template <class W, unsigned SLOT> static void few_as(gemm_args a, cudaStream_t s)
{
    using L = float_few_stage<W, SLOT>;
    const dim3 grid(gemm_deal(&a, L::GROUPS), (a.T + L::TOKENS - 1) / L::TOKENS);

    gemm_start<gemm_float_few<W, SLOT>>(grid, L::THREADS, FLOAT_STAGES * L::BYTES, s, a);
}

template <class W, unsigned SLOT> static void many_as(gemm_args a, cudaStream_t s)
{
    using L = float_many_stage<W, SLOT>;
    const dim3 grid((a.T + L::TOKENS - 1) / L::TOKENS, gemm_deal(&a, L::GROUPS));

    gemm_start<gemm_float_many<W, SLOT>>(grid, L::THREADS, FLOAT_STAGES * L::BYTES, s, a);
}

template <class W> static void start(const gemm_args &a, int kind, cudaStream_t s)
{
    if (kind == GEMM_CHOOSE)
        kind = a.T <= 8 ? GEMM_FEW : a.T <= 16 ? GEMM_SMALL : a.T <= 32 ? GEMM_MEDIUM : GEMM_LARGE;
    switch (kind) {
    case GEMM_FEW:
        if (a.T <= 2)
            few_as<W, 1>(a, s);
        else
            few_as<W, 4>(a, s);
        break;
    case GEMM_SMALL:  many_as<W, 1>(a, s); break;
    case GEMM_MEDIUM: many_as<W, 2>(a, s); break;
    default:          many_as<W, 4>(a, s);
    }
}

void gemm_float(const gemm_args *a, uint32_t type, int kind, cudaStream_t s)
{
    switch (type) {
    case GGUF_F32:  start<float_f32>(*a, kind, s); break;
    case GGUF_F16:  start<float_f16>(*a, kind, s); break;
    case GGUF_BF16: start<float_bf16>(*a, kind, s); break;
    }
}
