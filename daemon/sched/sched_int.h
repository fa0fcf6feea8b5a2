/* What the scheduler's files share (sched.h is for everybody else).
 *
 * Threads: the loop calls the public functions; the engine thread runs engine_main.  Fields
 * under "lock" belong to whoever holds it; fields under "engine" to the engine thread alone.
 *
 * A run is a request under way; it has n sequences, one for each choice.  A sequence is
 * WAITING (holds no page), RUNNING, or LOADING: admitted, but what follows its pages is being read by
 * the store.  Its ids are the truth and its pages a cache of them, so that admission, resume after
 * preemption or a restart, and a prefix hit are one operation (seq_admit).
 *
 * The engine never waits for the store, but for two things: a pool that is to be freed is freed when
 * everything lent has come back, and a sequence that alone is left to give way waits for pages that the
 * store still holds. */
#ifndef QW_DAEMON_SCHED_INT_H
#define QW_DAEMON_SCHED_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "daemon/sched/sched.h"
#include "engine/forward/forward.h"
#include "engine/forward/kv.h"
#include "engine/gen/draft.h"

#define SCHED_MAX_ROWS  512u     /* tokens in a step: bounds the forward pass's scratch */
#define SCHED_MAX_SEQS  256u     /* most that max_num_seqs may be; leaves rows for prefill */
#define SCHED_MAX_N     64u      /* choices of a request */
#define SCHED_MIN_CHUNK 16u

enum seq_state { SEQ_WAITING, SEQ_RUNNING, SEQ_LOADING, SEQ_DONE };
enum source { FROM_MEMORY, FROM_DISK, PREFILLED };     /* of a position's K and V */

struct run;
struct owner;
struct fetch;                    /* sched_fetch.c */

struct seq {
    struct run *run;
    uint32_t   index;            /* which choice */
    uint64_t   arrival;          /* kept when preempted */
    enum seq_state state;
    bool       resumed;          /* was running before */
    struct ids ids;              /* prompt, then answer */
    size_t     n_kv;             /* positions whose K and V are in pages; at rest <= ids.n - 1 */
    struct kv_page **pages;      /* [n_pages]: the first n_sealed sealed, the others open */
    uint8_t  **data;             /* [n_pages] their addresses */
    size_t     n_pages, n_sealed, cap_pages;
    size_t     promised;         /* pages that admission kept free for the known ids */
    size_t     counted;          /* prompt positions that usage has counted */
    size_t     T;                /* tokens in the step being planned; 0: none */
    size_t     row;              /* the step's first row of logits that is its own */
    size_t     most;             /* ids that it will have at most */
    struct draft *draft;         /* NULL: no speculation */
    int32_t    guess[DRAFT_MAX];
    size_t     n_guess;          /* of T: rows for guesses, which stand in ids.v from ids.n on */
    struct fetch *fetch;         /* LOADING */
    bool       asked;            /* the store was asked what follows, since the last admission */
    bool       prefill_saved;
    size_t     n_saved;          /* so many pages, from the first on, have numbers in the store */
    size_t     saved_n;          /* ids.n at the last save */
    size_t     sent;             /* ids of the answer that the store was given */
    uint64_t   saved_ms;
    struct sample_params sample; /* with its own seed */
    struct gen *gen;
    struct qw_buf text;
    struct token_logprob *lp, *alts;
    size_t     cap_lp;
    float      cum_logprob;
    enum finish finish;
};

struct event_box {
    struct sched_event ev;       /* first: a sched_event pointer is its box */
    struct sched *s;
    struct event_box *next;
    size_t text_cap;
    bool   embedded;             /* part of struct sched: never freed */
    bool   in_use;               /* from its push until sched_event_free: the loop reads it in between */
};

struct run {
    struct sched_req *req;
    struct owner *owner;         /* engine */
    uint64_t tree;               /* whose pages: the owner's, or 0 if all share one tree */
    size_t   answer_from;        /* where the answer begins in ids: prompt.n - n_given */
    struct seq *seqs;            /* [req->n] */
    struct sched_choice *choices;/* [req->n], handed over with the last event */
    uint32_t n_done, n_stopped;  /* n_stopped: of them by themselves, with all that they had to say */
    atomic_uint cap;             /* ids of an answer that may go on; 0: any */
    struct event_box *done;      /* the last event, reserved at submit */
    struct sched_usage usage;
    uint64_t submit_ns, admit_ns, first_ns;   /* 0: not yet */
    uint64_t progress_ms;        /* last report */
    struct qw_error error;
    atomic_int cancel;
    atomic_bool forget;          /* nothing of it is to be written any more */
    bool     in_step;            /* lock: part of the step that runs now */
    bool     admitted;           /* engine: has left the queue once */
    struct run *next;            /* lock: inbox */
    struct run *reg_next;        /* lock: registry of live runs */
};

/* Owners take turns: the one that has been served least, in tokens, goes next (deficit round
 * robin with the deficits kept as what each has used).  Gone when it has nothing live. */
struct owner {
    uint64_t id, used, load;     /* load: scratch of admission */
    size_t   n_live;
};

struct owner_ns {                /* an owner's namespace in the store */
    uint64_t tree, retry_ms;     /* ns 0: not to be had; asked again then */
    uint32_t ns;
};

/* One row of a step's logits (sched_draw.c). */
struct draw {
    struct seq *q;               /* NULL: drawn from when the id is taken */
    size_t      ahead;           /* of q's guesses, as many come before it */
    _Atomic int32_t id;          /* written by a worker */
};

#define FORGET_MOST 16u
struct forget {                  /* deletions: whose pages are not to be written; n beyond FORGET_MOST: nobody's */
    uint64_t tree[FORGET_MOST], bar;
    size_t   n;
};

struct load {                    /* a wish to load */
    char *path, *name, *chat_template;
};

struct sched {
    struct sched_options o;
    void (*wake)(void *);
    void  *wake_arg;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t  work;        /* for the engine thread */
    /* lock */
    struct run  *inbox, *inbox_last;
    struct run  *registry;
    struct load *load;
    bool         load_wanted, stop;      /* load_wanted without load: unload */
    bool         store_ready, poke;      /* the store has answers; somebody was cancelled */
    struct forget forget;                /* what the engine is still to learn */
    struct event_box *ev_head, *ev_tail, *ev_spare;
    size_t       n_spare;
    struct event_box ev_load, ev_stop;
    struct sched_stats stats;
    const struct model *model_shown;     /* what the loop may submit to; NULL while loading */
    uint32_t     shown_mml;
    uint32_t     n_waiting, n_running;   /* runs in the queue; sequences running */
    uint32_t     step_live;              /* runs of this step that are not cancelled */

    atomic_int   abort_step;             /* all of them are: the forward pass stops */
    atomic_bool  stopping;
    atomic_uint  max_num_seqs, max_queue;

    /* engine */
    struct backend *device;              /* opened at the first load, or NULL */
    bool            device_chosen;
    bool            device_gone;         /* it failed: the CPU computes until qwend is restarted */
    char            why_cpu[768];        /* why the CPU computes where a GPU was wanted; "": nobody wanted one */
    struct qw_error broken;              /* a copy of a page or row failed: nothing is lent to the store any more */
    bool            broken_told;
    struct backend *backend;             /* what the loaded model is computed on: the device, or NULL for the CPU */
    struct model   *model;
    struct forward *forward;
    struct kv      *kv;
    struct kv_layout layout;
    struct sampler **samplers;           /* [n_samplers] one for each worker of the team that draws */
    size_t          n_samplers;
    float          *logits;              /* [SCHED_MAX_SEQS][n_vocab], resident as rows are used */
    size_t          logits_bytes, n_vocab;
    struct logit_head *heads;            /* [SCHED_MAX_SEQS] of the same rows; NULL: the forward pass gives none */
    uint32_t        mml;
    struct seq    **live;                /* ordered by arrival */
    size_t          n_live, cap_live;
    size_t          running;
    uint64_t        arrivals;
    struct owner  **owners;
    size_t          n_owners, cap_owners;
    struct seq     *order[SCHED_MAX_SEQS];          /* scratch of a step */
    struct forward_seq batch[SCHED_MAX_SEQS];
    struct seq     *batch_seq[SCHED_MAX_SEQS];
    struct draw     draws[SCHED_MAX_SEQS];          /* of the step's rows */
    size_t          n_draws;
    atomic_size_t   next_draw;
    double          prefill_ms_tok, decode_ms, decode_tokens;    /* smoothed; 0: not measured */
    struct draft_cost draft_cost;
    struct sched_stats count;            /* published as stats */
    bool            blocked;             /* nothing runs until the store answers */
    struct owner_ns *ns;
    size_t          n_ns, cap_ns;
    bool            store_off;           /* nothing is written any more */
    uint64_t        bar;                 /* the newest deletion that it knows of */
    uintptr_t       epoch;               /* numbers of pages given before a failure are not trusted */
    uint32_t        failures;            /* commits that failed one after the other */
    size_t          n_txns, n_lent, n_fetches;      /* under way; pages of the transactions */
    uint8_t        *stage_block;         /* sched_stage.c; without a backend none */
    size_t          stage_bytes, n_stage;
    void          **stage;               /* [n_stage] free places */
    atomic_bool     events_pushed, events_urgent;   /* urgent: other than an answer's next words */
    _Atomic uint64_t woken_ns;
};

/* sched_event.c */
struct event_box *ev_new(struct sched *s);               /* any thread; NULL: memory */
void ev_push(struct sched *s, struct event_box *b);      /* engine */
/* The text appended to a choice, joined to what the loop has not fetched yet.  false: memory. */
bool ev_text(struct sched *s, uint64_t run, uint32_t index, uint64_t at, const char *p, size_t n);
/* EV_CHOICE; without memory there is none. */
void ev_choice(struct sched *s, uint64_t run, uint32_t index, const struct sched_choice *c, double total_ms);
/* As ev_push, but takes the place of an unfetched one of the same kind and run. */
void ev_replace(struct sched *s, const struct sched_event *ev);
/* The answer to a load: has a box of its own, so that it cannot fail.  Any thread. */
void ev_answer_load(struct sched *s, const struct sched_event *ev);
void ev_wake(struct sched *s);                           /* wakes the loop if events were pushed */
/* The same, but text may wait for a step or two where steps are so short that nobody would see it.  Not where a long
 * one follows, nor none. */
void ev_wake_soon(struct sched *s);
void ev_free_all(struct sched *s);

/* sched_seq.c (engine thread) */
int  run_new(struct sched *s, struct sched_req *r, const struct model *m, size_t mml, struct run **out,
             struct qw_error *err);                       /* loop thread */
void run_arrive(struct sched *s, struct run *r);          /* into live; without memory r is finished with QW_ENOMEM */
void run_error(struct run *r, const struct qw_error *err);/* the first one counts */
void sched_end_all(struct sched *s, enum finish f, const struct qw_error *err);    /* whatever lives; err or NULL */
bool seq_admit(struct sched *s, struct seq *q);           /* false: no room now */
void seq_walk(struct sched *s, struct seq *q);            /* takes sealed pages that fit its next ids */
bool seq_page(struct sched *s, struct seq *q);            /* one more open page; false: none free */
/* The sealed page p, whose reference q takes, is q's next one. */
void seq_take_sealed(struct sched *s, struct seq *q, struct kv_page *p, enum source from);
void seq_preempt(struct sched *s, struct seq *q);
struct seq *seq_youngest(struct sched *s);
void seq_advance(struct sched *s, struct seq *q, size_t T); /* T positions were computed: count, seal */
bool seq_room_for_logprobs(struct seq *q, size_t n);      /* of its next n ids; false: memory */
bool seq_sample(struct sched *s, struct seq *q, size_t row);  /* false: that was its last, and q may be gone */
void seq_finish(struct sched *s, struct seq *q, enum finish f);
static inline bool seq_admitted(const struct seq *q) { return q->state == SEQ_RUNNING || q->state == SEQ_LOADING; }
static inline size_t seq_left(const struct seq *q) { return q->ids.n - q->n_kv; }

/* sched_draw.c (engine thread) */
bool seq_takes_heads(const struct sched *s, const struct seq *q);  /* its rows of a step are heads, not logits */
/* After the run, for the n sequences of the batch, before any of their ids is taken. */
void draw_all(struct sched *s, size_t n);
/* q's next id, and its log-probabilities, for which there is room.  row: of the step's rows that are q's; the guesses
 * before it are q's ids by now.  Negative: an error. */
int32_t draw_next(struct sched *s, struct seq *q, size_t row, struct qw_error *err);

/* sched_draft.c (engine thread) */
/* After the plan of a step that only decodes: adds rows for guesses; returns how many. */
size_t draft_plan(struct sched *s, size_t decode_rows);
/* After the run, for a decoding sequence: draws from its logits row by row while its guesses hold; returns how many
 * ids it was given.  q may be gone then. */
size_t draft_take(struct sched *s, struct seq *q);

/* sched_step.c (engine thread) */
void sched_reap(struct sched *s);                         /* cancelled ones, deadlines */
void sched_step(struct sched *s);
void sched_publish(struct sched *s);

/* sched_stage.c (engine thread): where the store finds a page's bytes, and leaves them */
int    stage_new(struct sched *s, struct qw_error *err);  /* when layout and backend are known */
void   stage_free(struct sched *s);
size_t stage_room(const struct sched *s);                 /* pages that can be lent now */
void  *stage_lend(struct sched *s, struct kv_page *p);    /* p's place on the host, while there is room; for writing
                                                           * to the store filled by stage_out, after loading emptied by
                                                           * stage_in.  These fail only with the device: s->broken */
int    stage_out(struct sched *s, const struct kv_page *p, void *data);
int    stage_in(struct sched *s, struct kv_page *p, const void *data);
void   stage_back(struct sched *s, void *data);           /* each place once */

/* sched_store.c (engine thread): write-behind, and the store's answers */
void sched_store_poll(struct sched *s);                   /* takes what the store has answered */
void sched_store_write(struct sched *s);                  /* after a step: saves what is due */
void sched_store_leave(struct sched *s, struct seq *q);   /* before q gives up its pages to come back */
void sched_store_finish(struct sched *s, struct seq *q);  /* before q ends: the last save */
void sched_store_forget(struct sched *s, const struct forget *f);
void sched_store_drain(struct sched *s);                  /* no sequence is left: writes all, waits until nothing is lent */
uint32_t sched_store_ns(struct sched *s, uint64_t tree);  /* 0: none */
/* Does the store hold pages that will come back? */
static inline bool sched_store_holds(const struct sched *s) { return s->n_lent + s->n_fetches > 0; }

/* sched_fetch.c (engine thread): pages from the store */
bool fetch_begin(struct sched *s, struct seq *q);         /* true: q is LOADING now; false: to be computed */
void fetch_leave(struct seq *q);                          /* q ends while LOADING */
struct store_find;
struct store_load;
void fetch_found(struct sched *s, struct store_find *f, int code);
void fetch_loaded(struct sched *s, struct store_load *l, int code);

/* sched_load.c (engine thread) */
void sched_do_load(struct sched *s, struct load *l);      /* takes l; NULL: unload */
/* Is an error with this code the device's? */
bool sched_device_failed(const struct sched *s, int code);
/* May the CPU take over where the device cannot?  No: there is none, or it was asked for by name. */
bool sched_may_leave(const struct sched *s);
/* why: of a run, of a row of logits, or of a page's copy.  true: the device was taken by `auto`, and all that runs is admitted again, on the
 * CPU; or ended with why, where there is no memory for that.  false: there is no device, or it was asked for by name; what
 * to say is in why. */
bool sched_leave_device(struct sched *s, struct qw_error *why);
void sched_drop_model(struct sched *s);
void load_free(struct load *l);

#endif
