/* equal.c - see equal.h. */
#include "plugins/calculator/values/equal_left.h"
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

static int count_kind(const struct ex *e, enum ek k, int op)
{
    int n = e->k == k && e->op == op;
    for (int i = 0; i < e->n; i++)
        n += count_kind(e->a[i], k, op);
    return n;
}

/* Do its signs go together?  +-1 +- a may be two values or four; with a -+ it is two. */
static int one_sign(const struct ex *e)
{
    return count_kind(e, E_PM, 0) <= 1 || count_kind(e, E_PM, 1) > 0;
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

int obj_same_base(const char *a, const char *b)
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

/* left = value, in the relation e. */
static int value_named(struct calc *c, struct ex *e, struct ex *left, struct ex *value, struct obj *o)
{
    o->left = left;
    o->rel = e;
    if (left->k == E_SYM)
        o->name = left->s;
    if (left->k == E_CALL) {
        o->name = calc_printf(c, "%s%.*s", left->s, left->op < 4 ? left->op : 3, "'''");
        o->called = left->op == 0 && !ex_has_sym(left, NULL);
        o->arg = left->n == 1 && left->a[0]->k == E_SYM ? left->a[0]->s : NULL;
    }
    return value_of(c, value, o);
}

/* The sides between the first and the last: f(1) = f(2) = 5 says more than f(1) = 5, a sum worked out does not. */
static int middle_sides(struct calc *c, const struct ex *e, struct obj *o)
{
    struct ex *last = e->a[e->n - 1];
    for (int i = 1; i + 1 < e->n; i++) {
        if (e->a[0]->k == E_CALL && is_label(e->a[i]))
            return 0;
        o->loose |= ex_has_sym(e->a[i], NULL) && sym_equal(c, e->a[i], last, SYM_NATURAL) != YES &&
            sym_equal(c, e->a[0], e->a[i], SYM_NATURAL) != YES;
    }
    return 1;
}

/* x_1 = x_2 = 3: a root twice. */
static int double_root(struct calc *c, const struct ex *e, struct obj *o)
{
    for (int i = 0; i + 1 < e->n; i++)
        if (e->a[i]->k != E_SYM || strchr(e->a[i]->s, '_') == NULL || !obj_same_base(e->a[i]->s, "x"))
            return 0;
    o->k = O_SET;
    o->n = 1;
    o->item[0] = e->a[e->n - 1];
    o->name = calc_strn(c, "x", 1);
    return !ex_has_sym(o->item[0], NULL);
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
        if (e->a[0]->k == E_SYM && strcmp(e->a[0]->s, "?") == 0)
            return value_of(c, last, o);
        return value_named(c, e, e->a[0], last, o);
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
        return value_named(c, e, last, e->a[0], o);   /* 5 = x */
    }
    if (e->a[0]->k == E_CALL && e->n >= 2 && e->a[0]->n == 1 && e->a[0]->a[0]->k != E_SYM && ex_has_sym(e->a[0]->a[0], NULL) && strchr(e->a[0]->s, '_') != NULL)
        return 0;                                     /* a_{n+1} = ...: another term than a_n */
    if (e->a[0]->k == E_CALL && e->n >= 2)
        return middle_sides(c, e, o) && value_named(c, e, e->a[0], last, o);
    if (e->n == 2 && e->a[0]->k == E_SYM && !ex_has_sym(last, NULL))
        return value_named(c, e, e->a[0], last, o);
    if (e->n >= 3 && double_root(c, e, o))
        return 1;
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
        return middle_sides(c, e, o) && value_named(c, e, e->a[0], last, o);
    }
    if (e->n >= 3 && is_label(e->a[0])) {              /* x = 12/2 = 6 */
        for (int i = 1; i + 1 < e->n; i++)
            if (sym_equal(c, e->a[i], last, SYM_NATURAL) != YES)
                return 0;
        return value_named(c, e, e->a[0], last, o);
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
            if (!obj_same_base(e->a[0]->a[0]->s, e->a[i]->a[0]->s))
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
        if (same) {
            o->name = calc_strn(c, o->names[0], strcspn(o->names[0], "_"));
            o->indexed = strcmp(o->name, "x") != 0 && strcmp(o->name, "lambda") != 0;
        }
        for (int i = 0; i < e->n; i++)
            o->indexed &= strchr(o->names[i], '_') != NULL;
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
        o->list = 1;
        for (int i = 0; i < e->n; i++) {
            if (e->a[i]->k == E_TUPLE || e->a[i]->k == E_UNION)
                tuple_first++;
            if (e->a[i]->k == E_SYM && (e->k == E_OR || e->k == E_AND))
                o->joint = e->k == E_OR ? (e->op ? J_LOR : J_OR) : e->op ? J_LAND : J_AND;
        }
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
        if (x->k == E_REL || x->k == E_LIST || x->k == E_TUPLE || x->k == E_OR || x->k == E_SET || x->k == E_UNIT ||
            !one_sign(x))
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
        if ((x->k == E_LIST || x->k == E_OR || x->k == E_SET) && x->n <= 16) {
            o->braces = x->k == E_SET;
            return signs_in_list(c, x, o);
        }
        if (x->k == E_REL || x->k == E_LIST || x->k == E_TUPLE || x->k == E_OR || x->k == E_UNIT || !one_sign(x))
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

/* 1101 for 1101_2: the number with its base left out, or another number. */
static int same_digits(const struct ex *base, const struct ex *plain)
{
    return base->k == E_NUM && plain->k == E_NUM && base->base != 10 && plain->lit != LIT_BASE &&
        strcmp(base->s, plain->s) == 0;
}

enum tri equal_exprs(struct calc *c, struct ex *a, struct ex *b)
{
    if (ex_same(a, b) && !ex_has_kind(a, E_DIV) && !ex_has_kind(a, E_FN) && !ex_has_kind(a, E_POW))
        return YES;
    if (a->k == E_PIECES || b->k == E_PIECES)
        return equal_pieces(c, a, b);
    if (same_digits(a, b) || same_digits(b, a))
        return UNSURE;
    if (!ex_has_sym(a, NULL) && !ex_has_sym(b, NULL))
        return constants(c, a, b);
    b = rename_constant(c, a, b);
    if (equal_is_family(a) && equal_is_family(b))
        return equal_families(c, a, b);
    enum tri t = sym_equal(c, a, b, SYM_NATURAL);
    return t == NO && equal_has_constant(a) && equal_has_constant(b) ? UNSURE : t;
}

/* Counted things: 3 people are no 3 apples. */
static enum tri nouns(const char *a, const char *b)
{
    static const char *const kinds[][8] = {
        { "个", "units", "unit", "numbers", NULL },       /* of anything */
        { "ways", "arrangements", NULL }, { "people", "人", "名", NULL }, { "times", "次", NULL },
        { "terms", "项", NULL } };
    int i[2] = { -1, -1 };
    if (strcmp(a, b) == 0 || (strncmp(a, "种", 3) == 0 && strncmp(b, "种", 3) == 0))
        return YES;
    if (strstr(a, "square") != NULL || strstr(b, "square") != NULL)
        return strstr(a, "cubic") != NULL || strstr(b, "cubic") != NULL ? NO : UNSURE;
    for (int k = 0; k < 5; k++)
        for (int j = 0; kinds[k][j] != NULL; j++) {
            i[0] = strcmp(kinds[k][j], a) == 0 ? k : i[0];
            i[1] = strcmp(kinds[k][j], b) == 0 ? k : i[1];
        }
    return i[0] == 0 || i[1] == 0 || (i[0] > 0 && i[0] == i[1]) ? YES : UNSURE;
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
            if (u->noun && v->noun) {
                enum tri t = equal_exprs(c, g->e, a->e), same = nouns(u->text, v->text);
                return t == YES ? same : t;
            }
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
        const struct ex *with = g->unit != NULL ? g->e : a->e;
        if ((strlen(u->text) == 1 && ex_has_sym(other, u->text)) || (ex_has_sym(other, NULL) && !ex_has_sym(with, NULL)))
            return UNSURE;                            /* "5 m" against 5m, 10 newtons against 10 N */
    }
    return equal_exprs(c, g->e, a->e);
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

static enum tri ratios(struct calc *c, struct ex *a, struct ex *b)
{
    if (a->n != b->n)
        return NO;
    enum tri same = equal_lists(c, a->a, a->n, b->a, b->n);
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

/* A term of a sequence, n a positive integer. */
static struct obj named_alike(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct obj o = *a;
    if (g->k == O_VALUE && a->k == O_VALUE && g->name != NULL && strcmp(g->name, "a_") == 0)
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

/* Is o the equation y = ... of a function of x that f calls f(x)? */
static int named_by_y(const struct obj *o, const struct obj *f)
{
    return o->k == O_CURVE && f->k == O_VALUE && f->arg != NULL && strcmp(f->arg, "x") == 0 && f->name != NULL && strcmp(f->name, "f") == 0 &&
        o->e->a[0]->k == E_SYM && strcmp(o->e->a[0]->s, "y") == 0 && !ex_has_sym(o->e->a[1], "y");
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
        return t == g ? equal_sets(c, one, 1, a->item, a->n) : equal_sets(c, g->item, g->n, one, 1);
    if (t->k == O_MAP)
        return UNSURE;
    if (s->k == O_SET && s->braces)
        return NO;                                    /* {1, 4}, (1, 4) */
    return s->k == O_VALUE && g->k == O_TUPLE && !ex_has_sym(s->e, NULL) && !ex_has_sym(t->e, NULL) ? NO : UNSURE;
}

enum tri equal_right(struct calc *c, const struct obj *g, const struct obj *a)
{
    if (g->k != a->k)
        return NO;
    return g->k == O_VALUE ? values(c, g, a) : g->sign == a->sign ? YES : NO;
}

/* {5} and 5, x_1 = 5; not f(2) = 5 nor x^2 = 5. */
static enum tri set_and_value(struct calc *c, const struct obj *g, const struct obj *a)
{
    const struct obj *set = g->k == O_SET ? g : a, *v = g->k == O_SET ? a : g;
    struct ex *one[1] = { v->e };
    if (v->unit != NULL || v->approx || (v->left != NULL && v->left->k != E_SYM))
        return UNSURE;
    enum tri t = equal_sets(c, set->item, set->n, one, 1);
    return t == YES && set->name != NULL && v->name != NULL && strcmp(set->name, v->name) != 0 ? UNSURE : t;
}

/* a^2 + b^2 = 34 and a value: the curve as a quantity that has one. */
static enum tri curve_and_value(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct obj *v = calc_alloc(c, sizeof *v);
    struct ex *curve = g->k == O_CURVE ? g->e : a->e;
    if (ex_has_sym(curve->a[1], NULL) || !obj_of(c, curve->a[1], v) || v->k != O_VALUE)
        return UNSURE;
    v->left = curve->a[0];
    v->rel = curve;
    return g->k == O_CURVE ? obj_equal(c, v, a) : obj_equal(c, g, v);
}

/* S = 2t and V = 2t, y' = 2x and y = 2x: formulas for different things, as x = 5 and y = 5 are. */
static int other_formula(const struct ex *a, const struct ex *b)
{
    const struct ex *l = a->a[0], *m = b->a[0];
    return l->k == E_SYM && m->k == E_SYM && !ex_has_sym(b, l->s) && !ex_has_sym(a, m->s);
}

enum tri obj_equal(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct ex *items[32];
    struct rset r, q;
    if (g->left != NULL && a->left != NULL)
        return equal_statements(c, g, a);
    if (g->name != NULL && a->name != NULL && !obj_same_base(g->name, a->name))
        return g->k == O_VALUE || g->k == O_SET || g->k == O_RSET ? NO : UNSURE;
    if ((g->k == O_SET && a->k == O_VALUE) || (g->k == O_VALUE && a->k == O_SET))
        return set_and_value(c, g, a);
    if (g->name != NULL && a->name != NULL && strcmp(g->name, a->name) != 0)
        return UNSURE;                                /* x > 1 and x_1 > 1 */
    if ((g->k == O_RSET || a->k == O_RSET) && rset_from(c, g, &r) && rset_from(c, a, &q))
        return rset_equal(c, &r, &q);
    if (g->k == O_RSET && a->k == O_VALUE && a->unit == NULL && (a->left == NULL || a->left->k == E_SYM) &&
        !ex_has_sym(a->e, NULL)) {
        struct obj point = { .k = O_SET, .n = 1, .item = { a->e } };
        return rset_from(c, &point, &q) && rset_equal(c, &g->rs, &q) == NO ? NO : UNSURE;
    }
    if (g->k == O_MAP && a->k == O_TUPLE)
        return a->e->op == (BR_OPEN_L | BR_OPEN_R) ? equal_lists(c, items, map_sorted(g, items), a->item, a->n) : UNSURE;
    if (g->k == O_TUPLE && a->k == O_MAP)
        return g->e->op == (BR_OPEN_L | BR_OPEN_R) ? equal_lists(c, g->item, g->n, items, map_sorted(a, items)) : UNSURE;
    if (named_by_y(g, a) || named_by_y(a, g))          /* y = 2x + 1, f(x) = 2x + 1 */
        return equal_exprs(c, named_by_y(g, a) ? g->e->a[1] : g->e, named_by_y(g, a) ? a->e : a->e->a[1]);
    if (g->k == O_CURVE && a->k == O_VALUE && a->name == NULL && g->e->a[0]->k == E_SYM && isupper((unsigned char)*g->e->a[0]->s) &&
        ex_has_sym(a->e, NULL) && !ex_has_sym(g->e->a[1], g->e->a[0]->s))
        return equal_exprs(c, g->e->a[1], a->e);       /* V = (4/3) pi r^3 */
    if (g->k == O_VALUE && a->k == O_CURVE && a->e->a[0]->k == E_SYM && ex_has_sym(g->e, NULL) && !ex_has_sym(g->e, a->e->a[0]->s))
        return equal_exprs(c, g->e, a->e->a[1]) == NO ? NO : UNSURE;
    if ((g->k == O_CURVE && a->k == O_VALUE) || (g->k == O_VALUE && a->k == O_CURVE))
        return curve_and_value(c, g, a);
    if (g->k != a->k) {
        int value_like = (g->k == O_VALUE || g->k == O_INF || g->k == O_TEXT) && (a->k == O_VALUE || a->k == O_INF || a->k == O_TEXT);
        if (g->k == O_TEXT && a->k == O_VALUE && ex_has_sym(a->e, NULL))
            return UNSURE;
        if ((g->k == O_TEXT && norm_names_number(g->e->s)) || (a->k == O_TEXT && norm_names_number(a->e->s)))
            return UNSURE;                            /* "exactly five" */
        return value_like ? NO : of_other_kinds(c, g, a);
    }
    switch (g->k) {
    case O_VALUE: case O_INF:
        return g->left != NULL || a->left != NULL ? equal_unnamed(c, g, a) : equal_right(c, g, a);
    case O_SET: return equal_written_sets(c, g, a);
    case O_TUPLE: {
        enum tri t = equal_lists(c, g->item, g->n, a->item, a->n);
        return t == YES && g->e->op != a->e->op ? NO : t;
    }
    case O_MAP: return equal_maps(c, g, a);
    case O_CURVE: return other_formula(g->e, a->e) ? NO : equal_curves(c, g->e, a->e);
    case O_MATRIX:
        if (g->e->op != a->e->op || g->e->n != a->e->n)
            return NO;
        return equal_lists(c, g->e->a, g->e->n, a->e->a, a->e->n);
    case O_RATIO: return ratios(c, g->e, a->e);
    case O_TEXT: return texts(g->e->s, a->e->s);
    default: return UNSURE;
    }
}

enum tri equal_ex(struct calc *c, struct ex *g, struct ex *a)
{
    struct obj *x = calc_alloc(c, sizeof *x), *y = calc_alloc(c, sizeof *y);
    calc_step(c, 20);
    enum tri all = equal_progressions(c, g, a);
    if (all != UNSURE)
        return all;
    const char *p = equal_point_name(g), *q = equal_point_name(a);
    if (p != NULL && q != NULL && strcmp(p, q) != 0)
        return NO;                                    /* P(4, -3) and Q(4, -3) */
    if (g->k == E_TUPLE || equal_point(c, g) != g) {
        g = equal_point(c, g);
        a = equal_point(c, a);
    }
    if (!obj_of(c, g, x) || !obj_of(c, a, y))
        return UNSURE;
    *y = named_alike(c, x, y);
    return obj_equal(c, x, y);
}
