/* The final answer of a response, short, for lists that people read; what counts as the answer is the calculator's business. */
#ifndef QW_CTL_FINAL_H
#define QW_CTL_FINAL_H

#include <stddef.h>

/* What stands in the last closed \boxed{}, else the last line; cut to size - 1 bytes, at a character. */
void final_answer(const char *text, char *out, size_t size);

#endif
