/* verify, equiv and plugin.*. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/api/api.h"

/* ---- verify, equiv: runs that begin with the check ---- */

static void write_result(struct run *r, struct qw_buf *b, const void *arg)
{
    const struct plug_result *res = arg;
    struct mpw_open m = mpw_map_begin(b);
    if (r->kind == RUN_VERIFY) {
        verify_write(b, &m, res);
        mpw_map_end(b, &m);
        return;
    }
    enum qwen_eq eq = res->error.code == QW_OK ? res->eq : QWEN_EQ_UNKNOWN;
    mpw_key(b, &m, "equal");
    if (eq == QWEN_EQ_UNKNOWN)
        mpw_nil(b);
    else
        mpw_bool(b, eq == QWEN_EQ_EQUAL);
    if (res->plugin != NULL) {
        mpw_key(b, &m, "plugin");
        mpw_str(b, res->plugin);
    }
    if (res->version != NULL) {
        mpw_key(b, &m, "version");
        mpw_str(b, res->version);
    }
    if (res->error.code != QW_OK) {
        mpw_key(b, &m, "error");
        mpw_str(b, res->error.msg);
    }
    mpw_key(b, &m, "ms");
    mpw_float(b, res->ms);
    mpw_map_end(b, &m);
}

static void on_result(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    run_reply(r, write_result, res);
    run_end(r);
}

static int copy(char **out, const char *s, struct qw_error *err)
{
    *out = s != NULL ? qw_strdup(s) : NULL;
    return s == NULL || *out != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

int api_verify(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_VERIFY, err);
    if (r == NULL)
        return err->code;
    r->state = RUN_CHECK;
    int rc = copy(&r->text, arg_str(k, "question", ""), err);
    if (rc == QW_OK)
        rc = copy(&r->response, arg_str(k, "response", ""), err);
    struct plug_problem p = {
        .question = r->text, .response = r->response, .answer = arg_str(k, "answer", NULL),
        .lang = arg_str(k, "lang", NULL), .truncated = arg_bool(k, "truncated", false),
    };
    if (rc == QW_OK)
        rc = verify_check(k->d->verify, &p, (uint32_t)arg_int(k, "budget_ms", API_CHECK_MS), on_result, r, &r->verify_op, err);
    return api_start(r, rc);
}

int api_equiv(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_EQUIV, err);
    if (r == NULL)
        return err->code;
    r->state = RUN_CHECK;
    int rc = verify_equal(k->d->verify, arg_str(k, "gold", ""), arg_str(k, "answer", ""),
                          (uint32_t)arg_int(k, "budget_ms", API_CHECK_MS), on_result, r, &r->verify_op, err);
    return api_start(r, rc);
}

static void write_reading(struct run *r, struct qw_buf *b, const void *arg)
{
    struct mpw_open m = mpw_map_begin(b);
    (void)r;
    verify_write_reading(b, &m, arg);
    mpw_map_end(b, &m);
}

static void on_reading(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    run_reply(r, write_reading, res);
    run_end(r);
}

int api_verify_read(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_VERIFY, err);
    if (r == NULL)
        return err->code;
    r->state = RUN_CHECK;
    int rc = verify_read(k->d->verify, arg_str(k, "question", ""), (uint32_t)arg_int(k, "budget_ms", API_CHECK_MS), on_reading, r,
                         &r->verify_op, err);
    return api_start(r, rc);
}

/* ---- plugin.* ---- */

static void write_plugin(struct qw_buf *b, struct daemon *d, size_t i)
{
    struct plug_info p;
    plug_get_info(verify_plugin(d->verify, i), &p);
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "name");
    mpw_str(b, p.name);
    if (p.version != NULL && p.version[0] != '\0') {
        mpw_key(b, &m, "version");
        mpw_str(b, p.version);
    }
    mpw_key(b, &m, "path");
    mpw_str(b, p.path);
    mpw_key(b, &m, "state");
    mpw_str(b, p.state);
    mpw_key(b, &m, "jail");
    mpw_str(b, plug_jail_name(p.jail));
    mpw_key(b, &m, "trust");
    mpw_str(b, p.trust_proof ? "proof" : "none");
    mpw_key(b, &m, "verify");
    mpw_bool(b, p.has_verify);
    mpw_key(b, &m, "equal");
    mpw_bool(b, p.has_equal);
    mpw_key(b, &m, "read");
    mpw_bool(b, p.has_read);
    mpw_key(b, &m, "canon");
    mpw_bool(b, p.has_canon);
    mpw_key(b, &m, "generate");
    mpw_bool(b, p.may_generate);
    mpw_key(b, &m, "run_program");
    mpw_bool(b, p.may_run_program);
    mpw_key(b, &m, "tools");
    mpw_array(b, p.n_tools);
    for (size_t t = 0; t < p.n_tools; t++) {
        mpw_map(b, 3);
        mpw_str(b, "name");
        mpw_str(b, p.tools[t].name);
        mpw_str(b, "about");
        mpw_str(b, p.tools[t].about);
        mpw_str(b, "schema");
        mpw_str(b, p.tools[t].schema_json);
    }
    mpw_key(b, &m, "asks");
    mpw_uint(b, p.asks);
    mpw_key(b, &m, "ops");
    mpw_uint(b, p.ops);
    mpw_key(b, &m, "crashes");
    mpw_uint(b, p.crashes);
    if (p.pid > 0) {
        mpw_key(b, &m, "pid");
        mpw_int(b, p.pid);
    }
    if (p.last_error != NULL && p.last_error[0] != '\0') {
        mpw_key(b, &m, "last_error");
        mpw_str(b, p.last_error);
    }
    mpw_map_end(b, &m);
}

int api_plugin_list(struct call *k, struct qw_error *err)
{
    struct reply rep;
    (void)err;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "plugins");
    mpw_array(rep.b, verify_n_plugins(k->d->verify));
    for (size_t i = 0; i < verify_n_plugins(k->d->verify); i++)
        write_plugin(rep.b, k->d, i);
    reply_end(k->d, &rep);
    return QW_OK;
}

static int find_plugin(struct call *k, size_t *out, struct qw_error *err)
{
    const char *name = arg_str(k, "plugin", "");
    struct plug_info p;
    for (size_t i = 0; i < verify_n_plugins(k->d->verify); i++) {
        plug_get_info(verify_plugin(k->d->verify, i), &p);
        if (strcmp(p.name, name) == 0) {
            *out = i;
            return QW_OK;
        }
    }
    k->info.param = "plugin";
    return qw_error_set(err, QW_ENOTFOUND, "no plugin `%.64s` is in use", name);
}

int api_plugin_show(struct call *k, struct qw_error *err)
{
    struct reply rep;
    size_t i;
    int rc = find_plugin(k, &i, err);
    if (rc != QW_OK)
        return rc;
    call_reply(k, &rep);
    write_plugin(rep.b, k->d, i);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_plugin_reload(struct call *k, struct qw_error *err)
{
    struct reply rep;
    struct plug_info p;
    size_t i;
    int rc = find_plugin(k, &i, err);
    if (rc == QW_OK)
        rc = verify_reload(k->d->verify, i, err);
    if (rc != QW_OK)
        return rc;
    plug_get_info(verify_plugin(k->d->verify, i), &p);
    log_info("plugin", "%s: reloaded by request", p.name);
    call_reply(k, &rep);
    mpw_map(rep.b, 2);
    mpw_str(rep.b, "name");
    mpw_str(rep.b, p.name);
    mpw_str(rep.b, "state");
    mpw_str(rep.b, p.state);
    reply_end(k->d, &rep);
    return QW_OK;
}
