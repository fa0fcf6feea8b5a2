/* Files and folders: whole reads and writes, durable replacement, private
 * folders, locks.  Any thread. */
#ifndef QW_BASE_FS_H
#define QW_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Reads a whole file of at most limit bytes (QW_ETOOLARGE above); *data is
 * NUL-terminated and owned by the caller (qw_free). */
int fs_read_file(const char *path, size_t limit, char **data, size_t *len, struct qw_error *err);
/* All n bytes or an error; retries EINTR and short writes. */
int fs_write_all(int fd, const void *p, size_t n, struct qw_error *err);
/* Temporary name, write, fsync, rename, fsync of the folder. mode as chmod. */
int fs_replace_file(const char *path, const void *p, size_t n, mode_t mode, struct qw_error *err);
int fs_sync_dir(const char *path, struct qw_error *err);
/* mkdir -p with mode 0700 for what is missing; the last must be a folder owned by us
 * and not writable by others, else QW_EDENIED naming it. */
int fs_private_dir(const char *path, struct qw_error *err);
/* Opens (creating, 0600) and flocks exclusively.  QW_EBUSY when somebody holds
 * it and !wait.  *fd is the caller's; closing it releases. */
int fs_lock(const char *path, bool wait, int *fd, struct qw_error *err);

/* SHA-256 of a file as 64 hex digits; on_progress may be NULL, and returns
 * non-zero to stop (QW_ECANCELLED). */
int fs_sha256(const char *path, char hex[65],
              int (*on_progress)(void *arg, uint64_t done, uint64_t total), void *arg,
              struct qw_error *err);
/* Of n pieces, one after the other. */
struct fs_piece { const void *p; size_t n; };
void fs_sha256_pieces(const struct fs_piece *pieces, size_t n, unsigned char out[32]);

#endif
