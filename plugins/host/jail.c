#include "plugins/host/jail.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/host/confine.h"

/* seccomp.h's macros leave the second datum of a comparison out; clang warns of it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1     /* sanitizers reserve terabytes of addresses and read /proc */
#else
#define SANITIZED 0
#endif

static int set_limits(uint64_t memory_bytes, struct qw_error *err)
{
    int rc;
    if ((rc = confine_limit(RLIMIT_CORE, 0, err)) != QW_OK || (rc = confine_limit(RLIMIT_FSIZE, 0, err)) != QW_OK ||
        (rc = confine_limit(RLIMIT_NOFILE, 32, err)) != QW_OK || (rc = confine_limit(RLIMIT_MEMLOCK, 0, err)) != QW_OK)
        return rc;
    if (!SANITIZED)
        rc = confine_limit(RLIMIT_AS, memory_bytes, err);
    return rc;
}

/* --- seccomp ------------------------------------------------------------------------- */

/* Beyond computing and loading libraries: talking over the channel, and installing the seal. */
static const int allowed[] = {
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(ioctl), SCMP_SYS(seccomp),
};

static int allowlist(struct qw_error *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc;
    if (ctx == NULL)
        return qw_error_set(err, QW_EDENIED, "seccomp is not there");
    rc = confine_allow_computing(ctx);
    if (rc == 0)
        rc = confine_allow(ctx, allowed, sizeof allowed / sizeof *allowed);
    /* abort() signals itself and nobody else. */
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    if (rc == 0)
        rc = confine_allow_filters(ctx);
    return confine_load(ctx, rc, "allowlist", err);
}

int jail_seal(enum plug_jail level, struct qw_error *err)
{
    static const int denied[] = {
        SCMP_SYS(openat), SCMP_SYS(seccomp), SCMP_SYS(prctl), SCMP_SYS(getdents64), SCMP_SYS(readlink),
        SCMP_SYS(readlinkat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access),
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
    return confine_load(ctx, rc, "seal", err);
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
    const char *const readable[] = { "/usr", "/lib", "/lib64", "/opt", "/etc/ld.so.cache", plugin_dir };
    bool landlock = confine_landlock(readable, sizeof readable / sizeof *readable, NULL) == QW_OK;
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
