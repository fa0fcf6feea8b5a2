/* cond.c - the value of an expression where given relations hold: all solutions of the
 * relations, or, where the relations leave freedom, an expression that does not depend
 * on it. */
#include "plugins/calculator/worlds/world.h"

#include <string.h>

/* ---- sin t, cos t, tan t as rational functions of S and C ------------------------- */
static int angle_of(const struct ex *e, const char **a)
{
    const char *v[4];
    if (e->k == E_FN && e->op >= F_SIN && e->op <= F_CSC && ex_has_sym(e, NULL)) {
        if (ex_syms(e, v, 4) != 1 || (*a != NULL && strcmp(*a, v[0]) != 0))
            return 0;
        *a = v[0];
        return 1;
    }
    for (int i = 0; i < e->n; i++)
        if (!angle_of(e->a[i], a))
            return 0;
    return 1;
}

static struct ex *trig(struct calc *c, struct ex *e, const char *a)
{
    long k;
    if (e->k == E_FN && e->op >= F_SIN && e->op <= F_CSC && ex_has_sym(e, NULL)) {
        struct ex *S = ex_sym(c, "S*"), *C = ex_sym(c, "C*"), *s = NULL, *t = NULL, *u = e->a[0];
        if (u->k == E_SYM) {
            s = S;
            t = C;
        } else if (u->k == E_MUL && u->n == 2 && ex_is_int(u->a[0], &k) && k == 2 && u->a[1]->k == E_SYM) {
            s = ex_2(c, E_MUL, ex_num(c, 2), ex_2(c, E_MUL, S, C));
            t = ex_2(c, E_ADD, ex_2(c, E_POW, C, ex_num(c, 2)), ex_1(c, E_NEG, ex_2(c, E_POW, S, ex_num(c, 2))));
        } else {
            return NULL;
        }
        switch (e->op) {
        case F_SIN: return s;
        case F_COS: return t;
        case F_TAN: return ex_2(c, E_DIV, s, t);
        case F_COT: return ex_2(c, E_DIV, t, s);
        default: return NULL;
        }
    }
    if (e->k == E_SYM && strcmp(e->s, a) == 0)
        return NULL;                                  /* the angle itself */
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **p = r->a;
    *r = *e;
    r->a = p;
    for (int i = 0; i < e->n; i++)
        if ((p[i] = trig(c, e->a[i], a)) == NULL)
            return NULL;
    return r;
}

struct ex *cond_trig(struct calc *c, struct ex *e, const char **angle)
{
    if (!angle_of(e, angle))
        return NULL;
    return *angle == NULL ? e : trig(c, e, *angle);
}

/* 0 < t < pi/2 as signs of S and C; NULL if it is another range. */
static struct ex *range_signs(struct calc *c, struct ex *rel, const char *a, struct ex **second)
{
    if (rel->k == E_REL && rel->n == 2 && rel->rels[0] == R_IN && rel->a[1]->k == E_TUPLE && rel->a[1]->n == 2 && rel->a[1]->op == (BR_OPEN_L | BR_OPEN_R)) {
        struct ex *open = ex_new(c, E_REL, 3);        /* t in (0, pi/2) */
        static const uint8_t less[] = { R_LT, R_LT };
        open->rels = less;
        open->a[0] = rel->a[1]->a[0];
        open->a[1] = rel->a[0];
        open->a[2] = rel->a[1]->a[1];
        rel = open;
    }
    if (rel->k != E_REL || rel->n != 3 || rel->rels[0] != R_LT || rel->rels[1] != R_LT || rel->a[1]->k != E_SYM || strcmp(rel->a[1]->s, a) != 0)
        return NULL;
    val lo = value_const(c, rel->a[0]), hi = value_const(c, rel->a[2]), h = val_new(c);
    if (lo == NULL || hi == NULL)
        return NULL;
    ca_pi(h, c->ca);
    ca_div_si(h, h, 2, c->ca);
    static const int signs[4][2] = { { 1, 1 }, { 1, -1 }, { -1, -1 }, { -1, 1 } };
    for (int k = -1; k < 4; k++) {                    /* one quadrant: k pi/2 < t < (k + 1) pi/2 */
        val p = val_new(c), q = val_new(c);
        ca_mul_si(p, h, k, c->ca);
        ca_mul_si(q, h, k + 1, c->ca);
        if (value_equal(c, p, lo) != YES)
            continue;
        if (value_equal(c, q, hi) == YES) {
            const int *s = signs[(k + 4) % 4];
            *second = ex_rel(c, s[1] > 0 ? R_GT : R_LT, ex_sym(c, "C*"), ex_num(c, 0));
            return ex_rel(c, s[0] > 0 ? R_GT : R_LT, ex_sym(c, "S*"), ex_num(c, 0));
        }
        ca_mul_si(q, h, k + 2, c->ca);
        if (k == 0 && value_equal(c, q, hi) == YES) { /* 0 < t < pi */
            *second = NULL;
            return ex_rel(c, R_GT, ex_sym(c, "S*"), ex_num(c, 0));
        }
    }
    return NULL;
}

/* f's numerator written out, or f where it is no rational function. */
static struct ex *numerator(struct calc *c, struct ex *f)
{
    struct sym s;
    struct rf r;
    sym_init(&s, c);
    struct ex *e = sym_rf(&s, f, &r) ? mp_tree(&s, &r.num) : NULL;
    return e != NULL ? e : f;
}

/* v = -A/B from f = A + B v = 0, where B and A have no common zero: no solution is lost. */
static struct ex *isolate(struct calc *c, struct ex *f, const char *v)
{
    struct sym s;
    struct rf r;
    val k;
    sym_init(&s, c);
    int g = sym_gen_var(&s, v);
    if (!ex_has_sym(f, v) || g < 0 || !sym_rf(&s, f, &r) || mp_deg(&r.num, g) != 1)
        return NULL;
    for (int i = 0; i < s.n; i++)
        if (s.g[i].k != G_VAR)
            return NULL;
    struct mp a = mp_coeff(&s, &r.num, g, 0), b = mp_coeff(&s, &r.num, g, 1);
    struct ex *A = mp_tree(&s, &a), *B = mp_tree(&s, &b);
    if (A == NULL || B == NULL)
        return NULL;
    if (!mp_is_const(&s, &b, &k) && !(b.n == 1 && mp_is_const(&s, &a, &k) && ca_check_is_zero(k, c->ca) == T_FALSE)) {
        const char *u[4];
        struct vals z;
        if (ex_syms(B, u, 4) != 1 || ex_syms(A, u + 1, 2) > 1 || (ex_has_sym(A, NULL) && strcmp(u[1], u[0]) != 0) || solve_zeros(c, B, u[0], &z) != 1)
            return NULL;
        for (int i = 0; i < z.n; i++) {
            struct env env = { u[0], z.v[i], NULL };
            val x;
            if (value_eval(c, A, &env, &x) != EV_OK || ca_check_is_zero(x, c->ca) != T_FALSE)
                return NULL;
        }
    }
    return ex_1(c, E_NEG, ex_2(c, E_DIV, A, B));
}

/* A superset of all solutions of the f = 0; 1 when it is complete. */
static int solutions(struct calc *c, struct ex **f, int n, const char **vars, int nv, struct tuples *out, int depth)
{
    out->nv = nv;
    out->n = 0;
    calc_step(c, 1000);
    if (nv == 0) {
        out->n = 1;
        return 1;
    }
    if (depth > 6)
        return 0;
    if (nv > 1)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < nv; j++) {
                const char *own[SOLVE_VARS + 1], *rest[SOLVE_VARS];
                struct ex *g[WORLD_RELS], *e = ex_syms(f[i], own, SOLVE_VARS) > 1 || n == nv ? isolate(c, f[i], vars[j]) : NULL;
                int m = 0, k = 0;
                if (e == NULL)
                    continue;
                for (int q = 0; q < n; q++)
                    if (q != i)
                        g[m++] = numerator(c, ex_subst(c, f[q], vars[j], e));
                for (int q = 0; q < nv; q++)
                    if (q != j)
                        rest[k++] = vars[q];
                struct tuples t;
                if (!solutions(c, g, m, rest, k, &t, depth + 1))
                    continue;
                for (int q = 0; q < t.n; q++) {
                    struct env env[SOLVE_VARS];
                    for (int w = 0; w < k; w++)
                        env[w] = (struct env){ rest[w], t.v[q][w], w ? &env[w - 1] : NULL };
                    val x;
                    enum ev ev = value_eval(c, e, &env[k - 1], &x);
                    if (ev == EV_UNDEF)
                        continue;                     /* B = 0, and then A is not */
                    if (ev != EV_OK)
                        return 0;
                    for (int w = 0, u = 0; w < nv; w++)
                        out->v[out->n][w] = w == j ? x : t.v[q][u++];
                    out->n++;
                }
                return 1;
            }
    for (int i = 0; i < n; i++) {                     /* an equation in one unknown */
        const char *own[2], *rest[SOLVE_VARS];
        struct ex *g[WORLD_RELS];
        struct vals z;
        struct tuples t;
        int m = 0, k = 0, j = 0;
        if (ex_syms(f[i], own, 1) != 1)
            continue;
        while (j < nv && strcmp(vars[j], own[0]) != 0)
            j++;
        if (j == nv || solve_zeros(c, f[i], own[0], &z) != 1)
            continue;
        for (int q = 0; q < n; q++)
            if (!ex_has_sym(f[q], own[0]))
                g[m++] = f[q];
        for (int q = 0; q < nv; q++)
            if (q != j)
                rest[k++] = vars[q];
        if (!solutions(c, g, m, rest, k, &t, depth + 1) || t.n * z.n > SOLVE_TUPLES)
            continue;
        for (int a = 0; a < z.n; a++)
            for (int b = 0; b < t.n; b++, out->n++)
                for (int w = 0, u = 0; w < nv; w++)
                    out->v[out->n][w] = w == j ? z.v[a] : t.v[b][u++];
        return 1;
    }
    return 0;
}

/* ---- the relations of a world --------------------------------------------------------- */
struct system { struct ex *eq[WORLD_RELS], *cond[WORLD_RELS]; int n, nc, applied; const char *var[SOLVE_VARS + 1]; int nv; };

static int not_negative(const struct ex *e, struct ex **zero)
{
    long n;
    if (e->k == E_FN && (e->op == F_ABS || e->op == F_SQRT))
        *zero = e->a[0];
    else if (e->k == E_POW && ex_is_int(e->a[1], &n) && n > 0 && n % 2 == 0)
        *zero = e->a[0];
    else
        return 0;
    return 1;
}

static int add_equation(struct calc *c, struct system *s, struct ex *l, struct ex *r)
{
    long k;
    struct ex *z[6];
    if (l->k == E_ADD && l->n <= 6 && ex_is_int(r, &k) && k == 0) {      /* |u| + v^2 = 0: u = 0 and v = 0 */
        int all = 1;
        for (int i = 0; i < l->n; i++)
            all &= not_negative(l->a[i], &z[i]);
        if (all) {
            for (int i = 0; i < l->n; i++)
                if (s->n == WORLD_RELS || !add_equation(c, s, z[i], ex_num(c, 0)))
                    return 0;
            return 1;
        }
    }
    if (s->n == WORLD_RELS)
        return 0;
    s->eq[s->n++] = ex_rel(c, R_EQ, l, r);
    return 1;
}

static int is_def(const struct ex *e)
{
    return e->k == E_REL && e->n == 2 && e->rels[0] == R_EQ && e->a[0]->k == E_CALL && e->a[0]->op == 0 && e->a[0]->n == 1 && e->a[0]->a[0]->k == E_SYM && strchr(e->a[0]->s, '_') == NULL;
}

static int gather(struct world *w, struct ex **goal, int goals, struct system *s)
{
    struct calc *c = w->c;
    struct ex *def[4], *e;
    int nd = 0;
    memset(s, 0, sizeof *s);
    int defines[WORLD_RELS] = { 0 };
    for (int i = 0; i < w->n; i++)
        if (!w->used[i] && is_def(w->rel[i])) {
            int again = 0;                            /* f(x) = 17 behind f(x) = 5x + 2 is an equation */
            for (int j = 0; j < nd; j++)
                again |= strcmp(def[j]->a[0]->s, w->rel[i]->a[0]->s) == 0;
            if (again)
                continue;
            if (nd == 4)
                return 0;
            defines[i] = 1;
            def[nd++] = w->rel[i];
        }
    const char *angle = NULL;
    struct ex *all[WORLD_RELS + 4];
    int n = 0;
    for (int i = 0; i < w->n; i++)
        if (!w->used[i] && !defines[i])
            all[n++] = w->rel[i];
    int rels = n;
    for (int i = 0; i < goals; i++)
        all[n++] = goal[i];
    for (int i = 0; i < n; i++) {
        if (ex_has_kind(all[i], E_CALL)) {
            if (nd == 0 || (all[i] = read_apply(c, def, nd, all[i])) == NULL || ex_has_kind(all[i], E_CALL))
                return 0;
            s->applied = 1;
        }
        if (!angle_of(all[i], &angle))
            return 0;
    }
    if (nd > 0 && !s->applied)
        return 0;
    struct ex *extra = NULL;
    for (int i = 0; i < n && angle != NULL; i++) {
        if (i < rels && (e = range_signs(c, all[i], angle, &extra)) != NULL) {
            s->cond[s->nc++] = e;
            if (extra != NULL)
                s->cond[s->nc++] = extra;
            all[i] = NULL;
        } else if ((all[i] = trig(c, all[i], angle)) == NULL) {
            return 0;
        }
    }
    if (angle != NULL) {
        struct ex *two = ex_num(c, 2);
        s->eq[s->n++] = ex_rel(c, R_EQ, ex_2(c, E_ADD, ex_2(c, E_POW, ex_sym(c, "S*"), two), ex_2(c, E_POW, ex_sym(c, "C*"), two)), ex_num(c, 1));
        w->real = 1;
    }
    for (int i = 0; i < rels; i++) {
        if (all[i] == NULL)
            continue;
        if (ex_has_kind(all[i], E_I))
            return 0;
        if (all[i]->rels[0] == R_EQ) {
            if (all[i]->n != 2 || !add_equation(c, s, all[i]->a[0], all[i]->a[1]))
                return 0;
        } else if (s->nc < WORLD_RELS) {
            s->cond[s->nc++] = all[i];
        } else {
            return 0;
        }
    }
    for (int i = 0; i < goals; i++)
        goal[i] = all[rels + i];
    struct ex *eqs = ex_new(c, E_CASES, s->n);
    if (s->n > 0)
        memcpy(eqs->a, s->eq, (size_t)s->n * sizeof *eqs->a);
    s->nv = ex_syms(eqs, s->var, SOLVE_VARS);
    return s->nv <= SOLVE_VARS;
}

static int known(const struct system *s, const struct ex *e)
{
    const char *v[SOLVE_VARS + 1];
    int n = ex_syms(e, v, SOLVE_VARS);
    if (n > SOLVE_VARS)
        return 0;
    for (int i = 0; i < n; i++) {
        int found = 0;
        for (int j = 0; j < s->nv; j++)
            found |= strcmp(v[i], s->var[j]) == 0;
        if (!found)
            return 0;
    }
    return 1;
}

static int solve(struct calc *c, const struct system *s, struct tuples *t)
{
    struct ex *f[WORLD_RELS];
    for (int i = 0; i < s->n; i++)
        f[i] = numerator(c, ex_2(c, E_ADD, s->eq[i]->a[0], ex_1(c, E_NEG, s->eq[i]->a[1])));
    for (int i = 0; i < s->nc; i++)
        if (!known(s, s->cond[i]))
            return 0;
    return s->nv > 0 && solutions(c, f, s->n, (const char **)s->var, s->nv, t, 0);
}

/* Does the tuple solve everything?  *real: are all its values real? */
static enum tri holds(struct calc *c, const struct system *s, val *v, struct env *env, int *real)
{
    *real = 1;
    for (int j = 0; j < s->nv; j++) {
        env[j] = (struct env){ s->var[j], v[j], j ? &env[j - 1] : NULL };
        enum tri t = value_is_real(c, v[j]);
        if (t == UNSURE)
            return UNSURE;
        *real &= t == YES;
    }
    enum tri all = YES;
    for (int i = 0; i < s->n; i++) {
        enum tri t = solve_holds(c, s->eq[i], &env[s->nv - 1]);
        all = t < all ? t : all;
    }
    for (int i = 0; i < s->nc && *real; i++) {
        enum tri t = solve_holds(c, s->cond[i], &env[s->nv - 1]);
        all = t < all ? t : all;
    }
    return all;
}

/* The relations leave freedom, and g does not depend on it. */
static int free_value(struct calc *c, const struct system *s, struct ex *g, struct reading *r)
{
    struct ex *f[WORLD_RELS];
    int n = s->n;
    for (int i = 0; i < n; i++)
        f[i] = numerator(c, ex_2(c, E_ADD, s->eq[i]->a[0], ex_1(c, E_NEG, s->eq[i]->a[1])));
    while (n > 0) {
        struct ex *e = NULL;
        int i, j = 0;
        for (i = 0; i < n && e == NULL; i++)
            for (j = 0; j < s->nv && e == NULL; j++)
                e = isolate(c, f[i], s->var[j]);
        if (e == NULL)
            return 0;
        i--;
        j--;
        for (int q = 0; q < n; q++)
            f[q] = numerator(c, ex_subst(c, f[q], s->var[j], e));
        g = ex_subst(c, g, s->var[j], e);
        f[i] = f[--n];
    }
    const char *v[SOLVE_VARS + 1];
    int k = ex_syms(g, v, SOLVE_VARS);
    if (k > SOLVE_VARS)
        return 0;
    struct ex *p = g;
    for (int i = 0; i < k; i++)
        p = ex_subst(c, p, v[i], ex_2(c, E_DIV, ex_num(c, 7 + 4 * i), ex_num(c, 3)));
    val x = value_const(c, p);
    if (x == NULL || value_is_real(c, x) != YES || sym_equal(c, g, p, 0) != YES)
        return 0;
    r->k = S_VALUE;
    r->v = x;
    return 1;
}

static int add_value(struct calc *c, struct vals *s, val v)
{
    for (int i = 0; i < s->n; i++) {
        enum tri t = value_equal(c, s->v[i], v);
        if (t == UNSURE)
            return 0;
        if (t == YES)
            return 1;
    }
    s->v[s->n++] = v;
    return s->n < 30;
}

int cond_value(struct world *w, struct ex *g, struct reading *r)
{
    struct calc *c = w->c;
    struct system *s = calc_alloc(c, sizeof *s);
    struct tuples *t = calc_alloc(c, sizeof *t);
    struct ex *asked = g;
    if (g->k == E_REL || g->k == E_LIST || g->k == E_TUPLE || g->k == E_SET || ex_has_kind(g, E_UNIT) || ex_has_kind(g, E_PM) || ex_has_kind(g, E_I) || ex_has_kind(g, E_DOTS) || !gather(w, &g, 1, s))
        return 0;
    r->text = world_text(w, calc_printf(c, "find %s", ex_text(c, asked)));
    if (s->n == 0 && s->nc == 0 && s->applied) {
        if (!ex_has_sym(g, NULL)) {
            r->k = S_VALUE;
            return (r->v = value_const(c, g)) != NULL;
        }
        struct sym sy;
        struct rf rf;
        sym_init(&sy, c);
        if (!sym_rf(&sy, g, &rf))
            return 0;
        r->k = S_EXPR;
        r->e = g;
        r->forms |= FORM_EXPANDED;
        return 1;
    }
    if (s->n == 0 || !ex_has_sym(g, NULL) || !known(s, g))
        return 0;
    if (!solve(c, s, t))
        return s->nc == 0 && free_value(c, s, g, r);
    struct vals other = { 0, { NULL } };
    struct env env[SOLVE_VARS];
    for (int i = 0; i < t->n; i++) {
        int real;
        val x;
        enum tri h = holds(c, s, t->v[i], env, &real);
        if (h == UNSURE)
            return 0;
        if (h == NO || (!real && w->real))
            continue;
        if (value_eval(c, g, &env[s->nv - 1], &x) != EV_OK) {
            if (real)
                return 0;
            continue;
        }
        if (!add_value(c, real ? &r->vals : &other, x))
            return 0;
    }
    if (r->vals.n == 0)
        return 0;
    for (int i = 0; i < other.n; i++) {               /* values at complex solutions: the same, or it matters which count */
        int found = 0;
        for (int j = 0; j < r->vals.n; j++)
            found |= value_equal(c, other.v[i], r->vals.v[j]) == YES;
        if (!found)
            return 0;
    }
    struct ex *all = ex_new(c, E_CASES, s->n);
    memcpy(all->a, s->eq, (size_t)s->n * sizeof *all->a);
    r->var = asked->k == E_SYM ? asked->s : "";
    r->subject = all;
    r->k = r->vals.n == 1 && asked->k != E_SYM ? S_VALUE : S_VALS;
    r->v = r->vals.v[0];
    r->all = r->vals;
    r->lenient = asked->k != E_SYM;
    return 1;
}

int cond_tuples(struct world *w, struct ex **unknown, int n, struct reading *r)
{
    struct calc *c = w->c;
    struct system *s = calc_alloc(c, sizeof *s);
    struct tuples *t = calc_alloc(c, sizeof *t);
    struct env env[SOLVE_VARS];
    if (n < 2 || n > 3 || !gather(w, NULL, 0, s) || s->nv != n)
        return 0;
    for (int i = 0; i < n; i++)
        if (unknown[i]->k != E_SYM || !known(s, unknown[i]))
            return 0;
    if (!solve(c, s, t))
        return 0;
    r->tu.nv = n;
    for (int i = 0; i < n; i++)
        r->vars[i] = unknown[i]->s;
    for (int i = 0; i < t->n; i++) {
        int real;
        enum tri h = holds(c, s, t->v[i], env, &real);
        if (h == UNSURE || (h == YES && !real && !w->real))
            return 0;
        if (h == NO || !real)
            continue;
        for (int j = 0; j < n; j++)
            for (int k = 0; k < n; k++)
                if (strcmp(s->var[k], r->vars[j]) == 0)
                    r->tu.v[r->tu.n][j] = t->v[i][k];
        r->tu.n++;
    }
    struct ex *all = ex_new(c, E_CASES, s->n);
    memcpy(all->a, s->eq, (size_t)s->n * sizeof *all->a);
    r->subject = all;
    r->k = S_TUPLES;
    r->text = world_text(w, "find all unknowns");
    return r->tu.n > 0;
}
