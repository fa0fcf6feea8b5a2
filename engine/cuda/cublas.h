/* What is used of cuBLAS, opened at run time: neither the build nor the module needs it (fast.h alone does).
 * Numbers and prototypes are cublas_api.h's, the same in its versions 12 and 13.  Host only. */
#ifndef QW_ENGINE_CUDA_CUBLAS_H
#define QW_ENGINE_CUDA_CUBLAS_H

#include <cuda_runtime.h>

extern "C" {
#include "base/error.h"
}

struct cublas_handle;
enum { CUBLAS_OK = 0, CUBLAS_ALLOC_FAILED = 3, CUBLAS_INVALID_VALUE = 7 };     /* of cublasStatus_t */
enum { CUBLAS_N = 0, CUBLAS_T = 1 };                                           /* cublasOperation_t */
enum { CUBLAS_F32 = 0, CUBLAS_F16 = 2 };                                       /* cudaDataType */
enum { CUBLAS_SUMS_F32 = 68 };                                                 /* CUBLAS_COMPUTE_32F */
enum { CUBLAS_CHOOSES = -1 };                                                  /* CUBLAS_GEMM_DEFAULT */

struct cublas {
    int (*create)(struct cublas_handle **h);
    int (*destroy)(struct cublas_handle *h);
    int (*set_stream)(struct cublas_handle *h, cudaStream_t s);                 /* before set_workspace, which it undoes */
    int (*set_workspace)(struct cublas_handle *h, void *memory, size_t bytes);  /* 256-byte aligned */
    const char *(*text)(int status);
    /* C[m][n] = alpha * op(A)[m][k] * op(B)[k][n] + beta * C, all by columns. */
    int (*gemm_ex)(struct cublas_handle *h, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *A,
                   int a_type, int lda, const void *B, int b_type, int ldb, const void *beta, void *C, int c_type,
                   int ldc, int compute, int algorithm);
};

/* The library, which stays open until the process ends, once a handle of it could be made on the current
 * device.  QW_EUNSUPPORTED: why not, and what to do. */
int cublas_open(const struct cublas **lib, struct qw_error *err);

#endif
