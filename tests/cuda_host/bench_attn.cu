/* How fast cu_attention is on a GPU, for one layer of Qwen3-4B: 32 query heads, 8 KV heads of 128 dimensions.
 * Decoding of several sequences and prefill of 512 tokens, each after so many positions.
 *
 *   bench_attn                  one line a case: microseconds a layer, bytes of K and V and multiply-adds a second
 *   bench_attn kinds            each with either kernel, for setting thresholds
 *
 * A launch is one of several in a captured graph, each over other pages where they would fit the second-level
 * cache, so that neither the launching nor the cache is what is measured. */
#include "tests/cuda_host/cu_test.h"

#include "engine/cuda/attention.h"

enum { H = 32, KV = 8, D = 128, PREFILL = 512, BETWEEN_BYTES = 400 << 20, MOST_COPIES = 32, ROUNDS = 5 };

struct run {
    std::vector<uint32_t> first, seq, pos;
    std::vector<cu_tile> tiles;
    uint32_t most, tile_tokens;
    double positions;                   /* that all rows see together */
    double read;                        /* positions whose K and V must be read at least once */
};

/* `seqs` sequences of `rows` tokens each after `depth` positions. */
static struct run make_run(uint32_t seqs, uint32_t rows, uint32_t depth)
{
    struct run r = {};
    const uint32_t pages = (depth + rows + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;

    r.most = depth + rows;
    r.tile_tokens = rows < CU_TILE_TOKENS ? rows : CU_TILE_TOKENS;
    for (uint32_t s = 0; s < seqs; s++) {
        r.first.push_back(s * pages);
        r.read += depth + rows;
        for (uint32_t t = 0; t < rows; t++) {
            if (t % CU_TILE_TOKENS == 0)
                r.tiles.push_back({ (uint32_t)r.seq.size(), rows - t < CU_TILE_TOKENS ? rows - t : CU_TILE_TOKENS });
            r.seq.push_back(s);
            r.pos.push_back(depth + t);
            r.positions += depth + t + 1;
        }
    }
    return r;
}

static double seconds(const std::vector<cu_pages> &copies, const struct cu_attention &a, int kind, size_t count)
{
    cudaStream_t s;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    cudaEvent_t from, to;
    double best = 0;

    CUDA_OK(cudaStreamCreate(&s));
    attn_run(&a, &copies[0], kind, s);                  /* attributes are set, code is loaded */
    CUDA_OK(cudaGetLastError());
    CUDA_OK(cudaStreamSynchronize(s));
    CUDA_OK(cudaStreamBeginCapture(s, cudaStreamCaptureModeThreadLocal));
    for (size_t i = 0; i < count; i++)
        attn_run(&a, &copies[i % copies.size()], kind, s);
    CUDA_OK(cudaStreamEndCapture(s, &graph));
    CUDA_OK(cudaGraphInstantiate(&exec, graph, 0));
    CUDA_OK(cudaEventCreate(&from));
    CUDA_OK(cudaEventCreate(&to));
    for (int i = 0; i <= ROUNDS; i++) {                 /* the first one warms */
        float ms = 0;

        CUDA_OK(cudaEventRecord(from, s));
        CUDA_OK(cudaGraphLaunch(exec, s));
        CUDA_OK(cudaEventRecord(to, s));
        CUDA_OK(cudaStreamSynchronize(s));
        CUDA_OK(cudaEventElapsedTime(&ms, from, to));
        if (i == 1 || (i > 1 && ms < best))
            best = ms;
    }
    CUDA_OK(cudaEventDestroy(from));
    CUDA_OK(cudaEventDestroy(to));
    CUDA_OK(cudaGraphExecDestroy(exec));
    CUDA_OK(cudaGraphDestroy(graph));
    CUDA_OK(cudaStreamDestroy(s));
    return best / 1e3 / (double)count;
}

static void bench(int type, uint32_t seqs, uint32_t rows, uint32_t depth, int kind)
{
    const struct run r = make_run(seqs, rows, depth);
    const uint32_t T = (uint32_t)r.seq.size(), ldq = (H + 2 * KV) * D;
    struct kv_layout l;

    if (kv_layout_init(&l, (enum kv_type)type, 1, KV, D, NULL) != QW_OK)
        abort();
    const size_t per_seq = (depth + rows + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS, pages = per_seq * seqs;
    const size_t bytes = pages * l.page_bytes, fit = BETWEEN_BYTES / bytes + 1, n = fit < MOST_COPIES ? fit : (size_t)MOST_COPIES;
    uint8_t *pool;
    std::vector<uint8_t *> page(n * pages);
    std::vector<float> q((size_t)T * ldq);
    uint64_t seed = 7;

    CUDA_OK(cudaMalloc((void **)&pool, n * bytes));
    CUDA_OK(cudaMemset(pool, 0x11, n * bytes));         /* small numbers in every type */
    for (size_t i = 0; i < page.size(); i++)            /* a copy's pages: scattered among each other */
        page[i] = pool + (i / pages * pages + i % pages * 7919 % pages) * l.page_bytes;
    for (float &f : q)
        f = rnd_float(&seed);
    device_array<uint8_t *> dpage(page);
    device_array<uint32_t> dfirst(r.first), dseq(r.seq), dpos(r.pos);
    device_array<float> dq(q), out((size_t)T * H * D);
    device_array<cu_tile> dtiles(r.tiles);
    device_array<uint8_t> work(cu_attention_bytes(T, H, D, r.most));
    struct cu_attention a = {};
    std::vector<cu_pages> copies;

    for (size_t i = 0; i < n; i++)
        copies.push_back({ type, H, KV, D, l.k_bytes, l.v_bytes, 0, dpage.p + i * pages, dfirst.p, dseq.p, dpos.p });
    a.q = dq.p;
    a.ldq = ldq;
    a.rows = T;
    a.tile = dtiles.p;
    a.tiles = (uint32_t)r.tiles.size();
    a.tile_tokens = r.tile_tokens;
    a.most_visible = r.most;
    a.scale = 1.0f / sqrtf((float)D);
    a.out = out.p;
    a.work = work.p;

    const double s = seconds(copies, a, kind, n < 8 ? 8 : n);
    static const char *const kinds[] = { "few", "many", "chosen" };
    char name[64];

    if (rows == 1)
        snprintf(name, sizeof name, "decode of %u sequences", seqs);
    else
        snprintf(name, sizeof name, "prefill of %u tokens", rows);
    printf("%-5s %-6s %-24s after %5u: %10.1f us  %7.0f GB/s  %8.0f G multiply-adds/s\n", kv_type_name((enum kv_type)type), kinds[kind], name, depth,
           s * 1e6, r.read * (double)(l.page_bytes / KV_PAGE_TOKENS) / s / 1e9, r.positions * H * 2 * D / s / 1e9);
    fflush(stdout);
    CUDA_OK(cudaFree(pool));
}

static void bench_all(int type, int kind)
{
    for (uint32_t seqs : { 1u, 8u, 32u })
        for (uint32_t depth : { 512u, 4096u, 32768u })
            bench(type, seqs, 1, depth - 1, kind);
    for (uint32_t depth : { 511u, 4091u, 32763u })      /* a draft is read */
        bench(type, 1, 5, depth, kind);
    for (uint32_t rows : { 64u, 512u })
        for (uint32_t depth : { 0u, 4096u, 32768u })
            bench(type, 1, rows, depth, kind);
}

int main(int argc, char **argv)
{
    const bool both = argc > 1 && strcmp(argv[1], "kinds") == 0;

    for (int type : { KV_F16, KV_Q8_0 }) {
        if (both) {
            bench_all(type, ATTN_FEW);
            bench_all(type, ATTN_MANY);
        } else {
            bench_all(type, ATTN_CHOOSE);
        }
    }
    return 0;
}
