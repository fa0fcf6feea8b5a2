/* Writing the repack cache: a thread of the lowest priority beside a loaded model. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/le.h"
#include "base/mem.h"
#include "engine/model/repack_int.h"

#define FLUSH_BYTES   ((uint64_t)64 << 20)  /* so much waits for the disk at most */
#define RESERVE_BYTES ((uint64_t)1 << 30)   /* left free on the disk, or a 20th of it if that is more */
#define TICK_MS       50                    /* longer than the tick of any clock that file times come from */
#define MAX_LINKS     256

struct repack_writer {
    struct repack_job job;          /* dir is ours, fingerprint points to print */
    char             *dir_path;
    char              print[33];
    int               model_fd;
    pthread_t         thread;
    atomic_bool       stop;
    pthread_mutex_t   lock;
    pthread_cond_t    changed;      /* stop or the state; lock */
    struct repack_info info;        /* lock */
    /* the thread's own */
    int               dir, lock_fd;
    struct repack_name name;
};

/* ---- state --------------------------------------------------------------------------- */

static void tell(struct repack_writer *w, enum repack_state s, uint64_t bytes, const char *why)
{
    pthread_mutex_lock(&w->lock);
    w->info.state = s;
    w->info.bytes = bytes;
    snprintf(w->info.why, sizeof w->info.why, "%s", why);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void repack_write_info(struct repack_writer *w, struct repack_info *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->info;
    pthread_mutex_unlock(&w->lock);
}

static int check_stop(const struct repack_writer *w, struct qw_error *err)
{
    return atomic_load(&w->stop) ? qw_error_set(err, QW_ECANCELLED, "the model was unloaded before it was written") : QW_OK;
}

/* ---- room ------------------------------------------------------------------------------ */

struct old { struct repack_name name; uint64_t bytes; struct timespec used; };
struct folder { struct old *v; size_t n; uint64_t bytes; };

static int older_first(const void *a, const void *b)
{
    const struct old *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

static int note_block(struct folder *f, const char *name, const struct stat *st, struct qw_error *err)
{
    struct old *more = qw_realloc_array(f->v, f->n + 1, sizeof *more);
    if (more == NULL)
        return qw_error_set(err, QW_ENOMEM, "list of the repack cache");
    f->v = more;
    f->v[f->n] = (struct old){ .bytes = (uint64_t)st->st_size, .used = st->st_mtim };
    memcpy(f->v[f->n].name.s, name, strlen(name) + 1);      /* repack_is_block: it fits */
    f->bytes += f->v[f->n++].bytes;
    return QW_OK;
}

static bool starts(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

/* Lists the blocks; removes what is nobody's: stale temporary files (we hold the lock), links
 * without their block, the same model in another layout, and all links when they are too many. */
static int look_over(const struct repack_writer *w, struct folder *f, struct qw_error *err)
{
    int fd = openat(w->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = QW_OK;
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *e;
    size_t links = 0;
    if (d == NULL) {
        rc = qw_error_errno(err, QW_EIO, errno, "reading the folder");
        if (fd >= 0)
            close(fd);
        return rc;
    }
    while (rc == QW_OK && (e = readdir(d)) != NULL) {
        struct stat st;
        const char *name = e->d_name;
        if (starts(name, REPACK_TMP)) {
            unlinkat(w->dir, name, 0);
        } else if (starts(name, REPACK_LINK)) {
            if (++links > MAX_LINKS || (fstatat(w->dir, name, &st, 0) != 0 && errno == ENOENT))
                unlinkat(w->dir, name, 0);
        } else if (repack_is_block(name) && fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) {
            if (strncmp(name, w->name.s, 32) == 0 && strcmp(name, w->name.s) != 0)
                unlinkat(w->dir, name, 0);
            else if (strcmp(name, w->name.s) != 0)
                rc = note_block(f, name, &st, err);
        }
    }
    closedir(d);
    return rc;
}

/* How many bytes too few there are for `need` more, by the limit or by the disk. */
static uint64_t lacking(const struct repack_writer *w, const struct folder *f, uint64_t need, const char **by)
{
    struct statvfs v;
    uint64_t lack = 0;
    if (f->bytes + need > w->job.limit_bytes) {
        lack = f->bytes + need - w->job.limit_bytes;
        *by = "[cache] repack_cache_bytes";
    }
    if (fstatvfs(w->dir, &v) == 0) {
        uint64_t all = (uint64_t)v.f_blocks * v.f_frsize, free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
        uint64_t keep = all / 20 > RESERVE_BYTES ? all / 20 : RESERVE_BYTES;
        if (need + keep > free_bytes && need + keep - free_bytes > lack) {
            lack = need + keep - free_bytes;
            *by = "the space on the disk, of which a 20th, at least 1 GiB, is kept free";
        }
    }
    return lack;
}

static int tidy(const struct repack_writer *w, struct qw_error *err)
{
    struct folder f = { 0 };
    int rc = look_over(w, &f, err);
    qw_free(f.v);
    return rc;
}

static int make_room(struct repack_writer *w, uint64_t need, struct qw_error *err)
{
    struct folder f = { 0 };
    const char *by = "";
    uint64_t lack = 0;
    int rc = look_over(w, &f, err);
    if (rc == QW_OK && f.n > 1)
        qsort(f.v, f.n, sizeof *f.v, older_first);
    if (rc == QW_OK)
        lack = lacking(w, &f, need, &by);
    if (lack > f.bytes)                     /* then nothing is gained by removing any */
        f.n = 0;
    for (size_t i = 0; lack > 0 && i < f.n; i++) {
        if (unlinkat(w->dir, f.v[i].name.s, 0) != 0)
            continue;
        f.bytes -= f.v[i].bytes;
        lack = lacking(w, &f, need, &by);
    }
    qw_free(f.v);
    if (rc == QW_OK && lack > 0)
        rc = qw_error_set(err, QW_ETOOLARGE, "%llu MiB are %llu MiB more than fit into %s", (unsigned long long)(need >> 20),
                          (unsigned long long)((lack >> 20) + 1), by);
    return rc;
}

/* ---- the block ------------------------------------------------------------------------- */

static int put(int fd, const uint8_t *p, size_t n, uint64_t at, struct qw_error *err)
{
    while (n > 0) {
        ssize_t k = pwrite(fd, p, n, (off_t)at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return qw_error_errno(err, QW_EIO, k < 0 ? errno : ENOSPC, "writing");
        p += k;
        at += (uint64_t)k;
        n -= (size_t)k;
    }
    return QW_OK;
}

static int put_all(struct repack_writer *w, int fd, uint8_t *head, struct qw_error *err)
{
    const struct repack_key *k = &w->job.key;
    const uint64_t data_at = repack_data_at(k->block_bytes);
    const size_t n = repack_pieces(k->block_bytes);
    int rc = QW_OK;
    for (size_t i = 0; i < n && rc == QW_OK; i++) {
        const uint64_t at = (uint64_t)i * REPACK_PIECE, left = k->block_bytes - at;
        const size_t bytes = left < REPACK_PIECE ? (size_t)left : REPACK_PIECE;
        const uint64_t sum = repack_piece_sum(w->job.block + at, bytes, i);
        le_put64(head + REPACK_HEAD + 8 * i, sum);
        rc = put(fd, w->job.block + at, bytes, data_at + at, err);
        if (rc == QW_OK && (at + bytes) % FLUSH_BYTES == 0 && fdatasync(fd) != 0)
            rc = qw_error_errno(err, QW_EIO, errno, "writing");
        if (rc == QW_OK)
            rc = check_stop(w, err);
    }
    if (rc == QW_OK) {
        repack_make_head(head, k, w->print);
        rc = put(fd, head, (size_t)data_at, 0, err);
    }
    if (rc == QW_OK && fsync(fd) != 0)      /* before the name: a crash leaves the whole file or none */
        rc = qw_error_errno(err, QW_EIO, errno, "writing");
    return rc;
}

static int write_block(struct repack_writer *w, uint64_t total, struct qw_error *err)
{
    char tmp[32];
    snprintf(tmp, sizeof tmp, REPACK_TMP "%ld", (long)getpid());
    uint8_t *head = qw_calloc(1, (size_t)repack_data_at(w->job.key.block_bytes));
    int rc = QW_OK, fd = openat(w->dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (head == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "head of the repack cache");
    else if (fd < 0)
        rc = qw_error_errno(err, errno == EROFS || errno == EACCES ? QW_EDENIED : QW_EIO, errno, "a new file");
    int e = rc == QW_OK ? posix_fallocate(fd, 0, (off_t)total) : 0;
    if (e != 0 && e != EOPNOTSUPP && e != EINVAL)
        rc = qw_error_errno(err, QW_EIO, e, "%llu MiB", (unsigned long long)(total >> 20));
    if (rc == QW_OK)
        rc = put_all(w, fd, head, err);
    if (rc == QW_OK && renameat(w->dir, tmp, w->dir, w->name.s) != 0)
        rc = qw_error_errno(err, QW_EIO, errno, "rename");
    if (rc != QW_OK && fd >= 0)
        unlinkat(w->dir, tmp, 0);
    if (fd >= 0)
        close(fd);
    if (rc == QW_OK && fsync(w->dir) != 0)
        rc = qw_error_errno(err, QW_EIO, errno, "the folder");
    qw_free(head);
    return rc;
}

/* Whether the block is there already, by its head: another process, or another name of the model. */
static bool is_there(const struct repack_writer *w)
{
    const size_t n = (size_t)repack_data_at(w->job.key.block_bytes);
    int fd;
    if (repack_open_block(w->dir, w->name.s, &w->job.key, &fd, NULL) != QW_OK)
        return false;
    uint8_t *head = qw_alloc(n);
    bool yes = head != NULL && repack_pread(fd, head, n, 0, NULL) == QW_OK &&
               repack_check_head(head, &w->job.key, w->print) == NULL;
    qw_free(head);
    close(fd);
    return yes;
}

/* ---- the link -------------------------------------------------------------------------- */

/* A file that changes within the tick of its last change keeps its times: waits until it is over. */
static int wait_tick(struct repack_writer *w, struct qw_error *err)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const int64_t now_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, end = w->job.key.stamp.ctime_ns + TICK_MS * 1000000ll;
    if (now_ns >= end || end - now_ns > TICK_MS * 1000000ll)    /* in the future: the clock was set */
        return check_stop(w, err);
    now.tv_sec = (time_t)(end / 1000000000);
    now.tv_nsec = (long)(end % 1000000000);
    pthread_mutex_lock(&w->lock);
    while (!atomic_load(&w->stop) && pthread_cond_timedwait(&w->changed, &w->lock, &now) == 0)
        ;
    pthread_mutex_unlock(&w->lock);
    return check_stop(w, err);
}

static int make_link(struct repack_writer *w, struct qw_error *err)
{
    const struct repack_name link = repack_link_name(&w->job.key.stamp);
    const struct gguf_stamp *s = &w->job.key.stamp;
    struct stat st;
    char tmp[40];
    int rc = wait_tick(w, err);
    if (rc != QW_OK)
        return rc;
    if (fstat(w->model_fd, &st) != 0 || (uint64_t)st.st_size != s->bytes ||
        (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec != s->mtime_ns ||
        (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec != s->ctime_ns)
        return qw_error_set(err, QW_ECONFLICT, "the model's file has been changed since it was loaded");
    snprintf(tmp, sizeof tmp, REPACK_TMP "%ld-link", (long)getpid());
    unlinkat(w->dir, tmp, 0);
    if (symlinkat(w->name.s, w->dir, tmp) != 0 || renameat(w->dir, tmp, w->dir, link.s) != 0) {
        rc = qw_error_errno(err, QW_EIO, errno, "link");
        unlinkat(w->dir, tmp, 0);
    }
    return rc;
}

/* ---- the thread ------------------------------------------------------------------------ */

static void be_quiet(void)
{
    enum { WHO_PROCESS = 1, CLASS_IDLE = 3 << 13 };
    const struct sched_param p = { 0 };
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
    sched_setscheduler(0, SCHED_IDLE, &p);  /* of this thread; where it is refused, 19 stays */
    syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE);
}

static int open_folder(struct repack_writer *w, struct qw_error *err)
{
    int rc = fs_private_dir(w->dir_path, err);
    if (rc == QW_OK)
        rc = repack_open_dir(w->dir_path, &w->dir, err);
    if (rc != QW_OK)
        return rc;
    w->lock_fd = openat(w->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->lock_fd < 0)
        return qw_error_errno(err, errno == EROFS || errno == EACCES ? QW_EDENIED : QW_EIO, errno, "%s/lock", w->dir_path);
    if (flock(w->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return qw_error_set(err, QW_EBUSY, "another process writes to %s", w->dir_path);
    return QW_OK;
}

static void *writer_main(void *arg)
{
    struct repack_writer *w = arg;
    struct qw_error err = { 0 };
    const uint64_t total = repack_data_at(w->job.key.block_bytes) + w->job.key.block_bytes;
    be_quiet();
    int rc = open_folder(w, &err);
    if (rc == QW_OK && is_there(w)) {
        rc = tidy(w, &err);
    } else if (rc == QW_OK) {
        unlinkat(w->dir, w->name.s, 0);
        rc = make_room(w, total, &err);
        if (rc == QW_OK)
            rc = write_block(w, total, &err);
    }
    if (rc == QW_OK)
        rc = make_link(w, &err);
    if (w->lock_fd >= 0)
        close(w->lock_fd);
    if (w->dir >= 0)
        close(w->dir);
    tell(w, rc == QW_OK ? REPACK_WRITTEN : REPACK_FAILED, rc == QW_OK ? total : 0, rc == QW_OK ? "" : err.msg);
    return NULL;
}

static void writer_free(struct repack_writer *w)
{
    if (w->model_fd >= 0)
        close(w->model_fd);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    qw_free(w->dir_path);
    qw_free(w);
}

int repack_write(struct repack_writer **out, const struct repack_job *j, struct qw_error *err)
{
    struct repack_writer *w = qw_calloc(1, sizeof *w);
    if (w == NULL)
        return qw_error_set(err, QW_ENOMEM, "writer of the repack cache");
    w->job = *j;
    w->job.limit_bytes = j->limit_bytes != 0 ? j->limit_bytes : REPACK_LIMIT_DEFAULT;
    w->dir = w->lock_fd = -1;
    snprintf(w->print, sizeof w->print, "%s", j->fingerprint);
    w->name = repack_block_name(w->print, j->key.plan);
    w->info.state = REPACK_WRITING;
    snprintf(w->info.path, sizeof w->info.path, "%s/%s", j->dir, w->name.s);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    w->model_fd = fcntl(j->model_fd, F_DUPFD_CLOEXEC, 0);
    w->dir_path = qw_strdup(j->dir);
    if (w->model_fd < 0 || w->dir_path == NULL) {
        writer_free(w);
        return qw_error_set(err, QW_ENOMEM, "writer of the repack cache");
    }
    sigset_t all, before;                   /* signals belong to the thread that set the handlers */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int e = pthread_create(&w->thread, NULL, writer_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e != 0) {
        writer_free(w);
        return qw_error_errno(err, QW_ENOMEM, e, "writer of the repack cache");
    }
    pthread_setname_np(w->thread, "qw-repack");
    *out = w;
    return QW_OK;
}

void repack_write_wait(struct repack_writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->info.state == REPACK_WRITING)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void repack_write_end(struct repack_writer *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->stop, true);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    writer_free(w);
}
