/* Inside libqwenclient: a request being built, and one message received.  See qwenclient.h. */
#ifndef QW_CLIENT_MSG_H
#define QW_CLIENT_MSG_H

#include "client/qwenclient.h"
#include "proto/rpc.h"

#define MSG_MAX_NESTING 16

struct qwen_msg {
    char *method;
    struct qw_buf body;                 /* the params map; counts are patched when a container ends */
    struct { bool map; size_t at; uint32_t n; } open[MSG_MAX_NESTING];
    int   depth;
    char *tag, *key;                    /* of the run, for cancelling and for finding it again */
    bool  stream, stored;               /* `stream` is true; `durability` is given, and not none */
    bool  whole;                        /* the params map is closed */
    struct qw_error err;                /* sticks */
};
/* Closes the params map; the error that stuck, if any.  Again: nothing. */
int msg_finish(struct qwen_msg *m, struct qw_error *err);
/* One whose params map is these bytes. */
int msg_copy(struct qwen_msg **m, const char *method, const void *body, size_t n, struct qw_error *err);

struct qwen_reply {
    struct qwen_reply *next;
    struct qw_arena *arena;
    struct qw_buf bytes;                /* what the tree points into */
    struct rpc_msg msg;
    char *method;                       /* NUL-terminated */
    struct mp root;                     /* result, params, or the error's map */
    int   code;                         /* 0 or negative */
    const char *text;                   /* of the error */
};
/* One whole message of n bytes, copied.  QW_EREQUEST: not one. */
int reply_new(struct qwen_reply **r, const void *p, size_t n, struct qw_error *err);

#endif
