/* Pages of a deleted conversation go with it: their rows hold its token ids, their slots its KV.  Store-writer.
 *
 * Before messages are deleted, the trail of each of their leaves is noted: its path and ids; and that of each run
 * without an answer's message, with the ids that it had.  Afterwards the pages along it that no surviving
 * message of the trail needs leave, from the end on, as far as no other conversation continues them.  Pages shared by all owners stay until the budget wants their room. */
#include <string.h>

#include "daemon/store/store_int.h"

struct trail {
    uint64_t *messages;             /* from the leaf to the root; 0: a piece of a run's ids */
    size_t   *begins;               /* of each, where its ids begin, counted from the end */
    size_t    n, cap;
    int32_t  *ids;                  /* from the root on; backwards while it is noted */
    size_t    n_ids, cap_ids;
    struct trail *next;
};

void forget_free(struct trail *t)
{
    while (t != NULL) {
        struct trail *next = t->next;

        qw_free(t->messages);
        qw_free(t->begins);
        qw_free(t->ids);
        qw_free(t);
        t = next;
    }
}

static int add_step(struct trail *t, uint64_t message, const void *ids, size_t n)
{
    size_t cap = t->n < t->cap ? t->cap : t->cap == 0 ? 32 : t->cap * 2;
    uint64_t *messages = qw_realloc_array(t->messages, cap, sizeof *messages);
    size_t *begins;
    int32_t *more;

    if (messages == NULL)
        return QW_ENOMEM;
    t->messages = messages;
    begins = qw_realloc_array(t->begins, cap, sizeof *begins);
    if (begins == NULL)
        return QW_ENOMEM;
    t->begins = begins;
    t->cap = cap;
    if (t->n_ids + n > t->cap_ids) {
        size_t most = t->cap_ids * 2 > t->n_ids + n ? t->cap_ids * 2 : t->n_ids + n;

        more = qw_realloc_array(t->ids, most, sizeof *more);
        if (more == NULL)
            return QW_ENOMEM;
        t->ids = more;
        t->cap_ids = most;
    }
    for (size_t i = n; i-- > 0;)
        memcpy(&t->ids[t->n_ids++], (const char *)ids + i * sizeof *more, sizeof *more);
    t->messages[t->n] = message;
    t->begins[t->n++] = t->n_ids;
    return QW_OK;
}

/* All ids are there: from the root on. */
static void turn_round(struct trail *t)
{
    for (size_t i = 0; i < t->n_ids / 2; i++) {
        int32_t swap = t->ids[i];

        t->ids[i] = t->ids[t->n_ids - 1 - i];
        t->ids[t->n_ids - 1 - i] = swap;
    }
}

/* The ids of an answer so far, the last piece first. */
static int add_run(struct store *s, struct trail *t, uint64_t run, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT ids FROM run_ids WHERE run=? ORDER BY at DESC");
    int rc, bad = QW_OK;

    db_bind(st, "i", (int64_t)run);
    while (bad == QW_OK && (rc = db_step(&s->db, st, err)) == 1)
        bad = add_step(t, 0, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0) / sizeof(int32_t));
    if (bad != QW_OK)
        sqlite3_reset(st);
    return bad != QW_OK ? bad : rc < 0 ? rc : QW_OK;
}

static int note(struct store *s, uint64_t run, uint64_t leaf, struct trail **list, struct qw_error *err)
{
    struct trail *t = qw_calloc(1, sizeof *t);
    uint64_t m = leaf;
    int64_t last = INT64_MAX;
    int rc = t != NULL ? QW_OK : QW_ENOMEM;

    if (rc == QW_OK && run != 0)
        rc = add_run(s, t, run, err);
    if (rc == QW_OK && run != 0 && t->n == 0) {         /* it has left nothing */
        forget_free(t);
        return QW_OK;
    }
    while (rc == QW_OK && m != 0) {
        sqlite3_stmt *st = db_sql(&s->db, "SELECT parent, ids, seq FROM messages WHERE message=?");
        bool older;

        db_bind(st, "i", (int64_t)m);
        rc = db_step(&s->db, st, err);
        if (rc <= 0)
            break;
        older = sqlite3_column_int64(st, 2) < last;         /* as parents are; a circle is damage */
        last = sqlite3_column_int64(st, 2);
        rc = add_step(t, m, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1) / sizeof(int32_t));
        m = older ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
        sqlite3_reset(st);
    }
    if (rc != QW_OK) {
        forget_free(t);
        return rc == QW_ENOMEM ? qw_error_set(err, rc, "no memory to delete pages") : rc;
    }
    turn_round(t);
    t->next = *list;
    *list = t;
    return QW_OK;
}

int forget_note(struct store *s, uint64_t leaf, struct trail **list, struct qw_error *err)
{
    return note(s, 0, leaf, list, err);
}

int forget_note_run(struct store *s, uint64_t run, uint64_t message, struct trail **list, struct qw_error *err)
{
    return message != 0 ? note(s, run, message, list, err) : QW_OK;     /* without it nobody knows what it began with */
}

/* How many ids of the trail a message that is still there needs. */
static int needed(struct store *s, const struct trail *t, size_t *n, struct qw_error *err)
{
    *n = 0;
    for (size_t i = 0; i < t->n; i++) {
        sqlite3_stmt *st = db_sql(&s->db, "SELECT 1 FROM messages WHERE message=?");
        int rc;

        db_bind(st, "i", (int64_t)t->messages[i]);
        rc = db_step(&s->db, st, err);
        if (rc < 0)
            return rc;
        if (rc == 1) {
            sqlite3_reset(st);
            *n = t->n_ids - (i > 0 ? t->begins[i - 1] : 0);
            return QW_OK;
        }
    }
    return QW_OK;
}

static int forget_in(struct store *s, uint32_t ns, const struct trail *t, size_t keep, struct qw_error *err)
{
    size_t most = t->n_ids / KV_PAGE_TOKENS, n = 0;
    uint64_t *chain = qw_alloc((most + 1) * sizeof *chain);
    bool leaf;
    int rc = chain != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to delete pages");

    while (rc >= 0 && chain != NULL && n < most) {
        rc = page_row(s, ns, n > 0 ? chain[n - 1] : 0, t->ids + n * KV_PAGE_TOKENS, &chain[n], &leaf, err);
        if (rc != 1)
            break;
        n++;
    }
    if (rc > 0)
        rc = QW_OK;
    for (; rc == QW_OK && n > 0 && n * KV_PAGE_TOKENS > keep; n--) {
        uint64_t page;

        rc = page_row(s, ns, n > 1 ? chain[n - 2] : 0, t->ids + (n - 1) * KV_PAGE_TOKENS, &page, &leaf, err);
        if (rc != 1 || !leaf) {
            rc = rc < 0 ? rc : QW_OK;
            break;
        }
        rc = evict_row(s, page, err);
    }
    qw_free(chain);
    return rc;
}

/* ---- what was under way ---- */

void forget_bar(struct store *s, uint64_t owner, uint64_t bar)
{
    struct bar *v;

    if (bar == 0)
        return;
    v = qw_grow(s->bars.v, s->bars.n, &s->bars.cap, sizeof *v);
    if (v == NULL) {
        s->bars.all = bar > s->bars.all ? bar : s->bars.all;
        return;
    }
    s->bars.v = v;
    v[s->bars.n++] = (struct bar){ owner, bar };
}

void forget_bar_seen(struct store *s, uint64_t bar)
{
    size_t n = 0;

    for (size_t i = 0; i < s->bars.n; i++)
        if (s->bars.v[i].bar > bar)
            s->bars.v[n++] = s->bars.v[i];
    s->bars.n = n;
}

bool forget_barred(struct store *s, const struct store_txn *t, uint32_t ns)
{
    struct store_ns_key key;

    if (t->bar == 0 || (s->bars.n == 0 && s->bars.all <= t->bar) || !ns_get(s, ns, &key) || key.owner == 0)
        return false;
    for (size_t i = 0; i < s->bars.n; i++)
        if (s->bars.v[i].owner == key.owner && s->bars.v[i].bar > t->bar)
            return true;
    return s->bars.all > t->bar;
}

int forget_pages(struct store *s, uint64_t owner, const struct trail *list, struct qw_error *err)
{
    int rc = QW_OK;

    for (const struct trail *t = list; t != NULL && rc == QW_OK; t = t->next) {
        size_t keep;

        rc = needed(s, t, &keep, err);
        for (uint32_t i = 0; rc == QW_OK; i++) {
            struct ns_row row;

            pthread_mutex_lock(&s->ns_lock);
            if (i < s->n_ns)
                row = s->ns[i];
            else
                row.ns = 0;
            pthread_mutex_unlock(&s->ns_lock);
            if (row.ns == 0)
                break;
            if (row.durable && row.key.owner == owner && owner != 0)
                rc = forget_in(s, row.ns, t, keep, err);
        }
    }
    return rc;
}
