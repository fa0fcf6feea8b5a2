/* Matrix products for AVX2 and FMA: half a group (8 rows) by up to 4 tokens.
 *
 * maddubs multiplies unsigned weights by signed activations, |a| <= 127, and adds pairs in
 * saturating int16, so that values stand in the low bits here and few products are added
 * before they are widened:
 *   4 bits  15 * 127 * 2 = 3810;  8 of them 30480       < 32768
 *   5 bits  31 * 127 * 2 = 7874;  4 of them 31496       < 32768
 *   6 bits  63 * 127 * 2 = 16002; 2 of them 32004       < 32768
 *   8 bits  |w| <= 128 by sign(a, w): 128 * 127 * 2 = 32512 < 32768, one at a time
 * The sum is then shifted to the reference's integer (ref.c, load_block). */
#include <immintrin.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/layout/wmat_layout.h"

#define INLINE static inline __attribute__((always_inline))
enum { ROWS = 8, TOKENS = 4 };

struct tile {
    float         *y;           /* [tokens][16], the caller's buffer */
    size_t         blocks, width;
    const uint8_t *w;           /* the group */
    unsigned       half;        /* rows 8*half .. 8*half + 7 */
    const int8_t  *q;           /* first token of the tile; elements `width` apart, see struct kern_act */
    const float   *d, *m;
    const int32_t *s, *h;
};

INLINE __m256i load256(const void *p) { return _mm256_loadu_si256(p); }

/* ---- unpacking: values in the low bits of each byte; v already points to the half ------- */

INLINE void unpack_nibbles(__m256i w[8], const uint8_t *v, const int left)
{
    const __m256i mask = _mm256_set1_epi8((char)(15 << left));

#pragma GCC unroll 4
    for (int p = 0; p < 4; p++) {
        const __m256i x = load256(v + 64 * p);

        w[p] = _mm256_and_si256(_mm256_slli_epi16(x, left), mask);
        w[p + 4] = _mm256_and_si256(_mm256_srli_epi16(x, 4 - left), mask);
    }
}

INLINE void unpack(__m256i w[8], const uint8_t *v, const unsigned bits)
{
    if (bits == 4) {
        unpack_nibbles(w, v, 0);
    } else if (bits == 5) {
        const __m256i one = _mm256_set1_epi8(1), p = load256(v);

        unpack_nibbles(w, v + LAY_NIB5, 1);
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
            w[j] = _mm256_or_si256(w[j], _mm256_and_si256(_mm256_srli_epi16(p, j), one));
    } else if (bits == 6) {
        const __m256i three = _mm256_set1_epi8(3);

        unpack_nibbles(w, v + LAY_NIB6, 2);
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
            w[j] = _mm256_or_si256(w[j], _mm256_and_si256(_mm256_srli_epi16(load256(v + 64 * (j / 4)), 2 * (j & 3)),
                                                          three));
    } else {
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
            w[j] = _mm256_xor_si256(load256(v + 64 * j), _mm256_set1_epi8((char)0x80));
    }
}

/* ---- one block ---------------------------------------------------------------------------- */

INLINE __m256i bcast32(const int8_t *p)
{
    int32_t v;

    memcpy(&v, p, 4);
    return _mm256_set1_epi32(v);
}

INLINE __m256i widen(__m256i x) { return _mm256_madd_epi16(x, _mm256_set1_epi16(1)); }

/* Sum over registers [from, from + n) as int32, `step` of them added in int16. */
INLINE __m256i dot(const __m256i w[8], const int8_t *q, const int from, const int n, const int step, const int sign)
{
    __m256i sum = _mm256_setzero_si256();

#pragma GCC unroll 8
    for (int j = from; j < from + n; j += step) {
        __m256i s = _mm256_setzero_si256();

#pragma GCC unroll 8
        for (int i = j; i < j + step; i++) {
            const __m256i a = bcast32(q + 4 * i);
            const __m256i p = sign ? _mm256_maddubs_epi16(_mm256_abs_epi8(w[i]), _mm256_sign_epi8(a, w[i]))
                                   : _mm256_maddubs_epi16(w[i], a);
            s = i == j ? p : _mm256_add_epi16(s, p);
        }
        sum = j == from ? widen(s) : _mm256_add_epi32(sum, widen(s));
    }
    return sum;
}

enum kind { OFFSET, MINIMUM, HALVES };     /* the three expressions of ref.c, block_dot */

INLINE void block(__m256 *acc, const struct tile *t, size_t b, const uint8_t *values, const unsigned bits,
                  const enum kind kind, const int T, __m256 d0, __m256 d1)
{
    const size_t e = b * t->width;
    const int8_t *q = t->q + 32 * e;
    const int step = bits == 4 ? 8 : bits == 5 ? 4 : bits == 6 ? 2 : 1, up = 8 - (int)bits;
    __m256i w[8];

    unpack(w, values + 32 * t->half, bits);
#pragma GCC unroll 4
    for (int i = 0; i < T; i++) {
        const __m256 da = _mm256_set1_ps(t->d[e + (size_t)i]);

        if (kind == HALVES) {
            const int32_t *h = t->h + 2 * e + i;
            __m256i i0 = _mm256_slli_epi32(dot(w, q + 32 * i, 0, 4, step, 0), up);
            __m256i i1 = _mm256_slli_epi32(dot(w, q + 32 * i, 4, 4, step, 0), up);
            __m256 g;

            i0 = _mm256_add_epi32(i0, _mm256_set1_epi32(h[0]));
            i1 = _mm256_add_epi32(i1, _mm256_set1_epi32(h[t->width]));
            g = _mm256_mul_ps(_mm256_cvtepi32_ps(i0), d0);
            g = _mm256_fmadd_ps(_mm256_cvtepi32_ps(i1), d1, g);
            acc[i] = _mm256_fmadd_ps(g, da, acc[i]);
        } else {
            __m256i I = dot(w, q + 32 * i, 0, 8, step, bits == 8);

            if (up > 0)
                I = _mm256_slli_epi32(I, up);
            if (kind == OFFSET && bits != 8)
                I = _mm256_add_epi32(I, _mm256_set1_epi32(t->s[e + (size_t)i]));
            acc[i] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(I), _mm256_mul_ps(d0, da), acc[i]);
            if (kind == MINIMUM)                        /* d1: minus the minimum */
                acc[i] = _mm256_fmadd_ps(d1, _mm256_set1_ps(t->m[e + (size_t)i]), acc[i]);
        }
    }
}

/* ---- a tile -------------------------------------------------------------------------------- */

INLINE __m256 halves(const uint8_t *p, unsigned half, const float up)
{
    return _mm256_mul_ps(_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 16 * half))), _mm256_set1_ps(up));
}

INLINE __m256 bytes_u(const uint8_t *p, unsigned half)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p + 8 * half))));
}

INLINE __m256 bytes_s(const uint8_t *p, unsigned half)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p + 8 * half))));
}

INLINE float up_scale(const unsigned bits) { return 1.0f / (float)(1u << (8 - bits)); }

INLINE void blocks_offset(__m256 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    for (size_t b = 0; b < t->blocks; b++) {
        const uint8_t *u = t->w + b / 2 * (LAY_HEAD_2 + 2 * vbytes);

        block(acc, t, b, u + LAY_HEAD_2 + b % 2 * vbytes, bits, OFFSET, T,
              halves(u + 32 * (b % 2), t->half, up_scale(bits)), _mm256_setzero_ps());
    }
}

INLINE void blocks_minimum(__m256 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b++, u += LAY_HEAD_1 + vbytes)
        block(acc, t, b, u + LAY_HEAD_1, bits, MINIMUM, T, halves(u, t->half, up_scale(bits)),
              halves(u + 32, t->half, 1));
}

INLINE void blocks_k(__m256 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b += 8, u += LAY_HEAD_K + 8 * vbytes)
        for (unsigned i = 0; i < 8; i++)
            block(acc, t, b + i, u + LAY_HEAD_K + i * vbytes, bits, MINIMUM, T,
                  _mm256_mul_ps(halves(u, t->half, up_scale(bits)), bytes_u(u + 64 + 16 * i, t->half)),
                  _mm256_mul_ps(halves(u + 32, t->half, -1), bytes_u(u + 192 + 16 * i, t->half)));
}

INLINE void blocks_6k(__m256 *acc, const struct tile *t, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b += 8, u += LAY_Q6_K) {
        const __m256 d = halves(u, t->half, up_scale(6));

        for (unsigned i = 0; i < 8; i++)
            block(acc, t, b + i, u + LAY_HEAD_6K + i * LAY_V6, 6, HALVES, T,
                  _mm256_mul_ps(d, bytes_s(u + 64 + 32 * i, t->half)),
                  _mm256_mul_ps(d, bytes_s(u + 80 + 32 * i, t->half)));
    }
}

INLINE void tile(const struct tile *t, const enum gguf_type type, const int T)
{
    __m256 acc[TOKENS];

#pragma GCC unroll 4
    for (int i = 0; i < T; i++)
        acc[i] = _mm256_setzero_ps();
    switch (type) {
    case GGUF_Q4_0: blocks_offset(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_0: blocks_offset(acc, t, 5, LAY_V5, T); break;
    case GGUF_Q8_0: blocks_offset(acc, t, 8, LAY_V8, T); break;
    case GGUF_Q4_1: blocks_minimum(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_1: blocks_minimum(acc, t, 5, LAY_V5, T); break;
    case GGUF_Q4_K: blocks_k(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_K: blocks_k(acc, t, 5, LAY_V5, T); break;
    default:        blocks_6k(acc, t, T); break;
    }
#pragma GCC unroll 4
    for (int i = 0; i < T; i++)
        _mm256_storeu_ps(t->y + i * WMAT_GROUP + ROWS * t->half, acc[i]);
}

typedef void tile_fn(const struct tile *t);

#define WIDTH(name, type, T) static void tile_##name##_##T(const struct tile *t) { tile(t, type, T); }
#define TILES(name, type)                                                                     \
    WIDTH(name, type, 1) WIDTH(name, type, 2) WIDTH(name, type, 3) WIDTH(name, type, 4)       \
    static tile_fn *const tiles_##name[TOKENS] = {                                            \
        tile_##name##_1, tile_##name##_2, tile_##name##_3, tile_##name##_4,                   \
    };
TILES(q4_0, GGUF_Q4_0)
TILES(q4_1, GGUF_Q4_1)
TILES(q5_0, GGUF_Q5_0)
TILES(q5_1, GGUF_Q5_1)
TILES(q8_0, GGUF_Q8_0)
TILES(q4_k, GGUF_Q4_K)
TILES(q5_k, GGUF_Q5_K)
TILES(q6_k, GGUF_Q6_K)

static tile_fn *const *tiles_of(enum gguf_type type)
{
    switch (type) {
    case GGUF_Q4_0: return tiles_q4_0;
    case GGUF_Q4_1: return tiles_q4_1;
    case GGUF_Q5_0: return tiles_q5_0;
    case GGUF_Q5_1: return tiles_q5_1;
    case GGUF_Q8_0: return tiles_q8_0;
    case GGUF_Q4_K: return tiles_q4_k;
    case GGUF_Q5_K: return tiles_q5_k;
    default:        return tiles_q6_k;
    }
}

static void store_rows(float *y, size_t ldy, const float *tmp, const struct wmat *w, size_t g, size_t n)
{
    const size_t left = w->N - g * WMAT_GROUP, cols = left < WMAT_GROUP ? left : WMAT_GROUP;

    for (size_t i = 0; i < n; i++)
        memcpy(y + i * ldy + g * WMAT_GROUP, tmp + i * WMAT_GROUP, cols * sizeof *y);
}

/* Tokens whose activations stay in the second-level cache while all groups pass. */
#define CHUNK_BYTES (256u * 1024)

static size_t chunk_of(size_t row_bytes, size_t unit)
{
    const size_t n = CHUNK_BYTES / row_bytes / unit * unit;

    return n < unit ? unit : n;
}

static void gemm_quant(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    tile_fn *const *tiles = tiles_of(w->type);
    const size_t blocks = w->K / 32, chunk = chunk_of(blocks * 52, KERN_TILE);
    float tmp[TOKENS * WMAT_GROUP];

    for (size_t c = 0; c < a->T; c += chunk) {
        const size_t end = a->T - c < chunk ? a->T : c + chunk;

        for (size_t g = g0; g < g1; g++)
            for (size_t t0 = c, n; t0 < end; t0 += n) {
                const struct act_row r = act_row(a, t0);
                const size_t in_tile = t0 % KERN_TILE;
                struct tile t = {
                    .y = tmp, .blocks = blocks, .width = r.width, .w = w->data + g * w->group_bytes,
                    .q = a->q + 32 * r.at, .d = a->d + r.at, .m = a->m + r.at, .s = a->s + r.at,
                    .h = a->h + 2 * (r.at - in_tile) + in_tile,
                };

                n = r.width - in_tile < TOKENS ? r.width - in_tile : TOKENS;
                tiles[n - 1](&t);
                t.half = 1;
                tiles[n - 1](&t);
                store_rows(y + t0 * ldy, ldy, tmp, w, g, n);
            }
    }
}

/* ---- float weights: 16 rows by up to 6 tokens, fma in K order --------------------------------- */

enum { FLOAT_TOKENS = 6 };

struct ftile { float *y; size_t K, ldx; const uint8_t *w; const float *x; };

INLINE __m256 weights(const uint8_t *p, size_t at, const enum gguf_type type)
{
    if (type == GGUF_F32)
        return _mm256_loadu_ps((const float *)p + at);
    const __m128i h = _mm_loadu_si128((const __m128i *)(p + 2 * at));

    if (type == GGUF_F16)
        return _mm256_cvtph_ps(h);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}

INLINE void ftile(const struct ftile *t, const enum gguf_type type, const int T)
{
    __m256 a0[FLOAT_TOKENS], a1[FLOAT_TOKENS];

#pragma GCC unroll 6
    for (int i = 0; i < T; i++)
        a0[i] = a1[i] = _mm256_setzero_ps();
    for (size_t k = 0; k < t->K; k++) {
        const __m256 w0 = weights(t->w, 16 * k, type), w1 = weights(t->w, 16 * k + 8, type);

#pragma GCC unroll 6
        for (int i = 0; i < T; i++) {
            const __m256 x = _mm256_set1_ps(t->x[(size_t)i * t->ldx + k]);

            a0[i] = _mm256_fmadd_ps(w0, x, a0[i]);
            a1[i] = _mm256_fmadd_ps(w1, x, a1[i]);
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < T; i++) {
        _mm256_storeu_ps(t->y + i * WMAT_GROUP, a0[i]);
        _mm256_storeu_ps(t->y + i * WMAT_GROUP + 8, a1[i]);
    }
}

typedef void ftile_fn(const struct ftile *t);

#define FWIDTH(name, type, T) static void ftile_##name##_##T(const struct ftile *t) { ftile(t, type, T); }
#define FTILES(name, type)                                                                      \
    FWIDTH(name, type, 1) FWIDTH(name, type, 2) FWIDTH(name, type, 3)                           \
    FWIDTH(name, type, 4) FWIDTH(name, type, 5) FWIDTH(name, type, 6)                           \
    static ftile_fn *const ftiles_##name[FLOAT_TOKENS] = {                                      \
        ftile_##name##_1, ftile_##name##_2, ftile_##name##_3,                                   \
        ftile_##name##_4, ftile_##name##_5, ftile_##name##_6,                                   \
    };
FTILES(f32, GGUF_F32)
FTILES(f16, GGUF_F16)
FTILES(bf16, GGUF_BF16)

static void gemm_float(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    ftile_fn *const *tiles = w->type == GGUF_F32 ? ftiles_f32 : w->type == GGUF_F16 ? ftiles_f16 : ftiles_bf16;
    const size_t chunk = chunk_of(w->K * sizeof(float), FLOAT_TOKENS);
    float tmp[FLOAT_TOKENS * WMAT_GROUP];

    for (size_t c = 0; c < a->T; c += chunk) {
        const size_t end = a->T - c < chunk ? a->T : c + chunk;

        for (size_t g = g0; g < g1; g++)
            for (size_t t0 = c; t0 < end; t0 += FLOAT_TOKENS) {
                const size_t n = end - t0 < FLOAT_TOKENS ? end - t0 : FLOAT_TOKENS;
                const struct ftile t = { tmp, w->K, a->K, w->data + g * w->group_bytes, a->x + t0 * a->K };

                tiles[n - 1](&t);
                store_rows(y + t0 * ldy, ldy, tmp, w, g, n);
            }
    }
}

static void avx2_gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    if (lay_type(w->type)->bits >= 16)
        gemm_float(y, ldy, a, w, g0, g1);
    else
        gemm_quant(y, ldy, a, w, g0, g1);
}

void kern_fill_avx2_gemm(struct kern *k)
{
    k->gemm = avx2_gemm;
}
