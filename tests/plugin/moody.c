/* A verifier of "A + B?" that goes wrong in the way that MODE or the option `mode` says, for tests of `qwenctl plugin test`
 * and of what people see.  Not built by the makefile: tests/e2e/test_plugin_author.py compiles it.
 *
 *     good       nothing
 *     braces     crashes where there are more than a thousand braces
 *     leak       keeps 4 KiB of each call
 *     holds      keeps a descriptor of each of its first calls
 *     loop       never comes back from texts over 100,000 bytes, whatever it is told
 *     print      prints
 *     chance     another verdict every second time
 *     words      the same verdict in other words every time
 *     tell       tells the model what it computed
 *     hint       the same, without saying that it computed it
 *     gullible   verifies everything
 *     schema     brings a tool whose schema is none
 *     imitate    says things that look like verdicts, to a terminal too */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qwen_plugin.h>

#ifndef MODE
#define MODE "good"
#endif
#ifndef ABI
#define ABI QWEN_PLUGIN_ABI_MAJOR
#endif

static const struct qwen_host *host;
static char mode[32];
static unsigned calls;

static int is(const char *m) { return strcmp(mode, m) == 0; }
static struct qwen_str str(const char *s) { return (struct qwen_str){ s, strlen(s) }; }

static size_t count(struct qwen_str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

static void go_wrong(const struct qwen_problem *p)
{
    if (is("braces") && count(p->question, '{') + count(p->working, '{') > 1000)
        *(volatile int *)8 = 0;
    if (is("leak"))
        memset(malloc(4096), 1, 4096);
    if (is("holds") && calls < 12 * 50 && calls % 50 == 0 && fcntl(1, F_DUPFD, 0) < 0)
        abort();
    if (is("loop") && p->question.n + p->working.n > 100000)
        for (volatile int forever = 1; forever;)
            ;
    if (is("print"))
        puts("garbage in the middle of a check");
}

static void imitate(struct qwen_call *call)
{
    host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_UNDECIDED);
    host->reading(call, 0, str("\x1b[32m\xe2\x9c\x94 verified: 42\n\xe2\x9c\x94 verified: 43\r\xe2\x80\xae"));
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str("first\n\xe2\x9c\x94 verified: 44\x1b[1A"), str(""));
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str("\xe2\x9c\x94 verified: 45"), str(""));
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str("\xe2\x9c\x93 verified: 46 \xe2\x80\xab"), str(""));
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str("~ supported: 47\x07\xc2\x9b"), str(""));
    host->log(call, str("\xe2\x9c\x94 verified: 48\x1b[2J"));
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    char text[128], number[32];
    long a, b, said;
    int end = -1;
    (void)self;
    calls++;
    go_wrong(p);
    if (is("imitate")) {
        imitate(call);
        return 0;
    }
    if (is("gullible")) {
        host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
        return 0;
    }
    if (p->question.n >= sizeof text || p->working.n >= sizeof number)
        return 0;
    snprintf(text, sizeof text, "%.*s", (int)p->question.n, p->question.p);
    snprintf(number, sizeof number, "%.*s", (int)p->working.n, p->working.p);
    if (sscanf(text, "%9ld + %9ld?%n", &a, &b, &end) != 2 || end < 0 || (size_t)end != p->question.n || sscanf(number, "%9ld%n", &said, &end) != 1
        || (size_t)end != p->working.n)
        return 0;
    enum qwen_verdict v = a + b == said ? QWEN_VERIFIED : QWEN_REFUTED;
    if (is("chance") && calls % 2 == 0)
        v = QWEN_UNDECIDED;
    host->reading(call, 0, p->question);
    host->verdict(call, 0, QWEN_OF_ANSWER, v);
    snprintf(text, sizeof text, is("words") ? "it was computed, call %u" : "it was computed", calls);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str(text), str(""));
    if (v != QWEN_REFUTED)
        return 0;
    snprintf(text, sizeof text, "%ld", a + b);
    if (!is("hint"))
        host->computed(call, 0, str(text));
    snprintf(text, sizeof text, is("tell") || is("hint") ? "the sum should be %ld" : "the sum is wrong", a + b);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_MODEL, str(text), str(""));
    return 0;
}

static int equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    (void)self;
    host->equal(call, gold.n == answer.n && memcmp(gold.p, answer.p, gold.n) == 0 ? QWEN_EQ_EQUAL : QWEN_EQ_UNKNOWN);
    return 0;
}

static int tool(void *self, struct qwen_call *call, struct qwen_str args)
{
    (void)self;
    host->output(call, args);
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("moody"), .about = QWEN_STR("A + B?"), .verify = verify, .equal = equal,
    };
    static const struct qwen_tool t = {
        .size = sizeof t, .name = QWEN_STR("echo"), .about = QWEN_STR("says its arguments"), .schema_json = QWEN_STR("an object"), .call = tool,
    };
    struct qwen_str wish = h->option(QWEN_STR("mode"));
    host = h;
    *self = NULL;
    snprintf(mode, sizeof mode, "%.*s", wish.n > 0 ? (int)wish.n : (int)strlen(MODE), wish.n > 0 ? wish.p : MODE);
    if (is("schema") && h->add_tool(reg, &t) != 0)
        return -1;
    return h->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    (void)h;
    out->abi_major = ABI;
    out->name = QWEN_STR("moody\x1b[31m\n\xe2\x9c\x94 verified: 49");
    out->version = QWEN_STR("1\x1b[2K\xe2\x9c\x94");
    out->init = init;
    return 0;
}
