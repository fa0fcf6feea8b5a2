/* A worksheet: a text file with numbered questions.
 *
 * A question begins on a line with its number: 1. 1、 1) (1) （1） 第1题 "Question 1:", also in full-width digits, after # or ** of Markdown,
 * or 一、 where nothing else numbers it.  The first number's way of writing counts for the whole file: where it is 1., a
 * line that begins with (1) is a part of its question.  Numbers go up; one that does not is text.  What stands before the first
 * question belongs to each; a title (a line with #, or 一、选择题 between numbered questions) begins a section, and what follows it before the next
 * question belongs to that section's questions.  Titles themselves are handed to nobody. */
#ifndef QW_CTL_WORKSHEET_H
#define QW_CTL_WORKSHEET_H

#include <stddef.h>

#include "base/error.h"

#define WORKSHEET_MAX_BYTES     (1u << 20)
#define WORKSHEET_MAX_QUESTIONS 500
#define WORKSHEET_MAX_SHARED    (64u << 10)

struct worksheet_question { char *number, *text; };     /* text: with what it shares with others before it */
struct worksheet { struct worksheet_question *q; size_t n, cap; };

/* text: n bytes and a NUL.  QW_EPARAMS: no questions, or a line that is not UTF-8, with its number. */
int  worksheet_parse(struct worksheet *w, const char *text, size_t n, struct qw_error *err);
void worksheet_free(struct worksheet *w);

#endif
