/* The scheduler with a store (tests/unit/fake_store.c), on real tiny models: an answer that was cut and resumed
 * after a restart, from disk, in small pools, with damaged pages or a store that fails, is the answer of a scheduler
 * that never heard of a store; and usage says where each prompt token came from.  With the real store:
 * test_sched_disk.c. */
#include "tests/unit/sched_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/fake_store.h"

static void wake_engine(void *s) { sched_store_wake(s); }

static void attach(struct store *st, struct sched *s)
{
    fake_store_wake(st, s != NULL ? wake_engine : NULL, s);
    if (s != NULL)
        return;
    assert_int_equal(fake_store_counts(st)->waiting, 0);
    assert_int_equal(fake_store_counts(st)->pinned, 0);
    assert_int_equal(fake_store_counts(st)->changed, 0);
}

/* ---- exactness ---------------------------------------------------------------------------- */

/* Answers of 40 tokens, cut after some, restarted, and gone on with from a prefix of what there was; and from the
 * next turn on, a fork of it. */
static void restarts(const char *name, int bad_every)
{
    enum { N = 6 };
    struct ask *want[N], *next[N];
    struct sched *plain = start(NULL, (struct sched_options){ 0 });
    for (unsigned i = 0; i < N; i++) {
        want[i] = ask_new(i, i % 2 ? 50 : 0, 1 + i * 17, 40);
        run_one(plain, want[i]);
        next[i] = ask_again(want[i]);
        ids_append(&next[i]->prompt, want[i]->ids.v, want[i]->ids.n - i);     /* forked inside the answer */
        for (unsigned k = 0; k < 9; k++)
            ids_push(&next[i]->prompt, fix.tokens[k + i]);
        next[i]->gen.max_tokens = 8;
        run_one(plain, next[i]);
    }
    stop(plain, NULL);

    struct store *st = fake_store_new();
    fake_store_faults(st)->bad_every = bad_every;
    unsigned seed = 3;
    for (unsigned round = 0; round < 2; round++) {
        struct ask *all[N];
        uint64_t row[N];
        struct sched_options o = { 0 };
        pool(round == 0 ? 200 : 20, &o);                    /* 20: they preempt one another */
        struct sched *s = start(st, o);
        for (unsigned i = 0; i < N; i++) {
            all[i] = ask_again(want[i]);
            all[i]->gen.max_tokens = 1 + rand_r(&seed) % 39;
            row[i] = all[i]->run;
            submit(s, all[i]);
        }
        wait_all(s, all, N);
        stop(s, st);
        s = start(st, o);
        for (unsigned i = 0; i < N; i++) {
            size_t cut = all[i]->ids.n, given = 1 + rand_r(&seed) % cut;
            ask_free(all[i]);
            all[i] = ask_again(want[i]);
            all[i]->run = row[i];
            all[i]->n_given = (uint32_t)given;
            ids_append(&all[i]->prompt, want[i]->ids.v, given);
            submit(s, all[i]);
        }
        wait_all(s, all, N);
        for (unsigned i = 0; i < N; i++) {
            struct ids kept = { 0 };
            same(all[i], want[i], name);
            if (bad_every == 0 && round == 0 && i != 0)     /* with a page on disk for each whole page known */
                assert_true(all[i]->usage.from_disk + all[i]->usage.from_memory >= (want[i]->prompt.n - 1) / 16 * 16);
            fake_store_settle(st);
            fake_store_ids(st, row[i], &kept);
            assert_int_equal(kept.n, 40);
            assert_memory_equal(kept.v, want[i]->ids.v, 40 * sizeof *kept.v);
            ids_free(&kept);
            ask_free(all[i]);
        }
        stop(s, st);
        s = start(st, o);
        for (unsigned i = 0; i < N; i++) {
            all[i] = ask_again(next[i]);
            submit(s, all[i]);
        }
        wait_all(s, all, N);
        for (unsigned i = 0; i < N; i++) {
            same(all[i], next[i], name);
            ask_free(all[i]);
        }
        stop(s, st);
    }
    struct fake_store_counts *c = fake_store_counts(st);
    assert_int_equal(c->orphans, 0);
    assert_int_equal(c->bad_ids, 0);
    assert_true(c->pages_loaded > (bad_every == 0 ? 40 : 4));
    fake_store_free(st);
    for (unsigned i = 0; i < N; i++) {
        ask_free(want[i]);
        ask_free(next[i]);
    }
}

static void test_restart(void **state)
{
    static const struct { const char *file; enum kv_type kv; int bad; } c[] = {
        { "qwen3-tiny-f32", KV_F16, 0 }, { "qwen2-tiny-f32", KV_BF16, 0 }, { "qwen3-small-q4_0", KV_Q8_0, 0 },
        { "llama-tiny-f32", KV_F16, 3 }, { "llama-tiny-f32", KV_BF16, 2 },
    };
    (void)state;
    fixture_free(&fix);
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        load_fixture(c[i].file, c[i].kv);
        restarts(c[i].file, c[i].bad);
        fixture_free(&fix);
    }
    load_fixture("qwen3-tiny-f32", KV_F16);
}

/* Stop rules see the beginning that was given. */
static void test_given(void **state)
{
    struct sched *s = start(NULL, (struct sched_options){ 0 });
    struct ask *want = ask_new(1, 0, 40, 30), *a;
    struct qw_error err;
    (void)state;
    run_one(s, want);
    for (uint32_t given = 1; given <= 30; given += 29) {    /* 30: nothing is left to do */
        a = ask_again(want);
        a->n_given = given;
        ids_append(&a->prompt, want->ids.v, given);
        run_one(s, a);
        same(a, want, "max_tokens counts what was given");
        ask_free(a);
    }
    /* A stop string of four bytes somewhere in the text, met by each prefix. */
    char stop_at[5] = { 0 };
    memcpy(stop_at, want->text + strlen(want->text) / 2, 4);
    const char *stops[] = { stop_at };
    struct ask *stopped = ask_again(want);
    stopped->gen.stop = stops;
    stopped->gen.n_stop = 1;
    run_one(s, stopped);
    assert_int_equal(stopped->finish, FINISH_STOP);
    for (uint32_t given = 1; given <= stopped->ids.n + 1; given++) {
        a = ask_again(stopped);
        a->n_given = given;
        ids_append(&a->prompt, want->ids.v, given);         /* the last time one more than the stop */
        run_one(s, a);
        same(a, stopped, "a stop string");
        if (given >= stopped->ids.n)
            assert_int_equal(a->usage.prefilled + a->usage.completion, 0);
        ask_free(a);
    }
    a = ask_again(want);
    a->n_given = (uint32_t)a->prompt.n + 1;
    assert_int_equal(try_submit(s, a, &err), QW_EPARAMS);
    a->n_given = 1;
    a->n = 2;
    assert_int_equal(try_submit(s, a, &err), QW_EPARAMS);
    ask_free(a);
    /* The context is full with what was given. */
    a = ask_new(0, 0, 256, 100);
    a->n_given = 10;
    run_one(s, a);
    assert_int_equal(a->finish, FINISH_LENGTH);
    assert_int_equal(a->ids.n, 10);
    ask_free(a);
    ask_free(want);
    ask_free(stopped);
    stop(s, NULL);
}

/* ---- where tokens come from --------------------------------------------------------------- */

static void expect(struct sched *s, struct ask *a, uint32_t memory, uint32_t disk, const char *name)
{
    run_one(s, a);
    if (a->usage.from_memory != memory || a->usage.from_disk != disk)
        fail_msg("%s: %u from memory, %u from disk; expected %u, %u", name, a->usage.from_memory, a->usage.from_disk, memory,
                 disk);
    ask_free(a);
}

static void test_usage(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    struct sched_stats stats;
    struct ask *a;
    (void)state;
    expect(s, ask_new(0, 200, 100, 5), 0, 0, "cold");
    fake_store_settle(st);
    expect(s, ask_new(0, 200, 100, 5), 96, 0, "warm");
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 6);
    assert_true(fake_store_counts(st)->touches > 0);

    s = start(st, (struct sched_options){ 0 });
    expect(s, ask_new(0, 200, 40, 2), 0, 32, "its beginning");
    expect(s, ask_new(0, 200, 120, 20), 32, 64, "some in memory, some on disk, some new");
    expect(s, ask_new(0, 200, 113, 2), 112, 0, "the last token is always run");
    expect(s, ask_new(1, 40, 100, 2), 32, 0, "a fork");
    a = ask_new(0, 200, 100, 5);
    a->owner = 2;
    expect(s, a, 0, 0, "another owner");
    sched_get_stats(s, &stats);
    assert_int_equal(stats.tokens_from_disk, 96);
    stop(s, st);

    s = start(st, (struct sched_options){ .share_pages = true });
    expect(s, ask_new(0, 200, 100, 5), 0, 0, "the common tree is another");
    stop(s, st);
    s = start(st, (struct sched_options){ .share_pages = true });
    a = ask_new(0, 200, 100, 5);
    a->owner = 7;
    a->stored = false;                                      /* found ones are loaded all the same */
    expect(s, a, 0, 96, "shared");
    stop(s, st);

    kv_type = KV_BF16;
    s = start(st, (struct sched_options){ 0 });
    expect(s, ask_new(0, 200, 100, 5), 0, 0, "another KV type");
    stop(s, st);
    kv_type = KV_F16;
    fake_store_free(st);
}

/* What an unstored run sealed is stored when a stored one uses it; its own is not. */
static void test_unstored(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    struct ask *a = ask_new(0, 200, 100, 20);
    (void)state;
    a->stored = false;
    expect(s, a, 0, 0, "unstored");
    assert_int_equal(fake_store_pages(st), 0);
    expect(s, ask_new(0, 200, 50, 2), 48, 0, "stored");
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 3);
    assert_int_equal(fake_store_counts(st)->orphans, 0);
    fake_store_free(st);
}

/* Sixteen with one beginning that arrive together read it once. */
static void test_together(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    struct ask *a[16];
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct sched_stats stats;
        fake_store_faults(st)->hold = 1 << STORE_A_FIND;
        for (unsigned i = 0; i < 16; i++) {
            a[i] = ask_new(i, 160, 165, 3);
            submit(s, a[i]);
        }
        fake_store_wait(st, STORE_A_FIND);
        fake_store_release(st);
        wait_all(s, a, 16);
        sched_get_stats(s, &stats);
        assert_int_equal(stats.tokens_from_disk, round == 0 ? 0 : 160);
        assert_int_equal(stats.tokens_prefilled, (round == 0 ? 160 : 0) + 16 * 5);
        for (unsigned i = 0; i < 16; i++)
            ask_free(a[i]);
        stop(s, st);
        s = start(st, (struct sched_options){ 0 });
    }
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 10);
    assert_int_equal(fake_store_counts(st)->pages_loaded, 10);
    fake_store_free(st);
}

/* Twenty conversations in turn in a pool for four: they come back from disk, not by prefill. */
static void test_swap(void **state)
{
    enum { N = 20 };
    struct store *st = fake_store_new();
    struct sched_options o = { .max_model_len = 160, .max_num_seqs = 1 };
    struct ask *turn[N] = { 0 }, *next;
    (void)state;
    pool(24, &o);
    struct sched *s = start(st, o), *plain = start(NULL, (struct sched_options){ 0 });
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < N; i++) {
            if (round == 0) {
                next = ask_new(i, 0, 80, 8);
            } else {
                next = ask_again(turn[i]);
                ids_append(&next->prompt, turn[i]->ids.v, turn[i]->ids.n);
                for (unsigned k = 0; k < 6; k++)
                    ids_push(&next->prompt, fix.tokens[(k + i) % fix.n_tokens]);
            }
            struct ask *want = ask_again(next);
            run_one(plain, want);
            run_one(s, next);
            same(next, want, "in turn");
            if (round > 0)
                assert_true(next->usage.from_disk >= 64 && next->usage.prefilled <= 6 + 8 + 16);
            ask_free(want);
            if (turn[i] != NULL)
                ask_free(turn[i]);
            turn[i] = next;
        }
    struct sched_stats stats;
    sched_get_stats(s, &stats);
    assert_true(stats.evictions > 100);
    assert_int_equal(stats.pages_total, 24);
    for (unsigned i = 0; i < N; i++)
        ask_free(turn[i]);
    stop(plain, NULL);
    stop(s, st);
    assert_int_equal(fake_store_counts(st)->orphans, 0);
    fake_store_free(st);
}

/* ---- deletion ------------------------------------------------------------------------------ */

/* Pages that wait for room leave with the conversation; without a deletion they are written in the end. */
static void test_forget_idle(void **state)
{
    (void)state;
    for (uint64_t owner = 0; owner < 3; owner++) {          /* 0: no deletion; 2: somebody else's */
        struct store *st = fake_store_new();
        struct sched_options o = { .max_model_len = 176 };
        pool(24, &o);
        struct sched *s = start(st, o);
        struct ask *a = ask_new(0, 200, 150, 8);
        fake_store_faults(st)->hold = 1 << STORE_A_COMMIT;
        run_one(s, a);
        if (owner != 0)
            assert_true(sched_forget(s, owner, 0) > 0);
        fake_store_release(st);
        stop(s, st);
        assert_int_equal(fake_store_pages(st), owner == a->owner ? 24 / 4 + 1 : 9);
        ask_free(a);
        fake_store_free(st);
    }
}

/* An owner whose pages have no place does not stand before the others. */
static void test_idle_of_others(void **state)
{
    struct store *st = fake_store_new();
    struct sched_options o = { .max_model_len = 176 };
    struct ask *a = ask_new(0, 200, 150, 8), *b = ask_new(0, 200, 150, 8);
    (void)state;
    pool(24, &o);
    struct sched *s = start(st, o);
    fake_store_faults(st)->hold = 1 << STORE_A_COMMIT;
    fake_store_faults(st)->no_namespace_of = b->owner = 2;
    run_one(s, a);
    run_one(s, b);                                          /* the longest way without numbers is this one */
    fake_store_release(st);
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 9);
    ask_free(a);
    ask_free(b);
    fake_store_free(st);
}

/* A stop does not wait for all that waits for room. */
static void test_stop_is_bounded(void **state)
{
    (void)state;
    for (uint32_t ms = 1; ms < 100000; ms += 60000) {
        struct store *st = fake_store_new();
        struct sched_options o = { .max_model_len = 176, .drain_ms = ms };
        pool(24, &o);
        struct sched *s = start(st, o);
        struct ask *a = ask_new(0, 200, 150, 8), *b = ask_new(1, 0, 20, 150);
        fake_store_faults(st)->hold = 1 << STORE_A_COMMIT;
        run_one(s, a);
        b->stored = false;
        submit(s, b);
        sched_stop(s);
        wait_all(s, &b, 1);                                 /* cancelled: the engine is about to leave */
        for (uint64_t from = clock_mono_ms(); clock_mono_ms() < from + 2;)
            ;
        fake_store_release(st);
        stop(s, st);
        if (b->finish == FINISH_CANCELLED)
            assert_int_equal(fake_store_pages(st), ms == 1 ? 24 / 4 + 1 : 9);
        ask_free(a);
        ask_free(b);
        fake_store_free(st);
    }
}

/* Nothing of a running answer is written after the deletion: what is lent is barred, what follows is not lent. */
static void test_forget_running(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ .max_model_len = 512 });
    struct ask *a = ask_new(0, 0, 60, 450);
    struct sched_stats stats;
    size_t written;
    (void)state;
    submit(s, a);
    do
        sched_get_stats(s, &stats);
    while (stats.tokens_decoded < 50);
    fake_store_settle(st);
    fake_store_faults(st)->hold = 1 << STORE_A_COMMIT;
    fake_store_faults(st)->bar = sched_forget(s, a->owner, a->run);
    written = fake_store_pages(st);
    sched_cancel(s, a->run);
    wait_all(s, &a, 1);
    fake_store_release(st);
    stop(s, st);
    assert_int_equal(a->finish, FINISH_CANCELLED);
    assert_int_equal(fake_store_pages(st), written);
    ask_free(a);
    fake_store_free(st);
}

/* ---- faults ------------------------------------------------------------------------------- */

/* Everything that may go wrong costs time only. */
static void test_faults(void **state)
{
    static const struct { const char *name; bool off, finds, loads, ns; int fail; } c[] = {
        { .name = "off", .off = true }, { .name = "no finds", .finds = true }, { .name = "no loads", .loads = true },
        { .name = "no namespace", .ns = true }, { .name = "one commit fails", .fail = 1 },
        { .name = "two commits fail", .fail = 2 }, { .name = "all commits fail", .fail = 1000 },
    };
    struct ask *want = ask_new(1, 0, 100, 100), *a;
    struct sched *s = start(NULL, (struct sched_options){ 0 });
    (void)state;
    run_one(s, want);
    stop(s, NULL);
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct store *st = fake_store_new();
        struct fake_store_faults *f = fake_store_faults(st);
        struct ids kept = { 0 };
        uint64_t row = 0;
        for (int k = 0; k < 2; k++) {                       /* written with the fault, then read with it */
            f->off = c[i].off;
            f->no_finds = c[i].finds;
            f->no_loads = c[i].loads;
            f->no_namespace = c[i].ns;
            f->fail_commits = k == 0 ? c[i].fail : 0;
            s = start(st, (struct sched_options){ 0 });
            a = ask_again(want);
            row = a->run;
            run_one(s, a);
            same(a, want, c[i].name);
            ask_free(a);
            stop(s, st);
            if (k == 0 && c[i].fail > 0 && c[i].fail < 3) { /* it was all saved again */
                s = start(st, (struct sched_options){ 0 });
                a = ask_again(want);
                run_one(s, a);
                if (a->usage.from_disk != 96)
                    fail_msg("%s: %u from disk", c[i].name, a->usage.from_disk);
                ask_free(a);
                stop(s, st);
            }
        }
        fake_store_ids(st, row, &kept);
        assert_int_equal(kept.n, c[i].off ? 0 : 100);
        ids_free(&kept);
        fake_store_free(st);
    }
    ask_free(want);
}

/* A row that lacks ids which were given fails its transactions; that stops nobody else's. */
static void test_gap(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    struct ask *want = ask_new(0, 0, 30, 50), *a;
    struct ids kept = { 0 };
    (void)state;
    run_one(s, want);
    a = ask_again(want);
    a->n_given = 10;
    ids_append(&a->prompt, want->ids.v, 10);
    run_one(s, a);
    same(a, want, "resumed");
    ask_free(a);
    a = ask_again(want);
    run_one(s, a);
    stop(s, st);
    fake_store_ids(st, a->run, &kept);
    assert_int_equal(kept.n, 50);
    assert_memory_equal(kept.v, want->ids.v, 50 * sizeof *kept.v);
    assert_true(fake_store_counts(st)->bad_ids > 0);
    assert_int_equal(fake_store_pages(st), 4);              /* 30 and 49 tokens of one beginning */
    ids_free(&kept);
    ask_free(want);
    ask_free(a);
    fake_store_free(st);
}

/* No room on disk for some of it; and pages that left the store while they were in memory are stored again. */
static void test_room(void **state)
{
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    (void)state;
    fake_store_faults(st)->room = 3;
    expect(s, ask_new(0, 200, 100, 60), 0, 0, "cold");
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 3);
    fake_store_faults(st)->room = 0;
    s = start(st, (struct sched_options){ 0 });
    expect(s, ask_new(0, 200, 100, 40), 0, 48, "what there is");
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 8);
    s = start(st, (struct sched_options){ 0 });
    expect(s, ask_new(0, 200, 100, 2), 0, 96, "all of it");
    fake_store_evict(st);
    expect(s, ask_new(0, 200, 150, 4), 96, 0, "in memory only");    /* its new pages are orphans */
    fake_store_settle(st);
    assert_int_equal(fake_store_pages(st), 0);
    expect(s, ask_new(0, 200, 149, 2), 144, 0, "the same way again");
    stop(s, st);
    assert_int_equal(fake_store_pages(st), 9);
    fake_store_free(st);
}

/* A store that does not answer stops nobody, but who wants its pages and who frees them. */
static void test_slow_store(void **state)
{
    struct store *st = fake_store_new();
    struct sched_options o = { .max_model_len = 256 };
    struct sched_stats stats;
    struct ask *a[4];
    (void)state;
    pool(40, &o);
    struct sched *s = start(st, o);
    fake_store_faults(st)->hold = 1 << STORE_A_COMMIT;
    fake_store_faults(st)->no_finds = true;
    for (unsigned i = 0; i < 4; i++) {                      /* more than may be lent, and than the pool holds */
        a[i] = ask_new(i, 0, 200, 30);
        submit(s, a[i]);
    }
    wait_all(s, a, 4);
    sched_get_stats(s, &stats);
    assert_true(stats.pages_dirty > 0);
    for (unsigned i = 0; i < 4; i++)
        ask_free(a[i]);
    fake_store_release(st);
    stop(s, st);                                            /* writes what had found no room */
    assert_true(fake_store_pages(st) > 11);
    assert_int_equal(fake_store_counts(st)->orphans, 0);
    fake_store_free(st);
}

/* Cancelled, out of time, or without a model while the store reads for it. */
static void test_leave(void **state)
{
    static const struct { const char *name; int hold, how; } c[] = {
        { "cancel, finding", 1 << STORE_A_FIND, 0 }, { "cancel, loading", 1 << STORE_A_LOAD, 0 },
        { "deadline, finding", 1 << STORE_A_FIND, 1 }, { "deadline, loading", 1 << STORE_A_LOAD, 1 },
        { "unload, finding", 1 << STORE_A_FIND, 2 }, { "unload, loading", 1 << STORE_A_LOAD, 2 },
        { "stop, finding", 1 << STORE_A_FIND, 3 }, { "stop, loading", 1 << STORE_A_LOAD, 3 },
    };
    struct store *st = fake_store_new();
    struct sched *s = start(st, (struct sched_options){ 0 });
    (void)state;
    expect(s, ask_new(0, 200, 200, 5), 0, 0, "cold");
    stop(s, st);
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct ask *a = ask_new(0, 200, 200, 5), *other = ask_new(1, 0, 30, 5);
        struct sched_event *e;
        s = start(st, (struct sched_options){ 0 });
        fake_store_faults(st)->hold = c[i].hold;
        struct sched_req *r = sched_req_new();
        r->run = a->run;
        r->owner = 1;
        r->deadline_mono_ms = c[i].how == 1 ? 1 : 0;
        if (c[i].how == 1)                                  /* it must be under way before its time is over */
            r->deadline_mono_ms = UINT64_MAX;
        assert_int_equal(ids_append(&r->prompt, a->prompt.v, a->prompt.n), QW_OK);
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        fake_store_wait(st, c[i].hold == 1 << STORE_A_FIND ? STORE_A_FIND : STORE_A_LOAD);
        if (c[i].how == 0 || c[i].how == 1) {
            if (c[i].how == 0)
                sched_cancel(s, a->run);
            else
                sched_cancel_all(s);
            wait_all(s, &a, 1);                             /* while the store still holds its pages */
            assert_int_equal(a->finish, FINISH_CANCELLED);
            fake_store_release(st);
            run_one(s, other);
        } else if (c[i].how == 2) {
            sched_unload_model(s);
            wait_all(s, &a, 1);
            assert_int_equal(a->error.code, QW_EMODEL);
            fake_store_release(st);
            e = next_event(s);
            assert_int_equal(e->kind, SCHED_EV_LOADED);
            sched_event_free(e);
        } else {
            sched_stop(s);
            wait_all(s, &a, 1);
            assert_int_equal(a->finish, FINISH_CANCELLED);
            fake_store_release(st);
        }
        stop(s, st);
        ask_free(a);
        ask_free(other);
    }
    fake_store_free(st);
}

/* Many at once in a pool that is too small, with forks, cancels, damage and failures. */
static void test_random(void **state)
{
    enum { N = 150, KINDS = 12 };
    struct store *st = fake_store_new();
    struct ask *want[KINDS], *a[N];
    unsigned seed = 9;
    (void)state;
    struct sched *s = start(NULL, (struct sched_options){ 0 });
    for (unsigned i = 0; i < KINDS; i++) {
        want[i] = ask_new(i, i % 3 * 40, 20 + i * 7, 24);
        run_one(s, want[i]);
    }
    stop(s, NULL);
    fake_store_faults(st)->bad_every = 7;
    for (int round = 0, n = 0; round < 3; round++) {
        struct sched_options o = { .max_model_len = 160, .max_num_seqs = 6 };
        pool(16, &o);
        s = start(st, o);
        int first = n, live = 0;
        for (; n < (round + 1) * N / 3; n++) {
            const struct ask *w = want[rand_r(&seed) % KINDS];
            a[n] = ask_again(w);
            a[n]->owner = 1 + rand_r(&seed) % 2;
            a[n]->stored = rand_r(&seed) % 4 != 0;
            a[n]->n_given = rand_r(&seed) % 2 ? rand_r(&seed) % 24 : 0;
            ids_append(&a[n]->prompt, w->ids.v, a[n]->n_given);
            if (a[n]->n_given > 0)
                a[n]->stored = false;                       /* its row would begin with a hole */
            submit(s, a[n]);
            live++;
            if (rand_r(&seed) % 3 == 0)
                sched_cancel(s, a[first + rand_r(&seed) % (unsigned)(n - first + 1)]->run);
            if (rand_r(&seed) % 16 == 0)
                fake_store_faults(st)->fail_commits = 1;
            while (live > 8)
                live -= handle(s, a + first, (size_t)(n - first + 1)) != NULL;
        }
        wait_all(s, a + first, (size_t)(n - first));
        stop(s, st);
    }
    size_t whole = 0, disk = 0;
    for (int i = 0; i < N; i++) {
        const struct ask *w = NULL;
        for (int k = 0; k < KINDS; k++)
            if (a[i]->sample.seed == want[k]->sample.seed)
                w = want[k];
        disk += a[i]->usage.from_disk;
        if (a[i]->finish != FINISH_CANCELLED) {
            same(a[i], w, "random");
            whole++;
        } else if (a[i]->ids.n > 0) {
            assert_memory_equal(a[i]->ids.v, w->ids.v, a[i]->ids.n * sizeof *w->ids.v);
        }
        ask_free(a[i]);
    }
    assert_true(whole > N / 4 && disk > 100);
    for (unsigned i = 0; i < KINDS; i++)
        ask_free(want[i]);
    fake_store_free(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usage), cmocka_unit_test(test_unstored), cmocka_unit_test(test_together),
        cmocka_unit_test(test_given), cmocka_unit_test(test_leave), cmocka_unit_test(test_faults), cmocka_unit_test(test_room), cmocka_unit_test(test_gap),
        cmocka_unit_test(test_slow_store), cmocka_unit_test(test_swap), cmocka_unit_test(test_forget_idle),
        cmocka_unit_test(test_forget_running), cmocka_unit_test(test_stop_is_bounded), cmocka_unit_test(test_idle_of_others),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_restart),
    };
    ask_init();
    ask_attach = attach;
    load_fixture("qwen3-tiny-f32", KV_F16);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_free(&fix);
    return rc;
}
