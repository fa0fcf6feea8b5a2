#include "engine/text/ids.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

int ids_reserve(struct ids *x, size_t n)
{
    if (n <= x->cap)
        return QW_OK;
    size_t cap = x->cap < 16 ? 16 : x->cap;
    while (cap < n) {
        if (cap > SIZE_MAX / 2)
            return QW_ENOMEM;
        cap *= 2;
    }
    int32_t *v = qw_realloc_array(x->v, cap, sizeof *v);
    if (v == NULL)
        return QW_ENOMEM;
    x->v = v;
    x->cap = cap;
    return QW_OK;
}

int ids_push(struct ids *x, int32_t id)
{
    if (x->n == x->cap && ids_reserve(x, x->n + 1) != QW_OK)
        return QW_ENOMEM;
    x->v[x->n++] = id;
    return QW_OK;
}

int ids_append(struct ids *x, const int32_t *v, size_t n)
{
    if (n == 0)
        return QW_OK;
    if (n > SIZE_MAX - x->n || ids_reserve(x, x->n + n) != QW_OK)
        return QW_ENOMEM;
    memcpy(x->v + x->n, v, n * sizeof *v);
    x->n += n;
    return QW_OK;
}

void ids_free(struct ids *x)
{
    qw_free(x->v);
    *x = (struct ids){ 0 };
}
