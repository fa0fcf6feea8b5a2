/* The kernels of the CUDA backend as the host calls them.  Each call queues launches on stream s and
 * returns; what is wrong shows in cudaGetLastError (a bad launch) or when the stream is waited for.
 * All pointers are device memory, 16-byte aligned; nothing is allocated.
 *
 * Bits: each gives what kern.h's reference gives, for any number of rows and any place in the batch; a
 * kernel may therefore be chosen by T freely.  NaNs stay NaNs; their bits are not fixed.
 *
 * T rows (tokens) of a run, K inputs, N outputs, H query heads, KV heads, D head size. */
#ifndef QW_ENGINE_CUDA_KERNELS_H
#define QW_ENGINE_CUDA_KERNELS_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

struct logit_head;

/* A matrix as wmat.h has it, byte for byte (engine/layout/wmat_layout.h): groups of 16 rows. */
struct cu_mat {
    uint32_t type, N, K;                /* enum gguf_type */
    size_t   group_bytes;
    const uint8_t *data;
};

/* What products read: T rows of K. */
struct cu_input {
    uint32_t T, K;
    float   *x;                         /* [T][K], for float weights */
    int8_t  *q;                         /* [T][K], for the others (NULL where none is one) */
    float   *d, *m;                     /* [T][K/32]: scale, scale * sum of q (kern.h, struct kern_act) */
};

/* y[t * ldy + n] = row t of the input times row n of w. */
struct cu_product { struct cu_mat w; float *y; uint32_t ldy; };
#define CU_PRODUCTS 3
/* n products of one input, K equal, in one launch where their types allow it.  Types: the eleven of
 * lay_type.  gemm_quant.cu, gemm_float.cu. */
void cu_gemm(const struct cu_input *in, const struct cu_product *p, int n, cudaStream_t s);

/* rows.cu */
/* x[t] = row ids[t] of w, as wmat_row. */
void cu_embed(float *x, const struct cu_mat *w, const int32_t *ids, uint32_t T, cudaStream_t s);
/* x += y (y may be NULL), then out->x = rmsnorm(x) * w and, where out->q is not NULL, quantized. */
void cu_norm(const struct cu_input *out, float *x, const float *y, const float *w, float eps, cudaStream_t s);
/* out->q, d, m of out->x. */
void cu_quantize(const struct cu_input *out, cudaStream_t s);
/* out->x = silu(gate) * up, quantized where out->q is not NULL; [T][K] each. */
void cu_swiglu(const struct cu_input *out, const float *gate, const float *up, cudaStream_t s);
/* dst[i] = src[sel[i]], rows of K. */
void cu_gather(float *dst, const float *src, const uint32_t *sel, uint32_t S, uint32_t K, cudaStream_t s);
/* cs[t][n_rot/2][2]: kern_rope_angles of pos[t]. */
void cu_rope_angles(float *cs, const uint32_t *pos, uint32_t T, uint32_t n_rot, const double *freq, cudaStream_t s);

/* Where the KV pages of a run are.  Page p of sequence s: page[first[s] + p]. */
struct cu_pages {
    int type;                           /* enum kv_type */
    uint32_t H, KV, D;
    size_t k_bytes, v_bytes;            /* of a (layer, head) block */
    size_t layer_at;                    /* offset of the layer's first K block in a page */
    uint8_t *const *page;
    const uint32_t *first;              /* [sequences] */
    const uint32_t *seq, *pos;          /* [T]: of each row of the run */
};

/* heads.cu: bias, norm and rotary of q and k in place; k and v rounded into their pages. */
struct cu_heads {
    float   *qkv;                       /* [T][ldq]: H heads of q, KV of k, KV of v side by side */
    uint32_t T, ldq, n_rot;
    bool     neox;
    float    eps;
    const float *q_bias, *k_bias, *v_bias, *q_norm, *k_norm;    /* NULL: none */
    const float *cs;                    /* [T][n_rot] */
};
void cu_finish_heads(const struct cu_heads *a, const struct cu_pages *p, cudaStream_t s);

/* attention.cu.  A tile: n consecutive tokens of one sequence, rows row .. row+n-1 of the run. */
struct cu_tile { uint32_t row, n; };
#define CU_TILE_TOKENS 16               /* most tokens of a tile */
struct cu_attention {
    const float *q;                     /* [T][ldq], as cu_finish_heads leaves it */
    uint32_t ldq, rows;                 /* rows: of the run that the tiles cover, ascending, from row0 on */
    uint32_t row0;
    const struct cu_tile *tile;         /* [tiles], on the device */
    uint32_t tiles, tile_tokens;        /* tile_tokens: most n of a tile here, 1..16 */
    uint32_t most_visible;              /* most positions that a row sees: pos + 1 */
    float    scale;                     /* 1/sqrt(D) */
    float   *out;                       /* [rows][H * D]: row r of the run at out[r - row0] */
    void    *work;                      /* cu_attention_bytes: partial results */
};
size_t cu_attention_bytes(uint32_t rows, uint32_t H, uint32_t D, uint32_t most_visible);
void cu_attention(const struct cu_attention *a, const struct cu_pages *p, cudaStream_t s);

/* head.cu: the head of each of S rows of logits (engine/forward/logit_head.h). */
struct cu_head_rows {
    const float *logits;                /* [S][n_vocab] */
    uint32_t S, n_vocab;                /* n_vocab: 1..LOGIT_HEAD_VOCAB */
    const float *temperature;           /* [S]: of each row's mass; 0: none */
    const uint32_t *mask;               /* [S][(n_vocab + 31) / 32]: a bit for each id that is a candidate; NULL: all */
    struct logit_head *out;             /* [S] */
    void    *work;                      /* cu_head_bytes */
};
size_t cu_head_bytes(uint32_t S, uint32_t n_vocab);
void cu_head(const struct cu_head_rows *a, cudaStream_t s);

#endif
