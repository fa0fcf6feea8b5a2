/* Inside libqwenclient: the connection, as client.c (bytes, queue) and call.c (blocking, coming back) share it. */
#ifndef QW_CLIENT_CONN_H
#define QW_CLIENT_CONN_H

#include <stdbool.h>

#include "client/msg.h"

#define MAX_PENDING  256
#define RECONNECT_MS 10000

struct qwen_client {
    int   fd, wake[2];
    bool  dead;                         /* after the first fatal error, which stays in err */
    bool  lost;                         /* dead, because the other end closed or broke the connection */
    char *path;                         /* NULL after qwen_open_fd */
    int   reconnect_ms;
    qwen_lost_fn *on_lost;
    void *on_lost_arg;
    struct qw_buf in, out;
    struct mp_scan scan;
    uint32_t next_id;
    uint32_t pending[MAX_PENDING];
    size_t   n_pending;
    struct qwen_reply *first, **last;
    size_t   queued;                    /* bytes */
    struct qw_error err;
    struct qwen_reply *last_error;      /* for qwen_error_int */
};

int  conn_connect(const char *path, int *fd);       /* 0, or errno */
bool conn_nobody(int e);                            /* errno of a socket where nobody listens */
int  conn_die(struct qwen_client *c);               /* returns the error that is set */
bool conn_settle(struct qwen_client *c, uint32_t id);   /* the request no longer waits; false: it did not */
/* Goes on with another descriptor (taken): nothing is pending or unsent then; replies stay queued. */
int  conn_replace(struct qwen_client *c, int fd);

#endif
