/* asked.h - what ask_functions.c and ask_calculus.c share: the function that is meant. */
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
#endif
