/* A run: a request that takes time, from its receipt to its Outcome.
 *
 *   RUN_MODEL   waits until its model is the loaded one (switching waits for running answers)
 *   RUN_RENDER  messages -> ids, on a worker thread of libuv
 *   RUN_ENGINE  the scheduler has it; text comes as events
 *   RUN_CHECK   a plugin checks the answer
 * then the answer is kept (sessions and history), stream.done and the response are sent, and
 * the run is gone.  Runs know their connection by id: it may leave at any time, which cancels
 * them.  Deadlines count from receipt.  Loop thread, but for run_render. */
#ifndef QW_DAEMON_RUN_H
#define QW_DAEMON_RUN_H

#include "daemon/daemon.h"
#include "daemon/dispatch.h"

enum run_kind { RUN_GENERATE, RUN_CHAT, RUN_SESSION, RUN_REGENERATE, RUN_TOKENIZE, RUN_DETOKENIZE,
                RUN_VERIFY, RUN_EQUIV, RUN_LOAD, RUN_UNLOAD };
enum run_state { RUN_MODEL, RUN_RENDER, RUN_ENGINE, RUN_CHECK };

#define RUN_ID_LEN 18
#define RUN_MAX_CHOICES 16

struct run {
    struct run     *next, *prev;            /* by arrival */
    struct daemon  *d;
    uint64_t        id;
    char            id_text[RUN_ID_LEN];
    enum run_kind   kind;
    enum run_state  state;
    const struct method_def *method;
    uint64_t        conn_id;
    uint32_t        msg_id;
    struct owner    owner;
    char           *tag;                    /* or NULL */
    bool            stream, cancelled, deadline;
    uint64_t        received_ms, deadline_ms;       /* monotonic; 0: no deadline */
    uint64_t        ended_ms;                       /* 0: not yet; stream.done and the response say the same */
    uint64_t        progress_ms;            /* when stream.progress was sent last */

    struct model_entry *model;              /* wanted; NULL: none needed, or RUN_UNLOAD */
    const struct model *held;               /* while it is held */

    /* what was asked */
    struct message *msgs;                   /* whole conversation, as far as it is text */
    size_t          n_msgs;
    char           *text;                   /* generate, tokenize: the text; verify: see api_verify.c */
    char           *response, *answer, *lang;       /* verify, equiv */
    bool            special, truncated;
    struct ids      ids;                    /* generate, detokenize: given ids; then the prompt */
    struct sample_params sample;
    struct gen_params    gen;
    struct logit_bias   *bias;
    char          **stop;
    uint32_t        n;
    int             priority;
    bool            verify;
    uint32_t        verify_budget_ms;

    /* conversation */
    uint64_t        session;                /* id, or 0 */
    struct node    *base;                   /* pinned; its ids are the beginning of the prompt */
    size_t          n_base, n_used, n_prompt;       /* ids of base; messages that base covers; ids of the prompt */
    bool            base_closed;
    const char     *space;                  /* of nodes; NULL: none are kept */
    uint64_t        message;                /* id of the answer's node, or 0 */

    /* rendering, on a worker */
    uv_work_t       work;
    int             work_rc;
    struct qw_error work_err;
    struct qw_buf   work_text;              /* detokenize */

    /* what came */
    struct qw_buf   choice_text[RUN_MAX_CHOICES];   /* streamed so far */
    size_t          choice_sent[RUN_MAX_CHOICES];
    struct sched_choice *choices;           /* of the event below */
    size_t          n_choices;
    struct sched_event *done;               /* kept until the run ends */
    struct sched_usage  usage;
    struct sched_timing timing;
    enum finish     early;                  /* ended before the engine had it */
    uint64_t        verify_op;
    size_t          verify_index;           /* choice that is being checked */
    struct qw_buf   verification;           /* of choice 0: a whole MessagePack map, or empty */
    double          verify_ms;
};

/* A run for a call, with what all kinds share; not yet started. */
struct run *run_create(struct call *k, enum run_kind kind, struct qw_error *err);
void run_discard(struct run *r);                /* one that was never started */
/* From here on the run answers its request. */
void run_start(struct run *r);
void run_end(struct run *r);                    /* one that has been answered */
void run_abandon(struct run *r);                /* after the loop has ended: no reply, no next one */
void run_cancel(struct run *r);                 /* may end it at once: r is gone then */
/* The owner's run by id text, or by tag (this connection's first).  NULL. */
struct run *run_find(struct daemon *d, const struct owner *o, uint64_t conn_id, const char *id, const char *tag);

void runs_pump(struct daemon *d);               /* gives waiting runs their model, or asks for another one */
bool runs_event(struct daemon *d, struct sched_event *ev);      /* true: the event was kept */
void runs_conn_gone(struct daemon *d, uint64_t conn_id);
void runs_conn_drained(struct daemon *d, struct conn *c);
void runs_tick(struct daemon *d, uint64_t now_ms);
void runs_cancel_all(struct daemon *d);
bool runs_rendering(const struct daemon *d);    /* a worker is using the model */
void runs_model_failed(struct daemon *d, const struct model_entry *e, const struct qw_error *err);

void run_finish(struct run *r);                 /* sends the Outcome; r is gone then */

/* run_check.c: checks the choices from verify_index on, then run_finish. */
void run_check(struct run *r);

/* run_stream.c: nothing is sent to a caller that did not ask for a stream */
void run_notify_start(struct run *r);
void run_notify_progress(struct run *r, const char *phase, int64_t ahead, uint64_t done, uint64_t total, uint64_t eta_ms);
void run_notify_deltas(struct run *r, bool all);        /* all: however slow the reader is */
void run_notify_verdict(struct run *r, const struct qw_buf *verification);
void run_notify_done(struct run *r);

/* run_render.c */
int  run_prepare(struct run *r, struct qw_error *err);          /* loop: what the worker needs */
void run_render(struct run *r);                                  /* worker: ids, or work_rc */
int  run_keep(struct run *r, struct qw_error *err);              /* loop: the answer becomes nodes */

/* outcome.c */
void outcome_write(struct qw_buf *b, const struct run *r);
const char *run_state_name(const struct run *r);
/* Outcomes of runs that have ended, bounded, for run.get. */
void finished_keep(const struct run *r);
const struct qw_buf *finished_find(struct daemon *d, const struct owner *o, const char *id, const char *tag);
void finished_free(struct daemon *d);

#endif
