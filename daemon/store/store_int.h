/* The store's inside, shared by the files of daemon/store/ only.
 *
 * Locks: each of queue, lane, mailbox, slots, aliases, names and status has its own and none is taken
 * while another is held, but for slots' under nothing and status' last.  Requests carry the nodes by
 * which they are queued and answered, so that nothing is allocated once they have been taken. */
#ifndef QW_DAEMON_STORE_STORE_INT_H
#define QW_DAEMON_STORE_STORE_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/pages.h"
#include "daemon/store/slots.h"
#include "daemon/store/store.h"

/* ---- answers: mailbox.c ---- */
struct answer {
    struct answer *next;
    struct store_answer a;
    void (*free)(struct answer *n);         /* what holds this node, when nobody polled; or after the poll */
    bool free_on_poll;
};
struct mailbox {
    pthread_mutex_t lock;
    struct answer *head, *tail;
    void (*wake)(void *arg);
    void *arg;
};
void mailbox_init(struct mailbox *m, void (*wake)(void *), void *arg);
void mailbox_free(struct mailbox *m);
void mailbox_post(struct mailbox *m, struct answer *n);     /* store's threads */
struct answer *mailbox_take(struct mailbox *m);

/* ---- a transaction: txn.c ---- */
enum op_kind { OP_SESSION, OP_MESSAGE, OP_RUN, OP_IDS, OP_DELETE_SESSION, OP_DELETE_RUN, OP_TOUCH };
struct op {
    struct op *next;
    enum op_kind kind;
    union {
        struct store_session session;
        struct store_message message;
        struct store_run run;
        struct { uint64_t run; size_t at; const int32_t *ids; size_t n; } ids;
        struct { uint64_t owner, id; } del;
        uint64_t page;
    };
};
struct placed {                 /* of the page of the same index */
    uint32_t ns;
    struct slot_at at;
    size_t   n_bytes, slot_bytes;
    uint64_t parent;            /* without aliases */
    bool     has_slot;
    uint8_t  header[PAGES_HEADER];
};

enum item_kind { ITEM_TXN, ITEM_DROP_PAGE, ITEM_DROP_FILE, ITEM_GC, ITEM_IMPORT };
struct item {                   /* of the writer's queue */
    struct item *next;
    enum item_kind kind;
};
struct store_txn {
    struct item item;           /* first */
    struct answer answer;
    enum store_mailbox to;
    void *user;
    struct qw_arena *arena;
    struct op *ops, **last_op;
    struct store_page *pages;   /* with placed[] beside */
    struct placed *placed;
    size_t n_pages, cap_pages;
    size_t page_bytes;          /* of all; a bound for batches */
    uint64_t bar;               /* of a deletion; or the newest that the engine knew of */
    int    code;                /* a sticky error, then the result */
    struct qw_error error;
    struct waiter *waiter;      /* one of our own threads waits: no answer is posted */
};
struct waiter { pthread_mutex_t lock; pthread_cond_t done; bool is_done; };
/* Commits and waits; t stays the caller's.  Not on the writer. */
int  writer_commit_wait(struct store *s, struct store_txn *t, struct qw_error *err);
struct drop {
    struct item item;
    uint64_t page;              /* ITEM_DROP_PAGE */
    uint32_t file;              /* ITEM_DROP_FILE */
};

/* ---- queries: query.c ---- */
struct query {
    struct store_query q;       /* first */
    struct item   item;         /* GC, on the writer's queue */
    struct answer answer;
    struct qw_arena *arena;
    size_t cap_sessions, cap_messages, cap_hits;
};
struct request {                /* of a lane */
    struct request *next;
    struct answer answer;       /* of finds */
    struct store_find *find;    /* or NULL */
    struct query *query;        /* or NULL */
    struct store_transfer *transfer;        /* or NULL */
};
struct lane {                   /* a thread with a read-only connection */
    struct store *store;
    uint64_t until_ns;          /* of the query that runs; 0: no bound.  The lane's own, as is late: it was above it */
    bool     late;
    pthread_t thread;
    bool      started;
    pthread_mutex_t lock;
    pthread_cond_t  work;
    struct request *head, *tail;
    _Atomic bool stop;
    struct db db;
};

/* ---- loads: loader.c ---- */
struct load_job {
    struct load_job *next;
    struct answer answer;
    struct store_load *l;
    size_t   page_bytes;
    uint64_t parent;            /* without aliases */
    size_t   next_page, done_pages, first_bad, advised;
};
enum { LOADERS = 2 };
struct loaders {
    pthread_t thread[LOADERS];
    size_t    n_started;
    pthread_mutex_t lock;
    pthread_cond_t  work;
    struct load_job *head, *tail;
    bool      stop;
};

/* ---- numbers that stand for others: alias.c ---- */
struct alias_map {
    pthread_mutex_t lock;
    struct { uint64_t from, to; } *v;
    size_t n, cap;              /* cap: power of two */
};
void     alias_init(struct alias_map *m);
void     alias_free(struct alias_map *m);
void     alias_add(struct alias_map *m, uint64_t from, uint64_t to);    /* without memory: forgotten, a cache miss */
uint64_t alias_get(struct alias_map *m, uint64_t page);                 /* page itself if none */

struct ns_row { uint32_t ns; bool durable; struct store_ns_key key; uint8_t bytes[PAGES_NS_KEY]; };

struct freed { struct slot_at *v; size_t n, cap; };
struct bar { uint64_t owner, bar; };

struct store {
    char    *dir, *db_path, *vfs, *lock_path;
    int      lock_fd;
    uint64_t disk_budget, keep_free;
    const struct io_ops *io;
    uint8_t  uuid[16];
    uint64_t epoch;                         /* opens: the high part of page numbers */
    _Atomic uint64_t next_page, last_bar;
    struct mailbox box[STORE_MAILBOXES];
    struct slots slots;
    struct alias_map alias;

    pthread_mutex_t ns_lock;
    struct ns_row *ns;                      /* in order of ns */
    size_t   n_ns;
    uint32_t last_ns;                       /* the highest number given, those of other programs included */

    /* writer */
    pthread_t writer;
    bool     writer_started;
    pthread_mutex_t lock;                   /* of the queue */
    pthread_cond_t  work;
    struct item *head, *tail;
    uint32_t queued;
    _Atomic bool stop;
    _Atomic bool off;
    struct db db;                           /* store-writer's */
    uint64_t inode[2];                      /* of the database and its WAL; 0: not seen yet */
    uint64_t commits;
    struct freed freed;                     /* slots that the open transaction frees */
    struct { int64_t sessions, messages, pages; } delta;    /* of the open transaction */
    struct { struct bar *v; size_t n, cap; uint64_t all; } bars;     /* deletions that the engine may not know of; all: for
                                                                     * want of memory to name the owners */
    uint64_t evicted;                       /* by the open transaction */
    bool     no_growth;                     /* the disk was full */
    bool     dirty;                         /* something to tidy up when idle */

    struct lane finder, reader, slow;
    uint64_t search_ns;
    struct loaders loaders;

    pthread_mutex_t status_lock;
    struct store_status status;
};

/* Namespaces: names.c.  Any thread. */
int  ns_load(struct store *s, struct qw_error *err);
bool ns_get(struct store *s, uint32_t ns, struct store_ns_key *out);    /* false: unknown */
/* The first after `after`, in order of their numbers; 0: none. */
uint32_t ns_next(struct store *s, uint32_t after, struct store_ns_key *out);
int  ns_insert(struct store *s, uint32_t ns, struct qw_error *err);     /* writer, in a transaction */
void ns_set_durable(struct store *s, uint32_t ns);

/* recover.c: everything of store_open before the threads. */
int  recover(struct store *s, struct store_found *found, struct qw_error *err);
/* Leaves a note that the next opening must look closer (it sets a damaged database aside). */
void recover_suspect(struct store *s);
int  aside_path(struct store *s, const char *name, char out[4096], struct qw_error *err);

/* writer.c */
int  writer_start(struct store *s, struct qw_error *err);
void writer_stop(struct store *s);                          /* after what is queued */
int  writer_queue(struct store *s, struct item *it, struct qw_error *err);
void writer_off(struct store *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void writer_drop_page(struct store *s, uint64_t page);      /* any thread */
void writer_drop_file(struct store *s, uint32_t file);
/* writer, no transaction open: begins one; ends it and settles slots and counters. */
int  writer_begin(struct store *s, struct qw_error *err);
int  writer_end(struct store *s, int rc, struct qw_error *err);         /* COMMIT for QW_OK, else ROLLBACK; gives rc */

/* rows.c: one transaction's rows, within an open one.  Writer. */
int  rows_apply(struct store *s, struct store_txn *t, struct qw_error *err);
int  rows_delete_session(struct store *s, uint64_t owner, uint64_t session, struct qw_error *err);
int  rows_delete_run(struct store *s, uint64_t owner, uint64_t run, struct qw_error *err);

/* forget.c: the pages of deleted messages.  Writer, within a transaction. */
struct trails;
int  forget_note(struct store *s, uint64_t leaf, struct trails **t, struct qw_error *err);    /* before */
/* Of a run that answers this message and has no message of its own. */
int  forget_note_run(struct store *s, uint64_t run, uint64_t message, struct trails **t, struct qw_error *err);
int  forget_pages(struct store *s, uint64_t owner, struct trails *t, struct qw_error *err);     /* after */
void forget_free(struct trails *t);
/* Pages of the owner's that the engine gave away before it knew of this deletion are not kept. */
void forget_bar(struct store *s, uint64_t owner, uint64_t bar);
void forget_bar_seen(struct store *s, uint64_t bar);        /* the engine knows of all up to this one */
bool forget_barred(struct store *s, const struct store_txn *t, uint32_t ns);

/* page_write.c: places and writes the pages of a batch (linked by item.next), before the transaction.
 * Pages that cannot be kept have page = 0 afterwards.  QW_ESTORAGE: writing failed twice. */
int  page_write(struct store *s, struct store_txn **batch, size_t n, struct qw_error *err);
/* The row of a page by its name: 1 and its number, and whether it has no children (leaf may be NULL); 0: none; or an error. */
int  page_row(struct store *s, uint32_t ns, uint64_t parent, const int32_t *ids, uint64_t *page, bool *leaf,
              struct qw_error *err);
void page_give_back(struct store *s, struct store_txn *t);              /* its slots, when its rows failed */
int  page_rows(struct store *s, struct store_txn *t, struct qw_error *err);     /* within the transaction */
void page_settle(struct store *s, struct store_txn *t);                 /* after COMMIT: slots are used */

/* evict.c.  Writer. */
int  evict_row(struct store *s, uint64_t page, struct qw_error *err);   /* with all below it; in a transaction */
int  evict_file(struct store *s, uint32_t file, struct qw_error *err);
uint64_t evict_bytes(struct store *s, uint64_t bytes);                  /* in a transaction of its own; bytes freed */
int  evict_note(struct store *s, struct slot_at at);                    /* this slot is freed by the transaction */
/* Room for n more slots of this size: how many may be taken (and whether new space may be used). */
size_t evict_make_room(struct store *s, size_t slot_bytes, size_t n, bool *grow);
void evict_gc(struct store *s, struct query *q);
void evict_idle(struct store *s);

/* lane.c */
int  lane_start(struct lane *l, struct store *s, const char *name, struct qw_error *err);
void lane_end(struct lane *l);          /* what runs on it ends soon, and nothing is begun; does not wait */
void lane_stop(struct lane *l);         /* the same, and waits */
static inline bool lane_ends(struct lane *l) { return atomic_load(&l->stop); }
int  lane_queue(struct lane *l, struct request *r, struct qw_error *err);

/* query.c, search.c, check.c: run on a lane with its connection. */
void query_run(struct store *s, struct db *db, struct query *q);
int  query_search(struct store *s, struct db *db, struct query *q, struct qw_error *err);
int  query_check(struct store *s, struct db *db, struct query *q, struct qw_error *err);
struct store_hit *query_add_hit(struct query *q);
char *query_text(struct query *q, const void *text, size_t n);         /* in the query's memory; NULL stays NULL */
void query_post(struct store *s, struct query *q);

/* check.c: one page, verified, into data (name->n_bytes).  Pinned by the caller. */
int page_read(struct store *s, const struct page_name *name, struct slot_at at, void *data, struct qw_error *err);

/* search.c: index of a message's text.  Writer, in a transaction. */
int  search_add(struct db *db, int64_t seq, const char *text, struct qw_error *err);
int  search_remove(struct db *db, int64_t seq, const char *text, struct qw_error *err);

/* transfer.c */
void transfer_run(struct store *s, struct db *db, struct store_transfer *x);

/* find.c */
int  find_run(struct store *s, struct db *db, struct store_find *f, struct qw_error *err);

/* loader.c */
int  loaders_start(struct store *s, struct qw_error *err);
void loaders_stop(struct store *s);

/* All signals blocked; named. */
int  start_thread(pthread_t *t, const char *name, void *(*f)(void *), void *arg, struct qw_error *err);

#endif
