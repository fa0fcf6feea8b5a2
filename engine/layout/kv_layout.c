#include "engine/layout/kv_layout.h"

#include <string.h>

#include "base/mem.h"

static const char *const names[] = {
    [KV_AUTO] = "auto", [KV_F32] = "f32", [KV_F16] = "f16", [KV_BF16] = "bf16", [KV_Q8_0] = "q8_0",
};

const char *kv_type_name(enum kv_type t)
{
    return names[t];
}

int kv_type_parse(const char *name)
{
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

int kv_layout_init(struct kv_layout *l, enum kv_type type, uint32_t n_layers, uint32_t n_kv_heads,
                   uint32_t head_dim, struct qw_error *err)
{
    const uint32_t unit = type == KV_Q8_0 ? 32 : 16;
    const size_t values = (size_t)head_dim * KV_PAGE_TOKENS;
    size_t bytes, n;

    if (type == KV_AUTO)
        return qw_error_set(err, QW_EINTERNAL, "the KV type auto has no layout");
    if (head_dim == 0 || head_dim % unit != 0)
        return qw_error_set(err, QW_EUNSUPPORTED,
                            "a head of %u dimensions is no multiple of %u, which KV type %s needs%s", head_dim, unit,
                            kv_type_name(type), unit == 32 && head_dim % 16 == 0 && head_dim != 0 ? "; use f16" : "");
    if (type == KV_Q8_0)
        bytes = values + values / 32 * sizeof(float);
    else
        bytes = values * (type == KV_F32 ? 4 : 2);
    if (!qw_mul(n_layers, n_kv_heads, &n) || !qw_mul(n, 2 * bytes, &n))
        return qw_error_set(err, QW_ETOOLARGE, "a KV page of %u layers and %u heads is too large", n_layers,
                            n_kv_heads);
    l->type = type;
    l->n_layers = n_layers;
    l->n_kv_heads = n_kv_heads;
    l->head_dim = head_dim;
    l->k_bytes = l->v_bytes = bytes;
    l->page_bytes = n;
    return QW_OK;
}
