/* Fragments as CuTe lays them out against what ptx.h says and what the emulation computes.  Built and run by
 * cute.sh, where CuTe is. */
#include "cute_maps.h"
#include "engine/cuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>

/* The table at the head of engine/cuda/ptx.h. */
static int a_of(int lane, int v)
{
    int g = lane / 4, t = lane % 4, reg = v / 4, row = g + 8 * (reg & 1), k = 16 * (reg / 2) + 4 * t + v % 4;
    return row + 16 * k;
}
static int b_of(int lane, int v)
{
    int g = lane / 4, t = lane % 4, k = 16 * (v / 4) + 4 * t + v % 4;
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
            bad += m->a[lane][v] != a_of(lane, v);
        for (int v = 0; v < m->k / 4; v++)
            bad += m->b[lane][v] != b_of(lane, v);
        for (int v = 0; v < 4; v++)
            bad += m->c[lane][v] != c_of(lane, v);
    }
    return bad;
}

/* Elements by CuTe's numbers: A[m + 16 k], B[n + 8 k], C[m + 16 n]. */
struct problem { int8_t A[512], B[256]; int C[128]; cute_map m; bool u; };

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

static int compare_products(const cute_map *m, bool u)
{
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
    cudaMalloc(&on_device, sizeof p);
    cudaMalloc(&out, sizeof got);
    cudaMemcpy(on_device, &p, sizeof p, cudaMemcpyHostToDevice);
    LAUNCH(run, 1, 32, 0, NULL, on_device, out);
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

int main(void)
{
    int failed = 0;
    printf("1..%d\n", 2 * cute_maps_n);
    for (int i = 0; i < cute_maps_n; i++) {
        int maps = compare_maps(&cute_maps[i]), products = compare_products(&cute_maps[i], i % 2 == 1);
        printf("%s %d - %s: ptx.h has CuTe's layouts (%d places differ)\n", maps ? "not ok" : "ok", 2 * i + 1, cute_maps[i].name, maps);
        printf("%s %d - %s: the emulation's product (%d elements differ)\n", products ? "not ok" : "ok", 2 * i + 2,
               cute_maps[i].name, products);
        failed += maps != 0 || products != 0;
    }
    return failed != 0;
}
