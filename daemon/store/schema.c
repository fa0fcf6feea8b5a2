/* The schema of conversations.db and the steps from each earlier one to the next.
 *
 * PRAGMA user_version is the schema's number, PRAGMA application_id "qwnd".  A step never changes once
 * it has been released: a new schema adds a step and raises DB_SCHEMA.  All steps run in one
 * transaction, so a crash leaves the old schema or the new one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/store/db.h"

/* Ids of sessions, messages and runs are random; messages have seq beside, which grows: search finds the
 * newest first by it.  messages.session: the session whose path took the message first, 0: none (what
 * search shows, what goes with a session).  pages.children counts rows whose parent it is: eviction
 * takes those without.  A slot of a file that no row of pages names is free. */
static const char step_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"     /* uuid, opens, commits */
    "CREATE TABLE namespaces(ns INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE);"
    "CREATE TABLE files(file INTEGER PRIMARY KEY, slot_bytes INTEGER NOT NULL);"
    "CREATE TABLE pages(page INTEGER PRIMARY KEY, ns INTEGER NOT NULL, parent INTEGER NOT NULL, ids BLOB NOT NULL,"
    "  file INTEGER NOT NULL, slot INTEGER NOT NULL, children INTEGER NOT NULL DEFAULT 0, last_used INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX pages_chain ON pages(parent, ns, ids);"
    "CREATE UNIQUE INDEX pages_slot ON pages(file, slot);"
    "CREATE INDEX pages_leaf ON pages(last_used) WHERE children = 0;"
    "CREATE TABLE sessions(session INTEGER PRIMARY KEY, owner INTEGER NOT NULL, head INTEGER NOT NULL, title TEXT,"
    "  system TEXT, model TEXT, tags TEXT, pinned INTEGER NOT NULL, private INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  updated INTEGER NOT NULL, n_messages INTEGER NOT NULL);"
    "CREATE INDEX sessions_list ON sessions(owner, pinned, updated, session);"
    "CREATE INDEX sessions_head ON sessions(head);"
    "CREATE TABLE messages(seq INTEGER PRIMARY KEY, message INTEGER NOT NULL UNIQUE, owner INTEGER NOT NULL,"
    "  parent INTEGER NOT NULL, session INTEGER NOT NULL DEFAULT 0, space TEXT, role INTEGER NOT NULL,"
    "  flags INTEGER NOT NULL, text TEXT, finish TEXT, ids BLOB NOT NULL, verdict BLOB NOT NULL, hash INTEGER NOT NULL,"
    "  created INTEGER NOT NULL);"                                      /* flags: 1 cut, 2 generated, 4 closed */
    "CREATE INDEX messages_tree ON messages(parent, owner, hash);"
    "CREATE INDEX messages_session ON messages(session) WHERE session <> 0;"
    "CREATE TABLE runs(run INTEGER PRIMARY KEY, owner INTEGER NOT NULL, session INTEGER NOT NULL,"
    "  message INTEGER NOT NULL, answer INTEGER NOT NULL, key TEXT, params_hash INTEGER NOT NULL, params BLOB NOT NULL,"
    "  outcome BLOB NOT NULL, state INTEGER NOT NULL, created INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX runs_key ON runs(owner, key) WHERE key IS NOT NULL;"
    "CREATE INDEX runs_session ON runs(session);"
    "CREATE INDEX runs_message ON runs(message);"
    "CREATE INDEX runs_answer ON runs(answer) WHERE answer <> 0;"
    "CREATE INDEX runs_running ON runs(run) WHERE state = 0;"
    "CREATE INDEX runs_interrupted ON runs(session, created) WHERE state = 1;"
    "CREATE TABLE run_ids(run INTEGER NOT NULL, at INTEGER NOT NULL, ids BLOB NOT NULL, PRIMARY KEY(run, at))"
    "  WITHOUT ROWID;"                                                  /* pieces of an answer, without gaps */
    "CREATE VIRTUAL TABLE search USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2');";

/* What a session's turns promise, where it has been asked for: enum durability of daemon/session/session.h; 0: as configured. */
static const char step_2[] = "ALTER TABLE sessions ADD COLUMN durability INTEGER NOT NULL DEFAULT 0";

/* How a session's answers are checked, where that has been asked for (daemon/api/api_run.c). */
static const char step_3[] = "ALTER TABLE sessions ADD COLUMN verify TEXT";

/* steps[i] leads from schema i to i + 1. */
static const char *const steps[DB_SCHEMA] = { step_1, step_2, step_3 };

static int first_rows(struct db *db, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, "INSERT INTO meta(key, value) VALUES('uuid', ?), ('opens', 0), ('commits', 0)");
    unsigned char uuid[16];

    if (getrandom(uuid, sizeof uuid, 0) != (ssize_t)sizeof uuid)
        return qw_error_errno(err, QW_ESTORAGE, errno, "no random number");
    db_bind(st, "b", (const void *)uuid, sizeof uuid);
    return db_run(db, st, err);
}

static int run_steps(struct db *db, const char *const *table, int n, int64_t from, struct qw_error *err)
{
    char sql[96];
    int rc = db_exec(db, "BEGIN IMMEDIATE", err);

    if (rc != QW_OK)
        return rc;
    for (int64_t v = from; rc == QW_OK && v < n; v++) {
        rc = db_exec(db, table[v], err);
        if (rc == QW_OK && v == 0)
            rc = first_rows(db, err);
        if (rc != QW_OK)
            qw_error_wrap(err, "schema %d to %d", (int)v, (int)v + 1);
    }
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d; PRAGMA application_id=%d", n, DB_APPLICATION);
    if (rc == QW_OK)
        rc = db_exec(db, sql, err);
    if (rc == QW_OK)
        rc = db_exec(db, "COMMIT", err);
    if (rc != QW_OK)
        db_exec(db, "ROLLBACK", NULL);
    return rc;
}

int schema_migrate_by(struct db *db, const char *const *table, int n, bool *created, struct qw_error *err)
{
    int64_t version = 0, app = 0, tables = 0;
    int rc = db_int(db, "PRAGMA user_version", &version, err);

    if (rc == QW_OK)
        rc = db_int(db, "PRAGMA application_id", &app, err);
    if (rc == QW_OK)
        rc = db_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (rc != QW_OK)
        return rc;
    if (version < 0 || ((tables > 0 || version > 0) && app != DB_APPLICATION))
        return qw_error_set(err, QW_EFORMAT, "it is another program's database");
    if (version > n)
        return qw_error_set(err, QW_EUNSUPPORTED,
                            "the store has schema %lld, this program knows up to %d: use the newer qwend that wrote it, "
                            "or another data folder", (long long)version, n);
    if (version < n) {
        rc = run_steps(db, table, n, version, err);
        if (rc != QW_OK)
            return rc;
    }
    *created = version == 0;
    return QW_OK;
}

int schema_migrate(struct db *db, bool *created, struct qw_error *err)
{
    return schema_migrate_by(db, steps, DB_SCHEMA, created, err);
}
