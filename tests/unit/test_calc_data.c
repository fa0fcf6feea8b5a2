/* Evidence as data: what each kind of check gives, to the person and to the model; JSON whatever the text is. */
#include "tests/unit/calc_test.h"
#include "plugins/calculator/verdicts/check.h"
#include "plugins/calculator/verdicts/data.h"

#include <jansson.h>

struct qwen_call { int n; struct { enum qwen_of of; enum qwen_for who; char json[DATA_BYTES]; } said[8]; };

static void h_verdict(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_verdict v)
{
    (void)c; (void)part; (void)of; (void)v;
}
static void h_text(struct qwen_call *c, uint32_t part, struct qwen_str t) { (void)c; (void)part; (void)t; }
static void h_evidence(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_for who, struct qwen_str text,
                       struct qwen_str json)
{
    (void)part;
    assert_true(text.n > 0 && json.n > 0 && json.n < DATA_BYTES && c->n < 8);
    c->said[c->n].of = of;
    c->said[c->n].who = who;
    memcpy(c->said[c->n++].json, json.p, json.n);
}
static const struct qwen_host host = {
    .size = sizeof host, .verdict = h_verdict, .evidence = h_evidence, .reading = h_text, .computed = h_text,
};

/* With ' for "; without the closing bracket it is a beginning. */
static const struct { const char *question, *response, *user, *model; } cases[] = {
    { "Solve $3x - 7 = 8$.", "\\boxed{x = 5}",
      "{'check':'substitution','family':'equation','unknown':'x','given':'3x − 7 = 8','said':'x = 5','found':'5'}",
      NULL },
    { "Solve $3x - 7 = 8$.", "\\boxed{4}",
      "{'check':'substitution','family':'equation','unknown':'x','given':'3x − 7 = 8',"
      "'value':'4','left':'5','right':'8','said':'4','found':'5'}",
      "{'check':'substitution','family':'equation','unknown':'x','given':'3x − 7 = 8'}" },
    { "Find all real roots of $x^2 = 49$.", "\\boxed{7}",
      "{'check':'substitution','family':'equation','unknown':'x','given':'x^2 = 49',"
      "'missing':'-7','said':'7','found':'7, -7'}",
      "{'check':'substitution','family':'equation','unknown':'x','given':'x^2 = 49'}" },
    { "Solve the system $x + y = 7$, $x - y = 3$.", "\\boxed{(5, 2)}",
      "{'check':'substitution','family':'system','unknown':'x, y','given':'x + y = 7, x − y = 3',"
      "'said':'(5, 2)','found':'(5,2)'}",
      NULL },
    { "Solve $2x < 14$.", "\\boxed{x < 8}",
      "{'check':'set','family':'equation','unknown':'x','given':'2x < 14','said':'x < 8','found':'(-∞, 7)'}",
      "{'check':'set','family':'equation','unknown':'x','given':'2x < 14'}" },
    { "Compute $7 \\cdot 8$.", "\\boxed{54}", "{'check':'value','family':'evaluate','said':'54','found':'56'}",
      "{'check':'value','family':'evaluate'}" },
    { "Compute $7 / 3$ rounded to 2 decimal places.", "\\boxed{2.34}",
      "{'check':'rounding','family':'evaluate','said':'2.34','found':'7/3'}",
      "{'check':'rounding','family':'evaluate'}" },
    { "Write $\\frac{14}{21}$ in lowest terms.", "\\boxed{\\frac{14}{21}}", "{'check':'form',", NULL },
    { "Expand $(x + 7)^2$.", "\\boxed{x^2 + 49}", "{'check':'identity','family':'expand','said':'x^2 + 49'}",
      "{'check':'identity','family':'expand'}" },
    { "已知数列 $\\{a_n\\}$ 满足 $a_1=3$，$a_{n+1}=2a_n$，求 $a_n$。", "\\boxed{3n}",
      "{'check':'terms','family':'recurrence','term':'3','said':'9','found':'12'}",
      "{'check':'terms','family':'recurrence','term':'3'}" },
    { "求数据 3、7、8 的方差。", "\\boxed{7}",
      "{'check':'convention','about':'方差','conventions':['样本方差（除以 n − 1）','总体方差（除以 n）']}", NULL },
    { "Compute $7 \\cdot 8$.", "I am not sure.", "{'check':'answer','family':'evaluate'}", NULL },
};

static const char *first(const struct qwen_call *c, enum qwen_of of, enum qwen_for who)
{
    for (int i = 0; i < c->n; i++)
        if (c->said[i].of == of && c->said[i].who == who)
            return c->said[i].json;
    return NULL;
}

static void check(struct qwen_call *c, const char *question, const char *response)
{
    struct check_report out = { 0 };
    struct qwen_problem p = { .size = sizeof p, .question = { question, strlen(question) },
                              .working = { response, strlen(response) } };
    check_problem(&host, c, &p, &out);
    for (int i = 0; i < c->n; i++) {
        json_t *j = json_loads(c->said[i].json, 0, NULL);
        if (!json_is_object(j) || json_object_get(j, "check") == NULL)
            fail_msg("%s", c->said[i].json);
        json_decref(j);
    }
}

static int is(const char *got, const char *want)
{
    if (got == NULL || want == NULL)
        return got == want;
    while (*want != '\0' && *got == (*want == '\'' ? '"' : *want)) {
        got++;
        want++;
    }
    return *want == '\0' && (*got == '\0' || want[-1] != '}');
}

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qwen_call c = { 0 };
        check(&c, cases[i].question, cases[i].response);
        const char *user = first(&c, QWEN_OF_ANSWER, QWEN_FOR_USER), *model = first(&c, QWEN_OF_ANSWER, QWEN_FOR_MODEL);
        if (!is(user, cases[i].user) || !is(model, cases[i].model))
            fail_msg("%s\n  user:  %s\n  model: %s", cases[i].question, user != NULL ? user : "none",
                     model != NULL ? model : "none");
    }
}

static void test_step(void **state)
{
    struct qwen_call c = { 0 };
    (void)state;
    check(&c, "Compute $7 \\cdot 8$.", "$3 + 4 = 8$, so $7 \\cdot 8 = 56$. \\boxed{56}");
    assert_true(is(first(&c, QWEN_OF_WORKING, QWEN_FOR_USER),
                   "{'check':'step','step':'3 + 4 = 8','left':'3 + 4','right':'8','should_be':'7'}"));
    assert_true(is(first(&c, QWEN_OF_WORKING, QWEN_FOR_MODEL),
                   "{'check':'step','step':'3 + 4 = 8','left':'3 + 4','right':'8'}"));
}

static void test_limits(void **state)
{
    static char text[CALC_MAX_QUESTION + 2];
    struct qwen_call c = { 0 };
    (void)state;
    memset(text, 'x', CALC_MAX_QUESTION + 1);
    check(&c, text, "\\boxed{7}");
    assert_string_equal(first(&c, QWEN_OF_ANSWER, QWEN_FOR_USER), "{\"check\":\"limit\"}");
}

/* Text of every kind comes back as it was, or not at all. */
static void test_hostile(void **state)
{
    static char longest[DATA_VALUE_BYTES - 8], longer[DATA_VALUE_BYTES + 8], hostile[DATA_VALUE_BYTES];
    static const struct { const char *in, *out; } t[] = {
        { "\"}, {\"check\": \"", "\"}, {\"check\": \"" }, { "\\", "\\" }, { "\\\"", "\\\"" },
        { "a\nb\tc\x01\x1f\x7f", "a\nb\tc\x01\x1f\x7f" }, { "√2 方差 𝑥", "√2 方差 𝑥" },
        { "\xff\xe6\x96", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "", NULL }, { NULL, NULL }, { longest, longest }, { longer, NULL }, { hostile, NULL },
    };
    (void)state;
    memset(longest, 'x', sizeof longest - 2);
    memset(longer, 'x', sizeof longer - 1);
    memset(hostile, '\x01', sizeof hostile - 1);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct data d;
        data_begin(&d, "value");
        data_add(&d, "said", t[i].in);
        data_add_pair(&d, "both", t[i].in, "b");
        json_t *j = json_loads(data_end(&d), 0, NULL), *said = json_object_get(j, "said");
        int left_out = said == NULL && json_object_get(j, "both") == NULL;
        int whole = t[i].out != NULL && said != NULL && strcmp(json_string_value(said), t[i].out) == 0;
        if (j == NULL || (t[i].out == NULL ? !left_out : !whole || json_object_get(j, "both") == NULL))
            fail_msg("%zu: %s", i, d.text);
        assert_string_equal(json_string_value(json_object_get(j, "check")), "value");
        json_decref(j);
    }
}

/* Past the bound what comes later is left out, and the object stays whole. */
static void test_full(void **state)
{
    char value[DATA_VALUE_BYTES - 8], key[16];
    struct data d;
    (void)state;
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    data_begin(&d, "value");
    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof key, "k%d", i);
        data_add(&d, key, value);
    }
    data_add(&d, "short", "7");
    assert_true(strlen(data_end(&d)) < DATA_BYTES);
    json_t *j = json_loads(d.text, 0, NULL);
    assert_non_null(j);
    assert_int_equal(json_object_size(j), 1 + 4 + 1);
    assert_string_equal(json_string_value(json_object_get(j, "short")), "7");
    json_decref(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_step), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests_name("calc_data", tests, NULL, NULL);
}
