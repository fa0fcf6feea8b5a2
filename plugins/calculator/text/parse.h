/* parse.h - text to expression tree, tolerantly: LaTeX, plain and Unicode notation,
 * Chinese and English.  What cannot be read with certainty gives NULL; what two
 * readers would read differently (1/2x) gives NULL as well. */
#ifndef CALC_PARSE_H
#define CALC_PARSE_H
#include "plugins/calculator/text/expr.h"

enum {
    PARSE_UNITS  = 1,     /* "5 m" is five metres, not five times m */
    PARSE_WORDS  = 2,     /* texts such as "no solution" or names may stand for an answer */
};

/* The whole of s (normalized) as one answer or formula, or NULL. */
struct ex *parse_all(struct calc *c, const char *s, size_t n, int flags);
/* The longest unit at s, e.g. "km/h", "千米/时", "\text{cm}^2"; bytes read or 0. */
const struct unit *parse_unit(struct calc *c, const char *s, size_t *used, int in_text);
/* The length of a word for "no solution" or "does not exist" that ends at end, in [p, end); 0: none does. */
size_t parse_word_before(const char *p, const char *end);
#endif
