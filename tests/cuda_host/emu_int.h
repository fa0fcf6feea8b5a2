/* What the emulation's own files share: blocks (block.cpp), memory (memory.cpp), watching (watch.cpp),
 * reports (report.cpp), streams (stream.cpp). */
#ifndef QW_CUDA_HOST_EMU_INT_H
#define QW_CUDA_HOST_EMU_INT_H

#include "cuda_runtime.h"
#include "cuda_host.h"

struct emu_launch_desc {
    const char *name;
    const void *kernel;
    dim3        grid, block;
    size_t      shared_bytes;
};

/* --- block.cpp: runs a grid to its end; false: a report ended it early ----------- */
bool emu_run_grid(const emu_launch_desc *d, emu_call *call);
extern const emu_launch_desc *emu_now;  /* the launch that runs; NULL outside of kernels */
extern uint64_t emu_block_index;        /* of the block that runs */
bool emu_in_any_stack(const void *p);
bool emu_is_argument(const void *p);     /* of the launch that runs */
uint3 emu_thread_index(unsigned i);
[[noreturn]] void emu_abandon(void);    /* gives up the grid; only from within a fiber */

/* --- memory.cpp -------------------------------------------------------------------- */
struct emu_block { unsigned char *p; size_t bytes; };
void emu_memory_start(void);            /* idempotent */
void emu_fault_stack(void);             /* of this thread, before it runs kernels */
bool emu_is_device(const void *p);      /* within the emulated device's memory, allocated or not */
bool emu_device_range(const void *p, size_t bytes, const char *what);   /* reports what lies outside of allocations */
enum { EMU_SHARED_ROOM = 1 << 20 };      /* of the device's memory, at its begin */
unsigned char *emu_shared_start(size_t bytes);  /* a block's shared memory, as if never written */
size_t emu_shared_limit(void);          /* most bytes that a block of the emulated class may have */
int emu_class(void);                    /* 75, 80, 90 … */

/* --- stream.cpp: failures that were ordered ------------------------------------------- */
enum emu_told_call { EMU_ALLOC, EMU_KERNEL, EMU_COPY, EMU_TOLD };
cudaError_t emu_told(emu_told_call call);   /* counts it; an error where it is the one to fail, or the device has failed */

/* --- watch.cpp: instrumented builds call it for each access ------------------------- */
void emu_watch_launch(void);
void emu_watch_block(void);
void emu_watch_barrier(void);
void emu_cp_end(emu_fiber *f);          /* a thread ended: its copies arrive */
void emu_cp_reset(void);

/* --- report.cpp ---------------------------------------------------------------------- */
/* Says what is wrong and where; in a kernel it does not return.  Caught (cuda_host.h) or abort(). */
void emu_report(const char *kind, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, but the kernel goes on to the next barrier or its end (emu_give_held): a race that shows until then
 * says more, since who reads what nobody wrote often came too early. */
void emu_hold_report(const char *kind, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emu_give_held(void);
bool emu_holding(void);
const char *emu_op_name(int op);

uint64_t emu_random(uint64_t *state);
enum { EMU_DEFAULT_SEED = 2 };
uint64_t emu_seed(void);                /* QW_CUDA_HOST_SEED + 1, and so never 0 */

#endif
