/* canon.c - see canon.h. */
#include "plugins/calculator/verdicts/canon.h"
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"
#include "plugins/calculator/questions/pattern.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEGREE = 12, MAX_BITS = 600, MAX_ITEMS = 64 };
static const char pi_name[] = "π";

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *join(struct calc *c, const char **item, int n, const char *between)
{
    const char *s = "";
    for (int i = 0; i < n; i++)
        s = calc_printf(c, "%s%s%s", s, i > 0 ? between : "", item[i]);
    return s;
}

/* ---- numbers ---- */

static const char *coefficients(struct calc *c, const qqbar_t x)
{
    const char *s = "";
    for (slong i = 0; i <= qqbar_degree(x); i++) {
        char *t = fmpz_get_str(NULL, 10, QQBAR_COEFFS(x) + i);
        s = calc_printf(c, "%s%s%s", s, i > 0 ? "," : "", t);
        flint_free(t);
    }
    return s;
}

/* Which root of its minimal polynomial x is, in qqbar's order. */
static int root_number(const qqbar_t x)
{
    slong d = qqbar_degree(x);
    int before = 0;
    qqbar_ptr roots = _qqbar_vec_init(d);
    qqbar_roots_fmpz_poly(roots, QQBAR_POLY(x), QQBAR_ROOTS_IRREDUCIBLE);
    for (slong i = 0; i < d; i++)
        before += qqbar_cmp_root_order(roots + i, x) < 0;
    _qqbar_vec_clear(roots, d);
    return before;
}

static const char *number(struct calc *c, val v)
{
    const char *r = NULL;
    fmpq_t q;
    qqbar_t x;
    fmpq_init(q);
    qqbar_init(x);
    if (ca_get_fmpq(q, v, c->ca)) {
        char *s = fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q)) <= 8 * MAX_BITS ? fmpq_get_str(NULL, 10, q) : NULL;
        if (s != NULL)
            r = calc_printf(c, "%s", s);
        flint_free(s);
    } else if (ca_get_qqbar(x, v, c->ca) && qqbar_degree(x) <= MAX_DEGREE && qqbar_height_bits(x) <= MAX_BITS) {
        r = calc_printf(c, "root(%s;%d)", coefficients(c, x), root_number(x));
    }
    fmpq_clear(q);
    qqbar_clear(x);
    return r;
}

/* ---- expressions ---- */

static struct ex *pi_as_symbol(struct calc *c, struct ex *e)
{
    if (e->k == E_PI)
        return ex_sym(c, pi_name);
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        a[i] = pi_as_symbol(c, e->a[i]);
    return r;
}

/* One term: coefficient and powers of variables, by name. */
static const char *term(struct calc *c, const struct sym *s, const struct mt *t)
{
    const char *power[SYM_GENS], *coef = number(c, t->c);
    int n = 0;
    for (int g = 0; g < s->n; g++) {
        if (t->e[g] == 0)
            continue;
        if (s->g[g].k != G_VAR || t->e[g] < 0)
            return NULL;                              /* roots and the like have more than one spelling */
        power[n++] = t->e[g] == 1 ? s->g[g].name : calc_printf(c, "%s^%d", s->g[g].name, t->e[g]);
    }
    if (coef == NULL)
        return NULL;
    qsort(power, (size_t)n, sizeof *power, by_text);
    return calc_printf(c, "%s*%s", coef, n > 0 ? join(c, power, n, "*") : "1");
}

static const char *polynomial(struct calc *c, struct sym *s, const struct rf *f)
{
    const char *t[MAX_ITEMS];
    val den;
    if (f->num.n > MAX_ITEMS || !mp_is_const(s, &f->den, &den) || ca_check_is_zero(den, c->ca) != T_FALSE)
        return NULL;
    for (int i = 0; i < f->num.n; i++) {
        struct mt m = f->num.t[i];
        m.c = val_new(c);
        ca_div(m.c, f->num.t[i].c, den, c->ca);
        if (ca_check_is_zero(m.c, c->ca) != T_FALSE || (t[i] = term(c, s, &m)) == NULL)
            return NULL;
    }
    qsort(t, (size_t)f->num.n, sizeof *t, by_text);
    return f->num.n > 0 ? join(c, t, f->num.n, "+") : "0";
}

static int rational_poly(struct calc *c, struct sym *s, const struct mp *p, int g, fmpq_poly_t out)
{
    val *v;
    int ok = 1, deg = mp_univariate(s, p, g, &v);
    fmpq_t q;
    fmpq_init(q);
    for (int i = 0; i <= deg && ok; i++) {
        ok = value_get_q(c, v[i], q);
        if (ok)
            fmpq_poly_set_coeff_fmpq(out, i, q);
    }
    fmpq_clear(q);
    return ok && deg >= 0;
}

/* A quotient of polynomials in one variable over the rationals, in lowest terms, the lower one monic. */
static const char *quotient(struct calc *c, struct sym *s, const struct rf *f)
{
    const char *r = NULL;
    fmpq_poly_t num, den, g;
    if (s->n != 1 || s->g[0].k != G_VAR)
        return NULL;
    fmpq_poly_init(num); fmpq_poly_init(den); fmpq_poly_init(g);
    if (rational_poly(c, s, &f->num, 0, num) && rational_poly(c, s, &f->den, 0, den) && !fmpq_poly_is_zero(den)) {
        fmpq_t lead;
        fmpq_init(lead);
        fmpq_poly_gcd(g, num, den);
        fmpq_poly_div(num, num, g);
        fmpq_poly_div(den, den, g);
        fmpq_poly_get_coeff_fmpq(lead, den, fmpq_poly_degree(den));
        fmpq_poly_scalar_div_fmpq(num, num, lead);
        fmpq_poly_scalar_div_fmpq(den, den, lead);
        char *a = fmpq_poly_get_str_pretty(num, s->g[0].name), *b = fmpq_poly_get_str_pretty(den, s->g[0].name);
        r = calc_printf(c, "(%s)/(%s)", a, b);
        flint_free(a);
        flint_free(b);
        fmpq_clear(lead);
    }
    fmpq_poly_clear(num); fmpq_poly_clear(den); fmpq_poly_clear(g);
    return r;
}

static const char *scalar(struct calc *c, struct ex *e)
{
    struct sym s;
    struct rf f;
    const char *r;
    val v = ex_has_sym(e, NULL) ? NULL : value_const(c, e);
    if (v != NULL && (r = number(c, v)) != NULL)
        return r;
    if (v == NULL && !ex_has_sym(e, NULL))
        return NULL;                                  /* no number for certain */
    sym_init(&s, c);
    if (!sym_rf(&s, pi_as_symbol(c, e), &f))
        return NULL;
    r = polynomial(c, &s, &f);
    return r != NULL ? r : quotient(c, &s, &f);
}

/* ---- objects ---- */

/* x = 5 is 5 where nothing but x can be meant. */
static const char *named(struct calc *c, const char *name, const char *only, const char *r)
{
    int drop = name == NULL || (only != NULL && (*only == '\0' || strcmp(only, name) == 0));
    return r == NULL || drop ? r : calc_printf(c, "%s=%s", name, r);
}

static const char *value(struct calc *c, const struct obj *o)
{
    struct ex *e = o->e;
    const char *r;
    if (o->approx || o->chained)
        return NULL;
    if (o->degrees)
        return (r = scalar(c, e->a[0])) != NULL ? calc_printf(c, "deg %s", r) : NULL;
    if (o->unit != NULL && !o->unit->noun) {
        const signed char *d = o->unit->dim;
        e = ex_2(c, E_MUL, e, ex_2(c, E_DIV, ex_num(c, o->unit->p), ex_num(c, o->unit->q)));
        if ((r = scalar(c, e)) == NULL)
            return NULL;
        return calc_printf(c, "%s [%d,%d,%d,%d,%d,%d]", r, d[0], d[1], d[2], d[3], d[4], d[5]);
    }
    if (o->unit != NULL && (strstr(o->unit->text, "square") != NULL || strstr(o->unit->text, "cubic") != NULL))
        return (r = scalar(c, e)) != NULL ? calc_printf(c, "%s [%s]", r, o->unit->text) : NULL;
    return scalar(c, e);
}

/* In the order given, or sorted and, in braces, without repetition; NULL where one has no name. */
static const char *items(struct calc *c, const struct obj *o, const char *only, int sorted)
{
    const char *t[32];
    int n = 0;
    for (int i = 0; i < o->n; i++)
        if ((t[i] = canon_ex(c, o->item[i], only)) == NULL)
            return NULL;
    if (!sorted)
        return join(c, t, o->n, ",");
    qsort(t, (size_t)o->n, sizeof *t, by_text);
    for (int i = 0; i < o->n; i++)
        if (n == 0 || o->list || strcmp(t[n - 1], t[i]) != 0)
            t[n++] = t[i];
    return join(c, t, n, ",");
}

static const char *map(struct calc *c, const struct obj *o)
{
    const char *t[32];
    for (int i = 0; i < o->n; i++) {
        const char *v = scalar(c, o->item[i]);
        if (v == NULL)
            return NULL;
        t[i] = calc_printf(c, "%s=%s", o->names[i], v);
    }
    qsort(t, (size_t)o->n, sizeof *t, by_text);
    return calc_printf(c, "<%s>", join(c, t, o->n, ","));
}

static const char *reals(struct calc *c, const struct rset *r)
{
    const char *s = "";
    for (int i = 0; i < r->n; i++) {
        const struct iv *v = &r->iv[i];
        const char *lo = v->lo != NULL ? number(c, v->lo) : "-inf", *hi = v->hi != NULL ? number(c, v->hi) : "inf";
        if (lo == NULL || hi == NULL)
            return NULL;
        s = calc_printf(c, "%s%c%s;%s%c", s, v->lo_open || v->lo == NULL ? '(' : '[', lo, hi, v->hi_open || v->hi == NULL ? ')' : ']');
    }
    return calc_printf(c, "R%s", s);
}

static const char *matrix(struct calc *c, const struct ex *e)
{
    const char *t[MAX_ITEMS];
    if (e->n > MAX_ITEMS)
        return NULL;
    for (int i = 0; i < e->n; i++)
        if ((t[i] = scalar(c, e->a[i])) == NULL)
            return NULL;
    return calc_printf(c, "matrix %d(%s)", e->op, join(c, t, e->n, ","));
}

const char *canon_ex(struct calc *c, struct ex *e, const char *only)
{
    struct obj *o = calc_alloc(c, sizeof *o);
    struct rset r;
    const char *s;
    if (!obj_of(c, e, o))
        return NULL;
    switch (o->k) {
    case O_VALUE:
        s = o->left != NULL && o->left->k == E_CALL ? ex_text(c, o->left) : o->name;
        return named(c, s, o->e != NULL && ex_has_sym(o->e, NULL) ? NULL : only, value(c, o));   /* of a formula, a part */
    case O_INF: return named(c, o->name, only, o->sign < 0 ? "-inf" : "inf");
    case O_SET:
        if (o->joint != J_NONE)
            return NULL;                              /* statements, perhaps */
        if (o->indexed)
            return map(c, o);
        return (s = items(c, o, only, 1)) != NULL ? named(c, o->name, only, calc_printf(c, "{%s}", s)) : NULL;
    case O_TUPLE:
        if (o->e->op != (BR_OPEN_L | BR_OPEN_R))
            return o->n == 2 && rset_of(c, o->e, &r) ? reals(c, &r) : NULL;
        return (s = items(c, o, only, 0)) != NULL ? calc_printf(c, "(%s)", s) : NULL;
    case O_MAP: return map(c, o);
    case O_RSET: return named(c, o->name, only, reals(c, &o->rs));
    case O_MATRIX: return matrix(c, o->e);
    default: return NULL;                             /* curves, ratios, words: no one spelling */
    }
}

/* ---- the plugin's call ---- */

struct canon_arg { const struct qwen_problem *p; };

/* The one symbol of a question's formulas; "" where they have none; NULL: several, or no question. */
static const char *only_symbol(struct calc *c, struct qwen_str text)
{
    struct question *q = calc_alloc(c, sizeof *q);
    const char *v[2], *only = "";
    if (text.n == 0 || text.n > CALC_MAX_QUESTION || !pattern_question(c, norm_text(c, text.p, text.n), q))
        return NULL;
    for (int i = 0; i < q->n; i++) {
        struct ex *e = pattern_span(c, q, i);
        int n = e != NULL ? ex_syms(e, v, 1) : 2;
        if (n > 1 || (n == 1 && *only != '\0' && strcmp(only, v[0]) != 0))
            return NULL;
        if (n == 1)
            only = v[0];
    }
    return only;
}

static int run_canon(struct calc *c, void *arg)
{
    const struct qwen_problem *p = ((struct canon_arg *)arg)->p;
    struct answer a = { 0 };
    if (p->flags & QWEN_PROBLEM_TRUNCATED)
        return 0;
    if (p->answer.n > 0 && p->answer.n < CALC_MAX_ANSWER) {
        a.n = 1;
        a.part[0] = norm_text(c, p->answer.p, p->answer.n);
    } else if (p->working.n <= CALC_MAX_TEXT / 4) {
        extract_answer(c, norm_text(c, p->working.p, p->working.n), &a);
        if (a.how == HOW_NONE || a.how == HOW_TAIL || a.doubtful)
            return 0;
    }
    struct ex *e = equal_answer_ex(c, &a);
    const char *name = e != NULL ? canon_ex(c, e, only_symbol(c, p->question)) : NULL;
    if (name != NULL)
        c->host->canon(c->call, 0, (struct qwen_str){ name, strlen(name) });
    return 0;
}

void canon_problem(const struct qwen_host *host, struct qwen_call *call, const struct qwen_problem *p)
{
    struct canon_arg a = { p };
    calc_run(host, call, run_canon, &a);              /* past a limit: no name */
}
