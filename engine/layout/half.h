/* float16 and bfloat16, scalar: exact to float32, round to nearest even back, the same
 * bits as F16C and vcvtneps2bf16 give (NaNs are quieted). */
#ifndef QW_ENGINE_HALF_H
#define QW_ENGINE_HALF_H

#include <stdint.h>
#include <string.h>

/* Also for GPUs, where nvcc reads this. */
#ifdef __CUDACC__
#define KERN_HD __host__ __device__
#else
#define KERN_HD
#endif

static inline KERN_HD uint32_t float_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
}

static inline KERN_HD float bits_float(uint32_t u)
{
    float f;
    memcpy(&f, &u, 4);
    return f;
}

static inline KERN_HD float half_to_float(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, e = h >> 10 & 31, m = h & 0x3ff;

    if (e == 31)
        return bits_float(sign | 0x7f800000u | m << 13 | (m != 0 ? 0x400000u : 0));
    if (e == 0)                                         /* m * 2^-24, exact */
        return bits_float(sign | float_bits((float)m * 0x1p-24f));
    return bits_float(sign | (e + 112) << 23 | m << 13);
}

static inline KERN_HD uint16_t float_to_half(float f)
{
    const uint32_t u = float_bits(f), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;

    if (a > 0x7f800000)
        return (uint16_t)(sign | 0x7e00 | (a >> 13 & 0x3ff));
    if (a >= 0x477ff000)                                /* rounds to 65536 or above */
        return (uint16_t)(sign | 0x7c00);
    if (a < 0x38800000)                                 /* subnormal: the sum's last place is 2^-24 */
        return (uint16_t)(sign | (float_bits(bits_float(a) + 0.5f) - 0x3f000000u));
    return (uint16_t)(sign | ((a - 0x38000000 + 0xfff + (a >> 13 & 1)) >> 13));
}

static inline KERN_HD float bf16_to_float(uint16_t h)
{
    return bits_float((uint32_t)h << 16);
}

static inline KERN_HD uint16_t float_to_bf16(float f)
{
    const uint32_t u = float_bits(f);

    if ((u & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(u >> 16 | 0x40);
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

#endif
