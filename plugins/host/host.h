/* Supervising one plugin process (qwend-plugin), from the daemon or from qwenctl.
 *
 * Fd-driven, so that it fits a uv loop and a blocking program alike: the caller polls plug_fd
 * (one epoll descriptor, the same for the plug's whole life) for reading, waits at most
 * plug_timeout_ms, and calls plug_process; results come through the callback of each op.  plug_wait does it all,
 * blocking.  One op runs at a time, further ones queue (bounded).  A process that crashes, hangs or
 * prints garbage is killed through a pidfd and reaped; the op that was running fails with
 * QW_EPLUGIN and its input is not tried again; the next op starts a new process after a backoff;
 * five crashes a minute disable the plugin until plug_reload.  One thread at a time. */
#ifndef QW_PLUGINS_HOST_H
#define QW_PLUGINS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "plugins/qwen_plugin.h"

struct plug;
struct plug_option { const char *key, *value; };
struct plug_config {
    const char *name;               /* section name, e.g. "calculator" */
    const char *path;               /* the .so, absolute */
    const char *host_path;          /* qwend-plugin; NULL: paths_installed */
    bool        trust_proof;        /* may say verified; refused unless the file is one that nobody else can write */
    uint32_t    timeout_ms;         /* of one op; 0: 10000 */
    uint64_t    memory_bytes;       /* RLIMIT_AS-like cap; 0: 1 GiB */
    int         jail_minimum;       /* enum plug_jail; refuse below */
    const struct plug_option *options; size_t n_options;
    void (*log)(void *arg, const char *line, size_t n); void *log_arg;   /* plugin's output and log() */
};
enum plug_jail { PLUG_JAIL_RLIMITS, PLUG_JAIL_SECCOMP, PLUG_JAIL_LANDLOCK };  /* each contains the ones before */

struct plug_evidence { uint32_t part; enum qwen_of of; enum qwen_for who; char *text, *json; };
struct plug_part { uint32_t part; enum qwen_verdict answer, working; char *reading, *computed; };
/* Result of verify or equal; clamped already (trust).  Owned by the callback's caller. */
struct plug_result {
    struct qw_error error;          /* QW_OK, or why there is none (then everything is undecided) */
    enum qwen_verdict answer, working;   /* of the whole: the weakest part */
    enum qwen_eq eq;
    struct plug_part *parts; size_t n_parts;
    struct plug_evidence *evidence; size_t n_evidence;
    const char *plugin, *version;   /* borrowed from plug */
    double ms;
};
typedef void plug_done(void *arg, const struct plug_result *r);

int  plug_new(struct plug **p, const struct plug_config *c, struct qw_error *err);   /* copies c; starts nothing yet */
void plug_free(struct plug *p);                      /* kills, reaps; waiting ops fail */
struct plug_problem { const char *question, *response, *answer, *lang; bool truncated; };
/* The input is copied.  done is called exactly once, from plug_process or plug_free. */
int  plug_verify(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
int  plug_equal(struct plug *p, const char *gold, const char *answer, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *op, struct qw_error *err);
void plug_cancel(struct plug *p, uint64_t op);       /* done is called with QW_ECANCELLED */

int  plug_fd(const struct plug *p);
int  plug_timeout_ms(const struct plug *p);          /* -1: none */
void plug_process(struct plug *p);                   /* never blocks */
bool plug_busy(const struct plug *p);
void plug_wait(struct plug *p);                      /* blocks until no op is left */
int  plug_reload(struct plug *p, struct qw_error *err);  /* new process from the next op on; enables again */
void plug_ready(struct plug *p);                     /* starts the process ahead of the first op */

struct plug_info {
    const char *name, *version, *path, *state;       /* "idle", "running", "backoff", "disabled" */
    const char *last_error;                          /* "" if none */
    enum plug_jail jail; bool trust_proof;
    uint64_t ops, crashes; int pid;
    bool has_verify, has_equal;
};
void plug_get_info(const struct plug *p, struct plug_info *i);
const char *plug_jail_name(enum plug_jail j);

#endif
