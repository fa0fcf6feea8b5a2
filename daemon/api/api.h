/* What the api_*.c files share. */
#ifndef QW_DAEMON_API_H
#define QW_DAEMON_API_H

#include "daemon/dispatch.h"
#include "daemon/run/run.h"

#define API_CHECK_MS 10000     /* budget_ms where none is given */
#define API_DRAWN_TEMPERATURE 0.7f  /* of attempts and samples after the first, where the request is greedy */

/* The parameters R of PROTOCOL.md into the run. */
int api_parse_run(struct call *k, struct run *r, const char *model_of_session, struct qw_error *err);
int api_parse_follow(struct call *k, struct run *r, struct qw_error *err);    /* its part that is not about the answer */
/* A request with a key that there is already: *answered, or kept; else it is a new one. */
int api_by_key(struct call *k, bool *answered, struct qw_error *err);
/* session.*: the call's `session`, and a message of the caller's by its id text.  QW_OK without one: kept (history.h). */
int api_session(struct call *k, struct session **x, struct qw_error *err);
int api_message(struct call *k, const char *param, const char *id, struct node **n, struct qw_error *err);
/* expect_head, and that nothing is being answered. */
int api_check_head(struct call *k, const struct session *x, struct qw_error *err);
int api_sessions_allowed(struct call *k, struct qw_error *err);
void api_put_id(struct qw_buf *b, char prefix, uint64_t id);
void api_put_opt(struct qw_buf *b, struct mpw_open *m, const char *key, const char *value);     /* nothing for NULL */
/* `verify` of a session: the call's into a text (kept as it is where the call has none), and back into a result. */
int  api_take_verify(struct call *k, char **text, struct qw_error *err);
void api_put_verify(struct qw_buf *b, struct mpw_open *m, const char *text);
void api_put_tags(struct qw_buf *b, struct mpw_open *m, const char *tags);
/* `tools` and `max_tool_calls`, after verify and n. */
int  api_parse_tools(struct call *k, struct run *r, struct qw_error *err);
/* `messages`, after the system prompt if there is one (NULL: none given). */
int api_parse_messages(struct call *k, struct run *r, const char *system, struct qw_error *err);
/* A handler's ending: the run is started, or discarded if rc is not QW_OK.  Returns rc. */
int api_start(struct run *r, int rc);

/* A question to the store for a call that is answered later.  Takes q on QW_OK; done is called once on the loop
 * thread, with the answer (q->error) in q, and answers the request (reply_begin, reply_error); q is freed after it.
 * arg is done's own (it is called even if the peer has left).  QW_ESTORAGE without a store. */
struct store_query;
struct asked { struct daemon *d; uint64_t conn_id; uint32_t msg_id; struct store_query *q; void *arg; };
int api_ask(struct call *k, struct store_query *q, void (*done)(const struct asked *a), void *arg, struct qw_error *err);

/* api_blob.c: the blob that the call names; a new one of its caller; its id into a result. */
struct blob;
int api_get_blob(struct call *k, struct blob **x, struct qw_error *err);
int api_new_blob(struct call *k, uint64_t expected_bytes, struct blob **x, struct qw_error *err);
void api_put_blob(struct qw_buf *b, struct mpw_open *m, const struct blob *x);

/* api_transfer.c, for history.c: an export or import is over; those that are left will not be answered any more. */
struct store_transfer;
void api_transfer_answered(struct store_transfer *x);
void api_transfers_drop(struct daemon *d);

#endif
