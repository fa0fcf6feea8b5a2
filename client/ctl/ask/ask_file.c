/* `ask --file`: the questions of a worksheet, and a table of what came of them. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/answer/final.h"
#include "client/ctl/ask/ask.h"
#include "client/ctl/ask/worksheet.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

static int load(const char *path, struct worksheet *w)
{
    struct qw_error err = { 0 };
    char *text = NULL;
    size_t n = 0;
    int rc = fs_read_file(path, WORKSHEET_MAX_BYTES, &text, &n, &err);
    if (rc != QW_OK) {
        ctl_error("%s", err.msg);
        return EXIT_FAILED;
    }
    rc = worksheet_parse(w, text, n, &err);
    qw_free(text);
    if (rc == QW_OK)
        return EXIT_OK;
    ctl_error("%s: %s", path, err.msg);
    return rc == QW_EPARAMS ? EXIT_USAGE : EXIT_FAILED;
}

static void show_question(const struct worksheet_question *q)
{
    struct text_out t = { .f = stdout };
    printf("%s%s. ", style(stdout, BOLD), q->number);
    text_put(&t, q->text, strlen(q->text));
    fputs(style(stdout, PLAIN), stdout);
    text_end(&t);
    putchar('\n');
}

/* {number, question, verdict?, outcome or error} */
static json_t *entry_of(const struct worksheet_question *q, const qwen_reply *r, const char *error)
{
    json_t *e = json_object();
    obj_set_str(e, "number", q->number);
    obj_set_str(e, "question", q->text);
    if (r == NULL) {
        obj_set_str(e, "error", error);
        return e;
    }
    char *text = qwen_reply_json(r, NULL);
    json_t *outcome = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (qwen_reply_str(r, "verification.verdict") != NULL)
        obj_set_str(e, "verdict", qwen_reply_str(r, "verification.verdict"));
    json_object_set_new(e, "outcome", outcome != NULL ? outcome : json_null());
    return e;
}

static void summary(const json_t *list)
{
    static const char *const names[] = { "verified", "supported", "refuted", "undecided", "not checked", "no answer" };
    size_t i, counts[sizeof names / sizeof *names] = { 0 }, shown = 0;
    json_t *e;
    printf("\n%s%4s  %-11s  %8s  %s%s\n", style(stdout, BOLD), "", "verdict", "seconds", "answer", style(stdout, PLAIN));
    json_array_foreach ((json_t *)list, i, e) {
        const json_t *outcome = json_object_get(e, "outcome");
        const char *verdict = obj_str(e, "verdict"), *text = obj_str(json_array_get(json_object_get(outcome, "choices"), 0), "text");
        const char *what = verdict != NULL ? verdict : outcome != NULL ? "not checked" : "no answer";
        char final[64] = "";
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            counts[k] += strcmp(what, names[k]) == 0;
        if (text != NULL)
            final_answer(text, final, sizeof final);
        printf("%3s.  %-11s  %8.1f  ", obj_str(e, "number"), what,
               json_number_value(json_object_get(json_object_get(outcome, "timing_ms"), "total")) / 1000);
        ctl_safe(stdout, final);
        putchar('\n');
    }
    printf("%zu questions:", json_array_size(list));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (counts[k] > 0)
            printf("%s %zu %s", shown++ > 0 ? "," : "", counts[k], names[k]);
    putchar('\n');
}

/* Errors of one question only: the others are asked all the same. */
static bool of_this_question(int code)
{
    return code == QWEN_ECONTEXT || code == QWEN_ETOOLARGE || code == QWEN_EDEADLINE || code == QWEN_EINTERNAL;
}

static int ask_all(qwen_client *c, const struct worksheet *w, bool as_json, json_t *list)
{
    int worst = EXIT_OK, rc = EXIT_OK;
    for (size_t i = 0; i < w->n && rc != EXIT_INTERRUPTED; i++) {
        qwen_reply *r = NULL;
        if (i > 0 && !as_json)
            putchar('\n');
        if (!as_json)
            show_question(&w->q[i]);
        rc = answer_run(c, ask_message(w->q[i].text), as_json, &r);
        if (rc != EXIT_OK)
            worst = rc;
        json_array_append_new(list, entry_of(&w->q[i], r, qwen_error(c)));
        bool more = r != NULL || of_this_question(qwen_error_code(c));
        qwen_reply_free(r);
        if (!more)
            break;
    }
    return worst;
}

int ask_worksheet(const char *path, const struct connect_opts *how, bool as_json, bool quiet)
{
    struct worksheet w = { 0 };
    qwen_client *c = NULL;
    json_t *list = json_array();
    int rc = load(path, &w);
    if (rc == EXIT_OK && (rc = ctl_connect(&c, how)) == EXIT_OK) {
        if (!quiet && !as_json)
            answer_say_model(c);
        rc = ask_all(c, &w, as_json, list);
        if (as_json) {
            json_t *doc = json_object();
            obj_set_str(doc, "file", path);
            json_object_set(doc, "questions", list);
            json_dumpf(doc, stdout, JSON_COMPACT);
            putchar('\n');
            json_decref(doc);
        } else {
            summary(list);
        }
    }
    worksheet_free(&w);
    qwen_close(c);
    json_decref(list);
    return rc;
}
