/* The frozen header of 1.0 as numbers. */
#include "tests/plugin/qwen_plugin_1_0.h"

#include "tests/plugin/abi_table.h"

const struct abi_row abi_frozen[] = {
#define STRUCT(s)    { #s, 0, (long)sizeof(struct s) },
#define MEMBER(s, m) { #s "." #m, (long)offsetof(struct s, m), (long)sizeof ((struct s *)0)->m },
#define VALUE(v)     { #v, (long)(v), 0 },
#include "tests/plugin/abi_members.def"
};
const size_t abi_frozen_n = sizeof abi_frozen / sizeof *abi_frozen;
