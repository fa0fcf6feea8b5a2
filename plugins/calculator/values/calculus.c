/* calculus.c - see calculus.h.  Definite integrals rest on an antiderivative that is
 * proved by differentiation and on an integrand without a singular point between the
 * ends; limits rest on Laurent series, which decide them for quotients of analytic
 * functions. */
#include "plugins/calculator/values/calculus.h"
#include "plugins/calculator/values/solve.h"

#include <string.h>

static struct ex *add(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, b); }
static struct ex *mul(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_MUL, a, b); }
static struct ex *dvd(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_DIV, a, b); }
static struct ex *neg(struct calc *c, struct ex *a) { return ex_1(c, E_NEG, a); }
static struct ex *fn(struct calc *c, enum fn f, struct ex *a) { return ex_fn(c, f, a, NULL); }

static struct ex *diff_fn(struct calc *c, struct ex *e, struct ex *u, struct ex *d)
{
    struct ex *one = ex_num(c, 1), *two = ex_num(c, 2);
    switch (e->op) {
    case F_SQRT: return dvd(c, d, mul(c, two, e));
    case F_SIN: return mul(c, d, fn(c, F_COS, u));
    case F_COS: return neg(c, mul(c, d, fn(c, F_SIN, u)));
    case F_TAN: return dvd(c, d, ex_2(c, E_POW, fn(c, F_COS, u), two));
    case F_LN: return dvd(c, d, u);
    case F_LOG: return ex_has_sym(e->a[0], NULL) ? NULL : dvd(c, d, mul(c, u, fn(c, F_LN, e->a[0])));
    case F_EXP: return mul(c, d, e);
    case F_ATAN: return dvd(c, d, add(c, one, ex_2(c, E_POW, u, two)));
    case F_ASIN: return dvd(c, d, fn(c, F_SQRT, add(c, one, neg(c, ex_2(c, E_POW, u, two)))));
    case F_ACOS: return neg(c, dvd(c, d, fn(c, F_SQRT, add(c, one, neg(c, ex_2(c, E_POW, u, two))))));
    default: return NULL;
    }
}

struct ex *ex_diff(struct calc *c, struct ex *e, const char *x)
{
    struct ex *a, *b;
    calc_step(c, 5);
    if (!ex_has_sym(e, x))
        return ex_num(c, 0);
    switch (e->k) {
    case E_SYM: return ex_num(c, 1);
    case E_NEG: case E_PCT: case E_DEG:
        a = ex_diff(c, e->a[0], x);
        return a != NULL ? ex_1(c, (enum ek)e->k, a) : NULL;
    case E_ADD: {
        struct ex *r = ex_new(c, E_ADD, e->n);
        for (int i = 0; i < e->n; i++)
            if ((r->a[i] = ex_diff(c, e->a[i], x)) == NULL)
                return NULL;
        return r;
    }
    case E_MUL: {
        struct ex *r = ex_new(c, E_ADD, e->n);
        for (int i = 0; i < e->n; i++) {
            struct ex *t = ex_new(c, E_MUL, e->n);
            memcpy(t->a, e->a, (size_t)e->n * sizeof *e->a);
            if ((t->a[i] = ex_diff(c, e->a[i], x)) == NULL)
                return NULL;
            r->a[i] = t;
        }
        return r;
    }
    case E_DIV:
        a = ex_diff(c, e->a[0], x);
        b = ex_diff(c, e->a[1], x);
        if (a == NULL || b == NULL)
            return NULL;
        return dvd(c, add(c, mul(c, a, e->a[1]), neg(c, mul(c, e->a[0], b))), ex_2(c, E_POW, e->a[1], ex_num(c, 2)));
    case E_POW:
        if (!ex_has_sym(e->a[1], x)) {
            a = ex_diff(c, e->a[0], x);
            long n;
            struct ex *m = ex_is_int(e->a[1], &n) ? ex_num(c, n - 1) : add(c, e->a[1], ex_num(c, -1));
            return a != NULL ? mul(c, mul(c, e->a[1], ex_2(c, E_POW, e->a[0], m)), a) : NULL;
        }
        if (ex_has_sym(e->a[0], x) || (b = ex_diff(c, e->a[1], x)) == NULL)
            return NULL;
        return e->a[0]->k == E_E ? mul(c, e, b) : mul(c, mul(c, e, fn(c, F_LN, e->a[0])), b);
    case E_FN:
        if (e->n == 2 && e->op != F_LOG)
            return NULL;
        b = e->a[e->n - 1];
        if ((e->op == F_LN || e->op == F_LOG) && b->k == E_FN && b->op == F_ABS)
            b = b->a[0];                              /* (ln|u|)' = u'/u */
        a = ex_diff(c, b, x);
        return a != NULL ? diff_fn(c, e, b, a) : NULL;
    default: return NULL;
    }
}

/* k of k*x + m, if e is that with k not zero. */
static struct ex *slope(struct calc *c, struct ex *e, const char *x)
{
    struct ex *d = ex_diff(c, e, x);
    if (d == NULL)
        return NULL;
    struct ex *at0 = ex_subst(c, d, x, ex_num(c, 0));
    if (sym_equal(c, d, at0, 0) != YES)
        return NULL;
    val v = value_const(c, at0);
    return v != NULL && ca_check_is_zero(v, c->ca) == T_FALSE ? at0 : NULL;
}

static struct ex *anti_poly(struct calc *c, struct ex *e, const char *x)
{
    struct sym s;
    struct rf r;
    val *co, d;
    sym_init(&s, c);
    int g = sym_gen_var(&s, x);
    if (!sym_rf(&s, e, &r))
        return NULL;
    int shift = 0;
    if (!mp_is_const(&s, &r.den, &d)) {               /* c x^-k */
        if (r.den.n != 1 || s.n != 1)
            return NULL;
        shift = mp_deg(&r.den, g);
        d = r.den.t->c;
    }
    int deg = mp_univariate(&s, &r.num, g, &co);
    if (deg < 0)
        return NULL;
    struct ex *sum = ex_num(c, 0), *X = ex_sym(c, x);
    for (int k = 0; k <= deg; k++) {
        if (ca_check_is_zero(co[k], c->ca) == T_TRUE)
            continue;
        val q = val_new(c);
        fmpq_t f;
        ca_div(q, co[k], d, c->ca);
        fmpq_init(f);
        int ok = value_get_q(c, q, f) && fmpz_bits(fmpq_numref(f)) < 60 && fmpz_bits(fmpq_denref(f)) < 60;
        struct ex *coef = ok ? dvd(c, ex_num(c, fmpz_get_si(fmpq_numref(f))), ex_num(c, fmpz_get_si(fmpq_denref(f)))) : NULL;
        fmpq_clear(f);
        if (coef == NULL)
            return NULL;
        int n = k - shift + 1;
        sum = add(c, sum, n == 0 ? mul(c, coef, fn(c, F_LN, X)) : mul(c, dvd(c, coef, ex_num(c, n)), ex_2(c, E_POW, X, ex_num(c, n))));
    }
    return sum;
}

struct ex *calculus_anti(struct calc *c, struct ex *e, const char *x)
{
    struct ex *a, *k;
    calc_step(c, 50);
    if (!ex_has_sym(e, x))
        return mul(c, e, ex_sym(c, x));
    if ((a = anti_poly(c, e, x)) != NULL)
        return a;
    switch (e->k) {
    case E_NEG: a = calculus_anti(c, e->a[0], x); return a != NULL ? neg(c, a) : NULL;
    case E_ADD: {
        struct ex *r = ex_new(c, E_ADD, e->n);
        for (int i = 0; i < e->n; i++)
            if ((r->a[i] = calculus_anti(c, e->a[i], x)) == NULL)
                return NULL;
        return r;
    }
    case E_MUL: {
        struct ex *free = ex_num(c, 1), *rest = NULL;
        for (int i = 0; i < e->n; i++) {
            if (!ex_has_sym(e->a[i], x))
                free = mul(c, free, e->a[i]);
            else if (rest != NULL)
                return NULL;
            else
                rest = e->a[i];
        }
        a = calculus_anti(c, rest, x);
        return a != NULL ? mul(c, free, a) : NULL;
    }
    case E_DIV:
        if (!ex_has_sym(e->a[1], x)) {
            a = calculus_anti(c, e->a[0], x);
            return a != NULL ? dvd(c, a, e->a[1]) : NULL;
        }
        if (!ex_has_sym(e->a[0], x) && (k = slope(c, e->a[1], x)) != NULL)
            return mul(c, dvd(c, e->a[0], k), fn(c, F_LN, e->a[1]));
        return NULL;
    case E_POW:
        if (e->a[0]->k == E_E && (k = slope(c, e->a[1], x)) != NULL)
            return dvd(c, e, k);
        if (!ex_has_sym(e->a[0], x) && (k = slope(c, e->a[1], x)) != NULL)
            return dvd(c, e, mul(c, k, fn(c, F_LN, e->a[0])));
        return NULL;
    case E_FN:
        if ((k = slope(c, e->a[e->n - 1], x)) == NULL)
            return NULL;
        if (e->op == F_SIN)
            return neg(c, dvd(c, fn(c, F_COS, e->a[0]), k));
        if (e->op == F_COS)
            return dvd(c, fn(c, F_SIN, e->a[0]), k);
        if (e->op == F_SQRT)
            return dvd(c, mul(c, ex_num(c, 2), mul(c, e->a[0], e)), mul(c, ex_num(c, 3), k));
        return NULL;
    default: return NULL;
    }
}

/* No denominator and no logarithm's argument may vanish on [a, b]. */
static int regular(struct calc *c, const struct ex *e, const char *x, val a, val b)
{
    struct ex *must = NULL;
    if (!ex_has_sym(e, x))
        return 1;
    long n;
    if (e->k == E_DIV && ex_has_sym(e->a[1], x))
        must = e->a[1];
    if (e->k == E_POW && (!ex_is_int(e->a[1], &n) || n < 0) && ex_has_sym(e->a[0], x))
        must = e->a[0];
    if (e->k == E_FN && (e->op == F_LN || e->op == F_LOG || e->op == F_SQRT))
        must = e->a[e->n - 1];
    if (e->k == E_FN && !(e->op == F_SIN || e->op == F_COS || e->op == F_EXP || e->op == F_ATAN || must != NULL))
        return 0;
    if (must != NULL) {
        struct vals z;
        if (solve_zeros(c, must, x, &z) != 1)
            return 0;
        for (int i = 0; i < z.n; i++) {
            enum tri real = value_is_real(c, z.v[i]);
            if (real == NO)
                continue;
            int lo = value_cmp(c, a, z.v[i]), hi = value_cmp(c, z.v[i], b);
            if (real == UNSURE || lo == 2 || hi == 2 || (lo <= 0 && hi <= 0))
                return 0;
        }
    }
    for (int i = 0; i < e->n; i++)
        if (!regular(c, e->a[i], x, a, b))
            return 0;
    return 1;
}

enum ev calculus_integral(struct calc *c, const struct ex *e, const struct env *env, val *out)
{
    if (e->n != 4 || env != NULL)
        return EV_UNKNOWN;
    const char *x = e->a[0]->s;
    val a = value_const(c, e->a[2]), b = value_const(c, e->a[3]);
    struct ex *f = calculus_anti(c, e->a[1], x), *d = f != NULL ? ex_diff(c, f, x) : NULL;
    if (a == NULL || b == NULL || d == NULL || sym_equal(c, d, e->a[1], 0) != YES)
        return EV_UNKNOWN;
    int s = value_cmp(c, a, b);
    if (s == 2 || !regular(c, e->a[1], x, s < 0 ? a : b, s < 0 ? b : a) || !regular(c, f, x, s < 0 ? a : b, s < 0 ? b : a))
        return EV_UNKNOWN;
    struct env ea = { x, a, NULL }, eb = { x, b, NULL };
    val fa, fb;
    if (value_eval(c, f, &ea, &fa) != EV_OK || value_eval(c, f, &eb, &fb) != EV_OK)
        return EV_UNKNOWN;
    *out = val_new(c);
    ca_sub(*out, fb, fa, c->ca);
    return EV_OK;
}

/* ---- limits: f(p + t) as t^v (s0 + s1 t + ...) ------------------------------------- */
enum { TERMS = 12 };
struct ser { int v, n; val s[TERMS]; };               /* n known coefficients; s[0] not zero unless the series is zero */

static int ser_norm(struct calc *c, struct ser *a)
{
    int k = 0;
    while (k < a->n) {
        enum tri z = tri_of(ca_check_is_zero(a->s[k], c->ca));
        if (z == UNSURE)
            return 0;
        if (z == NO)
            break;
        k++;
    }
    if (k == a->n)
        return 1;                                     /* zero as far as it is known */
    memmove(a->s, a->s + k, (size_t)(a->n - k) * sizeof *a->s);
    a->n -= k;
    a->v += k;
    return 1;
}

static int ser_zero(struct calc *c, const struct ser *a)
{
    for (int i = 0; i < a->n; i++)
        if (ca_check_is_zero(a->s[i], c->ca) != T_TRUE)
            return 0;
    return 1;
}

static void ser_const(struct calc *c, val v, struct ser *out)
{
    out->v = 0;
    out->n = TERMS;
    for (int i = 0; i < TERMS; i++)
        out->s[i] = i == 0 ? v : val_si(c, 0);
}

static void ser_add(struct calc *c, const struct ser *a, const struct ser *b, struct ser *out)
{
    struct ser r;
    r.v = a->v < b->v ? a->v : b->v;
    int end = a->v + a->n < b->v + b->n ? a->v + a->n : b->v + b->n;
    r.n = end - r.v;
    if (r.n > TERMS)
        r.n = TERMS;
    if (r.n < 0)
        r.n = 0;
    for (int i = 0; i < r.n; i++) {
        r.s[i] = val_si(c, 0);
        int p = i + r.v - a->v, q = i + r.v - b->v;
        if (p >= 0 && p < a->n)
            ca_add(r.s[i], r.s[i], a->s[p], c->ca);
        if (q >= 0 && q < b->n)
            ca_add(r.s[i], r.s[i], b->s[q], c->ca);
    }
    *out = r;
}

static void ser_mul(struct calc *c, const struct ser *a, const struct ser *b, struct ser *out)
{
    struct ser r = { a->v + b->v, a->n < b->n ? a->n : b->n, { NULL } };
    calc_step(c, 100);
    for (int i = 0; i < r.n; i++) {
        r.s[i] = val_si(c, 0);
        for (int j = 0; j <= i; j++) {
            val t = val_new(c);
            ca_mul(t, a->s[j], b->s[i - j], c->ca);
            ca_add(r.s[i], r.s[i], t, c->ca);
        }
    }
    *out = r;
}

static int ser_inv(struct calc *c, struct ser *a, struct ser *out)
{
    if (!ser_norm(c, a) || ser_zero(c, a))
        return 0;
    struct ser r = { -a->v, a->n, { NULL } };
    for (int i = 0; i < a->n; i++) {
        val t = val_si(c, i == 0);
        for (int j = 1; j <= i; j++) {
            val w = val_new(c);
            ca_mul(w, a->s[j], r.s[i - j], c->ca);
            ca_sub(t, t, w, c->ca);
        }
        r.s[i] = val_new(c);
        ca_div(r.s[i], t, a->s[0], c->ca);
    }
    *out = r;
    return 1;
}

/* sum co[k] u^k for a series u without constant term. */
static void ser_compose(struct calc *c, const val *co, const struct ser *u, struct ser *out)
{
    struct ser r, k;
    ser_const(c, co[TERMS - 1], &r);
    for (int i = TERMS - 2; i >= 0; i--) {
        ser_mul(c, &r, u, &r);
        ser_const(c, co[i], &k);
        ser_add(c, &r, &k, &r);
    }
    *out = r;
}

/* u as a whole power series with constant term u0, the rest without it. */
static int ser_split(struct calc *c, struct ser *a, val *u0, struct ser *rest)
{
    if (!ser_norm(c, a))
        return 0;
    if (a->v < 0 && !ser_zero(c, a))
        return 0;
    struct ser z = { 0, 0, { NULL } };
    z.n = a->v + a->n > TERMS ? TERMS : a->v + a->n;
    if (z.n < 1)
        return 0;
    for (int i = 0; i < z.n; i++)
        z.s[i] = i >= a->v ? a->s[i - a->v] : val_si(c, 0);
    *u0 = z.s[0];
    z.s[0] = val_si(c, 0);
    *rest = z;
    return 1;
}

static int ser_fn(struct calc *c, enum fn f, struct ser *a, struct ser *out)
{
    val u0, co[TERMS], w;
    struct ser u;
    if (!ser_split(c, a, &u0, &u))
        return 0;
    struct env env = { "u", u0, NULL };
    struct ex *U = ex_sym(c, "u");
    for (int k = 0; k < TERMS; k++)
        co[k] = val_si(c, 0);
    if (f == F_SIN || f == F_COS) {
        val s, k;
        if (value_eval(c, fn(c, F_SIN, U), &env, &s) != EV_OK || value_eval(c, fn(c, F_COS, U), &env, &k) != EV_OK)
            return 0;
        val fact = val_si(c, 1);
        for (int i = 0; i < TERMS; i++) {             /* derivatives go round: s, c, -s, -c */
            val d = (i + (f == F_COS)) % 2 ? k : s;
            int minus = ((i + (f == F_COS)) % 4) >= 2;
            if (i > 0) {
                val g = val_new(c);
                ca_mul_si(g, fact, i, c->ca);
                fact = g;
            }
            co[i] = val_new(c);
            ca_div(co[i], d, fact, c->ca);
            if (minus)
                ca_neg(co[i], co[i], c->ca);
        }
    } else if (f == F_EXP) {
        if (value_eval(c, fn(c, F_EXP, U), &env, &w) != EV_OK)
            return 0;
        for (int i = 0; i < TERMS; i++) {
            co[i] = w;
            val g = val_new(c);
            ca_div_si(g, w, i + 1, c->ca);
            w = g;
        }
    } else if (f == F_LN) {
        if (value_eval(c, fn(c, F_LN, U), &env, &co[0]) != EV_OK)
            return 0;
        val p = val_si(c, 1);
        for (int i = 1; i < TERMS; i++) {
            val g = val_new(c);
            ca_div(g, p, u0, c->ca);
            p = g;
            co[i] = val_new(c);
            ca_div_si(co[i], p, i % 2 ? i : -i, c->ca);
        }
    } else if (f == F_SQRT) {
        if (value_sign_is(c, u0, 1) != YES || value_eval(c, fn(c, F_SQRT, U), &env, &co[0]) != EV_OK)
            return 0;
        for (int i = 1; i < TERMS; i++) {             /* binomial series of (u0 + u)^(1/2) */
            val g = val_new(c);
            ca_mul_si(g, co[i - 1], 3 - 2 * i, c->ca);
            ca_div_si(g, g, 2 * i, c->ca);
            ca_div(g, g, u0, c->ca);
            co[i] = g;
        }
    } else {
        return 0;
    }
    ser_compose(c, co, &u, out);
    return 1;
}

static int series(struct calc *c, const struct ex *e, const char *x, const struct ser *at, struct ser *out)
{
    struct ser a, b;
    long n;
    calc_step(c, 50);
    if (!ex_has_sym(e, x)) {
        val v = value_const(c, e);
        if (v == NULL)
            return 0;
        ser_const(c, v, out);
        return 1;
    }
    switch (e->k) {
    case E_SYM: *out = *at; return 1;
    case E_NEG:
        ser_const(c, val_si(c, -1), &b);
        if (!series(c, e->a[0], x, at, &a))
            return 0;
        ser_mul(c, &a, &b, out);
        return 1;
    case E_ADD: case E_MUL:
        if (!series(c, e->a[0], x, at, out))
            return 0;
        for (int i = 1; i < e->n; i++) {
            if (!series(c, e->a[i], x, at, &a))
                return 0;
            if (e->k == E_ADD)
                ser_add(c, out, &a, out);
            else
                ser_mul(c, out, &a, out);
        }
        return 1;
    case E_DIV:
        if (!series(c, e->a[0], x, at, &a) || !series(c, e->a[1], x, at, &b) || !ser_inv(c, &b, &b))
            return 0;
        ser_mul(c, &a, &b, out);
        return 1;
    case E_POW:
        if (e->a[0]->k == E_E)
            return series(c, e->a[1], x, at, &a) && ser_fn(c, F_EXP, &a, out);
        if (!ex_is_int(e->a[1], &n) || n > 20 || n < -20 || !series(c, e->a[0], x, at, &a) || (n < 0 && !ser_inv(c, &a, &a)))
            return 0;
        ser_const(c, val_si(c, 1), out);
        for (long i = 0; i < (n < 0 ? -n : n); i++)
            ser_mul(c, out, &a, out);
        return 1;
    case E_FN:
        if (e->n != 1)
            return 0;
        if (!series(c, e->a[0], x, at, &a))
            return 0;
        if (e->op == F_TAN) {
            struct ser s, k;
            b = a;
            if (!ser_fn(c, F_SIN, &a, &s) || !ser_fn(c, F_COS, &b, &k) || !ser_inv(c, &k, &k))
                return 0;
            ser_mul(c, &s, &k, out);
            return 1;
        }
        return ser_fn(c, (enum fn)e->op, &a, out);
    default: return 0;
    }
}

enum ev calculus_limit(struct calc *c, const struct ex *e, const struct env *env, val *out)
{
    struct ser at, r;
    struct ex *p = e->a[1], *inf = p->k == E_NEG ? p->a[0] : p;
    if (env != NULL)
        return EV_UNKNOWN;
    if (inf->k == E_INF) {                            /* x = 1/t, and t from one side: only where both sides agree */
        ser_const(c, val_si(c, p->k == E_NEG ? -1 : 1), &at);
        at.v = -1;
    } else {
        val v = value_const(c, p);
        if (v == NULL)
            return EV_UNKNOWN;
        ser_const(c, v, &at);
        at.s[1] = val_si(c, 1);
    }
    if (!series(c, e->a[2], e->a[0]->s, &at, &r) || !ser_norm(c, &r) || r.n < 1)
        return EV_UNKNOWN;
    if (ser_zero(c, &r) && r.v + r.n <= 0)
        return EV_UNKNOWN;
    if (r.v < 0)
        return ser_zero(c, &r) ? EV_UNKNOWN : EV_UNDEF;
    *out = r.v == 0 ? r.s[0] : val_si(c, 0);
    return EV_OK;
}
