/* session.*: what is answered (chat, regenerate, edit, resume) and what moves the head (rewind, fork). */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"

int api_check_head(struct call *k, const struct session *x, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "expect_head");
    const char *want = v != NULL ? arg_str(k, "expect_head", "") : NULL;
    char head[SESSION_ID_LEN] = "";
    if (x->run != 0) {
        struct run *r = run_by_id(k->d, x->run);
        k->info.run = r != NULL ? r->id_text : NULL;
        return qw_error_set(err, QW_ECONFLICT, "the session is answering run %s", r != NULL ? r->id_text : "?");
    }
    if (x->head != NULL)
        session_id_text('m', x->head->id, head);
    if (want != NULL && strcmp(want, head) != 0) {
        k->info.param = "expect_head";
        return qw_error_set(err, QW_ECONFLICT, "the session's head is `%s`, not `%.40s`", head, want);
    }
    return QW_OK;
}

/* Gets the session and keeps it in memory while f is at work. */
static int in_session(struct call *k, int (*f)(struct call *k, struct session *x, struct qw_error *err), struct qw_error *err)
{
    struct session *x;
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    x->pins++;
    rc = f(k, x, err);
    x->pins--;
    return rc;
}

static int answer_in_session(struct call *k, int (*f)(struct call *k, struct session *x, struct qw_error *err), struct qw_error *err)
{
    bool answered;
    int rc = api_sessions_allowed(k, err);
    if (rc == QW_OK)
        rc = api_by_key(k, &answered, err);
    return rc != QW_OK || answered ? rc : in_session(k, f, err);
}

/* A message of this conversation: it has the same beginning as the head. */
static int own_message(struct call *k, const struct session *x, const char *id, struct node **n, struct qw_error *err)
{
    int rc = api_message(k, "message", id, n, err);
    if (rc != QW_OK || *n == NULL)
        return rc;
    if (x->head != NULL && node_root(*n) == node_root(x->head))
        return QW_OK;
    k->info.param = "message";
    return qw_error_set(err, QW_ENOTFOUND, "the message `%.40s` is not of this session", id);
}

/* ---- what is answered ---- */

/* A run of the session that goes on from `at`. */
static struct run *turn_new(struct call *k, struct session *x, enum run_kind kind, struct node *at, struct qw_error *err)
{
    struct run *r;
    if (api_check_head(k, x, err) != QW_OK)
        return NULL;
    if (arg_int(k, "n", 1) != 1) {
        k->info.param = "n";
        qw_error_set(err, QW_EPARAMS, "n: a session has one answer at a time");
        return NULL;
    }
    r = run_create(k, kind, err);
    if (r == NULL)
        return NULL;
    node_pin(at);
    r->at = at;
    r->session = x->id;
    return r;
}

static int turn_start(struct call *k, struct session *x, struct run *r, int rc, struct qw_error *err)
{
    if (rc == QW_OK)
        rc = api_parse_run(k, r, x->model, err);
    if (rc == QW_OK)
        x->run = r->id;
    return api_start(r, rc);
}

static int chat(struct call *k, struct session *x, struct qw_error *err)
{
    struct run *r = turn_new(k, x, RUN_SESSION, x->head, err);
    if (r == NULL)
        return err->code;
    int rc = api_parse_messages(k, r, NULL, err);
    if (rc == QW_OK && r->n_msgs > 0 && r->msgs[0].role == NODE_SYSTEM && (x->head != NULL || x->system != NULL))
        rc = qw_error_set(err, QW_EPARAMS, "messages: the session has its system prompt or has begun without one");
    return turn_start(k, x, r, rc, err);
}

static int regenerate(struct call *k, struct session *x, struct qw_error *err)
{
    struct node *at = x->head;
    while (at != NULL && at->role > NODE_USER)      /* the answer, and what was called for it */
        at = at->parent;
    int rc = at == NULL ? api_check_head(k, x, err) : QW_OK;
    if (at == NULL)
        return rc != QW_OK ? rc : qw_error_set(err, QW_ECONFLICT, "the session has no answer that could be made again");
    struct run *r = turn_new(k, x, RUN_REGENERATE, at, err);
    return r == NULL ? err->code : turn_start(k, x, r, QW_OK, err);
}

static int edit(struct call *k, struct session *x, struct qw_error *err)
{
    struct node *n;
    int rc = own_message(k, x, arg_str(k, "message", ""), &n, err);
    if (rc != QW_OK || n == NULL)
        return rc;
    if (n->role != NODE_USER) {
        k->info.param = "message";
        return qw_error_set(err, QW_EPARAMS, "message: only one of the user's can be edited");
    }
    struct run *r = turn_new(k, x, RUN_EDIT, n->parent, err);
    if (r == NULL)
        return err->code;
    r->msgs = qw_calloc(1, sizeof *r->msgs);
    if (r->msgs != NULL)
        r->msgs[0] = (struct message){ NODE_USER, qw_strdup(arg_str(k, "text", "")) };
    if (r->msgs == NULL || r->msgs[0].text == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    else
        r->n_msgs = 1;
    return turn_start(k, x, r, rc, err);
}

int api_session_chat(struct call *k, struct qw_error *err) { return answer_in_session(k, chat, err); }
int api_session_regenerate(struct call *k, struct qw_error *err) { return answer_in_session(k, regenerate, err); }
int api_session_edit(struct call *k, struct qw_error *err) { return answer_in_session(k, edit, err); }

/* ---- resume ---- */

static int resume_row(struct call *k, struct session *x, const struct store_run *row, struct qw_error *err)
{
    char id[SESSION_ID_LEN];
    struct node *turn;
    if (row->session != x->id || row->message == 0 || row->state == STORE_RUN_DONE) {
        k->info.param = "run";
        return qw_error_set(err, QW_ECONFLICT, "the run is no interrupted one of this session");
    }
    session_id_text('m', row->message, id);
    int rc = api_message(k, "run", id, &turn, err);
    if (rc != QW_OK || turn == NULL)
        return rc;
    struct run *r = turn_new(k, x, RUN_RESUME, turn, err);
    if (r == NULL)
        return err->code;
    node_pin(turn);
    r->turn = turn;
    r->durability = x->durability;
    rc = run_store_read(r, row, err);
    if (rc == QW_OK)
        rc = api_parse_follow(k, r, err);
    if (rc == QW_OK && r->stay && r->key == NULL) {
        k->info.param = "on_disconnect";
        rc = qw_error_set(err, QW_EPARAMS, "on_disconnect: detach needs a run with a key, so that it can be found again");
    }
    if (rc == QW_OK)
        x->run = r->id;
    return api_start(r, rc);
}

/* The run to be resumed: the one that is named, else the newest interrupted one. */
static int resume(struct call *k, struct session *x, struct qw_error *err)
{
    const char *name = arg_str(k, "run", NULL);
    uint64_t id = x->interrupted;
    struct run *now = run_by_id(k->d, x->run);
    if (now != NULL && now->interrupted)        /* it is just being left */
        return history_after_run(k, now->id, err);
    int rc = api_check_head(k, x, err);
    if (rc != QW_OK)
        return rc;
    if (name != NULL && !session_id_parse('r', name, &id)) {
        k->info.param = "run";
        return qw_error_set(err, QW_ENOTFOUND, "no run `%.40s`", name);
    }
    if (id == 0)
        return qw_error_set(err, QW_ECONFLICT, "nothing of this session was interrupted%s",
                            history_store(k->d) == NULL ? ", and nothing is stored" : "");
    const struct store_query *q = k->answer != NULL && k->answer->kind == STORE_Q_RUN && k->answer->id == id ? k->answer : NULL;
    if (q == NULL && k->answer == NULL && history_newest_write(k->d) != 0 && k->tries == 0)
        return history_after_writes(k, err);    /* what was left of it may still be on its way */
    if (q == NULL)
        return history_ask(k, history_query(k->d, STORE_Q_RUN, k->conn->owner.id, id), err);
    if (q->error.code != QW_OK) {
        k->info.param = "run";
        return qw_error_set(err, q->error.code, "the run cannot be read: %s", q->error.msg);
    }
    return resume_row(k, x, &q->run, err);
}

int api_session_resume(struct call *k, struct qw_error *err)
{
    return verify_starting(k->d->verify) ? history_after_plugins(k, err) : in_session(k, resume, err);     /* it may call tools */
}

/* ---- what moves the head ---- */

static int changed(struct call *k, struct session *x, struct qw_buf *result, struct qw_error *err)
{
    struct history_op *op = x->durability != DURABLE_NONE ? history_op_new(k->d) : NULL;
    history_put_path(op, x->head);
    history_put_session(op, x);
    return history_reply(op, k, result, err);
}

static void put_head(struct qw_buf *b, struct mpw_open *m, const struct session *x)
{
    if (x->head == NULL)
        return;
    mpw_key(b, m, "head");
    api_put_id(b, 'm', x->head->id);
}

static int rewind_to(struct call *k, struct session *x, struct qw_error *err)
{
    const char *id = arg_str(k, "message", "");
    struct node *n = NULL;
    struct qw_buf b = QW_BUF_INIT;
    int rc = api_check_head(k, x, err);
    if (rc == QW_OK && id[0] != '\0')
        rc = own_message(k, x, id, &n, err);
    if (rc != QW_OK || (id[0] != '\0' && n == NULL))
        return rc;
    session_set_head(k->d->sessions, x, n);
    struct mpw_open m = mpw_map_begin(&b);
    mpw_key(&b, &m, "session");
    api_put_id(&b, 's', x->id);
    put_head(&b, &m, x);
    mpw_map_end(&b, &m);
    return changed(k, x, &b, err);
}

static int fork_at(struct call *k, struct session *x, struct qw_error *err)
{
    const char *id = arg_str(k, "message", NULL);
    struct node *n = x->head;
    struct session *y;
    struct qw_buf b = QW_BUF_INIT;
    int rc = QW_OK;
    if (k->d->state != DAEMON_SERVING)
        return qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
    if (id != NULL && id[0] == '\0')
        n = NULL;
    else if (id != NULL && ((rc = own_message(k, x, id, &n, err)) != QW_OK || n == NULL))
        return rc;
    node_pin(n);
    rc = session_create(k->d->sessions, x->owner, arg_str(k, "title", x->title), x->system, x->model, &y, err);
    if (rc == QW_OK) {
        y->durability = x->durability;
        y->own_durability = x->own_durability;
        y->private_ = x->private_;
        session_set_head(k->d->sessions, y, n);
        if ((rc = session_set_text(&y->verify, x->verify, err)) != QW_OK)
            session_delete(k->d->sessions, y);
    }
    node_unpin(k->d->sessions, n);
    if (rc != QW_OK)
        return rc;
    struct mpw_open m = mpw_map_begin(&b);
    mpw_key(&b, &m, "session");
    api_put_id(&b, 's', y->id);
    api_put_opt(&b, &m, "title", y->title);
    put_head(&b, &m, y);
    mpw_key(&b, &m, "created_unix_ms");
    mpw_int(&b, y->created_unix_ms);
    mpw_map_end(&b, &m);
    return changed(k, y, &b, err);
}

int api_session_rewind(struct call *k, struct qw_error *err) { return in_session(k, rewind_to, err); }
int api_session_fork(struct call *k, struct qw_error *err) { return in_session(k, fork_at, err); }
