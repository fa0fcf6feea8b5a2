/* Where the tests of model files, tokenizer and prompts find their data, and how
 * they read JSON lines.  Included by one .c each. */
#ifndef QW_TESTS_TEXT_DATA_H
#define QW_TESTS_TEXT_DATA_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *data_path(const char *name)
{
    static char path[4][4096];
    static int  turn;
    const char *top = getenv("abs_top_srcdir");
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/tests/data/%s", top != NULL ? top : ".", name);
    return p;
}

/* The next line of a JSON-lines file, or NULL at its end.  The caller's (json_decref). */
static inline json_t *next_json(FILE *f)
{
    json_error_t e;
    json_t *j = json_loadf(f, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &e);
    return j;
}

#endif
