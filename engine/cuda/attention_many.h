/* attend_many: the rows of prefill.  Internal to attention.cu, whose header says how it all goes together. */
#ifndef QW_ENGINE_CUDA_ATTENTION_MANY_H
#define QW_ENGINE_CUDA_ATTENTION_MANY_H

#include "engine/cuda/attention_parts.h"

/* --- many rows ------------------------------------------------------------------------ */

/* Chunks of KD dimensions of K, then of VP positions of V, go through a ring of two as they are in
 * the page (raw), and from there as float32 into one of two buffers: while one is computed with,
 * the next is converted and the one after it is on its way.
 *
 * Position p of a softmax block is slot p % 16 of page p / 16.  K as float32 is [KD][16 slots] of the
 * four pages' values side by side, so that a thread reads its four positions i, i+16, i+32, i+48 at
 * once; where slot s of dimension d is (many_column) keeps reads and writes clear of bank conflicts. */
template <int TYPE, int HEAD> struct many {             /* HEAD: D, or 0 for any multiple of 16 up to 256 */
    static constexpr uint32_t MOST = HEAD ? HEAD : 256;
    static constexpr uint32_t RT = MOST > 128 ? 4 : 8;                  /* rows of half a warp */
    static constexpr uint32_t KD = HEAD == 0 || HEAD % 32 ? 16 : 32;
    static constexpr uint32_t VP = MOST > 128 ? 8 : 16;
    static constexpr uint32_t EACH = MOST / 16;                         /* dimensions of a thread */
    static constexpr int FOURS = HEAD / 64, REST = HEAD % 64 / 16;      /* as float4, then single */
    static constexpr uint32_t SIZE = kv<TYPE>::SIZE;
    static constexpr uint32_t K_SCALES = TYPE == KV_Q8_0 ? BLOCK_PAGES * KV_PAGE_TOKENS * 4 : 0;
    static constexpr uint32_t K_RAW = KD * KERN_ATTN_BLOCK * SIZE, V_RAW = VP * MOST * SIZE;
    static constexpr uint32_t V_SCALES = TYPE == KV_Q8_0 ? VP * MOST / 8 : 0;
    static constexpr uint32_t RAW = K_RAW + K_SCALES > V_RAW + V_SCALES ? K_RAW + K_SCALES : V_RAW + V_SCALES;
    static constexpr uint32_t FLOATS = KD * KERN_ATTN_BLOCK > VP * MOST ? KD * KERN_ATTN_BLOCK : VP * MOST;
};
#define MANY_PAD 16                                     /* floats between the halves of a warp: other banks */

static size_t many_bytes(uint32_t raw, uint32_t floats, uint32_t RT, uint32_t D, uint32_t warps)
{
    return 2 * raw + sizeof(float) * (2 * floats + 2 * warps * (RT * (D + KERN_ATTN_BLOCK) + 2 * MANY_PAD)) +
           warps * 2 * RT * (sizeof(float2) + sizeof(uint32_t)) + SPAN_PAGES * sizeof(uint8_t *);
}

DEV uint32_t many_column(uint32_t d, uint32_t slot) { return (slot ^ slot >> 3 ^ (d & 1) << 1) * 4; }

struct many_at { uint32_t block, chunk; };              /* softmax block of the span; K chunks, then V chunks */

template <int TYPE, int HEAD> struct many_block {
    typedef many<TYPE, HEAD> M;
    const uint8_t *const *page;
    uint8_t *raw;
    float   *floats;
    uint32_t D, k_chunks, chunks, blocks;
    size_t   k_bytes;
    struct many_at staged, converted;                   /* next to be */
    uint32_t n;                                         /* chunks computed with so far */

    __device__ __forceinline__ void next(struct many_at *at) const
    {
        if (++at->chunk == chunks) {
            at->chunk = 0;
            at->block++;
        }
    }

    /* 16-byte pieces; beyond the pages zeros, which weigh nothing. */
    __device__ __forceinline__ void copy(uint8_t *to, const uint8_t *p, size_t offset, uint32_t at) const
    {
        ptx_cp_async16(to + at, p != NULL ? p + offset + at : page[0], p != NULL ? 16 : 0);
    }

    __device__ __forceinline__ void stage(uint8_t *to)
    {
        const uint8_t *const *p = page + staged.block * BLOCK_PAGES;

        if (staged.block < blocks && staged.chunk < k_chunks) {
            constexpr uint32_t BYTES = M::KD * KV_PAGE_TOKENS * M::SIZE;    /* of a page */
            const uint32_t d = staged.chunk * M::KD;

            for (uint32_t at = threadIdx.x * 16; at < BLOCK_PAGES * BYTES; at += blockDim.x * 16)
                copy(to + at / BYTES * BYTES, p[at / BYTES], (size_t)d * KV_PAGE_TOKENS * M::SIZE, at % BYTES);
            if (TYPE == KV_Q8_0)
                for (uint32_t at = threadIdx.x * 16; at < BLOCK_PAGES * 64; at += blockDim.x * 16)
                    copy(to + M::K_RAW + at / 64 * 64, p[at / 64], (size_t)D * KV_PAGE_TOKENS + d / 32 * 64, at % 64);
        } else if (staged.block < blocks) {
            const uint32_t first = (staged.chunk - k_chunks) * M::VP, slot = first % KV_PAGE_TOKENS;
            const uint8_t *v = p[first / KV_PAGE_TOKENS];

            for (uint32_t at = threadIdx.x * 16; at < M::VP * D * M::SIZE; at += blockDim.x * 16)
                copy(to, v, k_bytes + (size_t)slot * D * M::SIZE, at);
            if (TYPE == KV_Q8_0)
                for (uint32_t at = threadIdx.x * 16; at < M::VP * D / 8; at += blockDim.x * 16)
                    copy(to + M::V_RAW, v, k_bytes + (size_t)D * KV_PAGE_TOKENS + slot * D / 8, at);
        }
        ptx_cp_async_commit();
        next(&staged);
    }

    __device__ __forceinline__ void convert_k(float *to, const uint8_t *from) const
    {
        typedef typename kv<TYPE>::four four;
        constexpr uint32_t BYTES = M::KD * KV_PAGE_TOKENS * M::SIZE;

        for (uint32_t at = threadIdx.x; at < M::KD * 4; at += blockDim.x) {     /* (dimension, four slots) */
            const uint32_t d = at / 4, slot = at % 4 * 4;
            float4 f[BLOCK_PAGES];

            DEV_UNROLL
            for (uint32_t j = 0; j < BLOCK_PAGES; j++) {
                f[j] = kv<TYPE>::floats(((const four *)(from + j * BYTES))[at]);
                if (TYPE == KV_Q8_0)
                    f[j] = mul4(f[j], *(const float4 *)(from + M::K_RAW + j * 64 + slot * 4));
            }
            float *row = to + d * KERN_ATTN_BLOCK;

            *(float4 *)(row + many_column(d, slot)) = make_float4(f[0].x, f[1].x, f[2].x, f[3].x);
            *(float4 *)(row + many_column(d, slot + 1)) = make_float4(f[0].y, f[1].y, f[2].y, f[3].y);
            *(float4 *)(row + many_column(d, slot + 2)) = make_float4(f[0].z, f[1].z, f[2].z, f[3].z);
            *(float4 *)(row + many_column(d, slot + 3)) = make_float4(f[0].w, f[1].w, f[2].w, f[3].w);
        }
    }

    __device__ __forceinline__ void convert_v(float *to, const uint8_t *from) const
    {
        typedef typename kv<TYPE>::four four;

        for (uint32_t at = threadIdx.x; at < M::VP * D / 4; at += blockDim.x) {
            float4 f = kv<TYPE>::floats(((const four *)from)[at]);

            if (TYPE == KV_Q8_0) {
                const float scale = ((const float *)(from + M::V_RAW))[at / 8];
                f = mul4(f, make_float4(scale, scale, scale, scale));
            }
            ((float4 *)to)[at] = f;
        }
    }

    __device__ __forceinline__ void convert(float *to, const uint8_t *from)
    {
        if (converted.block < blocks && converted.chunk < k_chunks)
            convert_k(to, from);
        else if (converted.block < blocks)
            convert_v(to, from);
        next(&converted);
    }

    __device__ __forceinline__ void begin()
    {
        staged.block = staged.chunk = converted.block = converted.chunk = n = 0;
        stage(raw);
        ptx_cp_async_wait<0>();
        __syncthreads();
        stage(raw + M::RAW);
        convert(floats, raw);
    }

    /* The next chunk as float32, ready for all threads; the one before it is no longer read. */
    __device__ __forceinline__ const float *take()
    {
        const uint32_t now = n++ & 1;

        ptx_cp_async_wait<0>();
        __syncthreads();
        stage(raw + now * M::RAW);
        convert(floats + (now ^ 1) * M::FLOATS, raw + (now ^ 1) * M::RAW);
        return floats + now * M::FLOATS;
    }
};

/* Scores of RT rows and this thread's four positions, over KD dimensions; q at its row 0. */
template <class M> DEV void many_scores(float acc[][4], const float *k, const float *q, uint32_t D)
{
    const uint32_t i = threadIdx.x % 16;
    const float *even = k + many_column(0, i), *odd = k + KERN_ATTN_BLOCK + many_column(1, i);

    DEV_UNROLL_BY(2)
    for (uint32_t d = 0; d < M::KD; d += 4) {
        float4 f[M::RT];

        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            f[r] = *(const float4 *)(q + r * D + d);
        const float4 k0 = *(const float4 *)(even + d * KERN_ATTN_BLOCK), k1 = *(const float4 *)(odd + d * KERN_ATTN_BLOCK);

        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            fma4(acc[r], f[r].x, k0);
        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            fma4(acc[r], f[r].y, k1);
        const float4 k2 = *(const float4 *)(even + (d + 2) * KERN_ATTN_BLOCK);
        const float4 k3 = *(const float4 *)(odd + (d + 2) * KERN_ATTN_BLOCK);

        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            fma4(acc[r], f[r].z, k2);
        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            fma4(acc[r], f[r].w, k3);
    }
}

/* Dimension j of thread i. */
template <class M> DEV uint32_t many_dim(uint32_t i, uint32_t j)
{
    if constexpr (M::FOURS == 0)
        return i + 16 * j;
    else
        return j < 4 * M::FOURS ? j / 4 * 64 + 4 * i + j % 4 : 64 * M::FOURS + M::REST * i + j - 4 * M::FOURS;
}

/* O += weights of VP positions, in order, times their V; w at its row 0. */
template <class M, bool MASKED> DEV void many_values(float O[][M::EACH], const float *v, const float *w, uint32_t D)
{
    const uint32_t i = threadIdx.x % 16;

    DEV_UNROLL_BY(1)
    for (uint32_t p = 0; p < M::VP; p += 4) {
        float4 f[M::RT];

        DEV_UNROLL
        for (uint32_t r = 0; r < M::RT; r++)
            f[r] = *(const float4 *)(w + r * KERN_ATTN_BLOCK + p);
        DEV_UNROLL
        for (uint32_t e = 0; e < 4; e++) {
            const float *row = v + (p + e) * D;
            float x[M::EACH];

            if (M::FOURS == 0) {
                DEV_UNROLL
                for (uint32_t j = 0; j < M::EACH; j++)
                    x[j] = 16 * j < D ? row[i + 16 * j] : 0.0f;
            } else {
                DEV_UNROLL
                for (int j = 0; j < M::FOURS; j++) {
                    const float4 g = *(const float4 *)(row + 64 * j + 4 * i);

                    x[4 * j] = g.x;
                    x[4 * j + 1] = g.y;
                    x[4 * j + 2] = g.z;
                    x[4 * j + 3] = g.w;
                }
                DEV_UNROLL
                for (int j = 0; j < M::REST; j++)
                    x[4 * M::FOURS + j] = row[64 * M::FOURS + M::REST * i + j];
            }
            DEV_UNROLL
            for (uint32_t r = 0; r < M::RT; r++) {
                const float by = e == 0 ? f[r].x : e == 1 ? f[r].y : e == 2 ? f[r].z : f[r].w;

                DEV_UNROLL
                for (uint32_t j = 0; j < M::EACH; j++)
                    O[r][j] = add_value<MASKED>(by, x[j], O[r][j]);
            }
        }
    }
}

/* Scores become weights, in shared memory at w; O and (m, l) are scaled.  seen: positions that each row
 * sees; all: every row sees the whole block. */
template <class M> DEV void many_softmax(float O[][M::EACH], const float acc[][4], float *w, float2 *ml, const uint32_t *seen,
                                         uint32_t from, bool all)
{
    const uint32_t i = threadIdx.x % 16;

    DEV_UNROLL
    for (uint32_t r = 0; r < M::RT; r++) {
        const uint32_t n = all ? KERN_ATTN_BLOCK : clamp_seen(seen[r], from, KERN_ATTN_BLOCK);
        const float2 old = ml[r];
        float m = old.x, f[4];

        DEV_UNROLL
        for (uint32_t j = 0; j < 4; j++)
            m = fmaxf(m, i + 16 * j < n ? acc[r][j] : -INFINITY);
        m = half_max(m);
        DEV_UNROLL
        for (uint32_t j = 0; j < 4; j++) {
            f[j] = weight(i + 16 * j < n ? acc[r][j] - m : -INFINITY);
            w[r * KERN_ATTN_BLOCK + i + 16 * j] = i + 16 * j < n ? f[j] : UNSEEN;
        }
        const float sum = half_tree(((f[0] + f[1]) + f[2]) + f[3]);
        const float c = weight(old.x - m);              /* 1 where the row sees nothing of the block */

        __syncwarp();
        if (i == 0)
            ml[r] = make_float2(m, fmaf(old.y, c, sum));
        DEV_UNROLL
        for (uint32_t j = 0; j < M::EACH; j++)
            O[r][j] *= c;
    }
}

/* Blocks that a multiprocessor's shared memory holds: that of Hopper and its successors three, but for F32. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900 && __CUDA_ARCH__ < 1200
#define MANY_BLOCKS(TYPE) (TYPE == KV_F32 ? 2 : 3)
#else
#define MANY_BLOCKS(TYPE) 2
#endif

template <int TYPE, int HEAD> static __global__ void __launch_bounds__(MANY_THREADS, MANY_BLOCKS(TYPE)) attend_many(struct attend a)
{
    typedef many<TYPE, HEAD> M;
    DEV_SHARED(unsigned char, base);
    const struct cu_tile tile = a.c.tile[blockIdx.x];
    const uint32_t D = HEAD ? HEAD : a.p.D, kv_head = blockIdx.y / a.parts, span = blockIdx.z;
    const uint32_t from = span * KERN_ATTN_SPAN, warps = blockDim.x / DEV_WARP, half = threadIdx.x / 16, i = threadIdx.x % 16;
    const uint32_t rows = tile.n * a.G, first = blockIdx.y % a.parts * warps * 2 * M::RT;

    if (first >= rows)
        return;
    const uint32_t end = first + warps * 2 * M::RT < rows ? first + warps * 2 * M::RT : rows;
    const uint32_t seen = a.p.pos[tile.row] + 1, least = seen + first / a.G, most = seen + (end - 1) / a.G;

    if (from >= most)
        return;

    /* raw, float32, q [half][RT][D], weights [half][RT][64], (m, l), positions seen, pages */
    float *floats = (float *)(base + 2 * M::RAW);
    float *qs = floats + 2 * M::FLOATS, *q = qs + half * (M::RT * D + MANY_PAD);
    float *ws = qs + 2 * warps * (M::RT * D + MANY_PAD), *w = ws + half * (M::RT * KERN_ATTN_BLOCK + MANY_PAD);
    float2 *mls = (float2 *)(ws + 2 * warps * (M::RT * KERN_ATTN_BLOCK + MANY_PAD)), *ml = mls + half * M::RT;
    uint32_t *sees = (uint32_t *)(mls + 2 * warps * M::RT);
    const uint8_t **page = (const uint8_t **)(sees + 2 * warps * M::RT);
    const float qscale = a.c.scale * EXP2_LOG2E_HI;

    find_pages(a, page, tile.row, kv_head, from, most);
    for (uint32_t r = 0; r < M::RT; r++) {              /* this half warp's rows */
        const uint32_t at = first + half * M::RT + r;
        const bool used = at < end;

        for (uint32_t d = i; d < D; d += 16)
            q[r * D + d] = !used ? 0.0f :
                a.c.q[(size_t)(tile.row + at / a.G) * a.c.ldq + (size_t)(kv_head * a.G + at % a.G) * D + d] * qscale;
        if (i == 0) {
            ml[r] = make_float2(-INFINITY, 0);
            sees[half * M::RT + r] = used ? seen + at / a.G : 0;
        }
    }
    __syncthreads();

    struct many_block<TYPE, HEAD> b;

    b.page = page;
    b.raw = base;
    b.floats = floats;
    b.D = D;
    b.k_chunks = D / M::KD;
    b.chunks = b.k_chunks + KERN_ATTN_BLOCK / M::VP;
    b.blocks = (clamp_seen(most, from, KERN_ATTN_SPAN) + KERN_ATTN_BLOCK - 1) / KERN_ATTN_BLOCK;
    b.k_bytes = a.p.k_bytes;
    b.begin();

    float O[M::RT][M::EACH] = {};

    for (uint32_t block = 0; block < b.blocks; block++) {
        const uint32_t at = from + block * KERN_ATTN_BLOCK;
        float acc[M::RT][4] = {};

        for (uint32_t c = 0; c < b.k_chunks; c++)
            many_scores<M>(acc, b.take(), q + c * M::KD, D);
        many_softmax<M>(O, acc, w, ml, sees + half * M::RT, at, at + KERN_ATTN_BLOCK <= least);
        for (uint32_t c = 0; c < KERN_ATTN_BLOCK / M::VP; c++) {
            const float *v = b.take();

            if (at + (c + 1) * M::VP <= least)          /* every row sees all of it */
                many_values<M, false>(O, v, w + c * M::VP, D);
            else
                many_values<M, true>(O, v, w + c * M::VP, D);
        }
    }

    DEV_UNROLL
    for (uint32_t r = 0; r < M::RT; r++) {
        const uint32_t row = first + half * M::RT + r;

        if (row >= end)
            continue;
        const struct ending e = end_row(a, span, tile.row + row / a.G, kv_head * a.G + row % a.G, ml[r].x, ml[r].y, i == 0);

        DEV_UNROLL
        for (uint32_t j = 0; j < M::EACH; j++)
            if (HEAD != 0 || 16 * j < D)
                e.to[many_dim<M>(i, j)] = end_value(e, O[r][j]);
    }
}

#endif
