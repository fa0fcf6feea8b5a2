/* qwen-run probe: what the machine has and what it can do at most. */
#include <jansson.h>
#include <stdio.h>

#include "engine/run/engine.h"
#include "engine/run/limits.h"

static const struct { unsigned flag; const char *name; } flags[] = {
    { CPU_AVX2, "avx2" }, { CPU_AVX512, "avx512" }, { CPU_AVX512VNNI, "avx512_vnni" },
    { CPU_AVX512BF16, "avx512_bf16" }, { CPU_AMX_INT8, "amx_int8" },
};
#define N_FLAGS (sizeof flags / sizeof *flags)

/* The GPU that `--backend auto` would take, or why there is none. */
struct gpu { struct backend *b; struct qw_error why, not_fast; };

static void look(struct gpu *g)
{
    if (backend_open(&g->b, "cuda", &g->why) != QW_OK)
        g->b = NULL;
    else
        backend_set_numerics(g->b, NUMERICS_FAST, &g->not_fast);
}

static json_t *gpu_json(const struct gpu *g)
{
    if (g->b == NULL)
        return json_pack("{s:s, s:s}", "why", g->why.msg, "code", qw_code_name(g->why.code));
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:s*}", "device", g->b->info.device, "runtime", g->b->info.runtime, "total_bytes",
                     (json_int_t)g->b->info.total_bytes, "free_bytes", (json_int_t)g->b->info.free_bytes,
                     "numerics", backend_numerics(g->b) == NUMERICS_FAST ? "exact, fast" : "exact",
                     "not_fast", backend_numerics(g->b) == NUMERICS_FAST ? NULL : g->not_fast.msg);
}

static void print_gpu(const struct gpu *g)
{
    if (g->b == NULL)
        printf("GPU: none that can be used: %s\n", g->why.msg);
    else
        printf("GPU: %s, %s, %.1f GiB, %.1f GiB free; numerics exact%s%s\n", g->b->info.device, g->b->info.runtime,
               (double)g->b->info.total_bytes / (1 << 30), (double)g->b->info.free_bytes / (1 << 30),
               backend_numerics(g->b) == NUMERICS_FAST ? ", fast" : ", not fast: ", g->not_fast.msg);
}

static void print(const struct limits *l, enum cpu_level level, int threads, const struct gpu *gpu, bool json)
{
    struct mem_info mi;
    mem_probe(&mi);
    if (!json) {
        printf("%s, %d cores, kernels %s\nfeatures:", cpu_model_name(), cpu_count(), cpu_level_name(cpu_level_max()));
        for (size_t i = 0; i < N_FLAGS; i++)
            if (cpu_flags() & flags[i].flag)
                printf(" %s", flags[i].name);
        printf("\nmemory: %.1f GiB, %.1f GiB available\n", (double)mi.total_bytes / (1 << 30),
               (double)mi.available_bytes / (1 << 30));
        printf("on %d threads, %s: read %.1f GB/s, int8 %.0f G multiply-adds/s, float32 %.0f G multiply-adds/s\n",
               threads, cpu_level_name(level), l->read_bytes_s / 1e9, l->int8_macs_s / 1e9, l->f32_macs_s / 1e9);
        print_gpu(gpu);
        return;
    }
    json_t *f = json_array();
    for (size_t i = 0; i < N_FLAGS; i++)
        if (cpu_flags() & flags[i].flag)
            json_array_append_new(f, json_string(flags[i].name));
    json_t *o = json_pack("{s:s, s:o, s:s, s:i, s:I, s:I, s:i, s:s, s:f, s:f, s:f, s:o}", "cpu", cpu_model_name(),
                          "features", f, "level", cpu_level_name(cpu_level_max()), "cores", cpu_count(),
                          "memory_bytes", (json_int_t)mi.total_bytes, "available_bytes", (json_int_t)mi.available_bytes,
                          "threads", threads, "measured_level", cpu_level_name(level),
                          "read_bytes_s", l->read_bytes_s, "int8_macs_s", l->int8_macs_s, "f32_macs_s", l->f32_macs_s,
                          "gpu", gpu_json(gpu));
    json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(o);
}

static int probe(int argc, char **argv)
{
    static const struct option options[] = {
        { "threads", required_argument, NULL, 't' }, { "cpu-level", required_argument, NULL, RUN_OPT_LEVEL },
        { "json", no_argument, NULL, 'j' }, { "gpu", no_argument, NULL, RUN_OPT_OWN }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
    };
    struct run_engine_options e;
    struct limits l;
    struct qw_error err = { 0 };
    bool json = false, gpu_only = false;
    struct gpu gpu = { 0 };
    int o;
    run_engine_defaults(&e);
    while ((o = getopt_long(argc, argv, "t:h", options, NULL)) != -1) {
        int taken = o == 't' || o == RUN_OPT_LEVEL ? run_engine_option(&cmd_probe, &e, o, optarg) : 0;
        if (taken < 0)
            return RUN_USAGE;
        if (taken)
            continue;
        switch (o) {
        case 'j': json = true; break;
        case RUN_OPT_OWN: gpu_only = true; break;
        case 'h': return run_help(&cmd_probe);
        default:  return run_usage(&cmd_probe);
        }
    }
    if (optind < argc) {
        run_error(&cmd_probe, RUN_USAGE, "it takes no arguments but options");
        return run_usage(&cmd_probe);
    }
    if (e.level > cpu_level_max())
        return run_error(&cmd_probe, RUN_FAILED, "this CPU does not run %s", cpu_level_name(e.level));
    look(&gpu);
    if (gpu_only) {
        json_t *j = gpu_json(&gpu);
        json_dumpf(j, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(j);
        backend_free(gpu.b);
        return RUN_OK;
    }
    if (limits_measure(&l, e.level, e.threads, &err) != QW_OK)
        return run_error(&cmd_probe, RUN_FAILED, "%s", err.msg);
    print(&l, e.level, e.threads, &gpu, json);
    backend_free(gpu.b);
    return RUN_OK;
}

const struct run_command cmd_probe = {
    "probe", probe, "what this machine has, and its measured limits",
    "usage: qwen-run probe [-t N] [--cpu-level LEVEL] [--json] [--gpu]\n"
    "\n"
    "CPU features, cores and memory, the GPU if one can be used; then, measured in about two seconds: bytes read per\n"
    "second (the best of several patterns over 1 GiB) and multiply-adds per second of int8\n"
    "and float32, which are the limits of decode and prefill.\n"
    "\n"
    "  -t, --threads N       threads (all cores that may be used)\n"
    "  --cpu-level LEVEL     ref, avx2, avx512 or amx (the best that this CPU runs)\n"
    "  --json                one JSON object\n"
    "  --gpu                 only what there is of a GPU, as JSON, at once\n"
    "\n"
    "Example:\n"
    "  qwen-run probe --json\n",
};
