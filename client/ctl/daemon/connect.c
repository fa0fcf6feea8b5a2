#include "client/ctl/daemon/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/call/call.h"
#include "client/ctl/model/fetch.h"
#include "client/ctl/ui/opts.h"
#include "client/ctl/ui/term.h"

#define START_TIMEOUT_MS 60000
#define IDLE_EXIT "15min"

/* ---- starting the user's daemon ------------------------------------------------------------ */

static int say(const struct qw_error *err)
{
    ctl_error("%s", err->msg);
    return err->code == QW_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
}

char *daemon_log_path(struct qw_error *err)
{
    char *dir = NULL, *path;
    if (paths_user(QW_DIR_STATE, true, &dir, err) != QW_OK)
        return NULL;
    path = paths_join(dir, "qwend.log");
    qw_free(dir);
    return path;
}

struct start {
    char *socket, *data, *log, *qwend, *errors;    /* errors: what it says before its log is open */
    const char *model;
    bool preload;
};

static void start_free(struct start *s)
{
    qw_free(s->socket);
    qw_free(s->data);
    qw_free(s->log);
    qw_free(s->qwend);
    qw_free(s->errors);
}

static int start_paths(struct start *s, struct qw_error *err)
{
    char *dir = NULL;
    int rc;
    if ((rc = paths_user_socket(true, &s->socket, err)) != QW_OK
        || (rc = paths_user(QW_DIR_DATA, true, &s->data, err)) != QW_OK
        || (rc = paths_user(QW_DIR_RUNTIME, true, &dir, err)) != QW_OK
        || (rc = paths_installed(QW_INST_BIN, "qwend", &s->qwend, err)) != QW_OK)
        goto out;
    if ((s->log = daemon_log_path(err)) == NULL) {
        rc = err->code != QW_OK ? err->code : qw_error_set(err, QW_ENOMEM, "out of memory");
        goto out;
    }
    if ((s->errors = paths_join(dir, "start.err")) == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "out of memory");
out:
    qw_free(dir);
    return rc;
}

/* In the child: a session of its own, nothing of ours kept open but the pipe. */
static void become_daemon(const struct start *s, int ready)
{
    char fd[16];
    setsid();
    if (fork() != 0)                            /* so that nobody has to wait for it */
        _exit(0);
    int null = open("/dev/null", O_RDWR), errors = open(s->errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors >= 0 ? errors : null, STDERR_FILENO);
    fcntl(ready, F_SETFD, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    if (chdir("/") < 0)
        _exit(127);
    snprintf(fd, sizeof fd, "%d", ready);
    char *argv[20] = { s->qwend, "--socket", s->socket, "--data", s->data, "--log", s->log, "--ready-fd", fd,
                       "--idle-exit", IDLE_EXIT, "--foreground" };
    int n = 12;
    if (s->model != NULL) {
        argv[n++] = "--model";
        argv[n++] = (char *)s->model;
    }
    if (!s->preload) {
        argv[n++] = "-o";
        argv[n++] = "model.preload=no";
    }
    argv[n] = NULL;
    execv(s->qwend, argv);
    dprintf(STDERR_FILENO, "%s: %s\n", s->qwend, strerror(errno));
    _exit(127);
}

static void say_start_errors(const struct start *s)
{
    char *text = NULL;
    size_t n;
    if (fs_read_file(s->errors, 65536, &text, &n, NULL) == QW_OK && n > 0) {
        char *end = text + n;
        while (end > text && end[-1] == '\n')
            *--end = '\0';
        char *line = strrchr(text, '\n');
        ctl_error("%s", line != NULL ? line + 1 : text);    /* it begins with "qwend: " */
    }
    ctl_error("the daemon did not start; its log is %s", s->log);
    qw_free(text);
}

/* Waits for a byte on the readiness pipe; end of file means that it has given up. */
static bool wait_ready(int fd)
{
    uint64_t begin = clock_mono_ms(), now;
    while ((now = clock_mono_ms()) - begin < START_TIMEOUT_MS) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int n = poll(&p, 1, 500);
        if (n > 0) {
            char b;
            ssize_t got = read(fd, &b, 1);
            if (got < 0 && errno == EINTR)
                continue;
            return got == 1;
        }
        if (n < 0 && errno != EINTR)
            return false;
        if (now - begin > 2000)
            progress_line("starting the daemon (%d s)", (int)((now - begin) / 1000));
    }
    return false;
}

static int launch(const struct start *s)
{
    int fd[2], status;
    if (pipe2(fd, O_CLOEXEC) < 0) {
        ctl_error("pipe: %s", strerror(errno));
        return EXIT_FAILED;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        ctl_error("fork: %s", strerror(errno));
        close(fd[0]);
        close(fd[1]);
        return EXIT_FAILED;
    }
    if (pid == 0)
        become_daemon(s, fd[1]);
    close(fd[1]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    bool ready = wait_ready(fd[0]);
    close(fd[0]);
    progress_clear();
    if (!ready)
        say_start_errors(s);
    unlink(s->errors);
    return ready ? EXIT_OK : EXIT_FAILED;
}

int daemon_start(const char *model, bool preload, bool *started)
{
    struct start s = { .model = model, .preload = preload };
    struct qw_error err = { 0 };
    qwen_client *c = NULL;
    char *lock = NULL;
    int fd = -1, rc = EXIT_FAILED;
    if (started != NULL)
        *started = false;
    if (start_paths(&s, &err) != QW_OK) {
        rc = say(&err);
        goto out;
    }
    /* Two first calls at once start one daemon: the second waits here, and then finds it. */
    lock = qw_asprintf("%s.start", s.socket);
    if (lock == NULL || fs_lock(lock, true, &fd, &err) != QW_OK) {
        rc = say(&err);
        goto out;
    }
    if (qwen_open(&c, s.socket) == 0) {
        qwen_close(c);
        rc = EXIT_OK;
        goto out;
    }
    rc = launch(&s);
    if (rc == EXIT_OK && started != NULL)
        *started = true;
out:
    if (fd >= 0)
        close(fd);
    qw_free(lock);
    start_free(&s);
    return rc;
}

int daemon_stop(qwen_client *c)
{
    qwen_reply *r = NULL;
    uint64_t begin = clock_mono_ms();
    if (strcmp(qwen_path(c), QW_SYSTEM_SOCKET) == 0) {
        ctl_error("%s is the system's daemon: systemctl stop qwend", QW_SYSTEM_SOCKET);
        return EXIT_FAILED;
    }
    int rc = ctl_call(c, qwen_msg_new("admin.drain"), &r);
    if (rc != EXIT_OK)
        return rc;
    qwen_reply_free(r);
    while (clock_mono_ms() - begin < START_TIMEOUT_MS) {
        struct pollfd p = { .fd = qwen_fd(c), .events = POLLIN };
        poll(&p, 1, 500);
        if (qwen_process(c) != 0)
            return EXIT_OK;
        while ((r = qwen_next(c)) != NULL)
            qwen_reply_free(r);
        if (clock_mono_ms() - begin > 2000)
            progress_line("waiting for running answers to end");
    }
    ctl_error("the daemon is still there after %d s", START_TIMEOUT_MS / 1000);
    return EXIT_FAILED;
}

/* ---- connecting ------------------------------------------------------------------------------- */

/* While an answer is being given: the user's own daemon is started again, others' is waited for. */
static int on_lost(void *arg)
{
    qwen_client *c = arg;
    char *user = NULL;
    progress_line("the connection to the daemon was lost; waiting for it");
    bool own = paths_env_socket() == NULL && paths_user_socket(false, &user, NULL) == QW_OK && strcmp(user, qwen_path(c)) == 0;
    qw_free(user);
    return own && daemon_start(NULL, true, NULL) != EXIT_OK;
}

static int connect_to(qwen_client **c, const struct connect_opts *o)
{
    int rc = qwen_open(c, NULL);
    bool own = rc == QWEN_ENOTFOUND && o->start && paths_env_socket() == NULL;
    if (rc != 0 && !own) {
        ctl_error("%s%s", qwen_open_error(), rc == QWEN_ENOTFOUND && paths_env_socket() == NULL ? "; `qwenctl daemon start` starts one" : "");
        return rc == QWEN_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
    }
    if (own) {
        if (o->need_model && (rc = fetch_if_none(NULL, o->model, o->yes)) != EXIT_OK)
            return rc;
        if ((rc = daemon_start(NULL, o->model == NULL, NULL)) != EXIT_OK)     /* the request itself names o->model */
            return rc;
        if (qwen_open(c, NULL) != 0) {
            ctl_error("%s", qwen_open_error());
            return EXIT_FAILED;
        }
        return EXIT_OK;
    }
    if (o->need_model && (rc = fetch_if_none(*c, o->model, o->yes)) != EXIT_OK) {
        qwen_close(*c);
        *c = NULL;
    }
    return o->need_model ? rc : EXIT_OK;
}

int ctl_connect(qwen_client **c, const struct connect_opts *o)
{
    int rc = connect_to(c, o);
    if (rc == EXIT_OK)
        qwen_set_reconnect(*c, START_TIMEOUT_MS / 2, o->start ? on_lost : NULL, *c);
    return rc;
}
