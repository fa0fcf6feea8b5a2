/* waves.c - see waves.h. */
#include "plugins/calculator/values/waves.h"
#include "plugins/calculator/values/sym.h"

#include <stdlib.h>
#include <string.h>

/* The slope of an angle that is linear in x; NULL if it is not, or not known to be. */
static val slope_of(struct calc *c, struct ex *angle, const char *x)
{
    struct ex *d = ex_diff(c, angle, x), *d0 = d != NULL ? ex_subst(c, d, x, ex_num(c, 0)) : NULL;
    val v = d0 != NULL && sym_equal(c, d, d0, 0) == YES ? value_const(c, d0) : NULL;
    return v != NULL && value_is_real(c, v) == YES && ca_check_is_zero(v, c->ca) == T_FALSE ? v : NULL;
}

static int is_wave(const struct ex *e, const char *x) { return e->k == E_FN && (e->op == F_SIN || e->op == F_COS) && ex_has_sym(e, x); }

/* p/q = slope/k in lowest terms, both small. */
static int ratio(struct calc *c, val slope, val k, long *p, long *q)
{
    fmpq_t f;
    fmpq_init(f);
    val t = val_new(c);
    ca_div(t, slope, k, c->ca);
    int ok = value_get_q(c, t, f) && fmpz_bits(fmpq_numref(f)) < 8 && fmpz_bits(fmpq_denref(f)) < 8;
    *p = ok ? fmpz_get_si(fmpq_numref(f)) : 0;
    *q = ok ? fmpz_get_si(fmpq_denref(f)) : 1;
    fmpq_clear(f);
    return ok;
}

/* The largest k of which every slope in e is a whole multiple. */
static int base_frequency(struct calc *c, struct ex *e, const char *x, val *k)
{
    if (is_wave(e, x)) {
        val s = slope_of(c, e->a[0], x), a = val_new(c);
        long p, q;
        if (s == NULL)
            return 0;
        if (value_sign_is(c, s, -1) == YES)
            ca_neg(a, s, c->ca);
        else
            ca_set(a, s, c->ca);
        if (*k == NULL) {
            *k = a;
            return 1;
        }
        if (!ratio(c, a, *k, &p, &q))
            return 0;
        val t = val_new(c);
        ca_div_si(t, *k, q, c->ca);
        *k = t;
        return 1;
    }
    for (int i = 0; i < e->n; i++)
        if (!base_frequency(c, e->a[i], x, k))
            return 0;
    return 1;
}

static void add(struct calc *c, struct wave *w, int j, val v)
{
    val *at = &w->c[WAVES_MAX + j], s = val_new(c);
    if (*at == NULL)
        ca_set(s, v, c->ca);
    else
        ca_add(s, *at, v, c->ca);
    *at = s;
}

/* sin(j k x + m) and cos(j k x + m) by Euler's formula. */
static int of_angle(struct calc *c, const struct ex *e, const char *x, struct wave *w)
{
    val s = slope_of(c, e->a[0], x);
    struct ex *m = ex_subst(c, e->a[0], x, ex_num(c, 0));
    val re = value_const(c, ex_fn(c, F_COS, m, NULL)), im = value_const(c, ex_fn(c, F_SIN, m, NULL));
    long j, one;
    if (s == NULL || re == NULL || im == NULL || !ratio(c, s, w->k, &j, &one) || one != 1 || labs(j) > WAVES_MAX)
        return 0;
    val i = val_new(c), up = val_new(c), down = val_new(c);
    ca_i(i, c->ca);
    ca_mul(up, im, i, c->ca);
    ca_sub(down, re, up, c->ca);                      /* e^{-im} */
    ca_add(up, re, up, c->ca);
    if (e->op == F_SIN) {
        ca_div(up, up, i, c->ca);
        ca_div(down, down, i, c->ca);
        ca_neg(down, down, c->ca);
    }
    ca_div_si(up, up, 2, c->ca);
    ca_div_si(down, down, 2, c->ca);
    add(c, w, (int)j, up);
    add(c, w, (int)-j, down);
    return 1;
}

static int product(struct calc *c, const struct wave *a, const struct wave *b, struct wave *out)
{
    memset(out->c, 0, sizeof out->c);
    out->k = a->k;
    for (int i = -WAVES_MAX; i <= WAVES_MAX; i++)
        for (int j = -WAVES_MAX; j <= WAVES_MAX; j++) {
            val x = a->c[WAVES_MAX + i], y = b->c[WAVES_MAX + j], p;
            if (x == NULL || y == NULL)
                continue;
            if (abs(i + j) > WAVES_MAX)
                return 0;
            p = val_new(c);
            ca_mul(p, x, y, c->ca);
            add(c, out, i + j, p);
        }
    return 1;
}

static int build(struct calc *c, struct ex *e, const char *x, struct wave *w)
{
    struct wave part = { w->k, { NULL } }, next;
    long n;
    calc_step(c, 10);
    if (!ex_has_sym(e, NULL)) {
        val v = value_const(c, e);
        if (v == NULL || value_is_real(c, v) != YES)
            return 0;
        add(c, w, 0, v);
        return 1;
    }
    if (is_wave(e, x))
        return of_angle(c, e, x, w);
    switch (e->k) {
    case E_ADD:
        for (int i = 0; i < e->n; i++)
            if (!build(c, e->a[i], x, w))
                return 0;
        return 1;
    case E_NEG: return build(c, ex_2(c, E_MUL, ex_num(c, -1), e->a[0]), x, w);
    case E_DIV: return !ex_has_sym(e->a[1], NULL) && build(c, ex_2(c, E_MUL, ex_2(c, E_DIV, ex_num(c, 1), e->a[1]), e->a[0]), x, w);
    case E_MUL: case E_POW: break;
    default: return 0;
    }
    n = e->n;
    if (e->k == E_POW && (!ex_is_int(e->a[1], &n) || n < 1 || n > WAVES_MAX))
        return 0;
    for (long i = 0; i < n; i++) {
        struct wave one = { w->k, { NULL } };
        if (!build(c, e->k == E_POW ? e->a[0] : e->a[i], x, &one))
            return 0;
        if (i == 0)
            part = one;
        else if (!product(c, &part, &one, &next))
            return 0;
        else
            part = next;
    }
    for (int j = -WAVES_MAX; j <= WAVES_MAX; j++)
        if (part.c[WAVES_MAX + j] != NULL)
            add(c, w, j, part.c[WAVES_MAX + j]);
    return 1;
}

/* The harmonics j > 0 that are there: their number, their common divisor, the highest; -1 if it is not known. */
static int harmonics(struct calc *c, const struct wave *w, int *divisor, int *highest)
{
    int n = 0;
    *divisor = *highest = 0;
    for (int j = 1; j <= WAVES_MAX; j++) {
        val v = w->c[WAVES_MAX + j];
        truth_t zero = v == NULL ? T_TRUE : ca_check_is_zero(v, c->ca);
        if (zero == T_UNKNOWN)
            return -1;
        if (zero == T_TRUE)
            continue;
        int a = *divisor, b = j;
        while (a != 0) {
            int t = b % a;
            b = a;
            a = t;
        }
        *divisor = b;
        *highest = j;
        n++;
    }
    return n;
}

int wave_of(struct calc *c, struct ex *e, const char *x, struct wave *out)
{
    int g, h;
    memset(out, 0, sizeof *out);
    return base_frequency(c, e, x, &out->k) && out->k != NULL && build(c, e, x, out) && harmonics(c, out, &g, &h) > 0;
}

int wave_period(struct calc *c, const struct wave *w, val *period)
{
    int g, h;
    if (harmonics(c, w, &g, &h) < 1)
        return 0;
    *period = val_new(c);
    ca_pi(*period, c->ca);
    ca_mul_si(*period, *period, 2, c->ca);
    ca_div(*period, *period, w->k, c->ca);
    ca_div_si(*period, *period, g, c->ca);
    return 1;
}

int wave_image(struct calc *c, const struct wave *w, val *middle, val *reach)
{
    int g, h;
    if (harmonics(c, w, &g, &h) != 1)
        return 0;
    *middle = w->c[WAVES_MAX] != NULL ? w->c[WAVES_MAX] : val_si(c, 0);
    *reach = val_new(c);                              /* 2 |c_h|, and c_{-h} is the conjugate of c_h */
    ca_mul(*reach, w->c[WAVES_MAX + h], w->c[WAVES_MAX - h], c->ca);
    ca_sqrt(*reach, *reach, c->ca);
    ca_mul_si(*reach, *reach, 2, c->ca);
    return value_is_real(c, *middle) == YES && value_sign_is(c, *reach, 1) == YES;
}
