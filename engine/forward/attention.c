#include "engine/forward/attention.h"

#include <math.h>
#include <stdatomic.h>

#include "base/mem.h"

#define ATTN_ROWS    256            /* of a unit: K and V of a block are converted once for all of them */
#define ATTN_PARTIAL (1u << 20)     /* bytes of partial results that one pair may need */
#define PAIRS_EACH   4              /* fewer (unit, kv head) pairs for each worker: split by span */
#define ALIGN        64

struct unit {
    uint32_t seq, token0, n;        /* n tokens from token0 of seq's part of the run */
    size_t   q_row, out_row;        /* of its first token */
    size_t   n_vis0;                /* positions that its first token sees */
    size_t   n_spans;               /* that its last token sees */
    size_t   item0;                 /* split: its first item ... */
    size_t   partial;               /* ... and its first pair's offset in the pool */
};

struct attention_plan {
    struct unit *units;             /* [max_rows] */
    uint32_t    *unit_of;           /* [max_rows] by row of the plan */
    size_t       n_units, n_items;
    bool         split;
};

struct attention {
    const struct kern *kern;
    struct kv_layout   kv;
    size_t   H, KV, G, D;           /* query heads, kv heads, query heads of each, head size */
    size_t   max_rows, rows_max;    /* tokens of a run, query rows of a unit */
    int      n_threads;
    size_t   pair_bytes;            /* most partial bytes of a pair */
    struct attention_plan all, last;
    uint8_t *block;                 /* pool, then each worker's scratch */
    size_t   block_bytes, pool_bytes, worker_bytes, scratch_bytes;
    _Alignas(ALIGN) atomic_size_t next;
};

static size_t round_up(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }
static size_t spans_of(size_t n_vis) { return (n_vis + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN; }

/* Partials of a pair: O[span][row][D], then (m, l)[span][row]. */
static size_t partial_bytes(const struct attention *a, size_t rows, size_t spans)
{
    return round_up(rows * spans * (a->D * sizeof(float) + sizeof(struct kern_span)));
}
struct partial { float *o; struct kern_span *ml; };
static struct partial partial_at(const struct attention *a, size_t offset, size_t rows, size_t spans)
{
    struct partial p;
    p.o = (float *)(void *)(a->block + offset);
    p.ml = (struct kern_span *)(void *)(p.o + rows * spans * a->D);
    return p;
}

static int plan_alloc(struct attention_plan *p, size_t n)
{
    p->units = qw_calloc(n, sizeof *p->units);
    p->unit_of = qw_calloc(n, sizeof *p->unit_of);
    return p->units != NULL && p->unit_of != NULL ? QW_OK : QW_ENOMEM;
}

static void plan_free(struct attention_plan *p)
{
    qw_free(p->units);
    qw_free(p->unit_of);
}

int attention_new(struct attention **out, const struct kern *k, const struct kv_layout *kv, uint32_t n_heads,
                  const struct forward_options *o, struct qw_error *err)
{
    struct attention *a = qw_alloc_aligned(ALIGN, sizeof *a);
    if (a == NULL)
        return qw_error_set(err, QW_ENOMEM, "attention");
    *a = (struct attention){ .kern = k, .kv = *kv, .H = n_heads, .KV = kv->n_kv_heads, .D = kv->head_dim,
                             .G = n_heads / kv->n_kv_heads, .max_rows = o->max_rows, .n_threads = o->n_threads };
    a->rows_max = a->G > ATTN_ROWS ? a->G : ATTN_ROWS / a->G * a->G;
    a->pair_bytes = partial_bytes(a, a->G, spans_of(o->max_context));   /* one token must fit */
    if (a->pair_bytes < ATTN_PARTIAL)
        a->pair_bytes = ATTN_PARTIAL;
    a->pool_bytes = (size_t)o->n_threads * PAIRS_EACH * a->pair_bytes;
    a->scratch_bytes = round_up(kern_attn_scratch(a->D, a->rows_max));
    a->worker_bytes = a->scratch_bytes + round_up(a->rows_max * sizeof(size_t)) +
                      round_up(a->rows_max * sizeof(uint32_t));
    a->block_bytes = a->pool_bytes + (size_t)o->n_threads * a->worker_bytes;
    a->block = qw_map(a->block_bytes);
    if (a->block == NULL || plan_alloc(&a->all, o->max_rows) != QW_OK || plan_alloc(&a->last, o->max_rows) != QW_OK) {
        size_t mib = a->block_bytes >> 20;
        attention_free(a);
        return qw_error_set(err, QW_ENOMEM, "%zu MiB of attention scratch", mib);
    }
    *out = a;
    return QW_OK;
}

void attention_free(struct attention *a)
{
    if (a == NULL)
        return;
    if (a->block != NULL)
        qw_unmap(a->block, a->block_bytes);
    plan_free(&a->all);
    plan_free(&a->last);
    qw_free_aligned(a);
}

/* --- plans ---------------------------------------------------------------------- */

/* Tokens of a unit that end at n_vis positions: as many as fit the rows and the partials,
 * fewer where the workers would otherwise not all get some. */
static size_t unit_tokens(const struct attention *a, size_t n_vis, size_t rows_in_run)
{
    size_t n = a->rows_max / a->G, most = a->pair_bytes / partial_bytes(a, a->G, spans_of(n_vis));
    size_t fair = (rows_in_run * a->KV + 2 * (size_t)a->n_threads - 1) / (2 * (size_t)a->n_threads);
    if (n > most)
        n = most;
    if (n > fair)
        n = fair;
    if (n > KV_PAGE_TOKENS)
        n = n / KV_PAGE_TOKENS * KV_PAGE_TOKENS;
    return n < 1 ? 1 : n;
}

static const struct attention_plan *make_plan(struct attention *a, struct attention_plan *p,
                                              const struct forward_seq *seqs, size_t n_seqs, bool last)
{
    size_t rows = 0, most_spans = 0, q_row = 0, out_row = 0;
    for (size_t s = 0; s < n_seqs; s++)
        rows += last ? seqs[s].n_logits : seqs[s].T;
    p->n_units = 0;
    for (size_t s = 0; s < n_seqs; s++) {
        size_t first = last ? seqs[s].T - seqs[s].n_logits : 0;
        size_t chunk = unit_tokens(a, seqs[s].pos0 + seqs[s].T, rows);
        for (size_t t = first, n; t < seqs[s].T; t += n) {
            n = seqs[s].T - t < chunk ? seqs[s].T - t : chunk;
            struct unit *u = &p->units[p->n_units];
            *u = (struct unit){ .seq = (uint32_t)s, .token0 = (uint32_t)t, .n = (uint32_t)n, .q_row = q_row + t,
                                .out_row = out_row, .n_vis0 = seqs[s].pos0 + t + 1,
                                .n_spans = spans_of(seqs[s].pos0 + t + n) };
            if (u->n_spans > most_spans)
                most_spans = u->n_spans;
            for (size_t i = 0; i < n; i++)
                p->unit_of[out_row + i] = (uint32_t)p->n_units;
            out_row += n;
            p->n_units++;
        }
        q_row += seqs[s].T;
    }
    p->n_items = p->n_units * a->KV;
    p->split = most_spans > 1 && p->n_items < (size_t)a->n_threads * PAIRS_EACH;
    if (p->split) {
        size_t item = 0, at = 0;
        for (size_t i = 0; i < p->n_units; i++) {
            struct unit *u = &p->units[i];
            u->item0 = item;
            u->partial = at;
            item += u->n_spans * a->KV;
            at += partial_bytes(a, u->n * a->G, u->n_spans) * a->KV;
        }
        p->n_items = item;
    }
    return p;
}

const struct attention_plan *attention_plan_all(struct attention *a, const struct forward_seq *seqs, size_t n_seqs)
{
    return make_plan(a, &a->all, seqs, n_seqs, false);
}

const struct attention_plan *attention_plan_last(struct attention *a, const struct forward_seq *seqs, size_t n_seqs)
{
    return make_plan(a, &a->last, seqs, n_seqs, true);
}

bool attention_is_split(const struct attention_plan *p) { return p->split; }

/* --- running -------------------------------------------------------------------- */

struct hand {                       /* one worker's scratch */
    void     *scratch;
    size_t   *q_at;
    uint32_t *n_vis;
};

static struct hand hand_of(const struct attention *a, int worker)
{
    uint8_t *p = a->block + a->pool_bytes + (size_t)worker * a->worker_bytes;
    struct hand h = { .scratch = p };
    h.q_at = (size_t *)(void *)(p + a->scratch_bytes);
    h.n_vis = (uint32_t *)(void *)(p + a->scratch_bytes + round_up(a->rows_max * sizeof(size_t)));
    return h;
}

/* The kernel's view of a unit and one kv head; rows are token by token, heads within. */
static struct kern_attn job_of(const struct attention *a, const struct unit *u, const struct forward_seq *seqs,
                               size_t head, uint32_t layer, const float *q, size_t ldq, const struct hand *h)
{
    const struct forward_seq *s = &seqs[u->seq];
    for (size_t t = 0, r = 0; t < u->n; t++)
        for (size_t g = 0; g < a->G; g++, r++) {
            h->q_at[r] = (u->q_row + t) * ldq + (head * a->G + g) * a->D;
            h->n_vis[r] = (uint32_t)(s->pos0 + u->token0 + t + 1);
        }
    size_t k_at = kv_offset(&a->kv, layer, (uint32_t)head);
    return (struct kern_attn){ .kv_type = a->kv.type, .D = a->D, .R = u->n * a->G, .q = q, .q_at = h->q_at,
                               .n_vis = h->n_vis, .pages = (const uint8_t *const *)s->pages, .k_at = k_at,
                               .v_at = k_at + a->kv.k_bytes, .scale = 1.0f / sqrtf((float)a->D) };
}

static void merge_row(const struct attention *a, const struct partial *p, size_t R, size_t r, size_t n_vis, float *out)
{
    a->kern->attn_merge(out, a->D, spans_of(n_vis), p->ml + r, R, p->o + r * a->D, R * a->D);
}

static void run_whole(struct attention *a, const struct unit *u, const struct kern_attn *job, size_t head,
                      size_t offset, void *scratch, float *out)
{
    size_t R = job->R;
    struct partial p = partial_at(a, offset, R, u->n_spans);
    for (size_t s = 0; s < u->n_spans; s++)
        a->kern->attn_span(job, s, p.ml + s * R, p.o + s * R * a->D, scratch);
    for (size_t r = 0; r < R; r++) {
        size_t row = u->out_row + r / a->G, h = head * a->G + r % a->G;
        merge_row(a, &p, R, r, job->n_vis[r], out + (row * a->H + h) * a->D);
    }
}

void attention_rewind(struct attention *a)
{
    atomic_store_explicit(&a->next, 0, memory_order_relaxed);
}

void attention_run(struct attention *a, const struct attention_plan *p, const struct forward_seq *seqs,
                   int worker, uint32_t layer, const float *q, size_t ldq, float *out)
{
    struct hand h = hand_of(a, worker);
    size_t mine = (size_t)worker * PAIRS_EACH * a->pair_bytes;
    for (size_t i; (i = atomic_fetch_add_explicit(&a->next, 1, memory_order_relaxed)) < p->n_items;) {
        if (!p->split) {                            /* the last units see most: they come first */
            const struct unit *u = &p->units[p->n_units - 1 - i / a->KV];
            struct kern_attn job = job_of(a, u, seqs, i % a->KV, layer, q, ldq, &h);
            run_whole(a, u, &job, i % a->KV, mine, h.scratch, out);
            continue;
        }
        size_t n = p->n_units - 1;
        while (p->units[n].item0 > i)
            n--;
        const struct unit *u = &p->units[n];
        size_t head = (i - u->item0) / u->n_spans, span = (i - u->item0) % u->n_spans;
        struct kern_attn job = job_of(a, u, seqs, head, layer, q, ldq, &h);
        struct partial part = partial_at(a, u->partial + head * partial_bytes(a, job.R, u->n_spans), job.R, u->n_spans);
        a->kern->attn_span(&job, span, part.ml + span * job.R, part.o + span * job.R * a->D, h.scratch);
    }
}

void attention_merge(const struct attention *a, const struct attention_plan *p, size_t row, float *out)
{
    const struct unit *u = &p->units[p->unit_of[row]];
    size_t R = u->n * a->G, t = row - u->out_row;
    for (size_t h = 0; h < a->H; h++) {
        size_t head = h / a->G, r = t * a->G + h % a->G;
        struct partial part = partial_at(a, u->partial + head * partial_bytes(a, R, u->n_spans), R, u->n_spans);
        merge_row(a, &part, R, r, u->n_vis0 + t, out + h * a->D);
    }
}
