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

static void avx512_quantize(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1)
{
    for (size_t t = t0; t < t1; t++) {
        const struct act_row r = act_row(a, t);
        const size_t i = t % KERN_TILE, first = r.at - i;

        for (size_t b = 0; b < a->K / 32; b++)
            quantize_block(a, x + t * ldx + 32 * b, r.at + b * r.width, 2 * (first + b * r.width) + i, r.width);
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
    k->rope = avx512_rope;
}
