/* What test_cu_gemm.cpp and bench_cu.cu share: random matrices in every type, as the engine repacks them, and
 * activations as the reference quantizes them, here and on the device. */
#ifndef GEMM_DATA_H
#define GEMM_DATA_H

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
#include "engine/cuda/gemm.h"
#include "tests/unit/wmat_data.h"

/* A failure of the machine or of a launch ends the program: nothing after it would mean anything. */
#define CUDA_OK(call) cuda_ok(call, #call, __LINE__)
static inline void cuda_ok(cudaError_t e, const char *what, int line)
{
    if (e == cudaSuccess)
        return;
    printf("line %d: %s: %s\n", line, what, cudaGetErrorString(e));
    exit(1);
}

/* n elements on the device and not one more; from (if not NULL) is copied there. */
template <class T> static inline T *device_copy(const T *from, size_t n)
{
    void *p = NULL;

    CUDA_OK(cudaMalloc(&p, n * sizeof(T)));
    if (from != NULL)
        CUDA_OK(cudaMemcpy(p, from, n * sizeof(T), cudaMemcpyHostToDevice));
    return (T *)p;
}

using gemm_type = quant_type;
static inline const gemm_type *gemm_type_named(const char *name)
{
    for (const gemm_type &q : quant_types)
        if (strcmp(q.name, name) == 0)
            return &q;
    return NULL;
}

/* A matrix, here and on the device. */
struct gemm_matrix {
    std::vector<uint8_t> bytes;
    wmat   w;
    cu_mat device;

    gemm_matrix(const gemm_type *q, size_t N, size_t K, bool extreme, uint64_t *seed)
        : gemm_matrix(q, N, K, random_file(q, N, K, extreme, seed)) {}
    /* file: the rows as a GGUF file has them. */
    gemm_matrix(const gemm_type *q, size_t N, size_t K, const std::vector<uint8_t> &file)
    {
        size_t n = 0;

        if (wmat_bytes(q->type, N, K, &n, NULL) != QW_OK)
            abort();
        bytes.resize(n);
        if (wmat_init(&w, q->type, N, K, bytes.data(), NULL) != QW_OK)
            abort();
        wmat_repack(&w, file.data(), 0, wmat_groups(&w));
        device.type = q->type;
        device.N = (uint32_t)N;
        device.K = (uint32_t)K;
        device.group_bytes = w.group_bytes;
        device.data = device_copy(bytes.data(), n);
    }
    ~gemm_matrix() { cudaFree((void *)device.data); }
    gemm_matrix(const gemm_matrix &) = delete;

    static std::vector<uint8_t> random_file(const gemm_type *q, size_t N, size_t K, bool extreme, uint64_t *seed)
    {
        std::vector<uint8_t> file(file_bytes(q, N, K));

        fill_weights(file.data(), q, N, K, extreme, seed);
        return file;
    }
};

/* T rows of activations, here as the reference wants them and on the device as cu_gemm does. */
struct gemm_acts {
    std::vector<float> x, d, m;
    std::vector<int8_t> q;
    std::vector<uint8_t> memory;
    kern_act a;
    cu_input device;

    /* x: T rows of K; quantized where K is a multiple of 32. */
    gemm_acts(std::vector<float> rows, size_t T, size_t K) : x(std::move(rows))
    {
        const size_t blocks = K / 32;

        memset(&device, 0, sizeof device);
        device.T = (uint32_t)T;
        device.K = (uint32_t)K;
        device.x = device_copy(x.data(), T * K);
        memory.resize(kern_act_bytes(T, K) + 64);
        kern_act_bind(&a, (uint8_t *)(((uintptr_t)memory.data() + 63) & ~(uintptr_t)63), T, K);
        a.x = x.data();
        if (K % 32 != 0)
            return;
        kern_get(CPU_LEVEL_REF)->quantize(&a, x.data(), K, 0, T);
        q.resize(T * K);
        d.resize(T * blocks);
        m.resize(T * blocks);
        for (size_t t = 0; t < T; t++)
            for (size_t b = 0; b < blocks; b++) {
                const struct act_row r = act_row(&a, t);
                const size_t e = r.at + b * r.width;

                memcpy(&q[t * K + 32 * b], a.q + 32 * e, 32);
                d[t * blocks + b] = a.d[e];
                m[t * blocks + b] = a.m[e];
            }
        device.q = device_copy(q.data(), q.size());
        device.d = device_copy(d.data(), d.size());
        device.m = device_copy(m.data(), m.size());
    }
    ~gemm_acts()
    {
        cudaFree(device.x);
        cudaFree(device.q);
        cudaFree(device.d);
        cudaFree(device.m);
    }
    gemm_acts(const gemm_acts &) = delete;
};

#endif
