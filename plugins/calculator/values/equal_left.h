/* equal_left.h - what the files of equal share. */
#ifndef CALC_EQUAL_LEFT_H
#define CALC_EQUAL_LEFT_H
#include "plugins/calculator/values/equal_int.h"

/* equal_left.c.  Two equations with a value on the right: f(2) = 5, \sin A = 1/2, x = 3. */
enum tri equal_statements(struct calc *c, const struct obj *gold, const struct obj *answer);
/* One such equation and a value that has no name. */
enum tri equal_unnamed(struct calc *c, const struct obj *gold, const struct obj *answer);

/* equal_sets.c.  Unordered, repeated members count once; place by place; by the names. */
enum tri equal_sets(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m);
enum tri equal_lists(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m);
enum tri equal_maps(struct calc *c, const struct obj *a, const struct obj *b);
/* Sets with what their writing says: indices, signs of logic, repetition. */
enum tri equal_written_sets(struct calc *c, const struct obj *gold, const struct obj *answer);

/* equal.c: values with their units, or infinities, whatever stands left of them. */
enum tri equal_right(struct calc *c, const struct obj *gold, const struct obj *answer);
#endif
