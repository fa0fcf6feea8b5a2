/* qwen-run tokenize and detokenize: texts to ids and back. */
#include <getopt.h>
#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "engine/gguf/gguf.h"
#include "engine/run/cmd.h"
#include "engine/text/tokenizer.h"

struct job { struct tokenizer *t; bool special; };

static json_t *parse(const char *line, size_t n, struct qw_error *err)
{
    json_error_t e;
    json_t *j = json_loadb(line, n, JSON_ALLOW_NUL, &e);
    if (j == NULL)
        qw_error_set(err, QW_EPARAMS, "not JSON: %s", e.text);
    return j;
}

static int print_ids(const struct ids *x, struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    qw_buf_adds(&b, "{\"ids\":[");
    for (size_t i = 0; i < x->n; i++)
        qw_buf_addf(&b, "%s%d", i > 0 ? "," : "", x->v[i]);
    qw_buf_adds(&b, "]}\n");
    int rc = QW_OK;
    if (qw_buf_failed(&b))
        rc = qw_error_set(err, QW_ENOMEM, "no memory for %zu ids", x->n);
    else if (fwrite(b.data, 1, b.len, stdout) != b.len)
        rc = qw_error_set(err, QW_EIO, "cannot write the answer");
    qw_buf_free(&b);
    return rc;
}

static int tokenize_line(void *arg, const char *line, size_t n, struct qw_error *err)
{
    const struct job *job = arg;
    struct ids x = { 0 };
    json_t *j = parse(line, n, err);

    if (j == NULL)
        return QW_EPARAMS;
    const json_t *text = json_object_get(j, "text");
    int rc;
    if (!json_is_string(text))
        rc = qw_error_set(err, QW_EPARAMS, "\"text\" must be a string");
    else
        rc = tokenizer_encode(job->t, json_string_value(text), json_string_length(text), job->special, &x, err);
    if (rc == QW_OK)
        rc = print_ids(&x, err);
    ids_free(&x);
    json_decref(j);
    return rc;
}

static int read_ids(const json_t *list, size_t n_vocab, struct ids *x, struct qw_error *err)
{
    if (!json_is_array(list))
        return qw_error_set(err, QW_EPARAMS, "\"ids\" must be an array");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        if (!json_is_integer(e) || json_integer_value(e) < 0 || (uint64_t)json_integer_value(e) >= n_vocab)
            return qw_error_set(err, QW_EPARAMS, "\"ids\"[%zu] must be an integer from 0 to %zu", i, n_vocab - 1);
        if (ids_push(x, (int32_t)json_integer_value(e)) != QW_OK)
            return qw_error_set(err, QW_ENOMEM, "no memory for the ids");
    }
    return QW_OK;
}

static int detokenize_line(void *arg, const char *line, size_t n, struct qw_error *err)
{
    const struct job *job = arg;
    struct ids x = { 0 };
    struct qw_buf text = QW_BUF_INIT;
    json_t *j = parse(line, n, err);

    if (j == NULL)
        return QW_EPARAMS;
    int rc = read_ids(json_object_get(j, "ids"), tokenizer_n_vocab(job->t), &x, err);
    if (rc == QW_OK) {
        rc = tokenizer_decode_all(job->t, x.v, x.n, job->special, &text);
        if (rc != QW_OK)
            qw_error_set(err, rc, "no memory for the text");
    }
    if (rc == QW_OK)
        rc = run_print_text("text", text.data != NULL ? text.data : "", text.len, err);
    qw_buf_free(&text);
    ids_free(&x);
    json_decref(j);
    return rc;
}

/* The same options for both ways. */
static int run_job(const struct run_command *c, int argc, char **argv,
                   int (*line)(void *, const char *, size_t, struct qw_error *))
{
    static const struct option options[] = {
        { "model", required_argument, NULL, 'm' }, { "pre", required_argument, NULL, 'p' },
        { "no-special", no_argument, NULL, 'n' },  { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
    };
    const char *model = NULL, *pre = NULL;
    struct job job = { NULL, true };
    struct qw_error err = { 0 };
    struct gguf *g = NULL;
    int o;

    while ((o = getopt_long(argc, argv, "m:h", options, NULL)) != -1) {
        switch (o) {
        case 'm': model = optarg; break;
        case 'p': pre = optarg; break;
        case 'n': job.special = false; break;
        case 'h': return run_help(c);
        default:  return run_usage(c);
        }
    }
    if (model == NULL || optind < argc) {
        run_error(c, RUN_USAGE, model == NULL ? "-m FILE is needed" : "it takes no arguments but options");
        return run_usage(c);
    }
    int rc = gguf_open(&g, model, &err);
    if (rc == QW_OK)
        rc = tokenizer_new(&job.t, g, pre, &err);
    gguf_free(g);
    if (rc != QW_OK)
        return run_error(c, RUN_FAILED, "%s", err.msg);
    int code = run_lines(c, line, &job);
    tokenizer_free(job.t);
    return code;
}

static int tokenize(int argc, char **argv)
{
    return run_job(&cmd_tokenize, argc, argv, tokenize_line);
}

static int detokenize(int argc, char **argv)
{
    return run_job(&cmd_detokenize, argc, argv, detokenize_line);
}

const struct run_command cmd_tokenize = {
    "tokenize", tokenize, "texts to token ids, JSON lines in and out",
    "usage: qwen-run tokenize -m FILE [--pre NAME] [--no-special]\n"
    "\n"
    "Reads lines {\"text\":\"...\"} and writes {\"ids\":[...]} for each, or\n"
    "{\"error\":\"...\"}; then the exit code is 1.\n"
    "\n"
    "  -m, --model FILE  GGUF file whose vocabulary is used\n"
    "  --pre NAME        pre-tokenizer instead of the file's: qwen2, smollm, llama-bpe\n"
    "  --no-special      control tokens that are written out stay text\n"
    "\n"
    "Examples:\n"
    "  echo '{\"text\":\"3x - 4 = 11\"}' | qwen-run tokenize -m model.gguf\n"
    "  echo '{\"text\":\"<|im_end|>\"}' | qwen-run tokenize -m model.gguf --no-special\n",
};

const struct run_command cmd_detokenize = {
    "detokenize", detokenize, "token ids to texts, JSON lines in and out",
    "usage: qwen-run detokenize -m FILE [--pre NAME] [--no-special]\n"
    "\n"
    "Reads lines {\"ids\":[...]} and writes {\"text\":\"...\"} for each, or\n"
    "{\"error\":\"...\"}; then the exit code is 1.  Bytes that are not UTF-8 become U+FFFD.\n"
    "\n"
    "  -m, --model FILE  GGUF file whose vocabulary is used\n"
    "  --pre NAME        for a file whose pre-tokenizer is not known\n"
    "  --no-special      control tokens give no text\n"
    "\n"
    "Examples:\n"
    "  echo '{\"ids\":[9707,11,1879,0]}' | qwen-run detokenize -m model.gguf\n",
};
