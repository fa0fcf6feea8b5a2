/* qwenctl plugin test: a plugin in its jail, against its author's cases and against everything that it must bear. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl/plugin/commands.h"
#include "client/ctl/plugin/plugin_test.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

static const char *cases_path;
static bool as_json, verbose;
static int64_t limit_ms = 2000;
static struct opt_list options;
const struct opt plugin_test_opts[] = {
    { "cases", 'c', OPT_STR, &cases_path, NULL, "FILE", 0, 0, "lines {\"question\", \"response\", \"expect\"} or {\"gold\", \"answer\", \"expect\"}" },
    { "option", 'o', OPT_LIST, &options, NULL, "KEY=VALUE", 0, 0, "a key of its section, as in qwend.conf; may be given again" },
    { "timeout", 0, OPT_INT, &limit_ms, NULL, "MS", 10, 600000, "the limit of one call (2000)" },
    { "verbose", 'v', OPT_FLAG, &verbose, NULL, NULL, 0, 0, "show what it logs" },
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* What it prints and logs; its beginning is kept for the check that complains of it. */
static void on_log(void *arg, const char *line, size_t n)
{
    struct plugin_test *t = arg;
    char text[sizeof t->said];
    snprintf(text, sizeof text, "%.*s", (int)(n < sizeof text ? n : sizeof text - 1), line);
    text[strcspn(text, "\n")] = '\0';
    if (t->said[0] == '\0')
        memcpy(t->said, text, sizeof t->said);
    if (verbose)
        ctl_note("log: %s", text);
}

/* KEY=VALUE into pairs; false and said where one is not. */
static bool take_options(struct plug_option pairs[OPT_LIST_MAX], char *copies[OPT_LIST_MAX])
{
    for (size_t i = 0; i < options.n; i++) {
        char *eq = NULL;
        if ((copies[i] = strdup(options.v[i])) == NULL || (eq = strchr(copies[i], '=')) == NULL || eq == copies[i]) {
            ctl_error("--option wants KEY=VALUE, not '%s'", options.v[i]);
            return false;
        }
        *eq = '\0';
        pairs[i] = (struct plug_option){ copies[i], eq + 1 };
    }
    return true;
}

/* With proof trust, so that "verified" can be seen; without it where the file's modes forbid that. */
static int open_it(struct plugin_test *t, const struct plug_option *pairs, struct qw_error *err)
{
    struct plug_config c = { .name = "plugin", .path = t->path, .timeout_ms = t->limit_ms, .trust_proof = true, .options = pairs,
                             .n_options = options.n, .log = on_log, .log_arg = t };
    int rc = plug_new(&t->p, &c, &t->why_not);
    t->trusted = rc == QW_OK;
    if (rc != QW_EDENIED) {
        *err = t->why_not;
        return rc;
    }
    c.trust_proof = false;
    return plug_new(&t->p, &c, err);
}

/* A tool's schema goes to the model as it is. */
static void check_tools(struct plugin_test *t, const struct plug_info *i)
{
    for (size_t k = 0; k < i->n_tools; k++) {
        json_error_t je;
        json_t *schema = json_loads(i->tools[k].schema_json, JSON_REJECT_DUPLICATES, &je);
        if (!json_is_object(schema))
            report_bad(&t->report, "tool %s: its schema is no JSON object%s%s", i->tools[k].name, schema == NULL ? ": " : "",
                       schema == NULL ? je.text : "");
        json_decref(schema);
    }
}

static bool check_loads(struct plugin_test *t, json_t *head)
{
    struct plug_info i;
    struct qw_error err = { 0 };
    char offers[120] = "";
    report_begin(&t->report, "loads");
    if (try_load(t->p, &err) != QW_OK) {
        report_bad(&t->report, "%s", err.msg);
        return report_end(&t->report, "it does not");
    }
    plug_get_info(t->p, &i);
    check_tools(t, &i);
    t->has_equal = i.has_equal;
    t->has_read = i.has_read;
    t->has_canon = i.has_canon;
    t->n_tools = i.n_tools;
    if (i.n_tools > 0)
        snprintf(t->tool, sizeof t->tool, "%s", i.tools[0].name);
    snprintf(offers, sizeof offers, "%s%s%s%s%s", i.has_verify ? " verify" : "", i.has_equal ? " equal" : "", i.has_read ? " read" : "",
             i.has_canon ? " canon" : "", i.n_tools > 0 ? " tools" : "");
    obj_set_str(head, "version", i.version);
    obj_set_str(head, "jail", plug_jail_name(i.jail));
    return report_end(&t->report, "version %s, in a jail of %s, offers%s", i.version[0] != '\0' ? i.version : "(none)", plug_jail_name(i.jail), offers);
}

static void check_quiet(struct plugin_test *t)
{
    struct plug_info i;
    plug_get_info(t->p, &i);
    report_begin(&t->report, "prints nothing");
    if (i.printed_bytes > 0)
        report_bad(&t->report, "it wrote to standard output or error; host->log is the way to the log, whose first words were \"%s\"", t->said);
    report_end(&t->report, "%llu bytes on standard output and error", (unsigned long long)i.printed_bytes);
}

static int run_checks(struct plugin_test *t, json_t *head)
{
    if (check_loads(t, head)) {
        check_cases(t);
        check_hostile(t);
        check_twice(t);
        check_trust(t);
        check_growth(t);
        check_quiet(t);
    }
    int rc = t->report.n_bad == 0 ? EXIT_OK : EXIT_FAILED;
    report_sum(&t->report, head);
    return rc;
}

int cmd_plugin_test(int argc, char **argv)
{
    struct plugin_test t = { .limit_ms = (uint32_t)limit_ms };
    struct plug_option pairs[OPT_LIST_MAX];
    char *copies[OPT_LIST_MAX] = { NULL }, *path = NULL;
    struct qw_error err = { 0 };
    json_t *head = NULL;
    int rc = EXIT_USAGE;
    if (argc != 1) {
        ctl_error("a plugin is needed: `qwenctl plugin test ./NAME.so --cases cases.jsonl`");
        return rc;
    }
    if (!take_options(pairs, copies))
        goto out;
    rc = EXIT_FAILED;
    if (plug_check_file(argv[0], &err) != QW_OK || cases_read(&t.cases, cases_path, &err) != QW_OK)
        goto out;
    if ((t.path = path = realpath(argv[0], NULL)) == NULL) {
        qw_error_set(&err, QW_ENOTFOUND, "%s cannot be found", argv[0]);
        goto out;
    }
    if (open_it(&t, pairs, &err) != QW_OK)
        goto out;
    report_init(&t.report, as_json, verbose);
    head = json_object();
    obj_set_str(head, "file", path);
    rc = run_checks(&t, head);
out:
    if (err.code != QW_OK)
        ctl_error("%s", err.msg);
    plug_free(t.p);
    cases_free(&t.cases);
    report_free(&t.report);
    for (size_t i = 0; i < options.n; i++)
        free(copies[i]);
    free(path);
    return rc;
}
