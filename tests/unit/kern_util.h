/* Shared by the kernel tests: buffers that end at an unreadable page, random and extreme
 * inputs, weights in the file's form, and comparison by memcmp with a dump of the first
 * difference. */
#ifndef KERN_UTIL_H
#define KERN_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/kern.h"

/* n bytes, the last just before a guard page; align <= 64 keeps the start aligned by
 * leaving up to align - 1 bytes at the end. Filled with 0xa5. */
struct guarded { void *p; size_t n; uint8_t *map; size_t map_bytes; };
static inline struct guarded guarded_new(size_t n, size_t align)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), body = (n + align + page - 1) / page * page;
    struct guarded g = { .n = n, .map_bytes = body + page };

    g.map = mmap(NULL, g.map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.map != MAP_FAILED);
    assert_int_equal(mprotect(g.map + body, page, PROT_NONE), 0);
    g.p = g.map + (body - n) / align * align;
    memset(g.p, 0xa5, n);
    return g;
}
static inline void guarded_free(struct guarded *g) { munmap(g->map, g->map_bytes); }

/* xorshift64*: the tests' own numbers, the same everywhere. */
static inline uint64_t rnd(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return *s * 0x2545f4914f6cdd1dull;
}
static inline float rnd_float(uint64_t *s)          /* about normal, sum of four uniforms */
{
    float f = 0;
    for (int i = 0; i < 4; i++)
        f += (float)(rnd(s) >> 40) * 0x1p-24f - 0.5f;
    return f;
}

enum fill { FILL_NORMAL, FILL_WIDE, FILL_ZERO, FILL_BIG, FILL_DENORMAL, FILL_TIES, FILL_COUNT };
static inline const char *fill_name(enum fill f)
{
    static const char *const names[] = { "normal", "wide", "zero", "big", "denormal", "ties" };
    return names[f];
}
static inline void fill_floats(float *x, size_t n, enum fill f, uint64_t *s)
{
    for (size_t i = 0; i < n; i++) {
        const float v = rnd_float(s);
        switch (f) {
        case FILL_NORMAL:   x[i] = v; break;
        case FILL_WIDE:     x[i] = v * (float)(1ull << (rnd(s) % 40)) * 0x1p-30f; break;
        case FILL_ZERO:     x[i] = rnd(s) & 1 ? 0.0f : -0.0f; break;
        case FILL_BIG:      x[i] = v < 0 ? -3e18f : 3e18f; break;
        case FILL_DENORMAL: x[i] = v * 1e-41f; break;
        /* amax 127: quotients fall on the halves */
        default:            x[i] = i % 32 == 5 ? 127.0f : (float)((int)(rnd(s) % 254) - 127) + 0.5f; break;
        }
        if (f == FILL_TIES && x[i] > 127)
            x[i] = 127;
    }
}

static inline bool same_bits(const char *what, const void *a, const void *b, size_t bytes)
{
    const uint32_t *p = a, *q = b;

    if (memcmp(a, b, bytes) == 0)
        return true;
    for (size_t i = 0; i < bytes / 4; i++)
        if (p[i] != q[i]) {
            float f, g;
            memcpy(&f, p + i, 4);
            memcpy(&g, q + i, 4);
            print_message("%s: element %zu: reference %a (%08x), level %a (%08x)\n", what, i, (double)f, p[i],
                          (double)g, q[i]);
            break;
        }
    return false;
}

/* A tensor's rows in the file's form: random bits, with F16 scales kept finite. */
struct quant_type { uint32_t type; const char *name; unsigned values, bytes; int scale_at[2]; };
static const struct quant_type quant_types[] = {
    { GGUF_F32,  "F32",  1, 4, { -1, -1 } },    { GGUF_F16,  "F16",  1, 2, { -1, -1 } },
    { GGUF_BF16, "BF16", 1, 2, { -1, -1 } },    { GGUF_Q8_0, "Q8_0", 32, 34, { 0, -1 } },
    { GGUF_Q4_0, "Q4_0", 32, 18, { 0, -1 } },   { GGUF_Q4_1, "Q4_1", 32, 20, { 0, 2 } },
    { GGUF_Q5_0, "Q5_0", 32, 22, { 0, -1 } },   { GGUF_Q5_1, "Q5_1", 32, 24, { 0, 2 } },
    { GGUF_Q4_K, "Q4_K", 256, 144, { 0, 2 } },  { GGUF_Q5_K, "Q5_K", 256, 176, { 0, 2 } },
    { GGUF_Q6_K, "Q6_K", 256, 210, { 208, -1 } },
};
enum { N_QUANT_TYPES = sizeof quant_types / sizeof quant_types[0] };

static inline size_t file_bytes(const struct quant_type *q, size_t N, size_t K)
{
    return N * (K / q->values) * q->bytes;
}

/* extreme: the largest values and scales of the type. */
static inline void fill_weights(uint8_t *p, const struct quant_type *q, size_t N, size_t K, bool extreme, uint64_t *s)
{
    const size_t n = N * (K / q->values);

    for (size_t i = 0; i < n; i++) {
        uint8_t *b = p + i * q->bytes;
        float f = rnd_float(s);
        const uint64_t bits = rnd(s);

        if (q->values == 1) {
            uint32_t u;
            if (extreme)
                f *= 1000;
            memcpy(&u, &f, 4);
            if (q->bytes == 4)
                memcpy(b, &f, 4);
            else if (q->type == GGUF_BF16)
                memcpy(b, (uint8_t *)&u + 2, 2);
            else
                b[0] = (uint8_t)bits, b[1] = (uint8_t)(bits >> 8 & 0xbb);
            continue;
        }
        for (unsigned k = 0; k < q->bytes; k++)
            b[k] = extreme ? (bits & 1 ? 0xff : 0x00) : (uint8_t)rnd(s);
        if (extreme && q->type == GGUF_Q8_0)
            memset(b, bits & 1 ? 0x80 : 0x7f, q->bytes);
        for (unsigned k = 0; k < 2; k++)
            if (q->scale_at[k] >= 0) {
                b[q->scale_at[k]] = extreme ? 0xff : (uint8_t)(bits >> (8 + 16 * k));
                b[q->scale_at[k] + 1] = extreme ? 0x7b : (uint8_t)(bits >> (16 + 16 * k) & 0xbb);
            }
    }
}

/* Levels above the reference that this machine runs; 0 ends. */
static inline const struct kern *level_at(int i)
{
    return i < CPU_LEVEL_COUNT - 1 ? kern_get((enum cpu_level)(CPU_LEVEL_AVX2 + i)) : NULL;
}
enum { N_LEVELS = CPU_LEVEL_COUNT - 1 };

#endif
