/* The scheduler's face to the loop, and the engine thread's main loop.
 * Read on: sched_step.c (a step), sched_seq.c (a sequence), sched_store.c (what is written), sched_fetch.c
 * (what is read), sched_event.c, sched_load.c. */
#include "daemon/sched/sched.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/forward/backend.h"
#include "daemon/sched/sched_int.h"
#include "daemon/store/store.h"
#include "engine/cpu/kern.h"

#define BLOCKED_MS 200u

/* ---- engine thread ----------------------------------------------------------------------- */

static void arrive(struct sched *s, struct run *inbox)
{
    while (inbox != NULL) {
        struct run *r = inbox;
        inbox = r->next;
        run_arrive(s, r);
    }
}

/* Sleeps until there is something to do.  Lock held. */
static void wait_for_work(struct sched *s)
{
    while ((s->n_live == 0 || s->blocked) && s->inbox == NULL && !s->load_wanted && !s->stop && !s->store_ready &&
           !s->poke) {
        if (s->n_live == 0) {
            pthread_cond_wait(&s->work, &s->lock);
            continue;
        }
        struct timespec until;                              /* they have deadlines, and progress to report */
        uint64_t ns = clock_mono_ns() + BLOCKED_MS * UINT64_C(1000000);
        until.tv_sec = (time_t)(ns / UINT64_C(1000000000));
        until.tv_nsec = (long)(ns % UINT64_C(1000000000));
        if (pthread_cond_timedwait(&s->work, &s->lock, &until) == ETIMEDOUT)
            break;
    }
    s->poke = false;
}

static void *engine_main(void *arg)
{
    struct sched *s = arg;
    bool stop = false;
    kern_thread_init();
    while (!stop) {
        pthread_mutex_lock(&s->lock);
        wait_for_work(s);
        struct run *inbox = s->inbox;
        struct load *load = s->load;
        bool wanted = s->load_wanted;
        s->inbox = s->inbox_last = NULL;
        s->load = NULL;
        bool answers = s->store_ready;
        struct forget forget = s->forget;
        s->forget.n = 0;
        s->load_wanted = s->store_ready = false;
        stop = s->stop;
        pthread_mutex_unlock(&s->lock);

        if (forget.bar != s->bar)
            sched_store_forget(s, &forget);
        if (answers)
            sched_store_poll(s);
        arrive(s, inbox);
        if (stop) {
            load_free(load);
            sched_end_all(s, FINISH_CANCELLED, NULL);
            sched_store_drain(s);
        } else if (wanted) {
            struct qw_error err;                            /* the loop asks for it only when idle */
            qw_error_set(&err, QW_EMODEL, "the model was changed");
            sched_end_all(s, FINISH_ERROR, &err);
            sched_store_drain(s);
            sched_do_load(s, load);
        } else {
            sched_reap(s);
            sched_step(s);
            sched_store_write(s);
            if (s->broken.code != QW_OK && !s->broken_told)
                s->broken_told = !sched_leave_device(s, &s->broken);
        }
        sched_publish(s);
        if (s->n_live == 0 || s->blocked || stop)
            ev_wake(s);
        else
            ev_wake_soon(s);
    }
    forward_free(s->forward);                               /* its calling thread is this one */
    s->forward = NULL;
    s->ev_stop.ev.kind = SCHED_EV_STOPPED;
    ev_push(s, &s->ev_stop);
    ev_wake(s);
    return NULL;
}

/* ---- loop thread -------------------------------------------------------------------------- */

void sched_set_limits(struct sched *s, uint32_t max_num_seqs, uint32_t max_queue)
{
    if (max_num_seqs == 0)
        max_num_seqs = 1;
    atomic_store(&s->max_num_seqs, max_num_seqs < SCHED_MAX_SEQS ? max_num_seqs : SCHED_MAX_SEQS);
    atomic_store(&s->max_queue, max_queue);
}

int sched_new(struct sched **out, const struct sched_options *o, void (*wake)(void *), void *arg,
              struct qw_error *err)
{
    struct sched *s = qw_calloc(1, sizeof *s);
    if (s == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for the scheduler");
    s->o = *o;
    s->wake = wake;
    s->wake_arg = arg;
    s->bar = s->forget.bar = o->store != NULL ? store_bar_new(o->store) : 0;
    s->ev_load.s = s->ev_stop.s = s;
    s->ev_load.embedded = s->ev_stop.embedded = true;
    sched_set_limits(s, o->max_num_seqs, o->max_queue);
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t mono;
    pthread_condattr_init(&mono);
    pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &mono);
    pthread_condattr_destroy(&mono);

    /* Signals are the loop's. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&s->thread, NULL, engine_main, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        pthread_cond_destroy(&s->work);
        pthread_mutex_destroy(&s->lock);
        qw_free(s);
        return qw_error_errno(err, QW_EINTERNAL, rc, "the engine thread cannot start");
    }
    pthread_setname_np(s->thread, "qw-engine");
    *out = s;
    return QW_OK;
}

void sched_free(struct sched *s)
{
    if (s == NULL)
        return;
    sched_stop(s);
    pthread_join(s->thread, NULL);
    ev_free_all(s);
    sched_drop_model(s);
    backend_free(s->device);
    load_free(s->load);
    qw_free(s->ev_load.ev.text);
    qw_free(s->live);
    qw_free(s->owners);
    qw_free(s->ns);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    qw_free(s);
}

static void want_load(struct sched *s, struct load *l)
{
    pthread_mutex_lock(&s->lock);
    struct load *old = s->load;
    s->load = l;
    s->load_wanted = true;
    s->model_shown = NULL;                                  /* nothing is submitted until it is there */
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    load_free(old);
}

void sched_load_model(struct sched *s, const struct sched_load *o)
{
    struct load *l = qw_calloc(1, sizeof *l);
    if (l == NULL)
        goto nomem;
    l->path = qw_strdup(o->path);
    l->name = qw_strdup(o->name != NULL ? o->name : o->path);
    l->chat_template = o->chat_template != NULL ? qw_strdup(o->chat_template) : NULL;
    if (l->path == NULL || l->name == NULL || (o->chat_template != NULL && l->chat_template == NULL))
        goto nomem;
    want_load(s, l);
    return;
nomem:
    load_free(l);
    struct sched_event ev = { .kind = SCHED_EV_LOAD_FAILED };
    qw_error_set(&ev.error, QW_ENOMEM, "no memory to load a model");
    ev_answer_load(s, &ev);
    ev_wake(s);
}

void sched_unload_model(struct sched *s)
{
    want_load(s, NULL);
}

static int check_req(const struct sched_req *r, const struct model *m, size_t mml, struct qw_error *err)
{
    int rc = sample_params_check(&r->sample, err);
    if (rc != QW_OK)
        return rc;
    if (r->n == 0 || r->n > SCHED_MAX_N)
        return qw_error_set(err, QW_EPARAMS, "n must be in [1, %u]", SCHED_MAX_N);
    if (r->prompt.n == 0)
        return qw_error_set(err, QW_EPARAMS, "the prompt is empty");
    if (r->n_given > r->prompt.n || (r->n_given > 0 && r->n != 1))
        return qw_error_set(err, QW_EPARAMS, "an answer's beginning of %" PRIu32 " ids, for a prompt of %zu and %" PRIu32
                            " choices", r->n_given, r->prompt.n, r->n);
    if (r->prompt.n > mml || (r->prompt.n == mml && r->n_given == 0))
        return qw_error_set(err, QW_ECONTEXT, "the prompt has %zu tokens; the context holds %zu, the answer included",
                            r->prompt.n, mml);
    uint32_t n_vocab = model_hparams(m)->n_vocab;
    for (size_t i = 0; i < r->prompt.n; i++)
        if ((uint32_t)r->prompt.v[i] >= n_vocab)
            return qw_error_set(err, QW_EPARAMS, "prompt[%zu] = %" PRId32 " is not an id of the model (0..%" PRIu32 ")",
                                i, r->prompt.v[i], n_vocab - 1);
    return QW_OK;
}

int sched_submit(struct sched *s, struct sched_req *r, struct qw_error *err)
{
    if (atomic_load(&s->stopping))
        return qw_error_set(err, QW_EDRAINING, "the daemon is shutting down");
    pthread_mutex_lock(&s->lock);
    const struct model *m = s->model_shown;
    size_t mml = s->shown_mml;
    uint32_t waiting = s->n_waiting, running = s->n_running;
    pthread_mutex_unlock(&s->lock);
    if (m == NULL)
        return qw_error_set(err, QW_EMODEL, "no model is loaded");

    int rc = check_req(r, m, mml, err);
    if (rc != QW_OK)
        return rc;
    /* Those that start with the next step do not wait. */
    uint32_t seqs = atomic_load(&s->max_num_seqs), places = seqs > running ? seqs - running : 0;
    uint32_t max_queue = atomic_load(&s->max_queue);
    if (waiting >= (uint64_t)max_queue + places)
        return qw_error_set(err, QW_EBUSY, "%" PRIu32 " requests are waiting; the queue holds %" PRIu32,
                            waiting, max_queue);
    struct run *run;
    rc = run_new(s, r, m, mml, &run, err);
    if (rc != QW_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    run->reg_next = s->registry;
    s->registry = run;
    if (s->inbox_last != NULL)
        s->inbox_last->next = run;
    else
        s->inbox = run;
    s->inbox_last = run;
    s->n_waiting++;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    return QW_OK;
}

/* ---- any thread --------------------------------------------------------------------------- */

static void cancel_locked(struct sched *s, struct run *r)
{
    if (atomic_exchange(&r->cancel, 1) != 0)
        return;
    if (r->in_step && --s->step_live == 0)
        atomic_store(&s->abort_step, 1);
    s->poke = true;                                         /* it may wait for the store */
    pthread_cond_signal(&s->work);
}

void sched_cancel(struct sched *s, uint64_t id)
{
    pthread_mutex_lock(&s->lock);
    for (struct run *r = s->registry; r != NULL; r = r->reg_next)
        if (r->req->run == id)
            cancel_locked(s, r);
    pthread_mutex_unlock(&s->lock);
}

void sched_cancel_all(struct sched *s)
{
    pthread_mutex_lock(&s->lock);
    for (struct run *r = s->registry; r != NULL; r = r->reg_next)
        cancel_locked(s, r);
    pthread_mutex_unlock(&s->lock);
}

void sched_cap(struct sched *s, uint64_t id, uint32_t n)
{
    pthread_mutex_lock(&s->lock);
    for (struct run *r = s->registry; r != NULL; r = r->reg_next) {
        uint32_t now = atomic_load(&r->cap);
        if (r->req->run != id || (now != 0 && now <= n))
            continue;
        atomic_store(&r->cap, n);
        s->poke = true;
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->lock);
}

uint64_t sched_forget(struct sched *s, uint64_t owner, uint64_t run)
{
    if (s->o.store == NULL)
        return 0;
    pthread_mutex_lock(&s->lock);
    for (struct run *r = s->registry; r != NULL && run != 0; r = r->reg_next)
        if (r->req->run == run)
            atomic_store(&r->forget, true);
    if (s->forget.n < FORGET_MOST)
        s->forget.tree[s->forget.n] = s->o.share_pages ? 0 : owner;
    s->forget.n += s->forget.n <= FORGET_MOST;
    uint64_t bar = s->forget.bar = store_bar_new(s->o.store);
    s->poke = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    return bar;
}

void sched_stop(struct sched *s)
{
    atomic_store(&s->stopping, true);
    sched_cancel_all(s);
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

void sched_get_stats(struct sched *s, struct sched_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    out->waiting = s->n_waiting;
    pthread_mutex_unlock(&s->lock);
}
