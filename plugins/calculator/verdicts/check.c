/* check.c - see check.h: reading, solution, answer, and what is said about them. */
#include "plugins/calculator/verdicts/check.h"
#include "plugins/calculator/verdicts/check_int.h"
#include "plugins/calculator/questions/conventions.h"
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/verdicts/data.h"
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
    if (r->k == S_RSET)
        e = check_conditions(c, e);
    if (r->k == S_TUPLES && r->pair)
        return check_pair(c, r, e);
    if (!obj_of(c, e, o))
        return check_open("answer", check_say(c, "the answer was not understood", "没有读懂答案"));
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
    case S_MATRIX: return check_matrix(c, r, o);
    case S_SEQ: case S_FROM_SUM: return check_sequence(c, r, o);
    default: return check_undecided(NULL);
    }
}

/* The kinds look at the forms that concern them; a form that none of them looks at is
 * not consumed, so it is looked at here. */
static struct finding check_answer(struct calc *c, const struct reading *r, struct ex *e)
{
    if ((r->round >= 0 && r->k != S_VALUE) || ((r->forms & FORM_INTERVAL) && r->k != S_RSET))
        return check_open("form", check_say(c, "the form that was asked cannot be checked for this kind of answer", "无法检查题目所要求的形式"));
    if (r->derivative > 0 && e->k == E_REL && e->n == 2 && (e->a[0]->k == E_CALL || e->a[0]->k == E_SYM) && !check_names_derivative(e->a[0], r->derivative))
        return check_undecided(check_say(c, "the answer names the function or another derivative of it", "答案写的是原函数或另一阶导数"));
    struct finding f = check_kind(c, r, e);
    if (f.v == QWEN_UNDECIDED && r->alt != NULL)
        f = check_kind(c, r->alt, e);
    if (f.v == QWEN_VERIFIED && e->k != E_PCT && ex_has_kind(e, E_PCT) && r->k == S_VALUE && e->k != E_REL)
        return check_restated(c);
    if (f.v == QWEN_VERIFIED && r->round < 0 && (r->forms & (FORM_FRACTION | FORM_SIMPLE)) && has_decimal(e))
        return check_restated(c);
    return f;
}

static const char *tuples_text(struct calc *c, const struct tuples *t, int latex)
{
    const char *s = "";
    for (int i = 0; i < t->n; i++) {
        s = calc_printf(c, "%s%s(", s, i ? ", " : "");
        for (int j = 0; j < t->nv; j++)
            s = calc_printf(c, "%s%s%s", s, j ? "," : "", value_text(c, t->v[i][j], latex));
        s = calc_printf(c, "%s)", s);
    }
    return s;
}

static const char *values_text(struct calc *c, const struct vals *v, int latex)
{
    const char *s = "";
    for (int i = 0; i < v->n; i++)
        s = calc_printf(c, "%s%s%s", s, i ? ", " : "", value_text(c, v->v[i], latex));
    return s;
}

static const char *circle_text(struct calc *c, const struct tuples *t, int latex)
{
    const val *v = t->v[0];
    return calc_printf(c, latex ? "(%s,%s),\\ r=%s" : "(%s, %s), r = %s", value_text(c, v[0], latex),
                       value_text(c, v[1], latex), value_text(c, v[2], latex));
}

static const char *computed(struct calc *c, const struct reading *r)
{
    switch (r->k) {
    case S_VALUE: return value_text(c, r->v, 1);
    case S_VALS:
        if (r->domain_open)
            return NULL;
        return r->vals.n == 0 ? "\\emptyset" :
               calc_printf(c, r->vals.n == 1 ? "%s=%s" : "%s\\in\\{%s\\}", r->var, values_text(c, &r->vals, 1));
    case S_RSET: return rset_text(c, &r->rs, 1);
    case S_TUPLES: return r->tu.n ? tuples_text(c, &r->tu, 1) : "\\emptyset";
    case S_CIRCLE: return circle_text(c, &r->tu, 1);
    default: return NULL;
    }
}

/* ---- as data ---- */

/* The same as plain text, beside what the answer says. */
static const char *found(struct calc *c, const struct reading *r)
{
    switch (r->k) {
    case S_VALUE:
        if (r->unit != NULL && r->unit->text != NULL)
            return calc_printf(c, "%s %s", value_text(c, r->v, 0), r->unit->text);
        return value_text(c, r->v, 0);
    case S_VALS: return r->domain_open ? NULL : values_text(c, &r->vals, 0);
    case S_RSET: return rset_text(c, &r->rs, 0);
    case S_TUPLES: return tuples_text(c, &r->tu, 0);
    case S_CIRCLE: return circle_text(c, &r->tu, 0);
    default: return NULL;
    }
}

static const char *kind(const struct reading *r)
{
    switch (r->k) {
    case S_VALUE: return r->round >= 0 ? "rounding" : "value";
    case S_VALS: return "substitution";
    case S_RSET: return "set";
    case S_TUPLES: return r->subject != NULL ? "substitution" : "value";
    case S_EXPR: return "identity";
    case S_CURVE: return "curve";
    case S_SEQ: case S_FROM_SUM: return "terms";
    case S_CIRCLE: return "circle";
    case S_ANTI: return "derivative";
    case S_PRIMES: return "factors";
    case S_BASE: return "base";
    case S_MATRIX: return "value";
    default: return "answer";
    }
}

static const char *unknowns(struct calc *c, const struct reading *r)
{
    const char *s = r->k == S_VALS || r->k == S_RSET ? r->var : "";
    for (int i = 0; r->k == S_TUPLES && r->subject != NULL && i < r->tu.nv; i++)
        s = calc_printf(c, "%s%s%s", s, i > 0 ? ", " : "", r->vars[i]);
    return s;
}

/* What the question says of it, for the model, too: nothing here was computed. */
static void begin(struct calc *c, struct data *d, const struct reading *r, const struct finding *f)
{
    int put_in = r->k == S_VALS || r->k == S_TUPLES || r->k == S_RSET;
    data_begin(d, f->check != NULL ? f->check : kind(r));
    data_add(d, "family", r->family);
    data_add(d, "unknown", unknowns(c, r));
    data_add(d, "given", put_in && r->subject != NULL && ex_has_sym(r->subject, NULL) ? ex_text(c, r->subject) : NULL);
    data_add(d, "term", f->term);
}

static const char *data_for_user(struct calc *c, struct data *d, const struct reading *r, const struct finding *f,
                                 const struct ex *e)
{
    begin(c, d, r, f);
    data_add(d, "value", f->value);
    data_add(d, "left", f->left);
    data_add(d, "right", f->right);
    data_add(d, "missing", f->missing);
    data_add(d, "said", f->said != NULL || e == NULL ? f->said : ex_text(c, e));
    data_add(d, "found", f->found != NULL || e == NULL ? f->found : found(c, r));
    return data_end(d);
}

static const char *data_for_model(struct calc *c, struct data *d, const struct reading *r, const struct finding *f)
{
    begin(c, d, r, f);
    return data_end(d);
}

/* ---- what is said ---- */

struct check_arg { const struct qwen_problem *p; struct check_report *out; int zh; };

static struct qwen_str str(const char *s) { return (struct qwen_str){ s, strlen(s) }; }

static void tell(struct calc *c, enum qwen_of of, enum qwen_for who, const char *text, const char *json)
{
    if (text != NULL && *text != '\0')
        c->host->evidence(c->call, 0, of, who, str(text), str(json));
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
    struct data user, model;
    data_begin(&user, "step");
    data_add(&user, "step", st.text);
    data_add(&user, "left", st.left_side);
    data_add(&user, "right", st.right_side);
    model = user;
    data_add(&user, "should_be", st.left);
    const char *to_user = calc_printf(c, check_say(c, "first false step: %s; the left side is %s, not %s",
                                                   "第一个错误的步骤：%s；左边应等于 %s，而不是 %s"), st.text, st.left, st.right);
    const char *to_model = calc_printf(c, check_say(c, "this step is false: %s", "这一步不成立：%s"), st.text);
    c->host->verdict(c->call, 0, QWEN_OF_WORKING, QWEN_REFUTED);
    tell(c, QWEN_OF_WORKING, QWEN_FOR_USER, to_user, data_end(&user));
    tell(c, QWEN_OF_WORKING, QWEN_FOR_MODEL, to_model, data_end(&model));
}

/* Nothing has read it: where its words are in use for two things, that is why. */
static void tell_conventions(struct calc *c, const char *question)
{
    struct convention v[CONVENTIONS_SAID];
    int n = conventions_find(c, question, v, CONVENTIONS_SAID);
    for (int i = 0; i < n; i++) {
        struct data d;
        data_begin(&d, "convention");
        data_add(&d, "about", v[i].about);
        data_add_pair(&d, "conventions", v[i].one, v[i].other);
        tell(c, QWEN_OF_ANSWER, QWEN_FOR_USER, conventions_say(c, &v[i]), data_end(&d));
    }
}

/* Why there is no answer to look at; NULL: there is one. */
static const char *no_answer(struct calc *c, const struct answer *a)
{
    if (a->how != HOW_BOX && a->how != HOW_PHRASE)
        return check_say(c, "the response does not say what its final answer is", "回答没有写明最终答案");
    if (!a->doubtful)
        return NULL;
    return check_say(c, "the final answer is not certain: there are two, or words beside it take it back or change it",
                     "最终答案不明确：有两个，或旁边的话收回或改变了它");
}

/* Everything that may end the call comes first: a verdict that was said stands with its evidence. */
static void tell_finding(struct calc *c, const struct reading *r, struct finding f, const struct ex *e,
                         struct check_report *out)
{
    struct data user, model;
    if (f.v == QWEN_UNDECIDED && f.user == NULL)
        f.user = check_say(c, "the answer could not be compared with what was worked out",
                           "无法把答案与求得的结果比较");
    const char *to_user = data_for_user(c, &user, r, &f, e), *to_model = data_for_model(c, &model, r, &f);
    out->answer = f.v;
    c->host->verdict(c->call, 0, QWEN_OF_ANSWER, f.v);
    tell(c, QWEN_OF_ANSWER, QWEN_FOR_USER, f.user, to_user);
    tell(c, QWEN_OF_ANSWER, QWEN_FOR_MODEL, f.v == QWEN_REFUTED ? f.model : NULL, to_model);
}

static int run_check(struct calc *c, void *arg)
{
    struct check_arg *a = arg;
    const struct qwen_problem *p = a->p;
    size_t skip = p->working.n > CALC_MAX_TEXT / 4 ? p->working.n - CALC_MAX_TEXT / 4 : 0;
    const char *q = norm_text(c, p->question.p, p->question.n), *w = norm_text(c, p->working.p + skip, p->working.n - skip);
    c->question = q;
    c->lang_zh = a->zh = p->lang.n >= 2 ? memcmp(p->lang.p, "zh", 2) == 0 || memcmp(p->lang.p, "cn", 2) == 0 : has_han(q);
    struct reading *r = calc_alloc(c, sizeof *r);
    if (!read_question(c, q, r)) {
        check_working(c, w, a->out);
        tell_conventions(c, q);
        return 0;
    }
    c->host->reading(c->call, 0, str(r->text));
    const char *latex = computed(c, r);
    if (latex != NULL)
        c->host->computed(c->call, 0, str(latex));
    check_working(c, w, a->out);
    if (p->flags & QWEN_PROBLEM_TRUNCATED) {
        struct finding cut = check_open("answer", check_say(c, "the response was cut off", "回答被截断"));
        tell_finding(c, r, cut, NULL, a->out);
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
    const char *none = no_answer(c, &ans);
    struct ex *e = none == NULL ? equal_answer_ex(c, &ans) : NULL;
    if (none == NULL)
        none = check_say(c, "the answer was not understood", "没有读懂答案");
    struct finding f = e != NULL ? check_answer(c, r, e) : check_open("answer", none);
    if (ans.concluded && f.v == QWEN_REFUTED)
        f = check_open("answer", check_say(c, "the last sentence does not say the answer that was worked out; it may be about something else",
                                           "最后一句与求得的结果不同，它说的也许不是答案"));
    tell_finding(c, r, f, e, a->out);
    return 0;
}

static void tell_only(const struct qwen_host *host, struct qwen_call *call, const char *text)
{
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str(text), str("{\"check\":\"limit\"}"));
}

void check_problem(const struct qwen_host *host, struct qwen_call *call, const struct qwen_problem *p,
                   struct check_report *out)
{
    struct check_arg a = { p, out, 0 };
    if (p->question.n > CALC_MAX_QUESTION) {
        tell_only(host, call, "the question is too long to be read");
        return;
    }
    if (calc_run(host, call, run_check, &a) != 0) {
        out->answer = QWEN_UNDECIDED;
        tell_only(host, call, a.zh ? "达到时间或内存的上限" : "it came to a limit of time or memory");
    }
}
