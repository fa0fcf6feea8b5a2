/* The configuration: types, ranges, origins, order, errors with file:line and nearest names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "daemon/config.h"

static char dir[64];

static char *file_at(const char *name, const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
    return path;
}

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/test-config-XXXXXX");
    char conf_d[80];
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(conf_d, sizeof conf_d, "%s/conf.d", dir);
    return mkdir(conf_d, 0700);
}

static int remove_dir(void **state)
{
    char cmd[128];
    (void)state;
    snprintf(cmd, sizeof cmd, "rm -r '%s'", dir);
    return system(cmd);
}

static struct config *fresh(void)
{
    struct config *c;
    struct qw_error err;
    assert_int_equal(config_new(&c, &err), QW_OK);
    return c;
}

static void test_numbers(void **state)
{
    static const struct { const char *text; bool size, good; int64_t value; } cases[] = {
        { "0", true, true, 0 },                 { "4096", true, true, 4096 },
        { "1KiB", true, true, 1024 },           { "512 MiB", true, true, INT64_C(512) << 20 },
        { "2GiB", true, true, INT64_C(2) << 30 }, { "3TB", true, true, INT64_C(3000000000000) },
        { "9000000TiB", true, false, 0 },       { "9999999TiB", true, false, 0 },
        { "-1", true, false, 0 },               { "1.5GiB", true, false, 0 },
        { "GiB", true, false, 0 },              { "1gib", true, false, 0 },
        { "99999999999999999999", true, false, 0 },
        { "0", false, true, 0 },                { "250ms", false, true, 250 },
        { "30s", false, true, 30000 },          { "15min", false, true, 900000 },
        { "2h", false, true, 7200000 },         { "1d", false, true, 86400000 },
        { "30", false, false, 0 },              { "30sec", false, false, 0 },
        { "999999999999999999d", false, false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t v = -7;
        bool good = cases[i].size ? cfg_parse_size(cases[i].text, &v) : cfg_parse_duration(cases[i].text, &v);
        if (good != cases[i].good || v != (good ? cases[i].value : -7))
            fail_msg("%s %s: %d %lld", cases[i].size ? "size" : "duration", cases[i].text, good, (long long)v);
    }
}

static void test_built_in(void **state)
{
    (void)state;
    struct config *c = fresh();
    assert_int_equal(cfg_int(c, CFG_DRAIN_TIMEOUT), 10000);
    assert_int_equal(cfg_int(c, CFG_SESSION_BYTES), 256 << 20);
    assert_int_equal(cfg_int(c, CFG_MODEL_SWITCH), 1);
    assert_int_equal(cfg_int(c, CFG_MAX_MODEL_LEN), 0);
    assert_null(cfg_str(c, CFG_SOCKET));
    assert_string_equal(cfg_origin(c, CFG_SOCKET), "built-in");
    assert_int_equal(config_n_plugins(c), 2);           /* the calculator, trusted with proofs, */
    assert_string_equal(config_plugin(c, 0)->name, "calculator");
    assert_true(config_plugin(c, 0)->trust_proof);
    assert_true(config_plugin(c, 0)->enabled);
    assert_false(config_plugin(c, 0)->generate || config_plugin(c, 0)->run_program);
    const struct cfg_plugin *python = config_plugin(c, 1);      /* and one that is trusted with nothing, but may run programs */
    assert_string_equal(python->name, "python");
    assert_true(python->enabled && python->generate && python->run_program && !python->trust_proof);
    assert_int_equal(python->timeout_ms, 60000);
    assert_int_equal(config_set(c, "plugin.python.enabled=no", "-o", NULL), QW_OK);
    assert_int_equal(config_set(c, "plugin.python.programs=5", "-o", NULL), QW_OK);     /* the plugin's own key */
    assert_false(python->enabled);
    assert_true(python->run_program);
    assert_int_equal(cfg_int(c, CFG_VERIFY_TIME), 50000);       /* a question is to take less than a minute */
    assert_int_equal(cfg_int(c, CFG_VERIFY_FEEDBACK), 0);
    for (size_t i = 0; config_key(i) != NULL; i++)
        if (config_key(i)->help == NULL || strlen(config_key(i)->help) < 10)
            fail_msg("%s has no help", config_key(i)->name);
    config_free(c);
}

static void test_order_and_origin(void **state)
{
    struct qw_error err = { 0 };
    char want[300];
    (void)state;
    struct config *c = fresh();
    file_at("conf.d/10-a.conf", "[limits]\nmax_queue = 20\nmax_sessions = 20\n");
    file_at("conf.d/20-b.conf", "[limits]\nmax_queue = 30\n");
    file_at("conf.d/ignored.txt", "[no such section]\nx = 1\n");
    const char *path = file_at("qwend.conf", "# comment\n[limits]\n\n  max_queue = 10\nmax_sessions = 10\nmax_connections=10 ; ten\n");
    if (config_load(c, path, true, &err) != QW_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(config_set(c, "limits.max_connections=11", "-o", &err), QW_OK);
    assert_int_equal(cfg_int(c, CFG_MAX_QUEUE), 30);
    assert_int_equal(cfg_int(c, CFG_MAX_SESSIONS), 20);
    assert_int_equal(cfg_int(c, CFG_MAX_CONNECTIONS), 11);
    assert_string_equal(cfg_origin(c, CFG_MAX_CONNECTIONS), "-o");
    snprintf(want, sizeof want, "%s/conf.d/10-a.conf:3", dir);
    assert_string_equal(cfg_origin(c, CFG_MAX_SESSIONS), want);
    snprintf(want, sizeof want, "%s/conf.d/20-b.conf:2", dir);
    assert_string_equal(cfg_origin(c, CFG_MAX_QUEUE), want);
    config_free(c);
}

static void test_errors_name_line_and_nearest(void **state)
{
    static const struct { const char *name, *text, *line, *says; } cases[] = {
        { "unknown key",      "[limits]\n\nmax_queu = 1\n",            ":3", "max_queue" },
        { "unknown section",  "[limit]\nmax_queue = 1\n",              ":2", "[limits]" },
        { "no section",       "max_queue = 1\n",                       ":1", "before any [section]" },
        { "not a number",     "[limits]\nmax_queue = many\n",          ":2", "whole number" },
        { "out of range",     "[limits]\nmax_queue = 0\n",             ":2", "65536" },
        { "not a size",       "[cache]\nsession_bytes = 1 gig\n",      ":2", "512MiB" },
        { "not a duration",   "[daemon]\nidle_exit = 5\n",             ":2", "15min" },
        { "not yes or no",    "[model]\nswitch = maybe\n",             ":2", "neither yes nor no" },
        { "no such choice",   "[engine]\nkv_cache_dtype = f8\n",       ":2", "auto|f32|f16|bf16|q8_0" },
        { "relative path",    "[daemon]\ndata = here\n",               ":2", "absolute" },
        { "no key at all",    "[limits]\nmax_queue\n",                 ":2", "key = value" },
        { "plugin key",       "[plugin \"x\"]\n\npaht = /x\n",         ":3", "`path`" },
        { "plugin trust",     "[plugin \"x\"]\ntrust = full\n",        ":2", "none|proof" },
        { "plugin name",      "[plugin \"X/..\"]\ntrust = none\n",     ":2", "a-z" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct config *c = fresh();
        struct qw_error err = { 0 };
        char at[300];
        const char *path = file_at("bad.conf", cases[i].text);
        snprintf(at, sizeof at, "%s%s: ", path, cases[i].line);
        int rc = config_load(c, path, true, &err);
        if (rc == QW_OK || strncmp(err.msg, at, strlen(at)) != 0 || strstr(err.msg, cases[i].says) == NULL)
            fail_msg("%s: %d %s", cases[i].name, rc, err.msg);
        config_free(c);
    }
}

static void test_odd_files(void **state)
{
    struct qw_error err = { 0 };
    char *longline = malloc(400);
    char path[256];
    (void)state;
    struct config *c = fresh();
    memset(longline, 'x', 399);
    longline[399] = '\0';
    assert_int_equal(config_load(c, file_at("long.conf", longline), true, &err), QW_ETOOLARGE);
    assert_non_null(strstr(err.msg, "long.conf:1"));
    snprintf(path, sizeof path, "%s/none.conf", dir);
    assert_int_not_equal(config_load(c, path, true, &err), QW_OK);
    assert_int_equal(config_load(c, path, false, &err), QW_OK);
    free(longline);
    config_free(c);
}

static void test_plugins(void **state)
{
    struct qw_error err = { 0 };
    (void)state;
    struct config *c = fresh();
    const char *path = file_at("p.conf", "[plugin \"units\"]\npath = /opt/u.so\ntimeout = 2s\nmemory = 64MiB\nsystem = si\ngenerate = yes\nrequests = 3\n"
                                         "[plugin \"calculator\"]\ntrust = none\n");
    if (config_load(c, path, true, &err) != QW_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(config_set(c, "plugin.units.enabled=no", "-o", &err), QW_OK);
    assert_int_equal(config_set(c, "plugin.units.system=cgs", "-o", &err), QW_OK);
    assert_int_equal(config_n_plugins(c), 3);
    const struct cfg_plugin *p = config_plugin(c, 2);
    assert_string_equal(p->path, "/opt/u.so");
    assert_int_equal(p->timeout_ms, 2000);
    assert_int_equal(p->memory_bytes, 64 << 20);
    assert_false(p->enabled);
    assert_false(p->trust_proof);               /* only the calculator is trusted unasked */
    assert_true(p->generate);
    assert_false(p->run_program);               /* nothing is granted unasked */
    assert_int_equal(p->requests, 3);
    assert_int_equal(config_plugin(c, 0)->requests, 16);
    assert_int_equal(p->n_options, 1);
    assert_string_equal(p->options[0].value, "cgs");
    assert_false(config_plugin(c, 0)->trust_proof);
    config_free(c);
}

static void test_assignments(void **state)
{
    static const char *const bad[] = { "limits.max_queue", "max_queue=1", ".max_queue=1", "limits.=1", "=", "", "plugin.=1" };
    struct qw_error err = { 0 };
    (void)state;
    struct config *c = fresh();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (config_set(c, bad[i], "-o", &err) == QW_OK || strncmp(err.msg, "-o: ", 4) != 0)
            fail_msg("`%s`: %s", bad[i], err.msg);
    assert_int_equal(config_set(c, "model.path=/a=b.gguf", "-o", &err), QW_OK);
    assert_string_equal(cfg_str(c, CFG_MODEL_PATH), "/a=b.gguf");
    assert_int_equal(config_set(c, "model.path=auto", "-o", &err), QW_OK);
    assert_null(cfg_str(c, CFG_MODEL_PATH));
    config_free(c);
}

static void test_dump_can_be_read_again(void **state)
{
    struct qw_error err = { 0 };
    struct qw_buf a = QW_BUF_INIT, diff = QW_BUF_INIT;
    (void)state;
    struct config *c = fresh(), *d = fresh();
    assert_int_equal(config_set(c, "limits.max_connections=77", "-o", &err), QW_OK);
    assert_int_equal(config_set(c, "plugin.calculator.timeout=3s", "-o", &err), QW_OK);
    config_diff(c, d, CFG_LIVE, &diff);
    assert_string_equal(diff.data, "limits.max_connections");
    qw_buf_clear(&diff);
    config_diff(c, d, CFG_RESTART, &diff);
    assert_string_equal(diff.data, "plugin");
    config_dump(c, &a);
    if (config_load(d, file_at("dump.conf", a.data), true, &err) != QW_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(cfg_int(d, CFG_MAX_CONNECTIONS), 77);
    assert_int_equal(cfg_int(d, CFG_MAX_SESSIONS), 20);         /* conf.d/ comes after the file */
    assert_int_equal(config_set(d, "limits.max_sessions=256", "-o", &err), QW_OK);
    assert_int_equal(config_set(d, "limits.max_queue=256", "-o", &err), QW_OK);
    qw_buf_clear(&diff);
    for (int e = CFG_LIVE; e <= CFG_RESTART; e++)
        config_diff(c, d, (enum cfg_effect)e, &diff);
    assert_int_equal(diff.len, 0);
    qw_buf_free(&a);
    qw_buf_free(&diff);
    config_free(c);
    config_free(d);
}

static void test_memory_failures(void **state)
{
    struct qw_error err;
    (void)state;
    const char *path = file_at("m.conf", "[limits]\nmax_queue = 3\n[plugin \"x\"]\npath = /x.so\nkey1 = v\n");
    for (long n = 0; n < 2000; n++) {
        struct config *c = NULL;
        qw_mem_fail_after(n);
        int rc = config_new(&c, &err);
        if (rc == QW_OK)
            rc = config_load(c, path, true, &err);
        qw_mem_fail_after(-1);
        config_free(c);
        if (rc == QW_OK) {
            assert_true(n > 10);
            return;
        }
        assert_int_equal(rc, QW_ENOMEM);
    }
    fail_msg("never came to an end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_order_and_origin),
        cmocka_unit_test(test_errors_name_line_and_nearest),
        cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_plugins),
        cmocka_unit_test(test_assignments),
        cmocka_unit_test(test_dump_can_be_read_again),
        cmocka_unit_test(test_memory_failures),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
