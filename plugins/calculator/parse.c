/* parse.c - see parse.h.  Recursive descent over normalized text.
 *
 *   answer   = item ((',' | ';' | 'or' | 'and') item)*
 *   item     = sides of relations, each a sum with an optional unit
 *   sum      = term (('+' | '-' | '\pm') term)*
 *   term     = factor (operator factor | factor)*        juxtaposition multiplies
 *   factor   = primary with ^ _ ! % and degree signs behind it
 *
 * Long because the productions call each other through one private state; numbers,
 * functions, brackets, letters and whole answers are its sections.
 */
#include "plugins/calculator/parse.h"
#include "plugins/calculator/norm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct ps {
    struct calc *c;
    const char *p, *end;
    int depth, bars, bar_stop, in_brackets, in_int, flags;
};

static struct ex *p_sum(struct ps *s);
static struct ex *p_item(struct ps *s);
static struct ex *p_answer(struct ps *s);
static struct ex *p_factor(struct ps *s);
static struct ex *p_primary(struct ps *s);

static int at(const struct ps *s, const char *lit)
{
    size_t n = strlen(lit);
    return (size_t)(s->end - s->p) >= n && memcmp(s->p, lit, n) == 0;
}

/* Is the command \name here, not as the beginning of a longer one? */
static int at_cmd(const struct ps *s, const char *name)
{
    size_t n = strlen(name);
    return s->p < s->end && *s->p == '\\' && (size_t)(s->end - s->p) > n && memcmp(s->p + 1, name, n) == 0 &&
           !isalpha((unsigned char)s->p[1 + n]);
}

static int take_cmd(struct ps *s, const char *name)
{
    if (!at_cmd(s, name))
        return 0;
    s->p += strlen(name) + 1;
    return 1;
}

static void skip(struct ps *s)
{
    static const char *const cmds[] = { "left", "right", "quad", "qquad", "displaystyle", "textstyle", "limits", "nolimits", "big", "Big", "bigg",
        "Bigg", "bigl", "bigr", "Bigl", "Bigr", "middle", "hspace", "phantom", "thinspace", "rm", "bf", "dots b" };
    for (;;) {
        calc_step(s->c, 1);
        if (s->p >= s->end)
            return;
        if (*s->p == ' ' || *s->p == '\n' || *s->p == '~' || *s->p == '$') {
            s->p++;
            continue;
        }
        if (*s->p != '\\')
            return;
        char d = s->p + 1 < s->end ? s->p[1] : '\0';
        if (d == ',' || d == ';' || d == ':' || d == '!' || d == ' ' || d == '(' || d == ')' || d == '[' || d == ']') {
            s->p += 2;
            continue;
        }
        size_t i, n = sizeof cmds / sizeof *cmds;
        for (i = 0; i < n; i++)
            if (take_cmd(s, cmds[i]))
                break;
        if (i == n)
            return;
        if (i < 2 && s->p < s->end && *s->p == '.')
            s->p++;                                   /* \left. */
    }
}

static int take(struct ps *s, const char *lit)
{
    skip(s);
    if (!at(s, lit))
        return 0;
    s->p += strlen(lit);
    return 1;
}

/* \text{...} and its relatives here: the content's place; the position behind it. */
static int text_group(const struct ps *s, const char **from, const char **to, const char **behind)
{
    static const char *const names[] = { "text", "mathrm", "textbf", "textrm", "mbox", "operatorname", "textit", "mathbf", "bm", "boldsymbol", "textsf", "mathit" };
    if (s->p >= s->end || *s->p != '\\')
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!at_cmd(s, names[i]))
            continue;
        const char *q = s->p + 1 + strlen(names[i]);
        while (q < s->end && *q == ' ')
            q++;
        if (q >= s->end || *q != '{')
            return 0;
        int depth = 0;
        for (const char *r = q; r < s->end; r++) {
            if (*r == '{')
                depth++;
            else if (*r == '}' && --depth == 0) {
                *from = q + 1;
                *to = r;
                *behind = r + 1;
                while (*from < *to && **from == ' ')
                    (*from)++;
                while (*to > *from && (*to)[-1] == ' ')
                    (*to)--;
                return 1 + (i >= 7);                  /* 2: only a weight, the content is mathematics */
            }
        }
        return 0;
    }
    return 0;
}

enum sep { SEP_NONE, SEP_COMMA, SEP_OR, SEP_AND };

static enum sep word_sep(const char *p, size_t n, size_t *used)
{
    static const struct { const char *w; enum sep s; } t[] = {
        { "或者", SEP_OR }, { "或", SEP_OR }, { "or", SEP_OR }, { "以及", SEP_AND }, { "并且", SEP_AND }, { "和", SEP_AND }, { "与", SEP_AND },
        { "且", SEP_AND }, { "及", SEP_AND }, { "and", SEP_AND }, { "、", SEP_COMMA }, { "；", SEP_COMMA },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        size_t k = strlen(t[i].w);
        if (n >= k && memcmp(p, t[i].w, k) == 0 && (!isalpha((unsigned char)p[0]) || n == k || !isalpha((unsigned char)p[k]))) {
            *used = k;
            return t[i].s;
        }
    }
    return SEP_NONE;
}

static enum sep p_sep(struct ps *s, int consume)
{
    skip(s);
    struct ps b = *s;
    if (s->p >= s->end)
        return SEP_NONE;
    enum sep r = SEP_NONE;
    const char *f, *t, *behind;
    size_t used = 0;
    if (*s->p == ',' || *s->p == ';') {
        s->p++;
        r = SEP_COMMA;
        struct ps more = *s;
        enum sep w = p_sep(&more, 1);                 /* ", or" */
        if (w == SEP_OR || w == SEP_AND) {
            *s = more;
            r = w;
        }
    } else if (take_cmd(s, "lor") || take_cmd(s, "vee")) {
        r = SEP_OR;
    } else if (take_cmd(s, "land") || take_cmd(s, "wedge")) {
        r = SEP_AND;
    } else if (text_group(s, &f, &t, &behind)) {
        r = word_sep(f, (size_t)(t - f), &used);
        if (*f == ',' && r == SEP_NONE) {
            r = SEP_COMMA;
            used = 1;
        }
        if (r != SEP_NONE && used == (size_t)(t - f))
            s->p = behind;
        else
            r = SEP_NONE;
    } else {
        r = word_sep(s->p, (size_t)(s->end - s->p), &used);
        s->p += used;
    }
    if (!consume || r == SEP_NONE)
        *s = b;
    return r;
}

/* ---- numbers -------------------------------------------------------------- */
static struct ex *num_of(struct ps *s, const char *digits, size_t n)
{
    if (n > CALC_MAX_DIGITS)
        return NULL;
    struct ex *e = ex_new(s->c, E_NUM, 0);
    e->s = calc_strn(s->c, digits, n);
    e->base = 10;
    return e;
}

static const char *thousands(const struct ps *s)     /* 1,234,567 at s->p: the end, or NULL */
{
    const char *p = s->p;
    int k = 0;
    while (p < s->end && isdigit((unsigned char)*p) && k < 4)
        p++, k++;
    if (k == 0 || k > 3 || *s->p == '0')
        return NULL;
    int groups = 0;
    for (;;) {
        const char *q = p;
        if (q + 3 <= s->end && memcmp(q, "{,}", 3) == 0)
            q += 3;
        else if (q + 5 <= s->end && memcmp(q, "\\!,\\!", 5) == 0)
            q += 5;
        else if (q + 3 <= s->end && memcmp(q, ",\\!", 3) == 0)
            q += 3;
        else if (q < s->end && *q == ',' && s->in_brackets == 0)
            q += 1;
        else
            break;
        if (q + 3 > s->end || !isdigit((unsigned char)q[0]) || !isdigit((unsigned char)q[1]) || !isdigit((unsigned char)q[2]) ||
            (q + 3 < s->end && isdigit((unsigned char)q[3])))
            return NULL;
        p = q + 3;
        groups++;
    }
    return groups > 0 ? p : NULL;
}

static struct ex *p_recurring(struct ps *s, const char *from)
{
    char *b = calc_alloc(s->c, 64);
    size_t n = 0;
    int rep = 0, on = 0;
    for (const char *q = from; q < s->p && n < 30; q++)
        b[n++] = *q;
    while (n < 40) {
        if (at(s, "\\overline{") || at(s, "\\dot{")) {
            int bar = at(s, "\\overline{");
            s->p += bar ? 10 : 5;
            int k = 0;
            while (s->p < s->end && isdigit((unsigned char)*s->p) && n < 40) {
                b[n++] = *s->p++;
                k++;
            }
            if (k == 0 || s->p >= s->end || *s->p++ != '}' || (!bar && k != 1) || on > 2)
                return NULL;
            if (bar) {
                rep = k;
                on = 3;
                break;
            }
            on++;
            rep = on == 1 ? 1 : rep + 1;
            if (on == 2)
                break;
        } else if (on == 1 && s->p < s->end && isdigit((unsigned char)*s->p)) {
            const char *look = s->p;                   /* digits between two dots */
            while (look < s->end && isdigit((unsigned char)*look))
                look++;
            if ((size_t)(s->end - look) < 6 || memcmp(look, "\\dot{", 5) != 0)
                break;
            b[n++] = *s->p++;
            rep++;
        } else {
            break;
        }
    }
    if (rep == 0)
        return NULL;
    struct ex *e = num_of(s, b, n);
    if (e != NULL)
        e->rep = rep;
    return e;
}

static struct ex *p_number(struct ps *s)
{
    const char *from = s->p;
    const char *t = thousands(s);
    struct ex *e;
    if (t != NULL) {
        char *b = calc_alloc(s->c, (size_t)(t - from) + 64);
        size_t n = 0;
        for (const char *q = from; q < t; q++)
            if (isdigit((unsigned char)*q))
                b[n++] = *q;
        s->p = t;
        if (s->p + 1 < s->end && *s->p == '.' && isdigit((unsigned char)s->p[1])) {
            do
                b[n++] = *s->p++;
            while (s->p < s->end && isdigit((unsigned char)*s->p) && n < (size_t)(t - from) + 60);
        }
        return num_of(s, b, n);
    }
    while (s->p < s->end && isdigit((unsigned char)*s->p))
        s->p++;
    if (s->p < s->end && *s->p == '.' && s->p + 1 < s->end && (isdigit((unsigned char)s->p[1]) || s->p[1] == '\\')) {
        const char *dot = s->p++;
        while (s->p < s->end && isdigit((unsigned char)*s->p))
            s->p++;
        if (at(s, "\\overline{") || at(s, "\\dot{"))
            return p_recurring(s, from);
        if (s->p == dot + 1)
            s->p = dot;
    }
    e = num_of(s, from, (size_t)(s->p - from));
    if (e != NULL && s->p + 1 < s->end && (*s->p == 'e' || *s->p == 'E')) {      /* 1.5e3 */
        const char *q = s->p + 1;
        int neg = *q == '-';
        if (*q == '-' || *q == '+')
            q++;
        const char *d = q;
        while (q < s->end && isdigit((unsigned char)*q))
            q++;
        if (q > d && q - d <= 4) {
            struct ex *x = num_of(s, d, (size_t)(q - d));
            s->p = q;
            e = ex_2(s->c, E_MUL, e, ex_2(s->c, E_POW, ex_num(s->c, 10), neg ? ex_1(s->c, E_NEG, x) : x));
        }
    }
    return e;
}

static struct ex *group(struct ps *s)                 /* {...}, the brace is next */
{
    if (++s->depth > CALC_MAX_DEPTH || !take(s, "{"))
        return NULL;
    int bars = s->bars, stop = s->bar_stop, br = s->in_brackets, in_int = s->in_int;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = 1;
    struct ex *e = p_answer(s);
    if (e == NULL || !take(s, "}"))
        return NULL;
    s->bars = bars;
    s->bar_stop = stop;
    s->in_brackets = br;
    s->in_int = in_int;
    s->depth--;
    return e;
}

/* The argument of \frac, \sqrt: a group, one digit, a command or one letter. */
static struct ex *tex_arg(struct ps *s)
{
    skip(s);
    if (s->p >= s->end)
        return NULL;
    if (*s->p == '{')
        return group(s);
    if (isdigit((unsigned char)*s->p))
        return num_of(s, s->p++, 1);
    if (isalpha((unsigned char)*s->p))
        return ex_sym(s->c, calc_strn(s->c, s->p++, 1));
    return p_primary(s);
}

static struct ex *p_exponent(struct ps *s)
{
    skip(s);
    if (s->p < s->end && *s->p == '{')
        return group(s);
    if (take(s, "-")) {
        struct ex *e = p_exponent(s);
        return e != NULL ? ex_1(s->c, E_NEG, e) : NULL;
    }
    if (s->p < s->end && isdigit((unsigned char)*s->p)) {
        const char *from = s->p;
        while (s->p < s->end && isdigit((unsigned char)*s->p))
            s->p++;
        struct ex *e = num_of(s, from, (size_t)(s->p - from));
        return e;
    }
    if (s->p < s->end && isalpha((unsigned char)*s->p)) {
        if (*s->p == 'e' && (s->p + 1 >= s->end || !isalpha((unsigned char)s->p[1]))) {
            s->p++;
            return ex_new(s->c, E_E, 0);
        }
        return ex_sym(s->c, calc_strn(s->c, s->p++, 1));
    }
    return p_primary(s);
}

/* ---- functions -------------------------------------------------------------- */
static const struct { const char *name; int f; } fns[] = {
    { "arcsin", F_ASIN }, { "arccos", F_ACOS }, { "arctan", F_ATAN }, { "sinh", F_SINH }, { "cosh", F_COSH }, { "tanh", F_TANH },
    { "sin", F_SIN }, { "cos", F_COS }, { "tan", F_TAN }, { "tg", F_TAN }, { "cot", F_COT }, { "sec", F_SEC }, { "csc", F_CSC }, { "ln", F_LN }, { "lg", F_LOG },
    { "log", F_LOG0 }, { "exp", F_EXP }, { "sqrt", F_SQRT }, { "abs", F_ABS }, { "gcd", F_GCD }, { "lcm", F_LCM }, { "max", F_MAX }, { "min", F_MIN },
    { "floor", F_FLOOR }, { "ceil", F_CEIL }, { "det", F_DET },
};

/* A function's name here, with or without a backslash: consumes it; its index or -1. */
static int take_fn(struct ps *s, int consume)
{
    const char *p = s->p;
    int back = *p == '\\';
    const char *f, *t, *behind;
    if (back && text_group(s, &f, &t, &behind) == 1) {
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

static int starts_factor(struct ps *s);

/* What a function without brackets takes: 2x, x^2, 30°, \frac{\pi}{3}; up to the next function. */
static struct ex *fn_arg(struct ps *s)
{
    skip(s);
    if (s->p >= s->end)
        return NULL;
    if (*s->p == '(' || *s->p == '{' || *s->p == '|') {
        struct ex *e = p_primary(s);
        if (e != NULL && e->k == E_TUPLE)
            return NULL;
        skip(s);
        if (e != NULL && s->p < s->end && *s->p == '^')
            return NULL;                              /* sin(x)^2: two readings */
        return e;
    }
    struct ex *e = take(s, "-") ? p_factor(s) : NULL;
    if (e != NULL)
        e = ex_1(s->c, E_NEG, e);
    else
        e = p_factor(s);
    while (e != NULL) {
        skip(s);
        if (s->p >= s->end || take_fn(s, 0) >= 0 || !starts_factor(s) || *s->p == '(' || *s->p == '|')
            break;
        struct ex *f = p_factor(s);
        if (f == NULL)
            return NULL;
        e = ex_2(s->c, E_MUL, e, f);
    }
    skip(s);
    if (e != NULL && s->p < s->end && *s->p == '/')
        return NULL;                                  /* sin x/2 */
    return e;
}

static struct ex *p_function(struct ps *s)
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    int back = *s->p == '\\';
    int i = take_fn(s, 1);
    enum fn f = (enum fn)fns[i].f;
    struct ex *power = NULL, *base = NULL;
    (void)back;
    for (;;) {
        skip(s);
        if (s->p < s->end && *s->p == '^' && power == NULL) {
            s->p++;
            if ((power = p_exponent(s)) == NULL)
                return NULL;
        } else if (s->p < s->end && *s->p == '_' && f == F_LOG0 && base == NULL) {
            s->p++;
            if ((base = tex_arg(s)) == NULL)
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
        skip(s);
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
    if (power != NULL && f >= F_SIN && f <= F_TAN && ex_is_int(power, &m) && m == -1) {
        f = f == F_SIN ? F_ASIN : f == F_COS ? F_ACOS : F_ATAN;
        power = NULL;
    }
    e = f == F_LOG ? ex_fn(s->c, F_LOG, base, x) : f == F_DET && x->k == E_MAT ? ex_fn(s->c, F_DET, x, NULL) : ex_fn(s->c, f, x, NULL);
    s->depth--;
    return power != NULL ? ex_2(s->c, E_POW, e, power) : e;
}

/* ---- brackets, sets, environments ------------------------------------------ */
static struct ex *p_bracket(struct ps *s, char open)
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    int bars = s->bars, stop = s->bar_stop, br = s->in_brackets, in_int = s->in_int;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = 1;
    struct ex *items[64];
    int n = 0;
    char closed = 0;
    s->p++;
    for (;;) {
        struct ex *e = p_item(s);
        if (e == NULL || n == 64)
            return NULL;
        items[n++] = e;
        if (take(s, ",") || take(s, ";") || take(s, "、"))
            continue;
        skip(s);
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
        if ((open == '(') != (closed == ')'))
            return NULL;
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

static struct ex *p_set(struct ps *s, const char *close)     /* after the brace */
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
    if (!take(s, close)) {
        for (;;) {
            struct ex *e = p_item(s);
            if (e == NULL || n == 64)
                return NULL;
            items[n++] = e;
            if (n == 1 && (take(s, "|") || take(s, "\\mid") || take(s, ":"))) {
                s->bar_stop = 0;
                struct ex *cond = p_answer(s);
                if (cond == NULL)
                    return NULL;
                out = ex_2(s->c, E_BUILD, e, cond);
                if (!take(s, close))
                    return NULL;
                break;
            }
            if (take(s, ",") || take(s, ";") || take(s, "、"))
                continue;
            if (!take(s, close))
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

static struct ex *p_env(struct ps *s)                 /* after \begin */
{
    if (++s->depth > CALC_MAX_DEPTH || !take(s, "{"))
        return NULL;
    const char *from = s->p;
    while (s->p < s->end && *s->p != '}')
        s->p++;
    char *name = calc_strn(s->c, from, (size_t)(s->p - from));
    if (!take(s, "}"))
        return NULL;
    if (strcmp(name, "array") == 0 && take(s, "{")) {
        while (s->p < s->end && *s->p != '}')
            s->p++;
        if (!take(s, "}"))
            return NULL;
    }
    int cases = strcmp(name, "cases") == 0 || strcmp(name, "array") == 0 || strcmp(name, "aligned") == 0;
    int det = strcmp(name, "vmatrix") == 0;
    if (!cases && !det && strcmp(name, "pmatrix") != 0 && strcmp(name, "bmatrix") != 0 && strcmp(name, "matrix") != 0)
        return NULL;
    struct ps keep = *s;
    s->bars = s->bar_stop = s->in_int = 0;
    s->in_brackets = !cases;
    struct ex *items[64];
    int n = 0, cols = 0, col = 0;
    for (;;) {
        skip(s);
        if (at(s, "\\end"))
            break;
        if (n == 64 || (items[n] = p_item(s)) == NULL)
            return NULL;
        n++;
        col++;
        take(s, ",");
        if (!cases && take(s, "&"))
            continue;
        skip(s);
        if (at(s, "\\\\")) {
            s->p += 2;
        } else if (!at(s, "\\end")) {
            return NULL;
        }
        if (cols != 0 && col != cols)
            return NULL;
        cols = col;
        col = 0;
    }
    s->p += 4;
    if (!take(s, "{") || !take(s, name) || !take(s, "}") || n == 0)
        return NULL;
    s->bars = keep.bars;
    s->bar_stop = keep.bar_stop;
    s->in_brackets = keep.in_brackets;
    s->in_int = keep.in_int;
    s->depth--;
    struct ex *e = ex_new(s->c, cases ? E_CASES : E_MAT, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    e->op = (uint8_t)cols;
    return det ? ex_fn(s->c, F_DET, e, NULL) : e;
}

static struct ex *p_big(struct ps *s, enum ek k)      /* after \sum, \prod, \int, \lim */
{
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    struct ex *lo = NULL, *hi = NULL, *from = NULL, *to = NULL;
    for (;;) {
        skip(s);
        if (s->p < s->end && *s->p == '_' && lo == NULL) {
            s->p++;
            if (k == E_LIM) {
                if (!take(s, "{") || (from = p_primary(s)) == NULL || (!take(s, "\\to") && !take(s, "\\rightarrow")))
                    return NULL;
                if ((lo = p_sum(s)) == NULL || !take(s, "}"))
                    return NULL;
            } else if ((lo = tex_arg(s)) == NULL)
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
        skip(s);
        if (body == NULL || s->p >= s->end)
            return NULL;
        if (at(s, "\\mathrm{d}"))
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
        skip(s);
        if (take_cmd(s, "cdot") || take_cmd(s, "times"))
            ;
        else if (s->p >= s->end || !starts_factor(s))
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
static const char *const greek[] = { "alpha", "beta", "gamma", "theta", "lambda", "mu", "sigma", "varphi", "phi", "omega", "delta", "rho", "tau", "Delta", "varepsilon", "epsilon" };

static struct ex *choose(struct ps *s, enum fn f, struct ex *sub, struct ex *sup)
{
    return f == F_C || f == F_A ? ex_fn(s->c, f, sub, sup) : NULL;
}

/* C_9^3, A_5^2, \mathrm{C}_9^3: after the letter. */
static struct ex *p_choose(struct ps *s, char letter)
{
    struct ps b = *s;
    struct ex *sub = NULL, *sup = NULL;
    for (int i = 0; i < 2; i++) {
        skip(s);
        if (s->p < s->end && *s->p == '_' && sub == NULL) {
            s->p++;
            sub = tex_arg(s);
        } else if (s->p < s->end && *s->p == '^' && sup == NULL) {
            s->p++;
            sup = tex_arg(s);
        }
    }
    if (sub != NULL && sup != NULL && sub->k != E_LIST && sup->k != E_LIST)
        return choose(s, letter == 'C' ? F_C : F_A, sub, sup);
    *s = b;
    if (s->p < s->end && *s->p == '(') {
        struct ex *t = p_primary(s);
        long u, v;
        if (t != NULL && t->k == E_TUPLE && t->n == 2 && (ex_is_int(t->a[0], &u) || t->a[0]->k == E_SYM || t->a[0]->k == E_ADD) && (ex_is_int(t->a[1], &v) || t->a[1]->k == E_SYM || t->a[1]->k == E_ADD))
            return choose(s, letter == 'C' ? F_C : F_A, t->a[0], t->a[1]);
    }
    *s = b;
    return NULL;
}

static struct ex *with_subscript(struct ps *s, const char *name)
{
    if (s->p < s->end && *s->p == '_') {
        s->p++;
        const char *f, *t, *behind;
        if (s->p < s->end && *s->p == '{' && s->p + 1 < s->end) {
            struct ps b = *s;
            b.p++;
            if (text_group(&b, &f, &t, &behind) && behind < s->end && *behind == '}') {
                s->p = behind + 1;
                return ex_sym(s->c, calc_printf(s->c, "%s_%.*s", name, (int)(t - f), f));
            }
        }
        struct ex *sub = tex_arg(s);
        if (sub == NULL)
            return NULL;
        long v;
        if (ex_is_int(sub, &v) && v >= 0)
            return ex_sym(s->c, calc_printf(s->c, "%s_%ld", name, v));
        if (sub->k == E_LIST || sub->k == E_REL)
            return NULL;
        struct ex *e = ex_1(s->c, E_CALL, sub);
        e->s = calc_printf(s->c, "%s_", name);
        return e;
    }
    return ex_sym(s->c, name);
}

static struct ex *p_letter(struct ps *s)
{
    char l = *s->p;
    long v;
    int k = norm_en_num(s->p, &v);
    if (k > 1 && s->p + k <= s->end && (s->p + k == s->end || !isalpha((unsigned char)s->p[k]))) {
        s->p += k;
        return ex_num(s->c, v);
    }
    s->p++;
    if (l == 'C' || l == 'A' || l == 'P') {
        struct ex *e = p_choose(s, l);
        if (e != NULL)
            return e;
    }
    if (l == 'e' && (s->p >= s->end || *s->p != '_'))
        return ex_new(s->c, E_E, 0);
    if (l == 'i' && (s->p >= s->end || *s->p != '_'))
        return ex_new(s->c, E_I, 0);
    int primes = 0;
    struct ps b = *s;
    while (s->p < s->end && *s->p == '\'') {
        s->p++;
        primes++;
    }
    while (primes == 0 && (at(s, "^{\\prime}") || at(s, "^\\prime"))) {
        s->p += at(s, "^{\\prime}") ? 9 : 7;
        primes++;
    }
    skip(s);
    if ((strchr("fghFGP", l) != NULL || primes > 0) && s->p < s->end && *s->p == '(') {
        struct ex *t = p_primary(s);
        if (t == NULL)
            return NULL;
        struct ex *e = ex_new(s->c, E_CALL, t->k == E_TUPLE ? t->n : 1);
        e->s = calc_strn(s->c, &l, 1);
        e->op = (uint8_t)primes;
        if (t->k == E_TUPLE)
            memcpy(e->a, t->a, (size_t)t->n * sizeof *t->a);
        else
            e->a[0] = t;
        return e;
    }
    if (primes > 0) {
        if (l != 'y')
            return NULL;
        return ex_sym(s->c, "y'");
    }
    *s = b;
    return with_subscript(s, calc_strn(s->c, &l, 1));
}

static struct ex *p_command(struct ps *s)
{
    struct calc *c = s->c;
    if (take_cmd(s, "frac") || take_cmd(s, "dfrac") || take_cmd(s, "tfrac") || take_cmd(s, "cfrac")) {
        struct ex *a = tex_arg(s), *b = a != NULL ? tex_arg(s) : NULL;
        if (b == NULL || a->k == E_LIST || b->k == E_LIST)
            return NULL;
        struct ex *e = ex_2(c, E_DIV, a, b);
        e->lit = 1;
        return e;
    }
    if (take_cmd(s, "sqrt")) {
        skip(s);
        if (s->p < s->end && *s->p == '[') {
            s->p++;
            struct ex *n = p_sum(s);
            if (n == NULL || !take(s, "]"))
                return NULL;
            struct ex *x = tex_arg(s);
            return x != NULL ? ex_fn(c, F_ROOT, n, x) : NULL;
        }
        if (s->p < s->end && *s->p == '(')            /* \sqrt(5) */
            return ex_fn(c, F_SQRT, p_primary(s), NULL);
        struct ex *x = tex_arg(s);
        return x != NULL ? ex_fn(c, F_SQRT, x, NULL) : NULL;
    }
    if (take_cmd(s, "surd") || at_cmd(s, "cbrt")) {
        int cube = take_cmd(s, "cbrt");
        skip(s);
        struct ex *x = s->p < s->end && isdigit((unsigned char)*s->p) ? p_number(s) : tex_arg(s);
        return x == NULL ? NULL : cube ? ex_fn(c, F_ROOT, ex_num(c, 3), x) : ex_fn(c, F_SQRT, x, NULL);
    }
    if (take_cmd(s, "binom") || take_cmd(s, "dbinom") || take_cmd(s, "tbinom")) {
        struct ex *a = tex_arg(s), *b = a != NULL ? tex_arg(s) : NULL;
        return b != NULL ? ex_fn(c, F_C, a, b) : NULL;
    }
    if (take_cmd(s, "pi"))
        return ex_new(c, E_PI, 0);
    if (take_cmd(s, "infty"))
        return ex_new(c, E_INF, 0);
    if (take_cmd(s, "emptyset") || take_cmd(s, "varnothing"))
        return ex_new(c, E_SET, 0);
    if (take_cmd(s, "cdots") || take_cmd(s, "ldots") || take_cmd(s, "dots"))
        return ex_new(c, E_DOTS, 0);
    if (take_cmd(s, "sum"))
        return p_big(s, E_SUM);
    if (take_cmd(s, "prod"))
        return p_big(s, E_PROD);
    if (take_cmd(s, "int"))
        return p_big(s, E_INT);
    if (take_cmd(s, "lim"))
        return p_big(s, E_LIM);
    if (take_cmd(s, "begin"))
        return p_env(s);
    if (at(s, "\\{")) {
        s->p += 2;
        return p_set(s, "\\}");
    }
    if (take_cmd(s, "lbrace"))
        return p_set(s, "\\rbrace");
    if (take_cmd(s, "lvert") || take_cmd(s, "vert")) {
        struct ex *x = p_sum(s);
        return x != NULL && (take(s, "\\rvert") || take(s, "\\vert")) ? ex_fn(c, F_ABS, x, NULL) : NULL;
    }
    if (take_cmd(s, "lfloor")) {
        struct ex *x = p_sum(s);
        return x != NULL && take(s, "\\rfloor") ? ex_fn(c, F_FLOOR, x, NULL) : NULL;
    }
    if (take_cmd(s, "lceil")) {
        struct ex *x = p_sum(s);
        return x != NULL && take(s, "\\rceil") ? ex_fn(c, F_CEIL, x, NULL) : NULL;
    }
    if (take_cmd(s, "mathbb") || take_cmd(s, "mathbf") || take_cmd(s, "Bbb")) {
        struct ex *x = tex_arg(s);
        if (x != NULL && x->k == E_SYM && strlen(x->s) == 1 && strchr("RZNQC", x->s[0]) != NULL) {
            struct ex *e = ex_new(c, E_REALS, 0);
            e->s = x->s;
            return e;
        }
        return x;
    }
    if (take_cmd(s, "color") || take_cmd(s, "textcolor")) {
        skip(s);
        if (s->p >= s->end || *s->p != '{')
            return NULL;
        while (s->p < s->end && *s->p != '}')
            s->p++;
        if (!take(s, "}"))
            return NULL;
        return p_factor(s);
    }
    if (at(s, "\\$")) {                               /* \$1,000 */
        s->p += 2;
        struct ex *x = p_primary(s);
        if (x == NULL || x->k != E_NUM)
            return NULL;
        size_t used;
        struct ex *e = ex_1(c, E_UNIT, x);
        e->u = parse_unit(c, "dollars", &used, 1);
        return e;
    }
    if (take_cmd(s, "yuan")) {
        struct ex *x = p_primary(s);
        if (x == NULL || x->k != E_NUM)
            return NULL;
        size_t used;
        struct ex *e = ex_1(c, E_UNIT, x);
        e->u = parse_unit(c, "yuan", &used, 1);
        return e;
    }
    const char *f, *t, *behind;
    int kind = text_group(s, &f, &t, &behind);
    if (kind != 0) {
        long v;
        int k = norm_en_num(f, &v);
        if (k > 0 && f + k == t) {
            s->p = behind;
            return ex_num(c, v);
        }
        if (kind == 1 && t - f == 1 && (*f == 'C' || *f == 'A' || *f == 'P')) {
            char l = *f;
            s->p = behind;
            return p_choose(s, l);
        }
        if (kind == 1 && t - f == 1 && *f == 'e') {
            s->p = behind;
            return ex_new(c, E_E, 0);
        }
        if (kind == 1 && t - f == 1 && *f == 'i') {
            s->p = behind;
            return ex_new(c, E_I, 0);
        }
        if (kind == 2 || (t - f <= 2) || isdigit((unsigned char)*f)) {                 /* \bm{3} */
            struct ps in = *s;
            in.p = f;
            in.end = t;
            if (++in.depth > CALC_MAX_DEPTH)
                return NULL;
            struct ex *e = p_answer(&in);
            skip(&in);
            if (e == NULL || in.p != in.end)
                return NULL;
            s->p = behind;
            return e;
        }
        return NULL;
    }
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (take_cmd(s, greek[i]))
            return with_subscript(s, greek[i]);
    return NULL;
}

static struct ex *p_han(struct ps *s)
{
    long v, w;
    if (at(s, "百分之")) {
        s->p += strlen("百分之");
        struct ex *x = p_primary(s);
        return x != NULL ? ex_1(s->c, E_PCT, x) : NULL;
    }
    if (at(s, "根号")) {
        s->p += strlen("根号");
        struct ex *x = p_primary(s);
        return x != NULL ? ex_fn(s->c, F_SQRT, x, NULL) : NULL;
    }
    int k = norm_zh_num(s->p, &v);
    if (k == 0 || s->p + k > s->end)
        return NULL;
    s->p += k;
    if (at(s, "分之")) {
        s->p += strlen("分之");
        int m = norm_zh_num(s->p, &w);
        if (m == 0 || v == 0)
            return NULL;
        s->p += m;
        return ex_2(s->c, E_DIV, ex_num(s->c, w), ex_num(s->c, v));
    }
    return ex_num(s->c, v);
}

static struct ex *p_primary(struct ps *s)
{
    skip(s);
    if (s->p >= s->end)
        return NULL;
    calc_step(s->c, 1);
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    struct ex *e = NULL;
    char ch = *s->p;
    if (isdigit((unsigned char)ch) || (ch == '.' && s->p + 1 < s->end && isdigit((unsigned char)s->p[1]))) {
        e = p_number(s);
    } else if (ch == '(' || ch == '[') {
        e = p_bracket(s, ch);
    } else if (ch == '{') {
        struct ps b = *s;
        e = group(s);
        if (e != NULL && (e->k == E_LIST || (e->k == E_SET && 0))) {
            *s = b;                                   /* {1,2} without backslashes */
            s->p++;
            e = p_set(s, "}");
        }
    } else if (ch == '|') {
        if (s->bar_stop)
            return NULL;
        s->p++;
        s->bars++;
        struct ex *x = p_sum(s);
        if (x == NULL || !take(s, "|"))
            return NULL;
        s->bars--;
        e = ex_fn(s->c, F_ABS, x, NULL);
    } else if (ch == '\\') {
        e = take_fn(s, 0) >= 0 ? p_function(s) : p_command(s);
    } else if (isalpha((unsigned char)ch)) {
        e = take_fn(s, 0) >= 0 ? p_function(s) : p_letter(s);
    } else if ((unsigned char)ch >= 0x80) {
        e = p_han(s);
    }
    s->depth--;
    return e;
}

static struct ex *p_postfix(struct ps *s, struct ex *e)
{
    int powers = 0;
    while (e != NULL) {
        skip(s);
        if (s->p >= s->end)
            break;
        if (at(s, "^{\\circ}") || at(s, "^\\circ") || at(s, "^{\\circ }")) {
            s->p += at(s, "^{\\circ}") ? 8 : at(s, "^\\circ") ? 6 : 9;
            if (s->p < s->end && (*s->p == 'C' || *s->p == 'F'))
                return NULL;
            e = ex_1(s->c, E_DEG, e);
        } else if (at(s, "\\circ") && e->k == E_NUM) {
            s->p += 5;
            e = ex_1(s->c, E_DEG, e);
        } else if (at(s, "度") && e->k == E_NUM) {
            s->p += strlen("度");
            e = ex_1(s->c, E_DEG, e);
        } else if (at(s, "^\\prime") || at(s, "^{\\prime}")) {
            return NULL;
        } else if (*s->p == '^' && ++powers == 1) {
            s->p++;
            struct ex *x = p_exponent(s);
            if (x == NULL || x->k == E_LIST)
                return NULL;
            e = ex_2(s->c, E_POW, e, x);
        } else if (*s->p == '^') {
            return NULL;                              /* 2^3^4 */
        } else if (*s->p == '!' && !at(s, "!=")) {
            s->p++;
            e = ex_1(s->c, E_FACT, e);
        } else if (*s->p == '%' || at(s, "\\%")) {
            s->p += *s->p == '%' ? 1 : 2;
            e = ex_1(s->c, E_PCT, e);
        } else if (*s->p == '_' && e->k == E_NUM && e->base == 10 && !e->rep && strspn(e->s, "0123456789") == strlen(e->s)) {
            s->p++;
            struct ex *b = tex_arg(s);
            long base;
            if (b == NULL || !ex_is_int(b, &base) || base < 2 || base > 10)
                return NULL;
            for (const char *d = e->s; *d != '\0'; d++)
                if (*d - '0' >= base)
                    return NULL;
            e->base = (int)base;
        } else if (e->k == E_NUM && (at(s, "万") || at(s, "亿"))) {
            long m = at(s, "万") ? 10000 : 100000000;
            s->p += 3;
            e = ex_2(s->c, E_MUL, e, ex_num(s->c, m));
            e->lit = 3;
        } else {
            break;
        }
    }
    return e;
}

static struct ex *p_factor(struct ps *s)
{
    return p_postfix(s, p_primary(s));
}

/* Does a unit begin here, so that the number before it ends? */
static const struct unit *unit_here(struct ps *s, size_t *used)
{
    if (s->p >= s->end)
        return NULL;
    int spaced = s->p[-1] == ' ' || s->p[-1] == ',';
    const struct unit *u = parse_unit(s->c, s->p, used, (s->flags & PARSE_UNITS) && (spaced || isdigit((unsigned char)s->p[-1]) || s->p[-1] == '$'));
    if (u == NULL || s->p + *used > s->end)
        return NULL;
    return u;
}

static int starts_factor(struct ps *s)
{
    skip(s);
    if (s->p >= s->end)
        return 0;
    size_t used;
    char ch = *s->p;
    if (s->in_int && (at(s, "\\mathrm{d}") || (ch == 'd' && s->p + 1 < s->end && isalpha((unsigned char)s->p[1]))))
        return 0;
    if (ch == '|')
        return s->bars == 0 && !s->bar_stop;
    if (ch == '(')
        return 1;
    if (ch == '[')
        return s->in_brackets == 0 && 0;
    if (ch == '{')
        return 1;
    if (isalpha((unsigned char)ch)) {
        if (p_sep(s, 0) != SEP_NONE)
            return 0;
        return unit_here(s, &used) == NULL;
    }
    if (ch == '\\') {
        static const char *const no[] = { "cdot", "times", "div", "pm", "mp", "cup", "cap", "setminus", "in", "notin", "le", "leq", "leqslant", "ge", "geq", "geqslant",
            "ne", "neq", "lt", "gt", "approx", "equiv", "mid", "to", "rightarrow", "Rightarrow", "rfloor", "rceil", "rvert", "rbrace", "vert", "end", "circ", "pmod", "mod",
            "text", "lor", "land", "vee", "wedge", "qquad", "sim", "backslash", "ast", "implies", "iff", "begin" };
        if (at(s, "\\\\") || at(s, "\\}") || at(s, "\\%") || at(s, "\\{"))
            return 0;
        for (size_t i = 0; i < sizeof no / sizeof *no; i++)
            if (at_cmd(s, no[i]))
                return strcmp(no[i], "begin") == 0;
        return unit_here(s, &used) == NULL;
    }
    return at(s, "根号");
}

static int proper_fraction(const struct ex *e)
{
    long a, b;
    return e != NULL && e->k == E_DIV && !e->n_paren && ex_is_int(e->a[0], &a) && ex_is_int(e->a[1], &b) && a > 0 && b > a;
}

/* A mixed number behind the integer e: 1\frac12, 7 3/4, 3又1/3; or NULL. */
static struct ex *mixed(struct ps *s, struct ex *e)
{
    struct ps b = *s;
    struct ex *f = NULL;
    if (e->k != E_NUM || e->rep || e->n_paren || strspn(e->s, "0123456789") != strlen(e->s))
        return NULL;
    int spaced = s->p < s->end && (*s->p == ' ' || s->p[-1] == ' ');
    skip(s);
    if (at(s, "又")) {
        s->p += strlen("又");
        f = p_primary(s);
        skip(s);
        if (f != NULL && f->k == E_NUM && s->p < s->end && *s->p == '/') {
            s->p++;
            struct ex *d = p_primary(s);
            f = d != NULL ? ex_2(s->c, E_DIV, f, d) : NULL;
        }
    } else if (at_cmd(s, "frac") || at_cmd(s, "dfrac") || at_cmd(s, "tfrac")) {
        f = p_primary(s);
    } else if (spaced && s->p < s->end && isdigit((unsigned char)*s->p)) {
        struct ex *n = p_number(s);
        if (n != NULL && s->p < s->end && *s->p == '/' && s->p + 1 < s->end && isdigit((unsigned char)s->p[1])) {
            s->p++;
            struct ex *d = p_number(s);
            f = d != NULL ? ex_2(s->c, E_DIV, n, d) : NULL;
        }
    }
    if (!proper_fraction(f)) {
        *s = b;
        return NULL;
    }
    struct ex *m = ex_2(s->c, E_ADD, e, f);
    m->n_paren = 1;
    m->lit = 2;
    return m;
}

static struct ex *p_term(struct ps *s)
{
    struct ex *e;
    int slash = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    skip(s);
    if (take(s, "-")) {
        e = p_term(s);
        s->depth--;
        return e != NULL ? ex_1(s->c, E_NEG, e) : NULL;
    }
    if (take(s, "+")) {
        e = p_term(s);
        s->depth--;
        return e;
    }
    if ((e = p_factor(s)) == NULL)
        return NULL;
    struct ex *m = mixed(s, e);
    if (m != NULL)
        e = p_postfix(s, m);
    for (;;) {
        calc_step(s->c, 1);
        skip(s);
        struct ex *f;
        if (s->p >= s->end)
            break;
        int op = 0;
        if (take_cmd(s, "cdot") || take_cmd(s, "times") || take_cmd(s, "ast") || (*s->p == '*' && !at(s, "**") && s->p++ != NULL))
            op = '*';
        else if (take_cmd(s, "div"))
            op = 'd';
        else if (*s->p == '/' && s->p++ != NULL)
            op = '/';
        else if (!starts_factor(s))
            break;
        skip(s);
        if (op != 0 && s->p < s->end && (*s->p == '-' || *s->p == '+')) {
            int neg = *s->p++ == '-';
            f = p_factor(s);
            if (f != NULL && neg)
                f = ex_1(s->c, E_NEG, f);
        } else {
            f = p_factor(s);
            struct ex *mx = f != NULL && op != 0 && op != '/' ? mixed(s, f) : NULL;
            if (mx != NULL)
                f = p_postfix(s, mx);
        }
        if (f == NULL)
            return NULL;
        if (op == 0 && slash == '/')
            return NULL;                              /* 1/2x: two readings */
        if (op == '/' || op == 'd') {
            if (slash == 'j' && op == 'd')
                return NULL;                          /* 2x ÷ 3y */
            if (op == 'd') {
                skip(s);
                if (starts_factor(s))
                    return NULL;
            }
            e = ex_2(s->c, E_DIV, e, f);
        } else {
            if (op == 0 && f->k == E_NUM && !f->n_paren)
                return NULL;                          /* 2 3 */
            e = ex_2(s->c, E_MUL, e, f);
        }
        if (op != '*')
            slash = op == 0 ? slash : op;
        else
            slash = 0;
    }
    s->depth--;
    return e;
}

static struct ex *p_sum(struct ps *s)
{
    struct ex *items[256];
    int n = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    skip(s);
    struct ex *e;
    if (take_cmd(s, "pm") || at_cmd(s, "mp")) {
        int mp = take_cmd(s, "mp");
        struct ex *t = p_term(s);
        if (t == NULL)
            return NULL;
        e = ex_1(s->c, E_PM, t);
        e->op = (uint8_t)mp;
    } else if ((e = p_term(s)) == NULL) {
        return NULL;
    }
    items[n++] = e;
    for (;;) {
        skip(s);
        if (s->p >= s->end)
            break;
        int pm = at_cmd(s, "pm") ? 1 : at_cmd(s, "mp") ? 2 : 0;
        if (pm) {
            s->p += 3;
            struct ex *t = p_term(s);
            if (t == NULL)
                return NULL;
            struct ex *left = items[0];
            if (n > 1) {
                left = ex_new(s->c, E_ADD, n);
                memcpy(left->a, items, (size_t)n * sizeof *items);
            }
            struct ex *x = ex_2(s->c, E_PM, left, t);
            x->op = pm == 2;
            items[0] = x;
            n = 1;
            continue;
        }
        char ch = *s->p;
        if (ch != '+' && ch != '-')
            break;
        s->p++;
        struct ex *t = p_term(s);
        if (t == NULL || n == 256)
            return NULL;
        items[n++] = ch == '-' ? ex_1(s->c, E_NEG, t) : t;
    }
    s->depth--;
    if (n == 1)
        return items[0];
    e = ex_new(s->c, E_ADD, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    return e;
}

static struct ex *p_setop(struct ps *s)
{
    struct ex *e = p_sum(s);
    for (;;) {
        if (e == NULL)
            return NULL;
        skip(s);
        enum ek k;
        if (take_cmd(s, "cup"))
            k = E_UNION;
        else if (take_cmd(s, "cap"))
            k = E_ISECT;
        else if (take_cmd(s, "setminus") || take_cmd(s, "backslash"))
            k = E_MINUS;
        else
            break;
        struct ex *f = p_sum(s);
        if (f == NULL)
            return NULL;
        e = ex_2(s->c, k, e, f);
    }
    if (s->bar_stop == 0 && s->p < s->end && *s->p == ':' ) {
        struct ex *items[8] = { e };
        int n = 1;
        while (n < 8 && take(s, ":")) {
            if ((items[n++] = p_sum(s)) == NULL)
                return NULL;
            skip(s);
        }
        e = ex_new(s->c, E_RATIO, n);
        memcpy(e->a, items, (size_t)n * sizeof *items);
    }
    size_t used;
    const struct unit *u;
    skip(s);
    if (s->p < s->end && (u = unit_here(s, &used)) != NULL) {
        s->p += used;
        struct ex *x = ex_1(s->c, E_UNIT, e);
        x->u = u;
        e = x;
    } else if (s->p < s->end && at(s, "degrees")) {
        s->p += 7;
        e = ex_1(s->c, E_DEG, e);
    }
    return e;
}

static int take_rel(struct ps *s)
{
    static const struct { const char *t; int r; } t[] = {
        { "\\leqslant", R_LE }, { "\\geqslant", R_GE }, { "\\leq", R_LE }, { "\\geq", R_GE }, { "\\le", R_LE }, { "\\ge", R_GE }, { "\\neq", R_NE }, { "\\ne", R_NE },
        { "\\lt", R_LT }, { "\\gt", R_GT }, { "\\approx", R_APPROX }, { "\\in", R_IN }, { "<=", R_LE }, { ">=", R_GE }, { "!=", R_NE }, { "==", R_EQ }, { "=", R_EQ }, { "<", R_LT }, { ">", R_GT },
    };
    skip(s);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        if (t[i].t[0] == '\\' ? take_cmd(s, t[i].t + 1) : at(s, t[i].t)) {
            if (t[i].t[0] != '\\')
                s->p += strlen(t[i].t);
            return t[i].r;
        }
    }
    return -1;
}

static struct ex *p_item(struct ps *s)
{
    struct ex *sides[16];
    uint8_t rels[16];
    int n = 0, r;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    for (;;) {
        struct ex *e = p_setop(s);
        if (e == NULL || n == 15)
            return NULL;
        sides[n++] = e;
        if ((r = take_rel(s)) < 0)
            break;
        rels[n - 1] = (uint8_t)r;
    }
    s->depth--;
    if (n == 1)
        return sides[0];
    struct ex *e = ex_new(s->c, E_REL, n);
    memcpy(e->a, sides, (size_t)n * sizeof *sides);
    uint8_t *rr = calc_alloc(s->c, (size_t)n);
    memcpy(rr, rels, (size_t)n - 1);
    e->rels = rr;
    return e;
}

static struct ex *p_answer(struct ps *s)
{
    struct ex *items[64];
    int n = 0;
    enum sep sep = SEP_NONE, kind = SEP_NONE;
    int both = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    for (;;) {
        struct ex *e = p_item(s);
        if (e == NULL || n == 64)
            return NULL;
        items[n++] = e;
        skip(s);
        both |= at(s, "且") || at(s, "并且") || at_cmd(s, "land") || at_cmd(s, "wedge");
        if ((sep = p_sep(s, 1)) == SEP_NONE)
            break;
        if (kind == SEP_NONE || kind == SEP_COMMA)
            kind = sep;
        else if (sep != SEP_COMMA && sep != kind)
            return NULL;                              /* or mixed with and */
        skip(s);
        if (s->p >= s->end && sep == SEP_COMMA)
            break;
    }
    s->depth--;
    if (n == 1)
        return items[0];
    struct ex *e = ex_new(s->c, kind == SEP_OR ? E_OR : kind == SEP_AND ? E_AND : E_LIST, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    e->op = (uint8_t)(kind == SEP_AND && both);       /* "and at the same time" */
    return e;
}

/* ---- whole answers ------------------------------------------------------------ */
static const struct { const char *w; const char *means; } words[] = {
    { "无解", "{}" }, { "no solution", "{}" }, { "no solutions", "{}" }, { "no real solution", "{}" }, { "no real solutions", "{}" }, { "no real roots", "{}" }, { "there is no solution", "{}" },
    { "无实数解", "{}" }, { "无实数根", "{}" }, { "无实根", "{}" }, { "没有实数根", "{}" }, { "方程无解", "{}" }, { "原方程无解", "{}" }, { "empty set", "{}" }, { "空集", "{}" }, { "the empty set", "{}" }, { "方程无实数根", "{}" }, { "不等式无解", "{}" },
    { "infinity", "oo" }, { "正无穷", "oo" }, { "正无穷大", "oo" }, { "无穷大", "oo" }, { "positive infinity", "oo" }, { "负无穷", "-oo" }, { "负无穷大", "-oo" }, { "negative infinity", "-oo" },
    { "does not exist", "dne" }, { "不存在", "dne" }, { "DNE", "dne" }, { "undefined", "dne" }, { "无意义", "dne" },
    { "all real numbers", "R" }, { "全体实数", "R" }, { "一切实数", "R" }, { "任意实数", "R" }, { "R", "R" },
    { "yes", "yes" }, { "true", "yes" }, { "correct", "yes" }, { "正确", "yes" }, { "是", "yes" }, { "对", "yes" }, { "成立", "yes" },
    { "no", "no" }, { "false", "no" }, { "incorrect", "no" }, { "错误", "no" }, { "不是", "no" }, { "否", "no" }, { "不正确", "no" }, { "不成立", "no" },
};

static struct ex *word_answer(struct calc *c, const char *p, size_t n)
{
    char *b = calc_alloc(c, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (k > 0 || p[i] != ' ')
            b[k++] = p[i];
    while (k > 0 && (b[k - 1] == ' ' || b[k - 1] == '.'))
        b[--k] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i].w, b) != 0 || (strlen(words[i].w) == 1 && strcmp(words[i].w, b) != 0))
            continue;
        const char *m = words[i].means;
        if (strcmp(m, "{}") == 0)
            return ex_new(c, E_SET, 0);
        if (strcmp(m, "oo") == 0)
            return ex_new(c, E_INF, 0);
        if (strcmp(m, "-oo") == 0)
            return ex_1(c, E_NEG, ex_new(c, E_INF, 0));
        struct ex *e = ex_new(c, strcmp(m, "R") == 0 ? E_REALS : E_TEXT, 0);
        e->s = m;
        return e;
    }
    return NULL;
}

static struct ex *as_text(struct calc *c, const char *p, size_t n)
{
    char *b = calc_alloc(c, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        int len;
        unsigned cp = norm_cp(p + i, &len);
        if (cp == ' ' && k > 0 && b[k - 1] != ' ')
            b[k++] = ' ';
        else if (cp < 0x80 && isalpha((int)cp))
            b[k++] = (char)tolower((int)cp);
        else if (norm_han(cp)) {
            memcpy(b + k, p + i, (size_t)len);
            k += (size_t)len;
        } else if (cp != ' ')
            return NULL;
        i += (size_t)len;
    }
    while (k > 0 && b[k - 1] == ' ')
        b[--k] = '\0';
    if (k < 2)
        return NULL;
    struct ex *e = ex_new(c, E_TEXT, 0);
    e->s = b;
    return e;
}

struct ex *parse_all(struct calc *c, const char *p, size_t n, int flags)
{
    if (n > CALC_MAX_ANSWER)
        return NULL;
    char *b = calc_strn(c, p, n);
    for (;;) {                                        /* wrappings and final punctuation */
        while (n > 0 && strchr(" \n$", *b) != NULL)
            b++, n--;
        if (n > 0 && strchr(" \n$,;", b[n - 1]) != NULL && !(n > 1 && b[n - 2] == '\\'))
            b[--n] = '\0';
        else if (n > 1 && b[n - 1] == '.' && b[n - 2] != '.')
            b[--n] = '\0';
        else if (n >= 3 && (memcmp(b + n - 3, "。", 3) == 0 || memcmp(b + n - 3, "；", 3) == 0))
            b[n -= 3] = '\0';
        else if (n > 4 && memcmp(b, "**", 2) == 0 && memcmp(b + n - 2, "**", 2) == 0) {
            b += 2;
            b[n -= 4] = '\0';
        } else if (n > 4 && b[0] == '\\' && (b[1] == '(' || b[1] == '[') && b[n - 2] == '\\' && (b[n - 1] == ')' || b[n - 1] == ']')) {
            b += 2;
            b[n -= 4] = '\0';
        } else
            break;
    }
    if (n == 0)
        return NULL;
    struct ps s = { c, b, b + n, 0, 0, 0, 0, 0, flags };
    if (flags & PARSE_WORDS) {
        struct ex *w = word_answer(c, b, n);
        const char *f, *t, *behind;
        int g = text_group(&s, &f, &t, &behind);
        int whole = 0;
        if (g == 1) {
            struct ps r = s;
            r.p = behind;
            skip(&r);
            whole = r.p == r.end;
        }
        if (w == NULL && whole)
            w = word_answer(c, f, (size_t)(t - f));
        if (w != NULL)
            return w;
        if (whole && as_text(c, f, (size_t)(t - f)) != NULL) {
            long v;
            int k = norm_en_num(f, &v);
            size_t used;
            if (!(k > 0 && f + k == t) && parse_unit(c, f, &used, 1) == NULL && norm_zh_num(f, &v) == 0 && t - f > 2)
                return as_text(c, f, (size_t)(t - f));
        }
    }
    skip(&s);
    if (at_cmd(&s, "approx") || at(&s, "约")) {
        s.p += at_cmd(&s, "approx") ? 7 : 3;
        if (at(&s, "为"))
            s.p += 3;
        struct ex *x = p_setop(&s);
        skip(&s);
        return x != NULL && s.p == s.end ? ex_rel(c, R_APPROX, ex_sym(c, "?"), x) : NULL;
    }
    struct ex *e = p_answer(&s);
    skip(&s);
    if (e != NULL && s.p == s.end)
        return e;
    return flags & PARSE_WORDS ? as_text(c, b, n) : NULL;
}
