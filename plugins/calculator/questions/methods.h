/* methods.h - by what means a question wants to be answered: it changes nothing about the answer. */
#ifndef CALC_METHODS_H
#define CALC_METHODS_H
#include <stddef.h>

/* The length of "using the quadratic formula", "Use the Euclidean algorithm to", 利用平方差公式 at p, 0 if there is no
 * such phrase; text: where p's text begins. */
size_t method_phrase(const char *text, const char *p);
#endif
