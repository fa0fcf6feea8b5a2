/* waves.h - trigonometric polynomials: sums and products of numbers, sin(kx + m) and cos(kx + m),
 * as sums of c_j e^{i j k x}. */
#ifndef CALC_WAVES_H
#define CALC_WAVES_H
#include "plugins/calculator/values/value.h"

enum { WAVES_MAX = 12 };                              /* the highest harmonic */
struct wave {
    val k;                         /* > 0: the harmonic j has the angle j k x */
    val c[2 * WAVES_MAX + 1];      /* c[WAVES_MAX + j]; exact, NULL is zero */
};
/* 1 if e is a real one in x for certain; one that is constant is none. */
int wave_of(struct calc *c, struct ex *e, const char *x, struct wave *out);
/* The smallest positive period; 1 when it is certain. */
int wave_period(struct calc *c, const struct wave *w, val *period);
/* The image [middle - reach, middle + reach] of one with a single frequency; 0 for others. */
int wave_image(struct calc *c, const struct wave *w, val *middle, val *reach);
#endif
