/* Pages of a batch: who has a twin, where the others go, writing them.  Store-writer.
 *
 * What passes (no descriptors are left, a full disk) costs these pages their place, and nothing else.
 * A file whose write or sync failed is never written again by this process; the pages that were
 * pending in it are written once more, from memory, into a new file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

struct todo { struct store_txn *t; size_t i; };         /* page i of t */

static struct store_page *page_of(const struct todo *x) { return &x->t->pages[x->i]; }
static struct placed *place_of(const struct todo *x) { return &x->t->placed[x->i]; }

/* ---- plan ---- */

struct twins { struct todo *v; size_t cap; };           /* by (namespace, parent, ids); cap: power of two */

static size_t twin_slot(const struct twins *h, uint32_t ns, uint64_t parent, const int32_t *ids)
{
    uint64_t x = (ns ^ parent) * 0x9e3779b97f4a7c15u;
    size_t i;

    for (int k = 0; k < KV_PAGE_TOKENS; k++)
        x = (x ^ (uint32_t)ids[k]) * 0x9e3779b97f4a7c15u + (x >> 29);
    for (i = (size_t)(x >> 17) & (h->cap - 1); h->v[i].t != NULL; i = (i + 1) & (h->cap - 1))
        if (place_of(&h->v[i])->ns == ns && place_of(&h->v[i])->parent == parent &&
            memcmp(page_of(&h->v[i])->ids, ids, PAGES_IDS) == 0)
            break;
    return i;
}

int page_row(struct store *s, uint32_t ns, uint64_t parent, const int32_t *ids, uint64_t *page, bool *leaf,
             struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT page, children FROM pages WHERE parent=? AND ns=? AND ids=?");
    int rc;

    db_bind(st, "iib", (int64_t)parent, (int64_t)ns, (const void *)ids, PAGES_IDS);
    rc = db_step(&s->db, st, err);
    if (rc == 1) {
        *page = (uint64_t)sqlite3_column_int64(st, 0);
        if (leaf != NULL)
            *leaf = sqlite3_column_int64(st, 1) == 0;
        sqlite3_reset(st);
    }
    return rc;
}

/* Decides about one page: *needs_slot, or it is a twin's alias, or (page 0) it cannot be kept. */
static int plan_one(struct store *s, struct twins *h, struct todo x, bool *needs_slot, struct qw_error *err)
{
    struct store_page *p = page_of(&x);
    struct placed *d = place_of(&x);
    struct store_ns_key key;
    uint64_t twin = 0;
    size_t i;
    int rc;

    *needs_slot = false;
    d->parent = alias_get(&s->alias, p->parent);
    if (!ns_get(s, d->ns, &key)) {
        p->page = 0;
        return QW_OK;
    }
    d->n_bytes = key.layout.page_bytes;
    d->slot_bytes = pages_slot_bytes(d->n_bytes);
    i = twin_slot(h, d->ns, d->parent, p->ids);
    if (h->v[i].t != NULL) {
        twin = page_of(&h->v[i])->page;
    } else {
        rc = page_row(s, d->ns, d->parent, p->ids, &twin, NULL, err);
        if (rc < 0)
            return rc;
    }
    if (twin != 0 && twin != p->page) {
        alias_add(&s->alias, p->page, twin);
        p->page = twin;
    } else if (twin == 0) {
        h->v[i] = x;
        *needs_slot = true;
    }
    return QW_OK;
}

static int plan(struct store *s, struct store_txn **batch, size_t n, struct todo *todo, size_t *n_todo, size_t total,
                struct qw_error *err)
{
    struct twins h = { .cap = 64 };
    int rc = QW_OK;

    while (h.cap < total * 2)
        h.cap *= 2;
    h.v = qw_calloc(h.cap, sizeof *h.v);
    if (h.v == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to store %zu pages", total);
    *n_todo = 0;
    for (size_t k = 0; k < n && rc == QW_OK; k++) {
        for (size_t i = 0; i < batch[k]->n_pages && rc == QW_OK; i++) {
            struct todo x = { batch[k], i };
            bool needs_slot;

            rc = plan_one(s, &h, x, &needs_slot, err);
            if (needs_slot)
                todo[(*n_todo)++] = x;
        }
    }
    qw_free(h.v);
    return rc;
}

/* ---- places ---- */

static void cannot_keep(struct store *s, struct todo *x)
{
    if (place_of(x)->has_slot)
        slots_give_back(&s->slots, place_of(x)->at);
    place_of(x)->has_slot = false;
    page_of(x)->page = 0;
}

/* Slots for all, size by size; those without room are not kept. */
static int take_places(struct store *s, struct todo *todo, size_t n, struct qw_error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t size = place_of(&todo[i])->slot_bytes, same = 0, may;
        bool grow;

        if (place_of(&todo[i])->has_slot || page_of(&todo[i])->page == 0)
            continue;
        for (size_t k = i; k < n; k++)
            same += place_of(&todo[k])->slot_bytes == size;
        may = evict_make_room(s, size, same, &grow);
        if (may < same)
            log_warn("store", "no room for %zu pages of %zu bytes on disk: they are not kept", same - may, size);
        for (size_t k = i; k < n; k++) {
            struct placed *d = place_of(&todo[k]);
            int rc = QW_ENOTFOUND;

            if (d->slot_bytes != size)
                continue;
            if (may > 0)
                rc = slots_take(&s->slots, size, page_of(&todo[k])->page, grow ? SLOTS_ANY : SLOTS_OLD, 0, &d->at, err);
            if (rc == QW_ENOMEM)
                return rc;
            d->has_slot = rc == QW_OK;
            if (d->has_slot)
                may--;
            else
                cannot_keep(s, &todo[k]);
        }
    }
    return QW_OK;
}

static int by_place(const void *a, const void *b)
{
    struct slot_at x = place_of(a)->at, y = place_of(b)->at;

    if (x.file != y.file)
        return x.file < y.file ? -1 : 1;
    return x.slot < y.slot ? -1 : x.slot > y.slot;
}

/* ---- writing ---- */

enum { RUN = 128 };             /* pages in one pwritev */

/* todo[0..n): slots that follow one another in one file. */
static int write_run(struct store *s, int fd, struct todo *todo, size_t n, struct qw_error *err)
{
    static const uint8_t zeros[PAGES_ALIGN];
    struct iovec v[3 * RUN];
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        struct placed *d = place_of(&todo[i]);
        struct store_page *p = page_of(&todo[i]);
        struct page_name name = { d->ns, p->page, d->parent, p->ids, d->n_bytes };

        pages_header(d->header, s->uuid, &name, p->data);
        v[k++] = (struct iovec){ d->header, PAGES_HEADER };
        v[k++] = (struct iovec){ (void *)p->data, d->n_bytes };
        v[k++] = (struct iovec){ (void *)zeros, d->slot_bytes - PAGES_HEADER - d->n_bytes };
    }
    return io_write_all(s->io, fd, v, (int)k, (off_t)place_of(todo)->at.slot * (off_t)place_of(todo)->slot_bytes, err);
}

enum trouble { LASTS, PASSES, FULL };

/* What a failed call but a sync means: after a failed sync nobody knows what is on the disk. */
static enum trouble trouble(int errnum)
{
    switch (errnum) {
    case ENOSPC: case EDQUOT: return FULL;
    case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM: case EINTR: case EAGAIN: return PASSES;
    default: return LASTS;
    }
}

/* todo[0..n): all of one file, in order.  *why: when it fails. */
static int write_file(struct store *s, struct todo *todo, size_t n, enum trouble *why, struct qw_error *err)
{
    uint32_t file = place_of(todo)->at.file;
    size_t slot_bytes;
    int fd, rc;

    errno = 0;
    rc = slots_fd(&s->slots, file, true, &fd, &slot_bytes, err);
    if (rc == QW_OK && s->io->links(fd) == 0)
        rc = qw_error_set(err, QW_ENOTFOUND, "somebody has deleted the file");
    for (size_t i = 0, k; rc == QW_OK && i < n; i = k) {
        for (k = i + 1; k < n && k - i < RUN && place_of(&todo[k])->at.slot == place_of(&todo[k - 1])->at.slot + 1; k++)
            ;
        rc = write_run(s, fd, todo + i, k - i, err);
    }
    *why = rc == QW_ENOTFOUND ? LASTS : trouble(errno);
    if (rc == QW_OK && s->io->fdatasync(fd) != 0) {
        *why = trouble(errno) == FULL ? FULL : LASTS;
        rc = qw_error_errno(err, QW_EIO, errno, "cannot sync");
    }
    if (rc != QW_OK)
        qw_error_wrap(err, "page file %s/%08x.kv", s->slots.dir, file);
    return rc;
}

/* Writes todo (in order of place).  What failed stands at its front, without places, afterwards. */
static size_t write_all(struct store *s, struct todo *todo, size_t n, struct qw_error *err)
{
    size_t failed = 0;

    for (size_t i = 0, k; i < n; i = k) {
        uint32_t file = place_of(&todo[i])->at.file;
        enum trouble why;
        int rc;

        for (k = i + 1; k < n && place_of(&todo[k])->at.file == file; k++)
            ;
        rc = write_file(s, todo + i, k - i, &why, err);
        if (rc == QW_OK)
            continue;
        log_warn("store", "%s", err->msg);
        if (why == FULL)
            s->no_growth = true;
        else if (rc == QW_ENOTFOUND)
            writer_drop_file(s, file);
        else if (why == LASTS)
            slots_mark_bad(&s->slots, file);
        for (size_t j = i; j < k; j++) {
            if (why != LASTS) {
                cannot_keep(s, &todo[j]);
                continue;
            }
            slots_give_back(&s->slots, place_of(&todo[j])->at);
            place_of(&todo[j])->has_slot = false;
            todo[failed++] = todo[j];
        }
    }
    return failed;
}

/* Once more, in a new file. */
static int write_again(struct store *s, struct todo *todo, size_t n, struct qw_error *err)
{
    uint32_t since = s->slots.next_file;

    for (size_t i = 0; i < n; i++) {
        struct placed *d = place_of(&todo[i]);
        int rc = slots_take(&s->slots, d->slot_bytes, page_of(&todo[i])->page, SLOTS_NEW_FILE, since, &d->at, err);

        if (rc != QW_OK)
            return rc;
        d->has_slot = true;
    }
    qsort(todo, n, sizeof *todo, by_place);
    return write_all(s, todo, n, err) == 0 ? QW_OK : QW_ESTORAGE;
}

/* The names of new files, before their rows. */
static int sync_names(struct store *s, struct store_txn **batch, size_t n, struct qw_error *err)
{
    if (!slots_any_fresh(&s->slots))
        return QW_OK;
    if (s->io->sync_dir(s->slots.dir) == 0) {
        slots_not_fresh(&s->slots);
        return QW_OK;
    }
    if (trouble(errno) != PASSES)
        return qw_error_errno(err, QW_ESTORAGE, errno, "cannot sync folder %s", s->slots.dir);
    log_warn("store", "cannot sync folder %s now: %s", s->slots.dir, strerror(errno));
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < batch[k]->n_pages; i++)
            if (batch[k]->placed[i].has_slot && slots_is_fresh(&s->slots, batch[k]->placed[i].at.file))
                cannot_keep(s, &(struct todo){ batch[k], i });
    return QW_OK;
}

int page_write(struct store *s, struct store_txn **batch, size_t n, struct qw_error *err)
{
    struct todo *todo;
    size_t total = 0, n_todo = 0, kept = 0;
    int rc;

    for (size_t i = 0; i < n; i++)
        total += batch[i]->n_pages;
    if (total == 0)
        return QW_OK;
    todo = qw_alloc(total * sizeof *todo);
    if (todo == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to store %zu pages", total);
    rc = plan(s, batch, n, todo, &n_todo, total, err);
    if (rc == QW_OK)
        rc = take_places(s, todo, n_todo, err);
    for (size_t i = 0; i < n_todo; i++)
        if (place_of(&todo[i])->has_slot)
            todo[kept++] = todo[i];
    if (rc == QW_OK && kept > 0) {
        size_t failed;

        qsort(todo, kept, sizeof *todo, by_place);
        failed = write_all(s, todo, kept, err);
        if (failed > 0)
            rc = write_again(s, todo, failed, err);
    }
    if (rc == QW_OK)
        rc = sync_names(s, batch, n, err);
    qw_free(todo);
    return rc;
}

/* ---- rows ---- */

void page_give_back(struct store *s, struct store_txn *t)
{
    for (size_t i = 0; i < t->n_pages; i++)
        if (t->placed[i].has_slot)
            cannot_keep(s, &(struct todo){ t, i });
}

static int add_row(struct store *s, struct store_page *p, struct placed *d, bool *orphan, struct qw_error *err)
{
    sqlite3_stmt *st;
    int rc = ns_insert(s, d->ns, err);

    *orphan = false;
    if (rc == QW_OK && d->parent != 0) {
        st = db_sql(&s->db, "UPDATE pages SET children=children+1 WHERE page=?");
        db_bind(st, "i", (int64_t)d->parent);
        rc = db_run(&s->db, st, err);
        *orphan = rc == QW_OK && sqlite3_changes(s->db.h) == 0;
    }
    if (rc != QW_OK || *orphan)
        return rc;
    st = db_sql(&s->db, "INSERT INTO pages(page, ns, parent, ids, file, slot, last_used) VALUES(?, ?, ?, ?, ?, ?, ?)");
    db_bind(st, "iiibiii", (int64_t)p->page, (int64_t)d->ns, (int64_t)d->parent, (const void *)p->ids, PAGES_IDS,
            (int64_t)d->at.file, (int64_t)d->at.slot, (int64_t)(s->commits + 1));
    return db_run(&s->db, st, err);
}

int page_rows(struct store *s, struct store_txn *t, struct qw_error *err)
{
    if (t->n_pages > 0)
        forget_bar_seen(s, t->bar);
    for (size_t i = 0; i < t->n_pages; i++) {
        bool orphan = forget_barred(s, t, t->placed[i].ns);
        int rc = QW_OK;

        if (!t->placed[i].has_slot)
            continue;
        if (!orphan)
            rc = add_row(s, &t->pages[i], &t->placed[i], &orphan, err);
        if (rc != QW_OK)
            return qw_error_wrap(err, "page");
        if (orphan)                 /* its conversation was deleted, or its parent has gone: nobody would find it */
            cannot_keep(s, &(struct todo){ t, i });
        else
            s->delta.pages++;
    }
    return QW_OK;
}

void page_settle(struct store *s, struct store_txn *t)
{
    uint64_t written = 0;

    for (size_t i = 0; i < t->n_pages; i++) {
        if (!t->placed[i].has_slot)
            continue;
        slots_commit(&s->slots, t->placed[i].at);
        ns_set_durable(s, t->placed[i].ns);
        written++;
    }
    pthread_mutex_lock(&s->status_lock);
    s->status.pages_written += written;
    pthread_mutex_unlock(&s->status_lock);
}
