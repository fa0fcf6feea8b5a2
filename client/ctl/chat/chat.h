/* The conversation of `qwenctl chat`, as its loop (cmd_chat.c) and its slash commands (chat_slash.c) share it. */
#ifndef QW_CTL_CHAT_H
#define QW_CTL_CHAT_H

#include <stdbool.h>

#include "client/qwenclient.h"

struct chat {
    qwen_client *c;
    char *session;              /* NULL: none yet */
    char *model, *system;       /* from /model and /system; NULL: the options' */
    char *tools;                /* from /tool; NULL: the options' */
    char *last;                 /* the last question, for /edit */
    bool  private_;             /* nothing is stored, and nothing is left */
    bool  quit;
    int   rc;
};

void chat_set_string(char **p, const char *s);              /* s NULL: nothing */
/* The next question begins another conversation; a private one is deleted. */
void chat_begin_anew(struct chat *ch);
void chat_say(struct chat *ch, const char *text);           /* a question, and its answer */
/* After an error of the client, which was said: what may go on, goes on. */
void chat_after_error(struct chat *ch);
void chat_command(struct chat *ch, const char *text);       /* chat_slash.c; text begins with a slash */

#endif
