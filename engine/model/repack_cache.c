/* The format of the repack cache, and reading it. */
#include "engine/model/repack_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/hex.h"
#include "base/le.h"
#include "base/mem.h"
#include "engine/layout/wmat.h"
#include "engine/model/repack_int.h"

#define FORMAT_VERSION 1u
static const char magic[8] = { 'Q', 'W', 'R', 'E', 'P', 'A', 'C', 'K' };
enum { AT_VERSION = 8, AT_LAYOUT = 12, AT_PLAN = 16, AT_PRINT = 32, AT_FILE = 48, AT_BLOCK = 56, AT_PIECE = 64,
       AT_N = 68, AT_DATA = 72, AT_SUM = 80 };

struct repack_file {
    char    *path;
    uint8_t *head;
    int      dir, fd;
    char     name[64];
    uint64_t block_bytes, data_at;
};

const char *repack_state_name(enum repack_state s)
{
    static const char *const names[] = { "off", "read", "writing", "written", "failed" };
    return names[s];
}

/* ---- names ------------------------------------------------------------------------ */

struct repack_name repack_block_name(const char *fingerprint, const uint8_t plan[16])
{
    struct repack_name n;
    char hex[17];
    hex_put(hex, plan, 8);
    snprintf(n.s, sizeof n.s, "%.32s-%s" REPACK_SUFFIX, fingerprint, hex);
    return n;
}

static bool is_hex(const char *s, size_t n)
{
    return strspn(s, "0123456789abcdef") >= n;
}

bool repack_is_block(const char *name)
{
    return strlen(name) == 32 + 1 + 16 + sizeof REPACK_SUFFIX - 1 && is_hex(name, 32) && name[32] == '-' &&
           is_hex(name + 33, 16) && strcmp(name + 49, REPACK_SUFFIX) == 0;
}

struct repack_name repack_link_name(const struct gguf_stamp *s)
{
    const uint64_t v[5] = { s->device, s->inode, s->bytes, (uint64_t)s->mtime_ns, (uint64_t)s->ctime_ns };
    uint8_t le[sizeof v];
    XXH128_canonical_t c;
    struct repack_name n = { REPACK_LINK };
    for (int i = 0; i < 5; i++)
        le_put(le + 8 * i, v[i], 8);
    XXH128_canonicalFromHash(&c, XXH3_128bits(le, sizeof le));
    hex_put(n.s + sizeof REPACK_LINK - 1, c.digest, sizeof c.digest);
    return n;
}

/* ---- the head ---------------------------------------------------------------------- */

size_t repack_pieces(uint64_t block_bytes)
{
    return (size_t)((block_bytes + REPACK_PIECE - 1) / REPACK_PIECE);
}

uint64_t repack_data_at(uint64_t block_bytes)
{
    return (REPACK_HEAD + 8 * (uint64_t)repack_pieces(block_bytes) + REPACK_HEAD - 1) / REPACK_HEAD * REPACK_HEAD;
}

uint64_t repack_piece_sum(const uint8_t *p, size_t n, size_t i)
{
    return XXH3_64bits_withSeed(p, n, i);
}

static uint64_t head_sum(const uint8_t *head, uint64_t n)
{
    static const uint8_t zero[8];
    XXH64_hash_t a = XXH3_64bits(head, AT_SUM), b = XXH3_64bits_withSeed(zero, sizeof zero, a);
    return XXH3_64bits_withSeed(head + AT_SUM + 8, (size_t)n - AT_SUM - 8, b);
}

void repack_make_head(uint8_t *h, const struct repack_key *k, const char *fingerprint)
{
    const uint64_t n = repack_data_at(k->block_bytes);
    memcpy(h, magic, sizeof magic);
    le_put(h + AT_VERSION, FORMAT_VERSION, 4);
    le_put(h + AT_LAYOUT, WMAT_LAYOUT_VERSION, 4);
    memcpy(h + AT_PLAN, k->plan, 16);
    hex_get(h + AT_PRINT, 16, fingerprint);
    le_put(h + AT_FILE, k->file_bytes, 8);
    le_put(h + AT_BLOCK, k->block_bytes, 8);
    le_put(h + AT_PIECE, REPACK_PIECE, 4);
    le_put(h + AT_N, repack_pieces(k->block_bytes), 4);
    le_put(h + AT_DATA, n, 8);
    le_put(h + AT_SUM, head_sum(h, n), 8);
}

const char *repack_check_head(const uint8_t *h, const struct repack_key *k, const char *fingerprint)
{
    const uint64_t n = repack_data_at(k->block_bytes);
    uint8_t print[16];
    hex_get(print, sizeof print, fingerprint);
    if (memcmp(h, magic, sizeof magic) != 0)
        return "it is no file of this cache";
    if (le_get(h + AT_VERSION, 4) != FORMAT_VERSION || le_get(h + AT_LAYOUT, 4) != WMAT_LAYOUT_VERSION)
        return "it is of another version";
    if (le_get(h + AT_SUM, 8) != head_sum(h, n))
        return "its head is damaged";
    if (memcmp(h + AT_PLAN, k->plan, 16) != 0 || memcmp(h + AT_PRINT, print, 16) != 0 ||
        le_get(h + AT_FILE, 8) != k->file_bytes || le_get(h + AT_BLOCK, 8) != k->block_bytes ||
        le_get(h + AT_PIECE, 4) != REPACK_PIECE || le_get(h + AT_N, 4) != repack_pieces(k->block_bytes) ||
        le_get(h + AT_DATA, 8) != n)
        return "it belongs to another model";
    return NULL;
}

/* ---- opening ----------------------------------------------------------------------- */

static bool is_ours(const struct stat *st)
{
    return st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int repack_open_dir(const char *dir, int *fd, struct qw_error *err)
{
    struct stat st;
    int f = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f < 0)
        return qw_error_errno(err, errno == ENOENT ? QW_ENOTFOUND : QW_EIO, errno, "repack cache %s", dir);
    if (fstat(f, &st) != 0 || !is_ours(&st)) {
        close(f);
        return qw_error_set(err, QW_EDENIED, "repack cache %s is not used: it must be our own folder, which nobody "
                            "else may write; try: chmod go-w", dir);
    }
    *fd = f;
    return QW_OK;
}

int repack_open_block(int dir, const char *name, const struct repack_key *k, int *fd, struct qw_error *err)
{
    struct stat st;
    int f = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f < 0)
        return qw_error_errno(err, errno == ENOENT ? QW_ENOTFOUND : QW_EIO, errno, "%s", name);
    if (fstat(f, &st) != 0 || !S_ISREG(st.st_mode) || !is_ours(&st)) {
        close(f);
        return qw_error_set(err, QW_EDENIED, "it is not a file of our own that nobody else may write");
    }
    const uint64_t want = repack_data_at(k->block_bytes) + k->block_bytes;
    if ((uint64_t)st.st_size != want) {
        close(f);
        return qw_error_set(err, QW_EFORMAT, "it has %llu bytes, not %llu", (unsigned long long)st.st_size,
                            (unsigned long long)want);
    }
    *fd = f;
    return QW_OK;
}

int repack_pread(int fd, void *dst, size_t n, uint64_t at, struct qw_error *err)
{
    for (uint8_t *p = dst; n > 0;) {
        ssize_t k = pread(fd, p, n, (off_t)at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return qw_error_errno(err, QW_EIO, errno, "reading at byte %llu", (unsigned long long)at);
        if (k == 0)
            return qw_error_set(err, QW_EFORMAT, "it ends at byte %llu", (unsigned long long)at);
        p += k;
        at += (uint64_t)k;
        n -= (size_t)k;
    }
    return QW_OK;
}

/* The block that the link of this stamp names, if it is of our plan. */
static int follow(int dir, const struct repack_key *k, char name[64], struct qw_error *err)
{
    const struct repack_name link = repack_link_name(&k->stamp);
    ssize_t n = readlinkat(dir, link.s, name, 64);
    if (n <= 0 || n >= 64)
        return qw_error_set(err, QW_ENOTFOUND, "not cached");
    name[n] = '\0';
    if (!repack_is_block(name) || strcmp(repack_block_name(name, k->plan).s, name) != 0)
        return qw_error_set(err, QW_ENOTFOUND, "not cached for this version");
    return QW_OK;
}

static int read_head(struct repack_file *f, const struct repack_key *k, struct qw_error *err)
{
    int rc = repack_open_block(f->dir, f->name, k, &f->fd, err);
    if (rc != QW_OK)
        return rc;
    f->block_bytes = k->block_bytes;
    f->data_at = repack_data_at(k->block_bytes);
    f->head = qw_alloc((size_t)f->data_at);
    if (f->head == NULL)
        return qw_error_set(err, QW_ENOMEM, "head of the repack cache");
    rc = repack_pread(f->fd, f->head, (size_t)f->data_at, 0, err);
    if (rc != QW_OK)
        return rc;
    const char *wrong = repack_check_head(f->head, k, f->name);
    return wrong == NULL ? QW_OK : qw_error_set(err, QW_EFORMAT, "%s", wrong);
}

static void drop(struct repack_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->dir >= 0)
        close(f->dir);
    qw_free(f->head);
    qw_free(f->path);
    qw_free(f);
}

int repack_open(struct repack_file **out, const char *dir, const struct repack_key *k, char fingerprint[33],
                struct qw_error *err)
{
    struct repack_file *f = qw_calloc(1, sizeof *f);
    if (f == NULL)
        return qw_error_set(err, QW_ENOMEM, "repack cache");
    f->dir = f->fd = -1;
    int rc = repack_open_dir(dir, &f->dir, err);
    if (rc == QW_OK)
        rc = follow(f->dir, k, f->name, err);
    if (rc == QW_OK && (f->path = qw_asprintf("%s/%s", dir, f->name)) == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "repack cache");
    if (rc == QW_OK) {
        rc = read_head(f, k, err);
        if (rc == QW_EFORMAT)
            unlinkat(f->dir, f->name, 0);
        if (rc == QW_EFORMAT || rc == QW_EDENIED || rc == QW_EIO)
            qw_error_wrap(err, "%s is not used", f->path);
    }
    if (rc != QW_OK) {
        drop(f);
        return rc;
    }
    posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    snprintf(fingerprint, 33, "%.32s", f->name);
    *out = f;
    return QW_OK;
}

/* ---- reading ------------------------------------------------------------------------- */

size_t repack_n_pieces(const struct repack_file *f) { return repack_pieces(f->block_bytes); }
uint64_t repack_file_bytes(const struct repack_file *f) { return f->data_at + f->block_bytes; }
const char *repack_file_path(const struct repack_file *f) { return f->path; }

int repack_read_piece(const struct repack_file *f, size_t i, uint8_t *block, size_t *done, struct qw_error *err)
{
    const uint64_t at = (uint64_t)i * REPACK_PIECE, left = f->block_bytes - at;
    const size_t n = left < REPACK_PIECE ? (size_t)left : REPACK_PIECE;
    int rc = repack_pread(f->fd, block + at, n, f->data_at + at, err);
    if (rc == QW_OK && repack_piece_sum(block + at, n, i) != le_get(f->head + REPACK_HEAD + 8 * i, 8))
        rc = qw_error_set(err, QW_EFORMAT, "it is damaged between bytes %llu and %llu", (unsigned long long)(f->data_at + at),
                          (unsigned long long)(f->data_at + at + n));
    if (rc != QW_OK) {
        qw_error_wrap(err, "%s is not used", f->path);
        return rc;
    }
    *done = n;
    return QW_OK;
}

void repack_close(struct repack_file *f, int rc)
{
    if (f == NULL)
        return;
    if (rc == QW_OK)
        futimens(f->fd, NULL);              /* least recently used goes first */
    else if (rc == QW_EFORMAT)
        unlinkat(f->dir, f->name, 0);
    drop(f);
}
