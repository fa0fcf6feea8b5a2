#include "tests/unit/fake_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct page { uint64_t id, parent; uint32_t ns; int32_t ids[KV_PAGE_TOKENS]; uint8_t *data; size_t bytes; };
struct txn_ids { uint64_t run; size_t at, n; int32_t *v; };

struct store_txn {
    void *user;
    struct store_page *pages;
    size_t n_pages;
    uint32_t ns;
    struct txn_ids *ids;
    size_t n_ids, n_touch;
    uint64_t *before;                   /* [n_pages] a hash of the bytes when they were lent */
    uint64_t bar;
};

struct job {
    struct store_answer a;
    struct job *next;
};

struct store {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t  cond;
    struct job *queue, **tail, *out, **out_tail;
    bool stop, waking;
    void (*wake)(void *);
    void *wake_arg;
    atomic_ullong next_page, last_bar;
    struct page *page;
    size_t n_pages, cap_pages;
    struct { struct store_ns_key key; } ns[64];
    uint32_t n_ns;
    struct { uint64_t run; struct ids ids; } run[4096];
    size_t n_runs;
    struct { uint64_t from, to; } alias[4096];
    size_t n_alias, n_loaded;
    struct fake_store_faults faults;
    struct fake_store_counts counts;
};

static uint64_t hash(const uint8_t *p, size_t n)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h;
}

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static size_t page_bytes(const struct store *s, uint32_t ns) { return s->ns[ns - 1].key.layout.page_bytes; }

static uint64_t canonical(const struct store *s, uint64_t id)
{
    for (size_t i = s->n_alias; i-- > 0;)
        if (s->alias[i].from == id)
            return s->alias[i].to;
    return id;
}

static struct page *by_id(struct store *s, uint64_t id)
{
    for (size_t i = 0; i < s->n_pages; i++)
        if (s->page[i].id == id)
            return &s->page[i];
    return NULL;
}

static struct page *child(struct store *s, uint32_t ns, uint64_t parent, const int32_t *ids)
{
    for (size_t i = 0; i < s->n_pages; i++)
        if (s->page[i].ns == ns && s->page[i].parent == parent && memcmp(s->page[i].ids, ids, sizeof s->page[i].ids) == 0)
            return &s->page[i];
    return NULL;
}

/* ---- the thread (lock held) ---- */

static void write_page(struct store *s, uint32_t ns, struct store_page *p, uint64_t before, uint64_t bar)
{
    size_t bytes = page_bytes(s, ns);
    uint64_t parent = canonical(s, p->parent);
    s->counts.changed += hash(p->data, bytes) != before;
    if (parent != 0 && by_id(s, parent) == NULL) {
        s->counts.orphans++;
        p->page = 0;
        return;
    }
    struct page *twin = child(s, ns, parent, p->ids);
    if (twin != NULL) {
        if (s->n_alias == sizeof s->alias / sizeof *s->alias)
            abort();                                    /* more than a test may need */
        s->counts.aliases++;
        s->alias[s->n_alias].from = p->page;
        s->alias[s->n_alias++].to = twin->id;
        p->page = twin->id;
        s->counts.changed += memcmp(twin->data, p->data, bytes) != 0;
        return;
    }
    if (bar < s->faults.bar) {
        p->page = 0;
        return;
    }
    if (s->faults.room > 0 && s->n_pages >= (size_t)s->faults.room) {
        p->page = 0;
        return;
    }
    if (s->n_pages == s->cap_pages) {
        s->cap_pages = s->cap_pages * 2 + 64;
        s->page = must(realloc(s->page, s->cap_pages * sizeof *s->page));
    }
    struct page *n = &s->page[s->n_pages++];
    *n = (struct page){ .id = p->page, .parent = parent, .ns = ns, .bytes = bytes, .data = must(malloc(bytes)) };
    memcpy(n->ids, p->ids, sizeof n->ids);
    memcpy(n->data, p->data, bytes);
    s->counts.pages_written++;
}

static struct ids *run_ids(struct store *s, uint64_t run)
{
    for (size_t i = 0; i < s->n_runs; i++)
        if (s->run[i].run == run)
            return &s->run[i].ids;
    if (s->n_runs == sizeof s->run / sizeof *s->run)
        abort();
    s->run[s->n_runs].run = run;
    return &s->run[s->n_runs++].ids;
}

static int do_commit(struct store *s, struct store_txn *t)
{
    s->counts.commits++;
    if (s->faults.off)
        return QW_ESTORAGE;
    if (s->faults.fail_commits > 0) {
        s->faults.fail_commits--;
        return QW_ESTORAGE;
    }
    for (size_t i = 0; i < t->n_ids; i++)
        if (t->ids[i].at > run_ids(s, t->ids[i].run)->n) {
            s->counts.bad_ids++;
            return QW_EINTERNAL;
        }
    for (size_t i = 0; i < t->n_pages; i++)
        write_page(s, t->ns, &t->pages[i], t->before[i], t->bar);
    for (size_t i = 0; i < t->n_ids; i++) {
        struct ids *x = run_ids(s, t->ids[i].run);
        x->n = t->ids[i].at;
        ids_append(x, t->ids[i].v, t->ids[i].n);
    }
    s->counts.touches += t->n_touch;
    return QW_OK;
}

static int do_find(struct store *s, struct store_find *f)
{
    uint64_t parent = canonical(s, f->parent);
    f->n_found = 0;
    for (size_t i = 0; i < f->n; i++) {
        struct page *p = child(s, f->ns, parent, f->ids + i * KV_PAGE_TOKENS);
        if (p == NULL)
            break;
        f->found[f->n_found++] = (struct store_ref){ .page = p->id };
        parent = p->id;
        s->counts.pinned++;
    }
    return QW_OK;
}

static int do_load(struct store *s, struct store_load *l)
{
    uint64_t parent = canonical(s, l->parent);
    bool good = true;
    l->n_loaded = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct page *p = by_id(s, l->refs[i].page);
        s->counts.pinned--;
        memset(l->data[i], 0xA5, page_bytes(s, l->ns));
        if (p == NULL || p->parent != parent || memcmp(p->ids, l->ids + i * KV_PAGE_TOKENS, sizeof p->ids) != 0)
            abort();                                    /* the scheduler asked for what it did not find */
        parent = p->id;
        s->n_loaded++;
        good &= s->faults.bad_every == 0 || s->n_loaded % (size_t)s->faults.bad_every != 0;
        if (!good)
            continue;
        memcpy(l->data[i], p->data, p->bytes);
        s->counts.pages_loaded++;
        l->n_loaded++;
    }
    return QW_OK;
}

static void *serve(void *arg)
{
    struct store *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->stop && (s->queue == NULL || (s->faults.hold & 1 << s->queue->a.kind) != 0))
            pthread_cond_wait(&s->cond, &s->lock);
        if (s->stop)
            break;
        struct job *j = s->queue;
        s->queue = j->next;
        if (s->queue == NULL)
            s->tail = &s->queue;
        j->a.code = j->a.kind == STORE_A_COMMIT ? do_commit(s, j->a.txn) : j->a.kind == STORE_A_FIND ? do_find(s, j->a.find)
                                                                                                       : do_load(s, j->a.load);
        j->next = NULL;
        *s->out_tail = j;
        s->out_tail = &j->next;
        void (*wake)(void *) = s->wake;
        void *wake_arg = s->wake_arg;
        s->counts.waiting--;
        s->waking = true;
        pthread_mutex_unlock(&s->lock);
        if (wake != NULL)
            wake(wake_arg);
        pthread_mutex_lock(&s->lock);
        s->waking = false;
        pthread_cond_broadcast(&s->cond);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void submit(struct store *s, struct store_answer a)
{
    struct job *j = must(calloc(1, sizeof *j));
    j->a = a;
    pthread_mutex_lock(&s->lock);
    *s->tail = j;
    s->tail = &j->next;
    s->counts.waiting++;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
}

/* ---- store.h ---- */

struct store_txn *store_txn_new(enum store_mailbox to, void *user)
{
    if (to != STORE_ENGINE)
        abort();
    struct store_txn *t = must(calloc(1, sizeof *t));
    t->user = user;
    return t;
}

void store_txn_free(struct store_txn *t)
{
    for (size_t i = 0; i < t->n_ids; i++)
        free(t->ids[i].v);
    free(t->ids);
    free(t->pages);
    free(t->before);
    free(t);
}

void store_txn_ids(struct store_txn *t, uint64_t run, size_t at, const int32_t *ids, size_t n)
{
    t->ids = must(realloc(t->ids, (t->n_ids + 1) * sizeof *t->ids));
    t->ids[t->n_ids] = (struct txn_ids){ run, at, n, must(malloc(n * sizeof *ids)) };
    memcpy(t->ids[t->n_ids++].v, ids, n * sizeof *ids);
}

void store_txn_touch(struct store_txn *t, uint64_t page)
{
    if (page == 0)
        abort();
    t->n_touch++;
}

uint64_t store_bar_new(struct store *s) { return ++s->last_bar; }
void store_txn_set_bar(struct store_txn *t, uint64_t bar) { t->bar = bar; }
uint64_t store_txn_bar(const struct store_txn *t) { return t->bar; }

void store_txn_pages(struct store_txn *t, uint32_t ns, const struct store_page *pages, size_t n)
{
    if (t->n_pages != 0 || ns == 0)
        abort();
    t->ns = ns;
    t->pages = must(calloc(n, sizeof *pages));
    memcpy(t->pages, pages, n * sizeof *pages);
    t->n_pages = n;
}

uint64_t store_page_id(struct store *s) { return ++s->next_page; }

int store_commit(struct store *s, struct store_txn *t, struct qw_error *err)
{
    if (s->faults.off)
        return qw_error_set(err, QW_ESTORAGE, "told to be off");
    t->before = must(calloc(t->n_pages + 1, sizeof *t->before));
    for (size_t i = 0; i < t->n_pages; i++)
        t->before[i] = hash(t->pages[i].data, page_bytes(s, t->ns));
    submit(s, (struct store_answer){ .kind = STORE_A_COMMIT, .txn = t });
    return QW_OK;
}

uint32_t store_namespace(struct store *s, const struct store_ns_key *k, struct qw_error *err)
{
    uint32_t ns = 0;
    if (s->faults.no_namespace || (k->owner != 0 && k->owner == s->faults.no_namespace_of)) {
        qw_error_set(err, QW_ESTORAGE, "told to have none");
        return 0;
    }
    pthread_mutex_lock(&s->lock);
    for (uint32_t i = 0; i < s->n_ns && ns == 0; i++)
        if (memcmp(&s->ns[i].key, k, sizeof *k) == 0)
            ns = i + 1;
    if (ns == 0) {
        s->ns[s->n_ns].key = *k;
        ns = ++s->n_ns;
    }
    pthread_mutex_unlock(&s->lock);
    return ns;
}

int store_find(struct store *s, struct store_find *f, struct qw_error *err)
{
    if (s->faults.no_finds)
        return qw_error_set(err, QW_ESTORAGE, "told to refuse");
    s->counts.finds++;
    submit(s, (struct store_answer){ .kind = STORE_A_FIND, .find = f });
    return QW_OK;
}

int store_load(struct store *s, struct store_load *l, struct qw_error *err)
{
    if (s->faults.no_loads)
        return qw_error_set(err, QW_ESTORAGE, "told to refuse");
    s->counts.loads++;
    submit(s, (struct store_answer){ .kind = STORE_A_LOAD, .load = l });
    return QW_OK;
}

void store_unpin(struct store *s, const struct store_ref *refs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (refs[i].page == 0)
            abort();
    s->counts.pinned -= n;
}

bool store_poll(struct store *s, enum store_mailbox m, struct store_answer *out)
{
    if (m != STORE_ENGINE)
        abort();
    pthread_mutex_lock(&s->lock);
    struct job *j = s->out;
    if (j != NULL) {
        s->out = j->next;
        if (s->out == NULL)
            s->out_tail = &s->out;
        *out = j->a;
    }
    pthread_mutex_unlock(&s->lock);
    free(j);
    return j != NULL;
}

void *store_txn_user(const struct store_txn *t) { return t->user; }
const char *store_txn_error(const struct store_txn *t) { (void)t; return "told to fail"; }
const struct store_page *store_txn_get_pages(const struct store_txn *t, size_t *n)
{
    *n = t->n_pages;
    return t->pages;
}

void store_get_status(struct store *s, struct store_status *out)
{
    *out = (struct store_status){ .state = s->faults.off ? STORE_OFF : STORE_RUNNING, .why = "told to be off" };
}

/* ---- of the test's own ---- */

struct store *fake_store_new(void)
{
    struct store *s = must(calloc(1, sizeof *s));
    s->tail = &s->queue;
    s->out_tail = &s->out;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->cond, NULL);
    if (pthread_create(&s->thread, NULL, serve, s) != 0)
        abort();
    return s;
}

void fake_store_free(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    if (s->queue != NULL || s->out != NULL)
        abort();
    for (size_t i = 0; i < s->n_pages; i++)
        free(s->page[i].data);
    for (size_t i = 0; i < s->n_runs; i++)
        ids_free(&s->run[i].ids);
    free(s->page);
    pthread_cond_destroy(&s->cond);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void fake_store_wake(struct store *s, void (*call)(void *), void *arg)
{
    pthread_mutex_lock(&s->lock);
    while (s->waking)                   /* who was to be woken may be gone after this */
        pthread_cond_wait(&s->cond, &s->lock);
    s->wake = call;
    s->wake_arg = arg;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
}

struct fake_store_faults *fake_store_faults(struct store *s) { return &s->faults; }
struct fake_store_counts *fake_store_counts(struct store *s) { return &s->counts; }

size_t fake_store_pages(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    size_t n = s->n_pages;
    pthread_mutex_unlock(&s->lock);
    return n;
}

void fake_store_ids(struct store *s, uint64_t run, struct ids *out)
{
    pthread_mutex_lock(&s->lock);
    struct ids *x = run_ids(s, run);
    ids_append(out, x->v, x->n);
    pthread_mutex_unlock(&s->lock);
}

void fake_store_evict(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_pages; i++)
        free(s->page[i].data);
    s->n_pages = 0;
    pthread_mutex_unlock(&s->lock);
}

void fake_store_release(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->faults.hold = 0;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
}

void fake_store_wait(struct store *s, enum store_answer_kind kind)
{
    pthread_mutex_lock(&s->lock);
    while (s->queue == NULL || s->queue->a.kind != kind)
        pthread_cond_wait(&s->cond, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void fake_store_settle(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->counts.waiting > 0 || s->waking)
        pthread_cond_wait(&s->cond, &s->lock);
    pthread_mutex_unlock(&s->lock);
}
