/* One question. */
#ifndef QW_CTL_ASK_COMMANDS_H
#define QW_CTL_ASK_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct opt ask_opts[];

int cmd_ask(int argc, char **argv);

#endif
