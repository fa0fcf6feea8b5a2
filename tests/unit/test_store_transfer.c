/* Export and import: what comes out goes in, elsewhere and for another owner; hostile files do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
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
            .verdict = { "\x81\xa1x", i == 1 ? 3 : 0 }, .hash = 77 + i, .created_unix_ms = 5,
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
        run.run = 10, run.message = 13, run.answer = 0, run.key = "k2", run.params.p = "qq", run.state = STORE_RUN_INTERRUPTED;
        store_txn_run(t, &run);
        store_txn_ids(t, 10, 0, ids, 2);
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
    struct store_transfer x = { .owner = ME, .session = 1, .pages = pages, .max_bytes = 1 << 20, .fd = file("out") };
    struct stat st;

    if (run(&a, &x) != QW_OK)
        fail_msg("export: %s", x.error.msg);
    assert_int_equal(x.n_messages, N_MESSAGES);
    assert_int_equal(x.n_pages, pages ? N_PAGES : 0);
    assert_int_equal(fstat(x.fd, &st), 0);
    assert_int_equal(x.n_bytes, st.st_size);
    return x.fd;
}

static void check_talk(struct rig *r, uint64_t owner, uint64_t session)
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
        assert_false(m->generated);             /* not here */
        assert_int_equal(m->closed, i % 2 == 1);
        assert_true(m->cut);
        assert_int_equal(m->hash, 77 + i);
        assert_int_equal(m->created_unix_ms, 5);
        assert_string_equal(m->space, "tiny/chatml");
        if (i == 2)
            assert_null(m->text);
        else
            assert_string_equal(m->text, "text 文字");
        assert_int_equal(m->verdict.n, 0);      /* nobody else says what is verified */
    }
    p = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);
    p->owner = owner;
    rig_ask(r, p);
    assert_int_equal(p->n_sessions, 1 + (r == &a && owner == ME));
    store_query_free(p);
    store_query_free(q);
}

static struct store_transfer an_import(const struct rig *r, uint64_t owner, int fd)
{
    return (struct store_transfer){ .import = true, .pages = true, .owner = owner, .fd = fd, .numerics = r->key.numerics,
                                    .page_version = r->key.page_version };
}

static uint32_t namespace_of(struct rig *r, uint64_t owner, bool other_model)
{
    struct store_ns_key key = r->key;

    key.owner = owner;
    key.fingerprint[0] ^= other_model;
    return store_namespace(r->s, &key, NULL);
}

static void test_to_another_store(void **state)
{
    int fd = exported(true);
    struct store_transfer x = an_import(&b, OTHER, fd);

    (void)state;
    if (run(&b, &x) != QW_OK)
        fail_msg("import: %s", x.error.msg);
    assert_int_not_equal(x.session, 0);
    assert_int_not_equal(x.session, 1);
    assert_string_equal(x.title_now, "title 标题");
    check_talk(&b, OTHER, x.session);
    assert_int_equal(x.n_pages, N_PAGES);
    assert_int_equal(rig_find_load(&b, namespace_of(&b, OTHER, false), 1, N_PAGES), N_PAGES);
    assert_int_equal(rig_find_load(&b, b.ns, 1, N_PAGES), 0);           /* another owner's */
    assert_int_equal(rig_find_load(&b, namespace_of(&b, OTHER, true), 1, N_PAGES), 0);
    x = an_import(&b, ME, fd);
    x.numerics++;
    assert_int_equal(run(&b, &x), QW_OK);                   /* computed in another way: prefilled again */
    check_talk(&b, ME, x.session);
    assert_int_equal(x.n_pages, 0);
    assert_int_equal(rig_find_load(&b, b.ns, 1, N_PAGES), 0);
    close(fd);
}

/* Into the same store, as another copy and for another owner: into nobody's namespace but one's own. */
static void test_to_the_same_store(void **state)
{
    int fd = exported(true);
    struct store_transfer x = an_import(&a, ME, fd);
    struct store_status before, after;

    (void)state;
    store_get_status(a.s, &before);
    assert_int_equal(run(&a, &x), QW_OK);
    check_talk(&a, ME, x.session);
    store_get_status(a.s, &after);
    assert_int_equal(after.pages, before.pages);            /* twins */
    x = an_import(&a, OTHER, fd);
    assert_int_equal(run(&a, &x), QW_OK);
    check_talk(&a, OTHER, x.session);
    assert_int_equal(x.n_pages, N_PAGES);
    assert_int_equal(rig_find_load(&a, namespace_of(&a, OTHER, false), 1, N_PAGES), N_PAGES);
    assert_int_equal(rig_find_load(&a, namespace_of(&a, 0, false), 1, N_PAGES), 0);     /* never what all share */
    x = (struct store_transfer){ .owner = OTHER, .session = 1, .fd = file("other") };
    assert_int_equal(run(&a, &x), QW_ENOTFOUND);
    close(x.fd);
    close(fd);
}

/* What made the answers comes along, what came of them does not. */
static void test_runs(void **state)
{
    int fd = exported(false);
    struct store_transfer x = an_import(&b, ME, fd);
    struct store_query *q, *p;

    (void)state;
    assert_int_equal(run(&b, &x), QW_OK);
    q = store_query_new(STORE_Q_INTERRUPTED, STORE_LOOP, NULL);
    q->owner = ME;
    q->id = x.session;
    rig_ask(&b, q);
    assert_int_equal(q->error.code, QW_OK);
    p = rig_session(&b, ME, x.session);
    assert_int_equal(q->run.message, p->messages[2].message);
    assert_int_equal(q->run.params.n, 2);
    assert_memory_equal(q->run.params.p, "qq", 2);
    assert_int_equal(q->run.outcome.n, 0);
    assert_int_equal(q->run.n_ids, 2);
    assert_int_equal(q->run.ids[1], 4);
    assert_null(q->run.key);
    store_query_free(p);
    store_query_free(q);
    close(fd);
}

static void test_choices(void **state)
{
    int fd = exported(true);
    struct store_transfer x = an_import(&b, ME, fd);
    struct store_query *q;

    (void)state;
    x.title = "another";
    x.models = "toy\ntiny\n";
    assert_int_equal(run(&b, &x), QW_OK);
    assert_string_equal(x.title_now, "another");
    q = rig_session(&b, ME, x.session);
    assert_string_equal(q->sessions[0].title, "another");
    assert_string_equal(q->sessions[0].model, "tiny");
    store_query_free(q);
    x = an_import(&b, ME, fd);
    x.models = "tin\ntiny2\n";
    x.text_only = true;
    assert_int_equal(run(&b, &x), QW_OK);
    q = rig_session(&b, ME, x.session);
    assert_null(q->sessions[0].model);                      /* not here */
    assert_int_equal(q->n_messages, N_MESSAGES);
    for (size_t i = 0; i < q->n_messages; i++)
        assert_true(q->messages[i].n_ids == 0 && !q->messages[i].cut && (q->messages[i].space == NULL || q->messages[i].space[0] == '\0'));
    assert_int_equal(x.n_pages, 0);
    store_query_free(q);
    close(fd);
    /* no room for more than two pages */
    x = (struct store_transfer){ .owner = ME, .session = 1, .fd = file("out") };
    assert_int_equal(run(&a, &x), QW_OK);
    close(x.fd);
    x = (struct store_transfer){ .owner = ME, .session = 1, .pages = true, .max_bytes = x.n_bytes + 2 * 2048 + 256, .fd = file("out") };
    assert_int_equal(run(&a, &x), QW_OK);
    assert_int_equal(x.n_pages, 2);
    assert_true(x.n_bytes <= x.max_bytes);
    fd = x.fd;
    x = an_import(&b, ME, fd);
    assert_int_equal(run(&b, &x), QW_OK);
    assert_int_equal(x.n_pages, 2);
    close(fd);
}

static void expect_refused(const char *data, size_t n, int32_t n_vocab, const char *says)
{
    struct store_transfer x = an_import(&b, ME, file("bad"));
    struct store_status st;

    x.space = "tiny/chatml";
    x.n_vocab = n_vocab;
    assert_int_equal(write(x.fd, data, n), (ssize_t)n);
    if (run(&b, &x) == QW_OK)
        fail_msg("a damaged file of %zu bytes was imported", n);
    if (strstr(x.error.msg, says) == NULL)
        fail_msg("%zu bytes: %s", n, x.error.msg);
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
    for (long at = 0; at < st.st_size; at += at < 32 ? 1 : at < 200 ? 17 : 613) {
        data[at] ^= 4;
        expect_refused(data, (size_t)st.st_size, INT32_MAX, at == 23 ? "version" : at < 4 || (at >= 16 && at < 23) ? "no conversation" : "checksum");
        data[at] ^= 4;
        expect_refused(data, (size_t)at, INT32_MAX, at < 32 ? "no conversation" : "checksum");
    }
    data[st.st_size] = 0;
    expect_refused(data, (size_t)st.st_size + 1, INT32_MAX, "checksum");
    expect_refused(data, (size_t)st.st_size, 100, "an id that its model does not have");
    data[23] = 2;
    expect_refused(data, (size_t)st.st_size, INT32_MAX, "version 2");
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

/* ---- hostile records, with nothing wrong but what the case says ---- */

enum what { NOTHING, BAD_ROLE, BAD_FLAGS, SYSTEM_INSIDE, NEGATIVE_ID, MANY_IDS, LONG_TITLE, NUL_TITLE, NOT_UTF8, ODD_SPACE, LONG_SPACE,
            MANY_SPACES, BLANK_TAG, MANY_TAGS, LONG_TAG, NO_SUCH_MESSAGE, RUNNING, SHORT, TRAILING, NO_SESSION, PAGE_TOO_MUCH };

static void le(struct qw_buf *p, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        qw_buf_addc(p, (char)(v >> 8 * i));
}

static void str(struct qw_buf *p, const char *s, size_t n)
{
    le(p, n, 4);
    qw_buf_add(p, s, n);
}

static void rec(struct qw_buf *out, unsigned type, struct qw_buf *p)
{
    le(out, type, 4);
    le(out, 0, 4);
    le(out, p->len, 8);
    qw_buf_add(out, p->data, p->len);
    qw_buf_clear(p);
}

static void pack_session(struct qw_buf *p, enum what w)
{
    char xs[300], tags[200];

    memset(xs, 'x', sizeof xs);
    for (size_t i = 0; i < sizeof tags; i++)
        tags[i] = i % 2 == 0 ? 'a' : ' ';
    le(p, 1, 8);
    le(p, 1, 8);
    le(p, 0, 2);
    str(p, w == NUL_TITLE ? "a\0b" : w == NOT_UTF8 ? "\xff" : xs, w == LONG_TITLE ? 257 : w == NUL_TITLE ? 3 : w == NOT_UTF8 ? 1 : 256);
    le(p, UINT32_MAX, 4);
    le(p, UINT32_MAX, 4);
    if (w == BLANK_TAG)
        str(p, "a  b", 4);
    else if (w == LONG_TAG)
        str(p, xs, 65);
    else
        str(p, tags, w == MANY_TAGS ? 65 : 63);             /* 33, 32 */
}

static void pack_message(struct qw_buf *p, enum what w, unsigned i)
{
    char space[300];

    memset(space, 'x', sizeof space);
    space[0] = w == MANY_SPACES ? (char)('A' + i) : 'x';
    le(p, w == BAD_ROLE ? 4 : w == SYSTEM_INSIDE || i == 0 ? 0 : 1, 1);
    le(p, w == BAD_FLAGS ? 8 : 0, 1);
    le(p, 5, 8);
    le(p, 7, 8);
    str(p, w == ODD_SPACE ? "a\nb" : space, w == LONG_SPACE ? 201 : w == ODD_SPACE ? 3 : 200);
    str(p, "text", 4);
    le(p, UINT32_MAX, 4);
    le(p, 0, 4);
    le(p, w == MANY_IDS ? 5 : 2, 4);
    le(p, w == NEGATIVE_ID ? 0x80000000 : 1, 4);
    le(p, 2, 4);
    if (w == SHORT)
        p->len--;
    if (w == TRAILING)
        le(p, 0, 1);
}

static void pack_run(struct qw_buf *p, enum what w)
{
    le(p, w == NO_SUCH_MESSAGE ? 17 : 1, 4);
    le(p, UINT32_MAX, 4);
    le(p, w == RUNNING ? STORE_RUN_RUNNING : STORE_RUN_DONE, 1);
    le(p, 5, 8);
    le(p, 7, 8);
    le(p, 0, 4);
    le(p, 0, 4);
    le(p, 0, 4);
}

static int check_packed(enum what w, struct qw_error *err)
{
    struct qw_buf out = QW_BUF_INIT, p = QW_BUF_INIT;
    int rc;

    qw_buf_add(&p, "QWTALK\0\1", 8);
    le(&p, 1, 8);
    rec(&out, 1, &p);
    if (w != NO_SESSION) {
        pack_session(&p, w);
        rec(&out, 2, &p);
    }
    for (unsigned i = 0; i < 17; i++) {
        pack_message(&p, w, i);
        rec(&out, 3, &p);
    }
    pack_run(&p, w);
    rec(&out, 4, &p);
    if (w == PAGE_TOO_MUCH)
        rec(&out, 6, &p);
    qw_buf_add(&p, "0123456789abcdef", 16);
    rec(&out, 7, &p);
    rc = transfer_check((const uint8_t *)out.data, out.len, err);
    qw_buf_free(&out);
    qw_buf_free(&p);
    return rc;
}

static void test_hostile(void **state)
{
    static const struct { enum what what; const char *says; } cases[] = {
        { NOTHING, NULL }, { BAD_ROLE, "a role or a flag" }, { BAD_FLAGS, "a role or a flag" }, { SYSTEM_INSIDE, "system prompt in the middle" },
        { NEGATIVE_ID, "an id that" }, { MANY_IDS, "malformed" }, { LONG_TITLE, "a string that is too long" }, { NUL_TITLE, "no text" },
        { NOT_UTF8, "no text" }, { ODD_SPACE, "`space` that is no name" }, { LONG_SPACE, "too long" }, { MANY_SPACES, "too many models" },
        { BLANK_TAG, "tags that" }, { MANY_TAGS, "tags that" }, { LONG_TAG, "tags that" }, { NO_SUCH_MESSAGE, "message that is not there" },
        { RUNNING, "state that is not known" }, { SHORT, "malformed" }, { TRAILING, "malformed" }, { NO_SESSION, "type 3 after one of type 1" },
        { PAGE_TOO_MUCH, "type 6 after one of type 4" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_error err = { 0 };
        int rc = check_packed(cases[i].what, &err);

        if (cases[i].says == NULL ? rc != QW_OK : rc == QW_OK || strstr(err.msg, cases[i].says) == NULL)
            fail_msg("case %d: %d, %s", (int)cases[i].what, rc, err.msg);
    }
}

static void test_no_memory(void **state)
{
    int fd = exported(true);

    (void)state;
    for (long n = 0; n < 400; n += 3) {
        struct store_transfer x = an_import(&b, ME, fd);
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
        T(test_to_another_store), T(test_to_the_same_store), T(test_runs), T(test_choices), T(test_damaged), T(test_every_byte),
        cmocka_unit_test(test_hostile), T(test_no_memory),
    };
    return cmocka_run_group_tests_name("store/transfer", tests, NULL, NULL);
}
