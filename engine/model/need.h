/* What a context takes in memory, told before anything is computed: keys and values, whole pages
 * of all layers.  Weights are known by model_weight_bytes; the forward pass's scratch does not grow
 * with the context but for some bytes a token.  Any thread. */
#ifndef QW_ENGINE_NEED_H
#define QW_ENGINE_NEED_H

#include <stdint.h>

#include "base/error.h"
#include "engine/layout/kv_layout.h"
#include "engine/model/model.h"

/* Bytes of the pages of so many tokens; UINT64_MAX if they cannot be counted, or the type does not fit the heads. */
uint64_t need_kv_bytes(const struct hparams *hp, enum kv_type type, uint64_t tokens);
/* The most tokens whose pages, and `spare` pages more, fit into so many bytes. */
uint64_t need_kv_tokens(const struct hparams *hp, enum kv_type type, uint64_t bytes, uint64_t spare);
/* QW_OK: the pages of so many tokens, and spare ones, fit into `bytes`.  Else sets err to `code` and says with
 * numbers what is needed, what there is, and what would fit: max_model_len, and with each smaller type. */
int need_check(const struct hparams *hp, enum kv_type type, uint64_t tokens, uint64_t bytes, uint64_t spare, int code,
               struct qw_error *err);

/* Left to the rest of the machine when memory is shared out: 256 MiB, or a 20th of it. */
uint64_t need_reserve(uint64_t total_bytes);

#endif
