/* What a plugin is given that nobody should write: it may be undecided about all of it, at once. */
#include "client/ctl/plugin/plugin_test.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define MEGABYTE   1000000u
#define BAD_ENOUGH 5u                       /* inputs that ended badly: the rest is left */
#define STOP_MS    1u                       /* the limit under which the slowest calls are tried again, */
#define STOP_TRIES 3                        /* so often: a busy machine may be what was slow */

/* before, then `piece` until there are n bytes, then the middle, then `close` as often as `piece`, then after. */
static const struct hostile { const char *name, *before, *piece; unsigned n; const char *middle, *close, *after; } inputs[] = {
    { "nothing",                          "", "", 0, "", "", "" },
    { "blanks and line ends",             "", " \t\r\n", 4000, "", "", "" },
    { "a megabyte of {",                  "", "{", MEGABYTE, "", "", "" },
    { "a megabyte of }",                  "", "}", MEGABYTE, "", "", "" },
    { "a megabyte of \\boxed{",           "", "\\boxed{", MEGABYTE, "", "", "" },
    { "\\boxed{} 100,000 deep",           "", "\\boxed{", 700000, "1", "}", "" },
    { "parentheses 100,000 deep",         "", "(", 100000, "1", ")", "" },
    { "\\frac 20,000 deep",               "\\boxed{", "\\frac{1}{1+", 220000, "1", "}", "}" },
    { "a line of a megabyte",             "", "x", MEGABYTE, "", "", "" },
    { "300,000 lines",                    "", "1\n", 600000, "", "", "" },
    { "a number of 200,000 digits",       "What is ", "9", 200000, "", "", " + 1?" },
    { "a tower of powers",                "\\boxed{9", "^{9", 300, "", "}", "}" },
    { "a sum of 50,000 terms",            "What is 1", " + 1", 200000, "", "", "?" },
    { "division by zero",                 "What is 1/0? \\boxed{\\frac{1}{0}}", "", 0, "", "", "" },
    { "control characters",               "What is 2 + 3? \\boxed{5}", "\x01\x02\x07\x08\x0b\x0c\x1b[2J\x1b]0;x\x07\x7f\xc2\x9b", 1600, "", "", "" },
    { "characters that turn the direction", "\xe2\x80\xae" "What is 2 + 3? \\boxed{5}", "\xe2\x80\xab\xe2\x81\xa6\xe2\x80\x8f\xe2\x80\x8b", 1200, "", "", "" },
    { "combining marks",                  "e", "\xcc\x81", 200000, "", "", "" },
    { "characters beyond the first plane", "", "\xf0\x9f\x99\x82\xf0\xa0\x80\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf", 160000, "", "", "" },
    { "format directives",                "", "%s%n%99999d", 1100, "", "", "" },
    { "backslashes",                      "", "\\", 100000, "", "", "" },
    { "quotes and JSON 50,000 deep",      "", "{\"a\":[", 300000, "\"", "]}", "" },
    { "a box that does not end",          "What is 2 + 3? \\boxed{5", "", 0, "", "", "" },
    { "look-alikes of digits",            "What is \xef\xbc\x92 + \xd9\xa3?", "\xe2\x93\xb9\xf0\x9d\x9f\x9d", 700, "", "", "" },
};
enum { N_INPUTS = sizeof inputs / sizeof *inputs };

static char *make(const struct hostile *h)
{
    struct qw_buf b = QW_BUF_INIT;
    size_t times = h->n > 0 ? h->n / strlen(h->piece) : 0;
    qw_buf_adds(&b, h->before);
    for (size_t i = 0; i < times; i++)
        qw_buf_adds(&b, h->piece);
    qw_buf_adds(&b, h->middle);
    for (size_t i = 0; i < times && h->close[0] != '\0'; i++)
        qw_buf_adds(&b, h->close);
    qw_buf_adds(&b, h->after);
    qw_buf_addc(&b, '\0');
    if (qw_buf_failed(&b)) {
        qw_buf_free(&b);
        return NULL;
    }
    return qw_buf_take(&b);
}

/* ---- the slowest calls are kept, to be told to stop ---- */

static void slow_free(struct slow *s)
{
    if (s->call != NULL) {
        qw_free((char *)s->call->a);
        qw_free((char *)s->call->b);
        qw_free(s->call);
    }
    *s = (struct slow){ .call = NULL };
}

static void keep_if_slow(struct plugin_test *t, const char name[100], const struct plug_call *c, double ms)
{
    struct slow *at = &t->slowest[0];
    for (size_t i = 1; i < 3; i++)
        if (t->slowest[i].call == NULL || (at->call != NULL && t->slowest[i].ms < at->ms))
            at = &t->slowest[i];
    if (at->call != NULL && at->ms >= ms)
        return;
    slow_free(at);
    struct plug_call *copy = qw_calloc(1, sizeof *copy);
    if (copy == NULL)
        return;
    *copy = (struct plug_call){ .op = c->op, .a = qw_strdup(c->a), .b = c->b != NULL ? qw_strdup(c->b) : NULL, .lang = "en" };
    *at = (struct slow){ .call = copy, .ms = ms };
    snprintf(at->name, sizeof at->name, "%s", name);
    if (copy->a == NULL || (c->b != NULL && copy->b == NULL))
        slow_free(at);
}

/* ---- each input, in every place ---- */

struct tally { size_t calls, late, failed, bad; };

static void one(struct plugin_test *t, struct tally *n, const struct hostile *h, const char *text, const char *place, const struct plug_call *c)
{
    char name[100];
    struct tried tried;
    snprintf(name, sizeof name, "%s, as %s", h->name, place);
    try_call(t->p, c, t->limit_ms, &tried);
    n->calls++;
    n->late += tried.end == TRY_LATE;
    n->failed += tried.end == TRY_FAILED;
    if (try_is_bad(&t->report, name, &tried, t->limit_ms))
        n->bad++;
    else if (c->op == CALL_VERIFY && c->a == text && tried.r.answer == QWEN_VERIFIED)
        report_bad(&t->report, "%s: was verified, though nothing can be proved of that question", name);
    if (tried.end == TRY_DONE || tried.end == TRY_LATE)
        keep_if_slow(t, name, c, tried.ms);
    tried_free(&tried);
}

static void everywhere(struct plugin_test *t, struct tally *n, const struct hostile *h, const char *text)
{
    const char *q = "What is 2 + 3?", *r = "\\boxed{5}";
    for (size_t i = 0; i < t->cases.n; i++)
        if (!t->cases.v[i].equal) {
            q = t->cases.v[i].question;
            r = t->cases.v[i].response;
            break;
        }
    const struct { const char *place; struct plug_call c; bool has; } calls[] = {
        { "question", { .op = CALL_VERIFY, .a = text, .b = r, .lang = "en" }, true },
        { "response", { .op = CALL_VERIFY, .a = q, .b = text, .lang = "en" }, true },
        { "both", { .op = CALL_VERIFY, .a = text, .b = text, .lang = "en" }, true },
        { "the question to read", { .op = CALL_READ, .a = text }, t->has_read },
        { "the answer to name", { .op = CALL_CANON, .a = q, .b = text, .answer = text }, t->has_canon },
        { "both answers to compare", { .op = CALL_EQUAL, .a = text, .b = text }, t->has_equal },
        { "one of the answers to compare", { .op = CALL_EQUAL, .a = "5", .b = text }, t->has_equal },
        { "a tool's arguments", { .op = CALL_TOOL, .a = t->tool, .b = text }, t->n_tools > 0 },
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls && n->bad < BAD_ENOUGH; i++) {
        if (calls[i].has)
            one(t, n, h, text, calls[i].place, &calls[i].c);
    }
}

static void check_stops(struct plugin_test *t)
{
    size_t n = 0;
    double slowest = 0;
    report_begin(&t->report, "stops in time");
    for (size_t i = 0; i < 3; i++) {
        struct tried tried;
        if (t->slowest[i].call == NULL)
            continue;
        try_call(t->p, t->slowest[i].call, STOP_MS, &tried);
        for (int again = 1; again < STOP_TRIES && tried.end == TRY_STUCK; again++) {
            tried_free(&tried);
            try_call(t->p, t->slowest[i].call, STOP_MS, &tried);
        }
        slowest = tried.ms > slowest ? tried.ms : slowest;
        n++;
        try_is_bad(&t->report, t->slowest[i].name, &tried, STOP_MS);
        tried_free(&tried);
        slow_free(&t->slowest[i]);
    }
    report_end(&t->report, "the %zu slowest of these calls, with a limit of %u ms, ended after at most %.0f ms", n, STOP_MS, slowest);
}

void check_hostile(struct plugin_test *t)
{
    struct tally n = { 0 };
    report_begin(&t->report, "hostile input");
    for (size_t i = 0; i < N_INPUTS && n.bad < BAD_ENOUGH; i++) {
        char *text = make(&inputs[i]);
        if (text != NULL)
            everywhere(t, &n, &inputs[i], text);
        else
            report_bad(&t->report, "%s: out of memory", inputs[i].name);
        qw_free(text);
        report_progress(&t->report, i + 1, N_INPUTS);
    }
    char more[120] = "";
    if (n.late + n.failed > 0)
        snprintf(more, sizeof more, "; %zu were out of time and stopped, %zu said that they failed", n.late, n.failed);
    report_end(&t->report, "%zu calls with %d texts%s%s", n.calls, N_INPUTS, more, n.bad >= BAD_ENOUGH ? "; the rest was left" : "");
    check_stops(t);
}
