/* Coming back to a stored run after its connection was lost.  In order:
 *
 *   connect to the same socket, until somebody answers there or the time is up
 *   -> run.attach by key (or by run id), from the last byte that the caller has
 *   -> it runs or is done: its events and its Outcome follow, as before
 *   -> it is interrupted (the daemon had ended): session.resume, which streams from the beginning
 *   -> it is not known: nothing of it was heard: the request is sent again; else it was not stored, and
 *      the call fails.
 * Whatever is streamed twice is recognized by its place, `at`. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "client/call.h"

/* Methods whose runs are stored unless the session is not; others only with a durability. */
static bool of_session(const char *method)
{
    return strncmp(method, "session.", 8) == 0;
}

static int add_key(struct call *k, struct qwen_msg *m)
{
    uint64_t r[2];
    char text[40];
    if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r)
        return QW_OK;                       /* then it cannot be found again, and that is all */
    snprintf(text, sizeof text, "c-%016llx%016llx", (unsigned long long)r[0], (unsigned long long)r[1]);
    k->keyless_len = m->body.len;
    qwen_msg_str(m, "key", text);
    return QW_OK;
}

int again_init(struct call *k, struct qwen_msg *m)
{
    k->stored = m->stored || of_session(m->method) || strcmp(m->method, "run.attach") == 0;
    k->stream = m->stream;
    if (!k->stored || k->c->path == NULL)
        return QW_OK;
    k->method = qw_strdup(m->method);
    if (m->key == NULL && strcmp(m->method, "session.resume") != 0 && strcmp(m->method, "run.attach") != 0)
        add_key(k, m);
    k->key = m->key != NULL ? qw_strdup(m->key) : NULL;
    int rc = msg_finish(m, &k->c->err);
    if (rc != QW_OK)
        return rc;
    qw_buf_add(&k->body, m->body.data, m->body.len);
    if (k->method == NULL || (m->key != NULL && k->key == NULL) || qw_buf_failed(&k->body))
        return qw_error_set(&k->c->err, QW_ENOMEM, "out of memory");
    return QW_OK;
}

void again_free(struct call *k)
{
    qw_free(k->method);
    qw_free(k->key);
    qw_free(k->run);
    qw_buf_free(&k->body);
}

/* ---- events ------------------------------------------------------------------------ */

static struct mp *field(struct qwen_reply *e, const char *key)
{
    for (size_t i = 0; i < e->root.u.m.n; i++)
        if (strcmp(e->root.u.m.v[i].key.u.s.p, key) == 0)
            return &e->root.u.m.v[i].val;
    return NULL;
}

static bool fresh_delta(struct call *k, struct qwen_reply *e)
{
    struct mp *text = field(e, "text"), *place = field(e, "at");
    int64_t i = qwen_reply_int(e, "index", 0), attempt = qwen_reply_int(e, "attempt", 0), at = qwen_reply_int(e, "at", -1);
    if (text == NULL || (text->type != MP_STR && text->type != MP_BIN) || place == NULL || at < 0 || i < 0 || i >= CALL_CHOICES)
        return true;                        /* not ours to judge */
    if (attempt != k->attempt[i]) {
        if (attempt < k->attempt[i])
            return false;
        k->attempt[i] = attempt;
        k->at[i] = 0;
    }
    int64_t n = (int64_t)text->u.s.n, have = k->at[i];
    if (n > 0 && at + n <= have)
        return false;
    if (at < have) {
        text->u.s.p += have - at;
        text->u.s.n -= (size_t)(have - at);
        *place = (struct mp){ .type = MP_INT, .u.i = have };
    }
    if (at + n > have)
        k->at[i] = at + n;
    return true;
}

bool again_fresh(struct call *k, struct qwen_reply *e)
{
    const char *tag = qwen_reply_str(e, "tag");
    if (!k->stored || tag == NULL || strcmp(tag, k->tag) != 0)
        return true;
    bool first = !k->seen;
    k->seen = k->heard = true;
    if (strcmp(e->method, "stream.start") == 0) {
        const char *run = qwen_reply_str(e, "run");
        if (k->run == NULL && run != NULL)
            k->run = qw_strdup(run);
        return first;
    }
    return strcmp(e->method, "stream.delta") != 0 || fresh_delta(k, e);
}

void again_rest(struct call *k)
{
    if (!k->returned || !k->stream || k->on_event == NULL || k->reply->code != 0)
        return;
    for (size_t i = 0; i < CALL_CHOICES; i++) {
        char path[32];
        size_t n;
        snprintf(path, sizeof path, "choices.%zu.text", i);
        const char *text = qwen_reply_strn(k->reply, path, &n);
        if (text == NULL || (int64_t)n <= k->at[i])
            continue;
        struct qw_buf b = QW_BUF_INIT;
        struct qwen_reply *e = NULL;
        rpc_begin_notify(&b, "stream.delta");
        struct mpw_open m = mpw_map_begin(&b);
        mpw_key(&b, &m, "run");     mpw_str(&b, qwen_reply_str(k->reply, "run"));
        mpw_key(&b, &m, "tag");     mpw_str(&b, k->tag);
        mpw_key(&b, &m, "attempt"); mpw_int(&b, k->attempt[i]);
        mpw_key(&b, &m, "index");   mpw_uint(&b, i);
        mpw_key(&b, &m, "at");      mpw_int(&b, k->at[i]);
        mpw_key(&b, &m, "text");    mpw_strn(&b, text + k->at[i], n - (size_t)k->at[i]);
        mpw_map_end(&b, &m);
        if (!qw_buf_failed(&b) && reply_new(&e, b.data, b.len, NULL) == QW_OK)
            k->on_event(k->arg, e);
        qwen_reply_free(e);
        qw_buf_free(&b);
    }
}

/* ---- connecting ---------------------------------------------------------------------- */

static int not_back(struct call *k, int code, const char *why)
{
    k->c->dead = true;
    return qw_error_set(&k->c->err, code, "the connection to the daemon was lost; %s", why);
}

/* In little steps, so that somebody who closes at once is not asked in a tight circle. */
static int pause(struct call *k, int ms)
{
    int rc = call_pause(k, -1, ms);
    return rc == QW_ECANCELLED ? not_back(k, rc, "interrupted while waiting for it") : rc;
}

/* Until somebody listens at the socket again. */
static int connect_again(struct call *k)
{
    qwen_client *c = k->c;
    for (int wait = 10;; wait = wait < 250 ? 2 * wait : 250) {
        int fd, e = conn_connect(c->path, &fd);
        if (e == 0)
            return conn_replace(c, fd);
        if (!conn_nobody(e))
            return not_back(k, QW_EIO, strerror(e));
        uint64_t now = clock_mono_ms();
        if (now >= k->give_up_ms)
            return not_back(k, QW_EIO, "no daemon came back at its socket in time");
        if ((uint64_t)wait > k->give_up_ms - now)
            wait = (int)(k->give_up_ms - now);
        int rc = pause(k, wait);
        if (rc != QW_OK)
            return rc;
    }
}

static int attach(struct call *k)
{
    qwen_msg *m = qwen_msg_new("run.attach");
    if (k->key != NULL)
        qwen_msg_str(m, "key", k->key);
    else
        qwen_msg_str(m, "run", k->run);
    qwen_msg_bool(m, "stream", k->stream);
    qwen_msg_begin_map(m, "from");
    qwen_msg_int(m, "attempt", k->attempt[0]);
    qwen_msg_int(m, "index", 0);
    qwen_msg_int(m, "at", k->at[0]);
    qwen_msg_end(m);
    k->step = CALL_ATTACH;
    return call_send(k, m);
}

static void drop_reply(struct call *k)
{
    qwen_reply_free(k->reply);
    k->reply = NULL;
}

/* The same request; without: not with the key that we added. */
static int send_again(struct call *k, bool without)
{
    struct qwen_msg *m = NULL;
    size_t n = k->body.len;
    drop_reply(k);
    if (without) {
        uint32_t count = 0;
        n = k->keyless_len;
        for (size_t i = 1; i <= 4; i++)
            count = count << 8 | (unsigned char)k->body.data[i];
        count--;
        for (size_t i = 1; i <= 4; i++)
            k->body.data[i] = (char)(count >> (32 - 8 * i));
        k->keyless_len = 0;
        qw_free(k->key);
        k->key = NULL;
    }
    int rc = msg_copy(&m, k->method, k->body.data, n, &k->c->err);
    k->step = CALL_FIRST;
    return rc == QW_OK ? call_send(k, m) : rc;
}

static bool may_return(const struct call *k)
{
    const qwen_client *c = k->c;
    if (!k->stored || c->path == NULL || c->reconnect_ms == 0 || k->cancelled)
        return false;
    if (c->n_pending > 1 || (c->n_pending == 1 && c->pending[0] != k->id))
        return false;                       /* others' requests would be lost */
    return k->give_up_ms == 0 || !k->heard; /* once; a connection that brought nothing was the same try */
}

static int come_back(struct call *k)
{
    qwen_client *c = k->c;
    if (k->give_up_ms == 0) {
        k->give_up_ms = clock_mono_ms() + (uint64_t)c->reconnect_ms;
        if (c->on_lost != NULL && c->on_lost(c->on_lost_arg) != 0)
            return c->err.code;
    } else if (clock_mono_ms() >= k->give_up_ms) {
        return c->err.code;
    } else {
        int rc = pause(k, 20);
        if (rc != QW_OK)
            return rc;
    }
    k->returned = true;
    k->heard = false;
    int rc = connect_again(k);
    if (rc != QW_OK)
        return rc;
    return k->key != NULL || k->run != NULL ? attach(k) : send_again(k, false);    /* a resume that nothing was heard of */
}

/* ---- what comes next ------------------------------------------------------------------- */

static int resume(struct call *k)
{
    const char *session = qwen_reply_str(k->reply, "session"), *run = qwen_reply_str(k->reply, "run");
    qwen_msg *m = qwen_msg_new("session.resume");
    qwen_msg_str(m, "session", session);
    qwen_msg_str(m, "run", run);
    qwen_msg_str(m, "tag", k->tag);
    qwen_msg_bool(m, "stream", k->stream);
    drop_reply(k);
    k->step = CALL_RESUME;
    k->resumes++;
    return call_send(k, m);
}

bool again_next(struct call *k, int *rc)
{
    if (!k->stored || k->method == NULL)
        return false;
    if (*rc != QW_OK) {
        if (!k->c->lost || !may_return(k))
            return false;
        *rc = come_back(k);
        return *rc == QW_OK;
    }
    const struct qwen_reply *r = k->reply;
    const char *state = r->code == 0 ? qwen_reply_str(r, "state") : NULL, *param = qwen_reply_str(r, "param");
    if (state != NULL && strcmp(state, "interrupted") == 0 && !k->cancelled && k->resumes < 2
        && qwen_reply_str(r, "session") != NULL && qwen_reply_str(r, "run") != NULL) {
        *rc = resume(k);
    } else if (r->code == QW_EUNSUPPORTED && k->keyless_len > 0 && param != NULL && strcmp(param, "key") == 0) {
        *rc = send_again(k, true);          /* a daemon of level 1 */
    } else if (r->code == QW_EDRAINING && k->step != CALL_FIRST && may_return(k)) {
        drop_reply(k);                      /* it is about to leave: the next one finishes the answer */
        k->resumes = 0;
        *rc = come_back(k);
    } else if (r->code == QW_ENOTFOUND && k->step == CALL_ATTACH && !k->seen) {
        *rc = send_again(k, false);
    } else if (r->code == QW_ENOTFOUND && k->step == CALL_ATTACH) {
        drop_reply(k);
        *rc = not_back(k, QW_EIO, "it came back without this answer, which was not stored");
        return false;
    } else {
        return false;
    }
    return *rc == QW_OK || (k->c->lost && again_next(k, rc));
}
