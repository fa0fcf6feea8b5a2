/* around.h - what stands around the final answer of a response.
 *
 * Harmless is only what is known to be: words that lead to an answer, words of the question, the quantity or the case
 * that is asked, a check that holds, the same answer once more.  Anything else leaves the response undecided.  Where
 * nobody knows the question (c->question is NULL), words that are not known are let through, denials are not.
 * Texts are normalized; what is returned as text is the call's arena's. */
#ifndef CALC_AROUND_H
#define CALC_AROUND_H
#include "plugins/calculator/calc.h"

/* Is everything around text[from, to) harmless, where the answer is given there, value being the answer alone? */
int around_harmless(struct calc *c, const char *text, const char *from, const char *to, const char *value);
/* Is lhs[0, n), which stands left of "= value", the name of something else than was asked: 3x, x^2, y for x, 10? */
int around_another(struct calc *c, const char *lhs, size_t n, const char *value);
/* May these words stand behind a number in its box: a unit, the thing that was counted? */
int around_counts(struct calc *c, const char *s, size_t n);
/* The part of the question that asks, in small letters; "" where nobody knows the question. */
const char *around_asking(struct calc *c);
#endif
