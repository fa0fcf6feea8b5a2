#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pwd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/paths.h"
#include "tests/unit/base_tmp.h"

static char dir[64];

static int setup(void **state)
{
    static const char *const vars[] = { "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME",
                                        "XDG_CONFIG_HOME", "XDG_STATE_HOME", "QWEND_SOCKET" };

    (void)state;
    tmp_make(dir);
    for (size_t i = 0; i < sizeof vars / sizeof vars[0]; i++)
        unsetenv(vars[i]);
    setenv("HOME", dir, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tmp_remove(dir);
    return 0;
}

static void assert_dir(enum qw_dir d, const char *want)
{
    char *p = NULL;

    assert_int_equal(paths_user(d, false, &p, NULL), QW_OK);
    assert_string_equal(p, want);
    qw_free(p);
}

static void test_defaults_under_home(void **state)
{
    (void)state;
    setenv("HOME", "/home/ann", 1);
    assert_dir(QW_DIR_DATA, "/home/ann/.local/share/qwend");
    assert_dir(QW_DIR_CACHE, "/home/ann/.cache/qwend");
    assert_dir(QW_DIR_CONFIG, "/home/ann/.config/qwend");
    assert_dir(QW_DIR_STATE, "/home/ann/.local/state/qwend");
}

static void test_xdg_variables(void **state)
{
    (void)state;
    setenv("XDG_DATA_HOME", "/x/data/", 1);
    setenv("XDG_CACHE_HOME", "relative", 1);        /* invalid: ignored */
    setenv("XDG_CONFIG_HOME", "", 1);
    setenv("XDG_STATE_HOME", "/x/state", 1);
    setenv("HOME", "/h", 1);
    assert_dir(QW_DIR_DATA, "/x/data/qwend");
    assert_dir(QW_DIR_CACHE, "/h/.cache/qwend");
    assert_dir(QW_DIR_CONFIG, "/h/.config/qwend");
    assert_dir(QW_DIR_STATE, "/x/state/qwend");
}

static void test_home_unset(void **state)
{
    struct passwd *pw = getpwuid(geteuid());
    char want[4096];

    (void)state;
    if (pw == NULL || pw->pw_dir[0] != '/')
        skip();
    unsetenv("HOME");
    snprintf(want, sizeof want, "%s%s.cache/qwend", pw->pw_dir,
             strcmp(pw->pw_dir, "/") == 0 ? "" : "/");
    assert_dir(QW_DIR_CACHE, want);
}

static void test_creates_private(void **state)
{
    char *p = NULL;
    struct stat st;

    (void)state;
    assert_int_equal(paths_user(QW_DIR_DATA, true, &p, NULL), QW_OK);
    assert_int_equal(stat(p, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    qw_free(p);
    p = NULL;
    setenv("XDG_RUNTIME_DIR", dir, 1);
    assert_int_equal(paths_user_socket(true, &p, NULL), QW_OK);
    assert_string_equal(p, tmp_path(dir, "qwend/qwend.sock"));
    assert_int_equal(stat(tmp_path(dir, "qwend"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    qw_free(p);
}

/* Uses the one real /tmp/qwend-UID name; leaves alone what is there already. */
static void test_runtime_without_xdg(void **state)
{
    char want[64], *p = NULL;
    struct stat st;
    struct qw_error e;

    (void)state;
    snprintf(want, sizeof want, "/tmp/qwend-%u", (unsigned)geteuid());
    assert_dir(QW_DIR_RUNTIME, want);
    if (lstat(want, &st) == 0)
        skip();
    assert_int_equal(paths_user(QW_DIR_RUNTIME, true, &p, &e), QW_OK);
    assert_int_equal(lstat(want, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    qw_free(p);
    p = NULL;

    chmod(want, 0755);              /* others can look in */
    assert_int_equal(paths_user(QW_DIR_RUNTIME, true, &p, &e), QW_EDENIED);
    assert_int_equal(paths_user(QW_DIR_RUNTIME, false, &p, &e), QW_EDENIED);
    assert_int_equal(rmdir(want), 0);

    assert_int_equal(symlink(dir, want), 0);        /* a trap: a link to a fine folder */
    assert_int_equal(paths_user(QW_DIR_RUNTIME, true, &p, &e), QW_EDENIED);
    assert_non_null(strstr(e.msg, want));
    assert_int_equal(unlink(want), 0);

    if (geteuid() == 0) {                           /* somebody else made it first */
        assert_int_equal(mkdir(want, 0700), 0);
        assert_int_equal(chown(want, 12345, 12345), 0);
        assert_int_equal(paths_user(QW_DIR_RUNTIME, true, &p, &e), QW_EDENIED);
        assert_int_equal(rmdir(want), 0);
    }
    assert_null(p);
}

static void test_foreign_runtime_dir(void **state)
{
    char want[64];

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(mkdir(tmp_path(dir, "run"), 0700), 0);
    assert_int_equal(chown(tmp_path(dir, "run"), 12345, 12345), 0);
    setenv("XDG_RUNTIME_DIR", tmp_path(dir, "run"), 1);
    snprintf(want, sizeof want, "/tmp/qwend-%u", (unsigned)geteuid());
    assert_dir(QW_DIR_RUNTIME, want);
}

static void test_socket_length(void **state)
{
    char path[200];
    struct qw_error e;
    char *p = NULL;

    (void)state;
    memset(path, 'p', sizeof path);
    path[0] = '/';
    path[107] = '\0';
    assert_int_equal(paths_check_socket(path, &e), QW_OK);
    path[107] = 'p';
    path[108] = '\0';
    assert_int_equal(paths_check_socket(path, &e), QW_ETOOLARGE);
    assert_non_null(strstr(e.msg, "108 bytes"));
    assert_non_null(strstr(e.msg, "107"));
    setenv("XDG_RUNTIME_DIR", path, 1);
    assert_int_equal(paths_user_socket(false, &p, &e), QW_ETOOLARGE);
    assert_null(p);
}

static void test_env_socket(void **state)
{
    (void)state;
    assert_null(paths_env_socket());
    setenv("QWEND_SOCKET", "", 1);
    assert_null(paths_env_socket());
    setenv("QWEND_SOCKET", "/a/b", 1);
    assert_string_equal(paths_env_socket(), "/a/b");
}

static void test_join(void **state)
{
    static const char *const rows[][3] = {
        { "/a", "b", "/a/b" }, { "/a/", "b", "/a/b" }, { "/", "b", "/b" },
        { "/a", "/b", "/a/b" }, { "a", "b/c", "a/b/c" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *p = paths_join(rows[i][0], rows[i][1]);

        assert_string_equal(p, rows[i][2]);
        qw_free(p);
    }
}

/* ---- installed files: this program, copied into trees of several shapes ---- */

static const struct { const char *word; enum qw_installed what; } kinds[] = {
    { "bin", QW_INST_BIN }, { "libexec", QW_INST_LIBEXEC },
    { "plugins", QW_INST_PLUGINS }, { "share", QW_INST_SHARE },
};

/* argv[0] --find KIND NAME: prints the path, or the error's code name. */
static int find(const char *word, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char *p = NULL;
        int rc;

        if (strcmp(kinds[i].word, word) != 0)
            continue;
        rc = paths_installed(kinds[i].what, name, &p, NULL);
        puts(rc == QW_OK ? p : qw_code_name(rc));
        qw_free(p);
        return 0;
    }
    return 1;
}

static void copy_self(const char *to)
{
    char cmd[4096];

    snprintf(cmd, sizeof cmd, "mkdir -p $(dirname %s) && cp /proc/%d/exe %s", to, (int)getpid(), to);
    assert_int_equal(system(cmd), 0);
}

static void assert_finds(const char *program, const char *kind, const char *name, const char *want)
{
    char cmd[4096], line[4096] = "";
    FILE *f;

    snprintf(cmd, sizeof cmd, "%s --find %s '%s'", program, kind, name);
    f = popen(cmd, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_int_equal(pclose(f), 0);
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, want);
}

static void make_build_tree(void)
{
    char mk[256];

    tmp_write(dir, "b/config.status", "");
    snprintf(mk, sizeof mk, "top_srcdir = ../s\nabs_top_srcdir = %s/s\nx = 1\n", dir);
    tmp_write(dir, "b/Makefile", mk);
    tmp_write(dir, "b/daemon/qwend", "");
    tmp_write(dir, "b/client/qwenctl", "");
    tmp_write(dir, "b/engine/run/qwen-run", "");
    tmp_write(dir, "b/plugins/host/qwend-plugin", "");
    tmp_write(dir, "b/plugins/program/qwend-program", "");
    tmp_write(dir, "b/plugins/calculator/.libs/calculator.so", "");
    tmp_write(dir, "s/tests/data/eval/seed20.jsonl", "");
}

static void test_build_tree(void **state)
{
    static const struct { const char *kind, *name, *want; } rows[] = {
        { "bin", "qwend", "b/daemon/qwend" },
        { "bin", "qwenctl", "b/client/qwenctl" },
        { "bin", "qwen-run", "b/engine/run/qwen-run" },
        { "libexec", "qwend-plugin", "b/plugins/host/qwend-plugin" },
        { "libexec", "qwend-program", "b/plugins/program/qwend-program" },
        { "plugins", "calculator.so", "b/plugins/calculator/.libs/calculator.so" },
        { "share", "seed20.jsonl", "s/tests/data/eval/seed20.jsonl" },
    };
    static const char *const programs[] = { "b/client/prog", "b/client/.libs/prog",
                                            "b/daemon/.libs/prog", "b/tests/unit/prog",
                                            "b/plugins/host/prog", "b/engine/run/prog" };

    (void)state;
    make_build_tree();
    for (size_t k = 0; k < sizeof programs / sizeof programs[0]; k++) {
        char prog[256];

        snprintf(prog, sizeof prog, "%s/%s", dir, programs[k]);
        copy_self(prog);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            assert_finds(prog, rows[i].kind, rows[i].name, tmp_path(dir, rows[i].want));
        assert_finds(prog, "bin", "qwend-nothing", "not_found");
    }
}

/* The same files beside a program that is not in a build tree: never used. */
static void test_installed_program_does_not_look_beside(void **state)
{
    static const char *const programs[] = { "b/bin/prog", "b/prog", "b/daemonx/prog", "c/daemon/prog" };

    (void)state;
    make_build_tree();
    for (size_t k = 0; k < sizeof programs / sizeof programs[0]; k++) {
        char prog[256];

        snprintf(prog, sizeof prog, "%s/%s", dir, programs[k]);
        copy_self(prog);
        assert_finds(prog, "plugins", "qwtest-none.so", "not_found");
        if (access(QW_LIBEXECDIR "/qwend-plugin", F_OK) != 0)
            assert_finds(prog, "libexec", "qwend-plugin", "not_found");
    }
}

static void test_installed_names(void **state)
{
    static const char *const bad[] = { "", ".", "..", "../x", "a/b", "/etc/passwd", ".so" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *p = NULL;

        assert_int_equal(paths_installed(QW_INST_PLUGINS, bad[i], &p, NULL), QW_EPARAMS);
        assert_null(p);
    }
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_defaults_under_home), T(test_xdg_variables), T(test_home_unset),
        T(test_creates_private), T(test_runtime_without_xdg), T(test_foreign_runtime_dir),
        T(test_socket_length), T(test_env_socket), T(test_join), T(test_build_tree),
        T(test_installed_program_does_not_look_beside), T(test_installed_names),
    };

    if (argc == 4 && strcmp(argv[1], "--find") == 0)
        return find(argv[2], argv[3]);
    return cmocka_run_group_tests_name("base/paths", tests, NULL, NULL);
}
