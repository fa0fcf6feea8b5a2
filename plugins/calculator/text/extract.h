/* extract.h - which part of a response is its final answer.
 *
 * The last non-empty \boxed wins; several in one final sentence, joined by commas or
 * "and", form a set, joined by "=" one chain.  Without boxes: "####", then the last "the answer is" / "答案是",
 * then a text that is a formula as a whole, then the last sentence if it concludes ("Therefore the roots are ...",
 * "综上，...无解"), then the last conclusion ("so x = 6").
 * Text inside <think> never counts; an unclosed <think> has no answer. */
#ifndef CALC_EXTRACT_H
#define CALC_EXTRACT_H
#include "plugins/calculator/calc.h"

enum how { HOW_NONE, HOW_BOX, HOW_PHRASE, HOW_WHOLE, HOW_TAIL };
struct answer {
    enum how how;
    int n;                      /* parts: several boxes */
    const char *part[8];
    const char *left[8];        /* what stands left of "= \boxed{...}", its first side; NULL: nothing */
    int concluded;              /* the last sentence, where nothing says that it is the answer: it may be a remark */
    int doubtful;               /* signs beside the box, a box that is denied, ... */
};
/* text is normalized. */
void extract_answer(struct calc *c, const char *text, struct answer *out);
/* The text without <think>...</think>; NULL if one is not closed. */
const char *extract_visible(struct calc *c, const char *text);
#endif
