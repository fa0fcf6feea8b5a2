/* What `ask` asks; `ask --file` and `eval` ask the same way. */
#ifndef QW_CTL_ASK_H
#define QW_CTL_ASK_H

#include <stdbool.h>

#include "client/ctl/daemon/connect.h"
#include "client/qwenclient.h"

/* chat with the system prompt for this question and the model of answer_opts; R is left to the caller. */
qwen_msg *ask_message(const char *question);
/* Every question of a worksheet, one after the other (ask_file.c); exit code. */
int ask_worksheet(const char *path, const struct connect_opts *how, bool as_json, bool quiet);

#endif
