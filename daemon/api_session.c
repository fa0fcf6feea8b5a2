/* session.*: conversations that the daemon keeps. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/api.h"

static int allowed(struct call *k, struct qw_error *err)
{
    if (k->conn->owner.stateless)
        return qw_error_set(err, QW_EDENIED, "uid %u may belong to anybody, so sessions are not kept for it", OWNER_NOBODY_UID);
    return QW_OK;
}

static int get_session(struct call *k, struct session **x, struct qw_error *err)
{
    const char *name = arg_str(k, "session", "");
    uint64_t id;
    int rc = allowed(k, err);
    if (rc != QW_OK)
        return rc;
    *x = session_id_parse('s', name, &id) ? session_find(k->d->sessions, k->conn->owner.id, id) : NULL;
    if (*x != NULL)
        return QW_OK;
    k->info.param = "session";
    return qw_error_set(err, QW_ENOTFOUND, "no session `%.40s`", name);
}

static void put_id(struct qw_buf *b, char prefix, uint64_t id)
{
    char text[SESSION_ID_LEN];
    session_id_text(prefix, id, text);
    mpw_str(b, text);
}

static void put_opt(struct qw_buf *b, struct mpw_open *m, const char *key, const char *value)
{
    if (value == NULL)
        return;
    mpw_key(b, m, key);
    mpw_str(b, value);
}

int api_session_create(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct reply rep;
    struct model_entry *e = NULL;
    const char *model = arg_str(k, "model", NULL), *title = arg_str(k, "title", NULL);
    int rc = allowed(k, err);
    if (rc == QW_OK && k->d->state != DAEMON_SERVING)
        rc = qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
    if (rc == QW_OK && model != NULL && (rc = models_find(k->d->models, model, &e, err)) != QW_OK)
        k->info.param = "model";
    if (rc == QW_OK)
        rc = session_create(k->d->sessions, k->conn->owner.id, title, arg_str(k, "system", NULL), e != NULL ? e->name : NULL, &x, err);
    if (rc != QW_OK)
        return rc;
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    mpw_key(rep.b, &m, "session");
    put_id(rep.b, 's', x->id);
    put_opt(rep.b, &m, "title", x->title);
    mpw_key(rep.b, &m, "created_unix_ms");
    mpw_int(rep.b, x->created_unix_ms);
    mpw_map_end(rep.b, &m);
    reply_end(k->d, &rep);
    return QW_OK;
}

/* The session answers one request at a time, and only to who knows its head, if that was asked for. */
static int check_head(struct call *k, const struct session *x, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "expect_head");
    const char *want = v != NULL ? arg_str(k, "expect_head", "") : NULL;
    char head[SESSION_ID_LEN] = "";
    if (x->run != 0)
        return qw_error_set(err, QW_ECONFLICT, "the session is answering run r%llx", (unsigned long long)x->run);
    if (x->head != NULL)
        session_id_text('m', x->head->id, head);
    if (want != NULL && strcmp(want, head) != 0) {
        k->info.param = "expect_head";
        return qw_error_set(err, QW_ECONFLICT, "the session's head is `%s`, not `%.40s`", head, want);
    }
    if (arg_int(k, "n", 1) != 1) {
        k->info.param = "n";
        return qw_error_set(err, QW_EPARAMS, "n: a session has one answer at a time");
    }
    return QW_OK;
}

static int start_in(struct call *k, enum run_kind kind, struct qw_error *err)
{
    struct session *x;
    int rc = get_session(k, &x, err);
    if (rc == QW_OK)
        rc = check_head(k, x, err);
    if (rc == QW_OK && kind == RUN_REGENERATE && x->head == NULL)
        rc = qw_error_set(err, QW_ECONFLICT, "the session has no answer that could be made again");
    if (rc != QW_OK)
        return rc;
    struct run *r = run_create(k, kind, err);
    if (r == NULL)
        return err->code;
    r->session = x->id;
    if (kind == RUN_SESSION)
        rc = api_parse_messages(k, r, NULL, err);
    if (rc == QW_OK && r->n_msgs > 0 && r->msgs[0].role == NODE_SYSTEM && (x->head != NULL || x->system != NULL))
        rc = qw_error_set(err, QW_EPARAMS, "messages: the session has its system prompt or has begun without one");
    if (rc == QW_OK)
        rc = api_parse_run(k, r, x->model, err);
    if (rc == QW_OK)
        x->run = r->id;
    return api_start(r, rc);
}

int api_session_chat(struct call *k, struct qw_error *err) { return start_in(k, RUN_SESSION, err); }
int api_session_regenerate(struct call *k, struct qw_error *err) { return start_in(k, RUN_REGENERATE, err); }

/* ---- showing ---- */

static size_t path_length(const struct node *head)
{
    size_t n = 0;
    for (const struct node *p = head; p != NULL; p = p->parent)
        n++;
    return n;
}

static void write_message(struct qw_buf *b, const struct node *n)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "message");
    put_id(b, 'm', n->id);
    if (n->parent != NULL) {
        mpw_key(b, &m, "parent");
        put_id(b, 'm', n->parent->id);
    }
    mpw_key(b, &m, "role");
    mpw_str(b, node_role_name(n->role));
    mpw_key(b, &m, "text");
    mpw_str(b, n->text);
    put_opt(b, &m, "finish_reason", n->finish);
    put_opt(b, &m, "verdict", n->verdict);
    mpw_map_end(b, &m);
}

static int write_path(struct qw_buf *b, const struct node *head, struct qw_error *err)
{
    size_t n = path_length(head), i = n;
    const struct node **path = qw_calloc(n + 1, sizeof *path);
    if (path == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    for (const struct node *p = head; p != NULL; p = p->parent)
        path[--i] = p;
    mpw_array(b, n);
    for (i = 0; i < n; i++)
        write_message(b, path[i]);
    qw_free(path);
    return QW_OK;
}

int api_session_show(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct reply rep;
    int rc = get_session(k, &x, err);
    if (rc != QW_OK)
        return rc;
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    mpw_key(rep.b, &m, "session");
    put_id(rep.b, 's', x->id);
    put_opt(rep.b, &m, "title", x->title);
    put_opt(rep.b, &m, "system", x->system);
    put_opt(rep.b, &m, "model", x->model);
    if (x->head != NULL) {
        mpw_key(rep.b, &m, "head");
        put_id(rep.b, 'm', x->head->id);
    }
    mpw_key(rep.b, &m, "tokens");
    mpw_uint(rep.b, x->head != NULL ? x->head->n_ctx : 0);
    mpw_key(rep.b, &m, "created_unix_ms");
    mpw_int(rep.b, x->created_unix_ms);
    mpw_key(rep.b, &m, "updated_unix_ms");
    mpw_int(rep.b, x->updated_unix_ms);
    mpw_key(rep.b, &m, "messages");
    rc = write_path(rep.b, x->head, err);
    if (rc != QW_OK) {
        rep.b->len = rep.at;
        return rc;
    }
    mpw_map_end(rep.b, &m);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_session_delete(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct reply rep;
    int rc = get_session(k, &x, err);
    if (rc != QW_OK)
        return rc;
    char id[RUN_ID_LEN];
    snprintf(id, sizeof id, "r%llx", (unsigned long long)x->run);
    struct run *r = x->run != 0 ? run_find(k->d, &k->conn->owner, k->conn->id, id, NULL) : NULL;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "session");
    put_id(rep.b, 's', x->id);
    session_delete(k->d->sessions, x);
    reply_end(k->d, &rep);
    if (r != NULL)
        run_cancel(r);
    return QW_OK;
}

static void write_listed(struct qw_buf *b, const struct session *x)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "session");
    put_id(b, 's', x->id);
    put_opt(b, &m, "title", x->title);
    if (x->head != NULL) {
        mpw_key(b, &m, "head");
        put_id(b, 'm', x->head->id);
    }
    mpw_key(b, &m, "messages");
    mpw_uint(b, path_length(x->head));
    mpw_key(b, &m, "updated_unix_ms");
    mpw_int(b, x->updated_unix_ms);
    mpw_map_end(b, &m);
}

/* The cursor is the session that the last page ended with. */
int api_session_list(struct call *k, struct qw_error *err)
{
    struct reply rep;
    uint64_t owner = k->conn->owner.id, after = 0;
    int64_t limit = arg_int(k, "limit", 100);
    const char *cursor = arg_str(k, "cursor", NULL);
    int rc = allowed(k, err);
    if (rc == QW_OK && cursor != NULL && !session_id_parse('s', cursor, &after)) {
        k->info.param = "cursor";
        rc = qw_error_set(err, QW_EPARAMS, "`%.40s` is no cursor of session.list", cursor);
    }
    if (rc != QW_OK)
        return rc;
    struct session *first = session_first(k->d->sessions);
    if (cursor != NULL) {
        while (first != NULL && (first->owner != owner || first->id != after))
            first = first->next;
        if (first == NULL) {
            k->info.param = "cursor";
            return qw_error_set(err, QW_ENOTFOUND, "the session of this cursor is gone");
        }
        first = first->next;
    }
    size_t n = 0;
    const struct session *last = NULL, *more = NULL;
    for (struct session *x = first; x != NULL; x = x->next) {
        if (x->owner != owner)
            continue;
        if ((int64_t)n == limit) {
            more = x;
            break;
        }
        n++;
        last = x;
    }
    call_reply(k, &rep);
    mpw_map(rep.b, more != NULL ? 2 : 1);
    mpw_str(rep.b, "sessions");
    mpw_array(rep.b, n);
    for (struct session *x = first; x != more; x = x->next)
        if (x->owner == owner)
            write_listed(rep.b, x);
    if (more != NULL) {
        mpw_str(rep.b, "cursor");
        put_id(rep.b, 's', last->id);
    }
    reply_end(k->d, &rep);
    return QW_OK;
}
