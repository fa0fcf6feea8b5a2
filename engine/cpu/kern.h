/* The compute kernels: one table of functions, filled with the scalar reference and
 * then overwritten level by level (dav1d's way).  kern_ref is the specification:
 * every level gives its bits (tests/unit/test_kern_*.c compare with memcmp).
 *
 * Shapes: T rows (tokens), K inputs, N outputs, D head_dim, R query rows.
 * All functions are pure: they write only what they name, allocate nothing, and may be
 * called from any thread on disjoint outputs.  The floating-point mode is set by
 * kern_thread_init on every thread that calls them.
 *
 * How each bit is fixed (order of sums, rounding, exp) is written above each reference
 * function in engine/cpu/ref*.c; a change there is a new KERN_NUMERICS_ID. */
#ifndef QW_ENGINE_KERN_H
#define QW_ENGINE_KERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "engine/layout/kv_layout.h"
#include "engine/layout/wmat.h"

#define KERN_NUMERICS_ID 1u
/* Of a GPU's products in F16 (gpu_numerics = fast): near those bits, and no bits are promised. */
#define KERN_NUMERICS_FAST (KERN_NUMERICS_ID | 1u << 16)

/* Activations as a product wants them.  F32, F16 and BF16 weights: the float32 rows x.
 * Others: int8 per 32 values with a float32 scale (d = amax/127, q = round to nearest even,
 * -127..127) and what the kernels need of the exact block sums.
 * Rows stand in tiles of w = min(KERN_TILE, T - first row): element (row i of the tile,
 * block b) of an array is at tile start + b*w + i, a tile starts at first row * K/32.
 * Rows can be filled by different threads.  A row whose amax is not finite gets q = 0, d = NaN;
 * one below 2^-100 gets zeros. */
#define KERN_TILE 16
struct kern_act {
    size_t T, K;
    const float *x;   /* [T][K] float32 rows of the caller, for float weights; the caller sets it */
    int8_t  *q;       /* 32 an element */
    float   *d;       /* scale */
    int32_t *s;       /* -128 * sum of q over the block */
    int32_t *h;       /* the same over each 16 values: element [b][half][i] */
    float   *m;       /* d * sum of q */
};
size_t kern_act_bytes(size_t T, size_t K);                       /* of q, d, s, h, m */
/* Points a's arrays into buf (64-byte aligned); x is set to NULL. */
void   kern_act_bind(struct kern_act *a, void *buf, size_t T, size_t K);

/* One (layer, kv head) of one sequence: R query rows that see the same pages.  Row r sees
 * positions 0..n_vis[r]-1; rows are sorted by ascending n_vis.  What the pages hold beside
 * them changes no bit, not even an infinity or NaN.  One that a row sees can make NaNs, whose payload is not fixed. */
struct kern_attn {
    enum kv_type kv_type;
    size_t D, R;
    const float *q;              /* row r at q + q_at[r]: D values, after RoPE, not scaled */
    const size_t *q_at;          /* [R], in floats */
    const uint32_t *n_vis;       /* [R] */
    const uint8_t *const *pages; /* page base addresses of the sequence */
    size_t k_at, v_at;           /* offsets of the K and V block within a page */
    float  scale;                /* 1/sqrt(D) */
};
#define KERN_ATTN_BLOCK 64       /* softmax block, aligned at position 0 */
#define KERN_ATTN_SPAN  512      /* state (m, l, O) starts anew every span; spans merge ascending */
/* Partial result of one row over one span: m = largest score * log2(e), l = sum of
 * 2^(score*log2(e) - m); beside it O = sum of the same weights times V. */
struct kern_span { float m, l; };

struct kern {
    const char *name;            /* "ref", "avx2", "avx512", "amx" */

    /* Rows t0..t1 of a's arrays from x (row 0 at x, stride ldx floats); K a multiple of 32. */
    void (*quantize)(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1);
    /* y[t][n] (row stride ldy floats) for n in groups [g0, g1) of w, all a->T rows.
     * Overwrites y.  A row's result does not depend on T, g0, g1 or the thread. */
    void (*gemm)(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1);

    /* y = x / sqrt(mean(x^2) + eps) * w, over K values. y may be x. */
    void (*rmsnorm)(float *y, const float *x, const float *w, size_t K, float eps);
    /* x += y; x += bias: K values. */
    void (*add)(float *x, const float *y, size_t K);
    /* y = silu(gate) * up, K values; y may be gate. */
    void (*swiglu)(float *y, const float *gate, const float *up, size_t K);
    /* y = kern_expf(x), n values; y may be x. */
    void (*exp)(float *y, const float *x, size_t n);
    /* One head of D values, the first n_rot rotated; cs = cos,sin pairs [n_rot/2][2] of this
     * position; neox: halves are paired (i, i + n_rot/2), else neighbours (2i, 2i+1). */
    void (*rope)(float *x, const float *cs, size_t n_rot, int neox);

    /* Rounds k and v (D values of one token, one kv head) into slot `slot` of the K and V
     * blocks of a page. */
    void (*kv_put)(enum kv_type type, size_t D, uint8_t *kblock, uint8_t *vblock, unsigned slot,
                   const float *k, const float *v);
    /* Span `span` of all rows of job: part[r].m/.l and o + r*D, for rows that see any of it
     * (others: m = -inf, l = 0, O = 0).  scratch: kern_attn_scratch(D, R) bytes, 64-aligned. */
    void (*attn_span)(const struct kern_attn *job, size_t span, struct kern_span *part, float *o, void *scratch);
    /* Merges n_spans partials of one row, ascending (span s at part[s*part_stride],
     * o + s*o_stride), and writes out[D] = O / l. */
    void (*attn_merge)(float *out, size_t D, size_t n_spans, const struct kern_span *part, size_t part_stride,
                       const float *o, size_t o_stride);
};
size_t kern_attn_scratch(size_t D, size_t R);

/* The table of one level; levels above what the machine runs are refused (NULL). */
const struct kern *kern_get(enum cpu_level level);
/* Default rounding, denormals kept: call once on each thread. */
void kern_thread_init(void);

/* Rotary angles, in double: freq[i] = base^(-2i/n_rot) / factors[i], i < n_rot/2 (factors may be
 * NULL), once a model; then for each position the cos,sin pairs cs[n_rot/2][2] of pos * freq[i],
 * by polynomials of our own, rounded once. */
void kern_rope_freqs(double *freq, size_t n_rot, double base, const float *factors);
void kern_rope_angles(float *cs, uint32_t pos, size_t n_rot, const double *freq);
/* The project's exp: a polynomial in fma, the same bits everywhere; for attention, silu and
 * the sampler. */
float kern_expf(float x);

#endif
