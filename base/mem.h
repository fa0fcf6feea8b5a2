/* Memory: every allocation of the project goes through here, so that tests can
 * make the Nth one fail.  Any thread. */
#ifndef QW_BASE_MEM_H
#define QW_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Like malloc and friends: NULL when memory fails.  Never aborts. */
void *qw_alloc(size_t n);                    /* n == 0 gives a unique pointer */
void *qw_calloc(size_t n, size_t size);      /* checked product, zeroed */
void *qw_realloc(void *p, size_t n);         /* on failure p stays valid */
void *qw_realloc_array(void *p, size_t n, size_t size);
/* v, or a larger copy of it, with room for element n of size bytes; *cap counts elements.  On failure v stays valid. */
void *qw_grow(void *v, size_t n, size_t *cap, size_t size);
char *qw_strdup(const char *s);
char *qw_strndup(const char *s, size_t n);   /* n bytes, NUL added */
void *qw_memdup(const void *p, size_t n);
char *qw_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void  qw_free(void *p);                      /* NULL is fine */

/* Aligned block (align: power of two); free with qw_free_aligned only. */
void *qw_alloc_aligned(size_t align, size_t n);
void  qw_free_aligned(void *p);

/* Large zeroed block of whole pages from mmap, with huge pages advised; for
 * weights and KV pages.  Free with qw_unmap(p, n). */
void *qw_map(size_t n);
void  qw_unmap(void *p, size_t n);

/* false on overflow; *out untouched then. */
bool qw_mul(size_t a, size_t b, size_t *out);
bool qw_add(size_t a, size_t b, size_t *out);

/* Tests: the (n+1)th allocation from now fails, once; -1 switches off. */
void     qw_mem_fail_after(long n);
uint64_t qw_mem_count(void);                 /* allocations so far */

/* Arena: bump allocation freed at once.  One thread at a time. */
struct qw_arena;
struct qw_arena *qw_arena_new(size_t limit_bytes);   /* 0: no limit */
void  qw_arena_free(struct qw_arena *a);
void  qw_arena_reset(struct qw_arena *a);            /* keeps its first block */
void *qw_arena_alloc(struct qw_arena *a, size_t n);  /* 16-aligned; NULL at the limit */
char *qw_arena_strndup(struct qw_arena *a, const char *s, size_t n);

#endif
