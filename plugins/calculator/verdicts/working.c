/* working.c - see working.h.  Only chains of "=" whose neighbours are numbers are judged;
 * an equation with unknowns may be a condition, and is left alone. */
#include "plugins/calculator/verdicts/working.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

/* Is the decimal number w, written as e, what v rounds to? */
static int is_rounded(struct calc *c, const struct ex *e, val v, val w)
{
    const struct ex *n = e->k == E_NEG ? e->a[0] : e;
    const char *dot = n->k == E_NUM && !n->rep ? strchr(n->s, '.') : NULL;
    if (dot == NULL || strlen(dot + 1) > 30)
        return 0;
    val d = val_new(c), h = val_q(c, 1, 2);
    for (size_t i = 0; i < strlen(dot + 1); i++)
        ca_div_si(h, h, 10, c->ca);
    ca_sub(d, v, w, c->ca);
    ca_abs(d, d, c->ca);
    int k = value_cmp(c, d, h);
    return k == -1 || k == 0 || k == 2;
}

#define PARSED_BYTES 300u               /* of arithmetic without marks that is looked at */
#define RUN_BYTES    600u               /* from here on it is not arithmetic that anybody wrote */

/* Arithmetic without marks, "29 × 16 = 454": digits, signs and brackets alone, and
 * nothing beside it that could belong to it.  Its length; 0 when there is none.  A run over RUN_BYTES is given
 * whole, to be left out: it would be read again from each of its numbers. */
static size_t bare(const char *s, const char *begin)
{
    static const char *const signs[] = { "\\times ", "\\cdot ", "\\div " };
    size_t n = 0;
    int equals = 0, ops = 0, left = 0;
    if (s > begin && strchr(" \n:,=(", s[-1]) == NULL)
        return 0;
    for (;;) {
        size_t k = 0;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (strncmp(s + n, signs[i], strlen(signs[i])) == 0)
                k = strlen(signs[i]);
        if (k == 0 && s[n] != '\0' && strchr("0123456789.+-*/()^= ", s[n]) != NULL)
            k = 1;
        if (k == 0)
            break;
        if (n < RUN_BYTES && (s[n] == '.' || s[n] == ')') && s[n + 1] == ' ' && s[n + 2] != '\0' && strchr("0123456789(", s[n + 2]) != NULL)
            return 0;                                 /* 2. 3 + 4 = 7: a numbered line */
        if (s[n] == '=') {
            left |= equals == 0 && ops > 0;
            equals++;
        }
        ops += k > 1 || strchr("+-*/^", s[n]) != NULL;
        n += k;
    }
    if (n > RUN_BYTES)
        return n;
    const char *end = s + n;
    while (n > 0 && strchr(" .", s[n - 1]) != NULL)
        n--;
    if (!left || n < 5 || s[n - 1] == '=' || (*end != '\0' && strchr("\n,;!", *end) == NULL && strncmp(end, "。", 3) != 0 && strncmp(end, "，", 3) != 0 && strncmp(end, "；", 3) != 0))
        return 0;
    return n;
}

static void chain(struct calc *c, const struct ex *e, struct step *out)
{
    if (e->k == E_LIST || e->k == E_AND) {
        for (int i = 0; i < e->n && out->text == NULL; i++)
            chain(c, e->a[i], out);
        return;
    }
    if (e->k != E_REL)
        return;
    for (int i = 0; i + 1 < e->n; i++) {
        const struct ex *l = e->a[i], *r = e->a[i + 1];
        if (e->rels[i] != R_EQ || ex_has_sym(l, NULL) || ex_has_sym(r, NULL) || ex_has_kind(l, E_UNIT) || ex_has_kind(r, E_UNIT))
            continue;
        val a = value_const(c, l), b = value_const(c, r);
        if (a == NULL || b == NULL)
            continue;
        out->checked++;
        if (value_equal(c, a, b) == NO && !is_rounded(c, l, b, a) && !is_rounded(c, r, a, b)) {
            out->left = value_text(c, a, 0);
            out->right = value_text(c, b, 0);
            out->left_side = ex_text(c, l);
            out->right_side = ex_text(c, r);
            out->text = calc_printf(c, "%s = %s", out->left_side, out->right_side);
            return;
        }
    }
}

/* \boxed{x} as x. */
static char *unbox(struct calc *c, const char *s, size_t n)
{
    char *b = calc_strn(c, s, n), *p;
    while ((p = strstr(b, "\\boxed")) != NULL)
        memset(p, ' ', 6);
    return b;
}

void working_check(struct calc *c, const char *s, struct step *out)
{
    memset(out, 0, sizeof *out);
    const char *begin = s;
    int spans = 0;
    while (*s != '\0' && spans < 120 && out->text == NULL) {
        const char *close = NULL;
        size_t open = 0;
        if (strncmp(s, "$$", 2) == 0) {
            open = 2;
            close = "$$";
        } else if (*s == '$') {
            open = 1;
            close = "$";
        } else if (strncmp(s, "\\(", 2) == 0 || strncmp(s, "\\[", 2) == 0) {
            open = 2;
            close = s[1] == '(' ? "\\)" : "\\]";
        }
        if (close == NULL) {
            size_t n = isdigit((unsigned char)*s) || *s == '(' ? bare(s, begin) : 0;
            calc_step(c, 1);
            struct ex *x = n > 0 && n < PARSED_BYTES && ++spans ? parse_all(c, s, n, 0) : NULL;
            if (x != NULL)
                chain(c, x, out);
            s += n > 0 ? n : 1;
            continue;
        }
        const char *e = strstr(s + open, close);
        if (e == NULL)
            return;
        size_t n = (size_t)(e - s) - open;
        spans++;
        if (n > 0 && n < 600) {
            char *t = unbox(c, s + open, n);
            struct ex *x = parse_all(c, t, strlen(t), PARSE_UNITS);
            if (x == NULL && t[0] == '=')
                x = NULL;
            if (x != NULL)
                chain(c, x, out);
        }
        s = e + strlen(close);
    }
}
