/* The commands of qwenctl: one file, one table entry each. */
#ifndef QW_CTL_COMMANDS_H
#define QW_CTL_COMMANDS_H

#include "client/ctl/opts.h"

extern const struct opt ask_opts[], chat_opts[], eval_opts[], verify_opts[], equiv_opts[], status_opts[], doctor_opts[], bench_opts[], version_opts[], plugin_new_opts[],
    plugin_test_opts[];
extern const struct command model_commands[], plugin_commands[], daemon_commands[], session_commands[], store_commands[], tool_commands[];

int cmd_ask(int argc, char **argv);
int cmd_chat(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_equiv(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_plugin_new(int argc, char **argv);
int cmd_plugin_test(int argc, char **argv);

#endif
