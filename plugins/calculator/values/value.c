/* value.c - see value.h. */
#include "plugins/calculator/values/value.h"
#include "plugins/calculator/values/calculus.h"

#include <string.h>

typedef const struct env *envp;

enum tri value_equal(struct calc *c, val a, val b)
{
    calc_step(c, 50);
    return tri_of(ca_check_equal(a, b, c->ca));
}

int value_cmp(struct calc *c, val a, val b)
{
    calc_step(c, 50);
    if (ca_check_lt(a, b, c->ca) == T_TRUE)
        return -1;
    if (ca_check_gt(a, b, c->ca) == T_TRUE)
        return 1;
    return ca_check_equal(a, b, c->ca) == T_TRUE ? 0 : 2;
}

enum tri value_sign_is(struct calc *c, val a, int sign)
{
    val z = val_si(c, 0);
    int s = value_cmp(c, a, z);
    return s == 2 ? UNSURE : s == sign ? YES : NO;
}

enum tri value_is_real(struct calc *c, val a) { return tri_of(ca_check_is_real(a, c->ca)); }

int value_get_q(struct calc *c, val a, fmpq_t q) { return ca_get_fmpq(q, a, c->ca); }

int value_get_si(struct calc *c, val a, long *v)
{
    fmpz_t z;
    fmpz_init(z);
    int ok = ca_get_fmpz(z, a, c->ca) && fmpz_bits(z) <= 62;
    if (ok)
        *v = fmpz_get_si(z);
    fmpz_clear(z);
    return ok;
}

static long q_bits(struct calc *c, val a)            /* of a rational; -1: not one */
{
    fmpq_t q;
    fmpq_init(q);
    long bits = -1;
    if (ca_get_fmpq(q, a, c->ca))
        bits = (long)(fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q)));
    fmpq_clear(q);
    return bits;
}

static enum ev number(struct calc *c, val x)
{
    enum tri t = tri_of(ca_check_is_number(x, c->ca));
    return t == YES ? EV_OK : t == NO ? EV_UNDEF : EV_UNKNOWN;
}

static enum ev eval_num(struct calc *c, const struct ex *e, val *out)
{
    const char *dot = strchr(e->s, '.');
    size_t n = strlen(e->s), frac = dot != NULL ? n - (size_t)(dot - e->s) - 1 : 0;
    char *digits = calc_alloc(c, n + 2);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (e->s[i] != '.')
            digits[k++] = e->s[i];
    if (k == 0)
        return EV_UNKNOWN;
    fmpz_t z, d, w;
    fmpq_t q;
    fmpz_init(z);
    fmpz_init(d);
    fmpz_init(w);
    fmpq_init(q);
    enum ev r = EV_UNKNOWN;
    if (fmpz_set_str(z, digits, e->base ? e->base : 10) == 0) {
        fmpz_ui_pow_ui(d, 10, frac);
        if (e->rep) {                                /* (all digits - those before the period) / 99..900.. */
            digits[k - (size_t)e->rep] = '\0';
            if (k == (size_t)e->rep || fmpz_set_str(w, digits, 10) != 0)
                fmpz_zero(w);
            fmpz_sub(z, z, w);
            fmpz_ui_pow_ui(w, 10, (ulong)e->rep);
            fmpz_sub_ui(w, w, 1);
            fmpz_ui_pow_ui(d, 10, frac - (size_t)e->rep);
            fmpz_mul(d, d, w);
        }
        fmpq_set_fmpz_frac(q, z, d);
        *out = val_new(c);
        ca_set_fmpq(*out, q, c->ca);
        r = EV_OK;
    }
    fmpq_clear(q);
    fmpz_clear(w);
    fmpz_clear(d);
    fmpz_clear(z);
    return r;
}

static enum ev divide(struct calc *c, val a, val b, val *out)
{
    enum tri z = tri_of(ca_check_is_zero(b, c->ca));
    if (z != NO)
        return z == YES ? EV_UNDEF : EV_UNKNOWN;
    *out = val_new(c);
    ca_div(*out, a, b, c->ca);
    return number(c, *out);
}

/* x^(p/q) with the real root for odd q. */
static enum ev root_power(struct calc *c, val x, long p, long q, val *out)
{
    enum tri zero = tri_of(ca_check_is_zero(x, c->ca));
    if (zero == UNSURE)
        return EV_UNKNOWN;
    if (zero == YES) {
        *out = val_si(c, 0);
        return p > 0 ? EV_OK : EV_UNDEF;
    }
    *out = val_new(c);
    enum tri real = value_is_real(c, x);
    int neg = 0;
    if (q > 1 && real == YES) {
        enum tri s = value_sign_is(c, x, -1);
        if (s == UNSURE)
            return EV_UNKNOWN;
        neg = s == YES;
    }
    if (neg && q % 2 == 1) {
        val y = val_new(c);
        ca_neg(y, x, c->ca);
        enum ev r = root_power(c, y, p, q, out);
        if (r == EV_OK && p % 2 != 0)
            ca_neg(*out, *out, c->ca);
        return r;
    }
    if (neg && q != 2)
        return EV_UNDEF;
    if (q == 2) {
        ca_sqrt(*out, x, c->ca);
        ca_pow_si(*out, *out, p, c->ca);
    } else {
        fmpq_t f;
        fmpq_init(f);
        fmpq_set_si(f, p, (ulong)q);
        ca_pow_fmpq(*out, x, f, c->ca);
        fmpq_clear(f);
    }
    return number(c, *out);
}

static int is_i(struct calc *c, val x)
{
    val i = val_new(c);
    ca_i(i, c->ca);
    return ca_check_equal(x, i, c->ca) == T_TRUE;
}

static enum ev power(struct calc *c, val x, val y, val *out)
{
    fmpq_t q;
    fmpq_init(q);
    int rational = ca_get_fmpq(q, y, c->ca);
    long p = 0, d = 1;
    int small = rational && fmpz_bits(fmpq_numref(q)) <= 40 && fmpz_bits(fmpq_denref(q)) <= 5;
    if (small) {
        p = fmpz_get_si(fmpq_numref(q));
        d = fmpz_get_si(fmpq_denref(q));
    }
    fmpq_clear(q);
    if (small && d == 1 && p > 4) {                   /* i^n goes round */
        val i = val_new(c);
        ca_i(i, c->ca);
        if (ca_check_equal(x, i, c->ca) == T_TRUE) {
            *out = val_new(c);
            ca_pow_si(*out, x, p % 4, c->ca);
            return number(c, *out);
        }
    }
    if (rational && !small)
        return ca_check_is_one(x, c->ca) == T_TRUE ? (*out = val_si(c, 1), EV_OK) : EV_UNKNOWN;
    if (rational) {
        if (d == 1 && (p > 120 || p < -120) && is_i(c, x))
            p %= 4;                                   /* i^2023 */
        long bits = q_bits(c, x), ap = p < 0 ? -p : p;
        if (bits >= 0 ? bits > 2 && bits * (ap < CALC_MAX_BITS ? ap : CALC_MAX_BITS) > CALC_MAX_BITS * 2 : ap > 120)
            return EV_UNKNOWN;
        if (bits >= 0 && bits <= 2 && ap > 1000000000)
            return EV_UNKNOWN;
        if (d == 1) {
            enum tri z = p <= 0 ? tri_of(ca_check_is_zero(x, c->ca)) : NO;
            if (z != NO)
                return z == YES ? EV_UNDEF : EV_UNKNOWN;    /* 0^0, 1/0 */
            *out = val_new(c);
            ca_pow_si(*out, x, p, c->ca);
            return number(c, *out);
        }
        return root_power(c, x, p, d, out);
    }
    if (value_is_real(c, x) != YES || value_is_real(c, y) != YES || value_sign_is(c, x, 1) != YES)
        return EV_UNKNOWN;
    *out = val_new(c);
    ca_pow(*out, x, y, c->ca);
    return number(c, *out);
}

static int too_big_for_trig(struct calc *c, val x)
{
    arb_t b;
    acb_t z;
    (void)b;
    acb_init(z);
    ca_get_acb(z, x, 53, c->ca);
    mag_t m;
    mag_init(m);
    acb_get_mag(m, z);
    int big = mag_cmp_2exp_si(m, 40) > 0;
    mag_clear(m);
    acb_clear(z);
    return big;
}

static enum ev trig(struct calc *c, enum fn f, val x, val *out)
{
    if (value_is_real(c, x) != YES || too_big_for_trig(c, x))
        return EV_UNKNOWN;
    val pi = val_new(c), t = val_new(c), s = val_new(c), k = val_new(c);
    ca_pi(pi, c->ca);
    ca_div(t, x, pi, c->ca);
    fmpq_t q;
    fmpq_init(q);
    int turn = ca_get_fmpq(q, t, c->ca);
    if (turn && fmpz_cmp_si(fmpq_denref(q), 60) > 0) {
        fmpq_clear(q);
        return EV_UNKNOWN;
    }
    if (turn) {                                       /* reduce modulo 2 pi */
        fmpz_t m;
        fmpz_init(m);
        fmpz_mul_ui(m, fmpq_denref(q), 2);
        fmpz_mod(fmpq_numref(q), fmpq_numref(q), m);
        fmpq_canonicalise(q);
        ca_mul_fmpq(x = val_new(c), pi, q, c->ca);
        fmpz_clear(m);
    }
    fmpq_clear(q);
    ca_sin_cos(s, k, x, c->ca);
    switch (f) {
    case F_SIN: *out = s; return number(c, s);
    case F_COS: *out = k; return number(c, k);
    case F_TAN: return divide(c, s, k, out);
    case F_COT: return divide(c, k, s, out);
    case F_SEC: return divide(c, val_si(c, 1), k, out);
    default:    return divide(c, val_si(c, 1), s, out);
    }
}

static enum ev logarithm(struct calc *c, val x, val *out)
{
    if (value_is_real(c, x) != YES)
        return EV_UNKNOWN;
    enum tri s = value_sign_is(c, x, 1);
    if (s != YES)
        return s == NO ? EV_UNDEF : EV_UNKNOWN;
    *out = val_new(c);
    ca_log(*out, x, c->ca);
    return number(c, *out);
}

/* log_b x as a rational number where it is one with small terms. */
static int log_rational(struct calc *c, val b, val x, val *out)
{
    for (long q = 1; q <= 4; q++) {
        val y = val_new(c);
        ca_pow_si(y, x, q, c->ca);
        for (long p = -24; p <= 64; p++) {
            long bits = q_bits(c, b);
            if (bits < 0 || bits * (p < 0 ? -p : p) > 2000)
                continue;
            val z = val_new(c);
            ca_pow_si(z, b, p, c->ca);
            if (value_equal(c, y, z) == YES) {
                *out = val_q(c, p, q);
                return 1;
            }
        }
    }
    return 0;
}

static enum ev log_base(struct calc *c, val b, val x, val *out)
{
    val lb, lx;
    enum ev r = logarithm(c, b, &lb);
    if (r != EV_OK || (r = logarithm(c, x, &lx)) != EV_OK)
        return r;
    if (q_bits(c, b) >= 0 && q_bits(c, b) < 200 && q_bits(c, x) >= 0 && q_bits(c, x) < 200 && log_rational(c, b, x, out))
        return EV_OK;
    return divide(c, lx, lb, out);
}

static enum ev arc(struct calc *c, enum fn f, val x, val *out)
{
    if (value_is_real(c, x) != YES)
        return EV_UNKNOWN;
    *out = val_new(c);
    if (f == F_ATAN) {
        ca_atan(*out, x, c->ca);
        return number(c, *out);
    }
    int hi = value_cmp(c, x, val_si(c, 1)), lo = value_cmp(c, x, val_si(c, -1));
    if (hi == 2 || lo == 2)
        return EV_UNKNOWN;
    if (hi > 0 || lo < 0)
        return EV_UNDEF;
    if (f == F_ASIN)
        ca_asin(*out, x, c->ca);
    else
        ca_acos(*out, x, c->ca);
    return number(c, *out);
}

static enum ev integers(struct calc *c, enum fn f, val *a, int n, val *out)
{
    long v[32] = { 0 };
    for (int i = 0; i < n; i++)
        if (n > 32 || !value_get_si(c, a[i], &v[i]))
            return EV_UNKNOWN;
    fmpz_t z, w;
    fmpz_init(z);
    fmpz_init(w);
    enum ev r = EV_OK;
    if (f == F_C || f == F_A) {
        if (n != 2 || v[0] < 0 || v[1] < 0 || v[0] > 3000) {
            r = EV_UNKNOWN;
        } else if (v[1] > v[0]) {
            fmpz_zero(z);
        } else {
            fmpz_bin_uiui(z, (ulong)v[0], (ulong)v[1]);
            if (f == F_A && v[1] > CALC_MAX_FACT)
                r = EV_UNKNOWN;
            else if (f == F_A) {
                fmpz_fac_ui(w, (ulong)v[1]);
                fmpz_mul(z, z, w);
            }
        }
    } else if (f == F_MOD) {
        if (v[1] <= 0)
            r = EV_UNDEF;
        else
            fmpz_set_si(z, ((v[0] % v[1]) + v[1]) % v[1]);
    } else {
        fmpz_set_si(z, v[0]);
        for (int i = 1; i < n; i++) {
            fmpz_set_si(w, v[i]);
            if (f == F_GCD)
                fmpz_gcd(z, z, w);
            else
                fmpz_lcm(z, z, w);
        }
    }
    if (r == EV_OK) {
        *out = val_new(c);
        ca_set_fmpz(*out, z, c->ca);
    }
    fmpz_clear(w);
    fmpz_clear(z);
    return r;
}

static enum ev det(struct calc *c, const struct ex *m, envp env, val *out)
{
    int k = m->op;
    if (m->k != E_MAT || k < 1 || k > 5 || m->n != k * k)
        return EV_UNKNOWN;
    val v[25];
    for (int i = 0; i < m->n; i++) {
        enum ev r = value_eval(c, m->a[i], env, &v[i]);
        if (r != EV_OK)
            return r;
    }
    int perm[5] = { 0, 1, 2, 3, 4 };
    *out = val_si(c, 0);
    for (;;) {                                        /* all permutations, in order */
        int sign = 1;
        for (int i = 0; i < k; i++)
            for (int j = i + 1; j < k; j++)
                if (perm[i] > perm[j])
                    sign = -sign;
        val t = val_si(c, sign);
        for (int i = 0; i < k; i++)
            ca_mul(t, t, v[i * k + perm[i]], c->ca);
        ca_add(*out, *out, t, c->ca);
        int i = k - 2;
        while (i >= 0 && perm[i] > perm[i + 1])
            i--;
        if (i < 0)
            return EV_OK;
        int j = k - 1;
        while (perm[j] < perm[i])
            j--;
        int s = perm[i];
        perm[i] = perm[j];
        perm[j] = s;
        for (int a = i + 1, b = k - 1; a < b; a++, b--) {
            s = perm[a];
            perm[a] = perm[b];
            perm[b] = s;
        }
    }
}

static enum ev eval_fn(struct calc *c, const struct ex *e, envp env, val *out)
{
    val a[32];
    enum ev r;
    if (e->op == F_DET)
        return det(c, e->a[0], env, out);
    if (e->n > 32)
        return EV_UNKNOWN;
    for (int i = 0; i < e->n; i++)
        if ((r = value_eval(c, e->a[i], env, &a[i])) != EV_OK)
            return r;
    long n;
    switch (e->op) {
    case F_SQRT: return root_power(c, a[0], 1, 2, out);
    case F_ROOT:
        if (!value_get_si(c, a[0], &n) || n < 1 || n > 30)
            return EV_UNKNOWN;
        return n == 1 ? (*out = a[1], EV_OK) : root_power(c, a[1], 1, n, out);
    case F_ABS:
        *out = val_new(c);
        ca_abs(*out, a[0], c->ca);
        return number(c, *out);
    case F_SIN: case F_COS: case F_TAN: case F_COT: case F_SEC: case F_CSC:
        return trig(c, (enum fn)e->op, a[0], out);
    case F_ASIN: case F_ACOS: case F_ATAN:
        return arc(c, (enum fn)e->op, a[0], out);
    case F_LN: return logarithm(c, a[0], out);
    case F_LOG: return log_base(c, a[0], a[1], out);
    case F_EXP:
        if (too_big_for_trig(c, a[0]))
            return EV_UNKNOWN;
        *out = val_new(c);
        ca_exp(*out, a[0], c->ca);
        return number(c, *out);
    case F_C: case F_A: case F_GCD: case F_LCM: case F_MOD:
        return integers(c, (enum fn)e->op, a, e->n, out);
    case F_FLOOR: case F_CEIL:
        if (value_is_real(c, a[0]) != YES || too_big_for_trig(c, a[0]))
            return EV_UNKNOWN;
        *out = val_new(c);
        if (e->op == F_FLOOR)
            ca_floor(*out, a[0], c->ca);
        else
            ca_ceil(*out, a[0], c->ca);
        return number(c, *out);
    case F_MAX: case F_MIN:
        *out = a[0];
        for (int i = 1; i < e->n; i++) {
            int s = value_cmp(c, a[i], *out);
            if (s == 2)
                return EV_UNKNOWN;
            if (e->op == F_MAX ? s > 0 : s < 0)
                *out = a[i];
        }
        return EV_OK;
    case F_CONJ: *out = val_new(c); ca_conj(*out, a[0], c->ca); return number(c, *out);
    case F_RE: *out = val_new(c); ca_re(*out, a[0], c->ca); return number(c, *out);
    case F_IM: *out = val_new(c); ca_im(*out, a[0], c->ca); return number(c, *out);
    default: return EV_UNKNOWN;
    }
}

static enum ev eval_sum(struct calc *c, const struct ex *e, envp env, val *out)
{
    val lo, hi;
    long from, to;
    enum ev r;
    if ((r = value_eval(c, e->a[1], env, &lo)) != EV_OK || (r = value_eval(c, e->a[2], env, &hi)) != EV_OK)
        return r;
    if (!value_get_si(c, lo, &from) || !value_get_si(c, hi, &to) || to - from > 3000 || to < from - 1)
        return EV_UNKNOWN;
    val acc = val_si(c, e->k == E_SUM ? 0 : 1);
    for (long i = from; i <= to; i++) {
        struct env in = { e->a[0]->s, val_si(c, i), env };
        val t;
        calc_step(c, 20);
        if ((r = value_eval(c, e->a[3], &in, &t)) != EV_OK)
            return r;
        if (e->k == E_SUM)
            ca_add(acc, acc, t, c->ca);
        else
            ca_mul(acc, acc, t, c->ca);
        if (q_bits(c, acc) > 4 * CALC_MAX_BITS)
            return EV_UNKNOWN;
    }
    *out = acc;
    return number(c, acc);
}

static enum ev eval_list(struct calc *c, const struct ex *e, envp env, val *out)
{
    val acc = val_si(c, e->k == E_ADD ? 0 : 1);
    for (int i = 0; i < e->n; i++) {
        val t;
        enum ev r = value_eval(c, e->a[i], env, &t);
        if (r != EV_OK)
            return r;
        if (e->k == E_ADD)
            ca_add(acc, acc, t, c->ca);
        else {
            if (q_bits(c, acc) + q_bits(c, t) > 4 * CALC_MAX_BITS)
                return EV_UNKNOWN;
            ca_mul(acc, acc, t, c->ca);
        }
    }
    *out = acc;
    return number(c, acc);
}

enum ev value_eval(struct calc *c, const struct ex *e, envp env, val *out)
{
    val a, b;
    long n;
    enum ev r;
    calc_step(c, 5);
    switch (e->k) {
    case E_NUM: return eval_num(c, e, out);
    case E_PI: *out = val_new(c); ca_pi(*out, c->ca); return EV_OK;
    case E_E: *out = val_si(c, 1); ca_exp(*out, *out, c->ca); return EV_OK;
    case E_I: *out = val_new(c); ca_i(*out, c->ca); return EV_OK;
    case E_SYM:
        for (envp v = env; v != NULL; v = v->next)
            if (strcmp(v->name, e->s) == 0) {
                *out = v->v;
                return EV_OK;
            }
        return EV_UNKNOWN;
    case E_ADD: case E_MUL: return eval_list(c, e, env, out);
    case E_NEG:
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK)
            return r;
        *out = val_new(c);
        ca_neg(*out, a, c->ca);
        return EV_OK;
    case E_DIV:
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK || (r = value_eval(c, e->a[1], env, &b)) != EV_OK)
            return r;
        return divide(c, a, b, out);
    case E_POW:
        if (e->a[0]->k == E_E) {
            if ((r = value_eval(c, e->a[1], env, &b)) != EV_OK)
                return r;
            if (too_big_for_trig(c, b))
                return EV_UNKNOWN;
            *out = val_new(c);
            ca_exp(*out, b, c->ca);
            return number(c, *out);
        }
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK || (r = value_eval(c, e->a[1], env, &b)) != EV_OK)
            return r;
        return power(c, a, b, out);
    case E_DEG:
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK)
            return r;
        *out = val_new(c);
        ca_pi(*out, c->ca);
        ca_mul(*out, *out, a, c->ca);
        ca_div_si(*out, *out, 180, c->ca);
        return EV_OK;
    case E_PCT:
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK)
            return r;
        *out = val_new(c);
        ca_div_si(*out, a, 100, c->ca);
        return EV_OK;
    case E_FACT:
        if ((r = value_eval(c, e->a[0], env, &a)) != EV_OK)
            return r;
        if (!value_get_si(c, a, &n) || n < 0 || n > CALC_MAX_FACT)
            return EV_UNKNOWN;
        {
            fmpz_t z;
            fmpz_init(z);
            fmpz_fac_ui(z, (ulong)n);
            *out = val_new(c);
            ca_set_fmpz(*out, z, c->ca);
            fmpz_clear(z);
        }
        return EV_OK;
    case E_FN: return eval_fn(c, e, env, out);
    case E_SUM: case E_PROD: return eval_sum(c, e, env, out);
    case E_INT: return calculus_integral(c, e, env, out);
    case E_LIM: return calculus_limit(c, e, env, out);
    default: return EV_UNKNOWN;
    }
}

val value_const(struct calc *c, const struct ex *e)
{
    val v;
    return value_eval(c, e, NULL, &v) == EV_OK ? v : NULL;
}

val value_at_int(struct calc *c, const struct ex *e, const char *name, long n)
{
    struct env env = { name, val_si(c, n), NULL };
    val v;
    return value_eval(c, e, &env, &v) == EV_OK ? v : NULL;
}

/* ---- text ------------------------------------------------------------------- */
static const char *q_text(struct calc *c, const fmpq_t q, int latex)
{
    if (fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q)) > 3000)
        return NULL;
    char *n = fmpz_get_str(NULL, 10, fmpq_numref(q)), *d = fmpz_get_str(NULL, 10, fmpq_denref(q));
    const char *r;
    if (fmpz_is_one(fmpq_denref(q)))
        r = calc_printf(c, "%s", n);
    else if (latex)
        r = calc_printf(c, n[0] == '-' ? "-\\frac{%s}{%s}" : "\\frac{%s}{%s}", n + (n[0] == '-'), d);
    else
        r = calc_printf(c, "%s/%s", n, d);
    flint_free(n);
    flint_free(d);
    return r;
}

/* p + q*g as text, g a symbol such as \pi or \sqrt{2}. */
static const char *linear_text(struct calc *c, const fmpq_t p, const fmpq_t q, const char *g, int latex)
{
    fmpq_t m;
    fmpq_init(m);
    fmpq_abs(m, q);
    const char *coef = fmpq_is_one(m) ? "" : q_text(c, m, latex);
    int neg = fmpq_sgn(q) < 0;
    if (coef == NULL || (!fmpq_is_zero(p) && q_text(c, p, latex) == NULL)) {
        fmpq_clear(m);
        return NULL;
    }
    int frac = !latex && !fmpz_is_one(fmpq_denref(m));
    const char *t = frac ? calc_printf(c, "(%s)%s", coef, g) : calc_printf(c, "%s%s", coef, g);
    fmpq_clear(m);
    if (fmpq_is_zero(p))
        return calc_printf(c, "%s%s", neg ? "-" : "", t);
    return calc_printf(c, "%s %s %s", q_text(c, p, latex), neg ? "-" : "+", t);
}

static const char *surd_text(struct calc *c, val a, int latex)
{
    qqbar_t x;
    qqbar_init(x);
    const char *r = NULL;
    if (ca_get_qqbar(x, a, c->ca) && qqbar_degree(x) == 2) {
        fmpz_t b, k, d, s;
        fmpz_init(b); fmpz_init(k); fmpz_init(d); fmpz_init(s);
        const fmpz *f = QQBAR_COEFFS(x);              /* f0 + f1 x + f2 x^2 */
        fmpz_mul(d, f + 1, f + 1);
        fmpz_mul(k, f + 0, f + 2);
        fmpz_submul_ui(d, k, 4);                      /* the discriminant */
        int imag = fmpz_sgn(d) < 0;
        fmpz_abs(d, d);
        fmpz_one(s);
        for (ulong i = 2; i < 1000; i++)              /* take square factors out */
            for (;;) {
                fmpz_set_ui(b, i * i);
                if (!fmpz_divisible(d, b))
                    break;
                fmpz_divexact(d, d, b);
                fmpz_mul_ui(s, s, i);
            }
        fmpq_t p, q;
        fmpq_init(p); fmpq_init(q);
        fmpz_mul_si(b, f + 2, 2);
        fmpz_neg(k, f + 1);
        fmpq_set_fmpz_frac(p, k, b);
        fmpq_set_fmpz_frac(q, s, b);
        int which = imag ? qqbar_sgn_im(x) : 0;
        if (!imag) {                                   /* the larger root has +q for q > 0 */
            val v = val_new(c), w = val_new(c);
            ca_set_fmpq(v, p, c->ca);
            ca_sub(w, a, v, c->ca);
            which = value_cmp(c, w, val_si(c, 0));
        }
        if ((which > 0) != (fmpq_sgn(q) > 0))
            fmpq_neg(q, q);
        if (fmpz_bits(d) < 200 && which != 2 && which != 0) {
            char *ds = fmpz_get_str(NULL, 10, d);
            const char *g = fmpz_is_one(d) ? (imag ? "i" : "") : calc_printf(c, latex ? "\\sqrt{%s}%s" : "√%s%s", ds, imag ? (latex ? " i" : "i") : "");
            r = linear_text(c, p, q, g, latex);
            flint_free(ds);
        }
        fmpq_clear(p); fmpq_clear(q);
        fmpz_clear(b); fmpz_clear(k); fmpz_clear(d); fmpz_clear(s);
    }
    qqbar_clear(x);
    return r;
}

const char *value_text(struct calc *c, val a, int latex)
{
    fmpq_t p, q;
    fmpq_init(p);
    fmpq_init(q);
    const char *r = NULL;
    if (ca_get_fmpq(p, a, c->ca))
        r = q_text(c, p, latex);
    if (r == NULL && !CA_IS_SPECIAL(a) && !CA_IS_QQ(a, c->ca)) {   /* a rational plus a rational times pi */
        val pi = val_new(c), t = val_new(c);
        ca_pi(pi, c->ca);
        ca_div(t, a, pi, c->ca);
        if (ca_get_fmpq(q, t, c->ca)) {
            fmpq_zero(p);
            r = linear_text(c, p, q, latex ? "\\pi" : "π", latex);
        } else {                                      /* a - r, r the value at pi = 0: read off the field element */
            for (long k = -64; k <= 64 && r == NULL; k++) {
                if (k == 0)
                    continue;
                ca_mul_si(t, pi, k, c->ca);
                ca_sub(t, a, t, c->ca);
                if (ca_get_fmpq(p, t, c->ca)) {
                    fmpq_set_si(q, k, 1);
                    r = linear_text(c, p, q, latex ? "\\pi" : "π", latex);
                }
            }
        }
    }
    if (r == NULL)
        r = surd_text(c, a, latex);
    fmpq_clear(p);
    fmpq_clear(q);
    if (r == NULL) {
        acb_t z;
        acb_init(z);
        ca_get_acb(z, a, 80, c->ca);
        char *s = arb_get_str(acb_realref(z), 12, ARB_STR_NO_RADIUS);
        r = calc_printf(c, latex ? "\\approx %s" : "≈ %s", s);
        flint_free(s);
        acb_clear(z);
    }
    return r;
}
