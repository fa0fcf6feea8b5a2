/* qwend: options, then daemon_run. */
#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "daemon/daemon.h"
#include "daemon/notify.h"
#include "proto/table.h"

enum { EXIT_USAGE = 2, EXIT_SERVED = 3 };       /* 3: another daemon serves the socket */
enum action { ACT_SERVE, ACT_CHECK, ACT_DUMP, ACT_HELP_CONFIG };

enum { O_SOCKET = 256, O_DATA, O_MODEL, O_LOG, O_CONFIG, O_SYSTEM, O_FOREGROUND, O_IDLE_EXIT, O_READY_FD, O_CHECK, O_DUMP,
       O_HELP_CONFIG, O_KV, O_TEMPLATE, O_THREADS, O_LEVEL, O_LEN, O_BACKEND,
       O_NUMERICS };
static const struct option long_options[] = {
    { "socket", required_argument, NULL, O_SOCKET }, { "data", required_argument, NULL, O_DATA },
    { "model", required_argument, NULL, O_MODEL }, { "log", required_argument, NULL, O_LOG },
    { "config", required_argument, NULL, O_CONFIG }, { "system", no_argument, NULL, O_SYSTEM },
    { "foreground", no_argument, NULL, O_FOREGROUND }, { "idle-exit", required_argument, NULL, O_IDLE_EXIT },
    { "ready-fd", required_argument, NULL, O_READY_FD }, { "check-config", no_argument, NULL, O_CHECK },
    { "dump-config", no_argument, NULL, O_DUMP }, { "help-config", no_argument, NULL, O_HELP_CONFIG },
    { "kv-cache-dtype", required_argument, NULL, O_KV }, { "chat-template", required_argument, NULL, O_TEMPLATE },
    { "threads", required_argument, NULL, O_THREADS }, { "cpu-level", required_argument, NULL, O_LEVEL },
    { "max-model-len", required_argument, NULL, O_LEN }, { "backend", required_argument, NULL, O_BACKEND },
    { "gpu-numerics", required_argument, NULL, O_NUMERICS },
    { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
};
/* Options that are another way to write a key. */
static const struct { int option; const char *key, *origin; bool path; } key_options[] = {
    { O_SOCKET, "daemon.socket", "--socket", true }, { O_DATA, "daemon.data", "--data", true },
    { O_LOG, "log.file", "--log", true }, { O_IDLE_EXIT, "daemon.idle_exit", "--idle-exit", false },
    { O_KV, "engine.kv_cache_dtype", "--kv-cache-dtype", false }, { O_TEMPLATE, "model.chat_template", "--chat-template", false },
    { O_THREADS, "engine.n_threads", "--threads", false }, { O_LEVEL, "engine.cpu_level", "--cpu-level", false },
    { O_LEN, "model.max_model_len", "--max-model-len", false }, { O_BACKEND, "engine.backend", "--backend", false },
    { O_NUMERICS, "engine.gpu_numerics", "--gpu-numerics", false },
};

static const char help_text[] =
    "Usage: qwend [OPTION]...\n"
    "Serves a language model on a Unix socket and checks its maths answers.\n"
    "\n"
    "  --model FILE|NAME     model file to serve, or the name of an installed one\n"
    "  --socket PATH         socket to serve (default: the user's own)\n"
    "  --data DIR            data folder; its models/ holds the model files\n"
    "  --config FILE         configuration (default: ~/.config/qwend/qwend.conf)\n"
    "  -o SECTION.KEY=VALUE  one key of the configuration; may be given again\n"
    "  --log FILE|-          log file; - is standard error\n"
    "  --idle-exit TIME      leave after TIME without a connection or a run, e.g. 15min\n"
    "  --backend NAME        cpu, cuda or auto: a GPU where one can be used\n"
    "  --gpu-numerics N      exact: the CPU's bits; fast: prompts by cuBLAS, other bits\n"
    "  --kv-cache-dtype T    auto, f32, f16, bf16 or q8_0\n"
    "  --chat-template NAME  chat family, for a model whose template is not recognised\n"
    "  --max-model-len N     context length in tokens\n"
    "  --threads N           threads that compute\n"
    "  --cpu-level L         ref, avx2, avx512 or amx\n"
    "  --system              places of the system's service: /run/qwend, /var/lib/qwend, /etc/qwend\n"
    "  --foreground          stay in the foreground and log to standard error\n"
    "  --ready-fd N          write \"READY\" to this descriptor once requests are served\n"
    "  --check-config        read the configuration, say what is wrong, and leave\n"
    "  --dump-config         show every value and where it comes from\n"
    "  --help-config         show every key with its type, default and meaning\n"
    "  -h, --help            this text\n"
    "  -V, --version         the version\n"
    "\n"
    "Examples:\n"
    "  qwend                                   serve the installed model, in the background\n"
    "  qwend --foreground --model small.gguf   serve a file and watch the log\n"
    "  qwend -o engine.max_num_seqs=4 -o cache.kv_cache_bytes=2GiB\n"
    "  qwend --check-config && kill -HUP \"$(pidof qwend)\"\n"
    "\n"
    "Exit status: 0 after serving, 1 on errors, 2 on wrong options or configuration,\n"
    "3 when another qwend serves the socket.\n";

struct options {
    struct config_sources src;
    enum action action;
    bool foreground;
    int  ready_fd;
};

static int fail(int status, const char *msg)
{
    fprintf(stderr, "qwend: %s\n", msg);
    return status;
}

/* ---- options ---- */

/* Relative paths of the command line are the caller's; the daemon leaves that folder. */
static char *absolute(const char *s)
{
    char cwd[4096];
    if (s[0] == '/' || getcwd(cwd, sizeof cwd) == NULL)
        return qw_strdup(s);
    return paths_join(cwd, s);
}

static bool add_override(struct options *o, const char *key, const char *value, const char *origin)
{
    struct config_sources *s = &o->src;
    if (s->n_overrides == sizeof s->overrides / sizeof s->overrides[0])
        return false;
    char *text = key != NULL ? qw_asprintf("%s=%s", key, value) : qw_strdup(value);
    if (text == NULL)
        return false;
    s->overrides[s->n_overrides] = text;
    s->origins[s->n_overrides++] = origin;
    return true;
}

static bool add_path(struct options *o, const char *key, const char *value, const char *origin)
{
    char *path = strcmp(value, "-") == 0 || strcmp(value, "auto") == 0 ? qw_strdup(value) : absolute(value);
    bool good = path != NULL && add_override(o, key, path, origin);
    qw_free(path);
    return good;
}

static bool is_model_file(const char *s)
{
    size_t n = strlen(s);
    return strchr(s, '/') != NULL || (n > 5 && strcmp(s + n - 5, ".gguf") == 0);
}

static bool take_option(struct options *o, int c, const char *arg)
{
    for (size_t i = 0; i < sizeof key_options / sizeof key_options[0]; i++) {
        if (key_options[i].option != c)
            continue;
        return key_options[i].path ? add_path(o, key_options[i].key, arg, key_options[i].origin)
                                   : add_override(o, key_options[i].key, arg, key_options[i].origin);
    }
    switch (c) {
    case O_MODEL:
        return is_model_file(arg) ? add_path(o, "model.path", arg, "--model") : add_override(o, "model.name", arg, "--model");
    case O_CONFIG:
        qw_free(o->src.file);
        o->src.file = absolute(arg);
        o->src.file_must_exist = true;
        return o->src.file != NULL;
    case O_READY_FD:
        o->ready_fd = atoi(arg);
        return o->ready_fd > 2 && fcntl(o->ready_fd, F_SETFD, FD_CLOEXEC) == 0;     /* plugins do not get it */
    case O_SYSTEM:      o->src.system = true; return true;
    case O_FOREGROUND:  o->foreground = true; return true;
    case O_CHECK:       o->action = ACT_CHECK; return true;
    case O_DUMP:        o->action = ACT_DUMP; return true;
    case O_HELP_CONFIG: o->action = ACT_HELP_CONFIG; return true;
    case 'o':           return add_override(o, NULL, arg, "-o");
    default:            return false;
    }
}

static const char *option_at(void *arg, size_t i)
{
    (void)arg;
    return long_options[i].name;
}

static int unknown_option(const char *s)
{
    const char *name = s[0] == '-' && s[1] == '-' ? s + 2 : s;
    const char *near = nearest_name(name, strcspn(name, "="), option_at, NULL);
    fprintf(stderr, "qwend: unknown option `%s`", s);
    if (near != NULL)
        fprintf(stderr, "; did you mean `--%s`?", near);
    fprintf(stderr, "\nqwend --help lists them.\n");
    return EXIT_USAGE;
}

/* A letter that is none of ours, or a long option that was given a value. */
static int wrong_option(int c)
{
    for (size_t i = 0; long_options[i].name != NULL; i++) {
        if (long_options[i].val != c)
            continue;
        fprintf(stderr, "qwend: `--%s` takes no value\n", long_options[i].name);
        return EXIT_USAGE;
    }
    const char letter[] = { '-', (char)c, '\0' };
    return unknown_option(letter);
}

/* -1: go on; else the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
    int c, at;
    opterr = 0;
    while (at = -1, (c = getopt_long(argc, argv, ":o:hV", long_options, &at)) != -1) {
        if (c == 'h') {
            fputs(help_text, stdout);
            return EXIT_SUCCESS;
        }
        if (c == 'V') {
            puts("qwend " PACKAGE_VERSION);
            return EXIT_SUCCESS;
        }
        if (c == '?')
            return optopt != 0 ? wrong_option(optopt) : unknown_option(argv[optind - 1]);
        if (c == ':') {
            fprintf(stderr, "qwend: `%s` needs a value\n", argv[optind - 1]);
            return EXIT_USAGE;
        }
        if (!take_option(o, c, optarg)) {
            fprintf(stderr, "qwend: `%s%s`: `%s` cannot be used\n", at >= 0 ? "--" : "-", at >= 0 ? long_options[at].name : "o", optarg);
            return EXIT_USAGE;
        }
    }
    if (optind < argc)
        return unknown_option(argv[optind]);
    return -1;
}

/* ---- places ---- */

static int default_config_file(struct options *o, struct qw_error *err)
{
    char *dir = NULL;
    if (o->src.file != NULL)
        return QW_OK;
    int rc = o->src.system ? ((dir = qw_strdup(QW_SYSCONFDIR "/qwend")) != NULL ? QW_OK : QW_ENOMEM)
                           : paths_user(QW_DIR_CONFIG, false, &dir, err);
    if (rc == QW_OK)
        o->src.file = paths_join(dir, "qwend.conf");
    qw_free(dir);
    return rc;
}

static int find_socket(const struct options *o, const struct config *c, bool inherited, char **out, struct qw_error *err)
{
    const char *s = cfg_str(c, CFG_SOCKET);
    if (s == NULL && o->src.system)
        s = QW_SYSTEM_SOCKET;
    if (s == NULL)
        return paths_user_socket(!inherited, out, err);
    *out = qw_strdup(s);
    return *out != NULL ? paths_check_socket(s, err) : qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

static int find_data(const struct options *o, const struct config *c, char **out, struct qw_error *err)
{
    const char *s = cfg_str(c, CFG_DATA);
    if (s == NULL && o->src.system)
        s = "/var/lib/qwend";
    if (s == NULL)
        return paths_user(QW_DIR_DATA, true, out, err);
    *out = qw_strdup(s);
    return *out != NULL ? fs_private_dir(s, err) : qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

/* NULL: off, or there is no place for it, which is no reason not to serve. */
static char *find_repack_cache(const struct options *o, const struct config *c)
{
    const char *s = cfg_str(c, CFG_REPACK_CACHE);
    char *base = NULL, *dir = NULL;
    struct qw_error err;
    if (s != NULL)
        return strcmp(s, "off") == 0 ? NULL : qw_strdup(s);
    if (o->src.system)
        return qw_strdup("/var/cache/qwend/repack");
    if (paths_user(QW_DIR_CACHE, false, &base, &err) == QW_OK)
        dir = paths_join(base, "repack");
    else
        log_warn("daemon", "no repack cache: %s", err.msg);
    qw_free(base);
    return dir;
}

static int open_log(const struct options *o, const struct config *c, bool supervised, struct qw_error *err)
{
    const char *file = cfg_str(c, CFG_LOG_FILE);
    char *dir = NULL, *path = NULL;
    int rc, level = qw_log_level_parse(cfg_text(c, CFG_LOG_LEVEL));
    if (level >= 0)
        qw_log_set_level((enum qw_log_level)level);
    if (file != NULL)
        return strcmp(file, "-") == 0 ? QW_OK : qw_log_open(file, err);
    if (supervised || o->foreground || o->src.system)
        return QW_OK;                           /* standard error */
    rc = paths_user(QW_DIR_STATE, true, &dir, err);
    if (rc == QW_OK) {
        path = paths_join(dir, "qwend.log");
        rc = path != NULL ? qw_log_open(path, err) : QW_ENOMEM;
    }
    qw_free(path);
    qw_free(dir);
    return rc;
}

/* ---- going into the background ---- */

/* The child goes on with a readiness pipe; the parent waits for it and leaves. */
static int detach(struct options *o)
{
    int p[2];
    if (pipe2(p, O_CLOEXEC) != 0)
        return fail(EXIT_FAILURE, strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        return fail(EXIT_FAILURE, strerror(errno));
    if (pid == 0) {
        close(p[0]);
        o->ready_fd = p[1];
        return -1;
    }
    char got[6];
    size_t n = 0;
    ssize_t r;
    close(p[1]);
    while (n < sizeof got && ((r = read(p[0], got + n, sizeof got - n)) > 0 || (r < 0 && errno == EINTR)))
        n += r > 0 ? (size_t)r : 0;
    if (n == sizeof got) {
        printf("qwend: serving, pid %d\n", (int)pid);
        return EXIT_SUCCESS;
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : EXIT_FAILURE;
}

/* A daemon keeps no terminal; its own log is open already. */
static void leave_terminal(bool keep_stderr)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return;
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!keep_stderr)
        dup2(null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
    if (chdir("/") != 0)
        log_warn("daemon", "chdir: %s", strerror(errno));
}

/* Connections, blobs and page files, which stay open, take one each. */
static void raise_descriptors(void)
{
    const rlim_t most = 65536;
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= most || r.rlim_cur >= r.rlim_max)
        return;
    r.rlim_cur = r.rlim_max < most ? r.rlim_max : most;
    if (setrlimit(RLIMIT_NOFILE, &r) != 0)
        log_warn("daemon", "the limit of open files stays as it is: %s", strerror(errno));
}

static int serve(struct options *o, struct config *c)
{
    struct qw_error err = { 0 };
    int fds[4], n_fds = notify_inherited(fds, 4);
    bool supervised = n_fds > 0 || getenv("NOTIFY_SOCKET") != NULL || getenv("JOURNAL_STREAM") != NULL;
    char *socket = NULL, *data = NULL, *repack = NULL;
    int status = -1;
    if (!supervised && !o->foreground && o->ready_fd < 0)
        status = detach(o);
    if (status >= 0) {
        config_free(c);
        return status;
    }
    if (!o->foreground)
        setsid();                               /* fails where we lead one already */
    int rc = find_socket(o, c, n_fds > 0, &socket, &err);
    if (rc == QW_OK)
        rc = find_data(o, c, &data, &err);
    if (rc == QW_OK)
        rc = open_log(o, c, supervised, &err);
    if (rc == QW_OK) {
        const char *group = cfg_str(c, CFG_SOCKET_GROUP);
        repack = find_repack_cache(o, c);
        struct daemon_options d = {
            .sources = &o->src, .config = c, .ready_fd = o->ready_fd, .inherited = fds, .n_inherited = (size_t)n_fds,
            .socket = socket, .data = data, .repack_cache = repack, .group = group != NULL ? group : o->src.system ? "qwend" : NULL,
            .leave_terminal = !o->foreground && !supervised ? leave_terminal : NULL,
        };
        raise_descriptors();
        rc = daemon_run(&d, &err);
    } else {
        config_free(c);
    }
    if (rc != QW_OK)
        fail(EXIT_FAILURE, err.msg);
    qw_free(socket);
    qw_free(data);
    qw_free(repack);
    return rc == QW_OK ? EXIT_SUCCESS : rc == QW_EBUSY ? EXIT_SERVED : EXIT_FAILURE;
}

static int print(void (*write)(const struct config *c, struct qw_buf *b), const struct config *c)
{
    struct qw_buf b = QW_BUF_INIT;
    write(c, &b);
    bool good = !qw_buf_failed(&b) && fwrite(b.data, 1, b.len, stdout) == b.len && fflush(stdout) == 0;
    qw_buf_free(&b);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void write_help(const struct config *c, struct qw_buf *b)
{
    (void)c;
    config_help(b);
}

int main(int argc, char **argv)
{
    struct options o = { .ready_fd = -1 };
    struct qw_error err = { 0 };
    struct config *c = NULL;
    int status = parse_options(&o, argc, argv);
    if (status >= 0)
        goto out;
#ifdef __SANITIZE_THREAD__
    usleep(1);      /* GCC 12's libtsan loses a signal that comes while a thread prepares for its first blocking call */
#endif
    signal(SIGPIPE, SIG_IGN);
    umask(0077);
    if (o.action == ACT_HELP_CONFIG) {
        status = print(write_help, NULL);
    } else if (default_config_file(&o, &err) != QW_OK || config_from_sources(&o.src, &c, &err) != QW_OK) {
        status = fail(EXIT_USAGE, err.msg);
    } else if (o.action == ACT_SERVE) {
        status = serve(&o, c);
        c = NULL;
    } else if (o.action == ACT_DUMP) {
        status = print(config_dump, c);
    } else {
        printf("%s: %s\n", o.src.file, access(o.src.file, F_OK) == 0 ? "good" : "not there; the built-in values hold");
        status = EXIT_SUCCESS;
    }
out:
    config_free(c);
    qw_free(o.src.file);
    for (size_t i = 0; i < o.src.n_overrides; i++)
        qw_free(o.src.overrides[i]);
    return status;
}
