/* What the api_*.c files share. */
#ifndef QW_DAEMON_API_H
#define QW_DAEMON_API_H

#include "daemon/dispatch.h"
#include "daemon/run.h"

#define API_CHECK_MS 10000     /* budget_ms where none is given */

/* The parameters R of PROTOCOL.md into the run. */
int api_parse_run(struct call *k, struct run *r, const char *model_of_session, struct qw_error *err);
/* `messages`, after the system prompt if there is one (NULL: none given). */
int api_parse_messages(struct call *k, struct run *r, const char *system, struct qw_error *err);
/* A handler's ending: the run is started, or discarded if rc is not QW_OK.  Returns rc. */
int api_start(struct run *r, int rc);

#endif
