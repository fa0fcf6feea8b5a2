/* Write-behind, and the engine's side of the store's mailbox.  Engine thread, but for the wake.
 *
 * Sealed pages of a run with store_pages get a number and are lent to the store under a reference; the
 * run's new ids go in the same transaction.  A run is saved when its prompt has been run, every
 * SAVE_TOKENS ids or SAVE_MS, and when it ends, before its last event is pushed: transactions become
 * durable in order, so what the loop commits after that event is durable after the ids.
 *
 * At most a quarter of the pool is lent at a time.  What does not fit stays DIRTY and is written when
 * pages come back (save_idle), though its run may have ended long before; what is evicted before that is
 * only computed again some day. */
#include "daemon/sched/sched_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/store/store.h"

#define SAVE_TOKENS  32u
#define SAVE_MS      2000u
#define BATCH_PAGES  64u
#define MAX_TXNS     64u        /* under way; with more only endings are saved */
#define NS_RETRY_MS  5000u
#define DRAIN_MS     5000u
#define MAX_FAILURES 3u         /* commits in a row, after which nothing is tried any more */

void sched_store_wake(struct sched *s)                      /* any thread */
{
    pthread_mutex_lock(&s->lock);
    s->store_ready = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

/* ---- namespaces -------------------------------------------------------------------------- */

static uint64_t hash_hparams(const struct hparams *h)
{
    char text[512];                                         /* every field that the bits depend on */
    int n = snprintf(text, sizeof text, "%s %u %u %u %u %u %u %u %u %d %d %d %d %a %a", h->arch, h->n_layers, h->hidden,
                     h->ffn, h->n_heads, h->n_kv_heads, h->head_dim, h->n_vocab, h->n_rot, h->rope_neox, h->qk_norm,
                     h->qkv_bias, h->tied, h->rope_base, (double)h->rms_eps);
    return XXH3_64bits(text, n > 0 && (size_t)n < sizeof text ? (size_t)n : sizeof text);
}

static void make_key(const struct sched *s, uint64_t tree, struct store_ns_key *k)
{
    memset(k, 0, sizeof *k);
    hex_get(k->fingerprint, sizeof k->fingerprint, model_fingerprint(s->model));
    k->params = hash_hparams(model_hparams(s->model));
    k->layout = s->layout;
    k->numerics = backend_numerics_id(s->backend);
    k->page_version = KV_PAGE_VERSION;
    k->owner = tree;
}

static struct owner_ns *ns_record(struct sched *s, uint64_t tree)
{
    for (size_t i = 0; i < s->n_ns; i++)
        if (s->ns[i].tree == tree)
            return &s->ns[i];
    if (s->n_ns == s->cap_ns) {
        size_t cap = s->cap_ns == 0 ? 16 : s->cap_ns * 2;
        struct owner_ns *v = qw_realloc_array(s->ns, cap, sizeof *v);
        if (v == NULL)
            return NULL;
        s->ns = v;
        s->cap_ns = cap;
    }
    s->ns[s->n_ns] = (struct owner_ns){ .tree = tree };
    return &s->ns[s->n_ns++];
}

uint32_t sched_store_ns(struct sched *s, uint64_t tree)
{
    struct owner_ns *o = ns_record(s, tree);
    if (o == NULL || o->ns != 0)
        return o == NULL ? 0 : o->ns;
    uint64_t now = clock_mono_ms();
    if (now < o->retry_ms)
        return 0;
    struct store_ns_key k;
    struct qw_error err = { 0 };
    make_key(s, tree, &k);
    o->ns = store_namespace(s->o.store, &k, &err);
    if (o->ns == 0) {
        o->retry_ms = now + NS_RETRY_MS;
        log_warn("sched", "pages are neither stored nor found: %s", err.msg);
    }
    return o->ns;
}

/* ---- transactions ------------------------------------------------------------------------ */

static bool writing(const struct sched *s)
{
    return s->o.store != NULL && !s->store_off && s->kv != NULL;
}

static size_t room(const struct sched *s)
{
    struct kv_stats st;
    kv_get_stats(s->kv, &st);
    size_t most = st.total / 4 + 1;
    if (s->n_lent >= most)
        return 0;
    most -= s->n_lent;
    most = most < stage_room(s) ? most : stage_room(s);
    return most < BATCH_PAGES ? most : BATCH_PAGES;
}

static void off(struct sched *s, const char *why)
{
    if (s->store_off)
        return;
    s->store_off = true;
    kv_unwant(s->kv);
    log_warn("sched", "pages and answers are no longer stored: %s", why);
}

/* Numbers that a lost transaction gave may stand under others: none is trusted, and what runs is saved from
 * its beginning again.  Pages that the store has already it knows by their ids. */
static void save_all_again(struct sched *s)
{
    kv_forget_stored(s->kv);
    for (size_t i = 0; i < s->n_live; i++) {
        s->live[i]->n_saved = 0;
        s->live[i]->sent = 0;                               /* what was given, too: the row may lack some */
    }
}

static void commit_failed(struct sched *s, const char *why)
{
    struct store_status st;
    store_get_status(s->o.store, &st);
    s->epoch++;
    if (st.state == STORE_OFF)
        off(s, st.why);
    else if (++s->failures >= MAX_FAILURES)
        off(s, why);
    else
        save_all_again(s);
}

/* Lends page[0..*pages), parents first, with what else t has; takes t.  *pages: how many went. */
static bool commit(struct sched *s, struct store_txn *t, uint32_t ns, struct kv_page *const *page, size_t *pages)
{
    size_t n = *pages;
    struct store_page rows[BATCH_PAGES];
    struct qw_error err = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct kv_page *parent = kv_parent(page[i]);
        void *data = stage_lend(s, page[i]);
        if (stage_out(s, page[i], data) != QW_OK) {         /* the device is gone, and nothing is lent any more */
            stage_back(s, data);
            *pages = n = i;
            break;
        }
        kv_lend(s->kv, page[i], store_page_id(s->o.store));
        rows[i] = (struct store_page){ .page = kv_store_id(page[i]), .parent = parent != NULL ? kv_store_id(parent) : 0,
                                       .data = data, .user = page[i] };
        memcpy(rows[i].ids, kv_ids(page[i]), sizeof rows[i].ids);
    }
    if (n > 0)
        store_txn_pages(t, ns, rows, n);
    store_txn_set_bar(t, s->bar);
    if (store_commit(s->o.store, t, &err) == QW_OK) {
        s->n_txns++;
        s->n_lent += n;
        return true;
    }
    for (size_t i = n; i-- > 0;) {
        stage_back(s, (void *)rows[i].data);
        kv_lent_back(s->kv, page[i], 0, true);
    }
    store_txn_free(t);
    commit_failed(s, err.msg);
    return false;
}

/* ---- what a sequence has to save --------------------------------------------------------- */

/* Its next pages without numbers; at most max.  None below a page that lost its number since: the store has
 * no place for it, and the next run that comes this way tries again. */
static size_t unsaved(struct seq *q, struct kv_page **out, size_t max)
{
    size_t n = 0;
    for (size_t i = q->n_saved; i < q->n_sealed && n < max; i++) {
        if (kv_store_id(q->pages[i]) != 0) {
            if (n == 0)
                q->n_saved = i + 1;
        } else if (i == 0 || kv_store_id(q->pages[i - 1]) != 0 || (n > 0 && out[n - 1] == q->pages[i - 1])) {
            out[n++] = q->pages[i];
        } else {
            break;
        }
    }
    return n;
}

/* One transaction; false: there was nothing to save, or it failed. */
static bool save_once(struct sched *s, struct seq *q, bool last)
{
    struct run *r = q->run;
    struct kv_page *page[BATCH_PAGES];
    uint32_t ns = r->req->store_pages ? sched_store_ns(s, r->tree) : 0;
    size_t n = ns != 0 ? unsaved(q, page, room(s)) : 0;
    size_t at = q->sent, n_ids = r->req->stored_run != 0 && q->index == 0 ? q->ids.n - r->answer_from - at : 0;
    uint64_t leaf = ns != 0 && q->n_sealed > 0 && kv_disk(q->pages[q->n_sealed - 1]) == KV_COMMITTED
                  ? kv_store_id(q->pages[q->n_sealed - 1]) : 0;
    if (n == 0 && n_ids == 0 && (leaf == 0 || !last))
        return false;
    struct store_txn *t = store_txn_new(STORE_ENGINE, (void *)s->epoch);
    if (t == NULL)
        return false;                                       /* next time */
    if (n_ids > 0)
        store_txn_ids(t, r->req->stored_run, at, q->ids.v + r->answer_from + at, n_ids);
    if (leaf != 0 && last)
        store_txn_touch(t, leaf);
    if (!commit(s, t, ns, page, &n))
        return false;
    q->sent = at + n_ids;
    return n > 0;
}

static void save(struct sched *s, struct seq *q, bool last)
{
    q->saved_n = q->ids.n;
    q->saved_ms = clock_mono_ms();
    if (s->n_txns >= MAX_TXNS && !last)
        return;
    while (save_once(s, q, last) && writing(s))
        last = false;                                       /* touched */
}

/* Pages that nobody uses and that found no room before; returns how many. */
static size_t save_idle(struct sched *s)
{
    struct kv_stats st;
    struct kv_page *page[BATCH_PAGES];
    size_t n, most = room(s);
    uint32_t ns = 0;
    do {
        kv_get_stats(s->kv, &st);
        n = st.dirty_idle > 0 && most > 0 && s->n_txns < MAX_TXNS ? kv_dirty_idle(s->kv, page, most) : 0;
        if (n > 0 && (ns = sched_store_ns(s, kv_owner(page[0]))) == 0)
            kv_unwant_of(s->kv, kv_owner(page[0]));         /* no place for this owner's: the others' turn */
    } while (n > 0 && ns == 0);
    struct store_txn *t = n > 0 ? store_txn_new(STORE_ENGINE, (void *)s->epoch) : NULL;
    return t != NULL && commit(s, t, ns, page, &n) ? n : 0;
}

void sched_store_write(struct sched *s)
{
    if (!writing(s))
        return;
    uint64_t now = clock_mono_ms();
    for (size_t i = 0; i < s->n_live && writing(s); i++) {
        struct seq *q = s->live[i];
        const struct sched_req *r = q->run->req;
        if (q->state != SEQ_RUNNING || (!r->store_pages && r->stored_run == 0) || atomic_load(&q->run->forget))
            continue;
        bool prefilled = !q->prefill_saved && q->ids.n > r->prompt.n;
        q->prefill_saved |= prefilled;
        if (prefilled || q->ids.n - q->saved_n >= SAVE_TOKENS || now - q->saved_ms >= SAVE_MS)
            save(s, q, false);
    }
    if (writing(s))
        (void)save_idle(s);
}

static void want_all(struct sched *s, struct seq *q)
{
    for (size_t i = q->n_saved; i < q->n_sealed; i++)
        kv_want(s->kv, q->pages[i]);
}

void sched_store_leave(struct sched *s, struct seq *q)
{
    if (writing(s) && q->run->req->store_pages && !atomic_load(&q->run->forget))
        want_all(s, q);
    q->n_saved = 0;
}

void sched_store_finish(struct sched *s, struct seq *q)
{
    const struct sched_req *r = q->run->req;
    if (q->state == SEQ_LOADING)
        fetch_leave(q);
    if (writing(s) && (r->store_pages || r->stored_run != 0) && !atomic_load(&q->run->forget))
        save(s, q, true);
    sched_store_leave(s, q);
}

/* What is lent already comes back without a number: its transaction has an older bar. */
void sched_store_forget(struct sched *s, const struct forget *f)
{
    for (size_t i = 0; s->kv != NULL && i < f->n && f->n <= FORGET_MOST; i++)
        kv_unwant_of(s->kv, f->tree[i]);
    if (s->kv != NULL && f->n > FORGET_MOST)
        kv_unwant(s->kv);
    s->bar = f->bar;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void on_commit(struct sched *s, struct store_txn *t, int code)
{
    size_t n;
    const struct store_page *pages = store_txn_get_pages(t, &n);
    bool current = (uintptr_t)store_txn_user(t) == s->epoch;
    bool good = code == QW_OK && current;
    for (size_t i = n; i-- > 0;) {                          /* children first, so that they are older in the LRU */
        stage_back(s, (void *)pages[i].data);
        kv_lent_back(s->kv, pages[i].user, good ? pages[i].page : 0, !good);
    }
    for (size_t i = 0; i < n && good; i++)                  /* no room for it, or its parent has gone from there */
        if (pages[i].page == 0)
            kv_forget_above(s->kv, pages[i].user);
    for (size_t i = 0; i < s->n_live && store_txn_bar(t) != s->bar; i++)
        s->live[i]->n_saved = 0;                            /* barred with what was deleted: once more */
    s->n_lent -= n;
    s->n_txns--;
    if (good)
        s->failures = 0;
    else if (current)
        commit_failed(s, store_txn_error(t));
    else if (!s->store_off)
        save_all_again(s);                                  /* some saw these numbers meanwhile */
    if (s->store_off)
        kv_unwant(s->kv);
    store_txn_free(t);
}

void sched_store_poll(struct sched *s)
{
    struct store_answer a;
    while (s->o.store != NULL && store_poll(s->o.store, STORE_ENGINE, &a)) {
        if (a.kind == STORE_A_COMMIT)
            on_commit(s, a.txn, a.code);
        else if (a.kind == STORE_A_FIND)
            fetch_found(s, a.find, a.code);
        else if (a.kind == STORE_A_LOAD)
            fetch_loaded(s, a.load, a.code);
    }
}

/* What has waited for room until now is a cache: a stop does not wait long for it. */
static void save_waiting(struct sched *s, uint64_t *until_ms)
{
    uint64_t most = s->o.drain_ms != 0 ? s->o.drain_ms : DRAIN_MS;
    if (*until_ms == 0 && atomic_load(&s->stopping))
        *until_ms = clock_mono_ms() + most;
    while ((*until_ms == 0 || clock_mono_ms() < *until_ms) && writing(s) && save_idle(s) > 0)
        ;
}

void sched_store_drain(struct sched *s)
{
    uint64_t until_ms = 0;
    save_waiting(s, &until_ms);
    ev_wake(s);                                             /* who was ended need not wait */
    while (s->n_txns + s->n_fetches > 0) {
        pthread_mutex_lock(&s->lock);
        while (!s->store_ready)
            pthread_cond_wait(&s->work, &s->lock);
        s->store_ready = false;
        pthread_mutex_unlock(&s->lock);
        sched_store_poll(s);
        save_waiting(s, &until_ms);
    }
    s->n_ns = 0;                                            /* they are the model's */
}
