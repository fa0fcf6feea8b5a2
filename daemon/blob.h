/* Blobs: bytes that are larger than a message, on their way in or out (session.export, session.import).
 *
 * Each is a file without a name in the data folder, so that nothing is left after the daemon.  It
 * belongs to a principal, whose connections all see it; it is forgotten after blob.close, or after
 * ten minutes in which nobody touched it.  Bounded in number and bytes.  Loop thread. */
#ifndef QW_DAEMON_BLOB_H
#define QW_DAEMON_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define BLOBS_PER_OWNER 8
#define BLOB_MAX_BYTES  (UINT64_C(8) << 30)     /* one */
#define BLOBS_MAX_BYTES (UINT64_C(16) << 30)    /* all of them together */
#define BLOB_KEEP_FREE  (UINT64_C(512) << 20)   /* of the file system */
#define BLOB_IDLE_MS    600000
#define BLOBS_IO_BYTES  (32u << 20)             /* of reads and writes on their way */

struct daemon;
struct blobs;
struct blob {
    struct blob *next;
    uint64_t id, owner;
    int      fd;                /* to be used while it is pinned */
    uint64_t bytes;             /* its length */
    uint64_t touched_ms;        /* monotonic */
    unsigned pins;              /* by reads, writes, exports, imports */
    bool     closed;            /* nobody finds it any more; it ends with its last pin */
    bool     writing;           /* its length is about to change, or must not */
};

/* dir is copied. */
int  blobs_new(struct blobs **b, const char *dir, struct qw_error *err);
void blobs_free(struct blobs *b);                       /* NULL is fine */
void blobs_tick(struct blobs *b, uint64_t now_ms);
/* QW_EBUSY: too many; QW_ETOOLARGE: expected_bytes (0: not known) are more than there may be; QW_ESTORAGE. */
int  blob_new(struct blobs *b, uint64_t owner, uint64_t expected_bytes, struct blob **out, struct qw_error *err);
struct blob *blob_find(struct blobs *b, uint64_t owner, uint64_t id);   /* touches it; NULL: others' do not exist */
/* May it grow by n bytes? */
int  blob_room(struct blobs *b, const struct blob *x, uint64_t n, struct qw_error *err);
uint64_t blob_most(const struct blobs *b, const struct blob *x);        /* by how many at most */
void blob_grown(struct blobs *b, struct blob *x, uint64_t bytes);       /* its length now */
int  blob_io_begin(struct blobs *b, size_t n, struct qw_error *err);    /* QW_EBUSY: too much is on its way */
void blob_io_end(struct blobs *b, size_t n);
void blob_pin(struct blob *x);
void blob_unpin(struct blobs *b, struct blob *x);
void blob_close(struct blobs *b, struct blob *x);

#endif
