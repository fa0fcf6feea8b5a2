/* read_polynomials.c - coefficients and remainders of polynomials, parts of complex
 * numbers, expressions to rewrite in more words. */
#include "plugins/calculator/values/form.h"
#include "plugins/calculator/questions/read.h"

#include <string.h>

/* f as a Laurent polynomial in its one letter: coefficients of x^(k - shift). */
static int laurent(struct calc *c, struct ex *f, const char **x, val **co, int *deg, int *shift)
{
    struct sym s;
    struct rf rf;
    const char *v[4];
    val d;
    if (f == NULL || f->k == E_REL || ex_syms(f, v, 4) != 1 || ex_has_kind(f, E_CALL) || ex_has_kind(f, E_I))
        return 0;
    *x = v[0];
    sym_init(&s, c);
    int g = sym_gen_var(&s, v[0]);
    if (!sym_rf(&s, f, &rf) || s.n != 1)
        return 0;
    *shift = 0;
    d = NULL;
    if (!mp_is_const(&s, &rf.den, &d)) {
        if (rf.den.n != 1)
            return 0;
        *shift = mp_deg(&rf.den, g);
        d = rf.den.t->c;
    }
    if ((*deg = mp_univariate(&s, &rf.num, g, co)) < 0)
        return 0;
    for (int i = 0; i <= *deg; i++) {
        val t = val_new(c);
        ca_div(t, (*co)[i], d, c->ca);
        (*co)[i] = t;
    }
    return 1;
}

static int coefficient(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *p = match_ex(m, "p");
    const char *x, *text;
    val *co;
    int deg, shift;
    long k = 0;
    (void)q;
    if (!laurent(c, f, &x, &co, &deg, &shift))
        return 0;
    if (has(m, "sum")) {                              /* of all coefficients: the value at 1 */
        r->v = val_si(c, 0);
        for (int i = 0; i <= deg; i++) {
            val t = val_new(c);
            ca_add(t, r->v, co[i], c->ca);
            r->v = t;
        }
        text = "the sum of the coefficients";
    } else if (has(m, "degree")) {
        while (deg > 0 && ca_check_is_zero(co[deg], c->ca) == T_TRUE)
            deg--;
        if (shift || ca_check_is_zero(co[deg], c->ca) != T_FALSE)
            return 0;
        r->v = val_si(c, deg);
        text = "its degree";
    } else {
        if (p != NULL) {
            if (p->k == E_SYM && strcmp(p->s, x) == 0)
                k = 1;
            else if (p->k != E_POW || p->a[0]->k != E_SYM || strcmp(p->a[0]->s, x) != 0 || !ex_is_int(p->a[1], &k))
                return 0;
        }
        if (k + shift < -200 || k + shift > 200)
            return 0;
        r->v = k + shift >= 0 && k + shift <= deg ? co[k + shift] : val_si(c, 0);
        text = p == NULL ? "the constant term" : calc_printf(c, "the coefficient of %s", ex_text(c, p));
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s, find %s", ex_text(c, f), text);
    return 1;
}

/* The remainder of f on division by g, of the first degree. */
static int remainder_by(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    const char *x, *y;
    val *co, *gco;
    int deg, shift, gdeg, gshift;
    (void)q;
    if (f != NULL && f->k == E_REL && f->n == 2 && f->rels[0] == R_EQ && f->a[0]->k == E_CALL)
        f = f->a[1];
    if (!laurent(c, f, &x, &co, &deg, &shift) || !laurent(c, g, &y, &gco, &gdeg, &gshift) || strcmp(x, y) != 0 || shift || gshift || gdeg != 1 || deg < 1)
        return 0;
    val at = val_new(c);
    ca_div(at, gco[0], gco[1], c->ca);
    ca_neg(at, at, c->ca);
    struct env env = { x, at, NULL };
    if (value_eval(c, f, &env, &r->v) != EV_OK)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s divided by %s, find the remainder", ex_text(c, f), ex_text(c, g));
    return 1;
}

/* Modulus, conjugate, real and imaginary part of a complex number; i^n. */
static int complex_part(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    val v, w = val_new(c);
    (void)q;
    if (f == NULL)
        return 0;
    const char *name = NULL;
    if (f->k == E_REL) {
        if (f->n != 2 || f->rels[0] != R_EQ || f->a[0]->k != E_SYM)
            return 0;
        name = f->a[0]->s;
        f = f->a[1];
    }
    if (ex_has_sym(f, NULL) || !ex_has_kind(f, E_I) || (v = value_const(c, f)) == NULL)
        return 0;
    int abs = has(m, "abs"), conj = has(m, "conj");
    if (g != NULL) {                                  /* |z|, z^2, \frac1z */
        if (name == NULL || ex_has_kind(g, E_REL) || g->k == E_REL)
            return 0;
        const char *u[2];
        if (ex_syms(g, u, 2) != 1 || strcmp(u[0], name) != 0)
            return 0;
        if (g->k == E_FN && g->op == F_ABS && g->a[0]->k == E_SYM) {
            abs = 1;
        } else {
            struct env env = { name, v, NULL };
            if (value_eval(c, g, &env, &r->v) != EV_OK)
                return 0;
            r->k = S_VALUE;
            r->text = calc_printf(c, "%s = %s, find %s", name, ex_text(c, f), ex_text(c, g));
            return 1;
        }
    }
    if (abs)
        ca_abs(w, v, c->ca);
    else if (conj)
        ca_conj(w, v, c->ca);
    else if (has(m, "re"))
        ca_re(w, v, c->ca);
    else if (has(m, "im"))
        ca_im(w, v, c->ca);
    else
        return 0;
    r->k = S_VALUE;
    r->v = w;
    r->text = calc_printf(c, "%s, find its %s", ex_text(c, f), abs ? "modulus" : conj ? "conjugate" : has(m, "re") ? "real part" : "imaginary part");
    return 1;
}

/* An equation of the first degree in the complex number z. */
static int complex_equation(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *z = match_ex(m, "z"), *g = match_ex(m, "g");
    const char *v[2];
    struct sym s;
    struct rf rf;
    val *co, d, t = val_new(c);
    (void)q;
    if (match_get(m, "i") != NULL && (match_ex(m, "i") == NULL || match_ex(m, "i")->k != E_I))
        return 0;
    if (f == NULL || z == NULL || z->k != E_SYM || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || ex_syms(f, v, 2) != 1 || strcmp(v[0], z->s) != 0 || ex_has_kind(f, E_CALL) || ex_has_kind(f, E_FN) || !ex_has_kind(f, E_I))
        return 0;
    sym_init(&s, c);
    int x = sym_gen_var(&s, v[0]);
    struct ex *e = ex_2(c, E_ADD, f->a[0], ex_1(c, E_NEG, f->a[1]));
    if (!sym_rf(&s, e, &rf) || s.n != 1 || !mp_is_const(&s, &rf.den, &d) || mp_univariate(&s, &rf.num, x, &co) != 1)
        return 0;
    ca_div(t, co[0], co[1], c->ca);
    ca_neg(t, t, c->ca);
    struct env env = { v[0], t, NULL };
    if (solve_holds(c, f, &env) != YES)
        return 0;
    r->k = S_VALUE;
    r->var = v[0];
    r->v = t;
    const char *what = v[0];
    if (g != NULL && !(g->k == E_SYM && strcmp(g->s, v[0]) == 0)) {
        if (g->k != E_FN || g->op != F_ABS || g->a[0]->k != E_SYM || strcmp(g->a[0]->s, v[0]) != 0)
            return 0;
        r->v = val_new(c);
        ca_abs(r->v, t, c->ca);
        r->var = NULL;
        what = ex_text(c, g);
    } else if (has(m, "re") || has(m, "im") || has(m, "conj")) {
        r->v = val_new(c);
        if (has(m, "re"))
            ca_re(r->v, t, c->ca);
        else if (has(m, "im"))
            ca_im(r->v, t, c->ca);
        else
            ca_conj(r->v, t, c->ca);
        r->var = NULL;
        what = has(m, "re") ? "its real part" : has(m, "im") ? "its imaginary part" : "its conjugate";
    } else if (has(m, "abs")) {
        r->v = val_new(c);
        ca_abs(r->v, t, c->ca);
        r->var = NULL;
        what = "its modulus";
    }
    r->text = calc_printf(c, "%s complex, %s, find %s", v[0], ex_text(c, f), what);
    return 1;
}

/* "in the form a + bi" of a complex number. */
static int standard_form(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    struct capture *k = match_get(m, "form");
    (void)q;
    if (f == NULL || ex_has_sym(f, NULL) || !ex_has_kind(f, E_I) || (k != NULL && (k->raw == NULL || (strcmp(k->raw, "a+bi") != 0 && strcmp(k->raw, "a + bi") != 0))) || (r->v = value_const(c, f)) == NULL)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s in the form a + bi", ex_text(c, f));
    return 1;
}

static int rationalise(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    (void)q;
    if (f == NULL || f->k != E_DIV || ex_has_sym(f, NULL) || ex_has_kind(f, E_I) || (r->v = value_const(c, f)) == NULL)
        return 0;
    r->k = S_VALUE;
    r->forms |= FORM_EXACT;
    r->text = calc_printf(c, "%s with a rational denominator", ex_text(c, f));
    return 1;
}

static int plain(const struct ex *e)
{
    return e->k == E_NUM || e->k == E_SYM || e->k == E_PI || e->k == E_TUPLE || e->k == E_REL || e->k == E_SET || e->k == E_LIST || (e->k == E_NEG && plain(e->a[0]));
}

/* More words for: simplify, expand, factor. */
static int rewritten(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    struct sym s;
    struct rf rf;
    (void)q;
    sym_init(&s, c);
    if (f == NULL || plain(f) || !ex_has_sym(f, NULL) || read_whole_letters(f) || ex_has_kind(f, E_REL) || ex_has_kind(f, E_CALL) || ex_has_kind(f, E_DOTS) || ex_has_kind(f, E_INT) || ex_has_kind(f, E_LIM) || ex_has_kind(f, E_SUM) || ex_has_kind(f, E_PM) || !sym_rf(&s, f, &rf))
        return 0;
    int only_vars = 1;
    for (int i = 0; i < s.n; i++)
        only_vars &= s.g[i].k == G_VAR;
    if (!has(m, "factor") && form_expanded(c, f))
        return 0;                                     /* nothing is left to do: something else is meant */
    if ((has(m, "expand") || has(m, "factor")) && (!only_vars || rf.den.n != 1))
        return 0;
    r->k = S_EXPR;
    r->e = f;
    r->forms |= has(m, "factor") ? FORM_FACTORED : has(m, "expand") ? FORM_EXPANDED : FORM_SIMPLE;
    r->text = calc_printf(c, "%s %s", has(m, "factor") ? "factor over the integers" : has(m, "expand") ? "expand" : "simplify", ex_text(c, f));
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZTAIL "(是|为|等于|=|)(多少|几|什么|)"
#define EASK "(find|determine|compute|calculate|what is|what's|state|give|write) "
const struct family read_polynomials[] = {
    { .id = "coefficient", .read = coefficient, .patterns = P("(求|)(在|)(二项式|){e:f}(的|)(二项|)(展开式|展开)(中|里)(,|)(含|){e:p}(项|)的系数" ZTAIL ".", "(求|)(在|){e:f}(的|)(二项|)展开式(中|里)(的|)(,|)常数项" ZTAIL ".", "(求|){e:f}(的|)(二项|)展开式(中|)(的|)(各项|所有项|所有项的|所有|各项的)系数(的|之|)和{!:sum}" ZTAIL ".", "(求|)(多项式|){e:f}的次数{!:degree}" ZTAIL ".",
        EASK "the coefficient of {e:p} in (the |)(binomial |)(expansion of |expanded form of |){e:f}.", "in the (binomial |)expansion of {e:f}," EASK "the coefficient of {e:p}( term|).", "in the (binomial |)expansion of {e:f}," EASK "the constant term.", EASK "the constant term (in|of) (the |)(binomial |)expansion of {e:f}.", EASK "the sum{!:sum} of (all |)(the |)coefficients (in|of) (the |)expansion of {e:f}.", EASK "the degree{!:degree} of (the |)(polynomial |){e:f}.") },
    { .id = "remainder of a polynomial", .read = remainder_by, .patterns = P("(求|)(多项式|){e:f}(除以|被){e:g}(除|)(的|所得(的|)|)余(数|式)" ZTAIL ".", EASK "the remainder (when|if|of) (the polynomial |){e:f} (is |)divided by {e:g}.") },
    { .id = "part of a complex number", .read = complex_part, .patterns = P("(求|)(复数|){e:f}的(模{!:abs}|共轭复数{!:conj}|共轭{!:conj}|实部{!:re}|虚部{!:im})" ZTAIL ".", "(已知|设|若|)复数{e:f},(则|求)(复数|){e:g}" ZTAIL ".", "(已知|设|若)复数{e:f},(则|求)(复数|)({v:z}|它|其|)(的|)(模{!:abs}|共轭复数{!:conj}|实部{!:re}|虚部{!:im})" ZTAIL ".", EASK "the (modulus{!:abs}|absolute value{!:abs}|magnitude{!:abs}|conjugate{!:conj}|complex conjugate{!:conj}|real part{!:re}|imaginary part{!:im}) of (the complex number |){e:f}.", "(if|let|given) (the complex number |){e:f}(,then|),(find|what is|compute) {e:g}.") },
    { .id = "complex equation", .read = complex_equation, .patterns = P("(若|已知|设)(复数|){v:z}满足{e:f}((,|)({e:i}为虚数单位|其中{e:i}为虚数单位|\\({e:i}为虚数单位\\)|\\(其中{e:i}为虚数单位\\))|),(则|求|那么)(复数|){e:g}" ZTAIL ".", "(若|已知|设)(复数|){v:z}满足{e:f}((,|)({e:i}为虚数单位|其中{e:i}为虚数单位|\\({e:i}为虚数单位\\))|),(则|求|那么)(复数|){v:z}的(模{!:abs}|共轭复数{!:conj}|实部{!:re}|虚部{!:im})" ZTAIL ".",
        "(if|given that|suppose) (the |)complex number {v:z} (satisfies|such that) {e:f},(then |)(find|what is|determine) {e:g}.", "(find|determine) (the |)complex number {v:z} (such that|satisfying|that satisfies|for which|if) {e:f}.", "solve (for {v:z}|){e:f} (,|)(where|for) {v:z} (is |)complex.") },
    { .id = "rationalise", .read = rationalise, .patterns = P("(rationalize|rationalise) the denominator (of |in |)(the expression |)(:|){e:f}( and simplify|,simplifying your answer| and simplify (your answer|the result|fully|completely)|).", "simplify {e:f} by rationalizing the denominator.", "(simplify by |)(rationalizing the denominator|rationalising the denominator|rationalize|rationalise)(:|) {e:f}.", "(将|把|)(下列|)(各式|式子|各式的|式子的|)(的|)分母有理化,{e:f}.", "(express|write|rewrite) {e:f} with (a |an |)(rational|integer) denominator.", "分母有理化,{e:f}.", "(将|把|化简|对|)(式子|)({e:f})(的|)分母(有理化|进行有理化|中的根号(去掉|化去))(并化简|)(的结果(是|为)|).", "(化去|去掉){e:f}(的|)分母中的根号.", "化简{e:f},使分母(不含|中不含)(根号|根式).") },
    { .id = "standard form", .read = standard_form, .patterns = P("(write|express) {e:f} (in|as) (the |)(standard form|form) {r:form}.", "(write|express) {e:f} in (the |)standard{!:std} form.", "(将|把){e:f}(化为|写成|化成){r:form}的形式.") },
    { .id = "rewrite", .read = rewritten, .patterns = P("(化简|通分并计算|化简下列各式|合并同类项|化简代数式|化简式子|化简求值)(,|)(式子|代数式|)(,|){e:f}.", "计算(,|)(下列各式|)(,|){e:f}(的结果|)(是|为|)(多少|).", "化简{e:f}(的结果|)(是|为|)(多少|什么|).", "(simplify|reduce|combine like terms|collect like terms)(in|) (the |)(following |)(algebraic |)(expression |expressions |fraction |)(:|){e:f} (completely|fully|as much as possible|).", "(simplify|compute|calculate|evaluate|perform the indicated operation)(:|) {e:f}.",
        "(计算|展开|去括号|去括号,合并同类项|去括号并合并同类项|先去括号,再合并同类项)(并化简|并展开|){!:expand}(,|)(乘积|){e:f}.", EASK "the product{!:expand} (of |)(:|){e:f}.", "(将|把)(多项式|){e:f}(展开{!:expand}|展开并化简{!:expand}|分解因式{!:factor}|因式分解{!:factor}|进行因式分解{!:factor})(的结果|)(是|为|).", "(expand|multiply|multiply out|expand out|(remove|clear|expand|multiply out) (the |)(brackets|parentheses)( in| from| of|)|simplify and expand){!:expand} (and (simplify|collect like terms|combine like terms) |)(the |)(product |expression |following |brackets |)(:|){e:f}( and (simplify|collect like terms|combine like terms|simplify your answer)|).", "(write|express) {e:f} (in|as) (the |a |)(form {e:form}|expanded form|standard form|polynomial in standard form){!:expand}.",
        "(分解因式|因式分解){!:factor}(,|)(多项式|){e:f}(的结果|)(是|为|=|等于|)(多少|什么|).", "(factor|factorise|factorize){!:factor} (completely |fully |)(the |)(following |)(quadratic |)(polynomial |expression |trinomial |quadratic |)(:|){e:f} (completely|fully|over the integers|).", EASK "(the |)(factorization|factorisation|factored form){!:factor} of (the |)(polynomial |expression |){e:f}.") },
    { .id = NULL },
};
