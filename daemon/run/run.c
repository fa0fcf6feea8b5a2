#include "daemon/run/run.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* ---- life ---- */

void run_release_model(struct run *r)
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
    qw_free(r->key);
    qw_free(r->text);
    qw_free(r->response);
    qw_free(r->answer);
    qw_free(r->lang);
    ids_free(&r->ids);
    qw_buf_free(&r->work_text);
    qw_buf_free(&r->verification);
    qw_buf_free(&r->params);
    run_loop_free(r);
    run_tool_free(r);
    for (size_t i = 0; i < RUN_MAX_CHOICES; i++)
        qw_buf_free(&r->choice_text[i]);
    if (r->done != NULL) {
        sched_req_free(r->done->req);
        sched_event_free(r->done);
    }
    while (r->listeners != NULL)
        run_unlisten(r, r->listeners);
    struct node *pinned[] = { r->base, r->at, r->turn };
    for (size_t i = 0; i < sizeof pinned / sizeof pinned[0]; i++)
        node_unpin(r->d->sessions, pinned[i]);
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
    r->owner = k->conn->owner;
    r->received_ms = k->received_ms;
    r->created_unix_ms = clock_unix_ms();
    r->seq = ++d->next_run;
    r->n = 1;
    r->work.data = r;
    run_set_id(r, session_new_id());
    sample_params_default(&r->sample);
    if (run_listen(r, k, arg_str(k, "tag", NULL), arg_bool(k, "stream", false), err) != QW_OK) {
        run_discard(r);
        return NULL;
    }
    return r;
}

void run_set_id(struct run *r, uint64_t id)
{
    r->id = id;
    session_id_text('r', id, r->id_text);
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
    uint64_t id = r->id;
    run_release_model(r);
    unlink_run(r);
    free_run(r);
    history_run_ended(d, id);
    runs_pump(d);
}

void run_end(struct run *r) { end_run(r); }

void run_abandon(struct run *r)
{
    run_release_model(r);
    unlink_run(r);
    free_run(r);
}

void run_fail(struct run *r, const struct qw_error *err, struct rpc_err_info info)
{
    info.run = r->id_text;
    log_debug("run", "failed run=%s method=%s error=%s", r->id_text, r->method->name, qw_code_name(err->code));
    run_reply_error(r, err, &info);
    end_run(r);
}

bool run_has_outcome(const struct run *r)
{
    return r->kind <= RUN_RESUME;
}

/* ---- the end ---- */

static void write_outcome(struct run *r, struct qw_buf *b, const void *arg)
{
    (void)arg;
    outcome_write(b, r);
}

static void deliver(struct run *r)
{
    r->ended_ms = clock_mono_ms();
    finished_keep(r);
    run_notify_deltas(r, true);
    run_notify_done(r);
    run_reply(r, write_outcome, NULL);
    log_debug("run", "done run=%s method=%s finish=%s prompt=%u completion=%u ms=%llu", r->id_text, r->method->name,
              finish_name(r->n_choices > 0 ? r->choices[0].finish : r->early), r->usage.prompt, r->usage.completion,
              (unsigned long long)(r->ended_ms - r->received_ms));
    end_run(r);
}

void run_finish(struct run *r)
{
    if (r->verification.len > 0)
        run_store_verdict(r);
    run_notify_deltas(r, true);
    r->state = RUN_STORE;
    if (r->commits == 0 || r->durability != DURABLE_TURN)
        deliver(r);
}

void run_committed(struct daemon *d, uint64_t id, int code, const char *why)
{
    struct run *r = run_by_id(d, id);
    if (r == NULL)
        return;
    r->commits--;
    if (code != QW_OK) {
        r->store_failed = true;
        snprintf(r->store_why, sizeof r->store_why, "%.159s", why);
    }
    if (r->state == RUN_STORE && r->commits == 0)
        deliver(r);
}

/* Ends one that the engine has not had, or has given back. */
void run_end_early(struct run *r, enum finish how)
{
    struct qw_error err = { 0 };
    if (how == FINISH_DEADLINE) {               /* nothing was begun: an error (rule 10) */
        qw_error_set(&err, QW_EDEADLINE, "deadline_ms passed before the answer was begun");
        run_fail(r, &err, (struct rpc_err_info){ 0 });
    } else if (!run_has_outcome(r)) {
        qw_error_set(&err, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
        run_fail(r, &err, (struct rpc_err_info){ 0 });
    } else {
        r->early = how;
        run_finish(r);
    }
}

/* ---- waiting for the model ---- */

static void write_model(struct run *r, struct qw_buf *b, const void *arg)
{
    (void)arg;
    struct mpw_open m = mpw_map_begin(b);
    if (r->kind == RUN_LOAD) {
        mpw_key(b, &m, "name");
        mpw_str(b, r->model->name);
        mpw_key(b, &m, "context");
        mpw_uint(b, r->model->context);
        mpw_key(b, &m, "load_ms");
        mpw_float(b, models_info(r->d->models)->load_ms);
    }
    mpw_key(b, &m, "state");
    mpw_str(b, r->kind == RUN_LOAD ? "loaded" : "installed");
    mpw_map_end(b, &m);
}

static void reply_model(struct run *r)
{
    models_choose(r->d->models, r->model);      /* NULL after an unload */
    run_reply(r, write_model, NULL);
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
    if (run_prepare(r, &err) != QW_OK)
        run_fail(r, &err, (struct rpc_err_info){ 0 });
    else if (r->state == RUN_RENDER)
        run_render_start(r);
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
            if (blocked && r->seq > d->loaded_at_run)
                continue;
            have_model(r);
            return true;                        /* the list may have changed */
        }
        if (!blocked && !models_busy(d->models) && models_users(d->models) == 0) {
            if (r->kind != RUN_UNLOAD && r->model->path == NULL) {      /* its file went away meanwhile */
                struct qw_error err = { 0 };
                qw_error_set(&err, QW_EMODEL, "the model %s is not installed any more", r->model->name);
                run_fail(r, &err, (struct rpc_err_info){ 0 });
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
            run_fail(r, &why, (struct rpc_err_info){ 0 });
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
    if (run_has_outcome(r))
        run_notify_start(r, r->listeners);
    uint64_t id = r->id;
    runs_pump(d);
    r = run_by_id(d, id);                      /* it may have ended */
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
        run_end_early(r, FINISH_CANCELLED);
        break;
    case RUN_FIND:
    case RUN_RENDER:
    case RUN_STORE:
        break;                                  /* what they wait for comes soon */
    case RUN_ENGINE:
        sched_cancel(r->d->sched, r->id);
        run_loop_cancel(r);
        break;
    case RUN_TOOL:
        run_tool_cancel(r);
        break;
    case RUN_CHECK:
        verify_cancel(r->d->verify, r->verify_op);
        break;
    }
}

void run_interrupt(struct run *r)
{
    if (!r->cancelled)
        r->interrupted = true;
    run_cancel(r);
}

struct run *run_by_id(struct daemon *d, uint64_t id)
{
    for (struct run *r = d->runs; r != NULL; r = r->next)
        if (r->id == id)
            return r;
    return NULL;
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
            if (run_listens(r, conn_id))
                return r;
            other = r;
        }
    }
    return other;
}

struct run *run_find_key(struct daemon *d, const struct owner *o, const char *key)
{
    for (struct run *r = d->runs; r != NULL; r = r->next)
        if (r->owner.id == o->id && r->key != NULL && strcmp(r->key, key) == 0)
            return r;
    return NULL;
}

/* Interrupts each run that is wanted, though that may end it, and others. */
static void each_run(struct daemon *d, bool (*want)(struct run *r, uint64_t arg), uint64_t arg)
{
    bool again = true;
    while (again) {
        again = false;
        for (struct run *r = d->runs; r != NULL; r = r->next) {
            if (!r->cancelled && want(r, arg)) {
                run_interrupt(r);
                again = true;
                break;
            }
        }
    }
}

/* The connection listens no more; nobody else does, and the run is not to stay. */
static bool left_by(struct run *r, uint64_t conn_id)
{
    bool had = false;
    for (struct listener *l = r->listeners, *next; l != NULL; l = next) {
        next = l->next;
        if (l->conn_id == conn_id) {
            run_unlisten(r, l);
            had = true;
        }
    }
    return had && r->listeners == NULL && !r->stay;
}

static bool any(struct run *r, uint64_t arg) { (void)r; (void)arg; return true; }

void runs_conn_gone(struct daemon *d, uint64_t conn_id) { each_run(d, left_by, conn_id); }
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
        if (run_listens(r, c->id))
            run_notify_deltas(r, false);
}

void runs_tick(struct daemon *d, uint64_t now_ms)
{
    for (struct run *r = d->runs, *next; r != NULL; r = next) {
        next = r->next;
        if (r->deadline_ms == 0 || now_ms < r->deadline_ms || r->cancelled || r->deadline)
            continue;
        if (r->state == RUN_RENDER || r->state == RUN_FIND) {
            r->deadline = true;
        } else if (r->state == RUN_MODEL) {
            run_end_early(r, FINISH_DEADLINE);
            next = d->runs;                     /* the list may have changed */
        } else if (r->state == RUN_CHECK || r->state == RUN_TOOL) {     /* it may be waiting behind other checks */
            r->deadline = true;
            if (r->state == RUN_TOOL)
                run_tool_cancel(r);
            else
                verify_cancel(d->verify, r->verify_op);
            next = d->runs;
        }
    }
}
