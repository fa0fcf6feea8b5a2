/* Who a peer is: its principal, and what it may do.  From SO_PEERCRED, once per connection.
 * Any thread. */
#ifndef QW_DAEMON_OWNER_H
#define QW_DAEMON_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

#define OWNER_NOBODY_UID 65534u      /* the kernel's uid for "not mapped here": could be anybody */

struct owner {
    uint64_t id;             /* principal; scopes sessions, runs and shared prefix pages; not 0 */
    uid_t    uid;
    pid_t    pid;            /* for the log */
    bool     admin;          /* root, or the daemon's own uid */
    bool     stateless;      /* may own nothing */
    char     name[32];       /* "uid:1000" */
};
/* conn_id makes strangers (uid 65534) principals of their own, each connection another. */
int owner_of_peer(int fd, uint64_t conn_id, struct owner *out, struct qw_error *err);
void owner_from_uid(uid_t uid, pid_t pid, uint64_t conn_id, struct owner *out);

#endif
