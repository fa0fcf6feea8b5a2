/* What the parts of loading share (model.h is for everybody else): model_plan.c says where each
 * tensor goes, model_read.c fills the block from the file, model_cached.c from an
 * earlier load, model.c puts them together. */
#ifndef QW_ENGINE_MODEL_INT_H
#define QW_ENGINE_MODEL_INT_H

#include <stdatomic.h>

#include "engine/cpu/workers.h"
#include "engine/model/model.h"
#include "engine/model/weights.h"

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
    struct repack_info  cached;         /* how the cache served this load */
    struct repack_writer *writer;       /* reads the block until it has ended; or NULL */
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
    struct part     *parts;             /* in the order of the block */
    size_t           n_parts, cap;
    struct workers  *team;
    /* The tokenizer is built beside the weights: by the first worker that asks for it. */
    _Alignas(64) atomic_bool tok_taken;
    int              tok_rc;            /* read when the team has ended */
    struct qw_error  tok_err;
};

/* Checks all tensors against the hyper-parameters and gives each its place in the block, whose
 * size is then known; nothing is allocated for it yet.  The caller frees l->parts. */
int  model_plan(struct loader *l, struct qw_error *err);
/* Points the weights into the mapped block. */
int  model_bind(struct loader *l, struct qw_error *err);

/* Fills the block from the file, on the team, and the fingerprint on the way. */
int  model_read(struct loader *l, struct qw_error *err);

/* The same from the repack cache.  QW_ENOTFOUND: a miss; QW_ECANCELLED; other codes: a file was there
 * and is not used (m->cached.why); the block then holds anything. */
int  model_from_cache(struct loader *l, struct qw_error *err);
/* Has the filled block written in the background, where there is a cache. */
void model_to_cache(struct loader *l);

/* Any worker, before its own work. */
void model_side_job(struct loader *l);
/* Worker 0: tells how far we are; QW_ECANCELLED if loading was stopped. */
int  model_report(const struct loader *l, uint64_t done, struct qw_error *err);

#endif
