/* Queries: rows into structs.  On a lane, with its read-only connection.
 *
 * Every statement names the owner; what belongs to another is not there. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

enum { FLAG_CUT = 1, FLAG_GENERATED = 2, FLAG_CLOSED = 4, MAX_WIDTH = 64 };
#define U64(st, col) ((uint64_t)sqlite3_column_int64(st, col))

/* ---- the query's memory ---- */

static void free_answer(struct answer *n)
{
    store_query_free(n->a.query);
}

struct store_query *store_query_new(enum store_query_kind kind, enum store_mailbox to, void *user)
{
    struct query *q = qw_calloc(1, sizeof *q);

    if (q == NULL)
        return NULL;
    q->arena = qw_arena_new(0);
    if (q->arena == NULL) {
        qw_free(q);
        return NULL;
    }
    q->q.kind = kind;
    q->q.to = to;
    q->q.user = user;
    q->item.kind = ITEM_GC;
    q->answer.a.kind = STORE_A_QUERY;
    q->answer.a.query = &q->q;
    q->answer.free = free_answer;
    return &q->q;
}

void store_query_free(struct store_query *pub)
{
    struct query *q = (struct query *)pub;

    if (q == NULL)
        return;
    qw_free(q->q.sessions);
    qw_free(q->q.messages);
    qw_free(q->q.hits);
    qw_arena_free(q->arena);
    qw_free(q);
}

static const void *copy(struct query *q, const void *p, size_t n, bool *ok)
{
    void *to;

    if (p == NULL || n == 0)
        return NULL;
    to = qw_arena_alloc(q->arena, n);
    if (to == NULL)
        *ok = false;
    else
        memcpy(to, p, n);
    return to;
}

char *query_text(struct query *q, const void *text, size_t n)
{
    return text == NULL ? NULL : qw_arena_strndup(q->arena, text, n);
}

static const char *text(struct query *q, sqlite3_stmt *st, int col, bool *ok)
{
    const void *p;
    char *out;

    if (sqlite3_column_type(st, col) == SQLITE_NULL)
        return NULL;
    p = sqlite3_column_text(st, col);
    out = p == NULL ? NULL : query_text(q, p, (size_t)sqlite3_column_bytes(st, col));
    if (out == NULL)
        *ok = false;
    return out;
}

static struct store_blob blob(struct query *q, sqlite3_stmt *st, int col, bool *ok)
{
    struct store_blob b = { NULL, 0 };

    b.p = copy(q, sqlite3_column_blob(st, col), (size_t)sqlite3_column_bytes(st, col), ok);
    b.n = b.p != NULL ? (size_t)sqlite3_column_bytes(st, col) : 0;
    return b;
}

struct store_hit *query_add_hit(struct query *q)
{
    struct store_hit *v = qw_grow(q->q.hits, q->q.n_hits, &q->cap_hits, sizeof *v);

    if (v == NULL)
        return NULL;
    q->q.hits = v;
    v += q->q.n_hits++;
    memset(v, 0, sizeof *v);
    return v;
}

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "no memory for the answer of a query");
}

/* ---- rows ---- */

#define SESSION_COLUMNS \
    "session, owner, head, title, system, model, tags, pinned, private, created, updated, n_messages, durability, verify," \
    " (SELECT run FROM runs r WHERE r.session=sessions.session AND r.owner=sessions.owner AND r.state=1" \
    " ORDER BY r.created DESC, r.run DESC LIMIT 1)"

static int add_session(struct query *q, sqlite3_stmt *st, struct qw_error *err)
{
    struct store_session *v = qw_grow(q->q.sessions, q->q.n_sessions, &q->cap_sessions, sizeof *v);
    bool ok = true;

    if (v == NULL)
        return no_memory(err);
    q->q.sessions = v;
    v[q->q.n_sessions++] = (struct store_session){
        .session = U64(st, 0), .owner = U64(st, 1), .head = U64(st, 2), .title = text(q, st, 3, &ok),
        .system = text(q, st, 4, &ok), .model = text(q, st, 5, &ok), .tags = text(q, st, 6, &ok),
        .pinned = sqlite3_column_int(st, 7) != 0, .private_ = sqlite3_column_int(st, 8) != 0,
        .created_unix_ms = sqlite3_column_int64(st, 9), .updated_unix_ms = sqlite3_column_int64(st, 10),
        .n_messages = (uint32_t)sqlite3_column_int64(st, 11), .durability = (uint8_t)sqlite3_column_int(st, 12), .verify = text(q, st, 13, &ok),
        .interrupted = U64(st, 14),
    };
    return ok ? QW_OK : no_memory(err);
}

#define MESSAGE_COLUMNS \
    "message, owner, parent, space, role, flags, text, finish, ids, verdict, hash, created, seq"

static int add_message(struct query *q, sqlite3_stmt *st, struct qw_error *err)
{
    struct store_message *v = qw_grow(q->q.messages, q->q.n_messages, &q->cap_messages, sizeof *v);
    int flags = sqlite3_column_int(st, 5);
    struct store_blob ids;
    bool ok = true;

    if (v == NULL)
        return no_memory(err);
    q->q.messages = v;
    ids = blob(q, st, 8, &ok);
    v[q->q.n_messages++] = (struct store_message){
        .message = U64(st, 0), .owner = U64(st, 1), .parent = U64(st, 2), .space = text(q, st, 3, &ok),
        .role = (uint8_t)sqlite3_column_int(st, 4), .cut = (flags & FLAG_CUT) != 0,
        .generated = (flags & FLAG_GENERATED) != 0, .closed = (flags & FLAG_CLOSED) != 0, .text = text(q, st, 6, &ok),
        .finish = text(q, st, 7, &ok), .ids = ids.p, .n_ids = ids.n / sizeof(int32_t), .verdict = blob(q, st, 9, &ok),
        .hash = U64(st, 10), .created_unix_ms = sqlite3_column_int64(st, 11),
    };
    return ok ? QW_OK : no_memory(err);
}

/* The messages from the root to id.  QW_ENOTFOUND: there is none such. */
static int add_path(struct db *db, struct query *q, uint64_t id, struct qw_error *err)
{
    size_t from = q->q.n_messages;
    int64_t last = INT64_MAX, seq;
    uint64_t m = id;

    while (m != 0) {
        sqlite3_stmt *st = db_sql(db, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE message=? AND owner=?");
        int rc;

        db_bind(st, "ii", (int64_t)m, (int64_t)q->q.owner);
        rc = db_step(db, st, err);
        if (rc == 0)
            return m == id ? QW_ENOTFOUND : qw_error_set(err, QW_ESTORAGE, "message %015llx has no parent", (unsigned long long)id);
        if (rc < 0)
            return rc;
        seq = sqlite3_column_int64(st, 12);
        rc = seq < last ? add_message(q, st, err) :         /* parents are older; a circle is damage */
             qw_error_set(err, QW_ESTORAGE, "message %015llx has no root", (unsigned long long)id);
        last = seq;
        sqlite3_reset(st);
        if (rc != QW_OK)
            return rc;
        m = q->q.messages[q->q.n_messages - 1].parent;
    }
    for (size_t i = from, k = q->q.n_messages; i + 1 < k; i++) {
        struct store_message swap = q->q.messages[i];

        k--;
        q->q.messages[i] = q->q.messages[k];
        q->q.messages[k] = swap;
    }
    return QW_OK;
}

/* ---- kinds ---- */

static int q_session(struct db *db, struct query *q, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, "SELECT " SESSION_COLUMNS " FROM sessions WHERE session=? AND owner=?");
    uint64_t at;
    int rc;

    db_bind(st, "ii", (int64_t)q->q.id, (int64_t)q->q.owner);
    rc = db_step(db, st, err);
    if (rc <= 0)
        return rc == 0 ? QW_ENOTFOUND : rc;
    rc = add_session(q, st, err);
    sqlite3_reset(st);
    if (rc != QW_OK)
        return rc;
    at = q->q.at != 0 ? q->q.at : q->q.sessions[0].head;
    return at == 0 ? QW_OK : add_path(db, q, at, err);
}

static int set_next(struct query *q, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int set_next(struct query *q, const char *fmt, ...)
{
    char buf[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    q->q.next = query_text(q, buf, strlen(buf));
    return q->q.next != NULL ? QW_OK : QW_ENOMEM;
}

/* %, _ and the escape itself stand for themselves. */
static const char *like_pattern(struct query *q)
{
    struct qw_buf b = QW_BUF_INIT;
    char *out;

    if (q->q.text == NULL || q->q.text[0] == '\0')
        return NULL;
    qw_buf_addc(&b, '%');
    for (const char *c = q->q.text; *c != '\0'; c++) {
        if (*c == '%' || *c == '_' || *c == '\\')
            qw_buf_addc(&b, '\\');
        qw_buf_addc(&b, *c);
    }
    qw_buf_addc(&b, '%');
    out = qw_buf_failed(&b) ? NULL : query_text(q, b.data, b.len);
    qw_buf_free(&b);
    return out;
}

static int q_sessions(struct db *db, struct query *q, struct qw_error *err)
{
    uint32_t limit = q->q.limit == 0 || q->q.limit > 10000 ? 10000 : q->q.limit;
    const char *like = like_pattern(q);
    long long pinned = 2, updated = 0, session = 0;
    sqlite3_stmt *st;
    int rc;

    if (q->q.cursor != NULL && sscanf(q->q.cursor, "%lld.%lld.%llx", &pinned, &updated, (unsigned long long *)&session) != 3)
        return qw_error_set(err, QW_EPARAMS, "the cursor is not one of a list of sessions");
    if (like == NULL && q->q.text != NULL && q->q.text[0] != '\0')
        return no_memory(err);
    st = db_sql(db, "SELECT " SESSION_COLUMNS " FROM sessions WHERE owner=?1 AND (pinned, updated, session) < (?2, ?3, ?4)"
                    " AND (?5 IS NULL OR title LIKE ?5 ESCAPE '\\' OR tags LIKE ?5 ESCAPE '\\')"
                    " ORDER BY pinned DESC, updated DESC, session DESC");
    db_bind(st, "iiiit", (int64_t)q->q.owner, (int64_t)pinned, (int64_t)updated, (int64_t)session, like);
    while ((rc = db_step(db, st, err)) == 1) {
        const struct store_session *last = q->q.n_sessions > 0 ? &q->q.sessions[q->q.n_sessions - 1] : NULL;

        if (q->q.n_sessions == limit) {             /* there are more */
            sqlite3_reset(st);
            return set_next(q, "%d.%lld.%llx", last->pinned, (long long)last->updated_unix_ms,
                            (unsigned long long)last->session) == QW_OK ? QW_OK : no_memory(err);
        }
        rc = add_session(q, st, err);
        if (rc != QW_OK) {
            sqlite3_reset(st);
            return rc;
        }
    }
    return rc;
}

static int q_children(struct db *db, struct query *q, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE parent=? AND owner=? ORDER BY seq");
    int rc;

    db_bind(st, "ii", (int64_t)q->q.id, (int64_t)q->q.owner);
    while ((rc = db_step(db, st, err)) == 1) {
        rc = add_message(q, st, err);
        if (rc != QW_OK) {
            sqlite3_reset(st);
            return rc;
        }
    }
    return rc;
}

static int run_ids(struct db *db, struct query *q, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, "SELECT coalesce(sum(length(ids)), 0) FROM run_ids WHERE run=?");
    size_t bytes, done = 0;
    int32_t *ids;
    int rc;

    db_bind(st, "i", (int64_t)q->q.run.run);
    rc = db_step(db, st, err);
    if (rc < 0)
        return rc;
    bytes = rc == 1 ? (size_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    ids = qw_arena_alloc(q->arena, bytes + 1);
    if (ids == NULL)
        return no_memory(err);
    st = db_sql(db, "SELECT ids FROM run_ids WHERE run=? ORDER BY at");
    db_bind(st, "i", (int64_t)q->q.run.run);
    while ((rc = db_step(db, st, err)) == 1) {
        size_t n = (size_t)sqlite3_column_bytes(st, 0);

        if (n > bytes - done)
            n = bytes - done;
        if (n > 0)
            memcpy((char *)ids + done, sqlite3_column_blob(st, 0), n);
        done += n;
    }
    q->q.run.ids = ids;
    q->q.run.n_ids = done / sizeof *ids;
    return rc;
}

#define RUN_COLUMNS "run, owner, session, message, answer, key, params_hash, params, outcome, state, created"

static int read_run(struct db *db, struct query *q, sqlite3_stmt *st, struct qw_error *err)
{
    bool ok = true;
    int rc = db_step(db, st, err);

    if (rc <= 0)
        return rc == 0 ? QW_ENOTFOUND : rc;
    q->q.run = (struct store_run){
        .run = U64(st, 0), .owner = U64(st, 1), .session = U64(st, 2), .message = U64(st, 3), .answer = U64(st, 4),
        .key = text(q, st, 5, &ok), .params_hash = U64(st, 6), .params = blob(q, st, 7, &ok),
        .outcome = blob(q, st, 8, &ok), .state = (enum store_run_state)sqlite3_column_int(st, 9),
        .created_unix_ms = sqlite3_column_int64(st, 10),
    };
    sqlite3_reset(st);
    return ok ? run_ids(db, q, err) : no_memory(err);
}

static int q_run(struct db *db, struct query *q, struct qw_error *err)
{
    sqlite3_stmt *st;

    if (q->q.key != NULL) {
        st = db_sql(db, "SELECT " RUN_COLUMNS " FROM runs WHERE owner=? AND key=?");
        db_bind(st, "it", (int64_t)q->q.owner, q->q.key);
    } else {
        st = db_sql(db, "SELECT " RUN_COLUMNS " FROM runs WHERE owner=? AND run=?");
        db_bind(st, "ii", (int64_t)q->q.owner, (int64_t)q->q.id);
    }
    return read_run(db, q, st, err);
}

static int q_interrupted(struct db *db, struct query *q, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, "SELECT " RUN_COLUMNS " FROM runs WHERE session=? AND owner=? AND state=1"
                                  " ORDER BY created DESC, rowid DESC LIMIT 1");

    db_bind(st, "ii", (int64_t)q->q.id, (int64_t)q->q.owner);
    return read_run(db, q, st, err);
}

struct match { struct db *db; struct query *q; uint64_t best; size_t best_depth; size_t looked; };

/* Depth first, over siblings that say the same. */
static int match_below(struct match *m, uint64_t parent, size_t depth, struct qw_error *err)
{
    struct { uint64_t message; bool generated; } found[MAX_WIDTH];
    sqlite3_stmt *st = db_sql(m->db, "SELECT message, flags FROM messages WHERE parent=? AND owner=? AND hash=? AND space IS ?"
                                     " ORDER BY seq DESC LIMIT 64");
    size_t n = 0;
    int rc;

    if (depth >= m->q->q.n_hashes || m->looked++ > 100000)
        return QW_OK;
    db_bind(st, "iiit", (int64_t)parent, (int64_t)m->q->q.owner, (int64_t)m->q->q.hashes[depth], m->q->q.space);
    while (n < MAX_WIDTH && (rc = db_step(m->db, st, err)) == 1) {
        found[n].message = U64(st, 0);
        found[n++].generated = (sqlite3_column_int(st, 1) & FLAG_GENERATED) != 0;
    }
    if (n < MAX_WIDTH && rc < 0)
        return rc;
    sqlite3_reset(st);
    for (size_t i = 0; i < n; i++) {
        if (found[i].generated && depth + 1 > m->best_depth) {
            m->best = found[i].message;
            m->best_depth = depth + 1;
        }
        rc = match_below(m, found[i].message, depth + 1, err);
        if (rc != QW_OK)
            return rc;
    }
    return QW_OK;
}

static int q_match(struct db *db, struct query *q, struct qw_error *err)
{
    struct match m = { .db = db, .q = q };
    int rc;

    if (q->q.n_hashes > 4096)       /* it recurses */
        q->q.n_hashes = 4096;
    rc = match_below(&m, 0, 0, err);
    if (rc != QW_OK)
        return rc;
    return m.best == 0 ? QW_ENOTFOUND : add_path(db, q, m.best, err);
}

/* ---- all ---- */

static int run(struct store *s, struct db *db, struct query *q, struct qw_error *err)
{
    switch (q->q.kind) {
    case STORE_Q_SESSION:     return q_session(db, q, err);
    case STORE_Q_SESSIONS:    return q_sessions(db, q, err);
    case STORE_Q_SEARCH:      return query_search(s, db, q, err);
    case STORE_Q_MESSAGE:     return add_path(db, q, q->q.id, err);
    case STORE_Q_CHILDREN:    return q_children(db, q, err);
    case STORE_Q_RUN:         return q_run(db, q, err);
    case STORE_Q_INTERRUPTED: return q_interrupted(db, q, err);
    case STORE_Q_MATCH:       return q_match(db, q, err);
    case STORE_Q_CHECK:       return query_check(s, db, q, err);
    case STORE_Q_GC:          break;        /* the writer's */
    }
    return QW_EINTERNAL;
}

void query_run(struct store *s, struct db *db, struct query *q)
{
    struct qw_error err = { .code = QW_OK };
    int rc = QW_OK;

    if (q->q.kind != STORE_Q_CHECK)         /* which takes long: no snapshot for all of it */
        rc = db_exec(db, "BEGIN", &err);
    if (rc == QW_OK)
        rc = run(s, db, q, &err);
    if (!sqlite3_get_autocommit(db->h))
        db_exec(db, "COMMIT", NULL);
    if (rc == QW_ENOTFOUND && err.msg[0] == '\0')
        qw_error_set(&err, rc, "it is not in the store");
    if (rc == QW_EFORMAT) {
        recover_suspect(s);
        log_error("store", "%s; it is looked at more closely at the next start", err.msg);
        rc = QW_ESTORAGE;
    }
    if (rc != QW_OK && rc != QW_ENOTFOUND && rc != QW_EPARAMS && rc != QW_ENOMEM)
        rc = QW_ESTORAGE;
    err.code = rc;
    q->q.error = err;
}

void query_post(struct store *s, struct query *q)
{
    q->answer.a.code = q->q.error.code == QW_ESTORAGE ? QW_ESTORAGE : QW_OK;
    mailbox_post(&s->box[q->q.to], &q->answer);
}

int store_ask(struct store *s, struct store_query *pub, struct qw_error *err)
{
    struct query *q = (struct query *)pub;
    struct request *r;
    bool ok = true;
    int rc;

#define KEEP(field) pub->field = copy(q, pub->field, pub->field != NULL ? strlen(pub->field) + 1 : 0, &ok)
    KEEP(text), KEEP(key), KEEP(space), KEEP(cursor);
#undef KEEP
    pub->hashes = copy(q, pub->hashes, pub->n_hashes * sizeof *pub->hashes, &ok);
    if (!ok)
        return no_memory(err);
    if (pub->kind == STORE_Q_GC)
        return writer_queue(s, &q->item, err);
    r = qw_calloc(1, sizeof *r);
    if (r == NULL)
        return no_memory(err);
    r->query = q;
    rc = lane_queue(pub->kind == STORE_Q_CHECK ? &s->slow : &s->reader, r, err);
    if (rc != QW_OK)
        qw_free(r);
    return rc;
}
