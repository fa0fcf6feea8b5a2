/* Between transfer.c (import), transfer_write.c (export) and transfer_read.c (what the records mean). */
#ifndef QW_DAEMON_STORE_TRANSFER_INT_H
#define QW_DAEMON_STORE_TRANSFER_INT_H

#include "base/mem.h"
#include "daemon/store/pages.h"
#include "daemon/store/transfer.h"

enum record_type { REC_HEAD = 1, REC_SESSION, REC_MESSAGE, REC_RUN, REC_PAGES, REC_PAGE, REC_END };
enum { REC_HEADER = 16, REC_NONE = -1 };
#define TRANSFER_MAGIC "QWTALK\0\1"          /* the last byte: the version */
#define TRANSFER_VERSION 1u

struct talk_run { struct store_run row; uint32_t message, answer; };
struct talk {                       /* what has been read; everything in the arena but the two arrays */
    struct qw_arena *arena;
    enum record_type last;          /* 0: nothing yet */
    struct store_session session;
    struct store_message *messages;
    struct talk_run *runs;
    size_t n_messages, cap_messages, n_runs, cap_runs, n_ids, n_text;
    struct store_ns_key key;        /* owner 0; valid once last >= REC_PAGES */
    uint64_t n_pages;
    const char *spaces[TRANSFER_MAX_SPACES];
    size_t n_spaces;
    const char *our_space;          /* as store_transfer's */
    int32_t n_vocab;
};
int  talk_init(struct talk *t, const char *our_space, int32_t n_vocab, struct qw_error *err);
void talk_free(struct talk *t);
/* How long a record of this type may be, given what has been read. */
uint64_t talk_max_bytes(const struct talk *t, uint32_t type);
/* One record of memory; its order and meaning are checked.  Of pages and the end: only the length. */
int  talk_record(struct talk *t, uint32_t type, const uint8_t *p, uint64_t n, struct qw_error *err);

/* All ids from the root to the head; NULL: no memory. */
int32_t *talk_ids(const struct store_message *m, size_t n_messages, size_t *n);
struct store;
struct db;
int  export_talk(struct store *s, struct db *db, struct store_transfer *x);

#endif
