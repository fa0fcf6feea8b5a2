/* Starting and ending a jailed process (qwend-plugin, qwend-program).  Any one thread. */
#ifndef QW_PLUGINS_HOST_SPAWN_H
#define QW_PLUGINS_HOST_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct proc { pid_t pid; int pidfd, channel, output; };   /* output: its stdout and stderr */
#define PROC_NONE ((struct proc){ -1, -1, -1, -1 })

struct proc_command {
    const char  *path;
    char *const *argv;
    int          extra_fd;      /* ours, which it has as descriptor 4; 0: none */
    bool         nobody;        /* give root up first, for uid and gid 65534; an exit of 126 says that it could not */
};
/* Runs the command with an empty environment, its channel on descriptor 3, standard input from
 * /dev/null and no other descriptor.  All of ours are non-blocking, close-on-exec. */
int  proc_start(struct proc *p, const struct proc_command *c, struct qw_error *err);
/* Has the epoll set ep tell of its channel, output and end. */
void proc_watch(const struct proc *p, int ep);
/* Sends what the channel takes of out; while something is left, ep tells when it takes more. */
void proc_flush(const struct proc *p, int ep, struct qw_buf *out);
/* Closes its channel, kills it if it still runs, reaps it; says how it ended ("exit 1",
 * "signal 11 (Segmentation fault)") in how[64]. */
void proc_end(struct proc *p, char how[64]);
uint64_t proc_resident_bytes(const struct proc *p);

#endif
