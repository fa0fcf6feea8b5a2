/* attend_few: the rows of decoding.  Internal to attention.cu, whose header says how it all goes together. */
#ifndef QW_ENGINE_CUDA_ATTENTION_FEW_H
#define QW_ENGINE_CUDA_ATTENTION_FEW_H

#include "engine/cuda/attention_parts.h"

/* --- few rows ------------------------------------------------------------------------- */

/* Shared memory: ring of V, q [D][R], scores then weights [R][512], for each (row, block) the
 * largest score, the sum of weights and the factor c, then (m, l) of each row, pages. */
template <int R> struct few_shared { uint8_t *ring; float *q, *s, *most, *sum, *c, *ml; const uint8_t **page; };
template <int R> DEV struct few_shared<R> few_shared_at(unsigned char *base, const struct attend &a)
{
    struct few_shared<R> s;

    s.ring = base;
    s.q = (float *)(base + (size_t)a.stages * a.stage_pages * a.p.v_bytes);
    s.s = s.q + a.p.D * R;
    s.most = s.s + R * KERN_ATTN_SPAN;
    s.sum = s.most + R * SPAN_BLOCKS;
    s.c = s.sum + R * SPAN_BLOCKS;
    s.ml = s.c + R * SPAN_BLOCKS;
    s.page = (const uint8_t **)(s.ml + 2 * R);
    return s;
}
static size_t few_bytes(uint32_t R, const struct attend *a)
{
    return (size_t)a->stages * a->stage_pages * a->p.v_bytes +
           sizeof(float) * (a->p.D * R + R * KERN_ATTN_SPAN + 3 * R * SPAN_BLOCKS + 2 * R) + SPAN_PAGES * sizeof(uint8_t *);
}

/* V of the pages of one stage of the ring. */
DEV void few_stage(const struct attend &a, uint8_t *ring, const uint8_t *const *page, uint32_t stage, uint32_t pages)
{
    uint8_t *to = ring + (size_t)(stage & (a.stages - 1)) * a.stage_pages * a.p.v_bytes;

    for (uint32_t i = 0; i < a.stage_pages && stage * a.stage_pages + i < pages; i++) {
        const uint8_t *v = page[stage * a.stage_pages + i] + a.p.k_bytes;

        for (uint32_t at = threadIdx.x * 16; at < a.p.v_bytes; at += FEW_THREADS * 16)
            ptx_cp_async16(to + i * a.p.v_bytes + at, v + at);
    }
    ptx_cp_async_commit();
}

/* Scores of positions 4 * thread .. + 3 of the span. */
template <int TYPE, int R, int HEAD> DEV void few_scores(const struct few_shared<R> &s, uint32_t D_)
{
    const uint32_t D = HEAD ? HEAD : D_;
    constexpr int AHEAD = (TYPE == KV_F32 ? 8 : 16) / (R > 8 ? 2 : 1);  /* dimensions on their way */
    typedef typename kv<TYPE>::four four;
    const uint8_t *k = s.page[threadIdx.x / 4];
    const uint32_t slot = threadIdx.x % 4 * 4;
    float acc[R][4] = {};

    if (k != NULL) {
        const four *from = (const four *)(k + slot * kv<TYPE>::SIZE);       /* 4 a dimension */
        const float4 *scales = (const float4 *)(k + D * KV_PAGE_TOKENS + slot * sizeof(float));
        four next[AHEAD];
        float4 scale_next = make_float4(1, 1, 1, 1);

        DEV_UNROLL
        for (int e = 0; e < AHEAD; e++)
            next[e] = from[4 * e];
        if (TYPE == KV_Q8_0)
            scale_next = scales[0];
        DEV_UNROLL_BY(1)
        for (uint32_t d0 = 0; d0 < D; d0 += AHEAD) {
            four now[AHEAD];
            const float4 scale = scale_next;

            DEV_UNROLL
            for (int e = 0; e < AHEAD; e++)
                now[e] = next[e];
            if (d0 + AHEAD < D) {
                DEV_UNROLL
                for (int e = 0; e < AHEAD; e++)
                    next[e] = from[4 * (d0 + AHEAD + e)];
                if (TYPE == KV_Q8_0)
                    scale_next = scales[(d0 + AHEAD) / 32 * 4];
            }
            DEV_UNROLL
            for (int e = 0; e < AHEAD; e++) {
                const float4 f = TYPE == KV_Q8_0 ? mul4(kv<TYPE>::floats(now[e]), scale) : kv<TYPE>::floats(now[e]);

                DEV_UNROLL
                for (int r = 0; r < R; r += 4) {
                    const float4 q = *(const float4 *)(s.q + (d0 + e) * R + r);

                    fma4(acc[r], q.x, f);
                    fma4(acc[r + 1], q.y, f);
                    fma4(acc[r + 2], q.z, f);
                    fma4(acc[r + 3], q.w, f);
                }
            }
        }
    }
    DEV_UNROLL
    for (int r = 0; r < R; r++)
        *(float4 *)(s.s + r * KERN_ATTN_SPAN + 4 * threadIdx.x) = make_float4(acc[r][0], acc[r][1], acc[r][2], acc[r][3]);
}

/* Positions of block b that row r of this block of threads sees. */
struct few_rows { uint32_t first, n, seen, G, from; };  /* rows of the tile; seen: by the tile's first token */
DEV uint32_t few_seen(const struct few_rows &rows, uint32_t r, uint32_t b)
{
    return r < rows.n ? clamp_seen(rows.seen + (rows.first + r) / rows.G, rows.from + b * KERN_ATTN_BLOCK, KERN_ATTN_BLOCK) : 0;
}

/* Scores become weights; half a warp takes a (row, block). */
template <int R> DEV void few_softmax(const struct few_shared<R> &s, const struct few_rows &rows)
{
    const uint32_t half = threadIdx.x / 16, i = threadIdx.x % 16;

    for (uint32_t at = half; at < R * SPAN_BLOCKS; at += FEW_THREADS / 16) {
        const uint32_t r = at / SPAN_BLOCKS, b = at % SPAN_BLOCKS, n = few_seen(rows, r, b);
        const float *w = s.s + r * KERN_ATTN_SPAN + b * KERN_ATTN_BLOCK + i;
        float m = -INFINITY;

        DEV_UNROLL
        for (uint32_t j = 0; j < 4; j++)
            m = fmaxf(m, i + 16 * j < n ? w[16 * j] : -INFINITY);
        m = half_max(m);
        if (i == 0)
            s.most[at] = m;
    }
    __syncthreads();
    for (uint32_t at = half; at < R * SPAN_BLOCKS; at += FEW_THREADS / 16) {
        const uint32_t r = at / SPAN_BLOCKS, b = at % SPAN_BLOCKS, n = few_seen(rows, r, b);
        float *w = s.s + r * KERN_ATTN_SPAN + b * KERN_ATTN_BLOCK + i;
        float before = -INFINITY, f[4];

        for (uint32_t o = 0; o < b; o++)
            before = fmaxf(before, s.most[at - b + o]);
        const float m = fmaxf(before, s.most[at]);

        DEV_UNROLL
        for (uint32_t j = 0; j < 4; j++)
            f[j] = weight(i + 16 * j < n ? w[16 * j] - m : -INFINITY);
        DEV_UNROLL
        for (uint32_t j = 0; j < 4; j++)
            w[16 * j] = i + 16 * j < n ? f[j] : UNSEEN;
        const float sum = half_tree(((f[0] + f[1]) + f[2]) + f[3]);

        if (i == 0) {
            s.sum[at] = sum;
            s.c[at] = weight(before - m);                   /* 1 where the row sees nothing of the block */
        }
    }
    __syncthreads();
    if (threadIdx.x < R) {
        const uint32_t at = threadIdx.x * SPAN_BLOCKS;
        float m = -INFINITY, l = 0;

        for (uint32_t b = 0; b < SPAN_BLOCKS; b++) {
            m = fmaxf(m, s.most[at + b]);
            l = fmaf(l, s.c[at + b], s.sum[at + b]);
        }
        s.ml[2 * threadIdx.x] = m;
        s.ml[2 * threadIdx.x + 1] = l;
    }
}

/* One page of V: 16 positions in order, of which this thread has dimension d. */
template <int TYPE, int R, bool MASKED> DEV void few_page(float O[R], const struct few_shared<R> &s, const uint8_t *v,
                                                          uint32_t page, uint32_t D, uint32_t d)
{
    const float *scale = (const float *)(v + D * KV_PAGE_TOKENS) + d / 32;

    if (page % BLOCK_PAGES == 0) {
        DEV_UNROLL
        for (int r = 0; r < R; r++)
            O[r] *= s.c[r * SPAN_BLOCKS + page / BLOCK_PAGES];
    }
    DEV_UNROLL
    for (uint32_t p = 0; p < KV_PAGE_TOKENS; p += 4) {
        float f[4];

        DEV_UNROLL
        for (uint32_t e = 0; e < 4; e++) {
            f[e] = kv<TYPE>::one(v, (p + e) * D + d);
            if (TYPE == KV_Q8_0)
                f[e] *= scale[(p + e) * (D / 32)];
        }
        DEV_UNROLL
        for (int r = 0; r < R; r++) {
            const float4 w = *(const float4 *)(s.s + r * KERN_ATTN_SPAN + page * KV_PAGE_TOKENS + p);

            O[r] = add_value<MASKED>(w.x, f[0], O[r]);
            O[r] = add_value<MASKED>(w.y, f[1], O[r]);
            O[r] = add_value<MASKED>(w.z, f[2], O[r]);
            O[r] = add_value<MASKED>(w.w, f[3], O[r]);
        }
    }
}

/* Blocks of a multiprocessor, by registers: many, so that much is on its way. */
#define FEW_BLOCKS(R) (R == 4 ? 5 : R == 8 ? 4 : 3)

template <int TYPE, int R, int HEAD>
static __global__ void __launch_bounds__(FEW_THREADS, FEW_BLOCKS(R)) attend_few(struct attend a)
{
    DEV_SHARED(unsigned char, base);
    const struct few_shared<R> s = few_shared_at<R>(base, a);
    const struct cu_tile tile = a.c.tile[blockIdx.x];
    const uint32_t D = HEAD ? HEAD : a.p.D, kv_head = blockIdx.y / a.parts, span = blockIdx.z, from = span * KERN_ATTN_SPAN;
    const uint32_t first = blockIdx.y % a.parts * R, all = tile.n * a.G;
    const float qscale = a.c.scale * EXP2_LOG2E_HI;

    if (first >= all)
        return;
    const struct few_rows rows = { first, all - first < R ? all - first : R, a.p.pos[tile.row] + 1, a.G, from };
    const uint32_t least = rows.seen + first / a.G, most = rows.seen + (first + rows.n - 1) / a.G;

    if (from >= most)                                   /* no row sees any of it */
        return;
    const uint32_t pages = (clamp_seen(most, from, KERN_ATTN_SPAN) + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
    const uint32_t stages = (pages + a.stage_pages - 1) / a.stage_pages;

    find_pages(a, s.page, tile.row, kv_head, from, most);
    for (uint32_t i = threadIdx.x; i < R * D; i += FEW_THREADS) {
        const uint32_t r = i / D, d = i % D, row = first + r;
        float q = 0;

        if (r < rows.n)
            q = a.c.q[(size_t)(tile.row + row / a.G) * a.c.ldq + (size_t)(kv_head * a.G + row % a.G) * D + d] * qscale;
        s.q[d * R + r] = q;
    }
    __syncthreads();
    for (uint32_t i = 0; i + 1 < a.stages; i++)
        few_stage(a, s.ring, s.page, i, pages);
    few_scores<TYPE, R, HEAD>(s, D);
    __syncthreads();
    few_softmax<R>(s, rows);

    constexpr int PASSES = HEAD == 0 || HEAD > FEW_THREADS ? 2 : 1;     /* dimensions of a thread */
    float O[PASSES][R] = {};

    for (uint32_t i = 0; i < stages; i++) {
        if (a.stages == 4)
            ptx_cp_async_wait<2>();
        else
            ptx_cp_async_wait<0>();
        __syncthreads();
        few_stage(a, s.ring, s.page, i + a.stages - 1, pages);
        const uint8_t *v = s.ring + (size_t)(i & (a.stages - 1)) * a.stage_pages * a.p.v_bytes;

        for (uint32_t at = i * a.stage_pages; at < (i + 1) * a.stage_pages && at < pages; at++, v += a.p.v_bytes) {
            const bool whole = from + (at + 1) * KV_PAGE_TOKENS <= least;       /* every row sees all of the page */

            DEV_UNROLL
            for (int pass = 0; pass < PASSES; pass++)
                if (threadIdx.x + pass * FEW_THREADS < D && whole)
                    few_page<TYPE, R, false>(O[pass], s, v, at, D, threadIdx.x + pass * FEW_THREADS);
                else if (threadIdx.x + pass * FEW_THREADS < D)
                    few_page<TYPE, R, true>(O[pass], s, v, at, D, threadIdx.x + pass * FEW_THREADS);
        }
    }
    DEV_UNROLL
    for (uint32_t r = 0; r < R; r++)
        if (r < rows.n) {
            const uint32_t row = first + r;
            const struct ending e = end_row(a, span, tile.row + row / a.G, kv_head * a.G + row % a.G, s.ml[2 * r],
                                            s.ml[2 * r + 1], threadIdx.x == 0);

            DEV_UNROLL
            for (int pass = 0; pass < PASSES; pass++)
                if (threadIdx.x + pass * FEW_THREADS < D)
                    e.to[threadIdx.x + pass * FEW_THREADS] = end_value(e, O[pass][r]);
        }
}

#endif
