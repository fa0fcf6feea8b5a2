/* check.c - see check.h: reading, solution, answer, and what is said about them. */
#include "plugins/calculator/check.h"
#include "plugins/calculator/equal.h"
#include "plugins/calculator/extract.h"
#include "plugins/calculator/form.h"
#include "plugins/calculator/norm.h"
#include "plugins/calculator/parse.h"
#include "plugins/calculator/read.h"
#include "plugins/calculator/working.h"

#include <ctype.h>
#include <string.h>

/* What was found: the verdict, why for the person, which check failed for the model. */
struct finding { enum qwen_verdict v; const char *user, *model; };

static const char *say(struct calc *c, const char *en, const char *zh) { return c->lang_zh ? zh : en; }

static struct finding undecided(const char *why)
{
    return (struct finding){ QWEN_UNDECIDED, why, NULL };
}

static struct finding restated(struct calc *c)
{
    return undecided(say(c, "the value is right, but it is not in the form that was asked", "数值正确，但不是题目要求的形式"));
}

/* Is the written decimal what v rounds to? */
static int rounds_to(struct calc *c, const struct ex *e, val v)
{
    int d = form_decimals(e);
    val w = value_const(c, e);
    if (d < 1 || d > 40 || w == NULL)
        return 0;
    val h = val_si(c, 1), diff = val_new(c);
    for (int i = 0; i < d; i++)
        ca_div_si(h, h, 10, c->ca);
    ca_sub(diff, v, w, c->ca);
    ca_abs(diff, diff, c->ca);
    int s = value_cmp(c, diff, h);
    return s == -1 || s == 0 || s == 2;
}

static int name_fits(const struct obj *o, const struct reading *r)
{
    if (o->name == NULL)
        return 1;
    if (r->var != NULL && strcmp(o->name, r->var) == 0)
        return 1;
    return r->k == S_VALUE && isupper((unsigned char)o->name[0]);
}

static struct finding rounded(struct calc *c, const struct reading *r, struct ex *e)
{
    val v = value_const(c, e), h = val_si(c, 1), d = val_new(c);
    if (v == NULL)
        return undecided(NULL);
    for (int i = 0; i < r->round; i++)
        ca_div_si(h, h, 10, c->ca);
    ca_div_si(h, h, 2, c->ca);
    ca_sub(d, v, r->v, c->ca);
    ca_abs(d, d, c->ca);
    int s = value_cmp(c, d, h), written = form_decimals(e);
    if (s == 2 || s == 0)
        return undecided(NULL);
    if (s > 0) {
        if (written >= 0 && written <= r->round)
            return (struct finding){ QWEN_REFUTED, say(c, "not the rounded value", "不是四舍五入后的值"), say(c, "the rounded value does not agree with an exact computation", "四舍五入的结果与精确计算不一致") };
        return (struct finding){ QWEN_REFUTED, say(c, "a different value", "数值不同"), say(c, "the value does not agree with an exact computation", "结果与精确计算不一致") };
    }
    if (written != r->round)
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, calc_printf(c, "%s ≈ %s", value_text(c, r->v, 0), ex_text(c, e)), NULL };
}

static struct finding check_value(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->approx || (o->degrees && !r->degrees) || ex_has_sym(o->e, NULL) || !name_fits(o, r))
        return undecided(NULL);
    struct ex *e = o->degrees ? o->e->a[0] : o->e;
    if ((r->unit_open && o->unit == NULL) || (r->degrees == 1 && !o->degrees))
        return undecided(say(c, "the unit is missing", "缺少单位"));
    if ((r->degrees || r->pi != NULL) && ex_has_kind(e, E_PI))
        return undecided(NULL);                       /* radians; an exact value where π = 3.14 was asked */
    val v = value_const(c, e);
    if (v == NULL)
        return undecided(NULL);
    int other_unit = 0;
    if (o->unit != NULL && !o->unit->noun) {
        if (r->unit == NULL)
            return undecided(say(c, "the question names no such unit", "题目没有给出该单位"));
        if (r->unit->noun || memcmp(r->unit->dim, o->unit->dim, sizeof o->unit->dim) != 0)
            return value_equal(c, v, r->v) == NO ? (struct finding){ QWEN_REFUTED, say(c, "value and unit differ", "数值和单位都不同"), say(c, "the unit is not of the kind that was asked for", "单位的种类与所求不符") } : undecided(NULL);
        val s = val_q(c, o->unit->p, o->unit->q), t = val_q(c, r->unit->q, r->unit->p), w = val_new(c);
        other_unit = value_equal(c, val_q(c, o->unit->p, o->unit->q), val_q(c, r->unit->p, r->unit->q)) != YES;
        ca_mul(w, v, s, c->ca);
        ca_mul(w, w, t, c->ca);
        v = w;
    } else if (o->unit != NULL && r->unit != NULL && !r->unit->noun) {
        return undecided(NULL);
    }
    if (r->round >= 0)
        return other_unit ? undecided(NULL) : rounded(c, r, e);
    enum tri t = value_equal(c, v, r->v);
    if (t == UNSURE)
        return undecided(NULL);
    if (r->percent && e->k != E_PCT) {                /* 25 for 25 %, or 0.25 */
        val w = val_new(c);
        ca_div_si(w, v, 100, c->ca);
        if (t == YES || value_equal(c, w, r->v) != NO)
            return restated(c);
    }
    if (t == NO && r->unrounded != NULL && value_equal(c, v, r->unrounded) != NO)
        return restated(c);
    if (t == NO) {
        if (!(r->forms & FORM_EXACT) && !other_unit && rounds_to(c, e, r->v))
            return undecided(say(c, "close, but not the exact value", "是近似值，不是精确值"));
        return (struct finding){ QWEN_REFUTED, calc_printf(c, say(c, "the exact value is %s, not %s", "精确值是 %s，不是 %s"), value_text(c, r->v, 0), ex_text(c, e)),
                                 say(c, "the final value does not agree with an exact computation from the numbers of the question; check each step", "最终结果与按题目数据的精确计算不一致，请检查每一步") };
    }
    if (other_unit || !form_finished(c, e) || ((r->forms & FORM_FRACTION) && form_decimals(e) > 0))
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, calc_printf(c, say(c, "computed exactly: %s", "精确计算：%s"), value_text(c, r->v, 0)), NULL };
}

/* "x = 6: 2·6 + 5 = 17", both sides computed. */
static const char *substituted(struct calc *c, const struct reading *r, struct ex *value, val v, int holds)
{
    struct ex *s = r->subject;
    struct env env = { r->var, v, NULL };
    val a, b;
    if (s == NULL || s->k != E_REL || s->n != 2)
        return calc_printf(c, "%s = %s", r->var, ex_text(c, value));
    if (value->k == E_NEG || value->k == E_ADD || value->k == E_DIV) {
        struct ex *p = ex_1(c, E_TUPLE, value);       /* brackets around what is put in */
        p->op = BR_OPEN_L | BR_OPEN_R;
        value = p;
    }
    const char *left = ex_text(c, ex_subst(c, s->a[0], r->var, value)), *right = ex_text(c, ex_subst(c, s->a[1], r->var, value));
    if (holds)
        return calc_printf(c, "%s = %s", left, right);
    const char *x = say(c, "undefined", "无意义"), *y = x;
    if (value_eval(c, s->a[0], &env, &a) == EV_OK)
        x = value_text(c, a, 0);
    if (value_eval(c, s->a[1], &env, &b) == EV_OK)
        y = value_text(c, b, 0);
    return calc_printf(c, say(c, "%s: left side %s, right side %s", "%s：左边为 %s，右边为 %s"), calc_printf(c, "%s = %s", left, right), x, y);
}

static enum tri solves(struct calc *c, const struct reading *r, val v)
{
    struct env env = { r->var, v, NULL };
    return r->subject != NULL && r->subject->k == E_REL && r->subject->n == 2 ? solve_holds(c, r->subject, &env) : UNSURE;
}

static struct finding check_vals(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e)
{
    struct ex *item[32];
    val v[32];
    int n = o->n;
    if (o->name != NULL && strcmp(o->name, r->var) != 0 && !(r->braces && e->k == E_REL && e->a[0]->k != E_SYM))
        return undecided(NULL);
    if (o->k == O_VALUE && o->unit == NULL && !o->approx && !o->chained) {
        item[0] = o->e;
        n = 1;
    } else if (o->k == O_SET) {
        memcpy(item, o->item, sizeof item);
    } else {
        return undecided(NULL);
    }
    int finished = 1;
    for (int i = 0; i < n; i++) {
        if (ex_has_sym(item[i], NULL) || (v[i] = value_const(c, item[i])) == NULL)
            return undecided(NULL);
        finished &= form_finished(c, item[i]);
    }
    if (r->named && o->name == NULL)
        return undecided(say(c, "the answer is asked as an equation", "应写成方程的形式"));
    if (r->braces && e->k != E_SET && !(e->k == E_REL && e->a[e->n - 1]->k == E_SET))
        return undecided(say(c, "the answer is asked as a set", "应写成集合的形式"));
    const char *good = "", *bad = NULL;
    int open_other = 0;
    for (int i = 0; i < n; i++) {
        enum tri best = NO, close = NO;
        for (int j = 0; j < r->vals.n; j++) {
            enum tri t = value_equal(c, v[i], r->vals.v[j]);
            best = t > best ? t : best;
            if (rounds_to(c, item[i], r->vals.v[j]))
                close = YES;
        }
        if (best == UNSURE)
            return undecided(NULL);
        if (best == NO) {
            for (int j = 0; j < r->all.n; j++)
                if (value_equal(c, v[i], r->all.v[j]) != NO)
                    open_other = 1;
            if (close == YES)
                return undecided(say(c, "close, but not exact", "是近似值，不是精确值"));
            enum tri outside = solves(c, r, v[i]);
            if (bad == NULL && outside == YES)
                bad = calc_printf(c, say(c, "%s = %s is not in the domain that was asked", "%s = %s 不在所求的范围内"), r->var, ex_text(c, item[i]));
            if (bad == NULL)
                bad = substituted(c, r, item[i], v[i], 0);
        } else {
            good = calc_printf(c, "%s%s%s", good, *good ? "; " : "", substituted(c, r, item[i], v[i], 1));
        }
    }
    if (bad != NULL && open_other)
        return undecided(say(c, "the question does not say whether complex solutions count", "题目没有说明是否考虑复数解"));
    if (bad != NULL)
        return (struct finding){ QWEN_REFUTED, bad, calc_printf(c, say(c, "a claimed solution fails when it is put back into %s", "把所得的解代回 %s 不成立"), ex_text(c, r->subject)) };
    for (int j = 0; j < r->vals.n; j++) {
        enum tri best = NO;
        for (int i = 0; i < n; i++) {
            enum tri t = value_equal(c, v[i], r->vals.v[j]);
            best = t > best ? t : best;
        }
        if (best == UNSURE)
            return undecided(NULL);
        if (best == NO && r->lenient)
            return undecided(say(c, "the expression has another value too", "该式还有另一个值"));
        if (best == NO)
            return (struct finding){ QWEN_REFUTED, calc_printf(c, say(c, "the solution %s = %s is missing", "缺少解 %s = %s"), r->var, value_text(c, r->vals.v[j], 0)), say(c, "not every solution was found", "没有求出全部的解") };
    }
    if (r->domain_open)
        return undecided(say(c, "there are complex solutions too, and the question does not say whether they count", "还有复数解，题目没有说明是否考虑"));
    if (!finished)
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, n == 0 ? say(c, "there is no solution", "无解") : calc_printf(c, say(c, "%s; no other solution", "%s；没有其他解"), good), NULL };
}

/* x < 7, 2 < x < 3, unions of intervals with finished ends. */
static int solved_form(struct calc *c, const struct ex *e)
{
    if (e->k == E_REL) {
        int syms = 0;
        for (int i = 0; i < e->n; i++) {
            if (e->a[i]->k == E_SYM)
                syms++;
            else if (e->rels[0] == R_IN ? !solved_form(c, e->a[i]) : !form_finished(c, e->a[i]))
                return 0;
        }
        return syms == 1;
    }
    if (e->k == E_REALS)
        return 1;
    if (e->k == E_BUILD)
        return solved_form(c, e->a[1]);
    if (e->k == E_TUPLE || e->k == E_SET) {
        for (int i = 0; i < e->n; i++)
            if (!ex_has_kind(e->a[i], E_INF) && !form_finished(c, e->a[i]))
                return 0;
        return 1;
    }
    if (e->k == E_OR || e->k == E_AND || e->k == E_UNION || e->k == E_CASES || e->k == E_LIST) {
        for (int i = 0; i < e->n; i++)
            if (!solved_form(c, e->a[i]))
                return 0;
        return e->k != E_AND && e->k != E_CASES;      /* two conditions that could be one */
    }
    return 0;
}

/* The intervals are the same but for ends that belong to one of them only. */
static enum tri same_but_ends(struct calc *c, const struct rset *a, const struct rset *b)
{
    struct rset x = *a;
    if (a->n != b->n)
        return UNSURE;
    for (int i = 0; i < a->n; i++) {
        x.iv[i].lo_open = b->iv[i].lo_open;
        x.iv[i].hi_open = b->iv[i].hi_open;
    }
    return rset_equal(c, &x, b);
}

static struct finding check_rset(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e)
{
    struct rset a;
    if (o->name != NULL && strcmp(o->name, r->var) != 0)
        return undecided(NULL);
    if (o->k == O_RSET) {
        a = o->rs;
    } else if (o->k == O_TUPLE && o->n == 2) {
        if (!rset_of(c, o->e, &a))
            return undecided(NULL);
    } else if (o->k == O_SET && o->n == 0) {
        a.n = 0;
    } else {
        return undecided(NULL);
    }
    enum tri t = rset_equal(c, &a, &r->rs);
    if (r->loose_ends) {
        if (r->rs.n > 1)
            return undecided(say(c, "several intervals: how they are joined matters", "有多个区间，连接方式有讲究"));
        t = same_but_ends(c, &a, &r->rs);
        for (int i = 0; t == YES && i < a.n; i++)      /* an end that is counted must belong to the domain */
            if ((!a.iv[i].lo_open && r->rs.iv[i].lo_open) || (!a.iv[i].hi_open && r->rs.iv[i].hi_open))
                t = UNSURE;
    }
    if (t == UNSURE)
        return undecided(NULL);
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, calc_printf(c, say(c, "the solution set is %s", "解集是 %s"), rset_text(c, &r->rs, 0)),
                                 calc_printf(c, say(c, "the claimed set is not the solution of %s; test a point of each piece and the ends", "所给的集合不是 %s 的解集，请检验每一段中的点和端点"), ex_text(c, r->subject)) };
    if (((r->forms & FORM_INTERVAL) && ex_has_kind(e, E_REL)) || !(solved_form(c, e) || (a.n == 0 && e->k == E_SET)))
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, calc_printf(c, say(c, "the solution set is %s", "解集是 %s"), rset_text(c, &r->rs, 0)), NULL };
}

/* One tuple of the answer in the order of r->vars; 0 if it does not fit. */
static int tuple_values(struct calc *c, const struct reading *r, const struct obj *o, val *v, int *finished)
{
    if (o->n != r->tu.nv || (o->k == O_TUPLE && o->e->op != (BR_OPEN_L | BR_OPEN_R)))
        return 0;
    for (int i = 0; i < r->tu.nv; i++) {
        struct ex *x = NULL;
        if (o->k == O_TUPLE) {
            x = o->item[i];
        } else {
            for (int j = 0; j < o->n; j++)
                if (strcmp(o->names[j], r->vars[i]) == 0)
                    x = o->item[j];
        }
        if (x == NULL || ex_has_sym(x, NULL) || (v[i] = value_const(c, x)) == NULL)
            return 0;
        *finished &= form_finished(c, x);
    }
    return 1;
}

static struct finding check_tuples(struct calc *c, const struct reading *r, const struct obj *o)
{
    val v[SOLVE_TUPLES][SOLVE_VARS];
    int n = 0, finished = 1, used[SOLVE_TUPLES] = { 0 };
    if (o->k == O_MAP || o->k == O_TUPLE) {
        if (!tuple_values(c, r, o, v[n++], &finished))
            return undecided(NULL);
    } else if (o->k == O_SET && o->n > 0 && o->n <= SOLVE_TUPLES) {
        for (int i = 0; i < o->n; i++) {
            struct obj *t = calc_alloc(c, sizeof *t);
            if (!obj_of(c, o->item[i], t) || (t->k != O_TUPLE && t->k != O_MAP) || !tuple_values(c, r, t, v[n++], &finished))
                return undecided(NULL);
        }
    } else if (o->k != O_SET || o->n != 0) {
        return undecided(NULL);
    }
    for (int i = 0; i < n; i++) {
        int hit = -1;
        for (int j = 0; j < r->tu.n; j++) {
            enum tri all = YES;
            for (int k = 0; k < r->tu.nv; k++) {
                enum tri t = value_equal(c, v[i][k], r->tu.v[j][k]);
                all = t < all ? t : all;
            }
            if (all == UNSURE)
                return undecided(NULL);
            if (all == YES)
                hit = j;
        }
        if (hit < 0)
            return r->subject == NULL ? (struct finding){ QWEN_REFUTED, say(c, "not the point that was asked for", "不是所求的点"), say(c, "the coordinates do not agree with an exact computation", "坐标与精确计算不一致") } :
                   (struct finding){ QWEN_REFUTED, say(c, "the values do not satisfy every equation", "所给的值不满足全部方程"), calc_printf(c, say(c, "put back, the values do not satisfy all of %s", "代回后不满足 %s"), ex_text(c, r->subject)) };
        used[hit] = 1;
    }
    for (int j = 0; j < r->tu.n; j++)
        if (!used[j])
            return (struct finding){ QWEN_REFUTED, say(c, "a solution is missing", "缺少解"), say(c, "not every solution was found", "没有求出全部的解") };
    if (!finished)
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, r->subject == NULL ? say(c, "computed exactly", "精确计算一致") : say(c, "the values satisfy every equation, and there is no other solution", "满足全部方程，且没有其他解"), NULL };
}

/* y = ..., f^{-1}(x) = ...: the right side, where the reading allows the left one. */
static struct ex *named_side(const struct reading *r, struct ex *e)
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
    if (r->derivative && ((l->k == E_SYM && strcmp(l->s, "y'") == 0) || (l->k == E_CALL && l->op > 0)))
        return e->a[1];
    return e;
}

static struct finding check_anti(struct calc *c, const struct reading *r, const struct obj *o)
{
    const char *v[4], *k = NULL;
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained)
        return undecided(NULL);
    int n = ex_syms(o->e, v, 4);
    for (int i = 0; i < n && n <= 3; i++)
        if (strcmp(v[i], r->var) != 0) {
            if (k != NULL || (strcmp(v[i], "C") != 0 && strcmp(v[i], "c") != 0))
                return undecided(NULL);
            k = v[i];
        }
    struct ex *d = n <= 3 ? ex_diff(c, o->e, r->var) : NULL;
    if (d == NULL)
        return undecided(NULL);
    enum tri t = sym_equal(c, d, r->e, 0);
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "its derivative is not the integrand", "其导数不等于被积函数"), say(c, "the derivative of the answer is not the integrand at a test point", "对所得结果求导，在检验点处不等于被积函数") };
    struct ex *one = k != NULL ? ex_diff(c, o->e, k) : NULL;
    if (t == UNSURE || (one == NULL ? !r->lenient : sym_equal(c, one, ex_num(c, 1), 0) != YES) || !form_carried_out(c, o->e))
        return undecided(t == YES && k == NULL ? say(c, "the constant of integration is missing", "缺少积分常数") : NULL);
    return (struct finding){ QWEN_VERIFIED, say(c, "its derivative is the integrand", "其导数等于被积函数"), NULL };
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

static struct finding check_primes(struct calc *c, const struct reading *r, const struct obj *o)
{
    long seen[16];
    int n = 0;
    val v = o->k == O_VALUE && o->unit == NULL && !o->approx && !ex_has_sym(o->e, NULL) ? value_const(c, o->e) : NULL;
    if (v == NULL)
        return undecided(NULL);
    enum tri t = value_equal(c, v, r->v);
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "the product is another number", "乘积不等于原数"), say(c, "multiplied out, the factors do not give the number", "各因数相乘不等于原数") };
    if (t == UNSURE)
        return undecided(NULL);
    return prime_product(o->e, seen, &n) ? (struct finding){ QWEN_VERIFIED, say(c, "primes whose product is the number", "各因数为质数，乘积等于原数"), NULL } : restated(c);
}

/* Digits in another base, 101101_2; without the base only as digits. */
static struct finding check_base(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->e->k != E_NUM || o->e->base != r->base)
        return undecided(NULL);
    val v = value_const(c, o->e);
    enum tri t = v != NULL ? value_equal(c, v, r->v) : UNSURE;
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "another number", "是另一个数"), say(c, "converted back to base ten, it is another number", "换回十进制后不是原数") };
    return t == YES ? (struct finding){ QWEN_VERIFIED, say(c, "converted back, it is the number", "换回十进制后一致"), NULL } : undecided(NULL);
}

static struct finding check_expr(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained)
        return undecided(NULL);
    const char *av[8], *qv[8];
    int n = ex_syms(o->e, av, 8), m = ex_syms(r->e, qv, 8);
    for (int i = 0; i < n && n <= 8; i++) {
        int known = 0;
        for (int j = 0; j < m && m <= 8; j++)
            known |= strcmp(av[i], qv[j]) == 0;
        if (!known)
            return undecided(NULL);
    }
    enum tri t = n > 8 ? UNSURE : sym_equal(c, o->e, r->e, 0);
    if (t == UNSURE)
        return undecided(NULL);
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "not the same expression: the two differ at a point", "两个式子不恒等，在某点取值不同"), say(c, "the expression does not agree with the one that was asked for at a test point", "在检验点处与所求的式子取值不同") };
    int ok = r->forms & FORM_FACTORED ? form_factored(c, o->e) : r->forms & FORM_EXPANDED ? form_expanded(c, o->e) : r->forms & FORM_SIMPLE ? form_expanded(c, o->e) || form_rational(c, o->e) : form_carried_out(c, o->e);
    if (!ok)
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, say(c, "identical as an expression", "恒等"), NULL };
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

static struct finding check_curve(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_CURVE)
        return undecided(NULL);
    struct obj g;
    memset(&g, 0, sizeof g);
    g.k = O_CURVE;
    g.e = r->e;
    enum tri t = obj_equal(c, &g, o);
    if (t == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "not the same curve", "不是同一条曲线"), say(c, "the curve misses a point that it must pass through, or has another slope", "曲线不过应过的点，或斜率不符") };
    if (t == UNSURE)
        return undecided(NULL);
    if ((r->forms & FORM_STANDARD) && !sum_of_squares(o->e))
        return restated(c);
    return form_carried_out(c, o->e->a[0]) && form_carried_out(c, o->e->a[1]) ? (struct finding){ QWEN_VERIFIED, say(c, "the same curve", "曲线一致"), NULL } : restated(c);
}

static val at_n(struct calc *c, struct ex *f, long n)
{
    struct env env = { "n", val_si(c, n), NULL };
    val v;
    return value_eval(c, f, &env, &v) == EV_OK ? v : NULL;
}

static struct finding check_sequence(struct calc *c, const struct reading *r, const struct obj *o)
{
    const char *v[4];
    if (o->k != O_VALUE || o->unit != NULL || o->approx || o->chained || (o->name != NULL && strcmp(o->name, r->var) != 0))
        return undecided(NULL);
    int n = ex_syms(o->e, v, 4);
    if (n > 1 || (n == 1 && strcmp(v[0], "n") != 0))
        return undecided(NULL);
    val term = NULL;
    for (long k = 1; k <= 6; k++) {
        val claimed = at_n(c, o->e, k);
        if (r->k == S_SEQ) {
            if (k == 1) {
                term = value_const(c, r->first);
            } else {
                struct env e1 = { "n", val_si(c, k - 1), NULL }, e2 = { "A", term, &e1 };
                if (value_eval(c, r->rec, &e2, &term) != EV_OK)
                    return undecided(NULL);
            }
        } else {
            val s1 = at_n(c, r->e, k), s0 = k > 1 ? at_n(c, r->e, k - 1) : val_si(c, 0);
            if (s1 == NULL || s0 == NULL)
                return undecided(NULL);
            term = val_new(c);
            ca_sub(term, s1, s0, c->ca);
        }
        if (term == NULL || claimed == NULL)
            return undecided(NULL);
        enum tri t = value_equal(c, term, claimed);
        if (t == UNSURE)
            return undecided(NULL);
        if (t == NO)
            return (struct finding){ QWEN_REFUTED, calc_printf(c, say(c, "term %ld is %s, the formula gives %s", "第 %ld 项是 %s，而公式给出 %s"), k, value_text(c, term, 0), value_text(c, claimed, 0)),
                                     calc_printf(c, say(c, "the formula gives a wrong value for n = %ld", "公式在 n = %ld 时的值不对"), k) };
    }
    struct ex *N = ex_sym(c, "n"), *next = ex_subst(c, o->e, "n", ex_2(c, E_ADD, N, ex_num(c, 1)));
    struct ex *want = r->k == S_SEQ ? ex_subst(c, r->rec, "A", o->e)
                                    : ex_2(c, E_ADD, ex_subst(c, r->e, "n", ex_2(c, E_ADD, N, ex_num(c, 1))), ex_1(c, E_NEG, r->e));
    if (sym_equal(c, next, want, SYM_NATURAL) != YES)
        return undecided(say(c, "the first terms agree, but there is no proof for every n", "前几项一致，但没有得到对一切 n 的证明"));
    if (!form_carried_out(c, o->e))
        return restated(c);
    return (struct finding){ QWEN_VERIFIED, say(c, "the first term agrees, and the rule holds for every n", "首项一致，且递推关系对一切 n 成立"), NULL };
}

static struct finding check_circle(struct calc *c, const struct reading *r, const struct ex *e)
{
    const struct ex *p = NULL, *q = NULL;
    if ((e->k != E_LIST && e->k != E_AND) || e->n != 2)
        return undecided(NULL);
    for (int i = 0; i < 2; i++) {
        const struct ex *x = e->a[i];
        const char *name = NULL;
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && x->a[0]->k == E_SYM) {
            name = x->a[0]->s;
            x = x->a[1];
        }
        if (x->k == E_TUPLE && x->n == 2 && x->op == (BR_OPEN_L | BR_OPEN_R))
            p = x;
        else if (name == NULL || strcasecmp(name, "r") == 0)
            q = x;
    }
    val v[3];
    if (p == NULL || q == NULL || (v[0] = value_const(c, p->a[0])) == NULL || (v[1] = value_const(c, p->a[1])) == NULL || (v[2] = value_const(c, q)) == NULL)
        return undecided(NULL);
    enum tri all = YES;
    for (int i = 0; i < 3; i++) {
        enum tri t = value_equal(c, v[i], r->tu.v[0][i]);
        all = t < all ? t : all;
    }
    if (all == NO)
        return (struct finding){ QWEN_REFUTED, say(c, "centre or radius differs", "圆心或半径不对"), say(c, "expanding the claimed circle does not give back the equation", "按所给的圆心和半径展开得不到原方程") };
    if (all == UNSURE)
        return undecided(NULL);
    return form_finished(c, p->a[0]) && form_finished(c, p->a[1]) && form_finished(c, q) ? (struct finding){ QWEN_VERIFIED, say(c, "completing the square gives this centre and radius", "配方得到此圆心和半径"), NULL } : restated(c);
}

static int has_decimal(const struct ex *e)
{
    if (e->k == E_NUM)
        return strchr(e->s, '.') != NULL;
    for (int i = 0; i < e->n; i++)
        if (has_decimal(e->a[i]))
            return 1;
    return 0;
}

/* Two facts in the order they were asked: "3, -1". */
static struct finding check_pair(struct calc *c, const struct reading *r, const struct ex *e)
{
    if ((e->k != E_LIST && e->k != E_AND) || e->n != 2)
        return undecided(NULL);
    int all = 1;
    for (int i = 0; i < 2; i++) {
        struct ex *x = e->a[i];
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && x->a[0]->k == E_SYM)
            return undecided(NULL);
        val v = ex_has_sym(x, NULL) ? NULL : value_const(c, x);
        enum tri t = v != NULL ? value_equal(c, v, r->tu.v[0][i]) : UNSURE;
        if (t == UNSURE || !form_finished(c, x))
            return undecided(NULL);
        all &= t == YES;
    }
    if (all)
        return (struct finding){ QWEN_VERIFIED, say(c, "both values agree with an exact computation", "两个值都与精确计算一致"), NULL };
    val x = value_const(c, e->a[0]), y = value_const(c, e->a[1]);
    if (value_equal(c, x, r->tu.v[0][1]) == YES && value_equal(c, y, r->tu.v[0][0]) == YES)
        return undecided(NULL);                       /* the other way round */
    return (struct finding){ QWEN_REFUTED, say(c, "one of the two values differs", "两个值中有不对的"), say(c, "one of the two values does not agree with an exact computation", "其中一个值与精确计算不一致") };
}

static struct finding check_kind(struct calc *c, const struct reading *r, struct ex *e)
{
    struct obj *o = calc_alloc(c, sizeof *o);
    if (r->k == S_CIRCLE)
        return check_circle(c, r, e);
    if (r->k == S_EXPR)
        e = named_side(r, e);
    if (r->k == S_TUPLES && r->pair)
        return check_pair(c, r, e);
    if (!obj_of(c, e, o))
        return undecided(say(c, "the answer was not understood", "没有读懂答案"));
    switch (r->k) {
    case S_VALUE: return check_value(c, r, o);
    case S_VALS: return check_vals(c, r, o, e);
    case S_RSET: return check_rset(c, r, o, e);
    case S_TUPLES: return check_tuples(c, r, o);
    case S_EXPR: return check_expr(c, r, o);
    case S_CURVE: return check_curve(c, r, o);
    case S_ANTI: return check_anti(c, r, o);
    case S_BASE: return check_base(c, r, o);
    case S_PRIMES: return check_primes(c, r, o);
    case S_SEQ: case S_FROM_SUM: return check_sequence(c, r, o);
    default: return undecided(NULL);
    }
}

/* The kinds look at the forms that concern them; a form that none of them looks at is
 * not consumed, so it is looked at here. */
static struct finding check_answer(struct calc *c, const struct reading *r, struct ex *e)
{
    if ((r->round >= 0 && r->k != S_VALUE) || ((r->forms & FORM_INTERVAL) && r->k != S_RSET))
        return undecided(say(c, "the form that was asked cannot be checked for this kind of answer", "无法检查题目所要求的形式"));
    if (r->family != NULL && strcmp(r->family, "derivative") == 0 && e->k == E_REL && e->n == 2 && ((e->a[0]->k == E_CALL && e->a[0]->op == 0) || (e->a[0]->k == E_SYM && strchr(e->a[0]->s, 39) == NULL)) && r->k == S_EXPR)
        return undecided(say(c, "the answer names the function, not its derivative", "答案写的是原函数，不是导数"));
    struct finding f = check_kind(c, r, e);
    if (f.v == QWEN_UNDECIDED && r->alt != NULL)
        f = check_kind(c, r->alt, e);
    if (f.v == QWEN_VERIFIED && e->k != E_PCT && ex_has_kind(e, E_PCT) && r->k == S_VALUE && e->k != E_REL)
        return restated(c);
    if (f.v == QWEN_VERIFIED && r->round < 0 && (r->forms & (FORM_FRACTION | FORM_SIMPLE)) && has_decimal(e))
        return restated(c);
    return f;
}

static const char *computed(struct calc *c, const struct reading *r)
{
    const char *s = "";
    switch (r->k) {
    case S_VALUE: return value_text(c, r->v, 1);
    case S_VALS:
        if (r->domain_open)
            return NULL;
        for (int i = 0; i < r->vals.n; i++)
            s = calc_printf(c, "%s%s%s", s, i ? ", " : "", value_text(c, r->vals.v[i], 1));
        return r->vals.n == 0 ? "\\emptyset" : r->vals.n == 1 ? calc_printf(c, "%s=%s", r->var, s) : calc_printf(c, "%s\\in\\{%s\\}", r->var, s);
    case S_RSET: return rset_text(c, &r->rs, 1);
    case S_TUPLES:
        for (int i = 0; i < r->tu.n; i++) {
            s = calc_printf(c, "%s%s(", s, i ? ", " : "");
            for (int j = 0; j < r->tu.nv; j++)
                s = calc_printf(c, "%s%s%s", s, j ? "," : "", value_text(c, r->tu.v[i][j], 1));
            s = calc_printf(c, "%s)", s);
        }
        return r->tu.n ? s : "\\emptyset";
    case S_CIRCLE: return calc_printf(c, "(%s,%s),\\ r=%s", value_text(c, r->tu.v[0][0], 1), value_text(c, r->tu.v[0][1], 1), value_text(c, r->tu.v[0][2], 1));
    default: return NULL;
    }
}

struct check_arg { const struct qwen_problem *p; struct check_report *out; };

static struct qwen_str str(const char *s) { return (struct qwen_str){ s, strlen(s) }; }

static void tell(struct calc *c, enum qwen_of of, enum qwen_for who, const char *text)
{
    if (text != NULL && *text != '\0')
        c->host->evidence(c->call, 0, of, who, str(text), str(""));
}

static int has_han(const char *s)
{
    while (*s != '\0') {
        int len;
        if (norm_han(norm_cp(s, &len)))
            return 1;
        s += len;
    }
    return 0;
}

static void check_working(struct calc *c, const char *response, struct check_report *out)
{
    struct step st;
    const char *visible = extract_visible(c, response);
    if (visible == NULL)
        return;
    working_check(c, visible, &st);
    if (st.text == NULL)
        return;
    out->working = QWEN_REFUTED;
    c->host->verdict(c->call, 0, QWEN_OF_WORKING, QWEN_REFUTED);
    tell(c, QWEN_OF_WORKING, QWEN_FOR_USER, calc_printf(c, say(c, "first false step: %s; the left side is %s, not %s", "第一个错误的步骤：%s；左边应等于 %s，而不是 %s"), st.text, st.left, st.right));
    tell(c, QWEN_OF_WORKING, QWEN_FOR_MODEL, calc_printf(c, say(c, "this step is false: %s", "这一步不成立：%s"), st.text));
}

static int run_check(struct calc *c, void *arg)
{
    struct check_arg *a = arg;
    const struct qwen_problem *p = a->p;
    if (p->question.n > CALC_MAX_QUESTION)
        return 0;
    size_t skip = p->working.n > CALC_MAX_TEXT / 4 ? p->working.n - CALC_MAX_TEXT / 4 : 0;
    const char *q = norm_text(c, p->question.p, p->question.n), *w = norm_text(c, p->working.p + skip, p->working.n - skip);
    c->lang_zh = p->lang.n >= 2 ? memcmp(p->lang.p, "zh", 2) == 0 || memcmp(p->lang.p, "cn", 2) == 0 : has_han(q);
    struct reading *r = calc_alloc(c, sizeof *r);
    if (!read_question(c, q, r)) {
        check_working(c, w, a->out);
        return 0;
    }
    c->host->reading(c->call, 0, str(r->text));
    const char *latex = computed(c, r);
    if (latex != NULL)
        c->host->computed(c->call, 0, str(latex));
    check_working(c, w, a->out);
    if (p->flags & QWEN_PROBLEM_TRUNCATED) {
        tell(c, QWEN_OF_ANSWER, QWEN_FOR_USER, say(c, "the response was cut off", "回答被截断"));
        return 0;
    }
    struct answer ans;
    memset(&ans, 0, sizeof ans);
    if (p->answer.n > 0 && p->answer.n < CALC_MAX_ANSWER) {
        ans.how = HOW_BOX;
        ans.n = 1;
        ans.part[0] = norm_text(c, p->answer.p, p->answer.n);
    } else if (skip == 0) {
        extract_answer(c, w, &ans);
    }
    if ((ans.how != HOW_BOX && ans.how != HOW_PHRASE) || ans.doubtful)
        return 0;
    struct ex *e = equal_answer_ex(c, &ans);
    struct finding f = e != NULL ? check_answer(c, r, e) : undecided(say(c, "the answer was not understood", "没有读懂答案"));
    a->out->answer = f.v;
    c->host->verdict(c->call, 0, QWEN_OF_ANSWER, f.v);
    tell(c, QWEN_OF_ANSWER, QWEN_FOR_USER, f.user);
    tell(c, QWEN_OF_ANSWER, QWEN_FOR_MODEL, f.v == QWEN_REFUTED ? f.model : NULL);
    return 0;
}

void check_problem(const struct qwen_host *host, struct qwen_call *call, const struct qwen_problem *p, struct check_report *out)
{
    struct check_arg a = { p, out };
    if (calc_run(host, call, run_check, &a) != 0)
        out->answer = QWEN_UNDECIDED;
}
