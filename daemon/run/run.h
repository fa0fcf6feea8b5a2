/* A run: a request that takes time, from its receipt to its Outcome.
 *
 *   RUN_MODEL   waits until its model is the loaded one (switching waits for running answers)
 *   RUN_FIND    the store is asked for a conversation that memory has forgotten
 *   RUN_RENDER  messages -> ids, on a worker thread of libuv
 *   RUN_ENGINE  the scheduler has it; text comes as events
 *   RUN_TOOL    the turn calls tools, which are run; then RUN_RENDER and the next turn (run_tool.h)
 *   RUN_CHECK   a plugin checks the answer; retry goes back to RUN_RENDER from here (run_loop.c)
 *   RUN_STORE   what the answer left in the store becomes durable
 * then stream.done and the response are sent, and the run is gone.  Who listens is a list: the
 * request, and those that attached (run_attach.c); when the last one leaves, the run is cancelled,
 * unless it was asked to stay (on_disconnect).  A run that is stored (run_store.c) and ends for
 * want of a listener or of a daemon is interrupted, not done: it can be resumed.  Deadlines count from
 * receipt.  Loop thread, but for run_render. */
#ifndef QW_DAEMON_RUN_H
#define QW_DAEMON_RUN_H

#include "daemon/daemon.h"
#include "daemon/dispatch.h"
#include "daemon/session/history.h"
#include "daemon/run/loop.h"

enum run_kind { RUN_GENERATE, RUN_CHAT, RUN_SESSION, RUN_REGENERATE, RUN_EDIT, RUN_RESUME, RUN_TOKENIZE, RUN_DETOKENIZE,
                RUN_VERIFY, RUN_EQUIV, RUN_CALL, RUN_LOAD, RUN_UNLOAD };
enum run_state { RUN_MODEL, RUN_FIND, RUN_RENDER, RUN_ENGINE, RUN_TOOL, RUN_CHECK, RUN_STORE };

#define RUN_MAX_CHOICES 16

/* Who is told about a run: a request that waits for its Outcome. */
struct listener {
    struct listener *next;
    uint64_t conn_id;
    uint32_t msg_id;
    char    *tag;                       /* or NULL */
    bool     stream;
    uint64_t progress_ms;               /* when stream.progress was sent last, and for which phase (static) */
    const char *phase;
    size_t   sent[RUN_MAX_CHOICES];     /* bytes of each choice's text; one that attached may be ahead of it */
};

struct run {
    struct run     *next, *prev;            /* by arrival */
    struct daemon  *d;
    uint64_t        id, seq;                /* random, unique over restarts; by arrival */
    char            id_text[SESSION_ID_LEN];
    enum run_kind   kind;
    enum run_state  state;
    const struct method_def *method;
    struct listener *listeners;
    struct owner    owner;
    char           *tag;                    /* of the request, or NULL */
    bool            stay;                   /* on_disconnect: detach */
    bool            cancelled, deadline;
    bool            interrupted;            /* cancelled for want of a listener: stays resumable */
    uint64_t        received_ms, deadline_ms;       /* monotonic; 0: no deadline */
    uint64_t        ended_ms;                       /* 0: not yet; stream.done and the response say the same */

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
    struct verify_params { enum loop_mode mode; uint32_t attempts, samples, check_ms, loop_ms; float temperature; bool feedback; } verify;
    struct loop    *loop;                   /* retry and vote (run_loop.h); NULL: off and check */
    struct tools   *tools;                  /* what the model may call (run_tool.h); NULL: nothing */

    /* the store */
    enum durability durability;             /* asked for */
    bool            durability_given;       /* by the request: then less is worth a word */
    char           *key;                    /* idempotency, or NULL */
    uint64_t        params_hash;
    bool            stored;                 /* the store has a row of it */
    bool            store_failed;
    char            store_why[160];
    unsigned        commits;                /* not answered yet */
    uint32_t        n_given;                /* resumed: so many last ids of the prompt begin the answer */
    struct qw_buf   params;                 /* what makes the answer, as it is stored */
    char            fingerprint[33];        /* resumed: the model that it was begun with */
    int64_t         created_unix_ms;

    /* conversation */
    uint64_t        session;                /* id, or 0 */
    struct node    *at;                     /* pinned: session kinds go on from here; NULL: the root */
    struct node    *turn;                   /* pinned: what is answered, once it is known */
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
    uint32_t        attempt;                /* whose text is streamed */
    struct qw_buf   choice_text[RUN_MAX_CHOICES];   /* of it, streamed so far */
    size_t          said;                   /* bytes of the first one that turns before this one said (run_tool.h) */
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
void run_set_id(struct run *r, uint64_t id);    /* a resumed one has its old id */
void run_discard(struct run *r);                /* one that was never started */
/* From here on the run answers its request. */
void run_start(struct run *r);
void run_end(struct run *r);                    /* one that has been answered */
void run_fail(struct run *r, const struct qw_error *err, struct rpc_err_info info);     /* answers with an error; r is gone then */
void run_abandon(struct run *r);                /* after the loop has ended: no reply, no next one */
void run_cancel(struct run *r);                 /* may end it at once: r is gone then */
void run_interrupt(struct run *r);              /* the same; what is stored can be resumed */
bool run_has_outcome(const struct run *r);
/* The owner's run by id text, or by tag (this connection's first).  NULL. */
struct run *run_find(struct daemon *d, const struct owner *o, uint64_t conn_id, const char *id, const char *tag);
struct run *run_find_key(struct daemon *d, const struct owner *o, const char *key);
struct run *run_by_id(struct daemon *d, uint64_t id);

void runs_pump(struct daemon *d);               /* gives waiting runs their model, or asks for another one */
bool runs_event(struct daemon *d, struct sched_event *ev);      /* true: the event was kept */
void runs_conn_gone(struct daemon *d, uint64_t conn_id);
void runs_conn_drained(struct daemon *d, struct conn *c);
void runs_tick(struct daemon *d, uint64_t now_ms);
void runs_cancel_all(struct daemon *d);         /* stored ones are interrupted */
bool runs_rendering(const struct daemon *d);    /* a worker is using the model */
void runs_model_failed(struct daemon *d, const struct model_entry *e, const struct qw_error *err);

void run_finish(struct run *r);                 /* sends the Outcome once what is stored is durable; r may be gone then */

void run_end_early(struct run *r, enum finish how);     /* the engine has not had it; r may be gone then */
void run_committed(struct daemon *d, uint64_t id, int code, const char *why);  /* a write of it was answered; r may be gone then */
void run_release_model(struct run *r);

/* run_engine.c: from the ids of a prompt to the answer */
void run_render_start(struct run *r);           /* r may be gone then */

void run_engine_done(struct run *r, struct sched_event *ev);    /* takes ev, whose choices are answers; r may be gone then */
bool run_keep_answer(struct run *r);            /* the answer into conversation and store; false: r is gone */
void run_rest_of_text(struct run *r, size_t i, const struct sched_choice *c);   /* what was not shown of it yet */
void run_take_back(struct run *r, struct sched_req *q);         /* what the next request needs again; not the prompt */
/* Submits r->ids; on error they are still r's. */
int  run_submit(struct run *r, struct rpc_err_info *info, struct qw_error *err);

/* run_check.c: checks the choices from verify_index on, then run_finish. */
void run_check(struct run *r);
/* Has choice c checked; done is called with it later, from the loop, or at once. */
void run_check_text(struct run *r, const struct sched_choice *c, verify_done *done);
const char *run_question(const struct run *r);

/* run_loop.c: retry and vote.  Each may end r, or go on later. */
int  run_loop_new(struct run *r, struct qw_error *err);         /* after r->verify; nothing for off and check */
void run_loop_free(struct run *r);
void run_usage_add(struct sched_usage *to, const struct sched_usage *u);
/* What the engine did for r: its usage and its time. */
void run_loop_pay(struct run *r, const struct sched_usage *u, const struct sched_timing *t);
bool run_loop_renders(const struct run *r);     /* the worker is to render an attempt: */
int  run_loop_render(struct run *r, struct qw_error *err);
void run_loop_rendered(struct run *r);
void run_loop_shape(const struct run *r, struct sched_req *q);
bool run_loop_begun(const struct run *r);       /* an attempt is there: what goes wrong now costs only others */
void run_loop_choice(struct run *r, const struct sched_event *ev);      /* a sample has ended, before others */
uint32_t run_loop_check_ms(const struct run *r, uint32_t budget_ms);    /* of one check */
void run_loop_cancel(struct run *r);            /* its check, if one is under way beside the engine */
bool run_loop_ids_below(const struct run *r, size_t n_vocab);
void run_loop_done(struct run *r, struct sched_event *ev);      /* takes ev */
void run_loop_resume(struct run *r);            /* attempts came from the store; r->ids is the prompt */
void run_loop_write(const struct run *r, struct qw_buf *b, struct mpw_open *m);     /* keys of the Outcome */
void run_loop_write_params(const struct run *r, struct qw_buf *b, struct mpw_open *m);
int  run_loop_read_params(struct run *r, const struct mp *params, struct qw_error *err);

/* run_tool.c, run_tool_write.c: tools that the model calls.  All do nothing, and say no, for a run without them, but for
 * those marked (t). */
struct tool_done;
void run_tool_free(struct run *r);
int  run_tool_prepare(struct run *r, const struct chat_family *f, uint64_t *hash, struct qw_error *err);
void run_tool_show(const struct run *r, struct chat *c);        /* the tools, to a conversation that is rendered */
void run_tool_shape(const struct run *r, struct sched_req *q);  /* after run_loop_shape */
void run_tool_text(struct run *r, const char *text, size_t n);  /* (t) more of a turn */
/* The engine has made a turn: true where it calls tools, then ev is taken, and r may be gone; else it is the answer. */
bool run_tool_takes(struct run *r, struct sched_event *ev);
bool run_tool_begun(const struct run *r);       /* its tools are being called, or what they said rendered */
void run_tool_cancel(struct run *r);            /* (t) the one that is being called; r may be gone then */
bool run_tool_renders(const struct run *r);     /* the worker is to render results: */
int  run_tool_render(struct run *r, struct qw_error *err);      /* (t) */
void run_tool_rendered(struct run *r);          /* (t) r may be gone then */
void run_tool_put(struct qw_buf *b, struct mpw_open *m, const struct tool_done *d);     /* keys of stream.tool and of tool_calls */
void run_tool_write(const struct run *r, struct qw_buf *b, struct mpw_open *m);         /* keys of the Outcome */
void run_tool_write_params(const struct run *r, struct qw_buf *b, struct mpw_open *m);
int  run_tool_read_params(struct run *r, const struct mp *params, struct qw_error *err);

/* run_attach.c: those who listen */
int  run_listen(struct run *r, struct call *k, const char *tag, bool stream, struct qw_error *err);
bool run_listens(const struct run *r, uint64_t conn_id);
bool run_streams(const struct run *r);          /* somebody wants notifications */
void run_unlisten(struct run *r, struct listener *l);           /* its request is answered, or gone */
size_t run_unsent(const struct run *r, const struct listener *l, size_t choice);
void run_reply(struct run *r, void (*write)(struct run *r, struct qw_buf *b, const void *arg), const void *arg);
void run_reply_error(struct run *r, const struct qw_error *err, const struct rpc_err_info *info);
void run_got_text(struct run *r, size_t choice, const char *text, size_t n);    /* more of it; not sent yet */
void run_new_text(struct run *r, uint32_t attempt);     /* sends what there is, then the text begins anew */
/* Replies with the Outcome of a run that has ended, streamed from where it was left if that was asked for. */
int  attach_ended(struct call *k, const char *outcome, size_t n, const char *tag, struct qw_error *err);
/* The call listens to r, from where its parameters say. */
int  attach_running(struct call *k, struct run *r, struct qw_error *err);

/* run_stream.c: nothing is sent to a caller that did not ask for a stream */
void run_notify_start(struct run *r, struct listener *l);
void run_notify_progress(struct run *r, const char *phase, int64_t ahead, uint64_t done, uint64_t total, uint64_t eta_ms);
void run_notify_deltas(struct run *r, bool all);        /* all: however slow the reader is */
void run_notify_verdict(struct run *r, const struct qw_buf *verification);
void run_notify_attempt(struct run *r, const char *why, int64_t from, const char *feedback);     /* from < 0: none */
void run_notify_tool(struct run *r, const struct listener *only, const struct tool_done *d);    /* only NULL: all */
void run_notify_done(struct run *r);

/* run_render.c */
char *run_space_name(const struct model *m, const struct chat_family *f, uint64_t tools);        /* qw_free; NULL: no memory */
int  run_prepare(struct run *r, struct qw_error *err);          /* loop: what the worker needs; may ask the store first (RUN_FIND) */
void run_render(struct run *r);                                  /* worker: ids, or work_rc */
int  run_keep_turn(struct run *r, struct qw_error *err);         /* loop: the question becomes nodes */
int  run_keep(struct run *r, struct qw_error *err);              /* loop: the answer does */
/* loop: a turn that called tools, and what they said, whose ids are r->ids from n_base on; *turn: the last of them, or NULL */
int  run_keep_results(struct run *r, const struct sched_choice *c, const struct message *results, size_t n, struct node **turn,
                      struct qw_error *err);

/* run_store.c */
enum durability run_durable(const struct run *r);                /* what was achieved, or is meant to be */
uint64_t run_params_hash(const struct method_def *m, const struct mp *params);
void run_store_begin(struct run *r);            /* before the engine has it */
void run_store_forget(struct run *r);           /* the engine did not take it */
void run_store_answer(struct run *r);           /* it ended; r->turn and r->message are known */
void run_store_verdict(struct run *r);
void run_store_attempts(struct run *r);         /* the attempts so far, so that a resumed run goes on from there */
void run_store_turn(struct run *r);             /* another one is answered now: r->turn; what there was of the answer belongs to it */
void run_store_interrupted(struct run *r);
/* What a stored row says about the answer, into a new run. */
int  run_store_read(struct run *r, const struct store_run *row, struct qw_error *err);

/* outcome.c */
void outcome_write(struct qw_buf *b, const struct run *r);
const char *run_state_name(const struct run *r);
/* Outcomes of runs that have ended, bounded, for run.get. */
void finished_keep(const struct run *r);
const struct finished *finished_find(struct daemon *d, const struct owner *o, const char *id, const char *tag);
const struct finished *finished_find_key(struct daemon *d, const struct owner *o, const char *key);
void finished_free(struct daemon *d);

#endif
