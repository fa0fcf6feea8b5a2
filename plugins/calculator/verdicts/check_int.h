/* check_int.h - inside check*.c: what a look at an answer found, and the kinds. */
#ifndef CALC_CHECK_INT_H
#define CALC_CHECK_INT_H
#include "plugins/calculator/values/equal.h"
#include "plugins/calculator/questions/read.h"

/* The verdict, why for the person, which check failed for the model.  As data, each where it is known: what was checked
 * (NULL: as the reading's kind is), and what the sentence names; all but `check` and `term` for the person only. */
struct finding {
    enum qwen_verdict v;
    const char *user, *model;
    const char *check, *value, *left, *right, *missing, *term;
    const char *said, *found;          /* NULL: the whole answer, the whole solution */
};

static inline const char *check_say(struct calc *c, const char *en, const char *zh) { return c->lang_zh ? zh : en; }
static inline struct finding check_verified(const char *why)
{
    return (struct finding){ .v = QWEN_VERIFIED, .user = why };
}
static inline struct finding check_refuted(const char *why, const char *told)
{
    return (struct finding){ .v = QWEN_REFUTED, .user = why, .model = told };
}
static inline struct finding check_undecided(const char *why) { return (struct finding){ .user = why }; }
static inline struct finding check_open(const char *check, const char *why)
{
    return (struct finding){ .user = why, .check = check };
}
static inline struct finding check_restated(struct calc *c)
{
    return check_open("form", check_say(c, "the value is right, but it is not in the form that was asked", "数值正确，但不是题目要求的形式"));
}

/* check_values.c: one number, the roots of an equation, a set of reals, tuples. */
struct finding check_value(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_vals(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e);
struct ex     *check_conditions(struct calc *c, struct ex *e);          /* "k < 4, k != 0" as both of them */
struct finding check_rset(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e);
struct finding check_tuples(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_circle(struct calc *c, const struct reading *r, const struct ex *e);
struct finding check_pair(struct calc *c, const struct reading *r, const struct ex *e);

/* check_exprs.c: expressions, curves, terms of a sequence, products of primes, digits. */
struct ex     *check_named_side(const struct reading *r, struct ex *e);
int            check_names_derivative(const struct ex *e, int order);     /* y'', f''(x): with `order` primes? */
struct finding check_anti(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_primes(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_matrix(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_base(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_expr(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_curve(struct calc *c, const struct reading *r, const struct obj *o);
struct finding check_sequence(struct calc *c, const struct reading *r, const struct obj *o);
#endif
