/* around_names.c - the name left of "= answer": is it the name of what was asked? */
#include "plugins/calculator/text/around_int.h"
#include "plugins/calculator/text/around_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A fraction or a decimal as p/q. */
static int literal(const char *s, long *p, long *q)
{
    char tail = '\0';
    long a, b;
    size_t n = strspn(s, "-0123456789");
    *q = 1;
    if (strlen(s) > 16)
        return 0;
    if (n > 0 && s[n] == '\0' && sscanf(s, "%ld%c", p, &tail) == 1)
        return 1;
    if (sscanf(s, "%ld/%ld%c", &a, &b, &tail) == 2 && b != 0) {
        *p = a;
        *q = b;
        return 1;
    }
    if (isdigit((unsigned char)*s) && s[n] == '.' && s[n + 1 + strspn(s + n + 1, "0123456789")] == '\0') {
        *p = 0;
        for (const char *d = s; *d != '\0'; d++)
            if (*d != '.') {
                *p = *p * 10 + (*d - '0');
                *q *= d > s + n ? 10 : 1;
            }
        return 1;
    }
    return 0;
}

/* \frac{a}{b} as a/b. */
static const char *plain_fraction(struct calc *c, const char *s, size_t n)
{
    const char *t = calc_strn(c, s, n);
    long a, b;
    char tail = '\0';
    t += strspn(t, " $");
    if ((sscanf(t, "\\frac{%ld}{%ld}%c", &a, &b, &tail) == 2 ||
        sscanf(t, "\\dfrac{%ld}{%ld}%c", &a, &b, &tail) == 2) || (sscanf(t, "\\frac{%ld}{%ld} %c", &a, &b, &tail) == 2))
        return calc_printf(c, "%ld/%ld", a, b);
    return around_compact(c, s, n);
}

/* The usual letter of what is asked. */
static int usual_letter(const char *ask, char letter)
{
    static const struct { const char *letters, *asked; } t[] = {
        { "SAK", "area" }, { "V", "volume" }, { "PCL", "perimeter" }, { "C", "circumference" },
        { "dDsSAB", "distance" }, { "rR", "radius" }, { "d", "diameter" }, { "v", "speed" }, { "t", "time" },
        { "P", "probab" }, { "h", "height" }, { "D", "discriminant" }, { "E", "expect" }, { "m", "slope" },
        { "c", "hypotenuse" }, { "d", "difference" }, { "rq", "ratio" }, { "T", "period" },
        { "SA", "面积" }, { "V", "体积" }, { "CLP", "周长" }, { "dDsS", "距离" }, { "sS", "路程" }, { "rR", "半径" },
        { "d", "直径" }, { "v", "速度" }, { "t", "时间" }, { "P", "概率" }, { "h", "高" }, { "D", "判别式" },
        { "E", "期望" }, { "k", "斜率" }, { "c", "斜边" }, { "d", "公差" }, { "q", "公比" }, { "T", "周期" },
        { "lL", "弧长" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (strchr(t[i].letters, letter) != NULL && strstr(ask, t[i].asked) != NULL)
            return 1;
    return 0;
}

/* Is it an expression that is asked for, not a letter of it nor a solution? */
static int spelled_out(struct scene *s)
{
    static const char *const solves[] = {
        "solve", "solution", "root", "zero", "satisf", "解", "根", "equation", "方程", "intersect", "factor",
        "domain", "range", NULL };
    if (around_holds_any(s->ask, solves))
        return 0;
    for (const char *p = s->ask; *p != '\0'; p++) {
        const char *f = around_formula_end(p);
        if (f == NULL)
            continue;
        const char *t = around_compact(s->c, p, (size_t)(f - p));
        return around_has_letter(t) && strpbrk(t, "=<>,") == NULL && strstr(t, "\\le") == NULL &&
            strstr(t, "\\ge") == NULL && strlen(t) > 2 && strpbrk(t, "+-*/^") != NULL;
    }
    return 0;
}

/* Does a formula of what is asked consist of this letter? */
static int listed_alone(struct scene *s, const char *small)
{
    for (const char *p = s->ask, *f; *p != '\0'; p = f) {
        if ((f = around_formula_end(p)) == NULL)
            f = p + 1;
        else if (strcmp(around_compact(s->c, p, (size_t)(f - p)), small) == 0)
            return 1;
    }
    return 0;
}

/* One letter or command as a name: x, y', x_1, \Delta. */
static int lone_name(const char *s)
{
    static const char *const functions[] = {
        "\\log", "\\ln", "\\lg", "\\sin", "\\cos", "\\tan", "\\frac", "\\dfrac", "\\sqrt", "\\binom", "\\lim",
        "\\int", "\\sum", "\\left", NULL };
    size_t n = *s == '\\' ? 1 + strspn(s + 1, LETTERS) : isalpha((unsigned char)*s) != 0;
    if (n == 0 || around_listed(s, n, functions))
        return 0;
    s += n;
    s += strspn(s, "'");
    if (*s == '_')
        s += 1 + strspn(s + 1, "0123456789" LETTERS);
    return *s == '\0';
}

static int other_letter(struct scene *s, const char *name, const char *small)
{
    int letters = around_names_letters(s->c, s->ask);
    const char *low = strchr(name, '_');
    static const char *const derived[] = { "derivative", "differentiate", "导", NULL };
    if ((around_spoken_of(s->c, s->ask, small) && !spelled_out(s)))
        return 0;
    if (strchr(name, '\'') != NULL)
        return !around_holds_any(s->ask, derived) && strchr(s->question, '\'') == NULL;
    if (low == name + 1 && isdigit((unsigned char)low[1]) && low[2] == '\0' && *name == 'x' &&
        around_word_in(s->question, "x", 1))
        return strstr(s->question, small) != NULL && letters;
    if (low != NULL && isdigit((unsigned char)low[1]))
        return 1;
    if (spelled_out(s) && !listed_alone(s, small))
        return 1;
    if (around_word_in(s->question, small, strlen(small)))   /* a given letter */
        return letters && !around_word_in(s->ask, small, strlen(small));
    if (low != NULL)
        return letters && strstr(s->question, small) == NULL;
    return letters && !usual_letter(s->ask, *name == '\\' ? (name[1] == 'D' ? 'D' : '?') : *name);
}

/* g'(x) in answer to a question that speaks of f(x) only. */
static int other_function(const char *question, const char *name)
{
    static const char letters[] = "fghFG";
    int another = 0;
    if (strchr(letters, *name) == NULL || name[1 + strspn(name + 1, "'")] != '(')
        return 0;
    for (const char *p = question; *p != '\0'; p++) {
        if (strchr(letters, *p) == NULL || (p > question && isalpha((unsigned char)p[-1])) ||
            p[1 + strspn(p + 1, "' ")] != '(')
            continue;
        if (*p == *name)
            return 0;
        another = 1;
    }
    return another;
}

int around_another(struct calc *c, const char *lhs, size_t n, const char *value)
{
    struct scene sc = around_scene_of(c, value);
    size_t first = 0;
    if (c->question == NULL)
        return 0;
    while (first < n && lhs[first] != '=')
        first++;                                      /* S = ab = ...: the first is what it is of */
    const char *s = around_compact(c, lhs, first);
    size_t k = strlen(s), letters = 0, i;
    const char *small = around_lower(c, s, k), *where = around_names_letters(c, sc.ask) ? sc.ask : sc.question;
    if (k == 0 || strstr(s, "^-1(") != NULL || around_spoken_of(c, where, small))
        return 0;
    for (i = 0; i < k; i++) {
        if ((unsigned char)s[i] >= 0x80)
            return 0;                                 /* words */
        if (s[i] == '\\') {
            while (isalpha((unsigned char)s[i + 1]))
                i++;
            continue;
        }
        int choices = strchr("CAP", s[i]) != NULL && strchr("_^", s[i + 1]) != NULL && isdigit((unsigned char)s[i + 2]);
        letters += isalpha((unsigned char)s[i]) && s[i] != 'i' && s[i] != 'e' && !choices;      /* C_9^3 is a number */
    }
    long p, q, vp, vq;
    if (first == n && literal(plain_fraction(c, lhs, first), &p, &q))
        return !literal(plain_fraction(c, value, strlen(value)), &vp, &vq) || (__int128)p * vq != (__int128)vp * q;
    if (strncmp(s, "\\text", 5) == 0 || strncmp(s, "\\math", 5) == 0)
        return 0;
    if (lone_name(s))
        return other_letter(&sc, s, small);
    if (strstr(s, "\\cap") != NULL || strstr(s, "\\cup") != NULL || strstr(s, "\\setminus") != NULL)
        return 1;                                     /* another set than the one that was spoken of */
    if (letters == 0)
        return first == n && (strncmp(s, "\\log", 4) == 0 || strncmp(s, "\\l", 2) == 0 ||
            strncmp(s, "\\sin", 4) == 0 || strncmp(s, "\\cos", 4) == 0 || strncmp(s, "\\tan", 4) == 0);
    if (other_function(sc.question, s))
        return 1;
    if (*s == 'P' && s[1] == '(' &&
        (strpbrk(s, "<>") != NULL || strstr(s, "\\le") != NULL || strstr(s, "\\ge") != NULL))
        return 1;
    if (*s == 'P' && s[1] == '(' && strchr(s, ')') == NULL && isdigit((unsigned char)*value) &&
        !around_word_in(sc.question, value, strspn(value, "0123456789")))
        return 1;                                     /* P(X = 8), where no 8 is spoken of */
    if (*s == 'P' && s[1] == '(')                     /* P(A) where P(B) is asked for */
        return strstr(sc.ask, "P(") != NULL || strstr(sc.ask, "p(") != NULL ||
            (strstr(sc.ask, "probab") == NULL && strstr(sc.ask, "概率") == NULL && strstr(sc.ask, "chance") == NULL);
    if (*s == '-' || strncmp(s, "\\sqrt", 5) == 0 || (isdigit((unsigned char)*s) && k > 1) ||
        strpbrk(s, "+*/^") != NULL || strchr(s + 1, '-') != NULL || strstr(s, "\\frac") != NULL)
        return 1;
    const char *low = strchr(s, '_');
    if (low != NULL && isdigit((unsigned char)low[1]))
        return 1;
    static const char *const extremes[] = { "minimum", "maximum", "least", "greatest", "smallest", "largest", "最小", "最大", "最值", NULL };
    const char *open = strchr(s, '(');
    if (open == s + 1 && around_holds_any(sc.ask, extremes) && strstr(sc.question, calc_printf(c, "%c(", small[0])) != NULL)
        return 0;                                     /* f(5) = 6, the least value of f */
    return open != NULL && (strchr(open + 1, '(') != NULL || isdigit((unsigned char)open[1]));
}
