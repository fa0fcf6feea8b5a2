#include "engine/model/arch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct arch {
    const char *name;           /* general.architecture, and the prefix of its keys */
    bool rope_neox;             /* rotary pairs (i, i + n_rot/2), else (2i, 2i + 1) */
    bool qk_norm;               /* RMS norm of each query and key head before rotary */
    bool qkv_bias;
};
static const struct arch archs[] = {
    /* name     neox   qk_norm  bias */
    { "qwen3",  true,  true,    false },
    { "qwen2",  true,  false,   true  },
    { "llama",  false, false,   false },    /* Llama and Mistral files */
};
#define NAMES "qwen3, qwen2, llama"

#define LAYER(field) offsetof(struct layer, field)
const struct arch_tensor arch_layer_tensors[] = {
    { "attn_norm.weight",   LAYER(attn_norm), DIM_NONE,   DIM_HIDDEN, NEED_ALWAYS  },
    { "attn_q.weight",      LAYER(q),         DIM_Q,      DIM_HIDDEN, NEED_ALWAYS  },
    { "attn_k.weight",      LAYER(k),         DIM_KV,     DIM_HIDDEN, NEED_ALWAYS  },
    { "attn_v.weight",      LAYER(v),         DIM_KV,     DIM_HIDDEN, NEED_ALWAYS  },
    { "attn_q.bias",        LAYER(q_bias),    DIM_NONE,   DIM_Q,      NEED_BIAS    },
    { "attn_k.bias",        LAYER(k_bias),    DIM_NONE,   DIM_KV,     NEED_BIAS    },
    { "attn_v.bias",        LAYER(v_bias),    DIM_NONE,   DIM_KV,     NEED_BIAS    },
    { "attn_q_norm.weight", LAYER(q_norm),    DIM_NONE,   DIM_HEAD,   NEED_QK_NORM },
    { "attn_k_norm.weight", LAYER(k_norm),    DIM_NONE,   DIM_HEAD,   NEED_QK_NORM },
    { "attn_output.weight", LAYER(o),         DIM_HIDDEN, DIM_Q,      NEED_ALWAYS  },
    { "ffn_norm.weight",    LAYER(ffn_norm),  DIM_NONE,   DIM_HIDDEN, NEED_ALWAYS  },
    { "ffn_gate.weight",    LAYER(gate),      DIM_FFN,    DIM_HIDDEN, NEED_ALWAYS  },
    { "ffn_up.weight",      LAYER(up),        DIM_FFN,    DIM_HIDDEN, NEED_ALWAYS  },
    { "ffn_down.weight",    LAYER(down),      DIM_HIDDEN, DIM_FFN,    NEED_ALWAYS  },
    { NULL, 0, DIM_NONE, DIM_NONE, NEED_OPTIONAL },
};

#define MODEL(field) offsetof(struct weights, field)
const struct arch_tensor arch_model_tensors[] = {
    { "token_embd.weight",  MODEL(embd),         DIM_VOCAB, DIM_HIDDEN,   NEED_ALWAYS   },
    { "rope_freqs.weight",  MODEL(rope_factors), DIM_NONE,  DIM_HALF_ROT, NEED_OPTIONAL },
    { "output_norm.weight", MODEL(output_norm),  DIM_NONE,  DIM_HIDDEN,   NEED_ALWAYS   },
    { "output.weight",      MODEL(output),       DIM_VOCAB, DIM_HIDDEN,   NEED_OPTIONAL },  /* absent: tied */
    { NULL, 0, DIM_NONE, DIM_NONE, NEED_OPTIONAL },
};

static const struct arch *arch_find(const char *name, size_t n)      /* NULL if unknown */
{
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (strlen(archs[i].name) == n && memcmp(archs[i].name, name, n) == 0)
            return &archs[i];
    return NULL;
}

size_t arch_dim(const struct hparams *hp, enum arch_dim d)
{
    switch (d) {
    case DIM_NONE:     break;
    case DIM_HIDDEN:   return hp->hidden;
    case DIM_FFN:      return hp->ffn;
    case DIM_Q:        return (size_t)hp->n_heads * hp->head_dim;
    case DIM_KV:       return (size_t)hp->n_kv_heads * hp->head_dim;
    case DIM_HEAD:     return hp->head_dim;
    case DIM_VOCAB:    return hp->n_vocab;
    case DIM_HALF_ROT: return hp->n_rot / 2;
    }
    return 1;
}

int arch_wants(const struct hparams *hp, const struct arch_tensor *t)
{
    switch (t->need) {
    case NEED_ALWAYS:   return 1;
    case NEED_QK_NORM:  return hp->qk_norm;
    case NEED_BIAS:     return hp->qkv_bias;
    case NEED_OPTIONAL: break;
    }
    return -1;
}

const char *arch_printable(const char *s, size_t n)
{
    static _Thread_local char ring[4][72];
    static _Thread_local unsigned at;
    char *b = ring[at++ % 4];
    size_t m = n < sizeof ring[0] - 4 ? n : sizeof ring[0] - 4;
    for (size_t i = 0; i < m; i++)
        b[i] = s[i] >= 0x20 && s[i] < 0x7f ? s[i] : '?';
    memcpy(b + m, m < n ? "..." : "", m < n ? 4 : 1);
    return b;
}

/* --- hyper-parameters -------------------------------------------------------- */

/* "<arch>.<suffix>" in a buffer of the caller. */
static const char *key_of(char key[96], const struct hparams *hp, const char *suffix)
{
    snprintf(key, 96, "%s.%s", hp->arch, suffix);
    return key;
}

/* A whole number in [1, max]; `absent` where the key may be missing (0: it must be there). */
static int read_count(const struct gguf *g, const struct hparams *hp, const char *suffix,
                      uint64_t absent, uint64_t max, uint32_t *out, struct qw_error *err)
{
    char key[96];
    uint64_t v = absent;
    if (!gguf_u64(g, key_of(key, hp, suffix), &v) && absent == 0)
        return qw_error_set(err, QW_EFORMAT, "metadata key %s is missing or not a whole number", key);
    if (v < 1 || v > max)
        return qw_error_set(err, QW_EFORMAT, "%s = %llu: must be 1 to %llu", key,
                            (unsigned long long)v, (unsigned long long)max);
    *out = (uint32_t)v;
    return QW_OK;
}

static int read_real(const struct gguf *g, const struct hparams *hp, const char *suffix,
                     double absent, double min, double max, double *out, struct qw_error *err)
{
    char key[96];
    double v = absent;
    if (!gguf_f64(g, key_of(key, hp, suffix), &v) && absent < min)
        return qw_error_set(err, QW_EFORMAT, "metadata key %s is missing or not a number", key);
    if (!(v >= min && v <= max))
        return qw_error_set(err, QW_EFORMAT, "%s = %g: must be %g to %g", key, v, min, max);
    *out = v;
    return QW_OK;
}

/* What would change the computation, and is not built: better an error than wrong answers. */
static int refuse_unbuilt(const struct gguf *g, const struct hparams *hp, struct qw_error *err)
{
    char key[96];
    const char *s;
    size_t n;
    uint64_t v;
    if (gguf_str(g, key_of(key, hp, "rope.scaling.type"), &s, &n) && !(n == 4 && memcmp(s, "none", 4) == 0))
        return qw_error_set(err, QW_EUNSUPPORTED,
                            "%s = \"%s\": only files without rope scaling (or with a rope_freqs tensor) run",
                            key, arch_printable(s, n));
    if (gguf_u64(g, key_of(key, hp, "expert_count"), &v) && v > 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s = %llu: mixtures of experts are not supported",
                            key, (unsigned long long)v);
    if (gguf_u64(g, key_of(key, hp, "attention.value_length"), &v) && v != hp->head_dim)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s = %llu: must equal the head size of keys, %u",
                            key, (unsigned long long)v, hp->head_dim);
    return QW_OK;
}

static int read_heads(const struct gguf *g, struct hparams *hp, struct qw_error *err)
{
    int rc;
    if ((rc = read_count(g, hp, "attention.head_count", 0, 4096, &hp->n_heads, err)) != QW_OK ||
        (rc = read_count(g, hp, "attention.head_count_kv", hp->n_heads, 4096, &hp->n_kv_heads, err)) != QW_OK)
        return rc;
    if (hp->n_heads % hp->n_kv_heads != 0)
        return qw_error_set(err, QW_EFORMAT, "%u query heads are not a multiple of %u key/value heads",
                            hp->n_heads, hp->n_kv_heads);
    /* Without key_length the heads divide the hidden size. */
    if ((rc = read_count(g, hp, "attention.key_length",
                         hp->hidden % hp->n_heads == 0 ? hp->hidden / hp->n_heads : 0,
                         512, &hp->head_dim, err)) != QW_OK)
        return rc;
    if (hp->head_dim % 16 != 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "head size %u is not a multiple of 16", hp->head_dim);
    if ((rc = read_count(g, hp, "rope.dimension_count", hp->head_dim, hp->head_dim, &hp->n_rot, err)) != QW_OK)
        return rc;
    if (hp->n_rot % 2 != 0)
        return qw_error_set(err, QW_EFORMAT, "%u rotary dimensions: must be even", hp->n_rot);
    return QW_OK;
}

int arch_hparams(const struct gguf *g, struct hparams *hp, struct qw_error *err)
{
    const char *s;
    size_t n;
    if (!gguf_str(g, "general.architecture", &s, &n))
        return qw_error_set(err, QW_EFORMAT, "metadata key general.architecture is missing");
    const struct arch *a = arch_find(s, n);
    if (a == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "architecture \"%s\" is not supported (these are: " NAMES ")",
                            arch_printable(s, n));
    *hp = (struct hparams){ .rope_neox = a->rope_neox, .qk_norm = a->qk_norm, .qkv_bias = a->qkv_bias };
    snprintf(hp->arch, sizeof hp->arch, "%s", a->name);

    int rc;
    double eps;
    if ((rc = read_count(g, hp, "block_count", 0, 1024, &hp->n_layers, err)) != QW_OK ||
        (rc = read_count(g, hp, "embedding_length", 0, 1u << 17, &hp->hidden, err)) != QW_OK ||
        (rc = read_count(g, hp, "feed_forward_length", 0, 1u << 20, &hp->ffn, err)) != QW_OK ||
        (rc = read_count(g, hp, "context_length", 0, 1u << 24, &hp->context, err)) != QW_OK ||
        (rc = read_heads(g, hp, err)) != QW_OK ||
        (rc = read_real(g, hp, "rope.freq_base", 10000.0, 1.0, 1e15, &hp->rope_base, err)) != QW_OK ||
        (rc = read_real(g, hp, "attention.layer_norm_rms_epsilon", -1.0, 0.0, 1.0, &eps, err)) != QW_OK ||
        (rc = refuse_unbuilt(g, hp, err)) != QW_OK)
        return rc;
    hp->rms_eps = (float)eps;

    /* Up to the window, sliding and full attention are the same thing. */
    char key[96];
    uint64_t window;
    if (gguf_u64(g, key_of(key, hp, "attention.sliding_window"), &window) && window > 0 && window < hp->context)
        hp->context = (uint32_t)window;
    return QW_OK;
}
