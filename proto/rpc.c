#include "proto/rpc.h"

#include <string.h>

/* A request's or notification's params: [] or [map]. */
static int take_params(const struct mp *v, struct mp *out, struct qw_error *err)
{
    if (v->type == MP_ARRAY && v->u.a.n == 0) {
        *out = (struct mp){ .type = MP_MAP };
        return QW_OK;
    }
    if (v->type == MP_ARRAY && v->u.a.n == 1 && v->u.a.v[0].type == MP_MAP) {
        *out = v->u.a.v[0];
        return QW_OK;
    }
    return qw_error_set(err, QW_EREQUEST, "params must be an array of one map");
}

static int take_name(const struct mp *v, struct rpc_msg *m, struct qw_error *err)
{
    if (!mp_is_text(v) || v->u.s.n == 0 || v->u.s.n > 128)
        return qw_error_set(err, QW_EREQUEST, "the method must be a string of 1 to 128 bytes");
    m->method = v->u.s.p;
    m->method_len = v->u.s.n;
    return QW_OK;
}

int rpc_parse(const struct mp *v, struct rpc_msg *out, struct qw_error *err)
{
    *out = (struct rpc_msg){ .params = { .type = MP_MAP } };
    int64_t kind, id;
    if (v->type != MP_ARRAY || v->u.a.n < 1)
        return qw_error_set(err, QW_EREQUEST, "a message is an array: [0, id, method, params]");
    const struct mp *e = v->u.a.v;
    size_t n = v->u.a.n;
    if (!mp_to_i64(&e[0], &kind) || kind < RPC_REQUEST || kind > RPC_NOTIFY)
        return qw_error_set(err, QW_EREQUEST, "the message type must be 0, 1 or 2");
    out->kind = (enum rpc_kind)kind;

    int rc;
    if (kind == RPC_NOTIFY) {
        if (n != 3)
            return qw_error_set(err, QW_EREQUEST, "a notification has 3 elements, not %zu", n);
        if ((rc = take_name(&e[1], out, err)) != QW_OK)
            return rc;
        if (e[2].type != MP_ARRAY)
            return qw_error_set(err, QW_EREQUEST, "params must be an array");
        /* Foreign ones are ignored, so they may hold anything (pynvim greets with nvim_set_client_info). */
        if (take_params(&e[2], &out->params, NULL) != QW_OK)
            out->params = (struct mp){ .type = MP_MAP };
        return QW_OK;
    }
    if (n < 2 || !mp_to_i64(&e[1], &id) || id < 0 || id > UINT32_MAX)
        return qw_error_set(err, QW_EREQUEST, "the message id must be an integer of 32 bits");
    out->id = (uint32_t)id;
    out->has_id = true;
    if (n != 4)
        return qw_error_set(err, QW_EREQUEST, "a %s has 4 elements, not %zu",
                            kind == RPC_REQUEST ? "request" : "response", n);
    if (kind == RPC_RESPONSE) {
        out->error = e[2];
        out->result = e[3];
        return QW_OK;
    }
    if ((rc = take_name(&e[2], out, err)) != QW_OK)
        return rc;
    return take_params(&e[3], &out->params, err);
}

void rpc_begin_request(struct qw_buf *b, uint32_t id, const char *method)
{
    mpw_array(b, 4);
    mpw_int(b, RPC_REQUEST);
    mpw_uint(b, id);
    mpw_str(b, method);
    mpw_array(b, 1);
}

void rpc_begin_notify(struct qw_buf *b, const char *method)
{
    mpw_array(b, 3);
    mpw_int(b, RPC_NOTIFY);
    mpw_str(b, method);
    mpw_array(b, 1);
}

void rpc_begin_result(struct qw_buf *b, uint32_t id)
{
    mpw_array(b, 4);
    mpw_int(b, RPC_RESPONSE);
    mpw_uint(b, id);
    mpw_nil(b);
}

void rpc_write_error(struct qw_buf *b, uint32_t id, const struct qw_error *err, const struct rpc_err_info *info)
{
    mpw_array(b, 4);
    mpw_int(b, RPC_RESPONSE);
    mpw_uint(b, id);
    mpw_array(b, 3);
    int wire = qw_code_wire(err->code);
    mpw_int(b, wire);
    mpw_str(b, err->msg[0] != '\0' ? err->msg : qw_code_text(err->code));
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "name");
    mpw_str(b, qw_code_name(qw_code_from_wire(wire)));
    if (info != NULL) {
        if (info->param != NULL) {
            mpw_key(b, &m, "param");
            mpw_str(b, info->param);
        }
        if (info->has_limit) {
            mpw_key(b, &m, "limit");
            mpw_int(b, info->limit);
            mpw_key(b, &m, "actual");
            mpw_int(b, info->actual);
        }
        if (info->retry_after_ms > 0) {
            mpw_key(b, &m, "retry_after_ms");
            mpw_int(b, info->retry_after_ms);
        }
        if (info->run != NULL) {
            mpw_key(b, &m, "run");
            mpw_str(b, info->run);
        }
    }
    mpw_map_end(b, &m);
    mpw_nil(b);
}
