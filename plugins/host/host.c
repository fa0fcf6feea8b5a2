#include "plugins/host/host_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"
#include "plugins/host/record.h"

#define MAX_QUEUED      64
#define DEFAULT_TIMEOUT 10000u
#define DEFAULT_MEMORY  ((uint64_t)1 << 30)
#define DEFAULT_ASKS    16u

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
    if (to->max_asks == 0)
        to->max_asks = DEFAULT_ASKS;
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

void plug_op_free(struct op *op)
{
    qw_buf_free(&op->params);
    qw_free(op);
}

struct op *plug_pop(struct plug *p)
{
    struct op *op = p->queue;
    p->queue = op->next;
    if (p->queue == NULL)
        p->tail = &p->queue;
    p->n_queued--;
    return op;
}

/* Ends the first op with an error; its callback may queue new ones. */
void plug_fail_first(struct plug *p, int code, const char *why)
{
    struct plug_result r;
    struct op *op = plug_pop(p);
    record_init(&r);
    qw_error_set(&r.error, code, "%s: %s", p->c.name, why);
    r.plugin = p->name;
    r.version = p->version;
    p->running = p->cancelling = false;
    ask_drop(p, false);
    op->done(op->arg, &r);
    plug_op_free(op);
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
        plug_op_free(op);
        return qw_error_set(err, QW_ETOOLARGE, "%s: the text to check is too long", p->c.name);
    }
    op->hash = XXH3_128bits(op->params.data, op->params.len);
    if (p->n_queued >= MAX_QUEUED || p->state == S_DISABLED || poisoned(p, op->hash)) {
        int rc = p->n_queued >= MAX_QUEUED ? qw_error_set(err, QW_EBUSY, "%s: %d checks are waiting", p->c.name, MAX_QUEUED)
               : p->state == S_DISABLED
                   ? qw_error_set(err, QW_EPLUGIN, "%s is disabled after %d crashes within a minute (%s); reload it to try again",
                                  p->c.name, CRASH_LIMIT, p->last_error.msg)
                   : qw_error_set(err, QW_EPLUGIN, "%s crashed on this input before; it is not tried again", p->c.name);
        plug_op_free(op);
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

/* The channel carries UTF-8; its other end takes anything else for a defect of ours. */
static int check_text(const struct plug *p, const char *const *text, size_t n, struct qw_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] != NULL && !utf8_valid(text[i], strlen(text[i])))
            return qw_error_set(err, QW_EPARAMS, "%s: the text to check is not UTF-8", p->c.name);
    return QW_OK;
}

void plug_put_text(struct qw_buf *b, const char *key, const char *value)
{
    mpw_str(b, key);
    mpw_strn(b, value != NULL ? value : "", value != NULL ? strlen(value) : 0);
}

static int queue_problem(struct plug *p, enum op_kind kind, const struct plug_problem *pr, uint32_t budget_ms,
                         plug_done *done, void *arg, uint64_t *id, struct qw_error *err)
{
    const char *const texts[] = { pr->question, pr->response, pr->answer, pr->lang };
    int rc = check_text(p, texts, sizeof texts / sizeof *texts, err);
    if (rc != QW_OK)
        return rc;
    struct op *op = op_new(p, kind, budget_ms, done, arg);
    if (op == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", p->c.name);
    mpw_map(&op->params, 6);                    /* five here, remaining_ms when it is sent */
    plug_put_text(&op->params, "question", pr->question);
    plug_put_text(&op->params, "response", pr->response);
    plug_put_text(&op->params, "answer", pr->answer);
    plug_put_text(&op->params, "lang", pr->lang);
    mpw_str(&op->params, "truncated");
    mpw_bool(&op->params, pr->truncated);
    return queue_op(p, op, id, err);
}

int plug_verify(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg,
                uint64_t *id, struct qw_error *err)
{
    return queue_problem(p, OP_VERIFY, pr, budget_ms, done, arg, id, err);
}

int plug_canon(struct plug *p, const struct plug_problem *pr, uint32_t budget_ms, plug_done *done, void *arg,
               uint64_t *id, struct qw_error *err)
{
    return queue_problem(p, OP_CANON, pr, budget_ms, done, arg, id, err);
}

/* One or two texts; remaining_ms follows when it is sent. */
static int queue_texts(struct plug *p, enum op_kind kind, const char *const key[2], const char *const value[2],
                       uint32_t budget_ms, plug_done *done, void *arg, uint64_t *id, struct qw_error *err)
{
    size_t n = key[1] != NULL ? 2 : 1;
    int rc = check_text(p, value, n, err);
    if (rc != QW_OK)
        return rc;
    struct op *op = op_new(p, kind, budget_ms, done, arg);
    if (op == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", p->c.name);
    mpw_map(&op->params, n + 1);
    for (size_t i = 0; i < n; i++)
        plug_put_text(&op->params, key[i], value[i]);
    return queue_op(p, op, id, err);
}

int plug_equal(struct plug *p, const char *gold, const char *answer, uint32_t budget_ms, plug_done *done, void *arg,
               uint64_t *id, struct qw_error *err)
{
    return queue_texts(p, OP_EQUAL, (const char *const[]){ "gold", "answer" }, (const char *const[]){ gold, answer },
                       budget_ms, done, arg, id, err);
}

int plug_read(struct plug *p, const char *question, uint32_t budget_ms, plug_done *done, void *arg, uint64_t *id,
              struct qw_error *err)
{
    return queue_texts(p, OP_READ, (const char *const[]){ "question", NULL }, (const char *const[]){ question, NULL },
                       budget_ms, done, arg, id, err);
}

int plug_tool_call(struct plug *p, const char *tool, const char *args_json, uint32_t budget_ms, plug_done *done, void *arg,
                   uint64_t *id, struct qw_error *err)
{
    return queue_texts(p, OP_TOOL, (const char *const[]){ "name", "args" }, (const char *const[]){ tool, args_json },
                       budget_ms, done, arg, id, err);
}

/* --- the rest of the interface --------------------------------------------------------------------- */

void plug_cancel(struct plug *p, uint64_t id)
{
    if (p->running && p->queue->id == id) {
        plug_send_cancel(p);
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
            plug_op_free(op);
            return;
        }
}

void plug_free(struct plug *p)
{
    char how[64];
    if (p == NULL)
        return;
    plug_stop(p, how);
    p->state = S_DISABLED;
    while (p->queue != NULL)
        plug_fail_first(p, QW_ECANCELLED, "shutting down");
    if (p->ep >= 0)
        close(p->ep);
    qw_buf_free(&p->in);
    qw_buf_free(&p->out);
    plug_tools_free(p);
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
        plug_start(p);
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
    plug_stop(p, how);
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
        .loaded = p->state == S_READY, .printed_bytes = p->printed, .ops = p->n_ops, .crashes = p->n_crashes, .pid = p->proc.pid > 0 ? p->proc.pid : 0,
        .has_verify = p->has_verify, .has_equal = p->has_equal, .has_read = p->has_read, .has_canon = p->has_canon,
        .tools = p->tools, .n_tools = p->n_tools, .may_generate = p->c.may_generate,
        .may_run_program = p->c.may_run_program, .asks = p->n_asks,
    };
}

const char *plug_jail_name(enum plug_jail j)
{
    static const char *const names[] = { "rlimits", "rlimits+seccomp", "rlimits+seccomp+landlock" };
    return (unsigned)j < 3 ? names[j] : "unknown";
}
