/* The format of exported conversations (.qwsession); this header is its specification.  All numbers are
 * little-endian.
 *
 *   offset  bytes
 *      0      8    "QWSESSN\n"
 *      8      4    version of this format: 1
 *     12      4    0
 *     16      8    n, bytes of the conversation
 *     24     32    SHA-256 of bytes 0..23 followed by the conversation
 *     56      n    the conversation: one MessagePack map
 *   56+n           pages (daemon/store/transfer.h), or nothing
 *
 * The map: by (which qwend), exported_unix_ms, title?, system?, model?, tags: [str], created_unix_ms,
 * updated_unix_ms, space (model file and way of rendering, see session.h), and messages from the root to the head:
 * [{role, text, ids (bin: int32 each), cut, closed, generated, finish?, verdict?, created_unix_ms}].
 * The concatenation of all ids is the context.  Keys that are not known are ignored.
 *
 * Any thread; nothing here knows the daemon. */
#ifndef QW_DAEMON_SESSION_FILE_H
#define QW_DAEMON_SESSION_FILE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "daemon/session.h"

#define SESSION_FILE_HEAD  56u
#define SESSION_FILE_BYTES (16u << 20)      /* of a conversation, its ids included */
#define SESSION_FILE_SPACE 200u

struct session_file_message {
    enum node_role role;
    const char *text, *finish;              /* finish: NULL, or what finish_name says */
    const unsigned char *ids;               /* [n_ids] int32, little-endian, not aligned */
    size_t      n_ids;
    bool        cut, closed;
    int64_t     created_unix_ms;
};
struct session_file {
    struct qw_arena *arena;                 /* owns everything below */
    const char *title, *system, *model, *tags;          /* NULL: none; tags: blanks between them */
    const char *space;
    int64_t     created_unix_ms;
    struct session_file_message *messages;
    size_t      n_messages;
};

/* The conversation's map into an empty buffer.  QW_ETOOLARGE. */
int  session_file_write(struct qw_buf *map, const struct session *x, const char *by, struct qw_error *err);
/* The 56 bytes before a map. */
void session_file_head(unsigned char out[SESSION_FILE_HEAD], const void *map, size_t n);
/* How long the map is that this head announces.  QW_EPARAMS: no such file, a damaged one; QW_EUNSUPPORTED: of a
 * later version; QW_ETOOLARGE. */
int  session_file_size(const unsigned char head[SESSION_FILE_HEAD], size_t *n, struct qw_error *err);
/* Checks and reads the map, which is borrowed.  QW_EPARAMS says what is wrong and where. */
int  session_file_read(struct session_file *out, const unsigned char head[SESSION_FILE_HEAD], const void *map, size_t n,
                       struct qw_error *err);
void session_file_free(struct session_file *f);

#endif
