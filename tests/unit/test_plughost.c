/* The supervisor against a plugin that misbehaves in every way (tests/plugin/bad.c). */
#include <fcntl.h>
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

struct seen { int calls; struct qw_error error; enum qwen_verdict answer; enum qwen_eq eq; size_t n_parts, n_evidence;
              char evidence[256], reading[64]; };

static char so_path[1024];
static size_t logged;

static void on_log(void *arg, const char *line, size_t n)
{
    (void)arg; (void)line;
    logged += n;
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
    plug_free(p);
    p = new_plug(false);
    assert_int_equal(ask(p, "verify").answer, QWEN_SUPPORTED);
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
        cmocka_unit_test(test_verdicts_and_trust), cmocka_unit_test(test_equal), cmocka_unit_test(test_misbehaviour),
        cmocka_unit_test(test_failure_is_no_crash), cmocka_unit_test(test_flood_and_bounds), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_disabled_after_five), cmocka_unit_test(test_jail), cmocka_unit_test(test_jail_minimum), cmocka_unit_test(test_untrustworthy_file),
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
