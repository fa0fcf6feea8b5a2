#include "plugins/host/child.h"

#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "plugins/host/child_int.h"
#include "plugins/host/jail.h"

#define CALL_MEMORY   ((size_t)64 << 20)    /* what host->alloc gives in one call */

struct child child;

/* --- channel --------------------------------------------------------------------------- */

void child_send(struct qw_buf *b)
{
    if (qw_buf_failed(b) || fs_write_all(child.fd, b->data, b->len, NULL) != QW_OK)
        _exit(1);                           /* nobody listens */
    qw_buf_free(b);
}

bool child_receive(int wait_ms)
{
    char chunk[65536];
    struct pollfd p = { .fd = child.fd, .events = POLLIN };
    ssize_t n;
    if (wait_ms >= 0 && poll(&p, 1, wait_ms) <= 0)
        return true;
    do
        n = read(child.fd, chunk, sizeof chunk);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    qw_buf_add(&child.in, chunk, (size_t)n);
    return !qw_buf_failed(&child.in);
}

int child_next(struct qw_arena *a, struct rpc_msg *msg)
{
    struct mp v;
    size_t used;
    char *copy;
    int rc = mp_read(a, child.in.data, child.in.len, &mp_limits_in, &v, &used, NULL);
    if (rc == QW_ETRUNC || child.in.len == 0)
        return 0;
    /* The tree points into the bytes, which must not move below it. */
    if (rc != QW_OK || (copy = qw_arena_alloc(a, used)) == NULL)
        _exit(1);
    memcpy(copy, child.in.data, used);
    if (mp_read(a, copy, used, &mp_limits_in, &v, &used, NULL) != QW_OK || rpc_parse(&v, msg, NULL) != QW_OK)
        _exit(1);
    qw_buf_drop(&child.in, used);
    return 1;
}

bool child_is(const struct rpc_msg *m, const char *name)
{
    return m->method_len == strlen(name) && memcmp(m->method, name, m->method_len) == 0;
}

/* --- requests --------------------------------------------------------------------------- */

static void fail(uint32_t id, const struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    rpc_write_error(&b, id, err, NULL);
    child_send(&b);
}

static int copy_options(const struct mp *options, struct qw_arena *a, struct qw_error *err)
{
    if (options == NULL || options->type != MP_MAP)
        return QW_OK;
    for (size_t i = 0; i < options->u.m.n && i < MAX_OPTIONS; i++) {
        const char *k = mp_to_cstr(a, &options->u.m.v[i].key), *v = mp_to_cstr(a, &options->u.m.v[i].val);
        struct option *o = &child.options[child.n_options];
        if (k == NULL || v == NULL)
            return qw_error_set(err, QW_EPARAMS, "option %zu is not text", i);
        *o = (struct option){ qw_strdup(k), qw_strdup(v) };
        if (o->key == NULL || o->value == NULL)
            return qw_error_set(err, QW_ENOMEM, "options");
        child.n_options++;
    }
    return QW_OK;
}

static int open_plugin(const char *path, struct qw_error *err)
{
    int (*entry)(const struct qwen_host *, struct qwen_plugin *);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (so == NULL)
        return qw_error_set(err, QW_EPLUGIN, "cannot open: %s", dlerror());
    *(void **)&entry = dlsym(so, "qwen_plugin_v1");
    if (entry == NULL)
        return qw_error_set(err, QW_EPLUGIN, "%s has no symbol qwen_plugin_v1: define it, and let it be seen "
                            "(qwen_plugin.h declares it so)", path);
    child.plugin.size = sizeof child.plugin;
    int rc = entry(&child_host, &child.plugin);
    if (rc != 0)
        return qw_error_set(err, QW_EPLUGIN, "%s refuses this host (ABI %d.%d): its qwen_plugin_v1 returned %d", path,
                            QWEN_PLUGIN_ABI_MAJOR, QWEN_PLUGIN_ABI_MINOR, rc);
    if (child.plugin.abi_major != QWEN_PLUGIN_ABI_MAJOR)
        return qw_error_set(err, QW_EPLUGIN, "%s says ABI major %u, this host runs %d: set abi_major = QWEN_PLUGIN_ABI_MAJOR and "
                            "build it with this qwend's qwen_plugin.h", path, child.plugin.abi_major, QWEN_PLUGIN_ABI_MAJOR);
    if (child.plugin.init == NULL || child.plugin.name.n == 0 || child.plugin.name.n > 64 || child.plugin.version.n > 64)
        return qw_error_set(err, QW_EPLUGIN, "%s does not describe itself: init, a name and a version, of 64 bytes at most", path);
    struct qwen_registry reg = { 0 };
    if (child.plugin.init(&child_host, &reg, &child.self) != 0)
        return qw_error_set(err, QW_EPLUGIN, "%s: init failed", path);
    if (child.n_verifiers == 0 && child.n_tools == 0)
        return qw_error_set(err, QW_EPLUGIN, "%s brings neither a verifier nor a tool", path);
    return QW_OK;
}

static bool is_true(const struct mp *map, const char *key)
{
    const struct mp *v = mp_get(map, key);
    return v != NULL && v->type == MP_BOOL && v->u.b;
}

static void do_load(const struct rpc_msg *m, struct qw_arena *a)
{
    struct qw_error err = { 0 };
    enum plug_jail level = PLUG_JAIL_RLIMITS;
    const char *path = mp_to_cstr(a, mp_get(&m->params, "path"));
    bool equal = false, reads = false, canon = false;
    char *dir = path != NULL ? qw_strdup(path) : NULL;

    if (dir == NULL || path[0] != '/') {
        qw_error_set(&err, QW_EPARAMS, "load wants an absolute path");
        goto out_fail;
    }
    child.may_generate = is_true(&m->params, "generate");
    child.may_run_program = is_true(&m->params, "run_program");
    /* The jail comes before the library's constructors; the seal after init. */
    if (copy_options(mp_get(&m->params, "options"), a, &err) != QW_OK ||
        jail_enter(dirname(dir), child.memory_bytes, &level, &err) != QW_OK || open_plugin(path, &err) != QW_OK ||
        jail_seal(level, &err) != QW_OK)
        goto out_fail;
    qw_free(dir);
    child.loaded = true;
    for (size_t i = 0; i < child.n_verifiers; i++) {
        equal |= child.verifiers[i].equal != NULL;
        reads |= child.verifiers[i].read != NULL;
        canon |= child.verifiers[i].canon != NULL;
    }

    struct qw_buf b = QW_BUF_INIT;
    rpc_begin_result(&b, m->id);
    mpw_map(&b, 8);
    mpw_str(&b, "name");    mpw_strn(&b, child.plugin.name.p, child.plugin.name.n);
    mpw_str(&b, "version"); mpw_strn(&b, child.plugin.version.p, child.plugin.version.n);
    mpw_str(&b, "jail");    mpw_int(&b, level);
    mpw_str(&b, "verify");  mpw_bool(&b, child.n_verifiers > 0);
    mpw_str(&b, "equal");   mpw_bool(&b, equal);
    mpw_str(&b, "read");    mpw_bool(&b, reads);
    mpw_str(&b, "canon");   mpw_bool(&b, canon);
    mpw_str(&b, "tools");
    mpw_array(&b, child.n_tools);
    for (size_t i = 0; i < child.n_tools; i++) {
        mpw_map(&b, 3);
        mpw_str(&b, "name");   mpw_str(&b, child.tools[i].name);
        mpw_str(&b, "about");  mpw_str(&b, child.tools[i].about);
        mpw_str(&b, "schema"); mpw_str(&b, child.tools[i].schema);
    }
    child_send(&b);
    return;
out_fail:
    qw_free(dir);
    fail(m->id, &err);
}

static struct qwen_str text_param(const struct rpc_msg *m, const char *key)
{
    const struct mp *v = mp_get(&m->params, key);
    return v != NULL && v->type == MP_STR ? (struct qwen_str){ v->u.s.p, v->u.s.n } : (struct qwen_str){ "", 0 };
}

static struct qwen_str str(const char *s)
{
    return (struct qwen_str){ s != NULL ? s : "", s != NULL ? strlen(s) : 0 };
}

/* Two verifiers of one plugin that prove opposite things: neither is believed. */
static void merge(struct plug_result *into, struct plug_result *r)
{
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        enum qwen_verdict have[2] = { QWEN_UNDECIDED, QWEN_UNDECIDED }, new[2] = { p->answer, p->working };
        bool before[2] = { false, false };
        for (size_t k = 0; k < into->n_parts; k++)
            if (into->parts[k].part == p->part) {
                have[0] = into->parts[k].answer;
                have[1] = into->parts[k].working;
                memcpy(before, into->parts[k].conflict, sizeof before);
            }
        if (p->reading != NULL)
            record_reading(into, p->part, str(p->reading));
        if (p->computed != NULL && !before[QWEN_OF_ANSWER])
            record_computed(into, p->part, str(p->computed));
        for (int of = 0; of < 2; of++) {
            bool conflict = have[of] != QWEN_UNDECIDED && new[of] != QWEN_UNDECIDED &&
                            (have[of] == QWEN_REFUTED) != (new[of] == QWEN_REFUTED);
            if (conflict)
                child_host.log(NULL, QWEN_STR("defect: two verifiers conflict; undecided"));
            if (conflict || before[of])
                record_conflict(into, p->part, (enum qwen_of)of);
            else
                record_verdict(into, p->part, (enum qwen_of)of, have[of] > new[of] ? have[of] : new[of]);
        }
        if (p->canon != NULL)
            record_canon(into, p->part, str(p->canon));
    }
    for (size_t i = 0; i < r->n_evidence; i++) {
        const struct plug_evidence *e = &r->evidence[i];
        record_evidence(into, e->part, e->of, e->who, str(e->text), str(e->json));
    }
    for (size_t i = 0; i < r->n_reads; i++)
        record_line(into, r->reads[i].part, r->reads[i].what, str(r->reads[i].text));
    for (size_t i = 0; i < r->n_candidates; i++)
        record_candidate(into, r->candidates[i].part, r->candidates[i].basis, str(r->candidates[i].value));
}

/* One callback of one verifier; one that it lacks says nothing. */
static int run_one(const struct qwen_verifier *v, const struct rpc_msg *m, struct qwen_call *call,
                   const struct qwen_problem *problem)
{
    if (child_is(m, "verify"))
        return v->verify(child.self, call, problem);
    if (child_is(m, "canon"))
        return v->canon != NULL ? v->canon(child.self, call, problem) : 0;
    if (child_is(m, "read"))
        return v->read != NULL ? v->read(child.self, call, problem->question) : 0;
    return v->equal != NULL ? v->equal(child.self, call, text_param(m, "gold"), text_param(m, "answer")) : 0;
}

static int run_verifiers(const struct rpc_msg *m, struct qwen_call *call, struct plug_result *whole)
{
    struct qwen_problem problem = {
        .size = sizeof problem, .question = text_param(m, "question"), .working = text_param(m, "response"),
        .answer = text_param(m, "answer"), .lang = text_param(m, "lang"),
    };
    int rc = 0;

    if (is_true(&m->params, "truncated"))
        problem.flags |= QWEN_PROBLEM_TRUNCATED;
    for (size_t i = 0; i < child.n_verifiers && rc == 0; i++) {
        struct plug_result one;
        record_init(&one);
        call->record = &one;
        rc = run_one(&child.verifiers[i], m, call, &problem);
        if (rc == 0) {
            merge(whole, &one);
            if (whole->eq == QWEN_EQ_UNKNOWN)
                whole->eq = one.eq;
            else if (one.eq != QWEN_EQ_UNKNOWN && one.eq != whole->eq)
                whole->eq = QWEN_EQ_UNKNOWN;
        }
        record_free(&one);
    }
    return rc;
}

/* The tool's exit, or 1 with err set: there is none of that name. */
static int run_tool(const struct rpc_msg *m, struct qwen_call *call, struct plug_result *whole, struct qw_error *err)
{
    struct qwen_str name = text_param(m, "name");
    call->record = whole;
    for (size_t i = 0; i < child.n_tools; i++)
        if (strlen(child.tools[i].name) == name.n && memcmp(child.tools[i].name, name.p, name.n) == 0)
            return child.tools[i].t.call(child.self, call, text_param(m, "args"));
    qw_error_set(err, QW_ENOTFOUND, "the plugin has no tool `%.*s`", (int)(name.n < 64 ? name.n : 64), name.p);
    return 1;
}

static void do_op(const struct rpc_msg *m)
{
    struct plug_result whole;
    struct qwen_call call = { .arena = qw_arena_new(CALL_MEMORY) };
    struct qw_error err = { 0 };
    int64_t ms = 0;
    bool tool = child_is(m, "tool");

    if (call.arena == NULL)
        _exit(1);
    mp_to_i64(mp_get(&m->params, "remaining_ms"), &ms);
    call.deadline_ms = clock_mono_ms() + (uint64_t)(ms > 0 ? ms : 0);
    child.cancelled = false;
    record_init(&whole);
    call.may_ask = tool || child_is(m, "verify");
    if (!child.loaded)
        qw_error_set(&err, QW_EPLUGIN, "nothing is loaded");
    else if ((tool ? run_tool(m, &call, &whole, &err) : run_verifiers(m, &call, &whole)) != 0 && err.code == QW_OK)
        qw_error_set(&err, QW_EPLUGIN, "the plugin says that it failed");
    if (err.code != QW_OK) {
        fail(m->id, &err);
    } else {
        struct qw_buf b = QW_BUF_INIT;
        rpc_begin_result(&b, m->id);
        record_write(&b, &whole);
        child_send(&b);
    }
    record_free(&whole);
    qw_arena_free(call.arena);
}

static bool is_op(const struct rpc_msg *m)
{
    static const char *const ops[] = { "verify", "equal", "read", "canon", "tool" };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (child_is(m, ops[i]))
            return true;
    return false;
}

int child_serve(int fd, uint64_t memory_bytes)
{
    child.fd = fd;
    child.memory_bytes = memory_bytes;
    qw_buf_init(&child.in, mp_limits_in.max_bytes + 1024);
    for (;;) {
        struct qw_arena *a = qw_arena_new(0);
        struct rpc_msg msg;
        if (a == NULL)
            return 1;
        if (child_next(a, &msg)) {
            if (msg.kind == RPC_REQUEST && child_is(&msg, "load"))
                do_load(&msg, a);
            else if (msg.kind == RPC_REQUEST && is_op(&msg))
                do_op(&msg);
            /* A late cancel or answer for an operation that has ended is dropped. */
        } else if (!child_receive(-1)) {
            qw_arena_free(a);
            if (child.loaded && child.plugin.free != NULL)
                child.plugin.free(child.self);
            return 0;
        }
        qw_arena_free(a);
    }
}
