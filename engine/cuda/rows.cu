/* Row work: embedding, norms, activations, rotary angles.  Each sum in the order of
 * engine/cpu/ref.c; what has no order is spread over threads freely. */
#include "engine/cuda/dev.h"
#include "engine/cuda/kernels.h"

extern "C" {
#include "engine/cpu/levels.h"
#include "engine/layout/wmat_layout.h"
}
#include "engine/cpu/rope_math.h"
#include "engine/cpu/vmath.h"
#include "engine/layout/half.h"

#define ROW_THREADS 256
#define NORM_TILE   8192            /* values of a row in shared memory at once; a multiple of 16 */

static unsigned blocks_for(size_t n, unsigned each) { return (unsigned)((n + each - 1) / each); }

/* --- quantization: a warp takes 32 values, ref_quantize ------------------------------ */

DEV uint32_t warp_max(uint32_t v)
{
    for (int h = 16; h > 0; h /= 2) {
        const uint32_t o = __shfl_xor_sync(DEV_FULL, v, h);
        v = o > v ? o : v;
    }
    return v;
}

DEV int warp_sum(int v)
{
    for (int h = 16; h > 0; h /= 2)
        v += __shfl_xor_sync(DEV_FULL, v, h);
    return v;
}

/* Value k of row t, and its warp's 31 others: k / 32 is the warp's block. */
DEV void quantize_at(const struct cu_input &out, size_t t, uint32_t k, float v)
{
    const uint32_t top = warp_max(float_bits(v) & 0x7fffffffu);
    const float amax = bits_float(top);
    const bool finite = top < 0x7f800000u, used = finite && amax >= ACT_TINY;
    const float scale = used ? 127.0f / amax : 0.0f;
    const int q = used ? __float2int_rn(v * scale) : 0, sum = warp_sum(q);

    out.q[t * out.K + k] = (int8_t)q;
    if (dev_lane() == 0) {
        const size_t b = t * (out.K / 32) + k / 32;
        const float d = !finite ? bits_float(0x7fc00000u) : used ? amax / 127.0f : 0.0f;

        out.d[b] = d;
        out.m[b] = d * (float)sum;
    }
}

static __global__ void quantize_rows(struct cu_input out)
{
    const uint32_t k = blockIdx.x * ROW_THREADS + threadIdx.x;
    const size_t t = blockIdx.y;

    if (k < out.K)
        quantize_at(out, t, k, out.x[t * out.K + k]);
}

void cu_quantize(const struct cu_input *out, cudaStream_t s)
{
    if (out->T > 0)
        LAUNCH(quantize_rows, dim3(blocks_for(out->K, ROW_THREADS), out->T), dim3(ROW_THREADS), 0, s, *out);
}

static __global__ void swiglu_rows(struct cu_input out, const float *gate, const float *up)
{
    const uint32_t k = blockIdx.x * ROW_THREADS + threadIdx.x;
    const size_t t = blockIdx.y;

    if (k < out.K) {
        const float v = vsilu(gate[t * out.K + k]) * up[t * out.K + k];

        out.x[t * out.K + k] = v;
        if (out.q != NULL)
            quantize_at(out, t, k, v);
    }
}

void cu_swiglu(const struct cu_input *out, const float *gate, const float *up, cudaStream_t s)
{
    if (out->T > 0)
        LAUNCH(swiglu_rows, dim3(blocks_for(out->K, ROW_THREADS), out->T), dim3(ROW_THREADS), 0, s, *out, gate, up);
}

/* --- norm: one block a row ------------------------------------------------------------ */

/* Both halves of the first warp go through the 16 lanes' chains, which are as long as K / 16: they
 * read shared memory, eight values ahead. */
static __global__ void norm_rows(struct cu_input out, float *x, const float *y, const float *w, float eps)
{
    DEV_SHARED(float, tile);
    const uint32_t K = out.K, size = K < NORM_TILE ? K : NORM_TILE, me = threadIdx.x;
    const size_t row = blockIdx.x * (size_t)K;
    float lane = 0;

    for (uint32_t k0 = 0; k0 < K; k0 += NORM_TILE) {
        const uint32_t n = K - k0 < NORM_TILE ? K - k0 : NORM_TILE;

        for (uint32_t k = me; k < n; k += ROW_THREADS) {
            float v = x[row + k0 + k];

            if (y != NULL)
                x[row + k0 + k] = v = v + y[row + k0 + k];
            tile[k] = v;
        }
        __syncthreads();
        if (me < DEV_WARP) {
            DEV_UNROLL_BY(8)
            for (uint32_t k = me % 16; k < n; k += 16)
                lane = fmaf(tile[k], tile[k], lane);
        }
        if (k0 + NORM_TILE < K)
            __syncthreads();
    }
    if (me < DEV_WARP) {
        for (int h = 8; h > 0; h /= 2)
            lane += __shfl_xor_sync(DEV_FULL, lane, h);
        if (me == 0)
            tile[size] = 1.0f / sqrtf(lane / (float)K + eps);
    }
    __syncthreads();
    const float r = tile[size];

    for (uint32_t k = me; k < K; k += ROW_THREADS) {        /* this thread's own values */
        const float v = (K <= NORM_TILE ? tile[k] : x[row + k]) * r * w[k];

        out.x[row + k] = v;
        if (out.q != NULL)
            quantize_at(out, blockIdx.x, k, v);
    }
}

void cu_norm(const struct cu_input *out, float *x, const float *y, const float *w, float eps, cudaStream_t s)
{
    const size_t size = out->K < NORM_TILE ? out->K : NORM_TILE;

    if (out->T > 0)
        LAUNCH(norm_rows, dim3(out->T), dim3(ROW_THREADS), (size + 1) * sizeof(float), s, *out, x, y, w, eps);
}

/* --- embedding: wmat_row -------------------------------------------------------------- */

/* lay_type of engine/layout/wmat.c, the part that is needed here. */
struct embed_type { uint32_t type, bits, blocks, head, value_bytes, nibbles; int offset; };
static const struct embed_type embed_types[] = {
    { GGUF_F32, 32, 1, 0, 0, 0, 0 },
    { GGUF_F16, 16, 1, 0, 0, 0, 0 },
    { GGUF_BF16, 16, 1, 0, 0, 0, 0 },
    { GGUF_Q4_0, 4, 2, LAY_HEAD_2, LAY_V4, LAY_NIB4, 8 },
    { GGUF_Q4_1, 4, 1, LAY_HEAD_1, LAY_V4, LAY_NIB4, 0 },
    { GGUF_Q5_0, 5, 2, LAY_HEAD_2, LAY_V5, LAY_NIB5, 16 },
    { GGUF_Q5_1, 5, 1, LAY_HEAD_1, LAY_V5, LAY_NIB5, 0 },
    { GGUF_Q8_0, 8, 2, LAY_HEAD_2, LAY_V8, 0, 128 },
    { GGUF_Q4_K, 4, 8, LAY_HEAD_K, LAY_V4, LAY_NIB4, 0 },
    { GGUF_Q5_K, 5, 8, LAY_HEAD_K, LAY_V5, LAY_NIB5, 0 },
    { GGUF_Q6_K, 6, 8, LAY_HEAD_6K, LAY_V6, LAY_NIB6, 32 },
};

/* lay_ints, value i of row r. */
DEV int embed_int(const struct embed_type &l, const uint8_t *v, uint32_t i, uint32_t r)
{
    const uint32_t j = i / 4, at = 4 * r + i % 4;

    if (l.bits == 8)
        return v[64 * j + at];
    const int q = v[l.nibbles + 64 * (j & 3) + at] >> (j & 4) & 15;

    return l.bits == 4 ? q : l.bits == 5 ? q << 1 | (v[at] >> j & 1) : q << 2 | (v[64 * (j / 4) + at] >> 2 * (j & 3) & 3);
}

DEV float embed_half(const uint8_t *p)
{
    return half_to_float(*(const uint16_t *)p);
}

/* lay_scale, half h of block `sub` of a unit. */
DEV float embed_scale(const struct embed_type &l, const uint8_t *u, uint32_t sub, uint32_t h, uint32_t r, float *m)
{
    const float d = embed_half(u + 2 * r);

    *m = 0;
    switch (l.type) {
    case GGUF_Q4_0: case GGUF_Q5_0: case GGUF_Q8_0:
        return embed_half(u + 32 * sub + 2 * r);
    case GGUF_Q4_1: case GGUF_Q5_1:
        *m = -embed_half(u + 32 + 2 * r);
        return d;
    case GGUF_Q6_K:
        return d * (float)(int8_t)u[64 + 16 * (2 * sub + h) + r];
    default:
        *m = embed_half(u + 32 + 2 * r) * (float)u[192 + 16 * sub + r];
        return d * (float)u[64 + 16 * sub + r];
    }
}

static __global__ void embed_rows(float *x, struct cu_mat w, struct embed_type l, const int32_t *ids)
{
    const uint32_t k = blockIdx.x * ROW_THREADS + threadIdx.x;

    if (k >= w.K)
        return;
    const uint32_t n = (uint32_t)ids[blockIdx.y], r = n % WMAT_GROUP, b = k / 32, i = k % 32;
    const uint8_t *group = w.data + n / WMAT_GROUP * w.group_bytes;
    float *out = x + blockIdx.y * (size_t)w.K + k;

    if (l.bits == 32) {
        *out = ((const float *)group)[(size_t)k * WMAT_GROUP + r];
    } else if (l.bits == 16) {
        const uint16_t u = ((const uint16_t *)group)[(size_t)k * WMAT_GROUP + r];

        *out = l.type == GGUF_F16 ? half_to_float(u) : bf16_to_float(u);
    } else {
        const uint32_t sub = b % l.blocks;
        const uint8_t *u = group + b / l.blocks * ((size_t)l.head + l.blocks * l.value_bytes);
        float m;
        const float d = embed_scale(l, u, sub, i / 16, r, &m);
        const float v = d * (float)(embed_int(l, u + l.head + sub * l.value_bytes, i, r) - l.offset);

        *out = v - m;
    }
}

void cu_embed(float *x, const struct cu_mat *w, const int32_t *ids, uint32_t T, cudaStream_t s)
{
    for (const struct embed_type &l : embed_types)
        if (l.type == w->type && T > 0)
            LAUNCH(embed_rows, dim3(blocks_for(w->K, ROW_THREADS), T), dim3(ROW_THREADS), 0, s, x, *w, l, ids);
}

/* --- the rest ------------------------------------------------------------------------- */

static __global__ void gather_rows(float *dst, const float *src, const uint32_t *sel, uint32_t K)
{
    const uint32_t k = blockIdx.x * ROW_THREADS + threadIdx.x;

    if (k < K)
        dst[blockIdx.y * (size_t)K + k] = src[sel[blockIdx.y] * (size_t)K + k];
}

void cu_gather(float *dst, const float *src, const uint32_t *sel, uint32_t S, uint32_t K, cudaStream_t s)
{
    if (S > 0)
        LAUNCH(gather_rows, dim3(blocks_for(K, ROW_THREADS), S), dim3(ROW_THREADS), 0, s, dst, src, sel, K);
}

static __global__ void rope_angles(float *cs, const uint32_t *pos, uint32_t n, uint32_t half, const double *freq)
{
    const uint32_t at = blockIdx.x * ROW_THREADS + threadIdx.x;

    if (at < n) {
        double sn, cn;

        sincos_fixed((double)pos[at / half] * freq[at % half], &sn, &cn);
        cs[2 * (size_t)at] = (float)cn;
        cs[2 * (size_t)at + 1] = (float)sn;
    }
}

void cu_rope_angles(float *cs, const uint32_t *pos, uint32_t T, uint32_t n_rot, const double *freq, cudaStream_t s)
{
    const uint32_t n = T * (n_rot / 2);

    if (n > 0)
        LAUNCH(rope_angles, dim3(blocks_for(n, ROW_THREADS)), dim3(ROW_THREADS), 0, s, cs, pos, n, n_rot / 2, freq);
}
