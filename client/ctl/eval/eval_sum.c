#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl/eval/eval.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

#define JUDGE_MS 10000

const char *const eval_origin_names[EVAL_ORIGINS] = { "unaided", "after_check", "program", "calculator" };

/* ---- judging ------------------------------------------------------------------------ */

static void on_equal(void *arg, const struct plug_result *r)
{
    *(enum qwen_eq *)arg = r->error.code == QW_OK ? r->eq : QWEN_EQ_UNKNOWN;
}

static json_t *equal(struct plug *judge, const char *gold, const char *answer)
{
    struct qw_error err = { 0 };
    enum qwen_eq eq = QWEN_EQ_UNKNOWN;
    uint64_t op;
    if (plug_equal(judge, gold, answer, JUDGE_MS, on_equal, &eq, &op, &err) == QW_OK)
        plug_wait(judge);
    else
        ctl_note("[not judged: %s]", err.msg);
    return eq == QWEN_EQ_EQUAL ? json_true() : eq == QWEN_EQ_DIFFERENT ? json_false() : json_null();
}

static const json_t *verification(const json_t *row)
{
    return json_object_get(row, "verification");
}

void eval_judge(struct plug *judge, json_t *row)
{
    const char *gold = obj_str(row, "answer"), *text = obj_str(row, "text"),
               *computed = obj_str(verification(row), "computed_answer");
    if (text != NULL)
        json_object_set_new(row, "equal", equal(judge, gold, text));
    if (computed != NULL)
        json_object_set_new(row, "computed_equal", equal(judge, gold, computed));
}

/* ---- one row ---------------------------------------------------------------------------- */

const char *eval_verdict(const json_t *row)
{
    static const char *const known[] = { "verified", "refuted", "supported" };
    const char *v = obj_str(verification(row), "verdict");
    for (size_t i = 0; v != NULL && i < sizeof known / sizeof *known; i++)
        if (strcmp(v, known[i]) == 0)
            return known[i];
    return "undecided";                     /* of a file it may be anything */
}

enum eval_origin eval_origin_of(const json_t *row)
{
    const char *o = obj_str(verification(row), "origin");
    for (size_t i = 0; o != NULL && i < EVAL_ORIGINS; i++)
        if (strcmp(o, eval_origin_names[i]) == 0)
            return (enum eval_origin)i;
    return EVAL_UNAIDED;
}

bool eval_right(const json_t *row)
{
    return json_is_true(json_object_get(row, "equal")) && eval_origin_of(row) != EVAL_CALCULATOR;
}

bool eval_right_with_computed(const json_t *row)
{
    bool stays_refuted = strcmp(eval_verdict(row), "refuted") == 0 || eval_origin_of(row) == EVAL_CALCULATOR;
    return eval_right(row) || (stays_refuted && json_is_true(json_object_get(row, "computed_equal")));
}

/* ---- sums ------------------------------------------------------------------------------------ */

static void add_one(struct eval_sum *s, const json_t *row)
{
    const char *verdict = eval_verdict(row);
    bool right = eval_right(row), same = json_is_true(json_object_get(row, "equal"));
    enum eval_origin o = eval_origin_of(row);
    const json_t *attempts = json_object_get(row, "attempts");
    s->n++;
    if (obj_str(row, "text") == NULL) {
        s->errors++;
        return;
    }
    s->right += right;
    s->with_computed += eval_right_with_computed(row);
    s->unknown += json_is_null(json_object_get(row, "equal"));
    s->origin[o]++;
    s->origin_right[o] += o == EVAL_CALCULATOR ? eval_right_with_computed(row) : right;
    s->tokens += json_integer_value(json_object_get(row, "tokens"));
    s->attempts += json_is_array(attempts) && json_array_size(attempts) > 0 ? json_array_size(attempts) : 1;
    if (!json_is_object(verification(row)))
        return;
    if (strcmp(verdict, "verified") == 0) {
        s->verified++;
        s->wrong_verified += !same;
    } else if (strcmp(verdict, "supported") == 0) {
        s->supported++;
        s->wrong_supported += !same;
    } else if (strcmp(verdict, "refuted") == 0) {
        s->refuted++;
        s->wrong_refuted += same;
    } else {
        s->undecided++;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void eval_add_up(const json_t *rows, const char *key, const char *value, struct eval_sum *s)
{
    size_t n = json_is_array(rows) ? json_array_size(rows) : json_object_size(rows), timed = 0;
    double *seconds = qw_calloc(n > 0 ? n : 1, sizeof *seconds);
    void *it = json_is_array(rows) ? NULL : json_object_iter((json_t *)rows);
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_is_array(rows) ? json_array_get(rows, i) : json_object_iter_value(it);
        const char *v = key != NULL ? obj_str(row, key) : NULL;
        if (it != NULL)
            it = json_object_iter_next((json_t *)rows, it);
        if (!json_is_object(row) || (key != NULL && (v == NULL || strcmp(v, value) != 0)))
            continue;
        add_one(s, row);
        if (seconds != NULL && json_is_number(json_object_get(row, "seconds")))
            seconds[timed++] = json_number_value(json_object_get(row, "seconds"));
    }
    if (timed > 0) {
        qsort(seconds, timed, sizeof *seconds, by_value);
        s->median_s = (seconds[timed / 2] + seconds[(timed - 1) / 2]) / 2;
        s->max_s = seconds[timed - 1];
    }
    qw_free(seconds);
}

json_t *eval_sum_json(const struct eval_sum *s)
{
    const struct { const char *name; size_t v; } counts[] = {
        { "n", s->n }, { "right", s->right }, { "right_with_computed", s->with_computed }, { "not_known", s->unknown }, { "errors", s->errors },
        { "verified", s->verified }, { "supported", s->supported }, { "refuted", s->refuted }, { "undecided", s->undecided },
        { "wrong_verified", s->wrong_verified }, { "wrong_supported", s->wrong_supported }, { "wrong_refuted", s->wrong_refuted },
        { "attempts", s->attempts },
    };
    json_t *o = json_object(), *origins = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(o, counts[i].name, json_integer((json_int_t)counts[i].v));
    json_object_set_new(o, "share", json_real(s->n > 0 ? (double)s->right / (double)s->n : 0));
    for (size_t i = 0; i < EVAL_ORIGINS; i++)
        json_object_set_new(origins, eval_origin_names[i], json_pack("{s:I, s:I}", "n", (json_int_t)s->origin[i], "right", (json_int_t)s->origin_right[i]));
    json_object_set_new(o, "origin", origins);
    json_object_set_new(o, "tokens", json_integer(s->tokens));
    json_object_set_new(o, "seconds_median", json_real(s->median_s));
    json_object_set_new(o, "seconds_max", json_real(s->max_s));
    return o;
}
