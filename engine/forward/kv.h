/* KV pages: the pool, and one tree of sealed pages rooted by owner.  Engine thread only.
 *
 * A page is named by (owner's root, parent page, its 16 ids) and found by walking from the
 * root and comparing ids: no hashes as names (an index by hash only says where to compare).
 *   OPEN    being filled, of one sequence; unnamed, never shared.
 *   SEALED  full and immutable, in the tree, reference-counted.
 *           A sequence holds a reference on each page of its path, so a page that nobody
 *           references has no referenced page below it.
 *   cached: sealed and unreferenced; evicted when a page is wanted, least recently used, leaves
 *           first.
 *
 * What the store has of a sealed page (daemon/store/store.h; the kv knows only its number there):
 *   KV_UNSTORED   nobody asked for it to be kept.
 *   KV_DIRTY      to be written.  Evicted only when nothing else is left: losing it costs time, never
 *                 correctness.
 *   KV_WRITTEN    lent to the store, under a reference of its own, so that its bytes stay.
 *   KV_COMMITTED  durable: evicting it costs a read.
 * kv_lend wants a parent that has a number, so that what the store holds hangs together.
 * docs/architecture.md, "Pages".  Nothing is allocated after kv_new. */
#ifndef QW_ENGINE_KV_H
#define QW_ENGINE_KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/layout/kv_layout.h"

struct backend;
struct kv;
struct kv_page;

#define KV_PAGE_VERSION 1u          /* of the bytes in a page: kv_layout.h */
enum kv_disk { KV_UNSTORED, KV_DIRTY, KV_WRITTEN, KV_COMMITTED };

/* The pool's memory is reserved, and becomes resident as pages are used for the first time. */
int  kv_new(struct kv **kv, const struct kv_layout *l, size_t n_pages, struct qw_error *err);
/* The same in a backend's memory (NULL: the host's). */
int  kv_new_on(struct kv **kv, const struct kv_layout *l, size_t n_pages, struct backend *backend, struct qw_error *err);
void kv_free(struct kv *kv);

uint8_t *kv_page_data(struct kv_page *p);                         /* an address of the backend's */
/* A page's bytes, to and from the host. */
int  kv_read_page(struct kv *kv, const struct kv_page *p, void *host, struct qw_error *err);
int  kv_write_page(struct kv *kv, struct kv_page *p, const void *host, struct qw_error *err);

/* Longest chain of sealed pages below parent (NULL: the owner's root) that matches the ids that
 * follow it, ids[0..n): at most max pages into out, each with a reference taken.  Returns how
 * many. */
size_t kv_match_from(struct kv *kv, uint64_t owner, struct kv_page *parent, const int32_t *ids, size_t n,
                     struct kv_page **out, size_t max);
/* From the root. */
size_t kv_match(struct kv *kv, uint64_t owner, const int32_t *ids, size_t n, struct kv_page **out, size_t max);
/* A zeroed open page, evicting cached ones if need be; NULL: the pool is held by running sequences. */
struct kv_page *kv_take(struct kv *kv);
/* The same for a page that is read from disk: its bytes are anything.  Never handed to the forward pass. */
struct kv_page *kv_take_raw(struct kv *kv);
void kv_drop_open(struct kv *kv, struct kv_page *p);              /* back to the pool */
/* Seals a full open page under parent (NULL: the owner's root).  Where a twin exists ours is
 * dropped and the twin comes back, with the reference. */
struct kv_page *kv_seal(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                        const int32_t ids[KV_PAGE_TOKENS]);
/* Seals a page that the store has read: id is its number there, and it is COMMITTED.  A twin takes the number. */
struct kv_page *kv_adopt(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                         const int32_t ids[KV_PAGE_TOKENS], uint64_t id);
void kv_unref(struct kv *kv, struct kv_page *p);                  /* cached when nobody holds it */

enum kv_disk kv_disk(const struct kv_page *p);
uint64_t kv_store_id(const struct kv_page *p);                    /* 0: none */
uint64_t kv_owner(const struct kv_page *p);
const int32_t *kv_ids(const struct kv_page *p);                   /* [KV_PAGE_TOKENS] of a sealed page */
struct kv_page *kv_parent(const struct kv_page *p);
void kv_want(struct kv *kv, struct kv_page *p);                   /* UNSTORED -> DIRTY; others stay */
void kv_lend(struct kv *kv, struct kv_page *p, uint64_t id);      /* UNSTORED, DIRTY -> WRITTEN, with a reference */
/* WRITTEN -> COMMITTED as id; id 0: it was not written, -> DIRTY if it is to be tried again, else UNSTORED.
 * The reference ends. */
void kv_lent_back(struct kv *kv, struct kv_page *p, uint64_t id, bool again);
/* Takes numbers back, COMMITTED -> UNSTORED: all, or those of p's ancestors.  What is lent keeps its own until
 * it comes back. */
void kv_forget_stored(struct kv *kv);
void kv_forget_above(struct kv *kv, struct kv_page *p);
void kv_unwant(struct kv *kv);                                    /* DIRTY -> UNSTORED: nothing will be written */
void kv_unwant_of(struct kv *kv, uint64_t owner);                 /* the same for one owner's pages */
/* The longest way, at most max pages from its top, down to a DIRTY page that nobody references, of pages without
 * a number: the next of them to write, parents first.  Takes no references. */
size_t kv_dirty_idle(const struct kv *kv, struct kv_page **out, size_t max);

/* free + cached can be taken now; open + held cannot.  twins_unequal must stay 0: sealing found a
 * page of the same ids with other bits, which the rule of docs/architecture.md excludes. */
struct kv_stats {
    size_t total, free, open, held, cached;
    size_t dirty, dirty_idle, written;                            /* of held and cached; idle: unreferenced */
    uint64_t evictions, twins, twins_unequal;
};
void kv_get_stats(const struct kv *kv, struct kv_stats *s);

#endif
