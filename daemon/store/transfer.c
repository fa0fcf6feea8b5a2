/* Import on the slow lane: a file into the store.  What the records mean: transfer_read.c; export: transfer_write.c. */
#include "daemon/store/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/le.h"
#include "daemon/store/store_int.h"
#include "daemon/store/transfer_int.h"

enum { BATCH_BYTES = 8 << 20 };

struct in { struct store *s; struct store_transfer *x; uint64_t at, size; };

static int read_at(struct in *f, void *p, size_t n, uint64_t at, struct qw_error *err)
{
    struct iovec v = { p, n };

    if (lane_ends(&f->s->slow))
        return qw_error_set(err, QW_ESTORAGE, "the store is being closed");
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
            rc = qw_error_set(err, QW_EFORMAT, "its checksum is wrong: the file is damaged or cut off");
    }
    XXH3_freeState(st);
    qw_free(chunk);
    return rc;
}

/* Before the checksum, which another version may make in another way. */
static int check_kind(struct in *f, struct qw_error *err)
{
    uint8_t h[REC_HEADER + 16];

    if (f->size < sizeof h || read_at(f, h, sizeof h, 0, err) != QW_OK || le_get32(h) != REC_HEAD ||
        memcmp(h + REC_HEADER, TRANSFER_MAGIC, 7) != 0)
        return qw_error_set(err, QW_EFORMAT, "this is no conversation that qwend exported");
    if (h[REC_HEADER + 7] != TRANSFER_VERSION)
        return qw_error_set(err, QW_EUNSUPPORTED, "the file has version %u, this qwend knows version %u: import it with the newer qwend",
                            h[REC_HEADER + 7], TRANSFER_VERSION);
    return QW_OK;
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

static bool is_line_of(const char *lines, const char *name)
{
    size_t n = strlen(name), len;

    for (const char *p = lines != NULL ? lines : ""; *p != '\0'; p += len + (p[len] == '\n')) {
        len = strcspn(p, "\n");
        if (len == n && memcmp(p, name, n) == 0)
            return true;
    }
    return false;
}

/* Gives *parent the last message's number. */
static void import_messages(struct store_txn *txn, const struct store_transfer *x, struct talk *t, uint64_t *parent)
{
    for (size_t i = 0; i < t->n_messages; i++) {
        struct store_message *m = &t->messages[i];

        m->owner = x->owner;
        m->message = new_number();
        m->parent = *parent;
        m->verdict = (struct store_blob){ NULL, 0 };
        m->generated = false;
        if (x->text_only) {
            m->space = NULL;
            m->n_ids = 0;
            m->cut = m->closed = false;
        }
        *parent = m->message;
        store_txn_message(txn, m);
    }
}

static void import_session(struct store_txn *txn, struct store_transfer *x, struct talk *t, uint64_t head)
{
    struct store_session *row = &t->session;

    row->session = x->session;
    row->owner = x->owner;
    row->head = head;
    row->n_messages = (uint32_t)t->n_messages;
    row->created_unix_ms = row->updated_unix_ms = x->created_unix_ms = clock_unix_ms();
    if (x->title != NULL)
        row->title = x->title;
    if (row->model != NULL && !is_line_of(x->models, row->model))
        row->model = NULL;
    store_txn_session(txn, row);
    snprintf(x->title_now, sizeof x->title_now, "%s", row->title != NULL ? row->title : "");
}

static int import_rows(struct store *s, struct store_transfer *x, struct talk *t, struct qw_error *err)
{
    struct store_txn *txn = store_txn_new(x->to, NULL);
    uint64_t head = 0;
    int rc;

    if (txn == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to import a conversation");
    x->session = new_number();
    import_messages(txn, x, t, &head);
    import_session(txn, x, t, head);
    for (size_t i = 0; i < t->n_runs && !x->text_only; i++) {
        struct talk_run *r = &t->runs[i];

        r->row.outcome = (struct store_blob){ NULL, 0 };        /* what it says is its daemon's to say */
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
static int import_batch(struct store *s, struct in *f, uint32_t ns, const struct talk *t, const int32_t *ids, uint64_t *done, uint64_t *parent,
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
        store_txn_pages(txn, ns, &p, 1);
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

/* The importer's own namespace for such pages, made if there is none and it has few; 0: none. */
static uint32_t own_namespace(struct store *s, uint64_t owner, const struct store_ns_key *k)
{
    struct store_ns_key key = *k, other;
    uint8_t want[PAGES_NS_KEY], is[PAGES_NS_KEY];
    size_t n = 0;

    key.owner = owner;
    pages_ns_key(want, &key);
    for (uint32_t ns = 0; (ns = ns_next(s, ns, &other)) != 0;) {
        n += other.owner == owner;
        pages_ns_key(is, &other);
        if (memcmp(want, is, sizeof want) == 0)
            return ns;
    }
    return n < TRANSFER_MAX_NAMESPACES ? store_namespace(s, &key, NULL) : 0;
}

static int import_pages(struct store *s, struct in *f, const struct talk *t, uint64_t pages_at, struct qw_error *err)
{
    const struct store_transfer *x = f->x;
    uint8_t *buf;
    size_t bytes = t->key.layout.page_bytes, most, n;
    uint64_t parent = 0, done = 0;
    uint32_t ns;
    int32_t *ids;
    int rc = QW_OK;

    if (t->n_pages == 0 || !x->pages || x->text_only || x->owner == 0 || t->key.numerics != x->numerics ||
        t->key.page_version != x->page_version)
        return QW_OK;
    ns = own_namespace(s, x->owner, &t->key);
    if (ns == 0)
        return QW_OK;
    most = BATCH_BYTES / bytes > 0 ? BATCH_BYTES / bytes : 1;
    ids = talk_ids(t->messages, t->n_messages, &n);
    buf = qw_alloc(most * bytes);
    if (ids == NULL || buf == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory to import pages");
    if (rc == QW_OK && t->n_pages > n / KV_PAGE_TOKENS)
        rc = qw_error_set(err, QW_EFORMAT, "it has more pages than its messages have ids");
    f->at = pages_at;
    while (rc == QW_OK && done < t->n_pages && (done == 0 || parent != 0))
        rc = import_batch(s, f, ns, t, ids, &done, &parent, buf, most, err);
    qw_free(buf);
    qw_free(ids);
    return rc;
}

static int import_talk(struct store *s, struct store_transfer *x)
{
    struct in f = { .s = s, .x = x };
    struct talk t;
    uint64_t pages_at = 0;
    struct stat st;
    int rc = talk_init(&t, x->space, x->n_vocab, &x->error);

    if (rc != QW_OK)
        return rc;
    if (fstat(x->fd, &st) != 0)
        rc = qw_error_errno(&x->error, QW_EIO, errno, "cannot look at the file");
    f.size = rc == QW_OK ? (uint64_t)st.st_size : 0;
    if (rc == QW_OK)
        rc = check_kind(&f, &x->error);
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
