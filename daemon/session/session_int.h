/* What session.c and session_tree.c share. */
#ifndef QW_DAEMON_SESSION_INT_H
#define QW_DAEMON_SESSION_INT_H

#include "daemon/session/session.h"

#define SESSION_BUCKETS 4096

struct space { struct space *next; char name[]; };

/* Children of the root, for one owner and space. */
struct root { struct root *next; uint64_t owner; const char *space; struct node *first; };

struct sessions {
    size_t          max_bytes, max_per_owner, bytes, n;
    size_t          max_ids, n_ids;            /* max_ids 0: no bound */
    uint64_t        clock;                     /* counts uses of sessions */
    struct session *first;
    struct space   *spaces;
    struct root    *roots;
    struct node    *by_id[SESSION_BUCKETS];
    struct node    *lru_first, *lru_last;      /* first: used longest ago */
};

/* Frees unpinned leaves, then sessions that the store has, least recently used first, until `need` more
 * bytes fit (false: they do not) and there are not more ids than max_ids. */
bool sessions_make_room(struct sessions *s, size_t need);
/* Forgets one that the store has and nobody uses, least recently used first.  false: there is none. */
bool sessions_drop_one(struct sessions *s);

#endif
