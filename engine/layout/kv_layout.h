/* The shape of a KV page: 16 tokens, K and V of all layers.
 *
 *   page   = [layer][kv head] of { K block, V block }
 *   K      = [head_dim][16 tokens]      (one 512-bit register holds 16 partial scores)
 *   V      = [16 tokens][head_dim]
 *   f32, f16, bf16: plain elements.
 *   q8_0: blocks of one token, one head, 32 dims: int8 in the same order, then the
 *         float32 scales, K: [head_dim/32][16], V: [16][head_dim/32].
 *
 * Pages are zeroed when allocated, so that equal tokens give equal bytes.  Attention takes
 * nothing of positions that a row does not see, whatever they hold.
 * This layout is also the store's (docs/architecture.md, "Pages"). */
#ifndef QW_ENGINE_KV_LAYOUT_H
#define QW_ENGINE_KV_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define KV_PAGE_TOKENS 16

enum kv_type { KV_AUTO, KV_F32, KV_F16, KV_BF16, KV_Q8_0 };
const char *kv_type_name(enum kv_type t);
int kv_type_parse(const char *name);            /* -1 if unknown */

struct kv_layout {
    enum kv_type type;                          /* not KV_AUTO */
    uint32_t n_layers, n_kv_heads, head_dim;
    size_t   k_bytes, v_bytes;                  /* of one (layer, head) block */
    size_t   page_bytes;                        /* n_layers * n_kv_heads * (k_bytes + v_bytes) */
};
/* head_dim a multiple of 16 (32 for q8_0), else QW_EUNSUPPORTED naming f16. */
int kv_layout_init(struct kv_layout *l, enum kv_type type, uint32_t n_layers, uint32_t n_kv_heads,
                   uint32_t head_dim, struct qw_error *err);
/* Offset of the K block of (layer, head) in a page; its V block follows at + k_bytes. */
static inline size_t kv_offset(const struct kv_layout *l, uint32_t layer, uint32_t head)
{
    return ((size_t)layer * l->n_kv_heads + head) * (l->k_bytes + l->v_bytes);
}

#endif
