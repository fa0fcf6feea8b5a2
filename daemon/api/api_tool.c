/* tool.*, and the parameters of a run that say which tools its model may call. */
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"
#include "daemon/run/run_tool.h"

#define CALL_MAX_ARGUMENTS 65536u       /* of tool.call */

/* ---- a run's ---- */

static int refuse(const struct run *r, struct qw_error *err)
{
    if (r->kind == RUN_GENERATE)
        return qw_error_set(err, QW_EPARAMS, "tools: a model calls them in a conversation: use chat");
    if (r->n != 1)
        return qw_error_set(err, QW_EPARAMS, "tools: with them there is one answer, so n is 1");
    if (r->verify.mode == LOOP_VOTE)
        return qw_error_set(err, QW_EPARAMS, "tools: vote draws its samples at once, without any; use check or retry");
    return QW_OK;
}

int api_parse_tools(struct call *k, struct run *r, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "tools");
    const struct plug_tool *tool;
    size_t plugin;
    if (v == NULL || v->u.a.n == 0)
        return QW_OK;
    k->info.param = "tools";
    int rc = refuse(r, err);
    if (rc == QW_OK)
        rc = run_tool_new(r, (uint32_t)arg_int(k, "max_tool_calls", TOOL_DEFAULT_CALLS), err);
    for (size_t i = 0; rc == QW_OK && i < v->u.a.n; i++) {
        const char *name = mp_to_cstr(k->arena, &v->u.a.v[i]);
        rc = verify_find_tool(k->d->verify, name != NULL ? name : "", &plugin, &tool, err);
        if (rc == QW_OK)
            rc = run_tool_add_name(r, name, err);
    }
    if (rc == QW_OK)
        k->info.param = NULL;
    return rc;
}

/* ---- tool.list ---- */

int api_tool_list(struct call *k, struct qw_error *err)
{
    struct reply rep;
    struct plug_info p;
    size_t n = 0;
    if (verify_starting(k->d->verify))
        return history_after_plugins(k, err);
    for (size_t i = 0; i < verify_n_plugins(k->d->verify); i++) {
        plug_get_info(verify_plugin(k->d->verify, i), &p);
        n += p.n_tools;
    }
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "tools");
    mpw_array(rep.b, n);
    for (size_t i = 0; i < verify_n_plugins(k->d->verify); i++) {
        plug_get_info(verify_plugin(k->d->verify, i), &p);
        for (size_t t = 0; t < p.n_tools; t++) {
            const char *const f[] = { "name", p.tools[t].name, "plugin", p.name, "about", p.tools[t].about, "schema", p.tools[t].schema_json };
            mpw_map(rep.b, 4);
            for (size_t s = 0; s < sizeof f / sizeof f[0]; s++)
                mpw_str(rep.b, f[s]);
        }
    }
    reply_end(k->d, &rep);
    return QW_OK;
}

/* ---- tool.call: a run that is one call ---- */

static void write_result(struct run *r, struct qw_buf *b, const void *arg)
{
    const struct plug_result *res = arg;
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "name");
    mpw_str(b, r->text);
    mpw_key(b, &m, "plugin");
    mpw_str(b, r->response);
    mpw_key(b, &m, "output");
    mpw_strn(b, res->output != NULL ? res->output : "", res->output != NULL ? res->output_len : 0);
    mpw_key(b, &m, "ms");
    mpw_float(b, res->ms);
    mpw_map_end(b, &m);
}

static void on_called(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct qw_error err = res->error;
    if (err.code == QW_OK) {
        run_reply(r, write_result, res);
        run_end(r);
        return;
    }
    if (err.code == QW_ECANCELLED && !r->cancelled)
        err.code = QW_EDEADLINE;                /* it took longer than its time */
    run_fail(r, &err, (struct rpc_err_info){ 0 });
}

static int begin_call(struct call *k, struct run *r, struct qw_error *err)
{
    const char *name = arg_str(k, "name", ""), *text = arg_str(k, "arguments", "{}");
    const struct plug_tool *tool;
    struct plug_info p;
    struct qw_buf b = QW_BUF_INIT;
    size_t at;
    k->info.param = "name";
    int rc = verify_find_tool(k->d->verify, name, &at, &tool, err);
    if (rc != QW_OK)
        return rc;
    plug_get_info(verify_plugin(k->d->verify, at), &p);
    r->text = qw_strdup(name);
    r->response = qw_strdup(p.name);
    if (r->text == NULL || r->response == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    k->info.param = "arguments";
    rc = tool_arguments(text, strlen(text), CALL_MAX_ARGUMENTS, &b, err);
    if (rc == QW_OK) {
        k->info.param = NULL;
        rc = verify_tool(k->d->verify, name, b.data, (uint32_t)arg_int(k, "budget_ms", API_CHECK_MS), on_called, r, &r->verify_op, err);
    }
    qw_buf_free(&b);
    return rc;
}

int api_tool_call(struct call *k, struct qw_error *err)
{
    if (verify_starting(k->d->verify))
        return history_after_plugins(k, err);
    struct run *r = run_create(k, RUN_CALL, err);
    if (r == NULL)
        return err->code;
    r->state = RUN_CHECK;
    return api_start(r, begin_call(k, r, err));
}
