#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mbox.h"
#include "base/mem.h"

static int items[100000];
static atomic_int notified;

static void count_notify(void *arg)
{
    assert_ptr_equal(arg, &notified);
    atomic_fetch_add(&notified, 1);
}

static void test_order_and_bound(void **state)
{
    struct mbox *m = mbox_new(3, count_notify, &notified);

    (void)state;
    atomic_store(&notified, 0);
    for (int round = 0; round < 5; round++) {       /* the ring wraps */
        assert_null(mbox_pop(m));
        for (int i = 0; i < 3; i++)
            assert_true(mbox_push(m, &items[i]));
        assert_false(mbox_push(m, &items[3]));
        for (int i = 0; i < 3; i++)
            assert_ptr_equal(mbox_pop(m), &items[i]);
    }
    assert_int_equal(atomic_load(&notified), 15);   /* not for the refused ones */
    mbox_free(m);
    mbox_free(NULL);
}

static void test_bad_sizes(void **state)
{
    (void)state;
    assert_null(mbox_new(0, NULL, NULL));
    assert_null(mbox_new(SIZE_MAX / 4, NULL, NULL));
    qw_mem_fail_after(0);
    assert_null(mbox_new(3, NULL, NULL));
}

static void test_timeout(void **state)
{
    struct mbox *m = mbox_new(1, NULL, NULL);
    uint64_t t0 = clock_mono_ms();

    (void)state;
    assert_null(mbox_pop_wait(m, 0));
    assert_null(mbox_pop_wait(m, 30));
    assert_in_range(clock_mono_ms() - t0, 29, 10000);
    mbox_push(m, &items[0]);
    assert_ptr_equal(mbox_pop_wait(m, UINT64_MAX), &items[0]);
    mbox_push(m, &items[1]);
    assert_ptr_equal(mbox_pop_wait(m, UINT64_MAX / 2), &items[1]);
    mbox_free(m);
}

enum { SENDERS = 3, EACH = 20000 };

static void *send_many(void *arg)
{
    struct mbox *m = arg;
    static atomic_int next;
    int first = atomic_fetch_add(&next, EACH);

    for (int i = 0; i < EACH; i++)
        mbox_push_wait(m, &items[first + i]);
    return NULL;
}

static void test_threads_lose_nothing(void **state)
{
    static unsigned char got[SENDERS * EACH];
    struct mbox *m = mbox_new(7, NULL, NULL);
    pthread_t t[SENDERS];
    int last[SENDERS] = { -1, -1, -1 };

    (void)state;
    for (int i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, send_many, m), 0);
    for (int i = 0; i < SENDERS * EACH; i++) {
        int *p = mbox_pop_wait(m, 20000), at;

        assert_non_null(p);
        at = (int)(p - items);
        assert_int_equal(got[at]++, 0);
        assert_true(at > last[at / EACH]);          /* each sender's order is kept */
        last[at / EACH] = at;
    }
    for (int i = 0; i < SENDERS; i++)
        pthread_join(t[i], NULL);
    assert_null(mbox_pop(m));
    mbox_free(m);
}

static void test_clocks(void **state)
{
    uint64_t a = clock_mono_ns(), b = clock_mono_ns();

    (void)state;
    assert_true(b >= a);
    assert_in_range(clock_mono_ms(), a / 1000000, a / 1000000 + 10000);
    assert_true(clock_unix_ms() > INT64_C(1700000000000));      /* milliseconds, after 2023 */
    assert_true(clock_unix_ms() < INT64_C(9000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_bound),
        cmocka_unit_test(test_bad_sizes),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_threads_lose_nothing),
        cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests_name("base/mbox", tests, NULL, NULL);
}
