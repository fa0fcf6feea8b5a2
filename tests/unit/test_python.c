/* The python plugin: its parts alone, then the whole of it with a host whose model and interpreter are canned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/host/host.h"
#include "plugins/python/json.h"
#include "plugins/python/program.h"

static struct qwen_str str(const char *s)
{
    return (struct qwen_str){ s, strlen(s) };
}

/* --- parts ----------------------------------------------------------------------------------------- */

static void test_find(void **state)
{
    static const struct { const char *answer, *code; } t[] = {
        { "Here:\n```python\nprint(1+2)\n```\nDone.", "print(1+2)\n" }, { "```\nprint(1)\n```", "print(1)\n" },
        { "print(2*3)", "print(2*3)" }, { "The answer is 7.", "" }, { "", "" }, { "```python\nprint(1", "" },
        { "```bash\npip install sympy\n```\n```python\nprint(4)\n```", "print(4)\n" }, { "```", "" }, { "```python", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct qwen_str c = program_find(str(t[i].answer));
        if (c.n != strlen(t[i].code) || memcmp(c.p, t[i].code, c.n) != 0)
            fail_msg("%s: '%.*s'", t[i].answer, (int)c.n, c.p);
    }
}

static void test_check(void **state)
{
    static const char q[] = "Solve 2x + 5 = 17.";
    static const struct { const char *code; enum program_fault fault; const char *question; } t[] = {
        { "print(6)", PROGRAM_CONSTANT, q }, { "x = 6\nprint(x)", PROGRAM_CONSTANT, q }, { "print('x = 6')", PROGRAM_CONSTANT, q },
        { "print(f\"x = {6}\")", PROGRAM_CONSTANT, q }, { "x = 6\nprint(f'{x}')", PROGRAM_CONSTANT, q }, { "print(-6)", PROGRAM_CONSTANT, q },
        { "from fractions import Fraction\nprint(Fraction(17, 5))", PROGRAM_CONSTANT, q }, { "print(17/5)", PROGRAM_CONSTANT, q },
        { "a = 17 - 5\nprint(6)", PROGRAM_CONSTANT, q }, { "def solve():\n    return 6\nprint(solve())", PROGRAM_CONSTANT, q },
        { "x = int('6')\nprint(x)", PROGRAM_CONSTANT, q }, { "print([6])", PROGRAM_CONSTANT, q }, { "a, b = 2, 6\nprint(b)", PROGRAM_CONSTANT, q },
        { "# (17 - 5) / 2\nprint(6)", PROGRAM_CONSTANT, q }, { "\"\"\"17 - 5\"\"\"\nprint(6)", PROGRAM_CONSTANT, q }, { "x = (17-5)/2", PROGRAM_CONSTANT, q },
        { "print(6, sep='-' * 5)", PROGRAM_CONSTANT, q }, { "", PROGRAM_CONSTANT, q }, { "print(", PROGRAM_CONSTANT, q }, { "print('", PROGRAM_CONSTANT, q },
        { "print((17 - 5) / 2)", PROGRAM_COMPUTES, q }, { "x = (17 - 5) / 2\nprint(x)", PROGRAM_COMPUTES, q },
        { "x = (17 - 5) // 2\nprint(f'{x}')", PROGRAM_COMPUTES, q }, { "x = 1\nprint(f'{(17 - 5) / 2}')", PROGRAM_COMPUTES, q },
        { "from sympy import *\nx = symbols('x')\nprint(solve(Eq(2*x + 5, 17), x)[0])", PROGRAM_COMPUTES, q },
        { "def f(a, b, c):\n    return (c - b) / a\nprint(f(2, 5, 17))", PROGRAM_COMPUTES, q },
        { "def g():\n    return h()\ndef h():\n    return (17 - 5) / 2\nprint(g())", PROGRAM_COMPUTES, q },
        { "for x in range(100):\n    if 2*x + 5 == 17:\n        print(x)", PROGRAM_COMPUTES, q },
        { "r = []\nfor x in range(9):\n    if 2*x+5 == 17:\n        r.append(x)\nprint(r)", PROGRAM_COMPUTES, q },
        { "s = 0\ns += 17 - 5\nprint(s)", PROGRAM_COMPUTES, q }, { "print(sum(i for i in (2, 5, 17)))", PROGRAM_COMPUTES, q },
        { "print(3 * 2)", PROGRAM_OTHER_NUMBERS, q }, { "print(12 / 4)", PROGRAM_CONSTANT, q }, { "print(12 - 6)", PROGRAM_OTHER_NUMBERS, q },
        { "print(400*1.2*0.8)", PROGRAM_COMPUTES, "原价400元，先涨价20%，再降价20%。" }, { "print(1000 * 3 + 0)", PROGRAM_COMPUTES, "3 times 1,000" },
        { "n = 10\nprint(sum(k**2 for k in range(1, n + 1)))", PROGRAM_COMPUTES, "1^2 + ... + 10^2" },
        { "print(math.comb(5, 2))", PROGRAM_COMPUTES, "two of five" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        enum program_fault f = program_check(str(t[i].code), str(t[i].question));
        if (f != t[i].fault)
            fail_msg("%s: %d instead of %d", t[i].code, f, t[i].fault);
    }
    char *large = malloc(300000);
    memset(large, '(', 300000);
    assert_int_equal(program_check((struct qwen_str){ large, 300000 }, str(q)), PROGRAM_TOO_LONG);
    free(large);
    assert_true(program_says_itself(str("x = 42 * 1\nprint(x + 0)"), str("What is 6 times 7?"), str("42")));
    assert_false(program_says_itself(str("print(6 * 7)"), str("What is 6 times 7?"), str("42")));
    assert_false(program_says_itself(str("print(max(17, 5))"), str("The larger of 17 and 5"), str("17")));
}

static void test_result(void **state)
{
    static const struct { const char *out, *value; } t[] = {
        { "6\n", "6" }, { "  6  \n\n", "6" }, { "step\n7\n", "7" }, { "The answer is: 7", "7" }, { "答案：7", "7" }, { "[6]", "6" },
        { "Area: 9*sqrt(3)", "9*sqrt(3)" }, { "答案：{x: 3, y: 2}", "x=3, y=2" }, { "Roots: [2, 3]", "\\{2, 3\\}" }, { "f(x): 7", "f(x): 7" },
        { "[2, 3]", "\\{2, 3\\}" }, { "{2, 3}", "\\{2, 3\\}" }, { "(1, 2)", "(1, 2)" }, { "[(1, 2)]", "(1, 2)" }, { "[(1, 2), (2, 1)]", "\\{(1, 2), (2, 1)\\}" },
        { "{x: 3, y: 2}", "x=3, y=2" }, { "[{x: 3, y: Fraction(1, 2)}]", "x=3, y=1/2" }, { "Fraction(7, 3)", "7/3" }, { "[Fraction(7, 3)]", "7/3" },
        { "2.3333333333333335", "7/3" }, { "0.30000000000000004", "3/10" }, { "6.0", "6" }, { "-6.0", "-6" }, { "10.0", "10" }, { "2.50", "2.50" }, { "2.00", "2.00" }, { "3.14", "3.14" }, { "1.4142135623730951", "\\approx 1.41421356" }, { "-8.48528137423857", "\\approx -8.48528137" }, { "-0.3333333333333333", "-1/3" }, { "[1.4142135623730951, 2]", "\\{1.4142135623730951, 2\\}" },
        /* sympy's floats have fifteen digits, Python's an exponent where they are large or small */
        { "3.00000000000000", "3" }, { "0.500000000000000", "1/2" }, { "2.00000000000000*sqrt(3)", "2*sqrt(3)" }, { "8.0*pi", "8*\\pi " }, { "[2.0, 3.0]", "\\{2, 3\\}" },
        { "{x: 4.00000000000000, y: 2.0}", "x=4, y=2" }, { "(4.0, 2.0)", "(4, 2)" }, { "x**0.500000000000000", "x^(1/2)" }, { "0.500000000000000**x", "(1/2)^x" }, { "1/0.333333333333333", "1/(1/3)" },
        { "1e+20", "1*10^{20}" }, { "1e3", "1000" }, { "2.5e-07", "2.5*10^{-7}" }, { "2.5e-07**2", "(2.5*10^{-7})^2" }, { "2e", "2e" }, { "2e+", "2e+" }, { "1.5e+3", "1500" }, { "1e999", "1*10^{999}" }, { "x3.0", "x3" },
        { "2*sqrt(2)", "2*sqrt(2)" }, { "16 - 4*pi", "16 - 4*\\pi " }, { "x**2 + 1", "x^2 + 1" }, { "2 + 3*I", "2 + 3*i" }, { "", "" }, { "\n\n", "" }, { "[]", "\\{\\}" },
        { "[-sqrt(2), sqrt(2)]", "\\{-sqrt(2), sqrt(2)\\}" }, { "{", "{" }, { "(-oo < x) & (x < 7)", "(x < 7)" }, { "(3 < x) & (x < oo)", "(3 < x)" }, { "(2 < x) & (x < 3)", "(2 < x) and (x < 3)" },
        { "((-oo < x) & (x < 2)) | ((3 < x) & (x < oo))", "((x < 2)) or ((3 < x))" }, { "Interval.open(2, 3)", "(2, 3)" }, { "Interval(-oo, 2)", "(-\\infty, 2]" },
        { "Union(Interval.open(-oo, 2), Interval.Ropen(Fraction(7, 2), oo))", "(-\\infty, 2)\\cup [7/2, \\infty)" }, { "EmptySet", "\\emptyset" },
        { "Union(Union(Union(", "Union(Union(Union(" }, { "Interval(1", "Interval(1" }, { "Interval()", "Interval()" }, { "x = 6", "x = 6" },
    };
    (void)state;
    char value[256];
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        size_t n = program_result(str(t[i].out), value, sizeof value);
        if (n != strlen(t[i].value) || memcmp(value, t[i].value, n) != 0)
            fail_msg("%s: '%.*s' instead of '%s'", t[i].out, (int)n, value, t[i].value);
    }
    assert_int_equal(program_result((struct qwen_str){ "1\0002", 3 }, value, sizeof value), 0);
    assert_int_equal(program_result(str("123456"), value, 4), 0);       /* never a part of a number */
}

static void test_unfinished(void **state)
{
    static const struct { const char *out, *line; int unfinished; } t[] = {
        { "a\nThe answer is: sqrt(2)**2\n", "sqrt(2)**2", 1 }, { "2*sqrt(2)", "2*sqrt(2)", 1 }, { "6", "6", 0 }, { "", "", 0 }, { "16 - 4*pi", "16 - 4*pi", 0 },
        { "8.48528137423857", "8.48528137423857", 0 }, { "2.5*sqrt(2)", "2.5*sqrt(2)", 0 }, { "log(8)/log(2)", "log(8)/log(2)", 1 }, { "7/3", "7/3", 0 }, { "x**2", "x**2", 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct qwen_str line = program_last(str(t[i].out));
        if (line.n != strlen(t[i].line) || memcmp(line.p, t[i].line, line.n) != 0 || program_is_unfinished(line) != t[i].unfinished)
            fail_msg("%s: '%.*s'", t[i].out, (int)line.n, line.p);
    }
}

static void test_json(void **state)
{
    static const struct { const char *text, *code; } t[] = {
        { "{\"code\": \"print(1)\"}", "print(1)" }, { " { \"a\" : [1, {\"b\": null}], \"code\":\"x\\n\\\"y\\\"\\u4e8c\\ud83d\\ude00\" } ", "x\n\"y\"二😀" },
        { "{}", NULL }, { "[]", NULL }, { "", NULL }, { "{\"code\": 1}", NULL }, { "{\"code\": \"x\"", NULL }, { "{\"code\": \"x\"} x", NULL },
        { "{\"code\": \"\\ud83d\"}", NULL }, { "{\"code\": \"\\q\"}", NULL }, { "{\"code\": \"\\u0000\"}", NULL }, { "{\"code\": \"\n\"}", NULL }, { "{\"code", NULL },
        { "{\"a\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", NULL }, { "{\"code\": \"\\u12", NULL },
    };
    (void)state;
    char to[64];
    const char *why;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        long n = json_member(str(t[i].text), "code", to, sizeof to, &why);
        if (t[i].code == NULL ? n != -1 : n != (long)strlen(t[i].code) || memcmp(to, t[i].code, (size_t)n) != 0)
            fail_msg("%s: %ld", t[i].text, n);
    }
    assert_int_equal(json_member(str("{\"code\": \"0123456789\"}"), "code", to, 4, &why), -1);
    assert_string_equal(why, "the program is too long");
    size_t n = 0;
    assert_true(json_string(to, sizeof to, &n, str("a\"b\\\n\x01二")));
    assert_int_equal(n, strlen("\"a\\\"b\\\\\\n\\u0001二\""));
    n = 0;
    assert_false(json_string(to, 8, &n, str("too long for it")));
}

/* --- the whole, with canned answers ------------------------------------------------------------------- */

static char so_path[1024];
static const char *texts[8];                    /* what the model writes */
static size_t n_texts;
static struct qw_error model_error;
static int asked, ran, broken;
static char prompt[512];

static void on_generate(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_generate *g)
{
    struct qwen_str t[8];
    (void)arg, (void)op_arg;
    asked++;
    snprintf(prompt, sizeof prompt, "%.*s", (int)g->prompt.n, g->prompt.p);
    assert_int_equal(g->n, 3);
    for (size_t i = 0; i < n_texts; i++)
        t[i] = str(texts[i]);
    plug_reply_generate(p, id, t, n_texts, 0, model_error.code != QW_OK ? &model_error : NULL);
}

/* An interpreter of five programs, and of the plugin's own. */
static void on_program(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_program *g)
{
    static const char failed[] = "Traceback (most recent call last):\n  File \"x\"\nZeroDivisionError: division by zero\n";
    struct plug_program_result r = { .out = QWEN_STR("6.0\n") };
    (void)arg, (void)op_arg;
    ran++;
    if (memmem(g->code.p, g->code.n, "stdin", 5) != NULL) {     /* the plugin's */
        assert_int_equal(g->input.n, strlen("(1 - sqrt(3))**2 + 2*sqrt(3)"));
        r = broken ? (struct plug_program_result){ .status = 1 } : (struct plug_program_result){ .out = QWEN_STR("4\n") };
    } else if (memmem(g->code.p, g->code.n, "sqrt", 4) != NULL)
        r = (struct plug_program_result){ .out = QWEN_STR("It is: (1 - sqrt(3))**2 + 2*sqrt(3)\n") };
    else if (memmem(g->code.p, g->code.n, "/ 0", 3) != NULL)
        r = (struct plug_program_result){ .status = 1, .err = { failed, sizeof failed - 1 } };
    else if (memmem(g->code.p, g->code.n, "while", 5) != NULL)
        r = (struct plug_program_result){ .flags = QWEN_PROGRAM_TIMED_OUT, .status = 137 };
    else if (memmem(g->code.p, g->code.n, "22", 2) != NULL)
        r = (struct plug_program_result){ .out = QWEN_STR("11\n") };
    plug_reply_program(p, id, &r, NULL);
}

struct seen { int calls; struct qw_error error; enum qwen_verdict answer; size_t n, values; char value[64], evidence[1024], output[512]; };

static void on_done(void *arg, const struct plug_result *r)
{
    struct seen *s = arg;
    s->calls++;
    s->error = r->error;
    s->answer = r->answer;
    s->n = r->n_candidates;
    for (size_t i = 0; i < r->n_candidates; i++)
        if (r->candidates[i].value != NULL && r->candidates[i].basis == QWEN_BASIS_PROGRAM) {
            s->values++;
            snprintf(s->value, sizeof s->value, "%s", r->candidates[i].value);
        }
    for (size_t i = 0; i < r->n_evidence; i++) {
        size_t have = strlen(s->evidence);
        snprintf(s->evidence + have, sizeof s->evidence - have, "%s\n", r->evidence[i].text);
    }
    snprintf(s->output, sizeof s->output, "%s", r->output != NULL ? r->output : "");
}

static struct plug *python(bool granted)
{
    struct plug_config c = { .name = "python", .path = so_path, .may_generate = granted, .may_run_program = granted,
                             .generate = on_generate, .run_program = on_program };
    struct qw_error err = { 0 };
    struct plug *p = NULL;
    if (plug_new(&p, &c, &err) != QW_OK)
        fail_msg("%s", err.msg);
    asked = ran = 0;
    model_error = (struct qw_error){ 0 };
    return p;
}

static struct seen check(struct plug *p, const char *question, const char *lang)
{
    struct plug_problem pr = { .question = question, .response = "\\boxed{6}", .lang = lang };
    struct seen s = { 0 };
    assert_int_equal(plug_verify(p, &pr, 0, on_done, &s, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(s.calls, 1);
    assert_int_equal(s.error.code, QW_OK);
    assert_int_equal(s.answer, QWEN_UNDECIDED);         /* it never says: who asked compares */
    return s;
}

static void test_verifier(void **state)
{
    struct plug *p = python(true);
    struct seen s;
    (void)state;
    texts[0] = "```python\nprint((17 - 5) / 2)\n```";
    texts[1] = "```python\nprint(6)\n```";
    texts[2] = "```python\nprint((17 + 5) / 22 * 0 + 17 - 5 - 1)\n```";
    n_texts = 3;
    s = check(p, "Solve 2x + 5 = 17.", "en");
    assert_int_equal(s.n, 3);
    assert_int_equal(s.values, 2);
    assert_int_equal(ran, 2);                   /* the constant is not even run */
    assert_non_null(strstr(s.evidence, "program 1: prints 6\n"));
    assert_non_null(strstr(s.evidence, "program 2: prints a constant"));
    assert_non_null(strstr(s.evidence, "program 3: prints 11\n"));
    assert_non_null(strstr(prompt, "Write a Python program"));
    assert_non_null(strstr(prompt, "Solve 2x + 5 = 17."));
    assert_null(strstr(prompt, "boxed"));       /* the question alone */

    texts[0] = "```python\nprint((17 - 5) / 0)\n```";
    texts[1] = "```python\nwhile True: pass\nprint(17 - 5)\n```";
    texts[2] = "I cannot do that.";
    s = check(p, "解方程 2x + 5 = 17。", "zh");
    assert_true(s.n == 3 && s.values == 0);
    assert_non_null(strstr(s.evidence, "failed: ZeroDivisionError"));
    assert_non_null(strstr(s.evidence, "ran out of time"));
    assert_non_null(strstr(s.evidence, "there is none"));
    assert_non_null(strstr(prompt, "请编写一个 Python 程序"));

    qw_error_set(&model_error, QW_EMODEL, "no model is loaded");
    s = check(p, "Solve 2x + 5 = 17.", "en");
    assert_int_equal(s.n, 0);
    assert_non_null(strstr(s.evidence, "no model is loaded"));
    plug_free(p);

    p = python(false);
    s = check(p, "Solve 2x + 5 = 17.", "en");
    assert_true(s.n == 0 && asked == 0 && ran == 0 && s.evidence[0] == '\0');      /* there for its tool alone */
    plug_free(p);

    /* What sympy left as it stood is put into its plainest form, unless that fails. */
    for (broken = 0; broken < 2; broken++) {
        texts[0] = "```python\nfrom sympy import *\nprint((1 - sqrt(3))**2 + 2*sqrt(3))\n```";
        n_texts = 1;
        p = python(true);
        s = check(p, "Simplify (1 - sqrt(3))^2 + 2 sqrt(3).", "en");
        assert_int_equal(ran, 2);
        assert_int_equal(s.values, 1);
        assert_string_equal(s.value, broken ? "(1 - sqrt(3))^2 + 2*sqrt(3)" : "4");
        assert_non_null(strstr(s.evidence, broken ? "program 1: prints (1" : "program 1: comes to 4\n"));
        plug_free(p);
    }
    broken = 0;
}

static struct seen call(struct plug *p, const char *args)
{
    struct seen s = { 0 };
    assert_int_equal(plug_tool_call(p, "python", args, 0, on_done, &s, NULL, NULL), QW_OK);
    plug_wait(p);
    assert_int_equal(s.error.code, QW_OK);
    return s;
}

static void test_tool(void **state)
{
    struct plug *p = python(true);
    struct plug_info info;
    (void)state;
    assert_string_equal(call(p, "{\"code\": \"print(6)\"}").output, "6.0\n");           /* a tool may print a constant */
    assert_non_null(strstr(call(p, "{\"code\": \"print(1 / 0)\"}").output, "ZeroDivisionError"));
    assert_non_null(strstr(call(p, "{\"code\": \"while 1: pass\"}").output, "[stopped: out of time]"));
    assert_int_equal(ran, 3);
    assert_non_null(strstr(call(p, "print(6)").output, "error: the arguments are no JSON object"));
    assert_non_null(strstr(call(p, "{}").output, "no string `code`"));
    assert_int_equal(ran, 3);
    plug_get_info(p, &info);
    assert_true(info.n_tools == 1 && strstr(info.tools[0].schema_json, "\"code\"") != NULL);
    plug_free(p);
    p = python(false);
    assert_non_null(strstr(call(p, "{\"code\": \"print(6)\"}").output, "does not grant"));
    plug_free(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find), cmocka_unit_test(test_check), cmocka_unit_test(test_result), cmocka_unit_test(test_unfinished), cmocka_unit_test(test_json),
        cmocka_unit_test(test_verifier), cmocka_unit_test(test_tool),
    };
    const char *build = getenv("abs_top_builddir");
    char *real;
    snprintf(so_path, sizeof so_path, "%s/plugins/python/.libs/python.so", build != NULL ? build : ".");
    if ((real = realpath(so_path, NULL)) != NULL) {
        snprintf(so_path, sizeof so_path, "%s", real);
        free(real);
    }
    return cmocka_run_group_tests_name("python", tests, NULL, NULL);
}
