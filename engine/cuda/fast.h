/* gpu_numerics = fast: products of many rows by cuBLAS, in F16 with float32 sums.
 *
 * Weights are made F16 tile by tile, activations at once; each row of either is scaled by a power of two where F16's
 * range asks for it (an activation of 1e5 is none too large), and the outputs are scaled back.  Bits: none are
 * promised.  cuBLAS chooses its kernels by the number of rows, the GPU and its own version, so a result depends on how a
 * prompt was cut into runs; the numerics id is another than the exact kernels' (KERN_NUMERICS_FAST). */
#ifndef QW_ENGINE_CUDA_FAST_H
#define QW_ENGINE_CUDA_FAST_H

#include "engine/cuda/cublas.h"
#include "engine/cuda/kernels.h"

/* Runs of fewer rows are read through the exact kernels, which are as fast there: weights are then what takes time. */
#define CU_FAST_ROWS 64

/* The most that a pass asks for.  tile_bytes: of F16 weights at once; 0: 64 MiB. */
struct cu_fast_sizes { uint32_t rows, K, N; size_t tile_bytes; };
size_t cu_fast_bytes(const struct cu_fast_sizes *z);

struct cu_fast;
/* memory: cu_fast_bytes of the device's, 256-byte aligned, borrowed. */
int  cu_fast_new(struct cu_fast **f, const struct cublas *lib, const struct cu_fast_sizes *z, void *memory, cudaStream_t s,
                 struct qw_error *err);
void cu_fast_free(struct cu_fast *f);                   /* when the stream has been waited for; NULL is nothing */
/* As cu_gemm, of in->x; in->q may be NULL.  F32 weights go to cu_gemm. */
void cu_fast_gemm(struct cu_fast *f, const struct cu_input *in, const struct cu_product *p, int n, cudaStream_t s);
/* What has gone wrong in cuBLAS since the last call. */
int  cu_fast_check(struct cu_fast *f, struct qw_error *err);

#endif
