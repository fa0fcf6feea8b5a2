/* check_values.c - answers that are numbers: one value, roots, sets of reals, tuples. */
#include "plugins/calculator/verdicts/check_int.h"
#include "plugins/calculator/values/form.h"

#include <ctype.h>
#include <string.h>

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
    if (o->called && strlen(o->name) == 1 && strchr("fgh", *o->name) != NULL)
        return r->k == S_VALUE;                       /* f(5) = 6 */
    return r->k == S_VALUE && isupper((unsigned char)o->name[0]);
}

static struct finding rounded(struct calc *c, const struct reading *r, struct ex *e)
{
    val v = value_const(c, e), h = val_si(c, 1), d = val_new(c);
    if (v == NULL)
        return check_undecided(NULL);
    for (int i = 0; i < r->round; i++)
        ca_div_si(h, h, 10, c->ca);
    ca_div_si(h, h, 2, c->ca);
    ca_sub(d, v, r->v, c->ca);
    ca_abs(d, d, c->ca);
    int s = value_cmp(c, d, h), written = form_decimals(e);
    if (s == 2 || s == 0)
        return check_undecided(NULL);
    if (s > 0 && written < r->round && rounds_to(c, e, r->v))
        return check_restated(c);                     /* fewer decimals than asked */
    if (s > 0) {
        if (written >= 0 && written <= r->round)
            return check_refuted(check_say(c, "not the rounded value", "不是四舍五入后的值"), check_say(c, "the rounded value does not agree with an exact computation", "四舍五入的结果与精确计算不一致"));
        return check_refuted(check_say(c, "a different value", "数值不同"), check_say(c, "the value does not agree with an exact computation", "结果与精确计算不一致"));
    }
    if (written != r->round)
        return check_restated(c);
    return check_verified(calc_printf(c, "%s ≈ %s", value_text(c, r->v, 0), ex_text(c, e)));
}

struct finding check_value(struct calc *c, const struct reading *r, const struct obj *o)
{
    if (o->k != O_VALUE || o->approx || (o->degrees && !r->degrees) || ex_has_sym(o->e, NULL) || !name_fits(o, r))
        return check_undecided(NULL);
    struct ex *e = o->degrees ? o->e->a[0] : o->e;
    if ((r->unit_open && o->unit == NULL) || (r->degrees == 1 && !o->degrees))
        return check_open("unit", check_say(c, "the unit is missing", "缺少单位"));
    int radians = o->unit != NULL && o->unit->noun == UNIT_RADIAN;
    if ((r->degrees && radians) || ((r->degrees || r->pi != NULL) && ex_has_kind(e, E_PI)))
        return check_undecided(NULL);                       /* radians; an exact value where π = 3.14 was asked */
    val v = value_const(c, e);
    if (v == NULL)
        return check_undecided(NULL);
    int other_unit = 0;
    if (o->unit != NULL && !o->unit->noun) {
        if (r->unit == NULL)
            return check_open("unit", check_say(c, "the question names no such unit", "题目没有给出该单位"));
        if (r->unit->noun || memcmp(r->unit->dim, o->unit->dim, sizeof o->unit->dim) != 0)
            return value_equal(c, v, r->v) == NO ? check_refuted(check_say(c, "value and unit differ", "数值和单位都不同"), check_say(c, "the unit is not of the kind that was asked for", "单位的种类与所求不符")) : check_undecided(NULL);
        val s = val_q(c, o->unit->p, o->unit->q), t = val_q(c, r->unit->q, r->unit->p), w = val_new(c);
        other_unit = value_equal(c, val_q(c, o->unit->p, o->unit->q), val_q(c, r->unit->p, r->unit->q)) != YES;
        ca_mul(w, v, s, c->ca);
        ca_mul(w, w, t, c->ca);
        v = w;
    } else if (o->unit != NULL && r->unit != NULL && !r->unit->noun) {
        return check_undecided(NULL);
    }
    if (r->round >= 0)
        return other_unit ? check_undecided(NULL) : rounded(c, r, e);
    enum tri t = value_equal(c, v, r->v);
    if (t == UNSURE)
        return check_undecided(NULL);
    if (r->percent && e->k != E_PCT) {                /* 25 for 25 %, or 0.25 */
        val w = val_new(c);
        ca_div_si(w, v, 100, c->ca);
        if (t == YES || value_equal(c, w, r->v) != NO)
            return check_restated(c);
    }
    if (t == NO && r->unrounded != NULL && value_equal(c, v, r->unrounded) != NO)
        return check_restated(c);
    if (t == NO) {
        if (!(r->forms & FORM_EXACT) && !other_unit && rounds_to(c, e, r->v))
            return check_undecided(check_say(c, "close, but not the exact value", "是近似值，不是精确值"));
        return check_refuted(calc_printf(c, check_say(c, "the exact value is %s, not %s", "精确值是 %s，不是 %s"), value_text(c, r->v, 0), ex_text(c, e)),
                                 check_say(c, "the final value does not agree with an exact computation from the numbers of the question; check each step", "最终结果与按题目数据的精确计算不一致，请检查每一步"));
    }
    if (other_unit || !form_finished(c, e) || ((r->forms & FORM_FRACTION) && form_decimals(e) > 0))
        return check_restated(c);
    return check_verified(calc_printf(c, check_say(c, "computed exactly: %s", "精确计算：%s"), value_text(c, r->v, 0)));
}

/* "x = 6: 2·6 + 5 = 17", both sides computed; fails: where it does not hold, the sides go there. */
static const char *substituted(struct calc *c, const struct reading *r, struct ex *value, val v, struct finding *fails)
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
    if (fails == NULL)
        return calc_printf(c, "%s = %s", left, right);
    const char *x = check_say(c, "undefined", "无意义"), *y = x;
    if (value_eval(c, s->a[0], &env, &a) == EV_OK)
        x = value_text(c, a, 0);
    if (value_eval(c, s->a[1], &env, &b) == EV_OK)
        y = value_text(c, b, 0);
    fails->left = x;
    fails->right = y;
    return calc_printf(c, check_say(c, "%s: left side %s, right side %s", "%s：左边为 %s，右边为 %s"), calc_printf(c, "%s = %s", left, right), x, y);
}

static enum tri solves(struct calc *c, const struct reading *r, val v)
{
    struct env env = { r->var, v, NULL };
    return r->subject != NULL && r->subject->k == E_REL && r->subject->n == 2 ? solve_holds(c, r->subject, &env) : UNSURE;
}

struct finding check_vals(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e)
{
    struct ex *item[32];
    val v[32];
    int n = o->n;
    if (o->name != NULL && strcmp(o->name, r->var) != 0 && !(r->braces && e->k == E_REL && e->a[0]->k != E_SYM))
        return check_undecided(NULL);
    if (o->k == O_VALUE && o->unit == NULL && !o->approx && !o->chained) {
        item[0] = o->e;
        n = 1;
    } else if (o->k == O_SET) {
        memcpy(item, o->item, sizeof item);
    } else {
        return check_undecided(NULL);
    }
    int finished = 1;
    for (int i = 0; i < n; i++) {
        if (ex_has_sym(item[i], NULL) || (v[i] = value_const(c, item[i])) == NULL)
            return check_undecided(NULL);
        finished &= form_finished(c, item[i]);
    }
    if (r->named && o->name == NULL)
        return check_open("form", check_say(c, "the answer is asked as an equation", "应写成方程的形式"));
    if (r->braces && e->k != E_SET && !(e->k == E_REL && e->a[e->n - 1]->k == E_SET))
        return check_open("form", check_say(c, "the answer is asked as a set", "应写成集合的形式"));
    const char *good = "";
    struct finding bad = check_refuted(NULL, NULL);
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
            return check_undecided(NULL);
        if (best == NO) {
            for (int j = 0; j < r->all.n; j++)
                if (value_equal(c, v[i], r->all.v[j]) != NO)
                    open_other = 1;
            if (close == YES)
                return check_undecided(check_say(c, "close, but not exact", "是近似值，不是精确值"));
            enum tri outside = solves(c, r, v[i]);
            if (bad.user != NULL)
                continue;
            bad.value = ex_text(c, item[i]);
            bad.check = outside == YES ? "domain" : NULL;
            bad.user = outside == YES ? calc_printf(c, check_say(c, "%s = %s is not in the domain that was asked", "%s = %s 不在所求的范围内"), r->var, bad.value)
                                      : substituted(c, r, item[i], v[i], &bad);
        } else {
            good = calc_printf(c, "%s%s%s", good, *good ? "; " : "", substituted(c, r, item[i], v[i], NULL));
        }
    }
    if (bad.user != NULL && open_other)
        return check_open("domain", check_say(c, "the question does not say whether complex solutions count", "题目没有说明是否考虑复数解"));
    if (bad.user != NULL) {
        bad.model = calc_printf(c, check_say(c, "a claimed solution fails when it is put back into %s", "把所得的解代回 %s 不成立"), ex_text(c, r->subject));
        return bad;
    }
    for (int j = 0; j < r->vals.n; j++) {
        enum tri best = NO;
        for (int i = 0; i < n; i++) {
            enum tri t = value_equal(c, v[i], r->vals.v[j]);
            best = t > best ? t : best;
        }
        if (best == UNSURE)
            return check_undecided(NULL);
        if (best == NO && r->lenient)
            return check_undecided(check_say(c, "the expression has another value too", "该式还有另一个值"));
        if (best == NO) {
            const char *missing = value_text(c, r->vals.v[j], 0);
            struct finding f = check_refuted(calc_printf(c, check_say(c, "the solution %s = %s is missing", "缺少解 %s = %s"), r->var, missing), check_say(c, "not every solution was found", "没有求出全部的解"));
            f.missing = missing;
            return f;
        }
    }
    if (r->domain_open)
        return check_open("domain", check_say(c, "there are complex solutions too, and the question does not say whether they count", "还有复数解，题目没有说明是否考虑"));
    if (!finished)
        return check_restated(c);
    return check_verified(n == 0 ? check_say(c, "there is no solution", "无解") : calc_printf(c, check_say(c, "%s; no other solution", "%s；没有其他解"), good));
}

/* k < 4, k != 0: one condition and the numbers that it leaves out, so that both hold. */
static int leaves_out(const struct ex *e)
{
    int out = 0;
    for (int i = 0; i < e->n; i++) {
        if (e->a[i]->k != E_REL || e->a[i]->rels[0] == R_EQ)
            return 0;
        out += e->a[i]->n == 2 && e->a[i]->rels[0] == R_NE;
    }
    return (e->k == E_LIST || e->k == E_AND) && out > 0 && e->n - out <= 1;
}

struct ex *check_conditions(struct calc *c, struct ex *e)
{
    if (e->k != E_LIST || !leaves_out(e))
        return e;
    struct ex *all = ex_new(c, E_AND, e->n);
    memcpy(all->a, e->a, (size_t)e->n * sizeof *e->a);
    return all;
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
        return (e->k != E_AND && e->k != E_CASES) || leaves_out(e);      /* two conditions that could be one */
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

struct finding check_rset(struct calc *c, const struct reading *r, const struct obj *o, const struct ex *e)
{
    struct rset a;
    if (o->name != NULL && strcmp(o->name, r->var) != 0)
        return check_undecided(NULL);
    if (o->k == O_RSET) {
        a = o->rs;
    } else if (o->k == O_TUPLE && o->n == 2) {
        if (!rset_of(c, o->e, &a))
            return check_undecided(NULL);
    } else if (o->k == O_SET && o->n == 0) {
        a.n = 0;
    } else {
        return check_undecided(NULL);
    }
    enum tri t = rset_equal(c, &a, &r->rs);
    if (r->loose_ends) {
        if (r->rs.n > 1)
            return check_undecided(check_say(c, "several intervals: how they are joined matters", "有多个区间，连接方式有讲究"));
        t = same_but_ends(c, &a, &r->rs);
        for (int i = 0; t == YES && i < a.n; i++)      /* an end that is counted must belong to the domain */
            if ((!a.iv[i].lo_open && r->rs.iv[i].lo_open) || (!a.iv[i].hi_open && r->rs.iv[i].hi_open))
                t = UNSURE;
    }
    if (t == UNSURE)
        return check_undecided(NULL);
    if (t == NO)
        return check_refuted(calc_printf(c, check_say(c, "the solution set is %s", "解集是 %s"), rset_text(c, &r->rs, 0)),
                                 calc_printf(c, check_say(c, "the claimed set is not the solution of %s; test a point of each piece and the ends", "所给的集合不是 %s 的解集，请检验每一段中的点和端点"), ex_text(c, r->subject)));
    if (((r->forms & FORM_INTERVAL) && ex_has_kind(e, E_REL)) || !(solved_form(c, e) || (a.n == 0 && e->k == E_SET)))
        return check_restated(c);
    return check_verified(calc_printf(c, check_say(c, "the solution set is %s", "解集是 %s"), rset_text(c, &r->rs, 0)));
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

struct finding check_tuples(struct calc *c, const struct reading *r, const struct obj *o)
{
    val v[SOLVE_TUPLES][SOLVE_VARS];
    int n = 0, finished = 1, used[SOLVE_TUPLES] = { 0 };
    if (o->k == O_MAP || o->k == O_TUPLE) {
        if (!tuple_values(c, r, o, v[n++], &finished))
            return check_undecided(NULL);
    } else if (o->k == O_SET && o->n > 0 && o->n <= SOLVE_TUPLES) {
        for (int i = 0; i < o->n; i++) {
            struct obj *t = calc_alloc(c, sizeof *t);
            if (!obj_of(c, o->item[i], t) || (t->k != O_TUPLE && t->k != O_MAP) || !tuple_values(c, r, t, v[n++], &finished))
                return check_undecided(NULL);
        }
    } else if (o->k != O_SET || o->n != 0) {
        return check_undecided(NULL);
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
                return check_undecided(NULL);
            if (all == YES)
                hit = j;
        }
        if (hit < 0)
            return r->subject == NULL ? check_refuted(check_say(c, "not the point that was asked for", "不是所求的点"), check_say(c, "the coordinates do not agree with an exact computation", "坐标与精确计算不一致")) :
                   check_refuted(check_say(c, "the values do not satisfy every equation", "所给的值不满足全部方程"), calc_printf(c, check_say(c, "put back, the values do not satisfy all of %s", "代回后不满足 %s"), ex_text(c, r->subject)));
        used[hit] = 1;
    }
    for (int j = 0; j < r->tu.n; j++)
        if (!used[j])
            return check_refuted(check_say(c, "a solution is missing", "缺少解"), check_say(c, "not every solution was found", "没有求出全部的解"));
    if (!finished)
        return check_restated(c);
    return check_verified(r->subject == NULL ? check_say(c, "computed exactly", "精确计算一致") : check_say(c, "the values satisfy every equation, and there is no other solution", "满足全部方程，且没有其他解"));
}

struct finding check_circle(struct calc *c, const struct reading *r, const struct ex *e)
{
    const struct ex *p = NULL, *q = NULL;
    if ((e->k != E_LIST && e->k != E_AND) || e->n != 2)
        return check_undecided(NULL);
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
        return check_undecided(NULL);
    enum tri all = YES;
    for (int i = 0; i < 3; i++) {
        enum tri t = value_equal(c, v[i], r->tu.v[0][i]);
        all = t < all ? t : all;
    }
    if (all == NO)
        return check_refuted(check_say(c, "centre or radius differs", "圆心或半径不对"), check_say(c, "expanding the claimed circle does not give back the equation", "按所给的圆心和半径展开得不到原方程"));
    if (all == UNSURE)
        return check_undecided(NULL);
    return form_finished(c, p->a[0]) && form_finished(c, p->a[1]) && form_finished(c, q) ? check_verified(check_say(c, "completing the square gives this centre and radius", "配方得到此圆心和半径")) : check_restated(c);
}

/* Two facts in the order they were asked: "3, -1". */
struct finding check_pair(struct calc *c, const struct reading *r, const struct ex *e)
{
    if ((e->k != E_LIST && e->k != E_AND) || e->n != 2)
        return check_undecided(NULL);
    int all = 1;
    for (int i = 0; i < 2; i++) {
        struct ex *x = e->a[i];
        if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && x->a[0]->k == E_SYM)
            return check_undecided(NULL);
        val v = ex_has_sym(x, NULL) ? NULL : value_const(c, x);
        enum tri t = v != NULL ? value_equal(c, v, r->tu.v[0][i]) : UNSURE;
        if (t == UNSURE || !form_finished(c, x))
            return check_undecided(NULL);
        all &= t == YES;
    }
    if (all)
        return check_verified(check_say(c, "both values agree with an exact computation", "两个值都与精确计算一致"));
    val x = value_const(c, e->a[0]), y = value_const(c, e->a[1]);
    if (value_equal(c, x, r->tu.v[0][1]) == YES && value_equal(c, y, r->tu.v[0][0]) == YES)
        return check_undecided(NULL);                       /* the other way round */
    return check_refuted(check_say(c, "one of the two values differs", "两个值中有不对的"), check_say(c, "one of the two values does not agree with an exact computation", "其中一个值与精确计算不一致"));
}
