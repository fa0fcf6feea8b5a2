/* Tools on the wire (PROTOCOL.md) and in the store. */
#include <string.h>

#include "base/mem.h"
#include "daemon/run/run_tool.h"

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    if (v == NULL)
        return;
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

/* ---- the wire ---- */

void run_tool_put(struct qw_buf *b, struct mpw_open *m, const struct tool_done *d)
{
    put_uint(b, m, "attempt", d->attempt);
    put_uint(b, m, "at", d->at);
    put_str(b, m, "name", d->name);
    put_str(b, m, "arguments", d->arguments);
    put_str(b, m, "output", d->output);
    put_str(b, m, "error", d->error);
    if (d->output != NULL) {
        mpw_key(b, m, "ms");
        mpw_float(b, d->ms);
    }
}

static void write_calls(struct qw_buf *b, const struct tools *t)
{
    mpw_array(b, t->n_done);
    for (size_t i = 0; i < t->n_done; i++) {
        struct mpw_open m = mpw_map_begin(b);
        run_tool_put(b, &m, &t->done[i]);
        mpw_map_end(b, &m);
    }
}

void run_tool_write(const struct run *r, struct qw_buf *b, struct mpw_open *m)
{
    if (r->tools == NULL)
        return;
    mpw_key(b, m, "tool_calls");
    write_calls(b, r->tools);
}

/* ---- the store ---- */

static void write_usage(struct qw_buf *b, const struct sched_usage *u)
{
    const uint32_t n[] = { u->prompt, u->from_memory, u->from_disk, u->prefilled, u->completion };
    mpw_array(b, sizeof n / sizeof n[0]);
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++)
        mpw_uint(b, n[i]);
}

void run_tool_write_params(const struct run *r, struct qw_buf *b, struct mpw_open *m)
{
    const struct tools *t = r->tools;
    if (t == NULL)
        return;
    mpw_key(b, m, "tools");
    mpw_array(b, t->n_names);
    for (size_t i = 0; i < t->n_names; i++)
        mpw_str(b, t->names[i]);
    put_uint(b, m, "max_tool_calls", t->most);
    put_uint(b, m, "tool_used", t->used);
    mpw_key(b, m, "tool_paid");
    write_usage(b, &t->paid);
    mpw_key(b, m, "said");
    mpw_strn(b, r->said > 0 ? r->choice_text[0].data : "", r->said);
    mpw_key(b, m, "tool_calls");
    write_calls(b, t);
}

static uint64_t get_uint(const struct mp *v, uint64_t most)
{
    int64_t i;
    return v != NULL && mp_to_i64(v, &i) && i >= 0 && (uint64_t)i <= most ? (uint64_t)i : 0;
}

/* false: no memory. */
static bool get_text(const struct mp *m, const char *key, char **out)
{
    const struct mp *v = mp_get(m, key);
    if (v == NULL || !mp_is_text(v))
        return true;
    *out = qw_strndup(v->u.s.p, v->u.s.n);
    return *out != NULL;
}

static int read_calls(struct tools *t, const struct mp *list, struct qw_error *err)
{
    size_t n = list != NULL && list->type == MP_ARRAY ? list->u.a.n : 0;
    for (size_t i = 0; i < n && i <= t->most; i++) {
        const struct mp *m = &list->u.a.v[i], *ms = mp_get(m, "ms");
        struct tool_done *d = &t->done[t->n_done++];
        bool good = get_text(m, "name", &d->name) && get_text(m, "arguments", &d->arguments) && get_text(m, "output", &d->output)
            && get_text(m, "error", &d->error);
        d->attempt = (uint32_t)get_uint(mp_get(m, "attempt"), UINT32_MAX);
        d->at = (size_t)get_uint(mp_get(m, "at"), INT64_MAX);
        if (ms != NULL)
            mp_to_f64(ms, &d->ms);
        if (!good)
            return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        if (d->name == NULL || d->arguments == NULL || d->output == NULL)
            return qw_error_set(err, QW_ESTORAGE, "the stored calls of tools are damaged");
    }
    return QW_OK;
}

/* After run_loop_read_params: an attempt that is not the first begins anew. */
int run_tool_read_params(struct run *r, const struct mp *m, struct qw_error *err)
{
    const struct mp *names = mp_get(m, "tools"), *said = mp_get(m, "said"), *paid = mp_get(m, "tool_paid");
    if (names == NULL || names->type != MP_ARRAY || names->u.a.n == 0)
        return QW_OK;
    uint32_t most = (uint32_t)get_uint(mp_get(m, "max_tool_calls"), TOOL_MAX_CALLS);
    int rc = run_tool_new(r, most > 0 ? most : 1, err);
    for (size_t i = 0; rc == QW_OK && i < names->u.a.n; i++) {
        const struct mp *v = &names->u.a.v[i];
        char *name = mp_is_text(v) ? qw_strndup(v->u.s.p, v->u.s.n) : NULL;
        rc = name != NULL ? run_tool_add_name(r, name, err) : qw_error_set(err, QW_ESTORAGE, "the stored tools are damaged");
        qw_free(name);
    }
    if (rc == QW_OK)
        rc = read_calls(r->tools, mp_get(m, "tool_calls"), err);
    if (rc != QW_OK)
        return rc;
    if (paid != NULL && paid->type == MP_ARRAY && paid->u.a.n == 5) {
        uint32_t n[5];
        for (size_t i = 0; i < 5; i++)
            n[i] = (uint32_t)get_uint(&paid->u.a.v[i], UINT32_MAX);
        r->tools->paid = (struct sched_usage){ n[0], n[1], n[2], n[3], n[4] };
        run_usage_add(&r->usage, &r->tools->paid);
    }
    if (run_loop_begun(r))
        return QW_OK;
    r->tools->used = (uint32_t)get_uint(mp_get(m, "tool_used"), UINT32_MAX);
    if (said != NULL && mp_is_text(said) && said->u.s.n > 0)
        run_got_text(r, 0, said->u.s.p, said->u.s.n);
    r->said = r->choice_text[0].len;
    return QW_OK;
}
