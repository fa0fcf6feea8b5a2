/* equal.c - see equal.h. */
#include "plugins/calculator/values/equal_int.h"
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"
#include "plugins/calculator/text/terms.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every +- in e with the upper (sign 0) or the lower sign. */
static struct ex *choose_sign(struct calc *c, struct ex *e, int lower)
{
    if (!ex_has_kind(e, E_PM))
        return e;
    if (e->k == E_PM) {
        struct ex *t = choose_sign(c, e->a[e->n - 1], lower);
        if (lower != e->op)
            t = ex_1(c, E_NEG, t);
        return e->n == 2 ? ex_2(c, E_ADD, choose_sign(c, e->a[0], lower), t) : t;
    }
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        a[i] = choose_sign(c, e->a[i], lower);
    return r;
}

static int is_label(const struct ex *e)
{
    return e->k == E_SYM || (e->k == E_CALL && e->op == 0) || (e->k == E_CALL && e->n == 1);
}

static int value_of(struct calc *c, struct ex *e, struct obj *o)
{
    o->k = O_VALUE;
    if (e->k == E_UNIT) {
        o->unit = e->u;
        e = e->a[0];
    }
    struct ex *x = e->k == E_NEG ? e->a[0] : e;
    if (x->k == E_INF) {
        o->k = O_INF;
        o->sign = e->k == E_NEG ? -1 : 1;
        return 1;
    }
    o->degrees = e->k == E_DEG;
    o->e = e;
    if (ex_has_kind(e, E_DOTS) || ex_has_kind(e, E_INF) || ex_has_kind(e, E_UNIT))
        return 0;
    (void)c;
    return 1;
}

/* x = 1, y = 4 or x = 4, y = 1: the same names in the same order, again and again; how many of them, 0: not so. */
static int period(const struct ex *e)
{
    int m = 1;
    while (m < e->n && strcmp(e->a[m]->a[0]->s, e->a[0]->a[0]->s) != 0)
        m++;
    for (int i = m; i < e->n; i++)
        if (strcmp(e->a[i]->a[0]->s, e->a[i - m]->a[0]->s) != 0)
            return 0;
    return m > 1 && m < e->n && e->n % m == 0 ? m : 0;
}

static int same_base(const char *a, const char *b)   /* x_1 and x_2; x and x */
{
    size_t i = strcspn(a, "_"), j = strcspn(b, "_");
    return i == j && memcmp(a, b, i) == 0;
}

/* A \cap B, A \cup B, A \setminus B, with the letters in order where it does not matter; NULL: it is none of them. */
static const char *set_name(struct calc *c, const struct ex *e)
{
    if ((e->k != E_ISECT && e->k != E_UNION && e->k != E_MINUS) || e->a[0]->k != E_SYM || e->a[1]->k != E_SYM)
        return NULL;
    const char *a = e->a[0]->s, *b = e->a[1]->s;
    int swap = e->k != E_MINUS && strcmp(a, b) > 0;
    return calc_printf(c, "%s%c%s", swap ? b : a, e->k == E_ISECT ? '&' : e->k == E_UNION ? '|' : '-', swap ? a : b);
}

static int of_rel(struct calc *c, struct ex *e, struct obj *o)
{
    const char *v[4];
    int all_eq = 1;
    for (int i = 0; i + 1 < e->n; i++)
        if (e->rels[i] != R_EQ)
            all_eq = 0;
    struct ex *last = e->a[e->n - 1];
    if (e->n == 2 && e->rels[0] == R_APPROX) {
        o->approx = 1;
        return value_of(c, last, o);
    }
    if (e->n == 2 && e->rels[0] == R_IN && e->a[0]->k == E_SYM) {
        o->name = e->a[0]->s;
        if (last->k == E_SET) {
            o->k = O_SET;
            o->n = last->n;
            if (last->n > 32)
                return 0;
            memcpy(o->item, last->a, (size_t)last->n * sizeof *last->a);
            return 1;
        }
        o->k = O_RSET;
        return rset_of(c, last, &o->rs);
    }
    if (!all_eq) {
        int n = ex_syms(e, v, 4), order = 1;
        for (int i = 0; i + 1 < e->n; i++)            /* 1 < x < 2; not x > 1 = x > 1 */
            order &= e->n == 2 || (e->rels[i] >= R_LT && e->rels[i] <= R_GE && (e->rels[i] <= R_LE) == (e->rels[0] <= R_LE));
        if (n != 1 || !order)
            return 0;
        o->k = O_RSET;
        o->name = v[0];
        return rset_solve(c, e, v[0], &o->rs);
    }
    if (e->n == 2 && e->a[0]->k == E_TUPLE && last->k == E_TUPLE && e->a[0]->n == last->n && last->n <= 32) {
        o->k = O_MAP;
        o->n = last->n;
        for (int i = 0; i < last->n; i++) {
            if (e->a[0]->a[i]->k != E_SYM)
                return 0;
            o->names[i] = e->a[0]->a[i]->s;
            o->item[i] = last->a[i];
        }
        return 1;
    }
    if (last->k == E_MAT || last->k == E_TUPLE || last->k == E_SET || last->k == E_UNION || last->k == E_REALS) {
        struct obj in;
        const char *name = e->a[0]->k == E_SYM ? e->a[0]->s : set_name(c, e->a[0]);
        if (e->n != 2 || name == NULL || !obj_of(c, last, &in))
            return 0;
        *o = in;
        o->name = name;
        return 1;
    }
    if (e->n == 2 && !is_label(e->a[0]) && is_label(last) && !ex_has_sym(e->a[0], NULL)) {
        o->name = last->s;                            /* 5 = x */
        return value_of(c, e->a[0], o);
    }
    if (e->a[0]->k == E_CALL && e->n >= 2 && e->a[0]->n == 1 && e->a[0]->a[0]->k != E_SYM && ex_has_sym(e->a[0]->a[0], NULL) && strchr(e->a[0]->s, '_') != NULL)
        return 0;                                     /* a_{n+1} = ...: another term than a_n */
    if (e->a[0]->k == E_CALL && e->n >= 2) {
        o->name = calc_printf(c, "%s%.*s", e->a[0]->s, e->a[0]->op < 4 ? e->a[0]->op : 3, "'''");
        o->arg = e->a[0]->n == 1 && e->a[0]->a[0]->k == E_SYM ? e->a[0]->a[0]->s : NULL;
        return value_of(c, last, o);
    }
    if (e->n == 2 && e->a[0]->k == E_SYM && !ex_has_sym(last, NULL)) {
        o->name = e->a[0]->s;
        return value_of(c, last, o);
    }
    int n = ex_syms(e, v, 4);
    if (n == 0) {                                     /* 84 - 10 = 74 */
        val x = value_const(c, last->k == E_UNIT ? last->a[0] : last);
        for (int i = 0; i + 1 < e->n; i++) {
            val y = value_const(c, e->a[i]->k == E_UNIT ? e->a[i]->a[0] : e->a[i]);
            if (x == NULL || y == NULL || value_equal(c, x, y) != YES)
                return 0;
        }
        o->chained = 1;
        return value_of(c, last, o);
    }
    if (!ex_has_sym(last, NULL) && (e->n > 2 || n == 1) && e->a[0]->k != E_SYM) {
        o->chained = 1;                               /* x^2 + 1/x^2 = 23 */
        o->e = e;
        return value_of(c, last, o);
    }
    if (e->n >= 3 && is_label(e->a[0])) {              /* x = 12/2 = 6 */
        for (int i = 1; i + 1 < e->n; i++)
            if (sym_equal(c, e->a[i], last, SYM_NATURAL) != YES)
                return 0;
        o->name = e->a[0]->s;
        return value_of(c, last, o);
    }
    if (e->n != 2)
        return 0;
    o->k = O_CURVE;
    o->e = e;
    return 1;
}

static int of_list(struct calc *c, struct ex *e, struct obj *o)
{
    int named = 0, rels = 0, plain = 0, conds = 0;
    if (e->n > 32)
        return 0;
    const char *v[4];
    for (int i = 0; i < e->n; i++) {
        struct ex *x = e->a[i];
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && x->a[0]->k == E_SYM && !ex_has_sym(x->a[1], x->a[0]->s))
            named++;
        else if (x->k == E_REL || x->k == E_OR || x->k == E_AND || x->k == E_LIST) {
            rels++;
            if (x->k == E_REL && x->rels[0] != R_EQ)
                conds++;
        } else
            plain++;
    }
    if (named == e->n) {
        int same = 1, distinct = 1, m = e->k == E_OR ? period(e) : 0;
        o->k = O_SET;
        for (int i = 0; m > 0 && i < e->n; i += m) {
            struct ex *one = ex_new(c, E_LIST, m);
            memcpy(one->a, e->a + i, (size_t)m * sizeof *one->a);
            o->item[o->n++] = one;
        }
        if (m > 0)
            return 1;
        for (int i = 1; i < e->n; i++) {
            if (!same_base(e->a[0]->a[0]->s, e->a[i]->a[0]->s))
                same = 0;
            for (int j = 0; j < i; j++)
                if (strcmp(e->a[i]->a[0]->s, e->a[j]->a[0]->s) == 0)
                    distinct = 0;
        }
        if ((!same && !distinct) || (same && e->k == E_AND && e->op))
            return 0;                                 /* x = 5 and at the same time x = -3 */
        o->n = e->n;
        o->k = same ? O_SET : O_MAP;
        for (int i = 0; i < e->n; i++) {
            o->item[i] = e->a[i]->a[1];
            o->names[i] = e->a[i]->a[0]->s;
        }
        if (same)
            o->name = calc_strn(c, o->names[0], strcspn(o->names[0], "_"));
        return !(o->k == O_MAP && e->k == E_OR);
    }
    if (named == 1 && plain == e->n - 1 && e->a[0]->k == E_REL && e->k != E_CASES) {   /* n = 2, 3, 4 */
        o->k = O_SET;
        o->n = e->n;
        o->name = e->a[0]->a[0]->s;
        o->item[0] = e->a[0]->a[1];
        for (int i = 1; i < e->n; i++)
            o->item[i] = e->a[i];
        return 1;
    }
    if (plain == e->n) {
        int tuple_first = 0;
        o->k = O_SET;
        o->n = e->n;
        memcpy(o->item, e->a, (size_t)e->n * sizeof *e->a);
        for (int i = 0; i < e->n; i++)
            if (e->a[i]->k == E_TUPLE || e->a[i]->k == E_UNION)
                tuple_first++;
        if (e->k == E_OR && tuple_first == e->n && e->n > 0) {
            struct rset r;                            /* intervals joined by "or": ambiguous with points */
            if (rset_of(c, e->a[0], &r))
                return 0;
        }
        return tuple_first == 0 || tuple_first == e->n;
    }
    if (rels > 0 && plain == 0 && conds > 0 && e->k != E_LIST) {
        if (ex_syms(e, v, 4) != 1)
            return 0;
        o->k = O_RSET;
        o->name = v[0];
        return rset_solve(c, e, v[0], &o->rs);
    }
    if (e->k == E_LIST && conds == e->n && ex_syms(e, v, 4) == 1) {
        int ne = 1;                                   /* x ≠ 1, x ≠ 2 */
        for (int i = 0; i < e->n; i++)
            if (e->a[i]->k != E_REL || e->a[i]->rels[0] != R_NE)
                ne = 0;
        if (!ne)
            return 0;
        o->k = O_RSET;
        o->name = v[0];
        struct ex *all = ex_new(c, E_AND, e->n);
        memcpy(all->a, e->a, (size_t)e->n * sizeof *e->a);
        return rset_solve(c, all, v[0], &o->rs);
    }
    if (e->k == E_CASES && ex_syms(e, v, 4) == 1 && plain == 0) {
        o->k = O_RSET;
        o->name = v[0];
        return rset_solve(c, e, v[0], &o->rs);
    }
    if ((e->k == E_LIST || e->k == E_AND) && plain == 0 && e->n >= 2) {              /* (2,-3), r = 5 is handled by its reader */
        return 0;
    }
    return 0;
}

/* "x = +-1, x = +-2": every member with either sign, one name for all. */
static int signs_in_list(struct calc *c, struct ex *list, struct obj *o)
{
    o->k = O_SET;
    for (int i = 0; i < list->n; i++) {
        struct ex *x = list->a[i];
        if (x->k == E_REL) {
            if (x->n != 2 || x->rels[0] != R_EQ || x->a[0]->k != E_SYM)
                return 0;
            const char *base = calc_strn(c, x->a[0]->s, strcspn(x->a[0]->s, "_"));
            if (o->name != NULL && strcmp(o->name, base) != 0)
                return 0;
            o->name = base;
            x = x->a[1];
        } else if (o->name != NULL && i > 0 && list->a[0]->k == E_REL) {
            return 0;
        }
        if (x->k == E_REL || x->k == E_LIST || x->k == E_TUPLE || x->k == E_OR || x->k == E_UNIT)
            return 0;
        o->item[o->n++] = choose_sign(c, x, 0);
        if (ex_has_kind(x, E_PM))
            o->item[o->n++] = choose_sign(c, x, 1);
    }
    return 1;
}

int obj_of(struct calc *c, struct ex *e, struct obj *o)
{
    memset(o, 0, sizeof *o);
    if (ex_has_kind(e, E_PM)) {
        struct ex *x = e;
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && x->a[0]->k == E_SYM) {
            o->name = x->a[0]->s;
            x = x->a[1];
        }
        if ((x->k == E_LIST || x->k == E_OR) && x->n <= 16)
            return signs_in_list(c, x, o);
        if (x->k == E_REL || x->k == E_LIST || x->k == E_TUPLE || x->k == E_OR || x->k == E_UNIT)
            return 0;
        o->k = O_SET;
        o->n = 2;
        o->item[0] = choose_sign(c, x, 0);
        o->item[1] = choose_sign(c, x, 1);
        return 1;
    }
    switch (e->k) {
    case E_REL: return of_rel(c, e, o);
    case E_PIECES:                                    /* a sequence's reader looks at them */
        o->k = O_VALUE;
        o->e = e;
        return 1;
    case E_LIST: case E_OR: case E_AND: case E_CASES: return of_list(c, e, o);
    case E_SET:
        if (e->n > 32)
            return 0;
        o->braces = 1;
        o->k = O_SET;
        o->n = e->n;
        if (e->n > 0)
            memcpy(o->item, e->a, (size_t)e->n * sizeof *e->a);
        return 1;
    case E_BUILD:
        o->n = equal_integers(c, e, o->item, 32);
        if (o->n >= 0) {
            o->braces = 1;
            o->k = O_SET;
            return 1;
        }
        o->n = 0;
        o->k = O_RSET;
        return rset_of(c, e, &o->rs);
    case E_UNION: case E_ISECT: case E_MINUS: case E_REALS:
        o->k = O_RSET;
        return rset_of(c, e, &o->rs);
    case E_TUPLE:
        if (e->n > 32)
            return 0;
        if (e->n == 2 && (ex_has_kind(e->a[0], E_INF) || ex_has_kind(e->a[1], E_INF))) {
            o->k = O_RSET;
            return rset_of(c, e, &o->rs);
        }
        o->k = O_TUPLE;
        o->e = e;
        o->n = e->n;
        memcpy(o->item, e->a, (size_t)e->n * sizeof *e->a);
        return 1;
    case E_MAT: o->k = O_MATRIX; o->e = e; return 1;
    case E_MUL:
        if (e->n == 2 && e->a[1]->k == E_MAT && e->a[0]->k != E_MAT) {      /* 2 (1 2; 3 4) */
            struct ex *m = ex_new(c, E_MAT, e->a[1]->n);
            m->op = e->a[1]->op;
            for (int i = 0; i < m->n; i++)
                m->a[i] = ex_2(c, E_MUL, e->a[0], e->a[1]->a[i]);
            o->k = O_MATRIX;
            o->e = m;
            return 1;
        }
        return value_of(c, e, o);
    case E_RATIO: o->k = O_RATIO; o->e = e; return 1;
    case E_TEXT: o->k = O_TEXT; o->e = e; return 1;
    default: return value_of(c, e, o);
    }
}

/* A lower bound of log10 of a positive tower, for what is too large to compute. */
static double log10_low(const struct ex *e)
{
    if (e->k == E_NUM && !e->rep && e->base == 10) {
        double d = strtod(e->s, NULL);
        return d > 0 ? (isinf(d) ? (double)strlen(e->s) - 1 : log10(d)) - 1e-9 : -INFINITY;
    }
    if (e->k == E_POW) {
        double a = log10_low(e->a[0]), b = log10_low(e->a[1]);
        if (a <= 0 || b < 0)
            return -INFINITY;
        return a * (b > 300 ? 1e300 : pow(10, b)) * (1 - 1e-9);
    }
    if (e->k == E_FACT) {
        double a = log10_low(e->a[0]);
        if (a < 1)
            return -INFINITY;
        double n = a > 290 ? 1e290 : pow(10, a);
        return n * (a - 0.5);
    }
    return -INFINITY;
}

/* A rational number that is not zero, however large: no need to compute it. */
static int nonzero_rational(const struct ex *e)
{
    if (e->k == E_NUM)
        return strspn(e->s, "0.") != strlen(e->s);
    if (e->k == E_NEG)
        return nonzero_rational(e->a[0]);
    if (e->k == E_POW) {
        const struct ex *x = e->a[1]->k == E_NEG ? e->a[1]->a[0] : e->a[1];
        while (x->k == E_POW)                         /* a whole number as an exponent */
            x = x->a[1]->k == E_NEG ? e : strchr(x->a[0]->k == E_NUM ? x->a[0]->s : ".", '.') != NULL ? e : x->a[1];
        return x->k == E_NUM && strchr(x->s, '.') == NULL && nonzero_rational(e->a[0]);
    }
    if (e->k != E_MUL && e->k != E_DIV)
        return 0;
    for (int i = 0; i < e->n; i++)
        if (!nonzero_rational(e->a[i]))
            return 0;
    return 1;
}

/* sin r and cos r are not 0 for a rational r that is not 0: pi is irrational. */
static int sine_not_zero(const struct ex *e)
{
    while (e->k == E_NEG)
        e = e->a[0];
    return e->k == E_FN && (e->op == F_SIN || e->op == F_TAN || e->op == F_COS) && nonzero_rational(e->a[0]);
}

static enum tri constants(struct calc *c, struct ex *a, struct ex *b)
{
    val x, y;
    enum ev r = value_eval(c, a, NULL, &x), s = value_eval(c, b, NULL, &y);
    if (r == EV_OK && s == EV_OK) {
        enum tri t = value_equal(c, x, y);
        for (int i = 0; i < 2 && t == UNSURE; i++) {  /* sqrt(u) = v where v >= 0 and v^2 = u */
            struct ex *root = i ? b : a;
            val u, v = i ? x : y, q = val_new(c);
            if (root->k != E_FN || root->op != F_SQRT || (u = value_const(c, root->a[0])) == NULL || value_sign_is(c, v, 1) != YES)
                continue;
            ca_mul(q, v, v, c->ca);
            t = value_equal(c, q, u);
        }
        return t;
    }
    if ((r == EV_UNDEF && s == EV_OK) || (r == EV_OK && s == EV_UNDEF))
        return NO;
    if ((r == EV_OK && ca_check_is_zero(x, c->ca) == T_TRUE && sine_not_zero(b)) || (s == EV_OK && ca_check_is_zero(y, c->ca) == T_TRUE && sine_not_zero(a)))
        return NO;
    if (r == EV_OK && s == EV_UNKNOWN) {
        double low = log10_low(b);
        fmpq_t q;
        fmpq_init(q);
        int small = value_get_q(c, x, q) && fmpz_bits(fmpq_numref(q)) < 4000;
        fmpq_clear(q);
        if (small && low > 1400)
            return NO;
    }
    return UNSURE;
}

static int decimals(const struct ex *e)
{
    while (e->k == E_NEG || e->k == E_PCT)
        e = e->a[0];
    if (e->k != E_NUM || e->rep)
        return -1;
    const char *dot = strchr(e->s, '.');
    return dot != NULL ? (int)strlen(dot + 1) : 0;
}

static enum tri approx_equal(struct calc *c, struct ex *gold, struct ex *a)
{
    val x = value_const(c, gold), y = value_const(c, a);
    int d = decimals(gold);
    if (x == NULL || y == NULL || d < 0 || d > 60)
        return UNSURE;
    val h = val_si(c, 1), t = val_new(c), u = val_new(c);
    for (int i = 0; i < d + (gold->k == E_PCT ? 2 : 0); i++)
        ca_div_si(h, h, 10, c->ca);
    ca_div_si(h, h, 2, c->ca);
    ca_sub(t, x, h, c->ca);
    ca_add(u, x, h, c->ca);
    int lo = value_cmp(c, t, y), hi = value_cmp(c, y, u);
    if (lo == 2 || hi == 2)
        return UNSURE;
    if (lo == 0 || hi == 0)
        return UNSURE;                                /* half up or half even */
    return lo < 0 && hi < 0 ? YES : NO;
}

/* gold has +C and the answer +c. */
static struct ex *rename_constant(struct calc *c, struct ex *gold, struct ex *a)
{
    if (ex_has_sym(gold, "C") && !ex_has_sym(gold, "c") && ex_has_sym(a, "c") && !ex_has_sym(a, "C"))
        return ex_subst(c, a, "c", ex_sym(c, "C"));
    if (ex_has_sym(gold, "c") && !ex_has_sym(gold, "C") && ex_has_sym(a, "C") && !ex_has_sym(a, "c"))
        return ex_subst(c, a, "C", ex_sym(c, "c"));
    return a;
}

enum tri equal_exprs(struct calc *c, struct ex *a, struct ex *b)
{
    if (ex_same(a, b) && !ex_has_kind(a, E_DIV) && !ex_has_kind(a, E_FN) && !ex_has_kind(a, E_POW))
        return YES;
    if (a->k == E_PIECES || b->k == E_PIECES)
        return equal_pieces(c, a, b);
    if (!ex_has_sym(a, NULL) && !ex_has_sym(b, NULL))
        return constants(c, a, b);
    b = rename_constant(c, a, b);
    if (equal_is_family(a) && equal_is_family(b))
        return equal_families(c, a, b);
    return sym_equal(c, a, b, SYM_NATURAL);
}

static enum tri values(struct calc *c, const struct obj *g, const struct obj *a)
{
    if (g->approx)
        return approx_equal(c, g->e, a->e);
    if (a->approx) {
        enum tri t = equal_exprs(c, g->e, a->e);
        return t == YES && decimals(g->e) >= 0 ? YES : t == NO ? NO : UNSURE;
    }
    int rad = (g->unit != NULL && g->unit->noun == UNIT_RADIAN) + (a->unit != NULL && a->unit->noun == UNIT_RADIAN);
    if (rad == 2 || (rad == 1 && (g->unit == NULL || a->unit == NULL)))
        return equal_exprs(c, g->e, a->e);
    if (g->unit != NULL && a->unit != NULL) {
        const struct unit *u = g->unit, *v = a->unit;
        if (u->noun || v->noun) {
            if (u->noun && v->noun)
                return equal_exprs(c, g->e, a->e);
            return equal_exprs(c, g->e, a->e) == NO ? NO : UNSURE;
        }
        if (memcmp(u->dim, v->dim, sizeof u->dim) != 0)
            return (u->dim[6] || u->dim[7]) && (v->dim[6] || v->dim[7]) ? UNSURE : NO;   /* 25 °C, 77 °F */
        struct ex *x = ex_2(c, E_MUL, g->e, ex_2(c, E_DIV, ex_num(c, u->p), ex_num(c, u->q)));
        struct ex *y = ex_2(c, E_MUL, a->e, ex_2(c, E_DIV, ex_num(c, v->p), ex_num(c, v->q)));
        return equal_exprs(c, x, y);
    }
    if ((g->unit != NULL && (a->degrees || ex_has_kind(a->e, E_PCT))) || (a->unit != NULL && (g->degrees || ex_has_kind(g->e, E_PCT))))
        return UNSURE;                                /* 90 m and 90°; 0.5 m and 50 %: something else is meant */
    if (g->degrees != a->degrees) {                   /* 90° and 90; π/3 and 60° */
        enum tri t = equal_exprs(c, g->e, a->e);
        if (t != NO)
            return t;
        const struct obj *d = g->degrees ? g : a, *o = g->degrees ? a : g;
        if (g->degrees && !ex_has_kind(o->e, E_PI) && equal_exprs(c, d->e->a[0], o->e) == YES)
            return YES;
        return t;
    }
    if ((g->unit != NULL) != (a->unit != NULL)) {
        const struct unit *u = g->unit != NULL ? g->unit : a->unit;
        struct ex *other = g->unit != NULL ? a->e : g->e;
        if (strlen(u->text) == 1 && ex_has_sym(other, u->text))
            return UNSURE;                            /* "5 m" against 5m */
    }
    return equal_exprs(c, g->e, a->e);
}

/* Unordered; repeated members count once. */
static enum tri sets(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m)
{
    enum tri all = YES;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < (side ? m : n); i++) {
            enum tri best = NO;
            for (int j = 0; j < (side ? n : m); j++) {
                enum tri t = side ? equal_ex(c, a[j], b[i]) : equal_ex(c, a[i], b[j]);
                if (t > best)
                    best = t;
            }
            if (best == NO)
                return NO;
            if (best == UNSURE)
                all = UNSURE;
        }
    }
    return all;
}

static enum tri lists(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m)
{
    if (n != m)
        return NO;
    enum tri all = YES;
    for (int i = 0; i < n; i++) {
        enum tri t = equal_ex(c, a[i], b[i]);
        if (t == NO)
            return NO;
        if (t == UNSURE)
            all = UNSURE;
    }
    return all;
}

static enum tri maps(struct calc *c, const struct obj *a, const struct obj *b)
{
    if (a->n != b->n)
        return NO;
    enum tri all = YES;
    for (int i = 0; i < a->n; i++) {
        int j;
        for (j = 0; j < b->n; j++)
            if (strcmp(a->names[i], b->names[j]) == 0)
                break;
        if (j == b->n)
            return NO;
        enum tri t = equal_ex(c, a->item[i], b->item[j]);
        if (t == NO)
            return NO;
        if (t == UNSURE)
            all = UNSURE;
    }
    return all;
}

/* x = 2, y = -1 as (2, -1): names in the order of the alphabet. */
static int map_sorted(const struct obj *m, struct ex **out)
{
    int idx[32];
    for (int i = 0; i < m->n; i++) {
        int j = i;
        while (j > 0 && strcmp(m->names[idx[j - 1]], m->names[i]) > 0) {
            idx[j] = idx[j - 1];
            j--;
        }
        idx[j] = i;
    }
    for (int i = 0; i < m->n; i++)
        out[i] = m->item[idx[i]];
    return m->n;
}

/* A point of the first curve that is not on the second? */
static enum tri curve_point(struct calc *c, struct ex *e, struct ex *f, const char **v, int n)
{
    static const short pts[][2] = { { 0, 1 }, { 1, 1 }, { -1, 2 }, { 2, 1 }, { 1, 3 } };
    struct ex *d = ex_2(c, E_ADD, e->a[0], ex_1(c, E_NEG, e->a[1]));
    for (int p = 0; p < 5; p++) {
        struct ex *g = d;
        struct env env[4];
        for (int i = 1; i < n; i++) {
            env[i] = (struct env){ v[i], val_q(c, pts[(p + i) % 5][0], pts[(p + i) % 5][1]), i > 1 ? &env[i - 1] : NULL };
            g = ex_subst(c, g, v[i], ex_2(c, E_DIV, ex_num(c, pts[(p + i) % 5][0]), ex_num(c, pts[(p + i) % 5][1])));
        }
        struct vals z;
        if (solve_zeros(c, g, v[0], &z) != 1)
            continue;
        for (int i = 0; i < z.n; i++) {
            if (value_is_real(c, z.v[i]) != YES)
                continue;
            env[0] = (struct env){ v[0], z.v[i], n > 1 ? &env[n - 1] : NULL };
            if (solve_holds(c, e, &env[0]) == YES && solve_holds(c, f, &env[0]) == NO)
                return NO;
        }
    }
    return UNSURE;
}

static enum tri curves(struct calc *c, struct ex *a, struct ex *b)
{
    struct sym s;
    struct rf x, y;
    const char *v[4], *w[4];
    sym_init(&s, c);
    struct ex *da = ex_2(c, E_ADD, a->a[0], ex_1(c, E_NEG, a->a[1])), *db = ex_2(c, E_ADD, b->a[0], ex_1(c, E_NEG, b->a[1]));
    int n = ex_syms(a, v, 4), m = ex_syms(b, w, 4);
    if (n > 4 || m > 4)
        return UNSURE;
    val k;
    if (sym_rf(&s, da, &x) && sym_rf(&s, db, &y) && x.num.n > 0 && y.num.n > 0 && mp_is_const(&s, &x.den, &k) && mp_is_const(&s, &y.den, &k)) {
        struct mp p, q;                               /* proportional? */
        int j = -1;
        for (int i = 0; i < y.num.n; i++)
            if (memcmp(y.num.t[i].e, x.num.t[0].e, sizeof x.num.t[0].e) == 0)
                j = i;
        if (j >= 0 && mp_mul(&s, x.num, mp_const(&s, y.num.t[j].c), &p) && mp_mul(&s, y.num, mp_const(&s, x.num.t[0].c), &q)) {
            struct mp d = mp_add(&s, p, q, 1);
            if (d.n == 0 && ca_check_is_zero(y.num.t[j].c, c->ca) == T_FALSE && ca_check_is_zero(x.num.t[0].c, c->ca) == T_FALSE)
                return YES;
        }
    }
    enum tri t = curve_point(c, a, b, v, n);
    return t == NO ? NO : curve_point(c, b, a, w, m);
}

static enum tri ratios(struct calc *c, struct ex *a, struct ex *b)
{
    if (a->n != b->n)
        return NO;
    enum tri same = lists(c, a->a, a->n, b->a, b->n);
    if (same == YES)
        return YES;
    int clock = 0, clocks = 0;
    for (int i = 0; i < 2; i++) {
        struct ex *r = i ? b : a;
        if (r->n == 2 && r->a[1]->k == E_NUM && strlen(r->a[1]->s) == 2 && r->a[0]->k == E_NUM && strlen(r->a[0]->s) <= 2)
            clock = 1, clocks++;
    }
    if (clocks == 2 && same == NO)
        return NO;                                    /* 12:00 and 1:00 */
    enum tri all = YES;
    for (int i = 1; i < a->n; i++) {
        enum tri t = equal_exprs(c, ex_2(c, E_MUL, a->a[0], b->a[i]), ex_2(c, E_MUL, b->a[0], a->a[i]));
        if (t == NO)
            return NO;
        if (t == UNSURE)
            all = UNSURE;
    }
    return clock ? UNSURE : all;
}

static int rset_from(struct calc *c, const struct obj *o, struct rset *r)
{
    if (o->k == O_RSET) {
        *r = o->rs;
        return 1;
    }
    if (o->k == O_TUPLE)
        return rset_of(c, o->e, r);
    if (o->k == O_SET) {
        struct ex *s = ex_new(c, E_SET, o->n);
        if (o->n > 0)
            memcpy(s->a, o->item, (size_t)o->n * sizeof *s->a);
        return rset_of(c, s, r);
    }
    return 0;
}

static int linear(const struct ex *e)
{
    if (e->k == E_ADD || e->k == E_NEG) {
        for (int i = 0; i < e->n; i++)
            if (!linear(e->a[i]))
                return 0;
        return 1;
    }
    return e->k == E_SYM || e->k == E_NUM || (e->k == E_MUL && e->n == 2 && e->a[0]->k == E_NUM && e->a[1]->k == E_SYM);
}

/* a^2 + b^2 = 34, where a value was asked: not the equation of a line. */
static int names_value(const struct obj *o)
{
    const struct ex *e = o->e;
    return o->k == O_CURVE && e->n == 2 && !ex_has_sym(e->a[1], NULL) && !linear(e->a[0]);
}

/* The terms of a sequence, and functions of a letter that is called otherwise there. */
static struct obj named_alike(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct obj o = *a;
    if (g->k != O_VALUE || a->k != O_VALUE)
        return o;
    if (g->arg != NULL && a->arg != NULL && strcmp(g->arg, a->arg) != 0 && !ex_has_sym(a->e, g->arg))
        o.e = ex_subst(c, a->e, a->arg, ex_sym(c, g->arg));
    if (g->name != NULL && strcmp(g->name, "a_") == 0)
        o.e = equal_natural(c, o.e, "n");
    return o;
}

/* Words are compared as words; as terms where they are of two languages. */
static enum tri texts(const char *g, const char *a)
{
    const char *x = terms_name(g), *y = terms_name(a);
    if (strcmp(g, a) == 0)
        return YES;
    if (x != NULL && y != NULL)
        return strcmp(x, y) == 0 ? YES : NO;
    int han = ((unsigned char)*g >= 0x80) + ((unsigned char)*a >= 0x80);
    return han == 1 && strlen(g) > 3 && strlen(a) > 3 ? UNSURE : NO;
}

/* Tuples and sets, and either against one value. */
static enum tri of_other_kinds(struct calc *c, const struct obj *g, const struct obj *a)
{
    const struct obj *t = g->k == O_TUPLE || g->k == O_MAP ? g : a, *s = t == g ? a : g;
    struct ex *one[1] = { t->e };
    if (t->k == O_MAP) {
        one[0] = ex_new(c, E_TUPLE, t->n);
        one[0]->op = BR_OPEN_L | BR_OPEN_R;
        map_sorted(t, one[0]->a);
    }
    if (t->k != O_TUPLE && t->k != O_MAP)
        return UNSURE;
    int tuples = s->k == O_SET && s->n > 0;
    for (int i = 0; tuples && i < s->n; i++)
        tuples = s->item[i]->k == E_TUPLE;
    if (tuples)
        return t == g ? sets(c, one, 1, a->item, a->n) : sets(c, g->item, g->n, one, 1);
    if (t->k == O_MAP)
        return UNSURE;
    if (s->k == O_SET && s->braces)
        return NO;                                    /* {1, 4}, (1, 4) */
    return s->k == O_VALUE && g->k == O_TUPLE && !ex_has_sym(s->e, NULL) && !ex_has_sym(t->e, NULL) ? NO : UNSURE;
}

enum tri obj_equal(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct ex *items[32];
    struct rset r, q;
    if (g->name != NULL && a->name != NULL && !same_base(g->name, a->name))
        return g->k == O_VALUE || g->k == O_SET || g->k == O_RSET ? NO : UNSURE;
    if (g->k == O_SET && a->k == O_VALUE) {
        struct ex *one[1] = { a->e };
        return a->unit == NULL ? sets(c, g->item, g->n, one, 1) : UNSURE;
    }
    if (g->k == O_VALUE && a->k == O_SET) {
        struct ex *one[1] = { g->e };
        return g->unit == NULL ? sets(c, one, 1, a->item, a->n) : UNSURE;
    }
    if ((g->k == O_RSET || a->k == O_RSET) && rset_from(c, g, &r) && rset_from(c, a, &q))
        return rset_equal(c, &r, &q);
    if (g->k == O_RSET && a->k == O_VALUE && a->unit == NULL && !ex_has_sym(a->e, NULL)) {
        struct obj point = { .k = O_SET, .n = 1, .item = { a->e } };
        return rset_from(c, &point, &q) && rset_equal(c, &g->rs, &q) == NO ? NO : UNSURE;
    }
    if (g->k == O_VALUE && g->name == NULL && !ex_has_sym(g->e, NULL) && names_value(a))
        return equal_exprs(c, g->e, a->e->a[1]);
    if (g->k == O_MAP && a->k == O_TUPLE)
        return a->e->op == (BR_OPEN_L | BR_OPEN_R) ? lists(c, items, map_sorted(g, items), a->item, a->n) : UNSURE;
    if (g->k == O_TUPLE && a->k == O_MAP)
        return g->e->op == (BR_OPEN_L | BR_OPEN_R) ? lists(c, g->item, g->n, items, map_sorted(a, items)) : UNSURE;
    if (g->k == O_VALUE && a->k == O_CURVE && a->e->a[0]->k == E_SYM && ex_has_sym(g->e, NULL) && !ex_has_sym(g->e, a->e->a[0]->s))
        return equal_exprs(c, g->e, a->e->a[1]) == NO ? NO : UNSURE;
    if (g->k != a->k) {
        int value_like = (g->k == O_VALUE || g->k == O_INF || g->k == O_TEXT) && (a->k == O_VALUE || a->k == O_INF || a->k == O_TEXT);
        if (g->k == O_TEXT && a->k == O_VALUE && ex_has_sym(a->e, NULL))
            return UNSURE;
        if ((g->k == O_TEXT && norm_names_number(g->e->s)) || (a->k == O_TEXT && norm_names_number(a->e->s)))
            return UNSURE;                            /* "exactly five" */
        return value_like ? NO : of_other_kinds(c, g, a);
    }
    switch (g->k) {
    case O_VALUE: return values(c, g, a);
    case O_SET: return sets(c, g->item, g->n, a->item, a->n);
    case O_TUPLE: {
        enum tri t = lists(c, g->item, g->n, a->item, a->n);
        return t == YES && g->e->op != a->e->op ? NO : t;
    }
    case O_MAP: return maps(c, g, a);
    case O_CURVE: return curves(c, g->e, a->e);
    case O_MATRIX:
        if (g->e->op != a->e->op || g->e->n != a->e->n)
            return NO;
        return lists(c, g->e->a, g->e->n, a->e->a, a->e->n);
    case O_RATIO: return ratios(c, g->e, a->e);
    case O_INF: return g->sign == a->sign ? YES : NO;
    case O_TEXT: return texts(g->e->s, a->e->s);
    default: return UNSURE;
    }
}

enum tri equal_ex(struct calc *c, struct ex *g, struct ex *a)
{
    struct obj *x = calc_alloc(c, sizeof *x), *y = calc_alloc(c, sizeof *y);
    calc_step(c, 20);
    if (g->k == E_TUPLE || equal_point(c, g) != g) {
        g = equal_point(c, g);
        a = equal_point(c, a);
    }
    if (!obj_of(c, g, x) || !obj_of(c, a, y))
        return UNSURE;
    *y = named_alike(c, x, y);
    return obj_equal(c, x, y);
}
