/* ABI 1.0 is frozen: its members stay where they were, and a plugin of it runs on today's host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/host/host.h"
#include "tests/plugin/abi_table.h"

static char so_path[1024];
static char logged[4096];

/* Offsets, sizes and values of 1.0.  Structs may only grow. */
static void test_members_stay(void **state)
{
    (void)state;
    assert_int_equal(abi_frozen_n, abi_today_n);
    for (size_t i = 0; i < abi_frozen_n; i++) {
        const struct abi_row *a = &abi_frozen[i], *b = &abi_today[i];
        bool whole = a->size > 0 && strchr(a->name, '.') == NULL;
        if (strcmp(a->name, b->name) != 0 || a->at != b->at || (whole ? b->size < a->size : b->size != a->size))
            fail_msg("%s was at %ld, %ld bytes, and is at %ld, %ld bytes", a->name, a->at, a->size, b->at, b->size);
    }
}

static void on_log(void *arg, const char *line, size_t n)
{
    size_t have = strlen(logged);
    (void)arg;
    snprintf(logged + have, sizeof logged - have, "%.*s\n", (int)n, line);
}

static void on_generate(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_generate *g)
{
    static const struct qwen_str texts[] = { QWEN_STR("one"), QWEN_STR("two") };
    (void)arg, (void)op_arg;
    assert_true(g->n == 2 && g->max_tokens == 10 && g->temperature == 0.5 && g->seed == 3 && g->system.n == 1 && g->prompt.n == 1);
    plug_reply_generate(p, id, texts, 2, 2, NULL);
}

static void on_program(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_program *g)
{
    struct plug_program_result r = { .status = 3, .flags = QWEN_PROGRAM_CUT_OFF, .out = QWEN_STR("out"), .err = QWEN_STR("err") };
    (void)arg, (void)op_arg;
    assert_true(g->language.n == 6 && g->code.n == 8 && g->input.n == 2 && g->time_ms == 50);
    plug_reply_program(p, id, &r, NULL);
}

struct seen { int calls; enum qwen_verdict answer, working; enum qwen_eq eq; char said[256], reading[64], computed[64], canon[64], line[64], output[64], candidate[64]; };

static void copy(char *to, size_t n, const char *s)
{
    snprintf(to, n, "%s", s != NULL ? s : "");
}

static void on_done(void *arg, const struct plug_result *r)
{
    struct seen *s = arg;
    if (r->error.code != QW_OK)
        fail_msg("%s", r->error.msg);
    assert_string_equal(r->plugin, "frozen");
    assert_string_equal(r->version, "1.0");
    s->calls++;
    s->answer = r->answer;
    s->working = r->working;
    s->eq = r->eq;
    copy(s->said, sizeof s->said, r->n_evidence > 0 ? r->evidence[0].text : NULL);
    copy(s->reading, sizeof s->reading, r->n_parts > 0 ? r->parts[0].reading : NULL);
    copy(s->computed, sizeof s->computed, r->n_parts > 0 ? r->parts[0].computed : NULL);
    copy(s->canon, sizeof s->canon, r->n_parts > 0 ? r->parts[0].canon : NULL);
    copy(s->line, sizeof s->line, r->n_reads > 0 && r->reads[0].what == QWEN_READ_RELATION ? r->reads[0].text : NULL);
    copy(s->candidate, sizeof s->candidate, r->n_candidates > 0 && r->candidates[0].basis == QWEN_BASIS_PROGRAM ? r->candidates[0].value : NULL);
    copy(s->output, sizeof s->output, r->output);
}

static void test_frozen_plugin(void **state)
{
    static const struct plug_option options[] = { { "colour", "红" } };
    struct plug_config c = { .name = "frozen", .path = so_path, .trust_proof = true, .options = options, .n_options = 1, .log = on_log,
                             .may_generate = true, .may_run_program = true, .generate = on_generate, .run_program = on_program };
    struct plug_problem pr = { .question = "q", .response = "w", .answer = "a", .lang = "zh", .truncated = true };
    struct qw_error err = { 0 };
    struct plug_info info;
    struct plug *p;
    struct seen s = { 0 };
    (void)state;
    if (plug_new(&p, &c, &err) != QW_OK)
        fail_msg("%s", err.msg);
    plug_verify(p, &pr, 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_true(s.answer == QWEN_VERIFIED && s.working == QWEN_REFUTED);
    assert_string_equal(s.said, "w a zh 1 红");
    assert_string_equal(s.reading, "the reading");
    assert_string_equal(s.computed, "42");
    assert_string_equal(s.candidate, "41");
    plug_canon(p, &pr, 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_string_equal(s.canon, "a");
    pr.question = "generate";
    plug_verify(p, &pr, 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_string_equal(s.said, "0 2 two 2");
    pr.question = "program";
    plug_verify(p, &pr, 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_string_equal(s.said, "0 3 4 out|err");
    plug_equal(p, "12", "34", 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_int_equal(s.eq, QWEN_EQ_EQUAL);
    plug_read(p, "题", 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_string_equal(s.reading, "题");
    assert_string_equal(s.line, "1 < 2");
    plug_tool_call(p, "tool", "{}", 0, on_done, &s, NULL, NULL);
    plug_wait(p);
    assert_string_equal(s.output, "got {}");
    assert_int_equal(s.calls, 7);
    plug_get_info(p, &info);
    assert_true(info.n_tools == 1 && strcmp(info.tools[0].about, "a tool of 1.0") == 0 && info.crashes == 0);
    assert_non_null(strstr(logged, "checked"));
    plug_free(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_members_stay), cmocka_unit_test(test_frozen_plugin) };
    const char *build = getenv("abs_top_builddir");
    char *real;
    snprintf(so_path, sizeof so_path, "%s/tests/plugin/.libs/frozen_1_0.so", build != NULL ? build : ".");
    if ((real = realpath(so_path, NULL)) != NULL) {
        snprintf(so_path, sizeof so_path, "%s", real);
        free(real);
    }
    return cmocka_run_group_tests_name("plugabi", tests, NULL, NULL);
}
