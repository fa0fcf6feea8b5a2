/* Export on the slow lane: a session out of the store into a file. */
#include <string.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/le.h"
#include "daemon/store/store_int.h"
#include "daemon/store/transfer_int.h"

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

static bool is_closing(struct out *o, struct store *s)
{
    if (o->rc == QW_OK && lane_ends(&s->slow))
        o->rc = qw_error_set(&o->x->error, QW_ESTORAGE, "the store is being closed");
    return o->rc != QW_OK;
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
        if (rc <= 0 || is_closing(o, s))
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

int32_t *talk_ids(const struct store_message *m, size_t n_messages, size_t *n)
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

/* Finds (and pins) pages in the namespace of the owner's, or of all, that has most of them; the newest of equal ones. */
static void find_pages(struct store *s, struct db *db, uint64_t owner, struct store_find *f)
{
    struct store_ns_key key;
    uint32_t best = 0;
    size_t most = 0;

    for (uint32_t ns = 0; (ns = ns_next(s, ns, &key)) != 0;) {
        f->ns = ns;
        f->n_found = 0;
        if ((key.owner != owner && key.owner != 0) || find_run(s, db, f, NULL) != QW_OK)
            continue;
        if (f->n_found > 0 && f->n_found >= most)
            best = ns, most = f->n_found;
        store_unpin(s, f->found, f->n_found);
    }
    f->ns = best;
    f->n_found = 0;
    if (best != 0 && find_run(s, db, f, NULL) != QW_OK)
        f->n_found = 0;
}

static void put_found(struct out *o, struct store *s, const struct store_find *f, const struct store_ns_key *k)
{
    size_t bytes = k->layout.page_bytes;
    struct store_ns_key key = *k;
    uint8_t ns[PAGES_NS_KEY], *data = qw_alloc(bytes);

    if (data == NULL) {
        o->rc = qw_error_set(&o->x->error, QW_ENOMEM, "no memory to export a conversation");
        return;
    }
    key.owner = 0;
    pages_ns_key(ns, &key);
    record(o, REC_PAGES, ns, sizeof ns);
    for (size_t i = 0; i < f->n_found && !is_closing(o, s); i++) {
        struct page_name name = { f->ns, f->found[i].page, i > 0 ? f->found[i - 1].page : 0, f->ids + i * KV_PAGE_TOKENS, bytes };

        if (o->x->n_bytes + bytes + 3 * REC_HEADER > o->x->max_bytes)
            break;
        if (page_read(s, &name, (struct slot_at){ f->found[i].file, f->found[i].slot }, data, NULL) != QW_OK)
            break;                  /* those before it are good */
        record(o, REC_PAGE, data, bytes);
        o->x->n_pages++;
    }
    qw_free(data);
}

static void put_pages(struct out *o, struct store *s, struct db *db, const struct query *talk)
{
    struct store_ns_key key;
    size_t n = 0;
    int32_t *ids = talk_ids(talk->q.messages, talk->q.n_messages, &n);
    struct store_ref *refs = qw_alloc((n / KV_PAGE_TOKENS + 1) * sizeof *refs);
    struct store_find f = { .ids = ids, .n = n / KV_PAGE_TOKENS, .found = refs };

    if (o->rc == QW_OK && (ids == NULL || refs == NULL)) {
        o->rc = qw_error_set(&o->x->error, QW_ENOMEM, "no memory to export a conversation");
    } else if (o->rc == QW_OK) {
        find_pages(s, db, o->x->owner, &f);
        if (f.n_found > 0 && ns_get(s, f.ns, &key))
            put_found(o, s, &f, &key);
        store_unpin(s, refs, f.n_found);
    }
    qw_free(refs);
    qw_free(ids);
}

/* What no reader would take is not written. */
static int check_size(const struct store_message *m, size_t n_messages, struct qw_error *err)
{
    size_t text = 0, ids = 0;

    for (size_t i = 0; i < n_messages; i++) {
        ids += m[i].n_ids;
        text += (m[i].text != NULL ? strlen(m[i].text) : 0) + m[i].verdict.n;
    }
    if (n_messages <= TRANSFER_MAX_MESSAGES && ids <= TRANSFER_MAX_IDS && text <= TRANSFER_MAX_BYTES_TEXT)
        return QW_OK;
    return qw_error_set(err, QW_ETOOLARGE, "a conversation that is exported may have %d messages, %d ids and %d bytes of text; "
                        "this one has %zu, %zu and %zu", TRANSFER_MAX_MESSAGES, TRANSFER_MAX_IDS, TRANSFER_MAX_BYTES_TEXT,
                        n_messages, ids, text);
}

int export_talk(struct store *s, struct db *db, struct store_transfer *x)
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
    o.rc = check_size(q->q.messages, q->q.n_messages, &x->error);
    if (o.rc != QW_OK)
        goto out;
    put_session(&o, &q->q.sessions[0]);
    for (size_t i = 0; i < q->q.n_messages; i++)
        put_message(&o, &q->q.messages[i]);
    x->n_messages = q->q.n_messages;
    put_runs(&o, s, db, q);
    if (x->pages)
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
