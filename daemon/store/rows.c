/* Rows of one transaction: sessions, messages, runs.  Store-writer, within a savepoint.
 *
 * Messages come first whatever the order of the calls, then the rest in that order: so a session may
 * name a head that the same transaction brings.  What is wrong with a row (QW_ECONFLICT: it belongs
 * to another owner, or the key is taken; QW_ENOTFOUND: a parent or head is not there) fails this
 * transaction alone. */
#include <string.h>

#include "daemon/store/store_int.h"

enum { FLAG_CUT = 1, FLAG_GENERATED = 2, FLAG_CLOSED = 4 };
#define U64(st, col) ((uint64_t)sqlite3_column_int64(st, col))

/* ---- messages ---- */

/* 1: there, with its owner and sequence number. */
static int look_up(struct store *s, uint64_t message, uint64_t *owner, int64_t *seq, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT owner, seq FROM messages WHERE message=?");
    int rc;

    db_bind(st, "i", (int64_t)message);
    rc = db_step(&s->db, st, err);
    if (rc == 1) {
        *owner = U64(st, 0);
        *seq = sqlite3_column_int64(st, 1);
        sqlite3_reset(st);
    }
    return rc;
}

static int must_be(struct store *s, uint64_t message, uint64_t owner, const char *what, struct qw_error *err)
{
    uint64_t is = 0;
    int64_t seq;
    int rc = message == 0 ? 1 : look_up(s, message, &is, &seq, err);

    if (rc < 0)
        return rc;
    if (rc == 0 || (message != 0 && is != owner))
        return qw_error_set(err, QW_ENOTFOUND, "the %s %015llx is not in the store", what, (unsigned long long)message);
    return QW_OK;
}

static int update_message(struct store *s, const struct store_message *m, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "UPDATE messages SET finish=?, verdict=CASE WHEN ? AND length(verdict) > 0 THEN verdict"
                                          " ELSE ? END, flags=(flags & 3) | ? WHERE message=?");

    db_bind(st, "tibii", m->finish, (int64_t)m->brief, m->verdict.p, m->verdict.n, (int64_t)(m->closed ? FLAG_CLOSED : 0), (int64_t)m->message);
    return db_run(&s->db, st, err);
}

static int put_message(struct store *s, const struct store_message *m, struct qw_error *err)
{
    int64_t flags = (m->cut ? FLAG_CUT : 0) | (m->generated ? FLAG_GENERATED : 0) | (m->closed ? FLAG_CLOSED : 0), seq;
    uint64_t owner;
    sqlite3_stmt *st;
    int rc = look_up(s, m->message, &owner, &seq, err);

    if (rc < 0)
        return rc;
    if (rc == 1)
        return owner == m->owner ? update_message(s, m, err) :
               qw_error_set(err, QW_ECONFLICT, "message %015llx is another owner's", (unsigned long long)m->message);
    rc = must_be(s, m->parent, m->owner, "parent message", err);
    if (rc != QW_OK)
        return rc;
    st = db_sql(&s->db,
                "INSERT INTO messages(message, owner, parent, space, role, flags, text, finish, ids, verdict, hash, created)"
                " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind(st, "iiitiittbbii", (int64_t)m->message, (int64_t)m->owner, (int64_t)m->parent, m->space, (int64_t)m->role, flags,
            m->text, m->finish, (const void *)m->ids, m->n_ids * sizeof *m->ids, m->verdict.p, m->verdict.n,
            (int64_t)m->hash, m->created_unix_ms);
    rc = db_run(&s->db, st, err);
    if (rc == QW_OK)
        rc = search_add(&s->db, sqlite3_last_insert_rowid(s->db.h), m->text, err);
    if (rc == QW_OK)
        s->delta.messages++;
    return rc;
}

/* ---- sessions ---- */

/* The messages from the head up to the first that a session has already are this session's. */
static int claim(struct store *s, uint64_t session, uint64_t head, struct qw_error *err)
{
    uint64_t m = head;

    while (m != 0) {
        sqlite3_stmt *st = db_sql(&s->db, "SELECT parent, session FROM messages WHERE message=?");
        uint64_t parent, has;
        int rc;

        db_bind(st, "i", (int64_t)m);
        rc = db_step(&s->db, st, err);
        if (rc <= 0)
            return rc;
        parent = U64(st, 0);
        has = U64(st, 1);
        sqlite3_reset(st);
        if (has != 0)
            break;
        st = db_sql(&s->db, "UPDATE messages SET session=? WHERE message=?");
        db_bind(st, "ii", (int64_t)session, (int64_t)m);
        rc = db_run(&s->db, st, err);
        if (rc != QW_OK)
            return rc;
        m = parent;
    }
    return QW_OK;
}

static int put_session(struct store *s, const struct store_session *x, struct qw_error *err)
{
    sqlite3_stmt *st;
    int rc = must_be(s, x->head, x->owner, "head", err);

    if (rc != QW_OK)
        return rc;
    st = db_sql(&s->db,
                "UPDATE sessions SET head=?, title=?, system=?, model=?, tags=?, pinned=?, private=?, created=?, updated=?,"
                " n_messages=?, durability=?, verify=? WHERE session=? AND owner=?");
    for (int attempt = 0; attempt < 2; attempt++) {
        db_bind(st, "ittttiiiiiitii", (int64_t)x->head, x->title, x->system, x->model, x->tags, (int64_t)x->pinned,
                (int64_t)x->private_, x->created_unix_ms, x->updated_unix_ms, (int64_t)x->n_messages,
                (int64_t)x->durability, x->verify, (int64_t)x->session, (int64_t)x->owner);
        rc = db_run(&s->db, st, err);
        if (rc == QW_ECONFLICT)
            return qw_error_set(err, rc, "session %015llx is another owner's", (unsigned long long)x->session);
        if (rc != QW_OK)
            return rc;
        if (attempt == 1)
            s->delta.sessions++;
        if (sqlite3_changes(s->db.h) > 0)
            break;
        st = db_sql(&s->db,
                    "INSERT INTO sessions(head, title, system, model, tags, pinned, private, created, updated, n_messages,"
                    " durability, verify, session, owner) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }
    return claim(s, x->session, x->head, err);
}

/* ---- runs ---- */

/* The question belongs to the session before there is an answer, so that it goes with it. */
static int claim_question(struct store *s, const struct store_run *r, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT 1 FROM sessions WHERE session=? AND owner=?");
    int rc;

    if (r->session == 0 || r->message == 0)
        return QW_OK;
    db_bind(st, "ii", (int64_t)r->session, (int64_t)r->owner);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc;
    sqlite3_reset(st);
    return claim(s, r->session, r->message, err);
}

static int put_run(struct store *s, const struct store_run *r, struct qw_error *err)
{
    sqlite3_stmt *st =
        db_sql(&s->db, "UPDATE runs SET session=?, message=?, answer=?, key=?, params_hash=?, params=?, outcome=?, state=?,"
                       " created=? WHERE run=? AND owner=?");

    for (int attempt = 0; attempt < 2; attempt++) {
        int rc;

        db_bind(st, "iiitibbiiii", (int64_t)r->session, (int64_t)r->message, (int64_t)r->answer, r->key,
                (int64_t)r->params_hash, r->params.p, r->params.n, r->outcome.p, r->outcome.n, (int64_t)r->state,
                r->created_unix_ms, (int64_t)r->run, (int64_t)r->owner);
        rc = db_run(&s->db, st, err);
        if (rc == QW_ECONFLICT)
            return qw_error_set(err, rc, "run %015llx: its key or number is taken", (unsigned long long)r->run);
        if (rc != QW_OK)
            return rc;
        if (sqlite3_changes(s->db.h) > 0)
            break;
        st = db_sql(&s->db,
                    "INSERT INTO runs(session, message, answer, key, params_hash, params, outcome, state, created, run, owner)"
                    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }
    return claim_question(s, r, err);
}

/* How many ids the run has; < 0: there is no such run, or an error. */
static int64_t run_length(struct store *s, uint64_t run, int64_t *last_at, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db,
                              "SELECT coalesce(i.at, 0), coalesce(i.at + length(i.ids) / 4, 0) FROM runs r LEFT JOIN run_ids i"
                              " ON i.run = r.run WHERE r.run=? ORDER BY i.at DESC LIMIT 1");
    int64_t n;
    int rc;

    db_bind(st, "i", (int64_t)run);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc == 0 ? QW_ENOTFOUND : rc;
    *last_at = sqlite3_column_int64(st, 0);
    n = sqlite3_column_int64(st, 1);
    sqlite3_reset(st);
    return n;
}

static int cut_ids(struct store *s, uint64_t run, int64_t at, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "DELETE FROM run_ids WHERE run=? AND at>=?");
    int rc;

    db_bind(st, "ii", (int64_t)run, at);
    rc = db_run(&s->db, st, err);
    if (rc != QW_OK)
        return rc;
    st = db_sql(&s->db, "UPDATE run_ids SET ids=substr(ids, 1, (?2 - at) * 4) WHERE run=?1 AND at + length(ids) / 4 > ?2");
    db_bind(st, "ii", (int64_t)run, at);
    return db_run(&s->db, st, err);
}

static int put_ids(struct store *s, uint64_t run, size_t at, const int32_t *ids, size_t n, struct qw_error *err)
{
    int64_t last_at = 0, have = run_length(s, run, &last_at, err);
    sqlite3_stmt *st;

    if (have == QW_ENOTFOUND)
        return QW_OK;               /* deleted meanwhile: nobody waits for them */
    if (have < 0)
        return (int)have;
    if ((uint64_t)at > (uint64_t)have)
        return qw_error_set(err, QW_EINTERNAL, "run %015llx has %lld ids; more from position %zu leave a gap",
                            (unsigned long long)run, (long long)have, at);
    if (at < (size_t)have) {
        int rc = cut_ids(s, run, (int64_t)at, err);

        if (rc != QW_OK)
            return rc;
    }
    if (n == 0)
        return QW_OK;
    st = db_sql(&s->db, "INSERT INTO run_ids(run, at, ids) VALUES(?, ?, ?)");
    db_bind(st, "iib", (int64_t)run, (int64_t)at, (const void *)ids, n * sizeof *ids);
    return db_run(&s->db, st, err);
}

/* ---- all ---- */

static int touch(struct store *s, uint64_t page, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "UPDATE pages SET last_used=? WHERE page=?");

    db_bind(st, "ii", (int64_t)(s->commits + 1), (int64_t)alias_get(&s->alias, page));
    return db_run(&s->db, st, err);
}

static int apply(struct store *s, const struct store_txn *t, const struct op *op, struct qw_error *err)
{
    switch (op->kind) {
    case OP_SESSION:        return put_session(s, &op->session, err);
    case OP_MESSAGE:        return put_message(s, &op->message, err);
    case OP_RUN:            return put_run(s, &op->run, err);
    case OP_IDS:            return put_ids(s, op->ids.run, op->ids.at, op->ids.ids, op->ids.n, err);
    case OP_DELETE_SESSION:
        forget_bar(s, op->del.owner, t->bar);
        return rows_delete_session(s, op->del.owner, op->del.id, err);
    case OP_DELETE_RUN:     return rows_delete_run(s, op->del.owner, op->del.id, err);
    case OP_TOUCH:          return touch(s, op->page, err);
    }
    return QW_EINTERNAL;
}

int rows_apply(struct store *s, struct store_txn *t, struct qw_error *err)
{
    int rc = QW_OK;

    for (const struct op *op = t->ops; op != NULL && rc == QW_OK; op = op->next)
        if (op->kind == OP_MESSAGE)
            rc = apply(s, t, op, err);
    for (const struct op *op = t->ops; op != NULL && rc == QW_OK; op = op->next)
        if (op->kind != OP_MESSAGE)
            rc = apply(s, t, op, err);
    return rc;
}
