/* A plugin that does what the question says: the ways in which plugins go wrong. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/qwen_plugin.h"

static const struct qwen_host *host;

static int asked(struct qwen_str q, const char *word)
{
    return q.n == strlen(word) && memcmp(q.p, word, q.n) == 0;
}

/* Tries everything that the jail must forbid; the names of what worked. */
static int escape(struct qwen_call *call)
{
    char got[512] = "";
    int fd;
    if ((fd = open("/etc/passwd", O_RDONLY)) >= 0) strcat(got, "open ");
    if (open("/tmp/qwend-plugin-was-here", O_CREAT | O_WRONLY, 0600) >= 0) strcat(got, "create ");
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) strcat(got, "inet ");
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0) strcat(got, "unix ");
    pid_t pid = (pid_t)syscall(SYS_fork);
    if (pid == 0) _exit(0);
    if (pid > 0) strcat(got, "fork ");
    char *argv[] = { (char *)"/bin/true", NULL };
    if (execve("/bin/true", argv, NULL) == 0) strcat(got, "exec ");
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) strcat(got, "mmap-exec ");
    if (kill(getppid(), 0) == 0) strcat(got, "kill ");
    struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };
    if (setrlimit(RLIMIT_NOFILE, &r) == 0) strcat(got, "setrlimit ");
    if (syscall(SYS_ptrace, 0, 0, 0, 0) == 0) strcat(got, "ptrace ");
    if (unlink("/tmp/nothing") == 0 || syscall(SYS_unshare, 0x10000000) == 0) strcat(got, "unshare ");
    for (fd = 4; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0) strcat(got, "descriptor ");
    extern char **environ;
    if (environ != NULL && environ[0] != NULL) strcat(got, "environment ");
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER,
                   got[0] != '\0' ? (struct qwen_str){ got, strlen(got) } : QWEN_STR("nothing"), QWEN_STR(""));
    return 0;
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    struct qwen_str q = p->question;
    (void)self;
    if (asked(q, "crash"))
        raise(SIGSEGV);
    if (asked(q, "exit"))
        exit(0);
    if (asked(q, "loop"))
        for (;;)
            ;
    if (asked(q, "wait"))                       /* stops when asked to */
        while (!host->cancelled(call))
            usleep(1000);
    if (asked(q, "memory"))
        for (;;) {
            char *m = malloc(1 << 20);
            if (m == NULL)
                abort();
            memset(m, 1, 1 << 20);
        }
    if (asked(q, "garbage")) {
        static const char junk[64] = "\xc1\xff\xff\xff";
        if (write(3, junk, sizeof junk) < 0)
            abort();
    }
    if (asked(q, "flood"))
        for (int i = 0; i < 2000; i++)
            puts("printing is harmless");
    if (asked(q, "shout"))
        for (;;)
            puts("without end");
    if (asked(q, "chatter"))
        for (;;)
            host->log(call, QWEN_STR("without end"));
    if (asked(q, "fail"))
        return 1;
    if (asked(q, "escape"))
        return escape(call);
    if (asked(q, "verify") || asked(q, "parts")) {
        host->verdict(call, asked(q, "parts") ? 1 : 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
        host->reading(call, asked(q, "parts") ? 1 : 0, QWEN_STR("the reading"));
        if (asked(q, "parts"))
            host->verdict(call, 2, QWEN_OF_ANSWER, QWEN_REFUTED);
    }
    if (asked(q, "many"))
        for (int i = 0; i < 100000; i++)
            host->evidence(call, (uint32_t)i, QWEN_OF_ANSWER, QWEN_FOR_USER, QWEN_STR("e"), QWEN_STR(""));
    if (asked(q, "option")) {
        struct qwen_str v = host->option(QWEN_STR("colour"));
        host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, v, QWEN_STR(""));
    }
    return 0;
}

static int equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    (void)self;
    host->equal(call, gold.n == answer.n && memcmp(gold.p, answer.p, gold.n) == 0 ? QWEN_EQ_EQUAL : QWEN_EQ_DIFFERENT);
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("bad"), .about = QWEN_STR("does what it is told"), .verify = verify, .equal = equal,
    };
    host = h;
    *self = NULL;
    return h->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    (void)h;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("bad");
    out->version = QWEN_STR("1");
    out->init = init;
    return 0;
}
