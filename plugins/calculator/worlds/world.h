/* world.h - a question as a world of relations.  What is given ("已知 f(x) = x^2 - 2x",
 * "x > 0", "a is in the second quadrant") adds relations to a world; the last clause
 * asks something of it.  Every clause is consumed whole, and a reader of what is asked
 * must use every relation of the world or give up. */
#ifndef CALC_WORLD_H
#define CALC_WORLD_H
#include "plugins/calculator/questions/read.h"

enum { WORLD_RELS = 14 };
struct world {
    struct calc *c;
    struct question *q;
    int n;
    struct ex *rel[WORLD_RELS];    /* equations, inequalities, memberships: all of them hold */
    int used[WORLD_RELS];          /* stands for other relations already: "passes through (1, 0)" */
    struct ex *thing;              /* the function, curve or equation that was named last */
    struct ex *root;               /* a root of thing that is given */
    struct ex *goal;               /* what is asked, when that came first */
    int real;                      /* the question says real, or gives an inequality */
    int seq;                       /* 'a' arithmetic, 'g' geometric, 0 */
    const char *seq_name;          /* "a_" */
    int seq_positive;
    int ranged;                    /* "for all positive integers n" */
    int endless;                   /* the sequence does not end */
};
struct given { const char *const *patterns; int (*add)(struct world *w, struct match *m); };
struct asked { const char *id; const char *const *patterns; int (*read)(struct world *w, struct match *m, struct reading *r); };
extern const struct asked ask_values[], ask_functions[], ask_calculus[], ask_lines[], ask_sequences[], ask_terms[], ask_identities[];

extern const struct given seq_givens[];

int world_add(struct world *w, struct ex *e);              /* a relation, or a list of them */
/* "f(x) = ...", "y = ..." or a formula in one variable: what it is, and the variable; NULL. */
struct ex *function_body(struct ex *f, const char **x);
/* (2, a) or A(2, a): the two coordinates. */
int world_point(struct world *w, const char *raw, struct ex **x, struct ex **y);
const char *world_text(struct world *w, const char *asked);

/* cond.c: the values that g takes where every relation of the world holds, in real
 * numbers.  Fills r as a value or as a set of values; 0 if that is not decided. */
int cond_value(struct world *w, struct ex *g, struct reading *r);
/* All solutions of the world in its unknowns, which become r->vars. */
int cond_tuples(struct world *w, struct ex **unknown, int n, struct reading *r);
/* Angles: sin t, cos t, tan t of one symbol as rational functions of S and C. */
struct ex *cond_trig(struct calc *c, struct ex *e, const char **angle);

/* Starts and a rule (captures f, goal) by read_sequences.c. */
int sequence_by_rule(struct calc *c, struct match *m, struct reading *r);

/* shape.c: a function of one real variable on a set of reals. */
struct shape { struct ex *b, *d; const char *x; struct rset dom; struct vals crit; };
int  shape_domain(struct calc *c, struct ex *b, const char *x, struct rset *out);
int  shape_of(struct calc *c, struct ex *b, const char *x, struct ex *cond, struct shape *out);
int  shape_image(struct calc *c, const struct shape *s, struct rset *out);
/* The places in the set where b takes the value y (an extreme one). */
int  shape_where(struct calc *c, const struct shape *s, val y, struct vals *out);
/* The local extrema inside: kind 1 maxima, -1 minima. */
int  shape_local(struct calc *c, const struct shape *s, int kind, struct vals *out);
#endif
