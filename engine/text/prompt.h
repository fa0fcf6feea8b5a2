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
#include "engine/text/ids.h"
#include "engine/text/tokenizer.h"

/* arguments_json: a JSON value, normally an object.  A client's string that holds JSON
 * (as OpenAI's API sends) is passed as what it holds, without its quotes. */
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
/* How the family's models write a call of a tool, a JSON object {"name", "arguments"}: what stands around it; fenced: some of
 * them write a block of JSON between ``` instead, as small ones of Qwen2.5-Coder always do. */
struct chat_calls { const char *open, *close; bool fenced; };
/* false: the family has no tools. */
bool chat_family_calls(const struct chat_family *f, struct chat_calls *c);
const char *chat_family_names(void);                                     /* "qwen3-instruct-2507, qwen2.5, smollm2" */

/* Pieces: text[at..at+len) is a control token's text, a run of plain text (neither), or
 * markup of the template ("<tool_call>"), which is one token where the vocabulary has it and
 * part of the run around it where not.  Pieces lie end to end and cover the text. */
struct prompt_piece { bool control, markup; size_t at, len; };
struct prompt { struct qw_buf text; struct prompt_piece *pieces; size_t n, cap; };
void prompt_free(struct prompt *p);

/* The whole conversation; out is overwritten, and untouched on failure.  QW_EUNSUPPORTED:
 * tools for a family without them, an unknown role; QW_EPARAMS: no message, bad tool JSON
 * (index named). */
int chat_render(const struct chat_family *f, const struct chat *c, struct prompt *out, struct qw_error *err);
/* What a new turn appends to a context that already holds ids up to and including the
 * generated answer (whose end-of-turn id may be missing: closed = false): close the turn,
 * separator, the new messages (there may be none), generation header.  A family's default
 * system message and the tools stand at the start of the context: c's tools are not
 * rendered here. */
int chat_render_turn(const struct chat_family *f, const struct chat *c, bool closed,
                     struct prompt *out, struct qw_error *err);
/* Appends the ids of a prompt.  Text that is not UTF-8 is QW_EPARAMS; a control piece that the
 * vocabulary lacks is QW_EMODEL naming it. */
int prompt_encode(const struct prompt *p, const struct tokenizer *t, struct ids *out, struct qw_error *err);

#endif
