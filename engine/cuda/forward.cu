/* The forward pass on a GPU: engine/forward/forward.c's, as launches on one stream.
 *
 *   metadata of the run (ids, positions, pages, tiles)      one copy to the device
 *   embed, angles
 *   each layer:  norm+quantize | Q K V | heads -> pages | attention, quantize | O | add, norm+quantize |
 *                gate up | silu, quantize | down            (x += down is the next norm's)
 *   norm+quantize | logits, LOGIT_ROWS at a time | their heads | copies of heads or rows to the host
 *
 * Kernels give the CPU's bits for any number of rows (kernels.h), so how a run is cut into launches changes
 * nothing; but for gpu_numerics = fast, whose products of many rows are cuBLAS's (fast.h).  The host queues layer after layer and waits once, at the end. */
#include <string.h>

#include "engine/cuda/fast.h"
#include "engine/cuda/host.h"
#include "engine/cuda/kernels.h"

#define LOGIT_ROWS   32
#define ATTN_BYTES   ((size_t)256 << 20)    /* of partial results: more rows go in several launches */
#define WAIT_ROWS    64                     /* from here on the host does not run ahead of a cancel */
#define WAIT_LAYERS  4
#define ALIGN        ((size_t)256)

struct cu_layer {
    const float *attn_norm, *ffn_norm, *q_norm, *k_norm, *q_bias, *k_bias, *v_bias;
    struct cu_mat q, k, v, o, gate, up, down;
};

/* Lists of a run, on the host (pinned) and on the device at the same offsets. */
struct lists {
    int32_t  *ids;
    uint32_t *pos, *seq, *sel, *first;
    float    *temperature;                  /* of rows that give logits: of their heads */
    struct cu_tile *all, *last;             /* of every row; of the rows that give logits */
    uint8_t **page;
};
struct cu_plan { struct cu_tile *host; const struct cu_tile *dev; uint32_t n; };

struct backend_forward {
    struct backend_device *d;
    struct hparams   hp;
    struct kv_layout kv;
    size_t           rows;                  /* most of a run */
    uint8_t         *weights;               /* the model's block */
    struct cu_layer *layer;
    struct cu_mat    embd, output;
    const float     *output_norm;

    uint8_t *work;                          /* all that follows */
    float   *x, *kept, *y, *qkv, *gate, *up, *cs, *logits;
    double  *freq;
    void    *partial;
    size_t   partial_bytes;
    struct cu_input in_hidden, in_heads, in_ffn;
    uint32_t ldq;

    struct cu_fast *fast;                   /* NULL: gpu_numerics is exact */
    size_t   fast_bytes;
    uint8_t *fast_work;

    float   *logits_host;                   /* [LOGIT_ROWS][n_vocab], pinned */
    uint8_t *lists_host, *lists_dev;
    size_t   lists_bytes, page_cap;
    struct lists host, dev;
    uint32_t T, S;                          /* of the run at hand */
    struct cu_plan all, last;
    float  **logits_of;                     /* [rows]: where selected rows' logits go */
    struct logit_head **head_of;            /* [rows]: or, where not NULL, their heads */
    struct logit_head *heads, *heads_host;  /* [LOGIT_ROWS], on the device and pinned; NULL: the vocabulary is too large */
    void    *head_work;
    uint32_t logits_from;                   /* logits[] holds the selected rows from here on */
};

/* ---- memory ------------------------------------------------------------------------------ */

struct carver { uint8_t *base; size_t at; };
template <typename T> static T *carve(struct carver *c, size_t n)
{
    T *p = (T *)(c->base + c->at);
    c->at += (n * sizeof(T) + ALIGN - 1) / ALIGN * ALIGN;
    return p;
}

static void carve_input(struct carver *c, struct cu_input *in, size_t rows, uint32_t K)
{
    in->K = K;
    in->x = carve<float>(c, rows * K);
    in->q = carve<int8_t>(c, rows * K);
    in->d = carve<float>(c, rows * (K / 32 + 1));
    in->m = carve<float>(c, rows * (K / 32 + 1));
}

static size_t carve_work(struct backend_forward *f, uint8_t *base)
{
    const struct hparams *h = &f->hp;
    struct carver c = { base, 0 };
    f->x = carve<float>(&c, f->rows * h->hidden);
    f->kept = carve<float>(&c, f->rows * h->hidden);
    f->y = carve<float>(&c, f->rows * h->hidden);
    f->qkv = carve<float>(&c, f->rows * f->ldq);
    f->gate = carve<float>(&c, f->rows * h->ffn);
    f->up = carve<float>(&c, f->rows * h->ffn);
    f->cs = carve<float>(&c, f->rows * h->n_rot);
    f->logits = carve<float>(&c, (size_t)LOGIT_ROWS * h->n_vocab);
    f->freq = carve<double>(&c, h->n_rot / 2 + 1);
    if (h->n_vocab <= LOGIT_HEAD_VOCAB) {
        f->heads = carve<struct logit_head>(&c, LOGIT_ROWS);
        f->head_work = carve<uint8_t>(&c, cu_head_bytes(LOGIT_ROWS, h->n_vocab));
    }
    carve_input(&c, &f->in_hidden, f->rows, h->hidden);
    carve_input(&c, &f->in_heads, f->rows, h->n_heads * h->head_dim);
    carve_input(&c, &f->in_ffn, f->rows, h->ffn);
    f->partial = carve<uint8_t>(&c, f->partial_bytes);
    f->fast_work = carve<uint8_t>(&c, f->fast_bytes);
    return c.at;
}

static size_t carve_lists(struct lists *l, uint8_t *base, size_t rows, size_t pages)
{
    struct carver c = { base, 0 };
    l->ids = carve<int32_t>(&c, rows);
    l->pos = carve<uint32_t>(&c, rows);
    l->seq = carve<uint32_t>(&c, rows);
    l->sel = carve<uint32_t>(&c, rows);
    l->first = carve<uint32_t>(&c, rows);
    l->temperature = carve<float>(&c, rows);
    l->all = carve<struct cu_tile>(&c, rows);
    l->last = carve<struct cu_tile>(&c, rows);
    l->page = carve<uint8_t *>(&c, pages);
    return c.at;
}

/* Room for a run that reads so many pages, sequence by sequence; grows by doubling, so seldom. */
static cudaError_t lists_reserve(struct backend_forward *f, size_t pages)
{
    size_t cap = f->page_cap != 0 ? f->page_cap : 1024;
    cudaError_t e;
    if (pages <= f->page_cap)
        return cudaSuccess;
    while (cap < pages)
        cap *= 2;
    struct lists none;
    size_t bytes = carve_lists(&none, NULL, f->rows, cap);
    cudaFreeHost(f->lists_host);
    cudaFree(f->lists_dev);
    f->lists_host = f->lists_dev = NULL;
    f->page_cap = 0;
    if ((e = cudaMallocHost((void **)&f->lists_host, bytes)) != cudaSuccess ||
        (e = cudaMalloc((void **)&f->lists_dev, bytes)) != cudaSuccess)
        return e;
    carve_lists(&f->host, f->lists_host, f->rows, cap);
    carve_lists(&f->dev, f->lists_dev, f->rows, cap);
    f->page_cap = cap;
    return cudaSuccess;
}

/* ---- weights ----------------------------------------------------------------------------- */

struct mover { const uint8_t *from; uint8_t *to; };
static struct cu_mat move_mat(const struct mover *m, const struct wmat *w)
{
    struct cu_mat c = { (uint32_t)w->type, (uint32_t)w->N, (uint32_t)w->K, w->group_bytes, m->to + (w->data - m->from) };
    return c;
}
static const float *move_vec(const struct mover *m, const float *v)
{
    return v == NULL ? NULL : (const float *)(m->to + ((const uint8_t *)v - m->from));
}

static void move_weights(struct backend_forward *f, const struct backend_model *bm)
{
    struct mover m = { (const uint8_t *)bm->block, f->weights };
    f->embd = move_mat(&m, &bm->w->embd);
    f->output = move_mat(&m, &bm->w->output);
    f->output_norm = move_vec(&m, bm->w->output_norm);
    for (uint32_t i = 0; i < f->hp.n_layers; i++) {
        const struct layer *l = &bm->w->layers[i];
        struct cu_layer *c = &f->layer[i];
        c->attn_norm = move_vec(&m, l->attn_norm);
        c->ffn_norm = move_vec(&m, l->ffn_norm);
        c->q_norm = move_vec(&m, l->q_norm);
        c->k_norm = move_vec(&m, l->k_norm);
        c->q_bias = move_vec(&m, l->q_bias);
        c->k_bias = move_vec(&m, l->k_bias);
        c->v_bias = move_vec(&m, l->v_bias);
        c->q = move_mat(&m, &l->q);
        c->k = move_mat(&m, &l->k);
        c->v = move_mat(&m, &l->v);
        c->o = move_mat(&m, &l->o);
        c->gate = move_mat(&m, &l->gate);
        c->up = move_mat(&m, &l->up);
        c->down = move_mat(&m, &l->down);
    }
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }
static struct cu_fast_sizes fast_sizes(const struct backend_forward *f)
{
    const struct hparams *h = &f->hp;
    const uint32_t heads = h->n_heads * h->head_dim, most = larger(larger(h->hidden, h->ffn), heads);
    const struct cu_fast_sizes z = { (uint32_t)f->rows, most, larger(most, h->n_kv_heads * h->head_dim), 0 };
    return z;
}

static int fast_start(struct backend_forward *f, struct qw_error *err)
{
    const struct cu_fast_sizes z = fast_sizes(f);
    return f->fast_bytes == 0 ? QW_OK : cu_fast_new(&f->fast, f->d->cublas, &z, f->fast_work, f->d->stream, err);
}

static int allocate(struct backend_forward *f, const struct backend_model *bm, struct qw_error *err)
{
    cudaError_t e;
    size_t work = carve_work(f, NULL);
    if ((e = cudaMalloc((void **)&f->weights, bm->block_bytes)) != cudaSuccess)
        return qw_error_set(err, QW_EMODEL, "%zu MiB of weights do not fit into the GPU's memory: %s",
                            bm->block_bytes >> 20, cudaGetErrorString(e));
    if ((e = cudaMalloc((void **)&f->work, work)) != cudaSuccess)
        return qw_error_set(err, QW_EMODEL, "%zu MiB of scratch for %zu tokens in a run do not fit into the GPU's "
                            "memory: %s", work >> 20, f->rows, cudaGetErrorString(e));
    carve_work(f, f->work);
    int rc = fast_start(f, err);
    if (rc != QW_OK)
        return rc;
    size_t logits = (size_t)LOGIT_ROWS * f->hp.n_vocab * sizeof(float);
    if ((e = cudaMallocHost((void **)&f->logits_host, logits)) != cudaSuccess ||
        (e = cudaMallocHost((void **)&f->heads_host, LOGIT_ROWS * sizeof *f->heads_host)) != cudaSuccess ||
        (e = lists_reserve(f, 1)) != cudaSuccess ||
        (e = cudaMemcpyAsync(f->weights, bm->block, bm->block_bytes, cudaMemcpyHostToDevice, f->d->stream)) != cudaSuccess ||
        (e = cudaMemcpyAsync(f->freq, bm->freq, f->hp.n_rot / 2 * sizeof(double), cudaMemcpyHostToDevice,
                             f->d->stream)) != cudaSuccess)
        return cuda_error(err, e, "uploading the weights");
    return cuda_wait(f->d, "uploading the weights", err);
}

static void set_sizes(struct backend_forward *f, const struct hparams *h, const struct forward_options *o)
{
    f->hp = *h;
    f->rows = o->max_rows;
    f->ldq = (h->n_heads + 2 * h->n_kv_heads) * h->head_dim;
    size_t all = cu_attention_bytes((uint32_t)f->rows, h->n_heads, h->head_dim, (uint32_t)o->max_context);
    size_t least = cu_attention_bytes(CU_TILE_TOKENS, h->n_heads, h->head_dim, (uint32_t)o->max_context);
    f->partial_bytes = all < ATTN_BYTES ? all : least > ATTN_BYTES ? least : ATTN_BYTES;
    const struct cu_fast_sizes z = fast_sizes(f);
    f->fast_bytes = o->backend->device->cublas != NULL ? cu_fast_bytes(&z) : 0;
}

uint64_t cuda_forward_bytes(const struct backend_model *m, const struct forward_options *o)
{
    struct backend_forward f = {};
    struct lists none;
    set_sizes(&f, m->hp, o);
    return m->block_bytes + carve_work(&f, NULL) + carve_lists(&none, NULL, f.rows, o->max_context / KV_PAGE_TOKENS + 1);
}

int cuda_forward_new(struct backend_forward **out, struct backend_device *d, const struct backend_model *m,
                     const struct forward_options *o, struct qw_error *err)
{
    if (m->kv->type == KV_BF16 && d->arch < 80)
        return qw_error_set(err, QW_EUNSUPPORTED, "kv_cache_dtype = bf16 needs compute capability 8.0 (Ampere), this GPU has %d.%d: "
                            "use f16, which is as large, or q8_0, half as large", d->arch / 10, d->arch % 10);
    struct backend_forward *f = new backend_forward();
    const struct hparams *h = m->hp;
    f->d = d;
    set_sizes(f, h, o);
    f->layer = new cu_layer[h->n_layers];
    f->logits_of = new float *[f->rows];
    f->head_of = new struct logit_head *[f->rows];
    f->kv = *m->kv;
    cudaSetDevice(d->ordinal);
    int rc = allocate(f, m, err);
    if (rc != QW_OK) {
        cudaGetLastError();
        cuda_forward_free(f);
        return rc;
    }
    move_weights(f, m);
    *out = f;
    return QW_OK;
}

void cuda_forward_free(struct backend_forward *f)
{
    cudaStreamSynchronize(f->d->stream);
    cu_fast_free(f->fast);
    cudaFree(f->weights);
    cudaFree(f->work);
    cudaFree(f->lists_dev);
    cudaFreeHost(f->lists_host);
    cudaFreeHost(f->logits_host);
    cudaFreeHost(f->heads_host);
    delete[] f->layer;
    delete[] f->logits_of;
    delete[] f->head_of;
    delete f;
}

/* ---- lists of a run ---------------------------------------------------------------------- */

/* Rows row .. row+n-1, consecutive tokens of one sequence, as tiles. */
static void add_tiles(struct cu_plan *p, uint32_t row, uint32_t n)
{
    for (uint32_t k; n > 0; n -= k, row += k) {
        k = n < CU_TILE_TOKENS ? n : CU_TILE_TOKENS;
        struct cu_tile t = { row, k };
        p->host[p->n++] = t;
    }
}

static cudaError_t lay_out(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs)
{
    size_t pages = 0;
    for (size_t s = 0; s < n_seqs; s++)
        pages += (seqs[s].pos0 + seqs[s].T - 1) / KV_PAGE_TOKENS + 1;
    cudaError_t e = lists_reserve(f, pages);
    if (e != cudaSuccess)
        return e;
    f->all.host = f->host.all;
    f->all.dev = f->dev.all;
    f->last.host = f->host.last;
    f->last.dev = f->dev.last;
    f->T = f->S = f->all.n = f->last.n = 0;
    pages = 0;
    for (size_t s = 0; s < n_seqs; s++) {
        const struct forward_seq *q = &seqs[s];
        uint32_t T = (uint32_t)q->T, skip = T - (uint32_t)q->n_logits;
        size_t n = (q->pos0 + T - 1) / KV_PAGE_TOKENS + 1;
        f->host.first[s] = (uint32_t)pages;
        memcpy(f->host.page + pages, q->pages, n * sizeof *q->pages);
        pages += n;
        add_tiles(&f->all, f->T, T);
        add_tiles(&f->last, f->T + skip, T - skip);
        for (uint32_t t = 0; t < T; t++, f->T++) {
            f->host.ids[f->T] = q->ids[t];
            f->host.pos[f->T] = (uint32_t)(q->pos0 + t);
            f->host.seq[f->T] = (uint32_t)s;
            if (t >= skip) {
                f->head_of[f->S] = q->heads != NULL ? q->heads + (t - skip) : NULL;
                f->logits_of[f->S] = q->heads == NULL ? q->logits + (size_t)(t - skip) * f->hp.n_vocab : NULL;
                f->host.temperature[f->S] = q->temperature;
                f->host.sel[f->S++] = f->T;
            }
        }
    }
    size_t bytes = (size_t)((uint8_t *)(f->host.page + pages) - f->lists_host);
    return cudaMemcpyAsync(f->lists_dev, f->lists_host, bytes, cudaMemcpyHostToDevice, f->d->stream);
}

/* ---- a run ------------------------------------------------------------------------------- */

static bool wants_int8(const struct cu_mat *w)
{
    return w->type != GGUF_F32 && w->type != GGUF_F16 && w->type != GGUF_BF16;
}

/* T rows of in, quantized if one of the matrices that read it wants that. */
static struct cu_input input(const struct cu_input *in, uint32_t T, bool quantize)
{
    struct cu_input i = *in;
    i.T = T;
    if (!quantize)
        i.q = NULL;
    return i;
}

static bool is_fast(const struct backend_forward *f, uint32_t T) { return f->fast != NULL && T >= CU_FAST_ROWS; }

/* The products of a layer; those of the output are always exact. */
static void gemm(struct backend_forward *f, const struct cu_input *in, const struct cu_product *p, int n)
{
    if (is_fast(f, in->T))
        cu_fast_gemm(f->fast, in, p, n, f->d->stream);
    else
        cu_gemm(in, p, n, f->d->stream);
}

/* Attention of a plan's rows, in launches whose partial results fit; tiles of decoding and of prefill apart,
 * because kernels differ by the tokens of a tile. */
static void attention(struct backend_forward *f, const struct cu_plan *p, const struct cu_pages *pages)
{
    const struct hparams *h = &f->hp;
    for (uint32_t t = 0, end; t < p->n; t = end) {
        struct cu_attention a = {};
        const struct cu_tile *first = &p->host[t];
        for (end = t; end < p->n; end++) {
            const struct cu_tile *tile = &p->host[end];
            uint32_t rows = tile->row + tile->n - first->row, seen = f->host.pos[tile->row + tile->n - 1] + 1;
            uint32_t most = seen > a.most_visible ? seen : a.most_visible;
            if (end > t && ((tile->n == 1) != (first->n == 1) ||
                            cu_attention_bytes(rows, h->n_heads, h->head_dim, most) > f->partial_bytes))
                break;
            a.rows = rows;
            a.most_visible = most;
            a.tile_tokens = tile->n > a.tile_tokens ? tile->n : a.tile_tokens;
        }
        a.q = f->qkv;
        a.ldq = f->ldq;
        a.row0 = first->row;
        a.tile = p->dev + t;
        a.tiles = end - t;
        a.scale = 1.0f / sqrtf((float)h->head_dim);
        a.out = f->in_heads.x + (size_t)first->row * h->n_heads * h->head_dim;
        a.work = f->partial;
        cu_attention(&a, pages, f->d->stream);
    }
}

/* Up to the attention's output, in in_heads.x. */
static void attend(struct backend_forward *f, const struct cu_layer *l, uint32_t layer, const float *residual,
                   const struct cu_plan *plan)
{
    const struct hparams *h = &f->hp;
    cudaStream_t s = f->d->stream;
    uint32_t heads = h->n_heads * h->head_dim, kv = h->n_kv_heads * h->head_dim;
    struct cu_input in = input(&f->in_hidden, f->T, !is_fast(f, f->T) && (wants_int8(&l->q) || wants_int8(&l->k) ||
                                                                          wants_int8(&l->v)));
    cu_norm(&in, f->x, residual, l->attn_norm, h->rms_eps, s);
    struct cu_product p[3] = { { l->q, f->qkv, f->ldq }, { l->k, f->qkv + heads, f->ldq },
                               { l->v, f->qkv + heads + kv, f->ldq } };
    gemm(f, &in, p, 3);

    struct cu_pages pages = {};
    pages.type = f->kv.type;
    pages.H = h->n_heads;
    pages.KV = h->n_kv_heads;
    pages.D = h->head_dim;
    pages.k_bytes = f->kv.k_bytes;
    pages.v_bytes = f->kv.v_bytes;
    pages.layer_at = kv_offset(&f->kv, layer, 0);
    pages.page = f->dev.page;
    pages.first = f->dev.first;
    pages.seq = f->dev.seq;
    pages.pos = f->dev.pos;
    struct cu_heads a = {};
    a.qkv = f->qkv;
    a.T = f->T;
    a.ldq = f->ldq;
    a.n_rot = h->n_rot;
    a.neox = h->rope_neox;
    a.eps = h->rms_eps;
    a.q_bias = l->q_bias;
    a.k_bias = l->k_bias;
    a.v_bias = l->v_bias;
    a.q_norm = l->q_norm;
    a.k_norm = l->k_norm;
    a.cs = f->cs;
    cu_finish_heads(&a, &pages, s);
    attention(f, plan, &pages);
}

/* The rest of a layer, of T rows x whose attention is in att. */
static void feed_forward(struct backend_forward *f, const struct cu_layer *l, float *x, uint32_t T)
{
    const struct hparams *h = &f->hp;
    cudaStream_t s = f->d->stream;
    struct cu_input heads = input(&f->in_heads, T, !is_fast(f, T) && wants_int8(&l->o));
    if (heads.q != NULL)
        cu_quantize(&heads, s);
    struct cu_product o = { l->o, f->y, h->hidden };
    gemm(f, &heads, &o, 1);

    struct cu_input in = input(&f->in_hidden, T, !is_fast(f, T) && (wants_int8(&l->gate) || wants_int8(&l->up)));
    cu_norm(&in, x, f->y, l->ffn_norm, h->rms_eps, s);
    struct cu_product p[2] = { { l->gate, f->gate, h->ffn }, { l->up, f->up, h->ffn } };
    gemm(f, &in, p, 2);

    struct cu_input ffn = input(&f->in_ffn, T, !is_fast(f, T) && wants_int8(&l->down));
    cu_swiglu(&ffn, f->gate, f->up, s);
    struct cu_product down = { l->down, f->y, h->hidden };
    gemm(f, &ffn, &down, 1);
}

/* The last layer's rest is needed only where logits are: row sel[i] becomes row i. */
static void keep_selected(struct backend_forward *f)
{
    const struct hparams *h = &f->hp;
    cudaStream_t s = f->d->stream;
    uint32_t heads = h->n_heads * h->head_dim;
    cu_gather(f->kept, f->x, f->dev.sel, f->S, h->hidden, s);
    cu_gather(f->qkv, f->in_heads.x, f->dev.sel, f->S, heads, s);     /* q is not needed any more */
    cudaMemcpyAsync(f->in_heads.x, f->qkv, (size_t)f->S * heads * sizeof(float), cudaMemcpyDeviceToDevice, s);
}

/* Queues the logits of the selected rows from `row` on, up to LOGIT_ROWS; returns how many. */
static uint32_t logits_from(struct backend_forward *f, uint32_t row)
{
    struct cu_input in = input(&f->in_hidden, f->S - row < LOGIT_ROWS ? f->S - row : LOGIT_ROWS, wants_int8(&f->output));
    in.x += (size_t)row * in.K;
    if (in.q != NULL)
        in.q += (size_t)row * in.K;
    in.d += (size_t)row * (in.K / 32);
    in.m += (size_t)row * (in.K / 32);
    struct cu_product p = { f->output, f->logits, f->hp.n_vocab };
    cu_gemm(&in, &p, 1, f->d->stream);
    f->logits_from = row;
    return in.T;
}

/* Queues the heads of the n rows in logits[], if any of them is asked for, and all copies to the host. */
static cudaError_t copies(struct backend_forward *f, uint32_t n)
{
    size_t V = f->hp.n_vocab;
    bool heads = false;
    cudaError_t e = cudaSuccess;
    for (uint32_t i = 0; i < n && e == cudaSuccess; i++) {
        heads = heads || f->head_of[f->logits_from + i] != NULL;
        if (f->head_of[f->logits_from + i] == NULL)
            e = cudaMemcpyAsync(f->logits_host + i * V, f->logits + i * V, V * sizeof(float), cudaMemcpyDeviceToHost,
                                f->d->stream);
    }
    if (e != cudaSuccess || !heads)
        return e;
    struct cu_head_rows a = {};
    a.logits = f->logits;
    a.S = n;
    a.n_vocab = (uint32_t)V;
    a.temperature = f->dev.temperature + f->logits_from;
    a.out = f->heads;
    a.work = f->head_work;
    cu_head(&a, f->d->stream);
    return cudaMemcpyAsync(f->heads_host, f->heads, n * sizeof *f->heads, cudaMemcpyDeviceToHost, f->d->stream);
}

static int logits(struct backend_forward *f, struct qw_error *err)
{
    struct cu_input in = input(&f->in_hidden, f->S, wants_int8(&f->output));
    cu_norm(&in, f->kept, f->y, f->output_norm, f->hp.rms_eps, f->d->stream);
    for (uint32_t r = 0, n; r < f->S; r += n) {
        n = logits_from(f, r);
        cudaError_t e = copies(f, n);
        if (e != cudaSuccess)
            return cuda_error(err, e, "logits");
        int rc = cuda_wait(f->d, "logits", err);
        if (rc != QW_OK)
            return rc;
        for (uint32_t i = 0; i < n; i++)
            if (f->head_of[r + i] != NULL)
                *f->head_of[r + i] = f->heads_host[i];
            else
                memcpy(f->logits_of[r + i], f->logits_host + (size_t)i * f->hp.n_vocab, f->hp.n_vocab * sizeof(float));
    }
    return QW_OK;
}

/* What the rows were made of is still there: of those whose logits are not, they are made once more. */
int cuda_forward_row(struct backend_forward *f, size_t row, float *logits, struct qw_error *err)
{
    size_t V = f->hp.n_vocab;
    cudaSetDevice(f->d->ordinal);
    if (row / LOGIT_ROWS != f->logits_from / LOGIT_ROWS)
        logits_from(f, (uint32_t)(row / LOGIT_ROWS * LOGIT_ROWS));
    cudaError_t e = cudaMemcpyAsync(f->logits_host, f->logits + (row - f->logits_from) * V, V * sizeof(float),
                                    cudaMemcpyDeviceToHost, f->d->stream);
    if (e == cudaSuccess)
        e = cudaGetLastError();
    if (e != cudaSuccess)
        return cuda_error(err, e, "a row of logits");
    int rc = cuda_wait(f->d, "a row of logits", err);
    if (rc == QW_OK)
        memcpy(logits, f->logits_host, V * sizeof(float));
    return rc;
}

static int layers(struct backend_forward *f, int (*stop)(void *), void *arg, struct qw_error *err)
{
    const float *residual = NULL;           /* the layer before's down product, not added to x yet */
    for (uint32_t i = 0; i < f->hp.n_layers; i++) {
        bool is_last = i + 1 == f->hp.n_layers;
        int rc;
        if (f->T >= WAIT_ROWS && i % WAIT_LAYERS == 0 && (rc = cuda_wait(f->d, "a layer", err)) != QW_OK)
            return rc;
        if (stop(arg)) {
            rc = cuda_wait(f->d, "cancelled", err);
            return rc != QW_OK ? rc : qw_error_set(err, QW_ECANCELLED, "cancelled");
        }
        attend(f, &f->layer[i], i, residual, is_last ? &f->last : &f->all);
        if (is_last && f->S == 0)
            return cuda_wait(f->d, "the last layer", err);
        if (is_last)
            keep_selected(f);
        feed_forward(f, &f->layer[i], is_last ? f->kept : f->x, is_last ? f->S : f->T);
        residual = f->y;
    }
    return logits(f, err);
}

int cuda_forward_run(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs,
                     int (*stop)(void *arg), void *arg, struct qw_error *err)
{
    cudaError_t e;
    cudaSetDevice(f->d->ordinal);
    if ((e = lay_out(f, seqs, n_seqs)) != cudaSuccess) {
        cudaGetLastError();             /* it is told here, and is not the next run's */
        return cuda_error(err, e, "the lists of a run");
    }
    cu_rope_angles(f->cs, f->dev.pos, f->T, f->hp.n_rot, f->freq, f->d->stream);
    cu_embed(f->x, &f->embd, f->dev.ids, f->T, f->d->stream);
    int rc = layers(f, stop, arg, err);
    if (rc == QW_OK && f->fast != NULL)
        rc = cu_fast_check(f->fast, err);
    if (rc != QW_OK)
        return rc;
    e = cudaGetLastError();
    return e == cudaSuccess ? QW_OK : cuda_error(err, e, "a launch");
}
