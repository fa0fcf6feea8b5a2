/* Where the parts of a repacked weight block lie: the contract between engine/layout/wmat.c,
 * which writes it, and the kernels of every level.  A change is a new WMAT_LAYOUT_VERSION.
 *
 * A group is 16 rows.  Block b of a group holds the rows' values K = 32b .. 32b+31 as
 * unsigned integers q of 4, 5, 6 or 8 bits (Q8_0: the int8 plus 128).  A "register" j of a
 * block is 64 bytes: byte 4r+k is row r, K = 32b + 4j + k, j = 0..7, which is what one
 * VNNI instruction multiplies with four activations broadcast to all lanes.
 *
 *   4 bits  nib[4][64]: low nibbles register p, high nibbles register p + 4
 *   5 bits  plane[64]: bit j of each byte is the lowest bit of register j; nib: q >> 1
 *   6 bits  plane[2][64]: bits 2f, 2f+1 of plane h are the lowest two of register 4h + f; nib: q >> 2
 *   8 bits  reg[8][64]
 *
 * Scales of 16 rows stand together, in the file's precision (F16; bytes in the K types).
 * Blocks are kept in units, so that every part is aligned to its own size:
 *
 *   Q4_0 Q5_0 Q8_0   unit of 2 blocks: d[2][16], then 2 x values; w = d * (q - 8 | 16 | 128)
 *   Q4_1 Q5_1        unit of 1 block:  d[16] m[16], values;       w = d * q + m
 *   Q4_K Q5_K        unit of 8 blocks: d[16] dmin[16], sc[8][16] bytes, m[8][16] bytes,
 *                    8 x values;                                  w = d*sc * q - dmin*m
 *   Q6_K             unit of 8 blocks: d[16] (64 bytes), sc[16][16] int8, one for each 16
 *                    values, 8 x values;                          w = d*sc * (q - 32)
 *   F32 F16 BF16     [K][16] values
 *
 * An odd last block of Q4_0, Q5_0, Q8_0 has a unit without the second block's values. */
#ifndef QW_ENGINE_WMAT_LAYOUT_H
#define QW_ENGINE_WMAT_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "engine/layout/wmat.h"

/* Bytes of a block's values. */
enum { LAY_V4 = 256, LAY_V5 = 64 + 256, LAY_V6 = 128 + 256, LAY_V8 = 512 };
/* Offset of the nibbles within them. */
enum { LAY_NIB4 = 0, LAY_NIB5 = 64, LAY_NIB6 = 128 };
/* Scales before the values of a unit. */
enum { LAY_HEAD_2 = 64, LAY_HEAD_1 = 64, LAY_HEAD_K = 64 + 128 + 128, LAY_HEAD_6K = 64 + 256 };
/* Units. */
enum {
    LAY_Q4_0 = LAY_HEAD_2 + 2 * LAY_V4,  LAY_Q5_0 = LAY_HEAD_2 + 2 * LAY_V5, LAY_Q8_0 = LAY_HEAD_2 + 2 * LAY_V8,
    LAY_Q4_1 = LAY_HEAD_1 + LAY_V4,      LAY_Q5_1 = LAY_HEAD_1 + LAY_V5,
    LAY_Q4_K = LAY_HEAD_K + 8 * LAY_V4,  LAY_Q5_K = LAY_HEAD_K + 8 * LAY_V5, LAY_Q6_K = LAY_HEAD_6K + 8 * LAY_V6,
};

/* The same as data, for code that need not be fast. */
struct lay_type {
    unsigned bits;              /* of q; 16 or 32: floats */
    unsigned blocks;            /* of a unit */
    unsigned head, value_bytes;
    unsigned offset;            /* subtracted from q; 0 where there is a minimum */
    unsigned file_values, file_bytes;   /* of a block in the file */
};
/* NULL for types that do not run. */
const struct lay_type *lay_type(uint32_t type);

/* Address of block b's unit and of its values. */
static inline const uint8_t *lay_unit(const struct lay_type *l, const uint8_t *group, size_t b)
{
    return group + b / l->blocks * (l->head + (size_t)l->blocks * l->value_bytes);
}
static inline const uint8_t *lay_values(const struct lay_type *l, const uint8_t *group, size_t b)
{
    return lay_unit(l, group, b) + l->head + b % l->blocks * l->value_bytes;
}

/* The integers of row r of block b, K order, as the layout stores them. */
void lay_ints(const struct lay_type *l, const uint8_t *group, size_t b, unsigned r, uint8_t q[32]);

/* Scales of row r of block b, each exact in float32: w = d[h] * (q - offset) - m,
 * h = 0, 1 the halves of the block (equal but for Q6_K). */
struct lay_scale { float d[2], m; };
struct lay_scale lay_scale(uint32_t type, const uint8_t *group, size_t b, unsigned r);

#endif
