/* plugin.c - the calculator as a plugin: one verifier. */
#include "plugins/calculator/calc.h"
#include "plugins/calculator/verdicts/canon.h"
#include "plugins/calculator/verdicts/check.h"
#include "plugins/calculator/values/equal.h"
#include "plugins/calculator/verdicts/explain.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

static const struct qwen_host *host;

struct equal_arg { struct qwen_str gold, answer; enum tri out; };

static int run_equal(struct calc *c, void *arg)
{
    struct equal_arg *a = arg;
    size_t skip = a->answer.n > CALC_MAX_TEXT / 4 ? a->answer.n - CALC_MAX_TEXT / 4 : 0;
    if (a->gold.n > CALC_MAX_ANSWER)
        return -1;
    a->out = equal_texts(c, norm_text(c, a->gold.p, a->gold.n), norm_text(c, a->answer.p + skip, a->answer.n - skip));
    return 0;
}

static int on_equal(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer)
{
    struct equal_arg a = { gold, answer, UNSURE };
    (void)self;
    if (calc_run(host, call, run_equal, &a) != 0)
        a.out = UNSURE;
    host->equal(call, a.out == YES ? QWEN_EQ_EQUAL : a.out == NO ? QWEN_EQ_DIFFERENT : QWEN_EQ_UNKNOWN);
    return 0;
}

static int on_verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    struct check_report r;
    (void)self;
    memset(&r, 0, sizeof r);
    check_problem(host, call, p, &r);                 /* reports by itself; what it could not finish stays undecided */
    return 0;
}

static int on_read(void *self, struct qwen_call *call, struct qwen_str question)
{
    (void)self;
    if (!QWEN_HAS(host, read))
        return -1;
    explain_question(host, call, question);
    return 0;
}

static int on_canon(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    (void)self;
    if (!QWEN_HAS(host, canon))
        return -1;
    canon_problem(host, call, p);
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = { "calculator", 10 },
        .about = { "exact mathematics: proves or refutes an answer for a reading of the question", 78 },
        .verify = on_verify, .equal = on_equal, .read = on_read, .canon = on_canon,
    };
    *self = NULL;
    host = h;
    return h->add_verifier(reg, &v);
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    if (!QWEN_HAS(h, equal) || !QWEN_HAS(out, free))
        return -1;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("calculator");
    out->version = QWEN_STR("0.1.0");
    out->init = init;
    out->free = NULL;
    return 0;
}
