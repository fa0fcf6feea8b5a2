/* Quantization, norms and elementwise work for AVX-512; see ref.c for what fixes the bits. */
#include <immintrin.h>
#include <math.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"

/* Lanes to one: halves added, 8, 4, 2, 1. */
static inline float tree(__m512 v)
{
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}

static inline __mmask16 tail(size_t n)
{
    return (__mmask16)(n >= 16 ? 0xffff : (1u << n) - 1);
}

static void quantize_block(struct kern_act *a, const float *x, size_t e, size_t eh, size_t width)
{
    const __m512i mag = _mm512_set1_epi32(0x7fffffff);
    const __m512 x0 = _mm512_loadu_ps(x), x1 = _mm512_loadu_ps(x + 16);
    const __m512i top = _mm512_max_epi32(_mm512_and_si512(_mm512_castps_si512(x0), mag),
                                         _mm512_and_si512(_mm512_castps_si512(x1), mag));
    const int32_t bits = _mm512_reduce_max_epi32(top);
    const float amax = bits_float((uint32_t)bits);

    if (__builtin_expect(bits >= 0x7f800000 || !(amax >= ACT_TINY), 0)) {
        _mm256_storeu_si256((__m256i *)(a->q + 32 * e), _mm256_setzero_si256());
        a->d[e] = bits >= 0x7f800000 ? bits_float(0x7fc00000) : 0.0f;
        a->s[e] = a->h[eh] = a->h[eh + width] = 0;
        a->m[e] = a->d[e] * 0.0f;
        return;
    }
    const __m512 scale = _mm512_set1_ps(127.0f / amax);
    const __m512i q0 = _mm512_cvtps_epi32(_mm512_mul_ps(x0, scale)), q1 = _mm512_cvtps_epi32(_mm512_mul_ps(x1, scale));
    const int32_t s0 = _mm512_reduce_add_epi32(q0), s1 = _mm512_reduce_add_epi32(q1);
    const float d = amax / 127.0f;

    _mm_storeu_si128((__m128i *)(a->q + 32 * e), _mm512_cvtepi32_epi8(q0));
    _mm_storeu_si128((__m128i *)(a->q + 32 * e + 16), _mm512_cvtepi32_epi8(q1));
    a->d[e] = d;
    a->s[e] = -128 * (s0 + s1);
    a->h[eh] = -128 * s0;
    a->h[eh + width] = -128 * s1;
    a->m[e] = d * (float)(s0 + s1);
}

/* The largest of each register's 16 lanes. */
static inline __m128i max_of_4(const __m512i top[4])
{
    __m128i m[4];

#pragma GCC unroll 4
    for (int r = 0; r < 4; r++) {
        const __m256i v = _mm256_max_epi32(_mm512_castsi512_si256(top[r]), _mm512_extracti64x4_epi64(top[r], 1));

        m[r] = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    }
    const __m128i ab = _mm_max_epi32(_mm_unpacklo_epi32(m[0], m[1]), _mm_unpackhi_epi32(m[0], m[1]));
    const __m128i cd = _mm_max_epi32(_mm_unpacklo_epi32(m[2], m[3]), _mm_unpackhi_epi32(m[2], m[3]));

    return _mm_max_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
}

/* quantize_block of four rows side by side. */
static void quantize_4(struct kern_act *a, const float *x, size_t ldx, size_t e, size_t eh, size_t width)
{
    const __m512i mag = _mm512_set1_epi32(0x7fffffff);
    __m512 x0[4], x1[4];
    __m512i top[4];
    __m256i part[4];

#pragma GCC unroll 4
    for (int r = 0; r < 4; r++) {
        x0[r] = _mm512_loadu_ps(x + (size_t)r * ldx);
        x1[r] = _mm512_loadu_ps(x + (size_t)r * ldx + 16);
        top[r] = _mm512_max_epi32(_mm512_and_si512(_mm512_castps_si512(x0[r]), mag),
                                  _mm512_and_si512(_mm512_castps_si512(x1[r]), mag));
    }
    const __m128i bits = max_of_4(top);
    const __m128 amax = _mm_castsi128_ps(bits), most = _mm_set1_ps(127.0f);
    const __mmask8 finite = _mm_cmplt_epi32_mask(bits, _mm_set1_epi32(0x7f800000));
    const __mmask8 used = _mm_mask_cmp_ps_mask(finite, amax, _mm_set1_ps(ACT_TINY), _CMP_GE_OQ);
    const __m128 none = _mm_castsi128_ps(_mm_maskz_set1_epi32((__mmask8)~finite, 0x7fc00000));
    const __m128 d = _mm_mask_div_ps(none, used, amax, most);
    float scales[4];

    _mm_storeu_ps(scales, _mm_maskz_div_ps(used, most, amax));
#pragma GCC unroll 4
    for (int r = 0; r < 4; r++) {
        const __m512 by = _mm512_set1_ps(scales[r]);
        const __mmask16 on = (__mmask16)(0 - (used >> r & 1));
        const __m128i q0 = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_maskz_mul_ps(on, x0[r], by)));
        const __m128i q1 = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_maskz_mul_ps(on, x1[r], by)));
        const __m256i q = _mm256_set_m128i(q1, q0);

        _mm256_storeu_si256((__m256i *)(a->q + 32 * (e + (size_t)r)), q);
        part[r] = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), q);
    }
    const __m256i h = _mm256_hadd_epi32(_mm256_hadd_epi32(part[0], part[1]), _mm256_hadd_epi32(part[2], part[3]));
    const __m256i h128 = _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_slli_epi32(h, 7));
    const __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));

    _mm_storeu_ps(a->d + e, d);
    _mm_storeu_si128((__m128i *)(a->s + e), _mm_sub_epi32(_mm_setzero_si128(), _mm_slli_epi32(sum, 7)));
    _mm_storeu_si128((__m128i *)(a->h + eh), _mm256_castsi256_si128(h128));
    _mm_storeu_si128((__m128i *)(a->h + eh + width), _mm256_extracti128_si256(h128, 1));
    _mm_storeu_ps(a->m + e, _mm_mul_ps(d, _mm_cvtepi32_ps(sum)));
}

/* Rows of one tile.  All rows of a block before the next block, and beginning at another block
 * than the rows before these do: 16 rows' scales share a cache line, and the others' may be
 * another thread's. */
static void quantize_rows(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1)
{
    const struct act_row row = act_row(a, t0);
    const size_t blocks = a->K / 32, i0 = t0 % KERN_TILE, first = row.at - i0;
    const size_t start = blocks * i0 / KERN_TILE;

    for (size_t n = 0; n < blocks; n++) {
        const size_t b = start + n < blocks ? start + n : start + n - blocks;
        const float *at = x + t0 * ldx + 32 * b;
        size_t e = row.at + b * row.width, eh = 2 * (first + b * row.width) + i0, t = t0;

        for (; t + 4 <= t1; t += 4, at += 4 * ldx, e += 4, eh += 4)
            quantize_4(a, at, ldx, e, eh, row.width);
        for (; t < t1; t++, at += ldx, e++, eh++)
            quantize_block(a, at, e, eh, row.width);
    }
}

static void avx512_quantize(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1)
{
    for (size_t t = t0, end; t < t1; t = end) {
        end = (t / KERN_TILE + 1) * KERN_TILE;
        end = end < t1 ? end : t1;
        quantize_rows(a, x, ldx, t, end);
    }
}

static void avx512_rmsnorm(float *y, const float *x, const float *w, size_t K, float eps)
{
    __m512 lane = _mm512_setzero_ps();

    for (size_t k = 0; k < K; k += 16) {
        const __m512 v = _mm512_maskz_loadu_ps(tail(K - k), x + k);
        lane = _mm512_fmadd_ps(v, v, lane);
    }
    const __m512 r = _mm512_set1_ps(1.0f / sqrtf(tree(lane) / (float)K + eps));

    for (size_t k = 0; k < K; k += 16) {
        const __mmask16 m = tail(K - k);
        const __m512 v = _mm512_mul_ps(_mm512_maskz_loadu_ps(m, x + k), r);
        _mm512_mask_storeu_ps(y + k, m, _mm512_mul_ps(v, _mm512_maskz_loadu_ps(m, w + k)));
    }
}

static void avx512_add(float *x, const float *y, size_t K)
{
    for (size_t k = 0; k < K; k += 16) {
        const __mmask16 m = tail(K - k);
        _mm512_mask_storeu_ps(x + k, m, _mm512_add_ps(_mm512_maskz_loadu_ps(m, x + k),
                                                      _mm512_maskz_loadu_ps(m, y + k)));
    }
}

static void avx512_exp(float *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        const __mmask16 m = tail(n - i);
        _mm512_mask_storeu_ps(y + i, m, vexp_16(_mm512_maskz_loadu_ps(m, x + i)));
    }
}

static void avx512_swiglu(float *y, const float *gate, const float *up, size_t K)
{
    for (size_t k = 0; k < K; k += 16) {
        const __mmask16 m = tail(K - k);
        const __m512 g = vsilu_16(_mm512_maskz_loadu_ps(m, gate + k));
        _mm512_mask_storeu_ps(y + k, m, _mm512_mul_ps(g, _mm512_maskz_loadu_ps(m, up + k)));
    }
}

/* Even and odd elements of two registers. */
static inline __m512 evens(__m512 a, __m512 b)
{
    const __m512i i = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    return _mm512_permutex2var_ps(a, i, b);
}

static inline __m512 odds(__m512 a, __m512 b)
{
    const __m512i i = _mm512_set_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    return _mm512_permutex2var_ps(a, i, b);
}

static void avx512_rope(float *x, const float *cs, size_t n_rot, int neox)
{
    const size_t half = n_rot / 2;
    const __m512 sign = _mm512_castsi512_ps(_mm512_set1_epi32(INT32_MIN));

    for (size_t i = 0; i < half; i += 16) {
        const size_t n = half - i;
        const __mmask16 m = tail(n), lo = tail(2 * n), hi = n > 8 ? tail(2 * n - 16) : 0;
        const __m512 t0 = _mm512_maskz_loadu_ps(lo, cs + 2 * i), t1 = _mm512_maskz_loadu_ps(hi, cs + 2 * i + 16);
        const __m512 c = evens(t0, t1), s = odds(t0, t1);
        __m512 a, b;

        if (neox) {
            a = _mm512_maskz_loadu_ps(m, x + i);
            b = _mm512_maskz_loadu_ps(m, x + half + i);
        } else {
            const __m512 x0 = _mm512_maskz_loadu_ps(lo, x + 2 * i), x1 = _mm512_maskz_loadu_ps(hi, x + 2 * i + 16);
            a = evens(x0, x1);
            b = odds(x0, x1);
        }
        const __m512 minus = _mm512_xor_ps(_mm512_mul_ps(b, s), sign);
        const __m512 p = _mm512_fmadd_ps(a, c, minus), q = _mm512_fmadd_ps(a, s, _mm512_mul_ps(b, c));

        if (neox) {
            _mm512_mask_storeu_ps(x + i, m, p);
            _mm512_mask_storeu_ps(x + half + i, m, q);
        } else {
            const __m512i first = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
            const __m512i second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
            _mm512_mask_storeu_ps(x + 2 * i, lo, _mm512_permutex2var_ps(p, first, q));
            _mm512_mask_storeu_ps(x + 2 * i + 16, hi, _mm512_permutex2var_ps(p, second, q));
        }
    }
}

void kern_fill_avx512(struct kern *k)
{
    k->name = "avx512";
    k->quantize = avx512_quantize;
    k->rmsnorm = avx512_rmsnorm;
    k->add = avx512_add;
    k->swiglu = avx512_swiglu;
    k->exp = avx512_exp;
    k->rope = avx512_rope;
}
