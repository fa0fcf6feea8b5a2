/* A run and the engine: submitting it, and what comes back. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/run/run.h"

/* The text that was shown is the beginning of the whole one: what is missing is one more delta. */
void run_rest_of_text(struct run *r, size_t i, const struct sched_choice *c)
{
    size_t have = r->choice_text[i].len - (i == 0 ? r->said : 0), want = c->text != NULL ? c->text_len : 0;
    if (want > have)
        run_got_text(r, i, c->text + have, want - have);
}

static void check_or_finish(struct run *r)
{
    if (r->verify.mode == LOOP_CHECK && r->n_choices > 0 && r->choices[0].ids.n > 0 && !r->cancelled) {
        r->state = RUN_CHECK;
        run_notify_deltas(r, true);
        run_notify_progress(r, "verify", -1, 0, 0, 0);
        run_check(r);
    } else {
        run_finish(r);
    }
}

bool run_keep_answer(struct run *r)
{
    struct qw_error err = { 0 };
    if (run_keep(r, &err) == QW_OK) {
        run_store_answer(r);
    } else if (r->session != 0) {
        run_store_forget(r);
        run_fail(r, &err, (struct rpc_err_info){ 0 });
        return false;
    } else {
        log_debug("run", "not kept run=%s: %s", r->id_text, err.msg);
        run_store_answer(r);
    }
    return true;
}

void run_engine_done(struct run *r, struct sched_event *ev)
{
    if (r->loop != NULL) {
        run_loop_done(r, ev);
        return;
    }
    r->done = ev;
    r->choices = ev->choices;
    r->n_choices = ev->n_choices;
    run_loop_pay(r, &ev->usage, &ev->timing);
    for (size_t i = 0; i < r->n_choices && i < r->n; i++)
        run_rest_of_text(r, i, &r->choices[i]);
    r->interrupted = r->interrupted && r->stored && r->n_choices > 0 && r->choices[0].finish == FINISH_CANCELLED;
    if (r->interrupted)
        run_store_interrupted(r);
    else if (!run_keep_answer(r))
        return;
    run_release_model(r);
    check_or_finish(r);
}

static void on_engine_done(struct run *r, struct sched_event *ev)
{
    if (ev->error.code != QW_OK && !run_loop_begun(r)) {
        struct rpc_err_info info = { 0 };
        if (ev->error.code == QW_EBUSY)
            info.retry_after_ms = 1000;
        r->done = ev;
        run_store_forget(r);
        run_fail(r, &ev->error, info);
    } else if (!run_tool_takes(r, ev)) {
        run_engine_done(r, ev);
    }
}

static void on_text(struct run *r, const struct sched_event *ev)
{
    if (ev->index >= r->n || ev->text_len == 0)
        return;
    if (r->tools != NULL)
        run_tool_text(r, ev->text, ev->text_len);
    else
        run_got_text(r, ev->index, ev->text, ev->text_len);
    run_notify_deltas(r, false);
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct conn *c = server_find(r->d->server, l->conn_id);
        if (c != NULL && conn_unsent(c) > PROTO_UNSENT_CLOSE_BYTES)
            conn_doom(c, "more than 8 MiB unsent");
    }
}

bool runs_event(struct daemon *d, struct sched_event *ev)
{
    struct run *r = ev->run != 0 ? run_by_id(d, ev->run) : NULL;
    const enum sched_event_kind kind = ev->kind;
    if (ev->kind == SCHED_EV_LOAD_PROGRESS) {
        for (r = d->runs; r != NULL; r = r->next)
            if (r->state == RUN_MODEL)
                run_notify_progress(r, "loading", -1, ev->done, ev->total, 0);
        return false;
    }
    if (r == NULL) {
        if (ev->kind == SCHED_EV_DONE)
            sched_req_free(ev->req);
        return false;
    }
    if (ev->kind == SCHED_EV_PROGRESS)
        run_notify_progress(r, ev->waiting ? "queued" : "prefill", ev->queued_ahead, ev->prefilled, ev->prompt, ev->eta_ms);
    else if (ev->kind == SCHED_EV_TEXT)
        on_text(r, ev);
    else if (ev->kind == SCHED_EV_CHOICE)
        run_loop_choice(r, ev);
    else if (ev->kind == SCHED_EV_DONE)
        on_engine_done(r, ev);
    return kind == SCHED_EV_DONE;
}

void run_take_back(struct run *r, struct sched_req *q)
{
    union { const struct logit_bias *in; struct logit_bias *out; } bias = { q->sample.bias };
    union { const char *const *in; char **out; } stop = { q->gen.stop };
    if (bias.out != NULL)
        r->bias = bias.out;
    if (stop.out != NULL)
        r->stop = stop.out;
    q->sample.bias = NULL;
    q->gen.stop = NULL;
    q->gen.n_stop = 0;
}

/* Everything that the scheduler needs, moved out of the run. */
int run_submit(struct run *r, struct rpc_err_info *info, struct qw_error *err)
{
    const struct sched_model_info *mi = models_info(r->d->models);
    struct sched_req *q = sched_req_new();
    if (q == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    q->run = r->id;
    q->owner = r->owner.id;
    q->sample = r->sample;
    q->sample.bias = r->bias;
    q->gen = r->gen;
    q->gen.stop = (const char *const *)r->stop;
    q->n = r->n;
    q->priority = r->priority;
    q->deadline_mono_ms = r->deadline_ms;
    q->progress = run_streams(r);
    q->n_given = r->n_given;
    q->stored_run = r->stored && r->n == 1 ? r->id : 0;
    q->store_pages = r->stored;
    if (r->loop != NULL)
        run_loop_shape(r, q);
    run_tool_shape(r, q);
    q->prompt = r->ids;
    r->n_prompt = r->ids.n;
    r->ids = (struct ids){ 0 };
    info->limit = mi->max_model_len;
    info->actual = (int64_t)r->n_prompt;
    int rc = r->n_prompt == 0 ? qw_error_set(err, QW_EPARAMS, "the prompt is empty") : sched_submit(r->d->sched, q, err);
    if (rc == QW_OK) {                          /* they are the request's now */
        r->bias = NULL;
        r->stop = NULL;
        return rc;
    }
    info->has_limit = rc == QW_ECONTEXT;
    info->retry_after_ms = rc == QW_EBUSY ? 1000 : 0;
    q->sample.bias = NULL;
    q->gen.stop = NULL;
    q->gen.n_stop = 0;
    sched_req_free(q);
    return rc;
}

static void write_ids(struct run *r, struct qw_buf *b, const void *arg)
{
    (void)arg;
    mpw_map(b, r->kind == RUN_TOKENIZE ? 3 : 2);
    if (r->kind == RUN_TOKENIZE) {
        mpw_str(b, "ids");
        mpw_array(b, r->ids.n);
        for (size_t i = 0; i < r->ids.n; i++)
            mpw_int(b, r->ids.v[i]);
        mpw_str(b, "count");
        mpw_uint(b, r->ids.n);
    } else {
        mpw_str(b, "text");
        mpw_strn(b, r->work_text.data != NULL ? r->work_text.data : "", r->work_text.len);
    }
    mpw_str(b, "model");
    mpw_str(b, r->model->name);
}

static void reply_ids(struct run *r)
{
    run_reply(r, write_ids, NULL);
    run_end(r);
}

/* The question is kept and stored first: what the engine adds to its row comes after it. */
static void give_to_engine(struct run *r)
{
    struct qw_error err = { 0 };
    struct rpc_err_info info = { 0 };
    if (run_keep_turn(r, &err) != QW_OK) {
        run_fail(r, &err, info);
        return;
    }
    r->state = RUN_ENGINE;
    if (r->ids.n <= models_info(r->d->models)->max_model_len)
        run_store_begin(r);
    if (run_loop_begun(r)) {                    /* resumed among its attempts */
        run_loop_resume(r);
        return;
    }
    if (run_submit(r, &info, &err) != QW_OK) {
        run_store_forget(r);
        run_fail(r, &err, info);
    }
}

static void on_render_work(uv_work_t *w)
{
    run_render(w->data);
}

static void on_rendered(uv_work_t *w, int status)
{
    struct run *r = w->data;
    struct rpc_err_info info = { 0 };
    if (status != 0 && !r->cancelled)
        r->work_rc = qw_error_set(&r->work_err, QW_EINTERNAL, "the worker: %s", uv_strerror(status));
    if (run_tool_renders(r)) {
        run_tool_rendered(r);
    } else if (run_loop_renders(r)) {
        run_loop_rendered(r);
    } else if (r->cancelled || r->deadline) {
        run_end_early(r, r->cancelled ? FINISH_CANCELLED : FINISH_DEADLINE);
    } else if (r->work_rc != QW_OK) {
        run_fail(r, &r->work_err, info);
    } else if (!run_has_outcome(r)) {
        reply_ids(r);
    } else {
        give_to_engine(r);
    }
}

void run_render_start(struct run *r)
{
    struct qw_error err = { 0 };
    r->state = RUN_RENDER;
    int rc = uv_queue_work(&r->d->loop, &r->work, on_render_work, on_rendered);
    if (rc != 0) {
        qw_error_set(&err, QW_EINTERNAL, "the worker: %s", uv_strerror(rc));
        run_fail(r, &err, (struct rpc_err_info){ 0 });
    }
}
