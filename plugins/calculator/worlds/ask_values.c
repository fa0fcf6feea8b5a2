/* ask_values.c - what is asked of relations: the value of an expression, an unknown, a
 * parameter, the other root, facts about the roots of an equation, the smallest value. */
#include "plugins/calculator/worlds/world.h"

#include <string.h>

static struct ex *minus(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)); }

/* 求 g; g = ? */
static int value(struct world *w, struct match *m, struct reading *r)
{
    struct ex *g = match_ex(m, "g"), *f = match_ex(m, "f"), *h = match_ex(m, "h");
    if (g != NULL && g->k == E_CALL && g->op > 0 && g->n == 1 && g->a[0]->k == E_SYM)
        return 0;                                     /* a derivative */
    if (g == NULL || (f != NULL && !world_add(w, f)) || (h != NULL && !world_add(w, h)) || w->n == 0 || w->seq)
        return 0;
    if (g->k == E_LIST && g->n >= 2 && g->n <= 3)
        return cond_tuples(w, g->a, g->n, r);
    struct ex *g2 = match_ex(m, "g2");
    if (g2 != NULL) {
        struct ex *u[2] = { g, g2 };
        return cond_tuples(w, u, 2, r);
    }
    if (g->k == E_TUPLE && g->n >= 2 && g->n <= 3 && g->op == (BR_OPEN_L | BR_OPEN_R))
        return cond_tuples(w, g->a, g->n, r);
    return cond_value(w, g, r);
}

/* The reciprocal of x, where a relation gives x. */
static int of_unknown(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g");
    if (g == NULL || w->n == 0 || w->seq || !ex_has_sym(g, NULL))
        return 0;
    if (has(m, "same"))
        return cond_value(w, g, r);
    if (!cond_value(w, g, r) || r->vals.n > 1 || (r->k != S_VALUE && r->k != S_VALS))
        return 0;
    val v = r->k == S_VALS ? r->vals.v[0] : r->v, o = val_new(c);
    enum tri zero = tri_of(ca_check_is_zero(v, c->ca)), minus_ = value_sign_is(c, v, -1);
    r->lenient = 0;
    r->vals.n = r->all.n = 0;
    r->subject = NULL;
    if (has(m, "root") || has(m, "principal")) {
        if (minus_ != NO)
            return 0;
        ca_sqrt(o, v, c->ca);
        if (has(m, "root") && zero == NO) {
            val n = val_new(c);
            ca_neg(n, o, c->ca);
            r->k = S_VALS;
            r->var = "";
            r->vals.v[r->vals.n++] = o;
            r->vals.v[r->vals.n++] = n;
            r->all = r->vals;
            r->subject = w->rel[0];
            r->text = world_text(w, calc_printf(c, "find the square roots of %s", ex_text(c, g)));
            return 1;
        }
    } else if (has(m, "reciprocal")) {
        if (zero != NO)
            return 0;
        ca_inv(o, v, c->ca);
    } else if (has(m, "opposite")) {
        ca_neg(o, v, c->ca);
    } else if (has(m, "abs")) {
        if (minus_ == UNSURE)
            return 0;
        if (minus_ == YES)
            ca_neg(o, v, c->ca);
        else
            ca_set(o, v, c->ca);
    } else {
        return 0;
    }
    r->k = S_VALUE;
    r->v = o;
    r->var = "";
    r->text = world_text(w, calc_printf(c, "find the %s of %s", has(m, "reciprocal") ? "reciprocal" : has(m, "opposite") ? "opposite" : has(m, "abs") ? "absolute value" : "square root", ex_text(c, g)));
    return 1;
}

/* 先化简，再求值：g，其中 f: an expression with numbers for its letters. */
static int substituted(struct world *w, struct match *m, struct reading *r)
{
    struct ex *g = match_ex(m, "g");
    if (g == NULL || g->k == E_REL || g->k == E_SYM)
        return 0;
    return value(w, m, r) && r->k == S_VALUE;
}

static int other_root(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    (void)m;
    if (w->root == NULL || w->thing == NULL || w->thing->k != E_REL || w->n > 2)
        return 0;
    /* the sum of the roots and the given one: e = A x^2 + B x + C, other = -B/A - root */
    const char *x = ex_has_sym(w->thing, "x") ? "x" : NULL;
    if (x == NULL)
        return 0;
    struct ex *e = minus(c, w->thing->a[0], w->thing->a[1]);
    struct ex *e0 = ex_subst(c, e, x, ex_num(c, 0)), *e1 = ex_subst(c, e, x, ex_num(c, 1)), *em = ex_subst(c, e, x, ex_num(c, -1));
    struct ex *a2 = minus(c, ex_2(c, E_ADD, e1, em), ex_2(c, E_MUL, ex_num(c, 2), e0)), *b2 = minus(c, e1, em);
    struct sym s;
    struct rf rf;
    val d;
    const char *v[4];
    sym_init(&s, c);
    int g = sym_gen_var(&s, x);
    if (ex_syms(w->thing, v, 3) != 2 || !sym_rf(&s, e, &rf) || !mp_is_const(&s, &rf.den, &d) || mp_deg(&rf.num, g) != 2)
        return 0;
    struct mp lead = mp_coeff(&s, &rf.num, g, 2);
    if (!mp_is_const(&s, &lead, &d) || ca_check_is_zero(d, c->ca) != T_FALSE)
        return 0;
    struct ex *goal = minus(c, ex_1(c, E_NEG, ex_2(c, E_DIV, b2, a2)), w->root);
    if (!ex_has_sym(goal, NULL)) {
        r->k = S_VALUE;
        if ((r->v = value_const(c, goal)) == NULL)
            return 0;
    } else if (!cond_value(w, goal, r) || r->k != S_VALUE) {
        return 0;
    }
    r->var = x;
    r->text = calc_printf(c, "%s has the root %s, find the other root", ex_text(c, w->thing), ex_text(c, w->root));
    return 1;
}

/* ---- roots of a quadratic that stands in the question ------------------------------------ */
struct quadratic { const char *x; val a, b, k, disc; struct ex *f; };

static int quadratic_of(struct world *w, struct match *m, struct quadratic *q)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *e;
    const char *v[4];
    struct sym s;
    struct rf rf;
    val *co, d, t = val_new(c);
    if (f == NULL) {
        f = w->thing;
        if (w->n != 1)
            return 0;
    } else if (w->n > 0) {
        return 0;
    }
    if (f == NULL || ex_syms(f, v, 4) < 1)
        return 0;
    if (f->k == E_REL) {
        if (f->n != 2 || f->rels[0] != R_EQ)
            return 0;
        if (f->a[0]->k == E_CALL || (f->a[0]->k == E_SYM && ex_syms(f, v, 4) == 2))
            e = f->a[1];
        else
            e = minus(c, f->a[0], f->a[1]);
    } else {
        e = f;
    }
    if (ex_syms(e, v, 4) != 1 || ex_has_kind(e, E_CALL) || ex_has_kind(e, E_I))
        return 0;
    sym_init(&s, c);
    int g = sym_gen_var(&s, v[0]);
    if (!sym_rf(&s, e, &rf) || !mp_is_const(&s, &rf.den, &d) || value_equal(c, d, val_si(c, 1)) != YES || mp_univariate(&s, &rf.num, g, &co) != 2)
        return 0;
    *q = (struct quadratic){ v[0], co[2], co[1], co[0], val_new(c), f };
    ca_mul(q->disc, co[1], co[1], c->ca);
    ca_mul(t, co[2], co[0], c->ca);
    ca_mul_si(t, t, 4, c->ca);
    ca_sub(q->disc, q->disc, t, c->ca);
    return value_is_real(c, q->disc) == YES;
}

static int about_roots(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct quadratic q;
    if (!quadratic_of(w, m, &q))
        return 0;
    enum tri two = value_sign_is(c, q.disc, 1), none = value_sign_is(c, q.disc, -1);
    if ((has(m, "real") || !has(m, "any")) && none != NO && !has(m, "count") && !has(m, "disc"))
        return 0;                                     /* of complex roots only if that is said */
    val v = val_new(c), t = val_new(c);
    const char *what;
    if (has(m, "disc")) {
        v = q.disc;
        what = "the discriminant";
    } else if (has(m, "count")) {
        if (two == UNSURE || none == UNSURE)
            return 0;
        if (two == NO && none == NO && !has(m, "different"))
            return 0;                                 /* a double root: one or two? */
        v = val_si(c, two == YES ? 2 : none == YES ? 0 : 1);
        what = "the number of different real roots";
    } else if (two != YES && (has(m, "sum") || has(m, "squares") || has(m, "reciprocals"))) {
        return 0;                                     /* a double root counts once or twice */
    } else if (has(m, "squares")) {
        ca_mul(v, q.b, q.b, c->ca);
        ca_mul(t, q.a, q.k, c->ca);
        ca_mul_si(t, t, 2, c->ca);
        ca_sub(v, v, t, c->ca);
        ca_mul(t, q.a, q.a, c->ca);
        ca_div(v, v, t, c->ca);
        what = "the sum of the squares of the roots";
    } else if (has(m, "reciprocals")) {
        if (ca_check_is_zero(q.k, c->ca) != T_FALSE)
            return 0;
        ca_div(v, q.b, q.k, c->ca);
        ca_neg(v, v, c->ca);
        what = "the sum of the reciprocals of the roots";
    } else if (has(m, "sum")) {
        ca_div(v, q.b, q.a, c->ca);
        ca_neg(v, v, c->ca);
        what = "the sum of the roots";
    } else if (has(m, "product")) {
        if (two != YES)
            return 0;
        ca_div(v, q.k, q.a, c->ca);
        what = "the product of the roots";
    } else if (has(m, "difference")) {
        if (none != NO)
            return 0;
        ca_sqrt(v, q.disc, c->ca);
        ca_abs(t, q.a, c->ca);
        ca_div(v, v, t, c->ca);
        what = "the absolute difference of the roots";
    } else {                                          /* the larger or the smaller root */
        if (two != YES)
            return 0;
        ca_sqrt(v, q.disc, c->ca);
        if ((value_sign_is(c, q.a, 1) == YES) != has(m, "larger"))
            ca_neg(v, v, c->ca);
        ca_sub(v, v, q.b, c->ca);
        ca_div(v, v, q.a, c->ca);
        ca_div_si(v, v, 2, c->ca);
        r->var = q.x;
        what = has(m, "larger") ? "the larger root" : "the smaller root";
    }
    r->k = S_VALUE;
    r->v = v;
    r->text = calc_printf(c, "%s, find %s", ex_text(c, q.f), what);
    return 1;
}

/* B^u = k with a whole base: u = log_B k, for real x. */
static int power_zeros(struct calc *c, struct ex *f, const char *x, struct vals *z)
{
    long b;
    if (f->k != E_REL || f->n != 2 || f->a[0]->k != E_POW || !ex_is_int(f->a[0]->a[0], &b) || b < 2 || ex_has_sym(f->a[1], NULL))
        return 0;
    val v = value_const(c, f->a[1]), t = NULL;
    if (v == NULL || value_sign_is(c, v, 1) != YES)
        return 0;
    for (long k = -40; k <= 40 && t == NULL; k++) {   /* a whole power of the base */
        val p = val_si(c, b);
        ca_pow_si(p, p, k, c->ca);
        if (value_equal(c, p, v) == YES)
            t = val_si(c, k);
    }
    long k;
    return t != NULL && value_get_si(c, t, &k) && solve_zeros(c, minus(c, f->a[0]->a[1], ex_num(c, k)), x, z) == 1;
}

/* ---- equations and inequalities to solve, in more words --------------------------------- */
static int roots_of(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *d;
    const char *v[4], *x;
    struct vals z;
    if (f == NULL || w->n > 0 || f->k == E_LIST)
        return 0;
    if (f->k == E_REL && has(m, "zeros")) {
        if ((d = function_body(f, &x)) == NULL)
            return 0;
        f = ex_rel(c, R_EQ, d, ex_num(c, 0));
    } else if (f->k == E_REL) {
        if (f->n != 2 || f->rels[0] != R_EQ || ex_syms(f, v, 4) != 1)
            return 0;
        x = v[0];
        d = minus(c, f->a[0], f->a[1]);
    } else if ((d = function_body(f, &x)) == NULL) {
        return 0;
    } else {
        f = ex_rel(c, R_EQ, d, ex_num(c, 0));
    }
    struct ex *named = match_ex(m, "x");
    if ((named != NULL && (named->k != E_SYM || strcmp(named->s, x) != 0)) || ex_has_kind(d, E_CALL) || ex_has_kind(d, E_I) || ex_has_kind(d, E_DOTS) || ex_has_kind(d, E_PM))
        return 0;
    if (solve_zeros(c, d, x, &z) != 1 && !power_zeros(c, f, x, &z))
        return 0;
    for (int i = 0; i < z.n; i++) {
        struct env env = { x, z.v[i], NULL };
        enum tri real = value_is_real(c, z.v[i]), t = solve_holds(c, f, &env);
        if (real == UNSURE || t == UNSURE)
            return 0;
        if (t == NO)
            continue;
        if (real == NO && !has(m, "complex")) {
            if (!has(m, "real"))
                r->domain_open = 1;
            r->all.v[r->all.n++] = z.v[i];
            continue;
        }
        if (has(m, "positive") || has(m, "negative") || has(m, "integer")) {
            enum tri s = has(m, "integer") ? tri_of(ca_check_is_integer(z.v[i], c->ca)) : YES;
            if (s == YES && (has(m, "positive") || has(m, "negative")))
                s = value_sign_is(c, z.v[i], has(m, "positive") ? 1 : -1);
            if (s == UNSURE)
                return 0;
            if (s == NO)
                continue;
            r->domain_open = 0;
        }
        r->vals.v[r->vals.n++] = r->all.v[r->all.n++] = z.v[i];
    }
    if (has(m, "positive") || has(m, "negative") || has(m, "integer"))
        r->domain_open = 0;
    if (has(m, "one") && r->vals.n != 1)
        return 0;
    r->k = S_VALS;
    r->var = x;
    r->subject = f;
    r->text = calc_printf(c, "%s %s, %s, find all %s", x, has(m, "complex") ? "complex" : has(m, "positive") ? "positive" : has(m, "negative") ? "negative" : "real", ex_text(c, f), x);
    return 1;
}

/* The sum or the product of all solutions; a polynomial's only where all of them are real and different. */
static int over_solutions(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct sym s;
    struct rf rf;
    val d, all = val_si(c, has(m, "sum") ? 0 : 1);
    if (!roots_of(w, m, r) || r->domain_open || r->vals.n < 2)
        return 0;
    sym_init(&s, c);
    int g = sym_gen_var(&s, r->var);
    struct ex *e = minus(c, r->subject->a[0], r->subject->a[1]);
    if (sym_rf(&s, e, &rf) && s.n == 1 && (!mp_is_const(&s, &rf.den, &d) || mp_deg(&rf.num, g) != r->vals.n))
        return 0;
    for (int i = 0; i < r->vals.n; i++) {
        val t = val_new(c);
        if (has(m, "sum"))
            ca_add(t, all, r->vals.v[i], c->ca);
        else
            ca_mul(t, all, r->vals.v[i], c->ca);
        all = t;
    }
    r->text = calc_printf(c, "%s, find the %s of all solutions", ex_text(c, r->subject), has(m, "sum") ? "sum" : "product");
    r->k = S_VALUE;
    r->v = all;
    r->vals.n = r->all.n = 0;
    r->var = NULL;
    return 1;
}

/* 已知方程 ..., 求它的根 */
static int its_roots(struct world *w, struct match *m, struct reading *r)
{
    struct match copy = *m;
    struct world none = *w;
    if (w->n != 1 || w->thing == NULL || !w->used[0] || copy.n == 24)
        return 0;
    none.n = 0;
    copy.c[copy.n++] = (struct capture){ "f", w->thing, NULL, NULL, 'e' };
    return roots_of(&none, &copy, r);
}

/* Integers that satisfy an inequality: their number, the largest, the smallest, all. */
static int integers(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f");
    const char *v[4];
    struct rset s;
    if (f == NULL || w->n > 0 || ex_syms(f, v, 4) != 1 || (f->k == E_REL && f->rels[0] == R_EQ) || ex_has_kind(f, E_CALL))
        return 0;
    struct ex *named = match_ex(m, "x");
    if (named != NULL && (named->k != E_SYM || strcmp(named->s, v[0]) != 0))
        return 0;
    if (f->k == E_LIST) {
        struct ex *all = ex_new(c, E_AND, f->n);
        memcpy(all->a, f->a, (size_t)f->n * sizeof *f->a);
        f = all;
    }
    if (has(m, "positive") || has(m, "negative") || has(m, "nonnegative")) {
        struct ex *all = ex_new(c, E_AND, 2);
        all->a[0] = f;
        all->a[1] = ex_rel(c, has(m, "negative") ? R_LT : has(m, "positive") ? R_GT : R_GE, ex_sym(c, v[0]), ex_num(c, 0));
        if (!rset_solve(c, all, v[0], &s))
            return 0;
    } else if (!rset_solve(c, f, v[0], &s)) {
        return 0;
    }
    if (s.n == 0 || s.n > 6)
        return 0;
    long found[64];
    int n = 0, open_low = 0, open_high = 0;
    for (int i = 0; i < s.n; i++) {
        long lo = 0, hi = 0;
        val t = val_new(c);
        if (s.iv[i].lo != NULL) {
            ca_ceil(t, s.iv[i].lo, c->ca);
            if (!value_get_si(c, t, &lo))
                return 0;
            enum tri on = value_equal(c, t, s.iv[i].lo);
            if (on == UNSURE)
                return 0;
            lo += s.iv[i].lo_open && on == YES;
        } else {
            open_low = 1;
        }
        t = val_new(c);
        if (s.iv[i].hi != NULL) {
            ca_floor(t, s.iv[i].hi, c->ca);
            if (!value_get_si(c, t, &hi))
                return 0;
            enum tri on = value_equal(c, t, s.iv[i].hi);
            if (on == UNSURE)
                return 0;
            hi -= s.iv[i].hi_open && on == YES;
        } else {
            open_high = 1;
        }
        if (s.iv[i].lo == NULL)
            lo = hi;                                  /* only the greatest matters */
        if (s.iv[i].hi == NULL)
            hi = lo;
        if (s.iv[i].lo == NULL && s.iv[i].hi == NULL)
            return 0;
        if (hi - lo > 60 || n + (hi - lo) >= 60)
            return 0;
        for (long k = lo; k <= hi; k++)
            found[n++] = k;
    }
    if (n == 0 && has(m, "count") && s.n > 0 && !open_low && !open_high) {
        r->k = S_VALUE;
        r->v = val_si(c, 0);
        r->text = calc_printf(c, "%s integer, %s, find their number", v[0], ex_text(c, f));
        return 1;
    }
    if (n == 0 || ((has(m, "all") || has(m, "count") || has(m, "sum")) && (open_low || open_high)) || (has(m, "max") && open_high) || (has(m, "min") && open_low))
        return 0;
    r->var = v[0];
    r->text = calc_printf(c, "%s %sinteger, %s, find %s", v[0], has(m, "positive") ? "positive " : "", ex_text(c, f), has(m, "all") ? "all" : has(m, "count") ? "their number" : has(m, "sum") ? "their sum" : has(m, "max") ? "the largest" : "the smallest");
    if (has(m, "all")) {
        r->k = S_VALS;
        r->subject = f;
        for (int i = 0; i < n && i < 38; i++)
            r->vals.v[r->vals.n++] = r->all.v[r->all.n++] = val_si(c, found[i]);
        return n <= 38;
    }
    long sum = 0;
    for (int i = 0; i < n; i++)
        sum += found[i];
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "count") ? n : has(m, "sum") ? sum : has(m, "max") ? found[n - 1] : found[0]);
    if (has(m, "count") || has(m, "sum"))
        r->var = NULL;
    return 1;
}

/* The smallest or largest value of g under one relation between two positive letters. */
static int bound(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g"), *eq = NULL;
    const char *v[4], *x;
    struct shape s;
    struct rset im;
    if (g == NULL || w->n == 0 || g->k == E_LIST || g->k == E_SYM)
        return 0;
    if (g->k == E_REL && (g = function_body(g, &x)) == NULL)
        return 0;
    if (g->k == E_CALL) {                             /* f(x) of a definition above */
        struct ex *d = w->thing;
        if (d == NULL || d->k != E_REL || !ex_same(d->a[0], g))
            return 0;
        for (int i = 0; i < w->n; i++)
            if (w->rel[i] == d)
                w->used[i] = 1;
        g = d->a[1];
    }
    int nv = ex_syms(g, v, 4);
    if (nv < 1 || nv > 2 || ex_has_kind(g, E_CALL) || ex_has_kind(g, E_I))
        return 0;
    struct ex *conds = ex_new(c, E_AND, w->n + 2);
    conds->n = 0;
    for (int i = 0; i < w->n; i++) {
        struct ex *e = w->rel[i];
        if (w->used[i])
            continue;
        if (e->rels[0] == R_EQ) {
            if (eq != NULL || e->n != 2)
                return 0;
            eq = e;
        } else {
            conds->a[conds->n++] = e;
        }
    }
    if ((nv == 2) != (eq != NULL))
        return 0;
    if (eq != NULL) {                                 /* one letter by the other: linear in it, with a constant factor */
        struct ex *d = minus(c, eq->a[0], eq->a[1]), *at0 = ex_subst(c, d, v[1], ex_num(c, 0)), *slope = ex_diff(c, d, v[1]);
        const char *u[4];
        int all = ex_syms(eq, u, 4);
        for (int i = 0; i < all; i++)
            if (all > 2 || (strcmp(u[i], v[0]) != 0 && strcmp(u[i], v[1]) != 0))
                return 0;
        if (slope == NULL || ex_has_kind(d, E_DIV) || ex_has_kind(d, E_CALL) || !ex_has_sym(d, v[1]))
            return 0;
        struct ex *k = ex_subst(c, ex_subst(c, slope, v[1], ex_num(c, 0)), v[0], ex_num(c, 0));
        int product = sym_equal(c, slope, ex_sym(c, v[0]), 0) == YES;        /* a b = 4 */
        if (!product && sym_equal(c, slope, k, 0) != YES)
            return 0;
        struct ex *by = ex_1(c, E_NEG, ex_2(c, E_DIV, at0, product ? ex_sym(c, v[0]) : k));
        g = ex_subst(c, g, v[1], by);
        for (int i = 0; i < conds->n; i++)
            conds->a[i] = ex_subst(c, conds->a[i], v[1], by);
        if (product)
            conds->a[conds->n++] = ex_rel(c, R_NE, ex_sym(c, v[0]), ex_num(c, 0));
    }
    x = v[0];
    for (int i = 0; i < conds->n; i++)
        if (ex_syms(conds->a[i], v + 1, 2) != 1 || strcmp(v[1], x) != 0)
            return 0;
    if (!shape_of(c, g, x, conds->n ? conds : NULL, &s) || !shape_image(c, &s, &im))
        return 0;
    const struct iv *e = has(m, "min") ? &im.iv[0] : &im.iv[im.n - 1];
    val y = has(m, "min") ? e->lo : e->hi;
    if (y == NULL || (has(m, "min") ? e->lo_open : e->hi_open))
        return 0;
    r->k = S_VALUE;
    r->v = y;
    r->text = world_text(w, calc_printf(c, "find the %s value of %s", has(m, "min") ? "smallest" : "largest", ex_text(c, match_ex(m, "g"))));
    return 1;
}

/* A number to be computed, once more words. */
static int constant(struct world *w, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "g");
    if (w->n > 0 || f == NULL || ex_has_sym(f, NULL) || f->k == E_NUM || f->k == E_TUPLE || f->k == E_REL || f->k == E_SET || f->k == E_LIST || f->k == E_RATIO || f->k == E_MAT || ex_has_kind(f, E_UNIT) || ex_has_kind(f, E_PM) ||
        ex_has_kind(f, E_CALL) || ex_has_kind(f, E_DOTS) || ex_has_kind(f, E_REALS) || (f->k == E_NEG && f->a[0]->k == E_NUM) || read_plain_angle(w->c, f) || (r->v = value_const(w->c, f)) == NULL)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(w->c, "evaluate %s", ex_text(w->c, f));
    return 1;
}

/* Systems of equations, in more words than the tables have. */
static int system_of(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    static const char *const names[] = { "f", "g", "h" };
    const char *v[5];
    struct ex *unknown[4];
    if (w->n > 0)
        return 0;
    for (int i = 0; i < 3; i++)
        if (match_get(m, names[i]) != NULL && !world_add(w, match_ex(m, names[i])))
            return 0;
    if (w->n < 2)
        return 0;
    struct ex *all = ex_new(c, E_CASES, w->n);
    for (int i = 0; i < w->n; i++) {
        if (w->rel[i]->rels[0] != R_EQ || ex_has_kind(w->rel[i], E_CALL))
            return 0;
        all->a[i] = w->rel[i];
    }
    int n = ex_syms(all, v, 4);
    if (n < 2 || n > 3)
        return 0;
    for (int i = 1; i < n; i++)                       /* alphabetical: the order of an answer */
        for (int j = i; j > 0 && strcmp(v[j - 1], v[j]) > 0; j--) {
            const char *t = v[j];
            v[j] = v[j - 1];
            v[j - 1] = t;
        }
    if (match_get(m, "order") != NULL && !read_names(match_ex(m, "order"), v, n))
        return 0;                                     /* "for x < 0", "for (y, x)" */
    for (int i = 0; i < n; i++)
        unknown[i] = ex_sym(c, v[i]);
    return cond_tuples(w, unknown, n, r);
}

/* An inequality or a system of them: its solution set. */
static int inequality(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g"), *x = match_ex(m, "x");
    const char *v[2];
    if (f == NULL || w->n > 0)
        return 0;
    if (g != NULL || f->k == E_LIST) {
        struct ex *all = ex_new(c, E_AND, g != NULL ? 2 : f->n);
        if (g != NULL) {
            all->a[0] = f;
            all->a[1] = g;
        } else {
            memcpy(all->a, f->a, (size_t)f->n * sizeof *f->a);
        }
        f = all;
    }
    struct ex *parts[1] = { f };
    for (int i = 0; i < (f->k == E_REL ? 1 : f->n); i++) {
        struct ex *e = f->k == E_REL ? parts[0] : f->a[i];
        if (e->k != E_REL || e->rels[0] < R_LT || e->rels[0] > R_GE)
            return 0;
    }
    if ((f->k != E_REL && f->k != E_CASES && f->k != E_AND) || ex_syms(f, v, 2) != 1 || (x != NULL && (x->k != E_SYM || strcmp(x->s, v[0]) != 0)) || !rset_solve(c, f, v[0], &r->rs))
        return 0;
    if (has(m, "interval"))
        r->forms |= FORM_INTERVAL;
    r->k = S_RSET;
    r->var = v[0];
    r->subject = f;
    r->text = calc_printf(c, "%s real, %s, find all %s", v[0], ex_text(c, f), v[0]);
    return 1;
}

/* For what x is f equal to g? */
static int equal_when(struct world *w, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = has(m, "zero") ? ex_num(w->c, 0) : match_ex(m, "g"), *x = match_ex(m, "x");
    if (w->n > 0 || f == NULL || g == NULL || x == NULL || f->k == E_REL || g->k == E_REL || f->k == E_LIST || g->k == E_LIST || f->k == E_TUPLE || !ex_has_sym(f, x->s) || !world_add(w, ex_rel(w->c, R_EQ, f, g)))
        return 0;
    return cond_value(w, x, r);
}

/* B^u = k for letters u, and a power of the same base is asked: 10^a = 2, find 10^(2a + b). */
static int powers(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g"), *base = NULL, *exps[4];
    val k[4];
    long b = 0, gb, p = 1;
    if (g == NULL || g->k != E_POW || w->n < 1 || w->n > 4)
        return 0;
    for (int i = 0; i < w->n; i++) {
        struct ex *e = w->rel[i];
        if (e->rels[0] != R_EQ || e->n != 2 || e->a[0]->k != E_POW || e->a[0]->a[1]->k != E_SYM || ex_has_sym(e->a[1], NULL) || (k[i] = value_const(c, e->a[1])) == NULL || value_sign_is(c, k[i], 1) != YES)
            return 0;
        if (base != NULL && !ex_same(base, e->a[0]->a[0]))
            return 0;
        for (int j = 0; j < i; j++)
            if (strcmp(exps[j]->s, e->a[0]->a[1]->s) == 0)
                return 0;
        base = e->a[0]->a[0];
        exps[i] = e->a[0]->a[1];
    }
    int number = ex_is_int(base, &b);
    if (number ? b < 2 : base->k != E_SYM)
        return 0;
    if (!ex_same(base, g->a[0])) {                    /* 9 is 3^2 */
        if (!number || !ex_is_int(g->a[0], &gb))
            return 0;
        long t = b;
        for (p = 1; t < gb && p < 12; p++)
            t *= b;
        if (t != gb)
            return 0;
    }
    struct ex *rest = g->a[1], *at0 = g->a[1], *line;
    const char *v[5];
    int n = ex_syms(rest, v, 4);
    if (n > 4)
        return 0;
    for (int i = 0; i < w->n; i++)
        at0 = ex_subst(c, at0, exps[i]->s, ex_num(c, 0));
    val c0 = ex_has_sym(at0, NULL) ? NULL : value_const(c, at0), out = val_si(c, 1);
    long q0;
    if (c0 == NULL || !value_get_si(c, c0, &q0) || (!number && q0 != 0) || q0 > 40 || q0 < -40)
        return 0;
    line = ex_num(c, q0);
    for (int i = 0; i < w->n; i++) {
        struct ex *one = rest;
        for (int j = 0; j < w->n; j++)
            one = ex_subst(c, one, exps[j]->s, ex_num(c, i == j));
        val t = value_const(c, one), f = val_new(c);
        long q;
        if (t == NULL || !value_get_si(c, t, &q) || q - q0 > 40 || q - q0 < -40)
            return 0;
        q -= q0;
        line = ex_2(c, E_ADD, line, ex_2(c, E_MUL, ex_num(c, q), exps[i]));
        ca_pow_si(f, k[i], q * p, c->ca);
        val o = val_new(c);
        ca_mul(o, out, f, c->ca);
        out = o;
    }
    if (sym_equal(c, line, rest, 0) != YES)
        return 0;
    if (q0 != 0) {
        val f = val_si(c, b), o = val_new(c);
        ca_pow_si(f, f, q0 * p, c->ca);
        ca_mul(o, out, f, c->ca);
        out = o;
    }
    r->k = S_VALUE;
    r->v = out;
    r->text = world_text(w, calc_printf(c, "find %s", ex_text(c, g)));
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZASK "(则|那么|)(请|试|)(求出|求|计算|写出|确定|)"
#define ZTAIL "(是|为|等于|=|)(多少|什么|几|)"
#define EASK "(then |)(find|determine|compute|calculate|evaluate|what is|what's|state|give|write down|work out) "
#define OFQ "(of |to |for )(the |)(quadratic |)(equation |polynomial |)"
#define EXT "(最小值{!:min}|最大值{!:max})"
const struct asked ask_values[] = {
    { "powers", P("(则|那么|)(请|试|)(求|计算|求出|){e:g}(的值|)" ZTAIL ".", EASK "(the |)(value |)(of |){e:g}."), powers },
    { "number", P("(则|那么|)(请|试|)(求|计算|求出|)(下列各式(的值|)|复数|)(,|)({e:g})(的(值|结果)|)(等于|是|为|=|)(多少|几|什么|).", "{e:g}(,|)计算.", EASK "(the |)(exact |)(value |)(of |)(the expression |the following |)(:|){e:g}.", "(simplify|compute|evaluate) (the (expression|following)|)(:|) {e:g}."), constant },
    { "system", P("(用(代入法|代入消元法|加减法|加减消元法|消元法|适当的方法)|)(解|求解)(下列|)(二元一次|三元一次|二元二次|)(方程组|),{e:f}(,{e:g}|).", "(求|)(二元一次|三元一次|)方程组{e:f}的解" ZTAIL ".", "(二元一次|三元一次|)方程组{e:f}的解" ZTAIL ".", "solve (the |)(following |)(system|simultaneous equations|system of equations|system of linear equations|linear system|pair of equations|equations)(:|) {e:f}((,| and |,and ){e:g}|)((,| and |,and ){e:h}|) (by substitution|by elimination|using substitution|using elimination|for {e:order}|).",
        "solve (the |)(following |)(system|simultaneous equations|system of equations|system of linear equations)(:|) {e:f},{e:g}(,| and |,and ){e:h}.", "(find|what is) the solution (of|to) (the |)(system|simultaneous equations|system of equations)(:|) {e:f} (and {e:g}|{e:g}|)."), system_of },
    { "inequality", P("(求|求解|解|)(一元一次|一元二次|分式|绝对值|)(不等式|不等式组|){e:f}(的解集|)" ZTAIL ".", "(解|求解)(下列|关于{v:x}的|)(一元一次|一元二次|分式|绝对值|含绝对值的|)(不等式|不等式组),{e:f}(,{e:g}|)(,(并|)(写出|求出|求)(它的|其|)(解集|))|).", "(解|求解)(下列|)(一元一次|一元二次|分式|)(不等式|不等式组),{e:f},并把(它的|其|)解集(在数轴上表示出来|用区间表示{!:interval}).", "(解|求解)(不等式|不等式组|)(,|){e:f},(并|)(写出|求出|求)(它的|其|)解集.",
        "solve (the |)(following |)(compound |quadratic |linear |rational |absolute value |polynomial |)(inequality |inequalities |system of inequalities |)(:|){e:f} (and {e:g}|) (for {v:x}|).", "(find|determine|what is) the solution set (of|to|for) (the |)(compound |quadratic |linear |)(inequality |)(:|){e:f}.", "solve (the |)(inequality |)(:|){e:f} (and|,) (write|give|express) (your|the) (answer|solution|solution set) (in|using) interval{!:interval} notation.",
        "for (which|what) (real |)(numbers |values |)(of |){v:x} is {e:f}.", "(find|determine) (all |the |)(real |)(values |numbers |value |)(of |){v:x} (such that|for which|with|where|that satisfy|satisfying) {e:f}."), inequality },
    { "equal when", P("(当|)(求|){v:x}(为|取|是)(何值|什么值|多少|何数)时(,|)(代数式|式子|分式|){e:f}的值(等于|为|是)({e:g}|零{!:zero}).", "(若|如果|)(代数式|式子|分式){e:f}的值(等于|为|是)({e:g}|零{!:zero}),(则|求|那么){v:x}(的值|)" ZTAIL ".", "(当|){v:x}(为|取|是)(何值|什么值|多少)时(,|)(代数式|式子|){e:f}(与|和)(代数式|式子|){e:g}的值(相等|相同).", "(for |)(what|which) (value|values) of {v:x} (is|are|does|do) {e:f} (equal to|equal|equals|have the value) {e:g}."), equal_when },
    { "value under a condition", P("(则|那么|)(请|试|)(求出|求|计算|确定)(代数式|式子|有序(实|)数对|数对|)(,|){e:g}(的值|)" ZTAIL ".", "(则|那么)(代数式|式子|)(,|){e:g}(的值|)" ZTAIL ".", "{e:g}(的值|)(是|为|等于|=)(多少|什么|几|).",
        "(则|那么|)(请|试|)(求出|求|计算|确定){e:g}(、|和|与|,){e:g2}(的值|).",
        EASK "(the |)(exact |)(value |values |)(of |)(the expression |){e:g}.", EASK "(the |)(value |values |)(of |){e:g} and {e:g2}.", "{e:g} (is|equals|is equal to) what.", "(for |)(what|which) (value|values) of {e:g} (is|does) {e:f}.", "(当|){e:g}(为|取)(何值|什么值|多少)时(,|){e:f}.",
        EASK "(the |)(value |)(of |)(the expression |){e:g} (if|when|given that|given|for|at|where|for which|such that|so that) {e:f} (and {e:h}|).", EASK "(the |)(values |value |)(of |){e:g} and {e:g2} (if|when|given that|given|where|such that|so that) {e:f} (and {e:h}|).",
        EASK "(the |)(ordered |)(pair |triple |pairs |)(of numbers |){e:g} (that satisfies|satisfying|which satisfies|that satisfy|such that|for which) {e:f} (and {e:h}|)."), value },
    { "of the unknown", P("(求|则|那么|){e:g}的(相反数{!:opposite}|倒数{!:reciprocal}|绝对值{!:abs}|平方根{!:root}|算术平方根{!:principal})" ZTAIL ".", EASK "the (opposite{!:opposite}|additive inverse{!:opposite}|reciprocal{!:reciprocal}|absolute value{!:abs}) of {e:g}.", EASK "{e:g} only{!:same}."), of_unknown },
    { "substitute", P("(先化简,再求值|先化简再求值|化简求值|化简并求值|先化简,后求值|求代数式的值|求值),{e:g},其中{e:f}((,|且|和){e:h}|).", "(求|计算|求出)当{e:f}时(,|)(代数式|式子|){e:g}的值.", "当{e:f}时(,|)(代数式|式子|多项式|){e:g}的值(是|为|等于)(多少|几|).",
        "(simplify|first simplify) (and then|then|and) evaluate {e:g} (when|for|at|if|where) {e:f} (and {e:h}|)."), substituted },
    { "its roots", P("(求|)(它的|方程的|)(两个|两|)(所有|)(实数{!:real}|)(根|解)" ZTAIL "."), its_roots },
    { "other root", P("(则|)(求|)(方程的|该方程的|这个方程的|它的|)另(外|)一(个|)(实数|实|)(根|解)" ZTAIL ".", EASK "(the |its )other (root|solution)."), other_root },
    { "discriminant", P("(求|计算|)(一元二次|)方程{e:f}的(根的|)判别式{!:disc}(的值|)" ZTAIL ".", EASK "the discriminant{!:disc} of (the |)(quadratic |)(equation |polynomial |function |expression |){e:f}."), about_roots },
    { "number of roots", P("(一元二次|)方程{e:f}的(不同的|不同{!:different}|不相等的|)实(数|)根{!:count}的个数" ZTAIL ".", "(求|)(一元二次|)方程{e:f}的(不同的|不同{!:different}|)实(数|)根{!:count}的个数.", "(一元二次|)方程{e:f}有(几|多少)个(不同的{!:different}|不相等的{!:different}|)实(数|)根{!:count}.",
        "how many (distinct{!:different} |different{!:different} |)real (roots|solutions){!:count} does (the |)(quadratic |)(equation |){e:f} have.", EASK "the number of (distinct{!:different} |different{!:different} |)real (roots|solutions){!:count} " OFQ "{e:f}."), about_roots },
    { "sum of the roots", P(ZASK "(一元二次|)方程{e:f}(的|)(两|两个|)(实数|实|)根(之|的)(和{!:sum}|积{!:product})" ZTAIL ".", ZASK "(一元二次|)方程{e:f}(的|)(两|两个|)(实数|实|)根的(平方和{!:squares}|倒数和{!:reciprocals}|倒数之和{!:reciprocals})" ZTAIL ".", ZASK "(一元二次|)方程{e:f}(的|)(两|两个)(实数|实|)根(之|的)差的绝对值{!:difference}" ZTAIL ".",
        EASK "the (sum{!:sum}|product{!:product}|sum of the squares{!:squares}|sum of the reciprocals{!:reciprocals}|absolute difference{!:difference}|positive difference{!:difference}) (of |between )the (two |)(real |)(roots|solutions) " OFQ "{e:f}.",
        ZASK "(一元二次|)方程{e:f}的较(大{!:larger}|小)(的|)(实数|)根" ZTAIL ".", EASK "the (larger{!:larger}|greater{!:larger}|smaller|lesser) (root|solution|of the roots|of the solutions) " OFQ "{e:f}."), about_roots },
    { "whether there are roots", P("(判断|请判断|试判断|)(关于{v:x}的|)(一元二次|)方程{e:f}(是否|)有(没有|无|)(实数{!:real}|实{!:real})(根|解)(,|)(若有|如果有|若有解)(,|)(则|请|)(求出|求|写出)(它的|方程的|所有的|所有|这些|它们|来|)(实数根|根|解|).", "does (the |)(quadratic |)(equation |){e:f} have (any |)real{!:real} (roots|solutions),if (so|yes|it does),(find|give|state) (them|the roots|the solutions|all of them).", "(determine|decide|state) (whether|if) (the |)(quadratic |)(equation |){e:f} has (any |)real{!:real} (roots|solutions)(,| and )(if so,|if it does,|)(then |)(find|give) (them|them if (so|it does|they exist)|the roots)."), roots_of },
    { "over all solutions", P(EASK "the (sum{!:sum}|product{!:product}) of (all |)(the |)(real |)(solutions|roots|values of {v:x}) (of|to|for|that satisfy|satisfying) (the |)(equation |){e:f}.", "(求|)方程{e:f}(的|)(所有|各|全部)(实数{!:real}|实{!:real}|)(解|根)(之|的)(和{!:sum}|积{!:product})" ZTAIL "."), over_solutions },
    { "integer solution", P("(find|determine) (the |all |)(positive{!:positive} |negative{!:negative} |)(integer{!:integer}|integers{!:integer}|whole number{!:integer}) {v:x} (such that|for which|satisfying|that satisfies|that satisfy|with|if) (the equation |){e:f}.", "what (positive{!:positive} |negative{!:negative} |)integer{!:integer} {v:x} satisfies (the equation |){e:f}."), roots_of },
    { "solve", P("用(配方法|公式法|因式分解法|直接开平方法|求根公式|适当的方法|合适的方法|换元法|十字相乘法|分解因式法)(解|求解)(下列|)(关于{v:x}的|)(一元二次|)(方程|),{e:f}.", "(求|求出)(一元一次|一元二次|)(方程|){e:f}的(两个|)(所有|全部|)(实数{!:real}|实{!:real}|)(根|解|解集).", "(一元一次|一元二次|分式|)方程{e:f}的(两个|)(所有|)(实数{!:real}|实{!:real}|)(解|根|解集)(分别|)" ZTAIL ".", "(解|求解)(高次|三次|四次|绝对值|根式|三角|一元三次|简易|简单)方程,{e:f}.",
        "(求|求出)(方程|){e:f}的(所有|全部|)(正{!:positive}|负{!:negative}|整数{!:integer}|正整数{!:positive}{!:integer})(实|)(数|)(解|根)(之集|).", "在实数{!:real}(范围|集|域)(内|中|上)(,|)(解|求解)(方程|),{e:f}.", "在复数(范围|集|域)(内|中|上)(,|)(解|求解)(方程|){!:complex}{e:f}.", "(求|求出)方程{e:f}(在复数范围内|的所有复数|在复数范围内的)(根|解){!:complex}.",
        "(求|求出)(函数|二次函数|多项式|){e:f}的(所有|)(实|)零点{!:zeros}.", "(函数|二次函数|){e:f}的零点{!:zeros}" ZTAIL ".",
        "solve (the |)(quadratic |)(equation |){e:f} (by |using )(factoring|factorization|factorisation|completing the square|the quadratic formula|substitution|the method of completing the square) (for {v:x}|).", "(use|using|by) (the quadratic formula|factoring|completing the square)(,|)(to |)solve (the |)(quadratic |)(equation |){e:f}.",
        "solve (the |)(following |)(quadratic |cubic |polynomial |rational |radical |absolute value |exponential |logarithmic |)(equation |){e:f} (over|in) the complex{!:complex} numbers.", "(find|determine|list|give|what are) (all |)(of |)(the |)complex{!:complex} (roots|solutions|zeros) (of|to) (the |)(equation |polynomial |){e:f}.",
        "solve (the |)(following |)(cubic |polynomial |radical |quartic |fractional |)(equation |){e:f}.", "(find|determine|list|give|what are) (all |)(of |)(the |)(exact |)(real{!:real} |positive{!:positive} |negative{!:negative} |integer{!:integer} |)(roots|zeros{!:zeros}|solutions) (of|to) (the |)(quadratic |cubic |)(equation |polynomial |function |expression |){e:f}.",
        "(find|determine) (all |the |)(real{!:real} |positive{!:positive} |negative{!:negative} |)(values |value |numbers |number |)(of |){v:x} (such that|for which|so that|that satisfy|satisfying|with|where|that satisfies|which satisfy|that make) {e:f} (true|).", "(what |which )(real{!:real} |positive{!:positive} |)(value|values|number|numbers) (of |){v:x} (satisfies|satisfy|solves|solve|makes|make) (the equation |){e:f} (true|).",
        "(determine|find) the value of {v:x} (for which|such that|that satisfies|if|when|given) {e:f}.", "(for |)(what|which) (value|values) of {v:x} (is|does|do|satisfies) (the equation |){e:f} (hold|true|)."), roots_of },
    { "integers of an inequality", P("(求|写出|)(不等式|不等式组|){e:f}的{!:all}(正{!:positive}|负{!:negative}|非负{!:nonnegative}|)整数解" ZTAIL ".", "(求|写出|)(满足|)(不等式|不等式组|){e:f}的(最大{!:max}|最小{!:min}|所有{!:all}|全部{!:all})(的|)(正{!:positive}|负{!:negative}|非负{!:nonnegative}|)整数(解|){v:x}" ZTAIL ".", "(求|写出|)(满足|)(不等式|不等式组|){e:f}的(最大{!:max}|最小{!:min}|所有{!:all}|全部{!:all})(的|)(正{!:positive}|负{!:negative}|非负{!:nonnegative}|)整数(解|)" ZTAIL ".",
        "(求|写出|)(满足|)(不等式|不等式组|){e:f}的(所有|)(正{!:positive}|负{!:negative}|非负{!:nonnegative}|)整数(解|)(的个数{!:count}|有几个{!:count}|有多少个{!:count}|共有多少个{!:count}|共有几个{!:count}|的和{!:sum}|之和{!:sum})" ZTAIL ".", "(满足|使得|)(不等式|){e:f}(成立|)的(正{!:positive}|负{!:negative}|非负{!:nonnegative}|)整数({v:x}|)(共|)有(几|多少){!:count}个.",
        EASK "the (largest{!:max}|greatest{!:max}|smallest{!:min}|least{!:min}) (positive{!:positive} |negative{!:negative} |)integer ({v:x} |)(such that|for which|satisfying|with|that satisfies|value of {v:x} that satisfies|value of {v:x} satisfying) (the inequality |){e:f}.",
        "how many (positive{!:positive} |negative{!:negative} |non-negative{!:nonnegative} |nonnegative{!:nonnegative} |)integers{!:count} ({v:x} |)(satisfy|are solutions of|are solutions to) (the inequality |){e:f}.", "(find|list|give|determine) all{!:all} (the |)(positive{!:positive} |negative{!:negative} |)(integers|integer solutions|integer values of {v:x}) ({v:x} |)(such that|for which|satisfying|with|that satisfy|of|to) (the inequality |){e:f}.",
        EASK "the number{!:count} of (positive{!:positive} |negative{!:negative} |)integers ({v:x} |)(such that|for which|satisfying|that satisfy) (the inequality |){e:f}."), integers },
    { "bound", P("(则|那么|)(求|求出|)(函数|代数式|式子|){e:g}的" EXT ZTAIL ".", EASK "the (minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) (possible |)value of (the expression |){e:g}."), bound },
    { NULL, NULL, NULL },
};
