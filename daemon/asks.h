/* What plugins ask for in the middle of a check: the model's work and the interpreter's (verify.h, verify_asks).
 *
 * generate: a conversation of its own (system, one user turn) goes to the scheduler under a number of its own; the
 * run whose answer is checked pays: its model, its deadline, its usage.  run_program: a program in the program jail
 * (plugins/program), one after the other.  Both end with the plugin's call (dropped).  One level deep: what is
 * generated is not checked, and no plugin is asked for it.  Loop thread, but for rendering. */
#ifndef QW_DAEMON_ASKS_H
#define QW_DAEMON_ASKS_H

#include "daemon/daemon.h"
#include "daemon/sched.h"

struct asks;
int  asks_new(struct daemon *d, struct qw_error *err);      /* d->asks; after d->verify */
void asks_close(struct asks *a);                            /* after verify_close: nobody waits any more */
void asks_free(struct asks *a);                             /* after the loop and the scheduler have ended */
/* An event of a run that runs_event does not know.  true: it was kept. */
bool asks_event(struct asks *a, struct sched_event *ev);

#endif
