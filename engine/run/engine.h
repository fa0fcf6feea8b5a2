/* What the commands that compute share: their options, the model, a forward pass, pages. */
#ifndef QW_ENGINE_RUN_ENGINE_H
#define QW_ENGINE_RUN_ENGINE_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/forward/backend.h"
#include "engine/forward/forward.h"
#include "engine/model/model.h"
#include "engine/run/cmd.h"
#include "engine/text/ids.h"

struct run_engine_options {
    const char    *path;
    int            threads;
    enum cpu_level level;
    enum kv_type   kv;
    const char    *repack_cache;                /* folder, or NULL */
    const char    *backend;                     /* backend_choose */
    enum numerics  numerics;
    size_t         max_rows, max_context;       /* the command sets these */
};
struct run_engine {
    struct backend *backend;                    /* NULL: the CPU */
    struct model   *m;
    struct forward *f;
};

/* For getopt_long: values that no short option uses. */
enum { RUN_OPT_LEVEL = 256, RUN_OPT_KV, RUN_OPT_CACHE, RUN_OPT_BACKEND, RUN_OPT_NUMERICS, RUN_OPT_OWN };
#define RUN_ENGINE_OPTIONS                                                                            \
    { "model", required_argument, NULL, 'm' }, { "threads", required_argument, NULL, 't' },           \
    { "cpu-level", required_argument, NULL, RUN_OPT_LEVEL },                                          \
    { "kv-cache-dtype", required_argument, NULL, RUN_OPT_KV },                                        \
    { "repack-cache", required_argument, NULL, RUN_OPT_CACHE },                                       \
    { "backend", required_argument, NULL, RUN_OPT_BACKEND },                                          \
    { "gpu-numerics", required_argument, NULL, RUN_OPT_NUMERICS }
#define RUN_ENGINE_HELP                                                                               \
    "  -m, --model FILE      GGUF file\n"                                                             \
    "  -t, --threads N       threads (all cores that may be used)\n"                                  \
    "  --cpu-level LEVEL     ref, avx2 or avx512 (the best that this CPU runs)\n"                     \
    "  --kv-cache-dtype TYPE auto, f32, f16, bf16 or q8_0 (auto)\n"                                  \
    "  --repack-cache DIR    keep the repacked weights in DIR, and take them from there; off (off)\n" \
    "  --backend NAME        cpu, cuda, or auto: a GPU where one can be used (cpu)\n"               \
    "  --gpu-numerics N      exact: the CPU's bits; fast: prompts by cuBLAS, other bits (exact)\n"

void run_engine_defaults(struct run_engine_options *o);
/* 1: taken; 0: not one of these; -1: a bad value, reported. */
int  run_engine_option(const struct run_command *c, struct run_engine_options *o, int opt, const char *arg);
/* A whole number in [min, max], or -1 with a report. */
long run_number(const struct run_command *c, const char *name, const char *arg, long min, long max);

int  run_engine_model(struct run_engine *e, const struct run_engine_options *o, struct qw_error *err);
int  run_engine_forward(struct run_engine *e, const struct run_engine_options *o, struct qw_error *err);
void run_engine_close(struct run_engine *e);

/* Zeroed pages for `tokens` positions in one block; free with run_pages_free.  QW_EMODEL if they do not fit
 * into memory, saying what would. */
struct run_pages { uint8_t **page; uint8_t *block; size_t n, bytes; struct backend *backend; };
int  run_pages_new(struct run_pages *p, const struct run_engine *e, size_t tokens, struct qw_error *err);
void run_pages_free(struct run_pages *p);

/* A JSON list of ids, or an object whose "tokens" is one. */
int  run_read_ids(const char *path, struct ids *out, struct qw_error *err);

#endif
