/* Prompt-lookup speculation: guesses of the next ids, taken from the conversation itself.
 *
 * Where the last ids have occurred before, what followed them there is guessed (Saxena 2023, "Prompt
 * Lookup Decoding").  The guesses run as further rows of the decode step; a guess counts only if
 * it is the id that the ordinary sampler draws at its place, so the answer is that of plain decoding,
 * id for id.  How many are worth their rows is decided from how often guesses after matches of
 * the same length have held so far, and from what a row costs.
 *
 * One thread; nothing is allocated after draft_new. */
#ifndef QW_ENGINE_DRAFT_H
#define QW_ENGINE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define DRAFT_MAX 8                 /* most guesses at once */

struct draft;
/* max_ids: the most ids that the sequence will ever have. */
int  draft_new(struct draft **d, size_t max_ids, struct qw_error *err);
void draft_free(struct draft *d);
/* Guesses for positions n, n+1, ... of a sequence whose ids are ids[0..n), at most max (and DRAFT_MAX),
 * into out; returns how many.  A guess is made only while the probability that it holds, with all
 * before it, is above row_cost (draft_cost). */
size_t draft_guess(struct draft *d, const int32_t *ids, size_t n, double row_cost, int32_t *out, size_t max);
/* How many of the last draft_guess's ids held, the first ones; tested: how many were compared (the answer may
 * have ended before the rest). */
void draft_result(struct draft *d, size_t held, size_t tested);

/* What a guess costs: the time of its row, as a share of what a step of `rows` sequences takes for each
 * token that it surely gives.  Measured by whoever runs the steps; all zero at first. */
struct draft_cost {
    double   plain_ms, row;         /* smoothed; plain_ms: of steps without guesses; 0: not known */
    size_t   rows;                  /* of plain_ms */
    unsigned since_plain;
};
/* Above which probability a guess pays in a step of `rows` sequences; 1 (never) where the step should be a plain one,
 * because their number has changed or the last plain one was long ago. */
double draft_cost(const struct draft_cost *c, size_t rows);
/* A step of `rows` sequences and `guesses` rows more took ms. */
void draft_cost_step(struct draft_cost *c, size_t rows, size_t guesses, double ms);

#endif
