/* Bit-exactness of whole answers on real (tiny) models: ids and log-probabilities must be the
 * same from a plain loop over the forward pass, alone, in a batch, in a pool that preempts and evicts,
 * from cached prefixes, and at every thread count and kernel level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <semaphore.h>

#include "base/cpu.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/sched/sched.h"
#include "tests/golden/rig.h"

enum { N = 8, MOST = 48, ALTS = 5 };

static sem_t woken;
static void wake(void *arg) { (void)arg; sem_post(&woken); }

struct job {
    struct ids prompt;
    struct sample_params sample;
    uint32_t max_tokens;
    int32_t  ids[MOST];                 /* what a plain loop gives */
    struct token_logprob lp[MOST], alts[MOST * ALTS];
};

static void make_jobs(struct job job[N], const struct fixture *f)
{
    for (int i = 0; i < N; i++) {
        struct job *j = &job[i];
        *j = (struct job){ .max_tokens = (uint32_t)(10 + 5 * i) };
        sample_params_default(&j->sample);
        j->sample.temperature = i % 2 ? 0.9f : 0;
        j->sample.top_k = i == 3 ? 20 : 0;
        j->sample.top_p = i == 5 ? 0.8f : 1;
        j->sample.repetition_penalty = i == 6 ? 1.2f : 1;
        j->sample.frequency_penalty = i == 7 ? 0.3f : 0;
        j->sample.seed = (uint64_t)i * 1000;
        j->sample.n_logprobs = i % 3 ? ALTS : 0;
        for (int k = 0; k < 1 + i * 11; k++)    /* half of them begin alike */
            assert_int_equal(ids_push(&j->prompt, f->tokens[(k < 40 ? k + i / 4 : k * i) % (int)f->n_tokens]), QW_OK);
    }
}

static void plain(struct job *j, const struct model *m, enum kv_type kv)
{
    struct rig rig;
    struct sampler *s;
    size_t V = model_hparams(m)->n_vocab;
    rig_open(&rig, m, &(struct rig_options){ .kv_type = kv });
    assert_int_equal(sampler_new(&s, V, NULL), QW_OK);
    struct ids all = { 0 };
    float *logits = malloc((j->prompt.n + MOST) * V * sizeof *logits), *last;
    assert_int_equal(ids_append(&all, j->prompt.v, j->prompt.n), QW_OK);
    rig_feed(&rig, all.v, all.n, 0, 1, logits);
    last = logits + (all.n - 1) * V;
    for (uint32_t i = 0; i < j->max_tokens; i++) {
        j->ids[i] = sampler_draw(s, last, all.v, all.n, j->prompt.n, &j->sample, &j->lp[i],
                                 &j->alts[i * j->sample.n_logprobs]);
        assert_int_equal(ids_push(&all, j->ids[i]), QW_OK);
        rig_feed(&rig, &all.v[all.n - 1], 1, all.n - 1, 1, logits);
        last = logits;
    }
    free(logits);
    ids_free(&all);
    sampler_free(s);
    rig_close(&rig);
}

static struct sched_event *next_event(struct sched *s)
{
    struct sched_event *e;
    while ((e = sched_poll(s)) == NULL)
        sem_wait(&woken);
    return e;
}

static struct sched *start(const char *path, const struct sched_options *o)
{
    struct sched *s;
    struct sched_event *e;
    assert_int_equal(sched_new(&s, o, wake, NULL, NULL), QW_OK);
    sched_load_model(s, &(struct sched_load){ .path = path });
    while ((e = next_event(s))->kind == SCHED_EV_LOAD_PROGRESS)
        sched_event_free(e);
    if (e->kind != SCHED_EV_LOADED)
        fail_msg("%s: %s", path, e->error.msg);
    sched_event_free(e);
    return s;
}

/* All jobs at once, `times` times over; returns the tokens that came from memory in the last round. */
static size_t run_jobs(struct sched *s, struct job job[N], int times, const char *name)
{
    size_t memory = 0;
    for (int round = 0; round < times; round++) {
        memory = 0;
        for (int i = 0; i < N; i++) {
            struct sched_req *r = sched_req_new();
            r->run = (uint64_t)(round * N + i + 1);
            r->owner = 1;
            r->sample = job[i].sample;
            r->gen.max_tokens = job[i].max_tokens;
            r->gen.ignore_end = true;
            r->gen.stop_on_repetition = false;
            assert_int_equal(ids_append(&r->prompt, job[i].prompt.v, job[i].prompt.n), QW_OK);
            assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        }
        for (int left = N; left > 0;) {
            struct sched_event *e = next_event(s);
            if (e->kind == SCHED_EV_DONE) {
                struct job *j = &job[(e->run - 1) % N];
                struct sched_choice *c = &e->choices[0];
                if (c->finish != FINISH_LENGTH || c->ids.n != j->max_tokens ||
                    memcmp(c->ids.v, j->ids, j->max_tokens * sizeof *j->ids) != 0 ||
                    memcmp(c->logprobs, j->lp, j->max_tokens * sizeof *j->lp) != 0 ||
                    (c->alts != NULL && memcmp(c->alts, j->alts, j->max_tokens * ALTS * sizeof *j->alts) != 0))
                    fail_msg("%s: request %d, round %d differs (%s)", name, (int)(j - job), round, e->error.msg);
                memory += e->usage.from_memory;
                assert_int_equal(e->usage.from_memory + e->usage.prefilled, j->prompt.n);
                sched_req_free(e->req);
                left--;
            }
            sched_event_free(e);
        }
    }
    return memory;
}

static void test_exact(void **state)
{
    static const struct { const char *file; enum kv_type kv; } models[] = {
        { "qwen3-tiny-f32", KV_F32 }, { "qwen2-tiny-f32", KV_F16 }, { "llama-tiny-f32", KV_BF16 },
        { "qwen3-small-q4_k_m", KV_Q8_0 },
    };
    static const struct { const char *name; int threads; bool best; uint32_t seqs; size_t pages; uint32_t ms;
                          bool chunked; int times; bool preempts; enum sched_guess guess; } cfg[] = {
        { "alone, 1 thread", 1, true, 1, 500, 1000, true, 1, false, SCHED_GUESS_OFF },
        { "alone, 2 threads, again", 2, true, 1, 500, 1000, true, 2, false, SCHED_GUESS_OFF },
        { "batch of 8", 2, true, 8, 500, 1000, true, 2, false, SCHED_GUESS_OFF },
        { "batch of 8, reference kernels", 1, false, 8, 500, 1000, true, 1, false, SCHED_GUESS_OFF },
        { "batch of 8, whole prompts, 3 threads", 3, true, 8, 500, 1000, false, 2, false, SCHED_GUESS_OFF },
        { "batch of 8, chunks of 16", 2, true, 8, 500, 0, true, 1, false, SCHED_GUESS_OFF },
        { "pool of 10 pages", 2, true, 8, 10, 0, true, 2, true, SCHED_GUESS_OFF },
        { "alone, with guesses", 2, true, 1, 500, 1000, true, 2, false, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses", 2, true, 8, 500, 1000, true, 1, false, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses, 3 threads", 3, true, 8, 500, 1000, true, 1, false, SCHED_GUESS_ALWAYS },
        { "pool of 10 pages, with guesses", 2, true, 8, 10, 0, true, 2, true, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses where they pay", 2, true, 8, 500, 1000, true, 1, false, SCHED_GUESS_WHERE_IT_PAYS },
    };
    uint64_t held = 0;
    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        struct fixture f;
        struct job job[N];
        fixture_load(&f, models[m].file);
        make_jobs(job, &f);
        struct model *model = rig_model(f.path, CPU_LEVEL_REF);
        const struct hparams *h = model_hparams(model);
        struct kv_layout l;
        enum kv_type kv = models[m].kv == KV_Q8_0 && h->head_dim % 32 != 0 ? KV_F16 : models[m].kv;
        assert_int_equal(kv_layout_init(&l, kv, h->n_layers, h->n_kv_heads, h->head_dim, NULL), QW_OK);
        for (int i = 0; i < N; i++)
            plain(&job[i], model, kv);
        model_free(model);
        for (size_t c = 0; c < sizeof cfg / sizeof *cfg; c++) {
            struct sched_stats st;
            struct sched_options o = {
                .n_threads = cfg[c].threads, .level = cfg[c].best ? cpu_level_max() : CPU_LEVEL_REF, .kv_type = kv,
                .max_model_len = 144, .kv_cache_bytes = cfg[c].pages * l.page_bytes, .max_num_seqs = cfg[c].seqs,
                .max_queue = 100, .enable_chunked_prefill = cfg[c].chunked, .step_ms_shared = cfg[c].ms,
                .step_ms_alone = cfg[c].ms, .speculation = cfg[c].guess, .backend = getenv("QWEND_TEST_BACKEND"),
            };
            struct sched *s = start(f.path, &o);
            size_t memory = run_jobs(s, job, cfg[c].times, cfg[c].name);
            sched_get_stats(s, &st);
            assert_int_equal(st.pages_used, 0);
            assert_true((st.preemptions > 0) == cfg[c].preempts);
            assert_true(!cfg[c].preempts || st.evictions > 0);
            assert_true(cfg[c].guess != SCHED_GUESS_OFF || st.guesses == 0);
            assert_true(st.guesses_held <= st.guesses);
            if (cfg[c].guess == SCHED_GUESS_ALWAYS)
                held += st.guesses_held;
            if (cfg[c].times > 1 && !cfg[c].preempts)   /* the second time only the last pages are run */
                for (int i = 0; i < N; i++)
                    memory -= (job[i].prompt.n - 1) / 16 * 16;
            assert_true(cfg[c].times == 1 || cfg[c].preempts || memory == 0);
            sched_stop(s);
            sched_free(s);
        }
        for (int i = 0; i < N; i++)
            ids_free(&job[i].prompt);
        fixture_free(&f);
    }
    assert_true(held > 0);
}

/* The published greedy continuation, through the scheduler. */
static void test_golden(void **state)
{
    static const char *const files[] = { "qwen3-tiny-f32", "qwen2-tiny-f32", "llama-tiny-f32", "mistral-tiny-f32" };
    (void)state;
    for (size_t m = 0; m < sizeof files / sizeof *files; m++) {
        struct fixture f;
        fixture_load(&f, files[m]);
        struct sched *s = start(f.path, &(struct sched_options){ .n_threads = 2, .level = cpu_level_max(), .max_num_seqs = 4,
                                                                 .max_queue = 4, .enable_chunked_prefill = true,
                                                                 .step_ms_shared = 200, .step_ms_alone = 1000,
                                                                 .backend = getenv("QWEND_TEST_BACKEND") });
        struct sched_req *r = sched_req_new();
        r->run = 1;
        r->n = 2;
        r->gen.max_tokens = (uint32_t)f.n_greedy;
        r->gen.ignore_end = true;
        assert_int_equal(ids_append(&r->prompt, f.prompt, f.n_prompt), QW_OK);
        assert_int_equal(sched_submit(s, r, NULL), QW_OK);
        struct sched_event *e;
        while ((e = next_event(s))->kind != SCHED_EV_DONE)
            sched_event_free(e);
        for (int i = 0; i < 2; i++)
            assert_memory_equal(e->choices[i].ids.v, f.greedy, f.n_greedy * sizeof *f.greedy);
        sched_req_free(e->req);
        sched_event_free(e);
        sched_stop(s);
        sched_free(s);
        fixture_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_golden), cmocka_unit_test(test_exact) };
    sem_init(&woken, 0, 0);
    qw_log_set_level(QW_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
