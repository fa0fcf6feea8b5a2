/* equal_int.h - what the files of equal share. */
#ifndef CALC_EQUAL_INT_H
#define CALC_EQUAL_INT_H
#include "plugins/calculator/values/equal.h"

/* equal.c: two expressions with or without letters; n is a positive integer. */
enum tri equal_exprs(struct calc *c, struct ex *a, struct ex *b);

/* equal_forms.c: values in pieces, constants of integration, integers of a set, names that do not count. */
enum tri equal_pieces(struct calc *c, struct ex *a, struct ex *b);
/* F + C and G + C, C any constant: UNSURE where they are nothing of the kind. */
enum tri equal_families(struct calc *c, struct ex *a, struct ex *b);
int      equal_is_family(const struct ex *e);
/* Has e a letter C or C_1 that may be a constant of integration, not one of A, B, C? */
int      equal_has_constant(const struct ex *e);
/* The integers of {x \in Z | ...}, at most max; -1: it is no such set, or not known. */
int      equal_integers(struct calc *c, struct ex *build, struct ex **out, int max);
/* x = a + b k, k an integer, on both sides; UNSURE where they are nothing of the kind. */
enum tri equal_progressions(struct calc *c, struct ex *a, struct ex *b);
/* P(4,-3) as the tuple that it is; e where it is none. */
struct ex *equal_point(struct calc *c, struct ex *e);
/* P of P(4,-3); NULL. */
const char *equal_point_name(const struct ex *e);
/* cos n pi as (-1)^n, sqrt(n^2) as n: for a term of a sequence. */
struct ex *equal_natural(struct calc *c, struct ex *e, const char *n);
#endif
