/* Structured log: one line per event, `time level area: message key=value`.
 * Goes to a stream (standard error by default; journald gets "<N>" priority prefixes
 * when JOURNAL_STREAM names our standard error).  Never holds contents of
 * conversations.  Any thread; one line is written by one write(2). */
#ifndef QW_BASE_LOG_H
#define QW_BASE_LOG_H

enum qw_log_level { QW_LOG_ERROR, QW_LOG_WARN, QW_LOG_INFO, QW_LOG_DEBUG };

void qw_log_set_level(enum qw_log_level level);
enum qw_log_level qw_log_level(void);
int  qw_log_level_parse(const char *name);              /* -1 if unknown */
/* Appends to this file from now on, rotated to FILE.1 at 10 MiB; NULL: standard error. */
struct qw_error;
int  qw_log_open(const char *path, struct qw_error *err);
void qw_log(enum qw_log_level level, const char *area, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(area, ...) qw_log(QW_LOG_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  qw_log(QW_LOG_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  qw_log(QW_LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) qw_log(QW_LOG_DEBUG, area, __VA_ARGS__)

#endif
