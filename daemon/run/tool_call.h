/* Calls of tools in what a model wrote, and what it is told of them: taking a turn's calls out of its text, checking
 * them, cutting to size what a tool said.  All of it is a model's or a plugin's text, so nothing here trusts it; a call
 * that is wrong is no failure, but something that the model is told.  Pure functions; any thread. */
#ifndef QW_DAEMON_TOOL_CALL_H
#define QW_DAEMON_TOOL_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/text/prompt.h"

#define TOOL_MOST_IN_TURN  16u              /* calls of one turn; those after them are not looked at */
#define TOOL_MAX_NAME      64u              /* bytes, as those below */
#define TOOL_MAX_ARGUMENTS 32768u
#define TOOL_MAX_OUTPUT    8192u            /* that the model is given of what a tool says */

/* How a call is written.  A block of JSON is one only where it names one of these tools; else it is text. */
struct tool_format {
    struct chat_calls family;
    const char *const *names;               /* borrowed */
    size_t n_names;
};

struct tool_call {
    char *name;                             /* "" where it has none */
    char *arguments;                        /* a JSON object; where something is wrong, the beginning of what stands there */
    char *wrong;                            /* what the model is told instead of a result; NULL: it can be run */
};
void tool_call_free(struct tool_call *c);   /* back to empty */

/* Bytes of a turn's text that are for people: what stands before its first call, without the white space at its end.
 * whole: the text will not grow; else what may still become a call, and white space, is kept back. */
size_t tool_visible(const char *text, size_t n, const struct tool_format *f, bool whole);

/* The calls of a turn, at most TOOL_MOST_IN_TURN; *n of them, 0: none.  Text around them is skipped.  A call that does not
 * end is one where its JSON is whole. */
int tool_calls_parse(const char *text, size_t n, const struct tool_format *f, struct tool_call *out, size_t *n_out,
                     struct qw_error *err);

/* A JSON object as arguments, spelled the same for everybody; QW_EPARAMS, QW_ETOOLARGE (above max bytes). */
int tool_arguments(const char *json, size_t n, size_t max, struct qw_buf *out, struct qw_error *err);

/* What the model is given of a tool's output: cut at max bytes, between characters, with a note of it. */
void tool_output(struct qw_buf *out, const char *text, size_t n, size_t max);

/* A tool as the families show it to the model: {"type": "function", "function": {name, description, parameters}}. */
int tool_description(const char *name, const char *about, const char *schema_json, struct qw_buf *out, struct qw_error *err);

#endif
