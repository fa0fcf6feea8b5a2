/* Building prompts out of pieces; for the families only.  Errors stick in
 * p->text (memory) and are looked at once, by chat_render. */
#ifndef QW_ENGINE_PROMPT_PIECES_H
#define QW_ENGINE_PROMPT_PIECES_H

#include "engine/text/prompt.h"

void prompt_control(struct prompt *p, const char *token);               /* "<|im_start|>" */
void prompt_text(struct prompt *p, const char *s, size_t n);            /* joins a run before it */
void prompt_texts(struct prompt *p, const char *s);
/* Text of the template itself, in which the strings of markup (NULL-terminated) become
 * markup pieces. */
void prompt_literal(struct prompt *p, const char *s, const char *const *markup);

/* What a family does; the tables are in prompt_families.c. */
struct chat_family {
    const char *name;
    const char *default_system;         /* NULL: none */
    bool        tools;
    const char *call_open, *call_close;     /* what stands around a call that the model writes: a JSON object; with tools */
    bool        calls_fenced;           /* its models also write them as a block of JSON between ``` */
    bool        string_arguments_raw;   /* tool arguments that are a JSON string appear without quotes */
    /* Recognition, in normal form (prompt_families.c): a template of about this many bytes,
     * with all of needs and none of lacks in it (NULL ends). */
    size_t      normal_bytes;
    const char *needs[8];
    const char *lacks[8];
    /* start: this is the beginning of a conversation (system message, tools).  Closing an
     * earlier answer: close. */
    int  (*messages)(const struct chat_family *f, const struct chat *c, bool start, struct prompt *p,
                     struct qw_error *err);
    void (*close)(const struct chat_family *f, bool closed, struct prompt *p);
};

#endif
