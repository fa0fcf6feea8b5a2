/* How fast cu_gemm is on a GPU, for the products of Qwen3-4B: hidden 2560, ffn 9728, q 4096, k and v 1024,
 * vocabulary 151936; and cu_head, of rows of that vocabulary.
 *
 *   bench_cu                    the kernels that cu_gemm chooses
 *   bench_cu kinds [TYPE]       every kernel that could do it, for setting thresholds
 *   bench_cu heads              only the heads of logits
 *
 * A launch is one of many in a captured graph, each with the next of several copies of the weights, so
 * that neither the launching nor the second-level cache is what is measured. */
#include "tests/cuda_host/gemm_data.h"

#include "engine/forward/logit_head.h"

struct product_shape { const char *name; size_t K; int n; size_t N[CU_PRODUCTS]; };
static const product_shape shapes[] = {
    { "q,k,v",   2560, 3, { 4096, 1024, 1024 } }, { "out",  4096, 1, { 2560 } },
    { "gate,up", 2560, 2, { 9728, 9728 } },       { "down", 9728, 1, { 2560 } },
    { "head",    2560, 1, { 151936 } },
};
static const size_t Ts[] = { 1, 2, 4, 8, 16, 32, 64, 128, 512 };
static const char *const names[] = { "few", "small", "medium", "large", "-", "chosen" };
enum { BETWEEN_BYTES = 400 << 20, MOST_COPIES = 64, ROWS = 256 };

/* N rows of random weights: ROWS of them made here, the rest copies. */
static cu_mat make_matrix(const gemm_type *q, size_t N, size_t K)
{
    uint64_t seed = N + K;
    const gemm_matrix m(q, ROWS, K, false, &seed);
    const size_t piece = ROWS / 16 * m.w.group_bytes, all = (N + 15) / 16 * m.w.group_bytes;
    cu_mat w = m.device;
    uint8_t *p = device_copy<uint8_t>(NULL, all);

    for (size_t at = 0; at < all; at += piece)
        CUDA_OK(cudaMemcpy(p + at, m.device.data, all - at < piece ? all - at : piece, cudaMemcpyDeviceToDevice));
    w.N = (uint32_t)N;
    w.data = p;
    return w;
}

/* Seconds of launch(i, stream): the best of five graphs of `count` each. */
template <class F> static double seconds(F launch, size_t count)
{
    cudaStream_t s;
    cudaEvent_t from, to;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    float best = 1e30f;

    CUDA_OK(cudaStreamCreate(&s));
    CUDA_OK(cudaEventCreate(&from));
    CUDA_OK(cudaEventCreate(&to));
    launch(0, s);
    CUDA_OK(cudaGetLastError());
    CUDA_OK(cudaStreamSynchronize(s));
    CUDA_OK(cudaStreamBeginCapture(s, cudaStreamCaptureModeThreadLocal));
    for (size_t i = 0; i < count; i++)
        launch(i, s);
    CUDA_OK(cudaStreamEndCapture(s, &graph));
    CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
    for (int r = 0; r < 6; r++) {
        float ms = 0;

        CUDA_OK(cudaEventRecord(from, s));
        CUDA_OK(cudaGraphLaunch(exec, s));
        CUDA_OK(cudaEventRecord(to, s));
        CUDA_OK(cudaEventSynchronize(to));
        CUDA_OK(cudaEventElapsedTime(&ms, from, to));
        if (r > 0 && ms < best)
            best = ms;
    }
    CUDA_OK(cudaGraphExecDestroy(exec));
    CUDA_OK(cudaGraphDestroy(graph));
    CUDA_OK(cudaEventDestroy(from));
    CUDA_OK(cudaEventDestroy(to));
    CUDA_OK(cudaStreamDestroy(s));
    return best * 1e-3 / (double)count;
}

static void measure(const gemm_type *q, const product_shape *p, bool kinds)
{
    const size_t T_most = Ts[sizeof Ts / sizeof Ts[0] - 1];
    std::vector<std::vector<cu_product>> sets;
    size_t bytes = 0, macs = 0;
    uint64_t seed = 3;
    std::vector<float> rows(T_most * p->K);

    for (float &f : rows)
        f = rnd_float(&seed);
    const gemm_acts acts(rows, T_most, p->K);

    do {                                                /* one set tells how many are needed */
        std::vector<cu_product> set;

        for (int i = 0; i < p->n; i++) {
            cu_product one;

            one.w = make_matrix(q, p->N[i], p->K);
            one.ldy = (uint32_t)p->N[i];
            one.y = device_copy<float>(NULL, T_most * p->N[i]);
            set.push_back(one);
            if (sets.empty()) {
                bytes += (p->N[i] + 15) / 16 * one.w.group_bytes;
                macs += p->N[i] * p->K;
            }
        }
        sets.push_back(set);
    } while (sets.size() < MOST_COPIES && sets.size() * bytes < BETWEEN_BYTES);

    for (size_t T : Ts)
        for (int kind = 0; kind <= GEMM_CHOOSE; kind++) {
            cu_input in = acts.device;

            if (kind == GEMM_KINDS || (kind != GEMM_CHOOSE && (!kinds || (kind == GEMM_FEW && T > 64))))
                continue;
            in.T = (uint32_t)T;
            const double guess = (double)macs * (double)T / 5e12 + (double)bytes / 1e12;
            const size_t count = guess > 2e-3 ? 5 : (size_t)(10e-3 / guess) < 100 ? (size_t)(10e-3 / guess) : 100;
            const auto launch = [&](size_t k, cudaStream_t s) {
                gemm_run(&in, sets[k % sets.size()].data(), (int)sets[0].size(), kind, s);
            };
            const double t = seconds(launch, count);

            printf("%-5s %-8s T=%-4zu %-7s %9.2f us %8.1f GB/s %8.2f T multiply-adds/s\n", q->name, p->name, T, names[kind],
                   t * 1e6, (double)bytes / t * 1e-9, (double)macs * (double)T / t * 1e-12);
            fflush(stdout);
        }
    for (auto &set : sets)
        for (cu_product &one : set) {
            CUDA_OK(cudaFree((void *)one.w.data));
            CUDA_OK(cudaFree(one.y));
        }
}

/* The rows are in the second-level cache, as they are after the product that made them. */
static void measure_heads(void)
{
    enum { S_MOST = 32, V = 151936 };
    std::vector<float> rows((size_t)S_MOST * V), temperature(S_MOST, 0.7f);
    uint64_t seed = 5;

    for (float &x : rows)
        x = 5 * rnd_float(&seed);
    struct cu_head_rows a;

    a.n_vocab = V;
    a.logits = device_copy(rows.data(), rows.size());
    a.temperature = device_copy(temperature.data(), temperature.size());
    a.mask = NULL;
    a.out = device_copy<struct logit_head>(NULL, S_MOST);
    a.work = device_copy<uint8_t>(NULL, cu_head_bytes(S_MOST, V));
    for (uint32_t S : { 1u, 2u, 8u, 32u }) {
        a.S = S;
        const double t = seconds([&](size_t, cudaStream_t s) { cu_head(&a, s); }, 100);

        printf("heads of %d logits S=%-4u %9.2f us\n", V, S, t * 1e6);
    }
    for (const void *p : { (const void *)a.logits, (const void *)a.temperature, (const void *)a.out, (const void *)a.work })
        CUDA_OK(cudaFree((void *)p));
}

int main(int argc, char **argv)
{
    const bool kinds = argc > 1 && strcmp(argv[1], "kinds") == 0;

    kern_thread_init();
    if (!kinds)
        measure_heads();
    if (argc > 1 && strcmp(argv[1], "heads") == 0)
        return 0;
    for (const char *name : { "Q4_0", "Q4_K", "Q6_K", "Q8_0", "BF16" })
        for (const product_shape &p : shapes)
            if (argc <= 2 || strcmp(argv[2], name) == 0)
                measure(gemm_type_named(name), &p, kinds);
    return 0;
}
