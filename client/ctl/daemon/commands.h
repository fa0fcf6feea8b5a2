/* The daemon and what it stands on. */
#ifndef QW_CTL_DAEMON_COMMANDS_H
#define QW_CTL_DAEMON_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct opt status_opts[], doctor_opts[], bench_opts[], version_opts[];
extern const struct command daemon_commands[], store_commands[];

int cmd_status(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
