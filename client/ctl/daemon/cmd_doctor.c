/* What the machine has, found by trying it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <jansson.h>

#include "base/catalog.h"
#include "base/cpu.h"
#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/call/call.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/daemon/run_json.h"
#include "client/ctl/model/fetch.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"
#include "plugins/host/host.h"
#include "plugins/program/program.h"

#define MEMORY_NEEDED (1ull << 30)          /* the default model, a context, and the daemon */

static bool as_json;
const struct opt doctor_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

enum state { GOOD, NOTE, MISSING };
struct report { json_t *items; bool missing; };

/* what is found; todo: what to do about it, or NULL. */
static void item(struct report *r, enum state s, const char *name, const char *todo, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static void item(struct report *r, enum state s, const char *name, const char *todo, const char *fmt, ...)
{
    static const char *const words[] = { "ok", "note", "missing" };
    static const enum style colours[] = { GREEN, YELLOW, RED };
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->missing = r->missing || s == MISSING;
    if (as_json) {
        json_t *o = json_object();
        obj_set_str(o, "name", name);
        obj_set_str(o, "state", words[s]);
        obj_set_str(o, "found", text);
        obj_set_str(o, "todo", todo);
        json_array_append_new(r->items, o);
        return;
    }
    printf("%s%-8s%s%-10s ", style(stdout, colours[s]), words[s], style(stdout, PLAIN), name);
    ctl_safe(stdout, text);
    putchar('\n');
    if (todo != NULL) {
        fputs("                   -> ", stdout);
        ctl_safe(stdout, todo);
        putchar('\n');
    }
}

static void look_at_cpu(struct report *r)
{
    unsigned f = cpu_flags();
    enum cpu_level l = cpu_level_max();
    item(r, l == CPU_LEVEL_REF ? NOTE : GOOD, "processor",
         l == CPU_LEVEL_REF ? "without AVX2 the reference kernels run: right, but several times slower" : NULL,
         "%s, %d usable, kernels: %s;%s%s%s%s%s", cpu_model_name(), cpu_count(), cpu_level_name(l), f & CPU_AVX2 ? " AVX2" : "",
         f & CPU_AVX512 ? " AVX-512" : "", f & CPU_AVX512VNNI ? " VNNI" : "", f & CPU_AVX512BF16 ? " BF16" : "", f & CPU_AMX_INT8 ? " AMX" : "");
}

static void look_at_memory(struct report *r)
{
    struct mem_info m;
    char a[24], b[24];
    mem_probe(&m);
    item(r, m.available_bytes >= MEMORY_NEEDED ? GOOD : NOTE, "memory",
         m.available_bytes >= MEMORY_NEEDED ? NULL : "the default model needs about 1 GB: use `--model small`, or free some",
         "%s available of %s", human_bytes(m.available_bytes, a), human_bytes(m.total_bytes, b));
}

static bool in_path(const char *name)
{
    const char *path = getenv("PATH");
    char p[4096];
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        if (n > 0 && snprintf(p, sizeof p, "%.*s/%s", (int)n, path, name) < (int)sizeof p && access(p, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* qwen-run opens the GPU in a process of its own: a driver's libraries stay out of this one. */
static void look_at_gpu(struct report *r)
{
    char *path = NULL;
    if (paths_installed(QW_INST_BIN, "qwen-run", &path, NULL) != QW_OK) {
        item(r, NOTE, "gpu", "install or build it: `make`, or `make install`", "qwen-run, which looks for one, is not there");
        return;
    }
    char *argv[] = { path, "probe", "--gpu", NULL };
    json_t *gpu = run_json(argv);
    const char *device = json_string_value(json_object_get(gpu, "device"));
    const char *runtime = json_string_value(json_object_get(gpu, "runtime")), *why = json_string_value(json_object_get(gpu, "why"));
    const char *numerics = json_string_value(json_object_get(gpu, "numerics"));
    char a[24], b[24];
    if (device != NULL && runtime != NULL)
        item(r, GOOD, "gpu", NULL, "%s, %s; %s free of %s; numerics %s", device, runtime,
             human_bytes((uint64_t)json_integer_value(json_object_get(gpu, "free_bytes")), a),
             human_bytes((uint64_t)json_integer_value(json_object_get(gpu, "total_bytes")), b),
             numerics != NULL ? numerics : "exact");
    else if (access("/dev/nvidiactl", F_OK) == 0 || in_path("nvidia-smi"))
        item(r, NOTE, "gpu", "the processor computes meanwhile", "%s", why != NULL ? why : "it could not be asked");
    else
        item(r, GOOD, "gpu", NULL, "none: %s; the processor computes", why != NULL ? why : "it could not be asked");
    json_decref(gpu);
    qw_free(path);
}

static void look_at_files(struct report *r)
{
    static const struct { enum qw_installed what; const char *file, *name, *todo; } need[] = {
        { QW_INST_BIN, "qwend", "qwend", "install or build it: `make`, or `make install`" },
        { QW_INST_LIBEXEC, "qwend-plugin", "plugins", "install or build it: `make`, or `make install`" },
        { QW_INST_LIBEXEC, "qwend-program", "programs", "install or build it: `make`, or `make install`" },
        { QW_INST_PLUGINS, "calculator.so", "calculator", "install or build it: `make`, or `make install`" },
    };
    struct qw_error err = { 0 };
    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++) {
        char *path = NULL;
        if (paths_installed(need[i].what, need[i].file, &path, &err) == QW_OK)
            item(r, GOOD, need[i].name, NULL, "%s", path);
        else
            item(r, MISSING, need[i].name, need[i].todo, "%s", err.msg);
        qw_free(path);
    }
}

struct seen { enum qwen_eq eq; struct qw_error err; };

static void on_equal(void *arg, const struct plug_result *res)
{
    struct seen *s = arg;
    s->eq = res->eq;
    s->err = res->error;
}

/* Starts the calculator in its jail and has it compare two numbers. */
static void look_at_jail(struct report *r)
{
    struct qw_error err = { 0 };
    struct plug *p = NULL;
    struct plug_info info;
    struct seen s = { 0 };
    uint64_t op;
    char *path = NULL;
    if (paths_installed(QW_INST_PLUGINS, "calculator.so", &path, &err) != QW_OK)
        return;                             /* said above */
    struct plug_config c = { .name = "calculator", .path = path, .trust_proof = true };
    int rc = plug_new(&p, &c, &err);
    if (rc == QW_OK && (rc = plug_equal(p, "\\frac{1}{2}", "0.5", 10000, on_equal, &s, &op, &err)) == QW_OK) {
        plug_wait(p);
        plug_get_info(p, &info);
        if (s.err.code != QW_OK || s.eq != QWEN_EQ_EQUAL)
            item(r, MISSING, "checking", "see `qwenctl daemon log`; without it answers are not checked", "%s",
                 s.err.code != QW_OK ? s.err.msg : "the calculator does not know that 1/2 is 0.5");
        else
            item(r, GOOD, "checking", NULL, "the calculator %s works", info.version != NULL ? info.version : "");
        item(r, info.jail == PLUG_JAIL_LANDLOCK ? GOOD : NOTE, "jail",
             info.jail == PLUG_JAIL_LANDLOCK ? NULL : "plugins still run confined; a kernel with Landlock (5.13 or later) confines their files too",
             "plugins run at level %s", plug_jail_name(info.jail));
    }
    if (rc != QW_OK)
        item(r, MISSING, "checking", "only its owner or root may be able to change the plugin's file and its folder", "%s", err.msg);
    plug_free(p);
    qw_free(path);
}

static void on_program(void *arg, const struct prog_result *res)
{
    struct seen *s = arg;
    s->err = res->error;
    s->eq = res->end == PROG_END_OK && res->out_n == 3 && memcmp(res->out, "42\n", 3) == 0 ? QWEN_EQ_EQUAL : QWEN_EQ_UNKNOWN;
}

/* Starts the interpreter in the program jail and has it multiply.  Without it only the `python` tool is missing. */
static void look_at_interpreter(struct report *r)
{
    struct qw_error err = { 0 };
    struct prog *p = NULL;
    struct prog_info info;
    struct seen s = { 0 };
    struct prog_config c = { 0 };
    char *path = NULL;
    if (paths_installed(QW_INST_LIBEXEC, "qwend-program", &path, &err) != QW_OK)
        return;                             /* said above */
    c.host_path = path;
    if (prog_new(&p, &c, &err) != QW_OK || prog_run(p, "print(6 * 7)", 12, 0, on_program, &s, NULL, &err) != QW_OK) {
        item(r, NOTE, "python", NULL, "%s", err.msg);
        goto out;
    }
    prog_wait(p);
    prog_get_info(p, &info);
    if (s.err.code != QW_OK || s.eq != QWEN_EQ_EQUAL) {
        item(r, NOTE, "python", "everything else works without; programs that a model writes are not run",
             "%s", s.err.code != QW_OK ? s.err.msg : "the interpreter does not know that 6 * 7 is 42");
        goto out;
    }
    item(r, info.sympy_version[0] != '\0' ? GOOD : NOTE, "python",
         info.sympy_version[0] != '\0' ? NULL : "install python3-sympy, so that programs can use it", "%s, Python %s, %s%s", info.python,
         info.python_version, info.sympy_version[0] != '\0' ? "sympy " : "no sympy", info.sympy_version);
    item(r, info.level == PROG_LEVEL_BOTH ? GOOD : NOTE, "sandbox",
         info.level == PROG_LEVEL_BOTH ? NULL : info.level == PROG_LEVEL_LANDLOCK
             ? "programs still run confined; bubblewrap with user namespaces allowed hides the rest of the system from them too"
             : "programs still run confined; a kernel with Landlock (5.13 or later) is a second wall around their files",
         "programs run at level %s%s%s", prog_level_name(info.level), info.missing[0] != '\0' ? "; " : "", info.missing);
out:
    prog_free(p);
    qw_free(path);
}

static void look_at_daemon(struct report *r, qwen_client **c)
{
    char *sock = NULL;
    struct qw_error err = { 0 };
    int rc = ctl_connect_quiet(c);
    if (rc == 0) {
        item(r, GOOD, "daemon", NULL, "answers at %s", qwen_path(*c));
    } else if (rc == QWEN_ENOTFOUND && paths_env_socket() == NULL && paths_user_socket(true, &sock, &err) == QW_OK) {
        item(r, GOOD, "daemon", NULL, "none runs; the first question starts one at %s", sock);
    } else {
        item(r, MISSING, "daemon", rc == QWEN_ENOTFOUND && paths_env_socket() != NULL ? "QWEND_SOCKET is set: start that daemon, or unset it" : NULL, "%s",
             rc == QWEN_ENOTFOUND && err.code != QW_OK ? err.msg : qwen_open_error());
    }
    qw_free(sock);
}

static void look_at_models(struct report *r, qwen_client *c)
{
    struct qw_error err = { 0 };
    struct catalog_file *files = NULL;
    size_t n = 0;
    char a[24];
    char *dir = models_dir(c, &err);
    if (dir == NULL || catalog_list(dir, &files, &n, &err) != QW_OK) {
        if (c == NULL)                      /* another user's folder need not be readable */
            item(r, MISSING, "model", "`qwenctl model pull` fetches one", "%s", err.msg);
        goto out;
    }
    if (n == 0)
        item(r, MISSING, "model", "`qwenctl model pull` fetches the default one (491 MB), `qwenctl model pull small` a small one (98 MB)", "none in %s", dir);
    for (size_t i = 0; i < n; i++)
        item(r, GOOD, "model", NULL, "%s (%s)", files[i].builtin != NULL ? files[i].builtin->name : files[i].name, human_bytes(files[i].bytes, a));
    struct statvfs v;
    if (statvfs(dir, &v) == 0)
        item(r, GOOD, "disk", NULL, "%s free in %s", human_bytes((uint64_t)v.f_bavail * v.f_frsize, a), dir);
out:
    catalog_list_free(files, n);
    qw_free(dir);
}

/* Bytes of the repacked weights in a folder. */
static uint64_t folder_bytes(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    struct stat st;
    uint64_t sum = 0;
    while (d != NULL && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);
        if (n > 4 && strcmp(e->d_name + n - 4, ".qwr") == 0 && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            sum += (uint64_t)st.st_size;
    }
    if (d != NULL)
        closedir(d);
    return sum;
}

/* The daemon's, or where a user's daemon will have it. */
static void look_at_cache(struct report *r, qwen_client *c)
{
    char *base = NULL, *mine = NULL, a[24];
    const char *dir = NULL, *why = NULL, *state = NULL;
    qwen_reply *reply = NULL;
    if (c != NULL && ctl_call(c, qwen_msg_new("status"), &reply) == EXIT_OK) {
        state = qwen_reply_str(reply, "repack_cache.state");
        dir = qwen_reply_str(reply, "repack_cache.dir");
        why = qwen_reply_str(reply, "repack_cache.why");
    } else if (c == NULL && paths_user(QW_DIR_CACHE, false, &base, NULL) == QW_OK) {
        dir = mine = paths_join(base, "repack");
    }
    if (c != NULL && dir == NULL)
        item(r, GOOD, "cache", NULL, "no cache of repacked weights: each start repacks the model");
    else if (dir != NULL)
        item(r, why == NULL ? GOOD : NOTE, "cache", why, "%s of repacked weights in %s%s", human_bytes(folder_bytes(dir), a), dir,
             state != NULL && strcmp(state, "read") == 0 ? "; the loaded model came from there" : "");
    qwen_reply_free(reply);
    qw_free(mine);
    qw_free(base);
}

/* Whether the running daemon would have the model write programs.  That they could be run is look_at_interpreter's. */
static void look_at_programs(struct report *r, qwen_client *c)
{
    qwen_reply *reply = NULL;
    if (c == NULL || ctl_call(c, qwen_msg_new("status"), &reply) != EXIT_OK)
        return;
    const char *state = qwen_reply_str(reply, "programs.state"), *why = qwen_reply_str(reply, "programs.why");
    if (state != NULL && strcmp(state, "off") == 0)
        item(r, GOOD, "working", NULL, "the daemon lets no plugin run programs of the model ([plugin \"python\"] in its configuration)");
    else if (state != NULL && strcmp(state, "refused") == 0)
        item(r, NOTE, "working", "see `python` and `sandbox` above; a service's own confinement may be the reason", "the daemon cannot run programs of the model: %s",
             why != NULL ? why : "refused");
    else if (state != NULL)
        item(r, GOOD, "working", NULL, "with --verify retry or vote the model may write programs; they run in the sandbox");
    qwen_reply_free(reply);
}

int cmd_doctor(int argc, char **argv)
{
    (void)argv;
    qwen_client *c = NULL;
    if (args_none("doctor", argc) != EXIT_OK)
        return EXIT_USAGE;
    struct report r = { .items = json_array() };
    look_at_cpu(&r);
    look_at_memory(&r);
    look_at_gpu(&r);
    look_at_files(&r);
    look_at_jail(&r);
    look_at_interpreter(&r);
    look_at_daemon(&r, &c);
    look_at_programs(&r, c);
    look_at_models(&r, c);
    look_at_cache(&r, c);
    if (as_json) {
        json_dumpf(r.items, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(r.items);
    qwen_close(c);
    return r.missing ? EXIT_FAILED : EXIT_OK;
}
