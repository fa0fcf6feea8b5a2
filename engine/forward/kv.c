/* The page pool and the tree (kv.h).  Pages are slots of one mapping; a slot's record is in
 * page[slot].  Sealed pages are found through a chained hash index over (owner, parent, ids),
 * and unreferenced leaves stand in a heap by their last use, those that are still to be written last. */
#include "engine/forward/kv.h"

#include <assert.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "engine/forward/backend.h"

enum kv_state { PAGE_FREE, PAGE_OPEN, PAGE_SEALED };
#define NOT_IN_HEAP UINT32_MAX

struct kv_page {
    uint8_t *data;
    enum kv_state state;
    bool     used;              /* held data once: zero it before the next use */
    uint32_t refs, children;    /* children: sealed pages whose parent this is */
    uint32_t heap_at;
    enum kv_disk disk;
    uint64_t owner, last_use, store_id;
    struct kv_page *parent;     /* NULL: a page of the owner's root */
    struct kv_page *next;       /* in its bucket, or in the free list */
    int32_t  ids[KV_PAGE_TOKENS];
};

struct kv {
    size_t   page_bytes, n_pages, pool_bytes;
    uint8_t *pool;
    struct backend *backend;    /* whose memory pool is; NULL: the host's */
    uint8_t *two;               /* two pages' room on the host, to compare what a device has; NULL without one */
    struct kv_page *page;       /* [n_pages] */
    struct kv_page *free;
    struct kv_page **bucket;    /* [n_buckets], a power of two */
    size_t   n_buckets;
    struct kv_page **heap;      /* [n_heap]: unreferenced leaves, least recently used at 0 */
    uint32_t n_heap;
    uint64_t clock;
    size_t   n_free, n_open, n_held, n_cached, n_dirty, n_dirty_idle, n_written;
    uint64_t evictions, twins, twins_unequal;
};

static int new_pool(struct kv *kv, struct qw_error *err)
{
    if (kv->backend != NULL) {
        kv->two = qw_calloc(2, kv->page_bytes);
        if (kv->two == NULL)
            return qw_error_set(err, QW_ENOMEM, "no memory for the page pool");
        return kv->backend->table->block_new(kv->backend->device, kv->pool_bytes, &kv->pool, err);
    }
    kv->pool = qw_map(kv->pool_bytes);
    if (kv->pool == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for a page pool of %zu MiB", kv->pool_bytes >> 20);
    return QW_OK;
}

int kv_new(struct kv **out, const struct kv_layout *l, size_t n_pages, struct qw_error *err)
{
    return kv_new_on(out, l, n_pages, NULL, err);
}

int kv_new_on(struct kv **out, const struct kv_layout *l, size_t n_pages, struct backend *backend, struct qw_error *err)
{
    struct kv *kv = qw_calloc(1, sizeof *kv);
    if (kv == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for the page pool");
    if (n_pages == 0 || n_pages >= UINT32_MAX || !qw_mul(l->page_bytes, n_pages, &kv->pool_bytes)) {
        qw_free(kv);
        return qw_error_set(err, QW_EPARAMS, "a page pool of %zu pages", n_pages);
    }
    kv->page_bytes = l->page_bytes;
    kv->n_pages = n_pages;
    kv->n_buckets = 16;
    while (kv->n_buckets < n_pages)
        kv->n_buckets *= 2;
    kv->page   = qw_calloc(n_pages, sizeof *kv->page);
    kv->heap   = qw_calloc(n_pages, sizeof *kv->heap);
    kv->bucket = qw_calloc(kv->n_buckets, sizeof *kv->bucket);
    kv->backend = backend;
    int rc = QW_OK;
    if (kv->page == NULL || kv->heap == NULL || kv->bucket == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory for a page pool of %zu pages", n_pages);
    if (rc != QW_OK || (rc = new_pool(kv, err)) != QW_OK) {
        kv_free(kv);
        return rc;
    }
    for (size_t i = n_pages; i-- > 0;) {        /* low addresses first, so that huge pages fill up */
        kv->page[i].data = kv->pool + i * kv->page_bytes;
        kv->page[i].heap_at = NOT_IN_HEAP;
        kv->page[i].next = kv->free;
        kv->free = &kv->page[i];
    }
    kv->n_free = n_pages;
    *out = kv;
    return QW_OK;
}

void kv_free(struct kv *kv)
{
    if (kv == NULL)
        return;
    if (kv->pool != NULL && kv->backend != NULL)
        kv->backend->table->block_free(kv->backend->device, kv->pool);
    else if (kv->pool != NULL)
        qw_unmap(kv->pool, kv->pool_bytes);
    qw_free(kv->two);
    qw_free(kv->page);
    qw_free(kv->heap);
    qw_free(kv->bucket);
    qw_free(kv);
}

uint8_t *kv_page_data(struct kv_page *p)
{
    return p->data;
}

int kv_read_page(struct kv *kv, const struct kv_page *p, void *host, struct qw_error *err)
{
    if (kv->backend != NULL)
        return kv->backend->table->copy_out(kv->backend->device, host, p->data, kv->page_bytes, err);
    memcpy(host, p->data, kv->page_bytes);
    return QW_OK;
}

int kv_write_page(struct kv *kv, struct kv_page *p, const void *host, struct qw_error *err)
{
    if (kv->backend != NULL)
        return kv->backend->table->copy_in(kv->backend->device, p->data, host, kv->page_bytes, err);
    memcpy(p->data, host, kv->page_bytes);
    return QW_OK;
}

/* ---- heap of evictable pages ------------------------------------------------------------ */

/* Does a leave before b?  What is not on disk yet stays while anything else can go. */
static bool sooner(const struct kv_page *a, const struct kv_page *b)
{
    bool da = a->disk == KV_DIRTY, db = b->disk == KV_DIRTY;
    return da != db ? db : a->last_use < b->last_use;
}

static void heap_put(struct kv *kv, uint32_t at, struct kv_page *p)
{
    kv->heap[at] = p;
    p->heap_at = at;
}

static void heap_up(struct kv *kv, uint32_t at, struct kv_page *p)
{
    for (; at > 0 && sooner(p, kv->heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap_put(kv, at, kv->heap[(at - 1) / 2]);
    heap_put(kv, at, p);
}

static void heap_down(struct kv *kv, uint32_t at, struct kv_page *p)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < kv->n_heap && sooner(kv->heap[child + 1], kv->heap[child]))
            child++;
        if (child >= kv->n_heap || !sooner(kv->heap[child], p))
            break;
        heap_put(kv, at, kv->heap[child]);
        at = child;
    }
    heap_put(kv, at, p);
}

static void heap_add(struct kv *kv, struct kv_page *p)
{
    if (p->heap_at == NOT_IN_HEAP && p->refs == 0 && p->children == 0)
        heap_up(kv, kv->n_heap++, p);
}

static void heap_remove(struct kv *kv, struct kv_page *p)
{
    uint32_t at = p->heap_at;
    if (at == NOT_IN_HEAP)
        return;
    p->heap_at = NOT_IN_HEAP;
    struct kv_page *last = kv->heap[--kv->n_heap];
    if (last == p)
        return;
    if (at > 0 && sooner(last, kv->heap[(at - 1) / 2]))
        heap_up(kv, at, last);
    else
        heap_down(kv, at, last);
}

/* ---- the tree --------------------------------------------------------------------------- */

static struct kv_page **bucket_of(struct kv *kv, uint64_t owner, const struct kv_page *parent, const int32_t *ids)
{
    uint64_t place = parent != NULL ? (uint64_t)(parent - kv->page) + 1 : 0;
    uint64_t h = XXH3_64bits_withSeed(ids, KV_PAGE_TOKENS * sizeof *ids,
                                      owner * UINT64_C(0x9E3779B97F4A7C15) + place);
    return &kv->bucket[h & (kv->n_buckets - 1)];
}

static struct kv_page *find(struct kv *kv, uint64_t owner, const struct kv_page *parent, const int32_t *ids)
{
    struct kv_page *p = *bucket_of(kv, owner, parent, ids);
    while (p != NULL && (p->parent != parent || p->owner != owner || memcmp(p->ids, ids, sizeof p->ids) != 0))
        p = p->next;
    return p;
}

static void kv_ref(struct kv *kv, struct kv_page *p)
{
    assert(p->state == PAGE_SEALED);
    if (p->refs++ == 0) {
        heap_remove(kv, p);
        kv->n_cached--;
        kv->n_held++;
        kv->n_dirty_idle -= p->disk == KV_DIRTY;
    }
}

void kv_unref(struct kv *kv, struct kv_page *p)
{
    assert(p->state == PAGE_SEALED && p->refs > 0);
    if (--p->refs > 0)
        return;
    p->last_use = ++kv->clock;
    kv->n_held--;
    kv->n_cached++;
    kv->n_dirty_idle += p->disk == KV_DIRTY;
    heap_add(kv, p);
}

size_t kv_match_from(struct kv *kv, uint64_t owner, struct kv_page *parent, const int32_t *ids, size_t n,
                     struct kv_page **out, size_t max)
{
    size_t k = 0;
    for (; k < max && n - k * KV_PAGE_TOKENS >= KV_PAGE_TOKENS; k++) {
        struct kv_page *p = find(kv, owner, parent, ids + k * KV_PAGE_TOKENS);
        if (p == NULL)
            break;
        kv_ref(kv, p);
        out[k] = parent = p;
    }
    return k;
}

size_t kv_match(struct kv *kv, uint64_t owner, const int32_t *ids, size_t n, struct kv_page **out, size_t max)
{
    return kv_match_from(kv, owner, NULL, ids, n, out, max);
}

/* ---- what the store has ------------------------------------------------------------------ */

enum kv_disk kv_disk(const struct kv_page *p)
{
    return p->disk;
}

uint64_t kv_store_id(const struct kv_page *p)
{
    return p->store_id;
}

uint64_t kv_owner(const struct kv_page *p)
{
    return p->owner;
}

const int32_t *kv_ids(const struct kv_page *p)
{
    return p->ids;
}

struct kv_page *kv_parent(const struct kv_page *p)
{
    return p->parent;
}

static void set_disk(struct kv *kv, struct kv_page *p, enum kv_disk to)
{
    bool in_heap = p->heap_at != NOT_IN_HEAP, idle = p->refs == 0;
    if (in_heap)
        heap_remove(kv, p);
    kv->n_dirty      -= p->disk == KV_DIRTY;
    kv->n_dirty_idle -= p->disk == KV_DIRTY && idle;
    kv->n_written    -= p->disk == KV_WRITTEN;
    p->disk = to;
    kv->n_dirty      += to == KV_DIRTY;
    kv->n_dirty_idle += to == KV_DIRTY && idle;
    kv->n_written    += to == KV_WRITTEN;
    if (in_heap)
        heap_add(kv, p);
}

void kv_want(struct kv *kv, struct kv_page *p)
{
    assert(p->state == PAGE_SEALED);
    if (p->disk == KV_UNSTORED)
        set_disk(kv, p, KV_DIRTY);
}

void kv_lend(struct kv *kv, struct kv_page *p, uint64_t id)
{
    assert(p->state == PAGE_SEALED && p->disk != KV_WRITTEN && p->disk != KV_COMMITTED && id != 0);
    assert(p->parent == NULL || p->parent->store_id != 0);
    kv_ref(kv, p);
    set_disk(kv, p, KV_WRITTEN);
    p->store_id = id;
}

void kv_lent_back(struct kv *kv, struct kv_page *p, uint64_t id, bool again)
{
    assert(p->state == PAGE_SEALED && p->disk == KV_WRITTEN);
    p->store_id = id;
    set_disk(kv, p, id != 0 ? KV_COMMITTED : again ? KV_DIRTY : KV_UNSTORED);
    kv_unref(kv, p);
}

static void forget(struct kv *kv, struct kv_page *p)
{
    if (p->state == PAGE_SEALED && p->disk == KV_COMMITTED) {
        p->store_id = 0;
        set_disk(kv, p, KV_UNSTORED);
    }
}

void kv_forget_stored(struct kv *kv)
{
    for (size_t i = 0; i < kv->n_pages; i++)
        forget(kv, &kv->page[i]);
}

void kv_forget_above(struct kv *kv, struct kv_page *p)
{
    while ((p = p->parent) != NULL)
        forget(kv, p);
}

void kv_unwant(struct kv *kv)
{
    for (size_t i = 0; i < kv->n_pages; i++)
        if (kv->page[i].state == PAGE_SEALED && kv->page[i].disk == KV_DIRTY)
            set_disk(kv, &kv->page[i], KV_UNSTORED);
}

void kv_unwant_of(struct kv *kv, uint64_t owner)
{
    for (size_t i = 0; i < kv->n_pages; i++) {
        struct kv_page *p = &kv->page[i];
        if (p->state == PAGE_SEALED && p->disk == KV_DIRTY && p->owner == owner)
            set_disk(kv, p, KV_UNSTORED);
    }
}

/* How many pages from p upwards have no number. */
static size_t unnumbered(const struct kv_page *p)
{
    size_t n = 0;
    for (; p != NULL && p->store_id == 0; p = p->parent)
        n++;
    return n;
}

size_t kv_dirty_idle(const struct kv *kv, struct kv_page **out, size_t max)
{
    struct kv_page *deepest = NULL;
    size_t n = 0;
    for (size_t i = 0; i < kv->n_pages && kv->n_dirty_idle > 0 && n < max; i++) {
        struct kv_page *p = &kv->page[i];
        if (p->state != PAGE_SEALED || p->disk != KV_DIRTY || p->refs > 0)
            continue;
        size_t k = unnumbered(p);               /* its ancestors without a number are written with it */
        if (k > n) {
            n = k;
            deepest = p;
        }
    }
    for (; n > max; n--)
        deepest = deepest->parent;
    for (size_t i = n; i-- > 0; deepest = deepest->parent)
        out[i] = deepest;
    return n;
}

/* ---- taking and sealing ------------------------------------------------------------------ */

static void to_free_list(struct kv *kv, struct kv_page *p)
{
    p->state = PAGE_FREE;
    p->next = kv->free;
    kv->free = p;
    kv->n_free++;
}

/* Takes an unreferenced leaf out of the tree; its parent may become the next such leaf. */
static void evict(struct kv *kv, struct kv_page *p)
{
    assert(p->state == PAGE_SEALED && p->refs == 0 && p->children == 0);
    heap_remove(kv, p);
    struct kv_page **at = bucket_of(kv, p->owner, p->parent, p->ids);
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (p->parent != NULL) {
        p->parent->children--;
        heap_add(kv, p->parent);
    }
    set_disk(kv, p, KV_UNSTORED);
    kv->n_cached--;
    kv->evictions++;
    to_free_list(kv, p);
}

/* A device that fails here fails every call from now on: the next run says so. */
static void zero(struct kv *kv, struct kv_page *p)
{
    if (kv->backend == NULL)
        memset(p->data, 0, kv->page_bytes);
    else
        kv->backend->table->zero(kv->backend->device, p->data, kv->page_bytes, NULL);
}

static bool same_bits(struct kv *kv, const struct kv_page *a, const struct kv_page *b)
{
    if (kv->backend == NULL)
        return memcmp(a->data, b->data, kv->page_bytes) == 0;
    return kv_read_page(kv, a, kv->two, NULL) != QW_OK || kv_read_page(kv, b, kv->two + kv->page_bytes, NULL) != QW_OK ||
           memcmp(kv->two, kv->two + kv->page_bytes, kv->page_bytes) == 0;
}

static struct kv_page *take(struct kv *kv, bool zeroed)
{
    if (kv->free == NULL && kv->n_heap > 0)
        evict(kv, kv->heap[0]);
    struct kv_page *p = kv->free;
    if (p == NULL)
        return NULL;
    kv->free = p->next;
    kv->n_free--;
    kv->n_open++;
    if (p->used && zeroed)
        zero(kv, p);
    p->used = true;
    p->state = PAGE_OPEN;
    p->refs = p->children = 0;
    p->store_id = 0;
    p->parent = p->next = NULL;
    return p;
}

struct kv_page *kv_take(struct kv *kv)
{
    return take(kv, true);
}

struct kv_page *kv_take_raw(struct kv *kv)
{
    return take(kv, false);
}

void kv_drop_open(struct kv *kv, struct kv_page *p)
{
    assert(p->state == PAGE_OPEN);
    kv->n_open--;
    to_free_list(kv, p);
}

struct kv_page *kv_seal(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                        const int32_t ids[KV_PAGE_TOKENS])
{
    assert(open->state == PAGE_OPEN && (parent == NULL || parent->state == PAGE_SEALED));
    struct kv_page *twin = find(kv, owner, parent, ids);
    if (twin != NULL) {
        kv->twins++;
        kv->twins_unequal += !same_bits(kv, twin, open);
        kv_ref(kv, twin);
        kv_drop_open(kv, open);
        return twin;
    }
    struct kv_page **at = bucket_of(kv, owner, parent, ids);
    memcpy(open->ids, ids, sizeof open->ids);
    open->owner = owner;
    open->parent = parent;
    open->state = PAGE_SEALED;
    open->refs = 1;
    open->next = *at;
    *at = open;
    if (parent != NULL) {
        parent->children++;
        heap_remove(kv, parent);
    }
    kv->n_open--;
    kv->n_held++;
    return open;
}

struct kv_page *kv_adopt(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                         const int32_t ids[KV_PAGE_TOKENS], uint64_t id)
{
    struct kv_page *p = kv_seal(kv, owner, parent, open, ids);
    if (p->disk == KV_UNSTORED || p->disk == KV_DIRTY) {
        p->store_id = id;
        set_disk(kv, p, KV_COMMITTED);
    }
    return p;
}

void kv_get_stats(const struct kv *kv, struct kv_stats *s)
{
    *s = (struct kv_stats){ .total = kv->n_pages, .free = kv->n_free, .open = kv->n_open,
                            .held = kv->n_held, .cached = kv->n_cached, .dirty = kv->n_dirty,
                            .dirty_idle = kv->n_dirty_idle, .written = kv->n_written, .evictions = kv->evictions,
                            .twins = kv->twins, .twins_unequal = kv->twins_unequal };
}
