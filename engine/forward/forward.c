/* The forward pass.
 *
 *   x = embd[ids]
 *   each layer:  x += Wo attention(rope(Wq n), rope(Wk n), Wv n),  n = rmsnorm(x)
 *                x += Wdown (silu(Wgate n) * (Wup n)),             n = rmsnorm(x)
 *   logits = Woutput rmsnorm(x)
 *
 * Every worker runs run_worker from end to end; a barrier stands wherever one needs what
 * another has written.  Work is split by groups of outputs (products), by rows (norms) and
 * by (tokens, kv head, span) in attention; no sum is ever split, so the bits do not depend
 * on how.  T: rows (tokens of all sequences, one after the other), S: rows that give logits,
 * H: query heads, KV: key/value heads, D: head size. */
#include "engine/forward/forward.h"

#include <string.h>

#include "base/mem.h"
#include "engine/cpu/workers.h"
#include "engine/forward/attention.h"
#include "engine/forward/backend.h"
#include "engine/forward/logit_head.h"
#include "engine/model/weights.h"

#define PRIVATE_ROWS 2          /* up to here each worker does all row work itself, in its own buffers */
#define TILE_ROWS    (2 * KERN_TILE)    /* logits of several sequences go through a tile of */
#define TILE_GROUPS  32                 /* so many rows and groups */
#define FEW_ROWS     KERN_TILE          /* up to here a product is bound by reading weights */
#define LEAST_BYTES  (32 * 1024)        /* of weights that are worth a call, with few rows */
#define ALIGN        64

/* How much of a worker's share of a product is taken: by itself, and by others that have
 * finished theirs (cores differ in speed, and are lent to other programs). */
struct share { _Alignas(ALIGN) atomic_size_t taken; };

/* Buffers of row work: shared by all workers, or one worker's own. */
struct lane {
    float *x;                   /* [T][hidden]  residual stream */
    float *last;                /* [T][hidden]  the same for the S rows, in the last layer */
    float *norm;                /* [T][hidden] */
    float *att;                 /* [T][H*D]     attention's output */
    void  *act;                 /* quantized input of the product at hand */
    void  *wide;                /* of Wdown; of the shared lane only */
};

struct forward {
    struct backend_forward *remote;     /* another backend's pass: then only hp, o and kv are used */
    const struct hparams *hp;
    const struct weights *w;
    const struct kern    *kern;
    struct forward_options o;
    struct kv_layout      kv;
    struct workers       *team;
    struct attention     *attn;
    uint8_t              *block;        /* all scratch */
    size_t                block_bytes;

    struct lane  shared, *own;          /* own: [n_threads], for PRIVATE_ROWS */
    size_t       ldq;                   /* (H + 2 KV) D */
    float       *qkv;                   /* [T][ldq]  q, k, v of a row side by side */
    float       *y;                     /* [T][hidden]  output of Wo and Wdown */
    float       *gate, *up;             /* [T][ffn] */
    float       *cs;                    /* [T][n_rot]  cos, sin */
    double      *freq;                  /* [n_rot / 2] */
    float       *tile;                  /* [n_threads][TILE_ROWS][TILE_GROUPS * 16] */
    uint32_t    *seq_of, *pos_of;       /* [T] */
    int32_t     *id_of;                 /* [T] */
    uint32_t    *sel;                   /* [S]  rows that give logits, ascending */
    float      **logits_of;             /* [S]  where they go */

    /* The run at hand, set before the workers start. */
    const struct forward_seq *seqs;
    size_t       T, S;
    bool         in_place;              /* the logits rows lie one after the other */
    const struct attention_plan *all, *last;
    struct share *shares[2];            /* [n_threads]: of this product and, made ready, of the next */
    const atomic_int *cancel;
    bool         stop;                  /* written by worker 0 before a barrier, read after it */
};

/* --- one worker's view of a run -------------------------------------------------- */

struct view {
    struct forward *f;
    const struct lane *lane;
    int             worker;
    bool            priv;               /* row work in own buffers, all rows, no barriers around it */
    size_t          T, a, b;            /* rows of this stage; [a, b) are mine */
    float          *x;                  /* lane->x, or lane->last */
    struct kern_act act;
    unsigned        product;            /* counts them: which shares are in use */
};

static void set_rows(struct view *v, size_t T)
{
    struct forward *f = v->f;
    v->T = T;
    v->priv = f->T <= PRIVATE_ROWS && f->o.n_threads > 1;
    v->lane = v->priv ? &f->own[v->worker] : &f->shared;
    if (v->priv) {
        v->a = 0;
        v->b = T;
    } else {
        workers_slice(T, 1, v->worker, f->o.n_threads, &v->a, &v->b);
    }
}

static void barrier(const struct view *v) { workers_barrier(v->f->team); }

/* After row work that others' products will read. */
static void rows_done(const struct view *v)
{
    if (!v->priv)
        barrier(v);
}

static bool wants_int8(const struct wmat *w)
{
    return w->type != GGUF_F32 && w->type != GGUF_F16 && w->type != GGUF_BF16;
}

/* My rows of x[T][K] become the input of products: float weights read them where they are,
 * the others an int8 copy that serves every matrix of the same K. */
static void set_input(struct view *v, float *x, size_t K, bool quantize)
{
    kern_act_bind(&v->act, v->lane->act, v->T, K);
    v->act.x = x;
    if (quantize)
        v->f->kern->quantize(&v->act, x, K, v->a, v->b);
}

/* --- products: groups of outputs are dealt out ------------------------------------ */

struct deal { struct share *shares; size_t total, least; int left; };

/* `total` portions of so many groups and bytes of weights.  Every worker begins every product,
 * with a barrier since the one before it. */
static struct deal deal_begin(struct view *v, size_t total, size_t groups, size_t bytes)
{
    struct forward *f = v->f;
    unsigned now = v->product++ & 1;
    atomic_store_explicit(&f->shares[!now][v->worker].taken, 0, memory_order_relaxed);
    return (struct deal){ .shares = f->shares[now], .total = total, .left = f->o.n_threads,
                          .least = v->T <= FEW_ROWS ? LEAST_BYTES / bytes + 1 : 8 / groups };
}

/* The next part [*a, *b) of my share, then of the others': shrinking parts, so that all end
 * together.  Within a share addresses ascend, which is how memory is read fastest. */
static bool deal_next(const struct view *v, struct deal *d, size_t *a, size_t *b)
{
    const int n = v->f->o.n_threads;
    for (; d->left > 0; d->left--) {
        int whose = (v->worker + n - d->left) % n;
        size_t from, to;
        workers_slice(d->total, 1, whose, n, &from, &to);
        atomic_size_t *taken = &d->shares[whose].taken;
        size_t at = atomic_load_explicit(taken, memory_order_relaxed);
        while (at < to - from) {
            size_t left = to - from - at, take = v->T <= FEW_ROWS ? left / 4 * 3 : left / 2;
            take = take > d->least ? take : d->least;
            take = take < left ? take : left;
            if (atomic_compare_exchange_weak_explicit(taken, &at, at + take, memory_order_relaxed,
                                                      memory_order_relaxed)) {
                *a = from + at;
                *b = from + at + take;
                return true;
            }
        }
    }
    return false;
}

/* Matrices side by side share one input and are dealt out as one range. */
struct product { const struct wmat *w; float *y; size_t ldy; };
static void products(struct view *v, const struct product *p, size_t n)
{
    size_t total = 0, a, b;
    for (size_t i = 0; i < n; i++)
        total += wmat_groups(p[i].w);
    for (struct deal d = deal_begin(v, total, 1, p->w->group_bytes); deal_next(v, &d, &a, &b);) {
        size_t g0 = 0;
        for (size_t i = 0; i < n; i++) {
            size_t g1 = g0 + wmat_groups(p[i].w);
            if (a < g1 && b > g0)
                v->f->kern->gemm(p[i].y, p[i].ldy, &v->act, p[i].w, a > g0 ? a - g0 : 0, (b < g1 ? b : g1) - g0);
            g0 = g1;
        }
    }
}

/* Blocks [b0, b0 + n) of the tile of rows that begins at t0, as an input of its own. */
static struct kern_act act_part(const struct kern_act *a, size_t t0, size_t b0, size_t n)
{
    struct kern_act s = *a;
    size_t width = a->T - t0 < KERN_TILE ? a->T - t0 : KERN_TILE, at = t0 * (a->K / 32) + b0 * width;
    s.T = width;
    s.K = n * 32;
    s.q += at * 32;
    s.d += at;
    s.s += at;
    s.h += at * 2;
    s.m += at;
    return s;
}

/* silu(gate) * up of columns [n0, n0 + n), where down is int8 also their part of its input: tile
 * by tile, while the rows are at hand. */
static void join(const struct view *v, const struct kern_act *down, size_t n0, size_t n, bool quantize)
{
    const struct forward *f = v->f;
    size_t ffn = f->hp->ffn;
    for (size_t r = 0, rows; r < v->T; r += rows) {
        float *gate = f->gate + r * ffn + n0, *up = f->up + r * ffn + n0;
        rows = v->T - r < KERN_TILE ? v->T - r : KERN_TILE;
        for (size_t i = 0; i < rows; i++)
            f->kern->swiglu(gate + i * ffn, gate + i * ffn, up + i * ffn, n);
        if (quantize) {
            struct kern_act part = act_part(down, r, n0 / 32, n / 32);
            f->kern->quantize(&part, gate, ffn, 0, rows);
        }
    }
}

/* Gate and up side by side, in pairs of groups (32 columns): who has a part of both joins them
 * at once, so that after a barrier Wdown's input is there. */
static void gated(struct view *v, const struct layer *l)
{
    const struct forward *f = v->f;
    size_t ffn = f->hp->ffn, groups = wmat_groups(&l->gate), p0, p1;
    bool quantize = wants_int8(&l->down);
    struct kern_act down;
    kern_act_bind(&down, f->shared.wide, v->T, ffn);
    down.x = f->gate;
    for (struct deal d = deal_begin(v, (groups + 1) / 2, 2, 4 * l->gate.group_bytes); deal_next(v, &d, &p0, &p1);) {
        size_t g0 = 2 * p0, g1 = 2 * p1 < groups ? 2 * p1 : groups, n0 = g0 * WMAT_GROUP;
        f->kern->gemm(f->gate, ffn, &v->act, &l->gate, g0, g1);
        f->kern->gemm(f->up, ffn, &v->act, &l->up, g0, g1);
        join(v, &down, n0, (g1 * WMAT_GROUP < ffn ? g1 * WMAT_GROUP : ffn) - n0, quantize);
    }
    v->act = down;
}

/* --- a layer --------------------------------------------------------------------- */

static void embed(struct view *v)
{
    const struct forward *f = v->f;
    for (size_t r = v->a; r < v->b; r++)
        wmat_row(&f->w->embd, (size_t)f->id_of[r], v->x + r * f->hp->hidden);
}

/* The norm of my rows becomes the input of products: tile by tile, while the rows are at hand. */
static void normalize(struct view *v, const float *weight, bool quantize)
{
    const struct forward *f = v->f;
    size_t K = f->hp->hidden;
    float *norm = v->lane->norm;
    set_input(v, norm, K, false);
    for (size_t r = v->a, end; r < v->b; r = end) {
        end = (r / KERN_TILE + 1) * KERN_TILE;
        end = end < v->b ? end : v->b;
        for (size_t i = r; i < end; i++)
            f->kern->rmsnorm(norm + i * K, v->x + i * K, weight, K, f->hp->rms_eps);
        if (quantize)
            f->kern->quantize(&v->act, norm, K, r, end);
    }
}

/* x += y, the output of Wo or Wdown. */
static void add_residual(struct view *v)
{
    const struct forward *f = v->f;
    size_t K = f->hp->hidden;
    for (size_t r = v->a; r < v->b; r++)
        f->kern->add(v->x + r * K, f->y + r * K, K);
}

/* Bias, norm and rotary of one head, in place. */
static void finish_head(const struct forward *f, float *h, const float *bias, const float *norm, const float *cs)
{
    if (bias != NULL)
        f->kern->add(h, bias, f->hp->head_dim);
    if (norm != NULL)
        f->kern->rmsnorm(h, h, norm, f->hp->head_dim, f->hp->rms_eps);
    f->kern->rope(h, cs, f->hp->n_rot, f->hp->rope_neox);
}

/* Query heads are made ready in place; keys and values go to their pages, and attention
 * reads them from nowhere else. */
static void finish_qkv(struct view *v, const struct layer *l, uint32_t layer)
{
    struct forward *f = v->f;
    size_t D = f->hp->head_dim, H = f->hp->n_heads, KV = f->hp->n_kv_heads, a, b;
    workers_slice(f->T * (H + KV), 1, v->worker, f->o.n_threads, &a, &b);
    for (size_t i = a; i < b; i++) {
        size_t row = i / (H + KV), h = i % (H + KV);
        float *q = f->qkv + row * f->ldq, *k = q + H * D, *val = k + KV * D;
        const float *cs = f->cs + row * f->hp->n_rot;
        if (h < H) {
            finish_head(f, q + h * D, l->q_bias ? l->q_bias + h * D : NULL, l->q_norm, cs);
            continue;
        }
        h -= H;
        finish_head(f, k + h * D, l->k_bias ? l->k_bias + h * D : NULL, l->k_norm, cs);
        if (l->v_bias != NULL)
            f->kern->add(val + h * D, l->v_bias + h * D, D);
        uint32_t pos = f->pos_of[row];
        uint8_t *at = f->seqs[f->seq_of[row]].pages[pos / KV_PAGE_TOKENS] + kv_offset(&f->kv, layer, (uint32_t)h);
        f->kern->kv_put(f->kv.type, D, at, at + f->kv.k_bytes, pos % KV_PAGE_TOKENS, k + h * D, val + h * D);
    }
}

/* The last layer's rest is needed only where logits are: row r becomes row sel[r]. */
static void keep_selected(struct view *v)
{
    const struct forward *f = v->f;
    size_t K = f->hp->hidden;
    set_rows(v, f->S);
    for (size_t r = v->a; r < v->b; r++)
        memcpy(v->lane->last + r * K, v->lane->x + f->sel[r] * K, K * sizeof(float));
    v->x = v->lane->last;
}

/* False: nothing is left to do (cancelled, or no logits wanted). */
static bool run_layer(struct view *v, uint32_t layer)
{
    struct forward *f = v->f;
    const struct layer *l = &f->w->layers[layer];
    const struct hparams *hp = f->hp;
    size_t D = hp->head_dim, H = hp->n_heads, KV = hp->n_kv_heads;
    bool is_last = layer + 1 == hp->n_layers;
    const struct attention_plan *plan = is_last ? f->last : f->all;

    normalize(v, l->attn_norm, wants_int8(&l->q) || wants_int8(&l->k) || wants_int8(&l->v));
    rows_done(v);
    products(v, (struct product[]){ { &l->q, f->qkv, f->ldq }, { &l->k, f->qkv + H * D, f->ldq },
                                    { &l->v, f->qkv + (H + KV) * D, f->ldq } }, 3);
    barrier(v);

    finish_qkv(v, l, layer);
    if (v->worker == 0) {
        attention_rewind(f->attn);
        f->stop = f->cancel != NULL && atomic_load_explicit(f->cancel, memory_order_relaxed) != 0;
    }
    barrier(v);
    if (f->stop || (is_last && f->S == 0))
        return false;

    attention_run(f->attn, plan, f->seqs, v->worker, layer, f->qkv, f->ldq, f->shared.att);
    barrier(v);

    if (is_last)
        keep_selected(v);
    float *att = f->shared.att;
    if (attention_is_split(plan)) {
        att = v->lane->att;
        for (size_t r = v->a; r < v->b; r++)
            attention_merge(f->attn, plan, r, att + r * H * D);
    }
    set_input(v, att, H * D, wants_int8(&l->o));
    rows_done(v);
    products(v, &(struct product){ &l->o, f->y, hp->hidden }, 1);
    barrier(v);

    add_residual(v);
    normalize(v, l->ffn_norm, wants_int8(&l->gate) || wants_int8(&l->up));
    rows_done(v);
    gated(v, l);
    barrier(v);

    products(v, &(struct product){ &l->down, f->y, hp->hidden }, 1);
    barrier(v);
    add_residual(v);
    return true;
}

/* --- logits ---------------------------------------------------------------------- */

/* Rows [r0, r0 + n) of an input, as an input: whole tiles, but for the last of all. */
static struct kern_act act_rows(const struct kern_act *a, size_t r0, size_t n)
{
    struct kern_act s = *a;
    size_t at = r0 * (a->K / 32);
    s.T = n;
    s.x += r0 * a->K;
    s.q += at * 32;
    s.d += at;
    s.s += at;
    s.h += at * 2;
    s.m += at;
    return s;
}

/* Logits rows that do not lie side by side: tile by tile through a buffer of my own, so that
 * the weights are read once for TILE_ROWS rows. */
static void scatter_logits(const struct view *v, size_t g0, size_t g1)
{
    const struct forward *f = v->f;
    float *tile = f->tile + (size_t)v->worker * TILE_ROWS * TILE_GROUPS * WMAT_GROUP;
    for (size_t r = 0, n; r < f->S; r += n) {
        n = f->S - r < TILE_ROWS ? f->S - r : TILE_ROWS;
        struct kern_act act = act_rows(&v->act, r, n);
        for (size_t g = g0; g < g1; g += TILE_GROUPS) {
            size_t ng = g1 - g < TILE_GROUPS ? g1 - g : TILE_GROUPS, first = g * WMAT_GROUP;
            struct wmat part = f->w->output;
            part.data += g * part.group_bytes;
            part.N = part.N - first < ng * WMAT_GROUP ? part.N - first : ng * WMAT_GROUP;
            f->kern->gemm(tile, part.N, &act, &part, 0, ng);
            for (size_t i = 0; i < n; i++)
                memcpy(f->logits_of[r + i] + first, tile + i * part.N, part.N * sizeof(float));
        }
    }
}

static void logits(struct view *v)
{
    const struct forward *f = v->f;
    const struct wmat *w = &f->w->output;
    size_t g0, g1;
    normalize(v, f->w->output_norm, wants_int8(w));
    rows_done(v);
    for (struct deal d = deal_begin(v, wmat_groups(w), 1, w->group_bytes); deal_next(v, &d, &g0, &g1);)
        if (f->in_place)
            f->kern->gemm(f->logits_of[0], w->N, &v->act, w, g0, g1);
        else
            scatter_logits(v, g0, g1);
}

/* --- a run ----------------------------------------------------------------------- */

static void run_worker(void *arg, int worker)
{
    struct forward *f = arg;
    struct view v = { .f = f, .worker = worker };
    size_t a, b;

    kern_thread_init();
    workers_slice(f->T, 1, worker, f->o.n_threads, &a, &b);
    for (size_t r = a; r < b; r++)
        kern_rope_angles(f->cs + r * f->hp->n_rot, f->pos_of[r], f->hp->n_rot, f->freq);
    set_rows(&v, f->T);
    v.x = v.lane->x;
    embed(&v);
    for (uint32_t i = 0; i < f->hp->n_layers; i++)
        if (!run_layer(&v, i))
            return;
    logits(&v);
}

static int check_run(const struct forward *f, const struct forward_seq *seqs, size_t n_seqs, struct qw_error *err)
{
    size_t rows = 0;
    for (size_t s = 0; s < n_seqs; s++) {
        const struct forward_seq *q = &seqs[s];
        if (q->T < 1 || q->T > f->o.max_rows - rows)
            return qw_error_set(err, QW_EPARAMS, "sequence %zu brings %zu tokens to a run of at most %zu", s, q->T,
                                f->o.max_rows);
        if (q->pos0 > f->o.max_context || q->T > f->o.max_context - q->pos0)
            return qw_error_set(err, QW_ECONTEXT, "sequence %zu needs %zu positions, the context has %zu", s,
                                q->pos0 + q->T, f->o.max_context);
        if (q->n_logits > q->T)
            return qw_error_set(err, QW_EPARAMS, "sequence %zu asks for logits of %zu of %zu tokens", s, q->n_logits,
                                q->T);
        if (q->heads != NULL && !forward_gives_heads(f))
            return qw_error_set(err, QW_EUNSUPPORTED, "sequence %zu asks for heads, which this pass does not give", s);
        for (size_t t = 0; t < q->T; t++)
            if (q->ids[t] < 0 || (uint32_t)q->ids[t] >= f->hp->n_vocab)
                return qw_error_set(err, QW_EPARAMS, "token id %d at position %zu: the vocabulary has %u", q->ids[t],
                                    q->pos0 + t, f->hp->n_vocab);
        rows += q->T;
    }
    return QW_OK;
}

static void lay_out(struct forward *f, const struct forward_seq *seqs, size_t n_seqs)
{
    f->seqs = seqs;
    f->T = f->S = 0;
    for (size_t s = 0; s < n_seqs; s++)
        for (size_t t = 0; t < seqs[s].T; t++, f->T++) {
            f->seq_of[f->T] = (uint32_t)s;
            f->pos_of[f->T] = (uint32_t)(seqs[s].pos0 + t);
            f->id_of[f->T] = seqs[s].ids[t];
            size_t skip = seqs[s].T - seqs[s].n_logits;
            if (t >= skip) {
                f->logits_of[f->S] = seqs[s].logits + (t - skip) * f->hp->n_vocab;
                f->sel[f->S++] = (uint32_t)f->T;
            }
        }
    f->in_place = true;
    for (size_t i = 1; i < f->S; i++)
        f->in_place = f->in_place && f->logits_of[i] == f->logits_of[0] + i * f->hp->n_vocab;
    f->all = attention_plan_all(f->attn, seqs, n_seqs);
    f->last = attention_plan_last(f->attn, seqs, n_seqs);
}

static int is_cancelled(void *cancel)
{
    return cancel != NULL && atomic_load_explicit((const atomic_int *)cancel, memory_order_relaxed) != 0;
}

int forward_run(struct forward *f, const struct forward_seq *seqs, size_t n_seqs, const atomic_int *cancel,
                struct qw_error *err)
{
    int rc = check_run(f, seqs, n_seqs, err);
    if (rc != QW_OK || n_seqs == 0)
        return rc;
    if (f->remote != NULL)
        return f->o.backend->table->forward_run(f->remote, seqs, n_seqs, is_cancelled, (void *)cancel, err);
    lay_out(f, seqs, n_seqs);
    f->cancel = cancel;
    f->stop = false;
    for (int i = 0; i < 2 * f->o.n_threads; i++)
        atomic_store_explicit(&f->shares[i & 1][i / 2].taken, 0, memory_order_relaxed);
    workers_run(f->team, run_worker, f);
    return f->stop ? qw_error_set(err, QW_ECANCELLED, "cancelled") : QW_OK;
}

/* --- memory ---------------------------------------------------------------------- */

/* Hands out parts of one block; with base NULL it only counts. */
struct carver { uint8_t *base; size_t at; bool overflow; };
static void *carve(struct carver *c, size_t n, size_t size)
{
    size_t bytes, end;
    if (!qw_mul(n, size, &bytes) || !qw_add(c->at, bytes, &end) || !qw_add(end, ALIGN - 1, &end)) {
        c->overflow = true;
        return NULL;
    }
    void *p = c->base != NULL ? c->base + c->at : NULL;
    c->at = end / ALIGN * ALIGN;
    return p;
}

static void carve_lane(struct carver *c, const struct hparams *hp, struct lane *l, size_t rows)
{
    size_t heads = (size_t)hp->n_heads * hp->head_dim, most = heads;
    most = most > hp->hidden ? most : hp->hidden;
    l->x = carve(c, rows * hp->hidden, sizeof(float));
    l->last = carve(c, rows * hp->hidden, sizeof(float));
    l->norm = carve(c, rows * hp->hidden, sizeof(float));
    l->att = carve(c, rows * heads, sizeof(float));
    l->act = carve(c, kern_act_bytes(rows, most), 1);
}

static size_t carve_all(struct forward *f, uint8_t *base, bool *overflow)
{
    struct carver c = { .base = base };
    const struct hparams *hp = f->hp;
    size_t rows = f->o.max_rows, threads = (size_t)f->o.n_threads;
    carve_lane(&c, hp, &f->shared, rows);
    f->shared.wide = carve(&c, kern_act_bytes(rows, hp->ffn), 1);
    for (size_t i = 0; i < threads; i++)
        carve_lane(&c, hp, &f->own[i], rows < PRIVATE_ROWS ? rows : PRIVATE_ROWS);
    f->qkv = carve(&c, rows * f->ldq, sizeof(float));
    f->y = carve(&c, rows * hp->hidden, sizeof(float));
    f->gate = carve(&c, rows * hp->ffn, sizeof(float));
    f->up = carve(&c, rows * hp->ffn, sizeof(float));
    f->cs = carve(&c, rows * hp->n_rot, sizeof(float));
    f->freq = carve(&c, hp->n_rot / 2, sizeof(double));
    f->tile = carve(&c, threads * TILE_ROWS * TILE_GROUPS * WMAT_GROUP, sizeof(float));
    f->seq_of = carve(&c, rows, sizeof *f->seq_of);
    f->pos_of = carve(&c, rows, sizeof *f->pos_of);
    f->id_of = carve(&c, rows, sizeof *f->id_of);
    f->sel = carve(&c, rows, sizeof *f->sel);
    f->logits_of = carve(&c, rows, sizeof *f->logits_of);
    for (int i = 0; i < 2; i++)
        f->shares[i] = carve(&c, threads, sizeof *f->shares[i]);
    *overflow = c.overflow;
    return c.at;
}

static int check_options(const struct model *m, const struct forward_options *o, struct qw_error *err)
{
    if (o->n_threads < 1 || o->n_threads > WORKERS_MAX)
        return qw_error_set(err, QW_EPARAMS, "%d threads: 1 to %d are possible", o->n_threads, WORKERS_MAX);
    if (o->max_rows < 1 || o->max_rows > 1u << 16)
        return qw_error_set(err, QW_EPARAMS, "%zu tokens in a run: 1 to 65536 are possible", o->max_rows);
    if (o->max_context < 1 || o->max_context > 1u << 24)
        return qw_error_set(err, QW_EPARAMS, "a context of %zu tokens: 1 to %u are possible", o->max_context, 1u << 24);
    if (o->kv_type == KV_AUTO)
        return qw_error_set(err, QW_EPARAMS, "%s: the KV type is not decided", model_path(m));
    return QW_OK;
}

uint64_t forward_backend_bytes(const struct model *m, const struct forward_options *o)
{
    if (o->backend == NULL)
        return 0;
    struct backend_model bm = { .hp = model_hparams(m), .w = model_weights(m), .block = model_weight_block(m),
                                .block_bytes = model_weight_bytes(m) };
    return o->backend->table->forward_bytes(&bm, o);
}

static int remote_new(struct forward *f, const struct model *m, struct qw_error *err)
{
    f->freq = qw_calloc(f->hp->n_rot / 2 + 1, sizeof *f->freq);
    if (f->freq == NULL)
        return qw_error_set(err, QW_ENOMEM, "forward pass");
    kern_rope_freqs(f->freq, f->hp->n_rot, f->hp->rope_base, f->w->rope_factors);
    struct backend_model bm = { .hp = f->hp, .w = f->w, .block = model_weight_block(m),
                                .block_bytes = model_weight_bytes(m), .freq = f->freq, .kv = &f->kv };
    int rc = f->o.backend->table->forward_new(&f->remote, f->o.backend->device, &bm, &f->o, err);
    qw_free(f->freq);
    f->freq = NULL;
    return rc;
}

int forward_new(struct forward **out, const struct model *m, const struct forward_options *o, struct qw_error *err)
{
    int rc = check_options(m, o, err);
    if (rc != QW_OK)
        return rc;
    struct forward *f = qw_calloc(1, sizeof *f);
    if (f == NULL)
        return qw_error_set(err, QW_ENOMEM, "forward pass");
    f->hp = model_hparams(m);
    f->w = model_weights(m);
    f->kern = model_kern(m);
    f->o = *o;
    f->ldq = ((size_t)f->hp->n_heads + 2 * (size_t)f->hp->n_kv_heads) * f->hp->head_dim;
    if ((rc = kv_layout_init(&f->kv, o->kv_type, f->hp->n_layers, f->hp->n_kv_heads, f->hp->head_dim, err)) != QW_OK)
        goto fail;
    if (o->backend != NULL) {
        if ((rc = remote_new(f, m, err)) != QW_OK)
            goto fail;
        *out = f;
        return QW_OK;
    }
    f->own = qw_calloc((size_t)o->n_threads, sizeof *f->own);
    bool overflow = true;
    if (f->own != NULL)
        f->block_bytes = carve_all(f, NULL, &overflow);
    f->block = overflow ? NULL : qw_map(f->block_bytes);
    if (f->block == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "%zu MiB of scratch for %zu tokens in a run", f->block_bytes >> 20,
                          o->max_rows);
        goto fail;
    }
    carve_all(f, f->block, &overflow);
    kern_rope_freqs(f->freq, f->hp->n_rot, f->hp->rope_base, f->w->rope_factors);
    if ((rc = attention_new(&f->attn, f->kern, &f->kv, f->hp->n_heads, o, err)) != QW_OK ||
        (rc = workers_new(&f->team, o->n_threads, err)) != QW_OK)
        goto fail;
    *out = f;
    return QW_OK;
fail:
    forward_free(f);
    return rc;
}

void forward_free(struct forward *f)
{
    if (f == NULL)
        return;
    if (f->remote != NULL)
        f->o.backend->table->forward_free(f->remote);
    workers_free(f->team);
    attention_free(f->attn);
    if (f->block != NULL)
        qw_unmap(f->block, f->block_bytes);
    qw_free(f->own);
    qw_free(f);
}

struct workers *forward_workers(struct forward *f) { return f->team; }

bool forward_gives_heads(const struct forward *f)
{
    return f->remote != NULL && f->hp->n_vocab <= LOGIT_HEAD_VOCAB;
}

int forward_row(struct forward *f, size_t row, float *logits, struct qw_error *err)
{
    return f->o.backend->table->forward_row(f->remote, row, logits, err);
}

const struct kv_layout *forward_kv_layout(const struct forward *f) { return &f->kv; }
