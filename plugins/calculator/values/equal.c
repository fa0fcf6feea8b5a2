/* equal.c - see equal.h. */
#include "plugins/calculator/values/equal_left.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"
#include "plugins/calculator/text/terms.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* S = 2t and V = 2t: formulas for different things, as x = 5 and y = 5 are. */
static int other_formula(const struct ex *a, const struct ex *b)
{
    const struct ex *l = a->a[0], *m = b->a[0];
    return l->k == E_SYM && m->k == E_SYM && *l->s != *m->s && !ex_has_sym(b, l->s) && !ex_has_sym(a, m->s);
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
