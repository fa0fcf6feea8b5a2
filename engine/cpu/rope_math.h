/* sin and cos of the rotary angles, in double by fma, so that no libm decides: the same
 * operations for engine/cpu/kern.c and, where nvcc reads this, for a GPU. */
#ifndef QW_ENGINE_CPU_ROPE_MATH_H
#define QW_ENGINE_CPU_ROPE_MATH_H

#include <math.h>
#include <stdint.h>

#include "engine/layout/half.h"

/* sin and cos of x >= 0 below 2^30: x - k*pi/2 in three parts, then the series on [-pi/4, pi/4]. */
static inline KERN_HD void sincos_fixed(double x, double *sn, double *cs)
{
    const double k = rint(x * 0x1.45f306dc9c883p-1);
    double r = fma(-k, 0x1.921fb54442d18p+0, x), s = 1, c = 1;

    r = fma(-k, 0x1.1a62633145c07p-54, r);
    const double z = r * r;

    for (int i = 21; i >= 3; i -= 2)
        s = fma(s, -z / (i * (i - 1)), 1.0);
    for (int i = 20; i >= 2; i -= 2)
        c = fma(c, -z / (i * (i - 1)), 1.0);
    s *= r;
    switch ((int64_t)k & 3) {
    case 0: *sn = s;  *cs = c;  break;
    case 1: *sn = c;  *cs = -s; break;
    case 2: *sn = -s; *cs = -c; break;
    default: *sn = -c; *cs = s; break;
    }
}

#endif
