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

/* The user's daemon.  *started (may be NULL): false when one was there already. */
int daemon_start(const char *model, bool preload, bool *started);   /* exit code; model: its default one, NULL: as configured */
/* Asks the connected daemon to end, and waits until its connection closes.  Not the system's: systemctl does that. */
int daemon_stop(qwen_client *c);
char *daemon_log_path(struct qw_error *err);            /* of a user's daemon; qw_free */

#endif
