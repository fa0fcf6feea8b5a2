/* What a reply of the daemon holds. */
#ifndef QW_CTL_REPLY_H
#define QW_CTL_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/qwenclient.h"

/* The values of entry i of an array of maps. */
const char *entry_str(const qwen_reply *r, const char *list, size_t i, const char *key);       /* "" if absent */
int64_t     entry_int(const qwen_reply *r, const char *list, size_t i, const char *key);
/* The same of n bytes, which may be NUL too. */
const char *entry_text(const qwen_reply *r, const char *list, size_t i, const char *key, size_t *n);
bool        entry_bool(const qwen_reply *r, const char *list, size_t i, const char *key, bool dflt);

/* The value at path (NULL: all of it) as a line of JSON on standard output; null where there is none.  Exit code. */
int reply_put_json(const qwen_reply *r, const char *path);

#endif
