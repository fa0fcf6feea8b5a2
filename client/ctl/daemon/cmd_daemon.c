#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/ctl/call/call.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/ui/term.h"

static const char *model;
static bool follow;
static int64_t lines = 50;
static const struct opt start_opts[] = {
    { "model", 'm', OPT_STR, &model, NULL, "MODEL", 0, 0, "the model that it loads first, and that answers where none is named" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const struct opt log_opts[] = {
    { "follow", 'f', OPT_FLAG, &follow, NULL, NULL, 0, 0, "go on as it grows" },
    { "lines", 'n', OPT_INT, &lines, NULL, "N", 0, 1000000, "how many of its last lines (50)" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* It may be fetched while the daemon serves, so this is no error. */
static void look_at_model(void)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new("model.show");
    qwen_msg_str(m, "model", model);
    if (ctl_connect_quiet(&c) != 0) {
        qwen_msg_free(m);
        return;
    }
    const char *state = qwen_call(c, m, 10000, NULL, NULL, &r) == 0 ? qwen_reply_str(r, "state") : NULL;
    if (state == NULL)
        ctl_note("but: %s", qwen_error(c));
    else if (strcmp(state, "absent") == 0)
        ctl_note("but %s is not installed: `qwenctl model pull %s` fetches it", model, model);
    qwen_reply_free(r);
    qwen_close(c);
}

static int start(void)
{
    bool started;
    int rc = daemon_start(model, true, &started);
    if (rc == EXIT_OK && !started && model != NULL)
        ctl_note("it is running already, so --model changes nothing; `qwenctl daemon restart --model %s` would", model);
    else if (rc == EXIT_OK)
        ctl_note(started ? "started" : "it is running already");
    if (rc == EXIT_OK && started && model != NULL && strchr(model, '/') == NULL)
        look_at_model();
    return rc;
}

static int cmd_start(int argc, char **argv)
{
    (void)argv;
    int rc = args_none("this", argc);
    return rc != EXIT_OK ? rc : start();
}

static int stop(bool must)
{
    qwen_client *c = NULL;
    int rc = ctl_connect_quiet(&c);
    if (rc == QWEN_ENOTFOUND && !must)
        return EXIT_OK;
    if (rc != 0) {
        ctl_error("%s", qwen_open_error());
        return rc == QWEN_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
    }
    rc = daemon_stop(c);
    progress_clear();
    qwen_close(c);
    if (rc == EXIT_OK)
        ctl_note("stopped");
    return rc;
}

static int cmd_stop(int argc, char **argv)
{
    (void)argv;
    int rc = args_none("this", argc);
    return rc != EXIT_OK ? rc : stop(true);
}

static int cmd_restart(int argc, char **argv)
{
    (void)argv;
    int rc = args_none("this", argc);
    if (rc == EXIT_OK)
        rc = stop(false);
    return rc != EXIT_OK ? rc : start();
}

/* ---- log ------------------------------------------------------------------------------ */

/* Where the last n lines begin. */
static long tail_from(FILE *f, int64_t n)
{
    long at;
    if (fseek(f, 0, SEEK_END) != 0 || (at = ftell(f)) <= 0)
        return 0;
    int64_t seen = -1;                      /* the last newline ends a line, it does not begin one */
    while (at > 0) {
        fseek(f, at - 1, SEEK_SET);
        if (fgetc(f) == '\n' && ++seen == n)
            break;
        at--;
    }
    return at;
}

static void put_line(const char *line, size_t n)
{
    struct text_out t = { .f = stdout };
    text_put(&t, line, n);
}

static int cmd_log(int argc, char **argv)
{
    (void)argv;
    struct qw_error err = { 0 };
    char buf[4096], *path;
    int rc = args_none("this", argc);
    if (rc != EXIT_OK)
        return rc;
    if ((path = daemon_log_path(&err)) == NULL) {
        ctl_error("%s", err.msg);
        return EXIT_FAILED;
    }
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        ctl_error("%s: %s", path, strerror(errno));
        qw_free(path);
        return EXIT_FAILED;
    }
    fseek(f, tail_from(f, lines), SEEK_SET);
    for (;;) {
        while (fgets(buf, sizeof buf, f) != NULL)
            put_line(buf, strlen(buf));
        if (!follow)
            break;
        struct stat here, there;
        clearerr(f);
        usleep(250000);
        if (stat(path, &there) == 0 && fstat(fileno(f), &here) == 0 && there.st_ino != here.st_ino) {     /* it was rotated */
            FILE *g = freopen(path, "r", f);
            if (g == NULL)
                break;
            f = g;
        }
    }
    fclose(f);
    qw_free(path);
    return EXIT_OK;
}

const struct command daemon_commands[] = {
    { "start", "", "Start a daemon of your own; it ends after 15 idle minutes.", NULL, "  qwenctl daemon start --model small", start_opts, NULL, cmd_start },
    { "stop", "", "Let running answers end, then stop the daemon that answers.", NULL, "  qwenctl daemon stop", NULL, NULL, cmd_stop },
    { "restart", "", "Stop it, then start it.", NULL, "  qwenctl daemon restart", start_opts, NULL, cmd_restart },
    { "log", "", "The log of your own daemon.", NULL, "  qwenctl daemon log -f", log_opts, NULL, cmd_log },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
