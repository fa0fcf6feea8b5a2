/* daemon/run/verify.c with two plugins, the calculator and one that does what it is told (tests/plugin/bad.c):
 * separate workings that are compared, what a plugin asks for, and ends at every moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/run/verify.h"

static char bad_path[1024], calc_path[1024];
static bool have_calc;

struct rig { uv_loop_t loop; struct verify *v; struct config *c; };

/* What the plugins asked for, and how it is answered. */
static struct asked { int generated, programs, dropped; void *check_arg; struct plug *p; uint64_t id; bool later; } seen;

static void on_generate(void *arg, struct plug *p, void *check_arg, uint64_t id, const struct plug_generate *g)
{
    static const struct qwen_str text[2] = { QWEN_STR("one"), QWEN_STR("two") };
    assert_ptr_equal(arg, &seen);
    seen.generated++;
    seen.check_arg = check_arg;
    seen.p = p;
    seen.id = id;
    if (!seen.later)
        plug_reply_generate(p, id, text, g->n, 0, NULL);
}

static void on_dropped(void *arg, struct plug *p, uint64_t id)
{
    assert_ptr_equal(arg, &seen);
    assert_true(p == seen.p && id == seen.id);
    seen.dropped++;
}

/* granted: the bad plugin may ask for everything. */
static void rig_up(struct rig *r, bool calculator, bool granted)
{
    char set[1200];
    struct verify_asks asks = { .arg = &seen, .generate = on_generate, .dropped = on_dropped };
    seen = (struct asked){ 0 };
    assert_int_equal(uv_loop_init(&r->loop), 0);
    assert_int_equal(config_new(&r->c, NULL), QW_OK);
    snprintf(set, sizeof set, "plugin.calculator.%s%s", calculator ? "path=" : "enabled=", calculator ? calc_path : "no");
    assert_int_equal(config_set(r->c, set, "test", NULL), QW_OK);
    assert_int_equal(config_set(r->c, "plugin.python.enabled=no", "test", NULL), QW_OK);
    snprintf(set, sizeof set, "plugin.bad.path=%s", bad_path);
    assert_int_equal(config_set(r->c, set, "test", NULL), QW_OK);
    if (granted) {
        assert_int_equal(config_set(r->c, "plugin.bad.generate=yes", "test", NULL), QW_OK);
        assert_int_equal(config_set(r->c, "plugin.bad.run_program=yes", "test", NULL), QW_OK);
    }
    assert_int_equal(verify_new(&r->v, &r->loop, r->c, NULL), QW_OK);
    assert_int_equal(verify_n_plugins(r->v), calculator ? 2 : 1);
    verify_set_asks(r->v, &asks);
}

static void rig_down(struct rig *r)
{
    verify_close(r->v);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&r->loop), 0);
    verify_free(r->v);
    config_free(r->c);
}

struct done { int calls; struct qw_error error; enum qwen_verdict answer; enum qwen_basis basis; uint32_t k, n; bool computed; char evidence[256], reading[128], left[128], canon[64], plugin[64]; };

static void on_done(void *arg, const struct plug_result *r)
{
    struct done *d = arg;
    d->calls++;
    d->error = r->error;
    d->answer = r->answer;
    d->basis = r->basis;
    d->k = r->k;
    d->n = r->n;
    snprintf(d->plugin, sizeof d->plugin, "%s", r->plugin != NULL ? r->plugin : "");
    if (r->n_evidence > 0)
        snprintf(d->evidence, sizeof d->evidence, "%s", r->evidence[r->n_evidence - 1].text);
    for (size_t i = 0; i < r->n_reads; i++)
        if (r->reads[i].what == QWEN_READ_LEFT)
            snprintf(d->left, sizeof d->left, "%s", r->reads[i].text);
    for (size_t i = 0; i < r->n_parts; i++) {
        if (r->parts[i].reading != NULL)
            snprintf(d->reading, sizeof d->reading, "%s", r->parts[i].reading);
        d->computed = d->computed || r->parts[i].computed != NULL;
        if (r->parts[i].canon != NULL)
            snprintf(d->canon, sizeof d->canon, "%s", r->parts[i].canon);
    }
}

static uint64_t start(struct rig *r, struct done *d, const char *question, const char *response, bool asking)
{
    struct plug_problem p = { .question = question, .response = response };
    uint64_t op;
    *d = (struct done){ 0 };
    assert_int_equal((asking ? verify_check_asking : verify_check)(r->v, &p, 10000, on_done, d, &op, NULL), QW_OK);
    return op;
}

static void wait_for(struct rig *r, const struct done *d)
{
    while (d->calls == 0)
        uv_run(&r->loop, UV_RUN_ONCE);
    assert_int_equal(d->calls, 1);
}

static struct done check(struct rig *r, const char *question, const char *response)
{
    struct done d;
    start(r, &d, question, response, true);
    wait_for(r, &d);
    return d;
}

static void test_workings_are_counted(void **state)
{
    struct rig r;
    struct done d;
    (void)state;
    if (!have_calc)
        skip();
    rig_up(&r, true, false);
    d = check(&r, "candidates", "so \\boxed{\\frac{84}{2}}");
    assert_int_equal(d.answer, QWEN_SUPPORTED);
    assert_true(d.basis == QWEN_BASIS_PROGRAM && d.k == 31 && d.n == 32);
    assert_string_equal(d.plugin, "bad");
    d = check(&r, "candidates", "\\boxed{41}");
    assert_true(d.answer == QWEN_UNDECIDED && d.k == 0 && d.n == 32);      /* and never refuted */
    assert_string_equal(d.evidence, "0 of 32 separate programs come to this answer");
    d = check(&r, "Solve 2x + 5 = 17.", "\\boxed{6}");
    assert_true(d.answer == QWEN_VERIFIED && d.n == 0);
    rig_down(&r);
    rig_up(&r, false, false);                   /* nobody to compare them */
    d = check(&r, "candidates", "\\boxed{42}");
    assert_true(d.answer == QWEN_UNDECIDED && d.error.code == QW_OK && d.k == 0 && d.n == 32);
    rig_down(&r);
}

/* Two that are trusted with proofs, the same file: the second says the opposite of what is "contrary". */
static void test_proofs_that_conflict(void **state)
{
    struct rig r;
    struct done d;
    char set[1200];
    (void)state;
    for (int trusted = 0; trusted < 2; trusted++) {
        assert_int_equal(uv_loop_init(&r.loop), 0);
        assert_int_equal(config_new(&r.c, NULL), QW_OK);
        snprintf(set, sizeof set, "plugin.bad.path=%s", bad_path);
        const char *const sets[] = { "plugin.calculator.enabled=no", "plugin.python.enabled=no", set, "plugin.bad.trust=proof",
                                     "plugin.other.contrary=yes", trusted ? "plugin.other.trust=proof" : "plugin.other.trust=none" };
        for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
            assert_int_equal(config_set(r.c, sets[i], "test", NULL), QW_OK);
        snprintf(set, sizeof set, "plugin.other.path=%s", bad_path);
        assert_int_equal(config_set(r.c, set, "test", NULL), QW_OK);
        assert_int_equal(verify_new(&r.v, &r.loop, r.c, NULL), QW_OK);
        assert_int_equal(verify_n_plugins(r.v), 2);
        d = check(&r, "verify", "r");
        assert_int_equal(d.answer, QWEN_VERIFIED);
        d = check(&r, "contrary", "r");
        assert_int_equal(d.answer, trusted ? QWEN_UNDECIDED : QWEN_VERIFIED);
        assert_true(d.computed != trusted);
        if (trusted)
            assert_string_equal(d.evidence, "two proofs conflict: bad says verified, other says refuted");
        rig_down(&r);
    }
}

static void test_reading_and_names(void **state)
{
    struct rig r;
    struct done d = { 0 };
    struct plug_problem p = { .question = "", .response = "\\boxed{0.5}" };
    uint64_t op;
    (void)state;
    if (!have_calc)
        skip();
    rig_up(&r, true, false);
    assert_int_equal(verify_read(r.v, "Solve 2x + 5 = 17.", 10000, on_done, &d, &op, NULL), QW_OK);
    wait_for(&r, &d);
    assert_string_equal(d.reading, "x real, 2x + 5 = 17, find x");
    d = (struct done){ 0 };
    assert_int_equal(verify_read(r.v, "Solve 2x + 5 = 17 for fun.", 10000, on_done, &d, &op, NULL), QW_OK);
    wait_for(&r, &d);
    assert_string_equal(d.plugin, "bad");       /* the next plugin claims to read it */
    d = (struct done){ 0 };
    assert_int_equal(verify_canon(r.v, &p, 10000, on_done, &d, &op, NULL), QW_OK);
    wait_for(&r, &d);
    assert_string_equal(d.canon, "1/2");
    rig_down(&r);
}

static void test_asking(void **state)
{
    static const struct qwen_str text[] = { QWEN_STR("later") };
    struct plug_problem p = { .question = "generate", .response = "r" };
    struct qw_error err = { 0 };
    struct rig r;
    struct done d;
    uint64_t op;
    (void)state;
    rig_up(&r, false, true);
    /* A plain check does not ask a plugin that costs a generation. */
    assert_int_equal(verify_check(r.v, &p, 1000, on_done, &d, &op, &err), QW_EPLUGIN);
    d = check(&r, "generate", "r");
    assert_string_equal(d.evidence, "0 2 one");
    assert_ptr_not_equal(seen.check_arg, NULL);
    assert_string_equal(check(&r, "program", "r").evidence, "-4 0 0 ");     /* nobody runs programs here */
    seen.later = true;
    start(&r, &d, "generate", "r", true);
    while (seen.generated < 2)
        uv_run(&r.loop, UV_RUN_ONCE);
    assert_ptr_equal(seen.check_arg, &d);       /* whose check it is */
    plug_reply_generate(seen.p, seen.id, text, 1, 0, NULL);
    wait_for(&r, &d);
    assert_string_equal(d.evidence, "0 1 later");
    /* Cancelled, then closed, while it waits for an answer. */
    op = start(&r, &d, "generate", "r", true);
    while (seen.generated < 3)
        uv_run(&r.loop, UV_RUN_ONCE);
    verify_cancel(r.v, op);
    wait_for(&r, &d);
    assert_true(d.error.code == QW_ECANCELLED && seen.dropped == 1);
    start(&r, &d, "generate", "r", true);
    while (seen.generated < 4)
        uv_run(&r.loop, UV_RUN_ONCE);
    rig_down(&r);
    assert_true(d.calls == 1 && d.error.code == QW_ECANCELLED && seen.dropped == 2);
}

/* A check with workings to compare is cancelled, or everything closed, after each number of turns. */
static void test_ends_at_every_moment(void **state)
{
    struct rig r;
    struct done d;
    int turns, ended = 0;
    (void)state;
    if (!have_calc)
        skip();
    rig_up(&r, true, false);
    check(&r, "candidates", "\\boxed{42}");     /* the processes run */
    for (turns = 0; !ended && turns < 200; turns++) {
        uint64_t op = start(&r, &d, "candidates", "\\boxed{42}", true);
        for (int i = 0; i < turns && d.calls == 0; i++)
            uv_run(&r.loop, UV_RUN_ONCE);
        ended = d.calls;
        verify_cancel(r.v, op);
        wait_for(&r, &d);
        if (!ended)
            assert_int_equal(d.error.code, QW_ECANCELLED);
    }
    assert_true(ended && turns > 3);            /* before the first plugin, between them, while it compares */
    rig_down(&r);
    for (int n = 0; n < turns; n++) {
        rig_up(&r, true, false);
        check(&r, "candidates", "\\boxed{42}");
        start(&r, &d, "candidates", "\\boxed{42}", true);
        for (int i = 0; i < n && d.calls == 0; i++)
            uv_run(&r.loop, UV_RUN_ONCE);
        rig_down(&r);
        assert_int_equal(d.calls, 1);
    }
}

static void find(char *to, size_t n, const char *under)
{
    const char *build = getenv("abs_top_builddir");
    char path[1024], *real;
    snprintf(path, sizeof path, "%s/%s", build != NULL ? build : ".", under);
    real = realpath(path, NULL);
    snprintf(to, n, "%s", real != NULL ? real : "");
    free(real);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workings_are_counted), cmocka_unit_test(test_proofs_that_conflict), cmocka_unit_test(test_reading_and_names), cmocka_unit_test(test_asking),
        cmocka_unit_test(test_ends_at_every_moment),
    };
    find(bad_path, sizeof bad_path, "tests/plugin/.libs/bad.so");
    find(calc_path, sizeof calc_path, "plugins/calculator/.libs/calculator.so");
    have_calc = calc_path[0] != '\0';
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
