#include "daemon/daemon.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "daemon/run/asks.h"
#include "daemon/blob.h"
#include "daemon/dispatch.h"
#include "daemon/session/history.h"
#include "daemon/notify.h"
#include "daemon/run/run.h"

#define TICK_BUSY_MS  50
#define TICK_IDLE_MS  1000
#define STOP_MS       2000      /* for unsent replies, and for what does not answer a cancel */

static void on_tick(uv_timer_t *t);

void daemon_tick_soon(struct daemon *d)
{
    if (!d->closing && uv_timer_get_due_in(&d->tick) > TICK_BUSY_MS)
        uv_timer_start(&d->tick, on_tick, TICK_BUSY_MS, 0);
}

static void tick_now(struct daemon *d)
{
    if (!d->closing)
        uv_timer_start(&d->tick, on_tick, 0, 0);
}

/* ---- the end ---- */

static void close_handles(struct daemon *d)
{
    if (d->closing)
        return;
    d->closing = true;
    server_close(d->server);
    verify_close(d->verify);
    asks_close(d->asks);
    history_close(d);
    uv_handle_t *h[] = { (uv_handle_t *)&d->tick, (uv_handle_t *)&d->sched_wake, (uv_handle_t *)&d->sigterm,
                         (uv_handle_t *)&d->sigint, (uv_handle_t *)&d->sighup };
    for (size_t i = 0; i < sizeof h / sizeof h[0]; i++)
        uv_close(h[i], NULL);
}

static void stop(struct daemon *d)
{
    if (d->state == DAEMON_STOPPING)
        return;
    d->state = DAEMON_STOPPING;
    d->stop_until_ms = clock_mono_ms() + STOP_MS;
    runs_cancel_all(d);
    verify_close(d->verify);
    server_end_all(d->server);
    if (d->sched != NULL)
        sched_stop(d->sched);
    tick_now(d);
}

void daemon_drain(struct daemon *d, uint64_t grace_ms)
{
    uint64_t until = clock_mono_ms() + grace_ms;
    if (d->state == DAEMON_STOPPING)
        return;
    if (d->state != DAEMON_DRAINING) {
        log_info("daemon", "leaving: runs=%zu grace_ms=%llu", d->n_runs, (unsigned long long)grace_ms);
        notify_stopping();
        server_stop_listening(d->server);
    } else if (until > d->drain_until_ms) {
        until = d->drain_until_ms;
    }
    d->state = DAEMON_DRAINING;
    d->drain_until_ms = until;
    tick_now(d);
}

static void tick_draining(struct daemon *d, uint64_t now)
{
    if (d->n_runs == 0 && history_busy(d) == 0) {
        stop(d);
    } else if (now >= d->drain_until_ms && !d->drain_cancelled) {
        log_info("daemon", "cancelling runs=%zu", d->n_runs);
        d->drain_cancelled = true;
        d->stop_until_ms = now + STOP_MS;
        runs_cancel_all(d);
    } else if (d->drain_cancelled && now >= d->stop_until_ms) {
        stop(d);
    }
}

static void check_idle(struct daemon *d, uint64_t now)
{
    uint64_t limit = (uint64_t)cfg_int(d->config, CFG_IDLE_EXIT), since = server_idle_since_ms(d->server);
    bool seen = d->idle_seen;
    d->idle_seen = false;
    if (limit == 0 || d->n_runs > 0 || server_n_conns(d->server) > 0)
        return;
    if (d->busy_ms > since)
        since = d->busy_ms;
    d->idle_seen = now - since >= limit;
    if (d->idle_seen && seen) {                 /* twice: between two ticks who waits is accepted */
        log_info("daemon", "idle for %llu ms", (unsigned long long)(now - since));
        daemon_drain(d, 0);
    }
}

static void on_tick(uv_timer_t *t)
{
    struct daemon *d = t->data;
    uint64_t now = clock_mono_ms();
    runs_tick(d, now);
    if (d->models != NULL)
        models_tick(d->models);
    if (d->blobs != NULL)
        blobs_tick(d->blobs, now);
    if (d->state == DAEMON_SERVING)
        check_idle(d, now);
    if (d->state == DAEMON_DRAINING)
        tick_draining(d, now);
    if (d->state == DAEMON_STOPPING && d->sched_stopped && !runs_rendering(d)
        && (server_n_conns(d->server) == 0 || now >= d->stop_until_ms)) {
        history_leave_engine(d);
        sched_free(d->sched);                   /* joins: the engine may be about to wake us */
        d->sched = NULL;
        close_handles(d);                       /* waits until the store has written everything */
        return;
    }
    bool busy = d->n_runs > 0 || d->state != DAEMON_SERVING;
    uv_timer_start(&d->tick, on_tick, busy ? TICK_BUSY_MS : TICK_IDLE_MS, 0);
}

/* ---- events ---- */

static void on_model_event(struct daemon *d, const struct sched_event *ev)
{
    struct model_entry *before = models_current(d->models);
    bool settled = models_event(d->models, ev);
    if (models_loaded(d->models) != NULL)
        sessions_set_max_ids(d->sessions, (size_t)models_info(d->models)->n_pages * KV_PAGE_TOKENS);
    if (!settled)
        return;
    d->loaded_at_run = d->next_run;
    d->busy_ms = clock_mono_ms();
    d->failed_model = NULL;
    if (ev->kind == SCHED_EV_LOAD_FAILED && before != NULL) {
        d->failed_model = before;
        runs_model_failed(d, before, &ev->error);
    }
    runs_pump(d);
}

static void on_sched(uv_poll_t *h, int status, int events)
{
    struct daemon *d = h->data;
    struct sched_event *ev;
    uint64_t count;
    (void)status;
    (void)events;
    (void)!read(d->wake_fd, &count, sizeof count);                         /* nothing there is no harm */
    while (d->sched != NULL && (ev = sched_poll(d->sched)) != NULL) {      /* wake-ups coalesce */
        if (ev->kind == SCHED_EV_STOPPED) {
            d->sched_stopped = true;
            tick_now(d);
        }
        on_model_event(d, ev);
        if (!asks_event(d->asks, ev) && !runs_event(d, ev))
            sched_event_free(ev);
    }
}

/* Engine thread.  Not uv_async_send: where the loop's thread takes the sender's processor, it then
 * spins until the sender, whose processor that is, has left the call. */
static void wake(void *arg)
{
    const struct daemon *d = arg;
    const uint64_t one = 1;
    (void)!write(d->wake_fd, &one, sizeof one);
}

static void on_conn_gone(void *arg, struct conn *c)
{
    struct daemon *d = arg;
    runs_conn_gone(d, c->id);
    if (d->state == DAEMON_STOPPING)
        tick_now(d);
}

static void on_conn_drained(void *arg, struct conn *c) { runs_conn_drained(arg, c); }

static void on_term(uv_signal_t *s, int signum)
{
    struct daemon *d = s->data;
    bool again = d->state == DAEMON_DRAINING;
    log_info("daemon", "%s", signum == SIGTERM ? "SIGTERM" : "SIGINT");
    daemon_drain(d, again ? 0 : (uint64_t)cfg_int(d->config, CFG_DRAIN_TIMEOUT));
}

static void on_hup(uv_signal_t *s, int signum)
{
    (void)signum;
    daemon_reload(s->data, NULL, NULL, NULL);
}

/* ---- configuration ---- */

/* "root, 1000, anna"; names that are not known are logged and left out. */
static void take_admins(struct daemon *d, const char *list)
{
    char name[64];
    d->n_admins = 0;
    for (const char *p = list != NULL ? list : ""; *p != '\0'; ) {
        size_t n = strcspn(p, ", ");
        if (n > 0 && (n >= sizeof name || d->n_admins == sizeof d->admins / sizeof d->admins[0])) {
            log_warn("config", "admin_users: %.*s is left out: too long, or too many", (int)(n < 80 ? n : 80), p);
        } else if (n > 0) {
            char *end;
            memcpy(name, p, n);
            name[n] = '\0';
            const struct passwd *pw = getpwnam(name);
            unsigned long uid = pw != NULL ? pw->pw_uid : strtoul(name, &end, 10);
            if (pw != NULL || (*end == '\0' && uid < UINT32_MAX))
                d->admins[d->n_admins++] = (uid_t)uid;
            else
                log_warn("config", "admin_users: no user %s", name);
        }
        p += n + (p[n] != '\0');
    }
}

bool daemon_is_admin(const struct daemon *d, const struct owner *o)
{
    bool yes = o->admin;
    for (size_t i = 0; i < d->n_admins && !o->stateless && !yes; i++)
        yes = d->admins[i] == o->uid;
    return yes;
}

static void apply_live(struct daemon *d)
{
    const struct config *c = d->config;
    int level = qw_log_level_parse(cfg_text(c, CFG_LOG_LEVEL));
    take_admins(d, cfg_str(c, CFG_ADMIN_USERS));
    if (level >= 0)
        qw_log_set_level((enum qw_log_level)level);
    if (d->server != NULL)
        server_set_limits(d->server, (uint64_t)cfg_int(c, CFG_MAX_CONNECTIONS), (uint64_t)cfg_int(c, CFG_INBOUND_BYTES),
                          (uint64_t)cfg_int(c, CFG_IO_TIMEOUT));
    if (d->sessions != NULL)
        sessions_set_limits(d->sessions, (size_t)cfg_int(c, CFG_SESSION_BYTES), (size_t)cfg_int(c, CFG_MAX_SESSIONS));
    if (d->sched != NULL)
        sched_set_limits(d->sched, (uint32_t)cfg_int(c, CFG_MAX_NUM_SEQS), (uint32_t)cfg_int(c, CFG_MAX_QUEUE));
}

int daemon_reload(struct daemon *d, struct qw_buf *changed, struct qw_buf *restart, struct qw_error *err)
{
    struct qw_error own = { 0 };
    struct qw_buf live = QW_BUF_INIT, later = QW_BUF_INIT;
    struct config *c;
    notify_reloading();
    int rc = config_from_sources(d->sources, &c, &own);
    if (rc != QW_OK) {
        snprintf(d->config_error, sizeof d->config_error, "%s", own.msg);
        log_error("config", "reload: %s; the old configuration stays", own.msg);
        notify_reloaded();
        return qw_error_set(err, rc, "%s", own.msg);
    }
    config_diff(d->config, c, CFG_LIVE, &live);
    config_diff(d->config, c, CFG_NEXT_MODEL, &live);
    config_diff(d->config, c, CFG_RESTART, &later);
    config_free(d->config);
    d->config = c;
    d->config_error[0] = '\0';
    apply_live(d);
    log_info("config", "reloaded changed=[%s] restart=[%s]", live.data != NULL ? live.data : "", later.data != NULL ? later.data : "");
    if (changed != NULL)
        qw_buf_add(changed, live.data, live.len);
    if (restart != NULL)
        qw_buf_add(restart, later.data, later.len);
    qw_buf_free(&live);
    qw_buf_free(&later);
    notify_reloaded();
    return QW_OK;
}

/* ---- the beginning ---- */

static int start_sched(struct daemon *d, struct qw_error *err)
{
    const struct config *c = d->config;
    struct sched_options o = {
        .n_threads = (int)cfg_int(c, CFG_N_THREADS),
        .level = cpu_level_max(),
        .backend = cfg_text(c, CFG_BACKEND),
        .numerics = strcmp(cfg_text(c, CFG_GPU_NUMERICS), "fast") == 0 ? NUMERICS_FAST : NUMERICS_EXACT,
        .gpu_memory_percent = (uint32_t)cfg_int(c, CFG_GPU_MEMORY),
        .max_model_len = (uint32_t)cfg_int(c, CFG_MAX_MODEL_LEN),
        .repack_cache = d->repack_cache,
        .repack_cache_bytes = (uint64_t)cfg_int(c, CFG_REPACK_CACHE_BYTES),
        .kv_cache_bytes = (uint64_t)cfg_int(c, CFG_KV_CACHE_BYTES),
        .max_num_seqs = (uint32_t)cfg_int(c, CFG_MAX_NUM_SEQS),
        .max_queue = (uint32_t)cfg_int(c, CFG_MAX_QUEUE),
        .enable_chunked_prefill = cfg_int(c, CFG_CHUNKED_PREFILL) != 0,
        .speculation = cfg_int(c, CFG_SPECULATION) != 0 ? SCHED_GUESS_WHERE_IT_PAYS : SCHED_GUESS_OFF,
        .step_ms_shared = (uint32_t)cfg_int(c, CFG_STEP_SHARED),
        .step_ms_alone = (uint32_t)cfg_int(c, CFG_STEP_ALONE),
        .store = history_store(d),
        .share_pages = cfg_int(c, CFG_SHARE_PAGES) != 0,
    };
    int level = cfg_str(c, CFG_CPU_LEVEL) != NULL ? cpu_level_parse(cfg_str(c, CFG_CPU_LEVEL)) : (int)o.level;
    int kv = kv_type_parse(cfg_text(c, CFG_KV_CACHE_DTYPE));
    if (level < 0 || level > (int)cpu_level_max())
        return qw_error_set(err, QW_EPARAMS, "cpu_level: this machine has no %s; its best is %s", cfg_text(c, CFG_CPU_LEVEL),
                            cpu_level_name(cpu_level_max()));
    if (kv < 0)
        return qw_error_set(err, QW_EPARAMS, "kv_cache_dtype: %s is not known to the engine", cfg_text(c, CFG_KV_CACHE_DTYPE));
    o.level = (enum cpu_level)level;
    o.kv_type = (enum kv_type)kv;
    int rc = sched_new(&d->sched, &o, wake, d, err);
    if (rc == QW_OK)
        history_join_engine(d);
    return rc;
}

static int start_server(struct daemon *d, const struct daemon_options *o, struct qw_error *err)
{
    const struct config *c = d->config;
    struct server_options so = {
        .path = d->socket, .group = o->group, .inherited = o->inherited, .n_inherited = o->n_inherited,
        .max_connections = (uint64_t)cfg_int(c, CFG_MAX_CONNECTIONS),
        .inbound_bytes = (uint64_t)cfg_int(c, CFG_INBOUND_BYTES), .io_timeout_ms = (uint64_t)cfg_int(c, CFG_IO_TIMEOUT),
    };
    struct server_callbacks cb = { .message = dispatch_message, .gone = on_conn_gone, .drained = on_conn_drained, .arg = d };
    return server_new(&d->server, &d->loop, &so, &cb, err);
}

static int start_parts(struct daemon *d, const struct daemon_options *o, struct qw_error *err)
{
    const struct config *c = d->config;
    char *models = paths_join(d->data, "models");
    int rc = start_server(d, o, err);           /* first: a second daemon ends here */
    if (rc == QW_OK && models == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    if (rc == QW_OK)
        rc = models_new(&d->models, models, cfg_str(c, CFG_MODEL_PATH), err);
    if (rc == QW_OK)
        rc = sessions_new(&d->sessions, (size_t)cfg_int(c, CFG_SESSION_BYTES), (size_t)cfg_int(c, CFG_MAX_SESSIONS), err);
    if (rc == QW_OK)
        rc = verify_new(&d->verify, &d->loop, c, err);
    if (rc == QW_OK)
        rc = asks_new(d, err);
    if (rc == QW_OK)
        rc = history_open(d, err);
    if (rc == QW_OK)
        verify_set_started(d->verify, history_plugins_started, d);
    if (rc == QW_OK)
        rc = start_sched(d, err);
    qw_free(models);
    return rc;
}

static void preload(struct daemon *d)
{
    struct model_entry *e;
    struct qw_error err = { 0 };
    if (!cfg_int(d->config, CFG_MODEL_PRELOAD))
        return;
    if (models_default(d->models, cfg_str(d->config, CFG_MODEL), &e, &err) != QW_OK) {
        log_warn("model", "%s", err.msg);       /* it may be fetched while we serve */
        return;
    }
    models_load(d->models, d->sched, e, cfg_str(d->config, CFG_CHAT_TEMPLATE));
}

static int open_handles(struct daemon *d, struct qw_error *err)
{
    d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (d->wake_fd < 0)
        return qw_error_errno(err, QW_EIO, errno, "eventfd");
    int rc = uv_poll_init(&d->loop, &d->sched_wake, d->wake_fd);
    if (rc == 0)
        rc = uv_poll_start(&d->sched_wake, UV_READABLE, on_sched);
    if (rc != 0) {
        close(d->wake_fd);
        return qw_error_set(err, QW_EIO, "the event loop: %s", uv_strerror(rc));
    }
    uv_timer_init(&d->loop, &d->tick);
    uv_signal_init(&d->loop, &d->sigterm);
    uv_signal_init(&d->loop, &d->sigint);
    uv_signal_init(&d->loop, &d->sighup);
    d->sched_wake.data = d->tick.data = d->sigterm.data = d->sigint.data = d->sighup.data = d;
    uv_signal_start(&d->sigterm, on_term, SIGTERM);
    uv_signal_start(&d->sigint, on_term, SIGINT);
    uv_signal_start(&d->sighup, on_hup, SIGHUP);
    return QW_OK;
}

int daemon_run(const struct daemon_options *o, struct qw_error *err)
{
    struct daemon *d = qw_calloc(1, sizeof *d);
    if (d == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    int ready_fd = o->ready_fd;
    d->sources = o->sources;
    d->config = o->config;
    d->repack_cache = o->repack_cache;
    d->started_ms = d->busy_ms = clock_mono_ms();
    d->socket = o->socket != NULL ? qw_strdup(o->socket) : NULL;
    d->data = qw_strdup(o->data);
    int rc = uv_loop_init(&d->loop);
    if (rc != 0) {
        rc = qw_error_set(err, QW_EIO, "the event loop: %s", uv_strerror(rc));
        goto out;
    }
    rc = open_handles(d, err);
    if (rc != QW_OK) {
        uv_loop_close(&d->loop);
        goto out;
    }
    rc = d->data == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : start_parts(d, o, err);
    if (rc == QW_OK) {
        d->state = DAEMON_SERVING;
        d->busy_ms = clock_mono_ms();           /* opening the store may have taken longer than idle_exit */
        take_admins(d, cfg_str(d->config, CFG_ADMIN_USERS));
        log_info("daemon", "serving socket=%s data=%s", d->socket != NULL ? d->socket : "(inherited)", d->data);
        preload(d);
        verify_ready(d->verify);
        if (o->leave_terminal != NULL)
            o->leave_terminal(cfg_str(d->config, CFG_LOG_FILE) != NULL && strcmp(cfg_text(d->config, CFG_LOG_FILE), "-") == 0);
        notify_ready(&ready_fd, d->socket);
        tick_now(d);
    } else {
        close_handles(d);
    }
    uv_run(&d->loop, UV_RUN_DEFAULT);
    while (d->runs != NULL)
        run_abandon(d->runs);
    asks_free(d->asks);
    sched_free(d->sched);
    close(d->wake_fd);
    finished_free(d);
    blobs_free(d->blobs);
    verify_free(d->verify);
    history_free(d);
    sessions_free(d->sessions);
    models_free(d->models);
    server_free(d->server);
    uv_loop_close(&d->loop);
out:
    config_free(d->config);
    qw_free(d->socket);
    qw_free(d->data);
    qw_free(d);
    return rc;
}
