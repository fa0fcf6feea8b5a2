#include "tests/unit/sched_fake.h"

#include "base/log.h"
#include "engine/cpu/kern.h"
#include "engine/cpu/workers.h"
#include "tests/unit/head_ref.h"

/* ---- the engine --------------------------------------------------------------------------- */

struct model { struct hparams h; };
struct forward { struct kv_layout l; struct workers *team; };

struct fake_engine fake;

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
    int rc = workers_new(&(*f)->team, o->n_threads, err);
    return rc != QW_OK ? rc : kv_layout_init(&(*f)->l, o->kv_type, m->h.n_layers, m->h.n_kv_heads, m->h.head_dim, err);
}
void forward_free(struct forward *f)
{
    if (f != NULL)
        workers_free(f->team);
    qw_free(f);
}
struct workers *forward_workers(struct forward *f) { return f->team; }
uint64_t forward_backend_bytes(const struct model *m, const struct forward_options *o) { (void)m, (void)o; return 0; }

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

/* The rows of the last run that heads were given of; NULL of others. */
static float given[512][VOCAB];
static bool  is_head[512];
static size_t n_given;

static void give_logits(const struct forward_seq *q, size_t at, uint64_t h)
{
    is_head[n_given] = q->heads != NULL;
    logits_of(h, q->heads != NULL ? given[n_given] : q->logits + at * VOCAB);
    if (q->heads != NULL) {
        head_ref(&q->heads[at], given[n_given], VOCAB, q->temperature, NULL, HEAD_LOGITS);
        fake.n_heads++;
    }
    n_given++;
}

bool forward_gives_heads(const struct forward *f) { (void)f; return fake.heads; }

int forward_row(struct forward *f, size_t row, float *logits, struct qw_error *err)
{
    (void)f;
    if (fake.fail_row)
        return qw_error_set(err, QW_EINTERNAL, "the row is gone");
    if (row >= n_given || !is_head[row]) {
        fake.bad_pages++;
        return qw_error_set(err, QW_EINTERNAL, "no head was given of row %zu", row);
    }
    fake.n_rows++;
    memcpy(logits, given[row], sizeof given[row]);
    return QW_OK;
}

int forward_run(struct forward *f, const struct forward_seq *seqs, size_t n, const atomic_int *cancel, struct qw_error *err)
{
    (void)f;
    struct step st = { .n_seqs = (uint32_t)n };
    n_given = 0;
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
                give_logits(&seqs[i], t - (seqs[i].T - seqs[i].n_logits), h);
        }
    fake.in_run--;
    return rc;
}

/* ---- the loop ----------------------------------------------------------------------------- */

static sem_t woken;
atomic_size_t sched_fake_wakes;
void sched_fake_wake(void *arg)
{
    (void)arg;
    sched_fake_wakes++;
    sem_post(&woken);
}

int done_order;
const struct sched_options defaults = {
    .n_threads = 1, .kv_type = KV_F16, .max_num_seqs = 8, .max_queue = 1000, .enable_chunked_prefill = true,
    .step_ms_shared = 200, .step_ms_alone = 1000, .kv_cache_bytes = 4096 * 1024, .max_model_len = 1024,
};

struct sched_event *next_event(struct sched *s)
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

struct sched *start(const struct sched_options *o)
{
    struct sched *s;
    while (sem_trywait(&woken) == 0)
        ;
    fake.n_log = 0;
    assert_int_equal(sched_new(&s, o, sched_fake_wake, NULL, NULL), QW_OK);
    sched_load_model(s, &(struct sched_load){ .path = "good" });
    struct sched_event *e;
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    assert_non_null(e->model);
    sched_event_free(e);
    return s;
}

void stop(struct sched *s)
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

struct sched_req *make_req(struct want *w, uint64_t owner)
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

void submit(struct sched *s, struct want *w, uint64_t owner)
{
    struct qw_error err = { 0 };
    struct sched_req *r = make_req(w, owner);
    if (sched_submit(s, r, &err) != QW_OK)
        fail_msg("submit: %s", err.msg);
}

struct want *want_new(uint64_t run, size_t n_prompt, uint32_t max_tokens)
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

void want_free(struct want *w)
{
    ids_free(&w->prompt);
    for (int i = 0; i < 4; i++)
        qw_buf_free(&w->text[i]);
    free(w);
}

enum finish expected(const struct want *w, uint32_t choice, struct ids *out)
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

struct want *handle(struct sched *s, struct want **all, size_t n)
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

void wait_all(struct sched *s, struct want **all, size_t n)
{
    for (size_t left = 0, i = 0; ; left = 0) {
        for (i = 0; i < n; i++)
            left += !all[i]->done;
        if (left == 0)
            return;
        handle(s, all, n);
    }
}

void sched_fake_init(void)
{
    sem_init(&woken, 0, 0);
    fake.context = 4096;
    qw_log_set_level(QW_LOG_ERROR);
}
