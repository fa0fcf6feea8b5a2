/* Starting the zygote: bubblewrap around qwend-program, or qwend-program alone.  Any one thread. */
#ifndef QW_PLUGINS_PROGRAM_START_H
#define QW_PLUGINS_PROGRAM_START_H

#include <stdbool.h>

#include "base/error.h"
#include "plugins/host/spawn.h"

/* How qwend-program ends when it does not become the zygote; its standard error says why. */
enum program_exit {
    PROGRAM_EXIT_NOT_NOBODY = 126,      /* proc_command's */
    PROGRAM_EXIT_FAILED     = 120,
    PROGRAM_EXIT_NAMESPACES = 121,      /* they do not hold: do without */
    PROGRAM_EXIT_NEITHER    = 122,      /* no namespaces were asked for, and Landlock does not hold */
};

struct start {
    const char *host_path, *python;     /* python: NULL for the system's */
    const char *bwrap;                  /* NULL: without namespaces */
    bool        landlock;
};
int start_zygote(struct proc *p, const struct start *s, struct qw_error *err);
/* The bubblewrap to use; NULL with *why where there is none. */
const char *start_bwrap(const char *configured, const char **why);

#endif
