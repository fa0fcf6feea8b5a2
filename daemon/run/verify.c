#include "daemon/run/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"

#define MAX_CHECKS 1024

struct slot {
    struct verify *v;
    struct plug   *plug;
    char          *name;
    uv_poll_t      poll;
    uv_timer_t     timer;
    bool           polled;
    bool           asks_model;          /* granted: it costs a generation */
    bool           proof;               /* trusted with proofs */
};

enum check_kind { CHECK_VERIFY, CHECK_EQUAL, CHECK_READ, CHECK_CANON, CHECK_TOOL };
#define NO_SLOT SIZE_MAX

/* One check on its way through the plugins. */
struct check {
    struct check  *next;
    struct verify *v;
    uint64_t       id, plug_op;
    size_t         at;                  /* which plugin works on it */
    enum check_kind kind;
    size_t         skip;                /* a plugin that is not asked, or NO_SLOT */
    bool           asking, only_asking; /* plugins that ask the model take part, or nobody else */
    bool           cancelled, waiting;  /* waiting: a plugin has it */
    char          *a, *b, *answer, *lang;        /* question, response or gold, answer or tool, arguments */
    bool           truncated;
    /* Comparing what separate workings came to; or the best reading so far. */
    struct plug_result kept;
    bool           has_kept, *agrees;   /* agrees: n_candidates for each answer that they are compared with */
    char         **others;              /* these, beside its own */
    size_t         n_others, against;
    struct plug_result proved;          /* by proved_by, while the others that are trusted with proofs are asked, too */
    bool           has_proved;
    size_t         proved_by;
    size_t         candidate;           /* being compared */
    uint64_t       sub_op;              /* the check that compares; 0: none */
    uint64_t       until_ms;
    struct qw_error failed;             /* it could not even be handed over */
    verify_done   *done;
    void          *arg;
};

struct verify {
    uv_loop_t    *loop;
    struct slot  *slots;
    size_t        n;
    struct check *checks;
    size_t        n_checks;
    uint64_t      next_id;
    uv_timer_t    soon;                 /* results that did not come through a plugin */
    bool          closed;
    struct verify_asks asks;
    void        (*started)(void *arg);
    void         *started_arg;
    bool          waited;               /* somebody waits for it */
};

/* ---- driving plugs ---- */

static void arm(struct slot *s);

static void on_poll(uv_poll_t *p, int status, int events)
{
    struct slot *s = p->data;
    (void)status;
    (void)events;
    plug_process(s->plug);
    if (s->v->closed)
        return;
    arm(s);
    if (s->v->waited && !verify_starting(s->v))
        s->v->started(s->v->started_arg);
}

static void on_timer(uv_timer_t *t)
{
    on_poll(&((struct slot *)t->data)->poll, 0, 0);
}

static void arm(struct slot *s)
{
    int ms = plug_timeout_ms(s->plug);
    if (ms < 0)
        uv_timer_stop(&s->timer);
    else
        uv_timer_start(&s->timer, on_timer, (uint64_t)ms, 0);
}

/* ---- checks ---- */

static void check_free(struct check *k)
{
    for (struct check **p = &k->v->checks; *p != NULL; p = &(*p)->next) {
        if (*p == k) {
            *p = k->next;
            k->v->n_checks--;
            break;
        }
    }
    qw_free(k->a);
    qw_free(k->b);
    qw_free(k->answer);
    qw_free(k->lang);
    plug_result_free(&k->kept);
    plug_result_free(&k->proved);
    qw_free(k->agrees);
    for (size_t i = 0; i < k->n_others; i++)
        qw_free(k->others[i]);
    qw_free(k->others);
    qw_free(k);
}

static void finish(struct check *k, const struct plug_result *r)
{
    k->done(k->arg, r);
    check_free(k);
}

static void hand_over(struct check *k);

static bool has_text(const struct plug_result *r, bool canon)
{
    for (size_t i = 0; i < r->n_parts; i++)
        if ((canon ? r->parts[i].canon : r->parts[i].reading) != NULL)
            return true;
    return false;
}

static bool decided(const struct check *k, const struct plug_result *r)
{
    if (k->kind == CHECK_TOOL)          /* it is one plugin's */
        return true;
    if (r->error.code != QW_OK)
        return false;
    switch (k->kind) {
    case CHECK_EQUAL: return r->eq != QWEN_EQ_UNKNOWN;
    case CHECK_READ:  return has_text(r, false);
    case CHECK_CANON: return has_text(r, true);
    default:          return r->answer != QWEN_UNDECIDED || r->working != QWEN_UNDECIDED;
    }
}

/* The next plugin for this check from `at` on; v->n if there is none. */
static size_t next_slot(const struct check *k, size_t at)
{
    while (at < k->v->n && (at == k->skip || (k->v->slots[at].asks_model ? !k->asking : k->only_asking)))
        at++;
    return at;
}

static bool says_nothing(const struct plug_result *r)
{
    return r->error.code == QW_OK && r->n_evidence == 0 && r->n_parts == 0;
}

/* ---- second opinions on a proof ---- */

static bool is_proof(const struct check *k, const struct plug_result *r)
{
    return k->kind == CHECK_VERIFY && r->error.code == QW_OK && k->v->slots[k->at].proof &&
           (r->answer == QWEN_VERIFIED || r->answer == QWEN_REFUTED);
}

/* Asks the next one that is trusted with proofs.  false: there is none, or no time. */
static bool ask_prover(struct check *k)
{
    struct verify *v = k->v;
    size_t next = next_slot(k, k->at + 1);
    while (next < v->n && !v->slots[next].proof)
        next = next_slot(k, next + 1);
    if (next == v->n || k->cancelled || v->closed || clock_mono_ms() >= k->until_ms)
        return false;
    k->at = next;
    hand_over(k);
    return true;
}

/* Two proofs that conflict: one of the two plugins is wrong, and nobody knows which. */
static void end_conflict(struct check *k, const struct plug_result *r)
{
    const char *one = k->v->slots[k->proved_by].name, *other = k->v->slots[k->at].name;
    char text[256];
    snprintf(text, sizeof text, "two proofs conflict: %.64s says %s, %.64s says %s", one, verify_verdict_name(k->proved.answer), other,
             verify_verdict_name(r->answer));
    log_error("verify", "defect: %s; the answer is undecided", text);
    plug_result_conflict(&k->proved, text);
    finish(k, &k->proved);
}

/* r is a proof, or what another plugin says where there is one.  false: it is no matter of proofs. */
static bool second_opinion(struct check *k, const struct plug_result *r)
{
    if (k->cancelled || k->v->closed || (!k->has_proved && !is_proof(k, r)))
        return false;
    if (!k->has_proved) {
        k->proved_by = k->at;
        k->has_proved = plug_result_copy(&k->proved, r) == QW_OK;
        if (k->has_proved && ask_prover(k))
            return true;
        finish(k, r);
        return true;
    }
    if (is_proof(k, r) && r->answer != k->proved.answer)
        end_conflict(k, r);
    else if (!ask_prover(k))
        finish(k, &k->proved);
    return true;
}

/* On to the next plugin, or the end. */
static void go_on(struct check *k, const struct plug_result *r)
{
    if (second_opinion(k, r))
        return;
    struct verify *v = k->v;
    size_t next = next_slot(k, k->at + 1);
    if (!k->cancelled && !v->closed && !decided(k, r) && next < v->n && clock_mono_ms() < k->until_ms) {
        k->at = next;
        hand_over(k);
        return;
    }
    bool better = k->has_kept && !v->closed && !decided(k, r) && (k->kind != CHECK_VERIFY || says_nothing(r));
    finish(k, better ? &k->kept : r);
}

/* ---- separate workings: k of n ---- */

static void compare_next(struct check *k);

static const char *compared_with(const struct check *k)
{
    return k->against > 0 ? k->others[k->against - 1] : k->answer != NULL ? k->answer : k->b;
}

static bool *agreeing(const struct check *k)
{
    return k->agrees + k->against * k->kept.n_candidates;
}

static void on_compared(void *arg, const struct plug_result *r)
{
    struct check *k = arg;
    const struct plug_candidate *c = k->kept.candidates;
    k->sub_op = 0;
    for (size_t i = k->candidate; i < k->kept.n_candidates; i++)
        if (c[i].value != NULL && strcmp(c[i].value, c[k->candidate].value) == 0)
            agreeing(k)[i] = r->error.code == QW_OK && r->eq == QWEN_EQ_EQUAL;
    k->candidate++;
    compare_next(k);
}

static bool compared_before(const struct check *k)
{
    const struct plug_candidate *c = k->kept.candidates;
    for (size_t i = 0; i < k->candidate; i++)
        if (c[i].value != NULL && strcmp(c[i].value, c[k->candidate].value) == 0)
            return true;
    return false;
}

static int start(struct verify *v, struct check *k, uint32_t budget_ms, uint64_t *op, struct qw_error *err);
static struct check *check_new(struct verify *v, const char *a, const char *b, verify_done *done, void *arg, struct qw_error *err);

/* The next value, or the first one against the next answer.  false: all are compared, or they support this answer. */
static bool next_pair(struct check *k)
{
    for (;;) {
        while (k->candidate < k->kept.n_candidates && (k->kept.candidates[k->candidate].value == NULL || compared_before(k)))
            k->candidate++;
        if (k->candidate < k->kept.n_candidates)
            return true;
        if (k->against == k->n_others || plug_result_supports(&k->kept, agreeing(k)))
            return false;
        k->against++;
        k->candidate = 0;
    }
}

static void compare_next(struct check *k)
{
    struct verify *v = k->v;
    uint64_t now = clock_mono_ms();
    if (next_pair(k) && !k->cancelled && !v->closed && now < k->until_ms) {
        struct check *sub = check_new(v, k->kept.candidates[k->candidate].value, compared_with(k), on_compared, k, NULL);
        if (sub != NULL) {
            sub->kind = CHECK_EQUAL;
            sub->skip = k->at;
            if (start(v, sub, (uint32_t)(k->until_ms - now), &k->sub_op, NULL) == QW_OK)
                return;
        }
    }
    if (!plug_result_supports(&k->kept, agreeing(k)))
        k->against = 0;                 /* they support none: what is told is about its own answer */
    if (k->cancelled || v->closed) {
        qw_error_set(&k->kept.error, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
        k->kept.plugin = k->kept.version = NULL;        /* their plug may be gone */
    } else {
        k->kept.compared = k->against;
        plug_result_count(&k->kept, agreeing(k));
    }
    go_on(k, &k->kept);
}

/* False when nothing is to be compared. */
static bool compare(struct check *k, const struct plug_result *r)
{
    if (k->kind != CHECK_VERIFY || r->error.code != QW_OK || r->n_candidates == 0 || k->cancelled || k->v->closed)
        return false;
    plug_result_free(&k->kept);
    k->has_kept = false;
    qw_free(k->agrees);
    k->agrees = qw_calloc(r->n_candidates, (1 + k->n_others) * sizeof *k->agrees);
    k->against = 0;
    if (k->agrees == NULL || plug_result_copy(&k->kept, r) != QW_OK)
        return false;
    k->has_kept = true;
    k->candidate = 0;
    compare_next(k);
    return true;
}

/* A reading that failed with reasons is kept, in case no other plugin reads it; and why one did not decide, in case the
 * others (one that only brings a tool) have nothing to say. */
static void keep_reasons(struct check *k, const struct plug_result *r)
{
    bool reasons = k->kind == CHECK_READ ? r->n_reads > 0 : k->kind == CHECK_VERIFY && r->n_candidates == 0;
    if (!k->has_kept && r->error.code == QW_OK && reasons)
        k->has_kept = plug_result_copy(&k->kept, r) == QW_OK;
}

static void on_result(void *arg, const struct plug_result *r)
{
    struct check *k = arg;
    k->waiting = false;
    if (r->error.code != QW_OK && r->error.code != QW_ECANCELLED && k->kind != CHECK_TOOL)
        log_warn("verify", "plugin %s: %s", k->v->slots[k->at].name, r->error.msg);
    keep_reasons(k, r);
    if (!compare(k, r))
        go_on(k, r);
}

static void on_soon(uv_timer_t *t)
{
    struct verify *v = t->data;
    for (struct check *k = v->checks, *next; k != NULL; k = next) {
        next = k->next;
        if (k->waiting || k->sub_op != 0 || k->failed.code == QW_OK)
            continue;
        struct plug_result r = { .error = k->failed };
        finish(k, &r);
        next = v->checks;               /* the list may have changed */
    }
}

/* Gives it to plugin k->at; a refusal becomes a result, from the loop. */
static void hand_over(struct check *k)
{
    struct verify *v = k->v;
    struct slot *s = &v->slots[k->at];
    uint64_t now = clock_mono_ms();
    uint32_t budget = k->until_ms > now ? (uint32_t)(k->until_ms - now) : 1;
    struct plug_problem p = { .question = k->a, .response = k->b, .answer = k->answer, .lang = k->lang, .truncated = k->truncated };
    struct qw_error err = { 0 };
    int rc;
    k->waiting = true;
    switch (k->kind) {
    case CHECK_EQUAL: rc = plug_equal(s->plug, k->a, k->b, budget, on_result, k, &k->plug_op, &err); break;
    case CHECK_READ:  rc = plug_read(s->plug, k->a, budget, on_result, k, &k->plug_op, &err); break;
    case CHECK_CANON: rc = plug_canon(s->plug, &p, budget, on_result, k, &k->plug_op, &err); break;
    case CHECK_TOOL:  rc = plug_tool_call(s->plug, k->a, k->b, budget, on_result, k, &k->plug_op, &err); break;
    default:          rc = plug_verify(s->plug, &p, budget, on_result, k, &k->plug_op, &err); break;
    }
    if (rc != QW_OK) {
        k->waiting = false;
        k->failed = err;
        uv_timer_start(&v->soon, on_soon, 0, 0);
    }
    arm(s);
}

static int start(struct verify *v, struct check *k, uint32_t budget_ms, uint64_t *op, struct qw_error *err)
{
    if (k->kind != CHECK_TOOL)
        k->at = next_slot(k, 0);
    if (k->at == v->n || v->closed) {
        check_free(k);
        return qw_error_set(err, QW_EPLUGIN, v->n == 0 ? "no plugin is configured" : "no plugin could do this");
    }
    k->id = ++v->next_id;
    k->until_ms = clock_mono_ms() + budget_ms;
    k->next = v->checks;
    v->checks = k;
    v->n_checks++;
    *op = k->id;
    hand_over(k);
    return QW_OK;
}

static struct check *check_new(struct verify *v, const char *a, const char *b, verify_done *done, void *arg, struct qw_error *err)
{
    if (v->n_checks >= MAX_CHECKS) {
        qw_error_set(err, QW_EBUSY, "%d checks are waiting", MAX_CHECKS);
        return NULL;
    }
    struct check *k = qw_calloc(1, sizeof *k);
    if (k != NULL) {
        k->v = v;
        k->done = done;
        k->arg = arg;
        k->skip = NO_SLOT;
        k->a = qw_strdup(a);
        k->b = qw_strdup(b);
        if (k->a != NULL && k->b != NULL)
            return k;
        check_free(k);
    }
    qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    return NULL;
}

enum whom { NOT_ASKING, ALL, ONLY_ASKING };

/* NULL: *err says why. */
static struct check *problem_new(struct verify *v, enum check_kind kind, enum whom whom, const struct plug_problem *p,
                                 verify_done *done, void *arg, struct qw_error *err)
{
    struct check *k = check_new(v, p->question, p->response, done, arg, err);
    if (k == NULL)
        return NULL;
    k->kind = kind;
    k->asking = whom != NOT_ASKING;
    k->only_asking = whom == ONLY_ASKING;
    k->answer = p->answer != NULL ? qw_strdup(p->answer) : NULL;
    k->lang = p->lang != NULL ? qw_strdup(p->lang) : NULL;
    k->truncated = p->truncated;
    if ((p->answer != NULL && k->answer == NULL) || (p->lang != NULL && k->lang == NULL)) {
        check_free(k);
        qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        return NULL;
    }
    return k;
}

static int start_problem(struct verify *v, enum check_kind kind, enum whom whom, const struct plug_problem *p, uint32_t budget_ms,
                         verify_done *done, void *arg, uint64_t *op, struct qw_error *err)
{
    struct check *k = problem_new(v, kind, whom, p, done, arg, err);
    return k != NULL ? start(v, k, budget_ms, op, err) : err->code;
}

int verify_check(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err)
{
    return start_problem(v, CHECK_VERIFY, NOT_ASKING, p, budget_ms, done, arg, op, err);
}

int verify_check_asking(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                        uint64_t *op, struct qw_error *err)
{
    return start_problem(v, CHECK_VERIFY, ALL, p, budget_ms, done, arg, op, err);
}

int verify_workings(struct verify *v, const struct plug_problem *p, const char *const *others, size_t n, uint32_t budget_ms,
                    verify_done *done, void *arg, uint64_t *op, struct qw_error *err)
{
    struct check *k = problem_new(v, CHECK_VERIFY, ONLY_ASKING, p, done, arg, err);
    if (k == NULL)
        return err->code;
    k->others = qw_calloc(n > 0 ? n : 1, sizeof *k->others);
    while (k->others != NULL && k->n_others < n && (k->others[k->n_others] = qw_strdup(others[k->n_others])) != NULL)
        k->n_others++;
    if (k->n_others < n) {
        check_free(k);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    return start(v, k, budget_ms, op, err);
}

int verify_canon(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err)
{
    return start_problem(v, CHECK_CANON, NOT_ASKING, p, budget_ms, done, arg, op, err);
}

int verify_read(struct verify *v, const char *question, uint32_t budget_ms, verify_done *done, void *arg, uint64_t *op,
                struct qw_error *err)
{
    struct check *k = check_new(v, question, "", done, arg, err);
    if (k == NULL)
        return err->code;
    k->kind = CHECK_READ;
    return start(v, k, budget_ms, op, err);
}

int verify_equal(struct verify *v, const char *gold, const char *answer, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err)
{
    struct check *k = check_new(v, gold, answer, done, arg, err);
    if (k == NULL)
        return err->code;
    k->kind = CHECK_EQUAL;
    return start(v, k, budget_ms, op, err);
}

/* ---- tools ---- */

/* A plugin says what it offers when it is loaded. */
static bool unknown(const struct slot *s, const char *state)
{
    struct plug_info p;
    plug_get_info(s->plug, &p);
    return (p.version == NULL || p.version[0] == '\0') && strcmp(p.state, state) == 0;
}

bool verify_starting(struct verify *v)
{
    bool starting = false;
    for (size_t i = 0; i < v->n && !v->closed; i++) {
        if (unknown(&v->slots[i], "idle")) {
            plug_ready(v->slots[i].plug);
            arm(&v->slots[i]);
        }
        starting = starting || unknown(&v->slots[i], "running");
    }
    v->waited = starting;
    return starting;
}

void verify_set_started(struct verify *v, void (*started)(void *arg), void *arg)
{
    v->started = started;
    v->started_arg = arg;
}

int verify_find_tool(const struct verify *v, const char *name, size_t *plugin, const struct plug_tool **tool, struct qw_error *err)
{
    struct qw_buf known = QW_BUF_INIT;
    struct plug_info p;
    for (size_t i = 0; i < v->n && !v->closed; i++) {
        plug_get_info(v->slots[i].plug, &p);
        for (size_t t = 0; t < p.n_tools; t++) {
            qw_buf_addf(&known, "%s%s", known.len > 0 ? ", " : "; there are: ", p.tools[t].name);
            if (strcmp(p.tools[t].name, name) != 0)
                continue;
            *plugin = i;
            *tool = &p.tools[t];
            qw_buf_free(&known);
            return QW_OK;
        }
    }
    qw_error_set(err, QW_ENOTFOUND, "no plugin offers a tool `%.64s`%.120s", name,
                 known.len > 0 ? known.data : "; none of the configuration's offers any (qwend.conf(5), [plugin])");
    qw_buf_free(&known);
    return QW_ENOTFOUND;
}

int verify_tool(struct verify *v, const char *name, const char *arguments, uint32_t budget_ms, verify_done *done, void *arg,
                uint64_t *op, struct qw_error *err)
{
    const struct plug_tool *t;
    size_t at;
    int rc = verify_find_tool(v, name, &at, &t, err);
    struct check *k = rc == QW_OK ? check_new(v, name, arguments, done, arg, err) : NULL;
    if (k == NULL)
        return rc != QW_OK ? rc : err->code;
    k->kind = CHECK_TOOL;
    k->at = at;
    return start(v, k, budget_ms, op, err);
}

void verify_cancel(struct verify *v, uint64_t op)
{
    for (struct check *k = v->checks; k != NULL; k = k->next) {
        if (k->id != op)
            continue;
        k->cancelled = true;
        if (k->sub_op != 0) {
            verify_cancel(v, k->sub_op);
        } else if (k->waiting) {
            struct slot *s = &v->slots[k->at];
            plug_cancel(s->plug, k->plug_op);
            arm(s);
        } else {
            qw_error_set(&k->failed, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
            uv_timer_start(&v->soon, on_soon, 0, 0);
        }
        return;
    }
}

/* ---- what plugins ask for ---- */

static void on_generate(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_generate *g)
{
    const struct slot *s = arg;
    const struct check *k = op_arg;
    const struct verify_asks *a = &s->v->asks;
    struct qw_error err;
    if (a->generate != NULL && !s->v->closed) {
        a->generate(a->arg, p, k->arg, id, g);
        return;
    }
    qw_error_set(&err, QW_EUNSUPPORTED, "plugins cannot ask the model here");
    plug_reply_generate(p, id, NULL, 0, 0, &err);
}

static void on_run_program(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_program *g)
{
    const struct slot *s = arg;
    const struct check *k = op_arg;
    const struct verify_asks *a = &s->v->asks;
    struct qw_error err;
    if (a->run_program != NULL && !s->v->closed) {
        a->run_program(a->arg, p, k->arg, id, g);
        return;
    }
    qw_error_set(&err, QW_EUNSUPPORTED, "programs are not run here");
    plug_reply_program(p, id, NULL, &err);
}

static void on_dropped(void *arg, struct plug *p, uint64_t id)
{
    const struct slot *s = arg;
    const struct verify_asks *a = &s->v->asks;
    if (a->dropped != NULL)
        a->dropped(a->arg, p, id);
}

void verify_set_asks(struct verify *v, const struct verify_asks *a)
{
    v->asks = *a;
}

/* ---- life ---- */

static void on_log(void *arg, const char *line, size_t n)
{
    struct slot *s = arg;
    struct qw_buf b;
    qw_buf_init(&b, 8192);
    utf8_escape(&b, line, n < 2000 ? n : 2000);
    if (!qw_buf_failed(&b) && b.data != NULL)
        log_info("plugin", "%s: %s", s->name, b.data);
    qw_buf_free(&b);
}

static int slot_open(struct verify *v, struct slot *s, const struct cfg_plugin *p, struct qw_error *err)
{
    char *path = NULL;
    char *file = qw_asprintf("%s.so", p->name);
    int rc = file == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : QW_OK;
    if (rc == QW_OK && p->path != NULL)
        path = qw_strdup(p->path);
    else if (rc == QW_OK)
        rc = paths_installed(QW_INST_PLUGINS, file, &path, err);
    qw_free(file);
    if (rc != QW_OK)
        return rc;
    *s = (struct slot){ .v = v, .name = qw_strdup(p->name), .asks_model = p->generate, .proof = p->trust_proof };
    struct plug_config c = {
        .name = p->name, .path = path, .trust_proof = p->trust_proof, .timeout_ms = (uint32_t)p->timeout_ms,
        .memory_bytes = (uint64_t)p->memory_bytes, .jail_minimum = p->jail_minimum,
        .options = (const struct plug_option *)p->options,
        .n_options = p->n_options, .log = on_log, .log_arg = s,
        .may_generate = p->generate, .may_run_program = p->run_program, .max_asks = (uint32_t)p->requests,
        .generate = on_generate, .run_program = on_run_program, .dropped = on_dropped, .ask_arg = s,
    };
    rc = plug_new(&s->plug, &c, err);
    qw_free(path);
    if (rc != QW_OK)
        goto fail;
    int fd = plug_fd(s->plug);
    if (fd < 0 || uv_poll_init(v->loop, &s->poll, fd) != 0) {
        rc = qw_error_set(err, QW_EPLUGIN, "its descriptor cannot be polled");
        plug_free(s->plug);
        goto fail;
    }
    uv_timer_init(v->loop, &s->timer);
    s->poll.data = s->timer.data = s;
    uv_poll_start(&s->poll, UV_READABLE, on_poll);
    s->polled = true;
    return QW_OK;
fail:
    qw_free(s->name);
    *s = (struct slot){ 0 };
    return rc;
}

int verify_new(struct verify **out, uv_loop_t *loop, const struct config *c, struct qw_error *err)
{
    _Static_assert(sizeof(struct cfg_option) == sizeof(struct plug_option), "handed over as they are");
    struct verify *v = qw_calloc(1, sizeof *v);
    if (v == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    v->loop = loop;
    v->slots = qw_calloc(config_n_plugins(c) + 1, sizeof *v->slots);
    if (v->slots == NULL) {
        qw_free(v);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    uv_timer_init(loop, &v->soon);
    v->soon.data = v;
    for (size_t i = 0; i < config_n_plugins(c); i++) {
        const struct cfg_plugin *p = config_plugin(c, i);
        struct qw_error why = { 0 };
        if (!p->enabled)
            continue;
        if (slot_open(v, &v->slots[v->n], p, &why) == QW_OK)
            v->n++;
        else                            /* answers without a check are better than no answers */
            log_error("plugin", "%s is not used: %s", p->name, why.msg);
    }
    *out = v;
    return QW_OK;
}

void verify_close(struct verify *v)
{
    if (v == NULL || v->closed)
        return;
    v->closed = true;
    for (size_t i = 0; i < v->n; i++) {
        uv_close((uv_handle_t *)&v->slots[i].poll, NULL);
        uv_close((uv_handle_t *)&v->slots[i].timer, NULL);
        plug_free(v->slots[i].plug);
        v->slots[i].plug = NULL;
    }
    while (v->checks != NULL) {
        struct plug_result r = { 0 };
        qw_error_set(&r.error, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
        finish(v->checks, &r);
    }
    uv_close((uv_handle_t *)&v->soon, NULL);
}

void verify_free(struct verify *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n; i++)
        qw_free(v->slots[i].name);
    qw_free(v->slots);
    qw_free(v);
}

size_t verify_n_plugins(const struct verify *v) { return v->n; }
struct plug *verify_plugin(const struct verify *v, size_t i) { return v->slots[i].plug; }

void verify_ready(struct verify *v)
{
    for (size_t i = 0; i < v->n; i++) {
        if (v->slots[i].asks_model)     /* seldom needed, and then the model's work takes longer */
            continue;
        plug_ready(v->slots[i].plug);
        arm(&v->slots[i]);
    }
}

int verify_reload(struct verify *v, size_t i, struct qw_error *err)
{
    int rc = plug_reload(v->slots[i].plug, err);
    arm(&v->slots[i]);
    return rc;
}
