/* Files of the store, as a table of functions, so that tests can put a layer between that fails the
 * Nth call or forgets what was not synced.  Each entry means what the system call of its name means
 * (pwritev and preadv may do less than asked); all return -1 and errno on failure.
 *
 * Any thread.  The table is borrowed for as long as a file opened through it lives. */
#ifndef QW_BASE_IO_H
#define QW_BASE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/error.h"

struct io_ops {
    int     (*open)(const char *path, int flags, mode_t mode);
    int     (*close)(int fd);
    ssize_t (*preadv)(int fd, const struct iovec *v, int n, off_t at);
    ssize_t (*pwritev)(int fd, const struct iovec *v, int n, off_t at);
    int     (*fdatasync)(int fd);
    int     (*sync_dir)(const char *path);                      /* names made or gone in it are durable */
    int     (*ftruncate)(int fd, off_t size);
    int     (*punch)(int fd, off_t at, off_t n);                /* reads as zeros, occupies nothing; size stays */
    int     (*willneed)(int fd, off_t at, off_t n);             /* a hint */
    int     (*unlink)(const char *path);
    int     (*rename)(const char *from, const char *to);
    int     (*links)(int fd);                                   /* names that the file has; 0: deleted meanwhile */
    int64_t (*size)(int fd);
    int64_t (*free_bytes)(const char *path);                    /* of its file system, for us */
};
extern const struct io_ops io_system;

/* All bytes of v or an error: QW_EIO with errno kept (short files give QW_ETRUNC).  v is used up. */
int io_read_all(const struct io_ops *io, int fd, struct iovec *v, int n, off_t at, struct qw_error *err);
int io_write_all(const struct io_ops *io, int fd, struct iovec *v, int n, off_t at, struct qw_error *err);

#endif
