/* read_arithmetic.c - operations in words (add a and b, subtract a from b, the quotient of a and b), sums and products
 * of matrices, powers modulo a number, digits of another base. */
#include "plugins/calculator/questions/read.h"

#include <ctype.h>
#include <string.h>

/* ---- matrices -------------------------------------------------------------------------- */
static struct ex *matrix(struct calc *c, int rows, int columns)
{
    struct ex *m = ex_new(c, E_MAT, rows * columns);
    m->op = (uint8_t)columns;
    return m;
}

static struct ex *matrix_sum(struct calc *c, struct ex *a, struct ex *b)
{
    if (a->op != b->op || a->n != b->n)
        return NULL;
    struct ex *m = matrix(c, a->n / a->op, a->op);
    for (int i = 0; i < a->n; i++)
        m->a[i] = ex_2(c, E_ADD, a->a[i], b->a[i]);
    return m;
}

static struct ex *matrix_times(struct calc *c, struct ex *k, struct ex *a)
{
    struct ex *m = matrix(c, a->n / a->op, a->op);
    for (int i = 0; i < a->n; i++)
        m->a[i] = ex_2(c, E_MUL, k, a->a[i]);
    return m;
}

static struct ex *matrix_product(struct calc *c, struct ex *a, struct ex *b)
{
    int n = a->op, rows = a->n / n, columns = b->op;
    if (b->n != n * columns)
        return NULL;
    struct ex *m = matrix(c, rows, columns);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            struct ex *s = ex_new(c, E_ADD, n);
            for (int k = 0; k < n; k++)
                s->a[k] = ex_2(c, E_MUL, a->a[i * n + k], b->a[k * columns + j]);
            m->a[i * columns + j] = n == 1 ? s->a[0] : s;
        }
    return m;
}

/* Of two rows and columns. */
static struct ex *matrix_inverse(struct calc *c, struct ex *a)
{
    if (a->op != 2 || a->n != 4)
        return NULL;
    struct ex *det = ex_2(c, E_ADD, ex_2(c, E_MUL, a->a[0], a->a[3]), ex_1(c, E_NEG, ex_2(c, E_MUL, a->a[1], a->a[2]))), *m = matrix(c, 2, 2);
    val d = value_const(c, det);
    if (d == NULL || ca_check_is_zero(d, c->ca) != T_FALSE)
        return NULL;
    m->a[0] = ex_2(c, E_DIV, a->a[3], det);
    m->a[1] = ex_2(c, E_DIV, ex_1(c, E_NEG, a->a[1]), det);
    m->a[2] = ex_2(c, E_DIV, ex_1(c, E_NEG, a->a[2]), det);
    m->a[3] = ex_2(c, E_DIV, a->a[0], det);
    return m;
}

/* What e comes to: a matrix of numbers (E_MAT), a number, or NULL; letters stand for the matrices of the relations. */
static struct ex *combined(struct calc *c, struct ex *e, struct ex **rel, int n)
{
    long k;
    struct ex *r, *t;
    if (e->k == E_SYM) {
        for (int i = 0; i < n; i++)
            if (strcmp(rel[i]->a[0]->s, e->s) == 0)
                return rel[i]->a[1];
        return NULL;
    }
    if (e->k == E_MAT)
        return e->op > 0 && e->n <= 25 && e->n % e->op == 0 && !ex_has_sym(e, NULL) ? e : NULL;
    if (!ex_has_kind(e, E_MAT) && !ex_has_sym(e, NULL))
        return value_const(c, e) != NULL ? e : NULL;
    if (e->k == E_NEG)
        return (r = combined(c, e->a[0], rel, n)) != NULL && r->k == E_MAT ? matrix_times(c, ex_num(c, -1), r) : NULL;
    if (e->k == E_POW && ex_is_int(e->a[1], &k) && k == -1)
        return (r = combined(c, e->a[0], rel, n)) != NULL && r->k == E_MAT ? matrix_inverse(c, r) : NULL;
    if (e->k == E_POW) {
        if ((t = r = combined(c, e->a[0], rel, n)) == NULL || r->k != E_MAT || !ex_is_int(e->a[1], &k) || k < 1 || k > 6)
            return NULL;
        for (; k > 1 && r != NULL; k--)
            r = matrix_product(c, r, t);
        return r;
    }
    if ((e->k != E_ADD && e->k != E_MUL) || (r = combined(c, e->a[0], rel, n)) == NULL)
        return NULL;
    for (int i = 1; i < e->n && r != NULL; i++) {
        if ((t = combined(c, e->a[i], rel, n)) == NULL)
            return NULL;
        if (e->k == E_ADD)
            r = r->k == E_MAT && t->k == E_MAT ? matrix_sum(c, r, t) : NULL;
        else if (t->k != E_MAT)
            r = r->k == E_MAT ? matrix_times(c, t, r) : ex_2(c, E_MUL, r, t);
        else
            r = r->k == E_MAT ? matrix_product(c, r, t) : matrix_times(c, r, t);
    }
    return r;
}

static int matrices(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const names[] = { "a", "b" };
    struct ex *g = match_ex(m, "g"), *rel[2];
    int n = 0;
    (void)q;
    for (int i = 0; i < 2; i++) {
        struct ex *e = match_ex(m, names[i]);
        if (e == NULL)
            continue;
        if (g != NULL && (e->k != E_REL || e->n != 2 || e->rels[0] != R_EQ || e->a[0]->k != E_SYM || e->a[1]->k != E_MAT))
            return 0;
        rel[n++] = e;
    }
    if (g == NULL && n == 2)                          /* the sum, the product of the matrices */
        g = has(m, "sum") ? ex_2(c, E_ADD, rel[0], rel[1]) : has(m, "difference") ? ex_2(c, E_ADD, rel[0], ex_1(c, E_NEG, rel[1])) : ex_2(c, E_MUL, rel[0], rel[1]);
    if (g == NULL && n == 1 && has(m, "inverse"))
        g = ex_2(c, E_POW, rel[0], ex_num(c, -1));
    if (g == NULL || g->k == E_MAT || g->k == E_SYM || !(r->e = combined(c, g, rel, match_ex(m, "g") != NULL ? n : 0)) || r->e->k != E_MAT)
        return 0;
    r->k = S_MATRIX;
    r->text = calc_printf(c, "find %s", ex_text(c, g));
    for (int i = n - 1; i >= 0 && match_ex(m, "g") != NULL; i--)
        r->text = calc_printf(c, "%s, %s", ex_text(c, rel[i]), r->text);
    return 1;
}

/* ---- in words ---------------------------------------------------------------------------- */
static int operand(const struct ex *e)
{
    static const enum ek odd[] = { E_UNIT, E_PM, E_REL, E_LIST, E_TUPLE, E_SET, E_BUILD, E_MAT, E_DOTS, E_CALL, E_PCT, E_DEG, E_RATIO, E_TEXT, E_INF };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (ex_has_kind(e, odd[i]))
            return 0;
    return 1;
}

static int whole(struct calc *c, struct ex *e)
{
    val v = ex_has_sym(e, NULL) ? NULL : value_const(c, e);
    return v != NULL && tri_of(ca_check_is_integer(v, c->ca)) != NO;
}

static int in_words(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *a = match_ex(m, "a"), *b = match_ex(m, "b"), *e;
    (void)q;
    if (a == NULL || b == NULL || !operand(a) || !operand(b) || (a->k == E_SYM && b->k == E_SYM))
        return 0;
    if (has(m, "over") && whole(c, a) && whole(c, b) && !whole(c, ex_2(c, E_DIV, a, b)))
        return 0;                                     /* a fraction, or quotient and remainder? */
    if ((has(m, "part") || has(m, "whole")) && (has(m, "part") ? a : b)->k != E_DIV)
        return 0;                                     /* 3/4 of 60; f of x is something else */
    e = has(m, "part") ? ex_2(c, E_MUL, a, b) : has(m, "plus") ? ex_2(c, E_ADD, a, b) : has(m, "minus") ? ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)) : has(m, "from") ? ex_2(c, E_ADD, b, ex_1(c, E_NEG, a)) : has(m, "times") ? ex_2(c, E_MUL, a, b) : ex_2(c, E_DIV, a, b);
    r->text = calc_printf(c, "find %s", ex_text(c, e));
    if (!ex_has_sym(e, NULL)) {
        if ((r->v = value_const(c, e)) == NULL || (has(m, "positive") && value_sign_is(c, r->v, -1) != NO))
            return 0;                                 /* the difference of 3 and 5: which of them is taken away? */
        r->k = S_VALUE;
        return 1;
    }
    struct sym s;
    struct rf rf;
    sym_init(&s, c);
    if (has(m, "positive") || e->k == E_DIV || !sym_rf(&s, e, &rf) || rf.den.n != 1)
        return 0;
    for (int i = 0; i < s.n; i++)
        if (s.g[i].k != G_VAR)
            return 0;
    r->k = S_EXPR;
    r->e = e;
    r->forms |= FORM_EXPANDED;
    return 1;
}

/* ---- modulo, bases ------------------------------------------------------------------------ */
/* The digits at *p, at most `most` of them, as z. */
static int digits_at(struct calc *c, const char **p, size_t most, fmpz_t z)
{
    size_t n = strspn(*p, "0123456789");
    if (n == 0 || n > most)
        return 0;
    fmpz_set_str(z, calc_strn(c, *p, n), 10);
    *p += n;
    return 1;
}

/* Goes past \bmod, \pmod{, (\bmod ... */
static int past_modulo(const char **p)
{
    static const char *const signs[] = { "\\bmod", "\\mod", "\\pmod", "\\operatorname{mod}", "\\mathrm{mod}", "\\text{ mod }", "\\text{mod}" };
    *p += strspn(*p, " (");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (strncmp(*p, signs[i], n) == 0) {
            *p += n;
            *p += strspn(*p, " {(");
            return 1;
        }
    }
    return 0;
}

/* "5^{123} \bmod 13", one formula: base, exponent (1 if there is none) and modulus. */
static int power_modulo(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    const char *p = match_get(m, "g") != NULL ? match_get(m, "g")->raw : NULL;
    fmpz_t b, x, n;
    (void)q;
    if (p == NULL)
        return 0;
    fmpz_init(b);
    fmpz_init(n);
    fmpz_init_set_ui(x, 1);
    int ok = digits_at(c, &p, 18, b);
    if (ok && *p == '^') {
        int group = p[1] == '{';
        const char *from = p += 1 + group;
        ok = digits_at(c, &p, 18, x) && (group ? *p == '}' : p - from == 1);          /* 2^10 is 2^1 0 to a printer */
        p += group && ok;
    }
    ok = ok && past_modulo(&p) && digits_at(c, &p, 9, n) && strspn(p, "} )") == strlen(p) && fmpz_cmp_ui(n, 2) >= 0;
    if (ok) {
        r->k = S_VALUE;
        r->text = calc_printf(c, "find %s", match_get(m, "g")->raw);
        fmpz_powm_ui(b, b, fmpz_get_ui(x), n);
        r->v = val_new(c);
        ca_set_fmpz(r->v, b, c->ca);
    }
    fmpz_clear(b);
    fmpz_clear(x);
    fmpz_clear(n);
    return ok;
}

/* 2F_{16}, 1011 as a binary number: the value of the digits. */
static int from_base(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *g = match_get(m, "g");
    const char *s = g != NULL ? g->raw : NULL, *d;
    long base = has(m, "binary") ? 2 : has(m, "octal") ? 8 : has(m, "hex") ? 16 : 0, said = 0;
    (void)q;
    if (s == NULL || strlen(s) > 60)
        return 0;
    struct ex *be = match_ex(m, "b"), *to = match_ex(m, "ten");
    long ten = 10;
    if ((to != NULL && (!ex_is_int(to, &ten) || ten != 10)) || (be != NULL && (!ex_is_int(be, &base) || base < 2 || base > 16)))
        return 0;
    while (*s == '(' || *s == ' ')
        s++;
    for (d = s; isalnum((unsigned char)*d); d++)
        ;
    size_t n = (size_t)(d - s);
    for (const char *p = d; *p != '\0'; p++)
        if (isdigit((unsigned char)*p))
            said = said * 10 + (*p - '0');
        else if (strchr("_{}() ", *p) == NULL)
            return 0;
    if (said != 0 && base != 0 && said != base)
        return 0;
    base = base != 0 ? base : said;
    if (n == 0 || n > 15 || base < 2 || base > 16)
        return 0;
    val v = val_si(c, 0);
    for (size_t i = 0; i < n; i++) {
        int digit = isdigit((unsigned char)s[i]) ? s[i] - '0' : tolower((unsigned char)s[i]) - 'a' + 10;
        if (digit >= base)
            return 0;
        val t = val_new(c);
        ca_mul_si(t, v, base, c->ca);
        ca_add_si(t, t, digit, c->ca);
        v = t;
    }
    r->k = S_VALUE;
    r->v = v;
    r->text = calc_printf(c, "%.*s of base %ld in base 10", (int)n, s, base);
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZTAIL "(的结果|)(是|为|等于|=|)(多少|几|什么|)"
#define EASK "(find|determine|compute|calculate|evaluate|what is|what's|work out|give|state) "
#define ZBASE "(二进制{!:binary}|八进制{!:octal}|十六进制{!:hex})"
#define EBASE "(binary{!:binary}|octal{!:octal}|hexadecimal{!:hex}|hex{!:hex}|base-{i:b})"
#define TEN "(decimal|base {i:ten}|base ten|a decimal number|a decimal|decimal form|decimal notation)"
const struct family read_arithmetic[] = {
    { .id = "matrices", .read = matrices, .patterns = P("(计算|求|)(矩阵|)(的|)(乘积|积|和|)(,|){e:g}" ZTAIL ".", "(已知|设|若|)(矩阵|){e:a}((,|、|和|与){e:b}|),(求|则|计算)(矩阵|){e:g}" ZTAIL ".", "(求|计算|)矩阵{e:a}(与|和|乘以|乘)(矩阵|){e:b}(的(和{!:sum}|差{!:difference}|积{!:product}|乘积{!:product})|)" ZTAIL ".",
        EASK "(the |)(matrix |)(product |sum |difference |)(of |)(matrices |the matrices |){e:g}.", "(given|let|if|suppose) (the matrices |the matrix |){e:a}((,| and |,and ){e:b}|)," EASK "(the |)(matrix |)(product |sum |)({e:g}).", EASK "the inverse{!:inverse} (matrix |)of (the |)(matrix |){e:a}.", "(求|)矩阵{e:a}的逆矩阵{!:inverse}" ZTAIL ".", EASK "the (product{!:product}|sum{!:sum}|difference{!:difference}) of (the |)(matrices |){e:a} and {e:b}.", "(add{!:sum}|multiply{!:product}) (the |)(matrices |){e:a} (and|by) {e:b}.") },
    { .id = "operation in words", .read = in_words, .patterns = P(
        "add {e:a} (and|to) {e:b}{!:plus}.", "subtract {e:a} from {e:b}{!:from}.", "multiply {e:a} (by|and|with) {e:b}{!:times}.", "divide {e:a} by {e:b}{!:over}.", EASK "the (sum{!:plus}|product{!:times}|quotient{!:over}|difference{!:minus}{!:positive}) of {e:a} and {e:b}.", EASK "the (quotient|result) (when|of) (dividing |){e:a} (is |)(divided |)by {e:b}{!:over}.", EASK "{e:a} (plus{!:plus}|minus{!:minus}|times{!:times}|multiplied by{!:times}|divided by{!:over}) {e:b}.",
        EASK "{e:a} of {e:b}{!:part}.", "(求|计算|){e:b}的{e:a}{!:part}" ZTAIL ".", "一个数的{e:b}(是|等于|为){e:a}{!:whole},(求|)(这个数|这个数是多少|).", "how much (greater|more|larger|bigger) is {e:a} than {e:b}{!:minus}{!:positive}.", "{e:a}比{e:b}(大|多)(多少|几){!:minus}{!:positive}.", "(求|计算|){e:a}(与|和|、){e:b}的(和{!:plus}|差{!:minus}{!:positive}|积{!:times}|乘积{!:times}|商{!:over})" ZTAIL ".", "(求|计算|){e:a}(加|加上){e:b}(的和|){!:plus}" ZTAIL ".", "(求|计算|){e:a}(减|减去){e:b}(的差|){!:minus}" ZTAIL ".", "(求|计算|){e:a}(乘|乘以){e:b}(的积|){!:times}" ZTAIL ".", "(求|计算|){e:a}除以{e:b}(的商|){!:over}" ZTAIL ".", "从{e:b}(中|里|)减去{e:a}{!:from}" ZTAIL ".") },
    { .id = "power modulo", .read = power_modulo, .patterns = P("(求|计算|)({r:g})(的值|)" ZTAIL ".", EASK "(the value of |the remainder |){r:g}.") },
    { .id = "from another base", .read = from_base, .patterns = P("(将|把|)(" ZBASE "数|){r:g}(化为|转化为|化成|转换为|转换成|转成|换算成|表示为|写成)(十进制数|十进制)" ZTAIL ".", "(" ZBASE "数|){r:g}(对应的|)(的|)(十进制数|十进制值|十进制表示)" ZTAIL ".",
        "(write|convert|express|change) (the |)(" EBASE " |)(number |numeral |){r:g} (in|to|into|as|from " EBASE " (in|)to) " TEN ".", EASK "the (decimal|base {i:ten}|base ten) (value|equivalent|representation|form) of (the |)(" EBASE " |)(number |numeral |){r:g}.", EASK "(the |)(" EBASE " )(number |numeral |){r:g} in " TEN ".", EASK "{r:g} in " TEN ".") },
    { .id = NULL },
};
