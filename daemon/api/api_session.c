/* session.*: conversations as things: made, listed, shown, found, named, deleted. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"

/* ---- shared ---- */

int api_sessions_allowed(struct call *k, struct qw_error *err)
{
    if (k->conn->owner.stateless)
        return qw_error_set(err, QW_EDENIED, "uid %u may belong to anybody, so sessions are not kept for it", OWNER_NOBODY_UID);
    return QW_OK;
}

int api_session(struct call *k, struct session **x, struct qw_error *err)
{
    const char *name = arg_str(k, "session", "");
    uint64_t id;
    *x = NULL;
    int rc = api_sessions_allowed(k, err);
    if (rc != QW_OK)
        return rc;
    if (session_id_parse('s', name, &id))
        return history_session(k, id, x, err);
    k->info.param = "session";
    return qw_error_set(err, QW_ENOTFOUND, "no session `%.40s`", name);
}

int api_message(struct call *k, const char *param, const char *name, struct node **n, struct qw_error *err)
{
    uint64_t id;
    *n = NULL;
    if (session_id_parse('m', name, &id))
        return history_message(k, id, n, err);
    k->info.param = param;
    return qw_error_set(err, QW_ENOTFOUND, "no message `%.40s`", name);
}

void api_put_id(struct qw_buf *b, char prefix, uint64_t id)
{
    char text[SESSION_ID_LEN];
    session_id_text(prefix, id, text);
    mpw_str(b, text);
}

void api_put_opt(struct qw_buf *b, struct mpw_open *m, const char *key, const char *value)
{
    if (value == NULL)
        return;
    mpw_key(b, m, key);
    mpw_str(b, value);
}

/* tags: blanks between them. */
void api_put_tags(struct qw_buf *b, struct mpw_open *m, const char *tags)
{
    size_t n = 0;
    tags = tags != NULL ? tags : "";
    for (const char *p = tags; *p != '\0'; p += strcspn(p, " ")) {
        p += strspn(p, " ");
        n += *p != '\0';
    }
    mpw_key(b, m, "tags");
    mpw_array(b, n);
    for (const char *p = tags; n > 0; n--) {
        p += strspn(p, " ");
        size_t len = strcspn(p, " ");
        mpw_strn(b, p, len);
        p += len;
    }
}

static void put_bool(struct qw_buf *b, struct mpw_open *m, const char *key, bool v)
{
    mpw_key(b, m, key);
    mpw_bool(b, v);
}

static void put_int(struct qw_buf *b, struct mpw_open *m, const char *key, int64_t v)
{
    mpw_key(b, m, key);
    mpw_int(b, v);
}

static void put_id(struct qw_buf *b, struct mpw_open *m, const char *key, char prefix, uint64_t id)
{
    if (id == 0)
        return;
    mpw_key(b, m, key);
    api_put_id(b, prefix, id);
}

/* It is in the store, or will be with its first turn. */
static bool is_stored(const struct daemon *d, const struct session *x)
{
    return x->durability != DURABLE_NONE && (x->stored || history_writes(d));
}

/* ---- create ---- */

int api_session_create(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct model_entry *e = NULL;
    struct qw_buf b = QW_BUF_INIT;
    enum durability durability = (enum durability)cfg_int(k->d->config, CFG_STORE_DURABILITY);
    const char *model = arg_str(k, "model", NULL), *title = arg_str(k, "title", NULL), *own = arg_str(k, "durability", NULL);
    int rc = api_sessions_allowed(k, err);
    if (rc == QW_OK && k->d->state != DAEMON_SERVING)
        rc = qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
    if (rc == QW_OK && model != NULL && (rc = models_find(k->d->models, model, &e, err)) != QW_OK)
        k->info.param = "model";
    if (rc == QW_OK)
        rc = session_create(k->d->sessions, k->conn->owner.id, title, arg_str(k, "system", NULL), e != NULL ? e->name : NULL, &x, err);
    if (rc == QW_OK && (rc = api_take_verify(k, &x->verify, err)) != QW_OK)
        session_delete(k->d->sessions, x);
    if (rc != QW_OK)
        return rc;
    x->own_durability = own != NULL && durability_parse(own, &durability);
    x->durability = durability;
    struct history_op *op = durability != DURABLE_NONE ? history_op_new(k->d) : NULL;
    history_put_session(op, x);
    struct mpw_open m = mpw_map_begin(&b);
    put_id(&b, &m, "session", 's', x->id);
    api_put_opt(&b, &m, "title", x->title);
    put_bool(&b, &m, "stored", op != NULL);
    put_int(&b, &m, "created_unix_ms", x->created_unix_ms);
    mpw_map_end(&b, &m);
    return history_reply(op, k, &b, err);
}

/* ---- show ---- */

static void write_message(struct qw_buf *b, const struct node *n)
{
    struct mpw_open m = mpw_map_begin(b);
    put_id(b, &m, "message", 'm', n->id);
    if (n->parent != NULL)
        put_id(b, &m, "parent", 'm', n->parent->id);
    mpw_key(b, &m, "role");
    mpw_str(b, node_role_name(n->role));
    mpw_key(b, &m, "text");
    mpw_str(b, n->text);
    api_put_opt(b, &m, "finish_reason", n->finish);
    api_put_opt(b, &m, "verdict", n->verdict);
    put_int(b, &m, "created_unix_ms", n->created_unix_ms);
    mpw_map_end(b, &m);
}

static int write_path(struct qw_buf *b, const struct node *head, size_t last, struct qw_error *err)
{
    size_t n = node_depth(head), i;
    if (n > last)
        n = last;
    const struct node **path = qw_calloc(n + 1, sizeof *path);
    if (path == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    i = n;
    for (const struct node *p = head; i > 0; p = p->parent)
        path[--i] = p;
    mpw_array(b, n);
    for (i = 0; i < n; i++)
        write_message(b, path[i]);
    qw_free(path);
    return QW_OK;
}

/* Messages from n up to where its path meets the head's. */
static size_t depth_beyond(const struct node *n, const struct node *head)
{
    size_t at = node_depth(n), at_head = node_depth(head), beyond = 0;
    for (; at_head > at; at_head--)
        head = head->parent;
    for (; n != head; n = n->parent, at--, beyond++) {
        if (at_head == at) {
            head = head->parent;
            at_head--;
        }
    }
    return beyond;
}

/* The question whose answer was interrupted: it is no part of the conversation before it is answered.  *n: its last
 * message, NULL if there is none (any more).  True: the call is kept. */
static bool is_asking_question(struct call *k, const struct session *x, struct node **n)
{
    *n = NULL;
    if (x->run != 0 || x->interrupted == 0 || x->interrupted_at == 0)
        return false;
    int rc = history_message(k, x->interrupted_at, n, NULL);    /* without it, the rest can be shown all the same */
    k->info.param = NULL;
    return rc == QW_OK && *n == NULL;
}

static int write_question(struct qw_buf *b, struct mpw_open *m, const struct node *question, const struct node *head,
                          struct qw_error *err)
{
    size_t beyond = question != NULL ? depth_beyond(question, head) : 0;
    if (beyond == 0)
        return QW_OK;
    mpw_key(b, m, "unanswered");
    return write_path(b, question, beyond, err);
}

int api_session_show(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct reply rep;
    struct node *question = NULL;
    bool kept = false;
    const char *message = arg_str(k, "message", NULL);
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    struct node *end = x->head;
    x->pins++;
    if (message != NULL)
        rc = api_message(k, "message", message, &end, err);
    else
        kept = is_asking_question(k, x, &question);
    x->pins--;
    if (rc != QW_OK || kept || (message != NULL && end == NULL))
        return rc;
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    put_id(rep.b, &m, "session", 's', x->id);
    api_put_opt(rep.b, &m, "title", x->title);
    api_put_opt(rep.b, &m, "system", x->system);
    api_put_opt(rep.b, &m, "model", x->model);
    api_put_verify(rep.b, &m, x->verify);
    put_id(rep.b, &m, "head", 'm', x->head != NULL ? x->head->id : 0);
    put_int(rep.b, &m, "tokens", end != NULL ? (int64_t)end->n_ctx : 0);
    put_bool(rep.b, &m, "stored", is_stored(k->d, x));
    put_bool(rep.b, &m, "pinned", x->pinned);
    api_put_tags(rep.b, &m, x->tags);
    put_id(rep.b, &m, "interrupted", 'r', x->run == 0 ? x->interrupted : 0);
    put_int(rep.b, &m, "total", (int64_t)node_depth(end));
    put_int(rep.b, &m, "created_unix_ms", x->created_unix_ms);
    put_int(rep.b, &m, "updated_unix_ms", x->updated_unix_ms);
    mpw_key(rep.b, &m, "messages");
    rc = write_path(rep.b, end, (size_t)arg_int(k, "last", INT32_MAX), err);
    if (rc == QW_OK)
        rc = write_question(rep.b, &m, question, x->head, err);
    if (rc != QW_OK) {
        rep.b->len = rep.at;
        return rc;
    }
    mpw_map_end(rep.b, &m);
    reply_end(k->d, &rep);
    return QW_OK;
}

/* ---- rename, delete ---- */

/* The tags with blanks between them. */
static int take_tags(struct session *x, const struct mp *v, struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    for (size_t i = 0; i < v->u.a.n; i++) {
        const struct mp *t = &v->u.a.v[i];
        if (memchr(t->u.s.p, ' ', t->u.s.n) != NULL) {
            qw_buf_free(&b);
            return qw_error_set(err, QW_EPARAMS, "tags: `%.*s` holds a blank", (int)t->u.s.n, t->u.s.p);
        }
        qw_buf_addf(&b, "%s%.*s", i > 0 ? " " : "", (int)t->u.s.n, t->u.s.p);
    }
    int rc = qw_buf_failed(&b) ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : session_set_text(&x->tags, b.data, err);
    qw_buf_free(&b);
    return rc;
}

int api_session_rename(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct qw_buf b = QW_BUF_INIT;
    const struct mp *tags = method_arg(k->params, "tags"), *title = method_arg(k->params, "title");
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    if (tags != NULL && (rc = take_tags(x, tags, err)) != QW_OK)
        k->info.param = "tags";
    if (rc == QW_OK && title != NULL)
        rc = session_set_text(&x->title, arg_str(k, "title", ""), err);
    if (rc == QW_OK)
        rc = api_take_verify(k, &x->verify, err);
    if (rc != QW_OK)
        return rc;
    x->pinned = arg_bool(k, "pinned", x->pinned);
    session_changed(x);
    struct mpw_open m = mpw_map_begin(&b);
    put_id(&b, &m, "session", 's', x->id);
    api_put_opt(&b, &m, "title", x->title);
    put_bool(&b, &m, "pinned", x->pinned);
    api_put_tags(&b, &m, x->tags);
    api_put_verify(&b, &m, x->verify);
    mpw_map_end(&b, &m);
    struct history_op *op = x->durability != DURABLE_NONE ? history_op_new(k->d) : NULL;
    history_put_path(op, x->head);
    history_put_session(op, x);
    return history_reply(op, k, &b, err);
}

int api_session_delete(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct qw_buf b = QW_BUF_INIT;
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    if (x->durability != DURABLE_NONE && history_store(k->d) != NULL && !history_writes(k->d))
        return qw_error_set(err, QW_ESTORAGE, "it cannot be deleted while the store is off: %s", history_why(k->d));
    struct run *r = run_by_id(k->d, x->run);
    struct history_op *op = history_op_new(k->d);
    history_put_delete_session(op, x);
    struct mpw_open m = mpw_map_begin(&b);
    put_id(&b, &m, "session", 's', x->id);
    mpw_map_end(&b, &m);
    session_delete(k->d->sessions, x);
    sessions_unstore(k->d->sessions, k->conn->owner.id);
    rc = history_reply(op, k, &b, err);
    if (r != NULL)
        run_cancel(r);
    return rc;
}
