/* CuTe's layouts of the mma that ptx.h has.  Needs the headers of the PyPI package nvidia-cutlass and of a CUDA
 * toolkit; never the emulation's. */
#include <cute/atom/copy_traits_sm75.hpp>
#include <cute/atom/mma_traits_sm80.hpp>
#include <cute/layout.hpp>

#include "cute_maps.h"

template <class Op> static cute_map map_of(const char *name, int bits = 8)
{
    using T = cute::MMA_Traits<Op>;
    typename T::ALayout a;
    typename T::BLayout b;
    typename T::CLayout c;
    cute_map m = {};
    m.name = name;
    m.bits = bits;
    m.k = (int)cute::get<2>(typename T::Shape_MNK());
    for (int lane = 0; lane < 32; lane++) {
        for (int v = 0; v < (int)cute::size<1>(a); v++)
            m.a[lane][v] = (int)a(lane, v);
        for (int v = 0; v < (int)cute::size<1>(b); v++)
            m.b[lane][v] = (int)b(lane, v);
        for (int v = 0; v < (int)cute::size<1>(c); v++)
            m.c[lane][v] = (int)c(lane, v);
    }
    return m;
}

const struct cute_map cute_maps[6] = {
    map_of<cute::SM80_16x8x16_S32S8S8S32_TN>("m16n8k16 s8"), map_of<cute::SM80_16x8x16_S32U8S8S32_TN>("m16n8k16 u8"),
    map_of<cute::SM80_16x8x32_S32S8S8S32_TN>("m16n8k32 s8"), map_of<cute::SM80_16x8x32_S32U8S8S32_TN>("m16n8k32 u8"),
    map_of<cute::SM80_16x8x16_F32F16F16F32_TN>("m16n8k16 f16", 16), map_of<cute::SM80_16x8x16_F32BF16BF16F32_TN>("m16n8k16 bf16", 16),
};
const int cute_maps_n = 6;

struct cute_ldmatrix cute_ldmatrix(void)
{
    using T = cute::Copy_Traits<cute::SM75_U32x4_LDSM_N>;
    typename T::SrcLayout src;
    typename T::DstLayout dst;
    struct cute_ldmatrix m;
    for (int lane = 0; lane < 32; lane++) {
        m.row[lane] = (int)src(lane, 0);
        for (int r = 0; r < 4; r++)
            m.reg[lane][r] = (int)dst(lane, 32 * r);
    }
    return m;
}
