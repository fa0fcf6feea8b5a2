/* History: conversations between memory (session.h) and the store (store/store.h).
 *
 * Memory is a cache of what is stored.  Reading: a handler that needs what is not in memory asks
 * the store and returns; its request is kept and handled again, from the beginning, when the answer
 * is there (call.answer).  So a handler changes nothing before it has all that it needs, and the
 * loop never waits.  Writing: an op collects rows and is committed; what it wrote stays in memory
 * until the store says that it is durable.  Without a store, or with one that is off, everything
 * goes on in memory, and nothing is promised.  Loop thread. */
#ifndef QW_DAEMON_HISTORY_H
#define QW_DAEMON_HISTORY_H

#include "daemon/dispatch.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"

struct history;

/* QW_OK without a store, too, unless [store] required = yes; d->history says why in its status. */
int  history_open(struct daemon *d, struct qw_error *err);
void history_close(struct daemon *d);               /* after the scheduler has ended; waits until all is durable */
void history_free(struct daemon *d);
void history_join_engine(struct daemon *d);         /* d->sched is there: the store may wake it */
void history_leave_engine(struct daemon *d);        /* it is about to go */
struct store *history_store(const struct daemon *d);    /* NULL: there is none */
bool history_writes(const struct daemon *d);        /* there is one, and it takes writes */
const char *history_why(const struct daemon *d);    /* why nothing is stored (now); for people */
const char *history_dir(const struct daemon *d);    /* the store's folder; NULL: none */
size_t history_busy(const struct daemon *d);        /* requests and writes that wait for it */
void history_write_status(const struct daemon *d, struct qw_buf *b);        /* a MessagePack map: state, why?, dir? */

/* ---- reading -------------------------------------------------------------------------------- */

/* Keeps the call until q is answered, then its handler is called again with k->answer = q.  Takes q.
 * QW_OK: kept; the handler returns it. */
int  history_ask(struct call *k, struct store_query *q, struct qw_error *err);
/* Keeps the call until the run has ended, or until every write so far is answered; then as above, without an answer. */
int  history_after_run(struct call *k, uint64_t run, struct qw_error *err);
int  history_after_writes(struct call *k, struct qw_error *err);
int  history_after_plugins(struct call *k, struct qw_error *err);       /* until verify_starting is over */
void history_plugins_started(void *daemon);
uint64_t history_newest_write(const struct daemon *d);      /* that is not answered yet; 0: none */
void history_run_ended(struct daemon *d, uint64_t run);
/* A query for an owner's id, to be filled further; NULL: no memory, or no store that could answer. */
struct store_query *history_query(struct daemon *d, enum store_query_kind kind, uint64_t owner, uint64_t id);
/* QW_OK with *x: it is in memory, and so is whether it has an interrupted run; QW_OK without: kept. */
int  history_session(struct call *k, uint64_t id, struct session **x, struct qw_error *err);
int  history_message(struct call *k, uint64_t id, struct node **n, struct qw_error *err);
/* Messages of an answer, in order from the root, into memory.  *last: the last one, NULL if n is 0. */
int  history_restore(struct daemon *d, const struct store_message *m, size_t n, struct node **last, struct qw_error *err);
/* The same for a run: done(d, run, q) is called once, from the loop; q is freed then.  Takes q. */
int  history_ask_for_run(struct daemon *d, uint64_t run, struct store_query *q,
                         void (*done)(struct daemon *d, uint64_t run, struct store_query *q), struct qw_error *err);

/* ---- writing -------------------------------------------------------------------------------- */

struct history_op;
/* NULL: nothing takes writes, or no memory.  Every function below does nothing for NULL. */
struct history_op *history_op_new(struct daemon *d);
void history_op_free(struct history_op *op);        /* one that is not committed */
void history_put_session(struct history_op *op, struct session *x);
void history_put_path(struct history_op *op, struct node *n);       /* n and what is before it, as far as it is not stored */
void history_put_verdict(struct history_op *op, const struct node *n, const struct qw_buf *verification);
void history_put_run(struct history_op *op, const struct store_run *row);
void history_put_no_ids(struct history_op *op, uint64_t run);          /* its answer begins anew */
void history_put_delete_session(struct history_op *op, const struct session *x);      /* the engine forgets it, too */
void history_put_delete_run(struct history_op *op, uint64_t owner, uint64_t run);
/* Takes op.  done(d, run, code, why) is called once it is durable, or has failed; NULL: nobody asks.
 * Not QW_OK (QW_ESTORAGE): it failed at once, done is not called. */
int  history_commit(struct history_op *op, uint64_t run, void (*done)(struct daemon *d, uint64_t run, int code, const char *why),
                    struct qw_error *err);
/* Takes op, and the result (a whole map), which is sent once op is durable: at once without op. */
int  history_reply(struct history_op *op, struct call *k, struct qw_buf *result, struct qw_error *err);
/* The owner's session is being deleted: the store may still answer with it. */
bool history_deleting(const struct daemon *d, uint64_t owner, uint64_t session);

#endif
