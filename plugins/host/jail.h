/* The plugin jail: how qwend-plugin confines itself before it opens a plugin, and further
 * once the plugin is loaded.  No helper program and no privileges are needed; what the
 * kernel lacks is left out and reported.  Main thread of a single-threaded process. */
#ifndef QW_PLUGINS_HOST_JAIL_H
#define QW_PLUGINS_HOST_JAIL_H

#include <stdint.h>

#include "plugins/host/host.h"

/* Limits, no new privileges, Landlock (reading only: system libraries and plugin_dir),
 * a system call allowlist.  *level is what was reached. */
int jail_enter(const char *plugin_dir, uint64_t memory_bytes, enum plug_jail *level, struct qw_error *err);
/* After dlopen and init: no more opening of files, no executable memory, no further filters. */
int jail_seal(enum plug_jail level, struct qw_error *err);
/* The level that this machine offers, found by trying it in a child process. */
enum plug_jail jail_probe(void);

#endif
