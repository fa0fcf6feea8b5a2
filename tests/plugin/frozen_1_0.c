/* A plugin of ABI 1.0, built with a frozen copy of that header.  Never edited: every later host must run
 * it as it stands.  It uses each thing that 1.0 offers, and registers one verifier with the size that the
 * struct had in the preview 0.1. */
#include <stdio.h>
#include <string.h>

#include "tests/plugin/qwen_plugin_1_0.h"

static const struct qwen_host *host;
static char self_is;

static int is(struct qwen_str s, const char *t)
{
    return s.n == strlen(t) && memcmp(s.p, t, s.n) == 0;
}

static void say(struct qwen_call *call, const char *text)
{
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ text, strlen(text) }, QWEN_STR("{}"));
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    char *text = host->alloc(call, 256);
    if (self != &self_is || text == NULL || host->cancelled(call) || host->remaining_ms(call) <= 0)
        return 1;
    if (is(p->question, "generate")) {
        struct qwen_texts out = { .size = sizeof out };
        struct qwen_generate g = { .size = sizeof g, .system = QWEN_STR("s"), .prompt = QWEN_STR("p"), .n = 2, .max_tokens = 10,
                                   .temperature = 0.5, .seed = 3 };
        int rc = host->generate(call, &g, &out);
        snprintf(text, 256, "%d %u %.*s %llu", rc, out.n, out.n > 1 ? (int)out.text[1].n : 0, out.n > 1 ? out.text[1].p : "",
                 (unsigned long long)out.cut_off);
        say(call, text);
    } else if (is(p->question, "program")) {
        struct qwen_program_result out = { .size = sizeof out };
        struct qwen_program r = { .size = sizeof r, .language = QWEN_STR("python"), .code = QWEN_STR("print(1)"), .input = QWEN_STR("in"), .time_ms = 50 };
        int rc = host->run_program(call, &r, &out);
        snprintf(text, 256, "%d %d %u %.*s|%.*s", rc, (int)out.status, (unsigned)out.flags, (int)out.out.n, out.out.n > 0 ? out.out.p : "",
                 (int)out.err.n, out.err.n > 0 ? out.err.p : "");
        say(call, text);
    } else {
        struct qwen_str colour = host->option(QWEN_STR("colour"));
        snprintf(text, 256, "%.*s %.*s %.*s %u %.*s", (int)p->working.n, p->working.p, (int)p->answer.n, p->answer.p, (int)p->lang.n,
                 p->lang.p, p->flags & QWEN_PROBLEM_TRUNCATED, (int)colour.n, colour.p);
        say(call, text);
        host->log(call, QWEN_STR("checked"));
        host->verdict(call, 0, QWEN_OF_ANSWER, QWEN_VERIFIED);
        host->verdict(call, 0, QWEN_OF_WORKING, QWEN_REFUTED);
        host->reading(call, 0, QWEN_STR("the reading"));
        host->computed(call, 0, QWEN_STR("42"));
        host->candidate(call, 0, QWEN_BASIS_PROGRAM, QWEN_STR("41"));
    }
    return 0;
}

static int equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    host->equal(call, gold.n == answer.n ? QWEN_EQ_EQUAL : QWEN_EQ_DIFFERENT);
    return self != &self_is;
}

static int read_question(void *self, struct qwen_call *call, struct qwen_str question)
{
    host->reading(call, 0, question);
    host->read(call, 0, QWEN_READ_RELATION, QWEN_STR("1 < 2"));
    return self != &self_is;
}

static int canon(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    host->canon(call, 0, p->answer);
    return self != &self_is;
}

static int tool(void *self, struct qwen_call *call, struct qwen_str args)
{
    host->output(call, QWEN_STR("got "));
    host->output(call, args);
    return self != &self_is;
}

/* As a plugin of 0.1 had it: nothing behind `equal`. */
struct verifier_0_1 {
    uint32_t size, flags;
    struct qwen_str name, about;
    int (*verify)(void *, struct qwen_call *, const struct qwen_problem *);
    int (*equal)(void *, struct qwen_call *, struct qwen_str, struct qwen_str);
};

static int verify_nothing(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    (void)self, (void)call, (void)p;
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("frozen"), .about = QWEN_STR("a verifier of 1.0"), .verify = verify, .equal = equal,
        .read = read_question, .canon = canon,
    };
    static const struct verifier_0_1 old = { .size = sizeof old, .name = QWEN_STR("old"), .about = QWEN_STR("a verifier of 0.1"),
                                             .verify = verify_nothing };
    static const struct qwen_tool t = {
        .size = sizeof t, .name = QWEN_STR("tool"), .about = QWEN_STR("a tool of 1.0"), .schema_json = QWEN_STR("{}"), .call = tool,
    };
    host = h;
    *self = &self_is;
    return h->add_verifier(reg, &v) != 0 || h->add_verifier(reg, (const struct qwen_verifier *)(const void *)&old) != 0 ||
           h->add_tool(reg, &t) != 0;
}

static void gone(void *self)
{
    if (self == &self_is)
        puts("freed");
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    if (!QWEN_HAS(h, run_program) || !QWEN_HAS(out, free) || h->abi_minor < 2)
        return -1;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("frozen");
    out->version = QWEN_STR("1.0");
    out->init = init;
    out->free = gone;
    return 0;
}
