/* How a kernel runs here: every thread of a block is a fiber, blocks run one after another.  A fiber gives
 * way only at a barrier, a shuffle or an mma; the last lane that arrives at a collective completes it.
 *
 * One host thread runs kernels at a time (stream.cpp holds the lock). */
#ifndef QW_CUDA_HOST_EMU_H
#define QW_CUDA_HOST_EMU_H

#include <stddef.h>
#include <stdint.h>

/* Compiled with instrumented kernels, these functions must not be instrumented themselves. */
#ifdef __SANITIZE_THREAD__
#define EMU_FN __attribute__((noinline, no_sanitize_thread)) static
#define EMU_WATCHED 1
#else
#define EMU_FN static inline
#define EMU_WATCHED 0
#endif

enum emu_op {
    EMU_NONE, EMU_SYNCTHREADS, EMU_SYNCWARP, EMU_SHFL, EMU_VOTE, EMU_LDMATRIX,
    EMU_MMA_F16, EMU_MMA_BF16, EMU_MMA_K16, EMU_MMA_K32                 /* all mma last */
};

/* What a lane brings to a collective.  By register, then lane: a[0] of the 32 lanes is then rows 0..7 of 16
 * bytes each, which is what mma.cpp reads. */
struct emu_slots {
    uint64_t shfl[32];
    uint32_t a[4][32], b[2][32];
    int      c[2][32][2];               /* rows 0..7, rows 8..15, as [8][8] */
    bool     a_unsigned;
};

struct emu_fiber {
    void    *sp;
    uint3    tid;
    uint8_t  lane, ring;                /* lane of the warp; its place in the warp's order */
    uint8_t  waits;                     /* enum emu_op, where it is parked */
    bool     ended;
    int      line;                      /* of the call where it is parked */
    const char *file;
    struct emu_warp *warp;
    unsigned char *stack;
    emu_fiber *next;                    /* who most likely runs after it: emu_switch fetches its stack ahead */
};

struct emu_warp {
    uint32_t runnable, all;             /* by ring place */
    uint32_t arrived;                   /* lanes at the current collective, by lane */
    uint32_t seq;                       /* collectives done */
    uint32_t index, lanes;
    uint8_t  op;                        /* of the current collective, with the site of the first to arrive */
    int      line;
    const char *file;
    uint64_t synced;                    /* time of the last __syncwarp, watch.cpp */
    emu_fiber *by_ring[32];
    emu_slots slot[2];                  /* of collective seq & 1: a lane may be one ahead of the others */
};

struct emu_call {
    size_t bytes = 0;                   /* of the object, which holds the arguments */
    virtual void run() = 0;
    virtual ~emu_call() {}
};

extern __thread __attribute__((tls_model("initial-exec"))) struct emu_tls {
    uint3 thread, block, block_size, grid_size;
    emu_fiber *self;                    /* NULL: host code */
    unsigned char *shared;
    unsigned char *stack;               /* the fiber's, EMU_STACK_BYTES */
} emu_tls;
enum { EMU_STACK_BYTES = 128 * 1024 };
#define threadIdx emu_tls.thread
#define blockIdx  emu_tls.block
#define blockDim  emu_tls.block_size
#define gridDim   emu_tls.grid_size

void emu_switch(emu_fiber *from, emu_fiber *to);
void emu_leave_warp(void);              /* no lane of this warp can run: on to another warp */
void emu_mma(emu_slots *s, int op);
void emu_mma_plain(emu_slots *s, int op);
[[noreturn]] void emu_bad_collective(int op, unsigned mask, const char *file, int line);
void emu_syncthreads(const char *file, int line);
void emu_warp_synced(emu_warp *w);

/* Parks this lane until all lanes of its warp are at the same collective; returns the slots' parity. */
EMU_FN unsigned emu_meet(int op, unsigned mask, const char *file, int line)
{
    emu_fiber *f = emu_tls.self;
    emu_warp *w = f->warp;
    unsigned parity = w->seq & 1;
    if (w->arrived == 0) {
        w->op = (uint8_t)op;
        w->file = file;
        w->line = line;
    }
    if (__builtin_expect(w->op != op || w->line != line || w->file != file || mask != 0xffffffffu, 0))
        emu_bad_collective(op, mask, file, line);
    w->arrived |= 1u << f->lane;
    if (w->arrived == 0xffffffffu) {
        if (op >= EMU_MMA_F16)
            emu_mma(&w->slot[parity], op);
        else if (op == EMU_SYNCWARP)
            emu_warp_synced(w);
        w->arrived = 0;
        w->seq++;
        w->runnable = w->all;
        return parity;
    }
    f->waits = (uint8_t)op;
    f->file = file;
    f->line = line;
    w->runnable &= ~(1u << f->ring);
    if (w->runnable) {
        uint32_t later = f->ring < 31 ? w->runnable >> (f->ring + 1) << (f->ring + 1) : 0;
        emu_fiber *to = w->by_ring[__builtin_ctz(later ? later : w->runnable)];
        emu_switch(f, to);
    } else {
        emu_leave_warp();
    }
    return parity;
}

/* Inlined whatever the level, so that what they call sees the kernel's line. */
#define EMU_THIN static inline __attribute__((always_inline))
#define EMU_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()

static inline void __syncthreads(EMU_SITE) { emu_syncthreads(file, line); }
static inline void __syncwarp(unsigned mask = 0xffffffffu, EMU_SITE) { emu_meet(EMU_SYNCWARP, mask, file, line); }

EMU_FN unsigned emu_lane(void) { return emu_tls.self->lane; }
template <class T> EMU_FN T emu_shuffle(unsigned mask, T v, unsigned from, const char *file, int line)
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 32 or 64 bits");
    emu_fiber *f = emu_tls.self;
    emu_slots *s = f->warp->slot;
    __builtin_memcpy(&s[f->warp->seq & 1].shfl[f->lane], &v, sizeof v);
    unsigned parity = emu_meet(EMU_SHFL, mask, file, line);
    __builtin_memcpy(&v, &s[parity].shfl[from], sizeof v);
    return v;
}
/* width < 32: within groups of that many lanes. */
template <class T> static inline T __shfl_sync(unsigned mask, T v, int src, int width = 32, EMU_SITE)
{
    unsigned lane = emu_lane();
    return emu_shuffle(mask, v, (lane & ~(unsigned)(width - 1)) | ((unsigned)src & (unsigned)(width - 1)), file, line);
}
template <class T> static inline T __shfl_xor_sync(unsigned mask, T v, int xor_by, int width = 32, EMU_SITE)
{
    unsigned lane = emu_lane(), from = lane ^ (unsigned)xor_by;
    if ((from & ~(unsigned)(width - 1)) > (lane & ~(unsigned)(width - 1)) || from > 31)
        from = lane;                    /* a higher group: its own value */
    return emu_shuffle(mask, v, from, file, line);
}

/* Bit l: lane l's predicate. */
EMU_FN unsigned emu_ballot(unsigned mask, bool predicate, const char *file, int line)
{
    emu_fiber *f = emu_tls.self;
    emu_slots *s = f->warp->slot;
    unsigned ballot = 0;
    s[f->warp->seq & 1].shfl[f->lane] = predicate;
    unsigned parity = emu_meet(EMU_VOTE, mask, file, line);
    for (unsigned i = 0; i < 32; i++)
        ballot |= (unsigned)s[parity].shfl[i] << i;
    return ballot;
}
static inline unsigned __ballot_sync(unsigned mask, int predicate, EMU_SITE) { return emu_ballot(mask, predicate != 0, file, line); }
static inline int __any_sync(unsigned mask, int predicate, EMU_SITE) { return emu_ballot(mask, predicate != 0, file, line) != 0; }
static inline int __all_sync(unsigned mask, int predicate, EMU_SITE)
{
    return emu_ballot(mask, predicate != 0, file, line) == 0xffffffffu;
}

void emu_atomic(const void *p, size_t bytes);
void emu_touch(const void *p, size_t bytes, bool writes);
template <class T, class F> EMU_FN T emu_update(T *p, F f)
{
    static_assert(sizeof(T) == 4, "atomics of 32 bits");
    T old = *(volatile T *)p;
    *(volatile T *)p = f(old);
    return old;
}
EMU_THIN int atomicAdd(int *p, int v) { emu_atomic(p, 4); return emu_update(p, [v](int o) { return (int)((unsigned)o + (unsigned)v); }); }
EMU_THIN unsigned atomicAdd(unsigned *p, unsigned v) { emu_atomic(p, 4); return emu_update(p, [v](unsigned o) { return o + v; }); }
EMU_THIN int atomicMax(int *p, int v) { emu_atomic(p, 4); return emu_update(p, [v](int o) { return o > v ? o : v; }); }
EMU_THIN unsigned atomicMax(unsigned *p, unsigned v) { emu_atomic(p, 4); return emu_update(p, [v](unsigned o) { return o > v ? o : v; }); }

#endif
