/* around_int.h - what the files of around share, and conclude and extract with them: sentences and formulas. */
#ifndef CALC_AROUND_INT_H
#define CALC_AROUND_INT_H
#include "plugins/calculator/text/around.h"

/* What a look at one response needs to know. */
struct scene {
    struct calc *c;
    const char *question;       /* small letters; NULL: nobody knows */
    const char *ask;            /* the part of it that asks */
    const char *main;           /* that up to "that", "with", "whose": what is asked, not under which condition */
    const char *value;          /* compact */
    int checks;                 /* the sentence is a check: its numbers are not claimed to be the answer */
};

/* around_text.c: lists, sentences, formulas. */
const char *around_lower(struct calc *c, const char *s, size_t n);
int around_listed(const char *w, size_t n, const char *const *list);
int around_holds_any(const char *s, const char *const *list);
/* The length of the longest word of the list at h, of n bytes at most; 0: none. */
size_t around_longest(const char *h, size_t n, const char *const *list);
int around_starts(const char *s, const char *with);
/* Behind the formula that begins at p; NULL: none does. */
const char *around_formula_end(const char *p);
const char *around_sentence_end(const char *p);
/* The length of a mark at p that says nothing: a blank, emphasis, a bracket, punctuation; 0: none. */
size_t around_mark_at(const char *p);
int around_only_marks(const char *p, const char *end);
/* Behind what only closes the answer at p: formula, box, emphasis, quotation. */
const char *around_past_closing(const char *p);
/* Without blanks, braces and sizes: x_{1} and x_1 are one spelling. */
char *around_compact(struct calc *c, const char *s, size_t n);
/* Does q speak of just this (compact), not of something that it is a part of? */
int around_spoken_of(struct calc *c, const char *q, const char *s);
int around_has_letter(const char *s);
int around_names_letters(struct calc *c, const char *s);

/* around_asked.c: what the question asks. */
struct scene around_scene_of(struct calc *c, const char *value);
int around_word_in(const char *hay, const char *w, size_t n);
/* A word of hay, if need be in another form. */
int around_stem_in(const char *hay, const char *w, size_t n);
/* Is the quantity or the case of this name, or of another name for it, in hay? */
int around_named_in(struct scene *s, const char *hay, const char *w, size_t n);
/* "chickens and rabbits", where rabbits are asked about: chickens are not. */
int around_rival(struct scene *s, const char *w, size_t n);
#endif
