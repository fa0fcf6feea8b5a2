/* The ABI of one header as numbers: compiled once with the frozen header and once with today's. */
#ifndef ABI_TABLE_H
#define ABI_TABLE_H
#include <stddef.h>

struct abi_row { const char *name; long at, size; };     /* a struct: at 0; a value: itself, size 0 */
extern const struct abi_row abi_frozen[], abi_today[];
extern const size_t abi_frozen_n, abi_today_n;
#endif
