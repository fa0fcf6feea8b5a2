/* qwen-run generate: one answer, sampled as the daemon samples it. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "engine/gen/draft.h"
#include "engine/gen/gen.h"
#include "engine/gen/sampler.h"
#include "engine/run/engine.h"

#define PREFILL_CHUNK 128
#define MAX_STOPS     16

struct job {
    struct run_engine_options o;
    const char *tokens;
    struct sample_params sample;
    struct gen_params    gen;
    const char *stop[MAX_STOPS];
    bool        json, speculate;
};

struct answer {
    struct ids    ids;          /* the prompt and then the answer */
    size_t        n_prompt;
    struct qw_buf text;
    enum finish   finish;
    double        prefill_ms, decode_ms;
    float         cum_logprob;
    struct token_logprob *lp;
    size_t        steps, guesses, held;     /* of decoding */
};

/* What generate works with. */
struct tools {
    struct run_engine e;
    struct run_pages  pages;
    struct sampler   *s;
    struct gen       *g;
    struct draft     *d;        /* NULL: no guesses */
    struct draft_cost cost;
    float            *logits;   /* [1 + DRAFT_MAX][n_vocab] */
};

/* The next id from one row of logits. */
static int draw(const struct job *j, struct tools *t, float *logits, struct answer *a, struct qw_error *err)
{
    size_t at = a->ids.n - a->n_prompt;
    struct token_logprob *lp = a->lp != NULL ? &a->lp[at] : NULL;
    int32_t id = sampler_draw(t->s, logits, a->ids.v, a->ids.n, a->n_prompt, &j->sample, lp, NULL);
    if (id < 0)
        return qw_error_set(err, QW_EMODEL, "the model gave no finite logits");
    if (lp != NULL)
        a->cum_logprob += lp->logprob;
    if (ids_push(&a->ids, id) != QW_OK)
        return qw_error_set(err, QW_ENOMEM, "no memory for the ids");
    a->finish = gen_push(t->g, id, &a->text);
    if (a->finish == FINISH_ERROR)
        return qw_error_set(err, QW_ENOMEM, "no memory for the text");
    if (a->finish == FINISH_NONE && a->ids.n >= j->o.max_context) {
        gen_end(t->g, &a->text);
        a->finish = FINISH_LENGTH;
    }
    return QW_OK;
}

/* A step at position kv = ids.n - 1: the last id, and after it what is guessed.  Draws until a guess does not hold. */
static int decode(const struct job *j, struct tools *t, struct answer *a, size_t *kv, struct qw_error *err)
{
    int32_t rows[1 + DRAFT_MAX];
    size_t k = 0, most = j->o.max_context - 1 - *kv, held = 0, n_vocab = model_hparams(t->e.m)->n_vocab;
    if (t->d != NULL)
        k = draft_guess(t->d, a->ids.v, a->ids.n, draft_cost(&t->cost, 1), rows + 1, most < DRAFT_MAX ? most : DRAFT_MAX);
    rows[0] = a->ids.v[*kv];
    struct forward_seq q = { .ids = rows, .T = 1 + k, .pos0 = *kv, .pages = t->pages.page, .n_logits = 1 + k,
                             .logits = t->logits };
    uint64_t t0 = clock_mono_ns();
    int rc = forward_run(t->e.f, &q, 1, NULL, err);
    draft_cost_step(&t->cost, 1, k, (double)(clock_mono_ns() - t0) / 1e6);
    for (; rc == QW_OK; held++) {
        ++*kv;
        rc = draw(j, t, t->logits + held * n_vocab, a, err);
        if (rc != QW_OK || held == k || a->finish != FINISH_NONE || a->ids.v[*kv] != rows[1 + held])
            break;
    }
    size_t tested = held < k && a->ids.v[*kv] != rows[1 + held] ? held + 1 : held;
    if (k > 0)
        draft_result(t->d, held, tested);
    a->steps++;
    a->guesses += k;
    a->held += held;
    return rc;
}

/* The loop of the scheduler, for one sequence. */
static int generate(const struct job *j, struct tools *t, struct answer *a, struct qw_error *err)
{
    size_t kv = 0;
    uint64_t t0 = clock_mono_ns();
    int rc = QW_OK;
    while (kv < a->n_prompt && rc == QW_OK) {
        size_t left = a->n_prompt - kv, T = left < PREFILL_CHUNK ? left : PREFILL_CHUNK;
        struct forward_seq q = { .ids = a->ids.v + kv, .T = T, .pos0 = kv, .pages = t->pages.page,
                                 .n_logits = T == left, .logits = t->logits };
        rc = forward_run(t->e.f, &q, 1, NULL, err);
        kv += T;
    }
    a->prefill_ms = (double)(clock_mono_ns() - t0) / 1e6;
    if (rc == QW_OK)
        rc = draw(j, t, t->logits, a, err);
    while (rc == QW_OK && a->finish == FINISH_NONE)
        rc = decode(j, t, a, &kv, err);
    a->decode_ms = (double)(clock_mono_ns() - t0) / 1e6 - a->prefill_ms;
    return rc;
}

static int print_json(const struct job *j, const struct run_engine *e, const struct answer *a)
{
    size_t n = a->ids.n - a->n_prompt;
    json_t *ids = json_array(), *lps = a->lp != NULL ? json_array() : NULL;
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(ids, json_integer(a->ids.v[a->n_prompt + i]));
        if (lps != NULL)
            json_array_append_new(lps, json_real((double)a->lp[i].logprob));
    }
    json_t *o = json_pack("{s:o, s:s#, s:s, s:I, s:I, s:f, s:f, s:f, s:s, s:s, s:s, s:i, s:s}", "ids", ids,
                          "text", a->text.data != NULL ? a->text.data : "", (int)a->text.len,
                          "finish_reason", finish_name(a->finish),
                          "prompt_tokens", (json_int_t)a->n_prompt, "completion_tokens", (json_int_t)n,
                          "prefill_ms", a->prefill_ms, "decode_ms", a->decode_ms,
                          /* the first token comes with the prefill */
                          "decode_tok_s", n > 1 && a->decode_ms > 0 ? (double)(n - 1) * 1000 / a->decode_ms : 0.0,
                          "model", model_hparams(e->m)->name, "backend", cpu_level_name(j->o.level),
                          "numerics", numerics_name(backend_numerics(e->backend)),
                          "threads", j->o.threads, "kv_cache_dtype", kv_type_name(forward_kv_layout(e->f)->type));
    if (o != NULL && j->speculate)
        json_object_set_new(o, "speculation", json_pack("{s:I, s:I, s:I}", "steps", (json_int_t)a->steps, "guesses",
                                                        (json_int_t)a->guesses, "held", (json_int_t)a->held));
    if (o != NULL && lps != NULL)
        json_object_set_new(o, "logprobs", lps);
    int bad = o == NULL || json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9)) != 0 || putchar('\n') == EOF;
    json_decref(o);
    return bad;
}

static int print_text(const struct answer *a)
{
    struct qw_buf b = QW_BUF_INIT;
    utf8_escape(&b, a->text.data != NULL ? a->text.data : "", a->text.len);
    bool bad = qw_buf_failed(&b) || (b.len > 0 && fwrite(b.data, 1, b.len, stdout) != b.len) || putchar('\n') == EOF;
    fprintf(stderr, "%zu + %zu tokens, %s; prefill %.0f ms, decode %.0f ms\n", a->n_prompt, a->ids.n - a->n_prompt,
            finish_name(a->finish), a->prefill_ms, a->decode_ms);
    qw_buf_free(&b);
    return bad;
}

static int check(const struct job *j, const struct run_engine *e, const struct answer *a, struct qw_error *err)
{
    size_t context = model_hparams(e->m)->context;
    if (a->ids.n >= context)
        return qw_error_set(err, QW_ECONTEXT, "the prompt has %zu tokens; the context holds %zu, the answer included",
                            a->ids.n, context);
    return sample_params_check(&j->sample, err);
}

static int tools_new(struct tools *t, struct job *j, const struct answer *a, struct qw_error *err)
{
    const struct hparams *h = model_hparams(t->e.m);
    j->o.max_rows = PREFILL_CHUNK;
    j->o.max_context = j->gen.max_tokens < h->context - a->n_prompt ? a->n_prompt + j->gen.max_tokens : h->context;
    int rc;
    if ((rc = run_engine_forward(&t->e, &j->o, err)) != QW_OK ||
        (rc = run_pages_new(&t->pages, &t->e, j->o.max_context, err)) != QW_OK ||
        (rc = sampler_new(&t->s, h->n_vocab, err)) != QW_OK ||
        (rc = gen_new(&t->g, model_tokenizer(t->e.m), &j->gen, err)) != QW_OK ||
        (j->speculate && (rc = draft_new(&t->d, j->o.max_context, err)) != QW_OK))
        return rc;
    t->logits = qw_alloc((1 + DRAFT_MAX) * h->n_vocab * sizeof *t->logits);
    return t->logits != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory for the logits");
}

static void tools_free(struct tools *t)
{
    qw_free(t->logits);
    draft_free(t->d);
    gen_free(t->g);
    sampler_free(t->s);
    run_pages_free(&t->pages);
    run_engine_close(&t->e);
}

static int answer(struct job *j, struct qw_error *err)
{
    struct tools t = { 0 };
    struct answer a = { 0 };
    int rc;
    if ((rc = run_read_ids(j->tokens, &a.ids, err)) != QW_OK || (rc = run_engine_model(&t.e, &j->o, err)) != QW_OK ||
        (rc = check(j, &t.e, &a, err)) != QW_OK)
        goto done;
    a.n_prompt = a.ids.n;
    if ((rc = tools_new(&t, j, &a, err)) != QW_OK)
        goto done;
    if (j->sample.n_logprobs != UINT32_MAX &&
        (a.lp = qw_calloc(j->o.max_context - a.n_prompt, sizeof *a.lp)) == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "no memory for the answer");
        goto done;
    }
    rc = generate(j, &t, &a, err);
    if (rc == QW_OK && (j->json ? print_json(j, &t.e, &a) : print_text(&a)))
        rc = qw_error_set(err, QW_EIO, "cannot write the answer");
done:
    qw_free(a.lp);
    tools_free(&t);
    ids_free(&a.ids);
    qw_buf_free(&a.text);
    return rc;
}

/* ---- options ------------------------------------------------------------------------------ */

enum { OPT_TEMPERATURE = RUN_OPT_OWN + 10, OPT_TOP_P, OPT_MIN_P, OPT_REPETITION, OPT_PRESENCE, OPT_FREQUENCY,
       OPT_FLOATS_END, OPT_TOKENS, OPT_SEED, OPT_TOP_K, OPT_STOP, OPT_LOGPROBS, OPT_IGNORE_END, OPT_REPEAT, OPT_SPECULATE,
       OPT_JSON };

static const struct option options[] = {
    RUN_ENGINE_OPTIONS,
    { "tokens", required_argument, NULL, OPT_TOKENS },
    { "seed", required_argument, NULL, OPT_SEED },
    { "temperature", required_argument, NULL, OPT_TEMPERATURE },
    { "top-k", required_argument, NULL, OPT_TOP_K },
    { "top-p", required_argument, NULL, OPT_TOP_P },
    { "min-p", required_argument, NULL, OPT_MIN_P },
    { "repetition-penalty", required_argument, NULL, OPT_REPETITION },
    { "presence-penalty", required_argument, NULL, OPT_PRESENCE },
    { "frequency-penalty", required_argument, NULL, OPT_FREQUENCY },
    { "stop", required_argument, NULL, OPT_STOP },
    { "logprobs", no_argument, NULL, OPT_LOGPROBS },
    { "ignore-end", no_argument, NULL, OPT_IGNORE_END },
    { "no-stop-on-repetition", no_argument, NULL, OPT_REPEAT },
    { "speculate", no_argument, NULL, OPT_SPECULATE },
    { "json", no_argument, NULL, OPT_JSON },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int float_option(struct sample_params *p, int o, const char *arg)
{
    float *const where[] = { &p->temperature, &p->top_p, &p->min_p, &p->repetition_penalty, &p->presence_penalty,
                             &p->frequency_penalty };
    char *end;
    float v = strtof(arg, &end);
    if (end == arg || *end != '\0')
        return run_error(&cmd_generate, RUN_USAGE, "\"%s\" is not a number", arg);
    *where[o - OPT_TEMPERATURE] = v;
    return RUN_OK;
}

/* RUN_OK: taken. */
static int own_option(struct job *j, int o, const char *arg)
{
    long v = 0;
    char *end;
    if (o >= OPT_TEMPERATURE && o < OPT_FLOATS_END)
        return float_option(&j->sample, o, arg);
    switch (o) {
    case OPT_TOKENS: j->tokens = arg; break;
    case 'n':
        v = run_number(&cmd_generate, "-n", arg, 1, INT32_MAX);
        j->gen.max_tokens = (uint32_t)v;
        break;
    case OPT_TOP_K:
        v = run_number(&cmd_generate, "--top-k", arg, 0, INT32_MAX);
        j->sample.top_k = (int32_t)v;
        break;
    case OPT_SEED:
        errno = 0;
        j->sample.seed = strtoull(arg, &end, 10);
        if (errno != 0 || end == arg || *end != '\0')
            return run_error(&cmd_generate, RUN_USAGE, "--seed takes a number of 64 bits, not \"%s\"", arg);
        break;
    case OPT_STOP:
        if (j->gen.n_stop == MAX_STOPS)
            return run_error(&cmd_generate, RUN_USAGE, "at most %d stop strings", MAX_STOPS);
        j->stop[j->gen.n_stop++] = arg;
        break;
    case OPT_LOGPROBS:   j->sample.n_logprobs = 0; break;
    case OPT_IGNORE_END: j->gen.ignore_end = true; break;
    case OPT_REPEAT:     j->gen.stop_on_repetition = false; break;
    case OPT_SPECULATE:  j->speculate = true; break;
    case OPT_JSON:       j->json = true; break;
    default: return run_usage(&cmd_generate);
    }
    return v < 0 ? RUN_USAGE : RUN_OK;
}

static int run(int argc, char **argv)
{
    struct job j = { .gen = { .max_tokens = 128, .stop_on_repetition = true } };
    struct qw_error err = { 0 };
    int o;
    j.gen.stop = j.stop;
    run_engine_defaults(&j.o);
    sample_params_default(&j.sample);
    while ((o = getopt_long(argc, argv, "m:t:n:h", options, NULL)) != -1) {
        if (o == 'h')
            return run_help(&cmd_generate);
        int taken = run_engine_option(&cmd_generate, &j.o, o, optarg);
        if (taken < 0 || (taken == 0 && own_option(&j, o, optarg) != RUN_OK))
            return RUN_USAGE;
    }
    if (j.o.path == NULL || j.tokens == NULL || optind < argc) {
        run_error(&cmd_generate, RUN_USAGE, optind < argc ? "it takes no arguments but options"
                                                           : "-m and --tokens are needed");
        return run_usage(&cmd_generate);
    }
    return answer(&j, &err) == QW_OK ? RUN_OK : run_error(&cmd_generate, RUN_FAILED, "%s", err.msg);
}

const struct run_command cmd_generate = {
    "generate", run, "an answer to a list of ids",
    "usage: qwen-run generate -m FILE --tokens FILE.json [-n N] [options]\n"
    "\n"
    "FILE.json holds the prompt as a list of token ids.  Prints the answer's text, or with\n"
    "--json its ids, text, finish_reason and timings.  The same ids, options and seed give\n"
    "the same answer on every machine and with any number of threads.\n"
    "\n"
    RUN_ENGINE_HELP
    "  --tokens FILE         the prompt\n"
    "  -n N                  at most N tokens (128)\n"
    "  --seed S              seed of the sampler (0)\n"
    "  --temperature T       0 takes the most likely token (0)\n"
    "  --top-k K             of the K most likely tokens; 0: of all (0)\n"
    "  --top-p P             of the most likely ones that hold P of the probability (1)\n"
    "  --min-p P             not less likely than P times the most likely (0)\n"
    "  --repetition-penalty R, --presence-penalty R, --frequency-penalty R\n"
    "                        off by default (1, 0, 0)\n"
    "  --stop TEXT           ends the answer before TEXT; up to 16 times\n"
    "  --logprobs            with --json: the log-probability of each token\n"
    "  --ignore-end          end-of-turn tokens do not end it\n"
    "  --no-stop-on-repetition\n"
    "                        an answer that repeats itself goes on\n"
    "  --speculate           guess ids that the context holds already: the same answer, often sooner\n"
    "  --json                one JSON object\n"
    "\n"
    "Example:\n"
    "  echo '{\"text\":\"1, 2, 3,\"}' | qwen-run tokenize -m model.gguf | sed 's/{\"ids\"://; s/}$//' > ids.json\n"
    "  qwen-run generate -m model.gguf --tokens ids.json -n 32 --json\n",
};
