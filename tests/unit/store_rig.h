/* A store in a temporary folder, with calls that wait for their answer. */
#ifndef TESTS_UNIT_STORE_RIG_H
#define TESTS_UNIT_STORE_RIG_H

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"
#include "daemon/store/store.h"

struct rig {
    char dir[64];
    struct store_options o;
    struct store *s;
    struct store_found found;
    struct store_ns_key key;            /* 2048 bytes a page */
    uint32_t ns;
    pthread_mutex_t lock;
    pthread_cond_t  woken;
    unsigned long   wakes;
};
void rig_make(struct rig *r);                           /* folder and options; not opened */
void rig_open(struct rig *r);                           /* must succeed */
int  rig_try_open(struct rig *r, struct qw_error *err);
void rig_close(struct rig *r);
void rig_reopen(struct rig *r);
void rig_free(struct rig *r);                           /* closes, removes the folder */
/* A test's fixture: an open rig of its own in *state. */
int  rig_setup(void **state);
int  rig_teardown(void **state);
void rig_wait(struct rig *r, enum store_mailbox m, struct store_answer *a);

struct store_txn *rig_txn(void);                        /* to the engine's mailbox */
int  rig_commit(struct rig *r, struct store_txn *t);    /* commits, waits, frees; gives the code */
/* The same, but t stays the caller's. */
int  rig_commit_keep(struct rig *r, struct store_txn *t);

/* Page i of a conversation: ids and data that depend on seed and i only. */
void rig_ids(int32_t ids[KV_PAGE_TOKENS], unsigned seed, size_t i);
void rig_data(void *data, size_t n_bytes, unsigned seed, size_t i);
/* Commits pages from..from+n-1 of conversation `seed` under parent; page ids to out (may be NULL). */
int  rig_put(struct rig *r, uint32_t ns, uint64_t parent, unsigned seed, size_t from, size_t n, uint64_t *out);
/* Finds (and pins) pages 0..n-1; how many are there. */
size_t rig_find(struct rig *r, uint32_t ns, unsigned seed, size_t n, struct store_ref *refs);
/* Loads what rig_find found; how many are good; checks their bytes. */
size_t rig_load(struct rig *r, uint32_t ns, unsigned seed, size_t n, const struct store_ref *refs);
size_t rig_find_load(struct rig *r, uint32_t ns, unsigned seed, size_t n);

struct store_query *rig_ask(struct rig *r, struct store_query *q);     /* waits */
/* The usual questions. */
struct store_query *rig_ask_id(struct rig *r, enum store_query_kind kind, uint64_t owner, uint64_t id);
uint64_t rig_pages(struct rig *r);                      /* how many there are */
uint64_t rig_messages(struct rig *r);
struct store_query *rig_session(struct rig *r, uint64_t owner, uint64_t session);
struct store_query *rig_search(struct rig *r, uint64_t owner, const char *text);

/* Rows with every field set to something that depends on the numbers. */
void rig_put_message(struct store_txn *t, uint64_t owner, uint64_t message, uint64_t parent, int role, const char *text);
void rig_put_session(struct store_txn *t, uint64_t owner, uint64_t session, uint64_t head, const char *title);
/* Session 1 of RIG_OWNER: 11 <- 12 <- 13 <- 14, question and answer twice; head 14. */
enum { RIG_OWNER = 1000 };
void rig_put_talk(struct rig *r);
/* Changes a byte of a file: flips the bits of mask. */
void rig_flip(const char *path, long at, unsigned mask);
char *rig_path(const struct rig *r, const char *name);  /* one static buffer of a few */

#endif
