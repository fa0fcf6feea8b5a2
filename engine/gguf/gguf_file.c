/* The file under the reader: opened once, read by pread, never mapped.  Whoever truncates or
 * rewrites it meanwhile causes an error and nothing worse. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/gguf/gguf_int.h"

static struct gguf_stamp stamp_of(const struct stat *st)
{
    return (struct gguf_stamp){
        .device = st->st_dev, .inode = st->st_ino, .bytes = (uint64_t)st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
        .ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
    };
}

int gguf_file_open(struct gguf *g, struct qw_error *err)
{
    struct stat st;

    g->fd = open(g->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);    /* a FIFO must not block us */
    if (g->fd < 0)
        return qw_error_errno(err, errno == ENOENT ? QW_ENOTFOUND : QW_EIO, errno, "%s", g->path);
    if (fstat(g->fd, &st) != 0)
        return qw_error_errno(err, QW_EIO, errno, "%s", g->path);
    if (!S_ISREG(st.st_mode))
        return qw_error_set(err, QW_EFORMAT, "%s: not a regular file", g->path);
    if (st.st_size <= 0 || (uint64_t)st.st_size > SIZE_MAX / 2)
        return qw_error_set(err, QW_EFORMAT, "%s: not a GGUF file (%lld bytes)", g->path, (long long)st.st_size);
    g->size = (size_t)st.st_size;
    g->stamp = stamp_of(&st);
    return QW_OK;
}

void gguf_file_drop_head(struct gguf *g)
{
    if (g->mapped)
        qw_unmap((void *)g->head, g->have);
    g->mapped = false;
    g->head = NULL;
}

/* Copies n bytes from the beginning of the file. */
int gguf_file_head(struct gguf *g, size_t n, struct qw_error *err)
{
    gguf_file_drop_head(g);
    g->have = n < g->size ? n : g->size;
    void *p = qw_map(g->have);
    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s: no memory for %zu MiB of metadata", g->path, g->have >> 20);
    g->head = p;
    g->mapped = true;
    int rc = gguf_read(g, 0, p, g->have, err);
    if (rc != QW_OK)
        qw_error_wrap(err, "%s", g->path);
    return rc;
}

int gguf_read(const struct gguf *g, uint64_t at, void *dst, size_t n, struct qw_error *err)
{
    uint8_t *p = dst;

    if (at > g->size || n > g->size - at)
        return qw_error_set(err, QW_EINTERNAL, "bytes behind the end of the file are asked for");
    if (g->fd < 0) {
        memcpy(p, g->head + at, n);
        return QW_OK;
    }
    while (n > 0) {
        ssize_t k = pread(g->fd, p, n, (off_t)at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return qw_error_errno(err, QW_EIO, errno, "reading at byte %llu", (unsigned long long)at);
        if (k == 0)
            return qw_error_set(err, QW_EIO, "the file became shorter while it was read: it ends at byte %llu, "
                                "not %zu", (unsigned long long)at, g->size);
        p += k;
        at += (uint64_t)k;
        n -= (size_t)k;
    }
    return QW_OK;
}

void gguf_expect(const struct gguf *g, uint64_t at, uint64_t n)
{
    if (g->fd >= 0 && at < g->size)
        posix_fadvise(g->fd, (off_t)at, (off_t)(n < g->size - at ? n : g->size - at), POSIX_FADV_WILLNEED);
}

bool gguf_stamp(const struct gguf *g, struct gguf_stamp *out)
{
    if (g->fd < 0)
        return false;
    *out = g->stamp;
    return true;
}

int gguf_fd(const struct gguf *g) { return g->fd; }

int gguf_unchanged(const struct gguf *g, struct qw_error *err)
{
    struct stat st;
    if (g->fd < 0)
        return QW_OK;
    if (fstat(g->fd, &st) != 0)
        return qw_error_errno(err, QW_EIO, errno, "fstat");
    const struct gguf_stamp now = stamp_of(&st);
    if (now.bytes != g->stamp.bytes || now.mtime_ns != g->stamp.mtime_ns)
        return qw_error_set(err, QW_EIO, "the file was changed while it was read; load it again");
    return QW_OK;
}
