/* Choices of one request: each is told as it ends, those that have become too long are cut off, and all but the first
 * one have a time of their own.  Over the fake engine (sched_fake.h), which knows each answer beforehand. */
#include "tests/unit/sched_fake.h"

#define N 4u

struct seen {
    size_t told, order[N];              /* EV_CHOICE events; which choices, in their order */
    enum finish finish[N];
    size_t n_ids[N];
    char *text[N];
    uint32_t cap;                       /* what was asked for; 0: nothing */
};

static struct want *four(uint64_t run, uint32_t max_tokens, bool no_end)
{
    struct want *w = want_new(run, 20, max_tokens);
    w->n = N;
    w->sample.temperature = 1;
    w->sample.seed = run;
    w->no_end = no_end;
    return w;
}

/* Until it is done; calls each(s, w, seen) after each EV_CHOICE, first(s, w) after the first text. */
static void follow(struct sched *s, struct want *w, struct seen *x, void (*each)(struct sched *, struct want *, struct seen *),
                   void (*first)(struct sched *, struct want *))
{
    for (bool done = false; !done;) {
        struct sched_event *e = next_event(s);
        if (e->kind == SCHED_EV_TEXT && first != NULL) {
            first(s, w);
            first = NULL;
        } else if (e->kind == SCHED_EV_CHOICE) {
            assert_true(x->told < N && e->index < N && x->text[e->index] == NULL);
            assert_true(e->timing.total_ms > 0);
            x->order[x->told++] = e->index;
            x->finish[e->index] = e->finish;
            x->n_ids[e->index] = e->n_ids;
            x->text[e->index] = strndup(e->text, e->text_len);
            if (each != NULL)
                each(s, w, x);
        } else if (e->kind == SCHED_EV_DONE) {
            done = true;
            for (uint32_t i = 0; i < N && x->told > 0; i++) {   /* the same as was told */
                assert_int_equal(e->choices[i].finish, x->finish[i]);
                assert_int_equal(e->choices[i].ids.n, x->n_ids[i]);
                assert_string_equal(e->choices[i].text, x->text[i]);
            }
            sched_req_free(e->req);
        }
        sched_event_free(e);
    }
}

static void forget(struct seen *x)
{
    for (uint32_t i = 0; i < N; i++)
        free(x->text[i]);
    *x = (struct seen){ 0 };
}

static void test_each(void **state)
{
    struct sched *s = start(&defaults);
    struct seen x = { 0 };
    (void)state;
    for (int each = 0; each < 2; each++) {
        struct want *w = four(1, 200, false);
        struct sched_req *r = make_req(w, 1);
        r->each = each;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        follow(s, w, &x, NULL, NULL);
        assert_int_equal(x.told, each ? N : 0);
        for (size_t i = 0; i < x.told; i++) {
            struct ids ids = { 0 };
            assert_int_equal(x.finish[i], expected(w, (uint32_t)i, &ids));
            assert_int_equal(x.n_ids[i], ids.n);
            if (i > 0)                          /* all run abreast, so the shorter one is told first */
                assert_true(x.n_ids[x.order[i - 1]] <= x.n_ids[x.order[i]]);
            ids_free(&ids);
        }
        forget(&x);
        want_free(w);
    }
    stop(s);
}

/* As the loop does once an answer is proved: longer ones are of no use. */
static void cap_at_first(struct sched *s, struct want *w, struct seen *x)
{
    uint32_t n = (uint32_t)x->n_ids[x->order[x->told - 1]];
    if (x->finish[x->order[x->told - 1]] != FINISH_STOP || (x->cap != 0 && x->cap <= n))
        return;
    x->cap = n;
    sched_cap(s, w->run, n);
    sched_cap(s, w->run, n + 100);              /* the lowest one counts */
    sched_cap(s, w->run + 1, 1);                /* nobody's */
}

static void test_cap(void **state)
{
    struct sched_options o = defaults;
    struct seen x = { 0 };
    size_t cut = 0;
    (void)state;
    for (uint64_t run = 1; run <= 40; run++) {
        o.max_num_seqs = run % 2 ? 8 : 2;       /* two at a time: the first ones are long done when the others begin */
        fake.us_per_row = run % 3 ? 20 : 0;
        struct sched *s = start(&o);
        struct want *w = four(run, 400, false);
        struct sched_req *r = make_req(w, 1);
        r->each = true;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        follow(s, w, &x, cap_at_first, NULL);
        size_t least = SIZE_MAX, most = 0;
        for (uint32_t i = 0; i < N; i++) {
            struct ids ids = { 0 };
            enum finish f = expected(w, i, &ids);
            if (f == FINISH_STOP && ids.n < least)
                least = ids.n;
            if (x.finish[i] == FINISH_CANCELLED) {
                assert_true(x.cap > 0 && x.n_ids[i] >= x.cap && x.n_ids[i] < ids.n);
                cut++;
            } else {
                assert_int_equal(x.finish[i], f);
                assert_int_equal(x.n_ids[i], ids.n);
                if (f == FINISH_STOP && ids.n > most)
                    most = ids.n;
            }
            ids_free(&ids);
        }
        for (uint32_t i = 0; i < N; i++) {      /* whatever was cut off when: the shortest ones are whole */
            struct ids ids = { 0 };
            if (expected(w, i, &ids) == FINISH_STOP && ids.n == least)
                assert_int_equal(x.finish[i], FINISH_STOP);
            ids_free(&ids);
        }
        forget(&x);
        want_free(w);
        stop(s);
    }
    fake.us_per_row = 0;
    assert_true(cut > 20);
}

static void cap_at_ten(struct sched *s, struct want *w)
{
    sched_cap(s, w->run, 10);
}

static void test_cap_of_what_runs(void **state)
{
    static const struct { uint32_t max_tokens; enum finish f; } t[] = { { 10, FINISH_LENGTH }, { 500, FINISH_CANCELLED } };
    (void)state;
    fake.us_per_row = 50;
    for (size_t k = 0; k < 2; k++) {
        struct sched *s = start(&defaults);
        struct seen x = { 0 };
        struct want *w = four(7, t[k].max_tokens, true);
        struct sched_req *r = make_req(w, 1);
        r->each = true;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        follow(s, w, &x, NULL, cap_at_ten);
        for (uint32_t i = 0; i < N; i++) {
            assert_int_equal(x.finish[i], t[k].f);
            assert_true(x.n_ids[i] >= 10);
        }
        forget(&x);
        want_free(w);
        stop(s);
    }
    fake.us_per_row = 0;
}

/* The others' time is over at once: the first one goes on, unless another has come to its end. */
static void test_others_deadline(void **state)
{
    struct seen x = { 0 };
    (void)state;
    struct sched *s = start(&defaults);
    struct want *w = four(3, 60, true);
    struct sched_req *r = make_req(w, 1);
    r->each = true;
    r->others_deadline_mono_ms = 1;
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
    follow(s, w, &x, NULL, NULL);
    assert_int_equal(x.finish[0], FINISH_LENGTH);
    for (uint32_t i = 1; i < N; i++)
        assert_int_equal(x.finish[i], FINISH_DEADLINE);
    forget(&x);
    want_free(w);

    fake.us_per_row = 300;
    size_t first_cut = 0, other_whole = 0;
    for (uint64_t run = 10; run < 60; run++) {
        w = four(run, 400, false);
        r = make_req(w, 1);
        r->each = true;
        r->others_deadline_mono_ms = clock_mono_ms() + 30;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        follow(s, w, &x, NULL, NULL);
        bool whole = false;
        for (uint32_t i = 1; i < N; i++)
            whole = whole || x.finish[i] == FINISH_STOP;
        if (!whole)
            assert_int_not_equal(x.finish[0], FINISH_DEADLINE);
        other_whole += whole;
        first_cut += x.finish[0] == FINISH_DEADLINE;
        forget(&x);
        want_free(w);
    }
    fake.us_per_row = 0;
    assert_true(first_cut > 0 && other_whole >= first_cut);
    stop(s);
}

/* Without memory for an event a choice is told by EV_DONE alone. */
static void test_memory(void **state)
{
    struct sched *s = start(&defaults);
    (void)state;
    for (long n = 0; n < 12; n++) {
        struct want *w = four(5, 50, true);
        struct sched_req *r = make_req(w, 1);
        r->each = true;
        fake.hold = true;
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        qw_mem_fail_after(n);
        fake.hold = false;
        for (bool done = false; !done;) {
            struct sched_event *e = next_event(s);
            done = e->kind == SCHED_EV_DONE;
            if (done) {
                qw_mem_fail_after(-1);
                assert_int_equal(e->n_choices, N);
                assert_true(e->error.code == QW_OK || e->error.code == QW_ENOMEM);
                sched_req_free(e->req);
            }
            sched_event_free(e);
        }
        want_free(w);
    }
    stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each), cmocka_unit_test(test_cap), cmocka_unit_test(test_cap_of_what_runs),
        cmocka_unit_test(test_others_deadline), cmocka_unit_test(test_memory),
    };
    sched_fake_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
