/* object.c - which object an answer is: a value, a set, a tuple, a curve, ...; see equal.h. */
#include "plugins/calculator/values/equal_int.h"

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
