#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LINE_MAX_BYTES = 4096, ROTATE_BYTES = 10 << 20 };

static atomic_int level_now = QW_LOG_INFO;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;    /* all of the rest */
static char    *file_path;      /* NULL: standard error */
static int      file_fd = -1;
static uint64_t file_bytes;

static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool           to_journal;

static const struct { const char *name; int priority; } levels[] = {
    [QW_LOG_ERROR] = { "error", 3 },    /* syslog's numbers */
    [QW_LOG_WARN]  = { "warn",  4 },
    [QW_LOG_INFO]  = { "info",  6 },
    [QW_LOG_DEBUG] = { "debug", 7 },
};
enum { N_LEVELS = sizeof levels / sizeof levels[0] };

void qw_log_set_level(enum qw_log_level level)
{
    atomic_store_explicit(&level_now, (int)level, memory_order_relaxed);
}

enum qw_log_level qw_log_level(void)
{
    return (enum qw_log_level)atomic_load_explicit(&level_now, memory_order_relaxed);
}

int qw_log_level_parse(const char *name)
{
    for (int i = 0; i < N_LEVELS; i++)
        if (strcmp(levels[i].name, name) == 0)
            return i;
    return -1;
}

/* JOURNAL_STREAM is inherited by everything that a unit starts; it counts only
 * while our standard error is the very socket that it names (systemd.exec(5)). */
static void find_journal(void)
{
    const char *s = getenv("JOURNAL_STREAM");
    unsigned long long dev, ino;
    struct stat st;

    to_journal = s != NULL && sscanf(s, "%llu:%llu", &dev, &ino) == 2 &&
                 fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static int open_append(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int qw_log_open(const char *path, struct qw_error *err)
{
    char *copy = NULL;
    struct stat st;
    int fd = -1;

    if (path != NULL) {
        copy = qw_strdup(path);
        if (copy == NULL)
            return qw_error_set(err, QW_ENOMEM, "no memory for the log's name");
        fd = open_append(path);
        if (fd < 0 || fstat(fd, &st) != 0) {
            int e = errno;

            if (fd >= 0)
                close(fd);
            qw_free(copy);
            return qw_error_errno(err, QW_EIO, e, "cannot open log %s", path);
        }
    }
    pthread_mutex_lock(&lock);
    if (file_fd >= 0)
        close(file_fd);
    qw_free(file_path);
    file_path = copy;
    file_fd = fd;
    file_bytes = fd >= 0 ? (uint64_t)st.st_size : 0;
    pthread_mutex_unlock(&lock);
    return QW_OK;
}

/* FILE becomes FILE.1 and a new FILE begins.  When that fails the old one goes
 * on: a log that is too long is better than none.  Lock held. */
static void rotate(void)
{
    char old[4096];
    int fd, n = snprintf(old, sizeof old, "%s.1", file_path);

    file_bytes = 0;                 /* also after a failure: try again 10 MiB later */
    if (n < 0 || (size_t)n >= sizeof old || rename(file_path, old) != 0)
        return;
    fd = open_append(file_path);
    if (fd < 0)
        return;
    close(file_fd);
    file_fd = fd;
}

static void write_line(const char *line, size_t n)
{
    int fd = STDERR_FILENO;
    ssize_t k;

    pthread_mutex_lock(&lock);
    if (file_fd >= 0) {
        if (file_bytes > 0 && file_bytes + n > ROTATE_BYTES)
            rotate();
        fd = file_fd;
        file_bytes += n;
    }
    do                              /* a failing log has nowhere to say so */
        k = write(fd, line, n);
    while (k < 0 && errno == EINTR);
    pthread_mutex_unlock(&lock);
}

static int put_time(char *out, size_t cap)
{
    struct timespec ts;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    return snprintf(out, cap, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", tm.tm_year + 1900,
                    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                    ts.tv_nsec / 1000000);
}

/* Copies msg so that it stays one line and cannot imitate another: control
 * characters (C0, DEL, C1) and malformed bytes become \xNN.  Returns the bytes written. */
static size_t put_message(char *out, size_t cap, const char *msg)
{
    size_t n = strlen(msg), i = 0, at = 0;

    while (i < n && cap - at > 5) {
        unsigned char c = (unsigned char)msg[i];
        uint32_t cp;
        size_t k = utf8_decode(msg + i, n - i, &cp);

        if (k == 0 || cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
            at += (size_t)snprintf(out + at, cap - at, "\\x%02x", c);
            i++;
            continue;
        }
        memcpy(out + at, msg + i, k);
        at += k;
        i += k;
    }
    return at;
}

void qw_log(enum qw_log_level level, const char *area, const char *fmt, ...)
{
    char msg[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES], when[64];
    int saved = errno, n;
    size_t at;
    va_list ap;

    if (level > qw_log_level())
        return;
    pthread_once(&journal_once, find_journal);
    va_start(ap, fmt);
    n = vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    if (n < 0)
        msg[0] = '\0';
    else if ((size_t)n >= sizeof msg)
        msg[utf8_complete(msg, sizeof msg - 1)] = '\0';
    put_time(when, sizeof when);
    pthread_mutex_lock(&lock);
    bool prefix = to_journal && file_fd < 0;
    pthread_mutex_unlock(&lock);
    at = (size_t)(prefix ? snprintf(line, sizeof line, "<%d>%s %s %.64s: ",
                                    levels[level].priority, when, levels[level].name, area)
                         : snprintf(line, sizeof line, "%s %s %.64s: ", when,
                                    levels[level].name, area));
    at += put_message(line + at, sizeof line - at - 1, msg);
    line[at++] = '\n';
    write_line(line, at);
    errno = saved;
}
