/* The check that `qwenctl store check` asks for: SQLite's own, ours between tables, and, if deep, every
 * page's header and checksum.  On the slow lane; it changes nothing but that damaged pages are dropped. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/store/store_int.h"

enum { MAX_LINES = 100 };

struct check { struct store *s; struct db *db; struct qw_buf out; uint64_t bad; };

static void fault(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fault(struct check *c, const char *fmt, ...)
{
    char line[512];
    va_list ap;

    if (++c->bad > MAX_LINES)
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    qw_buf_addf(&c->out, "%s\n", line);
}

static int integrity(struct check *c, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(c->db, "PRAGMA integrity_check(100)");
    int rc;

    while ((rc = db_step(c->db, st, err)) == 1) {
        const char *is = (const char *)sqlite3_column_text(st, 0);

        if (is == NULL || strcmp(is, "ok") != 0)
            fault(c, "database: %s", is != NULL ? is : "?");
    }
    return rc;
}

/* Rules that SQLite does not know.  Each statement counts what breaks one. */
static int rules(struct check *c, struct qw_error *err)
{
    static const struct { const char *sql, *what; } table[] = {
        { "SELECT count(*) FROM messages m WHERE parent <> 0 AND NOT EXISTS(SELECT 1 FROM messages p WHERE"
          " p.message = m.parent AND p.owner = m.owner AND p.seq < m.seq)", "messages without their parent" },
        { "SELECT count(*) FROM sessions s WHERE head <> 0 AND NOT EXISTS(SELECT 1 FROM messages m WHERE"
          " m.message = s.head AND m.owner = s.owner)", "sessions without their head" },
        { "SELECT count(*) FROM messages WHERE session <> 0 AND session NOT IN (SELECT session FROM sessions)",
          "messages of sessions that are not there" },
        { "SELECT count(*) FROM pages p WHERE parent <> 0 AND NOT EXISTS(SELECT 1 FROM pages q WHERE q.page = p.parent AND"
          " q.ns = p.ns)", "pages without their parent" },
        { "SELECT count(*) FROM pages p WHERE children <> (SELECT count(*) FROM pages q WHERE q.parent = p.page)",
          "pages whose number of children is wrong" },
        { "SELECT count(*) FROM pages WHERE file NOT IN (SELECT file FROM files) OR ns NOT IN (SELECT ns FROM namespaces) OR"
          " length(ids) <> 64 OR page <= 0", "pages without a number, a file or a namespace" },
        { "SELECT count(*) FROM (SELECT at, coalesce(lag(at + length(ids) / 4) OVER (PARTITION BY run ORDER BY at), 0) AS want"
          " FROM run_ids) WHERE at <> want", "gaps in the ids of runs" },
        { "SELECT count(*) FROM run_ids WHERE run NOT IN (SELECT run FROM runs)", "ids of runs that are not there" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t n = 0;
        int rc = db_int(c->db, table[i].sql, &n, err);

        if (rc != QW_OK)
            return rc;
        if (n != 0)
            fault(c, "database: %lld %s", (long long)n, table[i].what);
    }
    return QW_OK;
}

struct page_row { uint64_t page, parent; uint32_t ns; struct slot_at at; int32_t ids[KV_PAGE_TOKENS]; };

/* Up to most rows after a page. */
static int some_pages(struct check *c, uint64_t after, struct page_row *rows, size_t most, size_t *n, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(c->db, "SELECT page, parent, ns, file, slot, ids FROM pages WHERE page > ? ORDER BY page LIMIT ?");
    int rc;

    *n = 0;
    db_bind(st, "ii", (int64_t)after, (int64_t)most);
    while ((rc = db_step(c->db, st, err)) == 1) {
        struct page_row *r = &rows[(*n)++];

        r->page = (uint64_t)sqlite3_column_int64(st, 0);
        r->parent = (uint64_t)sqlite3_column_int64(st, 1);
        r->ns = (uint32_t)sqlite3_column_int64(st, 2);
        r->at.file = (uint32_t)sqlite3_column_int64(st, 3);
        r->at.slot = (uint32_t)sqlite3_column_int64(st, 4);
        memset(r->ids, 0, sizeof r->ids);
        if (sqlite3_column_bytes(st, 5) == (int)sizeof r->ids)
            memcpy(r->ids, sqlite3_column_blob(st, 5), sizeof r->ids);
    }
    return rc;
}

int page_read(struct store *s, const struct page_name *name, struct slot_at at, void *data, struct qw_error *err)
{
    uint8_t header[PAGES_HEADER];
    struct iovec v[2] = { { header, sizeof header }, { data, name->n_bytes } };
    const char *why;
    size_t slot_bytes;
    int fd, rc = slots_fd(&s->slots, at.file, false, &fd, &slot_bytes, err);

    if (rc == QW_OK)
        rc = io_read_all(s->io, fd, v, 2, (off_t)at.slot * (off_t)slot_bytes, err);
    if (rc != QW_OK)
        return rc;
    why = pages_check(header, s->uuid, name, data);
    return why == NULL ? QW_OK : qw_error_set(err, QW_EFORMAT, "%s", why);
}

static void check_page(struct check *c, const struct page_row *r, uint8_t **buf, size_t *cap)
{
    struct qw_error err = { .code = QW_OK };
    struct page_name name = { r->ns, r->page, r->parent, r->ids, 0 };
    struct store_ns_key key;

    if (!ns_get(c->s, r->ns, &key) || !slots_pin(&c->s->slots, r->at, r->page))
        return;                     /* another program's; or it has just been evicted */
    name.n_bytes = key.layout.page_bytes;
    if (name.n_bytes > *cap) {
        uint8_t *more = qw_realloc(*buf, name.n_bytes);

        if (more == NULL)
            goto out;
        *buf = more;
        *cap = name.n_bytes;
    }
    int rc = page_read(c->s, &name, r->at, *buf, &err);
    if (rc == QW_ESTORAGE) {        /* it cannot be opened now: that says nothing about the page */
        fault(c, "page %llx in slot %u of %s/%08x.kv cannot be read: %s", (unsigned long long)r->page, r->at.slot, c->s->slots.dir,
              r->at.file, err.msg);
    } else if (rc != QW_OK) {
        fault(c, "page %llx in slot %u of %s/%08x.kv: %s", (unsigned long long)r->page, r->at.slot, c->s->slots.dir, r->at.file,
              err.msg);
        writer_drop_page(c->s, r->page);
    }
out:
    slots_unpin(&c->s->slots, r->at);
}

static int pages(struct check *c, uint64_t *n_pages, struct qw_error *err)
{
    enum { SOME = 64 };
    struct page_row *rows = qw_alloc(SOME * sizeof *rows);
    uint8_t *buf = NULL;
    size_t cap = 0, n = SOME;
    uint64_t after = 0;
    int rc = rows != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to check pages");

    while (rc == QW_OK && n == SOME) {
        rc = some_pages(c, after, rows, SOME, &n, err);
        for (size_t i = 0; rc == QW_OK && i < n; i++) {
            if (lane_ends(&c->s->slow))
                rc = qw_error_set(err, QW_ESTORAGE, "the store is being closed");
            else
                check_page(c, &rows[i], &buf, &cap);
        }
        *n_pages += n;
        after = n > 0 ? rows[n - 1].page : 0;
    }
    qw_free(buf);
    qw_free(rows);
    return rc;
}

int query_check(struct store *s, struct db *db, struct query *q, struct qw_error *err)
{
    struct check c = { .s = s, .db = db };
    uint64_t n_pages = 0;
    int rc = integrity(&c, err);

    if (rc == QW_OK)
        rc = rules(&c, err);
    if (rc == QW_OK && q->q.deep)
        rc = pages(&c, &n_pages, err);
    if (rc == QW_OK) {
        if (c.bad > MAX_LINES)
            qw_buf_addf(&c.out, "and %llu more\n", (unsigned long long)(c.bad - MAX_LINES));
        if (q->q.deep)
            qw_buf_addf(&c.out, "%llu pages read\n", (unsigned long long)n_pages);
        qw_buf_adds(&c.out, c.bad == 0 ? "all is well\n" : "");
        q->q.n_bad = c.bad;
        q->q.report = qw_buf_failed(&c.out) ? NULL : query_text(q, c.out.data, c.out.len);
        if (q->q.report == NULL)
            rc = qw_error_set(err, QW_ENOMEM, "no memory for the report");
    }
    qw_buf_free(&c.out);
    return rc;
}
