/* read_algebra.c - equations, systems, inequalities, expressions to evaluate, values
 * under a condition, roots of a quadratic. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

static int keep(struct calc *c, struct match *m, val v)      /* 1 yes, 0 no, -1 not known: is v in the domain that was asked? */
{
    if (has(m, "positive") || has(m, "negative")) {
        enum tri t = value_sign_is(c, v, has(m, "positive") ? 1 : -1);
        return t == YES ? 1 : t == NO ? 0 : -1;
    }
    if (has(m, "integer")) {
        enum tri t = tri_of(ca_check_is_integer(v, c->ca));
        return t == YES ? 1 : t == NO ? 0 : -1;
    }
    return 1;
}

static const char *domain_text(struct match *m)
{
    return has(m, "positive") ? "positive" : has(m, "negative") ? "negative" : has(m, "integer") ? "integer" : "real";
}

static int real_only(const struct ex *e)
{
    if (e->k == E_FN && (e->op == F_LN || e->op == F_LOG || e->op == F_SQRT || e->op == F_ROOT || e->op == F_ABS))
        return 1;
    long n;
    if (e->k == E_POW && !ex_is_int(e->a[1], &n))
        return 1;
    for (int i = 0; i < e->n; i++)
        if (real_only(e->a[i]))
            return 1;
    return 0;
}

static int solve_equation(struct calc *c, struct match *m, struct ex *f, struct reading *r)
{
    struct vals z;
    struct ex *d = ex_2(c, E_ADD, f->a[0], ex_1(c, E_NEG, f->a[1])), *cond = match_ex(m, "cond");
    int only_real = real_only(f), marked = has(m, "real") || has(m, "positive") || has(m, "negative") || has(m, "integer");
    if (ex_has_kind(f, E_I) || ex_has_kind(f, E_UNIT) || ex_has_kind(f, E_PM) || ex_has_kind(f, E_CALL) || solve_zeros(c, d, r->var, &z) != 1)
        return 0;
    r->k = S_VALS;
    r->subject = f;
    for (int i = 0; i < z.n; i++) {
        enum tri real = value_is_real(c, z.v[i]);
        struct env env = { r->var, z.v[i], NULL };
        if (real == UNSURE)
            return 0;
        if (real == NO && only_real)
            continue;
        enum tri t = solve_holds(c, f, &env);
        if (t == UNSURE)
            return 0;
        if (t == NO)
            continue;
        if (cond != NULL && real == YES) {
            if ((t = solve_holds(c, cond, &env)) == UNSURE)
                return 0;
            if (t == NO)
                continue;
        }
        if (real == NO && cond != NULL)
            continue;                                 /* what is compared is real */
        if (real == NO) {
            r->domain_open = !marked;
            r->all.v[r->all.n++] = z.v[i];
            continue;
        }
        int k = keep(c, m, z.v[i]);
        if (k < 0)
            return 0;
        if (k == 0)
            continue;
        r->vals.v[r->vals.n++] = z.v[i];
        r->all.v[r->all.n++] = z.v[i];
    }
    r->text = calc_printf(c, "%s %s, %s%s%s, find %s", r->var, domain_text(m), ex_text(c, f), cond != NULL ? ", " : "", cond != NULL ? ex_text(c, cond) : "", has(m, "all") || has(m, "roots") ? calc_printf(c, "all %s", r->var) : r->var);
    return 1;
}

static int solve_tuples(struct calc *c, struct match *m, struct ex **eq, int n, struct reading *r)
{
    struct ex *all = ex_new(c, E_CASES, n);
    memcpy(all->a, eq, (size_t)n * sizeof *eq);
    int nv = ex_syms(all, r->vars, 4);
    if (nv < 2 || nv > 3 || n < nv || real_only(all) || ex_has_kind(all, E_CALL) || ex_has_kind(all, E_I))
        return 0;
    for (int i = 1; i < nv; i++)                      /* alphabetical: the order of an answer (4, 2) */
        for (int j = i; j > 0 && strcmp(r->vars[j - 1], r->vars[j]) > 0; j--) {
            const char *t = r->vars[j];
            r->vars[j] = r->vars[j - 1];
            r->vars[j - 1] = t;
        }
    if (!solve_system(c, eq, n, r->vars, nv, &r->tu))
        return 0;
    for (int i = 0; i < r->tu.n; i++)
        for (int j = 0; j < nv; j++)
            if (value_is_real(c, r->tu.v[i][j]) != YES)
                return 0;
    struct capture *order = match_get(m, "order");
    static const char *const named[] = { "n1", "n2" };
    for (int i = 0; match_get(m, "n1") != NULL && i < 2; i++) {
        struct ex *v = match_ex(m, named[i]);
        if (nv != 2 || v == NULL || v->k != E_SYM || strcmp(v->s, r->vars[i]) != 0)
            return 0;
    }
    if (order != NULL && !read_names(order->e, r->vars, nv))
        return 0;
    r->k = S_TUPLES;
    r->subject = all;
    const char *names = r->vars[0];
    for (int i = 1; i < nv; i++)
        names = calc_printf(c, "%s, %s", names, r->vars[i]);
    r->text = calc_printf(c, "%s real, %s, find (%s)", names, ex_text(c, all), names);
    return 1;
}

static int solve_any(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    (void)q;
    struct ex *f = match_ex(m, "f"), *x = match_ex(m, "x"), *g = match_ex(m, "g");
    const char *v[4];
    if (f == NULL || ((match_get(m, "cond") != NULL || match_get(m, "again") != NULL) && (f->k != E_REL || g != NULL)))
        return 0;
    if (g != NULL && f->k == E_REL && g->k == E_REL) {
        struct ex *eq[2] = { f, g };
        return solve_tuples(c, m, eq, 2, r);
    }
    if (g != NULL)
        return 0;
    if (f->k == E_CASES || f->k == E_LIST || f->k == E_AND) {
        int ineq = 0;
        for (int i = 0; i < f->n; i++) {
            if (f->a[i]->k != E_REL)
                return 0;
            ineq += f->a[i]->rels[0] != R_EQ;
        }
        if (!ineq)
            return f->n <= 4 && x == NULL && solve_tuples(c, m, f->a, f->n, r);
        if (f->k != E_CASES && f->k != E_AND)
            return 0;
    } else if (f->k != E_REL) {
        return 0;
    }
    if (ex_syms(f, v, 4) != 1 || (x != NULL && strcmp(x->s, v[0]) != 0))
        return 0;
    if (match_get(m, "order") != NULL || match_get(m, "n1") != NULL)
        return 0;                                     /* only a system has them */
    struct ex *cond = match_ex(m, "cond"), *again = match_ex(m, "again");
    const char *u[4];
    if (again != NULL && (again->k != E_SYM || strcmp(again->s, v[0]) != 0))
        return 0;
    if (match_get(m, "cond") != NULL) {               /* "x > 2": about the same unknown */
        if (cond == NULL || cond->k != E_REL || ex_syms(cond, u, 4) != 1 || strcmp(u[0], v[0]) != 0 || ex_has_kind(cond, E_CALL))
            return 0;
        for (int i = 0; i + 1 < cond->n; i++)
            if (cond->rels[i] == R_EQ || cond->rels[i] > R_GE)
                return 0;
        if (f->k == E_REL && f->rels[0] != R_EQ) {
            struct ex *both = ex_new(c, E_AND, 2);
            both->a[0] = f;
            both->a[1] = cond;
            f = both;
        }
    }
    r->var = v[0];
    if (f->k == E_REL && f->rels[0] == R_EQ) {
        if (f->n != 2 || has(m, "inequality"))
            return 0;
        return solve_equation(c, m, f, r);
    }
    if (has(m, "equation") || has(m, "integer") || has(m, "positive") || has(m, "negative") || has(m, "roots") || !rset_solve(c, f, r->var, &r->rs))
        return 0;
    if (has(m, "interval"))
        r->forms |= FORM_INTERVAL;
    r->k = S_RSET;
    r->subject = f;
    r->text = calc_printf(c, "%s real, %s, find all %s", r->var, ex_text(c, f), r->var);
    return 1;
}

static int positive_root(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    return solve_any(c, q, m, r) && r->k == S_VALS && r->vals.n == 1;
}

/* A sum with dots: three terms in arithmetic or geometric progression that reaches the last. */
static int dotted(struct calc *c, struct ex *f, struct reading *r)
{
    val t[8];
    int n = 0, dots = -1;
    if (f->k != E_ADD || f->n > 8)
        return 0;
    for (int i = 0; i < f->n; i++) {
        if (f->a[i]->k == E_DOTS) {
            if (dots >= 0)
                return 0;
            dots = i;
        } else if ((t[n++] = value_const(c, f->a[i])) == NULL)
            return 0;
    }
    if (dots < 3 || dots != f->n - 2)
        return 0;
    val d = val_new(c), s = val_si(c, 0), x = t[0], last = t[n - 1];
    ca_sub(d, t[1], t[0], c->ca);
    int geo = 0;
    for (int round = 0; round < 2; round++) {
        int ok = 1;
        for (int i = 1; i < dots; i++) {
            val w = val_new(c);
            if (geo)
                ca_mul(w, t[i - 1], d, c->ca);
            else
                ca_add(w, t[i - 1], d, c->ca);
            ok = ok && value_equal(c, w, t[i]) == YES;
        }
        if (ok)
            break;
        if (geo || ca_check_is_zero(t[0], c->ca) != T_FALSE)
            return 0;
        geo = 1;
        d = val_new(c);
        ca_div(d, t[1], t[0], c->ca);
    }
    if (!geo && ca_check_is_zero(d, c->ca) != T_FALSE)
        return 0;
    for (int k = 0; k < 5000; k++) {
        val w = val_new(c);
        ca_add(w, s, x, c->ca);
        s = w;
        if (value_equal(c, x, last) == YES) {
            r->k = S_VALUE;
            r->v = s;
            r->text = calc_printf(c, "%s (%s progression, %d terms), find the sum", ex_text(c, f), geo ? "geometric" : "arithmetic", k + 1);
            return k >= dots;
        }
        w = val_new(c);
        if (geo)
            ca_mul(w, x, d, c->ca);
        else
            ca_add(w, x, d, c->ca);
        x = w;
        if (geo && k > 300)
            return 0;
    }
    return 0;
}

static int bare(const struct ex *e)
{
    return e->k == E_NUM || e->k == E_SYM || e->k == E_PI || e->k == E_TUPLE || e->k == E_REL || e->k == E_SET || e->k == E_LIST || (e->k == E_NEG && bare(e->a[0]));
}

/* sin 30 without a degree sign: radians by the letter, degrees by many a writer. */
int read_plain_angle(struct calc *c, const struct ex *e)
{
    if (e->k == E_FN && e->op >= F_SIN && e->op <= F_CSC && !ex_has_kind(e, E_DEG) && !ex_has_sym(e, NULL)) {
        fmpq_t q;
        fmpq_init(q);
        val v = value_const(c, e->a[0]);
        int plain = v != NULL && value_get_q(c, v, q) && !fmpq_is_zero(q);
        fmpq_clear(q);
        if (plain)
            return 1;
    }
    for (int i = 0; i < e->n; i++)
        if (read_plain_angle(c, e->a[i]))
            return 1;
    return 0;
}

int read_whole_letters(const struct ex *e)
{
    static const char *const letters[] = { "n", "m", "k", "j", "l", "p", "q" };
    int found = 0;
    if (e->k == E_POW && ex_has_sym(e->a[1], NULL))
        found = e->a[0]->k == E_NEG || ex_has_kind(e->a[0], E_I);
    else if (e->k == E_FN && e->op >= F_SIN && e->op <= F_CSC)
        found = ex_has_kind(e, E_PI) || ex_has_kind(e, E_DEG);
    for (size_t i = 0; found && i < sizeof letters / sizeof *letters; i++)
        if (ex_has_sym(e, letters[i]))
            return 1;
    for (int i = 0; i < e->n; i++)
        if (read_whole_letters(e->a[i]))
            return 1;
    return 0;
}

static int rational(struct calc *c, val v, int *whole)
{
    fmpq_t q;
    fmpq_init(q);
    int ok = v != NULL && value_get_q(c, v, q);
    *whole = ok && fmpz_is_one(fmpq_denref(q));
    fmpq_clear(q);
    return ok;
}

static int evaluate(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    int whole;
    (void)q;
    if (has(m, "lowest") && !ex_has_sym(f, NULL) && !ex_has_kind(f, E_PCT) && !ex_has_kind(f, E_UNIT)) {
        r->v = value_const(c, f);
        r->k = S_VALUE;
        r->forms |= FORM_SIMPLE | FORM_FRACTION;
        r->text = calc_printf(c, "%s in lowest terms", ex_text(c, f));
        return rational(c, r->v, &whole);
    }
    if (has(m, "floor") || has(m, "frac")) {
        val v = ex_has_sym(f, NULL) ? NULL : value_const(c, f), w = v != NULL ? value_const(c, ex_fn(c, F_FLOOR, f, NULL)) : NULL;
        if (w == NULL || value_sign_is(c, v, -1) != NO)
            return 0;                                 /* of a negative number: two customs */
        r->k = S_VALUE;
        r->v = w;
        if (has(m, "frac")) {
            r->v = val_new(c);
            ca_sub(r->v, v, w, c->ca);
        }
        r->text = calc_printf(c, "%s, find its %s part", ex_text(c, f), has(m, "frac") ? "fractional" : "integer");
        return 1;
    }
    if (bare(f) || ex_has_kind(f, E_UNIT) || ex_has_kind(f, E_PM) || ex_has_kind(f, E_CALL) || read_plain_angle(c, f))
        return 0;
    if (has(m, "det") && f->k == E_MAT && f->op > 0 && f->n == f->op * f->op)
        f = ex_fn(c, F_DET, f, NULL);
    if (has(m, "det") && !(f->k == E_FN && f->op == F_DET))
        return 0;
    if (has(m, "exact"))
        r->forms |= FORM_EXACT;
    if (has(m, "single") && ex_has_sym(f, NULL))
        return 0;
    if (has(m, "decimal") && r->round < 0)
        return 0;                                     /* to how many places? */
    if (has(m, "simplify"))
        r->forms |= FORM_SIMPLE;
    if (ex_has_kind(f, E_DOTS))
        return !has(m, "simplify") && dotted(c, f, r);
    if (has(m, "sum") && f->k != E_ADD && f->k != E_SUM)
        return 0;
    if (!ex_has_sym(f, NULL)) {
        if (has(m, "complex") && !ex_has_kind(f, E_I))
            return 0;
        if ((r->v = value_const(c, f)) == NULL)
            return 0;
        if (has(m, "simplify") && !ex_has_kind(f, E_PCT) && rational(c, r->v, &whole) && !whole)
            r->forms |= FORM_FRACTION;                /* 75% is no simpler 18/24 */
        r->k = S_VALUE;
        r->subject = f;
        r->text = calc_printf(c, "%s %s", has(m, "simplify") ? "simplify" : "evaluate", ex_text(c, f));
        return 1;
    }
    if (!has(m, "simplify") || read_whole_letters(f) || ex_has_kind(f, E_DOTS) || ex_has_kind(f, E_INT) || ex_has_kind(f, E_LIM) || ex_has_kind(f, E_SUM))
        return 0;
    r->k = S_EXPR;
    r->e = f;
    r->text = calc_printf(c, "simplify %s", ex_text(c, f));
    return 1;
}

static int rewrite(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    struct sym s;
    struct rf rf;
    (void)q;
    sym_init(&s, c);
    if (bare(f) || f->k == E_REL || !ex_has_sym(f, NULL) || !sym_rf(&s, f, &rf) || (rf.den.n != 1))
        return 0;
    for (int i = 0; i < s.n; i++)
        if (s.g[i].k != G_VAR)
            return 0;
    r->k = S_EXPR;
    r->e = f;
    r->forms |= has(m, "expand") ? FORM_EXPANDED : FORM_FACTORED;
    r->text = calc_printf(c, "%s %s%s", has(m, "expand") ? "expand" : "factor", ex_text(c, f), has(m, "expand") ? "" : " over the integers");
    return 1;
}

static int is_def(const struct ex *e)
{
    return e->k == E_REL && e->n == 2 && e->rels[0] == R_EQ && e->a[0]->k == E_CALL && e->a[0]->op == 0 && e->a[0]->n == 1 && e->a[0]->a[0]->k == E_SYM &&
           strchr(e->a[0]->s, '_') == NULL;
}

/* The value of g where the relations hold: the same at every solution. */
static int under_condition(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g"), *h = match_ex(m, "h"), *eq[8];
    const char *v[4];
    int n = 0;
    (void)q;
    if (f == NULL || g == NULL)
        return 0;
    for (int k = 0; k < 2; k++) {
        struct ex *e = k ? h : f;
        if (e == NULL)
            continue;
        if (e->k == E_REL)
            eq[n++] = e;
        else if (e->k == E_LIST || e->k == E_AND || e->k == E_CASES)
            for (int i = 0; i < e->n && n < 7; i++)
                eq[n++] = e->a[i];
        else
            return 0;
    }
    int defs = 0, positive = 0;
    for (int i = 0; i < n; i++) {
        if (eq[i]->k != E_REL || eq[i]->n != 2 || eq[i]->rels[0] != R_EQ)
            return 0;
        defs += is_def(eq[i]);
    }
    (void)positive;
    if (g->k == E_REL || g->k == E_TUPLE || g->k == E_LIST || ex_has_kind(g, E_UNIT))
        return 0;
    if (defs == n && ex_has_kind(g, E_CALL)) {        /* f(x) = ..., find f(g(2)) */
        struct ex *e = read_apply(c, eq, n, g);
        if (e == NULL || ex_has_kind(e, E_CALL))
            return 0;
        const char *text = "";
        for (int i = 0; i < n; i++)
            text = calc_printf(c, "%s%s, ", text, ex_text(c, eq[i]));
        r->text = calc_printf(c, "%sfind %s", text, ex_text(c, g));
        if (ex_has_sym(e, NULL)) {
            r->k = S_EXPR;
            r->e = e;
            if (g->k == E_CALL && g->op > 0) {
                r->family = "derivative";
                r->derivative = g->op;
                return 1;
            }
            r->forms |= FORM_EXPANDED;
            return 1;
        }
        r->k = S_VALUE;
        return (r->v = value_const(c, e)) != NULL;
    }
    if (defs > 0 || ex_has_kind(g, E_CALL))
        return 0;
    struct ex *all = ex_new(c, E_CASES, n);
    memcpy(all->a, eq, (size_t)n * sizeof *eq);
    int nv = ex_syms(all, v, 4);
    if (nv < 1 || nv > 3 || ex_has_kind(all, E_CALL) || ex_has_kind(all, E_I))
        return 0;
    const char *gv[4];
    int ng = ex_syms(g, gv, 4);
    for (int i = 0; i < ng; i++) {
        int found = 0;
        for (int j = 0; j < nv; j++)
            found |= strcmp(gv[i], v[j]) == 0;
        if (!found || ng > 4)
            return 0;
    }
    if (ng == 0)
        return 0;
    if (n == 1 && nv == 1 && g->k == E_SYM) {
        r->var = v[0];
        return solve_equation(c, m, f, r);
    }
    r->text = calc_printf(c, "%s, find %s", ex_text(c, all), ex_text(c, g));
    val found = NULL;
    int real = 0;
    if (n == 1 && nv == 1) {
        struct vals z;
        struct ex *d = ex_2(c, E_ADD, eq[0]->a[0], ex_1(c, E_NEG, eq[0]->a[1]));
        if (solve_zeros(c, d, v[0], &z) != 1)
            return 0;
        for (int i = 0; i < z.n; i++) {
            struct env env = { v[0], z.v[i], NULL };
            val x;
            enum tri t = solve_holds(c, eq[0], &env);
            if (t == NO)
                continue;
            if (t == UNSURE || value_eval(c, g, &env, &x) != EV_OK)
                return 0;
            real += value_is_real(c, z.v[i]) == YES;
            if (found != NULL && value_equal(c, found, x) != YES)
                return 0;
            found = x;
        }
    } else if (n >= nv) {
        struct tuples t;
        if (!solve_system(c, eq, n, v, nv, &t))
            return 0;
        for (int i = 0; i < t.n; i++) {
            struct env env[4];
            val x;
            for (int j = 0; j < nv; j++)
                env[j] = (struct env){ v[j], t.v[i][j], j ? &env[j - 1] : NULL };
            if (value_eval(c, g, &env[nv - 1], &x) != EV_OK)
                return 0;
            int all_real = 1;
            for (int j = 0; j < nv; j++)
                all_real &= value_is_real(c, t.v[i][j]) == YES;
            real += all_real;
            if (found != NULL && value_equal(c, found, x) != YES)
                return 0;
            found = x;
        }
    }
    if (found == NULL || real == 0)
        return 0;
    r->k = S_VALUE;
    r->v = found;
    return 1;
}

/* x_1, x_2 are the roots of a quadratic; g is symmetric in them. */
static int vieta(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g"), *x = match_ex(m, "x"), *y = match_ex(m, "y");
    const char *v[4];
    (void)q;
    if (x != NULL && x->k == E_LIST && x->n == 2) {
        y = x->a[1];
        x = x->a[0];
    }
    if (f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || ex_syms(f, v, 4) != 1 || x == NULL || y == NULL || x->k != E_SYM || y->k != E_SYM || strcmp(x->s, y->s) == 0)
        return 0;
    struct sym s;
    struct rf rf;
    val *co, d, a, b;
    sym_init(&s, c);
    int gx = sym_gen_var(&s, v[0]);
    struct vals z = { 0, { NULL } };
    if (!sym_rf(&s, ex_2(c, E_ADD, f->a[0], ex_1(c, E_NEG, f->a[1])), &rf) || !mp_is_const(&s, &rf.den, &d) || mp_univariate(&s, &rf.num, gx, &co) != 2 || solve_poly(c, co, 2, &z) != 1)
        return 0;
    val x1 = z.v[0], x2 = z.n > 1 ? z.v[1] : z.v[0];
    if (value_is_real(c, x1) != YES && has(m, "real"))
        return 0;
    struct env e1 = { x->s, x1, NULL }, e2 = { y->s, x2, &e1 }, f1 = { x->s, x2, NULL }, f2 = { y->s, x1, &f1 };
    if (g->k == E_REL || value_eval(c, g, &e2, &a) != EV_OK || value_eval(c, g, &f2, &b) != EV_OK || value_equal(c, a, b) != YES)
        return 0;
    r->k = S_VALUE;
    r->v = a;
    r->text = calc_printf(c, "%s and %s are the roots of %s, find %s", x->s, y->s, ex_text(c, f), ex_text(c, g));
    return 1;
}

/* "For which x is f less than g": the relation of the two. */
static int compared(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    if (f == NULL || g == NULL || f->k == E_REL || g->k == E_REL || f->k == E_LIST || g->k == E_LIST || f->k == E_TUPLE || g->k == E_TUPLE)
        return 0;
    int not = has(m, "not");
    enum rel k = has(m, "eq") ? (not ? R_NE : R_EQ) : has(m, "gt") ? (not ? R_LE : R_GT) : has(m, "lt") ? (not ? R_GE : R_LT) : has(m, "ge") ? (not ? R_LT : R_GE) : not ? R_GT : R_LE;
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->c[i].name, "f") == 0)
            m->c[i].e = ex_rel(c, k, f, g);
        else if (strcmp(m->c[i].name, "g") == 0)
            m->c[i].e = NULL;
    return solve_any(c, q, m, r);
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define COMPARED "(大于{!:gt}|小于{!:lt}|不小于{!:ge}|不大于{!:le}|不少于{!:ge}|不超过{!:le}|等于{!:eq}|大于或等于{!:ge}|大于等于{!:ge}|小于或等于{!:le}|小于等于{!:le})"
const struct family read_algebra[] = {
    { .id = "equation", .read = solve_any, .patterns = P(
        "(解|求解)(下列|)(一元一次|一元二次|分式|无理|对数|指数|)(方程{!:equation}|不等式{!:inequality}|),{e:f}(,(并|)求(出|){v:x}(的值|)|,{v:x}(=|等于|是|为)(多少|几|)|).",
        "(解|求解)关于{v:x}的(一元一次|一元二次|分式|)(方程{!:equation}|不等式{!:inequality}),{e:f}.",
        "(解|求解)(下列|)(二元一次|)(方程组|不等式组|),{e:f}(,求{e:order}(的值|)|).",
        "(求|求出|写出)(二元一次|三元一次|)方程组{e:f}的解{e:order}.",
        "(求|求出)(一元一次|一元二次|)方程,{e:f}的(所有|全部|)(实数{!:real}|实{!:real}|)(根{!:roots}|解|解集).",
        "(求|解|求解)(不等式|){!:inequality}{e:f}(的解集|).",
        "(一元一次|一元二次|)方程{e:f}的(实数{!:real}|实{!:real}|)(解|根{!:roots})(是|为|等于|)(什么|多少|).",
        "不等式{!:inequality}{e:f}的解集(是|为|)(什么|多少|).",
        "(若|如果|已知|设){e:f}{!:equation},(则|那么|求|求出){v:x}(的值|)(=|等于|是|为|)(多少|几|).",
        "(求|求出)满足{e:f}的(所有|全部|)(的|)(实数{!:real}|){v:x}(的值|).",
        "(当|){v:x}(取何值|取什么值|为何值|是什么值|满足什么条件)时,{e:f}(成立|).",
        "(solve|find) (the |)(following |)(linear |quadratic |rational |absolute value |exponential |logarithmic |)(equation {!:equation}|inequality {!:inequality}|)(:|){e:f} (for {v:x}|over the real{!:real} numbers|over the reals{!:real}|in real{!:real} numbers|).",
        "solve (for (all |)(real{!:real} |)(values |value |)(of |){v:x}):{e:f}.", "求(未知数|){v:x}(的值|):{e:f}{!:equation}.", "(find|determine|work out|calculate) (the (value|values) of |)(the unknown |){v:x}:{e:f}{!:equation}.", "(find|determine) (the (value|values) of |){v:x} in (the equation |){e:f}{!:equation}.", "方程{!:equation}{e:f}的(解|根)(是|为|)({v:x}|)(=|).", "find all (real{!:real} |){v:x} (with|such that|satisfying|for which) {e:f} and {e:cond}.", "find all real{!:real} numbers {v:x} (such that|satisfying|for which) {e:f}.", "what are (all |)the (real{!:real} |)(solutions|roots{!:roots}) (of|to) (the equation |){e:f}.", "(解|求解)(二元一次|)方程组,{e:f},{e:g}.", "solve for {v:x} (in |)(the |)(equation {!:equation}|)(:|){e:f}.", "solve (the |)(equation {!:equation}|inequality {!:inequality}|) for {v:x}(:|){e:f}.", "(find|determine) the value of {v:x} (that|which) satisfies (the |)(equation {!:equation}|){e:f}.",
        "solve (the (system|simultaneous equations|system of equations)|) {e:f} (and {e:g}|) (for ({e:order}|{v:n1} and {v:n2})|).", "solve the inequality and (give|write|express) (your|the) (answer|solution|solution set) (in|using) interval{!:interval} notation(:|){!:inequality}{e:f}.",
        "(find|determine|give) (the |all |)(ordered |)(pair|pairs) (of (real |)numbers |){e:order} (that satisfies|that satisfy|satisfying|such that|for which) (both |){e:f}(| and {e:g}).", "联立{e:f}(与|和|,){e:g},(求|求出|解)(这个|该|)方程组(的解|)({e:order}|).",
        "(find|determine|give|list) (all |both |)(of |)(the |)(real {!:real}|)(solution|solutions|roots{!:roots}|values of {v:x}) (of|to|for|such that|satisfying|that satisfy) (the |)(quadratic |)(equation {!:equation}|)(:|){e:f}.",
        "solve {e:f} and (give|find|list) (all |)(the |)(real{!:real} |)(roots|solutions).",
        "find (the value of |){v:x} (if|given that|given|such that|when|where) {e:f}.",
        "(if|given|given that|suppose|suppose that) {e:f},(then|) (what is|find|determine|solve for|compute) (the value of |){v:x}.",
        "what is (the value of |){v:x} (if|when|given that) {e:f}.",
        "solve (the |)(equation {!:equation}|inequality {!:inequality}|){e:f} (given that|where|if|for|when|with|provided that) {e:cond}.", "solve (the |)(equation {!:equation}|inequality {!:inequality}|){e:f} (for (all |)real{!:real} {v:again}|where {v:again} is (a |)real{!:real}( number|)).", "(if|suppose) {v:x} satisfies {e:f} and {e:cond},find (the value of |){v:again}.", "(已知|若|设){v:x}满足{e:f}(,|且|,且){e:cond},(求|则){v:again}(的值|).",
        "for (what|which) (value|values) of {v:x} (is|does) {e:f} (hold|true|).") },
    { .id = "compared", .read = compared, .patterns = P(
        "(当|){v:x}(取何值|取什么值|为何值|是什么值|满足什么条件)时,(代数式|式子|){e:f}(的值|)" COMPARED "(代数式|式子|){e:g}(的值|).",
        "(for |)(what|which) (value|values) of {v:x} (is|does) (the (value of |)(expression |)|){e:f} (not{!:not} |)(greater than{!:gt}|more than{!:gt}|larger than{!:gt}|exceed{!:gt}|less than{!:lt}|smaller than{!:lt}|at least{!:ge}|no less than{!:ge}|at most{!:le}|no more than{!:le}|equal to{!:eq}|equal{!:eq}) (the (value of |)(expression |)|){e:g}.") },
    { .id = "one root", .read = positive_root, .patterns = P(
        "(求|求出)方程{e:f}的(正{!:positive}|负{!:negative}|正整数{!:integer}{!:positive})(实数|)(根|解).",
        "(find|determine) the (positive{!:positive}|negative{!:negative}) (real |)(root|solution) (of|to) (the equation |){e:f}.",
        "what is the (positive{!:positive}|negative{!:negative}) (real |)(root|solution) (of|to) (the equation |){e:f}.") },
    { .id = "factor", .read = rewrite, .patterns = P(
        "(在整数范围内|)(因式分解|分解因式),{e:f}.", "对(多项式|){e:f}(因式分解|分解因式).", "factor(ise|ize|) {e:f} completely over the integers.", "(把|将){e:f}(分解因式|因式分解).", "factor(ise|ize|) {e:f} (completely|over the integers|).", "(write|express) {e:f} as a product of factors.") },
    { .id = "expand", .read = rewrite, .patterns = P("展开{!:expand}(并化简|并合并同类项|),{e:f}.", "(把|将){e:f}展开{!:expand}.", "expand{!:expand} (and simplify |){e:f}.", "multiply out{!:expand} {e:f}.", "find the expanded{!:expand} form of {e:f}.") },
    { .id = "evaluate", .read = evaluate, .patterns = P(
        "(计算|求|求值|求和{!:sum}|求(等差|等比|)(数列|级数)的和{!:sum}|求出|计算下列各式)(,|)(复数{!:complex}|行列式{!:det}|和{!:sum}|){e:f}(的(精确{!:exact}|)(值|结果|和{!:sum})|).", "计算(定积分|积分|极限|)(,|){e:f}(的值|).", "求(定积分|极限)(,|){e:f}(的值|).", "(化简|化简并求值|合并同类二次根式|合并同类项){!:simplify}(,|){e:f}(的结果|)((是|为|等于|=)(多少|什么|几|)|).", "(将|把){e:f}(化成|化为|化简成|化简为|写成)最简(的|)(二次|)根式{!:simplify}.", "(write|give) {e:f} as a decimal{!:decimal}.", "(write|express|put|rewrite|give) {e:f} (in (its |)(simplest|simplified) (radical |surd |)form|as a single{!:single} (surd|radical)( in (its |)simplest form|)){!:simplify}.", "(求|){e:f}的(整数部分{!:floor}|小数部分{!:frac})(是多少|为多少|是|为|等于|).", "(find|what is) the (integer{!:floor}|fractional{!:frac}) part of {e:f}.", "(write|express|reduce) {e:f} (in|to) (its |)lowest terms{!:lowest}.", "(write|express) {e:f} as a fraction in (its |)(lowest terms|simplest form){!:lowest}.", "(把|将)({e:f})(化为|化成|写成|约成)最简分数{!:lowest}.", "combine (the |)(like |)(radicals|surds|terms){!:simplify} (in |)(:|){e:f}.", "(find|what is) {e:f} simplified{!:simplify}.", "{e:f}(的值|)(等于|是|为)(多少|几).", "{e:f}(的值|)(等于|=).",
        "(compute|evaluate|calculate|work out|find|determine|what is) (the |)(exact {!:exact}|)(value of |sum{!:sum} |sum{!:sum} of |value of the sum{!:sum} |sum{!:sum} of the (arithmetic |geometric |)(series |sequence |)|determinant{!:det} |determinant{!:det} of |determinant{!:det} of the matrix |limit |value of the limit |value of the integral |value of the definite integral |limit of |integral |definite integral |complex number{!:complex} |){e:f}.",
        "simplify{!:simplify} (completely|fully|)(:|) (the |)(expression |complex number |complex fraction |fraction |radical expression |)(:|){e:f}.") },
    { .id = "value under a condition", .read = under_condition, .patterns = P(
        "(已知|若|如果|设|当)(实数|){e:f}(,|且|和){e:h}(时|),(求|则|那么|求出|计算)(代数式|)(,|){e:g}(的值|的表达式|的解析式|)(=|等于|是|为|)(多少|几|).",
        "(已知|若|如果|设|当)(实数|){e:f}(时|),(求|则|那么|求出|计算)(代数式|)(,|){e:g}(的值|的表达式|的解析式|)(=|等于|是|为|)(多少|几|).",
        "(given that|given|if|suppose|suppose that|let|when) {e:f} and {e:h},(then |)(find|compute|what is|determine|calculate|evaluate|write|give) (the value of |an expression for |a formula for |the formula for |a formula of |){e:g}.",
        "(given that|given|if|suppose|suppose that|let|when) {e:f},(then |)(find|compute|what is|determine|calculate|evaluate|write|give) (the value of |an expression for |a formula for |the formula for |){e:g}.",
        "(find|compute|determine|calculate|evaluate|what is) (the value of |){e:g} (if|given that|given|when) {e:f} (and {e:h}|).") },
    { .id = "roots of a quadratic", .read = vieta, .patterns = P(
        "(let|if|suppose|given that) {e:x} (be|are) the (two |)(real{!:real} |)(roots|solutions) (of|to) (the |)(quadratic |)(equation |){e:f},(find|compute|evaluate|determine|what is) (the value of |){e:g}.",
        "(let|if|suppose|given that) {e:x}(,| and |,and ){e:y} (be|are) the (two |)(real{!:real} |)(roots|solutions) (of|to) (the |)(quadratic |)(equation |){e:f},(find|compute|evaluate|determine|what is) (the value of |){e:g}.",
        "the (two |)(real{!:real} |)(roots|solutions) (of|to) (the |)(quadratic |)(equation |){e:f} are {e:x} and {e:y},(find|compute|evaluate|determine|what is) (the value of |){e:g}.",
        "(设|已知|若|如果){e:x}(、|和|与|,|){e:y}(是|为)(一元二次|)方程{e:f}的两(个|)(实数{!:real}|实{!:real}|)根,(求|则|计算){e:g}(的值|)(等于|=|是|为|)(多少|).",
        "(设|已知|若|如果){e:x}(是|为)(一元二次|)方程{e:f}的两(个|)(实数{!:real}|实{!:real}|)根,(求|则|计算){e:g}(的值|)(等于|=|是|为|)(多少|).",
        "(设|已知|若|如果|)(一元二次|)方程{e:f}的两(个|)(实数{!:real}|实{!:real}|)根(为|是|分别为|分别是)({e:x}|{e:x}(、|和|与|,){e:y}),(求|则|那么|计算){e:g}(的值|)(等于|=|是|为|)(多少|).", "(the |)(quadratic |)equation {e:f} has (two |)(real{!:real} |)(roots|solutions) {e:x} and {e:y},(find|compute|evaluate|determine|what is) (the value of |){e:g}.",
        "(设|已知)(一元二次|)方程{e:f}的两(个|)(实数{!:real}|实{!:real}|)根(为|是|分别为|分别是){e:x},(求|则|计算){e:g}(的值|).") },
    { .id = NULL },
};
