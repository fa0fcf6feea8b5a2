/* asked.h - what ask_functions.c and ask_calculus.c share: the function that is meant, and pieces of their patterns. */
#ifndef CALC_ASKED_H
#define CALC_ASKED_H
#include "plugins/calculator/worlds/world.h"

/* def: as it is written; b: the formula in x; cond: restrictions of x, or NULL. */
struct fun { struct ex *def, *b, *cond; const char *x; };

/* The function that is meant: written in the question (capture f), named f(x), or the
 * only one that is given.  Every other relation of the world must restrict its variable. */
int asked_take(struct world *w, struct match *m, struct fun *f);
const char *asked_text(struct world *w, const struct fun *f, const char *what);
/* Its value at p, when that is real for certain. */
int asked_at(struct world *w, const struct fun *f, val p, val *y);
/* All real zeros of e. */
int asked_zeros(struct world *w, struct ex *e, const char *x, struct vals *out);

/* The inverse of e at y, where x stands once in e and every step can be undone; NULL. */
struct ex *asked_inverse(struct calc *c, struct ex *e, const char *x, struct ex *y);

/* Pieces of patterns: the function and how it is asked for, in Chinese (Z) and English. */
#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZF "(求|求出|则|)(一次|二次|正比例|反比例|指数|对数|三角|分段|)(函数|抛物线|曲线|直线|){e:f}(的(图象|图像)|)(的|)"
#define ZF0 "(求|求出|则|)(函数|抛物线|曲线|){e:f}(的|)"
#define ZIT "(求|求出|则|)(该|这个|此|)(函数|抛物线|它)(的(图象|图像)|)的"
#define ZTAIL "(分别|)(是|为|等于|=|)(多少|什么|几|)"
#define EASK "(then |)(find|determine|compute|calculate|what is|what's|what are|state|give|write down|identify) "
#define OFF "(of |for )(the |)(quadratic |linear |)(function |parabola |graph of |curve |expression |graph of the function |)(its |)({e:f})"
#define ON "(在|)(区间|闭区间|)({e:on}|)(上|内|)(的|)"
#endif
