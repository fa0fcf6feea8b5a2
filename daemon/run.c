#include "daemon/run.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* ---- life ---- */

static void release_model(struct run *r)
{
    if (r->held == NULL)
        return;
    r->held = NULL;
    models_release(r->d->models);
}

static void free_run(struct run *r)
{
    for (size_t i = 0; i < r->n_msgs; i++)
        qw_free(r->msgs[i].text);
    qw_free(r->msgs);
    for (size_t i = 0; i < r->gen.n_stop && r->stop != NULL; i++)
        qw_free(r->stop[i]);
    qw_free(r->stop);
    qw_free(r->bias);
    qw_free(r->tag);
    qw_free(r->text);
    qw_free(r->response);
    qw_free(r->answer);
    qw_free(r->lang);
    ids_free(&r->ids);
    qw_buf_free(&r->work_text);
    qw_buf_free(&r->verification);
    for (size_t i = 0; i < RUN_MAX_CHOICES; i++)
        qw_buf_free(&r->choice_text[i]);
    if (r->done != NULL) {
        sched_req_free(r->done->req);
        sched_event_free(r->done);
    }
    node_unpin(r->d->sessions, r->base);
    qw_free(r);
}

struct run *run_create(struct call *k, enum run_kind kind, struct qw_error *err)
{
    struct daemon *d = k->d;
    if (d->state != DAEMON_SERVING) {
        qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
        return NULL;
    }
    struct run *r = qw_calloc(1, sizeof *r);
    if (r == NULL) {
        qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        return NULL;
    }
    r->d = d;
    r->kind = kind;
    r->method = k->method;
    r->conn_id = k->conn->id;
    r->msg_id = k->id;
    r->owner = k->conn->owner;
    r->received_ms = k->received_ms;
    r->id = ++d->next_run;
    r->n = 1;
    r->work.data = r;
    snprintf(r->id_text, sizeof r->id_text, "r%llx", (unsigned long long)r->id);
    sample_params_default(&r->sample);
    return r;
}

void run_discard(struct run *r)
{
    if (r != NULL)
        free_run(r);
}

static void unlink_run(struct run *r)
{
    struct daemon *d = r->d;
    struct session *x = session_by_run(d->sessions, r->id);
    if (x != NULL)
        x->run = 0;
    if (r->prev != NULL)
        r->prev->next = r->next;
    else
        d->runs = r->next;
    if (r->next != NULL)
        r->next->prev = r->prev;
    else
        d->runs_last = r->prev;
    d->n_runs--;
    d->busy_ms = clock_mono_ms();
}

static void end_run(struct run *r)
{
    struct daemon *d = r->d;
    struct conn *c = server_find(d->server, r->conn_id);
    for (size_t i = 0; c != NULL && i < r->n; i++)
        c->held -= r->choice_text[i].len - r->choice_sent[i];
    release_model(r);
    unlink_run(r);
    free_run(r);
    runs_pump(d);
}

void run_end(struct run *r) { end_run(r); }

void run_abandon(struct run *r)
{
    release_model(r);
    unlink_run(r);
    free_run(r);
}

static void fail_run(struct run *r, const struct qw_error *err, struct rpc_err_info info)
{
    info.run = r->id_text;
    log_debug("run", "failed run=%s method=%s error=%s", r->id_text, r->method->name, qw_code_name(err->code));
    reply_error(r->d, r->conn_id, r->msg_id, err, &info);
    end_run(r);
}

static bool has_outcome(const struct run *r)
{
    return r->kind <= RUN_REGENERATE;
}

/* ---- the end ---- */

void run_finish(struct run *r)
{
    struct reply rep;
    r->ended_ms = clock_mono_ms();
    finished_keep(r);
    run_notify_deltas(r, true);
    run_notify_done(r);
    if (reply_begin(r->d, r->conn_id, r->msg_id, &rep)) {
        outcome_write(rep.b, r);
        reply_end(r->d, &rep);
    }
    log_debug("run", "done run=%s method=%s finish=%s prompt=%u completion=%u ms=%llu", r->id_text, r->method->name,
              finish_name(r->n_choices > 0 ? r->choices[0].finish : r->early), r->usage.prompt, r->usage.completion,
              (unsigned long long)(r->ended_ms - r->received_ms));
    end_run(r);
}

/* Ends one that the engine has not had, or has given back. */
static void end_early(struct run *r, enum finish how)
{
    struct qw_error err = { 0 };
    if (how == FINISH_DEADLINE) {               /* nothing was begun: an error (rule 10) */
        qw_error_set(&err, QW_EDEADLINE, "deadline_ms passed before the answer was begun");
        fail_run(r, &err, (struct rpc_err_info){ 0 });
    } else if (!has_outcome(r)) {
        qw_error_set(&err, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
        fail_run(r, &err, (struct rpc_err_info){ 0 });
    } else {
        r->early = how;
        run_finish(r);
    }
}

/* ---- the engine ---- */

/* The text that was shown is the beginning of the whole one: what is missing is one more delta. */
static void take_final_text(struct run *r)
{
    struct conn *c = server_find(r->d->server, r->conn_id);
    for (size_t i = 0; i < r->n_choices && i < r->n; i++) {
        struct qw_buf *t = &r->choice_text[i];
        size_t have = t->len, want = r->choices[i].text != NULL ? r->choices[i].text_len : 0;
        if (want <= have || !r->stream)
            continue;
        qw_buf_add(t, r->choices[i].text + have, want - have);
        if (c != NULL)
            c->held += t->len - have;
    }
}

static bool on_engine_done(struct run *r, struct sched_event *ev)
{
    struct qw_error err = { 0 };
    if (ev->error.code != QW_OK) {
        struct rpc_err_info info = { 0 };
        if (ev->error.code == QW_EBUSY)
            info.retry_after_ms = 1000;
        r->done = ev;
        fail_run(r, &ev->error, info);
        return true;
    }
    r->done = ev;
    r->choices = ev->choices;
    r->n_choices = ev->n_choices;
    r->usage = ev->usage;
    r->timing = ev->timing;
    take_final_text(r);
    if (run_keep(r, &err) != QW_OK) {
        if (r->session != 0) {
            fail_run(r, &err, (struct rpc_err_info){ 0 });
            return true;
        }
        log_debug("run", "not kept run=%s: %s", r->id_text, err.msg);
    }
    release_model(r);
    if (r->verify && r->n_choices > 0 && r->choices[0].ids.n > 0 && !r->cancelled) {
        r->state = RUN_CHECK;
        run_notify_deltas(r, true);
        run_notify_progress(r, "verify", -1, 0, 0, 0);
        run_check(r);
    } else {
        run_finish(r);
    }
    return true;
}

static struct run *find_by_id(struct daemon *d, uint64_t id)
{
    for (struct run *r = d->runs; r != NULL; r = r->next)
        if (r->id == id)
            return r;
    return NULL;
}

static void on_text(struct run *r, const struct sched_event *ev)
{
    struct conn *c = server_find(r->d->server, r->conn_id);
    if (ev->index >= r->n || ev->text_len == 0)
        return;
    struct qw_buf *t = &r->choice_text[ev->index];
    size_t had = t->len;
    qw_buf_add(t, ev->text, ev->text_len);
    if (c == NULL)
        return;
    if (!r->stream) {                           /* only for run.get */
        r->choice_sent[ev->index] = t->len;
        return;
    }
    c->held += t->len - had;
    run_notify_deltas(r, false);
    if (conn_unsent(c) > PROTO_UNSENT_CLOSE_BYTES)
        conn_doom(c, "more than 8 MiB unsent");
}

bool runs_event(struct daemon *d, struct sched_event *ev)
{
    struct run *r = ev->run != 0 ? find_by_id(d, ev->run) : NULL;
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
    else if (ev->kind == SCHED_EV_DONE)
        return on_engine_done(r, ev);
    return false;
}

/* Everything that the scheduler needs, moved out of the run. */
static int submit(struct run *r, struct rpc_err_info *info, struct qw_error *err)
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
    q->progress = r->stream;
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

static void reply_ids(struct run *r)
{
    struct reply rep;
    if (reply_begin(r->d, r->conn_id, r->msg_id, &rep)) {
        mpw_map(rep.b, r->kind == RUN_TOKENIZE ? 3 : 2);
        if (r->kind == RUN_TOKENIZE) {
            mpw_str(rep.b, "ids");
            mpw_array(rep.b, r->ids.n);
            for (size_t i = 0; i < r->ids.n; i++)
                mpw_int(rep.b, r->ids.v[i]);
            mpw_str(rep.b, "count");
            mpw_uint(rep.b, r->ids.n);
        } else {
            mpw_str(rep.b, "text");
            mpw_strn(rep.b, r->work_text.data != NULL ? r->work_text.data : "", r->work_text.len);
        }
        mpw_str(rep.b, "model");
        mpw_str(rep.b, r->model->name);
        reply_end(r->d, &rep);
    }
    end_run(r);
}

static void on_render_work(uv_work_t *w)
{
    run_render(w->data);
}

static void on_rendered(uv_work_t *w, int status)
{
    struct run *r = w->data;
    struct qw_error err = { 0 };
    struct rpc_err_info info = { 0 };
    if (status != 0 && !r->cancelled)
        r->work_rc = qw_error_set(&r->work_err, QW_EINTERNAL, "the worker: %s", uv_strerror(status));
    if (r->cancelled || r->deadline) {
        end_early(r, r->cancelled ? FINISH_CANCELLED : FINISH_DEADLINE);
    } else if (r->work_rc != QW_OK) {
        fail_run(r, &r->work_err, info);
    } else if (!has_outcome(r)) {
        reply_ids(r);
    } else {
        r->state = RUN_ENGINE;
        if (submit(r, &info, &err) != QW_OK)
            fail_run(r, &err, info);
    }
}

/* ---- waiting for the model ---- */

static void reply_model(struct run *r)
{
    struct reply rep;
    models_choose(r->d->models, r->model);      /* NULL after an unload */
    if (reply_begin(r->d, r->conn_id, r->msg_id, &rep)) {
        struct mpw_open m = mpw_map_begin(rep.b);
        if (r->kind == RUN_LOAD) {
            mpw_key(rep.b, &m, "name");
            mpw_str(rep.b, r->model->name);
            mpw_key(rep.b, &m, "context");
            mpw_uint(rep.b, r->model->context);
            mpw_key(rep.b, &m, "load_ms");
            mpw_float(rep.b, models_info(r->d->models)->load_ms);
        }
        mpw_key(rep.b, &m, "state");
        mpw_str(rep.b, r->kind == RUN_LOAD ? "loaded" : "installed");
        mpw_map_end(rep.b, &m);
        reply_end(r->d, &rep);
    }
    end_run(r);
}

/* The model is there.  May end the run. */
static void have_model(struct run *r)
{
    struct qw_error err = { 0 };
    if (r->kind == RUN_LOAD || r->kind == RUN_UNLOAD) {
        reply_model(r);
        return;
    }
    r->held = models_hold(r->d->models);
    r->state = RUN_RENDER;
    if (run_prepare(r, &err) != QW_OK) {
        fail_run(r, &err, (struct rpc_err_info){ 0 });
        return;
    }
    int rc = uv_queue_work(&r->d->loop, &r->work, on_render_work, on_rendered);
    if (rc != 0) {
        qw_error_set(&err, QW_EINTERNAL, "the worker: %s", uv_strerror(rc));
        fail_run(r, &err, (struct rpc_err_info){ 0 });
    }
}

static bool has_its_model(const struct run *r)
{
    const struct models *m = r->d->models;
    if (models_busy(m))
        return false;
    return r->kind == RUN_UNLOAD ? models_current(m) == NULL : models_loaded(m) != NULL && models_current(m) == r->model;
}

/* First come, first served; but those that came before a model was loaded share the load. */
static bool pump_once(struct daemon *d)
{
    bool blocked = false;
    for (struct run *r = d->runs; r != NULL; r = r->next) {
        if (r->state != RUN_MODEL)
            continue;
        if (has_its_model(r)) {
            if (blocked && r->id > d->loaded_at_run)
                continue;
            have_model(r);
            return true;                        /* the list may have changed */
        }
        if (!blocked && !models_busy(d->models) && models_users(d->models) == 0) {
            if (r->kind != RUN_UNLOAD && r->model->path == NULL) {      /* its file went away meanwhile */
                struct qw_error err = { 0 };
                qw_error_set(&err, QW_EMODEL, "the model %s is not installed any more", r->model->name);
                fail_run(r, &err, (struct rpc_err_info){ 0 });
                return true;
            }
            if (r->kind == RUN_UNLOAD)
                models_unload(d->models, d->sched);
            else
                models_load(d->models, d->sched, r->model, cfg_str(d->config, CFG_CHAT_TEMPLATE));
            return true;
        }
        blocked = true;
    }
    return false;
}

void runs_pump(struct daemon *d)
{
    if (d->pumping)
        return;
    d->pumping = true;
    while (d->state != DAEMON_STOPPING && pump_once(d))
        ;
    d->pumping = false;
}

void runs_model_failed(struct daemon *d, const struct model_entry *e, const struct qw_error *err)
{
    struct run *r = d->runs;
    while (r != NULL) {
        if (r->state == RUN_MODEL && r->model == e) {
            struct qw_error why = *err;
            why.code = QW_EMODEL;
            qw_error_wrap(&why, "the model %s", e->name);
            fail_run(r, &why, (struct rpc_err_info){ 0 });
            r = d->runs;                        /* the list has changed */
        } else {
            r = r->next;
        }
    }
}

void run_start(struct run *r)
{
    struct daemon *d = r->d;
    r->prev = d->runs_last;
    if (d->runs_last != NULL)
        d->runs_last->next = r;
    else
        d->runs = r;
    d->runs_last = r;
    d->n_runs++;
    daemon_tick_soon(d);
    if (has_outcome(r))
        run_notify_start(r);
    uint64_t id = r->id;
    runs_pump(d);
    r = find_by_id(d, id);                      /* it may have ended */
    if (r != NULL && r->state == RUN_MODEL && !models_busy(d->models))
        run_notify_progress(r, "queued", (int64_t)models_users(d->models), 0, 0, 0);
}

/* ---- from outside ---- */

void run_cancel(struct run *r)
{
    if (r->cancelled)
        return;
    r->cancelled = true;
    switch (r->state) {
    case RUN_MODEL:
        end_early(r, FINISH_CANCELLED);
        break;
    case RUN_RENDER:
        break;                                  /* on_rendered comes soon */
    case RUN_ENGINE:
        sched_cancel(r->d->sched, r->id);
        break;
    case RUN_CHECK:
        verify_cancel(r->d->verify, r->verify_op);
        break;
    }
}

struct run *run_find(struct daemon *d, const struct owner *o, uint64_t conn_id, const char *id, const char *tag)
{
    struct run *other = NULL;
    for (struct run *r = d->runs; r != NULL; r = r->next) {
        if (r->owner.id != o->id)
            continue;
        if (id != NULL && strcmp(r->id_text, id) == 0)
            return r;
        if (id == NULL && tag != NULL && r->tag != NULL && strcmp(r->tag, tag) == 0) {
            if (r->conn_id == conn_id)
                return r;
            other = r;
        }
    }
    return other;
}

/* Calls f for each run, though f may end it. */
static void each_run(struct daemon *d, bool (*want)(const struct run *r, uint64_t arg), uint64_t arg)
{
    bool again = true;
    while (again) {
        again = false;
        for (struct run *r = d->runs; r != NULL; r = r->next) {
            if (!r->cancelled && want(r, arg)) {
                run_cancel(r);
                again = true;
                break;
            }
        }
    }
}

static bool of_conn(const struct run *r, uint64_t conn_id) { return r->conn_id == conn_id; }
static bool any(const struct run *r, uint64_t arg) { (void)r; (void)arg; return true; }

void runs_conn_gone(struct daemon *d, uint64_t conn_id) { each_run(d, of_conn, conn_id); }
void runs_cancel_all(struct daemon *d) { each_run(d, any, 0); }

bool runs_rendering(const struct daemon *d)
{
    for (const struct run *r = d->runs; r != NULL; r = r->next)
        if (r->state == RUN_RENDER)
            return true;
    return false;
}

void runs_conn_drained(struct daemon *d, struct conn *c)
{
    for (struct run *r = d->runs; r != NULL && c->held > 0; r = r->next)
        if (r->conn_id == c->id)
            run_notify_deltas(r, false);
}

void runs_tick(struct daemon *d, uint64_t now_ms)
{
    for (struct run *r = d->runs, *next; r != NULL; r = next) {
        next = r->next;
        if (r->deadline_ms == 0 || now_ms < r->deadline_ms || r->cancelled || r->deadline)
            continue;
        if (r->state == RUN_RENDER) {
            r->deadline = true;
        } else if (r->state == RUN_MODEL) {
            end_early(r, FINISH_DEADLINE);
            next = d->runs;                     /* the list may have changed */
        } else if (r->state == RUN_CHECK) {     /* it may be waiting behind other checks */
            r->deadline = true;
            verify_cancel(d->verify, r->verify_op);
            next = d->runs;
        }
    }
}
