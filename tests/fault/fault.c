#include "tests/fault/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { SECTOR = 512, MAX_FILES = 64, MAX_FD = 1024 };

struct change { struct change *next; long long at; size_t n; char *data; bool cut; };       /* cut: ftruncate to at */
struct known {                      /* a file below the recorded folder */
    char *path;
    char *base;                     /* what is durable */
    size_t n_base;
    struct change *first, **last;   /* since the last sync, in order */
    bool has_name;                  /* its name is durable */
    bool deleted;                   /* unlinked, not durably */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { int classes, where; long left; int errnum; bool forever; long fired; } fault;
static long long space = -1;
static struct known files[MAX_FILES];
static size_t n_files;
static int fd_file[MAX_FD];         /* index + 1 */
static char *recorded;
static void (*sync_hook)(void *, long);
static void *hook_arg;
static long n_syncs;

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

/* ---- faults ---- */

/* Lock held; true: this call fails with errno set. */
static bool fails(int class, int where)
{
    if ((fault.classes & class) == 0 || (fault.where & where) == 0)
        return false;
    if (fault.left > 0) {
        fault.left--;
        return false;
    }
    if (fault.left < 0)
        return false;
    if (!fault.forever)
        fault.left = -1;
    fault.fired++;
    errno = fault.errnum;
    return true;
}

static bool no_space(size_t n)
{
    if (space < 0)
        return false;
    if ((long long)n > space) {
        errno = ENOSPC;
        return true;
    }
    space -= (long long)n;
    return false;
}

void fault_set(int classes, int where, long nth, int errnum, bool forever)
{
    pthread_mutex_lock(&lock);
    fault.classes = classes, fault.where = where, fault.left = nth, fault.errnum = errnum, fault.forever = forever;
    fault.fired = 0;
    pthread_mutex_unlock(&lock);
}

void fault_clear(void)
{
    pthread_mutex_lock(&lock);
    fault.classes = 0;
    space = -1;
    pthread_mutex_unlock(&lock);
}

long fault_fired(void)
{
    long n;

    pthread_mutex_lock(&lock);
    n = fault.fired;
    pthread_mutex_unlock(&lock);
    return n;
}

void fault_set_space(long long bytes)
{
    pthread_mutex_lock(&lock);
    space = bytes;
    pthread_mutex_unlock(&lock);
}

/* ---- what is known of files; lock held ---- */

static void forget_changes(struct known *f)
{
    struct change *c;

    while ((c = f->first) != NULL) {
        f->first = c->next;
        free(c->data);
        free(c);
    }
    f->last = &f->first;
}

static void apply(char **p, size_t *n, const struct change *c)
{
    size_t end = (size_t)c->at + c->n;

    if (c->cut || end > *n) {
        *p = must(realloc(*p, end + 1));
        if (end > *n)
            memset(*p + *n, 0, end - *n);
        *n = end;
    }
    if (!c->cut)
        memcpy(*p + c->at, c->data, c->n);
}

static struct known *know(const char *path)
{
    struct known *f;

    if (recorded == NULL || strncmp(path, recorded, strlen(recorded)) != 0)
        return NULL;
    for (size_t i = 0; i < n_files; i++)
        if (strcmp(files[i].path, path) == 0)
            return &files[i];
    if (n_files == MAX_FILES)
        abort();
    f = &files[n_files++];
    memset(f, 0, sizeof *f);
    f->path = must(strdup(path));
    f->last = &f->first;
    return f;
}

static void note(struct known *f, long long at, const void *data, size_t n, bool cut)
{
    struct change *c;

    if (f == NULL)
        return;
    f->deleted = false;
    c = must(calloc(1, sizeof *c));
    c->at = at;
    c->n = n;
    c->cut = cut;
    if (!cut && n > 0) {
        c->data = must(malloc(n));
        if (data != NULL)
            memcpy(c->data, data, n);
        else
            memset(c->data, 0, n);
    }
    *f->last = c;
    f->last = &c->next;
}

static void made_durable(struct known *f)
{
    if (f == NULL)
        return;
    for (const struct change *c = f->first; c != NULL; c = c->next)
        apply(&f->base, &f->n_base, c);
    forget_changes(f);
}

/* The folder's names are as they are now. */
static void names_durable(const char *dir, size_t n)
{
    for (size_t i = 0; i < n_files; i++) {
        struct known *f = &files[i];

        if (strncmp(f->path, dir, n) != 0 || f->path[n] != '/' || strchr(f->path + n + 1, '/') != NULL)
            continue;
        f->has_name = !f->deleted;
        if (f->deleted) {
            forget_changes(f);
            f->n_base = 0;
        }
    }
}

static void at_sync(void)
{
    if (sync_hook != NULL)
        sync_hook(hook_arg, n_syncs++);
}

void fault_reset(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_files; i++) {
        forget_changes(&files[i]);
        free(files[i].base);
        free(files[i].path);
    }
    n_files = 0;
    memset(fd_file, 0, sizeof fd_file);
    free(recorded);
    recorded = NULL;
    sync_hook = NULL;
    fault.classes = 0;
    space = -1;
    pthread_mutex_unlock(&lock);
}

void fault_record(const char *dir, void (*hook)(void *, long), void *arg)
{
    pthread_mutex_lock(&lock);
    recorded = must(strdup(dir));
    sync_hook = hook;
    hook_arg = arg;
    n_syncs = 0;
    pthread_mutex_unlock(&lock);
}

void fault_record_end(void)
{
    pthread_mutex_lock(&lock);
    sync_hook = NULL;
    pthread_mutex_unlock(&lock);
}

/* ---- images ---- */

static unsigned next_random(unsigned *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 16;
}

static void apply_torn(char **p, size_t *n, const struct change *c, unsigned *x)
{
    for (size_t done = 0; done < c->n;) {
        size_t k = SECTOR - (size_t)((c->at + (long long)done) % SECTOR);
        struct change part = { .at = c->at + (long long)done, .data = c->data + done };

        part.n = k < c->n - done ? k : c->n - done;
        if (next_random(x) % 2 == 0)
            apply(p, n, &part);
        done += part.n;
    }
}

static void write_image(const char *path, const char *p, size_t n)
{
    FILE *f = must(fopen(path, "wb"));

    if (fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
}

void fault_make_image(const char *to, enum fault_image how, unsigned seed)
{
    unsigned x = seed * 2654435761u + 12345;
    char path[4096];

    snprintf(path, sizeof path, "%s/pages", to);
    mkdir(path, 0700);
    for (size_t i = 0; i < n_files; i++) {
        struct known *f = &files[i];
        size_t n = f->n_base;
        char *p = must(malloc(n + 1));
        bool there = f->has_name || how == IMAGE_ALL || (how != IMAGE_NONE && next_random(&x) % 2 == 0);

        if (n > 0)
            memcpy(p, f->base, n);
        for (const struct change *c = f->first; c != NULL; c = c->next) {
            bool keep = how == IMAGE_ALL || (how != IMAGE_NONE && next_random(&x) % 2 == 0);

            if (how == IMAGE_TORN && !c->cut && c->n > 0)
                apply_torn(&p, &n, c, &x);
            else if (keep)
                apply(&p, &n, c);
        }
        if (f->deleted && (how == IMAGE_ALL || next_random(&x) % 2 == 0))
            there = false;
        snprintf(path, sizeof path, "%s%s", to, f->path + strlen(recorded));
        if (there)
            write_image(path, p, n);
        free(p);
    }
}

/* ---- page files ---- */

static struct known *of_fd(int fd)
{
    return fd >= 0 && fd < MAX_FD && fd_file[fd] > 0 && fd_file[fd] <= (int)n_files ? &files[fd_file[fd] - 1] : NULL;
}

static int f_open(const char *path, int flags, mode_t mode)
{
    struct known *f;
    bool no;
    int fd;

    pthread_mutex_lock(&lock);
    no = fails(FAULT_OPEN, FAULT_PAGES);
    pthread_mutex_unlock(&lock);
    fd = no ? -1 : io_system.open(path, flags, mode);
    pthread_mutex_lock(&lock);
    f = fd >= 0 ? know(path) : NULL;
    if (fd >= 0 && fd < MAX_FD)
        fd_file[fd] = f != NULL ? (int)(f - files) + 1 : 0;
    pthread_mutex_unlock(&lock);
    return fd;
}

static ssize_t f_preadv(int fd, const struct iovec *v, int n, off_t at)
{
    bool no;

    pthread_mutex_lock(&lock);
    no = fails(FAULT_READ, FAULT_PAGES);
    pthread_mutex_unlock(&lock);
    return no ? -1 : io_system.preadv(fd, v, n, at);
}

static ssize_t f_pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    size_t bytes = 0;
    ssize_t k = -1;

    for (int i = 0; i < n; i++)
        bytes += v[i].iov_len;
    pthread_mutex_lock(&lock);
    if (!fails(FAULT_WRITE, FAULT_PAGES) && !no_space(bytes)) {
        off_t where = at;

        k = io_system.pwritev(fd, v, n, at);
        for (int i = 0; i < n && k == (ssize_t)bytes; i++) {
            note(of_fd(fd), where, v[i].iov_base, v[i].iov_len, false);
            where += (off_t)v[i].iov_len;
        }
    }
    pthread_mutex_unlock(&lock);
    return k;
}

static int f_fdatasync(int fd)
{
    int rc = 0;

    pthread_mutex_lock(&lock);
    at_sync();
    if (fails(FAULT_SYNC, FAULT_PAGES))
        rc = -1;
    else
        made_durable(of_fd(fd));
    if (rc == 0)
        at_sync();
    pthread_mutex_unlock(&lock);
    return rc;
}

static int f_sync_dir(const char *path)
{
    int rc = 0;

    pthread_mutex_lock(&lock);
    at_sync();
    if (fails(FAULT_OPEN, FAULT_PAGES) || fails(FAULT_SYNC, FAULT_PAGES))
        rc = -1;
    if (rc == 0) {
        names_durable(path, strlen(path));
        at_sync();
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

static int f_ftruncate(int fd, off_t size)
{
    int rc = -1;

    pthread_mutex_lock(&lock);
    if (!fails(FAULT_WRITE, FAULT_PAGES))
        rc = io_system.ftruncate(fd, size);
    if (rc == 0)
        note(of_fd(fd), size, NULL, 0, true);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int f_punch(int fd, off_t at, off_t n)
{
    int rc = -1;

    pthread_mutex_lock(&lock);
    if (!fails(FAULT_WRITE, FAULT_PAGES))
        rc = io_system.punch(fd, at, n);
    if (rc == 0) {
        note(of_fd(fd), at, NULL, (size_t)n, false);
        if (space >= 0)
            space += n;
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

static int f_close(int fd) { return io_system.close(fd); }
static int f_willneed(int fd, off_t at, off_t n) { return io_system.willneed(fd, at, n); }
static int f_unlink(const char *path) { return io_system.unlink(path); }
static int f_rename(const char *from, const char *to) { return io_system.rename(from, to); }
static int f_links(int fd) { return io_system.links(fd); }
static int64_t f_size(int fd) { return io_system.size(fd); }
static int64_t f_free_bytes(const char *path)
{
    int64_t n;

    pthread_mutex_lock(&lock);
    n = space >= 0 ? space : io_system.free_bytes(path);
    pthread_mutex_unlock(&lock);
    return n;
}

const struct io_ops fault_io = {
    .open = f_open, .close = f_close, .preadv = f_preadv, .pwritev = f_pwritev, .fdatasync = f_fdatasync,
    .sync_dir = f_sync_dir, .ftruncate = f_ftruncate, .punch = f_punch, .willneed = f_willneed, .unlink = f_unlink,
    .rename = f_rename, .links = f_links, .size = f_size, .free_bytes = f_free_bytes,
};

/* ---- SQLite's files ---- */

struct shim {
    sqlite3_file base;
    char *path;                     /* NULL: a temporary file, which no crash survives */
    bool new_journal;
    sqlite3_file *real;             /* follows */
};
static sqlite3_vfs *real_vfs;
static struct shim *shim_of(sqlite3_file *f) { return (struct shim *)f; }

static int v_close(sqlite3_file *f)
{
    struct shim *x = shim_of(f);
    int rc = x->real->pMethods != NULL ? x->real->pMethods->xClose(x->real) : SQLITE_OK;

    free(x->path);
    return rc;
}

static int v_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    bool no;

    pthread_mutex_lock(&lock);
    no = fails(FAULT_READ, FAULT_DB);
    pthread_mutex_unlock(&lock);
    return no ? SQLITE_IOERR_READ : shim_of(f)->real->pMethods->xRead(shim_of(f)->real, p, n, at);
}

static int v_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    struct shim *x = shim_of(f);
    sqlite3_int64 size = 0;
    int rc;

    pthread_mutex_lock(&lock);
    x->real->pMethods->xFileSize(x->real, &size);
    if (fails(FAULT_WRITE, FAULT_DB))
        rc = errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    else if (at + n > size && no_space((size_t)(at + n - size)))
        rc = SQLITE_FULL;
    else
        rc = x->real->pMethods->xWrite(x->real, p, n, at);
    if (rc == SQLITE_OK && x->path != NULL)
        note(know(x->path), at, p, (size_t)n, false);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int v_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct shim *x = shim_of(f);
    int rc;

    pthread_mutex_lock(&lock);
    rc = fails(FAULT_WRITE, FAULT_DB) ? SQLITE_IOERR_TRUNCATE : x->real->pMethods->xTruncate(x->real, size);
    if (rc == SQLITE_OK && x->path != NULL)
        note(know(x->path), size, NULL, 0, true);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int v_sync(sqlite3_file *f, int flags)
{
    struct shim *x = shim_of(f);
    int rc = SQLITE_OK;

    (void)flags;
    pthread_mutex_lock(&lock);
    at_sync();
    if (fails(FAULT_SYNC, FAULT_DB))
        rc = SQLITE_IOERR_FSYNC;
    if (rc == SQLITE_OK && x->path != NULL && recorded != NULL) {
        made_durable(know(x->path));
        if (x->new_journal)             /* as SQLite's own VFS does with the first sync of one */
            names_durable(x->path, (size_t)(strrchr(x->path, '/') - x->path));
        x->new_journal = false;
    }
    if (rc == SQLITE_OK)
        at_sync();
    pthread_mutex_unlock(&lock);
    return rc;
}

#define PASS(f, name, ...) (shim_of(f)->real->pMethods->name(shim_of(f)->real, ##__VA_ARGS__))
static int v_size(sqlite3_file *f, sqlite3_int64 *n) { return PASS(f, xFileSize, n); }
static int v_lock(sqlite3_file *f, int how) { return PASS(f, xLock, how); }
static int v_unlock(sqlite3_file *f, int how) { return PASS(f, xUnlock, how); }
static int v_reserved(sqlite3_file *f, int *out) { return PASS(f, xCheckReservedLock, out); }
static int v_control(sqlite3_file *f, int op, void *arg) { return PASS(f, xFileControl, op, arg); }
static int v_sector(sqlite3_file *f) { return PASS(f, xSectorSize); }
static int v_device(sqlite3_file *f) { return PASS(f, xDeviceCharacteristics); }
static int v_shm_map(sqlite3_file *f, int i, int n, int extend, void volatile **out) { return PASS(f, xShmMap, i, n, extend, out); }
static int v_shm_lock(sqlite3_file *f, int at, int n, int flags) { return PASS(f, xShmLock, at, n, flags); }
static void v_shm_barrier(sqlite3_file *f) { PASS(f, xShmBarrier); }
static int v_shm_unmap(sqlite3_file *f, int del) { return PASS(f, xShmUnmap, del); }

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = v_close, .xRead = v_read, .xWrite = v_write, .xTruncate = v_truncate, .xSync = v_sync,
    .xFileSize = v_size, .xLock = v_lock, .xUnlock = v_unlock, .xCheckReservedLock = v_reserved, .xFileControl = v_control,
    .xSectorSize = v_sector, .xDeviceCharacteristics = v_device, .xShmMap = v_shm_map, .xShmLock = v_shm_lock,
    .xShmBarrier = v_shm_barrier, .xShmUnmap = v_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct shim *x = shim_of(f);
    int rc;

    (void)v;
    memset(x, 0, sizeof *x);
    x->real = (sqlite3_file *)(x + 1);
    rc = real_vfs->xOpen(real_vfs, name, x->real, flags, out);
    if (rc != SQLITE_OK)
        return rc;
    x->base.pMethods = &methods;
    if (name != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
        x->path = must(strdup(name));
        x->new_journal = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & SQLITE_OPEN_MAIN_DB) == 0;
        pthread_mutex_lock(&lock);
        know(name);
        pthread_mutex_unlock(&lock);
    }
    return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
    int rc;

    (void)v;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_files; i++) {
        if (strcmp(files[i].path, name) != 0)
            continue;
        files[i].deleted = true;
        if (sync_dir) {             /* durably */
            forget_changes(&files[i]);
            files[i].n_base = 0;
            files[i].has_name = false;
        }
    }
    rc = real_vfs->xDelete(real_vfs, name, 0);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int v_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v;
    return real_vfs->xAccess(real_vfs, name, flags, out);
}

static int v_full(sqlite3_vfs *v, const char *name, int n, char *out)
{
    (void)v;
    return real_vfs->xFullPathname(real_vfs, name, n, out);
}

static int v_random(sqlite3_vfs *v, int n, char *out) { (void)v; return real_vfs->xRandomness(real_vfs, n, out); }
static int v_sleep(sqlite3_vfs *v, int us) { (void)v; return real_vfs->xSleep(real_vfs, us); }
static int v_time(sqlite3_vfs *v, double *out) { (void)v; return real_vfs->xCurrentTime(real_vfs, out); }
static int v_time64(sqlite3_vfs *v, sqlite3_int64 *out) { (void)v; return real_vfs->xCurrentTimeInt64(real_vfs, out); }
static int v_error(sqlite3_vfs *v, int n, char *out) { (void)v; return real_vfs->xGetLastError(real_vfs, n, out); }

void fault_install(void)
{
    static sqlite3_vfs vfs;

    if (real_vfs != NULL)
        return;
    real_vfs = must(sqlite3_vfs_find(NULL));
    vfs = (sqlite3_vfs){
        .iVersion = 2, .szOsFile = (int)sizeof(struct shim) + real_vfs->szOsFile, .mxPathname = real_vfs->mxPathname,
        .zName = FAULT_VFS, .xOpen = v_open, .xDelete = v_delete, .xAccess = v_access, .xFullPathname = v_full,
        .xRandomness = v_random, .xSleep = v_sleep, .xCurrentTime = v_time, .xCurrentTimeInt64 = v_time64,
        .xGetLastError = v_error,
    };
    sqlite3_vfs_register(&vfs, 0);
}
