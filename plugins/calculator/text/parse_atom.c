/* parse_atom.c - letters, commands, primaries and postfixes; see parse_int.h. */
#include "plugins/calculator/text/parse_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const greek[] = { "alpha", "beta", "gamma", "theta", "lambda", "mu", "sigma", "varphi", "phi", "omega", "delta", "rho", "tau", "Delta", "varepsilon", "epsilon" };

static struct ex *with_subscript(struct ps *s, const char *name)
{
    if (s->p < s->end && *s->p == '_') {
        s->p++;
        const char *f, *t, *behind;
        if (s->p < s->end && *s->p == '{' && s->p + 1 < s->end) {
            struct ps b = *s;
            b.p++;
            if (p_text_group(&b, &f, &t, &behind) && behind < s->end && *behind == '}') {
                s->p = behind + 1;
                return ex_sym(s->c, calc_printf(s->c, "%s_%.*s", name, (int)(t - f), f));
            }
        }
        struct ex *sub = p_tex_arg(s);
        if (sub == NULL)
            return NULL;
        long v;
        if (ex_is_int(sub, &v) && v == 16 && name[1] == '\0' && name[0] >= 'A' && name[0] <= 'F')
            return NULL;                              /* A_{16}: a letter with an index, or ten */
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

/* Does English prose begin here?  Its letters are not factors. */
static int p_prose(const struct ps *s, const char *begin)
{
    static const char *const words[] = { "is", "be", "we", "it", "to", "of", "so", "as", "by", "get", "the", "are", "was", "its", "has", "not", "but", "for", "than" };
    size_t n = 0;
    if (s->p > begin && (isalnum((unsigned char)s->p[-1]) || s->p[-1] == '\\'))
        return 0;
    while (s->p + n < s->end && isalpha((unsigned char)s->p[n]))
        n++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && strncmp(s->p, words[i], n) == 0)
            return 1;
    return n >= 5 || (n == 4 && s->p + n < s->end && s->p[n] == ' ');
}

static struct ex *p_letter(struct ps *s)
{
    char l = *s->p;
    long v, w;
    int k = s->flags & PARSE_WORDS ? norm_en_fraction(s->p, &v, &w) : 0;
    if (k > 0 && s->p + k <= s->end) {
        s->p += k;
        return ex_2(s->c, E_DIV, ex_num(s->c, v), ex_num(s->c, w));
    }
    k = norm_en_num(s->p, &v);
    if (k <= 1 && p_prose(s, s->begin))
        return NULL;
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
    static const struct { const char *tex; int primes; } above[] = { { "^{\\prime}", 1 }, { "^{\\prime\\prime}", 2 }, { "^{\\prime\\prime\\prime}", 3 }, { "^\\prime", 1 } };
    for (size_t i = 0; primes == 0 && i < sizeof above / sizeof *above; i++)
        if (p_at(s, above[i].tex)) {
            s->p += strlen(above[i].tex);
            primes = above[i].primes;
        }
    if (p_at(s, "^{\\prime") || p_at(s, "^\\prime") || (primes > 0 && p_at(s, "^")))
        return NULL;                                  /* y'^2 */
    p_skip(s);
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
        return l == 'y' && primes <= 3 ? ex_sym(s->c, calc_printf(s->c, "y%.*s", primes, "'''")) : NULL;
    }
    *s = b;
    return with_subscript(s, calc_strn(s->c, &l, 1));
}

static int is_letter(const struct ex *e, const char *name)
{
    return e->k == E_SYM && strcmp(e->s, name) == 0;
}

/* The first factor of a product, without its power. */
static const struct ex *first_factor(const struct ex *e)
{
    while (e->k == E_MUL || e->k == E_POW)
        e = e->a[0];
    return e;
}

/* d/dx, d^2 y/dx^2, d(x^3)/dx: no fraction of letters. */
static int derivative_sign(const struct ex *a, const struct ex *b)
{
    return b->k == E_MUL && is_letter(b->a[0], "d") && (b->a[1]->k == E_SYM || (b->a[1]->k == E_POW && b->a[1]->a[0]->k == E_SYM)) && is_letter(first_factor(a), "d");
}

static struct ex *p_command(struct ps *s)
{
    struct calc *c = s->c;
    if (p_take_cmd(s, "frac") || p_take_cmd(s, "dfrac") || p_take_cmd(s, "tfrac") || p_take_cmd(s, "cfrac")) {
        struct ex *a = p_tex_arg(s), *b = a != NULL ? p_tex_arg(s) : NULL;
        if (b != NULL && s->flags & PARSE_WORDS && derivative_sign(a, b) && a->k == E_MUL && a->n == 2 && is_letter(a->a[1], "y") && is_letter(b->a[1], "x"))
            return ex_sym(c, "y'");
        if (b == NULL || a->k == E_LIST || b->k == E_LIST || derivative_sign(a, b))
            return NULL;
        struct ex *e = ex_2(c, E_DIV, a, b);
        e->lit = 1;
        return e;
    }
    if (p_take_cmd(s, "sqrt")) {
        p_skip(s);
        if (s->p < s->end && *s->p == '[') {
            s->p++;
            struct ex *n = p_sum(s);
            if (n == NULL || !p_take(s, "]"))
                return NULL;
            struct ex *x = p_tex_arg(s);
            return x != NULL ? ex_fn(c, F_ROOT, n, x) : NULL;
        }
        if (s->p < s->end && *s->p == '(')            /* \sqrt(5) */
            return ex_fn(c, F_SQRT, p_primary(s), NULL);
        struct ex *x = p_tex_arg(s);
        return x != NULL ? ex_fn(c, F_SQRT, x, NULL) : NULL;
    }
    if (p_take_cmd(s, "surd") || p_at_cmd(s, "cbrt")) {
        int cube = p_take_cmd(s, "cbrt");
        p_skip(s);
        struct ex *x = s->p < s->end && isdigit((unsigned char)*s->p) ? p_number(s) : p_tex_arg(s);
        return x == NULL ? NULL : cube ? ex_fn(c, F_ROOT, ex_num(c, 3), x) : ex_fn(c, F_SQRT, x, NULL);
    }
    if (p_take_cmd(s, "binom") || p_take_cmd(s, "dbinom") || p_take_cmd(s, "tbinom")) {
        struct ex *a = p_tex_arg(s), *b = a != NULL ? p_tex_arg(s) : NULL;
        return b != NULL ? ex_fn(c, F_C, a, b) : NULL;
    }
    if (p_take_cmd(s, "pi"))
        return ex_new(c, E_PI, 0);
    if (p_take_cmd(s, "infty"))
        return ex_new(c, E_INF, 0);
    if (p_take_cmd(s, "emptyset") || p_take_cmd(s, "varnothing"))
        return ex_new(c, E_SET, 0);
    if (p_take_cmd(s, "cdots") || p_take_cmd(s, "ldots") || p_take_cmd(s, "dots"))
        return ex_new(c, E_DOTS, 0);
    if (p_take_cmd(s, "sum"))
        return p_big(s, E_SUM);
    if (p_take_cmd(s, "prod"))
        return p_big(s, E_PROD);
    if (p_take_cmd(s, "int"))
        return p_big(s, E_INT);
    if (p_take_cmd(s, "lim"))
        return p_big(s, E_LIM);
    if (p_take_cmd(s, "begin"))
        return p_env(s, 0);
    if (p_at(s, "\\{")) {
        s->p += 2;
        struct ex *env = p_braced_env(s);
        return env != NULL ? env : p_set(s, "\\}");
    }
    if (p_take_cmd(s, "lbrace")) {
        struct ex *env = p_braced_env(s);
        return env != NULL ? env : p_set(s, "\\rbrace");
    }
    if (p_take_cmd(s, "lvert") || p_take_cmd(s, "vert")) {
        struct ex *x = p_sum(s);
        return x != NULL && (p_take(s, "\\rvert") || p_take(s, "\\vert")) ? ex_fn(c, F_ABS, x, NULL) : NULL;
    }
    static const char *const marked[] = { "vec", "overrightarrow", "overline", "bar", "hat" };
    for (size_t i = 0; s->flags & PARSE_WORDS && i < sizeof marked / sizeof *marked; i++)
        if (p_take_cmd(s, marked[i])) {               /* a name: \vec{a}, \overline{z} */
            struct ex *x = p_tex_arg(s);
            const char *name = x == NULL ? NULL : x->k == E_SYM ? x->s : x->k == E_MUL && x->n == 2 && x->a[0]->k == E_SYM && x->a[1]->k == E_SYM ?
                calc_printf(c, "%s%s", x->a[0]->s, x->a[1]->s) : NULL;
            return name != NULL ? ex_sym(c, calc_printf(c, "%s %s", i < 2 ? "vec" : "bar", name)) : NULL;
        }
    if (s->flags & PARSE_WORDS && p_take_cmd(s, "angle")) {     /* \angle ABC, a name */
        p_skip(s);
        size_t n = strspn(s->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n == 0 || n > 3 || s->p + n > s->end)
            return NULL;
        s->p += n;
        return ex_sym(c, calc_printf(c, "angle %.*s", (int)n, s->p - n));
    }
    if (p_take_cmd(s, "lfloor")) {
        struct ex *x = p_sum(s);
        return x != NULL && p_take(s, "\\rfloor") ? ex_fn(c, F_FLOOR, x, NULL) : NULL;
    }
    if (p_take_cmd(s, "lceil")) {
        struct ex *x = p_sum(s);
        return x != NULL && p_take(s, "\\rceil") ? ex_fn(c, F_CEIL, x, NULL) : NULL;
    }
    if (p_take_cmd(s, "mathbb") || p_take_cmd(s, "mathbf") || p_take_cmd(s, "Bbb")) {
        struct ex *x = p_tex_arg(s);
        if (x != NULL && x->k == E_SYM && strlen(x->s) == 1 && strchr("RZNQC", x->s[0]) != NULL) {
            static const char *const plus[] = { "^{*}", "^*", "_{+}", "_+", "^{+}", "^+", "^{\\ast}", "^\\ast" };
            struct ex *e = ex_new(c, E_REALS, 0);
            e->s = x->s;
            for (size_t i = 0; i < sizeof plus / sizeof *plus && strlen(e->s) == 1 && strchr("NZ", *e->s) != NULL; i++)
                if (p_at(s, plus[i]) && !(*e->s == 'Z' && strchr(plus[i], '+') == NULL)) {
                    s->p += strlen(plus[i]);
                    e->s = "N+";                      /* the positive integers */
                }
            return e;
        }
        return x;
    }
    if (p_take_cmd(s, "color") || p_take_cmd(s, "textcolor")) {
        p_skip(s);
        if (s->p >= s->end || *s->p != '{')
            return NULL;
        while (s->p < s->end && *s->p != '}')
            s->p++;
        if (!p_take(s, "}"))
            return NULL;
        return p_factor(s);
    }
    if (p_at(s, "\\$")) {                               /* \$1,000 */
        s->p += 2;
        struct ex *x = p_primary(s);
        if (x == NULL || x->k != E_NUM)
            return NULL;
        size_t used;
        struct ex *e = ex_1(c, E_UNIT, x);
        e->u = parse_unit(c, "dollars", &used, 1);
        return e;
    }
    if (p_take_cmd(s, "yuan")) {
        struct ex *x = p_primary(s);
        if (x == NULL || x->k != E_NUM)
            return NULL;
        size_t used;
        struct ex *e = ex_1(c, E_UNIT, x);
        e->u = parse_unit(c, "yuan", &used, 1);
        return e;
    }
    const char *f, *t, *behind;
    int kind = p_text_group(s, &f, &t, &behind);
    if (kind != 0) {
        long v, w;
        int k = norm_en_num(f, &v);
        if (k > 0 && f + k == t) {
            s->p = behind;
            return ex_num(c, v);
        }
        if (s->flags & PARSE_WORDS && f + norm_en_fraction(f, &v, &w) == t) {
            s->p = behind;
            return ex_2(c, E_DIV, ex_num(c, v), ex_num(c, w));
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
        if (kind == 1 && t - f == 2 && p_at_cmd(s, "operatorname"))
            return NULL;                              /* a function that is not known here */
        if (kind == 2 || (t - f <= 2) || isdigit((unsigned char)*f)) {                 /* \bm{3} */
            struct ps in = *s;
            in.p = f;
            in.end = t;
            if (++in.depth > CALC_MAX_DEPTH)
                return NULL;
            struct ex *e = p_answer(&in);
            p_skip(&in);
            if (e == NULL || in.p != in.end)
                return NULL;
            s->p = behind;
            return e;
        }
        return NULL;
    }
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (p_take_cmd(s, greek[i]))
            return with_subscript(s, greek[i]);
    return NULL;
}

static struct ex *p_han(struct ps *s)
{
    long v, w;
    if (p_at(s, "百分之")) {
        s->p += strlen("百分之");
        struct ex *x = p_primary(s);
        return x != NULL ? ex_1(s->c, E_PCT, x) : NULL;
    }
    if (p_at(s, "根号")) {
        s->p += strlen("根号");
        struct ex *x = p_primary(s);
        return x != NULL ? ex_fn(s->c, F_SQRT, x, NULL) : NULL;
    }
    size_t used;
    if (s->flags & PARSE_UNITS && p_at(s, "半") && parse_unit(s->c, s->p + strlen("半"), &used, 1) != NULL) {
        s->p += strlen("半");                          /* 半小时 */
        return ex_2(s->c, E_DIV, ex_num(s->c, 1), ex_num(s->c, 2));
    }
    int k = norm_zh_num(s->p, &v);
    if (k == 0 || s->p + k > s->end)
        return NULL;
    s->p += k;
    if (p_at(s, "分之")) {
        s->p += strlen("分之");
        int m = norm_zh_num(s->p, &w);
        if (m == 0 || v == 0)
            return NULL;
        s->p += m;
        return ex_2(s->c, E_DIV, ex_num(s->c, w), ex_num(s->c, v));
    }
    return ex_num(s->c, v);
}

struct ex *p_primary(struct ps *s)
{
    p_skip(s);
    if (s->p >= s->end)
        return NULL;
    calc_step(s->c, 1);
    if (++s->depth > CALC_MAX_DEPTH)
        return NULL;
    struct ex *e = p_hexadecimal(s);
    char ch = *s->p;
    if (e != NULL)
        ;
    else if (isdigit((unsigned char)ch) || (ch == '.' && s->p + 1 < s->end && isdigit((unsigned char)s->p[1]))) {
        e = p_number(s);
    } else if (ch == '(' || ch == '[') {
        e = p_bracket(s, ch);
    } else if (ch == '{') {
        struct ps b = *s;
        e = p_group(s);
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
        if (x == NULL || !p_take(s, "|"))
            return NULL;
        s->bars--;
        e = ex_fn(s->c, F_ABS, x, NULL);
    } else if (ch == '\\') {
        e = p_take_fn(s, 0) >= 0 ? p_function(s) : p_command(s);
    } else if (isalpha((unsigned char)ch)) {
        e = p_take_fn(s, 0) >= 0 ? p_function(s) : p_letter(s);
    } else if ((unsigned char)ch >= 0x80) {
        e = p_han(s);
    }
    s->depth--;
    return e;
}

/* \text{degrees}, \text{ 度}: the bytes it takes, or 0. */
static size_t text_degrees(struct ps *s)
{
    static const char *const open[] = { "\\text{", "\\mathrm{", "\\textrm{" }, *const word[] = { "degrees", "degree", "度" };
    for (size_t j = 0; j < 2; j++)
        if (p_at(s, word[j]) && (s->p + strlen(word[j]) == s->end || !isalpha((unsigned char)s->p[strlen(word[j])])) &&
            !(j == 0 && p_at(s, "degrees Celsius")))
            return strlen(word[j]);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        if (!p_at(s, open[i]))
            continue;
        const char *p = s->p + strlen(open[i]);
        while (p < s->end && *p == ' ')
            p++;
        for (size_t j = 0; j < sizeof word / sizeof *word; j++) {
            size_t k = strlen(word[j]);
            if ((size_t)(s->end - p) > k && strncmp(p, word[j], k) == 0 && p[k] == '}')
                return (size_t)(p + k + 1 - s->p);
        }
    }
    return 0;
}

static int has_capital(const struct ex *e)
{
    if (e->k == E_MAT || (e->k == E_SYM && e->s[1] == '\0' && isupper((unsigned char)e->s[0])))
        return 1;
    for (int i = 0; i < e->n; i++)
        if (has_capital(e->a[i]))
            return 1;
    return 0;
}

/* What stands above is no exponent: A^T (a transpose), A^c (a complement), y^{(4)} (a derivative). */
static int no_power(const struct ex *e, const struct ex *x)
{
    if (e->k == E_SYM && x->n_paren && (x->k == E_NUM || x->k == E_SYM))
        return 1;
    return x->k == E_SYM && strlen(x->s) == 1 && strchr("THcC", x->s[0]) != NULL && has_capital(e);
}

/* A written matrix or a tuple with a T above it: the columns as rows. */
static int transposed(struct ps *s, const struct ex *e, struct ex **out)
{
    static const char *const marks[] = { "^{\\mathrm{T}}", "^\\mathrm{T}", "^{\\text{T}}", "^\\text{T}", "^{\\top}", "^\\top", "^{T}", "^T", "^{\\rm T}" };
    size_t n = 0;
    for (size_t i = 0; n == 0 && i < sizeof marks / sizeof *marks; i++)
        n = p_at(s, marks[i]) ? strlen(marks[i]) : 0;
    int cols = e->k == E_MAT ? e->op : e->k == E_TUPLE ? e->n : 0;
    if (n == 0 || cols == 0)
        return 0;
    s->p += n;
    int rows = e->n / cols;
    struct ex *m = ex_new(s->c, E_MAT, e->n);
    m->op = (uint8_t)rows;
    for (int i = 0; i < e->n; i++)
        m->a[i % cols * rows + i / cols] = e->a[i];
    *out = m;
    return 1;
}

struct ex *p_postfix(struct ps *s, struct ex *e)
{
    struct ex *x;
    size_t n;
    int powers = 0;
    while (e != NULL) {
        p_skip(s);
        if (s->p >= s->end)
            break;
        if (p_at(s, "^{\\circ}") || p_at(s, "^\\circ") || p_at(s, "^{\\circ }")) {
            struct ps b = *s;
            s->p += p_at(s, "^{\\circ}") ? 8 : p_at(s, "^\\circ") ? 6 : 9;
            if (p_celsius(s) && s->flags & PARSE_UNITS) {
                *s = b;                               /* a unit */
                break;
            }
            if (p_celsius(s))
                return NULL;
            e = e->k == E_NUM ? p_degrees(s, e) : ex_1(s->c, E_DEG, e);
        } else if (p_at(s, "\\circ") && e->k == E_NUM) {
            s->p += 5;
            e = ex_1(s->c, E_DEG, e);
        } else if (p_at(s, "度") && e->k == E_NUM) {
            s->p += strlen("度");
            e = p_degrees(s, e);
        } else if (e->k == E_NUM && (n = text_degrees(s)) > 0) {
            s->p += n;
            e = ex_1(s->c, E_DEG, e);
        } else if (transposed(s, e, &x)) {
            e = x;
        } else if (p_at(s, "^\\prime") || p_at(s, "^{\\prime}")) {
            return NULL;
        } else if (*s->p == '^' && ++powers == 1) {
            s->p++;
            x = p_exponent(s);
            if (x == NULL || x->k == E_LIST || no_power(e, x))
                return NULL;
            e = ex_2(s->c, E_POW, e, x);
        } else if (*s->p == '^') {
            return NULL;                              /* 2^3^4 */
        } else if (*s->p == '!' && !p_at(s, "!=")) {
            if ((e->k == E_POW || e->k == E_FACT) && !e->n_paren)
                return NULL;                          /* 2^3!, 5!! */
            s->p++;
            e = ex_1(s->c, E_FACT, e);
        } else if (*s->p == '%' || p_at(s, "\\%")) {
            s->p += *s->p == '%' ? 1 : 2;
            e = ex_1(s->c, E_PCT, e);
        } else if (*s->p == '_' && e->k == E_NUM && e->base == 10 && !e->rep && strspn(e->s, "0123456789") == strlen(e->s)) {
            s->p++;
            struct ex *b;
            long base;
            if (p_at(s, "{(") && s->p + 4 < s->end && isdigit((unsigned char)s->p[2]) && s->p[3] == ')' && s->p[4] == '}') {
                b = ex_num(s->c, s->p[2] - '0');      /* 1011_{(2)} */
                s->p += 5;
            } else {
                b = p_tex_arg(s);
            }
            if (b == NULL || !ex_is_int(b, &base) || base < 2 || base > 16)
                return NULL;
            for (const char *d = e->s; *d != '\0'; d++)
                if (*d - '0' >= base)
                    return NULL;
            e->base = (int)base;
            e->lit = LIT_BASE;
        } else if (e->k == E_NUM && (p_at(s, "万") || p_at(s, "亿"))) {
            long m = p_at(s, "万") ? 10000 : 100000000;
            s->p += 3;
            e = ex_2(s->c, E_MUL, e, ex_num(s->c, m));
            e->lit = 3;
        } else if ((x = p_scaled(s, e)) != NULL) {
            e = x;
        } else {
            break;
        }
    }
    return e;
}
