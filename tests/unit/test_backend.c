/* Modules are opened only if they are ours, and say why a device cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/backend.h"

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
    assert_int_equal(backend_choose(&b, "cpu", why, sizeof why, &err), QW_OK);
    assert_null(b);
    assert_string_equal(why, "");
    b = (void *)1;
    assert_int_equal(backend_choose(&b, "cuda-nowhere", why, sizeof why, &err), QW_ENOTFOUND);
    assert_null(b);
    assert_non_null(strstr(err.msg, "cuda-nowhere"));
    assert_int_equal(backend_choose(&b, "auto", why, sizeof why, &err), QW_OK);
    assert_true(why[0] != '\0');
    backend_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_ours_is_refused), cmocka_unit_test(a_device_says_why_not),
        cmocka_unit_test(auto_never_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
