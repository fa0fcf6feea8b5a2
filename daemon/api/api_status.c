/* api.info, conn.*, status, metrics, admin.*.  status reads snapshots only and never waits. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/log.h"
#include <config.h>
#include "daemon/api/api.h"
#include "daemon/run/asks.h"

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

int api_info(struct call *k, struct qw_error *err)
{
    struct reply rep;
    (void)err;
    call_reply(k, &rep);
    api_info_write(rep.b, PACKAGE_VERSION);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_hello(struct call *k, struct qw_error *err)
{
    struct reply rep;
    const struct owner *o = &k->conn->owner;
    (void)err;
    call_reply(k, &rep);
    mpw_map(rep.b, 2);
    mpw_str(rep.b, "principal");
    mpw_str(rep.b, o->name);
    mpw_str(rep.b, "role");
    mpw_str(rep.b, daemon_is_admin(k->d, o) ? "admin" : o->stateless ? "stateless" : "user");
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_ping(struct call *k, struct qw_error *err)
{
    struct reply rep;
    (void)err;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "unix_ms");
    mpw_int(rep.b, clock_unix_ms());
    reply_end(k->d, &rep);
    return QW_OK;
}

/* ---- status ---- */

static const char *state_name(const struct daemon *d)
{
    const struct model_entry *e = models_current(d->models);
    if (d->state == DAEMON_SERVING && e != NULL && e->state == MODEL_LOADING)
        return "loading";
    return d->state == DAEMON_STARTING ? "starting" : d->state == DAEMON_SERVING ? "ready" : "draining";
}

static void write_model(struct daemon *d, struct qw_buf *b, struct mpw_open *m)
{
    const struct model_entry *e = models_current(d->models);
    if (e == NULL)
        e = d->failed_model;
    if (e == NULL)
        return;
    mpw_key(b, m, "model");
    struct mpw_open o = mpw_map_begin(b);
    put_str(b, &o, "name", e->name);
    put_str(b, &o, "state", model_state_name(e->state));
    if (e->builtin != NULL && e->builtin->about != NULL)
        put_str(b, &o, "about", e->builtin->about);
    if (e->state == MODEL_LOADED) {
        put_uint(b, &o, "context", e->context);
        mpw_key(b, &o, "context_lowered");
        mpw_bool(b, models_info(d->models)->max_model_len_lowered);
    }
    if (e->state == MODEL_LOADING) {
        uint64_t done, total;
        models_progress(d->models, &done, &total);
        put_uint(b, &o, "done", done);
        put_uint(b, &o, "total", total);
    }
    if (e->state == MODEL_FAILED)
        put_str(b, &o, "error", e->error.msg);
    mpw_map_end(b, &o);
}

/* Who answers when a request names no model. */
static void write_default(struct daemon *d, struct qw_buf *b, struct mpw_open *m)
{
    const struct model_entry *e = cfg_int(d->config, CFG_MODEL_SWITCH) ? NULL : models_current(d->models);
    if (e == NULL)
        e = models_pick(d->models, cfg_str(d->config, CFG_MODEL));
    if (e != NULL)
        put_str(b, m, "default_model", e->name);
}

static void write_memory(struct daemon *d, struct qw_buf *b)
{
    const struct sched_model_info *i = models_info(d->models);
    bool loaded = models_loaded(d->models) != NULL;
    struct mpw_open m = mpw_map_begin(b);
    put_uint(b, &m, "resident_bytes", mem_resident_bytes());
    put_uint(b, &m, "weight_bytes", loaded ? i->weight_bytes : 0);
    put_uint(b, &m, "page_bytes", loaded ? i->page_bytes : 0);
    put_uint(b, &m, "pages_total", d->stats.pages_total);
    put_uint(b, &m, "pages_used", d->stats.pages_used);
    put_uint(b, &m, "pages_cached", d->stats.pages_cached);
    put_uint(b, &m, "session_bytes", sessions_bytes(d->sessions));
    mpw_map_end(b, &m);
}

/* Whether the loaded weights came from the repack cache, and where it lies. */
static void write_repack(struct daemon *d, struct qw_buf *b, struct mpw_open *m)
{
    struct repack_info i;
    models_repack_info(d->models, &i);
    mpw_key(b, m, "repack_cache");
    struct mpw_open o = mpw_map_begin(b);
    put_str(b, &o, "state", repack_state_name(i.state));
    if (d->repack_cache != NULL)
        put_str(b, &o, "dir", d->repack_cache);
    if (i.path[0] != '\0')
        put_str(b, &o, "file", i.path);
    if (i.bytes > 0)
        put_uint(b, &o, "bytes", i.bytes);
    if (i.why[0] != '\0')
        put_str(b, &o, "why", i.why);
    mpw_map_end(b, &o);
}

/* The weakest of what plugins run in: what a reader may rely on. */
static const char *jail_name(const struct daemon *d)
{
    enum plug_jail weakest = PLUG_JAIL_LANDLOCK;
    bool any = false;
    for (size_t i = 0; i < verify_n_plugins(d->verify); i++) {
        struct plug_info p;
        plug_get_info(verify_plugin(d->verify, i), &p);
        if (p.version == NULL || p.version[0] == '\0')      /* not started yet */
            continue;
        any = true;
        if (p.jail < weakest)
            weakest = p.jail;
    }
    return any ? plug_jail_name(weakest) : "not started";
}

static void count_runs(const struct daemon *d, uint64_t *running, uint64_t *waiting)
{
    *running = *waiting = 0;
    for (const struct run *r = d->runs; r != NULL; r = r->next)
        *(r->state >= RUN_ENGINE ? running : waiting) += 1;
    if (d->stats.waiting <= *running) {         /* those that the engine has not begun */
        *running -= d->stats.waiting;
        *waiting += d->stats.waiting;
    }
}

static void write_status(struct daemon *d, struct qw_buf *b)
{
    const struct sched_model_info *i = models_info(d->models);
    bool loaded = models_loaded(d->models) != NULL;
    uint64_t running, waiting;
    sched_get_stats(d->sched, &d->stats);
    count_runs(d, &running, &waiting);
    struct mpw_open m = mpw_map_begin(b);
    put_str(b, &m, "version", PACKAGE_VERSION);
    put_uint(b, &m, "pid", (uint64_t)getpid());
    put_str(b, &m, "state", state_name(d));
    put_uint(b, &m, "uptime_ms", clock_mono_ms() - d->started_ms);
    put_str(b, &m, "socket", d->socket);
    put_str(b, &m, "data", d->data);
    write_model(d, b, &m);
    write_default(d, b, &m);
    mpw_key(b, &m, "runs");
    mpw_map(b, 2);
    mpw_str(b, "running");
    mpw_uint(b, running);
    mpw_str(b, "waiting");
    mpw_uint(b, waiting);
    put_uint(b, &m, "connections", server_n_conns(d->server));
    put_uint(b, &m, "sessions", sessions_count(d->sessions));
    mpw_key(b, &m, "memory");
    write_memory(d, b);
    write_repack(d, b, &m);
    mpw_key(b, &m, "engine");
    struct mpw_open e = mpw_map_begin(b);
    put_str(b, &e, "backend", loaded ? i->backend : "");
    if (loaded && i->device[0] != '\0') {
        put_str(b, &e, "device", i->device);
        put_str(b, &e, "runtime", i->runtime);
        put_uint(b, &e, "device_bytes", i->device_bytes);
    }
    if (loaded && i->why_cpu[0] != '\0')
        put_str(b, &e, "why", i->why_cpu);
    put_str(b, &e, "numerics", loaded ? numerics_name(i->numerics) : "");
    put_str(b, &e, "level", loaded ? cpu_level_name(i->level) : "");
    put_uint(b, &e, "threads", loaded ? (uint64_t)i->n_threads : 0);
    put_str(b, &e, "kv_cache_dtype", loaded ? kv_type_name(i->kv_type) : "");
    mpw_map_end(b, &e);
    mpw_key(b, &m, "rates");
    mpw_map(b, 2);
    mpw_str(b, "prefill_tok_s");
    mpw_float(b, d->stats.prefill_tok_s);
    mpw_str(b, "decode_tok_s");
    mpw_float(b, d->stats.decode_tok_s);
    mpw_key(b, &m, "limits");
    mpw_map(b, 2);
    mpw_str(b, "max_num_seqs");
    mpw_int(b, cfg_int(d->config, CFG_MAX_NUM_SEQS));
    mpw_str(b, "max_queue");
    mpw_int(b, cfg_int(d->config, CFG_MAX_QUEUE));
    mpw_key(b, &m, "store");
    history_write_status(d, b);
    put_str(b, &m, "jail", jail_name(d));
    mpw_key(b, &m, "programs");
    asks_write(d->asks, b);
    if (cfg_int(d->config, CFG_IDLE_EXIT) > 0)
        put_uint(b, &m, "idle_exit_ms", (uint64_t)cfg_int(d->config, CFG_IDLE_EXIT));
    if (d->config_error[0] != '\0')
        put_str(b, &m, "config_error", d->config_error);
    mpw_map_end(b, &m);
}

int api_status(struct call *k, struct qw_error *err)
{
    struct reply rep;
    (void)err;
    call_reply(k, &rep);
    write_status(k->d, rep.b);
    reply_end(k->d, &rep);
    return QW_OK;
}

/* ---- metrics ---- */

static void metric(struct qw_buf *t, const char *name, const char *type, const char *help, double v)
{
    qw_buf_addf(t, "# HELP qwend_%s %s\n# TYPE qwend_%s %s\nqwend_%s %.17g\n", name, help, name, type, name, v);
}

static void write_metrics(struct daemon *d, struct qw_buf *t)
{
    const struct sched_stats *s = &d->stats;
    sched_get_stats(d->sched, &d->stats);
    metric(t, "requests_total", "counter", "Requests received.", (double)d->n_requests);
    metric(t, "errors_total", "counter", "Requests answered with an error.", (double)d->n_errors);
    metric(t, "connections_total", "counter", "Connections accepted.", (double)server_n_accepted(d->server));
    metric(t, "connections", "gauge", "Connections open.", (double)server_n_conns(d->server));
    metric(t, "sessions", "gauge", "Conversations kept.", (double)sessions_count(d->sessions));
    metric(t, "session_bytes", "gauge", "Memory of conversations' texts and ids.", (double)sessions_bytes(d->sessions));
    metric(t, "runs", "gauge", "Requests being worked on.", (double)d->n_runs);
    metric(t, "sequences_running", "gauge", "Answers being generated.", s->running);
    metric(t, "sequences_waiting", "gauge", "Answers waiting for the engine.", s->waiting);
    metric(t, "tokens_prefilled_total", "counter", "Prompt tokens computed.", (double)s->tokens_prefilled);
    metric(t, "tokens_from_memory_total", "counter", "Prompt tokens taken from cached pages.", (double)s->tokens_from_memory);
    metric(t, "tokens_decoded_total", "counter", "Tokens generated.", (double)s->tokens_decoded);
    metric(t, "pages_total", "gauge", "KV pages of the pool.", (double)s->pages_total);
    metric(t, "pages_used", "gauge", "KV pages of running answers.", (double)s->pages_used);
    metric(t, "pages_cached", "gauge", "KV pages kept for later.", (double)s->pages_cached);
    metric(t, "guesses_total", "counter", "Tokens guessed by speculation.", (double)s->guesses);
    metric(t, "guesses_held_total", "counter", "Guesses that were right: tokens without a step of their own.",
           (double)s->guesses_held);
    metric(t, "preemptions_total", "counter", "Answers set back for want of pages.", (double)s->preemptions);
    metric(t, "evictions_total", "counter", "Cached KV pages given up.", (double)s->evictions);
    metric(t, "steps_total", "counter", "Engine steps.", (double)s->steps);
    metric(t, "resident_bytes", "gauge", "Memory of this process.", (double)mem_resident_bytes());
    qw_buf_adds(t, "# HELP qwend_verdicts_total Answers checked.\n# TYPE qwend_verdicts_total counter\n");
    for (int v = QWEN_UNDECIDED; v <= QWEN_VERIFIED; v++)
        qw_buf_addf(t, "qwend_verdicts_total{verdict=\"%s\"} %llu\n", verify_verdict_name((enum qwen_verdict)v),
                    (unsigned long long)d->n_verdicts[v]);
}

int api_metrics(struct call *k, struct qw_error *err)
{
    struct reply rep;
    struct qw_buf t = QW_BUF_INIT;
    write_metrics(k->d, &t);
    if (qw_buf_failed(&t)) {
        qw_buf_free(&t);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "text");
    mpw_strn(rep.b, t.data, t.len);
    reply_end(k->d, &rep);
    qw_buf_free(&t);
    return QW_OK;
}

/* ---- admin ---- */

/* "a, b" as an array. */
static void write_names(struct qw_buf *b, const struct qw_buf *list)
{
    size_t n = list->len > 0;
    for (size_t i = 0; i < list->len; i++)
        n += list->data[i] == ',';
    mpw_array(b, n);
    const char *p = list->data;
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(p, ",");
        mpw_strn(b, p, len);
        p += len + (p[len] == ',') + (p[len] == ',' && p[len + 1] == ' ');
    }
}

int api_admin_reload(struct call *k, struct qw_error *err)
{
    struct qw_buf changed = QW_BUF_INIT, restart = QW_BUF_INIT;
    struct reply rep;
    int rc = daemon_reload(k->d, &changed, &restart, err);
    if (rc == QW_OK) {
        call_reply(k, &rep);
        mpw_map(rep.b, 2);
        mpw_str(rep.b, "changed");
        write_names(rep.b, &changed);
        mpw_str(rep.b, "restart");
        write_names(rep.b, &restart);
        reply_end(k->d, &rep);
    }
    qw_buf_free(&changed);
    qw_buf_free(&restart);
    return rc;
}

int api_admin_drain(struct call *k, struct qw_error *err)
{
    struct reply rep;
    uint64_t running, waiting;
    (void)err;
    count_runs(k->d, &running, &waiting);
    call_reply(k, &rep);
    mpw_map(rep.b, 2);
    mpw_str(rep.b, "running");
    mpw_uint(rep.b, running);
    mpw_str(rep.b, "waiting");
    mpw_uint(rep.b, waiting);
    reply_end(k->d, &rep);
    daemon_drain(k->d, (uint64_t)arg_int(k, "grace_ms", cfg_int(k->d->config, CFG_DRAIN_TIMEOUT)));
    return QW_OK;
}

int api_admin_log(struct call *k, struct qw_error *err)
{
    static const char *const name[] = { "error", "warn", "info", "debug" };
    struct reply rep;
    enum qw_log_level before = qw_log_level();
    int level = qw_log_level_parse(arg_str(k, "level", "info"));
    if (level < 0)
        return qw_error_set(err, QW_EPARAMS, "level: not known");
    qw_log_set_level((enum qw_log_level)level);
    call_reply(k, &rep);
    mpw_map(rep.b, 2);
    mpw_str(rep.b, "level");
    mpw_str(rep.b, name[level]);
    mpw_str(rep.b, "previous");
    mpw_str(rep.b, name[before]);
    reply_end(k->d, &rep);
    return QW_OK;
}
