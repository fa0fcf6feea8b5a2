/* Who waits for whom: a find for no query, an unpin for no hole, a stop for no check, export or search that is long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "daemon/store/store_int.h"
#include "daemon/store/transfer.h"
#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = 1, OTHER = 2, PAGES = 20 };

static struct {
    struct io_ops io;
    struct store *stopped;              /* its slow lane ends with the first read of a page */
    struct store *opened;
    unsigned reads, punches;
} hook;

static ssize_t hooked_preadv(int fd, const struct iovec *v, int n, off_t at)
{
    hook.reads++;
    if (hook.stopped != NULL)
        lane_end(&hook.stopped->slow);
    return io_system.preadv(fd, v, n, at);
}

static int setup(void **state)
{
    static struct rig r;

    hook.io = io_system;
    hook.io.preadv = hooked_preadv;
    hook.stopped = NULL;
    hook.reads = 0;
    rig_make(&r);
    r.o.io = &hook.io;
    r.key.owner = ME;
    *state = &r;
    return 0;
}

/* A conversation of PAGES pages, with its pages. */
static void put_talk(struct rig *r)
{
    int32_t ids[PAGES * KV_PAGE_TOKENS];
    struct store_message m = { .message = 31, .owner = ME, .space = "s", .role = 1, .cut = true, .text = "x", .ids = ids,
                               .n_ids = PAGES * KV_PAGE_TOKENS };
    struct store_txn *t = rig_txn();

    for (size_t i = 0; i < PAGES; i++)
        rig_ids(ids + i * KV_PAGE_TOKENS, 1, i);
    store_txn_message(t, &m);
    rig_put_session(t, ME, 1, 31, "talk");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, PAGES, NULL), QW_OK);
}

static void test_stop_ends_a_check(void **state)
{
    struct rig *r = *state;
    struct store_query *q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);

    rig_open(r);
    put_talk(r);
    hook.stopped = r->s;
    q->deep = true;
    rig_ask(r, q);
    assert_int_equal(q->error.code, QW_ESTORAGE);
    assert_non_null(strstr(q->error.msg, "closed"));
    assert_int_equal(hook.reads, 1);
    store_query_free(q);
}

static void transfer(struct rig *r, struct store_transfer *x)
{
    struct store_answer a;

    assert_int_equal(store_transfer(r->s, x, NULL), QW_OK);
    rig_wait(r, STORE_LOOP, &a);
    assert_ptr_equal(a.transfer, x);
}

static void test_stop_ends_transfers(void **state)
{
    struct rig *r = *state;
    FILE *f = tmpfile();
    struct store_transfer x = { .to = STORE_LOOP, .owner = ME, .session = 1, .pages = true, .max_bytes = 1 << 24 };

    assert_non_null(f);
    rig_open(r);
    put_talk(r);
    x.fd = fileno(f);
    transfer(r, &x);
    assert_int_equal(x.error.code, QW_OK);
    assert_int_equal(x.n_pages, PAGES);
    hook.reads = 0;
    hook.stopped = r->s;
    transfer(r, &x);
    assert_int_equal(x.error.code, QW_ESTORAGE);
    assert_int_equal(hook.reads, 1);
    fclose(f);
}

static int hooked_punch(int fd, off_t at, off_t n)
{
    struct store_ref none = { 77, 77, 77 };

    hook.punches++;
    store_unpin(hook.opened, &none, 1);         /* as the engine does: it must not wait for the disk */
    return io_system.punch(fd, at, n);
}

static void test_nobody_waits_for_holes(void **state)
{
    struct rig *r = *state;
    struct store_query *q;

    hook.io.punch = hooked_punch;
    r->o.disk_budget = 10 * 4096;
    rig_open(r);
    hook.opened = r->s;
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 10, NULL), QW_OK);
    rig_close(r);
    r->o.disk_budget = 4 * 4096;
    rig_open(r);
    hook.opened = r->s;
    q = rig_ask(r, store_query_new(STORE_Q_GC, STORE_LOOP, NULL));
    assert_int_equal(q->error.code, QW_OK);
    store_query_free(q);
    assert_true(hook.punches > 0);
    assert_int_equal(rig_find_load(r, r->ns, 1, 10), 4);
}

/* The reader is held in the middle of a query's answer. */
static struct { sem_t held, go; bool hold; } reader;

static void wake_and_hold(void *arg)
{
    (void)arg;
    if (reader.hold) {
        sem_post(&reader.held);
        sem_wait(&reader.go);
    }
}

static void test_finds_do_not_wait_for_queries(void **state)
{
    struct rig *r = *state;
    struct store_query *q = store_query_new(STORE_Q_SEARCH, STORE_LOOP, NULL);
    struct store_answer a;

    sem_init(&reader.held, 0, 0);
    sem_init(&reader.go, 0, 0);
    r->o.wake[STORE_LOOP].call = wake_and_hold;
    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, NULL), QW_OK);
    reader.hold = true;
    q->owner = ME, q->text = "x";
    assert_int_equal(store_ask(r->s, q, NULL), QW_OK);
    sem_wait(&reader.held);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
    reader.hold = false;
    sem_post(&reader.go);
    while (!store_poll(r->s, STORE_LOOP, &a))
        ;
    store_query_free(a.query);
    sem_destroy(&reader.held);
    sem_destroy(&reader.go);
}

static void test_long_searches_are_given_up(void **state)
{
    struct rig *r = *state;
    struct store_query *q;
    struct store_txn *t = rig_txn();

    r->o.search_us = 1;
    rig_open(r);
    for (uint64_t i = 0; i < 300; i++)                      /* another's: looked at, and passed over */
        rig_put_message(t, OTHER, 1000 + i, i == 0 ? 0 : 999 + i, 1, "prime");
    rig_put_session(t, OTHER, 1, 1299, "others");
    rig_put_message(t, ME, 31, 0, 1, "rare");
    rig_put_session(t, ME, 2, 31, "mine");
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_search(r, ME, "prime");
    assert_int_equal(q->error.code, QW_EDEADLINE);
    assert_non_null(strstr(q->error.msg, "given up"));
    store_query_free(q);
    q = rig_search(r, ME, "rare");
    assert_int_equal(q->error.code, QW_OK);
    assert_int_equal(q->n_hits, 1);
    store_query_free(q);
    q = rig_session(r, OTHER, 1);                           /* the reader goes on, without a bound for it */
    assert_int_equal(q->n_messages, 300);
    store_query_free(q);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_stop_ends_a_check), T(test_stop_ends_transfers), T(test_nobody_waits_for_holes), T(test_finds_do_not_wait_for_queries),
        T(test_long_searches_are_given_up),
    };
    return cmocka_run_group_tests_name("store/stop", tests, NULL, NULL);
}
