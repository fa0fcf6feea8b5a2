/* A connection to conversations.db: opening, cached statements, errors.
 *
 * The schema stands in schema.c.  One thread at a time per connection. */
#ifndef QW_DAEMON_STORE_DB_H
#define QW_DAEMON_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { DB_STATEMENTS = 128 };
struct db {
    sqlite3 *h;
    struct { const char *sql; sqlite3_stmt *st; } cache[DB_STATEMENTS];
    size_t   n_cache;
};

enum db_mode { DB_WRITE, DB_READ };
/* DB_WRITE: makes the file, WAL, synchronous=FULL.  DB_READ: an existing one, query_only.
 * QW_EFORMAT: damaged, or not a database; QW_EDENIED, QW_ESTORAGE: else.  err names path. */
int  db_open(struct db *db, const char *path, const char *vfs, enum db_mode mode, struct qw_error *err);
void db_close(struct db *db);

/* A cached statement, reset and unbound; sql must be a string literal.  NULL: it could not be prepared
 * (then db_error says why). */
sqlite3_stmt *db_sql(struct db *db, const char *sql);
/* Binds by letters: i int64_t, t const char * (or NULL), b const void * and size_t.  Nothing is
 * copied: what is bound lives until the statement is reset. */
void db_bind(sqlite3_stmt *st, const char *types, ...);
/* 1: a row; 0: the end (st is reset); < 0: QW_E... (st is reset).  st NULL gives the error of db_sql. */
int  db_step(struct db *db, sqlite3_stmt *st, struct qw_error *err);
/* For statements without rows. */
int  db_run(struct db *db, sqlite3_stmt *st, struct qw_error *err);
int  db_exec(struct db *db, const char *sql, struct qw_error *err);
/* First column of the first row of a literal query; QW_ENOTFOUND without a row. */
int  db_int(struct db *db, const char *sql, int64_t *out, struct qw_error *err);
/* The connection's last error as ours: QW_EFORMAT for a damaged database, else QW_ESTORAGE (QW_ENOMEM,
 * QW_EDENIED, QW_ECONFLICT for a broken uniqueness). */
int  db_error(struct db *db, struct qw_error *err);
bool db_is_full(struct db *db);                 /* was it for lack of disk space? */

/* schema.c: brings the database to the newest schema, or refuses a newer one (QW_EUNSUPPORTED). */
#define DB_SCHEMA 3
#define DB_APPLICATION 0x71776e64               /* "qwnd" */
int  schema_migrate(struct db *db, bool *created, struct qw_error *err);
/* The same with any table of n steps, steps[i] from schema i to i + 1. */
int  schema_migrate_by(struct db *db, const char *const *steps, int n, bool *created, struct qw_error *err);

#endif
