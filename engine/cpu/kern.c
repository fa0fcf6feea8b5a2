#include "engine/cpu/kern.h"

#include <fenv.h>
#include <math.h>
#include <pthread.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "engine/cpu/levels.h"
#include "engine/cpu/rope_math.h"
#include "engine/cpu/vmath.h"

static struct kern    tables[CPU_LEVEL_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
    for (int l = CPU_LEVEL_REF; l < CPU_LEVEL_COUNT; l++) {
        struct kern *k = &tables[l];

        kern_fill_ref(k);
        kern_fill_ref_attn(k);
#if defined(__x86_64__)
        if (l < CPU_LEVEL_AVX2)
            continue;
        kern_fill_avx2(k);
        kern_fill_avx2_gemm(k);
        kern_fill_avx2_attn(k);
        if (l < CPU_LEVEL_AVX512)
            continue;
        kern_fill_avx512(k);
        kern_fill_avx512_gemm(k);
        kern_fill_avx512_attn(k);
        if (l < CPU_LEVEL_AMX)
            continue;
        kern_fill_amx(k);
#endif
    }
}

const struct kern *kern_get(enum cpu_level level)
{
    if ((int)level < CPU_LEVEL_REF || level > cpu_level_max())
        return NULL;
    pthread_once(&once, fill);
    return &tables[level];
}

void kern_thread_init(void)
{
    fesetround(FE_TONEAREST);
#ifdef __x86_64__
    _mm_setcsr(0x1f80);         /* all exceptions masked, nearest, no flush to zero, denormals kept */
#endif
}

/* ---- activations ------------------------------------------------------------------- */

static size_t round64(size_t n)
{
    return (n + 63) & ~(size_t)63;
}

size_t kern_act_bytes(size_t T, size_t K)
{
    const size_t n = T * ((K + 31) / 32);

    return round64(32 * n) + 3 * round64(4 * n) + round64(8 * n);
}

void kern_act_bind(struct kern_act *a, void *buf, size_t T, size_t K)
{
    const size_t n = T * ((K + 31) / 32);
    uint8_t *p = buf;

    a->T = T;
    a->K = K;
    a->x = NULL;
    a->q = (int8_t *)p;
    a->d = (float *)(p += round64(32 * n));
    a->s = (int32_t *)(p += round64(4 * n));
    a->m = (float *)(p += round64(4 * n));
    a->h = (int32_t *)(p + round64(4 * n));
}

size_t kern_attn_scratch(size_t D, size_t R)
{
    return sizeof(float) * (attn_q_floats(D, R) + ATTN_ROWS * KERN_ATTN_BLOCK + 16 + 2 * KERN_ATTN_BLOCK * D);
}

float kern_expf(float x)
{
    return vexp(x);
}

/* ---- rotary angles: double, by fma, so that no libm decides ------------------------- */

/* log2(x), x > 0 and normal: x = 2^e * m, m in [sqrt 1/2, sqrt 2);
 * ln m = 2 atanh(s), s = (m-1)/(m+1), |s| < 0.172. */
static double log2_fixed(double x)
{
    int e;
    double m = frexp(x, &e);

    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        e--;
    }
    const double s = (m - 1) / (m + 1), z = s * s;
    double p = 1.0 / 27;

    for (int n = 25; n >= 1; n -= 2)
        p = fma(p, z, 1.0 / n);
    return fma(2 * s * p, 0x1.71547652b82fep+0, e);
}

/* 2^x by the series of e^(f ln 2), |f| <= 1/2. */
static double exp2_fixed(double x)
{
    const double n = rint(x), r = (x - n) * 0x1.62e42fefa39efp-1;
    double p = 1;

    for (int i = 18; i >= 1; i--)
        p = fma(p, r / i, 1);
    return ldexp(p, (int)n);
}

void kern_rope_freqs(double *freq, size_t n_rot, double base, const float *factors)
{
    const double log2_base = log2_fixed(base);

    for (size_t i = 0; i < n_rot / 2; i++) {
        const double f = exp2_fixed(-log2_base * (double)(2 * i) / (double)n_rot);

        freq[i] = factors != NULL ? f / (double)factors[i] : f;
    }
}

void kern_rope_angles(float *cs, uint32_t pos, size_t n_rot, const double *freq)
{
    for (size_t i = 0; i < n_rot / 2; i++) {
        double s, c;

        sincos_fixed((double)pos * freq[i], &s, &c);
        cs[2 * i] = (float)c;
        cs[2 * i + 1] = (float)s;
    }
}
