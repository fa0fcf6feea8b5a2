/* Attention over pages for AVX-512; see ref_attn.c for what fixes the bits.
 *
 * For each softmax block of 64 positions: scores of a tile of up to 12 query rows against
 * 2 or 4 pages (lanes are positions), the softmax of all rows of the tile together, then
 * weights times V (lanes are dimensions), 12 rows by 2 vectors or 6 by 4.  With one tile of
 * rows (decode), K and V are converted in the registers, while the next block comes from
 * memory; with more, they are converted once for all tiles into the scratch. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"

#define INLINE static inline __attribute__((always_inline))
enum { PAGES = KERN_ATTN_BLOCK / KV_PAGE_TOKENS };

/* What a tile reads: the page's type, or floats that convert_block wrote (no page has
 * KV_AUTO).  Those are in the caches, so nothing is fetched ahead. */
#define FLOATS KV_AUTO

INLINE size_t type_bytes(const enum kv_type type)
{
    return type == KV_F16 || type == KV_BF16 ? 2 : type == KV_Q8_0 ? 1 : 4;
}

/* Towards the second-level cache; to the first where a line lasts long (measured). */
INLINE void fetch(const uint8_t *p, const enum kv_type type)
{
    if (type == KV_Q8_0)
        _mm_prefetch((const char *)p, _MM_HINT_T0);
    else if (type != FLOATS)
        _mm_prefetch((const char *)p, _MM_HINT_T1);
}

/* ---- reading a page ------------------------------------------------------------------ */

INLINE __m512 load16(const uint8_t *p, size_t at, const enum kv_type type)
{
    if (type == KV_F32 || type == FLOATS)
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
    const float   *q;                   /* [D][ldq] */
    size_t         ldq, D;
    const uint8_t *k[PAGES];            /* missing pages: any present one */
    const uint8_t *ahead[PAGES];        /* the next block's, to be fetched meanwhile */
    int            pages;
    float         *s;
};

INLINE void qk_pages(const struct qk *a, const enum kv_type type, const int n, const int first, const int np)
{
    const size_t step = type_bytes(type) >= 4 ? 1 : 4 / type_bytes(type);   /* dimensions in a cache line */
    __m512 acc[PAGES][ATTN_ROWS], k[PAGES];

#pragma GCC unroll 4
    for (int p = 0; p < np; p++)
#pragma GCC unroll 12
        for (int i = 0; i < n; i++)
            acc[p][i] = _mm512_setzero_ps();
    for (size_t d = 0; d < a->D;) {
#pragma GCC unroll 4
        for (int p = 0; p < np; p++)
            fetch(a->ahead[first + p] + d * KV_PAGE_TOKENS * type_bytes(type), type);
#pragma GCC unroll 4
        for (size_t u = 0; u < step; u++, d++) {
            const float *q = a->q + d * a->ldq;

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
    }
#pragma GCC unroll 4
    for (int p = 0; p < np; p++)
#pragma GCC unroll 12
        for (int i = 0; i < n; i++)
            _mm512_storeu_ps(a->s + i * KERN_ATTN_BLOCK + (first + p) * KV_PAGE_TOKENS, acc[p][i]);
}

INLINE void qk(const struct qk *a, const enum kv_type type, const int n)
{
    if (n <= 6 && a->pages > 2) {
        qk_pages(a, type, n, 0, 4);
    } else {
        qk_pages(a, type, n, 0, 2);
        if (a->pages > 2)
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
QKS(floats, FLOATS)
QKS(f32, KV_F32)
QKS(f16, KV_F16)
QKS(bf16, KV_BF16)
QKS(q8_0, KV_Q8_0)
static qk_fn *const *const qks[] = {
    [FLOATS] = qks_floats, [KV_F32] = qks_f32, [KV_F16] = qks_f16, [KV_BF16] = qks_bf16, [KV_Q8_0] = qks_q8_0,
};

/* ---- weights times V: O = O * c + sum of w v ------------------------------------------- */

/* A span's first block begins with O = 0, whatever o holds.  0 is added to what is stored, so
 * that -0 becomes 0, as ref_attn.c does at the span's end: a zero's sign changes nothing else. */

struct pv {
    const float   *w, *c;               /* [n][64], [n] */
    const uint8_t *v[PAGES], *ahead[PAGES];     /* ahead: as in qk */
    size_t         D, d0;               /* dimensions d0 .. d0 + 16 nv - 1 */
    size_t         positions;           /* of the block, from its first; the others are left out */
    int            begin;
    float         *o;                   /* [n][D] */
};

/* Vectors of dimensions that n rows take at a time: 24 sums at most. */
INLINE int pv_width(const int n)
{
    return n <= 6 ? 4 : 2;
}

INLINE void pv(const struct pv *a, const enum kv_type type, const int n, const int nv)
{
    __m512 acc[ATTN_ROWS][4], v[4];

#pragma GCC unroll 12
    for (int i = 0; i < n; i++)
#pragma GCC unroll 4
        for (int j = 0; j < nv; j++)
            acc[i][j] = a->begin ? _mm512_setzero_ps() :
                        _mm512_mul_ps(_mm512_loadu_ps(a->o + (size_t)i * a->D + a->d0 + 16 * j),
                                      _mm512_set1_ps(a->c[i]));
    for (size_t p = 0, left = a->positions; left > 0; p++) {
        const size_t slots = left < KV_PAGE_TOKENS ? left : KV_PAGE_TOKENS;

        left -= slots;
#pragma GCC unroll 2
        for (size_t slot = 0; slot < slots; slot++) {
            const float *w = a->w + p * KV_PAGE_TOKENS + slot;

#pragma GCC unroll 4
            for (size_t b = 0; b < 16 * (size_t)nv * type_bytes(type); b += 64)
                fetch(a->ahead[p] + (slot * a->D + a->d0) * type_bytes(type) + b, type);
#pragma GCC unroll 4
            for (int j = 0; j < nv; j++)
                v[j] = load_v(a->v[p], a->D, slot, a->d0 + 16 * (size_t)j, type);
#pragma GCC unroll 12
            for (int i = 0; i < n; i++) {
                const __m512 x = _mm512_set1_ps(w[i * KERN_ATTN_BLOCK]);

#pragma GCC unroll 4
                for (int j = 0; j < nv; j++)
                    acc[i][j] = _mm512_fmadd_ps(x, v[j], acc[i][j]);
            }
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < n; i++)
#pragma GCC unroll 4
        for (int j = 0; j < nv; j++)
            _mm512_storeu_ps(a->o + (size_t)i * a->D + a->d0 + 16 * j,
                             _mm512_add_ps(acc[i][j], _mm512_setzero_ps()));
}

typedef void pv_fn(const struct pv *a);

#define PV(name, type, n, nv) static void pv_##name##_##n##_##nv(const struct pv *a) { pv(a, type, n, nv); }
#define PV2(name, type, n) PV(name, type, n, 1) PV(name, type, n, 2)
#define PV4(name, type, n) PV2(name, type, n) PV(name, type, n, 3) PV(name, type, n, 4)
#define PVL2(name, n) { pv_##name##_##n##_1, pv_##name##_##n##_2, NULL, NULL }
#define PVL4(name, n) { pv_##name##_##n##_1, pv_##name##_##n##_2, pv_##name##_##n##_3, pv_##name##_##n##_4 }
#define PVS(name, type)                                                                         \
    PV4(name, type, 1) PV4(name, type, 2) PV4(name, type, 3)                                    \
    PV4(name, type, 4) PV4(name, type, 5) PV4(name, type, 6)                                    \
    PV2(name, type, 7) PV2(name, type, 8) PV2(name, type, 9)                                    \
    PV2(name, type, 10) PV2(name, type, 11) PV2(name, type, 12)                                 \
    static pv_fn *const pvs_##name[ATTN_ROWS][4] = {                                            \
        PVL4(name, 1), PVL4(name, 2), PVL4(name, 3), PVL4(name, 4), PVL4(name, 5), PVL4(name, 6),       \
        PVL2(name, 7), PVL2(name, 8), PVL2(name, 9), PVL2(name, 10), PVL2(name, 11), PVL2(name, 12),    \
    };
PVS(floats, FLOATS)
PVS(f32, KV_F32)
PVS(f16, KV_F16)
PVS(bf16, KV_BF16)
PVS(q8_0, KV_Q8_0)
static pv_fn *const (*const pvs[])[4] = {
    [FLOATS] = pvs_floats, [KV_F32] = pvs_f32, [KV_F16] = pvs_f16, [KV_BF16] = pvs_bf16, [KV_Q8_0] = pvs_q8_0,
};

static void pv_all(struct pv *a, enum kv_type type, int n)
{
    const size_t step = 16 * (size_t)pv_width(n);

    for (a->d0 = 0; a->d0 < a->D; a->d0 += step)
        pvs[type][n - 1][(a->D - a->d0 < step ? a->D - a->d0 : step) / 16 - 1](a);
}

/* Is V of the block's positions from .. to - 1 finite? */
static int all_finite(const struct pv *a, enum kv_type type, size_t from, size_t to)
{
    enum { NOT_FINITE = 0x99 };         /* quiet NaN, +infinity, -infinity, signaling NaN */
    __mmask16 bad = 0;

    for (size_t t = from; t < to; t++)
        for (size_t d = 0; d < a->D; d += 16)
            bad |= _mm512_fpclass_ps_mask(load_v(a->v[t / KV_PAGE_TOKENS], a->D, t % KV_PAGE_TOKENS, d, type),
                                          NOT_FINITE);
    return bad == 0;
}

/* Row i sees positions 0 .. n_vis[i] - p0 - 1 of the block.  All rows together take what the last one sees: 0 times a
 * finite V that a row does not see changes nothing.  0 times another would be NaN; then each row takes its own. */
static void pv_rows(struct pv *a, enum kv_type type, int n, const uint32_t *n_vis, size_t p0)
{
    a->positions = attn_in_block(n_vis[n - 1], p0);
    if (all_finite(a, type, attn_in_block(n_vis[0], p0), a->positions)) {
        pv_all(a, type, n);
        return;
    }
    for (int i = 0; i < n; i++, a->w += KERN_ATTN_BLOCK, a->c++, a->o += a->D) {
        a->positions = attn_in_block(n_vis[i], p0);
        pv_all(a, type, 1);
    }
}

/* ---- softmax of the rows of a tile ------------------------------------------------------- */

INLINE __m512 fold(__m512 a, __m512 b, const int sum)
{
    return sum ? _mm512_add_ps(a, b) : _mm512_max_ps(a, b);
}

/* Lane i: the largest, or the sum, of v[i]; each sum in ref.c's order: halves added, 8, 4, 2, 1.
 * Where a step puts four registers' parts side by side, they are rows 0, 4, 8, 12 apart. */
INLINE __m512 reduce_rows(const __m512 v[16], const int sum)
{
    __m512 a[8], b[4], c[2];

#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        const __m512 x = v[8 * (i % 2) + i / 2], y = v[8 * (i % 2) + i / 2 + 4];

        a[i] = fold(_mm512_shuffle_f32x4(x, y, 0x44), _mm512_shuffle_f32x4(x, y, 0xee), sum);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        b[i] = fold(_mm512_shuffle_f32x4(a[2 * i], a[2 * i + 1], 0x88),
                    _mm512_shuffle_f32x4(a[2 * i], a[2 * i + 1], 0xdd), sum);
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
        const __m512d x = _mm512_castps_pd(b[2 * i]), y = _mm512_castps_pd(b[2 * i + 1]);

        c[i] = fold(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)), _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)), sum);
    }
    return fold(_mm512_shuffle_ps(c[0], c[1], 0x88), _mm512_shuffle_ps(c[0], c[1], 0xdd), sum);
}

INLINE __mmask16 tail(size_t n)
{
    return (__mmask16)(n >= 16 ? 0xffff : (1u << n) - 1);
}

struct softmax {
    float            *s, *c;            /* [n][64] scores, then weights; [16] */
    const uint32_t   *n_vis;            /* [n], above p0 */
    size_t            p0, n;
    struct kern_span *part;             /* [n] */
};

/* Scores of page p of row i, and which of them count (all where every row sees the block). */
INLINE __mmask16 seen(const struct softmax *a, size_t i, size_t p, const int whole)
{
    const size_t n = whole ? KERN_ATTN_BLOCK : a->n_vis[i] - a->p0;

    return n > p * KV_PAGE_TOKENS ? tail(n - p * KV_PAGE_TOKENS) : 0;
}

INLINE void softmax_rows(const struct softmax *a, const int whole)
{
    const __mmask16 lo = tail(2 * a->n), hi = a->n > 8 ? tail(2 * a->n - 16) : 0;
    const __m512 t0 = _mm512_maskz_loadu_ps(lo, a->part), t1 = _mm512_maskz_loadu_ps(hi, (float *)a->part + 16);
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i first = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512 m0 = _mm512_permutex2var_ps(t0, even, t1);
    const __m512 l0 = _mm512_permutex2var_ps(t0, _mm512_add_epi32(even, _mm512_set1_epi32(1)), t1);
    __m512 row[16];
    float top[16];

    for (size_t i = 0; i < a->n; i++) {
        row[i] = _mm512_set1_ps(-INFINITY);
#pragma GCC unroll 4
        for (size_t p = 0; p < PAGES; p++)                  /* max gives its second operand where the first is NaN */
            row[i] = _mm512_max_ps(_mm512_mask_loadu_ps(_mm512_set1_ps(-INFINITY), seen(a, i, p, whole),
                                                        a->s + i * KERN_ATTN_BLOCK + p * KV_PAGE_TOKENS), row[i]);
    }
    for (size_t i = a->n; i < 16; i++)
        row[i] = _mm512_setzero_ps();
    const __m512 m = _mm512_max_ps(reduce_rows(row, 0), m0);

    _mm512_storeu_ps(top, m);
    for (size_t i = 0; i < a->n; i++) {
        __m512 x[PAGES];

#pragma GCC unroll 4
        for (size_t p = 0; p < PAGES; p++) {
            float *s = a->s + i * KERN_ATTN_BLOCK + p * KV_PAGE_TOKENS;
            const __mmask16 see = seen(a, i, p, whole);

            x[p] = vexp2_16(_mm512_sub_ps(_mm512_maskz_loadu_ps(see, s), _mm512_set1_ps(top[i])));
            x[p] = whole ? x[p] : _mm512_maskz_mov_ps(see, x[p]);
            _mm512_storeu_ps(s, x[p]);
        }
        row[i] = _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(x[0], x[1]), x[2]), x[3]);
    }
    const __m512 c = vexp2_16(_mm512_sub_ps(m0, m)), l = _mm512_fmadd_ps(l0, c, reduce_rows(row, 1));

    _mm512_storeu_ps(a->c, c);
    _mm512_mask_storeu_ps(a->part, lo, _mm512_permutex2var_ps(m, first, l));
    _mm512_mask_storeu_ps((float *)a->part + 16, hi,
                          _mm512_permutex2var_ps(m, _mm512_add_epi32(first, _mm512_set1_epi32(8)), l));
}

static void softmax_whole(const struct softmax *a) { softmax_rows(a, 1); }
static void softmax_part(const struct softmax *a) { softmax_rows(a, 0); }

/* ---- one span ------------------------------------------------------------------------------ */

/* v[i][j] becomes v[j][i]. */
INLINE void transpose(__m512 v[16])
{
    __m512 t[16], u[16];

#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        const int from = i / 2 * 4 + i % 2, to = i / 2 * 4 + i % 2 * 2;
        const __m512d x = _mm512_castps_pd(t[from]), y = _mm512_castps_pd(t[from + 2]);

        u[to] = _mm512_castpd_ps(_mm512_unpacklo_pd(x, y));
        u[to + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(x, y));
    }
#pragma GCC unroll 4
    for (int c = 0; c < 4; c++) {                           /* u[4k + c], part q: column 4q + c of rows 4k... */
        const __m512 a = _mm512_shuffle_f32x4(u[c], u[4 + c], 0x88), b = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0x88);
        const __m512 d = _mm512_shuffle_f32x4(u[c], u[4 + c], 0xdd), e = _mm512_shuffle_f32x4(u[8 + c], u[12 + c], 0xdd);

        v[c] = _mm512_shuffle_f32x4(a, b, 0x88);
        v[8 + c] = _mm512_shuffle_f32x4(a, b, 0xdd);
        v[4 + c] = _mm512_shuffle_f32x4(d, e, 0x88);
        v[12 + c] = _mm512_shuffle_f32x4(d, e, 0xdd);
    }
}

static void pack_rows(float *dst, const struct kern_attn *j, size_t r0, size_t n)
{
    const __m512 qscale = _mm512_set1_ps(j->scale * EXP2_LOG2E_HI);

    for (size_t d = 0; d < j->D; d += 16) {
        __m512 v[16];

        for (size_t i = 0; i < 16; i++)
            v[i] = _mm512_mul_ps(_mm512_loadu_ps(j->q + j->q_at[r0 + (i < n ? i : 0)] + d), qscale);
        transpose(v);
        for (size_t i = 0; i < 16; i++)
            _mm512_mask_storeu_ps(dst + (d + i) * n, tail(n), v[i]);
    }
}

/* A block of positions: its pages' K and V, and how many pages there are. */
struct block {
    size_t         p0;
    int            pages;
    const uint8_t *k[PAGES], *v[PAGES];
};

static struct block block_at(const struct kern_attn *j, size_t p0, size_t end)
{
    struct block b = { .p0 = p0 };

    for (size_t p = p0; p < end && p < p0 + KERN_ATTN_BLOCK; p += KV_PAGE_TOKENS, b.pages++) {
        b.k[b.pages] = j->pages[p / KV_PAGE_TOKENS] + j->k_at;
        b.v[b.pages] = j->pages[p / KV_PAGE_TOKENS] + j->v_at;
    }
    return b;
}

INLINE void convert_page(const uint8_t *k, const uint8_t *v, float *kf, float *vf, size_t D, const enum kv_type type)
{
    for (size_t d = 0; d < D; d++)
        _mm512_storeu_ps(kf + d * KV_PAGE_TOKENS, load_k(k, D, d, type));
    for (size_t t = 0; t < KV_PAGE_TOKENS; t++)
        for (size_t d = 0; d < D; d += 16)
            _mm512_storeu_ps(vf + t * D + d, load_v(v, D, t, d, type));
}

/* K and V of the block become floats in the scratch. */
static void convert_block(const struct kern_attn *j, const struct attn_scratch *a, struct block *b)
{
    for (int p = 0; p < b->pages; p++) {
        float *kf = a->k + (size_t)p * j->D * KV_PAGE_TOKENS, *vf = a->v + (size_t)p * j->D * KV_PAGE_TOKENS;

        if (j->kv_type == KV_F16)
            convert_page(b->k[p], b->v[p], kf, vf, j->D, KV_F16);
        else if (j->kv_type == KV_BF16)
            convert_page(b->k[p], b->v[p], kf, vf, j->D, KV_BF16);
        else
            convert_page(b->k[p], b->v[p], kf, vf, j->D, KV_Q8_0);
        b->k[p] = (const uint8_t *)kf;
        b->v[p] = (const uint8_t *)vf;
    }
}

/* Rows [r0, r0 + n) of a tile of `rows`, all of which see some of the block. */
struct tile { size_t r0, n, rows, q_at; };

static void tile_block(const struct kern_attn *j, const struct attn_scratch *a, enum kv_type type,
                       const struct tile *t, const struct block *b, const struct block *next, struct kern_span *part,
                       float *o)
{
    const uint32_t *n_vis = j->n_vis + t->r0;
    const size_t least = n_vis[0] - b->p0, most = attn_in_block(n_vis[t->n - 1], b->p0);
    const int pages = (int)((most + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS);
    struct qk x = { .q = a->q + t->q_at, .ldq = t->rows, .D = j->D, .pages = pages, .s = a->s };
    struct pv y = { .w = a->s, .c = a->c, .D = j->D, .begin = b->p0 % KERN_ATTN_SPAN == 0, .o = o + t->r0 * j->D };
    const struct softmax s = { .s = a->s, .c = a->c, .n_vis = n_vis, .p0 = b->p0, .n = t->n, .part = part + t->r0 };

    for (int p = 0; p < PAGES; p++) {
        const int at = p < b->pages ? p : 0;

        x.k[p] = b->k[at];
        y.v[p] = b->v[at];
        x.ahead[p] = p < next->pages ? next->k[p] : b->k[at];
        y.ahead[p] = p < next->pages ? next->v[p] : b->v[at];
    }
    qks[type][t->n - 1](&x);
    if (least >= KERN_ATTN_BLOCK)
        softmax_whole(&s);
    else
        softmax_part(&s);
    pv_rows(&y, type, (int)t->n, n_vis, b->p0);
}

/* Pages lie apart, so the hardware sees the next one late: part `at` of `of` parts of a block's
 * K and V, towards the second-level cache. */
static void prefetch_part(const struct kern_attn *j, const struct block *b, size_t at, size_t of)
{
    const size_t bytes = j->D * KV_PAGE_TOKENS * type_bytes(j->kv_type), from = bytes * at / of / 64 * 64;

    for (int p = 0; p < b->pages; p++)
        for (size_t i = from; i < bytes * (at + 1) / of; i += 64) {
            _mm_prefetch((const char *)b->k[p] + i, _MM_HINT_T1);
            _mm_prefetch((const char *)b->v[p] + i, _MM_HINT_T1);
        }
}

/* All tiles against one block. */
static void block_all(const struct kern_attn *j, const struct attn_scratch *a, struct block b,
                      const struct block *next, struct kern_span *part, float *o)
{
    const size_t R = j->R;
    const int convert = R > 2 * ATTN_ROWS && j->kv_type != KV_F32;

    if (convert)
        convert_block(j, a, &b);
    for (size_t r = 0; r < R; r += ATTN_ROWS) {
        struct tile t = { .r0 = r, .rows = R - r < ATTN_ROWS ? R - r : ATTN_ROWS, .q_at = r * j->D };

        t.n = t.rows;
        for (; t.n > 0 && j->n_vis[t.r0] <= b.p0; t.n--, t.r0++)
            t.q_at++;
        if (convert)
            prefetch_part(j, next, r / ATTN_ROWS, (R + ATTN_ROWS - 1) / ATTN_ROWS);
        if (t.n > 0)
            tile_block(j, a, convert ? FLOATS : j->kv_type, &t, &b, next, part, o);
    }
}

static void avx512_attn_span(const struct kern_attn *j, size_t span, struct kern_span *part, float *o, void *scratch)
{
    const struct attn_scratch a = attn_scratch_at(scratch, j->D, j->R);
    const size_t from = span * KERN_ATTN_SPAN, R = j->R, last = R > 0 ? j->n_vis[R - 1] : 0;
    const size_t end = last < from + KERN_ATTN_SPAN ? last : from + KERN_ATTN_SPAN;

    for (size_t r = 0; r < R; r++) {
        part[r].m = -INFINITY;
        part[r].l = 0;
        if (j->n_vis[r] <= from)
            memset(o + r * j->D, 0, j->D * sizeof *o);
    }
    if (end <= from)
        return;
    for (size_t r = 0; r < R; r += ATTN_ROWS)
        pack_rows(a.q + r * j->D, j, r, R - r < ATTN_ROWS ? R - r : ATTN_ROWS);
    for (struct block b = block_at(j, from, end), next; b.pages > 0; b = next) {
        next = block_at(j, b.p0 + KERN_ATTN_BLOCK, end);
        block_all(j, &a, b, &next, part, o);
    }
}

/* 64 dimensions at a time, summed in registers. */
static void avx512_attn_merge(float *out, size_t D, size_t n_spans, const struct kern_span *part, size_t part_stride,
                              const float *o, size_t o_stride)
{
    float m = -INFINITY;

    for (size_t s = 0; s < n_spans; s++)
        m = part[s * part_stride].m > m ? part[s * part_stride].m : m;
    for (size_t d = 0; d < D; d += 64) {
        __m512 acc[4] = { _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps() };
        float l = 0;

        for (size_t s = 0; s < n_spans; s++) {
            const float c = n_spans == 1 ? 1.0f : vexp2(part[s * part_stride].m - m);

            if (c == 0.0f)
                continue;
            l = fmaf(c, part[s * part_stride].l, l);
#pragma GCC unroll 4
            for (size_t j = 0; j < 4; j++) {
                const __mmask16 in = d + 16 * j < D ? 0xffff : 0;

                acc[j] = _mm512_fmadd_ps(_mm512_set1_ps(c), _mm512_maskz_loadu_ps(in, o + s * o_stride + d + 16 * j),
                                         acc[j]);
            }
        }
#pragma GCC unroll 4
        for (size_t j = 0; j < 4; j++)
            _mm512_mask_storeu_ps(out + d + 16 * j, d + 16 * j < D ? 0xffff : 0,
                                  _mm512_mul_ps(acc[j], _mm512_set1_ps(1.0f / l)));
    }
}

void kern_fill_avx512_attn(struct kern *k)
{
    k->attn_span = avx512_attn_span;
    k->attn_merge = avx512_attn_merge;
}
