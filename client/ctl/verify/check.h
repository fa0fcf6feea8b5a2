/* Checking without a daemon: one plugin process of our own (plugins/host). */
#ifndef QW_CTL_CHECK_H
#define QW_CTL_CHECK_H

#include <jansson.h>

#include "plugins/host/host.h"

struct check_opts { const char *plugin; bool trust; int64_t timeout_ms; };
extern struct check_opts check_opts;
#define CHECK_OPTIONS \
    { "plugin", 'p', OPT_STR, &check_opts.plugin, NULL, "FILE", 0, 0, "another plugin (a .so) than the calculator" }, \
    { "trust", 0, OPT_FLAG, &check_opts.trust, NULL, NULL, 0, 0, "take what --plugin proves as proof" }, \
    { "timeout", 0, OPT_INT, &check_opts.timeout_ms, NULL, "MS", 1, 600000, "time for one check (10000)" }

/* The error has been said when it is not EXIT_OK. */
int  check_open(struct plug **p);
/* Lines of JSON from standard input, one result line each.  one() fills out (which has the id already) or sets an
 * error text that stands in its place.  A line that is no JSON object gives {"id": null, "error": ...} and, at the
 * end, EXIT_FAILED. */
int  check_lines(struct plug *p, int (*one)(struct plug *p, const json_t *in, json_t *out, struct qw_error *err));

#endif
