/* Calls of the daemon as commands make them: errors are said, and Ctrl-C ends them. */
#ifndef QW_CTL_CALL_H
#define QW_CTL_CALL_H

#include <stdbool.h>

#include "client/qwenclient.h"

/* To the daemon that answers.  No start, nothing said: the negative code, see qwen_open_error(). */
int ctl_connect_quiet(qwen_client **c);

/* From here to interrupt_end, SIGINT wakes this client's call (c may be NULL) and interrupted() says whether it came. */
void interrupt_begin(qwen_client *c);
void interrupt_end(void);
bool interrupted(void);

/* qwen_call for short answers, with its error said. */
int ctl_call(qwen_client *c, qwen_msg *m, qwen_reply **r);      /* exit code */
/* The same for what may take long: no limit in time, and Ctrl-C ends it. */
int ctl_call_long(qwen_client *c, qwen_msg *m, qwen_reply **r);
/* Says the client's last error, with what may be done about it.  Returns the exit code. */
int ctl_say_error(qwen_client *c);

#endif
