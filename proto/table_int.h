/* What table.c (the data), table_check.c and table_info.c share.  Nobody else includes this. */
#ifndef QW_PROTO_TABLE_INT_H
#define QW_PROTO_TABLE_INT_H

#include <string.h>

#include "proto/table.h"

struct notify_def { const char *name, *doc, *params; unsigned since; };

static inline bool table_same(const char *known, const char *name, size_t n)
{
    return strlen(known) == n && memcmp(known, name, n) == 0;
}
const struct notify_def *notify_at(size_t i);           /* NULL past the end, all three */
const char *table_feature(size_t i);
const char *table_param_name(void *groups, size_t i);   /* of a NULL-terminated list of groups; fits nearest_name */
bool table_param_later(const char *name, size_t n);     /* a parameter of a later level */

#endif
