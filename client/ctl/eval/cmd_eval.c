/* Question sets: asking them, judging the answers, and comparing two runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/call/call.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/eval/commands.h"
#include "client/ctl/eval/eval.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"
#include "client/ctl/verify/check.h"

#define SHIPPED_SET "seed20.jsonl"

static bool as_json, report, compare, skip_bad, quiet, yes, has_temperature, has_attempts, has_samples, has_max_tokens, has_timeout;
static const char *mode = "check", *out_file;
static double temperature, timeout_s;
static int64_t seed = 1, max_tokens, attempts, samples, limit, parallel = 1;
static struct opt_list categories;
const struct opt eval_opts[] = {
    { "model", 'm', OPT_STR, &answer_opts.model, NULL, "MODEL", 0, 0, "which model answers (default, small, or a name of `model ls`)" },
    { "verify", 'v', OPT_STR, &mode, NULL, "MODE", 0, 0, "off, check (default), retry or vote" },
    { "attempts", 0, OPT_INT, &attempts, &has_attempts, "N", 1, 16, "with retry: at most N answers a question" },
    { "samples", 0, OPT_INT, &samples, &has_samples, "K", 1, 16, "with vote: K answers a question" },
    { "system", 's', OPT_STR, &answer_opts.system, NULL, "TEXT", 0, 0, "system prompt instead of the maths one (empty: none)" },
    { "temperature", 't', OPT_FLOAT, &temperature, &has_temperature, "T", 0, 10, "0 (default): always the likeliest token" },
    { "seed", 0, OPT_INT, &seed, NULL, "N", 0, 9007199254740991.0, "1 (default); the same seed gives the same answers" },
    { "max-tokens", 'n', OPT_INT, &max_tokens, &has_max_tokens, "N", 1, 1048576, "length of an answer (2048, or what the context leaves)" },
    { "timeout", 0, OPT_FLOAT, &timeout_s, &has_timeout, "S", 0.001, 86400, "seconds for one question, all its answers together" },
    { "parallel", 'j', OPT_INT, &parallel, NULL, "N", 1, 256, "N questions at once (1)" },
    { "category", 'c', OPT_LIST, &categories, NULL, "NAME", 0, 0, "only questions of this category; may be given again" },
    { "limit", 0, OPT_INT, &limit, NULL, "N", 1, 1000000, "only the first N questions" },
    { "out", 'o', OPT_STR, &out_file, NULL, "FILE", 0, 0, "append each answer to FILE; what it has already is not asked again" },
    { "skip-bad", 0, OPT_FLAG, &skip_bad, NULL, NULL, 0, 0, "leave lines out that are no questions" },
    { "report", 0, OPT_FLAG, &report, NULL, NULL, 0, 0, "FILE is one of --out: judge its answers, ask nothing" },
    { "compare", 0, OPT_FLAG, &compare, NULL, NULL, 0, 0, "FILE FILE are two of --out: what changed" },
    { "json", 0, OPT_FLAG, &as_json, NULL, NULL, 0, 0, "all rows and sums as one line of JSON" },
    { "quiet", 'q', OPT_FLAG, &quiet, NULL, NULL, 0, 0, "no progress" },
    { "yes", 'y', OPT_FLAG, &yes, NULL, NULL, 0, 0, "fetch a model without asking when none is installed" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int put_json(const json_t *o)
{
    int rc = json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    if (rc == 0)
        return EXIT_OK;
    ctl_error("the result cannot be written");
    return EXIT_FAILED;
}

/* What a run comes to: 4 where something wrong was verified. */
static int finish(const json_t *rows, const json_t *head)
{
    struct eval_sum s;
    int rc = EXIT_OK;
    eval_add_up(rows, NULL, NULL, &s);
    if (as_json) {
        json_t *doc = eval_json(rows);
        json_object_update_missing(doc, (json_t *)head);
        rc = put_json(doc);
        json_decref(doc);
    } else {
        eval_print(stdout, rows);
    }
    return rc != EXIT_OK ? rc : s.wrong_verified > 0 ? EXIT_REFUTED : s.errors > 0 ? EXIT_FAILED : EXIT_OK;
}

/* ---- files of answers ------------------------------------------------------------------- */

static json_t *judged(struct plug *judge, json_t *by_id)
{
    json_t *rows = json_array(), *row;
    const char *id;
    json_object_foreach (by_id, id, row) {
        eval_judge(judge, row);
        json_array_append(rows, row);
    }
    return rows;
}

static int run_report(struct plug *judge, const char *path)
{
    json_t *by_id, *rows, *head = json_object();
    int rc = eval_read_rows(path, &by_id);
    if (rc == EXIT_OK) {
        rows = judged(judge, by_id);
        json_object_set(head, "params", json_object_get(json_array_get(rows, 0), "params"));
        rc = finish(rows, head);
        json_decref(rows);
        json_decref(by_id);
    }
    json_decref(head);
    return rc;
}

/* Keeps the questions that both have, in a's order. */
static void pair(json_t **a, json_t *b, json_t **paired_b, size_t *only_a)
{
    json_t *with = json_object(), *x, *kept = json_array(), *row;
    const char *id;
    json_object_foreach (b, id, row)
        json_object_set(with, id, row);
    *paired_b = json_array();
    *only_a = 0;
    json_object_foreach (*a, id, row) {
        x = json_object_get(with, id);
        if (x == NULL || strcmp(obj_str(x, "question"), obj_str(row, "question")) != 0) {
            ++*only_a;
            continue;
        }
        json_array_append(kept, row);
        json_array_append(*paired_b, x);
    }
    json_decref(with);
    json_decref(*a);
    *a = kept;
}

static int run_compare(struct plug *judge, const char *path_a, const char *path_b)
{
    json_t *a = NULL, *b = NULL, *paired = NULL;
    size_t only_a, n_b;
    int rc = eval_read_rows(path_a, &a);
    if (rc == EXIT_OK && (rc = eval_read_rows(path_b, &b)) == EXIT_OK) {
        json_decref(judged(judge, a));
        json_decref(judged(judge, b));
        n_b = json_object_size(b);
        pair(&a, b, &paired, &only_a);
        size_t only_b = n_b - json_array_size(a);
        if (json_array_size(a) == 0) {
            ctl_error("%s and %s have no question in common", path_a, path_b);
            rc = EXIT_FAILED;
        } else if (as_json) {
            json_t *o = eval_compare_json(a, paired);
            json_object_set_new(o, "only_a", json_integer((json_int_t)only_a));
            json_object_set_new(o, "only_b", json_integer((json_int_t)only_b));
            rc = put_json(o);
            json_decref(o);
        } else {
            if (only_a + only_b > 0)
                ctl_note("[left out: %zu questions that only A has, %zu that only B has]", only_a, only_b);
            eval_print_compare(stdout, a, paired, path_a, path_b);
        }
    }
    json_decref(a);
    json_decref(b);
    json_decref(paired);
    return rc;
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool wanted(const json_t *q)
{
    for (size_t i = 0; i < categories.n; i++)
        if (strcmp(obj_str(q, "category"), categories.v[i]) == 0)
            return true;
    return categories.n == 0;
}

/* --category and --limit. */
static int choose(json_t **questions, const char *path)
{
    json_t *kept = json_array(), *q;
    size_t i;
    json_array_foreach (*questions, i, q)
        if (wanted(q) && (limit == 0 || json_array_size(kept) < (size_t)limit))
            json_array_append(kept, q);
    json_decref(*questions);
    *questions = kept;
    if (json_array_size(kept) > 0)
        return EXIT_OK;
    ctl_error("%s has no question of category %s", path, categories.n > 0 ? categories.v[0] : "-");
    return EXIT_FAILED;
}

/* The name of the model that will answer, so that a file of answers tells it. */
static int model_name(qwen_client *c, json_t *params)
{
    const char *name = answer_opts.model;
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new(name != NULL ? "model.show" : "status");
    if (name != NULL)
        qwen_msg_str(m, "model", name);
    int rc = ctl_call(c, m, &r);
    if (rc != EXIT_OK)
        return rc;
    name = qwen_reply_str(r, name != NULL ? "name" : "default_model");
    if (name == NULL)
        name = qwen_reply_str(r, "model.name");
    if (name == NULL) {
        ctl_error("the daemon has no model");
        rc = EXIT_NEEDS;
    } else {
        obj_set_str(params, "model", name);
        answer_opts.model = obj_str(params, "model");     /* what is asked for is what is written down */
    }
    qwen_reply_free(r);
    return rc;
}

static int make_params(qwen_client *c, json_t *params)
{
    int rc = model_name(c, params);
    json_t *verify = json_pack("{s:s}", "mode", mode);
    bool loops = strcmp(mode, "retry") == 0 || strcmp(mode, "vote") == 0;
    if (answer_opts.system != NULL)
        obj_set_str(params, "system", answer_opts.system);
    if (has_temperature)
        json_object_set_new(params, "temperature", json_real(temperature));
    json_object_set_new(params, "seed", json_integer(seed));
    if (has_max_tokens)
        json_object_set_new(params, "max_tokens", json_integer(max_tokens));
    if (has_timeout)            /* retry and vote end by themselves then, with the best that they have */
        json_object_set_new(loops ? verify : params, loops ? "loop_ms" : "deadline_ms", json_integer((json_int_t)(timeout_s * 1000)));
    if (has_attempts)
        json_object_set_new(verify, "attempts", json_integer(attempts));
    if (has_samples)
        json_object_set_new(verify, "samples", json_integer(samples));
    json_object_set_new(params, "verify", verify);
    return rc;
}

/* Rows of the --out file for the questions that it has; a file of another run is refused. */
static int resume(json_t *by_id, const json_t *questions, const json_t *params, json_t *rows, struct plug *judge, size_t *n)
{
    const char *id;
    json_t *row;
    size_t i;
    *n = 0;
    json_object_foreach (by_id, id, row)
        if (!json_equal(json_object_get(row, "params"), params)) {
            char *theirs = json_dumps(json_object_get(row, "params"), JSON_COMPACT), *ours = json_dumps(params, JSON_COMPACT);
            ctl_error("%s has answers to other parameters, %s, not %s; name another --out file", out_file, theirs != NULL ? theirs : "",
                      ours != NULL ? ours : "");
            free(theirs);
            free(ours);
            return EXIT_FAILED;
        }
    json_array_foreach ((json_t *)questions, i, row) {
        json_t *have = json_object_get(by_id, obj_str(row, "id"));
        if (obj_str(have, "text") == NULL || strcmp(obj_str(have, "question"), obj_str(row, "question")) != 0)
            continue;
        json_object_set(have, "answer", json_object_get(row, "answer"));     /* the set's, should it have been corrected */
        eval_judge(judge, have);
        json_array_set(rows, i, have);
        ++*n;
    }
    return EXIT_OK;
}

static void say_begin(const struct eval_run *r, const char *path, size_t had)
{
    size_t n = json_array_size(r->questions);
    const char *model = obj_str(r->params, "model");
    if (quiet)
        return;
    if (had > 0)
        ctl_note("%s: %zu questions, %zu of them in %s already; %s answers, verify %s", path, n, had, out_file, model, mode);
    else
        ctl_note("%s: %zu questions; %s answers, verify %s", path, n, model, mode);
}

static int run_asked(struct eval_run *r, const char *path)
{
    json_t *by_id = json_object(), *rows = json_array(), *head = json_object();
    size_t had = 0;
    int rc = EXIT_OK;
    for (size_t i = 0; i < json_array_size(r->questions); i++)
        json_array_append_new(rows, json_null());
    r->rows = rows;
    r->out = -1;
    if (out_file != NULL) {
        json_decref(by_id);
        by_id = NULL;
        if ((rc = eval_open_out(out_file, &r->out, &by_id)) != EXIT_OK)
            r->out = -1;
        else
            rc = resume(by_id, r->questions, r->params, rows, r->judge, &had);
    }
    if (rc == EXIT_OK) {
        say_begin(r, path, had);
        rc = eval_ask(r);
        obj_set_str(head, "file", path);
        json_object_set(head, "params", (json_t *)r->params);
        struct eval_sum s;
        eval_add_up(rows, NULL, NULL, &s);
        if (rc != EXIT_OK && out_file != NULL)
            ctl_note("[%zu of %zu questions are in %s; the same command goes on from there]", s.n, json_array_size(rows), out_file);
        int end = s.n > 0 ? finish(rows, head) : EXIT_OK;
        rc = rc != EXIT_OK ? rc : end;
    }
    if (r->out >= 0)
        close(r->out);
    json_decref(by_id);
    json_decref(rows);
    json_decref(head);
    return rc;
}

static int run_set(struct plug *judge, const char *path)
{
    struct connect_opts how = { .start = true, .need_model = true, .yes = yes, .model = answer_opts.model };
    json_t *questions = NULL, *params = json_object();
    struct eval_run r = { .judge = judge, .params = params, .out_path = out_file, .parallel = (size_t)parallel, .quiet = quiet };
    int rc = eval_read_set(path, skip_bad, &questions);
    if (rc == EXIT_OK)
        rc = choose(&questions, path);
    if (rc == EXIT_OK)
        rc = ctl_connect(&r.c, &how);
    if (rc == EXIT_OK)
        rc = make_params(r.c, params);
    if (rc == EXIT_OK) {
        r.questions = questions;
        rc = run_asked(&r, path);
    }
    qwen_close(r.c);
    json_decref(questions);
    json_decref(params);
    return rc;
}

/* ---- the command ------------------------------------------------------------------------------- */

static int usage(int argc)
{
    static const char *const modes[] = { "off", "check", "retry", "vote" };
    bool known = false;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        known = known || strcmp(mode, modes[i]) == 0;
    if (!known)
        ctl_error("--verify is off, check, retry or vote, not '%s'", mode);
    else if (report && compare)
        ctl_error("--report or --compare, not both");
    else if (compare ? argc != 2 : report ? argc != 1 : argc > 1)
        ctl_error(compare ? "--compare takes two files of --out" : report ? "--report takes one file of --out" : "one file of questions at a time");
    else if ((report || compare) && out_file != NULL)
        ctl_error("nothing is asked, so there is nothing for --out");
    else
        return EXIT_OK;
    return EXIT_USAGE;
}

int cmd_eval(int argc, char **argv)
{
    struct qw_error err = { 0 };
    struct plug *judge = NULL;
    char *shipped = NULL;
    int rc = usage(argc);
    if (rc != EXIT_OK || (rc = check_open(&judge)) != EXIT_OK)
        return rc;
    if (compare) {
        rc = run_compare(judge, argv[0], argv[1]);
    } else if (report) {
        rc = run_report(judge, argv[0]);
    } else if (argc == 0 && paths_installed(QW_INST_SHARE, SHIPPED_SET, &shipped, &err) != QW_OK) {
        ctl_error("%s", err.msg);
        rc = EXIT_FAILED;
    } else {
        rc = run_set(judge, argc > 0 ? argv[0] : shipped);
    }
    qw_free(shipped);
    plug_free(judge);
    return rc;
}
