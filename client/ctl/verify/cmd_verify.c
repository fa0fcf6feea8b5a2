#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "client/ctl/answer/view.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"
#include "client/ctl/verify/check.h"
#include "client/ctl/verify/commands.h"

static bool as_json, explain;
const struct opt verify_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "lines of JSON from standard input, lines of JSON out" },
    { "explain", 'e', OPT_FLAG, &explain, NULL, NULL, 0, 0, "what is read in the question, without any answer" },
    CHECK_OPTIONS,
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static json_t *evidence_json(const struct verdict_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_evidence; i++) {
        json_t *e = json_object();
        json_object_set_new(e, "part", json_integer(v->evidence[i].part));
        obj_set_str(e, "of", v->evidence[i].of);
        obj_set_str(e, "for", v->evidence[i].who);
        obj_set_str(e, "text", v->evidence[i].text);
        json_t *data = v->evidence[i].json != NULL ? json_loads(v->evidence[i].json, JSON_DECODE_ANY, NULL) : NULL;
        if (data != NULL)
            json_object_set_new(e, "data", data);
        json_array_append_new(list, e);
    }
    return list;
}

/* The whole's reading and value are part 0's; with parts there is a list of them besides. */
static void put_parts(json_t *out, const struct verdict_view *v)
{
    const char *reading = NULL, *computed = NULL;
    for (size_t i = 0; i < v->n_parts; i++)
        if (v->parts[i].part == 0 || v->n_parts == 1) {
            reading = v->parts[i].reading;
            computed = v->parts[i].computed;
        }
    obj_set_str(out, "reading", reading);
    obj_set_str(out, "computed", computed);
    if (v->n_parts <= 1)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_parts; i++) {
        json_t *p = json_object();
        json_object_set_new(p, "part", json_integer(v->parts[i].part));
        obj_set_str(p, "verdict", v->parts[i].verdict);
        obj_set_str(p, "working", v->parts[i].working);
        obj_set_str(p, "reading", v->parts[i].reading);
        obj_set_str(p, "computed", v->parts[i].computed);
        json_array_append_new(list, p);
    }
    json_object_set_new(out, "parts", list);
}

static void fill_json(void *arg, const struct plug_result *r)
{
    json_t *out = arg;
    struct verdict_view v;
    view_from_result(&v, r);
    obj_set_str(out, "verdict", v.verdict);
    json_object_set_new(out, "evidence", evidence_json(&v));
    obj_set_str(out, "working", v.working);
    put_parts(out, &v);
    obj_set_str(out, "plugin", v.plugin);
    obj_set_str(out, "version", v.version);
    if (v.error != NULL)
        obj_set_str(out, "error", v.error);
}

static const char *lang_of(const char *question)
{
    return utf8_has_han(question, strlen(question)) ? "zh" : "en";
}

static int one(struct plug *p, const json_t *in, json_t *out, struct qw_error *err)
{
    struct plug_problem pr = { .question = obj_str(in, "question"), .response = obj_str(in, "response"), .answer = obj_str(in, "answer"),
                               .lang = obj_str(in, "lang"), .truncated = json_is_true(json_object_get(in, "truncated")) };
    uint64_t op;
    if (pr.question == NULL || pr.response == NULL) {
        obj_set_str(out, "verdict", "undecided");
        json_object_set_new(out, "evidence", json_array());
        return qw_error_set(err, QW_EPARAMS, "\"question\" and \"response\" must be strings");
    }
    if (pr.lang == NULL)
        pr.lang = lang_of(pr.question);
    int rc = plug_verify(p, &pr, (uint32_t)check_opts.timeout_ms, fill_json, out, &op, err);
    if (rc == QW_OK) {
        plug_wait(p);
        return QW_OK;
    }
    obj_set_str(out, "verdict", "undecided");
    json_object_set_new(out, "evidence", json_array());
    return rc;
}

static void show(void *arg, const struct plug_result *r)
{
    struct verdict_view v;
    view_from_result(&v, r);
    view_print(stdout, &v);
    enum qwen_verdict answer = r->error.code == QW_OK ? r->answer : QWEN_UNDECIDED;
    *(int *)arg = answer == QWEN_VERIFIED || answer == QWEN_SUPPORTED ? EXIT_OK : answer == QWEN_REFUTED ? EXIT_REFUTED : EXIT_UNDECIDED;
}

/* A person who types just the answer, not a worked response. */
static bool only_answer(const char *response)
{
    return strlen(response) <= 200 && strchr(response, '\n') == NULL && strstr(response, "\\boxed") == NULL;
}

/* ---- --explain ---- */

static const char *const what_name[] = { "note", "family", "unknown", "relation", "asked", "form", "left" };

static void fill_reading(void *arg, const struct plug_result *r)
{
    json_t *out = arg, *lines = json_array();
    const char *reading = NULL;
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].reading != NULL && reading == NULL)
            reading = r->parts[i].reading;
    obj_set_str(out, "reading", reading);
    for (size_t i = 0; i < r->n_reads; i++) {
        json_t *l = json_object();
        json_object_set_new(l, "part", json_integer(r->reads[i].part));
        obj_set_str(l, "what", what_name[r->reads[i].what]);
        obj_set_str(l, "text", r->reads[i].text);
        json_array_append_new(lines, l);
    }
    json_object_set_new(out, "lines", lines);
    obj_set_str(out, "plugin", r->plugin);
    obj_set_str(out, "version", r->version);
    if (r->error.code != QW_OK)
        obj_set_str(out, "error", r->error.msg);
}

static int one_reading(struct plug *p, const json_t *in, json_t *out, struct qw_error *err)
{
    const char *question = obj_str(in, "question");
    obj_set_str(out, "reading", NULL);
    if (question == NULL)
        return qw_error_set(err, QW_EPARAMS, "\"question\" must be a string");
    int rc = plug_read(p, question, (uint32_t)check_opts.timeout_ms, fill_reading, out, NULL, err);
    if (rc == QW_OK)
        plug_wait(p);
    return rc;
}

static void show_reading(void *arg, const struct plug_result *r)
{
    static const char *const label[] = { "note", "family", "unknown", "given", "asked", "form", "left over" };
    bool read = false;
    if (r->error.code != QW_OK) {
        ctl_error("%s", r->error.msg);
        return;
    }
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].reading != NULL) {
            read = true;
            fputs("read as: ", stdout);
            ctl_safe(stdout, r->parts[i].reading);
            putchar('\n');
        }
    if (!read)
        puts("not read");
    for (size_t i = 0; i < r->n_reads; i++) {
        printf("  %-10s ", label[r->reads[i].what]);
        ctl_safe(stdout, r->reads[i].text);
        putchar('\n');
    }
    *(int *)arg = read ? EXIT_OK : EXIT_UNDECIDED;
}

static int explain_question(struct plug *p, const char *question)
{
    struct qw_error err = { 0 };
    int rc = EXIT_FAILED;
    if (plug_read(p, question, (uint32_t)check_opts.timeout_ms, show_reading, &rc, NULL, &err) == QW_OK)
        plug_wait(p);
    else
        ctl_error("%s", err.msg);
    return rc;
}

int cmd_verify(int argc, char **argv)
{
    struct plug *p = NULL;
    struct qw_error err = { 0 };
    uint64_t op;
    if (argc != (as_json ? 0 : explain ? 1 : 2)) {
        ctl_error(as_json ? "--json reads standard input and takes no arguments" : explain ? "--explain takes a question, and no response"
                  : "a question and a response are needed (see qwenctl verify --help)");
        return EXIT_USAGE;
    }
    int rc = check_open(&p);
    if (rc != EXIT_OK)
        return rc;
    if (as_json) {
        rc = check_lines(p, explain ? one_reading : one);
    } else if (explain) {
        rc = explain_question(p, argv[0]);
    } else {
        struct plug_problem pr = { .question = argv[0], .response = argv[1], .lang = lang_of(argv[0]),
                                   .answer = only_answer(argv[1]) ? argv[1] : NULL };
        rc = EXIT_FAILED;
        if (plug_verify(p, &pr, (uint32_t)check_opts.timeout_ms, show, &rc, &op, &err) == QW_OK)
            plug_wait(p);
        else
            ctl_error("%s", err.msg);
    }
    plug_free(p);
    return rc;
}
