/* store.*: the store as its operator sees it. */
#include "daemon/api/api.h"
#include "daemon/session/history.h"

static int need_store(struct call *k, struct store **s, struct qw_error *err)
{
    *s = history_store(k->d);
    return *s != NULL ? QW_OK : qw_error_set(err, QW_ESTORAGE, "this daemon has no store: %s", history_why(k->d));
}

int api_store_stats(struct call *k, struct qw_error *err)
{
    struct store *s;
    struct store_status st;
    struct reply rep;
    int rc = need_store(k, &s, err);
    if (rc != QW_OK)
        return rc;
    store_get_status(s, &st);
    const struct { const char *name; uint64_t v; } rows[] = {
        { "sessions", st.sessions }, { "messages", st.messages }, { "pages", st.pages }, { "page_bytes", st.page_bytes },
        { "file_bytes", st.file_bytes }, { "db_bytes", st.db_bytes }, { "disk_budget_bytes", st.disk_budget },
        { "commits", st.commits }, { "pages_written", st.pages_written }, { "pages_loaded", st.pages_loaded },
        { "pages_damaged", st.pages_damaged }, { "pages_evicted", st.pages_evicted }, { "pages_dirty", k->d->stats.pages_dirty },
        { "queued", st.queued },
    };
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    mpw_key(rep.b, &m, "state");
    mpw_str(rep.b, st.state == STORE_RUNNING ? "running" : "off");
    api_put_opt(rep.b, &m, "why", st.state == STORE_RUNNING ? NULL : st.why);
    mpw_key(rep.b, &m, "dir");
    mpw_str(rep.b, history_dir(k->d) != NULL ? history_dir(k->d) : "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mpw_key(rep.b, &m, rows[i].name);
        mpw_uint(rep.b, rows[i].v);
    }
    mpw_map_end(rep.b, &m);
    reply_end(k->d, &rep);
    return QW_OK;
}

static uint64_t disk_bytes(struct store *s)
{
    struct store_status st;
    store_get_status(s, &st);
    return st.file_bytes + st.db_bytes;
}

/* Asks, and comes back with k->answer.  q->at means nothing to check and gc: it carries the bytes before. */
static int ask(struct call *k, enum store_query_kind kind, struct store *s, struct qw_error *err)
{
    struct store_query *q = history_query(k->d, kind, k->conn->owner.id, 0);
    if (q != NULL) {
        q->deep = arg_bool(k, "deep", false);
        q->at = disk_bytes(s);
    }
    return history_ask(k, q, err);
}

static int answered(struct call *k, enum store_query_kind kind, struct store **s, struct qw_error *err)
{
    int rc = need_store(k, s, err);
    if (rc != QW_OK || k->answer == NULL)
        return rc != QW_OK ? rc : ask(k, kind, *s, err);
    return k->answer->error.code != QW_OK ? qw_error_set(err, k->answer->error.code, "%s", k->answer->error.msg) : QW_OK;
}

int api_store_check(struct call *k, struct qw_error *err)
{
    struct store *s;
    struct reply rep;
    int rc = answered(k, STORE_Q_CHECK, &s, err);
    if (rc != QW_OK || k->answer == NULL)
        return rc;
    call_reply(k, &rep);
    mpw_map(rep.b, 2);
    mpw_str(rep.b, "faults");
    mpw_uint(rep.b, k->answer->n_bad);
    mpw_str(rep.b, "report");
    mpw_str(rep.b, k->answer->report != NULL ? k->answer->report : "");
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_store_gc(struct call *k, struct qw_error *err)
{
    struct store *s;
    struct reply rep;
    int rc = answered(k, STORE_Q_GC, &s, err);
    if (rc != QW_OK || k->answer == NULL)
        return rc;
    call_reply(k, &rep);
    mpw_map(rep.b, 3);
    mpw_str(rep.b, "report");
    mpw_str(rep.b, k->answer->report != NULL ? k->answer->report : "");
    mpw_str(rep.b, "bytes_before");
    mpw_uint(rep.b, k->answer->at);
    mpw_str(rep.b, "bytes_after");
    mpw_uint(rep.b, disk_bytes(s));
    reply_end(k->d, &rep);
    return QW_OK;
}
