/* expr.h - the expression tree, shared by every layer.  Nodes live in a calc's arena
 * and are never changed once a parser has returned them. */
#ifndef CALC_EXPR_H
#define CALC_EXPR_H

#include "plugins/calculator/calc.h"

enum ek {
    E_NUM,      /* s: digits with an optional point; rep: last rep digits recur; base */
    E_SYM,      /* s: name, "x", "x_1", "alpha" */
    E_PI, E_E, E_I, E_INF,
    E_ADD, E_MUL, E_NEG, E_DIV, E_POW,
    E_PM,       /* a[0] +- a[1]; one operand: +-a[0].  op 1: -+ */
    E_FN,       /* op: enum fn */
    E_CALL,     /* s(a...), a function that a question defines; op: number of primes */
    E_DEG, E_PCT, E_FACT,
    E_UNIT,     /* a[0] times the unit u */
    E_SUM, E_PROD,  /* a: symbol, from, to, body */
    E_INT,      /* a: symbol, body [, from, to] */
    E_LIM,      /* a: symbol, point, body */
    E_DOTS,     /* ... */
    E_REL,      /* a[0] r[0] a[1] r[1] ...; rels: enum rel for each gap */
    E_LIST,     /* a, b, c: as written, unbracketed */
    E_OR, E_AND,
    E_SET,      /* {a, b, c}; no operand: the empty set */
    E_BUILD,    /* {x | condition} */
    E_TUPLE,    /* op: brackets, BR_OPEN_L | BR_OPEN_R; two operands may be an interval */
    E_UNION, E_ISECT, E_MINUS,  /* of sets */
    E_REALS,    /* s: "R", "Z", "Q", "N", "C" */
    E_MAT,      /* op: columns; a: entries by rows */
    E_CASES,    /* lines of a cases environment */
    E_PIECES,   /* value, condition, value, condition, ...: such lines with a condition each */
    E_RATIO,    /* a : b : c */
    E_TEXT,     /* s: words that are not mathematics */
    E_KINDS
};
enum fn {
    F_SQRT, F_ROOT /* a: n, x */, F_ABS, F_SIN, F_COS, F_TAN, F_COT, F_SEC, F_CSC, F_ASIN, F_ACOS, F_ATAN,
    F_LN, F_LOG /* a: base, x */, F_LOG0 /* log without a base */, F_EXP, F_C, F_A, F_FLOOR, F_CEIL,
    F_GCD, F_LCM, F_MAX, F_MIN, F_DET, F_RE, F_IM, F_CONJ, F_MOD, F_SINH, F_COSH, F_TANH, F_N
};
enum rel { R_EQ, R_NE, R_LT, R_LE, R_GT, R_GE, R_IN, R_APPROX, R_CONG };
enum { BR_OPEN_L = 1, BR_OPEN_R = 2 };
enum { LIT_BASE = 5 };        /* lit of a number whose base is written, 12_{10} */

enum { UNIT_DIMS = 8 };
struct unit {                 /* scale p/q times 10^e in the base unit of its dimension */
    const char *text;
    long p, q;
    signed char dim[UNIT_DIMS];       /* length, mass, time, yuan, dollar, years, degrees Celsius, Fahrenheit */
    signed char noun;         /* counted things: no dimension, not compared; UNIT_RADIAN: none either */
};

struct ex {
    uint8_t   k, op, n_paren; /* n_paren: brackets were written around it */
    uint8_t   lit;            /* NUM: was written with a point, percent...; see parse.c */
    int       n, rep, base;
    struct ex **a;
    const char *s;
    const uint8_t *rels;
    const struct unit *u;
};

enum { UNIT_RADIAN = 2 };
enum { LIT_POINT = 4 };       /* lit of C(5,2), P(5,2): they may be points */

struct ex *ex_new(struct calc *c, enum ek k, int n);
struct ex *ex_num(struct calc *c, long v);
struct ex *ex_sym(struct calc *c, const char *name);
struct ex *ex_1(struct calc *c, enum ek k, struct ex *a);
struct ex *ex_2(struct calc *c, enum ek k, struct ex *a, struct ex *b);
struct ex *ex_fn(struct calc *c, enum fn f, struct ex *a, struct ex *b);
struct ex *ex_rel(struct calc *c, enum rel r, struct ex *a, struct ex *b);
int  ex_same(const struct ex *a, const struct ex *b);         /* the same tree */
int  ex_has_sym(const struct ex *e, const char *name);        /* name NULL: any symbol */
int  ex_has_kind(const struct ex *e, enum ek k);
int  ex_is_int(const struct ex *e, long *v);                  /* a written integer, |v| < 10^15, sign allowed; e may be NULL */
/* e with each free symbol `name` replaced. */
struct ex *ex_subst(struct calc *c, struct ex *e, const char *name, struct ex *by);
/* The free symbols of e, at most max, in order of appearance; returns the number, max + 1 if more. */
int  ex_syms(const struct ex *e, const char **out, int max);
/* Plain text for people, "3x - 4 = 11". */
const char *ex_text(struct calc *c, const struct ex *e);

/* d e/d name, or NULL where it is not known. */
struct ex *ex_diff(struct calc *c, struct ex *e, const char *name);
#endif
