/* Models. */
#ifndef QW_CTL_MODEL_COMMANDS_H
#define QW_CTL_MODEL_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct command model_commands[];

#endif
