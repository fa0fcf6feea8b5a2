/* The message table: any params against any method (the first byte chooses it; the message's own method
 * is taken where it is one).  A refusal names what is wrong; what passes has its required parameters. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/rpc.h"
#include "proto/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct method_def *m, const struct mp *params)
{
    struct qw_error err = { 0 };
    const char *bad = NULL;
    int rc = method_check(m, params, &bad, &err);
    if (rc != QW_OK) {
        if ((rc != QW_EPARAMS && rc != QW_EUNSUPPORTED) || bad == NULL || err.msg[0] == '\0' || err.code != rc)
            abort();
        return;
    }
    for (const struct param_def *const *g = m->params; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (p->required && method_arg(params, p->name) == NULL)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static size_t n_methods;
    while (method_at(n_methods) != NULL)
        n_methods++;
    if (size < 2)
        return 0;
    struct qw_arena *a = qw_arena_new(64u << 20);
    struct mp v;
    struct rpc_msg msg;
    struct qw_error err;
    size_t used;
    if (mp_read(a, data, size, &mp_limits_in, &v, &used, &err) == QW_OK) {
        if (v.type == MP_MAP) {
            check(method_at(data[size - 1] % n_methods), &v);
        } else if (rpc_parse(&v, &msg, &err) == QW_OK && msg.kind == RPC_REQUEST) {
            const struct method_def *m = method_find(msg.method, msg.method_len);
            if (m != NULL)
                check(m, &msg.params);
            else if (method_unknown(msg.method, msg.method_len, &err) == QW_OK)
                abort();
            check(method_at(data[size - 1] % n_methods), &msg.params);
        }
    }
    qw_arena_free(a);
    return 0;
}
