#include "engine/layout/wmat.h"

#include <string.h>

#include "base/mem.h"
#include "engine/layout/half.h"
#include "engine/layout/wmat_layout.h"

static const struct lay_type types[] = {
    [GGUF_F32]  = { 32, 1, 0, 0, 0, 1, 4 },
    [GGUF_F16]  = { 16, 1, 0, 0, 0, 1, 2 },
    [GGUF_BF16] = { 16, 1, 0, 0, 0, 1, 2 },
    [GGUF_Q4_0] = { 4, 2, LAY_HEAD_2, LAY_V4, 8, 32, 18 },
    [GGUF_Q4_1] = { 4, 1, LAY_HEAD_1, LAY_V4, 0, 32, 20 },
    [GGUF_Q5_0] = { 5, 2, LAY_HEAD_2, LAY_V5, 16, 32, 22 },
    [GGUF_Q5_1] = { 5, 1, LAY_HEAD_1, LAY_V5, 0, 32, 24 },
    [GGUF_Q8_0] = { 8, 2, LAY_HEAD_2, LAY_V8, 128, 32, 34 },
    [GGUF_Q4_K] = { 4, 8, LAY_HEAD_K, LAY_V4, 0, 256, 144 },
    [GGUF_Q5_K] = { 5, 8, LAY_HEAD_K, LAY_V5, 0, 256, 176 },
    [GGUF_Q6_K] = { 6, 8, LAY_HEAD_6K, LAY_V6, 32, 256, 210 },
};

const struct lay_type *lay_type(uint32_t type)
{
    if (type >= sizeof types / sizeof types[0] || types[type].bits == 0)
        return NULL;
    return &types[type];
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t get32(const uint8_t *p) { uint32_t u; memcpy(&u, p, 4); return u; }
static void put32(uint8_t *p, uint32_t u) { memcpy(p, &u, 4); }

/* ---- sizes --------------------------------------------------------------------- */

static bool group_size(const struct lay_type *l, size_t K, size_t *out)
{
    size_t n;

    if (l->bits >= 16)
        return qw_mul(K, l->bits * (WMAT_GROUP / 8u), &n) && qw_add(n, 63, &n) && (*out = n & ~(size_t)63, true);
    const size_t blocks = K / 32, last = blocks % l->blocks;

    if (!qw_mul(blocks / l->blocks, l->head + l->blocks * l->value_bytes, &n) ||
        (last != 0 && !qw_add(n, l->head + last * l->value_bytes, &n)))
        return false;
    *out = n;
    return true;
}

int wmat_bytes(uint32_t type, size_t N, size_t K, size_t *bytes, struct qw_error *err)
{
    const struct lay_type *l = lay_type(type);
    size_t g, n;

    if (l == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "tensor type %s is not supported", gguf_type_name(type));
    if (N == 0 || K == 0 || K % l->file_values != 0)
        return qw_error_set(err, QW_EFORMAT, "%zu rows of %zu values: not whole %s blocks of %u", N, K,
                            gguf_type_name(type), l->file_values);
    if (N > SIZE_MAX - WMAT_GROUP || !group_size(l, K, &g) ||
        !qw_mul((N + WMAT_GROUP - 1) / WMAT_GROUP, g, &n))
        return qw_error_set(err, QW_ETOOLARGE, "a matrix of %zu x %zu is too large", N, K);
    *bytes = n;
    return QW_OK;
}

int wmat_init(struct wmat *w, uint32_t type, size_t N, size_t K, void *dst, struct qw_error *err)
{
    size_t n;
    int rc = wmat_bytes(type, N, K, &n, err);

    if (rc != QW_OK)
        return rc;
    w->type = (enum gguf_type)type;
    w->N = N;
    w->K = K;
    w->group_bytes = n / wmat_groups(w);
    w->data = dst;
    return QW_OK;
}

/* ---- a row's values from the file: 32 integers as eight words of four bytes ------ */

/* So that a type known to the compiler decides shifts and loops (repack_group). */
#define INLINE static inline __attribute__((always_inline))

enum { LOW4 = 0x0f0f0f0f };

/* Bits 0..3 to the lowest bits of four bytes. */
static uint32_t spread(uint32_t x)
{
    return (x & 15) * 0x00204081u & 0x01010101u;
}

INLINE void nibbles_32(uint32_t v[8], const uint8_t *p)      /* Q4_0, Q5_0 and their kin */
{
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t u = get32(p + 4 * i);

        v[i] = u & LOW4;
        v[i + 4] = u >> 4 & LOW4;
    }
}

INLINE void fifth_bits(uint32_t v[8], const uint8_t *p)
{
    const uint32_t h = get32(p);

    for (unsigned i = 0; i < 8; i++)
        v[i] |= spread(h >> 4 * i) << 4;
}

/* Q4_K, Q5_K: 32 bytes hold two blocks, the even one in the low nibbles. */
INLINE void nibbles_k(uint32_t v[8], const uint8_t *qs, unsigned b)
{
    for (unsigned i = 0; i < 8; i++)
        v[i] = get32(qs + b / 2 * 32 + 4 * i) >> 4 * (b & 1) & LOW4;
}

/* Q6_K: 128 values from 64 bytes of nibbles and 32 bytes of bit pairs. */
INLINE void values_6k(uint32_t v[8], const uint8_t *blk, unsigned b)
{
    const uint8_t *ql = blk + b / 4 * 64 + (b & 1) * 32, *qh = blk + 128 + b / 4 * 32;
    const unsigned j = b & 3;

    for (unsigned i = 0; i < 8; i++)
        v[i] = (get32(ql + 4 * i) >> (j & 2) * 2 & LOW4) | (get32(qh + 4 * i) >> 2 * j & 0x03030303u) << 4;
}

/* Block b (of 32) of a file block. */
INLINE void file_values(uint32_t type, const uint8_t *blk, unsigned b, uint32_t v[8])
{
    switch (type) {
    case GGUF_Q4_0: nibbles_32(v, blk + 2); break;
    case GGUF_Q4_1: nibbles_32(v, blk + 4); break;
    case GGUF_Q5_0: nibbles_32(v, blk + 6); fifth_bits(v, blk + 2); break;
    case GGUF_Q5_1: nibbles_32(v, blk + 8); fifth_bits(v, blk + 4); break;
    case GGUF_Q4_K: nibbles_k(v, blk + 16, b); break;
    case GGUF_Q5_K:
        nibbles_k(v, blk + 48, b);
        for (unsigned i = 0; i < 8; i++)
            v[i] |= (get32(blk + 16 + 4 * i) >> b & 0x01010101u) << 4;
        break;
    case GGUF_Q6_K: values_6k(v, blk, b); break;
    default:                                            /* Q8_0 */
        for (unsigned i = 0; i < 8; i++)
            v[i] = get32(blk + 2 + 4 * i) ^ 0x80808080u;
    }
}

/* ---- packing: dst is the block's values + 4 * row -------------------------------- */

INLINE void pack_nibbles(uint8_t *dst, const uint32_t v[8], unsigned shift)
{
    for (unsigned p = 0; p < 4; p++)
        put32(dst + 64 * p, (v[p] >> shift & LOW4) | (v[p + 4] >> shift & LOW4) << 4);
}

INLINE void pack(unsigned bits, uint8_t *dst, const uint32_t v[8])
{
    uint32_t plane[2] = { 0, 0 };

    switch (bits) {
    case 4:
        pack_nibbles(dst, v, 0);
        break;
    case 5:
        for (unsigned j = 0; j < 8; j++)
            plane[0] |= (v[j] & 0x01010101u) << j;
        put32(dst, plane[0]);
        pack_nibbles(dst + LAY_NIB5, v, 1);
        break;
    case 6:
        for (unsigned j = 0; j < 8; j++)
            plane[j / 4] |= (v[j] & 0x03030303u) << 2 * (j & 3);
        put32(dst, plane[0]);
        put32(dst + 64, plane[1]);
        pack_nibbles(dst + LAY_NIB6, v, 2);
        break;
    default:
        for (unsigned j = 0; j < 8; j++)
            put32(dst + 64 * j, v[j]);
    }
}

/* The K types' eight 6-bit scales and minimums from 12 bytes. */
INLINE void scales_k(const uint8_t *p, unsigned b, uint8_t *sc, uint8_t *m)
{
    if (b < 4) {
        *sc = p[b] & 63;
        *m = p[b + 4] & 63;
    } else {
        *sc = (uint8_t)((p[b + 4] & 15) | p[b - 4] >> 6 << 4);
        *m = (uint8_t)(p[b + 4] >> 4 | p[b] >> 6 << 4);
    }
}

/* Scales of one file block of row r into its unit; sub: which block of the unit. */
INLINE void pack_scales(uint32_t type, uint8_t *unit, unsigned sub, unsigned r, const uint8_t *blk)
{
    switch (type) {
    case GGUF_Q4_0: case GGUF_Q5_0: case GGUF_Q8_0:
        memcpy(unit + 32 * sub + 2 * r, blk, 2);
        break;
    case GGUF_Q4_1: case GGUF_Q5_1:
        memcpy(unit + 2 * r, blk, 2);
        memcpy(unit + 32 + 2 * r, blk + 2, 2);
        break;
    case GGUF_Q6_K:
        memcpy(unit + 2 * r, blk + 208, 2);
        for (unsigned i = 0; i < 16; i++)
            unit[64 + 16 * i + r] = blk[192 + i];
        break;
    default:                                            /* Q4_K, Q5_K */
        memcpy(unit + 2 * r, blk, 2);
        memcpy(unit + 32 + 2 * r, blk + 2, 2);
        for (unsigned b = 0; b < 8; b++)
            scales_k(blk + 4, b, unit + 64 + 16 * b + r, unit + 192 + 16 * b + r);
    }
}

/* src: the group's first row in the file. */
static void repack_floats(const struct wmat *w, const struct lay_type *l, uint8_t *dst, const uint8_t *src, size_t g)
{
    const size_t size = l->bits / 8, row_bytes = w->K * size, first = g * WMAT_GROUP;
    const unsigned rows = (unsigned)(w->N - first < WMAT_GROUP ? w->N - first : WMAT_GROUP);

    if (rows < WMAT_GROUP)
        memset(dst, 0, w->group_bytes);
    else                                                /* padding */
        memset(dst + row_bytes * WMAT_GROUP, 0, w->group_bytes - row_bytes * WMAT_GROUP);
    /* K in steps: a step's destination stays in the first-level cache. */
    for (size_t k0 = 0; k0 < w->K; k0 += 64) {
        const size_t k1 = w->K - k0 < 64 ? w->K : k0 + 64;

        for (unsigned r = 0; r < rows; r++) {
            const uint8_t *s = src + r * row_bytes;

            for (size_t k = k0; k < k1; k++)
                memcpy(dst + (k * WMAT_GROUP + r) * size, s + k * size, size);
        }
    }
}

/* Built once for each type, with everything that hangs on the type decided by the compiler. */
INLINE void repack_quants(const struct wmat *w, uint32_t type, uint8_t *dst, const uint8_t *src, size_t g)
{
    const struct lay_type *const l = &types[type];
    const size_t per = l->file_values / 32, n_file = w->K / l->file_values, first = g * WMAT_GROUP;
    const unsigned rows = (unsigned)(w->N - first < WMAT_GROUP ? w->N - first : WMAT_GROUP);

    memset(dst, 0, rows < WMAT_GROUP ? w->group_bytes : l->head);
    for (size_t f = 0; f < n_file; f++) {
        uint8_t *unit = dst + (lay_unit(l, dst, f * per) - dst);

        if (type == GGUF_Q6_K)
            memset(unit + 32, 0, 32);                   /* padding, the same in every copy */
        for (unsigned r = 0; r < rows; r++) {
            const uint8_t *blk = src + (r * n_file + f) * l->file_bytes;

            pack_scales(type, unit, (unsigned)(f * per % l->blocks), r, blk);
#pragma GCC unroll 8
            for (unsigned b = 0; b < per; b++) {
                const size_t at = (size_t)(lay_values(l, dst, f * per + b) - dst);
                uint32_t v[8];

                file_values(type, blk, b, v);
                pack(l->bits, dst + at + 4 * r, v);
            }
        }
    }
    if (w->K / 32 % l->blocks != 0)                     /* the absent block's scales */
        memset(dst + w->group_bytes - l->value_bytes - 32, 0, 32);
}

static void repack_group(const struct wmat *w, uint8_t *dst, const uint8_t *src, size_t g)
{
    switch (w->type) {
    case GGUF_Q4_0: repack_quants(w, GGUF_Q4_0, dst, src, g); break;
    case GGUF_Q4_1: repack_quants(w, GGUF_Q4_1, dst, src, g); break;
    case GGUF_Q5_0: repack_quants(w, GGUF_Q5_0, dst, src, g); break;
    case GGUF_Q5_1: repack_quants(w, GGUF_Q5_1, dst, src, g); break;
    case GGUF_Q8_0: repack_quants(w, GGUF_Q8_0, dst, src, g); break;
    case GGUF_Q4_K: repack_quants(w, GGUF_Q4_K, dst, src, g); break;
    case GGUF_Q5_K: repack_quants(w, GGUF_Q5_K, dst, src, g); break;
    case GGUF_Q6_K: repack_quants(w, GGUF_Q6_K, dst, src, g); break;
    default:        repack_floats(w, &types[w->type], dst, src, g);
    }
}

void wmat_repack(const struct wmat *w, const void *src, size_t g0, size_t g1)
{
    const struct lay_type *l = lay_type(w->type);
    const size_t group = w->K / l->file_values * l->file_bytes * WMAT_GROUP;
    const uint8_t *s = src;

    for (size_t g = g0; g < g1; g++, s += group)
        repack_group(w, w->data + g * w->group_bytes, s, g);
}

/* ---- reading it back ------------------------------------------------------------- */

void lay_ints(const struct lay_type *l, const uint8_t *group, size_t b, unsigned r, uint8_t q[32])
{
    const uint8_t *v = lay_values(l, group, b);
    const uint8_t *nib = v + (l->bits == 5 ? LAY_NIB5 : l->bits == 6 ? LAY_NIB6 : LAY_NIB4);

    for (unsigned i = 0; i < 32; i++) {
        const unsigned j = i / 4, at = 4 * r + i % 4;

        if (l->bits == 8) {
            q[i] = v[64 * j + at];
            continue;
        }
        q[i] = nib[64 * (j & 3) + at] >> (j & 4) & 15;
        if (l->bits == 5)
            q[i] = (uint8_t)(q[i] << 1 | (v[at] >> j & 1));
        else if (l->bits == 6)
            q[i] = (uint8_t)(q[i] << 2 | (v[64 * (j / 4) + at] >> 2 * (j & 3) & 3));
    }
}

struct lay_scale lay_scale(uint32_t type, const uint8_t *group, size_t b, unsigned r)
{
    const struct lay_type *l = lay_type(type);
    const uint8_t *u = lay_unit(l, group, b);
    const unsigned sub = (unsigned)(b % l->blocks);
    struct lay_scale s = { { 0, 0 }, 0 };
    float d = half_to_float(get16(u + 2 * r));

    switch (type) {
    case GGUF_Q4_0: case GGUF_Q5_0: case GGUF_Q8_0:
        s.d[0] = s.d[1] = half_to_float(get16(u + 32 * sub + 2 * r));
        break;
    case GGUF_Q4_1: case GGUF_Q5_1:
        s.d[0] = s.d[1] = d;
        s.m = -half_to_float(get16(u + 32 + 2 * r));
        break;
    case GGUF_Q6_K:
        for (unsigned h = 0; h < 2; h++)
            s.d[h] = d * (float)(int8_t)u[64 + 16 * (2 * sub + h) + r];
        break;
    default:
        s.d[0] = s.d[1] = d * (float)u[64 + 16 * sub + r];
        s.m = half_to_float(get16(u + 32 + 2 * r)) * (float)u[192 + 16 * sub + r];
    }
    return s;
}

void wmat_row(const struct wmat *w, size_t n, float *out)
{
    const struct lay_type *l = lay_type(w->type);
    const uint8_t *g = w->data + n / WMAT_GROUP * w->group_bytes;
    const unsigned r = (unsigned)(n % WMAT_GROUP);

    if (l->bits >= 16) {
        const size_t size = l->bits / 8;

        for (size_t k = 0; k < w->K; k++) {
            const uint8_t *p = g + (k * WMAT_GROUP + r) * size;

            out[k] = w->type == GGUF_F32 ? bits_float(get32(p)) :
                     w->type == GGUF_F16 ? half_to_float(get16(p)) : bf16_to_float(get16(p));
        }
        return;
    }
    for (size_t b = 0; b < w->K / 32; b++) {
        const struct lay_scale s = lay_scale(w->type, g, b, r);
        uint8_t q[32];

        lay_ints(l, g, b, r, q);
        for (unsigned i = 0; i < 32; i++) {
            const float v = s.d[i / 16] * (float)((int)q[i] - (int)l->offset);

            out[32 * b + i] = v - s.m;
        }
    }
}
