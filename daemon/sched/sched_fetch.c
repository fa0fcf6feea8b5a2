/* Pages that the store has, instead of computing them.  Engine thread.
 *
 * Where the tree in memory ends for a sequence that has whole pages left, the store is asked which of them it has
 * (store_find), they are read into pages of the pool a few at a time (store_load), and adopted into the tree in order.
 * Meanwhile the sequence is LOADING: it keeps what admission promised it, others go on stepping, and younger
 * sequences that want the same pages wait for it.  Whatever goes wrong, the rest is computed.
 *
 * What is lent to the store outlives the sequence: when that ends, its fetch goes on without it until all has come back. */
#include "daemon/sched/sched_int.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/store/store.h"

#define PIECE_BYTES (64u << 20)  /* of one store_load, which several loaders share; and so many pages */
#define PIECE_LEAST 8u
#define PIECE_MOST  64u
#define MAX_PIECES  8u          /* under way */

struct piece {
    struct store_load load;     /* first: a store_load pointer is its piece */
    bool back;
};

struct fetch {
    struct seq *q;              /* NULL: has left */
    struct store_find find;     /* its user is this */
    size_t   piece_pages;
    uint64_t asked_ns, found_ns;
    struct kv_page **pages;     /* [find.n] of the pool, while lent or not adopted yet */
    void   **data;              /* [find.n] */
    struct piece *pieces;       /* [n_pieces lent so far], adopted so far: n_adopted */
    size_t   n_pieces, n_adopted, under_way;
    size_t   lent;              /* pages */
    bool     over;              /* no more are lent: a page was bad, none was free, q has left */
    bool     broken;            /* no more are adopted */
    int32_t *ids;
};

static void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    qw_free(f->find.found);
    qw_free(f->pages);
    qw_free(f->data);
    qw_free(f->pieces);
    qw_free(f->ids);
    qw_free(f);
}

/* For n pages that follow ids; NULL: memory. */
static struct fetch *fetch_new(struct seq *q, const int32_t *ids, size_t n, size_t page_bytes)
{
    size_t piece = PIECE_BYTES / page_bytes;
    struct fetch *f = qw_calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->q = q;
    f->piece_pages = piece < PIECE_LEAST ? PIECE_LEAST : piece > PIECE_MOST ? PIECE_MOST : piece;
    f->ids        = qw_calloc(n, KV_PAGE_TOKENS * sizeof *f->ids);
    f->find.found = qw_calloc(n, sizeof *f->find.found);
    f->pages      = qw_calloc(n, sizeof *f->pages);
    f->data       = qw_calloc(n, sizeof *f->data);
    f->pieces     = qw_calloc(n, sizeof *f->pieces);        /* a piece has one page where the pool has no more */
    if (f->ids == NULL || f->find.found == NULL || f->pages == NULL || f->data == NULL || f->pieces == NULL) {
        fetch_free(f);
        return NULL;
    }
    memcpy(f->ids, ids, n * KV_PAGE_TOKENS * sizeof *ids);
    f->find.ids = f->ids;
    f->find.n = n;
    f->find.user = f;
    return f;
}

bool fetch_begin(struct sched *s, struct seq *q)
{
    size_t max = (q->ids.n - 1) / KV_PAGE_TOKENS;
    if (s->o.store == NULL || q->asked || q->n_sealed >= max || q->n_pages != q->n_sealed ||
        q->n_kv != q->n_sealed * KV_PAGE_TOKENS)
        return false;
    q->asked = true;                                        /* the answer is about all that follows */
    uint64_t parent = 0;
    if (q->n_sealed > 0) {
        struct kv_page *p = q->pages[q->n_sealed - 1];
        if (kv_disk(p) != KV_COMMITTED)                     /* nothing can follow it there */
            return false;
        parent = kv_store_id(p);
    }
    uint32_t ns = sched_store_ns(s, q->run->tree);
    struct fetch *f = ns != 0 ? fetch_new(q, q->ids.v + q->n_kv, max - q->n_sealed, s->layout.page_bytes) : NULL;
    if (f == NULL)
        return false;
    f->find.ns = ns;
    f->find.parent = parent;
    if (store_find(s->o.store, &f->find, NULL) != QW_OK) {
        fetch_free(f);
        return false;
    }
    s->n_fetches++;
    f->asked_ns = clock_mono_ns();
    q->fetch = f;
    q->state = SEQ_LOADING;
    return true;
}

void fetch_leave(struct seq *q)
{
    q->fetch->q = NULL;
    q->fetch->over = true;
    q->fetch = NULL;
}

/* Lends the next few pages of the pool; false: there was none, or the store does not take them. */
static bool lend(struct sched *s, struct fetch *f)
{
    struct piece *p = &f->pieces[f->n_pieces];
    size_t at = f->lent, n = 0;
    while (n < f->piece_pages && at + n < f->find.n_found && stage_room(s) > 0 &&
           (f->pages[at + n] = kv_take_raw(s->kv)) != NULL) {
        f->data[at + n] = stage_lend(s, f->pages[at + n]);
        n++;
    }
    p->load = (struct store_load){
        .ns = f->find.ns, .parent = at > 0 ? f->find.found[at - 1].page : f->find.parent,
        .ids = f->ids + at * KV_PAGE_TOKENS, .refs = f->find.found + at, .data = f->data + at, .n = n, .user = f,
    };
    if (n == 0 || store_load(s->o.store, &p->load, NULL) != QW_OK) {
        while (n > 0) {
            stage_back(s, f->data[at + --n]);
            kv_drop_open(s->kv, f->pages[at + n]);
        }
        return false;
    }
    f->lent += n;
    f->n_pieces++;
    f->under_way++;
    f->q->promised -= n < f->q->promised ? n : f->q->promised;
    return true;
}

/* Lends what may be lent; ends the fetch, and wakes its sequence, when nothing is under way. */
static void go_on(struct sched *s, struct fetch *f)
{
    while (!f->over && f->lent < f->find.n_found && f->under_way < MAX_PIECES)
        f->over = !lend(s, f);
    if (f->under_way > 0)
        return;
    if (f->lent < f->find.n_found)
        store_unpin(s->o.store, f->find.found + f->lent, f->find.n_found - f->lent);
    if (f->lent > 0)
        log_debug("sched", "pages=%zu found in %.1f ms, read in %.1f ms%s", f->lent, (double)(f->found_ns - f->asked_ns) / 1e6,
                  (double)(clock_mono_ns() - f->found_ns) / 1e6, f->broken ? "; not all" : "");
    if (f->q != NULL) {
        f->q->fetch = NULL;
        f->q->state = SEQ_RUNNING;                          /* what is left is computed */
    }
    s->n_fetches--;
    fetch_free(f);
}

void fetch_found(struct sched *s, struct store_find *found, int code)
{
    if (code != QW_OK)
        found->n_found = 0;
    ((struct fetch *)found->user)->found_ns = clock_mono_ns();
    go_on(s, found->user);
}

/* Good pages go into the tree; those after a bad one, or without a sequence, back to the pool. */
static void adopt(struct sched *s, struct fetch *f, const struct piece *p)
{
    for (size_t i = 0; i < p->load.n; i++) {
        size_t at = (size_t)(p->load.refs - f->find.found) + i;
        struct kv_page *page = f->pages[at];
        struct seq *q = f->q;
        if (q == NULL || i >= p->load.n_loaded || f->broken || stage_in(s, page, f->data[at]) != QW_OK)
            f->broken = f->over = true;
        stage_back(s, f->data[at]);
        if (f->broken) {
            kv_drop_open(s->kv, page);
            continue;
        }
        struct kv_page *parent = q->n_sealed > 0 ? q->pages[q->n_sealed - 1] : NULL;
        seq_take_sealed(s, q, kv_adopt(s->kv, q->run->tree, parent, page, p->load.ids + i * KV_PAGE_TOKENS,
                                       p->load.refs[i].page), FROM_DISK);
    }
}

void fetch_loaded(struct sched *s, struct store_load *l, int code)
{
    struct fetch *f = l->user;
    struct piece *p = (struct piece *)l;
    if (code != QW_OK)
        l->n_loaded = 0;
    p->back = true;
    f->under_way--;
    while (f->n_adopted < f->n_pieces && f->pieces[f->n_adopted].back)
        adopt(s, f, &f->pieces[f->n_adopted++]);
    go_on(s, f);
}
