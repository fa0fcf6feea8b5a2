#include "plugins/program/wire.h"

#include "base/utf8.h"

static void put_int(struct qw_buf *b, const char *key, uint64_t value)
{
    mpw_str(b, key);
    mpw_uint(b, value);
}

void wire_run(struct qw_buf *b, uint32_t id, const struct wire_run *r)
{
    rpc_begin_request(b, id, "run");
    mpw_map(b, 6);
    mpw_str(b, "code");
    mpw_bin(b, r->code, r->n);
    mpw_str(b, "input");
    mpw_bin(b, r->input, r->input_n);
    put_int(b, "cpu_ms", r->cpu_ms);
    put_int(b, "wall_ms", r->wall_ms);
    put_int(b, "memory_bytes", r->memory_bytes);
    put_int(b, "output_bytes", r->output_bytes);
}

static void copy_text(char *to, size_t size, const struct mp *v)
{
    size_t n = v != NULL && v->type == MP_STR ? v->u.s.n : 0, k = 0;
    for (size_t i = 0; i < n && k + 1 < size; i++)
        if ((unsigned char)v->u.s.p[i] >= 0x20)
            to[k++] = v->u.s.p[i];
    to[k] = '\0';
}

void wire_hello(const struct rpc_msg *m, struct wire_hello *out)
{
    copy_text(out->python, sizeof out->python, mp_get(&m->params, "python"));
    copy_text(out->sympy, sizeof out->sympy, mp_get(&m->params, "sympy"));
    copy_text(out->no_landlock, sizeof out->no_landlock, mp_get(&m->params, "landlock"));
}

bool wire_result(const struct rpc_msg *m, struct prog_result *r, struct qw_buf *err_text, size_t output_bytes)
{
    const struct mp *out = mp_get(&m->result, "out"), *err = mp_get(&m->result, "err");
    int64_t end, status;
    if (!mp_to_i64(mp_get(&m->result, "end"), &end) || end < 0 || end > PROG_END_KILLED + 1 ||
        !mp_to_i64(mp_get(&m->result, "status"), &status) || status < 0 || status > 255 || out == NULL || out->type != MP_BIN ||
        out->u.s.n > output_bytes || err == NULL || err->type != MP_BIN ||
        !mp_to_f64(mp_get(&m->result, "ms"), &r->ms) || !mp_to_f64(mp_get(&m->result, "cpu_ms"), &r->cpu_ms))
        return false;
    if (end > PROG_END_KILLED)                  /* the zygote's word for cancelled */
        qw_error_set(&r->error, QW_ECANCELLED, "python: cancelled");
    else
        r->end = (enum prog_end)end;
    r->status = (int)status;
    r->out = out->u.s.p;
    r->out_n = out->u.s.n;
    utf8_escape(err_text, err->u.s.p, err->u.s.n);
    r->err = err_text->data != NULL && !qw_buf_failed(err_text) ? err_text->data : "";
    return true;
}
