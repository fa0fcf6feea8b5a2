/* example: checks questions of the form "What is A + B?".
 *
 * Read the whole question or say nothing: a word that is left over may change what is asked, and one
 * wrong "verified" is worse than a hundred "undecided". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qwen_plugin.h>

static const struct qwen_host *host;    /* what qwend offers; there as long as the process lives */

static struct qwen_str str(const char *s)
{
    return (struct qwen_str){ s, strlen(s) };
}

/* "What is 2 + 3?", and nothing before or after it.  Strings come as (pointer, length) without a NUL,
 * of any length and content: first the size, then a copy.  Nine digits, so that no sum overflows. */
static int read_question(struct qwen_str q, long *a, long *b)
{
    char text[128];
    int end = -1;
    if (q.n >= sizeof text)
        return 0;
    snprintf(text, sizeof text, "%.*s", (int)q.n, q.p);
    return sscanf(text, "What is %9ld + %9ld?%n", a, b, &end) == 2 && end >= 0 && (size_t)end == q.n;
}

/* The last \boxed{integer} of the response, which is as hostile as the question. */
static int read_answer(struct qwen_str w, long *value)
{
    static const char box[] = "\\boxed{";
    for (size_t at = w.n; at-- > 0;) {
        char number[24], *end;
        if (w.n - at < sizeof box || memcmp(w.p + at, box, sizeof box - 1) != 0)
            continue;
        const char *from = w.p + at + sizeof box - 1, *close = memchr(from, '}', (size_t)(w.p + w.n - from));
        if (close == NULL || close == from || close - from >= (long)sizeof number)
            return 0;
        snprintf(number, sizeof number, "%.*s", (int)(close - from), from);
        *value = strtol(number, &end, 10);
        return *end == '\0';
    }
    return 0;
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    char text[96];
    long a, b, said;
    (void)self;
    if (p->flags & QWEN_PROBLEM_TRUNCATED)
        return 0;                       /* cut off: it might have gone on "no, wait" */
    if (!read_question(p->question, &a, &b) || !read_answer(p->working, &said))
        return 0;                       /* no verdict: undecided.  Not 0 would be an error, not a verdict */
    /* What was understood, from the question alone; people see it as "read as: find 2 + 3". */
    snprintf(text, sizeof text, "find %ld + %ld", a, b);
    host->reading(call, 0, str(text));
    /* Exact, or nothing.  Part 0 is the whole; questions (1)(2)(3) have parts 1, 2, 3. */
    host->verdict(call, 0, QWEN_OF_ANSWER, a + b == said ? QWEN_VERIFIED : QWEN_REFUTED);
    snprintf(text, sizeof text, "%ld + %ld %s %ld", a, b, a + b == said ? "=" : "≠", said);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str(text), str(""));
    if (a + b == said)
        return 0;
    /* The value that was worked out; people are told whose it is, the model is never told. */
    snprintf(text, sizeof text, "%ld", a + b);
    host->computed(call, 0, str(text));
    /* What failed, for the model's next attempt: never the right value, which it has to find. */
    snprintf(text, sizeof text, "the sum of the two numbers is not %ld", said);
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_MODEL, str(text), str(""));
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("sum"), .about = QWEN_STR("What is A + B?"), .verify = verify,
    };
    host = h;
    *self = NULL;                       /* state of your own comes back as the first argument of each call */
    return h->add_verifier(reg, &v);
}

/* The one symbol that is looked for. */
int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    (void)h;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("example");
    out->version = QWEN_STR("0.1");
    out->init = init;
    return 0;
}
