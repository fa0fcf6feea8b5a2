/* The head of each row of logits (engine/forward/logit_head.h): three launches that read a row once or twice and never
 * sort more than 4096 of it.
 *
 * A candidate's rank is (key << 32 | id), so the least ranks are the head, and ties are none.  A thread's least of 8
 * values, and a group's least of its 8 threads, make a tournament: whoever is among the 256 least of the row is in one of
 * the 256 groups with the least winners, and there with one of the 256 threads with the least ones.  So 4096 winners of
 * groups, then 2048 of threads, then 2048 values are sorted, however the row is: no list can overflow. */
#include "engine/cuda/dev.h"
#include "engine/cuda/kernels.h"
#include "engine/forward/logit_head.h"

#define THREADS   256                       /* of a chunk */
#define EACH      8                         /* values of a thread; threads of a group; all of what follows is built on it */
#define CHUNK     (THREADS * EACH)
#define GROUPS    (THREADS / EACH)          /* of a chunk */
#define WARPS     (THREADS / DEV_WARP)
#define SORTERS   1024                      /* threads that choose a row's head */
#define NONE      0xffffffffffffffffull     /* after every rank */
#define NO_PICK   0xffffffffu

struct mass { uint64_t plain, asked; };
/* What the launches leave to each other: [S][chunks] of each. */
struct work {
    uint64_t *group;                        /* [GROUPS] least ranks */
    uint64_t *least;
    struct mass *mass;
};

/* Value i of thread j, counted through the row's chunks. */
DEV uint32_t id_of(uint32_t j, uint32_t i) { return j / THREADS * CHUNK + i * THREADS + j % THREADS; }
DEV uint32_t thread_of(uint32_t id) { return id / CHUNK * THREADS + id % THREADS; }

DEV uint64_t rank_of(const struct cu_head_rows &a, uint32_t row, uint32_t id)
{
    if (id >= a.n_vocab)
        return NONE;
    if (a.mask != NULL && !(a.mask[row * (size_t)((a.n_vocab + 31) / 32) + id / 32] >> id % 32 & 1))
        return NONE;
    const float x = a.logits[row * (size_t)a.n_vocab + id];

    return x > -INFINITY ? (uint64_t)logit_key(x) << 32 | id : NONE;
}

DEV uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* The least of the block, of THREADS threads; s: [WARPS]. */
DEV uint64_t block_least(uint64_t rank, uint64_t *s)
{
    for (int h = 16; h > 0; h /= 2)
        rank = lesser(rank, __shfl_xor_sync(DEV_FULL, rank, h));
    if (dev_lane() == 0)
        s[dev_warp()] = rank;
    __syncthreads();
    for (int w = 0; w < WARPS; w++)
        rank = lesser(rank, s[w]);
    return rank;
}

/* --- a block a chunk ------------------------------------------------------------------- */

static __global__ void head_groups(struct cu_head_rows a, struct work w)
{
    DEV_SHARED(uint64_t, s);
    const uint32_t row = blockIdx.y, j = blockIdx.x * THREADS + threadIdx.x;
    const size_t chunk = row * (size_t)gridDim.x + blockIdx.x;
    uint64_t rank = NONE;

    for (uint32_t i = 0; i < EACH; i++)
        rank = lesser(rank, rank_of(a, row, id_of(j, i)));
    for (int h = EACH / 2; h > 0; h /= 2)
        rank = lesser(rank, __shfl_xor_sync(DEV_FULL, rank, h));
    if (threadIdx.x % EACH == 0)
        w.group[chunk * GROUPS + threadIdx.x / EACH] = rank;
    rank = block_least(rank, s);
    if (threadIdx.x == 0)
        w.least[chunk] = rank;
}

DEV void warp_sum(struct mass *m)
{
    for (int h = 16; h > 0; h /= 2) {
        m->plain += __shfl_xor_sync(DEV_FULL, m->plain, h);
        m->asked += __shfl_xor_sync(DEV_FULL, m->asked, h);
    }
}

static __global__ void head_mass(struct cu_head_rows a, struct work w)
{
    DEV_SHARED(uint64_t, s);
    struct mass *part = (struct mass *)(s + WARPS);
    const uint32_t row = blockIdx.y, j = blockIdx.x * THREADS + threadIdx.x;
    const size_t first = row * (size_t)gridDim.x;
    const float temperature = a.temperature[row];
    const uint64_t top = block_least(threadIdx.x < gridDim.x ? w.least[first + threadIdx.x] : NONE, s);
    struct mass m = { 0, 0 };

    if (top != NONE) {
        const float *x = a.logits + row * (size_t)a.n_vocab, max = x[(uint32_t)top];

        for (uint32_t i = 0; i < EACH; i++) {
            const uint32_t id = id_of(j, i);

            if (rank_of(a, row, id) == NONE)
                continue;
            m.plain += logit_weight(x[id], max, 1.0f);
            if (temperature > 0)
                m.asked += logit_weight(x[id], max, temperature);
        }
    }
    warp_sum(&m);
    if (dev_lane() == 0)
        part[dev_warp()] = m;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (uint32_t i = 1; i < WARPS; i++) {
            m.plain += part[i].plain;
            m.asked += part[i].asked;
        }
        w.mass[first + blockIdx.x] = m;
    }
}

/* --- a block a row --------------------------------------------------------------------- */

/* Ascending, n a power of two from 64 on, by all threads of the block, which must have met since s was written. */
DEV void sort_ranks(uint64_t *s, uint32_t n)
{
    for (uint32_t k = 2; k <= n; k *= 2)
        for (uint32_t d = k / 2; d > 0; d /= 2) {
            for (uint32_t t = threadIdx.x; t < n / 2; t += SORTERS) {
                const uint32_t i = 2 * t - (t & (d - 1));
                const uint64_t lo = s[i], hi = s[i + d];

                if ((lo > hi) == ((i & k) == 0)) {
                    s[i] = hi;
                    s[i + d] = lo;
                }
            }
            /* Pairs less than 64 apart lie in the 64 places of one warp. */
            if (d > 32 || (d == 1 && k > 32))
                __syncthreads();
            else
                __syncwarp();
        }
}

/* The groups with the 256 least winners; where there are no more, all. */
DEV void pick_groups(uint32_t *pick, uint64_t *s, const uint64_t *group, uint32_t n)
{
    const uint32_t me = threadIdx.x;
    uint32_t size = LOGIT_HEAD;

    if (n <= LOGIT_HEAD) {
        if (me < LOGIT_HEAD)
            pick[me] = me < n ? me : NO_PICK;
        return;
    }
    while (size < n)
        size *= 2;
    for (uint32_t i = me; i < size; i += SORTERS)
        s[i] = i < n ? group[i] : NONE;
    __syncthreads();
    sort_ranks(s, size);
    if (me < LOGIT_HEAD)
        pick[me] = s[me] != NONE ? thread_of((uint32_t)s[me]) / EACH : NO_PICK;
}

/* Of the threads of these groups those with the 256 least ones. */
DEV void pick_threads(uint32_t *pick, uint64_t *s, const struct cu_head_rows &a, uint32_t row)
{
    const uint32_t me = threadIdx.x;

    for (uint32_t e = me; e < LOGIT_HEAD * EACH; e += SORTERS) {
        const uint32_t group = pick[e / EACH];
        uint64_t rank = NONE;

        for (uint32_t i = 0; group != NO_PICK && i < EACH; i++)
            rank = lesser(rank, rank_of(a, row, id_of(group * EACH + e % EACH, i)));
        s[e] = rank;
    }
    __syncthreads();
    sort_ranks(s, LOGIT_HEAD * EACH);
    if (me < LOGIT_HEAD)
        pick[me] = s[me] != NONE ? thread_of((uint32_t)s[me]) : NO_PICK;
}

static __global__ void __launch_bounds__(SORTERS) head_top(struct cu_head_rows a, struct work w, uint32_t chunks)
{
    DEV_SHARED(uint32_t, pick);             /* [LOGIT_HEAD] */
    uint64_t *s = (uint64_t *)(pick + LOGIT_HEAD);
    const uint32_t row = blockIdx.x, me = threadIdx.x;
    const size_t first = row * (size_t)chunks;
    struct logit_head *out = a.out + row;

    if (chunks > 1) {
        pick_groups(pick, s, w.group + first * GROUPS, chunks * GROUPS);
        __syncthreads();
        pick_threads(pick, s, a, row);
    } else if (me < LOGIT_HEAD) {
        pick[me] = me;                      /* there are no others */
    }
    __syncthreads();
    for (uint32_t e = me; e < LOGIT_HEAD * EACH; e += SORTERS)
        s[e] = pick[e / EACH] != NO_PICK ? rank_of(a, row, id_of(pick[e / EACH], e % EACH)) : NONE;
    __syncthreads();
    sort_ranks(s, LOGIT_HEAD * EACH);

    if (me < LOGIT_HEAD) {
        const uint32_t id = (uint32_t)s[me];
        const bool is = s[me] != NONE;
        struct logit l;

        l.id = is ? (int32_t)id : -1;
        l.value = is ? a.logits[row * (size_t)a.n_vocab + id] : -INFINITY;
        out->top[me] = l;
        if (is && (me + 1 == LOGIT_HEAD || s[me + 1] == NONE))
            out->n = me + 1;
        if (me == 0 && !is)
            out->n = 0;
    }
    if (dev_warp() == 0) {
        struct mass m = { 0, 0 };

        for (uint32_t i = me; i < chunks; i += DEV_WARP) {
            m.plain += w.mass[first + i].plain;
            m.asked += w.mass[first + i].asked;
        }
        warp_sum(&m);
        if (me == 0) {
            out->mass_plain = m.plain;
            out->mass = m.asked;
        }
    }
}

static uint32_t chunks_of(uint32_t n_vocab) { return (n_vocab + CHUNK - 1) / CHUNK; }

size_t cu_head_bytes(uint32_t S, uint32_t n_vocab)
{
    return (size_t)S * chunks_of(n_vocab) * ((GROUPS + 1) * sizeof(uint64_t) + sizeof(struct mass));
}

void cu_head(const struct cu_head_rows *a, cudaStream_t s)
{
    const uint32_t chunks = chunks_of(a->n_vocab);
    const size_t n = (size_t)a->S * chunks;
    uint32_t size = LOGIT_HEAD * EACH;
    struct work w;

    if (a->S == 0)
        return;
    while (size < chunks * GROUPS)
        size *= 2;
    w.mass = (struct mass *)a->work;        /* first: the strictest alignment */
    w.group = (uint64_t *)(w.mass + n);
    w.least = w.group + n * GROUPS;
    LAUNCH(head_groups, dim3(chunks, a->S), dim3(THREADS), WARPS * sizeof(uint64_t), s, *a, w);
    LAUNCH(head_mass, dim3(chunks, a->S), dim3(THREADS), WARPS * (sizeof(uint64_t) + sizeof(struct mass)), s, *a, w);
    LAUNCH(head_top, dim3(a->S), dim3(SORTERS), LOGIT_HEAD * sizeof(uint32_t) + size * sizeof(uint64_t), s, *a, w, chunks);
}
