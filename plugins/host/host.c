#include "plugins/host/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "plugins/host/record.h"
#include "plugins/host/spawn.h"
#include "proto/rpc.h"

#define MAX_QUEUED      64
#define DEFAULT_TIMEOUT 10000u
#define DEFAULT_MEMORY  ((uint64_t)1 << 30)
#define LOAD_TIMEOUT    10000u
#define CANCEL_GRACE    200u                    /* from cancel to SIGKILL */
#define CRASH_WINDOW    60000u
#define CRASH_LIMIT     5
#define BACKOFF_FIRST   100u
#define RECYCLE_CALLS   1000u
#define RECYCLE_GROWTH  ((uint64_t)64 << 20)
#define POISON          16                      /* inputs remembered as crashing */
#define ROUND_READS     8                       /* of each descriptor: a flood must not keep the caller's loop */
#define LOG_BYTES       65536u                  /* of one load or op; what is said beyond is dropped */

enum op_kind { OP_VERIFY, OP_EQUAL };
struct op {
    struct op *next;
    uint64_t   id;
    struct qw_buf params;                       /* the request's map, without remaining_ms */
    enum op_kind kind;
    uint32_t   budget_ms;
    XXH128_hash_t hash;
    plug_done *done;
    void      *arg;
};

enum state { S_IDLE, S_LOADING, S_READY, S_BACKOFF, S_DISABLED };
struct plug {
    struct plug_config c;                       /* strings and options are ours */
    int        ep;
    enum state state;
    struct proc proc;
    struct qw_buf in, out;
    struct op *queue, **tail;                   /* the first one runs when running is set */
    size_t     n_queued;
    bool       running, cancelling;
    uint64_t   started_ms, deadline_ms;         /* of the load or op in progress */
    uint64_t   until_ms;                        /* S_BACKOFF */
    uint64_t   next_op;
    uint64_t   crash_ms[CRASH_LIMIT];           /* a ring of the last ones */
    uint64_t   n_crashes, n_ops, calls, resident_first;
    size_t     logged;                          /* bytes, of the load or op in progress */
    XXH128_hash_t poison[POISON];
    size_t     n_poison;
    struct qw_error last_error;
    char       name[72], version[72];
    enum plug_jail jail;
    bool       has_verify, has_equal;
};

/* --- configuration ---------------------------------------------------------------------------- */

static const char *safe_strdup(const char *s, bool *ok)
{
    char *c = s != NULL ? qw_strdup(s) : NULL;
    *ok &= s == NULL || c != NULL;
    return c;
}

static void free_config(struct plug_config *c)
{
    for (size_t i = 0; c->options != NULL && i < c->n_options; i++) {
        qw_free((char *)c->options[i].key);
        qw_free((char *)c->options[i].value);
    }
    qw_free((struct plug_option *)c->options);
    qw_free((char *)c->name);
    qw_free((char *)c->path);
    qw_free((char *)c->host_path);
}

static int copy_config(struct plug_config *to, const struct plug_config *from, struct qw_error *err)
{
    bool ok = true;
    struct plug_option *options = NULL;

    *to = *from;
    to->name = safe_strdup(from->name, &ok);
    to->path = safe_strdup(from->path, &ok);
    to->host_path = safe_strdup(from->host_path, &ok);
    if (from->n_options > 0 && (options = qw_calloc(from->n_options, sizeof *options)) == NULL)
        ok = false;
    for (size_t i = 0; options != NULL && i < from->n_options; i++)
        options[i] = (struct plug_option){ safe_strdup(from->options[i].key, &ok), safe_strdup(from->options[i].value, &ok) };
    to->options = options;
    if (to->timeout_ms == 0)
        to->timeout_ms = DEFAULT_TIMEOUT;
    if (to->memory_bytes == 0)
        to->memory_bytes = DEFAULT_MEMORY;
    return ok ? QW_OK : qw_error_set(err, QW_ENOMEM, "plugin %s", from->name);
}

/* Nobody but root or us may be able to change what is trusted to prove things.  A private
 * group (gid equal to the owner's uid, as Debian makes them) is the owner itself. */
static int check_owner(const char *path, struct qw_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return qw_error_errno(err, QW_EPLUGIN, errno, "%s", path);
    if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & S_IWOTH) ||
        ((st.st_mode & S_IWGRP) && st.st_gid != st.st_uid))
        return qw_error_set(err, QW_EDENIED,
                            "%s can be changed by others (mode %04o), so trust = proof is refused: chown it to root "
                            "and chmod go-w", path, (unsigned)(st.st_mode & 07777));
    return QW_OK;
}

static int check_trust(const char *path, struct qw_error *err)
{
    char *dir = qw_strdup(path);
    int rc = dir != NULL ? check_owner(path, err) : qw_error_set(err, QW_ENOMEM, "%s", path);
    if (rc == QW_OK) {
        *strrchr(dir, '/') = '\0';
        rc = check_owner(dir[0] != '\0' ? dir : "/", err);
    }
    qw_free(dir);
    return rc;
}

int plug_new(struct plug **out, const struct plug_config *c, struct qw_error *err)
{
    struct plug *p;
    int rc;

    if (c->path == NULL || c->path[0] != '/')
        return qw_error_set(err, QW_EPARAMS, "plugin %s: the path must be absolute", c->name);
    if (access(c->path, R_OK) != 0)
        return qw_error_errno(err, QW_EPLUGIN, errno, "plugin %s: %s", c->name, c->path);
    if (c->trust_proof && (rc = check_trust(c->path, err)) != QW_OK)
        return rc;
    if ((p = qw_calloc(1, sizeof *p)) == NULL)
        return qw_error_set(err, QW_ENOMEM, "plugin %s", c->name);
    p->proc = PROC_NONE;
    p->ep = -1;
    p->tail = &p->queue;
    qw_buf_init(&p->in, mp_limits_out.max_bytes + 65536);
    qw_buf_init(&p->out, mp_limits_in.max_bytes + 65536);
    if ((rc = copy_config(&p->c, c, err)) != QW_OK)
        goto fail;
    if (p->c.host_path == NULL) {
        char *path;
        if ((rc = paths_installed(QW_INST_LIBEXEC, "qwend-plugin", &path, err)) != QW_OK)
            goto fail;
        p->c.host_path = path;
    }
    if ((p->ep = epoll_create1(EPOLL_CLOEXEC)) < 0) {
        rc = qw_error_errno(err, QW_EIO, errno, "epoll");
        goto fail;
    }
    *out = p;
    return QW_OK;
fail:
    plug_free(p);
    return rc;
}

/* --- ops ---------------------------------------------------------------------------------------- */

static void op_free(struct op *op)
{
    qw_buf_free(&op->params);
    qw_free(op);
}

static struct op *pop(struct plug *p)
{
    struct op *op = p->queue;
    p->queue = op->next;
    if (p->queue == NULL)
        p->tail = &p->queue;
    p->n_queued--;
    return op;
}

/* Ends the first op with an error; its callback may queue new ones. */
static void finish_error(struct plug *p, int code, const char *why)
{
    struct plug_result r;
    struct op *op = pop(p);
    record_init(&r);
    qw_error_set(&r.error, code, "%s: %s", p->c.name, why);
    r.plugin = p->name;
    r.version = p->version;
    p->running = p->cancelling = false;
    op->done(op->arg, &r);
    op_free(op);
}

static bool poisoned(const struct plug *p, XXH128_hash_t h)
{
    for (size_t i = 0; i < p->n_poison && i < POISON; i++)
        if (XXH128_isEqual(p->poison[i], h))
            return true;
    return false;
}

static int queue_op(struct plug *p, struct op *op, uint64_t *id, struct qw_error *err)
{
    if (qw_buf_failed(&op->params)) {
        op_free(op);
        return qw_error_set(err, QW_ETOOLARGE, "%s: the text to check is too long", p->c.name);
    }
    op->hash = XXH3_128bits(op->params.data, op->params.len);
    if (p->n_queued >= MAX_QUEUED || p->state == S_DISABLED || poisoned(p, op->hash)) {
        int rc = p->n_queued >= MAX_QUEUED ? qw_error_set(err, QW_EBUSY, "%s: %d checks are waiting", p->c.name, MAX_QUEUED)
               : p->state == S_DISABLED
                   ? qw_error_set(err, QW_EPLUGIN, "%s is disabled after %d crashes within a minute (%s); reload it to try again",
                                  p->c.name, CRASH_LIMIT, p->last_error.msg)
                   : qw_error_set(err, QW_EPLUGIN, "%s crashed on this input before; it is not tried again", p->c.name);
        op_free(op);
        return rc;
    }
    op->id = ++p->next_op;
    *p->tail = op;
    p->tail = &op->next;
    p->n_queued++;
    if (id != NULL)
        *id = op->id;
    return QW_OK;
}

static struct op *op_new(const struct plug *p, enum op_kind kind, uint32_t budget_ms, plug_done *done, void *arg)
{
    struct op *op = qw_calloc(1, sizeof *op);
    if (op == NULL)
        return NULL;
    op->kind = kind;
    op->budget_ms = budget_ms != 0 && budget_ms < p->c.timeout_ms ? budget_ms : p->c.timeout_ms;
    op->done = done;
    op->arg = arg;
    qw_buf_init(&op->params, mp_limits_in.max_bytes - 4096);
    return op;
}

static void put_text(struct qw_buf *b, const char *key, const char *value)
{
    mpw_str(b, key);
    mpw_strn(b, value != NULL ? value : "", value != NULL ? strlen(value) : 0);
}

int plug_verify(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg,
                uint64_t *id, struct qw_error *err)
{
    struct op *op = op_new(p, OP_VERIFY, budget_ms, done, arg);
    if (op == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", p->c.name);
    mpw_map(&op->params, 6);                    /* five here, remaining_ms when it is sent */
    put_text(&op->params, "question", pr->question);
    put_text(&op->params, "response", pr->response);
    put_text(&op->params, "answer", pr->answer);
    put_text(&op->params, "lang", pr->lang);
    mpw_str(&op->params, "truncated");
    mpw_bool(&op->params, pr->truncated);
    return queue_op(p, op, id, err);
}

int plug_equal(struct plug *p, const char *gold, const char *answer, uint32_t budget_ms, plug_done *done, void *arg,
               uint64_t *id, struct qw_error *err)
{
    struct op *op = op_new(p, OP_EQUAL, budget_ms, done, arg);
    if (op == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", p->c.name);
    mpw_map(&op->params, 3);
    put_text(&op->params, "gold", gold);
    put_text(&op->params, "answer", answer);
    return queue_op(p, op, id, err);
}

/* --- the process ---------------------------------------------------------------------------------- */

static void watch(struct plug *p, int fd, uint32_t events, int op)
{
    struct epoll_event e = { .events = events, .data.fd = fd };
    epoll_ctl(p->ep, op, fd, &e);
}

static void stop_process(struct plug *p, char how[64])
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
        finish_error(p, QW_EPLUGIN, p->last_error.msg);
}

/* The process did something it must not: it ends, the op that ran fails. */
static void crash(struct plug *p, int code, const char *why)
{
    char how[64], text[320];
    uint64_t now = clock_mono_ms(), backoff = BACKOFF_FIRST;
    size_t recent = 0;

    stop_process(p, how);
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
        finish_error(p, code, text);
    }
    if (p->state == S_DISABLED)
        disable(p);
}

static void flush(struct plug *p)
{
    while (p->out.len > 0) {
        ssize_t n = send(p->proc.channel, p->out.data, p->out.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;                              /* EAGAIN waits; an end shows as EPOLLHUP */
        qw_buf_drop(&p->out, (size_t)n);
    }
    watch(p, p->proc.channel, EPOLLIN | (p->out.len > 0 ? EPOLLOUT : 0), EPOLL_CTL_MOD);
}

static void start_process(struct plug *p)
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
    watch(p, p->proc.channel, EPOLLIN, EPOLL_CTL_ADD);
    watch(p, p->proc.output, EPOLLIN, EPOLL_CTL_ADD);
    watch(p, p->proc.pidfd, EPOLLIN, EPOLL_CTL_ADD);
    rpc_begin_request(&p->out, 0, "load");
    mpw_map(&p->out, 2);
    put_text(&p->out, "path", p->c.path);
    mpw_str(&p->out, "options");
    mpw_map(&p->out, p->c.n_options);
    for (size_t i = 0; i < p->c.n_options; i++)
        put_text(&p->out, p->c.options[i].key, p->c.options[i].value);
    p->state = S_LOADING;
    p->calls = 0;
    p->logged = 0;
    p->deadline_ms = clock_mono_ms() + LOAD_TIMEOUT;
    flush(p);
}

static void send_op(struct plug *p)
{
    struct op *op = p->queue;
    p->running = true;
    p->cancelling = false;
    p->logged = 0;
    p->started_ms = clock_mono_ms();
    p->deadline_ms = p->started_ms + op->budget_ms;
    rpc_begin_request(&p->out, (uint32_t)op->id, op->kind == OP_VERIFY ? "verify" : "equal");
    qw_buf_add(&p->out, op->params.data, op->params.len);
    mpw_str(&p->out, "remaining_ms");
    mpw_int(&p->out, op->budget_ms);
    flush(p);
}

static void send_cancel(struct plug *p)
{
    if (p->cancelling)
        return;
    p->cancelling = true;
    p->deadline_ms = clock_mono_ms() + CANCEL_GRACE;
    rpc_begin_notify(&p->out, "cancel");
    mpw_map(&p->out, 0);
    flush(p);
}

/* Starts what can be started. */
static void advance(struct plug *p)
{
    if (p->state == S_BACKOFF && clock_mono_ms() >= p->until_ms)
        p->state = S_IDLE;
    if (p->state == S_IDLE && p->queue != NULL)
        start_process(p);
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

static bool on_loaded(struct plug *p, const struct rpc_msg *m, struct qw_arena *a)
{
    int64_t jail;
    const struct mp *verify = mp_get(&m->result, "verify"), *equal = mp_get(&m->result, "equal");
    if (m->error.type != MP_NIL) {
        const char *why = mp_to_cstr(a, mp_path(&m->error, "1"));
        crash(p, QW_EPLUGIN, why != NULL ? why : "cannot be loaded");
        return false;
    }
    if (!mp_to_i64(mp_get(&m->result, "jail"), &jail) || jail < 0 || jail > PLUG_JAIL_LANDLOCK ||
        verify == NULL || equal == NULL) {
        crash(p, QW_EPLUGIN, "describes itself wrongly");
        return false;
    }
    copy_name(p->name, mp_get(&m->result, "name"), a);
    copy_name(p->version, mp_get(&m->result, "version"), a);
    p->jail = (enum plug_jail)jail;
    p->has_verify = verify->type == MP_BOOL && verify->u.b;
    p->has_equal = equal->type == MP_BOOL && equal->u.b;
    if ((int)p->jail < p->c.jail_minimum) {
        crash(p, QW_EPLUGIN, "the jail that this machine offers is below jail_minimum");
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
        crash(p, QW_EPLUGIN, err.msg);
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
    op = pop(p);
    p->running = p->cancelling = false;
    p->n_ops++;
    p->calls++;
    if (p->calls >= RECYCLE_CALLS || proc_resident_bytes(&p->proc) > p->resident_first + RECYCLE_GROWTH) {
        char how[64];
        stop_process(p, how);
        p->state = S_IDLE;
    }
    op->done(op->arg, &r);
    op_free(op);
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
    crash(p, QW_EPLUGIN, "sent a message that nobody asked for");
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
            crash(p, QW_EPLUGIN, "printed garbage into its channel");
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
            crash(p, QW_EPLUGIN, p->running ? "crashed" : "ended");
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
    for (int i = 0; i < ROUND_READS && (n = read(p->proc.output, chunk, sizeof chunk)) > 0; i++)
        pass_on(p, chunk, (size_t)n);
    if (n == 0)                                 /* closed by the plugin; the channel tells the rest */
        epoll_ctl(p->ep, EPOLL_CTL_DEL, p->proc.output, NULL);
}

static void on_time(struct plug *p)
{
    uint64_t now = clock_mono_ms();
    if (p->state == S_LOADING && now >= p->deadline_ms)
        crash(p, QW_EPLUGIN, "did not load in time");
    else if (p->running && now >= p->deadline_ms) {
        if (p->cancelling)
            crash(p, QW_EPLUGIN, "ran out of time and did not stop");
        else
            send_cancel(p);
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
                flush(p);
            if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_channel(p);
        }
    }
    /* The channel's end comes with the process's; pidfd alone means somebody else holds the channel. */
    for (int i = 0; i < n; i++)
        if (p->proc.pid > 0 && ev[i].data.fd == p->proc.pidfd)
            crash(p, QW_EPLUGIN, p->running ? "crashed" : "ended");
    on_time(p);
    advance(p);
}

/* --- the rest of the interface --------------------------------------------------------------------- */

void plug_cancel(struct plug *p, uint64_t id)
{
    if (p->running && p->queue->id == id) {
        send_cancel(p);
        return;
    }
    for (struct op **at = &p->queue; *at != NULL; at = &(*at)->next)
        if ((*at)->id == id) {
            struct op *op = *at;
            struct plug_result r;
            record_init(&r);
            qw_error_set(&r.error, QW_ECANCELLED, "%s: cancelled", p->c.name);
            *at = op->next;
            if (p->tail == &op->next)
                p->tail = at;
            p->n_queued--;
            op->done(op->arg, &r);
            op_free(op);
            return;
        }
}

void plug_free(struct plug *p)
{
    char how[64];
    if (p == NULL)
        return;
    stop_process(p, how);
    p->state = S_DISABLED;
    while (p->queue != NULL)
        finish_error(p, QW_ECANCELLED, "shutting down");
    if (p->ep >= 0)
        close(p->ep);
    qw_buf_free(&p->in);
    qw_buf_free(&p->out);
    free_config(&p->c);
    qw_free(p);
}

int plug_fd(const struct plug *p)
{
    return p->ep;
}

int plug_timeout_ms(const struct plug *p)
{
    uint64_t at, now = clock_mono_ms();
    if (p->state == S_BACKOFF && p->queue != NULL)
        at = p->until_ms;
    else if (p->state == S_LOADING || p->running)
        at = p->deadline_ms;
    else if ((p->state == S_IDLE || p->state == S_READY) && p->queue != NULL)
        return 0;
    else
        return -1;
    return at > now ? (int)(at - now) : 0;
}

bool plug_busy(const struct plug *p)
{
    return p->queue != NULL;
}

void plug_wait(struct plug *p)
{
    while (p->queue != NULL) {
        struct epoll_event ev;
        plug_process(p);
        if (p->queue != NULL)
            epoll_wait(p->ep, &ev, 1, plug_timeout_ms(p));
    }
}

void plug_ready(struct plug *p)
{
    if (p->state == S_IDLE)
        start_process(p);
}

int plug_reload(struct plug *p, struct qw_error *err)
{
    char how[64];
    int rc;
    if (access(p->c.path, R_OK) != 0)
        return qw_error_errno(err, QW_EPLUGIN, errno, "plugin %s: %s", p->c.name, p->c.path);
    if (p->c.trust_proof && (rc = check_trust(p->c.path, err)) != QW_OK)
        return rc;
    if (p->running)
        return qw_error_set(err, QW_EBUSY, "plugin %s: a check is running; try again in a moment", p->c.name);
    stop_process(p, how);
    memset(p->crash_ms, 0, sizeof p->crash_ms);
    p->n_poison = 0;
    p->last_error = (struct qw_error){ 0 };
    p->state = S_IDLE;
    return QW_OK;
}

void plug_get_info(const struct plug *p, struct plug_info *i)
{
    static const char *const names[] = { "idle", "running", "running", "backoff", "disabled" };
    *i = (struct plug_info){
        .name = p->c.name, .version = p->version, .path = p->c.path, .state = names[p->state],
        .last_error = p->last_error.msg, .jail = p->jail, .trust_proof = p->c.trust_proof,
        .ops = p->n_ops, .crashes = p->n_crashes, .pid = p->proc.pid > 0 ? p->proc.pid : 0,
        .has_verify = p->has_verify, .has_equal = p->has_equal,
    };
}

const char *plug_jail_name(enum plug_jail j)
{
    static const char *const names[] = { "rlimits", "rlimits+seccomp", "rlimits+seccomp+landlock" };
    return (unsigned)j < 3 ? names[j] : "unknown";
}
