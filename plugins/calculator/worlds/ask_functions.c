/* ask_functions.c - what is asked of a function: values, vertex, axis, zeros, domain,
 * range, inverse, monotone intervals, extrema, derivatives, integrals. */
#include "plugins/calculator/worlds/asked.h"
#include "plugins/calculator/text/parse.h"
#include "plugins/calculator/values/waves.h"

#include <string.h>

/* The function that is meant: written here, named f(x), or the only one that is given.
 * Every other relation of the world must restrict its variable. */
int asked_take(struct world *w, struct match *m, struct fun *f)
{
    struct ex *e = match_ex(m, "f"), *on = match_ex(m, "on");
    int skip = -1;
    memset(f, 0, sizeof *f);
    if (match_get(m, "f") != NULL && e == NULL)
        return 0;
    if (e == NULL || e->k == E_CALL || (e->k == E_SYM && w->n > 0)) {
        for (int i = 0; i < w->n; i++) {
            struct ex *d = w->rel[i];
            if (d->k == E_REL && d->n == 2 && d->rels[0] == R_EQ && (e == NULL ? d == w->thing : ex_same(d->a[0], e))) {
                if (skip >= 0)
                    return 0;
                skip = i;
            }
        }
        if (skip < 0)
            return 0;
        e = w->rel[skip];
    }
    f->def = e;
    if ((f->b = function_body(e, &f->x)) == NULL)
        return 0;
    struct ex *all[WORLD_RELS + 1];
    const char *v[3];
    int n = 0;
    for (int i = 0; i < w->n; i++)
        if (i != skip)
            all[n++] = w->rel[i];
    if (match_get(m, "on") != NULL) {
        if (on == NULL)
            return 0;
        if (on->k == E_TUPLE && on->n == 2) {
            struct ex *rel = ex_rel(w->c, R_IN, ex_sym(w->c, f->x), on);
            all[n++] = rel;
        } else if (on->k == E_REL) {
            all[n++] = on;
        } else {
            return 0;
        }
    }
    for (int i = 0; i < n; i++)
        if (ex_syms(all[i], v, 2) != 1 || strcmp(v[0], f->x) != 0 || all[i]->rels[0] == R_EQ)
            return 0;
    if (n > 0) {
        f->cond = ex_new(w->c, E_AND, n);
        memcpy(f->cond->a, all, (size_t)n * sizeof *all);
    }
    struct ex *over = match_ex(m, "x");
    return over == NULL || (over->k == E_SYM && strcmp(over->s, f->x) == 0);
}

const char *asked_text(struct world *w, const struct fun *f, const char *what)
{
    return f->cond != NULL ? calc_printf(w->c, "%s, %s, find %s", ex_text(w->c, f->def), ex_text(w->c, f->cond), what) : calc_printf(w->c, "%s, find %s", ex_text(w->c, f->def), what);
}

int asked_at(struct world *w, const struct fun *f, val p, val *y)
{
    struct env env = { f->x, p, NULL };
    return value_eval(w->c, f->b, &env, y) == EV_OK && value_is_real(w->c, *y) == YES;
}

static void points_start(struct reading *r)
{
    r->k = S_TUPLES;
    r->tu.nv = 2;
    r->vars[0] = "x";
    r->vars[1] = "y";
}

static int add_point(struct reading *r, val x, val y)
{
    if (r->tu.n == SOLVE_TUPLES)
        return 0;
    r->tu.v[r->tu.n][0] = x;
    r->tu.v[r->tu.n++][1] = y;
    return 1;
}

/* a, b, c of a polynomial of the second degree. */
static int quadratic(struct world *w, const struct fun *f, val **co)
{
    struct sym s;
    struct rf rf;
    val d;
    sym_init(&s, w->c);
    int g = sym_gen_var(&s, f->x);
    return sym_rf(&s, f->b, &rf) && s.n == 1 && mp_is_const(&s, &rf.den, &d) && value_equal(w->c, d, val_si(w->c, 1)) == YES && mp_univariate(&s, &rf.num, g, co) == 2 && value_is_real(w->c, (*co)[2]) == YES;
}

static int vertex(struct world *w, struct match *m, struct reading *r)
{
    struct fun f;
    val *co, at = val_new(w->c), y;
    if (!asked_take(w, m, &f) || f.cond != NULL || !quadratic(w, &f, &co))
        return 0;
    ca_div(at, co[1], co[2], w->c->ca);
    ca_div_si(at, at, -2, w->c->ca);
    if (!asked_at(w, &f, at, &y) || ((has(m, "min") || has(m, "max")) && value_sign_is(w->c, co[2], has(m, "min") ? 1 : -1) != YES))
        return 0;
    if (has(m, "axis")) {
        r->k = S_VALS;
        r->named = 1;
        r->var = f.x;
        r->subject = f.def;
        r->vals.n = r->all.n = 1;
        r->vals.v[0] = r->all.v[0] = at;
        r->text = asked_text(w, &f, "its axis of symmetry");
        return 1;
    }
    points_start(r);
    r->subject = f.def;
    r->text = asked_text(w, &f, "its vertex");
    return add_point(r, at, y);
}

int asked_zeros(struct world *w, struct ex *e, const char *x, struct vals *out)
{
    struct vals z;
    struct ex *rel = ex_rel(w->c, R_EQ, e, ex_num(w->c, 0));
    out->n = 0;
    if (solve_zeros(w->c, e, x, &z) != 1)
        return 0;
    for (int i = 0; i < z.n; i++) {
        struct env env = { x, z.v[i], NULL };
        enum tri real = value_is_real(w->c, z.v[i]), t = real == YES ? solve_holds(w->c, rel, &env) : NO;
        if (real == UNSURE || t == UNSURE)
            return 0;
        if (t == YES)
            out->v[out->n++] = z.v[i];
    }
    return 1;
}

/* Where the graph meets the axes: points, or for English intercepts also numbers. */
static int intercepts(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f");
    const char *v[4];
    struct vals z;
    struct ex *axis = match_ex(m, "ax");
    if (axis == NULL || axis->k != E_SYM || (strcmp(axis->s, "x") != 0 && strcmp(axis->s, "y") != 0))
        return 0;
    int on_y = axis->s[0] == 'y';
    if (match_get(m, "f") == NULL) {
        if (w->n != 1)
            return 0;
        f = w->thing;
    } else if (w->n > 0) {
        return 0;
    }
    if (f == NULL)
        return 0;
    if (f->k != E_REL)
        f = ex_rel(c, R_EQ, ex_sym(c, "y"), f);
    if (f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    if (f->a[0]->k == E_CALL) {
        if (f->a[0]->n != 1 || f->a[0]->op || f->a[0]->a[0]->k != E_SYM || strcmp(f->a[0]->a[0]->s, "x") != 0)
            return 0;
        f = ex_rel(c, R_EQ, ex_sym(c, "y"), f->a[1]);
    }
    if (ex_syms(f, v, 4) != 2 || !ex_has_sym(f, "x") || !ex_has_sym(f, "y") || ex_has_kind(f, E_CALL))
        return 0;
    struct ex *e = ex_2(c, E_ADD, f->a[0], ex_1(c, E_NEG, f->a[1]));
    if (!asked_zeros(w, ex_subst(c, e, on_y ? "x" : "y", ex_num(c, 0)), on_y ? "y" : "x", &z) || z.n == 0)
        return 0;
    points_start(r);
    r->subject = f;
    for (int i = 0; i < z.n; i++)
        add_point(r, on_y ? val_si(c, 0) : z.v[i], on_y ? z.v[i] : val_si(c, 0));
    r->text = calc_printf(c, "%s, find where it meets the %s-axis", ex_text(c, f), on_y ? "y" : "x");
    if (has(m, "number") || has(m, "either")) {
        struct reading *a = calc_alloc(c, sizeof *a);
        *a = *r;
        a->k = S_VALS;
        a->var = on_y ? "y" : "x";
        a->vals = a->all = z;
        if (has(m, "number")) {
            *r = *a;
            return 1;
        }
        r->alt = a;
    }
    return 1;
}

static int domain(struct world *w, struct match *m, struct reading *r)
{
    struct fun f;
    if (!asked_take(w, m, &f) || f.cond != NULL || !shape_domain(w->c, f.b, f.x, &r->rs))
        return 0;
    r->k = S_RSET;
    r->var = f.x;
    r->subject = f.def;
    r->text = asked_text(w, &f, "its domain");
    return 1;
}

/* All its values; s: its shape, where it has one (a wave over all reals has none). */
static int image_of(struct world *w, const struct fun *f, struct shape *s, struct rset *out)
{
    struct calc *c = w->c;
    struct wave *wave = calc_alloc(c, sizeof *wave);
    val middle, reach;
    memset(s, 0, sizeof *s);
    if (f->cond != NULL || !wave_of(c, f->b, f->x, wave))
        return shape_of(c, f->b, f->x, f->cond, s) && shape_image(c, s, out);
    if (!wave_image(c, wave, &middle, &reach))
        return 0;
    out->n = 1;
    out->iv[0] = (struct iv){ val_new(c), val_new(c), 0, 0 };
    ca_sub(out->iv[0].lo, middle, reach, c->ca);
    ca_add(out->iv[0].hi, middle, reach, c->ca);
    return 1;
}

/* The single real numbers at which it is not defined. */
static int undefined(struct world *w, struct match *m, struct reading *r)
{
    struct fun f;
    struct rset dom;
    if (!asked_take(w, m, &f) || f.cond != NULL || !shape_domain(w->c, f.b, f.x, &dom) || dom.n < 2 || dom.iv[0].lo != NULL || dom.iv[dom.n - 1].hi != NULL)
        return 0;
    for (int i = 0; i + 1 < dom.n; i++) {
        if (!dom.iv[i].hi_open || !dom.iv[i + 1].lo_open || value_equal(w->c, dom.iv[i].hi, dom.iv[i + 1].lo) != YES)
            return 0;
        r->vals.v[r->vals.n++] = dom.iv[i].hi;
    }
    r->k = S_VALS;
    r->all = r->vals;
    r->var = f.x;
    r->subject = f.def;
    r->text = asked_text(w, &f, "where it is undefined");
    return 1;
}

static int range(struct world *w, struct match *m, struct reading *r)
{
    struct fun f;
    struct shape s;
    if (!asked_take(w, m, &f) || !image_of(w, &f, &s, &r->rs))
        return 0;
    r->k = S_RSET;
    r->var = f.def->k == E_REL && f.def->a[0]->k == E_SYM ? f.def->a[0]->s : "y";
    r->subject = f.def;
    r->text = asked_text(w, &f, "its range");
    return 1;
}

/* Largest or smallest value, its place; both as a set in the order largest, smallest. */
static int extreme(struct world *w, struct match *m, struct reading *r)
{
    struct fun f;
    struct shape s;
    struct rset im;
    int min = has(m, "min"), max = has(m, "max");
    if (!asked_take(w, m, &f) || !image_of(w, &f, &s, &im) || (has(m, "where") && s.b == NULL))
        return 0;                                     /* a wave is largest at many places */
    const struct iv *lo = &im.iv[0], *hi = &im.iv[im.n - 1];
    if ((min && (lo->lo == NULL || lo->lo_open)) || (max && (hi->hi == NULL || hi->hi_open)))
        return 0;
    if (min && max) {
        r->k = S_TUPLES;
        r->tu.nv = 2;
        r->vars[0] = "max";
        r->vars[1] = "min";
        r->subject = f.def;
        r->pair = 1;
        r->text = asked_text(w, &f, "its largest and smallest value");
        return add_point(r, hi->hi, lo->lo);
    }
    val y = min ? lo->lo : hi->hi;
    if (has(m, "where")) {
        r->k = S_VALS;
        r->var = f.x;
        r->subject = f.def;
        r->text = asked_text(w, &f, min ? "where it is smallest" : "where it is largest");
        if (!shape_where(w->c, &s, y, &r->vals))
            return 0;
        r->all = r->vals;
        return 1;
    }
    r->k = S_VALUE;
    r->v = y;
    r->text = asked_text(w, &f, min ? "its smallest value" : "its largest value");
    return 1;
}

static int local_extreme(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct fun f;
    struct shape s;
    struct vals p;
    int kind = has(m, "max") ? 1 : has(m, "min") ? -1 : 0;
    if (!asked_take(w, m, &f) || f.cond != NULL || !shape_of(c, f.b, f.x, NULL, &s))
        return 0;
    if (has(m, "critical"))
        p = s.crit;
    else if (!shape_local(c, &s, kind, &p))
        return 0;
    if (p.n == 0)
        return 0;
    r->subject = f.def;
    if (has(m, "place") || has(m, "critical")) {
        r->k = S_VALS;
        r->var = f.x;
        r->vals = r->all = p;
        r->text = asked_text(w, &f, has(m, "critical") ? "its critical points" : "where it has local extrema");
        struct reading *a = calc_alloc(c, sizeof *a);
        *a = *r;
        points_start(a);
        for (int i = 0; i < p.n; i++) {
            val y;
            if (!asked_at(w, &f, p.v[i], &y))
                return 0;
            add_point(a, p.v[i], y);
        }
        if (has(m, "points"))
            r->alt = a;
        return 1;
    }
    r->k = S_VALS;
    r->var = "y";
    r->text = asked_text(w, &f, kind > 0 ? "its local maximum" : kind < 0 ? "its local minimum" : "its local extrema");
    for (int i = 0; i < p.n; i++)
        if (!asked_at(w, &f, p.v[i], &r->vals.v[r->vals.n++]))
            return 0;
    if (kind == 0)
        return 0;
    r->all = r->vals;
    if (r->vals.n == 1) {
        r->k = S_VALUE;
        r->v = r->vals.v[0];
    }
    return 1;
}

static int monotone(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct fun f;
    struct rset dom;
    if (!asked_take(w, m, &f) || f.cond != NULL || !shape_domain(c, f.b, f.x, &dom))
        return 0;
    struct ex *d = ex_diff(c, f.b, f.x);
    if (d == NULL)
        return 0;
    struct shape s;
    if (!shape_of(c, f.b, f.x, NULL, &s))
        return 0;
    /* pieces between critical points, by the sign of the derivative inside; neighbours join */
    struct rset out = { .n = 0 };
    for (int i = 0; i < dom.n; i++) {
        val p = dom.iv[i].lo;
        int open = dom.iv[i].lo_open, joined = 0;
        for (int k = 0; k <= s.crit.n; k++) {
            val q = k < s.crit.n ? s.crit.v[k] : dom.iv[i].hi, mid, dv;
            int q_open = k < s.crit.n ? 0 : dom.iv[i].hi_open;
            if (k < s.crit.n && ((dom.iv[i].lo != NULL && value_cmp(c, dom.iv[i].lo, q) != -1) || (dom.iv[i].hi != NULL && value_cmp(c, q, dom.iv[i].hi) != -1)))
                continue;
            mid = val_new(c);
            if (p == NULL && q == NULL) {
                mid = val_si(c, 0);
            } else if (p == NULL || q == NULL) {
                ca_add_si(mid, p != NULL ? p : q, p != NULL ? 1 : -1, c->ca);
            } else {
                ca_add(mid, p, q, c->ca);
                ca_div_si(mid, mid, 2, c->ca);
            }
            struct env env = { f.x, mid, NULL };
            if (value_eval(c, d, &env, &dv) != EV_OK)
                return 0;
            enum tri up = value_sign_is(c, dv, 1), down = value_sign_is(c, dv, -1);
            if (up != YES && down != YES)
                return 0;
            if ((up == YES) == has(m, "up")) {
                if (joined && out.n > 0) {
                    out.iv[out.n - 1].hi = q;
                    out.iv[out.n - 1].hi_open = q_open;
                } else {
                    out.iv[out.n++] = (struct iv){ p, q, p == NULL || open, q == NULL || q_open };
                }
                joined = 1;
            } else {
                joined = 0;
            }
            p = q;
            open = q_open;
        }
    }
    if (out.n == 0)
        return 0;
    r->k = S_RSET;
    r->rs = out;
    r->loose_ends = 1;
    r->var = f.x;
    r->subject = f.def;
    r->text = asked_text(w, &f, has(m, "up") ? "where it increases" : "where it decreases");
    return 1;
}

static int inverse_reading(struct calc *c, struct ex *inv, int value, struct reading *r)
{
    if (value) {
        r->k = S_VALUE;
        return (r->v = value_const(c, inv)) != NULL && value_is_real(c, r->v) == YES;
    }
    r->k = S_EXPR;
    r->e = inv;
    r->lhs = "y";
    r->inverse = 1;
    return 1;
}

/* What can be turned round step by step; (a x + b)/(c x + d). */
static int inverse(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct fun f;
    struct sym s;
    struct rf rf;
    struct capture *raw = match_get(m, "inv");
    struct ex *at = NULL;
    if (!asked_take(w, m, &f) || f.cond != NULL)
        return 0;
    if (raw != NULL) {                                /* f^{-1}(x), f^{-1}(3) */
        const char *t = raw->raw;
        if (f.def->k != E_REL || f.def->a[0]->k != E_CALL || strncmp(t, f.def->a[0]->s, 1) != 0 || strncmp(t + 1, "^{-1}", 5) != 0)
            return 0;
        t += 6;
        if (strncmp(t, "\\left", 5) == 0)
            t += 5;
        if (*t != '(' || (at = parse_all(c, t, strlen(t), 0)) == NULL || at->k == E_TUPLE || at->k == E_REL)
            return 0;
        if (at->k == E_SYM && strcmp(at->s, f.x) == 0)
            at = NULL;
        else if (ex_has_sym(at, NULL))
            return 0;
    }
    struct ex *X = at != NULL ? at : ex_sym(c, f.x), *inv = asked_inverse(c, f.b, f.x, X);
    r->text = asked_text(w, &f, at != NULL ? calc_printf(c, "the value of its inverse at %s", ex_text(c, at)) : "its inverse");
    if (inv != NULL)
        return inverse_reading(c, inv, at != NULL, r);
    sym_init(&s, c);
    int g = sym_gen_var(&s, f.x);
    if (!sym_rf(&s, f.b, &rf) || s.n != 1 || mp_deg(&rf.num, g) > 1 || mp_deg(&rf.den, g) > 1)
        return 0;
    val k[4];
    for (int i = 0; i < 4; i++) {
        struct mp p = mp_coeff(&s, i < 2 ? &rf.num : &rf.den, g, 1 - i % 2);
        if (!mp_is_const(&s, &p, &k[i]))
            return 0;
    }
    val det = val_new(c), t = val_new(c);
    ca_mul(det, k[0], k[3], c->ca);
    ca_mul(t, k[1], k[2], c->ca);
    ca_sub(det, det, t, c->ca);
    if (ca_check_is_zero(det, c->ca) != T_FALSE)
        return 0;
    struct ex *e[4];
    for (int i = 0; i < 4; i++) {
        fmpq_t q;
        fmpq_init(q);
        int ok = value_get_q(c, k[i], q) && fmpz_bits(fmpq_numref(q)) < 40 && fmpz_bits(fmpq_denref(q)) < 40;
        e[i] = ok ? ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(q))), ex_num(c, fmpz_get_si(fmpq_denref(q)))) : NULL;
        fmpq_clear(q);
        if (!ok)
            return 0;
    }
    inv = ex_2(c, E_DIV, ex_2(c, E_ADD, ex_2(c, E_MUL, e[3], X), ex_1(c, E_NEG, e[1])), ex_2(c, E_ADD, e[0], ex_1(c, E_NEG, ex_2(c, E_MUL, e[2], X))));
    return inverse_reading(c, inv, at != NULL, r);
}

/* |k| of a tangent of kx + m, with a factor and a constant. */
static val tangent_slope(struct calc *c, struct ex *e, const char *x)
{
    while (e->k == E_NEG || ((e->k == E_ADD || e->k == E_MUL) && e->n == 2 && !(ex_has_sym(e->a[0], x) && ex_has_sym(e->a[1], x))))
        e = e->k == E_NEG || ex_has_sym(e->a[0], x) ? e->a[0] : e->a[1];
    if (e->k != E_FN || e->op != F_TAN)
        return NULL;
    struct ex *d = ex_diff(c, e->a[0], x), *d0 = d != NULL ? ex_subst(c, d, x, ex_num(c, 0)) : NULL;
    val k = d0 != NULL && sym_equal(c, d, d0, 0) == YES ? value_const(c, d0) : NULL, t = val_new(c);
    if (k == NULL || ca_check_is_zero(k, c->ca) != T_FALSE || value_is_real(c, k) != YES)
        return NULL;
    ca_abs(t, k, c->ca);
    return t;
}

static int wave(struct world *w, struct match *m, struct reading *r)      /* amplitude, period, period and largest value */
{
    struct calc *c = w->c;
    struct fun f;
    struct wave *wave = calc_alloc(c, sizeof *wave);
    val period, middle, reach, k;
    if (!asked_take(w, m, &f) || f.cond != NULL)
        return 0;
    r->k = S_VALUE;
    if (f.b->k == E_FN && f.b->op == F_ABS && wave_of(c, f.b->a[0], f.x, wave)) {
        r->text = asked_text(w, &f, "its smallest positive period");
        if (has(m, "amplitude") || has(m, "max") || !wave_image(c, wave, &middle, &reach) || ca_check_is_zero(middle, c->ca) != T_TRUE || !wave_period(c, wave, &r->v))
            return 0;
        ca_div_si(r->v, r->v, 2, c->ca);              /* the other half is turned up */
        return 1;
    }
    if (!wave_of(c, f.b, f.x, wave)) {
        if (has(m, "amplitude") || has(m, "max") || (k = tangent_slope(c, f.b, f.x)) == NULL)
            return 0;
        r->v = val_new(c);
        ca_pi(r->v, c->ca);
        ca_div(r->v, r->v, k, c->ca);
    } else if (!wave_period(c, wave, &period)) {
        return 0;
    } else {
        r->v = period;
    }
    r->text = asked_text(w, &f, has(m, "amplitude") ? "its amplitude" : "its smallest positive period");
    if (!has(m, "amplitude") && !has(m, "max"))
        return 1;
    if (!wave_image(c, wave, &middle, &reach))
        return 0;
    r->v = reach;
    if (has(m, "amplitude") && !has(m, "period"))
        return 1;
    val high = val_new(c);
    ca_add(high, middle, reach, c->ca);
    r->k = S_TUPLES;
    r->pair = 1;
    r->tu.nv = 2;
    r->subject = f.def;
    r->vars[0] = has(m, "period") ? "A" : "T";
    r->vars[1] = has(m, "period") ? "T" : "max";
    r->text = asked_text(w, &f, has(m, "period") ? "its amplitude and its period" : "its period and its largest value");
    return has(m, "period") ? add_point(r, reach, period) : add_point(r, period, high);
}

const struct asked ask_functions[] = {
    { "vertex", P(ZF "顶点(坐标|)" ZTAIL ".", ZIT "顶点(坐标|)" ZTAIL ".", EASK "the (vertex|coordinates of the vertex|turning point|(coordinates of the |)(minimum{!:min}|maximum{!:max}|lowest{!:min}|highest{!:max}) point) (of|on) " "(the |)(parabola |graph of |curve |function |)({e:f}).", EASK "the (vertex|coordinates of the vertex|turning point) " OFF ".", ZF "对称轴{!:axis}(方程|)" ZTAIL ".", ZIT "对称轴{!:axis}(方程|)" ZTAIL ".", EASK "the (equation of the |)(axis of symmetry|line of symmetry){!:axis} " OFF "."), vertex },
    { "intercepts", P(ZF "(与|和|同){v:ax}轴(的|)交点(的坐标|坐标)" ZTAIL ".", ZIT "(与|和|同){v:ax}轴(的|)交点(的坐标|坐标)" ZTAIL ".",
        EASK "the {v:ax}-(intercept|intercepts){!:either} (of |for )(the |)(line |function |parabola |graph of |curve |)(the |){e:f}.", EASK "the {v:ax}-(intercept|intercepts){!:either} of (its|the) graph."), intercepts },
    { "domain", P(ZF "(自变量{v:x}的取值范围|定义域)" ZTAIL ".", ZIT "定义域" ZTAIL ".", EASK "the (natural |largest |maximal |)domain " OFF ".", "(find|determine) (all |)(the |)(real |)(values|numbers) (of |){v:x} for which {e:f} is (defined|a real number|real).",
        "(若|如果|要使|使|)(分式|二次根式|根式|代数式|式子|函数|){e:f}(有意义|在实数范围内有意义),(则|求|那么|)(实数|字母|)(自变量|){v:x}(的|)(取值范围|应满足的条件|满足的条件|应满足|满足)" ZTAIL ".", "(求|)(使|使得|)(分式|二次根式|根式|代数式|式子|函数|){e:f}(有意义|在实数范围内有意义)的{v:x}的取值范围" ZTAIL ".", "(当|){v:x}(为何值|取何值|满足什么条件|取什么值)时,(分式|二次根式|根式|代数式|式子|){e:f}(有意义|在实数范围内有意义)."), domain },
    { "undefined", P("(for |)(what|which) (real |)(value|values|numbers) (of |){v:x} is (the |)(expression |fraction |function |rational expression |){e:f} (undefined|not defined).", EASK "(all |the |)(real |)(value|values|numbers) (of |){v:x} (for which|that make|where|at which) (the |)(expression |fraction |function |rational expression |){e:f} (is |)(undefined|not defined).", "(当|){v:x}(为何值|取何值|等于多少|取什么值)时,(分式|代数式|式子|){e:f}(无意义|没有意义).", "(若|如果|)(分式|代数式|式子|){e:f}(无意义|没有意义),(则|求|那么|){v:x}(的值|)" ZTAIL "."), undefined },
    { "range", P(ZF ON "值域" ZTAIL ".", ZIT ON "值域" ZTAIL ".", "(求|)(函数|){e:f}(,|)(\\({e:on}\\)|{e:on})(时|)的值域" ZTAIL ".", "(求|)(函数|)({e:f}{e:on})的值域.", EASK "the range " OFF " (for {e:on}|on {e:on}|over (the |all |)(real numbers|reals)|for (all |)real {v:x}|)."), range },
    { "extremes", P(EASK "(its|the) (minimum{!:min}|maximum{!:max})( value|).", "(求|)当{v:x}(取|为)(任意|任何|全体|一切)实数时(,|)(函数|代数式|式子|)(求|){e:f}的(最小值{!:min}|最大值{!:max})" ZTAIL ".", EASK "the (minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) value (that |which |)(the expression |the function |){e:f} can (take|have|attain|reach|assume) (for (all |)real {v:x}|over the reals|).", EASK "the (minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) value (that |which |)(the expression |the function |){e:f} can (take|have|attain|reach|assume) (for|when|on|if) {e:on}.", "(at most |)how large{!:max} can {e:f} (be|become|get).", "(at least |)how small{!:min} can {e:f} (be|become|get).", "(求|)抛物线{e:f}的(最高点{!:max}|最低点{!:min})的(纵坐标|横坐标{!:where})" ZTAIL ".", EASK "the y-coordinate of the (highest{!:max}|lowest{!:min}) point (of|on) the (parabola|graph of|curve) {e:f}.", ZF ON "最大值{!:max}(和|与|及)最小值{!:min}" ZTAIL ".", ZIT ON "最大值{!:max}(和|与|及)最小值{!:min}" ZTAIL ".", ZF ON "(最小值{!:min}|最大值{!:max})" ZTAIL ".", ZIT ON "(最小值{!:min}|最大值{!:max})" ZTAIL ".", "(求|)(函数|)({e:f})(,|)(\\({e:on}\\)|{e:on})的(最小值{!:min}|最大值{!:max})" ZTAIL ".", "(求|)当{e:on}时(,|)(函数|)(求|){e:f}的(最小值{!:min}|最大值{!:max})" ZTAIL ".",
        "(求|)当{v:x}(取|为|是|等于)(何值|什么值|多少)时(,|)(二次|)(函数|代数式|){e:f}(取得|有|取到|取|达到)(最小值{!:min}|最大值{!:max}){!:where}.", "(二次|)函数{e:f}在{v:x}(等于|取|为|是)(多少|何值|什么值)时(取得|有|取到|取|达到)(最小值{!:min}|最大值{!:max}){!:where}.", "(at|for) what (value of |){v:x} is {e:f} at its (minimum{!:min}|maximum{!:max}){!:where}.", "(求|)(使|使得)(函数|){e:f}(取得|取到|取|达到)(最小值{!:min}|最大值{!:max})(的|时){v:x}(的|)(值|){!:where}" ZTAIL ".",
        EASK "the (absolute |global |)(maximum and minimum|largest and smallest|greatest and least|maximum value and minimum|maximum value and the minimum){!:max}{!:min} (values|value) " OFF " (on (the |)(closed |)(interval |){e:on}|over (the |)(closed |)(interval |){e:on}|for {e:on}|).", EASK "the (absolute |global |)(minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) (value |)" OFF " (over|on|in) (the |)(closed |)(interval |){e:on}.", EASK "the (absolute |global |)(minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) (value |)" OFF " (for|when|where|if|subject to) {e:on}.",
        EASK "the (absolute |global |)(minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) (value |)(of |for )(the |)(quadratic |)(function |expression |){e:f} (over the real numbers|over the reals|for real {v:x}|over all real numbers|for all real {v:x}|).",
        "(for|at) (what|which) (value of {v:x}|{v:x}) (does|is) (the |)(function |){e:f} (attain|have|reach|achieve|take|attains|has) (its |a |)(minimum{!:min}|maximum{!:max}|smallest{!:min}|largest{!:max}|least{!:min}|greatest{!:max}) (value |){!:where}.", EASK "(the value of {v:x}|{v:x}) (at which|for which|where|that|which|when) (the function |){e:f} (attains|has|reaches|achieves|takes|is) (its |a |)(minimum{!:min}|maximum{!:max}|smallest{!:min}|largest{!:max}|minimized{!:min}|maximized{!:max}|minimal{!:min}|maximal{!:max}|smallest{!:min}|least{!:min}|greatest{!:max}|largest{!:max}) (value |){!:where}.",
        EASK "(the value of {v:x}|{v:x}) (that|which) (minimizes{!:min}|maximizes{!:max}|minimises{!:min}|maximises{!:max}) (the function |){e:f}{!:where}."), extreme },
    { "local extrema", P(ZF "(极大值{!:max}|极小值{!:min})" ZTAIL ".", ZIT "(极大值{!:max}|极小值{!:min})" ZTAIL ".", ZF "(极值点{!:place}|极大值点{!:max}{!:place}|极小值点{!:min}{!:place})" ZTAIL ".", ZIT "(极值点{!:place}|极大值点{!:max}{!:place}|极小值点{!:min}{!:place})" ZTAIL ".",
        EASK "the (local|relative) (maximum{!:max}|minimum{!:min}) (value |)" OFF ".", EASK "(all |)(the |)critical{!:critical} (points{!:points}|numbers|values) " OFF "."), local_extreme },
    { "monotone intervals", P(ZF "单调(递|)(增{!:up}|减)(区间|的区间)" ZTAIL ".", ZIT "单调(递|)(增{!:up}|减)区间" ZTAIL ".", ZF "(递增{!:up}|递减|增{!:up}|减)区间" ZTAIL ".", "(on|over) (what|which) (interval|intervals) is (the function |){e:f} (increasing{!:up}|decreasing).", EASK "(the |all |)(interval|intervals) (on|over|where|in|for) (which |)(the function |){e:f} is (increasing{!:up}|decreasing).", EASK "where (the function |){e:f} is (increasing{!:up}|decreasing).", EASK "(the |all |)(interval|intervals) of (increase{!:up}|decrease) " OFF "."), monotone },
    { "inverse", P(ZF "反函数" ZTAIL ".", ZIT "反函数" ZTAIL ".", EASK "the inverse (function |)(of |for )(the |)(function |){e:f}.", EASK "(a formula for |)(the inverse |)(function |){r:inv}.", ZF0 "反函数{r:inv}.", "(求|则){r:inv}(的值|)" ZTAIL "."), inverse },
    { "wave", P(ZF "(最小正|)周期{!:both}(和|与|及)最大值{!:max}" ZTAIL ".", ZF "(最小正|)周期" ZTAIL ".", ZF "振幅{!:amplitude}" ZTAIL ".", EASK "the amplitude{!:amplitude} " OFF ".", EASK "the amplitude{!:amplitude} and (the |)period{!:period} " OFF ".", EASK "the (smallest positive |least positive |fundamental |)period " OFF "."), wave },
    { NULL, NULL, NULL },
};
