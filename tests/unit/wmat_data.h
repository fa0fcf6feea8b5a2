/* The kernel tests' own numbers and weights: of the CPU's (C) and of the GPU's (C++). */
#ifndef WMAT_DATA_H
#define WMAT_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/gguf/gguf.h"

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

#endif
