/* qwen-run bench: tokens per second of prefill and decode, counted as llama-bench does: each
 * test by itself from a context of `depth` tokens, without sampling or detokenizing. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/model/weights.h"
#include "engine/run/engine.h"

#define MAX_ROWS 512
#define MAX_REPS 1000

struct job {
    struct run_engine_options o;
    long p, n, batch, depth, reps;
    bool json, lines;
};

struct bench {
    const struct job *j;
    struct run_engine e;
    struct run_pages *pages;        /* [batch] */
    struct forward_seq *seqs;       /* [batch] */
    int32_t *ids;                   /* [depth + max(p, n)], the same for all sequences */
    float   *logits;                /* [batch][n_vocab] */
    size_t   filled;                /* --lines: positions of every sequence that its pages hold */
};

/* What a token costs, for shares of the machine's limits. */
struct cost {
    size_t step_bytes;              /* weights that a decode step reads */
    double int8_macs, f32_macs;     /* of a token's matrices, by what their inputs are; without the output's */
    double output_macs;             /* of one row of logits */
    double attn_macs;               /* of one token and one position that it sees, all layers */
};

/* Feeds ids [from, from + n) of every sequence, MAX_ROWS rows in a run, wanting the last logits. */
static int prefill(struct bench *b, size_t from, size_t n, struct qw_error *err)
{
    for (long s = 0; s < b->j->batch; s++)
        for (size_t t = 0; t < n; t += MAX_ROWS) {
            size_t T = n - t < MAX_ROWS ? n - t : MAX_ROWS;
            struct forward_seq q = { .ids = b->ids + from + t, .T = T, .pos0 = from + t, .pages = b->pages[s].page,
                                     .n_logits = t + T == n, .logits = b->logits };
            int rc = forward_run(b->e.f, &q, 1, NULL, err);
            if (rc != QW_OK)
                return rc;
        }
    return QW_OK;
}

/* n steps, in each one token of every sequence. */
static int decode(struct bench *b, size_t from, size_t n, struct qw_error *err)
{
    size_t V = model_hparams(b->e.m)->n_vocab;
    for (size_t t = 0; t < n; t++) {
        for (long s = 0; s < b->j->batch; s++)
            b->seqs[s] = (struct forward_seq){ .ids = b->ids + from + t, .T = 1, .pos0 = from + t,
                                               .pages = b->pages[s].page, .n_logits = 1,
                                               .logits = b->logits + (size_t)s * V };
        int rc = forward_run(b->e.f, b->seqs, (size_t)b->j->batch, NULL, err);
        if (rc != QW_OK)
            return rc;
    }
    return QW_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

typedef int test_fn(struct bench *b, size_t from, size_t n, struct qw_error *err);

/* Rate of one run; 0 if n is 0. */
static int once(struct bench *b, test_fn *fn, long n, double *rate, struct qw_error *err)
{
    uint64_t t = clock_mono_ns();
    int rc = n > 0 ? fn(b, (size_t)b->j->depth, (size_t)n, err) : QW_OK;
    if (rc == QW_OK)
        *rate = n > 0 ? (double)n * (double)b->j->batch * 1e9 / (double)(clock_mono_ns() - t) : 0;
    return rc;
}

/* Median rate of reps runs after one that warms up; 0 if n is 0. */
static int measure(struct bench *b, test_fn *fn, long n, double *rate, struct qw_error *err)
{
    double all[MAX_REPS], warm;
    *rate = 0;
    for (long r = -1; r < b->j->reps && n > 0; r++) {
        int rc = once(b, fn, n, r < 0 ? &warm : &all[r], err);
        if (rc != QW_OK)
            return rc;
    }
    if (n > 0) {
        qsort(all, (size_t)b->j->reps, sizeof *all, by_value);
        *rate = (all[(b->j->reps - 1) / 2] + all[b->j->reps / 2]) / 2;
    }
    return QW_OK;
}

static int open_bench(struct bench *b, struct run_engine_options *o, struct qw_error *err)
{
    const struct job *j = b->j;
    size_t most = (size_t)(j->depth + (j->p > j->n ? j->p : j->n)), batch = (size_t)j->batch;
    int rc = run_engine_model(&b->e, o, err);
    if (rc != QW_OK)
        return rc;
    const struct hparams *hp = model_hparams(b->e.m);
    if (most > hp->context)
        return qw_error_set(err, QW_ECONTEXT, "%zu tokens, but the model's context is %u", most, hp->context);
    o->max_rows = batch > MAX_ROWS ? batch : MAX_ROWS;
    o->max_context = most;
    if ((rc = run_engine_forward(&b->e, o, err)) != QW_OK)
        return rc;
    b->pages = qw_calloc(batch, sizeof *b->pages);
    b->seqs = qw_calloc(batch, sizeof *b->seqs);
    b->ids = qw_calloc(most, sizeof *b->ids);
    b->logits = qw_calloc(batch * hp->n_vocab, sizeof *b->logits);
    if (b->pages == NULL || b->seqs == NULL || b->ids == NULL || b->logits == NULL)
        return qw_error_set(err, QW_ENOMEM, "%zu sequences", batch);
    for (size_t s = 0; s < batch; s++)
        if ((rc = run_pages_new(&b->pages[s], &b->e, most, err)) != QW_OK)
            return rc;
    uint64_t x = 1;
    for (size_t i = 0; i < most; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        b->ids[i] = (int32_t)((x >> 33) % hp->n_vocab);
    }
    return QW_OK;
}

static void close_bench(struct bench *b)
{
    for (long s = 0; b->pages != NULL && s < b->j->batch; s++)
        run_pages_free(&b->pages[s]);
    qw_free(b->pages);
    qw_free(b->seqs);
    qw_free(b->ids);
    qw_free(b->logits);
    run_engine_close(&b->e);
}

static void add_matrix(struct cost *c, const struct wmat *w)
{
    bool f = w->type == GGUF_F32 || w->type == GGUF_F16 || w->type == GGUF_BF16;
    c->step_bytes += wmat_groups(w) * w->group_bytes;
    *(f ? &c->f32_macs : &c->int8_macs) += (double)w->N * (double)w->K;
}

static struct cost cost_of(const struct model *m)
{
    const struct hparams *hp = model_hparams(m);
    const struct weights *w = model_weights(m);
    struct cost c = { .output_macs = (double)w->output.N * (double)w->output.K,
                      .attn_macs = 2.0 * hp->n_heads * hp->head_dim * hp->n_layers,
                      .step_bytes = wmat_groups(&w->output) * w->output.group_bytes };
    for (uint32_t l = 0; l < hp->n_layers; l++) {
        const struct layer *y = &w->layers[l];
        const struct wmat *all[] = { &y->q, &y->k, &y->v, &y->o, &y->gate, &y->up, &y->down };
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            add_matrix(&c, all[i]);
    }
    return c;
}

static void print(const struct job *j, const struct bench *b, double pre, double dec)
{
    char backend[32];
    if (b->e.backend != NULL)
        snprintf(backend, sizeof backend, "%s%s", b->e.backend->name, backend_numerics(b->e.backend) == NUMERICS_FAST ? "-fast" : "");
    else
        snprintf(backend, sizeof backend, "cpu-%s", cpu_level_name(j->o.level));
    if (!j->json) {
        printf("%s, %s, %d threads, %ld sequences at depth %ld\n", model_hparams(b->e.m)->name, backend, j->o.threads,
               j->batch, j->depth);
        printf("prefill of %5ld  %10.2f tok/s\ndecode of  %5ld  %10.2f tok/s\n", j->p, pre, j->n, dec);
        return;
    }
    const struct kv_layout *kv = forward_kv_layout(b->e.f);
    const struct cost c = cost_of(b->e.m);
    json_t *o = json_pack("{s:f, s:f, s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:I, "
                          "s:f, s:f, s:f, s:f, s:f}",
                          "prefill_tok_s", pre, "decode_tok_s", dec, "model", model_hparams(b->e.m)->name,
                          "weights", model_weights_name(b->e.m), "backend", backend,
                          "numerics", numerics_name(backend_numerics(b->e.backend)), "threads", j->o.threads,
                          "p", (json_int_t)j->p, "n", (json_int_t)j->n, "batch", (json_int_t)j->batch,
                          "depth", (json_int_t)j->depth, "repetitions", (json_int_t)j->reps,
                          "kv_cache_dtype", kv_type_name(kv->type),
                          "weight_bytes", (json_int_t)model_weight_bytes(b->e.m),
                          "page_bytes", (json_int_t)kv->page_bytes, "step_weight_bytes", (json_int_t)c.step_bytes,
                          "int8_macs", c.int8_macs, "f32_macs", c.f32_macs, "output_macs", c.output_macs,
                          "attn_macs", c.attn_macs, "kv_bytes_per_token", (double)kv->page_bytes / KV_PAGE_TOKENS);
    json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(o);
}

/* One row of --lines.  Ids are a function of the position, so what a row leaves in the pages is
 * what the next would write: only positions never reached are filled. */
static int serve_row(struct bench *b, const struct job *row, struct qw_error *err)
{
    const struct job *whole = b->j;
    size_t depth = (size_t)row->depth;
    double pre = 0, dec = 0;
    int rc = depth > b->filled ? prefill(b, b->filled, depth - b->filled, err) : QW_OK;
    if (rc != QW_OK)
        return rc;
    b->filled = depth > b->filled ? depth : b->filled;
    b->j = row;
    if ((rc = once(b, prefill, row->p, &pre, err)) == QW_OK && (rc = once(b, decode, row->n, &dec, err)) == QW_OK)
        print(row, b, pre, dec);
    b->j = whole;
    return rc;
}

/* --lines: a row "P N DEPTH SEQS" on standard input is measured once and answered at once, so that
 * another program can take turns with this one without either loading its model again. */
static int serve_lines(struct bench *b, struct qw_error *err)
{
    const long most = b->j->depth + (b->j->p > b->j->n ? b->j->p : b->j->n);
    struct job row = *b->j;
    char line[128];
    row.reps = 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%ld %ld %ld %ld", &row.p, &row.n, &row.depth, &row.batch) != 4 || row.p < 0 || row.n < 0
            || row.depth < 0 || row.depth > most || row.p > most - row.depth || row.n > most - row.depth
            || row.batch < 1 || row.batch > b->j->batch)
            return qw_error_set(err, QW_EPARAMS, "a line is P N DEPTH SEQS within -p, -n, -d and -b");
        int rc = serve_row(b, &row, err);
        if (rc != QW_OK)
            return rc;
        fflush(stdout);
    }
    return QW_OK;
}

static int run_bench(struct job *j, struct qw_error *err)
{
    struct bench b = { .j = j };
    double pre = 0, dec = 0;
    int rc = open_bench(&b, &j->o, err);
    if (rc == QW_OK && j->lines) {
        rc = serve_lines(&b, err);
        goto done;
    }
    if (rc == QW_OK)
        rc = prefill(&b, 0, (size_t)j->depth, err);
    if (rc == QW_OK)
        rc = measure(&b, prefill, j->p, &pre, err);
    if (rc == QW_OK)
        rc = measure(&b, decode, j->n, &dec, err);
    if (rc == QW_OK)
        print(j, &b, pre, dec);
done:
    close_bench(&b);
    return rc;
}

static int bench(int argc, char **argv)
{
    static const struct option options[] = {
        RUN_ENGINE_OPTIONS, { "json", no_argument, NULL, 'j' }, { "lines", no_argument, NULL, RUN_OPT_OWN },
        { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
    };
    struct job j = { .p = 512, .n = 64, .batch = 1, .reps = 3 };
    struct { int opt; const char *name; long *to; long min, max; } numbers[] = {
        { 'p', "-p", &j.p, 0, 1 << 24 },   { 'n', "-n", &j.n, 0, 1 << 24 }, { 'b', "-b", &j.batch, 1, 4096 },
        { 'd', "-d", &j.depth, 0, 1 << 24 }, { 'r', "-r", &j.reps, 1, MAX_REPS },
    };
    struct qw_error err = { 0 };
    int o;
    run_engine_defaults(&j.o);
    while ((o = getopt_long(argc, argv, "m:t:p:n:b:d:r:h", options, NULL)) != -1) {
        int taken = run_engine_option(&cmd_bench, &j.o, o, optarg);
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers && taken == 0; i++)
            if (numbers[i].opt == o) {
                *numbers[i].to = run_number(&cmd_bench, numbers[i].name, optarg, numbers[i].min, numbers[i].max);
                taken = *numbers[i].to < 0 ? -1 : 1;
            }
        if (taken < 0)
            return RUN_USAGE;
        if (taken)
            continue;
        switch (o) {
        case 'j': j.json = true; break;
        case RUN_OPT_OWN: j.json = j.lines = true; break;
        case 'h': return run_help(&cmd_bench);
        default:  return run_usage(&cmd_bench);
        }
    }
    if (j.o.path == NULL || optind < argc || j.p + j.n == 0) {
        run_error(&cmd_bench, RUN_USAGE, optind < argc ? "it takes no arguments but options"
                  : j.o.path == NULL ? "-m FILE is needed" : "-p and -n cannot both be 0");
        return run_usage(&cmd_bench);
    }
    return run_bench(&j, &err) == QW_OK ? RUN_OK : run_error(&cmd_bench, RUN_FAILED, "%s", err.msg);
}

const struct run_command cmd_bench = {
    "bench", bench, "tokens per second of prefill and decode",
    "usage: qwen-run bench -m FILE [-p TOKENS] [-n TOKENS] [-b SEQS] [-d DEPTH] [options]\n"
    "\n"
    "Prefills -p tokens, and decodes -n tokens one at a time, each from a context of -d\n"
    "tokens; with -b, of so many sequences, and the tokens of all are counted.  One run\n"
    "warms up; the median of the repetitions is printed.\n"
    "\n"
    RUN_ENGINE_HELP
    "  -p TOKENS             to prefill (512; 0: no prefill test)\n"
    "  -n TOKENS             to decode (64; 0: no decode test)\n"
    "  -b SEQS               sequences (1)\n"
    "  -d DEPTH              tokens in the context before (0)\n"
    "  -r TIMES              repetitions (3)\n"
    "  --json                one JSON object\n"
    "  --lines               load once, then answer each line P N DEPTH SEQS of standard input\n"
    "                        with one run's JSON; -p, -n, -d and -b say the most\n"
    "\n"
    "Example:\n"
    "  qwen-run bench -m model.gguf -p 512 -n 64 -t 2 --json\n",
};
