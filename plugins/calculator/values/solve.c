/* solve.c - see solve.h. */
#include "plugins/calculator/values/solve.h"

#include <string.h>

static int vals_add(struct calc *c, struct vals *s, val v)
{
    for (int i = 0; i < s->n; i++) {
        enum tri t = value_equal(c, s->v[i], v);
        if (t == YES)
            return 1;
    }
    if (s->n == 40)
        return 0;
    s->v[s->n++] = v;
    return 1;
}

int solve_poly(struct calc *c, val *co, int deg, struct vals *out)
{
    while (deg > 0) {
        enum tri z = tri_of(ca_check_is_zero(co[deg], c->ca));
        if (z == UNSURE)
            return 0;
        if (z == NO)
            break;
        deg--;
    }
    if (deg == 0) {
        enum tri z = tri_of(ca_check_is_zero(co[0], c->ca));
        return z == YES ? 2 : z == NO;
    }
    calc_step(c, 500);
    if (deg == 1) {
        val x = val_new(c);
        ca_div(x, co[0], co[1], c->ca);
        ca_neg(x, x, c->ca);
        return vals_add(c, out, x);
    }
    if (deg > 24)
        return 0;
    for (int i = 0; i <= deg; i++) {                  /* large degrees with rational coefficients only */
        fmpq_t q;
        fmpq_init(q);
        int ok = ca_get_fmpq(q, co[i], c->ca) && fmpz_bits(fmpq_numref(q)) < 400;
        fmpq_clear(q);
        if (!ok && deg > 4)
            return 0;
    }
    ca_poly_t p;
    ca_vec_t roots;
    ulong exp[64];
    ca_poly_init(p, c->ca);
    ca_vec_init(roots, 0, c->ca);
    for (int i = 0; i <= deg; i++)
        ca_poly_set_coeff_ca(p, i, co[i], c->ca);
    int ok = ca_poly_roots(roots, exp, p, c->ca);
    for (slong i = 0; ok && i < ca_vec_length(roots, c->ca); i++) {
        val v = val_new(c);
        ca_set(v, ca_vec_entry_ptr(roots, i), c->ca);
        ok = vals_add(c, out, v);
    }
    ca_vec_clear(roots, c->ca);
    ca_poly_clear(p, c->ca);
    return ok;
}

static int zeros(struct calc *c, struct ex *f, const char *name, struct vals *out, int depth);

/* sum k_i ln u_i + c = 0 with k_i in a rational ratio: prod u_i^k_i = exp(-c). */
static int zeros_logs(struct sym *s, struct mp p, int x, struct vals *out)
{
    struct calc *c = s->c;
    val first = NULL, k0 = val_si(c, 0);
    struct mp left = mp_const(s, val_si(c, 1)), right = left;
    for (int i = 0; i < p.n; i++) {
        int g = -1, total = 0;
        for (int j = 0; j < s->n; j++)
            if (p.t[i].e[j]) {
                total += p.t[i].e[j];
                g = j;
            }
        if (total == 0) {
            k0 = p.t[i].c;
            continue;
        }
        if (total != 1 || s->g[g].k != G_LN)
            return 0;
        if (first == NULL)
            first = p.t[i].c;
        val r = val_new(c);
        long k;
        ca_div(r, p.t[i].c, first, c->ca);
        if (!value_get_si(c, r, &k) || k == 0 || k > 4 || k < -4)
            return 0;
        for (long j = 0; j < (k < 0 ? -k : k); j++)
            if (!mp_mul(s, k > 0 ? left : right, s->g[g].u, k > 0 ? &left : &right))
                return 0;
    }
    if (first == NULL)
        return 0;
    val e = val_new(c);
    ca_div(e, k0, first, c->ca);
    ca_neg(e, e, c->ca);
    ca_exp(e, e, c->ca);
    struct mp m;
    val *co;
    if (!mp_mul(s, right, mp_const(s, e), &m))
        return 0;
    m = mp_add(s, left, m, 1);
    int deg = mp_univariate(s, &m, x, &co);
    return deg >= 0 ? solve_poly(c, co, deg, out) : 0;
}

/* A polynomial in one generator other than x: its roots t, then g(x) = t. */
static int zeros_inverse(struct sym *s, struct mp p, int g, const char *name, struct vals *out, int depth)
{
    struct calc *c = s->c;
    val *co;
    struct vals t = { 0, { NULL } };
    int deg = mp_univariate(s, &p, g, &co);
    if (deg < 1 || solve_poly(c, co, deg, &t) != 1)
        return 0;
    struct gen *q = &s->g[g];
    for (int i = 0; i < t.n; i++) {
        enum tri real = value_is_real(c, t.v[i]);
        if (real == UNSURE)
            return 0;
        if (real == NO)
            continue;                                 /* x is real here */
        val r = val_new(c);
        int x = sym_gen_var(s, name);
        if (q->k == G_EXP) {
            enum tri pos = value_sign_is(c, t.v[i], 1);
            if (pos == UNSURE)
                return 0;
            if (pos == NO)
                continue;
            struct ex *l = q->base ? ex_fn(c, F_LOG, ex_num(c, q->base), ex_sym(c, "t")) : ex_fn(c, F_LN, ex_sym(c, "t"), NULL);
            struct env env = { "t", t.v[i], NULL };
            if (value_eval(c, l, &env, &r) != EV_OK)
                return 0;
        } else if (q->k == G_LN) {
            ca_exp(r, t.v[i], c->ca);
        } else {
            return 0;
        }
        struct mp m = mp_add(s, q->u, mp_const(s, r), 1);
        int d = mp_univariate(s, &m, x, &co);
        if (d < 0 || solve_poly(c, co, d, out) == 0)
            return 0;
    }
    (void)depth;
    return 1;
}

/* c1 b1^u b2^u ... + c2 = 0, as 10^u is 2^u 5^u: u is the logarithm of -c2/c1. */
static int zeros_powers(struct sym *s, struct mp p, int x, struct vals *out)
{
    struct calc *c = s->c;
    long num = 1, den = 1;
    struct gen *first = NULL;
    val t = val_new(c), r, *co;
    if (p.n != 2)
        return 0;
    for (int g = 0; g < s->n; g++) {
        int d = p.t[0].e[g] - p.t[1].e[g];
        if (d == 0)
            continue;
        if (s->g[g].k != G_EXP || s->g[g].base < 2 || (first != NULL && mp_add(s, first->u, s->g[g].u, 1).n != 0))
            return 0;
        first = first != NULL ? first : &s->g[g];
        for (; d != 0; d += d < 0 ? 1 : -1) {
            long *k = d > 0 ? &num : &den;
            if (*k > 1000000 / s->g[g].base)
                return 0;
            *k *= s->g[g].base;
        }
    }
    if (first == NULL || ca_check_is_zero(p.t[0].c, c->ca) != T_FALSE)
        return 0;
    ca_div(t, p.t[1].c, p.t[0].c, c->ca);
    ca_neg(t, t, c->ca);
    enum tri pos = value_is_real(c, t) == YES ? value_sign_is(c, t, 1) : UNSURE;
    if (pos != YES)
        return pos == NO;                             /* a power is positive */
    struct ex *l = ex_fn(c, F_LOG, den == 1 ? ex_num(c, num) : ex_2(c, E_DIV, ex_num(c, num), ex_num(c, den)), ex_sym(c, "t"));
    struct env env = { "t", t, NULL };
    if (value_eval(c, l, &env, &r) != EV_OK)
        return 0;
    struct mp m = mp_add(s, first->u, mp_const(s, r), 1);
    int deg = mp_univariate(s, &m, x, &co);
    return deg > 0 ? solve_poly(c, co, deg, out) : 0;
}

static int zeros_mp(struct sym *s, struct mp p, const char *name, struct vals *out, int depth)
{
    struct calc *c = s->c;
    val *co;
    int x = sym_gen_var(s, name);
    if (x < 0)
        return 0;
    for (int g = s->n - 1; g >= 0; g--) {             /* the norm over square and cube roots, outermost first */
        if ((s->g[g].k != G_ROOT && s->g[g].k != G_ABS) || mp_deg(&p, g) == 0)
            continue;
        struct mp a = mp_coeff(s, &p, g, 0), b = mp_coeff(s, &p, g, 1), u = s->g[g].u, q, r, t;
        if (s->g[g].k == G_ABS && !mp_mul(s, u, u, &u))
            return 0;
        if (s->g[g].k == G_ROOT && s->g[g].deg == 3) {
            struct mp k = mp_coeff(s, &p, g, 2), a3, b3, k3, abk;
            if (!mp_mul(s, a, a, &q) || !mp_mul(s, q, a, &a3) || !mp_mul(s, b, b, &q) || !mp_mul(s, q, b, &b3) || !mp_mul(s, b3, u, &b3) ||
                !mp_mul(s, k, k, &q) || !mp_mul(s, q, k, &k3) || !mp_mul(s, k3, u, &k3) || !mp_mul(s, k3, u, &k3) ||
                !mp_mul(s, a, b, &abk) || !mp_mul(s, abk, k, &abk) || !mp_mul(s, abk, u, &abk) || !mp_mul(s, abk, mp_const(s, val_si(c, 3)), &abk))
                return 0;
            p = mp_add(s, mp_add(s, mp_add(s, a3, b3, 0), k3, 0), abk, 1);
            g = s->n;
            continue;
        }
        if (s->g[g].k == G_ROOT && s->g[g].deg != 2)
            return 0;
        if (!mp_mul(s, a, a, &q) || !mp_mul(s, b, b, &r) || !mp_mul(s, r, u, &t))
            return 0;
        p = mp_add(s, q, t, 1);
        g = s->n;
    }
    int others = 0, only = -1, logs = 0;
    for (int g = 0; g < s->n; g++)
        if (g != x && mp_deg(&p, g) > 0) {
            others++;
            only = g;
            logs += s->g[g].k == G_LN;
        }
    if (others == 0) {
        int deg = mp_univariate(s, &p, x, &co);
        return deg < 0 ? 0 : solve_poly(c, co, deg, out);
    }
    if (mp_deg(&p, x) > 0)
        return 0;
    if (logs == others && zeros_logs(s, p, x, out))
        return 1;
    if (others > 1 && zeros_powers(s, p, x, out))
        return 1;
    if (others == 1 && s->g[only].k != G_VAR)
        return zeros_inverse(s, p, only, name, out, depth);
    return 0;
}

static int zeros(struct calc *c, struct ex *f, const char *name, struct vals *out, int depth)
{
    struct sym s;
    struct rf r;
    sym_init(&s, c);
    if (depth > 3 || sym_gen_var(&s, name) < 0 || !sym_rf(&s, f, &r))
        return 0;
    if (r.num.n == 0)
        return 2;
    return zeros_mp(&s, r.num, name, out, depth);
}

int solve_zeros(struct calc *c, struct ex *f, const char *name, struct vals *out)
{
    out->n = 0;
    if (strchr(name, '\'') != NULL)
        return 0;                                     /* y' = 2 asks for y */
    return zeros(c, f, name, out, 0);
}

/* ---- conditions ------------------------------------------------------------------ */
static enum tri rel_holds(struct calc *c, int rel, val a, val b)
{
    if (rel == R_EQ)
        return value_equal(c, a, b);
    if (rel == R_NE)
        return (enum tri)-value_equal(c, a, b);
    int s = value_cmp(c, a, b);
    if (s == 2)
        return value_is_real(c, a) == NO || value_is_real(c, b) == NO ? NO : UNSURE;
    int ok = rel == R_LT ? s < 0 : rel == R_LE ? s <= 0 : rel == R_GT ? s > 0 : rel == R_GE ? s >= 0 : -1;
    return ok < 0 ? UNSURE : ok ? YES : NO;
}

enum tri solve_holds(struct calc *c, struct ex *e, const struct env *env)
{
    enum tri all = YES, any = NO;
    if (e->k == E_AND || e->k == E_CASES || e->k == E_LIST || e->k == E_OR) {
        for (int i = 0; i < e->n; i++) {
            enum tri t = solve_holds(c, e->a[i], env);
            if (t < all)
                all = t;
            if (t > any)
                any = t;
        }
        return e->k == E_OR ? any : all;
    }
    if (e->k != E_REL)
        return UNSURE;
    for (int i = 0; i + 1 < e->n; i++) {
        val a, b;
        enum tri t;
        if (e->rels[i] == R_IN) {
            struct rset r;
            enum ev v = value_eval(c, e->a[i], env, &a);
            if (v == EV_UNKNOWN || !rset_of(c, e->a[i + 1], &r))
                return UNSURE;
            t = v == EV_UNDEF ? NO : rset_has(c, &r, a);
        } else {
            enum ev v = value_eval(c, e->a[i], env, &a), w = value_eval(c, e->a[i + 1], env, &b);
            if (v == EV_UNDEF || w == EV_UNDEF)
                t = NO;
            else if (v != EV_OK || w != EV_OK)
                return UNSURE;
            else
                t = rel_holds(c, e->rels[i], a, b);
        }
        if (t != YES)
            return t;
    }
    return YES;
}

static int add_zeros(struct calc *c, struct ex *f, const char *name, struct vals *pts)
{
    struct vals z;
    int r = solve_zeros(c, f, name, &z);
    if (r == 0)
        return 0;
    for (int i = 0; r == 1 && i < z.n; i++) {
        enum tri real = value_is_real(c, z.v[i]);
        if (real == UNSURE || (real == YES && !vals_add(c, pts, z.v[i])))
            return 0;
    }
    return 1;
}

/* Where e may jump or stop being defined. */
static int singular(struct calc *c, struct ex *e, const char *name, struct vals *pts)
{
    if (!ex_has_sym(e, name))
        return 1;
    long n;
    switch (e->k) {
    case E_SYM: return 1;
    case E_ADD: case E_MUL: case E_NEG: case E_PCT: case E_REL: case E_AND: case E_OR: case E_CASES: case E_LIST: case E_DEG: break;
    case E_DIV:
        if (ex_has_sym(e->a[1], name) && !add_zeros(c, e->a[1], name, pts))
            return 0;
        break;
    case E_POW:
        if (ex_is_int(e->a[1], &n)) {
            if (n < 0 && !add_zeros(c, e->a[0], name, pts))
                return 0;
        } else if (ex_has_sym(e->a[0], name) && !add_zeros(c, e->a[0], name, pts)) {
            return 0;
        }
        break;
    case E_FN:
        if (e->op == F_ABS || e->op == F_EXP)
            break;
        if (e->op == F_SQRT || e->op == F_ROOT || e->op == F_LN || e->op == F_LOG) {
            if ((e->op == F_LOG && ex_has_sym(e->a[0], name)) || !add_zeros(c, e->a[e->n - 1], name, pts))
                return 0;
            break;
        }
        return 0;
    default: return 0;
    }
    for (int i = 0; i < e->n; i++)
        if (!singular(c, e->a[i], name, pts))
            return 0;
    return 1;
}

static int endpoints(struct calc *c, const struct rset *r, struct vals *pts)
{
    for (int i = 0; i < r->n; i++)
        if ((r->iv[i].lo != NULL && !vals_add(c, pts, r->iv[i].lo)) || (r->iv[i].hi != NULL && !vals_add(c, pts, r->iv[i].hi)))
            return 0;
    return 1;
}

static int critical(struct calc *c, struct ex *e, const char *name, struct vals *pts)
{
    if (e->k == E_AND || e->k == E_OR || e->k == E_CASES || e->k == E_LIST) {
        for (int i = 0; i < e->n; i++)
            if (!critical(c, e->a[i], name, pts))
                return 0;
        return 1;
    }
    if (e->k != E_REL)
        return 0;
    for (int i = 0; i + 1 < e->n; i++) {
        if (e->rels[i] == R_IN) {
            struct rset r;
            if (e->a[i]->k != E_SYM || !rset_of(c, e->a[i + 1], &r) || !endpoints(c, &r, pts))
                return 0;
            continue;
        }
        if (e->rels[i] > R_GE)
            return 0;
        struct ex *d = ex_2(c, E_ADD, e->a[i], ex_1(c, E_NEG, e->a[i + 1]));
        if (!singular(c, d, name, pts) || !add_zeros(c, d, name, pts))
            return 0;
    }
    return 1;
}

static int sort_vals(struct calc *c, struct vals *p)
{
    for (int i = 1; i < p->n; i++)
        for (int j = i; j > 0; j--) {
            int s = value_cmp(c, p->v[j - 1], p->v[j]);
            if (s == 2 || s == 0)
                return 0;
            if (s < 0)
                break;
            val t = p->v[j];
            p->v[j] = p->v[j - 1];
            p->v[j - 1] = t;
        }
    return 1;
}

val solve_inside(struct calc *c, val a, val b)
{
    val m = val_new(c);
    if (a == NULL && b == NULL)
        return val_si(c, 0);
    if (a == NULL || b == NULL) {
        ca_floor(m, a != NULL ? a : b, c->ca);
        ca_add_si(m, m, a != NULL ? 2 : -1, c->ca);
        return m;
    }
    ca_add(m, a, b, c->ca);
    ca_div_si(m, m, 2, c->ca);
    return m;
}

static val between(struct calc *c, val a, val b)
{
    val m = solve_inside(c, a, b);
    if (a == NULL || b == NULL)
        return m;
    fmpq_t q;
    fmpq_init(q);
    if (!ca_get_fmpq(q, m, c->ca)) {                  /* a rational near the middle is cheaper to compute with */
        acb_t z;
        acb_init(z);
        ca_get_acb(z, m, 60, c->ca);
        double d = arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR);
        acb_clear(z);
        val r = val_new(c);
        ca_set_d(r, d, c->ca);
        if (value_cmp(c, a, r) == -1 && value_cmp(c, r, b) == -1)
            m = r;
    }
    fmpq_clear(q);
    return m;
}

typedef enum tri (*member)(struct calc *, void *, val);

/* The set with the given critical points, by asking at each point and between. */
static int build(struct calc *c, struct vals *pts, member has, void *arg, struct rset *out)
{
    if (!sort_vals(c, pts))
        return 0;
    out->n = 0;
    struct iv cur;
    int open = 0;
    for (int i = 0; i <= 2 * pts->n; i++) {
        val lo = i > 1 ? pts->v[i / 2 - 1] : NULL, hi = i / 2 < pts->n ? pts->v[i / 2] : NULL;
        int point = i % 2;
        enum tri t = has(c, arg, point ? pts->v[i / 2] : between(c, lo, hi));
        if (t == UNSURE)
            return 0;
        if (t == YES) {
            if (!open) {
                cur.lo = point ? pts->v[i / 2] : lo;
                cur.lo_open = !point;
                open = 1;
            }
            cur.hi = point ? pts->v[i / 2] : hi;
            cur.hi_open = !point;
        }
        if (open && (t == NO || i == 2 * pts->n)) {
            if (out->n == 40)
                return 0;
            out->iv[out->n++] = cur;
            open = 0;
        }
    }
    return 1;
}

struct cond_arg { struct ex *e; const char *name; };
static enum tri cond_has(struct calc *c, void *arg, val x)
{
    struct cond_arg *a = arg;
    struct env env = { a->name, x, NULL };
    return solve_holds(c, a->e, &env);
}

int rset_solve(struct calc *c, struct ex *cond, const char *name, struct rset *out)
{
    struct vals pts = { 0, { NULL } };
    struct cond_arg a = { cond, name };
    return critical(c, cond, name, &pts) && build(c, &pts, cond_has, &a, out);
}

enum tri rset_has(struct calc *c, const struct rset *a, val x)
{
    enum tri best = NO;
    for (int i = 0; i < a->n; i++) {
        const struct iv *v = &a->iv[i];
        int lo = v->lo != NULL ? value_cmp(c, v->lo, x) : -1, hi = v->hi != NULL ? value_cmp(c, x, v->hi) : -1;
        if (lo == 2 || hi == 2) {
            if (value_is_real(c, x) != NO)
                best = UNSURE;
            continue;
        }
        if ((lo < 0 || (lo == 0 && !v->lo_open)) && (hi < 0 || (hi == 0 && !v->hi_open)))
            return YES;
    }
    return best;
}

struct op_arg { const struct rset *a, *b; enum ek op; };
static enum tri op_has(struct calc *c, void *arg, val x)
{
    struct op_arg *o = arg;
    enum tri a = rset_has(c, o->a, x), b = rset_has(c, o->b, x);
    if (o->op == E_MINUS)
        b = (enum tri)-b;
    return o->op == E_UNION ? (a > b ? a : b) : (a < b ? a : b);
}

static int bound(struct calc *c, struct ex *e, val *out)     /* 1 finite, 2 infinite */
{
    struct ex *x = e->k == E_NEG ? e->a[0] : e;
    if (x->k == E_INF) {
        *out = NULL;
        return e->k == E_NEG ? -2 : 2;
    }
    *out = value_const(c, e);
    return *out != NULL && value_is_real(c, *out) == YES;
}

int rset_of(struct calc *c, struct ex *e, struct rset *out)
{
    out->n = 0;
    if (e->k == E_REALS && strcmp(e->s, "R") == 0) {
        out->n = 1;
        out->iv[0] = (struct iv){ NULL, NULL, 1, 1 };
        return 1;
    }
    if (e->k == E_SET) {
        struct vals v = { 0, { NULL } };
        for (int i = 0; i < e->n; i++) {
            val x = value_const(c, e->a[i]);
            if (x == NULL || value_is_real(c, x) != YES || !vals_add(c, &v, x))
                return 0;
        }
        if (!sort_vals(c, &v))
            return 0;
        for (int i = 0; i < v.n; i++)
            out->iv[out->n++] = (struct iv){ v.v[i], v.v[i], 0, 0 };
        return 1;
    }
    if (e->k == E_TUPLE && e->n == 2) {
        struct iv v;
        int a = bound(c, e->a[0], &v.lo), b = bound(c, e->a[1], &v.hi);
        v.lo_open = (e->op & BR_OPEN_L) != 0;
        v.hi_open = (e->op & BR_OPEN_R) != 0;
        if (a == 0 || b == 0 || a == 2 || b == -2 || (a < 0 && !v.lo_open) || (b == 2 && !v.hi_open))
            return 0;
        if (a == 1 && b == 1) {
            int s = value_cmp(c, v.lo, v.hi);
            if (s > 0 || (s == 0 && (v.lo_open || v.hi_open)))
                return 0;
        }
        out->n = 1;
        out->iv[0] = v;
        return 1;
    }
    if (e->k == E_BUILD) {
        struct ex *x = e->a[0];
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_IN && x->a[1]->k == E_REALS && strcmp(x->a[1]->s, "R") == 0)
            x = x->a[0];
        return x->k == E_SYM && rset_solve(c, e->a[1], x->s, out);
    }
    if (e->k == E_UNION || e->k == E_ISECT || e->k == E_MINUS) {
        struct rset a, b;
        struct vals pts = { 0, { NULL } };
        if (!rset_of(c, e->a[0], &a) || !rset_of(c, e->a[1], &b) || !endpoints(c, &a, &pts) || !endpoints(c, &b, &pts))
            return 0;
        struct op_arg o = { &a, &b, (enum ek)e->k };
        return build(c, &pts, op_has, &o, out);
    }
    return 0;
}

int rset_union(struct calc *c, const struct rset *a, const struct rset *b, struct rset *out)
{
    struct vals pts = { 0, { NULL } };
    struct op_arg o = { a, b, E_UNION };
    return endpoints(c, a, &pts) && endpoints(c, b, &pts) && build(c, &pts, op_has, &o, out);
}

static enum tri same_end(struct calc *c, val a, val b)
{
    if (a == NULL || b == NULL)
        return a == b ? YES : NO;
    return value_equal(c, a, b);
}

enum tri rset_equal(struct calc *c, const struct rset *a, const struct rset *b)
{
    if (a->n != b->n)
        return NO;                                    /* both are built disjoint and merged */
    enum tri all = YES;
    for (int i = 0; i < a->n; i++) {
        const struct iv *x = &a->iv[i], *y = &b->iv[i];
        if (x->lo_open != y->lo_open || x->hi_open != y->hi_open)
            return NO;
        enum tri t = same_end(c, x->lo, y->lo), u = same_end(c, x->hi, y->hi);
        if (t == NO || u == NO)
            return NO;
        if (t == UNSURE || u == UNSURE)
            all = UNSURE;
    }
    return all;
}

int rset_points(struct calc *c, const struct rset *a, struct vals *out)
{
    (void)c;
    out->n = 0;
    for (int i = 0; i < a->n; i++) {
        if (a->iv[i].lo == NULL || a->iv[i].lo != a->iv[i].hi)
            return -1;
        out->v[out->n++] = a->iv[i].lo;
    }
    return out->n;
}

const char *rset_text(struct calc *c, const struct rset *a, int latex)
{
    struct vals p;
    const char *r = "";
    if (a->n == 0)
        return latex ? "\\emptyset" : "∅";
    if (rset_points(c, a, &p) > 0) {
        for (int i = 0; i < p.n; i++)
            r = calc_printf(c, "%s%s%s", r, i ? ", " : "", value_text(c, p.v[i], latex));
        return calc_printf(c, latex ? "\\{%s\\}" : "{%s}", r);
    }
    for (int i = 0; i < a->n; i++) {
        const struct iv *v = &a->iv[i];
        const char *lo = v->lo ? value_text(c, v->lo, latex) : latex ? "-\\infty" : "-∞";
        const char *hi = v->hi ? value_text(c, v->hi, latex) : latex ? "+\\infty" : "+∞";
        r = calc_printf(c, "%s%s%c%s, %s%c", r, i ? (latex ? "\\cup" : " ∪ ") : "", v->lo_open ? '(' : '[', lo, hi, v->hi_open ? ')' : ']');
    }
    return r;
}

/* ---- systems ----------------------------------------------------------------------- */
static struct ex *left_minus_right(struct calc *c, struct ex *e)
{
    return ex_2(c, E_ADD, e->a[0], ex_1(c, E_NEG, e->a[1]));
}

/* f = A + k*v with a constant k that is not zero: v = -A/k. */
static struct ex *isolate(struct calc *c, struct ex *f, const char *v)
{
    struct ex *a = ex_subst(c, f, v, ex_num(c, 0)), *b = ex_subst(c, f, v, ex_num(c, 1));
    struct sym s;
    struct rf rf, rd;
    val k;
    sym_init(&s, c);
    if (!ex_has_sym(f, v) || !sym_rf(&s, ex_2(c, E_ADD, b, ex_1(c, E_NEG, a)), &rd) || !mp_is_const(&s, &rd.num, &k) || rd.den.n != 1)
        return NULL;
    struct ex *slope = ex_2(c, E_ADD, b, ex_1(c, E_NEG, a));
    struct ex *line = ex_2(c, E_ADD, a, ex_2(c, E_MUL, slope, ex_sym(c, v)));
    if (ca_check_is_zero(k, c->ca) != T_FALSE || !sym_rf(&s, ex_2(c, E_ADD, f, ex_1(c, E_NEG, line)), &rf) || rf.num.n != 0)
        return NULL;
    val d;
    if (!mp_is_const(&s, &rd.den, &d))
        return NULL;
    return ex_1(c, E_NEG, ex_2(c, E_DIV, a, slope));
}

static int system_rec(struct calc *c, struct ex **f, int n, const char **vars, int nv, struct tuples *out, int depth)
{
    out->nv = nv;
    calc_step(c, 1000);
    if (nv == 1) {
        for (int i = 0; i < n; i++) {
            struct vals z;
            int r = ex_has_sym(f[i], vars[0]) ? solve_zeros(c, f[i], vars[0], &z) : 2;
            if (r == 2)
                continue;
            if (r == 0 || z.n > SOLVE_TUPLES)
                return 0;
            out->n = z.n;
            for (int j = 0; j < z.n; j++)
                out->v[j][0] = z.v[j];
            return 1;
        }
        return 0;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < nv; j++) {
            struct ex *e = isolate(c, f[i], vars[j]);
            if (e == NULL)
                continue;
            struct ex *g[8];
            const char *rest[SOLVE_VARS];
            int m = 0, k = 0;
            for (int q = 0; q < n; q++)
                if (q != i)
                    g[m++] = ex_subst(c, f[q], vars[j], e);
            for (int q = 0; q < nv; q++)
                if (q != j)
                    rest[k++] = vars[q];
            struct tuples t = { 0, 0, { { NULL } } };
            if (m == 0 || !system_rec(c, g, m, rest, k, &t, depth + 1))
                return 0;
            out->n = t.n;
            for (int q = 0; q < t.n; q++) {
                struct env env[SOLVE_VARS];
                for (int w = 0; w < k; w++)
                    env[w] = (struct env){ rest[w], t.v[q][w], w ? &env[w - 1] : NULL };
                val x;
                if (value_eval(c, e, &env[k - 1], &x) != EV_OK)
                    return 0;
                for (int w = 0, u = 0; w < nv; w++)
                    out->v[q][w] = w == j ? x : t.v[q][u++];
            }
            return 1;
        }
    return 0;
}

int solve_system(struct calc *c, struct ex **eqs, int n, const char **vars, int nv, struct tuples *out)
{
    struct ex *f[8];
    if (n < 1 || n > 8 || nv < 1 || nv > SOLVE_VARS)
        return 0;
    for (int i = 0; i < n; i++) {
        if (eqs[i]->k != E_REL || eqs[i]->n != 2 || eqs[i]->rels[0] != R_EQ)
            return 0;
        f[i] = left_minus_right(c, eqs[i]);
    }
    struct tuples t = { 0, 0, { { NULL } } };
    if (!system_rec(c, f, n, vars, nv, &t, 0))
        return 0;
    out->n = 0;
    out->nv = nv;
    for (int i = 0; i < t.n; i++) {
        struct env env[SOLVE_VARS];
        for (int w = 0; w < nv; w++)
            env[w] = (struct env){ vars[w], t.v[i][w], w ? &env[w - 1] : NULL };
        enum tri all = YES;
        for (int j = 0; j < n; j++) {
            enum tri h = solve_holds(c, eqs[j], &env[nv - 1]);
            if (h < all)
                all = h;
        }
        if (all == UNSURE)
            return 0;
        if (all == NO)
            continue;
        memcpy(out->v[out->n++], t.v[i], sizeof t.v[i]);
    }
    return 1;
}
