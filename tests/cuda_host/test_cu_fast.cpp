/* cu_fast_gemm against sums in double of the same weights: within what F16 operands may cost, for every type, whatever the
 * activations' range; and that tiles, strides and what it leaves to cu_gemm are right.  The same source runs over the
 * emulation, whose cuBLAS is cublas.cpp (g++), and on a GPU (nvcc -x cu).
 *
 *   test_cu_fast [TYPE] */
#include "tests/cuda_host/gemm_data.h"

#include <math.h>

#include "engine/cuda/fast.h"

static unsigned passed, failed;

static void tally(bool ok, const char *name, size_t N, size_t K, size_t T, const char *what)
{
    if (ok) {
        passed++;
        return;
    }
    if (failed++ < 40)
        printf("FAILED %s N=%zu K=%zu T=%zu: %s\n", name, N, K, T, what);
}

/* ---- activations ------------------------------------------------------------------ */

enum fill { FILL_NORMAL, FILL_LARGE, FILL_SPECIAL, FILL_NOT_FINITE };

static std::vector<float> make_rows(size_t T, size_t K, enum fill f, uint64_t seed)
{
    std::vector<float> x(T * K);

    for (size_t i = 0; i < T * K; i++) {
        const float v = rnd_float(&seed);
        const size_t row = i / K, k = i % K;

        x[i] = v;
        if (f == FILL_LARGE)
            x[i] = k % 7 == 3 ? (v < 0 ? -1e5f : 1e5f) : 100 * v;
        if (f == FILL_SPECIAL)
            switch (row % 6) {
            case 0: x[i] = k % 2 != 0 ? 0 : -0.0f; break;
            case 1: x[i] = v * 1e-30f; break;
            case 2: x[i] = v * 1e20f; break;
            case 3: x[i] = k == 5 ? 65530.0f : v; break;            /* infinity in F16, all but */
            case 4: x[i] = v * (float)(1 << rnd(&seed) % 20) * 0x1p-10f; break;
            default: x[i] = v * 1e-37f; break;
            }
        if (f == FILL_NOT_FINITE && row % 3 == 1 && k == 5)
            x[i] = row % 2 != 0 ? INFINITY : NAN;
    }
    return x;
}

/* ---- one product ------------------------------------------------------------------- */

struct fast_run {
    uint8_t *memory;
    cu_fast *f;
    cudaStream_t s;

    fast_run(const cublas *lib, const cu_fast_sizes &z)
    {
        qw_error err = {};
        CUDA_OK(cudaStreamCreate(&s));
        memory = device_copy<uint8_t>(NULL, cu_fast_bytes(&z));
        if (cu_fast_new(&f, lib, &z, memory, s, &err) != QW_OK) {
            printf("%s\n", err.msg);
            exit(1);
        }
    }
    ~fast_run()
    {
        cu_fast_free(f);
        cudaFree(memory);
        cudaStreamDestroy(s);
    }
    fast_run(const fast_run &) = delete;

    void gemm(const cu_input &in, const cu_product *p, int n)
    {
        qw_error err = {};
        cu_fast_gemm(f, &in, p, n, s);
        if (cu_fast_check(f, &err) != QW_OK) {
            printf("%s\n", err.msg);
            exit(1);
        }
        CUDA_OK(cudaGetLastError());
        CUDA_OK(cudaStreamSynchronize(s));
    }
};

static std::vector<float> outputs(fast_run &r, const gemm_acts &a, size_t T, const gemm_matrix &m, size_t ldy)
{
    std::vector<float> y(T * ldy);
    cu_input in = a.device;
    cu_product p = { m.device, device_copy<float>(NULL, T * ldy), (uint32_t)ldy };

    in.T = (uint32_t)T;
    in.q = NULL;
    CUDA_OK(cudaMemset(p.y, 0xa5, T * ldy * sizeof(float)));
    r.gemm(in, &p, 1);
    CUDA_OK(cudaMemcpy(y.data(), p.y, y.size() * sizeof(float), cudaMemcpyDeviceToHost));
    cudaFree(p.y);
    return y;
}

/* Both operands rounded to 11 bits: 2^-11 of each product twice, little more for the sum.  What lies below F16's range
 * after scaling is lost: less than 2^-17 of a row's largest, a weight row's largest being known to a factor of 4. */
static bool near(const float *x, const std::vector<float> &w, float y, size_t K)
{
    double want = 0, size = 0, x_top = 0, w_top = 0, x_sum = 0, w_sum = 0;

    for (size_t k = 0; k < K; k++) {
        want += (double)x[k] * w[k];
        size += fabs((double)x[k] * w[k]);
        x_top = fmax(x_top, fabs(x[k])), x_sum += fabs(x[k]);
        w_top = fmax(w_top, fabs(w[k])), w_sum += fabs(w[k]);
    }
    return fabs(y - want) <= 1.05 * 0x1p-10 * size + 0x1p-17 * x_top * w_sum + 0x1p-15 * w_top * x_sum + 1e-43;
}

static void compare(const cublas *lib, const gemm_type *q, const gemm_matrix &m, size_t T, enum fill f, uint64_t seed)
{
    const size_t N = m.w.N, K = m.w.K;
    const gemm_acts a(make_rows(T, K, f, seed), T, K);
    const size_t ldy = N + 3;
    const cu_fast_sizes whole = { (uint32_t)T, (uint32_t)K, (uint32_t)N, 0 };
    const cu_fast_sizes tiles = { (uint32_t)T, (uint32_t)K, (uint32_t)N, 32 * ((K + 7) / 8 * 8) * 2 };
    fast_run one(lib, whole), many(lib, tiles);
    const std::vector<float> y = outputs(one, a, T, m, ldy), y2 = outputs(many, a, T, m, ldy);
    std::vector<float> w(K);
    bool close = true, finite = true, untouched = true;

    for (size_t n = 0; n < N; n++) {
        wmat_row(&m.w, n, w.data());
        for (size_t t = 0; t < T; t++) {
            const bool bad = f == FILL_NOT_FINITE && t % 3 == 1;

            finite = finite && (bad ? !isfinite(y[t * ldy + n]) || w[5] == 0 : (bool)isfinite(y[t * ldy + n]));
            close = close && (bad || near(&a.x[t * K], w, y[t * ldy + n], K));
        }
    }
    for (size_t i = 0; i < y.size(); i++) {
        uint32_t bits;

        memcpy(&bits, &y[i], 4);
        untouched = untouched && (i % ldy < N || bits == 0xa5a5a5a5u);
    }
    tally(close, q->name, N, K, T, "not within what F16 may cost");
    tally(finite, q->name, N, K, T, "infinity or NaN where none belongs, or none where one does");
    tally(untouched, q->name, N, K, T, "written behind a row");
    if (N <= 32 || f != FILL_NOT_FINITE)        /* a GPU's cuBLAS may take another kernel for another N */
#ifdef __CUDACC__
        tally(y.size() == y2.size(), q->name, N, K, T, "tiles");
#else
        tally(memcmp(y.data(), y2.data(), y.size() * sizeof(float)) == 0, q->name, N, K, T, "tiles give other bits");
#endif
}

static void shape(const cublas *lib, const gemm_type *q, size_t N, size_t K, size_t T, enum fill f, bool extreme)
{
    uint64_t seed = 11 + q->type + N * 31 + K * 1009;
    const gemm_matrix m(q, N, K, extreme, &seed);

    compare(lib, q, m, T, f, seed);
}

/* Weights that F16 does not hold, by what is easily forgotten: the minimum (60000 + 15 * 2000), and the scale of a block's
 * second half (57344 * 127 * -32). */
static void large_weights(const cublas *lib)
{
    std::vector<uint8_t> q4_1, q6_k;

    for (int i = 0; i < 16 * 8; i++) {
        const uint8_t head[4] = { 0xd0, 0x67, 0x53, 0x7b };
        q4_1.insert(q4_1.end(), head, head + 4);
        q4_1.insert(q4_1.end(), 16, (uint8_t)(i % 3 != 0 ? 0xff : 0x0f));
    }
    for (int i = 0; i < 16; i++) {
        q6_k.insert(q6_k.end(), 192, 0);
        for (int h = 0; h < 16; h++)
            q6_k.push_back(h % 2 != 0 ? 127 : 0);
        q6_k.push_back(0x00), q6_k.push_back(0x7b);
    }
    const gemm_matrix a(gemm_type_named("Q4_1"), 16, 256, q4_1), b(gemm_type_named("Q6_K"), 16, 256, q6_k);
    compare(lib, gemm_type_named("Q4_1"), a, 3, FILL_NORMAL, 5);
    compare(lib, gemm_type_named("Q6_K"), b, 3, FILL_NORMAL, 6);
}

/* F32 weights between others go to cu_gemm: its bits, and the others' as alone. */
static void mixed(const cublas *lib)
{
    const size_t K = 256, T = 5, N = 20;
    uint64_t seed = 3;
    const gemm_matrix a(gemm_type_named("Q4_K"), N, K, false, &seed), b(gemm_type_named("F32"), N, K, false, &seed);
    const gemm_matrix c(gemm_type_named("F16"), N, K, false, &seed);
    const gemm_acts x(make_rows(T, K, FILL_NORMAL, seed), T, K);
    const gemm_matrix *const m[] = { &a, &b, &c };
    const cu_fast_sizes z = { (uint32_t)T, (uint32_t)K, (uint32_t)N, 0 };
    fast_run r(lib, z);
    float *const y = device_copy<float>(NULL, T * 3 * N), *const exact = device_copy<float>(NULL, T * N);
    cu_product p[3];
    std::vector<float> have(T * 3 * N), alone(T * N);
    cu_input in = x.device;

    for (int i = 0; i < 3; i++)
        p[i] = { m[i]->device, y + i * N, (uint32_t)(3 * N) };
    in.q = NULL;
    r.gemm(in, p, 3);
    CUDA_OK(cudaMemcpy(have.data(), y, have.size() * sizeof(float), cudaMemcpyDeviceToHost));
    for (int i = 0; i < 3; i++) {
        cu_product one = { m[i]->device, exact, (uint32_t)N };
        bool same = true;

        if (i == 1)
            cu_gemm(&in, &one, 1, r.s);
        else
            cu_fast_gemm(r.f, &in, &one, 1, r.s);
        CUDA_OK(cudaStreamSynchronize(r.s));
        CUDA_OK(cudaMemcpy(alone.data(), exact, alone.size() * sizeof(float), cudaMemcpyDeviceToHost));
        for (size_t t = 0; t < T; t++)
            same = same && memcmp(&have[t * 3 * N + i * N], &alone[t * N], N * sizeof(float)) == 0;
        tally(same, i == 1 ? "F32 beside others" : "beside F32", N, K, T, "other bits than alone");
    }
    cudaFree(y);
    cudaFree(exact);
}

/* Why there is no cuBLAS, and that nothing else is lost. */
static void without(void)
{
#ifndef __CUDACC__
    const cublas *lib = NULL;
    qw_error err = {};

    setenv("QW_CUDA_HOST_CUBLAS", "none", 1);
    tally(cublas_open(&lib, &err) == QW_EUNSUPPORTED && lib == NULL && strstr(err.msg, "libcublas.so.13: ") != NULL &&
          strstr(err.msg, "gpu_numerics exact") != NULL, "none", 0, 0, 0, err.msg);
    setenv("QW_CUDA_HOST_CUBLAS", "broken", 1);
    tally(cublas_open(&lib, &err) == QW_EUNSUPPORTED && lib == NULL && strstr(err.msg, "was not initialized") != NULL,
          "broken", 0, 0, 0, err.msg);
    unsetenv("QW_CUDA_HOST_CUBLAS");
#endif
}

int main(int argc, char **argv)
{
    const cublas *lib = NULL;
    qw_error err = {};

    kern_thread_init();
    without();
    if (cublas_open(&lib, &err) != QW_OK) {
        printf("%s\n", err.msg);
        return 1;
    }
    for (const gemm_type &q : quant_types) {
        const bool wide = q.values == 256;

        if ((argc > 1 && strcmp(argv[1], q.name) != 0) || q.type == GGUF_F32)
            continue;
        shape(lib, &q, 50, wide ? 256 : 96, 65, FILL_NORMAL, false);
        shape(lib, &q, 17, 512, 13, FILL_LARGE, false);
        shape(lib, &q, 33, 768, 12, FILL_SPECIAL, false);
        shape(lib, &q, 19, 256, 7, FILL_NOT_FINITE, false);
        shape(lib, &q, 16, 2304, 2, FILL_NORMAL, true);
        if (q.values == 1) {
            shape(lib, &q, 21, 29, 5, FILL_NORMAL, false);
            shape(lib, &q, 18, 37, 3, FILL_NORMAL, false);      /* rows of 40: half of a thread's last 16 */
        }
        printf("%s: %u passed, %u failed\n", q.name, passed, failed);
        fflush(stdout);
    }
    mixed(lib);
    large_weights(lib);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
