/* expr.c - making, comparing, substituting and printing expression trees. */
#include "plugins/calculator/text/expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ex *ex_new(struct calc *c, enum ek k, int n)
{
    if (++c->n_nodes > CALC_MAX_NODES)
        calc_bail(c);
    struct ex *e = calc_alloc(c, sizeof *e);
    e->k = (uint8_t)k;
    e->n = n;
    if (n > 0)
        e->a = calc_alloc(c, (size_t)n * sizeof *e->a);
    return e;
}

struct ex *ex_num(struct calc *c, long v)
{
    struct ex *e = ex_new(c, E_NUM, 0);
    e->s = calc_printf(c, "%ld", v < 0 ? -v : v);
    e->base = 10;
    return v < 0 ? ex_1(c, E_NEG, e) : e;
}

struct ex *ex_sym(struct calc *c, const char *name)
{
    struct ex *e = ex_new(c, E_SYM, 0);
    e->s = name;
    return e;
}

struct ex *ex_1(struct calc *c, enum ek k, struct ex *a)
{
    struct ex *e = ex_new(c, k, 1);
    e->a[0] = a;
    return e;
}

struct ex *ex_2(struct calc *c, enum ek k, struct ex *a, struct ex *b)
{
    struct ex *e = ex_new(c, k, 2);
    e->a[0] = a;
    e->a[1] = b;
    return e;
}

struct ex *ex_fn(struct calc *c, enum fn f, struct ex *a, struct ex *b)
{
    struct ex *e = b != NULL ? ex_2(c, E_FN, a, b) : ex_1(c, E_FN, a);
    e->op = (uint8_t)f;
    return e;
}

struct ex *ex_rel(struct calc *c, enum rel r, struct ex *a, struct ex *b)
{
    struct ex *e = ex_2(c, E_REL, a, b);
    uint8_t *rels = calc_alloc(c, 1);
    rels[0] = (uint8_t)r;
    e->rels = rels;
    return e;
}

int ex_same(const struct ex *a, const struct ex *b)
{
    if (a == b)
        return 1;
    if (a == NULL || b == NULL || a->k != b->k || a->op != b->op || a->n != b->n || a->rep != b->rep ||
        a->base != b->base || a->u != b->u)
        return 0;
    if ((a->s == NULL) != (b->s == NULL) || (a->s != NULL && strcmp(a->s, b->s) != 0))
        return 0;
    if (a->k == E_REL && memcmp(a->rels, b->rels, (size_t)a->n - 1) != 0)
        return 0;
    for (int i = 0; i < a->n; i++)
        if (!ex_same(a->a[i], b->a[i]))
            return 0;
    return 1;
}

int ex_has_sym(const struct ex *e, const char *name)
{
    if (e == NULL)
        return 0;
    if (e->k == E_SYM && (name == NULL || strcmp(e->s, name) == 0))
        return 1;
    int bound = (e->k == E_SUM || e->k == E_PROD || e->k == E_INT || e->k == E_LIM) && e->n >= 3 && e->a[0]->k == E_SYM;
    for (int i = bound; i < e->n; i++) {
        if (bound && name != NULL && strcmp(e->a[0]->s, name) == 0)
            return 0;
        if (bound && name == NULL) {
            const char *v[32];
            int n = ex_syms(e->a[i], v, 32);
            for (int j = 0; j < n && j < 32; j++)
                if (strcmp(v[j], e->a[0]->s) != 0)
                    return 1;
            continue;
        }
        if (ex_has_sym(e->a[i], name))
            return 1;
    }
    return 0;
}

int ex_has_kind(const struct ex *e, enum ek k)
{
    if (e == NULL)
        return 0;
    if (e->k == k)
        return 1;
    for (int i = 0; i < e->n; i++)
        if (ex_has_kind(e->a[i], k))
            return 1;
    return 0;
}

int ex_is_int(const struct ex *e, long *v)
{
    int neg = 0;
    if (e == NULL)
        return 0;
    while (e->k == E_NEG) {
        neg = !neg;
        e = e->a[0];
    }
    if (e->k != E_NUM || e->rep || e->base != 10 || strlen(e->s) > 15)
        return 0;
    char *end;
    long x = strtol(e->s, &end, 10);
    if (*end != '\0')
        return 0;
    *v = neg ? -x : x;
    return 1;
}

struct ex *ex_subst(struct calc *c, struct ex *e, const char *name, struct ex *by)
{
    if (e->k == E_SYM && strcmp(e->s, name) == 0)
        return by;
    if (e->n == 0 || !ex_has_sym(e, name))
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n);
    struct ex **a = r->a;
    *r = *e;
    r->a = a;
    int bound = (e->k == E_SUM || e->k == E_PROD || e->k == E_INT || e->k == E_LIM);
    for (int i = 0; i < e->n; i++)
        a[i] = bound && i == 0 ? e->a[i] : ex_subst(c, e->a[i], name, by);
    return r;
}

static int syms(const struct ex *e, const char **out, int n, int max)
{
    if (e->k == E_SYM) {
        for (int i = 0; i < n; i++)
            if (strcmp(out[i], e->s) == 0)
                return n;
        if (n < max)
            out[n] = e->s;
        return n < max ? n + 1 : max + 1;
    }
    int bound = (e->k == E_SUM || e->k == E_PROD || e->k == E_INT || e->k == E_LIM) && e->n >= 2;
    int before = n;
    for (int i = bound; i < e->n && n <= max; i++)
        n = syms(e->a[i], out, n, max);
    if (bound && e->a[0]->k == E_SYM && n <= max)
        for (int i = before; i < n; i++)
            if (strcmp(out[i], e->a[0]->s) == 0) {
                memmove(&out[i], &out[i + 1], (size_t)(n - i - 1) * sizeof *out);
                n--;
                break;
            }
    return n;
}

int ex_syms(const struct ex *e, const char **out, int max) { return syms(e, out, 0, max); }

/* ---- printing ------------------------------------------------------------ */
struct out { char *p; size_t n, cap; };

static void put(struct out *o, const char *s)
{
    size_t n = strlen(s);
    if (o->n + n >= o->cap)
        n = o->cap - o->n - 1;
    memcpy(o->p + o->n, s, n);
    o->n += n;
    o->p[o->n] = '\0';
}

static const char *const fn_names[F_N] = {
    "√", "root", "abs", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "ln", "log", "log",
    "exp", "C", "A", "floor", "ceil", "gcd", "lcm", "max", "min", "det", "Re", "Im", "conj", "mod", "sinh", "cosh", "tanh",
};
static const char *const rel_names[] = { " = ", " ≠ ", " < ", " ≤ ", " > ", " ≥ ", " ∈ ", " ≈ ", " ≡ " };

enum { P_ADD = 1, P_MUL, P_NEG, P_POW, P_ATOM };
static int prec(const struct ex *e)
{
    switch (e->k) {
    case E_ADD: case E_PM: return P_ADD;
    case E_NEG: return P_ADD;
    case E_MUL: case E_DIV: return P_MUL;
    case E_POW: case E_FACT: case E_DEG: case E_PCT: return P_POW;
    case E_REL: case E_OR: case E_AND: case E_LIST: case E_RATIO: return 0;
    default: return P_ATOM;
    }
}

static void show(struct out *o, const struct ex *e, int min);

static void show_list(struct out *o, const struct ex *e, const char *sep, int from)
{
    for (int i = from; i < e->n; i++) {
        if (i > from)
            put(o, sep);
        show(o, e->a[i], P_ADD);
    }
}

static void show_sum(struct out *o, const struct ex *e)
{
    for (int i = 0; i < e->n; i++) {
        const struct ex *t = e->a[i];
        if (i > 0)
            put(o, t->k == E_NEG ? " − " : " + ");
        if (i > 0 && t->k == E_NEG)
            show(o, t->a[0], P_MUL);
        else
            show(o, t, i > 0 ? P_MUL : P_ADD);
    }
}

static int starts_digit(const struct ex *e)
{
    while (e->n > 0 && (e->k == E_MUL || e->k == E_POW || e->k == E_DIV || e->k == E_FACT || e->k == E_DEG || e->k == E_PCT))
        e = e->a[0];
    return e->k == E_NUM;
}

static void show_fn(struct out *o, const struct ex *e)
{
    if (e->op == F_ABS) {
        put(o, "|");
        show(o, e->a[0], P_ADD);
        put(o, "|");
        return;
    }
    if (e->op == F_SQRT && (e->a[0]->k == E_NUM || e->a[0]->k == E_SYM)) {
        put(o, "√");
        show(o, e->a[0], P_ATOM);
        return;
    }
    put(o, e->op == F_LOG0 ? "log" : fn_names[e->op]);
    if (e->op == F_LOG) {
        put(o, "_");
        show(o, e->a[0], P_ATOM);
    }
    put(o, "(");
    show_list(o, e, ", ", e->op == F_LOG);
    put(o, ")");
}

static void show_inner(struct out *o, const struct ex *e)
{
    switch (e->k) {
    case E_NUM: put(o, e->s); if (e->rep) put(o, "…"); if (e->base != 10) { char b[16]; snprintf(b, sizeof b, "_%d", e->base); put(o, b); } break;
    case E_SYM: case E_TEXT: case E_REALS: put(o, e->s); break;
    case E_PI: put(o, "π"); break;
    case E_E: put(o, "e"); break;
    case E_I: put(o, "i"); break;
    case E_INF: put(o, "∞"); break;
    case E_DOTS: put(o, "…"); break;
    case E_ADD: show_sum(o, e); break;
    case E_NEG: put(o, "−"); show(o, e->a[0], P_MUL); break;
    case E_PM: if (e->n == 2) show(o, e->a[0], P_ADD); put(o, e->op ? "∓" : "±"); show(o, e->a[e->n - 1], P_MUL); break;
    case E_MUL:
        for (int i = 0; i < e->n; i++) {
            if (i > 0 && starts_digit(e->a[i]))
                put(o, "·");
            show(o, e->a[i], i > 0 ? P_POW : P_MUL);
        }
        break;
    case E_DIV: show(o, e->a[0], P_POW); put(o, "/"); show(o, e->a[1], P_POW); break;
    case E_POW: show(o, e->a[0], P_ATOM); put(o, "^"); show(o, e->a[1], P_ATOM); break;
    case E_FACT: show(o, e->a[0], P_ATOM); put(o, "!"); break;
    case E_DEG: show(o, e->a[0], P_ATOM); put(o, "°"); break;
    case E_PCT: show(o, e->a[0], P_ATOM); put(o, "%"); break;
    case E_UNIT: show(o, e->a[0], P_MUL); put(o, " "); put(o, e->u->text); break;
    case E_FN: show_fn(o, e); break;
    case E_CALL: put(o, e->s); for (int i = 0; i < e->op; i++) put(o, "′"); put(o, "("); show_list(o, e, ", ", 0); put(o, ")"); break;
    case E_SUM: case E_PROD:
        put(o, e->k == E_SUM ? "Σ(" : "Π("); show(o, e->a[0], 0); put(o, "="); show(o, e->a[1], P_ADD); put(o, ".."); show(o, e->a[2], P_ADD);
        put(o, ") "); show(o, e->a[3], P_MUL); break;
    case E_INT:
        put(o, "∫"); if (e->n == 4) { put(o, "["); show(o, e->a[2], P_ADD); put(o, ", "); show(o, e->a[3], P_ADD); put(o, "]"); }
        put(o, " "); show(o, e->a[1], P_MUL); put(o, " d"); show(o, e->a[0], 0); break;
    case E_LIM: put(o, "lim("); show(o, e->a[0], 0); put(o, "→"); show(o, e->a[1], P_ADD); put(o, ") "); show(o, e->a[2], P_MUL); break;
    case E_REL:
        for (int i = 0; i < e->n; i++) {
            show(o, e->a[i], P_ADD);
            if (i + 1 < e->n)
                put(o, rel_names[e->rels[i]]);
        }
        break;
    case E_LIST: show_list(o, e, ", ", 0); break;
    case E_PIECES: for (int i = 0; i < e->n; i++) { if (i) put(o, i % 2 ? " for " : "; "); show(o, e->a[i], 0); } break;
    case E_CASES: for (int i = 0; i < e->n; i++) { if (i) put(o, ", "); show(o, e->a[i], 0); } break;
    case E_AND: for (int i = 0; i < e->n; i++) { if (i) put(o, ", "); show(o, e->a[i], 0); } break;
    case E_OR: for (int i = 0; i < e->n; i++) { if (i) put(o, " or "); show(o, e->a[i], 0); } break;
    case E_SET: put(o, e->n ? "{" : "∅"); show_list(o, e, ", ", 0); if (e->n) put(o, "}"); break;
    case E_BUILD: put(o, "{"); show(o, e->a[0], 0); put(o, " | "); show(o, e->a[1], 0); put(o, "}"); break;
    case E_TUPLE: put(o, e->op & BR_OPEN_L ? "(" : "["); show_list(o, e, ", ", 0); put(o, e->op & BR_OPEN_R ? ")" : "]"); break;
    case E_UNION: show_list(o, e, " ∪ ", 0); break;
    case E_ISECT: show_list(o, e, " ∩ ", 0); break;
    case E_MINUS: show_list(o, e, " ∖ ", 0); break;
    case E_RATIO: show_list(o, e, ":", 0); break;
    case E_MAT: put(o, "["); for (int i = 0; i < e->n; i++) { if (i) put(o, i % e->op ? ", " : "; "); show(o, e->a[i], P_ADD); } put(o, "]"); break;
    default: put(o, "?"); break;
    }
}

static void show(struct out *o, const struct ex *e, int min)
{
    if (o->n + 8 >= o->cap)
        return;
    int par = prec(e) < min;
    if (par)
        put(o, "(");
    show_inner(o, e);
    if (par)
        put(o, ")");
}

const char *ex_text(struct calc *c, const struct ex *e)
{
    struct out o = { calc_alloc(c, 2048), 0, 2048 };
    show(&o, e, 0);
    return o.p;
}
