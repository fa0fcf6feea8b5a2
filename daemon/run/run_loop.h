/* The loop of a run: its attempts (retry) or samples (vote).  What is decided is loop.h's; here is what carries it out.
 *
 *   retry: attempt 0: as any run -> check -> loop_next
 *     FRESH:        the prompt again, with the seed sample_seed(seed, attempt) and the loop's temperature (RUN_ENGINE),
 *                   checked (RUN_CHECK)
 *     AGAIN, FINAL: the same, but the feedback is rendered behind prompt and answer first (RUN_RENDER)
 *     END:          loop_best is the answer, which is kept and stored as that of any run
 *   vote: all samples are one request to the engine (RUN_ENGINE).  Each is checked as it ends, beside the others; once one
 *     is proved, those that have become longer than it are cut off (loop_vote says why that changes nothing)
 *
 * An attempt sees the prompt, and with feedback the attempt before it and what failed of that: its ids are a function of
 * those, so that the whole is one of the request and its seed (as long as no time runs out).  Attempts are a dialogue of
 * their own: the conversation keeps the prompt and the answer that was chosen.
 *
 * Time: loop_ms counts from receipt.  Where a plugin may write programs, attempts and samples have two thirds of it. */
#ifndef QW_DAEMON_RUN_LOOP_H
#define QW_DAEMON_RUN_LOOP_H

#include "daemon/run/run.h"

struct attempt {
    struct loop_attempt d;
    uint64_t seed;
    struct sched_choice choice;
    struct sched_usage  usage;
    double   generate_ms, verify_ms;
    struct qw_buf verification;         /* what the check said, a whole map; empty: it was not checked */
    char    *computed, *plugin;         /* the value that the verifier derived; NULL */
    char    *canon;                     /* vote: the name of its value; NULL */
    char    *told;                      /* what the model is told when this is refuted; NULL */
    bool     ended, checked;            /* ended: finish and text are there; checked: or it is not worth it */
};

struct loop {
    struct attempt at[LOOP_ROOM];       /* while a vote's samples are generated those that have ended stand here beyond n */
    size_t   n;
    struct ids prompt;
    uint64_t begin_ms;                  /* of the budget */
    enum loop_next making;              /* the attempt that is on its way; LOOP_END: the first one */
    bool     rendering, checking, worked, over;     /* checking: a plugin has attempt verify_index; worked: programs were asked for */
    struct qw_buf programs;             /* what became of those, a whole map; empty: nothing was */
    enum loop_why why;
    size_t   chosen;
    /* vote */
    struct loop_choice vote;
    int      group[LOOP_ROOM];
    int      n_groups, against;         /* the group that sample verify_index is being compared with */
    size_t   compared[LOOP_ROOM];       /* which ones programs are compared with */
};

uint64_t loop_until(const struct run *r);               /* the end of its time, monotonic ms */
bool loop_in_time(const struct run *r);
bool loop_stopped(const struct run *r);                 /* cancelled, or its deadline has passed */
void loop_end(struct run *r, enum loop_why why);        /* r may be gone then */

/* run_program.c: separate workings, compared with the chosen answer and the others, then loop_end again.  false: there are none. */
bool loop_program(struct run *r);
struct attempt *loop_add(struct run *r, enum loop_asked asked);      /* an empty one; NULL: there are enough */
void loop_check(struct run *r);                         /* has the attempts checked that are not yet, then goes on */
void loop_choose(struct run *r);

/* run_vote.c: samples that are all checked are grouped by value, then loop_end. */
void vote_group(struct run *r);

/* run_loop_write.c */
void loop_write_verification(struct run *r);            /* r->verification, of the chosen one */

#endif
