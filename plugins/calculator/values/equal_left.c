/* equal_left.c - what stands left of an equals sign: the same name, the same quantity, or an equation to be solved?
 * f(2) = 5 and f(3) = 5, \sin A = 1/2 and A = 1/2, 2x = 4 and x = 4 have the same right side and are not the same. */
#include "plugins/calculator/values/equal_left.h"

#include <ctype.h>
#include <string.h>

/* May a letter stand for any argument, so that f(x) = x^2 is f(t) = t^2?  In P(A) and f(a) it is a given one. */
static int bound_letter(const struct ex *call, const struct ex *letter)
{
    const char *letters = strchr(call->s, '_') != NULL ? "nkmij" : "xtuvwsyz";
    return letter->k == E_SYM && letter->s[1] == '\0' && strchr(letters, letter->s[0]) != NULL;
}

/* Arguments or indices of the same function. */
static enum tri arguments(struct calc *c, const struct ex *call, struct ex *a, struct ex *b)
{
    if (ex_same(a, b))
        return YES;
    if (a->k == E_SYM && b->k == E_SYM)
        return bound_letter(call, a) || bound_letter(call, b) ? UNSURE : NO;
    if (a->k == E_REL && b->k == E_REL && a->n == b->n && memcmp(a->rels, b->rels, (size_t)a->n - 1) == 0) {
        enum tri all = YES;                           /* P(X = 1) and P(X = 2) */
        for (int i = 0; i < a->n; i++) {
            enum tri t = arguments(c, call, a->a[i], b->a[i]);
            all = t < all ? t : all;
        }
        return all;
    }
    if (a->k == E_REL || b->k == E_REL)
        return UNSURE;
    enum tri t = equal_exprs(c, a, b);
    return t == NO && (ex_has_sym(a, NULL) || ex_has_sym(b, NULL)) ? UNSURE : t;
}

static enum tri calls(struct calc *c, const struct ex *a, const struct ex *b)
{
    if (strcmp(a->s, b->s) != 0 || a->op != b->op || a->n != b->n)
        return NO;
    enum tri all = YES;
    for (int i = 0; i < a->n; i++) {
        enum tri t = arguments(c, a, a->a[i], b->a[i]);
        all = t < all ? t : all;
    }
    return all;
}

/* The angles ABC and CBA, A and the letter A; other names of angles may be the same one. */
static enum tri angles(const char *a, const char *b)
{
    const char *p = strncmp(a, "angle ", 6) == 0 ? a + 6 : a, *q = strncmp(b, "angle ", 6) == 0 ? b + 6 : b;
    size_t n = strlen(p);
    if (strcmp(p, q) == 0 || (n == 3 && strlen(q) == 3 && p[0] == q[2] && p[1] == q[1] && p[2] == q[0]))
        return YES;
    return n == strlen(q) ? NO : UNSURE;
}

static enum tri names(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return YES;
    if (strncmp(a, "angle ", 6) == 0 || strncmp(b, "angle ", 6) == 0)
        return angles(a, b);
    return obj_same_base(a, b) && (strchr(a, '_') == NULL || strchr(b, '_') == NULL) ? UNSURE : NO;
}

/* y^2 and x^2, \tan\alpha and \tan\beta: the same of another letter. */
static int other_letter(struct calc *c, struct ex *a, struct ex *b)
{
    const char *v[1], *w[1];
    return ex_syms(a, v, 1) == 1 && ex_syms(b, w, 1) == 1 && strcmp(v[0], w[0]) != 0 &&
        ex_same(ex_subst(c, a, v[0], ex_sym(c, w[0])), b);
}

static enum tri lefts(struct calc *c, struct ex *a, struct ex *b)
{
    if (ex_same(a, b))
        return YES;
    if (a->k == E_SYM && b->k == E_SYM)
        return names(a->s, b->s);
    if (a->k == E_CALL && b->k == E_CALL)
        return calls(c, a, b);
    if (ex_has_kind(a, E_CALL) || ex_has_kind(b, E_CALL))
        return UNSURE;
    if (other_letter(c, a, b))
        return NO;
    return a->k != E_SYM && b->k != E_SYM && equal_exprs(c, a, b) == YES ? YES : UNSURE;
}

/* f(t) = t^2 - 4t in the letter of f(x) = ...: the answer's right side with x for t; NULL where that does not apply. */
static struct ex *in_the_other_letter(struct calc *c, const struct obj *g, const struct obj *a)
{
    const struct ex *f = g->left, *h = a->left;
    if (f->k != E_CALL || h->k != E_CALL || strcmp(f->s, h->s) != 0 || f->op != h->op || f->n != 1 || h->n != 1)
        return NULL;
    struct ex *x = f->a[0], *t = h->a[0];
    if (!bound_letter(f, x) || !bound_letter(h, t) || strcmp(x->s, t->s) == 0 || g->unit != NULL || a->unit != NULL)
        return NULL;
    if (!ex_has_sym(g->e, x->s) || !ex_has_sym(a->e, t->s) || ex_has_sym(g->e, t->s) || ex_has_sym(a->e, x->s))
        return NULL;
    return ex_subst(c, a->e, t->s, x);
}

static int plain_equation(const struct obj *o)
{
    return o->rel->n == 2 && o->rel->rels[0] == R_EQ && !ex_has_kind(o->rel, E_UNIT) && !ex_has_kind(o->rel, E_CALL);
}

enum tri equal_statements(struct calc *c, const struct obj *g, const struct obj *a)
{
    struct ex *e = g->k == O_VALUE && a->k == O_VALUE ? in_the_other_letter(c, g, a) : NULL;
    if (e != NULL) {
        struct obj same = *a;
        same.e = e;
        return equal_right(c, g, &same);
    }
    enum tri left = lefts(c, g->left, a->left);
    if (left == NO)
        return NO;
    if (left == YES) {
        enum tri t = equal_right(c, g, a);
        return t == YES && (g->loose || a->loose) ? UNSURE : t;
    }
    if (g->left->k == E_SYM && a->left->k == E_SYM)
        return equal_right(c, g, a) == NO ? NO : UNSURE;
    if (!plain_equation(g) || !plain_equation(a))
        return UNSURE;
    enum tri t = equal_curves(c, g->rel, a->rel);
    return t == YES && (g->left->k == E_SYM || a->left->k == E_SYM) ? UNSURE : t;   /* 2x = 6 restates x = 3 */
}

/* How often a letter stands in e. */
static int occurrences(const struct ex *e, const char *letter)
{
    int n = e->k == E_SYM && strcmp(e->s, letter) == 0;
    for (int i = 0; i < e->n; i++)
        n += occurrences(e->a[i], letter);
    return n;
}

static int below_a_bar(const struct ex *e)
{
    if (e->k == E_DIV && ex_has_sym(e->a[1], NULL))
        return 1;
    if (e->k == E_POW && e->a[1]->k == E_NEG)
        return 1;
    for (int i = 0; i < e->n; i++)
        if (below_a_bar(e->a[i]))
            return 1;
    return 0;
}

static int has_function(const struct ex *e, enum fn from, enum fn to)
{
    if (e->k == E_FN && e->op >= from && e->op <= to)
        return 1;
    for (int i = 0; i < e->n; i++)
        if (has_function(e->a[i], from, to))
            return 1;
    return 0;
}

/* Does e name a quantity, as a^2 + b^2, \sin A or x + 1/x do?  Otherwise e = 5 is an equation to be solved. */
static int is_quantity(const struct ex *e)
{
    const char *v[8];
    int n = ex_syms(e, v, 8);
    if (n == 0 || n > 8 || ex_has_kind(e, E_CALL))
        return 1;
    int coordinates = 1;                              /* x + y = 3 is a line, x^2 + y^2 = 4 a circle */
    for (int i = 0; i < n; i++)
        coordinates &= v[i][1] == '\0' && strchr("xyz", v[i][0]) != NULL;
    if (n > 1)
        return !coordinates;
    if (has_function(e, F_SIN, F_CSC) && (v[0][1] != '\0' || isupper((unsigned char)v[0][0])))
        return 1;                                     /* of an angle */
    if (has_function(e, F_RE, F_IM) || (has_function(e, F_ABS, F_ABS) && strcmp(v[0], "z") == 0))
        return 1;
    return e->k == E_ADD && occurrences(e, v[0]) > 1 && below_a_bar(e);
}

enum tri equal_unnamed(struct calc *c, const struct obj *g, const struct obj *a)
{
    const struct obj *named = g->left != NULL ? g : a, *bare = g->left != NULL ? a : g;
    struct ex *left = named->left;
    enum tri t = equal_right(c, g, a);
    if (left->k == E_SYM)
        return t;
    if (left->k == E_CALL) {                          /* f(x + 1) = x^2: x^2 is perhaps meant as f(x) */
        int formula = named->k == O_VALUE && ex_has_sym(named->e, NULL);
        for (int i = 0; i < left->n && formula && t == YES; i++)
            if (left->a[i]->k != E_SYM && ex_has_sym(left->a[i], NULL))
                return UNSURE;
        return t;
    }
    if (t == UNSURE || is_quantity(left))
        return t;
    const char *v[1];
    if (t == YES || named->k != O_VALUE || bare->k != O_VALUE || bare->unit != NULL || ex_has_sym(bare->e, NULL) ||
        !plain_equation(named) || ex_syms(named->rel, v, 1) != 1)
        return UNSURE;
    val x = value_const(c, bare->e);
    struct env env = { v[0], x, NULL };
    return x != NULL && solve_holds(c, named->rel, &env) == NO ? NO : UNSURE;   /* 2x = 6 and 3: x is meant, perhaps */
}

/* ---- equations as curves ---- */

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

enum tri equal_curves(struct calc *c, struct ex *a, struct ex *b)
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
