/* Plugins and their tools; what `plugin` takes from files of their own. */
#ifndef QW_CTL_PLUGIN_COMMANDS_H
#define QW_CTL_PLUGIN_COMMANDS_H

#include "client/ctl/ui/opts.h"

extern const struct command plugin_commands[], tool_commands[];

extern const struct opt plugin_new_opts[], plugin_test_opts[];
int cmd_plugin_new(int argc, char **argv);
int cmd_plugin_test(int argc, char **argv);

#endif
