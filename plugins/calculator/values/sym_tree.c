/* sym_tree.c - polynomials as expressions again, and their degree. */
#include "plugins/calculator/values/sym.h"

static struct ex *coefficient(struct calc *c, val v)
{
    fmpq_t q;
    fmpq_init(q);
    int ok = value_get_q(c, v, q) && fmpz_bits(fmpq_numref(q)) < 50 && fmpz_bits(fmpq_denref(q)) < 50;
    struct ex *e = ok ? ex_num(c, fmpz_get_si(fmpq_numref(q))) : NULL;
    if (ok && !fmpz_is_one(fmpq_denref(q)))
        e = ex_2(c, E_DIV, e, ex_num(c, fmpz_get_si(fmpq_denref(q))));
    fmpq_clear(q);
    return e;
}

struct ex *mp_tree(struct sym *s, const struct mp *p)
{
    struct calc *c = s->c;
    long one;
    if (p->n == 0)
        return ex_num(c, 0);
    struct ex *sum = ex_new(c, E_ADD, p->n);
    for (int i = 0; i < p->n; i++) {
        struct ex *t = coefficient(c, p->t[i].c);
        if (t == NULL)
            return NULL;
        for (int g = 0; g < s->n; g++) {
            if (p->t[i].e[g] == 0)
                continue;
            if (s->g[g].k != G_VAR)
                return NULL;
            struct ex *x = ex_sym(c, s->g[g].name);
            if (p->t[i].e[g] > 1)
                x = ex_2(c, E_POW, x, ex_num(c, p->t[i].e[g]));
            t = ex_is_int(t, &one) && one == 1 ? x : ex_2(c, E_MUL, t, x);
        }
        sum->a[i] = t;
    }
    return p->n == 1 ? sum->a[0] : sum;
}

int sym_degree(struct calc *c, const struct ex *e, const char *x)
{
    struct sym s;
    struct rf rf;
    val d;
    sym_init(&s, c);
    int g = sym_gen_var(&s, x);
    return sym_rf(&s, e, &rf) && mp_is_const(&s, &rf.den, &d) ? mp_deg(&rf.num, g) : -1;
}
