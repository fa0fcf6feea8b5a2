/* The daemon: what its parts share.  Everything here belongs to the loop thread.
 *
 * Reading order: main.c (options) -> daemon.c (life: start, reload, drain, stop) -> server.c,
 * conn.c (bytes to messages) -> dispatch.c (message to handler) -> api_*.c (handlers) ->
 * run.c (a request from receipt to Outcome). */
#ifndef QW_DAEMON_DAEMON_H
#define QW_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "daemon/config.h"
#include "daemon/models.h"
#include "daemon/sched/sched.h"
#include "daemon/server.h"
#include "daemon/session/session.h"
#include "daemon/run/verify.h"

/* Where the configuration came from, so that it can be read again. */
struct config_sources {
    char  *file;
    bool   file_must_exist, system;
    char  *overrides[64];           /* "section.key=value" of -o and of the options that set keys */
    const char *origins[64];        /* static: "-o", "--socket" */
    size_t n_overrides;
};
int config_from_sources(const struct config_sources *src, struct config **out, struct qw_error *err);

enum daemon_state { DAEMON_STARTING, DAEMON_SERVING, DAEMON_DRAINING, DAEMON_STOPPING };

#define FINISHED_MAX 64
#define KEY_MAX 128
#define IMPORTED_SPACES_MAX 4096        /* imports that may bring names of spaces, which are kept for good */
struct finished { uint64_t owner, params_hash; char id[20], tag[129], key[KEY_MAX + 1]; struct qw_buf outcome; };

struct run;
struct transfer;
struct history;
struct daemon {
    uv_loop_t        loop;
    const struct config_sources *sources;
    struct config   *config;
    char            *socket, *data;
    const char      *repack_cache;          /* folder, or NULL; belongs to who runs the daemon */
    struct server   *server;
    struct sched    *sched;
    struct models   *models;
    struct model_entry *failed_model;       /* the last load failed; NULL: it did not */
    struct sessions *sessions;
    struct history  *history;               /* between them and the store; history.h */
    struct verify   *verify;
    struct asks     *asks;                  /* what plugins ask for */
    struct blobs    *blobs;                 /* NULL until one is asked for */
    struct transfer *transfers;             /* exports and imports on their way; api_transfer.c */
    uint64_t         n_imports;

    struct run      *runs, *runs_last;      /* oldest first; run.c */
    size_t           n_runs;
    uint64_t         next_run, loaded_at_run;    /* runs up to this one came before the model was loaded */
    bool             pumping;
    struct finished  finished[FINISHED_MAX]; /* a ring; outcome.c */
    uint64_t         n_finished;
    uid_t            admins[32];            /* [daemon] admin_users */
    size_t           n_admins;
    struct sched_stats stats;               /* snapshot, read on each tick and for status */

    enum daemon_state state;
    uint64_t         started_ms, drain_until_ms, stop_until_ms, busy_ms;    /* busy_ms: last time that there was work */
    bool             drain_cancelled, closing, idle_seen;      /* idle_seen: too long idle at the last tick */
    char             config_error[512];     /* of the last reload; "" if it was good */

    int              wake_fd;               /* the scheduler's thread wakes the loop with it */
    uv_poll_t        sched_wake;
    uv_timer_t       tick;
    uv_signal_t      sigterm, sigint, sighup;
    bool             sched_stopped;
    uint64_t         n_requests, n_errors, n_verdicts[4];       /* metrics */
};

struct daemon_options {
    const struct config_sources *sources;
    struct config *config;                  /* taken */
    int   ready_fd;                         /* -1: none */
    const int *inherited; size_t n_inherited;
    const char *socket, *data;              /* resolved */
    const char *repack_cache;               /* resolved; NULL: none */
    const char *group;
    void (*leave_terminal)(bool keep_stderr);   /* once everything has started; or NULL */
};
/* Serves until it is told to leave.  Returns when everything is closed. */
int  daemon_run(const struct daemon_options *o, struct qw_error *err);

int  daemon_reload(struct daemon *d, struct qw_buf *changed, struct qw_buf *restart, struct qw_error *err);
bool daemon_is_admin(const struct daemon *d, const struct owner *o);
void daemon_tick_soon(struct daemon *d);     /* there is work: deadlines are looked at more often */
void daemon_drain(struct daemon *d, uint64_t grace_ms);

#endif
