/* Weight matrices in the layout that the kernels read: W[N,K], N outputs, K inputs,
 * repacked once from the file's blocks; one layout serves every kernel level, the
 * reference included (docs/performance.md draws it).
 *
 * Rows are interleaved in groups of WMAT_GROUP (16) so that lanes are rows and K
 * runs in order; N is padded with zero rows to a whole group.  Group g is at
 * data + g * group_bytes, 64-byte aligned.  The size is at most 1.03 x the file's.
 * Immutable once repacked; any thread. */
#ifndef QW_ENGINE_WMAT_H
#define QW_ENGINE_WMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/gguf/gguf.h"

#define WMAT_GROUP 16
#define WMAT_LAYOUT_VERSION 1

struct wmat {
    enum gguf_type type;
    size_t   N, K;               /* K: a multiple of the type's block (32 or 256; 1 for floats) */
    size_t   group_bytes;
    uint8_t *data;               /* borrowed: lies in the model's weight block */
};

/* Bytes that wmat_repack needs for a tensor of this type and shape; QW_EUNSUPPORTED
 * names the type, QW_EFORMAT a K that is no multiple of its block. */
int wmat_bytes(uint32_t type, size_t N, size_t K, size_t *bytes, struct qw_error *err);
/* Fills w over dst (64-byte aligned, wmat_bytes long) from the file's rows. Splits by
 * group: repacks groups [g0, g1), so that workers can share it; src is row 16 * g0 of the
 * file, so that a piece of it is enough.  w's fields are set by wmat_init first. */
int  wmat_init(struct wmat *w, uint32_t type, size_t N, size_t K, void *dst, struct qw_error *err);
void wmat_repack(const struct wmat *w, const void *src, size_t g0, size_t g1);
/* out[K] = row n, dequantized to float32 (embedding rows of tied weights). */
void wmat_row(const struct wmat *w, size_t n, float *out);
static inline size_t wmat_groups(const struct wmat *w) { return (w->N + WMAT_GROUP - 1) / WMAT_GROUP; }

#endif
