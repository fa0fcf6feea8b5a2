/* check_exprs.c - answers that are formulas: identities, curves, sequences, products. */
#include "plugins/calculator/verdicts/check_int.h"
#include "plugins/calculator/values/form.h"

#include <string.h>

/* y', y'', f'(x), f''(x): with as many primes as the derivative has. */
int check_names_derivative(const struct ex *e, int order)
{
    return e->k == E_CALL ? e->op == order
                          : e->k == E_SYM && e->s[0] == 'y' && strspn(e->s + 1, "'") == strlen(e->s + 1) && strlen(e->s + 1) == (size_t)order;
}

/* y = ..., f^{-1}(x) = ...: the right side, where the reading allows the left one. */
struct ex *check_named_side(const struct reading *r, struct ex *e)
{
    if (e->k != E_REL || e->n != 2 || e->rels[0] != R_EQ)
        return e;
    const struct ex *l = e->a[0];
    if (r->lhs != NULL && l->k == E_SYM && strcmp(l->s, r->lhs) == 0)
        return e->a[1];
    if (r->lhs != NULL && l->k == E_CALL && strcmp(l->s, r->lhs) == 0)
        return e->a[1];
    if (r->inverse && l->k == E_MUL && l->n == 2 && l->a[0]->k == E_POW && l->a[0]->a[0]->k == E_SYM && l->a[1]->k == E_SYM)
        return e->a[1];
    if (r->derivative > 0 && check_names_derivative(l, r->derivative))
        return e->a[1];
    return e;
}

struct finding check_anti(struct calc *c, const struct reading *r, const struct obj *o)
{
    const char *v[4], *k = NULL;
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained)
        return check_undecided(NULL);
    int n = ex_syms(o->e, v, 4);
    for (int i = 0; i < n && n <= 3; i++)
        if (strcmp(v[i], r->var) != 0) {
            if (k != NULL || (strcmp(v[i], "C") != 0 && strcmp(v[i], "c") != 0))
                return check_undecided(NULL);
            k = v[i];
        }
    struct ex *d = n <= 3 ? ex_diff(c, o->e, r->var) : NULL;
    if (d == NULL)
        return check_undecided(NULL);
    enum tri t = sym_equal(c, d, r->e, 0);
    if (t == NO)
        return check_refuted(check_say(c, "its derivative is not the integrand", "其导数不等于被积函数"), check_say(c, "the derivative of the answer is not the integrand at a test point", "对所得结果求导，在检验点处不等于被积函数"));
    struct ex *one = k != NULL ? ex_diff(c, o->e, k) : NULL;
    if (t == UNSURE || (one == NULL ? !r->lenient : sym_equal(c, one, ex_num(c, 1), 0) != YES) || !form_carried_out(c, o->e) || !form_antiderivative(c, o->e, r->e, r->var))
        return check_undecided(t == YES && k == NULL ? check_say(c, "the constant of integration is missing", "缺少积分常数") : NULL);
    return check_verified(check_say(c, "its derivative is the integrand", "其导数等于被积函数"));
}

/* 2^3 * 3^2 * 5: every factor a prime or a power of one, no prime twice. */
static int prime_product(const struct ex *e, long *seen, int *n)
{
    long p, k;
    if (e->k == E_MUL) {
        for (int i = 0; i < e->n; i++)
            if (!prime_product(e->a[i], seen, n))
                return 0;
        return 1;
    }
    if (e->k == E_POW) {
        if (!ex_is_int(e->a[1], &k) || k < 1)
            return 0;
        e = e->a[0];
    }
    if (!ex_is_int(e, &p) || p < 2 || p > 1000000 || *n == 16)
        return 0;
    for (long d = 2; d * d <= p; d++)
        if (p % d == 0)
            return 0;
    seen[(*n)++] = p;
    return 1;
}

struct finding check_primes(struct calc *c, const struct reading *r, const struct obj *o)
{
    long seen[16];
    int n = 0;
    val v = o->k == O_VALUE && o->unit == NULL && !o->approx && !ex_has_sym(o->e, NULL) ? value_const(c, o->e) : NULL;
    if (v == NULL)
        return check_undecided(NULL);
    enum tri t = value_equal(c, v, r->v);
    if (t == NO)
        return check_refuted(check_say(c, "the product is another number", "乘积不等于原数"), check_say(c, "multiplied out, the factors do not give the number", "各因数相乘不等于原数"));
    if (t == UNSURE)
        return check_undecided(NULL);
    return prime_product(o->e, seen, &n) ? check_verified(check_say(c, "primes whose product is the number", "各因数为质数，乘积等于原数")) : check_restated(c);
}

/* The digits s as a number of that base; NULL if they are none. */
static val digits_in(struct calc *c, const char *s, int base)
{
    val v = val_si(c, 0);
    size_t n = strlen(s);
    if (n == 0 || n > 200 || strspn(s, "0123456789") != n || *s == '0')
        return NULL;
    for (; *s != '\0'; s++) {
        if (*s - '0' >= base)
            return NULL;
        val d = val_si(c, *s - '0');
        ca_mul_si(v, v, base, c->ca);
        ca_add(v, v, d, c->ca);
    }
    return v;
}

/* Digits in another base, 101101_2, or the digits alone. */
struct finding check_base(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->e->k != E_NUM || (o->e->base != r->base && o->e->base != 10))
        return check_undecided(NULL);
    val v = value_const(c, o->e);
    if (o->e->base == 10 && o->e->lit == LIT_BASE)
        return check_undecided(NULL);                 /* 1101_{10} */
    if (o->e->base == 10) {                           /* digits alone: in the base that was asked */
        if (v == NULL || value_equal(c, v, r->v) != NO || (v = digits_in(c, o->e->s, r->base)) == NULL)
            return check_undecided(NULL);             /* the number itself, in base ten */
    }
    enum tri t = v != NULL ? value_equal(c, v, r->v) : UNSURE;
    if (t == NO)
        return check_refuted(check_say(c, "another number", "是另一个数"), check_say(c, "converted back to base ten, it is another number", "换回十进制后不是原数"));
    return t == YES ? check_verified(check_say(c, "converted back, it is the number", "换回十进制后一致")) : check_undecided(NULL);
}

struct finding check_matrix(struct calc *c, const struct reading *r, const struct obj *o)
{
    struct obj g = { .k = O_MATRIX, .e = r->e };
    enum tri t = o->k == O_MATRIX ? obj_equal(c, &g, o) : UNSURE;
    if (t == NO)
        return check_refuted(check_say(c, "not the same matrix", "不是同一个矩阵"), check_say(c, "an entry does not agree with an exact computation", "有元素与精确计算不一致"));
    if (t == UNSURE)
        return check_undecided(NULL);
    for (int i = 0; i < o->e->n; i++)
        if (!form_finished(c, o->e->a[i]))
            return check_restated(c);
    return check_verified(check_say(c, "every entry agrees with an exact computation", "每个元素都与精确计算一致"));
}

struct finding check_expr(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained)
        return check_undecided(NULL);
    const char *av[8], *qv[8];
    int n = ex_syms(o->e, av, 8), m = ex_syms(r->e, qv, 8);
    for (int i = 0; i < n && n <= 8; i++) {
        int known = 0;
        for (int j = 0; j < m && m <= 8; j++)
            known |= strcmp(av[i], qv[j]) == 0;
        if (!known)
            return check_undecided(NULL);
    }
    enum tri t = n > 8 ? UNSURE : sym_equal(c, o->e, r->e, 0);
    if (t == UNSURE)
        return check_undecided(NULL);
    if (t == NO)
        return check_refuted(check_say(c, "not the same expression: the two differ at a point", "两个式子不恒等，在某点取值不同"), check_say(c, "the expression does not agree with the one that was asked for at a test point", "在检验点处与所求的式子取值不同"));
    int ok = r->forms & FORM_FACTORED ? form_factored(c, o->e) : r->forms & FORM_EXPANDED ? form_expanded(c, o->e) : r->forms & FORM_SIMPLE ? form_expanded(c, o->e) || form_rational(c, o->e) : form_carried_out(c, o->e);
    if (!ok)
        return check_restated(c);
    return check_verified(check_say(c, "identical as an expression", "恒等"));
}

/* (x - a)^2 + (y - b)^2 = r^2 */
static int sum_of_squares(const struct ex *e)
{
    long two;
    if (e->a[0]->k != E_ADD || e->a[0]->n != 2 || ex_has_sym(e->a[1], NULL))
        return 0;
    for (int i = 0; i < 2; i++)
        if (e->a[0]->a[i]->k != E_POW || !ex_is_int(e->a[0]->a[i]->a[1], &two) || two != 2)
            return 0;
    return 1;
}

struct finding check_curve(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_CURVE)
        return check_undecided(NULL);
    enum tri t = equal_curves(c, r->e, o->e);
    if (t == NO)
        return check_refuted(check_say(c, "not the same curve", "不是同一条曲线"), check_say(c, "the curve misses a point that it must pass through, or has another slope", "曲线不过应过的点，或斜率不符"));
    if (t == UNSURE)
        return check_undecided(NULL);
    if ((r->forms & FORM_STANDARD) && !sum_of_squares(o->e))
        return check_restated(c);
    return form_carried_out(c, o->e->a[0]) && form_carried_out(c, o->e->a[1]) ? check_verified(check_say(c, "the same curve", "曲线一致")) : check_restated(c);
}

/* "3 for n = 1, 2n - 1 for n >= 2": the two values; the second must be for all n from 2 on. */
static int two_pieces(const struct ex *e, struct ex **first, struct ex **rest)
{
    *first = *rest = NULL;
    for (int i = 0; i + 1 < e->n; i += 2) {
        const struct ex *q = e->a[i + 1];
        long k;
        if (q->k != E_REL || q->n != 2 || q->a[0]->k != E_SYM || strcmp(q->a[0]->s, "n") != 0 || !ex_is_int(q->a[1], &k))
            return 0;
        struct ex **to = q->rels[0] == R_EQ && k == 1 ? first : (q->rels[0] == R_GE && k == 2) || (q->rels[0] == R_GT && k == 1) ? rest : NULL;
        if (to == NULL || *to != NULL)
            return 0;
        *to = e->a[i];
    }
    return *first != NULL && *rest != NULL && !ex_has_sym(*first, NULL);
}

struct finding check_sequence(struct calc *c, const struct reading *r, const struct obj *o)
{
    const char *v[4];
    struct ex *f = o->e, *one = NULL;                 /* one: the first term, where it has a line of its own */
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained || (o->name != NULL && strcmp(o->name, r->var) != 0))
        return check_undecided(NULL);
    if (f->k == E_PIECES && !two_pieces(o->e, &one, &f))
        return check_undecided(NULL);
    const struct ex *index = o->left != NULL && o->left->k == E_CALL ? o->left->a[0] : NULL;
    if (index != NULL && (index->k != E_SYM || strcmp(index->s, "n") != 0))
        return check_undecided(NULL);                 /* a_m = 3n - 1 */
    int n = ex_syms(f, v, 4);
    if (n > 1 || (n == 1 && strcmp(v[0], "n") != 0))
        return check_undecided(NULL);
    val term = NULL;
    for (long k = 1; k <= 6; k++) {
        val claimed = value_at_int(c, k == 1 && one != NULL ? one : f, "n", k);
        if (r->k == S_SEQ) {
            if (k == 1) {
                term = value_const(c, r->first);
            } else {
                struct env e1 = { "n", val_si(c, k - 1), NULL }, e2 = { "A", term, &e1 };
                if (value_eval(c, r->rec, &e2, &term) != EV_OK)
                    return check_undecided(NULL);
            }
        } else {
            val s1 = value_at_int(c, r->e, "n", k), s0 = k > 1 ? value_at_int(c, r->e, "n", k - 1) : val_si(c, 0);
            if (s1 == NULL || s0 == NULL)
                return check_undecided(NULL);
            term = val_new(c);
            ca_sub(term, s1, s0, c->ca);
        }
        if (term == NULL || claimed == NULL)
            return check_undecided(NULL);
        enum tri t = value_equal(c, term, claimed);
        if (t == UNSURE)
            return check_undecided(NULL);
        if (t == NO) {
            const char *found = value_text(c, term, 0), *said = value_text(c, claimed, 0);
            struct finding bad = check_refuted(calc_printf(c, check_say(c, "term %ld is %s, the formula gives %s", "第 %ld 项是 %s，而公式给出 %s"), k, found, said),
                                               calc_printf(c, check_say(c, "the formula gives a wrong value for n = %ld", "公式在 n = %ld 时的值不对"), k));
            bad.term = calc_printf(c, "%ld", k);
            bad.found = found;
            bad.said = said;
            return bad;
        }
    }
    /* From the sums, term n + 1 follows for every n >= 1; from a rule it follows from term n, which must then be of the same line. */
    struct ex *N = ex_sym(c, "n"), *next = ex_subst(c, f, "n", ex_2(c, E_ADD, N, ex_num(c, 1)));
    struct ex *want = r->k == S_SEQ ? ex_subst(c, r->rec, "A", f)
                                    : ex_2(c, E_ADD, ex_subst(c, r->e, "n", ex_2(c, E_ADD, N, ex_num(c, 1))), ex_1(c, E_NEG, r->e));
    if (sym_equal(c, next, want, SYM_NATURAL) != YES)
        return check_undecided(check_say(c, "the first terms agree, but there is no proof for every n", "前几项一致，但没有得到对一切 n 的证明"));
    if (!form_carried_out(c, f) || (one != NULL && !form_finished(c, one)))
        return check_restated(c);
    return check_verified(check_say(c, "the first term agrees, and the rule holds for every n", "首项一致，且递推关系对一切 n 成立"));
}
