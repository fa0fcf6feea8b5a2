/* The listening socket and the connections that came through it.
 *
 * Who may serve a path is decided by a lock beside it (PATH.lock): only its holder replaces a
 * stale socket or removes its own.  A socket that was inherited (socket activation) is never
 * unlinked.  Loop thread. */
#ifndef QW_DAEMON_SERVER_H
#define QW_DAEMON_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "daemon/conn.h"

#define SERVER_READ_BYTES (64u << 10)

struct server_callbacks {
    /* One message of one connection; not QW_OK: garbage (m says the id, if there was one). */
    int  (*message)(void *arg, struct conn *c, const char *p, size_t n, struct rpc_msg *m, struct qw_error *err);
    void (*gone)(void *arg, struct conn *c);        /* the peer has left; c is about to go */
    void (*drained)(void *arg, struct conn *c);     /* everything given so far was taken */
    void *arg;
};
struct server_options {
    const char *path;           /* NULL only with inherited sockets */
    const char *group;          /* 0660 and this group; NULL: 0600 */
    const int  *inherited; size_t n_inherited;
    uint64_t    max_connections, inbound_bytes, io_timeout_ms;
};

struct server;
/* QW_EBUSY: another daemon serves the path. */
int  server_new(struct server **s, uv_loop_t *loop, const struct server_options *o, const struct server_callbacks *cb,
                struct qw_error *err);
void server_set_limits(struct server *s, uint64_t max_connections, uint64_t inbound_bytes, uint64_t io_timeout_ms);
void server_stop_listening(struct server *s);       /* and remove the socket, if it is ours */
void server_end_all(struct server *s);              /* each connection after what is unsent */
void server_close(struct server *s);                /* everything, at once; NULL is fine */
void server_free(struct server *s);                 /* after the loop has closed every handle */
struct conn *server_find(struct server *s, uint64_t conn_id);       /* NULL: it has left */
size_t server_n_conns(const struct server *s);
uint64_t server_n_accepted(const struct server *s);
uint64_t server_idle_since_ms(const struct server *s);              /* when the last one left, or the start */
const char *server_path(const struct server *s);

/* For conn.c. */
char *server_read_buffer(struct server *s);
void  server_reap_soon(struct server *s);           /* closes what is doomed, from the loop */
bool  server_in_bytes(struct server *s, int64_t delta);             /* false: over the bound */
int   server_message(struct server *s, struct conn *c, const char *p, size_t n, struct rpc_msg *m, struct qw_error *err);
void  server_conn_gone(struct server *s, struct conn *c);
void  server_conn_drained(struct server *s, struct conn *c);

#endif
