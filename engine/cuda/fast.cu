#include "engine/cuda/fast.h"

#include "engine/cuda/gemm_types.h"

#define FAST_TILE   ((size_t)64 << 20)
#define FAST_CUBLAS ((size_t)32 << 20)      /* its workspace: what NVIDIA asks for on Hopper, 4 MiB before */
#define FAST_ALIGN  ((size_t)256)
#define FAST_K      8                       /* rows of operands are as long as a multiple of this: 16 bytes */
enum { FAST_THREADS = 512, FAST_WARPS = FAST_THREADS / DEV_WARP, ROW_THREADS = 256, BACK_ROWS = 16 };

/* ---- scales -------------------------------------------------------------------------------- */

/* Of a row whose largest magnitude has these bits: the power of two that it is multiplied with, as a float's exponent
 * field.  One where 2^-8 <= largest < 2^15: what is then lost below 2^-24 is less than 2^-17 of the largest.  Otherwise
 * to 2^8.  Zero, infinity and NaN stay what they are. */
DEV uint32_t fast_exponent(uint32_t top)
{
    const uint32_t e = top >> 23;

    if (top == 0 || e == 255 || (e >= 127 - 8 && e < 127 + 15))
        return 127;
    return e < 127 + 8 + 127 - 253 ? 253 : 127 + 8 + 127 - e;
}
DEV float fast_power(uint32_t exponent) { return __int_as_float((int)(exponent << 23)); }
DEV float fast_power_back(uint32_t exponent) { return fast_power(254 - exponent); }

DEV uint32_t fast_magnitude(float v) { return (uint32_t)__float_as_int(v) & 0x7fffffffu; }
DEV uint32_t fast_larger(uint32_t a, uint32_t b) { return a > b ? a : b; }
DEV uint32_t fast_pair(float lo, float hi) { return ptx_float_to_half(lo) | (uint32_t)ptx_float_to_half(hi) << 16; }

/* ---- activations: a block a row ------------------------------------------------------------ */

static __global__ void __launch_bounds__(ROW_THREADS)
fast_rows(uint16_t *out, float *back, const float *x, uint32_t K, uint32_t ld)
{
    DEV_SHARED(uint32_t, tops);
    const float *const row = x + blockIdx.x * (size_t)K;
    uint32_t top = 0;

    for (uint32_t k = threadIdx.x; k < K; k += ROW_THREADS)
        top = fast_larger(top, fast_magnitude(row[k]));
    for (unsigned h = DEV_WARP / 2; h > 0; h /= 2)
        top = fast_larger(top, __shfl_xor_sync(DEV_FULL, top, (int)h));
    if (dev_lane() == 0)
        tops[dev_warp()] = top;
    __syncthreads();
    for (unsigned w = 0; w < ROW_THREADS / DEV_WARP; w++)
        top = fast_larger(top, tops[w]);

    const uint32_t e = fast_exponent(top);
    const float up = fast_power(e);

    for (uint32_t k = threadIdx.x; k < ld; k += ROW_THREADS)
        out[blockIdx.x * (size_t)ld + k] = k < K ? ptx_float_to_half(row[k] * up) : (uint16_t)0;
    if (threadIdx.x == 0)
        back[blockIdx.x] = fast_power_back(e);
}

/* ---- weights: a block a group of 16 rows --------------------------------------------------- */

struct fast_group {
    const uint8_t *data;                    /* of the tile's first group */
    size_t   group_bytes;
    uint16_t *out;                          /* [rows of the tile][ld] */
    float    *back;                         /* [rows of the tile] */
    uint32_t K, ld;
};

/* The largest of all threads for row r, of each thread's top; tops: [FAST_WARPS][16], of which this warp's are written. */
DEV uint32_t fast_row_top(const uint32_t *tops, unsigned r)
{
    uint32_t top = 0;

    for (unsigned w = 0; w < FAST_WARPS; w++)
        top = fast_larger(top, tops[16 * w + r]);
    return top;
}

/* Four values of one row as F16. */
template <class W> DEV uint2 fast_four(uint32_t u, float d, float m, float up)
{
    float v[4];

    DEV_UNROLL
    for (unsigned i = 0; i < 4; i++)
        v[i] = W::MIN ? __fmaf_rn((float)(u >> 8 * i & 255), d, m) * up : (float)(int8_t)(u >> 8 * i) * d * up;
    return make_uint2(fast_pair(v[0], v[1]), fast_pair(v[2], v[3]));
}

/* As the products read them (gemm_types.h): lane 4g + t has rows 2g and 2g + 1 of a block, K = 4t .. and 16 + 4t ...
 * The largest of a row is bounded by its scales, which are an eighth of the bytes or less. */
template <class W> static __global__ void __launch_bounds__(FAST_THREADS) fast_quant(const struct fast_group a)
{
    DEV_SHARED(uint32_t, tops);
    constexpr float most = W::MIN ? 255.0f : 128.0f;
    const uint8_t *const group = a.data + blockIdx.x * a.group_bytes;
    const unsigned g = dev_lane() / 4, t = dev_lane() % 4;
    const uint32_t blocks = a.K / 32;
    uint32_t top[2] = { 0, 0 };

    for (uint32_t b = 4 * dev_warp() + t; b < blocks; b += 4 * FAST_WARPS) {
        const gemm_scale s = gemm_scales<W, W::BLOCKS>(group + b / W::BLOCKS * W::UNIT, b % W::BLOCKS, g);

        DEV_UNROLL
        for (unsigned i = 0; i < 2; i++) {
            uint32_t d = fast_magnitude(s.d[0][i]);
            float bound;

            if constexpr (W::HALVES)
                d = fast_larger(d, fast_magnitude(s.d[1][i]));
            bound = __int_as_float((int)d) * most;
            if constexpr (W::MIN)
                bound += __int_as_float((int)fast_magnitude(s.m[i]));
            top[i] = fast_larger(top[i], fast_magnitude(bound));
        }
    }
    DEV_UNROLL
    for (unsigned i = 0; i < 2; i++) {
        top[i] = fast_larger(top[i], __shfl_xor_sync(DEV_FULL, top[i], 1));
        top[i] = fast_larger(top[i], __shfl_xor_sync(DEV_FULL, top[i], 2));
        if (t == 0)
            tops[16 * dev_warp() + 2 * g + i] = top[i];
    }
    __syncthreads();

    const uint32_t e[2] = { fast_exponent(fast_row_top(tops, 2 * g)), fast_exponent(fast_row_top(tops, 2 * g + 1)) };
    uint16_t *const out = a.out + (blockIdx.x * (size_t)16 + 2 * g) * a.ld + 4 * t;

    if (dev_warp() == 0 && t < 2)
        a.back[blockIdx.x * 16 + 2 * g + t] = fast_power_back(t == 0 ? e[0] : e[1]);
    for (uint32_t b = dev_warp(); b < blocks; b += FAST_WARPS) {
        const uint8_t *const unit = group + b / W::BLOCKS * W::UNIT;
        const gemm_scale s = gemm_scales<W, W::BLOCKS>(unit, b % W::BLOCKS, g);
        uint32_t q[4];

        gemm_load<W>(q, unit + gemm_head<W, W::BLOCKS> + b % W::BLOCKS * W::VALUE, g, t);
        DEV_UNROLL
        for (unsigned i = 0; i < 4; i++) {
            const unsigned row = i % 2, half = i / 2;
            const float d = s.d[W::HALVES ? half : 0][row], m = W::MIN ? s.m[row] : 0.0f;

            *(uint2 *)(out + row * (size_t)a.ld + 32 * b + 16 * half) = fast_four<W>(q[i], d, m, fast_power(e[row]));
        }
    }
}

/* F16 as it is, BF16 scaled, from [K][16] to rows: a thread takes 16 K of one row, 16 threads side by side. */
template <bool BF16> static __global__ void __launch_bounds__(FAST_THREADS) fast_floats(const struct fast_group a)
{
    DEV_SHARED(uint32_t, tops);
    const uint16_t *const group = (const uint16_t *)(a.data + blockIdx.x * a.group_bytes);
    const unsigned r = threadIdx.x % 16, part = threadIdx.x / 16;
    uint16_t *const out = a.out + (blockIdx.x * (size_t)16 + r) * a.ld;
    uint32_t e = 127;

    if constexpr (BF16) {
        uint32_t top = 0;

        for (uint32_t k = part; k < a.K; k += FAST_THREADS / 16)
            top = fast_larger(top, group[16 * (size_t)k + r] & 0x7fffu);
        top = fast_larger(top, __shfl_xor_sync(DEV_FULL, top, 16));
        if (dev_lane() < 16)
            tops[16 * dev_warp() + r] = top << 16;
        __syncthreads();
        e = fast_exponent(fast_row_top(tops, r));
    }
    if (part == 0)
        a.back[blockIdx.x * 16 + r] = fast_power_back(e);
    for (uint32_t k0 = 16 * part; k0 < a.ld; k0 += FAST_THREADS) {
        uint32_t v[8];

        DEV_UNROLL
        for (unsigned i = 0; i < 8; i++) {
            const uint32_t k = k0 + 2 * i;
            const uint32_t lo = k < a.K ? group[16 * (size_t)k + r] : 0, hi = k + 1 < a.K ? group[16 * (size_t)k + 16 + r] : 0;

            v[i] = BF16 ? fast_pair(__int_as_float((int)(lo << 16)) * fast_power(e), __int_as_float((int)(hi << 16)) * fast_power(e))
                        : lo | hi << 16;
        }
        *(uint4 *)(out + k0) = make_uint4(v[0], v[1], v[2], v[3]);
        if (k0 + FAST_K < a.ld)
            *(uint4 *)(out + k0 + FAST_K) = make_uint4(v[4], v[5], v[6], v[7]);
    }
}

static bool dequantize(uint32_t type, const struct fast_group *a, uint32_t groups, cudaStream_t s)
{
    const unsigned bytes = FAST_WARPS * 16 * sizeof(uint32_t);

#define FAST_CASE(TYPE, kernel) case TYPE: LAUNCH(kernel, dim3(groups), dim3(FAST_THREADS), bytes, s, *a); return true
    switch (type) {
    FAST_CASE(GGUF_Q4_0, fast_quant<gemm_q4_0>);
    FAST_CASE(GGUF_Q4_1, fast_quant<gemm_q4_1>);
    FAST_CASE(GGUF_Q5_0, fast_quant<gemm_q5_0>);
    FAST_CASE(GGUF_Q5_1, fast_quant<gemm_q5_1>);
    FAST_CASE(GGUF_Q8_0, fast_quant<gemm_q8_0>);
    FAST_CASE(GGUF_Q4_K, fast_quant<gemm_q4_k>);
    FAST_CASE(GGUF_Q5_K, fast_quant<gemm_q5_k>);
    FAST_CASE(GGUF_Q6_K, fast_quant<gemm_q6_k>);
    FAST_CASE(GGUF_F16,  fast_floats<false>);
    FAST_CASE(GGUF_BF16, fast_floats<true>);
    default: return false;
    }
#undef FAST_CASE
}

/* ---- outputs ------------------------------------------------------------------------------- */

/* y[t][n] times both rows' powers back; nothing is read where both are one, as nearly always. */
static __global__ void __launch_bounds__(ROW_THREADS)
fast_back(float *y, uint32_t ldy, uint32_t T, uint32_t N, const float *x_back, const float *w_back)
{
    const uint32_t n = blockIdx.x * ROW_THREADS + threadIdx.x, t0 = blockIdx.y * BACK_ROWS;

    if (n >= N)
        return;
    const float w = w_back[n];

    for (uint32_t t = t0; t < T && t < t0 + BACK_ROWS; t++)
        if (w != 1.0f || x_back[t] != 1.0f)
            y[t * (size_t)ldy + n] = y[t * (size_t)ldy + n] * x_back[t] * w;
}

/* ---- host ---------------------------------------------------------------------------------- */

struct cu_fast {
    const struct cublas  *lib;
    struct cublas_handle *handle;
    uint16_t *x, *w;                        /* operands: [rows][ld], a tile of [..][ld] */
    float    *x_back, *w_back;
    size_t    tile_bytes, tile_rows;        /* most of both */
    void     *cublas_memory;
    int       status;                       /* the first that was not CUBLAS_OK */
};

static uint32_t padded(uint32_t K) { return (K + FAST_K - 1) / FAST_K * FAST_K; }

static size_t lay_out(struct cu_fast *f, const struct cu_fast_sizes *z, uint8_t *base)
{
    size_t at = 0, ld = padded(z->K), rows = (z->N + 15) / 16 * (size_t)16;
    size_t most = z->tile_bytes != 0 ? z->tile_bytes : FAST_TILE, least = 16 * ld * sizeof(uint16_t);
    auto carve = [&](size_t bytes) {
        uint8_t *p = base + at;
        at += (bytes + FAST_ALIGN - 1) / FAST_ALIGN * FAST_ALIGN;
        return p;
    };
    f->tile_rows = rows;
    f->tile_bytes = rows * ld * sizeof(uint16_t);
    if (f->tile_bytes > most)
        f->tile_bytes = most > least ? most : least;
    f->x = (uint16_t *)carve(z->rows * ld * sizeof(uint16_t));
    f->w = (uint16_t *)carve(f->tile_bytes);
    f->x_back = (float *)carve(z->rows * sizeof(float));
    f->w_back = (float *)carve(rows * sizeof(float));
    f->cublas_memory = carve(FAST_CUBLAS);
    return at;
}

size_t cu_fast_bytes(const struct cu_fast_sizes *z)
{
    struct cu_fast f;
    return lay_out(&f, z, NULL);
}

int cu_fast_new(struct cu_fast **out, const struct cublas *lib, const struct cu_fast_sizes *z, void *memory, cudaStream_t s,
                struct qw_error *err)
{
    struct cu_fast *f = new cu_fast();
    f->lib = lib;
    lay_out(f, z, (uint8_t *)memory);
    int status = lib->create(&f->handle);
    if (status == CUBLAS_OK && (status = lib->set_stream(f->handle, s)) == CUBLAS_OK)
        status = lib->set_workspace(f->handle, f->cublas_memory, FAST_CUBLAS);
    if (status != CUBLAS_OK) {
        cu_fast_free(f);
        return qw_error_set(err, status == CUBLAS_ALLOC_FAILED ? QW_ENOMEM : QW_EUNSUPPORTED, "cuBLAS does not start: %s",
                            lib->text(status));
    }
    *out = f;
    return QW_OK;
}

void cu_fast_free(struct cu_fast *f)
{
    if (f != NULL && f->handle != NULL)
        f->lib->destroy(f->handle);
    delete f;
}

static void keep(struct cu_fast *f, int status)
{
    if (f->status == CUBLAS_OK)
        f->status = status;
}

/* y = x * w^T, w by tiles.  cuBLAS counts by columns: a row-major [T][N] is its [N][T]. */
static bool product(struct cu_fast *f, const struct cu_input *in, const struct cu_product *p, cudaStream_t s)
{
    static const float one = 1.0f, zero = 0.0f;
    const uint32_t ld = padded(in->K);
    size_t fits = f->tile_bytes / (ld * sizeof(uint16_t)) / 16 * 16;
    const uint32_t rows = (uint32_t)(fits < f->tile_rows ? fits : f->tile_rows);
    struct fast_group a = { p->w.data, p->w.group_bytes, f->w, f->w_back, in->K, ld };

    for (uint32_t n0 = 0, n; n0 < p->w.N; n0 += n, a.data += n / 16 * p->w.group_bytes) {
        n = p->w.N - n0 < rows ? p->w.N - n0 : rows;
        if (!dequantize(p->w.type, &a, (n + 15) / 16, s))
            return false;
        keep(f, f->lib->gemm_ex(f->handle, CUBLAS_T, CUBLAS_N, (int)n, (int)in->T, (int)ld, &one, f->w, CUBLAS_F16, (int)ld,
                                f->x, CUBLAS_F16, (int)ld, &zero, p->y + n0, CUBLAS_F32, (int)p->ldy, CUBLAS_SUMS_F32,
                                CUBLAS_CHOOSES));
        LAUNCH(fast_back, dim3((n + ROW_THREADS - 1) / ROW_THREADS, (in->T + BACK_ROWS - 1) / BACK_ROWS), dim3(ROW_THREADS), 0,
               s, p->y + n0, p->ldy, in->T, n, f->x_back, f->w_back);
    }
    return true;
}

void cu_fast_gemm(struct cu_fast *f, const struct cu_input *in, const struct cu_product *p, int n, cudaStream_t s)
{
    struct cu_product rest[CU_PRODUCTS];
    const uint32_t ld = padded(in->K);
    int left = 0;

    LAUNCH(fast_rows, dim3(in->T), dim3(ROW_THREADS), ROW_THREADS / DEV_WARP * sizeof(uint32_t), s, f->x, f->x_back, in->x,
           in->K, ld);
    for (int i = 0; i < n; i++)
        if (!product(f, in, &p[i], s))
            rest[left++] = p[i];
    if (left > 0)
        cu_gemm(in, rest, left, s);
}

int cu_fast_check(struct cu_fast *f, struct qw_error *err)
{
    int status = f->status;
    f->status = CUBLAS_OK;
    return status == CUBLAS_OK ? QW_OK : qw_error_set(err, QW_EINTERNAL, "cuBLAS: %s", f->lib->text(status));
}
