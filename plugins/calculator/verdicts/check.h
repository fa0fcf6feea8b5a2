/* check.h - a question and a response to verdicts, reported through the host. */
#ifndef CALC_CHECK_H
#define CALC_CHECK_H
#include "plugins/calculator/text/expr.h"

struct check_report { enum qwen_verdict answer, working; };
void check_problem(const struct qwen_host *host, struct qwen_call *call, const struct qwen_problem *p, struct check_report *out);
#endif
