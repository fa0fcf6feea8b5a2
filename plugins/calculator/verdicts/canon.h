/* canon.h - a strict name for the value of an answer: two answers get the same name only if they surely
 * are the same value with the same unit.  Where that cannot be told there is no name.  Two that are equal may
 * have different names (an interval and an inequality do not, a set of one and its element do).
 *
 *   3/4                 a rational number
 *   root(-2,0,1;0)      an algebraic one: its minimal polynomial, and which root in a fixed order
 *   16*1+-4*π           a polynomial in variables and π with such coefficients, terms in order
 *   3/4 [1,0,0,0,0,0]   in base units of these dimensions
 *   {..} (..) [..)      sets in order, tuples, sets of real numbers */
#ifndef CALC_CANON_H
#define CALC_CANON_H
#include "plugins/calculator/values/equal.h"

/* NULL: none.  only: the one name that "name = value" does not need ("": any name; NULL: none, x = 5 is
 * another thing than 5 and y = 5). */
const char *canon_ex(struct calc *c, struct ex *answer, const char *only);
void canon_problem(const struct qwen_host *host, struct qwen_call *call, const struct qwen_problem *p);
#endif
