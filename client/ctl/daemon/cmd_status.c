#include <stdio.h>
#include <string.h>

#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"

static bool as_json;
const struct opt status_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "everything, as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static void row(const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    printf("%-12s ", name);
    ctl_safe(stdout, value);
    putchar('\n');
}

static void show_model(const qwen_reply *r)
{
    const char *name = qwen_reply_str(r, "model.name"), *state = qwen_reply_str(r, "model.state");
    int64_t done = qwen_reply_int(r, "model.done", 0), total = qwen_reply_int(r, "model.total", 0);
    if (name == NULL) {
        row("model", "none loaded");
        return;
    }
    printf("%-12s ", "model");
    ctl_safe(stdout, name);
    printf(", %s", state != NULL ? state : "?");
    if (total > 0 && state != NULL && strcmp(state, "loading") == 0)
        printf(" %d %%", (int)(100 * (double)done / (double)total));
    int64_t context = qwen_reply_int(r, "model.context", 0);
    if (context > 0)
        printf(", context of %lld tokens%s", (long long)context, qwen_reply_bool(r, "model.context_lowered", 0) ? " (lowered: memory)" : "");
    putchar('\n');
    row("", qwen_reply_str(r, "model.error"));
}

/* Where the weights came from. */
static void show_repack(const qwen_reply *r)
{
    const char *state = qwen_reply_str(r, "repack_cache.state"), *dir = qwen_reply_str(r, "repack_cache.dir"), *say;
    char a[24];
    int64_t bytes = qwen_reply_int(r, "repack_cache.bytes", 0);
    if (state == NULL || strcmp(state, "off") == 0)
        return;
    say = strcmp(state, "read") == 0 ? "weights came from it" : strcmp(state, "written") == 0 ? "weights are in it for the next start"
        : strcmp(state, "writing") == 0 ? "weights are being written to it" : "weights are not in it";
    printf("%-12s %s", "cache", say);
    if (bytes > 0)
        printf(", %s", human_bytes((uint64_t)bytes, a));
    if (dir != NULL) {
        fputs(", in ", stdout);
        ctl_safe(stdout, dir);
    }
    putchar('\n');
    row("", qwen_reply_str(r, "repack_cache.why"));
}

/* Programs that the model writes for a question: whether the interpreter runs them. */
static void show_programs(const qwen_reply *r)
{
    const char *state = qwen_reply_str(r, "programs.state"), *jail = qwen_reply_str(r, "programs.jail"), *why = qwen_reply_str(r, "programs.why");
    if (state == NULL)
        return;
    printf("%-12s ", "programs");
    if (strcmp(state, "off") == 0)
        fputs("not run: no plugin may", stdout);
    else if (strcmp(state, "refused") == 0)
        fputs("not run", stdout);
    else
        fputs(strcmp(state, "idle") == 0 ? "run where an answer is not proved (none yet)" : state, stdout);
    if (jail != NULL)
        printf(", jail %s", jail);
    if (qwen_reply_int(r, "programs.runs", 0) > 0)
        printf(", %lld run", (long long)qwen_reply_int(r, "programs.runs", 0));
    if (why != NULL) {
        fputs(": ", stdout);
        ctl_safe(stdout, why);
    }
    putchar('\n');
}

/* What computes the model; nothing where nobody wanted a GPU. */
static void show_backend(const qwen_reply *r)
{
    const char *device = qwen_reply_str(r, "engine.device"), *runtime = qwen_reply_str(r, "engine.runtime");
    char a[24];
    if (device == NULL) {
        row("backend", qwen_reply_str(r, "engine.why"));
        return;
    }
    printf("%-12s %s: ", "backend", qwen_reply_str(r, "engine.backend") != NULL ? qwen_reply_str(r, "engine.backend") : "?");
    ctl_safe(stdout, device);
    fputs(", ", stdout);
    ctl_safe(stdout, runtime != NULL ? runtime : "?");
    printf(", %s\n", human_bytes((uint64_t)qwen_reply_int(r, "engine.device_bytes", 0), a));
}

static void show(qwen_client *c, const qwen_reply *r)
{
    char a[24], b[24];
    int64_t up = qwen_reply_int(r, "uptime_ms", 0) / 1000;
    printf("%-12s %s, version ", "daemon", qwen_reply_str(r, "state") != NULL ? qwen_reply_str(r, "state") : "?");
    ctl_safe(stdout, qwen_reply_str(r, "version") != NULL ? qwen_reply_str(r, "version") : "?");
    printf(", process %lld, up %lld:%02lld:%02lld\n", (long long)qwen_reply_int(r, "pid", 0), (long long)(up / 3600), (long long)(up / 60 % 60), (long long)(up % 60));
    row("socket", qwen_path(c));
    row("data", qwen_reply_str(r, "data"));
    show_model(r);
    const char *dflt = qwen_reply_str(r, "default_model"), *now = qwen_reply_str(r, "model.name");
    if (dflt != NULL && (now == NULL || strcmp(dflt, now) != 0))
        row("default", dflt);
    printf("%-12s %lld running, %lld waiting; %lld connections, %lld sessions\n", "work", (long long)qwen_reply_int(r, "runs.running", 0),
           (long long)qwen_reply_int(r, "runs.waiting", 0), (long long)qwen_reply_int(r, "connections", 0), (long long)qwen_reply_int(r, "sessions", 0));
    printf("%-12s %s resident, weights %s; pages: %lld used, %lld cached, of %lld\n", "memory",
           human_bytes((uint64_t)qwen_reply_int(r, "memory.resident_bytes", 0), a), human_bytes((uint64_t)qwen_reply_int(r, "memory.weight_bytes", 0), b),
           (long long)qwen_reply_int(r, "memory.pages_used", 0), (long long)qwen_reply_int(r, "memory.pages_cached", 0), (long long)qwen_reply_int(r, "memory.pages_total", 0));
    show_repack(r);
    const char *level = qwen_reply_str(r, "engine.level"), *numerics = qwen_reply_str(r, "engine.numerics");
    const bool fast = numerics != NULL && strcmp(numerics, "fast") == 0;
    if (level != NULL && level[0] != '\0')      /* else no model is loaded */
        printf("%-12s %s%s%s kernels, %lld threads, KV %s; lately prefill %.0f, decode %.1f tokens/s\n", "engine",
               fast ? "gpu_numerics fast, " : "", qwen_reply_str(r, "engine.device") != NULL ? "on the CPU " : "", level, (long long)qwen_reply_int(r, "engine.threads", 0),
               qwen_reply_str(r, "engine.kv_cache_dtype") != NULL ? qwen_reply_str(r, "engine.kv_cache_dtype") : "?",
               qwen_reply_float(r, "rates.prefill_tok_s", 0), qwen_reply_float(r, "rates.decode_tok_s", 0));
    show_backend(r);
    const char *store = qwen_reply_str(r, "store.state"), *why = qwen_reply_str(r, "store.why");
    if (store != NULL && strcmp(store, "running") == 0) {
        row("store", qwen_reply_str(r, "store.dir"));
    } else if (store != NULL) {
        printf("%-12s conversations are not stored: ", "store");
        ctl_safe(stdout, why != NULL ? why : store);
        putchar('\n');
    }
    row("jail", qwen_reply_str(r, "jail"));
    show_programs(r);
    if (qwen_reply_int(r, "idle_exit_ms", 0) > 0)
        printf("%-12s after %lld idle minutes\n", "ends", (long long)qwen_reply_int(r, "idle_exit_ms", 0) / 60000);
    if (qwen_reply_str(r, "config_error") != NULL)
        row("config", qwen_reply_str(r, "config_error"));
}

int cmd_status(int argc, char **argv)
{
    (void)argv;
    struct connect_opts how = { 0 };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (args_none("status", argc) != EXIT_OK)
        return EXIT_USAGE;
    int rc = ctl_connect(&c, &how);
    if (rc != EXIT_OK)
        return rc;
    rc = ctl_call(c, qwen_msg_new("status"), &r);
    if (rc == EXIT_OK && as_json)
        rc = reply_put_json(r, NULL);
    else if (rc == EXIT_OK)
        show(c, r);
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}
