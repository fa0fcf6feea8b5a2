/* Attention over pages for AVX2; see ref_attn.c for what fixes the bits.  As
 * avx512_attn.c, but every block's K and V are converted to float32 first, and tiles are
 * 6 query rows by one page (scores) or by 16 dimensions (weights times V). */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"

#define INLINE static inline __attribute__((always_inline))
enum { PAGES = KERN_ATTN_BLOCK / KV_PAGE_TOKENS, ROWS = 6 };

/* ---- a block's K and V as float32 ------------------------------------------------------------ */

static __m256 load8(const uint8_t *p, size_t at, enum kv_type type)
{
    if (type == KV_Q8_0)
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p + at))));
    const __m128i h = _mm_loadu_si128((const __m128i *)(p + 2 * at));

    return type == KV_F16 ? _mm256_cvtph_ps(h) :
           _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}

static void convert_page(enum kv_type type, size_t D, const uint8_t *k, const uint8_t *v, float *kf, float *vf)
{
    const float *ks = (const float *)(k + D * KV_PAGE_TOKENS), *vs = (const float *)(v + D * KV_PAGE_TOKENS);

    for (size_t i = 0; i < D * KV_PAGE_TOKENS; i += 8) {
        __m256 x = load8(k, i, type), y = load8(v, i, type);

        if (type == KV_Q8_0) {                      /* K [D][16], V [16][D]; scales [D/32][16], [16][D/32] */
            const size_t d = i / KV_PAGE_TOKENS, slot = i / D;

            x = _mm256_mul_ps(x, _mm256_loadu_ps(ks + d / 32 * KV_PAGE_TOKENS + i % KV_PAGE_TOKENS));
            y = _mm256_mul_ps(y, _mm256_set1_ps(vs[slot * (D / 32) + i % D / 32]));
        }
        _mm256_storeu_ps(kf + i, x);
        _mm256_storeu_ps(vf + i, y);
    }
}

/* ---- scores of n rows of a tile of `stride` against one page ----------------------------------- */

INLINE void qk(float *s, const float *q, size_t stride, const float *k, size_t D, const int n)
{
    __m256 a0[ROWS], a1[ROWS];

#pragma GCC unroll 6
    for (int i = 0; i < n; i++)
        a0[i] = a1[i] = _mm256_setzero_ps();
    for (size_t d = 0; d < D; d++) {
        const __m256 k0 = _mm256_loadu_ps(k + d * KV_PAGE_TOKENS), k1 = _mm256_loadu_ps(k + d * KV_PAGE_TOKENS + 8);

#pragma GCC unroll 6
        for (int i = 0; i < n; i++) {
            const __m256 x = _mm256_set1_ps(q[d * stride + (size_t)i]);

            a0[i] = _mm256_fmadd_ps(x, k0, a0[i]);
            a1[i] = _mm256_fmadd_ps(x, k1, a1[i]);
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < n; i++) {
        _mm256_storeu_ps(s + i * KERN_ATTN_BLOCK, a0[i]);
        _mm256_storeu_ps(s + i * KERN_ATTN_BLOCK + 8, a1[i]);
    }
}

static void qk_rows(float *s, const float *q, size_t stride, const float *k, size_t D, size_t n)
{
    switch (n) {
    case 1: qk(s, q, stride, k, D, 1); break;
    case 2: qk(s, q, stride, k, D, 2); break;
    case 3: qk(s, q, stride, k, D, 3); break;
    case 4: qk(s, q, stride, k, D, 4); break;
    case 5: qk(s, q, stride, k, D, 5); break;
    default: qk(s, q, stride, k, D, 6); break;
    }
}

/* ---- O = O * c + sum of w v, n rows, 16 dimensions ---------------------------------------------- */

INLINE void pv(float *o, const float *w, const float *c, const float *const v[PAGES], size_t positions, size_t D,
               const int n)
{
    __m256 a0[ROWS], a1[ROWS];

#pragma GCC unroll 6
    for (int i = 0; i < n; i++) {
        a0[i] = _mm256_mul_ps(_mm256_loadu_ps(o + (size_t)i * D), _mm256_set1_ps(c[i]));
        a1[i] = _mm256_mul_ps(_mm256_loadu_ps(o + (size_t)i * D + 8), _mm256_set1_ps(c[i]));
    }
    for (size_t p = 0, left = positions; left > 0; p++) {
        const size_t slots = left < KV_PAGE_TOKENS ? left : KV_PAGE_TOKENS;

        left -= slots;
        for (size_t t = 0; t < slots; t++) {
            const __m256 v0 = _mm256_loadu_ps(v[p] + t * D), v1 = _mm256_loadu_ps(v[p] + t * D + 8);

#pragma GCC unroll 6
            for (int i = 0; i < n; i++) {
                const __m256 x = _mm256_set1_ps(w[(size_t)i * KERN_ATTN_BLOCK + p * KV_PAGE_TOKENS + t]);

                a0[i] = _mm256_fmadd_ps(x, v0, a0[i]);
                a1[i] = _mm256_fmadd_ps(x, v1, a1[i]);
            }
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < n; i++) {
        _mm256_storeu_ps(o + (size_t)i * D, a0[i]);
        _mm256_storeu_ps(o + (size_t)i * D + 8, a1[i]);
    }
}

static void pv_all(float *o, const float *w, const float *c, const float *const v[PAGES], size_t positions, size_t D,
                   size_t n)
{
    for (size_t d = 0; d < D; d += 16) {
        const float *at[PAGES];

        for (size_t p = 0; p * KV_PAGE_TOKENS < positions; p++)
            at[p] = v[p] + d;
        switch (n) {
        case 1: pv(o + d, w, c, at, positions, D, 1); break;
        case 2: pv(o + d, w, c, at, positions, D, 2); break;
        case 3: pv(o + d, w, c, at, positions, D, 3); break;
        case 4: pv(o + d, w, c, at, positions, D, 4); break;
        case 5: pv(o + d, w, c, at, positions, D, 5); break;
        default: pv(o + d, w, c, at, positions, D, 6); break;
        }
    }
}

/* Is V of the block's positions from .. to - 1 finite? */
static int all_finite(const float *const v[PAGES], size_t D, size_t from, size_t to)
{
    __m256 bad = _mm256_setzero_ps();

    for (size_t t = from; t < to; t++)
        for (size_t d = 0; d < D; d += 8) {
            const __m256 x = _mm256_loadu_ps(v[t / KV_PAGE_TOKENS] + t % KV_PAGE_TOKENS * D + d);
            const __m256 zero = _mm256_sub_ps(x, x);        /* NaN otherwise */

            bad = _mm256_or_ps(bad, _mm256_cmp_ps(zero, zero, _CMP_UNORD_Q));
        }
    return _mm256_movemask_ps(bad) == 0;
}

/* n <= ROWS rows; what each may take of V: see avx512_attn.c. */
static void pv_rows(float *o, const float *w, const float *c, const float *const v[PAGES], size_t D, size_t n,
                    const uint32_t *n_vis, size_t p0)
{
    const size_t most = attn_in_block(n_vis[n - 1], p0);

    if (all_finite(v, D, attn_in_block(n_vis[0], p0), most)) {
        pv_all(o, w, c, v, most, D, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        pv_all(o + i * D, w + i * KERN_ATTN_BLOCK, c + i, v, attn_in_block(n_vis[i], p0), D, 1);
}

/* ---- softmax of one row's block ------------------------------------------------------------------- */

static void softmax_row(float *s, size_t n, struct kern_span *part, float *c)
{
    __m256 top = _mm256_set1_ps(-INFINITY), lo, hi;
    __m128 t;

    for (size_t i = n; i < KERN_ATTN_BLOCK; i++)
        s[i] = -INFINITY;
    for (size_t i = 0; i < KERN_ATTN_BLOCK; i += 8)         /* max gives its second operand where the first is NaN */
        top = _mm256_max_ps(_mm256_loadu_ps(s + i), top);
    t = _mm_max_ps(_mm256_castps256_ps128(top), _mm256_extractf128_ps(top, 1));
    t = _mm_max_ps(t, _mm_movehl_ps(t, t));
    const float max = _mm_cvtss_f32(_mm_max_ss(t, _mm_movehdup_ps(t))), m = max > part->m ? max : part->m;

    for (size_t i = 0; i < KERN_ATTN_BLOCK; i += 8)
        _mm256_storeu_ps(s + i, vexp2_8(_mm256_sub_ps(_mm256_loadu_ps(s + i), _mm256_set1_ps(m))));
    lo = _mm256_loadu_ps(s);
    hi = _mm256_loadu_ps(s + 8);
    for (size_t i = 16; i < KERN_ATTN_BLOCK; i += 16) {
        lo = _mm256_add_ps(lo, _mm256_loadu_ps(s + i));
        hi = _mm256_add_ps(hi, _mm256_loadu_ps(s + i + 8));
    }
    lo = _mm256_add_ps(lo, hi);
    t = _mm_add_ps(_mm256_castps256_ps128(lo), _mm256_extractf128_ps(lo, 1));
    t = _mm_add_ps(t, _mm_movehl_ps(t, t));
    *c = vexp2(part->m - m);
    part->m = m;
    part->l = fmaf(part->l, *c, _mm_cvtss_f32(_mm_add_ss(t, _mm_movehdup_ps(t))));
}

/* ---- one span --------------------------------------------------------------------------------------- */

/* Rows [r0, r0 + n); those that see nothing of the block come first and are left alone. */
static void tile_block(const struct kern_attn *j, const struct attn_scratch *a, size_t r0, size_t n, size_t p0,
                       const float *const k[PAGES], const float *const v[PAGES], int pages, struct kern_span *part,
                       float *o)
{
    const uint32_t *n_vis = j->n_vis + r0;
    size_t first = 0;

    while (first < n && n_vis[first] <= p0)
        first++;
    for (int p = 0; p < pages; p++)
        for (size_t i = first; i < n; i += ROWS)
            qk_rows(a->s + i * KERN_ATTN_BLOCK + p * KV_PAGE_TOKENS, a->q + r0 * j->D + i, n, k[p], j->D,
                    n - i < ROWS ? n - i : ROWS);
    for (size_t i = first; i < n; i++)
        softmax_row(a->s + i * KERN_ATTN_BLOCK, n_vis[i] - p0, &part[r0 + i], &a->c[i]);
    for (size_t i = first; i < n; i += ROWS)
        pv_rows(o + (r0 + i) * j->D, a->s + i * KERN_ATTN_BLOCK, a->c + i, v, j->D, n - i < ROWS ? n - i : ROWS,
                n_vis + i, p0);
}

static void pack_rows(float *dst, const struct kern_attn *j, size_t r0, size_t n)
{
    const float qscale = j->scale * EXP2_LOG2E_HI;

    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < j->D; d++)
            dst[d * n + i] = j->q[j->q_at[r0 + i] + d] * qscale;
}

static void block_all(const struct kern_attn *j, const struct attn_scratch *a, size_t p0, size_t end,
                      struct kern_span *part, float *o)
{
    const int pages = (int)((end - p0 < KERN_ATTN_BLOCK ? end - p0 + 15 : KERN_ATTN_BLOCK) / KV_PAGE_TOKENS);
    const float *k[PAGES], *v[PAGES];

    for (int p = 0; p < pages; p++) {
        const uint8_t *page = j->pages[p0 / KV_PAGE_TOKENS + (size_t)p];
        float *kf = a->k + (size_t)p * KV_PAGE_TOKENS * j->D, *vf = a->v + (size_t)p * KV_PAGE_TOKENS * j->D;

        if (j->kv_type != KV_F32)
            convert_page(j->kv_type, j->D, page + j->k_at, page + j->v_at, kf, vf);
        k[p] = j->kv_type == KV_F32 ? (const float *)(page + j->k_at) : kf;
        v[p] = j->kv_type == KV_F32 ? (const float *)(page + j->v_at) : vf;
    }
    for (size_t r = 0; r < j->R; r += ATTN_ROWS) {
        const size_t n = j->R - r < ATTN_ROWS ? j->R - r : ATTN_ROWS;

        tile_block(j, a, r, n, p0, k, v, pages, part, o);
    }
}

static void avx2_attn_span(const struct kern_attn *j, size_t span, struct kern_span *part, float *o, void *scratch)
{
    const struct attn_scratch a = attn_scratch_at(scratch, j->D, j->R);
    const size_t from = span * KERN_ATTN_SPAN, R = j->R, last = R > 0 ? j->n_vis[R - 1] : 0;
    const size_t end = last < from + KERN_ATTN_SPAN ? last : from + KERN_ATTN_SPAN;

    for (size_t r = 0; r < R; r++) {
        part[r].m = -INFINITY;
        part[r].l = 0;
    }
    memset(o, 0, R * j->D * sizeof *o);
    if (end <= from)
        return;
    for (size_t r = 0; r < R; r += ATTN_ROWS)
        pack_rows(a.q + r * j->D, j, r, R - r < ATTN_ROWS ? R - r : ATTN_ROWS);
    for (size_t p0 = from; p0 < end; p0 += KERN_ATTN_BLOCK)
        block_all(j, &a, p0, end, part, o);
    for (size_t i = 0; i < R * j->D; i += 8)
        _mm256_storeu_ps(o + i, _mm256_add_ps(_mm256_loadu_ps(o + i), _mm256_setzero_ps()));
}

static void avx2_attn_merge(float *out, size_t D, size_t n_spans, const struct kern_span *part, size_t part_stride,
                            const float *o, size_t o_stride)
{
    float m = -INFINITY, l = 0;

    for (size_t s = 0; s < n_spans; s++)
        m = part[s * part_stride].m > m ? part[s * part_stride].m : m;
    memset(out, 0, D * sizeof *out);
    for (size_t s = 0; s < n_spans; s++) {
        const float c = vexp2(part[s * part_stride].m - m);

        if (c == 0.0f)
            continue;
        l = fmaf(c, part[s * part_stride].l, l);
        for (size_t d = 0; d < D; d += 8)
            _mm256_storeu_ps(out + d, _mm256_fmadd_ps(_mm256_set1_ps(c), _mm256_loadu_ps(o + s * o_stride + d),
                                                      _mm256_loadu_ps(out + d)));
    }
    const __m256 inv = _mm256_set1_ps(1.0f / l);

    for (size_t d = 0; d < D; d += 8)
        _mm256_storeu_ps(out + d, _mm256_mul_ps(_mm256_loadu_ps(out + d), inv));
}

void kern_fill_avx2_attn(struct kern *k)
{
    k->attn_span = avx2_attn_span;
    k->attn_merge = avx2_attn_merge;
}
