/* What the tests of rows.cu, heads.cu and attention.cu share.  The same sources run over the emulation
 * (g++ -x c++ -Itests/cuda_host) and on a GPU (nvcc -x cu); without arguments a test runs all that suits the
 * machine and ends with "N passed, M failed".  With CU_TEST_STOP in the environment the first failure ends it. */
#ifndef CU_TEST_H
#define CU_TEST_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vector>

extern "C" {
#include "engine/cpu/kern.h"
#include "engine/cpu/levels.h"
#include "engine/layout/wmat.h"
#include "engine/layout/wmat_layout.h"
}
#include "engine/cuda/kernels.h"
#include "tests/unit/wmat_data.h"

#ifdef __CUDACC__
enum { ON_GPU = 1 };
#else
enum { ON_GPU = 0 };
#endif

static unsigned tests_passed, tests_failed;

/* A failure of the machine or of a launch ends the program: nothing after it would mean anything. */
#define CUDA_OK(call) cuda_ok(call, #call, __LINE__)
static inline void cuda_ok(cudaError_t e, const char *what, int line)
{
    if (e == cudaSuccess)
        return;
    printf("line %d: %s: %s\n%u passed, %u failed, and the rest not run\n", line, what, cudaGetErrorString(e),
           tests_passed, tests_failed + 1);
    exit(1);
}
static inline void cuda_wait(void)
{
    CUDA_OK(cudaGetLastError());
    CUDA_OK(cudaDeviceSynchronize());
}

/* n elements on the device and a border after them that must not change. */
template <class T> struct device_array {
    enum { BORDER = 64 };
    T *p;
    size_t n;

    device_array(const T *from, size_t n_) : n(n_)
    {
        std::vector<uint8_t> border(BORDER, 0xa5);
        void *v = NULL;

        CUDA_OK(cudaMalloc(&v, n * sizeof(T) + BORDER));
        p = (T *)v;
        if (from != NULL)
            CUDA_OK(cudaMemcpy(p, from, n * sizeof(T), cudaMemcpyHostToDevice));
        CUDA_OK(cudaMemcpy((uint8_t *)v + n * sizeof(T), border.data(), BORDER, cudaMemcpyHostToDevice));
    }
    explicit device_array(const std::vector<T> &v) : device_array(v.data(), v.size()) {}
    /* Filled with bytes that are NaNs as floats. */
    explicit device_array(size_t n_) : device_array(NULL, n_) { CUDA_OK(cudaMemset(p, 0xff, n * sizeof(T))); }
    ~device_array() { cudaFree(p); }
    device_array(const device_array &) = delete;

    std::vector<T> get() const
    {
        std::vector<T> v(n);
        uint8_t border[BORDER];

        CUDA_OK(cudaMemcpy(v.data(), p, n * sizeof(T), cudaMemcpyDeviceToHost));
        CUDA_OK(cudaMemcpy(border, (const uint8_t *)p + n * sizeof(T), BORDER, cudaMemcpyDeviceToHost));
        for (uint8_t b : border)
            if (b != 0xa5) {
                printf("written beyond the end of an array\n");
                tests_failed++;
                break;
            }
        return v;
    }
};

static inline uint32_t rnd_below(uint64_t *s, uint32_t n) { return (uint32_t)(rnd(s) >> 33) % n; }

/* NaNs may differ in their bits. */
static inline bool same_float(float a, float b)
{
    return memcmp(&a, &b, 4) == 0 || (isnan(a) && isnan(b));
}
static inline size_t first_difference(const float *a, const float *b, size_t n)
{
    if (memcmp(a, b, n * sizeof *a) == 0)
        return n;
    for (size_t i = 0; i < n; i++)
        if (!same_float(a[i], b[i]))
            return i;
    return n;
}

/* One comparison: what failed is named, the first twenty times. */
static inline void tally(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void tally(bool ok, const char *format, ...)
{
    va_list ap;

    if (ok) {
        tests_passed++;
        return;
    }
    if (tests_failed++ >= 20)
        return;
    va_start(ap, format);
    printf("FAILED ");
    vprintf(format, ap);
    printf("\n");
    va_end(ap);
    if (getenv("CU_TEST_STOP") != NULL) {
        fflush(stdout);
        _Exit(1);                       /* leaving memory behind is no report of its own */
    }
}
static inline void tally_floats(const std::vector<float> &got, const std::vector<float> &want, const char *name, const char *what)
{
    const size_t n = want.size(), i = got.size() == n ? first_difference(got.data(), want.data(), n) : 0;

    tally(i == n, "%s: %s[%zu] is %a, not %a", name, what, i, i < n ? (double)got[i] : 0, i < n ? (double)want[i] : 0);
}
static inline int tests_end(void)
{
    printf("%u passed, %u failed\n", tests_passed, tests_failed);
    return tests_failed > 0 || tests_passed == 0;
}

#endif
