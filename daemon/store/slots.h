/* Page files and their slots: which are free, used, pinned; descriptors; disk use.
 *
 * Owns the folder of page files.  The database is the truth about used slots; this is its image in
 * memory, made at recovery.  Any thread (one lock); taking, freeing and shrinking: store-writer only.
 *
 *   HOLE -> (take) WRITING -> (commit) USED -> (free) FREEING -> (durable, no pins) FREE -> (punch) HOLE
 *
 * A slot that a transaction frees is FREEING until that transaction is durable and nobody has it
 * pinned: so what a reader found stays readable, and a rolled back deletion finds its page. */
#ifndef QW_DAEMON_STORE_SLOTS_H
#define QW_DAEMON_STORE_SLOTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/io.h"

enum slot_state { SLOT_HOLE, SLOT_FREE, SLOT_WRITING, SLOT_USED, SLOT_FREEING, SLOT_FREED, SLOT_LOST };
struct slot {
    uint64_t page;
    uint32_t pins;
    uint8_t  state;
};
struct page_file {
    uint32_t file;
    size_t   slot_bytes;
    uint32_t n, cap, max;           /* slots there are, room for, and as many as may be */
    uint32_t n_free;                /* FREE and HOLE below n */
    uint32_t n_old;                 /* FREE: they occupy space already */
    uint32_t hint;                  /* no FREE or HOLE slot below it */
    struct slot *slots;
    int      fd;                    /* -1: not open */
    bool     known;                 /* it has a row in the database */
    bool     bad;                   /* a write or sync failed: nothing new goes there */
    bool     gone;                  /* its name or the file has vanished */
    bool     fresh;                 /* the folder must be synced before its row is committed */
};
struct slots {
    pthread_mutex_t lock;
    const struct io_ops *io;
    char    *dir;
    struct page_file **files;       /* in order of file */
    size_t   n_files;
    uint32_t next_file;
    uint64_t file_bytes, page_bytes;        /* not holes; used */
};

int  slots_init(struct slots *s, const char *dir, const struct io_ops *io);
void slots_free(struct slots *s);
/* Recovery: files and used slots as the database has them.  QW_EFORMAT: impossible. */
int  slots_add_file(struct slots *s, uint32_t file, size_t slot_bytes, struct qw_error *err);
int  slots_add_used(struct slots *s, uint32_t file, uint32_t slot, uint64_t page, struct qw_error *err);
bool slots_known(struct slots *s, uint32_t file);

struct slot_at { uint32_t file, slot; };
enum slots_how {
    SLOTS_ANY,                      /* free ones first, then the file grows, then a new file */
    SLOTS_OLD,                      /* only those that occupy space already */
    SLOTS_NEW_FILE,                 /* in a file made for it (after a failed write), or that new file again */
};
/* WRITING from now on.  QW_ENOTFOUND: none (SLOTS_OLD); QW_ENOMEM. since: for SLOTS_NEW_FILE, the first file number
 * that counts as new. */
int  slots_take(struct slots *s, size_t slot_bytes, uint64_t page, enum slots_how how, uint32_t since, struct slot_at *at,
                struct qw_error *err);
void slots_give_back(struct slots *s, struct slot_at at);          /* WRITING -> FREE (LOST in a bad file) */
void slots_commit(struct slots *s, struct slot_at at);             /* WRITING -> USED */
void slots_freeing(struct slots *s, struct slot_at at);            /* USED -> FREEING */
void slots_keep(struct slots *s, struct slot_at at);               /* FREEING -> USED: rolled back */
void slots_freed(struct slots *s, struct slot_at at);              /* FREEING -> FREE, or FREED while pinned */
/* How many more bytes n slots of this size would occupy. */
uint64_t slots_growth(struct slots *s, size_t slot_bytes, size_t n);

bool slots_pin(struct slots *s, struct slot_at at, uint64_t page); /* false: the slot is no longer that page's */
void slots_unpin(struct slots *s, struct slot_at at);

/* The descriptor, opened if need be (made, O_CREAT, if create).  Valid until slots_free: page files that
 * are known stay open.  QW_ENOTFOUND: the file is not there; QW_ESTORAGE, with errno: it cannot be opened now. */
int  slots_fd(struct slots *s, uint32_t file, bool create, int *fd, size_t *slot_bytes, struct qw_error *err);
void slots_mark_bad(struct slots *s, uint32_t file);
bool slots_mark_gone(struct slots *s, uint32_t file);              /* true the first time */
/* Are files fresh among those that hold WRITING slots?  Then the folder must be synced. */
bool slots_any_fresh(struct slots *s);
bool slots_is_fresh(struct slots *s, uint32_t file);
void slots_not_fresh(struct slots *s);
/* For the transaction: files with slots that have no row yet; next(0) the first; 0: none. */
uint32_t slots_unknown_file(struct slots *s, uint32_t after, size_t *slot_bytes);
void slots_set_known(struct slots *s, bool yes, uint32_t file);

/* Free slots become holes, tails are cut, until file_bytes <= goal.  Returns the bytes given back. */
uint64_t slots_shrink(struct slots *s, uint64_t goal);
void slots_bytes(struct slots *s, uint64_t *file_bytes, uint64_t *page_bytes);
void slots_path(const struct slots *s, uint32_t file, char out[4096]);

#endif
