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

/* The root of an equation of the first degree has a sign. */
static int sign_of_root(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    const char *x, *k, *second;
    struct quadratic q;
    (void)qu;
    if (f == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    struct ex *e = minus(c, f->a[0], f->a[1]);
    if (odd_kind(e) || !letters_of(m, e, &x, &k, &second) || second != NULL || !quadratic_of(c, e, x, NULL, &q) || q.degree != 1 || !q.constant[1])
        return 0;
    enum rel sign = has(m, "positive") ? R_GT : has(m, "negative") ? R_LT : has(m, "notnegative") ? R_GE : R_LE;
    struct ex *root = ex_1(c, E_NEG, ex_2(c, E_DIV, q.co[0], q.co[1]));
    return parameter_set(c, m, zero(c, sign, root), k, calc_printf(c, "the root of %s is %s 0, find %s", ex_text(c, f), sign == R_GT ? ">" : sign == R_LT ? "<" : sign == R_GE ? ">=" : "<=", k), r);
}

/* A zero of the denominators that solves the equation without them: 增根.  Only where they have one zero. */
static int false_root(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *den, *num;
    const char *x, *k, *second, *v[2];
    struct sym s;
    struct rf rf;
    struct vals z;
    fmpq_t at;
    (void)qu;
    if (f == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    struct ex *e = minus(c, f->a[0], f->a[1]);
    sym_init(&s, c);
    if (odd_kind(e) || !letters_of(m, e, &x, &k, &second) || second != NULL || !sym_rf(&s, e, &rf) || (den = mp_tree(&s, &rf.den)) == NULL || (num = mp_tree(&s, &rf.num)) == NULL)
        return 0;
    if (ex_syms(den, v, 1) != 1 || strcmp(v[0], x) != 0 || solve_zeros(c, den, x, &z) != 1 || z.n != 1)
        return 0;
    fmpq_init(at);
    int ok = value_get_q(c, z.v[0], at) && fmpz_bits(fmpq_numref(at)) < 40 && fmpz_bits(fmpq_denref(at)) < 40;
    struct ex *point = ok ? ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(at))), ex_num(c, fmpz_get_si(fmpq_denref(at)))) : NULL;
    fmpq_clear(at);
    return ok && parameter_set(c, m, zero(c, R_EQ, ex_subst(c, num, x, point)), k, calc_printf(c, "%s, multiplied out, has a root that is none, find %s", ex_text(c, f), k), r) && r->k == S_VALS;
}

/* One letter of a formula by the others: the formula is of the first degree in it. */
static int letter_by_others(struct calc *c, struct question *qu, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *x = match_ex(m, "x"), *other = match_ex(m, "y"), *a, *b;
    const char *v[5];
    struct sym s;
    struct rf rf;
    (void)qu;
    int n = f != NULL ? ex_syms(f, v, 4) : 0;
    if (n < 2 || n > 4 || x == NULL || x->k != E_SYM || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || odd_kind(f) || ex_has_kind(f, E_FN) || !ex_has_sym(f, x->s) || (other != NULL && (n != 2 || other->k != E_SYM || !ex_has_sym(f, other->s) || ex_same(other, x))))
        return 0;
    if ((f->a[0]->k == E_SYM && ex_same(f->a[0], x)) || (f->a[1]->k == E_SYM && ex_same(f->a[1], x)))
        return 0;                                     /* it is so already */
    sym_init(&s, c);
    int g = sym_gen_var(&s, x->s);
    if (!sym_rf(&s, minus(c, f->a[0], f->a[1]), &rf) || mp_deg(&rf.num, g) != 1)
        return 0;
    struct mp pa = mp_coeff(&s, &rf.num, g, 0), pb = mp_coeff(&s, &rf.num, g, 1);
    if ((a = mp_tree(&s, &pa)) == NULL || (b = mp_tree(&s, &pb)) == NULL)
        return 0;
    r->k = S_EXPR;
    r->lhs = x->s;
    r->e = ex_1(c, E_NEG, ex_2(c, E_DIV, a, b));
    r->text = calc_printf(c, "%s, find %s by the other letters", ex_text(c, f), x->s);
    return 1;
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
    { .id = "sign of the root", .read = sign_of_root, .patterns = P(
        ZIF "(关于{v:x}的|)(一元一次|)方程{e:f}的(解|根)(是|为)(正数{!:positive}|负数{!:negative}|非负数{!:notnegative}|非正数{!:notpositive})," ZASK, ZIF "(关于{v:x}的|)(一元一次|)方程{e:f}(有|的解是)(正数解{!:positive}|正解{!:positive}|负数解{!:negative}|负解{!:negative})," ZASK,
        EIF "(the |)(root|solution) of (the |)(equation |){e:f} is (positive{!:positive}|negative{!:negative}|non-negative{!:notnegative}|nonnegative{!:notnegative})(,then|,|)" EASK "(" EVALUES "|{v:k}).") },
    { .id = "false root", .read = false_root, .patterns = P(ZIF "(关于{v:x}的|)(分式|)方程{e:f}(有|产生|会产生)增根," ZASK) },
    { .id = "one letter by the others", .read = letter_by_others, .patterns = P("solve (for {v:x} in terms of {v:y}(:|,|) {e:f}|(the equation |the formula |){e:f} for {v:x} in terms of {v:y}).", "make {v:x} the subject of (the |)(formula |equation |){e:f}.", "(express|write|find) {v:x} in terms of {v:y} (if|given that|given|when|where|from) {e:f}.", "(if|given|given that) {e:f},(express|write|find) {v:x} in terms of {v:y}.",
        "(已知|由|若|把|将|)(方程|)({e:f})(,|中,|)(用含(有|){v:y}的(代数式|式子)表示{v:x}|写成用含(有|){v:y}的(代数式|式子)表示{v:x}的形式)(,则{v:x}|,得{v:x}|)(=|是|为|).") },
    { .id = "perfect square", .read = perfect_square, .patterns = P(
        ZIF "(关于{v:x}的|)(多项式|二次三项式|代数式|式子|){e:f}(是|为|能写成|可以写成)(一个|)(完全平方式|完全平方|完全平方公式)," ZASK, ZWHEN "(关于{v:x}的|)(多项式|二次三项式|代数式|){e:f}(是|为)(一个|)完全平方式.",
        EASK EVALUES " (for which|such that|so that|if|that makes|that make) (the |)(expression |polynomial |trinomial |quadratic |){e:f} (is |)(a |)perfect square( trinomial|).", EIF "(the |)(expression |polynomial |trinomial |quadratic |){e:f} is a perfect square( trinomial|)(,then|,|)" EASK "(" EVALUES "|{v:k}).", "(for |)(what|which) (real |)(value|values) of {v:k} is (the |)(expression |polynomial |trinomial |quadratic |){e:f} a perfect square( trinomial|).") },
    { .id = "holds for every x", .read = always_holds, .patterns = P(
        ZIF "(关于{v:x}的|)(一元二次{!:quad}|)不等式{e:f}(对|对于)(一切|任意|所有|任何|全体)(的|)(实数|)({v:x}|)(都|均|恒|总|)(恒|)成立," ZASK, ZIF "(对|对于)(一切|任意|所有|任何|全体)(的|)(实数|){v:x},(都|均|恒|总|)(有|)(不等式|){e:f}(恒|)(成立|)," ZASK, ZIF "(关于{v:x}的|)(一元二次{!:quad}|)不等式{e:f}的解集(是|为)(全体实数|一切实数|实数集|R)," ZASK,
        EASK EVALUES " (for which|such that|so that|if) (the |)(quadratic{!:quad} |)(inequality |){e:f} (holds |is true |)for (all|every) real (numbers |number |values of |)({v:x}).", EIF "(the |)(inequality |){e:f} (holds |is true |)for (all|every) real (numbers |number |values of |)({v:x})(,then|,|)" EASK "(" EVALUES "|{v:k}).", "(for |)(what|which) (real |)(value|values) of {v:k} (is |does |)(the |)(inequality |){e:f} (hold |true |)for (all|every) real (numbers |number |values of |)({v:x}).") },
    { .id = NULL },
};
