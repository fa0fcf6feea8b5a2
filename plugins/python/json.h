/* The little JSON that this plugin reads and writes: one string member of an object, and string literals. */
#ifndef PYTHON_JSON_H
#define PYTHON_JSON_H
#include <stddef.h>

#include "plugins/qwen_plugin.h"

/* The string member `key` of the object text, unescaped into to (cap bytes).  Its length, or -1: text is no
 * JSON object, has no such string, or it does not fit; *why then says so. */
long json_member(struct qwen_str text, const char *key, char *to, size_t cap, const char **why);
/* s as a JSON string literal with its quotes, appended at *n; 0 when it does not fit. */
int  json_string(char *to, size_t cap, size_t *n, struct qwen_str s);

#endif
