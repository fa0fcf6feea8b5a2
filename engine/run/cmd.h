/* qwen-run's commands: one file each, which ends in its table entry; main.c lists
 * them.  A program may print and exit, so these do; they run on the main thread. */
#ifndef QW_ENGINE_RUN_CMD_H
#define QW_ENGINE_RUN_CMD_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/text/ids.h"

enum { RUN_OK = 0, RUN_FAILED = 1, RUN_USAGE = 2 };     /* exit codes */

struct run_command {
    const char *name;
    /* argv[0] is the command's name.  Returns an exit code. */
    int       (*run)(int argc, char **argv);
    const char *line;           /* what it does, in one line */
    const char *help;           /* usage, options, examples */
};

extern const struct run_command cmd_generate, cmd_logits, cmd_bench, cmd_probe;
extern const struct run_command cmd_tokenize, cmd_detokenize, cmd_prompt;

/* ---- for all of them (lines.c) ---- */

/* "qwen-run NAME: " and the message on standard error, escaped; returns code. */
int  run_error(const struct run_command *c, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Prints the command's help on standard output (asked) or points to it on standard error. */
int  run_help(const struct run_command *c);
int  run_usage(const struct run_command *c);

/* Calls fn for each line of standard input that is not blank.  fn prints its answer, or
 * sets err, which is printed as {"error":…}.  Returns RUN_FAILED if one failed. */
int  run_lines(const struct run_command *c, int (*fn)(void *arg, const char *line, size_t n, struct qw_error *err),
               void *arg);

/* Prints {"KEY":"text"} and a newline; text is valid UTF-8. */
int  run_print_text(const char *key, const char *text, size_t n, struct qw_error *err);

#endif
