/* What the levels give to engine/cpu/kern.c, and what they share.  Internal to engine/cpu. */
#ifndef QW_ENGINE_CPU_LEVELS_H
#define QW_ENGINE_CPU_LEVELS_H

#include "engine/cpu/kern.h"

/* Each fills or overwrites its part of the table. */
void kern_fill_ref(struct kern *k);
void kern_fill_ref_attn(struct kern *k);
void kern_fill_avx2(struct kern *k);
void kern_fill_avx2_gemm(struct kern *k);
void kern_fill_avx2_attn(struct kern *k);
void kern_fill_avx512(struct kern *k);
void kern_fill_avx512_gemm(struct kern *k);
void kern_fill_avx512_attn(struct kern *k);
void kern_fill_amx(struct kern *k);         /* on top of avx512: products of many tokens */

/* The reference product with K cut into S segments of whole blocks (a CUDA class has its
 * own S), summed apart and then left to right; the table's gemm is S = 1. */
void kern_ref_gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                   size_t S);

void kern_ref_kv_put(enum kv_type type, size_t D, uint8_t *kblock, uint8_t *vblock, unsigned slot,
                     const float *k, const float *v);

/* Where row t of an activation's arrays is: element (b) of q is at q + (at + b*width) * 32. */
struct act_row { size_t at, width; };
static inline struct act_row act_row(const struct kern_act *a, size_t t)
{
    const size_t first = t / KERN_TILE * KERN_TILE, blocks = a->K / 32;
    const size_t width = a->T - first < KERN_TILE ? a->T - first : KERN_TILE;
    const struct act_row r = { first * blocks + (t - first), width };

    return r;
}

/* Activations below this amax count as zero: 127/amax stays finite. */
#define ACT_TINY 0x1p-100f

/* Attention scratch in floats: the query rows times scale * log2(e) in tiles of ATTN_ROWS
 * (the last one narrower), [tile][D][rows of the tile]; one tile's scores [rows][64] and
 * factors [16]; one block's K as [4 pages][D][16] and V as [64][D]. */
#define ATTN_ROWS 12
struct attn_scratch { float *q, *s, *c, *k, *v; };
static inline size_t attn_q_floats(size_t D, size_t R)
{
    return (D * R + 15) / 16 * 16;
}
static inline struct attn_scratch attn_scratch_at(void *p, size_t D, size_t R)
{
    struct attn_scratch a;

    a.q = (float *)p;                   /* C++ reads this header, too */
    a.s = a.q + attn_q_floats(D, R);
    a.c = a.s + ATTN_ROWS * KERN_ATTN_BLOCK;
    a.k = a.c + 16;
    a.v = a.k + KERN_ATTN_BLOCK * D;
    return a;
}
/* Of the block at p0 <= n_vis: the positions that a row sees. */
static inline size_t attn_in_block(size_t n_vis, size_t p0)
{
    return n_vis - p0 < KERN_ATTN_BLOCK ? n_vis - p0 : KERN_ATTN_BLOCK;
}

#endif
