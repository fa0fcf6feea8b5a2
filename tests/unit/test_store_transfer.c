/* Export and import: what comes out goes in, elsewhere and for another owner; hostile files do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/store/transfer.h"
#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = 1, OTHER = 2, N_MESSAGES = 6, N_PAGES = 4 };

static struct rig a, b;

/* The ids of the messages are those of rig_ids(.., 1, ..): pages follow from them. */
static int setup(void **state)
{
    struct store_txn *t;

    (void)state;
    rig_make(&a);
    rig_make(&b);
    rig_open(&a);
    rig_open(&b);
    t = rig_txn();
    for (unsigned i = 0; i < N_MESSAGES; i++) {
        int32_t ids[KV_PAGE_TOKENS];
        struct store_message m = {
            .message = 11 + i, .owner = ME, .parent = i == 0 ? 0 : 10 + i, .space = "tiny/chatml", .role = (uint8_t)(1 + i % 2),
            .cut = true, .generated = i % 2 == 1, .closed = i % 2 == 1, .text = i == 2 ? NULL : "text 文字",
            .finish = i % 2 == 1 ? "stop" : NULL, .ids = ids, .n_ids = i == 5 ? 3 : KV_PAGE_TOKENS,
            .verdict = { "\x81\xa1x", i == 1 ? 3 : 0 }, .hash = 77 + i, .created_unix_ms = -5,
        };

        rig_ids(ids, 1, i);
        store_txn_message(t, &m);
    }
    rig_put_session(t, ME, 1, 10 + N_MESSAGES, "title 标题");
    {
        struct store_run run = { .run = 9, .owner = ME, .session = 1, .message = 11, .answer = 12, .key = "k", .params = { "pp", 2 },
                                 .outcome = { "oo", 2 }, .params_hash = 5, .state = STORE_RUN_DONE };
        int32_t ids[2] = { 3, 4 };

        store_txn_run(t, &run);
        store_txn_ids(t, 9, 0, ids, 2);
    }
    assert_int_equal(rig_commit(&a, t), QW_OK);
    assert_int_equal(rig_put(&a, a.ns, 0, 1, 0, N_PAGES, NULL), QW_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_free(&a);
    rig_free(&b);
    return 0;
}

static int run(struct rig *r, struct store_transfer *x)
{
    struct store_answer ans;

    x->to = STORE_LOOP;
    assert_int_equal(store_transfer(r->s, x, NULL), QW_OK);
    rig_wait(r, STORE_LOOP, &ans);
    assert_int_equal(ans.kind, STORE_A_TRANSFER);
    assert_ptr_equal(ans.transfer, x);
    return x->error.code;
}

static int file(const char *name)
{
    int fd = open(rig_path(&a, name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    return fd;
}

static int exported(bool pages)
{
    struct store_transfer x = { .owner = ME, .session = 1, .ns = pages ? a.ns : 0, .fd = file("out") };
    struct stat st;

    if (run(&a, &x) != QW_OK)
        fail_msg("export: %s", x.error.msg);
    assert_int_equal(x.n_messages, N_MESSAGES);
    assert_int_equal(x.n_pages, pages ? N_PAGES : 0);
    assert_int_equal(fstat(x.fd, &st), 0);
    assert_int_equal(x.n_bytes, st.st_size);
    return x.fd;
}

static void check_talk(struct rig *r, uint64_t owner, uint64_t session, bool verdicts)
{
    struct store_query *q = rig_session(r, owner, session), *p;

    assert_int_equal(q->error.code, QW_OK);
    assert_int_equal(q->n_messages, N_MESSAGES);
    assert_string_equal(q->sessions[0].title, "title 标题");
    assert_string_equal(q->sessions[0].system, "be brief");
    assert_int_equal(q->sessions[0].n_messages, N_MESSAGES);
    for (unsigned i = 0; i < N_MESSAGES; i++) {
        const struct store_message *m = &q->messages[i];
        int32_t ids[KV_PAGE_TOKENS];

        rig_ids(ids, 1, i);
        assert_int_equal(m->owner, owner);
        assert_int_equal(m->n_ids, i == 5 ? 3 : KV_PAGE_TOKENS);
        assert_memory_equal(m->ids, ids, m->n_ids * sizeof *ids);
        assert_int_equal(m->role, 1 + i % 2);
        assert_int_equal(m->generated, i % 2 == 1);
        assert_int_equal(m->closed, i % 2 == 1);
        assert_true(m->cut);
        assert_int_equal(m->hash, 77 + i);
        assert_int_equal(m->created_unix_ms, -5);
        assert_string_equal(m->space, "tiny/chatml");
        if (i == 2)
            assert_null(m->text);
        else
            assert_string_equal(m->text, "text 文字");
        assert_int_equal(m->verdict.n, verdicts && i == 1 ? 3 : 0);
    }
    p = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);
    p->owner = owner;
    rig_ask(r, p);
    assert_int_equal(p->n_sessions, 1 + (r == &a && owner == ME));
    store_query_free(p);
    store_query_free(q);
}

static void test_to_another_store(void **state)
{
    int fd = exported(true);
    struct store_ns_key key = b.key;
    struct store_transfer x = { .import = true, .owner = ME, .fd = fd, .ns = b.ns, .verdicts = true };

    (void)state;
    if (run(&b, &x) != QW_OK)
        fail_msg("import: %s", x.error.msg);
    assert_int_not_equal(x.session, 0);
    assert_int_not_equal(x.session, 1);
    check_talk(&b, ME, x.session, true);
    assert_int_equal(x.n_pages, N_PAGES);
    assert_int_equal(rig_find_load(&b, b.ns, 1, N_PAGES), N_PAGES);
    /* with another model the pages stay out */
    key.fingerprint[0] ^= 1;
    key.owner = OTHER;
    x = (struct store_transfer){ .import = true, .owner = OTHER, .fd = fd, .ns = store_namespace(b.s, &key, NULL) };
    assert_int_equal(run(&b, &x), QW_OK);
    check_talk(&b, OTHER, x.session, false);
    assert_int_equal(x.n_pages, 0);
    assert_int_equal(rig_find_load(&b, x.ns, 1, N_PAGES), 0);
    close(fd);
}

/* Into the same store, as another copy and for another owner: nobody's pages but one's own. */
static void test_to_the_same_store(void **state)
{
    int fd = exported(true);
    struct store_ns_key key = a.key;
    struct store_transfer x = { .import = true, .owner = ME, .fd = fd, .ns = a.ns };
    struct store_status before, after;

    (void)state;
    store_get_status(a.s, &before);
    assert_int_equal(run(&a, &x), QW_OK);
    check_talk(&a, ME, x.session, false);
    store_get_status(a.s, &after);
    assert_int_equal(after.pages, before.pages);            /* twins */
    x = (struct store_transfer){ .import = true, .owner = OTHER, .fd = fd, .ns = a.ns };
    assert_int_equal(run(&a, &x), QW_OK);
    check_talk(&a, OTHER, x.session, false);
    assert_int_equal(x.n_pages, 0);                         /* that is ME's namespace */
    key.owner = 0;
    x = (struct store_transfer){ .import = true, .owner = OTHER, .fd = fd, .ns = store_namespace(a.s, &key, NULL) };
    assert_int_equal(run(&a, &x), QW_OK);
    assert_int_equal(x.n_pages, 0);                         /* shared by all: never imported into */
    x = (struct store_transfer){ .owner = OTHER, .session = 1, .fd = file("other") };
    assert_int_equal(run(&a, &x), QW_ENOTFOUND);
    close(x.fd);
    close(fd);
}

static void expect_refused(const char *data, size_t n, int32_t max_id)
{
    struct store_transfer x = { .import = true, .owner = ME, .fd = file("bad"), .ns = b.ns, .max_id = max_id };
    struct store_status st;

    assert_int_equal(write(x.fd, data, n), (ssize_t)n);
    if (run(&b, &x) == QW_OK)
        fail_msg("a damaged file of %zu bytes was imported", n);
    assert_true(strlen(x.error.msg) > 5);
    assert_int_equal(x.session, 0);
    store_get_status(b.s, &st);
    assert_int_equal(st.sessions + st.messages + st.pages, 0);
    close(x.fd);
}

static void test_damaged(void **state)
{
    int fd = exported(true);
    struct stat st;
    char *data;

    (void)state;
    fstat(fd, &st);
    data = qw_alloc((size_t)st.st_size + 1);
    assert_int_equal(pread(fd, data, (size_t)st.st_size, 0), st.st_size);
    for (long at = 0; at < st.st_size; at += at < 200 ? 17 : 613) {
        data[at] ^= 4;
        expect_refused(data, (size_t)st.st_size, 0);
        data[at] ^= 4;
        expect_refused(data, (size_t)at, 0);
    }
    data[st.st_size] = 0;
    expect_refused(data, (size_t)st.st_size + 1, 0);
    expect_refused(data, (size_t)st.st_size, 100);          /* ids beyond the vocabulary */
    qw_free(data);
    close(fd);
}

/* What a checksum does not protect from: every byte changed, the meaning is checked. */
static void test_every_byte(void **state)
{
    int fd = exported(true);
    struct qw_error err;
    struct stat st;
    uint8_t *data;

    (void)state;
    fstat(fd, &st);
    data = qw_alloc((size_t)st.st_size);
    assert_int_equal(pread(fd, data, (size_t)st.st_size, 0), st.st_size);
    assert_int_equal(transfer_check(data, (size_t)st.st_size, &err), QW_OK);
    for (long at = 0; at < st.st_size; at += at < 2000 ? 1 : 101) {
        for (int k = 0; k < 3; k++) {
            uint8_t was = data[at];

            data[at] = k == 0 ? (uint8_t)(was ^ 0xff) : k == 1 ? 0 : (uint8_t)(was + 1);
            transfer_check(data, (size_t)st.st_size, &err);     /* under ASan: nothing beyond the end is read */
            data[at] = was;
        }
        assert_int_not_equal(transfer_check(data, (size_t)at, &err), QW_OK);
    }
    qw_free(data);
    close(fd);
}

static void test_no_memory(void **state)
{
    int fd = exported(true);

    (void)state;
    for (long n = 0; n < 400; n += 3) {
        struct store_transfer x = { .import = true, .owner = ME, .fd = fd, .ns = b.ns };
        struct store_answer ans;

        x.to = STORE_LOOP;
        qw_mem_fail_after(n);
        if (store_transfer(b.s, &x, NULL) != QW_OK) {
            qw_mem_fail_after(-1);
            continue;
        }
        rig_wait(&b, STORE_LOOP, &ans);
        qw_mem_fail_after(-1);
        assert_true(x.error.code == QW_OK || x.error.code == QW_ENOMEM || x.error.code == QW_EFORMAT);
    }
    close(fd);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_to_another_store), T(test_to_the_same_store), T(test_damaged), T(test_every_byte), T(test_no_memory),
    };
    return cmocka_run_group_tests_name("store/transfer", tests, NULL, NULL);
}
