/* Inside qwend-plugin: opens one plugin and runs the supervisor's requests on it.  Main thread
 * only; the process serves until its channel closes. */
#ifndef QW_PLUGINS_HOST_CHILD_H
#define QW_PLUGINS_HOST_CHILD_H

#include <stdint.h>

/* Serves the channel on fd; returns the process's exit status. */
int child_serve(int fd, uint64_t memory_bytes);

#endif
