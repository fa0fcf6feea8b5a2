/* read_sums.c - sums with dots whose terms have one shape, 1^2 + 2^2 + ... + 10^2,
 * 1/(1*2) + 1/(2*3) + ... + 1/(9*10), 1 - 2 + 3 - 4 + ... + 99 - 100: every whole number
 * in the shape moves by a constant step. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

enum { MOST_TERMS = 10000 };

/* The k-th term from the first (k = 1) and the second; NULL if their shapes differ.
 * *moving counts the numbers that change. */
static struct ex *at(struct calc *c, struct ex *a, struct ex *b, long k, int *moving)
{
    long u, v;
    if (a->k == E_NUM && b->k == E_NUM && ex_is_int(a, &u) && ex_is_int(b, &v)) {
        *moving += u != v;
        return u == v ? a : ex_num(c, u + (v - u) * (k - 1));
    }
    if (a->k != b->k || a->op != b->op || a->n != b->n || a->k == E_NUM || (a->s != NULL && (b->s == NULL || strcmp(a->s, b->s) != 0)))
        return NULL;
    if (a->n == 0)
        return a;
    struct ex *r = ex_new(c, (enum ek)a->k, a->n), **p = r->a;
    *r = *a;
    r->a = p;
    for (int i = 0; i < a->n; i++)
        if ((p[i] = at(c, a->a[i], b->a[i], k, moving)) == NULL)
            return NULL;
    return r;
}

/* The index of the term t, from any number that moves; 0 if it fits nowhere. */
static long index_of(const struct ex *a, const struct ex *b, const struct ex *t)
{
    long u, v, w;
    if (a->k != t->k || a->n != t->n)
        return 0;
    if (a->k == E_NUM && ex_is_int(a, &u) && ex_is_int(b, &v) && ex_is_int(t, &w))
        return u == v || (w - u) % (v - u) != 0 ? 0 : (w - u) / (v - u) + 1;
    for (int i = 0; i < a->n; i++) {
        long k = index_of(a->a[i], b->a[i], t->a[i]);
        if (k != 0)
            return k;
    }
    return 0;
}

static int same(struct calc *c, struct ex *a, struct ex *b, long k, struct ex *t)
{
    int moving = 0;
    struct ex *e = at(c, a, b, k, &moving);
    return e != NULL && ex_same(e, t);
}

static struct ex *unsigned_of(struct ex *e) { return e->k == E_NEG ? e->a[0] : e; }

/* Four terms in two pairs prove little: any four numbers are such pairs.  So without their signs, which alternate, the terms
 * must be of one shape, the last one too. */
static int alternates(struct calc *c, struct ex **t, int n, struct ex *last)
{
    struct ex *a = unsigned_of(t[0]), *b = unsigned_of(t[1]);
    if ((t[0]->k == E_NEG) == (t[1]->k == E_NEG))
        return 0;
    for (int i = 2; i < n; i++)
        if (t[i]->k != t[i % 2]->k || !same(c, a, b, i + 1, unsigned_of(t[i])))
            return 0;
    long k = index_of(a, b, unsigned_of(last));
    return k > n && same(c, a, b, k, unsigned_of(last));
}

/* 1^2, 2^2; 1^3, 2^3: two terms say enough. */
static int is_next_power(const struct ex *a, const struct ex *b)
{
    long u, v, k;
    return a->k == E_POW && b->k == E_POW && ex_is_int(a->a[0], &u) && ex_is_int(b->a[0], &v) && v == u + 1 && ex_is_int(a->a[1], &k) && ex_same(a->a[1], b->a[1]);
}

/* 1 + 2 + ... + 50: one after another, because 50 is no power of two. */
static int counts_up(struct ex *const *t, const struct ex *last)
{
    long one, two, end;
    return ex_is_int(t[0], &one) && ex_is_int(t[1], &two) && ex_is_int(last, &end) && one == 1 && two == 2 && (end & (end - 1)) != 0;
}

static int shaped_sum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    (void)q;
    if (f == NULL || f->k != E_ADD || ex_has_sym(f, NULL) || f->n < 4)
        return 0;
    int dots = -1, after;
    for (int i = 0; i < f->n; i++)
        if (f->a[i]->k == E_DOTS) {
            if (dots >= 0)
                return 0;
            dots = i;
        }
    after = f->n - dots - 1;
    if (dots < 2 || after < 1 || after > 2)
        return 0;
    for (int size = 1; size <= 2; size++) {           /* the terms one by one, or in pairs (1 - 2) + (3 - 4) */
        struct ex **t = f->a, *last = f->a[f->n - 1];
        if (dots % size != 0 || dots / size < 2)
            continue;
        int ok = 1, moving = 0;
        for (int j = 0; j < size && ok; j++) {
            ok = at(c, t[j], t[size + j], 1, &moving) != NULL;
            for (int i = 2; i < dots / size && ok; i++)
                ok = same(c, t[j], t[size + j], i + 1, t[i * size + j]);
        }
        int powers = size == 1 && is_next_power(t[0], t[1]);
        if (!ok || moving == 0 || (dots / size < 3 && moving < 2 && !powers && !(size == 1 && counts_up(t, last))))
            continue;
        if (size == 2 && !alternates(c, t, dots, last))
            continue;
        long k = index_of(t[size - 1], t[2 * size - 1], last);
        if (k <= dots / size || k > MOST_TERMS || !same(c, t[size - 1], t[2 * size - 1], k, last))
            continue;
        if (after == 2 && !(size == 1 ? same(c, t[0], t[1], k - 1, f->a[f->n - 2]) : same(c, t[0], t[2], k, f->a[f->n - 2])))
            continue;
        val sum = val_si(c, 0);
        for (long i = 1; i <= k; i++)
            for (int j = 0; j < size; j++) {
                val v = value_const(c, at(c, t[j], t[size + j], i, &moving)), s = val_new(c);
                if (v == NULL)
                    return 0;
                ca_add(s, sum, v, c->ca);
                sum = s;
            }
        r->k = S_VALUE;
        r->v = sum;
        r->text = calc_printf(c, "%s, %ld terms of one shape, find the sum", ex_text(c, f), k * size);
        return 1;
    }
    return 0;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
const struct family read_sums[] = {
    { .id = "sum of one shape", .read = shaped_sum, .patterns = P("(计算|求|求和|求出|)(,|)(和|){e:f}(的|)(值|和|结果|)(是|为|等于|=|)(多少|几|).", "(compute|find|evaluate|calculate|determine|what is) (the |)(sum |value |)(of |)(the (series|sum) |)(:|){e:f}.") },
    { .id = NULL },
};
