/* What engine/cuda/ptx.h writes as PTX, for the emulation: the same names, the same shapes. */
#ifndef QW_CUDA_HOST_PTX_H
#define QW_CUDA_HOST_PTX_H

#include "emu.h"

template <int OP, bool A_UNSIGNED>
EMU_FN void emu_mma_of(int c[4], const uint32_t *a, const uint32_t *b, const char *file, int line)
{
    constexpr int NA = OP == EMU_MMA_K16 ? 2 : 4, NB = OP == EMU_MMA_K16 ? 1 : 2;
    emu_fiber *f = emu_tls.self;
    unsigned lane = f->lane;
    emu_slots *s = &f->warp->slot[f->warp->seq & 1];
    if (EMU_WATCHED) {                  /* they may lie in shared memory */
        emu_touch(a, NA * 4, false);
        emu_touch(b, NB * 4, false);
        emu_touch(c, 16, false);
        emu_touch(c, 16, true);
    }
    for (int i = 0; i < NA; i++)
        s->a[i][lane] = a[i];
    for (int i = 0; i < NB; i++)
        s->b[i][lane] = b[i];
    for (int i = 0; i < 4; i++)
        s->c[i / 2][lane][i % 2] = c[i];
    s->a_unsigned = A_UNSIGNED;
    s = &f->warp->slot[emu_meet(OP, 0xffffffffu, file, line)];
    for (int i = 0; i < 4; i++)
        c[i] = s->c[i / 2][lane][i % 2];
}
EMU_THIN void ptx_mma_k16_s8(int c[4], const uint32_t a[2], const uint32_t b[1], EMU_SITE)
{
    emu_mma_of<EMU_MMA_K16, false>(c, a, b, file, line);
}
EMU_THIN void ptx_mma_k16_u8(int c[4], const uint32_t a[2], const uint32_t b[1], EMU_SITE)
{
    emu_mma_of<EMU_MMA_K16, true>(c, a, b, file, line);
}
EMU_THIN void ptx_mma_k32_s8(int c[4], const uint32_t a[4], const uint32_t b[2], EMU_SITE)
{
    emu_mma_of<EMU_MMA_K32, false>(c, a, b, file, line);
}
EMU_THIN void ptx_mma_k32_u8(int c[4], const uint32_t a[4], const uint32_t b[2], EMU_SITE)
{
    emu_mma_of<EMU_MMA_K32, true>(c, a, b, file, line);
}

/* No kernel uses these three yet: whoever writes one gives engine/cuda/ptx.h their PTX, under the same names.
 * A and B as ptx.h's for k32, with two values of 16 bits in place of four of 8: k 2t, 2t+1, and 8+2t, 9+2t. */
template <int OP> EMU_FN void emu_mma_float_of(float c[4], const uint32_t *a, const uint32_t *b, const char *file, int line)
{
    int bits[4];
    if (EMU_WATCHED) {
        emu_touch(c, 16, false);
        emu_touch(c, 16, true);
    }
    __builtin_memcpy(bits, c, 16);
    emu_mma_of<OP, false>(bits, a, b, file, line);
    __builtin_memcpy(c, bits, 16);
}
EMU_THIN void ptx_mma_f16(float c[4], const uint32_t a[4], const uint32_t b[2], EMU_SITE)
{
    emu_mma_float_of<EMU_MMA_F16>(c, a, b, file, line);
}
EMU_THIN void ptx_mma_bf16(float c[4], const uint32_t a[4], const uint32_t b[2], EMU_SITE)
{
    emu_mma_float_of<EMU_MMA_BF16>(c, a, b, file, line);
}
void emu_ldmatrix_row(uint32_t to[4], const void *row);
/* Four matrices of 8 x 8 values of 16 bits in shared memory; lane l names row l % 8 of matrix l / 8.
 * r[m]: of matrix m row g, values 2t and 2t+1. */
EMU_FN void emu_ldmatrix(uint32_t r[4], const void *row, const char *file, int line)
{
    emu_fiber *f = emu_tls.self;
    unsigned lane = f->lane;
    uint32_t words[4];
    if (EMU_WATCHED)
        emu_touch(row, 16, false);
    emu_ldmatrix_row(words, row);
    emu_slots *s = &f->warp->slot[f->warp->seq & 1];
    for (int i = 0; i < 4; i++)
        s->a[i][lane] = words[i];
    s = &f->warp->slot[emu_meet(EMU_LDMATRIX, 0xffffffffu, file, line)];
    for (unsigned m = 0; m < 4; m++)
        r[m] = s->a[lane % 4][8 * m + lane / 4];
}
EMU_THIN void ptx_ldmatrix_x4(uint32_t r[4], const void *row, EMU_SITE) { emu_ldmatrix(r, row, file, line); }

float emu_half_to_float(uint16_t h);
uint16_t emu_float_to_half(float f);
static inline float ptx_half_to_float(uint16_t h) { return emu_half_to_float(h); }
static inline uint16_t ptx_float_to_half(float f) { return emu_float_to_half(f); }

void emu_cp_async(void *shared, const void *global, unsigned bytes);
void emu_cp_commit(void);
void emu_cp_wait(unsigned left);
EMU_THIN void ptx_cp_async16(void *shared, const void *global, unsigned bytes = 16)
{
    emu_cp_async(shared, global, bytes);
}
EMU_THIN void ptx_cp_async_commit(void) { emu_cp_commit(); }
template <int left> EMU_THIN void ptx_cp_async_wait(void) { emu_cp_wait(left); }

#endif
