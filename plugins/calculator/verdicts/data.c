/* data.c - see data.h. */
#include "plugins/calculator/verdicts/data.h"

#include <stdio.h>
#include <string.h>

/* s as a JSON string; its length, 0 where it is longer than `size` allows. */
static size_t quoted(char *to, size_t size, const char *s)
{
    size_t n = 0;
    to[n++] = '"';
    for (int len; *s != '\0'; s += len) {
        unsigned cp = norm_cp(s, &len);
        if (n + 8 > size)                             /* room for \uXXXX and the last quote */
            return 0;
        if (cp == '"' || cp == '\\') {
            to[n++] = '\\';
            to[n++] = (char)cp;
        } else if (cp < 0x20 || (cp == NORM_MALFORMED && len == 1)) {
            n += (size_t)snprintf(to + n, size - n, "\\u%04x", cp);
        } else {
            memcpy(to + n, s, (size_t)len);
            n += (size_t)len;
        }
    }
    to[n++] = '"';
    return n;
}

/* ,"key":open value value close - whole, or not at all. */
static void add(struct data *d, const char *key, const char *const *value, int n, const char *open, const char *close)
{
    char field[2 * DATA_VALUE_BYTES + 64];
    int head = snprintf(field, 64, "%s\"%s\":%s", d->n > 1 ? "," : "", key, open);
    size_t used = (size_t)head;
    if (head < 0 || head >= 60)
        return;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            field[used++] = ',';
        size_t k = value[i] != NULL && *value[i] != '\0' ? quoted(field + used, DATA_VALUE_BYTES, value[i]) : 0;
        if (k == 0)
            return;
        used += k;
    }
    if (d->n + used + strlen(close) + 2 > sizeof d->text)       /* the object's end, and a zero */
        return;
    memcpy(d->text + d->n, field, used);
    d->n += used;
    memcpy(d->text + d->n, close, strlen(close));
    d->n += strlen(close);
}

void data_add(struct data *d, const char *key, const char *value)
{
    add(d, key, &value, 1, "", "");
}

void data_add_pair(struct data *d, const char *key, const char *one, const char *other)
{
    add(d, key, (const char *const[]){ one, other }, 2, "[", "]");
}

void data_begin(struct data *d, const char *check)
{
    d->n = 0;
    d->text[d->n++] = '{';
    data_add(d, "check", check);
}

const char *data_end(struct data *d)
{
    d->text[d->n] = '}';
    d->text[d->n + 1] = '\0';
    return d->text;
}
