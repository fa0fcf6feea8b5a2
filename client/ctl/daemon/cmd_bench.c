/* How fast a model runs here, and what part of the machine's limits that is.  The measuring is
 * qwen-run's (`bench` and `probe`), in a process of its own; no daemon is needed. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/catalog.h"
#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/call/call.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/daemon/run_json.h"
#include "client/ctl/model/fetch.h"
#include "client/ctl/ui/term.h"

static bool as_json, quick;
static int64_t threads;
const struct opt bench_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { "quick", 'q', OPT_FLAG, &quick, NULL, NULL, 0, 0, "only an empty context and one sequence" },
    { "threads", 't', OPT_INT, &threads, NULL, "N", 1, 1024, "threads (all cores that may be used)" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

struct test { const char *name, *p, *n, *depth, *batch; };
static const struct test tests[] = {
    { "empty context",      "512", "64", "0",    "1" },
    { "after 1024 tokens",  "256", "32", "1024", "1" },
    { "after 4096 tokens",  "256", "32", "4096", "1" },
    { "4 sequences",        "0",   "32", "0",    "4" },
    { "8 sequences",        "0",   "32", "0",    "8" },
    { "16 sequences",       "0",   "32", "0",    "16" },
};
#define N_TESTS (sizeof tests / sizeof *tests)

static double num(const json_t *o, const char *key) { return json_number_value(json_object_get(o, key)); }

/* Shares in percent, by the arithmetic of docs/performance.md; negative where not tested. */
static double prefill_share(const json_t *r, const json_t *machine)
{
    double p = num(r, "p"), seen = p * num(r, "depth") + p * (p + 1) / 2, f32 = p * num(r, "f32_macs") + seen * num(r, "attn_macs");
    double int8 = p * num(r, "int8_macs");
    *(num(r, "int8_macs") > 0 ? &int8 : &f32) += num(r, "output_macs");
    return p > 0 ? 100 * num(r, "prefill_tok_s") / p * (int8 / num(machine, "int8_macs_s") + f32 / num(machine, "f32_macs_s")) : -1;
}

static double decode_share(const json_t *r, const json_t *machine)
{
    double n = num(r, "n"), seen = num(r, "depth") + (n + 1) / 2;
    double bytes = num(r, "step_weight_bytes") + num(r, "batch") * seen * num(r, "kv_bytes_per_token");
    return n > 0 ? 100 * num(r, "decode_tok_s") / num(r, "batch") * bytes / num(machine, "read_bytes_s") : -1;
}

static void cell(double rate, double share)
{
    if (share < 0)
        printf("  %10s %6s", "", "");
    else
        printf("  %10.*f %5.0f%%", rate < 100 ? 1 : 0, rate, share);
}

static void print(const json_t *machine, json_t *const *results, size_t n)
{
    ctl_safe(stdout, json_string_value(json_object_get(results[0], "model")));
    printf(", %s weights, %.0f MB, %s kernels, %d threads\n", json_string_value(json_object_get(results[0], "weights")),
           num(results[0], "weight_bytes") / 1e6, json_string_value(json_object_get(machine, "measured_level")),
           (int)num(machine, "threads"));
    ctl_safe(stdout, json_string_value(json_object_get(machine, "cpu")));
    printf(": reads %.1f GB/s, %.0f G int8 and %.0f G float32 multiply-adds/s\n\n", num(machine, "read_bytes_s") / 1e9,
           num(machine, "int8_macs_s") / 1e9, num(machine, "f32_macs_s") / 1e9);
    printf("%-20s  %10s %6s  %10s %6s\n", "tokens/s, of limit", "prefill", "", "decode", "");
    for (size_t i = 0; i < n; i++) {
        if (results[i] == NULL)
            continue;
        printf("%-20s", tests[i].name);
        cell(num(results[i], "prefill_tok_s"), prefill_share(results[i], machine));
        cell(num(results[i], "decode_tok_s"), decode_share(results[i], machine));
        putchar('\n');
    }
}

static void print_json(json_t *machine, json_t *const *results, size_t n)
{
    json_t *list = json_array(), *all = json_object();
    for (size_t i = 0; i < n; i++)
        if (results[i] != NULL) {
            double p = prefill_share(results[i], machine), d = decode_share(results[i], machine);
            json_object_set_new(results[i], "prefill_share", p < 0 ? json_null() : json_real(p));
            json_object_set_new(results[i], "decode_share", d < 0 ? json_null() : json_real(d));
            json_array_append(list, results[i]);
        }
    json_object_set(all, "machine", machine);
    json_object_set_new(all, "tests", list);
    json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(all);
}

/* The file to measure: a path, a model's name, else what the daemon runs, else the default. */
static char *model_file(const char *name)
{
    struct qw_error err = { 0 };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *path = NULL;
    if (name != NULL && strchr(name, '/') != NULL)
        return qw_strdup(name);
    if (ctl_connect_quiet(&c) == 0 && name == NULL && qwen_call(c, qwen_msg_new("status"), 5000, NULL, NULL, &r) != 0)
        r = NULL;
    if (name == NULL)
        name = qwen_reply_str(r, "model.name");
    char *dir = models_dir(c, &err);
    if (dir == NULL || catalog_resolve(dir, name != NULL ? name : "default", &path, &err) != QW_OK)
        ctl_error("%s", err.msg);
    qw_free(dir);
    qwen_reply_free(r);
    qwen_close(c);
    return path;
}

/* The highest of both probes counts: another program may have slowed one of them. */
static void keep_best(json_t *machine, json_t *again)
{
    static const char *const rates[] = { "read_bytes_s", "int8_macs_s", "f32_macs_s" };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (num(again, rates[i]) > num(machine, rates[i]))
            json_object_set(machine, rates[i], json_object_get(again, rates[i]));
    json_decref(again);
}

static int measure(char *program, char *file)
{
    char count[16];
    json_t *results[N_TESTS] = { NULL };
    size_t n = quick ? 1 : N_TESTS;
    int rc = EXIT_FAILED;
    snprintf(count, sizeof count, "%d", (int)threads);
    progress_line("the machine's limits");
    char *probe[] = { program, "probe", "--json", threads > 0 ? "-t" : NULL, count, NULL };
    json_t *machine = run_json(probe);
    for (size_t i = 0; i < n && machine != NULL; i++) {
        const struct test *t = &tests[i];
        progress_line("%s", t->name);
        char *argv[] = { program, "bench", "--json", "-m", file, "-r", "3", "-p", (char *)t->p, "-n", (char *)t->n, "-d",
                         (char *)t->depth, "-b", (char *)t->batch, threads > 0 ? "-t" : NULL, count, NULL };
        results[i] = run_json(argv);
        if (results[0] == NULL)
            break;
    }
    if (machine != NULL && results[0] != NULL) {
        progress_line("the machine's limits, again");
        keep_best(machine, run_json(probe));
    }
    progress_clear();
    if (machine != NULL && results[0] != NULL) {
        if (as_json)
            print_json(machine, results, n);
        else
            print(machine, results, n);
        rc = EXIT_OK;
    }
    for (size_t i = 0; i < N_TESTS; i++)
        json_decref(results[i]);
    json_decref(machine);
    return rc;
}

int cmd_bench(int argc, char **argv)
{
    struct qw_error err = { 0 };
    char *program = NULL, *file = NULL;
    int rc = EXIT_FAILED;
    if (argc > 1) {
        ctl_error("one model at a time");
        return EXIT_USAGE;
    }
    if (paths_installed(QW_INST_BIN, "qwen-run", &program, &err) != QW_OK)
        ctl_error("%s", err.msg);
    else if ((file = model_file(argc == 1 ? argv[0] : NULL)) != NULL)
        rc = measure(program, file);
    qw_free(program);
    qw_free(file);
    return rc;
}
