/* The blocking call: sends, hands events on, cancels when woken. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/call.h"

void qwen_set_reconnect(qwen_client *c, int wait_ms, qwen_lost_fn *fn, void *arg)
{
    c->reconnect_ms = wait_ms > 0 ? wait_ms : 0;
    c->on_lost = fn;
    c->on_lost_arg = arg;
}

void qwen_wake(qwen_client *c)
{
    int e = errno;
    ssize_t n = write(c->wake[1], "", 1);   /* a full pipe has woken it already */
    (void)n;
    errno = e;
}

static bool drain_wake(qwen_client *c)
{
    char b[64];
    bool any = false;
    while (read(c->wake[0], b, sizeof b) > 0)
        any = true;
    return any;
}

int call_send(struct call *k, qwen_msg *m)
{
    return qwen_send(k->c, m, &k->id);
}

static int cancel_run(struct call *k)
{
    if (k->cancelled)
        return QW_OK;
    k->cancelled = true;
    qwen_msg *m = qwen_msg_new("run.cancel");
    qwen_msg_str(m, "tag", k->tag);
    return qwen_send(k->c, m, &k->cancel_id);
}

/* What came: events to the caller, our response to k, others' responses stay queued. */
static int take_replies(struct call *k)
{
    qwen_client *c = k->c;
    struct qwen_reply *keep = NULL, **tail = &keep, *r;
    size_t kept = 0;
    int rc = QW_OK;
    while ((r = qwen_next(c)) != NULL) {
        if (r->msg.kind == RPC_NOTIFY) {
            if (again_fresh(k, r) && k->on_event != NULL && k->on_event(k->arg, r) != 0 && k->tag != NULL && rc == QW_OK)
                rc = cancel_run(k);
            qwen_reply_free(r);
        } else if (r->msg.id == k->id) {
            k->reply = r;
            break;
        } else if (k->cancelled && r->msg.id == k->cancel_id) {
            qwen_reply_free(r);
        } else {
            kept += r->bytes.len;
            *tail = r;
            tail = &r->next;
        }
    }
    if (keep != NULL) {                     /* back in front, in order */
        *tail = c->first;
        if (c->first == NULL)
            c->last = tail;
        c->first = keep;
        c->queued += kept;
    }
    return rc;
}

int call_pause(struct call *k, int fd, int ms)
{
    qwen_client *c = k->c;
    short ev = (short)((qwen_want(c) & QWEN_WANT_READ ? POLLIN : 0) | (qwen_want(c) & QWEN_WANT_WRITE ? POLLOUT : 0));
    struct pollfd p[2] = { { .fd = c->wake[0], .events = POLLIN }, { .fd = fd, .events = ev } };
    if (k->end_ms != 0) {
        uint64_t now = clock_mono_ms();
        if (now >= k->end_ms) {
            qw_error_set(&c->err, QW_EDEADLINE, "no response in time");
            return conn_die(c);
        }
        if (ms < 0 || (uint64_t)ms > k->end_ms - now)
            ms = (int)(k->end_ms - now);
    }
    if (poll(p, fd >= 0 ? 2 : 1, ms) < 0 && errno != EINTR) {
        qw_error_errno(&c->err, QW_EIO, errno, "poll");
        return conn_die(c);
    }
    return drain_wake(c) ? QW_ECANCELLED : QW_OK;
}

static int wait_reply(struct call *k)
{
    qwen_client *c = k->c;
    for (;;) {
        int rc = qwen_process(c);
        int rc2 = take_replies(k);          /* also what came before the connection broke */
        if (k->reply != NULL)
            return QW_OK;
        if (rc != QW_OK || rc2 != QW_OK)
            return rc != QW_OK ? rc : rc2;
        if (!(qwen_want(c) & QWEN_WANT_READ))
            return qw_error_set(&c->err, QW_EBUSY, "too many replies are waiting for qwen_next");
        rc = call_pause(k, c->fd, -1);
        if (rc == QW_ECANCELLED) {
            if (k->tag == NULL || k->woken) {
                qw_error_set(&c->err, QW_ECANCELLED, "interrupted");
                return conn_die(c);
            }
            k->woken = true;
            rc = cancel_run(k);
        }
        if (rc != QW_OK)
            return rc;
    }
}

static bool starts_run(const char *method)
{
    static const char *const runs[] = { "generate", "chat", "session.chat", "session.regenerate", "session.edit",
                                        "session.resume" };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        if (strcmp(runs[i], method) == 0)
            return true;
    return false;
}

/* A tag to cancel by, and what is needed to find the run again. */
static int prepare(struct call *k, qwen_msg *m)
{
    char own[48];
    bool attached = m != NULL && strcmp(m->method, "run.attach") == 0 && m->tag != NULL;
    if (m == NULL || (!attached && !starts_run(m->method)))
        return QW_OK;
    if (m->tag == NULL) {
        snprintf(own, sizeof own, "call-%ld-%u", (long)getpid(), k->c->next_id);
        qwen_msg_str(m, "tag", own);
    }
    k->tag = m->tag != NULL ? qw_strdup(m->tag) : NULL;
    if (k->tag == NULL)
        return qw_error_set(&k->c->err, QW_ENOMEM, "out of memory");
    return again_init(k, m);
}

static int finish(struct call *k, int rc, qwen_reply **reply)
{
    qwen_client *c = k->c;
    if (rc == QW_OK && k->reply->code != 0) {
        qw_error_set(&c->err, k->reply->code, "%s", k->reply->text);
        c->last_error = k->reply;
        return k->reply->code;
    }
    if (rc == QW_OK && reply != NULL)
        *reply = k->reply;
    else
        qwen_reply_free(k->reply);
    return rc;
}

int qwen_call(qwen_client *c, qwen_msg *m, int timeout_ms, qwen_event_fn *on_event, void *arg, qwen_reply **reply)
{
    struct call k = { .c = c, .on_event = on_event, .arg = arg,
                      .end_ms = timeout_ms < 0 ? 0 : clock_mono_ms() + (uint64_t)timeout_ms };
    if (!c->dead)
        c->err.code = QW_OK;
    qwen_reply_free(c->last_error);
    c->last_error = NULL;
    drain_wake(c);
    int rc = prepare(&k, m);
    if (rc == QW_OK)
        rc = call_send(&k, m);
    else
        qwen_msg_free(m);
    if (rc == QW_OK)
        do
            rc = wait_reply(&k);
        while (again_next(&k, &rc));
    if (rc == QW_OK)
        again_rest(&k);
    if (k.cancelled)
        conn_settle(c, k.cancel_id);        /* its response, if it still comes, is nobody's */
    rc = finish(&k, rc, reply);
    again_free(&k);
    qw_free(k.tag);
    return rc;
}
