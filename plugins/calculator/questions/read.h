/* read.h - from a question's text to a reading: a small typed problem with its exact
 * solution.  A family of questions is an entry of a table: patterns that must match the
 * whole text, and a reader or a formula. */
#ifndef CALC_READ_H
#define CALC_READ_H
#include "plugins/calculator/questions/pattern.h"
#include "plugins/calculator/values/solve.h"

enum sk {
    S_NONE,
    S_VALUE,       /* v */
    S_VALS,        /* vals: all real solutions of var; order is free */
    S_RSET,        /* rs: all real var */
    S_TUPLES,      /* tu: all solutions of vars */
    S_EXPR,        /* e: equal as an expression */
    S_CURVE,       /* e: an equation */
    S_SEQ,         /* var: "a_"; first: a_1; rec: a_{n+1} in n and the symbol "A" (for a_n) */
    S_FROM_SUM,    /* var: "a_"; e: S_n in n */
    S_CIRCLE,      /* tu.v[0]: centre x, y, radius */
    S_ANTI,        /* e: an antiderivative of e in var, with a constant */
    S_PRIMES,      /* v: a product of powers of primes */
    S_BASE,        /* v: written in base `base` */
    S_MATRIX,      /* e: a matrix of numbers */
};
enum { FORM_INTERVAL = 1, FORM_EXPANDED = 2, FORM_FACTORED = 4, FORM_SIMPLE = 8, FORM_EXACT = 16, FORM_FRACTION = 32, FORM_DECIMAL = 64, FORM_PROBABILITY = 128, FORM_PI = 4096, FORM_STANDARD = 8192 /* of a circle's equation */ };
struct reading {
    enum sk k;
    const char *family, *text;     /* text: "x real, 3x - 4 = 11, find x" */
    val v;
    struct vals vals, all;         /* all: with the solutions that are not real */
    int domain_open;               /* there are such, and the question does not say */
    struct rset rs;
    struct tuples tu;
    struct ex *e, *first, *rec, *subject;      /* subject: the equation that evidence substitutes into */
    const char *var, *vars[4];
    const struct unit *unit;       /* asked for; v is in it */
    val unrounded;                 /* v before it was made whole; NULL if it was not */
    int percent;                   /* asked as a percentage */
    int unit_open;                 /* the question names no unit: a number alone says nothing */
    int degrees;                   /* v is a number of degrees; 2: and the question says so */
    struct ex *pi;                 /* FORM_PI: π is to be taken as this */
    int forms, round;              /* round: decimals asked, -1: none */
    /* Where it was not read: the words from the first one on that no pattern went past, or the
     * family whose pattern fits but whose reader found no certain solution. */
    const char *left, *near_family;
    const char *lhs;               /* EXPR: a name that may stand on the left, "y" */
    int inverse;                   /* EXPR: f^{-1}(x) = ... */
    int derivative;                /* EXPR: its order: y' = ..., f''(x) = ... */
    int named;                     /* VALS: only with its name, "x = 3" */
    int lenient;                   /* VALS: one of several values of an expression is left open */
    int braces;                    /* VALS: a set, written as one */
    int base;
    int reals;                     /* VALS: "and give all real roots" */
    long times, plus;              /* VALUE: what is done with it at the end; times 0: nothing */
    int pair;                      /* TUPLES: two facts in the order they were asked */
    int loose_ends;                /* RSET: an end may count or not; pieces stay apart */
    const struct reading *alt;     /* the same answer as another kind of object */
};

/* 1: the question was read whole; 0: not. */
int read_question(struct calc *c, const char *normalized, struct reading *r);

/* words.c: the text in its plainest words, or NULL. */
char *words_plain(struct calc *c, const char *text);
char *words_turned(struct calc *c, const char *text);          /* "... is what number?" as "find ..."; or NULL */
/* The text without the unit in which the answer is asked ("in km/h", "每小时多少千米"), and the
 * unit; NULL if there is none. */
char *read_without_unit(struct calc *c, struct question *q, const char *text, const struct unit **unit);

struct family {
    const char *id;
    const char *const *patterns;
    int (*read)(struct calc *c, struct question *q, struct match *m, struct reading *r);   /* NULL: formula */
    /* For formulas, over captured names: value, conditions that must hold, dimensions
     * ("a:v d:l"; l length, t time, v speed, m mass, y money, V volume,
     * % a percentage), the capture or
     * name whose unit the result has ("" none, "^2" the square of the lengths', ">t" and
     * ">l" the time and the length in the unit of the speeds, "?h" as it is, but a number
     * without a unit stays open, "%" a percentage, "#" a number of things, which is whole), and the reading. */
    const char *formula, *conds, *dims, *unit, *text;
};
extern const struct family read_algebra[], read_functions[], read_sequences[], read_tables[], read_motion[], read_trade[],
                           read_words[], read_counts[], read_plane[], read_numbers[], read_polynomials[], read_sums[], read_convert[], read_letters[], read_parameters[], read_arithmetic[], read_daily[], read_conics[];

/* Is e these n names and nothing else, in this order: (x, y) or "x, y"? */
int  read_names(const struct ex *e, const char *const *names, int n);
/* A row's formula with what a match captured; 1 if its conditions hold. */
int  read_formula(struct calc *c, const struct family *f, struct match *m, struct reading *r);
/* Two values that are asked together are a pair, in the order of the question: swapped, the second one first. */
void read_two(struct calc *c, struct reading *r, const char *const names[2], val one, val two, int swapped);
/* The permutations of n things without a fixed point; 0: n is not within 1 to 15. */
int  read_derangements(struct calc *c, long n, struct reading *r);
/* The unit of length (which = 'l') or time ('t') of a unit of speed; NULL if it is none. */
const struct unit *read_speed_part(struct calc *c, const struct unit *u, char which);
/* Questions read clause by clause (see clause.h). */
int  read_figure(struct calc *c, struct question *q, struct reading *r);
int  read_draws(struct calc *c, struct question *q, struct reading *r);
int  read_trials(struct calc *c, struct question *q, struct reading *r);
int  read_orders(struct calc *c, struct question *q, struct reading *r);
int  read_story(struct calc *c, struct question *q, struct reading *r);
int  read_pairs(struct calc *c, struct question *q, struct reading *r);
int  read_prices(struct calc *c, struct question *q, struct reading *r);
int  read_meetings(struct calc *c, struct question *q, struct reading *r);
int  read_steps(struct calc *c, struct question *q, struct reading *r);
int  read_return(struct calc *c, struct question *q, struct reading *r);
int  read_works(struct calc *c, struct question *q, struct reading *r);
int  read_interest(struct calc *c, struct question *q, struct reading *r);
int  read_changes(struct calc *c, struct question *q, struct reading *r);
int  read_chances(struct calc *c, struct question *q, struct reading *r);
int  read_games(struct calc *c, struct question *q, struct reading *r);
int  read_inscribed(struct calc *c, struct question *q, struct reading *r);
int  read_ranges(struct calc *c, struct question *q, struct reading *r);
int  read_ages(struct calc *c, struct question *q, struct reading *r);
int  read_trains(struct calc *c, struct question *q, struct reading *r);
int  read_mixtures(struct calc *c, struct question *q, struct reading *r);
int  read_ratios(struct calc *c, struct question *q, struct reading *r);
int  read_means(struct calc *c, struct question *q, struct reading *r);
int  read_events(struct calc *c, struct question *q, struct reading *r);
int  read_cards(struct calc *c, struct question *q, struct reading *r);
int  read_swaps(struct calc *c, struct question *q, struct reading *r);
int  read_binomial(struct calc *c, struct question *q, struct reading *r);
int  read_triangles(struct calc *c, struct question *q, struct reading *r);
/* Questions whose clauses are relations between unknowns (see world.h). */
int  read_world(struct calc *c, struct question *q, struct reading *r);
int  read_fill(struct calc *c, struct match *m, const char *templ, const char **out);
/* i^{4n}, cos n\pi, (-1)^{2n}: letters that most writers mean as whole numbers, and do not say so? */
int  read_whole_letters(const struct ex *e);
int  read_plain_angle(struct calc *c, const struct ex *e);       /* sin 30: degrees or radians? */
int  has(struct match *m, const char *mark);
/* All definitions f(x) = ..., g(x) = ... of e put into target; NULL if a call is left. */
struct ex *read_apply(struct calc *c, struct ex **defs, int n, struct ex *target);
#endif
