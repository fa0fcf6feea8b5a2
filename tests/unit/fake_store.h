/* A store in memory for tests of the scheduler: the functions of daemon/store/store.h that the engine calls, on a
 * thread of its own, with answers that can be held back and with faults.  It outlives schedulers, as a folder would. */
#ifndef QW_TESTS_FAKE_STORE_H
#define QW_TESTS_FAKE_STORE_H

#include <stdatomic.h>

#include "daemon/store/store.h"
#include "engine/text/ids.h"

struct fake_store_faults {
    atomic_int  hold;                   /* bits 1 << enum store_answer_kind: such a one is not answered, nor what follows it */
    atomic_bool no_finds, no_loads;     /* refused when submitted */
    atomic_bool no_namespace;
    atomic_ullong no_namespace_of;      /* of this owner */
    atomic_int  fail_commits;           /* so many are answered with QW_ESTORAGE, without being off */
    atomic_int  room;                   /* pages that fit; 0: any number */
    atomic_ullong bar;                  /* pages of transactions with a lower one are not kept */
    atomic_bool off;                    /* commits are refused: QW_ESTORAGE */
    atomic_int  bad_every;              /* of loaded pages, every Nth is damaged; 0: none */
};
struct fake_store_counts {
    atomic_size_t finds, loads, pages_loaded, commits, pages_written, aliases, touches;
    atomic_size_t changed;              /* pages whose bytes changed while they were lent: must stay 0 */
    atomic_size_t orphans;              /* pages whose parent is not there: must stay 0 without faults */
    atomic_size_t bad_ids;              /* store_txn_ids with a hole: must stay 0 without faults */
    atomic_size_t pinned;
    atomic_size_t waiting;              /* requests that were not answered yet */
};

struct store *fake_store_new(void);
void fake_store_free(struct store *s);  /* nothing is under way */
void fake_store_wake(struct store *s, void (*call)(void *), void *arg);     /* of STORE_ENGINE; NULL: none */
struct fake_store_faults *fake_store_faults(struct store *s);
struct fake_store_counts *fake_store_counts(struct store *s);
size_t fake_store_pages(struct store *s);
void fake_store_ids(struct store *s, uint64_t run, struct ids *out);        /* appended to out */
void fake_store_evict(struct store *s);     /* all pages leave */
void fake_store_release(struct store *s);   /* hold = 0 */
void fake_store_wait(struct store *s, enum store_answer_kind kind);    /* until one of them is first in the queue */
void fake_store_settle(struct store *s);    /* returns when all that was submitted is answered */
#endif
