/* Telling whoever started the daemon how it is: systemd's notification socket and the
 * readiness pipe.  Everything is best effort. */
#ifndef QW_DAEMON_NOTIFY_H
#define QW_DAEMON_NOTIFY_H

void notify_ready(int *ready_fd, const char *socket);   /* writes "READY\n" and closes it; -1: none */
void notify_reloading(void);                            /* notify_reloaded follows */
void notify_reloaded(void);
void notify_stopping(void);
/* Sockets inherited from systemd: descriptors into fds, at most max; returns how many. */
int  notify_inherited(int *fds, int max);

#endif
