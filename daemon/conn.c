#include "daemon/conn.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/server.h"

#define KEEP_BYTES (64u << 10)          /* buffers above this are given back when empty */
#define OUT_SLACK  (1u << 20)           /* one message may be begun just below the bound */

static void conn_read_more(struct conn *c);

/* ---- closing ---- */

static void on_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    qw_buf_free(&c->in);
    qw_buf_free(&c->out);
    qw_buf_free(&c->sending);
    qw_free(c);
}

void conn_close(struct conn *c, const char *why)
{
    if (c->closed)
        return;
    c->closed = true;
    if (why != NULL)
        log_warn("conn", "closed: %s conn=%llu peer=%s pid=%d", why, (unsigned long long)c->id, c->owner.name, (int)c->owner.pid);
    else
        log_debug("conn", "left conn=%llu", (unsigned long long)c->id);
    server_conn_gone(c->server, c);
    uv_close((uv_handle_t *)&c->pipe, on_closed);
}

void conn_doom(struct conn *c, const char *why)
{
    if (c->closed || c->doomed != NULL)
        return;
    c->doomed = why;
    qw_buf_clear(&c->out);
    server_reap_soon(c->server);
}

void conn_end(struct conn *c)
{
    if (c->closed)
        return;
    c->ending = true;
    if (c->reading) {
        uv_read_stop((uv_stream_t *)&c->pipe);
        c->reading = false;
    }
    if (!c->writing && c->out.len == 0)
        conn_close(c, NULL);
}

/* ---- sending ---- */

size_t conn_unsent(const struct conn *c)
{
    return c->out.len + (c->writing ? c->sending.len : 0) + c->held;
}

static void flush(struct conn *c);

/* It reads what it is sent first; conn_read_more goes on. */
static void pause_if_full(struct conn *c)
{
    if (!c->reading || conn_unsent(c) <= PROTO_UNSENT_PAUSE_BYTES)
        return;
    uv_read_stop((uv_stream_t *)&c->pipe);
    c->reading = false;
}

static void on_written(uv_write_t *w, int status)
{
    struct conn *c = w->data;
    c->writing = false;
    if (c->closed)
        return;
    if (status != 0) {
        conn_close(c, NULL);
        return;
    }
    if (c->sending.cap > KEEP_BYTES)
        qw_buf_free(&c->sending);
    else
        qw_buf_clear(&c->sending);
    c->out_since_ms = c->out.len != 0 ? clock_mono_ms() : 0;
    if (c->out.len != 0)
        flush(c);
    else if (c->ending)
        conn_close(c, NULL);
    if (c->closed)
        return;
    server_conn_drained(c->server, c);
    if (!c->closed)
        conn_read_more(c);
}

/* What the socket takes at once needs no callback and no further turn of the loop: a delta to a reader that
 * keeps up.  Not while reading is paused, which on_written ends, nor for long ones, whose buffer it frees. */
static bool flush_now(struct conn *c)
{
    if (!c->reading || c->out.len > KEEP_BYTES)
        return false;
    uv_buf_t b = uv_buf_init(c->out.data, (unsigned)c->out.len);
    int n = uv_try_write((uv_stream_t *)&c->pipe, &b, 1);
    if (n > 0)                                      /* an error is uv_write's to report */
        qw_buf_drop(&c->out, (size_t)n);
    return c->out.len == 0;
}

static void flush(struct conn *c)
{
    if (c->writing || c->closed || c->out.len == 0 || flush_now(c))
        return;
    struct qw_buf t = c->sending;
    c->sending = c->out;
    c->out = t;
    c->out.limit = PROTO_UNSENT_CLOSE_BYTES + OUT_SLACK;
    uv_buf_t b = uv_buf_init(c->sending.data, (unsigned)c->sending.len);
    c->write.data = c;
    c->writing = true;
    c->out_since_ms = clock_mono_ms();
    c->last_queue = c->sending.len;
    if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &b, 1, on_written) != 0) {
        c->writing = false;
        conn_doom(c, "it cannot be written to");
    }
}

struct qw_buf *conn_out(struct conn *c)
{
    return &c->out;
}

void conn_send(struct conn *c)
{
    if (c->closed)
        return;
    if (c->doomed != NULL) {
        qw_buf_clear(&c->out);
        return;
    }
    if (qw_buf_failed(&c->out) || conn_unsent(c) > PROTO_UNSENT_CLOSE_BYTES) {
        conn_doom(c, "more than 8 MiB unsent");
        return;
    }
    flush(c);
    if (c->doomed == NULL)
        pause_if_full(c);
}

void conn_answered(struct conn *c, uint32_t id)
{
    for (size_t i = 0; i < c->n_in_flight; i++) {
        if (c->in_flight[i] == id) {
            c->in_flight[i] = c->in_flight[--c->n_in_flight];
            break;
        }
    }
    if (c->half_closed && c->n_in_flight == 0)
        conn_end(c);
}

/* ---- reading ---- */

static void drop_in(struct conn *c, size_t n)
{
    server_in_bytes(c->server, -(int64_t)n);
    qw_buf_drop(&c->in, n);
}

/* id 0 if none could be read. */
static void garbage(struct conn *c, uint32_t id, const struct qw_error *err)
{
    log_warn("conn", "bad message: %s conn=%llu peer=%s pid=%d", err->msg, (unsigned long long)c->id, c->owner.name, (int)c->owner.pid);
    rpc_write_error(&c->out, id, err, NULL);
    drop_in(c, c->in.len);
    conn_send(c);
    conn_end(c);
}

/* The id of a message that is not whole or not well formed, if its beginning says one. */
static uint32_t early_id(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    if (n < 3 || p[0] != 0x94 || p[1] != 0)
        return 0;
    if (p[2] < 0x80)
        return p[2];
    if (p[2] == 0xcc && n > 3)
        return p[3];
    if (p[2] == 0xcd && n > 4)
        return (uint32_t)p[3] << 8 | p[4];
    if (p[2] == 0xce && n > 6)
        return (uint32_t)p[3] << 24 | (uint32_t)p[4] << 16 | (uint32_t)p[5] << 8 | p[6];
    return 0;
}

/* Every whole message that is there. */
static void take_messages(struct conn *c)
{
    struct qw_error err = { 0 };
    size_t at = 0;
    while (!c->closed && !c->ending && c->doomed == NULL && at < c->in.len) {
        if (conn_unsent(c) > PROTO_UNSENT_PAUSE_BYTES)
            break;                                  /* the rest waits until the peer reads */
        unsigned char first = (unsigned char)c->in.data[at];
        if (c->scan.pos == 0 && (first & 0xf0) != 0x90 && first != 0xdc && first != 0xdd) {
            qw_error_set(&err, QW_EREQUEST, "not MessagePack-RPC: begins with byte 0x%02x", first);
            garbage(c, early_id(c->in.data + at, c->in.len - at), &err);
            return;
        }
        int rc = mp_scan(&c->scan, c->in.data + at, c->in.len - at, &mp_limits_in, &err);
        if (rc == QW_ETRUNC)
            break;
        if (rc != QW_OK) {
            garbage(c, early_id(c->in.data + at, c->in.len - at), &err);
            return;
        }
        size_t n = c->scan.pos;
        c->scan = (struct mp_scan){ 0 };
        struct rpc_msg m = { 0 };
        rc = server_message(c->server, c, c->in.data + at, n, &m, &err);
        if (c->closed)
            return;
        if (rc != QW_OK) {
            garbage(c, m.has_id ? m.id : early_id(c->in.data + at, n), &err);
            return;
        }
        at += n;
    }
    if (c->closed)
        return;
    drop_in(c, at);
    if (c->in.len == 0) {
        c->in_since_ms = 0;
        if (c->in.cap > KEEP_BYTES)
            qw_buf_free(&c->in);
        c->in.limit = mp_limits_in.max_bytes + SERVER_READ_BYTES;
    }
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
    struct conn *c = h->data;
    (void)suggested;
    *b = uv_buf_init(server_read_buffer(c->server), SERVER_READ_BYTES);
}

/* A peer that has gone altogether, as against one that only said that it sends no more. */
static bool hung_up(struct conn *c)
{
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)&c->pipe, &fd) != 0)
        return true;
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct conn *c = s->data;
    if (n == UV_EOF && !hung_up(c) && c->n_in_flight > 0) {
        uv_read_stop(s);
        c->reading = false;
        c->half_closed = true;                      /* its answers are still wanted */
        return;
    }
    if (n < 0) {
        if (n == UV_EOF && (c->writing || c->out.len != 0) && !hung_up(c))
            conn_end(c);
        else
            conn_close(c, NULL);
        return;
    }
    if (n == 0)
        return;
    qw_buf_add(&c->in, b->base, (size_t)n);
    if (qw_buf_failed(&c->in)) {
        conn_close(c, "no memory for its message");
        return;
    }
    c->in_since_ms = clock_mono_ms();
    if (!server_in_bytes(c->server, n)) {
        conn_close(c, "unfinished messages of all connections are above [limits] inbound_bytes");
        return;
    }
    take_messages(c);
    if (!c->closed && c->doomed == NULL)
        pause_if_full(c);
}

static void conn_read_more(struct conn *c)
{
    if (c->closed || c->ending || c->doomed != NULL || c->reading || c->half_closed || conn_unsent(c) > PROTO_UNSENT_PAUSE_BYTES)
        return;
    take_messages(c);                               /* what had come before the pause */
    if (c->closed || c->ending || c->doomed != NULL || conn_unsent(c) > PROTO_UNSENT_PAUSE_BYTES)
        return;
    if (uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) != 0)
        conn_close(c, "cannot read");
    else
        c->reading = true;
    if (c->in_since_ms != 0)                        /* the pause was not its fault */
        c->in_since_ms = clock_mono_ms();
}

/* ---- life ---- */

static void on_never_opened(uv_handle_t *h)
{
    qw_free(h->data);
}

struct conn *conn_accept(struct server *s, uint64_t id, uv_stream_t *listener)
{
    struct conn *c = qw_calloc(1, sizeof *c);
    struct qw_error err;
    if (c == NULL)
        return NULL;
    c->id = id;
    c->server = s;
    uv_pipe_init(listener->loop, &c->pipe, 0);
    c->pipe.data = c;
    qw_buf_init(&c->in, mp_limits_in.max_bytes + SERVER_READ_BYTES);
    qw_buf_init(&c->out, PROTO_UNSENT_CLOSE_BYTES + OUT_SLACK);
    qw_buf_init(&c->sending, PROTO_UNSENT_CLOSE_BYTES + OUT_SLACK);
    uv_os_fd_t fd;
    if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0 || uv_fileno((uv_handle_t *)&c->pipe, &fd) != 0)
        goto refuse;
    if (owner_of_peer(fd, id, &c->owner, &err) != QW_OK) {
        log_warn("conn", "%s", err.msg);
        goto refuse;
    }
    if (uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) != 0)
        goto refuse;
    c->reading = true;
    return c;
refuse:
    uv_close((uv_handle_t *)&c->pipe, on_never_opened);
    return NULL;
}

void conn_tick(struct conn *c, uint64_t now_ms, uint64_t io_timeout_ms)
{
    if (c->closed)
        return;
    if (c->half_closed && hung_up(c)) {
        conn_close(c, NULL);
        return;
    }
    if (c->writing) {
        size_t q = uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe);
        if (q != c->last_queue) {
            c->last_queue = q;
            c->out_since_ms = now_ms;
        }
    }
    if (c->out_since_ms != 0 && now_ms - c->out_since_ms > io_timeout_ms)
        conn_close(c, "it does not take what it is sent");
    else if (c->reading && c->in_since_ms != 0 && now_ms > c->in_since_ms && now_ms - c->in_since_ms > io_timeout_ms)
        conn_close(c, "it does not end the message that it began");
}
