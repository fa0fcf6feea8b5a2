/* conventions.h - where people read the same words in two ways: why a question stays undecided.
 *
 * Asked after nothing has read the question; it decides nothing and reads nothing. */
#ifndef CALC_CONVENTIONS_H
#define CALC_CONVENTIONS_H
#include "plugins/calculator/text/norm.h"

enum { CONVENTIONS_SAID = 3 };         /* as many as are told of one question */

/* What may be meant, and the two ways to mean it, in the language of the call; static strings. */
struct convention { const char *about, *one, *other; };

/* The conventions that a normalised text leaves open, at most max; their number. */
int conventions_find(struct calc *c, const char *text, struct convention *out, int max);
/* "variance: of a sample (n − 1) or of a population (n)? The question does not say" */
const char *conventions_say(struct calc *c, const struct convention *v);
#endif
