/* What one run of the forward pass is given: the same for every backend.  Read by C and by C++. */
#ifndef QW_ENGINE_BATCH_H
#define QW_ENGINE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "engine/layout/kv_layout.h"

struct backend;
struct logit_head;

struct forward_options {
    int      n_threads;         /* of the CPU; the caller of forward_run is worker 0 */
    size_t   max_rows;          /* most tokens in one run, all sequences together */
    size_t   max_context;       /* most positions of a sequence */
    enum kv_type kv_type;       /* not KV_AUTO */
    struct backend *backend;    /* engine/forward/backend.h; NULL: the CPU.  Borrowed, it outlives the pass */
};

/* One sequence's part of a run.  All borrowed for the call. */
struct forward_seq {
    const int32_t *ids;         /* T ids at positions pos0 .. pos0+T-1 */
    size_t   T, pos0;
    uint8_t *const *pages;      /* base addresses of pages 0 .. (pos0+T-1)/16, in the backend's memory; K and V
                                 * of the new positions are written, all before are read */
    size_t   n_logits;          /* of the last n_logits rows (0..T) */
    float   *logits;            /* [n_logits][n_vocab], written; with heads it is not */
    struct logit_head *heads;   /* [n_logits] instead, of a pass that gives them (forward_gives_heads); NULL: logits */
    float    temperature;       /* of the heads' mass; 0: none */
};

#endif
