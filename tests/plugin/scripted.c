/* A verifier whose verdicts are in the question, for tests of the loop.  The question's lines, after the first:
 *
 *     N verdict [text for the model]     of answers whose text has the hash N modulo 4
 *     else verdict [text for the model]  of all others; undecided where it is not given
 *     computed VALUE                     what it says that it has computed
 *     reading                            it has read the question
 *     slow [N]                           it takes until it is cancelled [with answers of hash N]; not with option `hurry`
 *
 *     canon A B C D                      the names of the values of answers with hash 0, 1, 2, 3; `-`: none
 *     works A B C                        as one that may ask the model: what separate workings came to; `-`: to nothing
 *     stuck                              as such a one: it takes until it is cancelled
 *     runs N                             as such a one: a program that is given N and says seven times that, with status 3
 *     asks N                             as such a one: N texts of the model, whose hashes are what workings came to
 *
 * The evidence for the user is always "hash N".  equal: a number equals answers with this hash.  One that may ask the
 * model (option `worker`) gives no verdict of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugins/qwen_plugin.h"

static const struct qwen_host *host;

static unsigned hash(struct qwen_str s)
{
    unsigned long long h = 1469598103934665603ull;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
    return (unsigned)(h % 4);
}

static int begins(struct qwen_str line, const char *word, struct qwen_str *rest)
{
    size_t n = strlen(word);
    if (line.n < n || memcmp(line.p, word, n) != 0 || (line.n > n && line.p[n] != ' '))
        return 0;
    size_t skip = n < line.n ? n + 1 : n;
    *rest = (struct qwen_str){ line.p + skip, line.n - skip };
    return 1;
}

static void say(struct qwen_call *call, struct qwen_str said)
{
    static const struct { const char *name; enum qwen_verdict v; } verdicts[] = {
        { "undecided", QWEN_UNDECIDED }, { "refuted", QWEN_REFUTED }, { "supported", QWEN_SUPPORTED }, { "verified", QWEN_VERIFIED },
    };
    struct qwen_str text;
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (!begins(said, verdicts[i].name, &text))
            continue;
        host->verdict(call, 0, QWEN_OF_ANSWER, verdicts[i].v);
        if (text.n > 0)
            host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_MODEL, text, QWEN_STR(""));
    }
}

static void candidate(struct qwen_call *call, struct qwen_str value)
{
    host->candidate(call, 0, QWEN_BASIS_PROGRAM, value);
}

static void run(struct qwen_call *call, struct qwen_str input)
{
    struct qwen_program_result out = { .size = sizeof out };
    struct qwen_program p = { .size = sizeof p, .input = input, .code = QWEN_STR("import sys\nprint(int(input()) * 7, end='')\nsys.exit(3)") };
    int rc = host->run_program(call, &p, &out);
    char text[300];
    int n = snprintf(text, sizeof text, "program %d: status %d, flags %u, %.*s%.*s", rc, (int)out.status, out.flags,
                     (int)out.out.n, out.out.n > 0 ? out.out.p : "", out.error.n < 200 ? (int)out.error.n : 200, out.error.n > 0 ? out.error.p : "");
    host->log(call, (struct qwen_str){ text, (size_t)n });
}

/* What separate workings came to: as the question says, or the hashes of what the model says. */
static void work(struct qwen_call *call, struct qwen_str line)
{
    struct qwen_str rest;
    struct qwen_texts texts = { .size = sizeof texts };
    if (begins(line, "works", &rest))
        for (size_t i = 0; i < rest.n; i += 2) {
            struct qwen_str value = { rest.p + i, rest.p[i] != '-' };
            char said[32];
            int n = snprintf(said, sizeof said, value.n > 0 ? "working %zu: %c" : "working %zu: nothing", i / 2 + 1, rest.p[i]);
            host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ said, (size_t)n }, QWEN_STR(""));
            candidate(call, value);
        }
    while (begins(line, "stuck", &rest) && !host->cancelled(call))
        usleep(1000);
    if (begins(line, "runs", &rest))
        run(call, rest);
    if (!begins(line, "asks", &rest))
        return;
    struct qwen_generate g = { .size = sizeof g, .system = QWEN_STR("Be brief."), .prompt = QWEN_STR("Say something."),
                               .n = (uint32_t)(rest.p[0] - '0'), .max_tokens = rest.n > 1 ? 2000 : 4, .temperature = 1.0, .seed = 5 };
    int rc = host->generate(call, &g, &texts);
    char text[64];
    int n = snprintf(text, sizeof text, "generate %d: %u texts", rc, texts.n);
    host->log(call, (struct qwen_str){ text, (size_t)n });
    for (uint32_t i = 0; rc == QWEN_DONE && i < texts.n; i++) {
        n = snprintf(text, sizeof text, "%u", hash(texts.text[i]));
        candidate(call, (struct qwen_str){ text, (size_t)n });
    }
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    struct qwen_str q = p->question, otherwise = QWEN_STR(""), mine = QWEN_STR(""), rest;
    char number[16], text[32];
    int found = 0;
    (void)self;
    snprintf(number, sizeof number, "%u", hash(p->working));
    int n = snprintf(text, sizeof text, "hash %s", number);
    while (q.n > 0) {
        const char *end = memchr(q.p, '\n', q.n);
        struct qwen_str line = { q.p, end != NULL ? (size_t)(end - q.p) : q.n };
        size_t used = line.n + (end != NULL);
        if (begins(line, number, &mine))
            found = 1;
        begins(line, "else", &otherwise);
        if (begins(line, "computed", &rest))
            host->computed(call, 0, rest);
        if (begins(line, "reading", &rest))
            host->reading(call, 0, QWEN_STR("as it stands"));
        if (host->option(QWEN_STR("worker")).n > 0)
            work(call, line);
        if (begins(line, "slow", &rest) && (rest.n == 0 || rest.p[0] == number[0]) && host->option(QWEN_STR("hurry")).n == 0)
            while (!host->cancelled(call))
                usleep(1000);
        q = (struct qwen_str){ q.p + used, q.n - used };
    }
    if (host->option(QWEN_STR("worker")).n > 0)
        return 0;
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ text, (size_t)n }, QWEN_STR(""));
    say(call, found ? mine : otherwise);
    return 0;
}

static int equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    (void)self;
    host->equal(call, gold.n == 1 && gold.p[0] == (char)('0' + hash(answer)) ? QWEN_EQ_EQUAL : QWEN_EQ_DIFFERENT);
    return 0;
}

static int canon(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    struct qwen_str q = p->question, rest;
    (void)self;
    while (q.n > 0) {
        const char *end = memchr(q.p, '\n', q.n);
        struct qwen_str line = { q.p, end != NULL ? (size_t)(end - q.p) : q.n };
        size_t used = line.n + (end != NULL);
        if (begins(line, "canon", &rest) && rest.n == 7 && rest.p[2 * hash(p->working)] != '-')
            host->canon(call, 0, (struct qwen_str){ rest.p + 2 * hash(p->working), 1 });
        q = (struct qwen_str){ q.p + used, q.n - used };
    }
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("scripted"), .about = QWEN_STR("says what the question says"),
        .verify = verify, .equal = equal, .canon = canon,
    };
    host = h;
    *self = NULL;
    return h->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    (void)h;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("scripted");
    out->version = QWEN_STR("1");
    out->init = init;
    return 0;
}
