#include "plugins/host/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/host/record.h"

#define NOBODY 65534

/* Root has no business inside a jail.  Raw calls: glibc's own would signal threads that fork has left behind. */
static bool become_nobody(void)
{
    return syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY) == 0 &&
           syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY) == 0;
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void exec_command(const struct proc_command *c, int channel, int output)
{
    static char *const envp[] = { NULL };
    sigset_t none;
    int null = open("/dev/null", O_RDONLY), extra = -1, last = HOST_CHANNEL_FD;

    /* Above everything that we are about to overwrite. */
    channel = fcntl(channel, F_DUPFD, 16);
    output = fcntl(output, F_DUPFD, 16);
    if (c->extra_fd > 0)
        extra = fcntl(c->extra_fd, F_DUPFD, 16);
    if (null < 0 || channel < 0 || output < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 ||
        dup2(channel, HOST_CHANNEL_FD) < 0 || (c->extra_fd > 0 && dup2(extra, last = HOST_CHANNEL_FD + 1) < 0))
        _exit(127);
    if (syscall(SYS_close_range, last + 1, ~0U, 0) != 0)
        for (int fd = last + 1; fd < 1024; fd++)
            close(fd);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < 32; s++)
        signal(s, SIG_DFL);
    setsid();                                   /* the terminal's ^C is for the supervisor, which ends its children itself */
    if (c->nobody && !become_nobody())
        _exit(126);
    execve(c->path, c->argv, envp);
    _exit(127);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int proc_start(struct proc *p, const struct proc_command *c, struct qw_error *err)
{
    int channel[2] = { -1, -1 }, output[2] = { -1, -1 };
    int rc;

    if (access(c->path, X_OK) != 0)
        return qw_error_errno(err, QW_EPLUGIN, errno, "%s", c->path);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0 || pipe2(output, O_CLOEXEC) != 0) {
        rc = qw_error_errno(err, QW_EPLUGIN, errno, "channel");
        goto out_close;
    }
    /* Ours do not block; the child's do. */
    if (fcntl(channel[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(output[0], F_SETFL, O_NONBLOCK) != 0) {
        rc = qw_error_errno(err, QW_EPLUGIN, errno, "channel");
        goto out_close;
    }
    pid_t pid = fork();
    if (pid < 0) {
        rc = qw_error_errno(err, QW_EPLUGIN, errno, "fork");
        goto out_close;
    }
    if (pid == 0)
        exec_command(c, channel[1], output[1]);
    close_fd(&channel[1]);
    close_fd(&output[1]);
    /* Our own unreaped child: the pid cannot have been taken by another. */
    *p = (struct proc){ pid, (int)syscall(SYS_pidfd_open, pid, 0), channel[0], output[0] };
    if (p->pidfd < 0) {
        char how[64];
        rc = qw_error_errno(err, QW_EPLUGIN, errno, "pidfd_open");
        proc_end(p, how);
        return rc;
    }
    return QW_OK;
out_close:
    for (int i = 0; i < 2; i++) {
        close_fd(&channel[i]);
        close_fd(&output[i]);
    }
    return rc;
}

static void watch(int ep, int fd, uint32_t events, int how)
{
    struct epoll_event e = { .events = events, .data.fd = fd };
    epoll_ctl(ep, how, fd, &e);
}

void proc_watch(const struct proc *p, int ep)
{
    watch(ep, p->channel, EPOLLIN, EPOLL_CTL_ADD);
    watch(ep, p->output, EPOLLIN, EPOLL_CTL_ADD);
    watch(ep, p->pidfd, EPOLLIN, EPOLL_CTL_ADD);
}

void proc_flush(const struct proc *p, int ep, struct qw_buf *out)
{
    while (out->len > 0) {
        ssize_t n = send(p->channel, out->data, out->len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;                              /* EAGAIN waits; an end shows as EPOLLHUP */
        qw_buf_drop(out, (size_t)n);
    }
    watch(ep, p->channel, EPOLLIN | (out->len > 0 ? EPOLLOUT : 0), EPOLL_CTL_MOD);
}

void proc_end(struct proc *p, char how[64])
{
    int status = 0;
    struct pollfd poll_end = { .fd = p->pidfd, .events = POLLIN };

    close_fd(&p->channel);
    /* A process that has ended by itself says why; only one that has not is killed. */
    if (p->pid > 0 && !(p->pidfd >= 0 && poll(&poll_end, 1, 0) == 1)) {
        if (p->pidfd < 0 || syscall(SYS_pidfd_send_signal, p->pidfd, SIGKILL, NULL, 0) != 0)
            kill(p->pid, SIGKILL);
    }
    snprintf(how, 64, "gone");
    if (p->pid > 0 && waitpid(p->pid, &status, 0) == p->pid) {
        if (WIFSIGNALED(status))
            snprintf(how, 64, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
        else
            snprintf(how, 64, "exit %d", WEXITSTATUS(status));
    }
    close_fd(&p->pidfd);
    close_fd(&p->output);
    *p = PROC_NONE;
}

uint64_t proc_resident_bytes(const struct proc *p)
{
    char path[64], line[128];
    unsigned long long size = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)p->pid);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    if (fgets(line, sizeof line, f) == NULL || sscanf(line, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(f);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
