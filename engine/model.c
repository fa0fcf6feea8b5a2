/* Loading: check the whole plan against the hyper-parameters first, then map one block
 * and repack into it piece by piece, in the order of the file, so that the fingerprint
 * is computed on the way and each source page is read once and released. */
#include "engine/model.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/arch.h"
#include "engine/weights.h"
#include "engine/workers.h"

#define PIECE_BYTES (16u << 20)     /* source bytes between two looks at progress */
#define TAKE_GROUPS 8               /* groups that a worker takes at a time */
#define ALIGN       64
#define TYPES "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K"

struct model {
    struct hparams      hp;
    struct weights      w;
    const struct kern  *kern;
    struct tokenizer   *tok;
    const struct chat_family *family;   /* NULL: family_err says why */
    struct qw_error     family_err;
    char               *path;
    uint8_t            *block;          /* all weights */
    size_t              block_bytes;
    uint64_t            file_bytes;
    char                fingerprint[33];
    uint32_t            main_type;      /* the matrices' most common type, by bytes */
};

/* One tensor's way from the file into the block. */
struct part {
    const struct gguf_tensor *t;
    struct wmat  *mat;                  /* destination; NULL for a vector */
    const float **vec;
    size_t        at, bytes;            /* in the block */
    size_t        n, k;
};

struct loader {
    struct model    *m;
    struct gguf     *g;
    const struct model_options *o;
    struct part     *parts;
    size_t           n_parts, cap;
    struct workers  *team;
    XXH3_state_t     hash;
    uint64_t         hashed, hash_to;   /* bytes of the file */
    /* The piece that the team repacks now: groups [next, end) of part. */
    const struct part *part;
    size_t           end;
    _Alignas(64) atomic_size_t next;
};

/* --- the plan ----------------------------------------------------------------- */

static const char *shape_text(char *buf, size_t cap, const struct gguf_tensor *t)
{
    int n = 0;
    for (uint32_t i = 0; i < t->n_dims && i < 4 && n >= 0 && (size_t)n < cap; i++)
        n += snprintf(buf + n, cap - (size_t)n, i ? " x %llu" : "%llu", (unsigned long long)t->dim[i]);
    return buf;
}

static int check_type(const struct gguf_tensor *t, bool vector, struct qw_error *err)
{
    if (t->data == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s has %s, which is not supported; "
                            "take a file of one of " TYPES, t->name, gguf_type_name(t->type));
    if (vector && t->type != GGUF_F32)
        return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s is %s: vectors must be F32",
                            t->name, gguf_type_name(t->type));
    return QW_OK;
}

/* Checks tensor `name` against its row of the table and appends it to the plan. */
static int plan_tensor(struct loader *l, const char *name, const struct arch_tensor *spec, void *base,
                       struct qw_error *err)
{
    const struct hparams *hp = &l->m->hp;
    int wants = arch_wants(hp, spec);
    const struct gguf_tensor *t = wants == 0 ? NULL : gguf_tensor(l->g, name);
    if (t == NULL) {
        if (wants > 0)
            return qw_error_set(err, QW_EFORMAT, "tensor %s is missing: the file is incomplete or not a %s model",
                                name, hp->arch);
        return QW_OK;
    }
    bool vector = spec->n == DIM_NONE;
    struct part p = { .t = t, .n = vector ? 1 : arch_dim(hp, spec->n), .k = arch_dim(hp, spec->k) };
    int rc = check_type(t, vector, err);
    if (rc != QW_OK)
        return rc;
    if (t->dim[0] != p.k || t->dim[1] != p.n || t->dim[2] != 1 || t->dim[3] != 1) {
        char have[96];
        return qw_error_set(err, QW_EFORMAT, "tensor %s is %s, but the hyper-parameters say %zu x %zu",
                            name, shape_text(have, sizeof have, t), p.k, p.n);
    }
    void *field = (char *)base + spec->at;
    if (vector) {
        p.vec = field;
        p.bytes = p.k * sizeof(float);
    } else {
        p.mat = field;
        if ((rc = wmat_bytes(t->type, p.n, p.k, &p.bytes, err)) != QW_OK) {
            qw_error_wrap(err, "tensor %s", name);
            return rc;
        }
    }
    if (l->n_parts == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        struct part *more = qw_realloc_array(l->parts, cap, sizeof *more);
        if (more == NULL)
            return qw_error_set(err, QW_ENOMEM, "plan of %zu tensors", cap);
        l->parts = more;
        l->cap = cap;
    }
    p.at = l->m->block_bytes;
    size_t end;
    if (!qw_add(p.at, p.bytes, &end) || !qw_add(end, ALIGN - 1, &end))
        return qw_error_set(err, QW_ETOOLARGE, "tensor %s: sizes overflow", name);
    l->m->block_bytes = end / ALIGN * ALIGN;
    l->parts[l->n_parts++] = p;
    return QW_OK;
}

/* A tensor that nobody reads would change the model's meaning in silence. */
static int check_all_used(const struct loader *l, struct qw_error *err)
{
    size_t n = gguf_n_tensors(l->g);
    if (n == l->n_parts)
        return QW_OK;
    for (size_t i = 0; i < n; i++) {
        const struct gguf_tensor *t = gguf_tensor_at(l->g, i);
        bool used = false;
        for (size_t j = 0; j < l->n_parts && !used; j++)
            used = l->parts[j].t == t;
        if (!used)
            return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s is not part of architecture %s as supported here",
                                arch_printable(t->name, strlen(t->name)), l->m->hp.arch);
    }
    return qw_error_set(err, QW_EFORMAT, "a tensor has two uses");
}

static int plan(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    size_t n_tensors = gguf_n_tensors(l->g);
    if (m->hp.n_layers > n_tensors)
        return qw_error_set(err, QW_EFORMAT, "%u layers, but only %zu tensors", m->hp.n_layers, n_tensors);
    m->w.layers = qw_calloc(m->hp.n_layers, sizeof *m->w.layers);
    if (m->w.layers == NULL)
        return qw_error_set(err, QW_ENOMEM, "%u layers", m->hp.n_layers);

    /* The model's own: embeddings first, output last, the layers between: the order of use. */
    int rc;
    const struct arch_tensor *s = arch_model_tensors;
    for (; strcmp(s->name, "output_norm.weight") != 0; s++)
        if ((rc = plan_tensor(l, s->name, s, &m->w, err)) != QW_OK)
            return rc;
    for (uint32_t i = 0; i < m->hp.n_layers; i++)
        for (const struct arch_tensor *t = arch_layer_tensors; t->name != NULL; t++) {
            char name[64];
            snprintf(name, sizeof name, "blk.%u.%s", i, t->name);
            if ((rc = plan_tensor(l, name, t, &m->w.layers[i], err)) != QW_OK)
                return rc;
        }
    for (; s->name != NULL; s++)
        if ((rc = plan_tensor(l, s->name, s, &m->w, err)) != QW_OK)
            return rc;
    return check_all_used(l, err);
}

static int check_memory(const struct loader *l, struct qw_error *err)
{
    uint64_t have = l->o->memory_limit;
    if (have == 0) {
        struct mem_info mi;
        mem_probe(&mi);
        have = mi.available_bytes;
    }
    if (l->m->block_bytes > have)
        return qw_error_set(err, QW_EMODEL, "the weights need %llu MiB of memory, %llu MiB are available; "
                            "free some, or take a smaller model or quantization",
                            (unsigned long long)(l->m->block_bytes >> 20), (unsigned long long)(have >> 20));
    return QW_OK;
}

/* --- repacking ----------------------------------------------------------------- */

static int by_file_offset(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return x->t->data < y->t->data ? -1 : x->t->data > y->t->data;
}

static void repack_piece(void *arg, int worker)
{
    struct loader *l = arg;
    if (worker == 0 && l->hash_to > l->hashed) {
        XXH3_128bits_update(&l->hash, gguf_bytes(l->g) + l->hashed, l->hash_to - l->hashed);
        l->hashed = l->hash_to;
    }
    if (l->part == NULL)
        return;
    for (size_t g; (g = atomic_fetch_add(&l->next, TAKE_GROUPS)) < l->end;)
        wmat_repack(l->part->mat, l->part->t->data, g, g + TAKE_GROUPS < l->end ? g + TAKE_GROUPS : l->end);
}

static int report(const struct loader *l, struct qw_error *err)
{
    if (l->o->progress != NULL && l->o->progress(l->o->arg, l->hashed, l->m->file_bytes) != 0)
        return qw_error_set(err, QW_ECANCELLED, "loading was stopped");
    return QW_OK;
}

static void load_vector(struct loader *l, const struct part *p)
{
    float *dst = (float *)(void *)(l->m->block + p->at);
    memcpy(dst, p->t->data, p->bytes);
    *p->vec = dst;
}

static int load_matrix(struct loader *l, const struct part *p, struct qw_error *err)
{
    int rc = wmat_init(p->mat, p->t->type, p->n, p->k, l->m->block + p->at, err);
    if (rc != QW_OK) {
        qw_error_wrap(err, "tensor %s", p->t->name);
        return rc;
    }
    uint64_t start = (uint64_t)(p->t->data - gguf_bytes(l->g));
    size_t row_bytes = p->t->bytes / p->n, groups = wmat_groups(p->mat);
    size_t step = PIECE_BYTES / (row_bytes * WMAT_GROUP) + 1;
    l->part = p;
    for (size_t g = 0; g < groups && rc == QW_OK; g += step) {
        l->end = g + step < groups ? g + step : groups;
        size_t rows = l->end * WMAT_GROUP < p->n ? l->end * WMAT_GROUP : p->n;
        l->hash_to = start + rows * row_bytes;
        atomic_store(&l->next, g);
        workers_run(l->team, repack_piece, l);
        rc = report(l, err);
    }
    l->part = NULL;
    return rc;
}

static int hash_rest(struct loader *l, struct qw_error *err)
{
    int rc = QW_OK;
    while (l->hashed < l->m->file_bytes && rc == QW_OK) {
        uint64_t left = l->m->file_bytes - l->hashed;
        l->hash_to = l->hashed + (left < PIECE_BYTES ? left : PIECE_BYTES);
        repack_piece(l, 0);
        rc = report(l, err);
    }
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(&l->hash));
    for (int i = 0; i < 16; i++)
        snprintf(l->m->fingerprint + 2 * i, 3, "%02x", c.digest[i]);
    return rc;
}

static int repack(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    m->block = qw_map(m->block_bytes);
    if (m->block == NULL)
        return qw_error_set(err, QW_ENOMEM, "%llu MiB for the weights", (unsigned long long)(m->block_bytes >> 20));
    int rc = workers_new(&l->team, l->o->n_threads < 1 ? 1 : l->o->n_threads, err);
    if (rc != QW_OK)
        return rc;
    XXH3_128bits_reset(&l->hash);
    qsort(l->parts, l->n_parts, sizeof *l->parts, by_file_offset);
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct part *p = &l->parts[i];
        if (p->mat == NULL) {
            load_vector(l, p);
            continue;                       /* hashed with the next matrix, as gaps are: its pages stay */
        }
        if ((rc = load_matrix(l, p, err)) != QW_OK)
            return rc;
        gguf_release(l->g, p->t);
    }
    return hash_rest(l, err);
}

/* --- what surrounds the weights ------------------------------------------------ */

static void name_model(struct model *m, const struct gguf *g)
{
    const char *s, *slash = strrchr(m->path, '/');
    size_t n;
    if (!gguf_str(g, "general.name", &s, &n) || n == 0) {
        s = slash != NULL ? slash + 1 : m->path;
        n = strlen(s);
    }
    struct qw_buf b = QW_BUF_INIT;
    utf8_escape(&b, s, n < 4096 ? n : 4096);
    if (!qw_buf_failed(&b) && b.data != NULL) {
        size_t keep = b.len < sizeof m->hp.name - 1 ? b.len : utf8_complete(b.data, sizeof m->hp.name - 1);
        memcpy(m->hp.name, b.data, keep);
        m->hp.name[keep] = '\0';
    }
    qw_buf_free(&b);
}

static int find_family(struct model *m, const struct gguf *g, const char *asked, struct qw_error *err)
{
    const char *s;
    size_t n;
    if (asked != NULL) {
        m->family = chat_family_find(asked);
        if (m->family == NULL)
            return qw_error_set(err, QW_EUNSUPPORTED, "chat template \"%s\" is not known; --chat-template takes one "
                                "of: %s", asked, chat_family_names());
    } else if (!gguf_str(g, "tokenizer.chat_template", &s, &n)) {
        qw_error_set(&m->family_err, QW_EUNSUPPORTED, "the file has no chat template; --chat-template takes one of: %s",
                     chat_family_names());
    } else if (chat_family_detect(s, n, &m->family, &m->family_err) != QW_OK) {
        m->family = NULL;
    }
    return QW_OK;
}

static int check_vocab(struct model *m, const struct gguf *g, struct qw_error *err)
{
    size_t n = tokenizer_n_vocab(m->tok);
    const struct gguf_tensor *t = gguf_tensor(g, "token_embd.weight");
    if (t == NULL)
        return qw_error_set(err, QW_EFORMAT, "tensor token_embd.weight is missing: the file is incomplete");
    if (n < 1 || n > 1u << 24 || t->dim[1] != n)
        return qw_error_set(err, QW_EFORMAT, "the vocabulary has %zu tokens, but token_embd.weight has %llu rows",
                            n, (unsigned long long)t->dim[1]);
    m->hp.n_vocab = (uint32_t)n;
    return QW_OK;
}

static void note_types(struct model *m, const struct loader *l)
{
    uint64_t bytes[64] = { 0 }, best = 0;
    for (size_t i = 0; i < l->n_parts; i++) {
        uint32_t type = l->parts[i].t->type;
        if (l->parts[i].mat == NULL || type >= 64)
            continue;
        bytes[type] += l->parts[i].t->bytes;
        if (bytes[type] > best) {
            best = bytes[type];
            m->main_type = type;
        }
    }
}

static int check_rope_factors(const struct model *m, struct qw_error *err)
{
    for (uint32_t i = 0; m->w.rope_factors != NULL && i < m->hp.n_rot / 2; i++)
        if (!(m->w.rope_factors[i] >= 1e-6f && m->w.rope_factors[i] <= 1e6f))
            return qw_error_set(err, QW_EFORMAT, "tensor rope_freqs.weight: factor %u is %g", i,
                                (double)m->w.rope_factors[i]);
    return QW_OK;
}

static int load(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    int rc;
    if ((rc = arch_hparams(l->g, &m->hp, err)) != QW_OK ||
        (rc = tokenizer_new(&m->tok, l->g, l->o->pre, err)) != QW_OK ||
        (rc = check_vocab(m, l->g, err)) != QW_OK ||
        (rc = find_family(m, l->g, l->o->chat_template, err)) != QW_OK ||
        (rc = plan(l, err)) != QW_OK ||
        (rc = check_memory(l, err)) != QW_OK)
        return rc;
    name_model(m, l->g);
    note_types(m, l);
    if ((rc = repack(l, err)) != QW_OK)
        return rc;
    m->hp.tied = m->w.output.data == NULL;
    if (m->hp.tied)
        m->w.output = m->w.embd;
    return check_rope_factors(m, err);
}

/* Takes g. */
static int load_gguf(struct model **out, struct gguf *g, const struct model_options *o, struct qw_error *err)
{
    int rc = QW_OK;
    struct loader *l = qw_alloc_aligned(64, sizeof *l);
    struct model *m = qw_calloc(1, sizeof *m);
    if (l == NULL || m == NULL || (m->path = qw_strdup(gguf_path(g))) == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "model");
        goto out;
    }
    memset(l, 0, sizeof *l);
    l->m = m;
    l->g = g;
    l->o = o;
    m->file_bytes = gguf_file_bytes(g);
    m->kern = kern_get(o->level);
    if (m->kern == NULL)
        rc = qw_error_set(err, QW_EUNSUPPORTED, "this CPU does not run %s kernels", cpu_level_name(o->level));
    else
        rc = load(l, err);
    workers_free(l->team);
    qw_free(l->parts);
    if (rc != QW_OK)
        qw_error_wrap(err, "%s", m->path);
out:
    qw_free_aligned(l);
    gguf_free(g);
    if (rc == QW_OK)
        *out = m;
    else
        model_free(m);
    return rc;
}

int model_load(struct model **m, const char *path, const struct model_options *o, struct qw_error *err)
{
    struct gguf *g;
    int rc = gguf_open(&g, path, err);
    return rc == QW_OK ? load_gguf(m, g, o, err) : rc;
}

int model_load_memory(struct model **m, const void *p, size_t n, const struct model_options *o, struct qw_error *err)
{
    struct gguf *g;
    int rc = gguf_open_memory(&g, p, n, err);
    return rc == QW_OK ? load_gguf(m, g, o, err) : rc;
}

void model_free(struct model *m)
{
    if (m == NULL)
        return;
    if (m->block != NULL)
        qw_unmap(m->block, m->block_bytes);
    tokenizer_free(m->tok);
    qw_free(m->w.layers);
    qw_free(m->path);
    qw_free(m);
}

/* --- accessors ----------------------------------------------------------------- */

const struct hparams   *model_hparams(const struct model *m)      { return &m->hp; }
const struct tokenizer *model_tokenizer(const struct model *m)    { return m->tok; }
const struct weights   *model_weights(const struct model *m)      { return &m->w; }
const struct kern      *model_kern(const struct model *m)         { return m->kern; }
const char             *model_path(const struct model *m)         { return m->path; }
uint64_t                model_weight_bytes(const struct model *m) { return m->block_bytes; }
uint64_t                model_file_bytes(const struct model *m)   { return m->file_bytes; }
const char             *model_fingerprint(const struct model *m)  { return m->fingerprint; }
const char             *model_weights_name(const struct model *m) { return gguf_type_name(m->main_type); }

const struct chat_family *model_chat_family(const struct model *m, struct qw_error *err)
{
    if (m->family == NULL && err != NULL)
        *err = m->family_err;
    return m->family;
}

enum kv_type model_kv_type(const struct model *m, enum kv_type asked)
{
    if (asked != KV_AUTO)
        return asked;
    return m->main_type == GGUF_F32 ? KV_F32 : KV_F16;
}
