/* The head of a row of logits: as much of it as sampling mostly needs.  A backend that holds logits in memory of its own
 * gives heads instead of rows (forward.h); the sampler finishes from them, or says that it needs the row (sampler.h).
 * Below is what both must do bit for bit; read by C, C++ and nvcc.  Any thread.
 *
 * A logit that is NaN or -inf is no candidate: it has no place in the order and no weight. */
#ifndef QW_ENGINE_LOGIT_HEAD_H
#define QW_ENGINE_LOGIT_HEAD_H

#include <stdint.h>

#include "engine/cpu/vmath.h"

#define LOGIT_HEAD       256
#define LOGIT_HEAD_VOCAB 262144             /* most ids of a row that has a head */

struct logit { int32_t id; float value; };  /* value as it stands in the row: a zero keeps its sign */
struct logit_head {                         /* no padding: a device writes every byte */
    uint64_t mass_plain;                    /* sum of all candidates' weights at temperature 1 */
    uint64_t mass;                          /* the same at the temperature asked for; 0 where that is 0 */
    uint64_t n;                             /* the row has so many candidates, or LOGIT_HEAD and perhaps more */
    struct logit top[LOGIT_HEAD];           /* [n] descending, ties by lower id; then { -1, -inf } */
};

/* Greater logit, smaller key: ascending (key, id) is the order of the draw. */
static inline KERN_HD uint32_t logit_key(float x)
{
    const uint32_t u = float_bits(x + 0.0f);                /* -0 and 0 are a tie */

    return u & 0x80000000u ? u : ~(u | 0x80000000u);
}

#define LOGIT_WEIGHT_ONE   1099511627776.0f     /* 2^40: weight of the most likely token */
#define LOGIT_WEIGHT_FLOOR -28.0f               /* exp of this is below 2^-40: weight 0 */

/* exp((x - max) / temperature) in units of 2^-40, temperature > 0: integers, whose sums are exact in any order.  max: the
 * greatest logit, more than -inf; NaN weighs 0. */
static inline KERN_HD uint64_t logit_weight(float x, float max, float temperature)
{
    const float e = x >= max ? 0.0f : (x - max) / temperature;

    return e > LOGIT_WEIGHT_FLOOR ? (uint64_t)(vexp(e) * LOGIT_WEIGHT_ONE) : 0;
}

#endif
