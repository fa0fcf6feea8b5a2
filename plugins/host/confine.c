#include "plugins/host/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

/* seccomp.h's macros leave the second datum of a comparison out; clang warns of it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

int confine_limit(int resource, uint64_t n, struct qw_error *err)
{
    struct rlimit old, r;
    if (getrlimit(resource, &old) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "getrlimit %d", resource);
    r.rlim_cur = r.rlim_max = old.rlim_max != RLIM_INFINITY && old.rlim_max < n ? old.rlim_max : n;
    if (setrlimit(resource, &r) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "setrlimit %d", resource);
    return QW_OK;
}

/* --- Landlock ---------------------------------------------------------------------------------- */

#ifdef HAVE_LINUX_LANDLOCK_H
/* The kernel's struct as of its sixth version; older kernels take it where what they do not know is zero. */
struct ruleset { uint64_t fs, net, scoped; };
#define RIGHTS_V1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
/* Rights that later versions brought, written out since older headers lack the names. */
#define FS_V2  (1ULL << 13)     /* refer */
#define FS_V3  (1ULL << 14)     /* truncate */
#define NET_V4 3ULL             /* bind and connect, TCP */
#define FS_V5  (1ULL << 15)     /* ioctl on devices */
#define SCOPE_V6 3ULL           /* abstract sockets, signals */

static void allow_path(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr a = {
        .allowed_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE,
    };
    struct stat st;
    a.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (a.parent_fd < 0)
        return;                         /* not on this system: nothing to allow */
    if (fstat(a.parent_fd, &st) == 0 && S_ISDIR(st.st_mode))
        a.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
    close(a.parent_fd);
}

int confine_landlock(const char *const *paths, size_t n, struct qw_error *err)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    /* What is handled and not allowed is denied. */
    struct ruleset attr = {
        .fs = RIGHTS_V1 | (version >= 2 ? FS_V2 : 0) | (version >= 3 ? FS_V3 : 0) | (version >= 5 ? FS_V5 : 0),
        .net = version >= 4 ? NET_V4 : 0,
        .scoped = version >= 6 ? SCOPE_V6 : 0,
    };
    int fd, rc = QW_OK;
    if (version < 1)
        return qw_error_errno(err, QW_EUNSUPPORTED, errno, "Landlock is not in this kernel, or not started");
    fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (fd < 0)
        return qw_error_errno(err, QW_EUNSUPPORTED, errno, "Landlock");
    for (size_t i = 0; i < n; i++)
        allow_path(fd, paths[i]);
    if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        rc = qw_error_errno(err, QW_EUNSUPPORTED, errno, "Landlock");
    close(fd);
    return rc;
}
#else
int confine_landlock(const char *const *paths, size_t n, struct qw_error *err)
{
    (void)paths; (void)n;
    return qw_error_set(err, QW_EUNSUPPORTED, "qwend was built without Landlock (no linux/landlock.h)");
}
#endif

/* --- seccomp ------------------------------------------------------------------------------------- */

int confine_allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
        if (rc != 0 && rc != -EDOM && rc != -EEXIST)    /* not on this architecture; there already */
            return rc;
    }
    return 0;
}

int confine_allow_computing(scmp_filter_ctx ctx)
{
    static const int computing[] = {
        SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(poll), SCMP_SYS(ppoll),
        SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(stat), SCMP_SYS(lstat),
        SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(getdents64), SCMP_SYS(getcwd),
        SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
        SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
        SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address),
        SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
        SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
        SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(exit), SCMP_SYS(exit_group),
        SCMP_SYS(restart_syscall), SCMP_SYS(getrlimit),
    };
    /* Not F_SETOWN and F_SETSIG: with them a pipe sends any signal to any process of the same user. */
    static const int fcntls[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL };
    int rc = confine_allow(ctx, computing, sizeof computing / sizeof *computing);
    for (size_t i = 0; rc == 0 && i < sizeof fcntls / sizeof *fcntls; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntls[i]));
    /* Opening is for reading; Landlock says where. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
    /* Asking for limits, not setting them. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
    return rc;
}

int confine_allow_filters(scmp_filter_ctx ctx)
{
    static const int options[] = { PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_GET_SECCOMP };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof options / sizeof *options; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)options[i]));
    return rc;
}

int confine_load(scmp_filter_ctx ctx, int rc, const char *what, struct qw_error *err)
{
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc == 0 ? QW_OK : qw_error_errno(err, QW_EDENIED, -rc, "seccomp: %s", what);
}
