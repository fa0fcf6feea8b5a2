/* Export and import on the slow lane: files and the store.  What the records mean: transfer_read.c. */
#include "daemon/store/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/fs.h"
#include "daemon/store/le.h"
#include "daemon/store/store_int.h"
#include "daemon/store/transfer_int.h"

enum { BATCH_BYTES = 8 << 20 };

/* ---- export ---- */

struct out { struct store_transfer *x; XXH3_state_t *hash; struct qw_buf b; int rc; };

static void put(struct out *o, uint64_t v, int n)
{
    uint8_t p[8];

    le_put(p, v, n);
    qw_buf_add(&o->b, p, (size_t)n);
}

static void put_string(struct out *o, const char *s)
{
    put(o, s != NULL ? strlen(s) : UINT32_MAX, 4);
    if (s != NULL)
        qw_buf_adds(&o->b, s);
}

static void put_blob(struct out *o, struct store_blob b)
{
    put(o, b.n, 4);
    qw_buf_add(&o->b, b.p, b.n);
}

static void put_ids(struct out *o, const int32_t *ids, size_t n)
{
    put(o, n, 4);
    for (size_t i = 0; i < n; i++)
        put(o, (uint32_t)ids[i], 4);
}

static void write_out(struct out *o, const void *p, size_t n)
{
    if (o->rc != QW_OK)
        return;
    XXH3_128bits_update(o->hash, p, n);
    o->rc = fs_write_all(o->x->fd, p, n, &o->x->error);
    o->x->n_bytes += n;
}

/* The record whose payload is in the buffer, or is p. */
static void record(struct out *o, enum record_type type, const void *p, size_t n)
{
    uint8_t h[REC_HEADER] = { 0 };

    if (o->rc == QW_OK && qw_buf_failed(&o->b))
        o->rc = qw_error_set(&o->x->error, QW_ENOMEM, "no memory to export a conversation");
    le_put32(h, type);
    le_put64(h + 8, p != NULL ? n : o->b.len);
    write_out(o, h, sizeof h);
    write_out(o, p != NULL ? p : o->b.data, p != NULL ? n : o->b.len);
    qw_buf_clear(&o->b);
}

static void put_session(struct out *o, const struct store_session *s)
{
    qw_buf_add(&o->b, TRANSFER_MAGIC, 8);
    put(o, (uint64_t)clock_unix_ms(), 8);
    record(o, REC_HEAD, NULL, 0);
    put(o, (uint64_t)s->created_unix_ms, 8);
    put(o, (uint64_t)s->updated_unix_ms, 8);
    put(o, s->pinned, 1);
    put(o, s->private_, 1);
    put_string(o, s->title);
    put_string(o, s->system);
    put_string(o, s->model);
    put_string(o, s->tags);
    record(o, REC_SESSION, NULL, 0);
}

static void put_message(struct out *o, const struct store_message *m)
{
    put(o, m->role, 1);
    put(o, (m->cut ? 1u : 0) | (m->generated ? 2u : 0) | (m->closed ? 4u : 0), 1);
    put(o, (uint64_t)m->created_unix_ms, 8);
    put(o, m->hash, 8);
    put_string(o, m->space);
    put_string(o, m->text);
    put_string(o, m->finish);
    put_blob(o, m->verdict);
    put_ids(o, m->ids, m->n_ids);
    record(o, REC_MESSAGE, NULL, 0);
}

static uint32_t number_of(const struct query *q, uint64_t message)
{
    for (size_t i = q->q.n_messages; message != 0 && i-- > 0;)
        if (q->q.messages[i].message == message)
            return (uint32_t)i;
    return UINT32_MAX;
}

/* Runs of the session that answered something of its path. */
static void put_runs(struct out *o, struct store *s, struct db *db, const struct query *talk)
{
    uint64_t after = 0;

    for (;;) {
        sqlite3_stmt *st = db_sql(db, "SELECT run FROM runs WHERE session=? AND owner=? AND state<>0 AND run>? ORDER BY run LIMIT 1");
        struct query *q;
        uint32_t message;
        int rc;

        db_bind(st, "iii", (int64_t)o->x->session, (int64_t)o->x->owner, (int64_t)after);
        rc = db_step(db, st, &o->x->error);
        if (rc < 0)
            o->rc = rc;
        if (rc <= 0 || o->rc != QW_OK)
            return;
        after = (uint64_t)sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
        q = (struct query *)store_query_new(STORE_Q_RUN, o->x->to, NULL);
        if (q == NULL) {
            o->rc = qw_error_set(&o->x->error, QW_ENOMEM, "no memory to export a conversation");
            return;
        }
        q->q.owner = o->x->owner, q->q.id = after;
        query_run(s, db, q);
        message = number_of(talk, q->q.run.message);
        if (q->q.error.code == QW_OK && message != UINT32_MAX) {
            put(o, message, 4);
            put(o, number_of(talk, q->q.run.answer), 4);
            put(o, q->q.run.state, 1);
            put(o, (uint64_t)q->q.run.created_unix_ms, 8);
            put(o, q->q.run.params_hash, 8);
            put_blob(o, q->q.run.params);
            put_blob(o, q->q.run.outcome);
            put_ids(o, q->q.run.ids, q->q.run.n_ids);
            record(o, REC_RUN, NULL, 0);
        }
        store_query_free(&q->q);
    }
}

static int32_t *all_ids(const struct store_message *m, size_t n_messages, size_t *n)
{
    size_t total = 0, at = 0;
    int32_t *ids;

    for (size_t i = 0; i < n_messages; i++)
        total += m[i].n_ids;
    ids = qw_alloc(total * sizeof *ids + 1);
    for (size_t i = 0; ids != NULL && i < n_messages; i++) {
        if (m[i].n_ids > 0)
            memcpy(ids + at, m[i].ids, m[i].n_ids * sizeof *ids);
        at += m[i].n_ids;
    }
    *n = total;
    return ids;
}

static void put_pages(struct out *o, struct store *s, struct db *db, const struct query *talk)
{
    struct store_ns_key key;
    uint8_t bytes[PAGES_NS_KEY], *data = NULL;
    size_t n = 0, i = 0;
    int32_t *ids = all_ids(talk->q.messages, talk->q.n_messages, &n);
    struct store_ref *refs = qw_alloc((n / KV_PAGE_TOKENS + 1) * sizeof *refs);
    struct store_find f = { .ns = o->x->ns, .ids = ids, .n = n / KV_PAGE_TOKENS, .found = refs };

    if (o->rc != QW_OK || o->x->ns == 0 || !ns_get(s, o->x->ns, &key) || (key.owner != o->x->owner && key.owner != 0))
        goto out;
    data = qw_alloc(key.layout.page_bytes);
    if (ids == NULL || refs == NULL || data == NULL) {
        o->rc = qw_error_set(&o->x->error, QW_ENOMEM, "no memory to export a conversation");
        goto out;
    }
    if (find_run(s, db, &f, NULL) != QW_OK || f.n_found == 0)
        goto out;
    key.owner = 0;
    pages_ns_key(bytes, &key);
    record(o, REC_PAGES, bytes, sizeof bytes);
    for (; i < f.n_found && o->rc == QW_OK; i++) {
        struct page_name name = { f.ns, refs[i].page, i > 0 ? refs[i - 1].page : 0, ids + i * KV_PAGE_TOKENS,
                                  key.layout.page_bytes };

        if (page_read(s, &name, (struct slot_at){ refs[i].file, refs[i].slot }, data, NULL) != QW_OK)
            break;                  /* those before it are good */
        record(o, REC_PAGE, data, key.layout.page_bytes);
        o->x->n_pages++;
    }
    store_unpin(s, refs, f.n_found);
out:
    qw_free(data);
    qw_free(refs);
    qw_free(ids);
}

static int export_talk(struct store *s, struct db *db, struct store_transfer *x)
{
    struct query *q = (struct query *)store_query_new(STORE_Q_SESSION, x->to, NULL);
    struct out o = { .x = x, .hash = XXH3_createState(), .rc = QW_OK };
    uint8_t sum[16];
    XXH128_hash_t h;

    if (q == NULL || o.hash == NULL) {
        o.rc = qw_error_set(&x->error, QW_ENOMEM, "no memory to export a conversation");
        goto out;
    }
    XXH3_128bits_reset(o.hash);
    q->q.owner = x->owner, q->q.id = x->session;
    query_run(s, db, q);
    if (q->q.error.code != QW_OK) {
        x->error = q->q.error;
        o.rc = x->error.code;
        goto out;
    }
    put_session(&o, &q->q.sessions[0]);
    for (size_t i = 0; i < q->q.n_messages; i++)
        put_message(&o, &q->q.messages[i]);
    x->n_messages = q->q.n_messages;
    put_runs(&o, s, db, q);
    put_pages(&o, s, db, q);
    h = XXH3_128bits_digest(o.hash);
    le_put64(sum, h.low64);
    le_put64(sum + 8, h.high64);
    record(&o, REC_END, sum, sizeof sum);
out:
    qw_buf_free(&o.b);
    XXH3_freeState(o.hash);
    store_query_free(q != NULL ? &q->q : NULL);
    return o.rc;
}

/* ---- import ---- */

struct in { struct store_transfer *x; uint64_t at, size; };

static int read_at(struct in *f, void *p, size_t n, uint64_t at, struct qw_error *err)
{
    struct iovec v = { p, n };

    if (at > f->size || n > f->size - at)
        return qw_error_set(err, QW_ETRUNC, "the file ends at byte %llu, in the middle", (unsigned long long)f->size);
    return io_read_all(&io_system, f->x->fd, &v, 1, (off_t)at, err);
}

/* The checksum of all but the end record. */
static int check_sum(struct in *f, struct qw_error *err)
{
    XXH3_state_t *st = XXH3_createState();
    uint8_t *chunk = qw_alloc(1 << 20), end[REC_HEADER + 16], sum[16];
    uint64_t n = f->size >= sizeof end ? f->size - sizeof end : 0;
    XXH128_hash_t h;
    int rc = QW_OK;

    if (st == NULL || chunk == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory to import a conversation");
    else
        XXH3_128bits_reset(st);
    for (uint64_t at = 0; rc == QW_OK && at < n;) {
        size_t k = n - at < 1 << 20 ? (size_t)(n - at) : 1 << 20;

        rc = read_at(f, chunk, k, at, err);
        if (rc == QW_OK)
            XXH3_128bits_update(st, chunk, k);
        at += k;
    }
    if (rc == QW_OK)
        rc = read_at(f, end, sizeof end, n, err);
    if (rc == QW_OK) {
        h = XXH3_128bits_digest(st);
        le_put64(sum, h.low64);
        le_put64(sum + 8, h.high64);
        if (le_get32(end) != REC_END || memcmp(end + REC_HEADER, sum, 16) != 0)
            rc = qw_error_set(err, QW_EFORMAT, "its checksum is wrong: the file is damaged, cut, or no exported conversation");
    }
    XXH3_freeState(st);
    qw_free(chunk);
    return rc;
}

static int next_header(struct in *f, uint32_t *type, uint64_t *n, struct qw_error *err)
{
    uint8_t h[REC_HEADER];
    int rc = read_at(f, h, sizeof h, f->at, err);

    if (rc != QW_OK)
        return rc;
    f->at += sizeof h;
    *type = le_get32(h);
    *n = le_get64(h + 8);
    if (le_get32(h + 4) != 0 || *n > f->size - f->at)
        return qw_error_set(err, QW_EFORMAT, "the record at byte %llu is longer than the file", (unsigned long long)(f->at - 16));
    return QW_OK;
}

/* All records; pages are passed over, *pages_at: where the first record of one begins. */
static int read_talk(struct in *f, struct talk *t, uint64_t *pages_at, struct qw_error *err)
{
    uint8_t *buf = NULL;
    size_t cap = 0;
    int rc = QW_OK;

    while (rc == QW_OK && t->last != REC_END) {
        uint64_t from = f->at, n = 0;
        uint32_t type = 0;

        rc = next_header(f, &type, &n, err);
        if (rc == QW_OK && n > talk_max_bytes(t, type))
            rc = qw_error_set(err, QW_EFORMAT, "a record of type %u and %llu bytes", type, (unsigned long long)n);
        if (rc == QW_OK && type != REC_PAGE && n > cap) {
            uint8_t *more = qw_realloc(buf, (size_t)n);

            if (more == NULL)
                rc = qw_error_set(err, QW_ENOMEM, "no memory to import a conversation");
            else
                buf = more, cap = (size_t)n;
        }
        if (rc == QW_OK && type != REC_PAGE && n > 0)
            rc = read_at(f, buf, (size_t)n, f->at, err);
        if (rc == QW_OK && type == REC_PAGE && t->n_pages == 0)
            *pages_at = from;
        if (rc == QW_OK)
            rc = talk_record(t, type, buf, n, err);
        if (rc != QW_OK)
            qw_error_wrap(err, "at byte %llu", (unsigned long long)from);
        f->at += n;
    }
    if (rc == QW_OK && f->at != f->size)
        rc = qw_error_set(err, QW_EFORMAT, "something follows its end");
    qw_free(buf);
    return rc;
}

static uint64_t new_number(void)
{
    uint64_t n = 0;

    while (n == 0 && getrandom(&n, sizeof n, 0) == (ssize_t)sizeof n)
        n &= ((uint64_t)1 << 60) - 1;
    return n;
}

static int import_rows(struct store *s, struct store_transfer *x, struct talk *t, struct qw_error *err)
{
    struct store_txn *txn = store_txn_new(x->to, NULL);
    uint64_t parent = 0;
    int rc;

    if (txn == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to import a conversation");
    x->session = new_number();
    for (size_t i = 0; i < t->n_messages; i++) {
        struct store_message *m = &t->messages[i];

        m->owner = x->owner;
        m->message = new_number();
        m->parent = parent;
        if (!x->verdicts)
            m->verdict = (struct store_blob){ NULL, 0 };
        parent = m->message;
        store_txn_message(txn, m);
    }
    t->session.session = x->session;
    t->session.owner = x->owner;
    t->session.head = parent;
    t->session.n_messages = (uint32_t)t->n_messages;
    store_txn_session(txn, &t->session);
    for (size_t i = 0; i < t->n_runs; i++) {
        struct talk_run *r = &t->runs[i];

        r->row.run = new_number();
        r->row.owner = x->owner;
        r->row.session = x->session;
        r->row.message = t->messages[r->message].message;
        r->row.answer = r->answer != UINT32_MAX ? t->messages[r->answer].message : 0;
        store_txn_run(txn, &r->row);
        store_txn_ids(txn, r->row.run, 0, r->row.ids, r->row.n_ids);
    }
    rc = writer_commit_wait(s, txn, err);
    store_txn_free(txn);
    return rc;
}

/* One batch of pages from *at on; *parent: the last one's number, 0 when no more can be kept. */
static int import_batch(struct store *s, struct in *f, const struct talk *t, const int32_t *ids, uint64_t *done, uint64_t *parent,
                        uint8_t *buf, size_t most, struct qw_error *err)
{
    struct store_txn *txn = store_txn_new(f->x->to, NULL);
    size_t bytes = t->key.layout.page_bytes, n = 0;
    const struct store_page *back;
    int rc = txn != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to import pages");

    for (; rc == QW_OK && n < most && *done + n < t->n_pages; n++) {
        struct store_page p = { .page = store_page_id(s), .parent = *parent, .data = buf + n * bytes };

        rc = read_at(f, buf + n * bytes, bytes, f->at + REC_HEADER, err);
        f->at += REC_HEADER + bytes;
        memcpy(p.ids, ids + (*done + n) * KV_PAGE_TOKENS, sizeof p.ids);
        store_txn_pages(txn, f->x->ns, &p, 1);
        *parent = p.page;
    }
    if (rc == QW_OK)
        rc = writer_commit_wait(s, txn, err);
    if (rc == QW_OK) {
        back = store_txn_get_pages(txn, &n);
        for (size_t i = 0; i < n; i++)
            f->x->n_pages += back[i].page != 0;
        *parent = back[n - 1].page;
        *done += n;
    }
    store_txn_free(txn);
    return rc;
}

static int import_pages(struct store *s, struct in *f, const struct talk *t, uint64_t pages_at, struct qw_error *err)
{
    struct store_ns_key key;
    uint8_t want[PAGES_NS_KEY], is[PAGES_NS_KEY], *buf;
    size_t bytes = t->key.layout.page_bytes, most, n;
    uint64_t parent = 0, done = 0;
    int32_t *ids;
    int rc = QW_OK;

    if (t->n_pages == 0 || f->x->ns == 0 || !ns_get(s, f->x->ns, &key) || key.owner != f->x->owner || key.owner == 0)
        return QW_OK;               /* only into the importer's own */
    key.owner = 0;
    pages_ns_key(want, &key);
    pages_ns_key(is, &t->key);
    if (memcmp(want, is, sizeof want) != 0)
        return QW_OK;               /* another model, KV type or numerics: they are computed again */
    most = BATCH_BYTES / bytes > 0 ? BATCH_BYTES / bytes : 1;
    ids = all_ids(t->messages, t->n_messages, &n);
    buf = qw_alloc(most * bytes);
    if (ids == NULL || buf == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory to import pages");
    if (rc == QW_OK && t->n_pages > n / KV_PAGE_TOKENS)
        rc = qw_error_set(err, QW_EFORMAT, "it has more pages than its messages have ids");
    f->at = pages_at;
    while (rc == QW_OK && done < t->n_pages && (done == 0 || parent != 0))
        rc = import_batch(s, f, t, ids, &done, &parent, buf, most, err);
    qw_free(buf);
    qw_free(ids);
    return rc;
}

static int import_talk(struct store *s, struct store_transfer *x)
{
    struct in f = { .x = x };
    struct talk t;
    uint64_t pages_at = 0;
    struct stat st;
    int rc = talk_init(&t, x->max_id, &x->error);

    if (rc != QW_OK)
        return rc;
    if (fstat(x->fd, &st) != 0)
        rc = qw_error_errno(&x->error, QW_EIO, errno, "cannot look at the file");
    f.size = rc == QW_OK ? (uint64_t)st.st_size : 0;
    if (rc == QW_OK)
        rc = check_sum(&f, &x->error);
    if (rc == QW_OK)
        rc = read_talk(&f, &t, &pages_at, &x->error);
    if (rc == QW_OK)
        rc = import_rows(s, x, &t, &x->error);
    if (rc == QW_OK) {
        x->n_messages = t.n_messages;
        x->n_bytes = f.size;
        import_pages(s, &f, &t, pages_at, NULL);      /* without them it goes on by prefilling */
    } else {
        x->session = 0;
    }
    talk_free(&t);
    return rc;
}

void transfer_run(struct store *s, struct db *db, struct store_transfer *x)
{
    x->error = (struct qw_error){ .code = QW_OK };
    x->n_messages = x->n_pages = x->n_bytes = 0;
    x->error.code = x->import ? import_talk(s, x) : export_talk(s, db, x);
}

int store_transfer(struct store *s, struct store_transfer *x, struct qw_error *err)
{
    struct request *r = qw_calloc(1, sizeof *r);
    int rc;

    if (r == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to export or import");
    r->transfer = x;
    rc = lane_queue(&s->slow, r, err);
    if (rc != QW_OK)
        qw_free(r);
    return rc;
}
