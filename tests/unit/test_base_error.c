#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/utf8.h"

/* Numbers and names as proto/PROTOCOL.md publishes them; a change here breaks clients. */
static const struct { int code, wire; const char *name; } published[] = {
    { QW_EREQUEST, 1, "invalid_request" },   { QW_EMETHOD, 2, "unknown_method" },
    { QW_EPARAMS, 3, "invalid_params" },     { QW_EDENIED, 4, "denied" },
    { QW_ENOTFOUND, 5, "not_found" },        { QW_ECONFLICT, 6, "conflict" },
    { QW_EBUSY, 7, "busy" },                 { QW_ETOOLARGE, 8, "too_large" },
    { QW_ECONTEXT, 9, "context_exceeded" },  { QW_EDEADLINE, 10, "deadline" },
    { QW_EMODEL, 11, "model_unavailable" },  { QW_ESTORAGE, 12, "storage" },
    { QW_EPLUGIN, 13, "plugin" },            { QW_EUNSUPPORTED, 14, "unsupported" },
    { QW_EDRAINING, 15, "draining" },        { QW_EINTERNAL, 16, "internal" },
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        assert_int_equal(qw_code_wire(published[i].code), published[i].wire);
        assert_int_equal(qw_code_from_wire(published[i].wire), published[i].code);
        assert_string_equal(qw_code_name(published[i].code), published[i].name);
        assert_true(strlen(qw_code_text(published[i].code)) > 0);
    }
}

static void test_codes_without_wire(void **state)
{
    (void)state;
    assert_int_equal(qw_code_wire(QW_OK), 0);
    assert_int_equal(qw_code_wire(QW_ENOMEM), 16);
    assert_int_equal(qw_code_wire(QW_ETRUNC), 16);
    assert_int_equal(qw_code_wire(-12345), 16);
    assert_string_equal(qw_code_name(-12345), "internal");
    assert_int_equal(qw_code_from_wire(0), QW_EINTERNAL);
    assert_int_equal(qw_code_from_wire(17), QW_EINTERNAL);
    assert_int_equal(qw_code_from_wire(-1), QW_EINTERNAL);
}

static void test_set_and_wrap(void **state)
{
    struct qw_error e = { 0 };

    (void)state;
    assert_int_equal(qw_error_set(&e, QW_EIO, "disk %d", 7), QW_EIO);
    assert_string_equal(e.msg, "disk 7");
    assert_int_equal(qw_error_wrap(&e, "session %s", "ab"), QW_EIO);
    assert_string_equal(e.msg, "session ab: disk 7");
    assert_int_equal(qw_error_errno(&e, QW_EDENIED, ENOENT, "open %s", "f"), QW_EDENIED);
    assert_string_equal(e.msg, "open f: No such file or directory");
    assert_int_equal(e.code, QW_EDENIED);
}

static void test_null_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(qw_error_set(NULL, QW_EBUSY, "x"), QW_EBUSY);
    assert_int_equal(qw_error_errno(NULL, QW_EIO, EIO, "x"), QW_EIO);
    qw_error_wrap(NULL, "x");
}

static void test_own_message_as_argument(void **state)
{
    struct qw_error e;

    (void)state;
    qw_error_set(&e, QW_EIO, "inner");
    qw_error_set(&e, QW_EPARAMS, "outer (%s)", e.msg);
    assert_string_equal(e.msg, "outer (inner)");
}

/* A three-byte character over the border must go as a whole, for every offset. */
static void test_cut_at_character(void **state)
{
    (void)state;
    for (int pad = 498; pad <= 503; pad++) {
        char text[520];
        struct qw_error e;

        memset(text, 'a', (size_t)pad);
        strcpy(text + pad, "\xe6\xb1\x89\xe6\xb1\x89");
        qw_error_set(&e, QW_EIO, "%s", text);
        assert_true(utf8_valid(e.msg, strlen(e.msg)));
        assert_int_equal(strlen(e.msg), pad + (503 - pad) / 3 * 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_codes_without_wire),
        cmocka_unit_test(test_set_and_wrap),
        cmocka_unit_test(test_null_is_accepted),
        cmocka_unit_test(test_own_message_as_argument),
        cmocka_unit_test(test_cut_at_character),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
