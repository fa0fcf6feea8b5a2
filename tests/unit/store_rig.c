#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

static void wake(void *arg)
{
    struct rig *r = arg;

    pthread_mutex_lock(&r->lock);
    r->wakes++;
    pthread_cond_broadcast(&r->woken);
    pthread_mutex_unlock(&r->lock);
}

void rig_make(struct rig *r)
{
    memset(r, 0, sizeof *r);
    tmp_make(r->dir);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->woken, NULL);
    r->o.dir = r->dir;
    r->o.disk_budget = (uint64_t)1 << 30;
    for (int i = 0; i < STORE_MAILBOXES; i++) {
        r->o.wake[i].call = wake;
        r->o.wake[i].arg = r;
    }
    memcpy(r->key.fingerprint, "0123456789abcdef", 16);
    r->key.params = 7;
    r->key.numerics = 3;
    r->key.page_version = 1;
    r->key.owner = 1;
    assert_int_equal(kv_layout_init(&r->key.layout, KV_F16, 2, 1, 16, NULL), QW_OK);
}

int rig_try_open(struct rig *r, struct qw_error *err)
{
    return store_open(&r->s, &r->o, &r->found, err);
}

void rig_open(struct rig *r)
{
    struct qw_error err = { .code = QW_OK };

    if (rig_try_open(r, &err) != QW_OK)
        fail_msg("store_open: %s", err.msg);
    r->ns = store_namespace(r->s, &r->key, &err);
    assert_int_not_equal(r->ns, 0);
}

void rig_close(struct rig *r)
{
    unsigned long before;

    store_close(r->s);
    r->s = NULL;
    before = r->wakes;
    assert_int_equal(r->wakes, before);
}

void rig_free(struct rig *r)
{
    if (r->s != NULL)
        rig_close(r);
    tmp_remove(r->dir);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->woken);
}

int rig_setup(void **state)
{
    static struct rig r;

    rig_make(&r);
    rig_open(&r);
    *state = &r;
    return 0;
}

int rig_teardown(void **state)
{
    rig_free(*state);
    return 0;
}

void rig_wait(struct rig *r, enum store_mailbox m, struct store_answer *a)
{
    pthread_mutex_lock(&r->lock);
    for (;;) {
        unsigned long seen = r->wakes;

        pthread_mutex_unlock(&r->lock);
        if (store_poll(r->s, m, a))
            return;
        pthread_mutex_lock(&r->lock);
        while (r->wakes == seen)
            pthread_cond_wait(&r->woken, &r->lock);
    }
}

struct store_txn *rig_txn(void)
{
    struct store_txn *t = store_txn_new(STORE_ENGINE, NULL);

    assert_non_null(t);
    return t;
}

int rig_commit_keep(struct rig *r, struct store_txn *t)
{
    struct store_answer a;
    int rc = store_commit(r->s, t, NULL);

    if (rc != QW_OK)
        return rc;
    rig_wait(r, STORE_ENGINE, &a);
    assert_int_equal(a.kind, STORE_A_COMMIT);
    assert_ptr_equal(a.txn, t);
    return a.code;
}

int rig_commit(struct rig *r, struct store_txn *t)
{
    int rc = rig_commit_keep(r, t);

    store_txn_free(t);
    return rc;
}

void rig_ids(int32_t ids[KV_PAGE_TOKENS], unsigned seed, size_t i)
{
    for (int k = 0; k < KV_PAGE_TOKENS; k++)
        ids[k] = (int32_t)((seed * 2654435761u + (unsigned)i * 40503u + (unsigned)k) & 0x1ffff);
}

void rig_data(void *data, size_t n_bytes, unsigned seed, size_t i)
{
    uint32_t x = seed * 2654435761u + (uint32_t)i * 97u + 1, *p = data;

    for (size_t k = 0; k < n_bytes / 4; k++) {
        x = x * 1664525u + 1013904223u;
        p[k] = x;
    }
}

int rig_put(struct rig *r, uint32_t ns, uint64_t parent, unsigned seed, size_t from, size_t n, uint64_t *out)
{
    size_t bytes = r->key.layout.page_bytes, n_back;
    struct store_page *pages = qw_calloc(n, sizeof *pages);
    const struct store_page *back;
    char *data = qw_alloc(n * bytes);
    struct store_txn *t = rig_txn();
    int rc;

    for (size_t i = 0; i < n; i++) {
        pages[i].page = store_page_id(r->s);
        pages[i].parent = i == 0 ? parent : pages[i - 1].page;
        pages[i].data = data + i * bytes;
        pages[i].user = &pages[i];
        rig_ids(pages[i].ids, seed, from + i);
        rig_data(data + i * bytes, bytes, seed, from + i);
    }
    store_txn_pages(t, ns, pages, n);
    rc = rig_commit_keep(r, t);
    back = store_txn_get_pages(t, &n_back);
    assert_int_equal(n_back, n);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(back[i].user, &pages[i]);
        if (out != NULL)
            out[i] = back[i].page;
    }
    store_txn_free(t);
    qw_free(data);
    qw_free(pages);
    return rc;
}

static int32_t *chain(unsigned seed, size_t n)
{
    int32_t *ids = qw_alloc((n + 1) * KV_PAGE_TOKENS * sizeof *ids);

    for (size_t i = 0; i < n; i++)
        rig_ids(ids + i * KV_PAGE_TOKENS, seed, i);
    return ids;
}

size_t rig_find(struct rig *r, uint32_t ns, unsigned seed, size_t n, struct store_ref *refs)
{
    int32_t *ids = chain(seed, n);
    struct store_find f = { .ns = ns, .ids = ids, .n = n, .found = refs, .user = r };
    struct store_answer a;

    assert_int_equal(store_find(r->s, &f, NULL), QW_OK);
    rig_wait(r, STORE_ENGINE, &a);
    assert_int_equal(a.kind, STORE_A_FIND);
    assert_ptr_equal(a.find, &f);
    qw_free(ids);
    return a.code == QW_OK ? f.n_found : 0;
}

size_t rig_load(struct rig *r, uint32_t ns, unsigned seed, size_t n, const struct store_ref *refs)
{
    size_t bytes = r->key.layout.page_bytes;
    int32_t *ids = chain(seed, n);
    char *data = qw_alloc((n + 1) * bytes), *want = qw_alloc(bytes);
    void **to = qw_alloc((n + 1) * sizeof *to);
    struct store_load l = { .ns = ns, .ids = ids, .refs = refs, .data = to, .n = n };
    struct store_answer a;

    for (size_t i = 0; i < n; i++)
        to[i] = data + i * bytes;
    assert_int_equal(store_load(r->s, &l, NULL), QW_OK);
    rig_wait(r, STORE_ENGINE, &a);
    assert_int_equal(a.kind, STORE_A_LOAD);
    assert_ptr_equal(a.load, &l);
    assert_true(l.n_loaded <= n);
    for (size_t i = 0; i < l.n_loaded; i++) {
        rig_data(want, bytes, seed, i);
        assert_memory_equal(to[i], want, bytes);
    }
    qw_free(to);
    qw_free(want);
    qw_free(data);
    qw_free(ids);
    return l.n_loaded;
}

size_t rig_find_load(struct rig *r, uint32_t ns, unsigned seed, size_t n)
{
    struct store_ref *refs = qw_alloc((n + 1) * sizeof *refs);
    size_t found = rig_find(r, ns, seed, n, refs), good = rig_load(r, ns, seed, found, refs);

    qw_free(refs);
    return good;
}

struct store_query *rig_ask(struct rig *r, struct store_query *q)
{
    struct store_answer a;
    struct qw_error err = { .code = QW_OK };

    if (store_ask(r->s, q, &err) != QW_OK)
        fail_msg("store_ask: %s", err.msg);
    rig_wait(r, STORE_LOOP, &a);
    assert_int_equal(a.kind, STORE_A_QUERY);
    assert_ptr_equal(a.query, q);
    return q;
}

struct store_query *rig_session(struct rig *r, uint64_t owner, uint64_t session)
{
    struct store_query *q = store_query_new(STORE_Q_SESSION, STORE_LOOP, NULL);

    q->owner = owner;
    q->id = session;
    return rig_ask(r, q);
}

struct store_query *rig_search(struct rig *r, uint64_t owner, const char *text)
{
    struct store_query *q = store_query_new(STORE_Q_SEARCH, STORE_LOOP, NULL);

    q->owner = owner;
    q->text = text;
    q->limit = 50;
    return rig_ask(r, q);
}

void rig_put_message(struct store_txn *t, uint64_t owner, uint64_t message, uint64_t parent, int role, const char *text)
{
    int32_t ids[3] = { (int32_t)message, 5, -1 };
    struct store_message m = {
        .message = message, .owner = owner, .parent = parent, .space = "model/chatml", .role = (uint8_t)role, .cut = true,
        .generated = role == 2, .text = text, .finish = role == 2 ? "stop" : NULL, .ids = ids, .n_ids = 3,
        .hash = message * 3, .created_unix_ms = (int64_t)message + 1000,
    };

    store_txn_message(t, &m);
}

void rig_put_session(struct store_txn *t, uint64_t owner, uint64_t session, uint64_t head, const char *title)
{
    struct store_session x = {
        .session = session, .owner = owner, .head = head, .title = title, .system = "be brief", .model = "tiny",
        .tags = "maths", .created_unix_ms = 100, .updated_unix_ms = (int64_t)session, .n_messages = 2,
        .durability = 2, .verify = "retry",
    };

    store_txn_session(t, &x);
}

void rig_flip(const char *path, long at, unsigned mask)
{
    FILE *f = fopen(path, "r+b");
    int c;

    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    c = fgetc(f);
    assert_int_not_equal(c, EOF);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    fputc(c ^ (int)mask, f);
    assert_int_equal(fclose(f), 0);
}

char *rig_path(const struct rig *r, const char *name)
{
    static char bufs[8][PATH_MAX];
    static unsigned next;
    char *b = bufs[next++ % 8];

    snprintf(b, PATH_MAX, "%s/%s", r->dir, name);
    return b;
}

void rig_reopen(struct rig *r)
{
    rig_close(r);
    rig_open(r);
}

struct store_query *rig_ask_id(struct rig *r, enum store_query_kind kind, uint64_t owner, uint64_t id)
{
    struct store_query *q = store_query_new(kind, STORE_LOOP, r);

    q->owner = owner;
    q->id = id;
    return rig_ask(r, q);
}

uint64_t rig_pages(struct rig *r)
{
    struct store_status st;

    store_get_status(r->s, &st);
    return st.pages;
}

uint64_t rig_messages(struct rig *r)
{
    struct store_status st;

    store_get_status(r->s, &st);
    return st.messages;
}

void rig_put_talk(struct rig *r)
{
    struct store_txn *t = rig_txn();

    rig_put_session(t, RIG_OWNER, 1, 14, "一次谈话 about primes");     /* before its messages: the order does not matter */
    rig_put_message(t, RIG_OWNER, 11, 0, 1, "Is 97 a prime number?");
    rig_put_message(t, RIG_OWNER, 12, 11, 2, "Yes, 97 is prime.");
    rig_put_message(t, RIG_OWNER, 13, 12, 1, "请证明根号二是无理数。");
    rig_put_message(t, RIG_OWNER, 14, 13, 2, "假设它是有理数……");
    assert_int_equal(rig_commit(r, t), QW_OK);
}
