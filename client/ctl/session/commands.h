/* Conversations that are kept. */
#ifndef QW_CTL_SESSION_COMMANDS_H
#define QW_CTL_SESSION_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct command session_commands[];

#endif
