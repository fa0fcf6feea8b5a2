/* Namespaces: few, all in memory, durable with their first page. */
#include <string.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

/* ns_lock held (or no threads yet). */
static struct ns_row *add(struct store *s, uint32_t ns, const uint8_t key[PAGES_NS_KEY], const struct store_ns_key *k)
{
    struct ns_row *more = qw_realloc_array(s->ns, s->n_ns + 1, sizeof *more);

    if (more == NULL)
        return NULL;
    s->ns = more;
    more += s->n_ns++;
    *more = (struct ns_row){ .ns = ns, .key = *k };
    memcpy(more->bytes, key, PAGES_NS_KEY);
    if (ns > s->last_ns)
        s->last_ns = ns;
    return more;
}

static struct ns_row *find(struct store *s, uint32_t ns)
{
    for (size_t i = 0; i < s->n_ns; i++)
        if (s->ns[i].ns == ns)
            return &s->ns[i];
    return NULL;
}

int ns_load(struct store *s, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT ns, key FROM namespaces ORDER BY ns");
    int rc;

    while ((rc = db_step(&s->db, st, err)) == 1) {
        const uint8_t *key = sqlite3_column_blob(st, 1);
        int64_t ns = sqlite3_column_int64(st, 0);
        struct store_ns_key k;
        struct ns_row *row;

        rc = pages_ns_parse(&k, key, (size_t)sqlite3_column_bytes(st, 1), err);
        if (rc != QW_OK || ns <= 0 || ns > UINT32_MAX - 1) {
            /* A layout that this program does not have: its pages are never looked for. */
            log_warn("store", "namespace %lld is of another program: %s", (long long)ns, rc != QW_OK ? err->msg : "number");
            if (ns > s->last_ns && ns < UINT32_MAX)
                s->last_ns = (uint32_t)ns;      /* its pages stay its own: the number is not given again */
            continue;
        }
        row = add(s, (uint32_t)ns, key, &k);
        if (row == NULL) {
            sqlite3_reset(st);
            return qw_error_set(err, QW_ENOMEM, "no memory for namespaces");
        }
        row->durable = true;
    }
    return rc < 0 ? rc : QW_OK;
}

bool ns_get(struct store *s, uint32_t ns, struct store_ns_key *out)
{
    struct ns_row *row;

    pthread_mutex_lock(&s->ns_lock);
    row = find(s, ns);
    if (row != NULL)
        *out = row->key;
    pthread_mutex_unlock(&s->ns_lock);
    return row != NULL;
}

uint32_t ns_next(struct store *s, uint32_t after, struct store_ns_key *out)
{
    uint32_t ns = 0;

    pthread_mutex_lock(&s->ns_lock);
    for (size_t i = 0; i < s->n_ns && ns == 0; i++)
        if (s->ns[i].ns > after)
            ns = s->ns[i].ns, *out = s->ns[i].key;
    pthread_mutex_unlock(&s->ns_lock);
    return ns;
}

uint32_t store_namespace(struct store *s, const struct store_ns_key *k, struct qw_error *err)
{
    uint8_t key[PAGES_NS_KEY];
    struct store_ns_key checked;
    struct ns_row *row = NULL;
    uint32_t ns = 0;

    pages_ns_key(key, k);
    if (pages_ns_parse(&checked, key, sizeof key, err) != QW_OK)
        return 0;
    pthread_mutex_lock(&s->ns_lock);
    for (size_t i = 0; i < s->n_ns && row == NULL; i++)
        if (memcmp(s->ns[i].bytes, key, sizeof key) == 0)
            row = &s->ns[i];
    if (row == NULL && s->last_ns < UINT32_MAX - 1)
        row = add(s, s->last_ns + 1, key, &checked);
    if (row != NULL)
        ns = row->ns;
    pthread_mutex_unlock(&s->ns_lock);
    if (ns == 0)
        qw_error_set(err, QW_ENOMEM, "no memory or number for a namespace");
    return ns;
}

int ns_insert(struct store *s, uint32_t ns, struct qw_error *err)
{
    uint8_t key[PAGES_NS_KEY];
    bool durable = true;
    struct ns_row *row;
    sqlite3_stmt *st;

    pthread_mutex_lock(&s->ns_lock);
    row = find(s, ns);
    if (row != NULL) {
        durable = row->durable;
        memcpy(key, row->bytes, sizeof key);
    }
    pthread_mutex_unlock(&s->ns_lock);
    if (durable)
        return QW_OK;
    st = db_sql(&s->db, "INSERT INTO namespaces(ns, key) VALUES(?, ?) ON CONFLICT(ns) DO NOTHING");
    db_bind(st, "ib", (int64_t)ns, (const void *)key, sizeof key);
    return db_run(&s->db, st, err);
}

void ns_set_durable(struct store *s, uint32_t ns)
{
    struct ns_row *row;

    pthread_mutex_lock(&s->ns_lock);
    row = find(s, ns);
    if (row != NULL)
        row->durable = true;
    pthread_mutex_unlock(&s->ns_lock);
}
