/* What the forward pass reads of a model.  All of it lies in one block of memory that
 * the model owns; the order in memory is the order of use.  Immutable; any thread. */
#ifndef QW_ENGINE_WEIGHTS_H
#define QW_ENGINE_WEIGHTS_H

#include "engine/cpu/kern.h"
#include "engine/layout/wmat.h"

struct model;

struct layer {
    const float *attn_norm, *ffn_norm;              /* [hidden] */
    const float *q_norm, *k_norm;                   /* [head_dim], or NULL */
    const float *q_bias, *k_bias, *v_bias;          /* [n_heads * head_dim], [n_kv_heads * head_dim]; or NULL */
    struct wmat  q, k, v, o;                        /* o: [hidden][n_heads * head_dim] */
    struct wmat  gate, up, down;                    /* down: [hidden][ffn] */
};

struct weights {
    struct wmat   embd;                             /* [n_vocab][hidden], read by rows */
    struct wmat   output;                           /* the same matrix when tied */
    const float  *output_norm;                      /* [hidden] */
    const float  *rope_factors;                     /* [n_rot/2] divisors of the angles, or NULL */
    struct layer *layers;                           /* [n_layers] */
};

const struct weights *model_weights(const struct model *m);
const void           *model_weight_block(const struct model *m);    /* model_weight_bytes of it: all weights */
const struct kern    *model_kern(const struct model *m);

#endif
