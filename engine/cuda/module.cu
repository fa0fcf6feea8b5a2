/* The module: its table, and the device. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/cuda/host.h"
#include "engine/forward/build_id.h"

#define LEAST_ARCH 75           /* Turing: int8 mma */

/* Where the driver says its number; the emulation's cuda_runtime.h has a file of its own. */
#ifndef DRIVER_VERSION_FILE
#define DRIVER_VERSION_FILE "/proc/driver/nvidia/version"
#endif

/* base/error.c's, so that the module needs nothing of the programs that open it; all text here is ASCII. */
extern "C" int qw_error_set(struct qw_error *err, int code, const char *fmt, ...)
{
    va_list ap;
    if (err == NULL)
        return code;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    err->code = code;
    return code;
}

int cuda_error(struct qw_error *err, cudaError_t e, const char *what)
{
    return qw_error_set(err, e == cudaErrorMemoryAllocation ? QW_ENOMEM : QW_EINTERNAL, "%s: %s (CUDA error %d)", what,
                        cudaGetErrorString(e), (int)e);
}

int cuda_wait(struct backend_device *d, const char *what, struct qw_error *err)
{
    cudaError_t e = cudaStreamSynchronize(d->stream);
    return e == cudaSuccess ? QW_OK : cuda_error(err, e, what);
}

/* ---- opening ---------------------------------------------------------------------------- */

/* "535.183.01", or "" where the driver does not say (WSL). */
struct driver_number { char text[24]; };

static struct driver_number driver_number(void)
{
    struct driver_number n = {};
    char line[256];
    FILE *f = fopen(DRIVER_VERSION_FILE, "re");
    if (f == NULL)
        return n;
    /* NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024 */
    char *rest = NULL, *word = fgets(line, sizeof line, f) != NULL ? strtok_r(line, " \t\n", &rest) : NULL;
    fclose(f);
    for (; word != NULL && n.text[0] == '\0'; word = strtok_r(NULL, " \t\n", &rest))
        if (strspn(word, "0123456789") >= 3 && strspn(word, "0123456789.") == strlen(word))
            snprintf(n.text, sizeof n.text, "%s", word);
    return n;
}

/* The least driver that a CUDA of this major version runs on (its release notes). */
static int least_driver(int runtime) { return runtime >= 13000 ? 580 : 525; }

/* Why there is no device, in the words of somebody who has to do something about it. */
static int no_device(cudaError_t e, struct qw_error *err)
{
    int driver = 0, runtime = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    if (driver == 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "no NVIDIA driver is loaded: install driver %d or newer", least_driver(runtime));
    if (driver / 1000 < runtime / 1000) {
        const struct driver_number n = driver_number();
        return qw_error_set(err, QW_EUNSUPPORTED, "the NVIDIA driver%s%s is made for CUDA %d.%d and this module needs %d.0: "
                            "install driver %d or newer", n.text[0] != '\0' ? " " : "", n.text, driver / 1000,
                            driver % 1000 / 10, runtime / 1000, least_driver(runtime));
    }
    if (e == cudaSuccess || e == cudaErrorNoDevice)
        return qw_error_set(err, QW_EUNSUPPORTED, "the driver finds no NVIDIA GPU (is it hidden by CUDA_VISIBLE_DEVICES, "
                            "or not passed into this container?)");
    return qw_error_set(err, QW_EUNSUPPORTED, "no GPU can be used: %s (CUDA error %d)", cudaGetErrorString(e), (int)e);
}

static void describe(const struct cudaDeviceProp *p, struct backend_info *info)
{
    const struct driver_number n = driver_number();
    int driver = 0;
    cudaDriverGetVersion(&driver);
    snprintf(info->device, sizeof info->device, "%.*s", (int)sizeof info->device - 1, p->name);
    snprintf(info->runtime, sizeof info->runtime, "compute capability %d.%d, driver %s%sCUDA %d.%d%s", p->major, p->minor,
             n.text, n.text[0] != '\0' ? " (" : "for ", driver / 1000, driver % 1000 / 10, n.text[0] != '\0' ? ")" : "");
}

static int cuda_memory(struct backend_device *d, uint64_t *free_bytes, uint64_t *total_bytes, struct qw_error *err)
{
    size_t f, t;
    cudaError_t e = cudaSetDevice(d->ordinal);
    if (e == cudaSuccess)
        e = cudaMemGetInfo(&f, &t);
    if (e != cudaSuccess)
        return cuda_error(err, e, "the GPU's memory");
    *free_bytes = f;
    *total_bytes = t;
    return QW_OK;
}

static void cuda_close(struct backend_device *d)
{
    if (d->stream != NULL)
        cudaStreamDestroy(d->stream);
    delete d;
}

static int cuda_open(struct backend_device **out, struct backend_info *info, struct qw_error *err)
{
    int n = 0, rc;
    cudaDeviceProp prop;
    cudaError_t e = cudaGetDeviceCount(&n);
    if (e != cudaSuccess || n == 0)
        return no_device(e, err);
    if ((e = cudaGetDeviceProperties(&prop, 0)) != cudaSuccess)
        return cuda_error(err, e, "the GPU's properties");
    if (prop.major * 10 + prop.minor < LEAST_ARCH)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s has compute capability %d.%d, 7.5 (Turing) is the least that runs: "
                            "choose another GPU (CUDA_VISIBLE_DEVICES), or the CPU (backend auto or cpu)", prop.name, prop.major,
                            prop.minor);
    struct backend_device *d = new backend_device();
    d->arch = prop.major * 10 + prop.minor;
    if ((e = cudaSetDevice(0)) != cudaSuccess ||
        (e = cudaStreamCreateWithFlags(&d->stream, cudaStreamNonBlocking)) != cudaSuccess) {
        cuda_close(d);
        return cuda_error(err, e, prop.name);
    }
    describe(&prop, info);
    if ((rc = cuda_memory(d, &info->free_bytes, &info->total_bytes, err)) != QW_OK) {
        cuda_close(d);
        return rc;
    }
    *out = d;
    return QW_OK;
}

static int cuda_fast(struct backend_device *d, struct qw_error *err)
{
    cudaSetDevice(d->ordinal);
    return cublas_open(&d->cublas, err);
}

/* ---- blocks of memory -------------------------------------------------------------------- */

static int cuda_zero(struct backend_device *d, uint8_t *at, size_t bytes, struct qw_error *err)
{
    cudaError_t e = cudaMemsetAsync(at, 0, bytes, d->stream);
    return e == cudaSuccess ? QW_OK : cuda_error(err, e, "zeroing pages");
}

static void cuda_block_free(struct backend_device *d, uint8_t *block)
{
    cudaStreamSynchronize(d->stream);
    cudaFree(block);
}

static int cuda_block_new(struct backend_device *d, size_t bytes, uint8_t **block, struct qw_error *err)
{
    void *p;
    char what[64];
    snprintf(what, sizeof what, "%zu MiB for KV pages on the GPU", bytes >> 20);
    cudaError_t e = cudaMalloc(&p, bytes);
    if (e != cudaSuccess) {
        cudaGetLastError();             /* it is told here, and is not the next call's */
        return cuda_error(err, e, what);
    }
    int rc = cuda_zero(d, (uint8_t *)p, bytes, err);
    if (rc != QW_OK) {
        cuda_block_free(d, (uint8_t *)p);
        return rc;
    }
    *block = (uint8_t *)p;
    return QW_OK;
}

static int cuda_copy_out(struct backend_device *d, void *host, const uint8_t *at, size_t bytes, struct qw_error *err)
{
    cudaError_t e = cudaMemcpyAsync(host, at, bytes, cudaMemcpyDeviceToHost, d->stream);
    return e == cudaSuccess ? cuda_wait(d, "copying pages from the GPU", err) : cuda_error(err, e, "copying pages from the GPU");
}

static int cuda_copy_in(struct backend_device *d, uint8_t *at, const void *host, size_t bytes, struct qw_error *err)
{
    cudaError_t e = cudaMemcpyAsync(at, host, bytes, cudaMemcpyHostToDevice, d->stream);
    return e == cudaSuccess ? cuda_wait(d, "copying pages to the GPU", err) : cuda_error(err, e, "copying pages to the GPU");
}

extern "C" __attribute__((visibility("default"))) const struct backend_table *qwend_backend(void);
const struct backend_table *qwend_backend(void)
{
    static const struct backend_table table = {
        BACKEND_BUILD_ID, cuda_open, cuda_close, cuda_memory, cuda_forward_new, cuda_forward_free, cuda_forward_bytes,
        cuda_forward_run, cuda_forward_row, cuda_block_new, cuda_block_free, cuda_zero, cuda_copy_out, cuda_copy_in, cuda_fast,
    };
    return &table;
}
