/* inverse.c - a formula turned round step by step: x stands in it once. */
#include "plugins/calculator/worlds/asked.h"

#include <string.h>

static int times(const struct ex *e, const char *x)
{
    int n = e->k == E_SYM && strcmp(e->s, x) == 0;
    for (int i = 0; i < e->n; i++)
        n += times(e->a[i], x);
    return n;
}

static int positive_base(struct calc *c, struct ex *b)
{
    val v = ex_has_sym(b, NULL) ? NULL : value_const(c, b);
    return v != NULL && value_sign_is(c, v, 1) == YES && value_equal(c, v, val_si(c, 1)) == NO;
}

/* x from e = y.  Only steps that are one to one and onto, or onto the positive numbers (powers of a base) and back. */
static struct ex *undo(struct calc *c, struct ex *e, const char *x, struct ex *y)
{
    long k;
    int at = 0;
    if (e->k == E_SYM)
        return y;
    while (at < e->n && !ex_has_sym(e->a[at], x))
        at++;
    if (at == e->n)
        return NULL;
    switch (e->k) {
    case E_NEG: return undo(c, e->a[0], x, ex_1(c, E_NEG, y));
    case E_ADD: case E_MUL:
        for (int i = 0; i < e->n; i++) {
            if (i == at)
                continue;
            val v = value_const(c, e->a[i]);
            if (v == NULL || (e->k == E_MUL && ca_check_is_zero(v, c->ca) != T_FALSE))
                return NULL;
            y = e->k == E_ADD ? ex_2(c, E_ADD, y, ex_1(c, E_NEG, e->a[i])) : ex_2(c, E_DIV, y, e->a[i]);
        }
        return undo(c, e->a[at], x, y);
    case E_DIV: return at == 0 && value_const(c, e->a[1]) != NULL ? undo(c, e->a[0], x, ex_2(c, E_MUL, y, e->a[1])) : NULL;
    case E_POW:
        if (at == 1)
            return e->a[0]->k == E_E ? undo(c, e->a[1], x, ex_fn(c, F_LN, y, NULL)) : positive_base(c, e->a[0]) ? undo(c, e->a[1], x, ex_fn(c, F_LOG, e->a[0], y)) : NULL;
        return ex_is_int(e->a[1], &k) && k > 1 && k % 2 == 1 ? undo(c, e->a[0], x, ex_fn(c, F_ROOT, e->a[1], y)) : NULL;
    case E_FN:
        if (e->op == F_EXP)
            return undo(c, e->a[0], x, ex_fn(c, F_LN, y, NULL));
        if (e->op == F_LN)
            return undo(c, e->a[0], x, ex_2(c, E_POW, ex_new(c, E_E, 0), y));
        if (e->op == F_LOG && at == 1 && positive_base(c, e->a[0]))
            return undo(c, e->a[1], x, ex_2(c, E_POW, e->a[0], y));
        if (e->op == F_ROOT && at == 1 && ex_is_int(e->a[0], &k) && k % 2 == 1)
            return undo(c, e->a[1], x, ex_2(c, E_POW, y, e->a[0]));
        return NULL;
    default: return NULL;
    }
}

struct ex *asked_inverse(struct calc *c, struct ex *e, const char *x, struct ex *y)
{
    return times(e, x) == 1 ? undo(c, e, x, y) : NULL;
}
