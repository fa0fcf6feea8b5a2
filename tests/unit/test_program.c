/* The supervisor of the program jail: queue, budgets, cancelling, and a zygote that lies.  What a program can do in the
 * jail is tests/plugin/test_jail.py's. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plugins/program/program.h"

static char host_path[1024], script[64];
static bool can_run;            /* python3 and some jail are here */

struct seen { int calls, order; struct qw_error error; enum prog_end end; char out[64]; struct prog *again; };
static int ended;

static void on_done(void *arg, const struct prog_result *r)
{
    struct seen *s = arg;
    s->calls++;
    s->order = ++ended;
    s->error = r->error;
    s->end = r->end;
    assert_non_null(r->out);
    assert_non_null(r->err);
    snprintf(s->out, sizeof s->out, "%.*s", (int)r->out_n, r->out);
    if (s->again != NULL) {
        struct prog *p = s->again;
        s->again = NULL;
        assert_int_equal(prog_run(p, "print('again')", 14, 0, on_done, s, NULL, NULL), QW_OK);
    }
}

static struct prog *new_prog(const struct prog_config *c)
{
    struct qw_error err = { 0 };
    struct prog *p = NULL;
    if (prog_new(&p, c, &err) != QW_OK)
        fail_msg("%s", err.msg);
    return p;
}

static void queue(struct prog *p, const char *code, uint32_t budget_ms, struct seen *s, uint64_t *op)
{
    struct qw_error err = { 0 };
    if (prog_run(p, code, strlen(code), budget_ms, on_done, s, op, &err) != QW_OK)
        fail_msg("%s", err.msg);
}

static struct seen run(struct prog *p, const char *code)
{
    struct seen s = { 0 };
    struct qw_error err = { 0 };
    if (prog_run(p, code, strlen(code), 0, on_done, &s, NULL, &err) != QW_OK) {
        s.error = err;
        return s;
    }
    prog_wait(p);
    assert_int_equal(s.calls, 1);
    return s;
}

static void need_jail(void)
{
    if (!can_run)
        skip();
}

static void no_child_left(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* --- with a real zygote ------------------------------------------------------------------------------ */

static void test_in_order(void **state)
{
    struct prog_config c = { .host_path = host_path };
    struct seen s[4] = { 0 };
    struct prog_info i;
    (void)state;
    need_jail();
    struct prog *p = new_prog(&c);
    prog_get_info(p, &i);
    assert_string_equal(i.state, "idle");
    s[1].again = p;
    ended = 0;
    for (int k = 0; k < 3; k++)
        queue(p, k == 0 ? "print(0)" : k == 1 ? "print(1)" : "print(1 / 0)", 0, &s[k], NULL);
    assert_true(prog_busy(p));
    prog_wait(p);
    assert_false(prog_busy(p));
    assert_int_equal(prog_timeout_ms(p), -1);
    assert_string_equal(s[0].out, "0\n");
    assert_int_equal(s[0].order, 1);
    assert_int_equal(s[1].calls, 2);                /* its callback asked for one more */
    assert_string_equal(s[1].out, "again\n");
    assert_int_equal(s[1].order, 4);
    assert_int_equal(s[2].end, PROG_END_EXCEPTION);
    prog_get_info(p, &i);
    assert_string_equal(i.state, "ready");
    assert_int_equal(i.runs, 4);
    assert_int_equal(i.starts, 1);
    assert_true(i.pid > 0 && i.level > PROG_LEVEL_NONE);
    prog_free(p);
    no_child_left();
}

static void test_budget_and_cancel(void **state)
{
    struct prog_config c = { .host_path = host_path, .wall_ms = 600000 };
    struct seen busy = { 0 }, late = { 0 }, waits = { 0 }, last = { 0 };
    uint64_t busy_op, waits_op;
    (void)state;
    need_jail();
    struct prog *p = new_prog(&c);
    assert_string_equal(run(p, "print(1)").out, "1\n");
    queue(p, "import time\ntime.sleep(1000)", 0, &busy, &busy_op);
    queue(p, "print('late')", 20, &late, NULL);
    queue(p, "print('waits')", 0, &waits, &waits_op);
    queue(p, "print('last')", 0, &last, NULL);
    while (late.calls == 0) {
        struct epoll_event ev;
        int ms = prog_timeout_ms(p);
        assert_true(ms >= 0 && ms <= 20);
        epoll_wait(prog_fd(p), &ev, 1, ms);
        prog_process(p);
    }
    assert_int_equal(late.error.code, QW_EDEADLINE);
    assert_int_equal(busy.calls, 0);
    prog_cancel(p, waits_op);
    assert_int_equal(waits.error.code, QW_ECANCELLED);
    prog_cancel(p, waits_op);                       /* again, and one that never was: nothing happens */
    prog_cancel(p, 12345);
    prog_cancel(p, busy_op);
    prog_cancel(p, busy_op);
    /* A time of its own does not run while it waits. */
    struct seen own = { 0 };
    static const char sleeper[] = "import time\ntime.sleep(1000)";
    const struct prog_job job = { .code = sleeper, .n = sizeof sleeper - 1, .wall_ms = 20 };
    assert_int_equal(prog_run_job(p, &job, on_done, &own, NULL, NULL), QW_OK);
    prog_wait(p);
    assert_int_equal(own.error.code, QW_OK);
    assert_int_equal(own.end, PROG_END_TIME);
    assert_int_equal(busy.error.code, QW_ECANCELLED);
    assert_string_equal(last.out, "last\n");
    assert_int_equal(busy.calls + late.calls + waits.calls + last.calls, 4);
    prog_free(p);
    no_child_left();
}

/* Freed while one runs and others wait: each hears of it once, and the zygote is gone. */
static void test_free_busy(void **state)
{
    struct prog_config c = { .host_path = host_path };
    struct seen s[3] = { 0 };
    struct prog_info i;
    (void)state;
    need_jail();
    struct prog *p = new_prog(&c);
    for (int k = 0; k < 3; k++)
        queue(p, "while True: pass", 0, &s[k], NULL);
    for (prog_get_info(p, &i); strcmp(i.state, "running") != 0; prog_get_info(p, &i)) {
        struct epoll_event ev;
        epoll_wait(prog_fd(p), &ev, 1, prog_timeout_ms(p));
        prog_process(p);
    }
    prog_free(p);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(s[k].calls, 1);
        assert_int_equal(s[k].error.code, QW_ECANCELLED);
    }
    no_child_left();
}

static void test_bounds(void **state)
{
    struct prog_config c = { .host_path = host_path };
    struct seen s = { 0 };
    struct qw_error err = { 0 };
    static char big[PROG_MAX_CODE + 1];
    (void)state;
    struct prog *p = new_prog(&c);
    memset(big, ' ', sizeof big);
    assert_int_equal(prog_run(p, big, sizeof big, 0, on_done, &s, NULL, &err), QW_ETOOLARGE);
    for (int k = 0; k < 64; k++)
        queue(p, "", 0, &s, NULL);
    assert_int_equal(prog_run(p, "", 0, 0, on_done, &s, NULL, &err), QW_EBUSY);
    assert_int_equal(s.calls, 0);
    prog_free(p);
    assert_int_equal(s.calls, 64);
    c.memory_bytes = 1000;
    assert_int_equal(prog_new(&p, &c, &err), QW_EPARAMS);
    c.memory_bytes = 0;
    c.output_bytes = (size_t)1 << 30;
    assert_int_equal(prog_new(&p, &c, &err), QW_EPARAMS);
}

static void test_memory_fails(void **state)
{
    struct prog_config c = { .host_path = host_path, .python = "/usr/bin/python3" };
    struct seen s = { 0 };
    int rc = QW_ENOMEM;
    (void)state;
    for (long n = 0; rc != QW_OK; n++) {
        struct prog *p = NULL;
        struct qw_error err = { 0 };
        qw_mem_fail_after(n);
        rc = prog_new(&p, &c, &err);
        if (rc == QW_OK)
            rc = prog_run(p, "1", 1, 0, on_done, &s, NULL, &err);
        qw_mem_fail_after(-1);
        if (rc != QW_OK)
            assert_int_equal(rc, QW_ENOMEM);
        prog_free(p);
        assert_true(n < 100);
    }
    assert_int_equal(s.calls, 1);
}

/* --- a zygote that lies: a script in its place, without namespaces -------------------------------------- */

#define HELLO "printf '\\223\\002\\245hello\\221\\203\\246python\\246" "3.11.0\\245sympy\\240\\250landlock\\240' >&3\n"
/* A response to the program with this number: [1, id, nil, what]. */
#define ANSWER(id, what) "printf '\\224\\001\\00" #id "\\300" what "' >&3\n"
#define RESULT(end, n, out) "\\206\\246status\\000\\243end" end "\\243out\\304" n out "\\243err\\304\\000\\242ms\\001\\246cpu_ms\\001"
#define WAIT "cat <&3 >/dev/null\n"

static struct prog *lying(const char *what)
{
    struct prog_config c = { .host_path = script, .without = PROG_WITHOUT_NAMESPACES, .output_bytes = 4 };
    FILE *f = fopen(script, "we");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s", what);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(script, 0755), 0);
    return new_prog(&c);
}

static void test_lies(void **state)
{
    static const struct { const char *name, *script; int code; const char *said; } cases[] = {
        { "the truth",           HELLO "head -c 1 <&3 >/dev/null\n" ANSWER(1, RESULT("\\000", "\\002", "hi")) WAIT, QW_OK, "" },
        { "garbage",             "printf '\\301' >&3\n" WAIT, QW_EUNSUPPORTED, "garbage" },
        { "not RPC",             "printf '\\001' >&3\n" WAIT, QW_EUNSUPPORTED, "garbage" },
        { "ends at once",        "echo 'no such library' >&2\necho more >&2\nexit 3\n", QW_EUNSUPPORTED, "no such library (exit 3)" },
        { "ends in silence",     "exit 0\n", QW_EUNSUPPORTED, "exit 0" },
        { "answers unasked",     HELLO ANSWER(7, "\\200") WAIT, QW_EPLUGIN, "nobody asked" },
        { "hello twice",         HELLO HELLO WAIT, QW_EPLUGIN, "nobody asked" },
        { "another's answer",    HELLO "head -c 1 <&3 >/dev/null\n" ANSWER(7, "\\200") WAIT, QW_EPLUGIN, "nobody asked" },
        { "an empty result",     HELLO "head -c 1 <&3 >/dev/null\n" ANSWER(1, "\\200") WAIT, QW_EPLUGIN, "result that is none" },
        { "no such end",         HELLO "head -c 1 <&3 >/dev/null\n" ANSWER(1, RESULT("\\011", "\\002", "hi")) WAIT, QW_EPLUGIN, "result that is none" },
        { "too much output",     HELLO "head -c 1 <&3 >/dev/null\n" ANSWER(1, RESULT("\\000", "\\005", "12345")) WAIT, QW_EPLUGIN, "result that is none" },
        { "dies with a program", HELLO "head -c 1 <&3 >/dev/null\nkill -9 $$\n", QW_EPLUGIN, "signal 9" },
        { "hangs up",            HELLO "head -c 1 <&3 >/dev/null\nexec 3>&-\nexec sleep 1000\n", QW_EPLUGIN, "closed its channel" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prog *p = lying(cases[i].script);
        struct seen s = run(p, "1");
        if (s.error.code != cases[i].code || strstr(s.error.msg, cases[i].said) == NULL || (s.error.code == QW_OK && strcmp(s.out, "hi") != 0))
            fail_msg("%s: %d %s (%s)", cases[i].name, s.error.code, s.error.msg, s.out);
        prog_free(p);
        no_child_left();
    }
}

/* What cannot be is refused at once for a while, and does not start a process each time. */
static void test_refusals(void **state)
{
    struct prog_config c = { .host_path = "/nowhere/qwend-program" };
    struct prog_info i;
    (void)state;
    struct prog *p = lying("echo why >&2\nexit 9\n");
    assert_int_equal(run(p, "1").error.code, QW_EUNSUPPORTED);
    assert_int_equal(run(p, "1").error.code, QW_EUNSUPPORTED);
    prog_get_info(p, &i);
    assert_string_equal(i.state, "refused");
    assert_non_null(strstr(i.last_error, "why (exit 9)"));
    assert_int_equal(i.starts, 1);
    prog_free(p);

    p = new_prog(&c);
    assert_non_null(strstr(run(p, "1").error.msg, "/nowhere/qwend-program"));
    prog_free(p);

    /* One that dies with every program is given up. */
    p = lying(HELLO "head -c 1 <&3 >/dev/null\nexit 1\n");
    for (int k = 0; k < 5; k++)
        assert_int_equal(run(p, "1").error.code, QW_EPLUGIN);
    prog_get_info(p, &i);
    assert_string_equal(i.state, "refused");
    assert_int_equal(i.starts, 5);
    prog_free(p);
    no_child_left();
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(prog_level_name(PROG_LEVEL_BOTH), "namespaces+landlock+seccomp");
    assert_string_equal(prog_level_name((enum prog_level)99), "unknown");
    assert_string_equal(prog_end_name(PROG_END_KILLED), "killed");
    assert_string_equal(prog_end_name((enum prog_end)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_bounds), cmocka_unit_test(test_memory_fails),
        cmocka_unit_test(test_lies), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_in_order), cmocka_unit_test(test_budget_and_cancel), cmocka_unit_test(test_free_busy),
    };
    const char *build = getenv("abs_top_builddir");
    int rc, fd;
    snprintf(host_path, sizeof host_path, "%s/plugins/program/qwend-program", build != NULL ? build : ".");
    snprintf(script, sizeof script, "/tmp/qwend-zygote-XXXXXX");
    fd = mkstemp(script);
    if (fd >= 0)
        close(fd);
    if (access(host_path, X_OK) == 0 && access("/usr/bin/python3", X_OK) == 0) {
        struct prog_config c = { .host_path = host_path };
        struct prog *p = new_prog(&c);
        struct seen s = run(p, "1");
        can_run = s.error.code == QW_OK;
        if (!can_run)
            fprintf(stderr, "programs are not run here: %s\n", s.error.msg);
        prog_free(p);
    }
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(script);
    return rc;
}
