/* sym.h - expressions with variables: polynomials with exact coefficients in
 * generators (variables, and what cannot be expanded further: sqrt(u), |u|, sin t,
 * cos t, 2^n, ln u), which obey known relations.  A difference that vanishes here
 * is zero wherever both sides are defined: that proves equality.  Exact values at
 * points can only refute it. */
#ifndef CALC_SYM_H
#define CALC_SYM_H
#include "plugins/calculator/values/value.h"

enum { SYM_GENS = 12 };
enum gk { G_VAR, G_ROOT /* g^deg = u */, G_ABS /* g^2 = u^2 */, G_SIN, G_COS, G_EXP, G_SIGN, G_LN };

struct mt { short e[SYM_GENS]; val c; };
struct mp { int n; struct mt *t; };          /* terms with different exponents; none: zero */
struct rf { struct mp num, den; };

struct gen {
    enum gk k;
    const char *name;     /* VAR */
    int deg;              /* ROOT */
    struct mp u;          /* ROOT, ABS, LN: the argument; SIN, COS, EXP: one monomial */
    long base;            /* EXP: a prime, or 0 for e */
};
struct sym {
    struct calc *c;
    int n, angle_den;     /* angles are multiples of monomial/angle_den */
    struct gen g[SYM_GENS];
};

void sym_init(struct sym *s, struct calc *c);
/* e as a quotient, or 0 where it is not understood. */
int  sym_rf(struct sym *s, const struct ex *e, struct rf *out);
int  sym_gen_var(struct sym *s, const char *name);          /* index, -1: too many */

struct mp mp_const(struct sym *s, val v);
struct mp mp_add(struct sym *s, struct mp a, struct mp b, int sub);
int  mp_mul(struct sym *s, struct mp a, struct mp b, struct mp *out);   /* 0: too large */
int  mp_deg(const struct mp *a, int g);
enum tri mp_is_zero(struct sym *s, const struct mp *a);
int  mp_is_const(struct sym *s, const struct mp *a, val *v);
/* The coefficient polynomial of g^k. */
struct mp mp_coeff(struct sym *s, const struct mp *a, int g, int k);
/* a as a polynomial in g alone: coefficients in out[0..deg]; deg, or -1. */
int  mp_univariate(struct sym *s, const struct mp *a, int g, val **out);
/* sym_tree.c: the degree of e in x, where it is a polynomial in x whatever the other letters are; -1: it is none. */
int  sym_degree(struct calc *c, const struct ex *e, const char *x);
/* A polynomial in variables with rational coefficients as an expression again; NULL if it is none. */
struct ex *mp_tree(struct sym *s, const struct mp *a);

enum { SYM_NATURAL = 1 /* single-letter index symbols are positive integers */ };
/* Are a and b equal wherever both are defined? */
enum tri sym_equal(struct calc *c, struct ex *a, struct ex *b, int flags);
#endif
