/* What history.c and history_op.c share. */
#ifndef QW_DAEMON_HISTORY_INT_H
#define QW_DAEMON_HISTORY_INT_H

#include "daemon/session/history.h"

struct asking;
/* A request or a run that waits for a query's answer. */
struct wait {
    struct wait *next, *prev;
    uint64_t conn_id, received_ms;
    uint32_t msg_id;
    unsigned tries;
    char    *raw;                       /* the request as it came; NULL: a run's */
    size_t   n_raw, counted;            /* bytes; of them in kept_bytes */
    uint64_t run;
    void   (*done)(struct daemon *d, uint64_t run, struct store_query *q);
    uint64_t owner, session;            /* asked for; it may be deleted meanwhile */
    bool     deleted;
    struct asking *asking;              /* api_ask's */
    uint64_t until_run, until_op;       /* no query: the end of a run; the answer to a write; */
    bool     until_plugins;             /* plugins that have started */
    bool     ready;                     /* that has come */
};

struct history {
    struct store *store;                /* NULL: none */
    uv_mutex_t    engine_lock;
    struct sched *engine;               /* that is woken; NULL: none.  Guarded by engine_lock */
    char         *dir;
    char          why[256];             /* without one, or since it is off */
    bool          said_off;
    uv_async_t    wake;
    bool          wake_open;
    struct wait  *waits;
    struct history_op *ops;             /* committed, not yet answered */
    size_t        n_waits, n_ops;
    uint64_t      kept_bytes;           /* of requests that wait: at most [limits] inbound_bytes */
    uint64_t      last_op;
    struct store_found found;
};

void history_wait_free(struct history *h, struct wait *w);
void history_handle_again(struct daemon *d, struct wait *w, struct store_query *answer);
void history_query_answered(struct daemon *d, struct store_query *q);
void history_op_answered(struct daemon *d, struct history_op *op, int code, const char *why);
void history_write_answered(struct daemon *d, uint64_t op);
void history_ops_drop(struct daemon *d);        /* at the end: nobody answers any more */

#endif
