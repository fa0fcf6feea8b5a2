/* The plugin's process: starting it, what is sent, what it says. */
#include "plugins/host/host_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plugins/host/record.h"

#define LOAD_TIMEOUT    10000u
#define CANCEL_GRACE    200u                    /* from cancel to SIGKILL */
#define CRASH_WINDOW    60000u
#define BACKOFF_FIRST   100u
#define RECYCLE_CALLS   1000u
#define RECYCLE_GROWTH  ((uint64_t)64 << 20)
#define ROUND_READS     8                       /* of each descriptor: a flood must not keep the caller's loop */
#define LOG_BYTES       65536u                  /* of one load or op; what is said beyond is dropped */

void plug_stop(struct plug *p, char how[64])
{
    proc_end(&p->proc, how);                    /* closed descriptors leave the epoll set */
    qw_buf_clear(&p->in);
    qw_buf_clear(&p->out);
}

/* Until it is reloaded: everything that waits fails with the last error. */
static void disable(struct plug *p)
{
    p->state = S_DISABLED;
    while (p->queue != NULL)
        plug_fail_first(p, QW_EPLUGIN, p->last_error.msg);
}

/* The process did something it must not: it ends, the op that ran fails. */
void plug_crash(struct plug *p, int code, const char *why)
{
    char how[64], text[480];
    uint64_t now = clock_mono_ms(), backoff = BACKOFF_FIRST;
    size_t recent = 0;

    plug_stop(p, how);
    ask_drop(p, false);
    snprintf(text, sizeof text, "%s (%s)", why, how);
    qw_error_set(&p->last_error, QW_EPLUGIN, "%s", text);
    p->crash_ms[p->n_crashes++ % CRASH_LIMIT] = now;
    for (size_t i = 0; i < CRASH_LIMIT; i++)
        if (p->crash_ms[i] != 0 && now - p->crash_ms[i] < CRASH_WINDOW) {
            recent++;
            backoff *= 2;
        }
    p->state = recent >= CRASH_LIMIT ? S_DISABLED : S_BACKOFF;
    p->until_ms = now + backoff;
    if (p->running) {
        p->poison[p->n_poison++ % POISON] = p->queue->hash;
        plug_fail_first(p, code, text);
    }
    if (p->state == S_DISABLED)
        disable(p);
}

void plug_flush(struct plug *p)
{
    proc_flush(&p->proc, p->ep, &p->out);
}

void plug_start(struct plug *p)
{
    struct qw_error err = { 0 };
    char memory[32];
    char *argv[] = { (char *)"qwend-plugin", memory, NULL };
    struct proc_command command = { .path = p->c.host_path, .argv = argv };

    snprintf(memory, sizeof memory, "%llu", (unsigned long long)p->c.memory_bytes);
    if (proc_start(&p->proc, &command, &err) != QW_OK) {
        p->last_error = err;
        disable(p);                             /* a missing program does not come back by waiting */
        return;
    }
    proc_watch(&p->proc, p->ep);
    rpc_begin_request(&p->out, 0, "load");
    mpw_map(&p->out, 4);
    plug_put_text(&p->out, "path", p->c.path);
    mpw_str(&p->out, "options");
    mpw_map(&p->out, p->c.n_options);
    for (size_t i = 0; i < p->c.n_options; i++)
        plug_put_text(&p->out, p->c.options[i].key, p->c.options[i].value);
    mpw_str(&p->out, "generate");
    mpw_bool(&p->out, p->c.may_generate);
    mpw_str(&p->out, "run_program");
    mpw_bool(&p->out, p->c.may_run_program);
    p->state = S_LOADING;
    p->calls = 0;
    p->logged = 0;
    p->deadline_ms = clock_mono_ms() + LOAD_TIMEOUT;
    plug_flush(p);
}

static void send_op(struct plug *p)
{
    static const char *const method[] = { "verify", "equal", "read", "canon", "tool" };
    struct op *op = p->queue;
    p->running = true;
    p->cancelling = false;
    p->logged = 0;
    p->asked = p->refused = 0;
    p->started_ms = clock_mono_ms();
    p->deadline_ms = p->started_ms + op->budget_ms;
    rpc_begin_request(&p->out, (uint32_t)op->id, method[op->kind]);
    qw_buf_add(&p->out, op->params.data, op->params.len);
    mpw_str(&p->out, "remaining_ms");
    mpw_int(&p->out, op->budget_ms);
    plug_flush(p);
}

void plug_send_cancel(struct plug *p)
{
    if (p->cancelling)
        return;
    p->cancelling = true;
    p->deadline_ms = clock_mono_ms() + CANCEL_GRACE;
    ask_drop(p, true);
    rpc_begin_notify(&p->out, "cancel");
    mpw_map(&p->out, 0);
    plug_flush(p);
}

/* Starts what can be started. */
static void advance(struct plug *p)
{
    if (p->state == S_BACKOFF && clock_mono_ms() >= p->until_ms)
        p->state = S_IDLE;
    if (p->state == S_IDLE && p->queue != NULL)
        plug_start(p);
    if (p->state == S_READY && !p->running && p->queue != NULL)
        send_op(p);
}

/* --- what the process says --------------------------------------------------------------------- */

/* What it logs or prints, bounded: a plugin that prints without end must not fill the log. */
static void pass_on(struct plug *p, const char *s, size_t n)
{
    static const char dropped[] = "says too much; the rest of this call's output is dropped";
    if (p->c.log == NULL || p->logged >= LOG_BYTES)
        return;
    p->logged += n;
    p->c.log(p->c.log_arg, s, n);
    if (p->logged >= LOG_BYTES)
        p->c.log(p->c.log_arg, dropped, sizeof dropped - 1);
}

static void copy_name(char to[72], const struct mp *v, struct qw_arena *a)
{
    const char *s = mp_to_cstr(a, v);
    snprintf(to, 72, "%s", s != NULL ? s : "");
}

void plug_tools_free(struct plug *p)
{
    for (size_t i = 0; i < p->n_tools; i++) {
        qw_free(p->tools[i].name);
        qw_free(p->tools[i].about);
        qw_free(p->tools[i].schema_json);
    }
    qw_free(p->tools);
    p->tools = NULL;
    p->n_tools = 0;
}

static char *bounded_text(const struct mp *v, size_t max)
{
    return v != NULL && v->type == MP_STR && v->u.s.n <= max && memchr(v->u.s.p, 0, v->u.s.n) == NULL
        ? qw_strndup(v->u.s.p, v->u.s.n) : NULL;
}

static bool take_tools(struct plug *p, const struct mp *tools)
{
    plug_tools_free(p);
    if (tools == NULL || tools->type != MP_ARRAY || tools->u.a.n > HOST_MAX_TOOLS)
        return false;
    if (tools->u.a.n == 0)
        return true;
    if ((p->tools = qw_calloc(tools->u.a.n, sizeof *p->tools)) == NULL)
        return false;
    for (size_t i = 0; i < tools->u.a.n; i++) {
        const struct mp *t = &tools->u.a.v[i];
        p->tools[p->n_tools++] = (struct plug_tool){
            bounded_text(mp_get(t, "name"), HOST_MAX_NAME), bounded_text(mp_get(t, "about"), RECORD_MAX_TEXT),
            bounded_text(mp_get(t, "schema"), HOST_MAX_SCHEMA) };
        if (p->tools[i].name == NULL || p->tools[i].name[0] == '\0' || p->tools[i].about == NULL || p->tools[i].schema_json == NULL)
            return false;
    }
    return true;
}

static bool flag(const struct mp *map, const char *key, bool *ok)
{
    const struct mp *v = mp_get(map, key);
    *ok &= v != NULL && v->type == MP_BOOL;
    return v != NULL && v->type == MP_BOOL && v->u.b;
}

static bool on_loaded(struct plug *p, const struct rpc_msg *m, struct qw_arena *a)
{
    int64_t jail;
    bool ok = true;
    if (m->error.type != MP_NIL) {
        const char *why = mp_to_cstr(a, mp_path(&m->error, "1"));
        plug_crash(p, QW_EPLUGIN, why != NULL ? why : "cannot be loaded");
        return false;
    }
    p->has_verify = flag(&m->result, "verify", &ok);
    p->has_equal = flag(&m->result, "equal", &ok);
    p->has_read = flag(&m->result, "read", &ok);
    p->has_canon = flag(&m->result, "canon", &ok);
    if (!mp_to_i64(mp_get(&m->result, "jail"), &jail) || jail < 0 || jail > PLUG_JAIL_LANDLOCK || !ok ||
        !take_tools(p, mp_get(&m->result, "tools"))) {
        plug_crash(p, QW_EPLUGIN, "describes itself wrongly");
        return false;
    }
    copy_name(p->name, mp_get(&m->result, "name"), a);
    copy_name(p->version, mp_get(&m->result, "version"), a);
    p->jail = (enum plug_jail)jail;
    if ((int)p->jail < p->c.jail_minimum) {
        plug_crash(p, QW_EPLUGIN, "the jail that this machine offers is below jail_minimum");
        disable(p);                             /* the kernel does not change by waiting */
        return false;
    }
    p->state = S_READY;
    p->resident_first = proc_resident_bytes(&p->proc);
    return true;
}

static bool on_result(struct plug *p, const struct rpc_msg *m, struct qw_arena *a)
{
    struct plug_result r;
    struct qw_error err = { 0 };
    struct op *op;

    record_init(&r);
    if (m->error.type != MP_NIL) {
        const char *why = mp_to_cstr(a, mp_path(&m->error, "1"));
        qw_error_set(&r.error, QW_EPLUGIN, "%s: %s", p->c.name, why != NULL ? why : "failed");
    } else if (record_read(&r, &m->result, &err) != QW_OK) {
        record_free(&r);
        plug_crash(p, QW_EPLUGIN, err.msg);
        return false;
    } else {
        record_finish(&r, p->c.trust_proof);
    }
    r.plugin = p->name;
    r.version = p->version;
    r.ms = (double)(clock_mono_ms() - p->started_ms);
    if (p->cancelling && r.error.code == QW_OK)
        qw_error_set(&r.error, QW_ECANCELLED, "%s: cancelled or out of time", p->c.name);
    if (r.error.code != QW_OK)
        r.answer = r.working = QWEN_UNDECIDED, r.eq = QWEN_EQ_UNKNOWN;
    op = plug_pop(p);
    p->running = p->cancelling = false;
    ask_drop(p, false);                         /* a plugin that did not wait for it */
    p->n_ops++;
    p->calls++;
    if (p->calls >= RECYCLE_CALLS || proc_resident_bytes(&p->proc) > p->resident_first + RECYCLE_GROWTH) {
        char how[64];
        plug_stop(p, how);
        p->state = S_IDLE;
    }
    op->done(op->arg, &r);
    plug_op_free(op);
    record_free(&r);
    return p->state == S_READY;
}

/* One message; false once the process is gone. */
static bool on_message(struct plug *p, const struct rpc_msg *m, struct qw_arena *a)
{
    if (m->kind == RPC_NOTIFY && m->method_len == 3 && memcmp(m->method, "log", 3) == 0) {
        const struct mp *t = mp_get(&m->params, "text");
        if (t != NULL && t->type == MP_STR)
            pass_on(p, t->u.s.p, t->u.s.n);
        return true;
    }
    if (m->kind == RPC_RESPONSE && p->state == S_LOADING && m->id == 0)
        return on_loaded(p, m, a);
    if (m->kind == RPC_RESPONSE && p->running && m->id == (uint32_t)p->queue->id)
        return on_result(p, m, a);
    if (m->kind == RPC_REQUEST && p->running && ask_is(m))
        return ask_take(p, m);
    plug_crash(p, QW_EPLUGIN, "sent a message that nobody asked for");
    return false;
}

/* Every whole message that is there; false once the process is gone. */
static bool take_messages(struct plug *p)
{
    size_t at = 0;
    for (;;) {
        struct qw_arena *a = qw_arena_new((size_t)32 << 20);
        struct qw_error err = { 0 };
        struct mp v;
        struct rpc_msg m;
        size_t used;
        int rc = a == NULL || qw_buf_failed(&p->in) ? QW_ENOMEM : at == p->in.len ? QW_ETRUNC
               : mp_read(a, p->in.data + at, p->in.len - at, &mp_limits_out, &v, &used, &err);
        bool alive = true;
        if (rc == QW_OK && (rc = rpc_parse(&v, &m, &err)) == QW_OK) {
            pid_t before = p->proc.pid;
            alive = on_message(p, &m, a) && p->proc.pid == before;
            at += used;
        } else if (rc != QW_ETRUNC) {
            plug_crash(p, QW_EPLUGIN, "printed garbage into its channel");
            alive = false;
        }
        qw_arena_free(a);
        if (!alive)
            return false;
        if (rc == QW_ETRUNC) {
            qw_buf_drop(&p->in, at);
            return true;
        }
    }
}

static void read_channel(struct plug *p)
{
    char chunk[65536];
    for (int i = 0; i < ROUND_READS; i++) {
        ssize_t n = read(p->proc.channel, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            plug_crash(p, QW_EPLUGIN, p->running ? "crashed" : "ended");
            return;
        }
        qw_buf_add(&p->in, chunk, (size_t)n);
        if (!take_messages(p))
            return;
    }
}

static void read_output(struct plug *p)
{
    char chunk[4096];
    ssize_t n = -1;
    for (int i = 0; i < ROUND_READS && (n = read(p->proc.output, chunk, sizeof chunk)) > 0; i++) {
        p->printed += (uint64_t)n;
        pass_on(p, chunk, (size_t)n);
    }
    if (n == 0)                                 /* closed by the plugin; the channel tells the rest */
        epoll_ctl(p->ep, EPOLL_CTL_DEL, p->proc.output, NULL);
}

static void on_time(struct plug *p)
{
    uint64_t now = clock_mono_ms();
    if (p->proc.pid > 0 && qw_buf_failed(&p->out))
        plug_crash(p, QW_EPLUGIN, "does not take what it is told");
    else if (p->state == S_LOADING && now >= p->deadline_ms)
        plug_crash(p, QW_EPLUGIN, "did not load in time");
    else if (p->running && now >= p->deadline_ms) {
        if (p->cancelling)
            plug_crash(p, QW_EPLUGIN, "ran out of time and did not stop");
        else
            plug_send_cancel(p);
    }
}

void plug_process(struct plug *p)
{
    struct epoll_event ev[4];
    int n = epoll_wait(p->ep, ev, 4, 0);
    for (int i = 0; i < n; i++) {
        int fd = ev[i].data.fd;
        /* An earlier event of this round may have ended the process. */
        if (p->proc.pid > 0 && fd == p->proc.output)
            read_output(p);
        else if (p->proc.pid > 0 && fd == p->proc.channel) {
            if (ev[i].events & EPOLLOUT)
                plug_flush(p);
            if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_channel(p);
        }
    }
    /* The channel's end comes with the process's; pidfd alone means somebody else holds the channel. */
    for (int i = 0; i < n; i++)
        if (p->proc.pid > 0 && ev[i].data.fd == p->proc.pidfd)
            plug_crash(p, QW_EPLUGIN, p->running ? "crashed" : "ended");
    on_time(p);
    advance(p);
}
