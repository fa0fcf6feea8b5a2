/* JSON lines in and out, and how qwen-run's commands say that something is wrong. */
#include "engine/run/cmd.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"

#define MAX_LINE_BYTES ((size_t)256 << 20)

int run_error(const struct run_command *c, int code, const char *fmt, ...)
{
    struct qw_buf b = QW_BUF_INIT;
    char msg[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    utf8_escape(&b, msg, strlen(msg));
    fprintf(stderr, "qwen-run %s: %s\n", c->name, b.data != NULL && !qw_buf_failed(&b) ? b.data : "out of memory");
    qw_buf_free(&b);
    return code;
}

int run_help(const struct run_command *c)
{
    fputs(c->help, stdout);
    return RUN_OK;
}

int run_usage(const struct run_command *c)
{
    fprintf(stderr, "`qwen-run %s --help' says how it is used.\n", c->name);
    return RUN_USAGE;
}

static int print(json_t *j, struct qw_error *err)
{
    int rc = j != NULL && json_dumpf(j, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF ? QW_OK : QW_EIO;
    json_decref(j);
    return rc == QW_OK ? QW_OK : qw_error_set(err, QW_EIO, "cannot write the answer");
}

int run_print_text(const char *key, const char *text, size_t n, struct qw_error *err)
{
    return print(json_pack("{s:s%}", key, text, n), err);
}

static bool blank(const struct qw_buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (strchr(" \t\r", b->data[i]) == NULL)
            return false;
    return true;
}

/* One line without its newline.  false at the end of the input; a line that is too long is
 * read to its end and leaves b failed. */
static bool read_line(struct qw_buf *b)
{
    char part[4096];
    size_t n = 0;
    int c;

    while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
        part[n++] = (char)c;
        if (n == sizeof part) {
            qw_buf_add(b, part, n);
            n = 0;
        }
    }
    qw_buf_add(b, part, n);
    return c != EOF || b->len > 0 || qw_buf_failed(b);
}

int run_lines(const struct run_command *c, int (*fn)(void *arg, const char *line, size_t n, struct qw_error *err),
              void *arg)
{
    int code = RUN_OK;

    for (;;) {
        struct qw_buf line;
        struct qw_error err = { 0 };
        qw_buf_init(&line, MAX_LINE_BYTES);
        bool more = read_line(&line);
        int rc = QW_OK;
        if (qw_buf_failed(&line))
            rc = qw_error_set(&err, QW_ETOOLARGE, "a line of more than %zu MiB", MAX_LINE_BYTES >> 20);
        else if (more && !blank(&line))
            rc = fn(arg, line.data, line.len, &err);
        qw_buf_free(&line);
        if (rc != QW_OK) {
            code = RUN_FAILED;
            run_print_text("error", err.msg, strlen(err.msg), NULL);
        }
        if (!more)
            break;
    }
    if (ferror(stdin))
        return run_error(c, RUN_FAILED, "standard input: %s", strerror(errno));
    if (fflush(stdout) != 0 || ferror(stdout))
        return run_error(c, RUN_FAILED, "standard output: %s", strerror(errno));
    return code;
}
