/* The sampler: logits -> one id, a pure function of (logits, ids so far, parameters, seed,
 * position).  u = Philox4x32-10(key = seed, counter = absolute position), so that a resumed or
 * preempted answer goes on with the same text.
 *
 * Order of operations: logit bias, repetition penalty (whole context), presence and
 * frequency penalties (this answer), then greedy if temperature = 0; else temperature,
 * top-k, top-p (of the mass that top-k left), min-p, draw.  Ties go to the lower id.
 * Own exp (kern_expf) and probabilities as integers of 40 bits relative to the greatest, whose
 * sums are exact in any order: every machine draws the same, from the row or from its head (logit_head.h). */
#ifndef QW_ENGINE_SAMPLER_H
#define QW_ENGINE_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/forward/logit_head.h"

struct logit_bias { int32_t id; float bias; };
struct sample_params {
    float    temperature;           /* 0: greedy */
    int32_t  top_k;                 /* 0: all */
    float    top_p, min_p;          /* 1, 0: off */
    float    repetition_penalty;    /* 1: off */
    float    presence_penalty, frequency_penalty;   /* 0: off */
    uint64_t seed;
    const struct logit_bias *bias;  /* borrowed */
    size_t   n_bias;
    uint32_t n_logprobs;            /* alternatives to report with each token, 0..20; UINT32_MAX: none,
                                     * and no log-probabilities */
};
void sample_params_default(struct sample_params *p);          /* greedy, all off */
/* Ranges (QW_EPARAMS names the parameter and its range). */
int  sample_params_check(const struct sample_params *p, struct qw_error *err);

struct token_logprob { int32_t id; float logprob; };
struct sampler;                      /* scratch for one vocabulary size; one thread */
int  sampler_new(struct sampler **s, size_t n_vocab, struct qw_error *err);
void sampler_free(struct sampler *s);
/* ids[0..n): the context; the answer is ids[answer_from..n).  The drawn id is for position n.
 * logits are changed in place.  chosen and alts[p->n_logprobs] (descending; id -1 where the
 * vocabulary ended) may be NULL; log-probabilities are of the model's own distribution (before any
 * change).  -1 if no logit is finite; then nothing is written.  Allocates nothing. */
int32_t sampler_draw(struct sampler *s, float *logits, const int32_t *ids, size_t n, size_t answer_from,
                     const struct sample_params *p, struct token_logprob *chosen, struct token_logprob *alts);

/* May tokens be drawn from heads?  No: p changes single logits, or wants more of them in order than a head has. */
bool    sampler_takes_head(const struct sample_params *p);
/* As sampler_draw with such a p, from the head of the row, whose mass is at p's temperature: the same id and
 * log-probabilities, or SAMPLER_NEEDS_ROW where the head cannot prove them; then nothing is written. */
#define SAMPLER_NEEDS_ROW (-2)
int32_t sampler_draw_head(struct sampler *s, const struct logit_head *h, size_t n, const struct sample_params *p,
                          struct token_logprob *chosen, struct token_logprob *alts);

/* Seed of sample i of a vote or of choice i: sample_seed(seed, 0) == seed.  The others are at most SAMPLE_SEED_MAX, which
 * every reader of JSON keeps exactly and every request may give: such a sample can be asked for alone. */
#define SAMPLE_SEED_MAX ((UINT64_C(1) << 53) - 1)
uint64_t sample_seed(uint64_t seed, uint32_t i);
/* Philox4x32-10, for its test. */
void sampler_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
