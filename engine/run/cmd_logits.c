/* qwen-run logits: the logits after every position, as float32 rows. */
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "engine/run/engine.h"

#define DEFAULT_CHUNK 64

struct job {
    struct run_engine_options o;
    const char *tokens, *out;
    long        chunk;
};

static int compute(const struct job *j, struct run_engine *e, const struct ids *ids, FILE *out, struct qw_error *err)
{
    struct run_pages pages;
    size_t V = model_hparams(e->m)->n_vocab, chunk = (size_t)j->chunk, bytes = chunk * V * sizeof(float);
    int rc = run_pages_new(&pages, e, ids->n, err);
    if (rc != QW_OK)
        return rc;
    float *l = qw_map(bytes);
    if (l == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "%zu MiB of logits; a smaller --prefill-chunk needs less", bytes >> 20);
    for (size_t t = 0; t < ids->n && rc == QW_OK; t += chunk) {
        size_t T = ids->n - t < chunk ? ids->n - t : chunk;
        struct forward_seq s = { .ids = ids->v + t, .T = T, .pos0 = t, .pages = pages.page, .n_logits = T,
                                 .logits = l };
        rc = forward_run(e->f, &s, 1, NULL, err);
        if (rc == QW_OK && fwrite(l, V * sizeof(float), T, out) != T)
            rc = qw_error_errno(err, QW_EIO, errno, "%s", j->out);
    }
    if (l != NULL)
        qw_unmap(l, bytes);
    run_pages_free(&pages);
    return rc;
}

static int write_logits(struct job *j, struct qw_error *err)
{
    struct run_engine e = { 0 };
    struct ids ids = { 0 };
    FILE *out = NULL;
    int rc;
    if ((rc = run_read_ids(j->tokens, &ids, err)) != QW_OK || (rc = run_engine_model(&e, &j->o, err)) != QW_OK)
        goto done;
    if (ids.n > model_hparams(e.m)->context) {
        rc = qw_error_set(err, QW_ECONTEXT, "%zu tokens, but the model's context is %u", ids.n,
                          model_hparams(e.m)->context);
        goto done;
    }
    j->o.max_rows = (size_t)j->chunk;
    j->o.max_context = ids.n;
    if ((rc = run_engine_forward(&e, &j->o, err)) != QW_OK)
        goto done;
    out = fopen(j->out, "wb");
    if (out == NULL) {
        rc = qw_error_errno(err, QW_EIO, errno, "%s", j->out);
        goto done;
    }
    rc = compute(j, &e, &ids, out, err);
done:
    if (out != NULL && fclose(out) != 0 && rc == QW_OK)
        rc = qw_error_errno(err, QW_EIO, errno, "%s", j->out);
    ids_free(&ids);
    run_engine_close(&e);
    return rc;
}

static int logits(int argc, char **argv)
{
    static const struct option options[] = {
        RUN_ENGINE_OPTIONS, { "tokens", required_argument, NULL, RUN_OPT_OWN },
        { "prefill-chunk", required_argument, NULL, RUN_OPT_OWN + 1 },
        { "output", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
    };
    struct job j = { .chunk = DEFAULT_CHUNK };
    struct qw_error err = { 0 };
    int o;
    run_engine_defaults(&j.o);
    while ((o = getopt_long(argc, argv, "m:t:o:h", options, NULL)) != -1) {
        int taken = run_engine_option(&cmd_logits, &j.o, o, optarg);
        if (taken < 0)
            return RUN_USAGE;
        if (taken)
            continue;
        switch (o) {
        case RUN_OPT_OWN: j.tokens = optarg; break;
        case RUN_OPT_OWN + 1:
            j.chunk = run_number(&cmd_logits, "--prefill-chunk", optarg, 1, 4096);
            if (j.chunk < 0)
                return RUN_USAGE;
            break;
        case 'o': j.out = optarg; break;
        case 'h': return run_help(&cmd_logits);
        default:  return run_usage(&cmd_logits);
        }
    }
    if (j.o.path == NULL || j.tokens == NULL || j.out == NULL || optind < argc) {
        run_error(&cmd_logits, RUN_USAGE, optind < argc ? "it takes no arguments but options"
                                                         : "-m, --tokens and -o are needed");
        return run_usage(&cmd_logits);
    }
    return write_logits(&j, &err) == QW_OK ? RUN_OK : run_error(&cmd_logits, RUN_FAILED, "%s", err.msg);
}

const struct run_command cmd_logits = {
    "logits", logits, "the logits after every position of a list of ids",
    "usage: qwen-run logits -m FILE --tokens FILE.json -o OUT.f32 [options]\n"
    "\n"
    "FILE.json holds a list of token ids.  OUT.f32 gets one row for each: float32,\n"
    "little-endian, as many as the vocabulary has.\n"
    "\n"
    RUN_ENGINE_HELP
    "  --tokens FILE         the ids\n"
    "  -o, --output FILE     the logits\n"
    "  --prefill-chunk N     feed N ids at a time (64); the result is the same, bit for bit\n"
    "\n"
    "Example:\n"
    "  echo '[9707, 11, 1879]' > ids.json && qwen-run logits -m model.gguf --tokens ids.json -o out.f32\n",
};
