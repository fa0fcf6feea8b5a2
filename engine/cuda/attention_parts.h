/* What the kernels of attention.cu share: pages, partial results, the few functions that fix bits.
 * Internal to attention.cu. */
#ifndef QW_ENGINE_CUDA_ATTENTION_PARTS_H
#define QW_ENGINE_CUDA_ATTENTION_PARTS_H

#include "engine/cuda/attention.h"
#include "engine/cuda/dev.h"
#include "engine/cuda/kernels.h"
#include "engine/cuda/ptx.h"

extern "C" {
#include "engine/cpu/kern.h"
}
#include "engine/cpu/vmath.h"
#include "engine/layout/half.h"

#define FEW_THREADS  128                                /* four positions each: a span */
#define SPAN_BLOCKS  (KERN_ATTN_SPAN / KERN_ATTN_BLOCK)
#define SPAN_PAGES   (KERN_ATTN_SPAN / KV_PAGE_TOKENS)
#define BLOCK_PAGES  (KERN_ATTN_BLOCK / KV_PAGE_TOKENS)
#define MANY_WARPS   4
#define MANY_THREADS (MANY_WARPS * DEV_WARP)
#define SHARED_FREE  (48 * 1024)                        /* more must be asked for */
#define FILL_BLOCKS  3                                  /* that keep a multiprocessor busy */

struct attend {
    struct cu_attention c;
    struct cu_pages p;
    uint32_t G, spans, parts;       /* query heads of a KV head; spans; blocks that share a tile's rows */
    uint32_t stages, stage_pages;   /* attend_few: the ring of V */
};

/* --- partial results: O[span][row][head][D], then (m, l)[span][row][head] ------------- */

DEV size_t partial_at(const struct attend &a, uint32_t span, uint32_t row, uint32_t head)
{
    return ((size_t)span * a.c.rows + (row - a.c.row0)) * a.p.H + head;
}
DEV float *partial_o(const struct attend &a, size_t at) { return (float *)a.c.work + at * a.p.D; }
DEV float2 *partial_ml(const struct attend &a, size_t at)
{
    return (float2 *)((float *)a.c.work + (size_t)a.spans * a.c.rows * a.p.H * a.p.D) + at;
}
DEV float *out_at(const struct attend &a, uint32_t row, uint32_t head)
{
    return a.c.out + ((size_t)(row - a.c.row0) * a.p.H + head) * a.p.D;
}

size_t cu_attention_bytes(uint32_t rows, uint32_t H, uint32_t D, uint32_t most_visible)
{
    const size_t spans = ((size_t)most_visible + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN;

    return spans * rows * H * (D + 2) * sizeof(float);
}

/* Where a row's O and what to multiply it with go: a partial result, or, with one span, what
 * ref_attn_merge makes of it. */
struct ending { float *to; float c, inv; bool whole; };
DEV struct ending end_row(const struct attend &a, uint32_t span, uint32_t row, uint32_t head, float m, float l, bool writes)
{
    struct ending e;

    e.whole = a.spans == 1;
    e.c = e.inv = 0;
    if (e.whole) {
        e.to = out_at(a, row, head);
        e.c = vexp2(m - m);
        e.inv = 1.0f / (e.c == 0.0f ? 0.0f : fmaf(e.c, l, 0.0f));
    } else {
        const size_t at = partial_at(a, span, row, head);

        e.to = partial_o(a, at);
        if (writes)
            *partial_ml(a, at) = make_float2(m, l);
    }
    return e;
}
DEV float end_value(const struct ending &e, float o)
{
    o += 0.0f;                                          /* -0 becomes 0 */
    return !e.whole ? o : (e.c == 0.0f ? 0.0f : fmaf(e.c, o, 0.0f)) * e.inv;
}

/* --- values of pages ------------------------------------------------------------------ */

template <int TYPE> struct kv;
template <> struct kv<KV_F32> {
    typedef float4 four;
    enum { SIZE = 4 };
    static __device__ __forceinline__ float one(const uint8_t *p, size_t i) { return ((const float *)p)[i]; }
    static __device__ __forceinline__ float4 floats(float4 v) { return v; }
};
template <> struct kv<KV_F16> {
    typedef uint2 four;
    enum { SIZE = 2 };
    static __device__ __forceinline__ float one(const uint8_t *p, size_t i)
    {
        return ptx_half_to_float(((const uint16_t *)p)[i]);
    }
    static __device__ __forceinline__ float4 floats(uint2 v)
    {
        return make_float4(ptx_half_to_float((uint16_t)v.x), ptx_half_to_float((uint16_t)(v.x >> 16)),
                           ptx_half_to_float((uint16_t)v.y), ptx_half_to_float((uint16_t)(v.y >> 16)));
    }
};
template <> struct kv<KV_BF16> {
    typedef uint2 four;
    enum { SIZE = 2 };
    static __device__ __forceinline__ float one(const uint8_t *p, size_t i)
    {
        return bf16_to_float(((const uint16_t *)p)[i]);
    }
    static __device__ __forceinline__ float4 floats(uint2 v)
    {
        return make_float4(bits_float(v.x << 16), bits_float(v.x & 0xffff0000u), bits_float(v.y << 16),
                           bits_float(v.y & 0xffff0000u));
    }
};
template <> struct kv<KV_Q8_0> {                        /* times the scale, elsewhere */
    typedef uint32_t four;
    enum { SIZE = 1 };
    static __device__ __forceinline__ float one(const uint8_t *p, size_t i) { return (float)((const int8_t *)p)[i]; }
    static __device__ __forceinline__ float4 floats(uint32_t v)
    {
        return make_float4((float)(int8_t)v, (float)(int8_t)(v >> 8), (float)(int8_t)(v >> 16), (float)(int8_t)(v >> 24));
    }
};

DEV float4 mul4(float4 a, float4 b) { return make_float4(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w); }
DEV void fma4(float acc[4], float a, float4 b)
{
    acc[0] = fmaf(a, b.x, acc[0]);
    acc[1] = fmaf(a, b.y, acc[1]);
    acc[2] = fmaf(a, b.z, acc[2]);
    acc[3] = fmaf(a, b.w, acc[3]);
}

/* Addresses of the span's pages, at this KV head's K block; NULL where no row sees any of it. */
DEV void find_pages(const struct attend &a, const uint8_t **page, uint32_t row, uint32_t kv_head, uint32_t from, uint32_t seen)
{
    if (threadIdx.x < SPAN_PAGES) {
        const uint32_t at = from / KV_PAGE_TOKENS + threadIdx.x;
        const uint8_t *p = NULL;

        if (at * KV_PAGE_TOKENS < seen)
            p = a.p.page[a.p.first[a.p.seq[row]] + at] + a.p.layer_at + kv_head * (a.p.k_bytes + a.p.v_bytes);
        page[threadIdx.x] = p;
    }
}

/* vexp2, without a branch. */
DEV float weight(float x)
{
    const bool any = x >= EXP2_MIN;
    const float y = any ? x : 0.0f, t = y + EXP2_MAGIC, p = exp2_poly(t, y - (t - EXP2_MAGIC));

    return any ? p : 0.0f;
}
/* The weight of a position that a row does not see: -0, which no other has, since 0 times an infinite V would be NaN.  Where
 * MASKED, such a position is left out; elsewhere there is none. */
#define UNSEEN -0.0f
template <bool MASKED> DEV float add_value(float w, float v, float o)
{
    return !MASKED || __float_as_int(w) >= 0 ? fmaf(w, v, o) : o;
}
/* Over the 16 lanes of half a warp; fmaxf leaves NaNs out, as the reference does. */
DEV float half_max(float m)
{
    for (int h = 8; h > 0; h /= 2)
        m = fmaxf(m, __shfl_xor_sync(DEV_FULL, m, h));
    return m;
}
DEV float half_tree(float v)
{
    for (int h = 8; h > 0; h /= 2)
        v += __shfl_xor_sync(DEV_FULL, v, h);
    return v;
}
DEV uint32_t clamp_seen(uint32_t seen, uint32_t from, uint32_t most)
{
    return seen <= from ? 0 : seen - from < most ? seen - from : most;
}

#endif
