#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int code_of(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR: return QW_ENOTFOUND;
    case EACCES:
    case EPERM:   return QW_EDENIED;
    case ENOMEM:  return QW_ENOMEM;
    default:      return QW_EIO;
    }
}

static int fail(struct qw_error *err, int errnum, const char *what, const char *path)
{
    return qw_error_errno(err, code_of(errnum), errnum, "cannot %s %s", what, path);
}

static ssize_t read_some(int fd, void *p, size_t n)
{
    ssize_t k;

    do
        k = read(fd, p, n);
    while (k < 0 && errno == EINTR);
    return k;
}

/* Reads to the end of the file; sizes from stat are only a first guess, since
 * files in /proc say 0 and others may grow. */
static int read_all(int fd, const char *path, size_t guess, size_t limit, char **data,
                    size_t *len, struct qw_error *err)
{
    size_t cap = guess, n = 0;
    char *p = qw_alloc(cap + 1);

    while (p != NULL) {
        ssize_t k = read_some(fd, p + n, cap - n + 1);  /* one more shows excess */

        if (k < 0) {
            int rc = fail(err, errno, "read", path);

            qw_free(p);
            return rc;
        }
        n += (size_t)k;
        if (n > limit) {
            qw_free(p);
            return qw_error_set(err, QW_ETOOLARGE, "%s is over %zu bytes", path, limit);
        }
        if (k == 0) {
            p[n] = '\0';
            *data = p;
            *len = n;
            return QW_OK;
        }
        if (n > cap) {
            size_t more = cap < 4096 ? 4096 : cap > limit / 2 ? limit : cap * 2;
            char *q = qw_realloc(p, (more > limit ? limit : more) + 1);

            if (q == NULL) {
                qw_free(p);
                p = NULL;
                break;
            }
            p = q;
            cap = more > limit ? limit : more;
        }
    }
    return qw_error_set(err, QW_ENOMEM, "no memory to read %s", path);
}

int fs_read_file(const char *path, size_t limit, char **data, size_t *len, struct qw_error *err)
{
    struct stat st;
    size_t guess = 4096;
    int fd, rc;

    if (limit >= SIZE_MAX - 1)
        limit = SIZE_MAX - 2;       /* room for the NUL and the excess byte */
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open", path);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        guess = (uint64_t)st.st_size > limit ? limit : (size_t)st.st_size;
    rc = read_all(fd, path, guess > limit ? limit : guess, limit, data, len, err);
    close(fd);
    return rc;
}

int fs_write_all(int fd, const void *p, size_t n, struct qw_error *err)
{
    const char *s = p;

    while (n > 0) {
        ssize_t k = write(fd, s, n);

        if (k < 0) {
            if (errno == EINTR)
                continue;
            return qw_error_errno(err, code_of(errno), errno, "cannot write");
        }
        s += k;
        n -= (size_t)k;
    }
    return QW_OK;
}

/* The folder that holds path, as a new string. */
static char *dir_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return qw_strdup(".");
    return qw_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int fs_sync_dir(const char *path, struct qw_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = QW_OK;

    if (fd < 0)
        return fail(err, errno, "open folder", path);
    /* Some file systems cannot sync folders and need not (EINVAL). */
    if (fsync(fd) != 0 && errno != EINVAL)
        rc = fail(err, errno, "sync folder", path);
    close(fd);
    return rc;
}

int fs_replace_file(const char *path, const void *p, size_t n, mode_t mode, struct qw_error *err)
{
    char *tmp = qw_asprintf("%s.tmp-XXXXXX", path), *dir = dir_of(path);
    int fd = -1, rc;

    if (tmp == NULL || dir == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "no memory to write %s", path);
        goto out;
    }
    fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0) {
        rc = fail(err, errno, "create a file beside", path);
        goto out;
    }
    rc = fs_write_all(fd, p, n, err);
    if (rc != QW_OK) {
        qw_error_wrap(err, "%s", path);
        goto out_unlink;
    }
    /* The data must be on disk before the name: a crash leaves the old file
     * or the new one, never an empty one. */
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0 || rename(tmp, path) != 0) {
        rc = fail(err, errno, "replace", path);
        goto out_unlink;
    }
    rc = fs_sync_dir(dir, err);
    goto out;
out_unlink:
    unlink(tmp);
out:
    if (fd >= 0)
        close(fd);
    qw_free(dir);
    qw_free(tmp);
    return rc;
}

static int make_dir(const char *path, struct qw_error *err)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return QW_OK;
    return fail(err, errno, "create folder", path);
}

int fs_private_dir(const char *path, struct qw_error *err)
{
    char *p = qw_strdup(path);
    struct stat st;
    int rc = QW_OK;

    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for the folder %s", path);
    if (path[0] == '\0')
        rc = qw_error_set(err, QW_EPARAMS, "empty folder name");
    for (char *s = p + 1; rc == QW_OK && path[0] != '\0' && *s != '\0'; s++) {
        if (*s != '/')
            continue;
        *s = '\0';
        /* A parent that exists but may not be searched shows in the last step. */
        if (stat(p, &st) != 0)
            rc = make_dir(p, err);
        *s = '/';
    }
    if (rc == QW_OK)
        rc = make_dir(path, err);
    if (rc == QW_OK && stat(path, &st) != 0)
        rc = fail(err, errno, "look at folder", path);
    if (rc == QW_OK && !S_ISDIR(st.st_mode))
        rc = qw_error_set(err, QW_EDENIED, "%s is not a folder", path);
    if (rc == QW_OK && st.st_uid != geteuid())
        rc = qw_error_set(err, QW_EDENIED, "folder %s belongs to user %u, not to us (%u)",
                          path, (unsigned)st.st_uid, (unsigned)geteuid());
    if (rc == QW_OK && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        rc = qw_error_set(err, QW_EDENIED,
                          "folder %s is writable by others (mode %04o); try: chmod go-w %s",
                          path, (unsigned)(st.st_mode & 07777), path);
    qw_free(p);
    return rc;
}

int fs_lock(const char *path, bool wait, int *fd, struct qw_error *err)
{
    int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc, e;

    if (f < 0)
        return fail(err, errno, "open lock", path);
    do
        rc = flock(f, LOCK_EX | (wait ? 0 : LOCK_NB));
    while (rc != 0 && errno == EINTR);
    if (rc == 0) {
        *fd = f;
        return QW_OK;
    }
    e = errno;
    close(f);
    if (e == EWOULDBLOCK)
        return qw_error_set(err, QW_EBUSY, "%s is locked by another process", path);
    return fail(err, e, "lock", path);
}

int fs_sha256(const char *path, char hex[65],
              int (*on_progress)(void *arg, uint64_t done, uint64_t total), void *arg,
              struct qw_error *err)
{
    enum { CHUNK = 1 << 20 };
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    uint64_t done = 0, total = 0;
    unsigned char *chunk = NULL;
    struct stat st;
    ssize_t k;
    int rc = QW_OK, fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(err, errno, "open", path);
    if (fstat(fd, &st) == 0)
        total = (uint64_t)st.st_size;
    chunk = qw_alloc(CHUNK);
    if (chunk == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "no memory to check %s", path);
        goto out;
    }
    crypto_hash_sha256_init(&state);
    while ((k = read_some(fd, chunk, CHUNK)) > 0) {
        crypto_hash_sha256_update(&state, chunk, (unsigned long long)k);
        done += (uint64_t)k;
        if (on_progress != NULL && on_progress(arg, done, total) != 0) {
            rc = qw_error_set(err, QW_ECANCELLED, "check of %s cancelled", path);
            goto out;
        }
    }
    if (k < 0) {
        rc = fail(err, errno, "read", path);
        goto out;
    }
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
out:
    qw_free(chunk);
    close(fd);
    return rc;
}

void fs_sha256_pieces(const struct fs_piece *pieces, size_t n, unsigned char out[32])
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++)
        crypto_hash_sha256_update(&state, pieces[i].p, (unsigned long long)pieces[i].n);
    crypto_hash_sha256_final(&state, out);
}
