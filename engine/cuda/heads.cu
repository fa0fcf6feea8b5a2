/* Between the products and attention: bias, norm and rotary of every head, and the rounding of K
 * and V into their pages (ref_rmsnorm, ref_rope, kern_ref_kv_put).  A warp takes one head of one row. */
#include "engine/cuda/dev.h"
#include "engine/cuda/kernels.h"
#include "engine/cuda/ptx.h"

extern "C" {
#include "engine/cpu/levels.h"
}
#include "engine/layout/half.h"

#define HEAD_WARPS 4

/* The head at s[D] in shared memory; both halves of the warp go through the same 16 chains. */
DEV void norm_head(float *s, uint32_t D, const float *w, float eps)
{
    float lane = 0;

    DEV_UNROLL_BY(4)
    for (uint32_t d = dev_lane() % 16; d < D; d += 16)
        lane = fmaf(s[d], s[d], lane);
    for (int h = 8; h > 0; h /= 2)
        lane += __shfl_xor_sync(DEV_FULL, lane, h);
    const float r = 1.0f / sqrtf(lane / (float)D + eps);

    __syncwarp();
    for (uint32_t d = dev_lane(); d < D; d += DEV_WARP)
        s[d] = s[d] * r * w[d];
    __syncwarp();
}

DEV void rotate_head(float *s, const float *cs, uint32_t n_rot, bool neox)
{
    const uint32_t half = n_rot / 2;

    for (uint32_t i = dev_lane(); i < half; i += DEV_WARP) {
        float *p = neox ? s + i : s + 2 * i, *q = neox ? s + half + i : p + 1;
        const float a = *p, b = *q, c = cs[2 * i], sn = cs[2 * i + 1];

        *p = fmaf(a, c, -(b * sn));
        *q = fmaf(a, sn, b * c);
    }
    __syncwarp();
}

/* One token's D values into a K block (step 16: the token is a column) or a V block (step 1); the
 * scale of 32-block b at scale[b * scale_step]. */
DEV void put_head(int type, uint8_t *block, size_t at, uint32_t step, float *scale, uint32_t scale_step,
                  const float *s, uint32_t D)
{
    for (uint32_t d = dev_lane(); d < D; d += DEV_WARP) {
        const float v = s[d];
        const size_t to = at + (size_t)d * step;

        if (type == KV_F32) {
            ((float *)block)[to] = v;
        } else if (type == KV_F16) {
            ((uint16_t *)block)[to] = ptx_float_to_half(v);
        } else if (type == KV_BF16) {
            ((uint16_t *)block)[to] = float_to_bf16(v);
        } else {                                        /* D is a multiple of 32: whole warps */
            uint32_t top = float_bits(v) & 0x7fffffffu;

            for (int h = 16; h > 0; h /= 2) {
                const uint32_t o = __shfl_xor_sync(DEV_FULL, top, h);
                top = o > top ? o : top;
            }
            const float amax = bits_float(top);
            const bool finite = top < 0x7f800000u, used = finite && amax >= ACT_TINY;
            const float by = used ? 127.0f / amax : 0.0f;

            ((int8_t *)block)[to] = (int8_t)(used ? __float2int_rn(v * by) : 0);
            if (dev_lane() == 0)
                scale[d / 32 * scale_step] = !finite ? bits_float(0x7fc00000u) : used ? amax / 127.0f : 0.0f;
        }
    }
}

static __global__ void finish_heads(struct cu_heads a, struct cu_pages p, size_t items)
{
    DEV_SHARED(float, shared);
    const uint32_t D = p.D, H = p.H, KV = p.KV, heads = H + 2 * KV;
    const size_t item = blockIdx.x * (size_t)HEAD_WARPS + dev_warp();
    float *s = shared + dev_warp() * D;

    if (item >= items)                                  /* a whole warp; the block never meets */
        return;
    const uint32_t row = (uint32_t)(item / heads), h = (uint32_t)(item % heads);
    const bool is_q = h < H, is_k = !is_q && h < H + KV;
    const uint32_t kv = is_q ? 0 : is_k ? h - H : h - H - KV;
    const float *bias = is_q ? a.q_bias : is_k ? a.k_bias : a.v_bias;
    const float *norm = is_q ? a.q_norm : is_k ? a.k_norm : NULL;
    float *x = a.qkv + row * (size_t)a.ldq + (size_t)h * D;

    if (bias != NULL)
        bias += (size_t)(is_q ? h : kv) * D;
    for (uint32_t d = dev_lane(); d < D; d += DEV_WARP)
        s[d] = bias != NULL ? x[d] + bias[d] : x[d];
    __syncwarp();
    if (norm != NULL)
        norm_head(s, D, norm, a.eps);
    if (is_q || is_k)
        rotate_head(s, a.cs + row * (size_t)a.n_rot, a.n_rot, a.neox);
    if (is_q) {
        for (uint32_t d = dev_lane(); d < D; d += DEV_WARP)
            x[d] = s[d];
        return;
    }
    const uint32_t pos = p.pos[row], slot = pos % KV_PAGE_TOKENS;
    uint8_t *block = p.page[p.first[p.seq[row]] + pos / KV_PAGE_TOKENS] + p.layer_at + kv * (p.k_bytes + p.v_bytes);

    if (is_k) {
        put_head(p.type, block, slot, KV_PAGE_TOKENS, (float *)(block + D * KV_PAGE_TOKENS) + slot, KV_PAGE_TOKENS, s, D);
    } else {
        block += p.k_bytes;
        put_head(p.type, block, slot * (size_t)D, 1, (float *)(block + D * KV_PAGE_TOKENS) + slot * (D / 32), 1, s, D);
    }
}

void cu_finish_heads(const struct cu_heads *a, const struct cu_pages *p, cudaStream_t s)
{
    const size_t items = (size_t)a->T * (p->H + 2 * p->KV);

    if (items > 0)
        LAUNCH(finish_heads, dim3((unsigned)((items + HEAD_WARPS - 1) / HEAD_WARPS)), dim3(HEAD_WARPS * DEV_WARP),
               HEAD_WARPS * p->D * sizeof(float), s, *a, *p, items);
}
