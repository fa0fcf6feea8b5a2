#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/eval/eval.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

#define SET_MAX_BYTES   (64u << 20)
#define ROWS_MAX_BYTES  (512u << 20)
#define MAX_QUESTIONS   100000
#define MAX_BAD_SAID    20
#define LINE_FLAGS      JSON_REJECT_DUPLICATES

/* One file, line by line. */
struct lines {
    char  *text, *at, *end;
    size_t number;              /* of the line that was given last */
};

static int lines_open(struct lines *l, const char *path, size_t limit)
{
    struct qw_error err = { 0 };
    size_t n = 0;
    memset(l, 0, sizeof *l);
    if (fs_read_file(path, limit, &l->text, &n, &err) != QW_OK) {
        ctl_error("%s", err.msg);
        return EXIT_FAILED;
    }
    l->at = l->text;
    l->end = l->text + n;
    return EXIT_OK;
}

/* The next line with something in it.  *whole: a line break ends it. */
static bool lines_next(struct lines *l, const char **line, size_t *n, bool *whole)
{
    while (l->at < l->end) {
        char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));
        *line = l->at;
        *whole = end != NULL;
        *n = (size_t)((end != NULL ? end : l->end) - l->at);
        l->at = end != NULL ? end + 1 : l->end;
        l->number++;
        if (l->number == 1 && *n >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0) {   /* a byte order mark */
            *line += 3;
            *n -= 3;
        }
        while (*n > 0 && ((*line)[*n - 1] == '\r' || (*line)[*n - 1] == ' ' || (*line)[*n - 1] == '\t'))
            --*n;
        if (*n > 0)
            return true;
    }
    return false;
}

/* ---- question sets ------------------------------------------------------------------ */

/* A string, or a number as one; NULL: neither. */
static json_t *as_string(const json_t *v)
{
    char number[32];
    if (json_is_integer(v)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
        return json_string(number);
    }
    return json_is_string(v) ? json_string(json_string_value(v)) : NULL;
}

static const char *blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0' ? "" : s;
}

/* The question of one line, NULL with what is wrong with it. */
static json_t *question_of(const char *line, size_t n, const char **wrong, char *why, size_t why_size)
{
    static const char *const needed[] = { "id", "question", "answer" };
    json_error_t je;
    json_t *in = json_loadb(line, n, LINE_FLAGS, &je), *q = json_object();
    *wrong = NULL;
    if (in == NULL) {
        snprintf(why, why_size, "%s", je.text);
        *wrong = why;
    } else if (!json_is_object(in)) {
        *wrong = "not a JSON object";
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed && *wrong == NULL; i++) {
        json_t *v = as_string(json_object_get(in, needed[i]));
        if (v == NULL || blank(json_string_value(v))[0] == '\0') {
            snprintf(why, why_size, "\"%s\" must be a string that is not empty", needed[i]);
            *wrong = why;
            json_decref(v);
        } else {
            json_object_set_new(q, needed[i], v);
        }
    }
    if (*wrong == NULL) {
        const char *text = obj_str(q, "question"), *category = obj_str(in, "category"), *lang = obj_str(in, "lang");
        obj_set_str(q, "category", category != NULL ? category : "-");
        obj_set_str(q, "lang", lang != NULL ? lang : utf8_has_han(text, strlen(text)) ? "zh" : "en");
    }
    json_decref(in);
    if (*wrong == NULL)
        return q;
    json_decref(q);
    return NULL;
}

int eval_read_set(const char *path, bool skip_bad, json_t **questions)
{
    struct lines l;
    const char *line, *wrong;
    char why[256];
    size_t n, bad = 0;
    bool whole;
    json_t *list = json_array(), *seen = json_object();
    int rc = lines_open(&l, path, SET_MAX_BYTES);
    while (rc == EXIT_OK && lines_next(&l, &line, &n, &whole)) {
        json_t *q = question_of(line, n, &wrong, why, sizeof why), *first = q != NULL ? json_object_get(seen, obj_str(q, "id")) : NULL;
        if (first != NULL) {
            snprintf(why, sizeof why, "the id of line %lld again", (long long)json_integer_value(first));
            wrong = why;
        }
        if (wrong != NULL) {
            if (bad++ < MAX_BAD_SAID)
                ctl_error("%s:%zu: %s", path, l.number, wrong);
            json_decref(q);
            continue;
        }
        if (json_array_size(list) == MAX_QUESTIONS) {
            ctl_error("%s has more than %d questions", path, MAX_QUESTIONS);
            rc = EXIT_FAILED;
        }
        json_object_set_new(seen, obj_str(q, "id"), json_integer((json_int_t)l.number));
        json_array_append_new(list, q);
    }
    if (rc == EXIT_OK && bad > 0 && !skip_bad) {
        ctl_error("%s: %zu bad line%s, nothing was asked; --skip-bad goes on without", path, bad, bad == 1 ? "" : "s");
        rc = EXIT_FAILED;
    } else if (rc == EXIT_OK && json_array_size(list) == 0) {
        ctl_error("%s: no questions", path);
        rc = EXIT_FAILED;
    }
    qw_free(l.text);
    json_decref(seen);
    if (rc == EXIT_OK)
        *questions = list;
    else
        json_decref(list);
    return rc;
}

/* ---- rows ------------------------------------------------------------------------------ */

static const char *not_a_row(const json_t *row)
{
    static const char *const needed[] = { "id", "question", "answer", "category", "lang" };
    if (!json_is_object(row))
        return "not a JSON object";
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (obj_str(row, needed[i]) == NULL)
            return "not an answer that `qwenctl eval --out` has written";
    if (!json_is_object(json_object_get(row, "params")) || (obj_str(row, "text") == NULL && obj_str(row, "error") == NULL))
        return "not an answer that `qwenctl eval --out` has written";
    return NULL;
}

/* *keep: the bytes before a last line that was cut off. */
static int read_rows(const char *path, json_t **rows, size_t *keep, bool *newline_missing)
{
    struct lines l;
    const char *line;
    size_t n;
    bool whole = true;
    json_t *all = json_object();
    int rc = lines_open(&l, path, ROWS_MAX_BYTES);
    *keep = rc == EXIT_OK ? (size_t)(l.end - l.text) : 0;
    while (rc == EXIT_OK && lines_next(&l, &line, &n, &whole)) {
        json_error_t je;
        json_t *row = json_loadb(line, n, LINE_FLAGS, &je);
        const char *wrong = row != NULL ? not_a_row(row) : je.text;
        if (row == NULL && !whole) {
            ctl_note("%s:%zu: the last line was cut off, and does not count", path, l.number);
            *keep = (size_t)(line - l.text);
            whole = true;
        } else if (wrong != NULL) {
            ctl_error("%s:%zu: %s", path, l.number, wrong);
            rc = EXIT_FAILED;
        } else {
            json_object_set(all, obj_str(row, "id"), row);
        }
        json_decref(row);
    }
    *newline_missing = !whole;
    qw_free(l.text);
    if (rc == EXIT_OK)
        *rows = all;
    else
        json_decref(all);
    return rc;
}

int eval_read_rows(const char *path, json_t **rows)
{
    size_t keep;
    bool missing;
    int rc = read_rows(path, rows, &keep, &missing);
    if (rc == EXIT_OK && json_object_size(*rows) == 0) {
        ctl_error("%s: no answers", path);
        json_decref(*rows);
        rc = EXIT_FAILED;
    }
    return rc;
}

int eval_open_out(const char *path, int *fd, json_t **rows)
{
    struct qw_error err = { 0 };
    size_t keep;
    bool missing;
    int rc = fs_lock(path, false, fd, &err);
    if (rc != QW_OK) {
        if (rc == QW_EBUSY)
            ctl_error("%s: another eval is writing it", path);
        else
            ctl_error("%s", err.msg);
        return EXIT_FAILED;
    }
    rc = read_rows(path, rows, &keep, &missing);
    if (rc == EXIT_OK && (ftruncate(*fd, (off_t)keep) != 0 || lseek(*fd, 0, SEEK_END) < 0 || (missing && fs_write_all(*fd, "\n", 1, &err) != QW_OK))) {
        ctl_error("%s: cannot be written", path);
        json_decref(*rows);
        rc = EXIT_FAILED;
    }
    if (rc != EXIT_OK)
        close(*fd);
    return rc;
}

int eval_append(int fd, const char *path, const json_t *row)
{
    struct qw_error err = { 0 };
    struct qw_buf b = QW_BUF_INIT;
    char *line = json_dumps(row, JSON_COMPACT);
    int rc = EXIT_FAILED;
    if (line != NULL) {
        qw_buf_adds(&b, line);
        qw_buf_addc(&b, '\n');
    }
    if (line == NULL || qw_buf_failed(&b))
        ctl_error("out of memory");
    else if (fs_write_all(fd, b.data, b.len, &err) != QW_OK)
        ctl_error("%s: %s", path, err.msg);
    else
        rc = EXIT_OK;
    free(line);
    qw_buf_free(&b);
    return rc;
}
