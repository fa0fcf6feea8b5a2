/* The scalar reference of KV rounding and attention (see ref.c). */
#include <math.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/cpu/vmath.h"
#include "engine/layout/half.h"

/* ---- rounding K and V into a page ------------------------------------------------- */

static void put_one(enum kv_type type, uint8_t *block, size_t at, float f)
{
    const uint16_t h = type == KV_F16 ? float_to_half(f) : float_to_bf16(f);

    if (type == KV_F32)
        memcpy(block + 4 * at, &f, 4);
    else
        memcpy(block + 2 * at, &h, 2);
}

/* Q8_0: as quantize_row in ref.c. Value i of 32-block b at q[(32b+i)*step], scale at d. */
static float put_q8(int8_t *q, size_t step, const float *x)
{
    uint32_t top = 0;

    for (unsigned i = 0; i < 32; i++) {
        const uint32_t u = float_bits(x[i]) & 0x7fffffff;
        top = u > top ? u : top;
    }
    const float amax = bits_float(top);
    const int finite = top < 0x7f800000, used = finite && amax >= ACT_TINY;
    const float scale = used ? 127.0f / amax : 0.0f;

    for (unsigned i = 0; i < 32; i++)
        q[i * step] = used ? (int8_t)lrintf(x[i] * scale) : 0;
    return !finite ? bits_float(0x7fc00000) : used ? amax / 127.0f : 0.0f;
}

void kern_ref_kv_put(enum kv_type type, size_t D, uint8_t *kblock, uint8_t *vblock, unsigned slot,
                     const float *k, const float *v)
{
    if (type != KV_Q8_0) {
        for (size_t d = 0; d < D; d++) {
            put_one(type, kblock, d * KV_PAGE_TOKENS + slot, k[d]);
            put_one(type, vblock, slot * D + d, v[d]);
        }
        return;
    }
    for (size_t b = 0; b < D / 32; b++) {
        uint8_t *kscales = kblock + D * KV_PAGE_TOKENS, *vscales = vblock + D * KV_PAGE_TOKENS;
        const float kd = put_q8((int8_t *)kblock + 32 * b * KV_PAGE_TOKENS + slot, KV_PAGE_TOKENS, k + 32 * b);
        const float vd = put_q8((int8_t *)vblock + slot * D + 32 * b, 1, v + 32 * b);

        memcpy(kscales + 4 * (b * KV_PAGE_TOKENS + slot), &kd, 4);
        memcpy(vscales + 4 * (slot * (D / 32) + b), &vd, 4);
    }
}

/* ---- attention -------------------------------------------------------------------- */

static float page_float(enum kv_type type, const uint8_t *block, size_t at)
{
    uint16_t h;
    float f;

    if (type == KV_F32) {
        memcpy(&f, block + 4 * at, 4);
        return f;
    }
    memcpy(&h, block + 2 * at, 2);
    return type == KV_F16 ? half_to_float(h) : bf16_to_float(h);
}

/* Q8_0: (float)q * scale, rounded. */
static float k_at(const struct kern_attn *j, size_t pos, size_t d)
{
    const uint8_t *k = j->pages[pos / KV_PAGE_TOKENS] + j->k_at;
    const size_t slot = pos % KV_PAGE_TOKENS;
    float scale;

    if (j->kv_type != KV_Q8_0)
        return page_float(j->kv_type, k, d * KV_PAGE_TOKENS + slot);
    memcpy(&scale, k + j->D * KV_PAGE_TOKENS + 4 * (d / 32 * KV_PAGE_TOKENS + slot), 4);
    return (float)(int8_t)k[d * KV_PAGE_TOKENS + slot] * scale;
}

static float v_at(const struct kern_attn *j, size_t pos, size_t d)
{
    const uint8_t *v = j->pages[pos / KV_PAGE_TOKENS] + j->v_at;
    const size_t slot = pos % KV_PAGE_TOKENS;
    float scale;

    if (j->kv_type != KV_Q8_0)
        return page_float(j->kv_type, v, slot * j->D + d);
    memcpy(&scale, v + j->D * KV_PAGE_TOKENS + 4 * (slot * (j->D / 32) + d / 32), 4);
    return (float)(int8_t)v[slot * j->D + d] * scale;
}

/* One softmax block of one row: positions p0 .. p0+63 of which the first n count.
 *   q'   = q * (scale * log2 e), rounded
 *   s    = sum over d of fma(q', k, s) in order from 0
 *   m'   = max(m, s...); weights 2^(s - m'), 0 where masked; c = 2^(m - m')
 *   l    = fma(l, c, sum): lane i adds weights i, i+16, i+32, i+48 in order, then the tree
 *   O    = O * c, then fma(weight, v, O) in order of positions
 * A masked position is left out, whatever its K and V.  A level may add 0 * v where v is
 * finite: no change but for the sign of a zero, which the span's end takes away.
 * A score that is NaN is not the largest, and its weight is 0. */
static void block_row(const struct kern_attn *j, const float *q, size_t p0, unsigned n, struct kern_span *part,
                      float *O)
{
    float w[KERN_ATTN_BLOCK] = { 0 }, lane[16];
    float m = part->m;

    for (unsigned i = 0; i < n; i++) {
        float s = 0;

        for (size_t d = 0; d < j->D; d++)
            s = fmaf(q[d], k_at(j, p0 + i, d), s);
        w[i] = s;
        m = s > m ? s : m;
    }
    for (unsigned i = 0; i < n; i++)
        w[i] = vexp2(w[i] - m);
    for (unsigned i = 0; i < 16; i++)
        lane[i] = ((w[i] + w[i + 16]) + w[i + 32]) + w[i + 48];
    for (unsigned h = 8; h > 0; h /= 2)
        for (unsigned i = 0; i < h; i++)
            lane[i] += lane[i + h];
    const float c = vexp2(part->m - m);

    part->m = m;
    part->l = fmaf(part->l, c, lane[0]);
    for (size_t d = 0; d < j->D; d++) {
        float o = O[d] * c;

        for (unsigned i = 0; i < n; i++)
            o = fmaf(w[i], v_at(j, p0 + i, d), o);
        O[d] = o;
    }
}

static void ref_attn_span(const struct kern_attn *job, size_t span, struct kern_span *part, float *o, void *scratch)
{
    const size_t from = span * KERN_ATTN_SPAN, D = job->D;
    const float qscale = job->scale * EXP2_LOG2E_HI;
    float *q = scratch;

    for (size_t r = 0; r < job->R; r++) {
        float *O = o + r * D;
        const size_t end = job->n_vis[r] < from + KERN_ATTN_SPAN ? job->n_vis[r] : from + KERN_ATTN_SPAN;

        part[r].m = -INFINITY;
        part[r].l = 0;
        memset(O, 0, D * sizeof *O);
        for (size_t d = 0; d < D; d++)
            q[d] = job->q[job->q_at[r] + d] * qscale;
        for (size_t p = from; p < end; p += KERN_ATTN_BLOCK)
            block_row(job, q, p, (unsigned)(end - p < KERN_ATTN_BLOCK ? end - p : KERN_ATTN_BLOCK), &part[r], O);
        for (size_t d = 0; d < D; d++)
            O[d] += 0.0f;                               /* -0 becomes 0 */
    }
}

/* m = the largest; weights c = 2^(m_s - m); l and O by fma from 0 in span order; O * (1/l).
 * Spans that the row does not see have c = 0 and are left out. */
static void ref_attn_merge(float *out, size_t D, size_t n_spans, const struct kern_span *part, size_t part_stride,
                           const float *o, size_t o_stride)
{
    float m = -INFINITY, l = 0;

    for (size_t s = 0; s < n_spans; s++)
        m = part[s * part_stride].m > m ? part[s * part_stride].m : m;
    memset(out, 0, D * sizeof *out);
    for (size_t s = 0; s < n_spans; s++) {
        const float c = vexp2(part[s * part_stride].m - m);

        if (c == 0.0f)
            continue;
        l = fmaf(c, part[s * part_stride].l, l);
        for (size_t d = 0; d < D; d++)
            out[d] = fmaf(c, o[s * o_stride + d], out[d]);
    }
    const float inv = 1.0f / l;

    for (size_t d = 0; d < D; d++)
        out[d] *= inv;
}

void kern_fill_ref_attn(struct kern *k)
{
    k->kv_put = kern_ref_kv_put;
    k->attn_span = ref_attn_span;
    k->attn_merge = ref_attn_merge;
}
