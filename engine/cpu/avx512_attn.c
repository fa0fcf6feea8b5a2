/* Attention over pages for AVX-512; see ref_attn.c for what fixes the bits.
 *
 * For each softmax block of 64 positions: scores of a tile of up to 12 query rows against
 * 2 or 4 pages (lanes are positions), the softmax row by row, then weights times V (lanes
 * are dimensions), 6 rows by up to 4 vectors.  With one tile of rows (decode), K and V are
 * converted in the registers; with more, once for all tiles into the scratch. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"

#define INLINE static inline __attribute__((always_inline))
enum { PAGES = KERN_ATTN_BLOCK / KV_PAGE_TOKENS, PV_ROWS = 6 };

/* ---- reading a page ------------------------------------------------------------------ */

INLINE __m512 load16(const uint8_t *p, size_t at, const enum kv_type type)
{
    if (type == KV_F32)
        return _mm512_loadu_ps((const float *)p + at);
    if (type == KV_Q8_0)
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(p + at))));
    const __m256i h = _mm256_loadu_si256((const __m256i *)(p + 2 * at));

    return type == KV_F16 ? _mm512_cvtph_ps(h) :
           _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}

/* Dimension d of 16 tokens; 16 dimensions from d of token `slot`. */
INLINE __m512 load_k(const uint8_t *k, size_t D, size_t d, const enum kv_type type)
{
    const __m512 x = load16(k, d * KV_PAGE_TOKENS, type);

    if (type != KV_Q8_0)
        return x;
    return _mm512_mul_ps(x, _mm512_loadu_ps((const float *)(k + D * KV_PAGE_TOKENS) + d / 32 * KV_PAGE_TOKENS));
}

INLINE __m512 load_v(const uint8_t *v, size_t D, size_t slot, size_t d, const enum kv_type type)
{
    const __m512 x = load16(v, slot * D + d, type);

    if (type != KV_Q8_0)
        return x;
    return _mm512_mul_ps(x, _mm512_set1_ps(((const float *)(v + D * KV_PAGE_TOKENS))[slot * (D / 32) + d / 32]));
}

/* ---- scores: s[row][64] --------------------------------------------------------------- */

struct qk {
    const float   *q;                   /* [D][n] */
    const uint8_t *k[PAGES];            /* missing pages: any present one */
    size_t         D;
    float         *s;
};

INLINE void qk_pages(const struct qk *a, const enum kv_type type, const int n, const int first, const int np)
{
    __m512 acc[PAGES][ATTN_ROWS], k[PAGES];

#pragma GCC unroll 4
    for (int p = 0; p < np; p++)
#pragma GCC unroll 12
        for (int i = 0; i < n; i++)
            acc[p][i] = _mm512_setzero_ps();
    for (size_t d = 0; d < a->D; d++) {
        const float *q = a->q + d * (size_t)n;

#pragma GCC unroll 4
        for (int p = 0; p < np; p++)
            k[p] = load_k(a->k[first + p], a->D, d, type);
#pragma GCC unroll 12
        for (int i = 0; i < n; i++) {
            const __m512 x = _mm512_set1_ps(q[i]);

#pragma GCC unroll 4
            for (int p = 0; p < np; p++)
                acc[p][i] = _mm512_fmadd_ps(x, k[p], acc[p][i]);
        }
    }
#pragma GCC unroll 4
    for (int p = 0; p < np; p++)
#pragma GCC unroll 12
        for (int i = 0; i < n; i++)
            _mm512_storeu_ps(a->s + i * KERN_ATTN_BLOCK + (first + p) * KV_PAGE_TOKENS, acc[p][i]);
}

INLINE void qk(const struct qk *a, const enum kv_type type, const int n)
{
    if (n <= 6) {
        qk_pages(a, type, n, 0, 4);
    } else {
        qk_pages(a, type, n, 0, 2);
        qk_pages(a, type, n, 2, 2);
    }
}

typedef void qk_fn(const struct qk *a);

#define QK(name, type, n) static void qk_##name##_##n(const struct qk *a) { qk(a, type, n); }
#define QKS(name, type)                                                                       \
    QK(name, type, 1) QK(name, type, 2) QK(name, type, 3) QK(name, type, 4)                   \
    QK(name, type, 5) QK(name, type, 6) QK(name, type, 7) QK(name, type, 8)                   \
    QK(name, type, 9) QK(name, type, 10) QK(name, type, 11) QK(name, type, 12)                \
    static qk_fn *const qks_##name[ATTN_ROWS] = {                                             \
        qk_##name##_1, qk_##name##_2, qk_##name##_3, qk_##name##_4, qk_##name##_5,            \
        qk_##name##_6, qk_##name##_7, qk_##name##_8, qk_##name##_9, qk_##name##_10,           \
        qk_##name##_11, qk_##name##_12,                                                       \
    };
QKS(f32, KV_F32)
QKS(f16, KV_F16)
QKS(bf16, KV_BF16)
QKS(q8_0, KV_Q8_0)
static qk_fn *const *const qks[] = {
    [KV_F32] = qks_f32, [KV_F16] = qks_f16, [KV_BF16] = qks_bf16, [KV_Q8_0] = qks_q8_0,
};

/* ---- weights times V: O = O * c + sum of w v ------------------------------------------- */

struct pv {
    const float   *w, *c;               /* [n][64], [n] */
    const uint8_t *v[PAGES];
    size_t         D, d0;               /* dimensions d0 .. d0 + 16 nv - 1 */
    int            pages;
    float         *o;                   /* [n][D] */
};

INLINE void pv(const struct pv *a, const enum kv_type type, const int n, const int nv)
{
    __m512 acc[PV_ROWS][4], v[4];

#pragma GCC unroll 6
    for (int i = 0; i < n; i++)
#pragma GCC unroll 4
        for (int j = 0; j < nv; j++)
            acc[i][j] = _mm512_mul_ps(_mm512_loadu_ps(a->o + (size_t)i * a->D + a->d0 + 16 * j),
                                      _mm512_set1_ps(a->c[i]));
    for (int p = 0; p < a->pages; p++)
        for (size_t slot = 0; slot < KV_PAGE_TOKENS; slot++) {
            const float *w = a->w + (size_t)p * KV_PAGE_TOKENS + slot;

#pragma GCC unroll 4
            for (int j = 0; j < nv; j++)
                v[j] = load_v(a->v[p], a->D, slot, a->d0 + 16 * (size_t)j, type);
#pragma GCC unroll 6
            for (int i = 0; i < n; i++) {
                const __m512 x = _mm512_set1_ps(w[i * KERN_ATTN_BLOCK]);

#pragma GCC unroll 4
                for (int j = 0; j < nv; j++)
                    acc[i][j] = _mm512_fmadd_ps(x, v[j], acc[i][j]);
            }
        }
#pragma GCC unroll 6
    for (int i = 0; i < n; i++)
#pragma GCC unroll 4
        for (int j = 0; j < nv; j++)
            _mm512_storeu_ps(a->o + (size_t)i * a->D + a->d0 + 16 * j, acc[i][j]);
}

typedef void pv_fn(const struct pv *a);

#define PV(name, type, n, nv) static void pv_##name##_##n##_##nv(const struct pv *a) { pv(a, type, n, nv); }
#define PVN(name, type, n) PV(name, type, n, 1) PV(name, type, n, 2) PV(name, type, n, 3) PV(name, type, n, 4)
#define PVL(name, n) { pv_##name##_##n##_1, pv_##name##_##n##_2, pv_##name##_##n##_3, pv_##name##_##n##_4 }
#define PVS(name, type)                                                                         \
    PVN(name, type, 1) PVN(name, type, 2) PVN(name, type, 3)                                    \
    PVN(name, type, 4) PVN(name, type, 5) PVN(name, type, 6)                                    \
    static pv_fn *const pvs_##name[PV_ROWS][4] = {                                              \
        PVL(name, 1), PVL(name, 2), PVL(name, 3), PVL(name, 4), PVL(name, 5), PVL(name, 6),     \
    };
PVS(f32, KV_F32)
PVS(f16, KV_F16)
PVS(bf16, KV_BF16)
PVS(q8_0, KV_Q8_0)
static pv_fn *const (*const pvs[])[4] = {
    [KV_F32] = pvs_f32, [KV_F16] = pvs_f16, [KV_BF16] = pvs_bf16, [KV_Q8_0] = pvs_q8_0,
};

static void pv_all(struct pv *a, enum kv_type type, int n)
{
    const float *w = a->w, *c = a->c;
    float *o = a->o;

    for (int i = 0; i < n; i += PV_ROWS) {
        const int rows = n - i < PV_ROWS ? n - i : PV_ROWS;

        a->w = w + i * KERN_ATTN_BLOCK;
        a->c = c + i;
        a->o = o + (size_t)i * a->D;
        for (a->d0 = 0; a->d0 < a->D; a->d0 += 64)
            pvs[type][rows - 1][(a->D - a->d0 < 64 ? a->D - a->d0 : 64) / 16 - 1](a);
    }
}

/* ---- softmax of one row's block ---------------------------------------------------------- */

static inline float tree(__m512 v)
{
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}

static void softmax_row(float *s, size_t n, struct kern_span *part, float *c)
{
    __m512 x[PAGES];

    for (size_t p = 0; p < PAGES; p++) {
        const size_t left = n > 16 * p ? n - 16 * p : 0;
        const __mmask16 m = (__mmask16)(left >= 16 ? 0xffff : (1u << left) - 1);

        x[p] = _mm512_mask_blend_ps(m, _mm512_set1_ps(-INFINITY), _mm512_loadu_ps(s + 16 * p));
    }
    const __m512 top = _mm512_max_ps(_mm512_max_ps(x[0], x[1]), _mm512_max_ps(x[2], x[3]));
    const float max = _mm512_reduce_max_ps(top), m = max > part->m ? max : part->m;

    for (size_t p = 0; p < PAGES; p++) {
        x[p] = vexp2_16(_mm512_sub_ps(x[p], _mm512_set1_ps(m)));
        _mm512_storeu_ps(s + 16 * p, x[p]);
    }
    const float sum = tree(_mm512_add_ps(_mm512_add_ps(_mm512_add_ps(x[0], x[1]), x[2]), x[3]));

    *c = vexp2(part->m - m);
    part->m = m;
    part->l = fmaf(part->l, *c, sum);
}

/* ---- one span ------------------------------------------------------------------------------ */

static void pack_rows(float *dst, const struct kern_attn *j, size_t r0, size_t n)
{
    const float qscale = j->scale * EXP2_LOG2E_HI;

    for (size_t i = 0; i < n; i++) {
        const float *q = j->q + j->q_at[r0 + i];

        for (size_t d = 0; d < j->D; d++)
            dst[d * n + i] = q[d] * qscale;
    }
}

/* K and V of the block's pages as float32; returns in k and v where they are. */
static void convert_block(const struct kern_attn *j, const struct attn_scratch *a, int pages, const uint8_t *k[PAGES],
                          const uint8_t *v[PAGES])
{
    const size_t D = j->D;

#define CONVERT(type)                                                                          \
    for (size_t d = 0; d < D; d++)                                                             \
        _mm512_storeu_ps(kf + d * KV_PAGE_TOKENS, load_k(k[p], D, d, type));                   \
    for (size_t t = 0; t < KV_PAGE_TOKENS; t++)                                                \
        for (size_t d = 0; d < D; d += 16)                                                     \
            _mm512_storeu_ps(vf + t * D + d, load_v(v[p], D, t, d, type));
    for (int p = 0; p < pages; p++) {
        float *kf = a->k + (size_t)p * D * KV_PAGE_TOKENS, *vf = a->v + (size_t)p * D * KV_PAGE_TOKENS;

        if (j->kv_type == KV_F16) {
            CONVERT(KV_F16)
        } else if (j->kv_type == KV_BF16) {
            CONVERT(KV_BF16)
        } else {
            CONVERT(KV_Q8_0)
        }
        k[p] = (const uint8_t *)kf;
        v[p] = (const uint8_t *)vf;
    }
#undef CONVERT
}

static void tile_block(const struct kern_attn *j, const struct attn_scratch *a, enum kv_type type, size_t r0, size_t n,
                       size_t p0, const uint8_t *const k[PAGES], const uint8_t *const v[PAGES], int pages,
                       struct kern_span *part, float *o)
{
    struct qk x = { .q = a->q + r0 * j->D, .D = j->D, .s = a->s };
    struct pv y = { .w = a->s, .c = a->c, .D = j->D, .pages = pages, .o = o + r0 * j->D };

    for (int p = 0; p < PAGES; p++) {
        x.k[p] = k[p < pages ? p : 0];
        y.v[p] = v[p < pages ? p : 0];
    }
    qks[type][n - 1](&x);
    for (size_t i = 0; i < n; i++) {
        float *s = a->s + i * KERN_ATTN_BLOCK;

        if (j->n_vis[r0 + i] > p0) {
            softmax_row(s, j->n_vis[r0 + i] - p0, &part[r0 + i], &a->c[i]);
        } else {
            memset(s, 0, KERN_ATTN_BLOCK * sizeof *s);
            a->c[i] = 1;
        }
    }
    pv_all(&y, type, (int)n);
}

/* Pages lie apart, so the hardware sees the next one late: K and V of the block at p0, of
 * which positions below end exist, towards the second-level cache. */
static void prefetch_block(const struct kern_attn *j, size_t p0, size_t end)
{
    const size_t bytes = j->D * KV_PAGE_TOKENS * (j->kv_type == KV_F32 ? 4 : j->kv_type == KV_Q8_0 ? 1 : 2);

    for (size_t p = p0; p < end && p < p0 + KERN_ATTN_BLOCK; p += KV_PAGE_TOKENS) {
        const uint8_t *page = j->pages[p / KV_PAGE_TOKENS];

        for (size_t i = 0; i < bytes; i += 64) {
            _mm_prefetch((const char *)page + j->k_at + i, _MM_HINT_T1);
            _mm_prefetch((const char *)page + j->v_at + i, _MM_HINT_T1);
        }
    }
}

static void avx512_attn_span(const struct kern_attn *j, size_t span, struct kern_span *part, float *o, void *scratch)
{
    const struct attn_scratch a = attn_scratch_at(scratch, j->D, j->R);
    const size_t from = span * KERN_ATTN_SPAN, R = j->R, last = R > 0 ? j->n_vis[R - 1] : 0;
    const size_t end = last < from + KERN_ATTN_SPAN ? last : from + KERN_ATTN_SPAN;
    const int convert = R > ATTN_ROWS && j->kv_type != KV_F32;

    for (size_t r = 0; r < R; r++) {
        part[r].m = -INFINITY;
        part[r].l = 0;
    }
    memset(o, 0, R * j->D * sizeof *o);
    if (end <= from)
        return;
    for (size_t r = 0; r < R; r += ATTN_ROWS)
        pack_rows(a.q + r * j->D, j, r, R - r < ATTN_ROWS ? R - r : ATTN_ROWS);
    for (size_t p0 = from; p0 < end; p0 += KERN_ATTN_BLOCK) {
        const int pages = (int)((end - p0 < KERN_ATTN_BLOCK ? end - p0 + 15 : KERN_ATTN_BLOCK) / KV_PAGE_TOKENS);
        const uint8_t *k[PAGES], *v[PAGES];

        for (int p = 0; p < pages; p++) {
            const uint8_t *page = j->pages[p0 / KV_PAGE_TOKENS + (size_t)p];

            k[p] = page + j->k_at;
            v[p] = page + j->v_at;
        }
        prefetch_block(j, p0 + KERN_ATTN_BLOCK, end);
        if (convert)
            convert_block(j, &a, pages, k, v);
        for (size_t r = 0; r < R; r += ATTN_ROWS) {
            const size_t n = R - r < ATTN_ROWS ? R - r : ATTN_ROWS;

            if (j->n_vis[r + n - 1] > p0)
                tile_block(j, &a, convert ? KV_F32 : j->kv_type, r, n, p0, k, v, pages, part, o);
        }
    }
    for (size_t i = 0; i < R * j->D; i += 16)
        _mm512_storeu_ps(o + i, _mm512_add_ps(_mm512_loadu_ps(o + i), _mm512_setzero_ps()));
}

static void avx512_attn_merge(float *out, size_t D, size_t n_spans, const struct kern_span *part, size_t part_stride,
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
        for (size_t d = 0; d < D; d += 16)
            _mm512_storeu_ps(out + d, _mm512_fmadd_ps(_mm512_set1_ps(c), _mm512_loadu_ps(o + s * o_stride + d),
                                                      _mm512_loadu_ps(out + d)));
    }
    const __m512 inv = _mm512_set1_ps(1.0f / l);

    for (size_t d = 0; d < D; d += 16)
        _mm512_storeu_ps(out + d, _mm512_mul_ps(_mm512_loadu_ps(out + d), inv));
}

void kern_fill_avx512_attn(struct kern *k)
{
    k->attn_span = avx512_attn_span;
    k->attn_merge = avx512_attn_merge;
}
