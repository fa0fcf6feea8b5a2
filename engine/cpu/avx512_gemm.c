/* Matrix products for AVX-512 with VNNI.
 *
 * A tile is one group of 16 weight rows by up to 16 tokens: eight registers hold a block's
 * weights (16 rows x 32 values, unpacked once for all tokens), one register a token's 16
 * sums.  A block costs a token 8 VNNI instructions, whose activations are four bytes
 * broadcast from memory, and 3 to 5 instructions of scaling.  Every loop over tokens is
 * unrolled, so the tile function exists for each width.
 *
 * At the level above, amx, more than a few tokens go another way to the same integers
 * (but for Q6_K and Q8_0, where it is not faster): blocks are unpacked into a panel for all
 * tokens, and one tile instruction makes the 256 sums of a block of 16 rows and 16 tokens.
 * A register of the layout is a row of AMX's second operand and a tile of activations its
 * first one, as they are. */
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#include "engine/cpu/levels.h"
#include "engine/layout/wmat_layout.h"

#define INLINE static inline __attribute__((always_inline))

/* How far ahead of the weights being read prefetches go (past the end is harmless).  Many
 * tokens: into the second-level cache, since an instruction that waits for memory holds one
 * of the first level's few fill buffers, which activations need too.  Few tokens: Zen 4's own
 * prefetchers stream faster undisturbed (0 is a line being read anyway); Zen 5's and Intel's need help. */
#define FAR_BYTES  8192
#define NEAR_BYTES 2048
#define ZEN5_NEAR_BYTES 4096
#define FEW_TOKENS(bits) ((bits) == 8 ? 4 : 2)

/* Unpacked blocks of one group: registers as in the layout, 8 bits each (signed but for
 * types with a minimum), and the two scales that block() takes. */
#define PANEL_BLOCKS 32         /* whole units of every type; stays in the first-level cache */
struct panel {
    _Alignas(64) uint8_t w[PANEL_BLOCKS][512];
    float                d[2][PANEL_BLOCKS][WMAT_GROUP];
};

struct tile {
    float         *y;
    size_t         ldy, blocks;
    __mmask16      cols;
    int            go_on;       /* y holds the sum of the blocks before */
    size_t         ahead;       /* of the prefetches for few tokens */
    const uint8_t *w;           /* the group's first block of these */
    const int8_t  *q;           /* the tile's activations, see struct kern_act */
    const float   *d, *m;
    const int32_t *s, *h;
    struct panel  *panel;       /* with AMX */
};

/* ---- unpacking: values in the upper bits of each byte ------------------------------- */

INLINE __m512i load512(const void *p) { return _mm512_loadu_si512(p); }

INLINE void unpack_nibbles(__m512i w[8], const uint8_t *v)
{
    const __m512i high = _mm512_set1_epi8((char)0xf0);

#pragma GCC unroll 4
    for (int p = 0; p < 4; p++) {
        const __m512i x = load512(v + 64 * p);

        w[p] = _mm512_and_si512(_mm512_slli_epi16(x, 4), high);
        w[p + 4] = _mm512_and_si512(x, high);
    }
}

/* w | (x & mask) */
INLINE __m512i or_masked(__m512i w, __m512i x, __m512i mask)
{
    return _mm512_ternarylogic_epi64(w, x, mask, 0xf8);
}

INLINE void unpack5(__m512i w[8], const uint8_t *v)
{
    const __m512i bit = _mm512_set1_epi8(0x08), p = load512(v);

    unpack_nibbles(w, v + LAY_NIB5);
    w[0] = or_masked(w[0], _mm512_slli_epi16(p, 3), bit);
    w[1] = or_masked(w[1], _mm512_slli_epi16(p, 2), bit);
    w[2] = or_masked(w[2], _mm512_slli_epi16(p, 1), bit);
    w[3] = or_masked(w[3], p, bit);
    w[4] = or_masked(w[4], _mm512_srli_epi16(p, 1), bit);
    w[5] = or_masked(w[5], _mm512_srli_epi16(p, 2), bit);
    w[6] = or_masked(w[6], _mm512_srli_epi16(p, 3), bit);
    w[7] = or_masked(w[7], _mm512_srli_epi16(p, 4), bit);
}

INLINE void unpack6(__m512i w[8], const uint8_t *v)
{
    const __m512i bits = _mm512_set1_epi8(0x0c);

    unpack_nibbles(w, v + LAY_NIB6);
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++) {
        const __m512i p = load512(v + 64 * h);

        w[4 * h] = or_masked(w[4 * h], _mm512_slli_epi16(p, 2), bits);
        w[4 * h + 1] = or_masked(w[4 * h + 1], p, bits);
        w[4 * h + 2] = or_masked(w[4 * h + 2], _mm512_srli_epi16(p, 2), bits);
        w[4 * h + 3] = or_masked(w[4 * h + 3], _mm512_srli_epi16(p, 4), bits);
    }
}

INLINE void unpack(__m512i w[8], const uint8_t *v, const unsigned bits)
{
    if (bits == 4)
        unpack_nibbles(w, v);
    else if (bits == 5)
        unpack5(w, v);
    else if (bits == 6)
        unpack6(w, v);
    else
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
            w[j] = load512(v + 64 * j);
}

/* ---- one block -------------------------------------------------------------------- */

/* acc += w * the four activations at q, in each lane.  Written out because gcc 12 does not
 * fold the broadcast into the instruction, which doubles what the front end must pass. */
INLINE __m512i dot_bcast(__m512i acc, __m512i w, const int8_t *q)
{
    __asm__("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(acc) : "v"(w), "m"(*(const int8_t (*)[4])q));
    return acc;
}

enum kind { OFFSET, MINIMUM, HALVES };     /* the three expressions of ref.c, block_dot */

INLINE void pack(struct panel *p, size_t b, const uint8_t *v, const unsigned bits, const enum kind kind, __m512 d0,
                 __m512 d1)
{
    const __m512i offset = _mm512_set1_epi8((char)(kind == MINIMUM ? 0 : 128));
    __m512i w[8];

    unpack(w, v, bits);
#pragma GCC unroll 8
    for (int j = 0; j < 8; j++)
        _mm512_store_si512(p->w[b] + 64 * j, _mm512_xor_si512(w[j], offset));
    _mm512_storeu_ps(p->d[0][b], d0);
    _mm512_storeu_ps(p->d[1][b], d1);
}

/* The sums of SIDE tokens run side by side: a chain of eight VNNI instructions waits for each of
 * them, and Intel's scheduler is full before it has seen enough chains one after the other. */
enum { SIDE = 4 };

/* I[] += weights w[n] times the activations of tokens i .. i + n - 1, whose first of these is at q. */
INLINE void dots4(__m512i *I, const __m512i w[4], const int8_t *q, const int n)
{
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++)
#pragma GCC unroll 4
        for (int i = 0; i < n; i++)
            I[i] = dot_bcast(I[i], w[j], q + 32 * i + 4 * j);
}

/* T = 0: into the panel. */
INLINE void block(__m512 *acc, const struct tile *t, size_t b, const uint8_t *v, const unsigned bits,
                  const enum kind kind, const int T, __m512 d0, __m512 d1)
{
    const int8_t *q = t->q + b * 32 * (size_t)T;
    const float *d = t->d + b * (size_t)T, *m = t->m + b * (size_t)T;
    const int32_t *s = t->s + b * (size_t)T, *h = t->h + 2 * b * (size_t)T;
    __m512i w[8];

    if (T == 0) {
        pack(t->panel, b, v, bits, kind, d0, d1);
        return;
    }
    unpack(w, v, bits);
#pragma GCC unroll 4
    for (int t0 = 0; t0 < T; t0 += SIDE) {
        const int n = T - t0 < SIDE ? T - t0 : SIDE;
        __m512i I[2][SIDE];

#pragma GCC unroll 4
        for (int i = 0; i < n; i++) {
            I[0][i] = kind == HALVES ? _mm512_set1_epi32(h[t0 + i])
                      : kind == OFFSET ? _mm512_set1_epi32(s[t0 + i]) : _mm512_setzero_si512();
            if (kind == HALVES)
                I[1][i] = _mm512_set1_epi32(h[T + t0 + i]);
        }
        dots4(I[0], w, q + 32 * t0, n);
        dots4(kind == HALVES ? I[1] : I[0], w + 4, q + 32 * t0 + 16, n);
#pragma GCC unroll 4
        for (int i = 0; i < n; i++) {
            const __m512 f = _mm512_cvtepi32_ps(I[0][i]), da = _mm512_set1_ps(d[t0 + i]);
            __m512 *a = acc + t0 + i;

            if (kind == HALVES) {
                *a = _mm512_fmadd_ps(_mm512_fmadd_ps(_mm512_cvtepi32_ps(I[1][i]), d1, _mm512_mul_ps(f, d0)), da, *a);
                continue;
            }
            *a = _mm512_fmadd_ps(f, _mm512_mul_ps(d0, da), *a);
            if (kind == MINIMUM)                        /* d1: minus the minimum */
                *a = _mm512_fmadd_ps(d1, _mm512_set1_ps(m[t0 + i]), *a);
        }
    }
}

/* ---- a tile ------------------------------------------------------------------------ */

INLINE __m512 halves(const uint8_t *p, const float up)
{
    return _mm512_mul_ps(_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)), _mm512_set1_ps(up));
}

INLINE __m512 bytes_u(const uint8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)));
}

INLINE __m512 bytes_s(const uint8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
}

INLINE void prefetch(const struct tile *t, const uint8_t *p, const unsigned bytes, const unsigned bits,
                     const int T)
{
    const int few = T <= FEW_TOKENS(bits);
    const char *at = (const char *)p + (few ? t->ahead : FAR_BYTES);

#pragma GCC unroll 16
    for (unsigned i = 0; i < bytes; i += 64)
        if (few)
            _mm_prefetch(at + i, _MM_HINT_T0);
        else
            _mm_prefetch(at + i, _MM_HINT_T1);
}

INLINE float up_scale(const unsigned bits)
{
    return 1.0f / (float)(1u << (8 - bits));
}

INLINE void blocks_offset(__m512 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    const uint8_t *u = t->w;
    size_t b = 0;

    for (; b + 2 <= t->blocks; b += 2, u += LAY_HEAD_2 + 2 * vbytes) {
        prefetch(t, u, LAY_HEAD_2 + 2 * vbytes, bits, T);
        block(acc, t, b, u + LAY_HEAD_2, bits, OFFSET, T, halves(u, up_scale(bits)), _mm512_setzero_ps());
        block(acc, t, b + 1, u + LAY_HEAD_2 + vbytes, bits, OFFSET, T, halves(u + 32, up_scale(bits)),
              _mm512_setzero_ps());
    }
    if (b < t->blocks)
        block(acc, t, b, u + LAY_HEAD_2, bits, OFFSET, T, halves(u, up_scale(bits)), _mm512_setzero_ps());
}

INLINE void blocks_minimum(__m512 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b++, u += LAY_HEAD_1 + vbytes) {
        prefetch(t, u, LAY_HEAD_1 + vbytes, bits, T);
        block(acc, t, b, u + LAY_HEAD_1, bits, MINIMUM, T, halves(u, up_scale(bits)), halves(u + 32, 1));
    }
}

INLINE void blocks_k(__m512 *acc, const struct tile *t, const unsigned bits, const unsigned vbytes, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b += 8, u += LAY_HEAD_K + 8 * vbytes) {
        const __m512 d = halves(u, up_scale(bits)), dmin = halves(u + 32, -1);

        prefetch(t, u, LAY_HEAD_K, bits, T);
        for (unsigned i = 0; i < 8; i++) {
            const uint8_t *v = u + LAY_HEAD_K + i * vbytes;

            prefetch(t, v, vbytes, bits, T);
            block(acc, t, b + i, v, bits, MINIMUM, T, _mm512_mul_ps(d, bytes_u(u + 64 + 16 * i)),
                  _mm512_mul_ps(dmin, bytes_u(u + 192 + 16 * i)));
        }
    }
}

INLINE void blocks_6k(__m512 *acc, const struct tile *t, const int T)
{
    const uint8_t *u = t->w;

    for (size_t b = 0; b < t->blocks; b += 8, u += LAY_Q6_K) {
        const __m512 d = halves(u, up_scale(6));

        prefetch(t, u, LAY_HEAD_6K, 6, T);
        for (unsigned i = 0; i < 8; i++) {
            const uint8_t *v = u + LAY_HEAD_6K + i * LAY_V6;

            prefetch(t, v, LAY_V6, 6, T);
            block(acc, t, b + i, v, 6, HALVES, T, _mm512_mul_ps(d, bytes_s(u + 64 + 32 * i)),
                  _mm512_mul_ps(d, bytes_s(u + 80 + 32 * i)));
        }
    }
}

INLINE void tile(const struct tile *t, const enum gguf_type type, const int T)
{
    __m512 acc[KERN_TILE];

#pragma GCC unroll 16
    for (int i = 0; i < T; i++)
        acc[i] = _mm512_maskz_loadu_ps(t->go_on ? t->cols : 0, t->y + (size_t)i * t->ldy);
    switch (type) {
    case GGUF_Q4_0: blocks_offset(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_0: blocks_offset(acc, t, 5, LAY_V5, T); break;
    case GGUF_Q8_0: blocks_offset(acc, t, 8, LAY_V8, T); break;
    case GGUF_Q4_1: blocks_minimum(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_1: blocks_minimum(acc, t, 5, LAY_V5, T); break;
    case GGUF_Q4_K: blocks_k(acc, t, 4, LAY_V4, T); break;
    case GGUF_Q5_K: blocks_k(acc, t, 5, LAY_V5, T); break;
    default:        blocks_6k(acc, t, T); break;
    }
#pragma GCC unroll 16
    for (int i = 0; i < T; i++)
        _mm512_mask_storeu_ps(t->y + (size_t)i * t->ldy, t->cols, acc[i]);
}

typedef void tile_fn(const struct tile *t);

#define WIDTH(name, type, T) static void tile_##name##_##T(const struct tile *t) { tile(t, type, T); }
#define TILES(name, type)                                                                     \
    WIDTH(name, type, 0)                                                                      \
    WIDTH(name, type, 1)  WIDTH(name, type, 2)  WIDTH(name, type, 3)  WIDTH(name, type, 4)    \
    WIDTH(name, type, 5)  WIDTH(name, type, 6)  WIDTH(name, type, 7)  WIDTH(name, type, 8)    \
    WIDTH(name, type, 9)  WIDTH(name, type, 10) WIDTH(name, type, 11) WIDTH(name, type, 12)   \
    WIDTH(name, type, 13) WIDTH(name, type, 14) WIDTH(name, type, 15) WIDTH(name, type, 16)   \
    static tile_fn *const tiles_##name[1 + KERN_TILE] = {                                     \
        tile_##name##_0,                                                                      \
        tile_##name##_1,  tile_##name##_2,  tile_##name##_3,  tile_##name##_4,                \
        tile_##name##_5,  tile_##name##_6,  tile_##name##_7,  tile_##name##_8,                \
        tile_##name##_9,  tile_##name##_10, tile_##name##_11, tile_##name##_12,               \
        tile_##name##_13, tile_##name##_14, tile_##name##_15, tile_##name##_16,               \
    };
TILES(q4_0, GGUF_Q4_0)
TILES(q4_1, GGUF_Q4_1)
TILES(q5_0, GGUF_Q5_0)
TILES(q5_1, GGUF_Q5_1)
TILES(q8_0, GGUF_Q8_0)
TILES(q4_k, GGUF_Q4_K)
TILES(q5_k, GGUF_Q5_K)
TILES(q6_k, GGUF_Q6_K)

static tile_fn *const *tiles_of(enum gguf_type type)
{
    switch (type) {
    case GGUF_Q4_0: return tiles_q4_0;
    case GGUF_Q4_1: return tiles_q4_1;
    case GGUF_Q5_0: return tiles_q5_0;
    case GGUF_Q5_1: return tiles_q5_1;
    case GGUF_Q8_0: return tiles_q8_0;
    case GGUF_Q4_K: return tiles_q4_k;
    case GGUF_Q5_K: return tiles_q5_k;
    default:        return tiles_q6_k;
    }
}

static __mmask16 cols_of(const struct wmat *w, size_t g)
{
    const size_t n = w->N - g * WMAT_GROUP;

    return (__mmask16)(n >= WMAT_GROUP ? 0xffff : (1u << n) - 1);
}

/* Prefill: K in slices, and as many tokens at a time as keep a slice of their activations
 * in the second-level cache while all groups pass; the sums wait in y, so that their order
 * stays.  A slice is whole units of every type. */
#define SLICE_BLOCKS 128
#define CHUNK_BYTES (256u * 1024)
#define ACT_BLOCK_BYTES 52      /* of q, d, s, h, m */

struct cut { size_t t0, t1, b0, b1, ahead; };

/* Into the cache, to be written: the outputs of the next tile. */
static void prefetch_outputs(const float *y, size_t ldy, size_t t0, size_t t1)
{
    for (size_t t = t0; t < t1 && t < t0 + KERN_TILE; t++)
        __builtin_prefetch(y + t * ldy, 1, 3);
}

static void gemm_cut(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                     const struct cut *c)
{
    const struct lay_type *l = lay_type(w->type);
    tile_fn *const *tiles = tiles_of(w->type);
    const size_t blocks = w->K / 32;

    for (size_t g = g0; g < g1; g++)
        for (size_t t0 = c->t0; t0 < c->t1; t0 += KERN_TILE) {
            const size_t n = c->t1 - t0 < KERN_TILE ? c->t1 - t0 : KERN_TILE, e = t0 * blocks + c->b0 * n;
            const struct tile t = {
                .y = y + t0 * ldy + g * WMAT_GROUP, .ldy = ldy, .blocks = c->b1 - c->b0, .cols = cols_of(w, g),
                .go_on = c->b0 > 0, .ahead = c->ahead,
                .w = lay_unit(l, w->data + g * w->group_bytes, c->b0), .q = a->q + 32 * e,
                .d = a->d + e, .m = a->m + e, .s = a->s + e, .h = a->h + 2 * e,
            };

            prefetch_outputs(y + g * WMAT_GROUP, ldy, t0 + KERN_TILE, c->t1);
            tiles[n](&t);
        }
}

/* ---- AMX ------------------------------------------------------------------------------ */

/* The products of four blocks, T x 16 sums each, run ahead of the scaling of the four before. */
enum { RUN = 4 };
typedef int32_t amx_sums[KERN_TILE][WMAT_GROUP];

/* Tile registers 0..3: sums; 4, 5: activations; 6, 7: weights. */
static void amx_configure(size_t T)
{
    struct { uint8_t palette, start_row, zero[14]; uint16_t row_bytes[16]; uint8_t rows[16]; } c = { .palette = 1 };

    for (int i = 0; i < 8; i++) {
        c.row_bytes[i] = i == 4 || i == 5 ? 32 : 64;
        c.rows[i] = i >= 6 ? 8 : (uint8_t)T;
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(c) : "memory");
}

#define AMX_DOT(instruction, c, a, b, out, q, w)                                                \
    __asm__ volatile("tilezero %%tmm" #c "\n\ttileloadd (%1,%3,1), %%tmm" #a                    \
                     "\n\ttileloadd (%2,%4,1), %%tmm" #b                                        \
                     "\n\t" instruction " %%tmm" #b ", %%tmm" #a ", %%tmm" #c                   \
                     "\n\ttilestored %%tmm" #c ", (%0,%4,1)"                                    \
                     : : "r"(out), "r"(q), "r"(w), "r"((size_t)32), "r"((size_t)64) : "memory")
#define AMX_DOTS(instruction)                                                                   \
    switch (j) {                                                                                \
    case 0: AMX_DOT(instruction, 0, 4, 6, out[0], q, w); break;                                 \
    case 1: AMX_DOT(instruction, 1, 5, 7, out[1], q, w); break;                                 \
    case 2: AMX_DOT(instruction, 2, 4, 6, out[2], q, w); break;                                 \
    case 3: AMX_DOT(instruction, 3, 5, 7, out[3], q, w); break;                                 \
    }

/* The sums of a run that begins at block b.  (t is a copy in registers: what is read from
 * memory beside the tile instructions waits for their stores.) */
INLINE void amx_run(amx_sums *out, const struct tile t, size_t b, const enum kind kind, const int T)
{
#pragma GCC unroll 4
    for (int j = 0; j < RUN; j++) {
        const size_t at = b + (size_t)j;
        const int8_t *q = t.q + at * 32 * (size_t)T;
        const uint8_t *w = t.panel->w[at];

        if (at >= t.blocks)
            break;
#pragma GCC unroll 8
        for (int i = 0; i < 32 * T; i += 64)
            _mm_prefetch((const char *)q + RUN * 32 * T + i, _MM_HINT_T0);
        if (kind == MINIMUM)
            AMX_DOTS("tdpbsud")
        else
            AMX_DOTS("tdpbssd")
    }
}

/* What block() does after the integers. */
INLINE void amx_scale(__m512 *acc, const struct tile t, size_t b, const amx_sums *s, const enum kind kind, const int T)
{
    const float *d = t.d + b * (size_t)T, *m = t.m + b * (size_t)T;
    const __m512 d0 = _mm512_loadu_ps(t.panel->d[0][b]), d1 = _mm512_loadu_ps(t.panel->d[1][b]);

#pragma GCC unroll 16
    for (int i = 0; i < T; i++) {
        const __m512 I = _mm512_cvtepi32_ps(_mm512_load_si512((*s)[i]));

        acc[i] = _mm512_fmadd_ps(I, _mm512_mul_ps(d0, _mm512_set1_ps(d[i])), acc[i]);
        if (kind == MINIMUM)
            acc[i] = _mm512_fmadd_ps(d1, _mm512_set1_ps(m[i]), acc[i]);
    }
}

INLINE void amx_tile(const struct tile *at, const enum kind kind, const int T)
{
    const struct tile t = *at;
    _Alignas(64) amx_sums s[2][RUN];
    __m512 acc[KERN_TILE];

#pragma GCC unroll 16
    for (int i = 0; i < T; i++)
        acc[i] = _mm512_maskz_loadu_ps(t.go_on ? t.cols : 0, t.y + (size_t)i * t.ldy);
    amx_run(s[0], t, 0, kind, T);
    for (size_t b = 0, now = 0; b < t.blocks; b += RUN, now = !now) {
        if (b + RUN < t.blocks)
            amx_run(s[!now], t, b + RUN, kind, T);
        for (size_t j = 0; j < RUN && b + j < t.blocks; j++)
            amx_scale(acc, t, b + j, &s[now][j], kind, T);
    }
#pragma GCC unroll 16
    for (int i = 0; i < T; i++)
        _mm512_mask_storeu_ps(t.y + (size_t)i * t.ldy, t.cols, acc[i]);
}

#define AMX_WIDTH(kind, T) static void amx_##kind##_##T(const struct tile *t) { amx_tile(t, kind, T); }
#define AMX_TILES(kind)                                                                         \
    AMX_WIDTH(kind, 1)  AMX_WIDTH(kind, 2)  AMX_WIDTH(kind, 3)  AMX_WIDTH(kind, 4)              \
    AMX_WIDTH(kind, 5)  AMX_WIDTH(kind, 6)  AMX_WIDTH(kind, 7)  AMX_WIDTH(kind, 8)              \
    AMX_WIDTH(kind, 9)  AMX_WIDTH(kind, 10) AMX_WIDTH(kind, 11) AMX_WIDTH(kind, 12)             \
    AMX_WIDTH(kind, 13) AMX_WIDTH(kind, 14) AMX_WIDTH(kind, 15) AMX_WIDTH(kind, 16)             \
    static tile_fn *const amx_##kind[KERN_TILE] = {                                             \
        amx_##kind##_1,  amx_##kind##_2,  amx_##kind##_3,  amx_##kind##_4,                      \
        amx_##kind##_5,  amx_##kind##_6,  amx_##kind##_7,  amx_##kind##_8,                      \
        amx_##kind##_9,  amx_##kind##_10, amx_##kind##_11, amx_##kind##_12,                     \
        amx_##kind##_13, amx_##kind##_14, amx_##kind##_15, amx_##kind##_16,                     \
    };
AMX_TILES(OFFSET)
AMX_TILES(MINIMUM)

/* Each panel serves all tokens of the cut. */
static void amx_cut(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                    const struct cut *c)
{
    static tile_fn *const *const amx_tiles[] = { [OFFSET] = amx_OFFSET, [MINIMUM] = amx_MINIMUM };
    const struct lay_type *l = lay_type(w->type);
    const enum kind kind = w->type == GGUF_Q4_0 || w->type == GGUF_Q5_0 ? OFFSET : MINIMUM;
    const size_t blocks = w->K / 32;
    size_t configured = 0;
    struct panel panel;

    for (size_t g = g0; g < g1; g++)
        for (size_t b = c->b0; b < c->b1; b += PANEL_BLOCKS) {
            struct tile t = {
                .ldy = ldy, .blocks = c->b1 - b < PANEL_BLOCKS ? c->b1 - b : PANEL_BLOCKS, .cols = cols_of(w, g),
                .go_on = b > 0, .ahead = c->ahead, .w = lay_unit(l, w->data + g * w->group_bytes, b), .panel = &panel,
            };

            tiles_of(w->type)[0](&t);
            for (size_t t0 = c->t0; t0 < c->t1; t0 += KERN_TILE) {
                const size_t n = c->t1 - t0 < KERN_TILE ? c->t1 - t0 : KERN_TILE, e = t0 * blocks + b * n;

                t.y = y + t0 * ldy + g * WMAT_GROUP;
                t.q = a->q + 32 * e;
                t.d = a->d + e;
                t.m = a->m + e;
                if (n != configured)
                    amx_configure(configured = n);
                prefetch_outputs(y + g * WMAT_GROUP, ldy, t0 + KERN_TILE, c->t1);
                amx_tiles[kind][n - 1](&t);
            }
        }
    __asm__ volatile("tilerelease");
}

typedef void cut_fn(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                    const struct cut *c);

static void gemm_quant(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1,
                       cut_fn *cut, size_t chunk_bytes, size_t ahead)
{
    const size_t blocks = w->K / 32, slices = (blocks + SLICE_BLOCKS - 1) / SLICE_BLOCKS;
    const size_t step = a->T <= KERN_TILE ? blocks : ((blocks + slices - 1) / slices + 7) / 8 * 8;
    size_t chunk = chunk_bytes / (step * ACT_BLOCK_BYTES) / KERN_TILE * KERN_TILE;

    if (chunk < KERN_TILE)
        chunk = KERN_TILE;
    for (size_t t = 0; t < a->T; t += chunk)
        for (size_t b = 0; b < blocks; b += step) {
            const struct cut c = {
                t, a->T - t < chunk ? a->T : t + chunk, b, blocks - b < step ? blocks : b + step, ahead,
            };

            cut(y, ldy, a, w, g0, g1, &c);
        }
}

/* ---- float weights: two groups by up to 12 tokens, fma in K order -------------------- */

enum { FLOAT_ROWS = 12 };

struct ftile {
    float         *y;
    size_t         ldy, K, ldx;
    __mmask16      cols[2];
    const uint8_t *w[2];        /* the same group twice where there is one left */
    const float   *x;
};

INLINE __m512 weights(const uint8_t *p, size_t k, const enum gguf_type type)
{
    if (type == GGUF_F32)
        return _mm512_loadu_ps((const float *)p + 16 * k);
    const __m256i h = _mm256_loadu_si256((const __m256i *)(p + 32 * k));

    if (type == GGUF_F16)
        return _mm512_cvtph_ps(h);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}

INLINE void ftile(const struct ftile *t, const enum gguf_type type, const int T)
{
    __m512 acc[2][FLOAT_ROWS];

#pragma GCC unroll 12
    for (int i = 0; i < T; i++)
        acc[0][i] = acc[1][i] = _mm512_setzero_ps();
    for (size_t k = 0; k < t->K; k++) {
        const __m512 w0 = weights(t->w[0], k, type), w1 = weights(t->w[1], k, type);

        if (T <= 4) {
            const size_t at = (type == GGUF_F32 ? 64 : 32) * k + NEAR_BYTES / 2;

            _mm_prefetch((const char *)t->w[0] + at, _MM_HINT_T0);
            _mm_prefetch((const char *)t->w[1] + at, _MM_HINT_T0);
        }
#pragma GCC unroll 12
        for (int i = 0; i < T; i++) {
            const __m512 x = _mm512_set1_ps(t->x[(size_t)i * t->ldx + k]);

            acc[0][i] = _mm512_fmadd_ps(w0, x, acc[0][i]);
            acc[1][i] = _mm512_fmadd_ps(w1, x, acc[1][i]);
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < T; i++) {
        _mm512_mask_storeu_ps(t->y + (size_t)i * t->ldy, t->cols[0], acc[0][i]);
        _mm512_mask_storeu_ps(t->y + (size_t)i * t->ldy + WMAT_GROUP, t->cols[1], acc[1][i]);
    }
}

typedef void ftile_fn(const struct ftile *t);

#define FWIDTH(name, type, T) static void ftile_##name##_##T(const struct ftile *t) { ftile(t, type, T); }
#define FTILES(name, type)                                                                      \
    FWIDTH(name, type, 1)  FWIDTH(name, type, 2)  FWIDTH(name, type, 3)  FWIDTH(name, type, 4)  \
    FWIDTH(name, type, 5)  FWIDTH(name, type, 6)  FWIDTH(name, type, 7)  FWIDTH(name, type, 8)  \
    FWIDTH(name, type, 9)  FWIDTH(name, type, 10) FWIDTH(name, type, 11) FWIDTH(name, type, 12) \
    static ftile_fn *const ftiles_##name[FLOAT_ROWS] = {                                        \
        ftile_##name##_1, ftile_##name##_2,  ftile_##name##_3,  ftile_##name##_4,               \
        ftile_##name##_5, ftile_##name##_6,  ftile_##name##_7,  ftile_##name##_8,               \
        ftile_##name##_9, ftile_##name##_10, ftile_##name##_11, ftile_##name##_12,              \
    };
FTILES(f32, GGUF_F32)
FTILES(f16, GGUF_F16)
FTILES(bf16, GGUF_BF16)

static void gemm_float(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    ftile_fn *const *tiles = w->type == GGUF_F32 ? ftiles_f32 : w->type == GGUF_F16 ? ftiles_f16 : ftiles_bf16;
    size_t chunk = 2 * CHUNK_BYTES / (w->K * sizeof(float)) / FLOAT_ROWS * FLOAT_ROWS;

    if (chunk < FLOAT_ROWS)
        chunk = FLOAT_ROWS;
    for (size_t c = 0; c < a->T; c += chunk) {
        const size_t end = a->T - c < chunk ? a->T : c + chunk;

        for (size_t g = g0; g < g1; g += 2) {
            const int pair = g + 1 < g1;

            for (size_t t0 = c; t0 < end; t0 += FLOAT_ROWS) {
                const struct ftile t = {
                    .y = y + t0 * ldy + g * WMAT_GROUP, .ldy = ldy, .K = w->K, .ldx = a->K,
                    .cols = { cols_of(w, g), pair ? cols_of(w, g + 1) : 0 },
                    .w = { w->data + g * w->group_bytes, w->data + (g + (size_t)pair) * w->group_bytes },
                    .x = a->x + t0 * a->K,
                };

                tiles[(end - t0 < FLOAT_ROWS ? end - t0 : FLOAT_ROWS) - 1](&t);
            }
        }
    }
}

/* near: how far ahead weights are fetched for few tokens. */
INLINE void gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1, const size_t near)
{
    if (lay_type(w->type)->bits >= 16)
        gemm_float(y, ldy, a, w, g0, g1);
    else
        gemm_quant(y, ldy, a, w, g0, g1, gemm_cut, CHUNK_BYTES, near);
}

#define GEMM(name, near)                                                                        \
    static void name(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1) \
    {                                                                                           \
        gemm(y, ldy, a, w, g0, g1, near);                                                       \
    }
GEMM(avx512_gemm, NEAR_BYTES)
GEMM(zen4_gemm, 0)
GEMM(zen5_gemm, ZEN5_NEAR_BYTES)

/* The compiler does not know Zen 5 by name yet: of AMD's processors with AVX-512 VNNI it is the one with AVX-VNNI, too. */
static int has_avx_vnni(void)
{
    unsigned a, b, c, d;

    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 4) != 0;
}

#define AMX_TOKENS 24           /* below, unpacking into a panel does not pay */
#define AMX_CHUNK_BYTES (512u * 1024)

static int amx_pays(enum gguf_type type)
{
    return type != GGUF_Q6_K && type != GGUF_Q8_0;
}

static void amx_gemm(float *y, size_t ldy, const struct kern_act *a, const struct wmat *w, size_t g0, size_t g1)
{
    if (lay_type(w->type)->bits >= 16 || a->T < AMX_TOKENS || !amx_pays(w->type))
        avx512_gemm(y, ldy, a, w, g0, g1);
    else
        gemm_quant(y, ldy, a, w, g0, g1, amx_cut, AMX_CHUNK_BYTES, NEAR_BYTES);
}

void kern_fill_avx512_gemm(struct kern *k)
{
    k->gemm = !__builtin_cpu_is("amd") ? avx512_gemm : has_avx_vnni() ? zen5_gemm : zen4_gemm;
}

void kern_fill_amx(struct kern *k)
{
    k->name = "amx";
    k->gemm = amx_gemm;
}
