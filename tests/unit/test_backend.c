/* Modules are opened only if they are ours, and say why a device cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cpu/kern.h"
#include "engine/forward/backend.h"

static const char *module(const char *name)
{
    static char path[600];
    const char *build = getenv("abs_top_builddir");
    snprintf(path, sizeof path, "%s/tests/unit/.libs/%s.so", build != NULL ? build : ".", name);
    return path;
}

static void refused(const char *path, int code, const char *text)
{
    struct backend *b = NULL;
    struct qw_error err = { 0 };
    assert_int_equal(backend_open_file(&b, "cuda", path, &err), code);
    if (strstr(err.msg, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.msg, text);
    assert_null(b);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    refused("/nowhere/qwend-cuda.so", QW_EUNSUPPORTED, "/nowhere/qwend-cuda.so");
    refused(module("backend_none"), QW_EUNSUPPORTED, "no backend module");
    refused(module("backend_other"), QW_EUNSUPPORTED, "built from other sources");
}

static void a_device_says_why_not(void **state)
{
    (void)state;
    setenv("FAKE_BACKEND_REFUSES", "no driver is loaded", 1);
    refused(module("backend_fake"), QW_EUNSUPPORTED, "no driver is loaded");
    unsetenv("FAKE_BACKEND_REFUSES");
    struct backend *b;
    assert_int_equal(backend_open_file(&b, "cuda", module("backend_fake"), NULL), QW_OK);
    assert_string_equal(b->info.device, "a device");
    assert_string_equal(b->name, "cuda");
    backend_free(b);
}

/* This program lies where no build tree has a module, and none is installed. */
static void auto_never_fails(void **state)
{
    (void)state;
    struct backend *b = (void *)1;
    struct qw_error err = { 0 };
    char why[512];
    assert_int_equal(backend_choose(&b, "cpu", NUMERICS_EXACT, why, sizeof why, &err), QW_OK);
    assert_null(b);
    assert_string_equal(why, "");
    b = (void *)1;
    assert_int_equal(backend_choose(&b, "cuda-nowhere", NUMERICS_EXACT, why, sizeof why, &err), QW_ENOTFOUND);
    assert_null(b);
    assert_non_null(strstr(err.msg, "cuda-nowhere"));
    assert_int_equal(backend_choose(&b, "auto", NUMERICS_EXACT, why, sizeof why, &err), QW_OK);
    assert_true(why[0] != '\0');
    backend_free(b);
}

static void numerics_have_an_id_each(void **state)
{
    (void)state;
    struct backend *b;
    struct qw_error err = { 0 };
    assert_int_equal(numerics_parse("exact"), NUMERICS_EXACT);
    assert_int_equal(numerics_parse(numerics_name(NUMERICS_FAST)), NUMERICS_FAST);
    assert_int_equal(numerics_parse("quick"), -1);
    assert_int_equal(backend_numerics(NULL), NUMERICS_EXACT);
    assert_int_equal(backend_numerics_id(NULL), KERN_NUMERICS_ID);

    assert_int_equal(backend_open_file(&b, "cuda", module("backend_fake"), NULL), QW_OK);
    assert_int_equal(backend_set_numerics(b, NUMERICS_EXACT, &err), QW_OK);
    setenv("FAKE_BACKEND_SLOW", "no library", 1);
    assert_int_equal(backend_set_numerics(b, NUMERICS_FAST, &err), QW_EUNSUPPORTED);
    assert_string_equal(err.msg, "no library");
    assert_int_equal(backend_numerics_id(b), KERN_NUMERICS_ID);
    unsetenv("FAKE_BACKEND_SLOW");
    assert_int_equal(backend_set_numerics(b, NUMERICS_FAST, &err), QW_OK);
    assert_int_equal(backend_numerics(b), NUMERICS_FAST);
    assert_int_not_equal(backend_numerics_id(b), KERN_NUMERICS_ID);
    backend_free(b);
}

/* The CPU has none: an error where it was asked for by name, a word where it was what was left. */
static void fast_is_for_a_gpu(void **state)
{
    (void)state;
    struct backend *b = (void *)1;
    struct qw_error err = { 0 };
    char why[512];
    assert_int_equal(backend_choose(&b, "cpu", NUMERICS_FAST, why, sizeof why, &err), QW_EPARAMS);
    assert_null(b);
    assert_non_null(strstr(err.msg, "backend auto or cuda"));
    assert_int_equal(backend_choose(&b, "auto", NUMERICS_FAST, why, sizeof why, &err), QW_OK);
    assert_null(b);
    assert_non_null(strstr(why, "gpu_numerics fast does not count"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_ours_is_refused), cmocka_unit_test(a_device_says_why_not),
        cmocka_unit_test(auto_never_fails), cmocka_unit_test(numerics_have_an_id_each),
        cmocka_unit_test(fast_is_for_a_gpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
