/* clause.h - questions read clause by clause.
 *
 * A table of clauses is a small automaton: a clause may begin in the states of `from`
 * and leads to state `to`.  A question is read when its clauses, one after another,
 * consume the whole text and end in state '.'; then `done` decides what they say
 * together.  If it refuses, the next way to cut the text is tried. */
#ifndef CALC_CLAUSE_H
#define CALC_CLAUSE_H
#include "plugins/calculator/questions/read.h"

enum { CLAUSE_FACTS = 16, CLAUSE_TRIES = 6000 };
struct clause { const char *from; char to; const char *tag, *pattern; };
struct fact { const char *tag; struct match m; };
struct facts { int n; struct fact f[CLAUSE_FACTS]; };
typedef int clause_done(struct calc *c, struct facts *f, struct reading *r, void *arg);

/* t ends with an entry whose pattern is NULL; the first state is 'S'. */
int clause_read(struct calc *c, struct question *q, const struct clause *t, clause_done *done, struct reading *r, void *arg);

/* Does the question hold one of the words, which | separates?  A quick look before a table. */
int clause_mentions(const struct question *q, const char *words);

/* The only fact with the tag; NULL if there is none or more than one. */
struct match *fact_get(struct facts *f, const char *tag);
int           fact_count(struct facts *f, const char *tag);
int           fact_has(struct facts *f, const char *mark);       /* the mark, in any fact */
struct capture *fact_capture(struct facts *f, const char *name); /* the first, of any fact */
int           fact_int(struct facts *f, const char *name, long *v);
/* What a capture measures, in base units: a positive number of the dimension length^l time^t;
 * NULL if it is none. */
val           fact_measure(struct calc *c, const struct capture *k, int l, int t);
/* A number alone: no percentage, no unit; NULL if it is none. */
val           fact_number(struct calc *c, const struct capture *k);
/* How many of the marks name1, name2, ..., name9 are there, and the last of them. */
int           fact_choice(struct facts *f, const char *name, int *which);
/* Is an English word one that can name someone or something?  "for", "they" and "later" cannot. */
int           fact_is_name(const char *w);
/* Do all captures of that name hold the same word? */
int           fact_same_words(struct facts *f, const char *name);
#endif
