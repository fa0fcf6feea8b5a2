/* Conversations: one tree of message nodes per owner, and sessions that point into it.
 *
 * Token ids are the truth (docs/sessions.md): a node holds the exact ids that it appended
 * to the context, framing included; a context is the concatenation from the root to a node.
 * What was generated is never tokenized again.  A turn's new messages are a chain of nodes;
 * their ids stand in the last one (`cut`: a context may end there), and an answer follows it.
 * A session is (owner, title, head).  Answers of stateless clients are nodes, too, but no
 * session holds them: they are found again by their text, and leave, least recently used
 * first, when memory is short or the pages that they stand for must have gone.
 *
 * A context belongs to one model and way of rendering (`space`): nodes of another are
 * never mixed in.
 *
 * This is memory only, and with a store (history.h) a cache of it: what is `stored` may leave,
 * least recently used first, and comes back by node_restore and session_restore with the ids that it
 * had.  Loop thread. */
#ifndef QW_DAEMON_SESSION_H
#define QW_DAEMON_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/text/ids.h"

enum node_role { NODE_SYSTEM, NODE_USER, NODE_ASSISTANT, NODE_TOOL };     /* stored; tool: what a tool said */
const char *node_role_name(enum node_role r);
bool node_role_parse(const char *s, enum node_role *out);

enum durability { DURABLE_NONE, DURABLE_ASYNC, DURABLE_TURN };     /* in the order of the configuration's choices; stored */
const char *durability_name(enum durability x);
bool durability_parse(const char *s, enum durability *out);

struct message { enum node_role role; char *text; };

struct node {
    uint64_t      id;               /* unique among all owners */
    uint64_t      owner;
    const char   *space;            /* interned */
    struct node  *parent, *first_child, *next_sibling, *prev_sibling;    /* parent NULL: under the root */
    enum node_role role;
    char         *text;
    uint64_t      hash;             /* of role and text */
    struct ids    ids;
    bool          cut;              /* a context may end here */
    bool          generated;        /* by the model, in this daemon */
    bool          closed;           /* its last id ends the turn */
    bool          stored;           /* durable in the store, as all before it */
    const char   *finish;           /* static; answers only */
    const char   *verdict;          /* static or NULL; answers only */
    int64_t       created_unix_ms;
    /* bookkeeping */
    size_t        n_ctx;            /* ids from the root to here */
    size_t        bytes, pins;      /* pins: sessions' heads and running runs */
    struct node  *lru_next, *lru_prev, *hash_next;
};

struct session {
    uint64_t      id;
    uint64_t      owner;
    char         *title, *system, *model, *tags;       /* NULL: none given; tags: blanks between them */
    char         *verify;                      /* how its answers are checked (api_run.c); NULL: as each request says */
    enum durability durability;                /* of its turns by default; none: nothing of it is ever written */
    bool          own_durability;              /* asked for, rather than configured */
    bool          pinned, private_;            /* pinned: listed first; private_: not found by search */
    struct node  *head;                        /* NULL: nothing said yet */
    uint64_t      run;                         /* the run that answers now, or 0 */
    uint64_t      interrupted, interrupted_at; /* a stored run that could be resumed, or 0; the message that it answers */
    bool          interrupted_known;           /* false: the store has not been asked yet */
    int64_t       created_unix_ms, updated_unix_ms;
    /* bookkeeping */
    bool          stored, ever_stored;         /* the store has it as it is here; has it, perhaps older */
    bool          head_stored;                 /* sessions_unstore's */
    unsigned      pins;                        /* writes on their way, and handlers at work */
    uint64_t      used, last_op;               /* last_op: the newest write of it, history_op.c; 0: it has changed since */
    struct session *next, *prev;               /* newest first */
};

struct sessions;
int  sessions_new(struct sessions **s, size_t max_bytes, size_t max_per_owner, struct qw_error *err);
void sessions_free(struct sessions *s);
void sessions_set_limits(struct sessions *s, size_t max_bytes, size_t max_per_owner);
/* As many ids as the page pool holds tokens: what no session holds is of no use without its pages.
 * 0 (at first): no such bound. */
void sessions_set_max_ids(struct sessions *s, size_t max_ids);
size_t sessions_count(const struct sessions *s);
size_t sessions_bytes(const struct sessions *s);
const char *sessions_space(struct sessions *s, const char *name);      /* interned; NULL: no memory */

/* Ids on the wire: a letter and 15 hex digits. */
#define SESSION_ID_LEN 17
uint64_t session_new_id(void);                     /* random, not 0: an earlier daemon's names nothing else in this one */
void session_id_text(char prefix, uint64_t id, char out[SESSION_ID_LEN]);
bool session_id_parse(char prefix, const char *s, uint64_t *id);

/* QW_ETOOLARGE at a limit (sessions that are `stored` do not count: they make room).  Strings are copied. */
int  session_create(struct sessions *s, uint64_t owner, const char *title, const char *system, const char *model,
                    struct session **out, struct qw_error *err);
struct session *session_find(struct sessions *s, uint64_t owner, uint64_t id);     /* NULL; others' do not exist */
struct session *session_by_run(struct sessions *s, uint64_t run);
/* One that the store had, with its id and times; *out is the one in memory if there is one. */
struct session_row { uint64_t id, owner; const char *title, *system, *model, *tags, *verify; bool pinned, private_;
                     int64_t created_unix_ms, updated_unix_ms; };
int  session_restore(struct sessions *s, const struct session_row *row, struct node *head, struct session **out,
                     struct qw_error *err);
int  session_set_text(char **at, const char *text, struct qw_error *err);           /* one of its strings; "" is NULL */
void session_changed(struct session *x);            /* what the store has is older now */
/* A title made of the first question: its first line, at most 60 characters.  NULL: it has none, or no memory. */
char *session_title_of(const char *question);
/* Something of the owner's is being deleted from the store: only the paths of its stored sessions are known to stay. */
void sessions_unstore(struct sessions *s, uint64_t owner);
struct session *session_first(struct sessions *s);                                  /* then ->next */
void session_delete(struct sessions *s, struct session *x);                         /* from memory */
void session_set_head(struct sessions *s, struct session *x, struct node *head);

struct node *node_find(struct sessions *s, uint64_t owner, uint64_t id);
void node_pin(struct node *n);                       /* NULL is fine, both */
void node_unpin(struct sessions *s, struct node *n);
/* Appends the ids from the root to n. */
int  node_context(const struct node *n, struct ids *out, struct qw_error *err);
/* Adds a turn's messages under parent (NULL: the root); existing equal nodes are used again.  ids
 * (copied) are those of the whole chain.  *out: its last node.  QW_ETOOLARGE when memory is short. */
int  node_add_turn(struct sessions *s, uint64_t owner, const char *space, struct node *parent, const struct message *msgs,
                   size_t n, const struct ids *ids, struct node **out, struct qw_error *err);
/* Adds an answer under a turn's last node: always a new sibling, unless it has the same ids. */
int  node_add_answer(struct sessions *s, struct node *parent, const char *text, const struct ids *ids, bool closed,
                     const char *finish, struct node **out, struct qw_error *err);
/* A node that the store had, under its parent (NULL: the root).  *out is the one in memory if there is one. */
struct node_row { uint64_t id, owner; const char *space; enum node_role role; const char *text; const int32_t *ids; size_t n_ids;
                  bool cut, generated, closed; const char *finish, *verdict; int64_t created_unix_ms; };
int  node_restore(struct sessions *s, const struct node_row *row, struct node *parent, struct node **out, struct qw_error *err);
uint64_t node_hash(enum node_role role, const char *text);
size_t node_depth(const struct node *n);            /* messages from the root to it */
const struct node *node_root(const struct node *n);
/* The deepest generated answer of this owner and space whose conversation, from the root,
 * equals a beginning of msgs; *n_used: how many messages it covers.  NULL: none. */
struct node *node_match(struct sessions *s, uint64_t owner, const char *space, const struct message *msgs, size_t n,
                        size_t *n_used);

#endif
