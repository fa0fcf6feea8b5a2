/* KV pages: the pool, and one tree of sealed pages rooted by owner.  Engine thread only.
 *
 * A page is named by (owner's root, parent page, its 16 ids) and found by walking from the
 * root and comparing ids: no hashes as names.  OPEN pages belong to one sequence; SEALED
 * ones are full, immutable, reference-counted and evictable when unreferenced (least
 * recently used, leaves first).  design/engine.md, "Pages". */
#ifndef QW_ENGINE_KV_H
#define QW_ENGINE_KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/kv_layout.h"

struct kv;
struct kv_page;

int  kv_new(struct kv **kv, const struct kv_layout *l, size_t n_pages, struct qw_error *err);
void kv_free(struct kv *kv);

uint8_t *kv_page_data(struct kv_page *p);

/* Longest chain of sealed pages from the owner's root that matches ids[0..n): at most max
 * pages into out, each with a reference taken.  Returns how many. */
size_t kv_match(struct kv *kv, uint64_t owner, const int32_t *ids, size_t n, struct kv_page **out, size_t max);
/* A zeroed open page, evicting cached ones if need be; NULL: the pool is held by running sequences. */
struct kv_page *kv_take(struct kv *kv);
void kv_drop_open(struct kv *kv, struct kv_page *p);              /* back to the pool */
/* Seals a full open page under parent (NULL: the owner's root).  Where a twin exists ours is
 * dropped and the twin comes back, with the reference. */
struct kv_page *kv_seal(struct kv *kv, uint64_t owner, struct kv_page *parent, struct kv_page *open,
                        const int32_t ids[KV_PAGE_TOKENS]);
void kv_ref(struct kv_page *p);
void kv_unref(struct kv *kv, struct kv_page *p);                  /* cached when nobody holds it */

struct kv_stats { size_t total, free, open, held, cached; uint64_t evictions; };
void kv_get_stats(const struct kv *kv, struct kv_stats *s);

#endif
