/* The worker team: everybody runs, barriers order memory, slices cover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "base/mem.h"
#include "engine/cpu/workers.h"

enum { MAX = 9, ROUNDS = 300 };
struct shared {
    struct workers *team;
    int  n;
    long turn[MAX];                 /* plain memory: the barrier must publish it */
    atomic_int bad;
};

static void relay(void *arg, int worker)
{
    struct shared *s = arg;
    for (int r = 0; r < ROUNDS; r++) {
        s->turn[worker]++;
        workers_barrier(s->team);
        for (int i = 0; i < s->n; i++)
            if (s->turn[i] != s->turn[worker])
                atomic_fetch_add(&s->bad, 1);
        workers_barrier(s->team);
    }
}

static void barriers_publish(void **state)
{
    (void)state;
    for (int n = 1; n <= MAX; n += 2) {         /* more workers than cores, too */
        struct shared s = { .n = n };
        assert_int_equal(workers_new(&s.team, n, NULL), 0);
        assert_int_equal(workers_count(s.team), n);
        for (int run = 1; run <= 3; run++) {
            workers_run(s.team, relay, &s);
            for (int i = 0; i < n; i++)
                assert_int_equal(s.turn[i], run * ROUNDS);
        }
        assert_int_equal(atomic_load(&s.bad), 0);
        workers_free(s.team);
    }
}

static void count_one(void *arg, int worker) { atomic_fetch_add((atomic_int *)arg, 1 << (4 * worker)); }

/* Long enough apart that the workers are asleep. */
static void wakes_sleepers(void **state)
{
    (void)state;
    struct workers *w;
    atomic_int seen = 0;
    assert_int_equal(workers_new(&w, 4, NULL), 0);
    for (int i = 0; i < 5; i++) {
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
        workers_run(w, count_one, &seen);
        assert_int_equal(atomic_load(&seen), 0x1111 * (i + 1));
    }
    workers_free(w);
}

static void refuses(void **state)
{
    (void)state;
    struct workers *w = NULL;
    struct qw_error err;
    assert_int_equal(workers_new(&w, 0, &err), QW_EPARAMS);
    assert_int_equal(workers_new(&w, WORKERS_MAX + 1, &err), QW_EPARAMS);
    long n = 0;
    for (int rc = QW_ENOMEM; rc != QW_OK; n++) {
        qw_mem_fail_after(n);
        rc = workers_new(&w, 3, &err);
        qw_mem_fail_after(-1);
        assert_true(rc == QW_OK || (rc == QW_ENOMEM && w == NULL));
    }
    assert_true(n > 2);
    workers_free(w);
    workers_free(NULL);
}

static void slices_cover(void **state)
{
    (void)state;
    for (size_t n = 0; n < 70; n++)
        for (size_t unit = 1; unit <= 16; unit *= 4)
            for (int count = 1; count <= 7; count++) {
                size_t at = 0;
                for (int w = 0; w < count; w++) {
                    size_t a, b;
                    workers_slice(n, unit, w, count, &a, &b);
                    assert_int_equal(a, at);
                    assert_true(b >= a && (b == n || b % unit == 0));
                    assert_true(b - a <= (n / unit + (size_t)count) / (size_t)count * unit + unit);
                    at = b;
                }
                assert_int_equal(at, n);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(barriers_publish), cmocka_unit_test(wakes_sleepers),
        cmocka_unit_test(refuses), cmocka_unit_test(slices_cover),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
