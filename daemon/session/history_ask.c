/* Asking the store: requests and runs that wait for it, and rows that come back into memory. */
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"
#include "daemon/session/history_int.h"
#include "engine/gen/gen.h"

struct asking { struct asked a; void (*done)(const struct asked *a); };

#define MAX_TRIES 8             /* of one request, when memory forgets what was just read */

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

/* ---- asking ---- */

struct store_query *history_query(struct daemon *d, enum store_query_kind kind, uint64_t owner, uint64_t id)
{
    struct store_query *q = history_store(d) != NULL ? store_query_new(kind, STORE_LOOP, NULL) : NULL;
    if (q != NULL) {
        q->owner = owner;
        q->id = id;
    }
    return q;
}

void history_wait_free(struct history *h, struct wait *w)
{
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        h->waits = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    h->n_waits--;
    h->kept_bytes -= w->counted;
    qw_free(w->raw);
    qw_free(w->asking);
    qw_free(w);
}

static struct wait *wait_new(struct history *h)
{
    struct wait *w = qw_calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->next = h->waits;
    if (h->waits != NULL)
        h->waits->prev = w;
    h->waits = w;
    h->n_waits++;
    return w;
}

/* Takes q. */
static int ask(struct daemon *d, struct store_query *q, struct wait **out, struct qw_error *err)
{
    struct history *h = d->history;
    struct wait *w = wait_new(h);
    if (w == NULL) {
        store_query_free(q);
        return no_memory(err);
    }
    w->owner = q->owner;
    w->session = q->kind == STORE_Q_SESSION ? q->id : 0;
    q->user = w;
    int rc = store_ask(h->store, q, err);
    if (rc != QW_OK) {
        history_wait_free(h, w);
        store_query_free(q);
        return rc;
    }
    *out = w;
    return QW_OK;
}

/* Keeps the call in w: its bytes have left the connection's buffer, and count here. */
static int keep(struct call *k, struct wait *w, struct qw_error *err)
{
    struct history *h = k->d->history;
    if (h->kept_bytes + k->n_raw > (uint64_t)cfg_int(k->d->config, CFG_INBOUND_BYTES)) {
        k->info.retry_after_ms = 1000;
        return qw_error_set(err, QW_EBUSY, "requests that wait for conversations are above [limits] inbound_bytes");
    }
    w->raw = qw_alloc(k->n_raw);
    if (w->raw == NULL)
        return no_memory(err);
    memcpy(w->raw, k->raw, k->n_raw);
    w->n_raw = w->counted = k->n_raw;
    h->kept_bytes += w->counted;
    w->conn_id = k->conn->id;
    w->received_ms = k->received_ms;
    w->tries = k->tries + 1;
    return QW_OK;
}

static int too_often(struct call *k, struct qw_error *err)
{
    k->info.retry_after_ms = 1000;
    return qw_error_set(err, QW_EBUSY, "too much of the conversations' memory ([cache] session_bytes) is in use");
}

int history_ask(struct call *k, struct store_query *q, struct qw_error *err)
{
    struct wait *w, call;
    int rc = QW_OK;
    if (q == NULL)
        return history_store(k->d) == NULL ? qw_error_set(err, QW_ESTORAGE, "nothing is stored: %s", k->d->history->why) : no_memory(err);
    memset(&call, 0, sizeof call);
    rc = k->tries >= MAX_TRIES ? too_often(k, err) : keep(k, &call, err);
    if (rc != QW_OK) {
        store_query_free(q);
        return rc;
    }
    rc = ask(k->d, q, &w, err);
    if (rc != QW_OK) {
        k->d->history->kept_bytes -= call.counted;
        qw_free(call.raw);
        return rc;
    }
    w->raw = call.raw;
    w->n_raw = call.n_raw;
    w->counted = call.counted;
    w->conn_id = call.conn_id;
    w->received_ms = call.received_ms;
    w->tries = call.tries;
    return QW_OK;
}

static int wait_for(struct call *k, uint64_t run, uint64_t op, bool plugins, struct qw_error *err)
{
    struct wait *w = k->tries < MAX_TRIES ? wait_new(k->d->history) : NULL;
    if (w == NULL)
        return k->tries < MAX_TRIES ? no_memory(err) : too_often(k, err);
    int rc = keep(k, w, err);
    if (rc != QW_OK) {
        history_wait_free(k->d->history, w);
        return rc;
    }
    w->until_run = run;
    w->until_op = op;
    w->until_plugins = plugins;
    return QW_OK;
}

int history_after_run(struct call *k, uint64_t run, struct qw_error *err) { return wait_for(k, run, 0, false, err); }
int history_after_plugins(struct call *k, struct qw_error *err) { return wait_for(k, 0, 0, true, err); }

int history_after_writes(struct call *k, struct qw_error *err)
{
    return wait_for(k, 0, history_newest_write(k->d), false, err);
}

/* Handled from on_wake: whoever calls these is in the middle of something. */
static void set_ready(struct history *h, bool (*is)(const struct wait *w, uint64_t arg), uint64_t arg)
{
    bool any = false;
    for (struct wait *w = h->waits; w != NULL; w = w->next) {
        if (!w->ready && is(w, arg))
            any = w->ready = true;
    }
    if (any && h->wake_open)
        uv_async_send(&h->wake);
}

static bool waits_for_run(const struct wait *w, uint64_t run) { return w->until_run == run && run != 0; }
static bool waits_for_op(const struct wait *w, uint64_t op) { return w->until_op != 0 && w->until_op <= op; }
static bool waits_for_plugins(const struct wait *w, uint64_t arg) { (void)arg; return w->until_plugins; }
void history_run_ended(struct daemon *d, uint64_t run) { set_ready(d->history, waits_for_run, run); }
void history_plugins_started(void *daemon) { set_ready(((struct daemon *)daemon)->history, waits_for_plugins, 0); }
void history_write_answered(struct daemon *d, uint64_t op) { set_ready(d->history, waits_for_op, op); }

/* ---- questions with an answer of their own: api.h ---- */

int history_ask_for_run(struct daemon *d, uint64_t run, struct store_query *q,
                        void (*done)(struct daemon *d, uint64_t run, struct store_query *q), struct qw_error *err)
{
    struct wait *w;
    if (q == NULL)
        return no_memory(err);
    int rc = ask(d, q, &w, err);
    if (rc == QW_OK) {
        w->run = run;
        w->done = done;
    }
    return rc;
}

int api_ask(struct call *k, struct store_query *q, void (*done)(const struct asked *a), void *arg, struct qw_error *err)
{
    struct daemon *d = k->d;
    struct asking *x = history_store(d) != NULL ? qw_calloc(1, sizeof *x) : NULL;
    if (x == NULL)
        return history_store(d) == NULL ? qw_error_set(err, QW_ESTORAGE, "nothing is stored: %s", history_why(d)) : no_memory(err);
    *x = (struct asking){ .a = { .d = d, .conn_id = k->conn->id, .msg_id = k->id, .arg = arg }, .done = done };
    uint64_t session = q->kind == STORE_Q_SESSION ? q->id : 0, owner = q->owner;
    struct wait *own = wait_new(d->history);
    if (own == NULL) {
        qw_free(x);
        return no_memory(err);
    }
    own->asking = x;
    own->owner = owner;
    own->session = session;
    q->user = own;
    int rc = store_ask(d->history->store, q, err);
    if (rc != QW_OK)
        history_wait_free(d->history, own);
    return rc;
}

static void answer_asking(struct wait *w, struct store_query *q)
{
    struct asking *x = w->asking;
    x->a.q = q;
    x->done(&x->a);
}

/* It may be kept once more, in another wait. */
void history_handle_again(struct daemon *d, struct wait *w, struct store_query *answer)
{
    d->history->kept_bytes -= w->counted;
    w->counted = 0;
    dispatch_again(d, w->conn_id, w->raw, w->n_raw, w->received_ms, w->tries, answer);
}

void history_query_answered(struct daemon *d, struct store_query *q)
{
    struct wait *w = q->user;
    if (w->deleted)
        qw_error_set(&q->error, QW_ENOTFOUND, "it was deleted");
    struct node *last;
    if (q->kind == STORE_Q_MESSAGE && q->error.code == QW_OK && w->asking == NULL)
        history_restore(d, q->messages, q->n_messages, &last, NULL);    /* whatever the handler looks at first */
    if (w->asking != NULL)
        answer_asking(w, q);
    else if (w->done != NULL)
        w->done(d, w->run, q);
    else
        history_handle_again(d, w, q);
    history_wait_free(d->history, w);
    store_query_free(q);
}

/* ---- from rows to memory ---- */

static const char *finish_static(const char *name)
{
    for (int f = FINISH_STOP; name != NULL && f <= FINISH_ERROR; f++)
        if (strcmp(name, finish_name((enum finish)f)) == 0)
            return finish_name((enum finish)f);
    return NULL;
}

static const char *verdict_static(const struct store_blob *b)
{
    const char *found = NULL;
    struct mp v;
    size_t used;
    struct qw_arena *a = b->n > 0 ? qw_arena_new(1 << 20) : NULL;
    if (a != NULL && mp_read(a, b->p, b->n, &mp_limits_out, &v, &used, NULL) == QW_OK) {
        const struct mp *name = mp_get(&v, "verdict");
        for (int i = QWEN_UNDECIDED; name != NULL && i <= QWEN_VERIFIED; i++)
            if (mp_is_str(name, verify_verdict_name((enum qwen_verdict)i)))
                found = verify_verdict_name((enum qwen_verdict)i);
    }
    qw_arena_free(a);
    return found;
}

int history_restore(struct daemon *d, const struct store_message *m, size_t n, struct node **last, struct qw_error *err)
{
    struct node *at = NULL;
    int rc = QW_OK;
    for (size_t i = 0; i < n && rc == QW_OK; i++) {
        struct node *next = NULL;
        const char *space = sessions_space(d->sessions, m[i].space != NULL ? m[i].space : "");
        if (space == NULL)
            rc = no_memory(err);
        else if (m[i].parent != (at != NULL ? at->id : 0) || m[i].role > NODE_TOOL)
            rc = qw_error_set(err, QW_ESTORAGE, "the stored messages are no path from the root");
        struct node_row row = {
            .id = m[i].message, .owner = m[i].owner, .space = space, .role = (enum node_role)m[i].role,
            .text = m[i].text != NULL ? m[i].text : "", .ids = m[i].ids, .n_ids = m[i].n_ids, .cut = m[i].cut,
            .generated = m[i].generated, .closed = m[i].closed, .finish = finish_static(m[i].finish),
            .verdict = verdict_static(&m[i].verdict), .created_unix_ms = m[i].created_unix_ms,
        };
        if (rc == QW_OK)
            rc = node_restore(d->sessions, &row, at, &next, err);
        if (rc == QW_OK)
            at = next;
    }
    if (rc == QW_OK)
        *last = at;
    return rc;
}

static int restore_session(struct daemon *d, const struct store_query *q, struct session **x, struct qw_error *err)
{
    struct node *head = NULL;
    if (q->n_sessions != 1)
        return qw_error_set(err, QW_ENOTFOUND, "no such session");
    int rc = history_restore(d, q->messages, q->n_messages, &head, err);
    const struct store_session *s = &q->sessions[0];
    struct session_row row = {
        .id = s->session, .owner = s->owner, .title = s->title, .system = s->system, .model = s->model, .tags = s->tags,
        .verify = s->verify, .pinned = s->pinned, .private_ = s->private_, .created_unix_ms = s->created_unix_ms, .updated_unix_ms = s->updated_unix_ms,
    };
    if (rc == QW_OK && (head != NULL ? head->id : 0) != s->head)
        rc = qw_error_set(err, QW_ESTORAGE, "the messages of the session are not whole");
    if (rc == QW_OK)
        rc = session_restore(d->sessions, &row, head, x, err);
    if (rc != QW_OK)
        return rc;
    (*x)->own_durability = s->durability == DURABLE_ASYNC || s->durability == DURABLE_TURN;
    (*x)->durability = (*x)->own_durability ? (enum durability)s->durability : (enum durability)cfg_int(d->config, CFG_STORE_DURABILITY);
    return rc;
}

static const struct store_query *answer_to(const struct call *k, enum store_query_kind kind, uint64_t id)
{
    return k->answer != NULL && k->answer->kind == kind && k->answer->id == id ? k->answer : NULL;
}

/* Where the store could not be opened, nobody knows what it has. */
static int not_there(struct call *k, const char *what, uint64_t id, struct qw_error *err)
{
    char text[SESSION_ID_LEN];
    session_id_text(what[0], id, text);
    k->info.param = what;
    if (history_store(k->d) == NULL && cfg_int(k->d->config, CFG_STORE_ENABLED) != 0)
        return qw_error_set(err, QW_ESTORAGE, "no %s `%s` in memory, and what is stored cannot be read: %s", what, text, history_why(k->d));
    return qw_error_set(err, QW_ENOTFOUND, "no %s `%s`", what, text);
}

int history_session(struct call *k, uint64_t id, struct session **out, struct qw_error *err)
{
    struct daemon *d = k->d;
    uint64_t owner = k->conn->owner.id;
    struct session *x = session_find(d->sessions, owner, id);
    const struct store_query *q = answer_to(k, STORE_Q_SESSION, id);
    int rc = QW_OK;
    *out = NULL;
    if (x == NULL && (history_store(d) == NULL || history_deleting(d, owner, id)))
        return not_there(k, "session", id, err);
    if (x == NULL && q == NULL)
        return history_ask(k, history_query(d, STORE_Q_SESSION, owner, id), err);
    if (x == NULL && q->error.code == QW_ENOTFOUND)
        return not_there(k, "session", id, err);
    if (x == NULL && q->error.code != QW_OK)
        return qw_error_set(err, q->error.code, "the session cannot be read: %s", q->error.msg);
    if (x == NULL && (rc = restore_session(d, q, &x, err)) != QW_OK)
        return qw_error_wrap(err, "the session cannot be read"), rc;
    q = answer_to(k, STORE_Q_INTERRUPTED, id);
    if (!x->interrupted_known && q != NULL) {
        x->interrupted_known = q->error.code == QW_OK || q->error.code == QW_ENOTFOUND;
        x->interrupted = q->error.code == QW_OK ? q->run.run : 0;
        x->interrupted_at = q->error.code == QW_OK ? q->run.message : 0;
    } else if (!x->interrupted_known && history_store(d) != NULL) {
        return history_ask(k, history_query(d, STORE_Q_INTERRUPTED, owner, id), err);
    }
    *out = x;
    return QW_OK;
}

int history_message(struct call *k, uint64_t id, struct node **out, struct qw_error *err)
{
    struct daemon *d = k->d;
    struct node *n = node_find(d->sessions, k->conn->owner.id, id);
    const struct store_query *q = answer_to(k, STORE_Q_MESSAGE, id);
    *out = NULL;
    if (n == NULL && q == NULL && history_store(d) != NULL)
        return history_ask(k, history_query(d, STORE_Q_MESSAGE, k->conn->owner.id, id), err);
    if (n == NULL && q != NULL && q->error.code != QW_OK && q->error.code != QW_ENOTFOUND)
        return qw_error_set(err, q->error.code, "the message cannot be read: %s", q->error.msg);
    if (n == NULL && q != NULL && q->error.code == QW_OK && q->n_messages > 0) {
        int rc = history_restore(d, q->messages, q->n_messages, &n, err);
        if (rc != QW_OK)
            return rc;
    }
    if (n == NULL)
        return not_there(k, "message", id, err);
    *out = n;
    return QW_OK;
}
