/* UTF-8 at the borders: validation, safe display, width.  Any thread. */
#ifndef QW_BASE_UTF8_H
#define QW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

bool   utf8_valid(const char *s, size_t n);
/* Decodes one scalar value at s[0..n); returns its length in bytes, or 0 when
 * malformed or incomplete.  *cp untouched then. */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]);           /* 0 for surrogates, > 10FFFF */
/* The longest prefix of s[0..n) that does not end inside a character. */
size_t utf8_complete(const char *s, size_t n);

/* C0, DEL, C1, and what is shown as nothing or turns the direction of text (U+061C, 200B-200F,
 * 2028-202E, 2066-2069, FEFF): could imitate other output on a terminal. */
bool   utf8_hidden(uint32_t cp);
/* Appends s with everything hidden made visible, but \n and \t: it and malformed bytes
 * become \xNN or \u{NNNN}.  Models', plugins' and files' text is shown only through
 * this. */
void utf8_escape(struct qw_buf *out, const char *s, size_t n);
/* Columns on a terminal (wide = 2, combining = 0, control = 0). */
int  utf8_width(const char *s, size_t n);
/* Does the text hold Han characters?  Decides the language of a system prompt. */
bool utf8_has_han(const char *s, size_t n);

#endif
