/* qwend-plugin's own: the process's state, shared by child.c (channel and requests) and child_host.c (the
 * functions that the plugin calls). */
#ifndef QW_PLUGINS_HOST_CHILD_INT_H
#define QW_PLUGINS_HOST_CHILD_INT_H

#include "base/buf.h"
#include "base/mem.h"
#include "plugins/host/record.h"
#include "proto/rpc.h"

#define MAX_VERIFIERS 8
#define MAX_OPTIONS   64

struct option { char *key, *value; };
struct tool { struct qwen_tool t; char *name, *about, *schema; };

/* One operation; what the plugin holds as struct qwen_call. */
struct qwen_call {
    struct plug_result *record;
    struct qw_arena    *arena;
    uint64_t            deadline_ms;
    bool                may_ask;        /* verify and tools */
};

struct qwen_registry { int unused; };

/* One plugin a process: the ABI's host functions have no argument to find their process by. */
struct child {
    int      fd;
    uint64_t memory_bytes;
    struct qw_buf in;
    bool     loaded, cancelled;
    bool     may_generate, may_run_program;
    uint32_t next_id;                   /* of what we ask */
    struct qwen_plugin plugin;
    void    *self;
    struct qwen_verifier verifiers[MAX_VERIFIERS];
    size_t   n_verifiers;
    struct tool tools[HOST_MAX_TOOLS];
    size_t   n_tools;
    struct option options[MAX_OPTIONS];
    size_t   n_options;
};
extern struct child child;
extern const struct qwen_host child_host;

/* Sends it whole and empties it; ends the process when nobody listens. */
void child_send(struct qw_buf *b);
/* Reads what is there; wait_ms -1: until something comes.  False at the end of the channel. */
bool child_receive(int wait_ms);
/* Takes the next whole message out of the input: 1, or 0 if more bytes are needed.  The channel's
 * other end is our own supervisor: anything malformed ends the process. */
int  child_next(struct qw_arena *a, struct rpc_msg *msg);
bool child_is(const struct rpc_msg *m, const char *method);

#endif
