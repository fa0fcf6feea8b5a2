/* The scheduler with the real store, on tiny models: conversations that are cut at random points, go on in another
 * scheduler over the reopened folder, fork and take further turns, for F16, BF16 and Q8_0; with page files whose bytes
 * were changed; with a disk budget that holds little. */
#include "tests/unit/sched_ask.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/store.h"
#include "tests/unit/base_tmp.h"

static struct {
    char dir[64];
    struct store *s;
    uint64_t budget;
    pthread_mutex_t lock;
    struct sched *engine;
    sem_t loop;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void wake_engine(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&disk.lock);
    if (disk.engine != NULL)
        sched_store_wake(disk.engine);
    pthread_mutex_unlock(&disk.lock);
}
static void wake_loop(void *arg) { (void)arg; sem_post(&disk.loop); }

static void attach(struct store *st, struct sched *s)
{
    (void)st;
    pthread_mutex_lock(&disk.lock);
    disk.engine = s;
    pthread_mutex_unlock(&disk.lock);
}

static void open_store(void)
{
    struct store_options o = { .dir = disk.dir, .disk_budget = disk.budget };
    struct store_found found;
    struct qw_error err = { 0 };
    o.wake[STORE_ENGINE].call = wake_engine;
    o.wake[STORE_LOOP].call = wake_loop;
    if (store_open(&disk.s, &o, &found, &err) != QW_OK)
        fail_msg("store_open: %s", err.msg);
}

static struct store_answer answer(void)
{
    struct store_answer a;
    while (!store_poll(disk.s, STORE_LOOP, &a))
        sem_wait(&disk.loop);
    return a;
}

static void put_row(const struct ask *a)
{
    struct store_txn *t = store_txn_new(STORE_LOOP, NULL);
    assert_non_null(t);
    store_txn_run(t, &(struct store_run){ .run = a->run, .owner = a->owner, .state = STORE_RUN_RUNNING });
    assert_int_equal(store_commit(disk.s, t, NULL), QW_OK);
    struct store_answer got = answer();
    assert_int_equal(got.code, QW_OK);
    store_txn_free(got.txn);
}

static void get_row(const struct ask *a, struct ids *out)
{
    struct store_query *q = store_query_new(STORE_Q_RUN, STORE_LOOP, NULL);
    assert_non_null(q);
    q->owner = a->owner;
    q->id = a->run;
    assert_int_equal(store_ask(disk.s, q, NULL), QW_OK);
    struct store_answer got = answer();
    assert_int_equal(got.query->error.code, QW_OK);
    out->n = 0;
    ids_append(out, got.query->run.ids, got.query->run.n_ids);
    store_query_free(got.query);
}

static struct sched *restart(struct sched *s, const struct sched_options *o)
{
    stop(s, disk.s);
    store_close(disk.s);
    open_store();
    return start(disk.s, *o);
}

/* Flips a bit in the middle of every page file. */
static void damage(void)
{
    char path[512];
    snprintf(path, sizeof path, "%s/pages", disk.dir);
    DIR *d = opendir(path);
    assert_non_null(d);
    struct dirent *e;
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/pages/%s", disk.dir, e->d_name);
        FILE *f = fopen(path, "r+b");
        assert_non_null(f);
        assert_int_equal(fseek(f, 0, SEEK_END), 0);
        long at = ftell(f) / 2;
        assert_int_equal(fseek(f, at, SEEK_SET), 0);
        int c = fgetc(f);
        assert_int_equal(fseek(f, at, SEEK_SET), 0);
        assert_int_equal(fputc(c ^ 16, f), c ^ 16);
        assert_int_equal(fclose(f), 0);
    }
    closedir(d);
}

enum { N = 6 };
static struct ask *want[N], *next[N];

static void make_wants(unsigned *seed)
{
    struct sched *plain = start(NULL, (struct sched_options){ 0 });
    for (unsigned i = 0; i < N; i++) {
        want[i] = ask_new(i, i % 2 ? 40 : 0, 1 + rand_r(seed) % 120, 60);
        run_one(plain, want[i]);
        next[i] = ask_again(want[i]);                       /* forked inside the answer */
        ids_append(&next[i]->prompt, want[i]->ids.v, 1 + rand_r(seed) % 60);
        for (unsigned k = 0; k < 9; k++)
            ids_push(&next[i]->prompt, fix.tokens[k + i]);
        next[i]->gen.max_tokens = 10;
        run_one(plain, next[i]);
    }
    stop(plain, NULL);
}

/* Every conversation cut, resumed, its answer given again from the middle (regenerated), and its fork. */
static void conversations(const char *name, const struct sched_options *o, bool bad, bool exact_usage)
{
    unsigned seed = (unsigned)strlen(name);
    struct ids row = { 0 };
    make_wants(&seed);
    struct sched *s = start(disk.s, *o);
    for (unsigned i = 0; i < N; i++) {
        size_t cut = 1 + rand_r(&seed) % 59;
        struct ask *a = ask_again(want[i]);
        a->gen.max_tokens = (uint32_t)cut;
        put_row(a);
        run_one(s, a);
        s = restart(s, o);
        if (bad)
            damage();
        get_row(a, &row);
        assert_int_equal(row.n, cut);
        assert_memory_equal(row.v, want[i]->ids.v, cut * sizeof *row.v);

        struct ask *b = ask_again(want[i]);
        b->run = a->run;
        b->n_given = (uint32_t)row.n;
        ids_append(&b->prompt, row.v, row.n);
        run_one(s, b);
        same(b, want[i], name);
        if (exact_usage && !bad)                            /* all whole pages that were computed */
            assert_int_equal(b->usage.from_disk + b->usage.from_memory, (b->prompt.n - 1) / 16 * 16);
        put_row(b);                                         /* durable after what the engine committed */
        get_row(b, &row);
        assert_int_equal(row.n, 60);
        ask_free(a);
        ask_free(b);

        a = ask_again(next[i]);
        if (i % 2)
            s = restart(s, o);
        run_one(s, a);
        same(a, next[i], name);
        ask_free(a);
    }
    stop(s, disk.s);
    ids_free(&row);
    for (unsigned i = 0; i < N; i++) {
        ask_free(want[i]);
        ask_free(next[i]);
    }
}

static void folder(void)
{
    tmp_make(disk.dir);
    open_store();
}

static void no_folder(void)
{
    store_close(disk.s);
    tmp_remove(disk.dir);
}

static void test_conversations(void **state)
{
    static const struct { const char *file; enum kv_type kv; } c[] = {
        { "qwen2-tiny-f32", KV_F16 }, { "llama-tiny-f32", KV_BF16 }, { "qwen3-small-q4_0", KV_Q8_0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct sched_options o = { 0 }, small = { .max_model_len = 208 };
        struct store_status st;
        load_fixture(c[i].file, c[i].kv);
        disk.budget = UINT64_C(1) << 30;
        folder();
        conversations(c[i].file, &o, false, true);
        pool(14, &small);
        conversations(c[i].file, &small, false, false);
        conversations(c[i].file, &o, true, false);
        store_get_status(disk.s, &st);
        assert_int_equal(st.state, STORE_RUNNING);
        no_folder();
        disk.budget = 20 * (page_bytes + 8192);             /* of pages that come and go */
        folder();
        conversations(c[i].file, &o, false, false);
        no_folder();
        fixture_free(&fix);
    }
}

/* Sixteen that arrive together read their common beginning once; a copy of it is not stored twice. */
static void test_together(void **state)
{
    struct sched_options o = { 0 };
    struct sched_stats stats;
    struct store_status st;
    struct ask *a[16];
    (void)state;
    load_fixture("qwen3-tiny-f32", KV_F16);
    disk.budget = UINT64_C(1) << 30;
    folder();
    struct sched *s = start(disk.s, o);
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 16; i++)
            submit(s, a[i] = ask_new(i, 160, 165, 3));
        wait_all(s, a, 16);
        sched_get_stats(s, &stats);
        assert_int_equal(stats.tokens_from_disk, round == 0 ? 0 : 160);
        assert_int_equal(stats.tokens_prefilled, (round == 0 ? 160 : 0) + 16 * 5);
        for (unsigned i = 0; i < 16; i++)
            ask_free(a[i]);
        s = restart(s, &o);
    }
    stop(s, disk.s);
    store_get_status(disk.s, &st);
    assert_int_equal(st.pages, 10);
    no_folder();
    fixture_free(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_together), cmocka_unit_test(test_conversations) };
    sem_init(&disk.loop, 0, 0);
    ask_init();
    ask_attach = attach;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
