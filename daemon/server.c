#include "daemon/server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"

#define TICK_MS      200        /* half-closed peers are looked at this often */
#define MAX_LISTENERS 4
#define BACKLOG      128
#define LOCK_WAIT_MS 15000      /* above the default of [daemon] drain_timeout */

struct server {
    uv_loop_t     *loop;
    struct server_callbacks cb;
    char          *path;
    int            lock_fd;                 /* -1: none */
    dev_t          dev;                     /* of the socket that we made */
    ino_t          ino;
    bool           own_socket, listening;
    uv_pipe_t      listener[MAX_LISTENERS];
    size_t         n_listeners;
    uv_timer_t     tick, reap;
    struct conn   *conns;
    size_t         n_conns;
    uint64_t       next_id, accepted, idle_since_ms;
    int64_t        in_bytes;
    uint64_t       max_connections, inbound_bytes, io_timeout_ms;
    char           read_buffer[SERVER_READ_BYTES];
};

/* ---- for conn.c ---- */

char *server_read_buffer(struct server *s) { return s->read_buffer; }

bool server_in_bytes(struct server *s, int64_t delta)
{
    s->in_bytes += delta;
    return s->in_bytes <= (int64_t)s->inbound_bytes;
}

int server_message(struct server *s, struct conn *c, const char *p, size_t n, struct rpc_msg *m, struct qw_error *err)
{
    return s->cb.message(s->cb.arg, c, p, n, m, err);
}

void server_conn_drained(struct server *s, struct conn *c) { s->cb.drained(s->cb.arg, c); }

void server_conn_gone(struct server *s, struct conn *c)
{
    s->in_bytes -= (int64_t)c->in.len;
    s->cb.gone(s->cb.arg, c);
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    s->n_conns--;
    s->idle_since_ms = clock_mono_ms();
}

/* ---- accepting ---- */

static void on_reap(uv_timer_t *t)
{
    struct server *s = t->data;
    for (struct conn *c = s->conns, *next; c != NULL; c = next) {
        next = c->next;
        if (c->doomed != NULL) {
            conn_close(c, c->doomed);
            next = s->conns;                /* the list has changed */
        }
    }
}

void server_reap_soon(struct server *s)
{
    uv_timer_start(&s->reap, on_reap, 0, 0);
}

static void on_tick(uv_timer_t *t)
{
    struct server *s = t->data;
    uint64_t now = clock_mono_ms();
    for (struct conn *c = s->conns, *next; c != NULL; c = next) {
        next = c->next;
        conn_tick(c, now, s->io_timeout_ms);
    }
    if (s->conns == NULL)
        uv_timer_stop(t);
}

static void on_connection(uv_stream_t *l, int status)
{
    struct server *s = l->data;
    if (status != 0) {
        log_warn("server", "accept: %s", uv_strerror(status));
        return;
    }
    struct conn *c = conn_accept(s, ++s->next_id, l);
    if (c == NULL)
        return;
    s->accepted++;
    c->prev = NULL;
    c->next = s->conns;
    if (s->conns != NULL)
        s->conns->prev = c;
    s->conns = c;
    s->n_conns++;
    if (s->n_conns == 1)                    /* an idle daemon does not wake */
        uv_timer_start(&s->tick, on_tick, TICK_MS, TICK_MS);
    log_debug("conn", "open conn=%llu peer=%s pid=%d", (unsigned long long)c->id, c->owner.name, (int)c->owner.pid);
    if (s->n_conns > s->max_connections)
        conn_close(c, "more connections than [limits] max_connections");
}

/* ---- the socket ---- */

/* Is somebody answering at the path?  Called with the lock held. */
static bool answered(const struct sockaddr_un *a)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    int rc = connect(fd, (const struct sockaddr *)a, sizeof *a);
    bool yes = rc == 0 || errno == EAGAIN || errno == EACCES || errno == EPERM;
    close(fd);
    return yes;
}

static int clear_path(const struct sockaddr_un *a, struct qw_error *err)
{
    struct stat st;
    if (lstat(a->sun_path, &st) != 0)
        return errno == ENOENT ? QW_OK : qw_error_errno(err, QW_EIO, errno, "%s", a->sun_path);
    if (!S_ISSOCK(st.st_mode))
        return qw_error_set(err, QW_ECONFLICT, "%s is there and is not a socket", a->sun_path);
    if (answered(a))
        return qw_error_set(err, QW_EBUSY, "another program serves %s", a->sun_path);
    log_info("server", "replacing a stale socket path=%s", a->sun_path);
    if (unlink(a->sun_path) != 0)
        return qw_error_errno(err, QW_EIO, errno, "removing the stale socket %s", a->sun_path);
    return QW_OK;
}

/* Whoever holds the lock and does not answer is about to leave, or has just begun: we wait a while. */
static int take_lock(struct server *s, const char *lock, const struct sockaddr_un *a, struct qw_error *err)
{
    uint64_t until = clock_mono_ms() + LOCK_WAIT_MS;
    for (;;) {
        int rc = fs_lock(lock, false, &s->lock_fd, err);
        if (rc != QW_EBUSY)
            return rc;
        if (answered(a) || clock_mono_ms() >= until)
            return qw_error_set(err, QW_EBUSY, "another qwend serves %s", s->path);
        usleep(20000);                      /* before there is a loop */
    }
}

static int set_group(const char *path, const char *name, struct qw_error *err)
{
    struct group *g = getgrnam(name);
    if (g == NULL)
        return qw_error_set(err, QW_EPARAMS, "socket_group: no group `%s`", name);
    if (chown(path, (uid_t)-1, g->gr_gid) != 0 || chmod(path, 0660) != 0)
        return qw_error_errno(err, QW_EIO, errno, "group and mode of %s", path);
    return QW_OK;
}

static int make_socket(struct server *s, const char *group, int *out, struct qw_error *err)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    struct stat st;
    int rc = paths_check_socket(s->path, err);
    if (rc != QW_OK)
        return rc;
    memcpy(a.sun_path, s->path, strlen(s->path) + 1);
    char *lock = qw_asprintf("%s.lock", s->path);
    if (lock == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    rc = take_lock(s, lock, &a, err);
    qw_free(lock);
    if (rc != QW_OK || (rc = clear_path(&a, err)) != QW_OK)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return qw_error_errno(err, QW_EIO, errno, "socket");
    mode_t old = umask(0177);
    int failed = bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ? errno : 0;
    umask(old);
    if (failed != 0) {
        close(fd);
        return qw_error_errno(err, QW_EIO, failed, "binding %s", s->path);
    }
    s->own_socket = true;
    if (lstat(s->path, &st) == 0) {
        s->dev = st.st_dev;
        s->ino = st.st_ino;
    }
    if (group != NULL && (rc = set_group(s->path, group, err)) != QW_OK) {
        close(fd);
        return rc;
    }
    *out = fd;
    return QW_OK;
}

static int listen_on(struct server *s, int fd, struct qw_error *err)
{
    uv_pipe_t *l = &s->listener[s->n_listeners];
    uv_pipe_init(s->loop, l, 0);
    l->data = s;
    s->n_listeners++;                       /* from here on it must be closed through the loop */
    int rc = uv_pipe_open(l, fd);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)l, BACKLOG, on_connection);
    if (rc != 0)
        return qw_error_set(err, QW_EIO, "listening: %s", uv_strerror(rc));
    return QW_OK;
}

static void remove_socket(struct server *s)
{
    struct stat st;
    if (s->own_socket && lstat(s->path, &st) == 0 && st.st_dev == s->dev && st.st_ino == s->ino)
        unlink(s->path);
    s->own_socket = false;
}

/* ---- life ---- */

int server_new(struct server **out, uv_loop_t *loop, const struct server_options *o, const struct server_callbacks *cb,
               struct qw_error *err)
{
    struct server *s = qw_calloc(1, sizeof *s);
    if (s == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    s->loop = loop;
    s->cb = *cb;
    s->lock_fd = -1;
    s->idle_since_ms = clock_mono_ms();
    server_set_limits(s, o->max_connections, o->inbound_bytes, o->io_timeout_ms);
    uv_timer_init(loop, &s->tick);
    uv_timer_init(loop, &s->reap);
    s->tick.data = s->reap.data = s;
    *out = s;                               /* the caller stops and frees it on errors, too */

    int rc = QW_OK;
    s->listening = true;
    if (o->n_inherited > 0) {
        for (size_t i = 0; rc == QW_OK && i < o->n_inherited && i < MAX_LISTENERS; i++)
            rc = listen_on(s, o->inherited[i], err);
        s->path = o->path != NULL ? qw_strdup(o->path) : NULL;
    } else {
        int fd = -1;
        s->path = qw_strdup(o->path);
        rc = s->path == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : make_socket(s, o->group, &fd, err);
        if (rc == QW_OK)
            rc = listen_on(s, fd, err);
    }
    return rc;
}

void server_set_limits(struct server *s, uint64_t max_connections, uint64_t inbound_bytes, uint64_t io_timeout_ms)
{
    s->max_connections = max_connections;
    s->inbound_bytes = inbound_bytes;
    s->io_timeout_ms = io_timeout_ms;
}

void server_stop_listening(struct server *s)
{
    if (!s->listening)
        return;
    s->listening = false;
    remove_socket(s);
    for (size_t i = 0; i < s->n_listeners; i++)
        uv_close((uv_handle_t *)&s->listener[i], NULL);
}

void server_end_all(struct server *s)
{
    for (struct conn *c = s->conns, *next; c != NULL; c = next) {
        next = c->next;
        conn_end(c);
    }
}

void server_close(struct server *s)
{
    if (s == NULL)
        return;
    server_stop_listening(s);
    while (s->conns != NULL)
        conn_close(s->conns, NULL);
    if (uv_is_closing((uv_handle_t *)&s->tick))
        return;
    uv_close((uv_handle_t *)&s->tick, NULL);
    uv_close((uv_handle_t *)&s->reap, NULL);
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    qw_free(s->path);
    qw_free(s);
}

struct conn *server_find(struct server *s, uint64_t conn_id)
{
    for (struct conn *c = s->conns; c != NULL; c = c->next)
        if (c->id == conn_id)
            return c->closed || c->doomed != NULL ? NULL : c;
    return NULL;
}

size_t server_n_conns(const struct server *s) { return s->n_conns; }
uint64_t server_n_accepted(const struct server *s) { return s->accepted; }
uint64_t server_idle_since_ms(const struct server *s) { return s->idle_since_ms; }
const char *server_path(const struct server *s) { return s->path; }
