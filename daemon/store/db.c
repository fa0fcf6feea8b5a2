#include "daemon/store/db.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"

int db_error(struct db *db, struct qw_error *err)
{
    int full = db->h != NULL ? sqlite3_extended_errcode(db->h) : SQLITE_NOMEM;
    const char *text = db->h != NULL ? sqlite3_errmsg(db->h) : "no memory";
    int sys = db->h != NULL ? sqlite3_system_errno(db->h) : 0;
    int code;

    switch (full & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:     code = QW_EFORMAT; break;
    case SQLITE_NOMEM:      code = QW_ENOMEM; break;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:   code = QW_EDENIED; break;
    case SQLITE_CONSTRAINT: code = QW_ECONFLICT; break;
    default:                code = QW_ESTORAGE; break;
    }
    if (sys != 0 && code == QW_ESTORAGE)
        return qw_error_errno(err, code, sys, "database: %s", text);
    return qw_error_set(err, code, "database: %s", text);
}

bool db_is_full(struct db *db)
{
    int code = db->h != NULL ? sqlite3_errcode(db->h) & 0xff : SQLITE_OK;
    int sys = code == SQLITE_IOERR ? sqlite3_system_errno(db->h) : 0;

    return code == SQLITE_FULL || sys == ENOSPC || sys == EDQUOT;
}

static int setup(struct db *db, enum db_mode mode, struct qw_error *err)
{
    static const char read[] = "PRAGMA query_only=1; PRAGMA cache_size=-8192; PRAGMA mmap_size=0; PRAGMA temp_store=memory";
    static const char write[] =
        "PRAGMA auto_vacuum=incremental; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA mmap_size=0;"
        "PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=memory; PRAGMA foreign_keys=0; PRAGMA secure_delete=fast";
    sqlite3_stmt *st;
    int rc;

    sqlite3_busy_timeout(db->h, 5000);
    sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(db->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    rc = db_exec(db, mode == DB_WRITE ? write : read, err);
    if (rc != QW_OK || mode == DB_READ)
        return rc;
    st = db_sql(db, "PRAGMA journal_mode");
    rc = db_step(db, st, err);
    if (rc == 1) {
        const char *is = (const char *)sqlite3_column_text(st, 0);

        rc = is != NULL && strcmp(is, "wal") == 0 ? QW_OK :
             qw_error_set(err, QW_ESTORAGE, "its journal mode stays %s: this file system cannot share memory", is);
        sqlite3_reset(st);
    }
    return rc;
}

int db_open(struct db *db, const char *path, const char *vfs, enum db_mode mode, struct qw_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
    int rc;

    memset(db, 0, sizeof *db);
    if (sqlite3_open_v2(path, &db->h, flags | (mode == DB_WRITE ? SQLITE_OPEN_CREATE : 0), vfs) != SQLITE_OK)
        rc = db_error(db, err);
    else
        rc = setup(db, mode, err);
    if (rc != QW_OK) {
        qw_error_wrap(err, "%s", path);
        db_close(db);
    }
    return rc;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < db->n_cache; i++)
        sqlite3_finalize(db->cache[i].st);
    db->n_cache = 0;
    sqlite3_close(db->h);
    db->h = NULL;
}

sqlite3_stmt *db_sql(struct db *db, const char *sql)
{
    sqlite3_stmt *st = NULL;

    for (size_t i = 0; i < db->n_cache; i++) {
        if (db->cache[i].sql == sql) {
            sqlite3_reset(db->cache[i].st);
            sqlite3_clear_bindings(db->cache[i].st);
            return db->cache[i].st;
        }
    }
    if (db->n_cache == DB_STATEMENTS || db->h == NULL)
        return NULL;            /* our own mistake: more literals than DB_STATEMENTS */
    if (sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
        return NULL;
    db->cache[db->n_cache].sql = sql;
    db->cache[db->n_cache++].st = st;
    return st;
}

void db_bind(sqlite3_stmt *st, const char *types, ...)
{
    va_list ap;

    va_start(ap, types);
    for (int i = 1; st != NULL && *types != '\0'; i++, types++) {
        if (*types == 'i') {
            sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
        } else if (*types == 't') {
            const char *s = va_arg(ap, const char *);

            sqlite3_bind_text(st, i, s, -1, SQLITE_STATIC);
        } else {
            const void *p = va_arg(ap, const void *);
            size_t n = va_arg(ap, size_t);

            sqlite3_bind_blob64(st, i, n > 0 ? p : "", n, SQLITE_STATIC);
        }
    }
    va_end(ap);
}

int db_step(struct db *db, sqlite3_stmt *st, struct qw_error *err)
{
    int rc;

    if (st == NULL)
        return db_error(db, err);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE) {
        sqlite3_reset(st);
        return 0;
    }
    rc = db_error(db, err);
    sqlite3_reset(st);
    return rc;
}

int db_run(struct db *db, sqlite3_stmt *st, struct qw_error *err)
{
    int rc = db_step(db, st, err);

    if (rc == 1)
        sqlite3_reset(st);
    return rc < 0 ? rc : QW_OK;
}

int db_exec(struct db *db, const char *sql, struct qw_error *err)
{
    if (db->h == NULL || sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_error(db, err);
    return QW_OK;
}

int db_int(struct db *db, const char *sql, int64_t *out, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(db, sql);
    int rc = db_step(db, st, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return qw_error_set(err, QW_ENOTFOUND, "database: no row");
    *out = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return QW_OK;
}
