/* Checking without a model and a daemon. */
#ifndef QW_CTL_VERIFY_COMMANDS_H
#define QW_CTL_VERIFY_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct opt verify_opts[], equiv_opts[];

int cmd_verify(int argc, char **argv);
int cmd_equiv(int argc, char **argv);

#endif
