/* An engine of the test's own, which is small enough to be sure of, and requests as the tests of the scheduler over it
 * know them.  The "KV" of a position is a hash of all ids up to it, kept in the pages that the scheduler hands over, and
 * the logits are a function of that hash.  So an answer is right only if every page of its path held what belonged there,
 * and the expected answer needs no scheduler. */
#ifndef QW_TESTS_SCHED_FAKE_H
#define QW_TESTS_SCHED_FAKE_H

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/sched/sched.h"
#include "engine/forward/forward.h"

enum { VOCAB = 64, END = 63, MAX_LOG = 100000, HEAD_LOGITS = 8 };

struct fake_engine {
    uint32_t context;
    atomic_uint us_per_row;
    atomic_bool hold;            /* forward_run waits until it is cancelled or let go */
    atomic_size_t hold_at;       /* as hold, in the run of this number */
    atomic_int  in_run, bad_pages, fail_next;
    atomic_bool fail_load;
    atomic_bool heads;           /* the pass gives heads, of HEAD_LOGITS each, so that often the row is needed */
    atomic_bool fail_row;
    atomic_size_t n_heads, n_rows;      /* given; rows fetched after them */
    struct step { uint32_t n_seqs, rows, decode, chunk, chunk_end, left; } log[MAX_LOG];
    atomic_size_t n_log;
};
extern struct fake_engine fake;

/* A request as the test knows it. */
struct want {
    uint64_t run;
    struct ids prompt;
    struct sample_params sample;
    uint32_t max_tokens, n, mml;
    struct qw_buf text[4];              /* joined deltas */
    bool done, no_end;
    enum finish finish;
    struct sched_usage usage;
    struct sched_timing timing;
    struct qw_error error;
    int progress, order;
    size_t n_events;
};

extern int done_order;                  /* how many were ended: want.order */
extern const struct sched_options defaults;

void sched_fake_init(void);
void sched_fake_wake(void *arg);                            /* for sched_new */
extern atomic_size_t sched_fake_wakes;                      /* how often it was called */
struct sched_event *next_event(struct sched *s);            /* fails after 20 s without one */
struct sched *start(const struct sched_options *o);         /* with a model */
void stop(struct sched *s);
struct sched_req *make_req(struct want *w, uint64_t owner);
void submit(struct sched *s, struct want *w, uint64_t owner);
struct want *want_new(uint64_t run, size_t n_prompt, uint32_t max_tokens);
void want_free(struct want *w);
/* What the answer must be, without pages, batches or chunks. */
enum finish expected(const struct want *w, uint32_t choice, struct ids *out);
/* One event, checked against what was expected; the request that it ended, or NULL. */
struct want *handle(struct sched *s, struct want **all, size_t n);
void wait_all(struct sched *s, struct want **all, size_t n);

#endif
