/* A growable vector of token ids, used wherever ids travel. */
#ifndef QW_ENGINE_IDS_H
#define QW_ENGINE_IDS_H

#include <stddef.h>
#include <stdint.h>

struct ids {
    int32_t *v;
    size_t   n, cap;
};
int  ids_push(struct ids *x, int32_t id);                       /* QW_OK or QW_ENOMEM */
int  ids_append(struct ids *x, const int32_t *v, size_t n);
int  ids_reserve(struct ids *x, size_t n);                      /* room for n in all */
void ids_free(struct ids *x);                                   /* back to empty */

#endif
