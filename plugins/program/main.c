/* qwend-program: becomes the zygote of the program jail.  Started by the supervisor (start.c), inside bubblewrap
 * where that works, with its channel on descriptor 3; of no use by hand.
 *
 * In this order, before a byte of Python's library is read: gives up root, limits, Landlock, tries both walls, the
 * zygote's system call filter; then it becomes python3 with zygote.py.  The second, stricter filter it hands over as
 * a program of bytes, since only a forked child may install it. */
#include <errno.h>
#include <grp.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/host/confine.h"
#include "plugins/program/layout.h"
#include "plugins/program/start.h"
#include "plugins/program/zygote_py.h"

#include "config.h"

/* seccomp.h's macros leave the second datum of a comparison out; clang warns of it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define NOBODY 65534
#define OPEN_FILES 32

/* The supervisor takes the first line of what is written here for the reason. */
__attribute__((format(printf, 2, 3), noreturn)) static void refuse(int status, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(status);
}

static void give_up_root(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
        refuse(PROGRAM_EXIT_FAILED, "root cannot become nobody here: %s", strerror(errno));
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        refuse(PROGRAM_EXIT_FAILED, "prctl: %s", strerror(errno));
}

static void set_limits(void)
{
    static const struct { int what; uint64_t n; } limits[] = {
        { RLIMIT_CORE, 0 }, { RLIMIT_FSIZE, 0 }, { RLIMIT_NOFILE, OPEN_FILES }, { RLIMIT_MEMLOCK, 0 },
        { RLIMIT_MSGQUEUE, 0 }, { RLIMIT_STACK, (uint64_t)8 << 20 },
    };
    struct qw_error err = { 0 };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (confine_limit(limits[i].what, limits[i].n, &err) != QW_OK)
            refuse(PROGRAM_EXIT_FAILED, "%s", err.msg);
}

/* --- are the walls there? -------------------------------------------------------------------------- */

/* Every system has them, and Python needs none of them. */
static const char *const outside[] = { "/etc/passwd", "/proc/self/status", "/dev/null" };

/* Inside bubblewrap there is another first process, and nothing but what was bound. */
static bool namespaces_hold(void)
{
    struct stat st;
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (stat(outside[i], &st) == 0)
            return false;
    return getppid() == 1 && getuid() == NOBODY;
}

static bool landlock_holds(void)
{
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        int fd = open(outside[i], O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            close(fd);
            return false;
        }
    }
    return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == EACCES;
}

/* --- system call filters ----------------------------------------------------------------------------- */

static scmp_filter_ctx new_filter(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (ctx == NULL)
        refuse(PROGRAM_EXIT_FAILED, "seccomp is not there");
    /* Another architecture's calls have other numbers: no way round by them. */
    seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    return ctx;
}

/* A program computes and reads what Landlock and the namespaces let it.  It makes no process and no thread, and
 * signals nobody, itself included. */
static int program_rules(scmp_filter_ctx ctx)
{
    static const int more[] = { SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(times), SCMP_SYS(getppid), SCMP_SYS(time) };
    static const unsigned ioctls[] = { 0x5401 /* TCGETS: is it a terminal? */, 0x5451 /* FIOCLEX */, 0x5450 /* FIONCLEX */ };
    int rc = confine_allow_computing(ctx);
    if (rc == 0)
        rc = confine_allow(ctx, more, sizeof more / sizeof *more);
    for (size_t i = 0; rc == 0 && i < sizeof ioctls / sizeof *ioctls; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
    return rc;
}

/* The zygote besides: becomes Python, forks, watches, kills and reaps its children, sets their limits. */
static int zygote_rules(scmp_filter_ctx ctx)
{
    static const int more[] = {
        SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(pidfd_open),
        SCMP_SYS(pidfd_send_signal), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
        SCMP_SYS(fcntl), SCMP_SYS(ioctl), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
        SCMP_SYS(close_range), SCMP_SYS(setrlimit), SCMP_SYS(prlimit64), SCMP_SYS(seccomp), SCMP_SYS(prctl),
        SCMP_SYS(getppid), SCMP_SYS(getpgrp), SCMP_SYS(fadvise64),
    };
    const scmp_datum_t namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    int rc = confine_allow(ctx, more, sizeof more / sizeof *more);
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0));
    if (rc == 0)                            /* its flags lie in memory, where no filter sees them; libc falls back on clone */
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, SCMP_A1(SCMP_CMP_EQ, SIGKILL));
    if (rc == 0)
        rc = program_rules(ctx);
    return rc;
}

/* The program's filter as hexadecimal digits, for the command line of the interpreter. */
static char *export_program_filter(void)
{
    scmp_filter_ctx ctx = new_filter();
    unsigned char bytes[16384];
    static char hex[2 * sizeof bytes + 1];
    int pipes[2];
    ssize_t n = -1;
    int rc = program_rules(ctx);
    /* Through a pipe, which holds more than any filter of ours. */
    if (rc == 0 && pipe2(pipes, O_CLOEXEC) != 0)
        rc = -errno;
    if (rc == 0)
        rc = seccomp_export_bpf(ctx, pipes[1]);
    if (rc == 0)
        n = read(pipes[0], bytes, sizeof bytes);
    if (rc != 0 || n <= 0 || n == sizeof bytes || n % 8 != 0)
        refuse(PROGRAM_EXIT_FAILED, "seccomp: the program's filter cannot be made: %s", strerror(-rc));
    seccomp_release(ctx);
    close(pipes[0]);
    close(pipes[1]);
    for (ssize_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return hex;
}

static void filter_zygote(void)
{
    struct qw_error err = { 0 };
    scmp_filter_ctx ctx = new_filter();
    int rc = zygote_rules(ctx), fd;
    if (confine_load(ctx, rc, "the zygote's filter", &err) != QW_OK)
        refuse(PROGRAM_EXIT_FAILED, "%s", err.msg);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0)
        refuse(PROGRAM_EXIT_FAILED, "seccomp: the filter was taken, yet a socket can be made");
}

/* qwend-program PYTHON namespaces|- landlock|-: which walls there are meant to be. */
int main(int argc, char **argv)
{
    static struct layout l;
    static char source[] = { ZYGOTE_PY };
    struct qw_error err = { 0 };
    bool namespaces, landlock;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("qwend-program " PACKAGE_VERSION);
        return 0;
    }
    if (argc != 4) {
        fputs("qwend-program is started by qwend and qwenctl, not by hand\n", stderr);
        return 2;
    }
    namespaces = strcmp(argv[2], "namespaces") == 0;
    landlock = strcmp(argv[3], "landlock") == 0;
    if (layout_find(&l, argv[1], &err) != QW_OK)
        refuse(PROGRAM_EXIT_FAILED, "%s", err.msg);
    give_up_root();
    set_limits();
    if (namespaces && !namespaces_hold())
        refuse(PROGRAM_EXIT_NAMESPACES, "bubblewrap ran, yet the system's files are in sight");
    if (!landlock)
        qw_error_set(&err, QW_EUNSUPPORTED, "left out by the configuration");
    else if (confine_landlock(l.paths, l.n, &err) == QW_OK && !landlock_holds())
        qw_error_set(&err, QW_EUNSUPPORTED, "the kernel took the rules, yet /etc/passwd can be opened");
    if (err.code != QW_OK && !namespaces)
        refuse(PROGRAM_EXIT_NEITHER, "%s", err.msg);
    char *filter = export_program_filter();
    filter_zygote();

    /* -I: no environment, no user's folder, not the current one; -S: no .pth file is executed. */
    char *command[] = { l.python, (char *)"-ISB", (char *)"-X", (char *)"utf8", (char *)"-c", source, filter,
                        (char *)(err.code == QW_OK ? "" : err.msg), NULL };
    char *none[] = { NULL };
    execve(l.python, command, none);
    refuse(PROGRAM_EXIT_FAILED, "%s: %s", l.python, strerror(errno));
}
