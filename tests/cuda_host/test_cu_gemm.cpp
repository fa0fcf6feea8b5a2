/* cu_gemm against the reference of engine/cpu/ref.c, bit for bit, with every kernel that it may choose.  The same
 * source runs over the emulation (g++) and on a GPU (nvcc -x cu).
 *
 *   test_cu_gemm          all that suits the machine: more on a GPU
 *   test_cu_gemm NAME     one type, such as Q4_K
 *
 * With CU_TEST_STOP in the environment the first failure ends it. */
#include "tests/cuda_host/gemm_data.h"

#include <math.h>

#ifdef __CUDACC__
enum { ON_GPU = 1 };
#else
enum { ON_GPU = 0 };
#endif

static unsigned passed, failed;

static const char *kind_name(int kind)
{
    static const char *const names[] = { "few", "small", "medium", "large", "-", "chosen" };

    return names[kind];
}

/* ---- activations ------------------------------------------------------------------ */

enum fill { FILL_NORMAL, FILL_SPECIAL, FILL_WIDE, FILL_NOT_FINITE };

static std::vector<float> make_rows(size_t T, size_t K, enum fill f, uint64_t seed)
{
    std::vector<float> x(T * K);

    for (size_t i = 0; i < T * K; i++) {
        const float v = rnd_float(&seed);
        const size_t row = i / K, k = i % K;

        x[i] = v;
        if (f == FILL_WIDE)
            x[i] = v * (float)(1ull << rnd(&seed) % 40) * 0x1p-30f;
        if (f == FILL_SPECIAL)
            switch ((row + k / 32) % 6) {
            case 0: x[i] = 0; break;
            case 1: x[i] = -0.0f; break;
            case 2: x[i] = k % 32 == 7 ? 1e5f : v; break;
            case 3: x[i] = v * 1e-25f; break;
            case 4: x[i] = v < 0 ? -3.0f : 3.0f; break;     /* all at the ends of the scale */
            default: break;
            }
        if (f == FILL_NOT_FINITE && row % 3 == 1 && k == 5)
            x[i] = row % 2 != 0 ? INFINITY : NAN;
    }
    return x;
}

/* ---- one comparison ---------------------------------------------------------------- */

static bool same(float a, float b)
{
    return memcmp(&a, &b, 4) == 0 || (isnan(a) && isnan(b));
}

/* y[T][ldy] against the reference's rows [..][N]; what lies behind a row must be untouched. */
static void compare(const char *what, const std::vector<float> &y, size_t ldy, const std::vector<float> &want, size_t T,
                    size_t N)
{
    for (size_t t = 0; t < T; t++)
        for (size_t n = 0; n < ldy; n++) {
            uint32_t bits;

            memcpy(&bits, &y[t * ldy + n], 4);
            if (n < N ? same(y[t * ldy + n], want[t * N + n]) : bits == 0xa5a5a5a5u)
                continue;
            if (++failed < 40) {
                if (n < N)
                    printf("FAILED %s: token %zu, row %zu: %a, not %a\n", what, t, n, (double)y[t * ldy + n],
                           (double)want[t * N + n]);
                else
                    printf("FAILED %s: token %zu: written at %zu of %zu\n", what, t, n, N);
            }
            if (getenv("CU_TEST_STOP") != NULL) {
                fflush(stdout);
                _Exit(1);                       /* leaving memory behind is no report of its own */
            }
            return;
        }
    passed++;
}

/* Up to CU_PRODUCTS matrices and what the reference says of all rows of acts. */
struct work {
    const gemm_acts *acts;
    const gemm_matrix *w[CU_PRODUCTS];
    std::vector<float> want[CU_PRODUCTS];
    int n;

    work(const gemm_acts &a, const gemm_matrix *const *m, int count) : acts(&a), n(count)
    {
        for (int i = 0; i < n; i++) {
            w[i] = m[i];
            want[i].resize(a.a.T * m[i]->w.N);
            kern_ref_gemm(want[i].data(), m[i]->w.N, &a.a, &m[i]->w, 0, wmat_groups(&m[i]->w), 1);
        }
    }

    void run(size_t T, int kind, const char *name) const
    {
        cu_product p[CU_PRODUCTS];
        cu_input in = acts->device;

        in.T = (uint32_t)T;
        for (int i = 0; i < n; i++) {
            p[i].w = w[i]->device;
            p[i].ldy = w[i]->device.N + 3;
            p[i].y = device_copy<float>(NULL, T * p[i].ldy);
            CUDA_OK(cudaMemset(p[i].y, 0xa5, T * p[i].ldy * sizeof(float)));
        }
        if (kind == GEMM_CHOOSE)
            cu_gemm(&in, p, n, 0);
        else
            gemm_run(&in, p, n, kind, 0);
        CUDA_OK(cudaGetLastError());
        CUDA_OK(cudaDeviceSynchronize());
        for (int i = 0; i < n; i++) {
            std::vector<float> y(T * p[i].ldy);
            char what[128];

            CUDA_OK(cudaMemcpy(y.data(), p[i].y, y.size() * sizeof(float), cudaMemcpyDeviceToHost));
            snprintf(what, sizeof what, "%s N=%u K=%u T=%zu %s, product %d of %d", name, p[i].w.N, in.K, T,
                     kind_name(kind), i + 1, n);
            compare(what, y, p[i].ldy, want[i], T, p[i].w.N);
            cudaFree(p[i].y);
        }
    }
};

/* One matrix, some T, every kernel. */
static void shape(const gemm_type *q, size_t N, size_t K, const std::vector<size_t> &Ts, enum fill f, bool extreme,
                  bool all_kinds)
{
    uint64_t seed = 7 + q->type + N * 31 + K * 1009;
    const gemm_matrix m(q, N, K, extreme, &seed);
    const gemm_acts a(make_rows(Ts.back(), K, f, seed), Ts.back(), K);
    const gemm_matrix *const one[] = { &m };
    const work w(a, one, 1);

    for (size_t T : Ts) {
        w.run(T, GEMM_CHOOSE, q->name);
        for (int kind = 0; all_kinds && kind < GEMM_KINDS; kind++)
            w.run(T, kind, q->name);
    }
}

/* K in whole blocks of the type. */
static bool whole(const gemm_type *q, size_t K)
{
    return K % q->values == 0;
}

/* ---- cases --------------------------------------------------------------------------- */

static void shapes(const gemm_type *q)
{
    const std::vector<size_t> Ts = ON_GPU ? std::vector<size_t>{ 1, 2, 3, 7, 8, 9, 16, 17, 31, 33, 64, 65 }
                                          : std::vector<size_t>{ 1, 3, 9, 17, 33 };
    const std::vector<size_t> Ns = ON_GPU ? std::vector<size_t>{ 1, 15, 16, 17, 33, 64, 130 }
                                          : std::vector<size_t>{ 1, 17, 50 };
    const std::vector<size_t> Ks = ON_GPU ? std::vector<size_t>{ 29, 32, 64, 96, 230, 256, 512, 1056, 2560 }
                                          : std::vector<size_t>{ 29, 96, 256, 352 };
    int n = 0;

    for (size_t K : Ks)
        for (size_t N : Ns)
            if (whole(q, K))
                shape(q, N, K, Ts, (enum fill)(n++ % 4), false, true);
    shape(q, 19, 768, { 1, 2, 5, 33 }, FILL_NORMAL, true, true);
    if (!ON_GPU)                                        /* every border of tokens once, with the kernel that is chosen */
        shape(q, 17, 256, { 1, 2, 3, 7, 8, 9, 16, 17, 64, 65, 512 }, FILL_SPECIAL, false, false);
    if (ON_GPU)
        shape(q, 33, 512, { 129, 512 }, FILL_NORMAL, false, true);
}

/* Many chunks, so that rings of stages go round; many tiles. */
static void long_ones(const gemm_type *q)
{
    if (!ON_GPU) {
        shape(q, 16, 2560, { 1, 4, 9 }, FILL_NORMAL, false, false);
        return;
    }
    shape(q, 40, 9728, { 1, 4, 8, 16, 32, 40 }, FILL_NORMAL, false, true);
    shape(q, 16, 65536, { 1, 9 }, FILL_WIDE, false, false);
    shape(q, 2100, q->values == 256 ? 256 : 96, { 300, 1700 }, FILL_NORMAL, false, false);
    shape(q, 40000, 256, { 1 }, FILL_NORMAL, false, false);
}

/* q, k and v: one input, three matrices, of one type and of several. */
static void several(const gemm_type *q)
{
    const gemm_type *const other = gemm_type_named(q->type == GGUF_Q6_K ? "Q4_K" : "Q6_K");
    uint64_t seed = 5 + q->type;
    const size_t K = 512, T = 70;
    const gemm_matrix a(q, 130, K, false, &seed), b(q, 17, K, false, &seed), c(q, 40, K, false, &seed);
    const gemm_matrix d(other, 33, K, false, &seed);
    const gemm_acts x(make_rows(T, K, FILL_NORMAL, seed), T, K);
    const gemm_matrix *const same_type[] = { &a, &b, &c }, *const two[] = { &b, &a }, *const mixed[] = { &a, &d, &c };
    const work w1(x, same_type, 3), w2(x, two, 2), w3(x, mixed, 3);

    for (size_t t : { 1, 9, 70 })
        for (int kind = 0; kind <= GEMM_CHOOSE; kind++)
            if (kind != GEMM_KINDS && (ON_GPU || kind == GEMM_CHOOSE)) {
                w1.run(t, kind, q->name);
                w2.run(t, kind, q->name);
                w3.run(t, kind, q->name);
            }
}

int main(int argc, char **argv)
{
    kern_thread_init();
    for (const gemm_type &q : quant_types) {
        if (argc > 1 && strcmp(argv[1], q.name) != 0)
            continue;
        shapes(&q);
        long_ones(&q);
        several(&q);
        printf("%s: %u passed, %u failed\n", q.name, passed, failed);
        fflush(stdout);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
