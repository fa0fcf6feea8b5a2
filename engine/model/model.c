/* Loading: check the whole plan against the hyper-parameters first, then map one block and fill
 * it on all cores, with the tokenizer built beside it. */
#include "engine/model/model_int.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/model/arch.h"

static int check_memory(const struct loader *l, struct qw_error *err)
{
    uint64_t have = l->o->memory_limit;
    if (have == 0) {
        struct mem_info mi;
        mem_probe(&mi);
        have = mi.available_bytes;
    }
    if (have != 0 && l->m->block_bytes > have)      /* 0: it could not be measured */
        return qw_error_set(err, QW_EMODEL, "the weights need %llu MiB of memory, %llu MiB are available; "
                            "free some, or take a smaller model or quantization",
                            (unsigned long long)(l->m->block_bytes >> 20), (unsigned long long)(have >> 20));
    return QW_OK;
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
    size_t n = 0;
    const struct gguf_tensor *t = gguf_tensor(g, "token_embd.weight");
    if (gguf_str_array(g, "tokenizer.ggml.tokens", &n) == NULL)
        return qw_error_set(err, QW_EFORMAT, "tokenizer.ggml.tokens is missing");
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

/* ---- the work ----------------------------------------------------------------- */

void model_side_job(struct loader *l)
{
    if (atomic_load_explicit(&l->tok_taken, memory_order_relaxed) || atomic_exchange(&l->tok_taken, true))
        return;
    l->tok_rc = tokenizer_new(&l->m->tok, l->g, l->o->pre, &l->tok_err);
}

int model_report(const struct loader *l, uint64_t done, struct qw_error *err)
{
    if (l->o->progress != NULL && l->o->progress(l->o->arg, done, l->m->file_bytes) != 0)
        return qw_error_set(err, QW_ECANCELLED, "loading was stopped");
    return QW_OK;
}

static int new_block(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    if (m->block != NULL)
        qw_unmap(m->block, m->block_bytes);
    m->block = qw_map(m->block_bytes);
    if (m->block == NULL)
        return qw_error_set(err, QW_ENOMEM, "%llu MiB for the weights", (unsigned long long)(m->block_bytes >> 20));
    return model_bind(l, err);
}

static int fill(struct loader *l, struct qw_error *err)
{
    bool from_file = false;
    int rc = new_block(l, err);
    if (rc == QW_OK)
        rc = workers_new(&l->team, l->o->n_threads < 1 ? 1 : l->o->n_threads, err);
    if (rc != QW_OK)
        return rc;
    rc = model_from_cache(l, err);
    if (rc != QW_OK && rc != QW_ECANCELLED) {
        from_file = true;
        /* A damaged file may have left anything, between the tensors too. */
        if (rc != QW_ENOTFOUND && (rc = new_block(l, err)) != QW_OK)
            return rc;
        rc = model_read(l, err);
    }
    if (rc == QW_OK && l->tok_rc != QW_OK) {
        rc = l->tok_rc;
        if (err != NULL)
            *err = l->tok_err;
    }
    if (rc == QW_OK && from_file)
        model_to_cache(l);
    return rc;
}

static int load(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    int rc;
    if ((rc = arch_hparams(l->g, &m->hp, err)) != QW_OK ||
        (rc = check_vocab(m, l->g, err)) != QW_OK ||
        (rc = find_family(m, l->g, l->o->chat_template, err)) != QW_OK ||
        (rc = model_plan(l, err)) != QW_OK ||
        (rc = check_memory(l, err)) != QW_OK)
        return rc;
    name_model(m, l->g);
    note_types(m, l);
    if ((rc = fill(l, err)) != QW_OK)
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
    repack_write_end(m->writer);            /* it reads the block */
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
const void             *model_weight_block(const struct model *m) { return m->block; }
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
