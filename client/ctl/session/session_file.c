/* qwenctl session export, import: a conversation as a file, in pieces of a blob. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/session/cmd_session.h"
#include "client/ctl/ui/term.h"

#define CHUNK (1u << 20)

static bool force, with_pages;
const struct opt session_export_opts[] = {
    { "force", 'f', OPT_FLAG, &force, NULL, NULL, 0, 0, "replace FILE if it is there" },
    { "pages", 0, OPT_FLAG, &with_pages, NULL, NULL, 0, 0, "with its pages: large, but they need not be prefilled there" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const char *title;
const struct opt session_import_opts[] = {
    { "title", 0, OPT_STR, &title, NULL, "TEXT", 0, 0, "another title than the file's" },
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "the result as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static void close_blob(qwen_client *c, const char *blob)
{
    qwen_msg *m = qwen_msg_new("blob.close");
    qwen_msg_str(m, "blob", blob);
    qwen_call(c, m, 10000, NULL, NULL, NULL);           /* else the daemon forgets it in ten minutes */
}

/* ---- export --------------------------------------------------------------------------- */

static int fetch(qwen_client *c, const char *blob, int64_t bytes, int fd, const char *file)
{
    struct qw_error err = { 0 };
    int64_t at = 0;
    while (at < bytes) {
        qwen_reply *r = NULL;
        size_t n = 0;
        qwen_msg *m = qwen_msg_new("blob.read");
        qwen_msg_str(m, "blob", blob);
        qwen_msg_int(m, "at", at);
        qwen_msg_int(m, "bytes", CHUNK);
        int rc = ctl_call_long(c, m, &r);
        if (rc != EXIT_OK)
            return rc;
        const void *p = qwen_reply_bin(r, "data", &n);
        if (p == NULL || n == 0)
            qw_error_set(&err, QW_EIO, "the daemon gave %lld of %lld bytes", (long long)at, (long long)bytes);
        else
            fs_write_all(fd, p, n, &err);
        qwen_reply_free(r);
        if (err.code != QW_OK) {
            ctl_error("%s: %s", file, err.msg);
            return EXIT_FAILED;
        }
        at += (int64_t)n;
        progress_line("%lld of %lld MiB", (long long)(at >> 20), (long long)(bytes >> 20));
    }
    progress_clear();
    return EXIT_OK;
}

/* Under another name first; it appears whole or not at all. */
static int fetch_to_file(qwen_client *c, const char *blob, int64_t bytes, const char *file)
{
    char *tmp = qw_asprintf("%s.part-XXXXXX", file);
    int fd = tmp != NULL ? mkostemp(tmp, O_CLOEXEC) : -1, rc = EXIT_FAILED;
    if (fd < 0) {
        ctl_error("%s: %s", file, tmp != NULL ? strerror(errno) : "out of memory");
        qw_free(tmp);
        return EXIT_FAILED;
    }
    rc = fetch(c, blob, bytes, fd, file);
    if (rc == EXIT_OK && fsync(fd) != 0) {
        ctl_error("%s: %s", file, strerror(errno));
        rc = EXIT_FAILED;
    }
    close(fd);
    if (rc == EXIT_OK && (force ? rename(tmp, file) : link(tmp, file)) != 0) {
        ctl_error(errno == EEXIST ? "%s is there already; --force replaces it%s" : "%s: %s", file, errno == EEXIST ? "" : strerror(errno));
        rc = EXIT_FAILED;
    }
    unlink(tmp);
    qw_free(tmp);
    return rc;
}

int session_export(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL, *file = NULL;
    if (argc < 1 || argc > 2)
        return session_usage("export", "which conversation, and into which file?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc != EXIT_OK)
        return rc;
    file = argc == 2 ? qw_strdup(argv[1]) : qw_asprintf("%s.qwsession", id);
    bool out = file != NULL && strcmp(file, "-") == 0;
    if (file != NULL && !out && !force && access(file, F_OK) == 0) {
        ctl_error("%s is there already; --force replaces it", file);
        rc = EXIT_FAILED;
    } else if (out && isatty(STDOUT_FILENO)) {
        ctl_error("the file is not text; give it a name, or send standard output somewhere else");
        rc = EXIT_USAGE;
    } else {
        qwen_msg *m = qwen_msg_new("session.export");
        qwen_msg_str(m, "session", id);
        if (with_pages)
            qwen_msg_bool(m, "pages", true);
        progress_line("collecting the conversation");
        rc = ctl_call_long(c, m, &r);
    }
    const char *blob = qwen_reply_str(r, "blob");
    if (rc == EXIT_OK && blob != NULL && file != NULL) {
        int64_t bytes = qwen_reply_int(r, "bytes", 0);
        rc = out ? fetch(c, blob, bytes, STDOUT_FILENO, "standard output") : fetch_to_file(c, blob, bytes, file);
        close_blob(c, blob);
        if (rc == EXIT_OK)
            ctl_note("%s: %lld messages, %lld pages, %lld bytes", out ? "exported" : file, (long long)qwen_reply_int(r, "messages", 0),
                     (long long)qwen_reply_int(r, "pages", 0), (long long)bytes);
    }
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(file);
    qw_free(id);
    return rc;
}

/* ---- import --------------------------------------------------------------------------- */

static int send_file(qwen_client *c, const char *blob, int fd, const char *file)
{
    char *chunk = qw_calloc(1, CHUNK);
    int64_t at = 0;
    int rc = chunk != NULL ? EXIT_OK : EXIT_FAILED;
    while (rc == EXIT_OK) {
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            ctl_error("%s: %s", file, strerror(errno));
            rc = EXIT_FAILED;
        }
        if (n <= 0)
            break;
        qwen_msg *m = qwen_msg_new("blob.write");
        qwen_msg_str(m, "blob", blob);
        qwen_msg_int(m, "at", at);
        qwen_msg_bin(m, "data", chunk, (size_t)n);
        rc = ctl_call_long(c, m, NULL);
        at += n;
        progress_line("%lld MiB", (long long)(at >> 20));
    }
    progress_clear();
    qw_free(chunk);
    return rc;
}

static int import_blob(qwen_client *c, const char *blob)
{
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new("session.import");
    qwen_msg_str(m, "blob", blob);
    if (title != NULL)
        qwen_msg_str(m, "title", title);
    int rc = ctl_call_long(c, m, &r);
    if (rc == EXIT_OK && session_opts.json) {
        rc = reply_put_json(r, NULL);
    } else if (rc == EXIT_OK) {
        const char *t = qwen_reply_str(r, "title");
        ctl_safe(stdout, qwen_reply_str(r, "session") != NULL ? qwen_reply_str(r, "session") : "?");
        fputs(t != NULL ? "  " : "", stdout);
        ctl_safe(stdout, t != NULL ? t : "");
        putchar('\n');
        ctl_note("%lld messages, %lld pages; `qwenctl chat --resume %s` goes on", (long long)qwen_reply_int(r, "messages", 0),
                 (long long)qwen_reply_int(r, "pages", 0), qwen_reply_str(r, "session"));
    }
    qwen_reply_free(r);
    return rc;
}

int session_import(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    struct stat st;
    if (argc != 1)
        return session_usage("import", "which file?");
    bool in = strcmp(argv[0], "-") == 0;
    int fd = in ? STDIN_FILENO : open(argv[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        ctl_error("%s: %s", argv[0], fd >= 0 ? "is a folder" : strerror(errno));
        if (fd > STDIN_FILENO)
            close(fd);
        return EXIT_FAILED;
    }
    int rc = session_connect(&c, NULL, NULL);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("blob.create");
        qwen_msg_int(m, "bytes", S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0);
        rc = ctl_call(c, m, &r);
    }
    const char *blob = qwen_reply_str(r, "blob");
    if (rc == EXIT_OK && blob != NULL) {
        rc = send_file(c, blob, fd, argv[0]);
        if (rc == EXIT_OK)
            rc = import_blob(c, blob);
        close_blob(c, blob);
    }
    if (!in)
        close(fd);
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}
