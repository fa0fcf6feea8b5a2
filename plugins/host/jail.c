#include "plugins/host/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

/* seccomp.h's macros leave the second datum of a comparison out; clang warns of it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1     /* sanitizers reserve terabytes of addresses and read /proc */
#else
#define SANITIZED 0
#endif

static int limit(int what, rlim_t n, struct qw_error *err)
{
    struct rlimit old, r;
    if (getrlimit(what, &old) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "getrlimit %d", what);
    r.rlim_cur = r.rlim_max = old.rlim_max != RLIM_INFINITY && old.rlim_max < n ? old.rlim_max : n;
    if (setrlimit(what, &r) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "setrlimit %d", what);
    return QW_OK;
}

static int set_limits(uint64_t memory_bytes, struct qw_error *err)
{
    int rc;
    if ((rc = limit(RLIMIT_CORE, 0, err)) != QW_OK || (rc = limit(RLIMIT_FSIZE, 0, err)) != QW_OK ||
        (rc = limit(RLIMIT_NOFILE, 32, err)) != QW_OK || (rc = limit(RLIMIT_MEMLOCK, 0, err)) != QW_OK)
        return rc;
    if (!SANITIZED)
        rc = limit(RLIMIT_AS, memory_bytes, err);
    return rc;
}

/* --- Landlock: only reading, only where libraries and the plugin lie --------------- */

#ifdef HAVE_LINUX_LANDLOCK_H
static void landlock_allow(int ruleset, const char *path)
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

/* true if in force. */
static bool landlock_enter(const char *plugin_dir)
{
    static const char *const libraries[] = { "/usr", "/lib", "/lib64", "/opt", "/etc/ld.so.cache" };
    struct landlock_ruleset_attr attr = {
        /* Every right of the first ABI: what is handled and not allowed is denied. */
        .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1,
    };
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    bool in_force;
    if (fd < 0)
        return false;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        landlock_allow(fd, libraries[i]);
    landlock_allow(fd, plugin_dir);
    in_force = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return in_force;
}
#else
static bool landlock_enter(const char *plugin_dir)
{
    (void)plugin_dir;
    return false;
}
#endif

/* --- seccomp ------------------------------------------------------------------------- */

/* What loading a library, computing, talking over open descriptors and dying takes. */
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(stat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(fcntl), SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(ioctl),
    SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address),
    SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall), SCMP_SYS(seccomp), SCMP_SYS(getrlimit),
};

static int load_filter(scmp_filter_ctx ctx, int rc, const char *what, struct qw_error *err)
{
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc == 0 ? QW_OK : qw_error_errno(err, QW_EDENIED, -rc, "seccomp: %s", what);
}

static int allowlist(struct qw_error *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    pid_t self = getpid();
    int rc = 0;
    if (ctx == NULL)
        return qw_error_set(err, QW_EDENIED, "seccomp is not there");
    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof *allowed; i++) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
        if (rc == -EDOM || rc == -EEXIST)
            rc = 0;                     /* not on this architecture */
    }
    /* Opening is for reading; Landlock says where. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
    /* abort() signals itself and nobody else. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)self));
    /* Asking for limits, not setting them. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
    /* libseccomp sets no-new-privileges and may fall back to prctl for the second filter. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS));
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_GET_SECCOMP));
    return load_filter(ctx, rc, "allowlist", err);
}

int jail_seal(enum plug_jail level, struct qw_error *err)
{
    static const int denied[] = {
        SCMP_SYS(openat), SCMP_SYS(seccomp), SCMP_SYS(prctl), SCMP_SYS(getdents64), SCMP_SYS(readlink),
        SCMP_SYS(readlinkat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(statx), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(getcwd), SCMP_SYS(ioctl),
    };
    static const int mappers[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
    scmp_filter_ctx ctx;
    int rc = 0;

    if (level < PLUG_JAIL_SECCOMP)
        return QW_OK;
    ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (ctx == NULL)
        return qw_error_set(err, QW_EDENIED, "seccomp is not there");
    for (size_t i = 0; !SANITIZED && rc == 0 && i < sizeof denied / sizeof *denied; i++) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
        if (rc == -EDOM)
            rc = 0;
    }
    for (size_t i = 0; rc == 0 && i < sizeof mappers / sizeof *mappers; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), mappers[i], 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
    return load_filter(ctx, rc, "seal", err);
}

int jail_enter(const char *plugin_dir, uint64_t memory_bytes, enum plug_jail *level, struct qw_error *err)
{
    struct qw_error why = { 0 };
    int rc;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "no_new_privs");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if ((rc = set_limits(memory_bytes, err)) != QW_OK)
        return rc;
    bool landlock = landlock_enter(plugin_dir);
    bool filtered = allowlist(&why) == QW_OK;
    *level = !filtered ? PLUG_JAIL_RLIMITS : landlock ? PLUG_JAIL_LANDLOCK : PLUG_JAIL_SECCOMP;
    return QW_OK;
}

enum plug_jail jail_probe(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        enum plug_jail level = PLUG_JAIL_RLIMITS;
        if (jail_enter("/usr", (uint64_t)1 << 30, &level, NULL) != QW_OK)
            level = PLUG_JAIL_RLIMITS;
        _exit((int)level);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > PLUG_JAIL_LANDLOCK)
        return PLUG_JAIL_RLIMITS;
    return (enum plug_jail)WEXITSTATUS(status);
}
