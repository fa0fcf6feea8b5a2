/* The device's memory: one reserved range, so that "is this a device address" and the place of a byte's
 * shadow are one subtraction.  Each allocation ends at an inaccessible page: what reads or writes past it
 * faults in every build; instrumented builds (watch.cpp) see the exact byte.  Outside of queued work all of it is
 * inaccessible, as it is to the host of a real GPU; so are the whole pages of pinned memory that a copy is yet
 * to fill.
 *
 * Layout of the range: shared memory of the block that runs (SHARED_ROOM), then allocations. */
#include "emu_int.h"
#include "watch.h"

#include <map>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ALIGN = 256, SHARED_ROOM = EMU_SHARED_ROOM };
static const size_t FILL_MOST = 16 << 20;   /* bytes of new memory that get a pattern: pools are larger */

unsigned char *emu_arena;
size_t emu_arena_bytes;
struct alloc { size_t bytes, pages_at, pages; };
static std::map<size_t, alloc> allocs;  /* by offset of the pointer */
static std::map<size_t, size_t> spare;  /* offset of pages -> bytes */
static size_t used_bytes, shared_bytes;
static int sm;

static bool guards(void)                /* QW_CUDA_HOST_GUARD=0: memory stays open */
{
    static int on = -1;
    if (on < 0) {
        const char *e = getenv("QW_CUDA_HOST_GUARD");
        on = e == NULL || strcmp(e, "0") != 0;
    }
    return on != 0;
}
static void may(size_t at, size_t bytes, int prot)
{
    if (mprotect(emu_arena + at, bytes, prot) != 0) {
        perror("cuda_host: device memory");
        abort();
    }
}
static struct sigaction old_segv, old_bus;

int emu_class(void)
{
    if (sm == 0) {
        const char *e = getenv("QW_CUDA_HOST_CLASS");
        sm = e != NULL ? atoi(e) : 80;
    }
    return sm;
}
void cuda_host_set_class(int c) { sm = c; }
size_t emu_shared_limit(void)           /* CUDA's programming guide, "Technical specifications per compute capability" */
{
    switch (emu_class()) {
    case 75: return 64 << 10;
    case 80: case 87: return 163 << 10;
    case 86: case 89: case 120: case 121: return 99 << 10;
    default: return 227 << 10;
    }
}

/* --- who may touch it ---------------------------------------------------------------- */
static int opened;
/* Around queued work and whatever else of the runtime touches the device's memory; nests. */
emu_opened::emu_opened()
{
    if (opened++ == 0 && guards())
        for (auto &a : allocs)
            may(a.second.pages_at, a.second.pages - PAGE, PROT_READ | PROT_WRITE);
}
emu_opened::~emu_opened()
{
    if (--opened == 0 && guards())
        may(0, emu_arena_bytes, PROT_NONE);
    if (opened == 0 && guards())
        may(0, SHARED_ROOM / 2, PROT_READ | PROT_WRITE);
}

static const char *awaited(const unsigned char *p);

/* --- faults ------------------------------------------------------------------------- */
static void on_fault(int sig, siginfo_t *info, void *ctx)
{
    const unsigned char *p = (const unsigned char *)info->si_addr;
    if (emu_tls.self != NULL && emu_is_device(p))
        emu_report("out of bounds", "an access of %s", emu_describe(p).text);
    else if (emu_tls.self != NULL && emu_in_any_stack(p))
        emu_report("stack overflow", "more than 128 KiB of local variables");
    else if (emu_tls.self != NULL)
        emu_report("bad address", "an access of %p, or a misaligned vector access", (void *)p);
    else if (emu_is_device(p))
        emu_report("host access", "host code read or wrote %s", emu_describe(p).text);
    else if (const char *what = awaited(p))
        emu_report("early read", "%s", what);
    struct sigaction *old = sig == SIGSEGV ? &old_segv : &old_bus;
    if (old->sa_flags & SA_SIGINFO)
        old->sa_sigaction(sig, info, ctx);
    else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)
        old->sa_handler(sig);
    else
        signal(sig, SIG_DFL);           /* the access is repeated and kills */
}

/* A fiber that overflows its stack has none left for on_fault.  Kept for the thread's life. */
void emu_fault_stack(void)
{
    static __thread bool done;
    stack_t s = {};
    if (done)
        return;
    s.ss_size = 64 * 1024;
    s.ss_sp = malloc(s.ss_size);
    if (s.ss_sp != NULL)
        sigaltstack(&s, NULL);
    done = true;
}

static void catch_faults(void)
{
    struct sigaction a = {};
    a.sa_sigaction = on_fault;
    a.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &a, &old_segv);
    sigaction(SIGBUS, &a, &old_bus);
}

static void at_exit(void)
{
    if (allocs.empty())
        return;
    size_t bytes = 0;
    for (auto &a : allocs)
        bytes += a.second.bytes;
    emu_report("leak", "%zu allocations of device memory are left at exit, %zu bytes in all", allocs.size(), bytes);
}

void emu_memory_start(void)
{
    if (emu_arena != NULL)
        return;
    const char *e = getenv("QW_CUDA_HOST_BYTES");
    size_t bytes = e != NULL ? (size_t)strtoull(e, NULL, 10) : (size_t)4 << 30;
    bytes = SHARED_ROOM + (bytes + PAGE - 1) / PAGE * PAGE;
    void *p = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || mprotect(p, SHARED_ROOM / 2, PROT_READ | PROT_WRITE) != 0) {
        perror("cuda_host: device memory");
        abort();
    }
    emu_arena = (unsigned char *)p;
    emu_arena_bytes = bytes;
    spare[SHARED_ROOM] = bytes - SHARED_ROOM;
    catch_faults();
    emu_watch_start();
    atexit(at_exit);
}

bool emu_is_device(const void *p) { return (size_t)((const unsigned char *)p - emu_arena) < emu_arena_bytes && emu_arena != NULL; }

struct emu_text emu_describe(const void *p)
{
    struct emu_text t;
    size_t at = (size_t)((const unsigned char *)p - emu_arena);
    if (at < SHARED_ROOM) {
        snprintf(t.text, sizeof t.text, "byte %td of shared memory (%zu bytes)", (const unsigned char *)p - emu_tls.shared, shared_bytes);
        return t;
    }
    auto next = allocs.upper_bound(at);
    if (next == allocs.begin()) {
        snprintf(t.text, sizeof t.text, "%p, in no allocation of device memory", p);
    } else {
        auto a = std::prev(next);
        if (next != allocs.end() && at >= a->first + a->second.bytes && next->first - at < at - a->first - a->second.bytes)
            snprintf(t.text, sizeof t.text, "device memory %zu bytes before an allocation of %zu bytes", next->first - at,
                     next->second.bytes);
        else
            snprintf(t.text, sizeof t.text, "byte %zu of an allocation of %zu bytes of device memory", at - a->first,
                     a->second.bytes);
    }
    return t;
}

bool emu_device_range(const void *p, size_t bytes, const char *what)
{
    size_t at = (size_t)((const unsigned char *)p - emu_arena);
    auto next = allocs.upper_bound(at);
    if (next != allocs.begin()) {
        auto a = std::prev(next);
        if (at - a->first <= a->second.bytes && bytes <= a->second.bytes - (at - a->first))
            return true;
    }
    emu_report("out of bounds", "%s of %zu bytes at %s", what, bytes, emu_describe(p).text);
    return false;
}

/* It ends at an inaccessible page, as allocations do, and so is aligned to the 16 bytes that DEV_SHARED promises. */
unsigned char *emu_shared_start(size_t bytes)
{
    unsigned char *end = emu_arena + SHARED_ROOM / 2, *p = end - (bytes + 15) / 16 * 16, *before = end - (shared_bytes + 15) / 16 * 16;
    if (before < p)
        emu_watch_unalloc(before, (size_t)(p - before));
    memset(p, 0xA7, (size_t)(end - p));
    emu_watch_unalloc(p, (size_t)(end - p));
    emu_watch_alloc(p, bytes);
    shared_bytes = bytes;
    return p;
}

/* --- allocations -------------------------------------------------------------------- */
cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total_bytes)
{
    emu_lock lock;
    emu_memory_start();
    *total_bytes = emu_arena_bytes - SHARED_ROOM;
    *free_bytes = *total_bytes - used_bytes;
    return cudaSuccess;
}

cudaError_t cudaMalloc(void **out, size_t bytes)
{
    emu_lock lock;
    emu_memory_start();
    if (bytes == 0) {
        *out = NULL;
        return cudaSuccess;
    }
    if (cudaError_t e = emu_told(EMU_ALLOC))
        return emu_error(e);
    if (bytes > emu_arena_bytes)
        return emu_error(cudaErrorMemoryAllocation);
    size_t rounded = (bytes + ALIGN - 1) / ALIGN * ALIGN, pages = (rounded + PAGE - 1) / PAGE * PAGE;
    for (auto it = spare.begin(); it != spare.end(); ++it) {
        if (it->second < pages + PAGE)
            continue;
        size_t at = it->first, rest = it->second - pages - PAGE;
        spare.erase(it);
        if (rest > 0)
            spare[at + pages + PAGE] = rest;
        emu_opened open;
        may(at, pages, PROT_READ | PROT_WRITE);
        size_t p = at + pages - rounded;
        allocs[p] = alloc{ bytes, at, pages + PAGE };
        used_bytes += pages + PAGE;
        memset(emu_arena + p, 0xA7, bytes < FILL_MOST ? bytes : FILL_MOST);
        emu_watch_unalloc(emu_arena + at, pages);
        emu_watch_alloc(emu_arena + p, bytes);
        *out = emu_arena + p;
        return cudaSuccess;
    }
    return emu_error(cudaErrorMemoryAllocation);
}

static void give_back(size_t at, size_t bytes)
{
    madvise(emu_arena + at, bytes, MADV_DONTNEED);
    may(at, bytes, PROT_NONE);
    auto next = spare.lower_bound(at);
    if (next != spare.end() && at + bytes == next->first) {
        bytes += next->second;
        next = spare.erase(next);
    }
    if (next != spare.begin() && std::prev(next)->first + std::prev(next)->second == at)
        std::prev(next)->second += bytes;
    else
        spare[at] = bytes;
}

cudaError_t cudaFree(void *p)
{
    if (p == NULL)
        return cudaSuccess;
    cudaError_t e = cudaDeviceSynchronize();    /* as CUDA's own: what is queued may use it */
    emu_lock lock;
    auto a = allocs.find((size_t)((unsigned char *)p - emu_arena));
    if (a == allocs.end()) {
        emu_report("bad free", "cudaFree of %p, which cudaMalloc did not return", p);
        return emu_error(cudaErrorInvalidValue);
    }
    emu_watch_freed(emu_arena + a->first, a->second.bytes);
    give_back(a->second.pages_at, a->second.pages);
    used_bytes -= a->second.pages;
    allocs.erase(a);
    return e;
}

void emu_forget_allocations(void)       /* cudaDeviceReset */
{
    while (!allocs.empty()) {
        auto a = allocs.begin();
        emu_watch_unalloc(emu_arena + a->first, a->second.bytes);
        give_back(a->second.pages_at, a->second.pages);
        used_bytes -= a->second.pages;
        allocs.erase(a);
    }
}

/* --- pinned host memory: ordinary pages ----------------------------------------------- */
static std::map<uintptr_t, size_t> pinned;
static std::map<uintptr_t, size_t> awaited_pages;

static const char *awaited(const unsigned char *p)
{
    auto next = awaited_pages.upper_bound((uintptr_t)p);
    if (next == awaited_pages.begin() || (uintptr_t)p - std::prev(next)->first >= std::prev(next)->second)
        return NULL;
    return "host code uses pinned memory that a cudaMemcpyAsync fills, before that was waited for";
}

void emu_await(const void *to, size_t bytes)
{
    uintptr_t from = (uintptr_t)to, end = from + bytes;
    auto next = pinned.upper_bound(from);
    if (next == pinned.begin() || !guards())
        return;
    auto a = std::prev(next);
    if (end > a->first + a->second)
        return;                         /* not pinned; what of a pinned page is no part of the copy stays open */
    from = (from + PAGE - 1) / PAGE * PAGE;
    end = end == a->first + a->second ? (end + PAGE - 1) / PAGE * PAGE : end / PAGE * PAGE;
    if (from < end && mprotect((void *)from, end - from, PROT_NONE) == 0)
        awaited_pages[from] = end - from;
}
void emu_arrived(const void *to, size_t bytes)
{
    auto a = awaited_pages.upper_bound((uintptr_t)to + bytes - 1);
    while (a != awaited_pages.begin() && std::prev(a)->first + std::prev(a)->second > (uintptr_t)to) {
        --a;
        mprotect((void *)a->first, a->second, PROT_READ | PROT_WRITE);
        a = awaited_pages.erase(a);
    }
}

cudaError_t cudaHostAlloc(void **out, size_t bytes, unsigned flags)
{
    emu_lock lock;
    emu_memory_start();
    (void)flags;
    if (cudaError_t e = emu_told(EMU_ALLOC))
        return emu_error(e);
    void *p = bytes < SIZE_MAX - PAGE ? aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE) : NULL;
    if (p == NULL)
        return emu_error(cudaErrorMemoryAllocation);
    memset(p, 0xA7, bytes);
    pinned[(uintptr_t)p] = bytes;
    *out = p;
    return cudaSuccess;
}
cudaError_t cudaMallocHost(void **out, size_t bytes) { return cudaHostAlloc(out, bytes, 0); }
cudaError_t cudaFreeHost(void *p)
{
    if (p == NULL)
        return cudaSuccess;
    cudaError_t e = cudaDeviceSynchronize();
    emu_lock lock;
    if (pinned.erase((uintptr_t)p) == 0) {
        emu_report("bad free", "cudaFreeHost of %p, which cudaHostAlloc did not return", p);
        return emu_error(cudaErrorInvalidValue);
    }
    free(p);
    return e;
}
