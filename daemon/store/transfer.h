/* A conversation as one file: export and import.  This header is the format's specification.
 *
 * All numbers are little-endian.  The file is a list of records:
 *   0 type u32, 4 zero u32, 8 length u64, 16 length bytes
 * in this order, and nothing after the end:
 *   1 head      once   "QWTALK\0\1" (8 bytes), created u64 (unix ms)
 *   2 session   once   created i64, updated i64, pinned u8, private u8; strings title, system, model, tags
 *   3 message   0..n   from the root to the head: role u8, flags u8 (1 cut, 2 generated, 4 closed), created i64, hash u64;
 *                      strings space, text, finish; blob verdict; count u32 of ids, int32 each
 *   4 run       0..n   message u32 and answer u32 (numbers of messages in this file, from 0; answer 2^32-1: none),
 *                      state u8, created i64, params_hash u64; blobs params, outcome; count u32 of ids, int32 each
 *   5 pages     0..1   the namespace's key (pages.h, 64 bytes) with its owner zero
 *   6 page      0..n   the data of the next page from the root on: its ids are the messages'
 *   7 end       once   XXH3-128 of all bytes before this record (low 8 bytes, then high 8)
 * string: length u32 (2^32-1: there is none), UTF-8 without NUL; blob: length u32, bytes.
 *
 * A reader checks the checksum first, then every length against what is left and against the bounds below, then
 * meaning.  Messages, session and runs get new numbers; keys of runs do not travel.  Pages are taken only
 * into a namespace of the importer's own that equals the file's in all but the owner, checked against the
 * same ids as any other; otherwise they are left out, and the conversation goes on by prefilling. */
#ifndef QW_DAEMON_STORE_TRANSFER_H
#define QW_DAEMON_STORE_TRANSFER_H

#include "daemon/store/store.h"

enum {
    TRANSFER_MAX_MESSAGES = 100000, TRANSFER_MAX_IDS = 16 << 20, TRANSFER_MAX_TEXT = 16 << 20, TRANSFER_MAX_NAME = 65536,
    TRANSFER_MAX_BLOB = 1 << 20, TRANSFER_MAX_RUNS = 100000, TRANSFER_MAX_BYTES_TEXT = 256 << 20
};

struct store_transfer {
    bool     import;
    enum store_mailbox to;
    void    *user;
    int      fd;                    /* a file, read or written from its start; borrowed until polled */
    uint64_t owner;
    uint64_t session;               /* export: which; import, out: the new one */
    uint32_t ns;                    /* whose pages: the owner's namespace of the model in use; 0: without pages */
    int32_t  max_id;                /* import: ids must be below; 0: the caller checks */
    bool     verdicts;              /* import: trust the file's verdicts; else they are left out */
    /* the answer */
    struct qw_error error;          /* QW_ENOTFOUND; QW_EFORMAT, QW_ETRUNC: what is wrong with the file, and where */
    uint64_t n_messages, n_pages, n_bytes;
};
/* Loop.  Runs on the slow lane; comes back as STORE_A_TRANSFER.  The struct is the caller's. */
int store_transfer(struct store *s, struct store_transfer *x, struct qw_error *err);

/* For tests and fuzzing: the records up to the pages out of memory, without the checksum. */
int transfer_check(const uint8_t *p, size_t n, struct qw_error *err);

#endif
