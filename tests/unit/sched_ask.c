#include "tests/unit/sched_ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/log.h"
#include "base/mem.h"

struct fixture fix;
size_t page_bytes;
enum kv_type kv_type;
void (*ask_attach)(struct store *store, struct sched *s);

static sem_t woken;
static void wake(void *arg) { (void)arg; sem_post(&woken); }

static uint64_t last_run;

/* A prompt of n tokens of the fixture's text; kind says which, common how many are those of kind 0. */
struct ask *ask_new(unsigned kind, size_t common, size_t n, uint32_t max_tokens)
{
    struct ask *a = calloc(1, sizeof *a);
    a->run = ++last_run;
    a->owner = 1;
    a->n = 1;
    a->stored = true;
    sample_params_default(&a->sample);
    a->sample.temperature = kind % 2 ? 0.9f : 0;
    a->sample.repetition_penalty = kind % 3 == 2 ? 1.2f : 1;
    a->sample.presence_penalty = kind % 5 == 4 ? 0.5f : 0;
    a->sample.seed = kind * 77;
    a->sample.n_logprobs = 0;
    a->gen = (struct gen_params){ .max_tokens = max_tokens, .ignore_end = true };
    for (size_t i = 0; i < n; i++)
        ids_push(&a->prompt, fix.tokens[(i < common ? i : i * (kind + 1) + kind * 5) % fix.n_tokens]);
    return a;
}

struct ask *ask_again(const struct ask *o)
{
    struct ask *a = calloc(1, sizeof *a);
    *a = (struct ask){ .run = ++last_run, .owner = o->owner, .n = o->n, .stored = o->stored, .sample = o->sample, .gen = o->gen };
    ids_append(&a->prompt, o->prompt.v, o->prompt.n);
    return a;
}

void ask_free(struct ask *a)
{
    ids_free(&a->prompt);
    ids_free(&a->ids);
    qw_buf_free(&a->streamed);
    free(a->text);
    free(a->lp);
    free(a);
}

struct sched_event *next_event(struct sched *s)
{
    struct sched_event *e;
    while ((e = sched_poll(s)) == NULL)
        sem_wait(&woken);
    return e;
}

struct sched *start(struct store *store, struct sched_options o)
{
    struct sched *s;
    struct sched_event *e;
    o.level = cpu_level_max();
    o.n_threads = 2;
    o.kv_type = kv_type;
    o.max_queue = 1000;
    o.enable_chunked_prefill = true;
    o.step_ms_shared = o.step_ms_alone = 1000;
    o.store = store;
    o.speculation = store != NULL ? SCHED_GUESS_ALWAYS : SCHED_GUESS_OFF;
    if (o.max_num_seqs == 0)
        o.max_num_seqs = 16;
    if (o.kv_cache_bytes == 0)
        o.kv_cache_bytes = 200 * page_bytes;
    if (o.max_model_len == 0)
        o.max_model_len = 256;
    assert_int_equal(sched_new(&s, &o, wake, NULL, NULL), QW_OK);
    if (store != NULL)
        ask_attach(store, s);
    sched_load_model(s, &(struct sched_load){ .path = fix.path });
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    if (e->kind != SCHED_EV_LOADED)
        fail_msg("%s: %s", fix.path, e->error.msg);
    sched_event_free(e);
    return s;
}

void stop(struct sched *s, struct store *store)
{
    struct sched_event *e;
    sched_stop(s);
    while ((e = next_event(s))->kind != SCHED_EV_STOPPED)
        sched_event_free(e);
    sched_event_free(e);
    if (store != NULL)
        ask_attach(store, NULL);
    sched_free(s);
}

void pool(size_t pages, struct sched_options *o) { o->kv_cache_bytes = pages * page_bytes; }

int try_submit(struct sched *s, struct ask *a, struct qw_error *err)
{
    struct sched_req *r = sched_req_new();
    r->run = a->run;
    r->owner = a->owner;
    r->n = a->n;
    r->sample = a->sample;
    r->gen = a->gen;
    r->gen.stop = NULL;
    if (a->gen.n_stop > 0) {
        const char **v = qw_calloc(a->gen.n_stop, sizeof *v);
        for (size_t i = 0; i < a->gen.n_stop; i++)
            v[i] = qw_strdup(a->gen.stop[i]);
        r->gen.stop = v;
    }
    r->n_given = a->n_given;
    r->stored_run = a->stored ? a->run : 0;
    r->store_pages = a->stored;
    r->user = a;
    assert_int_equal(ids_append(&r->prompt, a->prompt.v, a->prompt.n), QW_OK);
    int rc = sched_submit(s, r, err);
    if (rc != QW_OK)
        sched_req_free(r);
    return rc;
}

void submit(struct sched *s, struct ask *a)
{
    struct qw_error err = { 0 };
    if (try_submit(s, a, &err) != QW_OK)
        fail_msg("submit: %s", err.msg);
}

/* One event; the ask that it ended, or NULL. */
struct ask *handle(struct sched *s, struct ask **all, size_t n)
{
    struct sched_event *e = next_event(s);
    struct ask *a = NULL;
    for (size_t i = 0; i < n; i++)
        if (all[i]->run == e->run)
            a = all[i];
    assert_non_null(a);
    if (e->kind == SCHED_EV_TEXT && e->index == 0) {
        assert_int_equal(e->at, a->streamed.len);
        qw_buf_add(&a->streamed, e->text, e->text_len);
    }
    bool done = e->kind == SCHED_EV_DONE;
    if (done) {
        struct sched_choice *c = &e->choices[0];
        a->done = true;
        a->finish = c->finish;
        a->usage = e->usage;
        a->error = e->error;
        a->text = strdup(c->text);
        assert_string_equal(a->streamed.len > 0 ? a->streamed.data : "", c->text);
        ids_append(&a->ids, c->ids.v, c->ids.n);
        if (c->logprobs != NULL && c->ids.n > 0) {
            a->lp = calloc(c->ids.n, sizeof *a->lp);
            memcpy(a->lp, c->logprobs, c->ids.n * sizeof *a->lp);
        }
        if (c->ids.n > a->n_given || a->n_given == 0)
            assert_int_equal(e->usage.prompt, a->prompt.n);
        if (c->ids.n > a->n_given || e->usage.prompt == 0)     /* nothing was run where all was given */
            assert_int_equal(e->usage.from_memory + e->usage.from_disk + e->usage.prefilled, e->usage.prompt);
        if (a->n == 1)
            assert_int_equal(e->usage.completion, c->ids.n - (c->ids.n < a->n_given ? c->ids.n : a->n_given));
        sched_req_free(e->req);
    }
    sched_event_free(e);
    return done ? a : NULL;
}

void wait_all(struct sched *s, struct ask **all, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        left += !all[i]->done;
    while (left > 0)
        left -= handle(s, all, n) != NULL;
}

void run_one(struct sched *s, struct ask *a)
{
    submit(s, a);
    wait_all(s, &a, 1);
}

/* Is got the answer want, of which the first n_given ids were given? */
void same(const struct ask *got, const struct ask *want, const char *name)
{
    if (got->finish != want->finish || got->ids.n != want->ids.n ||
        memcmp(got->ids.v, want->ids.v, want->ids.n * sizeof *want->ids.v) != 0 || strcmp(got->text, want->text) != 0)
        fail_msg("%s: %s/%zu ids, not %s/%zu; or others (%s)", name, finish_name(got->finish), got->ids.n,
                 finish_name(want->finish), want->ids.n, got->error.msg);
    for (size_t i = 0; i < want->ids.n && got->lp != NULL; i++) {
        assert_int_equal(got->lp[i].id, want->ids.v[i]);
        if (i < got->n_given)
            assert_true(isnan(got->lp[i].logprob));
        else
            assert_memory_equal(&got->lp[i], &want->lp[i], sizeof *want->lp);
    }
}

void load_fixture(const char *name, enum kv_type kv)
{
    struct kv_layout l;
    fixture_load(&fix, name);
    struct model *m = rig_model(fix.path, CPU_LEVEL_REF);
    const struct hparams *h = model_hparams(m);
    assert_int_equal(kv_layout_init(&l, kv, h->n_layers, h->n_kv_heads, h->head_dim, NULL), QW_OK);
    kv_type = kv;
    page_bytes = l.page_bytes;
    model_free(m);
}

void ask_init(void)
{
    sem_init(&woken, 0, 0);
    qw_log_set_level(QW_LOG_ERROR);
}
