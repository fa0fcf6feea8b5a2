/* equal_forms.c - see equal_int.h. */
#include "plugins/calculator/values/equal_int.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

/* ---- values in pieces --------------------------------------------------------------------------------- */
/* e at name = x, of pieces the first whose condition holds; EV_UNDEF where none does. */
static enum ev at(struct calc *c, struct ex *e, const char *name, val x, val *out)
{
    struct env env = { name, x, NULL };
    if (e->k != E_PIECES)
        return value_eval(c, e, &env, out);
    for (int i = 0; i + 1 < e->n; i += 2) {
        enum tri t = solve_holds(c, e->a[i + 1], &env);
        if (t != NO)
            return t == YES ? value_eval(c, e->a[i], &env, out) : EV_UNKNOWN;
    }
    return EV_UNDEF;
}

/* Do they differ at a point where both have a value? */
static int differ(struct calc *c, struct ex *a, struct ex *b, const char *name)
{
    static const short p[][2] = { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 7, 1 }, { 0, 1 }, { -1, 1 }, { -2, 1 }, { -5, 1 }, { 1, 2 }, { -3, 2 } };
    size_t naturals = 5, n = strcmp(name, "n") == 0 ? naturals : sizeof p / sizeof *p;
    for (size_t i = 0; i < n; i++) {
        val x, y;
        val v = val_q(c, p[i][0], p[i][1]);
        if (at(c, a, name, v, &x) == EV_OK && at(c, b, name, v, &y) == EV_OK && value_equal(c, x, y) == NO)
            return 1;
    }
    return 0;
}

/* The same pieces, in any order? */
static int same_pieces(struct calc *c, struct ex *a, struct ex *b, const char *name)
{
    if (a->n != b->n)
        return 0;
    for (int i = 0; i + 1 < a->n; i += 2) {
        int found = 0;
        for (int j = 0; j + 1 < b->n && !found; j += 2) {
            struct rset r, q;
            found = rset_solve(c, a->a[i + 1], name, &r) && rset_solve(c, b->a[j + 1], name, &q) &&
                rset_equal(c, &r, &q) == YES && equal_exprs(c, a->a[i], b->a[j]) == YES;
        }
        if (!found)
            return 0;
    }
    return 1;
}

static struct ex *ex_of(struct calc *c, val v)
{
    const char *s = value_text(c, v, 1);
    return parse_all(c, s, strlen(s), 0);
}

/* x as a function of t that takes every value of the interval but, perhaps, an end; NULL: there is none here. */
static struct ex *running(struct calc *c, const struct iv *iv)
{
    struct ex *t2 = ex_2(c, E_POW, ex_sym(c, "t_run"), ex_num(c, 2));
    struct ex *lo = iv->lo != NULL ? ex_of(c, iv->lo) : NULL, *hi = iv->hi != NULL ? ex_of(c, iv->hi) : NULL;
    if (lo == NULL && hi == NULL)
        return iv->lo == NULL && iv->hi == NULL ? ex_sym(c, "t_run") : NULL;
    if (lo != NULL && hi != NULL)
        return NULL;
    return lo != NULL ? ex_2(c, E_ADD, lo, t2) : ex_2(c, E_ADD, hi, ex_1(c, E_NEG, t2));
}

/* Is f the value of every piece where its condition holds, and is there a piece for every x? */
static int holds_in_pieces(struct calc *c, struct ex *pieces, struct ex *f, const char *name)
{
    struct rset all = { 0, { { NULL, NULL, 0, 0 } } }, every = { 1, { { NULL, NULL, 1, 1 } } };
    for (int i = 0; i + 1 < pieces->n; i += 2) {
        struct rset r, sum;
        if (!rset_solve(c, pieces->a[i + 1], name, &r) || !rset_union(c, &all, &r, &sum))
            return 0;
        all = sum;
        for (int j = 0; j < r.n; j++) {
            struct ex *x = running(c, &r.iv[j]);
            val ends[2] = { r.iv[j].lo, r.iv[j].hi };
            if (x == NULL || equal_exprs(c, ex_subst(c, pieces->a[i], name, x), ex_subst(c, f, name, x)) != YES)
                return 0;
            for (int k = 0; k < 2; k++) {
                val u, v;
                if (ends[k] != NULL && (at(c, pieces, name, ends[k], &u) != EV_OK || at(c, f, name, ends[k], &v) != EV_OK ||
                    value_equal(c, u, v) != YES))
                    return 0;
            }
        }
    }
    return rset_equal(c, &all, &every) == YES;
}

enum tri equal_pieces(struct calc *c, struct ex *a, struct ex *b)
{
    const char *v[2], *w[2];
    int n = ex_syms(a, v, 1), m = ex_syms(b, w, 1);
    if (n > 1 || m > 1 || n + m == 0 || (n == 1 && m == 1 && strcmp(v[0], w[0]) != 0))
        return UNSURE;
    const char *name = n == 1 ? v[0] : w[0];
    if (differ(c, a, b, name))
        return NO;
    int proved = a->k == E_PIECES && b->k == E_PIECES ? same_pieces(c, a, b, name) :
        a->k == E_PIECES ? holds_in_pieces(c, a, b, name) : holds_in_pieces(c, b, a, name);
    return proved ? YES : UNSURE;
}

/* ---- F + C -------------------------------------------------------------------------------------------- */
/* The one letter of a sum but C, where C is one of its terms and stands nowhere else; NULL. */
static const char *family(const struct ex *e)
{
    const char *v[3];
    int at_top = 0, n = ex_syms(e, v, 2);
    if (e->k != E_ADD || n != 2)
        return NULL;
    for (int i = 0; i < e->n; i++) {
        int is_c = e->a[i]->k == E_SYM && strcmp(e->a[i]->s, "C") == 0;
        if (!is_c && ex_has_sym(e->a[i], "C"))
            return NULL;
        at_top += is_c;
    }
    const char *x = strcmp(v[0], "C") == 0 ? v[1] : v[0];
    return at_top == 1 && (strcmp(x, "theta") == 0 || (x[1] == '\0' && strchr("xtuyzsrvw", x[0]) != NULL)) ? x : NULL;
}

int equal_is_family(const struct ex *e) { return family(e) != NULL; }

enum tri equal_families(struct calc *c, struct ex *a, struct ex *b)
{
    const char *x = family(a), *y = family(b);
    if (x == NULL || y == NULL || strcmp(x, y) != 0)
        return UNSURE;
    struct ex *zero = ex_num(c, 0), *f = ex_subst(c, a, "C", zero), *g = ex_subst(c, b, "C", zero);
    struct ex *d = ex_2(c, E_ADD, f, ex_1(c, E_NEG, g));
    if (ex_same(f, g))
        return YES;
    for (int i = 1; i <= 2; i++)
        if (sym_equal(c, d, ex_subst(c, d, x, ex_num(c, i)), 0) == YES)
            return YES;
    struct ex *df = ex_diff(c, f, x), *dg = ex_diff(c, g, x);
    return df != NULL && dg != NULL && sym_equal(c, df, dg, 0) == NO ? NO : UNSURE;
}

static int has_letter(const struct ex *e, const char *letters)
{
    if (e->k == E_SYM && strchr(letters, *e->s) != NULL && (e->s[1] == '\0' || e->s[1] == '_'))
        return 1;
    for (int i = 0; i < e->n; i++)
        if (has_letter(e->a[i], letters))
            return 1;
    return 0;
}

int equal_has_constant(const struct ex *e) { return has_letter(e, "C") && !has_letter(e, "AB"); }

/* ---- integers of a set -------------------------------------------------------------------------------- */
/* x \in Z, x \in N+: the letter; NULL: e is no such relation. */
static const char *integer_of(const struct ex *e, int *least, int *doubt)
{
    if (e->k != E_REL || e->n != 2 || e->rels[0] != R_IN || e->a[0]->k != E_SYM ||
        (e->a[1]->k != E_REALS && e->a[1]->k != E_SYM))
        return NULL;
    const char *s = e->a[1]->s;
    *least = strcmp(s, "N+") == 0 ? 1 : strcmp(s, "N") == 0 ? 0 : -1000000;
    *doubt = strcmp(s, "N") == 0;                     /* is 0 natural? */
    return strcmp(s, "Z") == 0 || strcmp(s, "N") == 0 || strcmp(s, "N+") == 0 ? e->a[0]->s : NULL;
}

int equal_integers(struct calc *c, struct ex *build, struct ex **out, int max)
{
    int least = 0, doubt = 0, n = 0;
    const char *name = integer_of(build->a[0], &least, &doubt);
    struct ex *cond = build->a[1];
    if (name == NULL && build->a[0]->k == E_SYM && (cond->k == E_LIST || cond->k == E_AND)) {
        struct ex *rest = ex_new(c, E_AND, 0);
        rest->a = calc_alloc(c, (size_t)cond->n * sizeof *rest->a);
        for (int i = 0; i < cond->n; i++) {
            const char *x = name == NULL ? integer_of(cond->a[i], &least, &doubt) : NULL;
            if (x != NULL)
                name = x;
            else
                rest->a[rest->n++] = cond->a[i];
        }
        if (name == NULL || strcmp(name, build->a[0]->s) != 0 || rest->n == 0)
            return -1;
        cond = rest->n == 1 ? rest->a[0] : rest;
    }
    struct rset r;
    if (name == NULL || !rset_solve(c, cond, name, &r))
        return -1;
    for (int i = 0; i < r.n; i++) {
        long lo, hi;
        val v = val_new(c), w = val_new(c);
        if (r.iv[i].lo == NULL ? least < 0 : (ca_ceil(v, r.iv[i].lo, c->ca), !value_get_si(c, v, &lo)))
            return -1;
        if (r.iv[i].hi == NULL || (ca_floor(w, r.iv[i].hi, c->ca), !value_get_si(c, w, &hi)))
            return -1;
        if (r.iv[i].lo == NULL)
            lo = least;
        else
            lo += r.iv[i].lo_open && value_equal(c, v, r.iv[i].lo) == YES;
        hi -= r.iv[i].hi_open && value_equal(c, w, r.iv[i].hi) == YES;
        for (long k = lo < least ? least : lo; k <= hi; k++) {
            if (n == max || (doubt && k == 0))
                return -1;
            out[n++] = k < 0 ? ex_1(c, E_NEG, ex_num(c, -k)) : ex_num(c, k);
        }
    }
    return n;
}

/* ---- x = a + b k ----------------------------------------------------------------------------------------- */
/* "x = a + b k, k \in Z": a, b and the name of x, NULL where there is none. */
static int progression(struct calc *c, struct ex *e, val *a, val *b, const char **x)
{
    int least, doubt;
    const char *k = (e->k == E_LIST || e->k == E_AND) && e->n == 2 ? integer_of(e->a[1], &least, &doubt) : NULL;
    if (k == NULL || least >= 0)
        return 0;
    struct ex *v = e->a[0];
    *x = NULL;
    if (v->k == E_REL) {
        if (v->n != 2 || v->rels[0] != R_EQ || v->a[0]->k != E_SYM)
            return 0;
        *x = v->a[0]->s;
        v = v->a[1];
    }
    struct ex *step = ex_diff(c, v, k);
    if (step == NULL || (*a = value_const(c, ex_subst(c, v, k, ex_num(c, 0)))) == NULL || (*b = value_const(c, ex_subst(c, v, k, ex_num(c, 1)))) == NULL)
        return 0;
    struct ex *line = ex_2(c, E_ADD, ex_subst(c, v, k, ex_num(c, 0)), ex_2(c, E_MUL, ex_sym(c, k), ex_2(c, E_ADD, ex_subst(c, v, k, ex_num(c, 1)),
                           ex_1(c, E_NEG, ex_subst(c, v, k, ex_num(c, 0))))));
    ca_sub(*b, *b, *a, c->ca);
    return sym_equal(c, v, line, 0) == YES && ca_check_is_zero(*b, c->ca) == T_FALSE;
}

enum tri equal_progressions(struct calc *c, struct ex *g, struct ex *h)
{
    val a, b, p, q;
    const char *x, *y;
    if (!progression(c, g, &a, &b, &x) || !progression(c, h, &p, &q, &y))
        return UNSURE;
    if (x != NULL && y != NULL && strcmp(x, y) != 0)
        return NO;
    val step = val_new(c), shift = val_new(c);
    long v;
    fmpq_t r;
    ca_div(step, b, q, c->ca);
    ca_sub(shift, a, p, c->ca);
    ca_div(shift, shift, b, c->ca);
    fmpq_init(r);
    int rational = value_get_q(c, step, r) && value_get_q(c, shift, r);
    fmpq_clear(r);
    if (!rational)
        return UNSURE;
    return value_get_si(c, step, &v) && (v == 1 || v == -1) && value_get_si(c, shift, &v) ? YES : NO;
}

/* ---- names that do not count --------------------------------------------------------------------------- */
struct ex *equal_point(struct calc *c, struct ex *e)
{
    struct ex *t = NULL;
    if (e->k == E_MUL && e->n == 2 && e->a[0]->k == E_SYM && isupper((unsigned char)*e->a[0]->s) && e->a[1]->k == E_TUPLE)
        return e->a[1];                               /* M(1, 2) */
    if ((e->k == E_CALL && e->op == 0 && e->n >= 2 && isupper((unsigned char)*e->s) && e->s[1] == '\0') || (e->k == E_FN && e->lit == LIT_POINT)) {
        t = ex_new(c, E_TUPLE, e->n);
        memcpy(t->a, e->a, (size_t)e->n * sizeof *t->a);
        t->op = BR_OPEN_L | BR_OPEN_R;
    }
    return t != NULL ? t : e;
}

const char *equal_point_name(const struct ex *e)
{
    if (e->k == E_FN)
        return e->lit != LIT_POINT ? NULL : e->op == F_C ? "C" : "A";   /* or P */
    if (e->k == E_MUL && e->n == 2 && e->a[0]->k == E_SYM && isupper((unsigned char)*e->a[0]->s) && e->a[1]->k == E_TUPLE)
        return e->a[0]->s;
    return e->k == E_CALL && e->op == 0 && e->n >= 2 && isupper((unsigned char)*e->s) ? e->s : NULL;
}

static int is_sym(const struct ex *e, const char *n) { return e->k == E_SYM && strcmp(e->s, n) == 0; }

struct ex *equal_natural(struct calc *c, struct ex *e, const char *n)
{
    long two;
    if (e->n == 0)
        return e;
    if (e->k == E_FN && (e->op == F_COS || e->op == F_SIN) && e->a[0]->k == E_MUL && e->a[0]->n == 2 &&
        ((is_sym(e->a[0]->a[0], n) && e->a[0]->a[1]->k == E_PI) || (is_sym(e->a[0]->a[1], n) && e->a[0]->a[0]->k == E_PI)))
        return e->op == F_SIN ? ex_num(c, 0) : ex_2(c, E_POW, ex_1(c, E_NEG, ex_num(c, 1)), ex_sym(c, n));
    if (e->k == E_FN && e->op == F_ABS && is_sym(e->a[0], n))
        return e->a[0];
    if (e->k == E_FN && e->op == F_SQRT && e->a[0]->k == E_POW && is_sym(e->a[0]->a[0], n) && ex_is_int(e->a[0]->a[1], &two) && two == 2)
        return e->a[0]->a[0];
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        a[i] = equal_natural(c, e->a[i], n);
    return r;
}
