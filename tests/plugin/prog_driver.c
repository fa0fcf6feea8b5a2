/* Runs programs through the program jail, for tests: commands on standard input, answers on standard output.
 *
 *     prog_driver HOST_PATH [--python PATH] [--bwrap PATH] [--without namespaces|landlock]... [--minimum LEVEL]
 *                 [--cpu MS] [--wall MS] [--memory MIB] [--output BYTES]
 *
 *     run BUDGET_MS N\n<N bytes>        ->  end END MS CPU_MS STATUS OUT_BYTES ERR_BYTES\n<out><err>\n   or   error NAME TEXT\n
 *     feed INPUT N\n<N bytes><INPUT bytes>                ->  as run, with standard input
 *     many TIMES N\n<N bytes>           ->  many OK_COUNT MS\n            the same program again and again
 *     cancel MS N\n<N bytes>            ->  as run; cancelled MS after it was queued
 *     ready                             ->  ready STATE MS\n              starts the zygote, waits for it
 *     crowd TIMES N\n<N bytes>          ->  many OK_COUNT MS\n            all queued at once
 *     info                              ->  info LEVEL|STATE|PYTHON|SYMPY|MISSING|LAST_ERROR|RUNS|STARTS|PID\n
 *     own                               ->  own DESCRIPTORS RESIDENT_KIB CHILDREN\n      what the supervisor holds; 0 KiB: not
 *                                                                                         told, a sanitizer keeps what was freed */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "plugins/program/program.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static struct { size_t ok, ended; } count;

static void on_log(void *arg, const char *line, size_t n)
{
    (void)arg;
    fwrite(line, 1, n, stderr);
}

static void show(void *arg, const struct prog_result *r)
{
    (void)arg;
    if (r->error.code != QW_OK) {
        printf("error %s %s\n", qw_code_name(r->error.code), r->error.msg);
        return;
    }
    printf("end %s %.1f %.1f %d %zu %zu\n", prog_end_name(r->end), r->ms, r->cpu_ms, r->status, r->out_n, strlen(r->err));
    fwrite(r->out, 1, r->out_n, stdout);
    printf("%s\n", r->err);
}

static void count_it(void *arg, const struct prog_result *r)
{
    (void)arg;
    count.ended++;
    count.ok += r->error.code == QW_OK && r->end == PROG_END_OK;
}

static void step(struct prog *p)
{
    struct epoll_event ev;
    epoll_wait(prog_fd(p), &ev, 1, prog_timeout_ms(p));
    prog_process(p);
}

static void wait_ready(struct prog *p)
{
    struct prog_info i;
    uint64_t begin = clock_mono_ms();
    prog_ready(p);
    while (prog_starting(p))
        step(p);
    prog_get_info(p, &i);
    printf("ready %s %llu\n", i.state, (unsigned long long)(clock_mono_ms() - begin));
}

static void run_many(struct prog *p, unsigned long times, const char *code, size_t n, bool at_once)
{
    uint64_t begin = clock_mono_ms();
    count.ok = count.ended = 0;
    for (unsigned long i = 0; i < times; i++) {
        if (prog_run(p, code, n, 0, count_it, NULL, NULL, NULL) != QW_OK)
            break;
        if (!at_once)
            prog_wait(p);
    }
    prog_wait(p);
    printf("many %zu %llu\n", count.ok, (unsigned long long)(clock_mono_ms() - begin));
}

static void run_and_cancel(struct prog *p, unsigned long ms, const char *code, size_t n)
{
    uint64_t id, at = clock_mono_ms() + ms, now;
    struct qw_error err = { 0 };
    if (prog_run(p, code, n, 0, show, NULL, &id, &err) != QW_OK) {
        printf("error %s %s\n", qw_code_name(err.code), err.msg);
        return;
    }
    while (prog_busy(p) && (now = clock_mono_ms()) < at) {
        struct epoll_event ev;
        int most = prog_timeout_ms(p), left = (int)(at - now);
        epoll_wait(prog_fd(p), &ev, 1, most >= 0 && most < left ? most : left);
        prog_process(p);
    }
    prog_cancel(p, id);
    prog_wait(p);
}

static void own(void)
{
    unsigned long long size = 0, resident = 0;
    size_t fds = 0;
    DIR *d = opendir("/proc/self/fd");
    FILE *f = fopen("/proc/self/statm", "re");
    for (; d != NULL && readdir(d) != NULL;)
        fds++;
    if (d != NULL)
        closedir(d);
    if (f != NULL && (fscanf(f, "%llu %llu", &size, &resident) != 2 || SANITIZED))
        resident = 0;
    if (f != NULL)
        fclose(f);
    printf("own %zu %llu %s\n", fds, resident * (unsigned long long)sysconf(_SC_PAGESIZE) / 1024,
           waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? "none" : "some");
}

static bool serve(struct prog *p)
{
    char line[256], word[16];
    while (fgets(line, sizeof line, stdin) != NULL) {
        unsigned long a = 0, n = 0;
        struct qw_error err = { 0 };
        char *code = NULL;
        int fields = sscanf(line, "%15s %lu %lu", word, &a, &n);
        size_t input = fields == 3 && strcmp(word, "feed") == 0 ? a : 0;
        if (fields == 3 && ((code = malloc(n + input + 1)) == NULL || fread(code, 1, n + input, stdin) != n + input))
            return false;
        if (fields == 3 && (strcmp(word, "run") == 0 || strcmp(word, "feed") == 0)) {
            int rc = word[0] == 'r' ? prog_run(p, code, n, (uint32_t)a, show, NULL, NULL, &err)
                                    : prog_run_job(p, &(struct prog_job){ .code = code, .n = n, .input = code + n, .input_n = input }, show, NULL, NULL, &err);
            if (rc == QW_OK)
                prog_wait(p);
            else
                printf("error %s %s\n", qw_code_name(err.code), err.msg);
        } else if (fields == 3 && (strcmp(word, "many") == 0 || strcmp(word, "crowd") == 0)) {
            run_many(p, a, code, n, word[0] == 'c');
        } else if (fields == 3 && strcmp(word, "cancel") == 0) {
            run_and_cancel(p, a, code, n);
        } else if (strcmp(word, "ready") == 0) {
            wait_ready(p);
        } else if (strcmp(word, "info") == 0) {
            struct prog_info i;
            prog_get_info(p, &i);
            printf("info %s|%s|%s|%s|%s|%s|%llu|%llu|%d\n", prog_level_name(i.level), i.state, i.python_version, i.sympy_version,
                   i.missing, i.last_error, (unsigned long long)i.runs, (unsigned long long)i.starts, i.pid);
        } else if (strcmp(word, "own") == 0) {
            own();
        } else {
            return false;
        }
        free(code);
        fflush(stdout);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct prog_config c = { .host_path = argc > 1 ? argv[1] : NULL, .log = on_log };
    struct qw_error err = { 0 };
    struct prog *p = NULL;

    for (int i = 2; i + 1 < argc; i += 2) {
        const char *o = argv[i], *v = argv[i + 1];
        if (strcmp(o, "--python") == 0)       c.python = v;
        else if (strcmp(o, "--bwrap") == 0)   c.bwrap = v;
        else if (strcmp(o, "--without") == 0) c.without |= v[0] == 'n' ? PROG_WITHOUT_NAMESPACES : PROG_WITHOUT_LANDLOCK;
        else if (strcmp(o, "--minimum") == 0) c.level_minimum = atoi(v);
        else if (strcmp(o, "--cpu") == 0)     c.cpu_ms = (uint32_t)atoi(v);
        else if (strcmp(o, "--wall") == 0)    c.wall_ms = (uint32_t)atoi(v);
        else if (strcmp(o, "--memory") == 0)  c.memory_bytes = (uint64_t)atoi(v) << 20;
        else if (strcmp(o, "--output") == 0)  c.output_bytes = (size_t)atoi(v);
        else return 2;
    }
    if (prog_new(&p, &c, &err) != QW_OK) {
        printf("error %s %s\n", qw_code_name(err.code), err.msg);
        return 1;
    }
    bool ok = serve(p);
    prog_free(p);
    return ok ? 0 : 2;
}
