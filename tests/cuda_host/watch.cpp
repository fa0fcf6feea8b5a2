/* Watches every access of a kernel to memory.  Kernels compiled with -fsanitize=thread call the __tsan_*
 * functions below in place of libtsan's, and with -fsanitize=alignment the __ubsan_* one.
 *
 * A byte of device or shared memory has a state (allocated, written, on its way by cp.async) and who wrote and
 * read it last.  "When" is a clock that ticks at each launch, block, barrier and __syncwarp.  Threads here run
 * one after another, so the clock alone tells what a GPU orders.  Two accesses of different threads, one of
 * them a write and not both atomic, race
 *   from different blocks:  if both fall into this launch;
 *   from different warps:   if both fall behind the block's last barrier;
 *   from one warp:          if both fall behind the barrier and the warp's last __syncwarp.
 * Values do not matter, nor in which order threads ran.  Of readers the last is kept and one more, of another
 * warp where there is one: a write that races with an earlier, third one only is missed.
 *
 * Most accesses are of whole words, so a word has one such record; the first access of a part of it splits it into
 * four, one a byte (`split`), until nothing of this launch is in them.  The shadow is mapped as it is touched. */
#include "watch.h"

#include <algorithm>
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <vector>

enum { NOT_MINE, UNWRITTEN, WRITTEN, COMING, FREED };
enum { READ = 0, WRITE = 1, ATOMIC = 2 };

/* who: when << 16 | atomic << 10 | thread.  pc: the instruction's low 32 bits.  All that an access asks for lies
 * together: watched kernels wait for memory more than for anything else. */
struct record {
    uint64_t wrote, read, read2;
    uint32_t wrote_pc, read_pc, read2_pc;
    uint32_t split;                     /* of a word's: its bytes have their own */
};
static uint8_t *state;                  /* of each byte */
static record *byte_of, *word_of;
static bool watching;
static uint64_t now = 1, launch_start, block_start, barrier_at;
static std::vector<std::pair<uint64_t, uint64_t>> block_starts;    /* of this launch: when, which block */

bool cuda_host_watching(void) { return watching; }
extern "C" void __tsan_init(void) { watching = true; }

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("cuda_host: shadow memory");
        abort();
    }
    return p;
}
void emu_watch_start(void)
{
    if (!watching)
        return;
    state = (uint8_t *)map(emu_arena_bytes);
    byte_of = (record *)map(emu_arena_bytes * sizeof *byte_of);
    word_of = (record *)map(emu_arena_bytes / 4 * sizeof *word_of);
}

static size_t at_of(const void *p) { return (size_t)((const unsigned char *)p - emu_arena); }
static void set_state(const void *p, size_t bytes, int s)
{
    if (watching)
        memset(state + at_of(p), s, bytes);
}
void emu_watch_alloc(const void *p, size_t bytes) { set_state(p, bytes, UNWRITTEN); }
void emu_watch_unalloc(const void *p, size_t bytes) { set_state(p, bytes, NOT_MINE); }
void emu_watch_freed(const void *p, size_t bytes) { set_state(p, bytes, FREED); }
void emu_watch_written(const void *p, size_t bytes) { set_state(p, bytes, WRITTEN); }
void emu_watch_copied(const void *to, const void *from, size_t bytes)
{
    if (watching)
        memmove(state + at_of(to), state + at_of(from), bytes);
}
bool emu_watch_defined(const void *p, size_t bytes, const char *what)
{
    if (!watching)
        return true;
    const uint8_t *s = state + at_of(p);
    size_t i = 0;
    while (i < bytes && s[i] == WRITTEN)
        i++;
    if (i < bytes)
        emu_report("uninitialised", "%s of %zu bytes reads %s, which was never written", what, bytes,
                   emu_describe((const unsigned char *)p + i).text);
    return i == bytes;
}

/* --- the clock -------------------------------------------------------------------------- */
void emu_watch_launch(void)
{
    launch_start = ++now;
    block_starts.clear();
}
void emu_watch_block(void)
{
    block_start = barrier_at = ++now;
    if (watching)
        block_starts.emplace_back(now, emu_block_index);
}
void emu_watch_barrier(void)
{
    emu_give_held();
    barrier_at = ++now;
}
void emu_warp_synced(emu_warp *w) { w->synced = ++now; }

/* --- words for reports -------------------------------------------------------------------- */
/* Where an instruction comes from, by addr2line where there is one: file:line, then the lines that it was
 * inlined into.  The emulation's own headers are left out. */
static void add_lines(struct emu_text *t, FILE *f)
{
    char line[400];
    size_t n = 0;
    while (fgets(line, sizeof line, f) != NULL && n < sizeof t->text - 60) {
        line[strcspn(line, " \n")] = 0;
        const char *name = strrchr(line, '/');
        name = name != NULL ? name + 1 : line;
        if (line[0] != '?' && strncmp(name, "emu.h:", 6) != 0 && strncmp(name, "cuda_", 5) != 0 && strncmp(name, "invoke.h:", 9) != 0)
            n += (size_t)snprintf(t->text + n, sizeof t->text - n, "%s%.50s", n > 0 ? " < " : "", name);
    }
}

/* addr2line's answer about an address; NULL where it cannot be asked. */
static FILE *ask(const void *pc, const char *options, Dl_info *info, size_t *off)
{
    char command[600];
    if (pc == NULL || !dladdr(pc, info))
        return NULL;
    *off = (size_t)((const char *)pc - (const char *)info->dli_fbase);
    if (((ElfW(Ehdr) *)info->dli_fbase)->e_type == ET_EXEC)
        *off = (size_t)pc;
    snprintf(command, sizeof command, "addr2line %s -e '%s' 0x%zx 2>/dev/null", options, info->dli_fname, *off);
    return popen(command, "r");
}

static struct emu_text place(const void *pc)
{
    struct emu_text t;
    Dl_info info;
    size_t off = 0;
    FILE *f = ask((const char *)pc - 1, "-i", &info, &off);
    t.text[0] = 0;
    if (f != NULL) {
        add_lines(&t, f);
        pclose(f);
    }
    if (t.text[0] == 0 && f != NULL)
        snprintf(t.text, sizeof t.text, "%.120s+0x%zx", info.dli_fname, off);
    else if (t.text[0] == 0)
        snprintf(t.text, sizeof t.text, "%p", pc);
    return t;
}

/* A kernel's own name, without its parameters; "" if unknown. */
struct emu_text emu_function(const void *p)
{
    struct emu_text t;
    Dl_info info;
    size_t off;
    FILE *f = ask(p, "-f -C", &info, &off);
    char line[sizeof t.text] = "";
    t.text[0] = 0;
    if (f == NULL)
        return t;
    if (fgets(line, sizeof line, f) != NULL && line[0] != '?') {
        line[strcspn(line, "(\n")] = 0;
        snprintf(t.text, sizeof t.text, "%s", strncmp(line, "void ", 5) == 0 ? line + 5 : line);
    }
    pclose(f);
    return t;
}

/* The other access's instruction lies in the same module, within 2 GiB. */
static const void *whole_pc(uint32_t low, const void *near)
{
    return (const char *)near + (int32_t)(low - (uint32_t)(uintptr_t)near);
}

static void say_who(char *text, size_t size, uint64_t who)
{
    uint64_t when = who >> 16;
    uint3 t = emu_thread_index((unsigned)(who & 1023));
    if (when >= block_start) {
        snprintf(text, size, "thread (%u,%u,%u)", t.x, t.y, t.z);
        return;
    }
    auto b = std::upper_bound(block_starts.begin(), block_starts.end(), std::make_pair(when, UINT64_MAX));
    uint64_t i = b == block_starts.begin() ? 0 : std::prev(b)->second;
    const dim3 &g = emu_now->grid;
    snprintf(text, size, "block (%u,%u,%u), thread (%u,%u,%u)", (unsigned)(i % g.x), (unsigned)(i / g.x % g.y),
             (unsigned)(i / g.x / g.y), t.x, t.y, t.z);
}

static const char *const did[] = { "read", "written", "atomically read", "atomically changed" };

__attribute__((noinline, cold)) static void say_race(size_t at, size_t n, int how, const void *pc, uint64_t who, uint32_t other_pc, int other_how)
{
    char other[120];
    say_who(other, sizeof other, who);
    emu_report("race", "%zu bytes at %s are %s (%s); %s at %s by %s, with no barrier between", n, emu_describe(emu_arena + at).text,
               did[how], place(pc).text, did[other_how], place(whole_pc(other_pc, pc)).text, other);
}

/* --- an access ------------------------------------------------------------------------------ */
/* How an earlier access stands to this thread: 0 ordered, 1 own warp, 2 another warp or block. */
static inline int unordered(uint64_t who, uint64_t me, bool shared)
{
    uint64_t when = who >> 16;
    if (when < launch_start)
        return 0;
    if (when < block_start)
        return shared ? 0 : 2;
    if (when < barrier_at || ((who ^ me) & 1023) == 0)
        return 0;
    if (((who ^ me) & 1023) >= 32)
        return 2;
    return when < emu_tls.self->warp->synced ? 0 : 1;
}

__attribute__((noinline, cold)) static void bad_state(size_t at, size_t n, int how, const void *pc)
{
    int s = state[at];
    if (s == FREED)
        emu_report("use after free", "a %s of %zu bytes at %p (%s), which cudaFree was given", how & WRITE ? "write" : "read", n,
                   (void *)(emu_arena + at), place(pc).text);
    const char *verb = how & WRITE ? "write" : "read";
    if (s == COMING)
        emu_report("early read", "a %s of %zu bytes at %s (%s), whose cp.async was not waited for", verb, n,
                   emu_describe(emu_arena + at).text, place(pc).text);
    else if (s == UNWRITTEN && emu_holding())
        return;                         /* the first says it */
    else if (s == UNWRITTEN)
        emu_hold_report("uninitialised", "a read of %zu bytes at %s (%s), which was never written", n,
                        emu_describe(emu_arena + at).text, place(pc).text);
    else
        emu_report("out of bounds", "a %s of %zu bytes at %s (%s)", verb, n, emu_describe(emu_arena + at).text, place(pc).text);
}

static inline void note_read(record *r, uint64_t me, uint32_t pc, bool shared)
{
    uint64_t last = r->read;
    if (last != me) {
        bool same = (last >> 16) >= block_start && ((last ^ me) & 1023) == 0;
        int keep = same ? 0 : unordered(last, me, shared);
        if (keep != 0 && keep >= unordered(r->read2, me, shared)) {
            r->read2 = last;
            r->read2_pc = r->read_pc;
        }
        r->read = me;
    }
    r->read_pc = pc;
}

struct what { size_t at, n; int how; const void *pc; uint64_t me; bool shared; };   /* an access */

__attribute__((noinline, cold)) static void race_of(const record *r, const what *w)
{
    bool atomic = w->how & ATOMIC;
    if (unordered(r->wrote, w->me, w->shared) && !(atomic && (r->wrote & 1024)))
        say_race(w->at, w->n, w->how, w->pc, r->wrote, r->wrote_pc, r->wrote & 1024 ? 3 : 1);
    else if (unordered(r->read, w->me, w->shared))
        say_race(w->at, w->n, w->how, w->pc, r->read, r->read_pc, 0);
    else
        say_race(w->at, w->n, w->how, w->pc, r->read2, r->read2_pc, 0);
}

/* A record against the access, then brought up to date. */
static inline void one(record *r, const what *w)
{
    bool writes = w->how & WRITE, atomic = w->how & ATOMIC;
    uint32_t low = (uint32_t)(uintptr_t)w->pc;
    if (unordered(r->wrote, w->me, w->shared) && !(atomic && (r->wrote & 1024)))
        race_of(r, w);
    if (!writes) {
        note_read(r, w->me, low, w->shared);
        return;
    }
    if (unordered(r->read, w->me, w->shared) || unordered(r->read2, w->me, w->shared))
        race_of(r, w);
    r->wrote = w->me;
    r->wrote_pc = low;
}

static void split_word(size_t word)
{
    for (size_t i = 4 * word; i < 4 * word + 4; i++)
        byte_of[i] = word_of[word];
    word_of[word].split = 1;
}
static bool join_word(size_t word)
{
    for (size_t i = 4 * word; i < 4 * word + 4; i++)
        if (byte_of[i].wrote >> 16 >= launch_start || byte_of[i].read >> 16 >= launch_start ||
            byte_of[i].read2 >> 16 >= launch_start)
            return false;
    word_of[word] = record();
    return true;
}

static bool all_written(const uint8_t *s, size_t n)
{
    uint32_t four;
    if (n == 4 && ((uintptr_t)s & 3) == 0) {
        memcpy(&four, s, 4);
        return four == WRITTEN * 0x01010101u;
    }
    for (size_t i = 0; i < n; i++)
        if (s[i] != WRITTEN)
            return false;
    return true;
}

static void device_access(size_t at, size_t n, int how, const void *pc)
{
    const emu_fiber *f = emu_tls.self;
    if (n > emu_arena_bytes - at)
        n = emu_arena_bytes - at;
    what w = { at, n, how, pc, now << 16 | (uint64_t)(how & ATOMIC ? 1024 : 0) | (uint64_t)(f->warp->index * 32 + f->lane),
               at < EMU_SHARED_ROOM };
    if (!all_written(state + at, n)) {
        for (size_t i = at; i < at + n; i++)
            if (state[i] != WRITTEN && (state[i] != UNWRITTEN || how != WRITE))
                bad_state(i, at + n - i, how, pc);
        if (how & WRITE)
            memset(state + at, WRITTEN, n);
    }
    for (size_t word = at / 4; word <= (at + n - 1) / 4; word++) {
        bool whole = 4 * word >= at && 4 * word + 4 <= at + n;
        if (whole && (!word_of[word].split || join_word(word))) {
            one(&word_of[word], &w);
            continue;
        }
        if (!word_of[word].split)
            split_word(word);
        for (size_t i = 4 * word > at ? 4 * word : at; i < 4 * word + 4 && i < at + n; i++)
            one(&byte_of[i], &w);
    }
}

/* Constants of the program may be read, its variables neither read nor written: on a GPU they are elsewhere. */
struct image { const void *p; bool readable, writable; };
static int find_image(struct dl_phdr_info *info, size_t, void *data)
{
    image *im = (image *)data;
    bool relro = false;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if ((h->p_type != PT_LOAD && h->p_type != PT_GNU_RELRO) || (size_t)im->p - (info->dlpi_addr + h->p_vaddr) >= h->p_memsz)
            continue;
        im->readable = true;
        relro |= h->p_type == PT_GNU_RELRO;
        im->writable |= h->p_type == PT_LOAD && (h->p_flags & PF_W) != 0;
    }
    if (relro)
        im->writable = false;
    return im->readable;
}

__attribute__((noinline)) static void other_access(const unsigned char *p, size_t n, int how, const void *pc)
{
    if ((size_t)(p - (unsigned char *)&emu_tls) < sizeof emu_tls || emu_is_argument(p))
        return;
    image im = { p, false, false };
    if (!emu_in_any_stack(p))
        dl_iterate_phdr(find_image, &im);
    if (im.readable && !im.writable && !(how & WRITE))
        return;
    emu_report("host memory", "a %s of %zu bytes at %p (%s): %s", how & WRITE ? "write" : "read", n, (const void *)p, place(pc).text,
               emu_in_any_stack(p) ? "local memory of another thread" : im.readable ? "a variable of the program" :
               "no memory of the device");
}

static inline bool own_stack(const void *p) { return (size_t)((const unsigned char *)p - emu_tls.stack) < EMU_STACK_BYTES; }

__attribute__((noinline)) static void access(const void *p, size_t n, int how, const void *pc)
{
    size_t at = at_of(p);
    if (own_stack(p))
        return;
    if (at < emu_arena_bytes) {
        if (emu_tls.self != NULL)
            device_access(at, n, how, pc);
        else
            emu_report("host access", "host code (%s) uses %zu bytes at %s", place(pc).text, n, emu_describe(p).text);
    } else if (emu_tls.self != NULL) {
        other_access((const unsigned char *)p, n, how, pc);
    }
}

__attribute__((noinline, cold)) static void say_misaligned(const void *p, size_t n, int how, const void *pc)
{
    emu_report("misaligned", "a %s of %zu bytes at %s (%s)", how & WRITE ? "write" : "read", n,
               emu_is_device(p) ? emu_describe(p).text : "local memory", place(pc).text);
}
static inline void aligned(const void *p, size_t n, int how, const void *pc)
{
    if (__builtin_expect(((uintptr_t)p & (n - 1)) != 0, 0) && emu_tls.self != NULL)
        say_misaligned(p, n, how, pc);
    if (!own_stack(p))
        access(p, n, how, pc);
}

void emu_touch(const void *p, size_t bytes, bool writes)
{
    if (watching)
        access(p, bytes, writes ? WRITE : READ, __builtin_return_address(0));
}
void emu_atomic(const void *p, size_t bytes)
{
    if (watching)
        aligned(p, bytes, ATOMIC | WRITE, __builtin_return_address(0));
    else if ((uintptr_t)p % bytes != 0)
        emu_report("misaligned", "an atomic of %zu bytes at %p", bytes, p);
}

/* --- cp.async: the target is nobody's until it is waited for ---------------------------------- */
void emu_watch_coming(const void *to, const void *from, size_t bytes, const void *pc)
{
    if (!watching)
        return;
    if (bytes > 0)
        access(from, bytes, READ, pc);
    access(to, 16, WRITE, pc);
    if (!emu_is_device(to) || at_of(to) >= EMU_SHARED_ROOM)
        emu_report("bad address", "cp.async to %p (%s), which is not shared memory", to, place(pc).text);
    set_state(to, 16, COMING);
}
void emu_watch_came(const void *to, const void *pc)
{
    set_state(to, 16, WRITTEN);
    if (watching)
        access(to, 16, WRITE, pc);
}

/* --- what instrumented code calls -------------------------------------------------------------- */
extern "C" {
#define ONE(n)                                                                                                      \
    void __tsan_read##n(void *p) { aligned(p, n, READ, __builtin_return_address(0)); }                             \
    void __tsan_write##n(void *p) { aligned(p, n, WRITE, __builtin_return_address(0)); }                           \
    void __tsan_unaligned_read##n(void *p) { access(p, n, READ, __builtin_return_address(0)); }                    \
    void __tsan_unaligned_write##n(void *p) { access(p, n, WRITE, __builtin_return_address(0)); }
ONE(1) ONE(2) ONE(4) ONE(8) ONE(16)
#undef ONE
void __tsan_read_range(void *p, unsigned long n) { access(p, n, READ, __builtin_return_address(0)); }
void __tsan_write_range(void *p, unsigned long n) { access(p, n, WRITE, __builtin_return_address(0)); }
void __tsan_vptr_update(void *, void *) {}
void __tsan_vptr_read(void *) {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit(void) {}

struct ubsan_type { uint16_t kind, info; char name[1]; };
struct ubsan_mismatch { const char *file; uint32_t line, column; const ubsan_type *type; uint8_t log_alignment, check; };
void __ubsan_handle_type_mismatch_v1(ubsan_mismatch *d, void *p)
{
    if (emu_tls.self == NULL)
        return;
    const char *name = strrchr(d->file, '/');
    emu_report("misaligned", "%s at %s (%s:%u), which needs %u bytes", d->type->name,
               emu_is_device(p) ? emu_describe(p).text : "local memory", name != NULL ? name + 1 : d->file, d->line,
               1u << d->log_alignment);
}
void __ubsan_handle_type_mismatch_v1_abort(ubsan_mismatch *d, void *p) { __ubsan_handle_type_mismatch_v1(d, p); }
}

/* memcpy and memset in instrumented code (cuda_runtime.h). */
void *emu_memcpy(void *to, const void *from, size_t n)
{
    if (n > 0) {
        access(from, n, READ, __builtin_return_address(0));
        access(to, n, WRITE, __builtin_return_address(0));
    }
    return memmove(to, from, n);
}
void *emu_memset(void *to, int value, size_t n)
{
    if (n > 0)
        access(to, n, WRITE, __builtin_return_address(0));
    return memset(to, value, n);
}
