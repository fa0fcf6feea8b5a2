/* Shadow memory, kept only where kernels were compiled with -fsanitize=thread (watch.cpp). */
#ifndef QW_CUDA_HOST_WATCH_H
#define QW_CUDA_HOST_WATCH_H

#include "emu_int.h"

extern unsigned char *emu_arena;        /* the device's memory: memory.cpp */
extern size_t emu_arena_bytes;
struct emu_text { char text[200]; };
struct emu_text emu_describe(const void *p);
struct emu_text emu_function(const void *p);

void emu_watch_start(void);
void emu_watch_alloc(const void *p, size_t bytes);      /* may be used; not written */
void emu_watch_unalloc(const void *p, size_t bytes);    /* may not be used */
void emu_watch_freed(const void *p, size_t bytes);
void emu_watch_copied(const void *to, const void *from, size_t bytes);  /* from device to device */
void emu_watch_written(const void *p, size_t bytes);    /* by a copy or a memset */
bool emu_watch_defined(const void *p, size_t bytes, const char *what);  /* a copy reads: reports what was never written */

/* cp.async: issued, and arrived (16 bytes). */
void emu_watch_coming(const void *to, const void *from, size_t bytes, const void *pc);
void emu_watch_came(const void *to, const void *pc);

/* Held through each call of the runtime: streams and memory have one state. */
struct emu_lock { emu_lock(); ~emu_lock(); };
/* Device memory is accessible while one lives: memory.cpp. */
struct emu_opened { emu_opened(); ~emu_opened(); };
/* A copy is to fill pinned host memory, and has. */
void emu_await(const void *to, size_t bytes);
void emu_arrived(const void *to, size_t bytes);
cudaError_t emu_error(cudaError_t e);   /* keeps it for cudaGetLastError, returns it */

#endif
