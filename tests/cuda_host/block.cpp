/* Blocks, warps and lanes: the scheduler of emu.h.
 *
 * A fiber's stack comes from one pool, a guard page below each.  Stack tops are staggered by 128 bytes, or
 * the 32 lanes of a warp, which use the same depths, would fight for the same few cache sets. */
#include "emu_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <vector>

__thread struct emu_tls emu_tls;
const emu_launch_desc *emu_now;
uint64_t emu_block_index;

enum { MAX_THREADS = 1024, MAX_WARPS = 32, GUARD_BYTES = 4096 };

static struct {
    unsigned char *stacks;
    emu_fiber fiber[MAX_THREADS];
    emu_warp  warp[MAX_WARPS];
    uint8_t   warp_order[MAX_WARPS];    /* place -> warp */
    uint8_t   place_of[MAX_WARPS];
    uint32_t  runnable;                 /* warps with a lane that can run, by place; may lag behind: see leave_warp */
    unsigned  warps, threads, at_barrier, ended;
    int       barrier_line;
    const char *barrier_file;
    emu_fiber host;                     /* who called emu_run_grid */
    emu_call *call;
    bool      abandoned;
} B;

/* --- switching --------------------------------------------------------------------- */
#if defined(__x86_64__)
extern "C" void emu_swap(void **save, void *load);
__asm__(".text\n.globl emu_swap\n.type emu_swap, @function\n"
        "emu_swap:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n    pushq %r14\n    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbx\n    popq %rbp\n"
        "    ret\n"
        ".size emu_swap, .-emu_swap\n");
static void *stack_start(unsigned char *top, void (*entry)(void))
{
    void **sp = (void **)top;
    *--sp = NULL;                       /* where entry would return to: it never does */
    *--sp = (void *)entry;
    for (int i = 0; i < 6; i++)
        *--sp = NULL;
    return sp;
}
#else
#include <ucontext.h>
static ucontext_t contexts[MAX_THREADS + 1];
static void emu_swap(void **save, void *load)
{
    size_t from = (emu_fiber *)((char *)save - offsetof(emu_fiber, sp)) - B.fiber;
    *save = &contexts[from < MAX_THREADS ? from : MAX_THREADS];
    swapcontext((ucontext_t *)*save, (ucontext_t *)load);
}
static void *stack_start(unsigned char *top, void (*entry)(void))
{
    size_t i = (top - B.stacks) / EMU_STACK_BYTES;
    unsigned char *low = B.stacks + i * EMU_STACK_BYTES + GUARD_BYTES;
    getcontext(&contexts[i]);
    contexts[i].uc_stack.ss_sp = low;
    contexts[i].uc_stack.ss_size = top - low;
    contexts[i].uc_link = NULL;
    makecontext(&contexts[i], entry, 0);
    return &contexts[i];
}
#endif

void emu_switch(emu_fiber *from, emu_fiber *to)
{
    emu_tls.self = to;
    threadIdx = to->tid;
    emu_tls.stack = to->stack;
    __builtin_prefetch(to->next->sp);
    __builtin_prefetch((char *)to->next->sp + 64);
    emu_swap(&from->sp, to->sp);
}

[[noreturn]] static void to_host(void)
{
    emu_fiber *f = emu_tls.self;
    emu_tls.self = NULL;
    emu_swap(&f->sp, B.host.sp);
    abort();
}
void emu_abandon(void)
{
    B.abandoned = true;
    to_host();
}

bool emu_in_any_stack(const void *p)
{
    return (size_t)((const unsigned char *)p - B.stacks) < (size_t)MAX_THREADS * EMU_STACK_BYTES;
}
bool emu_is_argument(const void *p) { return (size_t)((const char *)p - (const char *)B.call) < B.call->bytes; }
uint3 emu_thread_index(unsigned i) { return B.fiber[i].tid; }

/* --- who runs next ------------------------------------------------------------------- */
static void say_where(char *text, size_t size, const emu_fiber *f)
{
    if (f->ended)
        snprintf(text, size, "thread (%u,%u,%u) has ended", f->tid.x, f->tid.y, f->tid.z);
    else
        snprintf(text, size, "thread (%u,%u,%u) waits in %s at %s:%d", f->tid.x, f->tid.y, f->tid.z,
                 emu_op_name(f->waits), f->file, f->line);
}

/* Nothing can run and the block is not done: says who waits for whom. */
[[noreturn]] static void stuck(void)
{
    char a[200] = "", b[200] = "";
    const emu_fiber *first = NULL, *other = NULL;
    for (unsigned i = 0; i < B.threads; i++) {
        const emu_fiber *f = &B.fiber[i];
        if (!f->ended && (first == NULL || (first->waits == EMU_SYNCTHREADS && f->waits != EMU_SYNCTHREADS)))
            first = f;                  /* a warp's collective says more than the barrier behind it */
    }
    for (unsigned i = 0; i < B.threads && other == NULL; i++) {
        const emu_fiber *f = &B.fiber[i];
        bool same_group = first->waits == EMU_SYNCTHREADS || f->warp == first->warp;
        if (same_group && (f->ended || f->waits != first->waits || f->line != first->line))
            other = f;
    }
    say_where(a, sizeof a, first);
    if (other != NULL)
        say_where(b, sizeof b, other);
    else
        snprintf(b, sizeof b, "its warp has %u threads", first->warp->lanes);
    emu_report(first->waits == EMU_SYNCTHREADS ? "divergent barrier" : "missing lanes", "%s, but %s", a, b);
    abort();
}

static void emu_go(emu_fiber *f, emu_warp *w)
{
    emu_fiber *to = w->by_ring[__builtin_ctz(w->runnable)];
    if (to != f)
        emu_switch(f, to);
}

/* From warp to warp, round and round: B.runnable is trusted only where it says no. */
static void leave(void)
{
    emu_fiber *f = emu_tls.self;
    unsigned from = B.place_of[f->warp->index];
    for (unsigned i = 1; i <= B.warps; i++) {
        emu_warp *w = &B.warp[B.warp_order[(from + i) % B.warps]];
        if (w->runnable) {
            emu_go(f, w);
            return;
        }
    }
    stuck();
}
void emu_leave_warp(void) { leave(); }

void emu_syncthreads(const char *file, int line)
{
    emu_fiber *f = emu_tls.self;
    if (B.at_barrier == 0) {
        B.barrier_file = file;
        B.barrier_line = line;
    } else if (B.barrier_line != line || B.barrier_file != file) {
        emu_report("divergent barrier", "this thread is at the __syncthreads of %s:%d, others at that of %s:%d", file, line,
                   B.barrier_file, B.barrier_line);
    }
    if (++B.at_barrier == B.threads) {
        B.at_barrier = 0;
        emu_watch_barrier();
        for (unsigned i = 0; i < B.warps; i++)
            B.warp[i].runnable = B.warp[i].all;
        return;
    }
    f->waits = EMU_SYNCTHREADS;
    f->file = file;
    f->line = line;
    emu_warp *w = f->warp;
    w->runnable &= ~(1u << f->ring);
    if (w->runnable)
        emu_go(f, w);
    else
        leave();
}

void emu_bad_collective(int op, unsigned mask, const char *file, int line)
{
    emu_warp *w = emu_tls.self->warp;
    if (mask != 0xffffffffu)
        emu_report("partial mask", "%s at %s:%d with mask %08x: kernels use whole warps", emu_op_name(op), file, line, mask);
    else
        emu_report("divergent warp", "this thread is in %s at %s:%d, others of its warp in %s at %s:%d", emu_op_name(op),
                   file, line, emu_op_name(w->op), w->file, w->line);
    abort();
}

static void fiber_main(void)
{
    B.call->run();
    emu_fiber *f = emu_tls.self;
    emu_cp_end(f);
    f->ended = true;
    emu_warp *w = f->warp;
    w->runnable &= ~(1u << f->ring);
    if (++B.ended == B.threads) {
        emu_give_held();
        to_host();
    }
    if (w->runnable)
        emu_go(f, w);
    else
        leave();
    abort();                            /* nobody switches to an ended fiber */
}

/* --- a block ------------------------------------------------------------------------- */
static uint64_t order_state;

static void shuffle(uint8_t *a, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        a[i] = (uint8_t)i;
    for (unsigned i = n; i > 1; i--) {
        unsigned j = (unsigned)(emu_random(&order_state) % i);
        uint8_t t = a[i - 1];
        a[i - 1] = a[j];
        a[j] = t;
    }
}

static void set_warp(emu_warp *w, unsigned index, unsigned lanes)
{
    uint8_t order[32];
    shuffle(order, lanes);
    w->index = index;
    w->lanes = lanes;
    w->all = w->runnable = lanes == 32 ? 0xffffffffu : (1u << lanes) - 1;
    w->arrived = 0;
    w->seq = 0;
    w->synced = 0;
    for (unsigned ring = 0; ring < lanes; ring++) {
        emu_fiber *f = &B.fiber[index * 32 + order[ring]];
        f->lane = order[ring];
        f->ring = (uint8_t)ring;
        f->warp = w;
        w->by_ring[ring] = f;
        if (ring > 0)
            w->by_ring[ring - 1]->next = f;
    }
}

static void set_block(const emu_launch_desc *d)
{
    B.threads = d->block.x * d->block.y * d->block.z;
    B.warps = (B.threads + 31) / 32;
    B.at_barrier = B.ended = 0;
    shuffle(B.warp_order, B.warps);
    for (unsigned i = 0; i < B.warps; i++) {
        B.place_of[B.warp_order[i]] = (uint8_t)i;
        unsigned lanes = B.threads - i * 32;
        set_warp(&B.warp[i], i, lanes < 32 ? lanes : 32);
    }
    for (unsigned i = 0; i < B.warps; i++) {
        emu_warp *w = &B.warp[B.warp_order[i]];
        w->by_ring[w->lanes - 1]->next = B.warp[B.warp_order[(i + 1) % B.warps]].by_ring[0];
    }
    for (unsigned i = 0; i < B.threads; i++) {
        emu_fiber *f = &B.fiber[i];
        f->tid = uint3{ i % d->block.x, i / d->block.x % d->block.y, i / d->block.x / d->block.y };
        f->ended = false;
        f->waits = EMU_NONE;
        f->stack = B.stacks + (size_t)i * EMU_STACK_BYTES;
        f->sp = stack_start(f->stack + EMU_STACK_BYTES - (i % 32) * 128, fiber_main);
    }
}

static void run_block(const emu_launch_desc *d, uint64_t index)
{
    emu_block_index = index;
    blockIdx = uint3{ (unsigned)(index % d->grid.x), (unsigned)(index / d->grid.x % d->grid.y),
                      (unsigned)(index / d->grid.x / d->grid.y) };
    emu_tls.shared = emu_shared_start(d->shared_bytes);
    emu_watch_block();
    set_block(d);
    emu_warp *w = &B.warp[B.warp_order[0]];
    emu_switch(&B.host, w->by_ring[0]);
}

/* Blocks in an order of their own: steps of a stride that has no factor in common with their number. */
static uint64_t stride_for(uint64_t n)
{
    uint64_t stride = n > 2 ? 1 + emu_random(&order_state) % (n - 1) : 1;
    for (;; stride++) {
        uint64_t a = stride, b = n;
        while (b != 0) {
            uint64_t t = a % b;
            a = b;
            b = t;
        }
        if (a == 1)
            return stride;
    }
}

static void start(void)
{
    size_t bytes = (size_t)MAX_THREADS * EMU_STACK_BYTES;
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("cuda_host: stacks");
        abort();
    }
    B.stacks = (unsigned char *)p;
    for (int i = 0; i < MAX_THREADS; i++)
        mprotect(B.stacks + (size_t)i * EMU_STACK_BYTES, GUARD_BYTES, PROT_NONE);
}

bool emu_run_grid(const emu_launch_desc *d, emu_call *call)
{
    if (B.stacks == NULL)
        start();
    emu_fault_stack();
    order_state = emu_seed();
    uint64_t n = (uint64_t)d->grid.x * d->grid.y * d->grid.z;
    uint64_t stride = stride_for(n), at = emu_random(&order_state) % n;
    blockDim = uint3{ d->block.x, d->block.y, d->block.z };
    gridDim = uint3{ d->grid.x, d->grid.y, d->grid.z };
    emu_now = d;
    B.call = call;
    B.abandoned = false;
    emu_watch_launch();
    for (uint64_t i = 0; i < n && !B.abandoned; i++, at = (at + stride) % n)
        run_block(d, at);
    emu_tls.self = NULL;
    emu_now = NULL;
    if (B.abandoned)
        emu_cp_reset();
    return !B.abandoned;
}
