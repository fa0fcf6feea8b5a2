/* The head of a row of logits, done the long way: what a backend's must be
 * (engine/forward/logit_head.h).  Read by C and by C++. */
#ifndef HEAD_REF_H
#define HEAD_REF_H

#include <math.h>
#include <stdlib.h>

#include "engine/cpu/kern.h"
#include "engine/forward/logit_head.h"

static inline int head_ref_order(const void *a, const void *b)
{
    const struct logit *x = (const struct logit *)a, *y = (const struct logit *)b;

    return x->value != y->value ? (x->value < y->value ? 1 : -1) : x->id - y->id;
}

static inline uint64_t head_ref_weight(float x, float max, float temperature)
{
    const float e = x < max ? (x - max) / temperature : 0.0f;

    return e > -28.0f ? (uint64_t)(kern_expf(e) * 1099511627776.0f) : 0;
}

/* mask: a bit for each id that is a candidate, or NULL; most: of the candidates in h, LOGIT_HEAD but for tests of who
 * reads it. */
static inline void head_ref(struct logit_head *h, const float *row, size_t n_vocab, float temperature, const uint32_t *mask,
                            size_t most)
{
    struct logit *all = (struct logit *)malloc(n_vocab * sizeof *all);
    size_t n = 0;

    for (size_t i = 0; i < n_vocab; i++)
        if (row[i] > -INFINITY && (mask == NULL || mask[i / 32] >> i % 32 & 1)) {
            all[n].id = (int32_t)i;
            all[n++].value = row[i];
        }
    qsort(all, n, sizeof *all, head_ref_order);
    h->mass_plain = h->mass = 0;
    h->n = n < most ? n : most;
    for (size_t i = 0; i < n; i++) {
        h->mass_plain += head_ref_weight(all[i].value, all[0].value, 1.0f);
        if (temperature > 0)
            h->mass += head_ref_weight(all[i].value, all[0].value, temperature);
    }
    for (size_t i = 0; i < LOGIT_HEAD; i++) {
        h->top[i].id = i < h->n ? all[i].id : -1;
        h->top[i].value = i < h->n ? all[i].value : -INFINITY;
    }
    free(all);
}

#endif
