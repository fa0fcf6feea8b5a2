/* A stand-in for cuBLAS: what engine/cuda/cublas.h asks of it, as work on the stream.  F16 operands, float32 sums in an
 * order of its own.
 *
 * QW_CUDA_HOST_CUBLAS: none (no library is found), broken (it gives no handle). */
#include "emu_int.h"
#include "watch.h"
#include "cuda_host_ptx.h"

#include <stdlib.h>
#include <vector>

struct cublas_handle { cudaStream_t s; void *workspace; };
enum { OK = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };

static bool asked(const char *what)
{
    const char *e = getenv("QW_CUDA_HOST_CUBLAS");
    return e != NULL && strcmp(e, what) == 0;
}

static int create(cublas_handle **h)
{
    if (asked("broken"))
        return NOT_INITIALIZED;
    *h = new cublas_handle();
    return OK;
}
static int destroy(cublas_handle *h) { return delete h, OK; }
static int set_stream(cublas_handle *h, cudaStream_t s) { return h->s = s, h->workspace = NULL, OK; }
static int set_workspace(cublas_handle *h, void *p, size_t bytes)
{
    if (p == NULL || (uintptr_t)p % 256 != 0 || !emu_device_range(p, bytes, "a workspace"))
        return INVALID_VALUE;
    return h->workspace = p, OK;
}
static const char *text(int status)
{
    return status == OK ? "success" : status == NOT_INITIALIZED ? "the library was not initialized" :
           status == INVALID_VALUE ? "an invalid value" : "not supported";
}

struct product { const uint16_t *A, *B; float *C; int m, n, k, lda, ldb, ldc; };

/* `count` columns of k F16 values as float32. */
static bool read(std::vector<float> &to, const uint16_t *p, int count, int k, int ld)
{
    for (int i = 0; i < count; i++) {
        const uint16_t *column = p + (size_t)i * ld;
        if (!emu_device_range(column, (size_t)k * 2, "cublasGemmEx") || !emu_watch_defined(column, (size_t)k * 2, "cublasGemmEx"))
            return false;
        for (int j = 0; j < k; j++)
            to[(size_t)i * k + j] = emu_half_to_float(column[j]);
    }
    return true;
}

static float dot(const float *a, const float *b, int k)
{
    float sum[8] = {};
    int j = 0;
    for (; j + 8 <= k; j += 8)
        for (int i = 0; i < 8; i++)
            sum[i] += a[j + i] * b[j + i];
    for (; j < k; j++)
        sum[0] += a[j] * b[j];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static void multiply(void *arg)
{
    product *p = (product *)arg;
    std::vector<float> a((size_t)p->m * p->k), b((size_t)p->n * p->k);
    if (read(a, p->A, p->m, p->k, p->lda) && read(b, p->B, p->n, p->k, p->ldb))
        for (int j = 0; j < p->n; j++) {
            float *column = p->C + (size_t)j * p->ldc;
            if (!emu_device_range(column, (size_t)p->m * sizeof *column, "cublasGemmEx"))
                break;
            for (int i = 0; i < p->m; i++)
                column[i] = dot(&a[(size_t)i * p->k], &b[(size_t)j * p->k], p->k);
            emu_watch_written(column, (size_t)p->m * sizeof *column);
        }
    delete p;
}

static int gemm_ex(cublas_handle *h, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *A, int a_type,
                   int lda, const void *B, int b_type, int ldb, const void *beta, void *C, int c_type, int ldc, int compute,
                   int algorithm)
{
    enum { N = 0, T = 1, F32 = 0, F16 = 2, SUMS_F32 = 68, CHOOSES = -1 };
    if (h == NULL || h->workspace == NULL || m < 1 || n < 1 || k < 1 || lda < k || ldb < k || ldc < m)
        return INVALID_VALUE;
    if (op_a != T || op_b != N || a_type != F16 || b_type != F16 || c_type != F32 || compute != SUMS_F32 ||
        algorithm != CHOOSES || *(const float *)alpha != 1.0f || *(const float *)beta != 0.0f)
        return NOT_SUPPORTED;
    product *p = new product{ (const uint16_t *)A, (const uint16_t *)B, (float *)C, m, n, k, lda, ldb, ldc };
    return cudaLaunchHostFunc(h->s, multiply, p) == cudaSuccess ? OK : NOT_INITIALIZED;
}

void *emu_lib_open(const char *name)
{
    static char here;
    return strcmp(name, "libcublas.so.13") == 0 && !asked("none") ? &here : NULL;
}
const char *emu_lib_error(void) { return "libcublas.so.13: there is none: QW_CUDA_HOST_CUBLAS"; }
void *emu_lib_symbol(void *, const char *name)
{
    static const struct { const char *name; void *f; } have[] = {
        { "cublasCreate_v2", (void *)create }, { "cublasDestroy_v2", (void *)destroy },
        { "cublasSetStream_v2", (void *)set_stream }, { "cublasSetWorkspace_v2", (void *)set_workspace },
        { "cublasGetStatusString", (void *)text }, { "cublasGemmEx", (void *)gemm_ex },
    };
    for (auto &row : have)
        if (strcmp(row.name, name) == 0)
            return row.f;
    return NULL;
}
