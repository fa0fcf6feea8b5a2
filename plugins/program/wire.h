/* What the supervisor and the zygote say to each other (zygote.py's side: its first lines), as MessagePack-RPC on the
 * zygote's descriptor 3.  What the zygote says is checked like a program's own word.  Any thread. */
#ifndef QW_PLUGINS_PROGRAM_WIRE_H
#define QW_PLUGINS_PROGRAM_WIRE_H

#include "plugins/program/program.h"
#include "proto/rpc.h"

struct wire_run {
    const char *code, *input;
    size_t      n, input_n;
    uint64_t    cpu_ms, wall_ms, memory_bytes, output_bytes;
};
void wire_run(struct qw_buf *b, uint32_t id, const struct wire_run *r);

struct wire_hello { char python[24], sympy[24], no_landlock[256]; };     /* versions; why Landlock is not in force */
void wire_hello(const struct rpc_msg *m, struct wire_hello *out);

/* r borrows from the message and from err_text; false: no result but garbage. */
bool wire_result(const struct rpc_msg *m, struct prog_result *r, struct qw_buf *err_text, size_t output_bytes);

#endif
