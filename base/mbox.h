/* Bounded mailbox between two threads (any number of senders, one receiver).
 * Messages are pointers whose ownership moves with them. */
#ifndef QW_BASE_MBOX_H
#define QW_BASE_MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mbox;
/* notify (may be NULL) is called by the sender, without the lock, after each
 * push; it must only wake the receiver (uv_async_send). */
struct mbox *mbox_new(size_t capacity, void (*notify)(void *arg), void *arg);
void  mbox_free(struct mbox *m);                 /* must be empty, unused */
bool  mbox_push(struct mbox *m, void *msg);      /* false: full, the caller keeps msg */
void  mbox_push_wait(struct mbox *m, void *msg); /* waits for room */
void *mbox_pop(struct mbox *m);                  /* NULL: empty */
/* Waits up to timeout_ms (UINT64_MAX: for ever); NULL when it passed. */
void *mbox_pop_wait(struct mbox *m, uint64_t timeout_ms);

#endif
