#include "daemon/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct blobs {
    char *dir;
    struct blob *first;
    uint64_t bytes;             /* of all */
    size_t   io_bytes;
};

int blobs_new(struct blobs **out, const char *dir, struct qw_error *err)
{
    struct blobs *b = qw_calloc(1, sizeof *b);
    if (b != NULL)
        b->dir = qw_strdup(dir);
    if (b == NULL || b->dir == NULL) {
        qw_free(b);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    *out = b;
    return QW_OK;
}

static void forget(struct blobs *b, struct blob *x)
{
    struct blob **p = &b->first;
    while (*p != x)
        p = &(*p)->next;
    *p = x->next;
    b->bytes -= x->bytes;
    close(x->fd);
    qw_free(x);
}

void blobs_free(struct blobs *b)
{
    if (b == NULL)
        return;
    while (b->first != NULL)
        forget(b, b->first);
    qw_free(b->dir);
    qw_free(b);
}

void blobs_tick(struct blobs *b, uint64_t now_ms)
{
    struct blob *next;
    for (struct blob *x = b->first; x != NULL; x = next) {
        next = x->next;
        if (x->pins == 0 && now_ms - x->touched_ms > BLOB_IDLE_MS && now_ms > x->touched_ms)
            forget(b, x);
    }
}

/* A file without a name; where the file system has none such, one that loses its name at once. */
static int nameless(const char *dir, struct qw_error *err)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char *path = qw_asprintf("%s/blob-XXXXXX", dir);
    fd = path != NULL ? mkostemp(path, O_CLOEXEC) : -1;
    if (fd >= 0)
        unlink(path);
    else
        qw_error_errno(err, QW_ESTORAGE, errno, "%s: no temporary file can be made", dir);
    qw_free(path);
    return fd;
}

int blob_room(struct blobs *b, const struct blob *x, uint64_t n, struct qw_error *err)
{
    struct statvfs fs;
    uint64_t have = x != NULL ? x->bytes : 0;
    if (have > BLOB_MAX_BYTES || n > BLOB_MAX_BYTES - have)
        return qw_error_set(err, QW_ETOOLARGE, "a blob may have %llu bytes", (unsigned long long)BLOB_MAX_BYTES);
    if (b->bytes > BLOBS_MAX_BYTES || n > BLOBS_MAX_BYTES - b->bytes)    /* writes under way are not in it yet */
        return qw_error_set(err, QW_EBUSY, "blobs hold %llu bytes; close those that you do not need",
                            (unsigned long long)b->bytes);
    if (statvfs(b->dir, &fs) == 0) {
        uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
        if (left < BLOB_KEEP_FREE || left - BLOB_KEEP_FREE < n)
            return qw_error_set(err, QW_ESTORAGE, "%s: the disk has too little room for %llu bytes more", b->dir,
                                (unsigned long long)n);
    }
    return QW_OK;
}

uint64_t blob_most(const struct blobs *b, const struct blob *x)
{
    struct statvfs fs;
    uint64_t n = BLOB_MAX_BYTES - x->bytes, left;
    if (n > BLOBS_MAX_BYTES - b->bytes)
        n = BLOBS_MAX_BYTES - b->bytes;
    if (statvfs(b->dir, &fs) != 0)
        return n;
    left = (uint64_t)fs.f_bavail * fs.f_frsize;
    left = left > BLOB_KEEP_FREE ? left - BLOB_KEEP_FREE : 0;
    return n < left ? n : left;
}

int blob_new(struct blobs *b, uint64_t owner, uint64_t expected_bytes, struct blob **out, struct qw_error *err)
{
    size_t n = 0;
    uint64_t id = 0;
    for (const struct blob *x = b->first; x != NULL; x = x->next)
        n += x->owner == owner;
    if (n >= BLOBS_PER_OWNER)
        return qw_error_set(err, QW_EBUSY, "you have %zu blobs; close those that you do not need", n);
    int rc = blob_room(b, NULL, expected_bytes, err);
    if (rc != QW_OK)
        return rc;
    while (id == 0)
        if (getrandom(&id, sizeof id, 0) == (ssize_t)sizeof id)
            id &= (UINT64_C(1) << 60) - 1;
        else
            return qw_error_errno(err, QW_EINTERNAL, errno, "getrandom");
    struct blob *x = qw_calloc(1, sizeof *x);
    if (x == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    x->fd = nameless(b->dir, err);
    if (x->fd < 0) {
        qw_free(x);
        return QW_ESTORAGE;
    }
    x->id = id;
    x->owner = owner;
    x->touched_ms = clock_mono_ms();
    x->next = b->first;
    b->first = x;
    *out = x;
    return QW_OK;
}

struct blob *blob_find(struct blobs *b, uint64_t owner, uint64_t id)
{
    for (struct blob *x = b->first; x != NULL; x = x->next)
        if (x->id == id && x->owner == owner && !x->closed) {
            x->touched_ms = clock_mono_ms();
            return x;
        }
    return NULL;
}

void blob_grown(struct blobs *b, struct blob *x, uint64_t bytes)
{
    b->bytes += bytes - x->bytes;
    x->bytes = bytes;
}

int blob_io_begin(struct blobs *b, size_t n, struct qw_error *err)
{
    if (n > BLOBS_IO_BYTES - b->io_bytes)
        return qw_error_set(err, QW_EBUSY, "%zu bytes of blobs are being read or written", b->io_bytes);
    b->io_bytes += n;
    return QW_OK;
}

void blob_io_end(struct blobs *b, size_t n)
{
    b->io_bytes -= n;
}

void blob_pin(struct blob *x)
{
    x->pins++;
}

void blob_unpin(struct blobs *b, struct blob *x)
{
    x->touched_ms = clock_mono_ms();
    if (--x->pins == 0 && x->closed)
        forget(b, x);
}

void blob_close(struct blobs *b, struct blob *x)
{
    x->closed = true;
    if (x->pins == 0)
        forget(b, x);
}
