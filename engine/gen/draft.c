/* The index: positions by the hash of the two ids that end there, newest first, chained. */
#include "engine/gen/draft.h"

#include <string.h>

#include "base/mem.h"

#define MIN_MATCH  2
#define CLASSES    8                /* lengths of a match: 2, 3, ... 8, 9 and more */
#define CANDIDATES 16               /* earlier places that are looked at */
#define NONE       UINT32_MAX

struct draft {
    uint32_t *head;                 /* [n_heads]: the newest position of a hash, or NONE */
    uint32_t *older;                /* [max_ids]: the next older one */
    size_t    n_heads, max_ids, n_indexed;
    double    hold[CLASSES];        /* how often a guess after a match of this length holds */
    size_t    match, n_guessed;     /* of the last draft_guess */
};

int draft_new(struct draft **out, size_t max_ids, struct qw_error *err)
{
    /* Before anything is known: what maths working gave with a small model. */
    static const double hold[CLASSES] = { 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8 };
    struct draft *d = qw_calloc(1, sizeof *d);
    if (d != NULL && max_ids < NONE) {
        d->max_ids = max_ids;
        d->n_heads = 64;
        while (d->n_heads < max_ids)
            d->n_heads *= 2;
        memcpy(d->hold, hold, sizeof hold);
        d->head  = qw_calloc(d->n_heads, sizeof *d->head);
        d->older = qw_calloc(max_ids + 1, sizeof *d->older);
    }
    if (d == NULL || d->head == NULL || d->older == NULL) {
        draft_free(d);
        return qw_error_set(err, QW_ENOMEM, "no memory for the guesses of a sequence of %zu tokens", max_ids);
    }
    memset(d->head, 0xff, d->n_heads * sizeof *d->head);
    d->n_indexed = 1;               /* position 0 ends no pair */
    *out = d;
    return QW_OK;
}

void draft_free(struct draft *d)
{
    if (d == NULL)
        return;
    qw_free(d->head);
    qw_free(d->older);
    qw_free(d);
}

static uint32_t *head_of(struct draft *d, const int32_t *end)      /* of the pair end[-1], end[0] */
{
    uint64_t pair = (uint64_t)(uint32_t)end[-1] << 32 | (uint32_t)end[0];
    return &d->head[pair * UINT64_C(0x9E3779B97F4A7C15) >> 32 & (d->n_heads - 1)];
}

/* Ids before both places that are equal, themselves included; more than CLASSES + 1 make no difference. */
static size_t match_length(const int32_t *ids, size_t at, size_t last)
{
    size_t n = 0;
    while (n <= CLASSES && n <= at && ids[at - n] == ids[last - n])
        n++;
    return n;
}

static double *class_of(struct draft *d, size_t match)
{
    size_t c = match - MIN_MATCH;
    return &d->hold[c < CLASSES ? c : CLASSES - 1];
}

size_t draft_guess(struct draft *d, const int32_t *ids, size_t n, double row_cost, int32_t *out, size_t max)
{
    d->n_guessed = 0;
    if (n < MIN_MATCH + 1 || n > d->max_ids)
        return 0;
    size_t last = n - 1, best = 0, place = 0;
    for (; d->n_indexed < last; d->n_indexed++) {           /* the last pair itself is what is looked for */
        uint32_t *h = head_of(d, ids + d->n_indexed);
        d->older[d->n_indexed] = *h;
        *h = (uint32_t)d->n_indexed;
    }
    uint32_t at = *head_of(d, ids + last);
    for (int i = 0; i < CANDIDATES && at != NONE && best <= CLASSES; i++, at = d->older[at]) {
        size_t m = match_length(ids, at, last);
        if (m > best) {
            best = m;
            place = at;
        }
    }
    if (best < MIN_MATCH)
        return 0;
    d->match = best;
    double all_hold = 1;
    size_t k = 0;
    for (max = max < DRAFT_MAX ? max : DRAFT_MAX; k < max && place + 1 + k < n; k++) {
        all_hold *= *class_of(d, best + k);
        if (all_hold <= row_cost)
            break;
        out[k] = ids[place + 1 + k];
    }
    return d->n_guessed = k;
}

void draft_result(struct draft *d, size_t held, size_t tested)
{
    for (size_t i = 0; i < tested && i <= held; i++) {
        double *p = class_of(d, d->match + i);
        *p += 0.1 * ((i < held) - *p);
    }
}

/* ---- what a row costs ---------------------------------------------------------------------- */

#define FIRST_COST  0.1             /* before anything is measured */
#define PLAIN_EVERY 32

double draft_cost(const struct draft_cost *c, size_t rows)
{
    if (c->plain_ms == 0 || c->rows != rows || c->since_plain >= PLAIN_EVERY)
        return 1;
    return c->row > 0 ? c->row : FIRST_COST * (double)rows;
}

void draft_cost_step(struct draft_cost *c, size_t rows, size_t guesses, double ms)
{
    if (guesses == 0) {
        bool same = c->plain_ms > 0 && c->rows == rows;
        c->plain_ms = same ? 0.7 * c->plain_ms + 0.3 * ms : ms;
        if (!same)
            c->row = 0;             /* what a row costs depends on how many there are */
        c->rows = rows;
        c->since_plain = 0;
    } else if (c->plain_ms > 0 && c->rows == rows) {
        double row = (ms / c->plain_ms - 1) * (double)rows / (double)guesses;
        row = row < 0.01 ? 0.01 : row > 1 ? 1 : row;
        c->row = c->row > 0 ? 0.9 * c->row + 0.1 * row : row;
        c->since_plain++;
    }
}
