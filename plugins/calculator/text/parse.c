/* parse.c - see parse.h.  Recursive descent over normalized text.
 *
 *   answer   = item ((',' | ';' | 'or' | 'and') item)*
 *   item     = sides of relations, each a sum with an optional unit
 *   sum      = term (('+' | '-' | '\pm') term)*
 *   term     = factor (operator factor | factor)*        juxtaposition multiplies
 *   factor   = primary with ^ _ ! % and degree signs behind it
 *
 * Here: factors to whole answers.  Numbers and separators are in parse_text.c, functions and
 * brackets in parse_calls.c, letters and commands in parse_atom.c.
 */
#include "plugins/calculator/text/parse_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct ex *p_factor(struct ps *s)
{
    return p_postfix(s, p_primary(s));
}

/* Does this letter stand somewhere in the text where no number is before it?  Then it is no unit in 4t. */
static int is_unknown(const struct ps *s, char letter)
{
    calc_step(s->c, (unsigned)(1 + (s->end - s->begin) / 64));
    for (const char *q = s->begin; q < s->end; q++) {
        if (*q != letter || (q > s->begin && (isalpha((unsigned char)q[-1]) || q[-1] == '\\')) || (q + 1 < s->end && isalpha((unsigned char)q[1])))
            continue;
        const char *b = q;
        while (b > s->begin && b[-1] == ' ')
            b--;
        if (b == s->begin || strchr("=+-(,^_<>", b[-1]) != NULL)
            return 1;
    }
    return 0;
}

/* Does a unit begin here, so that the number before it ends? */
static const struct unit *unit_here(struct ps *s, size_t *used)
{
    if (s->p >= s->end)
        return NULL;
    int spaced = s->p[-1] == ' ' || s->p[-1] == ',';
    const struct unit *u = parse_unit(s->c, s->p, used, (s->flags & PARSE_UNITS) && (spaced || isdigit((unsigned char)s->p[-1]) || s->p[-1] == '$'));
    if (u == NULL || s->p + *used > s->end || (isalpha((unsigned char)*s->p) && *used == 1 && is_unknown(s, *s->p)))
        return NULL;
    return u;
}

int p_starts_factor(struct ps *s)
{
    p_skip(s);
    if (s->p >= s->end)
        return 0;
    size_t used;
    char ch = *s->p;
    if (s->in_int && (p_at(s, "\\mathrm{d}") || (ch == 'd' && s->p + 1 < s->end && isalpha((unsigned char)s->p[1]))))
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
            "text", "choose", "lor", "land", "vee", "wedge", "qquad", "sim", "backslash", "ast", "implies", "iff", "begin" };
        if (p_at(s, "\\\\") || p_at(s, "\\}") || p_at(s, "\\%") || p_at(s, "\\{"))
            return 0;
        for (size_t i = 0; i < sizeof no / sizeof *no; i++)
            if (p_at_cmd(s, no[i]))
                return strcmp(no[i], "begin") == 0;
        return unit_here(s, &used) == NULL;
    }
    return p_at(s, "根号");
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
    p_skip(s);
    if (p_at(s, "又")) {
        s->p += strlen("又");
        f = p_primary(s);
        p_skip(s);
        if (f != NULL && f->k == E_NUM && s->p < s->end && *s->p == '/') {
            s->p++;
            struct ex *d = p_primary(s);
            f = d != NULL ? ex_2(s->c, E_DIV, f, d) : NULL;
        }
    } else if (p_at_cmd(s, "frac") || p_at_cmd(s, "dfrac") || p_at_cmd(s, "tfrac")) {
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

/* Is "a f", a the factor before f, a notation of its own?  0.1(6) may recur; \varphi(9), E(2.7) and d(36) are values of
 * functions, x(3) and \pi(10) may be (first: nothing stands before a); dots say that something was left out. */
static int not_a_product(const struct ex *a, const struct ex *f, int first)
{
    if (a->k == E_DOTS || f->k == E_DOTS)
        return 1;
    if (!f->n_paren || a->n_paren)
        return 0;
    int number = f->k == E_NUM || (f->k == E_NEG && f->a[0]->k == E_NUM);
    if (a->k == E_NUM)
        return f->k == E_NUM && strchr(a->s, '.') != NULL;
    if (a->k == E_PI)
        return first && number;
    if (a->k != E_SYM || strchr(a->s, '_') != NULL)
        return 0;
    if (strcmp(a->s, "Delta") == 0 || (first && number))
        return 1;
    return (a->s[1] != '\0' || strchr("dED", a->s[0]) != NULL) && !ex_has_sym(f, NULL);
}

static struct ex *p_term(struct ps *s)
{
    struct ex *e;
    int slash = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    p_skip(s);
    if (p_take(s, "-") || (s->flags & PARSE_WORDS && p_take(s, "负"))) {
        e = p_term(s);
        s->depth--;
        return e != NULL ? ex_1(s->c, E_NEG, e) : NULL;
    }
    if (p_take(s, "+")) {
        e = p_term(s);
        s->depth--;
        return e;
    }
    if ((e = p_factor(s)) == NULL)
        return NULL;
    struct ex *m = mixed(s, e);
    if (m != NULL)
        e = p_postfix(s, m);
    const struct ex *last = e;
    for (;;) {
        calc_step(s->c, 1);
        p_skip(s);
        struct ex *f;
        if (s->p >= s->end)
            break;
        int op = 0;
        if (p_take_cmd(s, "cdot") || p_take_cmd(s, "times") || p_take_cmd(s, "ast") || (*s->p == '*' && !p_at(s, "**") && s->p++ != NULL))
            op = '*';
        else if (p_take_cmd(s, "div"))
            op = 'd';
        else if (*s->p == '/' && s->p++ != NULL)
            op = '/';
        else if (!p_starts_factor(s))
            break;
        p_skip(s);
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
        if (op == 0 && (slash == '/' || not_a_product(last, f, last == e)))
            return NULL;                              /* 1/2x: two readings */
        last = f;
        if (op == '/' || op == 'd') {
            if (slash == 'j' && op == 'd')
                return NULL;                          /* 2x ÷ 3y */
            if (op == 'd') {
                p_skip(s);
                if (p_starts_factor(s))
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

struct ex *p_sum(struct ps *s)
{
    struct ex *items[256];
    int n = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    p_skip(s);
    struct ex *e;
    if (p_take_cmd(s, "pm") || p_at_cmd(s, "mp")) {
        int mp = p_take_cmd(s, "mp");
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
        p_skip(s);
        if (s->p >= s->end)
            break;
        int pm = p_at_cmd(s, "pm") ? 1 : p_at_cmd(s, "mp") ? 2 : 0;
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
        p_skip(s);
        if (s->p < s->end && *s->p == '+')
            return NULL;                              /* "x^2 - + 10": a term is missing */
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
        p_skip(s);
        enum ek k;
        if (p_take_cmd(s, "cup"))
            k = E_UNION;
        else if (p_take_cmd(s, "cap"))
            k = E_ISECT;
        else if (p_take_cmd(s, "setminus") || p_take_cmd(s, "backslash"))
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
        while (n < 8 && p_take(s, ":")) {
            if ((items[n++] = p_sum(s)) == NULL)
                return NULL;
            p_skip(s);
        }
        e = ex_new(s->c, E_RATIO, n);
        memcpy(e->a, items, (size_t)n * sizeof *items);
    }
    size_t used;
    const struct unit *u;
    p_skip(s);
    if (s->p < s->end && (u = unit_here(s, &used)) != NULL) {
        s->p += used;
        struct ex *x = ex_1(s->c, E_UNIT, e);
        x->u = u;
        e = p_second_unit(s, x);
    } else if (s->p < s->end && p_at(s, "degrees")) {
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
    p_skip(s);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        if (t[i].t[0] == '\\' ? p_take_cmd(s, t[i].t + 1) : p_at(s, t[i].t)) {
            if (t[i].t[0] != '\\')
                s->p += strlen(t[i].t);
            return t[i].r;
        }
    }
    return -1;
}

struct ex *p_item(struct ps *s)
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

struct ex *p_answer(struct ps *s)
{
    struct ex *items[64];
    int n = 0;
    enum sep sep = SEP_NONE, kind = SEP_NONE;
    int both = 0, either = 0;
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    for (;;) {
        struct ex *e = p_item(s);
        if (e == NULL || n == 64)
            return NULL;
        items[n++] = e;
        p_skip(s);
        both |= p_at(s, "且") || p_at(s, "并且") || p_at_cmd(s, "land") || p_at_cmd(s, "wedge");
        either |= p_at_cmd(s, "lor") || p_at_cmd(s, "vee");
        if ((sep = p_sep(s, 1)) == SEP_NONE)
            break;
        if (kind == SEP_NONE || kind == SEP_COMMA)
            kind = sep;
        else if (sep != SEP_COMMA && sep != kind)
            return NULL;                              /* or mixed with and */
        p_skip(s);
        if (s->p >= s->end && sep == SEP_COMMA)
            break;
    }
    s->depth--;
    if (n == 1)
        return items[0];
    struct ex *e = ex_new(s->c, kind == SEP_OR ? E_OR : kind == SEP_AND ? E_AND : E_LIST, n);
    memcpy(e->a, items, (size_t)n * sizeof *items);
    e->op = (uint8_t)(kind == SEP_AND ? both : kind == SEP_OR && either);   /* "and at the same time"; \lor */
    return e;
}

/* ---- whole answers ------------------------------------------------------------ */
static const struct { const char *w; const char *means; } words[] = {
    { "无解", "{}" }, { "没有解", "{}" }, { "方程组无解", "{}" }, { "不等式组无解", "{}" }, { "无实解", "{}" }, { "没有实根", "{}" }, { "没有实数解", "{}" },
    { "no real number solutions", "{}" }, { "no solution exists", "{}" }, { "no solutions exist", "{}" }, { "no roots", "{}" }, { "no real root", "{}" }, { "there are no solutions", "{}" },
    { "no solution", "{}" }, { "no solutions", "{}" }, { "no real solution", "{}" }, { "no real solutions", "{}" }, { "no real roots", "{}" }, { "there is no solution", "{}" },
    { "无实数解", "{}" }, { "无实数根", "{}" }, { "无实根", "{}" }, { "没有实数根", "{}" }, { "方程无解", "{}" }, { "原方程无解", "{}" }, { "empty set", "{}" }, { "空集", "{}" }, { "the empty set", "{}" }, { "方程无实数根", "{}" }, { "不等式无解", "{}" },
    { "infinity", "oo" }, { "正无穷", "oo" }, { "正无穷大", "oo" }, { "无穷大", "oo" }, { "positive infinity", "oo" }, { "负无穷", "-oo" }, { "负无穷大", "-oo" }, { "negative infinity", "-oo" },
    { "does not exist", "dne" }, { "doesn't exist", "dne" }, { "the limit does not exist", "dne" }, { "不存在", "dne" }, { "极限不存在", "dne" }, { "DNE", "dne" }, { "undefined", "dne" }, { "无意义", "dne" },
    { "all real numbers", "R" }, { "全体实数", "R" }, { "一切实数", "R" }, { "任意实数", "R" }, { "R", "R" },
    { "非负实数", "[0,\\infty)" }, { "一切非负实数", "[0,\\infty)" }, { "非负数", "[0,\\infty)" }, { "nonnegative real numbers", "[0,\\infty)" }, { "all nonnegative real numbers", "[0,\\infty)" },
    { "正实数", "(0,\\infty)" }, { "一切正实数", "(0,\\infty)" }, { "positive real numbers", "(0,\\infty)" }, { "all positive real numbers", "(0,\\infty)" }, { "负实数", "(-\\infty,0)" },
    { "yes", "yes" }, { "true", "yes" }, { "correct", "yes" }, { "正确", "yes" }, { "是", "yes" }, { "对", "yes" }, { "成立", "yes" },
    { "no", "no" }, { "false", "no" }, { "incorrect", "no" }, { "错误", "no" }, { "不是", "no" }, { "否", "no" }, { "不正确", "no" }, { "不成立", "no" },
};

/* Does the word say that there is nothing? */
static int denies(size_t i)
{
    return strcmp(words[i].means, "{}") == 0 || strstr(words[i].w, "exist") != NULL || strstr(words[i].w, "不存在") != NULL;
}

size_t parse_word_before(const char *p, const char *end)
{
    size_t best = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].w), room = (size_t)(end - p);
        if (n > best && n <= room && denies(i) && strncasecmp(end - n, words[i].w, n) == 0 &&
            (n == room || !isalpha((unsigned char)end[-(long)n - 1]) || !isalpha((unsigned char)words[i].w[0])))
            best = n;
    }
    return best;
}

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
        if (*m == '[' || *m == '(')
            return parse_all(c, m, strlen(m), 0);
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

/* "x = k pi (k \in Z)": a comma in the place of the bracket. */
static void without_brackets(char *b)
{
    char *open = strrchr(b, '('), *close = open != NULL ? strchr(open, ')') : NULL, *in = open != NULL ? strstr(open, "\\in") : NULL;
    if (in == NULL || close == NULL || in > close || isalpha((unsigned char)in[3]) || open == b || open[-1] == '\\' || strspn(close + 1, " $}.") != strlen(close + 1))
        return;
    *open = ',';
    *close = ' ';
}

/* The same for "(n \ge 1)" and "(n = 1, 2, 3, ...)". */
static size_t without_from_one(const char *b, size_t n)
{
    static const char *const all[] = { "(n\\ge1)", "(n\\geq1)", "(n\\geqslant1)", "(n>=1)", "(n=1,2,3,\\cdots)", "(n=1,2,\\cdots)", "(n=1,2,3,\\ldots)", "(n为正整数)" };
    const char *open = strrchr(b, '(');
    char bare[40];
    size_t k = 0;
    if (open == NULL || open == b)
        return n;
    for (const char *q = open; *q != '\0'; q++)
        if (*q != ' ' && k + 1 < sizeof bare)
            bare[k++] = *q;
    bare[k] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(bare, all[i]) == 0) {
            while (open > b && strchr(" ,\\", open[-1]) != NULL)
                open--;
            return (size_t)(open - b);
        }
    return n;
}

/* "(n \in N^*)" behind a term of a sequence says what everybody takes for granted: the length without it. */
static size_t without_natural(const char *b, size_t n)
{
    static const char *const sets[] = { "\\mathbb{N}", "\\mathbf{N}", "\\mathrm{N}", "\\mathbb N", "\\mathbf N", "\\mathbb{Z}", "N" };
    static const char *const marks[] = { "^{*}", "^*", "_{+}", "_+", "^{+}", "^+", "^{\\ast}", "^\\ast" };
    const char *in = NULL, *q = b;
    for (; (q = strstr(q, "\\in")) != NULL; q += 3)
        if (!isalpha((unsigned char)q[3]))
            in = q;
    if (strstr(b, "_n") == NULL && strstr(b, "_{n}") == NULL)
        return n;
    if (in == NULL)
        return without_from_one(b, n);
    int positive = 0;
    size_t i;
    q = in + 3 + strspn(in + 3, " ");
    for (i = 0; i < sizeof sets / sizeof *sets && strncmp(q, sets[i], strlen(sets[i])) != 0; i++)
        ;
    if (i == sizeof sets / sizeof *sets)
        return n;
    int whole = strchr(sets[i], 'Z') != NULL;
    q += strlen(sets[i]);
    q += strspn(q, " ");
    for (i = 0; i < sizeof marks / sizeof *marks && !positive; i++)
        if (strncmp(q, marks[i], strlen(marks[i])) == 0) {
            q += strlen(marks[i]);
            positive = 1;
        }
    if (strncmp(q, "\\right", 6) == 0)
        q += 6;
    if (strspn(q, " )$}.") != strlen(q) || (whole && !positive))
        return n;
    while (in > b && strchr(" $", in[-1]) != NULL)
        in--;
    if (in == b || in[-1] != 'n' || (in - 1 > b && (isalnum((unsigned char)in[-2]) || strchr("_^{\\", in[-2]) != NULL)))
        return n;
    for (in--; in > b && strchr(" ,(\\$", in[-1]) != NULL; in--)
        ;
    if (in - b > 5 && (strncmp(in - 4, "quad", 4) == 0 || strncmp(in - 4, "left", 4) == 0))
        in -= 5;
    while (in > b && strchr(" ,(\\", in[-1]) != NULL)
        in--;
    return (size_t)(in - b);
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
    if (flags & PARSE_WORDS) {
        without_brackets(b);
        b[n = without_natural(b, n)] = '\0';
    }
    if (n == 0)
        return NULL;
    struct ps s = { c, b, b + n, 0, 0, 0, 0, 0, flags, b };
    if (flags & PARSE_WORDS) {
        struct ex *w = word_answer(c, b, n);
        const char *f, *t, *behind;
        int g = p_text_group(&s, &f, &t, &behind);
        int whole = 0;
        if (g == 1) {
            struct ps r = s;
            r.p = behind;
            p_skip(&r);
            whole = r.p == r.end;
        }
        if (w == NULL && whole)
            w = word_answer(c, f, (size_t)(t - f));
        if (w != NULL)
            return w;
        if (whole && as_text(c, f, (size_t)(t - f)) != NULL) {
            long v;
            int k = norm_en_num(f, &v);
            long q;
            size_t used;
            if (!(k > 0 && f + k == t) && norm_en_fraction(f, &v, &q) == 0 && parse_unit(c, f, &used, 1) == NULL && norm_zh_num(f, &v) == 0 && t - f > 2)
                return as_text(c, f, (size_t)(t - f));
        }
    }
    p_skip(&s);
    if (p_at_cmd(&s, "approx") || p_at(&s, "约")) {
        s.p += p_at_cmd(&s, "approx") ? 7 : 3;
        if (p_at(&s, "为"))
            s.p += 3;
        struct ex *x = p_setop(&s);
        p_skip(&s);
        return x != NULL && s.p == s.end ? ex_rel(c, R_APPROX, ex_sym(c, "?"), x) : NULL;
    }
    struct ex *e = p_answer(&s);
    p_skip(&s);
    if (e != NULL && s.p == s.end)
        return e;
    return flags & PARSE_WORDS ? as_text(c, b, n) : NULL;
}
