/* Architectures as data: what a file of each must hold, and how the one forward pass
 * runs it.  A new family is a row in arch.c's tables (and, where its projections are
 * fused in the file, tensor rows that fill several matrices); nothing else changes. */
#ifndef QW_ENGINE_ARCH_H
#define QW_ENGINE_ARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/gguf/gguf.h"
#include "engine/model/model.h"
#include "engine/model/weights.h"

/* Reads and checks hyper-parameters; tied is decided by the tensors later. */
int arch_hparams(const struct gguf *g, struct hparams *hp, struct qw_error *err);

/* A tensor that a model has: its name after "blk.N." (or whole, for the model's own),
 * where it goes, its shape, and when it must be there. */
enum arch_dim { DIM_NONE, DIM_HIDDEN, DIM_FFN, DIM_Q, DIM_KV, DIM_HEAD, DIM_VOCAB, DIM_HALF_ROT };
enum arch_need { NEED_ALWAYS, NEED_QK_NORM, NEED_BIAS, NEED_OPTIONAL };
struct arch_tensor {
    const char    *name;
    size_t         at;          /* offset of its field in struct layer or struct weights */
    enum arch_dim  n, k;        /* matrix [n outputs][k inputs]; a vector has n = DIM_NONE */
    enum arch_need need;
};
extern const struct arch_tensor arch_layer_tensors[], arch_model_tensors[];   /* end: name NULL */
size_t arch_dim(const struct hparams *hp, enum arch_dim d);
/* Must (1), must not (0) or may (-1) a file of this model hold the tensor? */
int arch_wants(const struct hparams *hp, const struct arch_tensor *t);

/* s as printable ASCII in a small ring of static buffers per thread: for error messages. */
const char *arch_printable(const char *s, size_t n);

#endif
