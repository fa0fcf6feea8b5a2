/* The supervisor's own: struct plug, and what its files say to each other.  host.c has the interface
 * and the queue, process.c the process and its messages, ask.c what a plugin asks for. */
#ifndef QW_PLUGINS_HOST_HOST_INT_H
#define QW_PLUGINS_HOST_HOST_INT_H

#include <xxhash.h>

#include "base/buf.h"
#include "plugins/host/host.h"
#include "plugins/host/spawn.h"
#include "proto/rpc.h"

#define CRASH_LIMIT     5
#define POISON          16                      /* inputs remembered as crashing */

enum op_kind { OP_VERIFY, OP_EQUAL, OP_READ, OP_CANON, OP_TOOL };
struct op {
    struct op *next;
    uint64_t   id;
    struct qw_buf params;                       /* the request's map, without remaining_ms */
    enum op_kind kind;
    uint32_t   budget_ms;
    XXH128_hash_t hash;
    plug_done *done;
    void      *arg;
};

/* What the plugin asked for in the op that runs; it waits, so there is one at most. */
struct ask {
    uint64_t id;                                /* ours, never used twice; 0: none */
    uint32_t child_id;
    bool     program;
};

enum state { S_IDLE, S_LOADING, S_READY, S_BACKOFF, S_DISABLED };
struct plug {
    struct plug_config c;                       /* strings and options are ours */
    int        ep;
    enum state state;
    struct proc proc;
    struct qw_buf in, out;
    struct op *queue, **tail;                   /* the first one runs when running is set */
    size_t     n_queued;
    bool       running, cancelling;
    uint64_t   started_ms, deadline_ms;         /* of the load or op in progress */
    uint64_t   until_ms;                        /* S_BACKOFF */
    uint64_t   next_op;
    uint64_t   crash_ms[CRASH_LIMIT];           /* a ring of the last ones */
    uint64_t   n_crashes, n_ops, calls, resident_first;
    size_t     logged;                          /* bytes, of the load or op in progress */
    uint64_t   printed;                         /* bytes, ever */
    struct ask ask;
    uint64_t   next_ask, n_asks;                /* n_asks: all of them, for people */
    uint32_t   asked, refused;                  /* of the op in progress */
    XXH128_hash_t poison[POISON];
    size_t     n_poison;
    struct qw_error last_error;
    char       name[72], version[72];
    enum plug_jail jail;
    bool       has_verify, has_equal, has_read, has_canon;
    struct plug_tool *tools;                    /* of the process that described itself last */
    size_t     n_tools;
};

/* host.c */
struct op *plug_pop(struct plug *p);
void plug_op_free(struct op *op);
void plug_fail_first(struct plug *p, int code, const char *why);   /* its callback may queue new ops */

/* process.c */
void plug_start(struct plug *p);
void plug_stop(struct plug *p, char how[64]);
void plug_send_cancel(struct plug *p);
void plug_crash(struct plug *p, int code, const char *why);
void plug_flush(struct plug *p);
void plug_put_text(struct qw_buf *b, const char *key, const char *value);
void plug_tools_free(struct plug *p);

/* ask.c */
bool ask_is(const struct rpc_msg *m);
bool ask_take(struct plug *p, const struct rpc_msg *m);     /* false once the process is gone */
void ask_drop(struct plug *p, bool tell);                   /* the answer is no longer wanted; tell the plugin too */

#endif
