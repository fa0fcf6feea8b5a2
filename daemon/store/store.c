#include "daemon/store/store.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/paths.h"
#include "daemon/store/store_int.h"

#define SEARCH_NS UINT64_C(5000000000)

static void init_locks(struct store *s)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&s->ns_lock, NULL);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->status_lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &attr);
    pthread_condattr_destroy(&attr);
}

/* All of s; no thread of it runs. */
static void destroy(struct store *s)
{
    for (int i = 0; i < STORE_MAILBOXES; i++)
        mailbox_free(&s->box[i]);
    db_close(&s->db);
    slots_free(&s->slots);
    alias_free(&s->alias);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    pthread_mutex_destroy(&s->ns_lock);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->status_lock);
    pthread_mutex_destroy(&s->loaders.lock);
    pthread_cond_destroy(&s->loaders.work);
    pthread_cond_destroy(&s->work);
    qw_free(s->freed.v);
    qw_free(s->bars.v);
    qw_free(s->ns);
    qw_free(s->dir);
    qw_free(s->db_path);
    qw_free(s->lock_path);
    qw_free(s->vfs);
    qw_free(s);
}

static void stop(struct store *s)
{
    /* Nobody waits for what is being read any more; what is to be written is written. */
    lane_end(&s->finder);
    lane_end(&s->reader);
    lane_end(&s->slow);
    writer_stop(s);
    lane_stop(&s->finder);
    lane_stop(&s->reader);
    lane_stop(&s->slow);
    loaders_stop(s);
}

static struct store *make(const struct store_options *o)
{
    struct store *s = qw_calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->lock_fd = -1;
    init_locks(s);
    alias_init(&s->alias);
    pthread_mutex_init(&s->loaders.lock, NULL);
    pthread_cond_init(&s->loaders.work, NULL);
    for (int i = 0; i < STORE_MAILBOXES; i++)
        mailbox_init(&s->box[i], o->wake[i].call, o->wake[i].arg);
    s->io = o->io != NULL ? o->io : &io_system;
    s->disk_budget = o->disk_budget;
    s->keep_free = o->keep_free;
    s->search_ns = o->search_us != 0 ? o->search_us * UINT64_C(1000) : SEARCH_NS;
    s->status.disk_budget = o->disk_budget;
    s->dir = qw_strdup(o->dir);
    s->vfs = o->vfs != NULL ? qw_strdup(o->vfs) : NULL;
    s->db_path = paths_join(o->dir, "conversations.db");
    s->lock_path = paths_join(o->dir, "lock");
    if (s->dir == NULL || s->db_path == NULL || s->lock_path == NULL || (o->vfs != NULL && s->vfs == NULL)) {
        destroy(s);
        return NULL;
    }
    return s;
}

int store_open(struct store **out, const struct store_options *o, struct store_found *found, struct qw_error *err)
{
    struct store_found f = { .created = false };
    uint64_t start = clock_mono_ns();
    struct store *s = make(o);
    int rc;

    if (s == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for the store");
    if (strlen(o->dir) > 3000) {
        rc = qw_error_set(err, QW_ETOOLARGE, "the name of the store's folder is too long");
        goto fail;
    }
    rc = recover(s, &f, err);
    if (rc == QW_OK)
        rc = lane_start(&s->finder, s, "qw-store-find", err);
    if (rc == QW_OK)
        rc = lane_start(&s->reader, s, "qw-store-read", err);
    if (rc == QW_OK)
        rc = lane_start(&s->slow, s, "qw-store-slow", err);
    if (rc == QW_OK)
        rc = loaders_start(s, err);
    if (rc == QW_OK)
        rc = writer_start(s, err);
    if (rc != QW_OK)
        goto fail;
    slots_bytes(&s->slots, &s->status.file_bytes, &s->status.page_bytes);
    f.ms = (double)(clock_mono_ns() - start) / 1e6;
    if (found != NULL)
        *found = f;
    *out = s;
    return QW_OK;
fail:
    stop(s);
    destroy(s);
    return rc;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    stop(s);
    destroy(s);
}

void store_get_status(struct store *s, struct store_status *out)
{
    uint32_t queued;

    pthread_mutex_lock(&s->lock);
    queued = s->queued;
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&s->status_lock);
    *out = s->status;
    pthread_mutex_unlock(&s->status_lock);
    out->queued = queued;
}

uint64_t store_page_id(struct store *s)
{
    return atomic_fetch_add(&s->next_page, 1);
}

int store_commit(struct store *s, struct store_txn *t, struct qw_error *err)
{
    struct store_ns_key key;

    if (t->code != QW_OK) {
        if (err != NULL)
            *err = t->error;
        return t->code;
    }
    if (atomic_load(&s->off)) {
        struct store_status st;

        store_get_status(s, &st);
        return qw_error_set(err, QW_ESTORAGE, "nothing is kept: %s", st.why);
    }
    t->page_bytes = 0;
    for (size_t i = 0; i < t->n_pages; i++) {
        if (i == 0 || t->placed[i].ns != t->placed[i - 1].ns)
            key.layout.page_bytes = ns_get(s, t->placed[i].ns, &key) ? key.layout.page_bytes : 0;
        t->page_bytes += key.layout.page_bytes;
    }
    return writer_queue(s, &t->item, err);
}

uint64_t store_bar_new(struct store *s)
{
    return atomic_fetch_add(&s->last_bar, 1) + 1;
}

static void free_request(struct answer *n)
{
    qw_free((char *)n - offsetof(struct request, answer));
}

int store_find(struct store *s, struct store_find *f, struct qw_error *err)
{
    struct request *r = qw_calloc(1, sizeof *r);
    int rc;

    if (r == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to look for pages");
    r->find = f;
    rc = lane_queue(&s->finder, r, err);
    if (rc != QW_OK)
        free_request(&r->answer);
    return rc;
}

void store_unpin(struct store *s, const struct store_ref *refs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        slots_unpin(&s->slots, (struct slot_at){ refs[i].file, refs[i].slot });
}

bool store_poll(struct store *s, enum store_mailbox m, struct store_answer *out)
{
    struct answer *n = mailbox_take(&s->box[m]);

    if (n == NULL)
        return false;
    *out = n->a;
    if (n->free_on_poll)
        n->free(n);
    return true;
}
