/* shape.c - a function of one real variable: where it is defined, its monotone pieces,
 * the set of its values, its extrema.  Only functions that are continuous wherever they
 * are defined; what a derivative or a limit does not decide is a failure. */
#include "plugins/calculator/values/calculus.h"
#include "plugins/calculator/worlds/world.h"

#include <string.h>

static struct ex *rel0(struct calc *c, enum rel r, struct ex *e) { return ex_rel(c, r, e, ex_num(c, 0)); }

/* The conditions under which e is defined and real. */
static int natural(struct calc *c, struct ex *e, const char *x, struct ex **cond, int *n)
{
    long k;
    if (!ex_has_sym(e, x))
        return 1;
    if (*n > 8)
        return 0;
    switch (e->k) {
    case E_SYM: case E_ADD: case E_MUL: case E_NEG: break;
    case E_DIV:
        if (ex_has_sym(e->a[1], x))
            cond[(*n)++] = rel0(c, R_NE, e->a[1]);
        break;
    case E_POW:
        if (ex_is_int(e->a[1], &k)) {
            if (k == 0)
                return 0;                             /* 0^0 */
            if (k < 0)
                cond[(*n)++] = rel0(c, R_NE, e->a[0]);
        } else if (ex_has_sym(e->a[0], x)) {
            return 0;                                 /* x^{2/3}: conventions differ */
        }
        break;
    case E_FN:
        if (e->op == F_SQRT) {
            cond[(*n)++] = rel0(c, R_GE, e->a[0]);
        } else if (e->op == F_ROOT && ex_is_int(e->a[0], &k) && k > 1) {
            if (k % 2 == 0)
                cond[(*n)++] = rel0(c, R_GE, e->a[1]);
        } else if (e->op == F_LN || (e->op == F_LOG && !ex_has_sym(e->a[0], x))) {
            cond[(*n)++] = rel0(c, R_GT, e->a[e->n - 1]);
        } else if (e->op != F_SIN && e->op != F_COS && e->op != F_EXP && e->op != F_ATAN && e->op != F_ABS) {
            return 0;
        }
        break;
    default: return 0;
    }
    for (int i = 0; i < e->n; i++)
        if (!natural(c, e->a[i], x, cond, n))
            return 0;
    return 1;
}

static int where(struct calc *c, struct ex *b, const char *x, struct ex *also, struct rset *out)
{
    struct ex *cond[14];
    int n = 0;
    if (!natural(c, b, x, cond, &n))
        return 0;
    if (also != NULL)
        cond[n++] = also;
    if (n == 0) {
        out->n = 1;
        out->iv[0] = (struct iv){ NULL, NULL, 1, 1 };
        return 1;
    }
    struct ex *all = ex_new(c, E_AND, n);
    memcpy(all->a, cond, (size_t)n * sizeof *cond);
    return rset_solve(c, all, x, out);
}

int shape_domain(struct calc *c, struct ex *b, const char *x, struct rset *out) { return where(c, b, x, NULL, out); }

static int push(struct calc *c, struct vals *s, val v)
{
    for (int i = 0; i < s->n; i++) {
        enum tri t = value_equal(c, s->v[i], v);
        if (t == UNSURE)
            return 0;
        if (t == YES)
            return 1;
    }
    if (s->n == 20)
        return 0;
    int i = s->n++;
    for (; i > 0; i--) {                              /* in order */
        int k = value_cmp(c, s->v[i - 1], v);
        if (k == 2)
            return 0;
        if (k < 0)
            break;
        s->v[i] = s->v[i - 1];
    }
    s->v[i] = v;
    return 1;
}

static int at(struct calc *c, struct ex *e, const char *x, val p, val *out)
{
    struct env env = { x, p, NULL };
    return value_eval(c, e, &env, out) == EV_OK && value_is_real(c, *out) == YES;
}

int shape_of(struct calc *c, struct ex *b, const char *x, struct ex *cond, struct shape *s)
{
    struct vals z;
    struct rset smooth;
    memset(s, 0, sizeof *s);
    s->b = b;
    s->x = x;
    if (!where(c, b, x, cond, &s->dom) || (s->d = ex_diff(c, b, x)) == NULL || !where(c, s->d, x, NULL, &smooth) || solve_zeros(c, s->d, x, &z) != 1)
        return 0;
    for (int i = 0; i < smooth.n; i++)
        for (int k = 0; k < 2; k++) {
            val v = k ? smooth.iv[i].hi : smooth.iv[i].lo;
            enum tri in = v != NULL ? rset_has(c, &s->dom, v) : NO;
            if (in == UNSURE || (in == YES && !push(c, &s->crit, v)))
                return 0;
        }
    for (int i = 0; i < z.n; i++) {
        enum tri real = value_is_real(c, z.v[i]), in = real == YES ? rset_has(c, &s->dom, z.v[i]) : NO;
        if (real == UNSURE || in == UNSURE || (in == YES && !push(c, &s->crit, z.v[i])))
            return 0;
    }
    return s->dom.n > 0;
}

static struct ex *rational_ex(struct calc *c, val v)
{
    fmpq_t q;
    fmpq_init(q);
    int ok = value_get_q(c, v, q) && fmpz_bits(fmpq_numref(q)) < 50 && fmpz_bits(fmpq_denref(q)) < 50;
    struct ex *e = ok ? ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(q))), ex_num(c, fmpz_get_si(fmpq_denref(q)))) : NULL;
    fmpq_clear(q);
    return e;
}

/* Towards the end of a piece: 1 and a value, 2 infinite, 0 not known. */
static int limit(struct calc *c, const struct shape *s, val end, int upper, val *out)
{
    struct ex *p;
    if (end != NULL) {
        struct env env = { s->x, end, NULL };
        enum ev e = value_eval(c, s->b, &env, out);
        if (e == EV_OK)
            return value_is_real(c, *out) == YES;
        if (e != EV_UNDEF || (p = rational_ex(c, end)) == NULL)
            return 0;
    } else {
        p = ex_new(c, E_INF, 0);
        if (!upper)
            p = ex_1(c, E_NEG, p);
    }
    struct ex *l = ex_new(c, E_LIM, 3);
    l->a[0] = ex_sym(c, s->x);
    l->a[1] = p;
    l->a[2] = s->b;
    enum ev e = calculus_limit(c, l, NULL, out);
    return e == EV_OK ? 1 : e == EV_UNDEF ? 2 : 0;
}

/* The image of one piece from p to q, on which b is monotone. */
static int piece(struct calc *c, const struct shape *s, val p, int p_open, val q, int q_open, struct iv *out)
{
    val m = solve_inside(c, p, q), fm, m2, fm2, a = NULL, b = NULL;
    if (p != NULL && p == q) {
        if (!at(c, s->b, s->x, p, &a))
            return 0;
        *out = (struct iv){ a, a, 0, 0 };
        return 1;
    }
    m2 = solve_inside(c, m, q);
    if (!at(c, s->b, s->x, m, &fm) || !at(c, s->b, s->x, m2, &fm2))
        return 0;
    int dir = value_cmp(c, fm, fm2);
    if (dir != -1 && dir != 1)
        return 0;
    int ka = p_open ? limit(c, s, p, 0, &a) : at(c, s->b, s->x, p, &a), kb = q_open ? limit(c, s, q, 1, &b) : at(c, s->b, s->x, q, &b);
    if (ka == 0 || kb == 0)
        return 0;
    struct iv r = { ka == 2 ? NULL : a, kb == 2 ? NULL : b, p_open, q_open };
    if (dir == 1) {
        struct iv t = { r.hi, r.lo, r.hi_open, r.lo_open };
        r = t;
    }
    if (r.lo != NULL && r.hi != NULL && value_cmp(c, r.lo, r.hi) != -1)
        return 0;
    *out = r;
    return 1;
}

int shape_image(struct calc *c, const struct shape *s, struct rset *out)
{
    out->n = 0;
    for (int i = 0; i < s->dom.n; i++) {
        const struct iv *v = &s->dom.iv[i];
        val p = v->lo;
        int p_open = v->lo_open;
        for (int k = 0; k <= s->crit.n; k++) {
            val q = k < s->crit.n ? s->crit.v[k] : v->hi;
            int q_open = k < s->crit.n ? 0 : v->hi_open;
            if (k < s->crit.n) {                      /* strictly inside this interval? */
                int lo = v->lo != NULL ? value_cmp(c, v->lo, q) : -1, hi = v->hi != NULL ? value_cmp(c, q, v->hi) : -1;
                if (lo == 2 || hi == 2)
                    return 0;
                if (lo >= 0 || hi >= 0)
                    continue;
            }
            struct rset one = { .n = 1 }, sum;
            if (!piece(c, s, p, p_open, q, q_open, &one.iv[0]))
                return 0;
            if (out->n == 0)
                *out = one;
            else if (!rset_union(c, out, &one, &sum))
                return 0;
            else
                *out = sum;
            p = q;
            p_open = q_open;
        }
    }
    return out->n > 0;
}

int shape_where(struct calc *c, const struct shape *s, val y, struct vals *out)
{
    struct vals pts = s->crit;
    out->n = 0;
    for (int i = 0; i < s->dom.n; i++) {
        if (s->dom.iv[i].lo != NULL && !s->dom.iv[i].lo_open && !push(c, &pts, s->dom.iv[i].lo))
            return 0;
        if (s->dom.iv[i].hi != NULL && !s->dom.iv[i].hi_open && !push(c, &pts, s->dom.iv[i].hi))
            return 0;
    }
    for (int i = 0; i < pts.n; i++) {
        val v;
        enum tri t;
        if (!at(c, s->b, s->x, pts.v[i], &v) || (t = value_equal(c, v, y)) == UNSURE)
            return 0;
        if (t == YES)
            out->v[out->n++] = pts.v[i];
    }
    return out->n > 0;
}

int shape_local(struct calc *c, const struct shape *s, int kind, struct vals *out)
{
    out->n = 0;
    for (int i = 0; i < s->crit.n; i++) {
        const struct iv *in = NULL;
        val p = s->crit.v[i], lo, hi, dl, dh;
        for (int k = 0; k < s->dom.n; k++) {
            const struct iv *v = &s->dom.iv[k];
            if ((v->lo == NULL || value_cmp(c, v->lo, p) == -1) && (v->hi == NULL || value_cmp(c, p, v->hi) == -1))
                in = v;
        }
        if (in == NULL)
            continue;                                 /* an end of the domain */
        lo = i > 0 && (in->lo == NULL || value_cmp(c, in->lo, s->crit.v[i - 1]) == -1) ? s->crit.v[i - 1] : in->lo;
        hi = i + 1 < s->crit.n && (in->hi == NULL || value_cmp(c, s->crit.v[i + 1], in->hi) == -1) ? s->crit.v[i + 1] : in->hi;
        if (!at(c, s->d, s->x, solve_inside(c, lo, p), &dl) || !at(c, s->d, s->x, solve_inside(c, p, hi), &dh))
            return 0;
        enum tri up = value_sign_is(c, dl, 1), down = value_sign_is(c, dh, -1), dn = value_sign_is(c, dl, -1), rise = value_sign_is(c, dh, 1);
        if ((up != YES && dn != YES) || (down != YES && rise != YES))
            return 0;
        if ((kind >= 0 && up == YES && down == YES) || (kind <= 0 && dn == YES && rise == YES))
            out->v[out->n++] = p;
    }
    return 1;
}
