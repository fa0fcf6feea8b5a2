/* CUDA's names for a machine without a GPU: what engine/cuda/dev.h says that kernels use, and what a
 * backend needs of the runtime.  Found instead of NVIDIA's by -Itests/cuda_host; plain C++17.
 *
 * Kernels run in emu.h's scheduler; the runtime is stream.cpp and memory.cpp. */
#ifndef QW_CUDA_HOST_RUNTIME_H
#define QW_CUDA_HOST_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <tuple>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

/* --- vectors: their alignment is CUDA's ------------------------------------ */
#define QW_VECTOR(T, name)                                                                                          \
    struct alignas(2 * sizeof(T)) name##2 { T x, y; };                                                             \
    struct name##3 { T x, y, z; };                                                                                 \
    struct alignas(4 * sizeof(T)) name##4 { T x, y, z, w; };                                                       \
    static inline name##2 make_##name##2(T x, T y) { return name##2{ x, y }; }                                     \
    static inline name##3 make_##name##3(T x, T y, T z) { return name##3{ x, y, z }; }                             \
    static inline name##4 make_##name##4(T x, T y, T z, T w) { return name##4{ x, y, z, w }; }
QW_VECTOR(signed char, char)
QW_VECTOR(unsigned char, uchar)
QW_VECTOR(short, short)
QW_VECTOR(unsigned short, ushort)
QW_VECTOR(int, int)
QW_VECTOR(unsigned, uint)
QW_VECTOR(float, float)
#undef QW_VECTOR
struct alignas(16) double2 { double x, y; };
static inline double2 make_double2(double x, double y) { return double2{ x, y }; }

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

#include "emu.h"

/* --- arithmetic: one rounding each; compiled with -ffp-contract=off ---------- */
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return __builtin_sqrt(a); }
/* Nearest, ties to even; as cvt.rni.s32.f32: clamped, NaN gives 0. */
static inline int __float2int_rn(float f)
{
    if (f != f)
        return 0;
    float r = __builtin_rintf(f);
    return r >= 2147483648.0f ? INT32_MAX : r <= -2147483648.0f ? INT32_MIN : (int)r;
}
static inline float __int_as_float(int i) { float f; __builtin_memcpy(&f, &i, sizeof f); return f; }
static inline int __float_as_int(float f) { int i; __builtin_memcpy(&i, &f, sizeof i); return i; }
static inline float __uint_as_float(unsigned i) { float f; __builtin_memcpy(&f, &i, sizeof f); return f; }
static inline unsigned __float_as_uint(float f) { unsigned i; __builtin_memcpy(&i, &f, sizeof i); return i; }
static inline int __dp4a(int a, int b, int c)
{
    for (int i = 0; i < 32; i += 8)
        c += (int)(int8_t)(a >> i) * (int)(int8_t)(b >> i);
    return c;
}

/* --- the runtime --------------------------------------------------------------- */
enum cudaError {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorInsufficientDriver = 35,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorInvalidResourceHandle = 400,
    cudaErrorNotReady = 600,
    cudaErrorIllegalAddress = 700,
    cudaErrorLaunchFailure = 719,
};
typedef enum cudaError cudaError_t;
typedef struct emu_stream *cudaStream_t;
typedef struct emu_event *cudaEvent_t;
enum cudaMemcpyKind {
    cudaMemcpyHostToHost, cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice, cudaMemcpyDefault
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8, cudaFuncAttributePreferredSharedMemoryCarveout = 9 };
enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1, cudaDevAttrMultiProcessorCount = 16, cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76, cudaDevAttrMaxSharedMemoryPerBlockOptin = 97,
};
enum { cudaStreamDefault = 0, cudaStreamNonBlocking = 1 };
enum { cudaEventDefault = 0, cudaEventBlockingSync = 1, cudaEventDisableTiming = 2 };
enum { cudaHostAllocDefault = 0, cudaHostAllocPortable = 1, cudaHostAllocMapped = 2, cudaHostAllocWriteCombined = 4 };
enum { cudaDeviceScheduleAuto = 0, cudaDeviceScheduleSpin = 1, cudaDeviceScheduleYield = 2, cudaDeviceScheduleBlockingSync = 4 };

struct cudaDeviceProp {
    char   name[256];
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerBlockOptin, sharedMemPerMultiprocessor;
    int    major, minor, multiProcessorCount, warpSize, maxThreadsPerBlock, maxThreadsPerMultiProcessor, l2CacheSize;
    int    pciBusID, pciDeviceID, pciDomainID;
};

cudaError_t cudaGetDeviceCount(int *n);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaSetDeviceFlags(unsigned flags);
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device);
cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device);
cudaError_t cudaDriverGetVersion(int *version);
cudaError_t cudaRuntimeGetVersion(int *version);
cudaError_t cudaDeviceSynchronize(void);
cudaError_t cudaDeviceReset(void);
cudaError_t cudaGetLastError(void);
cudaError_t cudaPeekAtLastError(void);
const char *cudaGetErrorString(cudaError_t e);
const char *cudaGetErrorName(cudaError_t e);

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total_bytes);
cudaError_t cudaMalloc(void **p, size_t bytes);
cudaError_t cudaFree(void *p);
cudaError_t cudaHostAlloc(void **p, size_t bytes, unsigned flags);
cudaError_t cudaMallocHost(void **p, size_t bytes);
cudaError_t cudaFreeHost(void *p);
template <class T> static inline cudaError_t cudaMalloc(T **p, size_t bytes) { return cudaMalloc((void **)p, bytes); }
template <class T> static inline cudaError_t cudaHostAlloc(T **p, size_t bytes, unsigned flags)
{
    return cudaHostAlloc((void **)p, bytes, flags);
}
template <class T> static inline cudaError_t cudaMallocHost(T **p, size_t bytes) { return cudaMallocHost((void **)p, bytes); }

cudaError_t cudaMemcpy(void *dst, const void *src, size_t bytes, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t bytes, enum cudaMemcpyKind kind, cudaStream_t s = 0);
cudaError_t cudaMemset(void *dst, int value, size_t bytes);
cudaError_t cudaMemsetAsync(void *dst, int value, size_t bytes, cudaStream_t s = 0);

cudaError_t cudaStreamCreate(cudaStream_t *s);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t s);
cudaError_t cudaStreamSynchronize(cudaStream_t s);
cudaError_t cudaStreamQuery(cudaStream_t s);
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned flags = 0);
cudaError_t cudaLaunchHostFunc(cudaStream_t s, void (*fn)(void *), void *arg);
cudaError_t cudaEventCreate(cudaEvent_t *e);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t e);
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s = 0);
cudaError_t cudaEventSynchronize(cudaEvent_t e);
cudaError_t cudaEventQuery(cudaEvent_t e);
cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to);

cudaError_t emu_func_attribute(const void *kernel, enum cudaFuncAttribute attr, int value);
template <class F> static inline cudaError_t cudaFuncSetAttribute(F *kernel, enum cudaFuncAttribute attr, int value)
{
    return emu_func_attribute((const void *)kernel, attr, value);
}

/* Where the driver says its number: QW_CUDA_HOST_DRIVER_FILE. */
const char *emu_driver_file(void);
#define DRIVER_VERSION_FILE emu_driver_file()

/* --- a library that is opened at run time: cublas.cpp is one ------------------------- */
void *emu_lib_open(const char *name);
void *emu_lib_symbol(void *lib, const char *name);
const char *emu_lib_error(void);

/* --- launches -------------------------------------------------------------------- */
void emu_launch(const char *name, const void *kernel, dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t s,
                emu_call *call);
template <class... P> struct emu_call_of : emu_call {
    void (*kernel)(P...);
    std::tuple<P...> args;
    emu_call_of(void (*k)(P...), std::tuple<P...> &&a) : kernel(k), args(std::move(a)) { bytes = sizeof *this; }
    void run() override { std::apply(kernel, args); }
};
template <class... P, class... A>
static inline void emu_launch_as(const char *name, void (*kernel)(P...), dim3 grid, dim3 block, size_t shared_bytes,
                                 cudaStream_t s, A &&...a)
{
    emu_launch(name, (const void *)kernel, grid, block, shared_bytes, s,
               new emu_call_of<P...>(kernel, std::tuple<P...>(std::forward<A>(a)...)));
}
#define LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
    emu_launch_as(#kernel, kernel, grid, block, shared_bytes, stream, ##__VA_ARGS__)
#ifdef __SANITIZE_THREAD__
void *emu_memcpy(void *to, const void *from, size_t n);
void *emu_memset(void *to, int value, size_t n);
#define memcpy(to, from, n) emu_memcpy(to, from, n)
#define memset(to, value, n) emu_memset(to, value, n)
#endif
#define DEV_SHARED(T, name) T *name = (T *)emu_tls.shared

#endif
