/* The scalar reference: these loops are the specification of every bit.  Each function
 * says the order of its sums and roundings; a change here is a new KERN_NUMERICS_ID. */
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"
#include "engine/layout/half.h"
#include "engine/layout/wmat_layout.h"

/* d = amax/127 and q = x * (127/amax), both quotients rounded once, the product rounded
 * and then to the nearest even integer.  amax is compared as bits, so a NaN wins. */
static void quantize_row(struct kern_act *a, const float *x, size_t t)
{
    const struct act_row r = act_row(a, t);

    for (size_t b = 0; b < a->K / 32; b++) {
        const size_t e = r.at + b * r.width, first = r.at - (t % KERN_TILE);
        const size_t eh = first * 2 + b * 2 * r.width + t % KERN_TILE;
        int8_t *q = a->q + e * 32;
        int32_t sum[2] = { 0, 0 };
        uint32_t top = 0;

        for (unsigned i = 0; i < 32; i++) {
            const uint32_t u = float_bits(x[32 * b + i]) & 0x7fffffff;
            top = u > top ? u : top;
        }
        const float amax = bits_float(top);
        const int finite = top < 0x7f800000, used = finite && amax >= ACT_TINY;
        const float scale = used ? 127.0f / amax : 0.0f;

        for (unsigned i = 0; i < 32; i++) {
            const float v = used ? x[32 * b + i] * scale : 0.0f;

            q[i] = (int8_t)lrintf(v);
            sum[i / 16] += q[i];
        }
        a->d[e] = !finite ? bits_float(0x7fc00000) : used ? amax / 127.0f : 0.0f;
        a->s[e] = -128 * (sum[0] + sum[1]);
        a->h[eh] = -128 * sum[0];
        a->h[eh + r.width] = -128 * sum[1];
        a->m[e] = a->d[e] * (float)(sum[0] + sum[1]);
    }
}

static void ref_quantize(struct kern_act *a, const float *x, size_t ldx, size_t t0, size_t t1)
{
    for (size_t t = t0; t < t1; t++)
        quantize_row(a, x + t * ldx, t);
}

/* One block of 16 rows, as the products below want it. */
struct block {
    uint8_t q[WMAT_GROUP][32];
    float   d[2][WMAT_GROUP], m[WMAT_GROUP];
};

/* Kernels read a value of fewer than 8 bits in the upper bits of its byte: u = q << up.
 * That makes every offset 128, and the scale smaller by 2^up. */
static void load_block(struct block *k, const struct wmat *w, const struct lay_type *l, const uint8_t *group, size_t b)
{
    const unsigned up = 8 - l->bits;

    for (unsigned r = 0; r < WMAT_GROUP; r++) {
        const struct lay_scale s = lay_scale(w->type, group, b, r);

        lay_ints(l, group, b, r, k->q[r]);
        for (unsigned i = 0; i < 32; i++)
            k->q[r][i] = (uint8_t)(k->q[r][i] << up);
        for (unsigned h = 0; h < 2; h++)
            k->d[h][r] = s.d[h] * (1.0f / (float)(1u << up));
        k->m[r] = s.m;
    }
}

/* The block's part of one output.  I = sum of (u - 128) q, or of u q where there is a
 * minimum; exact in int32 and in float32 (|I| < 2^24).
 *   Q4_0 Q5_0 Q8_0   acc = fma(I, d*da, acc)
 *   Q4_1 Q5_1        acc = fma(I, d*da, acc); acc = fma(m, d_a * sum q, acc)
 *   Q4_K Q5_K        the same with d*sc for d and -(dmin*m) for m
 *   Q6_K             g = I0*(d*sc0); g = fma(I1, d*sc1, g); acc = fma(g, da, acc) */
static float block_dot(float acc, const struct block *k, unsigned r, enum gguf_type type, unsigned offset,
                       const int8_t *q, float da, float dsum)
{
    int32_t I[2] = { 0, 0 };

    for (unsigned i = 0; i < 32; i++)
        I[i / 16] += ((int32_t)k->q[r][i] - (int32_t)(offset != 0 ? 128 : 0)) * q[i];
    if (type == GGUF_Q6_K) {
        const float g = (float)I[0] * k->d[0][r];

        return fmaf(fmaf((float)I[1], k->d[1][r], g), da, acc);
    }
    acc = fmaf((float)(I[0] + I[1]), k->d[0][r] * da, acc);
    return offset != 0 ? acc : fmaf(-k->m[r], dsum, acc);
}

static void quant_tile(float acc[KERN_TILE][WMAT_GROUP], const struct kern_act *a, const struct wmat *w,
                       const uint8_t *group, size_t t0, size_t n, size_t b0, size_t b1)
{
    const struct lay_type *l = lay_type(w->type);

    for (size_t b = b0; b < b1; b++) {
        struct block k;

        load_block(&k, w, l, group, b);
        for (size_t i = 0; i < n; i++) {
            const struct act_row row = act_row(a, t0 + i);
            const size_t e = row.at + b * row.width;

            for (unsigned r = 0; r < WMAT_GROUP; r++)
                acc[i][r] = block_dot(acc[i][r], &k, r, w->type, l->offset, a->q + e * 32, a->d[e], a->m[e]);
        }
    }
}

/* Float weights: acc = fma(w, x, acc) in K order. */
static void float_tile(float acc[KERN_TILE][WMAT_GROUP], const struct kern_act *a, const struct wmat *w,
                       const uint8_t *group, size_t t0, size_t n, size_t k0, size_t k1)
{
    for (size_t k = k0; k < k1; k++)
        for (unsigned r = 0; r < WMAT_GROUP; r++) {
            const size_t at = k * WMAT_GROUP + r;
            uint16_t u16;
            float f;

            if (w->type == GGUF_F32) {
                memcpy(&f, group + 4 * at, 4);
            } else {
                memcpy(&u16, group + 2 * at, 2);
                f = w->type == GGUF_F16 ? half_to_float(u16) : bf16_to_float(u16);
            }
            for (size_t i = 0; i < n; i++)
                acc[i][r] = fmaf(f, a->x[(t0 + i) * a->K + k], acc[i][r]);
        }
}

void kern_ref_gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                   size_t S)
{
    const int floats = lay_type(w->type)->bits >= 16;
    const size_t steps = floats ? w->K : w->K / 32;

    for (size_t g = g0; g < g1; g++)
        for (size_t t0 = 0; t0 < a->T; t0 += KERN_TILE) {
            const size_t n = a->T - t0 < KERN_TILE ? a->T - t0 : KERN_TILE;
            const size_t cols = w->N - g * WMAT_GROUP < WMAT_GROUP ? w->N - g * WMAT_GROUP : WMAT_GROUP;
            const uint8_t *group = w->data + g * w->group_bytes;
            float sum[KERN_TILE][WMAT_GROUP];

            for (size_t s = 0; s < S; s++) {
                float acc[KERN_TILE][WMAT_GROUP] = { { 0 } };

                (floats ? float_tile : quant_tile)(acc, a, w, group, t0, n, steps * s / S, steps * (s + 1) / S);
                for (size_t i = 0; i < n; i++)
                    for (unsigned r = 0; r < WMAT_GROUP; r++)
                        sum[i][r] = s == 0 ? acc[i][r] : sum[i][r] + acc[i][r];
            }
            for (size_t i = 0; i < n; i++)
                memcpy(y + (t0 + i) * ldy + g * WMAT_GROUP, sum[i], cols * sizeof(float));
        }
}

static void ref_gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    kern_ref_gemm(y, ldy, a, w, g0, g1, 1);
}

/* 16 lanes to one: halves added, 8, 4, 2, 1. */
static float tree(float v[16])
{
    for (unsigned n = 8; n > 0; n /= 2)
        for (unsigned i = 0; i < n; i++)
            v[i] += v[i + n];
    return v[0];
}

/* Lane k%16 takes fma(x, x, lane) in K order; then the tree; r = 1/sqrt(sum/K + eps). */
static void ref_rmsnorm(float *y, const float *x, const float *w, size_t K, float eps)
{
    float lane[16] = { 0 };

    for (size_t k = 0; k < K; k++)
        lane[k % 16] = fmaf(x[k], x[k], lane[k % 16]);
    const float r = 1.0f / sqrtf(tree(lane) / (float)K + eps);

    for (size_t k = 0; k < K; k++)
        y[k] = x[k] * r * w[k];
}

static void ref_add(float *x, const float *y, size_t K)
{
    for (size_t k = 0; k < K; k++)
        x[k] += y[k];
}

/* (g / (1 + e^-g)) * up */
static void ref_exp(float *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = vexp(x[i]);
}

static void ref_swiglu(float *y, const float *gate, const float *up, size_t K)
{
    for (size_t k = 0; k < K; k++)
        y[k] = vsilu(gate[k]) * up[k];
}

/* (a, b) -> (fma(a, cos, -(b*sin)), fma(a, sin, b*cos)) */
static void ref_rope(float *x, const float *cs, size_t n_rot, int neox)
{
    const size_t half = n_rot / 2;

    for (size_t i = 0; i < half; i++) {
        float *p = neox ? x + i : x + 2 * i, *q = neox ? x + half + i : p + 1;
        const float a = *p, b = *q, c = cs[2 * i], s = cs[2 * i + 1];

        *p = fmaf(a, c, -(b * s));
        *q = fmaf(a, s, b * c);
    }
}

void kern_fill_ref(struct kern *k)
{
    k->name = "ref";
    k->quantize = ref_quantize;
    k->gemm = ref_gemm;
    k->rmsnorm = ref_rmsnorm;
    k->add = ref_add;
    k->swiglu = ref_swiglu;
    k->exp = ref_exp;
    k->rope = ref_rope;
}
