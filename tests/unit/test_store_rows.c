/* Sessions, messages, runs: what is written is what is read, by its owner only; lists, branches, forks.
 * What deletion takes with it: test_store_delete.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = RIG_OWNER, OTHER = 2000, SYSTEM = 0, USER = 1, ASSISTANT = 2 };

/* What the list says of a session's newest interrupted run. */
static uint64_t listed_interrupted(struct rig *r, uint64_t owner)
{
    struct store_query *q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);
    uint64_t run;

    q->owner = owner;
    rig_ask(r, q);
    assert_int_equal(q->n_sessions, 1);
    run = q->sessions[0].interrupted;
    store_query_free(q);
    return run;
}

static void test_list_shows_interrupted(void **state)
{
    struct rig *r = *state;
    struct store_run run = { .run = 5, .owner = ME, .session = 1, .message = 13, .state = STORE_RUN_INTERRUPTED,
                             .created_unix_ms = 10 };
    static const struct { uint64_t run; int64_t created; enum store_run_state state; uint64_t want; } steps[] = {
        { 9, 20, STORE_RUN_RUNNING, 5 },            /* the running one is not interrupted yet */
        { 9, 20, STORE_RUN_INTERRUPTED, 9 },
        { 7, 15, STORE_RUN_INTERRUPTED, 9 },        /* an older one */
        { 8, 20, STORE_RUN_INTERRUPTED, 9 },        /* of the same time */
        { 9, 20, STORE_RUN_DONE, 8 },
        { 8, 20, STORE_RUN_DONE, 7 },
        { 7, 15, STORE_RUN_DONE, 5 },
    };
    struct store_txn *t = rig_txn();

    rig_put_talk(r);
    assert_int_equal(listed_interrupted(r, ME), 0);
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(listed_interrupted(r, ME), 5);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        run.run = steps[i].run, run.created_unix_ms = steps[i].created, run.state = steps[i].state;
        t = rig_txn();
        store_txn_run(t, &run);
        assert_int_equal(rig_commit(r, t), QW_OK);
        assert_int_equal(listed_interrupted(r, ME), steps[i].want);
    }
    t = rig_txn();
    store_txn_delete_run(t, ME, 5);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(listed_interrupted(r, ME), 0);
}

static void test_session(void **state)
{
    struct rig *r = *state;
    struct store_query *q;

    rig_put_talk(r);
    for (int round = 0; round < 2; round++) {
        q = rig_session(r, ME, 1);
        assert_int_equal(q->error.code, QW_OK);
        assert_int_equal(q->n_sessions, 1);
        assert_int_equal(q->sessions[0].session, 1);
        assert_int_equal(q->sessions[0].head, 14);
        assert_string_equal(q->sessions[0].title, "一次谈话 about primes");
        assert_string_equal(q->sessions[0].system, "be brief");
        assert_string_equal(q->sessions[0].model, "tiny");
        assert_string_equal(q->sessions[0].tags, "maths");
        assert_int_equal(q->sessions[0].n_messages, 2);
        assert_int_equal(q->sessions[0].durability, 2);
        assert_string_equal(q->sessions[0].verify, "retry");
        assert_int_equal(q->n_messages, 4);
        for (int i = 0; i < 4; i++) {
            const struct store_message *m = &q->messages[i];

            assert_int_equal(m->message, 11 + i);
            assert_int_equal(m->parent, i == 0 ? 0 : 10 + i);
            assert_int_equal(m->owner, ME);
            assert_string_equal(m->space, "model/chatml");
            assert_int_equal(m->n_ids, 3);
            assert_int_equal(m->ids[0], 11 + i);
            assert_int_equal(m->ids[2], -1);
            assert_int_equal(m->hash, (11 + i) * 3);
            assert_true(m->cut);
            assert_int_equal(m->generated, i % 2 == 1);
            assert_int_equal(m->created_unix_ms, 1011 + i);
            assert_int_equal(m->verdict.n, 0);
        }
        assert_string_equal(q->messages[2].text, "请证明根号二是无理数。");
        assert_string_equal(q->messages[3].finish, "stop");
        assert_null(q->messages[2].finish);
        store_query_free(q);
        q = store_query_new(STORE_Q_SESSION, STORE_LOOP, NULL);      /* at an earlier message */
        q->owner = ME, q->id = 1, q->at = 12;
        rig_ask(r, q);
        assert_int_equal(q->n_messages, 2);
        store_query_free(q);
        rig_reopen(r);
        assert_int_equal(r->found.sessions, 1);
        assert_int_equal(r->found.messages, 4);
    }
}

static void test_only_verdict_closed_finish_change(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    struct store_message m = { .message = 14, .owner = ME, .parent = 99, .role = USER, .text = "forged", .closed = true,
                               .finish = "length", .verdict = { "\x81", 1 } };
    struct store_query *q;

    rig_put_talk(r);
    store_txn_message(t, &m);
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_ask_id(r, STORE_Q_MESSAGE, ME, 14);
    assert_int_equal(q->n_messages, 4);
    assert_string_equal(q->messages[3].text, "假设它是有理数……");
    assert_string_equal(q->messages[3].finish, "length");
    assert_true(q->messages[3].closed);
    assert_true(q->messages[3].cut);
    assert_true(q->messages[3].generated);
    assert_int_equal(q->messages[3].verdict.n, 1);
    assert_memory_equal(q->messages[3].verdict.p, "\x81", 1);
    assert_int_equal(rig_messages(r), 4);
    store_query_free(q);
    /* the name alone takes no whole verdict's place; where there is none, it is better than nothing */
    t = rig_txn();
    m.verdict = (struct store_blob){ "\x80", 1 };
    m.brief = true;
    store_txn_message(t, &m);
    m.message = 12;
    store_txn_message(t, &m);
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_ask_id(r, STORE_Q_MESSAGE, ME, 14);
    assert_memory_equal(q->messages[3].verdict.p, "\x81", 1);
    assert_memory_equal(q->messages[1].verdict.p, "\x80", 1);
    store_query_free(q);
}

/* Nothing of another owner can be read, changed, deleted or built upon. */
static void test_owners(void **state)
{
    struct rig *r = *state;
    static const enum store_query_kind kinds[] = { STORE_Q_SESSION, STORE_Q_MESSAGE, STORE_Q_RUN, STORE_Q_INTERRUPTED };
    struct store_run run = { .run = 5, .owner = ME, .session = 1, .message = 13, .key = "k", .state = STORE_RUN_INTERRUPTED };
    struct store_txn *t = rig_txn();
    struct store_query *q;

    rig_put_talk(r);
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_OK);
    for (size_t i = 0; i < 4; i++) {
        uint64_t id = kinds[i] == STORE_Q_MESSAGE ? 14 : kinds[i] == STORE_Q_RUN ? 5 : 1;

        q = rig_ask_id(r, kinds[i], ME, id);
        assert_int_equal(q->error.code, QW_OK);
        store_query_free(q);
        q = rig_ask_id(r, kinds[i], OTHER, id);
        assert_int_equal(q->error.code, QW_ENOTFOUND);
        assert_int_equal(q->n_sessions + q->n_messages + q->run.run, 0);
        store_query_free(q);
    }
    q = rig_ask_id(r, STORE_Q_SESSIONS, OTHER, 0);
    assert_int_equal(q->n_sessions, 0);
    store_query_free(q);
    q = rig_ask_id(r, STORE_Q_CHILDREN, OTHER, 11);
    assert_int_equal(q->n_messages, 0);
    store_query_free(q);
    q = rig_search(r, OTHER, "prime");
    assert_int_equal(q->n_hits, 0);
    store_query_free(q);
    for (int i = 0; i < 6; i++) {
        t = rig_txn();
        switch (i) {
        case 0: rig_put_message(t, OTHER, 21, 14, USER, "below another's"); break;
        case 1: rig_put_message(t, OTHER, 14, 13, USER, "another's"); break;
        case 2: rig_put_session(t, OTHER, 1, 0, "stolen"); break;
        case 3: rig_put_session(t, OTHER, 2, 14, "another's head"); break;
        case 4: run.owner = OTHER, store_txn_run(t, &run); break;
        case 5: rig_put_message(t, ME, 22, 4711, USER, "no parent"); break;
        }
        assert_int_equal(rig_commit_keep(r, t), i == 0 || i == 3 || i == 5 ? QW_ENOTFOUND : QW_ECONFLICT);
        assert_true(strlen(store_txn_error(t)) > 10);
        store_txn_free(t);
    }
    t = rig_txn();
    store_txn_delete_session(t, OTHER, 1);
    store_txn_delete_run(t, OTHER, 5);
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_session(r, ME, 1);
    assert_int_equal(q->n_messages, 4);
    assert_string_equal(q->sessions[0].title, "一次谈话 about primes");
    store_query_free(q);
    /* both may use one key */
    t = rig_txn();
    run.run = 6, run.owner = OTHER, run.session = 0;
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_OK);
}

/* One bad transaction among good ones of the same batch. */
static void test_failed_transaction_leaves_nothing(void **state)
{
    struct rig *r = *state;
    struct store_txn *t[20];
    struct store_query *q;

    for (unsigned i = 0; i < 20; i++) {
        t[i] = rig_txn();
        rig_put_session(t[i], ME, 100 + i, 1000 + i, "s");
        rig_put_message(t[i], ME, 1000 + i, i % 3 == 1 ? 77777 : 0, USER, "zebra");
        assert_int_equal(store_commit(r->s, t[i], NULL), QW_OK);
    }
    for (unsigned i = 0; i < 20; i++) {
        struct store_answer a;

        rig_wait(r, STORE_ENGINE, &a);
        assert_ptr_equal(a.txn, t[i]);
        assert_int_equal(a.code, i % 3 == 1 ? QW_ENOTFOUND : QW_OK);
        store_txn_free(t[i]);
    }
    q = rig_ask_id(r, STORE_Q_SESSIONS, ME, 0);
    assert_int_equal(q->n_sessions, 13);
    store_query_free(q);
    q = rig_search(r, ME, "zebra");
    assert_int_equal(q->n_hits, 13);
    store_query_free(q);
    assert_int_equal(rig_messages(r), 13);
    rig_reopen(r);
    assert_int_equal(r->found.messages, 13);
}

static void test_list(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    char cursor[64] = "";
    unsigned seen = 0, last = 1000;

    for (unsigned i = 1; i <= 25; i++) {
        struct store_session x = { .session = i, .owner = ME, .title = i % 5 == 0 ? "100% five_" : "other", .tags = "blue",
                                   .pinned = i == 7, .updated_unix_ms = i / 3, .created_unix_ms = 1 };

        store_txn_session(t, &x);
    }
    assert_int_equal(rig_commit(r, t), QW_OK);
    for (;;) {
        struct store_query *q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);

        q->owner = ME, q->limit = 4;
        q->cursor = cursor[0] != '\0' ? cursor : NULL;
        rig_ask(r, q);
        assert_int_equal(q->error.code, QW_OK);
        assert_true(q->n_sessions <= 4 && q->n_sessions > 0);
        for (size_t i = 0; i < q->n_sessions; i++) {
            unsigned id = (unsigned)q->sessions[i].session;

            if (seen++ == 0) {
                assert_int_equal(id, 7);
                continue;
            }
            assert_true(id < last);
            last = id;
        }
        cursor[0] = '\0';
        if (q->next != NULL)
            snprintf(cursor, sizeof cursor, "%s", q->next);
        store_query_free(q);
        if (cursor[0] == '\0')
            break;
    }
    assert_int_equal(seen, 25);
    for (int i = 0; i < 5; i++) {
        static const struct { const char *text; size_t n; } rows[] = {
            { "five", 5 }, { "%", 5 }, { "_", 5 }, { "BLUE", 25 }, { "x", 0 },
        };
        struct store_query *q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);

        q->owner = ME, q->text = rows[i].text;
        rig_ask(r, q);
        assert_int_equal(q->n_sessions, rows[i].n);
        assert_null(q->next);
        store_query_free(q);
    }
    {
        struct store_query *q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);

        q->owner = ME, q->cursor = "nonsense";
        assert_int_equal(rig_ask(r, q)->error.code, QW_EPARAMS);
        store_query_free(q);
    }
}

static void expect_ids(struct rig *r, size_t n, int32_t first, int32_t last)
{
    struct store_query *q = rig_ask_id(r, STORE_Q_RUN, ME, 5);

    assert_int_equal(q->error.code, QW_OK);
    assert_int_equal(q->run.n_ids, n);
    if (n > 0) {
        assert_int_equal(q->run.ids[0], first);
        assert_int_equal(q->run.ids[n - 1], last);
    }
    store_query_free(q);
}

static void put_ids(struct rig *r, size_t at, int32_t first, size_t n, int want)
{
    struct store_txn *t = rig_txn();
    int32_t ids[100];

    for (size_t i = 0; i < n; i++)
        ids[i] = first + (int32_t)i;
    store_txn_ids(t, 5, at, ids, n);
    assert_int_equal(rig_commit(r, t), want);
}

static void test_runs(void **state)
{
    struct rig *r = *state;
    struct store_run run = { .run = 5, .owner = ME, .session = 1, .message = 13, .key = "abc", .params_hash = UINT64_MAX,
                             .params = { "params", 6 }, .state = STORE_RUN_RUNNING, .created_unix_ms = 50 };
    struct store_txn *t = rig_txn();
    struct store_query *q;

    rig_put_talk(r);
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_OK);
    expect_ids(r, 0, 0, 0);
    put_ids(r, 0, 0, 32, QW_OK);
    put_ids(r, 32, 32, 32, QW_OK);
    expect_ids(r, 64, 0, 63);
    put_ids(r, 40, 140, 10, QW_OK);             /* cuts within a piece */
    expect_ids(r, 50, 0, 149);
    put_ids(r, 60, 0, 1, QW_EINTERNAL);         /* a gap */
    expect_ids(r, 50, 0, 149);
    put_ids(r, 10, 0, 0, QW_OK);
    expect_ids(r, 10, 0, 9);
    put_ids(r, 0, 500, 100, QW_OK);
    expect_ids(r, 100, 500, 599);
    q = store_query_new(STORE_Q_RUN, STORE_LOOP, NULL);
    q->owner = ME, q->key = "abc";
    rig_ask(r, q);
    assert_int_equal(q->run.run, 5);
    assert_int_equal(q->run.params_hash, UINT64_MAX);
    assert_int_equal(q->run.params.n, 6);
    assert_memory_equal(q->run.params.p, "params", 6);
    assert_int_equal(q->run.state, STORE_RUN_RUNNING);
    assert_string_equal(q->run.key, "abc");
    store_query_free(q);
    /* after a crash it is interrupted, with its ids */
    rig_reopen(r);
    assert_int_equal(r->found.interrupted, 1);
    q = rig_ask_id(r, STORE_Q_INTERRUPTED, ME, 1);
    assert_int_equal(q->run.run, 5);
    assert_int_equal(q->run.state, STORE_RUN_INTERRUPTED);
    assert_int_equal(q->run.n_ids, 100);
    store_query_free(q);
    rig_reopen(r);
    assert_int_equal(r->found.interrupted, 0);
    t = rig_txn();
    run.state = STORE_RUN_DONE, run.answer = 14, run.outcome = (struct store_blob){ "done", 4 };
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_OK);
    expect_ids(r, 100, 500, 599);               /* a new row keeps the ids */
    q = rig_ask_id(r, STORE_Q_INTERRUPTED, ME, 1);
    assert_int_equal(q->error.code, QW_ENOTFOUND);
    store_query_free(q);
    t = rig_txn();                              /* its key is taken */
    run.run = 6;
    store_txn_run(t, &run);
    assert_int_equal(rig_commit(r, t), QW_ECONFLICT);
    t = rig_txn();
    store_txn_delete_run(t, ME, 5);
    assert_int_equal(rig_commit(r, t), QW_OK);
    put_ids(r, 3, 0, 1, QW_OK);                 /* nobody's any more */
    q = rig_ask_id(r, STORE_Q_RUN, ME, 5);
    assert_int_equal(q->error.code, QW_ENOTFOUND);
    store_query_free(q);
}

static void test_children_and_match(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    uint64_t hashes[8] = { 33, 36, 39, 42, 999 };
    struct store_query *q;

    rig_put_talk(r);
    rig_put_message(t, ME, 15, 13, ASSISTANT, "another answer");
    rig_put_message(t, ME, 16, 0, USER, "another root");
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_ask_id(r, STORE_Q_CHILDREN, ME, 13);
    assert_int_equal(q->n_messages, 2);
    assert_int_equal(q->messages[0].message, 14);
    assert_int_equal(q->messages[1].message, 15);
    store_query_free(q);
    q = rig_ask_id(r, STORE_Q_CHILDREN, ME, 0);
    assert_int_equal(q->n_messages, 2);
    store_query_free(q);
    for (size_t n = 0; n <= 5; n++) {
        static const size_t want[] = { 0, 0, 2, 2, 4, 4 };      /* ends with a generated one */

        q = store_query_new(STORE_Q_MATCH, STORE_LOOP, NULL);
        q->owner = ME, q->space = "model/chatml", q->hashes = hashes, q->n_hashes = n;
        rig_ask(r, q);
        assert_int_equal(q->n_messages, want[n]);
        assert_int_equal(q->error.code, want[n] == 0 ? QW_ENOTFOUND : QW_OK);
        if (n >= 4)
            assert_int_equal(q->messages[3].message, 14);
        store_query_free(q);
    }
    for (int i = 0; i < 2; i++) {
        q = store_query_new(STORE_Q_MATCH, STORE_LOOP, NULL);
        q->owner = i == 0 ? OTHER : ME, q->space = i == 0 ? "model/chatml" : "other", q->hashes = hashes, q->n_hashes = 4;
        rig_ask(r, q);
        assert_int_equal(q->error.code, QW_ENOTFOUND);
        store_query_free(q);
    }
}

static void test_forks_are_rows(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    struct store_status before, after;
    struct store_query *q;

    rig_put_talk(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 10, NULL), QW_OK);
    store_get_status(r->s, &before);
    for (unsigned i = 0; i < 1000; i++)
        rig_put_session(t, ME, 100 + i, 14, "fork");
    assert_int_equal(rig_commit(r, t), QW_OK);
    store_get_status(r->s, &after);
    assert_int_equal(after.sessions, before.sessions + 1000);
    assert_int_equal(after.messages, before.messages);
    assert_int_equal(after.pages, before.pages);
    assert_int_equal(after.file_bytes, before.file_bytes);
    t = rig_txn();
    for (unsigned i = 0; i < 1000; i++)
        store_txn_delete_session(t, ME, 100 + i);
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_session(r, ME, 1);
    assert_int_equal(q->n_messages, 4);
    store_query_free(q);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_list_shows_interrupted), T(test_session), T(test_only_verdict_closed_finish_change), T(test_owners),
        T(test_failed_transaction_leaves_nothing), T(test_list), T(test_runs), T(test_children_and_match), T(test_forks_are_rows),
    };
    return cmocka_run_group_tests_name("store/rows", tests, NULL, NULL);
}
