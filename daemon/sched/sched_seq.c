/* Runs and their sequences: what they hold, how they are admitted, preempted, advanced and
 * finished.  Engine thread, but for run_new. */
#include "daemon/sched/sched_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct sched_req *sched_req_new(void)
{
    struct sched_req *r = qw_calloc(1, sizeof *r);
    if (r != NULL) {
        sample_params_default(&r->sample);
        r->gen = (struct gen_params){ .max_tokens = UINT32_MAX, .stop_on_repetition = true };
        r->n = 1;
    }
    return r;
}

void sched_req_free(struct sched_req *r)
{
    if (r == NULL)
        return;
    if (r->free_user != NULL)
        r->free_user(r->user);
    ids_free(&r->prompt);
    for (size_t i = 0; i < r->gen.n_stop; i++)
        qw_free((char *)r->gen.stop[i]);
    qw_free((void *)r->gen.stop);
    qw_free((void *)r->sample.bias);
    qw_free(r);
}

/* ---- runs -------------------------------------------------------------------------------- */

static void seq_clear(struct seq *q)
{
    assert(q->n_pages == 0);
    ids_free(&q->ids);
    qw_free(q->pages);
    qw_free(q->data);
    gen_free(q->gen);
    draft_free(q->draft);
    qw_buf_free(&q->text);
    qw_free(q->lp);
    qw_free(q->alts);
}

static void run_free(struct run *r)                       /* not its req */
{
    if (r == NULL)
        return;
    for (uint32_t i = 0; r->seqs != NULL && i < r->req->n; i++)
        seq_clear(&r->seqs[i]);
    qw_free(r->seqs);
    qw_free(r->choices);
    if (r->done != NULL)
        sched_event_free(&r->done->ev);
    qw_free(r);
}

/* Everything that grows with the context is reserved here, so that the token loop cannot fail for
 * it: an answer never has more ids than its prompt and max_tokens, or max_model_len. */
static int seq_init(const struct sched *s, struct run *r, uint32_t i, const struct model *m, size_t mml,
                    struct qw_error *err)
{
    struct seq *q = &r->seqs[i];
    struct sched_req *req = r->req;
    size_t most = req->gen.max_tokens < mml - r->answer_from ? r->answer_from + req->gen.max_tokens : mml;
    if (most < req->prompt.n)
        most = req->prompt.n;
    q->run = r;
    q->sent = req->n_given;
    q->saved_n = req->prompt.n;
    q->index = i;
    q->sample = req->sample;
    q->sample.seed = sample_seed(req->sample.seed, i);
    if (i > 0 && req->others_temperature > 0)
        q->sample.temperature = req->others_temperature;
    q->most = most;
    q->cap_pages = (most + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
    q->pages = qw_calloc(q->cap_pages, sizeof *q->pages);
    q->data  = qw_calloc(q->cap_pages, sizeof *q->data);
    if (q->pages == NULL || q->data == NULL || ids_reserve(&q->ids, most) != QW_OK ||
        ids_append(&q->ids, req->prompt.v, req->prompt.n) != QW_OK)
        return qw_error_set(err, QW_ENOMEM, "no memory for a sequence of %zu tokens", most);
    if (s->o.speculation != SCHED_GUESS_OFF && draft_new(&q->draft, most, err) != QW_OK)
        return QW_ENOMEM;
    return gen_new(&q->gen, model_tokenizer(m), &req->gen, err);
}

int run_new(struct sched *s, struct sched_req *req, const struct model *m, size_t mml, struct run **out,
            struct qw_error *err)
{
    int rc = QW_OK;
    struct run *r = qw_calloc(1, sizeof *r);
    if (r == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for a request");
    r->req = req;
    r->answer_from = req->prompt.n - req->n_given;
    r->tree = s->o.share_pages ? 0 : req->owner;
    r->submit_ns = clock_mono_ns();
    r->seqs    = qw_calloc(req->n, sizeof *r->seqs);
    r->choices = qw_calloc(req->n, sizeof *r->choices);
    r->done    = ev_new(s);
    if (r->seqs == NULL || r->choices == NULL || r->done == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory for a request");
    for (uint32_t i = 0; rc == QW_OK && i < req->n; i++)
        rc = seq_init(s, r, i, m, mml, err);
    if (rc != QW_OK) {
        run_free(r);
        return rc;
    }
    *out = r;
    return QW_OK;
}

void run_error(struct run *r, const struct qw_error *err)
{
    if (r->error.code == QW_OK)
        r->error = *err;
}

static double ms_between(uint64_t from_ns, uint64_t to_ns)
{
    return from_ns != 0 && to_ns > from_ns ? (double)(to_ns - from_ns) / 1e6 : 0;
}

/* Hands the request back with all that there is. */
static void run_done(struct sched *s, struct run *r)
{
    uint64_t now = clock_mono_ns();
    struct sched_event *e = &r->done->ev;
    struct sched_timing t = {
        .queued_ms  = ms_between(r->submit_ns, r->admit_ns != 0 ? r->admit_ns : now),
        .prefill_ms = ms_between(r->admit_ns, r->first_ns != 0 ? r->first_ns : now),
        .decode_ms  = ms_between(r->first_ns, now),
        .total_ms   = ms_between(r->submit_ns, now),
    };
    bool all_given = r->admit_ns == 0 && r->req->n_given > 0;      /* nothing was needed of the prompt */
    r->usage.prompt = all_given ? 0 : (uint32_t)r->req->prompt.n;
    e->kind = SCHED_EV_DONE;
    e->run = r->req->run;
    e->req = r->req;
    e->choices = r->choices;
    e->n_choices = r->req->n;
    e->usage = r->usage;
    e->timing = t;
    e->error = r->error;

    pthread_mutex_lock(&s->lock);
    struct run **at = &s->registry;
    while (*at != r)
        at = &(*at)->reg_next;
    *at = r->reg_next;
    if (!r->admitted)
        s->n_waiting--;
    pthread_mutex_unlock(&s->lock);

    struct event_box *box = r->done;
    for (uint32_t i = 0; i < r->req->n; i++)
        seq_clear(&r->seqs[i]);
    qw_free(r->seqs);
    qw_free(r);
    ev_push(s, box);
}

/* ---- owners ------------------------------------------------------------------------------ */

static struct owner *owner_get(struct sched *s, uint64_t id)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < s->n_owners; i++) {
        if (s->owners[i]->id == id)
            return s->owners[i];
        if (s->owners[i]->used < least)
            least = s->owners[i]->used;
    }
    if (s->n_owners == s->cap_owners) {
        size_t cap = s->cap_owners == 0 ? 16 : s->cap_owners * 2;
        struct owner **v = qw_realloc_array(s->owners, cap, sizeof *v);
        if (v == NULL)
            return NULL;
        s->owners = v;
        s->cap_owners = cap;
    }
    struct owner *o = qw_calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    o->id = id;
    o->used = s->n_owners > 0 ? least : 0;       /* who comes back has saved up nothing */
    s->owners[s->n_owners++] = o;
    return o;
}

static void owner_put(struct sched *s, struct owner *o)
{
    if (--o->n_live > 0)
        return;
    for (size_t i = 0; i < s->n_owners; i++)
        if (s->owners[i] == o)
            s->owners[i] = s->owners[--s->n_owners];
    qw_free(o);
}

static void give(struct sched *s, struct seq *q);

void run_arrive(struct sched *s, struct run *r)
{
    struct qw_error err;
    if (s->n_live + r->req->n > s->cap_live) {
        size_t cap = s->cap_live + r->req->n + 64;
        struct seq **v = qw_realloc_array(s->live, cap, sizeof *v);
        if (v == NULL)
            goto nomem;
        s->live = v;
        s->cap_live = cap;
    }
    r->owner = owner_get(s, r->req->owner);
    if (r->owner == NULL)
        goto nomem;
    r->owner->n_live += r->req->n;
    for (uint32_t i = 0; i < r->req->n; i++) {
        r->seqs[i].arrival = ++s->arrivals;
        s->live[s->n_live++] = &r->seqs[i];
    }
    if (r->req->n_given > 0)
        give(s, &r->seqs[0]);
    return;
nomem:
    qw_error_set(&err, QW_ENOMEM, "no memory for a request");
    run_error(r, &err);
    for (uint32_t i = 0; i < r->req->n; i++)
        r->choices[i].finish = FINISH_ERROR;
    run_done(s, r);
}

/* ---- pages of a sequence ----------------------------------------------------------------- */

static void put_page(struct seq *q, size_t at, struct kv_page *p)
{
    q->pages[at] = p;
    q->data[at] = kv_page_data(p);
}

/* Drops pages from the end until keep are left.  Leaves come first, so that of an idle conversation
 * the end is evicted before the prefix. */
static void drop_pages(struct sched *s, struct seq *q, size_t keep)
{
    while (q->n_pages > keep) {
        struct kv_page *p = q->pages[--q->n_pages];
        if (q->n_pages >= q->n_sealed) {
            kv_drop_open(s->kv, p);
        } else {
            kv_unref(s->kv, p);
            q->n_sealed--;
        }
    }
}

/* Where prompt positions [from, to) came from.  Preemption's repetition does not count twice, and choices
 * share one prompt. */
static void count_prompt(struct seq *q, size_t from, size_t to, enum source source)
{
    struct sched_usage *u = &q->run->usage;
    size_t n = q->run->req->prompt.n;
    if (from < q->counted)
        from = q->counted;
    if (to > n)
        to = n;
    if (q->index != 0 || from >= to)
        return;
    *(source == FROM_MEMORY ? &u->from_memory : source == FROM_DISK ? &u->from_disk : &u->prefilled) += (uint32_t)(to - from);
    q->counted = to;
}

void seq_take_sealed(struct sched *s, struct seq *q, struct kv_page *p, enum source from)
{
    size_t before = q->n_kv;
    drop_pages(s, q, q->n_sealed);                         /* an open page for the same positions */
    put_page(q, q->n_sealed++, p);
    q->n_pages = q->n_sealed;
    q->n_kv = q->n_sealed * KV_PAGE_TOKENS;
    size_t wanted = (q->ids.n + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS - q->n_pages + 1;
    if (q->promised > wanted)
        q->promised = wanted;
    *(from == FROM_DISK ? &s->count.tokens_from_disk : &s->count.tokens_from_memory) += q->n_kv - before;
    count_prompt(q, before, q->n_kv, from);
}

void seq_walk(struct sched *s, struct seq *q)
{
    /* The last token is always run again, so its page is never taken. */
    size_t max = (q->ids.n - 1) / KV_PAGE_TOKENS;
    struct kv_page *p;
    while (q->n_sealed < max &&
           kv_match_from(s->kv, q->run->tree, q->n_sealed > 0 ? q->pages[q->n_sealed - 1] : NULL,
                         q->ids.v + q->n_sealed * KV_PAGE_TOKENS, KV_PAGE_TOKENS, &p, 1) == 1)
        seq_take_sealed(s, q, p, FROM_MEMORY);
}

bool seq_page(struct sched *s, struct seq *q)
{
    assert(q->n_pages < q->cap_pages);
    struct kv_page *p = kv_take(s->kv);
    if (p == NULL)
        return false;
    put_page(q, q->n_pages++, p);
    if (q->promised > 0)
        q->promised--;
    return true;
}

/* Whole pages that q will find sealed because an older running sequence of its owner computes or reads
 * them: those of their common beginning. */
static size_t shared_pages(const struct sched *s, const struct seq *q)
{
    size_t best = 0, max = (q->ids.n - 1) / KV_PAGE_TOKENS;
    for (size_t i = 0; i < s->n_live && s->live[i] != q; i++) {
        const struct seq *a = s->live[i];
        if (!seq_admitted(a) || a->run->tree != q->run->tree)
            continue;
        size_t k = 0;
        while (k < max && (k + 1) * KV_PAGE_TOKENS <= a->ids.n &&
               memcmp(a->ids.v + k * KV_PAGE_TOKENS, q->ids.v + k * KV_PAGE_TOKENS,
                      KV_PAGE_TOKENS * sizeof *q->ids.v) == 0)
            k++;
        if (k > best)
            best = k;
    }
    return best;
}

bool seq_admit(struct sched *s, struct seq *q)
{
    struct kv_stats st;
    size_t reserved = 0;
    /* The walk takes references, so that what it found is no longer counted as evictable.  It is
     * counted as memory when it stays. */
    size_t whole = (q->ids.n + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS, max = (q->ids.n - 1) / KV_PAGE_TOKENS;
    size_t k = kv_match(s->kv, q->run->tree, q->ids.v, q->ids.n, q->pages, max);
    size_t shared = shared_pages(s, q), have = k > shared ? k : shared;
    for (size_t i = 0; i < s->n_live; i++)
        if (seq_admitted(s->live[i]))
            reserved += s->live[i]->promised;
    kv_get_stats(s->kv, &st);
    bool fits = whole - have + 1 + reserved <= st.free + st.cached || s->running == 0;
    for (size_t i = 0; i < k; i++)
        put_page(q, i, q->pages[i]);
    q->n_pages = q->n_sealed = k;
    if (!fits) {
        drop_pages(s, q, 0);
        return false;
    }
    q->n_kv = k * KV_PAGE_TOKENS;
    q->promised = whole - have + 1;
    q->state = SEQ_RUNNING;
    q->asked = false;
    q->saved_ms = clock_mono_ms();
    s->running++;
    s->count.tokens_from_memory += q->n_kv;
    count_prompt(q, 0, q->n_kv, FROM_MEMORY);
    struct run *r = q->run;
    pthread_mutex_lock(&s->lock);
    s->n_running = s->stats.running = (uint32_t)s->running; /* never neither waiting nor running */
    if (!r->admitted) {
        r->admitted = true;
        r->admit_ns = clock_mono_ns();
        s->n_waiting--;
    }
    pthread_mutex_unlock(&s->lock);
    return true;
}

void seq_preempt(struct sched *s, struct seq *q)
{
    sched_store_leave(s, q);
    drop_pages(s, q, 0);
    q->n_kv = q->T = q->promised = 0;
    q->state = SEQ_WAITING;
    q->resumed = true;
    s->running--;
    s->count.preemptions++;
}

struct seq *seq_youngest(struct sched *s)
{
    for (size_t i = s->n_live; i-- > 0;)
        if (s->live[i]->state == SEQ_RUNNING)
            return s->live[i];
    return NULL;
}

void seq_advance(struct sched *s, struct seq *q, size_t T)
{
    size_t before = q->n_kv, prompt = q->run->req->prompt.n;
    q->n_kv += T;
    q->run->owner->used += T;
    count_prompt(q, before, q->n_kv, PREFILLED);
    if (before < prompt)
        s->count.tokens_prefilled += (q->n_kv < prompt ? q->n_kv : prompt) - before;
    while ((q->n_sealed + 1) * KV_PAGE_TOKENS <= q->n_kv) {
        size_t i = q->n_sealed++;
        put_page(q, i, kv_seal(s->kv, q->run->tree, i > 0 ? q->pages[i - 1] : NULL, q->pages[i],
                               q->ids.v + i * KV_PAGE_TOKENS));
        if (q->run->req->store_pages && s->o.store != NULL && !s->store_off)
            kv_want(s->kv, q->pages[i]);
    }
}

/* ---- tokens ------------------------------------------------------------------------------ */

static bool deliver(struct sched *s, struct seq *q, size_t from)
{
    if (q->text.len == from || q->text.failed)
        return !q->text.failed;
    return ev_text(s, q->run->req->run, q->index, from, q->text.data + from, q->text.len - from);
}

bool seq_room_for_logprobs(struct seq *q, size_t n)
{
    size_t need = q->ids.n - q->run->answer_from + n, given = q->run->req->n_given, k = q->sample.n_logprobs;
    if (k == UINT32_MAX || need <= q->cap_lp)
        return true;
    size_t cap = q->cap_lp == 0 ? 64 : q->cap_lp * 2;
    while (cap < need)
        cap *= 2;
    struct token_logprob *lp = qw_realloc_array(q->lp, cap, sizeof *lp);
    if (lp == NULL)
        return false;
    q->lp = lp;
    if (k > 0) {
        lp = qw_realloc_array(q->alts, cap, k * sizeof *lp);
        if (lp == NULL)
            return false;
        q->alts = lp;
    }
    for (size_t i = 0; q->cap_lp == 0 && i < given; i++) {  /* of what was given nobody knows them */
        q->lp[i] = (struct token_logprob){ q->ids.v[q->run->answer_from + i], NAN };
        for (size_t j = 0; j < k; j++)
            q->alts[i * k + j] = (struct token_logprob){ -1, NAN };
    }
    q->cap_lp = cap;
    return true;
}

static void seq_fail(struct sched *s, struct seq *q, int code, const char *why)
{
    struct qw_error err;
    qw_error_set(&err, code, "%s", why);
    run_error(q->run, &err);
    seq_finish(s, q, FINISH_ERROR);
}

bool seq_sample(struct sched *s, struct seq *q, size_t row)
{
    struct qw_error err = { 0 };
    size_t at = q->ids.n - q->run->answer_from, from = q->text.len;
    if (!seq_room_for_logprobs(q, 1)) {
        seq_fail(s, q, QW_ENOMEM, "no memory for log-probabilities");
        return false;
    }
    int32_t id = draw_next(s, q, row, &err);
    if (id < 0 && sched_device_failed(s, err.code) && sched_may_leave(s)) {
        /* The device's: sched_leave_device follows, and it is drawn from what the CPU computes. */
        s->broken = err;
        return false;
    }
    if (id < 0) {
        seq_fail(s, q, err.code, err.msg);
        return false;
    }
    if (q->lp != NULL)
        q->cum_logprob += q->lp[at].logprob;
    if (q->run->first_ns == 0)
        q->run->first_ns = clock_mono_ns();
    (void)ids_push(&q->ids, id);                            /* reserved by seq_init */
    s->count.tokens_decoded++;
    q->run->usage.completion++;
    enum finish f = gen_push(q->gen, id, &q->text);
    if (f == FINISH_ERROR || !deliver(s, q, from)) {
        seq_fail(s, q, QW_ENOMEM, "no memory for the answer's text");
        return false;
    }
    if (f == FINISH_NONE && q->ids.n >= s->mml)
        f = FINISH_LENGTH;                                  /* the context is full */
    if (f != FINISH_NONE)
        seq_finish(s, q, f);
    return f == FINISH_NONE;
}

/* The beginning of the answer passes through the rules that end it, and its text is delivered. */
static void give(struct sched *s, struct seq *q)
{
    enum finish f = FINISH_NONE;
    for (size_t i = q->run->answer_from; i < q->ids.n && f == FINISH_NONE; i++)
        f = gen_push(q->gen, q->ids.v[i], &q->text);
    if (f == FINISH_ERROR || !deliver(s, q, 0)) {
        seq_fail(s, q, QW_ENOMEM, "no memory for the answer's text");
        return;
    }
    if (f == FINISH_NONE && q->ids.n >= s->mml)
        f = FINISH_LENGTH;
    if (f != FINISH_NONE)
        seq_finish(s, q, f);
}

void seq_finish(struct sched *s, struct seq *q, enum finish f)
{
    struct run *r = q->run;
    size_t from = q->text.len;
    gen_end(q->gen, &q->text);                              /* nothing if it ended by itself */
    (void)deliver(s, q, from);                              /* the last event has all of it anyway */

    sched_store_finish(s, q);
    if (seq_admitted(q))
        s->running--;
    drop_pages(s, q, 0);
    q->state = SEQ_DONE;
    q->T = 0;
    struct sched_choice *c = &r->choices[q->index];
    c->finish = f;
    c->ids = gen_take_ids(q->gen);
    c->text_len = q->text.len;
    c->text = qw_buf_take(&q->text);
    if (c->text == NULL)
        c->text_len = 0;
    c->logprobs = q->lp;
    c->alts = q->alts;
    q->lp = q->alts = NULL;
    c->cum_logprob = q->cum_logprob;
    r->n_stopped += f == FINISH_STOP;
    if (r->req->each)
        ev_choice(s, r->req->run, q->index, c, ms_between(r->submit_ns, clock_mono_ns()));

    size_t i = 0;
    while (s->live[i] != q)
        i++;
    memmove(&s->live[i], &s->live[i + 1], (s->n_live - i - 1) * sizeof *s->live);
    s->n_live--;
    owner_put(s, r->owner);
    if (++r->n_done == r->req->n)
        run_done(s, r);
}

void sched_end_all(struct sched *s, enum finish f, const struct qw_error *err)
{
    while (s->n_live > 0) {
        struct seq *q = s->live[s->n_live - 1];
        if (err != NULL)
            run_error(q->run, err);
        seq_finish(s, q, f);
    }
}
