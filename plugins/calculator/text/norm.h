/* norm.h - one spelling for what people and models write: full-width forms, Unicode
 * mathematics and typographic variants become ASCII and LaTeX commands; Chinese and
 * other letters stay UTF-8.  Control and direction characters vanish. */
#ifndef CALC_NORM_H
#define CALC_NORM_H
#include "plugins/calculator/calc.h"

char *norm_text(struct calc *c, const char *p, size_t n);
/* Length in bytes of the UTF-8 character at s (1 for anything malformed). */
int   norm_len(const char *s);
/* The code point at s.  A byte that is no UTF-8 (overlong forms and surrogates too) is NORM_MALFORMED, one byte long:
 * never its own value, which would be a character of Latin-1. */
#define NORM_MALFORMED 0xfffdu
unsigned norm_cp(const char *s, int *len);
/* Is the code point a Han character? */
static inline int norm_han(unsigned cp) { return (cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x3400 && cp <= 0x4dbf) || cp == 0x3007; }
/* A Chinese numeral (二十三, 一百零五, 两) at s: its value and the bytes read, or 0. */
int   norm_zh_num(const char *s, long *v);
/* A fraction in English words (three quarters, one half, a third) at s: p/q and bytes read, or 0. */
int   norm_en_fraction(const char *s, long *p, long *q);
/* Does a number stand among these words? */
int   norm_names_number(const char *s);
/* An English number word (twelve, twenty-one) at s, whole word: value and bytes read, or 0. */
int   norm_en_num(const char *s, long *v);
#endif
