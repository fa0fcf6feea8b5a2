/* What plugins ask for in the middle of a check: the model's work and the interpreter's (verify.h, verify_asks).
 *
 * generate: a conversation of its own (system, one user turn) goes to the scheduler under a number of its own; the
 * run whose answer is checked pays: its model, its deadline, its usage.  run_program: a program in the program jail
 * (plugins/program), one after the other.  Both end with the plugin's call (dropped).  One level deep: what is
 * generated is not checked, and no plugin is asked for it.  Loop thread, but for rendering. */
#ifndef QW_DAEMON_ASKS_H
#define QW_DAEMON_ASKS_H

#include "daemon/daemon.h"
#include "daemon/sched/sched.h"

struct asks;
struct qw_buf;
int  asks_new(struct daemon *d, struct qw_error *err);      /* d->asks; after d->verify */
void asks_close(struct asks *a);                            /* after verify_close: nobody waits any more */
void asks_free(struct asks *a);                             /* after the loop and the scheduler have ended */
/* An event of a run that runs_event does not know.  true: it was kept. */
bool asks_event(struct asks *a, struct sched_event *ev);

/* Programs will be wanted: starts the interpreter, which takes a second or two while the model writes them.  Before that
 * none runs. */
void asks_warm(struct asks *a);
/* May a plugin ask the model for separate workings, and could its programs be run?  *why: why not, where the jail refuses. */
bool asks_possible(const struct asks *a, const char **why);
/* `programs` of status (PROTOCOL.md). */
void asks_write(const struct asks *a, struct qw_buf *b);

#endif
