/* From one message to its handler, and back.  A handler answers at once (call_reply, the result,
 * reply_end) or keeps (conn, id) and answers later with reply_begin or reply_error.  Loop thread. */
#ifndef QW_DAEMON_DISPATCH_H
#define QW_DAEMON_DISPATCH_H

#include "daemon/daemon.h"
#include "proto/rpc.h"
#include "proto/table.h"

struct store_query;

struct call {
    struct daemon *d;
    struct conn   *conn;
    uint32_t       id;
    const struct method_def *method;
    const struct mp *params;        /* checked against the table; valid during the handler only */
    struct qw_arena *arena;         /* likewise */
    uint64_t       received_ms;     /* monotonic */
    struct rpc_err_info info;       /* details of an error that the handler returns */
    const char    *raw;             /* the whole message: history.c keeps it while the store is asked */
    size_t         n_raw;
    unsigned       tries;           /* how often that was done for it */
    struct store_query *answer;     /* what the store said, or NULL: the first time; valid during the handler only */
};
/* QW_OK: answered, or will be; else dispatch sends the error. */
typedef int api_handler(struct call *k, struct qw_error *err);

int dispatch_message(void *daemon, struct conn *c, const char *p, size_t n, struct rpc_msg *m, struct qw_error *err);

/* A kept message is handled once more; nothing happens if the peer has left. */
void dispatch_again(struct daemon *d, uint64_t conn_id, const char *raw, size_t n, uint64_t received_ms, unsigned tries,
                    struct store_query *answer);

/* The place of a reply, so that one that grew too large can be taken back. */
struct reply { struct conn *conn; struct qw_buf *b; uint32_t id; size_t at; };
bool reply_begin(struct daemon *d, uint64_t conn_id, uint32_t id, struct reply *r);   /* false: the peer has left */
void call_reply(struct call *k, struct reply *r);           /* the same for the call at hand */
void reply_end(struct daemon *d, struct reply *r);          /* a result above 8 MiB becomes too_large */
void reply_error(struct daemon *d, uint64_t conn_id, uint32_t id, const struct qw_error *err, const struct rpc_err_info *info);

/* Parameters by name; absent or nil gives the default. */
const char *arg_str(struct call *k, const char *name, const char *dflt);    /* in the call's arena */
int64_t     arg_int(const struct call *k, const char *name, int64_t dflt);
double      arg_float(const struct call *k, const char *name, double dflt);
bool        arg_bool(const struct call *k, const char *name, bool dflt);

/* api_*.c */
api_handler api_info, api_hello, api_ping;
api_handler api_model_list, api_model_show, api_model_load, api_model_unload, api_model_rescan;
api_handler api_tokenize, api_detokenize, api_generate, api_chat;
api_handler api_session_create, api_session_chat, api_session_regenerate, api_session_show, api_session_delete, api_session_list;
api_handler api_session_edit, api_session_resume, api_session_rename, api_session_rewind, api_session_fork, api_session_search;
api_handler api_session_export, api_session_import, api_blob_create, api_blob_write, api_blob_read, api_blob_close;
api_handler api_store_stats, api_store_check, api_store_gc;
api_handler api_run_get, api_run_cancel, api_run_list, api_run_attach, api_run_detach;
api_handler api_verify, api_verify_read, api_equiv, api_plugin_list, api_plugin_show, api_plugin_reload;
api_handler api_tool_list, api_tool_call;
api_handler api_status, api_metrics, api_admin_reload, api_admin_drain, api_admin_log;

#endif
