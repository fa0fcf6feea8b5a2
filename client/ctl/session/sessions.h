/* Conversations of the daemon, as commands name and finish them: what `session` and `chat` share. */
#ifndef QW_CTL_SESSIONS_H
#define QW_CTL_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/qwenclient.h"

/* What NAME means: a session's id, a beginning of it that only one has, or `last`, the one that was
 * used last.  *id: qw_free.  Exit code; the reason has been said. */
int session_resolve(qwen_client *c, const char *name, char **id);
/* The same for a message of a session: its number as `session show` counts (0: before the first, gives ""), its id,
 * or a beginning of that. */
int session_message(qwen_client *c, const char *session, const char *name, char **id);

/* Calls row for each session (index i of r's `sessions`), pages and all, until it returns false.  query may be
 * NULL.  Exit code. */
typedef bool session_row_fn(void *arg, const qwen_reply *r, size_t i);
int session_each(qwen_client *c, const char *query, session_row_fn *row, void *arg);

/* Goes on with the answer that is running or was interrupted, and shows it from its beginning (not when
 * quiet).  *did: there was one; always: asks the daemon even so, for its reason.
 * *reply may be NULL.  Exit code. */
int session_finish(qwen_client *c, const char *session, bool always, bool quiet, qwen_reply **reply, bool *did);
/* One message for people: who, number (0: none), text. */
void session_show_message(size_t number, const char *role, const char *id, const char *text, size_t n, const char *verdict);
/* The question of an interrupted answer, from session.show's reply; numbered from `number` on, 0: without numbers and ids. */
void session_show_unanswered(const qwen_reply *r, size_t number);
/* The end of a conversation: its last messages, and the question of an interrupted answer. */
int session_show_end(qwen_client *c, const char *session, int64_t last);

#endif
