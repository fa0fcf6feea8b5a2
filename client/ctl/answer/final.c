#include "client/ctl/answer/final.h"

#include <string.h>

#include "base/utf8.h"

/* The content of the last closed \boxed{}. */
static const char *last_box(const char *text, size_t *n)
{
    const char *found = NULL;
    for (const char *p = text; (p = strstr(p, "\\boxed{")) != NULL; p++) {
        const char *begin = p + strlen("\\boxed{"), *e = begin;
        for (int depth = 1; *e != '\0'; e++) {
            depth += *e == '{' ? 1 : *e == '}' ? -1 : 0;
            if (depth == 0)
                break;
        }
        if (*e == '}') {
            found = begin;
            *n = (size_t)(e - begin);
        }
    }
    return found;
}

void final_answer(const char *text, char *out, size_t size)
{
    size_t n = 0;
    const char *from = last_box(text, &n);
    if (from == NULL) {
        size_t end = strlen(text);
        while (end > 0 && strchr(" \t\r\n", text[end - 1]) != NULL)
            end--;
        for (from = text + end; from > text && from[-1] != '\n'; from--)
            ;
        n = (size_t)(text + end - from);
    }
    for (; n > 0 && (*from == ' ' || *from == '\t' || *from == '\n'); n--)
        from++;
    n = utf8_complete(from, n < size ? n : size - 1);
    memcpy(out, from, n);
    out[n] = '\0';
}
