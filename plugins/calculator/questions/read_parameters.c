/* read_parameters.c - for which values of a parameter has an equation one root, two different ones, none; is a
 * quadratic expression a perfect square; does an inequality hold for every x.  The coefficients of x^2, x and 1 are
 * trees in the parameter, and the answer is the set where the discriminant and they are as they must be. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

/* p x^2 + q x + r, each a polynomial in the parameter; constant: does it not depend on it? */
struct quadratic { struct ex *co[3]; int constant[3], degree; struct ex *disc; };

static struct ex *minus(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)); }
static struct ex *zero(struct calc *c, enum rel r, struct ex *e) { return ex_rel(c, r, e, ex_num(c, 0)); }

static struct ex *both(struct calc *c, enum ek k, struct ex *a, struct ex *b)
{
    return a == NULL ? b : b == NULL ? a : ex_2(c, k, a, b);
}

/* Are all terms of the polynomial of degree 2 in the generators g and h together? */
static int homogeneous(const struct mp *p, int g, int h)
{
    for (int i = 0; i < p->n; i++)
        if (p->t[i].e[g] + p->t[i].e[h] != 2)
            return 0;
    return p->n > 0;
}

/* e as a polynomial of degree 1 or 2 in x; second: a letter that may stand for 1, as in 4x^2 + kxy + 9y^2, or NULL. */
static int quadratic_of(struct calc *c, struct ex *e, const char *x, const char *second, struct quadratic *q)
{
    struct sym s;
    struct rf rf;
    val d;
    sym_init(&s, c);
    int g = sym_gen_var(&s, x), h = second != NULL ? sym_gen_var(&s, second) : -1;
    if (!sym_rf(&s, e, &rf) || !mp_is_const(&s, &rf.den, &d))
        return 0;
    if (second != NULL)
        return homogeneous(&rf.num, g, h) && quadratic_of(c, ex_subst(c, e, second, ex_num(c, 1)), x, NULL, q);
    if ((q->degree = mp_deg(&rf.num, g)) < 1 || q->degree > 2)
        return 0;
    for (int i = 0; i < 3; i++) {
        struct mp p = mp_coeff(&s, &rf.num, g, i);
        if ((q->co[i] = mp_tree(&s, &p)) == NULL)
            return 0;
        q->constant[i] = !ex_has_sym(q->co[i], NULL);
    }
    q->disc = minus(c, ex_2(c, E_POW, q->co[1], ex_num(c, 2)), ex_2(c, E_MUL, ex_num(c, 4), ex_2(c, E_MUL, q->co[2], q->co[0])));
    return 1;
}

/* co[i] against 0: NULL where that holds for every value of the parameter; *never where for none. */
static struct ex *compared(struct calc *c, const struct quadratic *q, int i, enum rel r, const char *k, int *never)
{
    struct ex *rel = zero(c, r, q->co[i]);
    if (!q->constant[i])
        return rel;
    struct env env = { k, val_si(c, 0), NULL };
    if (solve_holds(c, rel, &env) == YES)
        return NULL;
    *never = 1;
    return NULL;
}

/* All of the conditions co[i] r 0 of the list (i, r, ..., -1), and `also`; NULL and *never as above. */
struct part { int i; enum rel r; };
static struct ex *conditions(struct calc *c, const struct quadratic *q, const char *k, const struct part *parts, int n, struct ex *also, int *never)
{
    struct ex *all = also;
    *never = 0;
    for (int i = 0; i < n; i++)
        all = both(c, E_AND, all, compared(c, q, parts[i].i, parts[i].r, k, never));
    return all;
}

/* Adds one way in which it may be so. */
static void way(struct calc *c, struct ex **any, int *always, struct ex *cond, int never)
{
    if (never)
        return;
    if (cond == NULL)
        *always = 1;
    else
        *any = both(c, E_OR, *any, cond);
}

/* The condition on the parameter for the state that is marked; NULL if it is never or always so. */
static struct ex *state_of(struct calc *c, const struct quadratic *q, struct match *m, const char *k)
{
    static const struct part second[] = { { 2, R_NE } }, first[] = { { 2, R_EQ }, { 1, R_NE } }, none[] = { { 2, R_EQ }, { 1, R_EQ }, { 0, R_NE } }, every[] = { { 2, R_EQ }, { 1, R_EQ }, { 0, R_EQ } };
    struct ex *any = NULL, *cond;
    int never, always = 0, quad = has(m, "quad");
    enum rel r = has(m, "two") ? R_GT : has(m, "none") ? R_LT : has(m, "one") || has(m, "equal") ? R_EQ : R_GE;
    if (q->degree == 2 && !has(m, "every")) {
        cond = conditions(c, q, k, second, 1, zero(c, r, q->disc), &never);
        way(c, &any, &always, cond, never);
    }
    if (!quad && (has(m, "one") || has(m, "some"))) {  /* of the first degree */
        cond = conditions(c, q, k, first, 2, NULL, &never);
        way(c, &any, &always, cond, never);
    }
    if (!quad && has(m, "none")) {
        cond = conditions(c, q, k, none, 3, NULL, &never);
        way(c, &any, &always, cond, never);
    }
    if (!quad && (has(m, "every") || has(m, "some"))) {
        cond = conditions(c, q, k, every, 3, NULL, &never);
        way(c, &any, &always, cond, never);
    }
    return always ? NULL : any;
}

/* The set of the parameter as a reading: its points, or the whole set, or its largest or smallest integer. */
static int parameter_set(struct calc *c, struct match *m, struct ex *cond, const char *k, const char *text, struct reading *r)
{
    struct vals p;
    struct rset set;
    if (cond == NULL || !rset_solve(c, cond, k, &set) || set.n == 0)
        return 0;
    r->var = k;
    r->subject = cond;
    r->text = text;
    if (has(m, "maxint") || has(m, "minint")) {
        int max = has(m, "maxint");
        const struct iv *v = max ? &set.iv[set.n - 1] : &set.iv[0];
        val end = max ? v->hi : v->lo, t = val_new(c);
        if (end == NULL)
            return 0;
        if (max)
            ca_floor(t, end, c->ca);
        else
            ca_ceil(t, end, c->ca);
        enum tri on = value_equal(c, t, end);
        if (on == UNSURE)
            return 0;
        if (on == YES && (max ? v->hi_open : v->lo_open))
            ca_add_si(t, t, max ? -1 : 1, c->ca);
        r->k = S_VALUE;
        r->v = t;
        return rset_has(c, &set, t) == YES;
    }
    if (rset_points(c, &set, &p) >= 0) {
        r->k = S_VALS;
        r->vals = r->all = p;
        return 1;
    }
    r->k = S_RSET;
    r->rs = set;
    return 1;
}

/* The letters of e: the unknown x (named, or x), the parameter k (named), and perhaps a second one. */
static int letters_of(struct match *m, struct ex *e, const char **x, const char **k, const char **second)
{
    struct ex *xe = match_ex(m, "x"), *ke = match_ex(m, "k");
    const char *v[4];
    int n = ex_syms(e, v, 3);
    if (ke == NULL || ke->k != E_SYM || (xe != NULL && xe->k != E_SYM) || n > 3)
        return 0;
    *k = ke->s;
    *x = xe != NULL ? xe->s : "x";
    for (int i = 0; xe == NULL && n == 2 && !ex_has_sym(e, "x") && i < n; i++)
        if (strcmp(v[i], *k) != 0)
            *x = v[i];
    *second = NULL;
    if (strcmp(*x, *k) == 0 || !ex_has_sym(e, *x) || !ex_has_sym(e, *k))
        return 0;
    for (int i = 0; i < n; i++)
        if (strcmp(v[i], *x) != 0 && strcmp(v[i], *k) != 0)
            *second = v[i];
    return 1;
}

static int odd_kind(const struct ex *e)
{
    return ex_has_kind(e, E_CALL) || ex_has_kind(e, E_I) || ex_has_kind(e, E_PM) || ex_has_kind(e, E_UNIT) || ex_has_kind(e, E_DOTS) || ex_has_kind(e, E_PCT);
}

static int roots_with(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *e = f, *axis = match_ex(m, "ax");
    const char *x, *k, *second;
    struct quadratic q;
    (void)qu;
    struct ex *roots = match_ex(m, "roots");
    if (f == NULL || (roots != NULL && (roots->k != E_LIST || roots->n != 2 || roots->a[0]->k != E_SYM || roots->a[1]->k != E_SYM)))
        return 0;
    if (has(m, "graph")) {                            /* y = f(x) against the x-axis */
        if (f->k == E_REL && f->n == 2 && f->rels[0] == R_EQ && ((f->a[0]->k == E_SYM && strcmp(f->a[0]->s, "y") == 0) || (f->a[0]->k == E_CALL && f->a[0]->n == 1)))
            e = f->a[1];
        if (axis == NULL || axis->k != E_SYM || strcmp(axis->s, "x") != 0)
            return 0;
    } else if (f->k == E_REL && f->n == 2 && f->rels[0] == R_EQ) {
        e = minus(c, f->a[0], f->a[1]);
    } else {
        return 0;
    }
    if (e->k == E_REL || odd_kind(e) || !letters_of(m, e, &x, &k, &second) || second != NULL || !quadratic_of(c, e, x, NULL, &q) || (has(m, "quad") && q.degree != 2))
        return 0;
    if (has(m, "equal") && !has(m, "quad") && !q.constant[2])
        return 0;                                     /* if it is of the first degree, is its one root "two equal ones"? */
    const char *state = has(m, "two") ? "two different real roots" : has(m, "none") ? "no real root" : has(m, "one") ? "exactly one real root" : has(m, "equal") ? "two equal roots" : has(m, "every") ? "every number as a root" : "real roots";
    return parameter_set(c, m, state_of(c, &q, m, k), k, calc_printf(c, "%s has %s, find %s", ex_text(c, f), state, k), r);
}

/* x^2 + kx + 9 = (x + m)^2: no discriminant, and a square in front. */
static int perfect_square(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    const char *x, *k, *second;
    struct quadratic q;
    (void)qu;
    if (f == NULL || f->k == E_REL || odd_kind(f) || !letters_of(m, f, &x, &k, &second) || !quadratic_of(c, f, x, second, &q) || q.degree != 2 || !q.constant[2] || q.constant[0] + q.constant[1] != 1)
        return 0;
    struct env env = { k, val_si(c, 0), NULL };
    val lead;
    if (value_eval(c, q.co[2], &env, &lead) != EV_OK || value_sign_is(c, lead, 1) != YES)
        return 0;
    return parameter_set(c, m, zero(c, R_EQ, q.disc), k, calc_printf(c, "%s is a perfect square, find %s", ex_text(c, f), k), r);
}

/* f > 0 for every real x. */
static int always_holds(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    const char *x, *k, *second;
    struct quadratic q;
    (void)qu;
    if (f == NULL || f->k != E_REL || f->n != 2 || f->rels[0] < R_LT || f->rels[0] > R_GE)
        return 0;
    enum rel rel = f->rels[0];
    int strict = rel == R_GT || rel == R_LT, up = rel == R_GT || rel == R_GE, never, always = 0;
    struct ex *e = minus(c, f->a[0], f->a[1]), *any = NULL;
    if (odd_kind(e) || !letters_of(m, e, &x, &k, &second) || second != NULL || !quadratic_of(c, e, x, NULL, &q))
        return 0;
    const struct part open[] = { { 2, up ? R_GT : R_LT } }, flat[] = { { 2, R_EQ }, { 1, R_EQ }, { 0, rel } };
    if (q.degree == 2) {
        struct ex *cond = conditions(c, &q, k, open, 1, zero(c, strict ? R_LT : R_LE, q.disc), &never);
        way(c, &any, &always, cond, never);
    }
    if (!has(m, "quad")) {
        struct ex *cond = conditions(c, &q, k, flat, 3, NULL, &never);
        way(c, &any, &always, cond, never);
    }
    return !always && parameter_set(c, m, any, k, calc_printf(c, "%s for every real %s, find %s", ex_text(c, f), x, k), r);
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZIF "(已知|若|如果|设|当|)"
#define ZEQ "(关于{v:x}的|)(一元二次{!:quad}|一元一次|二次{!:quad}|)方程{e:f}"
#define ZSTATE "(总|)(有(两个|两)(不相等|不等|不同|相异|不相同)(的|)(实数|实)(根|解){!:two}|有(两个|两)相等(的|)(实数|实|)(根|解){!:equal}|(没有|无)(实数|实)(根|解){!:none}|有(两个|两)(实数|实)(根|解){!:real}|有(实数|实)(根|解){!:some}|(有且只有|只有|有且仅有|仅有)(一个|一)(实数|实)(根|解){!:one}|有唯一(的|)(实数|实)(根|解){!:one}|有(无数个|无穷多个|无数)解{!:every})"
#define ZGRAPH "(抛物线|二次函数|函数){e:f}(的|)(图象|图像|)(与|和){v:ax}轴{!:graph}(有(两个|两)(不同|)(的|)(交点|公共点){!:two}|(没有|无)(交点|公共点){!:none}|(只有|有且只有|有且仅有|仅有)(一个|1个)(交点|公共点){!:one}|有(交点|公共点){!:some})"
#define ZVALUE "(实数|常数|字母|参数|)({v:k})(的|)(取值范围|值|取值|所有可能的值|所有可能值|范围|最大整数值{!:maxint}|最小整数值{!:minint}|所有值|)"
#define ZASK "(则|求|那么|试求|求出|确定|)(满足条件的|符合条件的|)" ZVALUE "(是|为|等于|=|应满足的条件是|应满足|)(多少|什么|几|)."
#define ZWHEN "(当|)(实数|){v:k}(为|取|是|满足)(何值|什么值|什么实数|何实数|什么条件|何范围|什么|怎样的值)时,"
#define ECOUNT "(exactly|only|precisely) (one|a single|1)( distinct|) (real |)(root|solution|real root){!:one}|one (distinct |)real (root|solution){!:one}|a (unique|single) (real |)(root|solution){!:one}|(two |)equal (real |)(roots|solutions){!:equal}|a (repeated|double) (real |)(root|solution){!:equal}|two (distinct|different|unequal) real (roots|solutions){!:two}|(two |)real and (distinct|different|unequal) roots{!:two}|two real,distinct roots{!:two}|distinct real (roots|solutions){!:two}|no real (roots|solutions|root|solution){!:none}|real (roots|solutions){!:some}|at least one real (root|solution){!:some}|infinitely many solutions{!:every}"
#define EEQ "(the |)(quadratic{!:quad} |linear |)(equation |)({e:f})( in {v:x}|)"
#define EGRAPH "(the |)(graph of |parabola |curve |graph of the function |function |)({e:f})"
#define EMEET "(the |){v:ax}-axis{!:graph}"
#define EVALUES "(all |the |)(of the |)(possible |real |)(value|values|range of values|set of values|set of all values|range|numbers|number|constant|constants|) (of |)(the |)(parameter |constant |)({v:k})"
#define EASK "(find|determine|what is|what are|give|state) "
#define EIF "(if |given that |suppose |suppose that |)"
const struct family read_parameters[] = {
    { .id = "parameter by the roots", .read = roots_with, .patterns = P(
        ZIF ZEQ ZSTATE "({e:roots}|{v:x1}(、|,|和|与){v:x2})," ZASK, ZIF ZEQ ZSTATE "," ZASK, ZWHEN ZEQ ZSTATE ".", "(求|)(使|使得|能使)" ZEQ ZSTATE "的" ZVALUE ".", ZIF ZGRAPH "," ZASK, ZWHEN ZGRAPH ".",
        "(for |)(what|which) (real |)(value|values|value or values) of (the parameter |the constant |){v:k} (does|will|would|do) " EEQ " have (" ECOUNT ").", EASK EVALUES " (for which|such that|so that|if|when|given that|that make|where) " EEQ " (has|have) (" ECOUNT ").", EIF EEQ " has (" ECOUNT ")(,then|,|)" EASK "(" EVALUES "|{v:k}).",
        "(for |)(what|which) (real |)(value|values) of {v:k} does " EGRAPH " (touch " EMEET "{!:one}|(meet|intersect|cross|cut) " EMEET " (at|in) (exactly |only |)(one point{!:one}|two (distinct |different |)points{!:two})|not (meet|intersect|cross|touch) " EMEET "{!:none}).", EASK EVALUES " (for which|such that|so that|if) " EGRAPH " (touches " EMEET "{!:one}|is tangent to " EMEET "{!:one}|(meets|intersects|crosses|cuts) " EMEET " (at|in) (exactly |only |)(one point{!:one}|two (distinct |different |)points{!:two})|does not (meet|intersect|cross|touch) " EMEET "{!:none}).") },
    { .id = "perfect square", .read = perfect_square, .patterns = P(
        ZIF "(关于{v:x}的|)(多项式|二次三项式|代数式|式子|){e:f}(是|为|能写成|可以写成)(一个|)(完全平方式|完全平方|完全平方公式)," ZASK, ZWHEN "(关于{v:x}的|)(多项式|二次三项式|代数式|){e:f}(是|为)(一个|)完全平方式.",
        EASK EVALUES " (for which|such that|so that|if|that makes|that make) (the |)(expression |polynomial |trinomial |quadratic |){e:f} (is |)(a |)perfect square( trinomial|).", EIF "(the |)(expression |polynomial |trinomial |quadratic |){e:f} is a perfect square( trinomial|)(,then|,|)" EASK "(" EVALUES "|{v:k}).", "(for |)(what|which) (real |)(value|values) of {v:k} is (the |)(expression |polynomial |trinomial |quadratic |){e:f} a perfect square( trinomial|).") },
    { .id = "holds for every x", .read = always_holds, .patterns = P(
        ZIF "(关于{v:x}的|)(一元二次{!:quad}|)不等式{e:f}(对|对于)(一切|任意|所有|任何|全体)(的|)(实数|)({v:x}|)(都|均|恒|总|)(恒|)成立," ZASK, ZIF "(对|对于)(一切|任意|所有|任何|全体)(的|)(实数|){v:x},(都|均|恒|总|)(有|)(不等式|){e:f}(恒|)(成立|)," ZASK, ZIF "(关于{v:x}的|)(一元二次{!:quad}|)不等式{e:f}的解集(是|为)(全体实数|一切实数|实数集|R)," ZASK,
        EASK EVALUES " (for which|such that|so that|if) (the |)(quadratic{!:quad} |)(inequality |){e:f} (holds |is true |)for (all|every) real (numbers |number |values of |)({v:x}).", EIF "(the |)(inequality |){e:f} (holds |is true |)for (all|every) real (numbers |number |values of |)({v:x})(,then|,|)" EASK "(" EVALUES "|{v:k}).", "(for |)(what|which) (real |)(value|values) of {v:k} (is |does |)(the |)(inequality |){e:f} (hold |true |)for (all|every) real (numbers |number |values of |)({v:x}).") },
    { .id = NULL },
};
