#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/log.h"
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
    qw_log_open(NULL, NULL);
    qw_log_set_level(QW_LOG_INFO);
    tmp_remove(dir);
    return 0;
}

static char *slurp(const char *name)
{
    char *text;
    size_t len;

    assert_int_equal(fs_read_file(tmp_path(dir, name), 64 << 20, &text, &len, NULL), QW_OK);
    return text;
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t re;

    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
    if (regexec(&re, text, 0, NULL, 0) != 0)
        fail_msg("\"%s\" does not match %s", text, pattern);
    regfree(&re);
}

static void test_line(void **state)
{
    struct stat st;
    char *text;

    (void)state;
    assert_int_equal(qw_log_open(tmp_path(dir, "log"), NULL), QW_OK);
    errno = EDOM;
    log_info("store", "opened sessions=%d", 3);
    assert_int_equal(errno, EDOM);
    text = slurp("log");
    assert_matches(text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "
                         "info store: opened sessions=3\n$");
    qw_free(text);
    assert_int_equal(stat(tmp_path(dir, "log"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_levels(void **state)
{
    char *text;

    (void)state;
    qw_log_open(tmp_path(dir, "log"), NULL);
    log_debug("a", "no");
    qw_log_set_level(QW_LOG_WARN);
    assert_int_equal(qw_log_level(), QW_LOG_WARN);
    log_info("a", "no");
    log_warn("a", "yes1");
    log_error("a", "yes2");
    text = slurp("log");
    assert_null(strstr(text, "no"));
    assert_non_null(strstr(text, "warn a: yes1\n"));
    assert_non_null(strstr(text, "error a: yes2\n"));
    qw_free(text);
    assert_int_equal(qw_log_level_parse("debug"), QW_LOG_DEBUG);
    assert_int_equal(qw_log_level_parse("error"), QW_LOG_ERROR);
    assert_int_equal(qw_log_level_parse("loud"), -1);
}

static void test_one_line_whatever_comes(void **state)
{
    char *text, *big = qw_alloc(10001);

    (void)state;
    memset(big, 'x', 10000);
    big[10000] = '\0';
    qw_log_open(tmp_path(dir, "log"), NULL);
    log_info("a", "%s", "one\ntwo\x1b[2J\xff \xc2\x9b" "2J \xe6\xb1\x89");
    log_info("a", "%s", big);
    memset(big, '\n', 10000);
    log_info("a", "%s", big);
    qw_free(big);
    text = slurp("log");
    assert_non_null(strstr(text, "a: one\\x0atwo\\x1b[2J\\xff \\xc2\\x9b2J \xe6\xb1\x89\n"));
    for (int i = 0; i < 3; i++) {
        char *end = strchr(text, '\n');

        assert_non_null(end);
        assert_true(end - text < 4096);
        memmove(text, end + 1, strlen(end));
    }
    assert_string_equal(text, "");
    qw_free(text);
}

static void test_rotation(void **state)
{
    struct stat st, old;
    char *text, filler[1001];

    (void)state;
    memset(filler, 'f', 1000);
    filler[1000] = '\0';
    qw_log_open(tmp_path(dir, "log"), NULL);
    for (int i = 0; i < 10300; i++)
        log_info("a", "%05d %s", i, filler);
    assert_int_equal(stat(tmp_path(dir, "log.1"), &old), 0);
    assert_in_range(old.st_size, (10 << 20) - 2000, 10 << 20);
    assert_int_equal(stat(tmp_path(dir, "log"), &st), 0);
    assert_true(st.st_size > 0 && st.st_size < 1 << 20);
    text = slurp("log");
    assert_non_null(strstr(text, "a: 10299 "));
    qw_free(text);
    /* A size that was there before counts as well. */
    assert_int_equal(truncate(tmp_path(dir, "log"), 10 << 20), 0);
    qw_log_open(tmp_path(dir, "log"), NULL);
    log_info("a", "after");
    text = slurp("log");
    assert_matches(text, "^[^\n]* a: after\n$");
    qw_free(text);
}

static void *write_many(void *arg)
{
    for (int i = 0; i < 500; i++)
        log_info("t", "%s", (const char *)arg);
    return NULL;
}

static void test_lines_do_not_mix(void **state)
{
    pthread_t a, b;
    size_t lines = 0;
    char *text;

    (void)state;
    qw_log_open(tmp_path(dir, "log"), NULL);
    pthread_create(&a, NULL, write_many, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    pthread_create(&b, NULL, write_many, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    text = slurp("log");
    for (char *s = text, *end; (end = strchr(s, '\n')) != NULL; s = end + 1, lines++) {
        *end = '\0';
        assert_matches(s, " info t: (a{40}|b{40})$");
    }
    assert_int_equal(lines, 1000);
    qw_free(text);
}

static void test_open_errors(void **state)
{
    struct qw_error e;
    char *text;

    (void)state;
    qw_log_open(tmp_path(dir, "log"), NULL);
    assert_int_equal(qw_log_open(tmp_path(dir, "no/log"), &e), QW_EIO);
    assert_non_null(strstr(e.msg, "no/log"));
    assert_int_equal(symlink("/tmp/elsewhere", tmp_path(dir, "link")), 0);
    assert_int_equal(qw_log_open(tmp_path(dir, "link"), &e), QW_EIO);
    log_info("a", "still here");    /* the former log goes on */
    text = slurp("log");
    assert_non_null(strstr(text, "still here"));
    qw_free(text);
}

/* argv[0] --say: one line to standard error, for the journal test. */
static void test_journal_prefix(void **state)
{
    char cmd[4096], exe[1024], *text;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    struct stat st;

    (void)state;
    assert_true(n > 0);
    exe[n] = '\0';
    tmp_write(dir, "err", "");
    assert_int_equal(stat(tmp_path(dir, "err"), &st), 0);
    snprintf(cmd, sizeof cmd, "JOURNAL_STREAM=%llu:%llu '%s' --say 2>>%s/err",
             (unsigned long long)st.st_dev, (unsigned long long)st.st_ino, exe, dir);
    assert_int_equal(system(cmd), 0);
    text = slurp("err");
    assert_matches(text, "^<4>[0-9T:.Z-]+ warn x: said\n$");
    qw_free(text);
    tmp_write(dir, "err", "");
    snprintf(cmd, sizeof cmd, "JOURNAL_STREAM=1:2 '%s' --say 2>>%s/err", exe, dir);
    assert_int_equal(system(cmd), 0);
    text = slurp("err");
    assert_matches(text, "^[0-9T:.Z-]+ warn x: said\n$");
    qw_free(text);
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_line), T(test_levels), T(test_one_line_whatever_comes), T(test_rotation),
        T(test_lines_do_not_mix), T(test_open_errors), T(test_journal_prefix),
    };

    if (argc == 2 && strcmp(argv[1], "--say") == 0) {
        log_warn("x", "said");
        return 0;
    }
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
