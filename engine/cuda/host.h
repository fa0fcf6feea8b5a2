/* What the host side of the module shares: errors, the device, uploaded weights.  Host only. */
#ifndef QW_ENGINE_CUDA_HOST_H
#define QW_ENGINE_CUDA_HOST_H

#include "engine/cuda/cublas.h"

extern "C" {
#include "base/error.h"
#include "engine/forward/backend.h"
#include "engine/layout/kv_layout.h"
#include "engine/model/model.h"
#include "engine/model/weights.h"
}
#include "engine/forward/logit_head.h"

struct backend_device {
    int          ordinal, arch;         /* arch: 75 is compute capability 7.5 */
    cudaStream_t stream;                /* everything of this device runs on it, in order */
    const struct cublas *cublas;        /* NULL: gpu_numerics is exact */
};

/* "what: CUDA's text", as QW_ENOMEM where memory failed and QW_EINTERNAL otherwise. */
int cuda_error(struct qw_error *err, cudaError_t e, const char *what);
/* Waits for the stream. */
int cuda_wait(struct backend_device *d, const char *what, struct qw_error *err);

/* forward.cu */
int  cuda_forward_new(struct backend_forward **f, struct backend_device *d, const struct backend_model *m,
                      const struct forward_options *o, struct qw_error *err);
uint64_t cuda_forward_bytes(const struct backend_model *m, const struct forward_options *o);
void cuda_forward_free(struct backend_forward *f);
int  cuda_forward_run(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs,
                      int (*stop)(void *arg), void *arg, struct qw_error *err);
int  cuda_forward_row(struct backend_forward *f, size_t row, float *logits, struct qw_error *err);

#endif
