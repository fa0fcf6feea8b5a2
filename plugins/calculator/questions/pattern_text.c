/* pattern_text.c - see pattern.h: a question as words and formulas. */
#include "plugins/calculator/questions/pattern.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

static const char *const function_words[] = { "sin", "cos", "tan", "ln", "lg", "log", "sqrt", "cot", "arcsin", "arccos", "arctan", "exp", "abs", "max", "min", "gcd", "lcm", "sec", "csc", "det" };

/* Length of the run of letters at p. */
static size_t letters(const char *p)
{
    size_t n = 0;
    while (isalpha((unsigned char)p[n]))
        n++;
    return n;
}

static int is_function(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof function_words / sizeof *function_words; i++)
        if (strlen(function_words[i]) == n && memcmp(p, function_words[i], n) == 0)
            return 1;
    return 0;
}

/* A relation in brackets: beside the formula, not a factor of it. */
static int is_remark(const char *p)
{
    const char *e = strchr(p, ')');
    if (e == NULL)
        return 0;
    for (const char *q = p; q < e; q++)
        if (strchr("<>=", *q) != NULL || strncmp(q, "\\ge", 3) == 0 || strncmp(q, "\\le ", 4) == 0 || strncmp(q, "\\leq", 4) == 0 || strncmp(q, "\\in ", 4) == 0)
            return 1;
    return 0;
}

/* A command that wants something behind it. */
static int joins(const char *p, size_t n)
{
    static const char *const names[] = { "surd", "times", "cdot", "div", "le", "ge", "ne", "leq", "geq", "neq", "pm" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(p, names[i], n) == 0)
            return 1;
    return 0;
}

/* "ab = 6": a product of two letters, not a word; "AB = 6": a side. */
static int product_name(const char *p)
{
    static const char *const words[] = { "is", "if", "in", "of", "at", "to", "be", "as", "by", "an", "or", "so", "we", "it", "no", "on", "do" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(p, words[i], 2) == 0)
            return 0;
    const char *q = p + 2;
    while (*q == ' ')
        q++;
    int lower = islower((unsigned char)p[0]) && islower((unsigned char)p[1]), upper = isupper((unsigned char)p[0]) && isupper((unsigned char)p[1]);
    return (lower || upper) && letters(p) == 2 && ((*q == '=' && q[1] != '=') || p[2] == '^');          /* mx^2 - 2x: no word */
}

/* Length of a piece of unmarked mathematics at p, 0 if there is none. */
static size_t plain_math(const char *p, int after_letter)
{
    size_t i = 0, last = 0;
    int depth = 0, strong = 0, single = 0, need = 0;
    if (after_letter && strncmp(p, "\\triangle", 9) != 0)         /* Rt\triangle ABC */
        return 0;
    if (letters(p) == 2 && product_name(p))
        i = last = 2;
    while (p[i] != '\0' && i < 2000) {
        unsigned char ch = (unsigned char)p[i];
        size_t l = letters(p + i);
        if (isdigit(ch)) {
            if (last > 0 && !need && depth == 0 && i > 1 && p[i - 1] == ' ' && isalpha((unsigned char)p[i - 2]))
                break;                                /* "machine X 8 days": no product */
            while (isdigit((unsigned char)p[i]) || ((p[i] == '.' || p[i] == ',') && isdigit((unsigned char)p[i + 1]) &&
                   (p[i] == '.' || (isdigit((unsigned char)p[i + 2]) && isdigit((unsigned char)p[i + 3]) && !isdigit((unsigned char)p[i + 4])))))
                i++;
            need = 0;
        } else if (l == 1 || (l > 1 && is_function(p + i, l))) {
            if (last > 0 && p[i - 1] == ' ' && !need && (ch == 'a' || ch == 'A' || ch == 'I'))
                break;
            if (last > 0 && p[i - 1] == ' ' && !need && l == 1 && !depth && p[i + 1] != '_' && !(ch == 'e' && p[i + 1] == '^') && !(i > 2 && (p[i - 2] == '}' || (p[i - 3] == '^' && isdigit((unsigned char)p[i - 2])))) && !(p[i + 1] == '^' && i > 1 && isalpha((unsigned char)p[i - 2])))
                break;                                /* "2 m": a unit or a name, not a product */
            if (last == 0 && !(need && single) && (ch == 'a' || ch == 'A' || ch == 'I') && p[i + 1] == ' ' && strchr("=+-*/^<>|", p[i + 2]) == NULL)
                return 0;                             /* an article */
            need = l > 1;                             /* ln x: its argument belongs to it */
            i += l;
            single = 1;
        } else if (l == 2 && last > 0 && p[i - 1] == '=' && isupper((unsigned char)p[i]) && isupper((unsigned char)p[i + 1])) {
            i += 2;                                   /* AB = AC = 5 */
            need = 0;
        } else if (l > 1 && l <= 3 && last > 0 && p[i - 1] != ' ' && !need) {
            int unit = memcmp(p + i, "cm", 2) == 0 || memcmp(p + i, "km", 2) == 0 || memcmp(p + i, "kg", 2) == 0 || memcmp(p + i, "mm", 2) == 0 ||
                       memcmp(p + i, "mL", 2) == 0 || memcmp(p + i, "min", 3) == 0 || memcmp(p + i, "th", 2) == 0 || memcmp(p + i, "st", 2) == 0 || memcmp(p + i, "nd", 2) == 0 || memcmp(p + i, "rd", 2) == 0;
            if (unit)
                break;
            i += l;                                   /* 3xy */
        } else if (ch == '\\' && isalpha((unsigned char)p[i + 1])) {
            size_t from = i + 1;
            i += 1 + letters(p + i + 1);
            while (p[i] == '{') {
                int d = 0;
                size_t j = i;
                for (; p[j] != '\0'; j++) {
                    if (p[j] == '{')
                        d++;
                    else if (p[j] == '}' && --d == 0)
                        break;
                }
                if (p[j] == '\0')
                    return 0;
                i = j + 1;
            }
            strong = 1;
            need = joins(p + from, letters(p + from));
            if (strncmp(p + from, "angle", 5) == 0 || strncmp(p + from, "triangle", 8) == 0) {
                size_t at = i + strspn(p + i, " "), n = letters(p + at);
                if (n >= 1 && n <= 3 && strspn(p + at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n)
                    i = at + n;                       /* the triangle's or the angle's name */
            }
        } else if (ch == '(' || ch == '[') {
            if ((unsigned char)p[i + 1] >= 0x80 || letters(p + i + 1) > 3)
                break;
            if (last > 0 && depth == 0 && !need && is_remark(p + i))
                break;                                /* a_{n+1} = 2a_n (n >= 1) */
            depth++;
            i++;
        } else if (ch == ')' || ch == ']') {
            if (depth == 0)
                break;
            depth--;
            i++;
        } else if (ch == ',' && depth > 0) {
            i++;
        } else if (strchr("+*/^=<>|_", ch) != NULL || ch == '-') {
            if (last == 0 && depth == 0 && ch != '-' && ch != '|')
                break;
            if (ch == '/' && letters(p + i + 1) > 1)
                break;
            if (ch == '/' && letters(p + i + 1) == 1 && p[i + 2] != '_' && letters(p) == 0 && !strong && !single)
                break;
            strong = 1;
            i++;
            need = ch != '|';
        } else if (strncmp(p + i, " : ", 3) == 0 && last > 0 && i == last && isdigit((unsigned char)p[i - 1]) && isdigit((unsigned char)p[i + 3])) {
            i += 3;                                   /* 2 : 3 : 4 */
            need = 1;
        } else if (ch == ':' && last > 0 && i == last && isdigit((unsigned char)p[i - 1]) && isdigit((unsigned char)p[i + 1])) {
            i++;                                      /* 2:3:4 */
            need = 1;
        } else if (ch == '!' || ch == '%' || ch == '\'') {
            if (last == 0)
                break;
            i++;
        } else if (ch == '{') {
            if ((last == 0 && depth == 0) || i == 0 || (p[i - 1] != '^' && p[i - 1] != '_'))
                break;
            while (p[i] != '\0' && p[i] != '}')
                i++;
            if (p[i] == '\0')
                return 0;
            i++;
            need = 0;
        } else if (ch == ' ') {
            i++;
            continue;
        } else {
            break;
        }
        if (depth == 0 && !need)
            last = i;
    }
    while (last > 0 && p[last - 1] == ' ')
        last--;
    if (last == 0)
        return 0;
    if (last == 1 && (p[0] == 'a' || isupper((unsigned char)p[0])))
        return 0;
    return last;
}

/* "2, 8, 14, ..., 62", unmarked: how long it is; 0 if it is none. */
static size_t dotted_list(const char *p)
{
    size_t i = 0, end = 0;
    for (int items = 0; items < 20; items++) {
        size_t from = i, dots = strncmp(p + i, "...", 3) == 0 ? 3 : strncmp(p + i, "\\cdots", 6) == 0 || strncmp(p + i, "\\ldots", 6) == 0 ? 6 : strncmp(p + i, "\\dots", 5) == 0 ? 5 : 0;
        if (dots > 0 && (items < 2 || end > 0))
            return 0;
        if (dots > 0) {
            i += dots;
            end = i;
        } else {
            i += p[i] == '-';
            while (isdigit((unsigned char)p[i]) || ((p[i] == '.' || p[i] == '/') && i > from && isdigit((unsigned char)p[i - 1]) && isdigit((unsigned char)p[i + 1])))
                i++;
            if (i == from || !isdigit((unsigned char)p[i - 1]) || isalpha((unsigned char)p[i]))
                return end;
            if (end > 0)
                return i;                             /* the last one, behind the dots */
        }
        size_t k = i + strspn(p + i, " ");
        if (p[k] != ',')
            return end;
        i = k + 1 + strspn(p + k + 1, " ");
    }
    return 0;
}

/* S_12, unmarked, is the twelfth; in a formula only the 1 would stand below. */
static char *low_index(struct calc *c, const char *p, size_t n)
{
    char *out = calc_alloc(c, n * 3 + 1);
    size_t o = 0;
    for (size_t i = 0; i < n; i++) {
        out[o++] = p[i];
        if (p[i] != '_' || !isdigit((unsigned char)p[i + 1]))
            continue;
        out[o++] = '{';
        while (i + 1 < n && isdigit((unsigned char)p[i + 1]))
            out[o++] = p[++i];
        out[o++] = '}';
    }
    out[o] = '\0';
    return out;
}

static int add_span(struct calc *c, struct question *q, const char *p, size_t n, size_t *o)
{
    if (q->n == 64)
        return 0;
    while (n > 0 && (*p == ' ' || *p == '\n'))
        p++, n--;
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\n'))
        n--;
    char tail = 0;
    if (n > 1 && !(n > 3 && strncmp(p + n - 3, "...", 3) == 0) && (p[n - 1] == ',' || p[n - 1] == '.' || p[n - 1] == ';' || p[n - 1] == '=')) {      /* $x=1,$; $f(2)=$ */
        tail = p[n - 1];
        n--;
    }
    if (tail == '.' && n > 6 && strncmp(p + n - 6, "\\right", 6) == 0)
        tail = 0;                                     /* the other side of \left\{ */
    char *t = calc_strn(c, p, n), *dots = strstr(t, "...");
    if (dots != NULL && dots[3] != '.')               /* three points are one sign */
        t = calc_printf(c, "%.*s\\ldots %s", (int)(dots - t), t, dots + 3);
    q->span[q->n].text = t;
    q->text[(*o)++] = 1;
    q->text[(*o)++] = (char)(0x80 + q->n);
    q->n++;
    if (tail)
        q->text[(*o)++] = tail;
    return 1;
}

/* "$80 and sells it for $100": a dollar sign, no formula? */
static int is_money(const char *s)
{
    if (!isdigit((unsigned char)*s))
        return 0;
    const char *e = strchr(s, '$');
    if (e == NULL)
        return 1;
    for (const char *p = s; p < e; p++)
        if (*p == ' ' && letters(p + 1) > 1 && p[1 + letters(p + 1)] == ' ' && !is_function(p + 1, letters(p + 1)))
            return memchr(s, '\\', (size_t)(e - s) - (e[-1] == '\\')) == NULL;
    return 0;
}

int pattern_question(struct calc *c, const char *s, struct question *q)
{
    size_t n = strlen(s), o = 0;
    memset(q, 0, sizeof *q);
    if (n == 0 || n > 6000)
        return 0;
    q->text = calc_alloc(c, n * 2 + 8);
    for (size_t i = 0; i < n;) {
        const char *close = NULL;
        size_t open = 0;
        calc_step(c, 1);
        if (strncmp(s + i, "$$", 2) == 0) {
            open = 2;
            close = "$$";
        } else if (s[i] == '$' && !(i > 0 && s[i - 1] == '\\') && !is_money(s + i + 1)) {
            open = 1;
            close = "$";
        } else if (s[i] == '$') {
            q->text[o++] = s[i++];                    /* $1000, \$1000: money */
            continue;
        } else if (strncmp(s + i, "\\(", 2) == 0) {
            open = 2;
            close = "\\)";
        } else if (strncmp(s + i, "\\[", 2) == 0) {
            open = 2;
            close = "\\]";
        }
        if (close != NULL) {
            const char *e = strstr(s + i + open, close);
            if (e == NULL || !add_span(c, q, s + i + open, (size_t)(e - s) - i - open, &o))
                return 0;
            i = (size_t)(e - s) + strlen(close);
            size_t after = i + strspn(s + i, " ");
            if (s[after] == '!')
                return 0;                             /* "$5$!": a factorial, or only emphasis */
            continue;
        }
        size_t l = letters(s + i), m;
        if (s[i] == '{' && isalpha((unsigned char)s[i + 1]) && s[i + 2] == '_' && (strncmp(s + i + 3, "n}", 2) == 0 || strncmp(s + i + 3, "{n}}", 4) == 0)) {
            const char *name = calc_printf(c, "\\{%c_n\\}", s[i + 1]);
            if (!add_span(c, q, name, strlen(name), &o))
                return 0;
            i += s[i + 3] == 'n' ? 5 : 7;
            continue;
        }
        if (s[i] == '{' && (i == 0 || strchr("_^}", s[i - 1]) == NULL) && !(i > 0 && isalpha((unsigned char)s[i - 1]))) {
            size_t k = 1 + strspn(s + i + 1, "abcdefghijklmnopqrstuvwxyz0123456789,. -");
            if (s[i + k] == '}' && k > 3 && memchr(s + i, ',', k) != NULL) {
                const char *set = calc_printf(c, "\\{%.*s\\}", (int)k - 1, s + i + 1);
                if (!add_span(c, q, set, strlen(set), &o))
                    return 0;
                i += k + 1;
                continue;
            }
        }
        size_t used = isdigit((unsigned char)s[i]) || s[i] == '-' ? dotted_list(s + i) : 0;
        if (used > 0 && (i == 0 || (!isalnum((unsigned char)s[i - 1]) && s[i - 1] != '.'))) {
            if (!add_span(c, q, s + i, used, &o))
                return 0;
            i += used;
            continue;
        }
        if (l > 1 && (i == 0 || !isalpha((unsigned char)s[i - 1])) && parse_unit(c, s + i, &used, 1) != NULL && memchr(s + i, '/', used) != NULL && !isalnum((unsigned char)s[i + used])) {
            memcpy(q->text + o, s + i, used);         /* km/h: no quotient */
            o += used;
            i += used;
            continue;
        }
        int func = l > 1 && (is_function(s + i, l) || (l == 2 && product_name(s + i)));
        if ((l <= 1 || func) && !(s[i] == ' ' && dotted_list(s + i + 1) > 0) && (m = plain_math(s + i, i > 0 && isalpha((unsigned char)s[i - 1]))) > 0 &&
            !(l == 1 && m == 1 && i > 0 && s[i - 1] == '\'')) {
            const char *low = low_index(c, s + i, m);
            if (!add_span(c, q, low, strlen(low), &o))
                return 0;
            i += m;
            size_t u = i;
            while (s[u] == ' ')
                u++;
            if (isdigit((unsigned char)s[i - 1]) && s[u] != '\0' && parse_unit(c, s + u, &used, 1) != NULL) {
                q->text[o++] = ' ';                   /* 180 m: the unit is no formula */
                memcpy(q->text + o, s + u, used);
                o += used;
                i = u + used;
            }
            continue;
        }
        if (l > 0) {
            memcpy(q->text + o, s + i, l);
            o += l;
            i += l;
        } else if (s[i] == ' ' || s[i] == '\n') {
            i++;
            if (o > 0 && q->text[o - 1] != ' ')
                q->text[o++] = ' ';
        } else {
            q->text[o++] = s[i++];
        }
    }
    while (o > 0 && q->text[o - 1] == ' ')
        o--;
    q->text[o] = '\0';
    return 1;
}
