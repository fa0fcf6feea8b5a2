/* A conversation at the terminal. */
#ifndef QW_CTL_CHAT_COMMANDS_H
#define QW_CTL_CHAT_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct opt chat_opts[];

int cmd_chat(int argc, char **argv);

#endif
