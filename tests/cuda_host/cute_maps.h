/* Which element a lane's value v is (byte v of its registers, or their 16-bit half v; for C, register v), as a number from
 * 0: for A m + 16 k, for B n + 8 k, for C m + 16 n.  CuTe's own, from cute_maps.cpp. */
#ifndef QW_CUDA_HOST_CUTE_MAPS_H
#define QW_CUDA_HOST_CUTE_MAPS_H

struct cute_map { const char *name; int bits, k, a[32][16], b[32][8], c[32][4]; };
extern const struct cute_map cute_maps[6];
extern const int cute_maps_n;

/* ldmatrix x4: at which of the 512 * 8 bits begin the row that a lane names, and what its register m gets. */
struct cute_ldmatrix { int row[32], reg[32][4]; };
struct cute_ldmatrix cute_ldmatrix(void);

#endif
