/* Growable byte buffer with a bound.  Errors stick: after one failed append
 * every further one does nothing and qw_buf_failed() says so, so that writers
 * check once at the end.  One thread at a time. */
#ifndef QW_BASE_BUF_H
#define QW_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct qw_buf {
    char  *data;        /* NUL-terminated whenever data != NULL */
    size_t len, cap;
    size_t limit;       /* 0: none */
    bool   failed;      /* memory or limit */
};

#define QW_BUF_INIT { 0 }
void qw_buf_init(struct qw_buf *b, size_t limit);
void qw_buf_free(struct qw_buf *b);                     /* back to empty */
void qw_buf_clear(struct qw_buf *b);                    /* keeps memory */
void qw_buf_add(struct qw_buf *b, const void *p, size_t n);
void qw_buf_adds(struct qw_buf *b, const char *s);
void qw_buf_addc(struct qw_buf *b, char c);
void qw_buf_addf(struct qw_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void qw_buf_drop(struct qw_buf *b, size_t n);           /* removes n bytes at the front */
bool qw_buf_failed(const struct qw_buf *b);
char *qw_buf_take(struct qw_buf *b);                    /* caller frees; NULL if failed */

#endif
