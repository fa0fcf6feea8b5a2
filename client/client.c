/* The connection: finding it, bytes out and in, replies in a queue. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/paths.h"
#include "client/conn.h"

#define MAX_UNSENT      (16u << 20)
#define QUEUE_PAUSE     (8u << 20)      /* bytes of replies that nobody has taken: read no more */
#define CONNECT_TIMEOUT_S 5

static _Thread_local struct qw_error open_error;

const char *qwen_open_error(void)                   { return open_error.code != QW_OK ? open_error.msg : ""; }
const char *qwen_error(const qwen_client *c)        { return c->err.code != QW_OK ? c->err.msg : ""; }
int qwen_error_code(const qwen_client *c)           { return c->err.code; }
int qwen_fd(const qwen_client *c)                   { return c->fd; }
const char *qwen_path(const qwen_client *c)         { return c->path != NULL ? c->path : ""; }

int64_t qwen_error_int(const qwen_client *c, const char *key, int64_t dflt)
{
    return c->last_error != NULL ? qwen_reply_int(c->last_error, key, dflt) : dflt;
}

/* ---- opening ---------------------------------------------------------------------- */

static int set_flags(int fd)
{
    int fl = fcntl(fd, F_GETFL);
    return fl < 0 || fcntl(fd, F_SETFL, fl | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : 0;
}

int qwen_open_fd(qwen_client **out, int fd)
{
    qwen_client *c = qw_calloc(1, sizeof *c);
    open_error.code = QW_OK;
    if (c == NULL) {
        close(fd);
        return qw_error_set(&open_error, QW_ENOMEM, "out of memory");
    }
    if (pipe2(c->wake, O_CLOEXEC | O_NONBLOCK) < 0 || set_flags(fd) < 0) {
        int rc = qw_error_errno(&open_error, QW_EIO, errno, "client");
        if (c->wake[1] > 0) {
            close(c->wake[0]);
            close(c->wake[1]);
        }
        close(fd);
        qw_free(c);
        return rc;
    }
    c->fd = fd;
    c->next_id = 1;
    c->reconnect_ms = RECONNECT_MS;
    c->last = &c->first;
    qw_buf_init(&c->in, mp_limits_out.max_bytes + 65536);
    qw_buf_init(&c->out, MAX_UNSENT);
    *out = c;
    return QW_OK;
}

int conn_connect(const char *path, int *fd)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    struct timeval tv = { .tv_sec = CONNECT_TIMEOUT_S };        /* bounds connect() on a full backlog */
    if (strlen(path) >= sizeof sa.sun_path)
        return ENAMETOOLONG;
    strcpy(sa.sun_path, path);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return errno;
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    if (connect(s, (struct sockaddr *)&sa, sizeof sa) < 0) {
        int e = errno;
        close(s);
        return e;
    }
    *fd = s;
    return 0;
}

bool conn_nobody(int e)
{
    return e == ENOENT || e == ECONNREFUSED || e == ENOTDIR;
}

/* The rules of "Finding the daemon". */
static int find(const char *path, char **found, int *fd)
{
    struct qw_error *err = &open_error;
    char *user = NULL;
    int e, rc;
    if (path == NULL)
        path = paths_env_socket();
    if (path != NULL) {
        if ((rc = paths_check_socket(path, err)) != QW_OK)
            return rc;
        e = conn_connect(path, fd);
    } else {
        if ((rc = paths_user_socket(false, &user, err)) != QW_OK)
            return rc;
        path = user;
        e = conn_connect(path, fd);
        if (conn_nobody(e)) {
            int e2 = conn_connect(QW_SYSTEM_SOCKET, fd);
            if (!conn_nobody(e2)) {
                path = QW_SYSTEM_SOCKET;
                e = e2;
            }
        }
    }
    if (e == 0) {
        *found = qw_strdup(path);
        rc = QW_OK;
    } else if (conn_nobody(e)) {
        rc = qw_error_set(err, QW_ENOTFOUND, user != NULL ? "no qwend listens at %s or %s" : "no qwend listens at %s", path, QW_SYSTEM_SOCKET);
    } else if (e == EACCES && strcmp(path, QW_SYSTEM_SOCKET) == 0) {
        rc = qw_error_set(err, QW_EDENIED, "you may not use %s: become a member of its group (usermod -aG qwend NAME, then log in again)", path);
    } else {
        rc = qw_error_errno(err, e == EACCES || e == EPERM ? QW_EDENIED : QW_EIO, e, "%s", path);
    }
    qw_free(user);
    return rc;
}

int qwen_open(qwen_client **c, const char *path)
{
    char *found = NULL;
    int fd = -1;
    open_error.code = QW_OK;
    int rc = find(path, &found, &fd);
    if (rc != QW_OK)
        return rc;
    rc = qwen_open_fd(c, fd);
    if (rc != QW_OK) {
        qw_free(found);
        return rc;
    }
    (*c)->path = found;
    return QW_OK;
}

void qwen_close(qwen_client *c)
{
    if (c == NULL)
        return;
    while (c->first != NULL) {
        struct qwen_reply *r = c->first;
        c->first = r->next;
        qwen_reply_free(r);
    }
    qwen_reply_free(c->last_error);
    close(c->fd);
    close(c->wake[0]);
    close(c->wake[1]);
    qw_buf_free(&c->in);
    qw_buf_free(&c->out);
    qw_free(c->path);
    qw_free(c);
}

/* ---- driven ----------------------------------------------------------------------- */

int conn_die(qwen_client *c)
{
    c->dead = true;
    return c->err.code;
}

int conn_replace(qwen_client *c, int fd)
{
    if (set_flags(fd) < 0) {
        int rc = qw_error_errno(&c->err, QW_EIO, errno, "connection");
        close(fd);
        return rc;
    }
    close(c->fd);
    c->fd = fd;
    c->dead = c->lost = false;
    c->err.code = QW_OK;
    c->n_pending = 0;
    c->scan = (struct mp_scan){ 0 };
    qw_buf_drop(&c->in, c->in.len);
    qw_buf_drop(&c->out, c->out.len);
    return QW_OK;
}

int qwen_send(qwen_client *c, qwen_msg *m, uint32_t *id)
{
    int rc;
    if (m == NULL)
        return qw_error_set(&c->err, QW_ENOMEM, "out of memory");
    if (c->dead) {
        rc = c->err.code;
        goto out;
    }
    if ((rc = msg_finish(m, &c->err)) != QW_OK)
        goto out;
    if (c->n_pending >= MAX_PENDING) {
        rc = qw_error_set(&c->err, QW_EBUSY, "%d requests are waiting for their responses", MAX_PENDING);
        goto out;
    }
    if (c->out.len + m->body.len + 256 > MAX_UNSENT) {
        rc = qw_error_set(&c->err, QW_EBUSY, "%zu bytes are not sent yet", c->out.len);
        goto out;
    }
    uint32_t n = c->next_id++;
    rpc_begin_request(&c->out, n, m->method);
    qw_buf_add(&c->out, m->body.data, m->body.len);
    if (qw_buf_failed(&c->out)) {
        qw_error_set(&c->err, QW_ENOMEM, "out of memory");
        rc = conn_die(c);                        /* half a request may be in the buffer */
        goto out;
    }
    c->pending[c->n_pending++] = n;
    if (id != NULL)
        *id = n;
out:
    qwen_msg_free(m);
    return rc;
}

int qwen_want(const qwen_client *c)
{
    if (c->dead)
        return 0;
    return (c->queued < QUEUE_PAUSE ? QWEN_WANT_READ : 0) | (c->out.len > 0 ? QWEN_WANT_WRITE : 0);
}

bool conn_settle(qwen_client *c, uint32_t id)
{
    for (size_t i = 0; i < c->n_pending; i++)
        if (c->pending[i] == id) {
            c->pending[i] = c->pending[--c->n_pending];
            return true;
        }
    return false;
}

/* Takes whole messages off the front of in. */
static int parse(qwen_client *c)
{
    size_t done = 0;
    int rc = QW_OK;
    while (done < c->in.len) {
        struct qw_error err = { 0 };
        rc = mp_scan(&c->scan, c->in.data + done, c->in.len - done, &mp_limits_out, &err);
        if (rc == QW_ETRUNC) {
            rc = QW_OK;
            break;
        }
        size_t n = c->scan.pos;
        struct qwen_reply *r = NULL;
        if (rc == QW_OK)
            rc = reply_new(&r, c->in.data + done, n, &err);
        if (rc != QW_OK) {
            qw_error_set(&c->err, rc == QW_ENOMEM ? QW_ENOMEM : QW_EIO, "the other end does not speak qwend's protocol: %s", err.msg);
            break;
        }
        c->scan = (struct mp_scan){ 0 };
        done += n;
        if (r->msg.kind == RPC_RESPONSE && !conn_settle(c, r->msg.id) && r->msg.id != 0) {
            qwen_reply_free(r);             /* to a request that nobody waits for */
            continue;
        }
        if (r->msg.kind == RPC_RESPONSE && r->msg.id == 0) {
            /* Id 0 is never ours: the daemon could not read a request of ours, and closes. */
            qw_error_set(&c->err, r->code != 0 ? r->code : QW_EIO, "%s", r->text != NULL ? r->text : "response without a request");
            qwen_reply_free(r);
            rc = c->err.code;
            break;
        }
        c->queued += r->bytes.len;
        *c->last = r;
        c->last = &r->next;
    }
    qw_buf_drop(&c->in, done);
    return rc;
}

int qwen_process(qwen_client *c)
{
    if (c->dead)
        return c->err.code;
    while (c->out.len > 0) {
        ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0)                          /* the reason may still be there to read */
            break;
        qw_buf_drop(&c->out, (size_t)n);
    }
    char chunk[65536];
    for (int i = 0; i < 32 && c->queued < QUEUE_PAUSE; i++) {
        ssize_t n = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return QW_OK;
        if (n <= 0) {
            c->lost = true;
            if (n == 0)
                qw_error_set(&c->err, QW_EIO, "the daemon closed the connection");
            else
                qw_error_errno(&c->err, QW_EIO, errno, "connection");
            return conn_die(c);
        }
        qw_buf_add(&c->in, chunk, (size_t)n);
        if (qw_buf_failed(&c->in)) {
            qw_error_set(&c->err, QW_ENOMEM, "out of memory");
            return conn_die(c);
        }
        if (parse(c) != QW_OK)
            return conn_die(c);
    }
    return QW_OK;
}

qwen_reply *qwen_next(qwen_client *c)
{
    struct qwen_reply *r = c->first;
    if (r == NULL)
        return NULL;
    c->first = r->next;
    if (c->first == NULL)
        c->last = &c->first;
    c->queued -= r->bytes.len;
    r->next = NULL;
    return r;
}
