/* Those who listen to a run: the request that began it, and those that attached later. */
#include <string.h>

#include "base/mem.h"
#include "daemon/run/run_tool.h"

/* Text that is there and was not sent to l. */
size_t run_unsent(const struct run *r, const struct listener *l, size_t choice)
{
    size_t have = r->choice_text[choice].len;
    return l->stream && have > l->sent[choice] ? have - l->sent[choice] : 0;
}

/* Bytes that are kept back for a connection count as unsent there. */
static void hold(struct run *r, const struct listener *l, int sign)
{
    struct conn *c = server_find(r->d->server, l->conn_id);
    for (size_t i = 0; c != NULL && i < r->n; i++)
        c->held = sign > 0 ? c->held + run_unsent(r, l, i) : c->held - run_unsent(r, l, i);
}

int run_listen(struct run *r, struct call *k, const char *tag, bool stream, struct qw_error *err)
{
    struct listener *l = qw_calloc(1, sizeof *l), **at = &r->listeners;
    if (l == NULL || (tag != NULL && (l->tag = qw_strdup(tag)) == NULL)) {
        qw_free(l);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    l->conn_id = k->conn->id;
    l->msg_id = k->id;
    l->stream = stream;
    while (*at != NULL)
        at = &(*at)->next;
    *at = l;
    return QW_OK;
}

bool run_listens(const struct run *r, uint64_t conn_id)
{
    for (const struct listener *l = r->listeners; l != NULL; l = l->next)
        if (l->conn_id == conn_id)
            return true;
    return false;
}

bool run_streams(const struct run *r)
{
    for (const struct listener *l = r->listeners; l != NULL; l = l->next)
        if (l->stream)
            return true;
    return r->stay;                             /* somebody may come */
}

void run_unlisten(struct run *r, struct listener *l)
{
    struct listener **at = &r->listeners;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    hold(r, l, -1);
    qw_free(l->tag);
    qw_free(l);
}

void run_reply(struct run *r, void (*write)(struct run *r, struct qw_buf *b, const void *arg), const void *arg)
{
    struct reply rep;
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        if (reply_begin(r->d, l->conn_id, l->msg_id, &rep)) {
            write(r, rep.b, arg);
            reply_end(r->d, &rep);
        }
    }
}

void run_reply_error(struct run *r, const struct qw_error *err, const struct rpc_err_info *info)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next)
        reply_error(r->d, l->conn_id, l->msg_id, err, info);
}

void run_got_text(struct run *r, size_t choice, const char *text, size_t n)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next)
        hold(r, l, -1);
    qw_buf_add(&r->choice_text[choice], text, n);
    for (struct listener *l = r->listeners; l != NULL; l = l->next)
        hold(r, l, 1);
}

void run_new_text(struct run *r, uint32_t attempt)
{
    run_notify_deltas(r, true);
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        hold(r, l, -1);                         /* of those that are not there any more */
        memset(l->sent, 0, sizeof l->sent);
    }
    for (size_t i = 0; i < RUN_MAX_CHOICES; i++)
        qw_buf_clear(&r->choice_text[i]);
    r->said = 0;
    r->attempt = attempt;
}

/* ---- run.attach ---- */

/* Where the caller's text of each choice ends: `from` if it has this attempt's, or its beginning. */
static void where_from(struct call *k, int64_t attempt, size_t sent[RUN_MAX_CHOICES])
{
    const struct mp *from = method_arg(k->params, "from"), *index = from != NULL ? mp_get(from, "index") : NULL;
    const struct mp *at = from != NULL ? mp_get(from, "at") : NULL, *of = from != NULL ? mp_get(from, "attempt") : NULL;
    int64_t i = 0, n = 0, has = 0;
    memset(sent, 0, RUN_MAX_CHOICES * sizeof *sent);
    if (index != NULL)
        mp_to_i64(index, &i);
    if (at != NULL)
        mp_to_i64(at, &n);
    if (of != NULL)
        mp_to_i64(of, &has);
    if (i >= 0 && i < RUN_MAX_CHOICES && n > 0 && has == attempt)
        sent[i] = (size_t)n;
}

/* A repeated request says itself whether it streams; run.attach does unless it says no. */
static bool wants_stream(struct call *k)
{
    return arg_bool(k, "stream", strcmp(k->method->name, "run.attach") == 0);
}

int attach_running(struct call *k, struct run *r, struct qw_error *err)
{
    int rc = run_listen(r, k, r->tag, wants_stream(k), err);
    if (rc != QW_OK)
        return rc;
    struct listener *l = r->listeners;
    while (l->next != NULL)
        l = l->next;
    where_from(k, r->attempt, l->sent);
    hold(r, l, 1);
    run_notify_start(r, l);
    for (size_t i = 0; r->tools != NULL && i < r->tools->n_done; i++)
        run_notify_tool(r, l, &r->tools->done[i]);
    run_notify_deltas(r, false);
    return QW_OK;
}

static void begin_notify(struct qw_buf *b, struct mpw_open *m, const char *name, const struct mp *run, const char *tag)
{
    rpc_begin_notify(b, name);
    *m = mpw_map_begin(b);
    mpw_key(b, m, "run");
    mpw_value(b, run);
    if (tag != NULL) {
        mpw_key(b, m, "tag");
        mpw_str(b, tag);
    }
}

static void stream_deltas(struct call *k, const struct mp *o, const char *tag)
{
    size_t sent[RUN_MAX_CHOICES];
    const struct mp *run = mp_get(o, "run"), *choices = mp_get(o, "choices"), *which = mp_get(o, "attempt");
    int64_t attempt = 0;
    if (which != NULL)
        mp_to_i64(which, &attempt);
    where_from(k, attempt, sent);
    for (size_t i = 0; choices != NULL && choices->type == MP_ARRAY && i < choices->u.a.n && i < RUN_MAX_CHOICES; i++) {
        struct qw_buf *b = conn_out(k->conn);
        struct mpw_open m;
        const struct mp *text = mp_get(&choices->u.a.v[i], "text");
        if (text == NULL || !mp_is_text(text) || text->u.s.n <= sent[i])
            continue;
        begin_notify(b, &m, "stream.delta", run, tag);
        mpw_key(b, &m, "attempt");
        mpw_int(b, attempt);
        mpw_key(b, &m, "index");
        mpw_uint(b, i);
        mpw_key(b, &m, "at");
        mpw_uint(b, sent[i]);
        mpw_key(b, &m, "text");
        mpw_strn(b, text->u.s.p + sent[i], text->u.s.n - sent[i]);
        mpw_map_end(b, &m);
        conn_send(k->conn);
    }
}

/* stream.start, what is missing, stream.done: as if it had just ended. */
static void stream_ended(struct call *k, const struct mp *o, const char *tag)
{
    const struct mp *run = mp_get(o, "run"), *seed = mp_get(o, "seed"), *model = mp_get(o, "model");
    struct qw_buf *b = conn_out(k->conn);
    struct mpw_open m;
    begin_notify(b, &m, "stream.start", run, tag);
    if (model != NULL) {
        mpw_key(b, &m, "model");
        mpw_value(b, model);
    }
    if (seed != NULL) {
        mpw_key(b, &m, "seed");
        mpw_value(b, seed);
    }
    mpw_map_end(b, &m);
    conn_send(k->conn);
    stream_deltas(k, o, tag);
    b = conn_out(k->conn);
    begin_notify(b, &m, "stream.done", run, tag);
    mpw_key(b, &m, "outcome");
    mpw_value(b, o);
    mpw_map_end(b, &m);
    conn_send(k->conn);
}

int attach_ended(struct call *k, const char *outcome, size_t n, const char *tag, struct qw_error *err)
{
    struct mp o;
    struct reply rep;
    size_t used;
    if (mp_read(k->arena, outcome, n, &mp_limits_out, &o, &used, err) != QW_OK || mp_get(&o, "run") == NULL)
        return qw_error_set(err, QW_ESTORAGE, "what is stored of the run cannot be read");
    const struct mp *state = mp_get(&o, "state");
    if (wants_stream(k) && state != NULL && mp_is_str(state, "done"))
        stream_ended(k, &o, tag);
    call_reply(k, &rep);
    qw_buf_add(rep.b, outcome, n);
    reply_end(k->d, &rep);
    return QW_OK;
}
