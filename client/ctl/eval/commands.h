/* Question sets. */
#ifndef QW_CTL_EVAL_COMMANDS_H
#define QW_CTL_EVAL_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct opt eval_opts[];

int cmd_eval(int argc, char **argv);

#endif
