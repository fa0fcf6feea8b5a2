/* CuTe's layouts of the mma that ptx.h has.  Needs the headers of the PyPI package nvidia-cutlass and of a CUDA
 * toolkit; never the emulation's. */
#include <cute/atom/mma_traits_sm80.hpp>
#include <cute/layout.hpp>

#include "cute_maps.h"

template <class Op> static cute_map map_of(const char *name)
{
    using T = cute::MMA_Traits<Op>;
    typename T::ALayout a;
    typename T::BLayout b;
    typename T::CLayout c;
    cute_map m = {};
    m.name = name;
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

const struct cute_map cute_maps[4] = {
    map_of<cute::SM80_16x8x16_S32S8S8S32_TN>("m16n8k16 s8"), map_of<cute::SM80_16x8x16_S32U8S8S32_TN>("m16n8k16 u8"),
    map_of<cute::SM80_16x8x32_S32S8S8S32_TN>("m16n8k32 s8"), map_of<cute::SM80_16x8x32_S32U8S8S32_TN>("m16n8k32 u8"),
};
const int cute_maps_n = 4;
