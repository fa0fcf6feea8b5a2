/* The scheduler's life over an engine of the test's own (sched_fake.h): loading, stopping, cancelling, deadlines, refusals and
 * failures. */
#include "tests/unit/sched_fake.h"

static void test_cancel(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w[3] = { want_new(1, 40, 900), want_new(2, 600, 900), want_new(3, 5, 10) };
    (void)state;
    w[0]->no_end = true;
    fake.hold = true;
    submit(s, w[0], 1);
    while (fake.in_run == 0)
        sched_yield();
    submit(s, w[2], 1);                                  /* waits for the step */
    sched_cancel(s, 77);                                 /* unknown: ignored */
    assert_null(sched_poll(s));
    sched_cancel(s, 1);                                  /* the step is abandoned between layers */
    while (handle(s, w, 3) != w[0])
        ;
    assert_int_equal(w[0]->finish, FINISH_CANCELLED);
    assert_int_equal(w[0]->error.code, QW_OK);
    fake.hold = false;
    while (!w[2]->done)
        handle(s, w, 3);
    assert_int_equal(w[2]->error.code, QW_OK);

    /* Two in a step: it goes on for the second when the first leaves. */
    want_free(w[0]), want_free(w[2]);
    w[0] = want_new(1, 40, 900);
    w[2] = want_new(3, 50, 900);
    w[0]->no_end = w[2]->no_end = true;
    fake.us_per_row = 200;
    submit(s, w[0], 1);
    submit(s, w[2], 2);
    while (w[0]->text[0].len == 0 || w[2]->text[0].len == 0)
        handle(s, w, 3);
    fake.hold = true;
    size_t steps;
    do {
        steps = fake.n_log;
        nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
    } while (fake.n_log != steps);
    assert_int_equal(fake.log[steps - 1].n_seqs, 2);
    sched_cancel(s, 1);
    nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    assert_int_equal(fake.n_log, steps);                 /* still the same step */
    fake.us_per_row = 0;
    fake.hold = false;
    while (!w[0]->done)
        handle(s, w, 3);
    assert_int_equal(w[0]->finish, FINISH_CANCELLED);
    while (!w[2]->done)
        handle(s, w, 3);
    assert_int_equal(w[2]->finish, FINISH_LENGTH);
    for (int i = 0; i < 3; i++)
        want_free(w[i]);
    stop(s);
}

static void test_deadline(void **state)
{
    struct sched_options o = defaults;
    o.max_num_seqs = 1;
    o.max_model_len = 0;
    fake.context = 100000;
    o.kv_cache_bytes = 0;
    struct sched *s = start(&o);
    struct want *w[2] = { want_new(1, 40, 90000), want_new(2, 40, 10) };
    (void)state;
    fake.us_per_row = 1000;
    w[0]->mml = 100000;
    w[0]->no_end = true;
    struct sched_req *r = make_req(w[0], 1);
    r->deadline_mono_ms = clock_mono_ms() + 150;
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    r = make_req(w[1], 1);
    r->deadline_mono_ms = clock_mono_ms() + 50;          /* passes while it waits */
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    wait_all(s, w, 2);
    assert_int_equal(w[0]->finish, FINISH_DEADLINE);
    assert_int_equal(w[1]->finish, FINISH_DEADLINE);
    assert_true(w[1]->order < w[0]->order);
    assert_int_equal(w[1]->usage.completion, 0);
    fake.us_per_row = 0;
    fake.context = 4096;
    want_free(w[0]), want_free(w[1]);
    stop(s);
}

static void test_refusals(void **state)
{
    struct sched_options o = defaults;
    struct qw_error err;
    o.max_num_seqs = 2;
    o.max_queue = 3;
    o.max_model_len = 128;
    (void)state;
    struct sched *s;
    assert_int_equal(sched_new(&s, &o, sched_fake_wake, NULL, NULL), QW_OK);
    struct want *w = want_new(1, 40, 4);
    struct sched_req *r = make_req(w, 1);
    assert_int_equal(sched_submit(s, r, &err), QW_EMODEL);
    sched_stop(s);
    assert_int_equal(sched_submit(s, r, &err), QW_EDRAINING);
    sched_free(s);
    sched_req_free(r);
    want_free(w);

    s = start(&o);
    static const struct { const char *name; size_t prompt; uint32_t n, max; float temperature; int32_t id; int rc;
                          const char *says; } bad[] = {
        { "empty", 0, 1, 5, 0, 0, QW_EPARAMS, "empty" },
        { "no choice", 10, 0, 5, 0, 0, QW_EPARAMS, "n must" },
        { "too many choices", 10, 65, 5, 0, 0, QW_EPARAMS, "n must" },
        { "max_tokens 0", 10, 1, 0, 0, 0, QW_EPARAMS, "max_tokens" },
        { "temperature", 10, 1, 5, -1, 0, QW_EPARAMS, "temperature" },
        { "an id past the vocabulary", 10, 1, 5, 0, VOCAB, QW_EPARAMS, "prompt[10]" },
        { "a negative id", 10, 1, 5, 0, -1, QW_EPARAMS, "prompt[10]" },
        { "context", 128, 1, 5, 0, 0, QW_ECONTEXT, "129 tokens; the context holds 128" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        w = want_new(1, bad[i].prompt, bad[i].max);
        w->n = bad[i].n;
        w->sample.temperature = bad[i].temperature;
        if (bad[i].prompt > 0)
            ids_push(&w->prompt, bad[i].id);
        r = make_req(w, 1);
        assert_int_equal(sched_submit(s, r, &err), bad[i].rc);
        if (strstr(err.msg, bad[i].says) == NULL)
            fail_msg("%s: %s", bad[i].name, err.msg);
        sched_req_free(r);
        want_free(w);
    }

    /* Two run and three wait; the next is refused, until one has ended. */
    struct want *all[6];
    fake.hold = true;
    for (int i = 0; i < 6; i++)
        all[i] = want_new(1 + i, 20, 3);
    submit(s, all[0], 1);
    while (fake.in_run == 0)
        sched_yield();
    int taken = 1;
    for (; taken < 6; taken++) {
        r = make_req(all[taken], 1);
        if (sched_submit(s, r, &err) != QW_OK)
            break;
    }
    /* The first step may have been published as running, or not yet: 4 or 5 places in all. */
    assert_int_equal(err.code, QW_EBUSY);
    assert_in_range(taken, 4, 5);
    fake.hold = false;
    wait_all(s, all, taken);
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    wait_all(s, all, taken + 1);
    for (int i = 0; i < 6; i++)
        want_free(all[i]);
    stop(s);
}

static void test_failures(void **state)
{
    struct sched *s = start(&defaults);
    (void)state;
    /* A step that fails ends those that were in it, with the reason. */
    struct want *w = want_new(1, 30, 50);
    fake.fail_next = 3;
    submit(s, w, 1);
    wait_all(s, &w, 1);
    assert_int_equal(w->finish, FINISH_ERROR);
    assert_int_equal(w->error.code, QW_EINTERNAL);
    want_free(w);

    /* No memory for the Nth allocation: refused, or ended with an error, and nothing is lost. */
    int refused = 0, ended = 0, fine = 0;
    for (long n = 0; n < 40; n++) {
        w = want_new(100 + n, 30, 100);
        w->sample.n_logprobs = 2;
        struct sched_req *r = make_req(w, 1);
        struct qw_error err = { 0 };
        qw_mem_fail_after(n);
        int rc = sched_submit(s, r, &err);
        if (rc != QW_OK) {
            qw_mem_fail_after(-1);
            assert_int_equal(rc, QW_ENOMEM);
            sched_req_free(r);
            refused++;
        } else {
            for (bool done = false; !done;) {
                struct sched_event *e = next_event(s);
                if (e->kind == SCHED_EV_DONE) {
                    qw_mem_fail_after(-1);
                    done = true;
                    ended += e->choices[0].finish == FINISH_ERROR && e->error.code == QW_ENOMEM;
                    fine += e->choices[0].finish != FINISH_ERROR && e->error.code == QW_OK;
                    sched_req_free(e->req);
                }
                sched_event_free(e);
            }
        }
        want_free(w);
    }
    assert_true(refused >= 5 && ended >= 3 && fine >= 1);
    assert_int_equal(refused + ended + fine, 40);
    stop(s);
}

static struct sched_event *load(struct sched *s, const char *path)
{
    sched_load_model(s, &(struct sched_load){ .path = path, .name = "x" });
    struct sched_event *e;
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    return e;
}

/* The loop may ask for another load while it still holds the answer to the last one. */
static void test_load_while_answered(void **state)
{
    struct sched *s;
    (void)state;
    assert_int_equal(sched_new(&s, &defaults, sched_fake_wake, NULL, NULL), QW_OK);
    struct sched_event *first = load(s, "good");
    assert_int_equal(first->kind, SCHED_EV_LOADED);
    sched_unload_model(s);
    struct sched_event *second = next_event(s);         /* answered before the first is freed */
    assert_ptr_not_equal(first, second);
    assert_int_equal(first->info.page_bytes, 1024);
    sched_event_free(first);
    assert_int_equal(second->kind, SCHED_EV_LOADED);
    assert_null(second->model);
    sched_event_free(second);
    sched_stop(s);
    sched_free(s);
}

static void test_load(void **state)
{
    static const struct { const char *name; uint32_t context, asked; uint64_t pages; int rc; uint32_t mml; bool lowered; } c[] = {
        { "as asked", 4096, 100, 100, QW_OK, 100, false },
        { "the model's", 4096, 0, 1000, QW_OK, 4096, false },
        { "lowered", 4096, 0, 101, QW_OK, 1600, true },
        { "asked more than the model has", 4096, 5000, 1000, QW_EPARAMS, 0, false },
        { "asked more than fits", 4096, 4096, 256, QW_EPARAMS, 0, false },
        { "just fits", 4096, 4096, 257, QW_OK, 4096, false },
        { "nothing fits", 4096, 0, 3, QW_EMODEL, 0, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct sched_options o = defaults;
        struct sched *s;
        o.max_model_len = c[i].asked;
        o.kv_cache_bytes = c[i].pages * 1024;
        fake.context = c[i].context;
        assert_int_equal(sched_new(&s, &o, sched_fake_wake, NULL, NULL), QW_OK);
        struct sched_event *e = load(s, "good");
        if (e->error.code != c[i].rc)
            fail_msg("%s: %d %s", c[i].name, e->error.code, e->error.msg);
        assert_int_equal(e->kind, c[i].rc == QW_OK ? SCHED_EV_LOADED : SCHED_EV_LOAD_FAILED);
        if (c[i].rc == QW_OK) {
            assert_int_equal(e->info.max_model_len, c[i].mml);
            assert_int_equal(e->info.n_pages, c[i].pages);
            assert_int_equal(e->info.max_model_len_lowered, c[i].lowered);
        }
        sched_event_free(e);
        sched_stop(s);
        sched_free(s);
    }
    fake.context = 4096;

    struct sched *s = start(&defaults);
    struct sched_event *e = load(s, "bad");
    assert_int_equal(e->kind, SCHED_EV_LOAD_FAILED);
    assert_int_equal(e->error.code, QW_EFORMAT);
    sched_event_free(e);
    struct want *w = want_new(1, 20, 5);
    struct sched_req *r = make_req(w, 1);
    assert_int_equal(sched_submit(s, r, NULL), QW_EMODEL);
    sched_req_free(r);
    e = load(s, "good");
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    sched_event_free(e);
    submit(s, w, 1);
    wait_all(s, &w, 1);
    want_free(w);
    sched_unload_model(s);
    e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_LOADED);
    assert_null(e->model);
    sched_event_free(e);
    for (long n = 0; n < 12; n++) {                      /* a load answers even without memory */
        qw_mem_fail_after(n);
        e = load(s, "good");
        qw_mem_fail_after(-1);
        assert_true(e->kind == SCHED_EV_LOADED || e->error.code == QW_ENOMEM);
        sched_event_free(e);
    }
    stop(s);

    /* Stopping ends a load under way. */
    assert_int_equal(sched_new(&s, &defaults, sched_fake_wake, NULL, NULL), QW_OK);
    uint64_t t0 = clock_mono_ms();
    sched_load_model(s, &(struct sched_load){ .path = "slow", .name = "x" });
    e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_LOAD_PROGRESS);
    sched_event_free(e);
    sched_stop(s);
    sched_free(s);
    assert_true(clock_mono_ms() - t0 < 3000);
}

/* Stopping with work under way hands every request back. */
static void test_stop(void **state)
{
    struct sched *s = start(&defaults);
    struct want *w[20];
    (void)state;
    fake.us_per_row = 100;
    for (int i = 0; i < 20; i++)
        submit(s, w[i] = want_new(1 + i, 200, 800), 1);
    handle(s, w, 20);
    sched_stop(s);
    wait_all(s, w, 20);
    for (int i = 0; i < 20; i++)
        want_free(w[i]);
    fake.us_per_row = 0;
    struct sched_event *e = next_event(s);
    assert_int_equal(e->kind, SCHED_EV_STOPPED);
    sched_event_free(e);
    sched_free(s);

    s = start(&defaults);                                /* events that nobody fetched */
    for (int i = 0; i < 4; i++) {
        w[i] = want_new(1 + i, 20, 5);
        submit(s, w[i], 1);
    }
    sched_free(s);
    for (int i = 0; i < 4; i++)
        want_free(w[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load), cmocka_unit_test(test_load_while_answered), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_deadline), cmocka_unit_test(test_refusals), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_stop),
    };
    sched_fake_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
