/* Pages leave: to keep the disk budget, because they are damaged, because their file has vanished.
 * Also what is done when nothing else is: files shrink, the WAL is taken back.  Store-writer.
 *
 * Least recently used first, by a counter of commits.  Only leaves carry a use of their own; when one
 * leaves, its parent inherits the use, so a chain leaves from its end and never from its middle. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

struct row { uint64_t page, parent; struct slot_at at; int64_t last_used; };

int evict_note(struct store *s, struct slot_at at)
{
    if (s->freed.n == s->freed.cap) {
        size_t cap = s->freed.cap == 0 ? 256 : s->freed.cap * 2;
        struct slot_at *more = qw_realloc_array(s->freed.v, cap, sizeof *more);

        if (more == NULL)
            return QW_ENOMEM;
        s->freed.v = more;
        s->freed.cap = cap;
    }
    s->freed.v[s->freed.n++] = at;
    slots_freeing(&s->slots, at);
    return QW_OK;
}

static struct row read_row(sqlite3_stmt *st)
{
    return (struct row){ (uint64_t)sqlite3_column_int64(st, 0), (uint64_t)sqlite3_column_int64(st, 1),
                         { (uint32_t)sqlite3_column_int64(st, 2), (uint32_t)sqlite3_column_int64(st, 3) },
                         sqlite3_column_int64(st, 4) };
}

/* Its row only; its parent has one child less. */
static int remove_row(struct store *s, const struct row *r, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "DELETE FROM pages WHERE page=?");
    int rc;

    db_bind(st, "i", (int64_t)r->page);
    rc = db_run(&s->db, st, err);
    if (rc == QW_OK && sqlite3_changes(s->db.h) == 0)
        return QW_OK;               /* it stood twice in a circle */
    if (rc == QW_OK && r->parent != 0) {
        st = db_sql(&s->db, "UPDATE pages SET children=children-1, last_used=max(last_used, ?) WHERE page=?");
        db_bind(st, "ii", r->last_used, (int64_t)r->parent);
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK && evict_note(s, r->at) != QW_OK)
        rc = qw_error_set(err, QW_ENOMEM, "no memory to evict pages");
    if (rc == QW_OK)
        s->delta.pages--;
    return rc;
}

static int remove_rows(struct store *s, sqlite3_stmt *st, size_t most, size_t *n, uint64_t *bytes, uint64_t goal,
                       struct qw_error *err)
{
    struct row rows[64];
    size_t k = 0;
    int rc;

    while (k < most && k < 64 && (rc = db_step(&s->db, st, err)) == 1)
        rows[k++] = read_row(st);
    if (k < most && k < 64 && rc < 0)
        return rc;
    if (st != NULL)
        sqlite3_reset(st);
    *n = 0;
    for (size_t i = 0; i < k && *bytes < goal; i++, ++*n) {
        int fd;
        size_t slot_bytes = 0;

        rc = remove_row(s, &rows[i], err);
        if (rc != QW_OK)
            return rc;
        slots_fd(&s->slots, rows[i].at.file, false, &fd, &slot_bytes, NULL);
        *bytes += slot_bytes > 0 ? slot_bytes : 1;
    }
    return QW_OK;
}

/* With all below: nobody could find them without it. */
int evict_row(struct store *s, uint64_t page, struct qw_error *err)
{
    size_t n = 1;
    int rc = QW_OK;

    while (rc == QW_OK && n > 0) {
        /* The deepest first, some at a time: children go before their parents.  A circle, which only damage can
         * make, has an end, too. */
        sqlite3_stmt *st = db_sql(&s->db,
                                  "WITH RECURSIVE below(page, depth) AS (SELECT page, 0 FROM pages WHERE page=?1 UNION ALL"
                                  " SELECT p.page, depth + 1 FROM pages p JOIN below b ON p.parent = b.page WHERE depth < 200000)"
                                  " SELECT p.page, p.parent, p.file, p.slot, p.last_used FROM below JOIN pages p"
                                  " USING(page) ORDER BY depth DESC LIMIT 64");
        uint64_t bytes = 0;

        db_bind(st, "i", (int64_t)page);
        rc = remove_rows(s, st, 64, &n, &bytes, UINT64_MAX, err);
    }
    return rc;
}

int evict_file(struct store *s, uint32_t file, struct qw_error *err)
{
    int64_t before = s->delta.pages;
    int rc;

    for (;;) {
        sqlite3_stmt *st = db_sql(&s->db, "SELECT page FROM pages WHERE file=? LIMIT 1");
        uint64_t page;

        db_bind(st, "i", (int64_t)file);
        rc = db_step(&s->db, st, err);
        if (rc <= 0)
            break;
        page = (uint64_t)sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
        rc = evict_row(s, page, err);
        if (rc != QW_OK)
            break;
    }
    if (rc == QW_OK) {
        sqlite3_stmt *st = db_sql(&s->db, "DELETE FROM files WHERE file=?");

        db_bind(st, "i", (int64_t)file);
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK)
        log_warn("store", "page file %s/%08x.kv is gone: %lld pages are computed again when they are needed", s->slots.dir,
                 file, (long long)(before - s->delta.pages));
    return rc;
}

uint64_t evict_bytes(struct store *s, uint64_t goal)
{
    struct qw_error err = { .code = QW_OK };
    uint64_t bytes = 0;
    size_t n = 1;
    int rc = writer_begin(s, &err);

    if (rc != QW_OK)
        return 0;
    while (rc == QW_OK && n > 0 && bytes < goal) {      /* one by one: a parent may be the next */
        sqlite3_stmt *st = db_sql(&s->db, "SELECT page, parent, file, slot, last_used FROM pages INDEXED BY pages_leaf"
                                          " WHERE children = 0 ORDER BY last_used LIMIT 1");

        rc = remove_rows(s, st, 1, &n, &bytes, goal, &err);
        s->evicted += n;
    }
    rc = writer_end(s, rc, &err);
    if (rc != QW_OK)
        log_warn("store", "cannot evict pages: %s", err.msg);
    return rc == QW_OK ? bytes : 0;
}

/* By how much growth bytes more would break a bound. */
static uint64_t excess(struct store *s, uint64_t growth)
{
    uint64_t file_bytes, page_bytes, over = 0;
    int64_t free_bytes = s->io->free_bytes(s->slots.dir);

    slots_bytes(&s->slots, &file_bytes, &page_bytes);
    if (file_bytes + growth > s->disk_budget)
        over = file_bytes + growth - s->disk_budget;
    if (growth > 0 && s->no_growth && growth > over)
        over = growth;
    if (growth > 0 && free_bytes >= 0 && s->keep_free + growth > (uint64_t)free_bytes &&
        s->keep_free + growth - (uint64_t)free_bytes > over)
        over = s->keep_free + growth - (uint64_t)free_bytes;
    return over;
}

size_t evict_make_room(struct store *s, size_t slot_bytes, size_t n, bool *grow)
{
    uint64_t growth, over, file_bytes, page_bytes;

    if (n > s->disk_budget / slot_bytes)
        n = (size_t)(s->disk_budget / slot_bytes);
    growth = slots_growth(&s->slots, slot_bytes, n);
    over = excess(s, growth);
    *grow = true;
    if (over == 0)
        return n;
    /* A little more than needed, so that not every turn pays for a transaction. */
    evict_bytes(s, over + s->disk_budget / 64);
    growth = slots_growth(&s->slots, slot_bytes, n);
    over = excess(s, growth);
    if (over > 0) {                 /* slots of other sizes were freed: their space helps when it is given back */
        slots_bytes(&s->slots, &file_bytes, &page_bytes);
        slots_shrink(&s->slots, file_bytes > over ? file_bytes - over : 0);
        growth = slots_growth(&s->slots, slot_bytes, n);
        over = excess(s, growth);
    }
    if (over == 0)
        return n;
    *grow = false;
    return n - (size_t)(growth / slot_bytes);
}

void evict_idle(struct store *s)
{
    s->no_growth = false;
    if (atomic_load(&s->off))
        return;
    slots_shrink(&s->slots, 0);
    sqlite3_wal_checkpoint_v2(s->db.h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

/* ---- gc ---- */

static uint64_t remove_aside(struct store *s, uint64_t *n)
{
    char dir[4096], path[8192];
    uint64_t bytes = 0;
    struct dirent *e;
    struct stat st;
    DIR *d;

    snprintf(dir, sizeof dir, "%s/aside", s->dir);
    d = opendir(dir);
    while (d != NULL && (e = readdir(d)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.' || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || s->io->unlink(path) != 0)
            continue;
        bytes += (uint64_t)st.st_blocks * 512;
        ++*n;
    }
    if (d != NULL)
        closedir(d);
    return bytes;
}

static int on_progress(void *arg)
{
    struct store *s = arg;

    return atomic_load(&s->stop);
}

/* What may take long ends when the store is being closed. */
static int tidy(struct store *s, struct qw_error *err)
{
    int rc;

    sqlite3_progress_handler(s->db.h, 1000, on_progress, s);
    rc = db_exec(&s->db, "INSERT INTO search(search) VALUES('optimize')", err);
    if (rc == QW_OK)
        rc = db_exec(&s->db, "PRAGMA incremental_vacuum", err);
    sqlite3_progress_handler(s->db.h, 0, NULL, NULL);
    if (rc == QW_OK)
        sqlite3_wal_checkpoint_v2(s->db.h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return rc;
}

void evict_gc(struct store *s, struct query *q)
{
    enum { AT_ONCE = 256 << 20 };
    uint64_t file_bytes, page_bytes, evicted = 0, some = 1, shrunk, aside = 0, n_aside = 0;
    struct qw_buf out = QW_BUF_INIT;
    int rc;

    if (atomic_load(&s->off)) {
        qw_error_set(&q->q.error, QW_ESTORAGE, "%s", s->status.why);
        return;
    }
    slots_bytes(&s->slots, &file_bytes, &page_bytes);
    while (page_bytes > s->disk_budget && some > 0 && !atomic_load(&s->stop)) {
        uint64_t over = page_bytes - s->disk_budget;

        some = evict_bytes(s, over < AT_ONCE ? over : AT_ONCE);
        evicted += some;
        slots_bytes(&s->slots, &file_bytes, &page_bytes);
    }
    shrunk = slots_shrink(&s->slots, 0);
    if (q->q.deep)
        aside = remove_aside(s, &n_aside);
    rc = tidy(s, &q->q.error);
    if (rc != QW_OK)
        return;
    qw_buf_addf(&out, "evicted: %llu bytes of pages\ngiven back: %llu bytes of page files\n", (unsigned long long)evicted,
                (unsigned long long)shrunk);
    if (q->q.deep)
        qw_buf_addf(&out, "removed: %llu files that had been set aside, %llu bytes\n", (unsigned long long)n_aside,
                    (unsigned long long)aside);
    q->q.report = qw_buf_failed(&out) ? NULL : query_text(q, out.data, out.len);
    qw_buf_free(&out);
}
