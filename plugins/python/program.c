/* program.c - see program.h.
 *
 * "Does it compute?" is a small flow analysis over tokens: a name is computed when an expression that is
 * assigned to it, looped over, returned or added to it is; an expression is when it holds an operation, a
 * call that is no mere wrapping, or a computed name.  What is printed must be computed.  The analysis only
 * withholds support, so where it is unsure it says "constant". */
#include "plugins/python/program.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TOKENS = 4096, MAX_NAMES = 128, MAX_NUMBERS = 64 };
enum kind { T_NAME, T_NUMBER, T_STRING, T_OP, T_END };
struct token { enum kind k; struct qwen_str s; int computes; /* T_STRING: an f-string with a computed part */ };
struct program {
    struct token t[MAX_TOKENS];
    size_t n;
    struct qwen_str name[MAX_NAMES];        /* the computed ones */
    size_t n_names;
};

static int is(struct qwen_str s, const char *w)
{
    return s.n == strlen(w) && memcmp(s.p, w, s.n) == 0;
}

static int one_of(struct qwen_str s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (is(s, *list))
            return 1;
    return 0;
}

/* --- taking it out of the answer ------------------------------------------------------------- */

static const char *find(struct qwen_str s, const char *w, const char *from)
{
    return from <= s.p + s.n ? memmem(from, (size_t)(s.p + s.n - from), w, strlen(w)) : NULL;
}

struct qwen_str program_find(struct qwen_str a)
{
    const char *open = a.n > 0 ? find(a, "```", a.p) : NULL, *end = a.p + a.n;
    while (open != NULL) {
        const char *from = memchr(open, '\n', (size_t)(end - open)), *close;
        if (from == NULL)
            break;
        close = find(a, "```", ++from);
        if (close == NULL)
            break;
        struct qwen_str block = { from, (size_t)(close - from) };
        if (find(block, "print", from) != NULL)
            return block;
        open = find(a, "```", close + 3);
    }
    if (a.n > 0 && find(a, "```", a.p) == NULL && find(a, "print(", a.p) != NULL)
        return a;
    return (struct qwen_str){ "", 0 };
}

/* --- tokens ------------------------------------------------------------------------------------ */

static int put(struct program *p, enum kind k, const char *s, size_t n)
{
    if (p->n == MAX_TOKENS)
        return 0;
    p->t[p->n++] = (struct token){ k, { s, n }, 0 };
    return 1;
}

/* Length of a string literal at s whose quote is at `quote`; with its end missing, to the end. */
static size_t string_length(const char *s, const char *quote, const char *end)
{
    size_t q = end - quote >= 3 && quote[1] == *quote && quote[2] == *quote ? 3 : 1;
    for (const char *p = quote + q; p < end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == *quote && (size_t)(end - p) >= q && (q == 1 || (p[1] == *quote && p[2] == *quote)))
            return (size_t)(p - s) + q;
    }
    return (size_t)(end - s);
}

static int tokenize(struct program *p, struct qwen_str code)
{
    const char *s = code.p, *end = s + code.n;
    int depth = 0;
    while (s < end) {
        unsigned char c = (unsigned char)*s;
        size_t n = 1;
        if (c == '#') {
            while (s + n < end && s[n] != '\n')
                n++;
        } else if (c == '\n' || c == ';') {
            if (depth == 0 && !put(p, T_END, s, 1))
                return 0;
        } else if (c == '\\' || isspace(c)) {
            ;
        } else if (isalpha(c) || c == '_' || c >= 0x80) {
            while (s + n < end && (isalnum((unsigned char)s[n]) || s[n] == '_' || (unsigned char)s[n] >= 0x80))
                n++;
            if (n <= 2 && s + n < end && (s[n] == '"' || s[n] == '\'')) {           /* f"", r'' */
                n = string_length(s, s + n, end);
                if (!put(p, T_STRING, s, n))
                    return 0;
            } else if (!put(p, T_NAME, s, n)) {
                return 0;
            }
        } else if (isdigit(c) || (c == '.' && s + 1 < end && isdigit((unsigned char)s[1]))) {
            while (s + n < end && (isalnum((unsigned char)s[n]) || s[n] == '.' || s[n] == '_' ||
                                   ((s[n] == '-' || s[n] == '+') && (s[n - 1] == 'e' || s[n - 1] == 'E'))))
                n++;
            if (!put(p, T_NUMBER, s, n))
                return 0;
        } else if (c == '"' || c == '\'') {
            n = string_length(s, s, end);
            if (!put(p, T_STRING, s, n))
                return 0;
        } else {
            if (strchr("([{", c) != NULL)
                depth++;
            else if (strchr(")]}", c) != NULL && depth > 0)
                depth--;
            if (s + 1 < end && strchr("*/=<>", c) != NULL && s[1] == *s)
                n = 2;
            if (s + n < end && s[n] == '=' && strchr("+-*/%<>!&|^", c) != NULL)
                n++;
            if (!put(p, T_OP, s, n))
                return 0;
        }
        s += n;
    }
    return put(p, T_END, end, 0);
}

/* --- what is computed ----------------------------------------------------------------------------- */

static int computed_name(const struct program *p, struct qwen_str s)
{
    for (size_t i = 0; i < p->n_names; i++)
        if (p->name[i].n == s.n && memcmp(p->name[i].p, s.p, s.n) == 0)
            return 1;
    return 0;
}

static int learn(struct program *p, struct qwen_str s)
{
    if (computed_name(p, s) || p->n_names == MAX_NAMES)
        return 0;
    p->name[p->n_names++] = s;
    return 1;
}

/* Calls that only give what they hold another form. */
static const char *const wrapping[] = { "print", "int", "float", "str", "repr", "round", "abs", "list", "tuple", "set", "sorted", "Fraction", "Rational",
    "Integer", "Float", "Decimal", "sympify", "S", "N", "simplify", "nsimplify", "symbols", "Symbol", "Symbols", "format", "join", "latex", "pprint",
    "input", "eval", "limit_denominator", "evalf", "Eq", "Matrix", "frozenset", "dict", "bool", NULL };
static const char *const words[] = { "in", "not", "and", "or", "is", "if", "else", "for", "lambda", "None", "True", "False", "return", NULL };

static int computed_format(struct qwen_str s, const struct program *p);

/* Does t[from..to) compute something? */
static int computes(const struct program *p, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct token *t = &p->t[i];
        if (t->k == T_NAME && computed_name(p, t->s) && !(i + 1 < to && is(t[1].s, "=")))   /* not sep=... */
            return 1;
        if (t->k == T_NAME && i + 1 < to && is(t[1].s, "(") && !one_of(t->s, wrapping) && !one_of(t->s, words)) {
            /* A call: solve(...), sum(...).  One of the program's own is known by its name. */
            int own = 0;
            for (size_t k = 1; k < p->n && !own; k++)
                own = is(p->t[k - 1].s, "def") && p->t[k].s.n == t->s.n && memcmp(p->t[k].s.p, t->s.p, t->s.n) == 0;
            if (!own)
                return 1;
        }
        if (t->k == T_NAME && is(t->s, "for"))
            return 1;                           /* a comprehension */
        if (t->k == T_STRING && computed_format(t->s, p))
            return 1;
        if (t->k != T_OP || i == from || strchr("+-*/%", *t->s.p) == NULL || (t->s.n == 2 && t->s.p[1] == '='))
            continue;
        const struct token *l = t - 1;
        int binary = l->k == T_NUMBER || (l->k == T_NAME && !one_of(l->s, words)) || is(l->s, ")") || is(l->s, "]");
        /* 7/3 alone is a number as it is written, and so is "=" * 20 */
        int written = *t->s.p == '/' && t->s.n == 1 && l->k == T_NUMBER && i + 1 < to && t[1].k == T_NUMBER &&
                      (i - from < 2 || strchr("(,-", *t[-2].s.p) != NULL) && (i + 2 >= to || strchr("),", *t[2].s.p) != NULL);
        if (binary && !written && !(l->k == T_STRING || (i + 1 < to && t[1].k == T_STRING)))
            return 1;
    }
    return 0;
}

/* Of f"...{x + 1}...": is a part in braces computed? */
static int computed_format(struct qwen_str s, const struct program *p)
{
    static struct program part;                 /* one thread, and no recursion: strings in the part are not looked into */
    static int inside;
    int found = 0;
    if (inside || s.n < 3 || (s.p[0] != 'f' && s.p[0] != 'F' && s.p[1] != 'f' && s.p[1] != 'F'))
        return 0;
    inside = 1;
    for (size_t i = 0; i < s.n && !found; i++) {
        size_t k = i + 1;
        if (s.p[i] != '{')
            continue;
        while (k < s.n && s.p[k] != '}' && s.p[k] != ':')
            k++;
        part.n = 0;
        part.n_names = p->n_names;
        memcpy(part.name, p->name, p->n_names * sizeof *p->name);
        if (tokenize(&part, (struct qwen_str){ s.p + i + 1, k - i - 1 }))
            found = computes(&part, 0, part.n - 1);
        i = k;
    }
    inside = 0;
    return found;
}

/* One statement t[from..to): what it teaches about names.  1: something new. */
static int statement(struct program *p, size_t from, size_t to, struct qwen_str *function)
{
    int news = 0;
    if (from == to)
        return 0;
    if (is(p->t[from].s, "def") && from + 1 < to) {
        *function = p->t[from + 1].s;
        return 0;
    }
    if (is(p->t[from].s, "return"))
        return function->n > 0 && computes(p, from + 1, to) && learn(p, *function);
    if (is(p->t[from].s, "for") || is(p->t[from].s, "while")) {
        for (size_t i = from + 1; i < to && !is(p->t[i].s, "in") && is(p->t[from].s, "for"); i++)
            if (p->t[i].k == T_NAME)
                news |= learn(p, p->t[i].s);
        return news;
    }
    int depth = 0;
    for (size_t i = from; i < to; i++) {
        struct qwen_str s = p->t[i].s;
        if (p->t[i].k != T_OP)
            continue;
        if (strchr("([{", *s.p) != NULL)
            depth++;
        else if (strchr(")]}", *s.p) != NULL)
            depth--;
        int augmented = s.n >= 2 && s.p[s.n - 1] == '=' && strchr("+-*/%", *s.p) != NULL;
        if (depth == 0 && (is(s, "=") || augmented)) {
            if (augmented || computes(p, i + 1, to))
                for (size_t k = from; k < i; k++)
                    if (p->t[k].k == T_NAME && !(k + 1 < i && is(p->t[k + 1].s, "[")))
                        news |= learn(p, p->t[k].s);
            return news;
        }
    }
    /* list.append(x), found.add(...): the list is what is put into it. */
    if (from + 3 < to && is(p->t[from + 1].s, ".") && computes(p, from + 3, to))
        news |= learn(p, p->t[from].s);
    return news;
}

/* Number literals of the code. */
static double literal(const struct token *t)
{
    char text[64];
    size_t n = 0;
    for (size_t i = 0; i < t->s.n && n < sizeof text - 1; i++)
        if (t->s.p[i] != '_')
            text[n++] = t->s.p[i];
    text[n] = '\0';
    return strtod(text, NULL);
}

/* The different numbers of a question, at most max. */
static size_t numbers(struct qwen_str q, double *to, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < q.n && n < max;) {
        char text[32];
        size_t k = 0;
        if (!isdigit((unsigned char)q.p[i])) {
            i++;
            continue;
        }
        while (i < q.n && k < sizeof text - 1) {
            unsigned char c = (unsigned char)q.p[i], next = i + 1 < q.n ? (unsigned char)q.p[i + 1] : 0;
            if (isdigit(c) || (c == '.' && isdigit(next)))
                text[k++] = (char)c;
            else if (!(c == ',' && i + 3 < q.n && isdigit(next) && isdigit((unsigned char)q.p[i + 2]) && isdigit((unsigned char)q.p[i + 3]) &&
                       !(i + 4 < q.n && isdigit((unsigned char)q.p[i + 4]))))
                break;
            i++;
        }
        text[k] = '\0';
        double v = strtod(text, NULL);
        size_t m = 0;
        while (m < n && to[m] != v)
            m++;
        if (m == n)
            to[n++] = v;
        while (i < q.n && isdigit((unsigned char)q.p[i]))
            i++;
    }
    return n;
}

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * (fabs(a) + fabs(b));
}

/* Is x the number v, or v per cent of something, or something after v per cent more or less? */
static int is_number(double x, double v)
{
    return near(x, v) || near(100 * x, v) || near(x, 1 + v / 100) || near(x, 1 - v / 100);
}

/* How many of v[0..n) stand in the code, also in what an f-string computes. */
static size_t used(const struct program *p, const double *v, size_t n)
{
    double in[MAX_NUMBERS];
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        int hit = 0;
        for (size_t k = 0; k < p->n && !hit; k++) {
            const struct token *t = &p->t[k];
            size_t m = t->k == T_STRING && (*t->s.p == 'f' || *t->s.p == 'F') ? numbers(t->s, in, MAX_NUMBERS) : 0;
            hit = t->k == T_NUMBER && is_number(literal(t), v[i]);
            for (size_t j = 0; j < m; j++)
                hit |= is_number(in[j], v[i]);
        }
        count += (size_t)hit;
    }
    return count;
}

enum program_fault program_check(struct qwen_str code, struct qwen_str question)
{
    static struct program p;                    /* callbacks run one at a time */
    double v[MAX_NUMBERS];
    size_t n = numbers(question, v, MAX_NUMBERS);
    int news = 1, printed = 0;

    p.n = p.n_names = 0;
    if (!tokenize(&p, code))
        return PROGRAM_TOO_LONG;
    for (int round = 0; round < 8 && news; round++) {
        struct qwen_str function = { "", 0 };
        news = 0;
        for (size_t from = 0, i = 0; i < p.n; i++)
            if (p.t[i].k == T_END) {
                news |= statement(&p, from, i, &function);
                from = i + 1;
            }
    }
    for (size_t i = 0, last = 0; i + 1 < p.n; i++) {
        int depth = 0;
        size_t to = i + 1;
        if (!is(p.t[i].s, "print") || !is(p.t[i + 1].s, "("))
            continue;
        for (; to < p.n; to++) {
            depth += is(p.t[to].s, "(") - is(p.t[to].s, ")");
            if (depth == 0)
                break;
        }
        last = i;
        printed = computes(&p, last + 2, to);   /* the last line is what counts */
    }
    if (!printed)
        return PROGRAM_CONSTANT;
    return used(&p, v, n) < (n < 2 ? n : 2) ? PROGRAM_OTHER_NUMBERS : PROGRAM_COMPUTES;
}

int program_says_itself(struct qwen_str code, struct qwen_str question, struct qwen_str printed)
{
    static struct program p;
    double v[MAX_NUMBERS], said;
    size_t n = numbers(question, v, MAX_NUMBERS);
    char text[64], *end;
    if (printed.n == 0 || printed.n >= sizeof text)
        return 0;
    memcpy(text, printed.p, printed.n);
    text[printed.n] = '\0';
    said = strtod(text, &end);
    p.n = p.n_names = 0;
    if (*end != '\0' || fabs(said) < 10 || !tokenize(&p, code))
        return 0;                               /* small numbers are in every program */
    for (size_t i = 0; i < n; i++)
        if (v[i] == said)
            return 0;
    for (size_t i = 0; i < p.n; i++)
        if (p.t[i].k == T_NUMBER && literal(&p.t[i]) == said)
            return 1;
    return 0;
}
