/* example: checks questions of the form "What is A + B?".  Read the whole question or say nothing: a word that is
 * left over may change what is asked, and one wrong "verified" is worse than a hundred "undecided". */
#include <stdio.h>
#include <string.h>
#include <qwen_plugin.h>

#define TEXT(...) (snprintf(text, sizeof text, __VA_ARGS__), (struct qwen_str){ text, strlen(text) })

static int read_question(struct qwen_str q, long *a, long *b)
{
    char text[64];
    int end = 0;                        /* where reading ended: nothing may stand behind that */
    snprintf(text, sizeof text, "%.*s", q.n < sizeof text ? (int)q.n : 0, q.p);
    return sscanf(text, "What is %9ld + %9ld?%n", a, b, &end) == 2 && (size_t)end == q.n;
}

static int read_answer(struct qwen_str w, long *said)
{
    char text[32];
    int end = 0;
    for (size_t at = w.n; at-- > 0;)    /* from the end: the last box is the answer */
        if (w.n - at >= 7 && memcmp(w.p + at, "\\boxed{", 7) == 0) {
            snprintf(text, sizeof text, "%.*s", w.n - at < 31 ? (int)(w.n - at) : 31, w.p + at);
            return sscanf(text, "\\boxed{%18ld}%n", said, &end) == 1 && end > 0;
        }
    return 0;
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    const struct qwen_host *host = self;
    char text[96];
    long a, b, said;
    if ((p->flags & QWEN_PROBLEM_TRUNCATED) || !read_question(p->question, &a, &b) || !read_answer(p->working, &said))
        return 0;                       /* nothing was said: undecided */
    host->reading(call, 0, TEXT("find %ld + %ld", a, b));
    host->verdict(call, 0, QWEN_OF_ANSWER, said == a + b ? QWEN_VERIFIED : QWEN_REFUTED);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, TEXT("%ld + %ld = %ld", a, b, a + b), QWEN_STR(""));
    host->computed(call, 0, TEXT("%ld", a + b));
    if (said != a + b)                  /* what failed, and never the right value */
        host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_MODEL, TEXT("the sum is not %ld", said), QWEN_STR(""));
    return 0;
}

static int init(const struct qwen_host *host, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = { .size = sizeof v, .name = QWEN_STR("sum"), .verify = verify };
    *self = (void *)host;               /* the first argument of each call */
    return host->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *host, struct qwen_plugin *out)
{
    (void)host;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("example");
    out->version = QWEN_STR("0.1");
    out->init = init;
    return 0;
}
