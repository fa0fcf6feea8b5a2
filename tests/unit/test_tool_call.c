/* daemon/run/tool_call.c: calls of tools in what a model wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run/tool_call.h"
#include "engine/text/prompt.h"

#define O "<tool_call>"
#define C "</tool_call>"

static const char *const names[] = { "f", "python" };
static const struct tool_format plain = { { O, C, false }, NULL, 0 }, fenced = { { O, C, true }, names, 2 };

/* Calls as "name arguments" or "!name: what is wrong" (its beginning is compared), with | between them. */
struct one_case { const char *name, *text, *want, *shown; };
static const struct one_case cases[] = {
    { "none", "The answer is 4.\n", "", "The answer is 4.\n" },
    { "empty", "", "", "" },
    { "good", O "\n{\"name\": \"python\", \"arguments\": {\"code\": \"print(1)\"}}\n" C, "python {\"code\": \"print(1)\"}", "" },
    { "spelled anew", O "{\"arguments\":{\"b\":1.50,\"a\":[1,2]},\"name\":\"f\"}" C, "f {\"b\": 1.50, \"a\": [1, 2]}", "" },
    { "text before", "Let me see. \n\n" O "\n{\"name\": \"f\", \"arguments\": {}}\n" C, "f {}", "Let me see." },
    { "Chinese", "先算一下：\n" O "\n{\"name\": \"f\", \"arguments\": {\"式\": \"一＋一\"}}\n" C, "f {\"式\": \"一＋一\"}", "先算一下：" },
    { "two", O "\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n" C "\n" O "\n{\"name\": \"g\", \"arguments\": {\"y\": 2}}\n" C, "f {\"x\": 1}|g {\"y\": 2}", "" },
    { "text after", O "{\"name\": \"f\"}" C "\nThat gives 5.", "f {}", "" },
    { "no arguments", O "{\"name\": \"f\"}" C, "f {}", "" },
    { "arguments as a string", O "{\"name\": \"f\", \"arguments\": \"{\\\"x\\\": \\\"\\\\\\\"\\\"}\"}" C, "f {\"x\": \"\\\"\"}", "" },
    { "braces and the end in strings", O "{\"name\": \"f\", \"arguments\": {\"code\": \"d = {'a': '}'} # " C " \\\" {[\"}}" C,
      "f {\"code\": \"d = {'a': '}'} # " C " \\\" {[\"}", "" },
    { "not closed", "x " O "\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}", "f {\"x\": 1}", "x" },
    { "nested", O "{\"name\": \"f\", \"arguments\": {\"a\": {\"b\": [{\"c\": {}}]}}}" C, "f {\"a\": {\"b\": [{\"c\": {}}]}}", "" },
    { "not an object", O "print(1)" C, "!: the call is not a JSON object", "" },
    { "nothing in it", O C, "!: the call is not a JSON object", "" },
    { "nothing after it", "a" O, "!: the call is not a JSON object", "a" },
    { "cut off", O "{\"name\": \"f\", \"arguments\": {\"x\": ", "!: the call is not a JSON object", "" },
    { "a brace is missing", O "{\"name\": \"f\", \"arguments\": {\"x\": 1}" C, "!: the call is not a JSON object", "" },
    { "brackets that do not match", O "{\"name\": \"f\", \"arguments\": {\"x\": 1]]" C, "!: the call is not a JSON object", "" },
    { "not JSON", O "{\"name\": \"f\", \"arguments\": {x: 1}}" C, "!: the call is not a JSON object", "" },
    { "one is wrong", O "{bad}" C O "{\"name\": \"g\"}" C, "!: the call is not a JSON object|g {}", "" },
    { "one after a string that does not end", O "{\"a\": \"" C O "{\"name\": \"g\"}" C, "!: the call is not a JSON object|g {}", "" },
    { "no name", O "{\"arguments\": {}}" C, "!: the call has no \"name\"", "" },
    { "a name that is none", O "{\"name\": 1}" C, "!: the call has no \"name\"", "" },
    { "an empty name", O "{\"name\": \"\"}" C, "!: the call has no \"name\"", "" },
    { "a name with NUL", O "{\"name\": \"a\\u0000b\"}" C, "!: the call has no \"name\"", "" },
    { "arguments that are a list", O "{\"name\": \"f\", \"arguments\": [1]}" C, "!f: the arguments are not a JSON object", "" },
    { "arguments that are a text", O "{\"name\": \"f\", \"arguments\": \"print(1)\"}" C, "!f: the arguments are not JSON", "" },
    { "arguments that are nothing", O "{\"name\": \"f\", \"arguments\": null}" C, "!f: the arguments are not a JSON object", "" },
    { "the end alone", "see " C " there", "", "see " C " there" },
    { "a beginning", "a <tool", "", "a <tool" },
};

/* Where a block of JSON may be one. */
#define F "```"
static const struct one_case blocks[] = {
    { "a block", F "json\n{\n  \"name\": \"python\",\n  \"arguments\": {\n    \"code\": \"print(1)\"\n  }\n}\n" F, "python {\"code\": \"print(1)\"}", "" },
    { "text before and after", "So:\n\n" F "json\n{\"name\": \"f\", \"arguments\": {}}\n" F "\nThat gives 5.", "f {}", "So:" },
    { "no language", F "\n{\"name\": \"f\", \"arguments\": {}}\n" F, "f {}", "" },
    { "two", F "json\n{\"name\": \"f\", \"arguments\": {}}\n" F "\n" F "json\n{\"name\": \"python\", \"arguments\": {\"x\": 1}}\n" F, "f {}|python {\"x\": 1}", "" },
    { "both ways", F "json\n{\"name\": \"f\", \"arguments\": {}}\n" F O "{\"name\": \"g\"}" C, "f {}|g {}", "" },
    { "the other way first", O "{\"name\": \"g\"}" C F "json\n{\"name\": \"f\", \"arguments\": {}}\n" F, "g {}|f {}", "" },
    { "not closed", F "json\n{\"name\": \"f\", \"arguments\": {}}", "f {}", "" },
    { "a name that there is not", F "json\n{\"name\": \"g\", \"arguments\": {}}\n" F, "", F "json\n{\"name\": \"g\", \"arguments\": {}}\n" F },
    { "no arguments", F "json\n{\"name\": \"f\"}\n" F, "", F "json\n{\"name\": \"f\"}\n" F },
    { "not JSON", F "json\n{\"name\": \"f\", \"arguments\": {x}}\n" F, "", F "json\n{\"name\": \"f\", \"arguments\": {x}}\n" F },
    { "a program", "See:\n" F "python\nprint({1: 2})\n" F "\n", "", "See:\n" F "python\nprint({1: 2})\n" F "\n" },
    { "a program, then a call", F "python\nprint(1)\n" F "\n" F "json\n{\"name\": \"f\", \"arguments\": {}}\n" F, "f {}", F "python\nprint(1)\n" F },
    { "without a fence", "{\"name\": \"f\", \"arguments\": {}}", "", "{\"name\": \"f\", \"arguments\": {}}" },
    { "one that does not end", F "json\n{\"name\": \"f\", \"arg", "", F "json\n{\"name\": \"f\", \"arg" },
    { "the fence alone", "a " F, "", "a " F },
};

static void put(struct qw_buf *b, const struct tool_call *c)
{
    if (c->wrong != NULL)
        qw_buf_addf(b, "!%s: %s", c->name, c->wrong);
    else
        qw_buf_addf(b, "%s %s", c->name, c->arguments);
}

/* Is each of `got` what `want` says?  Of what is wrong the beginning. */
static bool as_wanted(const struct tool_call *c, size_t n, const char *want)
{
    for (size_t i = 0; i < n; i++) {
        struct qw_buf b = QW_BUF_INIT;
        size_t len = strcspn(want, "|");
        put(&b, &c[i]);
        bool good = c[i].wrong != NULL ? b.len >= len && memcmp(b.data, want, len) == 0 : b.len == len && memcmp(b.data, want, len) == 0;
        if (!good)
            print_error("got %s\n", b.data);
        qw_buf_free(&b);
        want += len + (want[len] == '|');
        if (!good)
            return false;
    }
    return want[0] == '\0';
}

static void free_all(struct tool_call *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tool_call_free(&c[i]);
}

static void check(const struct one_case *k, const struct tool_format *f)
{
    struct tool_call c[TOOL_MOST_IN_TURN];
    size_t n = 99, len = strlen(k->text), shown = tool_visible(k->text, len, f, true);
    assert_int_equal(tool_calls_parse(k->text, len, f, c, &n, NULL), QW_OK);
    bool good = as_wanted(c, n, k->want) && shown == strlen(k->shown) && memcmp(k->text, k->shown, shown) == 0;
    if (!good)
        fail_msg("%s: %zu calls, %zu bytes shown", k->name, n, shown);
    free_all(c, n);
}

#define EACH(k, list) (const struct one_case *k = list; k < list + sizeof list / sizeof list[0]; k++)
static void test_cases(void **state)
{
    (void)state;
    for EACH(k, cases) {
        check(k, &plain);
        check(k, &fenced);
    }
    for EACH(k, blocks)
        check(k, &fenced);
}

/* As the text grows byte by byte, only what stays is shown, and it only grows; whether it is looked at from its beginning or
 * from what was shown on. */
static void grow(const char *text, const struct tool_format *f)
{
    size_t len = strlen(text), end = tool_visible(text, len, f, true), before = 0;
    for (size_t n = 0; n <= len; n++) {
        size_t shown = tool_visible(text, n, f, false);
        assert_true(shown >= before && shown <= n && shown <= end);
        assert_true(!utf8_valid(text, len) || utf8_complete(text, shown) == shown || utf8_complete(text, n) != n);
        assert_int_equal(before + tool_visible(text + before, n - before, f, false), shown);
        before = shown;
    }
}

static void test_split(void **state)
{
    (void)state;
    for EACH(k, cases) {
        grow(k->text, &plain);
        grow(k->text, &fenced);
    }
    for EACH(k, blocks)
        grow(k->text, &fenced);
    assert_int_equal(tool_visible("see <tool_cal", 13, &plain, false), 3);
    assert_int_equal(tool_visible("see <tool_calx", 14, &plain, false), 14);
    assert_int_equal(tool_visible("a\n\n", 3, &plain, false), 1);
    assert_int_equal(tool_visible("see ``", 6, &fenced, false), 3);
    assert_int_equal(tool_visible("see ```json\n{", 13, &fenced, false), 3);
    assert_int_equal(tool_visible("see ```json\n[", 13, &fenced, false), 13);
}

static void test_too_much(void **state)
{
    struct qw_buf b = QW_BUF_INIT;
    struct tool_call c[TOOL_MOST_IN_TURN];
    struct qw_error err = { 0 };
    size_t n;
    (void)state;
    for (int i = 0; i < 1000; i++)
        qw_buf_adds(&b, O "{\"name\": \"f\"}" C);
    assert_int_equal(tool_calls_parse(b.data, b.len, &plain, c, &n, NULL), QW_OK);
    assert_int_equal(n, TOOL_MOST_IN_TURN);
    free_all(c, n);
    qw_buf_clear(&b);
    qw_buf_adds(&b, O "{\"name\": \"f\", \"arguments\": {\"x\": \"");
    for (unsigned i = 0; i < TOOL_MAX_ARGUMENTS; i++)
        qw_buf_addc(&b, 'y');
    qw_buf_adds(&b, "\"}}");
    assert_int_equal(tool_calls_parse(b.data, b.len, &plain, c, &n, NULL), QW_OK);
    assert_int_equal(n, 1);
    assert_non_null(strstr(c[0].wrong, "32768 are allowed"));
    assert_true(strlen(c[0].arguments) < 1000);
    free_all(c, n);
    qw_buf_clear(&b);
    qw_buf_adds(&b, O "{\"name\": \"");                     /* 100 letters in 300 bytes */
    for (int i = 0; i < 100; i++)
        qw_buf_adds(&b, "名");
    qw_buf_adds(&b, "\"}");
    assert_int_equal(tool_calls_parse(b.data, b.len, &plain, c, &n, NULL), QW_OK);
    assert_non_null(strstr(c[0].wrong, "too long"));
    assert_true(utf8_valid(c[0].arguments, strlen(c[0].arguments)));
    free_all(c, n);
    qw_buf_clear(&b);
    qw_buf_adds(&b, O);                                     /* deeper than anything reads */
    for (int i = 0; i < 100000; i++)
        qw_buf_adds(&b, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        qw_buf_addc(&b, '}');
    assert_int_equal(tool_calls_parse(b.data, b.len, &plain, c, &n, NULL), QW_OK);
    assert_true(n == 1 && c[0].wrong != NULL);
    free_all(c, n);
    qw_buf_free(&b);
    assert_int_equal(tool_arguments("{\"a\": 1}", 8, 7, &b, &err), QW_ETOOLARGE);
    assert_int_equal(tool_arguments("  ", 2, 7, &b, &err), QW_EPARAMS);
    assert_int_equal(tool_arguments("\"{}\"", 4, 7, &b, &err), QW_EPARAMS);
    qw_buf_free(&b);
}

/* Bytes of a model that has no sense: it ends, and nothing is read beyond the text (under the sanitizers). */
static void test_nonsense(void **state)
{
    static const char *const bits[] = { O, C, F, "json", "{", "}", "[", "]", "\"", "\\", "\"name\"", ":", "\"f\"", ",", "\"arguments\"", "\n", "\xe4", "x" };
    unsigned long long h = 88172645463325252ull;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct qw_buf b = QW_BUF_INIT;
        struct tool_call c[TOOL_MOST_IN_TURN];
        size_t n = 0;
        for (int i = 0; i < 24; i++) {
            h ^= h << 13, h ^= h >> 7, h ^= h << 17;
            qw_buf_adds(&b, bits[h % (sizeof bits / sizeof bits[0])]);
        }
        char *text = qw_strndup(b.data, b.len);             /* no room behind it */
        assert_int_equal(tool_calls_parse(text, b.len, &fenced, c, &n, NULL), QW_OK);
        assert_true(n <= TOOL_MOST_IN_TURN);
        grow(text, &fenced);
        free_all(c, n);
        qw_free(text);
        qw_buf_free(&b);
    }
}

static void test_no_memory(void **state)
{
    static const char text[] = "x" O "{\"name\": \"f\", \"arguments\": \"{}\"}" C O "{bad}" C;
    (void)state;
    int failed = 0;
    for (long k = 0; k < 64; k++) {
        struct tool_call c[TOOL_MOST_IN_TURN];
        size_t n = 99;
        qw_mem_fail_after(k);
        int rc = tool_calls_parse(text, sizeof text - 1, &plain, c, &n, NULL);
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            free_all(c, n);
        else
            assert_true(rc == QW_ENOMEM && n == 0);
        failed += rc != QW_OK;
        assert_true(k < 63 || rc == QW_OK);
    }
    assert_true(failed > 2);
}

static void test_output(void **state)
{
    struct qw_buf b = QW_BUF_INIT;
    struct qw_error err = { 0 };
    (void)state;
    tool_output(&b, "42\n", 3, 8192);
    assert_string_equal(b.data, "42\n");
    qw_buf_clear(&b);
    tool_output(&b, "一二三", 9, 7);
    assert_string_equal(b.data, "一二\n[cut off here: 6 of 9 bytes]");
    qw_buf_clear(&b);
    assert_int_equal(tool_description("py", "says \"x\"\n", "{\"type\":\"object\"}", &b, &err), QW_OK);
    assert_string_equal(b.data, "{\"type\": \"function\", \"function\": {\"name\": \"py\", \"description\": \"says \\\"x\\\"\\n\", \"parameters\": {\"type\": \"object\"}}}");
    qw_buf_clear(&b);
    assert_int_equal(tool_description("py", "", "{", &b, &err), QW_EPLUGIN);
    assert_non_null(strstr(err.msg, "schema of the tool py"));
    qw_buf_free(&b);
}

/* What a family shows the model of a call is what is read of it. */
static void test_families(void **state)
{
    static const char *const families[] = { "qwen2.5", "qwen3-instruct-2507" };
    static const struct chat_tool_call calls[] = { { "f", "{\"x\": \"</tool_call>\"}" }, { "g", "{}" } };
    static const struct chat_msg msg = { .role = "assistant", .content = "So:", .tool_calls = calls, .n_tool_calls = 2 };
    static const struct chat chat = { .msgs = &msg, .n_msgs = 1 };
    struct chat_calls how;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct prompt p = { 0 };
        struct tool_call c[TOOL_MOST_IN_TURN];
        size_t n;
        const struct chat_family *f = chat_family_find(families[i]);
        assert_true(chat_family_calls(f, &how));
        assert_int_equal(chat_render_turn(f, &chat, true, &p, NULL), QW_OK);
        assert_int_equal(tool_calls_parse(p.text.data, p.text.len, &(struct tool_format){ .family = how }, c, &n, NULL), QW_OK);
        assert_true(as_wanted(c, n, "f {\"x\": \"</tool_call>\"}|g {}"));
        free_all(c, n);
        prompt_free(&p);
    }
    assert_false(chat_family_calls(chat_family_find("smollm2"), &how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_split), cmocka_unit_test(test_too_much), cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_output), cmocka_unit_test(test_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
