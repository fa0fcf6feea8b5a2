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
#include "plugins/calculator/norm.h"
#include "plugins/calculator/parse.h"

/* Runs fn(c, arg); a reached limit is a failure. */
#define IN_CALC(fn, arg) assert_int_equal(calc_run(NULL, NULL, fn, (void *)(arg)), 0)
static inline struct ex *parse_s(struct calc *c, const char *s, int flags)
{
    char *n = norm_text(c, s, strlen(s));
    return parse_all(c, n, strlen(n), flags);
}
#endif
