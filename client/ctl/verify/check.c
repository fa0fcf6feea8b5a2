#include "client/ctl/verify/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/opts.h"
#include "client/ctl/ui/term.h"

#define LINE_MAX_BYTES (8u << 20)

struct check_opts check_opts = { .timeout_ms = 10000 };

int check_open(struct plug **p)
{
    struct qw_error err = { 0 };
    char *path = NULL;
    int rc;
    if (check_opts.plugin != NULL) {
        path = realpath(check_opts.plugin, NULL);
        rc = path != NULL ? plug_check_file(path, &err) : qw_error_set(&err, QW_ENOTFOUND, "%s: no such plugin", check_opts.plugin);
    } else {
        rc = paths_installed(QW_INST_PLUGINS, "calculator.so", &path, &err);
    }
    if (rc == QW_OK) {
        struct plug_config c = {
            .name = check_opts.plugin != NULL ? "plugin" : "calculator", .path = path, .timeout_ms = (uint32_t)check_opts.timeout_ms,
            .trust_proof = check_opts.plugin == NULL || check_opts.trust,
        };
        rc = plug_new(p, &c, &err);
    }
    if (check_opts.plugin != NULL)
        free(path);
    else
        qw_free(path);
    if (rc == QW_OK)
        return EXIT_OK;
    ctl_error("%s", err.msg);
    return rc == QW_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
}

/* One line in, one line out.  False: the line could not be read. */
static bool one_line(struct plug *p, const char *line, size_t n,
                     int (*one)(struct plug *p, const json_t *in, json_t *out, struct qw_error *err))
{
    json_error_t je;
    json_t *in = json_loadb(line, n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &je), *out = json_object();
    struct qw_error err = { 0 };
    bool good = json_is_object(in);
    json_object_set(out, "id", good && json_object_get(in, "id") != NULL ? json_object_get(in, "id") : json_null());
    if (!good)
        obj_set_str(out, "error", in != NULL ? "not a JSON object" : je.text);
    else if (one(p, in, out, &err) != QW_OK)
        obj_set_str(out, "error", err.msg);
    if (json_dumpf(out, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) < 0)
        good = false;
    putchar('\n');
    fflush(stdout);
    json_decref(in);
    json_decref(out);
    return good && (err.code == QW_OK || err.code != QW_EPARAMS);
}

int check_lines(struct plug *p, int (*one)(struct plug *p, const json_t *in, json_t *out, struct qw_error *err))
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = EXIT_OK;
    while ((n = getline(&line, &cap, stdin)) >= 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == ' '))
            n--;
        if (n == 0)
            continue;
        if ((size_t)n > LINE_MAX_BYTES) {
            ctl_error("a line is longer than %u bytes", LINE_MAX_BYTES);
            rc = EXIT_FAILED;
            continue;
        }
        if (!one_line(p, line, (size_t)n, one))
            rc = EXIT_FAILED;
    }
    free(line);
    return rc;
}
