#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void qw_buf_init(struct qw_buf *b, size_t limit)
{
    *b = (struct qw_buf){ .limit = limit };
}

void qw_buf_free(struct qw_buf *b)
{
    qw_free(b->data);
    qw_buf_init(b, b->limit);
}

void qw_buf_clear(struct qw_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

bool qw_buf_failed(const struct qw_buf *b)
{
    return b->failed;
}

/* Room for n more bytes and the NUL; false sticks. */
static bool reserve(struct qw_buf *b, size_t n)
{
    size_t len, cap;
    char *p;

    if (b->failed)
        return false;
    if (!qw_add(b->len, n, &len) || len == SIZE_MAX || (b->limit != 0 && len > b->limit))
        goto fail;
    if (b->data != NULL && len + 1 <= b->cap)
        return true;
    cap = b->cap < 64 ? 64 : b->cap;
    while (cap < len + 1)
        cap = cap > SIZE_MAX / 2 ? len + 1 : cap * 2;
    if (b->limit != 0 && cap - 1 > b->limit)
        cap = b->limit + 1;
    p = qw_realloc(b->data, cap);
    if (p == NULL)
        goto fail;
    b->data = p;
    b->cap = cap;
    return true;
fail:
    b->failed = true;
    return false;
}

void qw_buf_add(struct qw_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void qw_buf_adds(struct qw_buf *b, const char *s)
{
    qw_buf_add(b, s, strlen(s));
}

void qw_buf_addc(struct qw_buf *b, char c)
{
    qw_buf_add(b, &c, 1);
}

void qw_buf_addf(struct qw_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if (!reserve(b, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void qw_buf_drop(struct qw_buf *b, size_t n)
{
    if (n > b->len)
        n = b->len;
    if (n == 0)
        return;
    memmove(b->data, b->data + n, b->len - n);
    b->len -= n;
    b->data[b->len] = '\0';
}

char *qw_buf_take(struct qw_buf *b)
{
    char *p;

    qw_buf_add(b, "", 0);           /* an empty buffer gives "" */
    if (b->failed) {
        qw_buf_free(b);
        return NULL;
    }
    p = b->data;
    qw_buf_init(b, b->limit);
    return p;
}
