/* Quantization, norms, elementwise work and KV rounding for AVX2, FMA and F16C; see
 * ref.c for what fixes the bits. */
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"

static inline int32_t max_lane(__m256i v)
{
    __m128i a = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    a = _mm_max_epi32(a, _mm_shuffle_epi32(a, 0x4e));
    return _mm_cvtsi128_si32(_mm_max_epi32(a, _mm_shuffle_epi32(a, 0xb1)));
}

static inline int32_t sum_lanes(__m256i v)
{
    __m128i a = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    a = _mm_add_epi32(a, _mm_shuffle_epi32(a, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(a, _mm_shuffle_epi32(a, 0xb1)));
}

static void quantize_block(struct kern_act *a, const float *x, size_t e, size_t eh, size_t width)
{
    const __m256i mag = _mm256_set1_epi32(0x7fffffff), lanes = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i top = _mm256_setzero_si256(), q[4];
    __m256 v[4];

    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_loadu_ps(x + 8 * i);
        top = _mm256_max_epi32(top, _mm256_and_si256(_mm256_castps_si256(v[i]), mag));
    }
    const int32_t bits = max_lane(top);
    const float amax = bits_float((uint32_t)bits);

    if (__builtin_expect(bits >= 0x7f800000 || !(amax >= ACT_TINY), 0)) {
        memset(a->q + 32 * e, 0, 32);
        a->d[e] = bits >= 0x7f800000 ? bits_float(0x7fc00000) : 0.0f;
        a->s[e] = a->h[eh] = a->h[eh + width] = 0;
        a->m[e] = a->d[e] * 0.0f;
        return;
    }
    const __m256 scale = _mm256_set1_ps(127.0f / amax);
    const float d = amax / 127.0f;

    for (int i = 0; i < 4; i++)
        q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], scale));
    const int32_t s0 = sum_lanes(_mm256_add_epi32(q[0], q[1])), s1 = sum_lanes(_mm256_add_epi32(q[2], q[3]));
    const __m256i p = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));

    _mm256_storeu_si256((__m256i *)(a->q + 32 * e), _mm256_permutevar8x32_epi32(p, lanes));
    a->d[e] = d;
    a->s[e] = -128 * (s0 + s1);
    a->h[eh] = -128 * s0;
    a->h[eh + width] = -128 * s1;
    a->m[e] = d * (float)(s0 + s1);
}

/* All rows of a tile's block before the next block, as in avx512.c: see there. */
static void avx2_quantize(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1)
{
    const size_t blocks = a->K / 32;

    for (size_t from = t0, to; from < t1; from = to) {
        const struct act_row row = act_row(a, from);
        const size_t i0 = from % KERN_TILE, first = row.at - i0, start = blocks * i0 / KERN_TILE;

        to = from - i0 + row.width < t1 ? from - i0 + row.width : t1;
        for (size_t n = 0; n < blocks; n++) {
            const size_t b = start + n < blocks ? start + n : start + n - blocks;

            for (size_t t = from; t < to; t++)
                quantize_block(a, x + t * ldx + 32 * b, row.at + (t - from) + b * row.width,
                               2 * (first + b * row.width) + t % KERN_TILE, row.width);
        }
    }
}

/* Lanes 0..7 and 8..15 to one: halves added, 8, 4, 2, 1. */
static inline float tree(__m256 lo, __m256 hi)
{
    const __m256 a = _mm256_add_ps(lo, hi);
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}

static void avx2_rmsnorm(float *y, const float *x, const float *w, size_t K, float eps)
{
    __m256 lo = _mm256_setzero_ps(), hi = lo;
    float last[16] = { 0 };
    size_t k = 0;

    for (; k + 16 <= K; k += 16) {
        const __m256 a = _mm256_loadu_ps(x + k), b = _mm256_loadu_ps(x + k + 8);

        lo = _mm256_fmadd_ps(a, a, lo);
        hi = _mm256_fmadd_ps(b, b, hi);
    }
    memcpy(last, x + k, (K - k) * sizeof *x);
    lo = _mm256_fmadd_ps(_mm256_loadu_ps(last), _mm256_loadu_ps(last), lo);
    hi = _mm256_fmadd_ps(_mm256_loadu_ps(last + 8), _mm256_loadu_ps(last + 8), hi);
    const float r = 1.0f / sqrtf(tree(lo, hi) / (float)K + eps);
    const __m256 vr = _mm256_set1_ps(r);

    for (k = 0; k + 8 <= K; k += 8)
        _mm256_storeu_ps(y + k, _mm256_mul_ps(_mm256_mul_ps(_mm256_loadu_ps(x + k), vr), _mm256_loadu_ps(w + k)));
    for (; k < K; k++)
        y[k] = x[k] * r * w[k];
}

static void avx2_add(float *x, const float *y, size_t K)
{
    size_t k = 0;

    for (; k + 8 <= K; k += 8)
        _mm256_storeu_ps(x + k, _mm256_add_ps(_mm256_loadu_ps(x + k), _mm256_loadu_ps(y + k)));
    for (; k < K; k++)
        x[k] += y[k];
}

static void avx2_exp(float *y, const float *x, size_t n)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, vexp_8(_mm256_loadu_ps(x + i)));
    for (; i < n; i++)
        y[i] = vexp(x[i]);
}

static void avx2_swiglu(float *y, const float *gate, const float *up, size_t K)
{
    size_t k = 0;

    for (; k + 8 <= K; k += 8)
        _mm256_storeu_ps(y + k, _mm256_mul_ps(vsilu_8(_mm256_loadu_ps(gate + k)), _mm256_loadu_ps(up + k)));
    for (; k < K; k++)
        y[k] = vsilu(gate[k]) * up[k];
}

/* Even and odd elements of two registers, in order. */
static inline __m256 in_order(__m256 v)
{
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(v), 0xd8));
}

static inline __m256 evens(__m256 a, __m256 b) { return in_order(_mm256_shuffle_ps(a, b, 0x88)); }
static inline __m256 odds(__m256 a, __m256 b) { return in_order(_mm256_shuffle_ps(a, b, 0xdd)); }

static void avx2_rope(float *x, const float *cs, size_t n_rot, int neox)
{
    const size_t half = n_rot / 2;
    const __m256 sign = _mm256_set1_ps(-0.0f);
    size_t i = 0;

    for (; i + 8 <= half; i += 8) {
        const __m256 t0 = _mm256_loadu_ps(cs + 2 * i), t1 = _mm256_loadu_ps(cs + 2 * i + 8);
        const __m256 c = evens(t0, t1), s = odds(t0, t1);
        const __m256 x0 = _mm256_loadu_ps(neox ? x + i : x + 2 * i);
        const __m256 x1 = _mm256_loadu_ps(neox ? x + half + i : x + 2 * i + 8);
        const __m256 a = neox ? x0 : evens(x0, x1), b = neox ? x1 : odds(x0, x1);
        const __m256 p = _mm256_fmadd_ps(a, c, _mm256_xor_ps(_mm256_mul_ps(b, s), sign));
        const __m256 q = _mm256_fmadd_ps(a, s, _mm256_mul_ps(b, c));

        if (neox) {
            _mm256_storeu_ps(x + i, p);
            _mm256_storeu_ps(x + half + i, q);
        } else {
            const __m256 lo = _mm256_unpacklo_ps(p, q), hi = _mm256_unpackhi_ps(p, q);

            _mm256_storeu_ps(x + 2 * i, _mm256_permute2f128_ps(lo, hi, 0x20));
            _mm256_storeu_ps(x + 2 * i + 8, _mm256_permute2f128_ps(lo, hi, 0x31));
        }
    }
    for (; i < half; i++) {
        float *p = neox ? x + i : x + 2 * i, *q = neox ? x + half + i : p + 1;
        const float a = *p, b = *q, c = cs[2 * i], s = cs[2 * i + 1];

        *p = fmaf(a, c, -(b * s));
        *q = fmaf(a, s, b * c);
    }
}

/* F16 by F16C, D a multiple of 16; the other types as the reference. */
static void avx2_kv_put(enum kv_type type, size_t D, uint8_t *kblock, uint8_t *vblock, unsigned slot,
                        const float *k, const float *v)
{
    if (type != KV_F16) {
        kern_ref_kv_put(type, D, kblock, vblock, slot, k, v);
        return;
    }
    for (size_t d = 0; d < D; d += 8) {
        uint16_t h[8];

        _mm_storeu_si128((__m128i *)h, _mm256_cvtps_ph(_mm256_loadu_ps(k + d), _MM_FROUND_TO_NEAREST_INT));
        for (size_t i = 0; i < 8; i++)
            memcpy(kblock + 2 * ((d + i) * KV_PAGE_TOKENS + slot), &h[i], 2);
        _mm_storeu_si128((__m128i *)(vblock + 2 * (slot * D + d)),
                         _mm256_cvtps_ph(_mm256_loadu_ps(v + d), _MM_FROUND_TO_NEAREST_INT));
    }
}

void kern_fill_avx2(struct kern *k)
{
    k->name = "avx2";
    k->quantize = avx2_quantize;
    k->rmsnorm = avx2_rmsnorm;
    k->add = avx2_add;
    k->swiglu = avx2_swiglu;
    k->exp = avx2_exp;
    k->rope = avx2_rope;
    k->kv_put = avx2_kv_put;
}
