/* result.c - what a program printed, written as an answer: see program.h. */
#include "plugins/python/program.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct qwen_str trim(struct qwen_str s)
{
    while (s.n > 0 && isspace((unsigned char)*s.p))
        s.p++, s.n--;
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
        s.n--;
    return s;
}

static struct qwen_str last_line(struct qwen_str s)
{
    s = trim(s);
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '\n')
            return trim((struct qwen_str){ s.p + i, s.n - i });
    return s;
}

/* "The answer is: 7" -> "7", "Area: 9*sqrt(3)" -> "9*sqrt(3)"; a dictionary's colon stays. */
static struct qwen_str after_label(struct qwen_str s)
{
    size_t label = 0;
    while (label < s.n && strchr("([{", s.p[label]) == NULL)
        label++;
    for (size_t i = label; i > 0; i--) {
        if (s.p[i - 1] == ':')
            return trim((struct qwen_str){ s.p + i, s.n - i });
        if (i >= 3 && memcmp(s.p + i - 3, "：", 3) == 0)
            return trim((struct qwen_str){ s.p + i, s.n - i });
    }
    return s;
}

struct qwen_str program_last(struct qwen_str out)
{
    return after_label(last_line(out));
}

int program_is_unfinished(struct qwen_str s)
{
    static const char *const signs[] = { "sqrt(", "**", "log(", "exp(", "sin(", "cos(", "tan(" };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (s.n > 0 && memchr(s.p, '.', s.n) == NULL && memmem(s.p, s.n, signs[i], strlen(signs[i])) != NULL)
            return 1;
    return 0;
}

struct out { char *p; size_t n, cap; };

static void add(struct out *o, const char *s, size_t n)
{
    if (o->n + n >= o->cap) {
        o->cap = 0;                             /* too long: nothing at all */
        return;
    }
    memcpy(o->p + o->n, s, n);
    o->n += n;
}

/* A binary fraction that stands for p/q with a small q: 2.3333333333333335. */
static int as_fraction(const char *s, size_t n, char *to, size_t cap)
{
    char text[40];
    const char *dot = memchr(s, '.', n);
    if (dot == NULL || n >= sizeof text || (size_t)(s + n - dot) < 11)
        return 0;
    memcpy(text, s, n);
    text[n] = '\0';
    double v = strtod(text, NULL);
    for (int q = 1; q <= 1000; q++) {
        double p = round(v * q);
        if (fabs(p) < 1e12 && fabs(v - p / q) <= 4e-15 * (fabs(v) + 1))
            return q == 1 ? snprintf(to, cap, "%.0f", p) : snprintf(to, cap, "%.0f/%d", p, q);
    }
    return 0;
}

/* Length of Fraction(p, q) at s and its two numbers, or 0. */
static size_t fraction_call(const char *s, size_t n, char *to, size_t cap)
{
    char text[80];
    long long p, q;
    int used = 0;
    size_t m = n < sizeof text - 1 ? n : sizeof text - 1;
    memcpy(text, s, m);
    text[m] = '\0';
    if (sscanf(text, "Fraction(%18lld, %18lld)%n", &p, &q, &used) < 2 || used == 0)
        return 0;
    snprintf(to, cap, "%lld/%lld", p, q);
    return (size_t)used;
}

/* Length of the number that stands at s: digits, with a point, with an exponent. */
static size_t number_length(const char *s, size_t n)
{
    size_t k = 0, e;
    while (k < n && (isdigit((unsigned char)s[k]) || s[k] == '.'))
        k++;
    if (k == n || s[k] != 'e')
        return k;
    e = k + 1 + (k + 1 < n && (s[k + 1] == '-' || s[k + 1] == '+'));
    if (e == n || !isdigit((unsigned char)s[e]))
        return k;                               /* the letter e */
    while (e < n && isdigit((unsigned char)s[e]))
        e++;
    return e;
}

/* A number as it is written: 3.0 and sympy's 3.00000000000000 are 3, 0.500000000000000 is 1/2, 1e+20 and 2.5e-7 have no
 * letter in them.  Decimals that a program chose to print (2.50) stay.  Returns the length in to, which has room for
 * 64; 0: as it stands.  *whole: no sign of operation is in it. */
static int as_number(const char *s, size_t n, char *to, int *whole)
{
    char text[48];
    int m;
    *whole = 1;
    if (n >= sizeof text)
        return 0;
    memcpy(text, s, n);
    text[n] = '\0';
    const char *e = memchr(text, 'e', n);
    if (e != NULL) {
        double v = strtod(text, NULL);
        if (v == floor(v) && fabs(v) < 1e15)
            return snprintf(to, 64, "%.0f", v);
        *whole = 0;
        return snprintf(to, 64, "%.*s*10^{%d}", (int)(e - text), text, (int)strtol(e + 1, NULL, 10));
    }
    if ((m = as_fraction(s, n, to, 64)) > 0) {
        *whole = memchr(to, '/', (size_t)m) == NULL;
        return m;
    }
    return n > 2 && strcmp(text + n - 2, ".0") == 0 ? snprintf(to, 64, "%.*s", (int)n - 2, text) : 0;
}

/* The whole is one binary fraction with all its digits: they are not all true, so it stands for what rounds to it. */
static size_t as_approximation(struct qwen_str s, char *to, size_t cap)
{
    char text[40], *end;
    const char *dot = memchr(s.p, '.', s.n);
    if (dot == NULL || s.n >= sizeof text || (size_t)(s.p + s.n - dot) < 11)
        return 0;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double v = strtod(text, &end);
    if (*end != '\0' || fabs(v) >= 1e6 || fabs(v) < 1e-3)
        return 0;
    int n = snprintf(to, cap, "\\approx %.8f", v);
    return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}

static size_t word(const char *s, size_t n)
{
    size_t k = 0;
    while (k < n && (isalpha((unsigned char)s[k]) || s[k] == '_'))
        k++;
    return k;
}

static void convert(struct out *o, struct qwen_str s);

/* The inside of the brackets that open at s[0], without them; n 0: they do not close. */
static struct qwen_str brackets(struct qwen_str s)
{
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        depth += (s.p[i] == '(') - (s.p[i] == ')');
        if (depth == 0)
            return (struct qwen_str){ s.p + 1, i - 1 };
    }
    return (struct qwen_str){ s.p, 0 };
}

/* Up to the next comma outside brackets; *rest is what follows it. */
static struct qwen_str item(struct qwen_str s, struct qwen_str *rest)
{
    int depth = 0;
    size_t i = 0;
    for (; i < s.n && (s.p[i] != ',' || depth > 0); i++)
        depth += (strchr("([{", s.p[i]) != NULL) - (strchr(")]}", s.p[i]) != NULL);
    *rest = i < s.n ? (struct qwen_str){ s.p + i + 1, s.n - i - 1 } : (struct qwen_str){ s.p + i, 0 };
    return trim((struct qwen_str){ s.p, i });
}

/* sympy's sets: Interval(a, b), Interval.open(a, b), .Lopen, .Ropen and Union(...).  The bytes read, or 0. */
static size_t set_call(struct out *o, struct qwen_str s)
{
    static const struct { const char *name, *open, *close; } kinds[] = {
        { "Interval.open(", "(", ")" }, { "Interval.Lopen(", "(", "]" }, { "Interval.Ropen(", "[", ")" }, { "Interval(", "[", "]" }, { "Union(", NULL, NULL },
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t n = strlen(kinds[k].name);
        struct qwen_str in, rest;
        if (s.n < n || memcmp(s.p, kinds[k].name, n) != 0)
            continue;
        in = brackets((struct qwen_str){ s.p + n - 1, s.n - n + 1 });
        if (in.n == 0)
            return 0;
        n += in.n + 1;
        if (kinds[k].open == NULL) {
            for (rest = in; rest.n > 0;) {
                convert(o, item(rest, &rest));
                if (rest.n > 0)
                    add(o, "\\cup ", 5);
            }
            return n;
        }
        struct qwen_str lo = item(in, &rest), hi = item(rest, &rest);
        int below = lo.n == 3 && memcmp(lo.p, "-oo", 3) == 0, above = hi.n == 2 && memcmp(hi.p, "oo", 2) == 0;
        add(o, below ? "(" : kinds[k].open, 1);
        convert(o, lo);
        add(o, ", ", 2);
        convert(o, hi);
        add(o, above ? ")" : kinds[k].close, 1);
        return n;
    }
    return 0;
}

/* "(-oo < x) & " and " & (x < oo)", which sympy adds to inequalities and which say nothing. */
static size_t vacuous(struct qwen_str s)
{
    static const char *const front[] = { "(-oo < ", " & (" };
    char text[32];
    int n = 0;
    size_t m = s.n < sizeof text - 1 ? s.n : sizeof text - 1;
    memcpy(text, s.p, m);
    text[m] = '\0';
    if (strncmp(text, front[0], strlen(front[0])) == 0 && sscanf(text, "(-oo < %*[a-z]) & %n", &n) == 0 && n > 0)
        return (size_t)n;
    if (strncmp(text, front[1], strlen(front[1])) == 0 && sscanf(text, " & (%*[a-z] < oo)%n", &n) == 0 && n > 0)
        return (size_t)n;
    return 0;
}

/* One number of n bytes; power: ** follows it. */
static void number(struct out *o, const char *s, size_t n, int power)
{
    char text[64];
    int whole, m = as_number(s, n, text, &whole);
    int tight = power || (o->n > 0 && o->n < o->cap && (o->p[o->n - 1] == '^' || o->p[o->n - 1] == '/'));
    if (m == 0) {
        add(o, s, n);
        return;
    }
    if (tight && !whole)
        add(o, "(", 1);
    add(o, text, (size_t)m);
    if (tight && !whole)
        add(o, ")", 1);
}

static void convert(struct out *o, struct qwen_str s)
{
    static const struct { const char *python, *written; } names[] = {
        { "pi", "\\pi " }, { "oo", "\\infty" }, { "I", "i" }, { "E", "e" }, { "log", "\\ln" },
        { "EmptySet", "\\emptyset" },
    };
    for (size_t i = 0; i < s.n && o->cap > 0;) {
        char small[48];
        size_t left = s.n - i, n;
        struct qwen_str here = { s.p + i, left };
        if ((n = vacuous(here)) > 0 || (n = set_call(o, here)) > 0) {
            ;
        } else if (s.p[i] == '&' || s.p[i] == '|') {
            add(o, s.p[i] == '&' ? "and" : "or", s.p[i] == '&' ? 3 : 2);
            n = 1;
        } else if ((n = fraction_call(s.p + i, left, small, sizeof small)) > 0) {
            add(o, small, strlen(small));
        } else if ((n = word(s.p + i, left)) > 0) {
            size_t k = 0;
            while (k < sizeof names / sizeof *names && (strlen(names[k].python) != n || memcmp(names[k].python, s.p + i, n) != 0))
                k++;
            if (k < sizeof names / sizeof *names)
                add(o, names[k].written, strlen(names[k].written));
            else
                add(o, s.p + i, n);
        } else if (isdigit((unsigned char)s.p[i])) {
            n = number_length(s.p + i, left);
            number(o, s.p + i, n, n < left && s.p[i + n] == '*' && n + 1 < left && s.p[i + n + 1] == '*');
        } else if (left >= 2 && s.p[i] == '*' && s.p[i + 1] == '*') {
            add(o, "^", 1);
            n = 2;
        } else {
            add(o, s.p + i, n = 1);
        }
        i += n;
    }
}

/* Only one level of brackets, and no comma in it: one thing. */
static int one_item(struct qwen_str in)
{
    int depth = 0;
    for (size_t i = 0; i < in.n; i++) {
        depth += (strchr("([{", in.p[i]) != NULL) - (strchr(")]}", in.p[i]) != NULL);
        if (in.p[i] == ',' && depth == 0)
            return 0;
    }
    return in.n > 0;
}

/* {x: 3, y: 2}: the values of named unknowns. */
static void dictionary(struct out *o, struct qwen_str in)
{
    struct out all = { o->p, o->n, o->cap };
    for (size_t i = 0; i < in.n; i++) {
        const char *colon = memchr(in.p + i, ':', in.n - i);
        size_t end = i;
        int depth = 0;
        while (end < in.n && (in.p[end] != ',' || depth > 0)) {
            depth += (strchr("([{", in.p[end]) != NULL) - (strchr(")]}", in.p[end]) != NULL);
            end++;
        }
        if (colon == NULL || colon > in.p + end)
            break;
        struct qwen_str key = trim((struct qwen_str){ in.p + i, (size_t)(colon - in.p) - i }),
                        value = trim((struct qwen_str){ colon + 1, (size_t)(in.p + end - colon) - 1 });
        if (i > 0)
            add(&all, ", ", 2);
        add(&all, key.p, key.n);
        add(&all, "=", 1);
        convert(&all, value);
        i = end;
    }
    *o = all;
}

size_t program_result(struct qwen_str out, char *to, size_t cap)
{
    struct qwen_str s = program_last(out);
    struct out o = { to, 0, cap };
    if (s.n == 0 || s.n > 2 * cap || memchr(s.p, '\0', s.n) != NULL)
        return 0;
    char first = s.p[0], last = s.p[s.n - 1];
    struct qwen_str in = { s.p + 1, s.n >= 2 ? s.n - 2 : 0 };
    in = trim(in);
    if ((first == '[' && last == ']') || (first == '{' && last == '}')) {
        if (first == '{' && memchr(in.p, ':', in.n) != NULL) {
            dictionary(&o, in);
        } else if (one_item(in)) {              /* [6] is the one solution */
            return program_result(in, to, cap);
        } else {
            add(&o, "\\{", 2);
            convert(&o, in);
            add(&o, "\\}", 2);
        }
    } else {
        char small[48];
        size_t minus = first == '-', n = as_approximation(s, to, cap);
        if (n > 0 && !as_fraction(s.p + minus, s.n - minus, small, sizeof small))
            return n;
        convert(&o, s);
    }
    return o.cap > 0 ? o.n : 0;
}
