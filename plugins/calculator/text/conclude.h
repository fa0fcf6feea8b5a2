/* conclude.h - a response's last sentence: the answer that it comes to, and the phrases that only bring a text to
 * its end ("and the solution is complete", "解答完毕").  Texts are normalized. */
#ifndef CALC_CONCLUDE_H
#define CALC_CONCLUDE_H
#include "plugins/calculator/calc.h"

struct conclusion {
    const char *from, *to;      /* in the text */
    int word;                   /* "no solution", "不存在": no formula and no number */
    int restated;               /* the sentence is the question once more, with the answer in it */
};
/* The answer in the last sentence of text that says something; 0: none is to be found for certain. */
int conclude_last(struct calc *c, const char *text, struct conclusion *out);
/* The same for the sentence that p stands in, from p on. */
int conclude_from(struct calc *c, const char *p, struct conclusion *out);
/* No phrase below is longer, in bytes. */
enum { CONCLUDE_PHRASE = 240 };
/* Is there nothing in [s, end) but a phrase that ends a text? */
int conclude_closes(struct calc *c, const char *s, const char *end);
/* Or one that says where a largest or smallest value is taken: "attained at x = 2", "当 x = 2 时取到"? */
int conclude_taken_at(struct calc *c, const char *s, const char *end);
#endif
