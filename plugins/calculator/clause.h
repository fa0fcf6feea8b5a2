/* clause.h - questions read clause by clause.
 *
 * A table of clauses is a small automaton: a clause may begin in the states of `from`
 * and leads to state `to`.  A question is read when its clauses, one after another,
 * consume the whole text and end in state '.'; then `done` decides what they say
 * together.  If it refuses, the next way to cut the text is tried. */
#ifndef CALC_CLAUSE_H
#define CALC_CLAUSE_H
#include "plugins/calculator/read.h"

enum { CLAUSE_FACTS = 16, CLAUSE_TRIES = 6000 };
struct clause { const char *from; char to; const char *tag, *pattern; };
struct fact { const char *tag; struct match m; };
struct facts { int n; struct fact f[CLAUSE_FACTS]; };
typedef int clause_done(struct calc *c, struct facts *f, struct reading *r, void *arg);

/* t ends with an entry whose pattern is NULL; the first state is 'S'. */
int clause_read(struct calc *c, struct question *q, const struct clause *t, clause_done *done, struct reading *r, void *arg);

/* The only fact with the tag; NULL if there is none or more than one. */
struct match *fact_get(struct facts *f, const char *tag);
int           fact_count(struct facts *f, const char *tag);
int           fact_has(struct facts *f, const char *mark);       /* the mark, in any fact */
struct capture *fact_capture(struct facts *f, const char *name); /* the first, of any fact */
int           fact_int(struct facts *f, const char *name, long *v);
#endif
