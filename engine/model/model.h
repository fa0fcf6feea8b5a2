/* A loaded model: hyper-parameters, repacked weights, tokenizer, chat family.
 * Architectures differ by data (struct hparams and which tensors exist), not by copies
 * of the forward pass.  Immutable after model_load: any thread. */
#ifndef QW_ENGINE_MODEL_H
#define QW_ENGINE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/cpu/kern.h"
#include "engine/layout/kv_layout.h"
#include "engine/model/repack_cache.h"
#include "engine/text/prompt.h"
#include "engine/text/tokenizer.h"

struct hparams {
    char     arch[32];          /* "qwen3" */
    char     name[128];         /* general.name, escaped, or the file's name */
    uint32_t n_layers, hidden, ffn, n_heads, n_kv_heads, head_dim, n_vocab, context;
    uint32_t n_rot;             /* rotated dims of a head */
    bool     rope_neox;         /* halves paired, not neighbours */
    bool     qk_norm, qkv_bias, tied;
    double   rope_base;
    float    rms_eps;
};

struct model_options {
    enum cpu_level  level;      /* kernels to use */
    const char     *pre;        /* override of the pre-tokenizer, or NULL */
    const char     *chat_template; /* family by name, or NULL: detect */
    int             n_threads;  /* for repacking */
    /* Called from the loading thread, at least every 100 ms; non-zero stops (QW_ECANCELLED). */
    int           (*progress)(void *arg, uint64_t done, uint64_t total);
    void           *arg;
    const char     *repack_cache; /* folder of repacked weights (repack_cache.h), or NULL: none */
    uint64_t        repack_cache_bytes; /* what it may grow to; 0: REPACK_LIMIT_DEFAULT */
    uint64_t        memory_limit; /* 0: what mem_probe says; a larger model is QW_EMODEL with both numbers */
};

struct model;
int  model_load(struct model **m, const char *path, const struct model_options *o, struct qw_error *err);
/* The same from the bytes of a file (tests, fuzzing); path is "(memory)". */
int  model_load_memory(struct model **m, const void *p, size_t n, const struct model_options *o, struct qw_error *err);
void model_free(struct model *m);       /* what is not written to the cache by now is given up */
/* Waits until the weights are in the cache, or have failed to be. */
void model_repack_wait(struct model *m);
/* How the repack cache served this model, and how far writing is. */
void model_repack_info(const struct model *m, struct repack_info *out);

const struct hparams     *model_hparams(const struct model *m);
const struct tokenizer   *model_tokenizer(const struct model *m);
/* NULL with a reason in err if the template was not recognised (chat is then an error). */
const struct chat_family *model_chat_family(const struct model *m, struct qw_error *err);
const char *model_path(const struct model *m);
uint64_t    model_weight_bytes(const struct model *m);     /* repacked, resident */
uint64_t    model_file_bytes(const struct model *m);
/* XXH3-128 of the file as 32 hex digits, computed while repacking. */
const char *model_fingerprint(const struct model *m);
const char *model_weights_name(const struct model *m);     /* most common type, "Q4_K" */
/* auto -> f32 for an F32 model, else f16. */
enum kv_type model_kv_type(const struct model *m, enum kv_type asked);

#endif
