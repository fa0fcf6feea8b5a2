/* Fragments as CuTe lays them out against what ptx.h says and what the emulation computes.  Built and run by
 * cute.sh, where CuTe is. */
#include "cute_maps.h"
#include "engine/cuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>

/* The table at the head of engine/cuda/ptx.h; n: values of a register, four bytes or two halves. */
static int a_of(int lane, int v, int n)
{
    int g = lane / 4, t = lane % 4, reg = v / n, row = g + 8 * (reg & 1), k = 4 * n * (reg / 2) + n * t + v % n;
    return row + 16 * k;
}
static int b_of(int lane, int v, int n)
{
    int g = lane / 4, t = lane % 4, k = 4 * n * (v / n) + n * t + v % n;
    return g + 8 * k;
}
static int c_of(int lane, int v)
{
    int g = lane / 4, t = lane % 4;
    return g + 8 * (v / 2) + 16 * (2 * t + v % 2);
}

static int compare_maps(const cute_map *m)
{
    int bad = 0;
    for (int lane = 0; lane < 32; lane++) {
        for (int v = 0; v < m->k / 2; v++)
            bad += m->a[lane][v] != a_of(lane, v, 32 / m->bits);
        for (int v = 0; v < m->k / 4; v++)
            bad += m->b[lane][v] != b_of(lane, v, 32 / m->bits);
        for (int v = 0; v < 4; v++)
            bad += m->c[lane][v] != c_of(lane, v);
    }
    return bad;
}

/* Elements by CuTe's numbers: A[m + 16 k], B[n + 8 k], C[m + 16 n]. */
struct problem { int8_t A[512], B[256]; int C[128]; cute_map m; bool u, bf16; };

static __global__ void run_float(const problem *p, int *out)
{
    const cute_map *m = &p->m;
    unsigned lane = threadIdx.x;
    uint32_t a[4] = { 0, 0, 0, 0 }, b[2] = { 0, 0 };
    float c[4];
    auto half = [&](int8_t x) { return p->bf16 ? (uint32_t)__float_as_uint((float)x) >> 16 : (uint32_t)ptx_float_to_half((float)x); };
    for (int v = 0; v < 8; v++)
        a[v / 2] |= half(p->A[m->a[lane][v]]) << v % 2 * 16;
    for (int v = 0; v < 4; v++)
        b[v / 2] |= half(p->B[m->b[lane][v]]) << v % 2 * 16;
    for (int v = 0; v < 4; v++)
        c[v] = (float)p->C[m->c[lane][v]];
    p->bf16 ? ptx_mma_bf16(c, a, b) : ptx_mma_f16(c, a, b);
    for (int v = 0; v < 4; v++)
        out[m->c[lane][v]] = (int)c[v];
}

static __global__ void run(const problem *p, int *out)
{
    const cute_map *m = &p->m;
    unsigned lane = threadIdx.x;
    uint32_t a[4] = { 0, 0, 0, 0 }, b[2] = { 0, 0 };
    int c[4];
    for (int v = 0; v < m->k / 2; v++)
        a[v / 4] |= (uint32_t)(uint8_t)p->A[m->a[lane][v]] << v % 4 * 8;
    for (int v = 0; v < m->k / 4; v++)
        b[v / 4] |= (uint32_t)(uint8_t)p->B[m->b[lane][v]] << v % 4 * 8;
    for (int v = 0; v < 4; v++)
        c[v] = p->C[m->c[lane][v]];
    if (m->k == 16 && p->u)
        ptx_mma_k16_u8(c, a, b);
    else if (m->k == 16)
        ptx_mma_k16_s8(c, a, b);
    else if (p->u)
        ptx_mma_k32_u8(c, a, b);
    else
        ptx_mma_k32_s8(c, a, b);
    for (int v = 0; v < 4; v++)
        out[m->c[lane][v]] = c[v];
}

static int compare_products(const cute_map *m, bool odd)
{
    const bool u = m->bits == 8 && odd;
    problem p, *on_device;
    int *out, got[128], bad = 0;
    for (int8_t &x : p.A)
        x = (int8_t)(rand() >> 7);
    for (int8_t &x : p.B)
        x = (int8_t)(rand() >> 7);
    for (int &x : p.C)
        x = rand() % 100000;
    p.m = *m;
    p.u = u;
    p.bf16 = odd;
    cudaMalloc(&on_device, sizeof p);
    cudaMalloc(&out, sizeof got);
    cudaMemcpy(on_device, &p, sizeof p, cudaMemcpyHostToDevice);
    if (m->bits == 8)
        LAUNCH(run, 1, 32, 0, NULL, on_device, out);
    else
        LAUNCH(run_float, 1, 32, 0, NULL, on_device, out);
    if (cudaMemcpy(got, out, sizeof got, cudaMemcpyDeviceToHost) != cudaSuccess)
        return 128;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 8; j++) {
            int sum = p.C[i + 16 * j];
            for (int k = 0; k < m->k; k++)
                sum += (u ? (int)(uint8_t)p.A[i + 16 * k] : (int)p.A[i + 16 * k]) * p.B[j + 8 * k];
            bad += got[i + 16 * j] != sum;
        }
    cudaFree(on_device);
    cudaFree(out);
    return bad;
}

static __global__ void run_ldmatrix(const struct cute_ldmatrix *m, int *out)
{
    DEV_SHARED(uint16_t, sh);           /* each value is its number */
    uint32_t r[4];
    for (unsigned i = threadIdx.x; i < 256; i += 32)
        sh[i] = (uint16_t)i;
    __syncwarp();
    ptx_ldmatrix_x4(r, (const uint8_t *)sh + m->row[threadIdx.x] / 8);
    for (int i = 0; i < 4; i++)
        out[4 * threadIdx.x + i] = (int)r[i];
}
static int compare_ldmatrix(void)
{
    struct cute_ldmatrix m = cute_ldmatrix(), *on_device;
    int *out, got[128], bad = 0;
    cudaMalloc(&on_device, sizeof m);
    cudaMalloc(&out, sizeof got);
    cudaMemcpy(on_device, &m, sizeof m, cudaMemcpyHostToDevice);
    LAUNCH(run_ldmatrix, 1, 32, 512, NULL, on_device, out);
    if (cudaMemcpy(got, out, sizeof got, cudaMemcpyDeviceToHost) != cudaSuccess)
        return 128;
    for (int lane = 0; lane < 32; lane++)
        for (int i = 0; i < 4; i++) {
            int v = m.reg[lane][i] / 16;
            bad += got[4 * lane + i] != (v | (v + 1) << 16);
        }
    cudaFree(on_device);
    cudaFree(out);
    return bad;
}

int main(void)
{
    int failed = 0, loaded = compare_ldmatrix();
    printf("1..%d\n", 2 * cute_maps_n + 1);
    for (int i = 0; i < cute_maps_n; i++) {
        int maps = compare_maps(&cute_maps[i]), products = compare_products(&cute_maps[i], i % 2 == 1);
        printf("%s %d - %s: ptx.h has CuTe's layouts (%d places differ)\n", maps ? "not ok" : "ok", 2 * i + 1, cute_maps[i].name, maps);
        printf("%s %d - %s: the emulation's product (%d elements differ)\n", products ? "not ok" : "ok", 2 * i + 2,
               cute_maps[i].name, products);
        failed += maps != 0 || products != 0;
    }
    printf("%s %d - ldmatrix x4: CuTe's layout (%d registers differ)\n", loaded ? "not ok" : "ok", 2 * cute_maps_n + 1, loaded);
    failed += loaded != 0;
    return failed != 0;
}
