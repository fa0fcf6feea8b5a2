/* Reading a reply of the daemon. */
#ifndef QW_CTL_REPLY_H
#define QW_CTL_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/qwenclient.h"

/* The values of entry i of an array of maps. */
const char *entry_str(const qwen_reply *r, const char *list, size_t i, const char *key);       /* "" if absent */
int64_t     entry_int(const qwen_reply *r, const char *list, size_t i, const char *key);
bool        entry_bool(const qwen_reply *r, const char *list, size_t i, const char *key, bool dflt);

#endif
