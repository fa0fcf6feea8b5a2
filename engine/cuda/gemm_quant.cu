/* Products with quantized weights: gemm_few.h for few tokens, gemm_many.h for many.  Each output is the
 * reference's chain (engine/cpu/ref.c, block_dot): one fma a block of 32, two where there is a minimum, in K
 * order; only the exact integers are summed in the order that suits the machine. */
#include "engine/cuda/gemm_few.h"
#include "engine/cuda/gemm_many.h"

/* Tokens of one pass over the weights.  Two passes are slower than tiles: on an H200 32 tokens of a 19,456 x 2560 matrix
 * took 129 us that way, 64 tokens by tiles 53 us. */
enum { FEW_MOST = FEW_TOKENS };

template <class W> static void start(const gemm_args &a, int kind, cudaStream_t s)
{
    if (kind == GEMM_FEW || (kind == GEMM_CHOOSE && a.T <= FEW_MOST))
        few_start<W>(a, s);
    else
        many_start<W>(a, kind, s);
}

static void start_type(const gemm_args &a, uint32_t type, int kind, cudaStream_t s)
{
    switch (type) {
    case GGUF_Q4_0: start<gemm_q4_0>(a, kind, s); break;
    case GGUF_Q4_1: start<gemm_q4_1>(a, kind, s); break;
    case GGUF_Q5_0: start<gemm_q5_0>(a, kind, s); break;
    case GGUF_Q5_1: start<gemm_q5_1>(a, kind, s); break;
    case GGUF_Q8_0: start<gemm_q8_0>(a, kind, s); break;
    case GGUF_Q4_K: start<gemm_q4_k>(a, kind, s); break;
    case GGUF_Q5_K: start<gemm_q5_k>(a, kind, s); break;
    case GGUF_Q6_K: start<gemm_q6_k>(a, kind, s); break;
    default:        gemm_float(&a, type, kind, s);
    }
}

void gemm_run(const struct cu_input *in, const struct cu_product *p, int n, int kind, cudaStream_t s)
{
    bool done[CU_PRODUCTS] = {};

    for (int i = 0; i < n; i++) {
        gemm_args a = {};

        if (done[i])
            continue;
        a.x = in->x;
        a.q = in->q;
        a.d = in->d;
        a.m = in->m;
        a.T = in->T;
        a.K = in->K;
        for (int j = i; j < n; j++) {
            const cu_mat &w = p[j].w;

            if (done[j] || w.type != p[i].w.type)
                continue;
            a.part[a.n++] = { w.data, w.group_bytes, p[j].y, w.N, p[j].ldy, (w.N + 15) / 16, 0 };
            done[j] = true;
        }
        start_type(a, p[i].w.type, kind, s);
    }
}

void cu_gemm(const struct cu_input *in, const struct cu_product *p, int n, cudaStream_t s)
{
    gemm_run(in, p, n, GEMM_CHOOSE, s);
}
