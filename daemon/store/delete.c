/* Deleting sessions and runs, and the messages that nobody needs any more.  Store-writer.
 *
 * Messages of a session are those that it was the first to have in its path (messages.session), and what
 * hangs below them and is nobody's.  A message stays while a session's head, a run or a child is
 * there; it is then given to a session that has it in its path. */
#include "daemon/store/store_int.h"

#define U64(st, col) ((uint64_t)sqlite3_column_int64(st, col))

struct list { int64_t (*v)[2]; size_t n, cap; };        /* seq, message */

static int add(struct list *l, int64_t a, int64_t b)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 64 : l->cap * 2;
        void *more = qw_realloc_array(l->v, cap, sizeof *l->v);

        if (more == NULL)
            return QW_ENOMEM;
        l->v = more;
        l->cap = cap;
    }
    l->v[l->n][0] = a;
    l->v[l->n++][1] = b;
    return QW_OK;
}

/* All rows of two numbers. */
static int collect(struct store *s, sqlite3_stmt *st, struct list *l, struct qw_error *err)
{
    int rc;

    while ((rc = db_step(&s->db, st, err)) == 1) {
        if (add(l, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1)) != QW_OK) {
            sqlite3_reset(st);
            return qw_error_set(err, QW_ENOMEM, "no memory to delete a session");
        }
    }
    return rc < 0 ? rc : QW_OK;
}

/* 1: somebody needs it. */
static int is_needed(struct store *s, int64_t message, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db,
                              "SELECT 1 WHERE EXISTS(SELECT 1 FROM messages WHERE parent=?1) OR"
                              " EXISTS(SELECT 1 FROM sessions WHERE head=?1) OR EXISTS(SELECT 1 FROM runs WHERE message=?1) OR"
                              " EXISTS(SELECT 1 FROM runs WHERE answer=?1 AND answer <> 0)");
    int rc;

    db_bind(st, "i", message);
    rc = db_step(&s->db, st, err);
    if (rc == 1)
        sqlite3_reset(st);
    return rc;
}

static int delete_message(struct store *s, int64_t seq, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT text FROM messages WHERE seq=?");
    char *text = NULL;
    int rc;

    db_bind(st, "i", seq);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc;
    if (sqlite3_column_type(st, 0) != SQLITE_NULL) {
        text = qw_strdup((const char *)sqlite3_column_text(st, 0));
        rc = text == NULL ? qw_error_set(err, QW_ENOMEM, "no memory to delete a message") : QW_OK;
    } else {
        rc = QW_OK;
    }
    sqlite3_reset(st);
    if (rc == QW_OK)
        rc = search_remove(&s->db, seq, text, err);
    if (rc == QW_OK) {
        st = db_sql(&s->db, "DELETE FROM messages WHERE seq=?");
        db_bind(st, "i", seq);
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK)
        s->delta.messages--;
    qw_free(text);
    return rc;
}

/* A session below this message takes it and those above that are nobody's. */
static int adopt(struct store *s, int64_t message, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db,
                              "WITH RECURSIVE below(message, seq, depth) AS (SELECT message, seq, 0 FROM messages WHERE message=?1"
                              " UNION ALL SELECT m.message, m.seq, depth + 1 FROM messages m JOIN below b"
                              " ON m.parent = b.message AND m.seq > b.seq ORDER BY 3 DESC)"
                              " SELECT s.session, s.head FROM below JOIN sessions s ON s.head = below.message LIMIT 1");
    int64_t session, m, last = INT64_MAX;
    int rc;

    db_bind(st, "i", message);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc;
    session = sqlite3_column_int64(st, 0);
    m = sqlite3_column_int64(st, 1);
    sqlite3_reset(st);
    while (m != 0) {
        int64_t parent, seq;

        st = db_sql(&s->db, "SELECT parent, seq FROM messages WHERE message=?");
        db_bind(st, "i", m);
        rc = db_step(&s->db, st, err);
        if (rc <= 0)
            return rc;
        parent = sqlite3_column_int64(st, 0);
        seq = sqlite3_column_int64(st, 1);
        sqlite3_reset(st);
        if (seq >= last)
            break;                  /* parents are older: a circle is damage, and goes on for ever */
        last = seq;
        st = db_sql(&s->db, "UPDATE messages SET session=? WHERE message=? AND session=0");
        db_bind(st, "ii", session, m);
        rc = db_run(&s->db, st, err);
        if (rc != QW_OK)
            return rc;
        m = parent;
    }
    return QW_OK;
}

/* Trails of those that have no child. */
static int note_leaves(struct store *s, const struct list *all, struct trails **trails, struct qw_error *err)
{
    for (size_t i = 0; i < all->n; i++) {
        sqlite3_stmt *st = db_sql(&s->db, "SELECT 1 FROM messages WHERE parent=? LIMIT 1");
        int rc;

        db_bind(st, "i", all->v[i][1]);
        rc = db_step(&s->db, st, err);
        if (rc == 1)
            sqlite3_reset(st);
        if (rc == 0)
            rc = forget_note(s, (uint64_t)all->v[i][1], trails, err);
        if (rc < 0)
            return rc;
    }
    return QW_OK;
}

/* Trails of the session's runs that have no answer's message; their ids are about to be deleted. */
static int note_runs(struct store *s, uint64_t session, struct trails **trails, struct qw_error *err)
{
    struct list runs = { 0 };
    sqlite3_stmt *st = db_sql(&s->db, "SELECT run, message FROM runs WHERE session=? AND answer=0");
    int rc;

    db_bind(st, "i", (int64_t)session);
    rc = collect(s, st, &runs, err);
    for (size_t i = 0; rc == QW_OK && i < runs.n; i++)
        rc = forget_note_run(s, (uint64_t)runs.v[i][0], (uint64_t)runs.v[i][1], trails, err);
    qw_free(runs.v);
    return rc;
}

/* trails: of what has been deleted already. */
static int delete_messages(struct store *s, uint64_t session, struct trails **trails, struct qw_error *err)
{
    struct list all = { 0 };
    sqlite3_stmt *st = db_sql(&s->db,
                              "WITH RECURSIVE mine(seq, message) AS (SELECT seq, message FROM messages WHERE session=?1 AND"
                              " session <> 0 UNION SELECT m.seq, m.message FROM messages m JOIN mine ON m.parent=mine.message"
                              " WHERE m.session=0) SELECT seq, message FROM mine ORDER BY seq DESC");
    size_t kept = 0;
    int rc;

    db_bind(st, "i", (int64_t)session);
    rc = collect(s, st, &all, err);
    if (rc == QW_OK)
        rc = note_leaves(s, &all, trails, err);
    /* Children have higher numbers than their parents: one pass from the newest suffices. */
    for (size_t i = 0; rc == QW_OK && i < all.n; i++) {
        int needed = is_needed(s, all.v[i][1], err);

        if (needed < 0) {
            rc = needed;
        } else if (needed == 1) {
            all.v[kept][0] = all.v[i][0];
            all.v[kept++][1] = all.v[i][1];
        } else {
            rc = delete_message(s, all.v[i][0], err);
        }
    }
    if (rc == QW_OK && kept > 0) {
        st = db_sql(&s->db, "UPDATE messages SET session=0 WHERE session=? AND session <> 0");
        db_bind(st, "i", (int64_t)session);
        rc = db_run(&s->db, st, err);
    }
    for (size_t i = kept; rc == QW_OK && i-- > 0;) {        /* oldest first: one adoption takes a whole path */
        st = db_sql(&s->db, "SELECT session FROM messages WHERE seq=?");
        db_bind(st, "i", all.v[i][0]);
        rc = db_step(&s->db, st, err);
        if (rc == 1) {
            int64_t has = sqlite3_column_int64(st, 0);

            sqlite3_reset(st);
            rc = has != 0 ? QW_OK : adopt(s, all.v[i][1], err);
        }
    }
    qw_free(all.v);
    return rc;
}

int rows_delete_run(struct store *s, uint64_t owner, uint64_t run, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT message, answer FROM runs WHERE run=? AND owner=?");
    struct trails *trails = NULL;
    uint64_t message, answer;
    int rc;

    db_bind(st, "ii", (int64_t)run, (int64_t)owner);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc;
    message = U64(st, 0);
    answer = U64(st, 1);
    sqlite3_reset(st);
    rc = answer == 0 ? forget_note_run(s, run, message, &trails, err) : QW_OK;
    for (int i = 0; i < 2 && rc == QW_OK; i++) {
        st = i == 0 ? db_sql(&s->db, "DELETE FROM runs WHERE run=?") : db_sql(&s->db, "DELETE FROM run_ids WHERE run=?");
        db_bind(st, "i", (int64_t)run);
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK)
        rc = forget_pages(s, owner, trails, err);
    forget_free(trails);
    return rc;
}

int rows_delete_session(struct store *s, uint64_t owner, uint64_t session, struct qw_error *err)
{
    static const char *const sql[] = {
        "DELETE FROM run_ids WHERE run IN (SELECT run FROM runs WHERE session=?)",
        "DELETE FROM runs WHERE session=?",
    };
    sqlite3_stmt *st = db_sql(&s->db, "DELETE FROM sessions WHERE session=? AND owner=?");
    struct trails *trails = NULL;
    int rc;

    db_bind(st, "ii", (int64_t)session, (int64_t)owner);
    rc = db_run(&s->db, st, err);
    if (rc != QW_OK || sqlite3_changes(s->db.h) == 0)
        return rc;
    rc = note_runs(s, session, &trails, err);
    for (int i = 0; i < 2 && rc == QW_OK; i++) {
        st = db_sql(&s->db, sql[i]);
        db_bind(st, "i", (int64_t)session);
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK)
        rc = delete_messages(s, session, &trails, err);
    if (rc == QW_OK)
        rc = forget_pages(s, owner, trails, err);
    if (rc == QW_OK)
        s->delta.sessions--;
    forget_free(trails);
    return rc;
}
