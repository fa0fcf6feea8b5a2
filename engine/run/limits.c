#include "engine/run/limits.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "base/clock.h"
#include "base/mem.h"
#include "engine/cpu/workers.h"

#define BLOCK_BYTES  ((size_t)1 << 30)
#define MIN_BLOCK    ((size_t)64 << 20)
#define READ_PASSES  4
#define RATE_NS      60000000ull    /* each arithmetic loop runs so long, twice */
#define LOOP         20000          /* rounds between two looks at the clock */
#define CHAINS       12             /* independent accumulators: latency 4-5 x 2 ports */

/* Results go here, so that no loop can be left out. */
static atomic_uint_fast64_t sink;

struct job {
    enum cpu_level level;
    const uint8_t *block;
    size_t   bytes;
    int      threads, streams, kind;
    uint64_t ns;
    _Atomic uint64_t macs;
    struct workers *team;
};

/* --- reading: `streams` runs of addresses side by side ------------------------------ */

#define READ_BODY(vec)                                                        \
    size_t part = n / (size_t)streams / sizeof(vec) / 2 * 2;                        \
    vec acc0 = { 0 }, acc1 = { 0 };                                                 \
    for (size_t i = 0; i < part; i += 2)                                            \
        for (int s = 0; s < streams; s++) {                                         \
            const vec *q = (const vec *)(const void *)p + (size_t)s * part + i;     \
            __builtin_prefetch((const char *)q + 2048);                             \
            acc0 |= q[0];                                                           \
            acc1 |= q[1];                                                           \
        }                                                                           \
    acc0 |= acc1;                                                                   \
    return (uint64_t)acc0[0];

typedef uint64_t v2 __attribute__((vector_size(16)));
typedef uint64_t v4 __attribute__((vector_size(32)));
typedef uint64_t v8 __attribute__((vector_size(64)));

static uint64_t read_plain(const uint8_t *p, size_t n, int streams) { READ_BODY(v2) }
#ifdef __x86_64__
__attribute__((target("avx2")))
static uint64_t read_avx2(const uint8_t *p, size_t n, int streams) { READ_BODY(v4) }
__attribute__((target("avx512f")))
static uint64_t read_avx512(const uint8_t *p, size_t n, int streams) { READ_BODY(v8) }
#endif

static uint64_t read_some(enum cpu_level level, const uint8_t *p, size_t n, int streams)
{
#ifdef __x86_64__
    if (level >= CPU_LEVEL_AVX512)
        return read_avx512(p, n, streams);
    if (level == CPU_LEVEL_AVX2)
        return read_avx2(p, n, streams);
#endif
    (void)level;
    return read_plain(p, n, streams);
}

static void read_worker(void *arg, int worker)
{
    struct job *j = arg;
    size_t a, b;
    workers_slice(j->bytes, 1 << 16, worker, j->threads, &a, &b);
    atomic_fetch_or(&sink, read_some(j->level, j->block + a, b - a, j->streams));
}

static void touch_worker(void *arg, int worker)
{
    struct job *j = arg;
    size_t a, b;
    workers_slice(j->bytes, 1 << 16, worker, j->threads, &a, &b);
    for (size_t i = a; i < b; i += 4096)
        ((uint8_t *)j->block)[i] = (uint8_t)(i >> 12);
}

/* --- multiply-adds ------------------------------------------------------------------ */

/* Each returns multiply-adds done in LOOP rounds.  The accumulators have names of their own,
 * so that every compiler keeps them in registers, and values that it cannot know: those that
 * it finds equal it makes one, and then a chain's latency is measured, 12 times over. */
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define UNKNOWN(v) __asm__("" : "+x"(v));
#define UNKNOWN_512(v) __asm__("" : "+v"(v));
#define ROUNDS(step) for (int i = 0; i < LOOP; i++) { EACH(step) }

static uint64_t macs_plain(int kind)
{
    volatile float seed = (float)kind;
    float x = seed + 1.0f;
#define DECL(c) float f##c = (float)c;
#define STEP(c) f##c += x * 0.5f;
#define SUM(c)  + f##c
    EACH(DECL)
    ROUNDS(STEP)
    atomic_fetch_or(&sink, (uint64_t)(0 EACH(SUM)));
#undef DECL
#undef STEP
#undef SUM
    return (uint64_t)LOOP * CHAINS;
}

#ifdef __x86_64__
__attribute__((target("avx2,fma")))
static uint64_t macs_avx2(int kind)
{
    __m256i sum = _mm256_setzero_si256();
    if (kind == 0) {
        __m256 x = _mm256_set1_ps(0.5f);
#define DECL(c) __m256 f##c = _mm256_setzero_ps(); UNKNOWN(f##c)
#define STEP(c) f##c = _mm256_fmadd_ps(x, x, f##c);
#define SUM(c)  sum = _mm256_or_si256(sum, _mm256_castps_si256(f##c));
        EACH(DECL)
        ROUNDS(STEP)
        EACH(SUM)
#undef DECL
#undef STEP
#undef SUM
    } else {
        __m256i b = _mm256_set1_epi8(3), one = _mm256_set1_epi16(1);
#define DECL(c) __m256i f##c = _mm256_setzero_si256(); UNKNOWN(f##c)
#define STEP(c) f##c = _mm256_add_epi32(f##c, _mm256_madd_epi16(                              \
                           _mm256_maddubs_epi16(_mm256_xor_si256(b, f##c), b), one));
#define SUM(c)  sum = _mm256_or_si256(sum, f##c);
        EACH(DECL)
        ROUNDS(STEP)
        EACH(SUM)
#undef DECL
#undef STEP
#undef SUM
    }
    atomic_fetch_or(&sink, (uint64_t)_mm256_extract_epi64(sum, 0));
    return (uint64_t)LOOP * CHAINS * (kind == 0 ? 8 : 32);
}

__attribute__((target("avx512f,avx512bw,avx512vnni")))
static uint64_t macs_avx512(int kind)
{
    __m512i sum = _mm512_setzero_si512();
    if (kind == 0) {
        __m512 x = _mm512_set1_ps(0.5f);
#define DECL(c) __m512 f##c = _mm512_setzero_ps(); UNKNOWN_512(f##c)
#define STEP(c) f##c = _mm512_fmadd_ps(x, x, f##c);
#define SUM(c)  sum = _mm512_or_si512(sum, _mm512_castps_si512(f##c));
        EACH(DECL)
        ROUNDS(STEP)
        EACH(SUM)
#undef DECL
#undef STEP
#undef SUM
    } else {
        __m512i b = _mm512_set1_epi8(3);
#define DECL(c) __m512i f##c = _mm512_setzero_si512(); UNKNOWN_512(f##c)
#define STEP(c) f##c = _mm512_dpbusd_epi32(f##c, b, b);
#define SUM(c)  sum = _mm512_or_si512(sum, f##c);
        EACH(DECL)
        ROUNDS(STEP)
        EACH(SUM)
#undef DECL
#undef STEP
#undef SUM
    }
    atomic_fetch_or(&sink, (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(sum)));
    return (uint64_t)LOOP * CHAINS * (kind == 0 ? 16 : 64);
}
#endif

static void macs_worker(void *arg, int worker)
{
    struct job *j = arg;
    uint64_t end = clock_mono_ns() + j->ns, n = 0;
    (void)worker;
    do {
#ifdef __x86_64__
        if (j->level >= CPU_LEVEL_AVX512) {
            n += macs_avx512(j->kind);
            continue;
        }
        if (j->level == CPU_LEVEL_AVX2) {
            n += macs_avx2(j->kind);
            continue;
        }
#endif
        n += macs_plain(j->kind);
    } while (clock_mono_ns() < end);
    atomic_fetch_add(&j->macs, n);
}

static double timed(struct job *j, void (*fn)(void *, int))
{
    uint64_t t = clock_mono_ns();
    workers_run(j->team, fn, j);
    return (double)(clock_mono_ns() - t) / 1e9;
}

static double measure_macs(struct job *j, int kind)
{
    double best = 0;
    j->kind = kind;
    j->ns = RATE_NS;
    for (int i = 0; i < 2; i++) {
        atomic_store(&j->macs, 0);
        double s = timed(j, macs_worker), rate = (double)atomic_load(&j->macs) / s;
        if (rate > best)
            best = rate;
    }
    return best;
}

static double measure_read(struct job *j)
{
    static const int streams[] = { 1, 2, 4 };
    double best = 0;
    for (int pass = 0; pass < READ_PASSES; pass++)
        for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
            j->streams = streams[i];
            double rate = (double)j->bytes / timed(j, read_worker);
            if (rate > best)
                best = rate;
        }
    return best;
}

int limits_measure(struct limits *l, enum cpu_level level, int threads, struct qw_error *err)
{
    struct mem_info mi;
    mem_probe(&mi);
    size_t bytes = mi.available_bytes / 4 < BLOCK_BYTES ? (size_t)(mi.available_bytes / 4) : BLOCK_BYTES;
    struct job j = { .level = level, .bytes = bytes & ~(size_t)0xffff, .threads = threads };
    if (j.bytes < MIN_BLOCK)
        return qw_error_set(err, QW_ENOMEM, "%zu MiB are too few to measure memory with", j.bytes >> 20);
    int rc = workers_new(&j.team, threads, err);
    if (rc != QW_OK)
        return rc;
    void *block = qw_map(j.bytes);
    if (block == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "%zu MiB to measure memory with", j.bytes >> 20);
        goto out;
    }
    j.block = block;
    timed(&j, touch_worker);
    *l = (struct limits){ .block_bytes = j.bytes };
    l->read_bytes_s = measure_read(&j);
    l->f32_macs_s = measure_macs(&j, 0);
    l->int8_macs_s = measure_macs(&j, 1);
    qw_unmap(block, j.bytes);
out:
    workers_free(j.team);
    return rc;
}
