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

#include "engine/cpu/kern.h"
#include "tests/unit/wmat_data.h"

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

/* Levels above the reference that this machine runs; 0 ends. */
static inline const struct kern *level_at(int i)
{
    return i < CPU_LEVEL_COUNT - 1 ? kern_get((enum cpu_level)(CPU_LEVEL_AVX2 + i)) : NULL;
}
enum { N_LEVELS = CPU_LEVEL_COUNT - 1 };

#endif
