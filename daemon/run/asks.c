#include "daemon/run/asks.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run/run.h"
#include "plugins/program/program.h"

#define ASK_TOKENS 1024u        /* of each text, where the plugin has no wish */

struct ask {
    struct ask  *next;
    struct asks *all;
    struct plug *plug;          /* NULL: nobody waits any more */
    uint64_t     id;            /* the plugin's */
    uint64_t     run;           /* who pays */
    bool         program, working;
    /* generate */
    uint64_t     number;        /* the scheduler's; 0: not submitted */
    const struct model *held;
    char        *system, *prompt;
    struct ids   ids;
    struct sched_req *req;
    uv_work_t    work;
    struct qw_error err;
    /* run_program */
    uint64_t     op;
};

struct asks {
    struct daemon *d;
    struct ask    *first;
    struct prog   *prog;        /* NULL: no program was asked for yet */
    uv_poll_t      poll;
    uv_timer_t     timer;
    bool           closed;
};

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

/* ---- life of one ---- */

static struct ask *ask_new(struct asks *all, struct plug *p, const struct run *r, uint64_t id)
{
    struct ask *k = qw_calloc(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->all = all;
    k->plug = p;
    k->id = id;
    k->run = r->id;
    k->work.data = k;
    k->next = all->first;
    all->first = k;
    return k;
}

static void ask_free(struct ask *k)
{
    struct ask **at = &k->all->first;
    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    if (k->held != NULL)
        models_release(k->all->d->models);
    ids_free(&k->ids);
    sched_req_free(k->req);
    qw_free(k->system);
    qw_free(k->prompt);
    qw_free(k);
}

static void fail(struct ask *k, const struct qw_error *err)
{
    if (k->plug != NULL && k->program)
        plug_reply_program(k->plug, k->id, NULL, err);
    else if (k->plug != NULL)
        plug_reply_generate(k->plug, k->id, NULL, 0, 0, err);
    struct daemon *d = k->all->d;
    ask_free(k);
    runs_pump(d);
}

/* ---- generate ---- */

static void on_work(uv_work_t *w)
{
    struct ask *k = w->data;
    struct chat_msg msgs[2] = { { .role = "system", .content = k->system }, { .role = "user", .content = k->prompt } };
    bool system = k->system[0] != '\0';
    struct chat c = { .msgs = system ? msgs : msgs + 1, .n_msgs = system ? 2 : 1, .add_generation_prompt = true };
    struct prompt p = { 0 };
    const struct chat_family *f = model_chat_family(k->held, &k->err);
    if (f != NULL && chat_render(f, &c, &p, &k->err) == QW_OK)
        prompt_encode(&p, model_tokenizer(k->held), &k->ids, &k->err);
    prompt_free(&p);
}

static void on_worked(uv_work_t *w, int status)
{
    struct ask *k = w->data;
    struct daemon *d = k->all->d;
    k->working = false;
    if (k->plug == NULL || k->all->closed) {
        ask_free(k);
        return;
    }
    if (status != 0 && k->err.code == QW_OK)
        qw_error_set(&k->err, QW_EINTERNAL, "the worker: %s", uv_strerror(status));
    if (k->err.code == QW_OK) {
        k->req->prompt = k->ids;
        k->ids = (struct ids){ 0 };
        if (sched_submit(d->sched, k->req, &k->err) == QW_OK) {
            k->number = k->req->run;
            k->req = NULL;                      /* the scheduler's until it is done */
            return;
        }
    }
    fail(k, &k->err);
}

/* The run's model, as long as it is the loaded one. */
static const struct model *hold(struct daemon *d, const struct run *r, struct qw_error *err)
{
    if (r->model != NULL && !models_busy(d->models) && models_loaded(d->models) != NULL && models_current(d->models) == r->model)
        return models_hold(d->models);
    qw_error_set(err, QW_EMODEL, r->model != NULL ? "another model is loaded meanwhile" : "a check without a model has none to ask");
    return NULL;
}

static int fill(struct ask *k, const struct run *r, const struct plug_generate *g, struct qw_error *err)
{
    uint64_t until = clock_mono_ms() + g->remaining_ms;
    k->system = qw_strndup(g->system.p != NULL ? g->system.p : "", g->system.n);
    k->prompt = qw_strndup(g->prompt.p != NULL ? g->prompt.p : "", g->prompt.n);
    k->req = sched_req_new();
    if (k->system == NULL || k->prompt == NULL || k->req == NULL)
        return no_memory(err);
    k->req->run = session_new_id();
    k->req->owner = r->owner.id;
    k->req->n = g->n > 0 ? g->n : 1;
    k->req->sample.temperature = (float)g->temperature;
    k->req->sample.seed = g->seed;
    k->req->sample.n_logprobs = UINT32_MAX;
    k->req->gen.max_tokens = g->max_tokens > 0 ? g->max_tokens : ASK_TOKENS;
    k->req->priority = r->priority;
    k->req->deadline_mono_ms = r->deadline_ms != 0 && r->deadline_ms < until ? r->deadline_ms : until;
    return sample_params_check(&k->req->sample, err);
}

static void on_generate(void *arg, struct plug *p, void *check_arg, uint64_t id, const struct plug_generate *g)
{
    struct asks *all = arg;
    const struct run *r = check_arg;
    struct qw_error err = { 0 };
    struct ask *k = ask_new(all, p, r, id);
    if (k == NULL) {
        no_memory(&err);
        plug_reply_generate(p, id, NULL, 0, 0, &err);
        return;
    }
    k->held = hold(all->d, r, &err);
    int rc = k->held != NULL ? fill(k, r, g, &err) : err.code;
    if (rc == QW_OK) {
        int e = uv_queue_work(&all->d->loop, &k->work, on_work, on_worked);
        k->working = e == 0;
        if (e != 0)
            rc = qw_error_set(&err, QW_EINTERNAL, "the worker: %s", uv_strerror(e));
    }
    if (rc != QW_OK)
        fail(k, &err);
}

static void answer(const struct ask *k, const struct sched_event *ev)
{
    struct qwen_str texts[PLUG_MAX_TEXTS] = { 0 };
    uint64_t cut_off = 0;
    size_t n = ev->n_choices < PLUG_MAX_TEXTS ? ev->n_choices : PLUG_MAX_TEXTS;
    for (size_t i = 0; i < n; i++) {
        const struct sched_choice *c = &ev->choices[i];
        texts[i] = (struct qwen_str){ c->text != NULL ? c->text : "", c->text != NULL ? c->text_len : 0 };
        if (c->finish != FINISH_STOP)
            cut_off |= UINT64_C(1) << i;
    }
    plug_reply_generate(k->plug, k->id, texts, n, cut_off, NULL);
}

bool asks_event(struct asks *a, struct sched_event *ev)
{
    struct ask *k = a->first;
    while (k != NULL && (k->number == 0 || k->number != ev->run))
        k = k->next;
    if (k == NULL || ev->kind != SCHED_EV_DONE)
        return false;
    k->number = 0;
    struct run *r = ev->error.code == QW_OK ? run_by_id(a->d, k->run) : NULL;
    if (r != NULL)
        run_loop_pay(r, &ev->usage, &ev->timing);
    if (k->plug != NULL && ev->error.code == QW_OK)
        answer(k, ev);
    else if (k->plug != NULL)
        plug_reply_generate(k->plug, k->id, NULL, 0, 0, &ev->error);
    sched_req_free(ev->req);
    sched_event_free(ev);
    ask_free(k);
    runs_pump(a->d);                            /* one may wait for the model to be free */
    return true;
}

/* ---- programs ---- */

static void arm(struct asks *a);

static void on_timer(uv_timer_t *t)
{
    struct asks *a = t->data;
    prog_process(a->prog);
    if (!a->closed)
        arm(a);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
    (void)status;
    (void)events;
    on_timer(&((struct asks *)p->data)->timer);
}

static void arm(struct asks *a)
{
    int ms = prog_timeout_ms(a->prog);
    if (ms < 0)
        uv_timer_stop(&a->timer);
    else
        uv_timer_start(&a->timer, on_timer, (uint64_t)ms, 0);
}

static void on_log(void *arg, const char *line, size_t n)
{
    struct qw_buf b;
    (void)arg;
    qw_buf_init(&b, 8192);
    utf8_escape(&b, line, n < 2000 ? n : 2000);
    if (!qw_buf_failed(&b) && b.data != NULL)
        log_info("program", "%s", b.data);
    qw_buf_free(&b);
}

static int open_prog(struct asks *a, struct qw_error *err)
{
    const struct prog_config c = { .log = on_log };
    if (a->prog != NULL)
        return QW_OK;
    int rc = prog_new(&a->prog, &c, err);
    if (rc != QW_OK)
        return rc;
    if (uv_poll_init(&a->d->loop, &a->poll, prog_fd(a->prog)) != 0) {
        prog_free(a->prog);
        a->prog = NULL;
        return qw_error_set(err, QW_EINTERNAL, "the interpreter's descriptor cannot be polled");
    }
    uv_timer_init(&a->d->loop, &a->timer);
    a->poll.data = a->timer.data = a;
    uv_poll_start(&a->poll, UV_READABLE, on_poll);
    return QW_OK;
}

static void on_ran(void *arg, const struct prog_result *r)
{
    struct ask *k = arg;
    static const uint32_t flags[] = {
        [PROG_END_TIME] = QWEN_PROGRAM_TIMED_OUT, [PROG_END_MEMORY] = QWEN_PROGRAM_MEMORY,
        [PROG_END_OUTPUT] = QWEN_PROGRAM_CUT_OFF, [PROG_END_KILLED] = 0,
    };
    if (r->error.code != QW_OK) {
        fail(k, &r->error);
        return;
    }
    struct plug_program_result res = {
        .flags = flags[r->end], .status = r->status, .out = { r->out, r->out_n }, .err = { r->err, strlen(r->err) },
    };
    if (k->plug != NULL)
        plug_reply_program(k->plug, k->id, &res, NULL);
    ask_free(k);
}

static bool is_python(struct qwen_str s)
{
    return s.n == 0 || (s.n == 6 && memcmp(s.p, "python", 6) == 0);
}

static void on_run_program(void *arg, struct plug *p, void *check_arg, uint64_t id, const struct plug_program *g)
{
    struct asks *a = arg;
    struct qw_error err = { 0 };
    struct ask *k = ask_new(a, p, check_arg, id);
    int rc = k == NULL ? no_memory(&err) : QW_OK;
    if (rc == QW_OK && !is_python(g->language))
        rc = qw_error_set(&err, QW_EUNSUPPORTED, "programs are python");
    if (rc == QW_OK)
        rc = open_prog(a, &err);
    if (rc == QW_OK) {
        k->program = true;
        /* What it waits for the interpreter is not its time; the end of the check ends it too (on_dropped). */
        const struct prog_job job = { .code = g->code.p, .n = g->code.n, .input = g->input.p, .input_n = g->input.n, .wall_ms = g->time_ms };
        rc = prog_run_job(a->prog, &job, on_ran, k, &k->op, &err);
        arm(a);
    }
    if (rc == QW_OK)
        return;
    plug_reply_program(p, id, NULL, &err);
    if (k != NULL)
        ask_free(k);
}

/* ---- the end ---- */

/* Ends what is under way; it is freed when that has ended. */
static void give_up(struct ask *k)
{
    k->plug = NULL;
    if (k->number != 0)
        sched_cancel(k->all->d->sched, k->number);
    else if (k->program)
        prog_cancel(k->all->prog, k->op);       /* k may be gone */
}

static void on_dropped(void *arg, struct plug *p, uint64_t id)
{
    struct asks *a = arg;
    for (struct ask *k = a->first; k != NULL; k = k->next) {
        if (k->plug == p && k->id == id) {
            give_up(k);
            return;
        }
    }
}

static void on_warm(uv_timer_t *t)
{
    prog_ready(((struct asks *)t->data)->prog);
    on_timer(t);
}

/* What plugins may, of those that are granted the model: run programs, too, or at least ask. */
static bool granted(const struct asks *a, bool programs)
{
    struct plug_info p;
    for (size_t i = 0; i < verify_n_plugins(a->d->verify); i++) {
        plug_get_info(verify_plugin(a->d->verify, i), &p);
        if (p.may_generate && (p.may_run_program || !programs))
            return true;
    }
    return false;
}

void asks_warm(struct asks *a)
{
    if (granted(a, true) && open_prog(a, NULL) == QW_OK)
        uv_timer_start(&a->timer, on_warm, 0, 0);
}

bool asks_possible(const struct asks *a, const char **why)
{
    struct prog_info i = { 0 };
    *why = NULL;
    if (!granted(a, false))
        return false;
    if (a->prog == NULL || !granted(a, true))
        return true;
    prog_get_info(a->prog, &i);
    if (strcmp(i.state, "refused") != 0)
        return true;
    *why = i.last_error;
    return false;
}

void asks_write(const struct asks *a, struct qw_buf *b)
{
    struct prog_info i = { .state = "idle" };
    bool may = granted(a, true);
    if (may && a->prog != NULL)
        prog_get_info(a->prog, &i);
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "state");
    mpw_str(b, may ? i.state : "off");
    if (i.level != PROG_LEVEL_NONE) {
        mpw_key(b, &m, "jail");
        mpw_str(b, prog_level_name(i.level));
    }
    if (strcmp(i.state, "refused") == 0) {
        mpw_key(b, &m, "why");
        mpw_str(b, i.last_error);
    }
    mpw_key(b, &m, "runs");
    mpw_uint(b, i.runs);
    mpw_map_end(b, &m);
}

int asks_new(struct daemon *d, struct qw_error *err)
{
    struct asks *a = qw_calloc(1, sizeof *a);
    if (a == NULL)
        return no_memory(err);
    const struct verify_asks how = { .arg = a, .generate = on_generate, .run_program = on_run_program, .dropped = on_dropped };
    a->d = d;
    d->asks = a;
    verify_set_asks(d->verify, &how);
    return QW_OK;
}

void asks_close(struct asks *a)
{
    if (a == NULL || a->closed)
        return;
    a->closed = true;
    if (a->prog == NULL)
        return;
    uv_close((uv_handle_t *)&a->poll, NULL);
    uv_close((uv_handle_t *)&a->timer, NULL);
    prog_free(a->prog);                         /* what waits ends with QW_ECANCELLED */
    a->prog = NULL;
}

void asks_free(struct asks *a)
{
    if (a == NULL)
        return;
    while (a->first != NULL)
        ask_free(a->first);
    qw_free(a);
}
