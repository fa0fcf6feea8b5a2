/* The scheduler over an engine of the test's own (sched_fake.h): answers are exact however they are batched, cut into chunks and
 * preempted, and what each costs.  Its life and its refusals: test_sched_life.c; bit-exactness with real models:
 * test_sched_model.c. */
#include "tests/unit/sched_fake.h"

/* The same 40 requests, alone and crowded, in every kind of pool and step. */
static void test_exact(void **state)
{
    static const struct { const char *name; uint32_t seqs, ms; uint64_t pages; bool chunked, preempts; int threads;
    } cfg[] = {
        { "one at a time", 1, 1000, 4096, true, false, 1 },
        { "batch of 8", 8, 1000, 4096, true, false, 1 },
        { "batch of 8, drawn by 2 workers", 8, 1000, 4096, true, false, 2 },
        { "batch of 64, drawn by 5 workers", 64, 1000, 4096, true, false, 5 },
        { "chunks of 16", 8, 0, 4096, true, false, 1 },
        { "whole prompts", 8, 1000, 4096, false, false, 1 },
        { "smallest pool, drawn by 3 workers", 16, 0, 65, true, true, 3 },
        { "small pool, whole prompts", 64, 1000, 80, false, true, 1 },
    };
    (void)state;
    for (size_t c = 0; c < sizeof cfg / sizeof *cfg; c++) {
        struct sched_options o = defaults;
        o.n_threads = cfg[c].threads;
        o.max_num_seqs = cfg[c].seqs;
        o.step_ms_shared = o.step_ms_alone = cfg[c].ms;
        o.kv_cache_bytes = cfg[c].pages * 1024;
        o.enable_chunked_prefill = cfg[c].chunked;
        fake.us_per_row = cfg[c].ms == 0 ? 1 : 0;
        struct sched *s = start(&o);
        enum { N = 40 };
        struct want *w[N];
        unsigned seed = 5;
        for (int i = 0; i < N; i++) {
            w[i] = want_new(1000 + i, 0, 1 + rand_r(&seed) % 400);
            w[i]->n = i % 7 == 3 ? 3 : 1;
            w[i]->sample.temperature = i % 2 ? 0.8f : 0;
            w[i]->sample.seed = i;
            w[i]->sample.repetition_penalty = i % 5 == 4 ? 1.1f : 1;
            size_t common = (rand_r(&seed) % 4) * 50, n = common + 1 + rand_r(&seed) % 150;
            for (size_t k = 0; k < n; k++)               /* four kinds of common beginning */
                ids_push(&w[i]->prompt, k < common ? (int32_t)(k * 31 % END) : rand_r(&seed) % END);
            submit(s, w[i], 1 + i % 3);
        }
        wait_all(s, w, N);
        struct sched_stats st;
        sched_get_stats(s, &st);
        if (cfg[c].preempts != (st.preemptions > 0))
            fail_msg("%s: %d preemptions", cfg[c].name, (int)st.preemptions);
        if (cfg[c].preempts)
            assert_true(st.evictions > 0);
        assert_true(st.tokens_from_memory > 0);
        for (int i = 0; i < N; i++)
            want_free(w[i]);
        stop(s);
    }
    fake.us_per_row = 0;
}

/* A pass that gives heads: the same answers; the row is fetched where the head does not do, and where parameters change
 * single logits it is asked for at once. */
static void test_heads(void **state)
{
    static const struct { float temperature, top_p, penalty; int top_k; bool heads, rows; } kinds[] = {
        { 0, 1, 1, 0, true, false }, { 0.7f, 0.8f, 1, 4, true, false }, { 0.7f, 0.8f, 1, 20, true, true },
        { 3, 1, 1, 0, true, true },  { 0.8f, 1, 1.2f, 0, false, false },
    };
    enum { KINDS = sizeof kinds / sizeof *kinds, N = 6 };
    (void)state;
    fake.heads = true;
    for (int k = 0; k <= KINDS; k++) {                      /* each alone, then all together */
        struct sched *s = start(&defaults);
        struct want *w[N * KINDS];
        int n = 0;
        fake.n_heads = fake.n_rows = 0;
        for (int i = 0; i < N * KINDS; i++) {
            const int kind = i % KINDS;
            if (k < KINDS && k != kind)
                continue;
            w[n] = want_new(1 + (uint64_t)i, 10 + (size_t)i * 5, 60);
            w[n]->no_end = true;
            w[n]->sample.temperature = kinds[kind].temperature;
            w[n]->sample.top_p = kinds[kind].top_p;
            w[n]->sample.top_k = kinds[kind].top_k;
            w[n]->sample.repetition_penalty = kinds[kind].penalty;
            w[n]->sample.seed = (uint64_t)i;
            submit(s, w[n++], 1);
        }
        wait_all(s, w, (size_t)n);
        assert_true((fake.n_heads > 0) == (k == KINDS || kinds[k].heads));
        assert_true((fake.n_rows > 0) == (k == KINDS || kinds[k].rows));
        assert_true(fake.n_rows <= fake.n_heads);
        for (int i = 0; i < n; i++)
            want_free(w[i]);
        stop(s);
    }
    /* A row that cannot be had ends the request, and only that. */
    struct sched *s = start(&defaults);
    struct want *a = want_new(1, 20, 50), *b = want_new(2, 20, 50);
    fake.fail_row = true;
    a->sample.temperature = 3;
    a->no_end = true;
    submit(s, a, 1);
    submit(s, b, 1);
    wait_all(s, (struct want *[]){ a, b }, 2);
    assert_int_equal(a->finish, FINISH_ERROR);
    assert_string_equal(a->error.msg, "the row is gone");
    assert_int_equal(b->error.code, QW_OK);
    want_free(a), want_free(b);
    stop(s);
    fake.heads = fake.fail_row = false;
}

static void test_prefix(void **state)
{
    struct sched *s = start(&defaults);
    struct want *a = want_new(1, 100, 30), *b = want_new(2, 0, 5), *c = want_new(3, 0, 5), *d = want_new(4, 0, 5);
    struct ids ids = { 0 };
    (void)state;
    submit(s, a, 1);
    wait_all(s, &a, 1);
    assert_int_equal(a->usage.from_memory, 0);
    assert_int_equal(a->usage.prefilled, 100);
    /* The next turn: prompt and answer again, and ten more. */
    expected(a, 0, &ids);
    ids_append(&b->prompt, a->prompt.v, a->prompt.n);
    ids_append(&b->prompt, ids.v, ids.n);
    size_t known = b->prompt.n - 1;                      /* the last answered id was never run */
    for (int i = 0; i < 10; i++)
        ids_push(&b->prompt, i);
    submit(s, b, 1);
    wait_all(s, &b, 1);
    assert_int_equal(b->usage.from_memory, known / 16 * 16);
    /* The same ids again: all but the page of the last. */
    ids_append(&c->prompt, b->prompt.v, b->prompt.n / 16 * 16);
    submit(s, c, 1);
    wait_all(s, &c, 1);
    assert_int_equal(c->usage.from_memory, c->prompt.n - 16);
    assert_int_equal(c->usage.prefilled, 16);
    /* Another owner has nothing. */
    ids_append(&d->prompt, b->prompt.v, b->prompt.n);
    submit(s, d, 2);
    wait_all(s, &d, 1);
    assert_int_equal(d->usage.from_memory, 0);
    ids_free(&ids);
    want_free(a), want_free(b), want_free(c), want_free(d);
    stop(s);
}

/* Sixteen requests with one beginning that arrive together prefill it once. */
static void test_together(void **state)
{
    static const size_t lengths[] = { 1000, 1008, 15, 17 };
    (void)state;
    for (size_t z = 0; z < 4; z++)
        for (int choices = 0; choices < 2; choices++) {
            struct sched_options o = defaults;
            o.max_num_seqs = 16;
            struct sched *s = start(&o);
            struct want *w[16];
            int n = choices ? 4 : 16;
            for (int i = 0; i < n; i++) {
                w[i] = want_new(1, lengths[z], 4);
                w[i]->run = 1 + i;
                w[i]->sample.temperature = 1;
                w[i]->sample.seed = i;
                w[i]->n = choices ? 4 : 1;
                submit(s, w[i], 1);
            }
            wait_all(s, w, n);
            struct sched_stats st;
            sched_get_stats(s, &st);
            size_t shared = (lengths[z] - 1) / 16 * 16, rest = lengths[z] - shared;
            assert_int_equal(st.tokens_prefilled, shared + 16 * rest);
            want_free(w[0]);
            for (int i = 1; i < n; i++) {
                assert_int_equal(w[i]->usage.prefilled, rest);
                want_free(w[i]);
            }
            stop(s);
        }
}

/* An answer that fills the context ends with "length", whatever the pool. */
static void test_context_full(void **state)
{
    struct sched_options o = defaults;
    o.max_model_len = 100;
    o.kv_cache_bytes = 8 * 1024;
    struct sched *s = start(&o);
    (void)state;
    for (size_t n = 90; n < 100; n++) {
        struct want *w = want_new(n, n, 500);
        w->mml = 100;
        w->no_end = true;
        submit(s, w, 1);
        wait_all(s, &w, 1);
        assert_int_equal(w->finish, FINISH_LENGTH);
        assert_int_equal(w->usage.completion, 100 - n);
        want_free(w);
    }
    stop(s);
}

static void test_turns(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 1;
    struct sched *s = start(&o);
    struct want *w[12];
    (void)state;
    fake.hold = true;
    for (int i = 0; i < 12; i++) {
        w[i] = want_new(1 + i, i < 9 ? 300 : 20, 5);
        struct sched_req *r = make_req(w[i], i < 9 ? 1 : 2);
        r->priority = i == 4;                            /* one of the first owner's is batch */
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    }
    fake.hold = false;
    done_order = 0;
    wait_all(s, w, 12);
    /* The second owner's three short ones need not wait for nine long ones. */
    for (int i = 9; i < 12; i++)
        assert_true(w[i]->order <= 6);
    assert_int_equal(w[4]->order, 12);                   /* batch is last */
    for (int i = 1; i < 9; i++)
        if (i != 4 && i != 5)
            assert_true(w[i]->order > w[i - 1]->order);  /* an owner's own go in order */
    for (int i = 0; i < 12; i++)
        want_free(w[i]);
    stop(s);
}

/* Chunks follow the measured speed, end on page borders, and the report says how far they are. */
static void test_chunks(void **state)
{
    struct sched_options o = defaults;
    o.step_ms_shared = 20;
    o.step_ms_alone = 32;
    struct sched *s = start(&o);
    struct want *w[2] = { want_new(1, 5, 400), want_new(2, 900, 2) };
    (void)state;
    w[0]->no_end = true;
    fake.us_per_row = 400;                               /* 80 rows in 32 ms, 50 in 20 */
    struct sched_req *r = make_req(w[1], 1);
    r->progress = true;
    fake.hold_at = 4;
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    while (fake.n_log < 4)
        sched_yield();
    size_t alone = fake.n_log;
    submit(s, w[0], 1);
    fake.hold_at = 0;
    while (!w[1]->done)
        handle(s, w, 2);
    assert_true(w[1]->progress >= 1);
    size_t shared = 0, n = fake.n_log;
    for (size_t i = 0; i < n; i++) {
        struct step *t = &fake.log[i];
        if (t->chunk == 0)
            continue;
        if (t->left) {
            assert_int_equal(t->chunk_end % 16, 0);
            assert_true(t->chunk >= 16);
        }
        if (t->decode > 0 && i > alone) {
            assert_true(t->chunk <= 64);                 /* 48 fit; the clock of a busy machine errs */
            shared++;
        } else if (i >= 2 && i < alone) {
            assert_true(t->chunk <= 96);
        }
    }
    assert_true(alone < n && shared > 0);
    sched_cancel_all(s);
    wait_all(s, w, 2);
    fake.us_per_row = 0;
    want_free(w[0]), want_free(w[1]);
    stop(s);
}

static void test_no_allocation(void **state)
{
    struct sched_options o = defaults;
    fake.context = 8192;
    o.max_model_len = 8192;
    struct sched *s = start(&o);
    struct want *w = want_new(1, 20, 6000);
    (void)state;
    w->no_end = true;
    w->sample.temperature = 1;
    w->sample.n_logprobs = 3;
    submit(s, w, 1);
    uint64_t at_first = 0, at_end = 0;
    size_t events = 0;
    for (bool done = false; !done;) {
        struct sched_event *e = next_event(s);
        if (e->kind == SCHED_EV_TEXT && ++events == 1)
            at_first = qw_mem_count();
        if (e->kind == SCHED_EV_DONE) {
            at_end = qw_mem_count();
            assert_int_equal(e->choices[0].ids.n, 6000);
            for (size_t i = 0; i < 6000; i++)
                assert_int_equal(e->choices[0].logprobs[i].id, e->choices[0].ids.v[i]);
            sched_req_free(e->req);
            done = true;
        }
        sched_event_free(e);
    }
    /* ids, text, log-probabilities and a slow loop's event double a few times. */
    assert_true(at_end - at_first < 60);
    fake.context = 4096;
    want_free(w);
    stop(s);
}

/* A loop that sleeps gets all text in one event, and does not stop the engine. */
static void test_slow_loop(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w = want_new(1, 20, 300);
    struct sched_stats st;
    (void)state;
    w->no_end = true;
    submit(s, w, 1);
    do {
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        sched_get_stats(s, &st);
    } while (st.running + st.waiting > 0);
    wait_all(s, &w, 1);
    assert_int_equal(w->n_events, 2);
    want_free(w);
    stop(s);
}

/* How often the loop is woken for an answer of n tokens, and the milliseconds that it took. */
static size_t wakes_of(uint32_t us_per_row, uint32_t n, uint64_t *ms)
{
    struct sched *s = start(&defaults);
    struct want *w = want_new(1, 1, n);
    uint64_t begin = clock_mono_ms();
    fake.us_per_row = us_per_row;
    w->no_end = true;
    sched_fake_wakes = 0;
    submit(s, w, 1);
    wait_all(s, &w, 1);
    size_t wakes = sched_fake_wakes;
    *ms = clock_mono_ms() - begin;
    fake.us_per_row = 0;
    want_free(w);
    stop(s);
    return wakes;
}

/* Words wait for each other where steps are short, a hundredth of a second at most; where they are long none waits. */
static void test_wakes(void **state)
{
    uint64_t ms;
    (void)state;
    size_t wakes = wakes_of(300, 300, &ms);
    assert_true(wakes > 1 && wakes <= ms / 10 + 4);
    assert_true(wakes_of(15000, 12, &ms) >= 12);
}

static void test_random(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 12;
    o.kv_cache_bytes = 90 * 1024;
    struct sched *s = start(&o);
    enum { N = 1000 };
    static struct want *w[N];
    unsigned seed = 11;
    int live = 0;
    (void)state;
    for (int i = 0; i < N; i++) {
        w[i] = want_new(1 + i, 0, 1 + rand_r(&seed) % 120);
        size_t n = 1 + rand_r(&seed) % 300, common = rand_r(&seed) % 3 * 40;
        for (size_t k = 0; k < n; k++)
            ids_push(&w[i]->prompt, k < common ? (int32_t)(k % END) : rand_r(&seed) % END);
        w[i]->n = rand_r(&seed) % 10 == 0 ? 2 : 1;
        w[i]->sample.temperature = 1;
        w[i]->sample.seed = i;
        struct sched_req *r = make_req(w[i], rand_r(&seed) % 4);
        r->priority = rand_r(&seed) % 2;
        if (rand_r(&seed) % 10 == 0)
            r->deadline_mono_ms = clock_mono_ms() + rand_r(&seed) % 20;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        live++;
        if (rand_r(&seed) % 2)
            sched_cancel(s, 1 + rand_r(&seed) % (i + 1));
        while (live > 30)
            live -= handle(s, w, i + 1) != NULL;
    }
    wait_all(s, w, N);
    size_t cancelled = 0;
    for (int i = 0; i < N; i++) {
        cancelled += w[i]->finish == FINISH_CANCELLED;
        want_free(w[i]);
    }
    assert_true(cancelled > 10 && cancelled < 900);
    struct sched_stats st;
    sched_get_stats(s, &st);
    assert_true(st.preemptions > 0);
    stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact), cmocka_unit_test(test_heads), cmocka_unit_test(test_prefix), cmocka_unit_test(test_together),
        cmocka_unit_test(test_context_full), cmocka_unit_test(test_turns), cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_no_allocation), cmocka_unit_test(test_slow_loop), cmocka_unit_test(test_wakes), cmocka_unit_test(test_random),
    };
    sched_fake_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
