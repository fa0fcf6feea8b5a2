/* Attention: the bits of ref_attn_span and ref_attn_merge (engine/cpu/ref_attn.c).
 *
 * A block of threads takes the query rows of one tile and KV head (or some of them) over one span of
 * 512 positions and leaves a partial result (m, l, O); merge_spans joins a row's spans, ascending.
 * Where the whole run sees one span, the block finishes its rows itself.
 *
 *   attend_few    4, 8 or 16 rows of a tile (decoding): bound by reading the pages.  A thread owns four
 *                 positions of all rows for the scores, then one or two dimensions of all rows for O.
 *                 The span is done soonest, so it also serves runs that leave multiprocessors idle.
 *   attend_many   up to 64 rows (prefill): bound by multiply-adds.  Half a warp owns RT rows; a thread
 *                 of it four positions of each, then D/16 dimensions of each.
 *
 * Every score and every element of O is one thread's chain of fmaf in the reference's order; what
 * runs across threads is maxima, and the tree of the 16 lane sums, whose additions commute.
 * In both, position i of a softmax block is summed by lane i % 16, so the tree is four shuffles.
 *
 * Pages stay in their type in global memory and travel by 16 bytes into rings in shared memory (K of
 * attend_few: into registers), ahead of their use. */
#include "engine/cuda/attention_few.h"
#include "engine/cuda/attention_many.h"

/* --- merging ---------------------------------------------------------------------------- */

#define MERGE_WARPS 4
#define MERGE_AHEAD 16                                  /* spans on their way */

/* Token blockIdx.y of a tile; a warp takes one head and 32 dimensions. */
static __global__ void merge_spans(struct attend a)
{
    const struct cu_tile tile = a.c.tile[blockIdx.x];
    const uint32_t parts = (a.p.D + DEV_WARP - 1) / DEV_WARP, item = blockIdx.z * MERGE_WARPS + dev_warp();
    const uint32_t head = item / parts, d = item % parts * DEV_WARP + dev_lane();

    if (blockIdx.y >= tile.n || head >= a.p.H)
        return;
    const uint32_t row = tile.row + blockIdx.y;
    const uint32_t n = (a.p.pos[row] + KERN_ATTN_SPAN) / KERN_ATTN_SPAN;    /* spans that it sees */
    const size_t at = partial_at(a, 0, row, head), step = (size_t)a.c.rows * a.p.H;
    const float2 *ml = partial_ml(a, at);
    const float *o = partial_o(a, at) + d;
    float m = -INFINITY, l = 0, out = 0;

    for (uint32_t s = dev_lane(); s < n; s += DEV_WARP)
        m = ml[s * step].x > m ? ml[s * step].x : m;
    for (int h = 16; h > 0; h /= 2) {
        const float other = __shfl_xor_sync(DEV_FULL, m, h);
        m = other > m ? other : m;
    }
    if (d >= a.p.D)
        return;
    for (uint32_t s0 = 0; s0 < n; s0 += MERGE_AHEAD) {
        float2 p[MERGE_AHEAD];
        float v[MERGE_AHEAD];

        DEV_UNROLL
        for (uint32_t s = 0; s < MERGE_AHEAD; s++) {
            p[s] = s0 + s < n ? ml[(s0 + s) * step] : make_float2(-INFINITY, 0);
            v[s] = s0 + s < n ? o[(s0 + s) * step * a.p.D] : 0.0f;
        }
        DEV_UNROLL
        for (uint32_t s = 0; s < MERGE_AHEAD; s++) {
            const float c = vexp2(p[s].x - m);

            if (s0 + s < n && c != 0.0f) {
                l = fmaf(c, p[s].y, l);
                out = fmaf(c, v[s], out);
            }
        }
    }
    out_at(a, row, head)[d] = out * (1.0f / l);
}

/* --- launches --------------------------------------------------------------------------- */

static int device_has(enum cudaDeviceAttr what, int least)
{
    int device = 0, n = 0;

    if (cudaGetDevice(&device) != cudaSuccess || cudaDeviceGetAttribute(&n, what, device) != cudaSuccess || n < least)
        return least;
    return n;
}

static void launch(void (*kernel)(struct attend), const struct attend *a, dim3 grid, unsigned threads, size_t bytes, cudaStream_t s)
{
    if (bytes > SHARED_FREE)
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)bytes);
    LAUNCH(kernel, grid, dim3(threads), bytes, s, *a);
}

/* Blocks of threads, were each to take up to `each` rows of a tile. */
static size_t blocks_of(const struct attend *a, uint32_t each)
{
    return (size_t)a->c.tiles * a->p.KV * a->spans * ((a->c.tile_tokens * a->G + each - 1) / each);
}

/* False: its shared memory is more than the device has. */
template <int TYPE, int R> static bool few(struct attend *a, size_t limit, cudaStream_t s)
{
    a->parts = (a->c.tile_tokens * a->G + R - 1) / R;
    a->stage_pages = a->p.v_bytes <= 4096 + 512 ? 2 : 1;
    a->stages = 4;
    if (few_bytes(R, a) > limit)
        a->stages = 2;
    if (few_bytes(R, a) > limit)
        return false;
    launch(a->p.D == 128 ? attend_few<TYPE, R, 128> : a->p.D == 64 ? attend_few<TYPE, R, 64> : attend_few<TYPE, R, 0>, a,
           dim3(a->c.tiles, a->p.KV * a->parts, a->spans), FEW_THREADS, few_bytes(R, a), s);
    return true;
}

/* The fewer rows, the sooner a block is done; the more, the less often the pages are read. */
template <int TYPE> static bool few_rows(struct attend *a, size_t limit, size_t fill, cudaStream_t s)
{
    const uint32_t rows = a->c.tile_tokens * a->G;

    if (rows <= 4 || blocks_of(a, 4) <= fill)
        return few<TYPE, 4>(a, limit, s);
    if (rows <= 8 || blocks_of(a, 8) <= fill)
        return few<TYPE, 8>(a, limit, s);
    return few<TYPE, 16>(a, limit, s);
}

template <int TYPE, int HEAD> static void many_rows(struct attend *a, size_t limit, cudaStream_t s)
{
    typedef many<TYPE, HEAD> M;
    const uint32_t rows = a->c.tile_tokens * a->G;
    uint32_t warps = MANY_WARPS;

    while (warps > 1 && ((warps - 1) * 2 * M::RT >= rows || many_bytes(M::RAW, M::FLOATS, M::RT, a->p.D, warps) > limit))
        warps--;
    a->parts = (rows + warps * 2 * M::RT - 1) / (warps * 2 * M::RT);
    launch(attend_many<TYPE, HEAD>, a, dim3(a->c.tiles, a->p.KV * a->parts, a->spans), warps * DEV_WARP,
           many_bytes(M::RAW, M::FLOATS, M::RT, a->p.D, warps), s);
}

template <int TYPE> static void attend(struct attend *a, int kind, cudaStream_t s)
{
    const size_t limit = (size_t)device_has(cudaDevAttrMaxSharedMemoryPerBlockOptin, SHARED_FREE);
    const size_t fill = (size_t)device_has(cudaDevAttrMultiProcessorCount, 1) * FILL_BLOCKS;

    if (kind == ATTN_CHOOSE)
        kind = a->c.tile_tokens * a->G <= 16 || blocks_of(a, 64) < fill ? ATTN_FEW : ATTN_MANY;
    if (kind == ATTN_FEW && few_rows<TYPE>(a, limit, fill, s))
        return;
    switch (a->p.D) {
    case 64: many_rows<TYPE, 64>(a, limit, s); break;
    case 80: many_rows<TYPE, 80>(a, limit, s); break;
    case 96: many_rows<TYPE, 96>(a, limit, s); break;
    case 128: many_rows<TYPE, 128>(a, limit, s); break;
    case 256: many_rows<TYPE, 256>(a, limit, s); break;
    default: many_rows<TYPE, 0>(a, limit, s);
    }
}

void attn_run(const struct cu_attention *c, const struct cu_pages *p, int kind, cudaStream_t s)
{
    struct attend a = {};

    if (c->tiles == 0)
        return;
    a.c = *c;
    a.p = *p;
    a.G = p->H / p->KV;
    a.spans = (c->most_visible + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN;
    switch (p->type) {
    case KV_F32: attend<KV_F32>(&a, kind, s); break;
    case KV_F16: attend<KV_F16>(&a, kind, s); break;
    case KV_BF16: attend<KV_BF16>(&a, kind, s); break;
    case KV_Q8_0: attend<KV_Q8_0>(&a, kind, s); break;
    }
    if (a.spans > 1) {
        const uint32_t items = p->H * ((p->D + DEV_WARP - 1) / DEV_WARP);

        LAUNCH(merge_spans, dim3(c->tiles, c->tile_tokens, (items + MERGE_WARPS - 1) / MERGE_WARPS),
               dim3(MERGE_WARPS * DEV_WARP), 0, s, a);
    }
}

void cu_attention(const struct cu_attention *c, const struct cu_pages *p, cudaStream_t s)
{
    attn_run(c, p, ATTN_CHOOSE, s);
}
