/* Writing through to the store: an op is one transaction. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/session/history_int.h"

struct history_op {
    struct history_op *next, *prev;     /* of those that are committed */
    struct daemon    *d;
    struct store_txn *txn;
    uint64_t          id;
    struct node      *leaf;             /* pinned; with all before it, stored once this is durable */
    uint64_t          owner, session;   /* pinned, likewise */
    bool              deletes;          /* ... or deleted */
    uint64_t          run;
    void            (*done)(struct daemon *d, uint64_t run, int code, const char *why);
    uint64_t          conn_id;          /* or a reply that waits */
    uint32_t          msg_id;
    bool              replies;
    struct qw_buf     result;
};

struct history_op *history_op_new(struct daemon *d)
{
    struct history_op *op = history_writes(d) ? qw_calloc(1, sizeof *op) : NULL;
    if (op == NULL)
        return NULL;
    op->txn = store_txn_new(STORE_LOOP, op);
    if (op->txn == NULL) {
        qw_free(op);
        return NULL;
    }
    op->d = d;
    op->id = ++d->history->last_op;
    return op;
}

/* Lets go of what it holds, but for its transaction. */
static void release(struct history_op *op)
{
    struct session *x = op->session != 0 && !op->deletes ? session_find(op->d->sessions, op->owner, op->session) : NULL;
    if (x != NULL && x->pins > 0)
        x->pins--;
    struct node *leaf = op->leaf;
    op->leaf = NULL;
    node_unpin(op->d->sessions, leaf);
    qw_buf_free(&op->result);
}

void history_op_free(struct history_op *op)
{
    if (op == NULL)
        return;
    store_txn_free(op->txn);
    release(op);
    qw_free(op);
}

/* ---- rows ---- */

void history_put_session(struct history_op *op, struct session *x)
{
    if (op == NULL || x->durability == DURABLE_NONE)
        return;
    struct store_session row = {
        .session = x->id, .owner = x->owner, .head = x->head != NULL ? x->head->id : 0, .title = x->title, .system = x->system,
        .model = x->model, .tags = x->tags, .verify = x->verify, .pinned = x->pinned, .private_ = x->private_, .created_unix_ms = x->created_unix_ms,
        .updated_unix_ms = x->updated_unix_ms, .durability = x->own_durability ? (uint8_t)x->durability : 0,
        .n_messages = (uint32_t)node_depth(x->head),
    };
    store_txn_session(op->txn, &row);
    if (op->session == 0)
        x->pins++;
    op->owner = x->owner;
    op->session = x->id;
    x->last_op = op->id;
}

static void put_message(struct history_op *op, const struct node *n, struct store_blob verdict, bool brief)
{
    struct store_message row = {
        .message = n->id, .owner = n->owner, .parent = n->parent != NULL ? n->parent->id : 0, .space = n->space,
        .role = (uint8_t)n->role, .cut = n->cut, .generated = n->generated, .closed = n->closed, .text = n->text,
        .finish = n->finish, .ids = n->ids.v, .n_ids = n->ids.n, .verdict = verdict, .brief = brief, .hash = n->hash,
        .created_unix_ms = n->created_unix_ms,
    };
    store_txn_message(op->txn, &row);
}

static void put_node(struct history_op *op, const struct node *n)
{
    struct qw_buf b = QW_BUF_INIT;
    if (n->verdict != NULL) {
        mpw_map(&b, 1);
        mpw_str(&b, "verdict");
        mpw_str(&b, n->verdict);
    }
    put_message(op, n, (struct store_blob){ b.data, qw_buf_failed(&b) ? 0 : b.len }, true);
    qw_buf_free(&b);
}

void history_put_path(struct history_op *op, struct node *n)
{
    if (op == NULL || n == NULL)
        return;
    size_t depth = 0;
    for (const struct node *p = n; p != NULL && !p->stored; p = p->parent)
        depth++;
    const struct node **path = depth > 0 ? qw_calloc(depth, sizeof *path) : NULL;
    if (path == NULL && depth > 0) {            /* then nothing of this is committed */
        log_warn("store", "no memory for a path of %zu messages", depth);
        return;
    }
    size_t i = depth;
    for (const struct node *p = n; i > 0; p = p->parent)
        path[--i] = p;
    for (i = 0; i < depth; i++)
        put_node(op, path[i]);
    qw_free(path);
    node_pin(n);
    struct node *before = op->leaf;
    op->leaf = n;
    node_unpin(op->d->sessions, before);
}

void history_put_verdict(struct history_op *op, const struct node *n, const struct qw_buf *verification)
{
    if (op != NULL)
        put_message(op, n, (struct store_blob){ verification->data, verification->len }, false);
}

void history_put_run(struct history_op *op, const struct store_run *row)
{
    if (op != NULL)
        store_txn_run(op->txn, row);
}

void history_put_no_ids(struct history_op *op, uint64_t run)
{
    if (op != NULL)
        store_txn_ids(op->txn, run, 0, NULL, 0);
}

void history_put_delete_session(struct history_op *op, const struct session *x)
{
    if (op == NULL)
        return;
    store_txn_delete_session(op->txn, x->owner, x->id);
    if (op->d->sched != NULL)
        store_txn_set_bar(op->txn, sched_forget(op->d->sched, x->owner, x->run));
    op->owner = x->owner;
    op->session = x->id;
    op->deletes = true;
    for (struct wait *w = op->d->history->waits; w != NULL; w = w->next)
        if (w->owner == x->owner && w->session == x->id)
            w->deleted = true;
}

void history_put_delete_run(struct history_op *op, uint64_t owner, uint64_t run)
{
    if (op != NULL)
        store_txn_delete_run(op->txn, owner, run);
}

bool history_deleting(const struct daemon *d, uint64_t owner, uint64_t session)
{
    for (const struct history_op *op = d->history->ops; op != NULL; op = op->next)
        if (op->deletes && op->owner == owner && op->session == session)
            return true;
    return false;
}

/* ---- committing ---- */

int history_commit(struct history_op *op, uint64_t run, void (*done)(struct daemon *d, uint64_t run, int code, const char *why),
                   struct qw_error *err)
{
    if (op == NULL)
        return qw_error_set(err, QW_ESTORAGE, "nothing is stored");
    struct history *h = op->d->history;
    int rc = store_commit(h->store, op->txn, err);
    if (rc != QW_OK) {
        history_op_free(op);
        return rc;
    }
    op->run = run;
    op->done = done;
    op->next = h->ops;
    if (h->ops != NULL)
        h->ops->prev = op;
    h->ops = op;
    h->n_ops++;
    return QW_OK;
}

static void send_result(struct daemon *d, uint64_t conn_id, uint32_t msg_id, const struct qw_buf *result)
{
    struct reply rep;
    if (!reply_begin(d, conn_id, msg_id, &rep))
        return;
    qw_buf_add(rep.b, result->data, result->len);
    reply_end(d, &rep);
}

int history_reply(struct history_op *op, struct call *k, struct qw_buf *result, struct qw_error *err)
{
    struct daemon *d = k->d;
    if (qw_buf_failed(result)) {
        history_op_free(op);
        qw_buf_free(result);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    if (op != NULL) {
        op->conn_id = k->conn->id;
        op->msg_id = k->id;
        op->replies = true;
        if (history_commit(op, 0, NULL, NULL) == QW_OK) {       /* its answer comes later, from the loop */
            op->result = *result;
            return QW_OK;
        }                                       /* else it is off: memory has it */
    }
    send_result(d, k->conn->id, k->id, result);
    qw_buf_free(result);
    return QW_OK;
}

static void mark_stored(struct history_op *op)
{
    for (struct node *n = op->leaf; n != NULL && !n->stored; n = n->parent)
        n->stored = true;
    struct session *x = op->session != 0 && !op->deletes ? session_find(op->d->sessions, op->owner, op->session) : NULL;
    if (x != NULL)
        x->ever_stored = true;
    if (x != NULL && x->last_op == op->id)      /* nothing has changed since */
        x->stored = true;
}

/* It failed, perhaps because something before it is not there: the next write brings the whole path. */
static void doubt_stored(struct history_op *op)
{
    for (struct node *n = op->leaf; n != NULL; n = n->parent)
        n->stored = false;
}

static void unlink_op(struct history *h, struct history_op *op)
{
    if (op->prev != NULL)
        op->prev->next = op->next;
    else
        h->ops = op->next;
    if (op->next != NULL)
        op->next->prev = op->prev;
    h->n_ops--;
}

void history_op_answered(struct daemon *d, struct history_op *op, int code, const char *why)
{
    unlink_op(d->history, op);
    if (code == QW_OK)
        mark_stored(op);
    else
        doubt_stored(op);
    if (op->deletes)                            /* what was written before it has been marked since */
        sessions_unstore(d->sessions, op->owner);
    if (op->replies && code == QW_OK) {
        send_result(d, op->conn_id, op->msg_id, &op->result);
    } else if (op->replies) {
        struct qw_error err = { 0 };
        qw_error_set(&err, QW_ESTORAGE, "it is changed in memory, but not stored: %s", why);
        reply_error(d, op->conn_id, op->msg_id, &err, NULL);
    }
    if (op->done != NULL)
        op->done(d, op->run, code, why);
    uint64_t id = op->id;
    release(op);
    store_txn_free(op->txn);
    qw_free(op);
    history_write_answered(d, id);
}

uint64_t history_newest_write(const struct daemon *d)
{
    return d->history->ops != NULL ? d->history->ops->id : 0;
}

void history_ops_drop(struct daemon *d)
{
    while (d->history->ops != NULL) {
        struct history_op *op = d->history->ops;    /* its transaction went with the store */
        unlink_op(d->history, op);
        release(op);
        qw_free(op);
    }
}
