/* Supervising one plugin process (qwend-plugin), from the daemon or from qwenctl.
 *
 * Fd-driven, so that it fits a uv loop and a blocking program alike: the caller polls plug_fd
 * (one epoll descriptor, the same for the plug's whole life) for reading, waits at most
 * plug_timeout_ms, and calls plug_process; results come through the callback of each op.  plug_wait does it all,
 * blocking.  One op runs at a time, further ones queue (bounded).  A process that crashes, hangs or
 * prints garbage is killed through a pidfd and reaped; the op that was running fails with
 * QW_EPLUGIN and its input is not tried again; the next op starts a new process after a backoff;
 * five crashes a minute disable the plugin until plug_reload.  One thread at a time.
 *
 * In the middle of verify or a tool's call a plugin may ask for the model's or the interpreter's
 * work (struct plug_config: generate, run_program).  The caller answers whenever it can, with
 * plug_reply_*; the op's time runs on, and ends the request with it. */
#ifndef QW_PLUGINS_HOST_H
#define QW_PLUGINS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "plugins/qwen_plugin.h"

struct plug;
struct plug_option { const char *key, *value; };

/* What a plugin asks for; sizes and counts are checked, the texts borrowed for the callback. */
#define PLUG_MAX_TEXTS 16u
struct plug_generate {
    struct qwen_str system, prompt;
    uint32_t n, max_tokens;             /* 1..PLUG_MAX_TEXTS; max_tokens 0: no wish */
    double   temperature;               /* 0..10 */
    uint64_t seed;
    uint32_t remaining_ms;              /* of the op, less what the plugin needs to use the answer: end it then, as far as it is */
};
struct plug_program {
    struct qwen_str language, code, input;      /* language empty: python */
    uint32_t time_ms;                   /* never more than the op has left */
};
struct plug_program_result {
    uint32_t flags;                     /* QWEN_PROGRAM_... */
    int      status;
    struct qwen_str out, err;
};
/* op_arg: the arg of the op that asks.  Answer with plug_reply_* and the id, at once or later. */
typedef void plug_on_generate(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_generate *g);
typedef void plug_on_program(void *arg, struct plug *p, void *op_arg, uint64_t id, const struct plug_program *g);
/* Nobody waits for this answer any more (cancelled, out of time, crashed); one that comes is dropped. */
typedef void plug_on_dropped(void *arg, struct plug *p, uint64_t id);
struct plug_config {
    const char *name;               /* section name, e.g. "calculator" */
    const char *path;               /* the .so, absolute */
    const char *host_path;          /* qwend-plugin; NULL: paths_installed */
    bool        trust_proof;        /* may say verified; refused unless the file is one that nobody else can write */
    uint32_t    timeout_ms;         /* of one op; 0: 10000 */
    uint64_t    memory_bytes;       /* RLIMIT_AS-like cap; 0: 1 GiB */
    int         jail_minimum;       /* enum plug_jail; refuse below */
    const struct plug_option *options; size_t n_options;
    void (*log)(void *arg, const char *line, size_t n); void *log_arg;   /* plugin's output and log() */
    bool        may_generate, may_run_program;   /* granted by the operator */
    uint32_t    max_asks;           /* requests of one op; 0: 16 */
    plug_on_generate *generate;     /* NULL: nothing here could do it */
    plug_on_program  *run_program;
    plug_on_dropped  *dropped;
    void *ask_arg;
};
enum plug_jail { PLUG_JAIL_RLIMITS, PLUG_JAIL_SECCOMP, PLUG_JAIL_LANDLOCK };  /* each contains the ones before */

struct plug_evidence { uint32_t part; enum qwen_of of; enum qwen_for who; char *text, *json; };
struct plug_part {
    uint32_t part;
    enum qwen_verdict answer, working;
    bool conflict[2];               /* by enum qwen_of: two verifiers contradicted each other, which no third one settles */
    char *reading, *computed, *canon;
};
struct plug_read_line { uint32_t part; enum qwen_read what; char *text; };
/* What one separate working came to; value NULL: to nothing. */
struct plug_candidate { uint32_t part; enum qwen_basis basis; char *value; };
/* Result of an op; clamped already (trust).  Owned by the callback's caller. */
struct plug_result {
    struct qw_error error;          /* QW_OK, or why there is none (then everything is undecided) */
    enum qwen_verdict answer, working;   /* of the whole: the weakest part */
    enum qwen_eq eq;
    struct plug_part *parts; size_t n_parts;
    struct plug_evidence *evidence; size_t n_evidence;
    struct plug_read_line *reads; size_t n_reads;
    struct plug_candidate *candidates; size_t n_candidates;
    char *output; size_t output_len;     /* of a tool; UTF-8 without NUL */
    enum qwen_basis basis; uint32_t k, n;    /* of `supported`: k of n agree; n 0: the plugin's word.  Set by who compared, ... */
    size_t compared;                /* ... with which of several answers */
    const char *plugin, *version;   /* borrowed from plug */
    double ms;
};
int  plug_result_copy(struct plug_result *to, const struct plug_result *from);     /* plugin and version stay borrowed */
void plug_result_free(struct plug_result *r);
/* Do more than half of the candidates that have a value agree with the answer (agrees[i], n_candidates of them)? */
bool plug_result_supports(const struct plug_result *r, const bool *agrees);
/* Counts them: where they do, an undecided answer becomes supported, k of n.  Says so in evidence. */
void plug_result_count(struct plug_result *r, const bool *agrees);
/* Two proofs contradict each other: neither is believed, and `text` says so in evidence. */
void plug_result_conflict(struct plug_result *r, const char *text);
/* Does text name the value, however it is spaced or dressed as LaTeX?  Rather yes than no: evidence for the model that
 * names a value which was computed is dropped. */
bool plug_names_value(const char *text, const char *value);
typedef void plug_done(void *arg, const struct plug_result *r);

/* Looks at a file before it is run: readable, a shared object, for this machine.  The error says what is wrong and what
 * to do. */
int  plug_check_file(const char *path, struct qw_error *err);
int  plug_new(struct plug **p, const struct plug_config *c, struct qw_error *err);   /* copies c; starts nothing yet */
void plug_free(struct plug *p);                      /* kills, reaps; waiting ops fail */
struct plug_problem { const char *question, *response, *answer, *lang; bool truncated; };
/* The input is copied.  done is called exactly once, from plug_process or plug_free. */
int  plug_verify(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
int  plug_equal(struct plug *p, const char *gold, const char *answer, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
/* What the plugin reads in a question, without an answer: parts' reading and `reads`. */
int  plug_read(struct plug *p, const char *question, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
/* The canonical name of an answer's value: parts' `canon`, NULL where there is none. */
int  plug_canon(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
/* What the tool says: `output`. */
int  plug_tool_call(struct plug *p, const char *tool, const char *args_json, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
void plug_cancel(struct plug *p, uint64_t op);       /* done is called with QW_ECANCELLED */

/* Answers to what the plugin asked for; err other than NULL: it could not be done.  Also from inside the
 * callback.  An id that is not waited for is ignored. */
void plug_reply_generate(struct plug *p, uint64_t id, const struct qwen_str *text, size_t n, uint64_t cut_off, const struct qw_error *err);
void plug_reply_program(struct plug *p, uint64_t id, const struct plug_program_result *r, const struct qw_error *err);

int  plug_fd(const struct plug *p);
int  plug_timeout_ms(const struct plug *p);          /* -1: none */
void plug_process(struct plug *p);                   /* never blocks */
bool plug_busy(const struct plug *p);
void plug_wait(struct plug *p);                      /* blocks until no op is left */
int  plug_reload(struct plug *p, struct qw_error *err);  /* new process from the next op on; enables again */
void plug_ready(struct plug *p);                     /* starts the process ahead of the first op */

struct plug_tool { char *name, *about, *schema_json; };
struct plug_info {
    const char *name, *version, *path, *state;       /* "idle", "running", "backoff", "disabled" */
    const char *last_error;                          /* "" if none */
    enum plug_jail jail; bool trust_proof;
    bool loaded;                                     /* a process runs that has described itself */
    uint64_t ops, crashes; int pid;
    uint64_t printed_bytes;                          /* to its standard output and error, all processes together */
    bool has_verify, has_equal, has_read, has_canon;    /* known once it has run */
    const struct plug_tool *tools; size_t n_tools;
    bool may_generate, may_run_program;
    uint64_t asks;                                   /* handed to the caller so far */
};
void plug_get_info(const struct plug *p, struct plug_info *i);
const char *plug_jail_name(enum plug_jail j);

#endif
