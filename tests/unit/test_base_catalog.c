#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <cmocka.h>

#include "base/catalog.h"
#include "base/fs.h"
#include "base/mem.h"
#include "tests/unit/base_tmp.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    tmp_make(dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tmp_remove(dir);
    return 0;
}

static void assert_hex(const char *s)
{
    assert_int_equal(strlen(s), 64);
    for (; *s != '\0'; s++)
        assert_true(isdigit((unsigned char)*s) || (*s >= 'a' && *s <= 'f'));
}

/* Every entry can be fetched and checked: a sum or a hub that states one, parts
 * that add up to the file. */
static void test_entries_are_whole(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct catalog_entry *e; (e = catalog_builtin(n)) != NULL; n++) {
        uint64_t sum = 0;

        assert_ptr_equal(catalog_find(e->name), e);
        assert_ptr_equal(catalog_find(e->file), e);
        assert_true(e->url != NULL || e->n_wheels > 0);
        if (e->sha256 != NULL)
            assert_hex(e->sha256);
        else
            assert_true(e->url != NULL && e->n_wheels == 0);
        for (size_t i = 0; i < e->n_wheels; i++) {
            assert_hex(e->wheels[i].sha256);
            sum += e->wheels[i].bytes;
        }
        if (e->n_wheels > 0)
            assert_true(sum == e->bytes);
    }
    assert_int_equal(n, 3);
}

static void test_find(void **state)
{
    static const struct { const char *ask, *name; } rows[] = {
        { "default", "qwen2.5-coder-0.5b" }, { "small", "smollm2-135m" },
        { "qwen3-4b", "qwen3-4b" }, { "smollm2-135m", "smollm2-135m" },
        { "SmolLM2-135M-Instruct.Q4_1.gguf", "smollm2-135m" },
        { "SmolLM2-135M-Instruct.Q4_1", "smollm2-135m" },
        { "SmolLM2-135M-Instruct", NULL }, { "", NULL }, { "Default", NULL }, { "qwen", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct catalog_entry *e = catalog_find(rows[i].ask);

        print_message("  \"%s\"\n", rows[i].ask);
        if (rows[i].name == NULL)
            assert_null(e);
        else
            assert_string_equal(e->name, rows[i].name);
    }
    assert_string_equal(catalog_find("default")->sha256,
                        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32");
    assert_string_equal(catalog_find("small")->sha256,
                        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
}

static void test_resolve(void **state)
{
    static const struct { const char *ask; int rc; const char *file; } rows[] = {
        { "small", QW_OK, "SmolLM2-135M-Instruct.Q4_1.gguf" },
        { "smollm2-135m", QW_OK, "SmolLM2-135M-Instruct.Q4_1.gguf" },
        { "SmolLM2-135M-Instruct.Q4_1", QW_OK, "SmolLM2-135M-Instruct.Q4_1.gguf" },
        { "mine", QW_OK, "mine.gguf" },
        { "mine.gguf", QW_OK, "mine.gguf" },
        { "default", QW_ENOTFOUND, "qwenctl model pull qwen2.5-coder-0.5b" },
        { "other", QW_ENOTFOUND, "other" },
        { "secret.txt", QW_ENOTFOUND, "secret.txt" },   /* not a model file */
        { "folder", QW_ENOTFOUND, "folder" },
        { "../mine", QW_EPARAMS, "dot" },
        { "a/../mine", QW_EPARAMS, "slash" },
        { "/etc/passwd", QW_EPARAMS, "slash" },
        { ".hidden", QW_EPARAMS, "dot" },
        { "", QW_EPARAMS, "empty" },
        { "a\nb", QW_EPARAMS, "control" },
        { "a\xff", QW_EPARAMS, "UTF-8" },
    };

    (void)state;
    tmp_write(dir, "SmolLM2-135M-Instruct.Q4_1.gguf", "x");
    tmp_write(dir, "mine.gguf", "x");
    tmp_write(dir, "secret.txt", "x");
    tmp_write(dir, ".hidden.gguf", "x");
    mkdir(tmp_path(dir, "folder.gguf"), 0700);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qw_error e = { 0 };
        char *p = NULL;

        print_message("  \"%s\"\n", rows[i].ask);
        assert_int_equal(catalog_resolve(dir, rows[i].ask, &p, &e), rows[i].rc);
        if (rows[i].rc == QW_OK) {
            assert_string_equal(p, tmp_path(dir, rows[i].file));
        } else {
            assert_null(p);
            assert_non_null(strstr(e.msg, rows[i].file));
        }
        qw_free(p);
    }
}

static void test_list(void **state)
{
    struct catalog_file *f = NULL;
    size_t n = 99;

    (void)state;
    assert_int_equal(catalog_list(tmp_path(dir, "none"), &f, &n, NULL), QW_OK);
    assert_int_equal(n, 0);
    catalog_list_free(f, n);
    tmp_write(dir, "zeta.gguf", "12345");
    tmp_write(dir, "SmolLM2-135M-Instruct.Q4_1.gguf", "x");
    tmp_write(dir, "alpha.gguf", "");
    tmp_write(dir, "note.txt", "x");
    tmp_write(dir, "alpha.gguf.part", "x");
    tmp_write(dir, ".hidden.gguf", "x");
    tmp_write(dir, ".gguf", "x");
    tmp_write(dir, "a\x1b[2J.gguf", "x");     /* no name that catalog_resolve refuses */
    tmp_write(dir, "a\xff.gguf", "x");
    mkdir(tmp_path(dir, "folder.gguf"), 0700);
    assert_int_equal(catalog_list(dir, &f, &n, NULL), QW_OK);
    assert_int_equal(n, 3);
    assert_string_equal(f[0].name, "alpha");
    assert_null(f[0].builtin);
    assert_string_equal(f[1].name, "smollm2-135m");
    assert_ptr_equal(f[1].builtin, catalog_find("small"));
    assert_string_equal(f[2].name, "zeta");
    assert_int_equal(f[2].bytes, 5);
    assert_string_equal(f[2].path, tmp_path(dir, "zeta.gguf"));
    catalog_list_free(f, n);
}

static void test_list_without_memory(void **state)
{
    char name[32];
    long i;

    (void)state;
    for (i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "m%02ld.gguf", i);
        tmp_write(dir, name, "x");
    }
    for (i = 0;; i++) {
        struct catalog_file *f = NULL;
        size_t n = 0;
        int rc;

        qw_mem_fail_after(i);
        rc = catalog_list(dir, &f, &n, NULL);
        qw_mem_fail_after(-1);
        if (rc == QW_OK) {
            assert_int_equal(n, 20);
            catalog_list_free(f, n);
            break;
        }
        assert_int_equal(rc, QW_ENOMEM);
        assert_null(f);
    }
    assert_true(i > 40);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_entries_are_whole), T(test_find), T(test_resolve), T(test_list),
        T(test_list_without_memory),
    };
    return cmocka_run_group_tests_name("base/catalog", tests, NULL, NULL);
}
