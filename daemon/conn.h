/* One connection: bytes in, whole messages out of them, bounded; bytes out, bounded.
 *
 * Bounds (rules 3, 4 and 13 of PROTOCOL.md): a message has at most 4 MiB; above 1 MiB unsent we
 * stop reading; above 8 MiB, or a while without progress, we close; garbage gets one error and
 * the connection is closed.  Others refer to a connection by its id, never by pointer.
 * Loop thread. */
#ifndef QW_DAEMON_CONN_H
#define QW_DAEMON_CONN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "daemon/owner.h"
#include "proto/rpc.h"
#include "proto/table.h"

struct server;

struct conn {
    uint64_t       id;
    struct server *server;
    struct conn   *next, *prev;
    uv_pipe_t      pipe;
    struct owner   owner;

    struct qw_buf  in;                  /* the message that has begun */
    struct mp_scan scan;
    uint64_t       in_since_ms;         /* when its last byte came; 0: none has begun */
    uint32_t       in_flight[PROTO_MAX_IN_FLIGHT];
    size_t         n_in_flight;

    struct qw_buf  out, sending;        /* out collects while sending is written */
    uv_write_t     write;
    bool           writing;
    size_t         held;                /* bytes that runs keep back for this connection */
    uint64_t       out_since_ms;        /* last time that the peer took something; 0: nothing unsent */
    size_t         last_queue;

    bool           reading, half_closed, ending, closed;
    const char    *doomed;              /* why it is to be closed, from the loop; NULL: it is not */
};

struct conn *conn_accept(struct server *s, uint64_t id, uv_stream_t *listener);  /* NULL: nothing accepted */
void conn_close(struct conn *c, const char *why);       /* at once; why is logged, NULL: the peer left */
/* Soon, from the loop: whoever sends need not think of the connection's end, and of its runs' with it.
 * Nothing is sent any more, and server_find does not find it.  why: static. */
void conn_doom(struct conn *c, const char *why);
void conn_end(struct conn *c);                          /* after what is unsent */
/* Where the next message is written; conn_send after it.  One message at a time. */
struct qw_buf *conn_out(struct conn *c);
void conn_send(struct conn *c);
size_t conn_unsent(const struct conn *c);               /* bytes, runs' held ones included */
/* A request is answered: frees its place.  Ends a half-closed connection with its last one. */
void conn_answered(struct conn *c, uint32_t id);
void conn_tick(struct conn *c, uint64_t now_ms, uint64_t io_timeout_ms);

#endif
