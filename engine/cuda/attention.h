/* cu_attention with a kernel of the caller's choice: tests, measurements.  Any gives the same bits.
 * Internal to engine/cuda; rules of kernels.h. */
#ifndef QW_ENGINE_CUDA_ATTENTION_H
#define QW_ENGINE_CUDA_ATTENTION_H

#include "engine/cuda/kernels.h"

/* ATTN_FEW where its shared memory fits the device; else ATTN_MANY. */
enum attn_kind { ATTN_FEW, ATTN_MANY, ATTN_CHOOSE };
void attn_run(const struct cu_attention *a, const struct cu_pages *p, int kind, cudaStream_t s);

#endif
