/* calc_mem.c - what FLINT, GMP and MPFR allocate for a call, so that a call that is ended in
 * the middle leaves nothing behind.
 *
 * Every block is in one list.  When a call is over and the libraries' caches are empty
 * (flint_cleanup), whatever is left belongs to no one.  Nothing else in the process may
 * use the libraries before the first call or across calls.  Main thread only. */
#include "plugins/calculator/calc.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *older, *newer;
    max_align_t data[];
};

static struct block list = { &list, &list };     /* list.older is the newest */

static void link_newest(struct block *b)
{
    b->newer = &list;
    b->older = list.older;
    b->older->newer = b;
    list.older = b;
}

static void unlink_block(struct block *b)
{
    b->older->newer = b->newer;
    b->newer->older = b->older;
}

static struct block *block_of(void *p) { return (struct block *)((char *)p - offsetof(struct block, data)); }

static void *mem_alloc(size_t n)
{
    struct block *b = n > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + n);
    if (b == NULL)
        calc_no_memory();
    link_newest(b);
    return b->data;
}

static void *mem_calloc(size_t k, size_t n)
{
    if (n != 0 && k > SIZE_MAX / n)
        calc_no_memory();
    return memset(mem_alloc(k * n), 0, k * n);
}

static void *mem_realloc(void *p, size_t n)
{
    if (p == NULL)
        return mem_alloc(n);
    struct block *b = block_of(p), *moved;
    if (n > SIZE_MAX - sizeof *b)
        calc_no_memory();
    unlink_block(b);
    moved = realloc(b, sizeof *b + n);
    link_newest(moved != NULL ? moved : b);
    if (moved == NULL)
        calc_no_memory();
    return moved->data;
}

static void mem_free(void *p)
{
    if (p == NULL)
        return;
    unlink_block(block_of(p));
    free(block_of(p));
}

static void *gmp_realloc(void *p, size_t old, size_t n)
{
    (void)old;
    return mem_realloc(p, n);
}

static void gmp_free(void *p, size_t n)
{
    (void)n;
    mem_free(p);
}

void calc_mem_begin(void)
{
    static int installed;
    if (installed)
        return;
    installed = 1;
    __flint_set_memory_functions(mem_alloc, mem_calloc, mem_realloc, mem_free);
    mp_set_memory_functions(mem_alloc, gmp_realloc, gmp_free);
}

void calc_mem_drop(void)
{
    while (list.older != &list) {
        struct block *b = list.older;
        unlink_block(b);
        free(b);
    }
}
