/* Bit-exactness of whole answers on real (tiny) models: ids and log-probabilities must be the
 * same from a plain loop over the forward pass, alone, in a batch, in a pool that preempts and evicts,
 * from cached prefixes, and at every thread count and kernel level.  The loop is the CPU's; QWEND_TEST_BACKEND=NAME
 * gives the scheduler another backend, CMOCKA_TEST_FILTER=NAME runs one test (* and ? as in a shell). */
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

enum { N = 8, MOST = 48, ALTS = 5, CHOICES = 2 };

static sem_t woken;
static void wake(void *arg) { (void)arg; sem_post(&woken); }

struct answer {
    int32_t  ids[MOST];
    struct token_logprob lp[MOST], alts[MOST * ALTS];
};
struct job {
    struct ids prompt;
    struct sample_params sample;
    uint32_t max_tokens, n;
    struct answer want[CHOICES];        /* what a plain loop gives */
};

static void make_jobs(struct job job[N], const struct fixture *f)
{
    for (int i = 0; i < N; i++) {
        struct job *j = &job[i];
        *j = (struct job){ .max_tokens = (uint32_t)(10 + 5 * i), .n = i == N - 1 ? CHOICES : 1 };
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

static void plain(struct job *j, uint32_t choice, const struct model *m, enum kv_type kv)
{
    struct rig rig;
    struct sampler *s;
    struct answer *to = &j->want[choice];
    struct sample_params sample = j->sample;
    size_t V = model_hparams(m)->n_vocab;
    rig_open(&rig, m, &(struct rig_options){ .kv_type = kv, .cpu = true });
    assert_int_equal(sampler_new(&s, V, NULL), QW_OK);
    struct ids all = { 0 };
    float *logits = malloc((j->prompt.n + MOST) * V * sizeof *logits), *last;
    assert_int_equal(ids_append(&all, j->prompt.v, j->prompt.n), QW_OK);
    sample.seed = sample_seed(sample.seed, choice);
    rig_feed(&rig, all.v, all.n, 0, 1, logits);
    last = logits + (all.n - 1) * V;
    for (uint32_t i = 0; i < j->max_tokens; i++) {
        to->ids[i] = sampler_draw(s, last, all.v, all.n, j->prompt.n, &sample, &to->lp[i],
                                  &to->alts[i * sample.n_logprobs]);
        assert_int_equal(ids_push(&all, to->ids[i]), QW_OK);
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

static void submit(struct sched *s, const struct job *j, uint64_t run)
{
    struct sched_req *r = sched_req_new();
    r->run = run;
    r->owner = 1;
    r->n = j->n;
    r->sample = j->sample;
    r->gen.max_tokens = j->max_tokens;
    r->gen.ignore_end = true;
    r->gen.stop_on_repetition = false;
    assert_int_equal(ids_append(&r->prompt, j->prompt.v, j->prompt.n), QW_OK);
    assert_int_equal(sched_submit(s, r, NULL), QW_OK);
}

static bool as_wanted(const struct job *j, const struct sched_event *e)
{
    for (uint32_t i = 0; i < j->n; i++) {
        const struct sched_choice *c = &e->choices[i];
        const struct answer *a = &j->want[i];
        if (c->finish != FINISH_LENGTH || c->ids.n != j->max_tokens ||
            memcmp(c->ids.v, a->ids, j->max_tokens * sizeof *a->ids) != 0 ||
            memcmp(c->logprobs, a->lp, j->max_tokens * sizeof *a->lp) != 0 ||
            (c->alts != NULL && memcmp(c->alts, a->alts, j->max_tokens * ALTS * sizeof *a->alts) != 0))
            return false;
    }
    return true;
}

/* All jobs at once, `times` times over; returns the tokens that came from memory in the last round. */
static size_t run_jobs(struct sched *s, struct job job[N], int times, const char *name)
{
    size_t memory = 0;
    for (int round = 0; round < times; round++) {
        memory = 0;
        for (int i = 0; i < N; i++)
            submit(s, &job[i], (uint64_t)(round * N + i + 1));
        for (int left = N; left > 0;) {
            struct sched_event *e = next_event(s);
            if (e->kind == SCHED_EV_DONE) {
                struct job *j = &job[(e->run - 1) % N];
                if (!as_wanted(j, e))
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

enum { ROOMY = 500, TIGHT = 10 };       /* pages; one sequence has up to 9 */

struct way {
    const char *name;
    int      threads;
    bool     best;                      /* kernels; else the reference */
    uint32_t seqs, ms;
    bool     chunked;
    int      times;
    enum sched_guess guess;
};
/* A model, what the jobs ask of it and what must come of that. */
struct bench {
    const char *file;
    enum kv_type kv;
    bool     repeats;                   /* so that guesses hold */
    struct fixture f;                   /* from here on of bench_ready */
    struct job job[N];
    size_t   page_bytes;                /* 0: not ready yet */
};

static void bench_ready(struct bench *b)
{
    struct kv_layout l;
    if (b->page_bytes != 0)
        return;
    fixture_load(&b->f, b->file);
    make_jobs(b->job, &b->f);
    struct model *m = rig_model(b->f.path, CPU_LEVEL_REF);
    const struct hparams *h = model_hparams(m);
    assert_int_equal(kv_layout_init(&l, b->kv, h->n_layers, h->n_kv_heads, h->head_dim, NULL), QW_OK);
    for (int i = 0; i < N; i++)
        for (uint32_t c = 0; c < b->job[i].n; c++)
            plain(&b->job[i], c, m, b->kv);
    model_free(m);
    b->page_bytes = l.page_bytes;
}

static void bench_free(struct bench *b)
{
    if (b->page_bytes == 0)
        return;
    for (int i = 0; i < N; i++)
        ids_free(&b->job[i].prompt);
    fixture_free(&b->f);
}

/* One scheduler, all jobs; its counts afterwards. */
static struct sched_stats run_way(struct bench *b, const struct way *w, size_t pages)
{
    struct sched_stats st;
    struct sched_options o = {
        .n_threads = w->threads, .level = w->best ? cpu_level_max() : CPU_LEVEL_REF, .kv_type = b->kv,
        .max_model_len = 144, .kv_cache_bytes = pages * b->page_bytes, .max_num_seqs = w->seqs,
        .max_queue = 100, .enable_chunked_prefill = w->chunked, .step_ms_shared = w->ms,
        .step_ms_alone = w->ms, .speculation = w->guess, .backend = getenv("QWEND_TEST_BACKEND"),
    };
    struct sched *s = start(b->f.path, &o);
    size_t memory = run_jobs(s, b->job, w->times, w->name), whole = 0;
    sched_get_stats(s, &st);
    assert_int_equal(st.pages_used, 0);
    assert_true(w->guess != SCHED_GUESS_OFF || st.guesses == 0);
    assert_true(st.guesses_held <= st.guesses);
    for (int i = 0; i < N; i++)         /* the second time only the last pages are run */
        whole += (b->job[i].prompt.n - 1) / 16 * 16;
    assert_true(w->times == 1 || pages == TIGHT || memory == whole);
    sched_stop(s);
    sched_free(s);
    return st;
}

static void roomy_pool(void **state)
{
    static const struct way ways[] = {
        { "alone, 1 thread", 1, true, 1, 1000, true, 1, SCHED_GUESS_OFF },
        { "alone, 2 threads, again", 2, true, 1, 1000, true, 2, SCHED_GUESS_OFF },
        { "batch of 8", 2, true, 8, 1000, true, 2, SCHED_GUESS_OFF },
        { "batch of 8, reference kernels", 1, false, 8, 1000, true, 1, SCHED_GUESS_OFF },
        { "batch of 8, whole prompts, 3 threads", 3, true, 8, 1000, false, 2, SCHED_GUESS_OFF },
        { "batch of 8, chunks of 16", 2, true, 8, 0, true, 1, SCHED_GUESS_OFF },
        { "alone, with guesses", 2, true, 1, 1000, true, 2, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses", 2, true, 8, 1000, true, 1, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses, 3 threads", 3, true, 8, 1000, true, 1, SCHED_GUESS_ALWAYS },
        { "batch of 8, with guesses where they pay", 2, true, 8, 1000, true, 1, SCHED_GUESS_WHERE_IT_PAYS },
    };
    struct bench *b = *state;
    uint64_t held = 0;
    bench_ready(b);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct sched_stats st = run_way(b, &ways[i], ROOMY);
        assert_int_equal(st.preemptions, 0);
        held += ways[i].guess == SCHED_GUESS_ALWAYS ? st.guesses_held : 0;
    }
    assert_true(!b->repeats || held > 0);
}

/* Sequences give up their pages, which others overwrite, and are resumed; two share the pages of their prompt. */
static void tight_pool(void **state)
{
    static const struct way ways[] = {
        { "pool of 10 pages", 2, true, 8, 0, true, 2, SCHED_GUESS_OFF },
        { "pool of 10 pages, with guesses", 2, true, 8, 0, true, 2, SCHED_GUESS_ALWAYS },
    };
    struct bench *b = *state;
    bench_ready(b);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct sched_stats st = run_way(b, &ways[i], TIGHT);
        assert_true(st.preemptions > 0 && st.evictions > 0);
    }
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

/* Named by the model and the pages' type. */
static struct bench
    qwen3_tiny_q8_0 = { .file = "qwen3-tiny-f32", .kv = KV_Q8_0, .repeats = true },
    qwen2_tiny_f16 = { .file = "qwen2-tiny-f32", .kv = KV_F16, .repeats = true },
    llama_tiny_bf16 = { .file = "llama-tiny-f32", .kv = KV_BF16 },
    qwen3_q4_k_m_f32 = { .file = "qwen3-small-q4_k_m", .kv = KV_F32, .repeats = true };
#define ON(bench, test) { #test "_" #bench, test, NULL, NULL, &bench }

static int free_benches(void **state)
{
    (void)state;
    bench_free(&qwen3_tiny_q8_0);
    bench_free(&qwen2_tiny_f16);
    bench_free(&llama_tiny_bf16);
    bench_free(&qwen3_q4_k_m_f32);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        ON(qwen3_tiny_q8_0, roomy_pool),  ON(qwen3_tiny_q8_0, tight_pool),
        ON(qwen2_tiny_f16, roomy_pool),   ON(qwen2_tiny_f16, tight_pool),
        ON(llama_tiny_bf16, roomy_pool),  ON(llama_tiny_bf16, tight_pool),
        ON(qwen3_q4_k_m_f32, roomy_pool), ON(qwen3_q4_k_m_f32, tight_pool),
    };
    sem_init(&woken, 0, 0);
    qw_log_set_level(QW_LOG_ERROR);
    cmocka_set_test_filter(getenv("CMOCKA_TEST_FILTER"));
    return cmocka_run_group_tests_name("sched on models", tests, NULL, free_benches);
}
