#include <stdio.h>

#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"
#include "client/ctl/verify/check.h"
#include "client/ctl/verify/commands.h"

static bool as_json;
const struct opt equiv_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "lines of JSON from standard input, lines of JSON out" },
    CHECK_OPTIONS,
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static void fill_json(void *arg, const struct plug_result *r)
{
    enum qwen_eq eq = r->error.code == QW_OK ? r->eq : QWEN_EQ_UNKNOWN;
    json_object_set_new(arg, "equal", eq == QWEN_EQ_EQUAL ? json_true() : eq == QWEN_EQ_DIFFERENT ? json_false() : json_null());
    if (r->error.code != QW_OK)
        obj_set_str(arg, "error", r->error.msg);
}

static int one(struct plug *p, const json_t *in, json_t *out, struct qw_error *err)
{
    const char *gold = obj_str(in, "gold"), *answer = obj_str(in, "answer");
    uint64_t op;
    json_object_set_new(out, "equal", json_null());
    if (gold == NULL || answer == NULL)
        return qw_error_set(err, QW_EPARAMS, "\"gold\" and \"answer\" must be strings");
    int rc = plug_equal(p, gold, answer, (uint32_t)check_opts.timeout_ms, fill_json, out, &op, err);
    if (rc == QW_OK)
        plug_wait(p);
    return rc;
}

static void show(void *arg, const struct plug_result *r)
{
    int *rc = arg;
    if (r->error.code != QW_OK) {
        ctl_error("%s", r->error.msg);
        *rc = EXIT_UNDECIDED;
        return;
    }
    *rc = r->eq == QWEN_EQ_EQUAL ? EXIT_OK : r->eq == QWEN_EQ_DIFFERENT ? EXIT_REFUTED : EXIT_UNDECIDED;
    puts(r->eq == QWEN_EQ_EQUAL ? "equal" : r->eq == QWEN_EQ_DIFFERENT ? "different" : "not known");
}

int cmd_equiv(int argc, char **argv)
{
    struct plug *p = NULL;
    struct qw_error err = { 0 };
    uint64_t op;
    if (as_json ? argc != 0 : argc != 2) {
        ctl_error(as_json ? "--json reads standard input and takes no arguments" : "two answers are needed (see qwenctl equiv --help)");
        return EXIT_USAGE;
    }
    int rc = check_open(&p);
    if (rc != EXIT_OK)
        return rc;
    if (as_json) {
        rc = check_lines(p, one);
    } else {
        rc = EXIT_FAILED;
        if (plug_equal(p, argv[0], argv[1], (uint32_t)check_opts.timeout_ms, show, &rc, &op, &err) == QW_OK)
            plug_wait(p);
        else
            ctl_error("%s", err.msg);
    }
    plug_free(p);
    return rc;
}
