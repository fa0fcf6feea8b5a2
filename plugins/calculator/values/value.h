/* value.h - exact values of expressions, with three-valued truth about them.
 *
 * Real conventions: the odd root of a negative number is real; logarithms and even
 * roots of negative numbers are undefined, except \sqrt of a negative number, which
 * is imaginary.  Sizes are bounded before anything is computed. */
#ifndef CALC_VALUE_H
#define CALC_VALUE_H
#include "plugins/calculator/text/expr.h"

enum ev { EV_OK, EV_UNDEF /* division by zero and the like, certainly */, EV_UNKNOWN };
struct env { const char *name; val v; const struct env *next; };

enum ev  value_eval(struct calc *c, const struct ex *e, const struct env *env, val *out);
/* Without variables; NULL unless it is a number for certain. */
val      value_const(struct calc *c, const struct ex *e);
/* The same with the letter `name` as n. */
val      value_at_int(struct calc *c, const struct ex *e, const char *name, long n);
enum tri value_equal(struct calc *c, val a, val b);
int      value_cmp(struct calc *c, val a, val b);            /* -1, 0, 1; 2: not known */
enum tri value_sign_is(struct calc *c, val a, int sign);     /* is the sign of a this? a real */
enum tri value_is_real(struct calc *c, val a);
int      value_get_q(struct calc *c, val a, fmpq_t q);       /* 1: rational, and known to be */
int      value_get_si(struct calc *c, val a, long *v);       /* 1: an integer, |v| < 2^62 */
/* For people and for LaTeX: "3/2", "1 + 2√2", "16 − 4π". */
const char *value_text(struct calc *c, val a, int latex);
#endif
