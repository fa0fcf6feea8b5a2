#include "daemon/owner.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define OWNER_STRANGER (UINT64_C(1) << 63)

void owner_from_uid(uid_t uid, pid_t pid, uint64_t conn_id, struct owner *out)
{
    *out = (struct owner){ .uid = uid, .pid = pid };
    out->stateless = uid == OWNER_NOBODY_UID;
    out->admin = !out->stateless && (uid == 0 || uid == geteuid());
    out->id = out->stateless ? OWNER_STRANGER | conn_id : (uint64_t)uid + 1;
    snprintf(out->name, sizeof out->name, "uid:%u", (unsigned)uid);
}

int owner_of_peer(int fd, uint64_t conn_id, struct owner *out, struct qw_error *err)
{
    struct ucred cred;
    socklen_t n = sizeof cred;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
        return qw_error_errno(err, QW_EDENIED, errno, "the peer's credentials");
    owner_from_uid(cred.uid, cred.pid, conn_id, out);
    return QW_OK;
}
