/* pattern.h - a question as words and formulas, and patterns over it.
 *
 * A pattern must match the whole text: that is how a reading consumes every number,
 * quantifier, condition and instruction.  Pattern language:
 *   letters      themselves, without regard to case; a space is a word boundary
 *   , and .      any punctuation, also none
 *   (a|b|)       alternatives, nested
 *   {e:f}        a formula, named f         {v:x}  one variable
 *   {n:a}        a number: in digits or words, without a unit
 *   {i:a}        the same, an integer       {q:a}  a number with a unit
 *   {m:a}        a length with or without its unit; {s:a} an area; {k:a} a volume
 *   {z:a}        a speed: 60 km/h, 每小时行 60 千米
 *   {o:a}        八折, 7.5 折, 七五折: the share of the price that is paid
 *   {t:a}        a number or a share: 35%, 三成五
 *   {u:a}        a unit alone               {r:a}  a formula that need not parse
 *   {!:real}     nothing; remembers that this alternative was taken
 *   {l:a}        two or more numbers, separated by commas or "and"
 *   {y:a}        the same, but letters may stand among them
 *   {w:a}        a word (English letters, or Han characters up to six): only for names;
 *                the same name again must be the same word, and so for formulas and numbers
 *   {p:a}        the same, for who acts: in Chinese only what slots.h knows as such
 *   {c:a}        the same, for a Chinese measure word (个, 本, 千克)
 *   {a:x:盐|糖}  the same, for one of a list of words
 * After a number, 万 and 亿 belong to it; nothing else does. */
#ifndef CALC_PATTERN_H
#define CALC_PATTERN_H
#include "plugins/calculator/text/expr.h"

struct span { const char *text; struct ex *e; int tried; };      /* a formula of the question */
struct question {
    char *text;                    /* formulas are \001 and a byte 0x80 + index */
    int n;
    const char *far;               /* how far into text any pattern came that was tried on all of it */
    struct span span[64];
};
struct capture { const char *name; struct ex *e; const struct unit *unit; const char *raw; char type; };
struct match { int n; struct capture c[24]; const char *rest; };

/* 0 if the text is too long or too rich. */
int  pattern_question(struct calc *c, const char *normalized, struct question *out);
/* Does the pattern match all of text (a part of q->text)? */
int  pattern_match(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m);
/* Does the pattern match a beginning of text, so that then(arg, rest) holds?  Every way is tried. */
typedef int pattern_then(void *arg, const char *rest);
int  pattern_prefix(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m, pattern_then *then, void *arg);
/* The text from `from` on, formulas written out again: for people. */
const char *pattern_text(struct calc *c, const struct question *q, const char *from);
/* Does it match the beginning of text?  m->rest is what follows, behind punctuation. */
int  pattern_begins(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m);
struct capture *match_get(struct match *m, const char *name);
struct ex *match_ex(struct match *m, const char *name);          /* NULL if not captured */
struct ex *pattern_span(struct calc *c, struct question *q, int i);
#endif
