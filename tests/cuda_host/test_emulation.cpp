/* The emulation itself: kernels with exactly one mistake each, which must be reported as what they are, and
 * correct ones, of which nothing may be said.  Compiled twice: with -fsanitize=thread,alignment, and plain, where
 * what needs watched accesses is left out. */
#include "cuda_host.h"
#include "engine/cuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

static int failed, number;
static int *a, *b;                      /* 4096 bytes of device memory each, written */
static int *raw;                        /* the same, never written */
static cudaStream_t s1, s2;

/* --- kernels: one mistake each ------------------------------------------------------ */
static __global__ void barrier_in_branch(int *out)
{
    if (threadIdx.x < 32)
        __syncthreads();
    out[threadIdx.x] = 1;
}
static __global__ void barrier_after_return(int *out)
{
    if (threadIdx.x >= 40)
        return;
    __syncthreads();
    out[threadIdx.x] = 1;
}
static __global__ void two_barriers(int *out)
{
    if (threadIdx.x % 2)
        __syncthreads();
    else
        __syncthreads();
    out[threadIdx.x] = 1;
}
static __global__ void shuffle_of_half(int *out)
{
    int v = (int)threadIdx.x;
    if (threadIdx.x % 2)
        v += __shfl_xor_sync(DEV_FULL, v, 2);
    out[threadIdx.x] = v;
}
static __global__ void shuffle_or_sync(int *out)
{
    int v = 1;
    if (threadIdx.x < 16)
        v = __shfl_sync(DEV_FULL, v, 0);
    else
        __syncwarp();
    out[threadIdx.x] = v;
}
static __global__ void mma_after_return(int *out)
{
    int c[4] = { 0, 0, 0, 0 };
    uint32_t fa[4] = { 1, 2, 3, 4 }, fb[2] = { 5, 6 };
    if (threadIdx.x == 7)
        return;
    ptx_mma_k32_s8(c, fa, fb);
    out[threadIdx.x] = c[0];
}
static __global__ void vote_of_half(int *out)
{
    int v = 0;
    if (threadIdx.x % 2)
        v = __any_sync(DEV_FULL, 1);
    out[threadIdx.x] = v;
}
static __global__ void ldmatrix_misaligned(int *out)
{
    DEV_SHARED(int, sh);
    uint32_t r[4];
    for (int i = 0; i < 4; i++)
        sh[threadIdx.x * 4 + i] = 1;
    __syncwarp();
    ptx_ldmatrix_x4(r, sh + 4 * threadIdx.x + (threadIdx.x == 9));
    out[threadIdx.x] = (int)r[0];
}
static __global__ void ldmatrix_unwritten(int *out)
{
    DEV_SHARED(int, sh);
    uint32_t r[4];
    if (threadIdx.x < 31)
        for (int i = 0; i < 4; i++)
            sh[threadIdx.x * 4 + i] = 1;
    __syncwarp();
    ptx_ldmatrix_x4(r, sh + 4 * threadIdx.x);
    out[threadIdx.x] = (int)r[0];
}
static __global__ void short_mask(int *out) { out[threadIdx.x] = __shfl_sync(0xffffu, (int)threadIdx.x, 0); }
static __global__ void write_past(int *out, int n) { out[threadIdx.x + n] = 1; }
static __global__ void read_past(int *out, const int *in, int n) { out[threadIdx.x] = in[threadIdx.x + n]; }
static __global__ void read_before(int *out, const int *in) { out[threadIdx.x] = in[(int)threadIdx.x - 1]; }
static __global__ void read_page_past(int *out, const int *in) { out[threadIdx.x] = in[threadIdx.x + 1024]; }
static __global__ void shared_past(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x + 1] = 1;
    out[threadIdx.x] = 1;
}
static __global__ void shared_before(int *out)
{
    DEV_SHARED(int, sh);
    sh[(int)threadIdx.x - 1] = 1;
    out[threadIdx.x] = 1;
}
static __global__ void misaligned_uint4(int *out, const int *in)
{
    uint4 v = *(const uint4 *)(in + 1 + threadIdx.x * 4);
    out[threadIdx.x] = (int)(v.x + v.y + v.z + v.w);
}
static __global__ void misaligned_float2(float *out, const float *in)
{
    float2 v = *(const float2 *)(in + 1 + threadIdx.x * 2);
    out[threadIdx.x] = v.x + v.y;
}
static __global__ void misaligned_int(int *out, const char *in) { out[threadIdx.x] = *(const int *)(in + 2 + 4 * threadIdx.x); }
static __global__ void copy_in(int *out, const int *in) { out[threadIdx.x] = in[threadIdx.x]; }
static __global__ void shared_unwritten(int *out)
{
    DEV_SHARED(int, sh);
    if (threadIdx.x < 31)
        sh[threadIdx.x] = 1;
    __syncthreads();
    out[threadIdx.x] = sh[threadIdx.x];
}
template <int mistake> static __global__ void async(int *out, const int *in)
{
    DEV_SHARED(int, sh);
    ptx_cp_async16(sh + 4 * threadIdx.x, in + 4 * threadIdx.x);
    ptx_cp_async_commit();
    if (mistake == 2) {                 /* waits for all but the newest, which is the one that is read */
        ptx_cp_async_wait<1>();
    } else if (mistake != 1) {
        ptx_cp_async_wait<0>();
    }
    if (mistake != 3)
        __syncthreads();
    out[threadIdx.x] = sh[4 * ((threadIdx.x + (mistake == 3)) % blockDim.x)];
    if (mistake == 4) {                 /* the next copy goes to where others still read */
        ptx_cp_async16(sh + 4 * ((threadIdx.x + 33) % blockDim.x), in);
        ptx_cp_async_commit();
        ptx_cp_async_wait<0>();
    }
}
static __global__ void async_misaligned(const int *in)
{
    DEV_SHARED(int, sh);
    ptx_cp_async16(sh + threadIdx.x, in);
    ptx_cp_async_wait<0>();
}
static __global__ void race_neighbour(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = (int)threadIdx.x;
    out[threadIdx.x] = sh[(threadIdx.x + 32) % 64];
}
static __global__ void race_in_warp(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = (int)threadIdx.x;
    out[threadIdx.x] = sh[threadIdx.x ^ 1];
}
static __global__ void race_over_syncwarp(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = (int)threadIdx.x;
    __syncwarp();
    out[threadIdx.x] = sh[threadIdx.x ^ 32];
}
static __global__ void race_with_old_values(int *out)   /* the memory was written before, and a barrier passed */
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = 0;
    __syncthreads();
    sh[threadIdx.x] = (int)threadIdx.x;
    out[threadIdx.x] = sh[(threadIdx.x + 32) % 64];
}
static __global__ void race_write_after_read(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = 1;
    __syncthreads();
    int v = sh[(threadIdx.x + 32) % 64];
    sh[threadIdx.x] = 2;                
    out[threadIdx.x] = v;
}
static __global__ void race_same(int *out) { out[threadIdx.x / 2] = 7; }
static __global__ void race_blocks(int *out) { out[threadIdx.x] = 7; }
static __global__ void race_blocks_read(int *out, const int *in) { out[blockIdx.x * 32 + threadIdx.x] = in[threadIdx.x + 32]; }
static __global__ void race_bytes(uint8_t *out) { out[(threadIdx.x + 1) / 2] = 1; }
static __global__ void race_with_atomic(int *out)
{
    if (threadIdx.x == 0)
        out[0] = 1;
    else
        atomicAdd(out, 1);
}
static __global__ void reads_host(int *out, const int *in) { out[threadIdx.x] = in[threadIdx.x]; }
static int global_variable = 3;
static __global__ void reads_variable(int *out) { out[threadIdx.x] = global_variable; }
static __global__ void deep(int *out, int n)
{
    volatile char a[1024];
    a[n % 1024] = 1;
    if (n > 0)
        deep(out, n - 1);
    out[threadIdx.x] = a[n % 1024];
}
static __global__ void nothing(int *out) { (void)out; }

/* --- correct kernels ------------------------------------------------------------------- */
static __global__ void reduce(int *out, const int *in, int n)
{
    DEV_SHARED(int, sh);
    int v = 0;
    for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
        v += in[i];
    for (int o = 16; o; o >>= 1)
        v += __shfl_xor_sync(DEV_FULL, v, o);
    if (dev_lane() == 0)
        sh[dev_warp()] = v;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (unsigned w = 1; w < blockDim.x / 32; w++)
            v += sh[w];
        out[blockIdx.x] = v;
    }
}
static __global__ void rotate(int *out)
{
    DEV_SHARED(int, sh);
    for (int turn = 0; turn < 5; turn++) {
        sh[threadIdx.x] = (int)threadIdx.x + turn;
        __syncthreads();
        int v = sh[(threadIdx.x + 33) % blockDim.x];
        __syncthreads();
        out[threadIdx.x] = v;
    }
}
static __global__ void in_warp(int *out)
{
    DEV_SHARED(int, sh);
    sh[threadIdx.x] = (int)threadIdx.x;
    __syncwarp();
    int v = sh[threadIdx.x ^ 1];
    __syncwarp();
    sh[threadIdx.x] = v;
    out[threadIdx.x] = sh[threadIdx.x];
}
static __global__ void one_warp_shuffles(int *out)      /* whole warps may part ways */
{
    int v = (int)threadIdx.x;
    if (dev_warp() == 1)
        v = __shfl_sync(DEV_FULL, v, 5);
    out[threadIdx.x] = v;
}
static __global__ void bytes_apart(uint8_t *out) { out[threadIdx.x] = (uint8_t)threadIdx.x; }
static __global__ void counts(unsigned *out, int *most)
{
    atomicAdd(out, 2u);
    atomicMax(most, (int)(blockIdx.x * blockDim.x + threadIdx.x));
}
static const int8_t table[4] = { 3, 1, 4, 1 };
struct args { const int *in; int add[5]; };
static __global__ void by_value(int *out, args g) { out[threadIdx.x] = g.in[threadIdx.x] + g.add[threadIdx.x % 5] + table[threadIdx.x % 4]; }
static __global__ void three_dims(int *out)
{
    unsigned t = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    out[block * 24 + t] = (int)(block * 100 + t);
}
static __global__ void vectors(int *out, const int *in)
{
    int4 v = *(const int4 *)(in + 4 * threadIdx.x);
    *(int4 *)(out + 4 * threadIdx.x) = make_int4(v.w, v.z, v.y, v.x);
}
static __global__ void shuffles(int *out)
{
    float f = __shfl_sync(DEV_FULL, (float)threadIdx.x, 3);
    int v = __shfl_xor_sync(DEV_FULL, (int)threadIdx.x, 5);
    int g = __shfl_sync(DEV_FULL, (int)threadIdx.x, 2, 8);
    out[threadIdx.x] = (int)f * 10000 + v * 100 + g;
}
static __global__ void votes(int *out)
{
    const int l = (int)threadIdx.x;
    out[l] = (int)__ballot_sync(DEV_FULL, l % 3 == 0);
    out[32 + l] = (__any_sync(DEV_FULL, l == 5) ? 8 : 0) + (__any_sync(DEV_FULL, l > 31) ? 4 : 0) +
                  (__all_sync(DEV_FULL, l < 32) ? 2 : 0) + (__all_sync(DEV_FULL, l != 31) ? 1 : 0);
}
/* 127*-128 + 1*-2 + -1*2 + -128*127, and what is added to. */
static __global__ void dots(int *out) { out[threadIdx.x] = __dp4a((int)0x80ff017fu, 0x7f02fe80, (int)threadIdx.x); }
/* Row i of the 32 holds 8i, 8i + 1 ... */
static __global__ void ldmatrix(int *out)
{
    DEV_SHARED(uint16_t, sh);
    uint32_t r[4];
    for (unsigned i = 0; i < 8; i++)
        sh[8 * threadIdx.x + i] = (uint16_t)(8 * threadIdx.x + i);
    __syncwarp();
    ptx_ldmatrix_x4(r, sh + 8 * threadIdx.x);
    for (unsigned m = 0; m < 4; m++)
        out[4 * threadIdx.x + m] = (int)r[m];
}

/* --- running one ---------------------------------------------------------------------------- */
static void say(bool ok, const char *name, const char *why)
{
    number++;
    if (!ok) {
        failed++;
        printf("# %s\n", why);
    }
    printf("%s %d - %s\n", ok ? "ok" : "not ok", number, name);
}

/* What `run` makes the emulation say must begin with `kind` and name `who`; kind NULL: nothing. */
template <class F> static void expect(const char *name, const char *kind, const char *who, F run)
{
    run();
    cudaDeviceSynchronize();
    const char *got = cuda_host_take_report();
    bool ok = kind == NULL ? got[0] == 0 : strncmp(got, kind, strlen(kind)) == 0 && strstr(got, who) != NULL;
    say(ok, name, got[0] ? got : "nothing was reported");
    if (ok && kind != NULL && getenv("V") != NULL)
        printf("#   %s\n", got);
}
#define MISTAKE(kind, kernel, grid, block, shared, ...)                                                            \
    expect(#kernel, kind, "kernel " #kernel, [&] { LAUNCH(kernel, grid, block, shared, s1, ##__VA_ARGS__); })
#define FINE(kernel, grid, block, shared, ...)                                                                     \
    expect(#kernel, NULL, "", [&] { LAUNCH(kernel, grid, block, shared, s1, ##__VA_ARGS__); })

static std::vector<int> get(const int *p, size_t n)
{
    std::vector<int> v(n);
    cudaMemcpyAsync(v.data(), p, n * sizeof(int), cudaMemcpyDeviceToHost, s1);
    cudaStreamSynchronize(s1);
    return v;
}
template <class F> static void check(const char *name, const int *p, size_t n, F want)
{
    std::vector<int> v = get(p, n);
    char why[100] = "";
    for (size_t i = 0; i < n && why[0] == 0; i++)
        if (v[i] != want((int)i))
            snprintf(why, sizeof why, "at %zu: %d, not %d", i, v[i], want((int)i));
    say(why[0] == 0, name, why);
}

/* Kernels that are launched by another name are named by their own. */
template <void (*K)(int *)> static void launch_by_parameter(void) { LAUNCH(K, 1, 64, 0, s1, b); }

static void control_flow(void)
{
    MISTAKE("divergent barrier", barrier_in_branch, 1, 64, 0, b);
    MISTAKE("divergent barrier", barrier_after_return, 2, 64, 0, b);
    MISTAKE("divergent barrier", two_barriers, 1, 64, 0, b);
    MISTAKE("missing lanes", shuffle_of_half, 1, 32, 0, b);
    MISTAKE("divergent warp", shuffle_or_sync, 1, 32, 0, b);
    MISTAKE("missing lanes", mma_after_return, 1, 64, 0, b);
    MISTAKE("missing lanes", one_warp_shuffles, 1, 48, 0, b);   /* half a warp */
    MISTAKE("missing lanes", vote_of_half, 1, 32, 0, b);
    MISTAKE("misaligned", ldmatrix_misaligned, 1, 32, 1024, b);
    MISTAKE("partial mask", short_mask, 1, 32, 0, b);
    expect("a kernel that is a parameter", "divergent barrier", "kernel K (two_barriers)", [] { launch_by_parameter<two_barriers>(); });
    MISTAKE("launch limits", nothing, dim3(1, 65536), 32, 0, b);
    MISTAKE("launch limits", nothing, 0, 32, 0, b);
    MISTAKE("launch limits", nothing, 1, dim3(32, 33), 0, b);
    MISTAKE("launch limits", nothing, 1, 32, 48 * 1024 + 1, b);
}

static void shared_sizes(void)
{
    cuda_host_set_class(75);
    say(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 65537) == cudaErrorInvalidValue,
        "more shared memory than sm_75 has", "it was allowed");
    say(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 65536) == cudaSuccess,
        "as much as sm_75 has", "it was refused");
    MISTAKE("launch limits", nothing, 1, 32, 65537, b);
    FINE(nothing, 1, 32, 65536, b);
    cuda_host_set_class(90);
    say(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 * 1024) == cudaSuccess,
        "as much as sm_90 has", "it was refused");
    FINE(nothing, 1, 32, 227 * 1024, b);
    cuda_host_set_class(80);
    cudaGetLastError();
}

static void memory_plain(void)          /* seen in every build */
{
    MISTAKE("out of bounds", read_page_past, 1, 32, 0, b, a);
    int *half;
    cudaMalloc(&half, 2048);
    MISTAKE("out of bounds", write_past, 1, 32, 0, half, 512);
    cudaFree(half);
    MISTAKE("out of bounds", shared_past, 1, 32, 128, b);
    MISTAKE("stack overflow", deep, 1, 32, 0, b, 1000);
    expect("copy past the end", "out of bounds", "", [] { cudaMemcpyAsync(b, a, 4097, cudaMemcpyDeviceToDevice, s1); });
    expect("memset past the end", "out of bounds", "", [] { cudaMemsetAsync(b + 1, 0, 4096, s1); });
    int here = 0;
    expect("wrong kind of copy", "bad copy", "", [&] { cudaMemcpyAsync(a, &here, 4, cudaMemcpyDeviceToHost, s1); });
    expect("free of what is no allocation", "bad free", "", [] { cudaFree(a + 4); });
    cudaGetLastError();
}

static void memory_watched(void)
{
    int *odd, *gone, host[32] = { 0 };
    cudaMalloc(&odd, 100);
    cudaMemset(odd, 0, 100);
    cudaMalloc(&gone, 4096);
    cudaMemset(gone, 0, 4096);
    cudaFree(gone);
    MISTAKE("out of bounds", write_past, 1, 25, 0, odd, 1);
    MISTAKE("out of bounds", read_past, 1, 25, 0, b, odd, 1);
    MISTAKE("out of bounds", read_before, 1, 25, 0, b, odd);
    MISTAKE("out of bounds", shared_past, 1, 31, 124, b);       /* into what rounding up leaves */
    MISTAKE("out of bounds", shared_before, 1, 32, 128, b);
    MISTAKE("use after free", copy_in, 1, 32, 0, a, gone);
    MISTAKE("misaligned", misaligned_uint4, 1, 32, 0, b, a);
    MISTAKE("misaligned", misaligned_float2, 1, 32, 0, (float *)b, (const float *)a);
    MISTAKE("misaligned", misaligned_int, 1, 32, 0, b, (const char *)a);
    MISTAKE("misaligned", async_misaligned, 1, 32, 4096, a);
    MISTAKE("uninitialised", copy_in, 1, 32, 0, b, raw);
    MISTAKE("uninitialised", shared_unwritten, 1, 32, 128, b);
    MISTAKE("uninitialised", ldmatrix_unwritten, 1, 32, 512, b);
    expect("copy of what was never written", "uninitialised", "", [&] { cudaMemcpyAsync(host, raw, 4, cudaMemcpyDeviceToHost, s1); });
    expect("a copy of a copy of it", "uninitialised", "", [&] {
        int *to;
        cudaMalloc(&to, 128);
        cudaMemcpyAsync(to, raw, 128, cudaMemcpyDeviceToDevice, s1);
        LAUNCH(copy_in, 1, 32, 0, s1, b, to);
        cudaDeviceSynchronize();
        cudaFree(to);
    });
    MISTAKE("host memory", reads_host, 1, 32, 0, b, host);
    MISTAKE("host memory", reads_variable, 1, 32, 0, b);
    cudaFree(odd);
}

static void copies(void)
{
    if (cuda_host_watching()) {
        MISTAKE("early read", async<1>, 1, 64, 1024, b, a);
        MISTAKE("early read", async<2>, 1, 64, 1024, b, a);
        MISTAKE("race", async<3>, 1, 64, 1024, b, a);
        MISTAKE("race", async<4>, 1, 64, 1024, b, a);
        cuda_host_set_class(75);        /* which has no asynchronous copies */
        FINE(async<1>, 1, 64, 1024, b, a);
        cuda_host_set_class(80);
    } else {
        LAUNCH(async<1>, 1, 64, 1024, s1, b, a);
        check("cp.async that was not waited for gives nonsense", b, 64, [](int) { return (int)0xC9C9C9C9; });
    }
    FINE(async<0>, 1, 64, 1024, b, a);
    check("cp.async", b, 64, [](int i) { return 4 * i; });
}

static void races(void)
{
    MISTAKE("race", race_neighbour, 1, 64, 256, b);
    MISTAKE("race", race_with_old_values, 1, 64, 256, b);
    MISTAKE("race", race_in_warp, 1, 32, 128, b);
    MISTAKE("race", race_over_syncwarp, 1, 64, 256, b);
    MISTAKE("race", race_write_after_read, 1, 64, 256, b);
    MISTAKE("race", race_same, 1, 32, 0, b);
    MISTAKE("race", race_blocks, 2, 32, 0, b);
    MISTAKE("race", race_blocks_read, 2, 32, 0, b, b);
    MISTAKE("race", race_bytes, 1, 32, 0, (uint8_t *)b);
    MISTAKE("race", race_with_atomic, 1, 32, 0, b);
}

static void correct(void)
{
    FINE(reduce, 3, 128, 16, b, a, 1024);
    check("reduce: values", b, 3, [](int) { return 1023 * 512; });
    FINE(rotate, 2 - 1, 96, 384, b);
    check("rotate: values", b, 96, [](int i) { return (i + 33) % 96 + 4; });
    FINE(in_warp, 1, 64, 256, b);
    check("in_warp: values", b, 64, [](int i) { return i ^ 1; });
    FINE(one_warp_shuffles, 1, 96, 0, b);
    check("one_warp_shuffles: values", b, 96, [](int i) { return i / 32 == 1 ? 37 : i; });
    FINE(bytes_apart, 1, 128, 0, (uint8_t *)b);
    cudaMemset(b, 0, 8);
    FINE(counts, 5, 96, 0, (unsigned *)b, b + 1);
    check("counts: values", b, 2, [](int i) { return i == 0 ? 960 : 479; });
    args g = { a, { 10, 20, 30, 40, 50 } };
    FINE(by_value, 1, 64, 0, b, g);
    check("by_value: values", b, 64, [&](int i) { return i + g.add[i % 5] + table[i % 4]; });
    FINE(three_dims, dim3(2, 3, 2), dim3(2, 3, 4), 0, b);
    check("three_dims: values", b, 288, [](int i) { return i / 24 * 100 + i % 24; });
    FINE(vectors, 1, 64, 0, b, a);
    check("vectors: values", b, 256, [](int i) { return i / 4 * 4 + 3 - i % 4; });
    FINE(shuffles, 1, 32, 0, b);
    check("shuffles: values", b, 32, [](int i) { return 30000 + (i ^ 5) * 100 + (i / 8 * 8 + 2); });
    FINE(votes, 1, 32, 0, b);
    check("votes: values", b, 64, [](int i) { return i < 32 ? 0x49249249 : 10; });
    FINE(dots, 1, 64, 0, b);
    check("dp4a: values", b, 64, [](int i) { return i - 32516; });
    FINE(ldmatrix, 1, 32, 512, b);
    check("ldmatrix: values", b, 128, [](int i) {
        const int m = i % 4, g = i / 16, t = i / 4 % 4, v = (m * 8 + g) * 8 + 2 * t;
        return v | (v + 1) << 16;
    });
}

/* --- mma: every element against a plain product; the maps are those of the PTX manual, written out here once more */
struct fragments { uint8_t A[16][32]; int8_t B[32][8]; int C[16][8]; };
template <int K, bool u> static __global__ void mma_once(const fragments *f, int *out)
{
    unsigned g = threadIdx.x / 4, t = threadIdx.x % 4;
    uint32_t fa[4], fb[2];
    int c[4];
    for (unsigned r = 0; r < K / 8; r++) {
        fa[r] = 0;
        for (unsigned i = 0; i < 4; i++)
            fa[r] |= (uint32_t)f->A[g + 8 * (r & 1)][r / 2 * 16 + 4 * t + i] << 8 * i;
    }
    for (unsigned r = 0; r < K / 16; r++) {
        fb[r] = 0;
        for (unsigned i = 0; i < 4; i++)
            fb[r] |= (uint32_t)(uint8_t)f->B[r * 16 + 4 * t + i][g] << 8 * i;
    }
    for (unsigned i = 0; i < 4; i++)
        c[i] = f->C[g + 8 * (i / 2)][2 * t + i % 2];
    if (K == 16)
        u ? ptx_mma_k16_u8(c, fa, fb) : ptx_mma_k16_s8(c, fa, fb);
    else
        u ? ptx_mma_k32_u8(c, fa, fb) : ptx_mma_k32_s8(c, fa, fb);
    for (unsigned i = 0; i < 4; i++)
        out[(g + 8 * (i / 2)) * 8 + 2 * t + i % 2] = c[i];
}
template <int K, bool u> static void mma_is_a_product(const char *name)
{
    fragments f, *on_device;
    srand(K + u);
    for (uint8_t &x : *(uint8_t (*)[sizeof f])&f)
        x = (uint8_t)(rand() >> 7);
    memset(f.A[3], 0x80, 32);           /* the extremes, too: -128 or 128 in A, and 255 */
    memset(f.A[9], 0xff, 32);
    for (auto &row : f.B)
        row[2] = -128;
    cudaMalloc(&on_device, sizeof f);
    cudaMemcpy(on_device, &f, sizeof f, cudaMemcpyHostToDevice);
    expect(name, NULL, "", [&] { LAUNCH((mma_once<K, u>), 1, 32, 0, s1, on_device, b); });
    check(name, b, 128, [&](int at) {
        unsigned sum = (unsigned)f.C[at / 8][at % 8];
        for (int k = 0; k < K; k++)
            sum += (unsigned)((u ? (int)f.A[at / 8][k] : (int)(int8_t)f.A[at / 8][k]) * f.B[k][at % 8]);
        return (int)sum;
    });
    cudaFree(on_device);
}

/* Small integers, so that every order of the sum is exact. */
struct float_fragments { uint16_t A[16][16], B[16][8]; float C[16][8]; };
template <bool bf16> static __global__ void mma_float_once(const float_fragments *f, int *out)
{
    unsigned g = threadIdx.x / 4, t = threadIdx.x % 4;
    uint32_t fa[4], fb[2];
    float c[4];
    for (unsigned r = 0; r < 4; r++) {
        const uint16_t *row = f->A[g + 8 * (r & 1)] + r / 2 * 8 + 2 * t;
        fa[r] = row[0] | (uint32_t)row[1] << 16;
    }
    for (unsigned r = 0; r < 2; r++)
        fb[r] = f->B[8 * r + 2 * t][g] | (uint32_t)f->B[8 * r + 2 * t + 1][g] << 16;
    for (unsigned i = 0; i < 4; i++)
        c[i] = f->C[g + 8 * (i / 2)][2 * t + i % 2];
    bf16 ? ptx_mma_bf16(c, fa, fb) : ptx_mma_f16(c, fa, fb);
    for (unsigned i = 0; i < 4; i++)
        out[(g + 8 * (i / 2)) * 8 + 2 * t + i % 2] = (int)c[i];
}
template <bool bf16> static void mma_float_is_a_product(const char *name)
{
    float_fragments f, *on_device;
    int A[16][16], B[16][8];
    auto put = [](int v) { return bf16 ? (uint16_t)(__float_as_uint((float)v) >> 16) : ptx_float_to_half((float)v); };
    srand(5);
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 16; k++)
            f.A[i][k] = put(A[i][k] = rand() / 128 % 61 - 30);
    for (int k = 0; k < 16; k++)
        for (int j = 0; j < 8; j++)
            f.B[k][j] = put(B[k][j] = rand() / 128 % 61 - 30);
    for (auto &row : f.C)
        for (float &x : row)
            x = (float)(rand() / 128 % 10000);
    cudaMalloc(&on_device, sizeof f);
    cudaMemcpy(on_device, &f, sizeof f, cudaMemcpyHostToDevice);
    expect(name, NULL, "", [&] { LAUNCH(mma_float_once<bf16>, 1, 32, 0, s1, on_device, b); });
    check(name, b, 128, [&](int at) {
        int sum = (int)f.C[at / 8][at % 8];
        for (int k = 0; k < 16; k++)
            sum += A[at / 8][k] * B[k][at % 8];
        return sum;
    });
    cudaFree(on_device);
}

/* What a machine without AVX2 runs. */
static void mma_without_avx2(void)
{
    bool same = true;
    for (int round = 0; round < 200; round++) {
        emu_slots fast, plain;
        memset(&fast, 0, sizeof fast);
        for (uint8_t &x : *(uint8_t (*)[sizeof fast.a])fast.a)
            x = (uint8_t)(rand() >> 7);
        for (uint8_t &x : *(uint8_t (*)[sizeof fast.b])fast.b)
            x = (uint8_t)(rand() >> 7);
        fast.c[round % 2][round % 32][1] = rand();
        fast.a_unsigned = round % 3 == 0;
        plain = fast;
        emu_mma(&fast, round % 4 < 2 ? EMU_MMA_K16 : EMU_MMA_K32);
        emu_mma_plain(&plain, round % 4 < 2 ? EMU_MMA_K16 : EMU_MMA_K32);
        same = same && memcmp(fast.c, plain.c, sizeof plain.c) == 0;
    }
    say(same, "mma with and without AVX2", "they differ");
}

static void halves(void)
{
    char why[100] = "";
    for (unsigned h = 0; h < 65536; h++) {
        float f = ptx_half_to_float((uint16_t)h);
        int e = h >> 10 & 31, m = h & 1023;
        float want = e == 0 ? ldexpf((float)m, -24) : ldexpf((float)(1024 + m), e - 25);
        if (e == 31)
            want = m == 0 ? INFINITY : NAN;
        if (h & 0x8000)
            want = -want;
        if (isnan(want) ? !isnan(f) : memcmp(&f, &want, 4) != 0 || ptx_float_to_half(f) != h)
            snprintf(why, sizeof why, "half %04x", h);
        if (e == 31 || (h & 0x8000))
            continue;
        /* between this one and the next: the middle goes to the even one, all else to the nearer */
        float next = h == 0x7bff ? 65536.0f : ptx_half_to_float((uint16_t)(h + 1)), mid = (f + next) / 2;
        if (ptx_float_to_half(mid) != h + (h & 1) || ptx_float_to_half(nextafterf(mid, 0)) != h ||
            ptx_float_to_half(nextafterf(mid, 1e9f)) != h + 1)
            snprintf(why, sizeof why, "around half %04x", h);
    }
    say(why[0] == 0, "half floats, all of them", why);
}

/* --- streams --------------------------------------------------------------------------------- */
static void streams(void)
{
    int host[32] = { 0 }, other[32];
    cudaEvent_t e;
    cudaEventCreate(&e);
    cudaMemcpyAsync(host, a, sizeof host, cudaMemcpyDeviceToHost, s1);
    say(host[5] != 5, "a result is not there before the stream was waited for", "it is");
    cudaStreamSynchronize(s1);
    say(host[5] == 5, "and is there afterwards", "it is not");

    expect("a source that changes too early", "early reuse", "", [&] {
        cudaMemcpyAsync(b, host, sizeof host, cudaMemcpyHostToDevice, s1);
        host[3]++;
    });
    expect("a target that is used too early", "early reuse", "", [&] {
        cudaMemcpyAsync(host, a, sizeof host, cudaMemcpyDeviceToHost, s1);
        host[3] = 1;
    });
    for (int with_event = 0; with_event < 2; with_event++) {
        cudaMemset(b, 0, 128);
        cudaDeviceSynchronize();        /* a memset does not wait, and s2 does not wait for it */
        LAUNCH(copy_in, 1, 32, 0, s1, b, a);
        cudaEventRecord(e, s1);
        if (with_event)
            cudaStreamWaitEvent(s2, e);
        cudaMemcpyAsync(other, b, sizeof other, cudaMemcpyDeviceToHost, s2);
        cudaStreamSynchronize(s2);
        say(other[5] == (with_event ? 5 : 0), with_event ? "an event orders two streams" : "without one they are not ordered",
            "the other way");
        cudaDeviceSynchronize();
    }
    cudaMemset(b, 0, 128);
    LAUNCH(copy_in, 1, 32, 0, s1, b, a);        /* s1 is not cudaStreamNonBlocking: the NULL stream waits for it */
    cudaMemcpy(other, b, sizeof other, cudaMemcpyDeviceToHost);
    say(other[5] == 5, "the NULL stream waits for the others", "it did not");
    int turns = 0;
    LAUNCH(nothing, 1, 32, 0, s1, b);
    LAUNCH(nothing, 1, 32, 0, s1, b);
    while (cudaStreamQuery(s1) == cudaErrorNotReady)
        turns++;
    say(turns == 2, "a loop of questions ends", "not after as many turns as there was work");
    cudaEventDestroy(e);
    int *pinned;
    cudaHostAlloc(&pinned, 3 * 4096, 0);
    cudaMemset(b, 1, 4096);
    cudaMemcpyAsync(pinned + 256, a, 2048, cudaMemcpyDeviceToHost, s1);
    cudaMemcpyAsync(pinned + 1024, a, 4096, cudaMemcpyDeviceToHost, s1);     /* overtaken by the next two */
    cudaMemcpyAsync(pinned + 512, b, 4096, cudaMemcpyDeviceToHost, s1);
    cudaMemcpyAsync(pinned + 1536, b, 4096, cudaMemcpyDeviceToHost, s1);
    pinned[0] = pinned[2560] = 5;       /* not theirs, though on one page with them */
    cudaMemcpyAsync(b, pinned + 512, 4096, cudaMemcpyHostToDevice, s1);     /* through the host, all in order */
    cudaStreamSynchronize(s1);
    bool all = true;
    for (int i = 512; i < 2560; i++)
        all = all && pinned[i] == 0x01010101;
    say(all && pinned[0] == 5 && pinned[2560] == 5, "pinned memory", "not what was copied");
    cudaFreeHost(pinned);
}

/* --- what ends the process --------------------------------------------------------------------- */
template <class F> static void ends(const char *name, const char *text, F run)
{
    int out[2], status;
    char said[2000] = "";
    size_t n = 0;
    ssize_t got;
    if (pipe(out) != 0)
        exit(1);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out[1], 2);
        cuda_host_catch(false);
        run();
        exit(0);
    }
    close(out[1]);
    while ((got = read(out[0], said + n, sizeof said - 1 - n)) > 0)
        n += (size_t)got;
    close(out[0]);
    waitpid(pid, &status, 0);
    say(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(said, text) != NULL, name, said);
}

static __global__ void count_up(int *out) { out[threadIdx.x]++; }

/* What was told to fail fails then and not before; a device that failed stays so. */
static void failures(void)
{
    int *p[3] = {}, host[32] = {}, lost[32];
    cuda_host_fail("alloc:2");
    cudaError_t e[4];
    e[0] = cudaMalloc(&p[0], 64);
    e[1] = cudaHostAlloc(&p[1], 64, 0);
    e[2] = cudaMalloc(&p[2], 64);
    say(e[0] == cudaSuccess && e[1] == cudaErrorMemoryAllocation && e[2] == cudaSuccess, "the second allocation fails", "");
    cudaFree(p[0]);
    cudaFree(p[2]);
    cuda_host_fail("kernel:2");
    for (int i = 0; i < 3; i++)
        LAUNCH(count_up, 1, 32, 0, s1, b);
    e[0] = cudaStreamSynchronize(s1);
    e[1] = cudaMalloc(&p[0], 64);
    e[2] = cudaMemcpy(host, b, 128, cudaMemcpyDeviceToHost);
    e[3] = cudaGetLastError();
    say(e[0] == cudaErrorLaunchFailure && e[1] == cudaErrorLaunchFailure && e[2] == cudaErrorLaunchFailure &&
        e[3] == cudaErrorLaunchFailure, "the second kernel fails, and all after it", cuda_host_take_report());
    cuda_host_fail("copy:2");
    cudaMemset(b, 0, 4096);
    LAUNCH(count_up, 1, 32, 0, s1, b);
    e[0] = cudaStreamSynchronize(s1);
    e[1] = cudaMemcpy(host, b, 128, cudaMemcpyDeviceToHost);
    e[2] = cudaMemcpy(lost, b, 128, cudaMemcpyDeviceToHost);
    say(e[0] == cudaSuccess && e[1] == cudaSuccess && host[31] == 1 && e[2] == cudaErrorLaunchFailure, "the second copy fails",
        cuda_host_take_report());
    cuda_host_fail(NULL);
}

int main(void)
{
    int host[1024];
    global_variable++;
    for (int i = 0; i < 1024; i++)
        host[i] = i;
    cuda_host_catch(true);
    cudaStreamCreate(&s1);
    cudaStreamCreateWithFlags(&s2, cudaStreamNonBlocking);
    cudaMalloc(&a, 4096);
    cudaMalloc(&b, 4096);
    cudaMalloc(&raw, 4096);
    cudaMemcpy(a, host, 4096, cudaMemcpyHostToDevice);
    cudaMemset(b, 0, 4096);
    control_flow();
    shared_sizes();
    memory_plain();
    if (cuda_host_watching()) {
        memory_watched();
        races();
    }
    copies();
    for (unsigned long long seed = 1; seed <= 20; seed++) {
        cuda_host_set_seed(seed);
        correct();
    }
    cuda_host_set_seed(1);              /* as late as can be: streams() counts on it */
    mma_is_a_product<16, false>("mma k16 s8");
    mma_is_a_product<16, true>("mma k16 u8");
    mma_is_a_product<32, false>("mma k32 s8");
    mma_is_a_product<32, true>("mma k32 u8");
    mma_float_is_a_product<false>("mma f16");
    mma_float_is_a_product<true>("mma bf16");
    mma_without_avx2();
    halves();
    streams();
    failures();
    ends("a report aborts", "divergent barrier in kernel barrier_in_branch, block (0,0,0)", [] {
        LAUNCH(barrier_in_branch, 1, 64, 0, s1, b);
        cudaDeviceSynchronize();
    });
    ends("host code reads device memory", "host access", [] { *(volatile int *)a; });
    ends("host code reads what is still to be copied", "early read", [] {
        int *pinned;
        cudaHostAlloc(&pinned, 4096, 0);
        cudaMemcpyAsync(pinned, a, 4096, cudaMemcpyDeviceToHost, s1);
        *(volatile int *)pinned;
    });
    ends("memory that is left at exit aborts", "leak", [] {});
    cudaFree(a);
    cudaFree(b);
    cudaFree(raw);
    cudaStreamDestroy(s1);
    cudaStreamDestroy(s2);
    printf("1..%d\n", number);
    return failed != 0;
}
