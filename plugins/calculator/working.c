/* working.c - see working.h.  Only chains of "=" whose neighbours are numbers are judged;
 * an equation with unknowns may be a condition, and is left alone. */
#include "plugins/calculator/working.h"
#include "plugins/calculator/parse.h"

#include <string.h>

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
        if (value_equal(c, a, b) == NO) {
            out->left = value_text(c, a, 0);
            out->right = value_text(c, b, 0);
            out->text = calc_printf(c, "%s = %s", ex_text(c, l), ex_text(c, r));
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
            s++;
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
