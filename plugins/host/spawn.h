/* Starting and ending a qwend-plugin process.  Any one thread. */
#ifndef QW_PLUGINS_HOST_SPAWN_H
#define QW_PLUGINS_HOST_SPAWN_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct proc { pid_t pid; int pidfd, channel, output; };   /* output: its stdout and stderr */
#define PROC_NONE ((struct proc){ -1, -1, -1, -1 })

/* Runs `host_path memory_bytes` with an empty environment, its channel on descriptor 3,
 * standard input from /dev/null and no other descriptor.  All of ours are non-blocking, close-on-exec. */
int  proc_start(struct proc *p, const char *host_path, uint64_t memory_bytes, struct qw_error *err);
/* Closes its channel, kills it if it still runs, reaps it; says how it ended ("exit 1",
 * "signal 11 (Segmentation fault)") in how[64]. */
void proc_end(struct proc *p, char how[64]);
uint64_t proc_resident_bytes(const struct proc *p);

#endif
