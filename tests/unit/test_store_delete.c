/* Deletion: what goes with a session or a run, what others need stays, and what comes too late is not kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = RIG_OWNER, OTHER = 2000, SYSTEM = 0, USER = 1, ASSISTANT = 2 };

/* Session 1 (11..14), its fork 2 at 12 with 21, 22; an abandoned branch 17 of session 1. */
static void test_delete(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    struct store_query *q;

    rig_put_talk(r);
    rig_put_message(t, ME, 17, 13, ASSISTANT, "abandoned walrus");
    rig_put_session(t, ME, 1, 17, "one");
    assert_int_equal(rig_commit(r, t), QW_OK);
    t = rig_txn();
    rig_put_session(t, ME, 1, 14, "one");
    rig_put_message(t, ME, 21, 12, USER, "fork");
    rig_put_message(t, ME, 22, 21, ASSISTANT, "forked answer");
    rig_put_session(t, ME, 2, 22, "two");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_messages(r), 7);
    q = rig_search(r, ME, "walrus");                    /* other branches are the session's, too */
    assert_int_equal(q->n_hits, 1);
    assert_int_equal(q->hits[0].session, 1);
    store_query_free(q);
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    store_txn_delete_session(t, ME, 1);                 /* again: nothing */
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_messages(r), 4);                 /* 11, 12, 21, 22 */
    q = rig_session(r, ME, 2);
    assert_int_equal(q->n_messages, 4);
    store_query_free(q);
    q = rig_search(r, ME, "walrus");
    assert_int_equal(q->n_hits, 0);
    store_query_free(q);
    q = rig_search(r, ME, "prime");                     /* what is shared is the fork's now */
    assert_int_equal(q->n_hits, 2);
    assert_int_equal(q->hits[0].session, 2);
    assert_int_equal(q->hits[1].session, 2);
    store_query_free(q);
    rig_reopen(r);
    assert_int_equal(r->found.messages, 4);
    assert_int_equal(r->found.sessions, 1);
    t = rig_txn();
    store_txn_delete_session(t, ME, 2);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_messages(r), 0);
    q = rig_ask_id(r, STORE_Q_CHECK, 0, 0);
    assert_int_equal(q->n_bad, 0);
    store_query_free(q);
}

/* A run of nobody's session keeps what it answers. */
static void test_delete_keeps_what_runs_need(void **state)
{
    struct rig *r = *state;
    struct store_run run = { .run = 9, .owner = ME, .message = 11, .state = STORE_RUN_DONE };
    struct store_txn *t = rig_txn();

    rig_put_talk(r);
    store_txn_run(t, &run);
    store_txn_delete_session(t, ME, 1);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_messages(r), 1);
}

/* ids of conversation `seed`, three pages' worth to a message */
static void put_long(struct store_txn *t, uint64_t message, uint64_t parent, unsigned seed, size_t from)
{
    int32_t ids[3 * KV_PAGE_TOKENS];
    struct store_message m = { .message = message, .owner = ME, .parent = parent, .role = USER, .text = "long", .ids = ids,
                               .n_ids = 3 * KV_PAGE_TOKENS };

    for (size_t i = 0; i < 3; i++)
        rig_ids(ids + i * KV_PAGE_TOKENS, seed, from + i);
    store_txn_message(t, &m);
}

/* Session 1: 31 <- 32 <- 33, nine pages; session 2 ends at 31.  Session 3: another conversation. */
static void test_delete_takes_pages(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    struct store_ns_key shared;
    uint32_t ns, all;

    rig_close(r);
    r->key.owner = ME;
    rig_open(r);
    ns = r->ns;
    shared = r->key, shared.owner = 0;
    all = store_namespace(r->s, &shared, NULL);
    put_long(t, 31, 0, 1, 0);
    put_long(t, 32, 31, 1, 3);
    put_long(t, 33, 32, 1, 6);
    put_long(t, 41, 0, 2, 0);
    rig_put_session(t, ME, 1, 33, "one");
    rig_put_session(t, ME, 2, 31, "two");
    rig_put_session(t, ME, 3, 41, "three");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, ns, 0, 1, 0, 9, NULL), QW_OK);
    assert_int_equal(rig_put(r, ns, 0, 2, 0, 3, NULL), QW_OK);
    assert_int_equal(rig_put(r, all, 0, 1, 0, 9, NULL), QW_OK);
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_find_load(r, ns, 1, 9), 3);        /* session 2 needs them */
    assert_int_equal(rig_find_load(r, ns, 2, 3), 3);
    assert_int_equal(rig_find_load(r, all, 1, 9), 9);       /* others may use them */
    t = rig_txn();
    store_txn_delete_session(t, ME, 2);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_find_load(r, ns, 1, 9), 0);
    assert_int_equal(rig_find_load(r, ns, 2, 3), 3);
    {
        struct store_query *q = rig_ask_id(r, STORE_Q_CHECK, 0, 0);

        assert_int_equal(q->n_bad, 0);
        store_query_free(q);
    }
}

/* A question that was answered again and again: its pages and those of all answers go, each once. */
static void test_delete_takes_pages_of_branches(void **state)
{
    enum { N = 100 };
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    uint64_t page[3];
    struct store_query *q;

    rig_close(r);
    r->key.owner = ME;
    rig_open(r);
    put_long(t, 31, 0, 1, 0);
    for (unsigned i = 0; i < N; i++)
        put_long(t, 100 + i, 31, 2 + i, 0);
    rig_put_session(t, ME, 1, 100, "one");
    rig_put_session(t, ME, 2, 100 + N - 1, "another");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, page), QW_OK);
    for (unsigned i = 0; i < N; i++)
        assert_int_equal(rig_put(r, r->ns, page[2], 2 + i, 0, 3, NULL), QW_OK);
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_ask_id(r, STORE_Q_SESSION, ME, 2);
    assert_int_equal(q->n_messages, 2);
    store_query_free(q);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
    assert_int_equal(rig_pages(r), 6);
    t = rig_txn();
    store_txn_delete_session(t, ME, 2);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_pages(r), 0);
    assert_int_equal(rig_messages(r), 0);
}

/* An answer that was interrupted: 31, then six pages' worth of ids in two pieces. */
static void put_interrupted(struct rig *r, uint64_t run)
{
    struct store_run row = { .run = run, .owner = ME, .session = 1, .message = 31, .state = STORE_RUN_INTERRUPTED };
    struct store_txn *t = rig_txn();
    int32_t ids[6 * KV_PAGE_TOKENS];

    for (size_t i = 0; i < 6; i++)
        rig_ids(ids + i * KV_PAGE_TOKENS, 1, 3 + i);
    put_long(t, 31, 0, 1, 0);
    rig_put_session(t, ME, 1, 31, "one");
    store_txn_run(t, &row);
    store_txn_ids(t, run, 0, ids, 2 * KV_PAGE_TOKENS + 5);
    store_txn_ids(t, run, 2 * KV_PAGE_TOKENS + 5, ids + 2 * KV_PAGE_TOKENS + 5, 4 * KV_PAGE_TOKENS - 5);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 9, NULL), QW_OK);
}

static void test_delete_takes_pages_of_runs(void **state)
{
    struct rig *r = *state;
    struct store_txn *t;

    rig_close(r);
    r->key.owner = ME;
    rig_open(r);
    put_interrupted(r, 9);
    t = rig_txn();
    store_txn_delete_run(t, ME, 9);                         /* the session goes on without it */
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 9), 3);
    put_interrupted(r, 10);
    assert_int_equal(rig_find_load(r, r->ns, 1, 9), 9);
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 9), 0);
    assert_int_equal(rig_find_load(r, r->ns, 1, 1), 0);
}

/* One page of owner's, by the engine that knows of deletions up to bar.  Is it kept? */
static bool keeps(struct rig *r, uint64_t owner, uint64_t bar, unsigned seed)
{
    struct store_txn *t = rig_txn();
    struct store_page p = { .page = store_page_id(r->s) };
    struct store_ns_key key = r->key;
    char data[4096] = { 0 };
    const struct store_page *back;
    size_t n;
    bool kept;

    key.owner = owner;
    rig_ids(p.ids, seed, 0);
    rig_data(data, r->key.layout.page_bytes, seed, 0);
    p.data = data;
    store_txn_pages(t, store_namespace(r->s, &key, NULL), &p, 1);
    store_txn_set_bar(t, bar);
    assert_int_equal(rig_commit_keep(r, t), QW_OK);
    back = store_txn_get_pages(t, &n);
    kept = back[0].page != 0;
    store_txn_free(t);
    return kept;
}

/* What the engine gave away before it knew of a deletion does not come after it. */
static void test_deletion_bars_pages(void **state)
{
    struct rig *r = *state;
    uint64_t before = store_bar_new(r->s), bar = store_bar_new(r->s);
    struct store_txn *t = rig_txn();

    assert_true(bar > before);
    rig_put_message(t, ME, 31, 0, USER, "question");
    rig_put_session(t, ME, 1, 31, "one");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_true(keeps(r, ME, before, 1));
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    store_txn_set_bar(t, bar);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_false(keeps(r, ME, before, 2));
    assert_true(keeps(r, OTHER, before, 3));
    assert_true(keeps(r, 0, before, 4));            /* shared by all: they stay anyway */
    assert_true(keeps(r, ME, 0, 5));                /* an import */
    assert_false(keeps(r, ME, before, 6));
    assert_true(keeps(r, ME, bar, 2));
}

/* A question that has no answer yet is in no session's path, and goes with its session all the same; also when its run
 * was given up. */
static void test_delete_takes_questions(void **state)
{
    struct rig *r = *state;

    for (int given_up = 0; given_up < 2; given_up++) {
        struct store_run run = { .run = 9, .owner = ME, .session = 1, .message = 32, .state = STORE_RUN_RUNNING };
        struct store_txn *t = rig_txn();
        struct store_query *q;

        rig_put_session(t, ME, 1, 0, "one");
        rig_put_message(t, ME, 31, 0, SYSTEM, "system");
        rig_put_message(t, ME, 32, 31, USER, "question");
        store_txn_run(t, &run);
        assert_int_equal(rig_commit(r, t), QW_OK);
        t = rig_txn();
        if (given_up)
            store_txn_delete_run(t, ME, 9);
        store_txn_delete_session(t, ME, 1);
        assert_int_equal(rig_commit(r, t), QW_OK);
        for (uint64_t m = 31; m <= 32; m++) {
            q = rig_ask_id(r, STORE_Q_MESSAGE, ME, m);
            assert_int_equal(q->error.code, QW_ENOTFOUND);
            store_query_free(q);
        }
        q = rig_ask_id(r, STORE_Q_CHECK, 0, 0);
        assert_int_equal(q->n_bad, 0);
        store_query_free(q);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_delete), T(test_delete_keeps_what_runs_need), T(test_delete_takes_pages), T(test_delete_takes_pages_of_branches),
        T(test_delete_takes_pages_of_runs), T(test_deletion_bars_pages), T(test_delete_takes_questions),
    };
    return cmocka_run_group_tests_name("store/delete", tests, NULL, NULL);
}
