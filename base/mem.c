#include "base/mem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Negative: off.  Several threads may take it below zero at once; every
 * negative value means the same. */
static atomic_long             fail_in = -1;
static atomic_uint_least64_t   n_allocs;

static bool must_fail(void)
{
    atomic_fetch_add_explicit(&n_allocs, 1, memory_order_relaxed);
    if (atomic_load_explicit(&fail_in, memory_order_relaxed) < 0)
        return false;
    return atomic_fetch_sub(&fail_in, 1) == 0;
}

void qw_mem_fail_after(long n)
{
    atomic_store(&fail_in, n < 0 ? -1 : n);
}

uint64_t qw_mem_count(void)
{
    return atomic_load_explicit(&n_allocs, memory_order_relaxed);
}

bool qw_mul(size_t a, size_t b, size_t *out)
{
    size_t r;

    if (__builtin_mul_overflow(a, b, &r))
        return false;
    *out = r;
    return true;
}

bool qw_add(size_t a, size_t b, size_t *out)
{
    size_t r;

    if (__builtin_add_overflow(a, b, &r))
        return false;
    *out = r;
    return true;
}

void *qw_alloc(size_t n)
{
    if (must_fail())
        return NULL;
    return malloc(n == 0 ? 1 : n);
}

void *qw_calloc(size_t n, size_t size)
{
    size_t total;

    if (must_fail() || !qw_mul(n, size, &total))
        return NULL;
    return calloc(1, total == 0 ? 1 : total);
}

void *qw_realloc(void *p, size_t n)
{
    if (must_fail())
        return NULL;
    return realloc(p, n == 0 ? 1 : n);
}

void *qw_realloc_array(void *p, size_t n, size_t size)
{
    size_t total;

    if (!qw_mul(n, size, &total))
        return NULL;
    return qw_realloc(p, total);
}

void *qw_grow(void *v, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 16 : *cap * 2;
    void *out;

    if (n < *cap)
        return v;
    out = qw_realloc_array(v, more, size);
    if (out != NULL)
        *cap = more;
    return out;
}

void *qw_memdup(const void *p, size_t n)
{
    void *r = qw_alloc(n);

    if (r != NULL && n > 0)
        memcpy(r, p, n);
    return r;
}

char *qw_strndup(const char *s, size_t n)
{
    size_t total;
    char *r;

    if (!qw_add(n, 1, &total) || (r = qw_alloc(total)) == NULL)
        return NULL;
    if (n > 0)
        memcpy(r, s, n);
    r[n] = '\0';
    return r;
}

char *qw_strdup(const char *s)
{
    return qw_strndup(s, strlen(s));
}

char *qw_asprintf(const char *fmt, ...)
{
    va_list ap;
    char *r;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || (r = qw_alloc((size_t)n + 1)) == NULL)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(r, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return r;
}

void qw_free(void *p)
{
    free(p);
}

void *qw_alloc_aligned(size_t align, size_t n)
{
    void *p;

    if (must_fail())
        return NULL;
    if (align < sizeof(void *))
        align = sizeof(void *);
    if (posix_memalign(&p, align, n == 0 ? 1 : n) != 0)
        return NULL;
    return p;
}

void qw_free_aligned(void *p)
{
    free(p);
}

/* ---- whole pages ------------------------------------------------------- */

#define HUGE_PAGE ((size_t)2 << 20)

/* n in whole pages of the machine, as mmap counts it; 0 on overflow. */
static size_t whole_pages(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), up;

    if (n == 0)
        n = 1;
    if (!qw_add(n, page - 1, &up))
        return 0;
    return up / page * page;
}

void *qw_map(size_t n)
{
    size_t len = whole_pages(n), span;
    size_t slack = len >= HUGE_PAGE ? HUGE_PAGE : 0;
    char *p, *at;

    if (must_fail() || len == 0 || !qw_add(len, slack, &span))
        return NULL;
    p = mmap(NULL, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (slack == 0)
        return p;
    /* Only whole, aligned 2 MiB ranges become huge pages: cut to alignment. */
    at = (char *)(((uintptr_t)p + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
    if (at > p)
        munmap(p, (size_t)(at - p));
    if (at + len < p + span)
        munmap(at + len, (size_t)(p + span - (at + len)));
    madvise(at, len, MADV_HUGEPAGE);    /* only advice: its failure is fine */
    return at;
}

void qw_unmap(void *p, size_t n)
{
    if (p != NULL)
        munmap(p, whole_pages(n));
}

/* ---- arena ------------------------------------------------------------- */

enum { ARENA_ALIGN = 16, ARENA_FIRST = 4096, ARENA_BLOCK_MAX = 1 << 20 };

struct block {
    struct block *next;             /* the one before in time */
    size_t        cap, used;        /* of data */
    _Alignas(ARENA_ALIGN) char data[];
};

struct qw_arena {
    struct block *head;             /* the one that is being filled */
    size_t        limit, reserved;  /* bytes of data in all blocks */
    size_t        next_cap;
};

struct qw_arena *qw_arena_new(size_t limit_bytes)
{
    struct qw_arena *a = qw_calloc(1, sizeof *a);

    if (a != NULL) {
        a->limit = limit_bytes == 0 ? SIZE_MAX : limit_bytes;
        a->next_cap = ARENA_FIRST;
    }
    return a;
}

void qw_arena_reset(struct qw_arena *a)
{
    while (a->head != NULL && a->head->next != NULL) {
        struct block *b = a->head;

        a->head = b->next;
        a->reserved -= b->cap;
        qw_free(b);
    }
    if (a->head != NULL)
        a->head->used = 0;
    a->next_cap = ARENA_FIRST;
}

void qw_arena_free(struct qw_arena *a)
{
    if (a == NULL)
        return;
    qw_arena_reset(a);
    qw_free(a->head);
    qw_free(a);
}

static struct block *add_block(struct qw_arena *a, size_t need)
{
    size_t room = a->limit - a->reserved, cap = a->next_cap, total;
    struct block *b;

    if (cap < need)
        cap = need;
    if (cap > room)
        cap = room / ARENA_ALIGN * ARENA_ALIGN;
    if (cap < need || !qw_add(sizeof *b, cap, &total))
        return NULL;
    b = qw_alloc(total);
    if (b == NULL)
        return NULL;
    b->next = a->head;
    b->cap = cap;
    b->used = 0;
    a->head = b;
    a->reserved += cap;
    if (a->next_cap < ARENA_BLOCK_MAX)
        a->next_cap *= 2;
    return b;
}

void *qw_arena_alloc(struct qw_arena *a, size_t n)
{
    struct block *b = a->head;
    size_t need;
    void *p;

    if (!qw_add(n == 0 ? 1 : n, ARENA_ALIGN - 1, &need))
        return NULL;
    need = need / ARENA_ALIGN * ARENA_ALIGN;
    if ((b == NULL || b->cap - b->used < need) && (b = add_block(a, need)) == NULL)
        return NULL;
    p = b->data + b->used;
    b->used += need;
    return p;
}

char *qw_arena_strndup(struct qw_arena *a, const char *s, size_t n)
{
    size_t total;
    char *r;

    if (!qw_add(n, 1, &total) || (r = qw_arena_alloc(a, total)) == NULL)
        return NULL;
    if (n > 0)
        memcpy(r, s, n);
    r[n] = '\0';
    return r;
}
