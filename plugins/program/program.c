#include "plugins/program/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "plugins/host/spawn.h"
#include "plugins/program/layout.h"
#include "plugins/program/start.h"
#include "plugins/program/wire.h"
#include "proto/rpc.h"

#define MAX_QUEUED     64
#define DEFAULT_CPU    5000u
#define DEFAULT_WALL   10000u
#define DEFAULT_MEMORY ((uint64_t)512 << 20)
#define LEAST_MEMORY   ((uint64_t)96 << 20)     /* below, the interpreter itself does not fit */
#define DEFAULT_OUTPUT ((size_t)64 << 10)
#define MOST_OUTPUT    ((size_t)4 << 20)
#define START_TIMEOUT  60000u                   /* sympy is read from a cold disk, on a busy machine */
#define GRACE          5000u                    /* the zygote ends a program itself; past this it is killed with it */
#define CANCEL_GRACE   1000u
#define HANG_UP_GRACE  1000u                    /* from the end of the channel to that of the process */
#define REFUSED_FOR    60000u
#define FAILURES       5                        /* zygotes lost in a row, without a program that ended well */
#define RECYCLE_RUNS   1000u
#define ROUND_READS    8                        /* a flood must not keep the caller's loop */
#define LOG_BYTES      16384u                   /* of one zygote */

struct op {
    struct op *next;
    uint64_t   id, deadline_ms;                 /* 0: none */
    char      *code, *input;
    size_t     n, input_n;
    uint32_t   wall_ms;
    bool       cancelled;
    prog_done *done;
    void      *arg;
};

enum state { S_IDLE, S_STARTING, S_READY, S_REFUSED };
struct prog {
    struct prog_config c;                       /* strings are ours */
    int        ep;
    enum state state;
    struct proc proc;
    struct qw_buf in, out;
    struct op *queue, **tail;                   /* the first one runs when running is set */
    size_t     n_queued;
    bool       running, wanted;                 /* wanted: a zygote, even if no program waits */
    uint64_t   deadline_ms;                     /* of the start or the program in progress */
    uint64_t   until_ms;                        /* S_REFUSED */
    uint64_t   hung_up_ms;                      /* the channel is closed, the process about to end; 0: no */
    uint64_t   next_op, n_runs, n_starts, runs_of_zygote;
    unsigned   failures;
    size_t     logged;
    char       said[256];                       /* the first line of the process's own output: why it ended */
    size_t     n_said;
    bool       namespaces, namespaces_failed;   /* asked for in this start; tried in vain */
    enum prog_level level;
    struct qw_error last_error;
    struct wire_hello hello;
    char       no_namespaces[360], missing[680];
};

/* --- configuration ---------------------------------------------------------------------------- */

static const char *safe_strdup(const char *s, bool *ok)
{
    char *c = s != NULL ? qw_strdup(s) : NULL;
    *ok &= s == NULL || c != NULL;
    return c;
}

static int copy_config(struct prog_config *to, const struct prog_config *from, struct qw_error *err)
{
    bool ok = true;
    *to = *from;
    to->python = safe_strdup(from->python, &ok);
    to->host_path = safe_strdup(from->host_path, &ok);
    to->bwrap = safe_strdup(from->bwrap, &ok);
    if (to->cpu_ms == 0)
        to->cpu_ms = DEFAULT_CPU;
    if (to->wall_ms == 0)
        to->wall_ms = DEFAULT_WALL;
    if (to->memory_bytes == 0)
        to->memory_bytes = DEFAULT_MEMORY;
    if (to->output_bytes == 0)
        to->output_bytes = DEFAULT_OUTPUT;
    if (!ok)
        return qw_error_set(err, QW_ENOMEM, "program jail");
    if (to->python != NULL && to->python[0] != '/')
        return qw_error_set(err, QW_EPARAMS, "python: the path must be absolute, not %s", to->python);
    if (to->memory_bytes < LEAST_MEMORY)
        return qw_error_set(err, QW_EPARAMS, "the interpreter does not fit into %llu MiB; at least %llu are needed",
                            (unsigned long long)(to->memory_bytes >> 20), (unsigned long long)(LEAST_MEMORY >> 20));
    if (to->output_bytes > MOST_OUTPUT)
        return qw_error_set(err, QW_EPARAMS, "output of %zu bytes is more than the %zu that a program may have", to->output_bytes, MOST_OUTPUT);
    return QW_OK;
}

int prog_new(struct prog **out, const struct prog_config *c, struct qw_error *err)
{
    struct prog *p = qw_calloc(1, sizeof *p);
    int rc;

    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "program jail");
    p->proc = PROC_NONE;
    p->ep = -1;
    p->tail = &p->queue;
    qw_buf_init(&p->in, mp_limits_out.max_bytes + 65536);
    qw_buf_init(&p->out, (size_t)3 * PROG_MAX_CODE);
    if ((rc = copy_config(&p->c, c, err)) != QW_OK)
        goto fail;
    if (p->c.host_path == NULL) {
        char *path;
        if ((rc = paths_installed(QW_INST_LIBEXEC, "qwend-program", &path, err)) != QW_OK)
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
    prog_free(p);
    return rc;
}

/* --- programs that wait ------------------------------------------------------------------------- */

static void op_free(struct op *op)
{
    qw_free(op->code);
    qw_free(op->input);
    qw_free(op);
}

/* Takes it out of the queue and tells its owner, whose callback may queue new ones. */
static void finish(struct prog *p, struct op *op, const struct prog_result *r)
{
    for (struct op **at = &p->queue; *at != NULL; at = &(*at)->next)
        if (*at == op) {
            if (at == &p->queue)
                p->running = false;
            *at = op->next;
            if (p->tail == &op->next)
                p->tail = at;
            break;
        }
    p->n_queued--;
    op->done(op->arg, r);
    op_free(op);
}

static void finish_error(struct prog *p, struct op *op, int code, const char *why)
{
    struct prog_result r = { .out = "", .err = "" };
    qw_error_set(&r.error, code, "python: %s", why);
    finish(p, op, &r);
}

int prog_run(struct prog *p, const char *code, size_t n, uint32_t budget_ms, prog_done *done, void *arg,
             uint64_t *id, struct qw_error *err)
{
    return prog_run_job(p, &(struct prog_job){ .code = code, .n = n, .budget_ms = budget_ms }, done, arg, id, err);
}

/* A copy of n bytes; not NULL for none. */
static char *copy_bytes(const char *s, size_t n)
{
    return qw_memdup(n > 0 ? s : "", n > 0 ? n : 1);
}

int prog_run_job(struct prog *p, const struct prog_job *job, prog_done *done, void *arg, uint64_t *id, struct qw_error *err)
{
    struct op *op;

    if (job->n > PROG_MAX_CODE || job->input_n > PROG_MAX_CODE)
        return qw_error_set(err, QW_ETOOLARGE, "python: a %s of %zu bytes is longer than %u", job->n > PROG_MAX_CODE ? "program" : "standard input",
                            job->n > PROG_MAX_CODE ? job->n : job->input_n, PROG_MAX_CODE);
    if (p->n_queued >= MAX_QUEUED)
        return qw_error_set(err, QW_EBUSY, "python: %d programs are waiting", MAX_QUEUED);
    if (p->state == S_REFUSED && clock_mono_ms() < p->until_ms) {
        if (err != NULL)
            *err = p->last_error;
        return p->last_error.code;
    }
    op = qw_calloc(1, sizeof *op);
    if (op == NULL || (op->code = copy_bytes(job->code, job->n)) == NULL || (op->input = copy_bytes(job->input, job->input_n)) == NULL) {
        if (op != NULL)
            op_free(op);
        return qw_error_set(err, QW_ENOMEM, "python");
    }
    op->n = job->n;
    op->input_n = job->input_n;
    op->wall_ms = job->wall_ms != 0 && job->wall_ms < p->c.wall_ms ? job->wall_ms : p->c.wall_ms;
    op->deadline_ms = job->budget_ms != 0 ? clock_mono_ms() + job->budget_ms : 0;
    op->done = done;
    op->arg = arg;
    op->id = ++p->next_op;
    *p->tail = op;
    p->tail = &op->next;
    p->n_queued++;
    if (id != NULL)
        *id = op->id;
    return QW_OK;
}

/* --- the zygote ----------------------------------------------------------------------------------- */

static void say(struct prog *p, const char *s, size_t n)
{
    for (size_t i = 0; i < n && p->n_said + 1 < sizeof p->said && s[i] != '\n'; i++)
        p->said[p->n_said++] = s[i];
    if (p->n_said > 0 && memchr(s, '\n', n) != NULL)
        p->n_said = sizeof p->said;             /* the line is whole */
    if (p->c.log != NULL && p->logged < LOG_BYTES)
        p->c.log(p->c.log_arg, s, n);
    p->logged += n;
}

static void read_output(struct prog *p)
{
    char chunk[4096];
    ssize_t n = -1;
    for (int i = 0; i < ROUND_READS && (n = read(p->proc.output, chunk, sizeof chunk)) > 0; i++)
        say(p, chunk, (size_t)n);
    if (n == 0)
        epoll_ctl(p->ep, EPOLL_CTL_DEL, p->proc.output, NULL);
}

static void stop_process(struct prog *p, char how[64])
{
    proc_end(&p->proc, how);                    /* closed descriptors leave the epoll set */
    p->hung_up_ms = 0;
    qw_buf_clear(&p->in);
    qw_buf_clear(&p->out);
}

/* For a minute; everything that waits ends with the reason. */
static void refuse(struct prog *p, int code, const char *why)
{
    qw_error_set(&p->last_error, code, "%s", why);
    p->state = S_REFUSED;
    p->until_ms = clock_mono_ms() + REFUSED_FOR;
    p->level = PROG_LEVEL_NONE;
    p->namespaces_failed = false;               /* the next try finds out again */
    while (p->queue != NULL && p->state == S_REFUSED) {
        struct prog_result r = { .error = p->last_error, .out = "", .err = "" };
        finish(p, p->queue, &r);
    }
}

static void flush(struct prog *p)
{
    proc_flush(&p->proc, p->ep, &p->out);
}

static void start_process(struct prog *p)
{
    struct start s = { .host_path = p->c.host_path, .python = p->c.python, .landlock = !(p->c.without & PROG_WITHOUT_LANDLOCK) };
    struct qw_error err = { 0 };
    const char *why = "left out by the configuration";

    if (!p->namespaces_failed) {
        s.bwrap = p->c.without & PROG_WITHOUT_NAMESPACES ? NULL : start_bwrap(p->c.bwrap, &why);
        snprintf(p->no_namespaces, sizeof p->no_namespaces, "%s", s.bwrap != NULL ? "" : why);
    }
    p->wanted = false;
    p->namespaces = s.bwrap != NULL;
    p->n_said = p->logged = 0;
    memset(p->said, 0, sizeof p->said);
    if (start_zygote(&p->proc, &s, &err) != QW_OK) {
        refuse(p, QW_EUNSUPPORTED, err.msg);
        return;
    }
    proc_watch(&p->proc, p->ep);
    p->state = S_STARTING;
    p->n_starts++;
    p->runs_of_zygote = 0;
    p->deadline_ms = clock_mono_ms() + START_TIMEOUT;
}

static bool ended_with(const char *how, int status)
{
    char text[64];
    snprintf(text, sizeof text, "exit %d", status);
    return strcmp(how, text) == 0;
}

/* It ended before it said hello.  Without namespaces there may be a way; without Landlock besides there is none. */
static void start_failed(struct prog *p, const char *how, const char *why)
{
    char text[900];
    const char *line = p->said[0] != '\0' ? p->said : why;

    if (p->namespaces) {
        char *advice = strstr(p->said, ". See <");  /* bubblewrap's links to pages are longer than its reason */
        if (advice != NULL)
            *advice = '\0';
        snprintf(p->no_namespaces, sizeof p->no_namespaces, "%s (%s)",
                 ended_with(how, PROGRAM_EXIT_NOT_NOBODY) ? "root cannot become nobody" : line, how);
        p->namespaces_failed = p->wanted = true;
        return;
    }
    if (ended_with(how, PROGRAM_EXIT_NEITHER))
        snprintf(text, sizeof text, "no jail for programs can be built here, so none is run: namespaces: %s; Landlock: %s. Either is enough: install "
                 "bubblewrap and allow user namespaces (sysctl user.max_user_namespaces), or boot a kernel 5.13 or later with lsm=landlock",
                 p->no_namespaces, line);
    else
        snprintf(text, sizeof text, "the interpreter did not start: %s (%s)", line, how);
    refuse(p, QW_EUNSUPPORTED, text);
}

/* The process did something it must not, or is gone. */
static void lost(struct prog *p, const char *why)
{
    char how[64], text[320];
    enum state was = p->state;

    read_output(p);
    stop_process(p, how);
    p->state = S_IDLE;
    if (was == S_STARTING) {
        start_failed(p, how, why);
        return;
    }
    snprintf(text, sizeof text, "the interpreter %s (%s)", why, how);
    qw_error_set(&p->last_error, QW_EPLUGIN, "python: %s", text);
    p->failures++;
    if (p->running) {
        bool cancelled = p->queue->cancelled;
        finish_error(p, p->queue, cancelled ? QW_ECANCELLED : QW_EPLUGIN, cancelled ? "cancelled" : text);
    }
    if (p->failures >= FAILURES) {
        p->failures = 0;
        refuse(p, QW_EPLUGIN, text);
    }
}

static void send_op(struct prog *p)
{
    struct op *op = p->queue;
    uint64_t now = clock_mono_ms(), wall = op->wall_ms;

    if (op->deadline_ms != 0 && op->deadline_ms < now + wall)
        wall = op->deadline_ms > now ? op->deadline_ms - now : 1;
    p->running = true;
    p->deadline_ms = now + wall + GRACE;
    wire_run(&p->out, (uint32_t)op->id, &(struct wire_run){ .code = op->code, .n = op->n, .input = op->input, .input_n = op->input_n,
             .cpu_ms = p->c.cpu_ms, .wall_ms = wall, .memory_bytes = p->c.memory_bytes, .output_bytes = p->c.output_bytes });
    flush(p);
}

/* Starts what can be started. */
static void advance(struct prog *p)
{
    if (p->state == S_REFUSED && p->queue != NULL)
        p->state = S_IDLE;                      /* queued after the minute was over */
    if (p->state == S_IDLE && (p->queue != NULL || p->wanted))
        start_process(p);
    if (p->state == S_READY && !p->running && p->queue != NULL)
        send_op(p);
}

/* --- what the zygote says: believed no more than a program would be --------------------------------- */

static void describe_missing(struct prog *p)
{
    bool ns = p->level & PROG_LEVEL_NAMESPACES, ll = p->level & PROG_LEVEL_LANDLOCK;
    snprintf(p->missing, sizeof p->missing, "%s%s%s%s%s", ns ? "" : "namespaces: ", ns ? "" : p->no_namespaces,
             !ns && !ll ? "; " : "", ll ? "" : "Landlock: ", ll ? "" : p->hello.no_landlock);
}

static bool on_hello(struct prog *p, const struct rpc_msg *m)
{
    wire_hello(m, &p->hello);
    p->level = (p->namespaces ? PROG_LEVEL_NAMESPACES : 0) | (p->hello.no_landlock[0] == '\0' ? PROG_LEVEL_LANDLOCK : 0);
    describe_missing(p);
    if (p->level == PROG_LEVEL_NONE || (int)p->level < p->c.level_minimum) {
        char how[64], text[800];
        snprintf(text, sizeof text, "the jail for programs is at level %s, and the configuration wants %s (%s)",
                 prog_level_name(p->level), prog_level_name((enum prog_level)p->c.level_minimum), p->missing);
        stop_process(p, how);
        refuse(p, QW_EUNSUPPORTED, text);
        return false;
    }
    p->state = S_READY;
    p->namespaces_failed = false;               /* the next zygote tries them again */
    p->last_error = (struct qw_error){ 0 };
    return true;
}

static bool on_result(struct prog *p, const struct rpc_msg *m)
{
    struct prog_result r = { .out = "", .err = "" };
    struct qw_buf err_text = QW_BUF_INIT;
    struct op *op = p->queue;

    if (m->error.type != MP_NIL) {
        qw_error_set(&r.error, QW_EPLUGIN, "python: the program could not be confined, so it was not run");
    } else if (!wire_result(m, &r, &err_text, p->c.output_bytes)) {
        lost(p, "sent a result that is none");
        return false;
    }
    if (op->cancelled)
        qw_error_set(&r.error, QW_ECANCELLED, "python: cancelled");
    p->failures = 0;
    p->n_runs++;
    if (++p->runs_of_zygote >= RECYCLE_RUNS) {
        char how[64];
        /* m lies in an arena with the input's bytes, which stopping clears. */
        struct qw_buf in = p->in;
        qw_buf_init(&p->in, in.limit);
        stop_process(p, how);
        p->state = S_IDLE;
        p->wanted = true;                       /* the next program need not wait for it */
        finish(p, op, &r);
        qw_buf_free(&in);
    } else {
        finish(p, op, &r);
    }
    qw_buf_free(&err_text);
    return p->state == S_READY;
}

/* One message; false once the process is gone. */
static bool on_message(struct prog *p, const struct rpc_msg *m)
{
    if (m->kind == RPC_NOTIFY && p->state == S_STARTING && m->method_len == 5 && memcmp(m->method, "hello", 5) == 0)
        return on_hello(p, m);
    if (m->kind == RPC_RESPONSE && p->state == S_READY && p->running && m->id == (uint32_t)p->queue->id)
        return on_result(p, m);
    lost(p, "sent a message that nobody asked for");
    return false;
}

/* Every whole message that is there; false once the process is gone. */
static bool take_messages(struct prog *p)
{
    for (;;) {
        struct qw_arena *a = qw_arena_new((size_t)4 << 20);
        struct mp v;
        struct rpc_msg m;
        size_t used = 0;
        int rc = a == NULL || qw_buf_failed(&p->in) ? QW_ENOMEM : p->in.len == 0 ? QW_ETRUNC
               : mp_read(a, p->in.data, p->in.len, &mp_limits_out, &v, &used, NULL);
        bool alive = true;
        if (rc == QW_OK && (rc = rpc_parse(&v, &m, NULL)) == QW_OK) {
            pid_t before = p->proc.pid;
            alive = on_message(p, &m) && p->proc.pid == before;
            if (alive)
                qw_buf_drop(&p->in, used);
        } else if (rc != QW_ETRUNC) {
            lost(p, "printed garbage into its channel");
            alive = false;
        }
        qw_arena_free(a);
        if (!alive || rc == QW_ETRUNC)
            return alive;
    }
}

static void read_channel(struct prog *p)
{
    char chunk[65536];
    for (int i = 0; i < ROUND_READS; i++) {
        ssize_t n = read(p->proc.channel, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {                           /* how it ended is known in a moment */
            epoll_ctl(p->ep, EPOLL_CTL_DEL, p->proc.channel, NULL);
            p->hung_up_ms = clock_mono_ms() + HANG_UP_GRACE;
            return;
        }
        qw_buf_add(&p->in, chunk, (size_t)n);
        if (!take_messages(p))
            return;
    }
}

/* --- time ------------------------------------------------------------------------------------------- */

/* The first that waits in vain; the one that runs is ended by its zygote. */
static struct op *late(const struct prog *p, uint64_t now)
{
    for (struct op *op = p->running ? p->queue->next : p->queue; op != NULL; op = op->next)
        if (op->deadline_ms != 0 && now >= op->deadline_ms)
            return op;
    return NULL;
}

static void on_time(struct prog *p)
{
    uint64_t now = clock_mono_ms();
    struct op *op;
    if (p->hung_up_ms != 0 && now >= p->hung_up_ms)
        lost(p, "closed its channel");
    if (p->state == S_STARTING && now >= p->deadline_ms)
        lost(p, "was not ready in time");
    else if (p->state == S_READY && p->running && now >= p->deadline_ms)
        lost(p, "did not end its program in time");
    while ((op = late(p, now)) != NULL)
        finish_error(p, op, QW_EDEADLINE, "the time was over before the program could start");
}

void prog_process(struct prog *p)
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
    for (int i = 0; i < n; i++)
        if (p->proc.pid > 0 && ev[i].data.fd == p->proc.pidfd)
            lost(p, "ended");
    on_time(p);
    advance(p);
}

int prog_timeout_ms(const struct prog *p)
{
    uint64_t at = UINT64_MAX, now = clock_mono_ms();
    if ((p->state == S_IDLE && p->wanted) ||
        (p->queue != NULL && ((p->state == S_READY && !p->running) || p->state == S_IDLE || p->state == S_REFUSED)))
        return 0;
    if (p->state == S_STARTING || (p->state == S_READY && p->running))
        at = p->deadline_ms;
    if (p->hung_up_ms != 0 && p->hung_up_ms < at)
        at = p->hung_up_ms;
    for (const struct op *op = p->running ? p->queue->next : p->queue; op != NULL; op = op->next)
        if (op->deadline_ms != 0 && op->deadline_ms < at)
            at = op->deadline_ms;
    return at == UINT64_MAX ? -1 : at > now ? (int)(at - now) : 0;
}

/* --- the rest of the interface ------------------------------------------------------------------------ */

void prog_cancel(struct prog *p, uint64_t id)
{
    for (struct op *op = p->queue; op != NULL; op = op->next)
        if (op->id == id) {
            if (!(p->running && op == p->queue)) {
                finish_error(p, op, QW_ECANCELLED, "cancelled");
            } else if (!op->cancelled) {
                op->cancelled = true;
                p->deadline_ms = clock_mono_ms() + CANCEL_GRACE;
                rpc_begin_notify(&p->out, "cancel");
                mpw_map(&p->out, 0);
                flush(p);
            }
            return;
        }
}

void prog_free(struct prog *p)
{
    char how[64];
    if (p == NULL)
        return;
    stop_process(p, how);
    p->state = S_REFUSED;
    p->until_ms = UINT64_MAX;                   /* a callback that asks for more is told so */
    qw_error_set(&p->last_error, QW_ECANCELLED, "python: shutting down");
    while (p->queue != NULL)
        finish_error(p, p->queue, QW_ECANCELLED, "shutting down");
    if (p->ep >= 0)
        close(p->ep);
    qw_buf_free(&p->in);
    qw_buf_free(&p->out);
    qw_free((char *)p->c.python);
    qw_free((char *)p->c.host_path);
    qw_free((char *)p->c.bwrap);
    qw_free(p);
}

int prog_fd(const struct prog *p)
{
    return p->ep;
}

bool prog_busy(const struct prog *p)
{
    return p->queue != NULL;
}

bool prog_starting(const struct prog *p)
{
    return p->state == S_STARTING || (p->state == S_IDLE && p->wanted);
}

void prog_wait(struct prog *p)
{
    while (p->queue != NULL) {
        struct epoll_event ev;
        prog_process(p);
        if (p->queue != NULL)
            epoll_wait(p->ep, &ev, 1, prog_timeout_ms(p));
    }
}

void prog_ready(struct prog *p)
{
    if (p->state == S_IDLE || (p->state == S_REFUSED && clock_mono_ms() >= p->until_ms))
        start_process(p);
}

void prog_get_info(const struct prog *p, struct prog_info *i)
{
    static const char *const names[] = { "idle", "starting", "ready", "refused" };
    *i = (struct prog_info){
        .level = p->level, .state = p->running ? "running" : names[p->state],
        .python = p->c.python != NULL ? p->c.python : layout_default() != NULL ? layout_default() : "",
        .python_version = p->hello.python, .sympy_version = p->hello.sympy,
        .missing = p->missing, .last_error = p->last_error.msg, .runs = p->n_runs, .starts = p->n_starts,
        .pid = p->proc.pid > 0 ? p->proc.pid : 0,
    };
}

const char *prog_level_name(enum prog_level l)
{
    static const char *const names[] = { "none", "landlock+seccomp", "namespaces+seccomp", "namespaces+landlock+seccomp" };
    return (unsigned)l < 4 ? names[l] : "unknown";
}

const char *prog_end_name(enum prog_end e)
{
    static const char *const names[] = { "ok", "exception", "time", "memory", "output", "killed" };
    return (unsigned)e < 6 ? names[e] : "unknown";
}
