/* calculus.h - derivatives, antiderivatives that are proved by differentiating, limits. */
#ifndef CALC_CALCULUS_H
#define CALC_CALCULUS_H
#include "plugins/calculator/values/value.h"

/* An antiderivative of e in name, or NULL; not yet proved. */
struct ex *calculus_anti(struct calc *c, struct ex *e, const char *name);
enum ev calculus_integral(struct calc *c, const struct ex *e, const struct env *env, val *out);
enum ev calculus_limit(struct calc *c, const struct ex *e, const struct env *env, val *out);
#endif
