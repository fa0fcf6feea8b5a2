/* kill -9 at random moments under 8 writers: soak_store [ROUNDS [SEED]].
 *
 * A child writes: each of 8 clients always has one transaction under way (a message, ids of a run, a page, now
 * and then a fork that is deleted later), and what is acknowledged is told through a pipe.  The child is killed
 * after a random number of acknowledgements; the store is opened and everything that was told must be
 * there, whole and in order, the database sound, no page bad.  Then the next child goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { CLIENTS = 8, MANY = 1000000 };

struct client { uint32_t n; uint64_t last_page; char data[2048]; };

static uint64_t message_of(unsigned c, uint32_t k) { return (uint64_t)(c + 1) * MANY + k + 1; }

static void submit(struct rig *r, struct client *x, unsigned c)
{
    struct store_txn *t = store_txn_new(STORE_ENGINE, (void *)(uintptr_t)c);
    struct store_page p = { .page = store_page_id(r->s), .parent = x->last_page, .data = x->data };
    struct store_run run = { .run = c + 1, .owner = c, .session = c + 1, .message = message_of(c, x->n) };
    uint64_t fork = (uint64_t)(c + 1) * MANY * 10 + x->n;
    int32_t id = (int32_t)x->n;

    rig_put_message(t, c, message_of(c, x->n), x->n == 0 ? 0 : message_of(c, x->n - 1), 1, "some text 文字");
    rig_put_session(t, c, c + 1, message_of(c, x->n), "soak");
    store_txn_run(t, &run);
    store_txn_ids(t, c + 1, x->n, &id, 1);
    if (x->n % 4 == 0)
        rig_put_session(t, c, fork, message_of(c, x->n), "fork");
    if (x->n % 4 == 2)
        store_txn_delete_session(t, c, fork - 2);
    rig_ids(p.ids, c, x->n);
    rig_data(x->data, sizeof x->data, c, x->n);
    store_txn_pages(t, r->ns, &p, 1);
    if (store_commit(r->s, t, NULL) != QW_OK)
        _exit(3);
}

/* Never returns. */
static void child(struct rig *r, struct client *clients, int to)
{
    rig_open(r);
    for (unsigned c = 0; c < CLIENTS; c++)
        submit(r, &clients[c], c);
    for (;;) {
        struct store_answer a;
        const struct store_page *p;
        size_t n;
        unsigned char c;

        rig_wait(r, STORE_ENGINE, &a);
        if (a.code != QW_OK)
            _exit(4);
        c = (unsigned char)(uintptr_t)store_txn_user(a.txn);
        p = store_txn_get_pages(a.txn, &n);
        clients[c].last_page = p->page;
        clients[c].n++;
        store_txn_free(a.txn);
        if (write(to, &c, 1) != 1)
            _exit(5);
        submit(r, &clients[c], c);
    }
}

static unsigned next_random(unsigned *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 12;
}

/* What the store has of a client, which must be at least n. */
static void verify(struct rig *r, struct client *x, unsigned c)
{
    struct store_query *q = rig_session(r, c, c + 1), *run;
    uint32_t n = q->error.code == QW_OK ? (uint32_t)q->n_messages : 0;
    struct store_ref *refs = qw_alloc((n + 2) * sizeof *refs);

    if (n < x->n)
        fail_msg("client %u: %u turns are there, %u were acknowledged", c, n, x->n);
    assert_true(n <= x->n + 1);                 /* one was under way */
    for (uint32_t k = 0; k < n; k++)
        assert_int_equal(q->messages[k].message, message_of(c, k));
    store_query_free(q);
    if (n > 0) {
        run = store_query_new(STORE_Q_INTERRUPTED, STORE_LOOP, NULL);
        run->owner = c, run->id = c + 1;
        rig_ask(r, run);
        assert_int_equal(run->run.n_ids, n);
        for (uint32_t k = 0; k < n; k++)
            assert_int_equal(run->run.ids[k], k);
        store_query_free(run);
    }
    assert_int_equal(rig_find(r, r->ns, c, n + 1, refs), n);
    assert_int_equal(rig_load(r, r->ns, c, n, refs), n);
    x->n = n;
    x->last_page = n > 0 ? refs[n - 1].page : 0;
    qw_free(refs);
}

static void round_of(struct rig *r, struct client *clients, unsigned *x, double *slowest)
{
    unsigned want = next_random(x) % 300;
    struct store_query *q;
    int pipes[2], status;
    unsigned char c;
    pid_t pid;

    assert_int_equal(pipe(pipes), 0);
    pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        child(r, clients, pipes[1]);
    }
    close(pipes[1]);
    for (unsigned i = 0; i < want; i++) {
        assert_int_equal(read(pipes[0], &c, 1), 1);
        clients[c].n++;
    }
    poll(NULL, 0, (int)(next_random(x) % 4));   /* anywhere between two */
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    while (read(pipes[0], &c, 1) == 1)          /* told before it died */
        clients[c].n++;
    close(pipes[0]);
    rig_open(r);
    if (r->found.ms > *slowest)
        *slowest = r->found.ms;
    assert_false(r->found.database_set_aside);
    for (unsigned k = 0; k < CLIENTS; k++)
        verify(r, &clients[k], k);
    q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);
    q->deep = true;
    rig_ask(r, q);
    if (q->n_bad != 0)
        fail_msg("check: %s", q->report);
    store_query_free(q);
    rig_close(r);
}

static long rounds = 4;
static unsigned seed = 1;

static void test_soak(void **state)
{
    static struct client clients[CLIENTS];
    static struct rig r;
    double slowest = 0;
    unsigned turns = 0;

    (void)state;
    rig_make(&r);
    for (long i = 0; i < rounds; i++)
        round_of(&r, clients, &seed, &slowest);
    for (unsigned c = 0; c < CLIENTS; c++)
        turns += clients[c].n;
    print_message("%ld kills, %u turns, slowest recovery %.1f ms\n", rounds, turns, slowest);
    rig_free(&r);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_soak) };

    if (argc > 1)
        rounds = atol(argv[1]);
    if (argc > 2)
        seed = (unsigned)atol(argv[2]);
    qw_log_set_level(QW_LOG_ERROR);
    return cmocka_run_group_tests_name("store/soak", tests, NULL, NULL);
}
