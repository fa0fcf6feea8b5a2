/* The loop of a run: its attempts (retry) or samples (vote).  What is decided is loop.h's; here is what carries it out.
 *
 *   attempt 0: as any run -> check -> loop_next
 *     AGAIN, FINAL: the feedback is rendered behind prompt and answer (RUN_RENDER), submitted with the seed
 *                   sample_seed(seed, attempt) and the loop's temperature (RUN_ENGINE), checked (RUN_CHECK)
 *     END:          loop_best is the answer, which is kept and stored as that of any run
 *
 * An attempt sees the prompt, the attempt before it, and what failed of that: its ids are a function of those, so
 * that the whole is one of the request and its seed (as long as no time runs out).  Attempts are a dialogue of
 * their own: the conversation keeps the prompt and the answer that was chosen. */
#ifndef QW_DAEMON_RUN_LOOP_H
#define QW_DAEMON_RUN_LOOP_H

#include "daemon/run.h"

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
};

struct loop {
    struct attempt at[LOOP_ROOM];
    size_t   n;
    struct ids prompt;
    uint64_t begin_ms;                  /* of the budget */
    enum loop_next making;              /* the attempt that is on its way; LOOP_END: the first one */
    bool     rendering, worked, over;   /* worked: programs were asked for */
    enum loop_why why;
    size_t   chosen;
    /* vote */
    struct loop_choice vote;
    int      group[LOOP_ROOM];
    int      n_groups, against;         /* the group that sample verify_index is being compared with */
};

bool loop_in_time(const struct run *r);
void loop_end(struct run *r, enum loop_why why);        /* r may be gone then */

/* run_program.c: separate workings of the chosen answer, then loop_end again.  false: there are none. */
bool loop_program(struct run *r);
struct attempt *loop_add(struct run *r, enum loop_asked asked);      /* an empty one; NULL: there are enough */
void loop_check_from(struct run *r, size_t i);          /* checks the attempts from i on, then goes on */
void loop_choose(struct run *r);

/* run_vote.c: samples that are all checked are grouped by value, then loop_end. */
void vote_group(struct run *r);

/* run_loop_write.c */
void loop_write_verification(struct run *r);            /* r->verification, of the chosen one */

#endif
