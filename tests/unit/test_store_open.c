/* Opening: lock, schema, what is damaged or missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/log.h"
#include "daemon/store/db.h"
#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = 1 };

static int setup(void **state)
{
    static struct rig r;

    rig_make(&r);
    *state = &r;
    return 0;
}

static void put_something(struct rig *r)
{
    struct store_txn *t = rig_txn();

    rig_put_message(t, ME, 11, 0, 1, "a question");
    rig_put_session(t, ME, 1, 11, "title");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, NULL), QW_OK);
}

static size_t n_aside(struct rig *r, const char *start)
{
    DIR *d = opendir(rig_path(r, "aside"));
    struct dirent *e;
    size_t n = 0;

    while (d != NULL && (e = readdir(d)) != NULL)
        n += strncmp(e->d_name, start, strlen(start)) == 0;
    if (d != NULL)
        closedir(d);
    return n;
}

static void sql(struct rig *r, const char *text)
{
    sqlite3 *h;
    char *msg = NULL;

    assert_int_equal(sqlite3_open(rig_path(r, "conversations.db"), &h), SQLITE_OK);
    if (sqlite3_exec(h, text, NULL, NULL, &msg) != SQLITE_OK)
        fail_msg("%s", msg);
    sqlite3_close(h);
}

static void test_modes_of_files(void **state)
{
    struct rig *r = *state;
    struct stat st;

    rig_open(r);
    put_something(r);
    assert_int_equal(stat(rig_path(r, "pages"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat(rig_path(r, "pages/00000001.kv"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(rig_path(r, "conversations.db"), &st), 0);
    assert_int_equal(st.st_mode & 0077, 0);
    assert_int_equal(stat(rig_path(r, "conversations.db-wal"), &st), 0);
    assert_int_equal(st.st_mode & 0077, 0);
}

static void test_lock(void **state)
{
    struct rig *r = *state;
    struct store *other = NULL;
    struct qw_error err = { .code = QW_OK };
    char pid[32];

    rig_open(r);
    snprintf(pid, sizeof pid, "process %ld)", (long)getpid());
    assert_int_equal(store_open(&other, &r->o, NULL, &err), QW_EBUSY);
    assert_null(other);
    assert_non_null(strstr(err.msg, pid));
    assert_non_null(strstr(err.msg, r->dir));
    put_something(r);                       /* the first is not disturbed */
    rig_close(r);
    assert_int_equal(store_open(&other, &r->o, NULL, &err), QW_OK);
    store_close(other);
}

static void test_newer_schema(void **state)
{
    struct rig *r = *state;
    struct qw_error err = { .code = QW_OK };

    rig_open(r);
    put_something(r);
    rig_close(r);
    sql(r, "PRAGMA user_version=7");
    assert_int_equal(rig_try_open(r, &err), QW_EUNSUPPORTED);
    assert_null(r->s);
    assert_non_null(strstr(err.msg, "schema 7"));
    assert_non_null(strstr(err.msg, "up to 3"));
    assert_non_null(strstr(err.msg, "conversations.db"));
    assert_int_equal(n_aside(r, "c"), 0);
    sql(r, "PRAGMA user_version=3");
    rig_open(r);                            /* untouched */
    assert_int_equal(r->found.sessions, 1);
    assert_int_equal(r->found.pages, 3);
}

/* Steps from every earlier schema to the newest, in one transaction. */
static void test_migration(void **state)
{
    struct rig *r = *state;
    static const char *const steps[] = {
        "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID; CREATE TABLE a(x); INSERT INTO a VALUES(1)",
        "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1",
        "CREATE TABLE b AS SELECT x + y AS z FROM a",
        "INSERT INTO b VALUES(9); CREATE TABLE a(x)",       /* fails: a is there */
    };
    struct qw_error err = { .code = QW_OK };

    for (int from = 0; from <= 3; from++) {
        char name[32];
        bool created;
        int64_t z = 0;
        struct db db;

        snprintf(name, sizeof name, "m%d.db", from);
        assert_int_equal(db_open(&db, rig_path(r, name), NULL, DB_WRITE, &err), QW_OK);
        if (from > 0)
            assert_int_equal(schema_migrate_by(&db, steps, from, &created, &err), QW_OK);
        assert_int_equal(schema_migrate_by(&db, steps, 3, &created, &err), QW_OK);
        assert_int_equal(created, from == 0);
        assert_int_equal(db_int(&db, "SELECT z FROM b", &z, &err), QW_OK);
        assert_int_equal(z, 3);
        /* a step that fails leaves everything as it was */
        assert_int_not_equal(schema_migrate_by(&db, steps, 4, &created, &err), QW_OK);
        assert_non_null(strstr(err.msg, "schema 3 to 4"));
        assert_int_equal(db_int(&db, "SELECT count(*) FROM b", &z, &err), QW_OK);
        assert_int_equal(z, 1);
        assert_int_equal(db_int(&db, "PRAGMA user_version", &z, &err), QW_OK);
        assert_int_equal(z, 3);
        assert_int_equal(schema_migrate_by(&db, steps, 2, &created, &err), QW_EUNSUPPORTED);
        db_close(&db);
    }
}

/* An empty file is schema 0: the store makes itself a home in it. */
static void test_empty_file(void **state)
{
    struct rig *r = *state;

    tmp_write(r->dir, "conversations.db", "");
    rig_open(r);
    assert_true(r->found.created);
    assert_false(r->found.database_set_aside);
    put_something(r);
}

static void make_damage(struct rig *r, int how)
{
    const char *db = rig_path(r, "conversations.db");
    struct stat st;
    FILE *f;

    assert_int_equal(stat(db, &st), 0);
    switch (how) {
    case 0:                                 /* not a database */
        f = fopen(db, "wb");
        for (int i = 0; i < 100000; i++)
            fputc(i * 31, f);
        fclose(f);
        break;
    case 1:                                 /* cut */
        assert_int_equal(truncate(db, st.st_size / 2), 0);
        break;
    case 2:
        assert_int_equal(truncate(db, 4096), 0);
        break;
    case 3:                                 /* malformed inside: every page but the first */
        f = fopen(db, "r+b");
        fseek(f, 4096, SEEK_SET);
        for (long i = 4096; i < st.st_size; i++)
            fputc(0x5a, f);
        fclose(f);
        break;
    case 4:                                 /* somebody else's */
        unlink(db);
        sql(r, "CREATE TABLE mine(x)");
        break;
    case 5:                                 /* the header */
        rig_flip(db, 3, 0xff);
        break;
    case 6:                                 /* gone */
        unlink(db);
        break;
    case 7:                                 /* tables that are not as they should be */
        sql(r, "DELETE FROM meta");
        break;
    }
}

static void test_damaged(void **state)
{
    struct rig *r = *state;

    qw_log_set_level(QW_LOG_ERROR);
    for (int how = 0; how <= 7; how++) {
        size_t files = n_aside(r, "0000"), dbs = n_aside(r, "conversations.db");

        rig_open(r);
        put_something(r);
        rig_close(r);
        make_damage(r, how);
        rig_open(r);
        assert_true(r->found.created);
        assert_true(r->found.database_set_aside);
        assert_int_equal(r->found.sessions, 0);
        assert_int_equal(r->found.pages, 0);
        assert_int_equal(r->found.set_aside, 1);
        assert_int_equal(n_aside(r, "0000"), files + 1);
        if (how != 6)
            assert_true(n_aside(r, "conversations.db") > dbs);
        assert_int_equal(rig_find_load(r, r->ns, 1, 3), 0);
        put_something(r);
        rig_close(r);
        rig_open(r);                        /* and it stays */
        assert_false(r->found.database_set_aside);
        assert_int_equal(r->found.sessions, 1);
        assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
        rig_close(r);
        for (const char *const *n = (const char *const[]){ "conversations.db", "pages/00000001.kv", NULL }; *n != NULL; n++)
            unlink(rig_path(r, *n));
    }
}

/* The database is gone, its log is not: SQLite would delete the log. */
static void test_only_the_log(void **state)
{
    struct rig *r = *state;
    pid_t pid = fork();
    int status;

    if (pid == 0) {                         /* a daemon that is killed: its log stays */
        rig_open(r);
        put_something(r);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    qw_log_set_level(QW_LOG_ERROR);
    unlink(rig_path(r, "conversations.db"));
    rig_open(r);
    assert_true(r->found.database_set_aside);
    assert_int_equal(n_aside(r, "conversations.db-wal"), 1);
    assert_int_equal(r->found.set_aside, 1);
}

/* Everything that was answered is there after a kill, without a clean end. */
static void test_killed(void **state)
{
    struct rig *r = *state;
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        rig_open(r);
        put_something(r);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    rig_open(r);
    assert_false(r->found.created);
    assert_int_equal(r->found.sessions, 1);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
}

static void test_unknown_files_are_set_aside(void **state)
{
    struct rig *r = *state;

    rig_open(r);
    put_something(r);
    rig_close(r);
    tmp_write(r->dir, "pages/00000007.kv", "what is this");
    tmp_write(r->dir, "pages/notes.txt", "a user's");
    qw_log_set_level(QW_LOG_ERROR);
    rig_open(r);
    assert_int_equal(r->found.set_aside, 2);
    assert_int_equal(n_aside(r, "00000007.kv"), 1);
    assert_int_equal(n_aside(r, "notes.txt"), 1);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
    {
        struct store_query *q = store_query_new(STORE_Q_GC, STORE_LOOP, NULL);

        q->deep = true;
        rig_ask(r, q);
        assert_int_equal(q->error.code, QW_OK);
        assert_non_null(strstr(q->report, "removed: 2 files"));
        store_query_free(q);
    }
    assert_int_equal(n_aside(r, "0"), 0);
}

static void test_folders(void **state)
{
    struct rig *r = *state;
    struct qw_error err = { .code = QW_OK };
    char file[128], deep[128], open_to_all[128];

    tmp_write(r->dir, "file", "x");
    snprintf(file, sizeof file, "%s/file", r->dir);
    snprintf(deep, sizeof deep, "%s/a/b/c", r->dir);
    snprintf(open_to_all, sizeof open_to_all, "%s/open", r->dir);
    r->o.dir = file;
    assert_int_not_equal(rig_try_open(r, &err), QW_OK);
    assert_non_null(strstr(err.msg, file));
    r->o.dir = deep;
    rig_open(r);
    rig_close(r);
    mkdir(open_to_all, 0700);
    chmod(open_to_all, 0777);
    r->o.dir = open_to_all;
    assert_int_equal(rig_try_open(r, &err), QW_EDENIED);
    if (geteuid() != 0) {                   /* root writes everywhere */
        chmod(deep, 0500);
        r->o.dir = deep;
        assert_int_not_equal(rig_try_open(r, &err), QW_OK);
        assert_non_null(strstr(err.msg, deep));
        chmod(deep, 0700);
    }
}

/* Answers that nobody polled are freed, queued commits are kept. */
static void test_close_with_work(void **state)
{
    struct rig *r = *state;
    static char data[16][2048];

    rig_open(r);
    for (unsigned i = 0; i < 16; i++) {
        struct store_txn *t = rig_txn();
        struct store_page p = { .page = store_page_id(r->s), .data = data[i] };
        struct store_query *q = store_query_new(STORE_Q_SESSIONS, STORE_LOOP, NULL);

        rig_ids(p.ids, i, 0);
        rig_data(data[i], 2048, i, 0);
        rig_put_message(t, ME, 100 + i, 0, 1, "queued");
        store_txn_pages(t, r->ns, &p, 1);
        assert_int_equal(store_commit(r->s, t, NULL), QW_OK);
        assert_int_equal(store_ask(r->s, q, NULL), QW_OK);
    }
    rig_close(r);
    rig_open(r);
    assert_int_equal(r->found.messages, 16);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(rig_find_load(r, r->ns, i, 1), 1);
}

/* Page numbers are never used twice, not even after a restart without a page. */
static void test_page_numbers(void **state)
{
    struct rig *r = *state;
    uint64_t last = 0;

    for (int i = 0; i < 4; i++) {
        rig_open(r);
        for (int k = 0; k < 3; k++) {
            uint64_t n = store_page_id(r->s);

            assert_true(n > last && n < INT64_MAX);
            last = n;
        }
        rig_close(r);
    }
}

static void test_open_without_memory(void **state)
{
    struct rig *r = *state;
    struct qw_error err;

    rig_open(r);
    put_something(r);
    rig_close(r);
    for (long n = 0;; n++) {
        int rc;

        qw_mem_fail_after(n);
        rc = rig_try_open(r, &err);
        qw_mem_fail_after(-1);
        if (rc == QW_OK) {
            assert_true(n > 10);
            break;
        }
        assert_null(r->s);
        assert_int_equal(rc, QW_ENOMEM);
    }
    assert_int_equal(r->found.sessions, 1);
    assert_int_equal(r->found.pages, 3);
}

/* A namespace that this program cannot read (another KV type, a flipped bit) keeps its number: its pages must not be
 * found under another key. */
static void test_unknown_namespace_keeps_its_number(void **state)
{
    struct rig *r = *state;
    uint32_t mine;

    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 5, 0, 2, NULL), QW_OK);
    mine = r->ns;
    rig_close(r);
    sql(r, "UPDATE namespaces SET key = CAST(substr(key, 1, 24) || x'7f' || substr(key, 26) AS BLOB)");     /* the KV type */
    r->key.fingerprint[0] ^= 1;             /* another model of the same shape */
    rig_open(r);
    assert_int_not_equal(r->ns, mine);
    assert_int_equal(rig_find_load(r, r->ns, 5, 2), 0);
    assert_int_equal(rig_put(r, r->ns, 0, 6, 0, 2, NULL), QW_OK);
    rig_close(r);
    rig_open(r);
    assert_int_equal(rig_find_load(r, r->ns, 6, 2), 2);
}

/* Circles of messages and of pages, which only damage makes, end what they are met by. */
static void test_circles(void **state)
{
    struct rig *r = *state;
    struct store_query *q;
    struct store_txn *t;
    uint64_t page[3];
    char text[200];

    rig_open(r);
    t = rig_txn();
    rig_put_message(t, ME, 31, 0, 1, "a");
    rig_put_message(t, ME, 32, 31, 2, "b");
    rig_put_message(t, ME, 33, 32, 1, "c");
    rig_put_session(t, ME, 1, 33, "circle");
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, page), QW_OK);
    rig_close(r);
    snprintf(text, sizeof text, "UPDATE messages SET parent=32 WHERE message=31; UPDATE pages SET parent=%llu WHERE page=%llu;"
             "UPDATE files SET file=77", (unsigned long long)page[2], (unsigned long long)page[0]);
    sql(r, text);
    sql(r, "UPDATE pages SET file=77");
    rig_open(r);                            /* the file is gone, and with it its pages */
    assert_int_equal(r->found.pages, 0);
    q = rig_session(r, ME, 1);
    assert_int_equal(q->error.code, QW_ESTORAGE);
    assert_non_null(strstr(q->error.msg, "has no root"));
    assert_int_equal(q->n_messages, 3);     /* each once */
    store_query_free(q);
    t = rig_txn();
    store_txn_delete_session(t, ME, 1);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, page), QW_OK);
}

/* 0 stands for "none" wherever a page is named. */
static void test_page_number_0(void **state)
{
    struct rig *r = *state;
    uint64_t page[3];
    char text[200];
    struct store_query *q;

    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, page), QW_OK);
    rig_close(r);
    snprintf(text, sizeof text, "UPDATE pages SET page=0 WHERE page=%llu; UPDATE pages SET parent=0 WHERE page=%llu",
             (unsigned long long)page[1], (unsigned long long)page[2]);
    sql(r, text);
    rig_open(r);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 1);
    q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);
    rig_ask(r, q);
    assert_int_equal(q->n_bad, 2);          /* the other: children of its parent */
    store_query_free(q);
}

/* A store of schema 1 is brought up to date, with all that it holds. */
static void test_from_schema_1(void **state)
{
    struct rig *r = *state;
    struct store_query *q;
    struct store_txn *t;

    rig_open(r);
    t = rig_txn();
    rig_put_message(t, ME, 31, 0, 1, "a");
    rig_put_session(t, ME, 1, 31, "old");
    assert_int_equal(rig_commit(r, t), QW_OK);
    rig_close(r);
    sql(r, "ALTER TABLE sessions DROP COLUMN durability");
    sql(r, "ALTER TABLE sessions DROP COLUMN verify");
    sql(r, "PRAGMA user_version=1");
    for (int round = 0; round < 2; round++) {
        rig_open(r);
        assert_false(r->found.created);
        q = rig_session(r, ME, 1);
        assert_int_equal(q->error.code, QW_OK);
        assert_string_equal(q->sessions[0].title, "old");
        assert_int_equal(q->sessions[0].durability, round == 0 ? 0 : 2);
        assert_int_equal(q->sessions[0].verify != NULL, round == 1);
        assert_int_equal(q->n_messages, 1);
        store_query_free(q);
        t = rig_txn();
        rig_put_session(t, ME, 1, 31, "old");
        assert_int_equal(rig_commit(r, t), QW_OK);
        rig_close(r);
    }
    sql(r, "SELECT durability FROM sessions");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_modes_of_files), T(test_lock), T(test_newer_schema), T(test_migration), T(test_empty_file), T(test_damaged),
        T(test_only_the_log), T(test_killed), T(test_unknown_files_are_set_aside), T(test_folders), T(test_close_with_work),
        T(test_page_numbers), T(test_unknown_namespace_keeps_its_number),
        T(test_circles), T(test_page_number_0), T(test_from_schema_1),
        T(test_open_without_memory),
    };
    return cmocka_run_group_tests_name("store/open", tests, NULL, NULL);
}
