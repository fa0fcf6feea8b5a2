/* sym.c - see sym.h. */
#include "plugins/calculator/values/sym.h"

#include <string.h>

void sym_init(struct sym *s, struct calc *c)
{
    memset(s, 0, sizeof *s);
    s->c = c;
    s->angle_den = 1;
}

struct mp mp_const(struct sym *s, val v)
{
    struct mp r = { 0, NULL };
    if (ca_check_is_zero(v, s->c->ca) == T_TRUE)
        return r;
    r.n = 1;
    r.t = calc_alloc(s->c, sizeof *r.t);
    r.t->c = v;
    return r;
}

static struct mp mp_gen(struct sym *s, int g, int power)
{
    struct mp r = mp_const(s, val_si(s->c, 1));
    r.t->e[g] = (short)power;
    return r;
}

static void put_term(struct sym *s, struct mp *r, const short *e, val v, int neg)
{
    for (int i = 0; i < r->n; i++)
        if (memcmp(r->t[i].e, e, sizeof r->t[i].e) == 0) {
            val w = val_new(s->c);
            if (neg)
                ca_sub(w, r->t[i].c, v, s->c->ca);
            else
                ca_add(w, r->t[i].c, v, s->c->ca);
            if (ca_check_is_zero(w, s->c->ca) == T_TRUE)
                r->t[i] = r->t[--r->n];
            else
                r->t[i].c = w;
            return;
        }
    memcpy(r->t[r->n].e, e, sizeof r->t[r->n].e);
    if (neg) {
        val w = val_new(s->c);
        ca_neg(w, v, s->c->ca);
        v = w;
    }
    r->t[r->n++].c = v;
}

struct mp mp_add(struct sym *s, struct mp a, struct mp b, int sub)
{
    struct mp r = { a.n, calc_alloc(s->c, (size_t)(a.n + b.n + 1) * sizeof *r.t) };
    calc_step(s->c, (unsigned)(a.n * b.n / 8 + a.n + b.n));
    if (a.n > 0)
        memcpy(r.t, a.t, (size_t)a.n * sizeof *a.t);
    for (int i = 0; i < b.n; i++)
        put_term(s, &r, b.t[i].e, b.t[i].c, sub);
    return r;
}

int mp_deg(const struct mp *a, int g)
{
    int d = 0;
    for (int i = 0; i < a->n; i++)
        if (a->t[i].e[g] > d)
            d = a->t[i].e[g];
    return d;
}

static int raw_mul(struct sym *s, struct mp a, struct mp b, struct mp *out)
{
    long work = (long)a.n * b.n;
    if (work > 40000)
        return 0;
    calc_step(s->c, (unsigned)(work * 4 + 1));
    struct mp r = { 0, calc_alloc(s->c, (size_t)(work + 1) * sizeof *r.t) };
    for (int i = 0; i < a.n; i++)
        for (int j = 0; j < b.n; j++) {
            short e[SYM_GENS];
            for (int g = 0; g < SYM_GENS; g++) {
                e[g] = (short)(a.t[i].e[g] + b.t[j].e[g]);
                if (e[g] > 200)
                    return 0;
            }
            val v = val_new(s->c);
            ca_mul(v, a.t[i].c, b.t[j].c, s->c->ca);
            put_term(s, &r, e, v, 0);
            if (r.n > CALC_MAX_TERMS)
                return 0;
        }
    *out = r;
    return 1;
}

/* The polynomial that g^deg stands for; 0 for a free generator. */
static int relation(struct sym *s, int g, int *deg, struct mp *to)
{
    struct gen *q = &s->g[g];
    switch (q->k) {
    case G_ROOT: *deg = q->deg; *to = q->u; return 1;
    case G_ABS: *deg = 2; return raw_mul(s, q->u, q->u, to);
    case G_SIGN: *deg = 2; *to = mp_const(s, val_si(s->c, 1)); return 1;
    case G_COS: *deg = 2; *to = mp_add(s, mp_const(s, val_si(s->c, 1)), mp_gen(s, g - 1, 2), 1); return 1;
    default: return 0;
    }
}

static int reduce(struct sym *s, struct mp *a)
{
    for (int rounds = 0; rounds < 400; rounds++) {
        int found = 0;
        for (int g = s->n - 1; g >= 0 && !found; g--) {
            int deg;
            struct mp to;
            if (s->g[g].k == G_VAR || mp_deg(a, g) < 2 || !relation(s, g, &deg, &to) || mp_deg(a, g) < deg)
                continue;
            struct mp low = { 0, calc_alloc(s->c, (size_t)(a->n + 1) * sizeof *low.t) }, high = { 0, calc_alloc(s->c, (size_t)(a->n + 1) * sizeof *high.t) };
            for (int i = 0; i < a->n; i++) {
                struct mp *p = a->t[i].e[g] >= deg ? &high : &low;
                p->t[p->n] = a->t[i];
                if (p == &high)
                    p->t[p->n].e[g] = (short)(p->t[p->n].e[g] - deg);
                p->n++;
            }
            if (!raw_mul(s, high, to, &high))
                return 0;
            *a = mp_add(s, low, high, 0);
            found = 1;
        }
        if (!found)
            return 1;
    }
    return 0;
}

int mp_mul(struct sym *s, struct mp a, struct mp b, struct mp *out)
{
    return raw_mul(s, a, b, out) && reduce(s, out);
}

int mp_is_const(struct sym *s, const struct mp *a, val *v)
{
    static const short zero[SYM_GENS];
    if (a->n > 1 || (a->n == 1 && memcmp(a->t->e, zero, sizeof zero) != 0))
        return 0;
    *v = a->n ? a->t->c : val_si(s->c, 0);
    return 1;
}

enum tri mp_is_zero(struct sym *s, const struct mp *a)
{
    if (a->n == 0)
        return YES;
    enum tri r = UNSURE;
    for (int i = 0; i < a->n; i++) {
        for (int g = 0; g < s->n; g++)
            if (a->t[i].e[g] > 0 && s->g[g].k != G_VAR)
                return UNSURE;                        /* relations may be hidden */
        if (ca_check_is_zero(a->t[i].c, s->c->ca) == T_FALSE)
            r = NO;
    }
    return r;
}

struct mp mp_coeff(struct sym *s, const struct mp *a, int g, int k)
{
    struct mp r = { 0, calc_alloc(s->c, (size_t)(a->n + 1) * sizeof *r.t) };
    for (int i = 0; i < a->n; i++)
        if (a->t[i].e[g] == k) {
            r.t[r.n] = a->t[i];
            r.t[r.n++].e[g] = 0;
        }
    return r;
}

int mp_univariate(struct sym *s, const struct mp *a, int g, val **out)
{
    int deg = mp_deg(a, g);
    *out = calc_alloc(s->c, (size_t)(deg + 1) * sizeof **out);
    for (int k = 0; k <= deg; k++) {
        struct mp p = mp_coeff(s, a, g, k);
        if (!mp_is_const(s, &p, &(*out)[k]))
            return -1;
    }
    return deg;
}

int sym_gen_var(struct sym *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (s->g[i].k == G_VAR && strcmp(s->g[i].name, name) == 0)
            return i;
    if (s->n == SYM_GENS)
        return -1;
    s->g[s->n].k = G_VAR;
    s->g[s->n].name = name;
    return s->n++;
}

static int gen_of(struct sym *s, enum gk k, struct mp u, int deg, long base)
{
    for (int i = 0; i < s->n; i++)
        if (s->g[i].k == k && s->g[i].deg == deg && s->g[i].base == base) {
            struct mp d = mp_add(s, s->g[i].u, u, 1);
            if (d.n == 0)
                return i;
        }
    if (s->n >= SYM_GENS)
        return -1;
    s->g[s->n] = (struct gen){ k, NULL, deg, u, base };
    return s->n++;
}

static int rf_const(struct sym *s, val v, struct rf *out)
{
    out->num = mp_const(s, v);
    out->den = mp_const(s, val_si(s->c, 1));
    return 1;
}

static int rf_mul(struct sym *s, struct rf a, struct rf b, struct rf *out)
{
    return mp_mul(s, a.num, b.num, &out->num) && mp_mul(s, a.den, b.den, &out->den);
}

static int rf_div(struct sym *s, struct rf a, struct rf b, struct rf *out)
{
    struct rf inv = { b.den, b.num };
    if (b.num.n == 0)
        return 0;
    return rf_mul(s, a, inv, out);
}

static int rf_add(struct sym *s, struct rf a, struct rf b, int sub, struct rf *out)
{
    struct mp d = mp_add(s, a.den, b.den, 1), x, y;
    if (d.n == 0) {
        out->num = mp_add(s, a.num, b.num, sub);
        out->den = a.den;
        return 1;
    }
    if (!mp_mul(s, a.num, b.den, &x) || !mp_mul(s, b.num, a.den, &y) || !mp_mul(s, a.den, b.den, &d))
        return 0;
    out->num = mp_add(s, x, y, sub);
    out->den = d;
    return 1;
}

static int rf_pow(struct sym *s, struct rf a, long n, struct rf *out)
{
    if (n < 0) {
        struct rf inv = { a.den, a.num };
        return a.num.n > 0 && n > -64 && rf_pow(s, inv, -n, out);
    }
    if (n > 64)
        return 0;
    struct rf r;
    rf_const(s, val_si(s->c, 1), &r);
    for (long i = 0; i < n; i++)
        if (!rf_mul(s, r, a, &r))
            return 0;
    *out = r;
    return 1;
}

static int rf_to_poly(struct sym *s, struct rf a, struct mp *out)      /* a constant denominator goes into the numerator */
{
    val d;
    if (!mp_is_const(s, &a.den, &d) || ca_check_is_zero(d, s->c->ca) != T_FALSE)
        return 0;
    struct mp inv = mp_const(s, val_si(s->c, 1));
    ca_inv(inv.t->c, d, s->c->ca);
    return raw_mul(s, a.num, inv, out);
}

static int abs_of(struct sym *s, struct mp u, struct rf *out)
{
    val v;
    if (mp_is_const(s, &u, &v)) {
        val w = val_new(s->c);
        ca_abs(w, v, s->c->ca);
        return rf_const(s, w, out);
    }
    if (u.n == 1) {                                    /* |c x^2 y| = |c| x^2 |y| */
        struct rf r;
        val w = val_new(s->c);
        ca_abs(w, u.t->c, s->c->ca);
        rf_const(s, w, &r);
        for (int g = 0; g < s->n; g++) {
            int e = u.t->e[g];
            if (e == 0)
                continue;
            int positive = s->g[g].k == G_EXP || s->g[g].k == G_ABS || (s->g[g].k == G_ROOT && s->g[g].deg == 2);
            int even = positive ? e : e / 2 * 2;
            struct rf f = { mp_gen(s, g, even), mp_const(s, val_si(s->c, 1)) };
            if (!reduce(s, &f.num) || !rf_mul(s, r, f, &r))
                return 0;
            if (!positive && e % 2) {
                int k = gen_of(s, G_ABS, mp_gen(s, g, 1), 0, 0);
                struct rf h = { { 0, NULL }, f.den };
                if (k < 0)
                    return 0;
                h.num = mp_gen(s, k, 1);
                if (!rf_mul(s, r, h, &r))
                    return 0;
            }
        }
        *out = r;
        return 1;
    }
    /* |u| and |-u| are one generator: the coefficient of the leading term decides. */
    int lead = 0;
    for (int i = 1; i < u.n; i++)
        if (memcmp(u.t[i].e, u.t[lead].e, sizeof u.t[i].e) > 0)
            lead = i;
    if (value_sign_is(s->c, u.t[lead].c, -1) == YES) {
        struct mp zero = { 0, NULL };
        u = mp_add(s, zero, u, 1);
    }
    int g = gen_of(s, G_ABS, u, 0, 0);
    if (g < 0)
        return 0;
    out->num = mp_gen(s, g, 1);
    out->den = mp_const(s, val_si(s->c, 1));
    return 1;
}

static int rf_abs(struct sym *s, struct rf a, struct rf *out)
{
    struct mp p;
    if (rf_to_poly(s, a, &p))
        return abs_of(s, p, out);
    struct rf x, y;
    return abs_of(s, a.num, &x) && abs_of(s, a.den, &y) && rf_div(s, x, y, out);
}

static int rf_root(struct sym *s, struct rf a, int n, struct rf *out)
{
    struct mp u;
    val v;
    if (n < 2 || n > 6)
        return 0;
    if (!rf_to_poly(s, a, &u)) {                       /* root(p/q) = root(p q^(n-1)) / |q| */
        struct rf top = { a.num, mp_const(s, val_si(s->c, 1)) }, low = { a.den, top.den }, q, r;
        if (!rf_pow(s, low, n - 1, &q) || !rf_mul(s, top, q, &top) || !rf_root(s, top, n, &r))
            return 0;
        if (n % 2 == 0 && !abs_of(s, a.den, &low))
            return 0;
        return rf_div(s, r, low, out);
    }
    if (mp_is_const(s, &u, &v)) {
        struct ex *e = ex_fn(s->c, F_ROOT, ex_num(s->c, n), ex_sym(s->c, "v"));
        struct env env = { "v", v, NULL };
        val w;
        if (value_eval(s->c, e, &env, &w) != EV_OK)
            return 0;
        return rf_const(s, w, out);
    }
    if (n % 2 == 1 && u.n == 1 && ca_check_is_one(u.t->c, s->c->ca) == T_TRUE) {      /* the cube root of x^3 */
        int whole = 1;
        struct mp h = { 1, calc_alloc(s->c, sizeof *h.t) };
        *h.t = *u.t;
        for (int g = 0; g < s->n; g++) {
            whole &= u.t->e[g] % n == 0;
            h.t->e[g] = (short)(u.t->e[g] / n);
        }
        if (whole) {
            out->num = h;
            out->den = mp_const(s, val_si(s->c, 1));
            return 1;
        }
    }
    if (n == 2 && u.n == 1 && value_sign_is(s->c, u.t->c, 1) == YES) {
        int even = 1;
        for (int g = 0; g < s->n; g++)
            if (u.t->e[g] % 2)
                even = 0;
        if (even) {
            struct mp h = { 1, calc_alloc(s->c, sizeof *h.t) };
            *h.t = *u.t;
            for (int g = 0; g < s->n; g++)
                h.t->e[g] = (short)(h.t->e[g] / 2);
            h.t->c = val_new(s->c);
            ca_sqrt(h.t->c, u.t->c, s->c->ca);
            return abs_of(s, h, out);
        }
    }
    int g = gen_of(s, G_ROOT, u, n, 0);
    if (g < 0)
        return 0;
    out->num = mp_gen(s, g, 1);
    out->den = mp_const(s, val_si(s->c, 1));
    return 1;
}

/* b^e for a constant b > 0 (or e) and a polynomial e: constants go out, b is factored. */
static int rf_exp_base(struct sym *s, long base, struct mp e, struct rf *out)
{
    struct rf r;
    rf_const(s, val_si(s->c, 1), &r);
    for (int i = 0; i < e.n; i++) {
        static const short zero[SYM_GENS];
        long k;
        struct rf f;
        if (memcmp(e.t[i].e, zero, sizeof zero) == 0) {
            struct ex *p = ex_2(s->c, E_POW, base ? ex_num(s->c, base) : ex_new(s->c, E_E, 0), ex_sym(s->c, "v"));
            struct env env = { "v", e.t[i].c, NULL };
            val w;
            if (value_eval(s->c, p, &env, &w) != EV_OK)
                return 0;
            rf_const(s, w, &f);
        } else {
            if (!value_get_si(s->c, e.t[i].c, &k) || k > 40 || k < -40)
                return 0;
            struct mp m = { 1, calc_alloc(s->c, sizeof *m.t) };
            *m.t = e.t[i];
            m.t->c = val_si(s->c, 1);
            int g = gen_of(s, G_EXP, m, 0, base);
            if (g < 0)
                return 0;
            f.num = mp_gen(s, g, (int)(k < 0 ? -k : k));
            f.den = mp_const(s, val_si(s->c, 1));
            if (k < 0) {
                struct mp t = f.num;
                f.num = f.den;
                f.den = t;
            }
        }
        if (!rf_mul(s, r, f, &r))
            return 0;
    }
    *out = r;
    return 1;
}

static int rf_exponential(struct sym *s, const struct ex *b, const struct ex *x, struct rf *out)
{
    struct rf e;
    struct mp p;
    if (!sym_rf(s, x, &e) || !rf_to_poly(s, e, &p))
        return 0;
    if (b->k == E_E)
        return rf_exp_base(s, 0, p, out);
    val v = value_const(s->c, b);
    if (v == NULL)
        return 0;
    fmpq_t q;
    fmpq_init(q);
    int ok = value_get_q(s->c, v, q) && fmpz_bits(fmpq_numref(q)) < 30 && fmpz_bits(fmpq_denref(q)) < 30 && !fmpq_is_zero(q);
    long n = ok ? fmpz_get_si(fmpq_numref(q)) : 0, d = ok ? fmpz_get_si(fmpq_denref(q)) : 1;
    fmpq_clear(q);
    struct rf r, f;
    if (!ok)
        return 0;
    rf_const(s, val_si(s->c, 1), &r);
    if (n < 0) {                                       /* (-1)^n, n a whole number */
        static const short zero[SYM_GENS];
        for (int i = 0; i < p.n; i++) {
            long k;
            if (!value_get_si(s->c, p.t[i].c, &k))
                return 0;
            if (memcmp(p.t[i].e, zero, sizeof zero) == 0) {
                rf_const(s, val_si(s->c, k % 2 ? -1 : 1), &f);
            } else {
                struct mp m = { 1, calc_alloc(s->c, sizeof *m.t) };
                *m.t = p.t[i];
                m.t->c = val_si(s->c, 1);
                int g = gen_of(s, G_SIGN, m, 0, 0);
                if (g < 0)
                    return 0;
                f.num = k % 2 ? mp_gen(s, g, 1) : mp_const(s, val_si(s->c, 1));
                f.den = mp_const(s, val_si(s->c, 1));
            }
            if (!rf_mul(s, r, f, &r))
                return 0;
        }
        n = -n;
    }
    for (int side = 0; side < 2; side++) {
        long m = side ? d : n;
        for (long k = 2; k <= m && k < 32000; k++) {
            int e2 = 0;
            if (k * k > m)
                k = m;
            while (m % k == 0) {
                m /= k;
                e2++;
            }
            if (e2 == 0)
                continue;
            struct mp scaled, c = mp_const(s, val_si(s->c, side ? -e2 : e2));
            if (!raw_mul(s, p, c, &scaled) || !rf_exp_base(s, k, scaled, &f) || !rf_mul(s, r, f, &r))
                return 0;
        }
        if (m != 1)
            return 0;
    }
    *out = r;
    return 1;
}

/* sin and cos of a polynomial by the addition theorems. */
static int angle(struct sym *s, struct mp a, struct rf *sn, struct rf *cs)
{
    static const short zero[SYM_GENS];
    rf_const(s, val_si(s->c, 0), sn);
    rf_const(s, val_si(s->c, 1), cs);
    for (int i = 0; i < a.n; i++) {
        struct rf s1, c1;
        long k = 1;
        if (memcmp(a.t[i].e, zero, sizeof zero) == 0) {
            struct env env = { "v", a.t[i].c, NULL };
            val x, y;
            if (value_eval(s->c, ex_fn(s->c, F_SIN, ex_sym(s->c, "v"), NULL), &env, &x) != EV_OK ||
                value_eval(s->c, ex_fn(s->c, F_COS, ex_sym(s->c, "v"), NULL), &env, &y) != EV_OK)
                return 0;
            rf_const(s, x, &s1);
            rf_const(s, y, &c1);
        } else {
            val v = val_new(s->c);
            ca_mul_si(v, a.t[i].c, s->angle_den, s->c->ca);
            if (!value_get_si(s->c, v, &k) || k > 12 || k < -12)
                return 0;
            struct mp m = { 1, calc_alloc(s->c, sizeof *m.t) };
            *m.t = a.t[i];
            m.t->c = val_si(s->c, 1);
            int g = gen_of(s, G_SIN, m, 0, 0);
            if (g < 0)
                return 0;
            if (g == s->n - 1) {                       /* its cosine is the next generator */
                if (s->n == SYM_GENS)
                    return 0;
                s->g[s->n++] = (struct gen){ G_COS, NULL, 0, m, 0 };
            }
            s1.num = mp_gen(s, g, 1);
            c1.num = mp_gen(s, g + 1, 1);
            s1.den = c1.den = mp_const(s, val_si(s->c, 1));
        }
        for (long j = 0; j < (k < 0 ? -k : k); j++) {  /* add or subtract the angle k times */
            struct rf p, q, x, y;
            if (!rf_mul(s, *sn, c1, &p) || !rf_mul(s, *cs, s1, &q) || !rf_mul(s, *cs, c1, &x) || !rf_mul(s, *sn, s1, &y) ||
                !rf_add(s, p, q, k < 0, sn) || !rf_add(s, x, y, k > 0, cs))
                return 0;
        }
    }
    return 1;
}

static int rf_ln(struct sym *s, struct mp u, struct rf *out)
{
    val v;
    if (mp_is_const(s, &u, &v)) {
        struct env env = { "v", v, NULL };
        val w;
        if (value_eval(s->c, ex_fn(s->c, F_LN, ex_sym(s->c, "v"), NULL), &env, &w) != EV_OK)
            return 0;
        return rf_const(s, w, out);
    }
    int g = gen_of(s, G_LN, u, 0, 0);
    if (g < 0)
        return 0;
    out->num = mp_gen(s, g, 1);
    out->den = mp_const(s, val_si(s->c, 1));
    return 1;
}

static int rf_fn(struct sym *s, const struct ex *e, struct rf *out)
{
    struct rf a, b, sn, cs;
    struct mp p;
    long n;
    const struct ex *x = e->a[e->n - 1];
    switch (e->op) {
    case F_SQRT:
        if (x->k == E_POW && ex_is_int(x->a[1], &n) && n == 2)
            return sym_rf(s, x->a[0], &a) && rf_abs(s, a, out);
        return sym_rf(s, x, &a) && rf_root(s, a, 2, out);
    case F_ROOT: return ex_is_int(e->a[0], &n) && sym_rf(s, x, &a) && rf_root(s, a, (int)n, out);
    case F_ABS: return sym_rf(s, x, &a) && rf_abs(s, a, out);
    case F_EXP: return rf_exponential(s, ex_new(s->c, E_E, 0), x, out);
    case F_LN: return sym_rf(s, x, &a) && rf_to_poly(s, a, &p) && rf_ln(s, p, out);
    case F_LOG: {
        struct ex *l1 = ex_fn(s->c, F_LN, e->a[1], NULL), *l2 = ex_fn(s->c, F_LN, e->a[0], NULL);
        return sym_rf(s, l1, &a) && sym_rf(s, l2, &b) && rf_div(s, a, b, out);
    }
    case F_SIN: case F_COS: case F_TAN: case F_COT: case F_SEC: case F_CSC:
        if (!sym_rf(s, x, &a) || !rf_to_poly(s, a, &p) || !angle(s, p, &sn, &cs))
            return 0;
        rf_const(s, val_si(s->c, 1), &b);
        switch (e->op) {
        case F_SIN: *out = sn; return 1;
        case F_COS: *out = cs; return 1;
        case F_TAN: return rf_div(s, sn, cs, out);
        case F_COT: return rf_div(s, cs, sn, out);
        case F_SEC: return rf_div(s, b, cs, out);
        default: return rf_div(s, b, sn, out);
        }
    default: return 0;
    }
}

/* A sum whose end is symbolic: the polynomial through its first values.  The body must
 * be a polynomial in the index of degree d, so that d + 2 values fix the sum. */
static int rf_sum(struct sym *s, const struct ex *e, struct rf *out)
{
    const char *idx = e->a[0]->s;
    struct sym in;
    struct rf b, n;
    struct mp p;
    val *co, lo;
    long from;
    sym_init(&in, s->c);
    int g = sym_gen_var(&in, idx);
    if (!sym_rf(&in, e->a[3], &b) || !rf_to_poly(&in, b, &p))
        return 0;
    int deg = mp_univariate(&in, &p, g, &co);
    if (deg < 0 || deg > 8 || (lo = value_const(s->c, e->a[1])) == NULL || !value_get_si(s->c, lo, &from) || !sym_rf(s, e->a[2], &n))
        return 0;
    rf_const(s, val_si(s->c, 0), out);
    val acc = val_si(s->c, 0);
    for (int i = 0; i <= deg + 1; i++) {               /* Lagrange at hi = from .. from + deg + 1 */
        val x = val_si(s->c, from + i), y = val_si(s->c, 0);
        for (int k = deg; k >= 0; k--) {
            ca_mul(y, y, x, s->c->ca);
            ca_add(y, y, co[k], s->c->ca);
        }
        val next = val_new(s->c);
        ca_add(next, acc, y, s->c->ca);
        acc = next;
        struct rf t;
        rf_const(s, acc, &t);
        for (int j = 0; j <= deg + 1; j++) {
            if (j == i)
                continue;
            struct rf d, x1, q;
            rf_const(s, val_si(s->c, from + j), &x1);
            rf_const(s, val_si(s->c, i - j), &q);
            if (!rf_add(s, n, x1, 1, &d) || !rf_mul(s, t, d, &t) || !rf_div(s, t, q, &t))
                return 0;
        }
        if (!rf_add(s, *out, t, 0, out))
            return 0;
    }
    return 1;
}

int sym_rf(struct sym *s, const struct ex *e, struct rf *out)
{
    struct rf a, b;
    long n;
    calc_step(s->c, 10);
    if (!ex_has_sym(e, NULL) && e->k != E_UNIT) {
        val v = value_const(s->c, e);
        return v != NULL && rf_const(s, v, out);
    }
    switch (e->k) {
    case E_SYM: {
        int g = sym_gen_var(s, e->s);
        if (g < 0)
            return 0;
        out->num = mp_gen(s, g, 1);
        out->den = mp_const(s, val_si(s->c, 1));
        return 1;
    }
    case E_ADD:
        rf_const(s, val_si(s->c, 0), out);
        for (int i = 0; i < e->n; i++)
            if (!sym_rf(s, e->a[i], &a) || !rf_add(s, *out, a, 0, out))
                return 0;
        return 1;
    case E_MUL:
        rf_const(s, val_si(s->c, 1), out);
        for (int i = 0; i < e->n; i++)
            if (!sym_rf(s, e->a[i], &a) || !rf_mul(s, *out, a, out))
                return 0;
        return 1;
    case E_NEG:
        rf_const(s, val_si(s->c, 0), &b);
        return sym_rf(s, e->a[0], &a) && rf_add(s, b, a, 1, out);
    case E_DIV: return sym_rf(s, e->a[0], &a) && sym_rf(s, e->a[1], &b) && rf_div(s, a, b, out);
    case E_PCT: rf_const(s, val_si(s->c, 100), &b); return sym_rf(s, e->a[0], &a) && rf_div(s, a, b, out);
    case E_POW:
        if (ex_is_int(e->a[1], &n))
            return sym_rf(s, e->a[0], &a) && rf_pow(s, a, n, out);
        if (e->a[1]->k == E_DIV && !ex_has_sym(e->a[1], NULL)) {
            long p, q;
            if (!ex_is_int(e->a[1]->a[0], &p) || !ex_is_int(e->a[1]->a[1], &q) || !sym_rf(s, e->a[0], &a) || !rf_root(s, a, (int)q, &b))
                return 0;
            return rf_pow(s, b, p, out);
        }
        if (ex_has_sym(e->a[0], NULL))
            return 0;
        return rf_exponential(s, e->a[0], e->a[1], out);
    case E_DEG: {
        val v = val_new(s->c);
        ca_pi(v, s->c->ca);
        ca_div_si(v, v, 180, s->c->ca);
        return sym_rf(s, e->a[0], &a) && rf_const(s, v, &b) && rf_mul(s, a, b, out);
    }
    case E_FN: return rf_fn(s, e, out);
    case E_SUM: return rf_sum(s, e, out);
    default: return 0;
    }
}

/* ---- equality ------------------------------------------------------------------ */
static enum tri prove(struct calc *c, struct ex *a, struct ex *b)
{
    struct sym s;
    for (int den = 1; den <= 4; den *= 2) {
        sym_init(&s, c);
        s.angle_den = den;
        struct rf x, y;
        struct mp p, q;
        if (!sym_rf(&s, a, &x) || !sym_rf(&s, b, &y) || !mp_mul(&s, x.num, y.den, &p) || !mp_mul(&s, y.num, x.den, &q))
            continue;
        struct mp d = mp_add(&s, p, q, 1);
        enum tri t = mp_is_zero(&s, &d);
        if (t != UNSURE)
            return t;
        return UNSURE;
    }
    return UNSURE;
}

static enum tri at_points(struct calc *c, struct ex *a, struct ex *b, int flags)
{
    static const short real[][2] = { { 2, 1 }, { 5, 3 }, { 1, 2 }, { -3, 2 }, { 3, 1 }, { -2, 1 }, { 7, 2 }, { 1, 5 } };
    const char *v[8];
    int n = ex_syms(ex_2(c, E_ADD, a, b), v, 8);
    if (n > 8)
        return UNSURE;
    for (int try = 0; try < 8; try++) {
        struct env env[8];
        for (int i = 0; i < n; i++) {
            const short *p = real[(try + i * 3) % 8];
            int natural = (flags & SYM_NATURAL) && (strcmp(v[i], "n") == 0 || strcmp(v[i], "k") == 0);
            env[i] = (struct env){ v[i], natural ? val_si(c, 1 + try + i) : val_q(c, p[0], p[1]), i > 0 ? &env[i - 1] : NULL };
        }
        val x, y;
        if (value_eval(c, a, n ? &env[n - 1] : NULL, &x) != EV_OK || value_eval(c, b, n ? &env[n - 1] : NULL, &y) != EV_OK)
            continue;
        if (n > 0 && (value_is_real(c, x) != YES || value_is_real(c, y) != YES) && !ex_has_kind(a, E_I) && !ex_has_kind(b, E_I))
            continue;
        if (value_equal(c, x, y) == NO)
            return NO;
    }
    return UNSURE;
}

enum tri sym_equal(struct calc *c, struct ex *a, struct ex *b, int flags)
{
    if (!ex_has_sym(a, NULL) && !ex_has_sym(b, NULL)) {
        val x = value_const(c, a), y = value_const(c, b);
        return x != NULL && y != NULL ? value_equal(c, x, y) : UNSURE;
    }
    enum tri t = prove(c, a, b);
    return t != UNSURE ? t : at_points(c, a, b, flags);
}
