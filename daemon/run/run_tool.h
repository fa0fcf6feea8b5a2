/* A run whose model may call tools: its turns.
 *
 *   RUN_ENGINE   a turn is made; where it calls tools
 *   RUN_TOOL     they are called, one after the other; what they say, or why they could not be called, is
 *   RUN_RENDER   rendered behind the turn, as the model's family does it, and
 *   RUN_ENGINE   the next turn is made, with what is left of max_tokens; the last one is the answer
 *
 * In a session turns and results become messages of the conversation, and the row of a stored run goes with them in one
 * transaction: it names the last result as what is answered, and what the turns before came to.  So a run that is resumed
 * begins with the turn that was not whole, or calls the tools of the last one again.  With verify retry each attempt may
 * call; those of the attempts after the first are no part of the conversation, as these are not.  (vote draws its samples
 * at once, and has no tools.)
 *
 * The same request and seed give the same turns as long as the tools say the same. */
#ifndef QW_DAEMON_RUN_TOOL_H
#define QW_DAEMON_RUN_TOOL_H

#include "daemon/run/run.h"
#include "daemon/run/tool_call.h"

#define TOOL_MAX_CALLS     16u          /* of one run: max_tool_calls */
#define TOOL_DEFAULT_CALLS 4u
#define TOOL_MAX_NAMES     16u

/* A call, and once it is over what came of it. */
struct tool_done {
    char    *name, *arguments, *output; /* output: as the model was given it; NULL: not over */
    char    *error;                     /* why it was not run to its end, or NULL */
    uint32_t attempt;
    size_t   at;                        /* bytes of the answer's text before it */
    double   ms;
};

struct tools {
    char    *names[TOOL_MAX_NAMES];     /* that may be called */
    char    *described[TOOL_MAX_NAMES]; /* as the model is told of them; once it is known */
    size_t   n_names;
    uint32_t most;                      /* calls of the run */
    struct tool_format format;          /* the family's, with these names */
    struct tool_done done[TOOL_MAX_CALLS + 1];      /* the last one may be told that there are no more */
    size_t   n_done;
    uint32_t used;                      /* tokens of the attempt's turns before this one */
    struct sched_usage paid;            /* for turns that called */
    struct qw_buf raw;                  /* text of the turn that is made */
    /* the turn whose calls are run */
    struct sched_event *turn;           /* NULL: there is none */
    struct tool_call calls[TOOL_MOST_IN_TURN];
    size_t   n_calls, next, first;      /* first: index in done of its first */
    uint64_t op;                        /* verify_cancel */
    bool     rendering;
};

int  run_tool_new(struct run *r, uint32_t most, struct qw_error *err);     /* r->tools, without names */
int  run_tool_add_name(struct run *r, const char *name, struct qw_error *err);

#endif
