/* What store_open does before any thread runs: the lock, the database, the image of the slots.
 *
 * Only SQLite is read (it replays its WAL); page files are listed, never opened.  A database that is
 * damaged or not one is set aside under a dated name, and with it the page files that only it knew;
 * nothing is ever deleted. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "daemon/store/store_int.h"

static const char suspect_name[] = "suspect";       /* a note: look closer at the next start */

/* ---- the folder ---- */

static int take_lock(struct store *s, struct qw_error *err)
{
    char text[32], who[32] = "";
    int rc = fs_lock(s->lock_path, false, &s->lock_fd, err), fd, n;

    if (rc == QW_EBUSY) {
        fd = open(s->lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        n = fd >= 0 ? (int)read(fd, who, sizeof who - 1) : 0;
        if (fd >= 0)
            close(fd);
        who[n > 0 ? strcspn(who, "\n") : 0] = '\0';
        return qw_error_set(err, QW_EBUSY, "the store %s is in use by another daemon (process %s)", s->dir,
                            who[0] != '\0' ? who : "unknown");
    }
    if (rc != QW_OK) {
        s->lock_fd = -1;
        return rc == QW_EDENIED || rc == QW_ENOMEM ? rc : qw_error_set(err, QW_ESTORAGE, "%s", err != NULL ? err->msg : "");
    }
    n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(s->lock_fd, 0) != 0 || pwrite(s->lock_fd, text, (size_t)n, 0) != n)
        log_warn("store", "%s: cannot note our process number: %s", s->lock_path, strerror(errno));
    return QW_OK;
}

static int make_dirs(struct store *s, struct qw_error *err)
{
    char path[4096];
    int rc = fs_private_dir(s->dir, err);

    snprintf(path, sizeof path, "%s/pages", s->dir);
    if (rc == QW_OK)
        rc = fs_private_dir(path, err);
    if (rc == QW_OK && slots_init(&s->slots, path, s->io) != QW_OK)
        rc = qw_error_set(err, QW_ENOMEM, "no memory for the store");
    if (rc != QW_OK && rc != QW_EDENIED && rc != QW_ENOMEM) {
        if (err != NULL)
            err->code = QW_ESTORAGE;
        rc = QW_ESTORAGE;
    }
    return rc;
}

int aside_path(struct store *s, const char *name, char out[4096], struct qw_error *err)
{
    char dir[4000], date[32];
    time_t now = (time_t)(clock_unix_ms() / 1000);
    struct tm tm;
    int rc;

    snprintf(dir, sizeof dir, "%s/aside", s->dir);
    rc = fs_private_dir(dir, err);
    if (rc != QW_OK)
        return rc;
    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "%Y%m%d-%H%M%S", &tm);
    for (int k = 0;; k++) {         /* never over one that is there: the clock may go backwards */
        int n = snprintf(out, 4096, k == 0 ? "%s/%s.%s" : "%s/%s.%s-%d", dir, name, date, k);

        if (n < 0 || n >= 4096)
            return qw_error_set(err, QW_ETOOLARGE, "the name %s is too long", s->dir);
        if (access(out, F_OK) != 0)
            return QW_OK;
    }
}

static int set_aside(struct store *s, const char *path, const char *name, struct qw_error *err)
{
    char to[4096];
    int rc = aside_path(s, name, to, err);

    if (rc == QW_OK && s->io->rename(path, to) != 0)
        rc = errno == ENOENT ? QW_ENOTFOUND : qw_error_errno(err, QW_ESTORAGE, errno, "cannot set %s aside", path);
    return rc;
}

static int db_aside(struct store *s, const char *why, struct qw_error *err)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    char path[4096], name[64];
    int rc = QW_OK;

    log_error("store", "a damaged database (%s) is set aside in %s/aside, and a new one is made", why,
              s->dir);
    for (int i = 0; i < 3 && rc == QW_OK; i++) {
        snprintf(path, sizeof path, "%s%s", s->db_path, suffixes[i]);
        snprintf(name, sizeof name, "conversations.db%s", suffixes[i]);
        rc = set_aside(s, path, name, err);
        if (rc == QW_ENOTFOUND)
            rc = QW_OK;
    }
    return rc;
}

void recover_suspect(struct store *s)
{
    char path[4096];
    int fd;

    snprintf(path, sizeof path, "%s/%s", s->dir, suspect_name);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        close(fd);
}

/* ---- the database ---- */

static int integrity(struct store *s, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "PRAGMA integrity_check(1)");
    int rc = db_step(&s->db, st, err);
    const char *is = rc == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;

    if (rc < 0)
        return rc;
    rc = is != NULL && strcmp(is, "ok") == 0 ? QW_OK : qw_error_set(err, QW_EFORMAT, "%s", is != NULL ? is : "no answer");
    sqlite3_reset(st);
    return rc;
}

/* A file that has been cut short looks whole until a page beyond its end is wanted. */
static int not_cut_short(struct store *s, struct qw_error *err)
{
    int64_t pages = 0, size = 0;
    struct stat st;
    int rc, frames = 0, done = 0;

    /* With frames of a WAL outstanding the file may rightly be shorter: those go first.  Where they cannot (a full
     * disk), the file's length says nothing. */
    rc = sqlite3_wal_checkpoint_v2(s->db.h, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &done);
    if ((rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_IOERR || (rc == SQLITE_OK && done < frames))
        return QW_OK;
    rc = db_int(&s->db, "PRAGMA page_count", &pages, err);
    if (rc == QW_OK)
        rc = db_int(&s->db, "PRAGMA page_size", &size, err);
    if (rc == QW_OK && stat(s->db_path, &st) == 0 && st.st_size < pages * size)
        rc = qw_error_set(err, QW_EFORMAT, "it has %lld bytes of %lld", (long long)st.st_size, (long long)(pages * size));
    return rc;
}

static int count(struct store *s, const char *sql, uint64_t *out, struct qw_error *err)
{
    int64_t n = 0;
    int rc = db_int(&s->db, sql, &n, err);

    *out = (uint64_t)n;
    return rc;
}

static int load_meta(struct store *s, struct qw_error *err)
{
    int64_t opens = 0, commits = 0;
    sqlite3_stmt *st;
    int rc = db_int(&s->db, "SELECT value FROM meta WHERE key='opens'", &opens, err);

    if (rc == QW_OK)
        rc = db_int(&s->db, "SELECT value FROM meta WHERE key='commits'", &commits, err);
    if (rc != QW_OK)
        return rc == QW_ENOTFOUND ? qw_error_set(err, QW_EFORMAT, "its table meta has gaps") : rc;
    st = db_sql(&s->db, "SELECT value FROM meta WHERE key='uuid'");
    rc = db_step(&s->db, st, err);
    if (rc < 0)
        return rc;
    if (rc == 1 && sqlite3_column_bytes(st, 0) == 16)
        memcpy(s->uuid, sqlite3_column_blob(st, 0), 16);
    else
        rc = 0;
    sqlite3_reset(st);
    if (rc == 0 || opens < 0 || opens >= (1 << 26) || commits < 0)
        return qw_error_set(err, QW_EFORMAT, "its table meta has impossible values");
    s->epoch = (uint64_t)opens + 1;
    s->commits = (uint64_t)commits;
    atomic_store(&s->next_page, s->epoch << 36 | 1);
    return QW_OK;
}

static int load_slots(struct store *s, struct qw_error *err)
{
    sqlite3_stmt *st = db_sql(&s->db, "SELECT file, slot_bytes FROM files ORDER BY file");
    int rc, bad = QW_OK;

    while (bad == QW_OK && (rc = db_step(&s->db, st, err)) == 1)
        bad = slots_add_file(&s->slots, (uint32_t)sqlite3_column_int64(st, 0), (size_t)sqlite3_column_int64(st, 1), err);
    if (bad != QW_OK || rc < 0)
        goto out;
    st = db_sql(&s->db, "SELECT file, slot, page FROM pages ORDER BY file, slot");
    while (bad == QW_OK && (rc = db_step(&s->db, st, err)) == 1)
        bad = slots_add_used(&s->slots, (uint32_t)sqlite3_column_int64(st, 0), (uint32_t)sqlite3_column_int64(st, 1),
                             (uint64_t)sqlite3_column_int64(st, 2), err);
out:
    if (st != NULL)
        sqlite3_reset(st);
    return bad != QW_OK ? bad : rc < 0 ? rc : QW_OK;
}

/* Reads everything that the store keeps in memory; QW_EFORMAT: the database is damaged. */
static int read_database(struct store *s, struct store_found *found, struct qw_error *err)
{
    char note[4096];
    bool suspect;
    int fd = open(s->db_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);     /* SQLite would let others read it */
    int rc;

    if (fd >= 0)
        close(fd);
    rc = db_open(&s->db, s->db_path, s->vfs, DB_WRITE, err);
    if (rc != QW_OK)
        return rc;
    rc = schema_migrate(&s->db, &found->created, err);
    if (rc == QW_OK)
        rc = not_cut_short(s, err);
    snprintf(note, sizeof note, "%s/%s", s->dir, suspect_name);
    suspect = access(note, F_OK) == 0;
    if (rc == QW_OK && suspect)
        rc = integrity(s, err);
    if (rc == QW_OK)
        rc = load_meta(s, err);
    if (rc == QW_OK)
        rc = ns_load(s, err);
    if (rc == QW_OK)
        rc = load_slots(s, err);
    if (rc == QW_OK)
        rc = count(s, "SELECT count(*) FROM sessions", &found->sessions, err);
    if (rc == QW_OK)
        rc = count(s, "SELECT count(*) FROM messages", &found->messages, err);
    if (rc == QW_OK)
        rc = count(s, "SELECT count(*) FROM pages", &found->pages, err);
    if (rc == QW_OK)
        rc = count(s, "SELECT count(*) FROM runs WHERE state=0", &found->interrupted, err);
    if (rc == QW_OK && suspect)
        unlink(note);
    if (rc != QW_OK)
        qw_error_wrap(err, "%s", s->db_path);
    return rc;
}

static int start_fresh(struct store *s, struct store_found *found, const char *why, struct qw_error *err)
{
    char note[4096], dir[4096];
    int rc;

    db_close(&s->db);
    qw_free(s->ns);
    s->ns = NULL;
    s->n_ns = s->last_ns = 0;
    snprintf(dir, sizeof dir, "%s/pages", s->dir);
    slots_free(&s->slots);
    if (slots_init(&s->slots, dir, s->io) != QW_OK)
        return qw_error_set(err, QW_ENOMEM, "no memory for the store");
    memset(found, 0, sizeof *found);
    rc = db_aside(s, why, err);
    if (rc != QW_OK)
        return rc;
    found->database_set_aside = true;
    snprintf(note, sizeof note, "%s/%s", s->dir, suspect_name);
    unlink(note);
    rc = read_database(s, found, err);
    return rc;
}

/* This opening's number; runs that nobody runs any more; the transaction that shows that we can write. */
static int first_commit(struct store *s, struct qw_error *err)
{
    sqlite3_stmt *st;
    int rc = writer_begin(s, err);

    if (rc != QW_OK)
        return rc;
    st = db_sql(&s->db, "UPDATE meta SET value=? WHERE key='opens'");
    db_bind(st, "i", (int64_t)s->epoch);
    rc = db_run(&s->db, st, err);
    if (rc == QW_OK)
        rc = db_exec(&s->db, "UPDATE runs SET state=1 WHERE state=0", err);
    for (size_t i = 0; rc == QW_OK && i < s->slots.n_files; i++)
        if (s->slots.files[i]->gone)
            rc = evict_file(s, s->slots.files[i]->file, err);
    return writer_end(s, rc, err);
}

/* ---- page files ---- */

static bool file_number(const char *name, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(name, &end, 16);

    *out = (uint32_t)n;
    return strlen(name) == 11 && end == name + 8 && strcmp(end, ".kv") == 0;
}

static int set_pages_aside(struct store *s, struct store_found *found, struct qw_error *err)
{
    char path[8192];
    struct dirent *e;
    int rc = QW_OK;
    DIR *d = opendir(s->slots.dir);
    bool *seen = qw_calloc(s->slots.n_files + 1, sizeof *seen);

    if (seen == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "no memory for the list of page files");
    else if (d == NULL)
        rc = qw_error_errno(err, QW_ESTORAGE, errno, "cannot list %s", s->slots.dir);
    while (rc == QW_OK && (e = readdir(d)) != NULL) {
        uint32_t file = 0;
        bool known = false;

        if (e->d_name[0] == '.')
            continue;
        for (size_t i = 0; file_number(e->d_name, &file) && i < s->slots.n_files; i++)
            if (s->slots.files[i]->file == file)
                seen[i] = known = true;
        if (known)
            continue;
        snprintf(path, sizeof path, "%s/%s", s->slots.dir, e->d_name);
        rc = set_aside(s, path, e->d_name, err);
        log_warn("store", "the database does not know %s: it is set aside in %s/aside", path, s->dir);
        found->set_aside++;
    }
    for (size_t i = 0; rc == QW_OK && i < s->slots.n_files; i++)
        s->slots.files[i]->gone = !seen[i];
    qw_free(seen);
    if (d != NULL)
        closedir(d);
    return rc;
}

/* SQLite would delete the log of a database that is not there. */
static bool only_wal(struct store *s)
{
    char path[4096];
    struct stat st;

    if (stat(s->db_path, &st) == 0 && st.st_size > 0)
        return false;
    snprintf(path, sizeof path, "%s-wal", s->db_path);
    return stat(path, &st) == 0 && st.st_size > 0;
}

int recover(struct store *s, struct store_found *found, struct qw_error *err)
{
    struct qw_error why = { .code = QW_OK };
    int rc = make_dirs(s, err);

    if (rc == QW_OK)
        rc = take_lock(s, err);
    if (rc != QW_OK)
        return rc;
    if (only_wal(s))
        rc = start_fresh(s, found, "it is missing or empty, but its log is there", &why);
    else
        rc = read_database(s, found, &why);
    if (rc == QW_EFORMAT)
        rc = start_fresh(s, found, why.msg, &why);
    if (rc == QW_EFORMAT)
        rc = why.code = QW_ESTORAGE;
    if (rc != QW_OK) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    rc = set_pages_aside(s, found, err);
    if (rc != QW_OK)
        return rc;
    if (found->created && found->set_aside > 0 && !found->database_set_aside) {
        log_error("store", "the database %s was missing, a new one is made: conversations of before are lost", s->db_path);
        found->database_set_aside = true;
    }
    s->status.sessions = found->sessions;
    s->status.messages = found->messages;
    s->status.pages = found->pages;
    rc = first_commit(s, err);
    if (rc != QW_OK)
        qw_error_wrap(err, "%s", s->db_path);
    else if (found->created && s->io->sync_dir(s->dir) != 0)
        rc = qw_error_errno(err, QW_ESTORAGE, errno, "cannot sync folder %s", s->dir);
    found->pages = s->status.pages;
    return rc;
}
