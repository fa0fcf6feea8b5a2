/* A conversation as one file: export and import.  This header is the format's specification.
 *
 * All numbers are little-endian.  The file is a list of records:
 *   0 type u32, 4 zero u32, 8 length u64, 16 length bytes
 * in this order, and nothing after the end:
 *   1 head      once   "QWTALK\0\1" (8 bytes), created u64 (unix ms)
 *   2 session   once   created i64, updated i64, pinned u8, private u8; strings title, system, model, tags
 *   3 message   0..n   from the root to the head: role u8 (0 system, 1 user, 2 assistant, 3 tool), flags u8 (1 cut, 2 generated, 4 closed), created i64, hash u64;
 *                      strings space, text, finish; blob verdict; count u32 of ids, int32 each
 *   4 run       0..n   message u32 and answer u32 (numbers of messages in this file, from 0; answer 2^32-1: none),
 *                      state u8, created i64, params_hash u64; blobs params, outcome; count u32 of ids, int32 each
 *   5 pages     0..1   the namespace's key (pages.h, 64 bytes) with its owner zero
 *   6 page      0..n   the data of the next page from the root on: its ids are the messages'
 *   7 end       once   XXH3-128 of all bytes before this record (low 8 bytes, then high 8)
 * string: length u32 (2^32-1: there is none), UTF-8 without NUL; blob: length u32, bytes.
 *
 * The last byte of the magic is the version: a reader refuses a later one.
 *
 * A reader checks the checksum first, then every length against what is left and against the bounds below, then
 * meaning.  Messages, session and runs get new numbers; keys of runs do not travel.  Verdicts and outcomes are there
 * for people to read and are not taken, nor is `generated`: only this daemon says what it has generated and verified.
 * Pages go into the importer's own namespace that equals the file's in all but the owner, and are found by the
 * same ids as any other; those of another numerics or page version are left out, and prefilled. */
#ifndef QW_DAEMON_STORE_TRANSFER_H
#define QW_DAEMON_STORE_TRANSFER_H

#include "daemon/store/store.h"

enum {
    TRANSFER_MAX_MESSAGES = 100000, TRANSFER_MAX_RUNS = 100000, TRANSFER_MAX_IDS = 4 << 20,
    TRANSFER_MAX_TEXT = 16 << 20, TRANSFER_MAX_BYTES_TEXT = 32 << 20,          /* one text; all texts and blobs */
    TRANSFER_MAX_BLOB = 1 << 20, TRANSFER_MAX_TITLE = 256, TRANSFER_MAX_NAME = 200,    /* names: model, space */
    TRANSFER_MAX_TAGS = 32, TRANSFER_MAX_TAG = 64, TRANSFER_MAX_SPACES = 16,
    TRANSFER_MAX_NAMESPACES = 32            /* of one owner, before an import makes no more */
};

struct store_transfer {
    bool     import, pages;         /* pages: with them */
    enum store_mailbox to;
    void    *user;
    int      fd;                    /* a file, read or written from its start; borrowed until polled */
    uint64_t owner;
    uint64_t session;               /* export: which; import, out: the new one */
    uint64_t max_bytes;             /* export: pages that would make the file longer are left out */
    /* import; the strings are borrowed */
    const char *title;              /* instead of the file's; NULL: the file's */
    const char *models;             /* names of models that are here, each followed by a line feed; another is left out */
    const char *space;              /* of the model in use: ids of this space must be below n_vocab.  NULL: none is */
    int32_t  n_vocab;               /* in use, or space is another: whoever uses such ids checks them */
    bool     text_only;             /* leave out ids and spaces, and with them runs and pages */
    uint32_t numerics, page_version;        /* of this daemon */
    /* the answer */
    struct qw_error error;          /* QW_ENOTFOUND; QW_ETOOLARGE; QW_EFORMAT, QW_ETRUNC, QW_EUNSUPPORTED: what is
                                     * wrong with the file, and where */
    uint64_t n_messages, n_pages, n_bytes;
    char     title_now[TRANSFER_MAX_TITLE + 1];         /* import: "": it has none */
    int64_t  created_unix_ms;
};
/* Loop.  Runs on the slow lane; comes back as STORE_A_TRANSFER.  The struct is the caller's. */
int store_transfer(struct store *s, struct store_transfer *x, struct qw_error *err);

/* For tests and fuzzing: the records up to the pages out of memory, without the checksum. */
int transfer_check(const uint8_t *p, size_t n, struct qw_error *err);

#endif
