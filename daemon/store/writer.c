/* The store-writer: the one thread that changes anything.
 *
 * What commits what, and what a crash leaves at each step:
 *   1. pages of all queued transactions are written into free slots     -> slots that no row names
 *   2. fdatasync of each page file; the folder, if a file is new        -> the same; an unknown file is set
 *                                                                          aside at the next start
 *   3. one SQLite transaction with the rows of all, each in a savepoint -> all of it or nothing
 *   4. answers                                                          -> durable before they are sent
 * Commits that arrive meanwhile are the next batch. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

enum { MAX_BATCH = 1024, MAX_BATCH_BYTES = 64 << 20, MAX_QUEUE = 1 << 16, IDLE_S = 2 };

int writer_queue(struct store *s, struct item *it, struct qw_error *err)
{
    int rc = QW_OK;

    it->next = NULL;
    pthread_mutex_lock(&s->lock);
    if (s->stop || s->queued >= MAX_QUEUE) {
        rc = qw_error_set(err, QW_ESTORAGE, s->stop ? "the store is being closed" : "the store has too much to write");
    } else {
        if (s->tail != NULL)
            s->tail->next = it;
        else
            s->head = it;
        s->tail = it;
        s->queued++;
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

void writer_off(struct store *s, const char *fmt, ...)
{
    char why[sizeof s->status.why];
    va_list ap;

    if (atomic_exchange(&s->off, true))
        return;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    log_error("store", "nothing is kept from now on, until the daemon is started again: %s", why);
    pthread_mutex_lock(&s->status_lock);
    s->status.state = STORE_OFF;
    memcpy(s->status.why, why, sizeof why);
    pthread_mutex_unlock(&s->status_lock);
}

static void drop(struct store *s, enum item_kind kind, uint64_t page, uint32_t file)
{
    struct drop *d = qw_calloc(1, sizeof *d);

    if (d == NULL)
        return;                     /* it will be noticed again */
    d->item.kind = kind;
    d->page = page;
    d->file = file;
    if (writer_queue(s, &d->item, NULL) != QW_OK)
        qw_free(d);
}

void writer_drop_page(struct store *s, uint64_t page)
{
    drop(s, ITEM_DROP_PAGE, page, 0);
}

void writer_drop_file(struct store *s, uint32_t file)
{
    if (slots_mark_gone(&s->slots, file))
        drop(s, ITEM_DROP_FILE, 0, file);
}

/* ---- transactions of SQLite ---- */

static void settle(struct store *s, size_t from, bool committed)
{
    for (size_t i = from; i < s->freed.n; i++) {
        if (committed)
            slots_freed(&s->slots, s->freed.v[i]);
        else
            slots_keep(&s->slots, s->freed.v[i]);
    }
    s->dirty |= committed && s->freed.n > from;
    s->freed.n = from;
}

/* SQLite goes on with files that nobody will find again; what is in them only is not durable. */
static int look(struct store *s, uint64_t *bytes, struct qw_error *err)
{
    static const char *const suffix[2] = { "", "-wal" };
    char name[4096];
    struct stat st;

    *bytes = 0;
    for (size_t i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s%s", s->db_path, suffix[i]);
        if (stat(name, &st) != 0)
            return qw_error_errno(err, QW_ESTORAGE, errno, "%s was taken away while it was in use", name);
        if (s->inode[i] != 0 && s->inode[i] != st.st_ino)
            return qw_error_set(err, QW_ESTORAGE, "%s was replaced while it was in use", name);
        s->inode[i] = st.st_ino;
        *bytes += (uint64_t)st.st_size;
    }
    return QW_OK;
}

static void count(struct store *s, uint64_t db_bytes)
{
    pthread_mutex_lock(&s->status_lock);
    s->status.sessions += (uint64_t)s->delta.sessions;
    s->status.messages += (uint64_t)s->delta.messages;
    s->status.pages += (uint64_t)s->delta.pages;
    s->status.pages_evicted += s->evicted;
    s->status.db_bytes = db_bytes;
    s->status.commits++;
    pthread_mutex_unlock(&s->status_lock);
}

int writer_begin(struct store *s, struct qw_error *err)
{
    memset(&s->delta, 0, sizeof s->delta);
    s->evicted = 0;
    s->freed.n = 0;
    return db_exec(&s->db, "BEGIN IMMEDIATE", err);
}

int writer_end(struct store *s, int rc, struct qw_error *err)
{
    uint64_t db_bytes;

    if (rc == QW_OK) {
        sqlite3_stmt *st = db_sql(&s->db, "UPDATE meta SET value=? WHERE key='commits'");

        db_bind(st, "i", (int64_t)(s->commits + 1));
        rc = db_run(&s->db, st, err);
    }
    if (rc == QW_OK)
        rc = db_exec(&s->db, "COMMIT", err);
    if (rc != QW_OK && !sqlite3_get_autocommit(s->db.h)) {
        bool full = db_is_full(&s->db);

        db_exec(&s->db, "ROLLBACK", NULL);
        s->no_growth |= full;
    }
    if (rc == QW_OK)
        rc = look(s, &db_bytes, err);
    settle(s, 0, rc == QW_OK);
    if (rc == QW_OK) {
        s->commits++;
        count(s, db_bytes);
    }
    return rc;
}

/* An error of the storage itself, not of what was asked for. */
static bool is_hard(int rc)
{
    return rc == QW_ESTORAGE || rc == QW_EFORMAT || rc == QW_ENOMEM || rc == QW_EDENIED;
}

/* One transaction's rows in a savepoint.  Gives hard errors only; others stay in t. */
static int apply_one(struct store *s, struct store_txn *t, struct qw_error *err)
{
    size_t mark = s->freed.n;
    int64_t delta[3] = { s->delta.sessions, s->delta.messages, s->delta.pages };
    int rc = db_exec(&s->db, "SAVEPOINT one", err), back;

    if (rc != QW_OK)
        return rc;
    t->error.msg[0] = '\0';
    t->code = rows_apply(s, t, &t->error);
    if (t->code == QW_OK)
        t->code = page_rows(s, t, &t->error);
    if (t->code == QW_OK)
        return db_exec(&s->db, "RELEASE one", err);
    if (is_hard(t->code) || sqlite3_get_autocommit(s->db.h)) {
        if (err != NULL)
            *err = t->error;
        return is_hard(t->code) ? t->code : QW_ESTORAGE;
    }
    settle(s, mark, false);
    s->delta.sessions = delta[0], s->delta.messages = delta[1], s->delta.pages = delta[2];
    page_give_back(s, t);
    back = db_exec(&s->db, "ROLLBACK TO one; RELEASE one", err);
    return back;
}

static int new_files(struct store *s, struct qw_error *err)
{
    size_t slot_bytes;
    int rc = QW_OK;

    for (uint32_t f = 0; rc == QW_OK && (f = slots_unknown_file(&s->slots, f, &slot_bytes)) != 0;) {
        sqlite3_stmt *st = db_sql(&s->db, "INSERT INTO files(file, slot_bytes) VALUES(?, ?)");

        db_bind(st, "ii", (int64_t)f, (int64_t)slot_bytes);
        rc = db_run(&s->db, st, err);
    }
    return rc;
}

static int apply_all(struct store *s, struct store_txn **batch, size_t n, struct qw_error *err)
{
    bool full = false;
    int rc = writer_begin(s, err);

    if (rc != QW_OK)
        return rc;
    rc = new_files(s, err);
    for (size_t i = 0; rc == QW_OK && i < n; i++) {
        rc = apply_one(s, batch[i], err);
        full = rc != QW_OK && db_is_full(&s->db);
    }
    rc = writer_end(s, rc, err);
    s->no_growth |= full;
    if (rc == QW_OK) {
        size_t slot_bytes;

        for (uint32_t f = 0; (f = slots_unknown_file(&s->slots, f, &slot_bytes)) != 0;)
            slots_set_known(&s->slots, true, f);
    }
    return rc;
}

/* ---- batches ---- */

static void answer(struct store *s, struct store_txn *t)
{
    struct waiter *w = t->waiter;

    if (w != NULL) {
        pthread_mutex_lock(&w->lock);
        w->is_done = true;
        pthread_cond_signal(&w->done);
        pthread_mutex_unlock(&w->lock);
        return;
    }
    t->answer.a.code = t->code;
    mailbox_post(&s->box[t->to], &t->answer);
}

int writer_commit_wait(struct store *s, struct store_txn *t, struct qw_error *err)
{
    struct waiter w = { .is_done = false };
    int rc;

    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    t->waiter = &w;
    rc = store_commit(s, t, err);
    if (rc == QW_OK) {
        pthread_mutex_lock(&w.lock);
        while (!w.is_done)
            pthread_cond_wait(&w.done, &w.lock);
        pthread_mutex_unlock(&w.lock);
        rc = t->code;
        if (rc != QW_OK)
            qw_error_set(err, rc, "%s", t->error.msg);
    }
    t->waiter = NULL;
    pthread_cond_destroy(&w.done);
    pthread_mutex_destroy(&w.lock);
    return rc;
}

static void update_bytes(struct store *s)
{
    uint64_t file_bytes, page_bytes;

    slots_bytes(&s->slots, &file_bytes, &page_bytes);
    pthread_mutex_lock(&s->status_lock);
    s->status.file_bytes = file_bytes;
    s->status.page_bytes = page_bytes;
    pthread_mutex_unlock(&s->status_lock);
}

static void fail_all(struct store_txn **batch, size_t n, int rc, const struct qw_error *err)
{
    for (size_t i = 0; i < n; i++) {
        batch[i]->error = *err;
        batch[i]->code = rc;
    }
}

static int try_batch(struct store *s, struct store_txn **batch, size_t n, struct qw_error *err)
{
    int rc = page_write(s, batch, n, err);

    if (rc == QW_OK) {
        rc = apply_all(s, batch, n, err);
        if (rc == QW_ESTORAGE && s->no_growth) {
            /* The disk is full: without the pages, and with what they occupy in vain given back. */
            for (size_t i = 0; i < n; i++)
                page_give_back(s, batch[i]);
            slots_shrink(&s->slots, 0);
            sqlite3_wal_checkpoint_v2(s->db.h, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);    /* its log starts anew */
            rc = apply_all(s, batch, n, err);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (rc != QW_OK || batch[i]->code != QW_OK)
            page_give_back(s, batch[i]);
        else
            page_settle(s, batch[i]);
    }
    return rc;
}

static void run_batch(struct store *s, struct store_txn **batch, size_t n)
{
    struct qw_error err = { .code = QW_OK };
    int rc;

    if (atomic_load(&s->off)) {
        rc = qw_error_set(&err, QW_ESTORAGE, "%s", s->status.why);
    } else {
        rc = try_batch(s, batch, n, &err);
        if (rc == QW_EFORMAT)
            recover_suspect(s);
        if (rc != QW_OK && rc != QW_ENOMEM)
            writer_off(s, "%s", err.msg);
    }
    if (rc != QW_OK)
        fail_all(batch, n, rc == QW_ENOMEM ? QW_ENOMEM : QW_ESTORAGE, &err);
    s->dirty = true;
    update_bytes(s);
    for (size_t i = 0; i < n; i++)
        answer(s, batch[i]);
}

static void run_drop(struct store *s, struct drop *d)
{
    struct qw_error err = { .code = QW_OK };
    int rc = atomic_load(&s->off) ? QW_ESTORAGE : writer_begin(s, &err);

    if (rc == QW_OK) {
        rc = d->item.kind == ITEM_DROP_PAGE ? evict_row(s, d->page, &err) : evict_file(s, d->file, &err);
        rc = writer_end(s, rc, &err);
        if (rc == QW_EFORMAT)
            recover_suspect(s);
        if (rc != QW_OK && rc != QW_ENOMEM)
            writer_off(s, "%s", err.msg);
        update_bytes(s);
    }
    qw_free(d);
}

static void run_item(struct store *s, struct item *it)
{
    if (it->kind == ITEM_GC) {
        struct query *q = (struct query *)((char *)it - offsetof(struct query, item));

        evict_gc(s, q);
        update_bytes(s);
        query_post(s, q);
    } else {
        run_drop(s, (struct drop *)it);
    }
}

/* Lock held.  The next batch: transactions as far as they stand together, within bounds. */
static size_t take_batch(struct store *s, struct store_txn **batch)
{
    size_t n = 0, bytes = 0;

    while (s->head != NULL && s->head->kind == ITEM_TXN && n < MAX_BATCH) {
        struct store_txn *t = (struct store_txn *)s->head;

        if (n > 0 && bytes + t->page_bytes > MAX_BATCH_BYTES)
            break;
        bytes += t->page_bytes;
        batch[n++] = t;
        s->head = t->item.next;
        s->queued--;
    }
    if (s->head == NULL)
        s->tail = NULL;
    return n;
}

static void wait_for_work(struct store *s)
{
    struct timespec until;

    if (!s->dirty) {
        pthread_cond_wait(&s->work, &s->lock);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_S;
    if (pthread_cond_timedwait(&s->work, &s->lock, &until) == ETIMEDOUT && s->head == NULL && !s->stop) {
        pthread_mutex_unlock(&s->lock);
        s->dirty = false;
        evict_idle(s);
        update_bytes(s);
        pthread_mutex_lock(&s->lock);
    }
}

static void *writer_main(void *arg)
{
    static _Thread_local struct store_txn *batch[MAX_BATCH];
    struct store *s = arg;

    for (;;) {
        struct item *it = NULL;
        size_t n;

        pthread_mutex_lock(&s->lock);
        while (s->head == NULL && !s->stop)
            wait_for_work(s);
        n = take_batch(s, batch);
        if (n == 0 && s->head != NULL) {
            it = s->head;
            s->head = it->next;
            if (s->head == NULL)
                s->tail = NULL;
            s->queued--;
        }
        pthread_mutex_unlock(&s->lock);
        if (n > 0)
            run_batch(s, batch, n);
        else if (it != NULL)
            run_item(s, it);
        else
            return NULL;            /* stop, and nothing is left */
    }
}

int writer_start(struct store *s, struct qw_error *err)
{
    int rc = start_thread(&s->writer, "qw-store-write", writer_main, s, err);

    s->writer_started = rc == QW_OK;
    return rc;
}

void writer_stop(struct store *s)
{
    if (!s->writer_started)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer, NULL);
    s->writer_started = false;
}
