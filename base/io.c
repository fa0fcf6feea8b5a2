#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int sys_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

static int sys_sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc, e;

    if (fd < 0)
        return -1;
    rc = fsync(fd);
    e = errno;
    close(fd);
    errno = e;
    return rc != 0 && e == EINVAL ? 0 : rc;     /* file systems that cannot sync folders need not */
}

static int sys_punch(int fd, off_t at, off_t n)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, n);
}

static int sys_willneed(int fd, off_t at, off_t n)
{
    int e = posix_fadvise(fd, at, n, POSIX_FADV_WILLNEED);

    errno = e;
    return e == 0 ? 0 : -1;
}

static int sys_links(int fd)
{
    struct stat st;

    return fstat(fd, &st) != 0 ? -1 : (int)st.st_nlink;
}

static int64_t sys_size(int fd)
{
    struct stat st;

    return fstat(fd, &st) != 0 ? -1 : (int64_t)st.st_size;
}

static int64_t sys_free_bytes(const char *path)
{
    struct statvfs v;

    return statvfs(path, &v) != 0 ? -1 : (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

const struct io_ops io_system = {
    .open = sys_open, .close = close, .preadv = preadv, .pwritev = pwritev, .fdatasync = fdatasync,
    .sync_dir = sys_sync_dir, .ftruncate = ftruncate, .punch = sys_punch, .willneed = sys_willneed,
    .unlink = unlink, .rename = rename, .links = sys_links, .size = sys_size, .free_bytes = sys_free_bytes,
};

/* Takes k bytes off the front of v. */
static void use_up(struct iovec **v, int *n, size_t k)
{
    while (*n > 0 && k >= (*v)->iov_len) {
        k -= (*v)->iov_len;
        (*v)++;
        (*n)--;
    }
    if (*n > 0) {
        (*v)->iov_base = (char *)(*v)->iov_base + k;
        (*v)->iov_len -= k;
    }
}

static int transfer_all(ssize_t (*f)(int, const struct iovec *, int, off_t), int fd, struct iovec *v, int n, off_t at,
                        const char *what, struct qw_error *err)
{
    use_up(&v, &n, 0);
    while (n > 0) {
        ssize_t k = f(fd, v, n > 1024 ? 1024 : n, at);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            int e = errno;

            qw_error_errno(err, QW_EIO, e, "cannot %s", what);
            errno = e;
            return QW_EIO;
        }
        if (k == 0) {
            errno = 0;
            return qw_error_set(err, QW_ETRUNC, "cannot %s: the file ends at byte %lld", what, (long long)at);
        }
        at += k;
        use_up(&v, &n, (size_t)k);
    }
    return QW_OK;
}

int io_read_all(const struct io_ops *io, int fd, struct iovec *v, int n, off_t at, struct qw_error *err)
{
    return transfer_all(io->preadv, fd, v, n, at, "read", err);
}

int io_write_all(const struct io_ops *io, int fd, struct iovec *v, int n, off_t at, struct qw_error *err)
{
    return transfer_all(io->pwritev, fd, v, n, at, "write", err);
}
