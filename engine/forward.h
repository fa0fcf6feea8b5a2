/* The forward pass over a batch of sequences, on a fixed team of worker threads.
 *
 * One rule: a token's logits and KV bits are a pure function of (model, KV type, numerics id,
 * the token ids before it).  They do not depend on the other sequences, chunk borders, thread
 * count, kernel level or page addresses.  Nothing is allocated in forward_run. */
#ifndef QW_ENGINE_FORWARD_H
#define QW_ENGINE_FORWARD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kv_layout.h"
#include "engine/model.h"

struct forward_options {
    int      n_threads;         /* the caller of forward_run is worker 0 */
    size_t   max_rows;          /* most tokens in one run, all sequences together */
    size_t   max_context;       /* most positions of a sequence */
    enum kv_type kv_type;       /* not KV_AUTO */
};

/* One sequence's part of a run.  All borrowed for the call. */
struct forward_seq {
    const int32_t *ids;         /* T ids at positions pos0 .. pos0+T-1 */
    size_t   T, pos0;
    uint8_t *const *pages;      /* base addresses of pages 0 .. (pos0+T-1)/16; K and V of the
                                 * new positions are written, all before are read */
    size_t   n_logits;          /* of the last n_logits rows (0..T) */
    float   *logits;            /* [n_logits][n_vocab], written */
};

struct forward;
int  forward_new(struct forward **f, const struct model *m, const struct forward_options *o, struct qw_error *err);
void forward_free(struct forward *f);
const struct kv_layout *forward_kv_layout(const struct forward *f);

/* Runs all sequences (sum of T <= max_rows).  cancel (may be NULL) is read between layers:
 * QW_ECANCELLED, the pages' new positions are then undefined and must be run again.
 * An id outside the vocabulary is QW_EPARAMS.  Calling thread: always the same one. */
int forward_run(struct forward *f, const struct forward_seq *seqs, size_t n_seqs,
                const atomic_int *cancel, struct qw_error *err);

#endif
