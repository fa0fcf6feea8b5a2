/* The module's memory: what a caller may rely on when a copy or a block is given back.  QWEND_TEST_BACKEND names the
 * module, as for the golden tests: cuda-host (the default here), cuda-watch, cuda. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/forward/backend.h"

enum { BYTES = 100000, PART = 4096 };
static struct backend *b;

static int open_module(void **state)
{
    (void)state;
    struct qw_error err = { 0 };
    const char *name = getenv("QWEND_TEST_BACKEND"), *build = getenv("abs_top_builddir");
    char path[600];
    name = name != NULL ? name : "cuda-host";
    snprintf(path, sizeof path, "%s/%s/qwend-%s.so", build != NULL ? build : ".",
             strcmp(name, "cuda") == 0 ? "engine/cuda" : "tests/cuda_host", name);
    int rc = backend_open_file(&b, name, path, &err);
    if (rc != QW_OK)
        print_error("%s: %s\n", path, err.msg);
    return rc;
}

static int close_module(void **state)
{
    (void)state;
    backend_free(b);
    return 0;
}

static uint8_t *block(void)
{
    uint8_t *p;
    struct qw_error err;
    assert_int_equal(b->table->block_new(b->device, BYTES, &p, &err), QW_OK);
    return p;
}

static void copy_in(uint8_t *to, const uint8_t *from, size_t n)
{
    assert_int_equal(b->table->copy_in(b->device, to, from, n, NULL), QW_OK);
}

/* The bytes are there when the call returns. */
static void expect(const uint8_t *at, const uint8_t *want, size_t n)
{
    uint8_t *got = malloc(n);
    assert_non_null(got);
    memset(got, 0x5a, n);
    assert_int_equal(b->table->copy_out(b->device, got, at, n, NULL), QW_OK);
    assert_memory_equal(got, want, n);
    free(got);
}

static void a_block_is_zeros(void **state)
{
    (void)state;
    static const uint8_t zeros[BYTES];
    uint8_t *p = block();
    expect(p, zeros, BYTES);
    b->table->block_free(b->device, p);
}

static void host_memory_is_free_after_a_copy(void **state)
{
    (void)state;
    uint8_t *p = block();
    static uint8_t one[PART], two[PART], ring[PART];
    memset(one, 1, PART);
    memset(two, 2, PART);
    memcpy(ring, one, PART);
    copy_in(p, ring, PART);
    memcpy(ring, two, PART);            /* at once */
    copy_in(p + PART, ring, PART);
    memset(ring, 3, PART);
    expect(p, one, PART);
    expect(p + PART, two, PART);
    b->table->block_free(b->device, p);
}

static void calls_take_effect_in_order(void **state)
{
    (void)state;
    static const uint8_t zeros[PART];
    static uint8_t full[PART];
    uint8_t *p = block();
    memset(full, 0xff, PART);
    copy_in(p, full, PART);
    assert_int_equal(b->table->zero(b->device, p, PART / 2, NULL), QW_OK);
    expect(p, zeros, PART / 2);
    expect(p + PART / 2, full, PART / 2);
    copy_in(p, full, PART);
    expect(p, full, PART);
    b->table->block_free(b->device, p);
}

/* Zeroing is not waited for; giving the block back is safe nevertheless. */
static void a_block_goes_while_it_is_zeroed(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint8_t *p = block();
        assert_int_equal(b->table->zero(b->device, p, BYTES, NULL), QW_OK);
        b->table->block_free(b->device, p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_zeros),           cmocka_unit_test(host_memory_is_free_after_a_copy),
        cmocka_unit_test(calls_take_effect_in_order), cmocka_unit_test(a_block_goes_while_it_is_zeroed),
    };
    return cmocka_run_group_tests_name("module", tests, open_module, close_module);
}
