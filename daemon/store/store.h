/* The store: conversations and KV pages that outlive the daemon (docs/sessions.md).
 *
 * Owns a folder: `conversations.db` (SQLite, WAL, synchronous=FULL), `pages/` (files of fixed-size
 * slots) and `lock`.  Nothing outside daemon/store/ sees SQLite or a page file.
 *
 * Threads.  The store has its own: a writer (the only one that writes; it commits whatever is
 * queued in one transaction), a finder of pages and a reader (queries) with read-only connections, a slow one (checks, export,
 * import) and two page loaders.  The loop and the engine thread submit requests and never wait; each answer
 * comes back through the mailbox that the request names: wake(arg) is called on a thread of the
 * store, then the owner drains store_poll.  A submitted request belongs to the store until it is
 * polled; what it borrows (page data) must stay as it is until then.
 *
 * Order.  Transactions become durable in the order of store_commit, whichever thread called it:
 * pages are written, then fdatasync, then one SQLite transaction, then the answers.  So a run's
 * row committed by the loop is there before the ids that the engine adds to it.
 *
 * Faults.  A write that fails is tried once more in a new file; then the store is `off`: commits
 * answer QW_ESTORAGE, queries go on as long as they can, and store_status says why.  A page
 * whose header or checksum is not what the database says is never handed out: it is dropped from
 * the database, logged, and the find or load says that it is not there. */
#ifndef QW_DAEMON_STORE_H
#define QW_DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/layout/kv_layout.h"
#include "engine/text/ids.h"

struct store;

enum store_mailbox { STORE_LOOP, STORE_ENGINE, STORE_MAILBOXES };

struct store_options {
    const char *dir;                        /* made (0700) if missing */
    uint64_t    disk_budget;                /* bytes of page files; pages are evicted, messages never */
    uint64_t    keep_free;                  /* bytes of the file system that stay free */
    struct { void (*call)(void *arg); void *arg; } wake[STORE_MAILBOXES];
    const struct io_ops *io;                /* base/io.h; NULL: the system's */
    uint64_t    search_us;                  /* searches and lists that take longer are given up; 0: 5 s */
    const char *vfs;                        /* SQLite's; NULL: its default */
};

/* What opening found. */
struct store_found {
    bool     created;
    uint64_t sessions, messages, pages, interrupted;    /* interrupted: runs that had been running */
    uint64_t set_aside;                     /* page files that the database does not know */
    bool     database_set_aside;            /* it was damaged, or none; this one is new */
    double   ms;
};

/* Loop thread, before any other call; recovers (SQLite only, nothing is scanned).  QW_EBUSY: another
 * daemon has the folder; QW_EUNSUPPORTED: a newer schema; QW_ESTORAGE, QW_EDENIED: name the file. */
int  store_open(struct store **s, const struct store_options *o, struct store_found *found, struct qw_error *err);
/* Loop thread.  Ends after what is queued is durable; answers not yet polled are freed. */
void store_close(struct store *s);

enum store_state { STORE_RUNNING, STORE_OFF };
struct store_status {
    enum store_state state;
    char     why[256];                      /* STORE_OFF: for people */
    uint64_t sessions, messages, pages, page_bytes, file_bytes, db_bytes, disk_budget;
    uint64_t commits, pages_written, pages_loaded, pages_damaged, pages_evicted;
    uint32_t queued;
};
void store_get_status(struct store *s, struct store_status *out);      /* any thread: a snapshot */

/* ---- rows ----------------------------------------------------------------------------------
 * Strings are UTF-8 and NUL-terminated, NULL where there is none.  Ids of sessions, messages and
 * runs are random 60-bit numbers, not 0; 0 means none.  blob: opaque to the store. */

struct store_blob { const void *p; size_t n; };

struct store_session {
    uint64_t session, owner, head;          /* head: message, or 0 */
    const char *title, *system, *model, *tags;          /* tags: blanks between them */
    const char *verify;                     /* how its answers are checked, opaque to the store */
    bool     pinned, private_;              /* private_: not found by search */
    int64_t  created_unix_ms, updated_unix_ms;
    uint8_t  durability;                    /* its own, opaque to the store; 0: none of its own */
    uint32_t n_messages;                    /* from the root to the head; written by the caller */
    uint64_t interrupted;                   /* its newest interrupted run, or 0; read only */
};
struct store_message {
    uint64_t message, owner, parent;        /* parent 0: the root */
    const char *space;                      /* model and way of rendering; see daemon/session/session.h */
    uint8_t  role;                          /* enum node_role */
    bool     cut, generated, closed;
    const char *text, *finish;
    const int32_t *ids;
    size_t   n_ids;
    struct store_blob verdict;              /* a MessagePack map, or empty */
    bool     brief;                         /* verdict is its name alone: one that is there already stays */
    uint64_t hash;                          /* of role and text, as daemon/session/session.c makes it */
    int64_t  created_unix_ms;
};
enum store_run_state { STORE_RUN_RUNNING, STORE_RUN_INTERRUPTED, STORE_RUN_DONE };
struct store_run {
    uint64_t run, owner, session, message;  /* message: what is answered */
    uint64_t answer;                        /* the answer's message, or 0 */
    const char *key;                        /* idempotency key, unique per owner; or NULL */
    uint64_t params_hash;                   /* of the request */
    struct store_blob params;               /* everything that makes the answer: model, sampling, seed, stop... */
    struct store_blob outcome;              /* when done */
    enum store_run_state state;
    const int32_t *ids;                     /* of the answer so far; read only: written by store_txn_ids */
    size_t   n_ids;
    int64_t  created_unix_ms;
};

/* ---- writing -------------------------------------------------------------------------------
 * Any thread builds one (one at a time).  All rows and ids are copied, page data is borrowed.
 * Errors (memory) stick, and store_commit says so. */

struct store_txn;
struct store_txn *store_txn_new(enum store_mailbox to, void *user);     /* NULL: no memory */
void store_txn_free(struct store_txn *t);               /* one that was not committed, or after its poll */
void store_txn_session(struct store_txn *t, const struct store_session *row);       /* insert or replace */
void store_txn_message(struct store_txn *t, const struct store_message *row);       /* insert; once there, only verdict,
                                                                                     * closed and finish change */
void store_txn_run(struct store_txn *t, const struct store_run *row);               /* insert or replace, but for ids */
/* The answer's ids from position at on; what is stored beyond at is cut first. */
void store_txn_ids(struct store_txn *t, uint64_t run, size_t at, const int32_t *ids, size_t n);
/* A session's messages go with it, as far as no other session or run needs them; so do its runs. */
void store_txn_delete_session(struct store_txn *t, uint64_t owner, uint64_t session);
void store_txn_delete_run(struct store_txn *t, uint64_t owner, uint64_t run);
/* What the engine has under way when a session is deleted must not come after it: the deletion bears a new number, and
 * pages of the owner's whose transaction has a lower one (0: none) are not kept once the deletion is done. */
uint64_t store_bar_new(struct store *s);                /* any thread */
void store_txn_set_bar(struct store_txn *t, uint64_t bar);
uint64_t store_txn_bar(const struct store_txn *t);
void store_txn_touch(struct store_txn *t, uint64_t page);               /* this leaf was used */

/* A sealed page.  parent: its parent's id in the store, 0 for the root; it may be of the same or of an
 * earlier transaction that is not durable yet.  page: made by store_page_id.  Where the database has
 * the same (namespace, parent, ids) already, that one stays, and page becomes an alias of it for as
 * long as this daemon runs. */
struct store_page {
    uint64_t page, parent;
    int32_t  ids[KV_PAGE_TOKENS];
    const void *data;                       /* page_bytes of the namespace */
    void    *user;                          /* the engine's page; handed back with the answer */
};
void store_txn_pages(struct store_txn *t, uint32_t ns, const struct store_page *pages, size_t n);
uint64_t store_page_id(struct store *s);                /* any thread: a new number, never used before */

/* Takes t on QW_OK; it comes back by store_poll with QW_OK once durable, or with the error (nothing of
 * it is in the database then).  QW_ENOMEM, QW_ESTORAGE (off): the caller keeps t. */
int  store_commit(struct store *s, struct store_txn *t, struct qw_error *err);

/* ---- pages: engine thread ------------------------------------------------------------------- */

/* The namespace of pages: all that fixes their bits, and whose they are (DESIGN, "Pages"). */
struct store_ns_key {
    uint8_t  fingerprint[16];               /* of the model file */
    uint64_t params;                        /* hash of the effective hyper-parameters */
    struct kv_layout layout;
    uint32_t numerics, page_version;
    uint64_t owner;                         /* 0: shared by all */
};
/* A number for it, durable with the first page.  Any thread.  0 on failure. */
uint32_t store_namespace(struct store *s, const struct store_ns_key *k, struct qw_error *err);

/* Which pages that continue parent (0: the root) with these ids are there?  Longest chain, at most n. */
struct store_find {
    uint32_t ns;
    uint64_t parent;
    const int32_t *ids;                     /* [n * KV_PAGE_TOKENS], borrowed until polled */
    size_t   n;
    struct store_ref { uint64_t page; uint32_t file, slot; } *found;    /* [n], the caller's */
    size_t   n_found;                       /* out */
    void    *user;
};
int  store_find(struct store *s, struct store_find *f, struct qw_error *err);

/* Reads pages into buffers, checks header, ids, parent and XXH3; in the order given, in parallel.
 * n_loaded: how many from the first on are good (the rest must be computed). */
struct store_load {
    uint32_t ns;
    uint64_t parent;
    const int32_t *ids;                     /* [n * KV_PAGE_TOKENS], borrowed */
    const struct store_ref *refs;           /* [n], borrowed; pinned by store_find until this is polled */
    void   **data;                          /* [n] where to, page_bytes each; borrowed */
    size_t   n, n_loaded;
    void    *user;
};
int  store_load(struct store *s, struct store_load *l, struct qw_error *err);
/* Unpins what a find found and no load will read (a load unpins all of its own). */
void store_unpin(struct store *s, const struct store_ref *refs, size_t n);

/* ---- queries -------------------------------------------------------------------------------- */

enum store_query_kind {
    STORE_Q_SESSION,        /* owner, id: the session and its messages from the root to `at` (0: its head) */
    STORE_Q_SESSIONS,       /* owner, limit, cursor, text (NULL, or part of title or tag): newest first, pinned ones before */
    STORE_Q_SEARCH,         /* owner, text, limit, cursor: messages of its sessions that hold it */
    STORE_Q_MESSAGE,        /* owner, id: the path from the root to it */
    STORE_Q_CHILDREN,       /* owner, id: a message's children (siblings of one another), oldest first */
    STORE_Q_RUN,            /* owner, id or key: the run with its ids */
    STORE_Q_INTERRUPTED,    /* owner, id (session): its newest interrupted run */
    STORE_Q_MATCH,          /* owner, space, hashes[n]: generated messages that end the longest path with
                             * these hashes from the root (a candidate: the caller compares texts); its path */
    STORE_Q_CHECK,          /* integrity_check, and every page's checksum if deep; text: a report */
    STORE_Q_GC,             /* evicts to the budget, removes files set aside if `deep`, shrinks files, VACUUMs free pages */
};
struct store_hit {          /* of STORE_Q_SEARCH */
    uint64_t session, message;
    const char *title, *snippet;            /* the words found stand between \x02 and \x03 */
    uint8_t  role;
    int64_t  created_unix_ms;
};
struct store_query {
    enum store_query_kind kind;
    enum store_mailbox to;
    void    *user;
    uint64_t owner, id, at;
    const char *text, *key, *space;         /* copied by store_ask */
    const uint64_t *hashes;                 /* copied */
    size_t   n_hashes;
    uint32_t limit;
    const char *cursor;                     /* as the last answer gave it, or NULL */
    bool     deep;
    /* the answer; everything belongs to the query */
    struct qw_error error;                  /* QW_OK, QW_ENOTFOUND, QW_ESTORAGE, QW_EPARAMS (cursor), QW_EDEADLINE (search_us) */
    struct store_session *sessions;  size_t n_sessions;
    struct store_message *messages;  size_t n_messages;         /* in order from the root, or as asked */
    struct store_hit     *hits;      size_t n_hits;
    struct store_run      run;
    char    *report;                        /* text of check and gc */
    uint64_t n_bad;                         /* check: faults found */
    char    *next;                          /* cursor, or NULL: that was all */
};
struct store_query *store_query_new(enum store_query_kind kind, enum store_mailbox to, void *user);    /* NULL: no memory */
void store_query_free(struct store_query *q);
int  store_ask(struct store *s, struct store_query *q, struct qw_error *err);      /* loop; takes q on QW_OK */

/* ---- answers -------------------------------------------------------------------------------- */

enum store_answer_kind { STORE_A_COMMIT, STORE_A_FIND, STORE_A_LOAD, STORE_A_QUERY, STORE_A_TRANSFER };
struct store_answer {
    enum store_answer_kind kind;
    int      code;                          /* QW_OK, QW_ESTORAGE */
    struct store_txn   *txn;                /* STORE_A_COMMIT: the caller's again; store_txn_free */
    struct store_find  *find;
    struct store_load  *load;
    struct store_query *query;
    struct store_transfer *transfer;
};
/* The mailbox's own thread; false: none. */
bool store_poll(struct store *s, enum store_mailbox m, struct store_answer *out);
void *store_txn_user(const struct store_txn *t);
/* The pages of a polled transaction, as they were given, but for `page`: the id of the twin that stays where
 * there was one, 0 where it could not be kept (no room, barred, or its parent has left the store): it is not on disk. */
const struct store_page *store_txn_get_pages(const struct store_txn *t, size_t *n);
const char *store_txn_error(const struct store_txn *t);     /* why it failed; "" if it did not */

/* Export and import of a session: transfer.h. */

#endif
