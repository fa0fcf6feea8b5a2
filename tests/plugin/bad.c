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

/* Raw messages into the channel, as a plugin that goes round the host's functions would send them. */
static void raw(const char *bytes, size_t n)
{
    if (write(3, bytes, n) < 0)
        abort();
}

/* [0, 77, "generate", [{"system": "", "prompt": "p", "n": 1, "max_tokens": 0, "temperature": 0, "seed": 0}]] */
#define RAW_GENERATE "\x94\x00\x4d\xa8generate\x91\x86\xa6system\xa0\xa6prompt\xa1p\xa1n\x01\xaamax_tokens\x00\xabtemperature\x00\xa4seed\x00"

/* Answers "STATUS n FIRST-TEXT" as evidence. */
static int say_generated(struct qwen_call *call, const char *prompt, size_t n)
{
    char said[512];
    struct qwen_texts out = { .size = sizeof out };
    struct qwen_generate g = { .size = sizeof g, .prompt = { prompt, n }, .n = 2, .seed = 7, .temperature = 0.5 };
    int rc = host->generate(call, &g, &out);
    struct qwen_str first = out.n > 0 ? out.text[0] : out.error;
    int len = snprintf(said, sizeof said, "%d %u %.*s", rc, out.n, (int)(first.n < 300 ? first.n : 300), first.p != NULL ? first.p : "");
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ said, (size_t)len }, QWEN_STR(""));
    return 0;
}

static int say_program(struct qwen_call *call)
{
    char said[512];
    struct qwen_program_result out = { .size = sizeof out };
    struct qwen_program p = { .size = sizeof p, .code = QWEN_STR("print(6*7)"), .time_ms = 100 };
    int rc = host->run_program(call, &p, &out);
    int len = snprintf(said, sizeof said, "%d %d %u %.*s", rc, out.status, out.flags, (int)out.out.n, out.out.n > 0 ? out.out.p : "");
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ said, (size_t)len }, QWEN_STR(""));
    return 0;
}

/* Everything that has to do with asking. */
static int ask(struct qwen_call *call, struct qwen_str q)
{
    static char large[400000];
    if (asked(q, "generate"))
        return say_generated(call, "a prompt", 8);
    if (asked(q, "program"))
        return say_program(call);
    if (asked(q, "large")) {                    /* the child's own check */
        memset(large, 'x', sizeof large);
        return say_generated(call, large, sizeof large);
    }
    if (asked(q, "often")) {                    /* until it is told that it was enough */
        int n = 0, rc;
        struct qwen_texts out = { .size = sizeof out };
        struct qwen_generate g = { .size = sizeof g, .prompt = QWEN_STR("p") };
        while ((rc = host->generate(call, &g, &out)) == QWEN_DONE)
            n++;
        char said[64];
        int len = snprintf(said, sizeof said, "%d times, then %d", n, rc);
        host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ said, (size_t)len }, QWEN_STR(""));
        return 0;
    }
    if (asked(q, "beg"))                        /* and does not take no for an answer */
        for (;;)
            say_program(call);
    if (asked(q, "twice")) {                    /* two at once */
        raw(RAW_GENERATE, sizeof RAW_GENERATE - 1);
        raw(RAW_GENERATE, sizeof RAW_GENERATE - 1);
        while (!host->cancelled(call))
            usleep(1000);
    }
    if (asked(q, "leave")) {                    /* asks, and does not wait for the answer */
        raw(RAW_GENERATE, sizeof RAW_GENERATE - 1);
        host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
    }
    if (asked(q, "crash asking")) {
        raw(RAW_GENERATE, sizeof RAW_GENERATE - 1);
        raise(SIGKILL);
    }
    if (asked(q, "malformed")) {                /* no prompt */
        static const char m[] = "\x94\x00\x4d\xa8generate\x91\x81\xa6system\xa0";
        raw(m, sizeof m - 1);
        while (!host->cancelled(call))
            usleep(1000);
    }
    if (asked(q, "unknown method")) {
        static const char m[] = "\x94\x00\x4d\xa4open\x91\x80";
        raw(m, sizeof m - 1);
        while (!host->cancelled(call))
            usleep(1000);
    }
    if (asked(q, "unknown id")) {               /* an answer to something nobody asked */
        static const char m[] = "\x94\x01\xcd\x30\x39\xc0\xc0";
        raw(m, sizeof m - 1);
        while (!host->cancelled(call))
            usleep(1000);
    }
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
            volatile char *m = malloc(1 << 20);          /* volatile: or a compiler leaves it out */
            if (m == NULL)
                abort();
            for (int i = 0; i < 1 << 20; i += 512)
                m[i] = 1;
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
    ask(call, q);
    if (asked(q, "candidates"))
        for (int i = 0; i < 100; i++)
            host->candidate(call, 0, i == 1 ? (enum qwen_basis)77 : QWEN_BASIS_PROGRAM, i == 2 ? QWEN_STR("") : QWEN_STR("42"));
    if (asked(q, "escape"))
        return escape(call);
    if (asked(q, "verify") || asked(q, "parts")) {
        host->verdict(call, asked(q, "parts") ? 1 : 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
        host->reading(call, asked(q, "parts") ? 1 : 0, QWEN_STR("the reading"));
        if (asked(q, "parts"))
            host->verdict(call, 2, QWEN_OF_ANSWER, QWEN_REFUTED);
    }
    if (asked(q, "contrary") || asked(q, "quarrel")) {     /* with the option, the opposite */
        host->verdict(call, 0, QWEN_OF_ANSWER, host->option(QWEN_STR("contrary")).n > 0 ? QWEN_REFUTED : QWEN_VERIFIED);
        host->computed(call, 0, QWEN_STR("42"));
    }
    if (asked(q, "many"))
        for (int i = 0; i < 100000; i++)
            host->evidence(call, (uint32_t)i, QWEN_OF_ANSWER, QWEN_FOR_USER, QWEN_STR("e"), QWEN_STR("{\"given\": [1, 2]}"));
    if (asked(q, "option")) {
        struct qwen_str v = host->option(QWEN_STR("colour"));
        host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, v, QWEN_STR("{\"given\": [1, 2]}"));
    }
    return 0;
}

/* Another verifier of the plugin. */
static int contradict(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    (void)self;
    if (asked(p->question, "quarrel")) {
        host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_REFUTED);
        host->computed(call, 0, QWEN_STR("43"));
    }
    return 0;
}

static int agree_with_the_first(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    (void)self;
    if (asked(p->question, "quarrel"))
        host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
    return 0;
}

static int equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    (void)self;
    host->equal(call, gold.n == answer.n && memcmp(gold.p, answer.p, gold.n) == 0 ? QWEN_EQ_EQUAL : QWEN_EQ_DIFFERENT);
    return 0;
}

static int read_q(void *self, struct qwen_call *call, struct qwen_str q)
{
    (void)self;
    if (asked(q, "flood"))                      /* asks and asks where it may not, and reads no answer */
        for (int i = 0; i < 1000; i++)
            raw(RAW_GENERATE, sizeof RAW_GENERATE - 1);
    if (asked(q, "generate"))                   /* not from here */
        return say_generated(call, "a prompt", 8);
    host->reading(call, 0, q);
    for (int i = 0; i < 1000; i++)
        host->read(call, 0, i == 0 ? QWEN_READ_ASKED : i == 1 ? (enum qwen_read)99 : QWEN_READ_NOTE, q);
    return 0;
}

static int canon(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    static char large[2000];
    (void)self;
    memset(large, '1', sizeof large);
    host->canon(call, 0, asked(p->answer, "large") ? (struct qwen_str){ large, sizeof large } : p->answer);
    return 0;
}

static int tool(void *self, struct qwen_call *call, struct qwen_str args)
{
    (void)self;
    if (asked(args, "fail"))
        return 1;
    if (asked(args, "endless"))
        for (int i = 0; i < 10000; i++)
            host->output(call, QWEN_STR("a line of output\n"));
    else if (asked(args, "bytes"))
        host->output(call, QWEN_STR("a\xff\0b"));
    else if (asked(args, "program"))
        say_program(call);
    else
        host->output(call, args);
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("bad"), .about = QWEN_STR("does what it is told"), .verify = verify, .equal = equal,
        .read = read_q, .canon = canon,
    };
    static const struct qwen_verifier other = {
        .size = sizeof other, .name = QWEN_STR("contradicts"), .about = QWEN_STR("another opinion"), .verify = contradict,
    };
    static const struct qwen_verifier again = {
        .size = sizeof again, .name = QWEN_STR("agrees"), .about = QWEN_STR("the first opinion"), .verify = agree_with_the_first,
    };
    static const struct qwen_tool t = {
        .size = sizeof t, .name = QWEN_STR("echo"), .about = QWEN_STR("says its arguments"),
        .schema_json = QWEN_STR("{\"type\": \"object\"}"), .call = tool,
    };
    host = h;
    *self = NULL;
    return h->add_verifier(reg, &v) != 0 || h->add_verifier(reg, &other) != 0 || h->add_verifier(reg, &again) != 0 || h->add_tool(reg, &t) != 0;
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
