/* Attention of one run: divides (tokens, kv head, span of positions) among the workers and
 * keeps the partial results.  The sums themselves are the kernels'; how the work is divided
 * never changes a bit, because a span is always whole and spans merge in ascending order.
 *
 * A unit is up to ATTN_ROWS query rows (consecutive tokens x the query heads of one kv head)
 * of one sequence.  With enough (unit, kv head) pairs for all workers, a worker takes a pair
 * and all its spans ("whole"); with few, as in decoding far into a long context, each span is
 * an item of its own and the rows are merged after a barrier ("split"). */
#ifndef QW_ENGINE_ATTENTION_H
#define QW_ENGINE_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/cpu/kern.h"
#include "engine/forward/forward.h"

struct attention;
struct attention_plan;

int    attention_new(struct attention **a, const struct kern *k, const struct kv_layout *kv, uint32_t n_heads,
                     const struct forward_options *o, struct qw_error *err);
void   attention_free(struct attention *a);

/* Worker 0, before a run.  all: of every row; last: of the rows that give logits. */
const struct attention_plan *attention_plan_all(struct attention *a, const struct forward_seq *seqs, size_t n_seqs);
const struct attention_plan *attention_plan_last(struct attention *a, const struct forward_seq *seqs, size_t n_seqs);

/* Worker 0, at least one barrier after the last attention_run and one before the next. */
void attention_rewind(struct attention *a);
/* Every worker: takes items until none is left.  q: the run's rows, ldq floats apart, heads in
 * order.  out[row of the plan][n_heads * D] is written unless the plan is split. */
void attention_run(struct attention *a, const struct attention_plan *p, const struct forward_seq *seqs,
                   int worker, uint32_t layer, const float *q, size_t ldq, float *out);
bool attention_is_split(const struct attention_plan *p);
/* A barrier after attention_run of a split plan: out[n_heads * D] of one row of the plan. */
void attention_merge(const struct attention *a, const struct attention_plan *p, size_t row, float *out);

#endif
