/* calc_test.h - runs a table of cases inside one calculator call each. */
#ifndef CALC_TEST_H
#define CALC_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "plugins/calculator/calc.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"
#include "plugins/calculator/questions/read.h"

/* Runs fn(c, arg); a reached limit is a failure. */
#define IN_CALC(fn, arg) assert_int_equal(calc_run(NULL, NULL, fn, (void *)(arg)), 0)
static inline struct ex *parse_s(struct calc *c, const char *s, int flags)
{
    char *n = norm_text(c, s, strlen(s));
    return parse_all(c, n, strlen(n), flags);
}

/* A question and its reading; NULL: it must not be read. */
struct read_case { const char *q, *text; };
static inline int read_case(struct calc *c, void *arg)
{
    const struct read_case *k = arg;
    struct reading r;
    int ok = read_question(c, norm_text(c, k->q, strlen(k->q)), &r);
    if (ok != (k->text != NULL) || (ok && strcmp(r.text, k->text) != 0))
        fail_msg("%s: %s", k->q, ok ? r.text : "not read");
    return 0;
}
#endif
