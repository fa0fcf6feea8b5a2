/* A whole plugin in sixty lines: it checks questions of the form "What is A + B?".
 *
 * It reads the question from its first to its last character and gives up on anything
 * that it does not understand: leftovers may change what is asked.  See README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/qwen_plugin.h"

static const struct qwen_host *host;

/* "What is 2 + 3?" and nothing else. */
static int read_question(struct qwen_str q, long *a, long *b)
{
    char text[128];
    int end = -1;
    if (q.n >= sizeof text)
        return 0;
    memcpy(text, q.p, q.n);
    text[q.n] = '\0';
    if (sscanf(text, "What is %9ld + %9ld?%n", a, b, &end) != 2)
        return 0;
    return end >= 0 && (size_t)end == q.n;
}

/* The last \boxed{integer} of the response. */
static int read_answer(struct qwen_str w, long *value)
{
    static const char box[] = "\\boxed{";
    for (size_t at = w.n; at-- > 0;) {
        char number[24], *end;
        size_t n = 0, from = at + sizeof box - 1;
        if (w.n - at < sizeof box || memcmp(w.p + at, box, sizeof box - 1) != 0)
            continue;
        while (from + n < w.n && w.p[from + n] != '}' && n < sizeof number - 1)
            n++;
        memcpy(number, w.p + from, n);
        number[n] = '\0';
        *value = strtol(number, &end, 10);
        return n > 0 && *end == '\0' && from + n < w.n;
    }
    return 0;
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    char text[96];
    long a, b, said;
    (void)self;
    if (!read_question(p->question, &a, &b) || !read_answer(p->working, &said))
        return 0;                               /* no verdict: undecided */
    int n = snprintf(text, sizeof text, "find %ld + %ld", a, b);
    host->reading(call, 0, (struct qwen_str){ text, (size_t)n });
    n = snprintf(text, sizeof text, "%ld + %ld %s %ld", a, b, a + b == said ? "=" : "≠", said);
    host->verdict(call, 0, QWEN_OF_ANSWER, a + b == said ? QWEN_VERIFIED : QWEN_REFUTED);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ text, (size_t)n }, QWEN_STR(""));
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("sum"), .about = QWEN_STR("What is A + B?"), .verify = verify,
    };
    host = h;
    *self = NULL;
    return h->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    (void)h;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("example");
    out->version = QWEN_STR("0.1");
    out->init = init;
    return 0;
}
