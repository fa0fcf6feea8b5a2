/* ask_identities.c - (x + 2)(x - 5) = x^2 + px + q: two formulas in x that are the same, and what that says of the
 * letters in them. */
#include "plugins/calculator/worlds/world.h"

#include <string.h>

/* The relations that the coefficients of x in l - r are zero, in a new world. */
static int coefficients(struct world *w, struct ex *l, struct ex *r, const char *x, struct world *out)
{
    struct calc *c = w->c;
    struct sym s;
    struct rf rf;
    val d;
    *out = *w;
    out->n = 0;
    out->thing = NULL;
    memset(out->used, 0, sizeof out->used);
    sym_init(&s, c);
    int g = sym_gen_var(&s, x);
    if (!sym_rf(&s, ex_2(c, E_ADD, l, ex_1(c, E_NEG, r)), &rf) || !mp_is_const(&s, &rf.den, &d))
        return 0;
    int deg = mp_deg(&rf.num, g);
    if (deg < 1 || deg > 8)
        return 0;
    for (int i = 0; i <= deg; i++) {
        struct mp p = mp_coeff(&s, &rf.num, g, i);
        if (p.n == 0)
            continue;
        struct ex *e = mp_tree(&s, &p);
        if (e == NULL || !ex_has_sym(e, NULL) || !world_add(out, ex_rel(c, R_EQ, e, ex_num(c, 0))))
            return 0;
    }
    return out->n > 0;
}

static int polynomial_in(struct calc *c, struct ex *e, const char *x)
{
    return !ex_has_kind(e, E_CALL) && !ex_has_kind(e, E_REL) && sym_degree(c, e, x) >= 1;
}

static int is_product(const struct ex *e)
{
    return e->k == E_POW || (e->k == E_MUL && e->n > 1 && ex_has_sym(e->a[0], NULL) && ex_has_sym(e->a[1], NULL));
}

/* One side is a product, both are of a higher degree than the first, and other letters than x are asked: nobody would
 * write an equation for x so. */
static int identity(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "f"), *h = match_ex(m, "h"), *g = match_ex(m, "g"), *g2 = match_ex(m, "g2");
    const char *v[6], *x = NULL;
    if (h == NULL) {
        struct ex *rel = l != NULL ? l : w->n == 1 ? w->rel[0] : NULL;
        if (rel == NULL || rel->k != E_REL || rel->n != 2 || rel->rels[0] != R_EQ || (l != NULL && w->n > 0))
            return 0;
        l = rel->a[0];
        h = rel->a[1];
    } else if (w->n > 0) {
        return 0;
    }
    if (l == NULL || g == NULL || (!is_product(l) && !is_product(h)))
        return 0;
    if (ex_syms(l, v, 2) == 1)
        x = v[0];
    else if (ex_syms(h, v, 2) == 1)
        x = v[0];
    if (x == NULL && ex_has_sym(l, "x") && ex_has_sym(h, "x"))
        x = "x";
    if (x == NULL || ex_has_sym(g, x) || (g2 != NULL && ex_has_sym(g2, x)) || !polynomial_in(c, l, x) || !polynomial_in(c, h, x) || ex_syms(h, v, 5) + ex_syms(l, v, 5) < 3)
        return 0;
    struct ex *dl = ex_diff(c, l, x), *dh = ex_diff(c, h, x);
    if (dl == NULL || dh == NULL || !polynomial_in(c, dl, x) || !polynomial_in(c, dh, x))
        return 0;                                     /* of the second degree at least */
    struct world in;
    if (!coefficients(w, l, h, x, &in))
        return 0;
    if (g2 != NULL) {
        struct ex *u[2] = { g, g2 };
        if (!cond_tuples(&in, u, 2, r))
            return 0;
    } else if (!cond_value(&in, g, r)) {
        return 0;
    }
    r->text = calc_printf(c, "%s = %s for every %s, find %s", ex_text(c, l), ex_text(c, h), x, ex_text(c, g));
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZASK "(则|求|那么)(代数式|){e:g}((、|和|与|,){e:g2}|)(的值|)(分别|)(是|为|等于|=|)(多少|几|什么|)."
#define EASK "(then |)(find|determine|compute|calculate|what is|what are) (the |)(value |values |)(of |)(the constants |the constant |){e:g} (and {e:g2}|)."
const struct asked ask_identities[] = {
    { "identity", P(ZASK, EASK, "(已知|若|如果|设|)(多项式|二次三项式|){e:f}(分解因式|因式分解|分解因式后|因式分解后)(的结果|)(是|为|得|得到){e:h}," ZASK, "(已知|若|如果|设|)(计算|){e:f}(展开|)(的结果|展开后)(是|为){e:h}," ZASK,
        "(if|given that|suppose) {e:f} (factors as|can be factored as|expands to|is identically equal to|is equal to) {e:h}(,then|,)" EASK), identity },
    { NULL, NULL, NULL },
};
