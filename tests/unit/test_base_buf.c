#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/le.h"
#include "base/mem.h"

static void test_appends(void **state)
{
    struct qw_buf b = QW_BUF_INIT;

    (void)state;
    qw_buf_adds(&b, "ab");
    qw_buf_addc(&b, 'c');
    qw_buf_add(&b, "\0d", 2);
    qw_buf_addf(&b, "%03d", 7);
    assert_int_equal(b.len, 8);
    assert_memory_equal(b.data, "abc\0d007", 9);    /* with the NUL */
    qw_buf_drop(&b, 4);
    assert_string_equal(b.data, "d007");
    qw_buf_drop(&b, 99);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");
    qw_buf_free(&b);
    assert_null(b.data);
    qw_buf_drop(&b, 1);
    qw_buf_clear(&b);
}

static void test_growth_keeps_content(void **state)
{
    struct qw_buf b = QW_BUF_INIT;

    (void)state;
    for (int i = 0; i < 10000; i++)
        qw_buf_addf(&b, "%04d", i);
    assert_int_equal(b.len, 40000);
    assert_memory_equal(b.data + 4 * 1234, "12341235", 8);
    assert_int_equal(strlen(b.data), 40000);
    qw_buf_free(&b);
}

static void test_limit_sticks(void **state)
{
    struct qw_buf b;

    (void)state;
    qw_buf_init(&b, SIZE_MAX);          /* as large a limit as there is */
    qw_buf_adds(&b, "0123456789");
    assert_false(qw_buf_failed(&b));
    assert_string_equal(b.data, "0123456789");
    qw_buf_free(&b);
    qw_buf_init(&b, 10);
    qw_buf_adds(&b, "0123456789");
    assert_false(qw_buf_failed(&b));
    qw_buf_addc(&b, 'x');
    assert_true(qw_buf_failed(&b));
    assert_string_equal(b.data, "0123456789");
    qw_buf_drop(&b, 10);
    qw_buf_addc(&b, 'x');               /* still failed */
    assert_int_equal(b.len, 0);
    assert_null(qw_buf_take(&b));
    assert_false(qw_buf_failed(&b));    /* take leaves an empty buffer, limit kept */
    qw_buf_addf(&b, "%s", "0123456789x");
    assert_true(qw_buf_failed(&b));
    qw_buf_clear(&b);
    qw_buf_adds(&b, "ok");
    assert_string_equal(b.data, "ok");
    qw_buf_free(&b);
}

static void test_take(void **state)
{
    struct qw_buf b = QW_BUF_INIT;
    char *s;

    (void)state;
    s = qw_buf_take(&b);
    assert_string_equal(s, "");
    qw_free(s);
    qw_buf_adds(&b, "text");
    s = qw_buf_take(&b);
    assert_string_equal(s, "text");
    assert_null(b.data);
    assert_int_equal(b.len, 0);
    qw_free(s);
}

static void test_overflowing_length(void **state)
{
    struct qw_buf b = QW_BUF_INIT;

    (void)state;
    qw_buf_adds(&b, "abc");
    qw_buf_add(&b, "x", SIZE_MAX - 2);
    assert_true(qw_buf_failed(&b));
    assert_string_equal(b.data, "abc");
    qw_buf_free(&b);
}

static void test_memory_failure_sticks(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct qw_buf b = QW_BUF_INIT;
        bool failed;

        qw_mem_fail_after(n);
        for (int i = 0; i < 100; i++)
            qw_buf_addf(&b, "line %d\n", i);
        qw_mem_fail_after(-1);
        failed = qw_buf_failed(&b);
        if (!failed)
            assert_int_equal(b.len, 790);
        qw_buf_free(&b);
        if (!failed) {
            assert_true(n > 2);         /* something did fire before */
            break;
        }
    }
}

static void test_numbers_in_bytes(void **state)
{
    uint8_t p[9] = { [8] = 0xee }, back[3] = { 9, 9, 9 };
    char text[9];

    (void)state;
    le_put64(p, 0x0123456789abcdefu);
    assert_memory_equal(p, "\xef\xcd\xab\x89\x67\x45\x23\x01\xee", 9);
    assert_true(le_get64(p) == 0x0123456789abcdefu);
    assert_int_equal(le_get32(p), 0x89abcdef);
    le_put(p, 0x1ffee, 2);
    assert_int_equal(le_get(p, 3), 0xabffee);
    hex_put(text, p, 4);
    assert_string_equal(text, "eeffab89");
    hex_get(back, 3, "0aff10zz");
    assert_memory_equal(back, "\x0a\xff\x10", 3);
    hex_get(back, 3, "0aF");                /* no digit of ours, and the end: zeros */
    assert_memory_equal(back, "\x0a\0\0", 3);
    hex_get(back, 2, "");
    assert_memory_equal(back, "\0\0", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_growth_keeps_content),
        cmocka_unit_test(test_limit_sticks),
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_overflowing_length),
        cmocka_unit_test(test_memory_failure_sticks),
        cmocka_unit_test(test_numbers_in_bytes),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
