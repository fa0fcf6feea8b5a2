/* The format of page files: this header is its specification.  All numbers are little-endian.
 *
 * A page file (pages/XXXXXXXX.kv, its number in hex) is an array of slots of one size, which the
 * database keeps beside its number (table files).  It has no header of its own.  Which slots are in
 * use, and by which page, stands in the database only (table pages): a slot that no row names is free,
 * whatever it holds.
 *
 *   slot      offset  bytes
 *              0       8    "QWKVPAGE"
 *              8       4    version of this format: 1
 *             12       4    namespace (table namespaces)
 *             16      16    UUID of the store (table meta)
 *             32       8    page
 *             40       8    its parent, 0: none
 *             48      64    its 16 token ids, int32
 *            112       8    n, bytes of data
 *            120     120    zeros
 *            240      16    XXH3-128 of bytes 0..239 followed by the XXH3-128 of the data
 *                           (each hash: its low 8 bytes, then its high 8)
 *            256       n    data: engine/layout/kv_layout.h
 *            256 + n        zeros up to a multiple of 4096
 *
 * A page is handed out only if magic, version, UUID, namespace, page, parent, ids and length are what
 * the database and the reader say, and the checksum is right.
 *
 * The key of a namespace (64 bytes, namespaces.key), all that fixes a page's bits and whose it is:
 *   0 fingerprint 16, 16 params 8, 24 KV type 4, 28 layers 4, 32 KV heads 4, 36 head dim 4,
 *   40 numerics 4, 44 page version 4, 48 page bytes 8, 56 owner 8. */
#ifndef QW_DAEMON_STORE_PAGES_H
#define QW_DAEMON_STORE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store/store.h"

#define PAGES_HEADER   256u
#define PAGES_VERSION  1u
#define PAGES_ALIGN    4096u
#define PAGES_FILE_MAX ((uint64_t)1 << 30)
#define PAGES_NS_KEY   64u
#define PAGES_IDS      (KV_PAGE_TOKENS * sizeof(int32_t))

struct page_name {              /* what a slot must say of itself */
    uint32_t ns;
    uint64_t page, parent;
    const int32_t *ids;         /* [16] */
    uint64_t n_bytes;
};

size_t pages_slot_bytes(size_t page_bytes);                 /* 0 on overflow */
void pages_header(uint8_t out[PAGES_HEADER], const uint8_t uuid[16], const struct page_name *p, const void *data);
/* NULL if it is that page and whole, else what is wrong (static). */
const char *pages_check(const uint8_t header[PAGES_HEADER], const uint8_t uuid[16], const struct page_name *p,
                        const void *data);
/* The checksum alone. */
void pages_hash(uint8_t out[16], const uint8_t header[PAGES_HEADER], const void *data, size_t n_bytes);

void pages_ns_key(uint8_t out[PAGES_NS_KEY], const struct store_ns_key *k);
/* QW_EFORMAT: not a key of ours (sizes that do not fit one another). */
int  pages_ns_parse(struct store_ns_key *k, const uint8_t *key, size_t n, struct qw_error *err);

#endif
