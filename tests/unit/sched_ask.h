/* Requests as tests of the scheduler with a store know them, on a fixture's model: asked, answered, compared. */
#ifndef QW_TESTS_SCHED_ASK_H
#define QW_TESTS_SCHED_ASK_H

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/sched/sched.h"
#include "tests/golden/rig.h"

extern struct fixture fix;              /* of load_fixture */
extern size_t page_bytes;
extern enum kv_type kv_type;
/* Connects the store's wake for the engine with s (NULL: no more); set by the test. */
extern void (*ask_attach)(struct store *store, struct sched *s);

struct ask {
    uint64_t run, owner;
    struct ids prompt;
    struct sample_params sample;
    struct gen_params gen;
    uint32_t n, n_given;
    bool stored;
    /* the answer */
    bool done;
    enum finish finish;
    struct ids ids;
    char *text;
    struct qw_buf streamed;
    struct token_logprob *lp;
    struct sched_usage usage;
    struct qw_error error;
};

void ask_init(void);
void load_fixture(const char *name, enum kv_type kv);
/* A prompt of n tokens of the fixture's text; kind says which and how they are sampled, common how many are those of
 * kind 0. */
struct ask *ask_new(unsigned kind, size_t common, size_t n, uint32_t max_tokens);
struct ask *ask_again(const struct ask *o);     /* the same request, not asked yet, of a new run */
void ask_free(struct ask *a);

/* Options left 0: a pool of 200 pages, a context of 256 tokens, 16 sequences. */
struct sched *start(struct store *store, struct sched_options o);
void stop(struct sched *s, struct store *store);
void pool(size_t pages, struct sched_options *o);
struct sched_event *next_event(struct sched *s);
int  try_submit(struct sched *s, struct ask *a, struct qw_error *err);
void submit(struct sched *s, struct ask *a);
/* One event; the ask that it ended, or NULL.  Checks sums, offsets and the joined text. */
struct ask *handle(struct sched *s, struct ask **all, size_t n);
void wait_all(struct sched *s, struct ask **all, size_t n);
void run_one(struct sched *s, struct ask *a);
/* Is got the answer want, of which the first n_given ids were given?  Fails with name if not. */
void same(const struct ask *got, const struct ask *want, const char *name);
#endif
