#include "client/ctl/plugin/plugin_test.h"

#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/ui/obj.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)
#define CASES_MAX      100000u

static const char *const verdicts[] = { "undecided", "refuted", "supported", "verified" };
static const char *const equals[] = { "unknown", "equal", "different" };

static bool find(const char *const *names, size_t n, const char *s, int *out)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], s) == 0) {
            *out = (int)i;
            return true;
        }
    return false;
}

/* "expect"; the files of the project's own tests say "verdict", and "equal" with true, false or null. */
static int take_expect(struct plugin_case *c, const char *where, struct qw_error *err)
{
    const char *s = obj_str(c->row, "expect");
    const json_t *eq = json_object_get(c->row, "equal");
    if (s == NULL && !c->equal)
        s = obj_str(c->row, "verdict");
    if (s == NULL && c->equal && (json_is_boolean(eq) || json_is_null(eq)))
        s = json_is_true(eq) ? "equal" : json_is_false(eq) ? "different" : "unknown";
    if (s != NULL && (c->equal ? find(equals, 3, s, &c->expect) : find(verdicts, 4, s, &c->expect)))
        return QW_OK;
    return qw_error_set(err, QW_EPARAMS, "%s: \"expect\" must be one of %s", where,
                        c->equal ? "equal, different, unknown" : "verified, supported, refuted, undecided");
}

static int take_case(struct plugin_case *c, size_t line, const char *where, struct qw_error *err)
{
    const char *id = obj_str(c->row, "id"), *of = obj_str(c->row, "of");
    c->equal = json_object_get(c->row, "gold") != NULL && json_object_get(c->row, "question") == NULL;
    c->question = obj_str(c->row, c->equal ? "gold" : "question");
    c->response = obj_str(c->row, c->equal ? "answer" : "response");
    if (c->question == NULL || c->response == NULL)
        return qw_error_set(err, QW_EPARAMS, "%s: \"question\" and \"response\", or \"gold\" and \"answer\", must be strings", where);
    if (of != NULL && strcmp(of, "answer") != 0 && strcmp(of, "working") != 0)
        return qw_error_set(err, QW_EPARAMS, "%s: \"of\" must be answer or working", where);
    if (!c->equal) {
        c->answer = obj_str(c->row, "answer");
        c->lang = obj_str(c->row, "lang");
        c->truncated = json_is_true(json_object_get(c->row, "truncated"));
        c->of_working = of != NULL && strcmp(of, "working") == 0;
    }
    if (id != NULL)
        snprintf(c->name, sizeof c->name, "%s", id);
    else
        snprintf(c->name, sizeof c->name, "line %zu", line);
    return take_expect(c, where, err);
}

static int take_line(struct plugin_cases *c, const char *s, size_t n, const char *path, size_t line, struct qw_error *err)
{
    char where[300];
    json_error_t je;
    struct plugin_case *grown;
    snprintf(where, sizeof where, "%s:%zu", path, line);
    if (c->n == CASES_MAX)
        return qw_error_set(err, QW_ETOOLARGE, "%s: more than %u cases", where, CASES_MAX);
    json_t *row = json_loadb(s, n, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(row)) {
        json_decref(row);
        return qw_error_set(err, QW_EPARAMS, "%s: %s", where, row != NULL ? "not a JSON object" : je.text);
    }
    if (c->n % 64 == 0) {
        if ((grown = qw_realloc_array(c->v, c->n + 64, sizeof *grown)) == NULL) {
            json_decref(row);
            return qw_error_set(err, QW_ENOMEM, "%s", where);
        }
        c->v = grown;
    }
    c->v[c->n] = (struct plugin_case){ .row = row };
    return take_case(&c->v[c->n++], line, where, err);
}

int cases_read(struct plugin_cases *c, const char *path, struct qw_error *err)
{
    char *data = NULL;
    size_t len, line = 0;
    *c = (struct plugin_cases){ 0 };
    if (path == NULL)
        return QW_OK;
    int rc = fs_read_file(path, FILE_MAX_BYTES, &data, &len, err);
    if (rc != QW_OK)
        return rc;
    for (char *s = data, *end = data + len; rc == QW_OK && s < end;) {
        char *nl = memchr(s, '\n', (size_t)(end - s));
        size_t n = nl != NULL ? (size_t)(nl - s) : (size_t)(end - s), used = n + (nl != NULL);
        line++;
        while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
            n--;
        if (n > 0)
            rc = take_line(c, s, n, path, line, err);
        s += used;
    }
    if (rc == QW_OK && c->n == 0)
        rc = qw_error_set(err, QW_EPARAMS, "%s has no cases: one JSON object a line, {\"question\", \"response\", \"expect\"}", path);
    qw_free(data);
    if (rc != QW_OK)
        cases_free(c);
    return rc;
}

void cases_free(struct plugin_cases *c)
{
    for (size_t i = 0; i < c->n; i++)
        json_decref(c->v[i].row);
    qw_free(c->v);
    *c = (struct plugin_cases){ 0 };
}
