/* The supervisor against a plugin that misbehaves in every way (tests/plugin/bad.c). */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plugins/host/host.h"
#include "plugins/host/jail.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1     /* they take fatal signals for themselves, and run without a limit of addresses */
#else
#define SANITIZED 0
#endif

struct seen { int calls; struct qw_error error; enum qwen_verdict answer; enum qwen_eq eq; size_t n_parts, n_evidence; bool computed;
              char evidence[256], reading[64]; };

static char so_path[1024];
static size_t logged;
static char last_line[256];

static void on_log(void *arg, const char *line, size_t n)
{
    (void)arg;
    logged += n;
    snprintf(last_line, sizeof last_line, "%.*s", (int)(n < sizeof last_line ? n : sizeof last_line - 1), line);
}

static void on_done(void *arg, const struct plug_result *r)
{
    struct seen *s = arg;
    s->calls++;
    s->error = r->error;
    s->answer = r->answer;
    s->eq = r->eq;
    s->n_parts = r->n_parts;
    s->n_evidence = r->n_evidence;
    if (r->n_evidence > 0)
        snprintf(s->evidence, sizeof s->evidence, "%s", r->evidence[0].text);
    s->computed = r->n_parts > 0 && r->parts[0].computed != NULL;
    if (r->n_parts > 0 && r->parts[0].reading != NULL)
        snprintf(s->reading, sizeof s->reading, "%s", r->parts[0].reading);
}

static struct plug *new_plug(bool trust)
{
    static const struct plug_option options[] = { { "colour", "红" } };
    struct plug_config c = { .name = "bad", .path = so_path, .trust_proof = trust,
                             .memory_bytes = (uint64_t)128 << 20, .options = options, .n_options = 1, .log = on_log };
    struct qw_error err = { 0 };
    struct plug *p = NULL;
    if (plug_new(&p, &c, &err) != QW_OK)
        fail_msg("%s", err.msg);
    return p;
}

static struct seen ask_within(struct plug *p, const char *question, uint32_t budget_ms)
{
    struct seen s = { 0 };
    struct plug_problem pr = { .question = question, .response = "r" };
    struct qw_error err = { 0 };
    int rc = plug_verify(p, &pr, budget_ms, on_done, &s, NULL, &err);
    if (rc != QW_OK) {
        s.error = err;
        return s;
    }
    plug_wait(p);
    assert_int_equal(s.calls, 1);
    return s;
}

static struct seen ask(struct plug *p, const char *question)
{
    return ask_within(p, question, 0);
}

static void test_verdicts_and_trust(void **state)
{
    struct plug *p = new_plug(true);
    struct seen s = ask(p, "verify");
    (void)state;
    assert_int_equal(s.error.code, QW_OK);
    assert_int_equal(s.answer, QWEN_VERIFIED);
    assert_string_equal(s.reading, "the reading");
    assert_int_equal(ask(p, "parts").answer, QWEN_REFUTED);
    assert_int_equal(ask(p, "nothing to say").answer, QWEN_UNDECIDED);
    assert_string_equal(ask(p, "option").evidence, "红");
    /* One of its verifiers says verified, the next refuted, the third verified: none is believed, nor a value of theirs. */
    s = ask(p, "quarrel");
    assert_true(s.error.code == QW_OK && s.answer == QWEN_UNDECIDED && !s.computed);
    assert_non_null(strstr(last_line, "defect: two verifiers conflict"));
    s = ask(p, "contrary");
    assert_true(s.answer == QWEN_VERIFIED && s.computed);
    plug_free(p);
    p = new_plug(false);
    assert_int_equal(ask(p, "verify").answer, QWEN_SUPPORTED);
    plug_free(p);
}

/* Refused before it is sent: it is neither the plugin's fault nor a crash. */
static void test_only_utf8_is_sent(void **state)
{
    struct plug *p = new_plug(false);
    struct plug_info i;
    struct seen s = ask(p, "half a character: \xe4\xb8");
    struct qw_error err = { 0 };
    (void)state;
    assert_int_equal(s.error.code, QW_EPARAMS);
    assert_int_equal(s.calls, 0);
    assert_int_equal(plug_equal(p, "1", "\xff", 0, on_done, &s, NULL, &err), QW_EPARAMS);
    assert_int_equal(s.calls, 0);
    assert_int_equal(ask(p, "nothing to say").error.code, QW_OK);
    plug_get_info(p, &i);
    assert_int_equal(i.crashes, 0);
    assert_true(i.loaded);
    assert_int_equal(i.printed_bytes, 0);
    plug_free(p);
}

static void test_equal(void **state)
{
    struct plug *p = new_plug(false);
    struct seen s = { 0 };
    (void)state;
    assert_int_equal(plug_equal(p, "1", "1", 0, on_done, &s, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(s.eq, QWEN_EQ_EQUAL);
    assert_int_equal(plug_equal(p, "1", "2", 0, on_done, &s, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(s.eq, QWEN_EQ_DIFFERENT);
    assert_int_equal(s.calls, 2);
    plug_free(p);
}

/* Each fails alone, with one message, and the next question is answered. */
static void test_misbehaviour(void **state)
{
    /* Only the endless ones are meant to run out of time, on however slow a machine. */
    static const struct { const char *question, *says; uint32_t budget_ms; } cases[] = {
        { "crash", "crashed (signal 11", 0 }, { "exit", "crashed (exit 0)", 0 }, { "loop", "did not stop", 300 },
        { "memory", "signal 6", 0 }, { "garbage", "garbage", 0 }, { "shout", "did not stop", 300 }, { "chatter", "did not stop", 300 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (SANITIZED && strstr(cases[i].says, "signal") != NULL)
            continue;
        struct plug *p = new_plug(true);
        struct plug_info info;
        logged = 0;
        struct seen s = ask_within(p, cases[i].question, cases[i].budget_ms);
        assert_true(logged < 80000);            /* what it says is bounded */
        assert_int_equal(s.error.code, QW_EPLUGIN);
        if (strstr(s.error.msg, cases[i].says) == NULL)
            fail_msg("%s: '%s' does not say '%s'", cases[i].question, s.error.msg, cases[i].says);
        assert_int_equal(s.answer, QWEN_UNDECIDED);
        s = ask(p, cases[i].question);
        assert_non_null(strstr(s.error.msg, "not tried again"));
        assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
        plug_get_info(p, &info);
        assert_int_equal(info.crashes, 1);
        plug_free(p);
    }
}

static void test_failure_is_no_crash(void **state)
{
    struct plug *p = new_plug(true);
    struct plug_info info;
    (void)state;
    assert_int_equal(ask(p, "fail").error.code, QW_EPLUGIN);
    plug_get_info(p, &info);
    assert_int_equal(info.crashes, 0);
    plug_free(p);
}

static void test_flood_and_bounds(void **state)
{
    struct plug *p = new_plug(true);
    struct seen s;
    (void)state;
    logged = 0;
    assert_int_equal(ask(p, "flood").error.code, QW_OK);
    s = ask(p, "many");
    assert_int_equal(s.error.code, QW_OK);
    assert_in_range(s.n_evidence, 1, 64);
    plug_process(p);
    assert_true(logged > 1000);
    plug_free(p);
}

static void test_cancel(void **state)
{
    struct plug *p = new_plug(true);
    struct seen s = { 0 }, queued = { 0 };
    struct plug_problem pr = { .question = "wait", .response = "r" };
    uint64_t op, op2, from = clock_mono_ms();
    (void)state;
    plug_verify(p, &pr, 0, on_done, &s, &op, NULL);
    pr.question = "verify";
    plug_verify(p, &pr, 0, on_done, &queued, &op2, NULL);
    while (!s.calls && clock_mono_ms() - from < 300)
        plug_process(p);
    plug_cancel(p, op2);
    assert_int_equal(queued.calls, 1);
    assert_int_equal(queued.error.code, QW_ECANCELLED);
    plug_cancel(p, op);
    plug_wait(p);
    assert_int_equal(s.error.code, QW_ECANCELLED);
    assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
    plug_free(p);
}

static void test_disabled_after_five(void **state)
{
    struct plug *p = new_plug(true);
    struct plug_info info;
    char garbage[32];
    (void)state;
    for (int i = 0; i < 5; i++) {               /* different inputs, or they would not be tried */
        struct plug_problem pr = { .question = "crash", .response = garbage };
        struct seen s = { 0 };
        snprintf(garbage, sizeof garbage, "%d", i);
        assert_int_equal(plug_verify(p, &pr, 0, on_done, &s, NULL, NULL), QW_OK);
        plug_wait(p);
        assert_int_equal(s.calls, 1);
    }
    plug_get_info(p, &info);
    assert_string_equal(info.state, "disabled");
    assert_non_null(strstr(ask(p, "verify").error.msg, "reload"));
    assert_int_equal(plug_reload(p, NULL), QW_OK);
    assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
    plug_free(p);
}

static void test_jail(void **state)
{
    struct plug *p = new_plug(true);
    struct plug_info info;
    struct seen s;
    (void)state;
    if (jail_probe() < PLUG_JAIL_SECCOMP) {
        plug_free(p);
        skip();                                 /* no seccomp here: only limits hold */
    }
    s = ask(p, "escape");
    assert_int_equal(s.error.code, QW_OK);
    assert_string_equal(s.evidence, "nothing");
    plug_get_info(p, &info);
    assert_int_equal(info.jail, jail_probe());
    plug_free(p);
}

/* Above what any machine offers: refused, whatever this one has. */
static void test_jail_minimum(void **state)
{
    struct plug_config c = { .name = "bad", .path = so_path, .jail_minimum = PLUG_JAIL_LANDLOCK + 1 };
    struct plug *p = NULL;
    struct seen s;
    (void)state;
    assert_int_equal(plug_new(&p, &c, NULL), QW_OK);
    s = ask(p, "verify");
    assert_int_equal(s.error.code, QW_EPLUGIN);
    assert_non_null(strstr(s.error.msg, "jail_minimum"));
    plug_free(p);
}

static void test_untrustworthy_file(void **state)
{
    char dir[] = "/tmp/qwend-test-XXXXXX", path[64], command[1200];
    struct plug_config c = { .name = "bad", .path = path, .trust_proof = true };
    struct plug *p = NULL;
    struct qw_error err = { 0 };
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/bad.so", dir);
    snprintf(command, sizeof command, "cp '%s' '%s'", so_path, path);
    assert_int_equal(system(command), 0);
    chmod(path, 0666);
    assert_int_equal(plug_new(&p, &c, &err), QW_EDENIED);
    assert_non_null(strstr(err.msg, path));
    chmod(path, 0644);
    assert_int_equal(plug_new(&p, &c, &err), QW_OK);
    plug_free(p);
    unlink(path);
    rmdir(dir);
    assert_int_equal(plug_new(&p, &c, &err), QW_EPLUGIN);
    c.path = "relative.so";
    assert_int_equal(plug_new(&p, &c, &err), QW_EPARAMS);
}

/* --- what a plugin asks for --------------------------------------------------------------------- */

/* What the caller's callbacks saw, and how they answer. */
static struct asked {
    int      generated, programs, dropped;
    uint64_t id, dropped_id;
    void    *op_arg;
    bool     later;                             /* do not answer in the callback */
    char     prompt[64], code[64];
    uint32_t n, time_ms, remaining_ms;
    double   temperature;
} seen_asks;

static void on_generate(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_generate *g)
{
    static const struct qwen_str texts[] = { QWEN_STR("第一个"), QWEN_STR("two") };
    struct asked *a = arg;
    a->generated++;
    a->id = id;
    a->op_arg = op_arg;
    a->n = g->n;
    a->temperature = g->temperature;
    a->remaining_ms = g->remaining_ms;
    snprintf(a->prompt, sizeof a->prompt, "%.*s", (int)g->prompt.n, g->prompt.p);
    if (!a->later)
        plug_reply_generate(p, id, texts, g->n, 0, NULL);
}

static void on_program(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_program *g)
{
    struct plug_program_result r = { .status = 0, .out = QWEN_STR("42\n") };
    struct asked *a = arg;
    a->programs++;
    a->id = id;
    a->op_arg = op_arg;
    a->time_ms = g->time_ms;
    snprintf(a->code, sizeof a->code, "%.*s", (int)g->code.n, g->code.p);
    if (!a->later)
        plug_reply_program(p, id, &r, NULL);
}

static void on_dropped(void *arg, struct plug *p, uint64_t id)
{
    struct asked *a = arg;
    (void)p;
    a->dropped++;
    a->dropped_id = id;
}

static struct plug *asking_plug(bool granted, bool later)
{
    struct plug_config c = { .name = "bad", .path = so_path, .trust_proof = true, .memory_bytes = (uint64_t)128 << 20, .log = on_log,
                             .may_generate = granted, .may_run_program = granted, .max_asks = 5, .generate = on_generate,
                             .run_program = on_program, .dropped = on_dropped, .ask_arg = &seen_asks };
    struct plug *p = NULL;
    seen_asks = (struct asked){ .later = later };
    assert_int_equal(plug_new(&p, &c, NULL), QW_OK);
    return p;
}

static void test_generate_and_program(void **state)
{
    struct plug *p = asking_plug(true, false);
    struct plug_info info;
    (void)state;
    assert_string_equal(ask(p, "generate").evidence, "0 2 第一个");
    assert_string_equal(seen_asks.prompt, "a prompt");
    assert_int_equal(seen_asks.n, 2);
    assert_true(seen_asks.temperature == 0.5);
    assert_in_range(seen_asks.remaining_ms, 1, 10000);
    assert_non_null(seen_asks.op_arg);
    assert_string_equal(ask(p, "program").evidence, "0 0 0 42\n");
    assert_string_equal(seen_asks.code, "print(6*7)");
    assert_in_range(seen_asks.time_ms, 1, 100);
    assert_string_equal(ask(p, "large").evidence, "-3 0 ");
    assert_string_equal(ask(p, "often").evidence, "5 times, then -3");
    assert_int_equal(seen_asks.generated, 1 + 5);
    plug_get_info(p, &info);
    assert_int_equal(info.asks, 1 + 1 + 5);
    assert_int_equal(seen_asks.dropped, 0);
    plug_free(p);
}

/* Without the operator's word nothing reaches the caller, whatever way it is asked. */
static void test_not_granted(void **state)
{
    struct plug *p = asking_plug(false, false);
    (void)state;
    assert_string_equal(ask(p, "generate").evidence, "-1 0 ");
    assert_string_equal(ask(p, "program").evidence, "-1 0 0 ");
    ask_within(p, "twice", 300);                /* raw messages: refused by the supervisor itself */
    assert_int_equal(seen_asks.generated + seen_asks.programs, 0);
    plug_free(p);
}

/* Waits for something to happen, then deals with it. */
static void turn(struct plug *p)
{
    struct pollfd f = { .fd = plug_fd(p), .events = POLLIN };
    poll(&f, 1, plug_timeout_ms(p));
    plug_process(p);
}

static void test_answers_that_come_later(void **state)
{
    static const struct qwen_str text[] = { QWEN_STR("later") };
    struct qw_error why = { QW_EMODEL, "no model is loaded" };
    struct plug *p = asking_plug(true, true);
    struct seen s = { 0 };
    struct plug_problem pr = { .question = "generate", .response = "r" };
    uint64_t op;
    (void)state;
    for (int i = 0; i < 2; i++) {
        int before = seen_asks.generated;
        s = (struct seen){ 0 };
        assert_int_equal(plug_verify(p, &pr, 0, on_done, &s, &op, NULL), QW_OK);
        while (seen_asks.generated == before)
            turn(p);
        plug_reply_generate(p, seen_asks.id + 1000, text, 1, 0, NULL);      /* an id that was never given */
        plug_reply_program(p, seen_asks.id, &(struct plug_program_result){ 0 }, NULL);     /* another kind of answer */
        assert_int_equal(s.calls, 0);
        plug_reply_generate(p, seen_asks.id, text, 1, 0, i == 0 ? NULL : &why);
        plug_reply_generate(p, seen_asks.id, text, 1, 0, NULL);             /* the second answer is nobody's */
        plug_wait(p);
        assert_string_equal(s.evidence, i == 0 ? "0 1 later" : "-5 0 no model is loaded");
    }
    /* Cancelled while it waits: the request is dropped first, and its answer is too late. */
    s = (struct seen){ 0 };
    plug_verify(p, &pr, 0, on_done, &s, &op, NULL);
    while (seen_asks.generated < 3)
        turn(p);
    plug_cancel(p, op);
    assert_int_equal(seen_asks.dropped, 1);
    assert_int_equal(seen_asks.dropped_id, seen_asks.id);
    plug_reply_generate(p, seen_asks.id, text, 1, 0, NULL);
    plug_wait(p);
    assert_int_equal(s.error.code, QW_ECANCELLED);
    assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
    /* Out of time while it waits: the same, or the plugin sees it first and says so. */
    s = ask_within(p, "program", 100);
    if (s.error.code != QW_ECANCELLED)
        assert_string_equal(s.evidence, "-2 0 0 ");
    assert_int_equal(seen_asks.dropped, 2);
    /* The plugin's end while it waits, and ours. */
    plug_verify(p, &pr, 0, on_done, &s, &op, NULL);
    while (seen_asks.generated < 4)
        turn(p);
    plug_free(p);
    assert_int_equal(seen_asks.dropped, 3);
    assert_int_equal(s.error.code, QW_ECANCELLED);
}

static void test_misbehaving_askers(void **state)
{
    static const struct { const char *question, *says; } cases[] = {
        { "twice", "asks again" }, { "malformed", "malformed" }, { "unknown method", "nobody asked for" },
        { "unknown id", "nobody asked for" }, { "crash asking", "crashed" }, { "beg", "asks without end" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plug *p = asking_plug(true, i < 5);
        struct plug_info info;
        struct seen s = ask(p, cases[i].question);
        if (s.error.code != QW_EPLUGIN || strstr(s.error.msg, cases[i].says) == NULL)
            fail_msg("%s: '%s' does not say '%s'", cases[i].question, s.error.msg, cases[i].says);
        assert_int_equal(seen_asks.dropped, seen_asks.later ? seen_asks.generated : 0);    /* what was asked is let go */
        assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
        plug_get_info(p, &info);
        assert_int_equal(info.crashes, 1);
        plug_free(p);
    }
    /* A plugin that asks and goes away: its result counts, the answer does not disturb the next op. */
    struct plug *p = asking_plug(true, true);
    static const struct qwen_str text[] = { QWEN_STR("too late") };
    assert_int_equal(ask(p, "leave").answer, QWEN_VERIFIED);
    assert_int_equal(seen_asks.dropped, 1);
    plug_reply_generate(p, seen_asks.id, text, 1, 0, NULL);
    assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
    plug_free(p);
}

/* --- the other ops -------------------------------------------------------------------------------- */

struct kept { int calls; struct qw_error error; size_t n_reads, n_candidates, empty, output_len; char canon[64], output[128], first[64]; enum qwen_read what; };

static void keep(void *arg, const struct plug_result *r)
{
    struct kept *k = arg;
    k->calls++;
    k->error = r->error;
    k->n_reads = r->n_reads;
    k->n_candidates = r->n_candidates;
    for (size_t i = 0; i < r->n_candidates; i++)
        k->empty += r->candidates[i].value == NULL;
    if (r->n_reads > 0) {
        k->what = r->reads[0].what;
        snprintf(k->first, sizeof k->first, "%s", r->reads[0].text);
    }
    if (r->n_parts > 0 && r->parts[0].canon != NULL)
        snprintf(k->canon, sizeof k->canon, "%.60s", r->parts[0].canon);
    k->output_len = r->output_len;
    if (r->output != NULL) {
        assert_int_equal(strlen(r->output), r->output_len);
        snprintf(k->output, sizeof k->output, "%.100s", r->output);
    }
}

static struct kept tool_call(struct plug *p, const char *name, const char *args)
{
    struct kept k = { 0 };
    assert_int_equal(plug_tool_call(p, name, args, 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(k.calls, 1);
    return k;
}

static void test_read_canon_tool(void **state)
{
    struct plug *p = asking_plug(true, false);
    struct plug_problem pr = { .question = "q", .response = "r", .answer = "1/2" };
    struct plug_info info;
    struct kept k = { 0 };
    struct seen s;
    (void)state;
    assert_int_equal(plug_read(p, "题目", 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(k.n_reads, 64);            /* of 999 lines; the one of an unknown kind is none */
    assert_int_equal(k.what, QWEN_READ_ASKED);
    assert_string_equal(k.first, "题目");
    assert_int_equal(plug_canon(p, &pr, 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_string_equal(k.canon, "1/2");
    k.canon[0] = '\0';
    pr.answer = "large";
    assert_int_equal(plug_canon(p, &pr, 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_string_equal(k.canon, "");           /* never a part of a name */

    assert_string_equal(tool_call(p, "echo", "{\"a\": \"二\"}").output, "{\"a\": \"二\"}");
    assert_string_equal(tool_call(p, "echo", "bytes").output, "a\xef\xbf\xbd\xef\xbf\xbd" "b");
    k = tool_call(p, "echo", "endless");
    assert_in_range(k.output_len, 60000, 65536);
    assert_int_equal(tool_call(p, "echo", "fail").error.code, QW_EPLUGIN);
    k = tool_call(p, "nosuch", "{}");
    assert_non_null(strstr(k.error.msg, "no tool `nosuch`"));
    tool_call(p, "echo", "program");
    assert_int_equal(seen_asks.programs, 1);    /* a tool may ask */

    k = (struct kept){ 0 };                     /* reading may not */
    assert_int_equal(plug_read(p, "generate", 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(seen_asks.generated, 0);

    assert_int_equal(plug_read(p, "flood", 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(k.error.code, QW_EPLUGIN);
    assert_non_null(strstr(k.error.msg, "asks without end"));
    assert_int_equal(seen_asks.generated, 0);

    pr = (struct plug_problem){ .question = "candidates", .response = "r" };
    assert_int_equal(plug_verify(p, &pr, 0, keep, &k, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(k.n_candidates, 32);
    assert_int_equal(k.empty, 1);

    plug_get_info(p, &info);
    assert_int_equal(info.n_tools, 1);
    assert_string_equal(info.tools[0].name, "echo");
    assert_string_equal(info.tools[0].schema_json, "{\"type\": \"object\"}");
    assert_true(info.has_verify && info.has_equal && info.has_read && info.has_canon);
    s = ask(p, "verify");
    assert_int_equal(s.answer, QWEN_VERIFIED);
    plug_free(p);
}

static void test_nothing_is_left(void **state)
{
    size_t before = 0, after = 0;
    (void)state;
    for (int fd = 0; fd < 256; fd++)
        before += fcntl(fd, F_GETFD) >= 0;
    for (int i = 0; i < 3; i++) {
        struct plug *p = new_plug(true);
        for (int k = 0; k < 400; k++)           /* over one recycling in all */
            assert_int_equal(ask(p, "verify").answer, QWEN_VERIFIED);
        plug_free(p);
    }
    for (int fd = 0; fd < 256; fd++)
        after += fcntl(fd, F_GETFD) >= 0;
    assert_int_equal(before, after);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts_and_trust), cmocka_unit_test(test_only_utf8_is_sent), cmocka_unit_test(test_equal), cmocka_unit_test(test_misbehaviour),
        cmocka_unit_test(test_failure_is_no_crash), cmocka_unit_test(test_flood_and_bounds), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_disabled_after_five), cmocka_unit_test(test_jail), cmocka_unit_test(test_jail_minimum), cmocka_unit_test(test_untrustworthy_file),
        cmocka_unit_test(test_generate_and_program), cmocka_unit_test(test_not_granted),
        cmocka_unit_test(test_answers_that_come_later), cmocka_unit_test(test_misbehaving_askers),
        cmocka_unit_test(test_read_canon_tool),
        cmocka_unit_test(test_nothing_is_left),
    };
    const char *build = getenv("abs_top_builddir");
    char *real;
    snprintf(so_path, sizeof so_path, "%s/tests/plugin/.libs/bad.so", build != NULL ? build : ".");
    if ((real = realpath(so_path, NULL)) != NULL) {
        snprintf(so_path, sizeof so_path, "%s", real);
        free(real);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
