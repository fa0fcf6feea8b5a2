/* Today's header as numbers. */
#include "plugins/qwen_plugin.h"

#include "tests/plugin/abi_table.h"

const struct abi_row abi_today[] = {
#define STRUCT(s)    { #s, 0, (long)sizeof(struct s) },
#define MEMBER(s, m) { #s "." #m, (long)offsetof(struct s, m), (long)sizeof ((struct s *)0)->m },
#define VALUE(v)     { #v, (long)(v), 0 },
#include "tests/plugin/abi_members.def"
};
const size_t abi_today_n = sizeof abi_today / sizeof *abi_today;
