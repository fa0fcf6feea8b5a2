/* Building a transaction: everything but page data is copied into its arena. */
#include <string.h>

#include "daemon/store/store_int.h"

static void free_answer(struct answer *n)
{
    store_txn_free(n->a.txn);
}

struct store_txn *store_txn_new(enum store_mailbox to, void *user)
{
    struct store_txn *t = qw_calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->arena = qw_arena_new(0);
    if (t->arena == NULL) {
        qw_free(t);
        return NULL;
    }
    t->to = to;
    t->user = user;
    t->last_op = &t->ops;
    t->item.kind = ITEM_TXN;
    t->answer.a.kind = STORE_A_COMMIT;
    t->answer.a.txn = t;
    t->answer.free = free_answer;
    return t;
}

void store_txn_free(struct store_txn *t)
{
    if (t == NULL)
        return;
    qw_arena_free(t->arena);
    qw_free(t->pages);
    qw_free(t->placed);
    qw_free(t);
}

static struct op *add(struct store_txn *t, enum op_kind kind)
{
    struct op *op = qw_arena_alloc(t->arena, sizeof *op);

    if (op == NULL) {
        t->code = qw_error_set(&t->error, QW_ENOMEM, "no memory for what is to be stored");
        return NULL;
    }
    memset(op, 0, sizeof *op);
    op->kind = kind;
    *t->last_op = op;
    t->last_op = &op->next;
    return op;
}

static const void *copy(struct store_txn *t, const void *p, size_t n)
{
    void *q;

    if (p == NULL || n == 0)
        return NULL;
    q = qw_arena_alloc(t->arena, n);
    if (q == NULL)
        t->code = qw_error_set(&t->error, QW_ENOMEM, "no memory for what is to be stored");
    else
        memcpy(q, p, n);
    return q;
}

static const char *copy_text(struct store_txn *t, const char *s)
{
    return s == NULL ? NULL : copy(t, s, strlen(s) + 1);
}

static const int32_t *copy_ids(struct store_txn *t, const int32_t *ids, size_t n)
{
    size_t bytes;

    if (!qw_mul(n, sizeof *ids, &bytes)) {
        t->code = qw_error_set(&t->error, QW_ENOMEM, "too many ids to be stored");
        return NULL;
    }
    return copy(t, ids, bytes);
}

void store_txn_session(struct store_txn *t, const struct store_session *row)
{
    struct op *op = add(t, OP_SESSION);

    if (op == NULL)
        return;
    op->session = *row;
    op->session.title = copy_text(t, row->title);
    op->session.system = copy_text(t, row->system);
    op->session.model = copy_text(t, row->model);
    op->session.tags = copy_text(t, row->tags);
    op->session.verify = copy_text(t, row->verify);
}

void store_txn_message(struct store_txn *t, const struct store_message *row)
{
    struct op *op = add(t, OP_MESSAGE);

    if (op == NULL)
        return;
    op->message = *row;
    op->message.space = copy_text(t, row->space);
    op->message.text = copy_text(t, row->text);
    op->message.finish = copy_text(t, row->finish);
    op->message.ids = copy_ids(t, row->ids, row->n_ids);
    op->message.verdict.p = copy(t, row->verdict.p, row->verdict.n);
}

void store_txn_run(struct store_txn *t, const struct store_run *row)
{
    struct op *op = add(t, OP_RUN);

    if (op == NULL)
        return;
    op->run = *row;
    op->run.key = copy_text(t, row->key);
    op->run.params.p = copy(t, row->params.p, row->params.n);
    op->run.outcome.p = copy(t, row->outcome.p, row->outcome.n);
    op->run.ids = NULL;
    op->run.n_ids = 0;
}

void store_txn_ids(struct store_txn *t, uint64_t run, size_t at, const int32_t *ids, size_t n)
{
    struct op *op = add(t, OP_IDS);

    if (op == NULL)
        return;
    op->ids.run = run;
    op->ids.at = at;
    op->ids.ids = copy_ids(t, ids, n);
    op->ids.n = n;
}

static void add_delete(struct store_txn *t, enum op_kind kind, uint64_t owner, uint64_t id)
{
    struct op *op = add(t, kind);

    if (op == NULL)
        return;
    op->del.owner = owner;
    op->del.id = id;
}

void store_txn_delete_session(struct store_txn *t, uint64_t owner, uint64_t session)
{
    add_delete(t, OP_DELETE_SESSION, owner, session);
}

void store_txn_delete_run(struct store_txn *t, uint64_t owner, uint64_t run)
{
    add_delete(t, OP_DELETE_RUN, owner, run);
}

void store_txn_set_bar(struct store_txn *t, uint64_t bar)
{
    t->bar = bar;
}

uint64_t store_txn_bar(const struct store_txn *t)
{
    return t->bar;
}

void store_txn_touch(struct store_txn *t, uint64_t page)
{
    struct op *op = add(t, OP_TOUCH);

    if (op != NULL)
        op->page = page;
}

static int grow_pages(struct store_txn *t, size_t n)
{
    size_t want = t->n_pages + n, cap = t->cap_pages * 2 > want ? t->cap_pages * 2 : want;
    struct store_page *pages;
    struct placed *placed;

    if (want <= t->cap_pages)
        return QW_OK;
    pages = qw_realloc_array(t->pages, cap, sizeof *pages);
    if (pages == NULL)
        return QW_ENOMEM;
    t->pages = pages;
    placed = qw_realloc_array(t->placed, cap, sizeof *placed);
    if (placed == NULL)
        return QW_ENOMEM;
    t->placed = placed;
    t->cap_pages = cap;
    return QW_OK;
}

void store_txn_pages(struct store_txn *t, uint32_t ns, const struct store_page *pages, size_t n)
{
    if (grow_pages(t, n) != QW_OK) {
        t->code = qw_error_set(&t->error, QW_ENOMEM, "no memory for what is to be stored");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        t->pages[t->n_pages] = pages[i];
        t->placed[t->n_pages++] = (struct placed){ .ns = ns };
    }
}

void *store_txn_user(const struct store_txn *t)
{
    return t->user;
}

const struct store_page *store_txn_get_pages(const struct store_txn *t, size_t *n)
{
    *n = t->n_pages;
    return t->pages;
}

const char *store_txn_error(const struct store_txn *t)
{
    return t->error.msg;
}
