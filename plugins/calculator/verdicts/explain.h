/* explain.h - a question's reading in lines, without any answer; where it could not be read, how far
 * it was understood and what was left over. */
#ifndef CALC_EXPLAIN_H
#define CALC_EXPLAIN_H
#include "plugins/qwen_plugin.h"

void explain_question(const struct qwen_host *host, struct qwen_call *call, struct qwen_str question);
#endif
