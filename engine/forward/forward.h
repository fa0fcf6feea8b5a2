/* The forward pass over a batch of sequences, on a fixed team of worker threads.
 *
 * One rule: a token's logits and KV bits are a pure function of (model, KV type, numerics id,
 * the token ids before it).  They do not depend on the other sequences, chunk borders, thread
 * count, kernel level, backend or page addresses.  Nothing is allocated in forward_run.
 * The exception that has to be asked for: a backend whose numerics are fast (backend.h). */
#ifndef QW_ENGINE_FORWARD_H
#define QW_ENGINE_FORWARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/forward/batch.h"
#include "engine/model/model.h"

struct forward;
int  forward_new(struct forward **f, const struct model *m, const struct forward_options *o, struct qw_error *err);
void forward_free(struct forward *f);
const struct kv_layout *forward_kv_layout(const struct forward *f);
/* What forward_new takes of the memory of o's backend, weights included; 0 for the CPU. */
uint64_t forward_backend_bytes(const struct model *m, const struct forward_options *o);

/* Runs all sequences (sum of T <= max_rows).  cancel (may be NULL) is read between layers:
 * QW_ECANCELLED, the pages' new positions are then undefined and must be run again.
 * An id outside the vocabulary is QW_EPARAMS.  Calling thread: always the same one. */
int forward_run(struct forward *f, const struct forward_seq *seqs, size_t n_seqs,
                const atomic_int *cancel, struct qw_error *err);

/* The team that runs the pass (workers.h), for the calling thread's work between two runs; NULL: a backend runs it. */
struct workers;
struct workers *forward_workers(struct forward *f);

/* Heads in place of logits, where these are far from the sampler (logit_head.h): the CPU gives none. */
bool forward_gives_heads(const struct forward *f);
/* The logits [n_vocab] of one row that heads were given of, until the next run: row counts the n_logits of all sequences
 * of the last run, which was QW_OK.  Only of a pass that gives heads. */
int  forward_row(struct forward *f, size_t row, float *logits, struct qw_error *err);

#endif
