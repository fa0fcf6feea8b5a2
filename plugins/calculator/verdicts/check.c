/* check.c - see check.h: reading, solution, answer, and what is said about them. */
#include "plugins/calculator/verdicts/check.h"
#include "plugins/calculator/verdicts/check_int.h"
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/verdicts/working.h"

#include <string.h>

static int has_decimal(const struct ex *e)
{
    if (e->k == E_NUM)
        return strchr(e->s, '.') != NULL;
    for (int i = 0; i < e->n; i++)
        if (has_decimal(e->a[i]))
            return 1;
    return 0;
}

static struct finding check_kind(struct calc *c, const struct reading *r, struct ex *e)
{
    struct obj *o = calc_alloc(c, sizeof *o);
    if (r->k == S_CIRCLE)
        return check_circle(c, r, e);
    if (r->k == S_EXPR)
        e = check_named_side(r, e);
    if (r->k == S_TUPLES && r->pair)
        return check_pair(c, r, e);
    if (!obj_of(c, e, o))
        return check_undecided(check_say(c, "the answer was not understood", "没有读懂答案"));
    switch (r->k) {
    case S_VALUE: return check_value(c, r, o);
    case S_VALS: return check_vals(c, r, o, e);
    case S_RSET: return check_rset(c, r, o, e);
    case S_TUPLES: return check_tuples(c, r, o);
    case S_EXPR: return check_expr(c, r, o);
    case S_CURVE:
        if (o->k == O_VALUE && !o->approx && o->unit == NULL && e->k == E_REL && e->n == 2 && e->rels[0] == R_EQ && e->a[0]->k == E_SYM && (strcmp(e->a[0]->s, "y") == 0 || strcmp(e->a[0]->s, "x") == 0) && !ex_has_sym(e->a[1], NULL)) {
            o->k = O_CURVE;                           /* y = -3: a line */
            o->e = e;
        }
        return check_curve(c, r, o);
    case S_ANTI: return check_anti(c, r, o);
    case S_BASE: return check_base(c, r, o);
    case S_PRIMES: return check_primes(c, r, o);
    case S_SEQ: case S_FROM_SUM: return check_sequence(c, r, o);
    default: return check_undecided(NULL);
    }
}

/* The kinds look at the forms that concern them; a form that none of them looks at is
 * not consumed, so it is looked at here. */
static struct finding check_answer(struct calc *c, const struct reading *r, struct ex *e)
{
    if ((r->round >= 0 && r->k != S_VALUE) || ((r->forms & FORM_INTERVAL) && r->k != S_RSET))
        return check_undecided(check_say(c, "the form that was asked cannot be checked for this kind of answer", "无法检查题目所要求的形式"));
    if (r->family != NULL && strcmp(r->family, "derivative") == 0 && e->k == E_REL && e->n == 2 && ((e->a[0]->k == E_CALL && e->a[0]->op == 0) || (e->a[0]->k == E_SYM && strchr(e->a[0]->s, 39) == NULL)) && r->k == S_EXPR)
        return check_undecided(check_say(c, "the answer names the function, not its derivative", "答案写的是原函数，不是导数"));
    struct finding f = check_kind(c, r, e);
    if (f.v == QWEN_UNDECIDED && r->alt != NULL)
        f = check_kind(c, r->alt, e);
    if (f.v == QWEN_VERIFIED && e->k != E_PCT && ex_has_kind(e, E_PCT) && r->k == S_VALUE && e->k != E_REL)
        return check_restated(c);
    if (f.v == QWEN_VERIFIED && r->round < 0 && (r->forms & (FORM_FRACTION | FORM_SIMPLE)) && has_decimal(e))
        return check_restated(c);
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
    tell(c, QWEN_OF_WORKING, QWEN_FOR_USER, calc_printf(c, check_say(c, "first false step: %s; the left side is %s, not %s", "第一个错误的步骤：%s；左边应等于 %s，而不是 %s"), st.text, st.left, st.right));
    tell(c, QWEN_OF_WORKING, QWEN_FOR_MODEL, calc_printf(c, check_say(c, "this step is false: %s", "这一步不成立：%s"), st.text));
}

static int run_check(struct calc *c, void *arg)
{
    struct check_arg *a = arg;
    const struct qwen_problem *p = a->p;
    if (p->question.n > CALC_MAX_QUESTION)
        return 0;
    size_t skip = p->working.n > CALC_MAX_TEXT / 4 ? p->working.n - CALC_MAX_TEXT / 4 : 0;
    const char *q = norm_text(c, p->question.p, p->question.n), *w = norm_text(c, p->working.p + skip, p->working.n - skip);
    c->question = q;
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
        tell(c, QWEN_OF_ANSWER, QWEN_FOR_USER, check_say(c, "the response was cut off", "回答被截断"));
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
    struct finding f = e != NULL ? check_answer(c, r, e) : check_undecided(check_say(c, "the answer was not understood", "没有读懂答案"));
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
