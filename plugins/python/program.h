/* What is done with a program that a model wrote: taking it out of the answer, judging whether it computes
 * anything, and reading what it printed.  No host, no allocation: strings go into caller's buffers. */
#ifndef PYTHON_PROGRAM_H
#define PYTHON_PROGRAM_H
#include <stddef.h>

#include "plugins/qwen_plugin.h"

/* The first closed block between fences, else everything where it looks like a program.  Empty: none. */
struct qwen_str program_find(struct qwen_str answer);

enum program_fault {
    PROGRAM_COMPUTES = 0,
    PROGRAM_CONSTANT,           /* what it prints does not come out of a computation */
    PROGRAM_OTHER_NUMBERS,      /* it uses too few of the question's numbers to be about it */
    PROGRAM_TOO_LONG,           /* more than is looked at */
};
enum program_fault program_check(struct qwen_str code, struct qwen_str question);
/* Does the printed number stand in the program as it is, and not in the question?  Then it was known before. */
int  program_says_itself(struct qwen_str code, struct qwen_str question, struct qwen_str printed);

/* The last line that was printed, without a label before it. */
struct qwen_str program_last(struct qwen_str out);
/* Does such a line hold roots, powers or functions, so that a number in it may not be in its plainest form? */
int program_is_unfinished(struct qwen_str line);
/* That line, as an answer is written: [2, 3] is a set, Fraction(7, 3) and 2.3333333333333335
 * are 7/3, 8.48528137423857 is what rounds to it, ** is ^.  The length in to, 0 for nothing. */
size_t program_result(struct qwen_str out, char *to, size_t cap);

#endif
