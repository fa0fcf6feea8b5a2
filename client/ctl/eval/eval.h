/* `qwenctl eval`: question sets, the answers to them, and what those come to.
 *
 * A question is a JSON object {id, question, answer, category, lang}; a row is a question with `params` (what was asked for,
 * the parameters R of the protocol), `model`, `text`, `finish`, `verification`, `tokens`, `attempts`, `seconds` and `unix_ms`, or with
 * `error` in place of the answer.  Judging adds `equal` and `computed_equal`: true, false, or null for not known.
 * --out files are rows, one a line; where an id comes twice the later one counts. */
#ifndef QW_CTL_EVAL_H
#define QW_CTL_EVAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "client/ctl/ui/opts.h"
#include "client/qwenclient.h"
#include "plugins/host/host.h"

/* ---- files (eval_file.c).  Exit codes; errors are said, with file and line. */

/* *questions: an array, in the file's order; with skip_bad without the lines that are none. */
int eval_read_set(const char *path, bool skip_bad, json_t **questions);
/* *rows: an object, id -> row, in order of the ids' first coming.  A last line that was cut off is left out. */
int eval_read_rows(const char *path, json_t **rows);
/* Opens path for appending, alone: *fd.  A last line that was cut off is removed.  *rows: what it holds. */
int eval_open_out(const char *path, int *fd, json_t **rows);
int eval_append(int fd, const char *path, const json_t *row);

/* ---- asking (eval_run.c) */

struct eval_run {
    qwen_client *c;
    struct plug *judge;
    const json_t *questions, *params;
    json_t *rows;               /* one for each question, null: not there yet */
    const char *out_path;       /* or NULL */
    int    out;
    size_t parallel;
    bool   quiet;
};
/* Asks what has no row yet.  EXIT_OK: each has one (which may hold an error); else why it ended has been said. */
int eval_ask(struct eval_run *r);

/* ---- judging and adding up (eval_sum.c) */

void eval_judge(struct plug *judge, json_t *row);
enum eval_origin { EVAL_UNAIDED, EVAL_AFTER_CHECK, EVAL_PROGRAM, EVAL_CALCULATOR, EVAL_ORIGINS };
struct eval_sum {
    size_t n, errors, unknown;  /* unknown: the judge could not tell; it is not right */
    size_t right;               /* by the model itself */
    size_t with_computed;       /* or by computed_answer where the model's stays refuted */
    size_t verified, supported, refuted, undecided;
    size_t wrong_verified, wrong_supported, wrong_refuted;      /* wrong_refuted: a right answer was */
    size_t origin[EVAL_ORIGINS], origin_right[EVAL_ORIGINS];
    size_t attempts;
    int64_t tokens;
    double median_s, max_s;
};
/* Over the rows (array or object) whose key is value; key NULL: all. */
void eval_add_up(const json_t *rows, const char *key, const char *value, struct eval_sum *s);
json_t *eval_sum_json(const struct eval_sum *s);
enum eval_origin eval_origin_of(const json_t *row);
extern const char *const eval_origin_names[EVAL_ORIGINS];
bool eval_right(const json_t *row);
bool eval_right_with_computed(const json_t *row);
const char *eval_verdict(const json_t *row);        /* "undecided" where there is none */

/* ---- showing (eval_table.c) */

void    eval_print(FILE *f, const json_t *rows);
json_t *eval_json(const json_t *rows);              /* {sums: {all, category: {..}, lang: {..}}, wrong_verified: [id], rows} */
void    eval_print_compare(FILE *f, const json_t *a, const json_t *b, const char *name_a, const char *name_b);
json_t *eval_compare_json(const json_t *a, const json_t *b);

#endif
