/* solve.h - exact solution sets: zeros of one unknown, sets of real numbers given by
 * conditions, systems.  Everything is found as a superset by algebra, and then each
 * candidate is decided by exact substitution; what cannot be decided is a failure. */
#ifndef CALC_SOLVE_H
#define CALC_SOLVE_H
#include "plugins/calculator/values/sym.h"

struct vals { int n; val v[40]; };

/* A superset of the complex numbers where f(name) = 0, different ones.  1: complete;
 * 0: not known; 2: f is zero everywhere. */
int solve_zeros(struct calc *c, struct ex *f, const char *name, struct vals *out);
/* The roots of co[0] + co[1] x + ... co[deg] x^deg; 1 on success. */
int solve_poly(struct calc *c, val *co, int deg, struct vals *out);

/* A set of real numbers: disjoint intervals in order; lo or hi NULL is infinite. */
struct iv { val lo, hi; int lo_open, hi_open; };
struct rset { int n; struct iv iv[40]; };

/* A point between a and b; NULL ends are infinite. */
val solve_inside(struct calc *c, val a, val b);
/* The real x for which the condition (relations, and, or) holds; 1 on success. */
int rset_solve(struct calc *c, struct ex *cond, const char *name, struct rset *out);
/* A set as it is written: intervals, unions, {1,2}, {x | ...}, \mathbb{R}. */
int rset_of(struct calc *c, struct ex *e, struct rset *out);
int rset_union(struct calc *c, const struct rset *a, const struct rset *b, struct rset *out);
enum tri rset_equal(struct calc *c, const struct rset *a, const struct rset *b);
enum tri rset_has(struct calc *c, const struct rset *a, val x);
/* Only single points?  Then their number, else -1. */
int  rset_points(struct calc *c, const struct rset *a, struct vals *out);
const char *rset_text(struct calc *c, const struct rset *a, int latex);

/* Truth of a condition at values; undefined is NO. */
enum tri solve_holds(struct calc *c, struct ex *cond, const struct env *env);

enum { SOLVE_VARS = 4, SOLVE_TUPLES = 16 };
struct tuples { int n, nv; val v[SOLVE_TUPLES][SOLVE_VARS]; };
/* All complex solutions of the equations; 1 on success. */
int solve_system(struct calc *c, struct ex **eqs, int n, const char **vars, int nv, struct tuples *out);
#endif
