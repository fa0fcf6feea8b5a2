/* The download from a hub with faults, and the folder that it goes into.  Wheels: test_pull_wheels.c. */
#include "tests/unit/pull_rig.h"

static void test_describe(void **state)
{
    static const struct { struct pull_state s; const char *want; } rows[] = {
        { { PULL_WAIT, 0, 0, 0, -1, 0, 0, NULL }, "waiting: another process downloads it" },
        { { PULL_HUB, 1500000, 0, 0, -1, 0, 0, NULL }, "1.5 MB" },
        { { PULL_HUB, 0, 491400064, 2000000, 246, 0, 0, NULL },
          "0.0 of 491.4 MB, 2.0 MB/s, 4 min left" },
        { { PULL_WHEELS, 206100000, 491400064, 25800000, 11, 3, 6, NULL },
          "part 3 of 6, 206.1 of 491.4 MB, 25.8 MB/s, 11 s left" },
        { { PULL_CHECK, 100, 491400064, 0, 36000, 0, 0, NULL },
          "checking, 0.0 of 491.4 MB, 10 h left" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[200];

        pull_describe(&rows[i].s, line, sizeof line);
        assert_string_equal(line, rows[i].want);
        pull_describe(&rows[i].s, line, 5);
        assert_int_equal(strlen(line), 4);
    }
}

/* ---- the hub ---------------------------------------------------------------------- */

static void test_hub(void **state)
{
    struct catalog_entry e = entry("ok", true);
    struct watch w = { 0 };
    struct qw_error err;

    (void)state;
    assert_int_equal(pull(&e, &w, &err), QW_OK);
    assert_pulled();
    assert_int_equal(w.stages, 1 << PULL_HUB | 1 << PULL_CHECK);
    assert_int_equal(requests(), 1);
    assert_int_equal(pips(), 0);
}

static void test_proxy(void **state)
{
    struct catalog_entry e = entry("ok", false);
    struct qw_error err;
    char proxy[64];

    (void)state;
    snprintf(url, sizeof url, "http://hub.invalid/ok/model.bin");
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", port);
    setenv("http_proxy", proxy, 1);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    unsetenv("http_proxy");
    assert_pulled();
    assert_int_equal(requests(), 1);
}

static void test_resume(void **state)
{
    static const struct {
        const char *name, *fault, *from, *tag;
        size_t have;
        int requests;
        const char *first;      /* in the server's log */
    } rows[] = {
        { "same tag", "ok", "model.bin", "model", 1 << 20, 1, "ok bytes=1048576- \"" },
        { "no tag", "ok", "model.bin", NULL, 1 << 20, 1, "ok bytes=1048576- -\n" },
        { "changed since", "ok", "other.bin", "\"old\"", 1 << 20, 1, "bytes=1048576- \"old\"" },
        { "wrong beginning", "ok", "other.bin", NULL, 1 << 20, 2, "ok - -\n" },
        { "server cannot", "norange", "model.bin", NULL, 1 << 20, 1, "norange bytes=" },
        { "all there", "ok", "model.bin", NULL, 3 * (1 << 20) - 77, 0, NULL },
        { "all there, wrong", "ok", "other.bin", NULL, 3 * (1 << 20) - 77, 1, "ok - -\n" },
        { "drops every MiB", "cut", "model.bin", NULL, 0, 3, "cut bytes=2097152- \"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalog_entry e = entry(rows[i].fault, false);
        char tag[20];
        struct qw_error err;

        print_message("  %s\n", rows[i].name);
        unlink(tmp_path(root, "requests"));
        unlink(tmp_path(models, "test.gguf"));
        put_part(".parts/test.gguf.http", rows[i].from, rows[i].have);
        if (rows[i].tag != NULL) {
            snprintf(tag, sizeof tag, "\"%.16s\"", model_sha);
            tmp_write(models, ".parts/test.gguf.tag",
                      strcmp(rows[i].tag, "model") == 0 ? tag : rows[i].tag);
        }
        assert_int_equal(pull(&e, NULL, &err), QW_OK);
        assert_pulled();
        assert_int_equal(requests(), rows[i].requests);
        if (rows[i].first != NULL)
            assert_true(file_has(tmp_path(root, "requests"), rows[i].first));
    }
}

static void test_hub_errors(void **state)
{
    static const struct { const char *fault; int rc; const char *says; } rows[] = {
        { "404", QW_EIO, "HTTP 404" },
        { "403", QW_EIO, "refuses access" },
        { "503", QW_EIO, "HTTP 503" },
        { "wrong", QW_EFORMAT, "SHA-256" },
        { "long", QW_EFORMAT, "expected 3145651" },
        { "short", QW_EFORMAT, "3145650 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalog_entry e = entry(rows[i].fault, false);
        struct qw_error err;

        assert_int_equal(pull(&e, NULL, &err), rows[i].rc);
        assert_non_null(strstr(err.msg, rows[i].says));
        assert_not_pulled();
        assert_int_equal(requests(), 1);
        unlink(tmp_path(root, "requests"));
        unlink(tmp_path(models, ".parts/test.gguf.http"));
    }
}

static void test_wrong_range(void **state)
{
    struct catalog_entry e = entry("otherrange", false);
    struct qw_error err;

    (void)state;
    put_part(".parts/test.gguf.http", "model.bin", 1000);
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "another range"));
    assert_not_pulled();
}

static void test_part_longer_than_file(void **state)
{
    struct catalog_entry e = entry("ok", false);
    struct qw_error err;
    size_t n;
    char *data = slurp(tmp_path(root, "other.bin"), &n);

    (void)state;
    put_part(".parts/test.gguf.http", "other.bin", n);
    FILE *f = fopen(tmp_path(models, ".parts/test.gguf.http"), "a");
    assert_int_equal(fwrite(data, 1, 500, f), 500);
    fclose(f);
    qw_free(data);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);      /* 416, then from nothing */
    assert_pulled();
}

static void test_length_not_stated(void **state)
{
    struct catalog_entry e = entry("endless", false);
    struct qw_error err;

    (void)state;
    assert_int_equal(pull(&e, NULL, &err), QW_OK);      /* the catalogue knows it */
    assert_pulled();
    assert_int_equal(unlink(tmp_path(models, "test.gguf")), 0);
    e.bytes = 0;
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "how long"));
    e = entry("endless", false);
    e.bytes = 1000;                                     /* shorter than what comes */
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "more than 1000"));
    assert_not_pulled();
}

static void test_checksum_stated_by_hub(void **state)
{
    struct catalog_entry e = entry("stated", false);
    struct qw_error err;

    (void)state;
    e.sha256 = NULL;
    e.bytes = 0;
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_pulled();
    unlink(tmp_path(models, "test.gguf"));

    snprintf(url, sizeof url, "http://127.0.0.1:%d/misstated/model.bin", port);
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_not_pulled();

    snprintf(url, sizeof url, "http://127.0.0.1:%d/ok/model.bin", port);
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "no SHA-256"));
    assert_not_pulled();
}

static bool stop_at_1mb(const struct pull_state *s)
{
    return s->stage == PULL_HUB && s->done_bytes > 1000000;
}

static bool stop_now(const struct pull_state *s)
{
    return s->stage == PULL_HUB;
}

static bool stop_later(const struct pull_state *s)
{
    static int calls;

    return s->stage == PULL_HUB && ++calls > 3;
}

static void test_cancel_and_go_on(void **state)
{
    struct catalog_entry e = entry("slow", true);
    struct watch w = { .stop = stop_at_1mb };
    struct qw_error err;
    struct stat st;

    (void)state;
    assert_int_equal(pull(&e, &w, &err), QW_ECANCELLED);
    assert_not_pulled();
    assert_int_equal(pips(), 0);
    assert_int_equal(stat(tmp_path(models, ".parts/test.gguf.http"), &st), 0);
    assert_true(st.st_size > 1000000 && (uint64_t)st.st_size < model_bytes);
    w.stop = NULL;
    assert_int_equal(pull(&e, &w, &err), QW_OK);
    assert_pulled();
    assert_true(file_has(tmp_path(root, "requests"), "slow bytes="));
}

static void test_cancel_while_hub_is_silent(void **state)
{
    struct catalog_entry e = entry("hang", true);
    struct watch w = { .stop = stop_later };
    struct qw_error err;
    uint64_t t0 = clock_mono_ms();

    (void)state;
    assert_int_equal(pull(&e, &w, &err), QW_ECANCELLED);
    assert_true(clock_mono_ms() - t0 < 10000);
    w.stop = stop_now;
    assert_int_equal(pull(&e, &w, &err), QW_ECANCELLED);
}

/* ---- one source gives way to the next ---------------------------------------------- */

/* A port on which nothing listens, or one whose queue is full, so that a
 * connection never comes about. */
static int dead_port(bool full, int fds[4])
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;

    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fds[0], (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(getsockname(fds[0], (struct sockaddr *)&a, &n), 0);
    if (full)
        assert_int_equal(listen(fds[0], 0), 0);
    for (int i = 1; i < 4; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (full)
            (void)!connect(fds[i], (struct sockaddr *)&a, sizeof a);
    }
    return ntohs(a.sin_port);
}

static void test_dead_hub_gives_way(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        struct catalog_entry e = entry("ok", true);
        struct watch w = { 0 };
        struct qw_error err;
        uint64_t t0 = clock_mono_ms();
        int fds[4];

        snprintf(url, sizeof url, "http://127.0.0.1:%d/model.bin", dead_port(full, fds));
        assert_int_equal(pull(&e, &w, &err), QW_OK);
        assert_pulled();
        unlink(tmp_path(models, "test.gguf"));
        assert_int_equal(w.notes, 1);
        print_message("  %s: %s\n", full ? "silent" : "closed", w.note);
        assert_in_range(clock_mono_ms() - t0, full ? 4500 : 0, full ? 12000 : 4000);
        for (int i = 0; i < 4; i++)
            close(fds[i]);
    }
}

static void test_hub_errors_give_way(void **state)
{
    static const char *const faults[] = { "404", "wrong", "short" };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct catalog_entry e = entry(faults[i], true);
        struct watch w = { 0 };
        struct qw_error err;

        assert_int_equal(pull(&e, &w, &err), QW_OK);
        assert_int_equal(w.notes, 1);
        assert_pulled();
        unlink(tmp_path(models, "test.gguf"));
    }
}

static void test_no_source_works(void **state)
{
    struct catalog_entry e = entry("404", true);
    struct qw_error err;

    (void)state;
    tmp_write(dir, "fail-test_part1", "");
    assert_int_equal(pull(&e, NULL, &err), QW_EIO);
    assert_non_null(strstr(err.msg, "HTTP 404"));
    assert_non_null(strstr(err.msg, "test-part1==1.0: ERROR: No matching distribution found"));
    tmp_write(dir, "fail-test_part1", "WARNING: Retrying after connection broken by 'x'\n"
              "ERROR: Could not find a version (from versions: none)\n");
    assert_int_equal(pull(&e, NULL, &err), QW_EIO);
    assert_non_null(strstr(err.msg, "index cannot be reached"));
    e = entry(NULL, false);
    assert_int_equal(pull(&e, NULL, &err), QW_ENOTFOUND);
}

/* ---- folder, lock, space ---------------------------------------------------------------- */

static void test_already_there(void **state)
{
    struct catalog_entry e = entry("ok", true);
    struct qw_error err;
    struct stat st;
    size_t n;
    char *data;

    (void)state;
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_int_equal(requests(), 1);
    data = slurp(tmp_path(root, "other.bin"), &n);              /* same size, wrong bytes */
    assert_int_equal(fs_replace_file(tmp_path(models, "test.gguf"), data, n, 0600, NULL), QW_OK);
    qw_free(data);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_int_equal(requests(), 2);
    assert_pulled();
    assert_int_equal(stat(models, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

static void test_two_at_once(void **state)
{
    struct catalog_entry e = entry("slow", false);
    struct watch w = { 0 };
    struct qw_error err;
    int rc, status, fd = -1;
    pid_t pid;

    (void)state;
    assert_int_equal(fs_private_dir(tmp_path(models, ".parts"), NULL), QW_OK);
    pid = fork();
    if (pid == 0)
        _exit(pull(&e, NULL, &err) == QW_OK ? 0 : 1);
    while ((rc = fs_lock(tmp_path(models, ".parts/test.gguf.lock"), false, &fd, NULL)) == QW_OK) {
        close(fd);
        usleep(1000);
    }
    assert_int_equal(rc, QW_EBUSY);                             /* the child is at it */
    assert_int_equal(pull(&e, &w, &err), QW_OK);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(w.stages, 1 << PULL_WAIT | 1 << PULL_CHECK);
    assert_int_equal(requests(), 1);
    assert_pulled();
}

static void test_no_space(void **state)
{
    struct catalog_wheel w = wheels[0];
    struct catalog_entry e = entry(NULL, true);
    struct qw_error err;

    (void)state;
    w.bytes = e.bytes = UINT64_C(1) << 55;
    e.wheels = &w;
    e.n_wheels = 1;
    assert_int_equal(pull(&e, NULL, &err), QW_ESTORAGE);
    assert_non_null(strstr(err.msg, " MB more in "));
    assert_non_null(strstr(err.msg, " MB are free"));
    assert_int_equal(pips(), 0);
}

static void test_root_pulls_for_the_service(void **state)
{
    struct catalog_entry e = entry("ok", false);
    struct qw_error err;
    struct stat st;

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(mkdir(tmp_path(dir, "data"), 0750), 0);
    assert_int_equal(chown(tmp_path(dir, "data"), 12345, 12346), 0);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_int_equal(geteuid(), 0);
    assert_int_equal(getegid(), 0);
    assert_int_equal(stat(models, &st), 0);
    assert_int_equal(st.st_uid, 12345);
    assert_int_equal(stat(tmp_path(models, "test.gguf"), &st), 0);
    assert_int_equal(st.st_uid, 12345);
    assert_int_equal(st.st_gid, 12346);
    assert_pulled();
}

static void test_folder_of_others(void **state)
{
    struct catalog_entry e = entry("ok", false);
    struct qw_error err;

    (void)state;
    assert_int_equal(fs_private_dir(models, NULL), QW_OK);
    chmod(models, 0777);
    assert_int_equal(pull(&e, NULL, &err), QW_EDENIED);
    assert_int_equal(requests(), 0);
}

static void test_memory_failures(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        long n = 0;

        for (;; n++) {
            struct catalog_entry e = entry(way == 0 ? "ok" : NULL, true);
            int rc;

            qw_mem_fail_after(n);
            rc = model_pull(&e, models, NULL, NULL);
            qw_mem_fail_after(-1);
            if (rc == QW_OK) {
                assert_pulled();
                unlink(tmp_path(models, "test.gguf"));
                if (n > (way == 0 ? 12 : 40))   /* some failures are survived */
                    break;
            } else {
                assert_not_pulled();
            }
        }
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_describe), T(test_hub), T(test_proxy), T(test_resume), T(test_hub_errors), T(test_wrong_range),
        T(test_part_longer_than_file), T(test_length_not_stated), T(test_checksum_stated_by_hub),
        T(test_cancel_and_go_on), T(test_cancel_while_hub_is_silent), T(test_dead_hub_gives_way),
        T(test_hub_errors_give_way), T(test_no_source_works), T(test_already_there), T(test_two_at_once),
        T(test_no_space), T(test_root_pulls_for_the_service), T(test_folder_of_others), T(test_memory_failures),
    };
    return cmocka_run_group_tests_name("client/pull", tests, start_server, stop_server);
}
