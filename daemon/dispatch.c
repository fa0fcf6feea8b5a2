#include "daemon/dispatch.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define ARENA_BYTES (48u << 20)     /* above what mp_limits_in can ask for */

static const struct { const char *name; api_handler *call; } handlers[] = {
    { "api.info", api_info }, { "conn.hello", api_hello }, { "conn.ping", api_ping },
    { "model.list", api_model_list }, { "model.show", api_model_show }, { "model.load", api_model_load },
    { "model.unload", api_model_unload }, { "model.rescan", api_model_rescan },
    { "tokenize", api_tokenize }, { "detokenize", api_detokenize }, { "generate", api_generate }, { "chat", api_chat },
    { "session.create", api_session_create }, { "session.chat", api_session_chat },
    { "session.regenerate", api_session_regenerate }, { "session.show", api_session_show },
    { "session.delete", api_session_delete }, { "session.list", api_session_list },
    { "session.edit", api_session_edit }, { "session.resume", api_session_resume },
    { "session.rename", api_session_rename }, { "session.rewind", api_session_rewind },
    { "session.fork", api_session_fork }, { "session.search", api_session_search },
    { "session.export", api_session_export }, { "session.import", api_session_import },
    { "blob.create", api_blob_create }, { "blob.write", api_blob_write }, { "blob.read", api_blob_read },
    { "blob.close", api_blob_close },
    { "run.get", api_run_get }, { "run.cancel", api_run_cancel }, { "run.list", api_run_list },
    { "run.attach", api_run_attach }, { "run.detach", api_run_detach },
    { "verify", api_verify }, { "verify.read", api_verify_read }, { "equiv", api_equiv },
    { "tool.list", api_tool_list }, { "tool.call", api_tool_call },
    { "plugin.list", api_plugin_list }, { "plugin.show", api_plugin_show }, { "plugin.reload", api_plugin_reload },
    { "status", api_status }, { "metrics", api_metrics },
    { "store.stats", api_store_stats }, { "store.check", api_store_check }, { "store.gc", api_store_gc },
    { "admin.reload", api_admin_reload }, { "admin.drain", api_admin_drain }, { "admin.log", api_admin_log },
};

static api_handler *handler_of(const struct method_def *m)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (strcmp(handlers[i].name, m->name) == 0)
            return handlers[i].call;
    return NULL;
}

/* ---- replies ---- */

bool reply_begin(struct daemon *d, uint64_t conn_id, uint32_t id, struct reply *r)
{
    struct conn *c = server_find(d->server, conn_id);
    if (c == NULL)
        return false;
    *r = (struct reply){ .conn = c, .b = conn_out(c), .id = id, .at = conn_out(c)->len };
    rpc_begin_result(r->b, id);
    return true;
}

void call_reply(struct call *k, struct reply *r)
{
    *r = (struct reply){ .conn = k->conn, .b = conn_out(k->conn), .id = k->id, .at = conn_out(k->conn)->len };
    rpc_begin_result(r->b, k->id);
}

void reply_end(struct daemon *d, struct reply *r)
{
    struct qw_buf *b = r->b;
    if (qw_buf_failed(b) || b->len - r->at > PROTO_MAX_OUT_BYTES) {
        struct qw_error err = { 0 };
        struct rpc_err_info info = { .has_limit = true, .limit = PROTO_MAX_OUT_BYTES, .actual = (int64_t)(b->len - r->at) };
        qw_error_set(&err, QW_ETOOLARGE, "the result has more than %u bytes", PROTO_MAX_OUT_BYTES);
        b->len = r->at;
        b->failed = false;
        rpc_write_error(b, r->id, &err, &info);
        d->n_errors++;
    }
    conn_answered(r->conn, r->id);
    conn_send(r->conn);
}

static void error_on(struct daemon *d, struct conn *c, uint32_t id, const struct qw_error *err, const struct rpc_err_info *info)
{
    d->n_errors++;
    rpc_write_error(conn_out(c), id, err, info);
    conn_answered(c, id);
    conn_send(c);
}

void reply_error(struct daemon *d, uint64_t conn_id, uint32_t id, const struct qw_error *err, const struct rpc_err_info *info)
{
    struct conn *c = server_find(d->server, conn_id);
    if (c != NULL)
        error_on(d, c, id, err, info);
}

/* ---- requests ---- */

static int begin_request(struct conn *c, uint32_t id, struct rpc_err_info *info, struct qw_error *err)
{
    for (size_t i = 0; i < c->n_in_flight; i++)
        if (c->in_flight[i] == id)
            return qw_error_set(err, QW_EREQUEST, "request id %u is still being answered", id);
    if (c->n_in_flight == PROTO_MAX_IN_FLIGHT) {
        info->retry_after_ms = 200;
        return qw_error_set(err, QW_EBUSY, "%d requests of this connection are being answered", PROTO_MAX_IN_FLIGHT);
    }
    c->in_flight[c->n_in_flight++] = id;
    return QW_OK;
}

static bool holds_nul(const struct mp *v)
{
    switch (v->type) {
    case MP_STR:
    case MP_BIN:
        return v->u.s.n > 0 && memchr(v->u.s.p, '\0', v->u.s.n) != NULL;
    case MP_ARRAY:
        for (size_t i = 0; i < v->u.a.n; i++)
            if (holds_nul(&v->u.a.v[i]))
                return true;
        return false;
    case MP_MAP:
        for (size_t i = 0; i < v->u.m.n; i++)
            if (holds_nul(&v->u.m.v[i].val))
                return true;
        return false;
    default:
        return false;
    }
}

/* Texts hold no NUL, so that they are C strings; bytes may. */
static bool nul_in_text(const struct call *k)
{
    for (size_t i = 0; i < k->params->u.m.n; i++) {
        const struct mp *key = &k->params->u.m.v[i].key;
        const struct param_def *p = method_param(k->method, key->u.s.p, key->u.s.n);
        if ((p == NULL || p->type != P_BIN) && holds_nul(&k->params->u.m.v[i].val))
            return true;
    }
    return false;
}

static int check_call(struct call *k, const struct rpc_msg *m, struct qw_error *err)
{
    k->method = method_find(m->method, m->method_len);
    if (k->method == NULL)
        return method_unknown(m->method, m->method_len, err);
    if (k->method->admin && !daemon_is_admin(k->d, &k->conn->owner))
        return qw_error_set(err, QW_EDENIED, "%s is for root, the daemon's own user and admin_users", k->method->name);
    int rc = method_check(k->method, k->params, &k->info.param, err);
    if (rc == QW_OK && nul_in_text(k))
        rc = qw_error_set(err, QW_EPARAMS, "a text holds a NUL character");
    return rc;
}

/* At this level notifications mean nothing to the daemon, whatever their parameters are: pynvim
 * begins with one of its own. */
static bool is_notification(const struct mp *v)
{
    int64_t kind;
    return v->type == MP_ARRAY && v->u.a.n == 3 && mp_to_i64(&v->u.a.v[0], &kind) && kind == RPC_NOTIFY
        && mp_is_text(&v->u.a.v[1]) && v->u.a.v[2].type == MP_ARRAY;
}

int dispatch_message(void *daemon, struct conn *c, const char *p, size_t n, struct rpc_msg *m, struct qw_error *err)
{
    struct daemon *d = daemon;
    struct qw_arena *a = qw_arena_new(ARENA_BYTES);
    struct mp v;
    size_t used;
    if (a == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    int rc = mp_read(a, p, n, &mp_limits_in, &v, &used, err);
    if (rc == QW_OK && is_notification(&v))
        goto out;
    if (rc == QW_OK)
        rc = rpc_parse(&v, m, err);
    if (rc == QW_OK && m->kind == RPC_RESPONSE)
        rc = qw_error_set(err, QW_EREQUEST, "a response to a daemon that asks nothing");
    if (rc != QW_OK)
        goto out;

    struct call k = { .d = d, .conn = c, .id = m->id, .params = &m->params, .arena = a, .received_ms = clock_mono_ms(),
                      .raw = p, .n_raw = n };
    struct qw_error why = { 0 };
    d->n_requests++;
    int bad = begin_request(c, m->id, &k.info, &why);
    if (bad != QW_OK) {
        d->n_errors++;
        rpc_write_error(conn_out(c), m->id, &why, &k.info);     /* its namesake keeps the place */
        conn_send(c);
        goto out;
    }
    bad = check_call(&k, m, &why);
    if (bad == QW_OK)
        bad = handler_of(k.method)(&k, &why);
    if (bad != QW_OK)
        error_on(d, c, m->id, &why, &k.info);
out:
    qw_arena_free(a);
    return rc;
}

void dispatch_again(struct daemon *d, uint64_t conn_id, const char *raw, size_t n, uint64_t received_ms, unsigned tries,
                    struct store_query *answer)
{
    struct conn *c = server_find(d->server, conn_id);
    struct qw_arena *a = c != NULL ? qw_arena_new(ARENA_BYTES) : NULL;
    struct qw_error why = { 0 };
    struct rpc_msg m = { 0 };
    struct mp v;
    size_t used;
    if (c == NULL)
        return;
    int rc = a == NULL ? qw_error_set(&why, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : mp_read(a, raw, n, &mp_limits_in, &v, &used, &why);
    if (rc == QW_OK)
        rc = rpc_parse(&v, &m, &why);
    struct call k = { .d = d, .conn = c, .id = m.id, .params = &m.params, .arena = a, .received_ms = received_ms, .raw = raw,
                      .n_raw = n, .tries = tries, .answer = answer };
    if (rc == QW_OK)
        rc = check_call(&k, &m, &why);
    if (rc == QW_OK)
        rc = handler_of(k.method)(&k, &why);
    if (rc != QW_OK)
        error_on(d, c, m.id, &why, &k.info);
    qw_arena_free(a);
}

/* ---- parameters ---- */

const char *arg_str(struct call *k, const char *name, const char *dflt)
{
    const struct mp *v = method_arg(k->params, name);
    const char *s = v != NULL ? mp_to_cstr(k->arena, v) : NULL;
    return s != NULL ? s : dflt;
}

int64_t arg_int(const struct call *k, const char *name, int64_t dflt)
{
    const struct mp *v = method_arg(k->params, name);
    int64_t i;
    return v != NULL && mp_to_i64(v, &i) ? i : dflt;
}

double arg_float(const struct call *k, const char *name, double dflt)
{
    const struct mp *v = method_arg(k->params, name);
    double f;
    return v != NULL && mp_to_f64(v, &f) ? f : dflt;
}

bool arg_bool(const struct call *k, const char *name, bool dflt)
{
    const struct mp *v = method_arg(k->params, name);
    return v != NULL && v->type == MP_BOOL ? v->u.b : dflt;
}
