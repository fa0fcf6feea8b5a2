/* ask_calculus.c - what calculus answers about a function: derivatives, slopes, tangents,
 * mean rates, areas, antiderivatives. */
#include "plugins/calculator/worlds/asked.h"

#include <string.h>

static int derivative(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct fun f;
    struct capture *d = match_get(m, "d");
    struct ex *at = match_ex(m, "at"), *e;
    int order = has(m, "second") ? 2 : has(m, "third") ? 3 : 1;
    if (d != NULL) {                                  /* f'(2), y', f''(x) */
        struct ex *g = d->e;
        if (match_ex(m, "f") != NULL)
            w->thing = match_ex(m, "f");
        if (g == NULL || w->thing == NULL || w->thing->k != E_REL)
            return 0;
        if (g->k == E_CALL && g->op >= 1 && g->n == 1) {
            if (w->thing->a[0]->k != E_CALL || strcmp(w->thing->a[0]->s, g->s) != 0)
                return 0;
            order = g->op;
            if (g->a[0]->k != E_SYM)
                at = g->a[0];
            else if (strcmp(g->a[0]->s, w->thing->a[0]->a[0]->s) != 0)
                return 0;
        } else if (g->k == E_SYM && g->s[0] == 'y' && g->s[1] == '\'') {
            order = (int)strlen(g->s) - 1;
            if (w->thing->a[0]->k != E_SYM || strcmp(w->thing->a[0]->s, "y") != 0)
                return 0;
        } else {
            return 0;
        }
    }
    struct capture *dy = match_get(m, "dy");
    if (dy != NULL) {                                 /* dy/dx */
        struct ex *g = match_ex(m, "f") != NULL ? match_ex(m, "f") : w->thing;
        if (dy->raw == NULL || g == NULL || g->k != E_REL || g->a[0]->k != E_SYM || strcmp(g->a[0]->s, "y") != 0 || !ex_has_sym(g->a[1], "x") ||
            (strcmp(dy->raw, "\\frac{dy}{dx}") != 0 && strcmp(dy->raw, "\\dfrac{dy}{dx}") != 0 && strcmp(dy->raw, "\\frac{\\mathrm{d}y}{\\mathrm{d}x}") != 0 && strcmp(dy->raw, "dy/dx") != 0))
            return 0;
    }
    struct match rest = *m;
    if (!asked_take(w, &rest, &f) || f.cond != NULL)
        return 0;
    e = f.b;
    for (int i = 0; i < order; i++)
        if ((e = ex_diff(c, e, f.x)) == NULL)
            return 0;
    if (match_get(m, "at") != NULL && at == NULL)
        return 0;
    if (at != NULL) {
        if (at->k == E_TUPLE && at->n == 2 && at->op == (BR_OPEN_L | BR_OPEN_R)) {        /* the point must be on the curve */
            val x0 = ex_has_sym(at, NULL) ? NULL : value_const(c, at->a[0]), y0 = x0 != NULL ? value_const(c, at->a[1]) : NULL, y;
            if (y0 == NULL || !asked_at(w, &f, x0, &y) || value_equal(c, y, y0) != YES)
                return 0;
            at = at->a[0];
        } else if (at->k == E_REL && at->n == 2 && at->rels[0] == R_EQ && at->a[0]->k == E_SYM && strcmp(at->a[0]->s, f.x) == 0) {
            at = at->a[1];
        }
        val v = ex_has_sym(at, NULL) ? NULL : value_const(c, at), here;
        if (v == NULL || !asked_at(w, &f, v, &here))
            return 0;
        struct env env = { f.x, v, NULL };
        if (value_eval(c, e, &env, &r->v) != EV_OK)
            return 0;
        if (has(m, "normal")) {
            if (ca_check_is_zero(r->v, c->ca) != T_FALSE)
                return 0;
            val n = val_new(c);
            ca_inv(n, r->v, c->ca);
            ca_neg(n, n, c->ca);
            r->v = n;
        }
        r->k = S_VALUE;
        r->text = asked_text(w, &f, calc_printf(c, "%s %d at %s = %s", has(m, "normal") ? "the slope of the normal, derivative" : "derivative", order, f.x, ex_text(c, at)));
        return 1;
    }
    if (has(m, "normal"))
        return 0;
    r->k = S_EXPR;
    r->e = e;
    r->derivative = order;
    r->family = "derivative";
    r->text = asked_text(w, &f, calc_printf(c, "derivative %d", order));
    return 1;
}

/* (f(b) - f(a))/(b - a), or the mean of f on [a, b]. */
static int average(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *on = match_ex(m, "on"), *e[2] = { match_ex(m, "a"), match_ex(m, "b") };
    struct match rest = *m;
    struct fun f;
    if (on != NULL) {
        if (on->k != E_TUPLE || on->n != 2 || on->op != 0)
            return 0;
        e[0] = on->a[0];
        e[1] = on->a[1];
    }
    for (int i = 0; i < rest.n; i++)                  /* the interval is no restriction here */
        if (strcmp(rest.c[i].name, "on") == 0)
            rest.c[i].name = "-";
    if (!asked_take(w, &rest, &f) || f.cond != NULL)
        return 0;
    val x[2], y[2], d = val_new(c), n = val_new(c);
    for (int i = 0; i < 2; i++) {
        if (e[i] == NULL)
            return 0;
        if (e[i]->k == E_REL) {
            if (e[i]->n != 2 || e[i]->rels[0] != R_EQ || e[i]->a[0]->k != E_SYM || strcmp(e[i]->a[0]->s, f.x) != 0)
                return 0;
            e[i] = e[i]->a[1];
        }
        if (ex_has_sym(e[i], NULL) || (x[i] = value_const(c, e[i])) == NULL || !asked_at(w, &f, x[i], &y[i]))
            return 0;
    }
    if (value_cmp(c, x[0], x[1]) != -1)
        return 0;
    ca_sub(d, x[1], x[0], c->ca);
    if (has(m, "mean")) {
        struct ex *in = ex_new(c, E_INT, 4);
        in->a[0] = ex_sym(c, f.x);
        in->a[1] = f.b;
        in->a[2] = e[0];
        in->a[3] = e[1];
        val v = value_const(c, in);
        if (v == NULL)
            return 0;
        n = v;
    } else {
        ca_sub(n, y[1], y[0], c->ca);
    }
    r->k = S_VALUE;
    r->v = val_new(c);
    ca_div(r->v, n, d, c->ca);
    r->text = asked_text(w, &f, calc_printf(c, "%s from %s to %s", has(m, "mean") ? "its mean value" : "its average rate of change", ex_text(c, e[0]), ex_text(c, e[1])));
    return 1;
}

/* The tangent to the curve that was named before. */
static int tangent_here(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *at = match_ex(m, "at"), *given = NULL, *d;
    struct fun f;
    val a, y;
    if (w->n != 1 || !asked_take(w, m, &f) || f.cond != NULL || strcmp(f.x, "x") != 0 || at == NULL || (d = ex_diff(c, f.b, f.x)) == NULL)
        return 0;
    if (at->k == E_TUPLE && at->n == 2 && at->op == (BR_OPEN_L | BR_OPEN_R)) {
        given = at->a[1];
        at = at->a[0];
    } else if (at->k == E_REL && at->n == 2 && at->rels[0] == R_EQ && at->a[0]->k == E_SYM && strcmp(at->a[0]->s, f.x) == 0) {
        at = at->a[1];
    } else {
        return 0;
    }
    if (ex_has_sym(at, NULL) || (a = value_const(c, at)) == NULL || !asked_at(w, &f, a, &y))
        return 0;
    if (given != NULL) {
        val g = ex_has_sym(given, NULL) ? NULL : value_const(c, given);
        if (g == NULL || value_equal(c, g, y) != YES)
            return 0;
    }
    struct ex *slope = ex_subst(c, d, f.x, at), *at_y = ex_subst(c, f.b, f.x, at);
    r->k = S_CURVE;
    r->e = ex_rel(c, R_EQ, ex_sym(c, "y"), ex_2(c, E_ADD, at_y, ex_2(c, E_MUL, slope, ex_2(c, E_ADD, ex_sym(c, "x"), ex_1(c, E_NEG, at)))));
    r->text = asked_text(w, &f, calc_printf(c, "the tangent at x = %s", ex_text(c, at)));
    return 1;
}

/* y = 4 as a function of x. */
static struct ex *level(struct ex *g, const char **x, const char *name)
{
    if (g->k != E_REL || g->n != 2 || g->rels[0] != R_EQ || g->a[0]->k != E_SYM || strcmp(g->a[0]->s, "y") != 0 || ex_has_sym(g->a[1], NULL))
        return NULL;
    *x = name;
    return g->a[1];
}

/* The area between the graph and the x-axis, or between two graphs. */
static int area(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g"), *a = match_ex(m, "a"), *b = match_ex(m, "b");
    const char *x = NULL, *x2 = NULL;
    struct vals z, ends = { 0, { NULL } };
    if (w->n > 0 || f == NULL)
        return 0;
    struct ex *fb = function_body(f, &x), *gb = NULL;
    if (fb == NULL || (g != NULL && (gb = function_body(g, &x2)) == NULL && (gb = level(g, &x2, x)) == NULL) || (gb != NULL && strcmp(x, x2) != 0) || f->k != E_REL)
        return 0;
    struct ex *axis = match_ex(m, "ax");
    if ((axis != NULL && (axis->k != E_SYM || strcmp(axis->s, x) != 0)) || (axis != NULL && gb != NULL))
        return 0;
    struct ex *d = gb != NULL ? ex_2(c, E_ADD, fb, ex_1(c, E_NEG, gb)) : fb;
    if (!asked_zeros(w, d, x, &z))
        return 0;
    if (a != NULL || b != NULL) {
        struct ex *e[2] = { a, b };
        for (int i = 0; i < 2; i++) {
            if (e[i] == NULL)
                return 0;
            if (e[i]->k == E_REL && e[i]->n == 2 && e[i]->rels[0] == R_EQ && e[i]->a[0]->k == E_SYM && strcmp(e[i]->a[0]->s, x) == 0)
                e[i] = e[i]->a[1];
            val v = ex_has_sym(e[i], NULL) ? NULL : value_const(c, e[i]);
            if (v == NULL || value_is_real(c, v) != YES)
                return 0;
            ends.v[ends.n++] = v;
        }
        if (value_cmp(c, ends.v[0], ends.v[1]) != -1)
            return 0;
        for (int i = 0; i < z.n; i++)                 /* no change of sign inside */
            if (value_cmp(c, ends.v[0], z.v[i]) != 1 && value_cmp(c, ends.v[0], z.v[i]) != 0 && value_cmp(c, z.v[i], ends.v[1]) != 1 && value_cmp(c, z.v[i], ends.v[1]) != 0)
                return 0;
    } else {
        if (z.n != 2)
            return 0;
        ends = z;
        int k = value_cmp(c, z.v[0], z.v[1]);
        if (k == 2)
            return 0;
        if (k > 0) {
            ends.v[0] = z.v[1];
            ends.v[1] = z.v[0];
        }
    }
    struct ex *in = ex_new(c, E_INT, 4);
    in->a[0] = ex_sym(c, x);
    in->a[1] = d;
    for (int i = 0; i < 2; i++) {
        fmpq_t q;
        fmpq_init(q);
        int ok = value_get_q(c, ends.v[i], q) && fmpz_bits(fmpq_numref(q)) < 40 && fmpz_bits(fmpq_denref(q)) < 40;
        in->a[2 + i] = ok ? ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(q))), ex_num(c, fmpz_get_si(fmpq_denref(q)))) : NULL;
        fmpq_clear(q);
        if (!ok)
            return 0;
    }
    val v = value_const(c, in);
    if (v == NULL)
        return 0;
    r->v = val_new(c);
    ca_abs(r->v, v, c->ca);
    r->k = S_VALUE;
    r->text = gb != NULL ? calc_printf(c, "area between %s and %s", ex_text(c, f), ex_text(c, g)) : calc_printf(c, "area between %s and the %s-axis", ex_text(c, f), x);
    return value_sign_is(c, r->v, 1) == YES;
}

/* \int f dx without ends: any antiderivative with a constant. */
static int indefinite(struct world *w, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    const char *v[4];
    if (has(m, "plain")) {                            /* an antiderivative of a formula: with or without a constant */
        const char *x;
        struct ex *b = function_body(f, &x), *over = match_ex(m, "x");
        if (w->n > 0 || b == NULL || (over != NULL && (over->k != E_SYM || strcmp(over->s, x) != 0)))
            return 0;
        r->k = S_ANTI;
        r->lenient = 1;
        r->e = b;
        r->var = x;
        r->text = calc_printf(w->c, "an antiderivative of %s", ex_text(w->c, f));
        return 1;
    }
    if (w->n > 0 || f == NULL || f->k != E_INT || f->n != 2 || ex_syms(f->a[1], v, 4) != 1 || strcmp(v[0], f->a[0]->s) != 0 || ex_has_kind(f->a[1], E_CALL) || ex_has_kind(f->a[1], E_INT))
        return 0;
    r->k = S_ANTI;
    r->e = f->a[1];
    r->var = f->a[0]->s;
    r->text = calc_printf(w->c, "antiderivatives of %s in %s", ex_text(w->c, f->a[1]), r->var);
    return 1;
}

const struct asked ask_calculus[] = {
    { "derivative", P(ZF "(导数|导函数|一阶导数)" ZTAIL ".", ZF "二阶导(数|函数){!:second}" ZTAIL ".", ZF "三阶导(数|函数){!:third}" ZTAIL ".", "(求|)(函数|)(曲线|){e:f}在(点|){e:at}处的导数(值|)" ZTAIL ".", "(求|)(函数|曲线|抛物线|){e:f}(的(图象|图像)|)在(点|){e:at}处(的|)(切线(的|)(斜率)|法线{!:normal}(的|)斜率)" ZTAIL ".", "(求|则|计算|求导数){e:d}(的值|)" ZTAIL ".",
        EASK "the (first |)derivative (of |for )(the |)(function |){e:f}( with respect to {v:x}|).", EASK "the (second{!:second}|third{!:third}) derivative (of |for )(the |)(function |){e:f}.", EASK "(the value of |)(the derivative |){e:d}.", EASK "({e:d}|{r:dy}) (if|when|given that|given|where|for) {e:f}.", EASK "{r:dy}.", "(求|则){r:dy}" ZTAIL ".", EASK "the (slope|gradient) of the (tangent (line |)|normal{!:normal} (line |))(to |of )(the |)(curve |graph of |function |){e:f} (at (the point |the point where |)|when |where ){e:at}.", "differentiate {e:f} (with respect to {v:x}|).", "differentiate {e:f} twice{!:second}.", EASK "the (slope|gradient) of (the |)(curve |graph of |){e:f} at (the point |){e:at}.", EASK "the (instantaneous |)rate of change of {e:f} at {e:at}."), derivative },
    { "average rate", P("(求|)(函数|){e:f}(在|从)(区间|){e:on}(上|)的平均变化率" ZTAIL ".", "(求|)(函数|){e:f}从{e:a}到{e:b}的平均变化率" ZTAIL ".", EASK "the average rate of change of (the function |){e:f} (from {e:a} to {e:b}|on (the interval |){e:on}|over (the interval |){e:on}|between {e:a} and {e:b}).", EASK "the average{!:mean} value of (the function |){e:f} (on|over) (the interval |){e:on}.", "(求|)(函数|){e:f}在(区间|){e:on}上的平均值{!:mean}" ZTAIL "."), average },
    { "tangent", P("(求|)(它|曲线|该曲线|函数|函数的图象|函数的图像)在(点|){e:at}处的切线(的|)方程" ZTAIL ".", EASK "(the |an |)(equation of |)(the |)tangent (line |)(to the (curve|graph) |)at (the |)(point |){e:at}."), tangent_here },
    { "area", P("(求|)(由|)(曲线|抛物线|函数|){e:f}(与|和|、)(直线|曲线|抛物线|函数|){e:g}(所|)围成的(封闭|平面|)(图形|区域)的面积" ZTAIL ".", EASK "the area (of the region |)(bounded by|between|enclosed by|enclosed between) (the |)(curve |curves |graphs of |parabola |){e:f} and (the |)(line |curve |parabola |){e:g}.", EASK "the area (of the region |)(bounded by|between|enclosed by) (the |)(curve |graph of |parabola |){e:f} and the {v:ax}-axis.", EASK "the area under (the |)(curve |graph of |){e:f} (from|between) {e:a} (to|and) {e:b}."), area },
    { "antiderivative", P("(求|计算|求出)(不定积分|)(,|){e:f}.", EASK "(the |)(indefinite |)(integral |antiderivative |)(of |){e:f}.", "find an{!:plain} antiderivative of (the function |){e:f}.", "integrate{!:plain} (the function |){e:f} with respect to {v:x}.", "(求|)(函数|){e:f}的一个原函数{!:plain}.", "(evaluate|integrate) (the |)(indefinite |)(integral |)(:|){e:f}."), indefinite },
    { NULL, NULL, NULL },
};
