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
 * design/engine.md, "Pages".  Nothing is allocated after kv_new. */
#ifndef QW_ENGINE_KV_H
#define QW_ENGINE_KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/kv_layout.h"

struct kv;
struct kv_page;

/* The pool's memory is reserved, and becomes resident as pages are used for the first time. */
int  kv_new(struct kv **kv, const struct kv_layout *l, size_t n_pages, struct qw_error *err);
void kv_free(struct kv *kv);

uint8_t *kv_page_data(struct kv_page *p);

/* Longest chain of sealed pages below parent (NULL: the owner's root) that matches the ids that
 * follow it, ids[0..n): at most max pages into out, each with a reference taken.  Returns how
 * many. */
size_t kv_match_from(struct kv *kv, uint64_t owner, struct kv_page *parent, const int32_t *ids, size_t n,
                     struct kv_page **out, size_t max);
/* From the root. */
size_t kv_match(struct kv *kv, uint64_t owner, const int32_t *ids, size_t n, struct kv_page **out, size_t max);
/* A zeroed open page, evicting cached ones if need be; NULL: the pool is held by running sequences. */
struct kv_page *kv_take(struct kv *kv);
void kv_drop_open(struct kv *kv, struct kv_page *p);              /* back to the pool */
/* Seals a full open page under parent (NULL: the owner's root).  Where a twin exists ours is
 * dropped and the twin comes back, with the reference. */
struct kv_page *kv_seal(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                        const int32_t ids[KV_PAGE_TOKENS]);
void kv_unref(struct kv *kv, struct kv_page *p);                  /* cached when nobody holds it */

/* free + cached can be taken now; open + held cannot.  twins_unequal must stay 0: sealing found a
 * page of the same ids with other bits, which the one rule of design/engine.md excludes. */
struct kv_stats { size_t total, free, open, held, cached; uint64_t evictions, twins, twins_unequal; };
void kv_get_stats(const struct kv *kv, struct kv_stats *s);

#endif
