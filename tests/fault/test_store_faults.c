/* The Nth read, write or sync fails; the disk is full.  No wrong answer, no lost committed turn, a clear message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/log.h"
#include "tests/fault/fault.h"
#include "tests/fault/script.h"
#include "tests/unit/base_tmp.h"

static long step(void)
{
    const char *s = getenv("FAULT_STEP");

    return s != NULL ? atol(s) : 11;
}

static struct store_status status(struct rig *r)
{
    struct store_status st;

    store_get_status(r->s, &st);
    return st;
}

/* A store that is off says so, keeps nothing, and still answers. */
static void must_be_off(struct rig *r, const char *what)
{
    struct store_txn *t = rig_txn();
    struct store_query *q;
    struct qw_error err = { .code = QW_OK };

    if (status(r).state != STORE_OFF || strlen(status(r).why) < 10)
        fail_msg("%s: a commit failed, but the store is not off (%s)", what, status(r).why);
    rig_put_message(t, 1, 77777, 0, 1, "x");
    assert_int_equal(store_commit(r->s, t, &err), QW_ESTORAGE);
    assert_non_null(strstr(err.msg, status(r).why));
    store_txn_free(t);
    q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);
    q->owner = 1;
    rig_ask(r, q);
    assert_true(q->error.code == QW_OK || q->error.code == QW_ESTORAGE);
    store_query_free(q);
}

struct fault_case { int classes, where, errnum; bool forever, all_pages, goes_on; const char *name; };

/* Runs the script with one fault; false: the fault was never reached. */
static bool run_one(const struct fault_case *c, long n)
{
    struct script x = { .acked = 0 };
    struct rig r;
    struct qw_error err = { .code = QW_OK };
    char what[128];
    bool fired, opened;
    int seen;

    snprintf(what, sizeof what, "%s number %ld%s", c->name, n, c->forever ? " and on" : "");
    fault_reset();
    rig_make(&r);
    r.o.io = &fault_io, r.o.vfs = FAULT_VFS;
    fault_set(c->classes, c->where, n, c->errnum, c->forever);
    opened = rig_try_open(&r, &err) == QW_OK;
    if (opened) {
        r.ns = store_namespace(r.s, &r.key, NULL);
        script_run(&r, &x);
        if (x.failed)
            must_be_off(&r, what);
        rig_close(&r);
    } else if (strlen(err.msg) < 10 || strstr(err.msg, r.dir) == NULL) {
        fail_msg("%s: opening failed with '%s'", what, err.msg);
    }
    fired = fault_fired() > 0;
    if (fired && c->goes_on && (x.failed || (!opened && c->classes != FAULT_OPEN)))
        fail_msg("%s: the store did not go on (%s)", what, err.msg);
    fault_clear();
    rig_open(&r);
    seen = script_verify(&r, x.acked, c->all_pages && !x.failed, what);
    /* and it goes on from there */
    x.acked = seen;
    x.failed = false;
    x.last_page = 0;
    if (seen >= 2) {
        struct store_ref refs[2 * SCRIPT_ROUNDS];
        size_t found = rig_find(&r, r.ns, 5, 2 * SCRIPT_ROUNDS, refs);

        store_unpin(r.s, refs, found);
        x.last_page = found > 0 ? refs[found - 1].page : 0;
    }
    script_run(&r, &x);
    assert_int_equal(script_verify(&r, SCRIPT_TXNS, false, what), SCRIPT_TXNS);
    rig_free(&r);
    return fired;
}

static void test_nth(void **state)
{
    static const struct fault_case cases[] = {
        { FAULT_SYNC, FAULT_PAGES, EIO, false, true, false, "EIO, sync of pages" },
        { FAULT_SYNC, FAULT_PAGES, EIO, true, false, false, "EIO, sync of pages" },
        { FAULT_WRITE, FAULT_PAGES, EIO, false, true, true, "EIO, write of pages" },
        { FAULT_WRITE, FAULT_PAGES, EIO, true, false, false, "EIO, write of pages" },
        { FAULT_WRITE, FAULT_PAGES, ENOSPC, false, false, true, "ENOSPC, write of pages" },
        { FAULT_WRITE, FAULT_PAGES, ENOSPC, true, false, true, "ENOSPC, write of pages" },
        { FAULT_OPEN, FAULT_PAGES, EMFILE, false, false, true, "EMFILE, open of page files" },
        { FAULT_OPEN, FAULT_PAGES, EMFILE, true, false, true, "EMFILE, open of page files" },
        { FAULT_WRITE, FAULT_PAGES, ENOBUFS, false, false, true, "ENOBUFS, write of pages" },
        { FAULT_WRITE, FAULT_PAGES, ENOBUFS, true, false, true, "ENOBUFS, write of pages" },
        { FAULT_READ, FAULT_DB, EIO, false, false, false, "EIO, read of the database" },
        { FAULT_READ, FAULT_DB, EIO, true, false, false, "EIO, read of the database" },
        { FAULT_WRITE, FAULT_DB, EIO, false, false, false, "EIO, write of the database" },
        { FAULT_WRITE, FAULT_DB, EIO, true, false, false, "EIO, write of the database" },
        { FAULT_WRITE, FAULT_DB, ENOSPC, false, false, false, "ENOSPC, write of the database" },
        { FAULT_WRITE, FAULT_DB, ENOSPC, true, false, false, "ENOSPC, write of the database" },
        { FAULT_SYNC, FAULT_DB, EIO, false, false, false, "EIO, sync of the database" },
        { FAULT_SYNC, FAULT_DB, EIO, true, false, false, "EIO, sync of the database" },
    };
    long total = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        long n = 0;

        while (run_one(&cases[i], n)) {
            n += n < 2 ? 1 : step();
            total++;
        }
        assert_true(n > 0);
    }
    print_message("%ld runs with a fault\n", total);
}

/* Reading pages: what cannot be read is not handed out, the rest is right. */
static void test_nth_read_of_pages(void **state)
{
    struct script x = { .acked = 0 };
    struct rig r;

    (void)state;
    fault_reset();
    rig_make(&r);
    r.o.io = &fault_io, r.o.vfs = FAULT_VFS;
    rig_open(&r);
    script_run(&r, &x);
    for (long n = 0;; n++) {
        fault_set(FAULT_READ, FAULT_PAGES, n, EIO, true);
        if (rig_find_load(&r, r.ns, 5, 2 * SCRIPT_ROUNDS) == 0 && fault_fired() == 0)
            break;
        fault_clear();
        script_verify(&r, SCRIPT_TXNS, false, "read of pages");
        if (n > 2)
            break;
    }
    assert_true(status(&r).pages_damaged > 0);
    assert_int_equal(status(&r).state, STORE_RUNNING);
    rig_free(&r);
}

/* Little space: messages go on after pages cannot; then the store says that it is off. */
static void test_full(void **state)
{
    bool off = false, all = false;

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        static const long long sizes[] = { 60000, 130000, 200000, 300000, 600000, 900000, 1500000, 2500000, 9000000 };
        long long bytes = sizes[i];
        struct script x = { .acked = 0 };
        struct rig r;
        char what[64];

        snprintf(what, sizeof what, "%lld bytes left", bytes);
        fault_reset();
        rig_make(&r);
        r.o.io = &fault_io, r.o.vfs = FAULT_VFS;
        rig_open(&r);
        fault_set_space(bytes);
        script_run(&r, &x);
        if (x.failed)
            must_be_off(&r, what);
        off |= x.failed;
        all |= x.acked == SCRIPT_TXNS && status(&r).pages == 2 * SCRIPT_ROUNDS;
        rig_close(&r);
        fault_clear();
        rig_open(&r);
        script_verify(&r, x.acked, false, what);
        rig_free(&r);
    }
    assert_true(off);
    assert_true(all);
}

/* keep_free: pages leave room for messages. */
static void test_keep_free(void **state)
{
    struct script x = { .acked = 0 };
    struct rig r;

    (void)state;
    fault_reset();
    rig_make(&r);
    r.o.io = &fault_io, r.o.vfs = FAULT_VFS, r.o.keep_free = 9000000;
    rig_open(&r);
    fault_set_space(9020000);
    script_run(&r, &x);
    assert_int_equal(x.acked, SCRIPT_TXNS);
    assert_true(status(&r).pages < 10);
    assert_int_equal(status(&r).state, STORE_RUNNING);
    script_verify(&r, SCRIPT_TXNS, false, "keep_free");
    rig_free(&r);
}

/* The real thing, where a small file system can be mounted. */
static void test_small_tmpfs(void **state)
{
    struct script x = { .acked = 0 };
    struct rig r;
    char dir[80];

    (void)state;
    fault_reset();
    rig_make(&r);
    snprintf(dir, sizeof dir, "%s/small", r.dir);
    mkdir(dir, 0700);
    if (mount("tmpfs", dir, "tmpfs", 0, "size=600k,mode=0700") != 0) {
        rig_free(&r);
        print_message("no tmpfs can be mounted here: %s\n", strerror(errno));
        skip();
    }
    r.o.dir = dir;
    rig_open(&r);
    for (unsigned seed = 100; seed < 200; seed++)           /* more pages than it holds */
        rig_put(&r, r.ns, 0, seed, 0, 4, NULL);
    script_run(&r, &x);
    if (x.failed)
        must_be_off(&r, "small tmpfs");
    rig_close(&r);
    assert_int_equal(mount(NULL, dir, NULL, MS_REMOUNT, "size=60m"), 0);
    rig_open(&r);
    script_verify(&r, x.acked, false, "small tmpfs");
    rig_close(&r);
    assert_int_equal(umount(dir), 0);
    r.o.dir = r.dir;
    rig_free(&r);
}

static void test_read_only(void **state)
{
    struct qw_error err = { .code = QW_OK };
    struct rig r;
    char dir[80];

    (void)state;
    fault_reset();
    rig_make(&r);
    snprintf(dir, sizeof dir, "%s/ro", r.dir);
    mkdir(dir, 0700);
    if (mount("tmpfs", dir, "tmpfs", 0, "size=2m,mode=0700") != 0) {
        rig_free(&r);
        print_message("no tmpfs can be mounted here: %s\n", strerror(errno));
        skip();
    }
    r.o.dir = dir;
    rig_open(&r);
    assert_int_equal(rig_put(&r, r.ns, 0, 1, 0, 4, NULL), QW_OK);
    rig_close(&r);
    assert_int_equal(mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_true(rig_try_open(&r, &err) == QW_ESTORAGE || err.code == QW_EDENIED);
    assert_non_null(strstr(err.msg, dir));
    assert_null(r.s);
    assert_int_equal(mount(NULL, dir, NULL, MS_REMOUNT, NULL), 0);
    rig_open(&r);
    assert_int_equal(rig_find_load(&r, r.ns, 1, 4), 4);
    rig_close(&r);
    assert_int_equal(umount(dir), 0);
    r.o.dir = r.dir;
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nth), cmocka_unit_test(test_nth_read_of_pages), cmocka_unit_test(test_full),
        cmocka_unit_test(test_keep_free), cmocka_unit_test(test_small_tmpfs), cmocka_unit_test(test_read_only),
    };

    fault_install();
    /* What the store says of each fault would be thousands of lines. */
    if (getenv("FAULT_LOG") == NULL)
        qw_log_open("/dev/null", NULL);
    return cmocka_run_group_tests_name("store/faults", tests, NULL, NULL);
}
