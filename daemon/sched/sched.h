/* The scheduler: continuous batching on the engine thread, seen from the loop.
 *
 * sched owns the engine thread, the loaded model, the forward pass, the page pool and the
 * tree.  The loop thread calls the functions below (each says so) and drains events with
 * sched_poll after a wake; nothing here blocks the loop.  Requests are known by `run`.
 *
 * One model at a time: the loop asks for a load only when no run is submitted and not
 * done, and no borrowed model pointer is in use. */
#ifndef QW_DAEMON_SCHED_H
#define QW_DAEMON_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/forward/backend.h"
#include "engine/gen/gen.h"
#include "engine/gen/sampler.h"
#include "engine/model/model.h"
#include "engine/text/ids.h"

struct sched;
struct store;                       /* daemon/store/store.h */

struct sched_options {
    int      n_threads;             /* 0: cpu_count() */
    enum cpu_level level;
    enum kv_type kv_type;
    const char *backend;            /* backend_choose; borrowed while the scheduler lives; NULL: cpu.  With "auto" the CPU
                                     * takes over where the device has no memory for a model, and where it fails */
    enum numerics numerics;         /* of a GPU */
    uint32_t gpu_memory_percent;    /* of what is free, for weights, scratch and pages; 0: 90 */
    uint32_t max_model_len;         /* 0: from the memory that is there */
    const char *repack_cache;       /* folder, borrowed while the scheduler lives; NULL: none */
    uint64_t repack_cache_bytes;
    uint64_t kv_cache_bytes;        /* pool; 0: from the memory that is there */
    uint32_t max_num_seqs;          /* running at once */
    uint32_t max_queue;             /* waiting; one more is QW_EBUSY */
    bool     enable_chunked_prefill;
    enum sched_guess { SCHED_GUESS_OFF, SCHED_GUESS_WHERE_IT_PAYS, SCHED_GUESS_ALWAYS } speculation;
    uint32_t step_ms_shared, step_ms_alone;   /* 200, 1000 */
    struct store *store;            /* or NULL; borrowed.  The engine thread alone polls its STORE_ENGINE mailbox */
    bool     share_pages;           /* one tree of pages for all owners */
    uint32_t drain_ms;              /* a stop writes pages that wait for so long; 0: 5000 */
};

struct sched_load {                 /* copied */
    const char *path, *name;        /* catalogue name */
    const char *chat_template;      /* or NULL */
};

/* A request.  On success of sched_submit the scheduler owns it until its EV_DONE is delivered,
 * which hands it back to the loop; prompt is taken with it. */
struct sched_req {
    uint64_t run;                   /* unique, not 0 */
    uint64_t owner;                 /* principal; prefix pages are shared only within one */
    struct ids prompt;
    struct sample_params sample;    /* bias array owned by req */
    struct gen_params    gen;       /* stop strings owned by req */
    uint32_t n;                     /* choices, >= 1; they share the prompt's pages */
    float    others_temperature;    /* > 0: of the choices after the first, instead of sample's */
    bool     each;                  /* EV_CHOICE as each choice ends */
    int      priority;              /* 0 interactive, 1 batch */
    uint64_t deadline_mono_ms;      /* 0: none; then FINISH_DEADLINE with what there is */
    uint64_t others_deadline_mono_ms;   /* the same for the choices after the first; and for the first once one of them
                                     * has come to its end by itself: so that there is an answer */
    bool     progress;              /* EV_PROGRESS while waiting or prefilling */
    uint32_t n_given;               /* n = 1: so many last ids of prompt are the answer's beginning (resume): they pass
                                     * through the stop rules again, their text is delivered from at = 0, and
                                     * max_tokens counts them.  choices[0].ids has them, too, with NAN as their
                                     * log-probabilities.  usage: they are prompt, not completion */
    uint64_t stored_run;            /* its row in the store, committed before the submit; 0: none.  The engine adds the
                                     * answer's ids to it every 32 tokens or 2 s and at the end */
    bool     store_pages;           /* sealed pages are written behind; found ones are loaded whatever it says */
    void    *user;                  /* the loop's own */
    void   (*free_user)(void *);
};
struct sched_req *sched_req_new(void);                  /* greedy, n = 1, no limit but the context; or NULL */
void sched_req_free(struct sched_req *r);               /* with prompt, bias, stop strings (qw_free) and user */

/* from_memory + from_disk + prefilled == prompt once the prompt has been run; the prompt counts once,
 * whatever n is (choice 0 runs it), and its last token, always run again, as prefilled. */
struct sched_usage { uint32_t prompt, from_memory, from_disk, prefilled, completion; };
struct sched_timing { double queued_ms, prefill_ms, decode_ms, total_ms; };
struct sched_choice {
    enum finish finish;
    struct ids  ids;                          /* the answer's, end id included */
    char       *text;                         /* whole text */
    size_t      text_len;
    struct token_logprob *logprobs;           /* [ids.n] or NULL */
    struct token_logprob *alts;               /* [ids.n][n_logprobs] or NULL */
    float       cum_logprob;                  /* 0 without logprobs */
};

enum sched_event_kind {
    SCHED_EV_LOAD_PROGRESS,   /* done, total */
    SCHED_EV_LOADED,          /* model, info */
    SCHED_EV_LOAD_FAILED,     /* error */
    SCHED_EV_MOVED,           /* info: the device failed, and the CPU goes on with the model */
    SCHED_EV_PROGRESS,        /* run; queued_ahead, prefilled, prompt, eta_ms */
    SCHED_EV_TEXT,            /* run; index, at, text: deltas of one run may have been merged */
    SCHED_EV_CHOICE,          /* run; index, finish, n_ids, text (all of it), timing.total_ms: before EV_DONE, if `each` */
    SCHED_EV_DONE,            /* run; req (handed back), choices, usage, timing, or error */
    SCHED_EV_STOPPED,         /* the engine thread has ended */
};
struct sched_model_info {
    uint32_t max_model_len; bool max_model_len_lowered;
    uint64_t n_pages, page_bytes, weight_bytes;
    enum kv_type kv_type; enum cpu_level level; int n_threads;
    char     backend[16];
    char     device[128], runtime[96];        /* "" on the CPU; as struct backend_info has them */
    uint64_t device_bytes;                    /* of its memory; 0 on the CPU */
    char     why_cpu[768];                    /* where a GPU was wanted and the CPU computes */
    enum numerics numerics;
    double   load_ms;
};
struct sched_event {
    enum sched_event_kind kind;
    uint64_t run;
    uint64_t done, total;
    const struct model *model;                /* EV_LOADED: valid until the loop asks for another load or unload */
    struct sched_model_info info;
    uint32_t queued_ahead, prefilled, prompt; uint64_t eta_ms;
    bool     waiting;                         /* EV_PROGRESS: not admitted yet */
    uint32_t index; uint64_t at; char *text; size_t text_len;   /* EV_TEXT; at: offset in the choice's text */
    enum finish finish; uint32_t n_ids;         /* EV_CHOICE */
    struct sched_req *req;
    struct sched_choice *choices; size_t n_choices;
    struct sched_usage usage; struct sched_timing timing;
    struct qw_error error;                    /* code QW_OK if none */
};

/* Loop thread.  wake(arg) is called from the engine thread (uv_async_send). */
int  sched_new(struct sched **s, const struct sched_options *o, void (*wake)(void *), void *arg, struct qw_error *err);
void sched_free(struct sched *s);                       /* after EV_STOPPED; joins */
/* Any thread: the store has answers for the engine (its wake of STORE_ENGINE). */
void sched_store_wake(struct sched *s);
/* Loop thread.  Limits that may change live: max_num_seqs, max_queue. */
void sched_set_limits(struct sched *s, uint32_t max_num_seqs, uint32_t max_queue);
void sched_load_model(struct sched *s, const struct sched_load *l);   /* -> EV_LOAD_* */
void sched_unload_model(struct sched *s);               /* -> EV_LOADED with model NULL */
/* Loop thread.  QW_ECONTEXT (both numbers), QW_EBUSY, QW_EMODEL, QW_EPARAMS, QW_EDRAINING: the
 * caller keeps r. */
int  sched_submit(struct sched *s, struct sched_req *r, struct qw_error *err);
/* Any thread.  The work is free within one step; EV_DONE follows with FINISH_CANCELLED and what
 * there is.  Unknown runs are ignored. */
void sched_cancel(struct sched *s, uint64_t run);
void sched_cancel_all(struct sched *s);
/* Any thread.  Choices of the run whose answer has n ids (> 0) and goes on are longer than is of use: they end with
 * FINISH_CANCELLED, now or when they get there.  The lowest n counts. */
void sched_cap(struct sched *s, uint64_t run, uint32_t n);
/* Any thread.  A conversation of the owner's is being deleted, and with it run (0: none), which the caller cancels: nothing of
 * it is written any more, nor what of the owner's pages waits for room.  The number returned goes with the deletion
 * (store_txn_set_bar): what was on its way to the store is not kept. */
uint64_t sched_forget(struct sched *s, uint64_t owner, uint64_t run);
struct sched_event *sched_poll(struct sched *s);        /* loop thread; NULL: none */
void sched_event_free(struct sched_event *e);           /* not its req; before sched_free */
void sched_stop(struct sched *s);                       /* cancels everything -> EV_STOPPED */

/* Any thread: a snapshot published by the engine after each step. */
struct sched_stats {
    uint32_t running, waiting;
    uint64_t pages_total, pages_used, pages_cached;     /* used: by running ones; cached: sealed, evictable */
    uint64_t tokens_prefilled, tokens_decoded, tokens_from_memory;
    uint64_t preemptions, evictions, steps;
    uint64_t guesses, guesses_held;                     /* of speculation */
    double   prefill_tok_s, decode_tok_s;               /* smoothed */
    uint64_t kv_bytes_used;
    uint64_t tokens_from_disk, pages_dirty;             /* dirty: sealed, of stored conversations, not durable yet */
};
void sched_get_stats(struct sched *s, struct sched_stats *out);

#endif
