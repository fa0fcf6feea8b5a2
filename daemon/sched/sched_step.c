/* One step of continuous batching: who is admitted, which rows run, what they give.
 *
 * A sequence whose only missing position is its last id decodes; all others prefill.  The plan
 * decides each sequence's T; nothing after it changes who runs. */
#include "daemon/sched/sched_int.h"

#include <string.h>

#include "base/clock.h"

#define PROGRESS_EVERY_MS 200

/* ---- before the plan --------------------------------------------------------------------- */

static bool too_long(const struct seq *q)
{
    uint32_t cap = atomic_load_explicit(&q->run->cap, memory_order_relaxed);
    return cap != 0 && q->ids.n - q->run->answer_from >= cap;
}

static bool out_of_time(const struct seq *q, uint64_t now)
{
    const struct sched_req *r = q->run->req;
    return (r->deadline_mono_ms != 0 && now >= r->deadline_mono_ms) ||
           (r->others_deadline_mono_ms != 0 && now >= r->others_deadline_mono_ms && (q->index > 0 || q->run->n_stopped > 0));
}

void sched_reap(struct sched *s)
{
    uint64_t now = clock_mono_ms();
    for (size_t i = s->n_live; i-- > 0;) {
        struct seq *q = s->live[i];
        if (atomic_load_explicit(&q->run->cancel, memory_order_relaxed) || too_long(q))
            seq_finish(s, q, FINISH_CANCELLED);
        else if (out_of_time(q, now))
            seq_finish(s, q, FINISH_DEADLINE);
    }
}

/* load: what each owner has used and will use for what is admitted. */
static void weigh_owners(struct sched *s)
{
    for (size_t i = 0; i < s->n_owners; i++)
        s->owners[i]->load = s->owners[i]->used;
    for (size_t i = 0; i < s->n_live; i++)
        if (seq_admitted(s->live[i]))
            s->live[i]->run->owner->load += seq_left(s->live[i]);
}

/* Interactive before batch; then who was running before, by arrival; then the owner that is
 * furthest behind, by arrival. */
static bool goes_before(const struct seq *a, const struct seq *b)
{
    if (a->run->req->priority != b->run->req->priority)
        return a->run->req->priority < b->run->req->priority;
    if (a->resumed != b->resumed)
        return a->resumed;
    if (!a->resumed && a->run->owner->load != b->run->owner->load)
        return a->run->owner->load < b->run->owner->load;
    return a->arrival < b->arrival;
}

/* The candidate that goes first is never overtaken by a smaller one, so none starves. */
static void admit(struct sched *s)
{
    size_t limit = atomic_load(&s->max_num_seqs);
    while (s->running < limit) {
        struct seq *best = NULL;
        weigh_owners(s);
        for (size_t i = 0; i < s->n_live; i++)
            if (s->live[i]->state == SEQ_WAITING && (best == NULL || goes_before(s->live[i], best)))
                best = s->live[i];
        if (best == NULL || !seq_admit(s, best))
            break;
    }
}

/* ---- the plan ---------------------------------------------------------------------------- */

/* Gives q one page, preempting the youngest until there is one; false: q itself was preempted, or waits for
 * pages that the store gives back.  The oldest is never the youngest of two, and alone it fits (sched_load.c), so it goes on. */
static bool page_or_preempt(struct sched *s, struct seq *q)
{
    while (!seq_page(s, q)) {
        struct seq *victim = seq_youngest(s);
        if (victim == q && sched_store_holds(s))
            return false;
        seq_preempt(s, victim);
        if (victim == q)
            return false;
    }
    return true;
}

static size_t plan_decode(struct sched *s)
{
    size_t rows = 0;
    for (size_t i = 0; i < s->n_live; i++) {                /* oldest first: victims come later */
        struct seq *q = s->live[i];
        if (q->state != SEQ_RUNNING || seq_left(q) != 1)
            continue;
        if (q->n_kv == q->n_pages * KV_PAGE_TOKENS && !page_or_preempt(s, q))
            continue;
        q->T = 1;
        rows++;
    }
    return rows;
}

/* Is q's next page being computed or read by an older sequence of its owner?  Only ever older ones
 * are waited for, so there is no cycle. */
static bool waits_for_page(const struct sched *s, const struct seq *q)
{
    size_t k = q->n_sealed, next = (k + 1) * KV_PAGE_TOKENS;
    if (q->n_kv % KV_PAGE_TOKENS != 0 || next > q->ids.n - 1)
        return false;
    for (size_t i = 0; i < s->n_live && s->live[i] != q; i++) {
        const struct seq *a = s->live[i];
        if (seq_admitted(a) && a->run->tree == q->run->tree && seq_left(a) > 1 &&
            a->run->req->priority <= q->run->req->priority && a->n_sealed == k && a->ids.n >= next &&
            (k == 0 || a->pages[k - 1] == q->pages[k - 1]) &&
            memcmp(a->ids.v + next - KV_PAGE_TOKENS, q->ids.v + next - KV_PAGE_TOKENS,
                   KV_PAGE_TOKENS * sizeof *q->ids.v) == 0)
            return true;
    }
    return false;
}

/* Tokens of prefill that fit into the step, by what was measured; at least 16. */
static size_t prefill_budget(const struct sched *s, size_t decode_rows)
{
    size_t most = SCHED_MAX_ROWS - decode_rows;
    if (!s->o.enable_chunked_prefill)
        return most;
    double ms = decode_rows > 0 ? s->o.step_ms_shared - s->decode_ms : s->o.step_ms_alone;
    double tokens = s->prefill_ms_tok > 0 ? ms / s->prefill_ms_tok : 4 * SCHED_MIN_CHUNK;
    if (tokens < SCHED_MIN_CHUNK)
        tokens = SCHED_MIN_CHUNK;
    return tokens < (double)most ? (size_t)tokens : most;
}

/* Ends on a page border where it can, and has at least 16 tokens unless it is the end. */
static size_t chunk_end(const struct seq *q, size_t budget)
{
    size_t end = q->n_kv + budget;
    if (end >= q->ids.n)
        return q->ids.n;
    end -= end % KV_PAGE_TOKENS;
    if (end < q->n_kv + SCHED_MIN_CHUNK)
        end = (q->n_kv + SCHED_MIN_CHUNK + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS * KV_PAGE_TOKENS;
    return end < q->ids.n ? end : q->ids.n;
}

/* Of one owner's, the shortest and the oldest go first in turn: a short question need not wait for
 * a long text, nor the long text for ever. */
static bool prefills_before(const struct sched *s, const struct seq *a, const struct seq *b)
{
    if (a->run->req->priority != b->run->req->priority)
        return a->run->req->priority < b->run->req->priority;
    if (a->run->owner->used != b->run->owner->used)
        return a->run->owner->used < b->run->owner->used;
    if (s->count.steps % 2 == 0 && seq_left(a) != seq_left(b))
        return seq_left(a) < seq_left(b);
    return a->arrival < b->arrival;
}

/* Who prefills, in turn; an insertion sort of a few. */
static size_t prefill_order(struct sched *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_live; i++) {
        struct seq *q = s->live[i];
        if (q->state != SEQ_RUNNING || seq_left(q) <= 1)
            continue;
        seq_walk(s, q);
        if (seq_left(q) == 1 || waits_for_page(s, q) || fetch_begin(s, q))
            continue;                                       /* decodes with the next step */
        size_t at = n++;
        for (; at > 0 && prefills_before(s, q, s->order[at - 1]); at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = q;
    }
    return n;
}

/* false: nothing to prefill in this step. */
static bool plan_prefill(struct sched *s, size_t decode_rows)
{
    size_t n = prefill_order(s), budget = prefill_budget(s, decode_rows), rows = SCHED_MAX_ROWS - decode_rows;
    bool any = false;
    for (size_t i = 0; i < n && budget >= SCHED_MIN_CHUNK; i++) {
        struct seq *q = s->order[i];
        if (q->state != SEQ_RUNNING)                        /* preempted for one before it */
            continue;
        size_t end = chunk_end(q, budget);
        if (end - q->n_kv > rows)
            break;
        while (q->n_pages * KV_PAGE_TOKENS < end && seq_page(s, q))
            ;
        /* The pool is full: a shorter chunk if it has any page for it, else somebody gives way. */
        if (q->n_pages * KV_PAGE_TOKENS <= q->n_kv && !page_or_preempt(s, q))
            continue;
        if (end > q->n_pages * KV_PAGE_TOKENS)
            end = q->n_pages * KV_PAGE_TOKENS;
        q->T = end - q->n_kv;
        rows -= q->T;
        budget -= q->T < budget ? q->T : budget;
        any = true;
    }
    return any;
}

/* ---- the run ----------------------------------------------------------------------------- */

static size_t build_batch(struct sched *s, size_t *decode_rows, size_t *prefill_rows)
{
    size_t n = 0, logit_rows = 0;
    *decode_rows = *prefill_rows = 0;
    for (size_t i = 0; i < s->n_live; i++) {
        struct seq *q = s->live[i];
        if (q->T == 0)
            continue;
        bool decodes = seq_left(q) == 1, last = decodes || q->T == seq_left(q);
        size_t logits = decodes ? q->T : last;              /* a row for each guess, too */
        *(decodes ? decode_rows : prefill_rows) += q->T;
        q->row = logit_rows;
        s->batch[n] = (struct forward_seq){
            .ids = q->ids.v + q->n_kv, .T = q->T, .pos0 = q->n_kv, .pages = q->data,
            .n_logits = logits, .logits = last ? s->logits + logit_rows * s->n_vocab : NULL,
            .heads = last && seq_takes_heads(s, q) ? s->heads + logit_rows : NULL, .temperature = q->sample.temperature,
        };
        logit_rows += logits;
        s->batch_seq[n++] = q;
    }
    return n;
}

/* From here on sched_cancel can see which runs the step is for. */
static void step_enter(struct sched *s, size_t n)
{
    pthread_mutex_lock(&s->lock);
    s->step_live = 0;
    for (size_t i = 0; i < n; i++) {
        struct run *r = s->batch_seq[i]->run;
        if (!r->in_step) {
            r->in_step = true;
            s->step_live += !atomic_load_explicit(&r->cancel, memory_order_relaxed);
        }
    }
    atomic_store(&s->abort_step, s->step_live == 0);
    pthread_mutex_unlock(&s->lock);
}

static void step_leave(struct sched *s, size_t n)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < n; i++)
        s->batch_seq[i]->run->in_step = false;
    pthread_mutex_unlock(&s->lock);
}

static double smooth(double old, double now)
{
    return old > 0 ? 0.7 * old + 0.3 * now : now;
}

/* tokens: that decoding gave, of decode_rows rows. */
static void measure(struct sched *s, double ms, size_t tokens, size_t decode_rows, size_t prefill_rows)
{
    if (prefill_rows == 0) {
        s->decode_ms = smooth(s->decode_ms, ms);
        s->decode_tokens = smooth(s->decode_tokens, (double)tokens);
    } else if (prefill_rows >= SCHED_MIN_CHUNK) {
        /* What decoding alone would have taken is not prefill's, but some of it is shared. */
        double own = decode_rows > 0 ? ms - s->decode_ms : ms;
        if (own < ms / 4)
            own = ms / 4;
        s->prefill_ms_tok = smooth(s->prefill_ms_tok, own / (double)prefill_rows);
    }
}

static void batch_failed(struct sched *s, size_t n, const struct qw_error *err)
{
    for (size_t i = 0; i < n; i++) {
        struct seq *q = s->batch_seq[i];
        q->T = 0;
        if (err->code == QW_ECANCELLED)                     /* reaped before the next step */
            continue;
        run_error(q->run, err);
        seq_finish(s, q, FINISH_ERROR);
    }
}

static void report_progress(struct sched *s)
{
    uint64_t now = clock_mono_ms();
    uint32_t ahead = 0;
    double tokens = 0;
    for (size_t i = 0; i < s->n_live; i++) {
        struct seq *q = s->live[i];
        struct run *r = q->run;
        size_t left = seq_left(q), prompt = r->req->prompt.n;
        tokens += left > 1 ? (double)left : 0;
        if (q->index == 0 && r->req->progress && r->first_ns == 0 && now - r->progress_ms >= PROGRESS_EVERY_MS) {
            r->progress_ms = now;
            struct sched_event ev = {
                .kind = SCHED_EV_PROGRESS, .run = r->req->run, .queued_ahead = r->admitted ? 0 : ahead,
                .prefilled = (uint32_t)(q->n_kv < prompt ? q->n_kv : prompt), .prompt = (uint32_t)prompt,
                .eta_ms = (uint64_t)(tokens * s->prefill_ms_tok), .waiting = !r->admitted,
            };
            ev_replace(s, &ev);
        }
        ahead += q->index == 0 && !r->admitted;
    }
}

void sched_step(struct sched *s)
{
    struct qw_error err = { 0 };
    size_t decode_rows, prefill_rows, guesses = 0, tokens = 0;
    for (size_t i = 0; i < s->n_live; i++)
        s->live[i]->T = s->live[i]->n_guess = 0;
    admit(s);
    report_progress(s);
    decode_rows = plan_decode(s);
    if (!plan_prefill(s, decode_rows) && decode_rows > 0)
        guesses = draft_plan(s, decode_rows);
    size_t n = build_batch(s, &decode_rows, &prefill_rows);
    s->blocked = n == 0 && sched_store_holds(s);
    if (n == 0)
        return;

    sched_publish(s);
    if (prefill_rows > 0)                                   /* a long step: what happened before it is told before it */
        ev_wake(s);
    else
        ev_wake_soon(s);
    uint64_t t0 = clock_mono_ns();
    step_enter(s, n);
    int rc = forward_run(s->forward, s->batch, n, &s->abort_step, &err);
    step_leave(s, n);
    s->count.steps++;
    if (rc != QW_OK) {
        err.code = rc;
        if (rc == QW_ECANCELLED || !sched_leave_device(s, &err))
            batch_failed(s, n, &err);
        return;
    }
    double ms = (double)(clock_mono_ns() - t0) / 1e6;
    if (prefill_rows == 0)
        draft_cost_step(&s->draft_cost, decode_rows - guesses, guesses, ms);
    draw_all(s, n);
    for (size_t i = 0; i < n; i++) {
        struct seq *q = s->batch_seq[i];
        size_t T = q->T;
        q->T = 0;
        if (seq_left(q) == 1) {
            tokens += draft_take(s, q);
            continue;
        }
        seq_advance(s, q, T);
        if (s->batch[i].n_logits > 0)
            (void)seq_sample(s, q, q->row);
    }
    measure(s, ms, tokens, decode_rows, prefill_rows);
}

void sched_publish(struct sched *s)
{
    struct kv_stats st = { 0 };
    if (s->kv != NULL)
        kv_get_stats(s->kv, &st);
    s->count.running = (uint32_t)s->running;
    s->count.pages_total = st.total;
    s->count.pages_used = st.open + st.held;
    s->count.pages_cached = st.cached;
    s->count.evictions = st.evictions;
    s->count.pages_dirty = st.dirty + st.written;
    s->count.kv_bytes_used = (st.open + st.held + st.cached) * s->layout.page_bytes;
    s->count.prefill_tok_s = s->prefill_ms_tok > 0 ? 1000 / s->prefill_ms_tok : 0;
    s->count.decode_tok_s = s->decode_ms > 0 ? 1000 * s->decode_tokens / s->decode_ms : 0;
    pthread_mutex_lock(&s->lock);
    s->n_running = s->count.running;
    s->count.waiting = s->n_waiting;
    s->stats = s->count;
    pthread_mutex_unlock(&s->lock);
}
