/* Chat prompts: messages -> control ids and runs of plain text -> ids.
 *
 * A prompt is a list of pieces; each run of text between two control tokens is
 * tokenized as one string with special parsing off, so that no text of a user,
 * tool or system message can become a control token.  A family is data and one
 * render function (prompt_families.c); it is recognised from the file's own
 * template.  Immutable tables; any thread. */
#ifndef QW_ENGINE_PROMPT_H
#define QW_ENGINE_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/ids.h"
#include "engine/tokenizer.h"

struct chat_tool_call { const char *name; const char *arguments_json; };
struct chat_msg {
    const char *role;                       /* "system", "user", "assistant", "tool" */
    const char *content;                    /* UTF-8, NUL-terminated; may be "" */
    const struct chat_tool_call *tool_calls;
    size_t      n_tool_calls;
};
/* All strings borrowed for the call. */
struct chat {
    const struct chat_msg *msgs;
    size_t      n_msgs;
    const char *const *tools_json;          /* each a JSON object, as the caller wrote it */
    size_t      n_tools;
    bool        add_generation_prompt;
};

struct chat_family;                          /* static */
const struct chat_family *chat_family_find(const char *name);           /* "qwen2.5"; NULL */
/* Recognises tokenizer.chat_template; QW_EUNSUPPORTED names --chat-template and the choices. */
int chat_family_detect(const char *template_text, size_t n, const struct chat_family **f, struct qw_error *err);
const char *chat_family_name(const struct chat_family *f);
const char *chat_family_names(void);                                     /* "qwen3-instruct-2507, qwen2.5, smollm2" */
bool chat_family_has_tools(const struct chat_family *f);

/* Pieces. */
struct prompt_piece { bool control; size_t at, len; };  /* bytes of text[at..at+len): a control token's
                                                          * text, or a run of plain text */
struct prompt { struct qw_buf text; struct prompt_piece *pieces; size_t n, cap; };
void prompt_free(struct prompt *p);

/* The whole conversation.  QW_EUNSUPPORTED: tools for a family without them, an unknown
 * role; QW_EPARAMS: bad tool JSON (index named). */
int chat_render(const struct chat_family *f, const struct chat *c, struct prompt *out, struct qw_error *err);
/* What a new turn appends to a context that already holds ids up to and including the
 * generated answer (whose end-of-turn id may be missing: closed = false): close the turn,
 * separator, the new messages, generation header. */
int chat_render_turn(const struct chat_family *f, const struct chat *c, bool closed,
                     struct prompt *out, struct qw_error *err);
/* Ids of a prompt.  A control piece that the vocabulary lacks is QW_EMODEL naming it. */
int prompt_encode(const struct prompt *p, const struct tokenizer *t, struct ids *out, struct qw_error *err);

#endif
