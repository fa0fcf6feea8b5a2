#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <cmocka.h>

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

static void test_read_sizes(void **state)
{
    static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i], len = 0;
        char *want = qw_alloc(n + 1), *got = NULL;
        const char *p = tmp_path(dir, "f");

        for (size_t k = 0; k < n; k++)
            want[k] = (char)(k * 7 % 251 + 1);
        want[n] = '\0';
        assert_int_equal(fs_replace_file(p, want, n, 0600, NULL), QW_OK);
        assert_int_equal(fs_read_file(p, n, &got, &len, NULL), QW_OK);     /* limit is inclusive */
        assert_int_equal(len, n);
        assert_memory_equal(got, want, n + 1);
        qw_free(got);
        if (n > 0) {
            got = want;
            assert_int_equal(fs_read_file(p, n - 1, &got, &len, NULL), QW_ETOOLARGE);
            assert_ptr_equal(got, want);                                    /* untouched */
        }
        qw_free(want);
    }
}

static void test_read_unsized(void **state)
{
    struct qw_error e = { 0 };
    char *got = NULL;
    size_t len = 0;

    (void)state;                    /* /proc files say that they are 0 bytes long */
    assert_int_equal(fs_read_file("/proc/self/status", 1 << 20, &got, &len, NULL), QW_OK);
    assert_true(len > 100 && strlen(got) == len);
    assert_memory_equal(got, "Name:", 5);
    qw_free(got);
    assert_int_equal(fs_read_file("/proc/self/status", 50, &got, &len, &e), QW_ETOOLARGE);
    assert_int_equal(fs_read_file("/dev/zero", 10000, &got, &len, &e), QW_ETOOLARGE);
    assert_int_equal(fs_read_file(tmp_path(dir, "none"), 10, &got, &len, &e), QW_ENOTFOUND);
    assert_non_null(strstr(e.msg, "none"));
    assert_int_equal(fs_read_file(dir, 10, &got, &len, &e), QW_EIO);
}

static void test_replace(void **state)
{
    const char *p = tmp_path(dir, "conf");
    struct stat st;
    char *got;
    size_t len;

    (void)state;
    assert_int_equal(fs_replace_file(p, "old", 3, 0644, NULL), QW_OK);
    assert_int_equal(fs_replace_file(p, "newer", 5, 0600, NULL), QW_OK);
    assert_int_equal(stat(p, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(fs_read_file(p, 100, &got, &len, NULL), QW_OK);
    assert_string_equal(got, "newer");
    qw_free(got);
    assert_int_equal(fs_replace_file(tmp_path(dir, "no/where"), "x", 1, 0600, NULL), QW_ENOTFOUND);
    /* A folder cannot be replaced; no temporary file may stay. */
    mkdir(tmp_path(dir, "sub"), 0700);
    assert_int_not_equal(fs_replace_file(tmp_path(dir, "sub"), "x", 1, 0600, NULL), QW_OK);
    unlink(p);
    assert_int_equal(rmdir(tmp_path(dir, "sub")), 0);
    assert_int_equal(rmdir(dir), 0);
    assert_int_equal(mkdir(dir, 0700), 0);
}

static void test_replace_without_memory(void **state)
{
    const char *p = tmp_path(dir, "f");
    int rc;

    (void)state;
    assert_int_equal(fs_replace_file(p, "old", 3, 0600, NULL), QW_OK);
    for (long n = 0;; n++) {
        char *got;
        size_t len;

        qw_mem_fail_after(n);
        rc = fs_replace_file(p, "new", 3, 0600, NULL);
        qw_mem_fail_after(-1);
        assert_int_equal(fs_read_file(p, 100, &got, &len, NULL), QW_OK);
        assert_string_equal(got, rc == QW_OK ? "new" : "old");
        qw_free(got);
        if (rc == QW_OK) {
            assert_true(n > 0);
            break;
        }
        assert_int_equal(rc, QW_ENOMEM);
    }
}

static void test_write_all(void **state)
{
    int fd = open("/dev/full", O_WRONLY);
    struct qw_error e;

    (void)state;
    assert_int_equal(fs_write_all(fd, "x", 1, &e), QW_EIO);
    assert_non_null(strstr(e.msg, "No space"));
    close(fd);
}

static void test_private_dir(void **state)
{
    const char *deep = tmp_path(dir, "a/b/c");
    struct qw_error e;
    struct stat st;
    mode_t old = umask(0);

    (void)state;
    assert_int_equal(fs_private_dir(deep, &e), QW_OK);
    umask(old);
    for (int i = 0; i < 3; i++) {
        static const char *const parts[] = { "a", "a/b", "a/b/c" };

        assert_int_equal(stat(tmp_path(dir, parts[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
    }
    assert_int_equal(fs_private_dir(deep, &e), QW_OK);              /* again */
    chmod(deep, 0777);
    assert_int_equal(fs_private_dir(deep, &e), QW_EDENIED);
    assert_non_null(strstr(e.msg, deep));
    chmod(deep, 0770);
    assert_int_equal(fs_private_dir(deep, &e), QW_EDENIED);
    chmod(deep, 0755);
    assert_int_equal(fs_private_dir(deep, &e), QW_OK);
    tmp_write(dir, "file", "");
    assert_int_equal(fs_private_dir(tmp_path(dir, "file"), &e), QW_EDENIED);
    assert_int_not_equal(fs_private_dir(tmp_path(dir, "file/x"), &e), QW_OK);
    assert_int_equal(fs_private_dir("", &e), QW_EPARAMS);
    if (geteuid() == 0) {                                           /* somebody else's */
        assert_int_equal(chown(deep, 12345, 12345), 0);
        assert_int_equal(fs_private_dir(deep, &e), QW_EDENIED);
    } else {
        assert_int_equal(fs_private_dir("/", &e), QW_EDENIED);
    }
}

static void test_lock(void **state)
{
    const char *p = tmp_path(dir, "lock");
    int fd = -1, ready[2], status;
    struct qw_error e;
    struct stat st;
    char c;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {                 /* holds it until the parent closes the pipe */
        int mine, rc = fs_lock(p, false, &mine, NULL);
        char x = rc == QW_OK ? 'y' : 'n';

        if (write(ready[1], &x, 1) != 1)
            _exit(3);
        usleep(50000);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    assert_int_equal(fs_lock(p, false, &fd, &e), QW_EBUSY);
    assert_int_equal(fd, -1);
    assert_int_equal(fs_lock(p, true, &fd, &e), QW_OK);             /* after it went */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    close(fd);
    close(ready[0]), close(ready[1]);
    assert_int_equal(symlink("/etc/passwd", tmp_path(dir, "link")), 0);
    assert_int_equal(fs_lock(tmp_path(dir, "link"), false, &fd, &e), QW_EIO);
}

static int count_or_stop(void *arg, uint64_t done, uint64_t total)
{
    uint64_t *stop_at = arg;

    assert_true(done <= total);
    return done >= *stop_at;
}

static void test_sha256(void **state)
{
    /* FIPS 180-2, appendix B */
    static const struct { const char *text, *hex; } rows[] = {
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    };
    uint64_t never = UINT64_MAX, first = 1;
    const char *p;
    char hex[65], *big;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tmp_write(dir, "h", rows[i].text);
        assert_int_equal(fs_sha256(tmp_path(dir, "h"), hex, NULL, NULL, NULL), QW_OK);
        assert_string_equal(hex, rows[i].hex);
    }
    /* a million 'a': several chunks */
    big = qw_alloc(1000000);
    memset(big, 'a', 1000000);
    p = tmp_path(dir, "big");
    assert_int_equal(fs_replace_file(p, big, 1000000, 0600, NULL), QW_OK);
    qw_free(big);
    assert_int_equal(fs_sha256(p, hex, count_or_stop, &never, NULL), QW_OK);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hex[0] = '!';
    assert_int_equal(fs_sha256(p, hex, count_or_stop, &first, NULL), QW_ECANCELLED);
    assert_int_equal(hex[0], '!');
    assert_int_equal(fs_sha256(tmp_path(dir, "none"), hex, NULL, NULL, NULL), QW_ENOTFOUND);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_read_sizes), T(test_read_unsized), T(test_replace), T(test_replace_without_memory),
        T(test_write_all), T(test_private_dir), T(test_lock), T(test_sha256),
    };
    return cmocka_run_group_tests_name("base/fs", tests, NULL, NULL);
}
