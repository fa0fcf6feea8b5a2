/* Page loaders: threads that read found pages into the engine's buffers and verify them.
 *
 * A job is cut into pieces of neighbouring slots; the loaders take pieces in turn, so that one reads
 * while the other computes checksums, and tell the kernel far ahead what comes next: the one that does so
 * is held by a full request queue, while the other follows behind (measured on 864 MB: 2.1 GB/s; 1.1 when
 * 8 to 128 MiB are told at a time; a plain read gave 1.1 to 2.5).  Pages are read in the order given:
 * sequential slots make sequential reads. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "daemon/store/store_int.h"

enum { PIECE_PAGES = 32, PIECE_BYTES = 2 << 20, AHEAD_BYTES = 1 << 30 };

struct piece { size_t from, n; };

/* Lock held: the next piece of the job, at least one page. */
static struct piece cut(struct load_job *j)
{
    const struct store_ref *r = j->l->refs;
    struct piece p = { j->next_page, 1 };
    size_t slot_bytes = pages_slot_bytes(j->page_bytes);

    while (p.from + p.n < j->l->n && p.n < PIECE_PAGES && (p.n + 1) * slot_bytes <= PIECE_BYTES &&
           r[p.from + p.n].file == r[p.from].file && r[p.from + p.n].slot == r[p.from + p.n - 1].slot + 1)
        p.n++;
    j->next_page += p.n;
    return p;
}

/* Lock held: what to announce to the kernel, so that AHEAD_BYTES are on their way. */
static struct piece ahead(struct load_job *j)
{
    size_t goal = j->next_page + AHEAD_BYTES / pages_slot_bytes(j->page_bytes) + 1;
    struct piece p = { j->advised, 0 };

    if (j->advised < j->next_page)
        p.from = j->next_page;
    if (goal > j->l->n)
        goal = j->l->n;
    /* in portions: a call per page would cost more than it gives */
    if (goal > p.from && (goal == j->l->n || (goal - p.from) * pages_slot_bytes(j->page_bytes) >= AHEAD_BYTES / 4))
        p.n = goal - p.from;
    if (p.n > 0)
        j->advised = p.from + p.n;
    return p;
}

static void announce(struct store *s, const struct load_job *j, struct piece p)
{
    const struct store_ref *r = j->l->refs;

    for (size_t i = p.from, k; i < p.from + p.n; i = k) {
        size_t slot_bytes;
        int fd;

        for (k = i + 1; k < p.from + p.n && r[k].file == r[i].file && r[k].slot == r[k - 1].slot + 1; k++)
            ;
        if (slots_fd(&s->slots, r[i].file, false, &fd, &slot_bytes, NULL) == QW_OK)
            s->io->willneed(fd, (off_t)r[i].slot * (off_t)slot_bytes, (off_t)((k - i) * slot_bytes));
    }
}

static void damaged(struct store *s, const struct store_ref *r, const char *why)
{
    log_warn("store", "page %llx in slot %u of %s/%08x.kv: %s; it is computed again", (unsigned long long)r->page, r->slot,
             s->slots.dir, r->file, why);
    pthread_mutex_lock(&s->status_lock);
    s->status.pages_damaged++;
    pthread_mutex_unlock(&s->status_lock);
    writer_drop_page(s, r->page);
}

static int read_pages(struct store *s, const struct load_job *j, struct piece p, uint8_t headers[][PAGES_HEADER],
                      struct qw_error *err)
{
    static _Thread_local uint8_t pad[PAGES_ALIGN];
    struct iovec v[3 * PIECE_PAGES];
    const struct store_ref *r = &j->l->refs[p.from];
    size_t slot_bytes, want = pages_slot_bytes(j->page_bytes), k = 0;
    int fd, rc = slots_fd(&s->slots, r->file, false, &fd, &slot_bytes, err);

    if (rc != QW_OK)
        return rc;
    if (slot_bytes != want)
        return qw_error_set(err, QW_EFORMAT, "its file has slots of another size");
    for (size_t i = 0; i < p.n; i++) {
        v[k++] = (struct iovec){ headers[i], PAGES_HEADER };
        v[k++] = (struct iovec){ j->l->data[p.from + i], j->page_bytes };
        v[k++] = (struct iovec){ pad, slot_bytes - PAGES_HEADER - j->page_bytes };
    }
    return io_read_all(s->io, fd, v, (int)k, (off_t)r->slot * (off_t)slot_bytes, err);
}

/* Which page of the piece is the first that is not good; p.n if all are. */
static size_t load_piece(struct store *s, const struct load_job *j, struct piece p)
{
    uint8_t headers[PIECE_PAGES][PAGES_HEADER];
    const struct store_ref *r = &j->l->refs[p.from];
    struct qw_error err = { .code = QW_OK };
    int rc = read_pages(s, j, p, headers, &err);

    if (rc == QW_ENOTFOUND) {
        writer_drop_file(s, r->file);
        return 0;
    }
    if (rc != QW_OK && p.n > 1) {           /* one bad page must not cost its neighbours */
        for (size_t i = 0; i < p.n; i++)
            if (load_piece(s, j, (struct piece){ p.from + i, 1 }) == 0)
                return i;
        return p.n;
    }
    if (rc == QW_ESTORAGE) {                /* cannot be opened now: that says nothing about the page */
        log_warn("store", "%s", err.msg);
        return 0;
    }
    if (rc != QW_OK) {
        damaged(s, r, err.msg);
        return 0;
    }
    for (size_t i = 0; i < p.n; i++) {
        size_t at = p.from + i;
        struct page_name name = { j->l->ns, r[i].page, at == 0 ? j->parent : j->l->refs[at - 1].page,
                                  j->l->ids + at * KV_PAGE_TOKENS, j->page_bytes };
        const char *why = pages_check(headers[i], s->uuid, &name, j->l->data[at]);

        if (why != NULL) {
            damaged(s, &r[i], why);
            return i;
        }
    }
    return p.n;
}

static void finish(struct store *s, struct load_job *j)
{
    struct store_load *l = j->l;

    l->n_loaded = j->first_bad;
    store_unpin(s, l->refs, l->n);
    pthread_mutex_lock(&s->status_lock);
    s->status.pages_loaded += l->n_loaded;
    pthread_mutex_unlock(&s->status_lock);
    mailbox_post(&s->box[STORE_ENGINE], &j->answer);
}

static void *loader_main(void *arg)
{
    struct store *s = arg;
    struct loaders *x = &s->loaders;

    pthread_mutex_lock(&x->lock);
    for (;;) {
        struct load_job *j = x->head;
        struct piece p, a;
        size_t good;

        if (x->stop)
            break;
        if (j == NULL) {
            pthread_cond_wait(&x->work, &x->lock);
            continue;
        }
        p = cut(j);
        a = ahead(j);
        if (j->next_page == j->l->n) {      /* all its pieces are taken */
            x->head = j->next;
            if (x->head == NULL)
                x->tail = NULL;
        }
        good = p.from >= j->first_bad ? 0 : p.n;
        pthread_mutex_unlock(&x->lock);
        if (good > 0) {
            announce(s, j, a);
            good = load_piece(s, j, p);
        }
        pthread_mutex_lock(&x->lock);
        if (good < p.n && p.from + good < j->first_bad)
            j->first_bad = p.from + good;
        j->done_pages += p.n;
        if (j->done_pages == j->l->n) {
            pthread_mutex_unlock(&x->lock);
            finish(s, j);
            pthread_mutex_lock(&x->lock);
        }
    }
    pthread_mutex_unlock(&x->lock);
    return NULL;
}

static void free_job(struct answer *n)
{
    qw_free((char *)n - offsetof(struct load_job, answer));
}

int store_load(struct store *s, struct store_load *l, struct qw_error *err)
{
    struct loaders *x = &s->loaders;
    struct store_ns_key key;
    struct load_job *j;

    if (!ns_get(s, l->ns, &key))
        return qw_error_set(err, QW_EINTERNAL, "there is no namespace %u", l->ns);
    j = qw_calloc(1, sizeof *j);
    if (j == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to load %zu pages", l->n);
    j->l = l;
    j->page_bytes = key.layout.page_bytes;
    j->parent = alias_get(&s->alias, l->parent);
    j->first_bad = l->n;
    j->answer.a = (struct store_answer){ .kind = STORE_A_LOAD, .code = QW_OK, .load = l };
    j->answer.free = free_job;
    j->answer.free_on_poll = true;
    l->n_loaded = 0;
    if (l->n == 0) {
        finish(s, j);
        return QW_OK;
    }
    pthread_mutex_lock(&x->lock);
    if (x->tail != NULL)
        x->tail->next = j;
    else
        x->head = j;
    x->tail = j;
    pthread_cond_broadcast(&x->work);
    pthread_mutex_unlock(&x->lock);
    return QW_OK;
}

int loaders_start(struct store *s, struct qw_error *err)
{
    struct loaders *x = &s->loaders;

    while (x->n_started < LOADERS) {
        int rc = start_thread(&x->thread[x->n_started], "qw-store-load", loader_main, s, err);

        if (rc != QW_OK)
            return rc;              /* store_close joins those that run */
        x->n_started++;
    }
    return QW_OK;
}

void loaders_stop(struct store *s)
{
    struct loaders *x = &s->loaders;
    struct load_job *j;

    pthread_mutex_lock(&x->lock);
    x->stop = true;
    pthread_cond_broadcast(&x->work);
    pthread_mutex_unlock(&x->lock);
    while (x->n_started > 0)
        pthread_join(x->thread[--x->n_started], NULL);
    while ((j = x->head) != NULL) {
        x->head = j->next;
        qw_free(j);
    }
}
