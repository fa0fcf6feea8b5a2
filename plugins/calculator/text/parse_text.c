/* parse_text.c - characters, separating words and numbers; see parse_int.h. */
#include "plugins/calculator/text/parse_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int p_at(const struct ps *s, const char *lit)
{
    size_t n = strlen(lit);
    return (size_t)(s->end - s->p) >= n && memcmp(s->p, lit, n) == 0;
}

/* Is the command \name here, not as the beginning of a longer one? */
int p_at_cmd(const struct ps *s, const char *name)
{
    size_t n = strlen(name);
    return s->p < s->end && *s->p == '\\' && (size_t)(s->end - s->p) > n && memcmp(s->p + 1, name, n) == 0 &&
           !isalpha((unsigned char)s->p[1 + n]);
}

int p_take_cmd(struct ps *s, const char *name)
{
    if (!p_at_cmd(s, name))
        return 0;
    s->p += strlen(name) + 1;
    return 1;
}

void p_skip(struct ps *s)
{
    static const char *const cmds[] = { "left", "right", "quad", "qquad", "displaystyle", "textstyle", "limits", "nolimits", "big", "Big", "bigg",
        "Bigg", "bigl", "bigr", "Bigl", "Bigr", "middle", "hspace", "phantom", "thinspace", "rm", "bf", "therefore" };
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
            if (p_take_cmd(s, cmds[i]))
                break;
        if (i == n)
            return;
        if (i < 2 && s->p < s->end && *s->p == '.')
            s->p++;                                   /* \left. */
    }
}

int p_take(struct ps *s, const char *lit)
{
    p_skip(s);
    if (!p_at(s, lit))
        return 0;
    s->p += strlen(lit);
    return 1;
}

/* \text{...} and its relatives here: the content's place; the position behind it. */
int p_text_group(const struct ps *s, const char **from, const char **to, const char **behind)
{
    static const char *const names[] = { "text", "mathrm", "textbf", "textrm", "mbox", "operatorname", "textit", "mathbf", "bm", "boldsymbol", "textsf", "mathit" };
    if (s->p >= s->end || *s->p != '\\')
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!p_at_cmd(s, names[i]))
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

enum sep p_sep(struct ps *s, int consume)
{
    p_skip(s);
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
    } else if (p_take_cmd(s, "lor") || p_take_cmd(s, "vee")) {
        r = SEP_OR;
    } else if (p_take_cmd(s, "land") || p_take_cmd(s, "wedge")) {
        r = SEP_AND;
    } else if (p_text_group(s, &f, &t, &behind)) {
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
struct ex *p_num_of(struct ps *s, const char *digits, size_t n)
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
        else if (s->flags & PARSE_WORDS && q + 2 <= s->end && memcmp(q, "\\,", 2) == 0)
            q += 2;
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
        if (p_at(s, "\\overline{") || p_at(s, "\\dot{")) {
            int bar = p_at(s, "\\overline{");
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
    struct ex *e = p_num_of(s, b, n);
    if (e != NULL)
        e->rep = rep;
    return e;
}

struct ex *p_number(struct ps *s)
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
        return p_num_of(s, b, n);
    }
    while (s->p < s->end && isdigit((unsigned char)*s->p))
        s->p++;
    if (s->p < s->end && *s->p == '.' && s->p + 1 < s->end && (isdigit((unsigned char)s->p[1]) || s->p[1] == '\\')) {
        const char *dot = s->p++;
        while (s->p < s->end && isdigit((unsigned char)*s->p))
            s->p++;
        if (p_at(s, "\\overline{") || p_at(s, "\\dot{"))
            return p_recurring(s, from);
        if (s->p == dot + 1)
            s->p = dot;
    }
    e = p_num_of(s, from, (size_t)(s->p - from));
    const char *upright = NULL;
    if (p_at(s, "\\text{e}") || p_at(s, "\\mathrm{e}") || p_at(s, "\\text{E}") || p_at(s, "\\mathrm{E}")) {
        const char *q = strchr(s->p, '}') + 1;        /* 4.2\text{e}5 */
        if (q < s->end && (isdigit((unsigned char)*q) || (*q == '-' && isdigit((unsigned char)q[1]))))
            upright = s->p = q - 1;
    }
    if (e != NULL && s->p + 1 < s->end && (*s->p == 'e' || *s->p == 'E' || s->p == upright)) {      /* 1.5e3 */
        const char *q = s->p + 1;
        int neg = *q == '-';
        if (*q == '-' || *q == '+')
            q++;
        const char *d = q;
        while (q < s->end && isdigit((unsigned char)*q))
            q++;
        if (q > d && q - d <= 4) {
            struct ex *x = p_num_of(s, d, (size_t)(q - d));
            s->p = q;
            e = ex_2(s->c, E_MUL, e, ex_2(s->c, E_POW, ex_num(s->c, 10), neg ? ex_1(s->c, E_NEG, x) : x));
        }
    }
    return e;
}
