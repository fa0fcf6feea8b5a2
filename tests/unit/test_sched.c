/* The scheduler over an engine of the test's own, which is small enough to be sure of: the "KV" of
 * a position is a hash of all ids up to it, kept in the pages that the scheduler hands over, and the
 * logits are a function of that hash.  So an answer is right only if every page of its path
 * held what belonged there, and the expected answer needs no scheduler (expected()).
 * Bit-exactness with real models: test_sched_model.c. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/sched.h"
#include "engine/forward.h"
#include "engine/kern.h"

/* ---- the engine --------------------------------------------------------------------------- */

enum { VOCAB = 64, END = 63, MAX_LOG = 100000 };

struct model { struct hparams h; };
struct forward { struct kv_layout l; };

static struct {
    uint32_t context;
    atomic_uint us_per_row;
    atomic_bool hold;            /* forward_run waits until it is cancelled or let go */
    atomic_size_t hold_at;       /* as hold, in the run of this number */
    atomic_int  in_run, bad_pages, fail_next;
    atomic_bool fail_load;
    struct step { uint32_t n_seqs, rows, decode, chunk, chunk_end, left; } log[MAX_LOG];
    atomic_size_t n_log;
} fake;

int model_load(struct model **m, const char *path, const struct model_options *o, struct qw_error *err)
{
    if (strcmp(path, "bad") == 0)
        return qw_error_set(err, QW_EFORMAT, "bad: not a model");
    for (int i = 0; strcmp(path, "slow") == 0 && i < 5000; i++) {
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        if (o->progress(o->arg, (uint64_t)i, 5000) != 0)
            return qw_error_set(err, QW_ECANCELLED, "stopped");
    }
    *m = qw_calloc(1, sizeof **m);
    if (*m == NULL)
        return qw_error_set(err, QW_ENOMEM, "model");
    (*m)->h = (struct hparams){ .n_layers = 1, .n_kv_heads = 1, .head_dim = 16, .n_vocab = VOCAB, .context = fake.context };
    return QW_OK;
}
void model_free(struct model *m) { qw_free(m); }
const struct hparams *model_hparams(const struct model *m) { return &m->h; }
const struct tokenizer *model_tokenizer(const struct model *m) { (void)m; return NULL; }
enum kv_type model_kv_type(const struct model *m, enum kv_type asked) { (void)m; return asked == KV_AUTO ? KV_F16 : asked; }
uint64_t model_weight_bytes(const struct model *m) { (void)m; return 1; }
const char *model_fingerprint(const struct model *m) { (void)m; return "00112233445566778899aabbccddeeff"; }

void tok_stream_push(struct tok_stream *s, const struct tokenizer *t, int32_t id, struct qw_buf *out)
{
    (void)s, (void)t;
    qw_buf_addf(out, "%d,", (int)id);
}
void tok_stream_end(struct tok_stream *s, struct qw_buf *out) { (void)s, (void)out; }
bool tokenizer_is_end(const struct tokenizer *t, int32_t id) { (void)t; return id == END; }

int forward_new(struct forward **f, const struct model *m, const struct forward_options *o, struct qw_error *err)
{
    *f = qw_calloc(1, sizeof **f);
    if (*f == NULL)
        return qw_error_set(err, QW_ENOMEM, "forward");
    return kv_layout_init(&(*f)->l, o->kv_type, m->h.n_layers, m->h.n_kv_heads, m->h.head_dim, err);
}
void forward_free(struct forward *f) { qw_free(f); }

static uint64_t chain(uint64_t h, int32_t id)
{
    h = (h ^ (uint64_t)(id + 1)) * UINT64_C(0x9E3779B97F4A7C15);
    return (h ^ h >> 29) | 1;                            /* never 0, which is an unwritten slot */
}

static void logits_of(uint64_t h, float *logits)
{
    for (int i = 0; i < VOCAB; i++) {
        h = h * UINT64_C(6364136223846793005) + 1442695040888963407u;
        logits[i] = (float)(h >> 44) / 65536.0f - (i == END ? 1.5f : 0);
    }
}

int forward_run(struct forward *f, const struct forward_seq *seqs, size_t n, const atomic_int *cancel, struct qw_error *err)
{
    (void)f;
    struct step st = { .n_seqs = (uint32_t)n };
    for (size_t i = 0; i < n; i++) {
        st.rows += (uint32_t)seqs[i].T;
        if (seqs[i].T == 1 && seqs[i].n_logits == 1) {
            st.decode++;
        } else {
            st.chunk = (uint32_t)seqs[i].T;
            st.chunk_end = (uint32_t)(seqs[i].pos0 + seqs[i].T);
            st.left = seqs[i].n_logits == 0;
        }
    }
    size_t k = fake.n_log;
    if (k < MAX_LOG) {
        fake.log[k] = st;
        fake.n_log = k + 1;
    }
    fake.in_run++;
    uint64_t us = (uint64_t)fake.us_per_row * st.rows;
    if (us > 0)
        nanosleep(&(struct timespec){ .tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000 }, NULL);
    int rc = QW_OK;
    while ((fake.hold || k + 1 == fake.hold_at) && !*cancel)
        nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
    if (*cancel)
        rc = qw_error_set(err, QW_ECANCELLED, "cancelled");
    else if (fake.fail_next > 0 && fake.fail_next-- == 1)
        rc = qw_error_set(err, QW_EINTERNAL, "told to fail");
    for (size_t i = 0; rc == QW_OK && i < n; i++)
        for (size_t t = 0, pos = seqs[i].pos0; t < seqs[i].T; t++, pos++) {
            uint64_t prev = pos > 0 ? ((uint64_t *)seqs[i].pages[(pos - 1) / 16])[(pos - 1) % 16] : 1;
            uint64_t *slot = &((uint64_t *)seqs[i].pages[pos / 16])[pos % 16], h = chain(prev, seqs[i].ids[t]);
            /* A page that was zeroed, and never one that somebody else sees. */
            if (prev == 0 || (*slot != 0 && *slot != h))
                fake.bad_pages++;
            *slot = h;
            if (seqs[i].T - t <= seqs[i].n_logits)
                logits_of(h, seqs[i].logits + (t - (seqs[i].T - seqs[i].n_logits)) * VOCAB);
        }
    fake.in_run--;
    return rc;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static sem_t woken;
static void wake(void *arg) { (void)arg; sem_post(&woken); }

/* A request as the test knows it. */
struct want {
    uint64_t run;
    struct ids prompt;
    struct sample_params sample;
    uint32_t max_tokens, n, mml;
    struct qw_buf text[4];              /* joined deltas */
    bool done, no_end;
    enum finish finish;
    struct sched_usage usage;
    struct sched_timing timing;
    struct qw_error error;
    int progress, order;
    size_t n_events;
};

static int done_order;
static const struct sched_options defaults = {
    .n_threads = 1, .kv_type = KV_F16, .max_num_seqs = 8, .max_queue = 1000, .enable_chunked_prefill = true,
    .step_ms_shared = 200, .step_ms_alone = 1000, .kv_cache_bytes = 4096 * 1024, .max_model_len = 1024,
};

static struct sched_event *next_event(struct sched *s)
{
    for (;;) {
        struct sched_event *e = sched_poll(s);
        if (e != NULL)
            return e;
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 20;
        while (sem_timedwait(&woken, &until) != 0)
            if (errno != EINTR)
                fail_msg("no event within 20 s");
    }
}

static struct sched *start(const struct sched_options *o)
{
    struct sched *s;
    while (sem_trywait(&woken) == 0)
        ;
    fake.n_log = 0;
    assert_int_equal(sched_new(&s, o, wake, NULL, NULL), QW_OK);
    sched_load_model(s, &(struct sched_load){ .path = "good" });
    struct sched_event *e;
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    assert_non_null(e->model);
    sched_event_free(e);
    return s;
}

static void stop(struct sched *s)
{
    struct sched_stats st;
    sched_get_stats(s, &st);
    assert_int_equal(st.pages_used, 0);                  /* nothing is referenced at the end */
    assert_int_equal(st.running, 0);
    assert_int_equal(st.waiting, 0);
    sched_stop(s);
    struct sched_event *e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_STOPPED);
    sched_event_free(e);
    sched_free(s);
    assert_int_equal(fake.bad_pages, 0);
}

static struct sched_req *make_req(struct want *w, uint64_t owner)
{
    struct sched_req *r = sched_req_new();
    assert_non_null(r);
    r->run = w->run;
    r->owner = owner;
    r->n = w->n;
    r->sample = w->sample;
    r->gen.max_tokens = w->max_tokens;
    r->gen.ignore_end = w->no_end;
    r->gen.stop_on_repetition = !w->no_end;
    r->user = w;
    assert_int_equal(ids_append(&r->prompt, w->prompt.v, w->prompt.n), QW_OK);
    return r;
}

static void submit(struct sched *s, struct want *w, uint64_t owner)
{
    struct qw_error err = { 0 };
    struct sched_req *r = make_req(w, owner);
    if (sched_submit(s, r, &err) != QW_OK)
        fail_msg("submit: %s", err.msg);
}

static struct want *want_new(uint64_t run, size_t n_prompt, uint32_t max_tokens)
{
    struct want *w = calloc(1, sizeof *w);
    w->run = run;
    w->n = 1;
    w->max_tokens = max_tokens;
    w->mml = 1024;
    sample_params_default(&w->sample);
    for (size_t i = 0; i < n_prompt; i++)
        assert_int_equal(ids_push(&w->prompt, (int32_t)((run * 7 + i * i) % END)), QW_OK);
    return w;
}

static void want_free(struct want *w)
{
    ids_free(&w->prompt);
    for (int i = 0; i < 4; i++)
        qw_buf_free(&w->text[i]);
    free(w);
}

/* What the answer must be, without pages, batches or chunks. */
static enum finish expected(const struct want *w, uint32_t choice, struct ids *out)
{
    struct sampler *s;
    struct sample_params p = w->sample;
    struct ids all = { 0 };
    uint64_t h = 1;
    enum finish f = FINISH_NONE;
    p.seed = sample_seed(p.seed, choice);
    assert_int_equal(sampler_new(&s, VOCAB, NULL), QW_OK);
    for (size_t i = 0; i < w->prompt.n; i++) {
        ids_push(&all, w->prompt.v[i]);
        h = chain(h, w->prompt.v[i]);
    }
    while (f == FINISH_NONE) {
        float logits[VOCAB];
        logits_of(h, logits);
        int32_t id = sampler_draw(s, logits, all.v, all.n, w->prompt.n, &p, NULL, NULL);
        ids_push(&all, id);
        ids_push(out, id);
        h = chain(h, id);
        f = id == END && !w->no_end ? FINISH_STOP : out->n >= w->max_tokens || all.n >= w->mml ? FINISH_LENGTH : FINISH_NONE;
    }
    ids_free(&all);
    sampler_free(s);
    return f;
}

static void check_choice(const struct want *w, uint32_t i, const struct sched_choice *c)
{
    struct ids ids = { 0 };
    struct qw_buf text = QW_BUF_INIT;
    enum finish f = expected(w, i, &ids);
    bool whole = c->finish != FINISH_CANCELLED && c->finish != FINISH_DEADLINE && c->finish != FINISH_ERROR;
    if (whole)
        assert_int_equal(c->finish, f);
    assert_true(whole ? c->ids.n == ids.n : c->ids.n <= ids.n);
    if (c->ids.n > 0)
        assert_memory_equal(c->ids.v, ids.v, c->ids.n * sizeof *ids.v);
    for (size_t k = 0; k < c->ids.n; k++)
        if (c->ids.v[k] != END || w->no_end)
            qw_buf_addf(&text, "%d,", (int)c->ids.v[k]);
    assert_string_equal(c->text, text.data != NULL ? text.data : "");
    assert_int_equal(c->text_len, text.len);
    assert_string_equal(w->text[i].data != NULL ? w->text[i].data : "", c->text);   /* as streamed */
    ids_free(&ids);
    qw_buf_free(&text);
}

/* One event; returns the request that it ended. */
static struct want *handle(struct sched *s, struct want **all, size_t n)
{
    struct sched_event *e = next_event(s);
    struct want *w = NULL, *ended = NULL;
    for (size_t i = 0; i < n; i++)
        if (all[i]->run == e->run)
            w = all[i];
    assert_non_null(w);
    assert_false(w->done);
    w->n_events++;
    if (e->kind == SCHED_EV_TEXT) {
        assert_int_equal(e->at, w->text[e->index].len);  /* nothing twice, nothing left out */
        qw_buf_add(&w->text[e->index], e->text, e->text_len);
    } else if (e->kind == SCHED_EV_PROGRESS) {
        assert_true(e->prefilled <= e->prompt);
        w->progress++;
    } else {
        assert_int_equal(e->kind, SCHED_EV_DONE);
        assert_ptr_equal(e->req->user, w);
        assert_int_equal(e->n_choices, w->n);
        w->done = true;
        w->order = ++done_order;
        w->usage = e->usage;
        w->timing = e->timing;
        w->error = e->error;
        w->finish = e->choices[0].finish;
        size_t completion = 0;
        for (uint32_t i = 0; i < w->n; i++) {
            check_choice(w, i, &e->choices[i]);
            completion += e->choices[i].ids.n;
        }
        assert_int_equal(e->usage.prompt, w->prompt.n);
        assert_int_equal(e->usage.completion, completion);
        uint32_t sum = e->usage.from_memory + e->usage.from_disk + e->usage.prefilled;
        if (e->choices[0].ids.n > 0)
            assert_int_equal(sum, w->prompt.n);
        else
            assert_true(sum <= w->prompt.n);
        sched_req_free(e->req);
        ended = w;
    }
    sched_event_free(e);
    return ended;
}

static void wait_all(struct sched *s, struct want **all, size_t n)
{
    for (size_t left = 0, i = 0; ; left = 0) {
        for (i = 0; i < n; i++)
            left += !all[i]->done;
        if (left == 0)
            return;
        handle(s, all, n);
    }
}

/* ---- tests -------------------------------------------------------------------------------- */

/* The same 40 requests, alone and crowded, in every kind of pool and step. */
static void test_exact(void **state)
{
    static const struct { const char *name; uint32_t seqs, ms; uint64_t pages; bool chunked, preempts; } cfg[] = {
        { "one at a time", 1, 1000, 4096, true, false },
        { "batch of 8", 8, 1000, 4096, true, false },
        { "batch of 64", 64, 1000, 4096, true, false },
        { "chunks of 16", 8, 0, 4096, true, false },
        { "whole prompts", 8, 1000, 4096, false, false },
        { "smallest pool", 16, 0, 65, true, true },
        { "small pool, whole prompts", 64, 1000, 80, false, true },
    };
    (void)state;
    for (size_t c = 0; c < sizeof cfg / sizeof *cfg; c++) {
        struct sched_options o = defaults;
        o.max_num_seqs = cfg[c].seqs;
        o.step_ms_shared = o.step_ms_alone = cfg[c].ms;
        o.kv_cache_bytes = cfg[c].pages * 1024;
        o.enable_chunked_prefill = cfg[c].chunked;
        fake.us_per_row = cfg[c].ms == 0 ? 1 : 0;
        struct sched *s = start(&o);
        enum { N = 40 };
        struct want *w[N];
        unsigned seed = 5;
        for (int i = 0; i < N; i++) {
            w[i] = want_new(1000 + i, 0, 1 + rand_r(&seed) % 400);
            w[i]->n = i % 7 == 3 ? 3 : 1;
            w[i]->sample.temperature = i % 2 ? 0.8f : 0;
            w[i]->sample.seed = i;
            w[i]->sample.repetition_penalty = i % 5 == 4 ? 1.1f : 1;
            size_t common = (rand_r(&seed) % 4) * 50, n = common + 1 + rand_r(&seed) % 150;
            for (size_t k = 0; k < n; k++)               /* four kinds of common beginning */
                ids_push(&w[i]->prompt, k < common ? (int32_t)(k * 31 % END) : rand_r(&seed) % END);
            submit(s, w[i], 1 + i % 3);
        }
        wait_all(s, w, N);
        struct sched_stats st;
        sched_get_stats(s, &st);
        if (cfg[c].preempts != (st.preemptions > 0))
            fail_msg("%s: %d preemptions", cfg[c].name, (int)st.preemptions);
        if (cfg[c].preempts)
            assert_true(st.evictions > 0);
        assert_true(st.tokens_from_memory > 0);
        for (int i = 0; i < N; i++)
            want_free(w[i]);
        stop(s);
    }
    fake.us_per_row = 0;
}

static void test_prefix(void **state)
{
    struct sched *s = start(&defaults);
    struct want *a = want_new(1, 100, 30), *b = want_new(2, 0, 5), *c = want_new(3, 0, 5), *d = want_new(4, 0, 5);
    struct ids ids = { 0 };
    (void)state;
    submit(s, a, 1);
    wait_all(s, &a, 1);
    assert_int_equal(a->usage.from_memory, 0);
    assert_int_equal(a->usage.prefilled, 100);
    /* The next turn: prompt and answer again, and ten more. */
    expected(a, 0, &ids);
    ids_append(&b->prompt, a->prompt.v, a->prompt.n);
    ids_append(&b->prompt, ids.v, ids.n);
    size_t known = b->prompt.n - 1;                      /* the last answered id was never run */
    for (int i = 0; i < 10; i++)
        ids_push(&b->prompt, i);
    submit(s, b, 1);
    wait_all(s, &b, 1);
    assert_int_equal(b->usage.from_memory, known / 16 * 16);
    /* The same ids again: all but the page of the last. */
    ids_append(&c->prompt, b->prompt.v, b->prompt.n / 16 * 16);
    submit(s, c, 1);
    wait_all(s, &c, 1);
    assert_int_equal(c->usage.from_memory, c->prompt.n - 16);
    assert_int_equal(c->usage.prefilled, 16);
    /* Another owner has nothing. */
    ids_append(&d->prompt, b->prompt.v, b->prompt.n);
    submit(s, d, 2);
    wait_all(s, &d, 1);
    assert_int_equal(d->usage.from_memory, 0);
    ids_free(&ids);
    want_free(a), want_free(b), want_free(c), want_free(d);
    stop(s);
}

/* Sixteen requests with one beginning that arrive together prefill it once. */
static void test_together(void **state)
{
    static const size_t lengths[] = { 1000, 1008, 15, 17 };
    (void)state;
    for (size_t z = 0; z < 4; z++)
        for (int choices = 0; choices < 2; choices++) {
            struct sched_options o = defaults;
            o.max_num_seqs = 16;
            struct sched *s = start(&o);
            struct want *w[16];
            int n = choices ? 4 : 16;
            for (int i = 0; i < n; i++) {
                w[i] = want_new(1, lengths[z], 4);
                w[i]->run = 1 + i;
                w[i]->sample.temperature = 1;
                w[i]->sample.seed = i;
                w[i]->n = choices ? 4 : 1;
                submit(s, w[i], 1);
            }
            wait_all(s, w, n);
            struct sched_stats st;
            sched_get_stats(s, &st);
            size_t shared = (lengths[z] - 1) / 16 * 16, rest = lengths[z] - shared;
            assert_int_equal(st.tokens_prefilled, shared + 16 * rest);
            want_free(w[0]);
            for (int i = 1; i < n; i++) {
                assert_int_equal(w[i]->usage.prefilled, rest);
                want_free(w[i]);
            }
            stop(s);
        }
}

static void test_cancel(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w[3] = { want_new(1, 40, 900), want_new(2, 600, 900), want_new(3, 5, 10) };
    (void)state;
    w[0]->no_end = true;
    fake.hold = true;
    submit(s, w[0], 1);
    while (fake.in_run == 0)
        sched_yield();
    submit(s, w[2], 1);                                  /* waits for the step */
    sched_cancel(s, 77);                                 /* unknown: ignored */
    assert_null(sched_poll(s));
    sched_cancel(s, 1);                                  /* the step is abandoned between layers */
    while (handle(s, w, 3) != w[0])
        ;
    assert_int_equal(w[0]->finish, FINISH_CANCELLED);
    assert_int_equal(w[0]->error.code, QW_OK);
    fake.hold = false;
    while (!w[2]->done)
        handle(s, w, 3);
    assert_int_equal(w[2]->error.code, QW_OK);

    /* Two in a step: it goes on for the second when the first leaves. */
    want_free(w[0]), want_free(w[2]);
    w[0] = want_new(1, 40, 900);
    w[2] = want_new(3, 50, 900);
    w[0]->no_end = w[2]->no_end = true;
    fake.us_per_row = 200;
    submit(s, w[0], 1);
    submit(s, w[2], 2);
    while (w[0]->text[0].len == 0 || w[2]->text[0].len == 0)
        handle(s, w, 3);
    fake.hold = true;
    size_t steps;
    do {
        steps = fake.n_log;
        nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
    } while (fake.n_log != steps);
    assert_int_equal(fake.log[steps - 1].n_seqs, 2);
    sched_cancel(s, 1);
    nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    assert_int_equal(fake.n_log, steps);                 /* still the same step */
    fake.us_per_row = 0;
    fake.hold = false;
    while (!w[0]->done)
        handle(s, w, 3);
    assert_int_equal(w[0]->finish, FINISH_CANCELLED);
    while (!w[2]->done)
        handle(s, w, 3);
    assert_int_equal(w[2]->finish, FINISH_LENGTH);
    for (int i = 0; i < 3; i++)
        want_free(w[i]);
    stop(s);
}

static void test_deadline(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 1;
    o.max_model_len = 0;
    fake.context = 100000;
    o.kv_cache_bytes = 0;
    struct sched *s = start(&o);
    struct want *w[2] = { want_new(1, 40, 90000), want_new(2, 40, 10) };
    (void)state;
    fake.us_per_row = 1000;
    w[0]->mml = 100000;
    w[0]->no_end = true;
    struct sched_req *r = make_req(w[0], 1);
    r->deadline_mono_ms = clock_mono_ms() + 150;
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    r = make_req(w[1], 1);
    r->deadline_mono_ms = clock_mono_ms() + 50;          /* passes while it waits */
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    wait_all(s, w, 2);
    assert_int_equal(w[0]->finish, FINISH_DEADLINE);
    assert_int_equal(w[1]->finish, FINISH_DEADLINE);
    assert_true(w[1]->order < w[0]->order);
    assert_int_equal(w[1]->usage.completion, 0);
    fake.us_per_row = 0;
    fake.context = 4096;
    want_free(w[0]), want_free(w[1]);
    stop(s);
}

static void test_refusals(void **state)
{
    struct sched_options o = defaults;
    struct qw_error err;
    o.max_num_seqs = 2;
    o.max_queue = 3;
    o.max_model_len = 128;
    (void)state;
    struct sched *s;
    assert_int_equal(sched_new(&s, &o, wake, NULL, NULL), QW_OK);
    struct want *w = want_new(1, 40, 4);
    struct sched_req *r = make_req(w, 1);
    assert_int_equal(sched_submit(s, r, &err), QW_EMODEL);
    sched_stop(s);
    assert_int_equal(sched_submit(s, r, &err), QW_EDRAINING);
    sched_free(s);
    sched_req_free(r);
    want_free(w);

    s = start(&o);
    static const struct { const char *name; size_t prompt; uint32_t n, max; float temperature; int32_t id; int rc;
                          const char *says; } bad[] = {
        { "empty", 0, 1, 5, 0, 0, QW_EPARAMS, "empty" },
        { "no choice", 10, 0, 5, 0, 0, QW_EPARAMS, "n must" },
        { "too many choices", 10, 65, 5, 0, 0, QW_EPARAMS, "n must" },
        { "max_tokens 0", 10, 1, 0, 0, 0, QW_EPARAMS, "max_tokens" },
        { "temperature", 10, 1, 5, -1, 0, QW_EPARAMS, "temperature" },
        { "an id past the vocabulary", 10, 1, 5, 0, VOCAB, QW_EPARAMS, "prompt[10]" },
        { "a negative id", 10, 1, 5, 0, -1, QW_EPARAMS, "prompt[10]" },
        { "context", 128, 1, 5, 0, 0, QW_ECONTEXT, "129 tokens; the context holds 128" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        w = want_new(1, bad[i].prompt, bad[i].max);
        w->n = bad[i].n;
        w->sample.temperature = bad[i].temperature;
        if (bad[i].prompt > 0)
            ids_push(&w->prompt, bad[i].id);
        r = make_req(w, 1);
        assert_int_equal(sched_submit(s, r, &err), bad[i].rc);
        if (strstr(err.msg, bad[i].says) == NULL)
            fail_msg("%s: %s", bad[i].name, err.msg);
        sched_req_free(r);
        want_free(w);
    }

    /* Two run and three wait; the next is refused, until one has ended. */
    struct want *all[6];
    fake.hold = true;
    for (int i = 0; i < 6; i++)
        all[i] = want_new(1 + i, 20, 3);
    submit(s, all[0], 1);
    while (fake.in_run == 0)
        sched_yield();
    int taken = 1;
    for (; taken < 6; taken++) {
        r = make_req(all[taken], 1);
        if (sched_submit(s, r, &err) != QW_OK)
            break;
    }
    /* The first step may have been published as running, or not yet: 4 or 5 places in all. */
    assert_int_equal(err.code, QW_EBUSY);
    assert_in_range(taken, 4, 5);
    fake.hold = false;
    wait_all(s, all, taken);
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    wait_all(s, all, taken + 1);
    for (int i = 0; i < 6; i++)
        want_free(all[i]);
    stop(s);
}

/* An answer that fills the context ends with "length", whatever the pool. */
static void test_context_full(void **state)
{
    struct sched_options o = defaults;
    o.max_model_len = 100;
    o.kv_cache_bytes = 8 * 1024;
    struct sched *s = start(&o);
    (void)state;
    for (size_t n = 90; n < 100; n++) {
        struct want *w = want_new(n, n, 500);
        w->mml = 100;
        w->no_end = true;
        submit(s, w, 1);
        wait_all(s, &w, 1);
        assert_int_equal(w->finish, FINISH_LENGTH);
        assert_int_equal(w->usage.completion, 100 - n);
        want_free(w);
    }
    stop(s);
}

static void test_turns(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 1;
    struct sched *s = start(&o);
    struct want *w[12];
    (void)state;
    fake.hold = true;
    for (int i = 0; i < 12; i++) {
        w[i] = want_new(1 + i, i < 9 ? 300 : 20, 5);
        struct sched_req *r = make_req(w[i], i < 9 ? 1 : 2);
        r->priority = i == 4;                            /* one of the first owner's is batch */
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    }
    fake.hold = false;
    done_order = 0;
    wait_all(s, w, 12);
    /* The second owner's three short ones need not wait for nine long ones. */
    for (int i = 9; i < 12; i++)
        assert_true(w[i]->order <= 6);
    assert_int_equal(w[4]->order, 12);                   /* batch is last */
    for (int i = 1; i < 9; i++)
        if (i != 4 && i != 5)
            assert_true(w[i]->order > w[i - 1]->order);  /* an owner's own go in order */
    for (int i = 0; i < 12; i++)
        want_free(w[i]);
    stop(s);
}

/* Chunks follow the measured speed, end on page borders, and the report says how far they are. */
static void test_chunks(void **state)
{
    struct sched_options o = defaults;
    o.step_ms_shared = 20;
    o.step_ms_alone = 32;
    struct sched *s = start(&o);
    struct want *w[2] = { want_new(1, 5, 400), want_new(2, 900, 2) };
    (void)state;
    w[0]->no_end = true;
    fake.us_per_row = 400;                               /* 80 rows in 32 ms, 50 in 20 */
    struct sched_req *r = make_req(w[1], 1);
    r->progress = true;
    fake.hold_at = 4;
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    while (fake.n_log < 4)
        sched_yield();
    size_t alone = fake.n_log;
    submit(s, w[0], 1);
    fake.hold_at = 0;
    while (!w[1]->done)
        handle(s, w, 2);
    assert_true(w[1]->progress >= 1);
    size_t shared = 0, n = fake.n_log;
    for (size_t i = 0; i < n; i++) {
        struct step *t = &fake.log[i];
        if (t->chunk == 0)
            continue;
        if (t->left) {
            assert_int_equal(t->chunk_end % 16, 0);
            assert_true(t->chunk >= 16);
        }
        if (t->decode > 0 && i > alone) {
            assert_true(t->chunk <= 64);                 /* 48 fit; the clock of a busy machine errs */
            shared++;
        } else if (i >= 2 && i < alone) {
            assert_true(t->chunk <= 96);
        }
    }
    assert_true(alone < n && shared > 0);
    sched_cancel_all(s);
    wait_all(s, w, 2);
    fake.us_per_row = 0;
    want_free(w[0]), want_free(w[1]);
    stop(s);
}

static void test_no_allocation(void **state)
{
    struct sched_options o = defaults;
    fake.context = 8192;
    o.max_model_len = 8192;
    struct sched *s = start(&o);
    struct want *w = want_new(1, 20, 6000);
    (void)state;
    w->no_end = true;
    w->sample.temperature = 1;
    w->sample.n_logprobs = 3;
    submit(s, w, 1);
    uint64_t at_first = 0, at_end = 0;
    size_t events = 0;
    for (bool done = false; !done;) {
        struct sched_event *e = next_event(s);
        if (e->kind == SCHED_EV_TEXT && ++events == 1)
            at_first = qw_mem_count();
        if (e->kind == SCHED_EV_DONE) {
            at_end = qw_mem_count();
            assert_int_equal(e->choices[0].ids.n, 6000);
            for (size_t i = 0; i < 6000; i++)
                assert_int_equal(e->choices[0].logprobs[i].id, e->choices[0].ids.v[i]);
            sched_req_free(e->req);
            done = true;
        }
        sched_event_free(e);
    }
    /* ids, text, log-probabilities and a slow loop's event double a few times. */
    assert_true(at_end - at_first < 60);
    fake.context = 4096;
    want_free(w);
    stop(s);
}

/* A loop that sleeps gets all text in one event, and does not stop the engine. */
static void test_slow_loop(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w = want_new(1, 20, 300);
    struct sched_stats st;
    (void)state;
    w->no_end = true;
    submit(s, w, 1);
    do {
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        sched_get_stats(s, &st);
    } while (st.running + st.waiting > 0);
    wait_all(s, &w, 1);
    assert_int_equal(w->n_events, 2);
    want_free(w);
    stop(s);
}

static void test_random(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 12;
    o.kv_cache_bytes = 90 * 1024;
    struct sched *s = start(&o);
    enum { N = 1000 };
    static struct want *w[N];
    unsigned seed = 11;
    int live = 0;
    (void)state;
    for (int i = 0; i < N; i++) {
        w[i] = want_new(1 + i, 0, 1 + rand_r(&seed) % 120);
        size_t n = 1 + rand_r(&seed) % 300, common = rand_r(&seed) % 3 * 40;
        for (size_t k = 0; k < n; k++)
            ids_push(&w[i]->prompt, k < common ? (int32_t)(k % END) : rand_r(&seed) % END);
        w[i]->n = rand_r(&seed) % 10 == 0 ? 2 : 1;
        w[i]->sample.temperature = 1;
        w[i]->sample.seed = i;
        struct sched_req *r = make_req(w[i], rand_r(&seed) % 4);
        r->priority = rand_r(&seed) % 2;
        if (rand_r(&seed) % 10 == 0)
            r->deadline_mono_ms = clock_mono_ms() + rand_r(&seed) % 20;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        live++;
        if (rand_r(&seed) % 2)
            sched_cancel(s, 1 + rand_r(&seed) % (i + 1));
        while (live > 30)
            live -= handle(s, w, i + 1) != NULL;
    }
    wait_all(s, w, N);
    size_t cancelled = 0;
    for (int i = 0; i < N; i++) {
        cancelled += w[i]->finish == FINISH_CANCELLED;
        want_free(w[i]);
    }
    assert_true(cancelled > 10 && cancelled < 900);
    struct sched_stats st;
    sched_get_stats(s, &st);
    assert_true(st.preemptions > 0);
    stop(s);
}

static void test_failures(void **state)
{
    struct sched *s = start(&defaults);
    (void)state;
    /* A step that fails ends those that were in it, with the reason. */
    struct want *w = want_new(1, 30, 50);
    fake.fail_next = 3;
    submit(s, w, 1);
    wait_all(s, &w, 1);
    assert_int_equal(w->finish, FINISH_ERROR);
    assert_int_equal(w->error.code, QW_EINTERNAL);
    want_free(w);

    /* No memory for the Nth allocation: refused, or ended with an error, and nothing is lost. */
    int refused = 0, ended = 0, fine = 0;
    for (long n = 0; n < 40; n++) {
        w = want_new(100 + n, 30, 100);
        w->sample.n_logprobs = 2;
        struct sched_req *r = make_req(w, 1);
        struct qw_error err = { 0 };
        qw_mem_fail_after(n);
        int rc = sched_submit(s, r, &err);
        if (rc != QW_OK) {
            qw_mem_fail_after(-1);
            assert_int_equal(rc, QW_ENOMEM);
            sched_req_free(r);
            refused++;
        } else {
            for (bool done = false; !done;) {
                struct sched_event *e = next_event(s);
                if (e->kind == SCHED_EV_DONE) {
                    qw_mem_fail_after(-1);
                    done = true;
                    ended += e->choices[0].finish == FINISH_ERROR && e->error.code == QW_ENOMEM;
                    fine += e->choices[0].finish != FINISH_ERROR && e->error.code == QW_OK;
                    sched_req_free(e->req);
                }
                sched_event_free(e);
            }
        }
        want_free(w);
    }
    assert_true(refused >= 5 && ended >= 3 && fine >= 1);
    assert_int_equal(refused + ended + fine, 40);
    stop(s);
}

static struct sched_event *load(struct sched *s, const char *path)
{
    sched_load_model(s, &(struct sched_load){ .path = path, .name = "x" });
    struct sched_event *e;
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    return e;
}

/* The loop may ask for another load while it still holds the answer to the last one. */
static void test_load_while_answered(void **state)
{
    struct sched *s;
    (void)state;
    assert_int_equal(sched_new(&s, &defaults, wake, NULL, NULL), QW_OK);
    struct sched_event *first = load(s, "good");
    assert_int_equal(first->kind, SCHED_EV_LOADED);
    sched_unload_model(s);
    struct sched_event *second = next_event(s);         /* answered before the first is freed */
    assert_ptr_not_equal(first, second);
    assert_int_equal(first->info.page_bytes, 1024);
    sched_event_free(first);
    assert_int_equal(second->kind, SCHED_EV_LOADED);
    assert_null(second->model);
    sched_event_free(second);
    sched_stop(s);
    sched_free(s);
}

static void test_load(void **state)
{
    static const struct { const char *name; uint32_t context, asked; uint64_t pages; int rc; uint32_t mml; bool lowered; } c[] = {
        { "as asked", 4096, 100, 100, QW_OK, 100, false },
        { "the model's", 4096, 0, 1000, QW_OK, 4096, false },
        { "lowered", 4096, 0, 101, QW_OK, 1600, true },
        { "asked more than the model has", 4096, 5000, 1000, QW_EPARAMS, 0, false },
        { "asked more than fits", 4096, 4096, 256, QW_EPARAMS, 0, false },
        { "just fits", 4096, 4096, 257, QW_OK, 4096, false },
        { "nothing fits", 4096, 0, 3, QW_EMODEL, 0, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct sched_options o = defaults;
        struct sched *s;
        o.max_model_len = c[i].asked;
        o.kv_cache_bytes = c[i].pages * 1024;
        fake.context = c[i].context;
        assert_int_equal(sched_new(&s, &o, wake, NULL, NULL), QW_OK);
        struct sched_event *e = load(s, "good");
        if (e->error.code != c[i].rc)
            fail_msg("%s: %d %s", c[i].name, e->error.code, e->error.msg);
        assert_int_equal(e->kind, c[i].rc == QW_OK ? SCHED_EV_LOADED : SCHED_EV_LOAD_FAILED);
        if (c[i].rc == QW_OK) {
            assert_int_equal(e->info.max_model_len, c[i].mml);
            assert_int_equal(e->info.n_pages, c[i].pages);
            assert_int_equal(e->info.max_model_len_lowered, c[i].lowered);
        }
        sched_event_free(e);
        sched_stop(s);
        sched_free(s);
    }
    fake.context = 4096;

    struct sched *s = start(&defaults);
    struct sched_event *e = load(s, "bad");
    assert_int_equal(e->kind, SCHED_EV_LOAD_FAILED);
    assert_int_equal(e->error.code, QW_EFORMAT);
    sched_event_free(e);
    struct want *w = want_new(1, 20, 5);
    struct sched_req *r = make_req(w, 1);
    assert_int_equal(sched_submit(s, r, NULL), QW_EMODEL);
    sched_req_free(r);
    e = load(s, "good");
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    sched_event_free(e);
    submit(s, w, 1);
    wait_all(s, &w, 1);
    want_free(w);
    sched_unload_model(s);
    e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    assert_null(e->model);
    sched_event_free(e);
    for (long n = 0; n < 12; n++) {                      /* a load answers even without memory */
        qw_mem_fail_after(n);
        e = load(s, "good");
        qw_mem_fail_after(-1);
        assert_true(e->kind == SCHED_EV_LOADED || e->error.code == QW_ENOMEM);
        sched_event_free(e);
    }
    stop(s);

    /* Stopping ends a load under way. */
    assert_int_equal(sched_new(&s, &defaults, wake, NULL, NULL), QW_OK);
    uint64_t t0 = clock_mono_ms();
    sched_load_model(s, &(struct sched_load){ .path = "slow", .name = "x" });
    e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_LOAD_PROGRESS);
    sched_event_free(e);
    sched_stop(s);
    sched_free(s);
    assert_true(clock_mono_ms() - t0 < 3000);
}

/* Stopping with work under way hands every request back. */
static void test_stop(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w[20];
    (void)state;
    fake.us_per_row = 100;
    for (int i = 0; i < 20; i++)
        submit(s, w[i] = want_new(1 + i, 200, 800), 1);
    handle(s, w, 20);
    sched_stop(s);
    wait_all(s, w, 20);
    for (int i = 0; i < 20; i++)
        want_free(w[i]);
    fake.us_per_row = 0;
    struct sched_event *e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_STOPPED);
    sched_event_free(e);
    sched_free(s);

    s = start(&defaults);                                /* events that nobody fetched */
    for (int i = 0; i < 4; i++) {
        w[i] = want_new(1 + i, 20, 5);
        submit(s, w[i], 1);
    }
    sched_free(s);
    for (int i = 0; i < 4; i++)
        want_free(w[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load), cmocka_unit_test(test_load_while_answered),
        cmocka_unit_test(test_exact), cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_together), cmocka_unit_test(test_cancel), cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_context_full), cmocka_unit_test(test_turns),
        cmocka_unit_test(test_chunks), cmocka_unit_test(test_no_allocation), cmocka_unit_test(test_slow_loop),
        cmocka_unit_test(test_random), cmocka_unit_test(test_failures), cmocka_unit_test(test_stop),
    };
    sem_init(&woken, 0, 0);
    fake.context = 4096;
    qw_log_set_level(QW_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
