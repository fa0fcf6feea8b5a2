/* Pages of a deleted conversation go with it: their rows hold its token ids, their slots its KV.  Store-writer.
 *
 * Before messages are deleted, the paths of those that have no child are noted, and that of each run without an answer's
 * message, with the ids that it had.  Afterwards the pages along each path that no surviving message of it needs leave,
 * from the end on, as far as no other conversation continues them.  Pages shared by all owners stay until the
 * budget wants their room.
 *
 * Paths are noted as a tree, each message once: a conversation with a thousand branches takes no more memory than its text. */
#include <string.h>

#include "daemon/store/store_int.h"

#define NONE SIZE_MAX

struct step {                       /* a message, or what a run had */
    uint64_t message;               /* 0: a run's */
    int64_t  seq;
    size_t   up;                    /* the one before it; NONE: none */
    size_t   at, n;                 /* its ids, in trails.ids */
    enum { NOT_ASKED, THERE, GONE } state;      /* of the message, after the deletion */
};
struct trails {
    struct step *steps;
    size_t   n, cap;
    int32_t *ids;
    size_t   n_ids, cap_ids;
    size_t  *ends;                  /* steps that paths end with */
    size_t   n_ends, cap_ends;
    size_t  *table;                 /* of steps by message, index + 1; n_table: a power of two */
    size_t   n_table;
};

void forget_free(struct trails *t)
{
    if (t == NULL)
        return;
    qw_free(t->steps);
    qw_free(t->ids);
    qw_free(t->ends);
    qw_free(t->table);
    qw_free(t);
}

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "no memory to delete pages");
}

static size_t place_of(const struct trails *t, uint64_t message)
{
    size_t i = (size_t)((message * 0x9e3779b97f4a7c15u) >> 24) & (t->n_table - 1);

    while (t->table[i] != 0 && t->steps[t->table[i] - 1].message != message)
        i = (i + 1) & (t->n_table - 1);
    return i;
}

static size_t step_of(const struct trails *t, uint64_t message)
{
    size_t i = t->n_table > 0 ? t->table[place_of(t, message)] : 0;

    return i > 0 ? i - 1 : NONE;
}

static bool grow_table(struct trails *t)
{
    size_t n = t->n_table == 0 ? 64 : t->n_table * 2, *table;

    if (t->n * 2 < t->n_table)
        return true;
    table = qw_calloc(n, sizeof *table);
    if (table == NULL)
        return false;
    qw_free(t->table);
    t->table = table;
    t->n_table = n;
    for (size_t i = 0; i < t->n; i++)
        if (t->steps[i].message != 0)
            table[place_of(t, t->steps[i].message)] = i + 1;
    return true;
}

/* To the last step's. */
static bool add_ids(struct trails *t, const void *ids, size_t n)
{
    if (t->n_ids + n > t->cap_ids) {
        size_t cap = t->cap_ids * 2 > t->n_ids + n ? t->cap_ids * 2 : t->n_ids + n;
        int32_t *more = qw_realloc_array(t->ids, cap, sizeof *more);

        if (more == NULL)
            return false;
        t->ids = more;
        t->cap_ids = cap;
    }
    if (n > 0)
        memcpy(t->ids + t->n_ids, ids, n * sizeof *t->ids);
    t->n_ids += n;
    t->steps[t->n - 1].n += n;
    return true;
}

static size_t add_step(struct trails *t, uint64_t message, int64_t seq)
{
    struct step *v = qw_grow(t->steps, t->n, &t->cap, sizeof *v);

    if (v == NULL)
        return NONE;
    t->steps = v;
    if (!grow_table(t))
        return NONE;
    v[t->n] = (struct step){ .message = message, .seq = seq, .up = NONE, .at = t->n_ids };
    if (message != 0)
        t->table[place_of(t, message)] = t->n + 1;
    return t->n++;
}

static bool add_end(struct trails *t, size_t step)
{
    size_t *v = qw_grow(t->ends, t->n_ends, &t->cap_ends, sizeof *v);

    if (v == NULL)
        return false;
    t->ends = v;
    v[t->n_ends++] = step;
    return true;
}

/* Reads a message into a step of its own; 1, and *parent; 0: it is not there. */
static int read_step(struct store *s, struct trails *t, uint64_t message, size_t *step, uint64_t *parent, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT parent, ids, seq FROM messages WHERE message=?");
    int rc;

    db_bind(st, "i", (int64_t)message);
    rc = db_step(&s->db, st, err);
    if (rc <= 0)
        return rc;
    *parent = (uint64_t)sqlite3_column_int64(st, 0);
    *step = add_step(t, message, sqlite3_column_int64(st, 2));
    if (*step == NONE || !add_ids(t, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1) / sizeof(int32_t)))
        rc = no_memory(err);
    sqlite3_reset(st);
    return rc;
}

/* The message and what is before it, as far as it is not noted yet; *at: its step, NONE if it is not there. */
static int note_path(struct store *s, struct trails *t, uint64_t message, size_t *at, struct qw_error *err)
{
    int64_t last = INT64_MAX;
    size_t below = NONE;

    *at = NONE;
    for (uint64_t m = message, parent = 0; m != 0; m = parent) {
        size_t i = step_of(t, m);
        bool known = i != NONE;

        if (!known) {
            int rc = read_step(s, t, m, &i, &parent, err);

            if (rc <= 0)
                return rc;
        }
        if (t->steps[i].seq >= last)
            break;                  /* parents are older; a circle is damage */
        last = t->steps[i].seq;
        if (below == NONE)
            *at = i;
        else
            t->steps[below].up = i;
        if (known)
            break;
        below = i;
    }
    return QW_OK;
}

static int begin(struct trails **t, struct qw_error *err)
{
    if (*t == NULL)
        *t = qw_calloc(1, sizeof **t);
    return *t != NULL ? QW_OK : no_memory(err);
}

int forget_note(struct store *s, uint64_t leaf, struct trails **t, struct qw_error *err)
{
    size_t at = NONE;
    int rc = begin(t, err);

    if (rc == QW_OK)
        rc = note_path(s, *t, leaf, &at, err);
    if (rc == QW_OK && at != NONE && !add_end(*t, at))
        rc = no_memory(err);
    return rc;
}

int forget_note_run(struct store *s, uint64_t run, uint64_t message, struct trails **t, struct qw_error *err)
{
    size_t up = NONE, step;
    sqlite3_stmt *st;
    int rc = begin(t, err);

    if (rc == QW_OK)
        rc = note_path(s, *t, message, &up, err);
    if (rc != QW_OK || up == NONE)  /* without it nobody knows what it began with */
        return rc;
    step = add_step(*t, 0, 0);
    if (step == NONE || !add_end(*t, step))
        return no_memory(err);
    (*t)->steps[step].up = up;
    st = db_sql(&s->db, "SELECT ids FROM run_ids WHERE run=? ORDER BY at");
    db_bind(st, "i", (int64_t)run);
    while ((rc = db_step(&s->db, st, err)) == 1) {
        if (!add_ids(*t, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0) / sizeof(int32_t))) {
            sqlite3_reset(st);
            return no_memory(err);
        }
    }
    if ((*t)->steps[step].n == 0)   /* it has left nothing */
        (*t)->n_ends--;
    return rc;
}

/* 1: the message of the step is still there. */
static int is_there(struct store *s, struct step *p, struct qw_error *err)
{
    sqlite3_stmt *st;
    int rc;

    if (p->message == 0 || p->state != NOT_ASKED)
        return p->state == THERE;
    st = db_sql(&s->db, "SELECT 1 FROM messages WHERE message=?");
    db_bind(st, "i", (int64_t)p->message);
    rc = db_step(&s->db, st, err);
    if (rc == 1)
        sqlite3_reset(st);
    if (rc >= 0)
        p->state = rc == 1 ? THERE : GONE;
    return rc;
}

struct path { int32_t *ids; size_t n, cap, keep; };     /* keep: ids that a message which is still there needs */

static int whole_path(struct store *s, struct trails *t, size_t end, struct path *p, struct qw_error *err)
{
    size_t n = 0, at;

    for (size_t i = end; i != NONE; i = t->steps[i].up)
        n += t->steps[i].n;
    if (n > p->cap) {
        int32_t *more = qw_realloc_array(p->ids, n, sizeof *more);

        if (more == NULL)
            return no_memory(err);
        p->ids = more;
        p->cap = n;
    }
    p->n = at = n;
    p->keep = 0;
    for (size_t i = end; i != NONE; i = t->steps[i].up) {
        struct step *x = &t->steps[i];
        int there = p->keep == 0 ? is_there(s, x, err) : 0;

        if (there < 0)
            return there;
        if (there == 1)
            p->keep = at;
        at -= x->n;
        if (x->n > 0)
            memcpy(p->ids + at, t->ids + x->at, x->n * sizeof *p->ids);
    }
    return QW_OK;
}

static int forget_in(struct store *s, uint32_t ns, const struct path *p, struct qw_error *err)
{
    size_t most = p->n / KV_PAGE_TOKENS, n = 0;
    uint64_t *chain = qw_alloc((most + 1) * sizeof *chain);
    bool leaf;
    int rc = chain != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to delete pages");

    while (rc >= 0 && chain != NULL && n < most) {
        rc = page_row(s, ns, n > 0 ? chain[n - 1] : 0, p->ids + n * KV_PAGE_TOKENS, &chain[n], &leaf, err);
        if (rc != 1)
            break;
        n++;
    }
    if (rc > 0)
        rc = QW_OK;
    for (; rc == QW_OK && n > 0 && n * KV_PAGE_TOKENS > p->keep; n--) {
        uint64_t page;

        rc = page_row(s, ns, n > 1 ? chain[n - 2] : 0, p->ids + (n - 1) * KV_PAGE_TOKENS, &page, &leaf, err);
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

int forget_pages(struct store *s, uint64_t owner, struct trails *t, struct qw_error *err)
{
    struct path p = { .ids = NULL };
    struct store_ns_key key;
    int rc = QW_OK;

    for (size_t i = 0; t != NULL && owner != 0 && i < t->n_ends && rc == QW_OK; i++) {
        rc = whole_path(s, t, t->ends[i], &p, err);
        for (uint32_t ns = 0; rc == QW_OK && (ns = ns_next(s, ns, &key)) != 0;)
            if (key.owner == owner)
                rc = forget_in(s, ns, &p, err);
    }
    qw_free(p.ids);
    return rc;
}
