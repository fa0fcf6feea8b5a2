/* read_conics.c - the eccentricity of an ellipse or a hyperbola with its centre at the origin. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/values/sym.h"

#include <string.h>

/* p x^2 + q y^2 + k = 0 with numbers; 0 if the equation is anything else. */
static int axes_of(struct calc *c, const struct ex *l, val *p, val *q, val *k)
{
    struct sym sy;
    struct rf rf;
    val d;
    sym_init(&sy, c);
    int x = sym_gen_var(&sy, "x"), y = sym_gen_var(&sy, "y");
    if (l->k != E_REL || l->n != 2 || l->rels[0] != R_EQ || !sym_rf(&sy, ex_2(c, E_ADD, l->a[0], ex_1(c, E_NEG, l->a[1])), &rf) ||
        sy.n != 2 || !mp_is_const(&sy, &rf.den, &d) || mp_deg(&rf.num, x) != 2 || mp_deg(&rf.num, y) != 2)
        return 0;
    struct mp rest = mp_coeff(&sy, &rf.num, x, 0), linear = mp_coeff(&sy, &rf.num, x, 1), square = mp_coeff(&sy, &rf.num, x, 2);
    struct mp linear_y = mp_coeff(&sy, &rest, y, 1), square_y = mp_coeff(&sy, &rest, y, 2), alone = mp_coeff(&sy, &rest, y, 0);
    return mp_is_zero(&sy, &linear) == YES && mp_is_zero(&sy, &linear_y) == YES && mp_is_const(&sy, &square, p) && mp_is_const(&sy, &square_y, q) && mp_is_const(&sy, &alone, k);
}

/* x^2/a + y^2/b = 1: of an ellipse the root of 1 - least/most, of a hyperbola that of 1 + |negative|/positive. */
static int eccentricity(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    val p, q, k, a = val_new(c), b = val_new(c), e = val_new(c), one = val_si(c, 1);
    (void)qu;
    if (match_ex(m, "f") == NULL || !axes_of(c, match_ex(m, "f"), &p, &q, &k) || value_sign_is(c, k, 0) != NO)
        return 0;
    ca_div(a, k, p, c->ca);
    ca_div(b, k, q, c->ca);
    ca_neg(a, a, c->ca);
    ca_neg(b, b, c->ca);
    int sa = value_sign_is(c, a, 1) == YES ? 1 : value_sign_is(c, a, -1) == YES ? -1 : 0, sb = value_sign_is(c, b, 1) == YES ? 1 : value_sign_is(c, b, -1) == YES ? -1 : 0;
    if (sa == 0 || sb == 0 || (sa < 0 && sb < 0) || (has(m, "ellipse") && sa != sb) || (has(m, "hyperbola") && sa == sb))
        return 0;
    int order = value_cmp(c, a, b);
    if (order != 1 && order != -1)
        return 0;                                     /* a circle */
    ca_div(e, order > 0 ? b : a, order > 0 ? a : b, c->ca);
    ca_sub(e, one, e, c->ca);
    ca_sqrt(e, e, c->ca);
    r->k = S_VALUE;
    r->v = e;
    r->text = calc_printf(c, "%s, find the eccentricity", ex_text(c, match_ex(m, "f")));
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
const struct family read_conics[] = {
    { .id = "eccentricity", .read = eccentricity, .patterns = P(
        "(求|则|)(椭圆{!:ellipse}|双曲线{!:hyperbola}|曲线)({r:name}:|){e:f}的离心率({v:e}|)(是|为|等于|)(多少|)", "(已知|)(椭圆{!:ellipse}|双曲线{!:hyperbola}){e:f},(求|则)(它的|其|椭圆的|双曲线的|该椭圆的|该双曲线的)离心率({v:e}|)(是|为|等于|)(多少|)",
        "(find|what is|calculate|determine) the eccentricity of the (ellipse{!:ellipse}|hyperbola{!:hyperbola}|conic) (with equation |given by |)({e:f})") },
    { .id = NULL },
};
