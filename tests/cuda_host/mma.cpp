/* mma, ldmatrix and half floats.  mma as the maps say it (emu_mma_plain), and the same with AVX2, as there are millions of them. */
#include "emu_int.h"
#include "cuda_host_ptx.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#endif

/* c[8][8] += a[8][16] * b[8][16]^T, all row-major; k in 0..15. */
static void add8(int *c, const uint32_t *a_words, const uint32_t *b_words, bool a_unsigned)
{
    const int8_t *a = (const int8_t *)a_words, *b = (const int8_t *)b_words;
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            int sum = 0;
            for (int k = 0; k < 16; k++)
                sum += (a_unsigned ? (int)(uint8_t)a[i * 16 + k] : (int)a[i * 16 + k]) * b[j * 16 + k];
            c[i * 8 + j] = (int)((unsigned)c[i * 8 + j] + (unsigned)sum);
        }
}
void emu_mma_plain(emu_slots *s, int op)
{
    for (int half = 0; half < 2; half++) {
        int *c = &s->c[half][0][0];
        add8(c, s->a[half], s->b[0], s->a_unsigned);
        if (op == EMU_MMA_K32)
            add8(c, s->a[half + 2], s->b[1], s->a_unsigned);
    }
}

#ifdef HAVE_AVX2
#define AVX2 __attribute__((target("avx2")))
AVX2 static inline __m256i wide(const void *p, bool is_unsigned)
{
    __m128i v = _mm_loadu_si128((const __m128i *)p);
    return is_unsigned ? _mm256_cvtepu8_epi16(v) : _mm256_cvtepi8_epi16(v);
}
/* The sums of eight vectors of eight, in order. */
AVX2 static inline __m256i sums(const __m256i p[8])
{
    __m256i s0 = _mm256_hadd_epi32(_mm256_hadd_epi32(p[0], p[1]), _mm256_hadd_epi32(p[2], p[3]));
    __m256i s4 = _mm256_hadd_epi32(_mm256_hadd_epi32(p[4], p[5]), _mm256_hadd_epi32(p[6], p[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(s0, s4, 0x20), _mm256_permute2x128_si256(s0, s4, 0x31));
}
template <int KS> AVX2 static void mma_avx2(emu_slots *s)
{
    __m256i b[KS][8], p[8];
    for (int k = 0; k < KS; k++)
        for (int j = 0; j < 8; j++)
            b[k][j] = wide(&s->b[k][4 * j], false);
    for (int row = 0; row < 16; row++) {
        __m256i *c = (__m256i *)&s->c[row / 8][row % 8 * 4][0];
        for (int k = 0; k < KS; k++) {
            __m256i a = wide(&s->a[row / 8 + 2 * k][row % 8 * 4], s->a_unsigned);
            for (int j = 0; j < 8; j++) {
                __m256i m = _mm256_madd_epi16(a, b[k][j]);
                p[j] = k == 0 ? m : _mm256_add_epi32(p[j], m);
            }
        }
        _mm256_storeu_si256(c, _mm256_add_epi32(_mm256_loadu_si256(c), sums(p)));
    }
}
#endif

static float value16(const uint32_t *words, int i, bool bf16)
{
    uint16_t u = (uint16_t)(words[i / 2] >> i % 2 * 16);
    return bf16 ? __uint_as_float((unsigned)u << 16) : emu_half_to_float(u);
}
/* m16n8k16 of F16 or BF16.  A GPU's order of the sum, and its rounding, are its class's own: this is near them only. */
static void mma_float(emu_slots *s, bool bf16)
{
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 8; j++) {
            int *c = &s->c[i / 8][i % 8 * 4 + j / 2][j % 2];
            double sum = __int_as_float(*c);
            for (int k = 0; k < 16; k++)
                sum += (double)value16(&s->a[i / 8 + k / 8 * 2][i % 8 * 4], k % 8, bf16) *
                       (double)value16(&s->b[k / 8][j * 4], k % 8, bf16);
            *c = __float_as_int((float)sum);
        }
}

/* What a lane brings to ldmatrix: a row of eight 16-bit values. */
void emu_ldmatrix_row(uint32_t to[4], const void *row)
{
    if ((uintptr_t)row % 16 != 0)
        emu_report("misaligned", "ldmatrix of a row at %p", row);
    __builtin_memcpy(to, row, 16);
}

void emu_mma(emu_slots *s, int op)
{
    if (op == EMU_MMA_F16 || op == EMU_MMA_BF16) {
        mma_float(s, op == EMU_MMA_BF16);
        return;
    }
#ifdef HAVE_AVX2
    static const bool avx2 = __builtin_cpu_supports("avx2");
    if (avx2 && op == EMU_MMA_K32)
        mma_avx2<2>(s);
    else if (avx2)
        mma_avx2<1>(s);
    else
#endif
        emu_mma_plain(s, op);
}

float emu_half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exp = h >> 10 & 31, man = h & 0x3ff, bits;
    if (exp == 31) {
        bits = sign | 0x7f800000 | man << 13;
    } else if (exp != 0) {
        bits = sign | (exp + 112) << 23 | man << 13;
    } else {                            /* subnormal: man * 2^-24 is exact */
        float f = (float)man * 0x1p-24f;
        __builtin_memcpy(&bits, &f, 4);
        bits |= sign;
    }
    float f;
    __builtin_memcpy(&f, &bits, 4);
    return f;
}

uint16_t emu_float_to_half(float f)     /* to nearest, ties to even */
{
    uint32_t bits;
    __builtin_memcpy(&bits, &f, 4);
    uint32_t sign = bits >> 16 & 0x8000, a = bits & 0x7fffffff;
    if (a > 0x7f800000)
        return 0x7fff;                  /* as cvt.rn.f16.f32 */
    if (a >= 0x477ff000)                /* 65520 and more */
        return (uint16_t)(sign | 0x7c00);
    if (a < 0x38800000) {               /* below 2^-14: in units of 2^-24, rounded by the addition */
        float x;
        __builtin_memcpy(&x, &a, 4);
        return (uint16_t)(sign | (uint32_t)__builtin_rintf(x * 0x1p24f));
    }
    a += 0xfff + (a >> 13 & 1);
    return (uint16_t)(sign | (a - 0x38000000) >> 13);
}
