/* Bounds of blobs (daemon/blob.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/blob.h"
#include "tests/unit/base_tmp.h"

/* Writes that were under way together may carry the sum, and an export's head one blob, over its bound: then
 * nothing more has room until something is closed. */
static void test_over_the_bounds(void **state)
{
    char dir[64];
    struct blobs *b;
    struct blob *x, *y;
    struct qw_error err;

    (void)state;
    tmp_make(dir);
    assert_int_equal(blobs_new(&b, dir, &err), QW_OK);
    assert_int_equal(blob_new(b, 1, 0, &x, &err), QW_OK);
    assert_int_equal(blob_new(b, 1, 0, &y, &err), QW_OK);
    blob_grown(b, x, BLOB_MAX_BYTES + 56);
    assert_int_equal(blob_room(b, x, 1, &err), QW_ETOOLARGE);
    blob_grown(b, y, BLOBS_MAX_BYTES - BLOB_MAX_BYTES);
    assert_int_equal(blob_room(b, NULL, 1, &err), QW_EBUSY);
    assert_int_equal(blob_new(b, 2, 1, &y, &err), QW_EBUSY);
    blobs_free(b);
    tmp_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_over_the_bounds) };
    return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
