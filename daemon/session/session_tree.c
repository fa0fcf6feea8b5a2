/* The tree of message nodes: growing, matching, forgetting. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/session/session_int.h"

#define MATCH_BUDGET 100000         /* nodes looked at for one request */

const char *node_role_name(enum node_role r)
{
    static const char *const name[] = { "system", "user", "assistant", "tool" };
    return name[r];
}

bool node_role_parse(const char *s, enum node_role *out)
{
    for (int r = NODE_SYSTEM; r <= NODE_TOOL; r++) {
        if (strcmp(s, node_role_name(r)) == 0) {
            *out = r;
            return true;
        }
    }
    return false;
}

const char *durability_name(enum durability x)
{
    static const char *const name[] = { "none", "async", "turn" };
    return name[x];
}

bool durability_parse(const char *s, enum durability *out)
{
    for (int i = DURABLE_NONE; i <= DURABLE_TURN; i++) {
        if (strcmp(s, durability_name((enum durability)i)) == 0) {
            *out = (enum durability)i;
            return true;
        }
    }
    return false;
}

uint64_t node_hash(enum node_role role, const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)role;     /* FNV-1a; equality is checked as well */
    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    return h;
}

const char *sessions_space(struct sessions *s, const char *name)
{
    for (struct space *x = s->spaces; x != NULL; x = x->next)
        if (strcmp(x->name, name) == 0)
            return x->name;
    size_t n = strlen(name) + 1;
    struct space *x = qw_alloc(sizeof *x + n);
    if (x == NULL)
        return NULL;
    memcpy(x->name, name, n);
    x->next = s->spaces;
    s->spaces = x;
    return x->name;
}

/* ---- nodes ---- */

static void lru_remove(struct sessions *s, struct node *n)
{
    if (n->lru_prev != NULL)
        n->lru_prev->lru_next = n->lru_next;
    else
        s->lru_first = n->lru_next;
    if (n->lru_next != NULL)
        n->lru_next->lru_prev = n->lru_prev;
    else
        s->lru_last = n->lru_prev;
    n->lru_next = n->lru_prev = NULL;
}

static void lru_append(struct sessions *s, struct node *n)
{
    n->lru_prev = s->lru_last;
    n->lru_next = NULL;
    if (s->lru_last != NULL)
        s->lru_last->lru_next = n;
    else
        s->lru_first = n;
    s->lru_last = n;
}

/* A path is used.  Its leaf is then older than its parents, so that it leaves before them. */
static void touch(struct sessions *s, struct node *n)
{
    for (; n != NULL; n = n->parent) {
        lru_remove(s, n);
        lru_append(s, n);
    }
}

static struct root *root_get(struct sessions *s, uint64_t owner, const char *space, bool make)
{
    for (struct root *r = s->roots; r != NULL; r = r->next)
        if (r->owner == owner && r->space == space)
            return r;
    if (!make)
        return NULL;
    struct root *r = qw_calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->owner = owner;
    r->space = space;
    r->next = s->roots;
    s->roots = r;
    return r;
}

static void root_drop_if_empty(struct sessions *s, struct root *r)
{
    if (r->first != NULL)
        return;
    for (struct root **p = &s->roots; *p != NULL; p = &(*p)->next) {
        if (*p == r) {
            *p = r->next;
            qw_free(r);
            return;
        }
    }
}

static void node_free(struct sessions *s, struct node *n)
{
    struct root *r = n->parent == NULL ? root_get(s, n->owner, n->space, false) : NULL;
    if (n->prev_sibling != NULL)
        n->prev_sibling->next_sibling = n->next_sibling;
    else if (n->parent != NULL)
        n->parent->first_child = n->next_sibling;
    else if (r != NULL)
        r->first = n->next_sibling;
    if (n->next_sibling != NULL)
        n->next_sibling->prev_sibling = n->prev_sibling;
    for (struct node **p = &s->by_id[n->id % SESSION_BUCKETS]; *p != NULL; p = &(*p)->hash_next) {
        if (*p == n) {
            *p = n->hash_next;
            break;
        }
    }
    if (r != NULL)
        root_drop_if_empty(s, r);
    lru_remove(s, n);
    s->bytes -= n->bytes;
    s->n_ids -= n->ids.n;
    ids_free(&n->ids);
    qw_free(n->text);
    qw_free(n);
}

static bool over(const struct sessions *s, size_t need)
{
    return s->bytes + need > s->max_bytes || (s->max_ids > 0 && s->n_ids > s->max_ids);
}

static void free_leaves(struct sessions *s, size_t need)
{
    bool found = true;
    while (found && over(s, need)) {
        found = false;
        for (struct node *n = s->lru_first, *next; n != NULL && over(s, need); n = next) {
            next = n->lru_next;
            if (n->first_child == NULL && n->pins == 0) {
                node_free(s, n);
                found = true;
            }
        }
    }
}

bool sessions_make_room(struct sessions *s, size_t need)
{
    free_leaves(s, need);
    while (s->bytes + need > s->max_bytes && sessions_drop_one(s))
        free_leaves(s, need);
    return s->bytes + need <= s->max_bytes;
}

/* id 0: a new one. */
static struct node *node_new(struct sessions *s, uint64_t id, uint64_t owner, const char *space, struct node *parent,
                             enum node_role role, const char *text, const struct ids *ids, struct qw_error *err)
{
    size_t n_ids = ids != NULL ? ids->n : 0;
    size_t bytes = sizeof(struct node) + strlen(text) + 1 + n_ids * sizeof(int32_t);
    node_pin(parent);
    bool room = sessions_make_room(s, bytes);
    if (parent != NULL)
        parent->pins--;
    if (!room) {
        qw_error_set(err, QW_ETOOLARGE, "conversations take %zu of %zu bytes; delete some", s->bytes, s->max_bytes);
        return NULL;
    }
    struct node *n = qw_calloc(1, sizeof *n);
    struct root *r = NULL;
    if (n != NULL) {
        n->text = qw_strdup(text);
        if (parent == NULL)
            r = root_get(s, owner, space, true);
    }
    if (n == NULL || n->text == NULL || (parent == NULL && r == NULL)
        || (n_ids > 0 && ids_append(&n->ids, ids->v, n_ids) != QW_OK)) {
        if (n != NULL) {
            ids_free(&n->ids);
            qw_free(n->text);
        }
        qw_free(n);
        if (r != NULL)
            root_drop_if_empty(s, r);
        qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        return NULL;
    }
    n->id = id;
    while (n->id == 0 || (id == 0 && node_find(s, 0, n->id) != NULL))
        n->id = session_new_id();
    n->owner = owner;
    n->space = space;
    n->parent = parent;
    n->role = role;
    n->hash = node_hash(role, text);
    n->created_unix_ms = clock_unix_ms();
    n->bytes = bytes;
    n->n_ctx = (parent != NULL ? parent->n_ctx : 0) + n_ids;
    struct node **first = parent != NULL ? &parent->first_child : &r->first;
    n->next_sibling = *first;
    if (*first != NULL)
        (*first)->prev_sibling = n;
    *first = n;
    n->hash_next = s->by_id[n->id % SESSION_BUCKETS];
    s->by_id[n->id % SESSION_BUCKETS] = n;
    lru_append(s, n);
    s->bytes += bytes;
    s->n_ids += n_ids;
    return n;
}

/* owner 0: anybody's. */
struct node *node_find(struct sessions *s, uint64_t owner, uint64_t id)
{
    for (struct node *n = s->by_id[id % SESSION_BUCKETS]; n != NULL; n = n->hash_next)
        if (n->id == id)
            return owner == 0 || n->owner == owner ? n : NULL;
    return NULL;
}

void node_pin(struct node *n)
{
    if (n != NULL)
        n->pins++;
}

void node_unpin(struct sessions *s, struct node *n)
{
    if (n == NULL)
        return;
    n->pins--;
    sessions_make_room(s, 0);
}

int node_context(const struct node *n, struct ids *out, struct qw_error *err)
{
    if (n == NULL)
        return QW_OK;
    size_t at = out->n, end = at + n->n_ctx;
    if (ids_reserve(out, end) != QW_OK)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    out->n = end;
    for (; n != NULL; n = n->parent) {
        end -= n->ids.n;
        if (n->ids.n > 0)
            memcpy(out->v + end, n->ids.v, n->ids.n * sizeof *out->v);
    }
    return QW_OK;
}

static bool ids_equal(const struct ids *a, const struct ids *b)
{
    size_t na = a != NULL ? a->n : 0, nb = b != NULL ? b->n : 0;
    return na == nb && (na == 0 || memcmp(a->v, b->v, na * sizeof *a->v) == 0);
}

int node_add_turn(struct sessions *s, uint64_t owner, const char *space, struct node *parent, const struct message *msgs,
                  size_t n, const struct ids *ids, struct node **out, struct qw_error *err)
{
    struct node *at = parent;
    node_pin(at);
    for (size_t i = 0; i < n; i++) {
        const struct ids *own = i + 1 == n ? ids : NULL;
        struct root *r = at == NULL ? root_get(s, owner, space, false) : NULL;
        struct node *c = at != NULL ? at->first_child : r != NULL ? r->first : NULL;
        uint64_t h = node_hash(msgs[i].role, msgs[i].text);
        while (c != NULL && !(c->hash == h && c->role == msgs[i].role && !c->generated && c->cut == (own != NULL)
                              && strcmp(c->text, msgs[i].text) == 0 && ids_equal(&c->ids, own)))
            c = c->next_sibling;
        if (c == NULL) {
            c = node_new(s, 0, owner, space, at, msgs[i].role, msgs[i].text, own, err);
            if (c != NULL)
                c->cut = own != NULL;
        }
        node_pin(c);
        if (at != NULL)
            at->pins--;
        if (c == NULL)
            return err != NULL ? err->code : QW_ENOMEM;
        at = c;
    }
    if (at != NULL)
        at->pins--;
    touch(s, at);
    *out = at;
    return QW_OK;
}

int node_add_answer(struct sessions *s, struct node *parent, const char *text, const struct ids *ids, bool closed,
                    const char *finish, struct node **out, struct qw_error *err)
{
    struct node *c = parent->first_child;
    while (c != NULL && !(c->generated && ids_equal(&c->ids, ids) && strcmp(c->text, text) == 0))
        c = c->next_sibling;
    if (c == NULL && (c = node_new(s, 0, parent->owner, parent->space, parent, NODE_ASSISTANT, text, ids, err)) == NULL)
        return err != NULL ? err->code : QW_ENOMEM;
    c->generated = c->cut = true;
    c->closed = closed;
    c->finish = finish;
    touch(s, c);
    *out = c;
    return QW_OK;
}

int node_restore(struct sessions *s, const struct node_row *row, struct node *parent, struct node **out, struct qw_error *err)
{
    struct node *n = node_find(s, 0, row->id);
    if (n != NULL && (n->owner != row->owner || n->parent != parent))
        return qw_error_set(err, QW_ESTORAGE, "a stored message has the id of another one");
    if (n == NULL) {
        struct ids ids = { .n = row->n_ids };
        union { const int32_t *in; int32_t *v; } view = { row->ids };
        ids.v = view.v;                         /* only read */
        n = node_new(s, row->id, row->owner, row->space, parent, row->role, row->text, &ids, err);
        if (n == NULL)
            return err != NULL ? err->code : QW_ENOMEM;
        n->cut = row->cut;
        n->generated = row->generated;
        n->closed = row->closed;
        n->finish = row->finish;
        n->verdict = row->verdict;
        n->created_unix_ms = row->created_unix_ms;
    }
    n->stored = true;
    *out = n;
    return QW_OK;
}

size_t node_depth(const struct node *n)
{
    size_t depth = 0;
    for (; n != NULL; n = n->parent)
        depth++;
    return depth;
}

const struct node *node_root(const struct node *n)
{
    while (n != NULL && n->parent != NULL)
        n = n->parent;
    return n;
}

/* Walks the tree along msgs, the newest of equal children first.  Two answers may have equal texts
 * and other ids (one was cut off), hence the search over all of them; the loop must not wait long. */
static void match_from(struct node *first, const struct message *msgs, size_t n, size_t used, struct node **best,
                       size_t *best_used, unsigned *budget)
{
    if (used == n)
        return;
    uint64_t h = node_hash(msgs[used].role, msgs[used].text);
    for (struct node *c = first; c != NULL && *budget > 0; c = c->next_sibling) {
        --*budget;
        if (c->hash != h || c->role != msgs[used].role || strcmp(c->text, msgs[used].text) != 0)
            continue;
        if (c->generated && used + 1 > *best_used) {
            *best = c;
            *best_used = used + 1;
        }
        match_from(c->first_child, msgs, n, used + 1, best, best_used, budget);
    }
}

struct node *node_match(struct sessions *s, uint64_t owner, const char *space, const struct message *msgs, size_t n,
                        size_t *n_used)
{
    struct root *r = root_get(s, owner, space, false);
    struct node *best = NULL;
    unsigned budget = MATCH_BUDGET;
    *n_used = 0;
    if (r != NULL)
        match_from(r->first, msgs, n, 0, &best, n_used, &budget);
    touch(s, best);
    return best;
}
