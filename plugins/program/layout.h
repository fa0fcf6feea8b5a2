/* What of the file system a program's Python reads: the supervisor binds it into the namespaces, and
 * qwend-program allows it in Landlock.  Any thread. */
#ifndef QW_PLUGINS_PROGRAM_LAYOUT_H
#define QW_PLUGINS_PROGRAM_LAYOUT_H

#include <limits.h>
#include <stddef.h>

#include "base/error.h"

struct layout {
    char   python[PATH_MAX];            /* the interpreter itself, no link */
    char   own[2][PATH_MAX];            /* its library folders, where it does not lie in /usr */
    const char *paths[12];              /* files and folders to read; not all need be there */
    size_t n;
};

/* python: NULL for the system's.  QW_ENOTFOUND says where it was looked for; QW_EUNSUPPORTED: not a program
 * but a script (as version managers put before the real one).  paths point into l, which must not be copied. */
int layout_find(struct layout *l, const char *python, struct qw_error *err);
/* The system's python3; NULL where there is none. */
const char *layout_default(void);

#endif
