/* read_functions.c - derivatives, extrema of quadratics, tangents, shifts, periods, circles. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/values/waves.h"

#include <string.h>

/* f of "f(x) = ...", "y = ..." or a formula; its variable. */
static struct ex *body_of(struct ex *f, const char **x)
{
    const char *v[4];
    if (f->k == E_REL) {
        if (f->n != 2 || f->rels[0] != R_EQ)
            return NULL;
        struct ex *l = f->a[0];
        if (l->k == E_CALL && l->op == 0 && l->n == 1 && l->a[0]->k == E_SYM && strchr(l->s, '_') == NULL)
            *x = l->a[0]->s;
        else if (l->k == E_SYM && ex_syms(f->a[1], v, 4) == 1 && strcmp(v[0], l->s) != 0)
            *x = v[0];
        else
            return NULL;
        f = f->a[1];
    } else if (ex_syms(f, v, 4) == 1) {
        *x = v[0];
    } else {
        return NULL;
    }
    return ex_syms(f, v, 4) == 1 && strcmp(v[0], *x) == 0 && !ex_has_kind(f, E_CALL) && !ex_has_kind(f, E_REL) ? f : NULL;
}

static int derivative(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *x;
    struct ex *f = match_ex(m, "f"), *b = body_of(f, &x), *d, *at = match_ex(m, "at");
    (void)q;
    if (b == NULL || (d = ex_diff(c, b, x)) == NULL)
        return 0;
    if (at != NULL) {
        if (at->k == E_REL && at->n == 2 && at->a[0]->k == E_SYM && strcmp(at->a[0]->s, x) == 0)
            at = at->a[1];
        val v = ex_has_sym(at, NULL) ? NULL : value_const(c, at);
        if (v == NULL)
            return 0;
        struct env env = { x, v, NULL };
        if (value_eval(c, d, &env, &r->v) != EV_OK)
            return 0;
        r->k = S_VALUE;
        r->text = calc_printf(c, "%s, find the derivative at %s = %s", ex_text(c, f), x, ex_text(c, at));
        return 1;
    }
    r->k = S_EXPR;
    r->derivative = 1;
    r->e = d;
    r->text = calc_printf(c, "differentiate %s with respect to %s", ex_text(c, f), x);
    return 1;
}

static int extremum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *x;
    struct ex *f = match_ex(m, "f"), *b = body_of(f, &x);
    struct sym s;
    struct rf rf;
    val *co, d;
    (void)q;
    sym_init(&s, c);
    struct ex *over = match_ex(m, "x");
    if (b == NULL || (over != NULL && (over->k != E_SYM || strcmp(over->s, x) != 0)))
        return 0;
    int g = sym_gen_var(&s, x);
    if (!sym_rf(&s, b, &rf) || s.n != 1 || !mp_is_const(&s, &rf.den, &d) || mp_univariate(&s, &rf.num, g, &co) != 2)
        return 0;
    enum tri up = value_sign_is(c, co[2], 1);
    int min = has(m, "min"), max = has(m, "max");
    if (value_equal(c, d, val_si(c, 1)) != YES || up == UNSURE || (min && up == NO) || (max && up == YES))
        return 0;
    val at = val_new(c), y;
    ca_div(at, co[1], co[2], c->ca);
    ca_div_si(at, at, -2, c->ca);
    struct env env = { x, at, NULL };
    if (value_eval(c, b, &env, &y) != EV_OK)
        return 0;
    r->k = S_VALUE;
    r->v = has(m, "where") ? at : y;
    r->text = calc_printf(c, "%s real, %s, find the %s%s", x, ex_text(c, f), min ? "smallest" : "largest", has(m, "where") ? " value's place" : " value");
    return 1;
}

static int shift(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    const char *v[4];
    (void)q;
    if (f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || f->a[0]->k != E_CALL || f->a[0]->op || f->a[0]->n != 1 || g->k != E_CALL || g->op || g->n != 1 ||
        strcmp(f->a[0]->s, g->s) != 0 || ex_has_kind(f->a[1], E_CALL))
        return 0;
    struct ex *u = f->a[0]->a[0], *d;
    if (ex_syms(f, v, 4) != 1 || u->k == E_SYM || (d = ex_diff(c, u, v[0])) == NULL)
        return 0;
    val k = ex_has_sym(d, NULL) ? NULL : value_const(c, d);
    struct sym s;
    struct rf rf;
    sym_init(&s, c);
    if (k == NULL) {                                  /* d of x+1 is written 1 + 0 */
        struct ex *d0 = ex_subst(c, d, v[0], ex_num(c, 0));
        if (sym_equal(c, d, d0, 0) != YES || (k = value_const(c, d0)) == NULL)
            return 0;
        d = d0;
    }
    if (ca_check_is_zero(k, c->ca) != T_FALSE || !sym_rf(&s, f->a[1], &rf))
        return 0;
    /* u = k x + m, so x = (t - m)/k */
    struct ex *m0 = ex_subst(c, u, v[0], ex_num(c, 0)), *t = g->a[0];
    struct ex *back = ex_2(c, E_DIV, ex_2(c, E_ADD, t, ex_1(c, E_NEG, m0)), d);
    r->e = ex_subst(c, f->a[1], v[0], back);
    r->text = calc_printf(c, "%s, find %s", ex_text(c, f), ex_text(c, g));
    if (!ex_has_sym(r->e, NULL)) {
        r->k = S_VALUE;
        return (r->v = value_const(c, r->e)) != NULL;
    }
    r->k = S_EXPR;
    r->forms |= FORM_EXPANDED;
    return t->k == E_SYM;
}

static int tangent(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *x, *yname = "y";
    struct ex *f = match_ex(m, "f"), *b = body_of(f, &x), *at = match_ex(m, "at"), *d, *given = NULL;
    (void)q;
    if (b == NULL || f->k != E_REL || (d = ex_diff(c, b, x)) == NULL || strcmp(x, "y") == 0)
        return 0;
    if (at->k == E_REL && at->n == 2 && at->rels[0] == R_EQ && at->a[0]->k == E_SYM && strcmp(at->a[0]->s, x) == 0) {
        at = at->a[1];
    } else if (at->k == E_TUPLE && at->n == 2 && at->op == (BR_OPEN_L | BR_OPEN_R)) {
        given = at->a[1];
        at = at->a[0];
    } else {
        return 0;
    }
    val a = ex_has_sym(at, NULL) ? NULL : value_const(c, at), y0;
    if (a == NULL)
        return 0;
    struct env env = { x, a, NULL };
    if (value_eval(c, b, &env, &y0) != EV_OK)
        return 0;
    if (given != NULL) {                              /* the point must be on the curve */
        val g = ex_has_sym(given, NULL) ? NULL : value_const(c, given);
        if (g == NULL || value_equal(c, g, y0) != YES)
            return 0;
    }
    struct ex *slope = ex_subst(c, d, x, at);
    if (has(m, "normal")) {
        val k = value_const(c, slope);
        if (k == NULL || ca_check_is_zero(k, c->ca) != T_FALSE)
            return 0;
        slope = ex_1(c, E_NEG, ex_2(c, E_DIV, ex_num(c, 1), slope));
    }
    struct ex *at_y = ex_subst(c, b, x, at);
    r->k = S_CURVE;
    r->e = ex_rel(c, R_EQ, ex_sym(c, yname), ex_2(c, E_ADD, at_y, ex_2(c, E_MUL, slope, ex_2(c, E_ADD, ex_sym(c, x), ex_1(c, E_NEG, at)))));
    r->text = calc_printf(c, "%s, find the %s at %s = %s", ex_text(c, f), has(m, "normal") ? "normal" : "tangent", x, ex_text(c, at));
    return 1;
}

static int period(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *x;
    struct ex *f = match_ex(m, "f"), *b = body_of(f, &x);
    struct wave *w = calc_alloc(c, sizeof *w);
    (void)q;
    if (b == NULL || !wave_of(c, b, x, w) || !wave_period(c, w, &r->v))
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s, find the smallest positive period", ex_text(c, f));
    return 1;
}

static int circle(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    struct sym s;
    struct rf rf;
    val d, k[6];
    (void)q;
    sym_init(&s, c);
    int x = sym_gen_var(&s, "x"), y = sym_gen_var(&s, "y");
    if (f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || !sym_rf(&s, ex_2(c, E_ADD, f->a[0], ex_1(c, E_NEG, f->a[1])), &rf) || s.n != 2 || !mp_is_const(&s, &rf.den, &d))
        return 0;
    static const int at[6][2] = { { 2, 0 }, { 0, 2 }, { 1, 0 }, { 0, 1 }, { 0, 0 }, { 1, 1 } };
    int seen = 0;
    for (int i = 0; i < 6; i++) {
        struct mp p = mp_coeff(&s, &rf.num, x, at[i][0]);
        p = mp_coeff(&s, &p, y, at[i][1]);
        seen += p.n;
        if (!mp_is_const(&s, &p, &k[i]))
            return 0;
    }
    if (seen != rf.num.n || value_equal(c, k[0], k[1]) != YES || ca_check_is_zero(k[0], c->ca) != T_FALSE || ca_check_is_zero(k[5], c->ca) != T_TRUE)
        return 0;
    val cx = val_new(c), cy = val_new(c), r2 = val_new(c), t = val_new(c), rad = val_new(c);
    ca_div(cx, k[2], k[0], c->ca);
    ca_div_si(cx, cx, -2, c->ca);
    ca_div(cy, k[3], k[0], c->ca);
    ca_div_si(cy, cy, -2, c->ca);
    ca_mul(r2, cx, cx, c->ca);
    ca_mul(t, cy, cy, c->ca);
    ca_add(r2, r2, t, c->ca);
    ca_div(t, k[4], k[0], c->ca);
    ca_sub(r2, r2, t, c->ca);
    if (value_sign_is(c, r2, 1) != YES)
        return 0;
    ca_sqrt(rad, r2, c->ca);
    if (has(m, "radius")) {
        r->k = S_VALUE;
        r->v = rad;
        r->var = "r";
        r->text = calc_printf(c, "circle %s, find its radius", ex_text(c, f));
        return 1;
    }
    if (has(m, "centre")) {
        r->k = S_TUPLES;
        r->subject = f;
        r->tu.nv = 2;
        r->tu.n = 1;
        r->vars[0] = "x";
        r->vars[1] = "y";
        r->tu.v[0][0] = cx;
        r->tu.v[0][1] = cy;
        r->text = calc_printf(c, "circle %s, find its centre", ex_text(c, f));
        return 1;
    }
    r->k = S_CIRCLE;
    r->tu.v[0][0] = cx;
    r->tu.v[0][1] = cy;
    r->tu.v[0][2] = rad;
    r->text = calc_printf(c, "circle %s, find centre and radius", ex_text(c, f));
    return 1;
}

/* f(a) = b, a and b numbers. */
static int value_at(struct calc *c, const struct ex *e, const char **name, val *a, val *b)
{
    if (e == NULL || e->k != E_REL || e->n != 2 || e->rels[0] != R_EQ || e->a[0]->k != E_CALL || e->a[0]->n != 1 || e->a[0]->op != 0 || ex_has_sym(e->a[0]->a[0], NULL) || ex_has_sym(e->a[1], NULL))
        return 0;
    if (*name != NULL && strcmp(*name, e->a[0]->s) != 0)
        return 0;
    *name = e->a[0]->s;
    return (*a = value_const(c, e->a[0]->a[0])) != NULL && (*b = value_const(c, e->a[1])) != NULL;
}

/* A linear function by two of its values: another one. */
static int linear_by_values(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *name = NULL;
    struct ex *h = match_ex(m, "h"), *said = match_ex(m, "name");
    val x1, y1, x2, y2, x, t = val_new(c), u = val_new(c), d = val_new(c);
    (void)q;
    if (!value_at(c, match_ex(m, "f"), &name, &x1, &y1) || !value_at(c, match_ex(m, "g"), &name, &x2, &y2) || value_equal(c, x1, x2) != NO)
        return 0;
    if (said != NULL && ((said->k != E_CALL && said->k != E_SYM) || strcmp(said->s, name) != 0))
        return 0;
    if (h == NULL || h->k != E_CALL || h->n != 1 || h->op != 0 || strcmp(h->s, name) != 0 || (ex_has_sym(h->a[0], NULL) && h->a[0]->k != E_SYM))
        return 0;
    struct ex *p = match_ex(m, "f"), *s = match_ex(m, "g"), *minus = ex_num(c, -1);
    if (h->a[0]->k == E_SYM) {                        /* f(x) itself */
        struct ex *rise = ex_2(c, E_ADD, s->a[1], ex_2(c, E_MUL, minus, p->a[1])), *run = ex_2(c, E_ADD, s->a[0]->a[0], ex_2(c, E_MUL, minus, p->a[0]->a[0]));
        r->k = S_EXPR;
        r->lhs = name;
        r->forms |= FORM_EXPANDED;
        r->e = ex_2(c, E_ADD, p->a[1], ex_2(c, E_DIV, ex_2(c, E_MUL, rise, ex_2(c, E_ADD, h->a[0], ex_2(c, E_MUL, minus, p->a[0]->a[0]))), run));
        r->text = calc_printf(c, "%s linear, %s, %s, find %s", name, ex_text(c, p), ex_text(c, s), ex_text(c, h));
        return 1;
    }
    if ((x = value_const(c, h->a[0])) == NULL)
        return 0;
    ca_sub(t, y2, y1, c->ca);                         /* y1 + (y2 - y1) (x - x1) / (x2 - x1) */
    ca_sub(u, x, x1, c->ca);
    ca_mul(t, t, u, c->ca);
    ca_sub(d, x2, x1, c->ca);
    ca_div(t, t, d, c->ca);
    r->v = val_new(c);
    ca_add(r->v, y1, t, c->ca);
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s linear, %s, %s, find %s", name, ex_text(c, match_ex(m, "f")), ex_text(c, match_ex(m, "g")), ex_text(c, h));
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
const struct family read_functions[] = {
    { .id = "linear function by two values", .read = linear_by_values, .patterns = P("(a|the) linear function ({e:name} |)(satisfies|has) {e:f} and {e:g},(find|what is|compute|determine) (a formula for |the formula for |){e:h}.", "(find|determine) the linear function {e:h} (such that|with|satisfying|for which|if) {e:f} and {e:g}.", "(已知|若|设|)一次函数({e:name}|)满足{e:f}(,|和|且|、){e:g},(求|则)(函数|){e:h}(的值|的解析式|的表达式|)(=|等于|是|为|)(多少|).") },
    { .id = "derivative", .read = derivative, .patterns = P(
        "求(函数|){e:f}的(导数|导函数).", "(求|对)(函数|){e:f}求导.", "求导(数|),(函数|){e:f}.", "(differentiate|find the derivative of) (the function |){e:f}.", "what is the derivative of {e:f}.",
        "求(函数|){e:f}在{e:at}处的导数(值|).", "find the derivative of {e:f} at {e:at}.") },
    { .id = "extremum", .read = extremum, .patterns = P(
        "(求|)(二次|)函数{e:f}(在实数范围内|)的最小值{!:min}(是多少|).", "(求|)(二次|)函数{e:f}(在实数范围内|)的最大值{!:max}(是多少|).", "(求|){e:f}的最小值{!:min}.", "(求|){e:f}的最大值{!:max}.",
        "(find|determine|what is) the (minimum{!:min}|maximum{!:max}|least{!:min}|greatest{!:max}|smallest{!:min}|largest{!:max}) value of (the function |){e:f} (over the real numbers|for real {v:x}|over the reals|).") },
    { .id = "shifted function", .read = shift, .patterns = P("(已知|若|设)(函数|){e:f},(求|则)(函数|){e:g}(的解析式|的表达式|的关系式|的值|)(=|等于|是|为|)(多少|什么|).", "(if|given|given that|let|suppose|suppose that) (the function |){e:f},(then |)(find|determine|what is|give|write) (the |an |a |)(formula for |expression for |rule for |formula of |equation of |value of |){e:g}.", "(find|determine|what is) {e:g} (if|given|given that|when) {e:f}.") },
    { .id = "tangent", .read = tangent, .patterns = P(
        "(求|)曲线{e:f}在(点|){e:at}处的(切线|法线{!:normal})(的|)方程(是|为|)(什么|).", "(求|)函数{e:f}(的图象|的图像|)在(点|){e:at}处的切线(的|)方程(是|为|)(什么|).",
        "find (the equation of |)the tangent (line |)to (the curve |the graph of |){e:f} at (the point |){e:at}.", "(find|write|determine|give|what is) (the |an |)(equation of |)(the |)(tangent|normal{!:normal}) (line |)to (the |)(curve |graph of |parabola |)(the function |){e:f} at (the |)(point |point where |)({e:at}).") },
    { .id = "period", .read = period, .patterns = P("(求|)函数{e:f}的最小正周期(是多少|).", "(find|what is|determine) the (smallest positive |least positive |smallest |least |fundamental |)period of (the function |){e:f}.") },
    { .id = "circle", .read = circle, .patterns = P("(求|)圆{e:f}的(圆心|圆心坐标)(和|与|及)半径(是多少|).", "(求|)圆{e:f}的(圆心|圆心坐标)(和|与|及)半径(是|为|分别是|分别为)(多少|什么).", "(find|determine|what are) the (centre|center) and (the |)radius of the circle (with equation |given by |defined by |whose equation is |)(the equation |){e:f}.", "(求|)圆{e:f}的(圆心(坐标|的坐标|){!:centre}|半径{!:radius})(是多少|).", "(find|what is|determine) the (centre{!:centre}|center{!:centre}|coordinates of the centre{!:centre}|coordinates of the center{!:centre}|radius{!:radius}) of the circle (with equation |given by |defined by |whose equation is |)(the equation |){e:f}.", "(已知|)圆(的方程为|){e:f},求(它的|该圆的|圆的|其|)(圆心|圆心坐标)(和|与|及)半径.") },
    { .id = NULL },
};
