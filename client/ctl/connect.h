/* Reaching a daemon: finding one, starting the user's own, and making sure that it has a model. */
#ifndef QW_CTL_CONNECT_H
#define QW_CTL_CONNECT_H

#include <stdbool.h>

#include "base/error.h"
#include "client/qwenclient.h"

struct connect_opts {
    bool start;                 /* start the user's daemon when none answers */
    bool need_model;            /* and fetch a model when none is installed (asks first) */
    bool yes;                   /* --yes */
    const char *model;          /* the one that will be asked for, or NULL; the daemon's default stays what it is */
};
/* On EXIT_OK *c is open; else the exit code, and the reason has been said. */
int ctl_connect(qwen_client **c, const struct connect_opts *o);
/* No start, nothing said: the negative code, see qwen_open_error(). */
int ctl_connect_quiet(qwen_client **c);

/* The user's daemon.  *started (may be NULL): false when one was there already. */
int daemon_start(const char *model, bool preload, bool *started);   /* exit code; model: its default one, NULL: as configured */
/* Asks the connected daemon to end, and waits until its connection closes.  Not the system's: systemctl does that. */
int daemon_stop(qwen_client *c);
char *daemon_log_path(struct qw_error *err);            /* of a user's daemon; qw_free */

/* models/ of the daemon that answers (its data folder), or the user's own; qw_free.  c may be NULL. */
char *models_dir(qwen_client *c, struct qw_error *err);

/* From here to interrupt_end, SIGINT wakes this client's call (c may be NULL) and interrupted() says whether it came. */
void interrupt_begin(qwen_client *c);
void interrupt_end(void);
bool interrupted(void);

/* qwen_call for short answers, with its error said. */
int ctl_call(qwen_client *c, qwen_msg *m, qwen_reply **r);      /* exit code */
/* Says the client's last error, with what may be done about it.  Returns the exit code. */
int ctl_say_error(qwen_client *c);

#endif
