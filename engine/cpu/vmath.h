/* The functions that libm would give other bits for on other machines, once for every
 * level: scalar here, then the same operations in the same order over 8 and 16 lanes
 * where the including file's instruction set has them. */
#ifndef QW_ENGINE_CPU_VMATH_H
#define QW_ENGINE_CPU_VMATH_H

#include <math.h>
#include <stdint.h>

#include "engine/layout/half.h"
#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

/* 2^x for x <= 127: 0 below -125, so that the exponent can be added as an integer.
 * n = x rounded to nearest even (by the magic number), f = x - n in [-1/2, 1/2];
 * 2^f is 1 + a polynomial of degree 5 fitted for the least relative error (9.2e-8),
 * by Horner in fma. */
#define EXP2_MAGIC 0x1.8p23f
#define EXP2_MIN  -125.0f
#define EXP2_C1 0x1.62e42ap-1f
#define EXP2_C2 0x1.ebf9bcp-3f
#define EXP2_C3 0x1.c6b752p-5f
#define EXP2_C4 0x1.3cea88p-7f
#define EXP2_C5 0x1.5bba12p-10f
#define EXP2_LOG2E_HI 0x1.715476p+0f
#define EXP2_LOG2E_LO 0x1.4ae0cp-26f

static inline KERN_HD float exp2_poly(float t, float f)         /* t = n + magic */
{
    float p = fmaf(EXP2_C5, f, EXP2_C4);

    p = fmaf(p, f, EXP2_C3);
    p = fmaf(p, f, EXP2_C2);
    p = fmaf(p, f, EXP2_C1);
    p = fmaf(p, f, 1.0f);
    return bits_float(float_bits(p) + (float_bits(t) << 23));
}

static inline KERN_HD float vexp2(float x)
{
    const float t = x + EXP2_MAGIC, n = t - EXP2_MAGIC;

    return x >= EXP2_MIN ? exp2_poly(t, x - n) : 0.0f;
}

/* e^x; x above 88 counts as 88 (1.65e38). The product with log2(e) in two parts. */
static inline KERN_HD float vexp(float x0)
{
    const float x = x0 < 88.0f ? x0 : 88.0f;
    const float t = fmaf(x, EXP2_LOG2E_HI, EXP2_MAGIC), n = t - EXP2_MAGIC;
    const float f = fmaf(x, EXP2_LOG2E_LO, fmaf(x, EXP2_LOG2E_HI, -n));

    return n >= EXP2_MIN ? exp2_poly(t, f) : 0.0f;
}

static inline KERN_HD float vsilu(float x)
{
    return x / (1.0f + vexp(-x));
}

#if defined(__AVX2__) && defined(__FMA__)
static inline __m256 exp2_poly_8(__m256 t, __m256 f)
{
    __m256 p = _mm256_fmadd_ps(_mm256_set1_ps(EXP2_C5), f, _mm256_set1_ps(EXP2_C4));

    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(EXP2_C3));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(EXP2_C2));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(EXP2_C1));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(1.0f));
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(t), 23)));
}

static inline __m256 vexp2_8(__m256 x)
{
    const __m256 magic = _mm256_set1_ps(EXP2_MAGIC), t = _mm256_add_ps(x, magic);
    const __m256 f = _mm256_sub_ps(x, _mm256_sub_ps(t, magic));

    return _mm256_and_ps(exp2_poly_8(t, f), _mm256_cmp_ps(x, _mm256_set1_ps(EXP2_MIN), _CMP_GE_OQ));
}

static inline __m256 vexp_8(__m256 x0)
{
    const __m256 magic = _mm256_set1_ps(EXP2_MAGIC), hi = _mm256_set1_ps(EXP2_LOG2E_HI);
    const __m256 x = _mm256_min_ps(x0, _mm256_set1_ps(88.0f));
    const __m256 t = _mm256_fmadd_ps(x, hi, magic), n = _mm256_sub_ps(t, magic);
    const __m256 f = _mm256_fmadd_ps(x, _mm256_set1_ps(EXP2_LOG2E_LO), _mm256_fmsub_ps(x, hi, n));

    return _mm256_and_ps(exp2_poly_8(t, f), _mm256_cmp_ps(n, _mm256_set1_ps(EXP2_MIN), _CMP_GE_OQ));
}

static inline __m256 vsilu_8(__m256 x)
{
    const __m256 neg = _mm256_xor_ps(x, _mm256_set1_ps(-0.0f));

    return _mm256_div_ps(x, _mm256_add_ps(_mm256_set1_ps(1.0f), vexp_8(neg)));
}
#endif

#if defined(__AVX512F__)
static inline __m512 exp2_poly_16(__m512 t, __m512 f)
{
    __m512 p = _mm512_fmadd_ps(_mm512_set1_ps(EXP2_C5), f, _mm512_set1_ps(EXP2_C4));

    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP2_C3));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP2_C2));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP2_C1));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), _mm512_slli_epi32(_mm512_castps_si512(t), 23)));
}

static inline __m512 vexp2_16(__m512 x)
{
    const __m512 magic = _mm512_set1_ps(EXP2_MAGIC), t = _mm512_add_ps(x, magic);
    const __m512 f = _mm512_sub_ps(x, _mm512_sub_ps(t, magic));

    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(EXP2_MIN), _CMP_GE_OQ), exp2_poly_16(t, f));
}

static inline __m512 vexp_16(__m512 x0)
{
    const __m512 magic = _mm512_set1_ps(EXP2_MAGIC), hi = _mm512_set1_ps(EXP2_LOG2E_HI);
    const __m512 x = _mm512_min_ps(x0, _mm512_set1_ps(88.0f));
    const __m512 t = _mm512_fmadd_ps(x, hi, magic), n = _mm512_sub_ps(t, magic);
    const __m512 f = _mm512_fmadd_ps(x, _mm512_set1_ps(EXP2_LOG2E_LO), _mm512_fmsub_ps(x, hi, n));

    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(n, _mm512_set1_ps(EXP2_MIN), _CMP_GE_OQ), exp2_poly_16(t, f));
}

static inline __m512 vsilu_16(__m512 x)
{
    const __m512 neg = _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), _mm512_set1_epi32(INT32_MIN)));

    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0f), vexp_16(neg)));
}
#endif
#endif
