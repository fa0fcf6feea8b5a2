/* parse_calls.c - arguments, functions, brackets, sets, environments, sums and choices; see parse_int.h. */
#include "plugins/calculator/text/parse_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct ex *p_group(struct ps *s)                 /* {...}, the brace is next */
{
    if (++s->depth > CALC_MAX_DEPTH || !p_take(s, "{"))
        return NULL;
    int bars = s->bars, stop = s->bar_stop, br = s->in_brackets, in_int = s->in_int;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = 1;
    struct ex *e = p_answer(s);
    if (e != NULL && p_take_cmd(s, "choose")) {
        struct ex *k = p_answer(s);
        e = k != NULL ? ex_fn(s->c, F_C, e, k) : NULL;
    }
    if (e == NULL || !p_take(s, "}"))
        return NULL;
    s->bars = bars;
    s->bar_stop = stop;
    s->in_brackets = br;
    s->in_int = in_int;
    s->depth--;
    return e;
}

/* The letter here, the whole of an argument: e and i are numbers as they are elsewhere. */
static struct ex *one_letter(struct ps *s)
{
    const char *l = s->p++;
    if (*l == 'e' || *l == 'i')
        return ex_new(s->c, *l == 'e' ? E_E : E_I, 0);
    return ex_sym(s->c, calc_strn(s->c, l, 1));
}

/* The argument of \frac, \sqrt: a group, one digit, a command or one letter. */
struct ex *p_tex_arg(struct ps *s)
{
    p_skip(s);
    if (s->p >= s->end)
        return NULL;
    if (*s->p == '{')
        return p_group(s);
    if (isdigit((unsigned char)*s->p))
        return p_num_of(s, s->p++, 1);
    if (isalpha((unsigned char)*s->p))
        return one_letter(s);
    return p_primary(s);
}

struct ex *p_exponent(struct ps *s)
{
    p_skip(s);
    if (s->p < s->end && *s->p == '{')
        return p_group(s);
    if (p_take(s, "-")) {
        struct ex *e = p_exponent(s);
        return e != NULL ? ex_1(s->c, E_NEG, e) : NULL;
    }
    if (s->p < s->end && isdigit((unsigned char)*s->p)) {
        const char *from = s->p;
        while (s->p < s->end && isdigit((unsigned char)*s->p))
            s->p++;
        struct ex *e = p_num_of(s, from, (size_t)(s->p - from));
        return e;
    }
    if (s->p < s->end && isalpha((unsigned char)*s->p))
        return one_letter(s);
    return p_primary(s);
}

/* ---- functions -------------------------------------------------------------- */
static const struct { const char *name; int f; } fns[] = {
    { "arcsin", F_ASIN }, { "arccos", F_ACOS }, { "arctan", F_ATAN }, { "sinh", F_SINH }, { "cosh", F_COSH }, { "tanh", F_TANH },
    { "sin", F_SIN }, { "cos", F_COS }, { "tan", F_TAN }, { "tg", F_TAN }, { "cot", F_COT }, { "sec", F_SEC }, { "csc", F_CSC }, { "ln", F_LN }, { "lg", F_LOG },
    { "log", F_LOG0 }, { "exp", F_EXP }, { "sqrt", F_SQRT }, { "abs", F_ABS }, { "gcd", F_GCD }, { "lcm", F_LCM }, { "max", F_MAX }, { "min", F_MIN },
    { "floor", F_FLOOR }, { "ceil", F_CEIL }, { "det", F_DET }, { "Re", F_RE }, { "Im", F_IM },
};

/* A function's name here, with or without a backslash: consumes it; its index or -1. */
int p_take_fn(struct ps *s, int consume)
{
    const char *p = s->p;
    int back = *p == '\\';
    const char *f, *t, *behind;
    if (back && p_text_group(s, &f, &t, &behind) == 1) {
        for (size_t i = 0; i < sizeof fns / sizeof *fns; i++)
            if (strlen(fns[i].name) == (size_t)(t - f) && memcmp(f, fns[i].name, (size_t)(t - f)) == 0) {
                if (consume)
                    s->p = behind;
                return (int)i;
            }
        return -1;
    }
    p += back;
    for (size_t i = 0; i < sizeof fns / sizeof *fns; i++) {
        size_t n = strlen(fns[i].name);
        if ((size_t)(s->end - p) < n || memcmp(p, fns[i].name, n) != 0 || (back && fns[i].f == F_SQRT))
            continue;
        if (back && p + n < s->end && isalpha((unsigned char)p[n]))
            continue;
        if (!back && p + n < s->end && isalpha((unsigned char)p[n]) && p + n + 1 < s->end && isalpha((unsigned char)p[n + 1]) && fns[i].f != F_SIN && fns[i].f != F_COS)
            continue;
        if (consume)
            s->p = p + n;
        return (int)i;
    }
    return -1;
}


/* What a function without brackets takes: 2x, x^2, 30°, \frac{\pi}{3}; up to the next function. */
static struct ex *fn_arg(struct ps *s)
{
    p_skip(s);
    if (s->p >= s->end)
        return NULL;
    if (*s->p == '(' || *s->p == '{' || *s->p == '|') {
        struct ex *e = p_primary(s);
        if (e != NULL && e->k == E_TUPLE)
            return NULL;
        p_skip(s);
        if (e != NULL && s->p < s->end && *s->p == '^')
            return NULL;                              /* sin(x)^2: two readings */
        return e;
    }
    struct ex *e = p_take(s, "-") ? p_factor(s) : NULL;
    if (e != NULL)
        e = ex_1(s->c, E_NEG, e);
    else
        e = p_factor(s);
    while (e != NULL) {
        p_skip(s);
        if (s->p >= s->end || p_take_fn(s, 0) >= 0 || !p_starts_factor(s) || *s->p == '(' || *s->p == '|')
            break;
        struct ex *f = p_factor(s);
        if (f == NULL)
            return NULL;
        e = ex_2(s->c, E_MUL, e, f);
    }
    p_skip(s);
    if (e != NULL && s->p < s->end && *s->p == '/')
        return NULL;                                  /* sin x/2 */
    return e;
}

struct ex *p_function(struct ps *s)
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    int back = *s->p == '\\';
    int i = p_take_fn(s, 1);
    enum fn f = (enum fn)fns[i].f;
    struct ex *power = NULL, *base = NULL;
    (void)back;
    for (;;) {
        p_skip(s);
        if (s->p < s->end && *s->p == '^' && power == NULL) {
            s->p++;
            if ((power = p_exponent(s)) == NULL)
                return NULL;
        } else if (s->p < s->end && *s->p == '_' && f == F_LOG0 && base == NULL) {
            s->p++;
            if ((base = p_tex_arg(s)) == NULL)
                return NULL;
        } else {
            break;
        }
    }
    if (fns[i].name[1] == 'g' && f == F_LOG)
        base = ex_num(s->c, 10);
    if (f == F_LOG0 && base != NULL)
        f = F_LOG;
    struct ex *x = NULL, *e;
    if (f == F_GCD || f == F_LCM || f == F_MAX || f == F_MIN) {
        p_skip(s);
        if (s->p >= s->end || *s->p != '(')
            return NULL;
        x = p_primary(s);
        if (x == NULL || x->k != E_TUPLE)
            return NULL;
        e = ex_new(s->c, E_FN, x->n);
        e->a = x->a;
        e->op = (uint8_t)f;
        return e;
    }
    x = fn_arg(s);
    if (x == NULL)
        return NULL;
    long m;
    if (power != NULL && (f < F_SIN || f > F_TAN) && ex_is_int(power, &m) && m == -1)
        return NULL;                                  /* \cot^{-1} x, \ln^{-1} x: the inverse function or the reciprocal? */
    if (power != NULL && f >= F_SIN && f <= F_TAN && ex_is_int(power, &m) && m == -1) {
        f = f == F_SIN ? F_ASIN : f == F_COS ? F_ACOS : F_ATAN;
        power = NULL;
    }
    e = f == F_LOG ? ex_fn(s->c, F_LOG, base, x) : f == F_DET && x->k == E_MAT ? ex_fn(s->c, F_DET, x, NULL) : ex_fn(s->c, f, x, NULL);
    s->depth--;
    return power != NULL ? ex_2(s->c, E_POW, e, power) : e;
}

/* ---- brackets, sets, environments ------------------------------------------ */
struct ex *p_bracket(struct ps *s, char open)
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    int bars = s->bars, stop = s->bar_stop, br = s->in_brackets, in_int = s->in_int;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = 1;
    struct ex *items[64];
    int n = 0;
    char closed = 0;
    const char *from = s->p++;
    for (;;) {
        struct ex *e = p_item(s);
        if (e == NULL || n == 64)
            return NULL;
        items[n++] = e;
        if (p_take(s, ",") || p_take(s, ";") || p_take(s, "、"))
            continue;
        p_skip(s);
        if (s->p >= s->end || (*s->p != ')' && *s->p != ']'))
            return NULL;
        closed = *s->p++;
        break;
    }
    s->bars = bars;
    s->bar_stop = stop;
    s->in_brackets = br;
    s->in_int = in_int;
    s->depth--;
    if (n == 1) {
        if ((open == '(') != (closed == ')') || (open == '[' && items[0]->k != E_MAT && memchr(from, '(', (size_t)(s->p - from)) == NULL))
            return NULL;                              /* [x]: brackets, or the whole part?  Around other brackets they are brackets */
        struct ex *e = ex_new(s->c, (enum ek)items[0]->k, 0);
        *e = *items[0];
        e->n_paren = 1;
        return e;
    }
    struct ex *e = ex_new(s->c, E_TUPLE, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    e->op = (uint8_t)((open == '(' ? BR_OPEN_L : 0) | (closed == ')' ? BR_OPEN_R : 0));
    return e;
}

struct ex *p_set(struct ps *s, const char *close)     /* after the brace */
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    int bars = s->bars, stop = s->bar_stop, br = s->in_brackets;
    s->bars = 0;
    s->bar_stop = 1;
    s->in_brackets = 1;
    struct ex *items[64];
    int n = 0;
    struct ex *out = NULL;
    if (!p_take(s, close)) {
        for (;;) {
            struct ex *e = p_item(s);
            if (e == NULL || n == 64)
                return NULL;
            items[n++] = e;
            if (n == 1 && (p_take(s, "|") || p_take(s, "\\mid") || p_take(s, ":"))) {
                s->bar_stop = 0;
                struct ex *cond = p_answer(s);
                if (cond == NULL)
                    return NULL;
                out = ex_2(s->c, E_BUILD, e, cond);
                if (!p_take(s, close))
                    return NULL;
                break;
            }
            if (p_take(s, ",") || p_take(s, ";") || p_take(s, "、"))
                continue;
            if (!p_take(s, close))
                return NULL;
            break;
        }
    }
    if (out == NULL) {
        out = ex_new(s->c, E_SET, n);
        if (n > 0)
            memcpy(out->a, items, (size_t)n * sizeof *items);
    }
    s->bars = bars;
    s->bar_stop = stop;
    s->in_brackets = br;
    s->depth--;
    return out;
}

/* A brace before an environment, of a system or of cases: the environment; NULL where something else follows. */
struct ex *p_braced_env(struct ps *s)
{
    struct ps b = *s;
    p_skip(s);
    if (!p_take_cmd(s, "begin") || !(p_at(s, "{array}") || p_at(s, "{aligned}") || p_at(s, "{cases}") || p_at(s, "{gathered}"))) {
        *s = b;
        return NULL;
    }
    struct ex *e = p_env(s, 1);
    p_skip(s);
    if (e != NULL && p_at(s, "\\}"))
        s->p += 2;
    return e;
}

struct ex *p_env(struct ps *s, int braced)     /* after \begin */
{
    if (++s->depth > CALC_MAX_DEPTH || !p_take(s, "{"))
        return NULL;
    const char *from = s->p;
    while (s->p < s->end && *s->p != '}')
        s->p++;
    char *name = calc_strn(s->c, from, (size_t)(s->p - from));
    if (!p_take(s, "}"))
        return NULL;
    int array = strcmp(name, "array") == 0, wide = 0;
    if (array && p_take(s, "{")) {
        for (; s->p < s->end && *s->p != '}'; s->p++)
            wide += isalpha((unsigned char)*s->p) != 0;
        if (!p_take(s, "}"))
            return NULL;
    }
    int cases = strcmp(name, "cases") == 0 || (array && (braced || wide < 2)) || strcmp(name, "aligned") == 0 || strcmp(name, "gathered") == 0;
    int det = strcmp(name, "vmatrix") == 0;
    if (!cases && !det && !array && strcmp(name, "pmatrix") != 0 && strcmp(name, "bmatrix") != 0 && strcmp(name, "matrix") != 0)
        return NULL;
    struct ps keep = *s;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = !cases;
    struct ex *items[64];
    int n = 0, cols = 0, col = 0, pieces = 0;
    for (;;) {
        p_skip(s);
        if (p_at(s, "\\end"))
            break;
        if (n == 64 || (items[n] = p_item(s)) == NULL)
            return NULL;
        n++;
        col++;
        p_take(s, ",");
        if ((!cases || ((strcmp(name, "cases") == 0 || array) && col % 2 == 1)) && p_take(s, "&")) {
            pieces += cases;
            continue;
        }
        p_skip(s);
        if (p_at(s, "\\\\")) {
            s->p += 2;
        } else if (!p_at(s, "\\end")) {
            return NULL;
        }
        if (cols != 0 && col != cols)
            return NULL;
        cols = col;
        col = 0;
    }
    s->p += 4;
    if (!p_take(s, "{") || !p_take(s, name) || !p_take(s, "}") || n == 0)
        return NULL;
    s->bars = keep.bars;
    s->bar_stop = keep.bar_stop;
    s->in_brackets = keep.in_brackets;
    s->in_int = keep.in_int;
    s->depth--;
    if (pieces > 0 && (n != 2 * pieces || cols != 2))
        return NULL;
    for (int i = 1; i < n && pieces > 0; i += 2)      /* each value has its condition */
        if (items[i]->k != E_REL || items[i - 1]->k == E_REL)
            return NULL;
    int column = array && cases && !braced;           /* (4, -1)^T, not a system */
    for (int i = 0; i < n; i++)
        column &= items[i]->k != E_REL;
    struct ex *e = ex_new(s->c, pieces > 0 ? E_PIECES : cases && !column ? E_CASES : E_MAT, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    e->op = (uint8_t)cols;
    return det ? ex_fn(s->c, F_DET, e, NULL) : e;
}

struct ex *p_big(struct ps *s, enum ek k)      /* after \sum, \prod, \int, \lim */
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    struct ex *lo = NULL, *hi = NULL, *from = NULL, *to = NULL;
    for (;;) {
        p_skip(s);
        if (s->p < s->end && *s->p == '_' && lo == NULL) {
            s->p++;
            if (k == E_LIM) {
                if (!p_take(s, "{") || (from = p_primary(s)) == NULL || (!p_take(s, "\\to") && !p_take(s, "\\rightarrow")))
                    return NULL;
                if ((lo = p_sum(s)) == NULL || !p_take(s, "}"))
                    return NULL;
            } else if ((lo = p_tex_arg(s)) == NULL)
                return NULL;
        } else if (s->p < s->end && *s->p == '^' && hi == NULL) {
            s->p++;
            if ((hi = p_exponent(s)) == NULL)
                return NULL;
        } else {
            break;
        }
    }
    struct ex *sym = NULL, *body;
    if (k == E_SUM || k == E_PROD) {
        if (lo == NULL || hi == NULL || lo->k != E_REL || lo->n != 2 || lo->rels[0] != R_EQ || lo->a[0]->k != E_SYM)
            return NULL;
        sym = lo->a[0];
        from = lo->a[1];
        to = hi;
    }
    if (k == E_INT) {
        if ((lo == NULL) != (hi == NULL))
            return NULL;
        int keep = s->in_int;
        s->in_int = 1;
        body = p_sum(s);
        s->in_int = keep;
        p_skip(s);
        if (body == NULL || s->p >= s->end)
            return NULL;
        if (p_at(s, "\\mathrm{d}"))
            s->p += 10;
        else if (*s->p == 'd')
            s->p++;
        else
            return NULL;
        sym = p_primary(s);
        if (sym == NULL || sym->k != E_SYM)
            return NULL;
        struct ex *e = ex_new(s->c, E_INT, lo != NULL ? 4 : 2);
        e->a[0] = sym;
        e->a[1] = body;
        if (lo != NULL) {
            e->a[2] = lo;
            e->a[3] = hi;
        }
        s->depth--;
        return e;
    }
    /* the body: a product, not a sum */
    body = p_factor(s);
    while (body != NULL) {
        p_skip(s);
        if (p_take_cmd(s, "cdot") || p_take_cmd(s, "times"))
            ;
        else if (s->p >= s->end || !p_starts_factor(s))
            break;
        struct ex *f = p_factor(s);
        if (f == NULL)
            return NULL;
        body = ex_2(s->c, E_MUL, body, f);
    }
    if (body == NULL || (k == E_LIM && (from == NULL || from->k != E_SYM)))
        return NULL;
    struct ex *e = ex_new(s->c, k, k == E_LIM ? 3 : 4);
    e->a[0] = k == E_LIM ? from : sym;
    e->a[1] = k == E_LIM ? lo : from;
    e->a[2] = k == E_LIM ? body : to;
    if (k != E_LIM)
        e->a[3] = body;
    s->depth--;
    return e;
}

/* ---- letters and symbols ----------------------------------------------------- */

static struct ex *choose(struct ps *s, enum fn f, struct ex *sub, struct ex *sup)
{
    return f == F_C || f == F_A ? ex_fn(s->c, f, sub, sup) : NULL;
}

/* C_9^3, A_5^2, \mathrm{C}_9^3: after the letter. */
struct ex *p_choose(struct ps *s, char letter)
{
    struct ps b = *s;
    struct ex *sub = NULL, *sup = NULL;
    for (int i = 0; i < 2; i++) {
        p_skip(s);
        if (s->p < s->end && *s->p == '_' && sub == NULL) {
            s->p++;
            sub = p_tex_arg(s);
        } else if (s->p < s->end && *s->p == '^' && sup == NULL) {
            s->p++;
            sup = p_tex_arg(s);
        }
    }
    if (sub != NULL && sup != NULL && sub->k != E_LIST && sup->k != E_LIST)
        return choose(s, letter == 'C' ? F_C : F_A, sub, sup);
    *s = b;
    if (s->p < s->end && *s->p == '(') {
        struct ex *t = p_primary(s);
        long u, v;
        if (t != NULL && t->k == E_TUPLE && t->n == 2 && (ex_is_int(t->a[0], &u) || t->a[0]->k == E_SYM || t->a[0]->k == E_ADD) && (ex_is_int(t->a[1], &v) || t->a[1]->k == E_SYM || t->a[1]->k == E_ADD)) {
            struct ex *e = choose(s, letter == 'C' ? F_C : F_A, t->a[0], t->a[1]);
            e->lit = LIT_POINT;
            return e;
        }
    }
    *s = b;
    return NULL;
}
