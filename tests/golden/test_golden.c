/* Logits against Hugging Face transformers' on the same weights (tests/data/models), at
 * every kernel level that this machine runs, and the levels against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/rig.h"

/* The one table of tolerances.  FLOATS: both compute in float32 and differ by the order of
 * sums only, 1e-3 of logits of about +-10.  HALF: weights exact, KV in float16, so mean
 * KL <= 1e-5.  B32, K: int8 activations are an error of ours and of llama.cpp's alike; peer
 * is llama.cpp's mean KL on the same file (tests/data/README.md).  Its K types round
 * activations per 256 values and ours per 32, hence 0.75; else equal but for the noise of 48
 * positions, hence 1.5 for one file and 1.15 for their mean.
 * With gpu_numerics = fast a GPU's activations are F16, but for the output's product.  HALF: its limit is
 * the same (2.4e-6 becomes 0.75e-5 to 0.99e-5 with sums in four orders).  B32, K: the output's int8 activations are what is
 * left, at most 0.06 of peer. */
enum kind { FLOATS, HALF, B32, K };
static const struct golden {
    const char *name;
    enum kind   kind;
    double      peer;
} goldens[] = {
    { "qwen3-tiny-f32",   FLOATS, 0 }, { "qwen2-tiny-f32",   FLOATS, 0 },
    { "llama-tiny-f32",   FLOATS, 0 }, { "mistral-tiny-f32", FLOATS, 0 },
    { "qwen3-small-f16",  HALF, 0 },   { "qwen3-small-bf16", HALF, 0 },
    { "qwen3-small-q8_0", B32, 5.7e-3 }, { "qwen3-small-q4_0", B32, 7.4e-3 },
    { "qwen3-small-q4_1", B32, 7.2e-3 }, { "qwen3-small-q5_0", B32, 7.3e-3 },
    { "qwen3-small-q5_1", B32, 6.8e-3 }, { "qwen3-fullvocab-q4_0", B32, 1.0e-3 },
    { "qwen3-small-q4_k_m", K, 1.34e-2 }, { "qwen3-small-q5_k_m", K, 1.24e-2 },
    { "qwen3-small-q6_k", K, 1.58e-2 },
};
#define N_GOLDENS (sizeof goldens / sizeof *goldens)
#define MAX_DELTA   1e-3
#define MAX_KL_HALF 1e-5
#define MAX_B32     1.5
#define MAX_B32_ALL 1.15
#define MAX_K       0.75
#define MAX_FAST    0.1

static float *reference[N_GOLDENS];         /* logits of the lowest level */

/* Logits of every token of the fixture: malloc'd [n_tokens][n_vocab]. */
static float *all_logits(const struct model *m, const struct fixture *f)
{
    struct rig r;
    rig_open(&r, m, &(struct rig_options){ .threads = 2, .context = 128, .max_rows = 64 });
    float *l = malloc(f->n_tokens * r.n_vocab * sizeof *l);
    assert_non_null(l);
    rig_feed(&r, f->tokens, f->n_tokens, 0, 64, l);
    rig_close(&r);
    return l;
}

/* The same in one run with a second sequence of the same ids, which makes it long enough to be fast. */
static float *fast_logits(const struct model *m, const struct fixture *f)
{
    struct rig r;
    struct qw_error err = { 0 };
    rig_open(&r, m, &(struct rig_options){ .context = 128, .max_rows = 128 });
    float *l = malloc(2 * f->n_tokens * r.n_vocab * sizeof *l);
    assert_non_null(l);
    assert_true(f->n_tokens <= 64);
    struct forward_seq s[2];
    for (size_t i = 0; i < 2; i++)
        s[i] = (struct forward_seq){ .ids = f->tokens, .T = f->n_tokens, .pages = r.pages + 4 * i, .n_logits = f->n_tokens,
                                     .logits = l + i * f->n_tokens * r.n_vocab };
    assert_int_equal(forward_run(r.f, s, 2, NULL, &err), QW_OK);
    rig_close(&r);
    return l;
}

static void check_greedy(const struct model *m, const struct fixture *f, const char *name)
{
    struct rig r;
    rig_open(&r, m, &(struct rig_options){ .threads = 2, .context = 128, .max_rows = 64 });
    float *l = malloc(f->n_prompt * r.n_vocab * sizeof *l);
    assert_non_null(l);
    rig_feed(&r, f->prompt, f->n_prompt, 0, 64, l);
    int32_t next = rig_argmax(l + (f->n_prompt - 1) * r.n_vocab, r.n_vocab);
    for (size_t i = 0; i < f->n_greedy; i++) {
        if (next != f->greedy[i])
            fail_msg("%s: greedy token %zu is %d, expected %d", name, i, next, f->greedy[i]);
        rig_feed(&r, &next, 1, f->n_prompt + i, 1, l);
        next = rig_argmax(l, r.n_vocab);
    }
    free(l);
    rig_close(&r);
}

/* Checks one file; returns its mean KL. */
static double check_golden(size_t i, enum cpu_level level)
{
    const struct golden *g = &goldens[i];
    struct fixture f;
    fixture_load(&f, g->name);
    struct model *m = rig_model(f.path, level);
    size_t V = model_hparams(m)->n_vocab;
    float *l = rig_fast() ? fast_logits(m, &f) : all_logits(m, &f);
    double kl = 0, delta = 0;
    for (size_t p = 0; p < f.n_positions; p++) {
        const float *want = f.expected + p * f.cols, *have = l + f.positions[p] * V;
        kl += rig_kl(want, have, f.cols) / (double)f.n_positions;
        for (size_t c = 0; c < f.cols; c++)
            delta = fmax(delta, fabs((double)want[c] - have[c]));
    }
    double limit = rig_fast() ? (g->kind == HALF ? MAX_KL_HALF : MAX_FAST * g->peer)
                              : g->kind == HALF ? MAX_KL_HALF : g->kind == B32 ? MAX_B32 * g->peer : MAX_K * g->peer;
    print_message("%-6s %-22s mean KL %.2e, max |delta| %.1e\n", cpu_level_name(level), g->name, kl, delta);
    if (g->kind == FLOATS) {
        if (!(delta <= MAX_DELTA))
            fail_msg("%s at %s: max |delta logit| %g", g->name, cpu_level_name(level), delta);
        check_greedy(m, &f, g->name);
    } else if (!(kl <= limit)) {
        fail_msg("%s at %s: mean KL %g, limit %g", g->name, cpu_level_name(level), kl, limit);
    }
    if (reference[i] == NULL) {
        reference[i] = l;
    } else {
        if (memcmp(reference[i], l, f.n_tokens * V * sizeof *l) != 0)
            fail_msg("%s: %s and %s differ in bits", g->name, cpu_level_name(CPU_LEVEL_REF), cpu_level_name(level));
        free(l);
    }
    model_free(m);
    fixture_free(&f);
    return kl;
}

static void check_level(enum cpu_level level)
{
    if (level > cpu_level_max() || (rig_remote() && level != CPU_LEVEL_REF)) {
        print_message("this CPU does not run %s\n", cpu_level_name(level));
        skip();
    }
    double ratio = 0;
    size_t n = 0;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        double kl = check_golden(i, level);
        if (goldens[i].kind == B32) {
            ratio += kl / goldens[i].peer;
            n++;
        }
    }
    print_message("%-6s mean of the ratios of 32-value types: %.3f\n", cpu_level_name(level), ratio / (double)n);
    assert_true(ratio / (double)n <= MAX_B32_ALL);
}

static void at_ref(void **s)    { (void)s; check_level(CPU_LEVEL_REF); }
static void at_avx2(void **s)   { (void)s; check_level(CPU_LEVEL_AVX2); }
static void at_avx512(void **s) { (void)s; check_level(CPU_LEVEL_AVX512); }
static void at_amx(void **s)    { (void)s; check_level(CPU_LEVEL_AMX); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_ref), cmocka_unit_test(at_avx2), cmocka_unit_test(at_avx512),
        cmocka_unit_test(at_amx),
    };
    int rc = cmocka_run_group_tests_name("golden", tests, NULL, NULL);
    for (size_t i = 0; i < N_GOLDENS; i++)
        free(reference[i]);
    return rc;
}
