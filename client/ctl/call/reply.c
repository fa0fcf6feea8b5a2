#include "client/ctl/call/reply.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ui/opts.h"
#include "client/ctl/ui/term.h"

static void entry_path(char out[96], const char *list, size_t i, const char *key)
{
    snprintf(out, 96, "%s.%zu.%s", list, i, key);
}

const char *entry_str(const qwen_reply *r, const char *list, size_t i, const char *key)
{
    char p[96];
    entry_path(p, list, i, key);
    const char *s = qwen_reply_str(r, p);
    return s != NULL ? s : "";
}

const char *entry_text(const qwen_reply *r, const char *list, size_t i, const char *key, size_t *n)
{
    char p[96];
    entry_path(p, list, i, key);
    const char *s = qwen_reply_strn(r, p, n);
    if (s == NULL)
        *n = 0;
    return s != NULL ? s : "";
}

int64_t entry_int(const qwen_reply *r, const char *list, size_t i, const char *key)
{
    char p[96];
    entry_path(p, list, i, key);
    return qwen_reply_int(r, p, 0);
}

bool entry_bool(const qwen_reply *r, const char *list, size_t i, const char *key, bool dflt)
{
    char p[96];
    entry_path(p, list, i, key);
    return qwen_reply_bool(r, p, dflt);
}

int reply_put_json(const qwen_reply *r, const char *path)
{
    char *j = qwen_reply_json(r, path);
    if (j == NULL && path == NULL) {
        ctl_error("out of memory");
        return EXIT_FAILED;
    }
    puts(j != NULL ? j : "null");
    free(j);
    return EXIT_OK;
}
