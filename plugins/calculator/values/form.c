/* form.c - see form.h. */
#include "plugins/calculator/values/form.h"
#include "plugins/calculator/values/solve.h"

#include <stdlib.h>
#include <string.h>

static long gcd(long a, long b)
{
    while (b != 0) {
        long t = a % b;
        a = b;
        b = t;
    }
    return a < 0 ? -a : a;
}

static int big_digits(const struct ex *e) { return e->k == E_NUM && strlen(e->s) > 15; }

/* The greatest common divisor of the integer factors of each term; 0: nothing known. */
static long content(const struct ex *e)
{
    long v;
    if (ex_is_int(e, &v))
        return v < 0 ? -v : v;
    if (e->k == E_NEG)
        return content(e->a[0]);
    if (e->k == E_ADD) {
        long g = 0;
        for (int i = 0; i < e->n; i++)
            g = gcd(g, content(e->a[i]));
        return g;
    }
    if (e->k == E_MUL) {
        long g = 1;
        for (int i = 0; i < e->n; i++)
            g *= content(e->a[i]) % 1000003 ? content(e->a[i]) : 1;
        return g;
    }
    return 1;
}

static int squarefree_int(const struct ex *e, long power)
{
    long v;
    if (!ex_is_int(e, &v) || v < 2 || v > 1000000000000L)
        return 0;
    for (long p = 2; p < 20000; p++) {
        long q = p;
        for (long i = 1; i < power && q <= v; i++)
            q *= p;
        if (q > v)
            break;
        if (v % q == 0)
            return 0;
    }
    return 1;
}

static int rational_shaped(const struct ex *e)
{
    if (e->k == E_NEG)
        return rational_shaped(e->a[0]);
    return e->k == E_NUM || e->lit == 2 || (e->k == E_DIV && e->a[0]->k == E_NUM && e->a[1]->k == E_NUM);
}

static int is_rational(struct calc *c, const struct ex *e, fmpq_t q)
{
    val v = value_const(c, e);
    return v != NULL && value_get_q(c, v, q);
}

static int finished(struct calc *c, const struct ex *e, int depth);

static int has_log(const struct ex *e)
{
    if (e->k == E_FN && (e->op == F_LN || e->op == F_LOG))
        return 1;
    for (int i = 0; i < e->n; i++)
        if (has_log(e->a[i]))
            return 1;
    return 0;
}

static int finished_sum(struct calc *c, const struct ex *e, int depth)
{
    if (e->lit == 2) {                                /* 1 1/2 */
        long a, b;
        return ex_is_int(e->a[1]->a[0], &a) && ex_is_int(e->a[1]->a[1], &b) && gcd(a, b) == 1;
    }
    val v[16];
    if (e->n > 16)
        return 0;
    for (int i = 0; i < e->n; i++)
        if (!finished(c, e->a[i], depth + 1) || (v[i] = value_const(c, e->a[i])) == NULL || ca_check_is_zero(v[i], c->ca) != T_FALSE)
            return 0;
    int logs = 0;
    for (int i = 0; i < e->n; i++)
        logs += ex_has_kind(e->a[i], E_FN) && has_log(e->a[i]);
    if (logs > 1)
        return 0;                                     /* log 30 - log 6 */
    for (int i = 0; i < e->n; i++)                    /* terms that could be added */
        for (int j = 0; j < i; j++) {
            val q = val_new(c);
            fmpq_t f;
            ca_div(q, v[i], v[j], c->ca);
            fmpq_init(f);
            int like = value_get_q(c, q, f);
            fmpq_clear(f);
            if (like)
                return 0;
        }
    return 1;
}

static int finished_product(struct calc *c, const struct ex *e, int depth)
{
    int numbers = 0, surds = 0, i_s = 0;
    const struct ex *flat[16];
    int n = 0;
    const struct ex *stack[16] = { e };
    int top = 1;
    while (top > 0) {                                 /* a left-leaning tree */
        const struct ex *x = stack[--top];
        if (x->k == E_MUL) {
            for (int i = 0; i < x->n; i++) {
                if (top == 16)
                    return 0;
                stack[top++] = x->a[i];
            }
        } else {
            if (n == 16)
                return 0;
            flat[n++] = x;
        }
    }
    for (int i = 0; i < n; i++) {
        const struct ex *x = flat[i];
        if (!finished(c, x, depth + 1))
            return 0;
        if (rational_shaped(x)) {
            fmpq_t q;
            fmpq_init(q);
            int one = is_rational(c, x, q) && (fmpq_is_one(q) || fmpq_is_zero(q));
            fmpq_clear(q);
            if (one)
                return 0;
            numbers++;
        } else if (x->k == E_FN && x->op == F_SQRT)
            surds++;
        else if (x->k == E_I)
            i_s++;
        else if (x->k == E_DIV)
            numbers++;
    }
    return numbers <= 1 && surds <= 1 && i_s <= 1;
}

static int finished(struct calc *c, const struct ex *e, int depth)
{
    long a, b;
    if (depth > 8)
        return 0;
    switch (e->k) {
    case E_NUM: return e->base == 10;
    case E_PI: case E_E: case E_I: return 1;
    case E_NEG: return e->a[0]->k != E_NEG && finished(c, e->a[0], depth + 1);
    case E_PCT: case E_DEG: return rational_shaped(e->a[0]) && finished(c, e->a[0], depth + 1);
    case E_ADD: return finished_sum(c, e, depth);
    case E_MUL:
        if (e->lit == 3)
            return 1;
        return finished_product(c, e, depth);
    case E_DIV:
        if (ex_is_int(e->a[0], &a) && ex_is_int(e->a[1], &b))
            return b > 1 && gcd(a, b) == 1 && a != 0;
        if (big_digits(e->a[0]) || big_digits(e->a[1])) {
            fmpq_t q;
            fmpq_init(q);
            int ok = is_rational(c, e, q);
            if (ok && e->a[1]->k == E_NUM) {
                char *s = fmpz_get_str(NULL, 10, fmpq_denref(q));
                ok = strcmp(s, e->a[1]->s) == 0;
                flint_free(s);
            } else {
                ok = 0;
            }
            fmpq_clear(q);
            return ok;
        }
        return ex_is_int(e->a[1], &b) && b > 1 && finished(c, e->a[0], depth + 1) && gcd(content(e->a[0]), b) == 1 && !rational_shaped(e->a[0]) &&
               !ex_has_kind(e->a[0], E_DIV);
    case E_POW:
        if (e->a[0]->k == E_E || e->a[0]->k == E_PI)
            return finished(c, e->a[1], depth + 1);
        return 0;
    case E_FN:
        if (e->op == F_SQRT)
            return squarefree_int(e->a[0], 2);
        if (e->op == F_ROOT)
            return ex_is_int(e->a[0], &a) && a >= 3 && a <= 10 && squarefree_int(e->a[1], a);
        if (e->op == F_LN)
            return ex_is_int(e->a[0], &a) && a >= 2;
        if (e->op == F_LOG) {
            fmpq_t q;
            fmpq_init(q);
            int rational = is_rational(c, e, q);
            fmpq_clear(q);
            return !rational && ex_is_int(e->a[0], &a) && ex_is_int(e->a[1], &b);
        }
        return 0;
    default: return 0;
    }
}

int form_finished(struct calc *c, const struct ex *e) { return finished(c, e, 0); }

/* coefficient * powers of symbols; the coefficient is finished. */
static int monomial(struct calc *c, const struct ex *e)
{
    long n;
    if (!ex_has_sym(e, NULL))
        return finished(c, e, 0);
    switch (e->k) {
    case E_SYM: return 1;
    case E_NEG: return e->a[0]->k != E_NEG && monomial(c, e->a[0]);
    case E_POW: return e->a[0]->k == E_SYM && ex_is_int(e->a[1], &n) && n > 1;
    case E_DIV: return !ex_has_sym(e->a[1], NULL) && ex_is_int(e->a[1], &n) && n > 1 && monomial(c, e->a[0]) && gcd(content(e->a[0]), n) == 1 && !ex_has_kind(e->a[0], E_DIV);
    case E_MUL: {
        int numbers = 0;
        const char *seen[32];
        int k = 0;
        const struct ex *x = e;
        for (;;) {                                    /* ((a b) c) d */
            const struct ex *f = x->k == E_MUL && x->n == 2 ? x->a[1] : x;
            if (!monomial(c, f) || f->k == E_NEG || f->k == E_MUL)
                return 0;
            if (!ex_has_sym(f, NULL)) {
                if (x->k == E_MUL)
                    return 0;                         /* the number comes first */
                numbers++;
            } else {
                const struct ex *s = f->k == E_POW ? f->a[0] : f;
                if (s->k != E_SYM)
                    return 0;
                for (int i = 0; i < k; i++)
                    if (strcmp(seen[i], s->s) == 0)
                        return 0;                     /* x * x */
                if (k == 32)
                    return 0;
                seen[k++] = s->s;
            }
            if (x->k != E_MUL || x->n != 2)
                break;
            x = x->a[0];
        }
        return numbers <= 1;
    }
    default: return 0;
    }
}

int form_expanded(struct calc *c, const struct ex *e)
{
    if (e->k != E_ADD)
        return monomial(c, e);
    for (int i = 0; i < e->n; i++)
        if (!monomial(c, e->a[i]))
            return 0;
    struct sym s;                                     /* as many terms as are written: none can be collected */
    struct rf r;
    sym_init(&s, c);
    struct ex *copy = ex_new(c, E_ADD, e->n);
    memcpy(copy->a, e->a, (size_t)e->n * sizeof *e->a);
    return sym_rf(&s, copy, &r) && r.num.n == e->n;
}

/* One factor: a polynomial over the integers in at most one variable, irreducible. */
static int irreducible(struct calc *c, const struct ex *e)
{
    struct sym s;
    struct rf r;
    val *co, d;
    sym_init(&s, c);
    if (!form_expanded(c, e) || !sym_rf(&s, e, &r) || !mp_is_const(&s, &r.den, &d) || value_equal(c, d, val_si(c, 1)) != YES)
        return 0;
    if (s.n > 1) {                                    /* several variables: of the first degree in one, without a common factor */
        for (int g = 0; g < s.n; g++)
            if (mp_deg(&r.num, g) == 1) {
                struct mp k = mp_coeff(&s, &r.num, g, 1);
                val v;
                long n;
                if (mp_is_const(&s, &k, &v) && value_get_si(c, v, &n) && (n == 1 || n == -1))
                    return 1;
            }
        return 0;
    }
    int deg = s.n == 0 ? 0 : mp_univariate(&s, &r.num, 0, &co);
    if (deg < 1 || deg > 24)
        return 0;
    fmpz_poly_t p;
    fmpz_poly_factor_t f;
    fmpz_t z;
    fmpz_poly_init(p);
    fmpz_poly_factor_init(f);
    fmpz_init(z);
    int ok = 1;
    for (int i = 0; i <= deg && ok; i++) {
        ok = ca_get_fmpz(z, co[i], c->ca);
        fmpz_poly_set_coeff_fmpz(p, i, z);
    }
    if (ok) {
        fmpz_poly_factor(f, p);
        ok = f->num == 1 && f->exp[0] == 1 && fmpz_is_pm1(&f->c);
    }
    fmpz_clear(z);
    fmpz_poly_factor_clear(f);
    fmpz_poly_clear(p);
    return ok;
}

static int factors(struct calc *c, const struct ex *e, int *numbers, const struct ex **seen, int *n)
{
    long k;
    if (e->k == E_MUL) {
        for (int i = 0; i < e->n; i++)
            if (!factors(c, e->a[i], numbers, seen, n))
                return 0;
        return 1;
    }
    if (e->k == E_NEG && e->a[0]->k == E_MUL)
        return factors(c, e->a[0], numbers, seen, n);
    if (!ex_has_sym(e, NULL))
        return ++*numbers == 1 && ex_is_int(e, &k) && k != 1 && k != 0;
    if (e->k == E_POW)
        return ex_is_int(e->a[1], &k) && k > 1 && irreducible(c, e->a[0]);
    for (int i = 0; i < *n; i++)
        if (ex_same(seen[i], e))
            return 0;
    if (*n == 16)
        return 0;
    seen[(*n)++] = e;
    return irreducible(c, e);
}

int form_factored(struct calc *c, const struct ex *e)
{
    const struct ex *seen[16];
    int numbers = 0, n = 0;
    return factors(c, e, &numbers, seen, &n);
}

/* e, expanded or a product of expanded factors, as an integer polynomial in x. */
static int integer_poly(struct calc *c, const struct ex *e, const char **x, fmpz_poly_t p)
{
    const char *v[2];
    const struct ex *f = e;
    long k;
    while (f->k == E_MUL || f->k == E_POW) {          /* each factor written out */
        const struct ex *last = f->k == E_MUL ? f->a[f->n - 1] : f->a[0];
        if (f->k == E_POW && (!ex_is_int(f->a[1], &k) || k < 2))
            return 0;
        if (last->k != E_POW && !form_expanded(c, last))
            return 0;
        if (f->k == E_POW || f->n != 2)
            break;
        f = f->a[0];
    }
    if (f == e && !form_expanded(c, e))
        return 0;
    int n = ex_syms(e, v, 2);
    if (n > 1 || (n == 1 && *x != NULL && strcmp(*x, v[0]) != 0))
        return 0;
    if (n == 1)
        *x = v[0];
    struct sym s;
    struct rf r;
    val *co, d;
    fmpz_t z;
    sym_init(&s, c);
    int g = sym_gen_var(&s, n == 1 ? v[0] : "x");
    if (!sym_rf(&s, e, &r) || s.n != 1 || !mp_is_const(&s, &r.den, &d) || value_equal(c, d, val_si(c, 1)) != YES)
        return 0;
    int deg = mp_univariate(&s, &r.num, g, &co), ok = deg >= 0 && deg <= 24;
    fmpz_init(z);
    for (int i = 0; i <= deg && ok; i++) {
        ok = ca_get_fmpz(z, co[i], c->ca);
        fmpz_poly_set_coeff_fmpz(p, i, z);
    }
    fmpz_clear(z);
    return ok;
}

int form_rational(struct calc *c, const struct ex *e)
{
    const char *x = NULL;
    if (e->k == E_NEG)
        e = e->a[0];
    if (e->k != E_DIV)
        return 0;
    fmpz_poly_t p, q, g;
    fmpz_poly_init(p);
    fmpz_poly_init(q);
    fmpz_poly_init(g);
    int ok = integer_poly(c, e->a[0], &x, p) && integer_poly(c, e->a[1], &x, q) && fmpz_poly_degree(q) > 0;
    if (ok) {
        fmpz_poly_gcd(g, p, q);
        ok = fmpz_poly_is_one(g);
    }
    fmpz_poly_clear(g);
    fmpz_poly_clear(q);
    fmpz_poly_clear(p);
    return ok;
}

int form_carried_out(struct calc *c, const struct ex *e)
{
    if (e->k == E_SUM || e->k == E_PROD || e->k == E_INT || e->k == E_LIM || e->k == E_CALL || e->k == E_DOTS || e->k == E_FACT)
        return 0;
    if (e->n > 0 && !ex_has_sym(e, NULL) && e->k != E_REL)
        return form_finished(c, e);
    long v;
    if (e->k == E_NEG && e->a[0]->k == E_NEG)
        return 0;
    for (int i = 0; i < e->n; i++)                    /* + 0, times 1, over 1 */
        if (ex_is_int(e->a[i], &v) && ((e->k == E_ADD && v == 0) || (e->k == E_MUL && (v == 0 || v == 1)) || (e->k == E_DIV && (i == 1 ? v == 1 : v == 0))))
            return 0;
    for (int i = 0; i < e->n; i++)
        if (!form_carried_out(c, e->a[i]))
            return 0;
    return 1;
}

/* 2: e > 0 at every real x where it has a value, 1: e >= 0, 0: not seen. */
static int sign_seen(const struct ex *e)
{
    long v;
    switch (e->k) {
    case E_NUM: return ex_is_int(e, &v) && v == 0 ? 1 : 2;
    case E_PI: case E_E: return 2;
    case E_FN: return e->op == F_EXP ? 2 : e->op == F_ABS || e->op == F_SQRT;
    case E_POW:
        if (sign_seen(e->a[0]) == 2)
            return 2;
        return (ex_is_int(e->a[1], &v) && v % 2 == 0) || sign_seen(e->a[0]) == 1;
    case E_ADD: case E_MUL: case E_DIV: break;
    default: return 0;
    }
    int least = 2, most = 0;
    for (int i = 0; i < e->n; i++) {
        int t = sign_seen(e->a[i]);
        least = t < least ? t : least;
        most = t > most ? t : most;
    }
    return e->k == E_ADD && least > 0 ? most : least;
}

/* Does the integrand have a value only where u > 0, as with ln u or a root of u in it? */
static int asks_sign(const struct ex *integrand, const struct ex *u)
{
    if (integrand->k == E_FN && (integrand->op == F_LN || integrand->op == F_LOG || integrand->op == F_SQRT) && ex_same(integrand->a[integrand->n - 1], u))
        return 1;
    for (int i = 0; i < integrand->n; i++)
        if (asks_sign(integrand->a[i], u))
            return 1;
    return 0;
}

int form_antiderivative(struct calc *c, const struct ex *e, const struct ex *integrand, const char *x)
{
    if (e->k == E_FN && (e->op == F_LN || e->op == F_LOG) && ex_has_sym(e->a[e->n - 1], x)) {
        struct ex *u = e->a[e->n - 1];
        struct rset not_positive;
        if (sign_seen(u) == 0 && !asks_sign(integrand, u) && !(rset_solve(c, ex_rel(c, R_LE, u, ex_num(c, 0)), x, &not_positive) && not_positive.n == 0))
            return 0;
    }
    for (int i = 0; i < e->n; i++)
        if (!form_antiderivative(c, e->a[i], integrand, x))
            return 0;
    return 1;
}

int form_decimals(const struct ex *e)
{
    while (e->k == E_NEG)
        e = e->a[0];
    if (e->k == E_PCT)
        return FORM_PERCENT;
    if (e->k != E_NUM || e->rep)
        return -1;
    const char *dot = strchr(e->s, '.');
    return dot != NULL ? (int)strlen(dot + 1) : 0;
}
